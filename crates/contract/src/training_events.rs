//! Training events: sessions at which people are qualified together, who has a place at them, and what came of it.
//!
//! Not here: the requests that lead to them ([`crate::training_requests`]), and their calendar file and public list, which
//! are in `server`.

mod pages;

pub use pages::{
    EventDraft, EventFormPage, EventLane, EventModule, EventPage, InvitationPage, NextInvited, NoSignUp,
    ResultsPage,
};

use crate::form::KeptIds;
#[cfg(feature = "server")]
use crate::{
    form::{Context, Fault, Faults, Field},
    operation::HasVersion,
};
use domain::{
    bookings::Resource,
    bounded::BoundedInteger,
    hours::TimeOfDay,
    id::{EventPlaceId, MachineId, ModuleId, PersonId, RoomId, TrainingEventId, TrainingRequestId, TypeId},
    names::{Line, Name, Remark},
    series::RULE,
    time::{Date, Millis, Moment},
    training_events::{ABOUT, Aim, CancelCause, EventState, FEE, MOST_PLACES, NOTE, Outcome, PlaceState},
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};

operations! {
    tag TrainingEvents;

    /// List training events
    ///
    /// Lists events that are not over, by start: all of them for members, the public ones for others.
    GET "events" => ListTrainingEvents() -> TrainingEvents, page "events/list", scope TrainingRead,
        lists events by |event: &TrainingEventView| -> (Millis, i64) { (event.starts.at, event.id.0) };

    /// Announce training events
    ///
    /// Announces an event, or one for each date of a rule, and invites the queue of the type in the order of asking. Host, machines and
    /// rooms are taken for that time. Of a repeated event, dates that are taken are left out; a single one is refused.
    POST "events" => AnnounceEvents(form: EventForm) -> EventsAnnounced,
        page "events/add", then "/events", scope TrainingWrite, makes Below as event,
        errors ["event.invalid", "event.taken", "event.host", "equipment.unknown"];

    /// Get a training event
    ///
    /// Returns an event. `GET /events/{id}/places` names those who come.
    GET "events/{id}" => ReadTrainingEvent(id: TrainingEventId) -> TrainingEventView,
        scope TrainingRead, versioned, errors ["event.unknown"];

    /// List the places at a training event
    ///
    /// Lists everybody with a place, with an unanswered invitation or on the waiting list, with the ids of the places that results
    /// name. For those who hold events on the type.
    GET "events/{id}/places" => ListEventPlaces(id: TrainingEventId) -> EventPlaces, scope TrainingRead,
        errors ["event.unknown"], lists places by |one: &EventPerson| -> i64 { one.place.0 };

    /// An event with everything its reader may see.
    READ => ReadEventPage(id: TrainingEventId) -> EventPage, page "events/read";

    /// The form of a new or changed event, with what can be chosen and who would be invited.
    READ => ReadEventForm(form: Result<EventQuery, Faults>) -> EventFormPage, page "events/form";

    /// Change a training event
    ///
    /// Replaces the fields of an event that has not begun. If its time changes, everybody who accepted is asked again and keeps
    /// the place meanwhile. It cannot have fewer places than are held.
    PUT "events/{id}" => ChangeEvent(id: TrainingEventId, version: i64, form: Result<EventForm, Faults>) -> (),
        page "events/save", then "/events/{id}", scope TrainingWrite,
        errors ["event.unknown", "event.begun", "event.cancelled", "event.completed", "event.invalid", "event.taken",
                "event.capacity", "event.host"];

    /// Cancel a training event
    ///
    /// Cancels an event that has not begun. Everybody concerned is notified, and requests are in the queue again, where they
    /// were.
    POST "events/{id}/cancel" => CancelEvent(id: TrainingEventId, form: EventCancellation) -> (),
        page "events/cancel", then "/events/{id}", scope TrainingWrite,
        errors ["event.unknown", "event.begun", "event.cancelled", "event.completed", "event.invalid"];

    /// Sign up for a training event
    ///
    /// Gives the caller a place, or one on the waiting list if all are held. Accepts an invitation if there is one.
    POST "events/{id}/sign-up" => SignUp(id: TrainingEventId) -> SignedUp,
        page "events/sign-up", then "/events/{id}", scope TrainingWrite, gives, once,
        errors ["event.unknown", "event.begun", "event.cancelled", "event.completed", "event.closed", "event.busy",
                "event.own", "event.elsewhere", "event.qualified", "event.banned", "event.requires"];

    /// Leave a training event
    ///
    /// Gives up the place of the caller, or their entry on the waiting list; the next in line is invited at once.
    DELETE "events/{id}/sign-up" => LeaveEvent(id: TrainingEventId) -> (),
        page "events/leave", then "/events/{id}", scope TrainingWrite, errors ["event.unknown", "event.no-place", "event.begun"];

    /// Write the results of a training event
    ///
    /// Writes the result of everybody who had a place, all at once: who passed is granted the relation in the same step.
    /// `GET /events/{id}/places` lists the places.
    POST "events/{id}/results" => WriteResults(id: TrainingEventId, form: ResultsForm) -> ResultsWritten,
        page "events/results", then "/events/{id}", scope TrainingWrite, gives, once,
        errors ["event.unknown", "event.early", "event.cancelled", "event.completed", "event.results-incomplete",
                "event.results-unknown", "event.invalid", "event.refused"];

    /// Undo the results of a training event
    ///
    /// Undoes the results, for their author and for ten minutes, unless a granted relation was used meanwhile.
    POST "events/{id}/results/undo" => UndoResults(id: TrainingEventId) -> (),
        page "events/undo-results", then "/events/{id}/results", scope TrainingWrite,
        errors ["event.unknown", "event.no-results", "event.results-other", "event.undo-late", "event.undo-used"];

    /// Add a walk-in to a training event
    ///
    /// Adds a person who is present without a place, from shortly before the beginning on.
    POST "events/{id}/walk-ins" => AddWalkIn(id: TrainingEventId, form: WalkIn) -> (),
        page "events/walk-in", then "/events/{id}/results", scope TrainingWrite,
        errors ["event.unknown", "event.early", "event.cancelled", "event.completed", "event.invalid", "event.person",
                "event.qualified", "event.banned", "event.requires", "event.own"];

    /// The results of an event, as far as they are written.
    READ => ReadResultsPage(id: TrainingEventId) -> ResultsPage, page "events/results-form";

    /// List invitations to training events
    ///
    /// Lists the invitations of the caller, the latest first.
    GET "event-invitations" => ListEventInvitations() -> EventInvitations, page "invitations/list", scope TrainingRead,
        lists invitations by |one: &EventInvitationView| -> std::cmp::Reverse<i64> { std::cmp::Reverse(one.id.0) };

    /// The invitation of the reader to an event.
    READ => ReadInvitationPage(id: TrainingEventId) -> InvitationPage, page "invitations/read";

    /// Accept an invitation to a training event
    ///
    /// Accepts an unanswered invitation of the caller.
    POST "event-invitations/{id}/accept" => AcceptInvitation(id: EventPlaceId) -> (),
        page "invitations/accept", scope TrainingWrite,
        errors ["event.no-invitation", "event.answered", "event.begun", "event.busy"];

    /// Decline an invitation to a training event
    ///
    /// Declines an unanswered invitation of the caller. The request keeps its place in the queue.
    POST "event-invitations/{id}/decline" => DeclineInvitation(id: EventPlaceId) -> (),
        page "invitations/decline", scope TrainingWrite, errors ["event.no-invitation", "event.answered"];
}

