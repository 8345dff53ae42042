//! Places: named, ordered, archived once empty, and restored.

use super::{EquipmentError, ValidationError, taken};
use crate::{Ctx, error};
use contract::equipment::{Moved, PlaceRow, Shelved};
use domain::{
    actor::{Actor, Permission, Target},
    id::PlaceId,
    live::ChangeEvent,
    names,
    versions::Saved,
};
use serde_json::json;
use store::{
    Done, Unaudited, WriteTx,
    equipment::{self, StoredPlace},
};

/// Limit of a place's position.
const LAST: i64 = 9_999;

/// All places in their order.
pub async fn places(ctx: &Ctx, actor: &Actor) -> Result<Vec<PlaceRow>, EquipmentError> {
    actor.require(Permission::ChangeEquipment, Target::NONE)?;
    let row = equipment::stored_places(&mut *ctx.store().read().await?).await?;
    let rows = row.into_iter().map(|row| PlaceRow {
        id: row.id,
        saved: saved(&row),
        archived: row.archived.is_some(),
        machines: u32::try_from(row.machines).unwrap_or(0),
    });
    Ok(rows.collect())
}

fn saved(place: &StoredPlace) -> Saved {
    Saved::new(place.version, vec![("name", place.name.clone()), ("position", place.position.to_string())])
}

async fn one(tx: &mut WriteTx, place: PlaceId) -> Result<StoredPlace, EquipmentError> {
    let row = equipment::stored_places(tx.conn()).await?;
    row.into_iter().find(|row| row.id == place).ok_or(EquipmentError::UnknownPlace)
}

/// Adds a place after all others.
pub async fn add_place(ctx: &Ctx, actor: &Actor, name: &str) -> Result<PlaceId, EquipmentError> {
    let form = async { names::name(name).map_err(|_| EquipmentError::Invalid(vec![ValidationError::Name])) };
    ctx.change_with(actor, Permission::ChangeEquipment, Target::NONE, form, async move |job, name| {
        let last =
            equipment::stored_places(job.tx.conn()).await?.iter().map(|row| row.position).max().unwrap_or(0);
        let position = (last + 1).min(LAST);
        let place =
            equipment::add_place(job.tx, &name, position).await.map_err(taken(ValidationError::PlaceTaken))?;
        job.tx.after_commit(ChangeEvent::Space);
        job.audited(place, "place.added", place, &json!({})).await
    })
    .await
}

/// Saves name and position of a place; `None` is an invalid number.
pub async fn save_place(
    ctx: &Ctx,
    actor: &Actor,
    place: PlaceId,
    version: i64,
    name: &str,
    position: Option<i64>,
) -> Result<(), EquipmentError> {
    let form = async {
        match (names::name(name), position.filter(|position| (0..=LAST).contains(position))) {
            (Ok(name), Some(position)) => Ok((name, position)),
            (name, position) => {
                let faults = [
                    name.err().map(|_| ValidationError::Name),
                    position.is_none().then_some(ValidationError::Position),
                ];
                Err(EquipmentError::Invalid(faults.into_iter().flatten().collect()))
            }
        }
    };
    let zone = ctx.space().zone;
    ctx.change_with(actor, Permission::ChangeEquipment, Target::NONE, form, async move |job, (name, position)| {
        let row = one(job.tx, place).await?;
        if !domain::versions::is_current(row.version, version) {
            let signed = error::signed(job.tx.conn(), zone, place, saved(&row)).await?;
            return Err(EquipmentError::Stale(signed));
        }
        if (&row.name, row.position) == (&name, position) {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        equipment::change_place(job.tx, place, &name, position)
            .await
            .map_err(taken(ValidationError::PlaceTaken))?;
        job.tx.after_commit(ChangeEvent::Space);
        let detail = json!({});
        job.audited((), "place.changed", place, &detail).await
    })
    .await
}

/// The destination of the machines of an archived place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Whither {
    #[default]
    Unsaid,
    Nowhere,
    Place(PlaceId),
}

/// Archives a place and moves its machines `to` the destination, which is required if there are any; `None` is
/// invalid input.
pub async fn archive_place(
    ctx: &Ctx,
    actor: &Actor,
    place: PlaceId,
    to: Option<Whither>,
) -> Result<Shelved, EquipmentError> {
    let (permission, about) = (Permission::ChangeEquipment, Target::NONE);
    ctx.change(actor, permission, about, async move |job| {
        let row = one(job.tx, place).await?;
        let shelved = |moved| Shelved { id: place.0, name: row.name.clone(), away: true, moved };
        if row.archived.is_some() {
            return Ok(Done::unaudited(shelved(Moved::default()), Unaudited::NothingChanged));
        }
        let there = equipment::places(job.tx.conn()).await?;
        let to = match to {
            Some(Whither::Nowhere) => None,
            Some(Whither::Unsaid) if row.machines == 0 => None,
            Some(Whither::Place(other)) if other != place && there.iter().any(|(id, _)| *id == other) => {
                Some(other)
            }
            _ => return Err(EquipmentError::Invalid(vec![ValidationError::WhereTo])),
        };
        let machines = equipment::move_machines(job.tx, place, to).await?;
        equipment::archive_place(job.tx, place, Some(job.now)).await?;
        job.tx.after_commit(ChangeEvent::Space);
        let detail = json!({ "machines": machines.len() });
        job.audited(shelved(Moved { machines, to }), "place.archived", place, &detail).await
    })
    .await
}

/// Restores a place, with those of its machines that were moved elsewhere and are still there.
pub async fn restore_place(
    ctx: &Ctx,
    actor: &Actor,
    place: PlaceId,
    back: Moved,
) -> Result<Shelved, EquipmentError> {
    let (permission, about) = (Permission::ChangeEquipment, Target::NONE);
    ctx.change(actor, permission, about, async move |job| {
        let row = one(job.tx, place).await?;
        let shelved = Shelved::new(place.0, row.name, false);
        if row.archived.is_none() {
            return Ok(Done::unaudited(shelved, Unaudited::NothingChanged));
        }
        equipment::archive_place(job.tx, place, None).await?;
        let mut came = 0;
        for machine in back.machines {
            came += u32::from(equipment::move_back(job.tx, machine, back.to, place).await?);
        }
        job.tx.after_commit(ChangeEvent::Space);
        let detail = json!({ "machines": came });
        job.audited(shelved, "place.restored", place, &detail).await
    })
    .await
}
