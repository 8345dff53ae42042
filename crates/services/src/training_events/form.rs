//! The form of an event: its choices, the free times of the chosen day, and the people it would invite.

use super::{
    TrainingEventsError,
    eligible::{Kinds, hosts},
    page::minute_of,
    rows, stored,
};
use crate::Ctx;
use contract::{
    form::Faults,
    training_events::{EventDraft, EventFormPage, EventLane, EventQuery, NextInvited},
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    bookings::Resource,
    hours::{DAY_MINUTES, Opening, Stretch, TimeOfDay},
    id::{PersonId, TrainingEventId, TypeId},
    occupations::Span,
    time::{Date, MINUTE, Millis, Moment, millis},
    training_events::{Aim, EventPolicy, usual_deadline},
};
use recurrence::Times;
use std::time::Duration;
use store::{
    SqliteConnection, StoreError, hours, training,
    training_events::{Filter, StoredEvent},
    training_requests as requests,
};

/// Earlier events that a new one can be like, at most.
const TEMPLATES: usize = 12;
/// How far back they are looked for.
const TEMPLATES_SINCE: Duration = Duration::from_hours(24 * 400);
/// The usual beginning.
const USUAL: u16 = 18 * 60 + 30;
/// Days from now to the usual date.
const AHEAD: i64 = 7;

pub(super) async fn page(
    ctx: &Ctx,
    actor: &Actor,
    query: Result<EventQuery, Faults>,
) -> Result<EventFormPage, TrainingEventsError> {
    let query = query?;
    let (now, me) = (ctx.now(), actor.person().ok_or(Forbidden::SignIn)?);
    let mut snapshot = ctx.store().snapshot().await?;
    let kinds = Kinds::load(&mut snapshot).await?;
    let holds = |kind: TypeId| actor.may(Permission::HoldEvents, Target::equipment(kind, None));
    let types: Vec<_> = kinds.all().iter().filter(|(kind, _)| holds(*kind)).cloned().collect();
    let changed = match query.event {
        Some(event) => Some(stored(&mut snapshot, event, None).await?),
        None => None,
    };
    let like = match query.like {
        Some(event) => rows::find(&mut snapshot, event, None).await?,
        None => None,
    };
    let source = changed.as_ref().or(like.as_ref());
    let kind = query.kind.or(source.map(|row| row.kind)).or(types.first().map(|(kind, _)| *kind));
    let kind = kind.ok_or(TrainingEventsError::Forbidden(Forbidden::NotAllowed))?;
    actor.require(Permission::HoldEvents, Target::equipment(kind, None))?;
    let policy = ctx.space().settings.events.clone();
    let mut draft = draft(ctx, (&query, kind, me), source, &policy);
    let conn = &mut *snapshot;
    draft.modules = match source {
        Some(row) => rows::modules(conn, row.id).await?,
        None => training::required_modules(conn, kind).await?,
    };
    if draft.title.is_empty() {
        // Everybody reads the title, so it is in the language of the space.
        draft.title = ctx.space().language.hosting_title(draft.aim, kinds.name(kind).unwrap_or_default());
    }
    let resources = rows::resources(conn, kind).await?;
    if source.is_none() && query.resources.is_empty() {
        // The machine to be shown is taken unless the host decides otherwise.
        draft.resources = resources.first().map(|(resource, _)| *resource).into_iter().collect();
    }
    let hosts = hosts(conn, kind, draft.aim, now).await?;
    if !hosts.iter().any(|(person, _)| *person == draft.host) {
        // The times of others are nobody's business here.
        draft.host = me;
    }
    let but = changed.as_ref().map(|row| row.id);
    let lanes = lanes(ctx, conn, (&draft, &resources, &hosts), but).await?;
    let waiting = line(ctx, conn, &draft, changed.as_ref()).await?;
    let queue = u32::try_from(waiting.len()).unwrap_or(u32::MAX);
    let places = usize::from(draft.capacity.saturating_sub(changed.as_ref().map_or(0, StoredEvent::held)));
    let open_until = open_until(ctx, conn, kind, &draft).await?;
    let required = training::required_modules(conn, kind).await?;
    let modules = training::lines(conn, PersonId(0)).await?;
    let modules = modules.into_iter().map(|line| (line.id, line.title, required.contains(&line.id))).collect();
    let templates = templates(conn, &types, now).await?;
    drop(snapshot);
    Ok(EventFormPage {
        now: ctx.moment(now),
        event: changed.map(|row| (row.id, row.version)),
        aims: policy.aims().map(|aim| (aim, policy.course(aim).places, policy.course(aim).minutes)).collect(),
        types,
        hosts,
        resources,
        modules,
        templates,
        lanes,
        line: invited(waiting, places),
        queue,
        open_until,
        draft,
    })
}

