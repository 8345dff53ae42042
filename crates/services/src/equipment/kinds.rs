//! One machine type: its form, editing, archiving and restoring.

use super::{
    EquipmentError, ValidationError,
    explicit_settings::{checked_settings, inherited, own, say},
    permissions::{chosen_groups, ids, offered, permittable},
    taken,
};
use crate::{Ctx, change::Job, error, setup};
use contract::equipment::{Shelved, TypeInput, TypeSheet};
use domain::{
    actor::{Actor, Permission, Target},
    equipment::{GROUPS, REQUIRES, chosen, ring},
    events::DomainEvent,
    id::{GroupId, TypeId},
    live::ChangeEvent,
    machines::Risk,
    people::folded::composed,
    settings::{Key, Scope, Setting, Settings},
    versions::Saved,
};
use serde_json::json;
use store::{
    Done, SqliteConnection, StoreError, Unaudited, WriteTx,
    equipment::{self, StoredType},
    groups, permitted,
    settings::{self, At},
};

/// The new values of a type.
struct TypeChange {
    name: String,
    risk: Risk,
    requires: Vec<TypeId>,
    groups: Option<Vec<GroupId>>,
    explicit: Vec<(Key, String)>,
}

/// The type for its form; `None` is a new one.
pub async fn type_sheet(ctx: &Ctx, actor: &Actor, kind: Option<TypeId>) -> Result<TypeSheet, EquipmentError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    actor.require(Permission::ChangeEquipment, Target { kind, ..Target::NONE })?;
    let row = match kind {
        Some(kind) => Some(known(&mut snapshot, kind).await?),
        None => None,
    };
    let explicit = settings::explicit(&mut snapshot, kind, None).await?;
    let farther = explicit.iter().filter(|setting| setting.scope == Scope::Space).cloned().collect();
    let required = equipment::requirements(&mut snapshot).await?;
    let mut others = equipment::stored_types(&mut snapshot, None).await?;
    // Archived types are offered only if already required: the form drops what it does not show.
    let required_so_far = |other: TypeId| kind.is_some_and(|kind| required.contains(&(kind, other)));
    others.retain(|other| Some(other.id) != kind && (other.archived.is_none() || required_so_far(other.id)));
    let away = others.iter().filter(|other| other.archived.is_some()).map(|other| other.id).collect();
    let groups = match kind {
        Some(kind) => permitted::of_type(&mut snapshot, kind).await?,
        None => Vec::new(),
    };
    let all = groups::names(&mut snapshot).await?;
    Ok(TypeSheet {
        groups: offered(&all, &groups),
        now: ctx.moment(now),
        id: kind,
        archived: row.as_ref().and_then(|row| row.archived).map(|at| ctx.moment(at)),
        inherited: inherited(&Settings::resolve(farther)),
        saved: match &row {
            Some(row) => saved(row, &required, &groups, &explicit),
            None => Saved::new(0, vec![("risk", Risk::Medium.as_str().to_owned())]),
        },
        others: others.into_iter().map(|other| (other.id, other.name)).collect(),
        away,
    })
}

async fn known(conn: &mut SqliteConnection, kind: TypeId) -> Result<StoredType, EquipmentError> {
    equipment::stored_types(conn, Some(kind)).await?.pop().ok_or(EquipmentError::UnknownType)
}

/// The stored values, as the form sends them.
fn saved(row: &StoredType, required: &[(TypeId, TypeId)], groups: &[GroupId], explicit: &[Setting]) -> Saved {
    let own_needs = required.iter().filter(|(kind, _)| *kind == row.id).map(|(_, other)| other.to_string());
    let mut fields = vec![
        ("name", row.name.clone()),
        ("risk", row.risk.as_str().to_owned()),
        (REQUIRES, own_needs.collect::<Vec<_>>().join(",")),
        (GROUPS, ids(groups)),
    ];
    fields.extend(own(explicit, Scope::Type));
    Saved::new(row.version, fields)
}

