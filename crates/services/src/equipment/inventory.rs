//! The inventory: all equipment that the caller looks after, with a preview of bulk changes, and labels.

use super::{
    EquipmentError,
    many::{self, Bulk},
};
use crate::Ctx;
use contract::equipment::{Inventory, Label, MachineRow, TypeRow};
use domain::{
    actor::{Actor, Permission, Target},
    id::MachineId,
};
use store::{equipment, machines, settings};
use text::Lang;

/// The machines and types that the caller may change, and the preview of `bulk`, in words.
pub async fn inventory(
    ctx: &Ctx,
    actor: &Actor,
    bulk: Option<&Bulk>,
    lang: Lang,
) -> Result<Inventory, EquipmentError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let may = |kind, machine| actor.may(Permission::ChangeEquipment, Target::equipment(kind, machine));
    let machines = machines::inventory(&mut snapshot).await?;
    let machines: Vec<_> = machines.into_iter().filter(|row| may(row.kind, Some(row.id))).collect();
    let mut types = equipment::stored_types(&mut snapshot, None).await?;
    types.retain(|stored| may(stored.id, None));
    types.sort_by_key(|stored| stored.archived.is_some());
    if machines.is_empty() && types.is_empty() {
        // Without any machine to manage the page is refused, not empty.
        actor.require(Permission::ChangeEquipment, Target::NONE)?;
    }
    let places = equipment::places(&mut snapshot).await?;
    let preview = match bulk {
        Some(bulk) => {
            let kinds = types.iter().filter(|stored| stored.archived.is_none());
            let kinds: Vec<_> = kinds.map(|stored| (stored.id, stored.name.clone())).collect();
            let explicit = settings::of_machines(&mut snapshot).await?;
            Some(many::preview(
                &many::ExistingMachines { machines: &machines, explicit, kinds, places: &places },
                bulk,
                lang,
            ))
        }
        None => None,
    };
    let row = |row: machines::Listed| MachineRow {
        id: row.id,
        version: row.version,
        name: row.name,
        number: row.number.map(|number| number.0),
        kind: row.kind_name,
        place: row.place_id.zip(row.place),
        archived: row.archived,
    };
    let types = types.into_iter().map(|stored| TypeRow {
        id: stored.id,
        name: stored.name,
        risk: stored.risk,
        machines: u32::try_from(stored.machines).unwrap_or(0),
        archived: stored.archived.is_some(),
    });
    Ok(Inventory {
        machines: machines.into_iter().map(row).collect(),
        types: types.collect(),
        places,
        may_add: actor.may(Permission::ChangeEquipment, Target::NONE),
        preview,
    })
}

/// The labels of the machines that the caller may change, or of one of them; archived machines have none.
pub async fn labels(ctx: &Ctx, actor: &Actor, only: Option<MachineId>) -> Result<Vec<Label>, EquipmentError> {
    let machines = inventory(ctx, actor, None, Lang::default()).await?.machines.into_iter();
    let requested = machines.filter(|row| !row.archived && only.is_none_or(|only| row.id == only));
    Ok(requested.map(|row| Label { id: row.id, name: row.name, number: row.number, kind: row.kind }).collect())
}
