//! What a refused request is answered: a [`Problem`] as `application/problem+json` (RFC 9457).

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::problem::{Kind, Problem};
use serde_json::json;

/// A request that was refused.
#[derive(Debug)]
pub struct Refusal(pub Problem);

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

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
        if problem.kind == Kind::SignIn {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"Toolgate\""));
        }
        if let Some(seconds) = problem.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
