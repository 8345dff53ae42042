//! The line that reports a finished action on a reloaded page: beside its button, or floating above the bars on a
//! phone.
//!
//! Invariant: the live region exists before it speaks, and a document that begins with a message focuses it,
//! because the reader waits for it. Not here: undo, which is the toast's.

use super::{changing::dynamic, icon::Icon};
use leptos::prelude::*;

/// The line; empty without a message.
#[component]
pub fn Saved(visible: Memo<bool>, message: &'static str) -> impl IntoView {
    view! {
        <p class="saved" role="status" tabindex="-1" autofocus=visible.get_untracked()>
            {dynamic(move || visible.get().then(|| view! { <Icon name="circle-check"/>{message} }))}
        </p>
    }
}
