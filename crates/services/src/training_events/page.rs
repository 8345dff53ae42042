//! The page of an event, of an invitation to it, and of its results.

use super::{
    Kinds, TrainingEventsError, admitted,
    eligible::{Ineligible, may_hold},
    results::COMPLETE,
    rows, stored,
    views::{is_inside, to_view, visible},
};
use crate::Ctx;
use contract::training_events::{
    EventModule, EventPage, EventPerson, EventPlaces, InvitationPage, NoSignUp, ResultsPage,
};
use domain::{
    actor::{Actor, Forbidden},
    hours::Stretch,
    id::{ModuleId, PersonId, TrainingEventId},
    time::{MINUTE, Millis, WallTime, millis},
    training_events::{EARLY, EventState, PlaceState, UNDO},
};
use store::{
    SqliteConnection, StoreError, checkout_steps, training,
    training_events::{Attendee, FoundPlace, StoredEvent},
    training_requests as requests,
};

pub(super) async fn page(
    ctx: &Ctx,
    actor: &Actor,
    event: TrainingEventId,
) -> Result<EventPage, TrainingEventsError> {
    let (now, reader) = (ctx.now(), actor.person());
    let mut snapshot = ctx.store().snapshot().await?;
    let row = visible(&mut snapshot, actor, event).await?;
    let place = match reader {
        Some(person) => rows::place_of(&mut snapshot, event, person).await?,
        None => None,
    };
    let may_hold = may_hold(actor, row.kind, row.aim);
    let people = if may_hold { rows::attendees(&mut snapshot, event, COMPLETE).await? } else { Vec::new() };
    let modules = modules(ctx, &mut snapshot, event, reader).await?;
    // That of the session, else the first of the type.
    let own = row.resources.iter().find_map(|one| Some((one.resource.machine()?, one.name.clone())));
    let mut things = rows::resources(&mut snapshot, row.kind).await?.into_iter();
    let machine = own.or_else(|| things.find_map(|(resource, name)| Some((resource.machine()?, name))));
    let filter = requests::Filter { kind: Some(row.kind), aim: Some(row.aim), open: true, ..Default::default() };
    let queue = requests::list(&mut snapshot, filter, 200, now).await?;
    let others = queue.iter().filter(|one| one.person != reader && one.event.is_none()).count();
    let no_sign_up = no_sign_up(ctx, &mut snapshot, (actor, &row), place.as_ref(), now).await?;
    drop(snapshot);
    let moment = |at| ctx.moment(at);
    let open = place.as_ref().filter(|place| place.state.is_open());
    Ok(EventPage {
        now: moment(now),
        place: open.map(|place| place.id),
        answer_by: place.as_ref().and_then(|place| place.answer_by).map(moment),
        position: open.filter(|place| place.state == PlaceState::Waiting).map(|place| place.before + 1),
        no_sign_up,
        modules,
        machine: machine.filter(|_| is_inside(actor)),
        queue: u32::try_from(others).unwrap_or(u32::MAX),
        may_hold,
        people: people.iter().map(|one| person(ctx, one)).collect(),
        results_open: may_hold && results_open(&row, now),
        undo_until: undo_until(&row, actor, now).map(moment),
        outcome: place.as_ref().and_then(|place| place.outcome),
        practise: place.and_then(|place| place.note),
        event: to_view(ctx, actor, &row),
    })
}

fn results_open(row: &StoredEvent, now: Millis) -> bool {
    row.state == EventState::Announced && row.span().starts.before(EARLY) <= now
}

/// Until when the actor can undo the results.
fn undo_until(row: &StoredEvent, actor: &Actor, now: Millis) -> Option<Millis> {
    let own = row.completed_by.is_some() && row.completed_by == actor.person();
    row.completed.map(|at| at.after(UNDO)).filter(|until| own && now <= *until)
}

/// Why the actor cannot sign up; `None` for people who have a place or may have one.
async fn no_sign_up(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    (actor, row): (&Actor, &StoredEvent),
    place: Option<&FoundPlace>,
    now: Millis,
) -> Result<Option<NoSignUp>, StoreError> {
    let general = match row.state {
        EventState::Cancelled => Some(NoSignUp::Cancelled),
        EventState::Completed => Some(NoSignUp::Completed),
        EventState::Announced if row.span().starts <= now => Some(NoSignUp::Begun),
        EventState::Announced => None,
    };
    if general.is_some() {
        return Ok(general);
    }
    let Some(person) = actor.person() else { return Ok(Some(NoSignUp::SignIn)) };
    if row.host == Some(person) {
        return Ok(Some(NoSignUp::Own));
    }
    if place.is_some_and(|place| place.state.is_open()) {
        return Ok(None);
    }
    let kinds = Kinds::load(conn).await?;
    match admitted(conn, &kinds, person, (row.kind, row.aim), row.span().starts).await? {
        Err(Ineligible::NoMember) => return Ok(Some(NoSignUp::NoMember)),
        Err(Ineligible::Banned) => return Ok(Some(NoSignUp::Banned)),
        Err(Ineligible::Qualified) => return Ok(Some(NoSignUp::Qualified)),
        Err(Ineligible::Requires(names)) => return Ok(Some(NoSignUp::Requires(names))),
        Ok(()) => {}
    }
    if row.terms.deadline <= now {
        return Ok(Some(NoSignUp::Closed));
    }
    if rows::holds_elsewhere(conn, row.id, person).await? {
        return Ok(Some(NoSignUp::Elsewhere));
    }
    let taken = rows::occupied(conn, (Some(person), None), row.span(), None).await?;
    let busy = taken.first().map(|first| NoSignUp::Busy(ctx.moment(first.starts), ctx.moment(first.ends)));
    Ok(busy.filter(|_| row.free() > 0))
}

