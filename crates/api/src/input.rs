//! Reads a request: the caller, the query, the body or file, and the version seen.
//!
//! Invariant: anything that does not match the description is refused with the faulty field – an unknown field, a
//! duplicate, a value of another kind. Nothing is guessed.

use super::{
    Refusal,
    operation::{Operation, Shape},
    schema,
};
use crate::arriving::{Whole, whole};
use axum::{
    body::{Body as AnyBody, HttpBody, to_bytes},
    extract::{FromRequest, FromRequestParts, Path, Request, rejection::PathRejection},
    http::{Extensions, HeaderMap, HeaderValue, header, request::Parts},
};
use domain::{
    actor::{Actor, Channel},
    problem::{Kind, Problem},
    versions,
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};
use services::error::ServiceError;
use services::{
    Ctx,
    directory::SEARCH,
    uploads::{self, Upload, UploadError},
};
use std::{fmt, sync::Arc};
use text::Lang;

/// The largest JSON body.
pub const BODY: usize = 256 * 1024;

/// The caller and their language.
pub struct Caller {
    pub ctx: Ctx,
    pub actor: Actor,
    pub lang: Lang,
}

impl Caller {
    /// The caller as determined by the layers before.
    pub(super) fn of(ctx: &Ctx, parts: &Parts) -> Self {
        let actor = parts.extensions.get::<Actor>().cloned().unwrap_or(Actor::anybody(false, Channel::Api));
        Self { ctx: ctx.clone(), actor, lang: language(&parts.extensions) }
    }
}

/// The language of the sender of a request.
pub(super) fn language(extensions: &Extensions) -> Lang {
    extensions.get().copied().unwrap_or_default()
}

impl FromRequestParts<Ctx> for Caller {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, ctx: &Ctx) -> Result<Self, Self::Rejection> {
        Ok(Self::of(ctx, parts))
    }
}

/// Requires that the browser does not report a request triggered by another site. Used for reads that leave an audit entry.
/// Requests with a token are exempt because `http::explain`, which wraps all routes here, removes the header first. It must
/// remain outermost.
pub struct FromHere;

impl FromRequestParts<Ctx> for FromHere {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Ctx) -> Result<Self, Refusal> {
        match parts.headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
            None | Some(b"same-origin" | b"none") => Ok(Self),
            Some(_) => Err(Refusal(super::cross_site(language(&parts.extensions)))),
        }
    }
}

/// The id in the path. Anything but a positive integer is not found.
pub struct Id(pub i64);

impl FromRequestParts<Ctx> for Id {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, ctx: &Ctx) -> Result<Self, Refusal> {
        let id: Result<Path<i64>, PathRejection> = Path::from_request_parts(parts, ctx).await;
        match id {
            Ok(Path(id)) if 0 < id => Ok(Self(id)),
            _ => Err(Refusal(super::nowhere(language(&parts.extensions)))),
        }
    }
}

/// A code in the path. The handler checks its value.
pub struct Word(pub String);

impl FromRequestParts<Ctx> for Word {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, ctx: &Ctx) -> Result<Self, Refusal> {
        let name: Result<Path<String>, PathRejection> = Path::from_request_parts(parts, ctx).await;
        match name {
            Ok(Path(name)) => Ok(Self(name)),
            Err(_) => Err(Refusal(super::nowhere(language(&parts.extensions)))),
        }
    }
}

/// The operation that a request matches; its schema describes the body. The API layer adds it to the request.
#[derive(Clone)]
pub(super) struct Expected(pub Arc<Operation>);

impl Expected {
    fn body(extensions: &Extensions) -> Option<&Shape> {
        extensions.get::<Self>().and_then(|Self(operation)| operation.body.as_ref())
    }
}

pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Ctx> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Ctx) -> Result<Self, Refusal> {
        query(parts).map(Self)
    }
}

/// The query as `T`.
pub(super) fn query<T: DeserializeOwned>(parts: &Parts) -> Result<T, Refusal> {
    pairs(parts, parts.uri.query().unwrap_or_default())
}

/// A part of the query as `T`.
pub(super) fn pairs<T: DeserializeOwned>(parts: &Parts, part: &str) -> Result<T, Refusal> {
    let pairs = form_urlencoded::parse(part.as_bytes());
    let read = serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs));
    read.map_err(|error| {
        let (path, message) = (error.path().to_string(), error.inner().to_string());
        Refusal(unreadable(&path, &message, language(&parts.extensions)))
    })
}

/// The body as JSON, limited to `MOST` bytes.
pub struct Body<T, const MOST: usize = BODY>(pub T);