/// A training event.
#[derive(Debug, Clone, Form)]
pub struct EventForm {
    /// The type.
    #[field(programs = "type", example = 3)]
    pub kind: TypeId,
    /// What people learn: to use it, to train others, to look after it, or to maintain it.
    #[field(programs = "relation")]
    pub aim: Aim,
    /// The title.
    #[field(example = "Panel saw, first steps")]
    pub title: Name,
    /// Who holds it; the caller if left out.
    pub host: Option<PersonId>,
    /// The date.
    #[field(example = "2099-11-26")]
    pub day: Date,
    /// The start by the clocks of the workshop.
    #[field(example = "18:30")]
    pub from: TimeOfDay,
    /// The end; on the next day if it is not after the start.
    #[field(example = "20:30")]
    pub to: TimeOfDay,
    /// Machines and rooms that are taken for it.
    #[field(example = ["room:3", "machine:7"])]
    pub resources: Vec<Resource>,
    /// A rule of RFC 5545 for further dates; once if left out.
    #[field(example = "FREQ=WEEKLY;INTERVAL=2")]
    pub rule: Line<RULE>,
    /// The last possible date of the rule.
    #[field(example = "2099-12-31")]
    pub last: Option<Date>,
    /// Places; those usual for the relation if left out.
    #[field(example = 6)]
    pub capacity: Option<BoundedInteger<1, MOST_PLACES>>,
    /// With fewer at the deadline it is cancelled; never if left out.
    #[field(example = 3)]
    pub minimum: Option<BoundedInteger<0, MOST_PLACES>>,
    /// When sign-up closes; a day before the beginning if left out.
    #[field(example = "2099-11-24T18:00:00+01:00")]
    pub deadline: Option<Millis>,
    /// What it costs, in words.
    #[field(example = "€ 6 for material, paid at the desk")]
    pub fee: Option<Remark<FEE>>,
    /// What to bring, one thing a line.
    #[field(example = "Closed shoes, hair tied back")]
    pub bring: Option<Remark<ABOUT>>,
    /// What it is about, and what people can do afterwards.
    pub about: Option<Remark<ABOUT>>,
    /// Modules to complete before; those that the type requires if left out.
    pub modules: KeptIds<ModuleId>,
    /// Whether visitors see it.
    pub public: bool,
}

