//! Floor plans: what is on them, and who changes them.

use crate::lab::{
    Lab,
    bookings::{booked, open, span},
    operations::{fields, run},
    rooms,
};
use contract::{
    floor_plans::{
        AddFloorPlan, DeleteFloorPlan, ListFloorPlans, PlaceOnPlan, ReadFloorPlans, SaveFloorPlan, TakeOffPlan,
        ThingState,
    },
    form::{Fault, Fields},
};
use domain::{
    actor::Actor,
    bookings::Resource,
    floor_plans::Length,
    id::{FloorPlanId, RoomId},
    pictures::Subject,
};
use services::{floor_plans::FloorPlansError, pictures};

const PLAN: FloorPlanId = FloorPlanId(1);
const HALL: Resource = Resource::Room(RoomId(1));

fn place(resource: &str, [x, y, width, height]: [&str; 4]) -> Fields {
    fields(&[("resource", resource), ("x", x), ("y", y), ("width", width), ("height", height)])
}

/// A hall, and the plan of its floor.
async fn floor() -> (Lab, Actor) {
    let lab = open().await;
    let ken = lab.signed_in(11).await;
    rooms::add(&lab.ctx, &ken, rooms::hall(&[])).await.unwrap();
    let sent = fields(&[("name", "Ground floor"), ("width", "22,2"), ("height", "10.40")]);
    assert_eq!(run(&lab.ctx, &ken, AddFloorPlan {}, sent).await.unwrap().plan, PLAN);
    (lab, ken)
}

