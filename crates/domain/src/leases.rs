//! Leases: what an actuator is to do and until when, and what its device does when it hears nothing.
//!
//! **Invariants.** Every command is a lease of at most [`LONGEST`], by the server and by the device: without the next one the
//! device falls back. Hard limits are facts of the device; no command changes them. A device counts time since it heard a command, by
//! a clock of its own that no message sets.
//!
//! Not here: why something is wanted (schedules, bookings, people), which is [`crate::actuators`].

mod command;
mod device;
mod order;
mod report;

pub use command::{InvalidCommand, MOST_BYTES, read, write};
pub use device::{BLIND, Device, FROST_BAND, HardLimits, PLAUSIBLE};
pub use order::{Answer, Order, answer, order};
pub use report::{Report, ReportedLimits, UnreadableReport};

use crate::{string_enum::string_enum, time::Millis};
use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};

/// The longest lease.
pub const LONGEST: Duration = Duration::from_mins(15);
/// A lease that is still wanted is renewed when no more than this is left of it.
pub const RENEW: Duration = Duration::from_mins(5);

string_enum! {
    /// What an actuator switches.
    Load {
        Heat = "heat",
        Light = "light",
        Power = "power",
    }
}

/// Tenths of a degree Celsius.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
pub struct Tenths(pub i32);

impl Tenths {
    /// The lowest and the highest temperature that people can ask for.
    pub const ASKED: std::ops::RangeInclusive<i32> = 50..=350;

    /// Parses degrees as people write them, `21`, `21.5` or `21,5`, within [`Tenths::ASKED`].
    #[must_use]
    pub fn parse(input: &str) -> Option<Self> {
        let input = input.trim().trim_end_matches("°C").trim_end();
        let (whole, part) = input.split_once(['.', ',']).unwrap_or((input, "0"));
        let is_number = |text: &str, most: usize| {
            (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !is_number(whole, 3) || !is_number(part, 1) {
            return None;
        }
        let tenths = whole.parse::<i32>().ok()? * 10 + part.parse::<i32>().ok()?;
        Self::ASKED.contains(&tenths).then_some(Self(tenths))
    }
}

impl fmt::Display for Tenths {
    /// Degrees, without a zero behind the point.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.unsigned_abs() / 10, self.0.unsigned_abs() % 10);
        if part == 0 { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{part}") }
    }
}

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

impl Command {
    /// The rest of it `late` after it was granted, in whole seconds; `None` if it is over. To be off has no end.
    #[must_use]
    pub fn left(self, late: Duration) -> Option<Self> {
        if !self.on {
            return Some(self);
        }
        let length = self.length.saturating_sub(Duration::from_secs(late.as_secs()));
        (!length.is_zero()).then_some(Self { length, ..self })
    }
}

/// Why a command is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RefusedCommand {
    /// Longer than [`LONGEST`], or without any length.
    Length,
    /// Warmer than the limit, which is given.
    TooWarm(Tenths),
    /// A target for something that does not heat, or heat without one.
    Target,
    /// It was on for as long as it may be today; the limit is given in minutes.
    Daily(u16),
    /// It is at least as warm as the limit already; the reading is given.
    Hot(Tenths),
    /// Warmer than its device lets it become; the temperature is given above which it cuts itself off.
    CutOff(Tenths),
}

impl RefusedCommand {
    /// All codes, in the order of the variants.
    pub const CODES: [&'static str; 6] = ["length", "too-warm", "target", "daily", "hot", "cut-off"];

    /// Its code, for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::TooWarm(_) => "too-warm",
            Self::Target => "target",
            Self::Daily(_) => "daily",
            Self::Hot(_) => "hot",
            Self::CutOff(_) => "cut-off",
        }
    }

    /// Its place in [`Self::CODES`].
    #[must_use]
    pub const fn place(self) -> usize {
        match self {
            Self::Length => 0,
            Self::TooWarm(_) => 1,
            Self::Target => 2,
            Self::Daily(_) => 3,
            Self::Hot(_) => 4,
            Self::CutOff(_) => 5,
        }
    }
}

