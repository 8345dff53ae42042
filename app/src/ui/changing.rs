//! What changes by itself on a page: text, and parts of it.
//!
//! A closure in a view is a type of its own, and each type is compiled with all that hydrating and rebuilding it takes:
//! several kilobytes for one number. Behind these two boxes there are two types, whatever is in them. Invariants: who
//! reads a signal in here is run again alone, and nothing around it; on the server, where nothing changes, a part is made
//! once, so that it may ask the server for something like everything else on a page.
//!
//! Elements survive a redraw if the part is built like the one before, and the browser keeps their input. Use `fresh`
//! instead of `part` if a part may show a different thing.

use leptos::prelude::*;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Text that follows what it reads.
pub type Text = Box<dyn FnMut() -> String + Send>;

/// A part of the page that follows what it reads, if it is there at all.
#[cfg(not(feature = "ssr"))]
pub type Part = Box<dyn FnMut() -> Option<AnyView> + Send>;
/// On the server a view and no closure: Leptos runs each closure of a page several times while it looks for resources, and what
/// is asked for in one would be fetched as often.
#[cfg(feature = "ssr")]
pub type Part = Option<AnyView>;

/// Text that follows what `read` reads.
pub fn text(read: impl Fn() -> String + Send + 'static) -> Text {
    Box::new(read)
}

/// What a part begins with the first time it is made, and never again.
pub fn first<T: Send + Sync + 'static>(stored: StoredValue<Option<T>>) -> Option<T> {
    stored.try_update_value(Option::take).flatten()
}

/// A part that follows what `view` reads.
pub fn part<V: IntoView + 'static>(view: impl Fn() -> Option<V> + Send + 'static) -> Part {
    #[cfg(not(feature = "ssr"))]
    let part = Box::new(move || view().map(IntoAny::into_any));
    #[cfg(feature = "ssr")]
    let part = untrack(view).map(IntoAny::into_any);
    part
}

/// A part whose elements are others each time: what was typed or ticked in it goes with it. A [`part`] keeps its elements wherever the
/// new view is built like the old one, and the browser keeps in them what somebody entered: under the next question of a quiz the
/// answer to the one before would still be ticked.
pub fn fresh<V: IntoView + 'static>(view: impl Fn() -> Option<V> + Send + 'static) -> Part {
    let is_odd = AtomicBool::new(false);
    part(move || {
        let view = view()?.into_any();
        // Another type is built, and not rebuilt.
        Some(if is_odd.fetch_xor(true, Ordering::Relaxed) { (view,).into_any() } else { view })
    })
}

/// [`fresh`] for what is about one of several things: its elements are others when it is about another, and stay as they are, with what
/// was typed in them, while it is about the same.
#[derive(Debug, Clone, Copy)]
pub struct FreshFor(StoredValue<(Option<Key>, bool)>);

impl FreshFor {
    /// Made once, outside of the part in which it is used.
    #[must_use]
    pub fn new() -> Self {
        Self(StoredValue::new((None, false)))
    }

    /// `view`, which is about `key`.
    #[must_use]
    pub fn draw(self, key: Key, view: AnyView) -> AnyView {
        // Another type is built, and not rebuilt.
        if self.is_odd(key) { (view,).into_any() } else { view }
    }

    /// Turns over when the key is another.
    fn is_odd(self, key: Key) -> bool {
        let is_odd = self.0.try_update_value(|(last, is_odd)| {
            *is_odd ^= last.replace(key).is_some_and(|last| last != key);
            *is_odd
        });
        is_odd.unwrap_or_default()
    }
}

impl Default for FreshFor {
    fn default() -> Self {
        Self::new()
    }
}

/// By which a row is known to be the same: numbers of the thing, and of what about it makes another row.
pub type Key = (i64, i64);

/// One of [`rows`] that has yet to be drawn, if it is a new one.
struct Row {
    key: Key,
    view: Box<dyn FnOnce() -> AnyView + Send>,
}

/// A row for each of `items`, drawn once and kept for as long as one with its key is there.
pub fn rows<T: Send + 'static, V: IntoView + 'static>(
    items: impl Fn() -> Vec<T> + Send + 'static,
    key: fn(&T) -> Key,
    row: impl Fn(T) -> V + Send + Sync + 'static,
) -> AnyView {
    let row = Arc::new(row);
    keyed(Box::new(move || {
        let drawn = |item| {
            let (key, row) = (key(&item), Arc::clone(&row));
            Row { key, view: Box::new(move || row(item).into_any()) }
        };
        items().into_iter().map(drawn).collect()
    }))
}

/// [`rows`], whatever they are of.
fn keyed(rows: Box<dyn Fn() -> Vec<Row> + Send>) -> AnyView {
    view! { <For each=rows key=|row| row.key children=|row| (row.view)()/> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_key_alternates_view_type() {
        Owner::new().with(|| {
            let fresh = FreshFor::new();
            let kinds = [(1, 1), (1, 1), (1, 2), (1, 2), (1, 1)].map(|key| fresh.is_odd(key));
            assert_eq!(kinds, [false, false, true, true, false]);
        });
    }
}
