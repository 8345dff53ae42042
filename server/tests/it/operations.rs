//! What holds for every operation of the contract, on both channels: pages' forms and programs' JSON.

use crate::{matrix, roles::Space};
use axum::{
    body::{Body, to_bytes},
    http::{Request, header},
};
use contract::{
    for_each_noun,
    operation::{Description, Operation},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A space for a manager, or for a member.
async fn space(role: char, person: i64) -> Space {
    let space = Space::open(role, Some(person)).await;
    space.reset().await;
    space
}

async fn send(space: &Space, path: &str, kind: &str, body: &str) -> (u16, Value) {
    let request = Request::post(path).header(header::CONTENT_TYPE, kind).body(Body::from(body.to_owned()));
    read(space, request.unwrap()).await
}

async fn read(space: &Space, request: Request<Body>) -> (u16, Value) {
    let answer = space.send(request).await;
    let status = answer.status().as_u16();
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

async fn form(space: &Space, path: &str, body: &str) -> (u16, Value) {
    send(space, path, "application/x-www-form-urlencoded", body).await
}

async fn json(space: &Space, path: &str, body: &Value) -> (u16, Value) {
    send(space, path, "application/json", &body.to_string()).await
}

/// Field and message of each fault, as a page gets them.
fn on_a_page(body: &Value) -> Vec<(String, String)> {
    serde_json::from_value(body["fields"].clone()).unwrap()
}

/// The same, as a program gets them.
fn in_the_api(body: &Value) -> Vec<(String, String)> {
    let errors = body["errors"].as_array().unwrap().iter();
    let text = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
    errors.map(|error| (text(error, "field"), text(error, "message"))).collect()
}

#[tokio::test]
async fn all_faults_are_reported_by_field_in_both_encodings() {
    let space = space('g', 7).await;
    let long = "è".repeat(501);
    let (status, page) =
        form(&space, "/api/holds/place", &format!("person=20&reason=unpaid&last_day=2001-01-01&remark={long}"))
            .await;
    assert_eq!((status, &page["code"]), (422, &json!("hold.invalid")));
    let sent = json!({ "reason": "unpaid", "last_day": "2001-01-01", "remark": long });
    let (status, program) = json(&space, "/api/v1/people/20/holds", &sent).await;
    assert_eq!((status, &program["code"]), (422, &json!("hold.invalid")));
    assert_eq!(in_the_api(&program), on_a_page(&page));
    let fields: Vec<_> = in_the_api(&program).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["last_day", "remark"]);

    let sent = json!({ "reason": 7, "last_day": "2001-02-30", "until": 1, "remark": ["x"] });
    let (status, program) = json(&space, "/api/v1/people/20/holds", &sent).await;
    assert_eq!((status, &program["code"]), (422, &json!("request.invalid")), "no page sends this");
    let fields: Vec<_> = in_the_api(&program).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["reason", "last_day", "remark", "until"]);
    let (_, program) = json(&space, "/api/v1/people/20/holds", &json!({})).await;
    assert_eq!(in_the_api(&program), [("reason".to_owned(), "This field is required.".to_owned())]);
}

#[tokio::test]
async fn field_may_have_another_name_for_programs() {
    let space = space('g', 7).await;
    let fields = |faults: Vec<(String, String)>| faults.into_iter().map(|(field, _)| field).collect::<Vec<_>>();
    let (_, page) = form(&space, "/api/announcements/write", "title=&text=x&to=x").await;
    assert_eq!(fields(on_a_page(&page)), ["title", "to"]);
    let (_, program) =
        json(&space, "/api/v1/announcements", &json!({ "title": "", "text": "x", "type": "x" })).await;
    assert_eq!(fields(in_the_api(&program)), ["title", "type"]);
    let (_, program) = json(&space, "/api/v1/announcements", &json!({ "title": "x", "text": "x", "to": 3 })).await;
    assert_eq!(fields(in_the_api(&program)), ["to"], "that is the name for pages");
}

#[tokio::test]
async fn newer_version_is_reported_before_faults() {
    let space = space('g', 7).await;
    let (status, made) = json(&space, "/api/v1/announcements", &json!({ "title": "x", "text": "x" })).await;
    assert_eq!(status, 201, "{made}");
    let save = async |version: i64| {
        form(&space, "/api/announcements/save", &format!("id={}&version={version}&title=&text=x", made["id"]))
            .await
    };
    let (status, stale) = save(0).await;
    assert_eq!((status, stale["code"].as_str()), (409, Some("version.stale")));
    let (status, invalid) = save(1).await;
    assert_eq!((status, invalid["code"].as_str()), (422, Some("announcement.invalid")));
}

