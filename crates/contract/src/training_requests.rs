//! Requests for training: who wants to learn what, when they can come, and who is next.
//!
//! Not here: the events that they lead to ([`crate::training_events`]).

#[cfg(feature = "server")]
use crate::form::Faults;
use crate::training_events::{EventLine, EventModule};
use domain::{
    id::{EventPlaceId, ModuleId, PersonId, TrainingEventId, TrainingRequestId, TypeId},
    names::Remark,
    time::{Date, Moment},
    training_events::{Aim, DayWindow, DemandFilter, NOTE, RequestState},
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};
#[cfg(feature = "server")]
use std::cmp::Reverse;

operations! {
    tag TrainingRequests;

    /// List training requests
    ///
    /// Lists the open requests of the caller, and those for the types on which they hold training events, the latest first.
    GET "training-requests" => ListTrainingRequests() -> TrainingRequests, page "training-requests/list", scope TrainingRead,
        lists requests by |request: &TrainingRequestView| -> Reverse<i64> { Reverse(request.id.0) };

    /// The form of a request, and the queue that it would join.
    READ => ReadTrainingForm(kind: TypeId, form: Result<TrainingFormQuery, Faults>) -> TrainingFormPage,
        page "training-requests/form";

    /// Ask for training
    ///
    /// Adds a request of the caller to the queue of a type. If an event has a free place, they are invited at once, and the
    /// answer has that invitation. A person has only so many open requests (3 unless the workshop sets another number).
    POST "training-requests" => AskForTraining(form: TrainingRequestForm) -> TrainingAsked,
        page "training-requests/add", then "/learn", scope TrainingWrite, makes Below as request, invites invitation,
        errors ["training-request.limit", "training-request.open", "training-request.qualified",
                "training-request.banned", "training-request.requires", "training-request.barred",
                "training-request.not-offered", "training-request.invalid", "equipment.unknown"];

    /// Get a training request
    ///
    /// Returns a request of the caller, or one for a type on which they hold training events.
    GET "training-requests/{id}" => ReadTrainingRequest(id: TrainingRequestId) -> TrainingRequestView,
        scope TrainingRead, errors ["training-request.unknown"];

    /// Withdraw a training request
    ///
    /// Takes a request of the caller out of the queue. An unanswered invitation for it ends, and the next in line is invited.
    /// A place that was accepted stays.
    DELETE "training-requests/{id}" => WithdrawTrainingRequest(id: TrainingRequestId) -> (),
        page "training-requests/withdraw", then "/learn", scope TrainingWrite, errors ["training-request.unknown"];

    /// Readmit a person to training requests
    ///
    /// Lifts the bar on requests of a person who did not come to events: what they missed until now counts no longer.
    POST "people/{person}/training-bar/lift" => LiftTrainingBar(person: PersonId) -> (),
        page "training-requests/lift", then "/people/{person}", scope TrainingWrite,
        errors ["people.unknown"];

    /// Who waits for what since when, and when a session suits them.
    READ => ReadTrainingDemand(form: Result<DemandQuery, Faults>) -> TrainingDemand, page "training-requests/demand";
}

/// A request for training.
#[derive(Debug, Clone, Form)]
pub struct TrainingRequestForm {
    /// The type.
    #[field(programs = "type", example = 3)]
    pub kind: TypeId,
    /// What for: to use it, to train others, to look after it, or to maintain it.
    #[field(programs = "relation")]
    pub aim: Aim,
    /// When they can come: parts of the day as the workshop names them. Any time if left out.
    #[field(example = ["18:30–22:00"])]
    pub windows: Vec<DayWindow>,
    /// Whether they can come at other times, which the note names.
    pub other: bool,
    /// A note to the trainers. It is deleted with the request.
    #[field(example = "I’ve done MIG at school. Not on Thursdays, please.")]
    pub note: Option<Remark<NOTE>>,
}

/// What the form of a request is about.
#[derive(Debug, Clone, Form)]
pub struct TrainingFormQuery {
    /// The selected aim.
    pub aim: Option<Aim>,
}

/// The selected queue.
#[derive(Debug, Clone, Form)]
pub struct DemandQuery {
    /// The type.
    pub kind: Option<TypeId>,
    /// The aim.
    pub aim: Option<Aim>,
    /// `all`: also types on which the reader holds no events; `undated`: those without an event.
    pub show: Option<DemandFilter>,
}

