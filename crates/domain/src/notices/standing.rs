//! Whether a notice still applies when it is due to be sent.
//!
//! **Invariant.** A notice about a state that has changed again is not sent, so mails read in order never
//! contradict each other. Lasting news – a changed password, a result – is always sent.
//!
//! Not here: where the facts come from, and the list in the app, which shows notices as written.

use super::{BookingNews, CheckoutNews, EventNews, HandOverNews, Notice, WaitingNews};
use crate::{
    bookings,
    cards::claims::ClaimState,
    checkouts,
    help::HelpState,
    id::PersonId,
    people::PersonStatus,
    problems,
    qualifications::{EntryKind, Ledger, Relation, Subject},
    time::Millis,
    training_events::PlaceState,
    waiting,
};

/// The current state of a notice's subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A subject without a state.
    Lasting,
    /// It no longer exists.
    Gone,
    /// Whether a hold or a block is in force, or a time is free.
    Going(bool),
    Status(PersonStatus),
    Ledger(Ledger),
    Claim(ClaimState),
    Problem(problems::State),
    Help(HelpState),
    /// Since when a plan counts.
    Plan(Millis),
    Booking {
        state: bookings::State,
        starts: Millis,
        ends: Millis,
        /// Number of moves and cancellations.
        sequence: i64,
        /// Its holder, or the admins of its group.
        holders: Vec<PersonId>,
        /// The recipient of the offer, and when it was made.
        offered: Option<(PersonId, Millis)>,
    },
    Checkout {
        state: checkouts::State,
        /// Number of moves and cancellations.
        sequence: i64,
        starts: Millis,
        /// Its member and its trainer.
        people: [PersonId; 2],
    },
    /// A training event.
    Event {
        /// What it is to the recipient.
        place: Option<PlaceState>,
        is_host: bool,
        is_announced: bool,
        starts: Millis,
    },
    /// A place on a waiting list.
    Waiting {
        state: waiting::State,
        /// Until when it is held.
        until: Option<Millis>,
    },
}

impl Notice {
    /// Whether the mail removes its calendar entry: text and calendar agree.
    #[must_use]
    pub const fn is_taken_out(&self) -> bool {
        matches!(
            self,
            Self::Checkout { news: CheckoutNews::Rejected | CheckoutNews::Cancelled, .. }
                | Self::Booking {
                    news: BookingNews::Rejected | BookingNews::Expired | BookingNews::Cancelled,
                    ..
                }
                | Self::HandOver { news: HandOverNews::Accepted, .. }
                | Self::Event {
                    news: EventNews::Cancelled | EventNews::TooFew | EventNews::Dropped | EventNews::Lapsed,
                    ..
                }
        )
    }

