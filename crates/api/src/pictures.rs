//! Pictures of people, machines, rooms and floors.

use super::{
    Caller, Id, Query, Refusal,
    answer::{File, done},
    input::file,
    operation::{Operation, Tag},
};
use axum::{extract::Request, response::Response};
use domain::{
    actor::Permission,
    id::{FloorPlanId, MachineId, PersonId, RoomId},
    pictures::{BYTES, Subject},
    tokens::Scope,
};
use serde::Deserialize;
use services::pictures;
use services::{error::ServiceError, requirements::PathTarget};
use utoipa::ToSchema;

/// The media type that pictures are stored as.
pub(super) const JPEG: &str = "image/jpeg";
/// The accepted media types.
pub(super) const KINDS: &[&str] = &[JPEG, "image/png", "image/webp"];
/// Codes of the reasons for refusing a picture.
const REFUSED: &[&str] = &["picture.unknown", "picture.nothing", "picture.none", "picture.large"];
const UNKNOWN: &[&str] = &["picture.unknown"];
/// The same for a person's picture, which also depends on rank.
const REFUSED_OF_PERSON: &[&str] =
    &["person.outranked", "picture.unknown", "picture.nothing", "picture.none", "picture.large"];
const UNKNOWN_OF_PERSON: &[&str] = &["person.outranked", "picture.unknown"];

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    people_and_machines().into_iter().chain(rooms_and_plans()).collect()
}

fn people_and_machines() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/people/{id}/picture", "readPersonPicture", of_person)
            .may_or_hidden(
                &[(Permission::SeePerson, PathTarget::Person)],
                |lang| services::pictures::PicturesError::Unknown.problem(lang),
            )
            .about(
                Tag::People,
                "Get a person's picture",
                "Returns the picture of a person that the caller may see.",
            )
            .needs(Scope::PeopleRead)
            .gives(JPEG)
            .errors::<services::pictures::PicturesError>(UNKNOWN),
        Operation::put("/api/v1/people/{id}/picture", "setPersonPicture", set_person)
            .may_or_hidden(
                &[(Permission::SeePerson, PathTarget::Person)],
                |lang| services::pictures::PicturesError::Unknown.problem(lang),
            )
            .may(&[(Permission::EditProfile, PathTarget::Person)])
            .about(Tag::People, "Set a person's picture", SET)
            .needs(Scope::PeopleWrite)
            .takes(KINDS)
            .errors::<services::pictures::PicturesError>(REFUSED_OF_PERSON),
        Operation::delete("/api/v1/people/{id}/picture", "removePersonPicture", remove_person)
            .about(
                Tag::People,
                "Remove a person's picture",
                "Removes the picture. Succeeds even if there is none.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::pictures::PicturesError>(UNKNOWN_OF_PERSON),
        Operation::get("/api/v1/machines/{id}/picture", "readMachinePicture", of_machine)
            .about(
                Tag::Machines,
                "Get a machine's picture",
                "Returns the picture of a machine. Works without authentication if the space shows its status to visitors.",
            )
            .needs(Scope::MachinesRead)
            .for_everybody()
            .gives(JPEG)
            .errors::<services::pictures::PicturesError>(UNKNOWN),
        Operation::put("/api/v1/machines/{id}/picture", "setMachinePicture", set_machine)
            .may(&[(Permission::ChangeEquipment, PathTarget::Machine)])
            .about(Tag::Machines, "Set a machine's picture", SET)
            .needs(Scope::MachinesWrite)
            .takes(KINDS)
            .errors::<services::pictures::PicturesError>(REFUSED),
        Operation::delete("/api/v1/machines/{id}/picture", "removeMachinePicture", remove_machine)
            .about(
                Tag::Machines,
                "Remove a machine's picture",
                "Removes the picture. Succeeds even if there is none.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::pictures::PicturesError>(UNKNOWN),
    ]
}

