//! Places of machines, in their order.

use super::{
    Body, Caller, Id, Query, Refusal, Seen,
    answer::{Made, Place, Versioned, done},
    operation::{Operation, Tag},
    paging::{Page, Which},
    words,
};
use axum::response::Response;
use contract::equipment::{Moved, PlaceRow};
use domain::{id::PlaceId, tokens::Scope};
use serde::{Deserialize, Deserializer, Serialize};
use services::equipment::{self, EquipmentError, Whither};
use utoipa::ToSchema;

const LIST: &str = "listPlaces";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/places", LIST, list)
            .about(Tag::Machines, "List places", "Lists all places in their order, including archived ones.")
            .needs(Scope::MachinesRead),
        Operation::post("/api/v1/places", "addPlace", add)
            .about(Tag::Machines, "Add a place", "Adds a place after all others.")
            .needs(Scope::MachinesWrite)
            .makes(Place::Below)
            .errors::<services::equipment::EquipmentError>(&["equipment.invalid"]),
        Operation::get("/api/v1/places/{id}", "readPlace", read)
            .about(Tag::Machines, "Get a place", "Returns a place with the number of machines there.")
            .needs(Scope::MachinesRead)
            .versioned()
            .errors::<services::equipment::EquipmentError>(&["place.unknown"]),
        Operation::put("/api/v1/places/{id}", "savePlace", save)
            .about(
                Tag::Machines,
                "Rename or move a place",
                "Changes the name of a place and its position among the others.",
            )
            .needs(Scope::MachinesWrite)
            .versioned()
            .errors::<services::equipment::EquipmentError>(&["place.unknown", "equipment.invalid"]),
        Operation::post("/api/v1/places/{id}/archive", "archivePlace", archive)
            .about(
                Tag::Machines,
                "Archive a place",
                "Archives a place. If there are machines, the request must name the place to move them to. Idempotent: \
                 repeating it changes nothing.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::equipment::EquipmentError>(&["place.unknown", "equipment.invalid"]),
        Operation::post("/api/v1/places/{id}/restore", "restorePlace", restore)
            .about(
                Tag::Machines,
                "Restore a place",
                "Restores a place. The machines that were moved stay where they are.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::equipment::EquipmentError>(&["place.unknown"]),
    ]
}

/// A place.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredPlace {
    /// Its id.
    #[schema(example = 2)]
    id: i64,
    /// Its version.
    #[schema(example = 3)]
    version: i64,
    /// The place's name.
    #[schema(example = "Wood shop")]
    name: String,
    /// Its position among the others.
    #[schema(example = 1)]
    position: i64,
    /// The number of machines there.
    #[schema(example = 4)]
    machines: u32,
    /// Whether it is archived.
    archived: bool,
}

fn to_place(row: PlaceRow) -> StoredPlace {
    StoredPlace {
        id: row.id.0,
        version: row.saved.version,
        name: row.saved.value("name").to_owned(),
        position: row.saved.value("position").parse().unwrap_or_default(),
        machines: row.machines,
        archived: row.archived,
    }
}

async fn list(caller: Caller, Query(which): Query<Which>) -> Result<Page<StoredPlace>, Refusal> {
    let (after, limit) = caller.place(LIST, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = equipment::places(&ctx, &actor).await?;
    let place = |row: &PlaceRow| {
        let position = row.saved.value("position").parse().unwrap_or(0_i64);
        (row.archived, position, row.saved.value("name").to_owned(), row.id.0)
    };
    Ok(Page::of_all(LIST, all, after.as_deref(), limit, lang, place)?.map(to_place))
}

async fn read(caller: Caller, Id(id): Id) -> Result<Versioned<StoredPlace>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let all = equipment::places(&ctx, &actor).await?;
    let one = all.into_iter().find(|row| row.id == PlaceId(id));
    let one = to_place(one.ok_or(EquipmentError::UnknownPlace)?);
    let version = one.version;
    Ok(Versioned(one, version))
}

/// A new place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlace {
    /// The place's name.
    #[schema(min_length = 1, max_length = 200, example = "Wood shop")]
    name: String,
}

async fn add(caller: Caller, Body(new): Body<NewPlace>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let made = equipment::add_place(&ctx, &actor, &new.name).await?;
    Ok(Made::plain(made.0))
}

/// The fields of a place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceForm {
    /// The place's name.
    #[schema(min_length = 1, max_length = 200, example = "Wood shop")]
    name: String,
    /// Its position among the others.
    #[schema(minimum = 0, maximum = 9999, example = 1)]
    position: i64,
}

async fn save(
    caller: Caller,
    Id(id): Id,
    Seen(seen): Seen,
    Body(form): Body<PlaceForm>,
) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    equipment::save_place(&ctx, &actor, PlaceId(id), seen, &form.name, Some(form.position)).await?;
    Ok(done())
}

/// Where to move the machines of an archived place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cleared {
    #[schema(schema_with = words::place_or_null)]
    #[serde(default, deserialize_with = "whither")]
    to: Whither,
}

/// Reads a nullable place, distinguishing null from an omitted field.
fn whither<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Whither, D::Error> {
    Ok(Option::deserialize(deserializer)?.map_or(Whither::Nowhere, |place| Whither::Place(PlaceId(place))))
}

async fn archive(caller: Caller, Id(id): Id, Body(cleared): Body<Cleared>) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    equipment::archive_place(&ctx, &actor, PlaceId(id), Some(cleared.to)).await?;
    Ok(done())
}

async fn restore(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    equipment::restore_place(&ctx, &actor, PlaceId(id), Moved::default()).await?;
    Ok(done())
}
