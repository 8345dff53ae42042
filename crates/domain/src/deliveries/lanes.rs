//! Lanes: messages to one target leave one after the other, in a lane of their own. Here is which lanes send at the same time, and
//! how long a lane or a whole host rests after failures.
//!
//! **Invariants.** Failing targets leave places to others at the same host, no host takes the places of another, and safety notices
//! have places of their own. A host rests only if targets of several people fail that worked before; safety notices are sent
//! nevertheless.
//!
//! Not here: the pauses of one message ([`super::pause`]), and its content.

use crate::{
    deliveries::Channel,
    id::PersonId,
    notices::Kind,
    time::{DAY, HOUR, MINUTE, Millis},
};
use std::{collections::BTreeSet, time::Duration};

/// Places for lanes at one host: as many again are for safety notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Width {
    pub all: usize,
    /// How many of them failing lanes take at most. A request without an answer takes its place for ten seconds.
    pub failing: usize,
    /// How many of them the targets of one person take at most.
    pub per_person: usize,
}

/// Webhooks at a time.
pub const WEBHOOKS: usize = 50;

/// The places of a channel at each host.
///
/// - Push: 32, because a service allows a hundred streams at least (RFC 9113, 6.5.2). Eight failing ones leave 24, and a member
///   with ten devices takes three.
/// - Mail and Slack: 8, because mail servers accept about ten connections of a client, and a person or channel is one lane.
/// - Webhooks: one for each, so that none waits for another.
#[must_use]
pub const fn width(channel: Channel) -> Width {
    match channel {
        Channel::Push => Width { all: 32, failing: 8, per_person: 3 },
        Channel::Mail | Channel::Slack | Channel::App => Width { all: 8, failing: 2, per_person: 1 },
        Channel::Webhook => Width { all: WEBHOOKS, failing: WEBHOOKS, per_person: WEBHOOKS },
    }
}

/// A lane with something due, as far as it matters for its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// Of its target; empty in channels with one server.
    pub host: String,
    /// Whose target it is, if it is a person's.
    pub owner: Option<PersonId>,
    /// Its last message did not arrive.
    pub is_failing: bool,
    /// Its next message is about safety.
    pub is_safety: bool,
}

/// Whether `lane` starts beside those that are `running` in the same channel.
#[must_use]
pub fn may_start<'a>(channel: Channel, running: impl Iterator<Item = &'a Lane>, lane: &Lane) -> bool {
    let width = width(channel);
    let (mut all, mut failing, mut theirs) = (0, 0, 0);
    for other in running.filter(|other| other.host == lane.host && other.is_safety == lane.is_safety) {
        all += 1;
        failing += usize::from(other.is_failing);
        theirs += usize::from(other.owner.is_some() && other.owner == lane.owner);
    }
    all < width.all && theirs < width.per_person && (!lane.is_failing || failing < width.failing)
}

/// Whether deliveries of `kind` leave before all others, and are not held by a rest.
#[must_use]
pub const fn is_first(kind: Kind) -> bool {
    kind.is_locked()
}

/// The longest that a lane rests because it was asked to: a service that is down for longer says so again.
pub const LONGEST_ASKED: Duration = HOUR;

/// The longest that a lane of `channel` rests because it was asked to. Standard Webhooks has `Retry-After` taken into account, and no
/// person waits for what a program gets, so a webhook may ask for a day.
#[must_use]
pub const fn longest_asked(channel: Channel) -> Duration {
    match channel {
        Channel::Webhook => DAY,
        Channel::Push | Channel::Mail | Channel::Slack | Channel::App => LONGEST_ASKED,
    }
}

/// The longest that a lane rests by itself. Pauses of one message grow to hours, and later ones need not wait for that.
pub const LONGEST_REST: Duration = Duration::from_mins(15);

/// How long a lane rests after a failure: the pause of the message that failed, and at least as long as the server asked.
#[must_use]
pub fn rest(asked: Option<Duration>, pause: Option<Duration>) -> Duration {
    let pause = pause.unwrap_or(LONGEST_REST).min(LONGEST_REST);
    pause.max(asked.unwrap_or_default().min(LONGEST_ASKED))
}

/// The people whose targets must fail, after they worked, for a host to rest. Two may be one household, and one has ten devices.
pub const WITNESSES: usize = 3;
/// The first rest of a host, doubled each time.
pub const HOST_REST: Duration = MINUTE;
/// Its longest rest, also if it asks for more: the lanes that were asked rest as long by themselves.
pub const LONGEST_HOST_REST: Duration = Duration::from_mins(5);

/// What failures of different targets mean for their host. Any success ends it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostHealth {
    witnesses: BTreeSet<i64>,
    until: Option<Millis>,
    rests: u32,
}

impl HostHealth {
    /// A message failed at `now`. The `witness` is the owner of its target if that worked before: one that never did says nothing
    /// about the host.
    pub fn failed(&mut self, witness: Option<i64>, asked: Option<Duration>, now: Millis) {
        self.witnesses.extend(witness);
        if self.witnesses.len() < WITNESSES || self.rests_until(now).is_some() {
            return;
        }
        let usual = HOST_REST * 1_u32.checked_shl(self.rests).unwrap_or(u32::MAX).min(16);
        self.until = Some(now.after(asked.unwrap_or(usual).min(LONGEST_HOST_REST)));
        self.rests = self.rests.saturating_add(1);
    }

