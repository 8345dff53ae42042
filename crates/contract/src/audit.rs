use crate::qualifications::Named;
use domain::{
    actor::Channel,
    audit::{AuditActor, Subject},
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A filter as entered; empty fields match all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// From this local day on: `2026-11-20`.
    pub from: String,
    /// Up to the end of this day.
    pub to: String,
    /// Part of the person's name.
    pub by: String,
    /// Beginning of the action: `use.`.
    pub action: String,
    /// Subject: `machine:7`, all of a kind (`machine`), or part of its name.
    pub subject: String,
}

impl Filter {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        [&self.from, &self.to, &self.by, &self.action, &self.subject]
            .into_iter()
            .all(|name| name.trim().is_empty())
    }
}

/// A value in an entry's detail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A word, an id, a number.
    Word(String),
    Moment(Moment),
    /// A type or a machine.
    Equipment(Named),
    /// A room, as recorded and by name.
    Room(String, String),
    /// A booking, a checkout or a place on a waiting list.
    Appointment(Appointment),
}

/// A time of a machine, room or trainer in an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// Its id as recorded.
    pub id: String,
    /// Name of the machine or room, or of the type of a checkout.
    pub name: String,
    /// Its present time.
    pub starts: Moment,
    pub ends: Moment,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub seq: i64,
    pub at: Moment,
    pub by: AuditActor,
    pub door: Channel,
    /// Action code: `use.start`.
    pub action: String,
    /// Subject: `machine:7`.
    pub subject: String,
    /// The subject's name, if known.
    pub subject_name: Option<String>,
    /// The detail, sorted by name.
    pub detail: Vec<(String, Value)>,
}

impl Entry {
    /// The page of its subject, if there is one.
    #[must_use]
    pub fn page(&self) -> Option<String> {
        match self.subject.parse().ok()? {
            Subject::Machine(id) => Some(format!("/machines/{id}")),
            Subject::Person(id) => Some(format!("/people/{id}")),
            Subject::Type(id) => Some(format!("/types/{id}")),
            Subject::Module(id) => Some(format!("/modules/{id}")),
            Subject::Place(_) => Some("/places".to_owned()),
            Subject::Room(id) => Some(format!("/rooms/{id}")),
            Subject::FloorPlan(id) => Some(format!("/plan?plan={id}")),
            Subject::Group(id) => Some(format!("/groups/{id}")),
            Subject::Draw(id) => Some(format!("/draws/{id}")),
            Subject::TrainingEvent(id) => Some(format!("/events/{id}")),
            Subject::Document(id) => Some(format!("/documents/{id}/people")),
            Subject::Display(_) => Some("/displays".to_owned()),
            Subject::IdentityProvider(_) => Some("/sign-in-providers".to_owned()),
            Subject::Announcement(_) => Some("/announcements".to_owned()),
            Subject::Delivery(_) => Some("/deliveries".to_owned()),
            Subject::ExternalCalendar(_) => Some("/external-calendars".to_owned()),
            Subject::Webhook(id) => Some(format!("/webhooks/{id}")),
            Subject::Firmware(_) => Some("/firmware".to_owned()),
            Subject::BuildingDevice(_) => Some("/building".to_owned()),
            Subject::Actuator(id) => Some(format!("/building/actuators/{id}")),
            Subject::Meter(_) => Some("/building/meters".to_owned()),
            Subject::UnknownCards => Some("/unknown-cards".to_owned()),
            Subject::Space | Subject::Database | Subject::TrainingRequest(_) => None,
        }
    }
}

/// A page of entries, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<E = Entry> {
    pub now: Moment,
    pub entries: Vec<E>,
    /// The cursor of the next page, if any: before this entry.
    pub older: Option<i64>,
}
