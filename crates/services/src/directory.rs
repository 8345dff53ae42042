//! The directory of people: finding the person that a name or an address means, and who may see or edit a profile.
//!
//! Not here: lists and pages of people ([`crate::people`]).

use domain::{
    actor::{Actor, Permission, Principal, Rank, Target, rank},
    id::PersonId,
    people::{PersonStatus, folded::words},
    time::Millis,
};
use store::{
    SqliteConnection, StoreError,
    people::{self, Person},
};

/// Letters that are searched for at most; the longest address has 254.
pub const SEARCH: usize = 254;

/// Names that a field for a person suggests, at most.
const SUGGESTED: u16 = 1_000;

/// The names of members, for a field in which one of them is named.
pub(crate) async fn suggested(conn: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    let members = people::named(conn, &[], SUGGESTED).await?;
    Ok(members.into_iter().map(|(_, name)| name).collect())
}

/// People whose whole name or address is `input`: a part of a name could match another person. At most two, which
/// is already ambiguous.
pub(crate) async fn called(
    conn: &mut SqliteConnection,
    input: &str,
) -> Result<Vec<(PersonId, String)>, StoreError> {
    people::called(conn, input.trim()).await
}

/// The people meant by `input`, shown before an action: as [`called`], and for readers who may see people also by
/// the beginning of a name that only one member has. At most two.
pub(crate) async fn meant(
    conn: &mut SqliteConnection,
    actor: &Actor,
    input: &str,
) -> Result<Vec<(PersonId, String)>, StoreError> {
    let whole = called(conn, input).await?;
    let sought = words(input);
    // Trying letters must not reveal who is a member.
    if !whole.is_empty() || sought.is_empty() || !actor.may(Permission::SeePeople, Target::NONE) {
        return Ok(whole);
    }
    let found = people::named(conn, &sought, SUGGESTED).await?;
    Ok(found.into_iter().filter(|(_, name)| begins_with(name, input)).take(2).collect())
}

/// Whether each word of `input` begins a word of `name`; false without words. Accents matter, as in whole names.
pub(crate) fn begins_with(name: &str, input: &str) -> bool {
    fn words(text: &str) -> impl Iterator<Item = &str> {
        text.split(|letter: char| !letter.is_alphanumeric()).filter(|code| !code.is_empty())
    }
    let (name, input) = (name.to_lowercase(), input.to_lowercase());
    let mut parts = words(&input).peekable();
    parts.peek().is_some() && parts.all(|part| words(&name).any(|code| code.starts_with(part)))
}

/// Whether the caller may change the name and picture of `person`.
pub(crate) fn may_edit(actor: &Actor, person: &Person, now: Millis) -> bool {
    let outranked = |known: &Principal| {
        known.id != person.id && rank(PersonStatus::Active, &person.ledger, now) > known.rank()
    };
    actor.may(Permission::EditProfile, Target::person(person.id)) && !actor.known().is_some_and(outranked)
}

/// Whether the caller may know who has an address.
pub(crate) fn tells(actor: &Actor) -> bool {
    actor.known().is_none_or(|known| known.rank() >= Rank::Manager)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_words_match_name_starts_in_any_order() {
        for input in ["carl", "b car", "Blu, Carl"] {
            assert!(begins_with("Carl Blu", input), "{input}");
        }
        for input in ["arl", "carla", "-", ""] {
            assert!(!begins_with("Carl Blu", input), "{input}");
        }
    }
}
