//! Actuators as pages and programs see them.
//!
//! **Invariant.** Who wants one on is named to themselves and to those who manage the building only.

use super::{
    facts::{Facts, command, is_leased, limits, reported_limits},
    sending::on_today,
};
use crate::{Ctx, meters::last_heard};
use contract::actuators::{ActuatorPage, ActuatorView, LeaseView, Quarters, RuleView, TestView, TimeChoice};
use domain::{
    actor::{Actor, Permission, Target},
    actuators::{self, ActuatorState, Allowed, Demand, Interlock, Want, Why},
    building_devices::is_silent,
    hours::Opening,
    id::ActuatorId,
    leases::{self, Command, Load, RefusedCommand},
    occupations::Span,
    time::{DAY, Date, HOUR, MINUTE, Millis},
    zone::Zone,
};
use std::time::Duration;
use store::{
    SqliteConnection, StoreError,
    actuators::{self as rows, LeaseRow, StoredActuator, StoredRule, TestRow},
};

/// Leases on an actuator's page.
const NEWEST: u32 = 12;
/// Leases of a list, which are those of a month.
const MOST: u32 = 10_000;
/// Hours to choose from.
const HOURS: [u8; 3] = [1, 2, 4];

fn may_manage(actor: &Actor) -> bool {
    actor.may(Permission::ManageBuilding, Target::NONE)
}

/// When its device was last heard, and whether it is silent.
fn heard(ctx: &Ctx, row: &StoredActuator, now: Millis) -> (Option<Millis>, bool) {
    let (heard, offline) = last_heard(ctx, row.device, (row.heard, row.offline));
    (heard, is_silent(heard, offline, now))
}

fn state(facts: &Facts, row: &StoredActuator, silent: bool) -> ActuatorState {
    if facts.test_of(row.id).is_some() {
        return ActuatorState::Test;
    }
    // One with a lease may be on, until the device says that it is not.
    let is_on = match row.is_on {
        Some(on) if row.reported >= row.lease_sent => on || is_leased(row, facts.now),
        _ => is_leased(row, facts.now),
    };
    match (is_on, silent && row.heard.is_some()) {
        (_, true) => ActuatorState::Silent,
        (true, false) => ActuatorState::On,
        (false, false) => ActuatorState::Off,
    }
}

pub(super) fn view(ctx: &Ctx, actor: &Actor, facts: &Facts, row: &StoredActuator) -> ActuatorView {
    let now = facts.now;
    let wants = facts.wants(row);
    let demand = actuators::demand(&wants, row.off_until, now);
    let (heard, silent) = heard(ctx, row, now);
    let wish = demand.as_ref().and_then(|demand| facts.wish_of(demand));
    let own = wish.is_some_and(|wish| wish.person.is_some() && wish.person == actor.person());
    let is_manager = may_manage(actor);
    let wanted_by = demand.as_ref().and_then(|demand| match demand.why {
        Why::Person => wish.and_then(|wish| wish.name.clone()).filter(|_| own || is_manager),
        Why::Machine => facts.machine_name(demand.about).map(str::to_owned),
        Why::Booking => facts.title_of(demand).map(str::to_owned),
        Why::Hours | Why::Test => None,
    });
    let next =
        actuators::next(&wants, row.off_until.map_or(now, |until| until.max(now))).filter(|_| demand.is_none());
    let interlock = actuators::turn_off(&wants, now).err();
    let may_switch = actor.may(Permission::SwitchActuators, Target::NONE);
    ActuatorView {
        id: row.id,
        version: row.version,
        name: row.name.clone(),
        load: row.load,
        device: row.device,
        device_name: row.device_name.clone(),
        allowed: row.allowed,
        state: state(facts, row, silent),
        why: demand.map(|demand| demand.why),
        wanted_by,
        own,
        until: demand.and_then(|demand| demand.until).map(|at| ctx.moment(at)),
        lease_ends: row.lease_ends.filter(|_| row.lease_on == Some(true)).map(|at| ctx.moment(at)),
        next: next.map(|want| ctx.moment(want.starts)),
        next_why: next.map(|want| want.why),
        off_until: row.off_until.filter(|until| now < *until).map(|at| ctx.moment(at)),
        target: demand.and_then(|demand| demand.target).or(row.target),
        temperature: row.temperature,
        cut_off: reported_limits(row).map(|limits| limits.above).filter(|_| row.load == Load::Heat),
        tripped: row.tripped,
        heard: heard.map(|at| ctx.moment(at)),
        interlock: interlock
            .and_then(|Interlock::Machine(machine)| facts.machine_name(machine).map(str::to_owned)),
        may_switch: may_switch && (row.allowed == Allowed::Members || is_manager),
    }
}

