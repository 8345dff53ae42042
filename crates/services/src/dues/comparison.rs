//! The nightly comparison with processors: what differs is shown to managers and changes nothing, except that payments that were
//! missed here are taken over.

use super::{DuesError, Memory, Today, events, own_account, own_proof, processors_of, request, standing};
use crate::Ctx;
use domain::{
    actor::{Actor, Permission, Target},
    audit::Subject,
    dues::{
        Answer, Difference, Plans, Processor, Reference, Subscription, Trouble, answer, compare, counted, status,
    },
    live::ChangeEvent,
    time::{Date, Millis},
};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::Ordering::Relaxed,
    time::Duration,
};
use store::{
    Done, SqliteConnection, StoreError, Unaudited, audit,
    dues::{self as rows, DuesRow, processors::NewDifference},
};
use tokio::time::timeout;

/// The minute of the day from which records are compared.
const MINUTE_OF_DAY: u16 = 3 * 60 + 10;
/// How long a manager waits for a comparison, which takes longer with thousands of customers. Below the time in which the server must
/// begin to respond.
const PATIENCE: Duration = Duration::from_secs(20);

/// Compares with `processor` if that has not been done since the last night; returns whether it answered.
pub(super) async fn compare_if_due(ctx: &Ctx, processor: Processor) -> Result<bool, StoreError> {
    let today = Today::of(ctx);
    let states = rows::processors::states(&mut *ctx.store().read().await?).await?;
    let compared = states.iter().find(|state| state.processor == processor).and_then(|state| state.compared);
    if compared.is_some_and(|compared| compared >= last_night(today)) {
        return Ok(false);
    }
    compare_now(ctx, processor).await
}

/// When records were last due to be compared.
fn last_night(today: Today) -> Millis {
    let at = |date| today.zone.instant(date, MINUTE_OF_DAY);
    let this = at(today.date);
    if this <= today.now { this } else { at(Date::from_days(today.date.days() - 1)) }
}

/// A comparison under way, which is counted until it ends.
struct Run<'a>(&'a Ctx);

impl<'a> Run<'a> {
    fn begin(ctx: &'a Ctx) -> Self {
        ctx.memory::<Memory>().comparing.fetch_add(1, Relaxed);
        Self(ctx)
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        self.0.memory::<Memory>().comparing.fetch_sub(1, Relaxed);
    }
}

/// Compares with `processor`; returns whether it answered.
async fn compare_now(ctx: &Ctx, processor: Processor) -> Result<bool, StoreError> {
    let run = Run::begin(ctx);
    let everyone = match request!(ctx, processor, Compare, everyone()) {
        Ok(there) => own_account::confirmed(ctx, processor, there).await?,
        Err(trouble) => Err(trouble),
    };
    let (addresses, unread) = match &everyone {
        Ok(there) => addresses_of_strangers(ctx, processor, there).await?,
        Err(_) => (BTreeMap::new(), None),
    };
    // Pages that are loaded again after the commit find none under way.
    drop(run);
    let today = Today::of(ctx);
    // Beside the writer, because thousands of customers take longer than a job may.
    let compared = match everyone {
        Ok(there) => Ok(find_differences(ctx, (processor, &there), &addresses, today).await?),
        Err(trouble) => Err(trouble),
    };
    ctx.store()
        .write::<_, StoreError, _>(async move |tx| {
            let Comparison { differences, missed } = match compared {
                Ok(compared) => compared,
                Err(trouble) => {
                    rows::processors::failed(tx, processor, trouble, today.now).await?;
                    tx.after_commit(ChangeEvent::Space);
                    return Ok(Done::unaudited(false, Unaudited::ProcessorHeard));
                }
            };
            rows::processors::answered(tx, processor, today.now).await?;
            rows::ask_many(tx, processor, &missed, today.now).await?;
            rows::processors::compared(tx, processor, (differences.as_slice(), unread), today.now).await?;
            events::forget(tx, today.now).await?;
            tx.after_commit(ChangeEvent::Space);
            let detail =
                json!({ "processor": processor, "differences": differences.len(), "missed": missed.len() });
            let proof = own_proof()?;
            let entry = audit::entry(tx, &proof, today.now, "dues.compared", Subject::Space, &detail).await?;
            Ok(Done::audited(true, entry))
        })
        .await
}

/// The e-mail addresses of customers, if nobody here is linked to one of those with a subscription; and why they are not all, if they
/// are not.
async fn addresses_of_strangers(
    ctx: &Ctx,
    processor: Processor,
    there: &BTreeMap<Reference, Vec<Subscription>>,
) -> Result<(BTreeMap<Reference, String>, Option<Trouble>), StoreError> {
    let here = rows::at_processor(&mut *ctx.store().read().await?, processor).await?;
    let here: BTreeSet<_> = here.iter().map(|row| &row.reference).collect();
    if there.keys().all(|reference| here.contains(reference)) {
        return Ok((BTreeMap::new(), None));
    }
    let mut found = BTreeMap::new();
    let unread = request!(ctx, processor, Compare, addresses(&mut found)).err();
    Ok((found, unread))
}

