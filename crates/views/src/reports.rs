//! Reports of use as they are shown.

use domain::{
    bookings::ResourceFilter,
    reports::{By, Measure, Report},
    time::{Date, Moment},
};
use serde::{Deserialize, Serialize};

/// How machines and rooms are used, of some weeks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseReport {
    pub now: Moment,
    /// The first day, a Monday.
    pub from: Date,
    /// The last day; a Sunday, or today.
    pub to: Date,
    /// How many weeks up to today were asked for, unless days were.
    pub weeks: Option<u8>,
    /// `None`: everything.
    pub of: Option<ResourceFilter>,
    pub by: By,
    pub measure: Measure,
    /// Types, the rooms, and each machine and room of what is chosen; by name.
    pub choices: Vec<(ResourceFilter, String)>,
    /// What those of [`Report::rows`] are called.
    pub names: Vec<String>,
    /// What those of [`Report::machines`] are called.
    pub machine_names: Vec<String>,
    pub report: Report,
}
