//! Compares people with the directory, and applies the difference: by timer, or as a manager saw it.
//!
//! Invariants: each job compares again before it changes anything, so people and rules that changed meanwhile count as they are now. A
//! timed sync that would take access from too many, or from anybody since the settings changed, stops before its first change and
//! waits for a manager. A failed reading changes nothing. A sync whose job fails says how many changes those before it made.
//!
//! Jobs are short, because boards wait behind them.

use super::{
    Memory, UserDirectoryError, directory, dry_run, known_groups,
    reading::{self, Reading},
};
use crate::{
    Ctx,
    change::Job,
    group_mapping::{self, Change, Memberships},
    sessions,
};
use contract::user_directory::{ApplyForm, DirectorySynced};
use data_encoding::HEXLOWER;
use domain::{
    accounts::sign_in_methods::MethodChange,
    actor::{Actor, Permission, Target},
    audit::Subject,
    events::DomainEvent,
    group_mapping::{Difference, Source, diff},
    id::PersonId,
    live::ChangeEvent,
    notices::Notice,
    people::PersonStatus,
    requests,
    time::Millis,
    user_directory::{
        Policy, RunKind, Trouble,
        sync::{self, Action, EntryKey, ExistingPerson, FoundPerson, Limit, Mandate, Plan},
    },
};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fmt::Write as _,
    sync::Arc,
};
use store::{
    Done, SqliteConnection, StoreError, Unaudited, links, people,
    user_directory::{self as rows, Connection, NewPerson, ProfileChange, Run},
};

/// People linked, renamed or mapped in one job.
const CHUNK: usize = 200;
/// People added in one job: each compares everybody again, but nothing reacts to a new person.
const ADDED: usize = 500;
/// People suspended or readmitted in one job: much reacts to each.
const FEW: usize = 20;
/// Failed readings after which managers are notified: one is often a restart.
const FAILURES: usize = 3;
/// Bytes of the digest that are compared.
const DIGEST: usize = 8;

/// Whom a difference of groups is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whose {
    Existing(PersonId),
    /// The index of their entry.
    New(usize),
}

/// The difference between the directory and the people here.
pub(super) struct Comparison {
    pub plan: Plan,
    pub mapping: Vec<(Whose, Difference)>,
    /// Names of the people here.
    pub names: HashMap<PersonId, String>,
    /// To how many people rules gave something.
    mapped: usize,
}

impl Comparison {
    /// Whether only a manager may apply it.
    pub fn needs_confirmation(&self, found: usize, connection: &Connection) -> bool {
        let losing = self.mapping.iter().filter(|(_, difference)| !difference.removals.is_empty()).count();
        let limit = Limit { most: connection.policy.most, is_confirmed: connection.confirmed };
        self.plan.needs_confirmation(found, limit, (losing, self.mapped))
    }

    /// Identifies what would change.
    pub fn digest(&self) -> String {
        let mut text = String::new();
        for action in &self.plan.actions {
            let _ = writeln!(text, "{action:?}");
        }
        for (whose, difference) in &self.mapping {
            let _ = writeln!(text, "{whose:?} {difference:?}");
        }
        HEXLOWER.encode(&Sha256::digest(text)[..DIGEST])
    }

    fn is_empty(&self) -> bool {
        self.plan.actions.is_empty() && self.mapping.is_empty()
    }

    /// How many changes it is.
    fn count(&self) -> u32 {
        let mapped = self.mapping.iter().map(|(_, difference)| difference.count()).sum::<usize>();
        u32::try_from(self.plan.actions.len() + mapped).unwrap_or(u32::MAX)
    }
}

/// Compares everybody.
pub(super) async fn compare(
    conn: &mut SqliteConnection,
    found: &[FoundPerson],
    policy: Policy,
    mandate: Mandate,
    now: Millis,
) -> Result<Comparison, StoreError> {
    let people = rows::existing(conn, now).await?;
    let plan = sync::plan(found, &people, mandate);
    let mut groups = memberships(found, &people);
    let matched = plan.actions.iter().filter_map(|action| match action {
        Action::Match(person, at) => Some((*person, found.get(*at)?)),
        _ => None,
    });
    groups.extend(matched.map(|(person, entry)| memberships_of(person, entry)));
    let rules = group_mapping::active_rules(conn, Source::Directory).await?;
    let (differences, mapped) = group_mapping::plan(conn, Source::Directory, &rules, &groups, now).await?;
    let mut mapping: Vec<_> =
        differences.into_iter().map(|(person, difference)| (Whose::Existing(person), difference)).collect();
    if policy.admits {
        let nothing = domain::group_mapping::Holdings::default();
        let added = plan.actions.iter().filter_map(|action| match action {
            Action::Add(at) => Some((*at, found.get(*at)?)),
            _ => None,
        });
        let gets = added.map(|(at, entry)| {
            let wanted = rules.targets(entry.groups.iter().map(String::as_str));
            (Whose::New(at), diff(&nothing, &wanted))
        });
        mapping.extend(gets.filter(|(_, difference)| !difference.is_empty()));
    }
    let names = people.into_iter().filter_map(|person| Some((person.id, person.name?))).collect();
    Ok(Comparison { plan, mapping, names, mapped })
}

