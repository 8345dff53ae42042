//! Actuators: who or what wants one on, by which rule, and until when.
//!
//! **Invariants.** An actuator is wanted exactly while at least one reason holds, and nobody turned it off. What a running machine
//! needs cannot be turned off. A reason has a beginning, and an end unless it lasts until something else happens.
//!
//! Not here: commands and their limits, which are [`crate::leases`].

use crate::{
    hours::{Hours, Stretch},
    leases::Tenths,
    occupations::Span,
    string_enum::string_enum,
    time::{Date, Millis},
};
use std::time::Duration;

/// The most actuators of a space.
pub const ACTUATORS: usize = 200;
/// The most rules of one actuator.
pub const RULES: usize = 20;
/// A rule begins or ends at most this many minutes before or after its occasion.
pub const OFFSET: u16 = 240;
/// The longest time for which a person turns one on or off.
pub const WISH: Duration = Duration::from_hours(12);
/// How long leases, ended tests and what people turned on by hand are stored.
pub const RETENTION: Duration = Duration::from_hours(24 * 31);
/// How far rules look ahead.
const AHEAD: i64 = 8;

string_enum! {
    /// What a rule follows.
    RuleKind {
        /// The opening hours of the space.
        Hours = "hours",
        /// The bookings of a room or machine.
        Bookings = "bookings",
        /// A machine in use.
        Machine = "machine",
    }
}

string_enum! {
    /// Who may turn one on and off by hand.
    Allowed {
        /// Everyone who may use the space.
        Members = "members",
        Managers = "managers",
    }
}

string_enum! {
    /// What wants an actuator on. Of two that last equally long, the later one is named.
    Why {
        Hours = "hours",
        /// Of a room or a machine.
        Booking = "booking",
        /// They turned it on.
        Person = "person",
        /// It is in use.
        Machine = "machine",
        /// The last lease before a test of the fallback.
        Test = "test",
    }
}

string_enum! {
    /// Whether an actuator is on.
    ActuatorState {
        On = "on",
        Off = "off",
        /// Nothing was heard of its device.
        Silent = "silent",
        /// A test of the fallback runs.
        Test = "test",
    }
}

string_enum! {
    /// How a test of the fallback ended.
    TestOutcome {
        /// The device turned itself off in time.
        Off = "off",
        /// It was still on after its lease.
        StillOn = "still-on",
        /// It was not heard.
        Silent = "silent",
        /// It was off before its lease ended, which proves nothing.
        Inconclusive = "inconclusive",
        /// A person or a machine that started stopped it.
        Stopped = "stopped",
    }
}

/// How long after the end of its lease a device may take to report that it is off.
pub const GRACE: Duration = Duration::from_secs(30);

/// How long before the end of its lease a device may report that it is off, because its clock is fast.
pub const FAST: Duration = Duration::from_secs(5);

/// How a test of the fallback ended; `None` while it goes on. `ends` is the end of the last lease, `off` since when the device has
/// reported to be off, and `reported` when it reported last.
///
/// Only a device that was on under its last lease proves that the end of the lease turns it off.
#[must_use]
pub fn test_outcome(
    ends: Millis,
    off: Option<Millis>,
    reported: Option<Millis>,
    now: Millis,
) -> Option<TestOutcome> {
    // Of a device that never reported, it is only assumed.
    match off.filter(|_| reported.is_some()) {
        Some(off) if now >= ends => {
            Some(if off < ends.before(FAST) { TestOutcome::Inconclusive } else { TestOutcome::Off })
        }
        None if now >= ends.after(GRACE) => {
            let was_heard = reported.is_some_and(|at| at >= ends);
            Some(if was_heard { TestOutcome::StillOn } else { TestOutcome::Silent })
        }
        Some(_) | None => None,
    }
}

/// When a rule turns an actuator on, relative to its occasion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offsets {
    /// Minutes before the beginning; negative is after it.
    pub before: i32,
    /// Minutes before the end; negative is after it.
    pub early: i32,
}

/// One reason to be on, and the number of what it is about: a booking, a machine, a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Want {
    pub why: Why,
    pub about: i64,
    pub starts: Millis,
    /// `None` while the occasion has no end yet.
    pub ends: Option<Millis>,
    /// For heat.
    pub target: Option<Tenths>,
}

