//! Whether a person may be in a room now, with all reasons against.
//!
//! Invariant: the answer comes from the same decision as a booking of this minute. Who has the room now may be in it, unless
//! they may use nothing. A door of the room asks the same ([`at_door`]). Not here: what else a door asks.

use super::{BookingContext, BookingsError, Want, rows};
use crate::Ctx;
use domain::{
    actor::{Actor, Permission, Target},
    bookings::{self as rules, Refusal, Request, Resource, State},
    id::{GroupId, PersonId, RoomId},
    occupations::Span,
    time::{MINUTE, Millis, Moment},
    zone::Zone,
};
use store::{
    SqliteConnection, StoreError,
    bookings::{BookingRow, Filter, Holder},
    groups, permitted,
};
use text::Lang;

/// The answer, and until when a yes holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomAccess {
    pub room: RoomId,
    pub person: PersonId,
    pub allowed: bool,
    /// The end of their booking, or when another person has the room.
    pub until: Option<Moment>,
    /// All reasons against, as codes and sentences.
    pub reasons: Vec<(String, String)>,
}

/// Whether the caller or another person may be in `room` now; with `group`, as one of its members, unless it is archived.
pub async fn may_be_in(
    ctx: &Ctx,
    actor: &Actor,
    lang: Lang,
    room: RoomId,
    (person, group): (Option<PersonId>, Option<GroupId>),
) -> Result<RoomAccess, BookingsError> {
    actor.require(Permission::SeeBookings, Target::NONE)?;
    let mine = actor.person();
    if let Some(person) = person.filter(|person| Some(*person) != mine) {
        let may = actor.may(Permission::SeePerson, Target::person(person));
        may.then_some(()).ok_or(BookingsError::UnknownPerson)?;
    }
    let person = person.or(mine).ok_or(BookingsError::UnknownPerson)?;
    let (zone, now) = (ctx.space().zone, ctx.now());
    let mut snapshot = ctx.store().snapshot().await?;
    let Found { known, own, refusals, is_member } =
        find(&mut snapshot, (zone, now), room, (person, group)).await?;
    drop(snapshot);
    let mut reasons: Vec<_> = refusals.into_iter().map(|refusal| known.refusal_text(lang, refusal)).collect();
    if !is_member {
        reasons.push(("booking.not-in-group".to_owned(), lang.room_access_not_in_group().to_owned()));
    }
    let allowed = reasons.is_empty();
    let next = known.taken.iter().map(|taken| taken.span.starts).filter(|starts| now < *starts).min();
    let until: Option<Millis> = own.map(|row| row.ends).into_iter().chain(next).min();
    Ok(RoomAccess { room, person, allowed, until: until.filter(|_| allowed).map(|at| zone.moment(at)), reasons })
}

/// The refusals of `person` at a door of `room` now. An archived room is closed.
pub(crate) async fn at_door(
    conn: &mut SqliteConnection,
    at: (Zone, Millis),
    room: RoomId,
    person: PersonId,
) -> Result<Vec<Refusal>, StoreError> {
    match find(conn, at, room, (person, None)).await {
        Ok(found) => Ok(found.refusals),
        Err(BookingsError::Store(error)) => Err(error),
        Err(_) => Ok(vec![Refusal::NotBookable]),
    }
}

/// What decides about a person in a room.
struct Found {
    known: BookingContext,
    /// Their own booking, or that of a group of theirs, that runs.
    own: Option<BookingRow>,
    refusals: Vec<Refusal>,
    /// They are in the group that they are there for.
    is_member: bool,
}

async fn find(
    conn: &mut SqliteConnection,
    (zone, now): (Zone, Millis),
    room: RoomId,
    (person, group): (PersonId, Option<GroupId>),
) -> Result<Found, BookingsError> {
    let (resource, span) = (Resource::Room(room), Span { starts: now, ends: now.after(MINUTE) });
    let filter = Filter {
        resource: Some(resource),
        holding: true,
        after: Some(now),
        before: Some(span.ends),
        ..Filter::default()
    };
    let running = rows::list(conn, filter, 1).await?;
    let running = running.into_iter().find(|row| row.starts <= now && row.state != State::Pending);
    // A booking of their own, or of a group of theirs.
    let of_group = match running.as_ref().and_then(|row| row.group) {
        Some(of) if group.is_none_or(|group| group == of) => {
            groups::roles(conn, of).await?.iter().any(|member| member.person == person)
        }
        Some(_) | None => false,
    };
    let own = running.filter(|row| of_group || (row.group.is_none() && row.person == Some(person)));
    let without = own.as_ref().map(|row| row.id);
    let want = Want { resource, person: Some(person), group: None, without, span, zone, now };
    let known = BookingContext::load(conn, want).await?;
    let (is_member, is_permitted) = match group {
        None => (true, true),
        Some(group) => {
            let as_group = Holder { person: None, group: Some(group) };
            let is_permitted = permitted::closed_to(conn, &[resource], as_group).await?.is_empty();
            let in_use = groups::one(conn, group, None, now).await?.is_some_and(|row| row.archived.is_none());
            let members = groups::roles(conn, group).await?;
            (in_use && members.iter().any(|member| member.person == person), is_permitted)
        }
    };
    let kept = own.as_ref().map(|_| now);
    let mut refusals = rules::refusals(Request { span, kept }, &known.facts());
    // Length, grid and quotas are about bookings, not about being there.
    refusals.retain(|refusal| {
        matches!(
            refusal,
            Refusal::MayNot(_)
                | Refusal::GroupsOnly
                | Refusal::NotBookable
                | Refusal::Closed
                | Refusal::Lapses { .. }
                | Refusal::Taken(_)
        )
    });
    if !is_permitted && !refusals.contains(&Refusal::GroupsOnly) {
        refusals.push(Refusal::GroupsOnly);
    }
    Ok(Found { known, own, refusals, is_member })
}
