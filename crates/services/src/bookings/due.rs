//! What timers do to bookings: expire unanswered requests, register no-shows, release unused time, and send
//! reminders.
//!
//! Invariant: a holder who came and could not use the machine has not missed the booking, and nobody who checked
//! in loses the rest of their time without a warning. Not here: bookings displaced by other changes
//! ([`super::displaced`]).
//!
//! Holding a card to the machine's reader checks its holder in.

use super::{announce, news_of, notify_holder, rows, settle::settle};
use crate::{Ctx, down_time, due::Due, notices};
use domain::{
    actor::{Actor, Permission, Proof, Target},
    bookings::{
        self as rules, EARLY, NO_SHOWS, NO_SHOWS_WITHIN, Presence, REMINDER, Resource, Side, State,
        UNUSED_WARNING, could_not_come, due, ends_early, gone, is_done, is_reminded,
    },
    down_time::{Gap, missed},
    events::DomainEvent,
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
    Done, SqliteConnection, StoreError, Unaudited, WriteTx, audit,
    audit::AuditEntry,
    bookings::{BookingRow, Decision, Filter, Holder},
    closures as rows_of_closures, heartbeat,
    holds::{self, NewHold},
    notices as told, outages,
};

/// Bookings in one run, at most; the next run takes the others.
const AT_ONCE: u32 = 2_000;

/// How far back down time counts: no request waits longer than this, even after a month of it.
const DOWN_SINCE: Duration = DAY.saturating_mul(40);

/// The due transition of `row`; the `gaps` do not count as time to answer.
fn due_of(row: &BookingRow, gaps: &[Gap], now: Millis) -> Option<State> {
    let request = row.asked.after(missed(gaps, Span { starts: row.asked, ends: now }));
    due(row.state, row.span(), request, row.decided, now)
}

/// Performs due transitions: expires requests, releases unattended bookings, completes ended ones, and sends
/// reminders. Run by a timer; returns how many.
pub(crate) async fn run_due(ctx: &Ctx) -> Result<usize, StoreError> {
    let now = ctx.now();
    let mut due = Due::default();
    let gaps = {
        let mut snapshot = ctx.store().snapshot().await?;
        let looked = heartbeat::looked(&mut snapshot).await?;
        let gaps = down_time::since(&mut snapshot, now.before(DOWN_SINCE), now).await?;
        let filter = Filter { holding: true, due: Some(now.after(REMINDER + MINUTE)), ..Filter::default() };
        for row in rows::list(&mut snapshot, filter, AT_ONCE).await? {
            if due_of(&row, &gaps, now).is_some() {
                due.over.push(row.id);
            } else if row.starts <= now && row.state != State::Pending {
                match meanwhile(&mut snapshot, &row, &gaps, now).await? {
                    Meanwhile::Ends(_) => due.over.push(row.id),
                    Meanwhile::Notify(people, notice) => {
                        due.reminders.extend(people.into_iter().map(|person| (person, notice)));
                    }
                    Meanwhile::Nothing => {}
                }
            } else if row.state == State::Approved && is_reminded(row.span(), row.asked, now) {
                let notice = news_of(BookingNews::Tomorrow, &row);
                let people = not_notified(&mut snapshot, row.holder(), &notice).await?;
                due.reminders.extend(people.into_iter().map(|person| (person, notice)));
            }
        }
        if let Some(looked) = looked {
            announce(ctx, rows_of_closures::list_changed_machines(&mut snapshot, looked, now).await?);
        }
        Arc::<[Gap]>::from(gaps)
    };
    let found = due.run(ctx, now, async move |tx, booking| {
        let Some(row) = rows::one(tx.conn(), booking).await? else { return Ok(None) };
        let Some(state) = next(tx, &row, &gaps, now).await? else { return Ok(None) };
        let Ok(proof) = Actor::TOOLGATE.require(Permission::Moderate, Target::NONE) else { return Ok(None) };
        pass(tx, &proof, &row, state, &gaps, now).await.map(Some)
    });
    let found = found.await?;
    ctx.store()
        .write::<_, StoreError, _>(async move |tx| {
            heartbeat::record_due_run(tx, now).await?;
            Ok(Done::unaudited((), Unaudited::SignOfLife))
        })
        .await?;
    Ok(found)
}

/// The next state of `row` by time alone, or because its holder is absent.
async fn next(tx: &mut WriteTx, row: &BookingRow, gaps: &[Gap], now: Millis) -> Result<Option<State>, StoreError> {
    let due = due_of(row, gaps, now);
    if due.is_some() || now < row.starts || row.state != State::CheckedIn {
        return Ok(due);
    }
    Ok(match meanwhile(tx.conn(), row, gaps, now).await? {
        Meanwhile::Ends(state) => Some(state),
        Meanwhile::Notify(..) | Meanwhile::Nothing => None,
    })
}

/// A due action on a running booking.
enum Meanwhile {
    Nothing,
    /// Notifies these people, each once.
    Notify(Vec<PersonId>, Notice),
    /// It is over before its time.
    Ends(State),
}

