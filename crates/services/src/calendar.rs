//! Calendar files for other programs (RFC 5545): whole calendars, and the messages that deliver a single entry
//! (RFC 5546).
//!
//! **Invariants.** An entry is identified by its uid, which never changes, whatever the site's address or name; a
//! later version has a higher sequence or a later stamp.
//!
//! Not here: the lines themselves ([`recurrence::ical`]), the content of an entry, which its noun provides, the mail
//! around it ([`crate::outbox`]), and who may read a whole calendar ([`crate::feeds`]).
//!
//! Each reader gets a message that contains only their own address and says what the mail says. A uid ends in a
//! random name stored in the database (`calendar_name`), not in the site's address, so moving the site does not
//! change it. The crate `icalendar` was rejected: it folds lines to 76 bytes where 75 is the limit, and fills
//! missing fields from the clock and a random generator.

use crate::{
    Ctx,
    mail::{self, Invitation, Method, Post, travelling},
};
use domain::{
    feeds::MAX_AGE,
    id::SeriesId,
    time::{Date, Millis},
    zone::Zone,
};
use recurrence::Series;
pub(crate) use recurrence::ical::Status;
use recurrence::ical::{Details, Lines, escaped, instant, one_line};
use std::{fmt::Display, sync::Arc};

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Unique in the whole world.
    pub uid: String,
    pub sequence: i64,
    /// When it was generated; in a whole calendar, when it last changed, so that equal entries give equal bytes.
    pub stamp: Millis,
    pub starts: Millis,
    pub ends: Millis,
    pub status: Status,
    pub summary: String,
    pub description: Option<String>,
    pub location: Option<String>,
    /// Its page, if the site's address is known.
    pub url: Option<String>,
}

/// A series in a whole calendar.
#[derive(Debug, Clone)]
pub(crate) struct SeriesEntry {
    pub id: SeriesId,
    /// What all dates have in common; its times are not used.
    pub details: Entry,
    pub series: Series,
    pub zone: Zone,
    /// Titles of dates that are in another place.
    pub elsewhere: Vec<(Date, String)>,
}

/// The site, as calendars identify it.
pub(crate) struct Site {
    post: Arc<Post>,
    /// A random name that distinguishes its entries from those of other workshops.
    name: Arc<str>,
}

impl Site {
    pub fn of(ctx: &Ctx) -> Self {
        Self { post: mail::memory(ctx).post(), name: ctx.calendar_name() }
    }

    /// Its name in the network.
    fn host(&self) -> &str {
        let site = self.post.site.as_deref().unwrap_or("toolgate");
        let host = site.split_once("://").map_or(site, |(_, rest)| rest);
        host.split(['/', ':']).next().unwrap_or_default()
    }

    /// `booking-7@` and the random name of the database.
    pub fn uid(&self, what: &str, id: impl Display) -> String {
        format!("{what}-{id}@{}", self.name)
    }

    /// The address of a page, `/bookings/7`; `None` while the site's address is not configured.
    pub fn page(&self, path: impl Display) -> Option<String> {
        Some(format!("{}{path}", self.post.site.as_deref()?))
    }
}

/// A person in an entry.
#[derive(Debug, Clone, Copy)]
struct Party<'a> {
    name: &'a str,
    email: &'a str,
}

/// The calendar message with `entry` for the `attendee`, a name and an address, organized by the space; `file` is
/// its file name.
pub(crate) fn invitation(ctx: &Ctx, entry: &Entry, (name, email): (&str, &str), file: &'static str) -> Invitation {
    let (site, space) = (Site::of(ctx), ctx.space());
    let nobody = format!("noreply@{}", site.host());
    let organizer = Party { name: space_name(&space.name), email: site.post.sender.as_deref().unwrap_or(&nobody) };
    written(entry, organizer, Party { name, email }, file)
}

fn written(entry: &Entry, organizer: Party<'_>, attendee: Party<'_>, file: &'static str) -> Invitation {
    let method = match entry.status {
        Status::Tentative | Status::Confirmed => Method::Request,
        Status::Cancelled => Method::Cancel,
    };
    let mut lines = Lines::begun();
    lines.add("METHOD", method.as_str());
    lines.add("BEGIN", "VEVENT");
    write_entry(&mut lines, entry);
    lines.add(&format!("ORGANIZER{}", named(organizer)), &mailto(organizer));
    // Toolgate decides: calendars cannot reply for their owners.
    let key = format!("ATTENDEE{};ROLE=REQ-PARTICIPANT;RSVP=FALSE", named(attendee));
    lines.add(&key, &mailto(attendee));
    lines.add("END", "VEVENT");
    Invitation { method, file, text: lines.finish() }
}

