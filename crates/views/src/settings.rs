use crate::previews::Preview;
use domain::{
    settings::{At, Key, Scope},
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// Somewhere that things can be said for, and what it is called; the space by its own name.
pub type Somewhere = (At, String);

/// A setting as it is at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingRow {
    pub key: Key,
    pub own: Option<String>,
    pub value: String,
    /// Where that comes from; `None` is nobody, so the default.
    pub from: Option<Scope>,
    /// What holds where nobody says anything.
    pub default: String,
    /// The version of what is said there itself.
    pub version: i64,
    /// Who changed it there last, and when.
    pub changed: Option<(Option<String>, Moment)>,
    pub may_change: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsPage {
    pub now: Moment,
    pub at: At,
    /// Where else there is, for whoever looks.
    pub places: Vec<Somewhere>,
    /// In groups, each in its order.
    pub rows: Vec<SettingRow>,
    /// What was tried out, as it was typed or as it would be kept – `None` is that nothing is said any more – and what it
    /// would do.
    pub tried: Option<(Option<String>, Preview)>,
    /// The names of all time zones, where one is to be chosen.
    pub zones: Vec<String>,
}
