//! Actuators and their rules, added, changed and removed.

use super::{ActuatorsError, facts::reported_limits, reports, views::rule_view};
use crate::{Ctx, change::Job, error};
use contract::{
    actuators::{ActuatorAdded, ActuatorForm, ActuatorRow, ActuatorRules, RuleAdded, RuleForm},
    form::{Fault, Faults},
};
use domain::{
    actor::{Actor, Permission, Target},
    actuators::{ACTUATORS, Offsets, RULES, RuleKind, can_follow},
    bounded::BoundedInteger,
    building_devices::Dialect,
    id::{ActuatorId, ActuatorRuleId},
    leases::{Load, Tenths, cut_off_below},
    live::ChangeEvent,
    versions::Saved,
};
use serde_json::json;
use store::{
    Done,
    actuators::{self as rows, NewActuator, NewRule, StoredActuator},
    hours, machines, rooms,
};

/// The limit of an actuator that does not heat; nothing is sent that it would concern.
const NO_HEAT: Tenths = Tenths(0);

/// All actuators for editing, and the choices for their forms.
pub(super) async fn page(ctx: &Ctx, _: &Actor) -> Result<ActuatorRules, ActuatorsError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let actuators = rows::list(&mut snapshot).await?;
    let rules = rows::rules(&mut snapshot).await?;
    let devices = rows::devices(&mut snapshot).await?;
    let rooms = rooms::names(&mut snapshot).await?;
    let inventory = machines::inventory(&mut snapshot).await?;
    let hours = hours::hours_of(&mut snapshot, None, None, ctx.today().days()).await?;
    let actuators = actuators.into_iter().map(|row| ActuatorRow {
        rules: rules.iter().filter(|rule| rule.actuator == row.id).map(rule_view).collect(),
        saved: saved(&row),
        id: row.id,
        name: row.name,
        load: row.load,
    });
    let machines = inventory.into_iter().filter(|one| !one.archived).map(|one| (one.id, one.name));
    let has_hours = can_follow(&hours);
    Ok(ActuatorRules { actuators: actuators.collect(), devices, rooms, machines: machines.collect(), has_hours })
}

/// The stored values, as the form sends them.
fn saved(row: &StoredActuator) -> Saved {
    let degrees = |tenths: Option<Tenths>| tenths.map(|tenths| tenths.to_string()).unwrap_or_default();
    let warmest = (row.load == Load::Heat).then_some(row.warmest);
    Saved::new(
        row.version,
        vec![
            ("device", row.device.to_string()),
            ("output", (u16::from(row.output) + row.dialect.first_output()).to_string()),
            ("name", row.name.clone()),
            ("load", row.load.as_str().to_owned()),
            ("allowed", row.allowed.as_str().to_owned()),
            ("target", degrees(row.target)),
            ("warmest", degrees(warmest)),
            ("daily", (row.daily / 60).to_string()),
        ],
    )
}

pub(super) async fn add(ctx: &Ctx, actor: &Actor, form: ActuatorForm) -> Result<ActuatorAdded, ActuatorsError> {
    let added = ctx.change(actor, Permission::ManageBuilding, Target::NONE, async move |job| {
        if rows::list(job.tx.conn()).await?.len() >= ACTUATORS {
            return Err(ActuatorsError::TooMany);
        }
        let new = describe(job, form, None).await?;
        let actuator = rows::add(job.tx, &new).await?;
        job.tx.after_commit(ChangeEvent::Building);
        let detail = json!({ "device": new.device, "load": new.load, "allowed": new.allowed });
        job.audited(ActuatorAdded { actuator }, "actuator.added", actuator, &detail).await
    });
    let added = added.await?;
    reports::forget(ctx);
    Ok(added)
}

