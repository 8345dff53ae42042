//! Bookings: a person reserves a machine or a room from one instant to another.
//!
//! **Invariants.** [`State::may_become`] is the only table of transitions. A booking occupies its machine or room
//! while it is pending, approved or in use ([`State::takes_time`]), and no longer.
//!
//! A [`Policy`] says what may be booked; `times`, which knows the zone of the space, says which times are
//! available and why the others are not. Not here: who may decide ([`crate::actor`]), and storage.
//!
//! A holder who logged off fifteen minutes ago is done, or at log-off if less time than that is left. A holder who
//! checks in but never uses a machine whose board is connected is warned, then loses the rest: the booking is
//! released, also if they end it themselves. A holder who could not get in is no no-show.

mod hand_over;
mod policy;
mod refusal;
mod search;
mod search_terms;
mod time_window;
#[cfg(feature = "zone")]
mod times;

#[cfg(feature = "zone")]
#[cfg(test)]
mod tests;

pub use crate::booking_policy::{AHEAD, EARLY, Mode, Need, Policy, SERIES_AHEAD};
pub use hand_over::{HandOver, Party, hand_over};
pub use policy::RulesAt;
pub use refusal::{Cause, Conflict, Criterion, Obstacle, Refusal};
pub use search::{ResourceFilter, Timeframe, When};
pub use search_terms::{ExistingName, KnownNames, Meaning, Part, SearchTerms, without};
pub use time_window::{AFTERNOON, Days, EVENING, MIDDAY, MORNING, TimeWindow};
#[cfg(feature = "zone")]
pub use times::{
    Facts, Piece, Request, alternatives, alternatives_within, availability, begins, booked_in_week,
    personal_availability, refusals, times,
};

use crate::{
    down_time::{Gap, could_hardly_act},
    id::{MachineId, RoomId},
    occupations::{Occupied, Span},
    string_enum::string_enum,
    time::{DAY, MINUTE, Millis},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resource {
    Machine(MachineId),
    /// A room, and with it the machines in it.
    Room(RoomId),
}

impl Resource {
    /// Reads `machine:7` or `room:2`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (what, id) = name.trim().split_once(':')?;
        let id = id.parse().ok()?;
        match what {
            "machine" => Some(Self::Machine(MachineId(id))),
            "room" => Some(Self::Room(RoomId(id))),
            _ => None,
        }
    }

    /// The machine, if it is one.
    #[must_use]
    pub const fn machine(self) -> Option<MachineId> {
        match self {
            Self::Machine(machine) => Some(machine),
            Self::Room(_) => None,
        }
    }

    /// The room, if it is one.
    #[must_use]
    pub const fn room(self) -> Option<RoomId> {
        match self {
            Self::Machine(_) => None,
            Self::Room(room) => Some(room),
        }
    }
}

impl From<Resource> for Occupied {
    fn from(resource: Resource) -> Self {
        match resource {
            Resource::Machine(machine) => Self::Machine(machine),
            Resource::Room(room) => Self::Room(room),
        }
    }
}

impl std::fmt::Display for Resource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Machine(id) => write!(f, "machine:{id}"),
            Self::Room(id) => write!(f, "room:{id}"),
        }
    }
}

string_enum! {
    /// The state of a booking.
    State {
        /// A moderator has not answered.
        Pending = "pending",
        Approved = "approved",
        /// Its holder checked in.
        CheckedIn = "checked-in",
        /// It is over, and its holder came.
        Completed = "completed",
        /// A moderator declined it.
        Rejected = "rejected",
        /// Nobody answered in time.
        Expired = "expired",
        Cancelled = "cancelled",
        /// Its holder did not come; the time was released.
        NoShow = "no-show",
        /// Its holder did not come, and that does not count against them.
        Released = "released",
    }
}

impl State {
    /// Whether it takes the time of its machine or room.
    #[must_use]
    pub const fn takes_time(self) -> bool {
        matches!(self, Self::Pending | Self::Approved | Self::CheckedIn)
    }

    /// Whether `next` can follow it.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::Pending => matches!(next, Self::Approved | Self::Rejected | Self::Cancelled | Self::Expired),
            Self::Approved => {
                matches!(next, Self::Pending | Self::CheckedIn | Self::Cancelled | Self::NoShow | Self::Released)
            }
            // Released if it was checked in remotely and never used.
            Self::CheckedIn => matches!(next, Self::Completed | Self::Released),
            Self::NoShow => matches!(next, Self::Released),
            Self::Completed | Self::Rejected | Self::Expired | Self::Cancelled | Self::Released => false,
        }
    }
}

