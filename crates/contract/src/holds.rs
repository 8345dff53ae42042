//! Holds, which suspend a person from everything.

use domain::{
    holds::{HoldReason, LastDay, REMARK},
    id::{HoldId, PersonId},
    names::Remark,
    time::Moment,
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};
#[cfg(feature = "server")]
use {domain::time::Millis, std::cmp::Reverse};

operations! {
    tag People;

    /// List a person's holds
    ///
    /// Lists all current and past holds on a person, newest first. Everyone may list their own.
    GET "people/{id}/holds" => ListHolds(person: PersonId) -> Holds,
        page "holds/of", scope PeopleRead, errors ["person.unknown"],
        lists holds by |hold: &HoldView| -> Reverse<(Millis, i64)> { Reverse((hold.placed.at, hold.id.0)) };

    /// Place a hold
    ///
    /// Places a hold on a person. It takes effect at once and stops what they are running.
    POST "people/{id}/holds" => PlaceHold(person: PersonId, form: NewHold) -> HoldDone,
        page "holds/place", scope PeopleWrite, makes Here as hold,
        errors ["hold.oneself", "hold.above", "person.unknown", "hold.invalid"];

    /// Lift a hold
    ///
    /// Lifts a hold with immediate effect.
    POST "holds/{id}/lift" => LiftHold(hold: HoldId) -> HoldDone,
        page "holds/lift", scope PeopleWrite, errors ["hold.oneself", "hold.above", "hold.unknown", "hold.over"];
}

/// A new hold.
#[derive(Debug, Clone, Form)]
pub struct NewHold {
    /// The reason.
    pub reason: HoldReason,
    /// Its last day, in the space's time zone; must not be in the past. If omitted, it lasts until it is lifted.
    #[field(example = "2099-06-30")]
    pub last_day: Option<LastDay>,
    /// A remark.
    pub remark: Option<Remark<REMARK>>,
}

/// A hold.
#[view]
pub struct HoldView {
    /// Its id.
    pub id: HoldId,
    /// The reason.
    pub reason: HoldReason,
    /// The remark of the person who placed it, while on record.
    pub remark: Option<String>,
    /// When it was placed.
    pub placed: Moment,
    /// The name of the person who placed it, while on record.
    pub placed_by: Option<String>,
    /// When it ends by itself, if it does.
    pub until: Option<Moment>,
    /// When it was lifted.
    pub lifted: Option<Moment>,
    /// The name of the person who lifted it, while on record.
    pub lifted_by: Option<String>,
    /// Whether it is in effect.
    pub in_force: bool,
}

/// All holds of a person, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holds {
    pub person: PersonId,
    pub now: Moment,
    pub holds: Vec<HoldView>,
    /// The reader may place and lift holds on this person.
    pub may_change: bool,
}

/// The result of placing or lifting a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldDone {
    pub hold: HoldId,
    /// Lifted; otherwise placed.
    pub lifted: bool,
}
