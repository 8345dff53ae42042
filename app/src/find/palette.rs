//! The palette: search over any page, by keyboard. Without script the same is at `/find`.
//!
//! Invariant: the field keeps its text and the focus; arrow keys select among the results, which are ordinary
//! links. A late answer never replaces a newer one. A chunk of its own, loaded on first use, and created once per
//! document.

use super::{
    Group, To, api,
    dialog::{self, close, close_beside},
    groups, keys,
};
use crate::{
    lang,
    problem::AppError,
    ui::{
        changing::{dynamic, text},
        icon::Icon,
    },
    visitor::{Theme, Visitor},
};
use contract::find::Found;
use leptos::{ev::KeyboardEvent, html, mount::mount_to, prelude::*, tachys::dom::body, task::spawn_local};
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlFormElement};

const DIALOG: &str = "palette";
/// Id of the result list.
const LIST: &str = "palette-list";
/// Id of the form that sends the selected theme.
const THEME: &str = "palette-theme";
/// Pause in typing before a request is sent.
const PAUSE: Duration = Duration::from_millis(120);

/// Opens or closes the palette or the sheet of shortcuts. In the browser only.
#[lazy]
#[cfg_attr(feature = "ssr", expect(clippy::unused_async, reason = "it waits for its chunk in the browser"))]
pub fn open_palette(visitor: Visitor, sheet_of_keys: bool) {
    let id = if sheet_of_keys { keys::DIALOG } else { DIALOG };
    if dialog::by_id(id).is_none() {
        let made = move || {
            provide_context(visitor);
            if sheet_of_keys { keys::dialog() } else { view! { <Palette/> }.into_any() }
        };
        mount_to(body(), made).forget();
    }
    if let Some(dialog) = dialog::by_id(id) {
        if dialog.open() {
            dialog.close();
        } else {
            // Fails only on a detached element. The browser remembers where the focus was, and gives it back.
            drop(dialog.show_modal());
        }
    }
}

/// The last answer, and its search text.
#[derive(Debug, Clone, PartialEq, Default)]
struct Heard {
    name: String,
    found: Found,
    /// Why the request failed.
    failed: Option<String>,
}

/// The dialog: no request before the first input.
#[component]
fn Palette() -> impl IntoView {
    let t = lang::current();
    let (name, heard) = (RwSignal::new(String::new()), RwSignal::new(Heard::default()));
    // Enter before the answer arrives means its first result.
    let hurried = StoredValue::new(false);
    let newest = StoredValue::new(0_u32);
    Effect::new(move |_| {
        let form = name.get();
        newest.update_value(|newest| *newest = newest.wrapping_add(1));
        hurried.set_value(false);
        if form.trim().is_empty() {
            heard.set(Heard::default());
            return;
        }
        let mine = newest.get_value();
        let ask = move || {
            spawn_local(async move {
                let answer = api::find(form.clone()).await;
                if newest.get_value() != mine {
                    return;
                }
                heard.set(match answer {
                    Ok(found) => Heard { name: form, found, failed: None },
                    Err(AppError(why)) => Heard { name: form, found: Found::default(), failed: Some(why.detail) },
                });
                if hurried.get_value() {
                    // One frame later the results are in the document.
                    request_animation_frame(|| go(0));
                }
            });
        };
        if let Ok(timer) = set_timeout_with_handle(ask, PAUSE) {
            on_cleanup(move || timer.clear());
        }
    });
    let field = NodeRef::<html::Input>::new();
    let forget = move |_| {
        name.set(String::new());
        if let Some(field) = field.get_untracked() {
            field.set_value("");
        }
    };
    let visible = PaletteState::of(name, heard);
    view! {
        <dialog class="palette" id=DIALOG aria-label=t.find_anything() on:close=forget on:click=close_beside>
            <div class="q">
                <Icon name="search"/>
                <input type="text" autofocus autocomplete="off" spellcheck="false" node_ref=field
                    role="combobox" aria-autocomplete="list" aria-haspopup="listbox" aria-controls=LIST aria-label=t.find_what()
                    aria-expanded=Signal::derive(move || if visible.count() > 0 { "true" } else { "false" })
                    aria-activedescendant=Signal::derive(move || (visible.count() > 0).then(|| option_id(visible.at.get())))
                    on:input=move |event| name.set(event_target_value(&event))
                    on:keydown=move |event| visible.key(&event, hurried)/>
                <button class="btn" data-kind="ghost" type="button" on:click=|_| close(DIALOG)>{t.find_close()}</button>
            </div>
            <Results state=visible/>
            <p class="keys only-wide" aria-hidden="true">
                <span><kbd>"↑"</kbd><kbd>"↓"</kbd>{t.inbox_key_move()}</span>
                <span><kbd>"↵"</kbd>{t.find_open()}</span>
                <span><kbd>"Esc"</kbd>{t.find_close()}</span>
            </p>
        </dialog>
    }
}

