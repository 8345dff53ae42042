//! Bookings through the API: one time for fifty people, all reasons at once, and the lifecycle of a booking.

use crate::roles::{Space, token};
use axum::{
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode, header},
};
use domain::{
    time::{Date, HOUR, Millis, Moment},
    zone::to_rfc3339,
};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};
use tower::ServiceExt;

/// The member (3) and fifty others may use the laser; the trainer (4) offers any time of two days from now.
const MORE: &str = "
    WITH RECURSIVE n(i) AS (SELECT 128 UNION ALL SELECT i + 1 FROM n WHERE i < 177)
        INSERT INTO person (id, status, created_at) SELECT i, 'active', 0 FROM n;
    INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
        SELECT id, 1, 'user', 'granted', 0, 'setup', 0 FROM person WHERE id >= 128;
    INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
        VALUES (3, 3, 'user', 'granted', 0, 'setup', 0);
    INSERT INTO availability_rule (person_id, day, from_min, to_min, length, buffer)
        VALUES (4, unixepoch() / 86400 + 2, 600, 660, 60, 0);";
const USERS: &str = "
    INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
        SELECT id, 3, 'user', 'granted', 0, 'setup', 0 FROM person WHERE id >= 128;";

/// Ten o'clock of the day after tomorrow, plus this many hours.
#[expect(clippy::disallowed_methods, reason = "the server under test goes by the system’s clock")]
fn at(hours: u32) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let today = Moment { at: Millis(now.try_into().unwrap()), offset: 0 }.wall().date;
    let day = Millis(Date::from_days(today.days() + 2).days() * 86_400_000);
    to_rfc3339(day.after(HOUR * (10 + hours))).unwrap()
}

struct Answer {
    status: StatusCode,
    etag: Option<String>,
    body: Value,
}

impl Answer {
    fn summary(&self) -> (u16, &str) {
        (self.status.as_u16(), self.body["code"].as_str().unwrap_or_default())
    }

    /// Messages at that field.
    fn at(&self, field: &str) -> Vec<&str> {
        let errors = self.body["errors"].as_array().unwrap().iter();
        errors.filter(|error| error["field"] == field).filter_map(|error| error["message"].as_str()).collect()
    }
}

fn request(method: Method, path: &str, body: Option<&Value>) -> Request<Body> {
    let request = Request::builder().method(method).uri(format!("/api/v1{path}"));
    let request = if body.is_some() { request.header("content-type", "application/json") } else { request };
    request.body(body.map(Value::to_string).unwrap_or_default().into()).unwrap()
}

async fn read(answer: axum::response::Response) -> Answer {
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
    let etag = parts.headers.get(header::ETAG).map(|tag| tag.to_str().unwrap().to_owned());
    Answer { status: parts.status, etag, body }
}

async fn ask(space: &Space, method: Method, path: &str, body: Option<&Value>) -> Answer {
    read(space.send(request(method, path, body)).await).await
}

/// Fifty people, each with their own session, send the same at once.
async fn fifty(space: &Space, path: &'static str, body: &Value) -> Vec<Answer> {
    let mut conn = space.raw().await;
    let mut asking = tokio::task::JoinSet::new();
    for person in 128_u8..178 {
        let (cookie, hash) = token(char::from(person));
        sqlx::query(
            "INSERT INTO session (hash, person_id, created_at, seen_at, expires_at, device)
             VALUES (?, ?, unixepoch() * 1000, unixepoch() * 1000, (unixepoch() + 3600) * 1000, 'a test')",
        )
        .bind(hash.as_slice())
        .bind(i64::from(person))
        .execute(&mut conn)
        .await
        .unwrap();
        let mut sent = request(Method::POST, path, Some(body));
        sent.headers_mut().insert(header::COOKIE, format!("session={cookie}").parse().unwrap());
        let router = space.router.clone();
        asking.spawn(async move { read(router.oneshot(sent).await.unwrap()).await });
    }
    asking.join_all().await
}

fn codes(answers: &[Answer], status: u16) -> Vec<&str> {
    answers.iter().filter(|answer| answer.status == status).map(|answer| answer.summary().1).collect()
}

// A1
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_concurrent_bookings_of_one_time_yield_one_201() {
    let space = Space::open_with('m', Some(3), format!("{MORE}{USERS}")).await;
    let body = json!({ "resource": "machine:1", "start": at(0), "end": at(1) });
    let answers = fifty(&space, "/bookings", &body).await;
    let made: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert_eq!((made.len(), &made[0].body["state"]), (1, &json!("approved")));
    assert_eq!(made[0].body["href"], json!("/api/v1/bookings/1"));
    assert_eq!(codes(&answers, 409), ["booking.taken"; 49]);
    let lost = answers.iter().find(|answer| answer.status == 409).unwrap();
    assert!(lost.body["detail"].as_str().unwrap().contains("10:00–11:00"), "it names the time: {}", lost.body);
    assert_eq!(lost.at("alternatives").len(), 3);
}

