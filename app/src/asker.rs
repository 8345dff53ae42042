//! Who asks, for server functions. Server only.
//!
//! Invariant: the server put the [`Actor`] into the request before anything ran; a request without one is a passer-by's
//! where nothing is public.

use domain::actor::{Actor, Door};
use leptos::prelude::use_context;

/// Whoever sent this request.
#[must_use]
pub(crate) fn actor() -> Actor {
    use_context::<http::request::Parts>()
        .and_then(|parts| parts.extensions.get::<Actor>().cloned())
        .unwrap_or(Actor::anybody(false, Door::Web))
}
