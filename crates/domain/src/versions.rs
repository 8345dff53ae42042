//! Versions: detects that a form is older than the stored data.
//!
//! **Invariant.** Everything people edit has a version that grows with each change; a form names the one it was
//! loaded from. A form with an older version changes nothing and gets the stored values, to choose from field by
//! field.
//!
//! Not here: automatic merging. Which of two names is right is for a reader of both.

use crate::time::Moment;
use serde::{Deserialize, Serialize};

/// Matches every version: the caller has seen none, and accepts any.
pub const ANY: i64 = i64::MIN;

/// Whether a caller who has `seen` a version may change data of version `current`.
#[must_use]
pub const fn is_current(current: i64, seen: i64) -> bool {
    seen == ANY || seen == current
}

/// The stored values of something that people edit, as its form would send them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// Its version, which a save over it names.
    pub version: i64,
    /// Fields and values in the order of the form. A field with several values is repeated.
    pub fields: Vec<(String, String)>,
    /// The author of the save, if known and recent.
    #[serde(default)]
    pub by: Option<String>,
    #[serde(default)]
    pub at: Option<Moment>,
}

impl Saved {
    /// The form's initial values.
    #[must_use]
    pub fn new(version: i64, fields: Vec<(&str, String)>) -> Self {
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { version, fields, by: None, at: None }
    }

    /// The value of `field`; empty if unset.
    #[must_use]
    pub fn value(&self, field: &str) -> &str {
        self.fields.iter().find(|(name, _)| name == field).map_or("", |(_, value)| value)
    }

    /// The names of the fields that say something else than in `before`, in their order.
    #[must_use]
    pub fn changed_since(&self, before: &Self) -> Vec<String> {
        let changed = self.fields.iter().filter(|(name, value)| before.value(name) != value);
        changed.map(|(name, _)| name.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_fields_are_listed() {
        let before = Saved::new(1, vec![("name", "Laser".into()), ("number", "3".into())]);
        let after = Saved::new(2, vec![("name", "Laser 1".into()), ("number", "3".into())]);
        assert_eq!(after.changed_since(&before), ["name"]);
        assert_eq!((before.value("number"), before.value("colour")), ("3", ""));
    }
}
