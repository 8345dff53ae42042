//! Who may write which ledger entry about whom.
//!
//! A trainer grants and revokes `user`; an owner also `trainer`, and bans; a manager acts as owner of every type
//! but the system; inductors grant membership; an administrator may do all. Nobody acts on themselves, nor on a
//! person of higher rank in that place.
//!
//! **Invariants.** Only an administrator makes or removes an owner, also by a ban, and a ban of a type would
//! remove the owners of its machines. At every instant with an administrator before a change there is one after
//! it. All refusals are listed, not the first.

use super::{Cause, Entry, EntryKind, Ledger, Relation, SPACE, SYSTEM, Subject};
use crate::{
    actor::{Principal, Rank, rank},
    id::{EntryId, MachineId, PersonId, TypeId},
    person_status::PersonStatus,
    string_enum::string_enum,
    time::Millis,
};

#[derive(Debug, Clone, Copy)]
pub enum Writer<'a> {
    /// Toolgate itself: set-up, a timer, the command line.
    Toolgate,
    Person(&'a Principal),
}

#[derive(Debug, Clone, Copy)]
pub struct TargetPerson<'a> {
    pub id: PersonId,
    pub status: PersonStatus,
    pub ledger: &'a Ledger,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matter<'a> {
    pub kind: TypeId,
    /// One machine of it, if it is about that alone.
    pub machine: Option<MachineId>,
    /// The machines of the type: an entry about the type covers each.
    pub machines: &'a [MachineId],
    /// Either is out of use.
    pub archived: bool,
}

/// The entry to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The relation; ignored for bans.
    pub relation: Relation,
    pub kind: EntryKind,
    pub from: Millis,
    /// Until when, exclusive.
    pub until: Option<Millis>,
    pub cause: Cause,
}

string_enum! {
    /// The authority required to write an entry; a later one includes earlier ones.
    Authority {
        None = "none",
        Trainer = "trainer",
        /// An owner, or a manager.
        Owner = "owner",
        Administrator = "administrator",
    }
}

string_enum! {
    /// Why something may not be written.
    Refusal {
        /// It takes a trainer.
        TakesTrainer = "qualification.takes-trainer",
        /// It takes an owner or a manager.
        TakesOwner = "qualification.takes-owner",
        /// It requires an inductor or a manager.
        TakesInductor = "qualification.takes-inductor",
        /// It takes a manager.
        TakesManager = "qualification.takes-manager",
        /// It takes an administrator.
        TakesAdministrator = "qualification.takes-administrator",
        /// Nobody acts on themselves.
        Oneself = "qualification.oneself",
        /// They are more than the writer there.
        Outranked = "qualification.outranked",
        Applicant = "qualification.applicant",
        Left = "qualification.left",
        /// The role does not exist: the system has auditors and administrators, but no trainers.
        NoSuchRole = "qualification.no-such-role",
        /// The type or the machine is out of use.
        Archived = "qualification.archived",
        /// It would begin in the past.
        Backdated = "qualification.backdated",
        /// It would end before it begins.
        EndsTooEarly = "qualification.ends-too-early",
        /// There is nothing to revoke or to lift.
        NotSo = "qualification.not-so",
        /// No administrator would remain.
        LastAdministrator = "qualification.last-administrator",
    }
}

impl Matter<'_> {
    /// The subject of an entry.
    #[must_use]
    pub fn subject(self) -> Subject {
        self.machine.map_or(Subject::Type(self.kind), Subject::Machine)
    }

    /// The subjects that decide: the type, and the machine if it is about one.
    #[must_use]
    pub fn subjects(self) -> Vec<Subject> {
        let mut subjects = vec![Subject::Type(self.kind)];
        subjects.extend(self.machine.map(Subject::Machine));
        subjects
    }

    /// Every place a ban of it covers, each with its deciding subjects.
    fn places(self) -> Vec<Vec<Subject>> {
        let machines: &[MachineId] = if self.machine.is_none() { self.machines } else { &[] };
        let on_type = Subject::Type(self.kind);
        let each = machines.iter().map(|&machine| vec![on_type, Subject::Machine(machine)]);
        std::iter::once(self.subjects()).chain(each).collect()
    }
}

