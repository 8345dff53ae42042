//! Equipment through the API: machines, types, places, opening hours and settings, each edited over the version
//! that was seen (A14), and refused at the invalid field.

use crate::roles::Space;
use axum::{
    body::to_bytes,
    http::{HeaderMap, Method, Request, StatusCode},
};
use domain::time::Date;
use serde_json::{Value, json};

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

    /// The saved value of that field, from a refusal.
    fn saved(&self, field: &str) -> &str {
        let values = self.body["saved"]["values"].as_array().unwrap();
        values.iter().find(|value| value["field"] == field).unwrap()["value"].as_str().unwrap()
    }
}

/// A space for a manager: person 20 is on the laser, which is machine 1 of type 3 at place 1.
async fn managed() -> Space {
    let space = Space::open('g', Some(7)).await;
    space.reset().await;
    space
}

async fn ask(space: &Space, method: Method, path: &str, seen: Option<&str>, body: Option<&Value>) -> Answer {
    let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
    if let Some(seen) = seen {
        request = request.header("if-match", seen);
    }
    if body.is_some() {
        request = request.header("content-type", "application/json");
    }
    let body = body.map(Value::to_string).unwrap_or_default();
    let (parts, body) = space.send(request.body(body.into()).unwrap()).await.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
    Answer { status: parts.status, headers: parts.headers, body }
}

async fn get(space: &Space, path: &str) -> Answer {
    let answer = ask(space, Method::GET, path, None, None).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer
}

#[tokio::test]
async fn machine_has_same_place_in_every_list() {
    let space = managed().await;
    let one = get(&space, "/machines/1").await.body["place"].clone();
    assert!(one["id"] == 1 && one["name"].is_string(), "{one}");
    for list in ["/machines", "/inventory/machines"] {
        let listed = get(&space, list).await;
        let listed = listed.body["items"].as_array().unwrap().iter().find(|machine| machine["id"] == 1).unwrap();
        assert_eq!(listed["place"], one, "{list}");
    }
}

async fn post(space: &Space, path: &str, body: Value) -> Answer {
    let body = Some(body).filter(|body| !body.is_null());
    ask(space, Method::POST, path, None, body.as_ref()).await
}

async fn put(space: &Space, path: &str, seen: &str, body: &Value) -> Answer {
    ask(space, Method::PUT, path, Some(seen), Some(body)).await
}

