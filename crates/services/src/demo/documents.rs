//! Documents of the invented workshop: house rules that all but one have signed, and a paper that users of the laser handed in.

use super::cast;
use domain::{
    documents::DocumentKind,
    id::{PersonId, TypeId},
    people::PersonStatus,
    settings::At,
    time::{DAY, Millis},
};
use store::{
    StoreError, WriteTx,
    documents::{self, NewDocument, NewEdition, NewSignature},
    people,
};

/// The only one who has not signed the house rules, so that machines refuse them.
pub(super) const UNSIGNED: usize = 37;

const RULES: &str = "1. **Wear eye protection** at every machine.\n2. Clean up before you leave.\n3. Report what is broken, \
                     even if you broke it.\n4. Never run a machine alone that says so.";
const PAPER: &str = "The insurance form for users of the laser cutters, signed by hand.";

/// Publishes both, signed by the cast and by `others`.
pub(super) async fn sign(
    tx: &mut WriteTx,
    cast: &[PersonId],
    others: &[PersonId],
    laser: TypeId,
    now: Millis,
) -> Result<(), StoreError> {
    let manager = cast[cast::ADMINISTRATOR];
    let from = now.before(DAY * 170);
    let by = Some(people::alias(tx, manager, from).await?);
    let title = "House rules".to_owned();
    let rules =
        NewDocument { title, kind: DocumentKind::Text, at: At::Space, lapse: None, draft: RULES.to_owned() };
    let document = documents::add(tx, &rules, from, by).await?;
    let edition = NewEdition { document, edition: 1, body: RULES, sign_again: true, from };
    documents::publish(tx, &edition, from, by).await?;
    let signers = cast
        .iter()
        .enumerate()
        .filter(|(person, _)| *person != UNSIGNED && cast::status(*person) != PersonStatus::Applicant);
    for (day, (person, &id)) in (0..).zip(signers) {
        let name = Some(cast::NAMES[person]);
        let new = NewSignature { document, edition: 1, person: id, name, by: None };
        documents::sign(tx, new, from.after(DAY * (day % 40))).await?;
    }
    for &person in others {
        let name = people::one(tx.conn(), person, now).await?.and_then(|one| one.name);
        let new = NewSignature { document, edition: 1, person, name: name.as_deref(), by: None };
        documents::sign(tx, new, now.before(DAY)).await?;
    }
    let title = "Insurance form".to_owned();
    let paper = NewDocument {
        title,
        kind: DocumentKind::Paper,
        at: At::Type(laser),
        lapse: None,
        draft: PAPER.to_owned(),
    };
    let document = documents::add(tx, &paper, from, by).await?;
    let edition = NewEdition { document, edition: 1, body: PAPER, sign_again: true, from };
    documents::publish(tx, &edition, from, by).await?;
    let users = cast.iter().enumerate().filter(|(person, _)| cast::relation(*person, cast::LASER).is_some());
    for (_, &person) in users {
        let new = NewSignature { document, edition: 1, person, name: None, by };
        documents::sign(tx, new, from.after(DAY)).await?;
    }
    Ok(())
}