    /// Whether it still applies to `reader` at `now`, given the `fact`.
    #[must_use]
    pub fn stands(&self, reader: PersonId, fact: &Fact, now: Millis) -> bool {
        // Upcoming events are over once they have begun.
        let is_ahead = |starts: Millis| starts > now;
        match (self, fact) {
            // A lapsed offer stays lapsed.
            (_, Fact::Lasting) | (Self::Waiting { news: WaitingNews::Lapsed, .. }, Fact::Waiting { .. }) => true,
            (Self::StatusChanged { to, .. }, Fact::Status(status)) => to == status,
            (Self::CardClaimed { .. }, Fact::Claim(state)) => *state == ClaimState::Open,
            (Self::Reported { .. }, Fact::Problem(state)) => *state != problems::State::Resolved,
            (Self::Acknowledged { .. }, Fact::Problem(state)) => *state == problems::State::Acknowledged,
            (Self::Resolved { .. }, Fact::Problem(state)) => *state == problems::State::Resolved,
            // One helper is enough.
            (Self::HelpAsked { .. }, Fact::Help(state)) => *state == HelpState::Open,
            (Self::HelpAnswered { .. }, Fact::Help(state)) => *state == HelpState::Answered,
            (Self::MaintenanceDue { since, .. }, Fact::Plan(at)) => since == at,
            (
                Self::HoldPlaced { .. }
                | Self::Blocked { .. }
                | Self::CalendarClash { .. }
                | Self::CalendarLeftOut { .. }
                | Self::Group { .. }
                | Self::Draw { .. }
                | Self::DocumentToSign { .. }
                | Self::DocumentLapsing { .. }
                | Self::Dues { .. }
                | Self::DuesCommandFailed { .. }
                | Self::WebhookPaused { .. }
                | Self::DirectorySync { .. },
                Fact::Going(is_going),
            ) => *is_going,
            (Self::Free { .. }, Fact::Going(is_blocked)) => !is_blocked,
            (Self::TimeFreed { ends, .. }, Fact::Going(is_free)) => *is_free && *ends > now,
            (Self::Booking { news, starts, sequence, .. }, Fact::Booking { .. }) => {
                booking_stands((*news, *starts, *sequence), reader, fact, now)
            }
            (Self::HandOver { news, starts, offered: at, .. }, Fact::Booking { state, holders, offered, .. }) => {
                match news {
                    HandOverNews::Offered => *offered == Some((reader, *at)) && is_ahead(*starts),
                    HandOverNews::Taken => holders.contains(&reader) && state.takes_time(),
                    HandOverNews::Accepted | HandOverNews::Declined => true,
                }
            }
            (
                Self::Outage { starts, .. } | Self::OutageOver { starts, .. },
                Fact::Booking { state, starts: at, holders, .. },
            ) => holders.contains(&reader) && state.takes_time() && starts == at && is_ahead(*starts),
            (Self::Checkout { news, starts, sequence, .. }, Fact::Checkout { .. }) => {
                checkout_stands((*news, *starts, *sequence), reader, fact, now)
            }
            (Self::Event { news, .. }, Fact::Event { place, is_host, is_announced, starts }) => match news {
                EventNews::Invited => *place == Some(PlaceState::Sent) && *is_announced,
                EventNews::Placed => *place == Some(PlaceState::Accepted) && *is_announced,
                EventNews::Tomorrow | EventNews::Soon => {
                    (*is_host || *place == Some(PlaceState::Accepted)) && *is_announced && is_ahead(*starts)
                }
                EventNews::Moved | EventNews::Changed | EventNews::HostChanged | EventNews::ResultsDue => {
                    *is_announced
                }
                EventNews::Lapsed
                | EventNews::Cancelled
                | EventNews::TooFew
                | EventNews::Dropped
                | EventNews::NotYet
                | EventNews::Missed => true,
            },
            (Self::Waiting { news: WaitingNews::Offered, until, .. }, Fact::Waiting { state, until: at }) => {
                *state == waiting::State::Offered && *at == Some(*until) && *until > now
            }
            (_, Fact::Ledger(ledger)) => self.is_last_word(ledger, now),
            // The state has changed since.
            _ => false,
        }
    }

    /// Whether no later ledger entry overrides it.
    fn is_last_word(&self, ledger: &Ledger, now: Millis) -> bool {
        let (entry, on, relation, undone) = match *self {
            Self::Granted { entry, on, relation, .. } => (entry, on, Some(relation), EntryKind::Revoked),
            Self::Revoked { entry, on, relation } => (entry, on, Some(relation), EntryKind::Granted),
            Self::Banned { entry, on, .. } => (entry, on, None, EntryKind::Unbanned),
            Self::Unbanned { entry, on } => (entry, on, None, EntryKind::Banned),
            Self::Expiring { on, relation, until } => {
                // Renewed or revoked meanwhile: neither ends on that day.
                return ledger.holds_until(relation, &[on], now) == Some(until);
            }
            _ => return true,
        };
        let says = |on: Subject, relation: Option<Relation>, kind| {
            ledger.0.iter().any(|later| {
                later.id > entry
                    && later.subject == on
                    && later.kind == kind
                    && relation.is_none_or(|relation| later.relation == relation)
            })
        };
        !says(on, relation, undone) && (undone != EntryKind::Revoked || !says(on, None, EntryKind::Banned))
    }

