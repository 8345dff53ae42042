//! Draws a floor plan: the picture, and rooms and machines on it with shape, word and colour of their states.
//!
//! Invariant: places are attributes in centimetres, because the page's policy forbids inline styles. What does not fit into
//! its rectangle is cut off; the list beside it has all of it.

use crate::ui::status::{Status, status_label};
use contract::floor_plans::{DrawnPlan, DrawnThing, ThingState};
use domain::{bookings::Resource, pictures::Subject};
use leptos::prelude::*;
use text::{Lang, time};

/// The width of a plan in heights of its text.
const LINE: u32 = 68;

/// The status of a thing; `None` for a machine without a board.
pub(super) fn status(state: &ThingState) -> Option<Status> {
    match state {
        ThingState::Machine(state) => Status::of(state),
        ThingState::Taken(_) => Some(Status::Reserved),
        ThingState::Free(_) => Some(Status::Free),
    }
}

/// The state in words: `Free until 18:00`.
pub(super) fn words(t: Lang, thing: &DrawnThing) -> String {
    match &thing.state {
        ThingState::Machine(state) => status_label(Status::of(state), t).to_owned(),
        ThingState::Taken(time) => t.room_taken_until(&time::clock(time.ends)),
        ThingState::Free(Some(until)) => t.room_free_until(&time::clock(*until)),
        ThingState::Free(None) => t.floor_plan_free_all_day().to_owned(),
    }
}

/// The page of a thing.
pub(super) fn href(resource: Resource) -> String {
    match resource {
        Resource::Machine(machine) => format!("/machines/{machine}"),
        Resource::Room(room) => format!("/rooms/{room}"),
    }
}

/// The height of a line of text, in centimetres.
pub(super) fn line(plan: &DrawnPlan) -> u32 {
    (plan.width / LINE).max(1)
}

/// The picture, below rooms and machines.
pub(super) fn picture(plan: &DrawnPlan) -> AnyView {
    let (width, height) = (plan.width.to_string(), plan.height.to_string());
    let image = plan.picture.map(|added| {
        let href = Subject::FloorPlan(plan.id).src(added, false);
        view! { <image href=href width=width.clone() height=height.clone() preserveAspectRatio="none"/> }
    });
    view! { <rect class="floor" width=width height=height/>{image} }.into_any()
}

/// The content of the rectangle of a thing: its shape, its name and a second line.
pub(super) fn inside(plan: &DrawnPlan, thing: &DrawnThing, second: Option<String>) -> AnyView {
    let (line, area) = (line(plan), thing.area);
    let class = if thing.resource.room().is_some() { "room" } else { "dev" };
    // Lines as high as the rectangle allows, but no higher than the plan's own.
    let size = line.min(area.height / 3).max(1);
    let (at, row) = ((size / 2).to_string(), |n: u32| (size * 13 / 10 * n).to_string());
    let mark = second.is_some().then(|| status(&thing.state)).flatten().map(|status| {
        let length = (size * 6 / 5).to_string();
        view! { <svg class="mark" viewBox="0 0 24 24" x=at.clone() y=(size / 4).to_string() width=length.clone() height=length><use href=format!("#g-{}", status.key())/></svg> }
    });
    let left = if mark.is_some() { (size * 2).to_string() } else { at.clone() };
    let sub = second.map(|second| view! { <text class="sub" x=at y=row(2)>{second}</text> });
    view! {
        <rect class=class width=area.width.to_string() height=area.height.to_string()/>
        {mark}
        <text class="lbl" x=left y=row(1)>{thing.name.clone()}</text>
        {sub}
    }
    .into_any()
}

/// The live plan: each thing is a link to its page.
pub(super) fn live(t: Lang, plan: &DrawnPlan) -> AnyView {
    let things = plan.things.iter().map(|thing| {
        let (area, words) = (thing.area, words(t, thing));
        let key = status(&thing.state).map(Status::key);
        let label = format!("{}, {words}", thing.name);
        // The group makes it a link of the drawing: another one is not drawn.
        view! {
            <g>
                <a href=href(thing.resource) aria-label=label data-status=key>
                    <svg x=area.x.to_string() y=area.y.to_string() width=area.width.to_string() height=area.height.to_string()>{inside(plan, thing, Some(words))}</svg>
                </a>
            </g>
        }
    });
    let things = things.collect_view();
    view! {
        <svg class="plan" viewBox=format!("0 0 {} {}", plan.width, plan.height) font-size=line(plan).to_string() role="group" aria-label=plan.name.clone()>
            {picture(plan)}{things}
        </svg>
    }
    .into_any()
}
