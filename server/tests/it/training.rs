//! Training over HTTP: uploads and downloads of videos and captions, forged clients, and trainers' slots.

use crate::roles::Space;
use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, Request, header},
};
use domain::training::captions::CAPTIONS;
use futures::stream;
use serde_json::{Value, json};
use tower::ServiceExt;

/// A module with a draft, for uploading a video.
const DRAFT: &str = "
    INSERT INTO training_module (id, title) VALUES (1, 'Clamping');
    INSERT INTO module_edition (id, module_id, edition) VALUES (1, 1, 1);";
/// Its video of 100 s at `YouTube` with a quiz, required on lasers since ever. A trainer passed the member (3) and
/// another one (20) there. A second module is not published.
const REQUIRED: &str = "
    INSERT INTO training_module (id, title) VALUES (1, 'Clamping'), (2, 'Draft');
    INSERT INTO module_edition (id, module_id, edition, youtube, length_ms, has_quiz, published_at) VALUES
        (1, 1, 1, 'dQw4w9WgXcQ', 100000, 1, 1), (2, 2, 1, 'dQw4w9WgXcQ', 100000, 0, NULL);
    INSERT INTO quiz_question (id, module_id, position, kind, ask) VALUES (1, 1, 1, 'single', 'What holds it?');
    INSERT INTO quiz_answer (question_id, position, words, is_right) VALUES (1, 1, 'A vice', 1), (1, 2, 'A hand', 0);
    INSERT INTO training_requirement (type_id, module_id, threshold) VALUES (3, 1, 90);
    INSERT INTO training_progress (person_id, edition_id, percent, seen_at) VALUES (20, 1, 40, 1);
    INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
        VALUES (3, 3, 'user', 'granted', 0, 'trainer', 0);";
const WEBVTT: &str = "WEBVTT\n\n00:01.000 --> 00:04.000\nHold it tight";

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn head(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Status and code of a refusal.
    fn summary(&self) -> (u16, String) {
        (self.status, self.json()["code"].as_str().unwrap_or_default().to_owned())
    }
}

async fn ask(space: &Space, request: Request<Body>) -> Answer {
    let (parts, body) = space.send(request).await.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}

async fn get(space: &Space, path: &str, heads: &[(header::HeaderName, &str)]) -> Answer {
    let request = heads.iter().fold(Request::get(path), |request, (name, value)| request.header(name, *value));
    ask(space, request.body(Body::empty()).unwrap()).await
}

/// A form whose file comes in these pieces; a missing one breaks the connection.
async fn send(space: &Space, path: &str, part: &str, name: &str, pieces: Vec<Option<Vec<u8>>>) -> Answer {
    let head = format!(
        "--x1\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"{name}\"\r\nContent-Type: video/webm\r\n\r\n"
    );
    let mut all = vec![Some(head.into_bytes())];
    all.extend(pieces);
    all.push(Some(b"\r\n--x1--\r\n".to_vec()));
    let body = stream::iter(all.into_iter().map(|piece| piece.ok_or(std::io::Error::other("gone"))));
    let request = Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=x1");
    ask(space, request.body(Body::from_stream(body)).unwrap()).await
}

async fn post(space: &Space, path: &str, body: &Value) -> Answer {
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
    ask(space, request.body(body.to_string().into()).unwrap()).await
}

/// The beginning of a `WebM` of 24.5 seconds, and some more of it.
fn film() -> Vec<u8> {
    let mut film = vec![0x1a, 0x45, 0xdf, 0xa3, 0x87, 0x42, 0x82, 0x84, b'w', b'e', b'b', b'm'];
    film.extend([0x18, 0x53, 0x80, 0x67, 0xff]);
    film.extend([0x15, 0x49, 0xa9, 0x66, 0x8b, 0x44, 0x89, 0x88]);
    film.extend(24_500_f64.to_be_bytes());
    film.extend([0x16, 0x54, 0xae, 0x6b, 0x85, 0xae, 0x83, 0x83, 0x81, 0x01]);
    film.extend([0x1f, 0x43, 0xb6, 0x75, 0xff]);
    film.extend((0..200_000_u32).map(|at| u8::try_from(at % 251).unwrap()));
    film
}

