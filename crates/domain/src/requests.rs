//! Requests: commands sent to a board without its asking, and their progress.
//!
//! `queued → sent → acknowledged | expired`. A request is never answered on the wire; its effect is seen in the
//! board's next messages. So it is sent once, to a board that is online, and expires after [`PATIENCE`].
//!
//! **Invariants.** A sent or expired request is never sent again: the board logs out its current user, who may be
//! another person by then. An expired stop is not forgotten: while the use goes on, each poll of the board is
//! answered with the request to admit nobody and to log out. An expired start is forgotten, because its author may have left.

use crate::{
    access::Reason,
    boards,
    id::{MachineId, RequestId},
    people::PersonStatus,
    qualifications::{Ledger, Relation, SPACE, Subject},
    string_enum::string_enum,
    time::Millis,
};
use std::time::Duration;

/// How long a request waits to be sent, and then for its effect.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How long a person is shown that their start failed.
pub const REPORTED: Duration = Duration::from_mins(5);

string_enum! {
    /// A command for a board.
    BoardCommand {
        /// Admit a person, as if they had swiped their card.
        Start = "start",
        /// Log the user out.
        Stop = "stop",
    }
}

string_enum! {
    /// Why a use is to end, or to begin.
    Cause {
        /// A person with permission requested it.
        Asked = "asked",
        /// Its user was suspended.
        Suspended = "suspended",
        Left = "left",
        /// Its user is on hold.
        Hold = "hold",
        /// Its user was banned.
        Banned = "banned",
        /// The card is out of use.
        Card = "card",
        /// Its user is no longer qualified.
        Qualification = "qualification",
        /// The machine is unsafe.
        Unsafe = "unsafe",
        /// The booking of another person begins.
        Booking = "booking",
        /// Its user is on a second board with the same number.
        Conflict = "conflict",
    }
}

impl Cause {
    /// Whether it ends the person's sessions on the web as well.
    #[must_use]
    pub const fn ends_sessions(self) -> bool {
        matches!(self, Self::Suspended | Self::Left)
    }

    /// Whether the machine keeps its power for the usual grace period: it is not about danger or abuse.
    #[must_use]
    pub const fn leaves_grace(self) -> bool {
        matches!(self, Self::Qualification | Self::Booking)
    }
}

string_enum! {
    /// The state of a request.
    State {
        /// It waits for its board.
        Queued = "queued",
        /// Its board was sent it.
        Sent = "sent",
        /// The use it meant has ended, or begun.
        Acknowledged = "acknowledged",
        /// Its board was not there, or did not obey.
        Expired = "expired",
    }
}

/// A request, as far as its state depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    pub id: RequestId,
    pub machine: MachineId,
    pub action: BoardCommand,
    pub state: State,
    /// When it was requested.
    pub queued_at: Millis,
    /// When its board was sent it.
    pub sent_at: Option<Millis>,
    /// When its board last sent a message, if ever.
    pub heard: Option<Millis>,
}

/// The next step of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Wait,
    Send,
    Expire,
}

impl Request {
    /// The next step at `now`; `reachable` is whether boards can be reached at all.
    #[must_use]
    pub fn step(&self, reachable: bool, now: Millis) -> Step {
        let waiting_since = match self.state {
            State::Queued => self.queued_at,
            State::Sent => self.sent_at.unwrap_or(self.queued_at),
            State::Acknowledged | State::Expired => return Step::Wait,
        };
        if now.since(waiting_since) >= PATIENCE {
            Step::Expire
        } else if self.state == State::Queued && reachable && is_online(self.heard, now) {
            Step::Send
        } else {
            Step::Wait
        }
    }
}

/// Whether a board last heard at `heard`, if ever, can receive a request.
#[must_use]
pub fn is_online(heard: Option<Millis>, now: Millis) -> bool {
    heard.is_some_and(|heard| boards::online(heard, now))
}

/// Whether `reason` is about the person or their card, so that it ends a running use. Reasons about the machine or
/// the hour wait until the use is finished. So does [`Reason::NeedsTrainer`] if a trainer was present at the
/// start, which the caller knows.
#[must_use]
pub const fn ends_use(reason: Reason) -> bool {
    match reason {
        Reason::UnknownPerson
        | Reason::NotActive(_)
        | Reason::OnHold { .. }
        | Reason::NotAMember
        | Reason::CardOutOfUse(_)
        | Reason::Banned { .. }
        | Reason::NotQualified(_)
        | Reason::NeedsTrainer(_) => true,
        Reason::UnknownMachine
        | Reason::Blocked
        | Reason::MaintenanceDue
        | Reason::NotPermitted
        | Reason::TrainingMissing(_)
        | Reason::TrainingLapsed(_)
        | Reason::DocumentUnsigned { .. }
        | Reason::BookedByOther { .. }
        | Reason::NeedsBooking
        | Reason::Closed { .. }
        | Reason::TooFewPresent { .. }
        | Reason::InUse
        | Reason::TooManyMachines(_) => false,
    }
}

