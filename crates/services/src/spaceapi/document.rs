//! The document that SpaceAPI 15 describes (<https://spaceapi.io/docs/>).
//!
//! **Invariant.** A part without content is left out: a state without opening hours, a kind of sensor without sensors. Values are in
//! the units of the format: watts, degrees Celsius, seconds since 1970.

use crate::{publication::Addresses, space::Space};
use domain::{
    space_profile::Position,
    space_status::{Sensor, SpaceStatus},
    time::{Millis, Moment},
};
use serde_json::{Value, json};

/// What the document is made from.
pub struct Facts<'a> {
    pub space: &'a Space,
    pub status: &'a SpaceStatus,
    pub now: Moment,
    pub addresses: &'a Addresses,
}

/// The whole document.
pub fn document(facts: &Facts<'_>) -> Value {
    let Facts { space, status, now, addresses } = *facts;
    let (lang, profile) = (space.language, &space.settings.profile);
    let here = |path: &str| addresses.site.as_ref().map(|site| format!("{site}{path}"));
    let link = |name: &str, path: &str| here(path).map(|url| json!({ "name": name, "url": url }));
    let state = status.open.map(|open| {
        let message = status.until.map(|until| lang.opening_message(open, space.zone.moment(until), now));
        json!({ "open": open, "lastchange": status.since.map(seconds), "message": message })
    });
    let people = status.people.filter(|_| profile.counts_people).map(|people| [json!({ "value": people })]);
    let all = json!({
        "api_compatibility": ["15"],
        "space": space.name,
        "logo": addresses.logo,
        "url": addresses.website,
        "location": {
            "address": profile.address,
            "lat": profile.position.map(Position::lat),
            "lon": profile.position.map(Position::lon),
            "timezone": space.zone.name(),
        },
        "contact": { "email": profile.contact },
        "state": state,
        "sensors": {
            "temperature": sensors(&status.temperatures, "°C"),
            "power_consumption": sensors(&status.power, "W"),
            "people_now_present": people,
        },
        "feeds": { "calendar": here("/events.ics").map(|url| json!({ "type": "ical", "url": url })) },
        "links": [link(lang.sign_what_is_free(), "/"), link(lang.attend_title(), "/events")],
    });
    let Some(mut document) = with_content(all) else { return Value::Null };
    if document.get("space").is_none() {
        document["space"] = "Toolgate".into();
    }
    document
}

fn sensors(all: &[Sensor], unit: &str) -> Vec<Value> {
    let sensor = |sensor: &Sensor| {
        // The format requires a place; a meter is usually named after its own.
        let location = sensor.location.as_deref().filter(|room| !room.is_empty()).unwrap_or(&sensor.name);
        json!({
            "value": sensor.value,
            "unit": unit,
            "location": location,
            "name": sensor.name,
            "lastchange": seconds(sensor.read),
        })
    };
    all.iter().map(sensor).collect()
}

/// `value` without its parts that are empty; `None` if nothing is left.
fn with_content(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) => (!text.is_empty()).then_some(Value::String(text)),
        Value::Array(all) => {
            let all: Vec<_> = all.into_iter().filter_map(with_content).collect();
            (!all.is_empty()).then_some(Value::Array(all))
        }
        Value::Object(fields) => {
            let fields = fields.into_iter().filter_map(|(name, value)| Some((name, with_content(value)?)));
            let fields: serde_json::Map<_, _> = fields.collect();
            (!fields.is_empty()).then_some(Value::Object(fields))
        }
        Value::Bool(_) | Value::Number(_) => Some(value),
    }
}