/// State of the dialog.
#[derive(Debug, Clone, Copy)]
struct PaletteState {
    heard: RwSignal<Heard>,
    /// Whether the answer to the current text is pending.
    asking: Memo<bool>,
    /// The results, and the text they match.
    found: Memo<(Vec<Group>, String)>,
    at: RwSignal<usize>,
}

impl PaletteState {
    fn of(name: RwSignal<String>, heard: RwSignal<Heard>) -> Self {
        let asking = Memo::new(move |_| {
            let input = name.get();
            !input.trim().is_empty() && heard.with(|heard| heard.name != input)
        });
        let found = Memo::new(move |_| {
            let input = name.get();
            (heard.with(|heard| groups(lang::current(), heard.found.clone(), &input)), input)
        });
        let at = RwSignal::new(0);
        Effect::new(move |_| {
            found.track();
            at.set(0);
        });
        Self { heard, asking, found, at }
    }

    fn count(self) -> usize {
        self.found.with(|(groups, _)| groups.iter().map(|group| group.hits.len()).sum())
    }

    fn key(self, event: &KeyboardEvent, hurried: StoredValue<bool>) {
        if event.is_composing() {
            return;
        }
        let last = untrack(|| self.count()).saturating_sub(1);
        let at = self.at.get_untracked();
        let to = match event.key().as_str() {
            "ArrowDown" if at >= last => 0,
            "ArrowDown" => at + 1,
            "ArrowUp" => at.checked_sub(1).unwrap_or(last),
            "Home" => 0,
            "End" => last,
            "Enter" => {
                event.prevent_default();
                if self.asking.get_untracked() {
                    hurried.set_value(true);
                } else {
                    go(at);
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        self.at.set(to);
        reveal(to);
    }
}

fn option_id(at: usize) -> String {
    format!("palette-{at}")
}

fn option(at: usize) -> Option<HtmlElement> {
    document().get_element_by_id(&option_id(at))?.dyn_into().ok()
}

/// Opens a result as if it had been clicked.
fn go(at: usize) {
    if let Some(option) = option(at) {
        option.click();
    }
}

/// Sends the theme before the palette closes, which removes its form.
fn choose(theme: Theme) {
    let form = document().get_element_by_id(THEME).and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
    let field = document().query_selector(&format!("#{THEME} [name=theme]")).ok().flatten();
    if let (Some(form), Some(field)) = (form, field) {
        // Fail only on elements other than a form and a field.
        drop(field.set_attribute("value", theme.key()));
        drop(form.submit());
    }
}

/// Scrolls the list until the result is visible.
fn reveal(at: usize) {
    let list = document().get_element_by_id(LIST);
    let (Some(list), Some(option)) = (list, option(at)) else { return };
    let (top, bottom) = (option.offset_top(), option.offset_top() + option.offset_height());
    if at == 0 {
        list.set_scroll_top(0);
    } else if top < list.scroll_top() {
        list.set_scroll_top(top);
    } else if bottom > list.scroll_top() + list.client_height() {
        list.set_scroll_top(bottom - list.client_height());
    }
}

/// The results, or why there are none: without requests, so that tests can render them.
#[component]
fn Results(state: PaletteState) -> impl IntoView {
    let t = lang::current();
    let PaletteState { heard, asking, found, at } = state;
    let count = Memo::new(move |_| state.count());
    let failed = Memo::new(move |_| heard.with(|heard| heard.failed.clone()));
    view! {
        <p class="visually-hidden" role="status">{text(move || {
            if asking.get() { String::new() } else { t.find_found(u32::try_from(count.get()).unwrap_or(u32::MAX)) }
        })}</p>
        <div role="alert">{dynamic(move || failed.get().map(|why| view! {
            <p class="none"><Icon name="wifi-off"/><span>{t.find_failed()}" "{why}</span></p>
        }))}</div>
        {dynamic(move || (count.get() == 0 && !asking.get() && failed.with(Option::is_none)).then(|| view! {
            <p class="none"><Icon name="search"/><span>{t.find_none()}". "{t.find_none_next()}</span></p>
        }))}
        // Outside the listbox, which may contain only options.
        <form id=THEME method="post" action="?/me/prefer"><input type="hidden" name="lang" value=t.tag()/><input type="hidden" name="theme"/></form>
        <div id=LIST role="listbox" aria-label=t.find_results() on:click=|_| close(DIALOG)
            hidden=Signal::derive(move || count.get() == 0) aria-busy=Signal::derive(move || asking.get().then_some("true"))>
            {dynamic(move || found.with(|(groups, name)| Some(view! { <Options groups=groups.clone() name=name.clone() at/> })))}
        </div>
    }
}

/// The results, grouped by kind.
#[component]
fn Options(groups: Vec<Group>, name: String, at: RwSignal<usize>) -> impl IntoView {
    let mut next = 0;
    let groups = groups.into_iter().map(|Group { title, id, hits }| {
        let (first, head) = (next, format!("palette-{id}"));
        let labelled = head.clone();
        next += hits.len();
        let options = (first..).zip(hits).map(|(index, hit)| {
            let selected = Signal::derive(move || if at.get() == index { "true" } else { "false" });
            let body = view! { <Icon name=hit.icon/><span>{marked(&hit.name, &name)}</span> };
            match hit.to {
                To::Page(href) => view! {
                    <a role="option" tabindex="-1" id=option_id(index) href=href aria-selected=selected>{body}</a>
                }
                .into_any(),
                To::Theme(theme) => view! {
                    <button type="button" role="option" tabindex="-1" id=option_id(index) aria-selected=selected
                        on:click=move |_| choose(theme)>{body}</button>
                }
                .into_any(),
            }
        });
        let options = options.collect_view();
        view! {
            <div role="group" aria-labelledby=labelled><p class="head" role="presentation" id=head>{title}</p>{options}</div>
        }
    });
    groups.collect_view()
}

/// A name with the matching part highlighted.
fn marked(name: &str, code: &str) -> AnyView {
    match parts(name, code) {
        Some([before, hit, after]) => {
            // An empty text would be rendered as a space.
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            view! { {some(before)}<mark>{hit.to_owned()}</mark>{some(after)} }.into_any()
        }
        None => name.to_owned().into_any(),
    }
}

/// A name split before, in and after the match.
fn parts<'a>(name: &'a str, code: &str) -> Option<[&'a str; 3]> {
    let (lower, code) = (name.to_lowercase(), code.trim().to_lowercase());
    // Some letters change length in lower case; then nothing is highlighted.
    let at = lower.find(&code).filter(|_| !code.is_empty() && lower.len() == name.len())?;
    let end = at + code.len();
    Some([name.get(..at)?, name.get(at..end)?, name.get(end..)?])
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{html, visitor, words},
        visitor::Me,
    };
    use domain::{
        actor::Rank,
        id::{MachineId, PersonId},
    };
    use text::Lang;

    fn manager() -> Visitor {
        let me = Me {
            id: PersonId(1),
            name: "Ada".into(),
            rank: Rank::Manager,
            asleep: false,
            auditor: false,
            trains: false,
        };
        Visitor { who: Some(me), ..visitor(Lang::En) }
    }

    fn results(input: &'static str, heard: Heard) -> String {
        html(manager(), "/", move || {
            let visible = PaletteState::of(RwSignal::new(input.to_owned()), RwSignal::new(heard));
            visible.at.set(1);
            view! { <Results state=visible/> }
        })
    }

    #[test]
    fn palette_results_are_grouped_options_with_one_selected() {
        let found = Found {
            machines: vec![(MachineId(1), "<Laser> 1".into()), (MachineId(2), "Laser 2".into())],
            people: vec![(PersonId(7), "Lasse".into())],
            suggestions: Vec::new(),
        };
        let html = results("las", Heard { name: "las".into(), found, failed: None });
        assert!(words(&html).contains("3 results"), "{html}");
        assert_eq!(html.matches(r#"role="option""#).count(), 3, "{html}");
        assert_eq!(html.matches(r#"aria-selected="true""#).count(), 1, "{html}");
        assert!(html.contains(r#"id="palette-1" href="/machines/2" aria-selected="true""#), "{html}");
        assert!(html.contains(r#"id="palette-2" href="/people/7""#), "over all groups: {html}");
        assert!(html.contains("<mark>Las") && !html.contains("<Laser>"), "{html}");
    }

    #[test]
    fn palette_distinguishes_no_results_from_failure() {
        let none = results("zz", Heard { name: "zz".into(), ..Heard::default() });
        assert!(words(&none).contains("No results"), "{none}");
        let failed = Heard { name: "zz".into(), failed: Some("Not now.".into()), ..Heard::default() };
        let failed = words(&results("zz", failed));
        assert!(failed.contains("Not now.") && !failed.contains("No results"), "{failed}");
        let waiting = words(&results("zz", Heard::default()));
        assert!(!waiting.contains("No results") && !waiting.contains("results"), "{waiting}");
    }

    #[test]
    fn matched_letters_are_highlighted() {
        assert_eq!(parts("Zoë LÉGER", "lég"), Some(["Zoë ", "LÉG", "ER"]));
        assert_eq!(parts("Ada", ""), None);
        assert_eq!(parts("İpek", "pek"), None, "a small İ takes other room");
    }

    #[test]
    fn palette_is_a_combobox_with_listbox() {
        let html = html(manager(), "/", || view! { <Palette/> });
        assert!(html.contains(r#"role="combobox""#) && html.contains(r#"aria-controls="palette-list""#), "{html}");
        assert!(
            html.contains(r#"aria-activedescendant="palette-0""#) && html.contains(r#"aria-expanded="true""#),
            "{html}"
        );
        assert!(
            words(&html).contains("Add a machine"),
            "what can be done is there before anything is typed: {html}"
        );
    }
}
