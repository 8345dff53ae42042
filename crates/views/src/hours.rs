use crate::{previews::Preview, settings::Somewhere};
use domain::{
    settings::{At, Scope},
    time::Moment,
    versions::Saved,
};
use serde::{Deserialize, Serialize};

/// A single day as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneDay {
    pub day: Moment,
    /// As it is written: `2026-12-24`.
    pub date: String,
    /// The hours; empty is closed.
    pub hours: String,
    pub version: i64,
}

/// A single day that is said farther away, and holds here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FarDay {
    pub day: Moment,
    /// The hours; empty is closed.
    pub hours: String,
    pub of: Scope,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoursPage {
    pub now: Moment,
    pub at: At,
    /// Where else there is, for whoever looks.
    pub places: Vec<Somewhere>,
    /// What is said there itself: `mon` to `sun`, all empty where nothing is.
    pub saved: Saved,
    /// Whether anything is said there itself for the week.
    pub own: bool,
    /// Whose week holds there; `None` is nobody's, so always open.
    pub from: Option<Scope>,
    /// The week that holds, Monday first.
    pub holds: [String; 7],
    /// The single days that are said there itself, from today on.
    pub days: Vec<OneDay>,
    /// The single days that are said farther away and hold here.
    pub far_days: Vec<FarDay>,
    /// What another week or day would do, where one was tried out.
    pub tried: Option<Preview>,
    pub may_change: bool,
}
