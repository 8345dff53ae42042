//! Toast: what was just done, and the way back, for eight seconds.
//!
//! Invariant: the way back is an ordinary form, in the order of the page and reachable by keyboard; while somebody points
//! at it or is in it, the time stands still. Without script it stays until the next page. Deliberately absent: what
//! undoing does; that is the form's server function.

use super::{changing::part, icon::Icon};
use leptos::prelude::*;
use std::time::Duration;

/// Seconds that it stands.
const STANDS: u8 = 8;

/// The form that takes back what was done, made anew for each.
pub type WayBack = Box<dyn Fn() -> Option<AnyView> + Send + Sync>;

/// What was done, read out once, and the way back.
#[component]
pub fn Toast(
    /// What was done; whatever is said anew, the time begins anew.
    #[prop(into)]
    said: Signal<Option<String>>,
    /// The form, if it can be taken back.
    undo: WayBack,
) -> impl IntoView {
    let (left, held) = (RwSignal::new(STANDS), RwSignal::new(false));
    // Effects run in the browser only.
    Effect::new(move |_| {
        if said.with(Option::is_none) {
            return;
        }
        left.set(STANDS);
        held.set(false);
        let second = move || {
            if !held.get_untracked() {
                left.update(|left| *left = left.saturating_sub(1));
            }
        };
        if let Ok(timer) = set_interval_with_handle(second, Duration::from_secs(1)) {
            on_cleanup(move || timer.clear());
        }
    });
    let shown = Memo::new(move |_| left.get() > 0);
    let undo = StoredValue::new(undo);
    view! {
        <div class="toasts" role="status">
            {part(move || said.get().filter(|_| shown.get()).map(|said| view! {
                <div class="toast" data-undo data-held=move || held.get().then_some("")
                    on:pointerenter=move |_| held.set(true) on:pointerleave=move |_| held.set(false)
                    on:focusin=move |_| held.set(true) on:focusout=move |_| held.set(false)>
                    <Icon name="circle-check"/>
                    <p>{said}</p>
                    {undo.with_value(|undo| undo())}
                </div>
            }))}
        </div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use text::Lang;

    fn shown(said: Option<&'static str>) -> String {
        html(visitor(Lang::En), "/", move || {
            let undo: WayBack = Box::new(|| Some(view! { <button>"Undo"</button> }.into_any()));
            view! { <Toast said=Signal::stored(said.map(str::to_owned)) undo/> }
        })
    }

    #[test]
    fn what_was_done_is_said_with_the_way_back_also_without_script() {
        let html = shown(Some("Suspended."));
        assert!(html.contains(r#"role="status""#) && words(&html).contains("Suspended.Undo"), "{html}");
        let nothing = shown(None);
        assert!(nothing.contains(r#"role="status""#), "the live region is there before it speaks: {nothing}");
        assert!(!nothing.contains("<button"), "{nothing}");
    }
}
