//! The language of the page being rendered.

use crate::visitor::Visitor;
use leptos::prelude::with_context;
use text::Lang;

/// The reader's language. A server function called over HTTP has no root, only its request.
#[must_use]
pub fn current() -> Lang {
    // Not a clone of the visitor: every component asks, in a list each of its rows.
    with_context(|visitor: &Visitor| visitor.lang).unwrap_or_else(|| Visitor::of_request().lang)
}
