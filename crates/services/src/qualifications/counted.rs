//! Counts the people of each relation to each type: once in full, then only for people with new entries or with
//! entries that began or ended.
//!
//! **Invariants.** The count equals the sum over all ledgers now, in the snapshot that is read. The ledger only
//! grows, so a count remembers its last entry and its time; a reader with an older snapshot, a clock that was set
//! back, or a person added or removed causes a full count. In memory only.

use super::relations::{highest_relation, is_banned, machines_of};
use crate::{Ctx, shared::Shared};
use domain::{
    id::{EntryId, MachineId, TypeId},
    qualifications::{Ledger, Relation, Subject},
    time::Millis,
};
use std::collections::BTreeMap;
use store::{
    SqliteConnection, StoreError,
    qualifications::{self, Equipment},
};

/// Above this many changed people, the counts are computed again from scratch.
const MOVED: u16 = 500;

/// Counts of people by standing on a type. Suspended and former members and applicants are listed as such, and
/// counted as nothing else.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) users: u32,
    /// Those of them who are trainers.
    pub(super) trainers: u32,
    /// Banned from it, or from one machine of it.
    pub(super) banned: u32,
    /// People with any of these.
    pub(super) listed: u32,
}

impl Tally {
    /// The counts for a set of people with `ledger`, some of whom are members.
    fn of(
        (people, members): (u32, u32),
        ledger: &Ledger,
        kind: TypeId,
        equipment: &[Equipment],
        now: Millis,
    ) -> Self {
        let so_many = |are| if are { members } else { 0 };
        let (relation, ..) = highest_relation(ledger, kind, equipment, now);
        let banned = is_banned(ledger, kind, equipment, now);
        Self {
            users: so_many(relation.is_some()),
            trainers: so_many(relation == Some(Relation::Trainer)),
            banned: so_many(banned),
            listed: if relation.is_some() || banned { people } else { 0 },
        }
    }

    /// Adds `more`, and subtracts `less`.
    fn but(self, less: Self, more: Self) -> Self {
        let but = |all: u32, less: u32, more: u32| (all + more).saturating_sub(less);
        Self {
            users: but(self.users, less.users, more.users),
            trainers: but(self.trainers, less.trainers, more.trainers),
            banned: but(self.banned, less.banned, more.banned),
            listed: but(self.listed, less.listed, more.listed),
        }
    }
}

/// The counts of one type.
#[derive(Debug, Clone)]
struct Kind {
    /// The active machines it was computed for; if they differ, it is computed again.
    machines: Vec<MachineId>,
    tally: Tally,
}

impl Kind {
    fn of(kind: TypeId, equipment: &[Equipment]) -> Self {
        Self { machines: machines_of(kind, equipment).map(|(id, _)| id).collect(), tally: Tally::default() }
    }
}

#[derive(Debug, Clone)]
struct CountCache {
    /// Up to which entry.
    through: EntryId,
    at: Millis,
    /// Total number of status changes.
    statuses: i64,
    kinds: BTreeMap<TypeId, Kind>,
}

impl CountCache {
    /// Replaces a person's contribution by their standing at `now`.
    fn shift(&mut self, (ledger, is_member): &(Ledger, bool), equipment: &[Equipment], now: Millis) {
        let one = (1, u32::from(*is_member));
        let before = ledger.0.iter().filter(|entry| entry.id <= self.through).copied().collect();
        let (before, at) = (Ledger(before), self.at);
        for (&kind, known) in &mut self.kinds {
            let concerns = |subject| match subject {
                Subject::Type(id) => id == kind,
                Subject::Machine(id) => known.machines.contains(&id),
            };
            if ledger.0.iter().any(|entry| concerns(entry.subject)) {
                let was = Tally::of(one, &before, kind, equipment, at);
                known.tally = known.tally.but(was, Tally::of(one, ledger, kind, equipment, now));
            }
        }
    }
}

/// The last counts, if any.
#[derive(Debug, Default)]
pub(crate) struct Counted(Shared<Option<CountCache>>);

/// The counts for each of `kinds`.
pub(super) async fn tallies(
    ctx: &Ctx,
    snapshot: &mut SqliteConnection,
    kinds: &[TypeId],
    equipment: &[Equipment],
    now: Millis,
) -> Result<BTreeMap<TypeId, Tally>, StoreError> {
    let (through, statuses) = qualifications::newest(snapshot).await?;
    let holds = |known: &CountCache| known.through <= through && known.at <= now && known.statuses == statuses;
    let known = ctx.memory::<Counted>().0.lock().clone().filter(holds);
    let mut known = known.unwrap_or_else(|| CountCache { through, at: now, statuses, kinds: BTreeMap::new() });
    known.kinds.retain(|&kind, known| known.machines == Kind::of(kind, equipment).machines);
    if !known.kinds.is_empty() {
        let moved = qualifications::moved(snapshot, known.through, known.at, now, MOVED).await?;
        match moved {
            Some(moved) => moved.iter().for_each(|one| known.shift(one, equipment, now)),
            None => known.kinds.clear(),
        }
    }
    (known.through, known.at) = (through, now);
    let missing: Vec<_> = kinds.iter().copied().filter(|kind| !known.kinds.contains_key(kind)).collect();
    if !missing.is_empty() {
        known.kinds.extend(missing.iter().map(|&kind| (kind, Kind::of(kind, equipment))));
        for alike in qualifications::alike(snapshot, &missing, now).await? {
            let Some(kind) = known.kinds.get_mut(&alike.kind) else { continue };
            let so_many = (alike.people, alike.active);
            let more = Tally::of(so_many, &alike.ledger, alike.kind, equipment, now);
            kind.tally = kind.tally.but(Tally::default(), more);
        }
    }
    let tallies = known.kinds.iter().map(|(&kind, known)| (kind, known.tally)).collect();
    let mut last = ctx.memory::<Counted>().0.lock();
    // A caller with newer data may have finished first.
    if last.as_ref().is_none_or(|last| last.through <= known.through) {
        *last = Some(known);
    }
    Ok(tallies)
}