/// What the form shows at first: as chosen, else as the event that it changes or is like, else as usual.
fn draft(
    ctx: &Ctx,
    (query, kind, me): (&EventQuery, TypeId, PersonId),
    source: Option<&StoredEvent>,
    policy: &EventPolicy,
) -> EventDraft {
    let aim = query.aim.or(source.map(|row| row.aim)).or(policy.aims().next()).unwrap_or(Aim::Use);
    let course = policy.course(aim);
    let same = source.filter(|row| (row.kind, row.aim) == (kind, aim));
    let wall = |at| ctx.moment(at).wall();
    let is_change = query.event.is_some();
    let usual_day = Date::from_days(ctx.today().days() + AHEAD);
    let day = query.day.or(source.filter(|_| is_change).map(|row| wall(row.span().starts).date));
    let day = day.unwrap_or(usual_day);
    let time = |minute: u16| TimeOfDay::new(minute % DAY_MINUTES).unwrap_or_default();
    let from = query.from.or(source.map(|row| time(minute_of(wall(row.span().starts))))).unwrap_or(time(USUAL));
    let length = source.map_or(u32::from(course.minutes), |row| {
        let length = millis(row.span().ends.since(row.span().starts)) / millis(MINUTE);
        u32::try_from(length).unwrap_or_default()
    });
    let end = (u32::from(from.minute()) + length) % u32::from(DAY_MINUTES);
    let to = query.to.unwrap_or_else(|| time(u16::try_from(end).unwrap_or_default()));
    let starts = span_of(ctx, day, from, to).map_or_else(|| ctx.now(), |span| span.starts);
    let deadline = same.filter(|_| is_change);
    let deadline = deadline.map_or_else(|| usual_deadline(ctx.now(), starts), |row| row.terms.deadline);
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    EventDraft {
        kind,
        aim,
        title: same.map(|row| row.title.clone()).unwrap_or_default(),
        host: query.host.or(source.filter(|_| is_change).and_then(|row| row.host)).unwrap_or(me),
        day,
        from,
        to,
        resources: if query.resources.is_empty() {
            same.map(|row| row.resources.iter().map(|taken| taken.resource).collect()).unwrap_or_default()
        } else {
            query.resources.clone()
        },
        capacity: same.map_or(course.places.max(1), |row| row.terms.capacity),
        minimum: same.map_or(0, |row| row.terms.minimum),
        deadline: ctx.moment(deadline),
        fee: text(source.and_then(|row| row.fee.as_ref())),
        bring: text(source.and_then(|row| row.bring.as_ref())),
        about: text(source.and_then(|row| row.about.as_ref())),
        modules: Vec::new(),
        public: source.is_none_or(|row| row.public),
    }
}

/// The chosen time; `None` if the clocks jump over it.
fn span_of(ctx: &Ctx, day: Date, from: TimeOfDay, to: TimeOfDay) -> Option<Span> {
    let (from, to) = domain::series::minutes(from, to);
    Times::new(from, to)?.on(day, ctx.space().zone).map(|(span, _)| span)
}

/// Things with their names.
type Choices<T> = [(T, String)];