fn rooms_and_plans() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/rooms/{id}/picture", "readRoomPicture", of_room)
            .may_or_hidden(
                &[(Permission::SeeBookings, PathTarget::Space)],
                |lang| services::pictures::PicturesError::Unknown.problem(lang),
            )
            .about(Tag::Bookings, "Get a room's picture", "Returns the picture of a room.")
            .needs(Scope::BookingsRead)
            .gives(JPEG)
            .errors::<services::pictures::PicturesError>(UNKNOWN),
        Operation::put("/api/v1/rooms/{id}/picture", "setRoomPicture", set_room)
            .may_or_hidden(
                &[(Permission::SeeBookings, PathTarget::Space)],
                |lang| services::pictures::PicturesError::Unknown.problem(lang),
            )
            .may(&[(Permission::ChangeEquipment, PathTarget::Space)])
            .about(Tag::Bookings, "Set a room's picture", SET)
            .needs(Scope::BookingsWrite)
            .takes(KINDS)
            .errors::<services::pictures::PicturesError>(REFUSED),
        Operation::delete("/api/v1/rooms/{id}/picture", "removeRoomPicture", remove_room)
            .about(Tag::Bookings, "Remove a room's picture", "Removes the picture. Succeeds even if there is none.")
            .needs(Scope::BookingsWrite)
            .errors::<services::pictures::PicturesError>(UNKNOWN),
        Operation::get("/api/v1/floor-plans/{id}/picture", "readFloorPlanPicture", of_plan)
            .about(
                Tag::Bookings,
                "Get the picture of a floor plan",
                "Returns the picture of a floor. Works without authentication if the space shows its status to visitors.",
            )
            .needs(Scope::BookingsRead)
            .for_everybody()
            .gives(JPEG)
            .errors::<services::pictures::PicturesError>(UNKNOWN),
        Operation::put("/api/v1/floor-plans/{id}/picture", "setFloorPlanPicture", set_plan)
            .may(&[(Permission::ChangeEquipment, PathTarget::Space)])
            .about(Tag::Bookings, "Set the picture of a floor plan", SET)
            .needs(Scope::BookingsWrite)
            .takes(KINDS)
            .errors::<services::pictures::PicturesError>(REFUSED),
        Operation::delete("/api/v1/floor-plans/{id}/picture", "removeFloorPlanPicture", remove_plan)
            .about(
                Tag::Bookings,
                "Remove the picture of a floor plan",
                "Removes the picture. Succeeds even if there is none.",
            )
            .needs(Scope::BookingsWrite)
            .errors::<services::pictures::PicturesError>(UNKNOWN),
    ]
}

const SET: &str = "Sets the picture. At most 20 MB, 32 million pixels and 16,384 pixels on one side. It is \
    stored as a JPEG in display size, without any metadata.";

/// The size of a picture.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PictureSize {
    /// Whether to return a thumbnail of at most 96 pixels instead of 512.
    #[schema(example = true)]
    pub(super) small: bool,
}

async fn get(caller: Caller, of: Subject, size: PictureSize) -> Result<File, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let picture = pictures::get(&ctx, &actor, of, size.small).await?;
    Ok(File(JPEG, picture.body.into()))
}

async fn set(caller: Caller, of: Subject, request: Request) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    pictures::may_change(&ctx, &actor, of).await?;
    let given = file(&ctx, &actor, request, KINDS, BYTES).await?;
    pictures::set(&ctx, &actor, of, given).await?;
    Ok(done())
}

async fn remove(caller: Caller, of: Subject) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    pictures::remove(&ctx, &actor, of).await?;
    Ok(done())
}

async fn of_person(caller: Caller, Id(id): Id, Query(size): Query<PictureSize>) -> Result<File, Refusal> {
    get(caller, Subject::Person(PersonId(id)), size).await
}

async fn set_person(caller: Caller, Id(id): Id, request: Request) -> Result<Response, Refusal> {
    set(caller, Subject::Person(PersonId(id)), request).await
}

async fn remove_person(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    remove(caller, Subject::Person(PersonId(id))).await
}

async fn of_machine(caller: Caller, Id(id): Id, Query(size): Query<PictureSize>) -> Result<File, Refusal> {
    get(caller, Subject::Machine(MachineId(id)), size).await
}

async fn set_machine(caller: Caller, Id(id): Id, request: Request) -> Result<Response, Refusal> {
    set(caller, Subject::Machine(MachineId(id)), request).await
}

async fn remove_machine(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    remove(caller, Subject::Machine(MachineId(id))).await
}

async fn of_room(caller: Caller, Id(id): Id, Query(size): Query<PictureSize>) -> Result<File, Refusal> {
    get(caller, Subject::Room(RoomId(id)), size).await
}

async fn set_room(caller: Caller, Id(id): Id, request: Request) -> Result<Response, Refusal> {
    set(caller, Subject::Room(RoomId(id)), request).await
}

async fn remove_room(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    remove(caller, Subject::Room(RoomId(id))).await
}

async fn of_plan(caller: Caller, Id(id): Id, Query(size): Query<PictureSize>) -> Result<File, Refusal> {
    get(caller, Subject::FloorPlan(FloorPlanId(id)), size).await
}

async fn set_plan(caller: Caller, Id(id): Id, request: Request) -> Result<Response, Refusal> {
    set(caller, Subject::FloorPlan(FloorPlanId(id)), request).await
}

async fn remove_plan(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    remove(caller, Subject::FloorPlan(FloorPlanId(id))).await
}
