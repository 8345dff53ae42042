//! Doors and visits: what a swipe at a door does to who is inside, and when a visit ends without one.
//!
//! **Invariants.** A person is inside at most once. Doubt leaves them on the list: a swipe that a board repeats later never takes
//! a person off it, because they may have come back since. A door opens from inside without a swipe, so the list names everyone
//! who may be in, not everyone who is.
//!
//! Not here: whether a card opens a door ([`crate::access`]).

use crate::{hours::Opening, occupations::Span, string_enum::string_enum, time::Millis};
use std::time::Duration;

/// Limit of guests who came with a person.
pub const GUESTS: u16 = 9;
/// Limit of doors.
pub const DOORS: usize = 50;
/// How long after closing time people are still taken to be inside.
pub const GRACE: Duration = Duration::from_mins(30);
/// A person not seen for so long has left, whatever the opening hours.
pub const LONGEST: Duration = Duration::from_hours(16);
/// How long visits and openings are stored.
pub const RETENTION: Duration = Duration::from_hours(24 * 30);
/// The list for an evacuation also names those who left this recently.
pub const LEFT: Duration = Duration::from_hours(4);

string_enum! {
    /// What a swipe at a door means.
    Leaves {
        /// A person who is inside leaves; others enter.
        Both = "both",
        /// Everyone enters; the reader is outside.
        In = "in",
        /// Everyone leaves; the reader is inside.
        Out = "out",
    }
}

string_enum! {
    /// How it is known that a visit has ended.
    VisitEnding {
        /// By a swipe at a door.
        Swipe = "swipe",
        /// The space closed, or the person was not seen for a long time.
        Closing = "closing",
        /// A manager marked the person as gone.
        Manager = "manager",
    }
}

string_enum! {
    /// What became of a swipe at a door.
    Answer {
        Opened = "opened",
        /// A manager opened it without a card.
        Remote = "remote",
        /// Its board opened it while it had no connection, some time before.
        Offline = "offline",
        Refused = "refused",
    }
}

string_enum! {
    /// Whether a door opens from outside.
    DoorState {
        /// For those who may use it.
        ByCard = "by-card",
        /// For nobody: the door is blocked.
        Locked = "locked",
        /// For nobody: outside its opening hours.
        Closed = "closed",
        /// Its board is not heard: it lets in the cards that it remembers.
        Offline = "offline",
    }
}

/// Whether a door opens from outside, and until when that holds.
#[must_use]
pub const fn state(blocked: bool, online: bool, opening: Option<Opening>) -> (DoorState, Option<Millis>) {
    match opening {
        _ if blocked => (DoorState::Locked, None),
        _ if !online => (DoorState::Offline, None),
        Some(Opening::Closed { opens }) => (DoorState::Closed, opens),
        Some(Opening::Open { closes }) => (DoorState::ByCard, closes),
        None => (DoorState::ByCard, None),
    }
}

/// The change of who is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Enter,
    Leave,
    /// They stay where they are, and were seen.
    Stay,
}

/// What an admitted swipe changes for a person who is or is not `inside`. A `replay` was made earlier, at an unknown time.
#[must_use]
pub const fn swiped(leaves: Leaves, inside: bool, replay: bool) -> Step {
    match (leaves, inside) {
        (Leaves::Both | Leaves::In, false) => Step::Enter,
        (Leaves::Both | Leaves::Out, true) if !replay => Step::Leave,
        _ => Step::Stay,
    }
}

/// A visit that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    pub entered: Millis,
    /// When the person was last seen at a door or a machine.
    pub seen: Millis,
    /// Whether they use a machine now.
    pub using: bool,
}

/// When a visit has ended by itself, if it has at `now`; `open` are the opening hours of the space, in order.
#[must_use]
pub fn ended(visit: Visit, open: &[(Millis, Option<Millis>)], now: Millis) -> Option<Millis> {
    if visit.using {
        return None;
    }
    if now.since(visit.seen) >= LONGEST {
        return Some(now);
    }
    let closed = open.iter().filter_map(|(_, closes)| *closes);
    // Those who came or were seen later than that stay on purpose.
    let closed = closed.filter(|at| now >= at.after(GRACE) && visit.entered < *at && visit.seen < at.after(GRACE));
    closed.max().map(|at| at.max(visit.seen))
}

/// Whether `span` is free of all `others`, so that a person who booked it may be alone. Returns the first stretch without company.
#[must_use]
pub fn alone(span: Span, others: &[Span]) -> Option<Span> {
    let mut starts = span.starts;
    let mut sorted: Vec<_> = others.iter().filter(|other| other.ends > other.starts).collect();
    sorted.sort_by_key(|other| other.starts);
    for other in sorted {
        if other.starts > starts {
            return Some(Span { starts, ends: other.starts.min(span.ends) })
                .filter(|span| span.starts < span.ends);
        }
        starts = starts.max(other.ends);
        if starts >= span.ends {
            return None;
        }
    }
    (starts < span.ends).then_some(Span { starts, ends: span.ends })
}
