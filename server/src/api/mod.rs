//! The JSON API, `/api/v1/…`: the same services as the pages, for programs.
//!
//! Invariant: an error is a [`Problem`] as `application/problem+json` (RFC 9457) under its true status, and
//! [`Refusal`] is the only thing that renders one. Instants are RFC 3339 in UTC; ids are numbers, and codes are words
//! that stay.

pub mod access;

use app::visitor::Visitor;
use axum::{
    Extension, Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    problem::{Kind, Problem},
    time::Millis,
    zone::to_rfc3339,
};
use serde_json::json;

/// A request that was refused.
#[derive(Debug)]
pub struct Refusal(pub Problem);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(problem) = self;
        let status = StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
        let fields = problem.fields.iter().map(|(field, message)| json!({ "field": field, "message": message }));
        let body = json!({
            // No page describes the kinds of problems; `code` tells them apart.
            "type": "about:blank",
            "title": status.canonical_reason(),
            "status": status.as_u16(),
            "code": problem.code,
            "detail": problem.detail,
            "errors": fields.collect::<Vec<_>>(),
        });
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// An address that names nothing.
pub async fn unknown(Extension(visitor): Extension<Visitor>) -> Refusal {
    Refusal(Problem::new("api.unknown", Kind::NotFound, visitor.lang.api_unknown()))
}

/// An answer that nobody in between keeps: it is about somebody, and true for a moment.
fn answer(body: serde_json::Value) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// An instant as programs read it.
fn instant(at: Millis) -> Option<String> {
    to_rfc3339(at)
}
