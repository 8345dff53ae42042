//! One machine: its form, editing, archiving and restoring; and duplicating it.

use super::{
    EquipmentError, ValidationError,
    explicit_settings::{checked_settings, inherited, own, say},
    free, number,
    permissions::{chosen_groups, ids, offered, permittable},
    place,
};
use crate::{Ctx, error};
use contract::equipment::{MachineInput, MachineSheet, Shelved};
use domain::{
    actor::{Actor, Permission, Target},
    equipment::{GROUPS, NoAddress, manual},
    events::DomainEvent,
    id::{GroupId, MachineId, TypeId},
    live::ChangeEvent,
    names,
    settings::{Key, Scope, Setting, Settings},
    versions::Saved,
};
use serde_json::json;
use store::{
    Done, SqliteConnection, StoreError, Unaudited, equipment, groups,
    machines::{self, NewMachine, StoredMachine},
    maintenance, permitted, pictures,
    settings::{self, At},
};

/// The new values of a machine.
struct MachineChange {
    machine: NewMachine,
    groups: Option<Vec<GroupId>>,
    explicit: Vec<(Key, String)>,
}

/// The machine, to be edited.
pub async fn sheet(ctx: &Ctx, actor: &Actor, machine: MachineId) -> Result<MachineSheet, EquipmentError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let row = known(&mut snapshot, actor, machine).await?;
    let explicit = settings::explicit(&mut snapshot, Some(row.kind), Some(machine)).await?;
    let farther = explicit.iter().filter(|setting| setting.scope != Scope::Machine).cloned().collect();
    let farther = Settings::resolve(farther);
    let mut kinds = equipment::types(&mut snapshot).await?;
    // Nobody can move a machine into a type that they may not change.
    kinds.retain(|(kind, _)| *kind == row.kind || may(actor, *kind));
    // Its own type is always offered: the form would replace a missing one.
    let own = kinds.iter().any(|(kind, _)| *kind == row.kind);
    let away = if own { Vec::new() } else { equipment::stored_types(&mut snapshot, Some(row.kind)).await? };
    kinds.extend(away.iter().map(|kind| (kind.id, kind.name.clone())));
    let groups = permitted::of_machine(&mut snapshot, machine).await?;
    let of_type = permitted::of_type(&mut snapshot, row.kind).await?;
    let all = groups::names(&mut snapshot).await?;
    let name = |group: &GroupId| all.iter().find(|(id, ..)| id == group).map(|(_, name, _)| name.clone());
    Ok(MachineSheet {
        type_groups: of_type.iter().filter_map(name).collect(),
        groups: offered(&all, &groups),
        now: ctx.moment(now),
        id: machine,
        archived: row.archived.map(|at| ctx.moment(at)),
        picture: pictures::of_machine(&mut snapshot, machine).await?.map(|added| added.0),
        inherited: inherited(&farther),
        saved: saved(&row, &groups, &explicit),
        kinds,
        away: away.into_iter().map(|kind| kind.id).collect(),
        places: equipment::places(&mut snapshot).await?,
    })
}

/// The machine, for its editors.
async fn known(
    conn: &mut SqliteConnection,
    actor: &Actor,
    id: MachineId,
) -> Result<StoredMachine, EquipmentError> {
    // Callers without permission learn nothing about the machine.
    let row = machines::one(conn, id).await?;
    let about = row.as_ref().map_or(Target::NONE, |row| Target::equipment(row.kind, Some(id)));
    actor.require(Permission::ChangeEquipment, about)?;
    row.ok_or(EquipmentError::UnknownMachine)
}

fn may(actor: &Actor, kind: TypeId) -> bool {
    actor.may(Permission::ChangeEquipment, Target::equipment(kind, None))
}

/// The stored values, as the form sends them.
fn saved(machine: &StoredMachine, groups: &[GroupId], explicit: &[Setting]) -> Saved {
    let mut fields = vec![
        ("name", machine.name.clone()),
        ("number", machine.number.map_or_else(String::new, |number| number.0.to_string())),
        ("kind", machine.kind.to_string()),
        ("place", machine.place.map_or_else(String::new, |place| place.to_string())),
        ("manual", machine.manual.clone().unwrap_or_default()),
        (GROUPS, ids(groups)),
    ];
    fields.extend(own(explicit, Scope::Machine));
    Saved::new(machine.version, fields)
}

