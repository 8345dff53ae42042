use domain::{
    checkouts::State,
    id::{AppointmentId, AwayId, PersonId, RuleId, TypeId},
    time::{Date, Moment},
};
use serde::{Deserialize, Serialize};

/// A rule as a form holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleView {
    pub id: RuleId,
    pub version: i64,
    /// Monday is 0; `None` where it is for one date.
    pub weekday: Option<u8>,
    pub date: Option<Date>,
    /// Minutes from midnight.
    pub from: u16,
    /// Minutes from midnight, exclusive.
    pub to: u16,
    /// Of a slot, in minutes.
    pub length: u16,
    /// After each slot, in minutes.
    pub buffer: u16,
    pub first: Option<Date>,
    pub last: Option<Date>,
    /// None is all types of the trainer.
    pub kinds: Vec<(TypeId, String)>,
    /// How many slots it makes on a day.
    pub slots: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwayView {
    pub id: AwayId,
    pub first: Date,
    pub last: Date,
}

/// A slot that members get, or would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSlot {
    pub starts: Moment,
    pub ends: Moment,
    /// Something of the trainer's is at that time.
    pub taken: bool,
    /// The workshop is closed then.
    pub closed: bool,
}

/// A checkout with them that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booked {
    pub id: AppointmentId,
    pub starts: Moment,
    pub ends: Moment,
    /// Of the member, while it is kept.
    pub name: Option<String>,
    pub state: State,
}

/// When somebody offers times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Availability {
    pub now: Moment,
    pub today: Date,
    pub trainer: PersonId,
    /// By weekday, those for one date at the end.
    pub rules: Vec<RuleView>,
    pub away: Vec<AwayView>,
    /// Types that they may check people out on.
    pub kinds: Vec<(TypeId, String)>,
    /// Of the days ahead, in order.
    pub slots: Vec<OwnSlot>,
    /// Of this week and the days ahead, in order.
    pub booked: Vec<Booked>,
    /// Days of these weeks on which the workshop is closed.
    pub closed: Vec<Date>,
    /// The last day for which members get times.
    pub until: Date,
}
