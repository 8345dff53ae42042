//! Views of rooms for people who may change them.

use domain::{
    id::{MachineId, PlaceId, RoomId},
    versions::Saved,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomRow {
    pub id: RoomId,
    /// `name`, `capacity`, `floor`, `place` and `machines[]`, as in its form.
    pub saved: Saved,
    /// Place and floor; may be empty.
    pub location: String,
    /// Names of its machines.
    pub machines: Vec<String>,
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
}
