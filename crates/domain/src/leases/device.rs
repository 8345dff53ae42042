//! The logic of a reference device, which decides alone whether its output is on.
//!
//! **Invariants.** Hard limits are set when the device is built. Temperature comes from a sensor of the device, never from a
//! message. All times are of the device's own clock. `docs/failsafe/failsafe.hpp` is the same in C++; a test compares both.
//!
//! Not here: MQTT, and the bytes of a command.

use super::{Command, LONGEST, Load, Tenths};
use crate::time::{DAY, Millis};
use std::time::Duration;

/// A heater that has not known the temperature for this long is off.
pub const BLIND: Duration = Duration::from_mins(5);
/// A reading outside is a broken sensor: one that lost its wire says −127 °C, one that just started 85 °C.
pub const PLAUSIBLE: (Tenths, Tenths) = (Tenths(-400), Tenths(600));
/// Frost protection heats by this much.
pub const FROST_BAND: Tenths = Tenths(20);

/// The limits that the device itself holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HardLimits {
    /// Above this, a heater cuts itself off.
    pub above: Tenths,
    /// And heats again when it is this cool.
    pub back_at: Tenths,
    /// Below this, a heater heats by itself.
    pub frost: Tenths,
    /// How long commands can have it on within 24 hours.
    pub daily: Duration,
}

/// A reference device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag by itself, and the device in C++ has the same")]
pub struct Device {
    load: Load,
    limits: HardLimits,
    wanted: bool,
    target: Option<Tenths>,
    until: Option<Millis>,
    connected: bool,
    temperature: Option<(Millis, Tenths)>,
    tripped: bool,
    freezing: bool,
    /// When the 24 hours began that `used` counts.
    day: Millis,
    used: Duration,
    ticked: Millis,
    /// Whether a command had it on then.
    was_on: bool,
}

impl Device {
    /// A device that was just switched on: its output is off.
    #[must_use]
    pub const fn new(load: Load, limits: HardLimits) -> Self {
        Self {
            load,
            limits,
            wanted: false,
            target: None,
            until: None,
            connected: false,
            temperature: None,
            tripped: false,
            freezing: false,
            day: Millis(0),
            used: Duration::ZERO,
            ticked: Millis(0),
            was_on: false,
        }
    }

    /// Takes a command. A longer lease than [`LONGEST`] is shortened, even if the server sent it.
    pub fn command(&mut self, command: Command, now: Millis) {
        self.wanted = command.on;
        self.target = command.target;
        self.until = Some(now.after(command.length.min(LONGEST)));
    }

    /// The connection to the broker came or went. The lease from before it went is forgotten.
    pub fn connection(&mut self, is_up: bool) {
        self.connected = is_up;
        if !is_up {
            self.until = None;
        }
    }

    /// The sensor of the device, not a message, read this temperature. A broken sensor is one that read nothing.
    pub fn temperature(&mut self, read: Tenths, now: Millis) {
        if read < PLAUSIBLE.0 || read > PLAUSIBLE.1 {
            return;
        }
        self.temperature = Some((now, read));
        if read > self.limits.above {
            self.tripped = true;
        } else if read <= self.limits.back_at {
            self.tripped = false;
        }
        if read < self.limits.frost {
            self.freezing = true;
        } else if read.0 >= self.limits.frost.0 + FROST_BAND.0 {
            self.freezing = false;
        }
    }

    /// Counts the time it was on. The main loop calls this at least once a second, and sets the output to the answer.
    pub fn tick(&mut self, now: Millis) -> bool {
        if self.was_on {
            self.used += now.since(self.ticked);
        }
        if now.since(self.day) >= DAY {
            self.day = now;
            self.used = Duration::ZERO;
        }
        self.ticked = now;
        self.was_on = self.is_commanded(now);
        self.is_on(now)
    }

    /// Whether its output is on at `now`.
    #[must_use]
    pub fn is_on(&self, now: Millis) -> bool {
        self.is_commanded(now) || (self.load == Load::Heat && self.freezing && self.may_heat(now))
    }

    /// Whether the hard limit holds it off.
    #[must_use]
    pub const fn is_tripped(&self) -> bool {
        self.tripped
    }

    /// Whether it heats by itself against frost.
    #[must_use]
    pub const fn is_freezing(&self) -> bool {
        self.freezing
    }

    /// When the lease ends, if one runs at `now`.
    #[must_use]
    pub fn lease(&self, now: Millis) -> Option<Millis> {
        self.until.filter(|until| self.connected && now < *until)
    }

    /// The last temperature, unless it is too old.
    #[must_use]
    pub fn reading(&self, now: Millis) -> Option<Tenths> {
        self.temperature.filter(|(at, _)| now.since(*at) <= BLIND).map(|(_, read)| read)
    }

    /// How long commands had it on in the current 24 hours.
    #[must_use]
    pub const fn used(&self) -> Duration {
        self.used
    }

    /// What it switches.
    #[must_use]
    pub const fn load(&self) -> Load {
        self.load
    }