/// A request for training.
#[view]
pub struct TrainingRequestView {
    /// Its id.
    #[field(example = 12)]
    pub id: TrainingRequestId,
    /// The person; only for those who hold events on the type.
    #[field(example = 7)]
    pub person: Option<PersonId>,
    /// Their name.
    pub person_name: Option<String>,
    /// Whether it is the caller’s.
    pub mine: bool,
    /// The type.
    #[field(example = 3)]
    pub r#type: TypeId,
    /// Its name.
    #[field(example = "TIG welder")]
    pub type_name: String,
    /// What for.
    pub relation: Aim,
    /// The state.
    pub state: RequestState,
    /// When it was made.
    pub asked: Moment,
    /// The place in the queue, from 1; null once they have a place at an event, or it is closed.
    #[field(example = 4)]
    pub position: Option<u32>,
    /// When they can come; at any time if there are none and `other` is false.
    pub windows: Vec<DayWindow>,
    /// Whether they can come at other times.
    pub other: bool,
    /// The note to the trainers.
    pub note: Option<String>,
    /// The event at which they have a place, or to which they are invited.
    pub event: Option<TrainingEventId>,
}

/// Requests for training.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingRequests {
    pub now: Moment,
    pub requests: Vec<TrainingRequestView>,
}

/// The result of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingAsked {
    pub request: TrainingRequestId,
    /// The place in the queue, from 1; 0 if they are invited already.
    pub position: u32,
    /// The event to which they are invited at once.
    pub event: Option<TrainingEventId>,
    /// Their invitation to it.
    pub invitation: Option<EventPlaceId>,
}

/// A part of the day, and how many others of the queue can come then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowChoice {
    pub window: DayWindow,
    pub others: u32,
}

/// The last event for a type and an aim, as an example of the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsualEvent {
    /// Who held the last one.
    pub host: Option<String>,
    pub capacity: u16,
    pub held: Moment,
}

/// Why training cannot be requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotAskable {
    /// They have as many open requests as one may have.
    Limit,
    /// They may do that already.
    Qualified,
    Banned,
    /// These types are required first.
    Requires(Vec<String>),
    /// They did not come to so many events.
    Barred,
    /// The workshop offers no such training.
    NotOffered,
}

/// The form of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingFormPage {
    pub now: Moment,
    pub kind: TypeId,
    pub kind_name: String,
    /// What the workshop trains for.
    pub aims: Vec<Aim>,
    pub aim: Aim,
    /// The request that they have for it.
    pub mine: Option<TrainingRequestView>,
    pub not_askable: Option<NotAskable>,
    /// The number of people in the queue.
    pub queue: u32,
    /// Days that people usually wait; `None` as long as nothing is usual.
    pub usual_days: Option<u32>,
    pub usual: Option<UsualEvent>,
    pub windows: Vec<WindowChoice>,
    /// Others who can come at other times.
    pub other: u32,
    /// Their open requests, and how many they may have.
    pub open: (u32, u16),
    /// What to complete before a session.
    pub modules: Vec<EventModule>,
    /// The next events with a free place.
    pub events: Vec<EventLine>,
}

/// A queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueLine {
    pub kind: TypeId,
    pub kind_name: String,
    pub aim: Aim,
    /// People in it who have no place.
    pub waiting: u32,
    /// Since when the first one waits.
    pub since: Moment,
    /// The next event.
    pub event: Option<EventLine>,
}

/// A person in a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuedPerson {
    pub request: TrainingRequestId,
    pub person: PersonId,
    pub name: String,
    pub asked: Moment,
    /// For each part of the day of the setting, whether they can come; then for each suggested date.
    pub windows: Vec<bool>,
    pub suggested: Vec<bool>,
    pub note: Option<String>,
    /// Modules that they have not completed.
    pub modules: u32,
}

/// A suggested time of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuggestedTime {
    pub starts: Moment,
    pub ends: Moment,
    /// How many of the queue can come.
    pub can: u32,
    /// Of those who would be invited.
    pub invited_can: u32,
    pub machine: Option<(domain::id::MachineId, String)>,
    pub room: Option<(domain::id::RoomId, String)>,
    /// People who can come but have something else then.
    pub busy: Vec<String>,
}

/// One queue in detail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueDetail {
    pub kind: TypeId,
    pub kind_name: String,
    pub aim: Aim,
    /// Usual places and minutes.
    pub places: u16,
    pub minutes: u16,
    /// The parts of the day of the setting.
    pub windows: Vec<DayWindow>,
    /// What the type requires before.
    pub modules: Vec<ModuleId>,
    pub people: Vec<QueuedPerson>,
    pub suggestions: Vec<SuggestedTime>,
    /// Whether the reader holds events on the type.
    pub may_hold: bool,
}

/// All queues, and one in detail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainingDemand {
    pub now: Moment,
    pub today: Date,
    /// People in all queues.
    pub people: u32,
    pub show: Option<DemandFilter>,
    /// Numbers of queues: those of the reader’s types, all, and those without an event.
    pub counts: (u32, u32, u32),
    pub queues: Vec<QueueLine>,
    pub selected: Option<QueueDetail>,
}
