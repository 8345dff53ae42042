//! Views of external calendars for the people responsible for a resource.

use domain::{
    bookings::{Cause, Resource},
    external_calendars::{Failure, LeftOut, Skipped},
    id::ExternalCalendarId,
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A collision of an event with something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clash {
    pub starts: Moment,
    pub ends: Moment,
    /// What it collides with.
    pub cause: Cause,
    pub with_starts: Moment,
    pub with_ends: Moment,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalCalendar {
    pub id: ExternalCalendarId,
    pub version: i64,
    pub resource: Resource,
    /// Name of the machine or room.
    pub resource_name: String,
    pub name: String,
    /// Its address; may contain a secret.
    pub address: String,
    pub added: Moment,
    /// The last attempt to read it.
    pub tried: Option<Moment>,
    /// The last successful reading.
    pub read: Option<Moment>,
    /// Why readings fail, and since when.
    pub failure: Option<(Failure, Moment)>,
    /// Skipped events, by reason.
    pub skipped: Vec<(Skipped, u32)>,
    /// The next skipped events.
    pub left_out: Vec<LeftOut>,
    /// Times it occupies from now on.
    pub taken: u32,
    /// The number of collisions.
    pub collisions: u32,
    /// The next collisions.
    pub clashes: Vec<Clash>,
}

impl std::fmt::Debug for ExternalCalendar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExternalCalendar").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

/// All calendars of a person's resources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalCalendars {
    pub now: Moment,
    /// By name.
    pub calendars: Vec<ExternalCalendar>,
    /// Resources they may add one for, by name.
    pub resources: Vec<(Resource, String)>,
}
