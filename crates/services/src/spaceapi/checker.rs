//! Checks a document by the rules of SpaceAPI 15, written from its documentation: <https://spaceapi.io/docs/>.
//!
//! Not here: parts that Toolgate never publishes, such as cameras.

use serde_json::{Value, json};

/// The fault of `document`; nothing if it is valid.
pub fn faults(document: &Value) -> Vec<String> {
    let mut check = Check(Vec::new());
    if !check.object("the document", document) {
        return check.0;
    }
    let versions = document["api_compatibility"].as_array();
    let is_listed = versions.is_some_and(|all| all.iter().all(Value::is_string) && all.contains(&json!("15")));
    check.require(is_listed, "api_compatibility does not list 15");
    for name in ["space", "logo", "url"] {
        check.require(document[name].is_string(), &format!("{name} is no text"));
    }
    check.object("contact", &document["contact"]);
    check.texts("contact", &document["contact"], &["email", "phone", "irc", "matrix", "ml", "mastodon"]);
    check.location(document);
    check.state(document);
    check.sensors(document);
    for (name, feed) in entries(&document["feeds"]) {
        check.require(feed["url"].is_string(), &format!("feeds.{name} has no url"));
        check.texts(name, feed, &["type"]);
    }
    check.require(document["feeds"].is_null() || document["feeds"].is_object(), "feeds is no object");
    check.require(document["links"].is_null() || document["links"].is_array(), "links is no list");
    for link in items(&document["links"]) {
        check.require(link["name"].is_string() && link["url"].is_string(), "a link has no name or no url");
    }
    check.0
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

struct Check(Vec<String>);

impl Check {
    fn require(&mut self, holds: bool, fault: &str) {
        if !holds {
            self.0.push(fault.to_owned());
        }
    }

    fn object(&mut self, name: &str, value: &Value) -> bool {
        self.require(value.is_object(), &format!("{name} is no object"));
        value.is_object()
    }

    /// Optional fields that are texts.
    fn texts(&mut self, of: &str, value: &Value, names: &[&str]) {
        for name in names {
            let is_text = value.get(name).is_none_or(Value::is_string);
            self.require(is_text, &format!("{of}.{name} is no text"));
        }
    }

    /// Optional fields that are numbers.
    fn numbers(&mut self, of: &str, value: &Value, names: &[&str]) {
        for name in names {
            let is_number = value.get(name).is_none_or(Value::is_number);
            self.require(is_number, &format!("{of}.{name} is no number"));
        }
    }

    fn location(&mut self, document: &Value) {
        let Some(location) = document.get("location") else { return };
        if !self.object("location", location) {
            return;
        }
        self.require(entries(location).next().is_some(), "location is empty");
        self.texts("location", location, &["address", "timezone", "country_code", "hint"]);
        self.numbers("location", location, &["lat", "lon"]);
        self.require(
            location.get("lat").is_some() == location.get("lon").is_some(),
            "location has half a position",
        );
    }

    fn state(&mut self, document: &Value) {
        let Some(state) = document.get("state") else { return };
        self.object("state", state);
        self.require(state.get("open").is_none_or(Value::is_boolean), "state.open is no boolean");
        self.numbers("state", state, &["lastchange"]);
        self.texts("state", state, &["message", "trigger_person"]);
    }

    fn sensors(&mut self, document: &Value) {
        let Some(sensors) = document.get("sensors") else { return };
        self.object("sensors", sensors);
        for (kind, all) in entries(sensors) {
            self.require(all.is_array(), &format!("sensors.{kind} is no list"));
            for sensor in items(all) {
                self.sensor(kind, sensor);
            }
        }
    }

    fn sensor(&mut self, kind: &str, sensor: &Value) {
        let units: &[&str] = match kind {
            "temperature" => &["°C", "°F", "K", "°De", "°N", "°R", "°Ré", "°Rø"],
            "humidity" => &["%"],
            "power_consumption" | "power_generation" => &["W", "VA"],
            _ => &[],
        };
        let is_valued =
            if kind == "door_locked" { sensor["value"].is_boolean() } else { sensor["value"].is_number() };
        self.require(is_valued, &format!("a sensor of {kind} has no value"));
        let is_placed = kind == "people_now_present" || kind == "total_member_count";
        self.require(is_placed || sensor["location"].is_string(), &format!("a sensor of {kind} has no location"));
        let is_measured = units.is_empty() || sensor["unit"].as_str().is_some_and(|unit| units.contains(&unit));
        self.require(is_measured, &format!("a sensor of {kind} has the unit {}", sensor["unit"]));
        self.texts(kind, sensor, &["location", "name", "description"]);
        self.numbers(kind, sensor, &["lastchange"]);
    }
}

/// A valid document with much of what may be in one.
pub fn example() -> Value {
    json!({
        "api_compatibility": ["15"],
        "space": "Officina",
        "logo": "https://lab.example/logo.svg",
        "url": "https://lab.example/",
        "location": {
            "address": "Via Roma 1, 37100 Verona, Italia", "lat": 45.43, "lon": 10.99,
            "timezone": "Europe/Rome", "country_code": "IT", "hint": "Ring"
        },
        "state": { "open": true, "lastchange": 1_795_600_000, "message": "open until 22:00" },
        "contact": { "email": "lab@lab.example" },
        "sensors": {
            "people_now_present": [{ "value": 7 }],
            "power_consumption": [{ "value": 1450.5, "unit": "W", "location": "Studio B" }],
            "temperature": [{ "value": 19.5, "unit": "°C", "location": "Studio B" }],
            "door_locked": [{ "value": false, "location": "front" }],
            "total_member_count": [{ "value": 312 }]
        },
        "feeds": { "calendar": { "type": "ical", "url": "https://lab.example/calendar.ics" } }
    })
}

#[test]
fn checker_accepts_valid_documents_and_refuses_others() {
    assert_eq!(faults(&example()), Vec::<String>::new());
    let changed = |change: fn(&mut Value)| {
        let mut document = example();
        change(&mut document);
        faults(&document)
    };
    let removed = |document: &mut Value, name: &str| {
        document.as_object_mut().map(|fields| fields.remove(name));
    };
    assert_eq!(
        changed(|it| drop(it["state"].as_object_mut().map(|state| state.remove("open")))),
        Vec::<String>::new()
    );
    let wrong: [fn(&mut Value); 12] = [
        |it| it["sensors"]["power_consumption"][0]["unit"] = json!("kW"),
        |it| it["api_compatibility"] = json!(["0.13"]),
        |it| it["state"]["open"] = json!("yes"),
        |it| it["api_compatibility"] = json!("15"),
        |it| it["contact"] = Value::Null,
        |it| it["space"] = json!(15),
        |it| it["location"]["lat"] = json!("45.43"),
        |it| drop(it["location"].as_object_mut().map(|location| location.remove("lon"))),
        |it| it["location"] = json!({}),
        |it| drop(it["sensors"]["temperature"][0].as_object_mut().map(|sensor| sensor.remove("location"))),
        |it| it["state"]["lastchange"] = json!("2026-11-29"),
        |it| it["links"] = json!([{ "name": "Events" }]),
    ];
    for (at, change) in wrong.into_iter().enumerate() {
        assert_eq!(changed(change).len(), 1, "document {at}: {:?}", changed(change));
    }
    for name in ["space", "logo", "url", "contact", "api_compatibility"] {
        let mut document = example();
        removed(&mut document, name);
        assert_eq!(faults(&document).len(), 1, "{name}");
    }
}
