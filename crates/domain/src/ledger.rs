//! The qualification ledger: entries about who may use, train and own what, and what they amount to.
//!
//! The ledger only grows. [`Ledger::holds`] is the one function that evaluates it; web, API and boards all call
//! it.
//!
//! **Invariants.** Per subject and relation the newest entry by (effective from, id) decides. A ban covers every
//! relation, outweighs any grant while in force, and ends the standing for good: a new grant is needed afterwards.
//! Roles are qualifications on the two built-in types, the space and the system.
//!
//! Not here: who may write which entry, and when a qualification lapses ([`crate::qualifications`]).

use crate::{
    id::{EntryId, MachineId, TypeId},
    string_enum::string_enum,
    time::Millis,
};
use serde::{Deserialize, Serialize};

string_enum! {
    /// A person's relation to a type of equipment; a later one implies the first.
    Relation {
        /// May use it. Of the space: a member. Of the system: an auditor.
        User = "user",
        /// May train and check out others.
        Trainer = "trainer",
        /// Maintains it. Of the space: a manager. Of the system: an administrator.
        Owner = "owner",
    }
}

string_enum! {
    /// The kind of an entry.
    EntryKind {
        /// The relation holds from now on.
        Granted = "granted",
        /// It no longer does.
        Revoked = "revoked",
        /// Nothing holds, whatever was granted before.
        Banned = "banned",
        /// The ban is lifted; that grants nothing.
        Unbanned = "unbanned",
    }
}

string_enum! {
    /// Why an entry was written.
    Cause {
        /// The first administrator at set-up.
        Setup = "setup",
        Checkout = "checkout",
        /// Passed in a group.
        TrainingEvent = "training-event",
        /// Passed on the web.
        VideoAndQuiz = "video-and-quiz",
        /// Written by a trainer or owner.
        Trainer = "trainer",
        /// Written by an administrator or manager.
        Administrator = "administrator",
        /// Taken over from another system.
        Import = "import",
        /// By a rule about groups of a directory or an identity provider.
        GroupRule = "group-rule",
        /// Ran out.
        Expiry = "expiry",
        Renewal = "renewal",
    }
}

string_enum! {
    /// The two types that every space has.
    BuiltIn {
        /// Qualified on it: member, inductor, manager.
        Space = "space",
        /// Qualified on it: auditor, administrator.
        System = "system",
    }
}

/// The type that carries the space's roles: member, inductor, manager. Its row is made by the first migration.
pub const SPACE: Subject = Subject::Type(TypeId(1));
/// The type that carries the system's roles: auditor, administrator. Its row is made by the first migration.
pub const SYSTEM: Subject = Subject::Type(TypeId(2));

/// The subject of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Subject {
    /// Every machine of a type.
    Type(TypeId),
    Machine(MachineId),
}

impl Subject {
    /// Whether it is something people learn, and not one of the two that carry the roles.
    #[must_use]
    pub fn is_learned(self) -> bool {
        self != SPACE && self != SYSTEM
    }

    /// The type or the machine, as two columns of which one is filled.
    #[must_use]
    pub const fn sides(self) -> (Option<TypeId>, Option<MachineId>) {
        match self {
            Self::Type(id) => (Some(id), None),
            Self::Machine(id) => (None, Some(id)),
        }
    }

    /// The inverse of [`sides`](Self::sides).
    #[must_use]
    pub fn of_sides(kind: Option<TypeId>, machine: Option<MachineId>) -> Option<Self> {
        kind.map(Self::Type).or(machine.map(Self::Machine))
    }
}

impl Relation {
    /// Whether it exists there: the system has no trainers.
    #[must_use]
    pub fn exists_on(self, subject: Subject) -> bool {
        subject != SYSTEM || self != Self::Trainer
    }
}

/// One entry about one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Of entries at the same instant, the later decides.
    pub id: EntryId,
    pub subject: Subject,
    /// The relation; ignored for bans.
    pub relation: Relation,
    pub kind: EntryKind,
    pub from: Millis,
    /// Until when (exclusive), for grants and bans that end by themselves.
    pub until: Option<Millis>,
}

impl Entry {
    fn in_force(&self, at: Millis) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// All entries about one person, in any order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger(pub Vec<Entry>);

impl Ledger {
    /// Whether the person has `relation`, or one that implies it, at `at` on `subjects` together: a type, or a
    /// type and one machine of it.
    #[must_use]
    pub fn holds(&self, relation: Relation, subjects: &[Subject], at: Millis) -> bool {
        self.since(relation, subjects, at).is_some()
    }

    /// Until when the standing found by [`holds`](Self::holds) lasts by today's entries; `None` is unlimited.
    #[must_use]
    pub fn holds_until(&self, relation: Relation, subjects: &[Subject], at: Millis) -> Option<Millis> {
        // Every known beginning or end may end it: an announced ban, a shorter grant over a longer one.
        let about = self.0.iter().filter(|entry| subjects.contains(&entry.subject));
        about
            .flat_map(|entry| [Some(entry.from), entry.until])
            .flatten()
            .filter(|&end| end > at && !self.holds(relation, subjects, end))
            .min()
    }

