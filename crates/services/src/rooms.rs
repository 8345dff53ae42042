//! Rooms: bookable places, and the machines in each.
//!
//! Invariant: a machine's time is taken while its room's is, if the room's holder may use it, so a machine that is
//! put into a room must be free then. Not here: bookings ([`crate::bookings`]).

use crate::{Ctx, bookings::left_to_others, change::Job, error, external_calendars, serve::bind};
use contract::{
    equipment::Shelved,
    form::{Fault, Faults, IdList},
    rooms::{
        AddRoom, ArchiveRoom, ListRooms, ReadRoom, ReadRooms, RestoreRoom, Room, RoomAdded, RoomForm, RoomList,
        RoomRow, Rooms, SaveRoom,
    },
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    events::DomainEvent,
    id::{BookingId, GroupId, MachineId, RoomId},
    live::ChangeEvent,
    versions::Saved,
};
use macros::ServiceError;
use serde_json::json;
use store::{
    Done, StoreError, Unaudited, WriteTx,
    bookings::{self, Filter},
    equipment,
    groups::{self, StoredGroup},
    machines,
    rooms::{self as rows, NewRoom, StoredRoom},
};

/// Limit of upcoming bookings of a room.
const BOOKED: u32 = 2_000;
/// The repeated field of its machines.
const MACHINES: &str = "machines[]";
/// The repeated field of the groups that may book it.
const GROUPS: &str = "groups[]";

/// Why a room is not changed.
#[derive(Debug, Clone, ServiceError)]
pub enum RoomsError {
    #[problem("room.unknown", NotFound, room_unknown)]
    Unknown,
    /// It has bookings.
    #[problem("room.booked", Conflict, room_booked)]
    Booked,
    /// A machine is taken while the room is.
    #[problem("room.machine-taken", Conflict, room_machine_taken)]
    MachineTaken,
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    #[problem("room.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error RoomsError;
    ListRooms {}, may SeeBookings => list;
    ReadRooms {}, may ChangeEquipment => page;
    AddRoom {} with form, may ChangeEquipment, in job => add;
    ReadRoom { id }, may SeeBookings => find;
    SaveRoom { id, version } with form, may ChangeEquipment, in job => save;
    ArchiveRoom { id }, may ChangeEquipment, in job => archive;
    RestoreRoom { id }, may ChangeEquipment, in job => restore;
}

/// All rooms by name; archived ones only for editors.
async fn list(ctx: &Ctx, actor: &Actor) -> Result<RoomList, RoomsError> {
    let may_change = actor.may(Permission::ChangeEquipment, Target::NONE);
    let rows = rows::list(&mut *ctx.store().read().await?).await?;
    let rooms = rows.iter().filter(|row| may_change || row.archived.is_none()).map(to_view).collect();
    Ok(RoomList { rooms })
}

async fn find(ctx: &Ctx, actor: &Actor, room: RoomId) -> Result<Room, RoomsError> {
    let rooms = list(ctx, actor).await?.rooms;
    rooms.into_iter().find(|one| one.id == room).ok_or(RoomsError::Unknown)
}

fn to_view(row: &StoredRoom) -> Room {
    Room {
        id: row.id,
        version: row.version,
        name: row.name.clone(),
        capacity: row.capacity,
        floor: row.floor.clone(),
        place: row.place,
        machines: row.machines(),
        groups: row.groups(),
        archived: row.archived.is_some(),
    }
}

/// All rooms for editors, with the possible places and machines.
async fn page(ctx: &Ctx, _: &Actor) -> Result<Rooms, RoomsError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let stored = rows::list(&mut snapshot).await?;
    let places = equipment::places(&mut snapshot).await?;
    let inventory = machines::inventory(&mut snapshot).await?;
    let groups = groups::list(&mut snapshot, None, None, ctx.now()).await?;
    drop(snapshot);
    let row = |stored: &StoredRoom| {
        let inside = stored.machines();
        let names = inventory.iter().filter(|one| inside.contains(&one.id)).map(|one| one.name.clone());
        RoomRow {
            id: stored.id,
            saved: saved(stored),
            location: stored.location().unwrap_or_default(),
            machines: names.collect(),
            groups: permitted(stored, &groups).map(|group| group.name.clone()).collect(),
            archived: stored.archived.is_some(),
        }
    };
    let rooms: Vec<_> = stored.iter().map(row).collect();
    let in_rooms: Vec<_> = stored.iter().flat_map(StoredRoom::machines).collect();
    let choices = inventory.iter().filter(|one| !one.archived || in_rooms.contains(&one.id));
    let machines = choices.map(|one| (one.id, one.name.clone())).collect();
    let kept: Vec<_> = stored.iter().flat_map(StoredRoom::groups).collect();
    let groups = groups.into_iter().filter(|group| group.archived.is_none() || kept.contains(&group.id));
    Ok(Rooms { rooms, places, machines, groups: groups.map(|group| (group.id, group.name)).collect() })
}

