use crate::{checkout_steps::Checklist, training_events::EventLine};
use domain::{
    checkouts::{CheckoutAction, Obstacle, State},
    id::{AppointmentId, MachineId, PersonId, TypeId},
    time::{Date, Moment},
};
use serde::{Deserialize, Serialize};

/// A free time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotView {
    pub starts: Moment,
    pub ends: Moment,
    pub trainer: PersonId,
    pub trainer_name: String,
}

/// The free times of one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotDay {
    pub date: Date,
    pub slots: Vec<SlotView>,
    /// Why there are none; empty if no trainer offers any.
    pub obstacles: Vec<Obstacle>,
}

/// A trainer, and the number of their free times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotTrainer {
    pub id: PersonId,
    pub name: String,
    pub slots: u32,
}

/// Why a checkout cannot be requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotReady {
    /// They are qualified already.
    Qualified,
    /// These types are required first.
    Requires(Vec<String>),
    /// This many training modules are required first.
    Training(u32),
    /// They failed, and may try again from then on.
    Retry(Moment),
}

/// The times for a checkout on a type, for the reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slots {
    pub now: Moment,
    pub kind: TypeId,
    pub kind_name: String,
    /// Why none can be chosen.
    pub not_ready: Option<NotReady>,
    pub trainers: Vec<SlotTrainer>,
    /// Every day of the horizon.
    pub days: Vec<SlotDay>,
    /// Their open appointment, or else the last one.
    pub mine: Option<Appointment>,
    /// When they last reported that no time fits, if trainers still see that.
    pub wished: Option<Moment>,
    /// They can report that now: once a day.
    pub may_wish: bool,
}

/// A request by a member for whom no time fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeRequest {
    pub person: PersonId,
    /// `None` once erased.
    pub person_name: Option<String>,
    pub kind: TypeId,
    pub kind_name: String,
    pub asked: Moment,
    /// When they can come; free text.
    pub note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    pub id: AppointmentId,
    pub version: i64,
    pub person: PersonId,
    /// `None` once erased.
    pub person_name: Option<String>,
    pub trainer: PersonId,
    pub trainer_name: Option<String>,
    pub kind: TypeId,
    pub kind_name: String,
    pub machine: Option<MachineId>,
    pub machine_name: Option<String>,
    pub starts: Moment,
    pub ends: Moment,
    pub state: State,
    pub decided: Option<Moment>,
    pub decided_by: Option<String>,
    /// The reason, or what to practise.
    pub note: Option<String>,
    /// When it may be tried again.
    pub retry: Option<Moment>,
    /// Present actions of its reader.
    pub actions: Vec<CheckoutAction>,
    /// The member's evidence, for trainers only.
    pub evidence: Option<Evidence>,
    /// It has a checklist.
    pub listed: bool,
    /// Until when its reader can undo that it was passed.
    pub undo_until: Option<Moment>,
    /// Its reader is its member.
    pub mine: bool,
}

/// A decision about an appointment, or its undo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionDone {
    pub appointment: AppointmentId,
    /// `None` once erased.
    pub person_name: Option<String>,
    pub kind_name: String,
    /// `None` if the decision was undone.
    pub action: Option<CheckoutAction>,
}

/// A person's progress with a module required by the type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleEvidence {
    pub title: String,
    /// Progress with its video.
    pub percent: u8,
    /// As far as required.
    pub watched: bool,
    /// `None` if it has none.
    pub quiz: Option<QuizEvidence>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuizEvidence {
    pub passed: bool,
    /// The best attempt, in percent of right answers; `None` before the first.
    pub best: Option<u8>,
    pub tries: u32,
}

/// Evidence for a trainer's decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The training modules, in order.
    pub modules: Vec<ModuleEvidence>,
    /// Minutes on machines of the type.
    pub used_minutes: u32,
    /// Of those, since they last failed; `None` if they never did.
    pub since_minutes: Option<u32>,
    pub last_used: Option<Moment>,
    /// Earlier failures.
    pub failed: u32,
}

/// A person close to a checkout, without an appointment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub person: PersonId,
    /// `None` once erased.
    pub person_name: Option<String>,
    pub kind: TypeId,
    pub kind_name: String,
    /// The training modules, in order.
    pub modules: Vec<ModuleEvidence>,
    /// Titles of incomplete modules; empty if they are ready.
    pub missing: Vec<String>,
    /// Minutes on machines of the type.
    pub used_minutes: u32,
}

/// A free slot of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreeSlot {
    pub starts: Moment,
    pub ends: Moment,
}

/// A trainer's overview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    pub now: Moment,
    /// Today's appointments in order, including decided ones.
    pub today: Vec<Appointment>,
    /// The reader's free slots of today, in order.
    pub free: Vec<FreeSlot>,
    /// Pending ones of later days.
    pub waiting: Vec<Appointment>,
    /// Accepted ones of later days.
    pub coming: Vec<Appointment>,
    /// Open ones of earlier days, without a result.
    pub unfinished: Vec<Appointment>,
    /// Members for whom no time fits.
    pub wishes: Vec<TimeRequest>,
    /// People ready for a checkout, then those who nearly are.
    pub candidates: Vec<Candidate>,
    /// The types they may check people out on.
    pub kinds: Vec<(TypeId, String)>,
    /// Those of them with a checklist, which decides the result.
    pub listed: Vec<TypeId>,
    /// Names of members, for a form.
    pub names: Vec<String>,
    /// The reader's events of today and later, and those whose results are due.
    pub events: Vec<EventLine>,
}

/// An appointment with its page's content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    pub now: Moment,
    pub one: Appointment,
    pub checklist: Checklist,
}
