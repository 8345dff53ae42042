//! Training requests: a member asks once, and is invited to the next event with a free place.
//!
//! **Invariants.** A person has one open request for a type and aim, and only so many in all. A queue is visible to those
//! who hold events on its type; everybody else sees how long it is and where they are. Not here: invitations and places
//! ([`crate::training_events`]).

mod demand;

use crate::{
    Ctx,
    change::Job,
    serve::bind,
    training_events::{
        close,
        eligible::{Ineligible, Kinds, admitted},
        lines, of_modules,
        queue::fill,
    },
};
use contract::{
    form::{Fault, Faults},
    training_requests::{
        AskForTraining, LiftTrainingBar, ListTrainingRequests, NotAskable, ReadTrainingDemand, ReadTrainingForm,
        ReadTrainingRequest, TrainingAsked, TrainingFormPage, TrainingFormQuery, TrainingRequestForm,
        TrainingRequestView, TrainingRequests, UsualEvent, WindowChoice, WithdrawTrainingRequest,
    },
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    id::{PersonId, TrainingRequestId, TypeId},
    live::ChangeEvent,
    time::{DAY, Millis},
    training_events::{Aim, EventState, PlaceState, Preference, RequestState, Windows},
};
use macros::ServiceError;
use serde_json::json;
use store::{
    Done, SqliteConnection, StoreError, people, settings, training,
    training_events::{self as events, Filter as EventFilter},
    training_requests::{self as rows, Filter, NewRequest, StoredRequest},
};

/// Requests in a list, at most.
const MOST: u32 = 500;
/// Days of past events from which the usual wait is computed.
const USUAL_DAYS: u32 = 365;
/// People whose wait makes it usual.
const USUAL_LEAST: usize = 3;
/// Events with a free place in the form, at most.
const EVENTS: u32 = 3;

/// Why a request about training requests is refused.
#[derive(Debug, Clone, ServiceError)]
pub enum TrainingRequestsError {
    /// It does not exist, or is none of the caller's.
    #[problem("training-request.unknown", NotFound, training_request_unknown)]
    Unknown,
    #[problem("equipment.unknown", NotFound, equipment_unknown)]
    UnknownType,
    #[problem("people.unknown", NotFound, person_unknown)]
    UnknownPerson,
    /// They have as many open requests as one may have.
    #[problem("training-request.limit", Conflict, training_request_limit(&_0.to_string()))]
    Limit(u16),
    /// They have an open request for that.
    #[problem("training-request.open", Conflict, training_request_open)]
    Open,
    #[problem("training-request.qualified", Conflict, event_qualified)]
    Qualified,
    #[problem("training-request.banned", Conflict, event_banned)]
    Banned,
    /// These types are required first.
    #[problem("training-request.requires", Conflict, event_requires(&_0.join(", ")))]
    Requires(Vec<String>),
    /// They did not come to so many events.
    #[problem("training-request.barred", Conflict, training_request_barred(&_0.to_string()))]
    Barred(u16),
    /// The workshop offers no such training.
    #[problem("training-request.not-offered", Invalid, at("aim", training_request_not_offered))]
    NotOffered,
    #[problem("training-request.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error TrainingRequestsError;
    ListTrainingRequests {}, may OwnAccount => list;
    ReadTrainingForm { kind } with form, may AttendEvents => ask_page;
    AskForTraining {} with form, may AttendEvents, in job => ask;
    ReadTrainingRequest { id }, may OwnAccount => find;
    WithdrawTrainingRequest { id }, may OwnAccount, in job => withdraw;
    LiftTrainingBar { person }, may ChangeStatus, in job => lift;
    ReadTrainingDemand {} with form, may OwnAccount => demand::page;
}

impl From<Ineligible> for TrainingRequestsError {
    fn from(why: Ineligible) -> Self {
        match why {
            Ineligible::NoMember => Self::Forbidden(Forbidden::NotAllowed),
            Ineligible::Banned => Self::Banned,
            Ineligible::Qualified => Self::Qualified,
            Ineligible::Requires(names) => Self::Requires(names),
        }
    }
}

