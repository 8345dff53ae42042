//! Places, as a page changes them.

use super::operations::{fields, run};
use contract::{
    equipment::Shelved,
    places::{AddPlace, ArchivePlace},
};
use domain::{actor::Actor, id::PlaceId};
use services::{Ctx, places::PlacesError};

pub async fn add(ctx: &Ctx, actor: &Actor, name: &str) -> Result<PlaceId, PlacesError> {
    run(ctx, actor, AddPlace {}, fields(&[("name", name)])).await.map(|added| added.place)
}

/// Archives a place and moves its machines: to a place by id, `nowhere`, or not specified.
pub async fn archive(ctx: &Ctx, actor: &Actor, id: PlaceId, to: &str) -> Result<Shelved, PlacesError> {
    run(ctx, actor, ArchivePlace { id }, fields(&[("to", to)])).await
}
