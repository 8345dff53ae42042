//! What a sync changes: who is added, linked, renamed, suspended and let back in.
//!
//! Invariants: a person is matched by the unique id of their entry, never by a name that was typed. An equal e-mail address links
//! only people of one name, only where a manager saw it, and never a manager. A sync lifts only suspensions that a sync made, and
//! suspends no administrator.
//!
//! Not here: groups and qualifications ([`crate::group_mapping`]).

use crate::{
    accounts,
    id::PersonId,
    names,
    people::{PersonStatus, folded::words},
    string_enum::string_enum,
};
use std::collections::{HashMap, HashSet};

/// People that a sync may suspend, whatever their share.
const FEW: usize = 5;

/// What identifies an entry of the directory for good: the hash of its unique id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryKey(pub [u8; 32]);

/// A person in the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPerson {
    pub key: EntryKey,
    pub login: String,
    /// As Toolgate stores names; `None` if the entry has none that can be stored. An address is no name.
    pub name: Option<String>,
    /// As Toolgate stores addresses.
    pub email: Option<String>,
    /// Names of their groups.
    pub groups: Vec<String>,
    /// Whether these are all: otherwise nothing that groups gave is taken away.
    pub has_all_groups: bool,
}

impl FoundPerson {
    /// From the values of an entry.
    #[must_use]
    pub fn new(key: EntryKey, login: &str, name: Option<&str>, email: Option<&str>, groups: Vec<String>) -> Self {
        let login = login.trim().to_owned();
        let name = name.and_then(names::public_name).or_else(|| names::public_name(&login));
        Self { key, login, name, email: email.and_then(accounts::email), groups, has_all_groups: true }
    }
}

/// A person here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistingPerson {
    pub id: PersonId,
    pub status: PersonStatus,
    /// `None` once erased.
    pub name: Option<String>,
    pub email: Option<String>,
    pub is_administrator: bool,
    /// They run the space, or did: an equal address does not link them.
    pub is_staff: bool,
    pub link: Option<Link>,
}

/// The link of a person to an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub key: EntryKey,
    pub login: String,
    /// A sync suspended them.
    pub suspended: bool,
}

string_enum! {
    /// Why a person stays as they are.
    Skip {
        /// A person here has the same address: a manager links them, by applying a dry run.
        SameEmail = "same-email",
        /// A person who runs the space has the same address: they link their account themselves.
        Staff = "staff",
        /// A person here has the same address and another name: they link their account themselves.
        OtherName = "other-name",
        /// Another entry has the same address.
        EmailTwice = "email-twice",
        /// The address here belongs to another person.
        EmailTaken = "email-taken",
        /// The entry has no name.
        Nameless = "nameless",
        /// They left this space.
        Left = "left",
        /// Administrators are not suspended by a sync.
        Administrator = "administrator",
        /// Their entry was not found, but it may be on another server, to which the directory refers.
        Elsewhere = "elsewhere",
    }
}

string_enum! {
    /// What a sync would do to people.
    Effect {
        Join = "join",
        /// They are linked to an account here with the same address.
        Link = "link",
        /// Their name or address changes.
        Update = "update",
        /// They get into a group.
        JoinGroup = "join-group",
        LeaveGroup = "leave-group",
        /// They get a qualification.
        Qualify = "qualify",
        Disqualify = "disqualify",
        Suspend = "suspend",
        Readmit = "readmit",
    }
}

/// What happens to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Adds the person of an entry, by its index.
    Add(usize),
    /// Links a person to an entry.
    Match(PersonId, usize),
    /// Takes over name and address of their entry.
    Update {
        person: PersonId,
        entry: usize,
        /// The address; `None` stays as it is.
        email: Option<String>,
    },
    Suspend(PersonId),
    /// Lifts the suspension that a sync made.
    Readmit(PersonId),
}

/// What a sync would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    pub actions: Vec<Action>,
    /// Names of those who stay as they are, with why.
    pub skipped: Vec<(String, Skip)>,
    /// Linked people who are active here.
    pub linked: usize,
}

/// What a plan may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mandate {
    /// Adds everybody it finds.
    pub adds: bool,
    /// A manager saw who is linked by an equal address.
    pub matches: bool,
    /// A part of the directory is on another server: nobody is suspended for not being found.
    pub is_partial: bool,
}

