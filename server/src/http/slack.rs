//! `POST /hooks/slack/commands`: commands that people type in Slack.
//!
//! Invariant: the signature is verified over the bytes as they came, and a command without a valid one is answered nothing. Slack's check
//! of the certificate has none, and is answered 200 without a word. Not here: what a command answers (`services::slack`).

use super::Shared;
use axum::{
    body::Bytes,
    extract::{RawQuery, State, rejection::BytesRejection},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use services::slack::{COMMANDS, CommandOutcome, Signed, is_certificate_check, receive};

/// The address.
pub const PATH: &str = COMMANDS;

const TIMESTAMP: HeaderName = HeaderName::from_static("x-slack-request-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("x-slack-signature");

fn text(headers: &HeaderMap, name: HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Answers a check of the certificate; commands are posted.
pub async fn check(RawQuery(query): RawQuery) -> StatusCode {
    if is_certificate_check(query.unwrap_or_default().as_bytes()) {
        StatusCode::OK
    } else {
        StatusCode::METHOD_NOT_ALLOWED
    }
}

/// Takes a command.
pub async fn commands(
    State(shared): State<Shared>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return rejection.into_response(),
    };
    let kind = text(&headers, header::CONTENT_TYPE).split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    if is_certificate_check(&body) {
        return StatusCode::OK.into_response();
    }
    let signed = Signed { timestamp: text(&headers, TIMESTAMP), signature: text(&headers, SIGNATURE) };
    match receive(shared.ctx(), signed, &body).await {
        Ok(CommandOutcome::NotSetUp) => StatusCode::NOT_FOUND.into_response(),
        Ok(CommandOutcome::Refused) => StatusCode::UNAUTHORIZED.into_response(),
        Ok(CommandOutcome::Unreadable) => StatusCode::BAD_REQUEST.into_response(),
        Ok(CommandOutcome::Answered(answer)) => {
            ([(header::CONTENT_TYPE, "application/json")], answer).into_response()
        }
        Err(error) => {
            tracing::warn!(%error, "a command in Slack was not answered");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
