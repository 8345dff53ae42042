//! Series: a machine or a room on many dates by one rule, for a group or a person.

#[cfg(feature = "server")]
use crate::form::{Fault, Faults};
use domain::{
    bookings::{Resource, State},
    bounded::BoundedInteger,
    hours::TimeOfDay,
    id::{BookingId, GroupId, PersonId, SeriesId},
    names::Line,
    problem::Problem,
    series::{Choice, DATES, RULE, Scope, Weekday},
    time::{Date, Moment},
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};

operations! {
    tag Bookings;

    /// List series
    ///
    /// Lists the series of the caller and of their groups; for moderators all that have dates to come.
    GET "series" => ListSeries() -> SeriesList,
        page "series/list", scope BookingsRead,
        lists series by |series: &SeriesView| -> i64 { series.id.0 };

    /// Preview a series
    ///
    /// Expands a rule and checks each date, without booking anything. For dates that cannot be had, it returns the reasons and the
    /// nearest alternatives, each with the value to send as a choice.
    POST "series/preview" => PreviewSeries(form: SeriesForm) -> SeriesPreview,
        scope BookingsRead, gives,
        errors ["series.invalid", "booking.no-resource", "series.group-only", "group.unknown"];

    /// Load a preview of a series for its form
    READ => PlanSeries(form: Result<SeriesQuery, Faults>) -> SeriesPlan, page "series/plan";

    /// Create a series
    ///
    /// Books all dates that are free and the chosen alternatives, in one transaction. Other dates are left out.
    POST "series" => AddSeries(form: SeriesForm) -> SeriesAdded,
        page "series/add", then "/series", scope BookingsWrite, makes Below as series,
        errors ["series.invalid", "series.none", "series.changed", "booking.no-resource", "series.group-only", "group.unknown"];

    /// Get a series
    ///
    /// Returns a series with its dates.
    GET "series/{id}" => ReadSeries(id: SeriesId) -> SeriesDetail, scope BookingsRead, versioned, errors ["series.unknown"];

    /// Load a series with what its reader may do
    READ => ReadSeriesPage(id: SeriesId) -> SeriesPage, page "series/read";

    /// Preview a change of a series
    ///
    /// Checks the dates that a change concerns, without changing anything.
    POST "series/{id}/changes/preview" => PreviewSeriesChange(id: SeriesId, form: SeriesChange) -> SeriesPreview,
        scope BookingsRead, gives, errors ["series.unknown", "series.invalid", "series.no-date"];

    /// Load a preview of a change for its form
    READ => PlanSeriesChange(id: SeriesId, form: Result<SeriesChangeQuery, Faults>) -> SeriesChangePlan, page "series/plan-change";

    /// Change a series
    ///
    /// Gives one date, a date and all that follow, or all dates to come another time or place. Old times are released once the new ones
    /// are booked. If earlier dates stay as they were, the later ones become a series of their own. What was decided for one date stays
    /// when others change: a date that was moved keeps its day, place or hours. The named date gets the new hours with them, on the day
    /// and at the place to which it was moved, unless the change names a place.
    POST "series/{id}/changes" => ChangeSeries(id: SeriesId, version: i64, form: SeriesChange) -> SeriesAdded,
        page "series/change", scope BookingsWrite, gives, once,
        errors ["series.unknown", "series.invalid", "series.no-date", "series.none", "series.changed"];

    /// Skip a date of a series
    ///
    /// Cancels one date. It can be had again by changing it.
    POST "series/{id}/skip" => SkipSeriesDate(id: SeriesId, form: SeriesDay) -> (),
        page "series/skip", scope BookingsWrite, errors ["series.unknown", "series.no-date"];

    /// End a series early
    ///
    /// Cancels all dates after a last one.
    POST "series/{id}/end" => EndSeries(id: SeriesId, form: SeriesEnd) -> SeriesEnded,
        page "series/end", scope BookingsWrite, gives, errors ["series.unknown"];

    /// End all series of a term
    ///
    /// Cancels the dates of all series after the last day of a term.
    POST "series/end" => EndTerm(form: SeriesEnd) -> SeriesEnded,
        page "series/end-term", scope BookingsWrite, gives, once;
}

