//! Asks the directory for people and their groups.
//!
//! Invariant: everybody or a failure. Groups that are not under the base for groups do not count.

use super::{Directory, Entry, Search};
use domain::user_directory::{
    DistinguishedName, ENTRIES, GroupSource, Layout, Trouble,
    entry_name::{EntryName, comparable},
    filter::{self, GROUPS},
    sync::{EntryKey, FoundPerson},
};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use store::user_directory::Connection;

/// Groups of the directory, at most.
const MOST_GROUPS: usize = 20_000;
/// Groups of one person, at most.
const MOST_GROUPS_OF_ONE: usize = 2_000;

/// A person in the directory, with their entry. Groups that are entries of their own are not looked up yet ([`complete`]).
pub(super) struct LocatedPerson {
    pub entry: Entry,
    pub person: FoundPerson,
}

/// Everybody in the directory, with their groups.
pub(super) async fn everybody(
    directory: &dyn Directory,
    connection: &Connection,
) -> Result<Vec<FoundPerson>, Trouble> {
    let Connection { server, layout, .. } = connection;
    let search = Search {
        base: layout.base.clone(),
        filter: layout.people.all(),
        attributes: attributes(layout),
        most: ENTRIES,
    };
    let entries = directory.search(server, search).await?;
    let groups = match layout.groups {
        GroupSource::Entries => Some(members(directory, connection).await?),
        GroupSource::MemberOf | GroupSource::Nowhere => None,
    };
    let each = entries.iter().map(|entry| {
        let listed = groups.as_ref().map(|groups| groups.of(&entry.dn, &login(layout, entry)));
        person(layout, entry, listed)
    });
    each.collect()
}

/// The people whom `input` means: mostly none or one.
pub(super) async fn locate(
    directory: &dyn Directory,
    connection: &Connection,
    input: &str,
) -> Result<Vec<LocatedPerson>, Trouble> {
    let Connection { server, layout, .. } = connection;
    let search = Search {
        base: layout.base.clone(),
        filter: layout.people.one(input),
        attributes: attributes(layout),
        most: 2,
    };
    let found = directory.search(server, search).await?;
    let each = found.into_iter().map(|entry| {
        let listed = (layout.groups == GroupSource::Entries).then(Vec::new);
        let person = person(layout, &entry, listed)?;
        Ok(LocatedPerson { entry, person })
    });
    each.collect()
}

/// Looks up the groups of a person who proved who they are: before, it would show by the time it takes that they exist.
pub(super) async fn complete(
    directory: &dyn Directory,
    connection: &Connection,
    located: &mut LocatedPerson,
) -> Result<(), Trouble> {
    if connection.layout.groups == GroupSource::Entries {
        located.person.groups = groups_of(directory, connection, &located.entry).await?;
    }
    Ok(())
}

fn attributes(layout: &Layout) -> Vec<String> {
    let mut names = vec![&layout.login, &layout.name, &layout.email, &layout.unique];
    if layout.groups == GroupSource::MemberOf {
        // An operational attribute in many directories: returned only if it is asked for by name.
        names.push(&layout.member_of);
    }
    names.into_iter().map(|name| name.as_str().to_owned()).collect()
}

fn login(layout: &Layout, entry: &Entry) -> String {
    text(entry, layout.login.as_str()).unwrap_or_default()
}