/// The body as an object of JSON, unread.
pub(super) async fn object(parts: &Parts, body: AnyBody, most: usize) -> Result<Map<String, Value>, Refusal> {
    let lang = language(&parts.extensions);
    if !is(&parts.headers, "application/json") {
        return Err(Refusal(Problem::new("request.not-json", Kind::WrongType, lang.api_not_json())));
    }
    let bytes = to_bytes(body, most).await.map_err(|_| Refusal(too_large(lang)))?;
    let mut json = serde_json::Deserializer::from_slice(&bytes);
    let read: Result<Json, _> = serde_path_to_error::deserialize(&mut json);
    let Json(value) = read.map_err(|error| refused(&error.path().to_string(), error.inner(), lang))?;
    // A second value after the first.
    json.end().map_err(|_| Refusal(malformed(lang)))?;
    let Value::Object(object) = value else { return Err(Refusal(invalid("body", lang.api_field_form(), lang))) };
    Ok(object)
}

fn refused(path: &str, error: &serde_json::Error, lang: Lang) -> Refusal {
    Refusal(if error.is_data() { unreadable(path, &error.to_string(), lang) } else { malformed(lang) })
}

impl<T: DeserializeOwned, const MOST: usize> FromRequest<Ctx> for Body<T, MOST> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &Ctx) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let lang = language(&parts.extensions);
        let mut value = Value::Object(object(&parts, body, MOST).await?);
        if let Some(shape) = Expected::body(&parts.extensions) {
            schema::body(shape, &mut value).map_err(|misfit| misplaced(&misfit, lang))?;
        }
        let read = serde_path_to_error::deserialize(value);
        let read = read.map_err(|error| refused(&error.path().to_string(), error.inner(), lang))?;
        Ok(Self(read))
    }
}

/// The optional body as JSON.
pub struct OptionalBody<T>(pub Option<T>);

impl<T: DeserializeOwned> FromRequest<Ctx> for OptionalBody<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, ctx: &Ctx) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let lang = language(&parts.extensions);
        let bytes = to_bytes(body, BODY).await.map_err(|_| Refusal(too_large(lang)))?;
        if bytes.is_empty() {
            return Ok(Self(None));
        }
        let Body(read) = Body::<T>::from_request(Request::from_parts(parts, bytes.into()), ctx).await?;
        Ok(Self(Some(read)))
    }
}

/// Any JSON without duplicate keys, because it would be ambiguous which value counts.
struct Json(Value);

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(JsonVisitor).map(Self)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut read = Vec::new();
        while let Some(Json(item)) = items.next_element()? {
            read.push(item);
        }
        Ok(Value::Array(read))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            if read.contains_key(&name) {
                return Err(A::Error::custom(format_args!("duplicate field `{name}`")));
            }
            let Json(field) = fields.next_value()?;
            read.insert(name, field);
        }
        Ok(Value::Object(read))
    }
}

/// The raw body: one of `kinds`, and at most `most` bytes. Call it only after checking that the caller may send it.
pub(super) async fn file(
    ctx: &Ctx,
    actor: &Actor,
    request: Request,
    kinds: &[&str],
    most: usize,
) -> Result<Upload, Refusal> {
    let (parts, body) = request.into_parts();
    let lang = language(&parts.extensions);
    if !kinds.iter().any(|kind| is(&parts.headers, kind)) {
        let kinds = kinds.iter().map(|kind| format!("`{kind}`")).collect::<Vec<_>>().join(", ");
        return Err(Refusal(Problem::new("request.other-kind", Kind::WrongType, lang.api_other_kind(&kinds))));
    }
    if body.size_hint().lower() > most as u64 {
        return Err(Refusal(too_large(lang)));
    }
    let refused = |error: UploadError| Refusal(error.problem(lang));
    let arriving = uploads::begin(ctx, actor).await.map_err(refused)?;
    match whole(body, arriving, most).await.map_err(refused)? {
        Whole::Arrived(upload) => Ok(upload),
        Whole::TooLarge => Err(Refusal(too_large(lang))),
        Whole::Broken => Err(Refusal(malformed(lang))),
    }
}

/// Whether the `Content-Type` is of this kind.
fn is(headers: &HeaderMap, kind: &str) -> bool {
    let message = headers.get(header::CONTENT_TYPE).and_then(|message| message.to_str().ok()).unwrap_or_default();
    message.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(kind)
}

fn malformed(lang: Lang) -> Problem {
    Problem::new("request.malformed", Kind::Malformed, lang.api_malformed())
}

/// The problem of a body that is too large.
pub(super) fn too_large(lang: Lang) -> Problem {
    Problem::new("request.too-large", Kind::TooLarge, lang.request_too_large())
}

