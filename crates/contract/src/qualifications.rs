//! Views of qualifications: what a person is qualified for and why, and what the reader may change.
//!
//! Invariant: a listed action was admitted by [`domain::qualifications::change::admit`] for the reader at that time;
//! the service checks again when it is taken.

use domain::{
    id::{EntryId, MachineId, PersonId, TypeId},
    people::PersonStatus,
    qualifications::{BuiltIn, Cause, EntryKind, Relation, Subject},
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A type, or a machine of it, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub subject: Subject,
    /// Its type, or itself.
    pub kind: TypeId,
    /// Its name; the built-in types are translated instead.
    pub name: String,
    /// The space or the system.
    pub built_in: Option<BuiltIn>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChangedBy {
    Toolgate,
    Name(String),
    /// A former person.
    Former,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub on: Named,
    pub relation: Relation,
    pub since: Moment,
    /// Its end, if known.
    pub until: Option<Moment>,
    pub cause: Cause,
    pub by: ChangedBy,
}

/// State of a qualification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HeldState {
    InForce,
    /// In force, and ends within two weeks.
    Ending,
    /// It expired and was not renewed.
    Expired,
    Banned,
}

/// A qualification of a person, including expired ones and bans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldRow {
    pub held: Held,
    pub state: HeldState,
    /// The reader may grant it again.
    pub may_grant: bool,
    /// The reader may revoke it, or lift the ban.
    pub may_take: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ban {
    pub on: Named,
    pub since: Moment,
    /// Its end, if it has one.
    pub until: Option<Moment>,
    pub by: ChangedBy,
    /// The remark; `None` once erased.
    pub remark: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    pub id: EntryId,
    pub on: Named,
    /// The relation; without meaning for bans.
    pub relation: Relation,
    pub kind: EntryKind,
    pub from: Moment,
    pub until: Option<Moment>,
    pub cause: Cause,
    pub by: ChangedBy,
    /// The remark; `None` once erased.
    pub remark: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub now: Moment,
    pub held: Vec<Held>,
    pub bans: Vec<Ban>,
    /// Every entry, newest first.
    pub history: Vec<LedgerEntry>,
    /// What the reader may change.
    pub actions: QualificationActions,
}

/// The changes a reader may make to a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualificationActions {
    /// Relations that may be granted and are not held.
    pub grant: Vec<(Named, Relation)>,
    /// Relations that may be revoked.
    pub revoke: Vec<(Named, Relation)>,
    /// Things they may be banned from.
    pub ban: Vec<Named>,
    pub unban: Vec<Named>,
}

/// A type the reader is responsible for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyType {
    pub on: Named,
    pub relation: Option<Relation>,
    /// The number of qualified members.
    pub users: u32,
    /// The number of trainers among them.
    pub trainers: u32,
    pub banned: u32,
}

/// A person in the list of a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qualified {
    pub person: PersonId,
    /// Their name, if known.
    pub name: Option<String>,
    pub status: PersonStatus,
    /// Their highest relation.
    pub relation: Option<Relation>,
    /// The machine, if it is not for the whole type.
    pub machine: Option<String>,
    pub since: Option<Moment>,
    /// Its end, if known.
    pub until: Option<Moment>,
    /// Banned from it, or from a machine of it.
    pub banned: bool,
}

/// The page of a type for people responsible for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypePage {
    pub now: Moment,
    pub on: Named,
    pub machines: Vec<(MachineId, String)>,
    /// People with a relation to it, by name; at most [`SHOWN`].
    pub people: Vec<Qualified>,
    pub total: u32,
    /// Those of them that match the search; at most [`SHOWN`].
    pub matching: Vec<Qualified>,
    /// Members that match the search and have no relation to it yet.
    pub found: Vec<(PersonId, String)>,
    /// Applicants, longest waiting first, at most [`SHOWN`]; only for the space, and for readers who may admit them.
    pub applicants: Option<Vec<Applicant>>,
    /// The selected person, and what may be changed.
    pub chosen: Option<Chosen>,
    /// The reader may change the type itself.
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
    /// Their standing; the actions are about this type only.
    pub standing: Standing,
}

/// Maximum people on a page of a type.
pub const SHOWN: usize = 200;
