//! Lists of the API, paged while their content changes.

use crate::roles::Space;
use axum::{
    body::{Body, to_bytes},
    http::{Method, Request},
};
use serde_json::Value;
use sqlx::Connection;

/// Pages after which a list counts as endless.
const ENDLESS: usize = 60;

async fn opened(role: char, person: i64, more: &str) -> Space {
    let space = Space::open_with(role, Some(person), more.to_owned()).await;
    space.reset().await;
    space
}

async fn send(space: &Space, method: Method, path: &str) -> Value {
    let request = Request::builder().method(method).uri(format!("/api/v1{path}"));
    let answer = space.send(request.body(Body::empty()).unwrap()).await;
    let status = answer.status();
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    assert!(status.is_success(), "{path}: {status} {body}");
    body
}

async fn sql(space: &Space, sql: &'static str) {
    let mut conn = space.raw().await;
    sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

/// A page of the list at `path`, and the address of the next one.
async fn page(space: &Space, path: &str) -> (Vec<Value>, Option<String>) {
    let mut page = send(space, Method::GET, path).await;
    let Value::Array(items) = page["items"].take() else { panic!("{path}: {page}") };
    let bare = path.split_once("&after=").map_or(path, |(bare, _)| bare);
    (items, page["next"].as_str().map(|next| format!("{bare}&after={next}")))
}

/// All pages from `path` on.
async fn walk(space: &Space, path: &str) -> Vec<Value> {
    let (mut all, mut there) = (Vec::new(), Some(path.to_owned()));
    for _ in 0..ENDLESS {
        let Some(path) = there else { return all };
        let (items, next) = page(space, &path).await;
        all.extend(items);
        there = next;
    }
    panic!("{path} does not end: {} things", all.len());
}

fn ids(items: &[Value]) -> Vec<i64> {
    items.iter().map(|one| one["id"].as_i64().unwrap()).collect()
}

/// Expiring qualifications: of three people on three things, some at the same instant, and with spaces in their
/// names.
const ENDING: &str = "
    INSERT INTO equipment_type (id, name, risk) VALUES (5, 'Laser cutter room 2', 'medium');
    INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, until, cause, recorded_at)
        SELECT p.id, t.id, 'user', 'granted', 0, (unixepoch() + 86400 * t.id) * 1000, 'trainer', 0
          FROM person p JOIN equipment_type t ON t.id IN (3, 4, 5) WHERE p.id IN (3, 21, 24);
    INSERT INTO qualification (person_id, machine_id, relation, kind, effective_from, until, cause, recorded_at)
        SELECT id, 2, 'user', 'granted', 0, (unixepoch() + 86400 * 3) * 1000, 'trainer', 0
          FROM person WHERE id IN (3, 21, 24);";

#[tokio::test]
async fn inbox_pages_list_each_item_once() {
    let space = opened('g', 7, ENDING).await;
    let whole = walk(&space, "/inbox?limit=50").await;
    let on = |name: &str| whole.iter().filter(|one| one["on"] == name).count();
    assert_eq!((on("Laser cutter"), on("Laser cutter room 2")), (3, 3), "{whole:?}");
    for limit in [1, 2, 5, 8] {
        assert_eq!(walk(&space, &format!("/inbox?limit={limit}")).await, whole, "{limit}");
    }
    // Its subject is the same thing, whatever its name.
    let mut path = "/inbox?limit=1".to_owned();
    let seen = loop {
        let (items, next) = page(&space, &path).await;
        path = next.unwrap();
        if items[0]["on"] == "Laser cutter" {
            break items;
        }
    };
    sql(&space, "UPDATE equipment_type SET name = 'Zünd' WHERE id = 3").await;
    let rest = walk(&space, &path).await;
    let at = whole.iter().position(|one| *one == seen[0]).unwrap();
    let named = |one: &Value| (one["matter"].clone(), one["id"].clone(), one["at"].clone());
    assert_eq!(rest.iter().map(named).collect::<Vec<_>>(), whole[at + 1..].iter().map(named).collect::<Vec<_>>());
}

/// Machines 11 to 40, named by their ids.
const MACHINES: &str = "
    WITH RECURSIVE n(id) AS (VALUES (11) UNION ALL SELECT id + 1 FROM n WHERE id < 40)
    INSERT INTO machine (id, type_id, place_id, name) SELECT id, 3, 1, 'A machine ' || id FROM n;";

#[tokio::test]
async fn machine_archived_or_renamed_between_pages_skips_no_other() {
    for change in [
        "UPDATE machine SET archived_at = 0 WHERE id = 20",
        "UPDATE machine SET name = 'Zeta' WHERE id = 20",
        "UPDATE machine SET archived_at = 0 WHERE id BETWEEN 11 AND 20",
    ] {
        let space = opened('g', 7, MACHINES).await;
        let (first, next) = page(&space, "/inventory/machines?limit=10").await;
        assert_eq!(ids(&first), (11..=20).collect::<Vec<_>>());
        sql(&space, change).await;
        let rest = ids(&walk(&space, &next.unwrap()).await);
        let others: Vec<_> = rest.iter().copied().filter(|id| *id > 20).collect();
        assert_eq!(others, (21..=40).collect::<Vec<_>>(), "{change}: {rest:?}");
    }
}

/// Unknown cards 1 to 30, newest first.
const CARDS: &str = "
    WITH RECURSIVE n(id) AS (VALUES (1) UNION ALL SELECT id + 1 FROM n WHERE id < 30)
    INSERT INTO unknown_card (id, uid, machine_id, first_seen, last_seen)
        SELECT id, printf('deadbe%02x', id), 1, 0, (unixepoch() - id) * 1000 FROM n;";

#[tokio::test]
async fn dismissing_a_page_of_cards_skips_no_card() {
    let space = opened('g', 7, CARDS).await;
    let (mut seen, mut there) = (Vec::new(), Some("/unknown-cards?limit=10".to_owned()));
    while let Some(path) = there.filter(|_| seen.len() < 30) {
        let (items, next) = page(&space, &path).await;
        for card in ids(&items) {
            send(&space, Method::POST, &format!("/unknown-cards/{card}/put-aside")).await;
            seen.push(card);
        }
        there = next;
    }
    assert_eq!(seen, (1..=30).collect::<Vec<_>>());
}

/// 60 entries about person 3, the newest 55 of them about notes.
const NOTED: &str = "
    WITH RECURSIVE n(seq) AS (VALUES (1) UNION ALL SELECT seq + 1 FROM n WHERE seq < 60)
    INSERT INTO audit (seq, at, door, action, subject, detail, hash)
        SELECT 1000 + seq, seq, 'web', iif(seq <= 5, 'person.edited', 'note.written'), 'person:3', '{}', zeroblob(32) FROM n;";

#[tokio::test]
async fn own_timeline_pages_past_hidden_notes() {
    for limit in [3, 50] {
        let space = opened('m', 3, NOTED).await;
        let entries = walk(&space, &format!("/people/3/timeline?limit={limit}")).await;
        let actions: Vec<_> = entries.iter().map(|one| one["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["person.edited"; 5], "{limit}");
    }
}