const fn seconds(at: Millis) -> i64 {
    at.0.div_euclid(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spaceapi::checker::faults;
    use domain::{
        meters::Amount,
        settings::{Key, Scope, Setting, Settings},
        time::{HOUR, MINUTE},
    };
    use proptest::{option, prelude::*};

    /// Thursday 19 November 2026, 13:16 UTC.
    const NOW: Millis = Millis(1_795_094_160_000);

    fn sensor(name: &str, location: Option<&str>, value: i64) -> Sensor {
        let location = location.map(ToOwned::to_owned);
        Sensor { name: name.into(), location, value: Amount(value), read: NOW.before(MINUTE) }
    }

    fn status() -> SpaceStatus {
        SpaceStatus {
            open: Some(true),
            since: Some(NOW.before(HOUR * 4)),
            until: Some(NOW.after(HOUR * 8)),
            people: Some(7),
            temperatures: vec![sensor("Hall", Some("Room 1"), 21_400)],
            power: vec![sensor("Main", None, 2_000_500)],
        }
    }

    /// A document of the status, with these settings and addresses.
    fn document(settings: &[(Key, &str)], status: &SpaceStatus, site: Option<&str>) -> Value {
        let of = |&(key, value): &(Key, &str)| Setting { scope: Scope::Space, key, value: value.to_owned() };
        let space = Space::from_settings(&Settings::resolve(settings.iter().map(of).collect()));
        let profile = &space.settings.profile;
        let or = |own: &str, other: &str| if own.is_empty() { other.to_owned() } else { own.to_owned() };
        let addresses = Addresses {
            website: or(&profile.website, "https://lab.example/"),
            logo: or(&profile.logo, "https://lab.example/icon-512.png"),
            site: site.map(ToOwned::to_owned),
        };
        let facts = Facts { space: &space, status, now: space.zone.moment(NOW), addresses: &addresses };
        super::document(&facts)
    }

    #[test]
    fn document_has_which_the_space_publishes() {
        let settings = [
            (Key::SpaceName, "Talvera"),
            (Key::Zone, "Europe/Rome"),
            (Key::SpaceContact, "lab@lab.example"),
            (Key::SpaceAddress, "Via Roma 1"),
            (Key::SpacePosition, "45.43842, 10.99171"),
            (Key::PublicPeople, "yes"),
        ];
        let expected = json!({
            "api_compatibility": ["15"],
            "space": "Talvera",
            "logo": "https://lab.example/icon-512.png",
            "url": "https://lab.example/",
            "location": { "address": "Via Roma 1", "lat": 45.43842, "lon": 10.99171, "timezone": "Europe/Rome" },
            "contact": { "email": "lab@lab.example" },
            "state": { "open": true, "lastchange": 1_795_079_760, "message": "Open until 22:16" },
            "sensors": {
                "temperature": [{
                    "value": 21.4, "unit": "°C", "location": "Room 1", "name": "Hall", "lastchange": 1_795_094_100
                }],
                "power_consumption": [{
                    "value": 2000.5, "unit": "W", "location": "Main", "name": "Main", "lastchange": 1_795_094_100
                }],
                "people_now_present": [{ "value": 7 }]
            },
            "feeds": { "calendar": { "type": "ical", "url": "https://lab.example/events.ics" } },
            "links": [
                { "name": "See what’s free", "url": "https://lab.example/" },
                { "name": "Training together", "url": "https://lab.example/events" }
            ]
        });
        assert_eq!(document(&settings, &status(), Some("https://lab.example")), expected);
    }

    #[test]
    fn parts_without_content_are_left_out() {
        let nothing = SpaceStatus {
            open: None,
            since: None,
            until: None,
            people: Some(7),
            temperatures: vec![],
            power: vec![],
        };
        let found = document(&[(Key::SpaceContact, "lab@lab.example")], &nothing, None);
        for part in ["state", "sensors", "feeds", "links"] {
            assert_eq!(found.get(part), None, "{found}");
        }
        assert_eq!(found["location"], json!({ "timezone": "UTC" }));
        assert!(!found.to_string().contains("people"), "their number is not published: {found}");
    }

    #[test]
    fn message_is_in_the_language_of_the_space() {
        let closed = SpaceStatus { open: Some(false), until: Some(NOW.after(HOUR * 20)), ..status() };
        let state = |language| document(&[(Key::Language, language)], &closed, None)["state"].clone();
        assert_eq!(state("en")["message"], "Closed, opens tomorrow at 09:16");
        assert_eq!(state("it")["message"], "Chiuso, apre domani alle 09:16");
        assert_eq!(state("en")["open"], false);
    }

    /// Whether there is an empty part anywhere.
    fn has_empty_part(value: &Value) -> bool {
        match value {
            Value::Null => true,
            Value::Array(all) => all.is_empty() || all.iter().any(has_empty_part),
            Value::Object(fields) => fields.is_empty() || fields.values().any(has_empty_part),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        }
    }

    fn any_status() -> impl Strategy<Value = SpaceStatus> {
        let at = || option::of((-90_000_000_i64..90_000_000).prop_map(|by| Millis(NOW.0 + by)));
        let sensors = || {
            let sensor = ("\\PC{1,20}", option::of("\\PC{1,20}"), -50_000_000_i64..50_000_000);
            prop::collection::vec(
                sensor.prop_map(|(name, location, value)| Sensor {
                    name,
                    location,
                    value: Amount(value),
                    read: NOW,
                }),
                0..4,
            )
        };
        (option::of(any::<bool>()), at(), at(), option::of(0_u32..500), sensors(), sensors()).prop_map(
            |(open, since, until, people, temperatures, power)| SpaceStatus {
                open,
                since: open.and(since),
                until: open.and(until),
                people,
                temperatures,
                power,
            },
        )
    }

    fn any_settings() -> impl Strategy<Value = Vec<(Key, String)>> {
        let of = |key: Key, values: &'static [&'static str]| {
            option::of(prop::sample::select(values))
                .prop_map(move |value| value.map(|value| (key, value.to_owned())))
        };
        let text = |key: Key| option::of("\\PC{0,30}").prop_map(move |value| value.map(|value| (key, value)));
        (
            text(Key::SpaceName),
            text(Key::SpaceAddress),
            // Without one there is no document.
            Just(Some((Key::SpaceContact, "lab@lab.example".to_owned()))),
            of(Key::Zone, &["UTC", "Europe/Rome", "Pacific/Kiritimati", "nowhere"]),
            of(Key::Language, &["en", "it"]),
            of(Key::SpacePosition, &["45.4, 10.9", "-90, 180", "north", ""]),
            of(Key::SpaceWebsite, &["https://talvera.example/a?b=c", "javascript:x", ""]),
            of(Key::PublicPeople, &["yes", "no", "maybe"]),
        )
            .prop_map(|(a, b, c, d, e, f, g, h)| [a, b, c, d, e, f, g, h].into_iter().flatten().collect())
    }

    proptest! {
        #[test]
        fn every_document_is_valid_and_complete(
            settings in any_settings(), status in any_status(), has_site in any::<bool>(),
        ) {
            let settings: Vec<_> = settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
            let found = document(&settings, &status, has_site.then_some("https://lab.example"));
            prop_assert_eq!(faults(&found), Vec::<String>::new(), "{}", found);
            prop_assert!(!has_empty_part(&found), "{}", found);
            let publishes_people = settings.contains(&(Key::PublicPeople, "yes"));
            let has_people = found["sensors"].get("people_now_present").is_some();
            prop_assert_eq!(has_people, publishes_people && status.people.is_some(), "{}", found);
        }
    }
}