/// Files in the folder of videos.
fn stored_files(space: &Space) -> usize {
    std::fs::read_dir(space.file().parent().unwrap().join("videos")).map_or(0, Iterator::count)
}

async fn number(space: &Space, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(&mut space.raw().await).await.unwrap()
}

async fn managed() -> Space {
    let space = Space::open_with('g', Some(7), DRAFT.to_owned()).await;
    space.reset().await;
    space
}

/// With a published video.
async fn trained_space() -> Space {
    let space = managed().await;
    let sent = send(&space, "/modules/1/upload", "video", "a.webm", vec![Some(film())]).await;
    assert_eq!((sent.status, sent.head(header::LOCATION)), (303, "/modules/1"));
    let published = post(&space, "/api/v1/modules/1/publish", &json!({})).await;
    assert_eq!(published.status, 204, "{:?}", published.body);
    space
}

#[tokio::test]
async fn broken_or_foreign_video_is_refused_and_leaves_no_file() {
    let space = managed().await;
    let half = film().split_off(100_000);
    let picture = b"\x89PNG\r\n\x1a\n".to_vec();
    for (pieces, name) in [
        (vec![Some(film()[..100_000].to_vec()), None], "broken"),
        (vec![Some(half)], "no-film"),
        (vec![Some(picture)], "no-film"),
        (vec![Some(b"<script>alert(1)</script>".to_vec())], "no-film"),
        (vec![], "no-film"),
    ] {
        let answer = send(&space, "/modules/1/upload", "video", "a.webm", pieces).await;
        let back = format!("/modules/1?video={name}");
        assert_eq!((answer.status, answer.head(header::LOCATION)), (303, back.as_str()));
        assert_eq!(stored_files(&space), 0);
    }
    assert_eq!(number(&space, "SELECT count(*) FROM module_edition WHERE file_name IS NOT NULL").await, 0);
    let unknown = send(&space, "/modules/99/upload", "video", "a.webm", vec![Some(film())]).await;
    assert_eq!((unknown.status, stored_files(&space)), (404, 0), "it goes with the module that is none");
}

#[tokio::test]
async fn video_is_served_whole_or_in_ranges() {
    let (space, film) = (trained_space().await, film());
    let whole = get(&space, "/videos/1", &[]).await;
    assert_eq!((whole.status, whole.head(header::CONTENT_TYPE)), (200, "video/webm"));
    assert_eq!(whole.head(header::ACCEPT_RANGES), "bytes");
    assert!(whole.body == film && whole.head(header::CONTENT_LENGTH) == film.len().to_string());
    let tag = whole.head(header::ETAG).to_owned();

    let all = film.len();
    for (range, from, to) in [
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=70000-140000", 70_000, 140_001),
        ("bytes=-500", all - 500, all),
        ("bytes=200000-", 200_000, all),
        ("bytes=0-999999999", 0, all),
    ] {
        let part = get(&space, "/videos/1", &[(header::RANGE, range)]).await;
        let notices = format!("bytes {from}-{}/{all}", to - 1);
        assert_eq!((part.status, part.head(header::CONTENT_RANGE)), (206, notices.as_str()), "{range}");
        assert!(part.body == film[from..to], "{range}");
    }
    let beyond = get(&space, "/videos/1", &[(header::RANGE, "bytes=999999-")]).await;
    assert_eq!((beyond.status, beyond.body.len()), (416, 0));
    assert_eq!(beyond.head(header::CONTENT_RANGE), format!("bytes */{all}"));

    let known = get(&space, "/videos/1", &[(header::IF_NONE_MATCH, tag.as_str())]).await;
    assert_eq!((known.status, known.body.len(), known.head(header::ETAG)), (304, 0, tag.as_str()));
    let range = (header::RANGE, "bytes=0-9");
    let same = get(&space, "/videos/1", &[range.clone(), (header::IF_RANGE, tag.as_str())]).await;
    assert_eq!((same.status, same.body.len()), (206, 10));
    let other = get(&space, "/videos/1", &[range, (header::IF_RANGE, "\"other\"")]).await;
    assert_eq!((other.status, other.body.len()), (200, all), "a part of another film is of no use");

    for request in [Request::get("/videos/1"), Request::get("/videos/1").header(header::RANGE, "bytes=0-9")] {
        let stranger = space.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(stranger.status(), 401);
    }
    assert_eq!(get(&space, "/videos/99", &[]).await.status, 404);
}