/// What the machines, rooms and the host have on that day.
async fn lanes(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    (draft, resources, hosts): (&EventDraft, &Choices<Resource>, &Choices<PersonId>),
    but: Option<TrainingEventId>,
) -> Result<Vec<EventLane>, StoreError> {
    let zone = ctx.space().zone;
    let whole =
        Span { starts: zone.start_of(draft.day), ends: zone.start_of(Date::from_days(draft.day.days() + 1)) };
    let chosen = span_of(ctx, draft.day, draft.from, draft.to);
    let minute = |at: Millis| {
        let moment = zone.moment(at.max(whole.starts).min(whole.ends)).wall();
        if moment.date == draft.day { minute_of(moment) } else { DAY_MINUTES }
    };
    let mut lanes = Vec::new();
    let named = |resource: Resource| resources.iter().find(|(one, _)| *one == resource);
    let things =
        draft.resources.iter().filter_map(|one| named(*one)).map(|(one, name)| (Some(*one), name.clone()));
    let host = hosts.iter().find(|(id, _)| *id == draft.host).map(|(_, name)| name.clone());
    for (resource, name) in things.chain([(None, host.unwrap_or_default())]) {
        let person = resource.is_none().then_some(draft.host);
        let taken = rows::occupied(conn, (person, resource), whole, but).await?;
        let conflict = chosen.and_then(|span| taken.iter().find(|taken| taken.overlaps(span)));
        lanes.push(EventLane {
            resource,
            name,
            conflict: conflict.map(|taken| (ctx.moment(taken.starts), ctx.moment(taken.ends))),
            taken: taken.iter().map(|taken| (minute(taken.starts), minute(taken.ends))).collect(),
        });
    }
    Ok(lanes)
}

/// The queue in the order of asking; invited are those whom [`invited`] marks.
async fn line(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    draft: &EventDraft,
    changed: Option<&StoredEvent>,
) -> Result<Vec<NextInvited>, StoreError> {
    let filter =
        requests::Filter { kind: Some(draft.kind), aim: Some(draft.aim), open: true, ..Default::default() };
    let queue = requests::list(conn, filter, 200, ctx.now()).await?;
    let (from, to) = domain::series::minutes(draft.from, draft.to);
    let time = Stretch { from, to };
    let waits = |one: &&requests::StoredRequest| {
        one.event.is_none()
            && one.person != Some(draft.host)
            && changed.is_none_or(|row| one.event != Some(row.id))
    };
    let person = |one: &requests::StoredRequest| NextInvited {
        name: one.person_name.clone().unwrap_or_default(),
        asked: ctx.moment(one.asked),
        suits: one.can.suits(time),
        invited: false,
    };
    Ok(queue.iter().filter(waits).map(person).collect())
}

/// Those who would be invited, and the next in line.
fn invited(mut line: Vec<NextInvited>, places: usize) -> Vec<NextInvited> {
    line.iter_mut().take(places).for_each(|one| one.invited = true);
    line.truncate(places + 1);
    line
}

/// Until when the workshop is open at the chosen time; `None` if it is closed then.
async fn open_until(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    kind: TypeId,
    draft: &EventDraft,
) -> Result<Option<Moment>, StoreError> {
    let zone = ctx.space().zone;
    let Some(span) = span_of(ctx, draft.day, draft.from, draft.to) else { return Ok(None) };
    let hours = hours::hours_of(conn, Some(kind), None, draft.day.days()).await?;
    Ok(match hours.opening(span.starts, draft.day, |date, minute| zone.instant(date, minute)) {
        Opening::Open { closes } => Some(ctx.moment(closes.unwrap_or(span.ends))),
        Opening::Closed { .. } => None,
    })
}

/// The latest event of each title on these types, of about a year.
async fn templates(
    conn: &mut SqliteConnection,
    types: &[(TypeId, String)],
    now: Millis,
) -> Result<Vec<(TrainingEventId, String)>, StoreError> {
    let kinds = serde_json::Value::from(types.iter().map(|(kind, _)| kind.0).collect::<Vec<_>>()).to_string();
    let since = Filter { kinds: Some(&kinds), after: Some(now.before(TEMPLATES_SINCE)), ..Filter::default() };
    let events = rows::list(conn, since, None, 1_000).await?;
    let mut templates: Vec<(TrainingEventId, String)> = Vec::new();
    for event in events.into_iter().rev() {
        if templates.len() < TEMPLATES && templates.iter().all(|(_, title)| *title != event.title) {
            templates.push((event.id, event.title));
        }
    }
    Ok(templates)
}