string_enum! {
    /// An action on a booking.
    BookingAction {
        /// It holds from now on.
        Approve = "approve",
        /// The moderator declines it, with a reason.
        Reject = "reject",
        /// Its holder checks in.
        CheckIn = "check-in",
        /// Its holder is done; the rest of the time is released.
        Complete = "complete",
        /// It begins or ends at another time.
        Move = "move",
        Cancel = "cancel",
        /// The no-show is excused.
        Excuse = "excuse",
    }
}

impl BookingAction {
    /// The resulting state; `None` if it depends on the policy.
    #[must_use]
    pub const fn leads_to(self) -> Option<State> {
        match self {
            Self::Approve => Some(State::Approved),
            Self::Reject => Some(State::Rejected),
            Self::CheckIn => Some(State::CheckedIn),
            Self::Complete => Some(State::Completed),
            Self::Cancel => Some(State::Cancelled),
            Self::Excuse => Some(State::Released),
            Self::Move => None,
        }
    }
}

/// The side of a person in a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// It is theirs, or they are an admin of its group.
    Holder,
    /// A member of its group: they use what it is for.
    Member,
    /// They decide about it.
    Moderator,
}

/// The possible actions at `now` on a booking at `span`, in display order.
#[must_use]
pub fn actions(state: State, side: Side, span: Span, now: Millis) -> Vec<BookingAction> {
    let is_possible = |action: &BookingAction| match (side, action) {
        (Side::Member, action) if *action != BookingAction::CheckIn => false,
        (Side::Moderator, BookingAction::Approve | BookingAction::Reject)
        | (_, BookingAction::Cancel | BookingAction::Complete) => now < span.ends,
        (_, BookingAction::CheckIn) => span.starts.before(EARLY) <= now && now < span.ends,
        // While it runs it is made shorter or longer.
        (_, BookingAction::Move) => now < if state == State::CheckedIn { span.ends } else { span.starts },
        (Side::Moderator, BookingAction::Excuse) => true,
        (_, BookingAction::Approve | BookingAction::Reject | BookingAction::Excuse) => false,
    };
    let follows = |action: &BookingAction| match action {
        BookingAction::Move => state.takes_time(),
        // A no-show counts unless it is excused.
        BookingAction::Excuse => state == State::NoShow,
        action => action.leads_to().is_some_and(|next| state.may_become(next)),
    };
    BookingAction::ALL.iter().copied().filter(|action| follows(action) && is_possible(action)).collect()
}

/// No booking is longer, whatever the policy: that would be a closure. So bookings at an instant are found among
/// those that began shortly before. The schema enforces it.
pub const LONGEST: Duration = Duration::from_hours(24 * 7);
/// Without a check-in this long after its start, a booking is a no-show.
pub const LATE: Duration = Duration::from_mins(15);
/// A booking is completed if its holder logged out of the machine this long ago.
pub const AWAY: Duration = Duration::from_mins(15);
/// A checked-in booking is released if the machine has not been used this long after its start …
pub const UNUSED: Duration = Duration::from_mins(15);
/// … with a warning this long before.
pub const UNUSED_WARNING: Duration = Duration::from_mins(5);
/// How long a request holds its time.
pub const ANSWERED_WITHIN: Duration = DAY;
/// How long before its start the holder is reminded.
pub const REMINDER: Duration = DAY;
/// This many no-shows place a hold …
pub const NO_SHOWS: i64 = 3;
/// … within this time.
pub const NO_SHOWS_WITHIN: Duration = Duration::from_hours(24 * 30);
/// A reason is no longer than this, in characters.
pub const NOTE: usize = 500;
/// People in one room, at most.
pub const ROOM_CAPACITY: u16 = 9_999;
/// Limit of characters of a floor's name.
pub const FLOOR: usize = 40;

/// The transition by time of a booking at `span` that was requested at `request` and answered at `answered`;
/// `None`: nothing is due at `now`.
#[must_use]
pub fn due(state: State, span: Span, request: Millis, answered: Option<Millis>, now: Millis) -> Option<State> {
    match state {
        State::Pending if request.after(ANSWERED_WITHIN) <= now || span.ends <= now => Some(State::Expired),
        State::Approved if gone(span, answered) <= now => Some(State::NoShow),
        State::CheckedIn if span.ends <= now => Some(State::Completed),
        _ => None,
    }
}

