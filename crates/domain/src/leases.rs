//! Leases: what an actuator is to do and until when, and what its device does when it hears nothing.
//!
//! **Invariants.** Every command is a lease of at most [`LONGEST`], by the server and by the device: without the next one the
//! device falls back. Hard limits are facts of the device; no command changes them. A device counts time since it heard a command, by
//! a clock of its own that no message sets.
//!
//! Not here: why something is wanted (schedules, bookings, people), and the bytes of a device's protocol.

use crate::{string_enum::string_enum, time::Millis};
use std::time::Duration;

/// The longest lease.
pub const LONGEST: Duration = Duration::from_mins(15);
/// A heater that has not known the temperature for this long is off.
pub const BLIND: Duration = Duration::from_mins(5);

string_enum! {
    /// What an actuator switches.
    Load {
        Heat = "heat",
        Light = "light",
        Power = "power",
    }
}

/// Tenths of a degree Celsius.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tenths(pub i32);

/// The limits within which the server sends commands. Those of the device are wider, and its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The highest temperature that may be asked for.
    pub warmest: Tenths,
    /// How long it may be on within a day.
    pub daily: Duration,
}

/// An order to an actuator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Command {
    pub on: bool,
    /// For heat.
    pub target: Option<Tenths>,
    pub length: Duration,
}

/// Why a command is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusedCommand {
    /// Longer than [`LONGEST`], or without any length.
    Length,
    /// Warmer than the limit, which is given.
    TooWarm(Tenths),
    /// It was on for as long as it may be today.
    Daily(Duration),
    /// A target for something that does not heat, or heat without one.
    Target,
}

/// The end of the lease that `command` is, if it may be sent at `now` to a device that was `on_today` for so long.
pub fn admit(
    load: Load,
    limits: Limits,
    command: Command,
    on_today: Duration,
    now: Millis,
) -> Result<Millis, RefusedCommand> {
    if command.length.is_zero() || command.length > LONGEST {
        return Err(RefusedCommand::Length);
    }
    if command.on {
        if (load == Load::Heat) != command.target.is_some() {
            return Err(RefusedCommand::Target);
        }
        if command.target.is_some_and(|target| target > limits.warmest) {
            return Err(RefusedCommand::TooWarm(limits.warmest));
        }
        if on_today + command.length > limits.daily {
            return Err(RefusedCommand::Daily(limits.daily));
        }
    }
    Ok(now.after(command.length))
}

/// The temperature at which a heater cuts itself off, and the one at which it may heat again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cutoff {
    pub above: Tenths,
    pub back_at: Tenths,
}

/// The logic of a reference device. All times are of its own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    load: Load,
    cutoff: Cutoff,
    wanted: bool,
    target: Option<Tenths>,
    until: Option<Millis>,
    connected: bool,
    temperature: Option<(Millis, Tenths)>,
    tripped: bool,
}

impl Device {
    /// A device that was just switched on: its output is off.
    #[must_use]
    pub const fn new(load: Load, cutoff: Cutoff) -> Self {
        Self {
            load,
            cutoff,
            wanted: false,
            target: None,
            until: None,
            connected: false,
            temperature: None,
            tripped: false,
        }
    }

    /// Takes a command. A longer lease than [`LONGEST`] is shortened, even if the server sent it.
    pub fn command(&mut self, command: Command, now: Millis) {
        self.wanted = command.on;
        self.target = command.target;
        self.until = Some(now.after(command.length.min(LONGEST)));
    }

    /// The connection to the broker came or went. What was wanted before it went is forgotten.
    pub fn connection(&mut self, is_up: bool) {
        self.connected = is_up;
        if !is_up {
            self.until = None;
        }
    }

    /// The sensor of the device, not a message, read this temperature.
    pub fn temperature(&mut self, read: Tenths, now: Millis) {
        self.temperature = Some((now, read));
        if read > self.cutoff.above {
            self.tripped = true;
        } else if read <= self.cutoff.back_at {
            self.tripped = false;
        }
    }

    /// Whether the hard limit holds it off.
    #[must_use]
    pub const fn is_tripped(&self) -> bool {
        self.tripped
    }

    /// When the lease ends, if one runs at `now`.
    #[must_use]
    pub fn lease(&self, now: Millis) -> Option<Millis> {
        self.until.filter(|until| self.connected && now < *until)
    }

