//! Asks the directory for people and their groups.
//!
//! Invariant: everybody whom this server has, or a failure; and whether others may be on another server.

use super::{
    Directory, Entry, Search,
    groups::{self, GroupIndex, GroupsOfPerson},
};
use domain::user_directory::{
    ENTRIES, GroupSource, Layout, Trouble,
    sync::{EntryKey, FoundPerson},
};
use sha2::{Digest, Sha256};
use store::user_directory::Connection;

/// A person in the directory, with their entry. Their groups are not looked up yet ([`complete`]).
pub(super) struct LocatedPerson {
    pub entry: Entry,
    pub person: FoundPerson,
}

/// The people in the directory.
pub(super) struct Reading {
    pub people: Vec<FoundPerson>,
    /// Others may be on another server.
    pub is_partial: bool,
}

/// Everybody in the directory, with their groups.
pub(super) async fn everybody(directory: &dyn Directory, connection: &Connection) -> Result<Reading, Trouble> {
    let Connection { server, layout, .. } = connection;
    let search = Search {
        base: layout.base.clone(),
        filter: layout.people.all(),
        attributes: attributes(layout),
        most: ENTRIES,
    };
    let found = directory.search(server, search).await?;
    let groups = GroupIndex::read(directory, connection, &found.entries).await?;
    let each = found.entries.iter().map(|entry| person(layout, entry, groups.of(layout, entry)?));
    Ok(Reading { people: each.collect::<Result<_, _>>()?, is_partial: found.is_partial })
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
    let each = found.entries.into_iter().map(|entry| {
        let person = person(layout, &entry, GroupsOfPerson::default())?;
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
    let groups = groups::groups_of(directory, connection, &located.entry).await?;
    (located.person.groups, located.person.has_all_groups) = (groups.names, !groups.is_partial);
    Ok(())
}

fn attributes(layout: &Layout) -> Vec<String> {
    let mut names = vec![&layout.login, &layout.name, &layout.email, &layout.unique];
    if layout.groups == GroupSource::MemberOf {
        // An operational attribute in many directories: returned only if it is asked for by name.
        names.push(&layout.member_of);
    }
    let mut names: Vec<_> = names.into_iter().map(|name| name.as_str().to_owned()).collect();
    if layout.groups == GroupSource::Entries {
        names.push(groups::NUMBER.to_owned());
    }
    names
}

/// The person of an entry.
fn person(layout: &Layout, entry: &Entry, groups: GroupsOfPerson) -> Result<FoundPerson, Trouble> {
    let unique = entry.values(layout.unique.as_str())?.first().ok_or(Trouble::NoUniqueId)?;
    let key = EntryKey(Sha256::digest(unique).into());
    let (name, email) = (entry.text(layout.name.as_str()), entry.text(layout.email.as_str()));
    let GroupsOfPerson { names, is_partial } = groups;
    let person = FoundPerson::new(key, &entry.login(layout), name.as_deref(), email.as_deref(), names);
    Ok(FoundPerson { has_all_groups: !is_partial, ..person })
}
