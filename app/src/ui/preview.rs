//! Preview of a change, beside its form.
//!
//! Invariant: the previewed values are in the address, and nothing is saved. Without script a button of the form
//! leads there; with script the address follows the input, and the form stays as it is. Not here: loading the
//! preview; it is part of the page's data.

use super::{
    banner::{Banner, Tone},
    changing::dynamic,
};
use crate::lang;
use contract::previews::Preview;
use leptos::{ev::MouseEvent, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, FormData, HtmlFormElement, UrlSearchParams};

/// Name of the field that says which form of a page is previewed.
pub const TRY: &str = "try";

/// Query parameter of a page after a save.
const SAVED: &str = "saved";

/// Previews the form that an event comes from.
pub fn trying_out(page: &'static str, which: &'static str) -> impl Fn(&Event) + Clone + 'static {
    let (go, query) = (use_navigate(), use_query_map());
    move |event| {
        if let Some(fields) = fields(event) {
            // Replaces the previous preview, so that the back button leaves the page.
            let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            // The saved message above the form stays, or everything below would move under the finger.
            let saved =
                query.with_untracked(|query| query.get_str(SAVED).map(|saved| format!("&{SAVED}={saved}")));
            go(&format!("{page}?{fields}&{TRY}={which}{}", saved.unwrap_or_default()), options);
        }
    }
}

/// The fields of the form around the event's target, as the browser would encode them.
pub(crate) fn fields(event: &Event) -> Option<String> {
    let form = event.target()?.dyn_into::<Element>().ok()?.closest("form").ok()??;
    let fields = FormData::new_with_form(&form.dyn_into::<HtmlFormElement>().ok()?).ok()?;
    UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()?.to_string().as_string()
}

/// The preview button, inside the form. After the save button, so that Enter saves.
#[component]
pub fn TryOut(
    page: &'static str,
    /// Which of the page's forms this is.
    which: &'static str,
) -> impl IntoView {
    let ask = trying_out(page, which);
    let press = move |event: MouseEvent| {
        event.prevent_default();
        ask(&event);
    };
    view! {
        <button class="btn" formmethod="get" formaction=page name=TRY value=which on:click=press>
            {lang::current().would_see()}
        </button>
    }
}

/// The effects of a previewed change. Below the form's buttons, because it appears while one is being pressed,
/// which must not move.
#[component]
pub fn PreviewStatus(
    /// The last preview.
    preview: Memo<Option<Preview>>,
) -> impl IntoView {
    view! {
        <div role="status">{dynamic(move || preview.get().map(|Preview { bites, mut lines, .. }| {
            let tone = if bites { Tone::Warn } else { Tone::Info };
            let title = if lines.is_empty() { String::new() } else { lines.remove(0) };
            view! {
                <Banner tone icon="users-round" title>
                    {lines.into_iter().map(|line| view! { <p>{line}</p> }).collect_view()}
                </Banner>
            }
        }))}</div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use text::Lang;

    #[test]
    fn preview_without_script_is_a_get_and_lists_all_effects() {
        let html = html(visitor(Lang::En), "/hours", || {
            let lines = vec!["It bars 3.".to_owned(), "<b>One</b> goes on.".to_owned()];
            let preview = Memo::new(move |_| Some(Preview { fits: true, bites: true, lines: lines.clone() }));
            view! { <form><TryOut page="/hours" which="week"/><PreviewStatus preview/></form> }
        });
        assert!(html.contains(r#"formmethod="get""#) && html.contains(r#"formaction="/hours""#), "{html}");
        assert!(html.contains(r#"name="try""#) && html.contains(r#"value="week""#), "{html}");
        assert!(html.contains(r#"data-tone="warn""#) && !html.contains("<b>"), "{html}");
        assert!(words(&html).contains("It bars 3.&lt;b&gt;One&lt;/b&gt; goes on."), "{html}");
    }
}