/// Facts about an actuator when a command is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtSending {
    /// For how long it was on today.
    pub on_today: Duration,
    /// The temperature where it heats, if a recent reading says so.
    pub temperature: Option<Tenths>,
    /// Above this its device cuts itself off, if it reported so.
    pub cut_off: Option<Tenths>,
}

/// The cut-off of a device, if it is known and `asked` is above it.
#[must_use]
pub fn cut_off_below(asked: Option<Tenths>, cut_off: Option<Tenths>) -> Option<Tenths> {
    cut_off.filter(|limit| asked.is_some_and(|asked| asked > *limit))
}

/// The end of the lease that `command` is, if it may be sent at `now`; otherwise all reasons against it.
pub fn admit(
    load: Load,
    limits: Limits,
    command: Command,
    known: AtSending,
    now: Millis,
) -> Result<Millis, Vec<RefusedCommand>> {
    let mut against = Vec::new();
    if command.length.is_zero() || command.length > LONGEST {
        against.push(RefusedCommand::Length);
    }
    if command.on {
        if (load == Load::Heat) != command.target.is_some() {
            against.push(RefusedCommand::Target);
        }
        if command.target.is_some_and(|target| target > limits.warmest) {
            against.push(RefusedCommand::TooWarm(limits.warmest));
        }
        if let Some(limit) = cut_off_below(command.target, known.cut_off) {
            against.push(RefusedCommand::CutOff(limit));
        }
        if let Some(read) = known.temperature.filter(|read| load == Load::Heat && *read >= limits.warmest) {
            against.push(RefusedCommand::Hot(read));
        }
        if known.on_today + command.length > limits.daily {
            against.push(RefusedCommand::Daily(minutes(limits.daily)));
        }
    }
    if against.is_empty() { Ok(now.after(command.length)) } else { Err(against) }
}