async fn ask(job: &mut Job<'_>, form: TrainingRequestForm) -> Result<Done<TrainingAsked>, TrainingRequestsError> {
    let person = job.actor.person().ok_or(Forbidden::SignIn)?;
    let windows = Windows::new(form.windows).map_err(|_| Faults::one("windows", Fault::Choice))?;
    let policy = settings::of_space(job.tx.conn()).await?.events;
    if policy.course(form.aim).places == 0 {
        return Err(TrainingRequestsError::NotOffered);
    }
    let kinds = Kinds::load(job.tx.conn()).await?;
    kinds.name(form.kind).ok_or(TrainingRequestsError::UnknownType)?;
    let what = (form.kind, form.aim);
    admitted(job.tx.conn(), &kinds, person, what, job.now).await??;
    let missed = events::missed_by(job.tx.conn(), person).await?;
    if policy.no_shows > 0 && missed >= policy.no_shows {
        return Err(TrainingRequestsError::Barred(missed));
    }
    let theirs = rows::of_person(job.tx.conn(), person).await?;
    if theirs.iter().any(|(_, kind, aim, _)| (*kind, *aim) == what) {
        return Err(TrainingRequestsError::Open);
    }
    if theirs.len() >= usize::from(policy.requests) {
        return Err(TrainingRequestsError::Limit(policy.requests));
    }
    let by = job.by().await?;
    let remark = job.remark(Some(person), by, form.note.as_ref()).await?;
    let can = Preference { windows: windows.as_slice().to_vec(), other: form.other };
    let new = NewRequest { person, kind: form.kind, aim: form.aim, can, remark, at: job.now };
    let request = rows::add(job.tx, &new).await?;
    fill(job.tx, &job.proof, what, job.now).await?;
    let row = stored(job.tx.conn(), request, job.now).await?;
    job.tx.after_commit(ChangeEvent::TrainingEvents);
    let invitation = match row.event {
        Some(event) => events::place_of(job.tx.conn(), event, person).await?,
        None => None,
    };
    let invitation = invitation.filter(|place| place.state == PlaceState::Sent).map(|place| place.id);
    let position = row.position().unwrap_or(0);
    let asked = TrainingAsked { request, position, event: row.event, invitation };
    let detail = json!({ "request": request, "type": form.kind, "for": form.aim });
    job.audited(asked, "training-request.asked", person, &detail).await
}

async fn stored(
    conn: &mut SqliteConnection,
    request: TrainingRequestId,
    now: Millis,
) -> Result<StoredRequest, TrainingRequestsError> {
    rows::find(conn, request, now).await?.ok_or(TrainingRequestsError::Unknown)
}

/// Takes a request of the caller out of its queue. An unanswered invitation for it ends.
async fn withdraw(job: &mut Job<'_>, request: TrainingRequestId) -> Result<Done<()>, TrainingRequestsError> {
    let row = stored(job.tx.conn(), request, job.now).await?;
    let person = job.actor.person().filter(|person| row.person == Some(*person));
    let person = person.filter(|_| row.state == RequestState::Open).ok_or(TrainingRequestsError::Unknown)?;
    close(job.tx, (request, row.remark), RequestState::Withdrawn, job.now).await?;
    for place in events::places_of_person(job.tx.conn(), person).await? {
        if place.state == PlaceState::Sent && place.request == Some(request) {
            events::set_state(job.tx, place.id, PlaceState::Declined, job.now).await?;
            store::occupations::release_person(job.tx, place.event, person).await?;
        }
    }
    fill(job.tx, &job.proof, (row.kind, row.aim), job.now).await?;
    let detail = json!({ "request": request, "type": row.kind, "for": row.aim });
    job.audited((), "training-request.withdrawn", person, &detail).await
}

