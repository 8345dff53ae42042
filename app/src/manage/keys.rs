//! The inbox by keyboard: j and k move, a approves, r turns down – or opens the reason for that, and goes there –, s has
//! seen, z takes back. In the browser only.
//!
//! Invariant: a key presses the button that is there, and does nothing where there is none. While somebody types, or holds
//! another key, it means what it always does.

use crate::ui::keys::{click, find, is_meant, unfold};
use domain::inbox::{Matter, Verdict};
use leptos::prelude::*;

/// An item, by what it is about.
pub(super) type Place = (Matter, i64);

/// Listens for keys, which move `current` among the `items` and press buttons of the one that is `shown`.
pub(super) fn listen(items: Memo<Vec<Place>>, current: RwSignal<Option<Place>>, visible: Memo<Option<Place>>) {
    let place = move || {
        let at = current.get_untracked();
        items.with_untracked(|items| items.iter().position(|&item| Some(item) == at))
    };
    let last = StoredValue::new(0_usize);
    let go = move |to: usize| {
        let item = items.with_untracked(|items| items.get(to).copied());
        if let Some(item) = item {
            last.set_value(to);
            current.set(Some(item));
            focus(item);
        }
    };
    // What is decided goes: the keys are on what came into its place, or where nothing is left at what says so.
    Effect::new(move |_| {
        let left = items.with(Vec::len);
        if current.get_untracked().is_none() || place().is_some() {
            return;
        }
        if left > 0 {
            go(last.get_value().min(left - 1));
        } else if let Some(heading) = find("main h1") {
            current.set(None);
            // Fails only on a detached element.
            drop(heading.focus());
        }
    });
    Effect::new(move |_| {
        let pressed = window_event_listener(leptos::ev::keydown, move |event| {
            if !is_meant(&event) {
                return;
            }
            match event.key().as_str() {
                "j" => go(place().map_or(0, |at| at + 1)),
                "k" => go(place().unwrap_or(1).saturating_sub(1)),
                "a" => press(visible.get_untracked(), Verdict::Approve),
                "r" => {
                    // Not typed into the reason, which it leads to.
                    event.prevent_default();
                    press(visible.get_untracked(), Verdict::Reject);
                }
                "s" => press(visible.get_untracked(), Verdict::Seen),
                "z" => click(".toast .btn"),
                _ => {}
            }
        });
        on_cleanup(move || pressed.remove());
    });
}

fn row((matter, id): Place) -> String {
    format!("[data-item=\"{}-{id}\"]", matter.as_str())
}

fn focus(item: Place) {
    if let Some(link) = find(&format!("{} a", row(item))) {
        // Fails only on a detached element.
        drop(link.focus());
    }
}

fn press(item: Option<Place>, verdict: Verdict) {
    let Some(item) = item else { return };
    match (item.0, verdict) {
        (Matter::Checkout | Matter::Booking, Verdict::Approve) => click(&format!("{} button", row(item))),
        (Matter::Checkout | Matter::Booking, Verdict::Reject) => unfold("#decline"),
        _ => click(&format!("{} form:has(input[value=\"{}\"]) button", row(item), verdict.as_str())),
    }
}