#[tokio::test]
async fn repeated_booking_with_same_key_gets_first_response() {
    let more =
        "INSERT INTO setting (scope, scope_id, key, value) VALUES ('machine', 1, 'booking.mode', 'moderated');";
    let space = Space::open_with('m', Some(3), format!("{MORE}{more}")).await;
    space.reset().await;
    let body = json!({ "resource": "machine:1", "start": at(0), "end": at(1) });
    let post = async || {
        let mut sent = request(Method::POST, "/bookings", Some(&body));
        sent.headers_mut().insert("idempotency-key", "once".parse().unwrap());
        read(space.send(sent).await).await
    };
    let first = post().await;
    assert_eq!((first.status.as_u16(), &first.body["state"]), (201, &json!("pending")));
    // Its later state is read at its own address.
    let called_off = format!("/bookings/{}/cancel", first.body["id"]);
    assert_eq!(ask(&space, Method::POST, &called_off, None).await.status, StatusCode::NO_CONTENT);
    let again = post().await;
    assert_eq!((again.status.as_u16(), &again.body), (201, &first.body));
}

// A1
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_concurrent_requests_for_one_checkout_yield_one_201() {
    let space = Space::open_with('m', Some(3), MORE.to_owned()).await;
    let answers = fifty(&space, "/appointments", &json!({ "type": 3, "trainer": 4, "starts": at(0) })).await;
    assert_eq!(codes(&answers, 201).len(), 1, "{:?}", answers[0].body);
    assert_eq!(codes(&answers, 409), ["checkout.taken"; 49]);
}

#[tokio::test]
async fn invalid_booking_reports_all_errors_and_valid_one_is_placed() {
    let space = Space::open_with('m', Some(3), MORE.to_owned()).await;
    space.reset().await;
    let wrong = json!({ "resource": "machine:1", "start": "2020-01-01T10:07:00Z", "end": "2020-01-03T10:00:00Z" });
    let refused = ask(&space, Method::POST, "/bookings", Some(&wrong)).await;
    assert_eq!(refused.summary(), (422, "booking.refused"));
    assert_eq!((refused.at("start").len(), refused.at("end").len()), (2, 1), "{}", refused.body);
    let garbage = json!({ "resource": "tree", "start": "soon", "end": "" });
    let refused = ask(&space, Method::POST, "/bookings", Some(&garbage)).await;
    assert_eq!(
        (refused.summary(), refused.body["errors"].as_array().unwrap().len()),
        ((422, "booking.invalid"), 3)
    );

    let two = json!({ "resource": "machine:1", "start": at(0), "end": at(1), "person": "me", "group": 1 });
    let refused = ask(&space, Method::POST, "/bookings", Some(&two)).await;
    assert_eq!(refused.summary(), (422, "booking.invalid"));
    assert_eq!(refused.at("group"), ["Book for a person or for a group, not for both."]);

    let times = |from, to| json!({ "resource": "machine:1", "start": at(from), "end": at(to) });
    let made = ask(&space, Method::POST, "/bookings", Some(&times(0, 1))).await;
    assert_eq!((made.status.as_u16(), &made.body["id"]), (201, &json!(1)));
    let row = ask(&space, Method::GET, "/bookings/1", None).await;
    assert_eq!((&row.body["person"], &row.body["actions"]), (&json!(3), &json!(["move", "cancel"])));
    assert_eq!((&row.body["start"], row.etag.as_deref()), (&json!(at(0)), Some("\"1\"")));

    let to = json!({ "start": at(1), "end": at(3) });
    let unseen = ask(&space, Method::POST, "/bookings/1/move", Some(&to)).await;
    assert_eq!(unseen.status, 428, "{}", unseen.body);
    let moved = async |seen: &'static str| {
        let mut sent = request(Method::POST, "/bookings/1/move", Some(&to));
        sent.headers_mut().insert(header::IF_MATCH, seen.parse().unwrap());
        read(space.send(sent).await).await
    };
    assert_eq!(moved("\"1\"").await.status, 204);
    let stale = moved("\"1\"").await;
    assert_eq!(stale.summary(), (409, "version.stale"), "A14");
    assert_eq!(stale.body["saved"]["version"], json!(2));

    let path = format!("/availability?resource=machine:1&from={}&to={}", at(0), at(4));
    let free = ask(&space, Method::GET, &path, None).await;
    let pieces = free.body["pieces"].as_array().unwrap();
    let obstacles: Vec<_> = pieces.iter().map(|piece| piece["obstacle"].as_str()).collect();
    assert_eq!(obstacles, [None, Some("booking"), None], "{}", free.body);
    assert_eq!((&pieces[1]["start"], &pieces[1]["end"]), (&json!(at(1)), &json!(at(3))));

    let listed = ask(&space, Method::GET, "/bookings?resource=machine:1&person=me", None).await;
    assert_eq!(
        listed.body["items"].as_array().or(listed.body["data"].as_array()).map(Vec::len),
        Some(1),
        "{}",
        listed.body
    );
    assert_eq!(ask(&space, Method::POST, "/bookings/1/check-in", None).await.summary(), (409, "booking.not-now"));
    let cancel = async |note: &str| {
        let note = json!({ "note": note });
        ask(&space, Method::POST, "/bookings/1/cancel", Some(&note)).await
    };
    assert_eq!(cancel(&"x".repeat(501)).await.summary(), (422, "booking.invalid"));
    let mut sent = request(Method::POST, "/bookings/1/cancel", None);
    sent.headers_mut().insert(header::IF_MATCH, "\"1\"".parse().unwrap());
    assert_eq!(read(space.send(sent).await).await.summary(), (409, "version.stale"), "it was moved since");
    assert_eq!(cancel("The lens is being replaced.").await.status, 204);
    let cancelled = ask(&space, Method::GET, "/bookings/1", None).await.body;
    assert_eq!(
        (&cancelled["state"], &cancelled["note"]),
        (&json!("cancelled"), &json!("The lens is being replaced."))
    );
    assert_eq!(ask(&space, Method::POST, "/bookings/1/cancel", None).await.summary(), (409, "booking.decided"));
}

