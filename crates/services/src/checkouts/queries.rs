//! What members and trainers see of checkouts.

use super::{
    CheckoutsError, Offer, Request, candidates::candidates, offers, ready, rows, side, steps, time_request,
};
use crate::{
    Ctx,
    availability::{free_today, taught},
    training_events,
};
use contract::{
    checkouts::{
        Appointment, Day, Evidence, FreeSlot, ModuleEvidence, NotReady, Opened, QuizEvidence, SlotDay,
        SlotTrainer, SlotView, Slots, TimeRequest,
    },
    machines::NextCheckout,
};
use domain::{
    actor::{Actor, Forbidden, Permission, Rank, Target},
    availability::HORIZON,
    checkouts::{FORGOTTEN, Obstacle, Side, State, UNDO, Written, actions, may_undo},
    id::{AppointmentId, PersonId, TypeId},
    time::{DAY, Date, HOUR, Millis},
    training::path::Completion,
    zone::Zone,
};
use std::collections::BTreeMap;
use store::{
    SqliteConnection, StoreError,
    availability::Trainer,
    checkout_steps,
    checkouts::{CheckoutRow, Filter, StoredTimeRequest},
    equipment, training,
};

/// Appointments on one page or in one answer, at most.
const PAGE: u32 = 200;

/// The times for a checkout on `kind` available to the caller, and why others are not.
pub async fn slots(ctx: &Ctx, actor: &Actor, kind: TypeId) -> Result<Slots, CheckoutsError> {
    actor.require(Permission::AskForCheckout, Target::equipment(kind, None))?;
    let person = actor.person().ok_or(Forbidden::SignIn)?;
    let (now, zone, today) = (ctx.now(), ctx.space().zone, ctx.today());
    let mut snapshot = ctx.store().snapshot().await?;
    let kinds = equipment::types(&mut snapshot).await?;
    let (_, kind_name) = kinds.into_iter().find(|(id, _)| *id == kind).ok_or(CheckoutsError::UnknownType)?;
    let not_ready = match ready(&mut snapshot, person, kind, zone, now).await {
        Ok(()) => None,
        Err(CheckoutsError::Qualified) => Some(NotReady::Qualified),
        Err(CheckoutsError::Requires(types)) => Some(NotReady::Requires(types)),
        Err(CheckoutsError::Training(modules)) => Some(NotReady::Training(modules)),
        Err(CheckoutsError::Retry(at, _)) => Some(NotReady::Retry(at)),
        Err(why) => return Err(why),
    };
    // The open one, or else the last.
    let theirs = Filter { person: Some(person), kind: Some(kind), ..Filter::default() };
    let mine = rows::list(&mut snapshot, theirs, PAGE, now).await?.into_iter();
    let mine = mine.max_by_key(|row| (row.state.is_open(), row.id));
    let current = mine.as_ref().filter(|row| row.state.is_open());
    let instead_of = current.map(|row| row.id);
    let all = offers(&mut snapshot, Request { person, kind, instead_of, zone, now }).await?;
    // One's own time is no choice.
    let is_current =
        |offer: &Offer| current.is_some_and(|row| (row.span(), row.trainer) == (offer.span, offer.trainer));
    let is_free = |offer: &&Offer| offer.obstacle.is_none() && !is_current(offer);
    let free: Vec<&Offer> = all.offers.iter().filter(is_free).collect();
    let trainers = all.trainers.iter().map(|trainer| SlotTrainer {
        id: trainer.id,
        name: name(trainer),
        slots: free.iter().filter(|offer| offer.trainer == trainer.id).count().try_into().unwrap_or(u32::MAX),
    });
    let days = (today.days()..=today.days() + HORIZON).map(|day| {
        let date = Date::from_days(day);
        let here = |offer: &&Offer| zone.moment(offer.span.starts).wall().date == date;
        let slots = free.iter().copied().filter(here).filter_map(|offer| {
            let trainer = all.trainers.iter().find(|trainer| trainer.id == offer.trainer)?;
            Some(SlotView {
                starts: zone.moment(offer.span.starts),
                ends: zone.moment(offer.span.ends),
                trainer: trainer.id,
                trainer_name: name(trainer),
            })
        });
        let slots: Vec<_> = slots.collect();
        let mut obstacles: Vec<Obstacle> = if slots.is_empty() {
            all.offers
                .iter()
                .filter(here)
                .filter_map(|offer| offer.obstacle.map(|(obstacle, _)| obstacle))
                .collect()
        } else {
            Vec::new()
        };
        obstacles.sort_unstable();
        obstacles.dedup();
        SlotDay { date, slots, obstacles }
    });
    let wishes = rows::wishes(&mut snapshot, Some(person), time_request::since(now)).await?;
    let last = wishes.iter().find(|wish| wish.kind == kind);
    Ok(Slots {
        wished: last.map(|wish| zone.moment(wish.asked)),
        may_wish: not_ready.is_none() && last.is_none_or(|wish| wish.day != today.days()),
        now: zone.moment(now),
        kind,
        kind_name,
        not_ready,
        trainers: trainers.collect(),
        days: days.collect(),
        mine: mine.map(|row| to_view(row, actor, Vec::new(), zone, now)),
    })
}

