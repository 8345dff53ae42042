//! People through the API: edits over the version that was seen, and errors of cards, notes, pictures, lists and
//! decisions.

use crate::roles::Space;
use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode},
};
use serde_json::{Value, json};
use sqlx::Connection;

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
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

    fn items(&self) -> &[Value] {
        self.body["items"].as_array().unwrap_or_else(|| panic!("{}", self.body))
    }
}

/// A space for a manager.
async fn managed() -> Space {
    as_of('g', 7).await
}

async fn as_of(role: char, person: i64) -> Space {
    let space = Space::open(role, Some(person)).await;
    space.reset().await;
    space
}

async fn send(space: &Space, method: Method, path: &str, heads: &[(&str, &str)], body: impl Into<Body>) -> Answer {
    let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
    for (name, value) in heads {
        request = request.header(*name, *value);
    }
    let (parts, body) = space.send(request.body(body.into()).unwrap()).await.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    Answer { status: parts.status, headers: parts.headers, bytes, body }
}

async fn get(space: &Space, path: &str) -> Answer {
    send(space, Method::GET, path, &[], "").await
}

const JSON: (&str, &str) = ("content-type", "application/json");

async fn post(space: &Space, path: &str, body: Value) -> Answer {
    send(space, Method::POST, path, &[JSON], body.to_string()).await
}

async fn patch(space: &Space, path: &str, version: &str, body: Value) -> Answer {
    send(space, Method::PATCH, path, &[JSON, ("if-match", version)], body.to_string()).await
}

async fn delete(space: &Space, path: &str) -> Answer {
    send(space, Method::DELETE, path, &[], "").await
}