pub async fn add_type(
    ctx: &Ctx,
    actor: &Actor,
    form: TypeInput,
    requires: Vec<String>,
) -> Result<TypeId, EquipmentError> {
    let form = async { checked(&form, &requires).map_err(EquipmentError::Invalid) };
    ctx.change_with(actor, Permission::ChangeEquipment, Target::NONE, form, async move |job, requested| {
        there(job.tx.conn(), &[], &requested.requires).await?;
        permittable(job.tx.conn(), requested.groups.as_deref().unwrap_or_default(), &[]).await?;
        free(job.tx.conn(), &requested.name, None).await?;
        let kind = equipment::add_type(job.tx, &requested.name, requested.risk)
            .await
            .map_err(taken(ValidationError::TypeTaken))?;
        follow(job, kind, &requested).await?;
        setup::qualify(job, kind).await?;
        let detail = json!({ "risk": requested.risk });
        job.tx.after_commit(ChangeEvent::Space);
        job.audited(kind, "type.added", kind, &detail).await
    })
    .await
}

/// Checks that no other type has this name, ignoring case, because lists could not distinguish them. A type keeps
/// a name that it already has.
async fn free(conn: &mut SqliteConnection, name: &str, row: Option<&StoredType>) -> Result<(), EquipmentError> {
    let name = composed(name);
    if row.is_some_and(|row| composed(&row.name) == name) {
        return Ok(());
    }
    let all = equipment::stored_types(conn, None).await?;
    if all.iter().any(|other| composed(&other.name) == name) {
        return Err(EquipmentError::Invalid(vec![ValidationError::TypeTaken]));
    }
    Ok(())
}

