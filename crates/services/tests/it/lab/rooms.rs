//! Rooms, as a page changes them.

use super::operations::{fields, run};
use contract::{
    equipment::Shelved,
    form::Fields,
    rooms::{AddRoom, ArchiveRoom, SaveRoom},
};
use domain::{
    actor::Actor,
    id::{MachineId, RoomId},
};
use services::{Ctx, rooms::RoomsError};

/// The form of a hall with these machines in it.
pub fn hall(machines: &[MachineId]) -> Fields {
    named("Hall", machines)
}

/// The form of a room with these machines in it.
pub fn named(name: &str, machines: &[MachineId]) -> Fields {
    let machines: Vec<_> = machines.iter().map(ToString::to_string).collect();
    let mut sent = vec![("name", name), ("capacity", "12")];
    sent.extend(machines.iter().map(|machine| ("machines[]", machine.as_str())));
    fields(&sent)
}

pub async fn add(ctx: &Ctx, actor: &Actor, new: Fields) -> Result<RoomId, RoomsError> {
    run(ctx, actor, AddRoom {}, new).await.map(|added| added.room)
}

pub async fn save(ctx: &Ctx, actor: &Actor, id: RoomId, version: i64, new: Fields) -> Result<(), RoomsError> {
    run(ctx, actor, SaveRoom { id, version }, new).await
}

pub async fn archive(ctx: &Ctx, actor: &Actor, id: RoomId) -> Result<Shelved, RoomsError> {
    run(ctx, actor, ArchiveRoom { id }, Fields::default()).await
}
