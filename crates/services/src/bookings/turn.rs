//! What happens to bookings by themselves: requests that nobody answered, holders who came and who did not, reminders, and people
//! who may not use what they booked any more.

use super::{
    facts::{is_to_come, personal},
    news_of, rows, settle,
};
use crate::{Ctx, closures, down_time, effects, notices, waiting};
use domain::{
    access::{Reason, trace},
    actor::{About, Actor, Permission, Proof, Rank, rank},
    bookings::{
        EARLY, NO_SHOWS, NO_SHOWS_WITHIN, REMINDER, Resource, State, could_not_come, due, gone, is_reminded,
    },
    down_time::{Gap, missed},
    holds::HoldReason,
    id::{MachineId, PersonId},
    notices::{BookingNews, Notice},
    occupations::Span,
    requests::Cause,
    time::{DAY, MINUTE, Millis},
};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use store::{
    Done, StoreError, Unaudited, WriteTx, access, audit,
    audit::AuditEntry,
    bookings::{Decision, Filter, Kept},
    closures as rows_of_closures,
    holds::{self, NewHold},
    notices as told, outages, people, pulse,
};

/// Bookings in one run, at most; the next run takes the others.
const AT_ONCE: u32 = 2_000;

/// How far back down time matters to what is due now: no request waits longer, were the program gone for a month.
const DOWN_SINCE: Duration = DAY.saturating_mul(40);

/// What is due of `kept`, of whose time to be answered the `gaps` are no part.
fn due_of(kept: &Kept, gaps: &[Gap], now: Millis) -> Option<State> {
    let asked = kept.asked.after(missed(gaps, Span { starts: kept.asked, ends: now }));
    due(kept.state, kept.span(), asked, kept.decided, now)
}

/// Does what is due: expires requests, gives away what nobody came for, ends what is over, and reminds. Run by a timer; answers how
/// much it found.
pub(crate) async fn turn(ctx: &Ctx) -> Result<usize, StoreError> {
    let now = ctx.now();
    let (mut reminders, mut over) = (Vec::new(), Vec::new());
    let gaps = {
        let mut snapshot = ctx.store().snapshot().await?;
        let gaps = down_time::since(&mut snapshot, now.before(DOWN_SINCE), now).await?;
        let filter = Filter { holding: true, due: Some(now.after(REMINDER + MINUTE)), ..Filter::default() };
        for kept in rows::list(&mut snapshot, filter, AT_ONCE).await? {
            if due_of(&kept, &gaps, now).is_some() {
                over.push(kept.id);
            } else if kept.state == State::Approved && is_reminded(kept.span(), kept.asked, now) {
                let notice = news_of(BookingNews::Tomorrow, &kept);
                if !told::is_told(&mut snapshot, kept.person, &notice).await? {
                    reminders.push((kept.person, notice));
                }
            }
        }
        let looked = pulse::looked(&mut snapshot).await?;
        if let Some(looked) = looked {
            closures::announce(ctx, rows_of_closures::turned(&mut snapshot, looked, now).await?);
        }
        Arc::<[Gap]>::from(gaps)
    };
    let found = reminders.len() + over.len();
    if !reminders.is_empty() {
        ctx.store()
            .write(async move |tx| {
                for (person, notice) in &reminders {
                    told::tell(tx, *person, notice, now).await?;
                }
                Ok::<_, StoreError>(Done::unaudited((), Unaudited::Reminded))
            })
            .await?;
    }
    for booking in over {
        let gaps = Arc::clone(&gaps);
        ctx.store()
            .write(async move |tx| {
                // Somebody may have done something meanwhile.
                let kept = rows::one(tx.conn(), booking).await?;
                let next = kept.and_then(|kept| Some((due_of(&kept, &gaps, now)?, kept)));
                let proof = Actor::TOOLGATE.require(Permission::Moderate, About::NOTHING);
                let (Some((state, kept)), Ok(proof)) = (next, proof) else {
                    return Ok(Done::unaudited((), Unaudited::NothingChanged));
                };
                let entry = pass(tx, &proof, &kept, state, &gaps, now).await?;
                Ok::<_, StoreError>(Done::audited((), entry))
            })
            .await?;
    }
    ctx.store()
        .write::<_, StoreError, _>(async move |tx| {
            pulse::look(tx, now).await?;
            Ok(Done::unaudited((), Unaudited::SignOfLife))
        })
        .await?;
    Ok(found)
}