/// The modules to complete before an event, with the progress of a person.
async fn modules(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    event: TrainingEventId,
    person: Option<PersonId>,
) -> Result<Vec<EventModule>, StoreError> {
    let wanted = rows::modules(conn, event).await?;
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    of_modules(ctx, conn, &wanted, person).await
}

/// These modules with the progress of a person, in the order of the modules.
pub(crate) async fn of_modules(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    wanted: &[ModuleId],
    person: Option<PersonId>,
) -> Result<Vec<EventModule>, StoreError> {
    // Of nobody, progress is none.
    let lines = training::lines(conn, person.unwrap_or(PersonId(0))).await?;
    let module = |line: &training::Line| EventModule {
        module: line.id,
        title: line.title.clone(),
        minutes: line.length.div_ceil(60_000),
        completed: line.seen.filter(|_| line.is_done()).map(|at| ctx.moment(at)),
        done: line.is_done(),
    };
    Ok(lines.iter().filter(|line| wanted.contains(&line.id)).map(module).collect())
}

fn person(ctx: &Ctx, one: &Attendee) -> EventPerson {
    EventPerson {
        place: one.place,
        person: one.person,
        name: one.name.clone().unwrap_or_default(),
        state: one.state,
        at: ctx.moment(one.answer_by.or(one.answered).unwrap_or(one.asked)),
        outcome: one.outcome,
        note: one.note.clone(),
        modules: one.modules,
        tries: one.tries,
        missed: one.missed,
        walk_in: one.walk_in,
    }
}

/// Everybody with a place at an event or on its waiting list, for those who hold events on its type.
pub(super) async fn places(
    ctx: &Ctx,
    actor: &Actor,
    event: TrainingEventId,
) -> Result<EventPlaces, TrainingEventsError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let row = visible(&mut snapshot, actor, event).await?;
    if !may_hold(actor, row.kind, row.aim) {
        return Err(Forbidden::NotAllowed.into());
    }
    let people = rows::attendees(&mut snapshot, event, COMPLETE).await?;
    drop(snapshot);
    Ok(EventPlaces { places: people.iter().map(|one| person(ctx, one)).collect() })
}

/// The results of an event, for those who hold events on its type.
pub(super) async fn results(
    ctx: &Ctx,
    actor: &Actor,
    event: TrainingEventId,
) -> Result<ResultsPage, TrainingEventsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let row = visible(&mut snapshot, actor, event).await?;
    if !may_hold(actor, row.kind, row.aim) {
        return Err(Forbidden::NotAllowed.into());
    }
    let people = rows::attendees(&mut snapshot, event, COMPLETE).await?;
    let steps = checkout_steps::list(&mut snapshot, row.kind).await?.map(|(_, steps)| steps).unwrap_or_default();
    drop(snapshot);
    let came = people.iter().filter(|one| one.state == PlaceState::Accepted);
    Ok(ResultsPage {
        now: ctx.moment(now),
        people: came.map(|one| person(ctx, one)).collect(),
        steps: steps.into_iter().map(|step| step.body).collect(),
        undo_until: undo_until(&row, actor, now).map(|at| ctx.moment(at)),
        no_shows: ctx.space().settings.events.no_shows,
        event: to_view(ctx, actor, &row),
    })
}

/// The invitation of the caller to an event.
pub(super) async fn invitation(
    ctx: &Ctx,
    actor: &Actor,
    event: TrainingEventId,
) -> Result<InvitationPage, TrainingEventsError> {
    let (now, person) = (ctx.now(), actor.person().ok_or(Forbidden::SignIn)?);
    let mut snapshot = ctx.store().snapshot().await?;
    let row = stored(&mut snapshot, event, Some(person)).await?;
    let place = rows::place_of(&mut snapshot, event, person).await?;
    let place = place.filter(|place| place.invited.is_some()).ok_or(TrainingEventsError::NoInvitation)?;
    let request = match place.request {
        Some(request) => requests::find(&mut snapshot, request, now).await?,
        None => None,
    };
    let modules = modules(ctx, &mut snapshot, event, Some(person)).await?;
    let busy = rows::occupied(&mut snapshot, (Some(person), None), row.span(), Some(event)).await?;
    drop(snapshot);
    let moment = |at| ctx.moment(at);
    let suits = request.as_ref().is_none_or(|request| request.can.suits(minutes(ctx, &row)));
    Ok(InvitationPage {
        now: moment(now),
        place: place.id,
        state: place.state,
        sent: moment(place.invited.unwrap_or(place.asked)),
        answer_by: place.answer_by.filter(|_| place.state == PlaceState::Sent).map(moment),
        asked: request.map(|request| moment(request.asked)),
        suits,
        busy: busy.first().map(|first| (moment(first.starts), moment(first.ends))),
        modules,
        answered: row.accepted,
        leave_until: moment(row.span().starts),
        event: to_view(ctx, actor, &row),
    })
}

/// The minute of the day.
pub(super) fn minute_of(wall: WallTime) -> u16 {
    u16::from(wall.hour) * 60 + u16::from(wall.minute)
}

/// The minutes of the day of an event, beyond midnight if it ends on the next day.
pub(crate) fn minutes(ctx: &Ctx, row: &StoredEvent) -> Stretch {
    let from = minute_of(ctx.moment(row.span().starts).wall());
    let length = millis(row.span().ends.since(row.span().starts)) / millis(MINUTE);
    Stretch { from, to: from.saturating_add(u16::try_from(length).unwrap_or(u16::MAX)) }
}
