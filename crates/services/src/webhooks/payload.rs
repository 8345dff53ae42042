//! What a webhook is sent: type, time and data of an event.
//!
//! Invariant: ids, links, names of machines and rooms, and titles of announcements; nothing about people, whose names and ids no
//! broadcast has.

use crate::{Ctx, mail};
use domain::{notices::Notice, time::Millis, webhooks::TEST, zone::to_rfc3339};
use serde_json::{Map, Value, json};

/// Fields of a notice that are instants.
const INSTANTS: [&str; 5] = ["at", "starts", "ends", "since", "until"];

/// An event, as far as its payload shows it.
pub(super) struct Event<'a> {
    /// Code of its kind.
    pub kind: &'a str,
    /// JSON of its notice.
    pub body: &'a str,
    pub told: Millis,
    /// Name of its machine, room or type.
    pub about: Option<&'a str>,
    /// Title of its announcement.
    pub title: Option<&'a str>,
}

/// The id of a message: the same for every attempt, and for every webhook.
pub(super) fn id(message: i64, told: Millis) -> String {
    format!("msg_{:x}{message:04x}", told.0)
}

/// The body of the request.
pub(super) fn of(ctx: &Ctx, event: &Event<'_>) -> String {
    let notice: Value = serde_json::from_str(event.body).unwrap_or_default();
    // A notice is an object with one key, its variant.
    let fields = notice.as_object().and_then(|variants| variants.values().next()).and_then(Value::as_object);
    let mut data: Map<_, _> = fields.cloned().unwrap_or_default();
    for key in INSTANTS {
        if let Some(at) = data.get(key).and_then(Value::as_i64).and_then(|at| to_rfc3339(Millis(at))) {
            data.insert(key.to_owned(), at.into());
        }
    }
    // It differs by recipient.
    data.remove("inside");
    data.extend(event.about.map(|name| ("name".to_owned(), name.into())));
    data.extend(event.title.map(|title| ("title".to_owned(), title.into())));
    let link = serde_json::from_str::<Notice>(event.body).ok().map(|notice| notice.link());
    data.extend(link.and_then(|path| Some(("link".to_owned(), format!("{}{path}", mail::site(ctx)?).into()))));
    written(event.kind, event.told, data)
}

/// The body of a test.
pub(super) fn test(told: Millis) -> String {
    written(TEST, told, Map::new())
}

fn written(kind: &str, told: Millis, data: Map<String, Value>) -> String {
    json!({ "type": kind, "timestamp": to_rfc3339(told), "data": data }).to_string()
}
