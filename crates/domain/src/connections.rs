//! Connections: what leaves Toolgate for other systems, or is read from them, and whether it works.
//!
//! **Invariant.** A connection says how it does, never what goes through it: no addresses of people, no secrets, no text from the
//! other side, because causes of failures are from a closed list. Not here: how each one works, which is its own noun's.

use crate::{string_enum::string_enum, time::Millis};

string_enum! {
    /// Kinds of connections, in the order in which they are shown.
    Kind {
        Mail = "mail",
        Push = "push",
        Slack = "slack",
        Webhooks = "webhooks",
        SpaceApi = "spaceapi",
        Calendars = "calendars",
        Payments = "payments",
        /// People and groups of an LDAP directory.
        Directory = "directory",
        /// Accounts that people have elsewhere.
        SignIn = "sign-in",
        /// The MQTT broker that boards connect to.
        Broker = "broker",
    }
}

string_enum! {
    /// How a connection does, worst first.
    State {
        /// The last attempt failed.
        Failing = "failing",
        /// A manager paused it; its queue stays.
        Paused = "paused",
        /// It works, but part of it does not.
        Partial = "partial",
        /// Nothing went through it yet.
        Untried = "untried",
        Working = "working",
    }
}

string_enum! {
    /// Units in which the use of a connection is counted.
    Counted {
        /// Phones and browsers.
        Devices = "devices",
        People = "people",
        /// Kinds of notices.
        Kinds = "kinds",
        Channels = "channels",
        Groups = "groups",
    }
}

string_enum! {
    /// Why a connection fails.
    Trouble {
        /// No server was found, or none answered.
        Unreachable = "unreachable",
        /// The answer took too long.
        Slow = "slow",
        /// Its certificate is not valid.
        Certificate = "certificate",
        /// Its address is in a private network.
        Private = "private",
        /// Our key, password or login is not accepted.
        Denied = "denied",
        /// The other side rejects our requests.
        Refused = "refused",
        /// The other side is overloaded, or has a fault of its own.
        Unavailable = "unavailable",
        /// What it was about is gone there: an address, a channel, a file.
        Missing = "missing",
        /// It knows nobody who is linked here, as with the key of another account.
        OtherAccount = "other-account",
        /// The answer cannot be read, is too large or broke off.
        Unclear = "unclear",
        /// A setting that it needs is missing.
        NotSetUp = "not-set-up",
    }
}

impl Kind {
    /// The page on which such connections are made.
    #[must_use]
    pub const fn page(self) -> &'static str {
        match self {
            Self::Mail => "/deliveries",
            Self::Push => "/me/notifications",
            Self::Slack => "/slack",
            Self::Webhooks => "/webhooks",
            Self::SpaceApi => "/settings#change-space.contact",
            Self::Calendars => "/external-calendars",
            Self::Payments => "/people/payments",
            Self::Directory => "/directory",
            Self::SignIn => "/sign-in-providers",
            Self::Broker => "/boards",
        }
    }
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// What distinguishes it from others of its kind, or the other side's name: a host, the name that a manager gave it.
    pub name: Option<String>,
    pub state: State,
    /// When it last worked.
    pub last_success: Option<Millis>,
    /// Since when it fails, and why; of one that works again, when it last failed.
    pub last_failure: Option<(Millis, Trouble)>,
    /// What waits to go out.
    pub queued: u32,
    /// The address of its page.
    pub link: String,
}

impl State {
    /// The state by the last success and failure.
    #[must_use]
    pub fn of(last_success: Option<Millis>, last_failure: Option<Millis>) -> Self {
        match (last_success, last_failure) {
            (None, None) => Self::Untried,
            (success, Some(failure)) if success.is_none_or(|success| success < failure) => Self::Failing,
            (_, _) => Self::Working,
        }
    }

    /// The state of several of one kind: one that works beside one that fails is partial. `None` without any.
    #[must_use]
    pub fn of_all(states: &[Self]) -> Option<Self> {
        let any = |state| states.contains(&state);
        let works = any(Self::Working) || any(Self::Untried);
        if any(Self::Partial) || any(Self::Failing) && works {
            return Some(Self::Partial);
        }
        [Self::Failing, Self::Working, Self::Untried, Self::Paused].into_iter().find(|&state| any(state))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use State::{Failing, Partial, Paused, Untried, Working};

    #[test]
    fn state_follows_the_later_of_success_and_failure() {
        let at = |time| Some(Millis(time));
        for (success, failure, expected) in [
            (None, None, Untried),
            (at(5), None, Working),
            (None, at(5), Failing),
            (at(5), at(6), Failing),
            (at(6), at(5), Working),
            (at(5), at(5), Working),
        ] {
            assert_eq!(State::of(success, failure), expected, "{success:?} {failure:?}");
        }
    }

    #[test]
    fn one_that_fails_beside_one_that_works_is_partial() {
        for (states, expected) in [
            (&[][..], None),
            (&[Working, Working], Some(Working)),
            (&[Working, Failing], Some(Partial)),
            (&[Untried, Failing], Some(Partial)),
            (&[Failing, Failing], Some(Failing)),
            (&[Paused, Failing], Some(Failing)),
            (&[Working, Partial], Some(Partial)),
            (&[Untried, Working, Paused], Some(Working)),
            (&[Paused, Untried], Some(Untried)),
            (&[Paused], Some(Paused)),
        ] {
            assert_eq!(State::of_all(states), expected, "{states:?}");
            let reversed: Vec<_> = states.iter().rev().copied().collect();
            assert_eq!(State::of_all(&reversed), expected, "{reversed:?}");
        }
    }
}