/// What a timed sync takes away without a manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// From how many percent of the people, at most.
    pub most: u16,
    /// Since the settings that decide who is found changed, a manager applied a sync, or one took nothing away. Before, it takes
    /// nothing away: a mistyped filter finds other people.
    pub is_confirmed: bool,
}

/// Compares the directory with the people here.
#[must_use]
pub fn plan(found: &[FoundPerson], people: &[ExistingPerson], mandate: Mandate) -> Plan {
    let mut plan = Plan::default();
    let by_key: HashMap<EntryKey, &ExistingPerson> =
        people.iter().filter_map(|person| Some((person.link.as_ref()?.key, person))).collect();
    let by_email: HashMap<&str, &ExistingPerson> =
        people.iter().filter_map(|person| Some((person.email.as_deref()?, person))).collect();
    let mut emails = HashSet::new();
    let mut present = HashSet::new();
    for (at, entry) in found.iter().enumerate() {
        if !present.insert(entry.key) {
            continue;
        }
        let is_second = entry.email.as_deref().is_some_and(|email| !emails.insert(email));
        let Some(name) = &entry.name else {
            plan.skipped.push((entry.login.clone(), Skip::Nameless));
            continue;
        };
        let same_email = entry.email.as_deref().and_then(|email| by_email.get(email)).copied();
        match by_key.get(&entry.key) {
            Some(person) => {
                let is_free = !is_second && same_email.is_none_or(|other| other.id == person.id);
                plan.follow(person, (at, entry, name), is_free);
            }
            None if is_second => plan.skipped.push((name.clone(), Skip::EmailTwice)),
            None => match same_email {
                // Another entry is theirs.
                Some(other) if other.link.is_some() => plan.skipped.push((name.clone(), Skip::EmailTaken)),
                Some(other) if other.status == PersonStatus::Left => plan.skipped.push((name.clone(), Skip::Left)),
                Some(other) if other.is_staff => plan.skipped.push((name.clone(), Skip::Staff)),
                // In some directories people write their address themselves.
                Some(other) if !may_be_one_person(other.name.as_deref(), name) => {
                    plan.skipped.push((name.clone(), Skip::OtherName));
                }
                Some(other) if mandate.matches => plan.actions.push(Action::Match(other.id, at)),
                Some(_) => plan.skipped.push((name.clone(), Skip::SameEmail)),
                None if mandate.adds => plan.actions.push(Action::Add(at)),
                None => {}
            },
        }
    }
    for person in people {
        let Some(link) = &person.link else { continue };
        if person.status != PersonStatus::Active {
            continue;
        }
        plan.linked += 1;
        if present.contains(&link.key) {
            continue;
        }
        if mandate.is_partial {
            plan.skipped.push((person.name.clone().unwrap_or_default(), Skip::Elsewhere));
        } else if person.is_administrator {
            plan.skipped.push((person.name.clone().unwrap_or_default(), Skip::Administrator));
        } else {
            plan.actions.push(Action::Suspend(person.id));
        }
    }
    plan
}

/// Whether the names may be of one person: one has all words of the other, as with a second first name.
fn may_be_one_person(here: Option<&str>, there: &str) -> bool {
    let Some(here) = here else { return true };
    let (here, there) = (words(here), words(there));
    let is_part = |part: &[String], whole: &[String]| part.iter().all(|word| whole.contains(word));
    is_part(&here, &there) || is_part(&there, &here)
}

impl Plan {
    /// What happens to a linked person whose entry is there.
    fn follow(
        &mut self,
        person: &ExistingPerson,
        (at, entry, name): (usize, &FoundPerson, &String),
        is_free: bool,
    ) {
        let Some(link) = &person.link else { return };
        // Who left or was erased does not return by a list.
        if person.status == PersonStatus::Left || person.name.is_none() {
            return;
        }
        let email = entry.email.clone().filter(|email| person.email.as_ref() != Some(email));
        if email.is_some() && !is_free {
            self.skipped.push((name.clone(), Skip::EmailTaken));
        }
        let email = email.filter(|_| is_free);
        if person.name.as_ref() != Some(name) || link.login != entry.login || email.is_some() {
            self.actions.push(Action::Update { person: person.id, entry: at, email });
        }
        if person.status == PersonStatus::Suspended && link.suspended {
            self.actions.push(Action::Readmit(person.id));
        }
    }

