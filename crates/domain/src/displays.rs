//! Wall displays: screens that show what is going on by a token of their own.
//!
//! Deliberately absent: the token itself. It is shown once, when it is made, and never kept.

use crate::{id::DisplayId, time::Moment};
use serde::{Deserialize, Serialize};

/// Characters in the name of a display at most.
pub const NAME: usize = 200;

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

/// The way to a new display, to be opened on its screen. Nobody can read it again.
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
        let opening = Opening { name: "Hall".into(), path: "/display?token=secret".into() };
        assert!(!format!("{opening:?}").contains("secret"));
    }
}
