//! Announces events, and changes them.
//!
//! **Invariants.** An event is announced with its time taken and its queue invited, in one job. Of a repeated event dates that
//! are taken are left out; a single one is refused with what takes the time. When the time of an event changes, everybody
//! who accepted is asked again and keeps the place meanwhile.

use super::{
    TakenTime, TrainingEventsError, announced, effects,
    eligible::{Kinds, may_hold, may_host},
    hosted,
    places::drop_place,
    queue::{fill, news},
    saved,
};
use crate::{bookings::changed, change::Job, error};
use contract::{
    form::{Fault, Faults, KeptIds},
    training_events::{EventCancellation, EventForm, EventsAnnounced},
};
use domain::{
    actor::Forbidden,
    bookings::Resource,
    bounded::BoundedInteger,
    events::DomainEvent,
    id::{ModuleId, PersonId, TrainingEventId},
    live::ChangeEvent,
    names::Remark,
    notices::EventNews,
    occupations::{Occupied, Purpose, Span},
    time::{Date, Millis},
    training_events::{CancelCause, EventTerms, InvalidTerms, PlaceState, usual_deadline},
};
use recurrence::{Rule, RuleError, Series, SeriesError as DatesError, Times};
use serde_json::json;
use store::{
    Done, SqliteConnection, StoreError, occupations, settings, training,
    training_events::{self as rows, NewEvent, StoredEvent},
};

/// Machines and rooms of an event, at most.
const MOST_RESOURCES: usize = 8;

/// An event as a form describes it, for one date.
struct Draft {
    new: NewEvent,
    resources: Vec<Resource>,
    modules: Vec<ModuleId>,
    /// How long before the beginning sign-up closes.
    ahead: i64,
}

pub(super) async fn announce(
    job: &mut Job<'_>,
    form: EventForm,
) -> Result<Done<EventsAnnounced>, TrainingEventsError> {
    let spans = spans(job, &form)?;
    let draft = draft(job, form, spans[0].1, None).await?;
    let (mut first, mut events, mut left_out) = (None, 0, Vec::new());
    for (date, span) in &spans {
        if let Some(taken) = conflict(job, (draft.new.host, &draft.resources), *span, None).await? {
            if spans.len() == 1 {
                return Err(TrainingEventsError::Taken(Box::new(taken)));
            }
            left_out.push(*date);
            continue;
        }
        let deadline = Millis(span.starts.0 - draft.ahead);
        let terms = EventTerms { span: *span, deadline, ..draft.new.terms };
        let new = NewEvent { terms, first, ..draft.new.clone() };
        let event = rows::add(job.tx, &new).await?;
        rows::set_resources(job.tx, event, &draft.resources).await?;
        rows::set_modules(job.tx, event, &draft.modules).await?;
        take(job, event, (new.host, &draft.resources), *span).await?;
        first.get_or_insert(event);
        events += 1;
    }
    let Some(event) = first else {
        let taken = conflict(job, (draft.new.host, &draft.resources), spans[0].1, None).await?;
        return Err(
            taken.map_or(TrainingEventsError::Unknown, |taken| TrainingEventsError::Taken(Box::new(taken)))
        );
    };
    if job.actor.person() != Some(draft.new.host) {
        let row = super::stored(job.tx.conn(), event, None).await?;
        job.notify(draft.new.host, news(&row, EventNews::HostChanged, job.now)).await?;
    }
    let invited = fill(job.tx, &job.proof, (draft.new.kind, draft.new.aim), job.now).await?;
    job.tx.after_commit(ChangeEvent::TrainingEvents);
    let detail = json!({
        "type": draft.new.kind,
        "for": draft.new.aim,
        "starts": spans[0].1.starts,
        "events": events,
        "invited": invited,
    });
    let announced = EventsAnnounced { event, events, invited, left_out };
    job.audited(announced, "training-event.announced", event, &detail).await
}

