//! Checkouts: a member shows a trainer in person that they can use a type of machine, by appointment or on the
//! spot.
//!
//! **Invariants.** [`State::may_become`] is the only table of transitions, and [`may_undo`] of what can be undone.
//! An open appointment occupies the trainer, the member and one machine of the type; a closed one occupies no
//! future time.
//!
//! Not here: the slots that trainers offer ([`crate::availability`]), who may decide ([`crate::actor`]), and what
//! a passed checkout writes to the ledger ([`crate::qualifications`]).

use crate::{
    occupations::Span,
    string_enum::string_enum,
    time::{DAY, HOUR, Millis},
};
use std::time::Duration;

string_enum! {
    /// The state of an appointment.
    State {
        /// The trainer has not answered.
        Pending = "pending",
        Accepted = "accepted",
        Rejected = "rejected",
        /// The member may use the type now.
        Passed = "passed",
        /// Failed: the note lists what to practise.
        Failed = "failed",
        /// Cancelled by one of the two, or unanswered.
        Cancelled = "cancelled",
        /// The member did not come.
        NoShow = "no-show",
    }
}

impl State {
    /// Whether it is open: it occupies its time, and its member cannot request another.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Accepted)
    }

    /// Whether `next` can follow. A result may also be recorded for a request that was never accepted, because the
    /// member is there.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::Pending => !matches!(next, Self::Pending),
            Self::Accepted => matches!(next, Self::Passed | Self::Failed | Self::Cancelled | Self::NoShow),
            Self::Rejected | Self::Passed | Self::Failed | Self::Cancelled | Self::NoShow => false,
        }
    }
}

string_enum! {
    /// Why a slot is not available, in the order in which reasons are listed.
    Obstacle {
        /// The workshop or the machine is closed then.
        Closed = "closed",
        /// The trainer has something else.
        Trainer = "trainer",
        /// The member has another appointment.
        Member = "member",
        /// Every machine of the type that is open then is blocked.
        Blocked = "blocked",
        /// Every machine of the type is taken.
        Machine = "machine",
    }
}

string_enum! {
    /// An action on an appointment.
    CheckoutAction {
        Accept = "accept",
        /// The trainer declines, with a reason.
        Reject = "reject",
        /// The member requests another time.
        Move = "move",
        Cancel = "cancel",
        /// The member may use the type from now on.
        Pass = "pass",
        /// Failed: the trainer lists what to practise.
        Fail = "fail",
        /// The member did not come.
        NoShow = "no-show",
    }
}

impl CheckoutAction {
    #[must_use]
    pub const fn leads_to(self) -> State {
        match self {
            Self::Accept => State::Accepted,
            Self::Reject => State::Rejected,
            Self::Move => State::Pending,
            Self::Cancel => State::Cancelled,
            Self::Pass => State::Passed,
            Self::Fail => State::Failed,
            Self::NoShow => State::NoShow,
        }
    }

    /// Whether it requires a note.
    #[must_use]
    pub const fn takes_note(self) -> bool {
        matches!(self, Self::Reject | Self::Fail)
    }
}

/// The side of a person in an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Member,
    /// They decide about it.
    Trainer,
}

/// The possible actions at `now` on an appointment at `span`, in display order.
#[must_use]
pub fn actions(state: State, side: Side, span: Span, now: Millis) -> Vec<CheckoutAction> {
    let is_possible = |action: &CheckoutAction| match (side, action) {
        (Side::Member, CheckoutAction::Move) => now < span.starts,
        // Without a result they may ask again.
        (Side::Member, CheckoutAction::Cancel) => now < span.starts || span.ends <= now,
        (Side::Trainer, CheckoutAction::Accept | CheckoutAction::Reject) => now < span.ends,
        (Side::Trainer, CheckoutAction::Cancel) => state == State::Accepted && now < span.starts,
        (Side::Trainer, CheckoutAction::Pass | CheckoutAction::Fail) => span.starts.before(EARLY) <= now,
        (Side::Trainer, CheckoutAction::NoShow) => state == State::Accepted && span.starts.after(LATE) <= now,
        (Side::Member, _) | (Side::Trainer, CheckoutAction::Move) => false,
    };
    let follows = |action: &CheckoutAction| match action {
        CheckoutAction::Move => state.is_open(),
        _ => state.may_become(action.leads_to()),
    };
    let all = [
        CheckoutAction::Pass,
        CheckoutAction::Fail,
        CheckoutAction::NoShow,
        CheckoutAction::Accept,
        CheckoutAction::Reject,
        CheckoutAction::Move,
        CheckoutAction::Cancel,
    ];
    all.into_iter().filter(|action| follows(action) && is_possible(action)).collect()
}

string_enum! {
    /// Why a result cannot be undone, in the order in which reasons are listed.
    Stays {
        NotPassed = "checkout.not-passed",
        /// Another person recorded it.
        Other = "checkout.passed-by-other",
        /// It was written more than [`UNDO`] ago.
        Late = "checkout.undo-late",
        /// The member did something with it.
        Used = "checkout.undo-used",
    }
}

/// A passed checkout, for the decision whether it can be undone.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    pub state: State,
    /// When it was recorded.
    pub at: Millis,
    /// By the caller.
    pub own: bool,
    /// The member has since used a machine of the type, booked one, or advanced to a type that requires it.
    pub used: bool,
}

