//! Bookings, free times and rooms as they are shown.

use crate::{outages::InsteadView, settings::SettingRow, waiting::Waiting};
use domain::{
    bookings::{
        BookingAction, Cause, HandOver, Meaning, Obstacle, Resource, ResourceFilter, RulesAt, State, Timeframe,
    },
    external_calendars::LeftOut,
    id::{BookingId, MachineId, PersonId, PlaceId, RoomId},
    machines::MachineState,
    settings::Key,
    time::{Date, Moment},
};
use serde::{Deserialize, Serialize};

/// A booking as its reader may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    pub id: BookingId,
    pub version: i64,
    pub resource: Resource,
    /// Name of the machine or room.
    pub name: String,
    /// Whose it is, for whoever may know.
    pub person: Option<PersonId>,
    /// The name, or as much of it as is shown.
    pub person_name: Option<String>,
    pub starts: Moment,
    pub ends: Moment,
    pub state: State,
    pub asked: Moment,
    /// Of its calendar entry: how often it was moved or called off.
    pub sequence: i64,
    pub decided: Option<Moment>,
    pub decided_by: Option<String>,
    /// The reason given.
    pub note: Option<String>,
    pub checked_in: Option<Moment>,
    /// Cancelled late.
    pub late: bool,
    /// What its reader can do about it.
    pub actions: Vec<BookingAction>,
    /// What its reader can do about handing it over.
    pub hand_over: Vec<HandOver>,
    /// To whom it is offered, for its holder.
    pub offered_to: Option<String>,
    /// It is its reader's.
    pub mine: bool,
}

/// What of a stretch of time is free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Availability {
    pub resource: Resource,
    /// Name of the machine or room.
    pub name: String,
    /// In order; they touch.
    pub pieces: Vec<PieceView>,
}

/// A part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PieceView {
    pub starts: Moment,
    pub ends: Moment,
    /// Why it is not free.
    pub obstacle: Option<Obstacle>,
}

/// A room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    pub id: RoomId,
    pub version: i64,
    pub name: String,
    /// People.
    pub capacity: u16,
    /// As people call it; may be empty.
    pub floor: String,
    pub place: Option<PlaceId>,
    pub machines: Vec<MachineId>,
    pub archived: bool,
}

/// A time that can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Time {
    pub starts: Moment,
    pub ends: Moment,
}

/// A machine or a room as a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bookable {
    pub resource: Resource,
    pub name: String,
    /// Where it is.
    pub place: Option<String>,
    /// What a machine is doing now; `None` for a room.
    pub state: Option<MachineState>,
    /// Somebody answers each request.
    pub moderated: bool,
}

/// How much of a week somebody has booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    pub minutes: u32,
    /// Hours that one may book in a week; 0 does not ask.
    pub most: u16,
}

/// What was looked for, and what is free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub now: Moment,
    /// What can be looked for, by name.
    pub choices: Vec<(ResourceFilter, String)>,
    /// `None` where there is nothing to book at all, or nothing with the name that was looked for.
    pub wanted: Option<ResourceFilter>,
    pub minutes: u16,
    /// Lengths to choose from, in minutes.
    pub lengths: Vec<u16>,
    pub when: Timeframe,
    /// A search in words, in their order.
    pub terms: Vec<SearchTerm>,
    /// The words that were looked for and that nothing is named by.
    pub unheard: Option<String>,
    pub resources: Vec<FoundResource>,
    /// Times that are free and left out because the reader has something else then, and of what.
    pub not_shown: Vec<(Time, Vec<String>)>,
    /// Where no time is free: the first machine that the reader may not use. What leads on to it is the answer of its page.
    pub barred: Option<MachineId>,
    pub quota: Quota,
}

impl Found {
    /// Whether every word of the search was understood, so that a time may be suggested.
    #[must_use]
    pub fn is_understood(&self) -> bool {
        self.terms.iter().all(|term| term.meaning.is_some())
    }
}

/// Words of a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchTerm {
    /// As they were typed.
    pub words: String,
    /// `None` if they were not understood.
    pub meaning: Option<Meaning>,
    /// The name of the machine, type or room that they mean.
    pub name: Option<String>,
    /// The search without them.
    pub rest: String,
}