/// The dates of the form with their times, at least one. A single time must exist; of a rule, dates on which the clocks jump
/// over it are left out.
fn spans(job: &Job<'_>, form: &EventForm) -> Result<Vec<(Date, Span)>, Faults> {
    if form.from == form.to {
        return Err(Faults::one("to", Fault::Event(InvalidTerms::Reversed)));
    }
    let (from, to) = domain::series::minutes(form.from, form.to);
    let times = Times::new(from, to).ok_or_else(|| Faults::one("to", Fault::Event(InvalidTerms::Reversed)))?;
    let single = |date: Date| {
        let span = times.on(date, job.zone).map(|(span, _)| span);
        span.map(|span| vec![(date, span)]).ok_or_else(|| Faults::one("from", Fault::NoSuchHour))
    };
    if form.rule.as_str().is_empty() {
        return single(form.day);
    }
    let rule = Rule::parse(form.rule.as_str()).map_err(|_: RuleError| Faults::one("rule", Fault::Choice))?;
    let series = Series::new(rule, form.day, form.last, times);
    let dates = series.dates(job.zone).map_err(|why| match why {
        DatesError::NoEnd | DatesError::EndsBeforeFirst => Faults::one("last", Fault::Day),
        DatesError::FirstDate => Faults::one("day", Fault::Day),
        DatesError::NoDates | DatesError::TooMany | DatesError::TooLong => Faults::one("rule", Fault::Choice),
    })?;
    let spans: Vec<_> = dates.into_iter().filter_map(|date| Some((date, times.on(date, job.zone)?.0))).collect();
    if spans.is_empty() { single(form.day) } else { Ok(spans) }
}

/// The event of the form, checked as far as one date is concerned. `before`: the event that it changes.
async fn draft(
    job: &mut Job<'_>,
    form: EventForm,
    span: Span,
    before: Option<&StoredEvent>,
) -> Result<Draft, TrainingEventsError> {
    let conn = job.tx.conn();
    let kinds = Kinds::load(conn).await?;
    kinds.name(form.kind).ok_or(TrainingEventsError::UnknownType)?;
    if !may_hold(&job.actor, form.kind, form.aim) {
        return Err(Forbidden::NotAllowed.into());
    }
    let host = form.host.or(job.actor.person()).ok_or(Forbidden::SignIn)?;
    if !may_host(conn, host, (form.kind, form.aim), span.starts).await? {
        return Err(TrainingEventsError::Host);
    }
    let course = settings::of_space(conn).await?.events.course(form.aim);
    let capacity = form.capacity.map_or(course.places.max(1), BoundedInteger::get);
    let minimum = form.minimum.map_or(0, BoundedInteger::get);
    let deadline = form.deadline.unwrap_or_else(|| usual_deadline(job.now, span.starts));
    let terms = EventTerms { span, capacity, minimum, deadline };
    let was = before.map(|row| (row.span().starts, row.terms.deadline));
    let is_as_before = was == Some((span.starts, terms.deadline));
    terms
        .check(job.now)
        .or_else(|mut invalid| {
            // What nobody changed is not refused: on the last day the host may still fall ill.
            invalid.retain(|fault| !(is_as_before && *fault == InvalidTerms::PastDeadline));
            if invalid.is_empty() { Ok(()) } else { Err(invalid) }
        })
        .map_err(|invalid| {
            Faults(invalid.into_iter().map(|invalid| (field(invalid).to_owned(), Fault::Event(invalid))).collect())
        })?;
    let mut resources = form.resources;
    resources.sort_unstable();
    resources.dedup();
    if resources.len() > MOST_RESOURCES || !exist(conn, &resources).await? {
        return Err(Faults::one("resources", Fault::Resource).into());
    }
    let KeptIds(modules) = form.modules;
    let modules = match modules {
        Some(modules) => modules,
        None => training::required_modules(conn, form.kind).await?,
    };
    let text = |text: Option<&str>| text.map(str::to_owned);
    let by = job.by().await?;
    let new = NewEvent {
        kind: form.kind,
        aim: form.aim,
        title: form.title.into(),
        host,
        terms,
        fee: text(form.fee.as_ref().map(Remark::as_str)),
        bring: text(form.bring.as_ref().map(Remark::as_str)),
        about: text(form.about.as_ref().map(Remark::as_str)),
        public: form.public,
        first: None,
        at: job.now,
        by,
    };
    Ok(Draft { ahead: span.starts.0 - terms.deadline.0, new, resources, modules })
}