// A14
#[tokio::test]
async fn concurrent_machine_edits_give_loser_both_versions() {
    let space = managed().await;
    let response = get(&space, "/machines/1/sheet").await;
    assert_eq!(response.header("etag"), "\"1\"");
    let form = &response.body["saved"];
    assert_eq!((&form["name"], &form["number"], &form["type"]), (&json!("Laser"), &json!(11), &json!(3)));
    assert_eq!(
        (&form["settings"]["mode"], &response.body["inherited"]["mode"]),
        (&Value::Null, &json!("qualified"))
    );

    let named = |name: &str| {
        let mut form = form.clone();
        form["name"] = name.into();
        form["settings"]["mode"] = "open".into();
        form
    };
    let (one, other) = (named("One"), named("Other"));
    let (first, second) = tokio::join!(
        put(&space, "/machines/1/sheet", "\"1\"", &one),
        put(&space, "/machines/1/sheet", "\"1\"", &other)
    );
    let (winner, late, sent) = if first.status == 204 { ("One", second, other) } else { ("Other", first, one) };
    assert_eq!(late.summary(), (409, "version.stale", ""), "{}", late.body);
    assert_eq!((&late.body["seen"], &late.body["sent"]), (&json!(1), &sent));
    assert_eq!((late.header("etag"), &late.body["saved"]["version"]), ("\"2\"", &json!(2)));
    assert_eq!(late.body["saved"]["by"], "Person 7");
    assert_eq!(
        (late.saved("name"), late.saved("type"), late.saved("settings.mode")),
        (winner, "3", "open"),
        "by the names of the API"
    );
    let response = get(&space, "/machines/1/sheet").await;
    assert_eq!((response.header("etag"), &response.body["saved"]["name"]), ("\"2\"", &json!(winner)));
    let entries = space.entries().await;
    let same = put(&space, "/machines/1/sheet", "\"2\"", &response.body["saved"]).await;
    assert_eq!(
        (same.status.as_u16(), space.entries().await),
        (204, entries),
        "what came out goes in, and is no change"
    );

    let unseen = ask(&space, Method::PUT, "/machines/1/sheet", None, Some(&sent)).await;
    assert_eq!(unseen.summary(), (428, "version.needed", "If-Match"));
    for wrong in ["2", "\"two\"", "\"-2\"", "*, \"2\""] {
        let answer = put(&space, "/machines/1/sheet", wrong, &sent).await;
        assert_eq!(answer.summary(), (422, "request.invalid", "If-Match"), "{wrong}");
    }
    let weak = put(&space, "/machines/1/sheet", "W/\"2\"", &sent).await;
    assert_eq!(weak.summary().0, 409, "it never matches");
    let whatever = put(&space, "/machines/1/sheet", "*", &response.body["saved"]).await;
    assert_eq!(whatever.status.as_u16(), 204);
    let response = get(&space, "/machines/1/sheet").await;
    let one_of = format!("W/\"9\", \"1\", {}", response.header("etag"));
    let listed = put(&space, "/machines/1/sheet", &one_of, &response.body["saved"]).await;
    assert_eq!(listed.status.as_u16(), 204, "{one_of}");
}

#[tokio::test]
async fn invalid_machine_is_refused_at_its_field() {
    let space = managed().await;
    let form = get(&space, "/machines/1/sheet").await.body["saved"].clone();
    for (field, value, reported) in [
        ("/number", json!(12), ("equipment.invalid", "number")),
        ("/number", json!(0), ("equipment.invalid", "number")),
        ("/number", json!("11"), ("request.invalid", "number")),
        ("/type", json!(99), ("equipment.invalid", "type")),
        ("/type", json!(1), ("equipment.invalid", "type")),
        ("/type", json!(null), ("request.invalid", "type")),
        ("/place", json!(99), ("equipment.invalid", "place")),
        ("/manual", json!("javascript:alert(1)"), ("equipment.invalid", "manual")),
        ("/name", json!(" "), ("equipment.invalid", "name")),
        ("/settings/present", json!(10), ("equipment.invalid", "settings.present")),
        ("/settings/mode", json!("anybody"), ("request.invalid", "settings.mode")),
        ("/settings/display", json!("x".repeat(65)), ("equipment.invalid", "settings.display")),
    ] {
        let mut wrong = form.clone();
        *wrong.pointer_mut(field).unwrap() = value;
        let answer = put(&space, "/machines/1/sheet", "\"1\"", &wrong).await;
        assert_eq!(answer.summary(), (422, reported.0, reported.1), "{wrong}: {}", answer.body);
    }
    for field in ["number", "place", "manual", "settings"] {
        let mut short = form.clone();
        short.as_object_mut().unwrap().remove(field);
        let answer = put(&space, "/machines/1/sheet", "\"1\"", &short).await;
        assert_eq!(answer.summary(), (422, "request.invalid", field), "what is left out is not taken for nothing");
    }
    assert_eq!(get(&space, "/machines/1/sheet").await.body["saved"], form);
    for (path, reported) in [
        ("/machines/999/sheet", (404, "machine.unknown", "")),
        ("/types/999", (404, "type.unknown", "")),
        ("/types/2", (404, "type.unknown", "")),
        ("/places/999", (404, "place.unknown", "")),
        ("/settings/no.such", (404, "api.unknown", "")),
        ("/settings/board.grace?at=machine:999", (404, "setting.unknown", "")),
        ("/settings/space.name?at=type:3", (404, "setting.unknown", "")),
        ("/settings?at=place:1", (422, "request.invalid", "at")),
        ("/opening-hours?at=machine:999", (404, "hours.unknown", "")),
        ("/opening-hours/days/2027-02-29", (422, "request.invalid", "day")),
        ("/opening-hours/days/christmas", (422, "request.invalid", "day")),
    ] {
        let answer = ask(&space, Method::GET, path, None, None).await;
        assert_eq!(answer.summary(), reported, "{path}: {}", answer.body);
    }
}

