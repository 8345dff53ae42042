//! Wall displays: screens that show what is going on by a token of their own.
//!
//! Invariant: one screen at a time shows a display, the one that used its newest link. Deliberately absent: tokens. A
//! link is shown once, when it is made, and what the screen keeps is another secret; neither is kept here.

use crate::{id::DisplayId, time::Moment};
use serde::{Deserialize, Serialize};

/// A screen that is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Which display it shows.
    pub display: DisplayId,
    /// By which of its links it was let in, counted from one; a later one lets another screen in, and this one out.
    pub opening: i64,
}

/// A display in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Display {
    /// Which.
    pub id: DisplayId,
    /// Where it hangs, in somebody's words.
    pub name: String,
    /// Since when it may show something.
    pub made: Moment,
    /// Who made its link, while that is known.
    pub by: Option<String>,
    /// When it last asked; `None` while nobody has opened its link.
    pub seen: Option<Moment>,
}

/// The displays in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Displays {
    /// When this was true.
    pub now: Moment,
    /// By name.
    pub displays: Vec<Display>,
}

/// The way to a display, to be opened on its screen, which uses it up. Nobody can read it again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// What the display is called.
    pub name: String,
    /// Path and query on this site; holds the token.
    pub path: String,
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opening").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_written_into_logs() {
        let opening = Opening { name: "Hall".into(), path: "/enter/secret".into() };
        assert!(!format!("{opening:?}").contains("secret"));
    }
}