/// The field of a form that such a fault is at.
const fn field(invalid: InvalidTerms) -> &'static str {
    match invalid {
        InvalidTerms::Reversed | InvalidTerms::TooLong => "to",
        InvalidTerms::Past => "day",
        InvalidTerms::LateDeadline | InvalidTerms::PastDeadline => "deadline",
        InvalidTerms::MinimumOverCapacity => "minimum",
    }
}

/// Whether these machines and rooms exist and are in use.
async fn exist(conn: &mut SqliteConnection, resources: &[Resource]) -> Result<bool, StoreError> {
    for resource in resources {
        if store::bookings::resource(conn, *resource).await?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What takes the time of the host, or of a machine or room, other than `but`.
async fn conflict(
    job: &mut Job<'_>,
    (host, resources): (PersonId, &[Resource]),
    span: Span,
    but: Option<TrainingEventId>,
) -> Result<Option<TakenTime>, TrainingEventsError> {
    let now = job.zone.moment(job.now);
    let zone = job.zone;
    let time = |name, taken: &Span| TakenTime {
        name,
        starts: zone.moment(taken.starts),
        ends: zone.moment(taken.ends),
        now,
    };
    for &resource in resources {
        let taken = rows::occupied(job.tx.conn(), (None, Some(resource)), span, but).await?;
        if let Some(first) = taken.first() {
            let name = store::bookings::resource(job.tx.conn(), resource).await?.map(|found| found.name);
            return Ok(Some(time(Some(name.unwrap_or_default()), first)));
        }
    }
    let taken = rows::occupied(job.tx.conn(), (Some(host), None), span, but).await?;
    Ok(taken.first().map(|first| time(None, first)))
}

/// Takes the time of the host and of machines and rooms.
async fn take(
    job: &mut Job<'_>,
    event: TrainingEventId,
    (host, resources): (PersonId, &[Resource]),
    span: Span,
) -> Result<(), StoreError> {
    occupations::take(job.tx, Occupied::Person(host), span, Purpose::Event(event)).await?;
    for &resource in resources {
        occupations::take(job.tx, resource.into(), span, Purpose::Event(event)).await?;
        changed(job.tx, resource).await?;
    }
    Ok(())
}

pub(super) async fn change(
    job: &mut Job<'_>,
    event: TrainingEventId,
    seen: i64,
    form: Result<EventForm, Faults>,
) -> Result<Done<()>, TrainingEventsError> {
    let row = hosted(job, event).await?;
    announced(&row, job.now)?;
    if !domain::versions::is_current(row.version, seen) {
        let before = saved(job.tx.conn(), job.zone, &row).await?;
        let signed = error::signed(job.tx.conn(), job.zone, event, before).await?;
        return Err(TrainingEventsError::Stale(signed));
    }
    let form = form?;
    if !form.rule.as_str().is_empty() {
        return Err(Faults::one("rule", Fault::OneDateOnly).into());
    }
    let span = spans(job, &form)?[0].1;
    let draft = draft(job, form, span, Some(&row)).await?;
    let new = &draft.new;
    if new.terms.capacity < row.held() {
        return Err(TrainingEventsError::Capacity(row.held()));
    }
    if (new.kind, new.aim) != (row.kind, row.aim) && row.held() + row.waiting > 0 {
        // People asked for something else.
        return Err(Faults::one("aim", Fault::Choice).into());
    }
    if let Some(taken) = conflict(job, (new.host, &draft.resources), span, Some(event)).await? {
        return Err(TrainingEventsError::Taken(Box::new(taken)));
    }
    let before: Vec<Resource> = row.resources.iter().map(|taken| taken.resource).collect();
    let is_moved = span != row.span();
    let is_elsewhere = is_moved || draft.resources != sorted(before.clone());
    let is_other = is_elsewhere || Some(new.host) != row.host || new.title != row.title;
    rows::change(job.tx, event, new, (is_other, is_moved)).await?;
    if let Some(place) =
        rows::place_of(job.tx.conn(), event, new.host).await?.filter(|place| place.state.is_open())
    {
        // Whoever holds it has no place at it.
        drop_place(job.tx, &job.proof, &place, (false, job.now)).await?;
    }
    rows::set_resources(job.tx, event, &draft.resources).await?;
    rows::set_modules(job.tx, event, &draft.modules).await?;
    retake(job, &row, &draft, is_moved).await?;
    for resource in before.iter().filter(|one| is_moved || !draft.resources.contains(one)) {
        job.emit(DomainEvent::TimeFreed { resource: *resource, span: row.span() }).await?;
        changed(job.tx, *resource).await?;
    }
    inform(job, &row, new.host, (is_moved, is_elsewhere)).await?;
    fill(job.tx, &job.proof, (new.kind, new.aim), job.now).await?;
    job.tx.after_commit(ChangeEvent::TrainingEvents);
    let detail = json!({ "starts": span.starts, "before": row.span().starts, "capacity": new.terms.capacity });
    job.audited((), "training-event.changed", event, &detail).await
}

fn sorted(mut resources: Vec<Resource>) -> Vec<Resource> {
    resources.sort_unstable();
    resources
}

/// Takes the time of the changed event. People who accepted keep theirs if it is the same.
async fn retake(
    job: &mut Job<'_>,
    row: &StoredEvent,
    draft: &Draft,
    is_moved: bool,
) -> Result<(), TrainingEventsError> {
    occupations::release(job.tx, Purpose::Event(row.id)).await?;
    take(job, row.id, (draft.new.host, &draft.resources), draft.new.terms.span).await?;
    if is_moved {
        return Ok(());
    }
    for place in rows::open_places(job.tx.conn(), row.id).await? {
        if place.state == PlaceState::Accepted && place.person != draft.new.host {
            occupations::take(job.tx, Occupied::Person(place.person), row.span(), Purpose::Event(row.id)).await?;
        }
    }
    Ok(())
}

/// Asks everybody again if the time changed, and notifies people of another place or host.
async fn inform(
    job: &mut Job<'_>,
    before: &StoredEvent,
    host: PersonId,
    (is_moved, is_elsewhere): (bool, bool),
) -> Result<(), TrainingEventsError> {
    let row = super::stored(job.tx.conn(), before.id, None).await?;
    if Some(host) != before.host {
        if let Some(last) = before.host {
            job.notify(last, news(&row, EventNews::Changed, job.now)).await?;
        }
        job.notify(host, news(&row, EventNews::HostChanged, job.now)).await?;
    }
    if !is_elsewhere {
        return Ok(());
    }
    let days = settings::of_space(job.tx.conn()).await?.events.answer_days;
    let answer_by = row.terms.answer_by(job.now, days);
    for place in rows::open_places(job.tx.conn(), row.id).await? {
        let holds = place.state.holds();
        if let Some(answer_by) = answer_by.filter(|_| is_moved && holds) {
            rows::await_answer(job.tx, place.id, None, (job.now, answer_by)).await?;
        }
        let what = if is_moved && holds { EventNews::Moved } else { EventNews::Changed };
        job.notify(place.person, news(&row, what, job.now)).await?;
    }
    Ok(())
}

pub(super) async fn cancel(
    job: &mut Job<'_>,
    event: TrainingEventId,
    form: EventCancellation,
) -> Result<Done<()>, TrainingEventsError> {
    let row = hosted(job, event).await?;
    announced(&row, job.now)?;
    let by = job.by().await?;
    let remark = job.remark(None, by, form.note.as_ref()).await?;
    effects::cancel(job.tx, &job.proof, &row, (CancelCause::Decided, remark), job.now).await?;
    fill(job.tx, &job.proof, (row.kind, row.aim), job.now).await?;
    let detail = json!({ "cause": CancelCause::Decided, "starts": row.span().starts });
    job.audited((), "training-event.cancelled", event, &detail).await
}
