//! The `OpenAPI` 3.1 document, generated from the list of operations.
//!
//! Invariant: what is true of every operation – permissions, rate limits, the form of errors – is written here once and
//! applied to each. Not here: languages other than English, which programs are written in.
//!
//! Errors are described once, as components, and referenced.

use super::{
    answer::Created,
    operation::{Answer, IfMatch, Operation, Presence, ROOT, Schemas, Shape, Tag},
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// A problem, as in RFC 9457.
#[derive(ToSchema)]
#[schema(as = Problem)]
#[expect(dead_code, reason = "it describes what `Refusal` writes")]
pub struct ProblemSchema {
    /// Always `about:blank`: problem types have no pages.
    #[schema(example = "about:blank")]
    r#type: String,
    /// The reason phrase of the status.
    #[schema(example = "Unprocessable Entity")]
    title: Option<String>,
    /// The HTTP status.
    #[schema(example = 422)]
    status: u16,
    /// A stable code for programs.
    #[schema(example = "request.invalid")]
    code: String,
    /// What to do about it, in the language of `Accept-Language` (English or Italian).
    #[schema(example = "Please fix the fields below.")]
    detail: String,
    /// The invalid fields.
    errors: Vec<FieldProblem>,
    /// With `version.stale`: the version that is saved now.
    saved: Option<SavedVersion>,
    /// With `version.stale`: the version sent in `If-Match`.
    #[schema(example = 3)]
    seen: Option<i64>,
    /// With `version.stale`: the body that was sent, for comparison.
    #[schema(value_type = Option<Object>)]
    sent: Option<Value>,
}

/// The saved version of an object.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what `Refusal` writes")]
pub struct SavedVersion {
    /// The version, also in `ETag`. Send it as `If-Match` to overwrite this version.
    #[schema(example = 4)]
    version: i64,
    /// The saved values; a field with several values occurs once for each.
    values: Vec<SavedValue>,
    /// Who saved it, if known and recent.
    #[schema(example = "Ada Lovelace")]
    by: Option<String>,
    /// When it was saved.
    #[schema(format = DateTime)]
    at: Option<String>,
}

/// The value of a field.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what `Refusal` writes")]
pub struct SavedValue {
    /// The field's name.
    #[schema(example = "name")]
    field: String,
    /// The value; empty if the field is empty.
    #[schema(example = "Laser cutter 1")]
    value: String,
}

/// A problem with a field.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what `Refusal` writes")]
pub struct FieldProblem {
    /// The field, header or parameter.
    #[schema(example = "limit")]
    field: String,
    /// What to do about it.
    #[schema(example = "Ask for 1 to 50 items.")]
    message: String,
}

/// The media type of imported and exported lists.
pub const CSV: &str = "text/csv";

const INTRODUCTION: &str = "The API for programs offers the same services as the pages.

**Authentication**: send a personal token (`Authorization: Bearer tg_…`, created on the page **Me → Tokens**) or a session \
cookie. A token grants what its owner may do, within its scopes, and is revoked together with its owner's sessions.

**Errors** are `application/problem+json` with a `code` for programs and a `detail` for people; each operation lists its \
codes. Objects that the caller may not see are reported as nonexistent.

**Pagination**: lists return pages of at most 50 items. Follow `Link: rel=\"next\"`, or send `next` as `after`.

**Idempotency**: where an operation takes an `Idempotency-Key`, send a unique key of your choice. A request that is repeated \
with the same key within a day is executed only once.

**Versions**: editable objects have an `ETag`; send it back as `If-Match`. If the version is out of date, the response is 409 \
with the current version in `ETag` and `saved`, and the request body in `sent`.

**Caching**: read-only responses have an `ETag` as well; send it back as `If-None-Match` to get 304 if nothing has changed.

**Rate limits**: every response has `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (in seconds); after 429, \
wait for `Retry-After` seconds.

Timestamps are RFC 3339 in UTC, ids are numbers, and codes are stable.";

/// The `OpenAPI` document.
#[must_use]
pub fn document(operations: &[Operation]) -> Value {
    let mut schemas: BTreeMap<String, Value> = BTreeMap::new();
    for shape in [Shape::of::<ProblemSchema>(), Shape::of::<FieldProblem>()] {
        keep(&mut schemas, shape.schemas().clone());
    }
    let mut refusals = Refusals::default();
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations {
        let path = operation.path.strip_prefix(ROOT).unwrap_or(operation.path);
        let method = operation.method.as_str().to_ascii_lowercase();
        let item = paths.entry(path).or_insert_with(|| json!({}));
        item[method] = described(operation, &mut refusals);
        match &operation.answer {
            Answer::One(shape) | Answer::Page(shape) => keep(&mut schemas, shape.schemas().clone()),
            Answer::Made(_) => keep(&mut schemas, Shape::of::<Created>().schemas().clone()),
            Answer::Nothing | Answer::File(_) => {}
        }
        if let Some(shape) = &operation.body {
            keep(&mut schemas, shape.schemas().clone());
        }
    }
    let Refusals { mut responses, examples } = refusals;
    responses.insert(
        NOT_MODIFIED.to_owned(),
        json!({
            "description": "The object matches `If-None-Match`.",
            "headers": { "RateLimit-Remaining": header("RateLimit-Remaining"), "ETag": header("ETag") },
        }),
    );
    let tags: Vec<_> = Tag::ALL
        .into_iter()
        .filter(|tag| operations.iter().any(|operation| operation.tag == *tag))
        .map(|tag| json!({ "name": tag.name(), "description": tag.about() }))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Toolgate",
            "summary": "May this person use this machine, here, now? And everything that depends on the answer.",
            "description": INTRODUCTION,
            "version": "1.0.0",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
            "contact": { "name": "The operators of this workshop" },
        },
        "servers": [{ "url": ROOT, "description": "This workshop" }],
        "security": [{ "token": [] }, { "session": [] }],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": responses,
            "examples": examples,
            "headers": shared_headers(),
            "parameters": {
                "If-None-Match": {
                    "name": "If-None-Match", "in": "header", "required": false,
                    "description": "Tags from earlier `ETag` headers; if one still matches, the response is 304.",
                    "schema": { "type": "string" },
                    "example": "W/\"kXw3vD0nTqS8pYbL2mRzEg\"",
                },
            },
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "tg_…",
                    "description": "A personal token. Its scopes are listed with each operation.",
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-session",
                    "description": "The session cookie of a person who signed in on a page. Requests that \
                        change something must come from this site.",
                },
            },
        },
    })
}

fn keep(schemas: &mut BTreeMap<String, Value>, more: Schemas) {
    for (name, schema) in more {
        let other = schemas.insert(name.clone(), schema);
        // Of two types with one name the document would describe only one, wrongly for the other.
        debug_assert!(other.is_none_or(|it| it == schemas[&name]), "two schemas are called {name}");
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn header(name: &str) -> Value {
    json!({ "$ref": format!("#/components/headers/{name}") })
}

/// Headers that many responses share.
fn shared_headers() -> Value {
    json!({
        "RateLimit-Remaining": {
            "description": "The number of requests that can be sent immediately.", "schema": { "type": "integer", "minimum": 0 },
        },
        "Retry-After": {
            "description": "Seconds to wait, if known.", "schema": { "type": "integer", "minimum": 1 },
        },
        "ETag": {
            "description": "The tag of the response, to be sent as `If-None-Match`.", "schema": { "type": "string" },
        },
    })
}

/// The name of the response to an unchanged resource.
const NOT_MODIFIED: &str = "NotModified";

fn described(operation: &Operation, refusals: &mut Refusals) -> Value {
    let scope = operation.scope.map_or_else(
        || "Works with any token.".to_owned(),
        |scope| format!("Requires a token with the scope `{}`.", scope.as_str()),
    );
    let mut description = json!({
        "operationId": operation.id,
        "tags": [operation.tag.name()],
        "summary": operation.summary,
        "description": format!("{}\n\n{scope}", operation.description),
        "parameters": parameters(operation),
        "responses": responses(operation, refusals),
    });
    if operation.open {
        description["security"] = json!([{}, { "token": [] }, { "session": [] }]);
    }
    if let Some(body) = &operation.body {
        description["requestBody"] = json!({
            "required": operation.presence == Presence::Required,
            "description": "The body.",
            "content": { "application/json": { "schema": reference(&body.name) } },
        });
    }
    if !operation.file.is_empty() {
        let content: Map<_, _> = operation.file.iter().map(|kind| ((*kind).to_owned(), file(kind))).collect();
        description["requestBody"] = json!({ "required": true, "description": "The file.", "content": content });
    }
    description
}

/// The schema of a file of this type; text has an example.
fn file(kind: &str) -> Value {
    if kind == CSV {
        json!({ "schema": { "type": "string" }, "example": "key,name,email\r\nN1,Ada Lovelace,ada@example.org\r\n" })
    } else {
        json!({ "schema": { "type": "string", "format": "binary" } })
    }
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let names = operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<_> = names
        .map(|name| {
            let (example, schema) = named(name);
            json!({
                "name": name, "in": "path", "required": true, "description": "The id.", "example": example,
                "schema": schema,
            })
        })
        .collect();
    let query = operation.query.as_ref().and_then(Shape::schema);
    let required: Vec<&str> = query
        .and_then(|query| query["required"].as_array())
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for (name, schema) in query.and_then(|query| query["properties"].as_object()).into_iter().flatten() {
        let mut schema = schema.clone();
        let reported = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        if let Some(schema) = schema.as_object_mut() {
            // The default of an omitted one is internal.
            schema.remove("default");
        }
        // A parameter that may be left out is not sent as null.
        if let Some(kinds) = schema.get_mut("type").filter(|kinds| kinds.is_array()) {
            let kind = kinds.as_array().and_then(|kinds| kinds.iter().find(|kind| *kind != "null")).cloned();
            *kinds = kind.unwrap_or_default();
        }
        if let Some(words) = schema.get_mut("enum").and_then(Value::as_array_mut) {
            words.retain(|word| !word.is_null());
        }
        let mut parameter = json!({
            "name": name, "in": "query", "required": required.contains(&name.as_str()), "schema": schema,
        });
        if let Some(reported) = reported {
            parameter["description"] = reported;
        }
        parameters.push(parameter);
    }
    if operation.is_tagged() {
        parameters.push(json!({ "$ref": "#/components/parameters/If-None-Match" }));
    }
    if operation.is_keyed() {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "Chosen by the client: a repeat with the same key within a day is not executed again.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" },
            "example": format!("{}-1", operation.id),
        }));
    }
    let may_match = operation.if_match == IfMatch::Read;
    if operation.versioned && operation.writes() || may_match {
        parameters.push(json!({
            "name": "If-Match", "in": "header", "required": !may_match,
            "description": "The `ETag` you have read, or `*`.",
            "schema": { "type": "string", "pattern": "^(\\*|\"[0-9]{1,18}\")$" },
            "example": "\"3\"",
        }));
    }
    parameters
}

/// An example and the schema of a path parameter.
fn named(name: &str) -> (Value, Value) {
    match name {
        "key" => (json!("access.mode"), json!(super::words::setting())),
        "day" => (json!("2026-12-24"), json!({ "type": "string", "format": "date" })),
        "list" => (json!("kXw3vD0nTqS8pYbL2mRzEg"), json!({ "type": "string", "minLength": 1, "maxLength": 64 })),
        _ => (json!(7), json!({ "type": "integer", "format": "int64", "minimum": 1 })),
    }
}

fn responses(operation: &Operation, refusals: &mut Refusals) -> Value {
    let mut responses: BTreeMap<String, Value> = BTreeMap::new();
    let (status, mut good) = match &operation.answer {
        Answer::Nothing => (204, json!({ "description": "Success." })),
        Answer::One(shape) => (200, content("The object.", reference(&shape.name))),
        Answer::Page(shape) => (200, content("A page of items.", page(&shape.name))),
        Answer::Made(_) => (201, content("The new object's id and address.", reference("Created"))),
        Answer::File(kind) => (200, json!({ "description": "The file.", "content": { (*kind): file(kind) } })),
    };
    good["headers"] = headers(operation);
    responses.insert(status.to_string(), good);
    if operation.is_tagged() {
        responses.insert("304".to_owned(), json!({ "$ref": format!("#/components/responses/{NOT_MODIFIED}") }));
    }
    let mut refused: BTreeMap<u16, BTreeSet<&str>> = BTreeMap::new();
    for (status, code) in common(operation).into_iter().chain(operation.problems.iter().copied()) {
        refused.entry(status).or_default().insert(code);
    }
    for (status, codes) in refused {
        responses.insert(status.to_string(), refusals.refer(status, &codes));
    }
    json!(responses)
}

fn content(description: &str, schema: Value) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

fn page(name: &str) -> Value {
    json!({
        "type": "object",
        "required": ["items", "next"],
        "properties": {
            "items": { "type": "array", "maxItems": super::paging::MOST, "items": reference(name) },
            "next": {
                "type": ["string", "null"],
                "description": "The next page's cursor; null on the last one.",
            },
        },
    })
}

/// The problems that any operation with such parameters and body may return.
fn common(operation: &Operation) -> Vec<(u16, &'static str)> {
    let mut codes = vec![
        (401, "actor.unknown"),
        (401, "token.refused"),
        (403, "actor.not-allowed"),
        (403, "actor.second-factor"),
        (429, "rate.exceeded"),
        (503, "storage.unavailable"),
    ];
    let mut add = |there: bool, more: &[(u16, &'static str)]| {
        if there {
            codes.extend(more);
        }
    };
    add(operation.scope.is_some(), &[(403, "token.scope")]);
    add(operation.writes(), &[(403, "request.cross-site"), (413, "request.too-large")]);
    add(operation.path.contains('{'), &[(404, "api.unknown")]);
    add(operation.query.is_some(), &[(422, "request.invalid")]);
    add(
        operation.body.is_some(),
        &[(400, "request.malformed"), (415, "request.not-json"), (422, "request.invalid")],
    );
    add(!operation.file.is_empty(), &[(400, "request.malformed"), (415, "request.other-kind")]);
    let key = [(409, "idempotency.under-way"), (422, "idempotency.other-request"), (422, "idempotency.key")];
    add(operation.is_keyed(), &key);
    let version = [(409, "version.stale"), (422, "request.invalid"), (428, "version.needed")];
    add(operation.versioned && operation.writes(), &version);
    add(operation.if_match == IfMatch::Read, &[(422, "request.invalid")]);
    codes
}

/// Problem responses, each described once and referenced by every operation that returns it.
#[derive(Default)]
struct Refusals {
    /// By name.
    responses: BTreeMap<String, Value>,
    /// By code.
    examples: BTreeMap<String, Value>,
}

/// Codes that every operation may return, which are therefore not part of the names of responses.
const EVERYWHERE: [&str; 6] = [
    "actor.unknown",
    "token.refused",
    "actor.not-allowed",
    "actor.second-factor",
    "rate.exceeded",
    "storage.unavailable",
];

impl Refusals {
    /// A reference to the response for `status` with one of these codes.
    fn refer(&mut self, status: u16, codes: &BTreeSet<&str>) -> Value {
        let title = axum::http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        let title = title.unwrap_or_default();
        let mut name = format!("Error{status}");
        for code in codes.iter().filter(|code| !EVERYWHERE.contains(code)) {
            name.push('.');
            name.push_str(code);
        }
        let referred = json!({ "$ref": format!("#/components/responses/{name}") });
        if self.responses.contains_key(&name) {
            return referred;
        }
        for code in codes {
            let example = json!({ "value": {
                "type": "about:blank", "title": title, "status": status, "code": code,
                "detail": "What to do about it.", "errors": [],
            } });
            let other = self.examples.insert((*code).to_owned(), example);
            debug_assert!(other.is_none_or(|it| it == self.examples[*code]), "{code} has two statuses");
        }
        let examples = codes.iter().map(|code| {
            let example = json!({ "$ref": format!("#/components/examples/{code}") });
            ((*code).to_owned(), example)
        });
        let examples: Map<String, Value> = examples.collect();
        let mut headers = json!({ "RateLimit-Remaining": header("RateLimit-Remaining") });
        if codes.contains("version.stale") {
            headers["ETag"] = json!({ "description": "With `version.stale`: the saved version.", "schema": { "type": "string" } });
        }
        if status == 429 || status == 503 {
            headers["Retry-After"] = header("Retry-After");
        }
        let listed = codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ");
        let response = json!({
            "description": format!("{title}: {listed}."),
            "headers": headers,
            "content": { "application/problem+json": { "schema": reference("Problem"), "examples": examples } },
        });
        self.responses.insert(name, response);
        referred
    }
}

fn headers(operation: &Operation) -> Value {
    let mut headers = json!({ "RateLimit-Remaining": header("RateLimit-Remaining") });
    if operation.is_tagged() {
        headers["ETag"] = header("ETag");
    }
    if matches!(operation.answer, Answer::Page(_)) {
        headers["Link"] =
            json!({ "description": "`rel=\"next\"`: the next page.", "schema": { "type": "string" } });
    }
    if operation.place().is_some() {
        headers["Location"] =
            json!({ "description": "The new object's address.", "schema": { "type": "string" } });
    }
    if operation.is_keyed() {
        headers["Idempotency-Replayed"] =
            json!({ "description": "`true` for a repeated request.", "schema": { "type": "string" } });
    }
    if operation.versioned && matches!(operation.answer, Answer::One(_)) {
        headers["ETag"] = json!({ "description": "The object's version.", "schema": { "type": "string" } });
    }
    headers
}
