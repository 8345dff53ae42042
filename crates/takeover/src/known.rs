//! What is known here of what may come: read by the store, compared by the plan.

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

/// What is known here.
#[derive(Debug, Clone, Default)]
pub struct ExistingRecords {
    /// What was taken before: its number there and here.
    pub taken: HashMap<(Thing, i64), i64>,
    /// Types by name, and whether each is built in.
    pub types: HashMap<String, (TypeId, bool)>,
    /// Machines that are not put away, by number.
    pub numbers: HashMap<MachineNumber, MachineId>,
    /// What these machines are called.
    pub machine_names: HashMap<MachineId, String>,
    /// Where everybody stands.
    pub people: HashMap<PersonId, PersonStatus>,
    /// Their name; `None` once erased.
    pub people_names: HashMap<PersonId, String>,
    /// Who has which address.
    pub emails: HashMap<String, PersonId>,
    /// Who has which card, or had it.
    pub cards: HashMap<CardUid, Vec<(PersonId, CardState)>>,
    /// Cards that nobody has claimed, by the machine at which they were seen.
    pub unknown_cards: HashSet<(CardUid, MachineId)>,
    /// Of what something is written about whom.
    pub written: HashSet<(PersonId, Subject, Relation)>,
    /// When each machine was in use, in order; a use that goes on has no end.
    pub uses: HashMap<MachineId, Vec<Stored>>,
}

impl ExistingRecords {
    /// What is known in an empty space: its built-in types.
    #[must_use]
    pub fn empty_space() -> Self {
        let built_in = [("Space", SPACE), ("System", SYSTEM)];
        let types = built_in.into_iter();
        let types = types.filter_map(|(name, subject)| Some((name.to_owned(), (subject.sides().0?, true))));
        Self { types: types.collect(), ..Self::default() }
    }
}

/// A use that is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// When it began.
    pub start: Millis,
    /// When it ended; the end of time while it runs.
    pub end: Millis,
}