/// The quarters of `day` in which `span` begins and ends, by the clocks.
fn quarters(zone: Zone, day: Span, span: Span) -> Quarters {
    let quarter = |at: Millis| match zone.moment(at).wall() {
        _ if at < day.starts => 0,
        _ if at >= day.ends => 96,
        wall => wall.hour * 4 + wall.minute / 15,
    };
    let (from, to) = (quarter(span.starts), quarter(Millis(span.ends.0.saturating_add(899_999))));
    // Within an hour that is repeated, it may end at an earlier time than it begins.
    (from, to.max(from))
}

pub(super) async fn page(
    ctx: &Ctx,
    actor: &Actor,
    conn: &mut SqliteConnection,
    facts: &Facts,
    row: &StoredActuator,
) -> Result<ActuatorPage, StoreError> {
    let (now, zone) = (facts.now, facts.zone);
    let today = zone.moment(now).wall().date;
    let midnight = zone.start_of(today);
    let day = Span { starts: midnight, ends: zone.start_of(Date::from_days(today.days() + 1)) };
    let (length, held) = on_today(conn, row, zone, now).await?;
    let leases = rows::leases_of(conn, row.id, now.before(DAY), MOST).await?;
    let is_today = |lease: &&LeaseRow| lease.sent >= midnight;
    let count =
        |refused: bool| leases.iter().filter(is_today).filter(|one| one.refused.is_empty() != refused).count();
    let tests = rows::last_tests(conn, row.id).await?;
    let wanted = wanted_today(&facts.wants(row), day);
    let gaps = wanted.iter().flat_map(|(span, _)| gaps(*span, &held, now));
    let quarter = |span: Span| quarters(zone, day, span);
    Ok(ActuatorPage {
        now: ctx.moment(now),
        actuator: view(ctx, actor, facts, row),
        quarter: quarter(Span { starts: now, ends: now }).0,
        out: gaps.map(quarter).collect(),
        wanted: wanted.iter().map(|(span, why)| (quarter(*span), *why)).collect(),
        held: held.iter().map(|span| quarter(*span)).collect(),
        rules: facts.rules_of(row.id).map(rule_view).collect(),
        sent_today: u32::try_from(count(false)).unwrap_or(u32::MAX),
        refused_today: u32::try_from(count(true)).unwrap_or(u32::MAX),
        leases: leases.into_iter().take(NEWEST as usize).map(|lease| lease_view(ctx, actor, lease)).collect(),
        usual: row.target,
        warmest: (row.load == Load::Heat).then_some(row.warmest),
        daily: row.daily,
        on_today: leases::minutes(length),
        limits: reported_limits(row),
        refusals: refusals(facts, row, length),
        times: times(ctx, facts),
        test: tests.iter().find(|test| test.ended.is_none()).map(|test| test_view(ctx, test)),
        last_test: tests.iter().find(|test| test.ended.is_some()).map(|test| test_view(ctx, test)),
        may_manage: may_manage(actor),
    })
}

/// When it is wanted today, each stretch once.
fn wanted_today(wants: &[Want], day: Span) -> Vec<(Span, Why)> {
    let mut spans: Vec<_> = wants
        .iter()
        .map(|want| {
            let ends = want.ends.unwrap_or(day.ends).min(day.ends);
            (Span { starts: want.starts.max(day.starts), ends }, want.why)
        })
        .filter(|(span, _)| span.starts < span.ends)
        .collect();
    spans.sort_unstable();
    let mut joined: Vec<(Span, Why)> = Vec::new();
    for (span, why) in spans {
        let begins = joined.last().map_or(span.starts, |(last, _)| last.ends.max(span.starts));
        match joined.last_mut() {
            Some((last, _)) if span.ends <= last.ends => {}
            Some((last, same)) if *same == why && begins == last.ends => last.ends = span.ends,
            _ => joined.push((Span { starts: begins, ends: span.ends }, why)),
        }
    }
    joined
}

/// The parts of `span` until now in which it was not on, of ten minutes and more.
fn gaps(span: Span, held: &[Span], now: Millis) -> Vec<Span> {
    let past = Span { starts: span.starts, ends: span.ends.min(now) };
    let mut rest = if past.starts < past.ends { vec![past] } else { Vec::new() };
    for on in held {
        rest = rest.into_iter().flat_map(|part| part.without(*on)).collect();
    }
    rest.retain(|part| part.ends.since(part.starts) >= MINUTE * 10);
    rest
}