    /// Whether the person was ever given `relation`, or one that implies it, on one of `subjects`.
    #[must_use]
    pub fn ever_held(&self, relation: Relation, subjects: &[Subject]) -> bool {
        self.0.iter().any(|entry| {
            entry.kind == EntryKind::Granted
                && subjects.contains(&entry.subject)
                && implying(relation).contains(&entry.relation)
        })
    }

    /// Since when the standing lasts, if it does.
    fn since(&self, relation: Relation, subjects: &[Subject], at: Millis) -> Option<Millis> {
        self.grants(relation, subjects, at).map(|entry| entry.from).min()
    }

    /// Whether one of `entries` is enough for the standing at `at`.
    #[must_use]
    pub fn stands_by(&self, relation: Relation, subjects: &[Subject], at: Millis, entries: &[EntryId]) -> bool {
        self.grants(relation, subjects, at).any(|entry| entries.contains(&entry.id))
    }

    /// The grant of exactly `relation` on exactly `subject` that counts at `at`.
    #[must_use]
    pub fn grant(&self, relation: Relation, subject: Subject, at: Millis) -> Option<&Entry> {
        let on = [subject];
        let mut grants = self.grants(relation, &on, at);
        grants.find(|entry| entry.relation == relation)
    }

    /// The ban on exactly `subject` that is in force at `at`.
    #[must_use]
    pub fn ban(&self, subject: Subject, at: Millis) -> Option<&Entry> {
        let bans =
            self.0.iter().filter(|entry| entry.from <= at && entry.subject == subject && is_about_ban(entry));
        newest(bans).filter(|entry| entry.kind == EntryKind::Banned && entry.in_force(at))
    }

    /// Whether a ban on anything is in force at `at`.
    #[must_use]
    pub fn is_banned(&self, at: Millis) -> bool {
        self.0.iter().filter(|entry| is_about_ban(entry)).any(|entry| self.ban(entry.subject, at).is_some())
    }

    /// A person's highest relation on `subjects` together, if any.
    #[must_use]
    pub fn highest(&self, subjects: &[Subject], at: Millis) -> Option<Relation> {
        Relation::ALL.iter().rev().copied().find(|&relation| self.holds(relation, subjects, at))
    }

    /// The grants that count at `at`: each is enough for `relation`.
    fn grants<'a, 'b>(
        &'a self,
        relation: Relation,
        subjects: &'b [Subject],
        at: Millis,
    ) -> impl Iterator<Item = &'a Entry> + use<'a, 'b> {
        let about =
            move || self.0.iter().filter(move |entry| entry.from <= at && subjects.contains(&entry.subject));
        let banned = subjects.iter().any(|&subject| self.ban(subject, at).is_some());
        let last_ban = newest(about().filter(|entry| entry.kind == EntryKind::Banned)).map(order);
        let grants = subjects.iter().filter(move |_| !banned).flat_map(move |subject| {
            implying(relation).iter().filter_map(move |&held| {
                let message = about()
                    .filter(|entry| entry.subject == *subject && entry.relation == held && !is_about_ban(entry));
                newest(message).filter(|entry| entry.kind == EntryKind::Granted && entry.in_force(at))
            })
        });
        grants.filter(move |entry| last_ban.is_none_or(|ban| order(entry) > ban))
    }
}

/// The relations that imply `relation`.
const fn implying(relation: Relation) -> &'static [Relation] {
    match relation {
        Relation::User => &[Relation::User, Relation::Trainer, Relation::Owner],
        Relation::Trainer => &[Relation::Trainer],
        Relation::Owner => &[Relation::Owner],
    }
}

fn is_about_ban(entry: &Entry) -> bool {
    matches!(entry.kind, EntryKind::Banned | EntryKind::Unbanned)
}

fn order(entry: &Entry) -> (Millis, EntryId) {
    (entry.from, entry.id)
}

fn newest<'a>(entries: impl Iterator<Item = &'a Entry>) -> Option<&'a Entry> {
    entries.max_by_key(|entry| order(entry))
}

