//! Webhooks: addresses that are sent what happens in the space, signed as Standard Webhooks describes.
//!
//! Invariant: the answer of a server alone decides whether something arrived; a redirect is a refusal, because following it would
//! lead elsewhere than a manager entered. Not here: signatures (`services`), and the pauses between attempts ([`crate::deliveries`]).

use crate::{
    deliveries::{Trouble, lanes},
    notices::Kind,
    string_enum::string_enum,
    time::{DAY, Millis},
};
use std::time::Duration;

/// Webhooks at a time.
pub const MOST: usize = lanes::WEBHOOKS;
/// Bytes of a secret.
pub const SECRET: usize = 32;
/// How long a replaced secret signs beside the new one.
pub const OVERLAP: Duration = DAY;
/// Secrets that sign at the same time, at most.
pub const SIGNERS: usize = 4;
/// How long events wait while a webhook is paused.
pub const KEPT: Duration = DAY.saturating_mul(7);
/// After this time without a success, a webhook is paused.
pub const ENDURED: Duration = DAY.saturating_mul(3);
/// How long deliveries are listed.
pub const LISTED: Duration = DAY.saturating_mul(30);
/// Characters of an answer that are stored.
pub const EXCERPT: usize = 300;
/// The prefix of a secret as it is shown.
pub const PREFIX: &str = "whsec_";
/// The status by which a server says that nothing more is wanted.
pub const GONE: u16 = 410;
/// The kind of a test event.
pub const TEST: &str = "test";

string_enum! {
    /// Why a webhook is paused.
    PauseReason {
        Manager = "manager",
        /// Nothing arrived for days.
        Failing = "failing",
        /// Its server answered that it wants nothing more.
        Gone = "gone",
    }
}

/// Kinds that belong together in the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventGroup {
    Machines,
    Problems,
    /// Bookings, checkouts and calendars.
    Bookings,
    Building,
    Space,
}

impl EventGroup {
    pub const ALL: [Self; 5] = [Self::Machines, Self::Problems, Self::Bookings, Self::Building, Self::Space];

    /// The group of a kind.
    #[must_use]
    pub const fn of(kind: Kind) -> Self {
        match kind {
            Kind::MachineBlocked | Kind::MachineFree | Kind::MachineUnswiped | Kind::TimeFreed => Self::Machines,
            Kind::ProblemReported
            | Kind::MachineUnsafe
            | Kind::HelpAsked
            | Kind::ProblemAcknowledged
            | Kind::ProblemResolved
            | Kind::MaintenanceDue => Self::Problems,
            Kind::BookingAsked | Kind::CheckoutWanted | Kind::CalendarClash => Self::Bookings,
            Kind::ActuatorSilent | Kind::ActuatorFailed | Kind::MeterBeyond => Self::Building,
            _ => Self::Space,
        }
    }

    /// The kinds of the group that webhooks can have.
    pub fn kinds(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.iter().copied().filter(move |&kind| kind.is_broadcast() && Self::of(kind) == self)
    }
}

/// The kinds of a webhook: at least one, each once, in the order of the list, and none about one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Events(Vec<Kind>);

impl Events {
    /// `None` without any, or with one that is not sent to webhooks.
    #[must_use]
    pub fn new(mut kinds: Vec<Kind>) -> Option<Self> {
        kinds.sort_unstable();
        kinds.dedup();
        (!kinds.is_empty() && kinds.iter().all(|kind| kind.is_broadcast())).then_some(Self(kinds))
    }

    #[must_use]
    pub fn as_slice(&self) -> &[Kind] {
        &self.0
    }
}

/// Why an answer of this status is none of success; `None`: it is.
#[must_use]
pub const fn trouble_of(status: u16) -> Option<Trouble> {
    match status {
        200..300 => None,
        408 | 425 | 429 | 500..600 => Some(Trouble::Later),
        401 | 403 => Some(Trouble::Login),
        404 | 410 => Some(Trouble::Address),
        _ => Some(Trouble::Refused),
    }
}

