//! External calendars as those see them who care for what they take.

use domain::{
    bookings::{Cause, Resource},
    external_calendars::{Failure, LeftOut, Skipped},
    id::ExternalCalendarId,
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// An event that meets something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clash {
    pub starts: Moment,
    pub ends: Moment,
    /// What stands there.
    pub cause: Cause,
    pub with_starts: Moment,
    pub with_ends: Moment,
}

/// A calendar.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalCalendar {
    pub id: ExternalCalendarId,
    pub version: i64,
    pub resource: Resource,
    /// Name of the machine or room.
    pub resource_name: String,
    pub name: String,
    /// Where it is; may hold a secret.
    pub address: String,
    pub added: Moment,
    /// When it was last tried.
    pub tried: Option<Moment>,
    /// When it was last read.
    pub read: Option<Moment>,
    /// Why the last reading failed, and since when they do.
    pub failure: Option<(Failure, Moment)>,
    /// Events that were left out, by reason.
    pub skipped: Vec<(Skipped, u32)>,
    /// The next of them.
    pub left_out: Vec<LeftOut>,
    /// Times that it takes from now on.
    pub taken: u32,
    /// What events meet: so many times something else stands in their way.
    pub collisions: u32,
    /// The next of them.
    pub clashes: Vec<Clash>,
}

impl std::fmt::Debug for ExternalCalendar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExternalCalendar").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

/// All calendars of what somebody cares for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalCalendars {
    pub now: Moment,
    /// By name.
    pub calendars: Vec<ExternalCalendar>,
    /// What they may add one for, by name.
    pub resources: Vec<(Resource, String)>,
}
