//! Views of bookings, free times and rooms.

use crate::{
    access::TraceView, external_calendars::LeftOutEventView, outages::InsteadView, settings::SettingRow,
    waiting::Waiting,
};
use domain::{
    bookings::{
        BookingAction, Cause, HandOver, Meaning, Obstacle, Resource, ResourceFilter, RulesAt, State, Timeframe,
    },
    id::{BookingId, GroupId, MachineId, PersonId, SeriesId},
    machines::MachineState,
    paging::PageRange,
    settings::Key,
    time::{Date, Moment},
};
use serde::{Deserialize, Serialize};

/// Names in the reasons why a booking is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalNames {
    pub trace: TraceView,
    /// The group it is booked for.
    pub group: Option<String>,
    /// The groups that may book it, if not everybody may.
    pub groups: Vec<String>,
    /// Why the room is closed to new bookings.
    pub closed: Option<String>,
}

/// A booking, as far as its reader may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    pub id: BookingId,
    pub version: i64,
    pub resource: Resource,
    /// Name of the machine or room.
    pub name: String,
    /// Its holder, if the reader may know.
    pub person: Option<PersonId>,
    /// The holder's name, or the visible part of it.
    pub person_name: Option<String>,
    /// The group whose booking it is; its holder is the person who answers for it.
    pub group: Option<GroupId>,
    pub group_name: Option<String>,
    /// The series of which it is a date, for its members and those who decide about it.
    pub series: Option<SeriesId>,
    pub starts: Moment,
    pub ends: Moment,
    pub state: State,
    pub asked: Moment,
    /// Sequence number of its calendar entry: how often it was moved or cancelled.
    pub sequence: i64,
    pub decided: Option<Moment>,
    pub decided_by: Option<String>,
    /// The reason given.
    pub note: Option<String>,
    pub checked_in: Option<Moment>,
    /// Cancelled late.
    pub late: bool,
    /// From 1 to 5, for moderators, where its room asks for it.
    pub importance: Option<u8>,
    /// Actions of its reader.
    pub actions: Vec<BookingAction>,
    /// Transfer actions of its reader.
    pub hand_over: Vec<HandOver>,
    /// The name of the person it is offered to, for its holder.
    pub offered_to: Option<String>,
    /// The reader is its holder.
    pub mine: bool,
}

/// The free parts of a span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Availability {
    pub resource: Resource,
    /// Name of the machine or room.
    pub name: String,
    /// In order, without gaps.
    pub pieces: Vec<PieceView>,
}

/// A part of the span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PieceView {
    pub starts: Moment,
    pub ends: Moment,
    /// Why it is not free.
    pub obstacle: Option<Obstacle>,
}

/// A free time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Time {
    pub starts: Moment,
    pub ends: Moment,
}

/// A machine or room to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bookable {
    pub resource: Resource,
    pub name: String,
    /// Where it is.
    pub place: Option<String>,
    /// Present state of a machine; `None` for a room.
    pub state: Option<MachineState>,
    /// Requests need an approval.
    pub moderated: bool,
    /// A booking states how important it is.
    pub importance: bool,
}

/// A person's bookings in a week, against the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    pub minutes: u32,
    /// Hours allowed per week; 0 stands for no limit.
    pub most: u16,
}

/// A search for free times and its results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub now: Moment,
    /// Machines, types and rooms to choose from, by name.
    pub choices: Vec<(ResourceFilter, String)>,
    /// `None` if nothing can be booked, or nothing has the given name.
    pub wanted: Option<ResourceFilter>,
    pub minutes: u16,
    /// Lengths to choose from, in minutes.
    pub lengths: Vec<u16>,
    pub when: Timeframe,
    /// The number of people it must hold.
    pub people: Option<u16>,
    /// The equipment it must have.
    pub equipment: Vec<String>,
    /// The equipment of all rooms, by name, to choose from.
    pub equipment_in_use: Vec<String>,
    /// The parsed search text, in order.
    pub terms: Vec<SearchTerm>,
    /// Words of the search without a matching name.
    pub unheard: Option<String>,
    pub resources: Vec<FoundResource>,
    /// Rooms that lack one thing only.
    pub nearly: Vec<Nearly>,
    /// Free times left out because the reader is busy then, with the names of what keeps them busy.
    pub not_shown: Vec<(Time, Vec<String>)>,
    /// If no time is free: the first machine the reader may not use. Its page explains what to do.
    pub barred: Option<MachineId>,
    pub quota: Quota,
    /// The group it is for; `None`: the reader.
    pub group: Option<GroupId>,
    /// The groups for which the reader books, by name.
    pub groups: Vec<(GroupId, String)>,
}

impl Found {
    /// Whether every word of the search was understood, so that a time may be suggested.
    #[must_use]
    pub fn is_understood(&self) -> bool {
        self.terms.iter().all(|term| term.meaning.is_some())
    }
}

