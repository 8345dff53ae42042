//! The demand: who waits for what since when, and which times suit them.

use super::{MOST, TrainingRequestsError, count, rows, sees};
use crate::{
    Ctx,
    training_events::{COMPLETE, eligible::Kinds, line},
};
use contract::{
    form::Faults,
    training_requests::{DemandQuery, QueueDetail, QueueLine, QueuedPerson, SuggestedTime, TrainingDemand},
};
use domain::{
    actor::{Actor, Forbidden},
    bookings::Resource,
    hours::Stretch,
    id::{PersonId, TypeId},
    occupations::Span,
    time::Date,
    training_events::{
        Aim, DemandFilter, EventPolicy, EventState,
        suggest::{Candidate, Waiting, suggest},
    },
};
use recurrence::Times;
use std::collections::BTreeMap;
use store::{
    SqliteConnection, StoreError, availability, hours, occupations, rooms, training,
    training_events::{self as events, Filter as EventFilter, StoredEvent},
    training_requests::{Filter, Queue, StoredRequest},
};

/// Days ahead within which times are suggested, and the first of them: people need notice.
const HORIZON: i64 = 28;
const FIRST: i64 = 3;
/// Minutes between the beginnings that are tried.
const STEP: usize = 30;
/// Suggested times.
const SUGGESTIONS: usize = 3;

/// All queues that the actor may see, and one in detail.
pub(super) async fn page(
    ctx: &Ctx,
    actor: &Actor,
    query: Result<DemandQuery, Faults>,
) -> Result<TrainingDemand, TrainingRequestsError> {
    let query = query?;
    let now = ctx.now();
    if !crate::training_events::holds_any(actor, now) {
        return Err(Forbidden::NotAllowed.into());
    }
    let mut snapshot = ctx.store().snapshot().await?;
    let conn = &mut *snapshot;
    let kinds = Kinds::load(conn).await?;
    let mut queues = rows::queues(conn, now).await?;
    queues.retain(|queue| queue.waiting > 0 || query.kind == Some(queue.kind));
    let coming = EventFilter { state: Some(EventState::Announced), after: Some(now), ..EventFilter::default() };
    let coming = events::list(conn, coming, actor.person(), MOST).await?;
    let next = |queue: &Queue| {
        coming.iter().find(|event| (event.kind, event.aim) == (queue.kind, queue.aim) && now < event.span().starts)
    };
    let is_mine = |queue: &&Queue| sees(actor, queue.kind);
    let all = queues.iter().filter(is_mine).count();
    let undated = queues.iter().filter(is_mine).filter(|queue| next(queue).is_none()).count();
    let people = queues.iter().filter(is_mine).map(|queue| queue.waiting).sum();
    let visible: Vec<&Queue> = queues
        .iter()
        .filter(is_mine)
        .filter(|queue| query.show != Some(DemandFilter::Undated) || next(queue).is_none())
        .collect();
    let chosen = query.kind.map(|kind| (kind, query.aim.unwrap_or(Aim::Use)));
    let chosen = chosen.or_else(|| visible.first().map(|queue| (queue.kind, queue.aim)));
    let chosen = chosen.filter(|(kind, _)| kinds.name(*kind).is_some() && sees(actor, *kind));
    let selected = match chosen {
        Some(what) => Some(detail(ctx, conn, actor, (&kinds, what)).await?),
        None => None,
    };
    let lines = visible.iter().map(|queue| QueueLine {
        kind: queue.kind,
        kind_name: queue.kind_name.clone(),
        aim: queue.aim,
        waiting: queue.waiting,
        since: ctx.moment(queue.since),
        event: next(queue).map(|event: &StoredEvent| line(ctx, event)),
    });
    let queues = lines.collect();
    drop(snapshot);
    let count = |all: usize| u32::try_from(all).unwrap_or(u32::MAX);
    Ok(TrainingDemand {
        now: ctx.moment(now),
        today: ctx.today(),
        people,
        show: query.show,
        counts: (count(all), count(all), count(undated)),
        queues,
        selected,
    })
}

/// The times at which workshop, machine, room and trainer are free, every half hour of the windows of a day.
async fn times(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    trainer: Option<PersonId>,
    (policy, minutes): (&EventPolicy, u16),
    (kind, taken, own): (TypeId, &[Span], &[Span]),
) -> Result<Vec<Candidate>, StoreError> {
    let (zone, today) = (ctx.space().zone, ctx.today().days());
    let hours = hours::hours_of(conn, Some(kind), None, today).await?;
    // Free hours of the trainer: without days away, and first those that they offer anyway.
    let (offers, away) = match trainer {
        Some(me) => {
            (availability::rules(conn, Some(me), today).await?, availability::aways(conn, Some(me), today).await?)
        }
        None => Default::default(),
    };
    let mut times = Vec::new();
    for day in today + FIRST..=today + HORIZON {
        let date = Date::from_days(day);
        if away.iter().any(|(.., away)| (away.first..=away.last).contains(&date)) {
            continue;
        }
        let offered = |from: u16, to: u16| {
            let mut rules = offers.iter().map(|row| &row.rule).filter(|rule| rule.days.holds_on(date));
            rules.any(|rule| rule.times.from <= from && to <= rule.times.to)
        };
        for window in policy.windows.as_slice() {
            let (first, to) = window.minutes();
            for from in (first..to).step_by(STEP) {
                let end = from.saturating_add(minutes);
                let span = Times::new(from, end).and_then(|times| times.on(date, zone)).map(|(span, _)| span);
                let Some(span) = span.filter(|_| end <= to) else { continue };
                let is_open = hours.is_open_during(span, date, |date, minute| zone.instant(date, minute));
                let is_free = own.iter().chain(taken).all(|taken| !taken.overlaps(span));
                if is_open && is_free {
                    let stretch = Stretch { from, to: end };
                    times.push(Candidate { date, minutes: stretch, span, offered: offered(from, end) });
                }
            }
        }
    }
    Ok(times)
}