/// What the form of an event is about.
#[derive(Debug, Clone, Form)]
pub struct EventQuery {
    /// The event to be changed.
    pub event: Option<TrainingEventId>,
    /// The event that a new one is like.
    pub like: Option<TrainingEventId>,
    /// The type.
    pub kind: Option<TypeId>,
    /// The aim.
    pub aim: Option<Aim>,
    /// The date.
    pub day: Option<Date>,
    /// The start.
    pub from: Option<TimeOfDay>,
    /// The end.
    pub to: Option<TimeOfDay>,
    /// Machines and rooms.
    pub resources: Vec<Resource>,
    /// Who holds it.
    pub host: Option<PersonId>,
}

/// Why an event does not take place.
#[derive(Debug, Clone, Form)]
pub struct EventCancellation {
    /// The reason, for everybody concerned.
    #[field(example = "The saw is being repaired")]
    pub note: Option<Remark<NOTE>>,
}

/// A person who came without a place.
#[derive(Debug, Clone, Form)]
pub struct WalkIn {
    /// The person, by id or name.
    #[field(example = "Li Wen")]
    pub person: Name,
}

/// The result of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Form)]
#[form(part, pages = read_result)]
pub struct PlaceResult {
    /// Their place.
    #[field(example = 31)]
    pub place: EventPlaceId,
    /// The result.
    pub outcome: Outcome,
}

/// What one person is to practise.
#[derive(Debug, Clone, PartialEq, Eq, Form)]
#[form(part, pages = read_note)]
pub struct PlaceNote {
    /// Their place.
    #[field(example = 31)]
    pub place: EventPlaceId,
    /// The note; they read it.
    #[field(example = "Threading")]
    pub note: Option<Remark<NOTE>>,
}

/// `31 passed`, as a page writes it.
#[cfg(feature = "server")]
fn read_result(text: &str, context: &Context) -> Result<PlaceResult, Fault> {
    let (place, outcome) = text.split_once(' ').ok_or(Fault::Choice)?;
    Ok(PlaceResult { place: Field::read(place, context)?, outcome: Field::read(outcome, context)? })
}

/// `31 Threading`, as a page writes it; `31 ` has no note.
#[cfg(feature = "server")]
fn read_note(text: &str, context: &Context) -> Result<PlaceNote, Fault> {
    let (place, note) = text.split_once(' ').ok_or(Fault::Choice)?;
    Ok(PlaceNote { place: Field::read(place, context)?, note: Field::read_optional(note, context)? })
}

/// The results of an event.
#[derive(Debug, Clone, Form)]
pub struct ResultsForm {
    /// The result of everybody who had a place.
    pub results: Vec<PlaceResult>,
    /// What people are to practise.
    pub notes: Vec<PlaceNote>,
}

/// A machine or room of an event.
#[view]
pub struct EventResource {
    /// The machine, unless it is a room.
    pub machine: Option<MachineId>,
    /// The room, unless it is a machine.
    pub room: Option<RoomId>,
    /// Its name.
    #[field(example = "Wood shop")]
    pub name: String,
}