/// What a person missed until now counts no longer.
async fn lift(job: &mut Job<'_>, person: PersonId) -> Result<Done<()>, TrainingRequestsError> {
    people::standing(job.tx.conn(), person).await?.ok_or(TrainingRequestsError::UnknownPerson)?;
    let missed = events::forgive_missed(job.tx, person).await?;
    job.tx.after_commit(ChangeEvent::TrainingEvents);
    job.audited((), "training-request.readmitted", person, &json!({ "missed": missed })).await
}

/// Whether the actor sees the queue of a type.
fn sees(actor: &Actor, kind: TypeId) -> bool {
    actor.may(Permission::HoldEvents, Target::equipment(kind, None))
}

fn to_view(ctx: &Ctx, actor: &Actor, row: &StoredRequest) -> TrainingRequestView {
    let (mine, sees) = (row.person.is_some() && row.person == actor.person(), sees(actor, row.kind));
    TrainingRequestView {
        id: row.id,
        person: row.person.filter(|_| mine || sees),
        person_name: row.person_name.clone().filter(|_| mine || sees),
        mine,
        r#type: row.kind,
        type_name: row.kind_name.clone(),
        relation: row.aim,
        state: row.state,
        asked: ctx.moment(row.asked),
        position: row.position(),
        windows: row.can.windows.clone(),
        other: row.can.other,
        note: row.note.clone(),
        event: row.event,
    }
}

/// Open requests of the caller, and of the types on which they hold events.
async fn list(ctx: &Ctx, actor: &Actor) -> Result<TrainingRequests, TrainingRequestsError> {
    let (now, person) = (ctx.now(), actor.person().ok_or(Forbidden::SignIn)?);
    let mut snapshot = ctx.store().snapshot().await?;
    let kinds = Kinds::load(&mut snapshot).await?;
    let seen: Vec<_> = kinds.all().iter().filter(|(kind, _)| sees(actor, *kind)).map(|(kind, _)| kind.0).collect();
    let seen = serde_json::Value::from(seen).to_string();
    let filter = Filter { person: Some(person), kinds: Some(&seen), open: true, ..Filter::default() };
    let found = rows::list(&mut snapshot, filter, MOST, now).await?;
    drop(snapshot);
    let requests = found.iter().rev().map(|row| to_view(ctx, actor, row)).collect();
    Ok(TrainingRequests { now: ctx.moment(now), requests })
}

/// Open requests of a person, in the order of asking.
pub(crate) async fn own(
    ctx: &Ctx,
    actor: &Actor,
    conn: &mut SqliteConnection,
    person: PersonId,
) -> Result<Vec<TrainingRequestView>, StoreError> {
    let filter = Filter { person: Some(person), open: true, ..Filter::default() };
    let found = rows::list(conn, filter, MOST, ctx.now()).await?;
    Ok(found.iter().map(|row| to_view(ctx, actor, row)).collect())
}

async fn find(
    ctx: &Ctx,
    actor: &Actor,
    request: TrainingRequestId,
) -> Result<TrainingRequestView, TrainingRequestsError> {
    let row = stored(&mut *ctx.store().read().await?, request, ctx.now()).await?;
    let view = to_view(ctx, actor, &row);
    if view.mine || sees(actor, row.kind) { Ok(view) } else { Err(TrainingRequestsError::Unknown) }
}

