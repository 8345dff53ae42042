//! Asks processors about members, and records what follows from the answers: status, hold and notices.
//!
//! Invariant: applying one answer twice changes nothing the second time. An answer is applied in one job, which judges the state
//! again: it may have changed while the processor was asked.

use super::{DuesError, Today, own_account, own_proof, request};
use crate::{Ctx, notices};
use domain::{
    actor::{Actor, Permission, Proof, Target},
    dues::{
        Answer, DuesStatus, Plans, Processor, Standing, Subscription, Terms, Trouble, answer, choice, counted,
        is_held, known_late, last_day, status,
    },
    holds::HoldReason,
    id::{HoldId, PersonId},
    live::ChangeEvent,
    notices::{DuesNews, Notice},
    time::{Date, Millis},
};
use serde_json::json;
use store::{
    Done, StoreError, Unaudited, WriteTx,
    audit::{self, AuditEntry},
    dues::{
        self as rows, DuesRow, ProcessorAnswer,
        processors::{NewDifference, State},
        subscriptions::SubscriptionRow,
    },
    holds,
};

/// People who are asked about in one run. After a take-over thousands are due, and commands and events wait meanwhile.
const MOST_ASKED: usize = 100;
/// Subscriptions of a member that are shown.
const MOST_SHOWN: usize = 20;
/// Days before a hold on which members are reminded.
const REMINDED: i64 = 2;

/// Asks about those who are due at `processor`, until it does not answer; returns about how many.
pub(super) async fn ask_due(ctx: &Ctx, processor: Processor) -> Result<usize, StoreError> {
    let Today { now, date: today, grace, .. } = Today::of(ctx);
    let before = now.before(super::PAUSE);
    let due = rows::to_ask(&mut *ctx.store().read().await?, processor, (today, grace), (now, before)).await?;
    let mut asked = 0;
    for person in due.into_iter().take(MOST_ASKED) {
        match ask(ctx, person).await? {
            Ok(()) => asked += 1,
            Err(trouble) if !trouble.is_of_one() => break,
            Err(_) => {}
        }
    }
    Ok(asked)
}

/// Asks the processor about `person` and records its answer.
pub(super) async fn ask(ctx: &Ctx, person: PersonId) -> Result<Result<(), Trouble>, StoreError> {
    let row = rows::one(&mut *ctx.store().read().await?, person).await?;
    let Some(row) = row else { return Ok(Ok(())) };
    let processor = row.reference.processor();
    let reference = row.reference.clone();
    let began = ctx.now();
    let answered = match request!(ctx, processor, Standing, subscriptions(&reference)) {
        // A membership that was to end does so whatever the account is.
        Err(Trouble::Unknown) if !row.standing.ended => {
            Err(own_account::trouble_of_unknown(ctx, &reference).await?)
        }
        answered => answered,
    };
    let plans = ctx.space().settings.dues_plans(processor);
    let today = Today::of(ctx);
    ctx.store()
        .write::<_, StoreError, _>(async move |tx| {
            let Some(row) = rows::one(tx.conn(), person).await?.filter(|now| now.reference == row.reference)
            else {
                return Ok(Done::unaudited(Ok(()), Unaudited::NothingChanged));
            };
            // The answer to a later question came first.
            if row.answered.is_some_and(|at| at > began) {
                return Ok(Done::unaudited(Ok(()), Unaudited::NothingChanged));
            }
            match answered {
                Ok(subscriptions) => {
                    rows::processors::answered(tx, processor, today.now).await?;
                    let proof = own_proof()?;
                    let counted = counted(&subscriptions, &plans, row.chosen.as_deref());
                    rows::subscriptions::replace(tx, person, &visible(&subscriptions, &counted)).await?;
                    let chosen = choose_again(tx, &proof, &row, (counted.as_slice(), &plans), today).await?;
                    let answer = answer(&counted).unwrap_or(Answer::of(row.standing));
                    let mut entry = apply(tx, &proof, &row, answer, (today, began)).await?;
                    if let Some(chosen) = chosen {
                        if entry.is_some() {
                            tx.followed(chosen);
                        } else {
                            entry = Some(chosen);
                        }
                    }
                    Ok(entry.map_or_else(
                        || Done::unaudited(Ok(()), Unaudited::ProcessorHeard),
                        |entry| Done::audited(Ok(()), entry),
                    ))
                }
                Err(trouble) => {
                    let entry = unanswered(tx, &row, trouble, (today, began)).await?;
                    Ok(entry.map_or_else(
                        || Done::unaudited(Err(trouble), Unaudited::ProcessorHeard),
                        |entry| Done::audited(Err(trouble), entry),
                    ))
                }
            }
        })
        .await
}