#[tokio::test]
async fn idle_machine_is_archived_and_restored_if_number_is_free() {
    let space = managed().await;
    assert_eq!(post(&space, "/machines/1/archive", Value::Null).await.summary(), (409, "machine.in-use", ""));
    assert_eq!(post(&space, "/machines/2/archive", Value::Null).await.status, 204);
    assert_eq!(ask(&space, Method::GET, "/machines/2", None, None).await.summary(), (404, "machine.unknown", ""));
    let stored = get(&space, "/inventory/machines").await.body["items"].clone();
    let last = &stored.as_array().unwrap()[1];
    assert_eq!((&last["name"], &last["archived"]), (&json!("Mill"), &json!(true)));
    let made = post(&space, "/machines", json!({ "name": "Mill 2", "type": "Lathe", "number": 12 })).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let back = post(&space, "/machines/2/restore", Value::Null).await;
    assert_eq!(back.summary(), (409, "machine.number-taken", ""));
    assert!(back.body["detail"].as_str().unwrap().contains("Mill 2"));

    let twin = post(&space, "/machines/1/duplicate", Value::Null).await;
    let id = twin.body["id"].as_i64().unwrap();
    assert_eq!((twin.status.as_u16(), twin.header("location")), (201, format!("/api/v1/machines/{id}").as_str()));
    let form = get(&space, &format!("/machines/{id}/sheet")).await.body["saved"].clone();
    assert_eq!((&form["number"], &form["type"], &form["place"]), (&Value::Null, &json!(3), &json!(1)));
}

#[tokio::test]
async fn bulk_machine_change_is_all_or_nothing() {
    let space = managed().await;
    let seen = |version: i64| json!([{ "id": 1, "version": 1 }, { "id": 2, "version": version }]);
    let changed = async |machines: Value, change: Value| {
        post(&space, "/inventory/changes", json!({ "machines": machines, "change": change })).await
    };
    let late = changed(seen(2), json!({ "place": null })).await;
    assert_eq!(late.summary(), (409, "version.stale", ""));
    assert!(late.body["detail"].as_str().unwrap().contains("Mill"), "{}", late.body);
    for (change, reported) in [
        (json!({ "place": 99 }), (422, "equipment.invalid", "change.place")),
        (json!({ "type": 99 }), (422, "equipment.invalid", "change.type")),
        (json!({ "mode": "anybody" }), (422, "equipment.invalid", "change.mode")),
        (json!({ "present": 10 }), (422, "equipment.invalid", "change.present")),
        (json!({ "grace": "5" }), (422, "request.invalid", "change.grace")),
        (json!({ "colour": "red" }), (422, "request.invalid", "change")),
        (json!("place"), (422, "request.invalid", "change.place")),
    ] {
        let answer = changed(seen(1), change.clone()).await;
        assert_eq!(answer.summary(), reported, "{change}: {}", answer.body);
    }
    assert_eq!(
        changed(json!([]), json!({ "place": null })).await.summary(),
        (422, "equipment.invalid", "machines")
    );
    let at = async |machine: i64| get(&space, &format!("/machines/{machine}/sheet")).await.body["saved"].clone();
    assert_eq!((&at(1).await["place"], &at(2).await["place"]), (&json!(1), &json!(1)), "none of them");
    assert_eq!(changed(seen(1), json!({ "place": null })).await.status, 204);
    assert_eq!((&at(1).await["place"], &at(2).await["place"]), (&Value::Null, &Value::Null), "all of them");
    let newer = json!([{ "id": 1, "version": 2 }, { "id": 2, "version": 2 }]);
    assert_eq!(changed(newer, json!({ "auto_stop": 30 })).await.status, 204);
    assert_eq!(at(2).await["settings"]["auto_stop"], 30);
}

