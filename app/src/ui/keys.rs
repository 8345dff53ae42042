//! Keyboard shortcuts that press visible buttons. In the browser only.
//!
//! Invariant: while the reader types, or holds another key, a key keeps its usual meaning.

use leptos::{ev::KeyboardEvent, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Not while the reader types, and not with a modifier key.
#[must_use]
pub fn is_meant(event: &KeyboardEvent) -> bool {
    let typing = event.target().and_then(|target| target.dyn_into::<Element>().ok()).is_some_and(|at| {
        ["INPUT", "TEXTAREA", "SELECT"].contains(&at.tag_name().as_str()) || at.has_attribute("contenteditable")
    });
    !typing && !event.ctrl_key() && !event.meta_key() && !event.alt_key() && !event.repeat()
}

/// Clicks the first element that `selector` matches, if any.
pub fn click(selector: &str) {
    if let Some(button) = find(selector) {
        button.click();
    }
}

/// Opens a collapsed element and focuses its first field.
pub fn unfold(selector: &str) {
    click(&format!("{selector}:not([open]) > summary"));
    if let Some(field) = find(&format!("{selector} :is(textarea, input:not([type=hidden]))")) {
        // Fails only on a detached element.
        drop(field.focus());
    }
}

/// The first element that `selector` matches.
#[must_use]
pub fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}
