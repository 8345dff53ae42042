//! Floor plans: a picture per floor with rooms and machines on it.

use crate::bookings::Time;
use domain::{
    bookings::Resource,
    floor_plans::{Area, Length},
    id::FloorPlanId,
    machines::MachineState,
    names::Name,
    time::Moment,
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};

operations! {
    tag Bookings;

    /// List floor plans
    ///
    /// Lists floor plans in the order in which they were added, each with the rooms and machines on it and whether they are taken.
    /// Lengths are metres.
    GET "floor-plans" => ListFloorPlans() -> FloorPlans, scope BookingsRead,
        lists plans by |plan: &FloorPlan| -> i64 { plan.id.0 };

    /// Load all floor plans with the states of what is on them
    READ => ReadFloorPlans() -> PlanPage, page "plans/read";

    /// Load all floor plans for editing
    READ => EditFloorPlans() -> PlanPage, page "plans/edit";

    /// Add a floor plan
    ///
    /// Adds the plan of a floor. Its picture is uploaded afterwards.
    POST "floor-plans" => AddFloorPlan(form: FloorPlanForm) -> FloorPlanAdded,
        page "plans/add", then "/plan/edit?saved", scope BookingsWrite, makes Below as plan,
        errors ["floor-plan.invalid"];

    /// Update a floor plan
    ///
    /// Changes the name and size of a plan. What is on it must still fit.
    PUT "floor-plans/{id}" => SaveFloorPlan(id: FloorPlanId, version: i64, form: FloorPlanForm) -> (),
        page "plans/save", scope BookingsWrite, errors ["floor-plan.unknown", "floor-plan.invalid"];

    /// Delete a floor plan
    ///
    /// Deletes a plan and its picture. The rooms and machines on it stay as they are.
    DELETE "floor-plans/{id}" => DeleteFloorPlan(id: FloorPlanId) -> (),
        page "plans/delete", then "/plan/edit?saved", scope BookingsWrite, errors ["floor-plan.unknown"];

    /// Place a room or machine on a floor plan
    ///
    /// Places a room or a machine on a plan, or moves it there. It is taken off another plan.
    POST "floor-plans/{id}/items" => PlaceOnPlan(plan: FloorPlanId, form: PlanPlaceForm) -> (),
        page "plans/place", scope BookingsWrite, errors ["floor-plan.unknown", "floor-plan.invalid"];

    /// Take a room or machine off a floor plan
    ///
    /// Takes a room or a machine off a plan. Succeeds even if it is not on it.
    POST "floor-plans/{id}/items/remove" => TakeOffPlan(plan: FloorPlanId, form: TakeOffForm) -> (),
        page "plans/take-off", scope BookingsWrite, errors ["floor-plan.unknown", "floor-plan.invalid"];
}

/// The fields of a floor plan.
#[derive(Debug, Clone, Form)]
pub struct FloorPlanForm {
    /// The name of the floor.
    #[field(example = "Ground floor")]
    pub name: Name,
    /// The width of the picture in metres.
    #[field(example = 22.2)]
    pub width: Length,
    /// The height of the picture in metres.
    #[field(example = 10.4)]
    pub height: Length,
}

/// Where a room or a machine is on a plan.
#[derive(Debug, Clone, Form)]
pub struct PlanPlaceForm {
    /// The room or machine.
    #[field(example = "room:2")]
    pub resource: Resource,
    /// The distance from the left edge in metres.
    #[field(example = 11.9)]
    pub x: Length,
    /// The distance from the upper edge in metres.
    #[field(example = 0)]
    pub y: Length,
    /// Its width in metres.
    #[field(example = 5)]
    pub width: Length,
    /// Its height in metres.
    #[field(example = 4.6)]
    pub height: Length,
}

/// A thing to take off a plan.
#[derive(Debug, Clone, Form)]
pub struct TakeOffForm {
    /// The room or machine.
    #[field(example = "room:2")]
    pub resource: Resource,
}

/// A floor plan.
#[view]
pub struct FloorPlan {
    /// Its id.
    #[field(example = 1)]
    pub id: FloorPlanId,
    /// Its version.
    #[field(example = 1)]
    pub version: i64,
    /// The name of the floor.
    #[field(example = "Ground floor")]
    pub name: String,
    /// The width of the picture in metres.
    pub width: Length,
    /// The height of the picture in metres.
    pub height: Length,
    /// Whether it has a picture.
    pub picture: bool,
    /// The rooms and machines on it.
    pub items: Vec<PlanItem>,
}

/// A room or machine on a plan.
#[view]
pub struct PlanItem {
    /// The room or machine.
    #[field(example = "room:2")]
    pub resource: Resource,
    /// Its name.
    #[field(example = "Hall")]
    pub name: String,
    /// Whether it is booked or closed now.
    pub taken: bool,
    /// Until when; if it is not taken, when it is next taken today.
    pub until: Option<Moment>,
    /// The distance from the left edge in metres.
    pub x: Length,
    /// The distance from the upper edge in metres.
    pub y: Length,
    /// Its width in metres.
    pub width: Length,
    /// Its height in metres.
    pub height: Length,
}

/// All floor plans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FloorPlans {
    pub plans: Vec<FloorPlan>,
}

/// The result of adding a floor plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FloorPlanAdded {
    pub plan: FloorPlanId,
}

/// All floor plans with the present states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanPage {
    pub now: Moment,
    /// By name.
    pub plans: Vec<DrawnPlan>,
    /// Rooms and machines on no plan, by name.
    pub unplaced: Vec<(Resource, String)>,
    /// The reader edits plans.
    pub may_change: bool,
}

/// A floor plan to be drawn. Lengths are centimetres.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnPlan {
    pub id: FloorPlanId,
    pub version: i64,
    pub name: String,
    pub width: u32,
    pub height: u32,
    /// When its picture was added, in milliseconds since 1970.
    pub picture: Option<i64>,
    /// Rooms first, so that machines are drawn above them.
    pub things: Vec<DrawnThing>,
}

/// A room or machine on a plan, as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnThing {
    pub resource: Resource,
    pub name: String,
    pub area: Area,
    pub state: ThingState,
    /// The number of people that a room holds.
    pub capacity: Option<u16>,
}

/// The present state of a room or machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThingState {
    /// A machine that nobody has booked now.
    Machine(MachineState),
    /// It is booked or closed, for this time.
    Taken(Time),
    /// A room that is free, until then if it is booked later today.
    Free(Option<Moment>),
}
