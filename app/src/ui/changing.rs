//! Reactive text and parts of a page.
//!
//! A closure in a view is a type of its own, and each type is compiled with all that hydrating and rebuilding it
//! takes: several kilobytes for one number. Behind these two boxes there are two types, whatever is in them.
//! Invariants: a signal read in here reruns only this part; on the server, where nothing changes, a part is
//! created once, so that it may load data like everything else on a page.
//!
//! Elements survive a redraw if the part is built like the one before, and the browser keeps their input. Use
//! `remount` instead of `dynamic` if a part may show a different thing.

use leptos::prelude::*;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Text that follows the signals it reads.
pub type Text = Box<dyn FnMut() -> String + Send>;

/// An optional part of the page that follows the signals it reads.
#[cfg(not(feature = "ssr"))]
pub type Dynamic = Box<dyn FnMut() -> Option<AnyView> + Send>;
/// On the server a view and no closure: Leptos runs each closure of a page several times while it looks for
/// resources, and would load data in it as often.
#[cfg(feature = "ssr")]
pub type Dynamic = Option<AnyView>;

/// Text that follows the signals `read` reads.
pub fn text(read: impl Fn() -> String + Send + 'static) -> Text {
    Box::new(read)
}

/// Initial value of a part, used only the first time it is created.
pub fn first<T: Send + Sync + 'static>(stored: StoredValue<Option<T>>) -> Option<T> {
    stored.try_update_value(Option::take).flatten()
}

/// A part that follows the signals `view` reads.
pub fn dynamic<V: IntoView + 'static>(view: impl Fn() -> Option<V> + Send + 'static) -> Dynamic {
    #[cfg(not(feature = "ssr"))]
    let dynamic = Box::new(move || view().map(IntoAny::into_any));
    #[cfg(feature = "ssr")]
    let dynamic = untrack(view).map(IntoAny::into_any);
    dynamic
}

/// A part with new elements each time, which discards their input. A [`dynamic`] keeps its elements wherever the new
/// view is built like the old one, and the browser keeps their input: under the next question of a quiz the answer
/// to the previous one would still be ticked.
pub fn remount<V: IntoView + 'static>(view: impl Fn() -> Option<V> + Send + 'static) -> Dynamic {
    let is_odd = AtomicBool::new(false);
    dynamic(move || {
        let view = view()?.into_any();
        // Another type is built instead of rebuilt.
        Some(if is_odd.fetch_xor(true, Ordering::Relaxed) { (view,).into_any() } else { view })
    })
}

/// [`remount`] for a part about one of several things: new elements for another thing, the same elements with their
/// input for the same one.
#[derive(Debug, Clone, Copy)]
pub struct RemountFor(StoredValue<(Option<Key>, bool)>);

impl RemountFor {
    /// Create it once, outside of the part that uses it.
    #[must_use]
    pub fn new() -> Self {
        Self(StoredValue::new((None, false)))
    }

    /// Renders `view`, which is about `key`.
    #[must_use]
    pub fn draw(self, key: Key, view: AnyView) -> AnyView {
        // Another type is built instead of rebuilt.
        if self.is_odd(key) { (view,).into_any() } else { view }
    }

    /// Toggles when the key changes.
    fn is_odd(self, key: Key) -> bool {
        let is_odd = self.0.try_update_value(|(last, is_odd)| {
            *is_odd ^= last.replace(key).is_some_and(|last| last != key);
            *is_odd
        });
        is_odd.unwrap_or_default()
    }
}

impl Default for RemountFor {
    fn default() -> Self {
        Self::new()
    }
}

/// Identity of a row: id of the thing, and whatever else makes another row of it.
pub type Key = (i64, i64);

/// One of [`rows`], not rendered yet if new.
struct Row {
    key: Key,
    view: Box<dyn FnOnce() -> AnyView + Send>,
}

/// A row for each of `items`, rendered once and reused as long as its key is present.
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

/// [`rows`] of any type.
fn keyed(rows: Box<dyn Fn() -> Vec<Row> + Send>) -> AnyView {
    view! { <For each=rows key=|row| row.key children=|row| (row.view)()/> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_key_alternates_view_type() {
        Owner::new().with(|| {
            let fresh = RemountFor::new();
            let kinds = [(1, 1), (1, 1), (1, 2), (1, 2), (1, 1)].map(|key| fresh.is_odd(key));
            assert_eq!(kinds, [false, false, true, true, false]);
        });
    }
}
