//! What every API request passes: tokens, cross-site checks, machine-readable refusals, the description.

use crate::roles::{Space, look_up};
use api::{DOCUMENT, Refusal, operation::Shape, operations, schema};
use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, request::Builder},
    response::IntoResponse,
};
use domain::problem::{Kind, Problem};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::Connection;

/// 32 bytes of 7, as in a token.
const TOKEN: &str = "Bearer tg_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// A manager's space with an API token for everything.
async fn managed() -> Space {
    let space = Space::open('g', Some(7)).await;
    space.reset().await;
    let mut conn = space.raw().await;
    sqlx::query("INSERT INTO api_token (hash, person_id, name, scopes, created_at) VALUES (?, 7, 'test', ?, 0)")
        .bind(Sha256::digest([7; 32]).as_slice())
        .bind(domain::tokens::join(domain::tokens::Scope::ALL))
        .execute(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
    space
}

async fn send(space: &Space, request: Builder, body: impl Into<Body>) -> Answer {
    let answer = space.send(request.body(body.into()).unwrap()).await;
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
    Answer { status: parts.status, headers: parts.headers, body }
}

fn assert_problem(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.body["status"], status);
    assert!(answer.body["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
}

#[tokio::test]
async fn token_takes_precedence_over_session_cookie() {
    let space = managed().await;
    let me = send(&space, Request::get("/api/v1/me").header("authorization", TOKEN), "").await;
    assert_eq!((me.status.as_u16(), &me.body["id"]), (200, &7.into()));
    assert_eq!(me.body["scopes"].as_array().unwrap().len(), domain::tokens::Scope::ALL.len());
    assert_eq!(me.header("ratelimit-limit"), "500");
    assert_eq!(me.header("ratelimit-remaining"), "499");
    assert_eq!(me.header("cache-control"), "no-store");
    let me = send(&space, Request::get("/api/v1/me"), "").await;
    assert_eq!((me.status.as_u16(), &me.body["scopes"]), (200, &Value::Null), "by the cookie of the session");
    for forged in
        ["Bearer", "Bearer tg_", "Basic YTpi", "tg_BwcH", "Bearer tg_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwd"]
    {
        let refused = send(&space, Request::get("/api/v1/me").header("authorization", forged), "").await;
        assert_problem(&refused, 401, "token.refused");
        assert_eq!(refused.header("www-authenticate"), r#"Bearer realm="Toolgate", error="invalid_token""#);
    }
    let mut nobody = managed().await;
    nobody.cookie = None;
    let refused = send(&nobody, Request::get("/api/v1/me"), "").await;
    assert_eq!(refused.header("www-authenticate"), r#"Bearer realm="Toolgate""#, "none was sent");
    // Pages need a session, not a token.
    let page =
        space.send(Request::get("/people").header("authorization", TOKEN).body(Body::empty()).unwrap()).await;
    assert_eq!(page.status(), 200, "by the cookie");
    let mut bare = managed().await;
    bare.cookie = None;
    let page =
        bare.send(Request::get("/people").header("authorization", TOKEN).body(Body::empty()).unwrap()).await;
    assert_eq!(page.status(), 401);
}

#[tokio::test]
async fn api_problem_uses_accept_language() {
    let space = managed().await;
    let get = |path: &str| Request::get(path).header("accept-language", "it");
    let answer = send(&space, get("/api/v1/nothing/here"), "").await;
    assert_problem(&answer, 404, "api.unknown");
    assert_eq!(answer.body["detail"], "Indirizzo dell’API non trovato.");
    let answer = send(&space, Request::delete("/api/v1/me").header("accept-language", "it"), "").await;
    assert_problem(&answer, 405, "api.method");
    assert_eq!(answer.header("allow"), "GET,HEAD");
    let answer = send(&space, get("/api/v1/access?person=me&machine=1&colour=red"), "").await;
    assert_problem(&answer, 422, "request.invalid");
    assert_eq!(answer.body["errors"][0]["field"], "colour");
    let site = Request::post("/api/v1/me").header("sec-fetch-site", "cross-site").header("accept-language", "it");
    let answer = send(&space, site, "").await;
    assert_problem(&answer, 403, "request.cross-site");
    assert!(answer.body["detail"].as_str().unwrap().contains("altro sito"));
    let with_token =
        Request::post("/api/v1/me").header("sec-fetch-site", "cross-site").header("authorization", TOKEN);
    assert_problem(&send(&space, with_token, "").await, 405, "api.method");
    // Also for reads that check where they come from.
    let led = Request::get("/api/v1/people/7/data").header("sec-fetch-site", "cross-site");
    assert_problem(&send(&space, led, "").await, 403, "request.cross-site");
    let led = Request::get("/api/v1/people/7/data").header("sec-fetch-site", "cross-site");
    assert_eq!(
        send(&space, led.header("authorization", TOKEN), "").await.status.as_u16(),
        200,
        "a program shows a token"
    );
    let large = vec![b' '; 5 * 1024 * 1024];
    let large = send(&space, Request::post("/api/v1/me").header("content-length", large.len()), large).await;
    assert_problem(&large, 413, "request.too-large");
}

#[tokio::test]
async fn requests_over_rate_limit_get_429_with_retry_after() {
    let space = managed().await;
    let ask = || Request::get("/api/v1/nothing").header("authorization", TOKEN);
    // The bucket refills meanwhile; by how much depends on the speed of the machine.
    for _ in 0..3 {
        let left = send(&space, ask(), "").await.header("ratelimit-remaining").parse::<u32>().unwrap();
        assert!((450..500).contains(&left), "{left}");
    }
    let mut last = send(&space, ask(), "").await;
    while last.status != 429 {
        last = send(&space, ask(), "").await;
    }
    assert_problem(&last, 429, "rate.exceeded");
    assert_eq!(last.header("retry-after"), "1");
    let message = ["limit", "remaining", "reset"].map(|what| last.header(&format!("ratelimit-{what}")).to_owned());
    assert_eq!(message, ["500", "0", "50"]);
    // The limit is per person, whatever token they use.
    let second =
        "INSERT INTO api_token (hash, person_id, name, scopes, created_at) VALUES (?, 7, 'other', 'read', 0)";
    let mut conn = space.raw().await;
    sqlx::query(second).bind(Sha256::digest([8; 32]).as_slice()).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let other = format!("Bearer tg_{}", data_encoding::BASE64URL_NOPAD.encode(&[8; 32]));
    // Another may be there by now; a bucket of their own would be full.
    for ask in [Request::get("/api/v1/me").header("authorization", other), Request::get("/api/v1/me")] {
        let left = send(&space, ask, "").await.header("ratelimit-remaining").parse::<u32>().unwrap();
        assert!(left < 450, "{left}");
    }
}

async fn raw(space: &Space, request: Builder) -> (StatusCode, HeaderMap, Vec<u8>) {
    let (parts, body) = space.send(request.body(Body::empty()).unwrap()).await.into_parts();
    (parts.status, parts.headers, to_bytes(body, usize::MAX).await.unwrap().to_vec())
}

#[tokio::test]
async fn matching_etag_answers_304() {
    let space = managed().await;
    for path in ["/api/v1/me", "/api/v1/machines", "/api/v1/openapi.json"] {
        let (status, headers, body) = raw(&space, Request::get(path)).await;
        let tag = headers["etag"].to_str().unwrap();
        assert!(status == 200 && tag.starts_with("W/\"") && !body.is_empty(), "{path}: {tag}");
        let strong = tag.strip_prefix("W/").unwrap();
        for known in [tag.to_owned(), strong.to_owned(), format!("\"other\", {tag}"), "*".to_owned()] {
            let (status, headers, body) = raw(&space, Request::get(path).header("if-none-match", &known)).await;
            assert_eq!(
                (status.as_u16(), body.len(), headers["etag"].to_str().unwrap()),
                (304, 0, tag),
                "{path} {known}"
            );
            assert!(!headers.contains_key("content-type") && headers.contains_key("cache-control"));
        }
        let (status, ..) = raw(&space, Request::get(path).header("if-none-match", "\"other\", W/\"more\"")).await;
        assert_eq!(status, 200, "{path}");
    }
    let refused = raw(&space, Request::get("/api/v1/machines/999").header("if-none-match", "*")).await;
    assert_eq!(refused.0, 404, "a refusal is always told");
    // Fields that are not part of the edited version may change without it.
    let (_, headers, _) = raw(&space, Request::get("/api/v1/people/20")).await;
    let version = headers["etag"].to_str().unwrap();
    let (status, ..) = raw(&space, Request::get("/api/v1/people/20").header("if-none-match", version)).await;
    assert_eq!((version, status.as_u16()), ("\"1\"", 200));
}

#[tokio::test]
async fn accept_encoding_compresses_responses() {
    let space = managed().await;
    let plain = raw(&space, Request::get("/api/v1/openapi.json")).await;
    assert!(!plain.1.contains_key("content-encoding"));
    for encoding in ["br", "gzip"] {
        let (_, headers, body) =
            raw(&space, Request::get("/api/v1/openapi.json").header("accept-encoding", encoding)).await;
        assert_eq!(headers["content-encoding"], encoding);
        assert!(body.len() < plain.2.len() / 5, "{encoding}: {} of {} bytes", body.len(), plain.2.len());
        assert_eq!(headers["etag"], plain.1["etag"]);
    }
    let mut unpacked = Vec::new();
    let (_, _, packed) =
        raw(&space, Request::get("/api/v1/openapi.json").header("accept-encoding", "br;q=0, gzip")).await;
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&*packed), &mut unpacked).unwrap();
    assert_eq!(unpacked, plain.2);
    let mut conn = space.raw().await;
    sqlx::query("UPDATE picture SET body = zeroblob(4000) WHERE machine_id = 1").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let (status, headers, body) =
        raw(&space, Request::get("/api/v1/machines/1/picture").header("accept-encoding", "gzip")).await;
    assert_eq!((status.as_u16(), body.len()), (200, 4000));
    assert!(!headers.contains_key("content-encoding"), "a picture is compressed already");
}

#[tokio::test]
async fn unknown_api_path_answers_a_problem() {
    let space = managed().await;
    let index = send(&space, Request::get("/api/v1"), "").await;
    assert_eq!((index.status.as_u16(), &index.body["openapi"]), (200, &"/api/v1/openapi.json".into()));
    assert_problem(&send(&space, Request::post("/api/v1"), "").await, 405, "api.method");
    for path in ["/api/", "/api/v1/", "/api/v2", "/api/v2/people", "/api/nothing", "/api/people/nothing/here"] {
        assert_problem(&send(&space, Request::get(path), "").await, 404, "api.unknown");
        assert_problem(&send(&space, Request::post(path), "").await, 404, "api.unknown");
    }
}

#[tokio::test]
async fn served_openapi_matches_the_snapshot() {
    let space = Space::open('n', None).await;
    let served = send(&space, Request::get("/api/v1/openapi.json"), "").await;
    assert_eq!((served.status.as_u16(), &served.body), (200, &*DOCUMENT));
    let fresh = serde_json::to_string_pretty(&*DOCUMENT).unwrap() + "\n";
    let agreed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json")).unwrap_or_default();
    if fresh != agreed {
        let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("openapi.json");
        std::fs::write(&path, fresh).unwrap();
        panic!(
            "the description differs from server/openapi.json; if it should, put {} in its place",
            path.display()
        );
    }
}

#[test]
fn described_operations_have_summary_statuses_and_resolvable_references() {
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let at = format!("{method} {path}");
            for name in ["operationId", "summary", "description"] {
                assert!(operation[name].as_str().is_some_and(|name| !name.is_empty()), "{at}: {name}");
            }
            let responses = operation["responses"].as_object().unwrap();
            for status in ["401", "403", "429", "503"] {
                assert!(responses.contains_key(status), "{at}: {status}");
            }
        }
    }
    for reference in references(&DOCUMENT) {
        assert!(DOCUMENT.pointer(&reference[1..]).is_some_and(Value::is_object), "{reference}");
    }
}