/// Saves a type over `version`, or returns the newer one.
pub async fn save_type(
    ctx: &Ctx,
    actor: &Actor,
    kind: TypeId,
    version: i64,
    form: TypeInput,
    requires: Vec<String>,
) -> Result<(), EquipmentError> {
    let zone = ctx.space().zone;
    let about = Target::equipment(kind, None);
    let form = async { checked(&form, &requires).map_err(EquipmentError::Invalid) };
    ctx.change_with(actor, Permission::ChangeEquipment, about, form, async move |job, requested| {
        let row = known(job.tx.conn(), kind).await?;
        let before = read(job.tx, &row).await?;
        if !domain::versions::is_current(row.version, version) {
            let signed = error::signed(job.tx.conn(), zone, kind, before).await?;
            return Err(EquipmentError::Stale(signed));
        }
        let permitted_so_far = permitted::of_type(job.tx.conn(), kind).await?;
        permittable(job.tx.conn(), requested.groups.as_deref().unwrap_or_default(), &permitted_so_far).await?;
        let all = equipment::requirements(job.tx.conn()).await?;
        let so_far: Vec<_> = all.iter().filter(|(of, _)| *of == kind).map(|(_, other)| *other).collect();
        there(job.tx.conn(), &so_far, &requested.requires).await?;
        if let Some(way) = ring(&all, kind, &requested.requires) {
            return Err(EquipmentError::Invalid(vec![ValidationError::Ring(named(job.tx, &way).await?)]));
        }
        free(job.tx.conn(), &requested.name, Some(&row)).await?;
        equipment::change_type(job.tx, kind, &requested.name, requested.risk)
            .await
            .map_err(taken(ValidationError::TypeTaken))?;
        equipment::require_nothing(job.tx, kind).await?;
        follow(job, kind, &requested).await?;
        let row = known(job.tx.conn(), kind).await?;
        let changed = read(job.tx, &row).await?.changed_since(&before);
        if changed.is_empty() {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        if requested.groups.as_ref().is_some_and(|groups| *groups != permitted_so_far) {
            job.emit(DomainEvent::PermissionsChanged).await?;
            job.tx.after_commit(ChangeEvent::Groups);
        }
        hint(job.tx, kind).await?;
        let changed = changed.join(" ").replace(REQUIRES, "requires").replace(GROUPS, "groups");
        let detail = json!({ "changed": changed });
        job.audited((), "type.changed", kind, &detail).await
    })
    .await
}

async fn read(tx: &mut WriteTx, row: &StoredType) -> Result<Saved, StoreError> {
    let required = equipment::requirements(tx.conn()).await?;
    let explicit = settings::explicit(tx.conn(), Some(row.id), None).await?;
    let groups = permitted::of_type(tx.conn(), row.id).await?;
    Ok(saved(row, &required, &groups, &explicit))
}

/// The valid input, or all errors.
fn checked(form: &TypeInput, requires: &[String]) -> Result<TypeChange, Vec<ValidationError>> {
    let mut faults = Vec::new();
    let (name, risk, requires) = (super::type_name(&form.name), Risk::parse(&form.risk), chosen(requires));
    faults.extend(name.is_err().then_some(ValidationError::TypeName));
    faults.extend(risk.is_none().then_some(ValidationError::Risk));
    faults.extend(requires.is_none().then_some(ValidationError::Requires));
    let groups = chosen_groups(form.groups.as_deref(), &mut faults);
    let explicit = checked_settings(&form.settings, &mut faults);
    match (name, risk, requires) {
        (Ok(name), Some(risk), Some(requires)) if faults.is_empty() => {
            Ok(TypeChange { name, risk, requires, groups, explicit })
        }
        _ => Err(faults),
    }
}

/// Fails if a newly required type does not exist or is archived; existing requirements may remain.
async fn there(conn: &mut SqliteConnection, so_far: &[TypeId], requires: &[TypeId]) -> Result<(), EquipmentError> {
    let types = equipment::types(conn).await?;
    let is_there =
        |requested: &TypeId| so_far.contains(requested) || types.iter().any(|(there, _)| there == requested);
    if requires.iter().all(is_there) {
        Ok(())
    } else {
        Err(EquipmentError::Invalid(vec![ValidationError::Requires]))
    }
}

/// `Saw → Planer`: the names along a cycle.
async fn named(tx: &mut WriteTx, way: &[TypeId]) -> Result<String, StoreError> {
    let types = equipment::stored_types(tx.conn(), None).await?;
    let name =
        |kind: &TypeId| types.iter().find(|one| one.id == *kind).map_or_else(String::new, |one| one.name.clone());
    Ok(way.iter().map(name).collect::<Vec<_>>().join(" → "))
}

async fn follow(job: &mut Job<'_>, kind: TypeId, requested: &TypeChange) -> Result<(), StoreError> {
    for &requires in &requested.requires {
        equipment::require(job.tx, kind, requires).await?;
    }
    if let Some(groups) = &requested.groups {
        permitted::permit_type(job.tx, kind, groups).await?;
    }
    say(job, At::Type(kind), &requested.explicit).await
}

/// Notifies pages that show a machine of the type.
async fn hint(tx: &mut WriteTx, kind: TypeId) -> Result<(), StoreError> {
    for machine in equipment::machines_of(tx.conn(), kind).await? {
        tx.after_commit(ChangeEvent::Machine(machine));
    }
    tx.after_commit(ChangeEvent::Space);
    Ok(())
}

/// Archives a type without machines that no active type requires: it cannot be qualified on or chosen any more. Or
/// restores it, unless a required type is archived.
pub async fn archive_type(ctx: &Ctx, actor: &Actor, kind: TypeId, away: bool) -> Result<Shelved, EquipmentError> {
    ctx.change(actor, Permission::ChangeEquipment, Target::equipment(kind, None), async move |job| {
        let row = known(job.tx.conn(), kind).await?;
        let shelved = Shelved::new(kind.0, row.name.clone(), away);
        if row.archived.is_some() == away {
            return Ok(Done::unaudited(shelved, Unaudited::NothingChanged));
        }
        if away && row.machines > 0 {
            let count = |n| u32::try_from(n).unwrap_or(u32::MAX);
            return Err(EquipmentError::HasMachines { there: count(row.machines), running: count(row.running) });
        }
        let required = equipment::requirements(job.tx.conn()).await?;
        let others = equipment::stored_types(job.tx.conn(), None).await?;
        let in_the_way = others.into_iter().filter(|other| match other.archived {
            None => away && required.contains(&(other.id, kind)),
            Some(_) => !away && required.contains(&(kind, other.id)),
        });
        let in_the_way: Vec<_> = in_the_way.map(|other| other.name).collect();
        if !in_the_way.is_empty() {
            let refused = if away { EquipmentError::Required } else { EquipmentError::RequiresAway };
            return Err(refused(in_the_way));
        }
        equipment::archive_type(job.tx, kind, away.then_some(job.now)).await?;
        if away {
            job.emit(DomainEvent::TypeArchived { kind }).await?;
        }
        job.tx.after_commit(ChangeEvent::Space);
        let action = if away { "type.archived" } else { "type.restored" };
        job.audited(shelved, action, kind, &json!({})).await
    })
    .await
}
