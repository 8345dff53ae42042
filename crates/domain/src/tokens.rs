//! Personal tokens: a person's own programs act as them, with fewer rights.
//!
//! Invariant: a token never allows more than its owner may do, and only in the areas that it names. Reading and
//! writing are separate, so a program that only reads cannot change anything. Not here: the token itself, which is
//! shown once and stored as a hash; and tokens that create tokens.

use crate::{
    string_enum::string_enum,
    time::{DAY, Millis},
};
use std::time::Duration;

string_enum! {
    /// A scope of a token.
    Scope {
        /// Read people, their qualifications, holds and decisions.
        PeopleRead = "people:read",
        PeopleWrite = "people:write",
        /// Read machines, types, places and displays, and ask about access.
        MachinesRead = "machines:read",
        /// Change and stop them.
        MachinesWrite = "machines:write",
        /// Read the settings, the opening hours, the inbox and the audit log.
        SpaceRead = "space:read",
        /// Change settings and opening hours, of the space and below.
        SpaceWrite = "space:write",
        /// Read its owner's notices.
        NoticesRead = "notices:read",
        /// Mark that as read, and archive it.
        NoticesWrite = "notices:write",
        AnnouncementsRead = "announcements:read",
        /// Write, change and withdraw them.
        AnnouncementsWrite = "announcements:write",
        /// Read times for checkouts, and appointments.
        CheckoutsRead = "checkouts:read",
        /// Ask for checkouts, and decide about them.
        CheckoutsWrite = "checkouts:write",
        /// Read bookings, free times and rooms.
        BookingsRead = "bookings:read",
        /// Book, and decide about bookings; change rooms.
        BookingsWrite = "bookings:write",
        /// See which calendar addresses its owner has.
        CalendarsRead = "calendars:read",
        /// Create and revoke them: a feed gives access to bookings and checkouts, even after the token has ended.
        CalendarsWrite = "calendars:write",
        /// See modules and requirements, and how far its owner is.
        TrainingRead = "training:read",
        /// Change them, and report its owner's watching.
        TrainingWrite = "training:write",
        /// Read the metrics of the process, for monitoring.
        MetricsRead = "metrics:read",
    }
}

/// The scopes of a token: at least one, each once, in the order of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// `None` without any.
    #[must_use]
    pub fn new(mut scopes: Vec<Scope>) -> Option<Self> {
        scopes.sort_unstable();
        scopes.dedup();
        (!scopes.is_empty()).then_some(Self(scopes))
    }

    #[must_use]
    pub fn as_slice(&self) -> &[Scope] {
        &self.0
    }
}

string_enum! {
    /// The lifetime of a token.
    Lifetime {
        Month = "month",
        /// A quarter of a year.
        Quarter = "quarter",
        Year = "year",
        /// Until it is revoked.
        Unlimited = "unlimited",
    }
}

impl Lifetime {
    /// The end of a token created at `now`; `None`: until it is revoked.
    #[must_use]
    pub fn end(self, now: Millis) -> Option<Millis> {
        let days = match self {
            Self::Month => 30,
            Self::Quarter => 90,
            Self::Year => 365,
            Self::Unlimited => return None,
        };
        Some(now.after(DAY * days))
    }
}

/// The prefix of every token, so that a leaked one is recognized.
pub const PREFIX: &str = "tg_";
/// Tokens of one person at a time.
pub const MOST: usize = 20;
/// The last use of a token is stored at most this often.
pub const SEEN_EVERY: Duration = Duration::from_mins(1);

/// The scopes as stored, separated by spaces.
#[must_use]
pub fn join(scopes: &[Scope]) -> String {
    scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
}

/// Parses the form of [`join`]. Unknown scopes of other builds are ignored.
#[must_use]
pub fn split(stored: &str) -> Vec<Scope> {
    stored.split(' ').filter_map(Scope::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_round_trip() {
        assert_eq!(split(&join(Scope::ALL)), Scope::ALL);
        assert_eq!(split(&join(&[])), []);
        assert_eq!(split("people:read moon:write"), [Scope::PeopleRead]);
    }

    #[test]
    fn scopes_are_sorted_once_and_never_empty() {
        let scopes = Scopes::new(vec![Scope::MachinesRead, Scope::PeopleRead, Scope::MachinesRead]).unwrap();
        assert_eq!(scopes.as_slice(), [Scope::PeopleRead, Scope::MachinesRead]);
        assert_eq!(Scopes::new(Vec::new()), None);
    }

    #[test]
    fn lifetime_has_end_or_none() {
        let now = Millis(1_800_000_000_000);
        assert_eq!(Lifetime::Month.end(now), Some(now.after(DAY * 30)));
        assert_eq!(Lifetime::Unlimited.end(now), None);
    }
}