/// Saves a machine over `version`, or returns the newer one.
pub async fn save(
    ctx: &Ctx,
    actor: &Actor,
    machine: MachineId,
    version: i64,
    form: MachineInput,
) -> Result<(), EquipmentError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let row = known(&mut snapshot, actor, machine).await?;
    let requested = match checked(&form) {
        Ok(requested) => requested,
        Err(faults) => {
            let of = row.archived.is_none().then_some(row.id);
            return Err(with_taken(&mut snapshot, faults, &form.number, of).await?);
        }
    };
    drop(snapshot);
    let zone = ctx.space().zone;
    ctx.begin(actor, async move |begun| {
        let row = known(begun.tx.conn(), &begun.actor, machine).await?;
        let mut job = begun.require(Permission::ChangeEquipment, Target::equipment(row.kind, Some(machine)))?;
        let explicit = settings::explicit(job.tx.conn(), Some(row.kind), Some(machine)).await?;
        let so_far = permitted::of_machine(job.tx.conn(), machine).await?;
        let before = saved(&row, &so_far, &explicit);
        if !domain::versions::is_current(row.version, version) {
            let signed = error::signed(job.tx.conn(), zone, machine, before).await?;
            return Err(EquipmentError::Stale(signed));
        }
        let groups = requested.groups.as_ref().unwrap_or(&so_far);
        permittable(job.tx.conn(), groups, &so_far).await?;
        fits(job.tx.conn(), &job.actor, &row, &requested.machine).await?;
        machines::change(job.tx, machine, &requested.machine).await?;
        permitted::permit_machine(job.tx, machine, groups).await?;
        maintenance::begin(job.tx, machine, job.now).await?;
        say(&mut job, At::Machine(machine), &requested.explicit).await?;
        let row = machines::one(job.tx.conn(), machine).await?.ok_or(EquipmentError::UnknownMachine)?;
        let explicit = settings::explicit(job.tx.conn(), Some(row.kind), Some(machine)).await?;
        let changed = saved(&row, groups, &explicit).changed_since(&before);
        if changed.is_empty() {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        if *groups != so_far || before.value("kind") != row.kind.to_string() {
            job.emit(DomainEvent::PermissionsChanged).await?;
            job.tx.after_commit(ChangeEvent::Groups);
        }
        job.tx.after_commit(ChangeEvent::Machine(machine));
        let detail = json!({ "changed": changed.join(" ").replace(GROUPS, "groups") });
        job.audited((), "machine.changed", machine, &detail).await
    })
    .await
}

