//! Floor plans: rooms and machines on the picture of a floor, with their present states.
//!
//! Invariant: areas and machines lie within their plan. Not here: pictures ([`crate::pictures`]), and when a room can be booked
//! ([`crate::bookings`]).

use crate::{Ctx, bookings::Present, change::Job, error, serve::bind};
use contract::{
    floor_plans::{
        AddFloorPlan, DeleteFloorPlan, DrawnPlan, DrawnThing, EditFloorPlans, FloorPlan, FloorPlanAdded,
        FloorPlanForm, FloorPlans, ListFloorPlans, PlaceOnPlan, PlanItem, PlanPage, PlanPlaceForm, ReadFloorPlans,
        SaveFloorPlan, TakeOffForm, TakeOffPlan, ThingState,
    },
    form::{Fault, Faults},
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    bookings::Resource,
    floor_plans::{Area, Length, SIDES},
    id::FloorPlanId,
    live::ChangeEvent,
    machines::{MachineState, state},
    versions::Saved,
};
use macros::ServiceError;
use serde_json::json;
use std::collections::HashMap;
use store::{
    Done, StoreError, Unaudited, WriteTx, bookings,
    floor_plans::{self as rows, NewPlan, StoredItem, StoredPlan},
    machines, rooms,
};

/// Why a floor plan is not changed.
#[derive(Debug, Clone, ServiceError)]
pub enum FloorPlansError {
    #[problem("floor-plan.unknown", NotFound, floor_plan_unknown)]
    Unknown,
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    #[problem("floor-plan.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error FloorPlansError;
    ListFloorPlans {}, may SeeBookings => list;
    ReadFloorPlans {}, may SeeFloor => page;
    EditFloorPlans {}, may ChangeEquipment => page;
    AddFloorPlan {} with form, may ChangeEquipment, in job => add;
    SaveFloorPlan { id, version } with form, may ChangeEquipment, in job => save;
    DeleteFloorPlan { id }, may ChangeEquipment, in job => delete;
    PlaceOnPlan { plan } with form, may ChangeEquipment, in job => place;
    TakeOffPlan { plan } with form, may ChangeEquipment, in job => take_off;
}

async fn list(ctx: &Ctx, actor: &Actor) -> Result<FloorPlans, FloorPlansError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let (plans, items) = (rows::list(&mut snapshot).await?, rows::items(&mut snapshot).await?);
    let drawn: Vec<Resource> = items.iter().map(StoredItem::resource).collect();
    let present = Present::load(&mut snapshot, actor, (ctx.space().zone, ctx.now()), &drawn).await?;
    drop(snapshot);
    let item = |item: &StoredItem| {
        let Area { x, y, width, height } = item.area();
        let (resource, taken) = (item.resource(), present.taken(item.resource()));
        PlanItem {
            resource,
            name: item.name.clone(),
            taken: taken.is_some(),
            until: taken.map(|time| time.ends).or_else(|| present.next(resource)),
            x: Length(x),
            y: Length(y),
            width: Length(width),
            height: Length(height),
        }
    };
    let plan = |plan: StoredPlan| FloorPlan {
        items: items.iter().filter(|item| item.plan == plan.id).map(item).collect(),
        id: plan.id,
        version: plan.version,
        name: plan.name,
        width: Length(plan.width),
        height: Length(plan.height),
        picture: plan.picture.is_some(),
    };
    Ok(FloorPlans { plans: plans.into_iter().map(plan).collect() })
}

/// All plans with the present states, and what is on none.
async fn page(ctx: &Ctx, actor: &Actor) -> Result<PlanPage, FloorPlansError> {
    let (now, zone) = (ctx.now(), ctx.space().zone);
    let may_change = actor.may(Permission::ChangeEquipment, Target::NONE);
    let mut snapshot = ctx.store().snapshot().await?;
    let (plans, items) = (rows::list(&mut snapshot).await?, rows::items(&mut snapshot).await?);
    let floor = machines::floor(&mut snapshot, None, false, now).await?;
    let drawn: Vec<Resource> = items.iter().map(StoredItem::resource).collect();
    let present = Present::load(&mut snapshot, actor, (zone, now), &drawn).await?;
    let all = rooms::list(&mut snapshot).await?;
    drop(snapshot);
    let states: HashMap<Resource, MachineState> = floor
        .iter()
        .map(|one| (Resource::Machine(one.id), state(&one.facts, now).map(|at| ctx.moment(at))))
        .collect();
    let state_of = |resource: Resource| match states.get(&resource) {
        // Somebody who uses it, or a fault, comes before a booking.
        Some(state) if !matches!(state, MachineState::Free { .. }) => ThingState::Machine(*state),
        state => match (present.taken(resource), state) {
            (Some(time), _) => ThingState::Taken(time),
            (None, Some(state)) => ThingState::Machine(*state),
            (None, None) => ThingState::Free(present.next(resource)),
        },
    };
    let thing = |item: &StoredItem| DrawnThing {
        resource: item.resource(),
        name: item.name.clone(),
        area: item.area(),
        state: state_of(item.resource()),
        capacity: item.capacity,
    };
    let drawn = plans.into_iter().map(|plan| DrawnPlan {
        things: items.iter().filter(|item| item.plan == plan.id).map(thing).collect(),
        id: plan.id,
        version: plan.version,
        name: plan.name,
        width: plan.width,
        height: plan.height,
        picture: plan.picture.map(|added| added.0),
    });
    let plans = drawn.collect();
    let rooms = all.into_iter().filter(|room| room.archived.is_none());
    let rooms = rooms.map(|room| (Resource::Room(room.id), room.name));
    let unplaced = rooms.chain(floor.into_iter().map(|one| (Resource::Machine(one.id), one.name)));
    let unplaced = unplaced.filter(|(resource, _)| !items.iter().any(|item| item.resource() == *resource));
    let unplaced = if may_change { unplaced.collect() } else { Vec::new() };
    Ok(PlanPage { now: zone.moment(now), plans, unplaced, may_change })
}

