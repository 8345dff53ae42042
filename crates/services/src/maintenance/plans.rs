//! Plans: made for a machine or its whole type, edited, archived and restored.

use super::{MaintenanceError, ValidationError, about_plan, machine_of};
use crate::{Ctx, error};
use contract::maintenance::{PlanInput, PlanSheet};
use domain::{
    actor::{Actor, Permission, Target},
    equipment::manual,
    id::{MachineId, PlanId, TypeId},
    live::ChangeEvent,
    maintenance::{DAYS, Doer, Every, HOURS, WORDS},
    names,
    qualifications::Subject,
    settings::Key,
    versions::Saved,
};
use serde_json::json;
use std::ops::RangeInclusive;
use store::{
    Done, SqliteConnection, StoreError, Unaudited, WriteTx, equipment, machines,
    maintenance::{self as rows, NewPlan, PlanRow},
};

/// The type of a plan's subject.
pub(super) async fn kind_of(conn: &mut SqliteConnection, of: Subject) -> Result<TypeId, MaintenanceError> {
    match of {
        Subject::Type(kind) => Ok(kind),
        Subject::Machine(machine) => {
            let row = machines::one(conn, machine).await?;
            row.map(|row| row.kind).ok_or(MaintenanceError::Unknown)
        }
    }
}

/// A plan for its form on the page of `machine`; `None` is a new one.
pub async fn sheet(
    ctx: &Ctx,
    actor: &Actor,
    machine: MachineId,
    plan: Option<PlanId>,
) -> Result<PlanSheet, MaintenanceError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let (machine_name, kind) = machine_of(&mut snapshot, actor, machine).await?;
    let type_name = equipment::stored_types(&mut snapshot, Some(kind)).await?.pop();
    let may_type = actor.may(Permission::ChangeEquipment, Target::equipment(kind, None));
    let row = match plan {
        Some(plan) => {
            let row = rows::one(&mut snapshot, plan).await?.filter(|row| match row.of {
                Subject::Type(of) => of == kind,
                Subject::Machine(of) => of == machine,
            });
            Some(row.ok_or(MaintenanceError::Unknown)?)
        }
        None => None,
    };
    let of = row.as_ref().map_or(Subject::Machine(machine), |row| row.of);
    actor.require(Permission::ChangeEquipment, about_plan(of, kind))?;
    Ok(PlanSheet {
        now: ctx.moment(ctx.now()),
        id: plan,
        archived: row.as_ref().and_then(|row| row.archived).map(|at| ctx.moment(at)),
        saved: row.as_ref().map_or_else(|| Saved::new(0, vec![("doer", Doer::Trainer.as_str().into())]), saved),
        machine,
        machine_name,
        type_name: type_name.map_or_else(String::new, |kind| kind.name),
        of_type: matches!(of, Subject::Type(_)),
        may_type,
    })
}

/// The stored values, as the form sends them.
fn saved(row: &PlanRow) -> Saved {
    let NewPlan { words, every, manual, doer, blocking, display } = &row.plan;
    let number = |number: Option<u32>| number.map_or_else(String::new, |number| number.to_string());
    let fields = vec![
        ("words", words.clone()),
        ("hours", number(every.hours)),
        ("days", number(every.days)),
        ("manual", manual.clone().unwrap_or_default()),
        ("doer", doer.as_str().to_owned()),
        ("blocking", if *blocking { "yes" } else { "" }.to_owned()),
        ("display", display.clone()),
    ];
    Saved::new(row.version, fields)
}

/// A plan's subject, seen from a machine's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Every machine of its type.
    Type,
    Machine,
}

#[derive(Debug, Clone)]
pub struct DescribePlan(NewPlan);

impl DescribePlan {
    /// The command in the fields of a form or a request, or all that is wrong with them.
    pub fn read(
        words: &str,
        hours: Result<Option<u32>, ValidationError>,
        days: Result<Option<u32>, ValidationError>,
        manual: &str,
        doer: Option<Doer>,
        blocking: bool,
        display: &str,
    ) -> Result<Self, Vec<ValidationError>> {
        let words = names::remark(words).replace('\n', " ");
        let words = match words.chars().count() {
            0 => Err(ValidationError::NoWords),
            many if many > WORDS => Err(ValidationError::LongWords),
            _ => Ok(words),
        };
        let within = |number: Result<Option<u32>, _>, range: RangeInclusive<u32>, fault| match number? {
            Some(number) if !range.contains(&number) => Err(fault),
            number => Ok(number),
        };
        let hours = within(hours, HOURS, ValidationError::Hours);
        let days = within(days, DAYS, ValidationError::Days);
        let never = (hours, days) == (Ok(None), Ok(None));
        let manual = self::manual(manual).map_err(ValidationError::from);
        let doer = doer.ok_or(ValidationError::Doer);
        let display = Key::Display.value(display).ok_or(ValidationError::Display);
        match (words, hours, days, manual, doer, display) {
            (Ok(words), Ok(hours), Ok(days), Ok(manual), Ok(doer), Ok(display)) if !never => {
                Ok(Self(NewPlan { words, every: Every { hours, days }, manual, doer, blocking, display }))
            }
            (words, hours, days, manual, doer, display) => {
                let every = never.then_some(ValidationError::Every);
                let faults =
                    [words.err(), hours.err(), days.err(), every, manual.err(), doer.err(), display.err()];
                Err(faults.into_iter().flatten().collect())
            }
        }
    }

