use crate::{previews::Preview, settings::Somewhere};
use domain::{
    settings::{At, Scope},
    time::Moment,
    versions::Saved,
};
use serde::{Deserialize, Serialize};

/// A stored exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneDay {
    pub day: Moment,
    /// Its date: `2026-12-24`.
    pub date: String,
    /// Its hours; empty stands for closed.
    pub hours: String,
    pub version: i64,
}

/// An inherited exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FarDay {
    pub day: Moment,
    /// Its hours; empty stands for closed.
    pub hours: String,
    pub of: Scope,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoursPage {
    pub now: Moment,
    pub at: At,
    /// The other scopes the reader may see.
    pub places: Vec<Somewhere>,
    /// The saved week: `mon` to `sun`, all empty if inherited.
    pub saved: Saved,
    /// Whether the scope has a week of its own.
    pub own: bool,
    /// The scope whose week applies; `None` if nobody set one, so always open.
    pub from: Option<Scope>,
    /// The week that applies, Monday first.
    pub holds: [String; 7],
    /// The scope's own exceptions, from today on.
    pub days: Vec<OneDay>,
    /// The inherited exceptions that apply.
    pub far_days: Vec<FarDay>,
    /// The effect of a changed week or day, after a dry run.
    pub preview: Option<Preview>,
    pub may_change: bool,
}
