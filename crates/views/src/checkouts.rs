use crate::checkout_steps::Checklist;
use domain::{
    checkouts::{CheckoutAction, Obstacle, State},
    id::{AppointmentId, MachineId, PersonId, TypeId},
    time::{Date, Moment},
};
use serde::{Deserialize, Serialize};

/// A time that can be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotView {
    pub starts: Moment,
    pub ends: Moment,
    pub trainer: PersonId,
    pub trainer_name: String,
}

/// What is free on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotDay {
    pub date: Date,
    pub slots: Vec<SlotView>,
    /// Why nothing is; none where no trainer offers anything.
    pub obstacles: Vec<Obstacle>,
}

/// A trainer, and how many free times they offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotTrainer {
    pub id: PersonId,
    pub name: String,
    pub slots: u32,
}

/// Why somebody cannot ask for a checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotReady {
    /// They may use it already.
    Qualified,
    /// These types come first.
    Requires(Vec<String>),
    /// So many modules of training come first.
    Training(u32),
    /// They failed, and may try again from then on.
    Retry(Moment),
}

/// The times for a checkout on a type, for whoever looks.
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
    /// When they last said that none of the times suits them, if that is still before trainers.
    pub wished: Option<Moment>,
    /// They can say so now: once a day.
    pub may_wish: bool,
}

/// A member for whom no time fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    pub person: PersonId,
    /// `None` once erased.
    pub person_name: Option<String>,
    pub kind: TypeId,
    pub kind_name: String,
    pub asked: Moment,
    /// When they can come, in their words.
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
    /// Why not, or what to practise.
    pub note: Option<String>,
    /// From when it may be tried again.
    pub retry: Option<Moment>,
    /// What its reader can do about it now.
    pub actions: Vec<CheckoutAction>,
    /// What speaks for its member; for trainers alone.
    pub evidence: Option<Evidence>,
    /// A checklist goes with it.
    pub listed: bool,
    /// Until when its reader can take back that it was passed.
    pub undo_until: Option<Moment>,
    /// Its reader is its member.
    pub mine: bool,
}

/// What was just decided about an appointment, or taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionDone {
    pub appointment: AppointmentId,
    /// `None` once erased.
    pub person_name: Option<String>,
    pub kind_name: String,
    /// `None`: what was decided was taken back.
    pub action: Option<CheckoutAction>,
}

/// How somebody is with a module that the type requires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleEvidence {
    pub title: String,
    /// Of its video.
    pub percent: u8,
    /// As much as is required.
    pub watched: bool,
    /// `None` where it has none.
    pub quiz: Option<QuizEvidence>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuizEvidence {
    pub passed: bool,
    /// Of the best try, in percent of right answers; `None` before the first.
    pub best: Option<u8>,
    pub tries: u32,
}

/// What a trainer goes by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What the training says, in its order.
    pub modules: Vec<ModuleEvidence>,
    /// On machines of the type.
    pub used_minutes: u32,
    /// Of those, since they last failed; `None` for whoever did not.
    pub since_minutes: Option<u32>,
    pub last_used: Option<Moment>,
    /// How often they failed before.
    pub failed: u32,
}

/// Somebody on the way to a checkout, without an appointment yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub person: PersonId,
    /// `None` once erased.
    pub person_name: Option<String>,
    pub kind: TypeId,
    pub kind_name: String,
    /// What the training says, in its order.
    pub modules: Vec<ModuleEvidence>,
    /// What they are to complete, by its titles; nothing where they are ready.
    pub missing: Vec<String>,
    /// On machines of the type.
    pub used_minutes: u32,
}

/// A slot of today that nobody has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreeSlot {
    pub starts: Moment,
    pub ends: Moment,
}

/// What a trainer has before them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    pub now: Moment,
    /// Of today, in order, also what is decided.
    pub today: Vec<Appointment>,
    /// Slots that their reader still offers today and that nobody has taken, in order.
    pub free: Vec<FreeSlot>,
    /// What waits for an answer, of later days.
    pub waiting: Vec<Appointment>,
    /// What is agreed on, of later days.
    pub coming: Vec<Appointment>,
    /// Open ones of earlier days, without a result.
    pub unfinished: Vec<Appointment>,
    /// Members for whom no time fits.
    pub wishes: Vec<Wish>,
    /// Who is ready for a checkout, and then who is nearly.
    pub candidates: Vec<Candidate>,
    /// Types that they may check people out on.
    pub kinds: Vec<(TypeId, String)>,
    /// Those of them that have a checklist: it says how a checkout went.
    pub listed: Vec<TypeId>,
    /// The names of members, for a form in which one is named.
    pub names: Vec<String>,
}

/// One appointment, as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    pub now: Moment,
    pub one: Appointment,
    pub checklist: Checklist,
}
