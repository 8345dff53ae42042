//! Equipment: what a workshop is furnished with – machines, their types, their places – as those who care for it see it.
//!
//! **Invariants.** A manual is on the web, or nowhere: no other kind of address is kept. What a type requires never leads
//! back to it.
//!
//! Deliberately absent: what state a machine is in ([`crate::machines`]) and who may use it ([`crate::access`]).

use crate::{
    id::{MachineId, PlaceId, TypeId},
    machines::Risk,
    problem::Problem,
    settings::Key,
    time::Moment,
    versions::Saved,
    words::words,
};
use serde::{Deserialize, Serialize};

/// Characters of an address at most.
pub const ADDRESS: usize = 2_000;

/// What there is to choose from when a machine is added.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// The types there are, by name; not the built-in ones.
    pub kinds: Vec<String>,
    /// The lowest number that no machine has.
    pub number: u16,
}

/// What was put away, or taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelved {
    /// The number of the machine, the type or the place.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// It was put away.
    pub away: bool,
    /// The machines that stood there.
    pub moved: Moved,
}

/// Machines that went elsewhere when their place was put away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Which.
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
    pub fn word(&self) -> String {
        self.machines.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    }
}

/// What may be said for a type or for a machine alone, and the field it is said in.
pub const KEYS: [(&str, Key); 6] = [
    ("mode", Key::Authorisation),
    ("present", Key::PeoplePresent),
    ("shown", Key::ShownNames),
    ("auto_stop", Key::AutoStop),
    ("grace", Key::Grace),
    ("display", Key::Display),
];

/// What is said for a type or a machine, as somebody typed it; what is empty is said elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedSettings {
    /// Who may use it.
    pub mode: String,
    /// People who must be present.
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

impl TypedSettings {
    /// What was said in each field of [`KEYS`].
    #[must_use]
    pub fn each(&self) -> [(&'static str, Key, &str); KEYS.len()] {
        KEYS.map(|(field, key)| {
            let typed = match key {
                Key::ShownNames => &self.shown,
                Key::Authorisation => &self.mode,
                Key::PeoplePresent => &self.present,
                Key::AutoStop => &self.auto_stop,
                Key::Grace => &self.grace,
                _ => &self.display,
            };
            (field, key, typed.as_str())
        })
    }
}

/// A machine as somebody typed it in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedMachine {
    /// What it is called.
    pub name: String,
    /// Its number on the board topics; empty when no board speaks for it.
    pub number: String,
    /// The id of its type.
    pub kind: String,
    /// The id of its place; empty for none.
    pub place: String,
    /// Where its manual is; empty for nowhere.
    pub manual: String,
    /// What is said for it alone.
    #[serde(flatten)]
    pub settings: TypedSettings,
}

/// A type as somebody typed it in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedType {
    /// What it is called.
    pub name: String,
    /// How much harm it can do.
    pub risk: String,
    /// What is said for its machines.
    #[serde(flatten)]
    pub settings: TypedSettings,
}

/// What holds where nothing is said, by field.
pub type Inherited = Vec<(String, String)>;

/// A machine as it is edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineSheet {
    /// When this was true.
    pub now: Moment,
    /// Which.
    pub id: MachineId,
    /// What is saved: `name`, `number`, `kind`, `place`, `manual`, and the fields of [`KEYS`], empty where its
    /// type or the space speaks.
    pub saved: Saved,
    /// Since when it is put away.
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

/// A type as it is edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeSheet {
    /// When this was true.
    pub now: Moment,
    /// Which; `None` is one that is yet to be made.
    pub id: Option<TypeId>,
    /// What is saved: `name`, `risk`, [`REQUIRES`], and the fields of [`KEYS`], empty where the space speaks.
    pub saved: Saved,
    /// Since when it is put away.
    pub archived: Option<Moment>,
    /// What the space says, by field.
    pub inherited: Inherited,
    /// The other types, which it may require, and those it does.
    pub others: Vec<(TypeId, String)>,
    /// Those of them that are put away.
    pub away: Vec<TypeId>,
}

/// The field of the types that are required; it may come several times, or once with all of them: `3,5`.
pub const REQUIRES: &str = "requires[]";

/// The types that were chosen; `None` where something is none.
#[must_use]
pub fn chosen(typed: &[String]) -> Option<Vec<TypeId>> {
    let words = typed.iter().flat_map(|one| one.split(',')).map(str::trim).filter(|word| !word.is_empty());
    let mut chosen = words.map(|word| word.parse().ok().map(TypeId)).collect::<Option<Vec<_>>>()?;
    chosen.sort_unstable();
    chosen.dedup();
    Some(chosen)
}

/// The way on which `kind`, once it requires all of `requires`, would require itself: from the first of them back to it.
/// `known` is what each type requires so far.
#[must_use]
pub fn ring(known: &[(TypeId, TypeId)], kind: TypeId, requires: &[TypeId]) -> Option<Vec<TypeId>> {
    let mut ways: Vec<Vec<TypeId>> = requires.iter().map(|&first| vec![first]).collect();
    let mut seen = Vec::new();
    while let Some(way) = ways.pop() {
        let &last = way.last()?;
        if last == kind {
            return Some(way);
        }
        if seen.contains(&last) {
            continue;
        }
        seen.push(last);
        let on = known.iter().filter(|(from, _)| *from == last && *from != kind);
        ways.extend(on.map(|&(_, to)| way.iter().copied().chain([to]).collect::<Vec<_>>()));
    }
    None
}