/// Why a webhook is paused at `now`, after an answer of `status` to an event, if it has failed since `since`; `None`: it goes on.
/// 410 switches an endpoint off at once (Standard Webhooks, "Delivery success and failure").
#[must_use]
pub fn pause_reason(status: Option<u16>, since: Option<Millis>, now: Millis) -> Option<PauseReason> {
    if status == Some(GONE) {
        return Some(PauseReason::Gone);
    }
    since.filter(|&since| now.since(since) >= ENDURED).map(|_| PauseReason::Failing)
}

/// The beginning of an answer in one line, without what a terminal or a page could take for more than text.
#[must_use]
pub fn excerpt(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body.get(..EXCERPT * 4).unwrap_or(body));
    let words: Vec<_> = text.split(|letter: char| letter.is_whitespace() || letter.is_control()).collect();
    let line = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|letter| !crate::names::is_hidden(*letter)).take(EXCERPT).collect();
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_success_counts_as_arrived() {
        for status in [200, 202, 204, 299] {
            assert_eq!(trouble_of(status), None, "{status}");
        }
        for (status, trouble) in [
            (301, Trouble::Refused),
            (302, Trouble::Refused),
            (304, Trouble::Refused),
            (400, Trouble::Refused),
            (401, Trouble::Login),
            (404, Trouble::Address),
            (410, Trouble::Address),
            (429, Trouble::Later),
            (503, Trouble::Later),
            (999, Trouble::Refused),
        ] {
            assert_eq!(trouble_of(status), Some(trouble), "{status}");
        }
    }

    #[test]
    fn every_broadcast_kind_is_in_one_group_and_no_personal_kind_in_any() {
        let grouped: Vec<_> = EventGroup::ALL.into_iter().flat_map(EventGroup::kinds).collect();
        assert_eq!(grouped.len(), Kind::ALL.iter().filter(|kind| kind.is_broadcast()).count());
        for personal in [Kind::HoldPlaced, Kind::DuesLate, Kind::BookingApproved, Kind::PasswordChanged] {
            assert!(!grouped.contains(&personal), "{personal:?}");
            assert_eq!(Events::new(vec![Kind::MachineBlocked, personal]), None, "{personal:?}");
        }
        for group in EventGroup::ALL {
            assert!(group.kinds().next().is_some(), "{group:?}");
        }
        assert_eq!(Events::new(vec![]), None);
        let twice = Events::new(vec![Kind::MachineFree, Kind::MachineBlocked, Kind::MachineFree]).unwrap();
        assert_eq!(twice.as_slice(), [Kind::MachineBlocked, Kind::MachineFree]);
    }

    #[test]
    fn webhook_is_paused_by_410_at_once_and_after_three_days_without_success() {
        let since = Millis(1_000);
        let over = since.after(ENDURED);
        for (status, failing, now, expected) in [
            (Some(503), Some(since), Millis(over.0 - 1), None),
            (Some(503), Some(since), over, Some(PauseReason::Failing)),
            (None, Some(since), over, Some(PauseReason::Failing)),
            // The clock was set back.
            (None, Some(since), Millis(0), None),
            (Some(410), Some(since), since, Some(PauseReason::Gone)),
            (Some(404), Some(since), since, None),
            (Some(200), None, over, None),
        ] {
            assert_eq!(pause_reason(status, failing, now), expected, "{status:?} {now:?}");
        }
    }

    #[test]
    fn excerpt_is_one_line_without_control_characters() {
        assert_eq!(excerpt(b"signature\r\n\x1b[31m mismatch\n"), Some("signature [31m mismatch".to_owned()));
        assert_eq!(excerpt(b" \n"), None);
        assert_eq!(excerpt(&[0xff, b'x']), Some("\u{fffd}x".to_owned()));
    }

    proptest! {
        #[test]
        fn excerpt_is_bounded(body in prop::collection::vec(any::<u8>(), 0..5_000)) {
            if let Some(line) = excerpt(&body) {
                prop_assert!(line.chars().count() <= EXCERPT && !line.chars().any(char::is_control));
            }
        }
    }
}
