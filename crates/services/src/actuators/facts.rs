//! Facts about all actuators at one instant, and what follows for each: who wants it, and which command is due.
//!
//! Not here: writing and sending it ([`super::sending`]).

use domain::{
    actuators::{self, Demand, Offsets, RuleKind, Want, Why},
    hours::Hours,
    id::{ActuatorId, AliasId, MachineId},
    leases::{self, AtSending, Command, LONGEST, Limits, Load, RENEW, RefusedCommand, ReportedLimits},
    occupations::Span,
    time::{MINUTE, Millis},
    zone::Zone,
};
use std::time::Duration;
use store::{
    SqliteConnection, StoreError,
    actuators::{self as rows, Occasion, StoredActuator, StoredRule, StoredWish, TestRow},
    hours,
};

/// A device that says it has no lease, although it was sent one, gets another after this.
const AGAIN: Duration = Duration::from_secs(30);
/// A reading older than this says nothing about the temperature now.
const FRESH: Duration = Duration::from_mins(15);
/// A refusal is on record again after this.
const REPEAT_REFUSAL: Duration = LONGEST;

/// Everything that decides about actuators.
pub(super) struct Facts {
    pub now: Millis,
    pub zone: Zone,
    pub actuators: Vec<StoredActuator>,
    pub rules: Vec<StoredRule>,
    pub wishes: Vec<StoredWish>,
    pub occasions: Vec<Occasion>,
    pub tests: Vec<TestRow>,
    pub hours: Hours,
}

/// The next step for an actuator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Keep,
    Send(Command, Demand),
    /// Nothing wants it any more, or it is too warm.
    Off,
    Refuse(Command, Demand, Vec<RefusedCommand>),
}

/// Loads everything in as many statements for many actuators as for one.
pub(super) async fn load(conn: &mut SqliteConnection, zone: Zone, now: Millis) -> Result<Facts, StoreError> {
    let today = zone.moment(now).wall().date;
    Ok(Facts {
        now,
        zone,
        actuators: rows::list(conn).await?,
        rules: rows::rules(conn).await?,
        wishes: rows::wishes(conn, now).await?,
        occasions: rows::occasions(conn, now).await?,
        tests: rows::open_tests(conn).await?,
        hours: hours::hours_of(conn, None, None, today.days() - 1).await?,
    })
}

impl Facts {
    pub fn rules_of(&self, actuator: ActuatorId) -> impl Iterator<Item = &StoredRule> {
        self.rules.iter().filter(move |rule| rule.actuator == actuator)
    }

    pub fn test_of(&self, actuator: ActuatorId) -> Option<&TestRow> {
        self.tests.iter().find(|test| test.actuator == actuator)
    }

    /// Whether a machine that runs needs it now.
    fn is_needed_by_machine(&self, actuator: &StoredActuator) -> bool {
        actuators::turn_off(&self.wants(actuator), self.now).is_err()
    }

    /// The tests of actuators that a machine needs, which started after the test.
    pub fn tests_to_stop(&self) -> impl Iterator<Item = &TestRow> {
        self.tests.iter().filter(move |test| {
            let actuator = self.actuators.iter().find(|one| one.id == test.actuator);
            actuator.is_some_and(|one| self.is_needed_by_machine(one))
        })
    }

    /// The wish that a demand names.
    pub fn wish_of(&self, demand: &Demand) -> Option<&StoredWish> {
        self.wishes.iter().find(|wish| demand.why == Why::Person && wish.id.0 == demand.about)
    }

    /// The title of the event for which a demand is, if it is for one.
    pub fn title_of(&self, demand: &Demand) -> Option<&str> {
        let at = usize::try_from(demand.about).ok().filter(|_| demand.why == Why::Booking)?;
        self.occasions.get(at)?.title.as_deref()
    }

    /// The name of the machine whose use wants it.
    pub fn machine_name(&self, machine: i64) -> Option<&str> {
        let rule = self.rules.iter().find(|rule| rule.machine == Some(MachineId(machine)));
        rule?.about.as_deref()
    }

    /// All reasons to have an actuator on, yesterday to in a week.
    pub fn wants(&self, actuator: &StoredActuator) -> Vec<Want> {
        let mut wants = Vec::new();
        for rule in self.rules_of(actuator.id) {
            match rule.kind {
                RuleKind::Hours if !actuators::can_follow(&self.hours) => {}
                RuleKind::Hours => {
                    let today = self.zone.moment(self.now).wall().date;
                    let instant = |date, minute| self.zone.instant(date, minute);
                    for (starts, ends) in actuators::open_spans(&self.hours, today, instant) {
                        wants.extend(want(Why::Hours, 0, rule, (starts, ends)));
                    }
                }
                RuleKind::Bookings => wants.extend(self.following(rule, Why::Booking)),
                RuleKind::Machine => wants.extend(self.following(rule, Why::Machine)),
            }
        }
        let by_hand = self.wishes.iter().filter(|wish| wish.actuator == actuator.id);
        wants.extend(by_hand.map(|wish| Want {
            why: Why::Person,
            about: wish.id.0,
            starts: wish.starts,
            ends: Some(wish.ends),
            target: wish.target,
        }));
        wants
    }

    fn following<'a>(&'a self, rule: &'a StoredRule, why: Why) -> impl Iterator<Item = Want> + 'a {
        let is_about = |occasion: &Occasion| {
            (rule.room.is_some() && occasion.room == rule.room)
                || (rule.machine.is_some() && occasion.machine == rule.machine)
        };
        let all = self.occasions.iter().enumerate();
        all.filter(move |(_, one)| is_about(one) && one.is_use == (why == Why::Machine)).filter_map(
            move |(at, occasion)| {
                let machine = rule.machine.filter(|_| why == Why::Machine).map(|machine| machine.0);
                let about = machine.unwrap_or_else(|| i64::try_from(at).unwrap_or(i64::MAX));
                want(why, about, rule, (occasion.starts, occasion.ends))
            },
        )
    }

