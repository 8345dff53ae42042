//! Draws of the invented workshop: one in each state, with wishes of groups and of the visitor's group.

use super::{Built, cast};
use crate::{Ctx, Serve, draws::DrawsError};
use contract::draws::RunDraw;
use domain::{
    actor::Actor,
    draws::{DrawInput, Entrant, Entrants, Importance, Offered, Secret, Terms, WeekSpan, Weekdays, Window},
    hours::Stretch,
    id::{DrawId, GroupId, PersonId, RoomId},
    time::{DAY, Date, HOUR, Millis},
};
use store::{
    StoreError, WriteTx,
    draws::{self, NewDraw, NewWish},
    groups, people, remarks, rooms,
};
use text::Lang;

/// A wish: the group, who enters it, the room, the weekday from Sunday, begin and length in hours, and how much it matters.
type DemoWish = (&'static str, usize, usize, u32, u32, u32, u8);

const WISHES: [DemoWish; 13] = [
    ("Bookbinders", cast::MEMBER, 1, 2, 18, 3, 5),
    ("Bookbinders", cast::MEMBER, 0, 3, 17, 3, 4),
    ("Bookbinders", cast::MEMBER, 0, 6, 10, 3, 2),
    ("Choir", 9, 0, 1, 19, 2, 5),
    ("Choir", 9, 0, 3, 18, 2, 3),
    ("Film club", 24, 0, 4, 18, 3, 5),
    ("Film club", 24, 1, 2, 19, 3, 2),
    ("Product Design 2", 3, 1, 1, 9, 4, 5),
    ("Product Design 2", 3, 1, 2, 17, 2, 4),
    ("Robotics lab", 1, 1, 4, 14, 4, 4),
    ("Robotics lab", 1, 0, 2, 18, 2, 3),
    ("Textile circle", 20, 1, 2, 18, 3, 5),
    ("Textile circle", 20, 1, 5, 16, 3, 3),
];

/// Draws that are planned, open and closed, and one that can be run, which it returns.
pub(super) async fn plan(tx: &mut WriteTx, built: &Built, now: Millis) -> Result<DrawId, StoreError> {
    let drawn = rooms::list(tx.conn()).await?.into_iter().filter(|room| room.archived.is_none()).take(2);
    let mut drawn: Vec<_> = drawn.map(|room| room.id).collect();
    drawn.sort_unstable();
    let groups: Vec<_> = groups::list(tx.conn(), None, None, now).await?;
    let groups: Vec<_> = groups.into_iter().map(|group| (group.name, group.id)).collect();
    let planned = later(new("Rooms, next autumn", now.after(DAY * 3), 5, &drawn), 2);
    add(tx, built, &planned, now.before(DAY)).await?;
    let open = later(new("Rooms, next term", now.before(DAY * 2), 5, &drawn), 1);
    let draw = add(tx, built, &open, now.before(DAY * 4)).await?;
    // Others are hidden; of the visitor's group one wish is still to come.
    enter(tx, built, draw, (&WISHES[..2], &groups, &drawn), now.before(DAY)).await?;
    enter(tx, built, draw, (&WISHES[3..], &groups, &drawn), now.before(HOUR * 5)).await?;
    draws::announced(tx, draw, now.before(DAY * 2)).await?;
    let closed = later(new("Rooms, spring holidays", now.before(DAY * 6), 5, &drawn), 1);
    let draw = add(tx, built, &closed, now.before(DAY * 8)).await?;
    enter(tx, built, draw, (&WISHES, &groups, &drawn), now.before(DAY * 3)).await?;
    close(tx, draw, now.before(DAY)).await?;
    let ready = new("Rooms, this term", now.before(DAY * 9), 7, &drawn);
    let draw = add(tx, built, &ready, now.before(DAY * 12)).await?;
    enter(tx, built, draw, (&WISHES, &groups, &drawn), now.before(DAY * 5)).await?;
    close(tx, draw, now.before(DAY * 2)).await?;
    Ok(draw)
}

/// Runs it as its manager would, so that winners have their bookings.
pub(super) async fn run(ctx: &Ctx, draw: DrawId) -> Result<(), DrawsError> {
    RunDraw { id: draw }.run(ctx, &Actor::TOOLGATE, (), Lang::En).await.map(drop)
}

/// Weekdays and Saturdays from eight to ten, for thirteen weeks from the second Monday after the closing.
fn new(name: &str, opens: Millis, days: u32, rooms: &[RoomId]) -> NewDraw {
    let closes = opens.after(DAY * days);
    let draws = closes.after(DAY);
    let day = Date::from_days(draws.0.div_euclid(86_400_000));
    let first = Date::from_days(day.days() + 14 - i64::from(day.weekday()));
    let terms = Terms {
        window: Window { opens, closes },
        draws,
        first,
        last: Date::from_days(first.days() + 13 * 7 - 1),
        entrants: Entrants::Groups,
        limit: 5,
        offered: Offered { days: (0..6).collect::<Weekdays>(), hours: Stretch { from: 8 * 60, to: 22 * 60 } },
    };
    NewDraw { name: name.into(), terms, rooms: rooms.to_vec() }
}

/// What a group wishes: the group, its admin, the room's index, the weekday from Sunday, begin and length in hours, and how
/// much it matters.
pub(super) type GroupWish = (GroupId, PersonId, usize, u32, u32, u32, u8);

/// A draw over many rooms, by name, opening and days until it closes, with the wishes of many groups.
pub(super) async fn add_large(
    tx: &mut WriteTx,
    built: &Built,
    (name, opens, days): (&str, Millis, u32),
    (wishes, rooms): (&[GroupWish], &[RoomId]),
) -> Result<DrawId, StoreError> {
    let draw = add(tx, built, &new(name, opens, days, rooms), opens.before(DAY * 2)).await?;
    draws::announced(tx, draw, opens).await?;
    let at = opens.after(DAY);
    for &(group, person, room, day, from, hours, importance) in wishes {
        enter_wish(tx, draw, (group, person, rooms.get(room)), (day, from, hours), (importance, None), at).await?;
    }
    Ok(draw)
}

async fn add(tx: &mut WriteTx, built: &Built, new: &NewDraw, at: Millis) -> Result<DrawId, StoreError> {
    let by = people::alias(tx, built.people[super::ADMINISTRATOR].0, at).await?;
    // No secret at all: everybody has this program.
    let mut secret = [0; 32];
    secret[..8].copy_from_slice(&at.0.to_be_bytes());
    draws::add(tx, new, &Secret::new(secret), at, Some(by)).await
}

/// The same for a later term: the winners of one draw leave nothing to win in the same weeks.
fn later(new: NewDraw, terms: i64) -> NewDraw {
    let by = |date: Date| Date::from_days(date.days() + 14 * 7 * terms);
    let terms = Terms { first: by(new.terms.first), last: by(new.terms.last), ..new.terms };
    NewDraw { terms, ..new }
}

/// Enters a wish of a group by `person`, on a weekday from Sunday, from an hour on for some hours.
async fn enter_wish(
    tx: &mut WriteTx,
    draw: DrawId,
    (group, person, room): (GroupId, PersonId, Option<&RoomId>),
    (day, from, hours): (u32, u32, u32),
    (importance, note): (u8, Option<&str>),
    at: Millis,
) -> Result<(), StoreError> {
    let from = (day * 24 + from) * 3_600;
    let span = WeekSpan::new(from, from + hours * 3_600).ok();
    let (Some(&room), Some(span), Some(importance)) = (room, span, Importance::new(importance)) else {
        return Ok(());
    };
    let by = people::alias(tx, person, at).await?;
    let note = match note {
        Some(note) => Some(remarks::write(tx, Some(person), Some(by), note, at).await?),
        None => None,
    };
    let new = NewWish { room, span, importance, note };
    draws::add_wish(tx, draw, Entrant::Group(group), &new, by, at).await.map(drop)
}

async fn enter(
    tx: &mut WriteTx,
    built: &Built,
    draw: DrawId,
    (wishes, groups, drawn): (&[DemoWish], &[(String, GroupId)], &[RoomId]),
    at: Millis,
) -> Result<(), StoreError> {
    for &(group, person, room, day, from, hours, importance) in wishes {
        if let Some((_, group)) = groups.iter().find(|(name, _)| name == group) {
            let whose = (*group, built.people[person].0, drawn.get(room));
            let note = (importance == Importance::MOST).then_some("Our usual evening");
            enter_wish(tx, draw, whose, (day, from, hours), (importance, note), at).await?;
        }
    }
    Ok(())
}

pub(super) async fn close(tx: &mut WriteTx, draw: DrawId, at: Millis) -> Result<(), StoreError> {
    let wishes = draws::wishes(tx.conn(), draw).await?.into_iter().map(|stored| stored.wish).collect();
    if let Ok(input) = DrawInput::new(draw, wishes, []) {
        draws::close(tx, draw, at, input.wishes_hash()).await?;
    }
    draws::announced(tx, draw, at).await.map(drop)
}