async fn sql(space: &Space, sql: &'static str) {
    let mut conn = space.raw().await;
    sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

#[tokio::test]
async fn person_edit_requires_version_and_leaves_omitted_fields() {
    let space = managed().await;
    let ada = get(&space, "/people/20").await;
    assert_eq!((ada.status.as_u16(), ada.header("etag")), (200, "\"1\""));
    let edited = patch(&space, "/people/20", "\"1\"", json!({ "phone": "+39 0471 1", "language": "it" })).await;
    assert_eq!((edited.status.as_u16(), edited.header("etag")), (200, "\"2\""), "{}", edited.body);
    let fields = ["name", "email", "phone", "language"].map(|field| edited.body[field].as_str().unwrap());
    assert_eq!(fields, ["Person 20", "mail-20@example.org", "+39 0471 1", "it"]);
    let emptied = patch(&space, "/people/20", "\"2\"", json!({ "phone": "", "language": "" })).await;
    assert_eq!((&emptied.body["phone"], &emptied.body["language"]), (&Value::Null, &Value::Null));

    let before = space.entries().await;
    let bare = send(&space, Method::PATCH, "/people/20", &[JSON], r#"{"phone":"12345"}"#).await;
    assert_eq!(bare.summary(), (428, "version.needed", "If-Match"));
    assert!(!bare.body["errors"][0]["message"].as_str().unwrap().is_empty());
    for wrong in ["3", "\"x\"", "\"-1\"", "\"99999999999999999999\"", "\"\""] {
        let refused = patch(&space, "/people/20", wrong, json!({ "phone": "12345" })).await;
        assert_eq!(refused.summary(), (422, "request.invalid", "If-Match"), "{wrong}");
    }
    for (body, reported) in [
        (json!({ "name": " " }), (422, "form.invalid", "name")),
        (json!({ "email": "nobody" }), (422, "form.invalid", "email")),
        (json!({ "email": "mail-21@example.org" }), (422, "form.invalid", "email")),
        (json!({ "phone": "x" }), (422, "form.invalid", "phone")),
        (json!({ "language": "xx" }), (422, "request.invalid", "language")),
        (json!({ "rank": "manager" }), (422, "request.invalid", "rank")),
    ] {
        assert_eq!(patch(&space, "/people/20", "\"3\"", body.clone()).await.summary(), reported, "{body}");
    }
    assert_eq!(patch(&space, "/people/999", "\"1\"", json!({})).await.summary(), (404, "person.unknown", ""));
    let above = patch(&space, "/people/9", "\"1\"", json!({ "email": "mine@example.org" })).await;
    assert_eq!(above.summary(), (403, "person.outranked", ""), "the address of an administrator is a way in");
    assert_eq!(space.entries().await, before);
}

#[tokio::test] // A14
async fn concurrent_person_edits_give_loser_both_versions() {
    let space = managed().await;
    let (one, other) = tokio::join!(
        patch(&space, "/people/20", "\"1\"", json!({ "name": "One" })),
        patch(&space, "/people/20", "\"1\"", json!({ "name": "Other" })),
    );
    let (won, lost) = if one.status == 200 { (one, other) } else { (other, one) };
    assert_eq!((won.status.as_u16(), won.header("etag")), (200, "\"2\""), "{}", won.body);
    assert_eq!((lost.summary(), lost.header("etag")), ((409, "version.stale", ""), "\"2\""), "{}", lost.body);
    let (name, sent) = (&won.body["name"], &lost.body["sent"]["name"]);
    assert_ne!(name, sent);
    assert_eq!((&lost.body["seen"], &lost.body["saved"]["version"]), (&json!(1), &json!(2)));
    let values = lost.body["saved"]["values"].as_array().unwrap();
    assert!(values.contains(&json!({ "field": "name", "value": name })), "{}", lost.body);
    assert_eq!(lost.body["saved"]["by"], "Person 7");
    assert!(lost.body["saved"]["at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(&get(&space, "/people/20").await.body["name"], name);
    // After reading the current version, saving works.
    let again = patch(&space, "/people/20", lost.header("etag"), json!({ "name": sent })).await;
    assert_eq!((again.status.as_u16(), &again.body["name"]), (200, sent));
}

#[tokio::test]
async fn people_are_searched_in_pages_and_added() {
    let space = managed().await;
    let whole = get(&space, "/people?search=person&status=active").await;
    let whole: Vec<_> = whole.items().iter().map(|one| one["id"].clone()).collect();
    let (mut walked, mut path) = (Vec::new(), "/people?search=person&status=active&limit=2".to_owned());
    loop {
        let page = get(&space, &path).await;
        assert!(page.items().len() <= 2);
        walked.extend(page.items().iter().map(|one| one["id"].clone()));
        let Some(next) = page.body["next"].as_str() else { break };
        path = format!("/people?search=person&status=active&limit=2&after={next}");
    }
    assert!(whole.len() > 4 && walked == whole, "{walked:?} {whole:?}");
    let managers = get(&space, "/people?role=manager").await;
    assert_eq!((managers.items().len(), &managers.items()[0]["id"]), (1, &json!(7)));
    assert_eq!(get(&space, "/people?role=king").await.summary(), (422, "request.invalid", "role"));

    let body = r#"{"name":"Nina","email":"NINA@example.org"}"#;
    let made = send(&space, Method::POST, "/people", &[JSON, ("idempotency-key", "n1")], body).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.body);
    let path = made.header("location").strip_prefix("/api/v1").unwrap();
    let nina = get(&space, path).await.body;
    assert_eq!((&nina["email"], &nina["rank"]), (&json!("nina@example.org"), &json!("member")));
    let again = send(&space, Method::POST, "/people", &[JSON, ("idempotency-key", "n1")], body).await;
    assert_eq!((&again.body["id"], again.header("idempotency-replayed")), (&made.body["id"], "true"));
    assert_eq!(
        post(&space, "/people", json!({ "name": "", "email": "x" })).await.body["errors"][1]["field"],
        "email"
    );

    let many = json!({ "addresses": "nina@example.org\nNora <nora@example.org>\nnobody\nnora@example.org" });
    let lines = post(&space, "/invitations/many", many).await.body;
    let outcomes: Vec<_> =
        lines["lines"].as_array().unwrap().iter().map(|line| line["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["taken", "by-hand", "no-address", "again"], "{lines}");
    assert_eq!(lines["lines"][0]["person"], made.body["id"]);
    let none = post(&space, "/invitations/many", json!({ "addresses": " \n" })).await;
    assert_eq!(none.summary(), (422, "form.invalid", "addresses"));
}

#[tokio::test]
async fn bulk_action_applies_per_person_and_names_refusals() {
    let space = managed().await;
    let act = |action: &'static str, people: Vec<i64>| {
        post(&space, "/bulk/people", json!({ "action": action, "people": people }))
    };
    let kept_out = act("suspend", vec![20, 21, 21, 9]).await;
    assert_eq!(kept_out.body["done"], json!([20, 21]), "{}", kept_out.body);
    assert_eq!(kept_out.body["refused"][0]["name"], "Person 9", "a manager keeps no administrator out");
    assert!(!kept_out.body["refused"][0]["reason"].as_str().unwrap().is_empty());
    assert_eq!(get(&space, "/people/21").await.body["status"], "suspended");
    let granted = act("grant:type:4", vec![24]).await;
    assert_eq!((&granted.body["on"], &granted.body["done"]), (&json!("Lathe"), &json!([24])), "{}", granted.body);
    for (action, people, code) in [
        ("suspend", vec![], "bulk.nobody"),
        ("suspend", (1..=201).collect(), "bulk.too-many"),
        ("eat", vec![20], "bulk.no-such-action"),
    ] {
        assert_eq!(act(action, people).await.summary().1, code);
    }
}

#[tokio::test] // A19
async fn erasure_checks_preconditions_and_follows_data_export() {
    let space = as_of('a', 9).await;
    let before = space.entries().await;
    let led = send(&space, Method::GET, "/people/24/data", &[("sec-fetch-site", "cross-site")], "").await;
    assert_eq!(
        (led.summary(), space.entries().await),
        ((403, "request.cross-site", ""), before),
        "by a link elsewhere"
    );
    let data = get(&space, "/people/24/data").await.body;
    assert!(data["tables"]["profile"].to_string().contains("mail-24@example.org"), "{data}");
    assert_eq!(
        delete(&space, "/people/9").await.summary(),
        (403, "person.oneself", ""),
        "not without the password"
    );
    assert_eq!(delete(&space, "/people/20").await.summary(), (409, "person.in-use", ""), "on the laser");
    assert_eq!(delete(&space, "/people/999").await.summary(), (404, "person.unknown", ""));
    assert_eq!(delete(&space, "/people/24").await.status.as_u16(), 204);
    assert_eq!(delete(&space, "/people/24").await.status.as_u16(), 204, "a second time, for what came since");
    let gone = get(&space, "/people/24").await.body;
    assert_eq!((&gone["name"], &gone["email"], &gone["status"]), (&Value::Null, &Value::Null, &json!("left")));
    let timeline = get(&space, "/people/24/timeline?limit=1").await;
    assert_eq!(timeline.items()[0]["action"], "person.erased");
    assert!(!get(&space, "/people/24/data").await.body.to_string().contains("mail-24"));

    let manager = managed().await;
    assert_eq!(delete(&manager, "/people/24").await.summary().0, 403);
}

#[tokio::test]
async fn uses_of_a_person_are_paged_newest_first() {
    let space = managed().await;
    sql(
        &space,
        "INSERT INTO alias (id, person_id, month) VALUES (50, 20, 202611);
         INSERT INTO use_session (machine_id, card_id, alias_id, started_at, ended_at, ending, last_sign_at, source, approximate,
             provisional, other_card, twin_start, twin_stop, authorised)
             VALUES (2, 20, 50, 1000, 2000, 'logged-out', 2000, 'live', 1, 0, 0, 0, 0, 1);
         UPDATE use_session SET alias_id = 50 WHERE card_id = 20;",
    )
    .await;
    let newest = get(&space, "/people/20/uses?limit=1").await;
    assert_eq!((&newest.items()[0]["machine"], &newest.items()[0]["end"]), (&json!(1), &Value::Null));
    let older =
        get(&space, newest.header("link").split(['<', '>']).nth(1).unwrap().strip_prefix("/api/v1").unwrap());
    let older = older.await;
    assert_eq!(
        (&older.items()[0]["machine_name"], &older.items()[0]["end"]),
        (&json!("Mill"), &json!("1970-01-01T00:00:02Z"))
    );
    assert_eq!(older.items().len(), 1);
    let next = older.header("link").split(['<', '>']).nth(1).unwrap().strip_prefix("/api/v1").unwrap().to_owned();
    let oldest = get(&space, &next).await;
    assert_eq!((&oldest.items()[0]["machine"], &oldest.body["next"]), (&json!(1), &Value::Null));
    assert_eq!(oldest.items().len(), 1);
}

#[tokio::test]
async fn card_is_assigned_lost_and_found() {
    let space = managed().await;
    let given = post(&space, "/people/24/cards", json!({ "number": "0F:BE:AD:DE" })).await;
    assert_eq!(given.status.as_u16(), 201, "{}", given.body);
    let path = given.header("location").strip_prefix("/api/v1").unwrap().to_owned();
    assert!(path.starts_with("/cards/"), "{path}");
    let twice = post(&space, "/people/24/cards", json!({ "number": "deadbe0f" })).await;
    assert_eq!(twice.summary(), (409, "card.taken", "number"));
    let wrong = post(&space, "/people/24/cards", json!({ "number": "deadbe" })).await;
    assert_eq!(wrong.summary(), (422, "card.invalid", "number"));
    assert_eq!(
        post(&space, "/people/999/cards", json!({ "number": "deadbe10" })).await.summary(),
        (404, "person.unknown", "")
    );

    let action = |action: &'static str| post(&space, "/cards/20/actions", json!({ "action": action }));
    let lost = action("lose").await;
    assert_eq!(lost.body, json!({ "state": "lost", "undo": "find" }));
    assert_eq!(action("restore").await.summary(), (409, "card.changed", ""));
    assert_eq!(action("eat").await.summary(), (422, "request.invalid", "action"));
    assert_eq!(action("find").await.body["state"], "active");
    let card = get(&space, "/cards/20").await;
    let done: Vec<_> = card.body["history"].as_array().unwrap().iter().map(|one| one["action"].clone()).collect();
    assert_eq!(done[..2], ["card.found", "card.lost"], "{}", card.body);
    assert_eq!((&card.body["person"], &card.body["ending"]), (&json!(20), &json!("ee14")));
    let listed = get(&space, "/people/24/cards").await;
    assert_eq!((listed.items().len(), &listed.items()[0]["ending"]), (1, &json!("be0f")));
    assert!([card.bytes, listed.bytes].iter().all(|body| !String::from_utf8_lossy(body).contains("c0ffee")));
    let auditor = as_of('u', 8).await;
    assert_eq!(get(&auditor, "/people/20/cards").await.items()[0]["ending"], Value::Null);
}

#[tokio::test]
async fn card_for_left_or_unknown_person_and_export_of_superior_are_refused() {
    let space = managed().await;
    sql(
        &space,
        "INSERT INTO unknown_card (id, uid, machine_id, first_seen, last_seen) VALUES (5, 'deadbe0f', 1, 0, unixepoch() * 1000);
         INSERT INTO card (id, person_id, uid, state, given_at) VALUES (50, 24, 'deadbe50', 'lost', 0);
         UPDATE person SET status = 'left', left_at = 0 WHERE id = 24",
    )
    .await;
    let machine = json!({ "machine": 1 }).to_string();
    let given = json!({ "number": "deadbe24" });
    for (answer, reported) in [
        (post(&space, "/people/24/cards", given).await, (409, "person.left", "")),
        (post(&space, "/unknown-cards/5/give", json!({ "person": 24 })).await, (409, "person.left", "")),
        (post(&space, "/cards/50/actions", json!({ "action": "find" })).await, (409, "person.left", "")),
        (send(&space, Method::PUT, "/people/24/cards/expected", &[JSON], machine).await, (409, "person.left", "")),
        (get(&space, "/people/999/cards/expected").await, (404, "person.unknown", "")),
        (delete(&space, "/people/999/cards/expected").await, (404, "person.unknown", "")),
        (get(&space, "/people/9/data").await, (403, "person.outranked", "")),
    ] {
        assert_eq!(answer.summary(), reported, "{}", answer.body);
    }
}

#[tokio::test]
async fn enrollment_at_a_board_is_exclusive_to_one_person() {
    let space = managed().await;
    let expect = |person: i64, machine: i64| {
        let (path, body) = (format!("/people/{person}/cards/expected"), json!({ "machine": machine }).to_string());
        let space = &space;
        async move { send(space, Method::PUT, &path, &[JSON], body).await }
    };
    let waits = expect(24, 1).await;
    assert_eq!(
        (&waits.body["waiting"]["outcome"], &waits.body["waiting"]["machine"]),
        (&json!("open"), &json!(1))
    );
    assert_eq!(expect(24, 1).await.status.as_u16(), 200, "said twice");
    assert_eq!(expect(21, 1).await.summary(), (409, "card.board-busy", "machine"));
    assert_eq!(expect(21, 2).await.summary(), (422, "card.invalid", "machine"), "its board is silent");
    assert_eq!(expect(999, 1).await.summary(), (404, "person.unknown", ""));
    assert_eq!(delete(&space, "/people/24/cards/expected").await.status.as_u16(), 204);
    assert_eq!(get(&space, "/people/24/cards/expected").await.body["waiting"], Value::Null);
    assert_eq!(expect(21, 1).await.status.as_u16(), 200);
}

#[tokio::test]
async fn unknown_card_is_dismissed_restored_and_assigned_once() {
    let space = managed().await;
    sql(
        &space,
        "INSERT INTO unknown_card (id, uid, machine_id, first_seen, last_seen)
         VALUES (5, 'deadbe0f', 1, unixepoch() * 1000 - 9000, unixepoch() * 1000 - 9000)",
    )
    .await;
    let listed = get(&space, "/unknown-cards").await;
    assert_eq!((&listed.items()[0]["ending"], &listed.items()[0]["aside"]), (&json!("be0f"), &json!(false)));
    for (path, aside) in [("/unknown-cards/5/put-aside", true), ("/unknown-cards/5/take-up", false)] {
        for _ in 0..2 {
            assert_eq!(post(&space, path, Value::Null).await.status.as_u16(), 204);
        }
        assert_eq!(get(&space, "/unknown-cards").await.items()[0]["aside"], aside);
    }
    let waits = get(&space, "/inbox").await;
    let card = waits.items().iter().find(|item| item["matter"] == "card").unwrap();
    assert_eq!((&card["id"], &card["machine_name"]), (&json!(5), &json!("Laser")));
    let nobody = post(&space, "/unknown-cards/5/give", json!({ "person": 999 })).await;
    assert_eq!(nobody.summary(), (404, "person.unknown", ""));
    let given = post(&space, "/unknown-cards/5/give", json!({ "person": 24 })).await;
    assert_eq!(given.header("location"), format!("/api/v1/cards/{}", given.body["id"]));
    assert_eq!(post(&space, "/unknown-cards/5/give", json!({ "person": 24 })).await.status.as_u16() / 100, 4);
    assert!(get(&space, "/unknown-cards").await.items().is_empty());
}

#[tokio::test] // A6
async fn notes_are_versioned_and_hidden_from_their_subject() {
    let space = managed().await;
    let made = post(&space, "/people/20/notes", json!({ "note": "Has the key." })).await;
    let path = made.header("location").strip_prefix("/api/v1").unwrap().to_owned();
    let put = |version: &'static str, note: &'static str| {
        let (space, path) = (&space, path.clone());
        async move {
            let body = json!({ "note": note }).to_string();
            send(space, Method::PUT, &path, &[JSON, ("if-match", version)], body).await
        }
    };
    let rewritten = put("\"1\"", "Gave the key back.").await;
    assert_eq!((rewritten.status.as_u16(), rewritten.header("etag")), (200, "\"2\""), "{}", rewritten.body);
    let late = put("\"1\"", "Lost the key.").await;
    assert_eq!(late.summary(), (409, "version.stale", ""));
    assert_eq!(late.body["saved"]["values"], json!([{ "field": "note", "value": "Gave the key back." }]));
    assert_eq!(late.body["sent"], json!({ "note": "Lost the key." }));
    assert_eq!(put("\"2\"", " ").await.summary(), (422, "note.invalid", "note"));
    let bare = send(&space, Method::PUT, &path, &[JSON], r#"{"note":"x"}"#).await;
    assert_eq!(bare.summary(), (428, "version.needed", "If-Match"));
    let listed = get(&space, "/people/20/notes").await;
    assert_eq!((&listed.items()[0]["version"], &listed.items()[0]["by"]), (&json!(2), &json!("Person 7")));
    assert_eq!(delete(&space, &path).await.summary(), (428, "version.needed", "If-Match"));
    let gone = async |version: &str| send(&space, Method::DELETE, &path, &[("if-match", version)], "").await;
    assert_eq!(gone("\"1\"").await.summary(), (409, "version.stale", ""), "it was rewritten since");
    assert_eq!(gone("\"2\"").await.status.as_u16(), 204);
    assert_eq!(gone("\"2\"").await.summary(), (404, "note.unknown", ""));

    sql(
        &space,
        "INSERT INTO remark (id, about_person, body, written_at) VALUES (70, 7, 'secret', 0);
         INSERT INTO person_note (id, person_id, remark_id) VALUES (70, 7, 70);",
    )
    .await;
    assert_eq!(get(&space, "/people/7/notes").await.summary().0, 403);
    assert_eq!(get(&space, "/notes/70").await.summary(), (404, "note.unknown", ""));
    for version in ["\"0\"", "\"1\""] {
        let heads = [JSON, ("if-match", version)];
        let own = send(&space, Method::PUT, "/notes/70", &heads, r#"{"note":"x"}"#).await;
        assert_eq!(own.summary(), (404, "note.unknown", ""), "{}", own.body);
        let own = send(&space, Method::DELETE, "/notes/70", &heads, "").await;
        assert_eq!(own.summary(), (404, "note.unknown", ""), "{}", own.body);
    }
}

/// One pixel.
const PNG: &str = "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f00\
                   050001ff89993d1d0000000049454e44ae426082";

#[tokio::test]
async fn picture_upload_is_reencoded_and_non_picture_refused() {
    let space = managed().await;
    let pixel = data_encoding::HEXLOWER.decode(PNG.as_bytes()).unwrap();
    let png = ("content-type", "image/png");
    assert_eq!(delete(&space, "/machines/1/picture").await.status, 204);
    for path in ["/people/20/picture", "/machines/1/picture"] {
        assert_eq!(get(&space, path).await.summary(), (404, "picture.unknown", ""));
        let put = send(&space, Method::PUT, path, &[png], pixel.clone()).await;
        assert_eq!(put.status.as_u16(), 204, "{path} {}", put.body);
        for size in ["", "?small=true"] {
            let picture = get(&space, &format!("{path}{size}")).await;
            assert_eq!((picture.status.as_u16(), picture.header("content-type")), (200, "image/jpeg"));
            assert!(picture.bytes.starts_with(&[0xff, 0xd8]) && picture.header("cache-control") == "no-store");
        }
        assert_eq!(get(&space, &format!("{path}?small=maybe")).await.summary(), (422, "request.invalid", "small"));
        let none = send(&space, Method::PUT, path, &[png], "<svg/>").await;
        assert_eq!(none.summary(), (422, "picture.none", "picture"));
        let nothing = send(&space, Method::PUT, path, &[png], "").await;
        assert_eq!(nothing.summary(), (422, "picture.nothing", "picture"));
        for kind in [("content-type", "image/svg+xml"), ("content-type", "application/json"), ("accept", "*/*")] {
            let other = send(&space, Method::PUT, path, &[kind], pixel.clone()).await;
            assert_eq!(other.summary(), (415, "request.other-kind", ""), "{kind:?}");
        }
        assert_eq!(get(&space, path).await.status.as_u16(), 200, "what was refused took nothing away");
        assert_eq!(delete(&space, path).await.status.as_u16(), 204);
        assert_eq!(get(&space, path).await.summary(), (404, "picture.unknown", ""));
    }
    let heavy = send(&space, Method::PUT, "/people/20/picture", &[png], vec![0; 20 * 1024 * 1024 + 1]).await;
    assert_eq!(heavy.summary(), (413, "request.too-large", ""));
    let large = send(&space, Method::PUT, "/people/20/picture", &[png], vec![0; 19 * 1024 * 1024]).await;
    assert_eq!(large.summary(), (422, "picture.none", "picture"), "larger than anything else may be");
}

#[tokio::test]
async fn import_is_previewed_applied_once_and_exported() {
    let space = managed().await;
    let csv = ("content-type", "text/csv; charset=utf-8");
    let list = "Wer,Wohin\nNina,nina@example.org\nNora,nowhere\n";
    let entries = space.entries().await;
    let uploaded = send(&space, Method::POST, "/imports", &[csv], list).await;
    assert_eq!(uploaded.body["sum"]["faulty"], 2, "{}", uploaded.body);
    let at = format!("/imports/{}", uploaded.body["list"].as_str().unwrap());
    let columns = |columns: Value| {
        let (space, path) = (&space, format!("{at}/columns"));
        async move { send(space, Method::PUT, &path, &[JSON], json!({ "columns": columns }).to_string()).await }
    };
    assert_eq!(columns(json!(["email", "email"])).await.summary(), (422, "import.columns-twice", ""));
    assert_eq!(columns(json!(["name", "colour"])).await.summary(), (422, "request.invalid", "columns[1]"));
    let read = columns(json!(["name", "email"])).await;
    assert_eq!((&read.body["sum"]["added"], &read.body["sum"]["faulty"]), (&json!(1), &json!(1)), "{}", read.body);
    assert_eq!((&read.body["lines"][0]["number"], &read.body["lines"][0]["actions"]), (&json!(3), &json!([])));
    assert_eq!(space.entries().await, entries, "nothing was changed yet");
    let faulty = get(&space, &format!("{at}?only_faulty=true")).await;
    assert_eq!(faulty.body["lines"].as_array().unwrap().len(), 1);

    let apply = |visible: &Value| {
        let (space, path, visible) = (&space, format!("{at}/apply"), json!({ "digest": visible }));
        async move { post(space, &path, visible).await }
    };
    let unread = apply(&uploaded.body["digest"]).await;
    assert_eq!(unread.summary(), (409, "import.changed", ""), "it was read otherwise then");
    assert_eq!(space.entries().await, entries);
    assert_eq!(faulty.body["digest"], read.body["digest"], "on every page");
    let done = apply(&read.body["digest"]).await;
    assert_eq!((done.status.as_u16(), &done.body["added"]), (200, &json!(1)), "{}", done.body);
    assert_eq!(apply(&read.body["digest"]).await.summary().1, "import.applied");
    assert_eq!(get(&space, "/imports/..").await.summary().0, 404);
    let again = send(&space, Method::POST, "/imports", &[csv], "name,email\nNina,nina@example.org\n").await;
    assert_eq!(again.body["sum"]["unchanged"], 1, "{}", again.body);

    for (body, reported) in [
        (vec![], (422, "import.empty", "body")),
        (vec![0xff, 0x00, 0x01], (422, "import.not-text", "body")),
        (vec![b'x'; 4_000_001], (413, "request.too-large", "")),
    ] {
        assert_eq!(send(&space, Method::POST, "/imports", &[csv], body).await.summary(), reported);
    }
    let json = send(&space, Method::POST, "/imports", &[JSON], "{}").await;
    assert_eq!(json.summary(), (415, "request.other-kind", ""));

    let out = send(&space, Method::POST, "/exports/people", &[], "").await;
    let heads = ["content-type", "content-disposition"].map(|name| out.header(name));
    assert_eq!(heads, ["text/csv; charset=utf-8", "attachment; filename=\"people.csv\""]);
    assert!(String::from_utf8_lossy(&out.bytes).contains("Nina,nina@example.org"));
    let back = send(&space, Method::POST, "/imports", &[csv], out.bytes).await;
    assert_eq!(
        (&back.body["sum"]["added"], &back.body["sum"]["changed"]),
        (&json!(0), &json!(0)),
        "{}",
        back.body
    );
}

#[tokio::test] // A3
async fn second_decision_names_first_decider_and_first_can_be_undone() {
    let space = managed().await;
    let waits = get(&space, "/inbox?limit=1").await;
    assert!(waits.items().len() == 1 && waits.header("link").contains("rel=\"next\""));
    let say = |id: i64, verdict: &'static str| {
        post(&space, "/inbox/decide", json!({ "matter": "applicant", "id": id, "verdict": verdict }))
    };
    let (one, other) = tokio::join!(say(25, "approve"), say(25, "reject"));
    let (first, second) = if one.status == 200 { (one, other) } else { (other, one) };
    assert_eq!((first.status.as_u16(), second.summary()), (200, (409, "inbox.decided", "")), "{}", second.body);
    assert!(second.body["detail"].as_str().unwrap().contains("Person 7"), "{}", second.body);
    let back = post(&space, "/inbox/take-back", json!({ "matter": "applicant", "id": 25 })).await;
    assert_eq!((back.status.as_u16(), &back.body["verdict"]), (200, &Value::Null), "{}", back.body);
    assert_eq!(get(&space, "/people/25").await.body["status"], "applicant");
    for (body, reported) in [
        (json!({ "matter": "hold", "id": 1, "verdict": "approve" }), (422, "inbox.no-such-verdict", "")),
        (json!({ "matter": "applicant", "id": 999, "verdict": "approve" }), (404, "person.unknown", "")),
        (json!({ "matter": "dog", "id": 1, "verdict": "approve" }), (422, "request.invalid", "matter")),
    ] {
        assert_eq!(post(&space, "/inbox/decide", body.clone()).await.summary(), reported, "{body}");
    }
}

#[tokio::test]
async fn people_of_a_type_list_bans_and_counts() {
    let space = managed().await;
    let counts = async || {
        let types = get(&space, "/types").await;
        let laser = types.items().iter().find(|one| one["id"] == 3).unwrap().clone();
        [&laser["users"], &laser["trainers"], &laser["banned"]].map(|count| count.as_i64().unwrap())
    };
    let [users, trainers, banned] = counts().await;
    sql(
        &space,
        "INSERT INTO person (id, status, created_at) VALUES (1000, 'active', 0), (1001, 'active', 0);
         INSERT INTO qualification (person_id, type_id, machine_id, relation, kind, effective_from, cause, recorded_at)
         VALUES (1000, 3, NULL, 'trainer', 'granted', 0, 'setup', 0), (1000, NULL, 1, 'user', 'banned', 0, 'setup', 0),
                (1001, 3, NULL, 'user', 'banned', 0, 'setup', 0)",
    )
    .await;
    assert_eq!(counts().await, [users + 1, trainers + 1, banned + 2]);
    let listed = async || {
        let page = get(&space, "/types/3/people?limit=50").await;
        let found = page.items().iter().filter(|one| one["person"].as_i64() >= Some(1_000));
        found.map(|one| ["status", "relation", "banned_on"].map(|field| one[field].clone())).collect::<Vec<_>>()
    };
    let first = [json!("active"), json!("trainer"), json!(["machine:1"])];
    assert_eq!(listed().await, [first, [json!("active"), Value::Null, json!(["type:3"])]]);
    sql(&space, "UPDATE person SET status = 'left', left_at = 1 WHERE id >= 1000").await;
    assert_eq!(counts().await, [users, trainers, banned], "whoever has left is none of them");
    assert_eq!(listed().await[0][0], "left", "and is listed as such");
}

#[tokio::test]
async fn people_of_a_type_are_paged_completely() {
    let space = managed().await;
    let mut conn = space.raw().await;
    let many = "WITH RECURSIVE n(id) AS (VALUES (1000) UNION ALL SELECT id + 1 FROM n WHERE id < 1249)
                INSERT INTO person (id, status, created_at) SELECT id, 'active', 0 FROM n";
    sqlx::query(many).execute(&mut conn).await.unwrap();
    let qualified =
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
                     SELECT id, 1, 'user', 'granted', 0, 'setup', 0 FROM person WHERE id >= 1000 AND id % 3 <> 2";
    sqlx::query(qualified).execute(&mut conn).await.unwrap();
    // Two of three on the type, two of three on a machine of it, and so one on both.
    let machine = "INSERT INTO machine (id, number, type_id, name) VALUES (900, 900, 1, 'Bench')";
    sqlx::query(machine).execute(&mut conn).await.unwrap();
    let qualified =
        "INSERT INTO qualification (person_id, machine_id, relation, kind, effective_from, cause, recorded_at)
                     SELECT id, 900, 'user', 'granted', 0, 'setup', 0 FROM person WHERE id >= 1000 AND id % 3 <> 0";
    sqlx::query(qualified).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let (mut found, mut path) = (Vec::new(), "/types/1/people".to_owned());
    loop {
        let page = get(&space, &path).await;
        assert_eq!(page.status, 200);
        found.extend(page.items().iter().map(|one| one["person"].as_i64().unwrap()).filter(|id| *id >= 1_000));
        let Some(next) = page.body["next"].as_str() else { break };
        path = format!("/types/1/people?after={next}");
    }
    assert_eq!(found, (1_000..1_250).collect::<Vec<_>>());
}