pub(super) async fn save(
    ctx: &Ctx,
    actor: &Actor,
    id: ActuatorId,
    seen: i64,
    form: Result<ActuatorForm, Faults>,
) -> Result<(), ActuatorsError> {
    let saved = ctx.change(actor, Permission::ManageBuilding, Target::NONE, async move |job| {
        let row = rows::one(job.tx.conn(), id).await?.filter(|row| row.archived.is_none());
        let row = row.ok_or(ActuatorsError::Unknown)?;
        if !domain::versions::is_current(row.version, seen) {
            let signed = error::signed(job.tx.conn(), job.zone, id, saved(&row)).await?;
            return Err(ActuatorsError::Stale(signed));
        }
        let new = describe(job, form?, Some(id)).await?;
        rows::change(job.tx, id, &new).await?;
        job.tx.after_commit(ChangeEvent::Building);
        let detail = json!({
            "device": new.device, "load": new.load, "allowed": new.allowed, "target": new.target, "warmest": new.warmest,
            "daily": new.daily,
        });
        job.audited((), "actuator.changed", id, &detail).await
    });
    saved.await?;
    reports::forget(ctx);
    Ok(())
}

/// As many outputs as one device can have.
const OUTPUTS: u8 = 32;

/// The fields of a form, if they fit together. `own` is the actuator that they change.
async fn describe(
    job: &mut Job<'_>,
    form: ActuatorForm,
    own: Option<ActuatorId>,
) -> Result<NewActuator, ActuatorsError> {
    let ActuatorForm { device, output, name, load, allowed, target, warmest, daily } = form;
    let mut faults = Vec::new();
    let dialect = rows::dialect_of(job.tx.conn(), device).await?.map(|(dialect, _)| dialect);
    let first = dialect.map_or(1, Dialect::first_output);
    let number = output.map_or(Some(0), |output| output.get().checked_sub(first));
    let output = number.and_then(|number| u8::try_from(number).ok()).filter(|number| *number < OUTPUTS);
    let others = rows::of_device(job.tx.conn(), device).await?;
    if output.is_none() {
        let most = first + u16::from(OUTPUTS) - 1;
        faults.push(("output".to_owned(), Fault::Number { least: first, most }));
    } else if others.iter().any(|other| Some(other.id) != own && Some(other.output) == output) {
        faults.push(("output".to_owned(), Fault::OutputTaken));
    }
    let output = output.unwrap_or_default();
    match dialect {
        Some(Dialect::Reference) if output > 0 => faults.push(("output".to_owned(), Fault::OneOutput)),
        // A plug would heat whatever the temperature, and anyone at the broker could leave it on.
        Some(dialect) if load == Load::Heat && dialect != Dialect::Reference => {
            faults.push(("load".to_owned(), Fault::NoHardLimit));
        }
        Some(Dialect::Json) | None => faults.push(("device".to_owned(), Fault::Choice)),
        Some(_) => {}
    }
    match (load, target, warmest) {
        (Load::Heat, Some(target), Some(warmest)) if target > warmest => {
            faults.push(("target".to_owned(), Fault::AboveLimit));
        }
        (Load::Heat, None, _) => faults.push(("target".to_owned(), Fault::Degrees)),
        (Load::Heat, _, None) => faults.push(("warmest".to_owned(), Fault::Degrees)),
        (Load::Heat, Some(_), Some(_)) | (Load::Light | Load::Power, ..) => {}
    }
    let cut_off = others.iter().filter_map(reported_limits).map(|limits| limits.above).min();
    for (field, asked) in [("target", target), ("warmest", warmest)] {
        let is_named = faults.iter().any(|(named, _)| named == field);
        if let Some(limit) = cut_off_below(asked, cut_off).filter(|_| load == Load::Heat && !is_named) {
            faults.push((field.to_owned(), Fault::AboveCutOff(limit)));
        }
    }
    if !faults.is_empty() {
        return Err(Faults(faults).into());
    }
    let heats = load == Load::Heat;
    Ok(NewActuator {
        device,
        output,
        name: name.into(),
        load,
        allowed,
        target: target.filter(|_| heats),
        warmest: warmest.filter(|_| heats).unwrap_or(NO_HEAT),
        daily: daily.get() * 60,
    })
}

/// Removes an actuator. It is not renewed any more, so its device turns it off.
pub(super) async fn remove(ctx: &Ctx, actor: &Actor, id: ActuatorId) -> Result<(), ActuatorsError> {
    let removed = ctx.change(actor, Permission::ManageBuilding, Target::NONE, async move |job| {
        let row = rows::one(job.tx.conn(), id).await?.filter(|row| row.archived.is_none());
        row.ok_or(ActuatorsError::Unknown)?;
        rows::archive(job.tx, id, job.now).await?;
        job.tx.after_commit(ChangeEvent::Building);
        job.audited::<_, ActuatorsError>((), "actuator.removed", id, &json!({})).await
    });
    removed.await?;
    reports::forget(ctx);
    Ok(())
}