    /// Whether it announces a beginning whose end is no news to people who never read of the beginning.
    #[must_use]
    pub const fn is_beginning(&self) -> bool {
        matches!(
            self,
            Self::HoldPlaced { .. }
                | Self::Blocked { .. }
                | Self::Outage { .. }
                | Self::Checkout { news: CheckoutNews::Asked, .. }
        )
    }

    /// Whether it only tells `reader` that its subject ended, given the `fact`.
    #[must_use]
    pub fn is_ending(&self, reader: PersonId, fact: &Fact) -> bool {
        match (self, fact) {
            (Self::HoldLifted { .. } | Self::Free { .. } | Self::OutageOver { .. }, _) => true,
            // The member requested it, and the previous trainer accepted it: both know it without a mail.
            (
                Self::Checkout { news: CheckoutNews::Cancelled, .. },
                Fact::Checkout { state: checkouts::State::Cancelled, people: [_, trainer], .. },
            ) => *trainer == reader,
            _ => false,
        }
    }
}

fn booking_stands(
    (news, notice, times): (BookingNews, Millis, i64),
    reader: PersonId,
    fact: &Fact,
    now: Millis,
) -> bool {
    use bookings::State;
    let Fact::Booking { state, starts, ends, sequence, ref holders, .. } = *fact else { return false };
    let is_theirs = holders.contains(&reader);
    let is_to_come = starts == notice && starts > now;
    match news {
        BookingNews::Asked => state == State::Pending && sequence == times && is_to_come,
        BookingNews::Approved | BookingNews::Made | BookingNews::Tomorrow => {
            is_theirs && state == State::Approved && is_to_come
        }
        // Also of one that runs: it ends sooner now, or later.
        BookingNews::Moved => {
            is_theirs && state.takes_time() && sequence == times && starts == notice && ends > now
        }
        // Each final state is its own news.
        BookingNews::Rejected => state == State::Rejected,
        BookingNews::Expired => state == State::Expired,
        // One that ran when its machine or room was closed is completed by that.
        BookingNews::Cancelled => matches!(state, State::Cancelled | State::Completed),
        BookingNews::Released | BookingNews::GivenBack => matches!(state, State::NoShow | State::Released),
        // It is about to be released: a booking that was released or has ended is no longer at risk.
        BookingNews::Unused => is_theirs && state == State::CheckedIn && starts == notice,
        BookingNews::Occupied => is_theirs && state.takes_time() && starts == notice,
        BookingNews::Overlapped => is_theirs && state.takes_time() && is_to_come,
    }
}

