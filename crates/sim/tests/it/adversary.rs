//! A break-in: for a month, an adversary with every credential of the server and the broker sends anything. The device must keep
//! its hard limits, and nothing may stay on for longer than a lease after the last command.

use crate::failsafe::{LIMITS, Numbers};
use domain::{
    leases::{self, Device, LONGEST, Load, Tenths},
    time::{DAY, Millis},
};
use std::time::Duration;

const MONTH: i64 = 30 * 86_400;

/// A room that a heater warms by 0.008 °C a second.
struct Room {
    /// Thousandths of a degree.
    milli: i64,
    outside: i64,
}

impl Room {
    fn second(&mut self, heats: bool) -> Tenths {
        self.milli += if heats { 8 } else { 0 };
        if self.milli > self.outside {
            self.milli -= 2;
        }
        Tenths(i32::try_from(self.milli.div_euclid(100)).unwrap())
    }
}

#[derive(Default)]
struct Outcome {
    warmest: Option<Tenths>,
    coldest: Option<Tenths>,
    /// Seconds on, of the worst day.
    worst_day: Duration,
    on: Duration,
    commands: u32,
}

/// As hot and as long as possible.
const HOTTEST: &[u8] = br#"{"on":true,"seconds":999999999,"target":999999999}"#;

/// Lets an adversary play for a month. They act every `pause` seconds or so, fall silent for long times, and insist on
/// heat for as long.
fn month(load: Load, seed: u64, pause: u32, outside: i64) -> Outcome {
    let mut numbers = Numbers(seed);
    let mut device = Device::new(load, LIMITS);
    let mut room = Room { milli: 18_000, outside };
    let (mut connected, mut last, mut outcome, mut today) = (false, None, Outcome::default(), Duration::ZERO);
    let (mut quiet_until, mut insists_until, mut was_on) = (0, 0, false);
    for second in 0..MONTH {
        let now = Millis(second * 1_000);
        let read = room.second(was_on);
        device.temperature(read, now);
        if second >= quiet_until && numbers.below(pause) == 0 {
            match numbers.below(400) {
                0 => quiet_until = second + i64::from(numbers.below(20_000)),
                1..=20 => {
                    connected = numbers.below(3) > 0;
                    device.connection(connected);
                }
                21 => insists_until = second + i64::from(numbers.below(20_000)),
                _ => {
                    let random = numbers.message();
                    let message = if second < insists_until { HOTTEST } else { &random };
                    if let (true, Ok((_, command))) = (connected, leases::read(message)) {
                        device.command(command, now);
                        last = Some(now);
                        outcome.commands += 1;
                    }
                }
            }
        }
        let is_on = device.tick(now);
        if is_on && !device.is_freezing() {
            assert!(connected, "no lease runs without a broker");
            assert!(
                last.is_some_and(|last| now.since(last) < LONGEST),
                "on at {second} s, after the end of every lease"
            );
        }
        if is_on && load == Load::Heat {
            assert!(read <= LIMITS.above, "heats at {read:?}");
        }
        was_on = is_on;
        today = if now.0 % domain::time::millis(DAY) == 0 { Duration::ZERO } else { today };
        today += Duration::from_secs(u64::from(is_on));
        outcome.on += Duration::from_secs(u64::from(is_on));
        outcome.worst_day = outcome.worst_day.max(today);
        outcome.warmest = outcome.warmest.max(Some(read));
        outcome.coldest = Some(outcome.coldest.map_or(read, |coldest| coldest.min(read)));
    }
    // The adversary is gone.
    let end = Millis(MONTH * 1_000);
    if device.is_freezing() {
        device.temperature(Tenths(180), end);
    }
    assert!(!device.is_on(end.after(LONGEST)));
    outcome
}

#[test]
fn month_of_hostile_commands_never_heats_above_the_hard_limit() {
    for seed in 1..=3 {
        let seen = month(Load::Heat, seed, 20, 8_000);
        assert!(seen.commands > 10_000, "{} commands got through", seen.commands);
        assert!(seen.warmest > Some(Tenths(260)), "the adversary did heat");
        assert!(seen.warmest <= Some(Tenths(271)), "{:?}", seen.warmest);
    }
}

#[test]
fn month_of_hostile_commands_keeps_the_pipes_from_freezing() {
    let seen = month(Load::Heat, 7, 20, -10_000);
    assert!(seen.coldest >= Some(Tenths(49)), "{:?}", seen.coldest);
}

#[test]
fn month_of_hostile_commands_leaves_at_worst_the_lights_on() {
    for (load, seed) in [(Load::Light, 11), (Load::Power, 12)] {
        let seen = month(load, seed, 20, 8_000);
        assert!(seen.on > DAY, "the adversary did turn it on");
        assert!(seen.worst_day <= LIMITS.daily + Duration::from_secs(1), "{:?}", seen.worst_day);
    }
}
