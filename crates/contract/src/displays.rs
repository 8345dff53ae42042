//! Wall displays, and the links that open them on their screens.

use crate::{form::Link, space_status::SensorView};
use domain::{
    id::DisplayId,
    names::Name,
    time::{Date, Moment},
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};

operations! {
    tag Machines;

    /// List wall displays
    ///
    /// Lists the active displays, by name.
    GET "displays" => ListDisplays() -> Displays,
        page "displays/list", scope MachinesRead,
        lists displays by |display: &DisplayView| -> (String, i64) { (display.name.clone(), display.id.0) };

    /// Create a wall display
    ///
    /// Returns a link to be opened once, within a day, on the display's screen. It cannot be retrieved later.
    POST "displays" => MakeDisplay(form: NewDisplay) -> Opening,
        page "displays/make", scope MachinesWrite, makes Here as id, link link,
        errors ["display.nameless", "display.name-too-long", "display.name-control"];

    /// Replace a display's link
    ///
    /// Creates a link for another screen. The current screen keeps working until the link is used.
    POST "displays/{id}/renew" => RenewDisplay(id: DisplayId) -> Opening,
        page "displays/renew", scope MachinesWrite, gives, link link, errors ["display.unknown"];

    /// Revoke a display
    ///
    /// Revokes a display. Its screen goes blank at once.
    POST "displays/{id}/revoke" => RevokeDisplay(id: DisplayId) -> (),
        page "displays/revoke", then "/displays?done=1", scope MachinesWrite, errors ["display.unknown"];
}

/// A new display.
#[derive(Debug, Clone, Form)]
pub struct NewDisplay {
    /// Its location.
    #[field(example = "Entrance")]
    pub name: Name,
}

/// A wall display.
#[view]
pub struct DisplayView {
    /// Its id.
    pub id: DisplayId,
    /// Its location.
    #[field(example = "Entrance")]
    pub name: String,
    /// When it was created.
    pub made: Moment,
    /// The name of the person who created it, while on record.
    pub by: Option<String>,
    /// When its screen last connected.
    pub seen: Option<Moment>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Displays {
    pub now: Moment,
    pub displays: Vec<DisplayView>,
}

/// The link of a display.
#[view]
pub struct Opening {
    /// Its id.
    pub id: DisplayId,
    /// Its location.
    #[field(example = "Entrance")]
    pub name: String,
    /// Its address on this site. It works once and cannot be retrieved later.
    #[field(example = "https://toolgate.example.org/enter/kXw3vD0nTqS8pYbL2mRzEg")]
    pub link: Link,
}

/// Something that begins later today, for a wall display.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Today {
    pub starts: Moment,
    pub ends: Moment,
    /// Name of the machine or room, or of the type of a checkout.
    pub name: String,
    pub place: Option<String>,
    /// The holder's name, as far as displays show it.
    pub who: Option<String>,
    pub is_checkout: bool,
}

/// The content of the entrance sign. It names no person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sign {
    pub now: Moment,
    /// By the opening hours of the space; `None` if it has none.
    pub open: Option<bool>,
    /// Until when, as far as it is known.
    pub until: Option<Moment>,
    /// How many people are inside; `None` if that is unknown or not published.
    pub people: Option<u32>,
    /// The first temperature of the whole building.
    pub temperature: Option<SensorView>,
    /// How many machines are free.
    pub free: u32,
    /// Since when boards are not connected.
    pub broker_lost: Option<Moment>,
    /// What begins next, in order; all on one day, today or tomorrow.
    pub next: Vec<Today>,
    /// How many public training events begin within seven days.
    pub events: u32,
    /// When the first of them begins.
    pub next_event: Option<Moment>,
    /// The days from tomorrow on; empty without opening hours.
    pub days: Vec<SignDay>,
}

/// The opening hours of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignDay {
    pub date: Date,
    /// Beginnings and ends, in minutes from midnight; 1440 is the next midnight. Empty if it is closed.
    pub hours: Vec<(u16, u16)>,
}