/// All errors, including a taken number: everything can be corrected at once. It is checked again in the job.
async fn with_taken(
    conn: &mut SqliteConnection,
    mut faults: Vec<ValidationError>,
    input: &str,
    of: Option<MachineId>,
) -> Result<EquipmentError, StoreError> {
    if let (Some(of), Ok(number)) = (of, number(input)) {
        match free(conn, number, Some(of)).await {
            Err(EquipmentError::Invalid(taken)) => faults.extend(taken),
            Err(EquipmentError::Store(error)) => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(EquipmentError::Invalid(faults))
}

/// The valid input, or all errors.
fn checked(form: &MachineInput) -> Result<MachineChange, Vec<ValidationError>> {
    let (name, number, manual) = (names::name(&form.name), number(&form.number), manual(&form.manual));
    let kind = form.kind.trim().parse().map(TypeId);
    let place = place(&form.place);
    let mut faults = Vec::new();
    faults.extend(name.is_err().then_some(ValidationError::Name));
    faults.extend(number.as_ref().err().cloned());
    faults.extend(kind.is_err().then_some(ValidationError::NoType));
    faults.extend(place.is_err().then_some(ValidationError::NoPlace));
    faults.extend(manual.as_ref().err().map(|why| match why {
        NoAddress::Unread => ValidationError::Manual,
        NoAddress::Space => ValidationError::ManualSpace,
    }));
    let groups = chosen_groups(form.groups.as_deref(), &mut faults);
    let explicit = checked_settings(&form.settings, &mut faults);
    match (name, number, kind, place, manual) {
        (Ok(name), Ok(number), Ok(kind), Ok(place), Ok(manual)) if faults.is_empty() => {
            Ok(MachineChange { machine: NewMachine { number, kind, place, name, manual }, groups, explicit })
        }
        _ => Err(faults),
    }
}

/// Checks type, place and number against the database; and that a machine in use keeps its number, by which its
/// board knows it, and its type, which admitted its user.
pub(super) async fn fits(
    conn: &mut SqliteConnection,
    actor: &Actor,
    machine: &StoredMachine,
    requested: &NewMachine,
) -> Result<(), EquipmentError> {
    let &NewMachine { kind, place, number, .. } = requested;
    let mut faults = Vec::new();
    let there = equipment::types(conn).await?.iter().any(|(there, _)| *there == kind);
    if kind != machine.kind && !(there && may(actor, kind)) {
        faults.push(ValidationError::NoType);
    }
    let places = equipment::places(conn).await?;
    if place != machine.place && place.is_some_and(|place| places.iter().all(|(there, _)| *there != place)) {
        faults.push(ValidationError::NoPlace);
    }
    if !faults.is_empty() {
        return Err(EquipmentError::Invalid(faults));
    }
    // An archived machine has no number.
    if machine.archived.is_none() {
        free(conn, number, Some(machine.id)).await?;
    }
    if machine.in_use && (number != machine.number || kind != machine.kind) {
        return Err(EquipmentError::InUseAsIs(machine.name.clone()));
    }
    Ok(())
}

/// Fails if its type is archived, because nobody could be qualified on it.
async fn typed_in_use(conn: &mut SqliteConnection, machine: &StoredMachine) -> Result<(), EquipmentError> {
    let types = equipment::types(conn).await?;
    if types.iter().any(|(kind, _)| *kind == machine.kind) { Ok(()) } else { Err(EquipmentError::TypeAway) }
}

/// Adds another machine of the same type at the same place, with the same settings and no number; its name comes
/// from `named`.
pub async fn duplicate(
    ctx: &Ctx,
    actor: &Actor,
    machine: MachineId,
    named: impl Fn(&str) -> String + Send + 'static,
) -> Result<MachineId, EquipmentError> {
    known(&mut *ctx.store().read().await?, actor, machine).await?;
    ctx.begin(actor, async move |begun| {
        let row = known(begun.tx.conn(), &begun.actor, machine).await?;
        let mut job = begun.require(Permission::ChangeEquipment, Target::equipment(row.kind, Some(machine)))?;
        typed_in_use(job.tx.conn(), &row).await?;
        let explicit = settings::explicit(job.tx.conn(), None, Some(machine)).await?;
        let name: String = named(&row.name).chars().take(*names::NAME.end()).collect();
        let new = NewMachine { number: None, kind: row.kind, place: row.place, name, manual: row.manual };
        let made = machines::add(job.tx, &new).await?;
        let groups = permitted::of_machine(job.tx.conn(), machine).await?;
        permitted::permit_machine(job.tx, made, &groups).await?;
        maintenance::begin(job.tx, made, job.now).await?;
        for setting in explicit.into_iter().filter(|setting| setting.scope == Scope::Machine) {
            settings::set(job.tx, At::Machine(made), setting.key, &setting.value).await?;
        }
        job.tx.after_commit(ChangeEvent::Machine(made));
        let detail = json!({ "type": row.kind, "like": machine });
        job.audited(made, "machine.added", made, &detail).await
    })
    .await
}

/// Archives an idle machine: it leaves every list, and its board gets no answers any more. Or restores it, with
/// its number if that is still free.
pub async fn archive(ctx: &Ctx, actor: &Actor, machine: MachineId, away: bool) -> Result<Shelved, EquipmentError> {
    known(&mut *ctx.store().read().await?, actor, machine).await?;
    ctx.begin(actor, async move |begun| {
        let row = known(begun.tx.conn(), &begun.actor, machine).await?;
        let mut job = begun.require(Permission::ChangeEquipment, Target::equipment(row.kind, Some(machine)))?;
        let shelved = Shelved::new(machine.0, row.name.clone(), away);
        if row.archived.is_some() == away {
            return Ok(Done::unaudited(shelved, Unaudited::NothingChanged));
        }
        if away && row.in_use {
            return Err(EquipmentError::InUse);
        }
        if !away {
            typed_in_use(job.tx.conn(), &row).await?;
        }
        if let (false, Some(number)) = (away, row.number)
            && let Some((_, name)) = machines::numbered(job.tx.conn(), number).await?
        {
            return Err(EquipmentError::NumberGone(name));
        }
        machines::archive(job.tx, machine, away.then_some(job.now)).await?;
        if away {
            job.emit(DomainEvent::MachineArchived { machine }).await?;
        }
        job.tx.after_commit(ChangeEvent::Machine(machine));
        let action = if away { "machine.archived" } else { "machine.restored" };
        job.audited(shelved, action, machine, &json!({})).await
    })
    .await
}