#[tokio::test]
async fn type_requirement_cycle_and_type_removal_with_machines_are_refused() {
    let space = managed().await;
    let nothing =
        json!({ "mode": null, "present": null, "shown": null, "auto_stop": null, "grace": null, "display": null });
    let kind = |name: &str, requires: &[i64]| json!({ "name": name, "risk": "high", "requires": requires, "settings": nothing.clone() });
    let made = post(&space, "/types", kind("Planer", &[3])).await;
    let planer = made.body["id"].as_i64().unwrap();
    assert_eq!((made.status.as_u16(), made.header("location")), (201, format!("/api/v1/types/{planer}").as_str()));
    assert_eq!(post(&space, "/types", kind("Planer", &[])).await.summary(), (422, "equipment.invalid", "name"));
    let read = get(&space, &format!("/types/{planer}")).await;
    let mut saved = kind("Planer", &[3]);
    saved["groups"] = json!([]);
    assert_eq!((read.header("etag"), &read.body["saved"]), ("\"1\"", &saved));
    let ring = put(&space, "/types/3", "\"1\"", &kind("Laser cutter", &[planer])).await;
    assert_eq!(ring.summary(), (422, "equipment.invalid", "requires"));
    assert!(ring.body["errors"][0]["message"].as_str().unwrap().contains("Planer → Laser cutter"));

    let (one, other) = (kind("Lasers", &[4]), kind("Cutters", &[4]));
    let (first, second) =
        tokio::join!(put(&space, "/types/3", "\"1\"", &one), put(&space, "/types/3", "\"1\"", &other));
    let (winner, late) = if first.status == 204 { ("Lasers", second) } else { ("Cutters", first) };
    assert_eq!(late.summary(), (409, "version.stale", ""));
    assert_eq!((late.saved("name"), late.saved("requires")), (winner, "4"));

    let runs = post(&space, "/types/3/archive", Value::Null).await;
    assert_eq!(runs.summary(), (409, "type.has-machines", ""));
    assert!(
        runs.body["detail"].as_str().unwrap().contains("right now"),
        "somebody is on the laser: {}",
        runs.body
    );
    assert_eq!(post(&space, &format!("/types/{planer}/archive"), Value::Null).await.status, 204);
    let stored = get(&space, "/inventory/types").await.body["items"].clone();
    let away = stored.as_array().unwrap().iter().find(|stored| stored["id"] == planer).unwrap().clone();
    assert_eq!((&away["archived"], &away["machines"]), (&json!(true), &json!(0)));
    assert_eq!(post(&space, &format!("/types/{planer}/restore"), Value::Null).await.status, 204);
    assert_eq!(get(&space, &format!("/types/{planer}")).await.body["archived"], Value::Null);
}

