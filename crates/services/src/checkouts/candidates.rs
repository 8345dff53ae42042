//! Who is ready, or nearly ready, for a checkout on the types that a trainer teaches.
//!
//! Invariant: a candidate listed as ready can be checked out: the ledger is judged by the same rule as when they
//! ask themselves. Not here: people with an appointment, who are in the lists of appointments.

use super::ready::Types;
use contract::checkouts::{Candidate, ModuleEvidence, QuizEvidence};
use domain::{
    actor::{Rank, rank},
    id::{PersonId, TypeId},
    time::Millis,
    training::{NEARLY, path::Completion},
};
use std::{cmp::Reverse, collections::BTreeMap};
use store::{SqliteConnection, StoreError, training};

/// People and types that are looked at, by who watched last.
const LOOKED_AT: u32 = 200;
/// Limit of people shown who are not ready yet.
const SHOWN: usize = 20;

/// Candidates for a checkout on `kinds`: who is ready first, then who is nearly, the nearest first.
pub(super) async fn candidates(
    conn: &mut SqliteConnection,
    me: PersonId,
    kinds: &[(TypeId, String)],
    now: Millis,
) -> Result<Vec<Candidate>, StoreError> {
    let types = Types::load(conn).await?;
    let of: Vec<_> = kinds.iter().map(|(kind, _)| *kind).collect();
    let rows = training::list_nearest(conn, &of, me, LOOKED_AT, now).await?;
    let mut on_the_way: BTreeMap<(PersonId, TypeId), (Candidate, u32)> = BTreeMap::new();
    for row in rows {
        let is_member = rank(row.status, &row.ledger, now) >= Rank::Member;
        if !is_member || types.allow(&row.ledger, row.kind, now).is_err() {
            continue;
        }
        // As on their own path: an earlier edition counts until it must be repeated.
        let done = matches!(row.needed.completion(now), Completion::Completed { .. });
        let watched = done || row.percent >= row.threshold;
        let (one, share) = on_the_way.entry((row.person, row.kind)).or_insert_with(|| {
            let name = kinds.iter().find(|(kind, _)| *kind == row.kind);
            let candidate = Candidate {
                person: row.person,
                person_name: row.name,
                kind: row.kind,
                kind_name: name.map_or_else(String::new, |(_, name)| name.clone()),
                modules: Vec::new(),
                missing: Vec::new(),
                used_minutes: u32::try_from(row.used / 60_000).unwrap_or(u32::MAX),
            };
            (candidate, 0)
        });
        *share += if watched { 100 } else { row.percent.into() };
        if !done {
            one.missing.push(row.title.clone());
        }
        let quiz = QuizEvidence { passed: done || row.passed, best: row.best, tries: row.tries };
        one.modules.push(ModuleEvidence {
            title: row.title,
            percent: if done { 100 } else { row.percent },
            watched,
            quiz: row.has_quiz.then_some(quiz),
        });
    }
    let (mut ready, mut nearly) = (Vec::new(), Vec::new());
    for (one, share) in on_the_way.into_values() {
        let share = share / u32::try_from(one.modules.len().max(1)).unwrap_or(u32::MAX);
        if one.missing.is_empty() {
            ready.push(one);
        } else if share >= NEARLY {
            nearly.push((one, share));
        }
    }
    nearly.sort_by_key(|(one, share)| (one.missing.len(), Reverse(*share)));
    ready.extend(nearly.into_iter().take(SHOWN).map(|(one, _)| one));
    Ok(ready)
}
