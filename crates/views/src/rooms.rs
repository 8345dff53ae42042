//! Rooms as those see them who may change them.

use domain::{
    id::{MachineId, PlaceId, RoomId},
    versions::Saved,
};
use serde::{Deserialize, Serialize};

/// A room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomRow {
    pub id: RoomId,
    /// `name`, `capacity`, `floor`, `place` and `machines[]`, as its form sends them.
    pub saved: Saved,
    /// Where it is: the place and the floor; may be empty.
    pub location: String,
    /// What the machines in it are called.
    pub machines: Vec<String>,
    pub archived: bool,
}

/// All rooms, and what they can be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rooms {
    /// By name, archived ones last.
    pub rooms: Vec<RoomRow>,
    /// In their order.
    pub places: Vec<(PlaceId, String)>,
    /// By name.
    pub machines: Vec<(MachineId, String)>,
}