fn faults(answer: Result<(), FloorPlansError>) -> Vec<(String, Fault)> {
    match answer {
        Err(FloorPlansError::Invalid(faults)) => faults.0,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn things_are_placed_within_the_plan_and_shown_with_their_states() {
    let (lab, ken) = floor().await;
    let ada = lab.signed_in(1).await;
    run(&lab.ctx, &ken, PlaceOnPlan { plan: PLAN }, place("room:1", ["11.90", "0", "5", "4.6"])).await.unwrap();
    run(&lab.ctx, &ken, PlaceOnPlan { plan: PLAN }, place("machine:1", ["12", "1", "1", "1"])).await.unwrap();
    let listed = run(&lab.ctx, &ada, ListFloorPlans {}, Fields::default()).await.unwrap().plans;
    assert_eq!((listed[0].width, listed[0].items[0].x), (Length(2_220), Length(1_190)), "{listed:?}");
    let page = run(&lab.ctx, &ada, ReadFloorPlans {}, Fields::default()).await.unwrap();
    assert_eq!(page.plans[0].things[0].state, ThingState::Free(None), "rooms come first: {page:?}");
    assert!(page.unplaced.is_empty() && !page.may_change, "only editors place things");
    booked(&lab, &ada, HALL, span(0, 60)).await;
    booked(&lab, &ada, HALL, span(120, 60)).await;
    let page = run(&lab.ctx, &ada, ReadFloorPlans {}, Fields::default()).await.unwrap();
    assert!(matches!(page.plans[0].things[0].state, ThingState::Taken(_)), "{page:?}");
    let listed = run(&lab.ctx, &ada, ListFloorPlans {}, Fields::default()).await.unwrap().plans;
    let hall = listed[0].items.iter().find(|item| item.resource == HALL).unwrap();
    let until = hall.until.map(|until| until.at);
    assert_eq!((hall.taken, until), (true, Some(span(0, 60).ends)), "programs get the same: {hall:?}");

    let off = place("room:1", ["20", "8", "5", "4.6"]);
    let refused = run(&lab.ctx, &ken, PlaceOnPlan { plan: PLAN }, off).await;
    assert_eq!(faults(refused), [("width".to_owned(), Fault::OffPlan), ("height".to_owned(), Fault::OffPlan)]);
    let text = place("room:1", ["left", "0", "5", "4.6"]);
    let refused = run(&lab.ctx, &ken, PlaceOnPlan { plan: PLAN }, text).await;
    assert_eq!(faults(refused), [("x".to_owned(), Fault::Metres)]);
    let nothing = run(&lab.ctx, &ken, PlaceOnPlan { plan: PLAN }, place("room:9", ["0", "0", "1", "1"])).await;
    assert_eq!(faults(nothing), [("resource".to_owned(), Fault::Resource)]);
    let forbidden = run(&lab.ctx, &ada, PlaceOnPlan { plan: PLAN }, place("room:1", ["0", "0", "1", "1"])).await;
    assert!(matches!(forbidden, Err(FloorPlansError::Forbidden(_))), "{forbidden:?}");
}

#[tokio::test]
async fn thing_is_on_one_plan_and_leaves_it_with_the_plan() {
    let (lab, ken) = floor().await;
    let second = fields(&[("name", "First floor"), ("width", "10"), ("height", "10")]);
    let second = run(&lab.ctx, &ken, AddFloorPlan {}, second).await.unwrap().plan;
    for plan in [PLAN, second] {
        run(&lab.ctx, &ken, PlaceOnPlan { plan }, place("room:1", ["0", "0", "5", "5"])).await.unwrap();
    }
    let count = async || {
        let plans = run(&lab.ctx, &ken, ListFloorPlans {}, Fields::default()).await.unwrap().plans;
        plans.iter().map(|plan| (plan.name.clone(), plan.items.len())).collect::<Vec<_>>()
    };
    assert_eq!(count().await, [("Ground floor".to_owned(), 0), ("First floor".to_owned(), 1)]);
    run(&lab.ctx, &ken, TakeOffPlan { plan: PLAN }, fields(&[("resource", "room:1")])).await.unwrap();
    assert_eq!(count().await[1].1, 1, "it is on the other plan");
    let png = std::io::Cursor::new(crate::pictures::png(40, 20));
    pictures::set(&lab.ctx, &ken, Subject::FloorPlan(second), png).await.unwrap();
    run(&lab.ctx, &ken, DeleteFloorPlan { id: second }, Fields::default()).await.unwrap();
    assert_eq!(count().await, [("Ground floor".to_owned(), 0)]);
    let gone = pictures::get(&lab.ctx, &ken, Subject::FloorPlan(second), false).await;
    assert!(gone.is_err(), "its picture is deleted, too");
    run(&lab.ctx, &ken, PlaceOnPlan { plan: PLAN }, place("room:1", ["0", "0", "5", "5"])).await.unwrap();
    rooms::archive(&lab.ctx, &ken, RoomId(1)).await.unwrap();
    assert_eq!(count().await[0].1, 0, "an archived room is not shown");
}

// A14
#[tokio::test]
async fn plan_smaller_than_its_things_or_of_older_version_is_refused() {
    let (lab, ken) = floor().await;
    run(&lab.ctx, &ken, PlaceOnPlan { plan: PLAN }, place("room:1", ["11.90", "0", "5", "4.6"])).await.unwrap();
    let sent = |width: &str| fields(&[("name", "Ground"), ("width", width), ("height", "10")]);
    let save =
        async |version, width: &str| run(&lab.ctx, &ken, SaveFloorPlan { id: PLAN, version }, sent(width)).await;
    assert_eq!(faults(save(1, "16.89").await), [("width".to_owned(), Fault::OffPlan)]);
    assert_eq!(faults(save(1, "0.99").await), [("width".to_owned(), Fault::PlanSide)]);
    save(1, "16.90").await.unwrap();
    let stale = save(1, "17").await;
    assert!(matches!(stale, Err(FloorPlansError::Stale(_))), "{stale:?}");
    let taken = run(&lab.ctx, &ken, AddFloorPlan {}, sent("10")).await.map(drop);
    assert_eq!(faults(taken), [("name".to_owned(), Fault::PlanTaken)]);
    let unknown = run(&lab.ctx, &ken, DeleteFloorPlan { id: FloorPlanId(9) }, Fields::default()).await;
    assert!(matches!(unknown, Err(FloorPlansError::Unknown)), "{unknown:?}");
}
