//! The line that says what was just done on a page that was loaded anew after it: beside the button that did it, or else floating above
//! the bars, where the thumb is.
//!
//! Invariant: the live region is there before it speaks, and a document that begins with it begins there: it is what whoever
//! pressed the button waits for. Deliberately absent: a way back; that is the toast's.

use super::{changing::part, icon::Icon};
use leptos::prelude::*;

/// The line, empty unless there is something to say.
#[component]
pub fn Saved(shown: Memo<bool>, message: &'static str) -> impl IntoView {
    view! {
        <p class="saved" role="status" tabindex="-1" autofocus=shown.get_untracked()>
            {part(move || shown.get().then(|| view! { <Icon name="circle-check"/>{message} }))}
        </p>
    }
}