#[tokio::test]
async fn place_with_machines_is_archived_only_with_a_destination() {
    let space = managed().await;
    let attic = post(&space, "/places", json!({ "name": "Attic" })).await.body["id"].as_i64().unwrap();
    assert_eq!(
        post(&space, "/places", json!({ "name": "Attic" })).await.summary(),
        (422, "equipment.invalid", "name")
    );
    let place = format!("/places/{attic}");
    let renamed = put(&space, &place, "\"1\"", &json!({ "name": "Loft", "position": 0 })).await;
    assert_eq!(renamed.status, 204);
    let late = put(&space, &place, "\"1\"", &json!({ "name": "Roof", "position": 0 })).await;
    assert_eq!((late.summary(), late.saved("name")), ((409, "version.stale", ""), "Loft"));
    let far = put(&space, &place, "\"2\"", &json!({ "name": "Loft", "position": 10_000 })).await;
    assert_eq!(far.summary(), (422, "equipment.invalid", "position"));

    for unsaid in [json!({}), json!({ "to": 1 }), json!({ "to": 99 })] {
        let answer = post(&space, "/places/1/archive", unsaid.clone()).await;
        assert_eq!(answer.summary(), (422, "equipment.invalid", "to"), "{unsaid}");
    }
    assert_eq!(post(&space, "/places/1/archive", json!({ "to": attic })).await.status, 204);
    assert_eq!(get(&space, &place).await.body["machines"], 2);
    assert_eq!(post(&space, &format!("{place}/archive"), json!({ "to": null })).await.status, 204);
    assert_eq!(post(&space, "/places/1/restore", Value::Null).await.status, 204);
    let all = get(&space, "/places").await.body["items"].clone();
    let notices: Vec<_> =
        all.as_array().unwrap().iter().map(|one| (&one["name"], &one["archived"], &one["machines"])).collect();
    assert!(notices.contains(&(&json!("Loft"), &json!(true), &json!(0))), "{notices:?}");
    assert!(notices.contains(&(&json!("Laser room"), &json!(false), &json!(0))), "{notices:?}");
}

fn week(monday: &Value) -> Value {
    json!({ "mon": monday, "tue": [], "wed": [], "thu": [], "fri": [], "sat": [], "sun": [] })
}

// A14
#[tokio::test]
async fn opening_hours_edit_requires_current_version() {
    let space = managed().await;
    let nights = week(&json!([{ "from": "08:00", "to": "12:30" }, { "from": "20:00", "to": "02:00" }]));
    let begun = get(&space, "/opening-hours?at=type:3").await;
    assert_eq!(
        (begun.header("etag"), &begun.body["own"], &begun.body["from"]),
        ("\"0\"", &json!(false), &Value::Null)
    );
    assert_eq!(begun.body["holds"]["sun"], json!([{ "from": "00:00", "to": "24:00" }]), "nobody says hours");
    assert_eq!(put(&space, "/opening-hours", "\"0\"", &nights).await.status, 204);
    let there = get(&space, "/opening-hours?at=type:3").await.body;
    assert_eq!((&there["from"], &there["holds"], &there["week"]), (&json!("space"), &nights, &week(&json!([]))));

    for (monday, reported) in [
        (json!([{ "from": "8:00", "to": "12:00" }]), ("request.invalid", "mon[0].from")),
        (json!([{ "from": "08:00", "to": "08:00-09:00" }]), ("request.invalid", "mon[0].to")),
        (json!([{ "from": "08:00", "to": "08:00" }]), ("hours.invalid", "mon")),
        (
            json!([{ "from": "08:00", "to": "12:00" }, { "from": "11:00", "to": "13:00" }]),
            ("hours.invalid", "mon"),
        ),
        (json!("08:00–12:00"), ("request.invalid", "mon")),
    ] {
        let answer = put(&space, "/opening-hours", "\"1\"", &week(&monday)).await;
        assert_eq!(answer.summary(), (422, reported.0, reported.1), "{monday}: {}", answer.body);
    }
    let late = put(&space, "/opening-hours", "\"0\"", &week(&json!([]))).await;
    assert_eq!((late.summary(), late.saved("mon")), ((409, "version.stale", ""), "08:00–12:30, 20:00–02:00"));
}

/// A day that can have an exception, at whatever time this runs.
fn coming(space: &Space) -> String {
    Date::from_days(space.ctx.moment_now().wall().date.days() + 30).to_string()
}

