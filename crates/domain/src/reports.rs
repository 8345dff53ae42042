//! Usage reports: how much of its opening hours a machine or a room is booked and used, the outcome of bookings, and
//! that of requests for training.
//!
//! **Invariants.** No figure is about fewer than [`FEWEST`] different people, and none can be derived by
//! subtracting shown parts from their total (`suppression`). Time is split by the wall clock of the space, so days
//! of a clock change have their true length (`wall`).
//!
//! Not here: who may see reports ([`crate::actor`]), and how they are drawn.

#[cfg(feature = "zone")]
mod energy;
#[cfg(feature = "zone")]
mod figures;
#[cfg(feature = "zone")]
mod funnel;
#[cfg(feature = "zone")]
mod median;
mod suppression;
#[cfg(feature = "zone")]
mod tally;
#[cfg(feature = "zone")]
mod wall;

#[cfg(feature = "zone")]
#[cfg(test)]
mod tests;

#[cfg(feature = "zone")]
pub use energy::{MeteredQuarter, RecordedUse};
#[cfg(feature = "zone")]
pub use figures::{Booked, Facts, ReportedResource, report};
#[cfg(feature = "zone")]
pub use funnel::RequestedTraining;
#[cfg(feature = "zone")]
use suppression::are_enough;
pub use suppression::{NAMELESS, People, hidden};

use crate::{bookings::ResourceFilter, meters::Amount, string_enum::string_enum, time::Date};
use serde::{Deserialize, Serialize};

/// A figure about fewer different people than these is not shown.
pub const FEWEST: usize = 5;
/// Weeks in one report, at most.
pub const MOST_WEEKS: i64 = 53;
/// Weeks to choose from.
pub const WEEKS: [u8; 3] = [4, 12, 26];
/// Default number of weeks of a report.
pub const USUAL_WEEKS: u8 = 12;
/// Parts of a week: the hours of the clock of its seven days.
#[cfg(feature = "zone")]
const CELLS: usize = 7 * 24;

string_enum! {
    /// The measure compared with opening hours.
    Measure {
        /// Time in which a machine was used, or a room by its holder.
        Used = "used",
        /// Booked time, attended or not.
        Booked = "booked",
    }
}

string_enum! {
    /// The rows of a report.
    GroupBy {
        /// Types, and all rooms together; of the chosen group, each machine too.
        Type = "type",
        /// Each machine and each room too.
        Machine = "machine",
    }
}

string_enum! {
    /// How long before its start a booking was made, in calendar days.
    Lead {
        /// On the day itself.
        SameDay = "same-day",
        /// On the day before.
        OneDay = "1-day",
        /// Two or three days before.
        ThreeDays = "2-3-days",
        /// Four days to a week before.
        Week = "4-7-days",
        /// Up to two weeks before.
        TwoWeeks = "8-14-days",
        /// More than two weeks before.
        Longer = "longer",
    }
}

string_enum! {
    /// How long a request waited for an answer.
    Waited {
        /// Less than an hour.
        Hour = "under-1-h",
        /// Less than four.
        FourHours = "1-4-h",
        /// Less than twelve.
        HalfDay = "4-12-h",
        /// Twelve or more.
        Day = "12-24-h",
        Expired = "expired",
    }
}

string_enum! {
    /// A step from a request for training to its end.
    TrainingStep {
        Asked = "asked",
        /// They were invited to an event, or signed up for one.
        Invited = "invited",
        /// They were present.
        Came = "came",
        Passed = "passed",
    }
}

impl Lead {
    /// The step of a number of days.
    #[must_use]
    pub const fn of(days: i64) -> Self {
        match days {
            ..=0 => Self::SameDay,
            1 => Self::OneDay,
            2..=3 => Self::ThreeDays,
            4..=7 => Self::Week,
            8..=14 => Self::TwoWeeks,
            _ => Self::Longer,
        }
    }
}

impl Waited {
    /// The step of a number of milliseconds.
    #[must_use]
    pub const fn of(millis: i64) -> Self {
        match millis / 3_600_000 {
            ..=0 => Self::Hour,
            1..=3 => Self::FourHours,
            4..=11 => Self::HalfDay,
            _ => Self::Day,
        }
    }
}

/// An hour of the clock on one day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// It is never open then.
    Closed,
    /// Fewer than [`FEWEST`] people.
    Few,
    /// So much of the time that it was open, of 100.
    Share(u8),
}

