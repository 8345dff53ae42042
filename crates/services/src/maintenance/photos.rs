//! Photos of maintenance work: added and removed by those who maintain the machine, and seen by them and by
//! auditors. No photo replaces another, and the remover is on record.

use super::{MaintenanceError, ValidationError, rows};
use crate::{Ctx, pictures};
use domain::{
    actor::{Actor, Permission, Target},
    id::{InterventionId, MachineId},
    live::ChangeEvent,
};
use serde_json::json;
use std::io::{Read, Seek};
use store::{Done, SqliteConnection, Unaudited, pictures::Picture};

/// The machine of an intervention, for those who may see it.
async fn known(
    conn: &mut SqliteConnection,
    actor: &Actor,
    intervention: InterventionId,
) -> Result<(MachineId, Target), MaintenanceError> {
    actor.require(Permission::SeeMaintenance, Target::NONE)?;
    let found = rows::machine_of(conn, intervention).await?;
    let (machine, kind) = found.ok_or(MaintenanceError::UnknownIntervention)?;
    Ok((machine, Target::equipment(kind, Some(machine))))
}

/// The photo of an intervention; `small` for a list.
pub async fn photo(
    ctx: &Ctx,
    actor: &Actor,
    intervention: InterventionId,
    small: bool,
) -> Result<Picture, MaintenanceError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let (_, about) = known(&mut snapshot, actor, intervention).await?;
    if !super::reads_names(actor, about) {
        actor.require(Permission::Maintain, about)?;
    }
    rows::photo(&mut snapshot, intervention, small).await?.ok_or(MaintenanceError::NoPhoto)
}

/// Whether the actor adds a photo to it: asked before one is read.
pub async fn may_add_photo(
    ctx: &Ctx,
    actor: &Actor,
    intervention: InterventionId,
) -> Result<(), MaintenanceError> {
    let (_, about) = known(&mut *ctx.store().read().await?, actor, intervention).await?;
    actor.require(Permission::Maintain, about)?;
    Ok(())
}

/// Stores the photo of an intervention that has none yet.
pub async fn add_photo(
    ctx: &Ctx,
    actor: &Actor,
    intervention: InterventionId,
    given: impl Read + Seek + Send + 'static,
) -> Result<(), MaintenanceError> {
    may_add_photo(ctx, actor, intervention).await?;
    let taken = pictures::taken(given).await;
    let taken = taken.map_err(|invalid| MaintenanceError::Invalid(vec![ValidationError::Photo(invalid)]))?;
    put(ctx, actor, intervention, Some(taken)).await
}

/// Removes the photo of an intervention, if there is one.
pub async fn remove_photo(ctx: &Ctx, actor: &Actor, intervention: InterventionId) -> Result<(), MaintenanceError> {
    may_add_photo(ctx, actor, intervention).await?;
    put(ctx, actor, intervention, None).await
}

/// Stores a photo of an intervention, large and small; or removes the existing one.
async fn put(
    ctx: &Ctx,
    actor: &Actor,
    intervention: InterventionId,
    photo: Option<(Vec<u8>, Vec<u8>)>,
) -> Result<(), MaintenanceError> {
    ctx.begin(actor, async move |begun| {
        let (machine, about) = known(begun.tx.conn(), &begun.actor, intervention).await?;
        let mut job = begun.require(Permission::Maintain, about)?;
        let action = if let Some((body, small)) = &photo {
            let by = job.by().await?;
            if !rows::add_photo(job.tx, intervention, body, small, by, job.now).await? {
                return Err(MaintenanceError::PhotoThere);
            }
            "maintenance.photo-added"
        } else {
            if !rows::remove_photo(job.tx, intervention).await? {
                return Ok(Done::unaudited((), Unaudited::NothingChanged));
            }
            "maintenance.photo-removed"
        };
        job.tx.after_commit(ChangeEvent::Machine(machine));
        let (subject, detail) = (machine, json!({ "intervention": intervention }));
        job.audited((), action, subject, &detail).await
    })
    .await
}
