//! The API permission matrix: every operation of its description, sent by every role and with tokens of every
//! scope (A7), with no secrets in any answer (A6). An operation missing from the table fails the test.

use crate::api_rows::{ROWS, Row};
use crate::roles::{ROLES, Space};
use api::{
    DOCUMENT,
    operation::{Operation, ROOT},
    operations,
};
use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
    response::Response,
};
use domain::tokens::Scope;
use sha2::{Digest, Sha256};
use sqlx::Connection;
use std::collections::BTreeSet;

/// 32 bytes of 7, as in a token.
const TOKEN: &str = "tg_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";

fn operation(id: &str) -> Operation {
    operations().into_iter().find(|operation| operation.id == id).unwrap()
}

fn request(row: &Row, token: bool) -> Request<Body> {
    let (id, path, body, _) = row;
    let operation = operation(id);
    let kind = operation.file.first().copied().unwrap_or("application/json");
    let mut request = Request::builder().method(operation.method).uri(format!("{ROOT}{path}"));
    if !body.is_empty() {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    if operation.versioned {
        request = request.header(header::IF_MATCH, seen(id));
    }
    if token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {TOKEN}"));
    }
    request.body(Body::from(*body)).unwrap()
}

/// The version that was seen: the first one, or none of what has not been set yet.
fn seen(id: &str) -> &'static str {
    let unsaid =
        ["saveOpeningHours", "saveOpeningDay", "clearOpeningDay", "saySetting", "clearSetting"].contains(&id);
    if unsaid { "\"0\"" } else { "\"1\"" }
}

/// Sends a request and returns the letter of the answer.
async fn ask(space: &Space, row: &Row) -> char {
    space.reset().await;
    let before = space.entries().await;
    let answer = space.send(request(row, false)).await;
    let (status, body) = read(answer).await;
    look_for_secrets(space, row, &body);
    // Exporting another person's data is audited.
    if !operation(row.0).writes() && row.0 != "readData" {
        assert_eq!(space.entries().await, before, "{} changed something for {}", row.0, space.role);
    }
    letter(status).unwrap_or_else(|| panic!("{} answers {status} to {}: {body}", row.0, space.role))
}

async fn read(answer: Response) -> (StatusCode, String) {
    let status = answer.status();
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    // A picture is no text.
    (status, String::from_utf8_lossy(&body).into_owned())
}

fn look_for_secrets(space: &Space, (id, path, ..): &Row, body: &str) {
    let role = space.role;
    // The card export contains card numbers, for administrators.
    let numbers = *id == "exportCards" && role == 'a';
    for secret in space.secrets.iter().filter(|secret| !numbers || !secret.starts_with("c0ffee")) {
        assert!(!body.contains(secret), "a6: {id} shows {role} {secret} in {body}");
    }
    // People who may see people may see their contact details.
    let visible = path.starts_with("/people") || path.starts_with("/exports");
    if matches!(role, 'g' | 'u' | 'a') && visible {
        return;
    }
    for (at, _) in body.match_indices("mail-") {
        let whose: String = body[at + 5..].chars().take_while(char::is_ascii_digit).collect();
        assert_eq!(
            space.person().map(|own| own.to_string()),
            Some(whose),
            "a6: {id} shows {role} an address: {body}"
        );
    }
}

/// One letter for each status; `None` for an unexpected one.
fn letter(status: StatusCode) -> Option<char> {
    Some(match status.as_u16() {
        200 | 201 | 204 => '+',
        401 => 'S',
        403 => 'F',
        404 => 'N',
        409 => 'C',
        422 => 'I',
        428 => 'M',
        _ => return None,
    })
}

#[test]
fn served_operations_are_all_in_matrix_and_openapi() {
    let listed: BTreeSet<&str> = ROWS.iter().map(|(id, ..)| *id).collect();
    let served: BTreeSet<&str> = operations().iter().map(|operation| operation.id).collect();
    let missing: Vec<_> = served.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&served).collect();
    assert!(missing.is_empty() && gone.is_empty(), "not in the table: {missing:#?}\nonly in the table: {gone:#?}");
    let paths = DOCUMENT["paths"].as_object().unwrap().values();
    let described: BTreeSet<&str> = paths
        .flat_map(|item| item.as_object().unwrap().values())
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    assert_eq!(described, served);
    assert_eq!(served.len(), operations().len(), "each name stands for one operation");
}

