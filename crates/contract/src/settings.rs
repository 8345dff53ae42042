use crate::previews::Preview;
use domain::{
    settings::{At, Key, Scope},
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A scope and its name; the space has its own name.
pub type Somewhere = (At, String);

/// A setting in one scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingRow {
    pub key: Key,
    pub own: Option<String>,
    pub value: String,
    /// The scope it is inherited from; `None` for the default.
    pub from: Option<Scope>,
    pub default: String,
    /// Version of the value set there.
    pub version: i64,
    /// Who changed it there last, and when.
    pub changed: Option<(Option<String>, Moment)>,
    pub may_change: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsPage {
    pub now: Moment,
    pub at: At,
    /// The other scopes the reader may see.
    pub places: Vec<Somewhere>,
    /// In groups, each in its order.
    pub rows: Vec<SettingRow>,
    /// The value of a dry run, as entered or as it would be stored – `None` if cleared – and its effect.
    pub preview: Option<(Option<String>, Preview)>,
    /// Names of all time zones, if one is to be chosen.
    pub zones: Vec<String>,
    /// Of the space, if it shows its status to visitors.
    pub publication: Option<Publication>,
}

/// The addresses at which other sites read the status of the space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// Of the page for a frame.
    pub frame: String,
    /// Of the SpaceAPI document, if it is on.
    pub spaceapi: Option<String>,
}
