//! Existing records that an import may match: read by the store, compared by the plan.

use domain::{
    boards::MachineNumber,
    cards::{CardState, CardUid},
    id::{MachineId, PersonId, TypeId},
    imports::fabomatic::Thing,
    people::PersonStatus,
    qualifications::{Relation, SPACE, SYSTEM, Subject},
    time::Millis,
};
use std::collections::{HashMap, HashSet};

/// Existing records.
#[derive(Debug, Clone, Default)]
pub struct ExistingRecords {
    /// Things imported before: id there and id here.
    pub taken: HashMap<(Thing, i64), i64>,
    /// Types by name, and whether each is built in.
    pub types: HashMap<String, (TypeId, bool)>,
    /// Machines that are not archived, by number.
    pub numbers: HashMap<MachineNumber, MachineId>,
    pub machine_names: HashMap<MachineId, String>,
    /// Everyone's status.
    pub people: HashMap<PersonId, PersonStatus>,
    /// Their name; missing once erased.
    pub people_names: HashMap<PersonId, String>,
    /// People by address.
    pub emails: HashMap<String, PersonId>,
    /// The holders of each card, present and former.
    pub cards: HashMap<CardUid, Vec<(PersonId, CardState)>>,
    /// Unknown cards, by the machine where they were seen.
    pub unknown_cards: HashSet<(CardUid, MachineId)>,
    /// People, subjects and relations with a ledger entry.
    pub written: HashSet<(PersonId, Subject, Relation)>,
    /// When each machine was in use, in order; a running use has no end.
    pub uses: HashMap<MachineId, Vec<Stored>>,
}

impl ExistingRecords {
    /// The records of an empty space: its built-in types.
    #[must_use]
    pub fn empty_space() -> Self {
        let built_in = [("Space", SPACE), ("System", SYSTEM)];
        let types = built_in.into_iter();
        let types = types.filter_map(|(name, subject)| Some((name.to_owned(), (subject.sides().0?, true))));
        Self { types: types.collect(), ..Self::default() }
    }
}

/// A stored use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// When it began.
    pub start: Millis,
    /// When it ended; the end of time while it runs.
    pub end: Millis,
}
