//! What members and moderators see of bookings, and which times are free.

use super::{BookingContext, BookingsError, FilterError, Want, about, preconditions::side};
use crate::Ctx;
use contract::bookings::{Availability, Booking, PieceView};
use domain::{
    actor::{Actor, Permission, Target},
    bookings::{self as rules, Party, Resource, Side, actions, hand_over},
    id::{BookingId, GroupId, MachineId, PersonId},
    occupations::Span,
    settings::ShownNames,
    time::{DAY, Millis},
    zone::Zone,
};
use store::{
    SqliteConnection, StoreError,
    bookings::{self as rows, BookingRow, Filter},
};

/// Bookings in one answer, at most.
const MOST: u32 = 2_000;
/// The longest range in days.
const DAYS: u32 = 62;

#[derive(Debug, Clone, Copy, Default)]
pub struct Which {
    /// Only this machine or room.
    pub resource: Option<Resource>,
    pub person: Option<PersonId>,
    /// Only bookings of this group.
    pub group: Option<GroupId>,
    /// Only those that end after this; `None` is now.
    pub from: Option<Millis>,
    /// Only those that begin before this.
    pub to: Option<Millis>,
}

/// Bookings by when they begin. Who has those of others is seen by moderators, and by others as far as the space
/// shows names.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    which: Result<Which, Vec<FilterError>>,
) -> Result<Vec<Booking>, BookingsError> {
    actor.require(Permission::SeeBookings, Target::NONE)?;
    let Which { resource, person, group, from, to } = which.map_err(BookingsError::invalid)?;
    let now = ctx.now();
    let filter = Filter {
        resource,
        person,
        group,
        reader: actor.person(),
        after: Some(from.unwrap_or(now)),
        before: to,
        ..Filter::default()
    };
    let stored = rows::list(&mut *ctx.store().read().await?, filter, MOST).await?;
    let zone = ctx.space().zone;
    let view = stored
        .into_iter()
        .filter(|stored| is_shown(stored, actor, now))
        .map(|stored| to_view(stored, actor, zone, now));
    // Asking for each person or group in turn must not reveal whose they are.
    let is_asked_for =
        |view: &Booking| (person.is_none() || view.person == person) && (group.is_none() || view.group == group);
    Ok(view.filter(is_asked_for).collect())
}

/// Bookings of `machine` that are running or begin before `before`; empty for those who may not see bookings.
pub(crate) async fn at_machine(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    actor: &Actor,
    machine: MachineId,
    (now, before): (Millis, Millis),
) -> Result<Vec<Booking>, StoreError> {
    if !actor.may(Permission::SeeBookings, Target::NONE) {
        return Ok(Vec::new());
    }
    let resource = Some(Resource::Machine(machine));
    let filter = Filter {
        resource,
        reader: actor.person(),
        holding: true,
        after: Some(now),
        before: Some(before),
        ..Filter::default()
    };
    let stored = rows::list(conn, filter, MOST).await?;
    let zone = ctx.space().zone;
    Ok(stored.into_iter().map(|stored| to_view(stored, actor, zone, now)).collect())
}

/// Upcoming bookings of `person` in order, and those since `since`, newest first; for those who may see them.
pub(crate) async fn of_person(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    actor: &Actor,
    person: PersonId,
    (since, now): (Millis, Millis),
) -> Result<(Vec<Booking>, Vec<Booking>), StoreError> {
    let filter = Filter { person: Some(person), reader: actor.person(), after: Some(since), ..Filter::default() };
    let zone = ctx.space().zone;
    let (coming, mut past): (Vec<_>, Vec<_>) = rows::list(conn, filter, MOST)
        .await?
        .into_iter()
        .map(|stored| to_view(stored, actor, zone, now))
        .partition(|booking| booking.state.takes_time() && now < booking.ends.at);
    past.reverse();
    Ok((coming, past))
}

pub async fn one(ctx: &Ctx, actor: &Actor, booking: BookingId) -> Result<Booking, BookingsError> {
    actor.require(Permission::SeeBookings, Target::NONE)?;
    let now = ctx.now();
    let stored = seen(&mut *ctx.store().read().await?, actor, booking, now).await?;
    Ok(to_view(stored, actor, ctx.space().zone, now))
}

/// A stored booking, if `actor` may see it.
pub(super) async fn seen(
    conn: &mut SqliteConnection,
    actor: &Actor,
    booking: BookingId,
    now: Millis,
) -> Result<BookingRow, BookingsError> {
    let stored = rows::one_for(conn, booking, actor.person()).await?;
    stored.filter(|stored| is_shown(stored, actor, now)).ok_or(BookingsError::Unknown)
}

