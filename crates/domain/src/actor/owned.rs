//! The machines that a person owns, in a form that one SQL statement can apply to any machine.
//!
//! Invariant: [`Owned::has`] agrees with [`Principal::is`] on every machine.

use super::Principal;
use crate::{
    id::{MachineId, TypeId},
    ledger::{Relation, Subject},
};

/// Represents every type that the ledger does not name.
const OTHER_TYPE: TypeId = TypeId(0);
/// Represents every machine that the ledger does not name.
const OTHER_MACHINE: MachineId = MachineId(0);

/// The types and machines named in a ledger, and the pairs of them that its person owns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owned {
    /// The types that are named.
    pub types: Vec<TypeId>,
    /// The machines that are named.
    pub machines: Vec<MachineId>,
    /// Owned pairs: a type, or 0 if none is named, and a machine or 0.
    pub pairs: Vec<(TypeId, MachineId)>,
}

impl Owned {
    /// Whether the machine of this type is owned.
    #[must_use]
    pub fn has(&self, kind: TypeId, machine: MachineId) -> bool {
        let kind = if self.types.contains(&kind) { kind } else { OTHER_TYPE };
        let machine = if self.machines.contains(&machine) { machine } else { OTHER_MACHINE };
        self.pairs.contains(&(kind, machine))
    }
}

impl Principal {
    #[must_use]
    pub fn owned(&self) -> Owned {
        let (mut types, mut machines) = (Vec::new(), Vec::new());
        for entry in &self.ledger.0 {
            match entry.subject {
                Subject::Type(kind) => types.push(kind),
                Subject::Machine(machine) => machines.push(machine),
            }
        }
        types.sort_unstable();
        types.dedup();
        machines.sort_unstable();
        machines.dedup();
        let mut pairs = Vec::new();
        for &kind in types.iter().chain([&OTHER_TYPE]) {
            for &machine in machines.iter().chain([&OTHER_MACHINE]) {
                if self.is(Relation::Owner, kind, Some(machine)) {
                    pairs.push((kind, machine));
                }
            }
        }
        Owned { types, machines, pairs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{EntryId, PersonId, SessionId},
        people::PersonStatus,
        qualifications::{Entry, EntryKind, Ledger, SPACE},
        time::Millis,
    };

    fn known(entries: &[(Relation, Subject, EntryKind)]) -> Principal {
        let member = (Relation::User, SPACE, EntryKind::Granted);
        let entry = |(id, (relation, subject, kind)): (i64, (Relation, Subject, EntryKind))| Entry {
            id: EntryId(id),
            subject,
            relation,
            kind,
            from: Millis(id),
            until: None,
        };
        Principal {
            id: PersonId(1),
            session: SessionId(1),
            status: PersonStatus::Active,
            ledger: Ledger((0..).zip([member].into_iter().chain(entries.iter().copied())).map(entry).collect()),
            at: Millis(100),
            roles_asleep: false,
            public: true,
        }
    }

    #[test]
    fn owned_machines_match_ledger_with_bans_and_single_machines() {
        let (lasers, lathes) = (Subject::Type(TypeId(3)), Subject::Type(TypeId(4)));
        let laser = Subject::Machine(MachineId(31));
        let owns = |subject| (Relation::Owner, subject, EntryKind::Granted);
        let banned = |subject| (Relation::User, subject, EntryKind::Banned);
        let lifted = |subject| (Relation::User, subject, EntryKind::Unbanned);
        let ledgers: [&[(Relation, Subject, EntryKind)]; 6] = [
            &[],
            &[owns(lasers)],
            &[owns(laser), (Relation::Trainer, lathes, EntryKind::Granted)],
            &[owns(lasers), banned(laser)],
            &[owns(lasers), banned(laser), lifted(laser)],
            &[owns(laser), banned(lasers), owns(lathes)],
        ];
        for ledger in ledgers {
            let known = known(ledger);
            let owned = known.owned();
            for kind in [3, 4, 5].map(TypeId) {
                for machine in [31, 32].map(MachineId) {
                    let is = known.is(Relation::Owner, kind, Some(machine));
                    assert_eq!(owned.has(kind, machine), is, "{kind} {machine}: {ledger:?}");
                }
            }
        }
    }
}