#[tokio::test]
async fn special_day_is_set_and_removed() {
    let space = managed().await;
    let day = coming(&space);
    let path = format!("/opening-hours/days/{day}");
    let unsaid = get(&space, &path).await;
    assert_eq!(
        (unsaid.header("etag"), &unsaid.body),
        ("\"0\"", &json!({ "day": day, "hours": null, "version": 0 }))
    );
    let hours = json!([{ "from": "10:00", "to": "12:00" }]);
    assert_eq!(put(&space, &path, "\"0\"", &json!({ "hours": hours })).await.status, 204);
    let late = put(&space, &path, "\"0\"", &json!({ "hours": [] })).await;
    assert_eq!(
        (late.summary(), late.saved("day"), late.saved("hours")),
        ((409, "version.stale", ""), &*day, "10:00–12:00")
    );
    let listed = get(&space, "/opening-hours/days").await.body["items"].clone();
    assert_eq!(listed, json!([{ "day": day, "hours": hours, "version": 1 }]));
    assert_eq!(get(&space, "/opening-hours/days?at=type:3").await.body["items"], json!([]), "not said there");

    let night = json!({ "hours": [{ "from": "20:00", "to": "02:00" }] });
    assert_eq!(put(&space, &path, "\"1\"", &night).await.summary(), (422, "hours.invalid", "hours"));
    let past = put(&space, "/opening-hours/days/2020-01-01", "\"0\"", &json!({ "hours": [] })).await;
    assert_eq!(past.summary(), (422, "hours.invalid", "day"));
    // No calendar has it.
    let none = "/opening-hours/days/2026-02-30";
    let invalid = (422, "request.invalid", "day");
    assert_eq!(ask(&space, Method::GET, none, None, None).await.summary(), invalid);
    assert_eq!(put(&space, none, "\"0\"", &json!({ "hours": [] })).await.summary(), invalid);
    assert_eq!(ask(&space, Method::DELETE, none, Some("\"0\""), None).await.summary(), invalid);
    let cleared = async |seen: &str| ask(&space, Method::DELETE, &path, Some(seen), None).await;
    assert_eq!(cleared("\"9\"").await.summary(), (409, "version.stale", ""));
    assert_eq!(cleared("\"1\"").await.status, 204);
    assert_eq!(get(&space, &path).await.body["hours"], Value::Null);
}

// A14
#[tokio::test]
async fn setting_edit_checks_type_and_version() {
    let space = managed().await;
    let grace = "/settings/board.grace?at=type:3";
    let begun = get(&space, grace).await;
    assert_eq!(
        (begun.header("etag"), &begun.body["own"], &begun.body["value"]),
        ("\"0\"", &Value::Null, &json!(1))
    );
    let all = get(&space, "/settings").await.body["items"].clone();
    let kinds: Vec<_> = ["board.grace", "accounts.sign-up", "access.mode"]
        .map(|key| all.as_array().unwrap().iter().find(|one| one["key"] == key).unwrap()["default"].clone())
        .into();
    assert_eq!(kinds, [json!(1), json!(false), json!("qualified")]);

    for (path, value, reported) in [
        (grace, json!("5"), (422, "request.invalid", "value")),
        (grace, json!(null), (422, "request.invalid", "value")),
        (grace, json!(-1), (422, "setting.invalid", "value")),
        (grace, json!(1.5), (422, "setting.invalid", "value")),
        (grace, json!(65_536), (422, "setting.invalid", "value")),
        ("/settings/access.mode", json!("anybody"), (422, "setting.invalid", "value")),
        ("/settings/space.name", json!("Hall"), (403, "actor.not-allowed", "")),
        ("/settings/space.invented", json!("yes"), (403, "actor.not-allowed", "")),
        ("/settings/access.simultaneous?at=type:3", json!(2), (404, "setting.unknown", "")),
    ] {
        let answer = put(&space, path, "\"0\"", &json!({ "value": value })).await;
        assert_eq!(answer.summary(), reported, "{path} {value}: {}", answer.body);
    }
    let (five, six) = (json!({ "value": 5 }), json!({ "value": 6 }));
    let (first, second) = tokio::join!(put(&space, grace, "\"0\"", &five), put(&space, grace, "\"0\"", &six));
    let (winner, late) = if first.status == 204 { (5, second) } else { (6, first) };
    assert_eq!((late.summary(), late.saved("value")), ((409, "version.stale", ""), &*winner.to_string()));
    let message = get(&space, grace).await;
    assert_eq!(
        (message.header("etag"), &message.body["own"], &message.body["from"]),
        ("\"1\"", &json!(winner), &json!("type"))
    );
    assert_eq!(message.body["changed_by"], "Person 7");
    let machine = get(&space, "/settings/board.grace?at=machine:1").await.body;
    assert_eq!(
        (&machine["own"], &machine["value"], &machine["from"]),
        (&Value::Null, &json!(winner), &json!("type"))
    );
    let cleared = async |seen| ask(&space, Method::DELETE, grace, seen, None).await;
    assert_eq!(cleared(None).await.summary(), (428, "version.needed", "If-Match"));
    assert_eq!(cleared(Some("\"0\"")).await.summary(), (409, "version.stale", ""));
    assert_eq!(cleared(Some("\"1\"")).await.status, 204);
    assert_eq!(get(&space, grace).await.body["value"], 1);
}

