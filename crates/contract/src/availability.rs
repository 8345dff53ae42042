use domain::{
    checkouts::State,
    id::{AppointmentId, AwayId, PersonId, RuleId, TypeId},
    time::{Date, Moment},
};
use serde::{Deserialize, Serialize};

/// A rule in its form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleView {
    pub id: RuleId,
    pub version: i64,
    /// Monday is 0; `None` for a single date.
    pub weekday: Option<u8>,
    pub date: Option<Date>,
    /// Minutes after midnight.
    pub from: u16,
    /// Minutes after midnight, exclusive.
    pub to: u16,
    /// Length of a slot, in minutes.
    pub length: u16,
    /// Pause after each slot, in minutes.
    pub buffer: u16,
    pub first: Option<Date>,
    pub last: Option<Date>,
    /// Empty stands for all types of the trainer.
    pub kinds: Vec<(TypeId, String)>,
    /// How many slots it makes per day.
    pub slots: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwayView {
    pub id: AwayId,
    pub first: Date,
    pub last: Date,
}

/// A slot as its trainer sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSlot {
    pub starts: Moment,
    pub ends: Moment,
    /// The trainer is busy then.
    pub taken: bool,
    /// The workshop is closed then.
    pub closed: bool,
}

/// An open checkout with the trainer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booked {
    pub id: AppointmentId,
    pub starts: Moment,
    pub ends: Moment,
    /// The member's name; `None` once erased.
    pub name: Option<String>,
    pub state: State,
}

/// A trainer's availability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Availability {
    pub now: Moment,
    pub today: Date,
    pub trainer: PersonId,
    /// By weekday, single dates last.
    pub rules: Vec<RuleView>,
    pub away: Vec<AwayView>,
    /// The types they may check people out on.
    pub kinds: Vec<(TypeId, String)>,
    /// Slots of the days ahead, in order.
    pub slots: Vec<OwnSlot>,
    /// Checkouts of this week and the days ahead, in order.
    pub booked: Vec<Booked>,
    /// Days of these weeks when the workshop is closed.
    pub closed: Vec<Date>,
    /// The last day with slots for members.
    pub until: Date,
}
