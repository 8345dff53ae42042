//! Keyboard shortcuts of the inbox: j and k move, a approves, r declines – or opens the reason and focuses it –, s
//! marks as seen, z undoes. In the browser only.
//!
//! Invariant: a key presses a visible button, and does nothing without one. While the reader types, or holds another
//! key, it keeps its usual meaning.

use crate::ui::keys::{click, find, is_meant, unfold};
use domain::inbox::{Matter, Verdict};
use leptos::prelude::*;

/// An item: its kind and id.
pub(super) type Place = (Matter, i64);

/// Listens for keys, which move `current` among `items` and press buttons of the `visible` one.
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
    // A decided item disappears: the focus moves to the one in its place, or to the empty state.
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
                    // The key must not be typed into the reason field it opens.
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
