//! Actuators: turned on and off by people, by opening hours, bookings and running machines; never for longer than a lease.
//!
//! **Invariants.** Wishes and rules are written, and leases follow from them ([`sending`]); no request sends anything itself. Only
//! reference devices, which hold a limit of their own, heat. A running machine's actuator is neither turned off by hand nor tested.
//!
//! Not here: pure rules (`domain::{actuators, leases}`), and the broker.

mod facts;
mod reports;
mod rules;
mod sending;
mod views;
mod watching;

pub use reports::hear;
pub(crate) use sending::counted;
pub use sending::{LeaseCounts, LeaseToSend, Outbox, due, outbox};
pub(crate) use watching::run_due;

use crate::{Ctx, change::Job, serve::bind};
use contract::{
    actuators::{
        ActuatorPage, ActuatorView, Actuators, AddActuator, AddRule, Leases, ListActuators, ListLeases,
        ReadActuator, ReadActuatorPage, ReadRules, RemoveActuator, RemoveRule, SaveActuator, StartTest, StopTest,
        TurnAllOff, TurnOff, TurnOn, TurnOnForm,
    },
    form::Faults,
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    actuators::{Allowed, Demand, Interlock, TestOutcome, Why, turn_off},
    id::ActuatorId,
    leases::{RefusedCommand, admit},
    live::ChangeEvent,
    problem::{Kind, Problem},
    time::{MINUTE, Millis},
    versions::Saved,
};
use facts::Facts;
use macros::ServiceError;
use serde_json::json;
use store::{
    Done, StoreError, Unaudited,
    actuators::{self as rows, StoredActuator},
};
use text::Lang;

/// Why an actuator is not shown, changed or switched.
#[derive(Debug, Clone, ServiceError)]
pub enum ActuatorsError {
    #[problem("actuator.unknown", NotFound, actuator_unknown)]
    Unknown,
    #[problem("actuator.rule-unknown", NotFound, actuator_rule_unknown)]
    UnknownRule,
    /// The space has as many as one may have.
    #[problem("actuator.too-many", Conflict, actuator_too_many(&domain::actuators::ACTUATORS.to_string()))]
    TooMany,
    #[problem("actuator.too-many-rules", Conflict, actuator_too_many_rules(&domain::actuators::RULES.to_string()))]
    TooManyRules,
    /// Only managers turn this one on and off.
    #[problem("actuator.managers-only", Forbidden, actuator_managers_only)]
    ManagersOnly,
    /// A running machine needs it.
    #[problem("actuator.interlocked", Conflict, actuator_interlocked(_0))]
    Interlocked(String),
    /// Limits forbid it; all reasons.
    #[problem(with = refused(_0, lang), codes = [(Kind::Conflict, "actuator.refused")])]
    Refused(Vec<RefusedCommand>),
    /// A test of its fallback runs.
    #[problem("actuator.testing", Conflict, actuator_busy_testing)]
    Testing,
    /// There is nothing to turn off by itself.
    #[problem("actuator.not-on", Conflict, actuator_not_on)]
    NotOn,
    #[problem("actuator.not-testing", Conflict, actuator_not_testing)]
    NotTesting,
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    #[problem("actuator.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

fn refused(reasons: &[RefusedCommand], lang: Lang) -> Problem {
    let all: Vec<_> = reasons.iter().map(|reason| lang.actuator_refused(*reason)).collect();
    Problem::new("actuator.refused", Kind::Conflict, all.join(" "))
}

bind! {
    error ActuatorsError;
    ListActuators {}, may SeeBuilding => list;
    AddActuator {} with form, may ManageBuilding => rules::add;
    ReadActuator { id }, may SeeBuilding => find;
    ReadActuatorPage { id }, may SeeBuilding => page;
    SaveActuator { id, version } with form, may ManageBuilding => rules::save;
    RemoveActuator { id }, may ManageBuilding => rules::remove;
    TurnOn { id } with form, may SwitchActuators, in job => turn_on;
    TurnOff { id }, may SwitchActuators, in job => switch_off;
    TurnAllOff {}, may ManageBuilding, in job => all_off;
    ListLeases { id }, may SeeBuilding => leases;
    StartTest { id }, may ManageBuilding, in job => start_test;
    StopTest { id }, may ManageBuilding, in job => stop_test;
    ReadRules {}, may ManageBuilding => rules::page;
    AddRule { actuator } with form, may ManageBuilding, in job => rules::add_rule;
    RemoveRule { id }, may ManageBuilding, in job => rules::remove_rule;
}

async fn list(ctx: &Ctx, actor: &Actor) -> Result<Actuators, ActuatorsError> {
    let now = ctx.now();
    let facts = facts::load(&mut *ctx.store().read().await?, ctx.space().zone, now).await?;
    let actuators = facts.actuators.iter().map(|one| views::view(ctx, actor, &facts, one)).collect();
    let may_manage = actor.may(Permission::ManageBuilding, Target::NONE);
    Ok(Actuators { now: ctx.moment(now), actuators, may_manage })
}

async fn find(ctx: &Ctx, actor: &Actor, id: ActuatorId) -> Result<ActuatorView, ActuatorsError> {
    let facts = facts::load(&mut *ctx.store().read().await?, ctx.space().zone, ctx.now()).await?;
    let one = one(&facts, id)?;
    Ok(views::view(ctx, actor, &facts, one))
}

async fn page(ctx: &Ctx, actor: &Actor, id: ActuatorId) -> Result<ActuatorPage, ActuatorsError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let facts = facts::load(&mut snapshot, ctx.space().zone, ctx.now()).await?;
    let one = one(&facts, id)?;
    Ok(views::page(ctx, actor, &mut snapshot, &facts, one).await?)
}

