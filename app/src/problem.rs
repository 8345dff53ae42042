//! A refused request on the wire between page and server.
//!
//! Invariant: a server function fails only with [`AppError`], and the HTTP status is derived from its [`Problem`]
//! in one place, the server's router. So no function can forget it, and transport failures (invalid arguments) get
//! theirs too. Not here: internal causes.

use domain::problem::{Kind, Problem};
#[cfg(feature = "ssr")]
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The error type of every server function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}", .0.detail)]
pub struct AppError(pub Problem);

#[cfg(not(feature = "ssr"))]
impl From<Problem> for AppError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

/// Sets the status of the page being rendered; does nothing in the browser.
#[cfg_attr(not(feature = "ssr"), expect(unused_variables, reason = "the browser has no status"))]
pub fn set_page_status(kind: Kind) {
    #[cfg(feature = "ssr")]
    if let (Some(response), Ok(status)) =
        (use_context::<leptos_axum::ResponseOptions>(), http::StatusCode::from_u16(kind.status()))
    {
        response.set_status(status);
    }
}