    #[must_use]
    pub const fn limits(&self) -> HardLimits {
        self.limits
    }

    fn is_commanded(&self, now: Millis) -> bool {
        if !self.wanted || self.lease(now).is_none() || self.used >= self.limits.daily {
            return false;
        }
        if self.load != Load::Heat {
            return true;
        }
        let is_cold = self.reading(now).zip(self.target).is_some_and(|(read, target)| read < target);
        is_cold && self.may_heat(now)
    }

    fn may_heat(&self, now: Millis) -> bool {
        !self.tripped && self.reading(now).is_some_and(|read| read <= self.limits.above)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{HOUR, MINUTE};
    use proptest::prelude::*;

    const LIMITS: HardLimits = HardLimits {
        above: Tenths(270),
        back_at: Tenths(250),
        frost: Tenths(50),
        daily: Duration::from_hours(16),
    };

    fn on(target: i32, length: Duration) -> Command {
        Command { on: true, target: Some(Tenths(target)), length }
    }

    fn heater() -> Device {
        let mut device = Device::new(Load::Heat, LIMITS);
        device.connection(true);
        device.temperature(Tenths(180), Millis(0));
        device
    }

    fn at(minute: u32) -> Millis {
        Millis(0).after(MINUTE * minute)
    }

    #[test]
    fn device_falls_back_when_its_lease_ends_or_the_broker_is_gone() {
        let mut device = heater();
        device.command(on(210, HOUR * 5), at(0));
        assert!(device.is_on(at(4)));
        device.temperature(Tenths(190), at(14));
        assert!(device.is_on(at(14)));
        assert!(!device.is_on(at(15)), "five hours were asked for");
        device.command(on(210, LONGEST), at(15));
        assert!(device.is_on(at(16)));
        device.connection(false);
        assert!(!device.is_on(at(16)));
        device.connection(true);
        assert!(!device.is_on(at(16)), "it waits for the next command");
    }

    #[test]
    fn heater_cuts_itself_off_and_returns_below() {
        let mut device = heater();
        device.command(on(400, LONGEST), at(0));
        device.temperature(Tenths(271), at(1));
        assert!(device.is_tripped() && !device.is_on(at(1)));
        device.temperature(Tenths(260), at(2));
        assert!(!device.is_on(at(2)), "not before it is at 25");
        device.temperature(Tenths(250), at(3));
        assert!(device.is_on(at(3)));
        assert!(!device.is_on(at(9)), "its sensor has read nothing for six minutes");
    }

    #[test]
    fn broken_sensor_leaves_heater_off() {
        let mut device = heater();
        device.command(on(210, LONGEST), at(0));
        device.temperature(Tenths(-1_270), at(4));
        assert!(device.is_on(at(4)), "the last good reading counts");
        assert!(!device.is_on(at(6)), "and no longer after five minutes");
        assert!(!device.is_freezing(), "a lost wire is no frost");
    }

    #[test]
    fn frost_turns_heater_on_without_any_command_until_it_is_two_degrees_warmer() {
        let mut device = Device::new(Load::Heat, LIMITS);
        device.temperature(Tenths(49), at(0));
        assert!(device.is_on(at(0)), "without a broker");
        device.temperature(Tenths(69), at(1));
        assert!(device.is_on(at(1)));
        device.temperature(Tenths(70), at(2));
        assert!(!device.is_on(at(2)));
        let mut light = Device::new(Load::Light, LIMITS);
        light.temperature(Tenths(0), at(0));
        assert!(!light.is_on(at(0)));
    }

    #[test]
    fn commands_have_it_on_for_sixteen_hours_a_day_at_most() {
        let mut device = Device::new(Load::Power, LIMITS);
        device.connection(true);
        let mut minutes = 0;
        for minute in 0..24 * 60 {
            device.command(Command { on: true, target: None, length: LONGEST }, at(minute));
            minutes += u32::from(device.tick(at(minute)));
        }
        assert_eq!(minutes, 16 * 60);
        device.command(Command { on: true, target: None, length: LONGEST }, at(24 * 60));
        assert!(device.tick(at(24 * 60)), "another day");
    }

    proptest! {
        // Whatever is sent for a simulated month, with all credentials: the heater is off above its limit, and fifteen minutes after
        // the last command.
        #[test]
        fn no_commands_of_an_adversary_heat_beyond_the_limits(
            steps in prop::collection::vec((0_u8..6, -500_i32..2_000, 0_u32..90_000, 1_u32..600), 200),
        ) {
            let mut device = Device::new(Load::Heat, LIMITS);
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
                        read = Tenths(value.clamp(70, 400));
                        device.temperature(read, now);
                    }
                }
                device.tick(now);
                if device.is_on(now) {
                    prop_assert!(up && read <= LIMITS.above);
                    prop_assert!(last.is_some_and(|last| now.since(last) < LONGEST));
                }
                prop_assert!(!device.is_on(now.after(LONGEST)));
            }
        }
    }
}
