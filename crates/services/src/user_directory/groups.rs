//! Groups in the directory: who is in them, directly or through other groups.
//!
//! Invariants: a sync and a sign-in follow the same attributes in the same way ([`GroupIndex::of`]), so that neither takes away what
//! the other gave; they differ in how much of the directory they read before. Groups that are not under the base for groups neither
//! count nor are followed. Not here: what groups give (`domain::group_mapping`), and where
//! following ends (`domain::user_directory::nesting`).

use super::{Directory, Entry, FoundEntries, Search};
use domain::user_directory::{
    DistinguishedName, GroupSource, Layout, Trouble,
    entry_name::{EntryName, comparable},
    filter::{self, GROUPS},
    nesting::Nesting,
};
use std::{
    collections::{HashMap, HashSet},
    slice::from_ref,
};
use store::user_directory::Connection;

/// Groups of the directory, at most.
const MOST_GROUPS: usize = 20_000;
/// Groups of one person, at most.
const MOST_GROUPS_OF_ONE: usize = 2_000;
/// Groups that are looked up by one filter.
const NAMED: usize = 30;

const MEMBER: [&str; 2] = ["member", "uniquemember"];
const MEMBER_UID: &str = "memberuid";
/// The number of a person's main group, and of a group.
pub(super) const NUMBER: &str = "gidNumber";
/// The class of the groups whose number counts.
const NUMBERED: &str = "posixgroup";

/// The groups of one person.
#[derive(Debug, Default)]
pub(super) struct GroupsOfPerson {
    /// The names by which rules may mean them.
    pub names: Vec<String>,
    /// Others may be on another server, or could not be read.
    pub is_partial: bool,
}

impl GroupsOfPerson {
    fn new(nesting: Nesting, is_partial: bool) -> Self {
        let names = nesting.into_groups().iter().flat_map(|group| names_of(group)).collect();
        Self { names, is_partial }
    }
}

/// All groups that matter to a sync, or to the sign-in of one person.
#[derive(Debug, Default)]
pub(super) struct GroupIndex {
    /// The groups that a person or a group is in, by their comparable name.
    containing: HashMap<String, Vec<String>>,
    by_login: HashMap<String, Vec<String>>,
    by_number: HashMap<String, Vec<String>>,
    is_partial: bool,
}

impl GroupIndex {
    /// Reads the groups of the people in `entries`.
    pub(super) async fn read(
        directory: &dyn Directory,
        connection: &Connection,
        entries: &[Entry],
    ) -> Result<Self, Trouble> {
        let Connection { server, layout, .. } = connection;
        match layout.groups {
            GroupSource::Nowhere => Ok(Self::default()),
            GroupSource::Entries => {
                let attributes = ["member", "uniqueMember", "memberUid", NUMBER, "objectClass"];
                let search = all(layout, GROUPS.to_owned(), attributes.map(str::to_owned).to_vec());
                Self::of_groups(&directory.search(server, search).await?)
            }
            GroupSource::MemberOf => {
                let is_without =
                    |entry: &Entry| !entry.attributes.contains_key(&layout.member_of.as_str().to_lowercase());
                if entries.iter().all(is_without) {
                    return Ok(Self::default());
                }
                let attributes = vec![layout.member_of.as_str().to_owned()];
                let search = all(layout, filter::groups_in_groups(&layout.member_of), attributes);
                Self::of_members(layout, &optional(directory.search(server, search).await)?)
            }
        }
    }