/// The state after a cancellation at `now`. Cancelling one's own booking after its start makes it a no-show,
/// unless it was approved only after its start: then nobody else could have had the time either.
#[must_use]
pub fn called_off(state: State, side: Side, span: Span, answered: Option<Millis>, now: Millis) -> State {
    let had_time = answered.is_none_or(|answered| answered <= span.starts);
    match (state, side) {
        (State::Approved, Side::Holder) if span.starts <= now && had_time => State::NoShow,
        _ => State::Cancelled,
    }
}

/// Facts about a checked-in person and others at the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presence {
    /// They are on it.
    pub is_on: bool,
    /// Their last log-out since they could check in.
    pub left: Option<Millis>,
    /// Until when the use was prevented because another person was on the machine, it was blocked, or its board
    /// was silent. An instant in the future: it still is.
    pub kept_out: Option<Millis>,
    /// The board reports uses.
    pub is_seen: bool,
}

impl Presence {
    /// Nothing is known: a room, or a machine without a board.
    pub const UNSEEN: Self = Self { is_on: false, left: None, kept_out: None, is_seen: false };
}

/// When a booking at `span`, checked in at `came`, ends early given `presence`, and its state then. `None`: at its
/// regular end.
#[must_use]
pub fn ends_early(span: Span, came: Millis, presence: Presence) -> Option<(State, Millis)> {
    let Presence { is_on, left, kept_out, is_seen } = presence;
    if is_on || !is_seen {
        return None;
    }
    let (state, at) = if let Some(left) = left {
        // Out again before it began: it is theirs from its beginning.
        (State::Completed, left.max(span.starts).after(AWAY))
    } else {
        let since = came.max(span.starts).max(kept_out.unwrap_or(came));
        (State::Released, since.after(UNUSED))
    };
    (at < span.ends).then_some((state, at))
}

/// The state of a booking at `span` that its holder ends, given `presence`. If they checked in, nothing prevented
/// them, and they never used the machine, it is released, as it would be by time ([`ends_early`]).
#[must_use]
pub fn ended(span: Span, presence: Presence) -> State {
    let Presence { is_on, left, kept_out, is_seen } = presence;
    let has_come = is_on || left.is_some();
    let was_kept_out = kept_out.is_some_and(|until| span.starts < until);
    if is_seen && !has_come && !was_kept_out { State::Released } else { State::Completed }
}

/// Whether the rest of a booking until `ends` is too short to wait for the return of a holder who logs out at
/// `now`: it would be over before they count as away ([`AWAY`]). So it ends with the log-out.
#[must_use]
pub fn is_done(ends: Millis, now: Millis) -> bool {
    ends <= now.after(AWAY)
}

/// When a booking without a check-in is released: if it was approved only after its start, the time to check in
/// counts from then.
#[must_use]
pub fn gone(span: Span, answered: Option<Millis>) -> Millis {
    span.starts.max(answered.unwrap_or(span.starts)).after(LATE).min(span.ends)
}

/// Whether the holder of a booking at `span` could hardly have checked in because of the down time in `gaps`,
/// counted from the request and the answer.
#[must_use]
pub fn could_not_come(span: Span, request: Millis, answered: Option<Millis>, gaps: &[Gap]) -> bool {
    let ends = gone(span, answered);
    let starts = span.starts.before(EARLY).max(request).max(answered.unwrap_or(request));
    could_hardly_act(gaps, Span { starts, ends })
}

/// Whether the reminder of a booking at `span` that was made at `made` is due: not of one that was made later than
/// that.
#[must_use]
pub fn is_reminded(span: Span, made: Millis, now: Millis) -> bool {
    let at = span.starts.before(REMINDER);
    made < at && at <= now && now < span.starts
}

/// How long before another person's booking the board is asked to log its user out.
pub const CUT_OFF: Duration = Duration::from_secs(10);

/// Whether calling off a booking at `span` at `now` is late by `policy`.
#[must_use]
pub fn is_late(policy: &Policy, span: Span, now: Millis) -> bool {
    span.starts.before(MINUTE * u32::from(policy.free_until)) < now
}