fn name(trainer: &Trainer) -> String {
    trainer.name.clone().unwrap_or_default()
}

/// The next checkout of `person` within a week, as member or trainer.
pub(crate) async fn next(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    person: PersonId,
    now: Millis,
) -> Result<Option<NextCheckout>, StoreError> {
    let coming = rows::coming(conn, person, now, now.after(DAY * 7)).await?;
    Ok(coming.map(|coming| NextCheckout {
        id: coming.id,
        kind: coming.kind_name,
        with: coming.with,
        starts: ctx.moment(coming.starts),
        ends: ctx.moment(coming.ends),
        state: coming.state,
    }))
}

/// A trainer's agenda: their appointments, and for managers those of everybody.
pub async fn day(ctx: &Ctx, actor: &Actor) -> Result<Day, CheckoutsError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    let known = actor.known().ok_or(Forbidden::SignIn)?;
    let (now, zone, today) = (ctx.now(), ctx.space().zone, ctx.today());
    let mut snapshot = ctx.store().snapshot().await?;
    let all_kinds = equipment::types(&mut snapshot).await?;
    let manages = known.rank() >= Rank::Manager;
    // A manager sees all appointments, but offers times only for types they teach.
    let own_kinds = taught(known, &all_kinds);
    let kinds = if manages { all_kinds } else { own_kinds.clone() };
    if kinds.is_empty() {
        return Err(Forbidden::NotAllowed.into());
    }
    let begin = zone.start_of(today);
    let tomorrow = zone.start_of(Date::from_days(today.days() + 1));
    let trainer = (!manages).then_some(known.id);
    let today = Filter { trainer, after: Some(begin), before: Some(tomorrow), ..Filter::default() };
    let mut rows = rows::list(&mut snapshot, today, PAGE, now).await?;
    // Later days only with open ones, so that cancelled ones do not use up the limit.
    let later = Filter { trainer, open: true, begins: Some(tomorrow), ..Filter::default() };
    rows.extend(rows::list(&mut snapshot, later, PAGE, now).await?);
    let after = Some(now.before(FORGOTTEN));
    let before = Filter { trainer, open: true, after, ended: Some(begin), ..Filter::default() };
    let unfinished = rows::list(&mut snapshot, before, PAGE, now).await?;
    let wishes = rows::wishes(&mut snapshot, None, time_request::since(now)).await?.into_iter();
    let is_theirs =
        |wish: &StoredTimeRequest| wish.person != known.id && kinds.iter().any(|(kind, _)| *kind == wish.kind);
    let wishes = wishes.filter(is_theirs).map(|wish| TimeRequest {
        person: wish.person,
        person_name: wish.person_name,
        kind: wish.kind,
        kind_name: wish.kind_name,
        asked: zone.moment(wish.asked),
        note: wish.note,
    });
    let wishes: Vec<_> = wishes.collect();
    let mut message = trained(&mut snapshot, actor, rows.iter().chain(&unfinished), now).await?;
    let candidates = candidates(&mut snapshot, known.id, &kinds, now).await?;
    let events = training_events::hosted_by(ctx, &mut snapshot, known.id).await?;
    let free = free_today(ctx, &mut snapshot, known.id, &own_kinds, now).await?.into_iter();
    let mut listed = checkout_steps::listed(&mut snapshot).await?;
    listed.retain(|listed| kinds.iter().any(|(kind, _)| kind == listed));
    let mut to_row = |row: CheckoutRow| {
        let modules = message.remove(&row.id).unwrap_or_default();
        to_view(row, actor, modules, zone, now)
    };
    let (mut here, mut waiting, mut coming) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let list = match row.state {
            _ if row.starts < tomorrow => &mut here,
            State::Pending => &mut waiting,
            State::Accepted => &mut coming,
            _ => continue,
        };
        list.push(to_row(row));
    }
    Ok(Day {
        now: zone.moment(now),
        today: here,
        free: free
            .map(|span| FreeSlot { starts: zone.moment(span.starts), ends: zone.moment(span.ends) })
            .collect(),
        waiting,
        coming,
        unfinished: unfinished.into_iter().map(to_row).collect(),
        wishes,
        candidates,
        kinds,
        listed,
        names: Vec::new(),
        events,
    })
}