    /// Whether its output is on at `now`.
    #[must_use]
    pub fn is_on(&self, now: Millis) -> bool {
        if !self.wanted || self.lease(now).is_none() {
            return false;
        }
        if self.load != Load::Heat {
            return true;
        }
        let Some((at, read)) = self.temperature else { return false };
        let is_known = now.since(at) <= BLIND;
        let is_cold = self.target.is_some_and(|target| read < target);
        is_known && is_cold && !self.tripped && read <= self.cutoff.above
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{HOUR, MINUTE};
    use proptest::prelude::*;

    const CUTOFF: Cutoff = Cutoff { above: Tenths(270), back_at: Tenths(250) };
    const LIMITS: Limits = Limits { warmest: Tenths(250), daily: Duration::from_hours(14) };

    fn on(target: i32, length: Duration) -> Command {
        Command { on: true, target: Some(Tenths(target)), length }
    }

    fn heater() -> Device {
        let mut device = Device::new(Load::Heat, CUTOFF);
        device.connection(true);
        device.temperature(Tenths(180), Millis(0));
        device
    }

    #[test]
    fn commands_outside_the_limits_are_refused() {
        let admit = |load, command, today| admit(load, LIMITS, command, today, Millis(0));
        let none = Duration::ZERO;
        assert_eq!(admit(Load::Heat, on(210, LONGEST), none), Ok(Millis(0).after(LONGEST)));
        assert_eq!(admit(Load::Heat, on(210, MINUTE * 16), none), Err(RefusedCommand::Length));
        assert_eq!(admit(Load::Heat, on(210, none), none), Err(RefusedCommand::Length));
        assert_eq!(admit(Load::Heat, on(280, LONGEST), none), Err(RefusedCommand::TooWarm(Tenths(250))));
        assert_eq!(admit(Load::Heat, on(210, LONGEST), HOUR * 14), Err(RefusedCommand::Daily(HOUR * 14)));
        assert_eq!(admit(Load::Light, on(210, LONGEST), none), Err(RefusedCommand::Target));
        let off = Command { on: false, target: None, length: LONGEST };
        assert!(admit(Load::Heat, off, HOUR * 20).is_ok(), "turning off is always possible");
    }

    #[test]
    fn device_falls_back_when_its_lease_ends_or_the_broker_is_gone() {
        let mut device = heater();
        device.command(on(210, HOUR * 5), Millis(0));
        assert!(device.is_on(Millis(0).after(MINUTE * 4)));
        device.temperature(Tenths(190), Millis(0).after(MINUTE * 14));
        assert!(device.is_on(Millis(0).after(MINUTE * 14)));
        assert!(!device.is_on(Millis(0).after(LONGEST)), "five hours were asked for");
        device.command(on(210, LONGEST), Millis(0).after(MINUTE * 15));
        assert!(device.is_on(Millis(0).after(MINUTE * 16)));
        device.connection(false);
        assert!(!device.is_on(Millis(0).after(MINUTE * 16)));
        device.connection(true);
        assert!(!device.is_on(Millis(0).after(MINUTE * 16)), "it waits for the next command");
    }

    #[test]
    fn heater_cuts_itself_off_and_returns_below() {
        let mut device = heater();
        let at = |minute: u32| Millis(0).after(MINUTE * minute);
        device.command(on(400, LONGEST), at(0));
        device.temperature(Tenths(271), at(1));
        assert!(device.is_tripped() && !device.is_on(at(1)));
        device.temperature(Tenths(260), at(2));
        assert!(!device.is_on(at(2)), "not before it is at 25");
        device.temperature(Tenths(250), at(3));
        assert!(device.is_on(at(3)));
        assert!(!device.is_on(at(9)), "its sensor has said nothing for six minutes");
    }

    proptest! {
        // Whatever is sent for a simulated month, with all credentials: the heater is off above its limit, and fifteen minutes after
        // the last command.
        #[test]
        fn no_commands_of_an_adversary_heat_beyond_the_limits(
            steps in prop::collection::vec((0_u8..6, -500_i32..2_000, 0_u32..90_000, 1_u32..600), 200),
        ) {
            let mut device = Device::new(Load::Heat, CUTOFF);
            let (mut now, mut last, mut read, mut up) = (Millis(0), None, Tenths(180), false);
            for (kind, value, length, pause) in steps {
                now = now.after(Duration::from_secs(pause.into()) * 20);
                match kind {
                    0..=2 => {
                        device.command(on(value, Duration::from_secs(length.into())), now);
                        last = Some(now);
                    }
                    3 => {
                        up = value >= 0;
                        device.connection(up);
                    }
                    _ => {
                        read = Tenths(value.clamp(-100, 400));
                        device.temperature(read, now);
                    }
                }
                if device.is_on(now) {
                    prop_assert!(up && read <= CUTOFF.above);
                    prop_assert!(last.is_some_and(|last| now.since(last) < LONGEST));
                }
                prop_assert!(!device.is_on(now.after(LONGEST)));
            }
        }
    }
}