/// The clock has `kept` become `state`; in the `gaps` nobody could check in.
async fn pass(
    tx: &mut WriteTx,
    proof: &Proof,
    kept: &Kept,
    state: State,
    gaps: &[Gap],
    now: Millis,
) -> Result<AuditEntry, StoreError> {
    // Whoever is on the machine has come, though they began before their time.
    let has_come = state == State::NoShow && rows::is_used(tx.conn(), kept.resource(), kept.person).await?;
    let is_down = could_not_come(kept.span(), kept.asked, kept.decided, gaps);
    let state = match state {
        State::NoShow if has_come => State::CheckedIn,
        // Nobody could have come, or have said so.
        State::NoShow if is_down => State::Released,
        State::NoShow if outages::is_out(tx.conn(), kept.resource()).await? => State::Released,
        state => state,
    };
    settle(tx, proof, kept, Decision { state, at: now, by: None, remark: None, late: false }).await?;
    let news = match state {
        State::Expired => Some(BookingNews::Expired),
        State::NoShow | State::Released => Some(BookingNews::Released),
        _ => None,
    };
    if let Some(news) = news {
        notices::tell(tx, proof, kept.person, news_of(news, kept), now).await?;
    }
    if state == State::NoShow {
        hold(tx, proof, kept.person, now).await?;
    }
    record(tx, proof, kept, state, now).await
}

/// Whoever did not come too often is held, until a manager lifts it.
async fn hold(tx: &mut WriteTx, proof: &Proof, person: PersonId, now: Millis) -> Result<(), StoreError> {
    if rows::no_shows(tx.conn(), person, now.before(NO_SHOWS_WITHIN)).await? < NO_SHOWS {
        return Ok(());
    }
    let reason = HoldReason::NoShows;
    let hold = holds::place(tx, &NewHold { person, reason, remark: None, at: now, by: None, until: None }).await?;
    effects::standing_changed(tx, proof, person, Cause::Hold, now).await?;
    notices::tell(tx, proof, person, Notice::HoldPlaced { hold, reason, until: None }, now).await?;
    let detail = json!({ "hold": hold, "reason": reason, "until": null });
    let entry = audit::entry(tx, proof, now, "hold.placed", person, &detail).await?;
    tx.followed(entry);
    Ok(())
}

async fn record(
    tx: &mut WriteTx,
    proof: &Proof,
    kept: &Kept,
    state: State,
    now: Millis,
) -> Result<AuditEntry, StoreError> {
    let detail = json!({ "booking": kept.id, "state": state, "starts": kept.starts });
    audit::entry(tx, proof, now, "booking.passed", kept.person, &detail).await
}

/// `person` began to use `machine` at `at`: the booking that they have for it then is theirs now. A board may tell of it late, when
/// the time was given to others already: then it does not count that they did not come. Part of the job that keeps the use.
pub(crate) async fn arrived(
    tx: &mut WriteTx,
    proof: &Proof,
    machine: MachineId,
    person: PersonId,
    at: Millis,
    now: Millis,
) -> Result<(), StoreError> {
    let Some(booking) = rows::arriving(tx.conn(), machine, person, at, at.after(EARLY)).await? else {
        return Ok(());
    };
    let Some(kept) = rows::one(tx.conn(), booking).await? else { return Ok(()) };
    let state = if kept.state == State::NoShow { State::Released } else { State::CheckedIn };
    if state == State::Released && gone(kept.span(), None) <= at {
        return Ok(());
    }
    settle(tx, proof, &kept, Decision { state, at: now, by: None, remark: None, late: false }).await?;
    let entry = record(tx, proof, &kept, state, now).await?;
    tx.followed(entry);
    Ok(())
}

