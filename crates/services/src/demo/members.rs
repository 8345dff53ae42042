//! Members of a department beside the cast, so that lists are as long as in a large workshop: name, address and membership.
//!
//! Not here: cards, qualifications on machines and history, which they do not have; and their dues ([`super::dues`]).

use super::cast;
use domain::{
    id::PersonId,
    people::PersonStatus,
    qualifications::Cause,
    time::{DAY, Millis},
};
use store::{
    StoreError, WriteTx,
    people::{self, NewPerson},
    qualifications::{self, NewEntry},
};

/// With those of the cast, 214 people have dues.
pub(super) const COUNT: usize = 178;

/// No name of the cast is made of these. The numbers of both have no common divisor, so each pair comes once in 247.
const GIVEN: [&str; 19] = [
    "Adele", "Bruno", "Chiara", "David", "Edda", "Felix", "Greta", "Hannes", "Ida", "Jakob", "Katia", "Leo",
    "Marlene", "Nora", "Otto", "Petra", "Ruben", "Silvia", "Theo",
];
const FAMILY: [&str; 13] = [
    "Alber",
    "Bianchi",
    "Costa",
    "Dorfmann",
    "Esposito",
    "Fink",
    "Gruber",
    "Hofer",
    "Innerebner",
    "Kofler",
    "Lanz",
    "Marino",
    "Pichler",
];

fn name(member: usize) -> String {
    format!("{} {}", GIVEN[member % GIVEN.len()], FAMILY[member % FAMILY.len()])
}

/// Adds the members; one joined each day until yesterday.
pub(super) async fn join(tx: &mut WriteTx, now: Millis) -> Result<Vec<PersonId>, StoreError> {
    let mut members = Vec::new();
    for member in 0..COUNT {
        let joined = now.before(DAY * u32::try_from(COUNT - member).unwrap_or(1));
        let name = name(member);
        let email = Some(cast::email(&name));
        let new = NewPerson { status: PersonStatus::Active, name, email, created_at: joined };
        let person = people::add(tx, &new).await?;
        qualifications::add(tx, &NewEntry::membership(person, Cause::Trainer, None, joined)).await?;
        members.push(person);
    }
    Ok(members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_of_members_and_of_the_cast_differ() {
        let names: BTreeSet<String> =
            (0..COUNT).map(name).chain(cast::NAMES.iter().map(|&name| name.to_owned())).collect();
        assert_eq!(names.len(), COUNT + cast::NAMES.len());
    }
}
