use domain::{id::DisplayId, time::Moment};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Display {
    pub id: DisplayId,
    /// Where it hangs; free text.
    pub name: String,
    /// When it was approved.
    pub made: Moment,
    /// Who made its link, if known.
    pub by: Option<String>,
    /// Its last request; `None` until its link is opened.
    pub seen: Option<Moment>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Displays {
    pub now: Moment,
    pub displays: Vec<Display>,
}

/// Something that begins later today, for a wall display.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Today {
    pub starts: Moment,
    pub ends: Moment,
    /// Name of the machine or room, or of the type of a checkout.
    pub name: String,
    pub place: Option<String>,
    /// The holder's name, as far as displays show it.
    pub who: Option<String>,
    pub is_checkout: bool,
}

/// A display's link, which works once, on its screen. It is shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    pub name: String,
    /// Path and query, with the token.
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