/// Free search parameters.
const FREE: [&str; 7] = ["action", "by", "name", "on", "search", "subject", "value"];

#[test]
fn query_parameters_have_schemas_and_no_null_descriptions() {
    fn assert_described(value: &Value, at: &str) {
        match value {
            Value::Object(fields) => {
                assert!(fields.get("description").is_none_or(|it| !it.is_null()), "{at}");
                fields.iter().for_each(|(name, field)| assert_described(field, &format!("{at}/{name}")));
            }
            Value::Array(items) => items.iter().for_each(|item| assert_described(item, at)),
            _ => {}
        }
    }
    assert_described(&DOCUMENT, "");
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            for parameter in operation["parameters"].as_array().unwrap().iter().filter(|it| it["in"] == "query") {
                let (name, schema) = (parameter["name"].as_str().unwrap(), &parameter["schema"]);
                let is_said = ["enum", "format", "pattern"].iter().any(|text| !schema[text].is_null());
                let is_free = FREE.contains(&name) && schema["enum"].is_null();
                assert!(schema["type"] != "string" || is_said || is_free, "{path}: {name}");
            }
        }
    }
}

#[test]
fn request_schemas_have_types_and_valid_examples() {
    fn assert_kinds(shape: &Shape, schema: &Value, at: &str) {
        let has_kind = ["$ref", "oneOf", "type"].iter().any(|text| !schema[text].is_null());
        assert!(has_kind, "{at}: {schema}");
        if let Some(example) = schema.get("example") {
            let alone = ("alone".to_owned(), schema.clone());
            let schemas = std::iter::once(alone).chain(shape.schemas().clone()).collect();
            let alone = Shape::made("alone", || schemas);
            assert_eq!(schema::body(&alone, &mut example.clone()), Ok(()), "{at}: {example}");
        }
        let parts = schema["oneOf"].as_array().into_iter().flatten();
        let others =
            ["items", "additionalProperties"].iter().map(|text| &schema[text]).filter(|it| it.is_object());
        parts.chain(others).for_each(|part| assert_kinds(shape, part, at));
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            assert_kinds(shape, field, &format!("{at}.{name}"));
        }
    }
    for operation in operations() {
        for shape in operation.query.iter().chain(&operation.body) {
            for (name, schema) in shape.schemas() {
                assert_kinds(shape, schema, &format!("{} {name}", operation.id));
            }
        }
    }
}