/// A training event.
#[view]
pub struct TrainingEventView {
    /// Its id.
    #[field(example = 9)]
    pub id: TrainingEventId,
    /// Its version.
    #[field(example = 1)]
    pub version: i64,
    /// The type.
    #[field(example = 3)]
    pub r#type: TypeId,
    /// Its name.
    #[field(example = "Panel saw")]
    pub type_name: String,
    /// What people learn.
    pub relation: Aim,
    /// The title.
    #[field(example = "Panel saw, first steps")]
    pub title: String,
    /// Who holds it; their name as far as the space shows names.
    pub host: Option<PersonId>,
    /// The host’s name.
    pub host_name: Option<String>,
    /// When it begins.
    pub starts: Moment,
    /// When it ends.
    pub ends: Moment,
    /// Machines and rooms.
    pub resources: Vec<EventResource>,
    /// Places.
    #[field(example = 6)]
    pub capacity: u16,
    /// With fewer at the deadline it is cancelled; 0 never is.
    #[field(example = 3)]
    pub minimum: u16,
    /// When sign-up closes.
    pub deadline: Moment,
    /// Places that are held, by people who accepted or are invited.
    #[field(example = 4)]
    pub held: u16,
    /// People who accepted.
    #[field(example = 3)]
    pub accepted: u16,
    /// People on its waiting list.
    #[field(example = 0)]
    pub waiting: u16,
    /// What it costs, in words.
    pub fee: Option<String>,
    /// What to bring, one thing a line.
    pub bring: Option<String>,
    /// What it is about.
    pub about: Option<String>,
    /// Whether visitors see it.
    pub public: bool,
    /// The state.
    pub state: EventState,
    /// Why it does not take place.
    pub cancelled: Option<CancelCause>,
    /// The reason that was given for that.
    pub note: Option<String>,
    /// The first event of those that were announced with it.
    pub first: Option<TrainingEventId>,
    /// What it is to the caller.
    pub mine: Option<PlaceState>,
}

#[cfg(feature = "server")]
impl HasVersion for TrainingEventView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// A person with a place at an event, for those who hold it.
#[view]
pub struct EventPerson {
    /// Their place.
    #[field(example = 31)]
    pub place: EventPlaceId,
    /// Their id.
    #[field(example = 7)]
    pub person: PersonId,
    /// Their name.
    #[field(example = "Ada Lovelace")]
    pub name: String,
    /// The state of the place.
    pub state: PlaceState,
    /// When they answered, or are to answer.
    pub at: Moment,
    /// The result, once it is written.
    pub outcome: Option<Outcome>,
    /// What they are to practise.
    #[field(example = "Threading")]
    pub note: Option<String>,
    /// Modules that they have not completed.
    #[field(example = 0)]
    pub modules: u32,
    /// Events of the type and relation that they tried before.
    #[field(example = 1)]
    pub tries: u32,
    /// Events that they missed, as far as they count.
    #[field(example = 0)]
    pub missed: u32,
    /// Whether they came without a place.
    pub walk_in: bool,
}

/// The places at an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventPlaces {
    pub places: Vec<EventPerson>,
}

/// Training events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingEvents {
    pub now: Moment,
    pub events: Vec<TrainingEventView>,
    /// Whether the reader may announce some.
    pub may_hold: bool,
}

/// An event in a list beside other things.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventLine {
    pub id: TrainingEventId,
    pub title: String,
    pub aim: Aim,
    pub kind: TypeId,
    pub kind_name: String,
    pub starts: Moment,
    pub ends: Moment,
    /// The first room, or the first machine.
    pub place: Option<String>,
    pub capacity: u16,
    pub held: u16,
    pub mine: Option<PlaceState>,
    /// What to bring.
    pub bring: Option<String>,
}

/// The result of announcing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventsAnnounced {
    /// The first one.
    pub event: TrainingEventId,
    /// How many, if it is repeated.
    pub events: u32,
    /// People who are invited.
    pub invited: u32,
    /// Dates that are taken.
    pub left_out: Vec<Date>,
}

/// The result of signing up.
#[view]
pub struct SignedUp {
    /// `accepted`, or `waiting` if all places are held.
    pub state: PlaceState,
    /// The place on the waiting list, from 1.
    pub position: Option<u32>,
}

/// The result of writing results.
#[view]
pub struct ResultsWritten {
    /// People who passed.
    #[field(example = 4)]
    pub passed: u32,
    /// People who are to practise.
    #[field(example = 1)]
    pub failed: u32,
    /// People who did not come.
    #[field(example = 1)]
    pub missed: u32,
    /// Until when it can be undone.
    pub undo_until: Moment,
}

/// An invitation to an event.
#[view]
pub struct EventInvitationView {
    /// Its id.
    #[field(example = 31)]
    pub id: EventPlaceId,
    /// The event.
    #[field(example = 9)]
    pub event: TrainingEventId,
    /// Its title.
    #[field(example = "Letterpress, first steps")]
    pub title: String,
    /// When it begins.
    pub starts: Moment,
    /// When it ends.
    pub ends: Moment,
    /// The state.
    pub state: PlaceState,
    /// When it was sent.
    pub sent: Moment,
    /// Until when it is to be answered; null once it is.
    pub answer_by: Option<Moment>,
    /// The request that it answers.
    pub request: Option<TrainingRequestId>,
    /// The result, once it is written.
    pub outcome: Option<Outcome>,
}

/// Invitations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventInvitations {
    pub now: Moment,
    pub invitations: Vec<EventInvitationView>,
}