/// A duration and its share of the opening hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Utilisation {
    /// Minutes, in opening hours or not.
    pub minutes: u32,
    /// In percent; time outside opening hours does not count.
    pub share: u8,
}

/// The outcome of bookings that were no longer cancelled in time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    pub bookings: u32,
    pub no_shows: u32,
    pub late: u32,
}

impl Rates {
    /// Per mille of the bookings.
    #[must_use]
    pub fn per_mille(&self, of: u32) -> u16 {
        let share = (u64::from(of) * 1_000 + u64::from(self.bookings) / 2).checked_div(self.bookings.into());
        share.and_then(|share| u16::try_from(share).ok()).unwrap_or(0)
    }
}

/// The figures of a machine, a type, all rooms or everything; `None` is about fewer than [`FEWEST`] people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Minutes in which it was open, of all of them together.
    pub open: u32,
    /// Time that was booked.
    pub booked: Option<Utilisation>,
    /// Time that was used.
    pub used: Option<Utilisation>,
    pub rates: Option<Rates>,
    /// Minutes from booking to beginning: half are shorter.
    pub lead: Option<u32>,
    /// Minutes from request to answer: half are shorter.
    pub waited: Option<u32>,
    /// Use by each member.
    pub members: Option<MemberUse>,
    pub energy: MeteredFigure<EnergyFigures>,
}

/// A figure of energy, which needs a meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeteredFigure<T> {
    /// No plug of these machines had a reading.
    Unknown,
    /// Fewer than [`FEWEST`] people.
    Few,
    Known(T),
}

impl<T> MeteredFigure<T> {
    /// The figure, if it is known and may be shown.
    #[must_use]
    pub fn known(self) -> Option<T> {
        if let Self::Known(figure) = self { Some(figure) } else { None }
    }
}

/// Energy of machines in kilowatt-hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnergyFigures {
    /// Of uses.
    pub used: Amount,
    /// While nobody used them: standby, and running without a swipe.
    pub rest: Amount,
    /// The mean of a use.
    pub per_use: Amount,
    /// The mean for each member who used them.
    pub per_member: Amount,
}

/// Use by known members; anonymized uses do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberUse {
    /// Different people.
    pub members: u32,
    /// The mean for each of them.
    pub minutes: u32,
}

/// A month of the chosen group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseMonth {
    /// Its first day.
    pub month: Date,
    /// Whether the report covers all of it.
    pub is_whole: bool,
    pub members: Option<MemberUse>,
    /// The mean energy for each member, in kilowatt-hours.
    pub per_member: MeteredFigure<Amount>,
}

/// A line of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// A type, all rooms, a machine or a room.
    pub of: ResourceFilter,
    pub figures: Figures,
}

/// A step of the training funnel; `None` is about fewer than [`FEWEST`] people, or would reveal a few.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunnelStep {
    pub step: TrainingStep,
    /// Requests of the period that came this far.
    pub requests: Option<u32>,
    /// Minutes since the step before: half are shorter. None for the first.
    pub since_previous: Option<u32>,
}

/// The report of some weeks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// No bookings, no uses and no requests for training.
    pub is_empty: bool,
    /// For the chosen group, or everything.
    pub chosen: Figures,
    /// Types and rooms in order, each followed by its requested machines.
    pub rows: Vec<Row>,
    /// Minutes of each machine and room of the chosen group by the measure: the most first, and hidden ones last.
    pub machines: Vec<(ResourceFilter, Option<u32>)>,
    /// The hours of the clock that are shown, the second exclusive.
    pub hours: (u8, u8),
    /// Monday to Sunday, 24 hours each, of the chosen group.
    pub cells: Vec<Vec<Cell>>,
    /// Missed bookings per mille, by the Monday of the week.
    pub weeks: Vec<(Date, Option<u16>)>,
    /// Lead times, in percent of bookings.
    pub lead: Vec<(Lead, Option<u8>)>,
    /// Waiting times, in percent of requests.
    pub waited: Vec<(Waited, Option<u8>)>,
    /// Requests for training by how far they came: for the type of the chosen group, empty for rooms.
    pub training: Vec<FunnelStep>,
    /// What members of the chosen group used, by month.
    pub months: Vec<UseMonth>,
}