/// A series that is wanted.
#[derive(Debug, Clone, Form)]
pub struct SeriesForm {
    /// The machine or room.
    #[field(example = "room:3")]
    pub resource: Resource,
    /// The id of the group that it is for. Its admins and moderators may book for it.
    #[field(example = 2)]
    pub group: Option<GroupId>,
    /// The id of the person that it is for, if it is not for a group; the caller if left out. Others than moderators may have series for
    /// themselves where the setting `booking.own-series` allows it.
    pub person: Option<PersonId>,
    /// The day of a weekly series; that of the first date if left out.
    #[field(example = "tuesday")]
    pub weekday: Option<Weekday>,
    /// A rule of RFC 5545 in place of the weekday. It must end, or `last` ends it.
    #[field(example = "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU")]
    pub rule: Line<RULE>,
    /// The start by the clocks of the workshop, on every date.
    #[field(example = "18:00")]
    pub from: TimeOfDay,
    /// The end; on the next day if it is not after the start.
    #[field(example = "20:00")]
    pub to: TimeOfDay,
    /// The day from which the rule counts.
    #[field(example = "2027-01-12")]
    pub first: Date,
    /// The last possible date.
    #[field(example = "2027-04-20")]
    pub last: Option<Date>,
    /// Dates on which it does not take place.
    pub exceptions: Vec<Date>,
    /// What happens on dates that cannot be had: `2027-02-02 room:4 2027-02-02 18:00-20:00`, or `2027-02-02 skip`.
    pub choices: Vec<Choice>,
    /// The number of dates that were free in the preview. If it differs by now, nothing is booked.
    pub free: Option<BoundedInteger<0, DATES>>,
    /// How important it is, if the room asks for it; 3 if left out.
    #[field(example = 3)]
    pub importance: Option<BoundedInteger<1, 5>>,
}

/// The fields of the form for a series, as far as they are chosen.
#[derive(Debug, Clone, Form)]
pub struct SeriesQuery {
    /// The machine or room.
    pub resource: Option<Resource>,
    /// The id of the group.
    pub group: Option<GroupId>,
    /// The day of the week.
    pub weekday: Option<Weekday>,
    /// A rule of RFC 5545.
    pub rule: Line<RULE>,
    /// The start.
    pub from: Option<TimeOfDay>,
    /// The end.
    pub to: Option<TimeOfDay>,
    /// The day from which the rule counts.
    pub first: Option<Date>,
    /// The last possible date.
    pub last: Option<Date>,
    /// Exceptions.
    pub exceptions: Vec<Date>,
    /// One more exception, if typed.
    pub except: Option<Date>,
    /// What happens on dates that cannot be had.
    pub choices: Vec<Choice>,
}

/// A change of a series.
#[derive(Debug, Clone, Form)]
#[form(check = SeriesChange::check)]
pub struct SeriesChange {
    /// Which dates change.
    pub scope: Scope,
    /// The date of the rule from which it applies.
    #[field(example = "2027-02-02")]
    pub date: Date,
    /// The machine or room; as before if left out.
    pub resource: Option<Resource>,
    /// The day on which this date takes place instead.
    pub day: Option<Date>,
    /// The start.
    #[field(example = "17:30")]
    pub from: TimeOfDay,
    /// The end; on the next day if it is not after the start.
    #[field(example = "20:30")]
    pub to: TimeOfDay,
    /// What happens on dates that cannot be had.
    pub choices: Vec<Choice>,
    /// The number of dates that were free in the preview. If it differs by now, nothing is changed.
    pub free: Option<BoundedInteger<0, DATES>>,
}

#[cfg(feature = "server")]
impl SeriesChange {
    fn check(&self) -> Result<(), (&'static str, Fault)> {
        if self.day.is_some() && self.scope != Scope::This { Err(("day", Fault::OneDateOnly)) } else { Ok(()) }
    }
}

/// The fields of the form for a change, as far as they are chosen.
#[derive(Debug, Clone, Form)]
pub struct SeriesChangeQuery {
    /// Which dates change.
    pub scope: Option<Scope>,
    /// The date of the rule from which it applies.
    pub date: Option<Date>,
    /// The start.
    pub from: Option<TimeOfDay>,
    /// The end.
    pub to: Option<TimeOfDay>,
    /// What happens on dates that cannot be had.
    pub choices: Vec<Choice>,
}