/// A machine or a room, and its nearest free times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundResource {
    pub bookable: Bookable,
    /// By when they begin, a few.
    pub times: Vec<Time>,
    /// Why there is none, as a code and a sentence: what of it is about the person, and not about the time.
    pub why: Option<(String, String)>,
}

/// One day of a machine or a room, as whoever looks may have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayView {
    pub now: Moment,
    pub bookable: Bookable,
    pub date: Date,
    /// Monday to Sunday of its week.
    pub week: Vec<WeekDay>,
    pub minutes: u16,
    pub lengths: Vec<u16>,
    /// The shortest, the longest and the grid, in minutes.
    pub policy: (u16, u16, u16),
    /// Minutes before the beginning until which calling off is not late.
    pub free_until: u16,
    pub quota: Quota,
    /// The hours of the clock between which anything can be.
    pub hours: (u8, u8),
    /// In order; they do not overlap.
    pub blocks: Vec<Block>,
    /// When a booking of that length can begin.
    pub starts: Vec<Moment>,
    /// The time that was asked about, or else the first one that is free.
    pub chosen: Option<Chosen>,
    /// What keeps them from it whenever it is, as a code and a sentence.
    pub why: Option<(String, String)>,
    /// The machine, where it is for the reader and they may not use it. What leads on to it is the answer of its page.
    pub barred: Option<MachineId>,
    /// The booking that is moved.
    pub moving: Option<Booking>,
    /// Machines in the room that they may not use: others can book these meanwhile.
    pub left: Vec<String>,
    /// Events of external calendars that take no time here because they could not be read, for whoever cares for it.
    pub left_out: Vec<LeftOut>,
    /// For readers who may book it for others.
    pub for_whom: Option<ForWhom>,
}

/// For whom a time is booked by somebody who decides about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForWhom {
    /// Who was named, where exactly one member is; `None`: whoever looks.
    pub holder: Option<(PersonId, String)>,
    /// Who was named, where nobody or more than one is called so.
    pub unknown: Option<String>,
    /// Names to choose from, for readers who may see people.
    pub names: Vec<String>,
}

/// How much of a day is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekDay {
    pub date: Date,
    /// Of 100; `None` when it is closed, over or too far ahead.
    pub full: Option<u8>,
}

/// What a part of a day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    Free,
    /// It is theirs.
    Mine,
    Not(Obstacle),
}

/// A part of a day. Edges are quarters of an hour by the clock on the wall, 0 to 96.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    pub from: u8,
    pub to: u8,
    pub kind: BlockKind,
    pub starts: Moment,
    pub ends: Moment,
    /// Whose it is, as far as that is shown.
    pub who: Option<String>,
    /// The booking, for readers who may open it.
    pub booking: Option<BookingId>,
}

/// A time that was chosen, and what is against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    pub time: Time,
    /// Codes and sentences.
    pub refusals: Vec<(String, String)>,
    /// The nearest times that can be had.
    pub instead: Vec<Time>,
    /// Nothing is against it but that others have it, so one can wait for it.
    pub can_wait: bool,
}

/// Bookings of whoever looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mine {
    pub now: Moment,
    /// What is to come and what was in the last weeks, by when it begins.
    pub bookings: Vec<Opened>,
    pub quota: Quota,
    /// How often they did not come, in the days after which that is forgotten.
    pub no_shows: u32,
    /// Times that others have and they wait for, by when they begin.
    pub waiting: Vec<Waiting>,
}

/// A booking with what can be done about it, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    pub now: Moment,
    pub booking: Booking,
    pub place: Option<String>,
    /// From when one can check in.
    pub opens: Moment,
    /// When it is given to others if nobody came, or a request expires.
    pub gone: Moment,
    /// Until when calling off is not late.
    pub free_until: Moment,
    /// While it runs: to when it can be made longer, a step each.
    pub extend: Vec<Moment>,
    /// The machine is out of service, and it has not begun.
    pub out: bool,
    /// To its holder and to moderators, with what is free: the machine is out of service.
    pub outage: Option<Outage>,
    /// Names of members that a field suggests, to whoever can hand it over and may see people.
    pub names: Vec<String>,
}

