//! The permission matrix: every page, server function and other route, requested by every role (A7), with no
//! secrets in any answer (A6). A route missing from the table fails the test.

use crate::matrix_rows::{Ask, rows};
use crate::roles::{ROLES, Space};
use app::App;
use axum::{
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode, header},
};
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::generate_route_list;
use server::http::routes;
use std::collections::BTreeSet;

/// Sends a request and returns the letter of the answer.
async fn ask(space: &Space, route: &str, ask: &Ask) -> char {
    space.reset().await;
    let before = space.entries().await;
    let request = match ask {
        Ask::Get(path) => Request::get(*path).body(Body::empty()).unwrap(),
        Ask::Post(body) => Request::post(route)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(*body))
            .unwrap(),
        Ask::Send(path, field, body) => Request::post(*path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=part")
            .body(Body::from(format!(
                "--part\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"file\"\r\n\r\n{body}\r\n--part--\r\n"
            )))
            .unwrap(),
    };
    let answer = space.send(request).await;
    let status = answer.status();
    let text = |name| answer.headers().get(name).cloned();
    let is_page = matches!(ask, Ask::Get(_))
        && text(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let stored = text(header::CACHE_CONTROL);
    let to = answer.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
    if route != "/live" {
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        look_for_secrets(space, route, &String::from_utf8_lossy(&body));
    }
    // What a frame on another site shows is the same for everybody.
    if is_page && !["/events/embed", "/space/embed"].contains(&route) && "mtoigua".contains(space.role) {
        assert_eq!(stored.unwrap(), "no-store", "GET {route}: whoever goes back at a shared computer finds it");
    }
    if matches!(ask, Ask::Get(_)) {
        assert_eq!(space.entries().await, before, "GET {route} changed something for {}", space.role);
    }
    if let (Ask::Send("/import/upload", ..), Some(to)) = (ask, to) {
        let is_kept = to.starts_with("/import?file=");
        assert!(is_kept || to == "/import", "{route} leads {} to {to}", space.role);
        return if is_kept { '+' } else { '>' };
    }
    letter(status).unwrap_or_else(|| panic!("{route} answers {status} to {}", space.role))
}

fn look_for_secrets(space: &Space, route: &str, body: &str) {
    let role = space.role;
    let excerpt =
        |at: usize| body.get(at.saturating_sub(200)..).unwrap_or(body).chars().take(400).collect::<String>();
    // A copy of the database contains everything, for administrators.
    if route == "/system/copy" && role == 'a' {
        return;
    }
    // The card export contains card numbers, for administrators.
    let numbers = route == "/export/cards.csv" && role == 'a';
    for secret in space.secrets.iter().filter(|secret| !numbers || !secret.starts_with("c0ffee")) {
        if let Some(at) = body.find(secret) {
            panic!("a6: {route} shows {role} {secret} in …{}…", excerpt(at));
        }
    }
    // People who may see people may see their contact details.
    let visible =
        ["people", "/data/", "/export/", "/dues/", "/documents/person"].iter().any(|part| route.contains(part));
    if matches!(role, 'g' | 'u' | 'a') && visible {
        return;
    }
    for (at, _) in body.match_indices("mail-") {
        let whose: String = body[at + 5..].chars().take_while(char::is_ascii_digit).collect();
        let own = space.person().map(|person| person.to_string());
        assert!(whose.is_empty() || own == Some(whose), "a6: {route} shows {role} an address: …{}…", excerpt(at));
    }
}

/// One letter for each status; `None` for an unexpected one.
fn letter(status: StatusCode) -> Option<char> {
    Some(match status.as_u16() {
        200 => '+',
        303 => '>',
        401 => 'S',
        403 => 'F',
        404 => 'N',
        409 => 'C',
        422 => 'I',
        429 => 'W',
        503 => 'X',
        _ => return None,
    })
}

const fn verb(ask: &Ask) -> &'static str {
    match ask {
        Ask::Get(_) => "GET",
        Ask::Post(_) | Ask::Send(..) => "POST",
    }
}

/// The verbs of a route, from `Allow`; `HEAD` is `GET` without the body.
async fn verbs(space: &Space, route: &str) -> BTreeSet<String> {
    let somewhere: Vec<_> = route.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect();
    let request = Request::options(somewhere.join("/")).body(Body::empty()).unwrap();
    let answer = space.send(request).await;
    assert_eq!(answer.status(), StatusCode::NO_CONTENT, "OPTIONS {route}");
    let allowed = answer.headers()[header::ALLOW].to_str().unwrap().split(',');
    allowed.filter(|verb| !["HEAD", "OPTIONS"].contains(verb)).map(ToOwned::to_owned).collect()
}

/// Every route of the router, by its pattern.
pub fn all_routes() -> BTreeSet<String> {
    let pages = generate_route_list(App).into_iter().map(|page| page.path().to_owned());
    app::call::register();
    let functions = server_fn_paths().map(|(path, _)| path.to_owned());
    // The API has a table of its own (`api_matrix`).
    let others = routes().into_iter().map(|(path, _)| path).filter(|path| !path.starts_with("/api/v1/"));
    let others = others.map(ToOwned::to_owned);
    pages.chain(functions).chain(others).collect()
}

#[tokio::test]
async fn routes_and_matrix_rows_match() {
    let listed: BTreeSet<String> = rows().map(|(route, ..)| (*route).to_owned()).collect();
    let all = all_routes();
    let missing: Vec<_> = all.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&all).collect();
    assert!(missing.is_empty() && gone.is_empty(), "not in the table: {missing:#?}\nonly in the table: {gone:#?}");
}