/// A date of a series.
#[derive(Debug, Clone, Copy, Form)]
pub struct SeriesDay {
    /// The date of the rule.
    #[field(example = "2027-02-02")]
    pub date: Date,
}

/// The end of a series.
#[derive(Debug, Clone, Copy, Form)]
pub struct SeriesEnd {
    /// The last day with dates.
    #[field(example = "2027-03-31")]
    pub last: Date,
}

/// The result of creating or changing a series.
#[view]
pub struct SeriesAdded {
    /// The id of the series with the booked dates.
    #[field(example = 4)]
    pub series: SeriesId,
    /// The number of booked dates.
    #[field(example = 13)]
    pub booked: u32,
    /// The number of dates that were left out.
    #[field(example = 1)]
    pub left_out: u32,
}

/// The result of ending series.
#[view]
pub struct SeriesEnded {
    /// The number of series that end earlier.
    #[field(example = 1)]
    pub series: u32,
    /// The number of cancelled dates.
    #[field(example = 5)]
    pub dates: u32,
}

/// A series.
#[view]
pub struct SeriesView {
    /// Its id.
    #[field(example = 4)]
    pub id: SeriesId,
    /// Its version.
    #[field(example = 1)]
    pub version: i64,
    /// The machine or room.
    #[field(example = "room:3")]
    pub resource: Resource,
    /// Its name.
    #[field(example = "Studio B")]
    pub name: String,
    /// The id of the group.
    #[field(example = 2)]
    pub group: Option<GroupId>,
    /// The name of the group, or of the person.
    #[field(example = "Bookbinders")]
    pub owner: Option<String>,
    /// The rule (RFC 5545).
    #[field(example = "FREQ=WEEKLY;BYDAY=WE")]
    pub rule: String,
    /// The start by the clocks of the workshop.
    #[field(example = "17:00")]
    pub from: TimeOfDay,
    /// The end; on the next day if it is not after the start.
    #[field(example = "20:00")]
    pub to: TimeOfDay,
    /// The first possible date.
    #[field(example = "2026-10-07")]
    pub first: Date,
    /// The last possible date.
    #[field(example = "2026-12-16")]
    pub last: Date,
    /// The number of its dates.
    #[field(example = 11)]
    pub dates: u32,
    /// The number of dates to come.
    #[field(example = 4)]
    pub coming: u32,
    /// The number of dates to come that cannot be held.
    #[field(example = 1)]
    pub lost: u32,
    /// When it takes place next.
    pub next: Option<Moment>,
}

/// A series with its dates.
#[view]
pub struct SeriesDetail {
    /// The series.
    pub series: SeriesView,
    /// All dates, in the order of the rule.
    pub occurrences: Vec<SeriesOccurrence>,
}

