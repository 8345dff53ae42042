//! Closures of machines and rooms.

use crate::form::Rfc3339;
#[cfg(feature = "server")]
use crate::form::{Fault, Faults};
use domain::{
    bookings::{Cause, NOTE, Resource},
    id::ClosureId,
    names::Remark,
    time::{Millis, Moment},
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};

operations! {
    tag Bookings;

    /// List closures and maintenance windows
    ///
    /// Lists the closures of machines and rooms that the caller looks after, in order, including those of the last 30 days. Times blocked by external calendars are not included.
    GET "closures" => ListClosures(form: Result<ClosureFilter, Faults>) -> Closures,
        page "closures/list", scope BookingsRead, errors ["booking.invalid"],
        lists closures by |closure: &Closure| -> (Millis, i64) { (closure.start.at, closure.id.0) };

    /// Close a machine or a room
    ///
    /// Closes a machine or a room for a time. For owners of the type, and managers. If there are bookings in that time, the request is refused and lists them all; with `call_off`, bookings and checkouts are cancelled and their holders, and all members of a group, are notified with the reason. A booking of the room that a closed machine is in remains, without the machine.
    POST "closures" => Close(form: NewClosure) -> ClosureAdded,
        page "closures/close", then "/closures?done=closed", scope BookingsWrite, makes Here as closure,
        errors ["booking.no-resource", "booking.taken", "booking.invalid"];

    /// Lift a closure
    ///
    /// Lifts a closure and frees its time.
    POST "closures/{id}/lift" => LiftClosure(id: ClosureId) -> Closure,
        page "closures/lift", scope BookingsWrite, errors ["booking.unknown"];
}

/// Filters for closures.
#[derive(Debug, Clone, Copy, Form)]
pub struct ClosureFilter {
    /// Only closures of this machine or room.
    #[field(example = "machine:1")]
    pub resource: Option<Resource>,
    /// Only closures that end after this.
    pub from: Option<Rfc3339>,
    /// Only closures that begin before this.
    pub to: Option<Rfc3339>,
}

/// A new closure.
#[derive(Debug, Clone, Form)]
#[form(check = in_order)]
pub struct NewClosure {
    /// A machine or room.
    #[field(example = "machine:1")]
    pub resource: Resource,
    /// Whether it is for maintenance.
    pub maintenance: bool,
    /// When it begins.
    pub start: Millis,
    /// When it ends.
    pub end: Millis,
    /// The reason.
    pub note: Option<Remark<NOTE>>,
    /// Whether to cancel bookings and checkouts in that time and notify their holders.
    pub call_off: bool,
}

#[cfg(feature = "server")]
fn in_order(closure: &NewClosure) -> Result<(), (&'static str, Fault)> {
    if closure.start < closure.end { Ok(()) } else { Err(("end", Fault::Order)) }
}

/// A closure.
#[view]
pub struct Closure {
    /// Its id.
    #[field(example = 4)]
    pub id: ClosureId,
    /// A machine or room.
    #[field(example = "machine:1")]
    pub resource: Resource,
    /// The resource's name.
    #[field(example = "Laser cutter 1")]
    pub name: String,
    /// Whether it is for maintenance.
    pub maintenance: bool,
    /// When it begins.
    pub start: Moment,
    /// When it ends.
    pub end: Moment,
    /// The reason; may be empty.
    pub note: String,
}

impl Closure {
    /// What it occupies its time for.
    #[must_use]
    pub const fn kind(&self) -> Cause {
        Cause::of_closure(self.maintenance)
    }
}

/// The closures of a person's resources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closures {
    pub now: Moment,
    /// By resource, then in order.
    pub closures: Vec<Closure>,
    /// Resources they may close, by name.
    pub resources: Vec<(Resource, String)>,
}

/// The result of closing a machine or a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosureAdded {
    pub closure: ClosureId,
}
