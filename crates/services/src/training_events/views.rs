//! Events, invitations and lines of lists as their readers see them.
//!
//! Invariant: visitors see public events that are announced, and the host's first name as far as the space shows names;
//! members see all of them.

use super::{TrainingEventsError, rows, stored};
use crate::Ctx;
use contract::training_events::{
    EventInvitationView, EventInvitations, EventLine, EventResource, TrainingEventView, TrainingEvents,
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    id::{PersonId, TrainingEventId},
    qualifications::{Relation, SPACE, SYSTEM, Subject},
    settings::ShownNames,
    time::Millis,
    training_events::{EventState, PlaceState, RESULTS_UNTIL},
};
use store::{
    SqliteConnection, StoreError,
    training_events::{Filter, FoundPlace, StoredEvent},
};

/// Events and invitations in a list, at most.
const MOST: u32 = 500;

/// Whether the actor sees events that are not public, and names.
pub(super) fn is_inside(actor: &Actor) -> bool {
    actor.may(Permission::SeeBookings, Target::NONE)
}

pub(super) fn to_view(ctx: &Ctx, actor: &Actor, row: &StoredEvent) -> TrainingEventView {
    let inside = is_inside(actor);
    let resource = |taken: &rows::TakenResource| EventResource {
        machine: taken.resource.machine(),
        room: taken.resource.room(),
        name: taken.name.clone(),
    };
    let first_name = |name: &String| match ctx.space().settings.shown_names {
        ShownNames::Nobody => None,
        ShownNames::FirstName | ShownNames::Name => ShownNames::FirstName.of(name),
    };
    TrainingEventView {
        id: row.id,
        version: row.version,
        r#type: row.kind,
        type_name: row.kind_name.clone(),
        relation: row.aim,
        title: row.title.clone(),
        host: row.host.filter(|_| inside),
        host_name: if inside { row.host_name.clone() } else { row.host_name.as_ref().and_then(first_name) },
        starts: ctx.moment(row.span().starts),
        ends: ctx.moment(row.span().ends),
        resources: row.resources.iter().map(resource).collect(),
        capacity: row.terms.capacity,
        minimum: row.terms.minimum,
        deadline: ctx.moment(row.terms.deadline),
        held: row.held(),
        accepted: row.accepted,
        waiting: row.waiting,
        fee: row.fee.clone(),
        bring: row.bring.clone(),
        about: row.about.clone(),
        public: row.public,
        state: row.state,
        cancelled: row.cause,
        note: row.note.clone().filter(|_| inside),
        first: row.first,
        mine: row.mine,
    }
}

/// An event as one line.
pub(crate) fn line(ctx: &Ctx, row: &StoredEvent) -> EventLine {
    EventLine {
        id: row.id,
        title: row.title.clone(),
        aim: row.aim,
        kind: row.kind,
        kind_name: row.kind_name.clone(),
        starts: ctx.moment(row.span().starts),
        ends: ctx.moment(row.span().ends),
        place: row.resources.first().map(|taken| taken.name.clone()),
        capacity: row.terms.capacity,
        held: row.held(),
        mine: row.mine,
        bring: row.bring.as_ref().and_then(|bring| bring.lines().next()).map(str::to_owned),
    }
}

/// Announced events that `filter` selects and that are not over, as lines.
pub(crate) async fn lines(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    filter: Filter<'_>,
    reader: Option<PersonId>,
    limit: u32,
) -> Result<Vec<EventLine>, StoreError> {
    let filter = Filter { state: Some(EventState::Announced), after: Some(ctx.now()), ..filter };
    let events = rows::list(conn, filter, reader, limit).await?;
    Ok(events.iter().map(|row| line(ctx, row)).collect())
}

/// Announced events of a host: those to come, and those whose results are due.
pub(crate) async fn hosted(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    host: PersonId,
) -> Result<Vec<EventLine>, StoreError> {
    let since = ctx.now().before(RESULTS_UNTIL);
    let filter =
        Filter { host: Some(host), state: Some(EventState::Announced), after: Some(since), ..Filter::default() };
    let events = rows::list(conn, filter, Some(host), MOST).await?;
    Ok(events.iter().map(|row| line(ctx, row)).collect())
}

/// Events that are not over. Of cancelled ones, a member sees those at which they had a place.
pub(super) async fn list(ctx: &Ctx, actor: &Actor) -> Result<TrainingEvents, TrainingEventsError> {
    let (now, inside) = (ctx.now(), is_inside(actor));
    let state = (!inside).then_some(EventState::Announced);
    let filter = Filter { after: Some(now), public: !inside, state, ..Filter::default() };
    let mut snapshot = ctx.store().snapshot().await?;
    let mut events = rows::list(&mut snapshot, filter, actor.person(), MOST).await?;
    drop(snapshot);
    events.retain(|row| row.state == EventState::Announced || row.mine.is_some());
    let may_hold = holds_any(actor, now);
    Ok(TrainingEvents {
        now: ctx.moment(now),
        events: events.iter().map(|row| to_view(ctx, actor, row)).collect(),
        may_hold,
    })
}

/// Whether the actor may hold events on some type.
pub(crate) fn holds_any(actor: &Actor, at: Millis) -> bool {
    let on_types = actor.known().is_some_and(|known| {
        let is = |kind| known.is(Relation::Trainer, kind, None) || known.is(Relation::Owner, kind, None);
        known.ledger.0.iter().any(|entry| match entry.subject {
            // On the space and the system, relations are roles.
            SPACE | SYSTEM | Subject::Machine(_) => false,
            Subject::Type(kind) => entry.from <= at && is(kind),
        })
    });
    on_types || actor.may(Permission::HoldEvents, Target::NONE)
}

/// An event that the actor may see.
pub(super) async fn visible(
    conn: &mut SqliteConnection,
    actor: &Actor,
    event: TrainingEventId,
) -> Result<StoredEvent, TrainingEventsError> {
    let row = stored(conn, event, actor.person()).await?;
    let is_public = row.public && row.state == EventState::Announced;
    if is_public || is_inside(actor) || row.mine.is_some() || row.host == actor.person() && row.host.is_some() {
        Ok(row)
    } else {
        Err(TrainingEventsError::Unknown)
    }
}

pub(super) async fn find(
    ctx: &Ctx,
    actor: &Actor,
    event: TrainingEventId,
) -> Result<TrainingEventView, TrainingEventsError> {
    let row = visible(&mut *ctx.store().read().await?, actor, event).await?;
    Ok(to_view(ctx, actor, &row))
}

/// Invitations of the caller, the latest first.
pub(super) async fn invitations(ctx: &Ctx, actor: &Actor) -> Result<EventInvitations, TrainingEventsError> {
    let person = actor.person().ok_or(Forbidden::SignIn)?;
    let found = rows::invitations(&mut *ctx.store().read().await?, person, MOST).await?;
    let invitations = found.iter().map(|place| invitation(ctx, place)).collect();
    Ok(EventInvitations { now: ctx.moment(ctx.now()), invitations })
}

fn invitation(ctx: &Ctx, place: &FoundPlace) -> EventInvitationView {
    let open = place.state == PlaceState::Sent;
    EventInvitationView {
        id: place.id,
        event: place.event,
        title: place.title.clone(),
        starts: ctx.moment(place.starts),
        ends: ctx.moment(place.ends),
        state: place.state,
        sent: ctx.moment(place.invited.unwrap_or(place.asked)),
        answer_by: place.answer_by.filter(|_| open).map(|at| ctx.moment(at)),
        request: place.request,
        outcome: place.outcome,
    }
}