// A6
#[tokio::test]
async fn calendar_feed_is_readable_by_address_until_renewed() {
    let space = Space::open_with('m', Some(3), MORE.to_owned()).await;
    space.reset().await;
    let times = json!({ "resource": "machine:1", "start": at(0), "end": at(1) });
    assert_eq!(ask(&space, Method::POST, "/bookings", Some(&times)).await.status, 201);
    let made = ask(&space, Method::POST, "/calendars", Some(&json!({ "show": "mine" }))).await;
    let link = made.body["link"].as_str().unwrap().to_owned();
    assert!(made.status == 201 && link.starts_with("/calendar/"), "{}", made.body);
    let list = ask(&space, Method::GET, "/calendars", None).await.body;
    assert_eq!((&list["items"][0]["show"], &list["items"][0]["read"]), (&json!("mine"), &Value::Null));
    assert!(!list.to_string().contains(&link), "not to be had again");

    // Without a session.
    let get = async |path: &str, known: Option<&str>| {
        let requested = Request::builder().uri(path);
        let requested =
            if let Some(tag) = known { requested.header(header::IF_NONE_MATCH, tag) } else { requested };
        space.router.clone().oneshot(requested.body(Body::empty()).unwrap()).await.unwrap()
    };
    let answer = get(&link, None).await;
    let head = |name| answer.headers()[name].to_str().unwrap();
    assert_eq!((answer.status().as_u16(), head(header::CONTENT_TYPE)), (200, "text/calendar; charset=utf-8"));
    assert_eq!(head(header::CACHE_CONTROL), "private, max-age=300");
    let tag = head(header::ETAG).to_owned();
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    assert!(
        body.starts_with(b"BEGIN:VCALENDAR\r\n") && body.ends_with(b"END:VEVENT\r\nEND:VCALENDAR\r\n"),
        "{body:?}"
    );
    let same = get(&link, Some(&tag)).await;
    assert_eq!((same.status().as_u16(), same.headers()[header::ETAG].to_str().unwrap()), (304, tag.as_str()));
    assert_eq!(ask(&space, Method::POST, "/bookings/1/cancel", None).await.status, 204);
    assert_eq!(get(&link, Some(&tag)).await.status(), 200, "it changed");
    let revoked = ask(&space, Method::DELETE, "/calendars/1", None).await;
    assert_eq!(revoked.status, 204, "{}", revoked.body);
    for none in [link.as_str(), link.trim_end_matches(".ics"), "/calendar/.ics", "/calendar/x.ics"] {
        let answer = get(none, None).await;
        assert_eq!(answer.status(), 404, "{none}");
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        assert_eq!(body, "Calendar not found.", "{none}");
    }
}

#[tokio::test]
async fn found_free_time_can_be_booked() {
    let space = Space::open_with('m', Some(3), MORE.to_owned()).await;
    space.reset().await;
    let path = format!("/free-times?of=machine:1&minutes=60&when={}", &at(0)[..10]);
    let found = ask(&space, Method::GET, &path, None).await;
    assert_eq!(found.summary().0, 200, "{}", found.body);
    let laser = &found.body["resources"][0];
    assert_eq!((&laser["resource"], &laser["reason"]), (&json!("machine:1"), &Value::Null));
    let time = &laser["times"][0];
    let body = json!({ "resource": "machine:1", "start": time["start"], "end": time["end"] });
    let booked = ask(&space, Method::POST, "/bookings", Some(&body)).await;
    assert_eq!((booked.status.as_u16(), &booked.body["state"]), (201, &json!("approved")), "{}", booked.body);
    let wrong = ask(&space, Method::GET, "/free-times?of=machine:1&when=never", None).await;
    assert_eq!((wrong.summary(), wrong.at("when").len()), ((422, "request.invalid"), 1), "{}", wrong.body);
}
