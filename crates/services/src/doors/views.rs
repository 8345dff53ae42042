//! Doors, openings and visits as pages and programs show them.

use super::sees_number;
use crate::{Ctx, boards, hours};
use contract::doors::{DoorView, OpeningView, PresenceView, VisitView};
use domain::{
    actor::{Actor, Permission, Target},
    boards::online,
    cards::CardUid,
    doors::{Answer, DoorState, state},
    time::Millis,
};
use store::{
    SqliteConnection, StoreError,
    doors::{
        self as rows, OpeningRow,
        visits::{Count, VisitRow},
    },
    settings,
};

pub(super) fn number(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

pub(super) fn visit(ctx: &Ctx, row: VisitRow) -> VisitView {
    VisitView {
        id: row.id,
        person: row.person,
        name: row.name,
        guests: number(row.guests),
        entered: ctx.moment(row.entered),
        seen_at: row.seen_at,
        seen: ctx.moment(row.seen),
        using: row.using,
        left: row.left.map(|at| ctx.moment(at)),
        ended_by: row.ended_by,
    }
}

/// Without `inside` the reader may not see names. Visitors see the number alone, if it is published: the minute would tell when one
/// person left.
pub(super) fn presence(ctx: &Ctx, actor: &Actor, count: Count, inside: Option<Vec<VisitRow>>) -> PresenceView {
    let sees_times = actor.may(Permission::SeeBuilding, Target::NONE);
    let sees_number = sees_number(ctx, actor);
    PresenceView {
        people: sees_number.then(|| number(count.people)),
        guests: sees_number.then(|| number(count.guests)),
        changed: count.changed.filter(|_| sees_times).map(|at| ctx.moment(at)),
        visits: inside.map(|rows| rows.into_iter().map(|row| visit(ctx, row)).collect()),
    }
}

pub(super) fn opening(ctx: &Ctx, row: OpeningRow) -> OpeningView {
    // A remote opening is in the name of a card that was not there.
    let is_swipe = row.answer != Answer::Remote;
    OpeningView {
        at: ctx.moment(row.at),
        door: row.door,
        door_name: row.door_name,
        person: row.person.filter(|_| is_swipe),
        name: row.name.filter(|_| is_swipe),
        card: row.uid.as_ref().map(ending),
        guests: if is_swipe { number(row.guests) } else { 0 },
        answer: row.answer,
        reasons: row.reasons.split_whitespace().map(ToOwned::to_owned).collect(),
        by: row.by,
    }
}

/// The last two bytes of a uid, as people compare them with a card: `7A:3F`.
fn ending(uid: &CardUid) -> String {
    let digits = uid.as_str().to_ascii_uppercase();
    match (digits.get(4..6), digits.get(6..8)) {
        (Some(first), Some(last)) => format!("{first}:{last}"),
        _ => String::new(),
    }
}

/// The doors by name, in as many statements for many as for one.
pub(super) async fn doors(
    ctx: &Ctx,
    actor: &Actor,
    conn: &mut SqliteConnection,
    now: Millis,
) -> Result<Vec<DoorView>, StoreError> {
    let all = rows::list(conn).await?;
    let scopes: Vec<_> = all.iter().map(|row| (Some(row.kind), Some(row.machine))).collect();
    let settings = settings::of_many(conn, &scopes).await?;
    let today = ctx.today().days();
    let hours = store::hours::message_of(conn, Some(&scopes), today - 1).await?;
    let may_manage = actor.may(Permission::ManageBuilding, Target::NONE);
    let is_reachable = boards::memory(ctx).lost().is_none();
    let doors = all.into_iter().zip(settings).map(|(row, settings)| {
        let opening = hours::opening(&hours.of(Some(row.kind), Some(row.machine)), &settings, now);
        let is_online = row.heard.is_some_and(|heard| online(heard, now));
        let (state, until) = state(row.blocked, is_online, opening);
        let may_open =
            may_manage && is_reachable && row.number.is_some() && !row.opening && state == DoorState::ByCard;
        DoorView {
            machine: row.machine,
            name: row.name,
            room: row.room,
            room_name: row.room_name,
            leaves: row.leaves,
            state,
            until: until.map(|at| ctx.moment(at)),
            opened: row.opened.map(|at| ctx.moment(at)),
            opening: row.opening,
            may_open,
        }
    });
    let mut doors: Vec<_> = doors.collect();
    doors.sort_by_cached_key(|door| (door.name.to_lowercase(), door.machine));
    Ok(doors)
}
