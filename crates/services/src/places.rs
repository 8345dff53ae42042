//! Places: named, ordered, archived once empty, and restored.
//!
//! Invariant: machines of an archived place have moved to another place, or have none.

use crate::{Ctx, change::Job, error, serve::bind};
use contract::{
    equipment::{Moved, Shelved},
    form::{Fault, Faults, IdList},
    places::{
        AddFirstPlace, AddPlace, ArchivePlace, ArchivePlaceForm, ListPlaces, MovedMachines, NewPlace, PlaceAdded,
        PlaceForm, Places, ReadPlace, RestorePlace, SavePlace, StoredPlace, UndoArchivePlace,
    },
};
use domain::{
    actor::{Actor, Forbidden},
    id::PlaceId,
    live::ChangeEvent,
    places::{Destination, LAST},
    versions::Saved,
};
use macros::ServiceError;
use serde_json::json;
use store::{
    Done, StoreError, Unaudited,
    equipment::{self, StoredPlace as Row},
};

/// Machines that return with a restored place, at most.
const RETURNING: usize = 1_000;

/// Why a request about places is refused.
#[derive(Debug, Clone, ServiceError)]
pub enum PlacesError {
    #[problem("place.unknown", NotFound, equipment_place_unknown)]
    Unknown,
    #[problem("equipment.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error PlacesError;
    ListPlaces {}, may ChangeEquipment => list;
    AddPlace {} with form, may ChangeEquipment, in job => add;
    AddFirstPlace {} with form, may ChangeEquipment, in job => add;
    ReadPlace { id }, may ChangeEquipment => find;
    SavePlace { id, version } with form, may ChangeEquipment, in job => save;
    ArchivePlace { id } with form, may ChangeEquipment, in job => archive;
    RestorePlace { id }, may ChangeEquipment, in job => restore;
    UndoArchivePlace { id } with form, may ChangeEquipment, in job => restore_with_machines;
}

/// All places in their order.
async fn list(ctx: &Ctx, _: &Actor) -> Result<Places, PlacesError> {
    let rows = equipment::stored_places(&mut *ctx.store().read().await?).await?;
    Ok(Places { places: rows.into_iter().map(to_view).collect() })
}

async fn find(ctx: &Ctx, actor: &Actor, place: PlaceId) -> Result<StoredPlace, PlacesError> {
    let places = list(ctx, actor).await?.places;
    places.into_iter().find(|row| row.id == place).ok_or(PlacesError::Unknown)
}

fn to_view(row: Row) -> StoredPlace {
    StoredPlace {
        id: row.id,
        version: row.version,
        name: row.name,
        position: row.position,
        machines: u32::try_from(row.machines).unwrap_or(0),
        archived: row.archived.is_some(),
    }
}

async fn load(job: &mut Job<'_>, place: PlaceId) -> Result<StoredPlace, PlacesError> {
    let rows = equipment::stored_places(job.tx.conn()).await?;
    rows.into_iter().find(|row| row.id == place).map(to_view).ok_or(PlacesError::Unknown)
}

/// Adds a place after all others.
async fn add(job: &mut Job<'_>, new: NewPlace) -> Result<Done<PlaceAdded>, PlacesError> {
    let rows = equipment::stored_places(job.tx.conn()).await?;
    let last = rows.iter().map(|row| row.position).max().unwrap_or(0);
    let position = (last + 1).min(LAST.into());
    let place = equipment::add_place(job.tx, new.name.as_str(), position).await.map_err(name_taken)?;
    job.tx.after_commit(ChangeEvent::Space);
    job.audited(PlaceAdded { place }, "place.added", place, &json!({})).await
}

/// Saves name and position of a place.
async fn save(job: &mut Job<'_>, place: PlaceId, seen: i64, form: PlaceForm) -> Result<Done<()>, PlacesError> {
    let (name, position) = (form.name.as_str(), form.position.get().into());
    let row = load(job, place).await?;
    if !domain::versions::is_current(row.version, seen) {
        let signed = error::signed(job.tx.conn(), job.zone, place, row.saved()).await?;
        return Err(PlacesError::Stale(signed));
    }
    if (row.name.as_str(), row.position) == (name, position) {
        return Ok(Done::unaudited((), Unaudited::NothingChanged));
    }
    equipment::change_place(job.tx, place, name, position).await.map_err(name_taken)?;
    job.tx.after_commit(ChangeEvent::Space);
    job.audited((), "place.changed", place, &json!({})).await
}

/// Archives a place and moves its machines to the destination, which is required if there are any.
async fn archive(
    job: &mut Job<'_>,
    place: PlaceId,
    ArchivePlaceForm { to }: ArchivePlaceForm,
) -> Result<Done<Shelved>, PlacesError> {
    let row = load(job, place).await?;
    let shelved = |moved| Shelved { moved, ..Shelved::new(place.0, row.name.clone(), true) };
    if row.archived {
        return Ok(Done::unaudited(shelved(Moved::default()), Unaudited::NothingChanged));
    }
    let there = equipment::places(job.tx.conn()).await?;
    let to = match to {
        Destination::Nowhere => None,
        Destination::Unspecified if row.machines == 0 => None,
        Destination::Place(other) if other != place && there.iter().any(|(id, _)| *id == other) => Some(other),
        Destination::Unspecified | Destination::Place(_) => {
            return Err(Faults::one("to", Fault::Destination).into());
        }
    };
    let machines = equipment::move_machines(job.tx, place, to).await?;
    equipment::archive_place(job.tx, place, Some(job.now)).await?;
    job.tx.after_commit(ChangeEvent::Space);
    let detail = json!({ "machines": machines.len() });
    job.audited(shelved(Moved { machines, to }), "place.archived", place, &detail).await
}

async fn restore(job: &mut Job<'_>, place: PlaceId) -> Result<Done<Shelved>, PlacesError> {
    restore_with_machines(job, place, MovedMachines::default()).await
}

/// Restores a place, with those of its machines that were moved elsewhere and are still there.
async fn restore_with_machines(
    job: &mut Job<'_>,
    place: PlaceId,
    back: MovedMachines,
) -> Result<Done<Shelved>, PlacesError> {
    let MovedMachines { moved: IdList(machines), from } = back;
    let row = load(job, place).await?;
    let shelved = Shelved::new(place.0, row.name, false);
    if !row.archived {
        return Ok(Done::unaudited(shelved, Unaudited::NothingChanged));
    }
    equipment::archive_place(job.tx, place, None).await?;
    let mut came = 0;
    for machine in machines.into_iter().take(RETURNING) {
        came += u32::from(equipment::move_back(job.tx, machine, from, place).await?);
    }
    job.tx.after_commit(ChangeEvent::Space);
    let detail = json!({ "machines": came });
    job.audited(shelved, "place.restored", place, &detail).await
}

fn name_taken(error: StoreError) -> PlacesError {
    match error {
        StoreError::Unique(_) => Faults::one("name", Fault::PlaceTaken).into(),
        error => error.into(),
    }
}
