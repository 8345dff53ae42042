//! The booking rules of a machine or a room, as configured.
//!
//! Not here: where rules are configured, and what they refuse ([`crate::bookings`]).

use crate::string_enum::string_enum;
use std::time::Duration;

/// How long before its start a booking bars others from the machine.
pub const AHEAD: Duration = Duration::from_mins(10);

/// How long before its start a booking can be checked in.
pub const EARLY: Duration = Duration::from_mins(15);

string_enum! {
    /// How requests are answered.
    Mode {
        /// Automatically: approved at once.
        Automatic = "automatic",
        /// An owner of the type, or a manager.
        Moderated = "moderated",
    }
}

string_enum! {
    /// How bookings affect the use of a machine now.
    Need {
        Free = "free",
        /// Bookings of others bar the machine.
        Respect = "respect",
        /// An own booking is required.
        Required = "required",
    }
}

/// Most days ahead that a series may reach: as long as one can be.
pub const SERIES_AHEAD: u16 = 1_095;

/// The rules of one machine or room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    pub mode: Mode,
    /// Whether one needs a booking to use it.
    pub need: Need,
    /// The shortest, in minutes.
    pub least: u16,
    /// The longest, in minutes.
    pub most: u16,
    /// Bookings begin and end on multiples of this many minutes of the hour, in wall-clock time: a divisor of 60.
    pub grid: u16,
    /// Minimum minutes from now to the start.
    pub lead: u16,
    /// Maximum days from today to the end.
    pub horizon: u16,
    /// The same for the dates of a new series.
    pub series: u16,
    /// Whether members may make series for themselves.
    pub own_series: bool,
    /// Buffer in minutes before a booking.
    pub before: u16,
    /// Minutes after it.
    pub after: u16,
    /// Bookings that one person may have ahead of them; 0 does not ask.
    pub open: u16,
    /// Hours that one person may book in a week, Monday to Sunday; 0 does not ask.
    pub weekly: u16,
    /// Bookings that one group may have ahead of it; 0 does not ask.
    pub group_open: u16,
    /// Hours that one group may book in a week; 0 does not ask.
    pub group_weekly: u16,
    /// One person may have two bookings at the same time.
    pub overlap: bool,
    /// Minutes before the beginning until which calling off is not late.
    pub free_until: u16,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            mode: Mode::Automatic,
            need: Need::Respect,
            least: 15,
            most: 240,
            grid: 15,
            lead: 0,
            horizon: 14,
            series: 365,
            own_series: false,
            before: 0,
            after: 0,
            open: 3,
            weekly: 8,
            group_open: 20,
            group_weekly: 12,
            overlap: false,
            free_until: 120,
        }
    }
}

impl Policy {
    /// The rules for a group's booking: its quotas in place of a person's.
    #[must_use]
    pub const fn of_group(self) -> Self {
        Self { open: self.group_open, weekly: self.group_weekly, ..self }
    }

    /// The rules for the dates of a new series: its own horizon, and one decision about all of them in place of a number of open
    /// bookings.
    #[must_use]
    pub const fn of_series(self) -> Self {
        Self { horizon: self.series, open: 0, ..self }
    }

    /// Suggested lengths in minutes: common ones that are allowed, with the shortest and the longest.
    #[must_use]
    pub fn lengths(&self) -> Vec<u16> {
        const USUAL: [u16; 4] = [30, 60, 120, 240];
        let grid = self.grid.max(1);
        let least = self.least.div_ceil(grid) * grid;
        let most = (self.most / grid * grid).max(least);
        let usual =
            USUAL.into_iter().filter(|length| (least..=most).contains(length) && length.is_multiple_of(grid));
        let mut lengths: Vec<u16> = usual.chain([least, most]).collect();
        lengths.sort_unstable();
        lengths.dedup();
        lengths
    }
}