/// A machine that is out of service, and what can be had instead of a booking on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    pub since: Moment,
    /// On equal machines, the same time first.
    pub instead: Vec<InsteadView>,
}

/// Requests that wait for whoever looks, by when they expire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requests {
    pub now: Moment,
    pub requests: Vec<BookingRequest>,
}

/// A request with what speaks for it and against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingRequest {
    pub booking: Booking,
    /// The picture of the person who asks, by when it was added in milliseconds since 1970, if the reader may see it.
    pub picture: Option<i64>,
    pub place: Option<String>,
    pub expires: Moment,
    /// That day of the machine or room; edges as in [`Block`].
    pub day: Vec<Block>,
    /// The hours of the clock between which it is shown.
    pub hours: (u8, u8),
    /// What else they have that day.
    pub own: Vec<Block>,
    /// The nearest times at which they could have it.
    pub instead: Vec<Time>,
    /// Something is against the time that they ask for.
    pub conflicts: bool,
    pub checks: Vec<Check>,
    pub history: History,
}

/// Something that was looked at for a moderator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub fits: bool,
    pub message: String,
}

/// What a table of bookings comes to, or came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BookingsImport {
    /// Whether they were made; nothing is changed by a dry run.
    pub done: bool,
    /// Bookings that it makes.
    pub bookings: u32,
    /// Lines that are here already and make nothing.
    pub kept: u32,
    /// Lines that are left out, and why.
    pub left: Vec<ImportLine>,
    /// Why nothing of it can be read.
    pub problem: Option<String>,
}

/// A line of a table that is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ImportLine {
    /// Where it begins in the table; the headings are line 1.
    #[cfg_attr(feature = "schema", schema(example = 7))]
    pub line: u32,
    /// What can be done about it, in the language of whoever asks.
    #[cfg_attr(feature = "schema", schema(example = "Somebody has it at that time."))]
    pub message: String,
}

/// The rules of bookings at one place, beside those that they come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    pub at: RulesAt,
    /// Where else there are rules, and what that is called; the space may have no name.
    pub places: Vec<(RulesAt, String)>,
    /// What is said and holds at the place itself; of a room, at the space.
    pub rows: Vec<SettingRow>,
    /// From the space to the place, and behind a type its machines.
    pub levels: Vec<Level>,
    /// The names of members, for readers who may see people.
    pub names: Vec<String>,
}

/// What holds at one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    pub at: RulesAt,
    pub name: String,
    /// Each value as it is kept, and whether it is said there.
    pub rules: Vec<(Key, String, bool)>,
}

/// Whether somebody could book a time, criterion by criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// What they are called.
    pub person: String,
    /// Name of the machine or room.
    pub name: String,
    pub time: Time,
    pub now: Moment,
    /// All of them, in their order.
    pub checks: Vec<Check>,
    /// The nearest times that they could have.
    pub instead: Vec<Time>,
}

/// What is known of somebody on one machine or in one room.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// Bookings for which they came.
    pub came: u32,
    pub no_shows: u32,
    pub late: u32,
    /// Requests that were approved, and all that were answered.
    pub approved: (u32, u32),
}

/// A week of everything that can be booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Week {
    pub now: Moment,
    /// Monday to Sunday, and whether the space opens then.
    pub days: Vec<(Date, bool)>,
    /// The hours of the clock between which anything can be.
    pub hours: (u8, u8),
    /// By place, rooms at the end.
    pub groups: Vec<WeekGroup>,
    /// Its reader answers requests for some of it.
    pub decides: bool,
}

/// What stands at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekGroup {
    /// `None`: at none, or rooms.
    pub place: Option<String>,
    pub rows: Vec<WeekRow>,
}

/// A machine or a room and its week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekRow {
    pub bookable: Bookable,
    /// One for each day.
    pub days: Vec<Vec<Entry>>,
}

/// Something in a day of a machine or a room; edges as in [`Block`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub from: u8,
    pub to: u8,
    pub cause: Cause,
    /// When it is: `9–12`, `9:30–11`.
    pub clocks: String,
    pub who: Option<String>,
    /// The booking, for readers who may open it.
    pub booking: Option<BookingId>,
    pub mine: bool,
    /// It waits for an answer.
    pub waits: bool,
}