#[test]
fn error_responses_are_shared_by_reference() {
    let text = DOCUMENT.to_string();
    let operations = operations().len();
    assert!(text.len() < operations * 2_700, "{} bytes for {operations} operations", text.len());
    let once = text.matches(r#""code":"actor.not-allowed""#).count();
    assert_eq!(once, 1, "one example for each code");
    let responses =
        DOCUMENT["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    let refused = responses.flat_map(|operation| operation["responses"].as_object().unwrap());
    for (status, response) in refused.filter(|(status, _)| status.starts_with('4') || status.starts_with('5')) {
        assert!(response["$ref"].is_string(), "{status} {response}");
    }
}

#[tokio::test]
#[should_panic(expected = "409 Conflict card.taken of GET /api/v1/machines/7 is not described")]
async fn undescribed_error_code_panics() {
    let answer = |code, kind| Refusal(Problem::new(code, kind, "What can be done.")).into_response();
    look_up(&Method::GET, "/api/v1/machines/7", answer("machine.unknown", Kind::NotFound)).await;
    look_up(&Method::GET, "/api/v1/machines/7", answer("card.taken", Kind::Conflict)).await;
}

fn references(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(fields) => {
            let own = fields.get("$ref").and_then(Value::as_str);
            own.into_iter().chain(fields.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}