/// A part of a search text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchTerm {
    /// As entered.
    pub words: String,
    /// `None` if not understood.
    pub meaning: Option<Meaning>,
    /// Name of the machine, type or room it refers to.
    pub name: Option<String>,
    /// The search without this part.
    pub rest: String,
}

/// A machine or room with its next free times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundResource {
    pub bookable: Bookable,
    /// The number of people that a room holds.
    pub capacity: Option<u16>,
    /// The equipment of a room.
    pub equipment: Vec<String>,
    /// A few times, by start.
    pub times: Vec<Time>,
    /// Why there is none, as code and message, if it is because of the person and not the time.
    pub why: Option<(String, String)>,
}

/// A room that lacks one thing that was searched for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nearly {
    pub resource: Resource,
    pub name: String,
    pub lacks: Lack,
}

/// What a room lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// It holds only this many people.
    Capacity(u16),
    /// This equipment.
    Equipment(String),
}

/// A day of a machine or room, for booking by the reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayView {
    pub now: Moment,
    pub bookable: Bookable,
    pub date: Date,
    /// Monday to Sunday of its week.
    pub week: Vec<WeekDay>,
    pub minutes: u16,
    pub lengths: Vec<u16>,
    /// Shortest and longest booking and the grid, in minutes.
    pub policy: (u16, u16, u16),
    /// Minutes before the start until which cancelling is not late.
    pub free_until: u16,
    pub quota: Quota,
    /// The hours of the day that are shown.
    pub hours: (u8, u8),
    /// In order; they do not overlap.
    pub blocks: Vec<Block>,
    /// Possible starts of a booking of that length.
    pub starts: Vec<Moment>,
    /// The requested time, or else the first free one.
    pub chosen: Option<Chosen>,
    /// What prevents a booking at any time, as code and message.
    pub why: Option<(String, String)>,
    /// The machine, if the reader would use it and may not. Its page explains what to do.
    pub barred: Option<MachineId>,
    /// The booking to move.
    pub moving: Option<Booking>,
    /// Machines in the room they may not use: others can still book these meanwhile.
    pub left: Vec<String>,
    /// Unreadable events of external calendars, which occupy no time here, for people responsible for the resource.
    pub left_out: Vec<LeftOutEventView>,
    /// For readers who may book it for others.
    pub for_whom: Option<ForWhom>,
    /// The group it is booked for.
    pub group: Option<GroupId>,
    /// The groups for which the reader books, by name.
    pub groups: Vec<(GroupId, String)>,
}

/// The person a moderator books for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForWhom {
    /// The person entered, if exactly one member matches; `None` stands for the reader.
    pub holder: Option<(PersonId, String)>,
    /// The text entered, if no member or several match.
    pub unknown: Option<String>,
    /// Suggested names, for readers who may see people.
    pub names: Vec<String>,
}

/// How full a day is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekDay {
    pub date: Date,
    /// In percent; `None` if it is closed, past or too far ahead.
    pub full: Option<u8>,
}

/// Kind of a part of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    Free,
    /// The reader's own.
    Mine,
    Not(Obstacle),
}

/// A part of a day. Edges are quarters of an hour in local time, 0 to 96.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    pub from: u8,
    pub to: u8,
    pub kind: BlockKind,
    pub starts: Moment,
    pub ends: Moment,
    /// The holder's name, as far as visible.
    pub who: Option<String>,
    /// The booking, for readers who may open it.
    pub booking: Option<BookingId>,
}

/// A chosen time and its conflicts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    pub time: Time,
    /// Codes and sentences.
    pub refusals: Vec<(String, String)>,
    /// The nearest free times.
    pub instead: Vec<Time>,
    /// Its only conflict is other bookings, so there is a waiting list.
    pub can_wait: bool,
}

/// The reader's bookings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mine {
    pub now: Moment,
    /// Future ones and those of the last weeks, by start.
    pub bookings: Vec<Opened>,
    pub quota: Quota,
    /// No-shows within the period after which they are forgotten.
    pub no_shows: u32,
    /// Places on waiting lists, by start.
    pub waiting: Vec<Waiting>,
}

/// A booking with its actions and their deadlines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    pub now: Moment,
    pub booking: Booking,
    pub place: Option<String>,
    /// When check-in opens.
    pub opens: Moment,
    /// When it is released if nobody checks in, or a request expires.
    pub gone: Moment,
    /// Until when cancelling is not late.
    pub free_until: Moment,
    /// While it runs: possible new ends, one per step.
    pub extend: Vec<Moment>,
    /// The machine is out of service and the booking has not begun.
    pub out: bool,
    /// Alternatives, for its holder and moderators, if the machine is out of service.
    pub outage: Option<Outage>,
    /// Suggested names of members, for readers who can transfer it and may see people.
    pub names: Vec<String>,
}

/// A machine out of service, and alternatives to a booking on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    pub since: Moment,
    /// On equivalent machines, the same time first.
    pub instead: Vec<InsteadView>,
}

