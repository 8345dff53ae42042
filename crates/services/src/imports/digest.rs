//! A digest of everything that a list would do.
//!
//! Invariant: as long as it is unchanged, applying writes the same in place of the same, including values on no
//! page, such as the previous ones or the full number of a card. Not here: a secret. It keeps nobody
//! out; it shows that the preview matches the change.

use data_encoding::BASE64URL_NOPAD;
use domain::{
    cards::CardUid,
    id::PersonId,
    imports::{Column, ExistingPerson, Line, LineError, RowOutcome, Whom, plan},
};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// The digest of the fates of these lines, in their order.
pub(super) fn of(
    columns: &[Option<Column>],
    lines: &[(Line, Vec<LineError>)],
    outcomes: &[RowOutcome],
    people: &[ExistingPerson],
) -> String {
    let people: HashMap<PersonId, &ExistingPerson> = people.iter().map(|person| (person.id, person)).collect();
    let mut whole = Sha256::new();
    whole.update(json!(columns).to_string());
    for ((line, _), outcome) in lines.iter().zip(outcomes) {
        let (known, new) = match outcome.whom {
            Whom::Existing(id) => (people.get(&id), None),
            Whom::New(number) => (None, Some(number)),
            Whom::Nobody => (None, None),
        };
        let words: Vec<_> = plan::words(line)
            .map(|(column, name)| (column, known.and_then(|person| plan::known(person, column)), name))
            .collect();
        let visible = (outcome.number, known.map(|person| person.id), new, &outcome.name);
        let becomes = (&outcome.actions, &outcome.notes, &outcome.faults);
        let message = (line.card.as_ref().map(CardUid::as_str), line.since, line.from, line.until);
        whole.update(json!([visible, becomes, words, message]).to_string());
    }
    BASE64URL_NOPAD.encode(&whole.finalize())
}
