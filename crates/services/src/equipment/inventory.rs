//! Everything that somebody cares for at once: the list, and many machines changed alike.

use super::{EquipmentError, Fault, unfit_value};
use crate::{Ctx, again::as_of_now};
use domain::{
    actor::{About, Actor, Forbidden, Permission, Proof},
    equipment::{Inventory, KEYS, Label, MachineRow, TypeRow, TypedBulk},
    id::{MachineId, PlaceId, TypeId},
    live::Hint,
    settings::Key,
    time::Millis,
};
use serde_json::json;
use store::{
    Done, Unaudited, WriteTx,
    audit::{self, AuditEntry},
    equipment,
    machines::{self, Kept, NewMachine},
    people,
    settings::{self, At},
};

/// Machines that are changed at once, at most.
pub const AT_ONCE: usize = 200;

/// The machines and types that the asker may change.
pub async fn inventory(ctx: &Ctx, actor: &Actor) -> Result<Inventory, EquipmentError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let may = |kind, machine| actor.may(Permission::ChangeEquipment, About::equipment(kind, machine));
    let machines = machines::inventory(&mut snapshot).await?;
    let machines: Vec<_> = machines.into_iter().filter(|row| may(row.kind, Some(row.id))).collect();
    let mut types = equipment::kept_types(&mut snapshot, None).await?;
    types.retain(|kept| may(kept.id, None));
    types.sort_by_key(|kept| kept.archived.is_some());
    if machines.is_empty() && types.is_empty() {
        // Nothing to care for is not an empty list: it is nobody's page.
        actor.require(Permission::ChangeEquipment, About::NOTHING)?;
    }
    let row = |row: machines::Listed| MachineRow {
        id: row.id,
        version: row.version,
        name: row.name,
        number: row.number.map(|number| number.0),
        kind: row.kind_name,
        place: row.place,
        archived: row.archived,
    };
    let types = types.into_iter().map(|kept| TypeRow {
        id: kept.id,
        name: kept.name,
        risk: kept.risk,
        machines: u32::try_from(kept.machines).unwrap_or(0),
        archived: kept.archived.is_some(),
    });
    Ok(Inventory {
        machines: machines.into_iter().map(row).collect(),
        types: types.collect(),
        places: equipment::places(&mut snapshot).await?,
        may_add: actor.may(Permission::ChangeEquipment, About::NOTHING),
    })
}

/// The labels of the machines that the asker may change, or of one of them; not of those that are put away.
pub async fn labels(ctx: &Ctx, actor: &Actor, only: Option<MachineId>) -> Result<Vec<Label>, EquipmentError> {
    let machines = inventory(ctx, actor).await?.machines.into_iter();
    let wanted = machines.filter(|row| !row.archived && only.is_none_or(|only| row.id == only));
    Ok(wanted.map(|row| Label { id: row.id, name: row.name, number: row.number, kind: row.kind }).collect())
}

/// What many machines become.
#[derive(Debug, Clone)]
enum Change {
    Place(Option<PlaceId>),
    Kind(TypeId),
    Say(Key, String),
    SayNothing(Key),
}

fn checked(typed: &TypedBulk) -> Result<Change, Fault> {
    match typed.what.as_str() {
        "place" => match typed.place.trim() {
            "" => Ok(Change::Place(None)),
            place => place.parse().map(|id| Change::Place(Some(PlaceId(id)))).map_err(|_| Fault::NoPlace),
        },
        "kind" => typed.kind.trim().parse().map(|id| Change::Kind(TypeId(id))).map_err(|_| Fault::NoType),
        field => {
            let &(_, key) = KEYS.iter().find(|(known, _)| *known == field).ok_or(Fault::NoField)?;
            let typed = if key == Key::Authorisation { &typed.mode } else { &typed.value };
            match typed.trim() {
                "" => Ok(Change::SayNothing(key)),
                value => key.value(value).map(|value| Change::Say(key, value)).ok_or(unfit_value(key)),
            }
        }
    }
}