/// The groups that may book a room.
fn permitted<'a>(stored: &StoredRoom, groups: &'a [StoredGroup]) -> impl Iterator<Item = &'a StoredGroup> {
    let permitted = stored.groups();
    groups.iter().filter(move |group| permitted.contains(&group.id))
}

/// The stored values, as the form sends them.
fn saved(row: &StoredRoom) -> Saved {
    let machines = row.machines().into_iter().map(|machine| (MACHINES, machine.to_string()));
    let fields = [
        ("name", row.name.clone()),
        ("capacity", row.capacity.to_string()),
        ("floor", row.floor.clone()),
        ("place", row.place.map(|place| place.to_string()).unwrap_or_default()),
    ];
    let groups = row.groups().into_iter().map(|group| (GROUPS, group.to_string()));
    Saved::new(row.version, fields.into_iter().chain(machines).chain(groups).collect())
}

async fn one(tx: &mut WriteTx, room: RoomId) -> Result<StoredRoom, RoomsError> {
    rows::list(tx.conn()).await?.into_iter().find(|row| row.id == room).ok_or(RoomsError::Unknown)
}

async fn add(job: &mut Job<'_>, form: RoomForm) -> Result<Done<RoomAdded>, RoomsError> {
    let (new, machines, groups) = describe(form);
    exist(job, &new, &machines, &groups).await?;
    let room = rows::add(job.tx, &new).await.map_err(name_taken)?;
    rows::permit(job.tx, room, &groups).await?;
    furnish(job, room, &[], &machines).await?;
    job.tx.after_commit(ChangeEvent::Bookings);
    let detail = json!({ "machines": machines.len(), "groups": groups.len() });
    job.audited(RoomAdded { room }, "room.added", room, &detail).await
}

/// Saves a room's description and machines.
async fn save(job: &mut Job<'_>, room: RoomId, seen: i64, form: RoomForm) -> Result<Done<()>, RoomsError> {
    let (new, machines, groups) = describe(form);
    let row = one(job.tx, room).await?;
    if !domain::versions::is_current(row.version, seen) {
        let signed = error::signed(job.tx.conn(), job.zone, room, saved(&row)).await?;
        return Err(RoomsError::Stale(signed));
    }
    exist(job, &new, &machines, &groups).await?;
    rows::change(job.tx, room, &new).await.map_err(name_taken)?;
    rows::permit(job.tx, room, &groups).await?;
    job.tx.after_commit(ChangeEvent::Groups);
    furnish(job, room, &row.machines(), &machines).await?;
    job.tx.after_commit(ChangeEvent::Bookings);
    let detail = json!({ "machines": machines.len(), "groups": groups.len() });
    job.audited((), "room.changed", room, &detail).await
}

fn describe(form: RoomForm) -> (NewRoom, Vec<MachineId>, Vec<GroupId>) {
    let RoomForm { name, capacity, floor, place, machines: IdList(machines), groups: IdList(mut groups) } = form;
    groups.sort_unstable();
    groups.dedup();
    (NewRoom { name: name.into(), capacity: capacity.get(), floor: floor.into(), place }, machines, groups)
}

