//! What changes by itself on a page: text, and parts of it.
//!
//! A closure in a view is a type of its own, and each type is compiled with all that hydrating and rebuilding it takes:
//! several kilobytes for one number. Behind these two boxes there are two types, whatever is in them. Invariant: who
//! reads a signal in here is run again alone, and nothing around it.

use leptos::prelude::*;

/// Text that follows what it reads.
pub type Text = Box<dyn FnMut() -> String + Send>;

/// A part of the page that follows what it reads, if it is there at all.
pub type Part = Box<dyn FnMut() -> Option<AnyView> + Send>;

/// Text that follows what `read` reads.
pub fn text(read: impl Fn() -> String + Send + 'static) -> Text {
    Box::new(read)
}

/// A part in which something is asked for: on the server, where nothing changes, it is made once. Whoever waits there for what
/// a page asks for looks into each part anew, again and again, and each time it would be asked for anew.
pub fn asking<V: IntoView + 'static>(view: impl Fn() -> Option<V> + Send + 'static) -> AnyView {
    let mut part = part(view);
    if cfg!(feature = "ssr") { part().into_any() } else { part.into_any() }
}

/// What a part begins with the first time it is made, and never again. On the server, where parts are looked into more than
/// once, it stays.
pub fn first<T: Clone + Send + Sync + 'static>(kept: StoredValue<Option<T>>) -> Option<T> {
    if cfg!(feature = "ssr") { kept.get_value() } else { kept.try_update_value(Option::take).flatten() }
}

/// A part that follows what `view` reads. Nothing is asked for in it: see [`asking`].
pub fn part<V: IntoView + 'static>(view: impl Fn() -> Option<V> + Send + 'static) -> Part {
    Box::new(move || view().map(IntoAny::into_any))
}
