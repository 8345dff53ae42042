//! Rooms: bookable places, and the machines in each.
//!
//! Invariant: a machine's time is taken while its room's is, if the room's holder may use it, so a machine that is
//! put into a room must be free then. Not here: bookings ([`crate::bookings`]).

use crate::{Ctx, bookings::left_to_others, change::Job, error, external_calendars};
use contract::{
    bookings::Room,
    equipment::Shelved,
    rooms::{RoomRow, Rooms},
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    events::DomainEvent,
    id::{BookingId, MachineId, PlaceId, RoomId},
    live::ChangeEvent,
    names,
    versions::Saved,
};
use macros::{FieldError, ServiceError};
use serde_json::json;
use store::{
    Done, StoreError, Unaudited, WriteTx,
    bookings::{self, Filter},
    equipment, machines,
    rooms::{self as rows, NewRoom, StoredRoom},
};

/// People in one room, at most.
const CAPACITY: u16 = 9_999;
/// Limit of characters of a floor's name.
const FLOOR: usize = 40;
/// Limit of upcoming bookings of a room.
const BOOKED: u32 = 2_000;
/// The repeated field of its machines.
const MACHINES: &str = "machines[]";

/// An invalid field of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FieldError)]
pub enum ValidationError {
    #[field("name", name_invalid)]
    Name,
    /// Another room is called so.
    #[field("name", room_name_taken)]
    NameTaken,
    /// Not a number of people.
    #[field("capacity", room_capacity(&CAPACITY.to_string()))]
    Capacity,
    #[field("floor", room_floor(&FLOOR.to_string()))]
    Floor,
    #[field("place", room_place)]
    Place,
    #[field("machines", room_machines)]
    Machines,
}

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
    /// Fields of the form do not fit.
    #[problem("room.invalid", Invalid, each)]
    Invalid(Vec<ValidationError>),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

#[derive(Debug, Clone)]
pub struct DescribeRoom {
    new: NewRoom,
    /// Machines in the room.
    pub machines: Vec<MachineId>,
}

impl DescribeRoom {
    /// The command in the fields of a form or a request, or all that is wrong with them.
    pub fn read(
        name: &str,
        capacity: Option<u32>,
        floor: &str,
        place: Result<Option<PlaceId>, ValidationError>,
        machines: Result<Vec<MachineId>, ValidationError>,
    ) -> Result<Self, Vec<ValidationError>> {
        let name = names::name(name).map_err(|_| ValidationError::Name);
        let capacity = capacity.and_then(|people| u16::try_from(people).ok());
        let capacity = capacity.filter(|people| (1..=CAPACITY).contains(people)).ok_or(ValidationError::Capacity);
        let floor = names::remark(floor).replace('\n', " ");
        let floor = if floor.chars().count() <= FLOOR { Ok(floor) } else { Err(ValidationError::Floor) };
        match (name, capacity, floor, place, machines) {
            (Ok(name), Ok(capacity), Ok(floor), Ok(place), Ok(machines)) => {
                Ok(Self { new: NewRoom { name, capacity, floor, place }, machines })
            }
            (name, capacity, floor, place, machines) => {
                let faults = [name.err(), capacity.err(), floor.err(), place.err(), machines.err()];
                Err(faults.into_iter().flatten().collect())
            }
        }
    }

    pub fn from_form(
        name: &str,
        capacity: &str,
        floor: &str,
        place: &str,
        machines: &[String],
    ) -> Result<Self, Vec<ValidationError>> {
        let id = |input: &str, fault| input.trim().parse::<i64>().map_err(|_| fault);
        let place = Some(place).filter(|place| !place.trim().is_empty());
        let place = place.map(|place| id(place, ValidationError::Place).map(PlaceId)).transpose();
        // Two versions are chosen from with all of them in one field: `3,5`.
        let machines = machines.iter().flat_map(|input| input.split(',')).filter(|input| !input.trim().is_empty());
        let machines = machines.map(|machine| id(machine, ValidationError::Machines).map(MachineId)).collect();
        Self::read(name, capacity.trim().parse().ok(), floor, place, machines)
    }
}

/// All rooms by name; archived ones only for editors.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<Room>, RoomsError> {
    actor.require(Permission::SeeBookings, Target::NONE)?;
    let may_change = actor.may(Permission::ChangeEquipment, Target::NONE);
    let row = rows::list(&mut *ctx.store().read().await?).await?;
    Ok(row.iter().filter(|row| may_change || row.archived.is_none()).map(to_view).collect())
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
        archived: row.archived.is_some(),
    }
}