pub(super) async fn add_rule(
    job: &mut Job<'_>,
    actuator: ActuatorId,
    form: RuleForm,
) -> Result<Done<RuleAdded>, ActuatorsError> {
    let row = rows::one(job.tx.conn(), actuator).await?.filter(|row| row.archived.is_none());
    let row = row.ok_or(ActuatorsError::Unknown)?;
    let others = rows::rules(job.tx.conn()).await?;
    if others.iter().filter(|rule| rule.actuator == actuator).count() >= RULES {
        return Err(ActuatorsError::TooManyRules);
    }
    let new = rule(job, &row, form).await?;
    let own = others.iter().filter(|other| other.actuator == actuator);
    let mut known = own.map(|other| (other.kind, other.room, other.machine, other.offsets()));
    if known.any(|one| one == (new.kind, new.room, new.machine, new.offsets)) {
        return Err(Faults(vec![("kind".to_owned(), Fault::RuleTaken)]).into());
    }
    let rule = rows::add_rule(job.tx, new).await?;
    job.tx.after_commit(ChangeEvent::Building);
    let detail = json!({
        "rule": rule, "kind": new.kind, "before": new.offsets.before, "early": new.offsets.early, "room": new.room,
        "machine": new.machine, "target": new.target,
    });
    job.audited(RuleAdded { rule }, "actuator.rule-added", actuator, &detail).await
}

/// The rule of a form, if what it follows exists.
async fn rule(job: &mut Job<'_>, row: &StoredActuator, form: RuleForm) -> Result<NewRule, ActuatorsError> {
    let RuleForm { kind, room, machine, before, early, after, target } = form;
    let mut faults = Vec::new();
    let (room, machine) = match kind {
        RuleKind::Hours => (None, None),
        RuleKind::Bookings if machine.is_some() => (None, machine),
        RuleKind::Bookings => (room, None),
        RuleKind::Machine => (None, machine),
    };
    if kind != RuleKind::Hours && room.is_none() && machine.is_none() {
        let field = if kind == RuleKind::Machine { "machine" } else { "room" };
        faults.push((field.to_owned(), Fault::Choice));
    }
    if let Some(room) = room
        && !rooms::names(job.tx.conn()).await?.iter().any(|(id, _)| *id == room)
    {
        faults.push(("room".to_owned(), Fault::Choice));
    }
    if let Some(machine) = machine
        && machines::one(job.tx.conn(), machine).await?.is_none_or(|row| row.archived.is_some())
    {
        faults.push(("machine".to_owned(), Fault::Choice));
    }
    let asked = target.filter(|_| row.load == Load::Heat);
    if asked.is_some_and(|target| target > row.warmest) {
        faults.push(("target".to_owned(), Fault::AboveLimit));
    } else if let Some(limit) = cut_off_below(asked, reported_limits(row).map(|limits| limits.above)) {
        faults.push(("target".to_owned(), Fault::AboveCutOff(limit)));
    }
    if !faults.is_empty() {
        return Err(Faults(faults).into());
    }
    let minutes = |given: Option<BoundedInteger<0, { domain::actuators::OFFSET }>>| {
        given.map_or(0, |given| i32::from(given.get()))
    };
    let offsets = Offsets { before: minutes(before), early: minutes(early) - minutes(after) };
    Ok(NewRule { actuator: row.id, kind, offsets, target: asked, room, machine })
}

pub(super) async fn remove_rule(job: &mut Job<'_>, id: ActuatorRuleId) -> Result<Done<()>, ActuatorsError> {
    let actuator = rows::whose_rule(job.tx.conn(), id).await?.ok_or(ActuatorsError::UnknownRule)?;
    rows::remove_rule(job.tx, id).await?;
    job.tx.after_commit(ChangeEvent::Building);
    job.audited((), "actuator.rule-removed", actuator, &json!({ "rule": id })).await
}