    /// What wants it now.
    pub fn demand(&self, actuator: &StoredActuator) -> Option<Demand> {
        actuators::demand(&self.wants(actuator), actuator.off_until, self.now)
    }

    /// What to do about it. `on_today` is how long it was on today.
    pub fn step(&self, actuator: &StoredActuator, on_today: Duration) -> Step {
        if self.test_of(actuator.id).is_some() {
            return Step::Keep;
        }
        let runs = is_leased(actuator, self.now);
        let Some(demand) = self.demand(actuator) else {
            return if runs { Step::Off } else { Step::Keep };
        };
        let command = command(actuator, &demand, self.now);
        if command.length.is_zero() || (runs && !self.is_due(actuator, &command)) {
            return Step::Keep;
        }
        match leases::admit(actuator.load, limits(actuator), command, self.known(actuator, on_today), self.now) {
            Ok(_) => Step::Send(command, demand),
            Err(reasons) if runs && reasons.iter().any(|one| matches!(one, RefusedCommand::Hot(_))) => Step::Off,
            Err(_) if actuator.refused_at.is_some_and(|at| self.now.since(at) < REPEAT_REFUSAL) => Step::Keep,
            Err(reasons) => Step::Refuse(command, demand, reasons),
        }
    }

    /// Whether a running lease is to be renewed or replaced.
    fn is_due(&self, actuator: &StoredActuator, command: &Command) -> bool {
        let left = actuator.lease_ends.map_or(Duration::ZERO, |ends| ends.since(self.now));
        let is_lost = actuator.is_idle && actuator.lease_sent.is_some_and(|at| self.now.since(at) >= AGAIN);
        // The last lease ends with what wants it.
        let is_short = left <= RENEW && command.length > left + Duration::from_secs(1);
        is_lost || is_short || actuator.lease_target != command.target
    }

    /// Facts about it for a command.
    pub fn known(&self, actuator: &StoredActuator, on_today: Duration) -> AtSending {
        let is_fresh = actuator.reported.is_some_and(|at| self.now.since(at) <= FRESH);
        AtSending {
            on_today,
            temperature: actuator.temperature.filter(|_| is_fresh),
            cut_off: reported_limits(actuator).map(|limits| limits.above),
        }
    }

    /// The person who wants it, for the log.
    pub fn by(&self, demand: &Demand) -> Option<AliasId> {
        self.wish_of(demand).and_then(|wish| wish.by)
    }
}

fn want(why: Why, about: i64, rule: &StoredRule, (starts, ends): (Millis, Option<Millis>)) -> Option<Want> {
    let offsets: Offsets = rule.offsets();
    let (starts, ends) = offsets.apply(starts, ends)?;
    Some(Want { why, about, starts, ends, target: rule.target })
}

/// Whether its last lease says to be on and runs.
pub(super) fn is_leased(actuator: &StoredActuator, now: Millis) -> bool {
    actuator.lease_on == Some(true) && actuator.lease_ends.is_some_and(|ends| now < ends)
}

/// The limits that its device reported last.
pub(super) fn reported_limits(actuator: &StoredActuator) -> Option<ReportedLimits> {
    actuator.limits.as_deref().and_then(|limits| serde_json::from_str(limits).ok())
}

pub(super) fn limits(actuator: &StoredActuator) -> Limits {
    Limits { warmest: actuator.warmest, daily: MINUTE * u32::from(actuator.daily) }
}

/// The command of a demand, no longer than a lease and not beyond the demand.
pub(super) fn command(actuator: &StoredActuator, demand: &Demand, now: Millis) -> Command {
    let wanted = demand.until.map_or(LONGEST, |until| until.since(now).min(LONGEST));
    let target = demand.target.or(actuator.target).filter(|_| actuator.load == Load::Heat);
    Command { on: true, target, length: Duration::from_secs(wanted.as_secs()) }
}

/// When leases had an actuator on within `within`: each until the next one, or its end.
pub(super) fn on_spans(sent: &[(Millis, Millis, bool)], within: Span) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for (at, (starts, ends, on)) in sent.iter().enumerate() {
        let next = sent.get(at + 1).map_or(*ends, |(next, ..)| *next);
        let span = Span { starts: (*starts).max(within.starts), ends: next.min(*ends).min(within.ends) };
        if !*on || span.starts >= span.ends {
            continue;
        }
        match spans.last_mut() {
            Some(last) if last.ends >= span.starts => last.ends = last.ends.max(span.ends),
            _ => spans.push(span),
        }
    }
    spans
}

/// The length of all spans.
pub(super) fn total(spans: &[Span]) -> Duration {
    spans.iter().map(|span| span.ends.since(span.starts)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_on_counts_renewed_leases_once_and_ends_with_the_lease() {
        let at = |minute: i64| Millis(minute * 60_000);
        let day = Span { starts: at(5), ends: at(100) };
        let sent = [
            (at(0), at(15), true),
            (at(10), at(25), true),
            (at(20), at(20), false),
            (at(40), at(55), true),
            (at(95), at(110), true),
        ];
        let spans = on_spans(&sent, day);
        let expected = [(5, 20), (40, 55), (95, 100)].map(|(from, to)| Span { starts: at(from), ends: at(to) });
        assert_eq!(spans, expected);
        assert_eq!(total(&spans), MINUTE * 35);
    }
}