#[tokio::test]
async fn caller_without_permission_learns_nothing_about_fields() {
    let space = space('m', 3).await;
    for sent in [json!({ "reason": "unpaid" }), json!({ "reason": 7, "until": 1 }), json!({})] {
        let (status, program) = json(&space, "/api/v1/people/20/holds", &sent).await;
        assert_eq!(
            (status, program["code"].as_str(), in_the_api(&program)),
            (403, Some("actor.not-allowed"), vec![])
        );
    }
    for sent in ["person=20&reason=unpaid", "person=20&reason=&last_day=soon"] {
        let (status, page) = form(&space, "/api/holds/place", sent).await;
        assert_eq!((status, page["code"].as_str(), on_a_page(&page)), (403, Some("actor.not-allowed"), vec![]));
    }
}

#[tokio::test]
async fn training_request_is_answered_with_the_invitation_that_follows_at_once() {
    let space = space('m', 3).await;
    let asked = json!({ "type": 3, "relation": "user" });
    let (status, made) = json(&space, "/api/v1/training-requests", &asked).await;
    assert_eq!(status, 201, "{made}");
    let request = Request::get("/api/v1/event-invitations").body(Body::empty()).unwrap();
    let (_, invitations) = read(&space, request).await;
    let all = invitations["items"].as_array().unwrap();
    let theirs = all.iter().find(|one| one["id"] == made["invitation"]).unwrap();
    assert_eq!((&theirs["event"], &theirs["request"], &theirs["state"]), (&json!(1), &made["id"], &json!("sent")));
}

#[tokio::test]
async fn hidden_thing_is_unknown_on_both_channels() {
    let space = space('m', 3).await;
    let (status, page) = form(&space, "/api/holds/of", "person=20").await;
    assert_eq!((status, page["code"].as_str()), (404, Some("person.unknown")));
    let request = Request::get("/api/v1/people/20/holds").body(Body::empty()).unwrap();
    let (status, program) = read(&space, request).await;
    assert_eq!((status, program["code"].as_str()), (404, Some("person.unknown")));
}

#[tokio::test]
async fn both_channels_give_the_same_answer() {
    let space = space('g', 7).await;
    let (status, placed) = form(&space, "/api/holds/place", "person=20&reason=safety&remark=Talk+to+us").await;
    assert_eq!((status, &placed["lifted"]), (200, &json!(false)));
    let (status, made) = json(&space, "/api/v1/people/20/holds", &json!({ "reason": "other" })).await;
    assert_eq!((status, made["href"].as_str()), (201, Some("/api/v1/people/20/holds")));
    let (_, page) = form(&space, "/api/holds/of", "person=20").await;
    let request = Request::get("/api/v1/people/20/holds").body(Body::empty()).unwrap();
    let (_, program) = read(&space, request).await;
    assert_eq!(page["holds"], program["items"]);
    assert_eq!((&page["holds"][1]["id"], &page["holds"][0]["id"]), (&placed["hold"], &made["id"]));
    let lift = format!("/api/v1/holds/{}/lift", placed["hold"]);
    assert_eq!(json(&space, &lift, &json!({})).await.0, 204);
    let (status, again) = form(&space, "/api/holds/lift", &format!("hold={}", placed["hold"])).await;
    assert_eq!((status, again["code"].as_str()), (409, Some("hold.over")));
}

#[tokio::test]
async fn link_begins_with_the_site_for_pages_and_programs() {
    let space = space('g', 7).await;
    let request = Request::post("/api/displays/make")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::HOST, "lab.example");
    let (status, page) = read(&space, request.body(Body::from("name=Entrance")).unwrap()).await;
    let link = page["link"].as_str().unwrap();
    assert!(status == 200 && link.starts_with("http://lab.example/enter/"), "{status} {link}");
    for (path, body, begin) in [
        ("/api/v1/displays", r#"{"name":"Hall"}"#, "http://lab.example/enter/"),
        ("/api/v1/calendars", r#"{"show":"mine"}"#, "http://lab.example/calendar/"),
    ] {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::HOST, "lab.example");
        let (status, program) = read(&space, request.body(Body::from(body)).unwrap()).await;
        let link = program["link"].as_str().unwrap();
        assert!(status == 201 && link.starts_with(begin), "{status} {link}");
    }
}

#[tokio::test]
async fn change_of_a_browser_without_script_shows_its_next_page() {
    let space = space('g', 7).await;
    let (_, made) = json(&space, "/api/v1/displays", &json!({ "name": "Hall" })).await;
    let request = Request::post("/api/displays/revoke")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "text/html")
        .body(Body::from(format!("id={}", made["id"])));
    let answer = space.send(request.unwrap()).await;
    assert_eq!(answer.headers().get(header::LOCATION).unwrap(), "/displays?done=1");
}