/// Why a use ends that began despite `reason`, for a person with `ledger`; `None` if the board's own list may have
/// admitted its user: that is recorded and does not end it. A board may still remember a right that was revoked or
/// expired.
#[must_use]
pub fn barred(reason: Reason, ledger: &Ledger, machine: Subject) -> Option<Cause> {
    let lost = |subjects: &[Subject]| ledger.ever_held(Relation::User, subjects).then_some(Cause::Qualification);
    match reason {
        Reason::NotActive(PersonStatus::Suspended) => Some(Cause::Suspended),
        Reason::NotActive(PersonStatus::Left) => Some(Cause::Left),
        Reason::OnHold { .. } => Some(Cause::Hold),
        Reason::Banned { .. } => Some(Cause::Banned),
        Reason::CardOutOfUse(_) => Some(Cause::Card),
        Reason::NotAMember => lost(&[SPACE]),
        Reason::NotQualified(kind) | Reason::NeedsTrainer(kind) => lost(&[Subject::Type(kind), machine]),
        _ => None,
    }
}

/// The progress of a requested stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Its board is being sent it.
    UnderWay,
    /// Its board is unreachable now; it will learn it by polling.
    WhenItAsks,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boards::ONLINE;
    use proptest::prelude::*;

    fn queued(at: Millis, heard: Option<Millis>) -> Request {
        Request {
            id: RequestId(1),
            machine: MachineId(1),
            action: BoardCommand::Stop,
            state: State::Queued,
            queued_at: at,
            sent_at: None,
            heard,
        }
    }

    #[test]
    fn request_is_sent_only_to_online_board() {
        let now = Millis(1_000_000);
        assert_eq!(queued(now, Some(now)).step(true, now), Step::Send);
        assert_eq!(queued(now, Some(now.before(ONLINE))).step(true, now), Step::Send);
        let before = now.before(ONLINE + Duration::from_millis(1));
        assert_eq!(queued(now, Some(before)).step(true, now), Step::Wait);
        assert_eq!(queued(now, None).step(true, now), Step::Wait, "it never spoke");
        assert_eq!(queued(now, Some(now)).step(false, now), Step::Wait, "the broker is away");
    }

    #[test]
    fn unacknowledged_request_expires_after_thirty_seconds() {
        let begin = Millis(1_000_000);
        let over = begin.after(PATIENCE);
        let nearly = over.before(Duration::from_millis(1));
        assert_eq!(queued(begin, None).step(true, nearly), Step::Wait);
        assert_eq!(queued(begin, Some(over)).step(true, over), Step::Expire, "too late to be sent, even so");
        let sent = Request { state: State::Sent, sent_at: Some(begin), ..queued(begin.before(PATIENCE), None) };
        assert_eq!((sent.step(true, nearly), sent.step(true, over)), (Step::Wait, Step::Expire));
    }

    #[test]
    fn personal_reason_ends_use_and_machine_reason_does_not() {
        assert!(ends_use(Reason::NotAMember) && ends_use(Reason::UnknownPerson));
        assert!(!ends_use(Reason::Blocked) && !ends_use(Reason::TooManyMachines(3)));
    }

    proptest! {
        /// In any order of events: sent at most once, and final states do not change.
        #[test]
        fn request_is_sent_at_most_once(
            moments in prop::collection::vec((0..20_000_i64, any::<bool>(), prop::option::of(0..400_000_i64), any::<bool>()), 1..60)
        ) {
            let mut now = Millis(200_000);
            let mut request = queued(now, None);
            let mut sent = 0;
            for (passed, reachable, heard, obeyed) in moments {
                now = Millis(now.0 + passed);
                request.heard = heard.map(Millis);
                let before = request;
                match request.step(reachable, now) {
                    Step::Send => {
                        prop_assert!(reachable && is_online(request.heard, now) && now.since(request.queued_at) < PATIENCE);
                        sent += 1;
                        request = Request { state: State::Sent, sent_at: Some(now), ..request };
                    }
                    Step::Expire => request.state = State::Expired,
                    Step::Wait if obeyed && before.state == State::Sent => request.state = State::Acknowledged,
                    Step::Wait => {}
                }
                prop_assert!(sent <= 1);
                if matches!(before.state, State::Acknowledged | State::Expired) {
                    prop_assert_eq!(before.state, request.state);
                }
                let since = request.sent_at.unwrap_or(request.queued_at);
                let is_over = matches!(request.state, State::Acknowledged | State::Expired);
                prop_assert!(is_over || now.since(since) < PATIENCE, "nothing waits for ever");
            }
        }
    }
}
