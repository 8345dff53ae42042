//! The response of a refused request: a [`Problem`] as `application/problem+json` (RFC 9457).
//!
//! Invariant: a client that would overwrite a version it has not seen gets that version, beside its own input.

use super::{answer::etag, when};
use axum::{
    Json,
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    problem::{Kind, Problem},
    versions::Saved,
};
use serde_json::{Value, json};
use services::error::ServiceError;
use text::Lang;

/// A refused request.
#[derive(Debug)]
pub struct Refusal(pub Problem);

tokio::task_local! {
    /// The language of the sender of the request.
    static READER: Lang;
}

/// Runs a handler that returns errors in `lang`.
pub(super) async fn in_language<T>(lang: Lang, handler: impl Future<Output = T>) -> T {
    READER.scope(lang, handler).await
}

impl<E: ServiceError> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(error.problem(READER.try_with(|lang| *lang).unwrap_or_default()))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(problem) = self;
        let status = StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
        let fields = problem.fields.iter().map(|(field, message)| json!({ "field": field, "message": message }));
        let mut body = json!({
            // No page describes the kinds of problems; `code` distinguishes them.
            "type": "about:blank",
            "title": status.canonical_reason(),
            "status": status.as_u16(),
            "code": problem.code,
            "detail": problem.detail,
            "errors": fields.collect::<Vec<_>>(),
        });
        let version = problem.saved.as_ref().and_then(|saved| etag(saved.version));
        if let Some(saved) = &problem.saved {
            body["saved"] = saved_value(saved);
        }
        let mut response = (status, Json(&body)).into_response();
        if let Some(version) = version {
            response.headers_mut().insert(header::ETAG, version);
            response.extensions_mut().insert(Stale(body));
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(challenge) = challenge(&problem) {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Some(seconds) = problem.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// The `WWW-Authenticate` challenge (RFC 6750, section 3.1); without an error code if no token was sent.
fn challenge(problem: &Problem) -> Option<&'static str> {
    match (problem.kind, problem.code.as_str()) {
        (_, "token.refused") => Some("Bearer realm=\"Toolgate\", error=\"invalid_token\""),
        (_, "token.scope") => Some("Bearer realm=\"Toolgate\", error=\"insufficient_scope\""),
        (Kind::SignIn, _) => Some("Bearer realm=\"Toolgate\""),
        _ => None,
    }
}

fn saved_value(saved: &Saved) -> Value {
    let values = saved.fields.iter().map(|(field, value)| json!({ "field": field, "value": value }));
    json!({
        "version": saved.version,
        "values": values.collect::<Vec<_>>(),
        "by": saved.by,
        "at": saved.at.map(when),
    })
}

/// With a refusal because the version is out of date: the saved version. The API layer adds the body that was sent.
#[derive(Debug, Clone)]
pub(super) struct Stale(Value);

impl Stale {
    /// Adds the version from `If-Match` and the body that was sent to `response`.
    pub(super) fn beside(response: &mut Response, seen: Option<i64>, sent: &[u8]) {
        let Some(Self(mut body)) = response.extensions_mut().remove() else { return };
        body["seen"] = seen.into();
        body["sent"] = serde_json::from_slice(sent).unwrap_or_default();
        *response.body_mut() = Body::from(body.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;

    #[tokio::test]
    async fn stale_version_problem_shows_saved_and_sent_values() {
        let fields = vec![("name", "Laser".to_owned()), ("requires", "4".into()), ("requires", "5".into())];
        let saved = Saved { by: Some("Marta".into()), ..Saved::new(4, fields) };
        let problem = Problem::new("version.stale", Kind::Conflict, "Choose.").over(saved);
        let mut response = Refusal(problem).into_response();
        Stale::beside(&mut response, Some(3), br#"{"name":"Lathe"}"#);
        assert_eq!((response.status().as_u16(), response.headers().get(header::ETAG)), (409, etag(4).as_ref()));
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((&body["seen"], &body["sent"]), (&json!(3), &json!({ "name": "Lathe" })));
        let values = [("name", "Laser"), ("requires", "4"), ("requires", "5")];
        let values = values.map(|(field, value)| json!({ "field": field, "value": value }));
        assert_eq!(body["saved"], json!({ "version": 4, "values": values, "by": "Marta", "at": null }));
    }

    #[test]
    fn other_problems_have_no_version() {
        let mut response = Refusal(Problem::new("card.taken", Kind::Conflict, "Taken.")).into_response();
        assert!(!response.headers().contains_key(header::ETAG));
        assert!(response.extensions_mut().remove::<Stale>().is_none());
    }
}