/// Compares the rows here with the subscriptions `there`, and finds the people who have the `addresses` of strangers.
async fn find_differences(
    ctx: &Ctx,
    (processor, there): (Processor, &BTreeMap<Reference, Vec<Subscription>>),
    addresses: &BTreeMap<Reference, String>,
    today: Today,
) -> Result<Comparison, StoreError> {
    let plans = ctx.space().settings.dues_plans(processor);
    let mut snapshot = ctx.store().snapshot().await?;
    let here = rows::at_processor(&mut snapshot, processor).await?;
    let mut compared = differences(&here, there, &plans, today);
    match_people(&mut snapshot, &mut compared.differences, addresses).await?;
    Ok(compared)
}

/// Finds the people who have the addresses of customers whom nobody is linked to.
async fn match_people(
    conn: &mut SqliteConnection,
    differences: &mut [NewDifference],
    addresses: &BTreeMap<Reference, String>,
) -> Result<(), StoreError> {
    let strangers = differences.iter().filter(|one| one.person.is_none());
    let sought: Vec<_> = strangers.filter_map(|one| addresses.get(&one.reference)).map(String::as_str).collect();
    if sought.is_empty() {
        return Ok(());
    }
    let people = rows::processors::people_with(conn, &sought).await?;
    for one in differences.iter_mut().filter(|one| one.person.is_none()) {
        one.matched = addresses.get(&one.reference).and_then(|address| people.get(address)).copied();
    }
    Ok(())
}

#[derive(Debug, Default)]
struct Comparison {
    /// For managers.
    differences: Vec<NewDifference>,
    /// Customers whose payment was missed here, and who are asked about.
    missed: Vec<Reference>,
}

/// What differs between the rows here and the subscriptions there, by the day and the terms of today.
fn differences(
    here: &[DuesRow],
    there: &BTreeMap<Reference, Vec<Subscription>>,
    plans: &Plans,
    today: Today,
) -> Comparison {
    let mut compared = Comparison::default();
    for row in here {
        let ours = today.status(row);
        let processor = row.reference.processor();
        let before = row.answered.map(|_| row.standing);
        let found = there.get(&row.reference);
        // Subscriptions that are no dues leave the standing as it is.
        let answered = found.map(|all| {
            let answer = answer(&counted(all, plans, row.chosen.as_deref())).unwrap_or(Answer::of(row.standing));
            answer.following(before, row.status, processor, today.date)
        });
        let theirs = answered.map(|standing| status(standing, today.terms(row), today.date));
        let renewed = answered.is_some_and(|standing| standing.paid_until > row.standing.paid_until);
        match compare(Some(ours), theirs) {
            Some(difference) if difference.is_payment() => compared.missed.push(row.reference.clone()),
            // Renewed without an event.
            None if renewed => compared.missed.push(row.reference.clone()),
            None => {}
            Some(_) => compared.differences.push(NewDifference {
                reference: row.reference.clone(),
                person: Some(row.person),
                here: Some(row.status),
                there: theirs,
                matched: None,
            }),
        }
    }
    let known: BTreeSet<_> = here.iter().map(|row| &row.reference).collect();
    for (reference, all) in there.iter().filter(|(reference, _)| !known.contains(reference)) {
        let Some(answer) = answer(&counted(all, plans, None)) else { continue };
        let terms = domain::dues::Terms { grace: today.grace, known: today.date, more_time: None };
        let theirs = status(answer.standing, terms, today.date);
        if let Some(Difference::UnknownHere(there)) = compare(None, Some(theirs)) {
            let reference = reference.clone();
            compared.differences.push(NewDifference {
                reference,
                person: None,
                here: None,
                there: Some(there),
                matched: None,
            });
        }
    }
    compared
}

/// Asks every processor about everyone who is due, and compares, on behalf of a manager, who does not wait for all of it.
pub(super) async fn check_now(ctx: &Ctx, actor: &Actor) -> Result<(), DuesError> {
    actor.require(Permission::ManageDues, Target::NONE)?;
    let processors = processors_of(ctx);
    if processors.is_empty() {
        return Err(DuesError::NoProcessor);
    }
    // In a task of its own, so that it completes if the caller disconnects.
    let again = ctx.clone();
    let checked = ctx.spawn(async move { check(&again, processors).await });
    timeout(PATIENCE, checked)
        .await
        .map_or(Ok(()), |checked| checked.unwrap_or(Err(DuesError::Store(StoreError::Panicked))))
}

async fn check(ctx: &Ctx, processors: Vec<Processor>) -> Result<(), DuesError> {
    for processor in processors {
        if compare_now(ctx, processor).await? {
            standing::ask_due(ctx, processor).await?;
        }
    }
    Ok(())
}
