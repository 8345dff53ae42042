//! Bulk changes of machines: a preview of each outcome, and the change itself.
//!
//! Invariant: a field that was not chosen stays as it is, and no machine is changed if any was edited since the
//! preview: either all are, or none.

use super::{EquipmentError, ValidationError};
use crate::error::ServiceError;
use crate::{Ctx, change::Begun};
use contract::equipment::{BulkForm, BulkPreview, MachineOutcome};
use domain::{
    actor::{Actor, Forbidden, Permission, Proof, Target},
    id::{MachineId, PlaceId, TypeId},
    live::ChangeEvent,
    settings::Key,
    time::Millis,
};
use serde_json::json;
use store::{
    Done, Unaudited, WriteTx,
    audit::{self, AuditEntry},
    machines::{self, Listed, NewMachine, StoredMachine},
    maintenance, people,
    settings::{self, At},
};
use text::Lang;

/// Machines that are changed at once, at most.
pub const AT_ONCE: usize = 200;

#[derive(Debug, Clone, Default)]
pub struct Bulk {
    /// Which, each with the version that was seen: `7:4`.
    pub machines: Vec<String>,
    /// The fields that are to change: `place`, `kind`, or a field of [`domain::equipment::KEYS`].
    pub change: Vec<String>,
    pub input: BulkForm,
}

/// The new place of machines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Stand {
    #[default]
    AsNow,
    At(PlaceId),
    Nowhere,
}

impl Stand {
    const fn from(self, now: Option<PlaceId>) -> Option<PlaceId> {
        match self {
            Self::AsNow => now,
            Self::At(place) => Some(place),
            Self::Nowhere => None,
        }
    }
}

#[derive(Debug, Clone, Default)]
struct BulkChange {
    seen: Vec<(MachineId, i64)>,
    place: Stand,
    kind: Option<TypeId>,
    /// Field, setting and value; `None` inherits.
    explicit: Vec<(&'static str, Key, Option<String>)>,
}

impl BulkChange {
    fn of(bulk: &Bulk) -> Result<Self, Vec<ValidationError>> {
        let Bulk { machines, change, input } = bulk;
        let (mut requested, mut faults) = (Self::default(), Vec::new());
        match seen(machines) {
            Some(seen) => requested.seen = seen,
            None => faults.push(ValidationError::NoMachines),
        }
        if change.is_empty() {
            faults.push(ValidationError::NoField);
        }
        for field in change {
            match field.as_str() {
                "place" => match input.place.trim() {
                    "" => requested.place = Stand::Nowhere,
                    place => match place.parse() {
                        Ok(id) => requested.place = Stand::At(PlaceId(id)),
                        Err(_) => faults.push(ValidationError::NoPlace),
                    },
                },
                "kind" => match input.kind.trim().parse() {
                    Ok(id) => requested.kind = Some(TypeId(id)),
                    Err(_) => faults.push(ValidationError::NoType),
                },
                field => match input.settings.each().into_iter().find(|(known, ..)| *known == field) {
                    Some((field, key, value)) if value.trim().is_empty() => {
                        requested.explicit.push((field, key, None));
                    }
                    Some((field, key, value)) => match key.value(value) {
                        Some(value) => requested.explicit.push((field, key, Some(value))),
                        None => faults.push(ValidationError::Setting(field, key)),
                    },
                    None => faults.push(ValidationError::NoField),
                },
            }
        }
        if faults.is_empty() { Ok(requested) } else { Err(faults) }
    }
}

/// The chosen machines; `None` if none, too many, or invalid.
fn seen(chosen: &[String]) -> Option<Vec<(MachineId, i64)>> {
    let read = |one: &String| {
        let (id, version) = one.split_once(':')?;
        Some((MachineId(id.parse().ok()?), version.parse().ok()?))
    };
    let mut seen = chosen.iter().map(read).collect::<Option<Vec<_>>>()?;
    seen.sort_unstable();
    seen.dedup();
    (1..=AT_ONCE).contains(&seen.len()).then_some(seen)
}

/// The machines, types and places that the caller may change.
pub(super) struct ExistingMachines<'a> {
    pub(super) machines: &'a [Listed],
    /// Values set on the machines themselves.
    pub(super) explicit: Vec<(MachineId, Key, String)>,
    pub(super) kinds: Vec<(TypeId, String)>,
    pub(super) places: &'a [(PlaceId, String)],
}

