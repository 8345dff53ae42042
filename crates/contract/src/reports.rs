//! Views of reports on use.

use domain::{
    bookings::ResourceFilter,
    reports::{GroupBy, Measure, Report},
    time::{Date, Moment},
};
use serde::{Deserialize, Serialize};

/// Use of machines and rooms over some weeks, and the outcome of bookings and requests for training.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseReport {
    pub now: Moment,
    /// The first day, a Monday.
    pub from: Date,
    /// The last day; a Sunday, or today.
    pub to: Date,
    /// The number of weeks up to today, unless days were given.
    pub weeks: Option<u8>,
    /// `None` stands for everything.
    pub of: Option<ResourceFilter>,
    pub by: GroupBy,
    pub measure: Measure,
    /// Types, the rooms, and each selected machine and room; by name.
    pub choices: Vec<(ResourceFilter, String)>,
    /// Names for [`Report::rows`].
    pub names: Vec<String>,
    /// Names for [`Report::machines`].
    pub machine_names: Vec<String>,
    pub report: Report,
}
