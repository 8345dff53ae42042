//! `/unsubscribe/one-click`: the `List-Unsubscribe` address of mails (RFC 8058).
//!
//! Invariant: only POST changes something, because mail programs open every link; GET redirects to the page that
//! asks. Not here: which notices are switched off (`services::outbox::unsubscribe`).

use super::Shared;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
};
use domain::id::PersonId;
use serde::Deserialize;
use services::outbox::unsubscribe::{Link, UnsubscribeError, follow};

/// Query of the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Address {
    who: i64,
    what: String,
    sign: String,
}

/// `GET`: redirects to the page that asks.
pub async fn ask(uri: Uri) -> Redirect {
    Redirect::to(&format!("/unsubscribe?{}", uri.query().unwrap_or_default()))
}

/// `POST`: unsubscribes as the link says.
pub async fn one_click(State(shared): State<Shared>, address: Result<Query<Address>, QueryRejection>) -> Response {
    let Query(Address { who, what, sign }) = address.unwrap_or_default();
    match follow(&shared.0.ctx, &Link { person: PersonId(who), what, sign }).await {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(UnsubscribeError::Unknown | UnsubscribeError::Forbidden(_)) => StatusCode::NOT_FOUND.into_response(),
        Err(UnsubscribeError::Store(error)) => {
            tracing::warn!(%error, "nothing could be switched off by a link");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
