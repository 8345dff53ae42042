//! The audit chain as it is read: which entries somebody asks for, and what one says.
//!
//! Deliberately absent: how entries are made and chained; that is the storage's.

use crate::{actor::Door, id::PersonId, qualifications::standing::Named, time::Moment};
use serde::{Deserialize, Serialize};

/// Entries on one page.
pub const PAGE: usize = 50;
/// Characters in a word that is looked for at most.
pub const WORD: usize = 200;

/// Which entries are asked for, as it was typed; an empty word asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// From this day on, by the clocks of the space: `2026-11-20`.
    pub from: String,
    /// Up to the end of this day.
    pub to: String,
    /// By somebody whose name holds this.
    pub by: String,
    /// Actions that begin so: `use.`.
    pub action: String,
    /// Subjects: `machine:7`, all of a kind (`machine`), or a piece of its name.
    pub subject: String,
}

impl Filter {
    /// Whether anything is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        [&self.from, &self.to, &self.by, &self.action, &self.subject]
            .into_iter()
            .all(|word| word.trim().is_empty())
    }
}

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

/// A value in the particulars of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A word, an id, a number.
    Word(String),
    /// An instant.
    Moment(Moment),
    /// A type or a machine.
    Equipment(Named),
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number in the chain.
    pub seq: i64,
    /// When.
    pub at: Moment,
    /// Who.
    pub by: By,
    /// How they came in.
    pub door: Door,
    /// What, as a code: `use.start`.
    pub action: String,
    /// About what: `machine:7`.
    pub subject: String,
    /// What that is called, while it is known.
    pub subject_name: Option<String>,
    /// The particulars in the order of their names.
    pub detail: Vec<(String, Value)>,
}

impl Entry {
    /// The page about what the entry is about, where there is one.
    #[must_use]
    pub fn page(&self) -> Option<String> {
        let (kind, id) = self.subject.split_once(':')?;
        let id: i64 = id.parse().ok()?;
        match kind {
            "machine" => Some(format!("/machines/{id}")),
            "person" => Some(format!("/people/{id}")),
            "type" => Some(format!("/types/{id}")),
            "place" => Some("/places".to_owned()),
            "display" => Some("/displays".to_owned()),
            _ => None,
        }
    }
}

/// A page of entries, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// When this was true.
    pub now: Moment,
    /// The entries.
    pub entries: Vec<Entry>,
    /// Where the next page begins, if there is one: before this entry.
    pub older: Option<i64>,
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
    use crate::time::Millis;

    #[test]
    fn nobody_is_named_who_is_not_known_any_more() {
        let ada = || Some((PersonId(1), "Ada".to_owned()));
        assert_eq!(by(true, ada(), Door::Board), By::Person { id: PersonId(1), name: "Ada".into() });
        assert_eq!(by(true, None, Door::Web), By::Former);
        assert_eq!(by(false, None, Door::Board), By::Board);
        assert_eq!(by(false, None, Door::Command), By::Toolgate);
        assert_eq!(by(false, None, Door::Web), By::Stranger);
    }

    #[test]
    fn only_a_subject_that_has_a_page_leads_to_one() {
        let about = |subject: &str| Entry {
            seq: 1,
            at: Moment { at: Millis(0), offset: 0 },
            by: By::Toolgate,
            door: Door::Command,
            action: "test".into(),
            subject: subject.into(),
            subject_name: None,
            detail: Vec::new(),
        };
        assert_eq!(about("machine:7").page().as_deref(), Some("/machines/7"));
        assert_eq!(about("person:3").page().as_deref(), Some("/people/3"));
        for none in ["space", "machine:", "machine:7/../x", "person:x", "hold:3"] {
            assert_eq!(about(none).page(), None, "{none}");
        }
    }
}
