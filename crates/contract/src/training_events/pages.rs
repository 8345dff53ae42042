//! What pages show of training events. Not here: what programs get as well, which is in [`super`].

use super::{EventPerson, TrainingEventView};
use domain::{
    bookings::Resource,
    hours::TimeOfDay,
    id::{EventPlaceId, MachineId, ModuleId, PersonId, TrainingEventId, TypeId},
    time::{Date, Moment},
    training_events::{Aim, Outcome, PlaceState},
};
use serde::{Deserialize, Serialize};

/// A module to complete before an event, and how far the reader is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventModule {
    pub module: ModuleId,
    pub title: String,
    /// Minutes of its video.
    pub minutes: u32,
    /// When the reader completed it.
    pub completed: Option<Moment>,
    pub done: bool,
}

/// Why the reader cannot sign up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoSignUp {
    /// Visitors sign in first.
    SignIn,
    /// They are no member.
    NoMember,
    /// They hold it.
    Own,
    Qualified,
    Banned,
    Requires(Vec<String>),
    /// Sign-up has closed.
    Closed,
    /// They have a place at another date for the same, or are invited to it.
    Elsewhere,
    /// They have something else then.
    Busy(Moment, Moment),
    Begun,
    Cancelled,
    Completed,
}

/// An event, for its reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventPage {
    pub now: Moment,
    pub event: TrainingEventView,
    /// Their invitation or place.
    pub place: Option<EventPlaceId>,
    /// Until when they may answer.
    pub answer_by: Option<Moment>,
    /// Their place on the waiting list.
    pub position: Option<u32>,
    pub no_sign_up: Option<NoSignUp>,
    pub modules: Vec<EventModule>,
    /// A machine of the type, to link to.
    pub machine: Option<(MachineId, String)>,
    /// Others who ask for the same.
    pub queue: u32,
    /// Whether the reader announces and changes it.
    pub may_hold: bool,
    /// For them: everybody with a place or on the waiting list.
    pub people: Vec<EventPerson>,
    /// For them: whether results can be written.
    pub results_open: bool,
    /// For the author of results: until when they can be undone.
    pub undo_until: Option<Moment>,
    /// The reader's own result.
    pub outcome: Option<Outcome>,
    pub practise: Option<String>,
}

/// A person who would be invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextInvited {
    pub name: String,
    pub asked: Moment,
    /// Whether the time suits them.
    pub suits: bool,
    /// Whether there is a place for them.
    pub invited: bool,
}

/// What something that can be taken has at the date of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventLane {
    /// `None`: the host.
    pub resource: Option<Resource>,
    pub name: String,
    /// Minutes of the day that are taken.
    pub taken: Vec<(u16, u16)>,
    /// What takes the chosen time.
    pub conflict: Option<(Moment, Moment)>,
}

/// What an event is made of, for the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventDraft {
    pub kind: TypeId,
    pub aim: Aim,
    pub title: String,
    pub host: PersonId,
    pub day: Date,
    pub from: TimeOfDay,
    pub to: TimeOfDay,
    pub resources: Vec<Resource>,
    pub capacity: u16,
    pub minimum: u16,
    pub deadline: Moment,
    pub fee: String,
    pub bring: String,
    pub about: String,
    pub modules: Vec<ModuleId>,
    pub public: bool,
}

/// The form of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventFormPage {
    pub now: Moment,
    /// The event that is changed, with its version.
    pub event: Option<(TrainingEventId, i64)>,
    pub draft: EventDraft,
    /// Types on which the reader holds events.
    pub types: Vec<(TypeId, String)>,
    /// Aims with their usual places and minutes.
    pub aims: Vec<(Aim, u16, u16)>,
    /// People who may hold it.
    pub hosts: Vec<(PersonId, String)>,
    /// Machines of the type, and rooms.
    pub resources: Vec<(Resource, String)>,
    /// Modules that the type requires, and others.
    pub modules: Vec<(ModuleId, String, bool)>,
    /// Earlier events that a new one can be like.
    pub templates: Vec<(TrainingEventId, String)>,
    pub lanes: Vec<EventLane>,
    /// The queue in the order of asking, with one more than are invited.
    pub line: Vec<NextInvited>,
    /// People in the queue.
    pub queue: u32,
    /// Until when the workshop is open on that day; `None` if it is closed then.
    pub open_until: Option<Moment>,
}

/// The results of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultsPage {
    pub now: Moment,
    pub event: TrainingEventView,
    /// Those who had a place.
    pub people: Vec<EventPerson>,
    /// What can be practised: the steps of the type's checklist.
    pub steps: Vec<String>,
    pub undo_until: Option<Moment>,
    /// Missed events at which a person is barred; 0 never is.
    pub no_shows: u16,
}

/// An invitation, for its reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationPage {
    pub now: Moment,
    pub event: TrainingEventView,
    pub place: EventPlaceId,
    pub state: PlaceState,
    pub sent: Moment,
    pub answer_by: Option<Moment>,
    /// When they asked for it.
    pub asked: Option<Moment>,
    /// Whether the time suits them, by their request.
    pub suits: bool,
    /// Something else that they have then.
    pub busy: Option<(Moment, Moment)>,
    pub modules: Vec<EventModule>,
    /// Those invited who have answered.
    pub answered: u16,
    /// Until when a place can be given up.
    pub leave_until: Moment,
}