fn checkout_stands(
    (news, notice, times): (CheckoutNews, Millis, i64),
    reader: PersonId,
    fact: &Fact,
    now: Millis,
) -> bool {
    use checkouts::State;
    let Fact::Checkout { state, sequence, starts, people } = *fact else { return false };
    let is_open = matches!(state, State::Pending | State::Accepted);
    let is_theirs = people.contains(&reader);
    let is_to_come = starts == notice && starts > now && is_theirs;
    match news {
        CheckoutNews::Asked => state == State::Pending && sequence == times && is_to_come,
        CheckoutNews::Moved => is_open && sequence == times && is_to_come,
        CheckoutNews::Accepted => state == State::Accepted && sequence == times && is_to_come,
        CheckoutNews::Tomorrow | CheckoutNews::Soon => state == State::Accepted && is_to_come,
        CheckoutNews::Rejected => state == State::Rejected,
        // Now with another person, or agreed again.
        CheckoutNews::Cancelled => !is_theirs || !is_open,
        CheckoutNews::Failed => state == State::Failed,
        CheckoutNews::Missed => state == State::NoShow,
        CheckoutNews::Overlapped => is_open && is_to_come,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        bookings::Resource,
        id::{AppointmentId, BookingId, EntryId, HoldId, MachineId, TypeId},
        qualifications::Entry,
    };

    const ADA: PersonId = PersonId(1);
    const BOB: PersonId = PersonId(2);
    const NOW: Millis = Millis(1_000);
    const THEN: Millis = Millis(2_000);
    const END: Millis = Millis(4_000);

    fn booking(news: BookingNews) -> Notice {
        let resource = Resource::Machine(MachineId(1));
        Notice::Booking { news, booking: BookingId(7), resource, starts: THEN, sequence: 1 }
    }

    fn booked(state: bookings::State) -> Fact {
        Fact::Booking { state, starts: THEN, ends: END, sequence: 1, holders: vec![ADA], offered: None }
    }

    #[test]
    fn booking_notice_holds_only_in_its_state() {
        use bookings::State;
        let standing = |news| {
            let notice = booking(news);
            State::ALL.iter().copied().filter(|&state| notice.stands(ADA, &booked(state), NOW)).collect::<Vec<_>>()
        };
        assert_eq!(standing(BookingNews::Asked), [State::Pending]);
        assert_eq!(standing(BookingNews::Approved), [State::Approved]);
        assert_eq!(standing(BookingNews::Tomorrow), [State::Approved]);
        assert_eq!(standing(BookingNews::Moved), [State::Pending, State::Approved, State::CheckedIn]);
        assert_eq!(standing(BookingNews::Rejected), [State::Rejected]);
        assert_eq!(standing(BookingNews::Expired), [State::Expired]);
        assert_eq!(standing(BookingNews::Cancelled), [State::Completed, State::Cancelled], "closed while it ran");
        assert_eq!(standing(BookingNews::Released), [State::NoShow, State::Released]);
    }

    #[test]
    fn moved_handed_over_or_started_booking_invalidates_notice() {
        use bookings::State;
        let approved = booking(BookingNews::Approved);
        let fact = |starts, holder| {
            let (state, ends) = (State::Approved, END);
            Fact::Booking { state, starts, ends, sequence: 1, holders: vec![holder], offered: None }
        };
        assert!(approved.stands(ADA, &fact(THEN, ADA), NOW));
        assert!(!approved.stands(ADA, &fact(Millis(3_000), ADA), NOW), "it was moved");
        assert!(!approved.stands(ADA, &fact(THEN, BOB), NOW), "it is somebody else’s");
        assert!(!approved.stands(ADA, &fact(THEN, ADA), THEN), "it has begun");
        assert!(!approved.stands(ADA, &Fact::Gone, NOW));
    }

    #[test]
    fn notice_of_moved_running_booking_holds_until_its_end() {
        let (moved, fact) = (booking(BookingNews::Moved), booked(bookings::State::CheckedIn));
        assert!(moved.stands(ADA, &fact, THEN) && moved.stands(ADA, &fact, Millis(END.0 - 1)));
        assert!(!moved.stands(ADA, &fact, END), "it is over");
        assert!(!moved.stands(BOB, &fact, THEN), "it is somebody else’s");
    }

    #[test]
    fn offer_notice_holds_while_offered_to_same_person() {
        let resource = Resource::Machine(MachineId(1));
        let news = HandOverNews::Offered;
        let notice = Notice::HandOver { news, booking: BookingId(7), resource, starts: THEN, offered: Millis(5) };
        let fact = |offered| Fact::Booking {
            state: bookings::State::Approved,
            starts: THEN,
            ends: END,
            sequence: 0,
            holders: vec![BOB],
            offered,
        };
        assert!(notice.stands(ADA, &fact(Some((ADA, Millis(5)))), NOW));
        for other in [None, Some((BOB, Millis(5))), Some((ADA, Millis(6)))] {
            assert!(!notice.stands(ADA, &fact(other), NOW), "{other:?}");
        }
    }

    #[test]
    fn checkout_notice_holds_only_in_its_state() {
        use checkouts::State;
        let notice = |news| Notice::Checkout {
            news,
            appointment: AppointmentId(7),
            on: TypeId(3),
            starts: THEN,
            sequence: 0,
        };
        let fact = |state| Fact::Checkout { state, sequence: 0, starts: THEN, people: [ADA, BOB] };
        let standing = |news| {
            State::ALL
                .iter()
                .copied()
                .filter(|&state| notice(news).stands(BOB, &fact(state), NOW))
                .collect::<Vec<_>>()
        };
        assert_eq!(standing(CheckoutNews::Asked), [State::Pending]);
        assert_eq!(standing(CheckoutNews::Accepted), [State::Accepted]);
        assert_eq!(standing(CheckoutNews::Soon), [State::Accepted]);
        assert_eq!(standing(CheckoutNews::Rejected), [State::Rejected]);
        assert_eq!(standing(CheckoutNews::Missed), [State::NoShow]);
        let cancelled = notice(CheckoutNews::Cancelled);
        assert!(!cancelled.stands(BOB, &fact(State::Accepted), NOW), "it was agreed on again");
        assert!(cancelled.stands(PersonId(3), &fact(State::Accepted), NOW), "another trainer has it now");
        assert!(cancelled.is_ending(BOB, &fact(State::Cancelled)), "its trainer was asked by a mail");
        assert!(!cancelled.is_ending(ADA, &fact(State::Cancelled)), "its member asked for it");
    }

    #[test]
    fn ledger_notice_holds_while_entry_is_latest() {
        let on = Subject::Type(TypeId(3));
        let entry = |id, kind, relation| Entry {
            id: EntryId(id),
            subject: on,
            relation,
            kind,
            from: Millis(0),
            until: None,
        };
        let granted = Notice::Granted { entry: EntryId(1), on, relation: Relation::User, until: None };
        let ledger = |entries: &[Entry]| Fact::Ledger(Ledger(entries.to_vec()));
        let first = entry(1, EntryKind::Granted, Relation::User);
        let revoked = entry(2, EntryKind::Revoked, Relation::User);
        assert!(granted.stands(ADA, &ledger(&[first]), NOW));
        assert!(granted.stands(ADA, &ledger(&[first, entry(2, EntryKind::Revoked, Relation::Trainer)]), NOW));
        assert!(!granted.stands(ADA, &ledger(&[first, revoked]), NOW));
        assert!(!granted.stands(ADA, &ledger(&[first, entry(2, EntryKind::Banned, Relation::User)]), NOW));
        let taken = Notice::Revoked { entry: EntryId(2), on, relation: Relation::User };
        assert!(taken.stands(ADA, &ledger(&[first, revoked]), NOW));
        let again = entry(3, EntryKind::Granted, Relation::User);
        assert!(!taken.stands(ADA, &ledger(&[first, revoked, again]), NOW));
    }

    #[test]
    fn ongoing_notice_holds_while_ongoing_and_lasting_notice_always() {
        let placed = Notice::HoldPlaced { hold: HoldId(1), reason: crate::holds::HoldReason::Unpaid, until: None };
        assert!(placed.stands(ADA, &Fact::Going(true), NOW) && !placed.stands(ADA, &Fact::Going(false), NOW));
        let suspended = Notice::StatusChanged { to: PersonStatus::Suspended, at: NOW };
        assert!(suspended.stands(ADA, &Fact::Status(PersonStatus::Suspended), NOW));
        assert!(!suspended.stands(ADA, &Fact::Status(PersonStatus::Active), NOW));
        assert!(Notice::PasswordChanged { at: NOW }.stands(ADA, &Fact::Lasting, NOW));
    }
}