/// Changes many machines alike, all of them or none. Each is named with the version that was seen: `7:4`.
pub async fn change_many(
    ctx: &Ctx,
    actor: &Actor,
    chosen: &[String],
    typed: &TypedBulk,
) -> Result<(), EquipmentError> {
    if actor.known().is_none() {
        actor.require(Permission::ChangeEquipment, About::NOTHING)?;
    }
    let seen: Option<Vec<(MachineId, i64)>> = chosen
        .iter()
        .map(|one| {
            let (id, version) = one.split_once(':')?;
            Some((MachineId(id.parse().ok()?), version.parse().ok()?))
        })
        .collect();
    let Some(seen) = seen.filter(|seen| (1..=AT_ONCE).contains(&seen.len())) else {
        return Err(EquipmentError::Fields(vec![Fault::NoMachines]));
    };
    let change = checked(typed).map_err(|fault| EquipmentError::Fields(vec![fault]))?;
    let (now, actor) = (ctx.now(), actor.clone());
    ctx.store()
        .write(async move |tx| {
            let actor = as_of_now(tx, &actor, now).await?;
            let mut entries = Vec::new();
            let mut gone = Vec::new();
            for (machine, version) in seen {
                // What one may not change, one does not know of here.
                let kept = machines::one(tx.conn(), machine).await?.ok_or(Forbidden::NotAllowed)?;
                let proof =
                    actor.require(Permission::ChangeEquipment, About::equipment(kept.kind, Some(machine)))?;
                if kept.version == version {
                    entries.extend(apply(tx, &actor, &proof, &kept, &change, now).await?);
                } else {
                    gone.push(kept.name);
                }
            }
            if !gone.is_empty() {
                return Err(EquipmentError::ManyStale(gone));
            }
            let Some(last) = entries.pop() else { return Ok(Done::unaudited((), Unaudited::NothingChanged)) };
            for entry in entries {
                tx.followed(entry);
            }
            Ok(Done::audited((), last))
        })
        .await
}

/// Changes one of them; `None` where it is so already.
async fn apply(
    tx: &mut WriteTx,
    actor: &Actor,
    proof: &Proof,
    kept: &Kept,
    change: &Change,
    now: Millis,
) -> Result<Option<AuditEntry>, EquipmentError> {
    let machine = kept.id;
    let so_far = NewMachine {
        number: kept.number,
        kind: kept.kind,
        place: kept.place,
        name: kept.name.clone(),
        manual: kept.manual.clone(),
    };
    let to = match change {
        Change::Place(place) => NewMachine { place: *place, ..so_far.clone() },
        Change::Kind(kind) => NewMachine { kind: *kind, ..so_far.clone() },
        Change::Say(..) | Change::SayNothing(_) => so_far.clone(),
    };
    let field = match change {
        Change::Place(_) => "place",
        Change::Kind(_) => "kind",
        Change::Say(key, _) | Change::SayNothing(key) => {
            KEYS.iter().find(|(_, known)| known == key).map_or("", |(field, _)| field)
        }
    };
    if to == so_far && matches!(change, Change::Place(_) | Change::Kind(_)) {
        return Ok(None);
    }
    super::machine::fits(tx.conn(), actor, kept, &to).await?;
    machines::change(tx, machine, &to).await?;
    let by = people::alias_of(tx, proof, now).await?;
    let at = At::Machine(machine);
    match change {
        Change::Say(key, value) => {
            settings::set(tx, at, *key, value).await?;
            settings::note(tx, at, *key, by, now).await?;
        }
        Change::SayNothing(key) => {
            settings::clear(tx, at, *key).await?;
            settings::note(tx, at, *key, by, now).await?;
        }
        Change::Place(_) | Change::Kind(_) => {}
    }
    tx.after_commit(Hint::Machine(machine));
    let (subject, detail) = (format!("machine:{machine}"), json!({ "changed": field }));
    Ok(Some(audit::entry(tx, proof, now, "machine.changed", subject, &detail).await?))
}
