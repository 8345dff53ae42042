//! What managers change of a person's dues: the link to a customer, and more time.

use super::{DuesError, Today, set_up, standing};
use crate::{Ctx, change::Job, error};
use contract::{
    dues::{MoreTime, NewLink, SubscriptionChoice},
    form::{Fault, Faults},
};
use domain::{
    actor::{Actor, Permission, Target},
    dues::{DuesStatus, MOST_MORE_TIME, Terms, is_held, last_day, status},
    id::PersonId,
    live::ChangeEvent,
    time::Date,
    versions::Saved,
};
use serde_json::json;
use store::{
    Done, StoreError,
    dues::{self as rows, DuesRow},
    people, settings,
};

/// The person, if their dues may be changed by the actor.
pub(super) async fn changeable(job: &mut Job<'_>, person: PersonId) -> Result<people::Person, DuesError> {
    if job.actor.person() == Some(person) {
        return Err(DuesError::Oneself);
    }
    let found = people::one(job.tx.conn(), person, job.now).await?;
    found.filter(|person| person.erased_at.is_none()).ok_or(DuesError::UnknownPerson)
}

/// The day and the terms in this job.
async fn today(job: &mut Job<'_>) -> Result<Today, StoreError> {
    let grace = settings::of_space(job.tx.conn()).await?.dues_grace;
    Ok(Today { now: job.now, date: job.zone.moment(job.now).wall().date, zone: job.zone, grace })
}

/// Links `person` to a customer, and asks the processor about them.
pub(super) async fn link(ctx: &Ctx, actor: &Actor, person: PersonId, new: NewLink) -> Result<(), DuesError> {
    let NewLink { reference, matched } = new;
    let is_set_up = set_up(ctx).is_some_and(|set_up| set_up.account(reference.processor()).is_some());
    let about = Target::person(person);
    ctx.change(actor, Permission::ManageDues, about, async move |job| {
        changeable(job, person).await?;
        if !is_set_up {
            return Err(DuesError::NoProcessor);
        }
        if rows::one(job.tx.conn(), person).await?.is_some() {
            return Err(DuesError::Linked);
        }
        if rows::by_reference(job.tx.conn(), &reference).await?.is_some() {
            return Err(Faults::one("reference", Fault::DuesReferenceTaken).into());
        }
        if matched && !rows::processors::is_match(job.tx.conn(), person, &reference).await? {
            return Err(DuesError::NoMatch);
        }
        let today = job.zone.moment(job.now).wall().date;
        rows::link(job.tx, person, &reference, today, job.now).await?;
        rows::processors::settled(job.tx, &reference).await?;
        job.tx.after_commit(ChangeEvent::Person(person));
        // The reference is personal data, which the chain does not hold.
        job.audited((), "dues.linked", person, &json!({ "processor": reference.processor() })).await
    })
    .await?;
    // If it does not answer, the timer asks again.
    let _unanswered = standing::ask(ctx, person).await?;
    Ok(())
}

/// Lets one subscription of `person` count as dues, or again those that the settings name, and asks the processor about them.
pub(super) async fn choose(
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
    choice: SubscriptionChoice,
) -> Result<(), DuesError> {
    let chosen = Some(String::from(choice.subscription)).filter(|id| !id.is_empty());
    ctx.change::<_, DuesError, _>(actor, Permission::ManageDues, Target::person(person), async move |job| {
        changeable(job, person).await?;
        let row = rows::one(job.tx.conn(), person).await?.ok_or(DuesError::Unlinked)?;
        let known = rows::subscriptions::of(job.tx.conn(), person).await?;
        if chosen.as_ref().is_some_and(|chosen| known.iter().all(|one| one.id != *chosen)) {
            return Err(Faults::one("subscription", Fault::Choice).into());
        }
        rows::subscriptions::choose(job.tx, person, chosen.as_deref(), job.now).await?;
        job.tx.after_commit(ChangeEvent::Person(person));
        // Without the processor's id, as everywhere in the chain.
        job.audited((), "dues.chosen", person, &json!({ "processor": row.reference.processor() })).await
    })
    .await?;
    // If it does not answer, the timer asks again.
    let _unanswered = standing::ask(ctx, person).await?;
    Ok(())
}

/// Removes the link. A hold because of the dues is lifted.
pub(super) async fn unlink(job: &mut Job<'_>, person: PersonId) -> Result<Done<()>, DuesError> {
    changeable(job, person).await?;
    let row = rows::one(job.tx.conn(), person).await?.ok_or(DuesError::Unlinked)?;
    standing::lift_hold(job.tx, &job.proof, &row, job.now).await?;
    rows::processors::settled(job.tx, &row.reference).await?;
    rows::unlink(job.tx, person).await?;
    job.tx.after_commit(ChangeEvent::Person(person));
    job.audited((), "dues.unlinked", person, &json!({ "processor": row.reference.processor() })).await
}

/// Gives a late member time until the end of a day. It takes effect at once, without an answer of the processor.
pub(super) async fn extend(
    job: &mut Job<'_>,
    person: PersonId,
    seen: i64,
    new: Result<MoreTime, Faults>,
) -> Result<Done<()>, DuesError> {
    changeable(job, person).await?;
    let row = rows::one(job.tx.conn(), person).await?.ok_or(DuesError::Unlinked)?;
    if !domain::versions::is_current(row.version, seen) {
        return Err(DuesError::Stale(stale(job, &row).await?));
    }
    let MoreTime { last_day: given } = new?;
    let today = today(job).await?;
    let more_time = Date::from_days(given.day_after().days() - 1);
    if more_time.days() - today.date.days() > i64::from(MOST_MORE_TIME) {
        return Err(Faults::one("last_day", Fault::MoreTime(MOST_MORE_TIME)).into());
    }
    if row.status == DuesStatus::Current {
        return Err(DuesError::NotLate);
    }
    let terms = Terms { more_time: Some(more_time), ..today.terms(&row) };
    // Time that ends sooner than before must not place a hold: only an answer of the processor does.
    let (after, hold) = if is_held(row.standing, terms, today.date) {
        (row.status, row.hold)
    } else {
        standing::lift_hold(job.tx, &job.proof, &row, job.now).await?;
        (status(row.standing, terms, today.date), None)
    };
    let last = last_day(row.standing, terms);
    rows::extend(job.tx, person, more_time, (after, hold), job.now).await?;
    job.tx.after_commit(ChangeEvent::Person(person));
    let detail = json!({ "dues_before": row.status, "dues": after, "last": last.to_string() });
    job.audited((), "dues.more-time", person, &detail).await
}

async fn stale(job: &mut Job<'_>, row: &DuesRow) -> Result<Box<Saved>, StoreError> {
    let last = row.more_time.map(|day| day.to_string()).unwrap_or_default();
    let saved = Saved::new(row.version, vec![("last_day", last)]);
    error::signed(job.tx.conn(), job.zone, row.person, saved).await
}