/// Lets the choice of a subscription that is over give way to one that took its place. Returns the audit entry of that.
async fn choose_again(
    tx: &mut WriteTx,
    proof: &Proof,
    row: &DuesRow,
    (counted, plans): (&[&Subscription], &Plans),
    today: Today,
) -> Result<Option<AuditEntry>, StoreError> {
    let chosen = row.chosen.as_deref();
    let next = choice(counted, plans, chosen, today.date);
    if next == chosen {
        return Ok(None);
    }
    rows::subscriptions::choose_again(tx, row.person, next).await?;
    tx.after_commit(ChangeEvent::Person(row.person));
    let detail = json!({ "processor": row.reference.processor() });
    audit::entry(tx, proof, today.now, "dues.chosen", row.person, &detail).await.map(Some)
}

/// The subscriptions that managers see: those that are dues, and those beside them that are collected.
fn visible(all: &[Subscription], counted: &[&Subscription]) -> Vec<SubscriptionRow> {
    let row = |one: &Subscription| SubscriptionRow {
        id: one.id.clone(),
        name: one.names.first().unwrap_or(&one.id).clone(),
        paid_until: one.paid_until,
        has_ended: one.ended,
        counts: counted.contains(&one),
    };
    let rows = all.iter().map(row).filter(|one| one.counts || !one.has_ended);
    rows.take(MOST_SHOWN).collect()
}

/// Records that a question about `row` was not answered. A processor that does not know the customer has answered: nothing more is
/// collected from them. Returns the audit entry of what changed.
async fn unanswered(
    tx: &mut WriteTx,
    row: &DuesRow,
    trouble: Trouble,
    (today, began): (Today, Millis),
) -> Result<Option<AuditEntry>, StoreError> {
    let processor = row.reference.processor();
    rows::record_failure(tx, row.person, (today.now, began), trouble.is_passing()).await?;
    if !trouble.is_of_one() {
        rows::processors::failed(tx, processor, trouble, today.now).await?;
        return Ok(None);
    }
    if trouble.is_passing() {
        return Ok(None);
    }
    // A customer who may be missing says nothing about the account.
    let states = rows::processors::states(tx.conn()).await?;
    if !row.standing.ended || !states.iter().any(|state| state.processor == processor && is_other(state)) {
        rows::processors::answered(tx, processor, today.now).await?;
    }
    let mut entry = None;
    // A reference that never had an answer may be mistyped.
    if trouble == Trouble::Unknown && row.answered.is_some() {
        let over = Answer::of(Standing { ended: true, ..row.standing });
        entry = apply(tx, &own_proof()?, row, over, (today, began)).await?;
    }
    let after = rows::one(tx.conn(), row.person).await?.map(|row| row.status);
    if after == Some(DuesStatus::Ended) {
        return Ok(entry);
    }
    let found = NewDifference {
        reference: row.reference.clone(),
        person: Some(row.person),
        here: after,
        there: None,
        matched: None,
    };
    rows::processors::put(tx, &found, today.now).await?;
    Ok(entry)
}

/// Records the `answer` about a member to a question that `began` then, and what follows. Returns the audit entry, or `None` if
/// nothing changed.
async fn apply(
    tx: &mut WriteTx,
    proof: &Proof,
    row: &DuesRow,
    answer: Answer,
    (today, began): (Today, Millis),
) -> Result<Option<AuditEntry>, StoreError> {
    let before = row.answered.map(|_| row.standing);
    let standing = answer.following(before, row.status, row.reference.processor(), today.date);
    let terms = today.terms(row);
    let after = status(standing, terms, today.date);
    let known = known_late(standing, row.known, today.date);
    let hold = follow(tx, proof, row, (after, standing, terms), today).await?;
    // Time that was given for one delay is not there for the next.
    let more_time = row.more_time.filter(|_| after != DuesStatus::Current);
    let answer = ProcessorAnswer { standing, status: after, known, more_time, hold };
    rows::answered(tx, row.person, &answer, (today.now, began)).await?;
    rows::processors::settled(tx, &row.reference).await?;
    let is_same = row.status == after && row.standing == standing && row.known == known && row.hold == hold;
    if is_same && row.answered.is_some() {
        return Ok(None);
    }
    tx.after_commit(ChangeEvent::Person(row.person));
    entry(tx, proof, row, (after, standing), today.now).await.map(Some)
}

/// The audit entry of a new standing.
async fn entry(
    tx: &mut WriteTx,
    proof: &Proof,
    row: &DuesRow,
    (after, standing): (DuesStatus, Standing),
    now: Millis,
) -> Result<AuditEntry, StoreError> {
    let detail = json!({
        "processor": row.reference.processor(),
        "dues_before": row.status,
        "dues": after,
        "paid_until": standing.paid_until.to_string(),
    });
    audit::entry(tx, proof, now, "dues.changed", row.person, &detail).await
}

