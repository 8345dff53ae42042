//! Rooms: bookable places, and the machines and equipment in each.
//!
//! Invariant: a machine's time is taken while its room's is, if the room's holder may use it, so a machine that is
//! put into a room must be free then. Not here: bookings ([`crate::bookings`]).

mod page;

pub use page::page as room_page;

use crate::{Ctx, bookings::left_to_others, change::Job, error, external_calendars, serve::bind};
use contract::{
    equipment::Shelved,
    form::{Fault, Faults, KeptIds},
    rooms::{
        AddRoom, ArchiveRoom, ListRooms, ReadRoom, ReadRooms, RestoreRoom, Room, RoomAdded, RoomForm, RoomList,
        RoomRow, Rooms, SaveRoom,
    },
};
use domain::{
    accounts::Email,
    actor::{Actor, Forbidden, Permission, Target},
    bounded::BoundedInteger,
    events::DomainEvent,
    id::{BookingId, GroupId, MachineId, PersonId, RoomId},
    live::ChangeEvent,
    people::PersonStatus,
    rooms::Equipment,
    versions::Saved,
};
use macros::ServiceError;
use serde_json::json;
use store::{
    Done, SqliteConnection, StoreError, Unaudited, WriteTx,
    bookings::{self, Filter},
    equipment,
    groups::{self, StoredGroup},
    machines, permitted, profiles,
    rooms::{self as rows, NewRoom, StoredRoom},
};

/// Limit of upcoming bookings of a room.
const BOOKED: u32 = 2_000;
/// The repeated field of its machines.
const MACHINES: &str = "machines[]";
/// The repeated field of the groups that may book it.
const GROUPS: &str = "groups[]";
/// Name of the people field.
const PEOPLE: &str = "people[]";
/// The repeated field of its equipment.
const EQUIPMENT: &str = "equipment[]";

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
    let rooms = rows.iter().filter(|row| may_change || row.archived.is_none());
    let rooms = rooms.map(|row| to_view(row, may_change)).collect();
    Ok(RoomList { rooms })
}

async fn find(ctx: &Ctx, actor: &Actor, room: RoomId) -> Result<Room, RoomsError> {
    let may_change = actor.may(Permission::ChangeEquipment, Target::NONE);
    let row = rows::one(&mut *ctx.store().read().await?, room).await?;
    let row = row.filter(|row| may_change || row.archived.is_none()).ok_or(RoomsError::Unknown)?;
    Ok(to_view(&row, may_change))
}

fn to_view(row: &StoredRoom, may_change: bool) -> Room {
    Room {
        id: row.id,
        version: row.version,
        name: row.name.clone(),
        capacity: row.capacity,
        floor: row.floor.clone(),
        place: row.place,
        machines: row.machines(),
        groups: row.groups(),
        people: if may_change { row.people() } else { Vec::new() },
        equipment: row.equipment(),
        note: row.note.clone(),
        closed: row.closed.clone(),
        importance: row.importance,
        series: row.series,
        picture: row.picture.is_some(),
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
    let equipment = rows::equipment(&mut snapshot).await?;
    let people = permitted::people(&mut snapshot).await?;
    drop(snapshot);
    let row = |stored: &StoredRoom| {
        let inside = stored.machines();
        let names = inventory.iter().filter(|one| inside.contains(&one.id)).map(|one| one.name.clone());
        RoomRow {
            id: stored.id,
            saved: saved(stored),
            location: stored.location().unwrap_or_default(),
            machines: names.collect(),
            groups: permitted_to(stored, &groups)
                .map(|group| group.name.clone())
                .chain(names_of(stored, &people))
                .collect(),
            picture: stored.picture.map(|added| added.0),
            archived: stored.archived.is_some(),
        }
    };
    let rooms: Vec<_> = stored.iter().map(row).collect();
    let in_rooms: Vec<_> = stored.iter().flat_map(StoredRoom::machines).collect();
    let choices = inventory.iter().filter(|one| !one.archived || in_rooms.contains(&one.id));
    let machines = choices.map(|one| (one.id, one.name.clone())).collect();
    let kept: Vec<_> = stored.iter().flat_map(StoredRoom::groups).collect();
    let groups = groups.into_iter().filter(|group| group.archived.is_none() || kept.contains(&group.id));
    let groups = groups.map(|group| (group.id, group.name)).collect();
    Ok(Rooms { rooms, places, machines, groups, people, equipment })
}

/// The groups that may book a room.
fn permitted_to<'a>(stored: &StoredRoom, groups: &'a [StoredGroup]) -> impl Iterator<Item = &'a StoredGroup> {
    let permitted = stored.groups();
    groups.iter().filter(move |group| permitted.contains(&group.id))
}