/// The problem of an invalid field.
pub(super) fn invalid(field: &str, message: &str, lang: Lang) -> Problem {
    Problem::new("request.invalid", Kind::Invalid, lang.form_fix()).field(field, message)
}

/// Reads a nullable field, distinguishing null from an omitted field.
pub(super) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(field: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(field)
}

/// Validates a search text. One that is too long is refused instead of truncated, because a truncated one would find other
/// things.
pub(super) fn sought(field: &str, given: &str, lang: Lang) -> Result<(), Refusal> {
    if given.chars().count() > SEARCH {
        return Err(Refusal(invalid(field, lang.api_field_form(), lang)));
    }
    Ok(())
}

/// Parses an optional day; empty if omitted.
pub(super) fn day<'a>(field: &str, given: Option<&'a str>, lang: Lang) -> Result<&'a str, Refusal> {
    match given {
        Some("") => Err(Refusal(invalid(field, lang.api_field_form(), lang))),
        given => Ok(given.unwrap_or_default()),
    }
}

/// The problem of an array where an object is expected.
fn misplaced(misfit: &schema::Misfit, lang: Lang) -> Refusal {
    Refusal(invalid(&misfit.field, lang.api_field_form(), lang))
}

/// A deserialization error as a problem at its field.
fn unreadable(path: &str, message: &str, lang: Lang) -> Problem {
    // Field names are ours or the client's, so they are truncated before they are sent back.
    let named = || message.split('`').nth(1).unwrap_or_default().chars().take(60).collect::<String>();
    let below = |name: String| {
        if path.is_empty() || path == "." || path == name { name } else { format!("{path}.{name}") }
    };
    if message.starts_with("unknown field") {
        // The path ends in it already, with its parent.
        let inside = path.strip_suffix(&named()).filter(|inside| inside.len() <= 60).unwrap_or_default();
        invalid(&format!("{inside}{}", named()), lang.api_field_unknown(), lang)
    } else if message.starts_with("missing field") {
        invalid(&below(named()), lang.api_field_missing(), lang)
    } else if message.starts_with("duplicate field") {
        invalid(&named(), lang.api_field_twice(), lang)
    } else {
        invalid(path, lang.api_field_form(), lang)
    }
}

/// The version from `If-Match`.
pub struct Seen(pub i64);

impl FromRequestParts<Ctx> for Seen {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Ctx) -> Result<Self, Refusal> {
        let lang = language(&parts.extensions);
        if !parts.headers.contains_key(header::IF_MATCH) {
            let problem = Problem::new("version.needed", Kind::VersionNeeded, lang.api_version_needed());
            return Err(Refusal(problem.field("If-Match", lang.api_version_form())));
        }
        let seen = seen(&parts.headers).map(Self);
        seen.ok_or_else(|| Refusal(invalid("If-Match", lang.api_version_form(), lang)))
    }
}

/// The version from an optional `If-Match`.
#[derive(Debug, Clone, Copy)]
pub struct IfVersion(pub Option<i64>);

impl FromRequestParts<Ctx> for IfVersion {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, ctx: &Ctx) -> Result<Self, Refusal> {
        if !parts.headers.contains_key(header::IF_MATCH) {
            return Ok(Self(None));
        }
        Seen::from_request_parts(parts, ctx).await.map(|Seen(seen)| Self(Some(seen)))
    }
}

/// A version that nothing has: weak tags alone are well-formed, but match nothing (RFC 9110, 13.1.1).
const NEVER: i64 = -1;

/// The version in `If-Match`, if any: `*` matches any version, and of several only the last can match because versions grow.
pub(super) fn seen(headers: &HeaderMap) -> Option<i64> {
    let lines = headers.get_all(header::IF_MATCH).iter().map(|line| line.to_str().ok());
    let message = lines.collect::<Option<Vec<_>>>()?.join(",");
    if message.trim() == "*" {
        return Some(versions::ANY);
    }
    let tags = message.split(',').map(|tag| {
        // A weak one never matches, but is no fault.
        let tag = tag.trim();
        let (tag, is_weak) = tag.strip_prefix("W/").map_or((tag, false), |tag| (tag, true));
        let digits = tag.strip_prefix('"')?.strip_suffix('"')?;
        let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        let version: i64 = digits.parse().ok().filter(|_| is_number)?;
        Some((version, is_weak))
    });
    let tags = tags.collect::<Option<Vec<_>>>()?;
    let strong = tags.into_iter().filter(|(_, is_weak)| !is_weak).map(|(version, _)| version);
    Some(strong.max().unwrap_or(NEVER))
}
