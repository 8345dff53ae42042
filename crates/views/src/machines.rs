use domain::{
    access::Lack,
    bookings::Resource,
    checklist::Progress,
    checkouts,
    holds::HoldReason,
    id::{AppointmentId, BlockId, BookingId, MachineId, PlaceId, UseId},
    machines::MachineState,
    maintenance::Urgency,
    time::{Millis, Moment},
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineNow {
    pub id: MachineId,
    pub name: String,
    pub kind: String,
    pub state: MachineState,
    /// The number of the board that is to speak for it and never has.
    #[serde(default)]
    pub awaited_board: Option<u16>,
    /// Why it is blocked, as somebody wrote it.
    pub blocked_because: Option<String>,
    /// Who is on it, as far as the space shows names and the one who looks may see them.
    #[serde(default)]
    pub user: Option<String>,
    /// When somebody has it next today, and who, as far as names are shown.
    #[serde(default)]
    pub next: Option<(Moment, Option<String>)>,
    /// Nobody is on it, but somebody has it now or in a moment: from when, and who, as far as names are shown.
    #[serde(default)]
    pub reserved: Option<(Moment, Option<String>)>,
    /// Whoever looks could start it now.
    #[serde(default)]
    pub usable: bool,
    /// What whoever looks lacks to use it, where its state doesn't say so.
    #[serde(default)]
    pub lacks: Vec<Lack>,
    /// The same in words, for the page that lists machines.
    #[serde(default)]
    pub lock: String,
}

/// The machines of one place. `id` is `None` for those that stand nowhere yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceNow {
    pub id: Option<PlaceId>,
    /// Its name; empty for none.
    pub name: String,
    pub machines: Vec<MachineNow>,
}

/// A booking of whoever looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextBooking {
    pub id: BookingId,
    /// Name of the machine or room.
    pub name: String,
    pub starts: Moment,
    pub ends: Moment,
    /// They can check in now.
    pub opens: bool,
    /// They have checked in.
    pub runs: bool,
    pub resource: Resource,
    /// Until when it can be made longer with one tap, while it runs.
    #[serde(default)]
    pub extension: Option<Extension>,
}

/// How a booking that runs is made longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    pub ends: Moment,
    /// Of the booking, as it was seen.
    pub version: i64,
    pub resource: Resource,
}

/// What keeps whoever looks from every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldNow {
    pub reason: HoldReason,
    /// When it ends by itself.
    pub until: Option<Moment>,
}

/// A checkout of whoever looks, on either side of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextCheckout {
    pub id: AppointmentId,
    /// What the type is called.
    pub kind: String,
    /// The name of the other side, while it is known.
    pub with: Option<String>,
    pub starts: Moment,
    pub ends: Moment,
    pub state: checkouts::State,
}

/// Whoever looks is on a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub machine: MachineId,
    pub name: String,
    pub since: Moment,
    /// When its board logs them out by itself, if it does.
    pub until: Option<Moment>,
    /// Its board is being told to log them out.
    pub ending: bool,
}

/// What is going on in the workshop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Floor {
    /// The machine that whoever looks is on; of several the last.
    pub session: Option<Session>,
    /// What keeps whoever looks from every machine.
    #[serde(default)]
    pub hold: Option<HoldNow>,
    /// The booking of whoever looks that runs or comes next.
    pub next: Option<NextBooking>,
    /// The checkout of whoever looks that comes next.
    pub checkout: Option<NextCheckout>,
    /// When what whoever looks may use, or can do about their booking, is known to become another.
    pub until: Option<Millis>,
    pub now: Moment,
    /// Since when no word from any board can arrive, because the broker is out of reach.
    pub broker_lost: Option<Moment>,
    /// The places in their order.
    pub places: Vec<PlaceNow>,
    /// How far the space is set up, for whoever does that until it is done or put away.
    pub set_up: Option<Progress>,
    /// Nobody administers the space yet. Said where there is nothing else to see.
    #[serde(default)]
    pub unowned: bool,
    /// What managers announce, as HTML that the page shows as it is; empty where there is nothing.
    pub news: String,
    /// What training types of machines require, by their names; for the wall alone.
    pub ways: Vec<Way>,
}

/// The way of anybody to a type of machine: its training, and then the checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    pub kind: String,
    pub videos: u32,
    pub quizzes: u32,
}

/// One use on the day's timeline; nobody is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseToday {
    pub id: UseId,
    /// When it began; may be the day before.
    pub start: Moment,
    /// When it ended; `None` while it runs.
    pub end: Option<Moment>,
    /// The hours were worked out afterwards, from what the board kept while it was cut off.
    pub approximate: bool,
}

/// A booking on the day's timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookedToday {
    pub id: BookingId,
    pub start: Moment,
    pub end: Moment,
    /// It is theirs who looks.
    pub mine: bool,
    /// Who has it, as far as names are shown to whoever looks.
    pub who: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachinePage {
    pub now: Moment,
    pub machine: MachineNow,
    pub place: Option<(PlaceId, String)>,
    /// Where its manual is, `http` or `https`.
    pub manual: Option<String>,
    /// First instant of today and of tomorrow.
    pub day: (Moment, Moment),
    /// Uses that touch today, in order.
    pub uses: Vec<UseToday>,
    /// Bookings that run or come today, in order, for whoever may see bookings.
    #[serde(default)]
    pub booked: Vec<BookedToday>,
    /// The booking of whoever looks that runs or comes next today.
    #[serde(default)]
    pub mine: Option<NextBooking>,
    /// What blocks it, for whoever may lift that.
    #[serde(default)]
    pub block: Option<BlockId>,
    /// Hours of use since it is known here, in milliseconds.
    pub used: i64,
    /// Since when no word from any board can arrive.
    pub broker_lost: Option<Moment>,
    /// Which picture of it there is, in milliseconds since 1970.
    #[serde(default)]
    pub picture: Option<i64>,
    #[serde(default)]
    pub may_change: bool,
    /// Whoever looks may see its maintenance.
    #[serde(default)]
    pub sees_maintenance: bool,
    /// How urgent the most urgent of it is, where it has plans and whoever looks may see them.
    #[serde(default)]
    pub maintenance: Option<Urgency>,
    /// Whoever looks may claim a card that was held to its reader just now.
    #[serde(default)]
    pub claimable: bool,
}