/// What follows for the member from status `after`: the hold that holds now, and notices. A membership that ended is held like one
/// that is late, after the same days.
async fn follow(
    tx: &mut WriteTx,
    proof: &Proof,
    row: &DuesRow,
    (after, standing, terms): (DuesStatus, Standing, Terms),
    today: Today,
) -> Result<Option<HoldId>, StoreError> {
    let is_news = row.status == DuesStatus::Current || row.known.is_none();
    let news = match after {
        DuesStatus::Grace if is_news => Some(DuesNews::Late),
        DuesStatus::Ended if is_news || row.status != DuesStatus::Ended => Some(DuesNews::Ended),
        DuesStatus::Current | DuesStatus::Grace | DuesStatus::Overdue | DuesStatus::Ended => None,
    };
    if let Some(news) = news {
        let notice = Notice::Dues { news, paid_until: standing.paid_until, last_day: last_day(standing, terms) };
        notices::notify(tx, proof, row.person, notice, today.now).await?;
    }
    if is_held(standing, terms, today.date) {
        // A manager who lifted the hold of this delay decided otherwise.
        return match row.hold {
            Some(hold) => Ok(Some(hold)),
            None => place_hold(tx, proof, row.person, today.now).await.map(Some),
        };
    }
    lift_hold(tx, proof, row, today.now).await?;
    Ok(None)
}

async fn place_hold(tx: &mut WriteTx, proof: &Proof, person: PersonId, now: Millis) -> Result<HoldId, StoreError> {
    let reason = HoldReason::Dues;
    let new = holds::NewHold { person, reason, remark: None, at: now, by: None, until: None };
    let hold = holds::place(tx, &new).await?;
    // No reaction to it: a use that runs may end as it likes, and bookings stay, because most pay within days.
    tx.after_commit(ChangeEvent::Person(person));
    notices::notify(tx, proof, person, Notice::HoldPlaced { hold, reason, until: None }, now).await?;
    let detail = json!({ "hold": hold, "reason": reason, "until": null });
    let entry = audit::entry(tx, proof, now, "hold.placed", person, &detail).await?;
    tx.followed(entry);
    Ok(hold)
}

/// Lifts the hold that was placed because of these dues, if it is in force.
pub(super) async fn lift_hold(
    tx: &mut WriteTx,
    proof: &Proof,
    row: &DuesRow,
    now: Millis,
) -> Result<(), StoreError> {
    let Some(hold) = row.hold else { return Ok(()) };
    if !holds::lift(tx, hold, now, None).await? {
        return Ok(());
    }
    tx.after_commit(ChangeEvent::Person(row.person));
    notices::notify(tx, proof, row.person, Notice::HoldLifted { hold }, now).await?;
    let entry = audit::entry(tx, proof, now, "hold.lifted", row.person, &json!({ "hold": hold })).await?;
    tx.followed(entry);
    Ok(())
}

/// Whether the key is of another account, as far as is known.
fn is_other(state: &State) -> bool {
    state.failing_since.is_some() && state.trouble == Some(Trouble::OtherAccount)
}

/// Reminds members whose grace ends soon, each once; returns how many. Nobody is reminded while their processor does not answer,
/// because then no grace ends. With the key of another account, that of memberships that were known to end does.
pub(super) async fn remind(ctx: &Ctx) -> Result<usize, StoreError> {
    let today = Today::of(ctx);
    let until = Date::from_days(today.date.days() + REMINDED);
    let mut snapshot = ctx.store().snapshot().await?;
    let states = rows::processors::states(&mut snapshot).await?;
    let waits = |row: &DuesRow| {
        let state = states.iter().find(|state| state.processor == row.reference.processor());
        state.is_some_and(|state| state.failing_since.is_some() && !(row.standing.ended && is_other(state)))
    };
    let mut due = crate::due::Due::<()>::default();
    for row in rows::ending_grace(&mut snapshot, (today.date, until), today.grace).await? {
        let last_day = last_day(row.standing, today.terms(&row));
        let notice = Notice::Dues { news: DuesNews::Soon, paid_until: row.standing.paid_until, last_day };
        // The first notice is recent enough.
        let is_new = today.zone.moment(row.since).wall().date == today.date;
        if !is_new && !waits(&row) {
            due.remind(&mut snapshot, row.person, notice).await?;
        }
    }
    drop(snapshot);
    due.run(ctx, today.now, async |_: &mut WriteTx, ()| Ok(None)).await
}

/// Asks about `person` on behalf of a manager.
pub(super) async fn ask_now(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<(), DuesError> {
    actor.require(Permission::ManageDues, Target::person(person))?;
    let row = rows::one(&mut *ctx.store().read().await?, person).await?.ok_or(DuesError::Unlinked)?;
    match ask(ctx, row.person).await? {
        Ok(()) => Ok(()),
        Err(Trouble::NotSetUp) => Err(DuesError::NoProcessor),
        Err(Trouble::Unknown) => Err(DuesError::UnknownThere),
        Err(Trouble::OtherAccount) => Err(DuesError::OtherAccount),
        Err(_) => Err(DuesError::NoAnswer),
    }
}
