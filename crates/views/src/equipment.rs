use domain::{
    equipment::KEYS,
    id::{MachineId, PlaceId, TypeId},
    machines::Risk,
    problem::Problem,
    settings::Key,
    time::Moment,
    versions::Saved,
};
use serde::{Deserialize, Serialize};

/// What there is to choose from when a machine is added.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// The types there are, by name; not the built-in ones.
    pub kinds: Vec<String>,
    /// The lowest number that no machine has.
    pub number: u16,
    /// In their order.
    pub places: Vec<(PlaceId, String)>,
}

impl Choices {
    /// The location that a new machine gets unless somebody chooses another: the only one there is.
    #[must_use]
    pub fn place(&self) -> Option<PlaceId> {
        match self.places.as_slice() {
            [(only, _)] => Some(*only),
            _ => None,
        }
    }
}

/// What was put away, or taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelved {
    /// The number of the machine, the type, the place, the room, the module or the announcement.
    pub id: i64,
    pub name: String,
    pub away: bool,
    pub moved: Moved,
}

impl Shelved {
    /// No machines went elsewhere with it.
    #[must_use]
    pub fn new(id: i64, name: String, away: bool) -> Self {
        Self { id, name, away, moved: Moved::default() }
    }
}

/// Machines that went elsewhere when their place was put away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub machines: Vec<MachineId>,
    /// To where; nowhere for now.
    pub to: Option<PlaceId>,
}

/// Machines that come back with a place, at most.
const COME_BACK: usize = 1_000;

impl Moved {
    /// As a form sends both: `3,5`, and the place or nothing. What is not so names no machine.
    #[must_use]
    pub fn read(machines: &str, to: &str) -> Self {
        let machines = machines.split(',').filter_map(|id| id.trim().parse().ok().map(MachineId));
        Self { machines: machines.take(COME_BACK).collect(), to: to.trim().parse().ok().map(PlaceId) }
    }

    /// The machines as a form sends them.
    #[must_use]
    pub fn to_code(&self) -> String {
        self.machines.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    }
}

/// What is said for a type or a machine, as somebody typed it; what is empty is said elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SettingsForm {
    pub mode: String,
    pub present: String,
    /// What members see of who uses it.
    pub shown: String,
    /// Minutes after which its board logs its user out.
    pub auto_stop: String,
    /// Minutes between log-out and power-off.
    pub grace: String,
    /// The second line of its board's display.
    pub display: String,
}

impl SettingsForm {
    /// What was said in each field of [`KEYS`](domain::equipment::KEYS).
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
    /// Its number on the board topics; empty when no board speaks for it.
    pub number: String,
    pub kind: String,
    /// The id of its place; empty for none.
    pub place: String,
    /// Where its manual is; empty for nowhere.
    pub manual: String,
    /// What is said for it alone.
    #[serde(flatten)]
    pub settings: SettingsForm,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypeInput {
    pub name: String,
    pub risk: String,
    /// What is said for its machines.
    #[serde(flatten)]
    pub settings: SettingsForm,
}

/// What holds where nothing is said, by field.
pub type Inherited = Vec<(String, String)>;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineSheet {
    pub now: Moment,
    pub id: MachineId,
    /// What is saved: `name`, `number`, `kind`, `place`, `manual`, and the fields of [`KEYS`](domain::equipment::KEYS), empty where its
    /// type or the space speaks.
    pub saved: Saved,
    pub archived: Option<Moment>,
    /// Which picture of it there is, in milliseconds since 1970.
    pub picture: Option<i64>,
    /// What holds where nothing is said for the machine itself, by field.
    pub inherited: Inherited,
    /// The types it may become one of, and its own.
    pub kinds: Vec<(TypeId, String)>,
    /// Those of them that are put away: its own, or none.
    pub away: Vec<TypeId>,
    /// Where it may stand.
    pub places: Vec<(PlaceId, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeSheet {
    pub now: Moment,
    /// Which; `None` is one that is yet to be made.
    pub id: Option<TypeId>,
    /// What is saved: `name`, `risk`, [`REQUIRES`](domain::equipment::REQUIRES), and the fields of [`KEYS`](domain::equipment::KEYS), empty where the space speaks.
    pub saved: Saved,
    pub archived: Option<Moment>,
    /// What the space says, by field.
    pub inherited: Inherited,
    /// The other types, which it may require, and those it does.
    pub others: Vec<(TypeId, String)>,
    /// Those of them that are put away.
    pub away: Vec<TypeId>,
}

/// A machine in the list of those who care for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineRow {
    pub id: MachineId,
    /// Its version, as it is seen here.
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
    /// Machines of it that are not put away.
    pub machines: u32,
    pub archived: bool,
}

/// What the caller cares for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    /// By name, archived ones last.
    pub machines: Vec<MachineRow>,
    /// By name, archived ones last.
    pub types: Vec<TypeRow>,
    /// Where machines may stand.
    pub places: Vec<(PlaceId, String)>,
    pub may_add: bool,
    /// What a change of many would do, where one was tried out.
    pub tried: Option<BulkPreview>,
}

/// What stands on the label of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    pub id: MachineId,
    pub name: String,
    /// Its number on the board topics.
    pub number: Option<u16>,
    pub kind: String,
}

impl Label {
    /// Where its code leads: the machine's page on `site`.
    #[must_use]
    pub fn address(&self, site: &str) -> String {
        format!("{site}/machines/{}", self.id)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceRow {
    pub id: PlaceId,
    /// What is saved: `name` and `position`.
    pub saved: Saved,
    pub archived: bool,
    pub machines: u32,
}

/// What many machines are changed to at once, in those fields that are chosen; all others are left alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BulkForm {
    /// The place, by id; empty is none.
    pub place: String,
    pub kind: String,
    /// What is said for each alone; empty is what is said elsewhere.
    #[serde(flatten)]
    pub settings: SettingsForm,
}

/// What would become of one of many machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineOutcome {
    pub id: MachineId,
    pub version: i64,
    pub name: String,
    /// Somebody changed it since it was chosen.
    pub meanwhile: bool,
    /// Somebody is on it: for so long its type stays, which would change.
    pub stays: bool,
    /// What would change, in words; nothing where it is so already.
    pub changes: Vec<String>,
}

/// What changing many machines would do, before it is done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkPreview {
    pub outcomes: Vec<MachineOutcome>,
    /// What does not fit, by field.
    pub problem: Option<Problem>,
}
