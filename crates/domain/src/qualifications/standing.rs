//! What a page shows of the ledger: what somebody is and may, where it came from, and what the asker may change of it.
//!
//! Invariant: a deed that is listed here was admitted by [`super::change::admit`] for whoever asked, as of then; the
//! service asks again when it is done.

use super::{BuiltIn, Cause, EntryKind, Relation, Subject};
use crate::{
    id::{EntryId, MachineId, PersonId, TypeId},
    people::PersonStatus,
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A type, or one machine of it, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Which.
    pub subject: Subject,
    /// The type it is, or is of.
    pub kind: TypeId,
    /// What it is called; the built-in types have a word in every language instead.
    pub name: String,
    /// The space, or the system.
    pub built_in: Option<BuiltIn>,
}

/// Who said something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum By {
    /// Toolgate itself.
    Toolgate,
    /// Somebody whose name is known.
    Name(String),
    /// Somebody who was here once.
    Former,
}

/// Something somebody is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// On what.
    pub on: Named,
    /// As what.
    pub relation: Relation,
    /// Since when.
    pub since: Moment,
    /// Until when, if that is known.
    pub until: Option<Moment>,
    /// Why.
    pub cause: Cause,
    /// Who said so.
    pub by: By,
}

/// A ban in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ban {
    /// On what.
    pub on: Named,
    /// Since when.
    pub since: Moment,
    /// Until when, if it ends by itself.
    pub until: Option<Moment>,
    /// Who said so.
    pub by: By,
    /// Why, in their words, while they are kept.
    pub remark: Option<String>,
}

/// One entry, as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Which.
    pub id: EntryId,
    /// On what.
    pub on: Named,
    /// As what; without meaning for bans.
    pub relation: Relation,
    /// What it says.
    pub kind: EntryKind,
    /// From when.
    pub from: Moment,
    /// Until when.
    pub until: Option<Moment>,
    /// Why.
    pub cause: Cause,
    /// Who said so.
    pub by: By,
    /// In their words, while they are kept.
    pub remark: Option<String>,
}

/// Where somebody stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// As of when.
    pub now: Moment,
    /// What they are.
    pub held: Vec<Held>,
    /// What they are banned from.
    pub bans: Vec<Ban>,
    /// Every entry, newest first.
    pub history: Vec<Said>,
    /// What the asker may write about them.
    pub deeds: Deeds,
}

/// What somebody may write about somebody else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deeds {
    /// Relations that may be granted and are not held.
    pub grant: Vec<(Named, Relation)>,
    /// Relations that may be taken away.
    pub revoke: Vec<(Named, Relation)>,
    /// What they may be banned from.
    pub ban: Vec<Named>,
    /// Bans that may be lifted.
    pub unban: Vec<Named>,
}

/// A type that the asker may speak for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyType {
    /// Which.
    pub on: Named,
    /// What the asker is there.
    pub relation: Option<Relation>,
    /// How many members may use it.
    pub users: u32,
    /// How many of them train others.
    pub trainers: u32,
    /// How many are banned.
    pub banned: u32,
}

/// Somebody on the list of a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qualified {
    /// Who.
    pub person: PersonId,
    /// What they are called, while that is known.
    pub name: Option<String>,
    /// Where they stand with the workshop.
    pub status: PersonStatus,
    /// What they are there, the highest.
    pub relation: Option<Relation>,
    /// The machine they are that on, if it is not the whole type.
    pub machine: Option<String>,
    /// Since when.
    pub since: Option<Moment>,
    /// Until when, if that is known.
    pub until: Option<Moment>,
    /// Banned from it, or from one machine of it.
    pub banned: bool,
}

/// The page of a type that somebody speaks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypePage {
    /// As of when.
    pub now: Moment,
    /// Which.
    pub on: Named,
    /// Its machines.
    pub machines: Vec<(MachineId, String)>,
    /// Who is anything there, by name; at most [`SHOWN`].
    pub people: Vec<Qualified>,
    /// How many there are in all.
    pub total: u32,
    /// Of those who are anything there, whose name was asked for; at most [`SHOWN`].
    pub matching: Vec<Qualified>,
    /// Members whose name was asked for and who are nothing there yet.
    pub found: Vec<(PersonId, String)>,
    /// Who waits to become a member, the longest first, at most [`SHOWN`]; on the space alone, for whoever may admit them.
    pub applicants: Option<Vec<Applicant>>,
    /// The person that was chosen, and what may be written about them there.
    pub chosen: Option<Chosen>,
    /// Whoever looks may change the type itself.
    #[serde(default)]
    pub may_change: bool,
}

/// Somebody who asked to become a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicant {
    /// Who.
    pub person: PersonId,
    /// What they are called, while that is known.
    pub name: Option<String>,
    /// Since when they wait.
    pub since: Moment,
}

/// Somebody chosen on the page of a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// Who.
    pub person: PersonId,
    /// What they are called.
    pub name: Option<String>,
    /// Where they stand there; the deeds are about this type alone.
    pub standing: Standing,
}

/// People on one page of a type.
pub const SHOWN: usize = 200;

impl Subject {
    /// Reads what [`Display`](std::fmt::Display) writes.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let (noun, id) = word.split_once(':')?;
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

    #[test]
    fn a_subject_is_read_as_it_was_written() {
        for subject in [Subject::Type(TypeId(3)), Subject::Machine(MachineId(7))] {
            assert_eq!(Subject::from_word(&subject.to_string()), Some(subject));
        }
        for wrong in ["", "type", "type:", "type:x", "room:3", "type:3:4"] {
            assert_eq!(Subject::from_word(wrong), None, "{wrong}");
        }
    }
}