/// The preview for each of the chosen machines, or the errors.
pub(super) fn preview(known: &ExistingMachines<'_>, bulk: &Bulk, lang: Lang) -> BulkPreview {
    let refused = |faults| BulkPreview {
        problem: Some(EquipmentError::Invalid(faults).problem(lang)),
        ..BulkPreview::default()
    };
    let requested = match BulkChange::of(bulk) {
        Ok(requested) => requested,
        Err(faults) => return refused(faults),
    };
    let nowhere = lang.equipment_no_place();
    let kind = requested.kind.and_then(|kind| named(&known.kinds, kind));
    let place = match requested.place {
        Stand::At(place) => named(known.places, place),
        Stand::AsNow | Stand::Nowhere => Some(nowhere),
    };
    if requested.kind.is_some() && kind.is_none() {
        return refused(vec![ValidationError::NoType]);
    }
    let Some(place) = place else { return refused(vec![ValidationError::NoPlace]) };
    let outcomes = known.machines.iter().filter_map(|one| {
        let &(_, version) = requested.seen.iter().find(|(id, _)| *id == one.id)?;
        let mut changes = Vec::new();
        if requested.place.from(one.place_id) != one.place_id {
            let from = one.place.as_deref().unwrap_or(nowhere);
            changes.push(lang.equipment_bulk_line(lang.equipment_place(), from, place));
        }
        let moves = requested.kind.is_some_and(|kind| kind != one.kind);
        if moves {
            let to = kind.unwrap_or_default();
            changes.push(lang.equipment_bulk_line(lang.equipment_type(), &one.kind_name, to));
        }
        for (_, key, value) in &requested.explicit {
            let own = known.explicit.iter().find(|(machine, of, _)| (*machine, of) == (one.id, key));
            let own = own.map(|(.., value)| value);
            if own != value.as_ref() {
                let name = |value: Option<&String>| match value {
                    Some(value) => lang.setting_value(*key, value),
                    None => lang.equipment_bulk_elsewhere().to_owned(),
                };
                let (from, to) = (name(own), name(value.as_ref()));
                changes.push(lang.equipment_bulk_line(lang.setting_name(*key), &from, &to));
            }
        }
        let (meanwhile, stays) = (version != one.version, moves && one.in_use);
        Some(MachineOutcome {
            id: one.id,
            version: one.version,
            name: one.name.clone(),
            meanwhile,
            stays,
            changes,
        })
    });
    BulkPreview { outcomes: outcomes.collect(), problem: None }
}

fn named<Id: PartialEq>(things: &[(Id, String)], id: Id) -> Option<&str> {
    things.iter().find(|(known, _)| *known == id).map(|(_, name)| name.as_str())
}

/// Changes many machines in the same way, all of them or none.
pub async fn change_many(ctx: &Ctx, actor: &Actor, bulk: &Bulk) -> Result<(), EquipmentError> {
    actor.require_anywhere(Permission::ChangeEquipment)?;
    let requested = BulkChange::of(bulk).map_err(EquipmentError::Invalid)?;
    ctx.begin(actor, async move |begun| {
        let Begun { tx, actor, now, .. } = begun;
        let mut entries = Vec::new();
        let mut gone = Vec::new();
        for &(machine, version) in &requested.seen {
            // Machines that the caller may not change are unknown here.
            let row = machines::one(tx.conn(), machine).await?.ok_or(Forbidden::NotAllowed)?;
            let proof = actor.require(Permission::ChangeEquipment, Target::equipment(row.kind, Some(machine)))?;
            if row.version == version {
                entries.extend(apply(tx, &actor, &proof, &row, &requested, now).await?);
            } else {
                gone.push(row.name);
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

/// Changes one of them; `None` if unchanged.
async fn apply(
    tx: &mut WriteTx,
    actor: &Actor,
    proof: &Proof,
    row: &StoredMachine,
    requested: &BulkChange,
    now: Millis,
) -> Result<Option<AuditEntry>, EquipmentError> {
    let (machine, at) = (row.id, At::Machine(row.id));
    let to = NewMachine {
        number: row.number,
        kind: requested.kind.unwrap_or(row.kind),
        place: requested.place.from(row.place),
        name: row.name.clone(),
        manual: row.manual.clone(),
    };
    let own = settings::at(tx.conn(), at).await?;
    let own_value = |key: Key| own.iter().find(|(known, _)| *known == key).map(|(_, value)| value);
    let explicit: Vec<_> =
        requested.explicit.iter().filter(|(_, key, value)| own_value(*key) != value.as_ref()).collect();
    let mut fields = Vec::new();
    fields.extend((to.kind != row.kind).then_some("kind"));
    fields.extend((to.place != row.place).then_some("place"));
    fields.extend(explicit.iter().map(|(field, ..)| *field));
    if fields.is_empty() {
        return Ok(None);
    }
    super::machine::fits(tx.conn(), actor, row, &to).await?;
    machines::change(tx, machine, &to).await?;
    maintenance::begin(tx, machine, now).await?;
    let by = people::alias_of(tx, proof, now).await?;
    for (_, key, value) in explicit {
        match value {
            Some(value) => settings::set(tx, at, *key, value).await?,
            None => settings::clear(tx, at, *key).await?,
        }
        settings::note(tx, at, *key, by, now).await?;
    }
    tx.after_commit(ChangeEvent::Machine(machine));
    let (subject, detail) = (machine, json!({ "changed": fields.join(" ") }));
    Ok(Some(audit::entry(tx, proof, now, "machine.changed", subject, &detail).await?))
}
