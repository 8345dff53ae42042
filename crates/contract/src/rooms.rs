//! Rooms, which can be booked like machines, and the machines and equipment in each.

use crate::{
    bookings::{DayView, Entry, Time},
    equipment::Shelved,
    form::{IdList, KeptIds},
};
use domain::{
    accounts::Email,
    bookings::{FLOOR, ROOM_CAPACITY, SERIES_AHEAD},
    bounded::BoundedInteger,
    id::{GroupId, MachineId, PersonId, PlaceId, RoomId},
    machines::MachineState,
    names::{Line, Name, Remark},
    paging::PageRange,
    rooms::{CLOSED, Equipment, NOTE},
    time::{Date, Moment},
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
    /// The ids of the groups whose members may book it; everybody may if there are none. Without this field they stay as
    /// they are.
    pub groups: KeptIds<GroupId>,
    /// The ids of the people who may book it beside these groups. Without this field they stay as they are.
    pub people: KeptIds<PersonId>,
    /// The e-mail address of one more person who may book it.
    #[field(example = "jo@example.org")]
    pub person: Option<Email>,
    /// The equipment in it. Names that differ only in case or accents are one.
    #[field(example = ["Beamer", "Whiteboard"])]
    pub equipment: Equipment,
    /// A note in Markdown.
    #[field(example = "Twelve tables facing the beamer.")]
    pub note: Option<Remark<NOTE>>,
    /// Why it is closed to new bookings; it is open if this is left out. Bookings made before stay.
    #[field(example = "New floor until May")]
    pub closed: Option<Remark<CLOSED>>,
    /// Whether bookings of it state how important they are, from 1 to 5. Moderators read it.
    #[field(example = false)]
    pub importance: bool,
    /// How many days ahead a new series may reach; as everywhere if this is left out.
    #[field(example = 180)]
    pub series: Option<BoundedInteger<1, SERIES_AHEAD>>,
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
    /// The ids of the people who may book it beside these groups, for callers who may edit it.
    pub people: Vec<PersonId>,
    /// The equipment in it.
    #[field(example = ["Beamer", "Whiteboard"])]
    pub equipment: Vec<String>,
    /// A note in Markdown; may be empty.
    #[field(example = "Twelve tables facing the beamer.")]
    pub note: String,
    /// Why it is closed to new bookings; null if it is open.
    pub closed: Option<String>,
    /// Whether bookings of it state how important they are.
    pub importance: bool,
    /// How many days ahead a new series may reach; null: as everywhere.
    pub series: Option<u16>,
    /// Whether it has a picture.
    pub picture: bool,
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
    /// `name`, `capacity`, `floor`, `place`, `note`, `closed`, `importance`, `series`, `machines[]`, `groups[]`,
    /// `people[]` and `equipment[]`, as in its form.
    pub saved: Saved,
    /// Place and floor; may be empty.
    pub location: String,
    /// Names of its machines.
    pub machines: Vec<String>,
    /// Names of the groups and people who may book it.
    pub groups: Vec<String>,
    /// When its picture was added, in milliseconds since 1970.
    pub picture: Option<i64>,
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
    /// The people who may book a room, by name.
    pub people: Vec<(PersonId, String)>,
    /// The equipment of all rooms, by name.
    pub equipment: Vec<String>,
}

/// A room as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomPage {
    pub id: RoomId,
    pub name: String,
    pub capacity: u16,
    /// Place and floor; may be empty.
    pub location: String,
    pub equipment: Vec<String>,
    /// Its note as HTML; may be empty.
    pub note: String,
    /// Why it is closed to new bookings.
    pub closed: Option<String>,
    /// When its picture was added, in milliseconds since 1970.
    pub picture: Option<i64>,
    pub archived: bool,
    /// The groups whose members may book it, and whether the reader is in each; everybody may if there are none, and no people.
    pub groups: Vec<(GroupId, String, bool)>,
    /// Whether the reader is one of the people who may book it; `None` without such people.
    pub is_permitted: Option<bool>,
    /// The machines in it, by name.
    pub machines: Vec<RoomMachine>,
    /// Closures of the next weeks, by start: when, and why.
    pub closures: Vec<(Time, String)>,
    /// Today, and the time that the reader can book next. `None` for an archived room.
    pub today: Option<DayView>,
    /// The reader edits it.
    pub may_change: bool,
}

/// A machine in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomMachine {
    pub id: MachineId,
    pub name: String,
    pub state: MachineState,
    /// A booking of the room leaves it to others today, because the reader may not use it.
    pub is_left: bool,
}

/// A day of all rooms, hour by hour, and a week of one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomsByHour {
    pub now: Moment,
    pub date: Date,
    /// The hours of the day that are shown.
    pub hours: (u8, u8),
    /// The rooms on the page that match the filter, by floor and name.
    pub rooms: Vec<RoomDay>,
    /// The part of the matching rooms that is shown.
    pub pages: PageRange,
    /// Only the chosen room is loaded: there is nothing to filter by.
    pub alone: bool,
    /// The number of all rooms.
    pub all: u32,
    /// The number of rooms that match the other filters and are free now.
    pub free_now: u32,
    /// The floors of all rooms, in order.
    pub floors: Vec<String>,
    /// The equipment of all rooms, by name.
    pub equipment: Vec<String>,
    /// The groups to which rooms are permitted, by name.
    pub groups: Vec<(GroupId, String)>,
    /// The week of the chosen room.
    pub week: Option<RoomWeek>,
    /// The reader edits rooms.
    pub may_change: bool,
}

/// A day of a room. Edges of entries are quarters of an hour in local time, 0 to 96.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomDay {
    pub id: RoomId,
    pub name: String,
    pub capacity: u16,
    pub floor: String,
    pub equipment: Vec<String>,
    /// The number of machines in it.
    pub machines: u32,
    /// It is closed to new bookings.
    pub closed: bool,
    /// Nobody has it or a machine in it, and it is open.
    pub free_now: bool,
    /// What occupies the whole of it.
    pub entries: Vec<Entry>,
    /// When some of its machines are taken alone: from, to, and how many at most.
    pub partly: Vec<(u8, u8, u32)>,
}

/// A week of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomWeek {
    pub id: RoomId,
    pub name: String,
    /// Monday to Sunday, each with whether the space opens.
    pub days: Vec<(Date, bool, Vec<Entry>)>,
}