async fn detail(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    actor: &Actor,
    (kinds, (kind, aim)): (&Kinds, (TypeId, Aim)),
) -> Result<QueueDetail, TrainingRequestsError> {
    let (now, zone) = (ctx.now(), ctx.space().zone);
    let policy = ctx.space().settings.events.clone();
    let course = policy.course(aim);
    let filter = Filter { kind: Some(kind), aim: Some(aim), open: true, ..Filter::default() };
    let mut queue = rows::list(conn, filter, MOST, now).await?;
    queue.retain(|row| row.event.is_none() && row.person != actor.person());
    let today = ctx.today().days();
    let within = Span { starts: now, ends: zone.start_of(Date::from_days(today + HORIZON + 1)) };
    let people: Vec<PersonId> = queue.iter().filter_map(|row| row.person).chain(actor.person()).collect();
    let mut busy: BTreeMap<PersonId, Vec<Span>> = BTreeMap::new();
    for taken in occupations::of_people(conn, &people, within).await? {
        busy.entry(taken.whose).or_default().push(taken.span);
    }
    let machines = events::resources(conn, kind).await?;
    let machine = machines.iter().find_map(|(resource, name)| Some((resource.machine()?, name.clone())));
    let taken = occupations::of_machines(conn, kind, within).await?;
    let taken = taken.iter().filter(|taken| machine.as_ref().is_some_and(|(id, _)| *id == taken.whose));
    let mut taken: Vec<Span> = taken.map(|taken| taken.span).collect();
    let room = match &machine {
        Some((id, _)) => rooms::room_of(conn, *id).await?,
        None => None,
    };
    let room = room.map(Resource::Room);
    if room.is_some() {
        taken.extend(events::occupied(conn, (None, room), within, None).await?);
    }
    let room = machines.iter().find(|(resource, _)| Some(*resource) == room);
    let room = room.and_then(|(resource, name)| Some((resource.room()?, name.clone())));
    let own = actor.person().and_then(|person| busy.get(&person)).cloned().unwrap_or_default();
    let times = times(ctx, conn, actor.person(), (&policy, course.minutes), (kind, &taken, &own)).await?;
    let line: Vec<Waiting> = queue.iter().map(|row| waiting(row, &busy)).collect();
    let suggested = suggest(&line, usize::from(course.places), &times, SUGGESTIONS);
    let missing = training::missing_of(conn, kind, &people, COMPLETE).await?;
    let suggestions = suggested.iter().map(|time| SuggestedTime {
        starts: zone.moment(time.span.starts),
        ends: zone.moment(time.span.ends),
        can: count(line.iter().filter(|one| one.can_come(time))),
        invited_can: count(line.iter().take(usize::from(course.places)).filter(|one| one.can_come(time))),
        machine: machine.clone(),
        room: room.clone(),
        busy: queue
            .iter()
            .zip(&line)
            .filter(|(_, one)| one.can.suits(time.minutes) && one.is_busy(time))
            .filter_map(|(row, _)| row.person_name.clone())
            .collect(),
    });
    let suggestions = suggestions.collect();
    let person = |(row, one): (&StoredRequest, &Waiting)| {
        let person = row.person?;
        Some(QueuedPerson {
            request: row.id,
            person,
            name: row.person_name.clone().unwrap_or_default(),
            asked: zone.moment(row.asked),
            windows: policy
                .windows
                .as_slice()
                .iter()
                .map(|window| window.minutes())
                .map(|(from, to)| one.can.suits(Stretch { from, to }))
                .collect(),
            suggested: suggested.iter().map(|time| one.can_come(time)).collect(),
            note: row.note.clone(),
            modules: missing.iter().find(|(id, _)| *id == person).map_or(0, |(_, modules)| *modules),
        })
    };
    Ok(QueueDetail {
        kind,
        kind_name: kinds.name(kind).unwrap_or_default().to_owned(),
        aim,
        places: course.places,
        minutes: course.minutes,
        windows: policy.windows.as_slice().to_vec(),
        modules: training::required_modules(conn, kind).await?,
        people: queue.iter().zip(&line).filter_map(person).collect(),
        suggestions,
        may_hold: sees(actor, kind),
    })
}

fn waiting(row: &StoredRequest, busy: &BTreeMap<PersonId, Vec<Span>>) -> Waiting {
    let busy = row.person.and_then(|person| busy.get(&person)).cloned().unwrap_or_default();
    Waiting { can: row.can.clone(), busy }
}
