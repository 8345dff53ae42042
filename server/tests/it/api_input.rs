//! Faulty or malicious input from programs: bodies, fields, cursors, keys – each refused at its field, with no
//! effect.

use crate::roles::Space;
use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, request::Builder},
};
use serde_json::{Value, json};
use sqlx::Connection;

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    fn summary(&self) -> (u16, &str, &str) {
        (
            self.status.as_u16(),
            self.body["code"].as_str().unwrap_or_default(),
            self.body["errors"][0]["field"].as_str().unwrap_or_default(),
        )
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// A space for a manager.
async fn managed() -> Space {
    let space = Space::open('g', Some(7)).await;
    space.reset().await;
    space
}

async fn send(space: &Space, request: Builder, body: impl Into<Body>) -> Answer {
    let answer = space.send(request.body(body.into()).unwrap()).await;
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
    Answer { status: parts.status, headers: parts.headers, body }
}

async fn get(space: &Space, path: &str) -> Answer {
    send(space, Request::get(format!("/api/v1{path}")), "").await
}

async fn post(space: &Space, path: &str, key: Option<&str>, body: impl Into<Body>) -> Answer {
    let mut request = Request::post(format!("/api/v1{path}")).header("content-type", "application/json");
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    send(space, request, body).await
}

#[tokio::test]
async fn invalid_body_is_refused_at_its_field_without_changes() {
    let space = managed().await;
    let before = space.entries().await;
    let deep = format!(r#"{{"name":{}1{}}}"#, "[".repeat(5_000), "]".repeat(5_000));
    let wide = format!(r#"{{"name":"{}","type":"x"}}"#, "x".repeat(300 * 1024));
    for (body, reported) in [
        ("", (400, "request.malformed", "")),
        ("{", (400, "request.malformed", "")),
        (r#"{"name":"a","type":"b"} {}"#, (400, "request.malformed", "")),
        (r#"{"name":"a\ud800","type":"b"}"#, (400, "request.malformed", "")),
        (r#"{"name":"a","type":"b","number":01}"#, (400, "request.malformed", "")),
        (&deep, (400, "request.malformed", "")),
        (&wide, (413, "request.too-large", "")),
        ("null", (422, "request.invalid", "body")),
        (r#"["a","b",1]"#, (422, "request.invalid", "body")),
        (r#"{"name":"a"}"#, (422, "request.invalid", "type")),
        (r#"{"name":"a","name":"b","type":"c"}"#, (422, "request.invalid", "name")),
        (r#"{"name":"a","type":"b","colour":"red"}"#, (422, "request.invalid", "colour")),
        (r#"{"name":7,"type":"b"}"#, (422, "request.invalid", "name")),
        (r#"{"name":"a","type":"b","number":0}"#, (422, "equipment.invalid", "number")),
        (r#"{"name":"a","type":"b","number":70000}"#, (422, "request.invalid", "number")),
        (r#"{"name":"a","type":"b","number":1e400}"#, (400, "request.malformed", "")),
        (r#"{"name":"a","type":"b","number":-1}"#, (422, "request.invalid", "number")),
        (r#"{"name":"\u0000 \u200b","type":"b"}"#, (422, "equipment.invalid", "name")),
        (r#"{"name":"a","type":"b","number":11}"#, (422, "equipment.invalid", "number")),
    ] {
        let answer = post(&space, "/machines", None, body.to_owned()).await;
        let short: String = body.chars().take(60).collect();
        assert_eq!(answer.summary(), reported, "{short}: {}", answer.body);
    }
    let plain = send(&space, Request::post("/api/v1/machines").header("content-type", "text/plain"), "{}").await;
    assert_eq!(plain.summary(), (415, "request.not-json", ""));
    let bare = send(&space, Request::post("/api/v1/machines"), "{}").await;
    assert_eq!(bare.summary(), (415, "request.not-json", ""));
    let bytes = post(&space, "/machines", None, vec![0xff, 0xfe]).await;
    assert_eq!(bytes.summary(), (400, "request.malformed", ""));
    assert_eq!(space.entries().await, before);
}

#[tokio::test]
async fn list_instead_of_object_is_refused_and_clears_nothing() {
    let space = managed().await;
    let patch = async |body: Value| {
        let request = Request::patch("/api/v1/notice-settings").header("content-type", "application/json");
        send(&space, request, body.to_string()).await
    };
    let times = json!({ "digest_hour": 8, "quiet": { "from": "22:00", "to": "07:00" } });
    assert_eq!(patch(json!({ "times": times })).await.status, 200);
    for (body, field) in [
        (json!({ "times": [null, null] }), "times"),
        (json!({ "times": [] }), "times"),
        (json!({ "times": { "quiet": ["22:00", "07:00"] } }), "times.quiet"),
        (json!({ "times": { "quiet": { "from": "22:00", "to": 7 } } }), "times.quiet.to"),
        (json!({ "times": { "digest_hour": 8.5 } }), "times.digest_hour"),
        (json!({ "kinds": [["hold-placed", true, false]] }), "kinds[0]"),
    ] {
        let answer = patch(body.clone()).await;
        assert_eq!(answer.summary(), (422, "request.invalid", field), "{body}: {}", answer.body);
    }
    for (body, field) in [
        (json!({ "kinds": [{ "kind": "machine.unsafe", "app": true, "mail": false }] }), "kinds[0].kind"),
        (json!({ "times": { "quiet": { "from": "22:00", "to": "22:00" } } }), "times.quiet.to"),
    ] {
        let answer = patch(body.clone()).await;
        assert_eq!(answer.summary(), (422, "notice-settings.invalid", field), "{body}: {}", answer.body);
    }
    let stored = get(&space, "/notice-settings").await.body;
    assert_eq!((&stored["digest_hour"], &stored["quiet"]), (&times["digest_hour"], &times["quiet"]));
}

#[tokio::test]
async fn integral_float_is_accepted_as_integer() {
    let space = managed().await;
    let request = Request::patch("/api/v1/notice-settings").header("content-type", "application/json");
    let answer = send(&space, request, r#"{"times":{"digest_hour":9.0}}"#).await;
    assert_eq!((answer.status.as_u16(), &answer.body["digest_hour"]), (200, &json!(9)), "{}", answer.body);
}

#[tokio::test]
async fn malformed_optional_if_match_is_refused() {
    let space = managed().await;
    let approve = Request::post("/api/v1/bookings/1/approve").header("if-match", "3");
    assert_eq!(send(&space, approve, "").await.summary(), (422, "request.invalid", "If-Match"));
}

#[tokio::test]
async fn invalid_path_is_404_and_invalid_query_names_its_field() {
    let space = managed().await;
    let long = "9".repeat(400);
    for (path, reported) in [
        ("/machines/abc", (404, "api.unknown", "")),
        ("/machines/-1", (404, "api.unknown", "")),
        ("/machines/%00", (404, "api.unknown", "")),
        ("/machines/99999999999999999999", (404, "api.unknown", "")),
        ("/machines/1/../2", (404, "api.unknown", "")),
        ("/machines?limit=0", (422, "request.invalid", "limit")),
        ("/machines?limit=51", (422, "request.invalid", "limit")),
        ("/machines?limit=-1", (422, "request.invalid", "limit")),
        ("/machines?limit=x", (422, "request.invalid", "limit")),
        (&format!("/machines?limit={long}"), (422, "request.invalid", "limit")),
        ("/machines?limit=1&limit=2", (422, "request.invalid", "limit")),
        ("/machines?colour=red", (422, "request.invalid", "colour")),
        ("/machines?after=", (422, "request.invalid", "after")),
        ("/machines?after=AAAA", (422, "request.invalid", "after")),
        ("/machines?after=%F0%28", (422, "request.invalid", "after")),
    ] {
        let answer = get(&space, path).await;
        assert_eq!(answer.summary(), reported, "{path}: {}", answer.body);
    }
}

#[tokio::test]
async fn instants_out_of_range_are_refused_by_api_and_forms() {
    let space = managed().await;
    for at in ["0000-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "3000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
        let span = json!({ "resource": "machine:1", "start": at, "end": at }).to_string();
        for path in ["/bookings", "/waiting", "/closures"] {
            assert_eq!(post(&space, path, None, span.clone()).await.status, 422, "{path} {at}");
        }
        let requested = get(&space, &format!("/access?person=me&machine=1&at={at}")).await;
        assert_eq!(requested.summary(), (422, "request.invalid", "at"), "{at}");
    }
    for at in [i64::MIN, -1, 32_503_680_000_000, i64::MAX] {
        for (path, fields) in [
            ("bookings/book", format!("choice=machine:1@{at}&minutes=60")),
            ("bookings/wait", format!("choice=machine:1@{at}&minutes=60")),
            ("bookings/move", format!("id=1&choice=machine:1@{at}&minutes=60")),
            ("bookings/day", format!("resource=machine:1&date=&minutes=60&at={at}")),
            ("checkouts/ask", format!("kind=3&starts=4@{at}")),
            ("closures/close", format!("resource=machine:1&kind=closure&start={at}&end=2037-01-01T12:00")),
        ] {
            let form = Request::post(format!("/api/{path}")).header("accept", "application/json");
            let form = form.header("content-type", "application/x-www-form-urlencoded");
            let answer = space.send(form.body(Body::from(fields)).unwrap()).await;
            assert!(answer.status().as_u16() < 500, "{path} {at}: {}", answer.status());
        }
        let closed = get(&space, "/closures").await;
        assert_eq!(closed.body["items"], json!([]), "{at}");
        let page = space.send(Request::get(format!("/book/machine:1?at={at}")).body(Body::empty()).unwrap()).await;
        assert!(page.status().as_u16() < 500, "{at}: {}", page.status());
    }
}

#[tokio::test]
async fn cursor_pages_cover_the_list_without_gaps() {
    let space = managed().await;
    let whole = get(&space, "/machines").await;
    let whole: Vec<_> = whole.body["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
    let (mut walked, mut path) = (Vec::new(), "/machines?limit=1".to_owned());
    loop {
        let page = get(&space, &path).await;
        walked.extend(page.body["items"].as_array().unwrap().iter().map(|one| one["id"].clone()));
        let Some(next) = page.body["next"].as_str() else {
            assert_eq!(page.header("link"), "");
            break;
        };
        let link = page.header("link").strip_prefix("</api/v1").and_then(|link| link.split_once('>')).unwrap();
        assert!(link.0.contains("limit=1") && link.0.contains(next) && link.1.contains("next"), "{link:?}");
        path = link.0.to_owned();
    }
    assert_eq!(walked, whole);
    let elsewhere = path.replace("/machines", "/displays");
    assert_eq!(
        get(&space, &elsewhere).await.summary(),
        (422, "request.invalid", "after"),
        "a cursor of another list"
    );
}

#[tokio::test]
async fn repeated_creation_with_same_key_creates_once() {
    let space = managed().await;
    let body = r#"{"name":"Hall"}"#;
    let (one, other) = tokio::join!(
        post(&space, "/displays", Some("first"), body),
        post(&space, "/displays", Some("first"), body),
    );
    let made: Vec<_> = [&one, &other].into_iter().filter(|answer| answer.status == 201).collect();
    assert!(!made.is_empty() && [&one, &other].iter().all(|answer| matches!(answer.status.as_u16(), 201 | 409)));
    let first = made.iter().find(|answer| answer.header("idempotency-replayed").is_empty()).unwrap();
    assert!(first.body["link"].as_str().unwrap().starts_with("/enter/"));
    assert_eq!(first.header("location"), "/api/v1/displays");

    let again = post(&space, "/displays", Some("first"), body).await;
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (201, "true"));
    assert_eq!(
        again.body,
        json!({ "id": first.body["id"], "href": "/api/v1/displays", "link": null, "state": null, "invitation": null }),
        "a secret is shown once"
    );
    assert_eq!(get(&space, "/displays").await.body["items"].as_array().unwrap().len(), 1);

    let changed = post(&space, "/displays", Some("first"), r#"{"name":"Door"}"#).await;
    assert_eq!(changed.summary(), (422, "idempotency.other-request", "Idempotency-Key"));
    let elsewhere = post(&space, "/machines", Some("first"), body).await;
    assert_eq!(elsewhere.summary(), (422, "idempotency.other-request", "Idempotency-Key"));
    for no_key in ["", "two words", &"x".repeat(256)] {
        let answer = post(&space, "/displays", Some(no_key), body).await;
        assert_eq!(answer.summary(), (422, "idempotency.key", "Idempotency-Key"), "{no_key}");
    }
    // The refused request had no effect, and its key may be used again.
    assert_eq!(post(&space, "/displays", Some("second"), r#"{"name":" "}"#).await.status, 422);
    assert_eq!(post(&space, "/displays", Some("second"), r#"{"name":"Door"}"#).await.status, 201);
    let mut conn = space.raw().await;
    let remaining: i64 =
        sqlx::query_scalar("SELECT count(*) FROM repeated_request").fetch_one(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    assert_eq!(remaining, 2);
}

#[tokio::test]
async fn repeated_action_with_same_key_runs_once() {
    let space = managed().await;
    let new = r#"{"name":"Nina","email":"nina@example.org"}"#;
    let made = post(&space, "/invitations", Some("nina"), new).await;
    assert!(made.status == 201 && made.body["link"].as_str().unwrap().contains("/link/"), "{}", made.body);
    assert_eq!(made.header("location"), format!("/api/v1/people/{}", made.body["id"]));
    let again = post(&space, "/invitations", Some("nina"), new).await;
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (201, "true"));
    assert_eq!((&again.body["id"], &again.body["link"]), (&made.body["id"], &Value::Null));
    assert_eq!(post(&space, "/invitations", None, new).await.status, 422, "without the key it is another one");

    let entries = async |path: &str| {
        let standing = get(&space, path.rsplit_once('/').unwrap().0).await;
        standing.body["history"].as_array().unwrap().len()
    };
    for (path, body, other) in [
        (
            "/people/24/qualifications/grant",
            r#"{"on":"type:4","relation":"user"}"#,
            r#"{"on":"type:3","relation":"user"}"#,
        ),
        (
            "/people/24/qualifications/ban",
            r#"{"on":"type:4","remark":"safety"}"#,
            r#"{"on":"type:3","remark":"safety"}"#,
        ),
    ] {
        let before = entries(path).await;
        let first = post(&space, path, Some(path), body).await;
        assert_eq!((first.status.as_u16(), first.header("idempotency-replayed")), (204, ""), "{path}");
        let again = post(&space, path, Some(path), body).await;
        assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (204, "true"), "{path}");
        assert_eq!(entries(path).await, before + 1, "{path}");
        let changed = post(&space, path, Some(path), other).await;
        assert_eq!(changed.summary(), (422, "idempotency.other-request", "Idempotency-Key"), "{path}");
        assert_eq!(post(&space, path, None, body).await.status, 204, "without a key it is said once more");
        assert_eq!(entries(path).await, before + 2, "{path}");
    }
    let hold = r#"{"reason":"safety"}"#;
    let placed = post(&space, "/people/24/holds", Some("hold"), hold).await;
    let again = post(&space, "/people/24/holds", Some("hold"), hold).await;
    assert_eq!((placed.status.as_u16(), &again.body["id"]), (201, &placed.body["id"]));
    assert_eq!(get(&space, "/people/24/holds").await.body["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn overlong_filter_is_refused_at_its_field() {
    let space = managed().await;
    let before = space.entries().await;
    let long = "x".repeat(201);
    for list in ["people", "qualifications"] {
        let answer = post(&space, &format!("/exports/{list}?on={long}"), None, "").await;
        assert_eq!(answer.summary(), (422, "export.filter", "on"), "{list}");
    }
    for list in ["uses", "interventions"] {
        let answer = post(&space, &format!("/exports/{list}"), None, json!({ "machine": long }).to_string()).await;
        assert_eq!(answer.summary(), (422, "export.filter", "machine"), "{list}");
    }
    assert_eq!(space.entries().await, before);
}
