//! Which lanes and hosts rest after failures. A restart forgets it: a lane that still fails rests again.
//!
//! Not here: how long, which [`domain::deliveries::lanes`] decides.

use super::Key;
use crate::{Ctx, shared::Shared};
use domain::{
    deliveries::{
        Channel,
        lanes::{HostHealth, longest_asked},
    },
    time::{DAY, Millis},
};
use std::{collections::HashMap, time::Duration};

/// Lanes that failed and did not succeed since, and hosts.
#[derive(Default)]
pub(crate) struct Rests {
    /// Until when each rests.
    lanes: Shared<HashMap<(Channel, Key), Millis>>,
    hosts: Shared<HashMap<(Channel, String), HostHealth>>,
}

/// A message that did not arrive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setback {
    /// How long its lane rests.
    pub rest: Duration,
    /// How long the server asks to wait.
    pub asked: Option<Duration>,
    /// Whose target failed, if it worked before.
    pub witness: Option<i64>,
}

impl Rests {
    pub(crate) fn of(ctx: &Ctx) -> &Self {
        ctx.memory()
    }

    /// Until when a lane, or its host, rests. A longer rest was begun by a clock that has been set back since.
    pub(crate) fn until(&self, channel: Channel, key: Key, host: &str, now: Millis) -> Option<Millis> {
        let lane = self.lanes.lock().get(&(channel, key)).copied();
        let lane = lane.filter(|&until| until > now && until <= now.after(longest_asked(channel)));
        lane.max(self.host_until(channel, host, now))
    }

    /// Until when a host rests.
    pub(crate) fn host_until(&self, channel: Channel, host: &str, now: Millis) -> Option<Millis> {
        self.hosts.lock().get(&(channel, host.to_owned())).and_then(|health| health.rests_until(now))
    }

    /// Whether the last message of a lane did not arrive.
    pub(crate) fn is_failing(&self, channel: Channel, key: Key) -> bool {
        self.lanes.lock().contains_key(&(channel, key))
    }

    pub(crate) fn failed(&self, channel: Channel, key: Key, host: &str, setback: Setback, now: Millis) {
        let mut lanes = self.lanes.lock();
        lanes.retain(|_, until| *until > now.before(DAY));
        lanes.insert((channel, key), now.after(setback.rest));
        drop(lanes);
        let mut hosts = self.hosts.lock();
        hosts.entry((channel, host.to_owned())).or_default().failed(setback.witness, setback.asked, now);
    }

    pub(crate) fn arrived(&self, channel: Channel, key: Key, host: &str) {
        self.lanes.lock().remove(&(channel, key));
        self.hosts.lock().remove(&(channel, host.to_owned()));
    }

    /// Ends the rests of a channel, or of one of its targets.
    pub(crate) fn end(&self, channel: Channel, target: Option<i64>) {
        self.lanes.lock().retain(|&(of, key), _| of != channel || target.is_some_and(|target| target != key.0));
        if target.is_none() {
            self.hosts.lock().retain(|(of, _), _| *of != channel);
        }
    }
}
