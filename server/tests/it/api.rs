//! The JSON API: answers and machine-readable refusals. And the same answer on the machine's page.

use crate::lab::Lab;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use serde_json::Value;
use server::http::{Shared, router};
use sha2::{Digest, Sha256};
use sqlx::{ConnectOptions, Connection};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

struct Site {
    router: Router,
    lab: Lab,
}

impl Site {
    async fn open() -> Self {
        let lab = Lab::start().await;
        let router = router(Shared::new(lab.running().ctx.clone(), &lab.config, CancellationToken::new()));
        Self { router, lab }
    }

    /// A session of person 1 or 2, as the sign-in page would open it; returns the cookie.
    async fn sign_in(&self, person: u8) -> String {
        // 32 bytes of 1, and of 2, as in the cookie.
        let token = ["AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE", "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"];
        let mut conn = self.lab.database().connect().await.unwrap();
        sqlx::query(
            "INSERT INTO session (hash, person_id, created_at, seen_at, expires_at, device)
             SELECT ?, ?, at, at, at + 604800000, 'test' FROM (SELECT unixepoch() * 1000 AS at)",
        )
        .bind(Sha256::digest([person; 32]).as_slice())
        .bind(person)
        .execute(&mut conn)
        .await
        .unwrap();
        conn.close().await.unwrap();
        format!("session={}", token[usize::from(person) - 1])
    }

    async fn page(&self, path: &str, cookie: &str) -> String {
        let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
    }

    async fn get(&self, query: &str, cookie: &str) -> (StatusCode, String, Value) {
        let request = Request::get(format!("/api/v1/access{query}")).header(header::COOKIE, cookie);
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let kind = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, kind, serde_json::from_slice(&body).unwrap())
    }
}

fn codes(answer: &Value) -> Vec<&str> {
    answer["reasons"].as_array().unwrap().iter().map(|reason| reason["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn access_trace_has_decision_reasons_and_every_rule() {
    let site = Site::open().await;
    let ada = site.sign_in(1).await;
    let (status, kind, yes) = site.get("?person=me&machine=1", &ada).await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "application/json"));
    assert_eq!(
        (yes["allowed"].as_bool(), yes["level"].as_i64(), yes["person"].as_i64()),
        (Some(true), Some(1), Some(1))
    );
    assert_eq!(yes["rules"].as_array().unwrap().len(), 16);
    assert!(yes["at"].as_str().unwrap().ends_with('Z'));
    let bob = site.sign_in(2).await;
    let (_, _, no) = site.get("?person=2&machine=1", &bob).await;
    assert_eq!((no["allowed"].as_bool(), codes(&no)), (Some(false), vec!["qualification.missing"]));
    let reason = &no["reasons"][0];
    assert_eq!(reason["remedy"]["ask"], "trainer");
    assert_eq!(reason["remedy"]["type"]["name"], "Laser cutter");
    assert_eq!(reason["sentence"], "Not trained on “Laser cutter” yet");
    let (_, _, later) = site.get("?person=me&machine=1&at=2199-01-01T00:00:00Z", &ada).await;
    assert_eq!(later["errors"][0]["field"], "at");
}

// A7
#[tokio::test]
async fn refused_access_query_is_a_problem_with_its_status() {
    let site = Site::open().await;
    let bob = site.sign_in(2).await;
    for (query, cookie, status, code) in [
        ("?person=me&machine=1", "", 401, "actor.unknown"),
        ("?person=1&machine=1", "", 401, "actor.unknown"),
        ("?person=1&machine=1", "session=forged", 401, "actor.unknown"),
        ("?person=1&machine=1", bob.as_str(), 404, "person.unknown"),
        ("?person=99&machine=1", bob.as_str(), 404, "person.unknown"),
        ("?person=me&machine=99", bob.as_str(), 404, "machine.unknown"),
        ("?person=me&machine=-1", bob.as_str(), 404, "machine.unknown"),
        ("?person=Ada&machine=laser&at=soon", bob.as_str(), 422, "request.invalid"),
        ("?person=me&person=me", bob.as_str(), 422, "request.invalid"),
        ("", bob.as_str(), 422, "request.invalid"),
        ("?person=me&machine=1&at=1970-01-01T00:00:00Z", bob.as_str(), 422, "access.when"),
    ] {
        let (found, kind, problem) = site.get(query, cookie).await;
        assert_eq!((found.as_u16(), kind.as_str()), (status, "application/problem+json"), "{query} {problem}");
        assert_eq!(
            (problem["code"].as_str(), problem["status"].as_u64()),
            (Some(code), Some(status.into())),
            "{query}"
        );
        assert!(!problem["detail"].as_str().unwrap().is_empty());
    }
    let (_, _, problem) = site.get("?person=Ada&machine=laser&at=soon", &bob).await;
    let fields: Vec<_> =
        problem["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["person", "machine", "at"]);
}

// A7
#[tokio::test]
async fn machine_page_shows_only_the_viewers_own_access() {
    let site = Site::open().await;
    // Without a number, because the page of a machine whose board has never connected says that first.
    site.lab.sql("UPDATE machine SET number = NULL WHERE id = 1").await;
    let (ada, bob) = (site.sign_in(1).await, site.sign_in(2).await);
    let stranger = site.page("/machines/1?for=1", "").await;
    assert!(
        stranger.contains("Sign in to see whether you may use it.") && !stranger.contains("Ada"),
        "{stranger}"
    );
    let yes = site.page("/machines/1", &ada).await;
    assert!(yes.contains("You may use it") && yes.contains(r#"data-answer="yes""#), "{yes}");
    let no = site.page("/machines/1?for=1", &bob).await;
    // No trainer offers times, so the way is training in a group.
    assert!(no.contains("You can’t yet") && no.contains("Ask for training"), "{no}");
    assert!(!no.contains("Ada") && !no.contains("Check for someone else"), "Bob asks for himself alone: {no}");
    site.lab
        .sql(
            "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (1, 3, 'trainer', 'granted', 0, 'administrator', 0), (2, 3, 'user', 'banned', 0, 'trainer', 0)",
        )
        .await;
    let trainer = site.page("/machines/1?for=2", &ada).await;
    assert!(trainer.contains("Check for someone else") && trainer.contains("Bob can’t yet"), "{trainer}");
    assert!(trainer.contains("Banned from “Laser cutter”"), "{trainer}");
    let helped = site.page("/machines/2", &bob).await;
    assert!(helped.contains("Ask for training"), "Without a trainer there is still a way: {helped}");
}