#[tokio::test]
async fn list_field_is_read_from_its_values_and_must_not_be_empty() {
    let space = space('m', 3).await;
    let (status, page) = form(&space, "/api/tokens/make", "name=%E2%80%8B&lifetime=month").await;
    assert_eq!((status, page["code"].as_str()), (422, Some("token.invalid")));
    let fields: Vec<_> = on_a_page(&page).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["name", "scopes"]);
}

#[tokio::test]
async fn caller_is_meant_by_me() {
    let space = space('g', 7).await;
    let (status, _) = json(&space, "/api/v1/calendars", &json!({ "show": "trainer:me" })).await;
    let (_, page) = form(&space, "/api/feeds/list", "").await;
    assert_eq!((status, page["feeds"][0]["show"].as_str()), (201, Some("trainer:7")));
    let (status, refused) = json(&space, "/api/v1/calendars", &json!({ "show": "trainer:x" })).await;
    assert_eq!((status, refused["code"].as_str()), (422, Some("calendar.invalid")));
}

#[tokio::test]
async fn query_is_read_once_by_exact_name_and_never_blank() {
    let space = space('g', 7).await;
    for (query, field) in [
        ("resource=", "resource"),
        ("resource=machine:1&resource=room:1", "resource"),
        ("resource%5B%5D=machine:1", "resource[]"),
        ("from=soon", "from"),
    ] {
        let request = Request::get(format!("/api/v1/closures?{query}")).body(Body::empty()).unwrap();
        let (status, refused) = read(&space, request).await;
        let fields: Vec<_> = in_the_api(&refused).into_iter().map(|(field, _)| field).collect();
        assert_eq!((status, fields), (422, vec![field.to_owned()]), "{query}");
    }
    let request = Request::get("/api/v1/closures?resource=machine:1&limit=1").body(Body::empty()).unwrap();
    assert_eq!(read(&space, request).await.0, 200);
}

#[tokio::test]
async fn whole_number_may_be_written_with_a_fraction_of_zero() {
    let space = space('g', 7).await;
    let (status, _) = json(&space, "/api/v1/rooms", &json!({ "name": "Attic", "capacity": 8.0 })).await;
    let (refused, _) = json(&space, "/api/v1/rooms", &json!({ "name": "Cellar", "capacity": 8.5 })).await;
    assert_eq!((status, refused), (201, 422));
}

#[tokio::test]
async fn form_without_its_id_is_out_of_date() {
    let space = space('g', 7).await;
    for sent in ["reason=unpaid", "person=&reason=unpaid", "person=x&reason=unpaid"] {
        let (status, page) = form(&space, "/api/holds/place", sent).await;
        assert_eq!((status, page["code"].as_str()), (422, Some("request.outdated")), "{sent}");
    }
}

#[test]
fn operation_without_matrix_row_is_found() {
    let routes = matrix::all_routes();
    let listed = |without: &str| {
        let rows = crate::matrix_rows::rows().map(|(route, ..)| (*route).to_owned());
        rows.filter(|route| route != without).collect()
    };
    assert_eq!(routes.difference(&listed("")).count(), 0);
    for address in ["/api/holds/of", "/api/holds/place", "/api/holds/lift"] {
        assert_eq!(routes.difference(&listed(address)).collect::<Vec<_>>(), [address]);
    }
}

/// The address and the description of each operation that the contract declares.
trait Rows {
    fn add(rows: &mut Vec<(&'static str, Description)>);
}

impl Rows for () {
    fn add(_: &mut Vec<(&'static str, Description)>) {}
}

impl<O: Operation, Rest: Rows> Rows for (O, Rest) {
    fn add(rows: &mut Vec<(&'static str, Description)>) {
        rows.push((O::URL, O::ABOUT));
        Rest::add(rows);
    }
}

#[test]
fn declared_operations_are_served_and_have_addresses_of_their_own() {
    let mut rows = Vec::new();
    macro_rules! add {
        ($operations:ty) => {
            <$operations as Rows>::add(&mut rows);
        };
    }
    for_each_noun!(add);
    let served = api::operations();
    for (_, about) in &rows {
        let is_served = about.route.is_none() || served.iter().any(|operation| operation.id == about.id);
        assert!(is_served, "{} is declared, but its noun is not in `api::operations`", about.id);
    }
    let declared: Vec<_> = rows.iter().map(|(url, _)| *url).filter(|url| !url.is_empty()).collect();
    let distinct: BTreeSet<_> = declared.iter().collect();
    assert_eq!(distinct.len(), declared.len(), "two operations share an address");
}