impl Subject {
    /// Parses the [`Display`](std::fmt::Display) form.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (noun, id) = name.split_once(':')?;
        let id = id.parse().ok()?;
        match noun {
            "type" => Some(Self::Type(TypeId(id))),
            "machine" => Some(Self::Machine(MachineId(id))),
            _ => None,
        }
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Type(id) => write!(f, "type:{id}"),
            Self::Machine(id) => write!(f, "machine:{id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LASER: Subject = Subject::Type(TypeId(3));
    const LASER_2: Subject = Subject::Machine(MachineId(2));
    const BOTH: [Subject; 2] = [LASER, LASER_2];

    fn entry(
        id: i64,
        subject: Subject,
        relation: Relation,
        kind: EntryKind,
        from: i64,
        until: Option<i64>,
    ) -> Entry {
        Entry { id: EntryId(id), subject, relation, kind, from: Millis(from), until: until.map(Millis) }
    }

    // A10
    #[test]
    fn ban_ends_standing_until_new_grant() {
        use EntryKind::{Banned, Granted};
        let mut ledger = Ledger(vec![
            entry(1, LASER, Relation::User, Granted, 10, None),
            entry(2, LASER_2, Relation::User, Banned, 20, Some(30)),
        ]);
        let held = |ledger: &Ledger| {
            (0..60).filter(|&at| ledger.holds(Relation::User, &BOTH, Millis(at))).collect::<Vec<_>>()
        };
        assert_eq!(held(&ledger), (10..20).collect::<Vec<_>>(), "the ban's end gives nothing back");
        assert!(ledger.holds(Relation::User, &[LASER], Millis(40)), "other lasers were never touched");
        assert_eq!(ledger.holds_until(Relation::User, &BOTH, Millis(15)), Some(Millis(20)));
        ledger.0.push(entry(3, LASER_2, Relation::User, Granted, 25, Some(50)));
        assert_eq!(
            held(&ledger),
            (10..20).chain(30..50).collect::<Vec<_>>(),
            "granted anew, the ban runs out first"
        );
        assert_eq!(ledger.holds_until(Relation::User, &BOTH, Millis(35)), Some(Millis(50)));
    }

    #[test]
    fn owner_may_use_but_not_train() {
        let ledger = Ledger(vec![entry(1, LASER, Relation::Owner, EntryKind::Granted, 0, None)]);
        let at = Millis(1);
        assert!(ledger.holds(Relation::User, &BOTH, at) && ledger.holds(Relation::Owner, &BOTH, at));
        assert!(!ledger.holds(Relation::Trainer, &BOTH, at));
    }

    /// The same rule in a slow form: walk the entries in order and keep what each leaves behind.
    fn by_hand(entries: &[Entry], relation: Relation, at: Millis) -> bool {
        let mut sorted = entries.to_vec();
        sorted.sort_by_key(order);
        let mut granted = std::collections::BTreeMap::new();
        let mut banned = std::collections::BTreeMap::new();
        for entry in sorted.iter().filter(|entry| entry.from <= at) {
            let subject = usize::from(entry.subject == LASER);
            let running = entry.until.is_none_or(|until| at < until);
            match entry.kind {
                EntryKind::Granted => drop(granted.insert((subject, entry.relation), running)),
                EntryKind::Revoked => drop(granted.remove(&(subject, entry.relation))),
                EntryKind::Banned => {
                    granted.clear();
                    banned.insert(subject, running);
                }
                EntryKind::Unbanned => drop(banned.remove(&subject)),
            }
        }
        !banned.values().any(|&running| running)
            && granted.iter().any(|(&(_, held), &running)| running && implying(relation).contains(&held))
    }

    fn any_entry() -> impl Strategy<Value = (bool, usize, usize, i64, Option<i64>)> {
        (any::<bool>(), 0..3_usize, 0..4_usize, 0..20_i64, proptest::option::of(1..20_i64))
    }

    proptest! {
        // A10
        #[test]
        fn standing_matches_ledger_at_every_instant(
            drawn in proptest::collection::vec(any_entry(), 0..12), relation in 0..3_usize,
        ) {
            let entries: Vec<_> = (1..).zip(drawn).map(|(id, (machine, relation, kind, from, length))| {
                let subject = if machine { LASER_2 } else { LASER };
                let until = length.map(|length| from + length);
                entry(id, subject, Relation::ALL[relation], EntryKind::ALL[kind], from, until)
            }).collect();
            let ledger = Ledger(entries.clone());
            let relation = Relation::ALL[relation];
            for at in (0..45).map(Millis) {
                prop_assert_eq!(ledger.holds(relation, &BOTH, at), by_hand(&entries, relation, at), "at {:?}", at);
                if let Some(until) = ledger.holds_until(relation, &BOTH, at).filter(|_| ledger.holds(relation, &BOTH, at)) {
                    let within = (at.0..until.0).all(|at| ledger.holds(relation, &BOTH, Millis(at)));
                    prop_assert!(within && !ledger.holds(relation, &BOTH, until), "at {:?} until {:?}", at, until);
                }
            }
        }
    }

    #[test]
    fn subject_round_trips() {
        for subject in [Subject::Type(TypeId(3)), Subject::Machine(MachineId(7))] {
            assert_eq!(Subject::parse(&subject.to_string()), Some(subject));
        }
        for wrong in ["", "type", "type:", "type:x", "room:3", "type:3:4"] {
            assert_eq!(Subject::parse(wrong), None, "{wrong}");
        }
    }
}
