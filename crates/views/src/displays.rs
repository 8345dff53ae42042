use domain::{id::DisplayId, time::Moment};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Display {
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

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Displays {
    pub now: Moment,
    pub displays: Vec<Display>,
}

/// Something that begins later today, for the wall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Today {
    pub starts: Moment,
    pub ends: Moment,
    /// What the machine or room is called, or the type of a checkout.
    pub name: String,
    pub place: Option<String>,
    /// Who has booked it, as far as names are shown there.
    pub who: Option<String>,
    pub is_checkout: bool,
}

/// The way to a display, to be opened on its screen, which uses it up. Nobody can read it again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
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
    fn debug_output_hides_the_token() {
        let opening = Opening { name: "Hall".into(), path: "/enter/secret".into() };
        assert!(!format!("{opening:?}").contains("secret"));
    }
}