async fn leases(ctx: &Ctx, actor: &Actor, id: ActuatorId) -> Result<Leases, ActuatorsError> {
    let mut snapshot = ctx.store().snapshot().await?;
    rows::one(&mut snapshot, id).await?.filter(|one| one.archived.is_none()).ok_or(ActuatorsError::Unknown)?;
    Ok(Leases { leases: views::month_of_leases(ctx, actor, &mut snapshot, id).await? })
}

/// An actuator in use.
fn one(facts: &Facts, id: ActuatorId) -> Result<&StoredActuator, ActuatorsError> {
    facts.actuators.iter().find(|one| one.id == id).ok_or(ActuatorsError::Unknown)
}

/// The facts inside a job.
async fn facts(job: &mut Job<'_>) -> Result<Facts, ActuatorsError> {
    Ok(facts::load(job.tx.conn(), job.zone, job.now).await?)
}

/// Only managers switch an actuator that is not for members.
fn may_switch(actor: &Actor, actuator: &StoredActuator) -> Result<(), ActuatorsError> {
    let is_manager = actor.may(Permission::ManageBuilding, Target::NONE);
    if actuator.allowed == Allowed::Managers && !is_manager { Err(ActuatorsError::ManagersOnly) } else { Ok(()) }
}

/// Turns an actuator on for a time, if its limits admit the first lease.
async fn turn_on(job: &mut Job<'_>, id: ActuatorId, form: TurnOnForm) -> Result<Done<()>, ActuatorsError> {
    let facts = facts(job).await?;
    let one = one(&facts, id)?;
    may_switch(&job.actor, one)?;
    if facts.test_of(id).is_some() {
        return Err(ActuatorsError::Testing);
    }
    let (now, ends) = (job.now, job.now.after(MINUTE * u32::from(form.minutes.get())));
    let by = job.by().await?;
    let (today, _) = sending::on_today(job.tx.conn(), one, job.zone, now).await?;
    let wanted = Demand { why: Why::Person, about: 0, until: Some(ends), target: form.target };
    let command = facts::command(one, &wanted, now);
    // A target for light is refused, not dropped.
    let command = domain::leases::Command { target: command.target.or(form.target), ..command };
    if let Err(reasons) = admit(one.load, facts::limits(one), command, facts.known(one, today), now) {
        return Err(ActuatorsError::Refused(reasons));
    }
    let wish = rows::add_wish(job.tx, id, by, (now, ends), form.target).await?;
    rows::set_off(job.tx, id, None).await?;
    job.tx.after_commit(ChangeEvent::Building);
    let detail = json!({ "wish": wish, "until": ends, "target": form.target });
    job.audited((), "actuator.turned-on", id, &detail).await
}

