//! The requirements of types and machines: modules, and how much of each.
//!
//! Invariant: those who may change the type or the machine set its requirements. A use that is under way when a
//! requirement is added may finish.

use super::{TrainingError, ValidationError};
use crate::{Ctx, change::Job};
use contract::training::{Requirement, Requirements};
use domain::{
    actor::{Actor, Permission, Target},
    id::{ModuleId, RequirementId},
    live::ChangeEvent,
    notices::Notice,
    qualifications::Subject,
    time::DAY,
    training,
};
use serde_json::json;
use std::time::Duration;
use store::{SqliteConnection, StoreError, equipment, machines, training as rows};

/// Grace period of a new requirement for people already qualified: they are notified before the machine denies
/// them.
const GRACE: Duration = DAY.saturating_mul(14);

fn to_view(stored: rows::Requirement) -> Requirement {
    let rows::Requirement { id, on, on_name, module, title, threshold } = stored;
    Requirement { id, on, on_name, module, title, threshold }
}

/// All requirements, and the targets for which the caller may add some.
pub async fn requirements(ctx: &Ctx, actor: &Actor) -> Result<Requirements, TrainingError> {
    let reads = actor.may(Permission::EditTraining, Target::NONE) || actor.may(Permission::Learn, Target::NONE);
    if !reads {
        actor.require(Permission::SeeCandidates, Target::NONE)?;
    }
    let mut snapshot = ctx.store().snapshot().await?;
    let requirements = rows::requirements(&mut snapshot).await?.into_iter().map(to_view).collect();
    let may = |about| actor.may(Permission::ChangeEquipment, about);
    let types = equipment::types(&mut snapshot).await?;
    let types = types.into_iter().filter(|(kind, _)| may(Target::equipment(*kind, None))).collect();
    let machines = machines::inventory(&mut snapshot).await?.into_iter();
    let machines = machines.filter(|one| !one.archived && may(Target::equipment(one.kind, Some(one.id))));
    let modules = rows::modules(&mut snapshot).await?.into_iter();
    let modules = modules.filter(|module| !module.archived && module.published.is_some());
    Ok(Requirements {
        requirements,
        types,
        machines: machines.map(|one| (one.id, one.name)).collect(),
        modules: modules.map(|module| (module.id, module.what.title)).collect(),
    })
}

/// All requirements of `module`.
pub async fn required_of(conn: &mut SqliteConnection, module: ModuleId) -> Result<Vec<Requirement>, StoreError> {
    let all = rows::requirements(conn).await?;
    Ok(all.into_iter().filter(|row| row.module == module).map(to_view).collect())
}

/// The permission target of `on`; `None` if it is unknown or archived.
async fn about(conn: &mut SqliteConnection, on: Subject) -> Result<Option<Target>, StoreError> {
    Ok(match on {
        Subject::Type(kind) => {
            let types = equipment::types(conn).await?;
            types.into_iter().find(|(known, _)| *known == kind).map(|_| Target::equipment(kind, None))
        }
        Subject::Machine(machine) => {
            let remaining = machines::one(conn, machine).await?.filter(|remaining| remaining.archived.is_none());
            remaining.map(|remaining| Target::equipment(remaining.kind, Some(machine)))
        }
    })
}

/// Requires `module` for a type or a machine, with a percentage of its video; `None` is invalid input.
pub async fn require(
    ctx: &Ctx,
    actor: &Actor,
    on: Option<Subject>,
    module: Option<ModuleId>,
    threshold: Option<u8>,
) -> Result<RequirementId, TrainingError> {
    let threshold = threshold.filter(|percent| training::THRESHOLDS.contains(percent));
    ctx.begin(actor, async move |begun| {
        let anywhere = Target::NONE;
        let found = match on {
            Some(on) => about(begun.tx.conn(), on).await?,
            None => None,
        };
        let mut job = begun.require(Permission::ChangeEquipment, found.unwrap_or(anywhere))?;
        let known = match module {
            Some(module) => rows::module(job.tx.conn(), module).await?.filter(|known| !known.archived),
            None => None,
        };
        let errors = [
            found.is_none().then_some(ValidationError::On),
            known.is_none().then_some(ValidationError::Module),
            threshold.is_none().then_some(ValidationError::Threshold),
        ];
        let (Some(on), Some(module), Some(threshold), Some(_)) = (on, known, threshold, found) else {
            return Err(TrainingError::Invalid(errors.into_iter().flatten().collect()));
        };
        let id = require_now(&mut job, on, module.id, threshold).await?;
        job.tx.after_commit(ChangeEvent::Space);
        let detail = json!({ "requirement": id, "module": module.id, "threshold": threshold });
        job.audited(id, "training.required", on, &detail).await
    })
    .await
}

/// Adds the requirement, and notifies qualified people who have not completed it of their deadline.
pub(super) async fn require_now(
    job: &mut Job<'_>,
    on: Subject,
    module: ModuleId,
    threshold: u8,
) -> Result<RequirementId, StoreError> {
    let (now, grace) = (job.now, job.now.after(GRACE));
    let id = rows::require(job.tx, on, module, threshold, (now, grace)).await?;
    for late in rows::new_to(job.tx.conn(), now, grace, Some(id)).await? {
        let (person, edition, by) = (late.person, late.edition, late.by);
        if late.qualified(now) {
            job.notify(person, Notice::TrainingAgain { module, edition, by, ahead: None }).await?;
        }
    }
    Ok(id)
}

pub async fn release(ctx: &Ctx, actor: &Actor, id: RequirementId) -> Result<(), TrainingError> {
    ctx.begin(actor, async move |begun| {
        let row = rows::requirement(begun.tx.conn(), id).await?;
        let found = match &row {
            Some(row) => about(begun.tx.conn(), row.on).await?,
            None => None,
        };
        let mut job = begun.require(Permission::ChangeEquipment, found.unwrap_or(Target::NONE))?;
        let row = row.ok_or(TrainingError::UnknownRequirement)?;
        rows::release(job.tx, id).await?;
        job.tx.after_commit(ChangeEvent::Space);
        let detail = json!({ "requirement": id, "module": row.module });
        job.audited((), "training.released", row.on, &detail).await
    })
    .await
}
