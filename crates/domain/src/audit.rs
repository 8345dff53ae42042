//! The audit chain: whom an entry names, and how much of it is read at once.
//!
//! Deliberately absent: how entries are made and chained; that is the storage's.

use crate::{actor::Door, id::PersonId};
use serde::{Deserialize, Serialize};

/// Entries on one page.
pub const PAGE: usize = 50;
/// Characters in a word that is looked for at most.
pub const WORD: usize = 200;

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Somebody known.
    Person {
        /// Who.
        id: PersonId,
        /// What they are called.
        name: String,
    },
    /// Somebody whose tie to the record was cut.
    Former,
    /// A board, for a card that nobody has claimed or for nobody.
    Board,
    /// Somebody who had not said who they are.
    Stranger,
    /// Toolgate itself.
    Toolgate,
}

/// Who did what was recorded by `door`: `somebody` with a name that may have been forgotten, or nobody.
#[must_use]
pub fn by(somebody: bool, known: Option<(PersonId, String)>, door: Door) -> By {
    match (known, somebody, door) {
        (Some((id, name)), ..) => By::Person { id, name },
        (None, true, _) => By::Former,
        (None, false, Door::Board) => By::Board,
        (None, false, Door::Command | Door::Import) => By::Toolgate,
        (None, false, Door::Web | Door::Api) => By::Stranger,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_named_who_is_not_known_any_more() {
        let ada = || Some((PersonId(1), "Ada".to_owned()));
        assert_eq!(by(true, ada(), Door::Board), By::Person { id: PersonId(1), name: "Ada".into() });
        assert_eq!(by(true, None, Door::Web), By::Former);
        assert_eq!(by(false, None, Door::Board), By::Board);
        assert_eq!(by(false, None, Door::Command), By::Toolgate);
        assert_eq!(by(false, None, Door::Web), By::Stranger);
    }
}
