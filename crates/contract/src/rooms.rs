//! Rooms, which can be booked like machines, and the machines in each.

use crate::{equipment::Shelved, form::IdList};
use domain::{
    bookings::{FLOOR, ROOM_CAPACITY},
    bounded::BoundedInteger,
    id::{GroupId, MachineId, PlaceId, RoomId},
    names::{Line, Name},
    versions::Saved,
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};

operations! {
    tag Bookings;

    /// List rooms
    ///
    /// Lists rooms by name. Archived rooms are included for callers who may edit them.
    GET "rooms" => ListRooms() -> RoomList, scope BookingsRead,
        lists rooms by |room: &Room| -> (bool, String, i64) { (room.archived, room.name.clone(), room.id.0) };

    /// Load all rooms for editing
    READ => ReadRooms() -> Rooms, page "rooms/list";

    /// Add a room
    ///
    /// Adds a room. A machine can be in one room only: it is removed from the room that it is in.
    POST "rooms" => AddRoom(form: RoomForm) -> RoomAdded,
        page "rooms/add", then "/rooms?saved", scope BookingsWrite, makes Below as room,
        errors ["room.invalid", "room.machine-taken"];

    /// Get a room
    ///
    /// Returns a room with its machines.
    GET "rooms/{id}" => ReadRoom(id: RoomId) -> Room, scope BookingsRead, versioned, errors ["room.unknown"];

    /// Update a room
    ///
    /// Replaces the fields of a room. A machine can only be added if it is free while the room is booked.
    PUT "rooms/{id}" => SaveRoom(id: RoomId, version: i64, form: RoomForm) -> (),
        page "rooms/save", then "/rooms?saved", scope BookingsWrite,
        errors ["room.unknown", "room.invalid", "room.machine-taken"];

    /// Archive a room
    ///
    /// Archives a room, unless it has bookings.
    POST "rooms/{id}/archive" => ArchiveRoom(id: RoomId) -> Shelved,
        page "rooms/archive", scope BookingsWrite, errors ["room.unknown", "room.booked"];

    /// Restore a room
    ///
    /// Restores a room, so that it can be booked again.
    POST "rooms/{id}/restore" => RestoreRoom(id: RoomId) -> Shelved,
        page "rooms/restore", scope BookingsWrite, errors ["room.unknown", "room.invalid"];
}

/// The fields of a room.
#[derive(Debug, Clone, Form)]
pub struct RoomForm {
    /// The room's name.
    #[field(example = "Wood shop")]
    pub name: Name,
    /// The number of people it can hold.
    #[field(example = 12)]
    pub capacity: BoundedInteger<1, ROOM_CAPACITY>,
    /// The name of its floor.
    #[field(example = "ground")]
    pub floor: Line<FLOOR>,
    /// The id of its place.
    #[field(example = 2)]
    pub place: Option<PlaceId>,
    /// The ids of the machines in it.
    pub machines: IdList<MachineId>,
    /// The ids of the groups whose members may book it; everybody may if there are none.
    pub groups: IdList<GroupId>,
}

/// A room.
#[view]
pub struct Room {
    /// Its id.
    #[field(example = 2)]
    pub id: RoomId,
    /// Its version.
    #[field(example = 1)]
    pub version: i64,
    /// The room's name.
    #[field(example = "Wood shop")]
    pub name: String,
    /// The number of people it can hold.
    #[field(example = 12)]
    pub capacity: u16,
    /// The name of its floor.
    #[field(example = "ground")]
    pub floor: String,
    /// The id of its place.
    pub place: Option<PlaceId>,
    /// The ids of the machines in it.
    pub machines: Vec<MachineId>,
    /// The ids of the groups whose members may book it; everybody may if there are none.
    pub groups: Vec<GroupId>,
    /// Whether it is archived.
    pub archived: bool,
}

#[cfg(feature = "server")]
impl crate::operation::HasVersion for Room {
    fn version(&self) -> i64 {
        self.version
    }
}

/// All rooms that a reader may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomList {
    pub rooms: Vec<Room>,
}

/// The result of adding a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomAdded {
    pub room: RoomId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomRow {
    pub id: RoomId,
    /// `name`, `capacity`, `floor`, `place`, `machines[]` and `groups[]`, as in its form.
    pub saved: Saved,
    /// Place and floor; may be empty.
    pub location: String,
    /// Names of its machines.
    pub machines: Vec<String>,
    /// Names of the groups whose members may book it.
    pub groups: Vec<String>,
    pub archived: bool,
}

/// All rooms, and the choices for their forms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rooms {
    /// By name, archived ones last.
    pub rooms: Vec<RoomRow>,
    /// In their order.
    pub places: Vec<(PlaceId, String)>,
    /// By name.
    pub machines: Vec<(MachineId, String)>,
    /// By name.
    pub groups: Vec<(GroupId, String)>,
}