/// The groups of linked people whose entry is there.
fn memberships(found: &[FoundPerson], people: &[ExistingPerson]) -> Vec<Memberships> {
    let by_key: HashMap<EntryKey, &FoundPerson> = found.iter().map(|entry| (entry.key, entry)).collect();
    let linked = people.iter().filter_map(|person| {
        let entry = by_key.get(&person.link.as_ref()?.key)?;
        Some(memberships_of(person.id, entry))
    });
    linked.collect()
}

fn memberships_of(person: PersonId, entry: &FoundPerson) -> Memberships {
    Memberships { person, groups: entry.groups.clone(), is_complete: entry.has_all_groups }
}

/// Reads the directory if that is due, and follows it. Run by a timer; returns how many changes were made.
pub(crate) async fn run_due(ctx: &Ctx) -> Result<u32, StoreError> {
    let began = ctx.now();
    let mut reader = ctx.store().read().await?;
    let Some(connection) = rows::connection(&mut reader).await? else { return Ok(0) };
    let last = rows::last_run(&mut reader).await?;
    drop(reader);
    if !connection.policy.is_due(last, began) {
        return Ok(0);
    }
    let Ok(_syncing) = ctx.memory::<Memory>().syncing.try_lock() else { return Ok(0) };
    let read = match directory(ctx) {
        Ok(directory) => reading::everybody(&*directory, &connection).await,
        Err(trouble) => Err(trouble),
    };
    let Reading { people: found, is_partial } = match read {
        Ok(reading) => reading,
        Err(trouble) => {
            failed(ctx, began, trouble).await?;
            return Ok(0);
        }
    };
    known_groups::keep(ctx, connection.version, &found);
    let people = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let mandate = Mandate { adds: connection.policy.adds, matches: false, is_partial };
    let mut snapshot = ctx.store().snapshot().await?;
    let comparison = compare(&mut snapshot, &found, connection.policy, mandate, ctx.now()).await?;
    drop(snapshot);
    let run = Run { kind: RunKind::Timed, began, trouble: None, people, changes: 0, waits: false };
    if comparison.needs_confirmation(found.len(), &connection) {
        wait(ctx, Run { waits: true, ..run }).await?;
        return Ok(0);
    }
    let planned = comparison.count();
    let changes = match apply(ctx, &Actor::TOOLGATE, &Arc::new(found), (connection.policy, mandate), planned).await
    {
        Ok(changes) => changes,
        Err(UserDirectoryError::Store(error) | UserDirectoryError::Interrupted { error, .. }) => {
            return Err(error);
        }
        Err(error) => {
            tracing::error!(?error, "a sync with the directory was refused");
            return Err(StoreError::Panicked);
        }
    };
    // Where nobody is found, nothing is proved.
    let confirmed = (people > 0).then_some(connection.version);
    record(ctx, Run { changes, ..run }, confirmed).await?;
    Ok(changes)
}

/// Applies the last dry run, if it would still have the same result.
pub(super) async fn apply_dry_run(
    ctx: &Ctx,
    actor: &Actor,
    form: ApplyForm,
) -> Result<DirectorySynced, UserDirectoryError> {
    // In a task of its own, so that it completes if the caller disconnects.
    let (again, actor) = (ctx.clone(), actor.clone());
    let applied = ctx.spawn(async move { apply_seen(&again, &actor, form.digest.as_str()).await });
    applied.await.unwrap_or(Err(UserDirectoryError::Store(StoreError::Panicked)))
}