/// An appointment, for its member and the trainers of its type.
pub async fn one(ctx: &Ctx, actor: &Actor, appointment: AppointmentId) -> Result<Appointment, CheckoutsError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let row = rows::one(&mut snapshot, appointment, now).await?;
    let row = row.filter(|row| side(actor, row).is_some()).ok_or(CheckoutsError::Unknown)?;
    let modules = trained(&mut snapshot, actor, [&row], now).await?.remove(&row.id).unwrap_or_default();
    Ok(to_view(row, actor, modules, ctx.space().zone, now))
}

/// An appointment with its steps, for its member and the trainers of its type.
pub async fn opened(ctx: &Ctx, actor: &Actor, appointment: AppointmentId) -> Result<Opened, CheckoutsError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    let (now, zone) = (ctx.now(), ctx.space().zone);
    let mut snapshot = ctx.store().snapshot().await?;
    let row = rows::one(&mut snapshot, appointment, now).await?;
    let row = row.filter(|row| side(actor, row).is_some()).ok_or(CheckoutsError::Unknown)?;
    let checklist = steps::of(&mut snapshot, actor, &row, zone, now).await?;
    let modules = trained(&mut snapshot, actor, [&row], now).await?.remove(&row.id).unwrap_or_default();
    Ok(Opened { now: zone.moment(now), one: to_view(row, actor, modules, zone, now), checklist })
}

/// The caller's appointments that are open or begin later than a day ago: as a member, or as a trainer.
pub async fn appointments(ctx: &Ctx, actor: &Actor, as_trainer: bool) -> Result<Vec<Appointment>, CheckoutsError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    let me: PersonId = actor.person().ok_or(Forbidden::SignIn)?;
    let now = ctx.now();
    let whose = Filter { after: Some(now.before(HOUR * 24)), ..Filter::default() };
    let whose =
        if as_trainer { Filter { trainer: Some(me), ..whose } } else { Filter { person: Some(me), ..whose } };
    let mut snapshot = ctx.store().snapshot().await?;
    let rows = rows::list(&mut snapshot, whose, PAGE, now).await?;
    all_visible(ctx, actor, &mut snapshot, rows, now).await.map_err(Into::into)
}