#[cfg(feature = "server")]
impl crate::operation::HasVersion for SeriesDetail {
    fn version(&self) -> i64 {
        self.series.version
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesList {
    pub series: Vec<SeriesView>,
    /// Whether the reader may end a term.
    pub may_end: bool,
    /// Whether the reader may make a series that is for no group, of something at least.
    pub may_add: bool,
}

/// A date of a series, as it is booked.
#[view]
pub struct SeriesOccurrence {
    /// The date of the rule.
    #[field(example = "2026-12-02")]
    pub date: Date,
    /// Whether it is skipped by decision.
    pub skipped: bool,
    /// Whether it cannot be held: its booking was cancelled or refused.
    pub lost: bool,
    /// Whether it takes place at another time or in another place than the series.
    pub moved: bool,
    /// The id of its booking.
    #[field(example = 71)]
    pub booking: Option<BookingId>,
    /// The state of its booking.
    pub state: Option<State>,
    /// The machine or room, if it is not that of the series.
    #[field(example = "Studio A")]
    pub elsewhere: Option<String>,
    /// When it begins; the time of the rule if it is not booked.
    pub starts: Moment,
    /// When it ends.
    pub ends: Moment,
    /// Why it cannot be held.
    #[field(example = "The heating is repaired.")]
    pub note: Option<String>,
}

/// A series, with what its reader may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesPage {
    pub now: Moment,
    pub detail: SeriesDetail,
    /// Whether the reader may change it.
    pub may_change: bool,
    /// Whether its reader may give it other times.
    pub may_move: bool,
    /// Minutes a week, on the fullest week.
    pub weekly: u32,
    /// Who booked it, for those who may change it.
    pub by: Option<String>,
    pub made: Moment,
    /// The first date that cannot be held, with what could be had instead.
    pub lost: Option<PreviewDate>,
    /// Number of members who are notified of a change; 0 of a person.
    pub members: u32,
}

/// What can be had of a series.
#[view]
pub struct SeriesPreview {
    /// The name of the machine or room.
    #[field(example = "A-102")]
    pub name: String,
    /// All dates, in order.
    pub dates: Vec<PreviewDate>,
    /// The number of dates that are free as asked.
    #[field(example = 11)]
    pub free: u32,
    /// The number of dates that would be booked with the choices made, or the nearest alternative.
    #[field(example = 13)]
    pub booked: u32,
    /// Exceptions that are no dates of the rule.
    pub unmatched: Vec<String>,
    /// Minutes on the fullest week, with what its owner has already booked.
    #[field(example = 300)]
    pub weekly: u32,
    /// Minutes that its owner may book in a week; null if there is no limit.
    #[field(example = 720)]
    pub limit: Option<u32>,
    /// The first date after a change of the clocks, at which it keeps its time.
    pub clocks: Option<Moment>,
}

/// A date of a preview.
#[view]
pub struct PreviewDate {
    /// The date of the rule.
    #[field(example = "2027-02-02")]
    pub date: Date,
    /// Whether it is an exception.
    pub excepted: bool,
    /// Whether it can be had as asked.
    pub free: bool,
    /// When it would begin.
    pub starts: Moment,
    /// When it would end.
    pub ends: Moment,
    /// Why it cannot be had.
    pub reasons: Vec<String>,
    /// What can be had instead, the nearest first.
    pub instead: Vec<SeriesAlternative>,
}

/// A time or a place that can be had instead.
#[view]
pub struct SeriesAlternative {
    /// The value to send as the choice.
    #[field(example = "2027-02-02 room:4 2027-02-02 18:00-20:00")]
    pub choice: String,
    /// The name of the machine or room.
    #[field(example = "A-103")]
    pub name: String,
    /// When it begins.
    pub starts: Moment,
    /// When it ends.
    pub ends: Moment,
    /// Whether it is the same machine or room.
    pub same_place: bool,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// The form for a series with its preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesPlan {
    pub now: Moment,
    /// The machine or room, once it is chosen.
    pub resource: Option<Resource>,
    /// Its name.
    pub name: String,
    /// What can be chosen, by name.
    pub resources: Vec<(Resource, String)>,
    /// The group that it is for.
    pub group: Option<(GroupId, String)>,
    /// The groups that the reader may choose.
    pub groups: Vec<(GroupId, String)>,
    /// Whether it can be for the reader alone.
    pub may_be_own: bool,
    /// Whether bookings of it state how important they are.
    pub rates: bool,
    /// The fields of the form.
    pub asked: SeriesFields,
    /// Why there is no preview.
    pub problem: Option<Problem>,
    pub preview: Option<SeriesPreview>,
}

/// The fields of a form, as sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesFields {
    pub weekday: Weekday,
    pub rule: String,
    pub from: TimeOfDay,
    pub to: TimeOfDay,
    pub first: Date,
    pub last: Date,
    pub exceptions: Vec<Date>,
}

/// The form for a change with its preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesChangePlan {
    pub now: Moment,
    pub detail: SeriesDetail,
    pub date: Date,
    pub scope: Scope,
    pub from: TimeOfDay,
    pub to: TimeOfDay,
    /// For each scope, the dates of the rule that it would change.
    pub reach: Vec<(Scope, Vec<Date>)>,
    /// Number of members who are notified; 0 of a person.
    pub members: u32,
    pub problem: Option<Problem>,
    pub preview: Option<SeriesPreview>,
}