/// The names of the people who may book a room.
fn names_of<'a>(stored: &StoredRoom, people: &'a [(PersonId, String)]) -> impl Iterator<Item = String> + 'a {
    let permitted = stored.people();
    people.iter().filter(move |(person, _)| permitted.contains(person)).map(|(_, name)| name.clone())
}

/// The stored values, as the form sends them.
fn saved(row: &StoredRoom) -> Saved {
    let machines = row.machines().into_iter().map(|machine| (MACHINES, machine.to_string()));
    let fields = [
        ("name", row.name.clone()),
        ("capacity", row.capacity.to_string()),
        ("floor", row.floor.clone()),
        ("place", row.place.map(|place| place.to_string()).unwrap_or_default()),
        ("note", row.note.clone()),
        ("closed", row.closed.clone().unwrap_or_default()),
        ("importance", if row.importance { "yes".to_owned() } else { String::new() }),
        ("series", row.series.map(|days| days.to_string()).unwrap_or_default()),
    ];
    let groups = row.groups().into_iter().map(|group| (GROUPS, group.to_string()));
    let people = row.people().into_iter().map(|person| (PEOPLE, person.to_string()));
    let equipment = row.equipment().into_iter().map(|name| (EQUIPMENT, name));
    Saved::new(
        row.version,
        fields.into_iter().chain(machines).chain(groups).chain(people).chain(equipment).collect(),
    )
}

async fn one(tx: &mut WriteTx, room: RoomId) -> Result<StoredRoom, RoomsError> {
    rows::one(tx.conn(), room).await?.ok_or(RoomsError::Unknown)
}

async fn add(job: &mut Job<'_>, form: RoomForm) -> Result<Done<RoomAdded>, RoomsError> {
    let Described { new, machines, groups, people, person, equipment } = describe(form);
    let groups = groups.unwrap_or_default();
    let people = permitted_people(job, people.unwrap_or_default(), person.as_ref(), &[]).await?;
    exist(job, &new, &machines, (&groups, &[])).await?;
    let room = rows::add(job.tx, &new).await.map_err(name_taken)?;
    permitted::permit_room(job.tx, room, &groups).await?;
    permitted::permit_room_to_people(job.tx, room, &people).await?;
    equip(job, room, equipment).await?;
    furnish(job, room, &[], &machines).await?;
    job.tx.after_commit(ChangeEvent::Bookings);
    let (groups, people) = (groups.len(), people.len());
    let detail =
        json!({ "machines": machines.len(), "groups": groups, "people": people, "closed": new.closed.is_some() });
    job.audited(RoomAdded { room }, "room.added", room, &detail).await
}

/// Saves a room's description and machines.
async fn save(job: &mut Job<'_>, room: RoomId, seen: i64, form: RoomForm) -> Result<Done<()>, RoomsError> {
    let Described { new, machines, groups, people, person, equipment } = describe(form);
    let row = one(job.tx, room).await?;
    if !domain::versions::is_current(row.version, seen) {
        let signed = error::signed(job.tx.conn(), job.zone, room, saved(&row)).await?;
        return Err(RoomsError::Stale(signed));
    }
    let before = row.groups();
    let groups = groups.unwrap_or_else(|| before.clone());
    let people_before = row.people();
    let people = people.unwrap_or_else(|| people_before.clone());
    let people = permitted_people(job, people, person.as_ref(), &people_before).await?;
    exist(job, &new, &machines, (&groups, &before)).await?;
    rows::change(job.tx, room, &new).await.map_err(name_taken)?;
    permitted::permit_room(job.tx, room, &groups).await?;
    permitted::permit_room_to_people(job.tx, room, &people).await?;
    if groups != before || people != people_before {
        job.emit(DomainEvent::PermissionsChanged).await?;
    }
    equip(job, room, equipment).await?;
    job.tx.after_commit(ChangeEvent::Groups);
    furnish(job, room, &row.machines(), &machines).await?;
    job.tx.after_commit(ChangeEvent::Bookings);
    let (groups, people) = (groups.len(), people.len());
    let detail =
        json!({ "machines": machines.len(), "groups": groups, "people": people, "closed": new.closed.is_some() });
    job.audited((), "room.changed", room, &detail).await
}