#[tokio::test]
async fn setting_trial_reports_effects_and_changes_nothing() {
    let space = managed().await;
    let before = space.entries().await;
    let open = get(&space, "/settings/access.mode/trial?at=type:3&value=open").await.body;
    // All ten members but those three who have a relation to lasers.
    assert_eq!((&open["value"], &open["bites"]), (&json!("open"), &json!(false)));
    assert!(open["effects"][0].as_str().unwrap().contains('7'), "{open}");
    let alone = get(&space, "/settings/access.people-present/trial?value=9").await.body;
    assert_eq!(alone["value"], 9);
    let nothing = get(&space, "/settings/access.mode/trial?at=type:3").await.body;
    assert_eq!(
        (&nothing["value"], &nothing["bites"]),
        (&Value::Null, &json!(false)),
        "it is so already: {nothing}"
    );
    for (path, reported) in [
        ("/settings/access.mode/trial?value=anybody", (422, "setting.invalid", "value")),
        ("/settings/space.name/trial?value=Hall", (404, "setting.unknown", "")),
    ] {
        let answer = ask(&space, Method::GET, path, None, None).await;
        assert_eq!(answer.summary(), reported, "{path}: {}", answer.body);
    }
    assert_eq!(get(&space, "/settings/access.mode?at=type:3").await.body["own"], Value::Null);
    assert_eq!(space.entries().await, before);
}

// A14
#[tokio::test]
async fn if_match_star_edits_and_deletes_any_version() {
    let space = managed().await;
    let made = post(&space, "/people/20/notes", json!({ "note": "Has the key." })).await;
    let note = made.header("location").strip_prefix("/api/v1").unwrap().to_owned();
    let night = week(&json!([{ "from": "20:00", "to": "22:00" }]));
    let grace = "/settings/board.grace?at=type:3";
    for (method, path, first, second) in [
        (Method::PATCH, "/people/20", json!({ "phone": "+39 0471 1" }), json!({ "phone": "" })),
        (Method::PUT, &*note, json!({ "note": "Gave it back." }), json!({ "note": "Lost it." })),
        (
            Method::PUT,
            "/places/1",
            json!({ "name": "Loft", "position": 0 }),
            json!({ "name": "Roof", "position": 0 }),
        ),
        (Method::PUT, "/opening-hours", night, week(&json!([]))),
        (Method::PUT, grace, json!({ "value": 5 }), json!({ "value": 6 })),
    ] {
        for body in [first, second] {
            let saved = ask(&space, method.clone(), path, Some("*"), Some(&body)).await;
            assert!(saved.status.is_success(), "{path} {body}: {}", saved.body);
        }
    }
    let person = get(&space, "/people/20").await;
    assert_eq!((person.header("etag"), &person.body["phone"]), ("\"3\"", &Value::Null), "each is a version");
    let gone = async |path: &str| ask(&space, Method::DELETE, path, Some("*"), None).await.status.as_u16();
    assert_eq!((gone(&note).await, gone(grace).await), (204, 204));
    assert_eq!(gone(&note).await, 404, "there is none any more");
}

