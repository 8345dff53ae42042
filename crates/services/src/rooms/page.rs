//! The page of a room: what is in it, who may book it, and today as its reader can book it.
//!
//! Invariant: today is that of [`bookings::day`], so the page offers no time that a booking would be refused.

use super::RoomsError;
use crate::{
    Ctx,
    bookings::{self, BookingsError, DayQuery},
    markdown,
};
use contract::{
    bookings::{DayView, Time},
    rooms::{RoomMachine, RoomPage},
};
use domain::{
    actor::{Actor, Permission, Target},
    bookings::Resource,
    id::RoomId,
    machines::state,
    time::DAY,
};
use store::{closures, groups, machines, rooms as rows};
use text::Lang;

/// Closures that begin within this many days are shown.
const AHEAD: u32 = 30;

/// A room for its reader; an archived one only for editors.
pub async fn page(ctx: &Ctx, actor: &Actor, lang: Lang, room: RoomId) -> Result<RoomPage, RoomsError> {
    actor.require(Permission::SeeBookings, Target::NONE)?;
    let may_change = actor.may(Permission::ChangeEquipment, Target::NONE);
    let (now, zone) = (ctx.now(), ctx.space().zone);
    let mut snapshot = ctx.store().snapshot().await?;
    let stored = rows::one(&mut snapshot, room).await?;
    let stored = stored.filter(|row| may_change || row.archived.is_none()).ok_or(RoomsError::Unknown)?;
    let inside = stored.machines();
    let mut there = machines::floor(&mut snapshot, None, false, now).await?;
    there.retain(|one| inside.contains(&one.id));
    let (permitted, people) = (stored.groups(), stored.people());
    let all = if permitted.is_empty() {
        Vec::new()
    } else {
        groups::list(&mut snapshot, None, actor.person(), now).await?
    };
    let all = all.into_iter().filter(|group| permitted.contains(&group.id) && group.archived.is_none());
    let resource = Resource::Room(room);
    let closed = closures::list(&mut snapshot, Some(resource), now, Some(now.after(DAY * AHEAD))).await?;
    drop(snapshot);
    let today = match stored.archived {
        Some(_) => None,
        None => Some(today(ctx, actor, lang, resource).await?),
    };
    let left = |name: &str| today.as_ref().is_some_and(|today| today.left.iter().any(|left| left == name));
    let machines = there.into_iter().map(|one| RoomMachine {
        id: one.id,
        state: state(&one.facts, now).map(|at| ctx.moment(at)),
        is_left: left(&one.name),
        name: one.name,
    });
    let time = |closure: &closures::ClosureRow| Time {
        starts: zone.moment(closure.starts),
        ends: zone.moment(closure.ends),
    };
    Ok(RoomPage {
        id: stored.id,
        machines: machines.collect(),
        location: stored.location().unwrap_or_default(),
        equipment: stored.equipment(),
        note: markdown::rendered(&stored.note),
        picture: stored.picture.map(|added| added.0),
        archived: stored.archived.is_some(),
        groups: all.map(|group| (group.id, group.name, group.role.is_some())).collect(),
        is_permitted: actor.person().filter(|_| !people.is_empty()).map(|reader| people.contains(&reader)),
        closures: closed.iter().map(|one| (time(one), one.note.clone().unwrap_or_default())).collect(),
        name: stored.name,
        capacity: stored.capacity,
        closed: stored.closed,
        today,
        may_change,
    })
}

/// The present day of the room.
async fn today(ctx: &Ctx, actor: &Actor, lang: Lang, resource: Resource) -> Result<DayView, RoomsError> {
    let query = DayQuery { resource, date: None, minutes: None, at: None, moving: None, whom: None, group: None };
    bookings::day(ctx, actor, lang, Some(query)).await.map_err(|why| match why {
        BookingsError::Forbidden(why) => why.into(),
        BookingsError::Store(why) => why.into(),
        // It was archived meanwhile.
        _ => RoomsError::Unknown,
    })
}
