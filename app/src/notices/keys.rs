//! Keyboard shortcuts of notices: j and k move, o or Enter opens, e archives, z undoes. In the browser only.
//!
//! Invariant: a key presses a visible button, and does nothing without one.

use crate::ui::keys::{click, is_meant};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Selector of the button that opens a notice.
const TITLE: &str = ".notice button.t";

pub(super) fn listen() {
    Effect::new(move |_| {
        let pressed = window_event_listener(leptos::ev::keydown, move |event| {
            if !is_meant(&event) {
                return;
            }
            match event.key().as_str() {
                "j" => go(1),
                "k" => go(-1),
                "e" => click(".notice:has(:focus) .notice-foot button"),
                "o" => click(".notice button.t:focus"),
                "z" => click(".toast form button"),
                _ => {}
            }
        });
        on_cleanup(move || pressed.remove());
    });
}

/// Moves the focus by `step` titles; to the first if none has it.
fn go(step: i32) {
    let Ok(titles) = document().query_selector_all(TITLE) else { return };
    let title = |at: u32| titles.item(at).and_then(|node| node.dyn_into::<HtmlElement>().ok());
    let focused = document().active_element();
    let here =
        (0..titles.length()).find(|&at| title(at).is_some_and(|title| focused.as_ref() == Some(title.as_ref())));
    let to = here.map_or(Some(0), |at| at.checked_add_signed(step));
    if let Some(title) = to.and_then(title) {
        // Fails only on a detached element.
        drop(title.focus());
    }
}