#[tokio::test]
async fn captions_are_validated_and_served_to_permitted_viewers() {
    let space = trained_space().await;
    assert_eq!(get(&space, "/videos/1/captions", &[]).await.status, 404, "there are none");
    let at = "/modules/1/captions/upload";
    for (pieces, name) in [
        (vec![Some(WEBVTT.replace("00:04.000", "00:04,000").into_bytes())], "3"),
        (vec![Some(b"1\n00:01,000 --> 00:02,000\nx".to_vec())], "beginning"),
        (vec![Some(b"WEBVTT\n\n00:01.000 --> 00:02.000\n\xff".to_vec())], "no-text"),
        (vec![Some(vec![b'x'; CAPTIONS + 1])], "large"),
        (vec![Some(vec![b'x'; 8 * CAPTIONS])], "large"),
    ] {
        let answer = send(&space, at, "vtt", "a.vtt", pieces).await;
        let back = format!("/modules/1?captions={name}");
        assert_eq!((answer.status, answer.head(header::LOCATION)), (303, back.as_str()));
    }
    let broken = send(&space, at, "vtt", "a.vtt", vec![Some(WEBVTT.into()), None]).await;
    assert_eq!(broken.head(header::LOCATION), "/modules/1?video=broken");
    assert_eq!(number(&space, "SELECT count(*) FROM module_edition").await, 1, "nothing was begun");
    let sent = send(&space, at, "vtt", "a.vtt", vec![Some(WEBVTT.into())]).await;
    assert_eq!((sent.status, sent.head(header::LOCATION)), (303, "/modules/1"));
    assert_eq!(post(&space, "/api/v1/modules/1/publish", &json!({})).await.status, 204);

    let captions = get(&space, "/videos/2/captions", &[]).await;
    assert_eq!((captions.status, captions.head(header::CONTENT_TYPE)), (200, "text/vtt; charset=utf-8"));
    assert_eq!(captions.head(header::CACHE_CONTROL), "private, no-cache");
    assert_eq!(captions.body, WEBVTT);
    assert_eq!(get(&space, "/videos/1/captions", &[]).await.status, 404, "the version before has none");
    let request = Request::get("/videos/2/captions").body(Body::empty()).unwrap();
    assert_eq!(space.router.clone().oneshot(request).await.unwrap().status(), 401);
}