/// Whether a pass can be undone at `now`, or the first reason against it.
pub fn may_undo(written: Written, now: Millis) -> Result<(), Stays> {
    if written.state != State::Passed {
        Err(Stays::NotPassed)
    } else if !written.own {
        Err(Stays::Other)
    } else if now > written.at.after(UNDO) {
        Err(Stays::Late)
    } else if written.used {
        Err(Stays::Used)
    } else {
        Ok(())
    }
}

/// How long a pass can be undone by its author: both are still at the machine, and it was a slip of the finger.
/// Later it is a decision about a person, which the ledger records as one.
pub const UNDO: Duration = Duration::from_mins(10);
/// How long before its start a result can be recorded: the member came early.
pub const EARLY: Duration = Duration::from_mins(30);
/// Without the member this long after its start, an appointment may be marked as a no-show.
pub const LATE: Duration = Duration::from_mins(10);
/// How long before its start people are reminded, once each.
pub const REMINDERS: [Duration; 2] = [DAY, HOUR];
/// How long after its end an appointment without a result is cancelled.
pub const FORGOTTEN: Duration = Duration::from_hours(24 * 14);
/// Days after which a failed checkout can be tried again, unless the trainer sets another number.
pub const RETRY_DAYS: i64 = 1;
/// The longest wait that a trainer may set, in days.
pub const RETRY_DAYS_MOST: i64 = 90;
/// Days for which a time request is shown to trainers, unless an appointment settles it.
pub const WISHED_DAYS: u32 = 14;
/// A note is no longer than this, in characters.
pub const NOTE: usize = 500;

/// The reminder due at `now` for an appointment at `span`, made at `made`: the last one that is due and later than
/// `made`; none once it has begun.
#[must_use]
pub fn reminder(span: Span, made: Millis, now: Millis) -> Option<Duration> {
    let due = |ahead: &Duration| {
        let at = span.starts.before(*ahead);
        made < at && at <= now
    };
    if now >= span.starts { None } else { REMINDERS.into_iter().filter(due).min() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::MINUTE;

    #[test]
    fn final_state_is_final() {
        for &state in State::ALL {
            let follows: Vec<_> = State::ALL.iter().filter(|next| state.may_become(**next)).collect();
            assert_eq!(follows.is_empty(), !state.is_open(), "{state:?} → {follows:?}");
            assert!(!state.may_become(State::Pending), "{state:?}");
        }
        assert!(!State::Accepted.may_become(State::Rejected), "a promise is called off, with a notice");
    }

    #[test]
    fn each_side_sees_available_actions() {
        use CheckoutAction::{Accept, Cancel, Fail, Move, NoShow, Pass, Reject};
        let starts = Millis(0).after(DAY);
        let span = Span { starts, ends: starts.after(HOUR) };
        let (before, then, late) = (starts.before(HOUR), starts, starts.after(LATE));
        let at = |state, side, now| actions(state, side, span, now);
        assert_eq!(at(State::Pending, Side::Member, before), [Move, Cancel]);
        assert_eq!(at(State::Accepted, Side::Member, then), []);
        assert_eq!(at(State::Pending, Side::Trainer, before), [Accept, Reject]);
        assert_eq!(at(State::Pending, Side::Trainer, then), [Pass, Fail, Accept, Reject]);
        assert_eq!(at(State::Accepted, Side::Trainer, before), [Cancel]);
        assert_eq!(at(State::Accepted, Side::Trainer, late), [Pass, Fail, NoShow]);
        for &state in State::ALL.iter().filter(|state| !state.is_open()) {
            assert!(at(state, Side::Trainer, then).is_empty() && at(state, Side::Member, before).is_empty());
        }
    }

    #[test]
    fn recent_unused_pass_can_be_undone_by_its_author() {
        let at = Millis(0).after(DAY);
        let written = Written { state: State::Passed, at, own: true, used: false };
        let (soon, last) = (at.after(MINUTE), at.after(UNDO));
        assert_eq!(may_undo(written, soon), Ok(()));
        assert_eq!(may_undo(written, last), Ok(()), "to the end of the ten minutes");
        assert_eq!(may_undo(written, last.after(Duration::from_millis(1))), Err(Stays::Late));
        assert_eq!(may_undo(Written { own: false, ..written }, soon), Err(Stays::Other));
        assert_eq!(may_undo(Written { used: true, ..written }, soon), Err(Stays::Used));
        for &state in State::ALL.iter().filter(|state| **state != State::Passed) {
            assert_eq!(may_undo(Written { state, ..written }, soon), Err(Stays::NotPassed), "{state:?}");
        }
    }

    // A23
    #[test]
    fn reminder_is_due_once_while_useful() {
        let starts = Millis(0).after(DAY * 10);
        let span = Span { starts, ends: starts.after(HOUR) };
        let at = |made: Duration, before: Duration| reminder(span, starts.before(made), starts.before(before));
        assert_eq!(at(DAY * 5, DAY + MINUTE), None);
        assert_eq!(at(DAY * 5, DAY), Some(DAY));
        assert_eq!(at(DAY * 5, HOUR * 2), Some(DAY), "late is better than never");
        assert_eq!(at(DAY * 5, HOUR), Some(HOUR));
        assert_eq!(at(DAY * 5, MINUTE), Some(HOUR), "after a pause one of them, not both");
        assert_eq!(at(DAY * 5, Duration::ZERO), None);
        assert_eq!(at(HOUR * 3, HOUR * 2), None, "made less than a day ahead");
        assert_eq!(at(HOUR * 3, MINUTE * 59), Some(HOUR));
    }
}
