//! Settings of a type or machine itself, in the forms of both.

use super::ValidationError;
use crate::change::Job;
use contract::equipment::{Inherited, SettingsForm};
use domain::{
    equipment::KEYS,
    settings::{Key, Scope, Setting, Settings},
};
use store::{
    StoreError,
    settings::{self, At},
};

/// The values inherited from wider scopes, by field.
pub(super) fn inherited(farther: &Settings) -> Inherited {
    KEYS.iter().map(|&(field, key)| (field.to_owned(), farther.value(key))).collect()
}

/// The values set at `scope` itself, by field.
pub(super) fn own(explicit: &[Setting], scope: Scope) -> impl Iterator<Item = (&'static str, String)> {
    KEYS.iter().map(move |&(field, key)| {
        let own = explicit.iter().find(|setting| setting.scope == scope && setting.key == key);
        (field, own.map_or_else(String::new, |setting| setting.value.clone()))
    })
}

/// The non-empty input; invalid values are added to `faults`.
pub(super) fn checked_settings(form: &SettingsForm, faults: &mut Vec<ValidationError>) -> Vec<(Key, String)> {
    let mut explicit = Vec::new();
    for (field, key, value) in form.each() {
        match key.value(value) {
            _ if value.trim().is_empty() => {}
            Some(value) => explicit.push((key, value)),
            None => faults.push(ValidationError::Setting(field, key)),
        }
    }
    explicit
}

/// Sets and clears values at `at`. Values that are already set are no change.
pub(super) async fn say(job: &mut Job<'_>, at: At, explicit: &[(Key, String)]) -> Result<(), StoreError> {
    let by = job.by().await?;
    let so_far = settings::at(job.tx.conn(), at).await?;
    for (_, key) in KEYS {
        let value = explicit.iter().find(|(known, _)| *known == key).map(|(_, value)| value.as_str());
        let before = so_far.iter().find(|(known, _)| *known == key).map(|(_, value)| value.as_str());
        if value == before {
            continue;
        }
        match value {
            Some(value) => settings::set(job.tx, at, key, value).await?,
            None => settings::clear(job.tx, at, key).await?,
        }
        settings::note(job.tx, at, key, by, job.now).await?;
    }
    Ok(())
}