// A5
#[tokio::test]
async fn forged_watch_progress_gains_nothing() {
    let space = Space::open_with('m', Some(3), REQUIRED.to_owned()).await;
    space.reset().await;
    let at = "/api/v1/modules/1/progress";
    let part = |from: u32, to: u32| json!({ "from": from, "to": to });
    let send = async |parts: Vec<Value>| post(&space, at, &json!({ "parts": parts })).await;
    let later = async || {
        sqlx::query("UPDATE watch_clock SET heard_at = heard_at - 5000")
            .execute(&mut space.raw().await)
            .await
            .unwrap();
    };
    assert_eq!(send(vec![]).await.status, 200);
    later().await;
    let fast = send(vec![part(0, 50_000)]).await.json();
    let gained = fast["gained"].as_u64().unwrap();
    assert!((7_500..=20_000).contains(&gained), "ten times the speed: {fast}");
    let percent = async || get(&space, at, &[]).await.json()["percent"].as_u64().unwrap();
    let begun = percent().await;
    assert!(begun <= 20, "{begun}");

    later().await;
    let (one, two) = tokio::join!(send(vec![]), send(vec![]));
    let late = if one.status == 200 { two } else { one };
    assert_eq!(late.summary(), (429, "watching.too-soon".to_owned()), "two tabs at once");
    later().await;
    let twice = send(vec![part(0, 5_000); 20]).await.json();
    assert_eq!(twice["gained"], 0, "what was watched before counts once");
    later().await;
    for (parts, code) in [
        (vec![part(0, 5_000); 65], "watching.too-much"),
        (vec![part(0, 100_000); 4], "watching.too-much"),
        (vec![part(99_000, 101_000)], "watching.outside"),
        (vec![part(9_000, 4_000)], "watching.outside"),
    ] {
        assert_eq!(send(parts).await.summary(), (422, code.to_owned()));
    }
    let other = post(&space, at, &json!({ "edition": 2, "parts": [part(20_000, 25_000)] })).await;
    assert_eq!(other.summary(), (409, "watching.other-edition".to_owned()));
    let negative = post(&space, at, &json!({ "parts": [{ "from": -5, "to": 5_000 }] })).await;
    assert_eq!(negative.status, 422);
    for module in [2, 99] {
        let none = post(&space, &format!("/api/v1/modules/{module}/progress"), &json!({ "parts": [] })).await;
        assert_eq!(none.summary(), (404, "module.unknown".to_owned()));
    }
    assert_eq!(percent().await, begun, "refused reports change nothing");
    assert_eq!(number(&space, "SELECT percent FROM training_progress WHERE person_id = 20").await, 40);

    let form = Request::post("/api/training/begin-quiz").header(header::ACCEPT, "application/json");
    let form = form.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let quiz = ask(&space, form.body("module=1".into()).unwrap()).await;
    assert_eq!(quiz.status, 409);
    let may = async || get(&space, "/api/v1/access?person=me&machine=1", &[]).await.json();
    let refused = may().await;
    assert_eq!((&refused["allowed"], &refused["reasons"][0]["code"]), (&json!(false), &json!("training.missing")));

    // Watching all of it again gains no more.
    sqlx::query(
        "UPDATE training_progress SET percent = 100, spans = '[[0,100000]]', passed_at = 1 WHERE person_id = 3",
    )
    .execute(&mut space.raw().await)
    .await
    .unwrap();
    let after = may().await;
    let codes: Vec<_> = after["reasons"].as_array().unwrap().iter().map(|reason| &reason["code"]).collect();
    assert!(!codes.contains(&&json!("training.missing")), "{after}");
    later().await;
    let after = post(&space, at, &json!({ "edition": 1, "parts": [part(0, 7_000)], "place": 7_000 })).await.json();
    assert_eq!((&after["gained"], &after["percent"], &after["edition"]), (&json!(0), &json!(100), &json!(1)));
}

#[tokio::test]
async fn checkout_slots_are_paged_in_order_with_trainer_names() {
    let more = "
        INSERT INTO availability_rule (person_id, day, from_min, to_min, length, buffer)
            VALUES (4, unixepoch() / 86400 + 2, 600, 690, 30, 15);";
    let space = Space::open_with('m', Some(3), more.to_owned()).await;
    space.reset().await;
    let page = get(&space, "/api/v1/checkout-slots?type=3&limit=1", &[]).await.json();
    let [first] = page["items"].as_array().unwrap().as_slice() else { panic!("{page}") };
    assert_eq!((&first["trainer"], &first["trainer_name"]), (&json!(4), &json!("Person 4")));
    let [starts, ends] = ["starts", "ends"].map(|field| first[field].as_str().unwrap().to_owned());
    assert!(starts[10..].starts_with("T10:00:00") && ends[10..].starts_with("T10:30:00"), "{first}");
    assert_eq!(first.as_object().unwrap().len(), 4, "{first}");
    let next = page["next"].as_str().unwrap_or_else(|| panic!("{page}"));
    let rest = get(&space, &format!("/api/v1/checkout-slots?type=3&after={next}"), &[]).await.json();
    let [second] = rest["items"].as_array().unwrap().as_slice() else { panic!("{rest}") };
    assert!(second["starts"].as_str().unwrap()[10..].starts_with("T10:45:00"), "after the pause: {rest}");
    assert_eq!(rest["next"], Value::Null);
}
