//! Actuators: which are on, for what and until when; one of them with its day, leases, limits and tests; and their rules.
//!
//! Invariant: one that is on shows its lease, so that everyone sees when it is off by itself. Not here: meters and doors, and the pages of
//! the building that include [`table`].

mod lease;
mod log;
pub mod one;
pub mod rules;
mod sheet;
pub mod table;

pub(in crate::building) use lease::failsafe;

use contract::actuators::ActuatorView;
use domain::{
    actuators::{ActuatorState, Why},
    leases::{Load, Tenths},
    time::{MINUTE, Moment},
};
use text::{Lang, time};

/// Its icon.
pub(in crate::building) const fn icon(load: Load) -> &'static str {
    match load {
        Load::Heat => "heater",
        Load::Light => "lightbulb",
        Load::Power => "plug",
    }
}

/// The address of its page.
pub(in crate::building) fn href(actuator: &ActuatorView) -> String {
    format!("/building/actuators/{}", actuator.id)
}

/// The temperature that its device reads, where it heats.
pub(in crate::building) fn temperature(actuator: &ActuatorView) -> Option<Tenths> {
    actuator.temperature.filter(|_| actuator.load == Load::Heat)
}

/// What wants it on, in a few words: a name where the reader may see it.
pub(in crate::building) fn wanted_by(t: Lang, actuator: &ActuatorView) -> Option<String> {
    let why = actuator.why?;
    if actuator.own {
        return Some(t.actuators_you().to_owned());
    }
    Some(actuator.wanted_by.clone().unwrap_or_else(|| t.actuator_why(why).to_owned()))
}

/// Until when it is wanted, in words.
pub(in crate::building) fn until(t: Lang, actuator: &ActuatorView) -> String {
    match (actuator.until, actuator.why) {
        (Some(until), _) => t.actuators_until(&time::clock(until)),
        (None, Some(Why::Machine)) => t.actuators_while_it_runs().to_owned(),
        (None, _) => t.actuators_no_end().to_owned(),
    }
}

/// The minutes left of its lease, counted up, if one runs.
pub(in crate::building) fn minutes_left(actuator: &ActuatorView, now: Moment) -> Option<u8> {
    let ends = actuator.lease_ends?;
    let left = ends.at.since(now.at);
    let minutes = left.as_secs().div_ceil(MINUTE.as_secs()).min(15);
    u8::try_from(minutes).ok().filter(|minutes| *minutes > 0)
}

/// Whether it is on or its lease runs.
pub(in crate::building) const fn is_on(actuator: &ActuatorView) -> bool {
    matches!(actuator.state, ActuatorState::On | ActuatorState::Test)
}