    pub fn from_form(form: &PlanInput) -> Result<Self, Vec<ValidationError>> {
        let number = |form: &str, fault| match form.trim() {
            "" => Ok(None),
            form => form.parse().map(Some).map_err(|_| fault),
        };
        let hours = number(&form.hours, ValidationError::Hours);
        let days = number(&form.days, ValidationError::Days);
        let (doer, blocking) = (Doer::parse(&form.doer), form.blocking == "yes");
        Self::read(&form.words, hours, days, &form.manual, doer, blocking, &form.display)
    }
}

/// Creates a plan for `machine`, or for every machine of its type. It counts from now on.
pub async fn add(
    ctx: &Ctx,
    actor: &Actor,
    machine: MachineId,
    of: Option<Of>,
    requested: Result<DescribePlan, Vec<ValidationError>>,
) -> Result<PlanId, MaintenanceError> {
    let (_, kind) = machine_of(&mut *ctx.store().read().await?, actor, machine).await?;
    let of = of.map(|of| match of {
        Of::Type => Subject::Type(kind),
        Of::Machine => Subject::Machine(machine),
    });
    // Without a valid choice, the machine: a missing permission is reported before invalid fields.
    let about = about_plan(of.unwrap_or(Subject::Machine(machine)), kind);
    let form = async {
        match (of, requested) {
            (Some(of), Ok(DescribePlan(requested))) => Ok((of, requested)),
            (of, requested) => {
                let mut errors = requested.err().unwrap_or_default();
                errors.extend(of.is_none().then_some(ValidationError::Of));
                Err(MaintenanceError::Invalid(errors))
            }
        }
    };
    ctx.begin_with(actor, Permission::ChangeEquipment, about, form, async move |begun, (of, requested)| {
        // Its type may have changed.
        let (_, kind) = machine_of(begun.tx.conn(), &begun.actor, machine).await?;
        let of = if let Subject::Type(_) = of { Subject::Type(kind) } else { of };
        let mut job = begun.require(Permission::ChangeEquipment, about_plan(of, kind))?;
        let plan = rows::add(job.tx, of, &requested, job.now).await?;
        hint(job.tx, of).await?;
        let detail = json!({ "plan": plan });
        job.audited(plan, "maintenance.plan-added", of, &detail).await
    })
    .await
}

/// Saves a plan over `version`, or returns the newer one.
pub async fn save(
    ctx: &Ctx,
    actor: &Actor,
    plan: PlanId,
    version: i64,
    requested: Result<DescribePlan, Vec<ValidationError>>,
) -> Result<(), MaintenanceError> {
    known(&mut *ctx.store().read().await?, actor, plan).await?;
    let DescribePlan(requested) = requested.map_err(MaintenanceError::Invalid)?;
    let zone = ctx.space().zone;
    ctx.begin(actor, async move |begun| {
        let (row, about) = known(begun.tx.conn(), &begun.actor, plan).await?;
        let mut job = begun.require(Permission::ChangeEquipment, about)?;
        let before = saved(&row);
        if !domain::versions::is_current(row.version, version) {
            let signed = error::signed(job.tx.conn(), zone, row.of, before).await?;
            return Err(MaintenanceError::Stale(signed));
        }
        if row.archived.is_some() {
            return Err(MaintenanceError::Away);
        }
        let changed = saved(&PlanRow { plan: requested.clone(), ..row.clone() }).changed_since(&before);
        if changed.is_empty() {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        rows::change(job.tx, plan, &requested).await?;
        hint(job.tx, row.of).await?;
        let detail = json!({ "plan": plan, "changed": changed.join(" ") });
        job.audited((), "maintenance.plan-changed", row.of, &detail).await
    })
    .await
}

/// Archives a plan: nothing is due by it any more, and its interventions remain. Or restores it: it counts on from
/// where it was.
pub async fn archive(ctx: &Ctx, actor: &Actor, plan: PlanId, away: bool) -> Result<(), MaintenanceError> {
    known(&mut *ctx.store().read().await?, actor, plan).await?;
    ctx.begin(actor, async move |begun| {
        let (row, about) = known(begun.tx.conn(), &begun.actor, plan).await?;
        let mut job = begun.require(Permission::ChangeEquipment, about)?;
        if row.archived.is_some() == away {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        rows::archive(job.tx, plan, away.then_some(job.now)).await?;
        hint(job.tx, row.of).await?;
        let action = if away { "maintenance.plan-archived" } else { "maintenance.plan-restored" };
        let detail = json!({ "plan": plan });
        job.audited((), action, row.of, &detail).await
    })
    .await
}

/// The plan, for its editors.
async fn known(
    conn: &mut SqliteConnection,
    actor: &Actor,
    plan: PlanId,
) -> Result<(PlanRow, Target), MaintenanceError> {
    actor.require(Permission::SeeMaintenance, Target::NONE)?;
    let row = rows::one(conn, plan).await?.ok_or(MaintenanceError::Unknown)?;
    let about = about_plan(row.of, kind_of(conn, row.of).await?);
    actor.require(Permission::ChangeEquipment, about)?;
    Ok((row, about))
}

/// Notifies pages of the machines of a plan.
async fn hint(tx: &mut WriteTx, of: Subject) -> Result<(), StoreError> {
    let machines = match of {
        Subject::Type(kind) => equipment::machines_of(tx.conn(), kind).await?,
        Subject::Machine(machine) => vec![machine],
    };
    for machine in machines {
        tx.after_commit(ChangeEvent::Machine(machine));
    }
    Ok(())
}