/// All rooms for editors, with the possible places and machines.
pub async fn page(ctx: &Ctx, actor: &Actor) -> Result<Rooms, RoomsError> {
    actor.require(Permission::ChangeEquipment, Target::NONE)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let stored = rows::list(&mut snapshot).await?;
    let places = equipment::places(&mut snapshot).await?;
    let inventory = machines::inventory(&mut snapshot).await?;
    drop(snapshot);
    let row = |stored: &StoredRoom| {
        let inside = stored.machines();
        let names = inventory.iter().filter(|one| inside.contains(&one.id)).map(|one| one.name.clone());
        RoomRow {
            id: stored.id,
            saved: saved(stored),
            location: stored.location().unwrap_or_default(),
            machines: names.collect(),
            archived: stored.archived.is_some(),
        }
    };
    let rooms: Vec<_> = stored.iter().map(row).collect();
    let in_rooms: Vec<_> = stored.iter().flat_map(StoredRoom::machines).collect();
    let choices = inventory.iter().filter(|one| !one.archived || in_rooms.contains(&one.id));
    Ok(Rooms { rooms, places, machines: choices.map(|one| (one.id, one.name.clone())).collect() })
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
    Saved::new(row.version, fields.into_iter().chain(machines).collect())
}

async fn one(tx: &mut WriteTx, room: RoomId) -> Result<StoredRoom, RoomsError> {
    rows::list(tx.conn()).await?.into_iter().find(|row| row.id == room).ok_or(RoomsError::Unknown)
}

pub async fn add(
    ctx: &Ctx,
    actor: &Actor,
    new: Result<DescribeRoom, Vec<ValidationError>>,
) -> Result<RoomId, RoomsError> {
    let form = async { new.map_err(RoomsError::Invalid) };
    ctx.change_with(actor, Permission::ChangeEquipment, Target::NONE, form, async move |job, form| {
        let DescribeRoom { new, machines } = form;
        exist(job, &new, &machines).await?;
        let room = rows::add(job.tx, &new).await.map_err(name_taken)?;
        furnish(job, room, &[], &machines).await?;
        job.tx.after_commit(ChangeEvent::Bookings);
        let detail = json!({ "machines": machines.len() });
        job.audited(room, "room.added", room, &detail).await
    })
    .await
}

/// Saves a room's description and machines.
pub async fn save(
    ctx: &Ctx,
    actor: &Actor,
    room: RoomId,
    seen: i64,
    new: Result<DescribeRoom, Vec<ValidationError>>,
) -> Result<(), RoomsError> {
    let form = async { new.map_err(RoomsError::Invalid) };
    let zone = ctx.space().zone;
    ctx.change_with(actor, Permission::ChangeEquipment, Target::NONE, form, async move |job, form| {
        let DescribeRoom { new, machines } = form;
        let row = one(job.tx, room).await?;
        if !domain::versions::is_current(row.version, seen) {
            let signed = error::signed(job.tx.conn(), zone, room, saved(&row)).await?;
            return Err(RoomsError::Stale(signed));
        }
        exist(job, &new, &machines).await?;
        rows::change(job.tx, room, &new).await.map_err(name_taken)?;
        furnish(job, room, &row.machines(), &machines).await?;
        job.tx.after_commit(ChangeEvent::Bookings);
        let detail = json!({ "machines": machines.len() });
        job.audited((), "room.changed", room, &detail).await
    })
    .await
}

/// Puts a room away, or takes it back. One that is booked stays.
pub async fn archive(ctx: &Ctx, actor: &Actor, room: RoomId, away: bool) -> Result<Shelved, RoomsError> {
    ctx.change(actor, Permission::ChangeEquipment, Target::NONE, async move |job| {
        let row = one(job.tx, room).await?;
        let shelved = Shelved::new(room.0, row.name, away);
        if row.archived.is_some() == away {
            return Ok(Done::unaudited(shelved, Unaudited::NothingChanged));
        }
        let booked = Filter {
            resource: Some(domain::bookings::Resource::Room(room)),
            holding: true,
            after: Some(job.now),
            ..Filter::default()
        };
        if away && !bookings::list(job.tx.conn(), booked, 1).await?.is_empty() {
            return Err(RoomsError::Booked);
        }
        rows::archive(job.tx, room, away.then_some(job.now)).await.map_err(name_taken)?;
        if away {
            job.emit(DomainEvent::RoomArchived { room }).await?;
        }
        job.tx.after_commit(ChangeEvent::Bookings);
        let action = if away { "room.archived" } else { "room.restored" };
        job.audited(shelved, action, room, &json!({})).await
    })
    .await
}

/// Whether the place and the machines exist.
async fn exist(job: &mut Job<'_>, new: &NewRoom, machines: &[MachineId]) -> Result<(), RoomsError> {
    let mut faults = Vec::new();
    if let Some(place) = new.place
        && !equipment::places(job.tx.conn()).await?.iter().any(|(id, _)| *id == place)
    {
        faults.push(ValidationError::Place);
    }
    let known = machines::inventory(job.tx.conn()).await?;
    if !machines.iter().all(|machine| known.iter().any(|listed| listed.id == *machine)) {
        faults.push(ValidationError::Machines);
    }
    if faults.is_empty() { Ok(()) } else { Err(RoomsError::Invalid(faults)) }
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
        StoreError::Unique(_) => RoomsError::Invalid(vec![ValidationError::NameTaken]),
        why => why.into(),
    }
}
