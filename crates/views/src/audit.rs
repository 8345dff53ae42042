use crate::qualifications::Named;
use domain::{
    actor::Channel,
    audit::{By, Subject},
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// Which entries are asked for, as it was typed; an empty word asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// From this day on, by the clocks of the space: `2026-11-20`.
    pub from: String,
    /// Up to the end of this day.
    pub to: String,
    /// By somebody whose name holds this.
    pub by: String,
    /// Actions that begin so: `use.`.
    pub action: String,
    /// Subjects: `machine:7`, all of a kind (`machine`), or a piece of its name.
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

/// A value in the particulars of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A word, an id, a number.
    Word(String),
    Moment(Moment),
    /// A type or a machine.
    Equipment(Named),
    /// A room, as it stands in the chain and by name.
    Room(String, String),
    /// A booking, a checkout or a place on a waiting list.
    Appointment(Appointment),
}

/// A time of a machine, a room or a trainer that an entry is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// As it stands in the chain.
    pub id: String,
    /// The machine, the room, or the type that a checkout is for.
    pub name: String,
    /// When it is now.
    pub starts: Moment,
    pub ends: Moment,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub seq: i64,
    pub at: Moment,
    pub by: By,
    pub door: Channel,
    /// What, as a code: `use.start`.
    pub action: String,
    /// About what: `machine:7`.
    pub subject: String,
    /// What that is called, while it is known.
    pub subject_name: Option<String>,
    /// The particulars in the order of their names.
    pub detail: Vec<(String, Value)>,
}

impl Entry {
    /// The page about what the entry is about, where there is one.
    #[must_use]
    pub fn page(&self) -> Option<String> {
        match self.subject.parse().ok()? {
            Subject::Machine(id) => Some(format!("/machines/{id}")),
            Subject::Person(id) => Some(format!("/people/{id}")),
            Subject::Type(id) => Some(format!("/types/{id}")),
            Subject::Module(id) => Some(format!("/modules/{id}")),
            Subject::Place(_) => Some("/places".to_owned()),
            Subject::Room(_) => Some("/rooms".to_owned()),
            Subject::Display(_) => Some("/displays".to_owned()),
            Subject::Announcement(_) => Some("/announcements".to_owned()),
            Subject::Delivery(_) => Some("/deliveries".to_owned()),
            Subject::ExternalCalendar(_) => Some("/external-calendars".to_owned()),
            Subject::Firmware(_) => Some("/firmware".to_owned()),
            Subject::UnknownCards => Some("/unknown-cards".to_owned()),
            Subject::Space | Subject::Database => None,
        }
    }
}

/// A page of entries, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<E = Entry> {
    pub now: Moment,
    pub entries: Vec<E>,
    /// Where the next page begins, if there is one: before this entry.
    pub older: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::Millis;

    #[test]
    fn only_subjects_with_a_page_are_linked() {
        let about = |subject: &str| Entry {
            seq: 1,
            at: Moment { at: Millis(0), offset: 0 },
            by: By::Toolgate,
            door: Channel::Command,
            action: "test".into(),
            subject: subject.into(),
            subject_name: None,
            detail: Vec::new(),
        };
        assert_eq!(about("machine:7").page().as_deref(), Some("/machines/7"));
        assert_eq!(about("person:3").page().as_deref(), Some("/people/3"));
        assert_eq!(about("module:3").page().as_deref(), Some("/modules/3"));
        assert_eq!(about("unknown-cards").page().as_deref(), Some("/unknown-cards"));
        for none in ["space", "machine:", "machine:7/../x", "person:x", "hold:3"] {
            assert_eq!(about(none).page(), None, "{none}");
        }
    }
}
