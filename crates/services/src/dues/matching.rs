//! Links people to the customers that have their addresses, as the last comparison found them.
//!
//! Invariant: only a match that is certain is linked: one customer has the address, the person has it still, and neither is linked to
//! another. Not here: how matches are found ([`super::comparison`]).

use super::DuesError;
use crate::{Ctx, change::Job};
use contract::dues::MatchesLinked;
use domain::{
    actor::{Actor, Permission, Target},
    audit::Subject,
    id::PersonId,
    live::ChangeEvent,
};
use serde_json::json;
use store::{
    Done, StoreError, Unaudited, audit,
    dues::{self as rows, processors::count},
};

/// People who are linked in one job, so that thousands do not keep others from the writer.
const CHUNK: u32 = 200;

/// Links everyone who can be linked but the caller; the processors are asked about them by the timer. Who was linked since stays as
/// they are.
pub(super) async fn link_matches(ctx: &Ctx, actor: &Actor) -> Result<MatchesLinked, DuesError> {
    actor.require(Permission::ManageDues, Target::NONE)?;
    // In a task of its own, so that it completes if the caller disconnects.
    let (again, actor) = (ctx.clone(), actor.clone());
    let linked = ctx.spawn(async move { link_in_jobs(&again, &actor).await });
    linked.await.unwrap_or(Err(DuesError::Store(StoreError::Panicked)))
}

async fn link_in_jobs(ctx: &Ctx, actor: &Actor) -> Result<MatchesLinked, DuesError> {
    let (mut linked, mut after) = (0, PersonId(0));
    loop {
        let some =
            ctx.change(actor, Permission::ManageDues, Target::NONE, async move |job| link_some(job, after).await);
        match some.await {
            Ok((count, Some(last))) => {
                linked += count;
                after = last;
            }
            Ok((_, None)) => break,
            Err(DuesError::Store(error)) if linked > 0 => {
                tracing::error!(%error, linked, "linking people by address was interrupted");
                break;
            }
            Err(error) => return Err(error),
        }
    }
    let left = count(&mut *ctx.store().read().await?, actor.person()).await?.matched;
    Ok(MatchesLinked { linked, left })
}

/// Links the next people after `after`; returns how many, and the last one that was looked at.
async fn link_some(job: &mut Job<'_>, after: PersonId) -> Result<Done<(u32, Option<PersonId>)>, DuesError> {
    let today = job.zone.moment(job.now).wall().date;
    let found = rows::processors::matches(job.tx.conn(), after, CHUNK).await?;
    let last = found.last().map(|(person, _)| *person);
    let mut linked = 0;
    for (person, reference) in found {
        if job.actor.person() == Some(person) {
            continue;
        }
        rows::link(job.tx, person, &reference, today, job.now).await?;
        rows::processors::settled(job.tx, &reference).await?;
        job.tx.after_commit(ChangeEvent::Person(person));
        let detail = json!({ "processor": reference.processor() });
        let entry = audit::entry(job.tx, &job.proof, job.now, "dues.linked", person, &detail).await?;
        job.tx.followed(entry);
        linked += 1;
    }
    if linked == 0 {
        return Ok(Done::unaudited((0, last), Unaudited::NothingChanged));
    }
    job.audited((linked, last), "dues.matched", Subject::Space, &json!({ "count": linked })).await
}
