//! What members and trainers see of checkouts.

use super::{CheckoutsError, Offer, Request, offers, ready, rows, side};
use crate::{Ctx, availability::taught};
use domain::{
    actor::{About, Actor, Forbidden, Permission, Rank},
    availability::HORIZON,
    checkouts::{Obstacle, Side, State, deeds},
    id::{AppointmentId, PersonId, TypeId},
    time::{Date, HOUR, Millis},
    zone::Zone,
};
use store::{
    availability::Trainer,
    checkouts::{Filter, Kept},
    equipment,
};
use views::checkouts::{Appointment, Day, Evidence, NotReady, SlotDay, SlotShown, SlotTrainer, Slots};

/// Appointments on one page or in one answer, at most.
const PAGE: u32 = 200;
/// Open appointments of so long ago are still offered for a result.
const UNFINISHED_DAYS: u32 = 30;

/// The times for a checkout on `kind` that whoever asks can have, and why they cannot have others.
pub async fn slots(ctx: &Ctx, actor: &Actor, kind: TypeId) -> Result<Slots, CheckoutsError> {
    actor.require(Permission::AskForCheckout, About::equipment(kind, None))?;
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
    let mine = mine.max_by_key(|kept| (kept.state.is_open(), kept.id));
    let current = mine.as_ref().filter(|kept| kept.state.is_open());
    let instead_of = current.map(|kept| kept.id);
    let all = offers(&mut snapshot, Request { person, kind, instead_of, zone, now }).await?;
    // One's own time is no choice.
    let is_current =
        |offer: &Offer| current.is_some_and(|kept| (kept.span(), kept.trainer) == (offer.span, offer.trainer));
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
            Some(SlotShown {
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
    Ok(Slots {
        now: zone.moment(now),
        kind,
        kind_name,
        not_ready,
        trainers: trainers.collect(),
        days: days.collect(),
        mine: mine.map(|kept| shown(kept, actor, zone, now)),
    })
}

fn name(trainer: &Trainer) -> String {
    trainer.name.clone().unwrap_or_default()
}

/// What whoever checks people out has before them: appointments with them, and for managers those with everybody.
pub async fn day(ctx: &Ctx, actor: &Actor) -> Result<Day, CheckoutsError> {
    actor.require(Permission::OwnAccount, About::NOTHING)?;
    let known = actor.known().ok_or(Forbidden::SignIn)?;
    let (now, zone, today) = (ctx.now(), ctx.space().zone, ctx.today());
    let mut snapshot = ctx.store().snapshot().await?;
    let all_kinds = equipment::types(&mut snapshot).await?;
    let manages = known.rank() >= Rank::Manager;
    let kinds = if manages { all_kinds } else { taught(known, &all_kinds) };
    if kinds.is_empty() {
        return Err(Forbidden::NotAllowed.into());
    }
    let begin = zone.start_of(today);
    let tomorrow = zone.start_of(Date::from_days(today.days() + 1));
    let trainer = (!manages).then_some(known.id);
    let since = Filter { trainer, after: Some(begin), ..Filter::default() };
    let rows = rows::list(&mut snapshot, since, PAGE, now).await?;
    let before = Filter {
        trainer,
        open: true,
        after: Some(now.before(HOUR * 24 * UNFINISHED_DAYS)),
        before: Some(begin),
        ..Filter::default()
    };
    let unfinished = rows::list(&mut snapshot, before, PAGE, now).await?;
    let (mut here, mut waiting, mut coming) = (Vec::new(), Vec::new(), Vec::new());
    for kept in rows {
        let list = match kept.state {
            _ if kept.starts < tomorrow => &mut here,
            State::Pending => &mut waiting,
            State::Accepted => &mut coming,
            _ => continue,
        };
        list.push(shown(kept, actor, zone, now));
    }
    let unfinished = unfinished.into_iter().filter(|kept| kept.ends <= begin);
    Ok(Day {
        now: zone.moment(now),
        today: here,
        waiting,
        coming,
        unfinished: unfinished.map(|kept| shown(kept, actor, zone, now)).collect(),
        kinds,
    })
}

/// One appointment, for its member and whoever checks people out on its type.
pub async fn one(ctx: &Ctx, actor: &Actor, appointment: AppointmentId) -> Result<Appointment, CheckoutsError> {
    actor.require(Permission::OwnAccount, About::NOTHING)?;
    let now = ctx.now();
    let kept = rows::one(&mut *ctx.store().read().await?, appointment, now).await?;
    let kept = kept.filter(|kept| side(actor, kept).is_some()).ok_or(CheckoutsError::Unknown)?;
    Ok(shown(kept, actor, ctx.space().zone, now))
}

/// Appointments of whoever asks that are open or begin later than a day ago: as a member, and as a trainer.
pub async fn appointments(ctx: &Ctx, actor: &Actor, as_trainer: bool) -> Result<Vec<Appointment>, CheckoutsError> {
    actor.require(Permission::OwnAccount, About::NOTHING)?;
    let me: PersonId = actor.person().ok_or(Forbidden::SignIn)?;
    let now = ctx.now();
    let whose = Filter { after: Some(now.before(HOUR * 24)), ..Filter::default() };
    let whose =
        if as_trainer { Filter { trainer: Some(me), ..whose } } else { Filter { person: Some(me), ..whose } };
    let rows = rows::list(&mut *ctx.store().read().await?, whose, PAGE, now).await?;
    let zone = ctx.space().zone;
    Ok(rows.into_iter().map(|kept| shown(kept, actor, zone, now)).collect())
}

/// An appointment as `actor` may see it.
fn shown(kept: Kept, actor: &Actor, zone: Zone, now: Millis) -> Appointment {
    let side = side(actor, &kept);
    let deeds = side.map(|side| deeds(kept.state, side, kept.span(), now)).unwrap_or_default();
    let minutes = u32::try_from(kept.used / 60_000).unwrap_or(u32::MAX);
    let evidence = (side == Some(Side::Trainer)).then(|| Evidence {
        used_minutes: minutes,
        last_used: kept.last_used.map(|at| zone.moment(at)),
        failed: kept.failed.try_into().unwrap_or(u32::MAX),
    });
    Appointment {
        id: kept.id,
        version: kept.version,
        person: kept.person,
        person_name: kept.person_name,
        trainer: kept.trainer,
        trainer_name: kept.trainer_name,
        kind: kept.kind,
        kind_name: kept.kind_name,
        machine: kept.machine,
        machine_name: kept.machine_name,
        starts: zone.moment(kept.starts),
        ends: zone.moment(kept.ends),
        state: kept.state,
        decided: kept.decided.map(|at| zone.moment(at)),
        decided_by: kept.decided_by_name,
        note: kept.note,
        retry: kept.retry.map(|at| zone.moment(at)),
        deeds,
        evidence,
        mine: side == Some(Side::Member),
    }
}
