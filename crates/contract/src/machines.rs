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
    /// The number of its board, which was never heard.
    #[serde(default)]
    pub awaited_board: Option<u16>,
    /// The remark of its block.
    pub blocked_because: Option<String>,
    /// Its user, as far as the space shows names and the reader may see them.
    #[serde(default)]
    pub user: Option<String>,
    /// The next booking today and its holder, as far as names are visible.
    #[serde(default)]
    pub next: Option<(Moment, Option<String>)>,
    /// Free, but booked now or in a moment: from when, and the holder, as far as names are visible.
    #[serde(default)]
    pub reserved: Option<(Moment, Option<String>)>,
    /// The reader could start it now.
    #[serde(default)]
    pub usable: bool,
    /// What the reader lacks to use it, unless its state explains that.
    #[serde(default)]
    pub lacks: Vec<Lack>,
    /// The same as text, for the list of machines.
    #[serde(default)]
    pub lock: String,
}

impl MachineNow {
    /// Whether it could be started now: free, and not reserved for anybody.
    #[must_use]
    pub const fn is_free(&self) -> bool {
        self.state.is_free() && self.reserved.is_none()
    }
}

/// The machines of one place. `id` is `None` for those without a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceNow {
    pub id: Option<PlaceId>,
    /// Its name; empty for none.
    pub name: String,
    pub machines: Vec<MachineNow>,
}

/// A booking of the reader.
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
    /// The next extension with one tap, while it runs.
    #[serde(default)]
    pub extension: Option<Extension>,
}

/// An extension of a running booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    pub ends: Moment,
    /// Version of the booking as seen.
    pub version: i64,
    pub resource: Resource,
}

/// The reader's hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldNow {
    pub reason: HoldReason,
    /// When it ends by itself.
    pub until: Option<Moment>,
}

/// A checkout of the reader, as trainer or member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextCheckout {
    pub id: AppointmentId,
    /// Name of the type.
    pub kind: String,
    /// Name of the other person, if known.
    pub with: Option<String>,
    pub starts: Moment,
    pub ends: Moment,
    pub state: checkouts::State,
}

/// The reader's running use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub machine: MachineId,
    pub name: String,
    pub since: Moment,
    /// When its board logs them out, if it does.
    pub until: Option<Moment>,
    /// A stop request is being sent to its board.
    pub ending: bool,
}

/// The floor of the workshop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Floor {
    /// The reader's running use; of several the last.
    pub session: Option<Session>,
    /// The reader's hold.
    #[serde(default)]
    pub hold: Option<HoldNow>,
    /// The reader's running or next booking.
    pub next: Option<NextBooking>,
    /// The reader's next checkout; pages get it among what comes up.
    #[serde(skip)]
    pub checkout: Option<NextCheckout>,
    /// When the reader's options or booking actions change next, as far as known.
    pub until: Option<Millis>,
    pub now: Moment,
    /// Since when the broker has been unreachable, if it is.
    pub broker_lost: Option<Moment>,
    /// The places in their order.
    pub places: Vec<PlaceNow>,
    /// Set-up progress, for the people who do it, until it is done or dismissed.
    pub set_up: Option<Progress>,
    /// The space has no administrator yet. Set when there is nothing else to show.
    #[serde(default)]
    pub unowned: bool,
    /// Announcements as sanitised HTML; may be empty.
    pub news: String,
    /// What the coming days hold for the reader, as HTML; may be empty.
    #[serde(default)]
    pub coming: String,
    /// The training of types with machines, by name; for wall displays only.
    pub requirements: Vec<TypeRequirements>,
}

/// The path to a type of machine for everyone: its training, then the checkout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeRequirements {
    pub kind: String,
    pub videos: u32,
    pub quizzes: u32,
}

/// A use on the day's timeline, without names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseToday {
    pub id: UseId,
    /// When it began; may be the day before.
    pub start: Moment,
    /// When it ended; `None` while it runs.
    pub end: Option<Moment>,
    /// Its hours were estimated from what the board stored while offline.
    pub approximate: bool,
}

/// A booking on the day's timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookedToday {
    pub id: BookingId,
    pub start: Moment,
    pub end: Moment,
    /// The reader's own.
    pub mine: bool,
    /// The holder's name, as far as the reader may see it.
    pub who: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachinePage {
    pub now: Moment,
    pub machine: MachineNow,
    pub place: Option<(PlaceId, String)>,
    /// Link to its manual, `http` or `https`.
    pub manual: Option<String>,
    /// First instant of today and of tomorrow.
    pub day: (Moment, Moment),
    /// Uses that touch today, in order.
    pub uses: Vec<UseToday>,
    /// Bookings that run or begin today, in order, for readers who may see bookings.
    #[serde(default)]
    pub booked: Vec<BookedToday>,
    /// The reader's booking that runs or begins next today.
    #[serde(default)]
    pub mine: Option<NextBooking>,
    /// Its block, for readers who may lift it.
    #[serde(default)]
    pub block: Option<BlockId>,
    /// Total hours of use, in milliseconds.
    pub used: i64,
    /// Since when the broker has been unreachable, if it is.
    pub broker_lost: Option<Moment>,
    /// When its picture was added, in milliseconds since 1970.
    #[serde(default)]
    pub picture: Option<i64>,
    #[serde(default)]
    pub may_change: bool,
    /// The reader may see its maintenance.
    #[serde(default)]
    pub sees_maintenance: bool,
    /// Its highest urgency, if it has plans and the reader may see them.
    #[serde(default)]
    pub maintenance: Option<Urgency>,
    /// The reader may claim a card that was just tapped there.
    #[serde(default)]
    pub claimable: bool,
}
