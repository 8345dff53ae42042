//! Group mapping: which groups and qualifications here the groups of a directory or an identity provider give.
//!
//! Invariants: every rule that matches counts. Rules take away only what rules of the same source gave; what people here
//! gave or took away stays so until the group there is left. No rule gives a role of the space or the system.
//!
//! Not here: how groups are read there, and how memberships and qualifications are written.

use crate::{
    id::{GroupId, GroupRuleId, TypeId},
    qualifications::{Relation, Subject},
    user_directory::entry_name::comparable,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fmt,
};

/// Rules of one source, at most.
pub const RULES: usize = 500;

/// Where groups come from: the directory, or one identity provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    Directory,
    /// An identity provider, by its id.
    Provider(i64),
}

impl Source {
    /// Parses the [`Display`](fmt::Display) form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "directory" {
            return Some(Self::Directory);
        }
        let id: i64 = text.strip_prefix("provider-")?.parse().ok()?;
        Some(Self::Provider(id)).filter(|source| source.to_string() == text)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory => f.write_str("directory"),
            Self::Provider(id) => write!(f, "provider-{id}"),
        }
    }
}

/// What a rule gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Target {
    /// Membership of a group.
    Group(GroupId),
    /// A relation to a type of equipment.
    Qualification(TypeId, Relation),
}

impl Target {
    /// Whether a rule may give it: roles of the space and the system are given here, by people.
    #[must_use]
    pub fn may_be_given(self) -> bool {
        match self {
            Self::Group(_) => true,
            Self::Qualification(kind, _) => Subject::Type(kind).is_learned(),
        }
    }

    /// Its columns: group, type, relation.
    #[must_use]
    pub const fn sides(self) -> (Option<GroupId>, Option<TypeId>, Option<Relation>) {
        match self {
            Self::Group(group) => (Some(group), None, None),
            Self::Qualification(kind, relation) => (None, Some(kind), Some(relation)),
        }
    }

    /// Parses the [`Display`](fmt::Display) form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (what, id) = text.trim().split_once(':')?;
        let id = id.parse().ok().filter(|id| *id > 0)?;
        match what {
            "group" => Some(Self::Group(GroupId(id))),
            relation => Some(Self::Qualification(TypeId(id), Relation::parse(relation)?)),
        }
    }

    /// The inverse of [`sides`](Self::sides).
    #[must_use]
    pub fn of_sides(group: Option<GroupId>, kind: Option<TypeId>, relation: Option<Relation>) -> Option<Self> {
        match (group, kind, relation) {
            (Some(group), None, None) => Some(Self::Group(group)),
            (None, Some(kind), Some(relation)) => Some(Self::Qualification(kind, relation)),
            _ => None,
        }
    }
}

/// `group:3`, `user:7`, `trainer:7`.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(group) => write!(f, "group:{group}"),
            Self::Qualification(kind, relation) => write!(f, "{}:{kind}", relation.as_str()),
        }
    }
}

/// The name of a group there, as rules compare it: without regard to case, white space and the form of letters, and a distinguished
/// name in whatever spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupKey(String);

impl GroupKey {
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self(comparable(name))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub id: GroupRuleId,
    /// The group there, as typed.
    pub external: String,
    pub target: Target,
}

/// The rules of one source, by group.
#[derive(Debug, Clone, Default)]
pub struct Rules(HashMap<GroupKey, Vec<Target>>);

impl Rules {
    #[must_use]
    pub fn new(rules: &[Rule]) -> Self {
        let mut by_group: HashMap<GroupKey, Vec<Target>> = HashMap::new();
        for rule in rules.iter().filter(|rule| rule.target.may_be_given()) {
            by_group.entry(GroupKey::of(&rule.external)).or_default().push(rule.target);
        }
        Self(by_group)
    }

    /// Everything that a person with these groups there gets here.
    #[must_use]
    pub fn targets<'a>(&self, groups: impl IntoIterator<Item = &'a str>) -> BTreeSet<Target> {
        groups.into_iter().filter_map(|group| self.0.get(&GroupKey::of(group))).flatten().copied().collect()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What one person has, as far as rules may give it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Everything they have, whatever its source; a ban counts as having it, so that no rule goes around it.
    pub held: HashSet<Target>,
    /// What rules of this source gave them; some of it may have been taken away here since.
    pub made: HashSet<Target>,
}

/// What changes for one person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// To give, and to record as given by a rule.
    pub additions: Vec<Target>,
    /// To take away again.
    pub removals: Vec<Target>,
    /// Removals by hand whose group there has ended: a rule may give it again another time.
    pub released: Vec<Target>,
}

impl Difference {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.additions.is_empty() && self.removals.is_empty() && self.released.is_empty()
    }

    /// How many groups and qualifications are given or taken away.
    #[must_use]
    pub fn count(&self) -> usize {
        self.additions.len() + self.removals.len()
    }
}

