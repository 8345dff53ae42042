use domain::{
    equipment::KEYS,
    id::{GroupId, MachineId, PlaceId, TypeId},
    machines::Risk,
    problem::Problem,
    settings::Key,
    time::Moment,
    versions::Saved,
};
use serde::{Deserialize, Serialize};

/// Choices for a new machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// The types by name, without the built-in ones.
    pub kinds: Vec<String>,
    /// The lowest free number.
    pub number: u16,
    /// In their order.
    pub places: Vec<(PlaceId, String)>,
}

impl Choices {
    /// The preselected place of a new machine: the only one, if there is one.
    #[must_use]
    pub fn place(&self) -> Option<PlaceId> {
        match self.places.as_slice() {
            [(only, _)] => Some(*only),
            _ => None,
        }
    }
}

/// An archived or restored thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelved {
    /// The id of the machine, type, place, room, group, module, announcement or document.
    pub id: i64,
    pub name: String,
    pub away: bool,
    pub moved: Moved,
    /// The number of bookings that a restored group did not get again.
    pub lost: u32,
}

impl Shelved {
    /// Without moved machines or lost bookings.
    #[must_use]
    pub fn new(id: i64, name: String, away: bool) -> Self {
        Self { id, name, away, moved: Moved::default(), lost: 0 }
    }
}

/// Machines that were moved when their place was archived.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub machines: Vec<MachineId>,
    /// Their new place, if any.
    pub to: Option<PlaceId>,
}

impl Moved {
    /// The machines as a form field: `3,5`.
    #[must_use]
    pub fn to_code(&self) -> String {
        self.machines.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    }
}

/// The settings of a type or machine as entered; empty ones are inherited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SettingsForm {
    pub mode: String,
    pub present: String,
    /// How much of the user's name members see.
    pub shown: String,
    /// Minutes after which its board logs the user out.
    pub auto_stop: String,
    /// Minutes between log-out and power-off.
    pub grace: String,
    /// The second line of its board's display.
    pub display: String,
}

impl SettingsForm {
    /// The text of each field of [`KEYS`](domain::equipment::KEYS).
    #[must_use]
    pub fn each(&self) -> [(&'static str, Key, &str); KEYS.len()] {
        KEYS.map(|(field, key)| {
            let input = match key {
                Key::ShownNames => &self.shown,
                Key::Authorisation => &self.mode,
                Key::PeoplePresent => &self.present,
                Key::AutoStop => &self.auto_stop,
                Key::Grace => &self.grace,
                _ => &self.display,
            };
            (field, key, input.as_str())
        })
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MachineInput {
    pub name: String,
    /// Its number in board topics; empty without a board.
    pub number: String,
    pub kind: String,
    /// The id of its place; empty for none.
    pub place: String,
    /// Link to its manual; may be empty.
    pub manual: String,
    /// The ids of the groups that may book and use it; `None` keeps them.
    #[serde(skip)]
    pub groups: Option<Vec<String>>,
    /// Its own settings.
    #[serde(flatten)]
    pub settings: SettingsForm,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypeInput {
    pub name: String,
    pub risk: String,
    /// The ids of the groups that may book and use its machines; `None` keeps them.
    #[serde(skip)]
    pub groups: Option<Vec<String>>,
    /// The settings of its machines.
    #[serde(flatten)]
    pub settings: SettingsForm,
}

/// The inherited values, by field.
pub type Inherited = Vec<(String, String)>;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineSheet {
    pub now: Moment,
    pub id: MachineId,
    /// The saved fields: `name`, `number`, `kind`, `place`, `manual`, [`GROUPS`](domain::equipment::GROUPS), and the fields of
    /// [`KEYS`](domain::equipment::KEYS), empty if inherited from its type or the space.
    pub saved: Saved,
    pub archived: Option<Moment>,
    /// When its picture was added, in milliseconds since 1970.
    pub picture: Option<i64>,
    /// The inherited values, by field.
    pub inherited: Inherited,
    /// The types it may change to, and its own.
    pub kinds: Vec<(TypeId, String)>,
    /// Those of them that are archived: its own, or none.
    pub away: Vec<TypeId>,
    /// The places to choose from.
    pub places: Vec<(PlaceId, String)>,
    /// The groups to choose from.
    pub groups: Vec<(GroupId, String)>,
    /// Names of the groups of its type, which may book it if it has none of its own.
    pub type_groups: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeSheet {
    pub now: Moment,
    /// `None` for a new one.
    pub id: Option<TypeId>,
    /// The saved fields: `name`, `risk`, [`REQUIRES`](domain::equipment::REQUIRES), [`GROUPS`](domain::equipment::GROUPS), and the fields of
    /// [`KEYS`](domain::equipment::KEYS), empty if inherited from the space.
    pub saved: Saved,
    pub archived: Option<Moment>,
    /// The values of the space, by field.
    pub inherited: Inherited,
    /// The other types, which it may require, and those it requires.
    pub others: Vec<(TypeId, String)>,
    /// Those of them that are archived.
    pub away: Vec<TypeId>,
    /// The groups to choose from.
    pub groups: Vec<(GroupId, String)>,
}

/// A machine in the list of those responsible for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineRow {
    pub id: MachineId,
    /// Its version as seen here.
    pub version: i64,
    pub name: String,
    /// Its number on the board topics.
    pub number: Option<u16>,
    pub kind: String,
    pub place: Option<(PlaceId, String)>,
    pub archived: bool,
}

/// A type in the same list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeRow {
    pub id: TypeId,
    pub name: String,
    pub risk: Risk,
    /// Its unarchived machines.
    pub machines: u32,
    pub archived: bool,
}

/// The equipment the reader is responsible for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    /// By name, archived ones last.
    pub machines: Vec<MachineRow>,
    /// By name, archived ones last.
    pub types: Vec<TypeRow>,
    /// The places to choose from.
    pub places: Vec<(PlaceId, String)>,
    pub may_add: bool,
    /// The effect of a bulk change, after a dry run.
    pub preview: Option<BulkPreview>,
}

/// The label of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    pub id: MachineId,
    pub name: String,
    /// Its number on the board topics.
    pub number: Option<u16>,
    pub kind: String,
}

impl Label {
    /// The target of its code: the machine's page on `site`.
    #[must_use]
    pub fn address(&self, site: &str) -> String {
        format!("{site}/machines/{}", self.id)
    }
}

/// A bulk change of machines: only chosen fields change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BulkForm {
    /// The place, by id; empty for none.
    pub place: String,
    pub kind: String,
    /// The settings of each machine itself; empty ones are inherited.
    #[serde(flatten)]
    pub settings: SettingsForm,
}

/// The effect of a bulk change on one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineOutcome {
    pub id: MachineId,
    pub version: i64,
    pub name: String,
    /// It was changed since it was chosen.
    pub meanwhile: bool,
    /// It is in use, so its type cannot change now.
    pub stays: bool,
    /// The changes in words; empty if there are none.
    pub changes: Vec<String>,
}

/// The effect of a bulk change, before it is applied.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkPreview {
    pub outcomes: Vec<MachineOutcome>,
    /// Validation errors, by field.
    pub problem: Option<Problem>,
}