async fn apply_seen(ctx: &Ctx, actor: &Actor, digest: &str) -> Result<DirectorySynced, UserDirectoryError> {
    let _syncing = ctx.memory::<Memory>().syncing.try_lock().map_err(|_| UserDirectoryError::Busy)?;
    let began = ctx.now();
    let connection = rows::connection(&mut *ctx.store().read().await?).await?;
    let Connection { policy, version, .. } = connection.ok_or(UserDirectoryError::NotConnected)?;
    let run = dry_run::last(ctx, began).ok_or(UserDirectoryError::NoDryRun)?;
    if run.version != version {
        return Err(UserDirectoryError::Changed);
    }
    let mandate = Mandate { adds: policy.adds, matches: true, is_partial: run.is_partial };
    let mut snapshot = ctx.store().snapshot().await?;
    let comparison = compare(&mut snapshot, &run.found, policy, mandate, began).await?;
    drop(snapshot);
    if comparison.digest() != digest {
        return Err(UserDirectoryError::Changed);
    }
    if comparison.is_empty() {
        return Err(UserDirectoryError::Nothing);
    }
    let people = u32::try_from(run.found.len()).unwrap_or(u32::MAX);
    let changes = apply(ctx, actor, &run.found, (policy, mandate), comparison.count()).await?;
    dry_run::forget(ctx);
    let run = Run { kind: RunKind::Applied, began, trouble: None, people, changes, waits: false };
    let recorded = record(ctx, run, Some(version)).await;
    recorded.map_err(|error| UserDirectoryError::Interrupted { made: changes, planned: changes, error })?;
    Ok(DirectorySynced { changes })
}

/// Makes all of the `planned` changes, and returns how many it made; also when the storage fails in between.
async fn apply(
    ctx: &Ctx,
    actor: &Actor,
    found: &Arc<Vec<FoundPerson>>,
    how: (Policy, Mandate),
    planned: u32,
) -> Result<u32, UserDirectoryError> {
    let mut made = 0;
    match apply_in_jobs(ctx, actor, found, how, &mut made).await {
        Ok(()) => Ok(made),
        Err(UserDirectoryError::Store(error)) if made > 0 => {
            tracing::error!(%error, made, planned, "a sync with the directory was interrupted");
            Err(UserDirectoryError::Interrupted { made, planned: planned.max(made), error })
        }
        Err(error) => Err(error),
    }
}

/// Makes all changes, a few in each job, and counts them in `made` when they are on disk.
async fn apply_in_jobs(
    ctx: &Ctx,
    actor: &Actor,
    found: &Arc<Vec<FoundPerson>>,
    (policy, mandate): (Policy, Mandate),
    made: &mut u32,
) -> Result<(), UserDirectoryError> {
    let mut new = HashSet::new();
    // What fails to settle would come again in each job: nobody is touched more often than there are people.
    let most = found.len() / CHUNK + linked_people(ctx).await? / FEW + 2;
    for _ in 0..most {
        let entries = Arc::clone(found);
        let (count, added) = ctx
            .change(actor, Permission::SyncPeople, Target::NONE, async move |job| {
                follow_some(job, &entries, policy, mandate).await
            })
            .await?;
        *made += count;
        new.extend(added);
        if count == 0 {
            break;
        }
    }
    let mut snapshot = ctx.store().snapshot().await?;
    let now = ctx.now();
    let groups = memberships(found, &rows::existing(&mut snapshot, now).await?);
    let rules = group_mapping::active_rules(&mut snapshot, Source::Directory).await?;
    let (differing, _) = group_mapping::plan(&mut snapshot, Source::Directory, &rules, &groups, now).await?;
    drop(snapshot);
    let differing: BTreeSet<_> = differing.into_iter().map(|(person, _)| person).collect();
    let groups: Vec<_> = groups.into_iter().filter(|them| differing.contains(&them.person)).collect();
    let new = Arc::new(new);
    for chunk in groups.chunks(CHUNK) {
        let (chunk, new) = (chunk.to_vec(), Arc::clone(&new));
        *made += ctx
            .change::<_, UserDirectoryError, _>(actor, Permission::SyncPeople, Target::NONE, async move |job| {
                let rules = group_mapping::active_rules(job.tx.conn(), Source::Directory).await?;
                let (found, _) =
                    group_mapping::plan(job.tx.conn(), Source::Directory, &rules, &chunk, job.now).await?;
                let changes: Vec<_> = found
                    .into_iter()
                    .map(|(person, difference)| Change { person, difference, is_new: new.contains(&person) })
                    .collect();
                group_mapping::apply(job.tx, &job.proof, Source::Directory, &changes, job.now).await?;
                let count = changes.iter().map(|change| change.difference.count()).sum::<usize>();
                done(job, u32::try_from(count).unwrap_or(u32::MAX), "directory.groups-synced").await
            })
            .await?;
    }
    Ok(())
}

