//! The machines and rooms that can be booked, as choices. Not here: when they are free ([`super::search`]).

use crate::Ctx;
use contract::bookings::Bookable;
use domain::{
    bookings::{Resource, ResourceFilter},
    id::TypeId,
    machines::state,
    time::Millis,
};
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
}

impl Bookables {
    pub async fn load(conn: &mut SqliteConnection, ctx: &Ctx, now: Millis) -> Result<Self, StoreError> {
        let inventory = machines::inventory(conn).await?;
        let kind_of = |id| inventory.iter().find(|one| one.id == id).map(|one| ResourceFilter::Type(one.kind));
        let mut bookable = Vec::new();
        for on_floor in machines::floor(conn, None, false, now).await? {
            bookable.push((kind_of(on_floor.id), machine(ctx, on_floor, now)));
        }
        let rooms = rooms::list(conn).await?.into_iter().filter(|room| room.archived.is_none());
        bookable.extend(rooms.map(|stored| (None, room(stored))));
        let present = inventory.iter().filter(|one| !one.archived);
        let mut types: Vec<_> =
            present.map(|one| (ResourceFilter::Type(one.kind), one.kind_name.clone())).collect();
        types.sort_by_key(|(_, name)| name.to_lowercase());
        types.dedup();
        Ok(Self { bookable, types })
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

fn machine(ctx: &Ctx, on_floor: OnFloor, now: Millis) -> Bookable {
    Bookable {
        resource: Resource::Machine(on_floor.id),
        name: on_floor.name,
        place: on_floor.place.map(|(_, name)| name),
        state: Some(state(&on_floor.facts, now).map(|at| ctx.moment(at))),
        moderated: false,
    }
}

fn room(row: rooms::StoredRoom) -> Bookable {
    let place = row.location();
    Bookable { resource: Resource::Room(row.id), name: row.name, place, state: None, moderated: false }
}

/// One machine or room as a choice.
pub(super) async fn bookable(
    conn: &mut SqliteConnection,
    ctx: &Ctx,
    resource: Resource,
    now: Millis,
) -> Result<Option<Bookable>, StoreError> {
    Ok(match resource {
        Resource::Machine(id) => {
            machines::floor(conn, Some(id), false, now).await?.pop().map(|on_floor| machine(ctx, on_floor, now))
        }
        Resource::Room(id) => rooms::list(conn).await?.into_iter().find(|one| one.id == id).map(room),
    })
}