    pub fn arrived(&mut self) {
        *self = Self::default();
    }

    /// Until when it rests at `now`. A longer rest than there is was begun by a clock that has been set back since.
    #[must_use]
    pub fn rests_until(&self, now: Millis) -> Option<Millis> {
        self.until.filter(|&until| until > now && until <= now.after(LONGEST_HOST_REST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Millis = Millis(1_000);

    fn lane(host: &str, owner: i64, is_failing: bool, is_safety: bool) -> Lane {
        Lane { host: host.into(), owner: Some(PersonId(owner)), is_failing, is_safety }
    }

    /// Those of `lanes` that start when all come at once, in this order.
    fn started(channel: Channel, lanes: Vec<Lane>) -> Vec<Lane> {
        let mut running = Vec::new();
        for lane in lanes {
            if may_start(channel, running.iter(), &lane) {
                running.push(lane);
            }
        }
        running
    }

    #[test]
    fn lanes_of_all_webhooks_run_at_the_same_time() {
        let lanes = (0..WEBHOOKS).map(|_| Lane { owner: None, ..lane("", 0, true, false) }).collect();
        assert_eq!(started(Channel::Webhook, lanes).len(), WEBHOOKS);
    }

    #[test]
    fn one_person_takes_few_places() {
        let hers = (0..10).map(|_| lane("push", 1, false, false)).collect();
        let running = started(Channel::Push, hers);
        assert_eq!(running.len(), 3);
        assert!(may_start(Channel::Push, running.iter(), &lane("push", 2, false, false)));
    }

    #[test]
    fn lane_rests_as_long_as_its_server_asks_within_an_hour() {
        let (minute, day) = (Some(MINUTE), Some(HOUR * 24));
        for (asked, pause, expected) in [
            (None, minute, MINUTE),
            (Some(MINUTE * 59), minute, MINUTE * 59),
            (Some(Duration::from_secs(1)), minute, MINUTE),
            (day, minute, LONGEST_ASKED),
            (None, day, LONGEST_REST),
            (None, None, LONGEST_REST),
        ] {
            assert_eq!(rest(asked, pause), expected, "{asked:?} {pause:?}");
        }
    }

    #[test]
    fn host_rests_after_three_people_and_longer_each_time() {
        let mut host = HostHealth::default();
        for witness in [Some(1), Some(1), None, Some(2), None] {
            host.failed(witness, Some(HOUR), NOW);
            assert_eq!(host.rests_until(NOW), None, "{witness:?}");
        }
        let (mut now, mut rests) = (NOW, Vec::new());
        for _ in 0..5 {
            host.failed(Some(3), None, now);
            let until = host.rests_until(now).unwrap();
            rests.push(until.since(now).as_secs() / 60);
            now = until;
        }
        assert_eq!(rests, [1, 2, 4, 5, 5]);
        host.arrived();
        assert_eq!(host, HostHealth::default(), "it works again");
        for witness in 0..3 {
            host.failed(Some(witness), Some(HOUR), now);
        }
        assert_eq!(host.rests_until(now), Some(now.after(LONGEST_HOST_REST)), "it asked for an hour");
        assert_eq!(host.rests_until(NOW), None, "the clock was set back");
    }

    #[test]
    fn targets_that_never_worked_say_nothing_about_their_host() {
        let mut host = HostHealth::default();
        for _ in 0..24 {
            host.failed(None, Some(HOUR), NOW);
        }
        assert_eq!(host.rests_until(NOW), None);
    }

    proptest! {
        #[test]
        fn failing_lanes_other_hosts_and_routine_leave_places(
            others in prop::collection::vec((0_i64..200, any::<bool>(), 0_u8..3), 0..300),
            channel in prop::sample::select(vec![Channel::Push, Channel::Mail, Channel::Slack]),
        ) {
            let lanes: Vec<_> = others.iter().map(|&(owner, is_failing, place)| match place {
                // Other hosts take no place, and safety has its own.
                0 => lane("other", owner, is_failing, false),
                1 => lane("host", owner, is_failing, true),
                _ => lane("host", owner, true, false),
            }).collect();
            let running = started(channel, lanes);
            prop_assert!(may_start(channel, running.iter(), &lane("host", 999, false, false)));
        }

        #[test]
        fn safety_never_waits_for_routine(
            others in prop::collection::vec((0_i64..200, any::<bool>()), 0..300),
            is_failing: bool,
        ) {
            let routine: Vec<_> = others.iter().map(|&(owner, failing)| lane("host", owner, failing, false)).collect();
            for channel in [Channel::Push, Channel::Mail, Channel::Slack] {
                let running = started(channel, routine.clone());
                let safety = lane("host", 7, is_failing, true);
                prop_assert!(may_start(channel, running.iter(), &safety));
            }
        }
    }
}