// A7
#[tokio::test]
async fn each_role_gets_exactly_its_permissions() {
    let mut columns = Vec::new();
    for (role, person) in ROLES {
        let mut column = Vec::new();
        // Anonymous callers may send a hundred requests at once.
        for rows in ROWS.chunks(90) {
            let space = Space::open(role, person).await;
            for row in rows {
                column.push(ask(&space, row).await);
            }
        }
        columns.push(column);
    }
    let mut wrong = Vec::new();
    for (at, (id, path, _, expected)) in ROWS.iter().enumerate() {
        let got: String = columns.iter().map(|column| column[at]).collect();
        if got != *expected {
            wrong.push(format!("{id} {path}\n  expected {expected}\n  got      {got}"));
        }
    }
    let heading: String = ROLES.iter().map(|(letter, _)| letter).collect();
    assert!(wrong.is_empty(), "           {heading}\n{}", wrong.join("\n"));
}

/// Sets the space's only token, of its person, with `scopes`.
async fn only_token(space: &Space, scopes: &[Scope]) {
    let mut conn = space.raw().await;
    sqlx::raw_sql("DELETE FROM api_token").execute(&mut conn).await.unwrap();
    sqlx::query("INSERT INTO api_token (hash, person_id, name, scopes, created_at) VALUES (?, ?, 'test', ?, 0)")
        .bind(Sha256::digest([7; 32]).as_slice())
        .bind(space.person().unwrap())
        .bind(domain::tokens::join(scopes))
        .execute(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
}

// A7
/// Every operation for a manager and an administrator, by their column.
#[tokio::test]
async fn token_allows_intersection_of_scopes_and_owner_permissions() {
    for (role, person) in ROLES.into_iter().filter(|(role, _)| matches!(role, 'm' | 'g' | 'a')) {
        let at = ROLES.iter().position(|(letter, _)| *letter == role).unwrap();
        // A person may send five hundred requests at once; each row sends two.
        for rows in ROWS.chunks(200) {
            let mut space = Space::open(role, person).await;
            space.cookie = None;
            for row in rows {
                let (scope, expected) = (operation(row.0).scope, row.3.chars().nth(at).unwrap());
                let others: Vec<_> = Scope::ALL.iter().copied().filter(|&other| Some(other) != scope).collect();
                if scope.is_some() {
                    space.reset().await;
                    only_token(&space, &others).await;
                    let (status, body) = read(space.send(request(row, true)).await).await;
                    assert!(status == 403 && body.contains("token.scope"), "{} with {others:?}: {body}", row.0);
                }
                space.reset().await;
                only_token(&space, &scope.map_or_else(|| vec![Scope::PeopleRead], |scope| vec![scope])).await;
                let (status, body) = read(space.send(request(row, true)).await).await;
                look_for_secrets(&space, row, &body);
                assert_eq!(letter(status), Some(expected), "{} of {role} with {scope:?}: {body}", row.0);
            }
        }
    }
}

/// A request that cannot be executed, whatever the caller may do.
struct Unreadable {
    what: &'static str,
    path: String,
    body: Option<&'static str>,
    headers: Vec<(header::HeaderName, String)>,
}

/// Every way in which a request of this row can be wrong: its path, its query, its headers and its body.
fn unreadable((id, path, body, _): &Row) -> Vec<Unreadable> {
    let operation = operation(id);
    let json = || (header::CONTENT_TYPE, "application/json".to_owned());
    let version = || operation.versioned.then(|| (header::IF_MATCH, seen(id).to_owned()));
    let key = header::HeaderName::from_static("idempotency-key");
    let usual = || -> Vec<_> { std::iter::once(json()).chain(version()).collect() };
    let right = (!body.is_empty()).then_some(*body);
    let mut all = Vec::new();
    let mut add = |what, path: String, body, headers| all.push(Unreadable { what, path, body, headers });
    let mark = if path.contains('?') { '&' } else { '?' };
    add("an unknown parameter", format!("{path}{mark}bogus=1&limit=none"), right, usual());
    if operation.body.is_some() || !operation.file.is_empty() {
        add("no body", (*path).to_owned(), None, usual());
        add("a broken body", (*path).to_owned(), Some("{"), usual());
        add("a list", (*path).to_owned(), Some("[7]"), usual());
        add("an unknown field", (*path).to_owned(), Some(r#"{"bogus":1}"#), usual());
        add("a value of another kind", (*path).to_owned(), Some(r#"{"name":{},"type":[],"note":7}"#), usual());
        let text = (header::CONTENT_TYPE, "text/plain".to_owned());
        add("text", (*path).to_owned(), Some("soon"), std::iter::once(text).chain(version()).collect());
    }
    add("no version", (*path).to_owned(), right, vec![json()]);
    add("no such version", (*path).to_owned(), right, vec![json(), (header::IF_MATCH, "soon".into())]);
    let long = (key, "x".repeat(1_000));
    add("a long key", (*path).to_owned(), right, usual().into_iter().chain([long]).collect());
    all
}

/// Roles that may do this, but not to what only the query, the body or the key of a setting names: faults are named first.
/// The decisions about a person are visible to trainers and owners as far as they concern their machines.
const DECIDED_LATER: [(&str, &str); 18] = [
    ("banFrom", "ti"),
    ("cancelEvent", "t"),
    ("clearSetting", "og"),
    ("grantQualification", "toig"),
    ("liftBan", "ti"),
    ("listCheckouts", "i"),
    ("listDecisions", "toi"),
    ("listOpeningDays", "o"),
    ("listQualified", "toig"),
    ("readOpeningDay", "o"),
    ("readSetting", "o"),
    ("recordCheckout", "i"),
    ("revokeQualification", "i"),
    ("saveOpeningDay", "o"),
    ("saySetting", "og"),
    ("takeBack", "o"),
    ("takeStep", "i"),
    ("trySetting", "o"),
];

/// The address without its query.
fn place(path: &str) -> Option<&str> {
    path.split('?').next()
}

/// Whether this answer says that the role may not do it, or may not know of it, and not only that it does not exist.
fn is_refused((id, path, ..): &Row, at: usize) -> bool {
    let (role, _) = ROLES[at];
    if DECIDED_LATER.iter().any(|(listed, roles)| listed == id && roles.contains(role)) {
        return false;
    }
    let mut rows = ROWS.iter().filter(|row| row.0 == *id && place(row.1) == place(path));
    rows.all(|(_, _, _, answers)| {
        let is_there = answers.contains(['+', 'C', 'I', 'M']);
        answers.chars().nth(at).is_some_and(|answer| "SF".contains(answer) || (answer == 'N' && is_there))
    })
}

// A7
#[tokio::test]
async fn unreadable_request_without_permission_gets_refusal_without_fields() {
    let (mut wrong, mut sent) = (BTreeSet::new(), 0);
    for (at, (role, person)) in ROLES.into_iter().enumerate() {
        let space = Space::open_unlimited(role, person).await;
        space.reset().await;
        let before = space.entries().await;
        for row in ROWS.iter().filter(|row| is_refused(row, at)) {
            for Unreadable { what, path, body, headers } in unreadable(row) {
                let mut request = Request::builder().method(operation(row.0).method).uri(format!("{ROOT}{path}"));
                for (name, value) in headers {
                    request = request.header(name, value);
                }
                let answer = space.send(request.body(Body::from(body.unwrap_or_default())).unwrap()).await;
                let (status, body) = read(answer).await;
                let errors =
                    serde_json::from_str::<serde_json::Value>(&body).unwrap_or_default()["errors"].clone();
                let expected = row.3.chars().nth(at);
                sent += 1;
                if letter(status) != expected || errors != serde_json::json!([]) {
                    wrong.insert(format!("{} {role} {what}: {status}, not {expected:?}: {body}", row.0));
                }
            }
        }
        assert_eq!(space.entries().await, before, "{role} changed something");
    }
    let operations: BTreeSet<_> = wrong.iter().filter_map(|line| line.split(' ').next()).collect();
    let lines: Vec<_> = wrong.iter().map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} of {sent}, of {operations:?}:\n{}", wrong.len(), lines.join("\n"));
}

#[tokio::test]
async fn visitor_with_malformed_id_is_asked_to_sign_in() {
    let space = Space::open_unlimited('x', None).await;
    let mut wrong = Vec::new();
    for (id, path, _, answers) in ROWS.iter().filter(|row| row.3.starts_with('S')) {
        let named: Vec<_> = path.split('?').next().unwrap_or_default().split('/').collect();
        let malformed = named.iter().map(|part| if part.parse::<i64>().is_ok() { "soon" } else { *part });
        let path = malformed.collect::<Vec<_>>().join("/");
        let request = Request::builder().method(operation(id).method).uri(format!("{ROOT}{path}"));
        let (status, body) = read(space.send(request.body(Body::empty()).unwrap()).await).await;
        if letter(status) != answers.chars().next() {
            wrong.push(format!("{id} {path}: {status} {body}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