async fn linked_people(ctx: &Ctx) -> Result<usize, StoreError> {
    let (linked, _) = rows::counts(&mut *ctx.store().read().await?).await?;
    Ok(usize::try_from(linked).unwrap_or(usize::MAX))
}

/// Ends a job that made `count` changes.
async fn done(job: &mut Job<'_>, count: u32, action: &'static str) -> Result<Done<u32>, UserDirectoryError> {
    if count == 0 {
        return Ok(Done::unaudited(0, Unaudited::DirectoryRead));
    }
    job.audited(count, action, Subject::Space, &json!({ "changes": count })).await
}

/// Makes the next changes of people; returns how many, and who was added.
async fn follow_some(
    job: &mut Job<'_>,
    found: &[FoundPerson],
    policy: Policy,
    mandate: Mandate,
) -> Result<Done<(u32, Vec<PersonId>)>, UserDirectoryError> {
    let plan = sync::plan(found, &rows::existing(job.tx.conn(), job.now).await?, mandate);
    let (mut new, mut matched, mut updates, mut moves) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for action in plan.actions {
        match action {
            Action::Add(at) if new.len() < ADDED => new.extend(found.get(at)),
            Action::Match(person, at) if matched.len() < CHUNK => {
                matched.extend(found.get(at).map(|entry| (person, entry)));
            }
            Action::Update { person, entry, email } if updates.len() < CHUNK => {
                updates.extend(found.get(entry).map(|entry| (person, entry, email)));
            }
            Action::Suspend(person) if moves.len() < FEW => moves.push((person, PersonStatus::Suspended)),
            Action::Readmit(person) if moves.len() < FEW => moves.push((person, PersonStatus::Active)),
            _ => {}
        }
    }
    let count = new.len() + matched.len() + updates.len() + moves.len();
    let added = add(job, &new, policy.admits).await?;
    link(job, &matched).await?;
    update(job, updates).await?;
    for (person, to) in moves {
        set_standing(job, person, to).await?;
    }
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    Ok(done(job, count, "directory.synced").await?.map(|count| (count, added)))
}

async fn add(job: &mut Job<'_>, new: &[&FoundPerson], admits: bool) -> Result<Vec<PersonId>, StoreError> {
    let new: Vec<_> = new.iter().filter_map(|entry| new_person(entry)).collect();
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let added = rows::add(job.tx, &new, admits, job.now).await?;
    let by = job.by().await?;
    for &person in &added {
        follow_up(job, by, "directory.person-added", person, &json!({ "admitted": admits }));
    }
    // One is enough for lists of people.
    if let Some(&person) = added.first() {
        job.tx.after_commit(ChangeEvent::Person(person));
    }
    Ok(added)
}

/// The person to add for an entry; `None` without a name.
pub(super) fn new_person(entry: &FoundPerson) -> Option<NewPerson> {
    let FoundPerson { key, login, name, email, .. } = entry;
    Some(NewPerson { name: name.clone()?, email: email.clone(), key: *key, login: login.clone() })
}

async fn link(job: &mut Job<'_>, matched: &[(PersonId, &FoundPerson)]) -> Result<(), StoreError> {
    if matched.is_empty() {
        return Ok(());
    }
    let links: Vec<_> = matched.iter().map(|(person, entry)| (*person, entry.key, entry.login.as_str())).collect();
    rows::link(job.tx, &links, job.now).await?;
    let by = job.by().await?;
    for (person, _) in matched {
        job.tx.after_commit(ChangeEvent::Person(*person));
        let change = MethodChange::DirectoryLinked;
        job.notify(*person, Notice::SignInMethodChanged { change, at: job.now }).await?;
        follow_up(job, by, "directory.person-linked", *person, &json!({}));
    }
    Ok(())
}

async fn update(
    job: &mut Job<'_>,
    updates: Vec<(PersonId, &FoundPerson, Option<String>)>,
) -> Result<(), StoreError> {
    if updates.is_empty() {
        return Ok(());
    }
    let changes: Vec<_> = updates
        .into_iter()
        .filter_map(|(person, entry, email)| {
            Some(ProfileChange { person, name: entry.name.clone()?, login: entry.login.clone(), email })
        })
        .collect();
    rows::change_profiles(job.tx, &changes).await?;
    let by = job.by().await?;
    for change in &changes {
        if change.email.is_some() {
            // A link sent to the old address is invalid.
            links::forget(job.tx, Some(change.person)).await?;
        }
        job.tx.after_commit(ChangeEvent::Person(change.person));
        follow_up(job, by, "directory.person-changed", change.person, &json!({ "email": change.email.is_some() }));
    }
    Ok(())
}

