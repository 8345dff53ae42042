//! Dates and times as calendar files write them (RFC 5545, 3.3.5).

use domain::{
    time::{Date, Millis},
    zone::Zone,
};

/// In UTC, with seconds.
#[must_use]
pub fn instant(at: Millis) -> String {
    let moment = Zone::UTC.moment(at);
    let wall = moment.wall();
    let date = wall.date;
    let second = at.0.div_euclid(1000).rem_euclid(60);
    format!("{:04}{:02}{:02}T{:02}{:02}{second:02}Z", date.year, date.month, date.day, wall.hour, wall.minute)
}

/// A time by the wall, in `minute`s of the day.
pub(crate) fn wall_time(date: Date, minute: u16) -> String {
    format!("{:04}{:02}{:02}T{:02}{:02}00", date.year, date.month, date.day, minute / 60, minute % 60)
}