#[tokio::test]
async fn verbs_of_other_routes_are_in_the_matrix() {
    let space = Space::open('x', None).await;
    let mut wrong = Vec::new();
    for (route, _) in routes().into_iter().filter(|(route, _)| !route.starts_with("/api/")) {
        let rows = rows().filter(|(listed, ..)| *listed == route);
        let listed: BTreeSet<String> = rows.map(|(_, ask, _)| verb(ask).to_owned()).collect();
        let taken = verbs(&space, route).await;
        if listed != taken {
            wrong.push(format!("{route} takes {taken:?}, the table has {listed:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn server_functions_accept_only_post() {
    for (path, method) in server_fn_paths() {
        assert_eq!(method, Method::POST, "{path}: what a link can do, somebody else's page can do");
    }
}

/// The results of one role, row by row.
async fn column(role: char, person: Option<i64>) -> Vec<char> {
    let space = Space::open_unlimited(role, person).await;
    let mut column = Vec::new();
    for (route, ask, _) in rows() {
        column.push(self::ask(&space, route, ask).await);
    }
    column
}

// A7
#[tokio::test]
async fn each_role_gets_exactly_its_permissions() {
    let mut columns = Vec::new();
    for (role, person) in ROLES {
        columns.push(column(role, person).await);
    }
    let mut wrong = Vec::new();
    for (at, (route, ask, expected)) in rows().enumerate() {
        let got: String = columns.iter().map(|column| column[at]).collect();
        if got != *expected {
            wrong.push(format!("{route} {ask:?}\n  expected {expected}\n  got      {got}"));
        }
    }
    let heading: String = ROLES.iter().map(|(letter, _)| letter).collect();
    assert!(wrong.is_empty(), "           {heading}\n{}", wrong.join("\n"));
}

/// Forms that a function cannot read, or only in part: nothing, no form, an unknown field, and its own with values that none
/// of its fields takes. Ids stay, because permissions depend on them.
fn unreadable(body: &str) -> [String; 4] {
    let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
    let wrong = pairs.map(|(name, value)| {
        let value = if value.parse::<i64>().is_ok() { value } else { "%00" };
        format!("{name}={value}")
    });
    [String::new(), "%".to_owned(), "bogus=1".to_owned(), wrong.collect::<Vec<_>>().join("&")]
}

/// Without a person it is about oneself.
const OWN: &str = "/api/privacy/holdings";

// A7
#[tokio::test]
async fn unreadable_form_without_permission_names_no_field() {
    let mut wrong = BTreeSet::new();
    for (at, (role, person)) in ROLES.into_iter().enumerate() {
        let space = Space::open_unlimited(role, person).await;
        space.reset().await;
        for (route, ask, answers) in rows() {
            let is_refused = answers.chars().nth(at).is_some_and(|answer| "SF".contains(answer));
            let may =
                rows().any(|row| row.0 == *route && row.2.chars().nth(at).is_some_and(|it| !"SF".contains(it)));
            let (Ask::Post(body), true, false) = (ask, is_refused, may || *route == OWN) else { continue };
            for form in unreadable(body) {
                let request =
                    Request::post(*route).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
                let answer = space.send(request.body(Body::from(form.clone())).unwrap()).await;
                let status = answer.status();
                let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
                let problem: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
                // A form of another build is refused as such, for everybody alike, and what it does not name is not found.
                let is_same = letter(status) == answers.chars().nth(at)
                    || problem["code"] == "request.outdated"
                    || status == StatusCode::NOT_FOUND;
                if !is_same || problem["fields"].as_array().is_some_and(|fields| !fields.is_empty()) {
                    wrong.insert(format!("{route} {role} {form}: {status} {problem}"));
                }
            }
        }
    }
    let lines: Vec<_> = wrong.iter().map(String::as_str).collect();
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), lines.join("\n"));
}

/// Posts a form and returns the status.
async fn posted(space: &Space, path: &str, body: &'static str) -> StatusCode {
    let form = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = space.send(form.body(Body::from(body)).unwrap()).await;
    if answer.status() == StatusCode::TOO_MANY_REQUESTS {
        assert!(answer.headers().contains_key(header::RETRY_AFTER), "{path}");
    }
    answer.status()
}

#[tokio::test]
async fn excessive_changes_are_limited_while_reads_continue() {
    let (role, person) = ROLES.into_iter().find(|(role, _)| *role == 'm').unwrap();
    let space = Space::open(role, person).await;
    space.reset().await;
    let mut let_through = 0;
    while posted(&space, "/api/notices/read-all", "").await != StatusCode::TOO_MANY_REQUESTS {
        let_through += 1;
        assert!(let_through < 3_000, "no end");
    }
    assert!(let_through >= 300, "{let_through} are nothing");
    // A slow machine may be allowed a few more, as time passes.
    for (path, how) in
        [("/notices?/notices/read-all", "without script"), ("/machines/1/report/upload", "with a file")]
    {
        let mut more = 0;
        while posted(&space, path, "").await != StatusCode::TOO_MANY_REQUESTS {
            more += 1;
            assert!(more < 300, "{how}");
        }
    }
    for _ in 0..20 {
        assert_eq!(posted(&space, "/api/notices/list", "which=unread").await, StatusCode::OK, "what only reads");
    }
    assert_eq!(space.send(Request::get("/notices").body(Body::empty()).unwrap()).await.status(), StatusCode::OK);
}

#[test]
fn unlimited_reads_are_existing_server_functions() {
    let functions: BTreeSet<_> = server_fn_paths().map(|(path, _)| path).collect();
    let unknown: Vec<_> = server::http::pace::READS
        .iter()
        .filter(|name| !functions.contains(format!("/api/{name}").as_str()))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