/// Suspends a person who left the directory, or lets one in who is back.
async fn set_standing(job: &mut Job<'_>, person: PersonId, to: PersonStatus) -> Result<(), StoreError> {
    let suspends = to == PersonStatus::Suspended;
    people::set_status(job.tx, person, to, None).await?;
    rows::set_suspended(job.tx, person, suspends).await?;
    job.tx.after_commit(ChangeEvent::Person(person));
    let (from, action) = if suspends {
        job.emit(DomainEvent::StandingChanged { person, cause: requests::Cause::Suspended }).await?;
        (PersonStatus::Active, "person.suspended")
    } else {
        // Old links would give access again, whoever holds them.
        links::forget(job.tx, Some(person)).await?;
        sessions::end_all(job.tx, person, None).await?;
        (PersonStatus::Suspended, "person.readmitted")
    };
    job.notify(person, Notice::StatusChanged { to, at: job.now }).await?;
    let by = job.by().await?;
    follow_up(job, by, action, person, &json!({ "from": from, "to": to, "directory": true }));
    Ok(())
}

fn follow_up(
    job: &mut Job<'_>,
    by: Option<domain::id::AliasId>,
    action: &'static str,
    person: PersonId,
    detail: &serde_json::Value,
) {
    let entry = store::audit::AuditEntry::new(&job.proof, by, job.now, action, person, detail);
    job.tx.followed(entry);
}

/// Records a reading that went well, and that it confirmed the settings of a version.
async fn record(ctx: &Ctx, run: Run, confirmed: Option<i64>) -> Result<(), StoreError> {
    ctx.store()
        .write::<_, StoreError, _>(async move |tx| {
            rows::record(tx, &run).await?;
            if let Some(version) = confirmed {
                rows::confirm(tx, version).await?;
            }
            tx.after_commit(ChangeEvent::Connections);
            Ok(Done::unaudited((), Unaudited::DirectoryRead))
        })
        .await
}

/// Records a sync that waits for a manager, and notifies them once.
async fn wait(ctx: &Ctx, run: Run) -> Result<(), StoreError> {
    let proof = own_proof()?;
    ctx.store()
        .write::<_, StoreError, _>(async move |tx| {
            let waited = rows::health(tx.conn()).await?.waits;
            rows::record(tx, &run).await?;
            if !waited {
                let notice = Notice::DirectorySync { waits: true, at: run.began };
                crate::notices::notify_staff(tx, &proof, notice, run.began).await?;
            }
            tx.after_commit(ChangeEvent::Connections);
            Ok(Done::unaudited((), Unaudited::DirectoryRead))
        })
        .await
}

/// Records a reading that failed, and notifies managers when it keeps failing.
async fn failed(ctx: &Ctx, began: Millis, trouble: Trouble) -> Result<(), StoreError> {
    tracing::warn!(trouble = trouble.as_str(), "the directory could not be read");
    let proof = own_proof()?;
    ctx.store()
        .write::<_, StoreError, _>(async move |tx| {
            let run =
                Run { kind: RunKind::Timed, began, trouble: Some(trouble), people: 0, changes: 0, waits: false };
            rows::record(tx, &run).await?;
            let last = rows::runs(tx.conn(), u32::try_from(FAILURES).unwrap_or(u32::MAX)).await?;
            let keeps_failing = last.len() == FAILURES && last.iter().all(|run| run.trouble.is_some());
            if let Some(since) = rows::health(tx.conn()).await?.failing_since
                && keeps_failing
            {
                let notice = Notice::DirectorySync { waits: false, at: since };
                crate::notices::notify_staff(tx, &proof, notice, began).await?;
            }
            tx.after_commit(ChangeEvent::Connections);
            Ok(Done::unaudited((), Unaudited::DirectoryRead))
        })
        .await
}

/// The proof for what the program does by itself.
fn own_proof() -> Result<domain::actor::Proof, StoreError> {
    Actor::TOOLGATE.require(Permission::SyncPeople, Target::NONE).map_err(|_| StoreError::Panicked)
}