/// Archives a room, unless it is booked.
async fn archive(job: &mut Job<'_>, room: RoomId) -> Result<Done<Shelved>, RoomsError> {
    let row = one(job.tx, room).await?;
    let shelved = Shelved::new(room.0, row.name, true);
    if row.archived.is_some() {
        return Ok(Done::unaudited(shelved, Unaudited::NothingChanged));
    }
    let booked = Filter {
        resource: Some(domain::bookings::Resource::Room(room)),
        holding: true,
        after: Some(job.now),
        ..Filter::default()
    };
    if !bookings::list(job.tx.conn(), booked, 1).await?.is_empty() {
        return Err(RoomsError::Booked);
    }
    rows::archive(job.tx, room, Some(job.now)).await?;
    job.emit(DomainEvent::RoomArchived { room }).await?;
    job.tx.after_commit(ChangeEvent::Bookings);
    job.audited(shelved, "room.archived", room, &json!({})).await
}

/// Restores a room, unless another has its name by now.
async fn restore(job: &mut Job<'_>, room: RoomId) -> Result<Done<Shelved>, RoomsError> {
    let row = one(job.tx, room).await?;
    let shelved = Shelved::new(room.0, row.name, false);
    if row.archived.is_none() {
        return Ok(Done::unaudited(shelved, Unaudited::NothingChanged));
    }
    rows::archive(job.tx, room, None).await.map_err(name_taken)?;
    job.tx.after_commit(ChangeEvent::Bookings);
    job.audited(shelved, "room.restored", room, &json!({})).await
}

/// Whether the place, the machines and the groups exist.
async fn exist(
    job: &mut Job<'_>,
    new: &NewRoom,
    machines: &[MachineId],
    groups: &[GroupId],
) -> Result<(), RoomsError> {
    let mut faults = Faults::default();
    if let Some(place) = new.place
        && !equipment::places(job.tx.conn()).await?.iter().any(|(id, _)| *id == place)
    {
        faults.0.push(("place".to_owned(), Fault::Choice));
    }
    let known = machines::inventory(job.tx.conn()).await?;
    if !machines.iter().all(|machine| known.iter().any(|listed| listed.id == *machine)) {
        faults.0.push(("machines".to_owned(), Fault::Machines));
    }
    if !groups.is_empty() {
        let known = groups::list(job.tx.conn(), None, None, job.now).await?;
        if !groups.iter().all(|group| known.iter().any(|listed| listed.id == *group)) {
            faults.0.push(("groups".to_owned(), Fault::Choice));
        }
    }
    if faults.0.is_empty() { Ok(()) } else { Err(faults.into()) }
}

/// Moves machines out of a room and into it, out of others too.
async fn furnish(
    job: &mut Job<'_>,
    room: RoomId,
    before: &[MachineId],
    after: &[MachineId],
) -> Result<(), RoomsError> {
    for machine in before.iter().filter(|machine| !after.contains(machine)) {
        rows::take_out(job.tx, *machine, room).await?;
        job.tx.after_commit(ChangeEvent::Machine(*machine));
    }
    for machine in after.iter().filter(|machine| !before.contains(machine)) {
        if let Some(other) = rows::room_of(job.tx.conn(), *machine).await? {
            rows::take_out(job.tx, *machine, other).await?;
        }
        let beside = beside(job, room, *machine).await?;
        rows::put_in(job.tx, *machine, room, &beside).await.map_err(|why| match why {
            StoreError::Overlap(_) => RoomsError::MachineTaken,
            why => why.into(),
        })?;
        job.tx.after_commit(ChangeEvent::Machine(*machine));
    }
    external_calendars::furnished(job.tx, room, job.now).await?;
    Ok(())
}

/// Upcoming bookings of the room whose holders may not use `machine`: it stays free for others then.
async fn beside(job: &mut Job<'_>, room: RoomId, machine: MachineId) -> Result<Vec<BookingId>, RoomsError> {
    let resource = Some(domain::bookings::Resource::Room(room));
    let booked = Filter { resource, holding: true, after: Some(job.now), ..Filter::default() };
    let mut beside = Vec::new();
    for row in bookings::list(job.tx.conn(), booked, BOOKED).await? {
        let left = left_to_others(job.tx.conn(), &[machine], row.person, row.span(), job.now).await?;
        beside.extend((!left.is_empty()).then_some(row.id));
    }
    Ok(beside)
}

fn name_taken(why: StoreError) -> RoomsError {
    match why {
        StoreError::Unique(_) => Faults::one("name", Fault::RoomTaken).into(),
        why => why.into(),
    }
}