/// Why it cannot be turned on now, at its usual temperature.
fn refusals(facts: &Facts, row: &StoredActuator, on_today: Duration) -> Vec<RefusedCommand> {
    let wanted = Demand { why: Why::Person, about: 0, until: None, target: None };
    let (known, command) = (facts.known(row, on_today), command(row, &wanted, facts.now));
    // One above the limit of the device is not offered, and lower ones are.
    let target = command.target.map(|usual| leases::cut_off_below(Some(usual), known.cut_off).unwrap_or(usual));
    let command = Command { target, ..command };
    let admitted = leases::admit(row.load, limits(row), command, known, facts.now);
    admitted.err().unwrap_or_default()
}

/// Until when a person may turn it on.
fn times(ctx: &Ctx, facts: &Facts) -> Vec<(u16, domain::time::Moment, TimeChoice)> {
    let now = facts.now;
    let mut times: Vec<_> = HOURS
        .into_iter()
        .map(|hours| {
            (u16::from(hours) * 60, ctx.moment(now.after(HOUR * u32::from(hours))), TimeChoice::Hours(hours))
        })
        .collect();
    let today = facts.zone.moment(now).wall().date;
    let opening = facts.hours.opening(now, today, |date, minute| facts.zone.instant(date, minute));
    if let Opening::Open { closes: Some(closes) } = opening
        && closes <= now.after(actuators::WISH)
        && closes > now.after(MINUTE)
    {
        times.push((leases::minutes(closes.since(now)), ctx.moment(closes), TimeChoice::Closing));
    }
    times
}

pub(super) fn rule_view(rule: &StoredRule) -> RuleView {
    let positive = |minutes: i32| u16::try_from(minutes.max(0)).unwrap_or(0);
    RuleView {
        id: rule.id,
        kind: rule.kind,
        about: rule.about.clone(),
        before: positive(rule.before),
        early: positive(rule.early),
        after: positive(-rule.early),
        target: rule.target,
    }
}

fn test_view(ctx: &Ctx, test: &TestRow) -> TestView {
    let seconds = |at: Millis| u32::try_from(at.since(test.started).as_secs()).unwrap_or(u32::MAX);
    TestView {
        started: ctx.moment(test.started),
        ends: ctx.moment(test.ends),
        off: test.off.map(|at| (ctx.moment(at), seconds(at))),
        warmest: test.warmest,
        outcome: test.outcome,
        by: test.by.clone(),
    }
}

fn lease_view(ctx: &Ctx, actor: &Actor, row: LeaseRow) -> LeaseView {
    let reasons: Vec<RefusedCommand> = serde_json::from_str(&row.refused).unwrap_or_default();
    let after = row.answered.map(|at| u32::try_from(at.since(row.sent).as_millis()).unwrap_or(u32::MAX));
    LeaseView {
        id: row.id,
        sent: ctx.moment(row.sent),
        ends: ctx.moment(row.ends),
        on: row.on,
        target: row.target,
        why: row.why,
        by: row.machine.or(row.by.filter(|_| may_manage(actor))),
        refused: reasons.into_iter().map(|reason| reason.code().to_owned()).collect(),
        answer: row.answer,
        answered_after: after,
        off: row.off.filter(|_| row.on).map(|at| ctx.moment(at)),
    }
}

/// The leases of as long as they are stored.
pub(super) async fn month_of_leases(
    ctx: &Ctx,
    actor: &Actor,
    conn: &mut SqliteConnection,
    id: ActuatorId,
) -> Result<Vec<LeaseView>, StoreError> {
    let rows = rows::leases_of(conn, id, ctx.now().before(actuators::RETENTION), MOST).await?;
    Ok(rows.into_iter().map(|row| lease_view(ctx, actor, row)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_are_those_that_the_clocks_show() {
        let zone: Zone = "Europe/Rome".parse().unwrap();
        let start = |date: Date| zone.start_of(date);
        let autumn = Date { year: 2027, month: 10, day: 31 };
        let day = Span { starts: start(autumn), ends: start(Date { year: 2027, month: 11, day: 1 }) };
        let at = |hours: u32| day.starts.after(HOUR * hours);
        let quarters = |starts, ends| quarters(zone, day, Span { starts, ends });
        assert_eq!(quarters(at(1), at(2)), (4, 8));
        assert_eq!(quarters(at(8), at(25)), (28, 96), "from seven to the end of a day of 25 hours");
        assert_eq!(quarters(day.starts.before(HOUR), day.ends.after(HOUR)), (0, 96));
        let second = at(3).after(MINUTE * 10);
        assert_eq!(quarters(at(2).after(MINUTE * 50), second), (11, 11), "in the hour that is repeated");
    }
}
