//! The language of the page being rendered.

use crate::visitor::Visitor;
use leptos::prelude::use_context;
use text::Lang;

/// The reader's language. A server function called over HTTP has no root, only its request.
#[must_use]
pub fn current() -> Lang {
    use_context::<Visitor>().unwrap_or_else(Visitor::of_request).lang
}
