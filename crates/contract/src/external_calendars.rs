//! External calendars, whose events occupy a machine or room.

#[cfg(feature = "server")]
use crate::{form::Faults, operation::HasVersion};
use domain::{
    bookings::{Cause, Resource},
    external_calendars::{Failure, LeftOut, MOST, Skipped},
    id::ExternalCalendarId,
    names::Name,
    outgoing::Address,
    time::{Date, Moment},
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};

const _: () = assert!(MOST == 100, "the description says how many");

operations! {
    tag Bookings;

    /// List external calendars
    ///
    /// Lists the external calendars of machines and rooms that the caller looks after, by name. Their addresses may
    /// contain a secret.
    GET "external-calendars" => ListExternalCalendars() -> ExternalCalendars,
        page "external-calendars/list", scope BookingsRead,
        lists calendars by |one: &ExternalCalendarView| -> (String, i64) { (one.name.to_lowercase(), one.id.0) };

    /// Add an external calendar
    ///
    /// Adds the iCalendar file (RFC 5545) at an address. For owners of the type, and managers. It is read at once and then
    /// every hour; its events block the machine or room for the next 90 days. Hosts must be public unless the server
    /// permits them. Existing bookings remain: an event that overlaps one blocks the rest of its time, and the conflict is
    /// listed. At most 100 calendars.
    POST "external-calendars" => AddExternalCalendar(form: NewExternalCalendar) -> ExternalCalendarAdded,
        page "external-calendars/add", then "/external-calendars?done=added", scope BookingsWrite, makes Below as id,
        errors ["external-calendar.no-resource", "external-calendar.too-many", "external-calendar.invalid"];

    /// Get an external calendar
    ///
    /// Returns an external calendar with the result of its latest reading.
    GET "external-calendars/{id}" => ReadExternalCalendar(id: ExternalCalendarId) -> ExternalCalendarView,
        scope BookingsRead, versioned, errors ["external-calendar.unknown"];

    /// Rename an external calendar
    ///
    /// Renames an external calendar. To change the address, add another calendar.
    PATCH "external-calendars/{id}" =>
        RenameExternalCalendar(id: ExternalCalendarId, version: i64, form: Result<ExternalCalendarChange, Faults>) -> (),
        page "external-calendars/rename", then "/external-calendars", scope BookingsWrite,
        errors ["external-calendar.unknown", "external-calendar.invalid"];

    /// Remove an external calendar
    ///
    /// Removes an external calendar and frees the times that it blocked.
    DELETE "external-calendars/{id}" => RemoveExternalCalendar(id: ExternalCalendarId) -> (),
        page "external-calendars/remove", then "/external-calendars?done=removed", scope BookingsWrite,
        errors ["external-calendar.unknown"];

    /// Read an external calendar now
    ///
    /// Reads the calendar and responds when that has been tried. The result is in the calendar itself.
    POST "external-calendars/{id}/read" => FetchExternalCalendar(id: ExternalCalendarId) -> (),
        page "external-calendars/read", then "/external-calendars", scope BookingsWrite,
        errors ["external-calendar.unknown", "external-calendar.just-read"];
}

/// A new external calendar.
#[derive(Debug, Clone, Form)]
pub struct NewExternalCalendar {
    /// A machine or room.
    #[field(example = "room:1")]
    pub resource: Resource,
    /// The calendar's name.
    #[field(example = "Timetable of room B12")]
    pub name: Name,
    /// Its address: `https://…`, `http://…` or `webcal://…`.
    #[field(example = "https://uni.example/b12.ics")]
    pub address: Address,
}

/// Changes to an external calendar.
#[derive(Debug, Clone, Form)]
pub struct ExternalCalendarChange {
    /// The calendar's name.
    #[field(example = "Timetable of room B12")]
    pub name: Name,
}

/// An external calendar.
#[view]
pub struct ExternalCalendarView {
    /// Its id.
    #[field(example = 7)]
    pub id: ExternalCalendarId,
    /// Its version.
    #[field(example = 1)]
    pub version: i64,
    /// A machine or room.
    #[field(example = "room:1")]
    pub resource: Resource,
    /// The name of the machine or room.
    #[field(example = "Room B12")]
    pub resource_name: String,
    /// The calendar's name.
    #[field(example = "Timetable of room B12")]
    pub name: String,
    /// Its address; may contain a secret.
    #[field(example = "https://uni.example/b12.ics")]
    pub address: SecretAddress,
    /// When it was last read successfully.
    pub read: Option<Moment>,
    /// When reading it was last tried.
    pub tried: Option<Moment>,
    /// Why the latest reading failed; null if it succeeded.
    pub failure: Option<Failure>,
    /// Since when reading it has failed.
    pub failing_since: Option<Moment>,
    /// The number of upcoming times that it blocks.
    pub taken: u32,
    /// The number of events that were skipped because their time could not be determined.
    pub skipped: u32,
    /// The same number by reason.
    pub skipped_by_reason: Vec<SkippedEventsView>,
    /// The next 20 skipped events.
    pub left_out: Vec<LeftOutEventView>,
    /// The number of conflicts with occupied times.
    pub collision_count: u32,
    /// The next 20 conflicts.
    pub collisions: Vec<CollisionView>,
}

#[cfg(feature = "server")]
impl HasVersion for ExternalCalendarView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// How many events were skipped for a reason.
#[view]
pub struct SkippedEventsView {
    /// Why they were skipped.
    pub reason: Skipped,
    /// How many.
    pub count: u32,
}

/// An event that was skipped.
#[view]
pub struct LeftOutEventView {
    /// The day of the event, or of its first occurrence; null if it cannot be read.
    pub date: Option<Date>,
    /// The event's title; may be empty.
    #[field(example = "Statics II")]
    pub title: String,
    /// Why it was skipped.
    pub reason: Skipped,
}

impl From<LeftOut> for LeftOutEventView {
    fn from(LeftOut { date, title, why }: LeftOut) -> Self {
        Self { date, title, reason: why }
    }
}

/// An occupied time that an event overlaps and that is left out of the block.
#[view]
pub struct CollisionView {
    /// When the event begins.
    pub start: Moment,
    /// When the event ends.
    pub end: Moment,
    /// What occupies the time.
    pub with: Cause,
    /// When that begins.
    pub with_start: Moment,
    /// When that ends.
    pub with_end: Moment,
}

/// The address of a calendar as its caretakers see it. It may contain a secret, so its debug output hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretAddress(pub String);

impl std::fmt::Debug for SecretAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretAddress")
    }
}

/// All calendars of a person's resources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalCalendars {
    pub now: Moment,
    /// By name.
    pub calendars: Vec<ExternalCalendarView>,
    /// Resources they may add one for, by name.
    pub resources: Vec<(Resource, String)>,
}

/// The result of adding a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalCalendarAdded {
    pub id: ExternalCalendarId,
}
