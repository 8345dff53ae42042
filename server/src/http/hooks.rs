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
use services::{
    Ctx,
    dues::{self, MessageOutcome, receive},
};

/// The address.
pub const PATH: &str = "/hooks/payments/{processor}";
/// Bytes of one message: processors send hundreds of events at once.
pub const MOST: usize = 512 * 1024;

/// The processor whose address `path` is.
pub fn processor(path: &str) -> Option<Processor> {
    path.strip_prefix("/hooks/payments/").and_then(Processor::parse)
}

/// The answer to a message whose head alone shows that it is refused, so that its body is not read.
pub fn refused(ctx: &Ctx, processor: Processor, headers: &HeaderMap) -> Option<StatusCode> {
    dues::refused(ctx, processor, signature_in(headers, processor)).map(status)
}

const fn status(outcome: MessageOutcome) -> StatusCode {
    match outcome {
        MessageOutcome::Queued => StatusCode::NO_CONTENT,
        MessageOutcome::NotSetUp => StatusCode::NOT_FOUND,
        MessageOutcome::Refused => StatusCode::BAD_REQUEST,
    }
}

fn signature_in(headers: &HeaderMap, processor: Processor) -> &str {
    headers.get(signature(processor)).and_then(|value| value.to_str().ok()).unwrap_or_default()
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
    let answer = match receive(shared.ctx(), processor, signature_in(&headers, processor), &body).await {
        Ok(outcome) => status(outcome),
        Err(error) => {
            tracing::warn!(%error, "events of a payment processor were not queued");
            StatusCode::SERVICE_UNAVAILABLE
        }
    };
    answer.into_response()
}
