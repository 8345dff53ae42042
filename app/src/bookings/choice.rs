//! The selected time of a day, and the address of the day's page with it. Not here: how it is selected, by the list
//! ([`super::day`]) or on the day ([`super::lane`]).

use contract::bookings::{DayView, Time};
use domain::{
    id::PersonId,
    time::{Date, Millis, Moment},
};

/// A time of the day in minutes since midnight, and its length in minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Choice {
    pub from: i32,
    pub minutes: i32,
}

impl Choice {
    pub fn of(time: Time) -> Self {
        let minutes = i32::try_from(time.ends.at.since(time.starts.at).as_secs() / 60).unwrap_or(0);
        Self { from: minute(time.starts), minutes }
    }

    pub const fn to(self) -> i32 {
        self.from + self.minutes
    }

    /// `14:30–16:00`.
    pub fn clocks(self) -> String {
        let clock = |minute: i32| format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
        format!("{}–{}", clock(self.from), clock(self.to()))
    }

    /// Its start as local time.
    pub fn wall(self, date: Date) -> String {
        format!("{date}T{:02}:{:02}", self.from / 60, self.from % 60)
    }
}

/// Address of a day's page for another day, length or time.
pub(super) fn address(day: &DayView, date: Date, minutes: u16, at: Option<Millis>) -> String {
    let resource = day.bookable.resource;
    let moving = day.moving.as_ref().map(|booking| format!("&move={}", booking.id)).unwrap_or_default();
    let at = at.map(|at| format!("&at={}", at.0)).unwrap_or_default();
    let whom = holder(day).map(|(id, _)| format!("&for={id}")).unwrap_or_default();
    let group = day.group.map(|group| format!("&group={group}")).unwrap_or_default();
    format!("/book/{resource}?day={date}&minutes={minutes}{at}{moving}{whom}{group}")
}

/// The person the slot is booked for, unless it is the reader.
pub(super) fn holder(day: &DayView) -> Option<&(PersonId, String)> {
    day.for_whom.as_ref()?.holder.as_ref()
}

/// The minute of the day at an instant.
pub(super) fn minute(at: Moment) -> i32 {
    let wall = at.wall();
    i32::from(wall.hour) * 60 + i32::from(wall.minute)
}
