//! Rooms, which can be booked like machines, and the machines in each.

use super::{
    Body, Caller, Id, Query, Refusal, Seen,
    answer::{Made, Place, Versioned, done},
    operation::{Operation, Tag},
    paging::{Page, Which},
};
use axum::response::Response;
use contract::bookings as views;
use domain::{
    id::{MachineId, PlaceId, RoomId},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::rooms::{self, DescribeRoom, RoomsError, ValidationError};
use utoipa::ToSchema;

const LIST: &str = "listRooms";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/rooms", LIST, list)
            .about(
                Tag::Bookings,
                "List rooms",
                "Lists rooms by name. Archived rooms are included for callers who may edit them.",
            )
            .needs(Scope::BookingsRead),
        Operation::post("/api/v1/rooms", "addRoom", add)
            .about(
                Tag::Bookings,
                "Add a room",
                "Adds a room. A machine can be in one room only: it is removed from the room that it is in.",
            )
            .needs(Scope::BookingsWrite)
            .makes(Place::Below)
            .errors::<RoomsError>(&["room.invalid", "room.machine-taken"]),
        Operation::get("/api/v1/rooms/{id}", "readRoom", read)
            .about(Tag::Bookings, "Get a room", "Returns a room with its machines.")
            .needs(Scope::BookingsRead)
            .versioned()
            .errors::<RoomsError>(&["room.unknown"]),
        Operation::put("/api/v1/rooms/{id}", "saveRoom", save)
            .about(
                Tag::Bookings,
                "Update a room",
                "Replaces the fields of a room. A machine can only be added if it is free while the room is booked.",
            )
            .needs(Scope::BookingsWrite)
            .versioned()
            .errors::<RoomsError>(&["room.unknown", "room.invalid", "room.machine-taken"]),
        Operation::post("/api/v1/rooms/{id}/archive", "archiveRoom", archive)
            .about(Tag::Bookings, "Archive a room", "Archives a room, unless it has bookings.")
            .needs(Scope::BookingsWrite)
            .errors::<RoomsError>(&["room.unknown", "room.booked"]),
        Operation::post("/api/v1/rooms/{id}/restore", "restoreRoom", restore)
            .about(Tag::Bookings, "Restore a room", "Restores a room, so that it can be booked again.")
            .needs(Scope::BookingsWrite)
            .errors::<RoomsError>(&["room.unknown", "room.invalid"]),
    ]
}

/// A room.
#[derive(Debug, Serialize, ToSchema)]
pub struct Room {
    /// Its id.
    #[schema(example = 2)]
    id: i64,
    /// Its version.
    #[schema(example = 1)]
    version: i64,
    /// The room's name.
    #[schema(example = "Wood shop")]
    name: String,
    /// The number of people it can hold.
    #[schema(example = 12)]
    capacity: u16,
    /// The name of its floor.
    #[schema(example = "ground")]
    floor: String,
    /// The id of its place.
    place: Option<i64>,
    /// The ids of the machines in it.
    machines: Vec<i64>,
    /// Whether it is archived.
    archived: bool,
}

fn to_view(room: views::Room) -> Room {
    Room {
        id: room.id.0,
        version: room.version,
        name: room.name,
        capacity: room.capacity,
        floor: room.floor,
        place: room.place.map(|place| place.0),
        machines: room.machines.into_iter().map(|machine| machine.0).collect(),
        archived: room.archived,
    }
}

async fn list(caller: Caller, Query(which): Query<Which>) -> Result<Page<Room>, Refusal> {
    let (after, limit) = caller.place(LIST, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = rooms::list(&ctx, &actor).await?;
    let place = |room: &views::Room| (room.archived, room.name.clone(), room.id.0);
    Ok(Page::of_all(LIST, all, after.as_deref(), limit, lang, place)?.map(to_view))
}

async fn read(caller: Caller, Id(id): Id) -> Result<Versioned<Room>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let one = rooms::list(&ctx, &actor).await?.into_iter().find(|room| room.id == RoomId(id));
    let one = to_view(one.ok_or(RoomsError::Unknown)?);
    let version = one.version;
    Ok(Versioned(one, version))
}

/// The fields of a room.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoomForm {
    /// The room's name.
    #[schema(min_length = 1, max_length = 200, example = "Wood shop")]
    name: String,
    /// The number of people it can hold.
    #[schema(minimum = 1, maximum = 9999, example = 12)]
    capacity: u32,
    /// The name of its floor.
    #[serde(default)]
    #[schema(max_length = 40, example = "ground")]
    floor: String,
    /// The id of its place.
    #[serde(default)]
    #[schema(minimum = 1, example = 2)]
    place: Option<i64>,
    /// The ids of the machines in it.
    #[serde(default)]
    machines: Vec<i64>,
}

impl RoomForm {
    fn read(self) -> Result<DescribeRoom, Vec<ValidationError>> {
        let machines = self.machines.into_iter().map(MachineId).collect();
        DescribeRoom::read(&self.name, Some(self.capacity), &self.floor, Ok(self.place.map(PlaceId)), Ok(machines))
    }
}

async fn add(caller: Caller, Body(form): Body<RoomForm>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    Ok(Made::plain(rooms::add(&ctx, &actor, form.read()).await?.0))
}

async fn save(
    caller: Caller,
    Id(id): Id,
    Seen(seen): Seen,
    Body(form): Body<RoomForm>,
) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    rooms::save(&ctx, &actor, RoomId(id), seen, form.read()).await?;
    Ok(done())
}

async fn archive(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    rooms::archive(&ctx, &actor, RoomId(id), true).await?;
    Ok(done())
}

async fn restore(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    rooms::archive(&ctx, &actor, RoomId(id), false).await?;
    Ok(done())
}