/// The due action on `row`, which has begun; in the `gaps` nobody could use anything.
async fn meanwhile(
    conn: &mut SqliteConnection,
    row: &BookingRow,
    gaps: &[Gap],
    now: Millis,
) -> Result<Meanwhile, StoreError> {
    let Some(machine) = row.machine else { return Ok(Meanwhile::Nothing) };
    let users = rows::users(conn, row.holder()).await?;
    let is_occupied = rows::is_used_by_another(conn, machine, &users).await?;
    let came = row.checked_in.filter(|_| row.state == State::CheckedIn);
    if came.is_none() && !is_occupied {
        return Ok(Meanwhile::Nothing);
    }
    let known = rows::presence(conn, machine, &users, (row.starts.before(EARLY), now)).await?;
    // A holder who was in and logged out is not blocked by others.
    let had_it = came.is_some() && known.left.is_some_and(|left| row.starts <= left);
    if is_occupied && !had_it {
        let notice = news_of(BookingNews::Occupied, row);
        let people = not_notified(conn, row.holder(), &notice).await?;
        return Ok(if people.is_empty() { Meanwhile::Nothing } else { Meanwhile::Notify(people, notice) });
    }
    let Some(came) = came else { return Ok(Meanwhile::Nothing) };
    let kept_out = known.kept_out.max(down_time::until(gaps));
    let Some((state, at)) = ends_early(row.span(), came, Presence { kept_out, ..known }) else {
        return Ok(Meanwhile::Nothing);
    };
    if state != State::Released {
        return Ok(if at <= now { Meanwhile::Ends(state) } else { Meanwhile::Nothing });
    }
    let notice = news_of(BookingNews::Unused, row);
    let people = not_notified(conn, row.holder(), &notice).await?;
    let reported = reported_at(conn, row.holder(), &notice).await?;
    // They are warned once. A later obstacle restarts their time, and they keep the booking.
    if kept_out.is_some_and(|until| reported.is_some_and(|reported| reported < until)) {
        return Ok(Meanwhile::Nothing);
    }
    Ok(match reported {
        None if at.before(UNUSED_WARNING) <= now && !people.is_empty() => Meanwhile::Notify(people, notice),
        // There is nobody to warn.
        None if people.is_empty() && at <= now => Meanwhile::Ends(state),
        Some(reported) if at.max(reported.after(UNUSED_WARNING)) <= now => Meanwhile::Ends(state),
        _ => Meanwhile::Nothing,
    })
}

/// Those who are notified about a booking of `holder` and do not have the notice yet.
async fn not_notified(
    conn: &mut SqliteConnection,
    holder: Holder,
    notice: &Notice,
) -> Result<Vec<PersonId>, StoreError> {
    let mut people = Vec::new();
    for person in rows::recipients(conn, holder).await? {
        if !told::is_recorded(conn, person, notice).await? {
            people.push(person);
        }
    }
    Ok(people)
}

/// When the first of those who are notified about a booking of `holder` got the notice.
async fn reported_at(
    conn: &mut SqliteConnection,
    holder: Holder,
    notice: &Notice,
) -> Result<Option<Millis>, StoreError> {
    let mut first = None;
    for person in rows::recipients(conn, holder).await? {
        let reported = told::reported_at(conn, person, notice).await?;
        first = first.into_iter().chain(reported).min();
    }
    Ok(first)
}

/// The state of `row` after a cancellation by `side`.
pub(super) async fn called_off(
    tx: &mut WriteTx,
    row: &BookingRow,
    side: Side,
    now: Millis,
) -> Result<State, StoreError> {
    let state = rules::called_off(row.state, side, row.span(), row.decided, now);
    if state == State::NoShow && could_not_use(tx, row, now).await? {
        return Ok(State::Released);
    }
    Ok(state)
}

/// The state of `row` after `side` ends it.
pub(super) async fn ended(
    tx: &mut WriteTx,
    row: &BookingRow,
    side: Side,
    now: Millis,
) -> Result<State, StoreError> {
    // A room has no board, and a moderator decides.
    let (Some(machine), Side::Holder) = (row.machine, side) else { return Ok(State::Completed) };
    let early = row.starts.before(EARLY);
    let users = rows::users(tx.conn(), row.holder()).await?;
    let known = rows::presence(tx.conn(), machine, &users, (early, now)).await?;
    let gaps = down_time::since(tx.conn(), early, now).await?;
    let kept_out = known.kept_out.max(down_time::until(&gaps));
    Ok(rules::ended(row.span(), Presence { kept_out, ..known }))
}

/// Whether something prevented the holder of `row` from using it when they could have come, until `now`.
async fn could_not_use(tx: &mut WriteTx, row: &BookingRow, now: Millis) -> Result<bool, StoreError> {
    let first = Span { starts: row.starts, ends: gone(row.span(), row.decided).min(now.after(MINUTE)) };
    let early = row.starts.before(EARLY);
    let users = rows::users(tx.conn(), row.holder()).await?;
    Ok(rows::was_kept_out(tx.conn(), row.resource(), &users, early, first).await?
        || outages::is_out(tx.conn(), row.resource()).await?)
}