impl Want {
    const fn holds(&self, at: Millis) -> bool {
        self.starts.0 <= at.0 && !matches!(self.ends, Some(ends) if ends.0 <= at.0)
    }

    fn lasts(&self) -> i64 {
        self.ends.map_or(i64::MAX, |ends| ends.0)
    }
}

/// What an actuator is to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// The reason that lasts longest.
    pub why: Why,
    pub about: i64,
    /// When the last reason that holds now ends.
    pub until: Option<Millis>,
    pub target: Option<Tenths>,
}

/// Who wants it at `now`, and until when; `None` to leave it off. `off` is until when it was turned off by hand.
///
/// Of several targets, that of the person counts, because they are there; then the highest.
#[must_use]
pub fn demand(wants: &[Want], off: Option<Millis>, now: Millis) -> Option<Demand> {
    let is_off = off.is_some_and(|until| now < until);
    let holding = wants.iter().filter(|want| want.holds(now) && (!is_off || want.why == Why::Machine));
    let longest = holding.clone().max_by_key(|want| (want.lasts(), want.why, -want.about))?;
    let by_hand = holding.clone().filter(|want| want.why == Why::Person).filter_map(|want| want.target).max();
    let target = by_hand.or_else(|| holding.filter_map(|want| want.target).max());
    Some(Demand { why: longest.why, about: longest.about, until: longest.ends, target })
}

/// The first reason that begins after `now`.
#[must_use]
pub fn next(wants: &[Want], now: Millis) -> Option<Want> {
    let later = wants.iter().filter(|want| want.starts > now);
    later.min_by_key(|want| (want.starts, want.why, want.about)).copied()
}

/// Why an actuator cannot be turned off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interlock {
    /// This machine needs it while it runs.
    Machine(i64),
}

/// Until when it stays off if it is turned off at `now`: until no reason of now holds any more, so that the next one counts again.
pub fn turn_off(wants: &[Want], now: Millis) -> Result<Millis, Interlock> {
    let holding = || wants.iter().filter(|want| want.holds(now));
    if let Some(machine) = holding().find(|want| want.why == Why::Machine) {
        return Err(Interlock::Machine(machine.about));
    }
    let last = holding().map(Want::lasts).max().unwrap_or(now.0);
    Ok(Millis(last.min(now.after(WISH).0)))
}

impl Offsets {
    /// When a rule with these offsets wants it for an occasion; nothing if the offsets leave nothing of it.
    #[must_use]
    pub fn apply(self, starts: Millis, ends: Option<Millis>) -> Option<(Millis, Option<Millis>)> {
        let shifted = |at: Millis, minutes: i32| Millis(at.0.saturating_sub(i64::from(minutes) * 60_000));
        let (starts, ends) = (shifted(starts, self.before), ends.map(|ends| shifted(ends, self.early)));
        ends.is_none_or(|ends| starts < ends).then_some((starts, ends))
    }
}

/// Whether a rule can follow `hours`. Without a week the space counts as always open, which is no reason to be on at night.
#[must_use]
pub fn can_follow(hours: &Hours) -> bool {
    hours.week_of().is_some()
}

