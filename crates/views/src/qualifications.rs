//! What pages show of the ledger: what somebody is and may, where it came from, and what the reader may change of it.
//!
//! Invariant: a deed that is listed here was admitted by [`domain::qualifications::change::admit`] for the reader, as of
//! then; the service asks again when it is done.

use domain::{
    id::{EntryId, MachineId, PersonId, TypeId},
    people::PersonStatus,
    qualifications::{BuiltIn, Cause, EntryKind, Relation, Subject},
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A type, or one machine of it, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub subject: Subject,
    /// The type it is, or is of.
    pub kind: TypeId,
    /// What it is called; the built-in types have a word in every language instead.
    pub name: String,
    /// The space, or the system.
    pub built_in: Option<BuiltIn>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum By {
    Toolgate,
    Name(String),
    /// Somebody who was here once.
    Former,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub on: Named,
    pub relation: Relation,
    pub since: Moment,
    /// Until when, if that is known.
    pub until: Option<Moment>,
    pub cause: Cause,
    pub by: By,
}

/// How a line of somebody's qualifications stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HeldState {
    InForce,
    /// In force, and ends within two weeks.
    Ending,
    /// It ran out and was not granted again.
    Expired,
    Banned,
}

/// A line of somebody's qualifications: also what they held until it ran out, and what they are banned from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldRow {
    pub held: Held,
    pub state: HeldState,
    /// The caller may grant it again.
    pub may_grant: bool,
    /// The caller may revoke it, or lift the ban.
    pub may_take: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ban {
    pub on: Named,
    pub since: Moment,
    /// Its end, if it has one.
    pub until: Option<Moment>,
    pub by: By,
    /// Why, in their words, while they are kept.
    pub remark: Option<String>,
}

/// One entry, as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    pub id: EntryId,
    pub on: Named,
    /// As what; without meaning for bans.
    pub relation: Relation,
    pub kind: EntryKind,
    pub from: Moment,
    pub until: Option<Moment>,
    pub cause: Cause,
    pub by: By,
    /// In their words, while they are kept.
    pub remark: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub now: Moment,
    pub held: Vec<Held>,
    pub bans: Vec<Ban>,
    /// Every entry, newest first.
    pub history: Vec<LedgerEntry>,
    /// What the caller may write about them.
    pub actions: QualificationActions,
}

/// What somebody may write about somebody else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualificationActions {
    /// Relations that may be granted and are not held.
    pub grant: Vec<(Named, Relation)>,
    /// Relations that may be taken away.
    pub revoke: Vec<(Named, Relation)>,
    /// What they may be banned from.
    pub ban: Vec<Named>,
    pub unban: Vec<Named>,
}

/// A type that the caller may speak for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyType {
    pub on: Named,
    pub relation: Option<Relation>,
    /// How many members may use it.
    pub users: u32,
    /// How many of them train others.
    pub trainers: u32,
    pub banned: u32,
}

/// Somebody on the list of a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qualified {
    pub person: PersonId,
    /// Their name, if known.
    pub name: Option<String>,
    pub status: PersonStatus,
    /// What they are there, the highest.
    pub relation: Option<Relation>,
    /// The machine they are that on, if it is not the whole type.
    pub machine: Option<String>,
    pub since: Option<Moment>,
    /// Until when, if that is known.
    pub until: Option<Moment>,
    /// Banned from it, or from one machine of it.
    pub banned: bool,
}

/// The page of a type that somebody speaks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypePage {
    pub now: Moment,
    pub on: Named,
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

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicant {
    pub person: PersonId,
    /// Their name, if known.
    pub name: Option<String>,
    pub since: Moment,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    pub person: PersonId,
    pub name: Option<String>,
    /// Where they stand there; the deeds are about this type alone.
    pub standing: Standing,
}

/// People on one page of a type.
pub const SHOWN: usize = 200;
