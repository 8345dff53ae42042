//! The decisions of boards: why was Ada refused on Tuesday?

use super::ask::{AccessError, Names, spoken_of, to_trace};
use crate::Ctx;
use contract::access::Attempted;
use domain::{
    access::Trace,
    actor::{Actor, Forbidden, Permission, Target},
    id::{MachineId, PersonId},
};
use std::{collections::BTreeSet, time::Duration};
use store::{
    Done, SqliteConnection, StoreError, Unaudited,
    access::{self, AttemptRow},
    documents, people, qualifications,
};

pub const RETENTION: Duration = Duration::from_hours(24 * 90);
/// Decisions shown, at most.
const SHOWN: i64 = 200;
/// Decisions forgotten in one job: the writer has others to serve.
const AT_ONCE: i64 = 5_000;

/// The newest decisions that boards made about `person`: all for themselves, managers and auditors, and for
/// trainers those at their machines.
pub async fn attempts(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<Vec<Attempted>, AccessError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    // Callers without permission do not learn that the person exists.
    let (machines, nothing) = match actor.require(Permission::SeePerson, Target::person(person)) {
        Ok(_) => (None, AccessError::UnknownPerson),
        Err(Forbidden::SecondFactor) => {
            (Some(asked_at(&mut snapshot, actor).await?), Forbidden::SecondFactor.into())
        }
        Err(_) => (Some(asked_at(&mut snapshot, actor).await?), AccessError::UnknownPerson),
    };
    let Some(somebody) = people::one(&mut snapshot, person, now).await? else { return Err(nothing) };
    let stored =
        access::of_person(&mut snapshot, person, now.before(RETENTION), machines.as_deref(), SHOWN).await?;
    if machines.is_some() && stored.is_empty() {
        return Err(nothing);
    }
    // A trace of another version that cannot be parsed still has its codes.
    let read = |one: AttemptRow| {
        let trace = one.trace.as_deref().and_then(|trace| serde_json::from_str::<Trace>(trace).ok());
        (one, trace)
    };
    let stored: Vec<_> = stored.into_iter().map(read).collect();
    let types: BTreeSet<_> = stored
        .iter()
        .filter_map(|(one, trace)| trace.as_ref().map(|trace| spoken_of(trace, one.kind)))
        .flatten()
        .collect();
    let modules: BTreeSet<_> =
        stored.iter().filter_map(|(_, trace)| trace.as_ref()).flat_map(Trace::modules).collect();
    let documents: BTreeSet<_> =
        stored.iter().filter_map(|(_, trace)| trace.as_ref()).flat_map(Trace::documents).collect();
    let names = Names {
        types: access::names_of_types(&mut snapshot, &types.into_iter().collect::<Vec<_>>()).await?,
        modules: access::titles_of_modules(&mut snapshot, &modules.into_iter().collect::<Vec<_>>()).await?,
        quizzes: Vec::new(),
        documents: documents::titles(&mut snapshot, &documents.into_iter().collect::<Vec<_>>()).await?,
    };
    let visible = stored.into_iter().map(|(one, trace)| Attempted {
        id: one.id,
        at: ctx.moment(one.at),
        machine: one.machine,
        machine_name: one.machine_name,
        // As of that day: what was tomorrow is past by now.
        told: trace.map(|trace| to_trace(ctx, trace, somebody.name.clone(), one.kind, &names, one.at)),
        reasons: one.reasons.split_whitespace().map(ToOwned::to_owned).collect(),
    });
    Ok(visible.collect())
}

/// The machines at which the caller may ask for others.
async fn asked_at(conn: &mut SqliteConnection, actor: &Actor) -> Result<Vec<MachineId>, StoreError> {
    let equipment = qualifications::equipment(conn, None).await?;
    let machines = equipment.into_iter().filter_map(|one| {
        let (_, machine) = one.subject.sides();
        machine.filter(|_| actor.may(Permission::AskForOthers, Target::equipment(one.kind, machine)))
    });
    Ok(machines.collect())
}

/// Deletes decisions older than [`RETENTION`]; returns how many. A timer runs it; a late or repeated run does no harm.
pub async fn forget_old(ctx: &Ctx) -> Result<u64, StoreError> {
    let limit = ctx.now().before(RETENTION);
    let mut forgotten = 0;
    loop {
        let gone = ctx.store().write::<_, StoreError, _>(async move |tx| {
            Ok(Done::unaudited(access::forget_before(tx, limit, AT_ONCE).await?, Unaudited::Attempt))
        });
        let gone = gone.await?;
        forgotten += gone;
        if gone < AT_ONCE.unsigned_abs() {
            return Ok(forgotten);
        }
    }
}