/// Whether the booking is visible to `actor`: those that occupy time now or later are; cancelled, declined and
/// missed ones concern only the people involved.
fn is_shown(row: &BookingRow, actor: &Actor, now: Millis) -> bool {
    (row.state.takes_time() && now < row.ends) || sees_all(row, actor)
}

/// Whether `actor` sees all of a booking: it is theirs or offered to them, they answer it, or may see its holder.
pub(super) fn sees_all(row: &BookingRow, actor: &Actor) -> bool {
    let is_offered = row.offered_to.is_some() && row.offered_to == actor.person();
    let sees_holder = row.person.is_some_and(|person| actor.may(Permission::SeePerson, Target::person(person)));
    side(actor, row).is_some() || is_offered || sees_holder
}

/// A booking as `actor` may see it.
pub(super) fn to_view(row: BookingRow, actor: &Actor, zone: Zone, now: Millis) -> Booking {
    let side = side(actor, &row);
    let actions = side.map(|side| actions(row.state, side, row.span(), now)).unwrap_or_default();
    let moderates = actor.may(Permission::Moderate, about(row.resource(), row.kind));
    let is_offered = row.offered().is_some();
    let party = match (side, actor.person()) {
        // A group's booking is nobody's to give away.
        (Some(Side::Holder), _) if row.group.is_none() => Some(Party::Holder),
        // The recipient of an offer knows whose it is.
        (_, Some(me)) if row.offered_to == Some(me) => Some(Party::Recipient),
        _ => None,
    };
    let hand_over = party.map(|party| hand_over(row.state, party, is_offered, row.span(), now));
    let sees_all = sees_all(&row, actor);
    let as_set = row.person_name.as_deref().and_then(|name| row.visible_names().of(name));
    let names = as_set.is_some();
    // Every member sees which groups there are.
    let shows_group = sees_all || row.visible_names() != ShownNames::Nobody;
    Booking {
        id: row.id,
        version: row.version,
        resource: row.resource(),
        name: row.name,
        person: row.person.filter(|_| sees_all || names),
        person_name: if sees_all { row.person_name } else { as_set },
        group: row.group.filter(|_| shows_group),
        group_name: row.group_name.filter(|_| shows_group),
        series: row.series.filter(|_| side.is_some() || row.role.is_some()),
        starts: zone.moment(row.starts),
        ends: zone.moment(row.ends),
        state: row.state,
        asked: zone.moment(row.asked),
        sequence: row.sequence,
        decided: row.decided.filter(|_| sees_all).map(|at| zone.moment(at)),
        decided_by: row.decided_by_name.filter(|_| sees_all),
        note: row.note.filter(|_| sees_all),
        checked_in: row.checked_in.filter(|_| sees_all).map(|at| zone.moment(at)),
        late: row.late && sees_all,
        importance: row.importance.filter(|_| moderates),
        actions,
        hand_over: hand_over.unwrap_or_default().to_vec(),
        offered_to: row.offered_name.filter(|_| party == Some(Party::Holder)),
        mine: side == Some(Side::Holder),
    }
}

/// The free parts of the requested span for the caller or another person, and why the rest is not free.
pub async fn availability(
    ctx: &Ctx,
    actor: &Actor,
    request: Result<(Resource, Span, Option<PersonId>), Vec<FilterError>>,
) -> Result<Availability, BookingsError> {
    actor.require(Permission::SeeBookings, Target::NONE)?;
    let (resource, span, person) = request.map_err(BookingsError::invalid)?;
    if span.ends <= span.starts || span.ends.since(span.starts) > DAY * DAYS {
        return Err(BookingsError::invalid([FilterError::To]));
    }
    let mine = actor.person();
    if let Some(person) = person.filter(|person| Some(*person) != mine) {
        let may = actor.may(Permission::SeePerson, Target::person(person));
        may.then_some(()).ok_or(BookingsError::UnknownPerson)?;
    }
    let (zone, now) = (ctx.space().zone, ctx.now());
    let mut snapshot = ctx.store().snapshot().await?;
    let want = Want { resource, person: person.or(mine), group: None, without: None, span, zone, now };
    let known = BookingContext::load(&mut snapshot, want).await?;
    let pieces = rules::personal_availability(span, &known.facts()).into_iter().map(|piece| PieceView {
        starts: zone.moment(piece.span.starts),
        ends: zone.moment(piece.span.ends),
        obstacle: piece.obstacle,
    });
    Ok(Availability { resource, pieces: pieces.collect(), name: known.name })
}