    #[must_use]
    pub fn suspensions(&self) -> usize {
        self.actions.iter().filter(|action| matches!(action, Action::Suspend(_))).count()
    }

    /// Whether it needs a manager: nobody is left in the directory, or more people than the limit would lose access, here or by
    /// rules about groups. `losing`: people from whom rules take something away, of the `mapped` to whom rules gave something.
    #[must_use]
    pub fn needs_confirmation(&self, found: usize, limit: Limit, (losing, mapped): (usize, usize)) -> bool {
        let is_much = |count: usize, of: usize| {
            let is_beyond = count > FEW && count * 100 > of * usize::from(limit.most);
            is_beyond || (count > 0 && !limit.is_confirmed)
        };
        let suspended = self.suspensions();
        (found == 0 && self.linked > 0) || is_much(suspended, self.linked) || is_much(losing, mapped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: Mandate = Mandate { adds: true, matches: true, is_partial: false };
    const TIMED: Mandate = Mandate { adds: true, matches: false, is_partial: false };
    const LIMIT: Limit = Limit { most: 20, is_confirmed: true };

    fn key(number: u8) -> EntryKey {
        EntryKey([number; 32])
    }

    #[test]
    fn login_is_the_name_of_an_entry_without_one_unless_it_is_an_address() {
        let name = |login, name| FoundPerson::new(EntryKey([0; 32]), login, name, None, Vec::new()).name;
        assert_eq!(name("nora.kofler", None).as_deref(), Some("nora.kofler"));
        assert_eq!(name("nora@uni.example", Some("Nora Kofler")).as_deref(), Some("Nora Kofler"));
        assert_eq!(name("nora@uni.example", None), None);
        assert_eq!(name("nora", Some("nora@uni.example")).as_deref(), Some("nora"));
    }

    fn entry(number: u8, name: &str, email: Option<&str>) -> FoundPerson {
        FoundPerson::new(key(number), &format!("u{number}"), Some(name), email, vec![])
    }

    fn person(id: i64, name: &str, email: Option<&str>) -> ExistingPerson {
        ExistingPerson {
            id: PersonId(id),
            status: PersonStatus::Active,
            name: Some(name.into()),
            email: email.map(str::to_owned),
            is_administrator: false,
            is_staff: false,
            link: None,
        }
    }

    fn linked(id: i64, number: u8, name: &str) -> ExistingPerson {
        let link = Link { key: key(number), login: format!("u{number}"), suspended: false };
        ExistingPerson { link: Some(link), ..person(id, name, None) }
    }

    #[test]
    fn unknown_entry_is_added_and_missing_one_suspended() {
        let found = [entry(1, "Ada", None)];
        let plan = plan(&found, &[linked(7, 2, "Ruth")], TIMED);
        assert_eq!(plan.actions, [Action::Add(0), Action::Suspend(PersonId(7))]);
        assert!(super::plan(&found, &[], Mandate { adds: false, ..ALL }).actions.is_empty());
    }

    #[test]
    fn part_on_another_server_suspends_nobody() {
        let people = [linked(7, 1, "Ada"), linked(8, 2, "Ruth")];
        let plan =
            plan(&[entry(1, "Ada", None), entry(3, "Emre", None)], &people, Mandate { is_partial: true, ..TIMED });
        assert_eq!((plan.actions, plan.skipped), (vec![Action::Add(1)], vec![("Ruth".into(), Skip::Elsewhere)]));
    }

    #[test]
    fn renamed_person_is_the_same_person() {
        let found = [FoundPerson { login: "ada.king".into(), ..entry(1, "Ada King", Some("King@uni.example")) }];
        let plan = plan(&found, &[linked(7, 1, "Ada Byron")], TIMED);
        let email = Some("king@uni.example".to_owned());
        assert_eq!(plan.actions, [Action::Update { person: PersonId(7), entry: 0, email }]);
    }

    #[test]
    fn equal_address_links_only_with_a_managers_eyes_and_never_staff() {
        let found = [entry(1, "Ada", Some("ada@uni.example"))];
        let ada = person(7, "Ada", Some("ada@uni.example"));
        assert_eq!(plan(&found, std::slice::from_ref(&ada), ALL).actions, [Action::Match(PersonId(7), 0)]);
        let timed = plan(&found, std::slice::from_ref(&ada), TIMED);
        assert_eq!((timed.actions, timed.skipped), (vec![], vec![("Ada".into(), Skip::SameEmail)]));
        let staff = plan(&found, &[ExistingPerson { is_staff: true, ..ada.clone() }], ALL);
        assert_eq!((staff.actions, staff.skipped), (vec![], vec![("Ada".into(), Skip::Staff)]));
        let other = ExistingPerson { link: linked(7, 9, "Ada").link, ..ada };
        let taken = plan(&[found[0].clone(), entry(9, "Ada", None)], &[other], ALL);
        assert_eq!((taken.actions, taken.skipped), (vec![], vec![("Ada".into(), Skip::EmailTaken)]));
    }

    #[test]
    fn equal_address_links_nobody_of_another_name() {
        let sam = person(7, "Sam Carter", Some("sam@uni.example"));
        for (name, links) in [("carter SAM", true), ("Sam J. Carter", true), ("Sam", true), ("Lena Plank", false)]
        {
            let found = [entry(1, name, Some("sam@uni.example"))];
            let plan = plan(&found, std::slice::from_ref(&sam), ALL);
            let expected = if links { vec![] } else { vec![(name.to_owned(), Skip::OtherName)] };
            assert_eq!((plan.actions.len(), plan.skipped), (usize::from(links), expected), "{name}");
        }
    }

    #[test]
    fn address_of_another_person_is_not_taken_over() {
        let found = [entry(1, "Ada", Some("bob@uni.example"))];
        let people = [linked(7, 1, "Ada"), person(8, "Bob", Some("bob@uni.example"))];
        let plan = plan(&found, &people, ALL);
        assert_eq!((plan.actions, plan.skipped), (vec![], vec![("Ada".into(), Skip::EmailTaken)]));
    }

    #[test]
    fn two_entries_with_one_address_are_not_both_added() {
        let found = [entry(1, "Anna", Some("a@uni.example")), entry(2, "Anna B", Some("A@uni.example"))];
        let plan = plan(&found, &[], ALL);
        assert_eq!(
            (plan.actions, plan.skipped),
            (vec![Action::Add(0)], vec![("Anna B".into(), Skip::EmailTwice)])
        );
    }

    #[test]
    fn sync_lifts_only_its_own_suspension() {
        let found = [entry(1, "Ada", None), entry(2, "Bob", None)];
        let suspended = |id, number, name, by_sync| {
            let mut them = linked(id, number, name);
            them.status = PersonStatus::Suspended;
            them.link = them.link.map(|link| Link { suspended: by_sync, ..link });
            them
        };
        let people = [suspended(7, 1, "Ada", true), suspended(8, 2, "Bob", false)];
        assert_eq!(plan(&found, &people, TIMED).actions, [Action::Readmit(PersonId(7))]);
    }

    #[test]
    fn administrator_is_never_suspended() {
        let admin = ExistingPerson { is_administrator: true, ..linked(7, 1, "Ada") };
        let plan = plan(&[], &[admin], TIMED);
        assert_eq!((plan.actions, plan.skipped), (vec![], vec![("Ada".into(), Skip::Administrator)]));
    }

    #[test]
    fn erased_and_former_people_do_not_return_by_a_list() {
        let found = [entry(1, "Ada", None), entry(2, "Bob", Some("bob@uni.example"))];
        let erased = ExistingPerson { name: None, status: PersonStatus::Left, ..linked(7, 1, "") };
        let former = ExistingPerson { status: PersonStatus::Left, ..person(8, "Bob", Some("bob@uni.example")) };
        let plan = plan(&found, &[erased, former], ALL);
        assert_eq!((plan.actions, plan.skipped), (vec![], vec![("Bob".into(), Skip::Left)]));
    }

    #[test]
    fn many_leavers_or_an_empty_list_need_a_manager() {
        let people: Vec<_> = (1..=30).map(|number| linked(number.into(), number, "Ada")).collect();
        let found: Vec<_> = (1..=30).map(|number| entry(number, "Ada", None)).collect();
        let confirm = |stay: usize| plan(&found[..stay], &people, TIMED).needs_confirmation(stay, LIMIT, (0, 0));
        assert!(!confirm(30) && !confirm(25) && !confirm(24), "6 of 30 are 20 %");
        assert!(confirm(23) && confirm(0));
        let few = plan(&[], &people[..3], TIMED);
        assert!(few.needs_confirmation(0, LIMIT, (0, 0)), "nobody is there any more");
        assert!(
            !plan(&found[..1], &people[..3], TIMED).needs_confirmation(1, LIMIT, (0, 0)),
            "two people are few"
        );
        let same = plan(&found, &people, TIMED);
        assert!(same.needs_confirmation(30, LIMIT, (7, 30)) && !same.needs_confirmation(30, LIMIT, (6, 30)));
    }

    #[test]
    fn first_loss_under_new_settings_needs_a_manager() {
        let people: Vec<_> = (1..=30).map(|number| linked(number.into(), number, "Ada")).collect();
        let found: Vec<_> = (1..=30).map(|number| entry(number, "Ada", None)).collect();
        let changed = Limit { is_confirmed: false, ..LIMIT };
        let same = plan(&found, &people, TIMED);
        assert!(!same.needs_confirmation(30, changed, (0, 30)), "it takes nothing away");
        assert!(same.needs_confirmation(30, changed, (1, 30)));
        let one = plan(&found[..29], &people, TIMED);
        assert!(one.needs_confirmation(29, changed, (0, 0)) && !one.needs_confirmation(29, LIMIT, (0, 0)));
    }

    fn found() -> impl Strategy<Value = FoundPerson> {
        (1_u8..12, "[AB]{0,2}", prop::option::of("[ab]@x\\.example")).prop_map(|(number, name, email)| {
            FoundPerson::new(key(number), &format!("u{number}"), Some(&name), email.as_deref(), vec![])
        })
    }

    fn existing() -> impl Strategy<Value = Vec<ExistingPerson>> {
        let one = (
            prop::sample::select(PersonStatus::ALL),
            prop::option::of("[AB]{1,2}"),
            prop::option::of((1_u8..12, any::<bool>())),
            any::<(bool, bool)>(),
        );
        prop::collection::vec(one, 0..10).prop_map(|rows| {
            let mut keys = HashSet::new();
            let each =
                rows.into_iter().zip(1_i64..).map(|((status, name, link, (is_administrator, is_staff)), id)| {
                    let link = link.filter(|(number, _)| keys.insert(*number)).map(|(number, suspended)| Link {
                        key: key(number),
                        login: format!("u{number}"),
                        suspended,
                    });
                    let email = (id < 3).then(|| format!("{}@x.example", if id == 1 { 'a' } else { 'b' }));
                    ExistingPerson { id: PersonId(id), status, name, email, is_administrator, is_staff, link }
                });
            each.collect()
        })
    }

    proptest! {
        #[test]
        fn plan_touches_everybody_once_and_only_whom_it_may(
            found in prop::collection::vec(found(), 0..12),
            people in existing(),
            matches in any::<bool>(),
        ) {
            let plan = plan(&found, &people, Mandate { matches, ..ALL });
            let of = |id: PersonId| people.iter().find(|person| person.id == id).expect("one of them");
            let mut matched = HashSet::new();
            for action in &plan.actions {
                match action {
                    Action::Add(at) => {
                        prop_assert!(found[*at].name.is_some());
                        prop_assert!(people.iter().all(|one| one.email.is_none() || one.email != found[*at].email));
                    }
                    Action::Match(id, _) => {
                        prop_assert!(matches && of(*id).link.is_none() && !of(*id).is_staff && matched.insert(*id));
                    }
                    Action::Update { person, entry, .. } => {
                        prop_assert_eq!(of(*person).link.as_ref().map(|link| link.key), Some(found[*entry].key));
                        prop_assert!(of(*person).status != PersonStatus::Left);
                    }
                    Action::Suspend(id) => {
                        let them = of(*id);
                        prop_assert!(them.status == PersonStatus::Active && !them.is_administrator);
                        let key = them.link.as_ref().expect("linked").key;
                        prop_assert!(found.iter().all(|entry| entry.key != key));
                    }
                    Action::Readmit(id) => {
                        prop_assert!(of(*id).link.as_ref().is_some_and(|link| link.suspended));
                        prop_assert_eq!(of(*id).status, PersonStatus::Suspended);
                    }
                }
            }
        }
    }
}
