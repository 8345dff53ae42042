//! The machines and rooms that can be booked, as choices. Not here: when they are free ([`super::search`]).

use crate::Ctx;
use contract::bookings::{Bookable, Lack};
use domain::{
    bookings::{Resource, ResourceFilter},
    id::TypeId,
    machines::state,
    time::Millis,
};
use std::collections::BTreeMap;
use store::{
    SqliteConnection, StoreError,
    machines::{self, OnFloor},
    rooms,
};

/// Everything that can be booked.
pub(super) struct Bookables {
    /// Machines by place and name, then rooms.
    pub bookable: Vec<(Option<ResourceFilter>, Bookable)>,
    /// Types that have a machine, by name.
    pub types: Vec<(ResourceFilter, String)>,
    /// The facts about each room, and of the room of each machine.
    rooms: BTreeMap<Resource, Inside>,
    /// The equipment of all rooms, by name.
    pub equipment: Vec<String>,
}

/// How many people a room holds, and the equipment in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Inside {
    pub capacity: u16,
    pub equipment: Vec<String>,
}

/// What a search asks of a room, or of the room that a machine is in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Needs {
    pub people: Option<u16>,
    /// As it is spelled in rooms.
    pub equipment: Vec<String>,
}

impl Needs {
    pub fn is_empty(&self) -> bool {
        self.people.is_none() && self.equipment.is_empty()
    }

    /// The requirements that `inside` does not meet.
    pub fn lacking(&self, inside: Option<&Inside>) -> Vec<Lack> {
        let capacity = inside.map_or(0, |inside| inside.capacity);
        let has = |name: &String| inside.is_some_and(|inside| inside.equipment.contains(name));
        let small = self.people.filter(|people| capacity < *people).map(|_| Lack::Capacity(capacity));
        let absent = self.equipment.iter().filter(|name| !has(name)).cloned().map(Lack::Equipment);
        small.into_iter().chain(absent).collect()
    }
}

impl Bookables {
    pub async fn load(conn: &mut SqliteConnection, ctx: &Ctx, now: Millis) -> Result<Self, StoreError> {
        let inventory = machines::inventory(conn).await?;
        let kind_of = |id| inventory.iter().find(|one| one.id == id).map(|one| ResourceFilter::Type(one.kind));
        let mut bookable = Vec::new();
        let on_floor = machines::floor(conn, None, false, now).await?;
        // A door is opened and not booked.
        for on_floor in on_floor.into_iter().filter(|on_floor| !on_floor.is_door) {
            bookable.push((kind_of(on_floor.id), machine(ctx, on_floor, now)));
        }
        let (mut inside, mut equipment) = (BTreeMap::new(), Vec::new());
        for choice in rooms::choices(conn).await? {
            let (resource, place) = (Resource::Room(choice.id), choice.location());
            let known = Inside { capacity: choice.capacity, equipment: choice.equipment };
            equipment.extend(known.equipment.iter().cloned());
            let machines = choice.machines.into_iter().map(Resource::Machine);
            inside.extend(machines.map(|machine| (machine, known.clone())));
            inside.insert(resource, known);
            let (name, importance) = (choice.name, choice.importance);
            bookable.push((None, Bookable { resource, name, place, state: None, moderated: false, importance }));
        }
        equipment.sort_by_key(|name: &String| name.to_lowercase());
        equipment.dedup();
        let present = inventory.iter().filter(|one| !one.archived);
        let mut types: Vec<_> =
            present.map(|one| (ResourceFilter::Type(one.kind), one.kind_name.clone())).collect();
        types.sort_by_key(|(_, name)| name.to_lowercase());
        types.dedup();
        Ok(Self { bookable, types, rooms: inside, equipment })
    }

    /// The room itself, or that of a machine.
    pub fn inside(&self, resource: Resource) -> Option<&Inside> {
        self.rooms.get(&resource)
    }

    /// The type of a machine.
    pub fn kind_of(&self, resource: Resource) -> Option<TypeId> {
        let found = self.bookable.iter().find(|(_, one)| one.resource == resource);
        found.and_then(|(kind, _)| if let Some(ResourceFilter::Type(kind)) = kind { Some(*kind) } else { None })
    }

    /// The resources that match `filter`.
    pub fn of(&self, filter: Option<ResourceFilter>) -> impl Iterator<Item = &Bookable> {
        let fits = move |kind: Option<ResourceFilter>, resource| match filter {
            Some(ResourceFilter::Type(_)) => kind == filter,
            Some(ResourceFilter::One(one)) => one == resource,
            Some(ResourceFilter::Rooms) => matches!(resource, Resource::Room(_)),
            Some(ResourceFilter::Any) => true,
            None => false,
        };
        self.bookable.iter().filter(move |(kind, one)| fits(*kind, one.resource)).map(|(_, one)| one)
    }

    /// Types and rooms, and the resources of the chosen type.
    pub fn choices(&self, filter: Option<ResourceFilter>) -> Vec<(ResourceFilter, String)> {
        let kind = match filter {
            Some(ResourceFilter::One(one)) => {
                self.bookable.iter().find(|(_, bookable)| bookable.resource == one).and_then(|(kind, _)| *kind)
            }
            other => other,
        };
        let mut choices = self.types.clone();
        let one =
            |(_, one): &(Option<ResourceFilter>, Bookable)| (ResourceFilter::One(one.resource), one.name.clone());
        let of_type = self.bookable.iter().filter(|(other, _)| kind.is_some() && *other == kind);
        choices.extend(of_type.map(one));
        choices.extend(self.bookable.iter().filter(|(_, one)| one.resource.room().is_some()).map(one));
        choices
    }
}

pub(super) fn machine(ctx: &Ctx, on_floor: OnFloor, now: Millis) -> Bookable {
    Bookable {
        resource: Resource::Machine(on_floor.id),
        name: on_floor.name,
        place: on_floor.place.map(|(_, name)| name),
        state: Some(state(&on_floor.facts, now).map(|at| ctx.moment(at))),
        moderated: false,
        importance: false,
    }
}

pub(super) fn room(row: rooms::StoredRoom) -> Bookable {
    let place = row.location();
    let (resource, importance) = (Resource::Room(row.id), row.importance);
    Bookable { resource, name: row.name, place, state: None, moderated: false, importance }
}

/// One machine or room as a choice.
pub(super) async fn bookable(
    conn: &mut SqliteConnection,
    ctx: &Ctx,
    resource: Resource,
    now: Millis,
) -> Result<Option<(Bookable, Option<TypeId>)>, StoreError> {
    Ok(match resource {
        Resource::Machine(id) => machines::floor(conn, Some(id), false, now).await?.pop().map(|on_floor| {
            let kind = on_floor.of_type;
            (machine(ctx, on_floor, now), Some(kind))
        }),
        Resource::Room(id) => rooms::one(conn, id).await?.map(|found| (room(found), None)),
    })
}