/// `person` logged out at `machine`: the booking of theirs that runs is over, and the rest of its time is free for others. Part of the
/// job that keeps the use.
pub(crate) async fn left(
    tx: &mut WriteTx,
    proof: &Proof,
    machine: MachineId,
    person: PersonId,
    now: Millis,
) -> Result<(), StoreError> {
    let resource = Some(Resource::Machine(machine));
    let filter = Filter { resource, person: Some(person), holding: true, after: Some(now), ..Filter::default() };
    let theirs = rows::list(tx.conn(), filter, AT_ONCE).await?;
    for kept in theirs.iter().filter(|kept| kept.state == State::CheckedIn && kept.starts <= now) {
        let state = State::Completed;
        settle(tx, proof, kept, Decision { state, at: now, by: None, remark: None, late: false }).await?;
        let entry = record(tx, proof, kept, state, now).await?;
        tx.followed(entry);
    }
    Ok(())
}

/// `person` stands differently: bookings of what they may not use any more are called off, and they are told. A hold calls off
/// nothing, for it may be lifted before. Part of the change that caused it.
pub(crate) async fn standing_changed(
    tx: &mut WriteTx,
    proof: &Proof,
    person: PersonId,
    now: Millis,
) -> Result<(), StoreError> {
    let Some(them) = people::one(tx.conn(), person, now).await? else { return Ok(()) };
    let is_member = rank(them.status, &them.ledger, now) >= Rank::Member;
    if !is_member {
        waiting::standing_changed(tx, proof, person, now).await?;
    }
    let filter = Filter { person: Some(person), holding: true, after: Some(now), ..Filter::default() };
    let theirs = rows::list(tx.conn(), filter, AT_ONCE).await?;
    if theirs.is_empty() {
        return Ok(());
    }
    let by = people::alias_of(tx, proof, now).await?;
    for kept in theirs {
        if is_member && may_use(tx, &kept, now).await? {
            continue;
        }
        let state = match kept.state {
            state if is_to_come(state) => State::Cancelled,
            _ if is_member => continue,
            _ => State::Completed,
        };
        settle(tx, proof, &kept, Decision { state, at: now, by, remark: None, late: false }).await?;
        if state == State::Cancelled {
            notices::tell(tx, proof, person, news_of(BookingNews::Cancelled, &kept), now).await?;
        }
        let detail = json!({ "booking": kept.id, "state": state, "starts": kept.starts });
        let subject = person;
        let entry = audit::entry(tx, proof, now, "booking.displaced", subject, &detail).await?;
        tx.followed(entry);
    }
    Ok(())
}

/// `machine` is put away: its bookings are called off, their holders are told, and nobody waits for it any more. Part of the change
/// that puts it away.
pub(crate) async fn machine_archived(
    tx: &mut WriteTx,
    proof: &Proof,
    machine: MachineId,
    now: Millis,
) -> Result<(), StoreError> {
    let resource = Resource::Machine(machine);
    waiting::removed(tx, proof, resource, now).await?;
    let filter = Filter { resource: Some(resource), holding: true, after: Some(now), ..Filter::default() };
    let by = people::alias_of(tx, proof, now).await?;
    for kept in rows::list(tx.conn(), filter, AT_ONCE).await? {
        let state = if is_to_come(kept.state) { State::Cancelled } else { State::Completed };
        settle(tx, proof, &kept, Decision { state, at: now, by, remark: None, late: false }).await?;
        if state == State::Cancelled {
            notices::tell(tx, proof, kept.person, news_of(BookingNews::Cancelled, &kept), now).await?;
        }
        let detail = json!({ "booking": kept.id, "state": state, "starts": kept.starts });
        let subject = kept.person;
        let entry = audit::entry(tx, proof, now, "booking.displaced", subject, &detail).await?;
        tx.followed(entry);
    }
    Ok(())
}

/// Whether the holder may still use what they booked when it begins.
async fn may_use(tx: &mut WriteTx, kept: &Kept, now: Millis) -> Result<bool, StoreError> {
    let Some(machine) = kept.machine else { return Ok(true) };
    let at = kept.starts.max(now);
    let Some(asked) = access::asked(tx.conn(), machine, kept.person, at).await? else { return Ok(false) };
    let reasons = personal(&trace(&asked.facts, at));
    Ok(reasons.iter().all(|reason| matches!(reason, Reason::OnHold { .. } | Reason::TrainingLapsed(_))))
}