/// The form of a request, with the queue that it would join.
async fn ask_page(
    ctx: &Ctx,
    actor: &Actor,
    kind: TypeId,
    query: Result<TrainingFormQuery, Faults>,
) -> Result<TrainingFormPage, TrainingRequestsError> {
    let query = query?;
    let (now, person) = (ctx.now(), actor.person().ok_or(Forbidden::SignIn)?);
    let policy = ctx.space().settings.events.clone();
    let mut snapshot = ctx.store().snapshot().await?;
    let conn = &mut *snapshot;
    let kinds = Kinds::load(conn).await?;
    let kind_name = kinds.name(kind).ok_or(TrainingRequestsError::UnknownType)?.to_owned();
    let aim = query.aim.or(policy.aims().next()).unwrap_or(Aim::Use);
    let filter = Filter { kind: Some(kind), aim: Some(aim), open: true, ..Filter::default() };
    let queue = rows::list(conn, filter, MOST, now).await?;
    let open = rows::open_of(conn, person).await?;
    let missed = events::missed_by(conn, person).await?;
    let standing = admitted(conn, &kinds, person, (kind, aim), now).await?;
    let required = training::required_modules(conn, kind).await?;
    let modules = of_modules(ctx, conn, &required, Some(person)).await?;
    let waits = rows::waits(conn, kind, aim, now.before(DAY * USUAL_DAYS)).await?;
    let usual = usual(ctx, conn, kind, aim).await?;
    let filter = EventFilter { kind: Some(kind), aim: Some(aim), ..EventFilter::default() };
    let mut free = lines(ctx, conn, filter, Some(person), 50).await?;
    drop(snapshot);
    free.retain(|event| event.held < event.capacity && event.starts.at > now);
    free.truncate(EVENTS as usize);
    let mine = queue.iter().find(|row| row.person == Some(person));
    let others = || queue.iter().filter(|row| row.person != Some(person) && row.event.is_none());
    let not_askable = not_askable((&policy, aim), standing.err(), (open, missed), mine.is_some());
    let window = |window: &domain::training_events::DayWindow| WindowChoice {
        window: *window,
        others: count(others().filter(|row| row.can.windows.contains(window))),
    };
    Ok(TrainingFormPage {
        now: ctx.moment(now),
        kind,
        kind_name,
        aims: policy.aims().collect(),
        aim,
        mine: mine.map(|row| to_view(ctx, actor, row)),
        not_askable,
        queue: count(others()),
        usual_days: median(&waits),
        usual,
        windows: policy.windows.as_slice().iter().map(window).collect(),
        other: count(others().filter(|row| row.can.other)),
        open: (open, policy.requests),
        modules,
        events: free,
    })
}

fn count<T>(all: impl Iterator<Item = T>) -> u32 {
    u32::try_from(all.count()).unwrap_or(u32::MAX)
}

/// The middle of the waits; `None` as long as they are few.
fn median(waits: &[i64]) -> Option<u32> {
    let middle = waits.get(waits.len() / 2).filter(|_| waits.len() >= USUAL_LEAST);
    middle.and_then(|days| u32::try_from(*days).ok())
}

fn not_askable(
    (policy, aim): (&domain::training_events::EventPolicy, Aim),
    standing: Option<Ineligible>,
    (open, missed): (u32, u16),
    is_open: bool,
) -> Option<NotAskable> {
    if policy.course(aim).places == 0 {
        return Some(NotAskable::NotOffered);
    }
    match standing {
        Some(Ineligible::Banned | Ineligible::NoMember) => return Some(NotAskable::Banned),
        Some(Ineligible::Qualified) => return Some(NotAskable::Qualified),
        Some(Ineligible::Requires(names)) => return Some(NotAskable::Requires(names)),
        None => {}
    }
    if policy.no_shows > 0 && missed >= policy.no_shows {
        Some(NotAskable::Barred)
    } else if open >= u32::from(policy.requests) && !is_open {
        Some(NotAskable::Limit)
    } else {
        None
    }
}

/// The last completed event for that aim.
async fn usual(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    kind: TypeId,
    aim: Aim,
) -> Result<Option<UsualEvent>, StoreError> {
    let now = ctx.now();
    let filter = EventFilter {
        kind: Some(kind),
        aim: Some(aim),
        after: Some(now.before(DAY * USUAL_DAYS)),
        ended: Some(now),
        state: Some(EventState::Completed),
        ..EventFilter::default()
    };
    let last = events::list(conn, filter, None, 200).await?.pop();
    Ok(last.map(|row| UsualEvent {
        capacity: row.terms.capacity,
        held: ctx.moment(row.span().starts),
        host: row.host_name,
    }))
}