    /// Reads the groups of the person of one entry alone, level by level.
    async fn read_of_person(
        directory: &dyn Directory,
        connection: &Connection,
        entry: &Entry,
    ) -> Result<Self, Trouble> {
        let Connection { server, layout, .. } = connection;
        let mut index = Self::default();
        match layout.groups {
            GroupSource::Nowhere => return Ok(index),
            GroupSource::Entries => {
                let (login, number) = (entry.login(layout), entry.text(NUMBER));
                let filter = filter::groups_of(&entry.dn, &login, number.as_deref());
                index.add_outer(&entry.dn, directory.search(server, some(layout, filter, "cn")).await?);
            }
            GroupSource::MemberOf => {
                if named(layout, entry)?.is_empty() {
                    // It finds nothing, but tells whether groups may be on another server.
                    index.read_outer(directory, connection, from_ref(&entry.dn)).await?;
                } else if !finds_by_name(directory, connection, entry).await? {
                    return Self::read(directory, connection, from_ref(entry)).await;
                }
            }
        }
        let mut asked = HashSet::new();
        loop {
            let mut level = index.nesting(layout, entry)?.into_groups();
            // Others than distinguished names are looked up by none.
            level.retain(|group| EntryName::parse(group).is_some() && asked.insert(comparable(group)));
            if level.is_empty() {
                return Ok(index);
            }
            for groups in level.chunks(NAMED) {
                index.read_outer(directory, connection, groups).await?;
            }
        }
    }

    /// Asks for the groups that contain `groups`, all of which the person is in.
    async fn read_outer(
        &mut self,
        directory: &dyn Directory,
        connection: &Connection,
        groups: &[String],
    ) -> Result<(), Trouble> {
        let Connection { server, layout, .. } = connection;
        if layout.groups == GroupSource::Entries {
            let found = directory.search(server, some(layout, filter::groups_with(groups), "cn")).await?;
            // Which of them it contains makes no difference to the person.
            if let Some(inner) = groups.first() {
                self.add_outer(inner, found);
            }
            return Ok(());
        }
        let filter = filter::groups_in_groups_named(&layout.member_of, groups);
        let search = some(layout, filter, layout.member_of.as_str());
        self.add_members(layout, &optional(directory.search(server, search).await)?)
    }

    /// Adds the groups `found`, which contain `inner`.
    fn add_outer(&mut self, inner: &str, found: FoundEntries) {
        self.is_partial |= found.is_partial;
        let outer = found.entries.into_iter().map(|group| group.dn);
        self.containing.entry(comparable(inner)).or_default().extend(outer);
    }

    /// From groups that list their members.
    fn of_groups(found: &FoundEntries) -> Result<Self, Trouble> {
        let mut index = Self { is_partial: found.is_partial, ..Self::default() };
        for group in &found.entries {
            for attribute in MEMBER {
                for member in group.values(attribute)? {
                    let member = comparable(&String::from_utf8_lossy(member));
                    index.containing.entry(member).or_default().push(group.dn.clone());
                }
            }
            for member in group.values(MEMBER_UID)? {
                let member = String::from_utf8_lossy(member).into_owned();
                index.by_login.entry(member).or_default().push(group.dn.clone());
            }
            let is_numbered =
                group.values("objectClass")?.iter().any(|class| class.eq_ignore_ascii_case(NUMBERED.as_bytes()));
            if let Some(number) = group.text(NUMBER).filter(|_| is_numbered) {
                index.by_number.entry(number).or_default().push(group.dn.clone());
            }
        }
        Ok(index)
    }

    /// From groups that name the groups they are in.
    fn of_members(layout: &Layout, found: &FoundEntries) -> Result<Self, Trouble> {
        let mut index = Self::default();
        index.add_members(layout, found)?;
        Ok(index)
    }

    /// Adds groups that name the groups they are in.
    fn add_members(&mut self, layout: &Layout, found: &FoundEntries) -> Result<(), Trouble> {
        self.is_partial |= found.is_partial;
        for group in &found.entries {
            self.containing.insert(comparable(&group.dn), named(layout, group)?);
        }
        Ok(())
    }

    /// The groups of the person of an entry.
    pub(super) fn of(&self, layout: &Layout, entry: &Entry) -> Result<GroupsOfPerson, Trouble> {
        Ok(GroupsOfPerson::new(self.nesting(layout, entry)?, self.is_partial))
    }