/// The person of an entry; `listed` are their groups, unless the entry names them.
fn person(layout: &Layout, entry: &Entry, listed: Option<Vec<String>>) -> Result<FoundPerson, Trouble> {
    let unique = values(entry, layout.unique.as_str())?.first().ok_or(Trouble::NoUniqueId)?;
    let key = EntryKey(Sha256::digest(unique).into());
    let groups = match (layout.groups, listed) {
        (GroupSource::Nowhere, _) => Vec::new(),
        (_, Some(listed)) => listed,
        (GroupSource::Entries | GroupSource::MemberOf, None) => {
            let named = values(entry, layout.member_of.as_str())?;
            let named = named.iter().filter_map(|value| std::str::from_utf8(value).ok());
            named.filter(|group| counts(layout, group)).flat_map(names_of).collect()
        }
    };
    let (name, email) = (text(entry, layout.name.as_str()), text(entry, layout.email.as_str()));
    Ok(FoundPerson::new(key, &login(layout, entry), name.as_deref(), email.as_deref(), groups))
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

/// Groups by member: by a comparable name, or by login name.
struct MembersIndex {
    by_dn: HashMap<String, Vec<String>>,
    by_login: HashMap<String, Vec<String>>,
}

impl MembersIndex {
    fn of(&self, dn: &str, login: &str) -> Vec<String> {
        let named = self.by_dn.get(&comparable(dn)).into_iter();
        let listed = filter::logins(login).into_iter().filter_map(|login| self.by_login.get(&login));
        let groups = named.chain(listed).flatten();
        groups.flat_map(|group| names_of(group)).collect()
    }
}

const MEMBER: [&str; 2] = ["member", "uniquemember"];
const MEMBER_UID: &str = "memberuid";

fn group_base(layout: &Layout) -> DistinguishedName {
    layout.group_base.clone().unwrap_or_else(|| layout.base.clone())
}

async fn members(directory: &dyn Directory, connection: &Connection) -> Result<MembersIndex, Trouble> {
    let search = Search {
        base: group_base(&connection.layout),
        filter: GROUPS.to_owned(),
        attributes: ["member", "uniqueMember", "memberUid"].map(str::to_owned).to_vec(),
        most: MOST_GROUPS,
    };
    let mut index = MembersIndex { by_dn: HashMap::new(), by_login: HashMap::new() };
    for group in directory.search(&connection.server, search).await? {
        for attribute in MEMBER {
            for member in values(&group, attribute)? {
                let member = comparable(&String::from_utf8_lossy(member));
                index.by_dn.entry(member).or_default().push(group.dn.clone());
            }
        }
        for member in values(&group, MEMBER_UID)? {
            let member = String::from_utf8_lossy(member).into_owned();
            index.by_login.entry(member).or_default().push(group.dn.clone());
        }
    }
    Ok(index)
}

/// The groups of one person.
async fn groups_of(
    directory: &dyn Directory,
    connection: &Connection,
    entry: &Entry,
) -> Result<Vec<String>, Trouble> {
    let search = Search {
        base: group_base(&connection.layout),
        filter: filter::groups_of(&entry.dn, &login(&connection.layout, entry)),
        attributes: vec!["cn".to_owned()],
        most: MOST_GROUPS_OF_ONE,
    };
    let groups = directory.search(&connection.server, search).await?;
    Ok(groups.iter().flat_map(|group| names_of(&group.dn)).collect())
}

/// The values of an attribute. A directory that returns only a range of them has cut the list.
fn values<'a>(entry: &'a Entry, attribute: &str) -> Result<&'a [Vec<u8>], Trouble> {
    let name = attribute.to_lowercase();
    let range = format!("{name};range=");
    if entry.attributes.keys().any(|key| key.starts_with(&range)) {
        return Err(Trouble::SizeLimit);
    }
    Ok(entry.attributes.get(&name).map_or(&[], Vec::as_slice))
}

/// The first value of an attribute, if it is text.
fn text(entry: &Entry, attribute: &str) -> Option<String> {
    let value = entry.attributes.get(&attribute.to_lowercase())?.first()?;
    String::from_utf8(value.clone()).ok().filter(|value| !value.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn group_is_meant_by_its_name_or_its_first_part() {
        assert_eq!(names_of("cn=Laser,ou=groups"), ["cn=Laser,ou=groups", "laser"]);
        assert_eq!(names_of("cn=Rossi\\2C Ada,ou=x")[1], "rossi, ada");
        assert_eq!(names_of("laser"), ["laser"]);
    }

    #[test]
    fn member_is_found_by_any_spelling_of_their_name() {
        let group = vec!["cn=laser,ou=groups".to_owned()];
        let by_dn = HashMap::from([(comparable("CN=Rossi\\, Ada, OU=People"), group.clone())]);
        let index = MembersIndex { by_dn, by_login: HashMap::from([("ADA".to_owned(), group)]) };
        assert_eq!(index.of("cn=rossi\\2C  ada,ou=people", "")[0], "cn=laser,ou=groups");
        assert_eq!(index.of("", "ada").len(), 2, "by the login name");
        assert_eq!(index.of("cn=Rossi,cn=Ada,ou=people", "bob"), Vec::<String>::new());
    }
}
