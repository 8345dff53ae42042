//! The document that SpaceAPI 15 describes (<https://spaceapi.io/docs/>).
//!
//! **Invariant.** A part without content is left out: an empty location, a state without opening hours, a kind of sensor without
//! sensors. Values are in the units of the format: watts, degrees Celsius, seconds since 1970.

use crate::{publication::Addresses, space::Space};
use domain::{
    meters::Amount,
    space_status::{Sensor, SpaceStatus},
    time::{Millis, Moment},
};
use serde::Serialize;

/// What the document is made from.
pub struct Facts<'a> {
    pub space: &'a Space,
    pub status: &'a SpaceStatus,
    pub now: Moment,
    pub addresses: &'a Addresses,
}

/// The whole document.
#[derive(Debug, Serialize)]
pub struct Document {
    api_compatibility: [&'static str; 1],
    space: String,
    logo: String,
    url: String,
    location: Location,
    contact: Contact,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<State>,
    #[serde(skip_serializing_if = "Sensors::is_empty")]
    sensors: Sensors,
    #[serde(skip_serializing_if = "Option::is_none")]
    feeds: Option<Feeds>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<Link>,
}

#[derive(Debug, Serialize)]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    // Both or neither.
    #[serde(skip_serializing_if = "Option::is_none")]
    lat: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lon: Option<f64>,
    timezone: &'static str,
}

#[derive(Debug, Serialize)]
struct Contact {
    email: String,
}

#[derive(Debug, Serialize)]
struct State {
    open: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    lastchange: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

#[derive(Debug, Serialize)]
struct Sensors {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    temperature: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    power_consumption: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    people_now_present: Vec<People>,
}

impl Sensors {
    const fn is_empty(&self) -> bool {
        self.temperature.is_empty() && self.power_consumption.is_empty() && self.people_now_present.is_empty()
    }
}

#[derive(Debug, Serialize)]
struct Value {
    value: Amount,
    unit: &'static str,
    location: String,
    name: String,
    lastchange: i64,
}

#[derive(Debug, Serialize)]
struct People {
    value: u32,
}

#[derive(Debug, Serialize)]
struct Feeds {
    calendar: Feed,
}

#[derive(Debug, Serialize)]
struct Feed {
    r#type: &'static str,
    url: String,
}

#[derive(Debug, Serialize)]
struct Link {
    name: &'static str,
    url: String,
}

impl Document {
    pub fn new(facts: &Facts<'_>) -> Self {
        let Facts { space, status, now, addresses } = *facts;
        let (lang, profile) = (space.language, &space.settings.profile);
        let site = addresses.site.as_ref();
        Self {
            api_compatibility: ["15"],
            space: if space.name.is_empty() { "Toolgate".to_owned() } else { space.name.clone() },
            logo: addresses.logo.clone(),
            url: addresses.website.clone(),
            location: Location {
                address: Some(profile.address.clone()).filter(|address| !address.is_empty()),
                lat: profile.position.map(|position| position.lat()),
                lon: profile.position.map(|position| position.lon()),
                timezone: space.zone.name(),
            },
            contact: Contact { email: profile.contact.clone() },
            state: status.open.map(|open| State {
                open,
                lastchange: status.since.map(seconds),
                message: status.until.map(|until| lang.opening_message(open, space.zone.moment(until), now)),
            }),
            sensors: Sensors {
                temperature: status.temperatures.iter().map(|sensor| value(sensor, "°C")).collect(),
                power_consumption: status.power.iter().map(|sensor| value(sensor, "W")).collect(),
                people_now_present: people(space, status).map(|value| People { value }).into_iter().collect(),
            },
            feeds: site
                .map(|site| Feeds { calendar: Feed { r#type: "ical", url: format!("{site}/events.ics") } }),
            links: site.map_or_else(Vec::new, |site| {
                let pages = [(lang.sign_what_is_free(), "/"), (lang.attend_title(), "/events")];
                pages.map(|(name, path)| Link { name, url: format!("{site}{path}") }).into()
            }),
        }
    }
}

/// The number of people inside, if it is published.
fn people(space: &Space, status: &SpaceStatus) -> Option<u32> {
    status.people.filter(|_| space.settings.profile.counts_people)
}

fn value(sensor: &Sensor, unit: &'static str) -> Value {
    Value {
        value: sensor.value,
        unit,
        // The format requires a place; a meter is usually named after its own.
        location: sensor.location.clone().unwrap_or_else(|| sensor.name.clone()),
        name: sensor.name.clone(),
        lastchange: seconds(sensor.read),
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
        settings::{Key, Scope, Setting, Settings},
        time::{HOUR, MINUTE},
    };
    use proptest::{option, prelude::*};
    use serde_json::{Value as Json, json};

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
    fn document(settings: &[(Key, &str)], status: &SpaceStatus, site: Option<&str>) -> Json {
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
        serde_json::to_value(Document::new(&facts)).unwrap()
    }

    #[test]
    fn document_has_what_the_space_publishes() {
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
    fn has_empty_part(value: &Json) -> bool {
        match value {
            Json::Null => true,
            Json::Array(all) => all.is_empty() || all.iter().any(has_empty_part),
            Json::Object(fields) => fields.is_empty() || fields.values().any(has_empty_part),
            Json::Bool(_) | Json::Number(_) | Json::String(_) => false,
        }
    }

    fn any_status() -> impl Strategy<Value = SpaceStatus> {
        let at = || option::of((-90_000_000_i64..90_000_000).prop_map(|by| Millis(NOW.0 + by)));
        let sensors = || {
            let sensor = ("\\PC{1,20}", option::of("\\PC{1,20}"), -50_000_000_i64..50_000_000);
            prop::collection::vec(
                sensor.prop_map(|(name, location, value)| Sensor { name, location, value: Amount(value), read: NOW }),
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
            option::of(prop::sample::select(values)).prop_map(move |value| value.map(|value| (key, value.to_owned())))
        };
        let text = |key: Key| option::of("\\PC{0,30}").prop_map(move |value| value.map(|value| (key, value)));
        (
            text(Key::SpaceName),
            text(Key::SpaceAddress),
            text(Key::SpaceContact),
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
