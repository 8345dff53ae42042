//! Places of machines: named, ordered, archived and restored.

use crate::{equipment::Shelved, form::IdList};
use domain::{
    id::{MachineId, PlaceId},
    names::Name,
    places::{Destination, Position},
    versions::Saved,
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};

operations! {
    tag Machines;

    /// List places
    ///
    /// Lists all places in their order, including archived ones.
    GET "places" => ListPlaces() -> Places,
        page "equipment/places", scope MachinesRead,
        lists places by |place: &StoredPlace| -> (bool, i64, String, i64) {
            (place.archived, place.position, place.name.clone(), place.id.0)
        };

    /// Add a place
    ///
    /// Adds a place after all others.
    POST "places" => AddPlace(form: NewPlace) -> PlaceAdded,
        page "equipment/add-place", then "/places", scope MachinesWrite, makes Below as place,
        errors ["equipment.invalid"];

    /// Add a place and continue to set up the workshop
    CHANGE => AddFirstPlace(form: NewPlace) -> PlaceAdded, page "set-up/place", then "/start";

    /// Get a place
    ///
    /// Returns a place with the number of machines there.
    GET "places/{id}" => ReadPlace(id: PlaceId) -> StoredPlace,
        scope MachinesRead, versioned, errors ["place.unknown"];

    /// Rename or move a place
    ///
    /// Changes the name of a place and its position among the others.
    PUT "places/{id}" => SavePlace(id: PlaceId, version: i64, form: PlaceForm) -> (),
        page "equipment/save-place", then "/places", scope MachinesWrite,
        errors ["place.unknown", "equipment.invalid"];

    /// Archive a place
    ///
    /// Archives a place. If there are machines, the request must name the place to move them to. Idempotent: repeating it changes nothing.
    POST "places/{id}/archive" => ArchivePlace(id: PlaceId, form: ArchivePlaceForm) -> Shelved,
        page "equipment/archive-place", scope MachinesWrite, errors ["place.unknown", "equipment.invalid"];

    /// Restore a place
    ///
    /// Restores a place. The machines that were moved stay where they are.
    POST "places/{id}/restore" => RestorePlace(id: PlaceId) -> Shelved,
        scope MachinesWrite, errors ["place.unknown"];

    /// Restore a place, with machines that were moved when it was archived
    CHANGE => UndoArchivePlace(id: PlaceId, form: MovedMachines) -> Shelved, page "equipment/restore-place";
}

/// A new place.
#[derive(Debug, Clone, Form)]
pub struct NewPlace {
    /// The place's name.
    #[field(example = "Wood shop")]
    pub name: Name,
}

/// The fields of a place.
#[derive(Debug, Clone, Form)]
pub struct PlaceForm {
    /// The place's name.
    #[field(example = "Wood shop")]
    pub name: Name,
    /// Its position among the others.
    #[field(example = 1)]
    pub position: Position,
}

/// Where to move the machines of an archived place.
#[derive(Debug, Clone, Form)]
pub struct ArchivePlaceForm {
    /// The id of the place to move its machines to; null for none. It can be omitted if there are no machines.
    #[field(example = 3)]
    pub to: Destination,
}

/// Machines that return to a restored place, if they are still where they were moved.
#[derive(Debug, Clone, Default, Form)]
pub struct MovedMachines {
    /// The machines.
    pub moved: IdList<MachineId>,
    /// The place that they were moved to, if any.
    pub from: Option<PlaceId>,
}

/// A place.
#[view]
pub struct StoredPlace {
    /// Its id.
    #[field(example = 2)]
    pub id: PlaceId,
    /// Its version.
    #[field(example = 3)]
    pub version: i64,
    /// The place's name.
    #[field(example = "Wood shop")]
    pub name: String,
    /// Its position among the others.
    #[field(example = 1)]
    pub position: i64,
    /// The number of machines there.
    #[field(example = 4)]
    pub machines: u32,
    /// Whether it is archived.
    pub archived: bool,
}

impl StoredPlace {
    /// The values of its form.
    #[must_use]
    pub fn saved(&self) -> Saved {
        Saved::new(self.version, vec![("name", self.name.clone()), ("position", self.position.to_string())])
    }
}

#[cfg(feature = "server")]
impl crate::operation::HasVersion for StoredPlace {
    fn version(&self) -> i64 {
        self.version
    }
}

/// All places by position and name, archived ones last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Places {
    pub places: Vec<StoredPlace>,
}

/// The result of adding a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceAdded {
    pub place: PlaceId,
}