/// Requests for the reader to answer, by expiry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requests {
    pub now: Moment,
    pub requests: Vec<BookingRequest>,
}

/// A request with the facts for and against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingRequest {
    pub booking: Booking,
    /// When the applicant's picture was added, in milliseconds since 1970, if the reader may see it.
    pub picture: Option<i64>,
    pub place: Option<String>,
    pub expires: Moment,
    /// The day of the machine or room; edges as in [`Block`].
    pub day: Vec<Block>,
    /// The hours of the day that are shown.
    pub hours: (u8, u8),
    /// Their other bookings that day.
    pub own: Vec<Block>,
    /// The nearest times free for them.
    pub instead: Vec<Time>,
    /// The requested time has a conflict.
    pub conflicts: bool,
    pub checks: Vec<Check>,
    pub history: History,
}

/// A check for moderators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub fits: bool,
    pub message: String,
}

/// The result of importing a table of bookings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BookingsImport {
    /// Whether it was applied; a dry run changes nothing.
    pub done: bool,
    /// New bookings, and those that pass to another person.
    pub bookings: u32,
    /// Lines without a change, because the booking exists.
    pub kept: u32,
    /// Skipped lines, with reasons.
    pub left: Vec<ImportLine>,
    /// Why the file cannot be read.
    pub problem: Option<String>,
}

/// A skipped line of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ImportLine {
    /// Its number; the headings are line 1.
    #[cfg_attr(feature = "server", schema(example = 7))]
    pub line: u32,
    /// The remedy, in the reader's language.
    #[cfg_attr(feature = "server", schema(example = "Somebody has it at that time."))]
    pub message: String,
}

/// The booking rules of one scope, beside those they inherit from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    pub at: RulesAt,
    /// The other scopes and their names; the space may have none.
    pub places: Vec<(RulesAt, String)>,
    /// The rules of the scope itself; for a room, of the space.
    pub rows: Vec<SettingRow>,
    /// From the space to the scope, and for a type its machines.
    pub levels: Vec<Level>,
    /// Names of members, for readers who may see people.
    pub names: Vec<String>,
}

/// The rules of one scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    pub at: RulesAt,
    pub name: String,
    /// Each resolved value as stored, and whether it is set there.
    pub rules: Vec<(Key, String, bool)>,
}

/// Whether a person could book a time, check by check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialResult {
    /// Their name.
    pub person: String,
    /// Name of the machine or room.
    pub name: String,
    pub time: Time,
    pub now: Moment,
    /// All of them, in their order.
    pub checks: Vec<Check>,
    /// The nearest times free for them.
    pub instead: Vec<Time>,
}

/// A person's history with one machine or room.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Bookings attended.
    pub came: u32,
    pub no_shows: u32,
    pub late: u32,
    /// Approved requests, and all answered ones.
    pub approved: (u32, u32),
}

/// Entries of a day with their text, at most; the others are counted.
pub const LINES: usize = 3;

/// A week of bookable resources, a page of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Week {
    pub now: Moment,
    /// Monday to Sunday, each with whether the space opens.
    pub days: Vec<(Date, bool)>,
    /// The hours of the day that are shown.
    pub hours: (u8, u8),
    /// By place, rooms last.
    pub groups: Vec<WeekGroup>,
    /// The part of the resources that is shown.
    pub pages: PageRange,
    /// The floors of all rooms, in order.
    pub floors: Vec<String>,
    /// Its reader answers some of its requests.
    pub decides: bool,
}

/// The resources at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekGroup {
    /// `None` for resources without a place, and for rooms.
    pub place: Option<String>,
    pub rows: Vec<WeekRow>,
}

/// A machine or room with its week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekRow {
    pub bookable: Bookable,
    /// One for each day.
    pub days: Vec<DayCell>,
}

/// A day of a machine or room in its week.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayCell {
    /// All of its taken time; touching times of one kind are one.
    pub bars: Vec<Bar>,
    /// The first entries, [`LINES`] at most.
    pub entries: Vec<Entry>,
    /// The number of the others.
    pub more: u32,
}

/// Taken time in a day; edges as in [`Block`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    pub from: u8,
    pub to: u8,
    pub cause: Cause,
    pub mine: bool,
    /// It is pending.
    pub waits: bool,
}

impl Bar {
    /// Whether both are of one kind, at whatever time.
    #[must_use]
    pub fn is_like(self, other: Self) -> bool {
        (self.cause, self.mine, self.waits) == (other.cause, other.mine, other.waits)
    }
}

/// An entry in a day of a machine or room; edges as in [`Block`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub from: u8,
    pub to: u8,
    pub cause: Cause,
    /// Its time: `9–12`, `9:30–11`.
    pub clocks: String,
    pub who: Option<String>,
    /// The booking, for readers who may open it.
    pub booking: Option<BookingId>,
    pub mine: bool,
    /// It is pending.
    pub waits: bool,
}