/// Whole minutes of `length`.
#[must_use]
pub fn minutes(length: Duration) -> u16 {
    u16::try_from(length.as_secs() / 60).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{HOUR, MINUTE};
    use proptest::prelude::*;

    const LIMITS: Limits = Limits { warmest: Tenths(250), daily: Duration::from_hours(14) };
    const COLD: AtSending = AtSending { on_today: Duration::ZERO, temperature: Some(Tenths(180)), cut_off: None };

    fn on(target: i32, length: Duration) -> Command {
        Command { on: true, target: Some(Tenths(target)), length }
    }

    #[test]
    fn late_command_has_the_rest_of_its_length() {
        let late = |ms| on(210, MINUTE).left(Duration::from_millis(ms));
        assert_eq!(late(999), Some(on(210, MINUTE)));
        assert_eq!(late(1_000), Some(on(210, Duration::from_secs(59))));
        assert_eq!((late(60_000), late(900_000)), (None, None));
        let off = Command { on: false, target: None, length: MINUTE };
        assert_eq!(off.left(HOUR), Some(off));
    }

    #[test]
    fn commands_outside_the_limits_are_refused() {
        let admit = |load, command, known| admit(load, LIMITS, command, known, Millis(0));
        assert_eq!(admit(Load::Heat, on(210, LONGEST), COLD), Ok(Millis(0).after(LONGEST)));
        assert_eq!(admit(Load::Heat, on(210, MINUTE * 16), COLD), Err(vec![RefusedCommand::Length]));
        assert_eq!(admit(Load::Heat, on(210, Duration::ZERO), COLD), Err(vec![RefusedCommand::Length]));
        assert_eq!(admit(Load::Heat, on(280, LONGEST), COLD), Err(vec![RefusedCommand::TooWarm(Tenths(250))]));
        assert_eq!(admit(Load::Light, on(210, LONGEST), COLD), Err(vec![RefusedCommand::Target]));
        let long = AtSending { on_today: HOUR * 14, ..COLD };
        assert_eq!(admit(Load::Heat, on(210, LONGEST), long), Err(vec![RefusedCommand::Daily(840)]));
        let hot = AtSending { temperature: Some(Tenths(255)), ..COLD };
        assert_eq!(admit(Load::Heat, on(210, LONGEST), hot), Err(vec![RefusedCommand::Hot(Tenths(255))]));
        let cut_off = AtSending { cut_off: Some(Tenths(200)), ..COLD };
        assert!(admit(Load::Heat, on(200, LONGEST), cut_off).is_ok(), "it cuts itself off only above");
        assert_eq!(admit(Load::Heat, on(201, LONGEST), cut_off), Err(vec![RefusedCommand::CutOff(Tenths(200))]));
        let light = Command { on: true, target: None, length: LONGEST };
        assert!(admit(Load::Light, light, hot).is_ok(), "light warms nothing");
        let off = Command { on: false, target: None, length: LONGEST };
        assert!(
            admit(Load::Heat, off, AtSending { on_today: HOUR * 20, ..hot }).is_ok(),
            "off is always possible"
        );
    }

    #[test]
    fn each_refusal_has_its_code_in_its_place() {
        let all = [
            RefusedCommand::Length,
            RefusedCommand::TooWarm(Tenths(250)),
            RefusedCommand::Target,
            RefusedCommand::Daily(840),
            RefusedCommand::Hot(Tenths(255)),
            RefusedCommand::CutOff(Tenths(270)),
        ];
        assert_eq!(all.map(RefusedCommand::code), RefusedCommand::CODES);
        assert_eq!(all.map(RefusedCommand::place), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn degrees_are_read_as_people_write_them() {
        for (input, expected) in [
            ("21", Some(210)),
            (" 21.5 ", Some(215)),
            ("21,5 °C", Some(215)),
            ("5", Some(50)),
            ("4.9", None),
            ("35.1", None),
            ("-5", None),
            ("21.55", None),
            ("warm", None),
            ("", None),
        ] {
            assert_eq!(Tenths::parse(input), expected.map(Tenths), "{input}");
        }
        assert_eq!([Tenths(215), Tenths(210), Tenths(-5)].map(|one| one.to_string()), ["21.5", "21", "-0.5"]);
    }

    #[test]
    fn refusal_lists_all_reasons() {
        let known = AtSending { on_today: HOUR * 14, temperature: Some(Tenths(260)), cut_off: Some(Tenths(270)) };
        let refused = admit(Load::Heat, LIMITS, on(280, HOUR), known, Millis(0)).unwrap_err();
        assert_eq!(
            refused,
            [
                RefusedCommand::Length,
                RefusedCommand::TooWarm(Tenths(250)),
                RefusedCommand::CutOff(Tenths(270)),
                RefusedCommand::Hot(Tenths(260)),
                RefusedCommand::Daily(840),
            ]
        );
    }

    proptest! {
        #[test]
        fn admitted_commands_are_within_all_limits(
            target in prop::option::of(-500_i32..2_000), seconds in 0_u64..2_000, today in 0_u64..90_000,
            read in prop::option::of(-300_i32..600), cut_off in prop::option::of(-300_i32..600), is_on: bool,
            load in 0_usize..3,
        ) {
            let load = Load::ALL[load];
            let command = Command { on: is_on, target: target.map(Tenths), length: Duration::from_secs(seconds) };
            let known = AtSending {
                on_today: Duration::from_secs(today),
                temperature: read.map(Tenths),
                cut_off: cut_off.map(Tenths),
            };
            if let Ok(until) = admit(load, LIMITS, command, known, Millis(0)) {
                prop_assert!(until > Millis(0) && until <= Millis(0).after(LONGEST));
                if is_on {
                    prop_assert_eq!(load == Load::Heat, command.target.is_some());
                    prop_assert!(command.target.is_none_or(|target| target <= LIMITS.warmest));
                    if let (Some(target), Some(cut_off)) = (command.target, known.cut_off) {
                        prop_assert!(target <= cut_off);
                    }
                    prop_assert!(known.on_today + command.length <= LIMITS.daily);
                }
            }
        }
    }
}