/// Upcoming requests that wait for `actor`, by start.
pub(crate) async fn pending(
    ctx: &Ctx,
    actor: &Actor,
    conn: &mut SqliteConnection,
    now: Millis,
) -> Result<Vec<Appointment>, StoreError> {
    let types = equipment::types(conn).await?.into_iter();
    let theirs = types.filter(|(kind, _)| actor.may(Permission::CheckOut, Target::equipment(*kind, None)));
    let theirs: Vec<i64> = theirs.map(|(kind, _)| kind.0).collect();
    let kinds = serde_json::Value::from(theirs).to_string();
    let coming = Filter {
        state: Some(State::Pending),
        after: Some(now),
        but: actor.person(),
        kinds: Some(&kinds),
        ..Filter::default()
    };
    let rows = rows::list(conn, coming, PAGE, now).await?;
    all_visible(ctx, actor, conn, rows, now).await
}

async fn all_visible(
    ctx: &Ctx,
    actor: &Actor,
    conn: &mut SqliteConnection,
    rows: Vec<CheckoutRow>,
    now: Millis,
) -> Result<Vec<Appointment>, StoreError> {
    let zone = ctx.space().zone;
    let mut message = trained(conn, actor, &rows, now).await?;
    let visible = |row: CheckoutRow| {
        let modules = message.remove(&row.id).unwrap_or_default();
        to_view(row, actor, modules, zone, now)
    };
    Ok(rows.into_iter().map(visible).collect())
}

/// The training progress of the members of those `appointments` that `actor` decides about; one statement for all.
async fn trained<'a>(
    conn: &mut SqliteConnection,
    actor: &Actor,
    appointments: impl IntoIterator<Item = &'a CheckoutRow>,
    now: Millis,
) -> Result<BTreeMap<AppointmentId, Vec<ModuleEvidence>>, StoreError> {
    let theirs = appointments.into_iter().filter(|stored| side(actor, stored) == Some(Side::Trainer));
    let theirs: Vec<_> = theirs.map(|stored| stored.id).collect();
    let mut message: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in training::evidence(conn, &theirs).await? {
        // What counts as completed was watched, even if in an earlier edition.
        let done = matches!(row.needed()?.completion(now), Completion::Completed { .. });
        let (best, tries) = (row.best, row.tries);
        let quiz = row.has_quiz.then_some(QuizEvidence { passed: done || row.passed, best, tries });
        message.entry(row.appointment).or_default().push(ModuleEvidence {
            title: row.title,
            percent: if done { row.most } else { row.percent },
            watched: done || row.percent >= row.threshold,
            quiz,
        });
    }
    Ok(message)
}

/// An appointment as `actor` may see it, with the member's training progress.
fn to_view(row: CheckoutRow, actor: &Actor, modules: Vec<ModuleEvidence>, zone: Zone, now: Millis) -> Appointment {
    let side = side(actor, &row);
    let actions = side.map(|side| actions(row.state, side, row.span(), now)).unwrap_or_default();
    let own = row.decided_by.is_some() && row.decided_by == actor.person();
    let undo_until = row.decided.filter(|_| side == Some(Side::Trainer)).and_then(|at| {
        let written = Written { state: row.state, at, own, used: row.relied_on };
        may_undo(written, now).ok().map(|()| zone.moment(at.after(UNDO)))
    });
    let minutes = |ms: i64| u32::try_from(ms / 60_000).unwrap_or(u32::MAX);
    let evidence = (side == Some(Side::Trainer)).then(|| Evidence {
        modules,
        used_minutes: minutes(row.used),
        since_minutes: row.used_since.map(minutes),
        last_used: row.last_used.map(|at| zone.moment(at)),
        failed: row.failed.try_into().unwrap_or(u32::MAX),
    });
    Appointment {
        id: row.id,
        version: row.version,
        person: row.person,
        person_name: row.person_name,
        trainer: row.trainer,
        trainer_name: row.trainer_name,
        kind: row.kind,
        kind_name: row.kind_name,
        machine: row.machine,
        machine_name: row.machine_name,
        starts: zone.moment(row.starts),
        ends: zone.moment(row.ends),
        state: row.state,
        decided: row.decided.map(|at| zone.moment(at)),
        decided_by: row.decided_by_name,
        note: row.note,
        retry: row.retry.map(|at| zone.moment(at)),
        actions,
        evidence,
        listed: row.listed,
        undo_until,
        mine: side == Some(Side::Member),
    }
}
