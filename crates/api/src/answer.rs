//! Responses of changes.

pub use contract::operation::Place;

use axum::{
    Json,
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

/// A single object. It is never cached by intermediaries: it is personal and may change at any moment.
pub struct One<T>(pub T);

impl<T: Serialize> IntoResponse for One<T> {
    fn into_response(self) -> Response {
        ([(header::CACHE_CONTROL, "no-store")], Json(self.0)).into_response()
    }
}

/// A single editable object with its version, to be sent back as `If-Match`.
pub struct Versioned<T>(pub T, pub i64);

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let Self(thing, version) = self;
        let mut response = One(thing).into_response();
        response.headers_mut().extend(etag(version).map(|etag| (header::ETAG, etag)));
        response
    }
}

/// A file: its media type and content.
pub struct File(pub &'static str, pub Body);

impl IntoResponse for File {
    fn into_response(self) -> Response {
        let headers = [
            (header::CONTENT_TYPE, self.0),
            (header::CACHE_CONTROL, "no-store"),
            // Whatever type a browser sniffs, nothing in it runs.
            (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        ];
        (headers, self.1).into_response()
    }
}

/// A table as CSV, with the name under which pages save it.
pub struct Table {
    name: String,
    body: Body,
}

impl Table {
    /// `name` is a word of ours or has an id, and no ending.
    pub fn new(name: impl Into<String>, body: impl Into<Body>) -> Self {
        Self { name: name.into(), body: body.into() }
    }
}

impl IntoResponse for Table {
    fn into_response(self) -> Response {
        let mut response = File("text/csv; charset=utf-8", self.body).into_response();
        let name = HeaderValue::from_str(&format!("attachment; filename=\"{}.csv\"", self.name));
        response.headers_mut().extend(name.ok().map(|name| (header::CONTENT_DISPOSITION, name)));
        response
    }
}

/// The version as an `ETag` header.
pub(super) fn etag(version: i64) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("\"{version}\"")).ok()
}

/// The response for a request that succeeds without content.
pub fn done() -> Response {
    (StatusCode::NO_CONTENT, [(header::CACHE_CONTROL, "no-store")]).into_response()
}

/// A reference to the created object.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Created {
    /// Its id.
    #[schema(example = 7)]
    pub id: i64,
    /// The new object's address.
    #[schema(example = "/api/v1/machines/7")]
    pub href: String,
    /// A link that grants access, with this workshop's address. It is returned only once, not when the request is repeated.
    #[schema(format = "uri-reference", example = "https://toolgate.example.org/enter/kXw3vD0nTqS8pYbL2mRzEg")]
    pub link: Option<String>,
    /// The object's state after creation, if it has states.
    #[schema(example = "approved")]
    pub state: Option<String>,
    /// The id of an invitation to an event that follows at once from a request for training, to be accepted or declined. It is
    /// not returned when the request is repeated.
    #[schema(example = 31)]
    pub invitation: Option<i64>,
}

/// A created object. The API layer adds its address and stores it under the idempotency key.
#[derive(Debug, Clone)]
pub struct Made {
    /// Its id.
    pub id: i64,
    /// A link that is returned only once.
    pub link: Option<String>,
    /// Its state.
    pub state: Option<String>,
    /// An invitation that follows at once.
    pub invitation: Option<i64>,
}

impl Made {
    /// Without a link.
    pub const fn plain(id: i64) -> Self {
        Self { id, link: None, state: None, invitation: None }
    }
}

impl IntoResponse for Made {
    fn into_response(self) -> Response {
        let mut response = StatusCode::CREATED.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The response for a created object; `again` if an earlier request with the same key created it.
pub fn created(made: Made, place: Place, path: &str, again: bool) -> Response {
    let href = place.href(path, made.id);
    let location = HeaderValue::from_str(&href);
    let Made { id, link, state, invitation } = made;
    let body = Json(Created { id, href, link, state, invitation });
    let mut response = (StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], body).into_response();
    if let Ok(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    if again {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

/// The response without content for a request that an earlier one with the same key has executed.
pub fn done_before() -> Response {
    let mut response = done();
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

/// The header of a replayed response.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
