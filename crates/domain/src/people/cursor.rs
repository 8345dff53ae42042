//! A cursor in the list of people.
//!
//! **Invariant.** It holds the sort key and not only the last person of the page, so that paging goes on even if
//! that person is renamed or erased meanwhile. An invalid cursor means the beginning.

use crate::id::PersonId;

/// The person before a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Their sort key; `None` if they had no name.
    pub called: Option<String>,
    pub id: PersonId,
}

impl Cursor {
    /// Parses a cursor; `None` if invalid.
    #[must_use]
    pub fn read(name: &str) -> Option<Self> {
        let (id, called) = match name.split_once('-') {
            Some((id, called)) => (id, Some(unhex(called)?)),
            None => (name, None),
        };
        Some(Self { called, id: PersonId(id.parse().ok()?) })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.id.fmt(f)?;
        if let Some(called) = &self.called {
            f.write_str("-")?;
            called.bytes().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        }
        Ok(())
    }
}

fn unhex(name: &str) -> Option<String> {
    // A name has 200 characters at most, and a character four bytes.
    if !name.len().is_multiple_of(2) || name.len() > 2 * 4 * 200 || !name.is_ascii() {
        return None;
    }
    let bytes = (0..name.len()).step_by(2).map(|at| u8::from_str_radix(name.get(at..at + 2)?, 16).ok());
    String::from_utf8(bytes.collect::<Option<_>>()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn invalid_cursor_is_rejected() {
        for wrong in ["", "x", "7-0", "7-zz", "7-ff", "-61", "99999999999999999999"] {
            assert_eq!(Cursor::read(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn cursor_round_trips(id in any::<i64>(), called in proptest::option::of("\\PC{0,40}")) {
            prop_assume!(id >= 0);
            let cursor = Cursor { called, id: PersonId(id) };
            prop_assert_eq!(Cursor::read(&cursor.to_string()), Some(cursor));
        }
    }
}