/// Performs the transition of `row` to `state` by time; in the `gaps` nobody could check in.
async fn pass(
    tx: &mut WriteTx,
    proof: &Proof,
    row: &BookingRow,
    state: State,
    gaps: &[Gap],
    now: Millis,
) -> Result<AuditEntry, StoreError> {
    // A holder who is using the machine has come, even if they began early.
    let users = rows::users(tx.conn(), row.holder()).await?;
    let has_come = state == State::NoShow && rows::is_used(tx.conn(), row.resource(), &users).await?;
    let is_down = could_not_come(row.span(), row.asked, row.decided, gaps);
    let state = match state {
        State::NoShow if has_come => State::CheckedIn,
        // Nobody could have come, or checked in.
        State::NoShow if is_down => State::Released,
        State::NoShow if could_not_use(tx, row, now).await? => State::Released,
        state => state,
    };
    settle(tx, proof, row, Decision { state, at: now, by: None, remark: None, late: false }).await?;
    let news = match state {
        State::Expired => Some(BookingNews::Expired),
        State::NoShow => Some(BookingNews::Released),
        State::Released => Some(BookingNews::GivenBack),
        _ => None,
    };
    if let Some(news) = news {
        notify_holder(tx, proof, row.holder(), news_of(news, row), now).await?;
    }
    if let (State::NoShow, Some(person)) = (state, row.holder().individual()) {
        hold(tx, proof, person, now).await?;
    }
    record(tx, proof, row, state, now).await
}

/// Places a hold after too many no-shows, until a manager lifts it.
pub(super) async fn hold(
    tx: &mut WriteTx,
    proof: &Proof,
    person: PersonId,
    now: Millis,
) -> Result<(), StoreError> {
    if rows::no_shows(tx.conn(), person, now.before(NO_SHOWS_WITHIN)).await? < NO_SHOWS {
        return Ok(());
    }
    let reason = HoldReason::NoShows;
    let hold = holds::place(tx, &NewHold { person, reason, remark: None, at: now, by: None, until: None }).await?;
    tx.emit(proof, DomainEvent::StandingChanged { person, cause: Cause::Hold }, now).await?;
    notices::notify(tx, proof, person, Notice::HoldPlaced { hold, reason, until: None }, now).await?;
    let detail = json!({ "hold": hold, "reason": reason, "until": null });
    let entry = audit::entry(tx, proof, now, "hold.placed", person, &detail).await?;
    tx.followed(entry);
    Ok(())
}

async fn record(
    tx: &mut WriteTx,
    proof: &Proof,
    row: &BookingRow,
    state: State,
    now: Millis,
) -> Result<AuditEntry, StoreError> {
    let detail = json!({ "booking": row.id, "state": state, "starts": row.starts });
    audit::entry(tx, proof, now, "booking.passed", row.subject(), &detail).await
}

/// `person` started to use `machine` at `at`: checks in their booking at that time, or that of their group. If a board reports it late,
/// after the time was released, the no-show is reverted. Part of the job that stores the use.
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
    let Some(row) = rows::one(tx.conn(), booking).await? else { return Ok(()) };
    let state = if row.state == State::NoShow { State::Released } else { State::CheckedIn };
    if state == State::Released && gone(row.span(), None) <= at {
        return Ok(());
    }
    settle(tx, proof, &row, Decision { state, at: now, by: None, remark: None, late: false }).await?;
    let entry = record(tx, proof, &row, state, now).await?;
    tx.followed(entry);
    Ok(())
}

/// `person` logged out at `machine`: if too little is left of their running booking, or their group's, to wait for their return, it
/// is completed and the rest released; otherwise the timer ends it later. Part of the job that stores the use.
pub(crate) async fn left(
    tx: &mut WriteTx,
    proof: &Proof,
    machine: MachineId,
    person: PersonId,
    now: Millis,
) -> Result<(), StoreError> {
    let resource = Some(Resource::Machine(machine));
    let filter = Filter { resource, reader: Some(person), holding: true, after: Some(now), ..Filter::default() };
    let theirs = rows::list(tx.conn(), filter, AT_ONCE).await?;
    let is_theirs = |row: &BookingRow| row.role.is_some() || row.holder().individual() == Some(person);
    let is_over = |row: &&BookingRow| {
        is_theirs(row) && row.state == State::CheckedIn && row.starts <= now && is_done(row.ends, now)
    };
    for row in theirs.iter().filter(is_over) {
        let state = State::Completed;
        settle(tx, proof, row, Decision { state, at: now, by: None, remark: None, late: false }).await?;
        let entry = record(tx, proof, row, state, now).await?;
        tx.followed(entry);
    }
    Ok(())
}