async fn one(tx: &mut WriteTx, plan: FloorPlanId) -> Result<StoredPlan, FloorPlansError> {
    rows::list(tx.conn()).await?.into_iter().find(|row| row.id == plan).ok_or(FloorPlansError::Unknown)
}

/// The values of a form; its sides must be possible, and hold `items`.
fn describe(form: FloorPlanForm, items: &[Area]) -> Result<NewPlan, FloorPlansError> {
    let FloorPlanForm { name, width: Length(width), height: Length(height) } = form;
    let is_off = |is: bool| is.then_some(Fault::OffPlan);
    let side = |name: &str, length: u32, most: u32| {
        let invalid = (!SIDES.contains(&length)).then_some(Fault::PlanSide).or(is_off(length < most));
        invalid.map(|fault| (name.to_owned(), fault))
    };
    let (right, bottom) = items.iter().fold((0, 0), |(right, bottom), area| {
        (right.max(area.x.saturating_add(area.width)), bottom.max(area.y.saturating_add(area.height)))
    });
    let faults: Vec<_> = side("width", width, right).into_iter().chain(side("height", height, bottom)).collect();
    if faults.is_empty() { Ok(NewPlan { name: name.into(), width, height }) } else { Err(Faults(faults).into()) }
}

async fn add(job: &mut Job<'_>, form: FloorPlanForm) -> Result<Done<FloorPlanAdded>, FloorPlansError> {
    let new = describe(form, &[])?;
    let plan = rows::add(job.tx, &new).await.map_err(name_taken)?;
    job.tx.after_commit(ChangeEvent::Bookings);
    job.audited(FloorPlanAdded { plan }, "floor-plan.added", plan, &json!({})).await
}

async fn save(
    job: &mut Job<'_>,
    plan: FloorPlanId,
    seen: i64,
    form: FloorPlanForm,
) -> Result<Done<()>, FloorPlansError> {
    let row = one(job.tx, plan).await?;
    if !domain::versions::is_current(row.version, seen) {
        let signed = error::signed(job.tx.conn(), job.zone, plan, saved(&row)).await?;
        return Err(FloorPlansError::Stale(signed));
    }
    let items = rows::items(job.tx.conn()).await?;
    let items: Vec<_> = items.iter().filter(|item| item.plan == plan).map(StoredItem::area).collect();
    let new = describe(form, &items)?;
    rows::change(job.tx, plan, &new).await.map_err(name_taken)?;
    job.tx.after_commit(ChangeEvent::Bookings);
    job.audited((), "floor-plan.changed", plan, &json!({})).await
}

/// The stored values, as the form sends them.
fn saved(row: &StoredPlan) -> Saved {
    let (width, height) = (Length(row.width).to_string(), Length(row.height).to_string());
    Saved::new(row.version, vec![("name", row.name.clone()), ("width", width), ("height", height)])
}

async fn delete(job: &mut Job<'_>, plan: FloorPlanId) -> Result<Done<()>, FloorPlansError> {
    one(job.tx, plan).await?;
    rows::delete(job.tx, plan).await?;
    job.tx.after_commit(ChangeEvent::Bookings);
    job.audited((), "floor-plan.deleted", plan, &json!({})).await
}

async fn place(job: &mut Job<'_>, plan: FloorPlanId, form: PlanPlaceForm) -> Result<Done<()>, FloorPlansError> {
    let row = one(job.tx, plan).await?;
    let PlanPlaceForm { resource, x: Length(x), y: Length(y), width: Length(width), height: Length(height) } =
        form;
    if bookings::resource(job.tx.conn(), resource).await?.is_none() {
        return Err(Faults::one("resource", Fault::Resource).into());
    }
    let area = Area { x, y, width, height };
    let misfits = area.misfits((row.width, row.height));
    if !misfits.is_empty() {
        let faults = misfits.into_iter().map(|side| (side.as_str().to_owned(), Fault::OffPlan));
        return Err(Faults(faults.collect()).into());
    }
    rows::place(job.tx, plan, resource, area).await?;
    job.tx.after_commit(ChangeEvent::Bookings);
    job.audited((), "floor-plan.placed", plan, &json!({ "resource": resource.to_string() })).await
}

async fn take_off(job: &mut Job<'_>, plan: FloorPlanId, form: TakeOffForm) -> Result<Done<()>, FloorPlansError> {
    one(job.tx, plan).await?;
    if !rows::take_off(job.tx, Some(plan), form.resource).await? {
        return Ok(Done::unaudited((), Unaudited::NothingChanged));
    }
    job.tx.after_commit(ChangeEvent::Bookings);
    job.audited((), "floor-plan.taken-off", plan, &json!({ "resource": form.resource.to_string() })).await
}

fn name_taken(why: StoreError) -> FloorPlansError {
    match why {
        StoreError::Unique(_) => Faults::one("name", Fault::PlanTaken).into(),
        why => why.into(),
    }
}