/// What must change so that a person has what rules give them.
#[must_use]
pub fn diff(holdings: &Holdings, wanted: &BTreeSet<Target>) -> Difference {
    let Holdings { held, made } = holdings;
    let unwanted: BTreeSet<_> = made.iter().copied().filter(|target| !wanted.contains(target)).collect();
    let (removals, released) = unwanted.into_iter().partition(|target| held.contains(target));
    let is_new = |target: &Target| !held.contains(target) && !made.contains(target) && target.may_be_given();
    Difference { additions: wanted.iter().copied().filter(is_new).collect(), removals, released }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qualifications::{SPACE, SYSTEM};
    use proptest::{collection::hash_set, prelude::*};

    const LASER: Target = Target::Qualification(TypeId(7), Relation::User);
    const CLASS: Target = Target::Group(GroupId(3));

    fn rule(external: &str, target: Target) -> Rule {
        Rule { id: GroupRuleId(1), external: external.into(), target }
    }

    fn wanted(targets: &[Target]) -> BTreeSet<Target> {
        targets.iter().copied().collect()
    }

    fn holdings(held: &[Target], made: &[Target]) -> Holdings {
        Holdings { held: held.iter().copied().collect(), made: made.iter().copied().collect() }
    }

    #[test]
    fn every_matching_rule_counts_in_any_spelling() {
        let rules =
            Rules::new(&[rule("PD2-2026", CLASS), rule(" laser  course ", LASER), rule("pd2-2026", LASER)]);
        assert_eq!(rules.targets(["pd2-2026 "]), wanted(&[CLASS, LASER]));
        assert_eq!(rules.targets(["Laser Course"]), wanted(&[LASER]));
        assert_eq!(rules.targets(["pd2", ""]), wanted(&[]));
    }

    #[test]
    fn rule_by_whole_name_matches_in_any_spelling() {
        let rules = Rules::new(&[rule("CN=Laser\\, big, OU=Groups, DC=lab", LASER), rule("Mu\u{308}ller", CLASS)]);
        assert_eq!(rules.targets(["cn=laser\\2C big,ou=groups,dc=lab"]), wanted(&[LASER]));
        assert_eq!(rules.targets(["cn=laser,cn=big,ou=groups,dc=lab"]), wanted(&[]));
        assert_eq!(rules.targets(["m\u{fc}ller"]), wanted(&[CLASS]));
    }

    #[test]
    fn rule_cannot_give_a_role() {
        for (subject, relation) in [(SPACE, Relation::User), (SPACE, Relation::Owner), (SYSTEM, Relation::Owner)] {
            let Subject::Type(kind) = subject else { panic!("a type") };
            let role = Target::Qualification(kind, relation);
            assert!(Rules::new(&[rule("it-admins", role)]).is_empty());
            assert!(diff(&Holdings::default(), &wanted(&[role])).is_empty());
        }
    }

    #[test]
    fn membership_made_by_hand_is_neither_made_nor_removed() {
        let by_hand = holdings(&[CLASS], &[]);
        assert!(diff(&by_hand, &wanted(&[CLASS])).is_empty());
        assert!(diff(&by_hand, &wanted(&[])).is_empty());
    }

    #[test]
    fn membership_made_by_a_rule_ends_with_the_group() {
        let found = diff(&holdings(&[CLASS, LASER], &[CLASS]), &wanted(&[]));
        assert_eq!(found, Difference { removals: vec![CLASS], ..Difference::default() });
    }

    #[test]
    fn qualification_revoked_here_returns_only_after_the_group_was_left() {
        let revoked = holdings(&[], &[LASER]);
        assert!(diff(&revoked, &wanted(&[LASER])).is_empty(), "the rule does not give it again");
        let left = diff(&revoked, &wanted(&[]));
        assert_eq!(left, Difference { released: vec![LASER], ..Difference::default() });
        let again = diff(&holdings(&[], &[]), &wanted(&[LASER]));
        assert_eq!(again.additions, [LASER]);
    }

    #[test]
    fn source_is_parsed_exactly() {
        for source in [Source::Directory, Source::Provider(12)] {
            assert_eq!(Source::parse(&source.to_string()), Some(source));
        }
        for text in ["", "Directory", "provider-", "provider-07", "provider-+7", "provider-x"] {
            assert_eq!(Source::parse(text), None, "{text}");
        }
    }

    #[test]
    fn target_is_parsed_exactly() {
        for target in [CLASS, LASER, Target::Qualification(TypeId(9), Relation::Owner)] {
            assert_eq!(Target::parse(&target.to_string()), Some(target));
        }
        for text in ["", "group", "group:", "group:0", "group:-1", "guest:3", "user:x"] {
            assert_eq!(Target::parse(text), None, "{text}");
        }
    }

    fn target() -> impl Strategy<Value = Target> {
        prop_oneof![
            (1_i64..5).prop_map(|id| Target::Group(GroupId(id))),
            (1_i64..6, prop::sample::select(Relation::ALL))
                .prop_map(|(id, relation)| Target::Qualification(TypeId(id), relation)),
        ]
    }

    proptest! {
        #[test]
        fn applying_a_difference_leaves_nothing_to_do_and_touches_nothing_of_others(
            mut held in hash_set(target(), 0..8),
            mut made in hash_set(target(), 0..8),
            wanted in prop::collection::btree_set(target(), 0..8),
        ) {
            let before = held.clone();
            let found = diff(&Holdings { held: held.clone(), made: made.clone() }, &wanted);
            for target in &found.removals {
                prop_assert!(made.contains(target) && !wanted.contains(target));
                held.remove(target);
                made.remove(target);
            }
            for target in &found.released {
                made.remove(target);
            }
            for target in &found.additions {
                prop_assert!(wanted.contains(target) && !before.contains(target));
                held.insert(*target);
                made.insert(*target);
            }
            let after = Holdings { held, made };
            prop_assert!(diff(&after, &wanted).is_empty());
        }
    }
}