/// A whole calendar called `name`, as a program reads it that asks again now and then.
pub(crate) fn whole(space: &str, name: &str, entries: &[Entry], series: &[SeriesEntry]) -> String {
    let mut lines = Lines::begun();
    let name = format!("{} · {name}", space_name(space));
    // The standard name since RFC 7986, and the older de-facto one.
    for key in ["NAME", "X-WR-CALNAME"] {
        lines.add(key, &escaped(&name));
    }
    let refresh = format!("PT{}M", MAX_AGE.as_secs().div_ceil(60));
    lines.add("REFRESH-INTERVAL;VALUE=DURATION", &refresh);
    lines.add("X-PUBLISHED-TTL", &refresh);
    let years = series.iter().filter_map(|one| one.series.years(one.zone).ok());
    let years = years.reduce(|all, one| *all.start().min(one.start())..=*all.end().max(one.end()));
    if let (Some(years), Some(one)) = (years, series.first()) {
        lines.zone(one.zone, years);
    } else if entries.is_empty() {
        // A calendar object holds one component at least.
        lines.zone(Zone::UTC, 1970..=1970);
    }
    for entry in entries {
        lines.add("BEGIN", "VEVENT");
        write_entry(&mut lines, entry);
        lines.transparency(entry.status);
        lines.add("END", "VEVENT");
    }
    for one in series {
        let details = details(&one.details);
        let own = one.elsewhere.iter().map(|(date, summary)| (*date, Details { summary, ..details }));
        let written = lines.series(&one.series, one.zone, &details, &own.collect());
        debug_assert!(written.is_ok(), "its rule was expanded to find what it contains");
    }
    lines.finish()
}

fn space_name(name: &str) -> &str {
    if name.is_empty() { "Toolgate" } else { name }
}

/// Writes an entry, for any kind of file.
fn write_entry(lines: &mut Lines, entry: &Entry) {
    lines.event(&details(entry), |lines| {
        for (key, at) in [("DTSTART", entry.starts), ("DTEND", entry.ends)] {
            lines.add(key, &instant(at));
        }
    });
}

fn details(entry: &Entry) -> Details<'_> {
    Details {
        uid: &entry.uid,
        sequence: entry.sequence,
        stamp: entry.stamp,
        status: entry.status,
        summary: &entry.summary,
        description: entry.description.as_deref(),
        location: entry.location.as_deref(),
        url: entry.url.as_deref(),
    }
}

fn mailto(party: Party<'_>) -> String {
    format!("mailto:{}", one_line(&travelling(party.email)))
}

/// The name as a parameter; empty if unknown.
fn named(party: Party<'_>) -> String {
    // Parameters cannot contain quotation marks.
    let name = one_line(party.name).replace('"', "'");
    if name.is_empty() { name } else { format!(";CN=\"{name}\"") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(input: &str, status: Status) -> Entry {
        Entry {
            uid: "appointment-7@attic.example".into(),
            sequence: 2,
            stamp: Millis(0),
            starts: Millis(1_800_000_000_000),
            ends: Millis(1_800_001_800_000),
            status,
            summary: input.into(),
            description: Some(input.into()),
            location: Some(input.into()),
            url: Some("https://attic.example/checkouts/7".into()),
        }
    }

    fn made(input: &str, status: Status) -> String {
        let organizer = Party { name: input, email: "hello@attic.example" };
        let attendee = Party { name: input, email: "ada@müller.example" };
        written(&entry(input, status), organizer, attendee, "checkout.ics").text
    }

    /// The names of the properties in line order; checks that no line is broken or too long.
    fn keys(text: &str) -> Vec<String> {
        assert!(text.split_inclusive("\r\n").all(|line| line.len() <= 77 && line.ends_with("\r\n")), "{text:?}");
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "{text:?}");
        let whole = text.replace("\r\n ", "");
        whole.lines().map(|line| line.split([':', ';']).next().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn cancelled_booking_sends_cancel_method() {
        let text = made("Laser", Status::Cancelled);
        for line in ["METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:2", "DTSTART:20270115T080000Z"] {
            assert!(text.contains(&format!("\r\n{line}\r\n")), "{line} is not in {text}");
        }
        assert!(made("Laser", Status::Tentative).contains("\r\nMETHOD:REQUEST\r\n"));
    }

    #[test]
    fn invitation_requests_no_reply_and_encodes_address_in_ascii() {
        for status in [Status::Tentative, Status::Confirmed, Status::Cancelled] {
            let text = made("Laser", status).replace("\r\n ", "");
            assert!(!text.contains("PARTSTAT"), "{text}");
            assert!(text.contains("RSVP=FALSE:mailto:ada@xn--mller-kva.example\r\n"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_stays_within_its_line(input in "(?s).{0,200}") {
            let keys = keys(&made(&input, Status::Confirmed));
            prop_assert_eq!(keys, [
                "BEGIN", "VERSION", "PRODID", "METHOD", "BEGIN", "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "STATUS",
                "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "ORGANIZER", "ATTENDEE", "END", "END",
            ]);
        }

        #[test]
        fn whole_calendar_keeps_any_text_within_its_line(input in "(?s).{0,200}") {
            let keys = keys(&whole(&input, &input, &[entry(&input, Status::Cancelled)], &[]));
            prop_assert_eq!(keys, [
                "BEGIN", "VERSION", "PRODID", "NAME", "X-WR-CALNAME", "REFRESH-INTERVAL", "X-PUBLISHED-TTL", "BEGIN", "UID",
                "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "STATUS", "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "TRANSP", "END",
                "END",
            ]);
        }
    }
}