/// The stretches of opening hours from the day before `today` on, joined over midnight. One that goes on beyond the days looked at
/// has no end. `instant` is as in [`Hours::opening`].
#[must_use]
pub fn open_spans(
    hours: &Hours,
    today: Date,
    instant: impl Fn(Date, u16) -> Millis,
) -> Vec<(Millis, Option<Millis>)> {
    let mut spans: Vec<Span> = Vec::new();
    for day in today.days() - 1..today.days() + AHEAD {
        let date = Date::from_days(day);
        for Stretch { from, to } in hours.on(date) {
            let next = Span { starts: instant(date, from), ends: instant(date, to) };
            match spans.last_mut() {
                Some(last) if next.starts <= last.ends => last.ends = last.ends.max(next.ends),
                _ if next.starts < next.ends => spans.push(next),
                _ => {}
            }
        }
    }
    let beyond = instant(Date::from_days(today.days() + AHEAD), 0);
    spans.into_iter().map(|span| (span.starts, (span.ends < beyond).then_some(span.ends))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::MINUTE;
    use proptest::prelude::*;

    fn at(minute: i64) -> Millis {
        Millis(minute * 60_000)
    }

    fn want(why: Why, from: i64, to: Option<i64>, target: Option<i32>) -> Want {
        Want { why, about: 1, starts: at(from), ends: to.map(at), target: target.map(Tenths) }
    }

    #[test]
    fn reason_that_lasts_longest_is_named_and_a_person_sets_the_target() {
        let hours = want(Why::Hours, 0, Some(600), Some(210));
        let booking = want(Why::Booking, 100, Some(700), Some(190));
        let person = want(Why::Person, 50, Some(120), Some(180));
        let all = [hours, booking, person];
        let found = demand(&all, None, at(110)).unwrap();
        assert_eq!((found.why, found.until, found.target), (Why::Booking, Some(at(700)), Some(Tenths(180))));
        let later = demand(&all, None, at(120)).unwrap();
        assert_eq!(later.target, Some(Tenths(210)), "the warmest of the others");
        assert_eq!(demand(&all, None, at(700)), None);
        assert_eq!(next(&all, at(60)).unwrap().why, Why::Booking);
    }

    #[test]
    fn running_machine_keeps_it_on_against_being_turned_off() {
        let hours = want(Why::Hours, 0, Some(600), None);
        let machine = want(Why::Machine, 10, None, None);
        assert_eq!(turn_off(&[hours, machine], at(20)), Err(Interlock::Machine(1)));
        assert_eq!(demand(&[hours, machine], Some(at(600)), at(20)).unwrap().why, Why::Machine);
        assert_eq!(turn_off(&[hours], at(20)), Ok(at(600)), "the hours of today, not those of tomorrow");
        assert_eq!(demand(&[hours], Some(at(600)), at(20)), None);
    }

    #[test]
    fn turning_off_without_an_end_lasts_half_a_day() {
        let always = want(Why::Hours, 0, None, None);
        assert_eq!(turn_off(&[always], at(5)), Ok(at(5).after(WISH)));
        assert_eq!(turn_off(&[], at(5)), Ok(at(5)));
    }

    #[test]
    fn only_a_device_that_was_on_under_its_last_lease_proves_the_fallback() {
        let ends = at(15);
        let outcome = |off: Option<Millis>, now| test_outcome(ends, off, off, now);
        assert_eq!(outcome(Some(ends), ends), Some(TestOutcome::Off));
        assert_eq!(outcome(Some(ends.before(FAST)), ends), Some(TestOutcome::Off), "its clock is fast");
        assert_eq!(
            outcome(Some(at(10)), ends),
            Some(TestOutcome::Inconclusive),
            "warm enough, or turned off there"
        );
        assert_eq!(outcome(Some(at(10)), at(14)), None, "it may turn on again");
        assert_eq!(outcome(None, ends), None, "it has a moment to report");
        let late = ends.after(GRACE);
        assert_eq!(outcome(None, late), Some(TestOutcome::Silent));
        assert_eq!(
            test_outcome(ends, None, Some(at(14)), late),
            Some(TestOutcome::Silent),
            "since the lease ended"
        );
        assert_eq!(test_outcome(ends, Some(at(0)), None, late), Some(TestOutcome::Silent), "never");
        assert_eq!(test_outcome(ends, None, Some(ends), late), Some(TestOutcome::StillOn));
    }

    #[test]
    fn offsets_move_both_ends_and_may_leave_nothing() {
        let (start, end) = (at(600), Some(at(660)));
        assert_eq!(Offsets { before: 30, early: 30 }.apply(start, end), Some((at(570), Some(at(630)))));
        assert_eq!(Offsets { before: 0, early: -5 }.apply(start, end), Some((at(600), Some(at(665)))));
        assert_eq!(Offsets { before: -30, early: 30 }.apply(start, end), None);
        assert_eq!(Offsets { before: 10, early: 0 }.apply(start, None), Some((at(590), None)));
    }

    #[test]
    fn opening_hours_are_joined_over_midnight_and_endless_without_a_week() {
        let instant = |date: Date, minute: u16| at(date.days() * 1_440 + i64::from(minute));
        let today = Date::from_days(20_000);
        let always = open_spans(&Hours::default(), today, instant);
        assert_eq!(always, [(instant(Date::from_days(19_999), 0), None)]);
        let mut hours = Hours::default();
        assert!(!can_follow(&hours), "no rule follows them");
        for weekday in 0..7 {
            for (from, to) in [(0, 120), (1_200, 1_440)] {
                let hours_of_day = Stretch { from, to };
                let scope = crate::settings::Scope::Space;
                hours.weekly.push(crate::hours::Weekly { scope, weekday, hours: hours_of_day });
            }
        }
        assert!(can_follow(&hours));
        let spans = open_spans(&hours, today, instant);
        let evening = (instant(Date::from_days(19_999), 1_200), Some(instant(today, 120)));
        assert_eq!(spans.get(1), Some(&evening), "one stretch from the evening into the night");
    }

    fn any_want() -> impl Strategy<Value = Want> {
        let why = prop::sample::select(vec![Why::Hours, Why::Booking, Why::Person, Why::Machine]);
        (why, 0_i64..5, 0_i64..200, prop::option::of(1_i64..200), prop::option::of(50_i32..300)).prop_map(
            |(why, about, from, length, target)| Want {
                why,
                about,
                starts: at(from),
                ends: length.map(|length| at(from + length)),
                target: target.map(Tenths),
            },
        )
    }

    proptest! {
        #[test]
        fn actuator_is_on_exactly_while_wanted_and_not_turned_off(
            wants in prop::collection::vec(any_want(), 0..6), off in prop::option::of(0_i64..400), now in 0_i64..400,
        ) {
            let (off, now) = (off.map(at), at(now));
            let is_off = off.is_some_and(|until| now < until);
            let counts = |want: &&Want| {
                let holds = want.starts <= now && want.ends.is_none_or(|ends| now < ends);
                holds && (!is_off || want.why == Why::Machine)
            };
            let found = demand(&wants, off, now);
            prop_assert_eq!(found.is_some(), wants.iter().any(|want| counts(&want)));
            if let Some(found) = found {
                let named = |want: &&Want| want.why == found.why && want.about == found.about && want.ends == found.until;
                prop_assert!(wants.iter().filter(counts).any(|want| named(&want)), "it names a reason that holds");
                for other in wants.iter().filter(counts) {
                    prop_assert!(found.until.is_none_or(|until| other.ends.is_some_and(|ends| ends <= until)));
                }
                // It stays on until then, without asking again.
                if let Some(until) = found.until {
                    prop_assert!(demand(&wants, off, Millis(until.0 - 1)).is_some());
                }
                let targets: Vec<_> = wants.iter().filter(counts).filter_map(|want| want.target).collect();
                prop_assert_eq!(found.target.is_some(), !targets.is_empty());
                prop_assert!(found.target.is_none_or(|target| targets.contains(&target)));
            }
        }

        #[test]
        fn turned_off_stays_off_until_a_later_reason(
            wants in prop::collection::vec(any_want(), 0..6), now in 0_i64..400,
        ) {
            let now = at(now);
            match turn_off(&wants, now) {
                Ok(until) => {
                    prop_assert!(demand(&wants, Some(until), now).is_none() || until == now);
                    prop_assert!(until <= now.after(WISH));
                    // A reason that holds after that began later, unless it lasts for more than half a day.
                    let after = until.after(MINUTE);
                    let again = wants.iter().filter(|want| want.holds(after) && want.starts <= now);
                    prop_assert!(again.clone().all(|want| want.ends.is_none()) || until < at(0));
                }
                Err(Interlock::Machine(machine)) => {
                    prop_assert!(wants.iter().any(|want| want.why == Why::Machine && want.about == machine));
                }
            }
        }

        #[test]
        fn next_reason_is_the_first_later_one(wants in prop::collection::vec(any_want(), 0..6), now in 0_i64..400) {
            let first = wants.iter().map(|want| want.starts).filter(|starts| *starts > at(now)).min();
            prop_assert_eq!(next(&wants, at(now)).map(|want| want.starts), first);
        }
    }
}