/// Until when an actuator stays off if it is turned off now. Refused while a running machine needs it.
fn no_machine_needs(facts: &Facts, actuator: &StoredActuator) -> Result<Millis, ActuatorsError> {
    turn_off(&facts.wants(actuator), facts.now).map_err(|Interlock::Machine(machine)| {
        ActuatorsError::Interlocked(facts.machine_name(machine).unwrap_or_default().to_owned())
    })
}

/// Stops a test that runs, because it holds back the command to be off.
async fn stop(job: &mut Job<'_>, facts: &Facts, id: ActuatorId) -> Result<(), StoreError> {
    match facts.test_of(id) {
        Some(test) => rows::end_test(job.tx, test.id, TestOutcome::Stopped, job.now).await,
        None => Ok(()),
    }
}

/// Turns an actuator off until what wants it now ends.
async fn switch_off(job: &mut Job<'_>, id: ActuatorId) -> Result<Done<()>, ActuatorsError> {
    let facts = facts(job).await?;
    let one = one(&facts, id)?;
    may_switch(&job.actor, one)?;
    let until = no_machine_needs(&facts, one)?;
    stop(job, &facts, id).await?;
    rows::end_wishes(job.tx, id, job.now).await?;
    rows::set_off(job.tx, id, Some(until)).await?;
    job.tx.after_commit(ChangeEvent::Building);
    job.audited((), "actuator.turned-off", id, &json!({ "until": until })).await
}

/// Turns everything off that no running machine needs.
async fn all_off(job: &mut Job<'_>) -> Result<Done<()>, ActuatorsError> {
    let facts = facts(job).await?;
    let mut count = 0;
    for one in &facts.actuators {
        let Ok(until) = turn_off(&facts.wants(one), job.now) else { continue };
        if facts.demand(one).is_none() {
            continue;
        }
        stop(job, &facts, one.id).await?;
        rows::end_wishes(job.tx, one.id, job.now).await?;
        rows::set_off(job.tx, one.id, Some(until)).await?;
        count += 1;
    }
    if count == 0 {
        return Ok(Done::unaudited((), Unaudited::NothingChanged));
    }
    job.tx.after_commit(ChangeEvent::Building);
    job.audited((), "actuator.all-off", domain::audit::Subject::Space, &json!({ "count": count })).await
}

/// Starts a test: the lease that runs is the last one, so no machine may depend on the next.
async fn start_test(job: &mut Job<'_>, id: ActuatorId) -> Result<Done<()>, ActuatorsError> {
    let facts = facts(job).await?;
    let one = one(&facts, id)?;
    if facts.test_of(id).is_some() {
        return Err(ActuatorsError::Testing);
    }
    no_machine_needs(&facts, one)?;
    let (now, by) = (job.now, job.by().await?);
    let ends = one.lease_ends.filter(|_| facts::is_leased(one, now)).ok_or(ActuatorsError::NotOn)?;
    // Of one that did not report to be on, another report has to follow before the lease ends.
    let off = (one.is_on != Some(true)).then_some(now);
    rows::start_test(job.tx, id, by, now, ends, off).await?;
    job.tx.after_commit(ChangeEvent::Building);
    job.audited((), "actuator.test-started", id, &json!({ "ends": ends })).await
}

async fn stop_test(job: &mut Job<'_>, id: ActuatorId) -> Result<Done<()>, ActuatorsError> {
    let facts = facts(job).await?;
    one(&facts, id)?;
    let test = facts.test_of(id).ok_or(ActuatorsError::NotTesting)?;
    rows::end_test(job.tx, test.id, TestOutcome::Stopped, job.now).await?;
    job.tx.after_commit(ChangeEvent::Building);
    job.audited((), "actuator.test-stopped", id, &json!({})).await
}
