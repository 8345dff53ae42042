//! What is said for a type or a machine itself, in the forms of both.

use super::Fault;
use domain::{
    equipment::{Inherited, KEYS, TypedSettings},
    settings::{Key, Scope, Setting, Settings},
};
use store::{
    StoreError, WriteTx,
    settings::{self, At},
};

/// What holds where nothing is said, by field.
pub(super) fn inherited(farther: &Settings) -> Inherited {
    KEYS.iter().map(|&(field, key)| (field.to_owned(), farther.value(key))).collect()
}

/// What was said at `scope` itself, by field.
pub(super) fn own(said: &[Setting], scope: Scope) -> impl Iterator<Item = (&'static str, String)> {
    KEYS.iter().map(move |&(field, key)| {
        let own = said.iter().find(|setting| setting.scope == scope && setting.key == key);
        (field, own.map_or_else(String::new, |setting| setting.value.clone()))
    })
}

/// What was typed, without what was left empty; what does not fit joins `faults`.
pub(super) fn checked_settings(typed: &TypedSettings, faults: &mut Vec<Fault>) -> Vec<(Key, String)> {
    let mut said = Vec::new();
    for (field, key, value) in typed.each() {
        match key.value(value) {
            _ if value.trim().is_empty() => {}
            Some(value) => said.push((key, value)),
            None => faults.push(Fault::Setting(field, key)),
        }
    }
    said
}

/// Says all that was said, and nothing where nothing was.
pub(super) async fn say(tx: &mut WriteTx, at: At, said: &[(Key, String)]) -> Result<(), StoreError> {
    for (_, key) in KEYS {
        match said.iter().find(|(known, _)| *known == key) {
            Some((_, value)) => settings::set(tx, at, key, value).await?,
            None => settings::clear(tx, at, key).await?,
        }
    }
    Ok(())
}