/// The values of a form.
struct Described {
    new: NewRoom,
    machines: Vec<MachineId>,
    /// `None` keeps them.
    groups: Option<Vec<GroupId>>,
    /// `None` keeps them.
    people: Option<Vec<PersonId>>,
    /// One more.
    person: Option<Email>,
    equipment: Equipment,
}

fn describe(form: RoomForm) -> Described {
    let (KeptIds(groups), KeptIds(people)) = (form.groups, form.people);
    let groups = groups.map(in_order);
    let people = people.map(in_order);
    let new = NewRoom {
        name: form.name.into(),
        capacity: form.capacity.get(),
        floor: form.floor.into(),
        place: form.place,
        note: form.note.map(|note| note.as_str().to_owned()).unwrap_or_default(),
        closed: form.closed.map(|why| why.as_str().to_owned()),
        importance: form.importance,
        series: form.series.map(BoundedInteger::get),
    };
    Described { new, machines: form.machines.0, groups, people, person: form.person, equipment: form.equipment }
}

fn in_order<T: Ord>(mut ids: Vec<T>) -> Vec<T> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The people who may book it, with the holder of one more address. Only active members can be added.
async fn permitted_people(
    job: &mut Job<'_>,
    mut people: Vec<PersonId>,
    person: Option<&Email>,
    before: &[PersonId],
) -> Result<Vec<PersonId>, RoomsError> {
    if let Some(email) = person {
        let found = profiles::holder(job.tx.conn(), email.as_str()).await?;
        let (person, _) = found.ok_or_else(|| Faults::one("person", Fault::Nobody))?;
        people.push(person);
    }
    let people = in_order(people);
    for person in people.iter().filter(|person| !before.contains(person)) {
        let status = store::people::standing(job.tx.conn(), *person).await?;
        if status.is_none_or(|(status, _)| status != PersonStatus::Active) {
            return Err(Faults::one("person", Fault::Nobody).into());
        }
    }
    Ok(people)
}

/// Sets the equipment, spelled as in other rooms.
async fn equip(job: &mut Job<'_>, room: RoomId, equipment: Equipment) -> Result<(), RoomsError> {
    let in_use = rows::equipment(job.tx.conn()).await?;
    Ok(rows::equip(job.tx, room, equipment.spelled_like(&in_use).names()).await?)
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
    (groups, before): (&[GroupId], &[GroupId]),
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
    if !can_be_permitted(job.tx.conn(), groups, before).await? {
        faults.0.push(("groups".to_owned(), Fault::Choice));
    }
    if faults.0.is_empty() { Ok(()) } else { Err(faults.into()) }
}

/// Whether these groups can be permitted: those that exist and are not archived, and those permitted `before`.
pub(crate) async fn can_be_permitted(
    conn: &mut SqliteConnection,
    groups: &[GroupId],
    before: &[GroupId],
) -> Result<bool, StoreError> {
    if groups.iter().all(|group| before.contains(group)) {
        return Ok(true);
    }
    let known = groups::administered(conn, None).await?;
    let can_be = |group: &GroupId| before.contains(group) || known.iter().any(|(known, _)| known == group);
    Ok(groups.iter().all(can_be))
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
        let left = left_to_others(job.tx.conn(), &[machine], row.holder(), row.span(), job.now).await?;
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