    /// Follows the groups of the person of an entry.
    fn nesting(&self, layout: &Layout, entry: &Entry) -> Result<Nesting, Trouble> {
        let direct = match layout.groups {
            GroupSource::Nowhere => Vec::new(),
            GroupSource::MemberOf => named(layout, entry)?,
            GroupSource::Entries => self.listing(layout, entry),
        };
        let mut nesting = Nesting::default();
        let mut level = nesting.add(direct);
        while !level.is_empty() {
            let outer = level.iter().filter_map(|group| self.containing.get(&comparable(group))).flatten();
            level = nesting.add(outer.cloned());
        }
        Ok(nesting)
    }

    /// The groups that list the person of an entry.
    fn listing(&self, layout: &Layout, entry: &Entry) -> Vec<String> {
        let by_name = self.containing.get(&comparable(&entry.dn)).into_iter();
        let logins = filter::logins(&entry.login(layout)).into_iter();
        let by_login = logins.filter_map(|login| self.by_login.get(&login));
        let by_number = entry.text(NUMBER).and_then(|number| self.by_number.get(&number)).into_iter();
        by_name.chain(by_login).chain(by_number).flatten().cloned().collect()
    }
}

/// Asks for the groups of the person of one entry.
pub(super) async fn groups_of(
    directory: &dyn Directory,
    connection: &Connection,
    entry: &Entry,
) -> Result<GroupsOfPerson, Trouble> {
    GroupIndex::read_of_person(directory, connection, entry).await?.of(&connection.layout, entry)
}

/// Whether the directory finds entries by their names, which not all do: it would find that of a person whom it found otherwise.
async fn finds_by_name(
    directory: &dyn Directory,
    connection: &Connection,
    entry: &Entry,
) -> Result<bool, Trouble> {
    let Connection { server, layout, .. } = connection;
    let search = Search {
        base: layout.base.clone(),
        filter: filter::entries_named(from_ref(&entry.dn)),
        attributes: vec![layout.login.as_str().to_owned()],
        most: 1,
    };
    Ok(!optional(directory.search(server, search).await)?.entries.is_empty())
}

/// Where groups themselves cannot be read, people have those that their own entries name.
fn optional(found: Result<FoundEntries, Trouble>) -> Result<FoundEntries, Trouble> {
    match found {
        Err(Trouble::BaseNotFound | Trouble::NotAllowed | Trouble::InvalidFilter) => Ok(FoundEntries::default()),
        Err(Trouble::Elsewhere | Trouble::SizeLimit | Trouble::Unclear) => {
            Ok(FoundEntries { is_partial: true, ..FoundEntries::default() })
        }
        found => found,
    }
}

/// A search for all groups.
fn all(layout: &Layout, filter: String, attributes: Vec<String>) -> Search {
    Search { base: group_base(layout), filter, attributes, most: MOST_GROUPS }
}

/// A search for the groups of one person.
fn some(layout: &Layout, filter: String, attribute: &str) -> Search {
    Search { base: group_base(layout), filter, attributes: vec![attribute.to_owned()], most: MOST_GROUPS_OF_ONE }
}

fn group_base(layout: &Layout) -> DistinguishedName {
    layout.group_base.clone().unwrap_or_else(|| layout.base.clone())
}

/// The groups that an entry names, of those that count.
fn named(layout: &Layout, entry: &Entry) -> Result<Vec<String>, Trouble> {
    let named = entry.values(layout.member_of.as_str())?.iter();
    let named = named.filter_map(|value| std::str::from_utf8(value).ok());
    Ok(named.filter(|group| counts(layout, group)).map(str::to_owned).collect())
}

/// Whether a group counts: it is under the base for groups, or no distinguished name.
fn counts(layout: &Layout, group: &str) -> bool {
    let (Some(base), Some(group)) = (&layout.group_base, EntryName::parse(group)) else { return true };
    EntryName::parse(base.as_str()).is_some_and(|base| group.is_under(&base))
}