impl Writer<'_> {
    /// The writer's authority on `matter`.
    #[must_use]
    pub fn authority(&self, matter: Matter<'_>) -> Authority {
        let Self::Person(known) = self else { return Authority::Administrator };
        let (rank, on) = (known.rank(), Subject::Type(matter.kind));
        let is = |relation| known.is(relation, matter.kind, matter.machine);
        if rank == Rank::Administrator {
            Authority::Administrator
        } else if on == SYSTEM {
            Authority::None
        } else if rank == Rank::Manager {
            Authority::Owner
        } else if on == SPACE {
            // By rank alone: inactive roles do not count.
            if rank == Rank::Inductor { Authority::Trainer } else { Authority::None }
        } else if is(Relation::Owner) {
            Authority::Owner
        } else if is(Relation::Trainer) {
            Authority::Trainer
        } else {
            Authority::None
        }
    }
}

/// Whether `writer` may write `change` about `target` at `now`, or all reasons against it. `administrators` are
/// the ledgers of the other active people named as owner of the system at any time; needed for changes of the
/// system only.
pub fn admit(
    writer: &Writer<'_>,
    target: &TargetPerson<'_>,
    matter: Matter<'_>,
    change: &Change,
    administrators: &[Ledger],
    now: Millis,
) -> Result<(), Vec<Refusal>> {
    let mut refusals = Vec::new();
    let authority = writer.authority(matter);
    let takes = takes(target, matter, change);
    if authority < takes {
        refusals.push(match takes {
            Authority::None | Authority::Trainer if matter.subject() == SPACE => Refusal::TakesInductor,
            Authority::None | Authority::Trainer => Refusal::TakesTrainer,
            Authority::Owner if matter.subject() == SPACE => Refusal::TakesManager,
            Authority::Owner => Refusal::TakesOwner,
            Authority::Administrator => Refusal::TakesAdministrator,
        });
    }
    if let Writer::Person(known) = writer {
        if known.id == target.id {
            refusals.push(Refusal::Oneself);
        } else if outranks(target, known, authority, matter, change) {
            refusals.push(Refusal::Outranked);
        }
    }
    if change.kind == EntryKind::Granted {
        match target.status {
            PersonStatus::Applicant => refusals.push(Refusal::Applicant),
            PersonStatus::Left => refusals.push(Refusal::Left),
            PersonStatus::Active | PersonStatus::Suspended => {}
        }
    }
    if change.kind == EntryKind::Granted && !change.relation.exists_on(matter.subject()) {
        refusals.push(Refusal::NoSuchRole);
    }
    if matter.archived {
        refusals.push(Refusal::Archived);
    }
    if change.from < now && change.cause != Cause::Import {
        refusals.push(Refusal::Backdated);
    }
    if change.until.is_some_and(|until| until <= change.from.max(now)) {
        refusals.push(Refusal::EndsTooEarly);
    }
    if !is_so(target.ledger, matter.subject(), change) {
        refusals.push(Refusal::NotSo);
    }
    if matter.subject() == SYSTEM && target.status == PersonStatus::Active {
        let mut after = target.ledger.clone();
        after.0.push(entry(matter.subject(), change));
        if unmans(target.ledger, &after, administrators, now) {
            refusals.push(Refusal::LastAdministrator);
        }
    }
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

/// The entry that `change` would become, newest of all.
#[must_use]
pub const fn entry(subject: Subject, change: &Change) -> Entry {
    Entry {
        id: EntryId(i64::MAX),
        subject,
        relation: change.relation,
        kind: change.kind,
        from: change.from,
        until: change.until,
    }
}

/// The authority required to write `change`.
fn takes(target: &TargetPerson<'_>, matter: Matter<'_>, change: &Change) -> Authority {
    match (change.kind, change.relation) {
        // Only administrators decide there.
        _ if matter.subject() == SYSTEM => Authority::Administrator,
        // A ban affects every relation at once, and lifting one may restore a grant made meanwhile.
        (EntryKind::Banned | EntryKind::Unbanned, _) if moves_owner(target.ledger, matter, change) => {
            Authority::Administrator
        }
        (EntryKind::Banned | EntryKind::Unbanned, _) | (_, Relation::Trainer) => Authority::Owner,
        (EntryKind::Granted | EntryKind::Revoked, Relation::User) => Authority::Trainer,
        (EntryKind::Granted | EntryKind::Revoked, Relation::Owner) => Authority::Administrator,
    }
}

/// Whether the ban `change` removes or restores an owner of the type or of one machine, now or at any known later
/// time.
fn moves_owner(before: &Ledger, matter: Matter<'_>, change: &Change) -> bool {
    // Machine owners are rare; without one no ban affects an owner.
    let is_there = |on| match on {
        Subject::Type(kind) => kind == matter.kind,
        Subject::Machine(id) => matter.machine == Some(id) || matter.machines.contains(&id),
    };
    let owned = |entry: &Entry| entry.kind == EntryKind::Granted && entry.relation == Relation::Owner;
    if !before.0.iter().any(|entry| owned(entry) && is_there(entry.subject)) {
        return false;
    }
    let mut after = before.clone();
    after.0.push(entry(matter.subject(), change));
    let (places, instants) = (matter.places(), instants(&[before, &after], change.from));
    places.iter().any(|subjects| {
        let owns = |ledger: &Ledger, at| ledger.holds(Relation::Owner, subjects, at);
        instants.iter().any(|&at| owns(before, at) != owns(&after, at))
    })
}

/// Whether the target is more than the writer there: on the built-in types by rank, elsewhere by relation.
fn outranks(
    target: &TargetPerson<'_>,
    writer: &Principal,
    authority: Authority,
    matter: Matter<'_>,
    change: &Change,
) -> bool {
    let at = change.from;
    if matches!(matter.subject(), SPACE | SYSTEM) {
        // As if active: a suspended person may be readmitted.
        return rank(PersonStatus::Active, target.ledger, at) > writer.rank();
    }
    // A grant on the type does not affect owners of its machines; a ban does.
    let places = match change.kind {
        EntryKind::Granted | EntryKind::Revoked => vec![matter.subjects()],
        EntryKind::Banned | EntryKind::Unbanned => matter.places(),
    };
    let theirs = match places.iter().filter_map(|subjects| target.ledger.highest(subjects, at)).max() {
        None | Some(Relation::User) => Authority::None,
        Some(Relation::Trainer) => Authority::Trainer,
        Some(Relation::Owner) => Authority::Owner,
    };
    theirs > authority
}

/// Whether there is something to take away or to lift.
fn is_so(ledger: &Ledger, subject: Subject, change: &Change) -> bool {
    match change.kind {
        EntryKind::Granted | EntryKind::Banned => true,
        EntryKind::Revoked => ledger.grant(change.relation, subject, change.from).is_some(),
        EntryKind::Unbanned => ledger.ban(subject, change.from).is_some(),
    }
}

/// The starts of the revocations needed to revoke what holds at `now` and all future grants: a revocation counts
/// from its own start, and a grant that begins later stands.
#[must_use]
pub fn ends(ledger: &Ledger, subject: Subject, relation: Relation, kind: EntryKind, now: Millis) -> Vec<Millis> {
    let holds = |at| match kind {
        EntryKind::Revoked => ledger.grant(relation, subject, at).is_some(),
        EntryKind::Unbanned => ledger.ban(subject, at).is_some(),
        EntryKind::Granted | EntryKind::Banned => false,
    };
    let announced = ledger.0.iter().filter(|entry| {
        let kind_fits = match kind {
            EntryKind::Revoked => entry.kind == EntryKind::Granted && entry.relation == relation,
            _ => entry.kind == EntryKind::Banned,
        };
        kind_fits && entry.subject == subject && entry.from > now
    });
    let mut ends: Vec<_> = announced.map(|entry| entry.from).filter(|&at| holds(at)).collect();
    if holds(now) {
        ends.push(now);
    }
    ends.sort_unstable();
    ends.dedup();
    ends
}

/// Whether the change from `before` to `after` leaves the system without an administrator at some instant from
/// `now` on at which it had one. `others` are the ledgers of the other active people.
#[must_use]
pub fn unmans(before: &Ledger, after: &Ledger, others: &[Ledger], now: Millis) -> bool {
    let administers = |ledger: &Ledger, at| ledger.holds(Relation::Owner, &[SYSTEM], at);
    let mut ledgers: Vec<&Ledger> = others.iter().collect();
    ledgers.extend([before, after]);
    instants(&ledgers, now).into_iter().any(|at| {
        administers(before, at) && !administers(after, at) && !others.iter().any(|other| administers(other, at))
    })
}

/// `now`, and every later instant at which any of `ledgers` may begin to say something else.
fn instants(ledgers: &[&Ledger], now: Millis) -> Vec<Millis> {
    let edges = ledgers.iter().flat_map(|ledger| &ledger.0).flat_map(|entry| [Some(entry.from), entry.until]);
    std::iter::once(now).chain(edges.flatten().filter(|&at| at > now)).collect()
}

#[cfg(test)]
mod tests;
