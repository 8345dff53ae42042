//! Calendar entries as other programs read them (RFC 5545), and the messages by which one reaches a calendar (RFC 5546).
//!
//! **Invariants.** An entry is known by its uid, which never changes; a later version has a higher sequence or a later stamp. Whatever
//! somebody typed is text and cannot begin a line of its own.
//!
//! Deliberately absent: what an entry says, which its noun knows, and the mail around it ([`crate::outbox`]).

use domain::{time::Millis, zone::Zone};

/// Bytes of a line, without its end.
const LINE: usize = 75;

/// What a message asks its reader's calendar for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// To keep the entry.
    Request,
    /// To take it out.
    Cancel,
}

impl Method {
    /// As it is written in the message and around it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// A message for a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// What it asks for.
    pub method: Method,
    /// A whole calendar object: lines of at most 75 bytes that end in CRLF.
    pub text: String,
}

/// How far an entry is agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Tentative,
    Confirmed,
    Cancelled,
}

/// An entry as it is now.
#[derive(Debug, Clone)]
pub(crate) struct Entry<'a> {
    /// Unique in the whole world.
    pub uid: String,
    pub sequence: i64,
    /// When it was looked at.
    pub stamp: Millis,
    pub starts: Millis,
    pub ends: Millis,
    pub status: Status,
    pub summary: String,
    pub description: Option<String>,
    pub location: Option<String>,
    /// The page about it.
    pub url: &'a str,
}

/// Somebody in an entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Party<'a> {
    pub name: &'a str,
    pub email: &'a str,
}

/// `entry` for the calendar of `attendee`, who hears from `organizer`.
pub(crate) fn invitation(entry: &Entry<'_>, organizer: Party<'_>, attendee: Party<'_>) -> Invitation {
    let method = if entry.status == Status::Cancelled { Method::Cancel } else { Method::Request };
    let (status, answer) = match entry.status {
        Status::Tentative => ("TENTATIVE", "TENTATIVE"),
        Status::Confirmed => ("CONFIRMED", "ACCEPTED"),
        Status::Cancelled => ("CANCELLED", "DECLINED"),
    };
    let mut lines = Lines(String::new());
    for (key, value) in [("BEGIN", "VCALENDAR"), ("VERSION", "2.0"), ("PRODID", "-//Toolgate//Toolgate//EN")] {
        lines.add(key, value);
    }
    lines.add("METHOD", method.word());
    lines.add("BEGIN", "VEVENT");
    lines.add("UID", &escaped(&entry.uid));
    lines.add("SEQUENCE", &entry.sequence.to_string());
    for (key, at) in [("DTSTAMP", entry.stamp), ("DTSTART", entry.starts), ("DTEND", entry.ends)] {
        lines.add(key, &instant(at));
    }
    lines.add("STATUS", status);
    lines.add("SUMMARY", &escaped(&entry.summary));
    for (key, text) in [("DESCRIPTION", &entry.description), ("LOCATION", &entry.location)] {
        if let Some(text) = text {
            lines.add(key, &escaped(text));
        }
    }
    lines.add("URL", &one_line(entry.url));
    lines.add(&format!("ORGANIZER{}", named(organizer)), &mailto(organizer));
    // What they do is decided in Toolgate: a calendar has nothing to answer.
    let key = format!("ATTENDEE{};ROLE=REQ-PARTICIPANT;PARTSTAT={answer};RSVP=FALSE", named(attendee));
    lines.add(&key, &mailto(attendee));
    lines.add("END", "VEVENT");
    lines.add("END", "VCALENDAR");
    Invitation { method, text: lines.0 }
}

/// Lines of a calendar object.
struct Lines(String);

impl Lines {
    /// Adds a line, in pieces of at most [`LINE`] bytes that begin with a blank.
    fn add(&mut self, key: &str, value: &str) {
        let mut length = 0;
        for letter in key.chars().chain([':']).chain(value.chars()) {
            if length + letter.len_utf8() > LINE {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(letter);
            length += letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// In UTC, to the second.
fn instant(at: Millis) -> String {
    let moment = Zone::UTC.moment(at);
    let wall = moment.wall();
    let date = wall.date;
    let second = at.0.div_euclid(1000).rem_euclid(60);
    format!("{:04}{:02}{:02}T{:02}{:02}{second:02}Z", date.year, date.month, date.day, wall.hour, wall.minute)
}

fn mailto(party: Party<'_>) -> String {
    format!("mailto:{}", one_line(party.email))
}

/// What somebody is called, as a parameter; nothing where that is not known.
fn named(party: Party<'_>) -> String {
    // A parameter has no way to write a quotation mark.
    let name = one_line(party.name).replace('"', "'");
    if name.is_empty() { name } else { format!(";CN=\"{name}\"") }
}

/// As a text is written.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in one_line(text).chars() {
        if matches!(letter, '\\' | ';' | ',') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn made(typed: &str, status: Status) -> String {
        let entry = Entry {
            uid: "appointment-7@attic.example".into(),
            sequence: 2,
            stamp: Millis(0),
            starts: Millis(1_800_000_000_000),
            ends: Millis(1_800_001_800_000),
            status,
            summary: typed.into(),
            description: Some(typed.into()),
            location: Some(typed.into()),
            url: "https://attic.example/checkouts/7",
        };
        let organizer = Party { name: typed, email: "hello@attic.example" };
        invitation(&entry, organizer, Party { name: typed, email: "ada@attic.example" }).text
    }

    #[test]
    fn what_is_called_off_asks_to_be_taken_out() {
        let text = made("Laser", Status::Cancelled);
        for line in ["METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:2", "DTSTART:20270115T080000Z"] {
            assert!(text.contains(&format!("\r\n{line}\r\n")), "{line} is not in {text}");
        }
        assert!(made("Laser", Status::Tentative).contains("\r\nMETHOD:REQUEST\r\n"));
    }

    proptest! {
        #[test]
        fn whatever_is_typed_stays_in_its_line(typed in "(?s).{0,200}") {
            let text = made(&typed, Status::Confirmed);
            prop_assert!(text.split_inclusive("\r\n").all(|line| line.len() <= 77 && line.ends_with("\r\n")), "{text:?}");
            prop_assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "{text:?}");
            let whole = text.replace("\r\n ", "");
            let keys: Vec<_> = whole.lines().map(|line| line.split([':', ';']).next().unwrap_or_default()).collect();
            prop_assert_eq!(keys, [
                "BEGIN", "VERSION", "PRODID", "METHOD", "BEGIN", "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "STATUS",
                "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "ORGANIZER", "ATTENDEE", "END", "END",
            ]);
        }
    }
}