/// The names by which rules may mean a group: the whole name, and the value of its first part.
fn names_of(dn: &str) -> Vec<String> {
    let first = EntryName::parse(dn).and_then(|name| name.first_value().map(str::to_owned));
    std::iter::once(dn.to_owned()).chain(first).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::user_directory::{Attribute, filter::Template};

    fn layout(groups: GroupSource) -> Layout {
        let attribute = |name| Attribute::parse(name).expect("an attribute");
        Layout {
            base: DistinguishedName::parse("ou=people").expect("a name"),
            people: Template::parse("(uid={login})").expect("a filter"),
            login: attribute("uid"),
            name: attribute("cn"),
            email: attribute("mail"),
            unique: attribute("entryUUID"),
            groups,
            member_of: attribute("memberOf"),
            group_base: DistinguishedName::parse("OU=Groups"),
        }
    }

    fn entry(dn: &str, attributes: &[(&str, &[&str])]) -> Entry {
        let attributes = attributes.iter().map(|(name, values)| {
            ((*name).to_owned(), values.iter().map(|value| value.as_bytes().to_vec()).collect())
        });
        Entry { dn: dn.into(), attributes: attributes.collect() }
    }

    fn names(index: &GroupIndex, layout: &Layout, entry: &Entry) -> Vec<String> {
        let names = index.of(layout, entry).expect("all of them").names;
        names.into_iter().filter(|name| !name.contains('=')).collect()
    }

    #[test]
    fn group_is_meant_by_its_name_or_its_first_part() {
        assert_eq!(names_of("cn=Laser,ou=groups"), ["cn=Laser,ou=groups", "laser"]);
        assert_eq!(names_of("cn=Rossi\\2C Ada,ou=x")[1], "rossi, ada");
        assert_eq!(names_of("laser"), ["laser"]);
    }

    #[test]
    fn members_are_found_by_name_login_and_main_group() {
        let layout = layout(GroupSource::Entries);
        let entries = vec![
            entry("cn=laser,ou=groups", &[("member", &["CN=Rossi\\, Ada, OU=People"])]),
            entry("cn=wood,ou=groups", &[("memberuid", &["ADA"])]),
            entry("cn=all,ou=groups", &[("gidnumber", &["7"]), ("objectclass", &["top", "posixGroup"])]),
            entry("cn=other,ou=groups", &[("gidnumber", &["7"]), ("member", &["uid=bob"])]),
        ];
        let index = GroupIndex::of_groups(&FoundEntries { entries, is_partial: false }).expect("groups");
        let ada = entry("cn=rossi\\2C  ada,ou=people", &[("uid", &["ada"]), ("gidnumber", &["7"])]);
        assert_eq!(names(&index, &layout, &ada), ["laser", "wood", "all"]);
        let other = entry("cn=Rossi,cn=Ada,ou=people", &[("uid", &["eve"])]);
        assert_eq!(names(&index, &layout, &other), Vec::<String>::new());
    }

    #[test]
    fn groups_in_groups_are_followed_and_a_circle_ends() {
        let outer = [("laser 1", "laser 2"), ("laser 2", "all lasers"), ("all lasers", "laser 1")];
        let name = |cn: &str| format!("cn={cn},ou=groups");
        let listing = outer.map(|(inner, outer)| entry(&name(outer), &[("member", &[&name(inner)])])).to_vec();
        let naming = outer.map(|(inner, outer)| entry(&name(inner), &[("memberof", &[&name(outer)])])).to_vec();
        let mut entries = listing;
        entries.push(entry(&name("start"), &[("member", &["uid=u1", &name("other")])]));
        entries.push(entry(&name("laser 1"), &[("member", &["uid=u1"])]));
        let by_entries = GroupIndex::of_groups(&FoundEntries { entries, is_partial: false }).expect("groups");
        let person =
            entry("uid=u1", &[("memberof", &["CN=Start, OU=Groups", "cn=laser 1,ou=groups", "cn=x,ou=away"])]);
        let expected = ["start", "laser 1", "laser 2", "all lasers"];
        assert_eq!(names(&by_entries, &layout(GroupSource::Entries), &person), expected);
        let found = FoundEntries { entries: naming, is_partial: true };
        let layout = layout(GroupSource::MemberOf);
        let by_person = GroupIndex::of_members(&layout, &found).expect("groups");
        assert_eq!(names(&by_person, &layout, &person), expected);
        assert!(by_person.of(&layout, &person).expect("groups").is_partial);
    }
}
