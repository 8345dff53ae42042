//! `POST /hooks/payments/{processor}`: events of payment processors.
//!
//! Invariant: the signature is verified over the bytes as they came, and a message without a valid one changes nothing. Answered as
//! soon as the events are queued. Not here: what follows from them (`services::dues`).

use super::Shared;
use axum::{
    body::Bytes,
    extract::{Path, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use domain::dues::Processor;
use services::dues::{MessageOutcome, receive};

/// The address.
pub const PATH: &str = "/hooks/payments/{processor}";
/// Bytes of one message: processors send hundreds of events at once.
pub const MOST: usize = 512 * 1024;

/// Whether `path` is the address of a processor.
pub fn is_hook(path: &str) -> bool {
    path.starts_with("/hooks/payments/")
}

/// The header that has the signature.
const fn signature(processor: Processor) -> &'static str {
    match processor {
        Processor::Stripe => "stripe-signature",
        Processor::GoCardless => "webhook-signature",
    }
}

/// Takes a message with events.
pub async fn payments(
    State(shared): State<Shared>,
    Path(processor): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let Some(processor) = Processor::parse(&processor) else { return StatusCode::NOT_FOUND.into_response() };
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return rejection.into_response(),
    };
    let signature = headers.get(signature(processor)).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let status = match receive(shared.ctx(), processor, signature, &body).await {
        Ok(MessageOutcome::Queued) => StatusCode::NO_CONTENT,
        Ok(MessageOutcome::NotSetUp) => StatusCode::NOT_FOUND,
        Ok(MessageOutcome::Refused) => StatusCode::BAD_REQUEST,
        Err(error) => {
            tracing::warn!(%error, "events of a payment processor were not queued");
            StatusCode::SERVICE_UNAVAILABLE
        }
    };
    status.into_response()
}
