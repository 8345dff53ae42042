//! Wall displays, and the links that open them on their screens.

use crate::form::Link;
use domain::{id::DisplayId, names::Name, time::Moment};
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
    /// A path on this site. It works once and cannot be retrieved later.
    #[field(example = "/enter/kXw3vD0nTqS8pYbL2mRzEg")]
    pub link: Link,
}

/// Something that begins later today, for a wall display.
#[derive(Debug, Clone, PartialEq, Eq)]
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