/// A machine in the list of those who care for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineRow {
    /// Which.
    pub id: MachineId,
    /// Its version, as it is seen here.
    pub version: i64,
    /// What it is called.
    pub name: String,
    /// Its number on the board topics.
    pub number: Option<u16>,
    /// The name of its type.
    pub kind: String,
    /// Where it stands.
    pub place: Option<(PlaceId, String)>,
    /// It is put away.
    pub archived: bool,
}

/// A type in the same list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeRow {
    /// Which.
    pub id: TypeId,
    /// What it is called.
    pub name: String,
    /// How much harm it can do.
    pub risk: Risk,
    /// Machines of it that are not put away.
    pub machines: u32,
    /// It is put away.
    pub archived: bool,
}

/// What the asker cares for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    /// By name, those that are put away last.
    pub machines: Vec<MachineRow>,
    /// By name, those that are put away last.
    pub types: Vec<TypeRow>,
    /// Where machines may stand.
    pub places: Vec<(PlaceId, String)>,
    /// They may add what is new.
    pub may_add: bool,
    /// What a change of many would do, where one was tried out.
    pub tried: Option<BulkPreview>,
}

words! {
    /// How large labels are printed.
    LabelSize {
        /// For a small tool.
        Small = "small",
        /// For a machine.
        Medium = "medium",
        /// For a door.
        Large = "large",
    }
}

/// What stands on the label of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Which.
    pub id: MachineId,
    /// What it is called.
    pub name: String,
    /// Its number on the board topics.
    pub number: Option<u16>,
    /// The name of its type.
    pub kind: String,
}

impl Label {
    /// Where its code leads: the machine's page on `site`.
    #[must_use]
    pub fn address(&self, site: &str) -> String {
        format!("{site}/machines/{}", self.id)
    }
}

/// A place in the list of places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceRow {
    /// Which.
    pub id: PlaceId,
    /// What is saved: `name` and `position`.
    pub saved: Saved,
    /// It is put away.
    pub archived: bool,
    /// Machines that stand there.
    pub machines: u32,
}

/// What many machines are changed to at once, in those fields that are chosen; all others are left alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedBulk {
    /// The place, by id; empty is none.
    pub place: String,
    /// The type, by id.
    pub kind: String,
    /// What is said for each alone; empty is what is said elsewhere.
    #[serde(flatten)]
    pub settings: TypedSettings,
}

/// What would become of one of many machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    /// Which.
    pub id: MachineId,
    /// Its version now.
    pub version: i64,
    /// What it is called.
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
    /// By name.
    pub fates: Vec<Fate>,
    /// What does not fit, by field.
    pub problem: Option<Problem>,
}

/// Where a manual is, as it is kept: `None` for nowhere. Fails for what is no address on the web.
pub fn manual(typed: &str) -> Result<Option<String>, NoAddress> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let (scheme, rest) = typed.split_once("://").ok_or(NoAddress)?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let on_the_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let is_whole = !host.is_empty() && !typed.chars().any(|c| c.is_whitespace() || crate::names::is_hidden(c));
    if on_the_web && is_whole && !host.contains('@') && typed.chars().count() <= ADDRESS {
        Ok(Some(format!("{}://{rest}", scheme.to_ascii_lowercase())))
    } else {
        Err(NoAddress)
    }
}

/// It is no address on the web.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoAddress;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_type_requires_never_leads_back_to_it() {
        let [a, b, c, d] = [3, 4, 5, 6].map(TypeId);
        let known = [(b, c), (c, d), (d, c), (a, d)];
        assert_eq!(ring(&known, a, &[b]), None, "other rings are not its own");
        assert_eq!(ring(&known, c, &[b, d]).map(|way| way.len()), Some(1 + 1), "by way of b");
        assert_eq!(ring(&known, a, &[a]), Some(vec![a]));
        assert_eq!(ring(&[(b, c), (c, a)], a, &[b]), Some(vec![b, c, a]));
        assert_eq!(ring(&[(a, b)], b, &[]), None);
    }

    #[test]
    fn types_are_chosen_one_by_one_or_all_at_once() {
        let typed = |words: &[&str]| chosen(&words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>());
        assert_eq!(typed(&["5", "3", "5"]), Some(vec![TypeId(3), TypeId(5)]));
        assert_eq!(typed(&["5,3", ""]), typed(&["3", "5"]));
        assert_eq!((typed(&[]), typed(&["3,x"])), (Some(vec![]), None));
    }

    #[test]
    fn a_manual_is_on_the_web_or_nowhere() {
        assert_eq!(manual("  "), Ok(None));
        assert_eq!(manual(" HTTPS://example.org/a?b#c "), Ok(Some("https://example.org/a?b#c".into())));
        for wrong in [
            "javascript:alert(1)",
            "javascript://example.org/%0aalert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://",
            "https:///x",
            "https://user@evil.example/",
            "example.org",
            "https://exa mple.org",
            "https://example.org/\u{202E}x",
            "ht\ttps://example.org",
        ] {
            assert_eq!(manual(wrong), Err(NoAddress), "{wrong}");
        }
        assert_eq!(manual(&format!("https://example.org/{}", "x".repeat(ADDRESS))), Err(NoAddress));
    }
}