#[tokio::test]
async fn repeated_problem_report_with_same_key_creates_one_and_resolving_checks_version() {
    let space = managed().await;
    let report = async || {
        let request = Request::post("/api/v1/machines/1/problems")
            .header("content-type", "application/json")
            .header("idempotency-key", "a-phone-in-the-cellar");
        let body = json!({ "severity": "unsafe", "words": "sparks" }).to_string();
        let answer = space.send(request.body(body.into()).unwrap()).await;
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        (answer.status().as_u16(), location)
    };
    let (status, location) = report().await;
    assert_eq!((status, &location), (201, &report().await.1), "asked twice, made once");
    let path = location.strip_prefix("/api/v1").unwrap();
    let made = ask(&space, Method::GET, path, None, None).await;
    assert_eq!(
        (made.header("etag"), &made.body["blocks"], &made.body["by"]),
        ("\"1\"", &json!(true), &json!("Person 7"))
    );
    let block = ask(&space, Method::GET, "/machines/1/block", None, None).await;
    assert_eq!((&block.body["because"], &block.body["problem"]), (&json!("sparks"), &made.body["id"]));
    let there = ask(&space, Method::POST, "/machines/1/block", None, Some(&json!({ "because": "x" }))).await;
    assert_eq!(there.summary(), (409, "machine.blocked-already", ""));

    let photo = Request::put(format!("/api/v1{path}/photo")).header("content-type", "image/jpeg");
    let photo = space.send(photo.body(vec![0; 6 * 1024 * 1024].into()).unwrap()).await;
    assert_eq!(photo.status(), 422, "read to its end, and no picture");

    let acknowledge = format!("{path}/acknowledge");
    let unseen = ask(&space, Method::POST, &acknowledge, None, None).await;
    assert_eq!(unseen.summary(), (428, "version.needed", "If-Match"));
    let known = ask(&space, Method::POST, &acknowledge, Some("\"1\""), None).await;
    assert_eq!((known.header("etag"), &known.body["state"]), ("\"2\"", &json!("acknowledged")));
    let (resolve, done) = (format!("{path}/resolve"), json!({ "done": "new cable" }));
    let late = ask(&space, Method::POST, &resolve, Some("\"1\""), Some(&done)).await;
    assert_eq!((late.summary().1, late.saved("state")), ("version.stale", "acknowledged"));
    let empty = ask(&space, Method::POST, &resolve, Some("\"2\""), Some(&json!({ "done": " " }))).await;
    assert_eq!(empty.summary(), (422, "problem.invalid", "done"));
    let resolved = ask(&space, Method::POST, &resolve, Some("\"2\""), Some(&done)).await;
    assert_eq!((&resolved.body["state"], &resolved.body["blocks"]), (&json!("resolved"), &json!(false)));
    assert_eq!(ask(&space, Method::GET, "/machines/1/block", None, None).await.summary().1, "block.unknown");
    let over = ask(&space, Method::POST, &resolve, Some("\"3\""), Some(&done)).await;
    assert_eq!(over.summary(), (409, "problem.over", ""));
    let block = json!({ "because": "new lens", "at_once": true });
    assert_eq!(ask(&space, Method::POST, "/machines/1/block", None, Some(&block)).await.status, 201);
    let lifted = ask(&space, Method::GET, "/machines/1/block", None, None).await.body["id"].to_string();
    for reported in [(204, ""), (409, "block.over")] {
        let answer = ask(&space, Method::POST, &format!("/blocks/{lifted}/lift"), None, None).await;
        assert_eq!((answer.status.as_u16(), answer.summary().1), reported);
    }
}
