//! Calendar feeds of a person, which programs know as calendars.

use crate::form::Link;
use domain::{
    bookings::Resource,
    feeds::{Feed, MOST},
    id::FeedId,
    time::Moment,
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};
#[cfg(feature = "server")]
use std::cmp::Reverse;

const _: () = assert!(MOST == 20, "the description says how many");

operations! {
    tag Bookings;

    /// List calendar addresses
    ///
    /// Lists the caller's calendar addresses, newest first, without their secrets.
    GET "calendars" => ListCalendars() -> Feeds,
        page "feeds/list", scope CalendarsRead,
        lists feeds by |feed: &Calendar| -> Reverse<i64> { Reverse(feed.id.0) };

    /// Create a calendar address
    ///
    /// Creates the address of an iCalendar file (RFC 5545), returned in `link` only once. Anyone with the link can read
    /// bookings, checkouts and closures of the last 30 days and all future ones, for as long as the caller may see them.
    /// At most 20 addresses at a time.
    POST "calendars" => CreateCalendar(form: NewCalendar) -> CalendarMade,
        page "feeds/make", scope CalendarsWrite, makes Here as id, link link,
        errors ["calendar.unknown", "calendar.too-many", "calendar.invalid"];

    /// Revoke a calendar address
    ///
    /// Revokes a calendar address with immediate effect.
    DELETE "calendars/{id}" => RevokeCalendar(id: FeedId) -> (),
        page "feeds/revoke", then "/me/calendar?done=1", scope CalendarsWrite, errors ["calendar.unknown"];
}

/// The content of a calendar.
#[derive(Debug, Clone, Form)]
pub struct NewCalendar {
    /// `mine`: the caller's bookings and checkouts. `trainer:me` or `trainer:5`: the checkouts of a trainer. `machine:1`
    /// or `room:1`: when it is occupied.
    #[field(example = "mine")]
    pub show: Feed,
}

/// A calendar address.
#[view]
pub struct Calendar {
    /// Its id.
    #[field(example = 7)]
    pub id: FeedId,
    /// What it shows.
    #[field(example = "machine:1")]
    pub show: Feed,
    /// The name of the trainer, machine or room it shows.
    pub name: Option<String>,
    /// When it was created.
    pub made: Moment,
    /// When it was last read, to the minute.
    pub read: Option<Moment>,
}

/// A person's feeds, and those they can create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feeds {
    pub now: Moment,
    /// Newest first.
    pub feeds: Vec<Calendar>,
    /// Whether they are a member, with bookings of their own.
    pub books: bool,
    /// The feed of their checkouts, if they are a trainer.
    pub trainer: Option<Feed>,
    /// By name.
    pub resources: Vec<(Resource, String)>,
}

/// A new feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarMade {
    pub id: FeedId,
    pub show: Feed,
    /// Name of its trainer, machine or room.
    pub name: Option<String>,
    pub link: Link,
}
