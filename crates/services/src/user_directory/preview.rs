//! What a sync would change, shown before a manager applies it.
//!
//! Invariant: it changes nothing. Not here: how long it can be applied ([`super::dry_run`]).

use super::{
    Memory, UserDirectoryError, directory,
    dry_run::{self, DryRun},
    known_groups,
    reading::{self, Reading},
    sync::{Comparison, Whose, compare},
};
use crate::{Ctx, group_mapping};
use contract::user_directory::{DirectoryPreview, PreviewPart, SkippedPart};
use domain::{
    actor::Actor,
    group_mapping::{Source, Target},
    id::PersonId,
    time::Millis,
    user_directory::sync::{Action, Effect, FoundPerson, Mandate, Skip},
};
use std::{collections::BTreeMap, sync::Arc};
use store::{
    StoreError,
    user_directory::{self as rows, Connection},
};

/// Names that are shown of each part.
const NAMES: usize = 100;

/// Reads the directory, and returns what a sync by hand would change.
pub(super) async fn preview(ctx: &Ctx, _: &Actor) -> Result<DirectoryPreview, UserDirectoryError> {
    let _syncing = ctx.memory::<Memory>().syncing.try_lock().map_err(|_| UserDirectoryError::Busy)?;
    let connection = rows::connection(&mut *ctx.store().read().await?).await?;
    let connection = connection.ok_or(UserDirectoryError::NotConnected)?;
    let directory = directory(ctx).map_err(UserDirectoryError::Failed)?;
    let read = reading::everybody(&*directory, &connection).await;
    let Reading { people, is_partial } = read.map_err(UserDirectoryError::Failed)?;
    let found = Arc::new(people);
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let mandate = Mandate { adds: connection.policy.adds, matches: true, is_partial };
    let comparison = compare(&mut snapshot, &found, connection.policy, mandate, now).await?;
    let names = names_of_targets(&mut snapshot).await?;
    let rules = group_mapping::views(&mut snapshot, Source::Directory).await?;
    drop(snapshot);
    known_groups::keep(ctx, connection.version, &found);
    let mut unmatched: Vec<_> =
        known_groups::unmatched(ctx, connection.version, &rules).into_iter().map(|rule| rule.external).collect();
    unmatched.dedup();
    let preview = DirectoryPreview { unmatched, ..to_view(ctx, &found, &comparison, &names, &connection, now) };
    let version = connection.version;
    dry_run::keep(ctx, DryRun { found, is_partial, read: now, version, preview: preview.clone() });
    Ok(preview)
}

/// The names of groups and types.
async fn names_of_targets(conn: &mut store::SqliteConnection) -> Result<BTreeMap<Target, String>, StoreError> {
    let mut names: BTreeMap<_, _> = group_mapping::targets(conn).await?.into_iter().collect();
    // What a rule gave may be archived by now.
    for (group, name, _) in store::groups::names(conn).await? {
        names.entry(Target::Group(group)).or_insert(name);
    }
    Ok(names)
}

/// The people of one effect.
#[derive(Default)]
struct Part {
    count: u32,
    names: Vec<String>,
    people: Vec<PersonId>,
}

/// The people of each effect, by what it is about.
#[derive(Default)]
struct Parts(BTreeMap<(Effect, Option<String>), Part>);

impl Parts {
    fn add(&mut self, effect: Effect, of: Option<String>, name: String, person: Option<PersonId>) {
        let part = self.0.entry((effect, of)).or_default();
        part.count += 1;
        if part.names.len() < NAMES {
            part.names.push(name);
            part.people.extend(person);
        }
    }
}

fn to_view(
    ctx: &Ctx,
    found: &[FoundPerson],
    comparison: &Comparison,
    targets: &BTreeMap<Target, String>,
    connection: &Connection,
    now: Millis,
) -> DirectoryPreview {
    let mut parts = Parts::default();
    let entry = |at: usize| found.get(at).and_then(|entry| entry.name.clone()).unwrap_or_default();
    let here = |id| comparison.names.get(&id).cloned().unwrap_or_default();
    for action in &comparison.plan.actions {
        let (effect, name, person) = match action {
            Action::Add(at) => (Effect::Join, entry(*at), None),
            Action::Match(person, at) => {
                let login = found.get(*at).map_or("", |entry| entry.login.as_str());
                (Effect::Link, format!("{} ({login})", here(*person)), Some(*person))
            }
            Action::Update { person, entry: at, .. } => (Effect::Update, entry(*at), Some(*person)),
            Action::Suspend(person) => (Effect::Suspend, here(*person), Some(*person)),
            Action::Readmit(person) => (Effect::Readmit, here(*person), Some(*person)),
        };
        parts.add(effect, None, name, person);
    }
    for (whose, difference) in &comparison.mapping {
        let (name, person) = match whose {
            Whose::Existing(person) => (here(*person), Some(*person)),
            Whose::New(at) => (entry(*at), None),
        };
        let of = |target: &Target| targets.get(target).cloned().unwrap_or_default();
        for target in &difference.additions {
            parts.add(effect_of(*target, true), Some(of(target)), name.clone(), person);
        }
        for target in &difference.removals {
            parts.add(effect_of(*target, false), Some(of(target)), name.clone(), person);
        }
    }
    let mut skipped: BTreeMap<Skip, (u32, Vec<String>)> = BTreeMap::new();
    for (name, reason) in &comparison.plan.skipped {
        let (count, names) = skipped.entry(*reason).or_default();
        *count += 1;
        if names.len() < NAMES {
            names.push(name.clone());
        }
    }
    let to_part = |((effect, of), Part { count, names, people })| PreviewPart { effect, of, count, names, people };
    let parts: Vec<_> = parts.0.into_iter().map(to_part).collect();
    DirectoryPreview {
        digest: comparison.digest(),
        read: ctx.moment(now),
        people: u32::try_from(found.len()).unwrap_or(u32::MAX),
        changes: parts.iter().map(|part| part.count).sum(),
        needs_confirmation: comparison.needs_confirmation(found.len(), connection),
        parts,
        skipped: skipped
            .into_iter()
            .map(|(reason, (count, names))| SkippedPart { reason, count, names })
            .collect(),
        unmatched: Vec::new(),
    }
}

const fn effect_of(target: Target, is_given: bool) -> Effect {
    match (target, is_given) {
        (Target::Group(_), true) => Effect::JoinGroup,
        (Target::Group(_), false) => Effect::LeaveGroup,
        (Target::Qualification(..), true) => Effect::Qualify,
        (Target::Qualification(..), false) => Effect::Disqualify,
    }
}
