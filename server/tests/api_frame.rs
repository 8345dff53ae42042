//! What every request to the API meets, whatever it asks: tokens, other sites, refusals in words a program can read, the
//! description.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod roles;

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, request::Builder},
    response::IntoResponse,
};
use domain::problem::{Kind, Problem};
use roles::{Space, look_up};
use serde_json::Value;
use server::api::{DOCUMENT, Refusal};
use sha2::{Digest, Sha256};
use sqlx::Connection;

/// What 32 bytes of 7 are in a token.
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

/// A manager's space, in which they have a token for everything.
async fn managed() -> Space {
    let space = Space::open('g', Some(7)).await;
    space.begin_anew().await;
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
async fn a_token_says_who_asks_and_beside_it_no_cookie_counts() {
    let space = managed().await;
    let me = send(&space, Request::get("/api/v1/me").header("authorization", TOKEN), "").await;
    assert_eq!((me.status.as_u16(), &me.body["id"]), (200, &7.into()));
    assert_eq!(me.body["scopes"].as_array().unwrap().len(), 6);
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
        assert!(refused.header("www-authenticate").starts_with("Bearer"));
    }
    // Pages are for whoever signed in themselves.
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
async fn refusals_are_problems_in_the_language_that_is_asked_for() {
    let space = managed().await;
    let get = |path: &str| Request::get(path).header("accept-language", "it");
    let answer = send(&space, get("/api/v1/nothing/here"), "").await;
    assert_problem(&answer, 404, "api.unknown");
    assert_eq!(answer.body["detail"], "Questo indirizzo non esiste nell’API.");
    let answer = send(&space, Request::delete("/api/v1/me").header("accept-language", "it"), "").await;
    assert_problem(&answer, 405, "api.method");
    assert_eq!(answer.header("allow"), "GET,HEAD");
    let answer = send(&space, get("/api/v1/access?person=me&machine=1&colour=red"), "").await;
    assert_problem(&answer, 422, "request.flawed");
    assert_eq!(answer.body["errors"][0]["field"], "colour");
    let site = Request::post("/api/v1/me").header("sec-fetch-site", "cross-site").header("accept-language", "it");
    let answer = send(&space, site, "").await;
    assert_problem(&answer, 403, "request.cross-site");
    assert!(answer.body["detail"].as_str().unwrap().contains("altro sito"));
    let with_token =
        Request::post("/api/v1/me").header("sec-fetch-site", "cross-site").header("authorization", TOKEN);
    assert_problem(&send(&space, with_token, "").await, 405, "api.method");
    // Also where what is only read asks for itself who had it asked.
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
async fn whoever_asks_too_often_is_told_to_wait() {
    let space = managed().await;
    let ask = || Request::get("/api/v1/nothing").header("authorization", TOKEN);
    // The bucket fills up again while this is asked: by how much depends on how fast the machine is.
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
    let said = ["limit", "remaining", "reset"].map(|what| last.header(&format!("ratelimit-{what}")).to_owned());
    assert_eq!(said, ["500", "0", "50"]);
    // It is the person who asks too often, with whatever they ask.
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

#[tokio::test]
async fn the_description_is_served_and_as_it_was_agreed() {
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
fn every_problem_that_is_described_has_its_status_and_every_operation_its_words() {
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let at = format!("{method} {path}");
            for word in ["operationId", "summary", "description"] {
                assert!(operation[word].as_str().is_some_and(|word| !word.is_empty()), "{at}: {word}");
            }
            let responses = operation["responses"].as_object().unwrap();
            for status in ["401", "403", "429", "503"] {
                assert!(responses.contains_key(status), "{at}: {status}");
            }
            for reference in references(operation) {
                let name = reference.rsplit('/').next().unwrap();
                assert!(DOCUMENT["components"]["schemas"][name].is_object(), "{at}: {name}");
            }
        }
    }
}

#[tokio::test]
#[should_panic(expected = "409 Conflict card.taken of GET /api/v1/machines/7 is not described")]
async fn a_code_that_is_not_described_where_it_is_answered_is_noticed() {
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
