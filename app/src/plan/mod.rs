//! Floor plans: live states of rooms and machines, on a page and on the wall, and their editor.
//!
//! Invariant: the same drawing everywhere, and all of it as a list as well.

mod draw;
mod edit;
mod wall;

pub use edit::edit_page;
pub use wall::wall_page;

use crate::{
    call::{PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::{ButtonLink, Kind as Press},
        changing::dynamic,
        empty::Empty,
        icon::Icon,
        status::{Status, Tile},
    },
};
use contract::floor_plans::{DrawnPlan, DrawnThing, PlanPage, ReadFloorPlans};
use domain::live::Noun;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::Lang;

/// The plans, loaded again when something on them changes.
fn plans() -> PageResource<PlanPage> {
    let live = use_live();
    let versions = move || live.version(Noun::Bookings) + live.version(Noun::Machine) + live.version(Noun::Space);
    page_resource(versions, |_| load(&ReadFloorPlans {}))
}

/// The id of the plan in the address.
fn chosen() -> Memo<Option<i64>> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get_str("plan").and_then(|id| id.parse().ok())))
}

/// The chosen plan, or the first.
fn plan_with_id(plans: &[DrawnPlan], id: Option<i64>) -> Option<&DrawnPlan> {
    plans.iter().find(|plan| Some(plan.id.0) == id).or_else(|| plans.first())
}

/// Links to the floors.
fn floors(page: &str, plans: &[DrawnPlan], shown: Option<&DrawnPlan>) -> Option<AnyView> {
    let links = plans.iter().map(|plan| {
        let is_shown = shown.is_some_and(|shown| shown.id == plan.id);
        let href = format!("{page}?plan={}", plan.id);
        view! { <a href=href data-noscroll aria-current=is_shown.then_some("true")>{plan.name.clone()}</a> }
    });
    let links = links.collect_view();
    let label = lang::current().rooms_floor();
    (plans.len() > 1).then(|| view! { <nav class="segmented" aria-label=label>{links}</nav> }.into_any())
}

/// The page at `/plan`.
pub fn plan_page() -> AnyView {
    live_page(lang::current().floor_plan_title(), 6, plans(), |page| view! { <Page page/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<PlanPage>) -> impl IntoView {
    let (t, clock, id) = (lang::current(), use_clock(), chosen());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    dynamic(move || Some(page.with(|page| body(t, page, id.get()))))
}

fn body(t: Lang, page: &PlanPage, id: Option<i64>) -> AnyView {
    let plan = plan_with_id(&page.plans, id);
    let edit = page.may_change.then(|| {
        let href = plan.map_or_else(|| "/plan/edit".to_owned(), |plan| format!("/plan/edit?plan={}", plan.id));
        view! { <ButtonLink href label=t.floor_plan_edit().to_owned() icon="pen-line"/> }
    });
    let content = if let Some(plan) = plan {
        view! { <div class="plan-wrap">{draw::live(t, plan)}</div>{list(t, plan)} }.into_any()
    } else {
        let next = if page.may_change { t.floor_plan_none_next() } else { t.floor_plan_none_yet() };
        view! { <div class="card"><Empty icon="building-2"><h2>{t.floor_plan_none()}</h2><p>{next}</p></Empty></div> }.into_any()
    };
    view! {
        <header class="page-head">
            <h1>{t.floor_plan_title()}</h1>
            {floors("/plan", &page.plans, plan)}
            <span class="push btn-row">
                <ButtonLink href="/bookings/rooms" label=t.by_hour_title().to_owned() kind=Press::Ghost icon="calendar-days"/>
                {edit}
            </span>
        </header>
        {content}
    }
    .into_any()
}

/// All rooms and machines on the plan, free ones first.
fn list(t: Lang, plan: &DrawnPlan) -> AnyView {
    let mut things: Vec<&DrawnThing> = plan.things.iter().collect();
    things.sort_by_key(|thing| (draw::status(&thing.state) != Some(Status::Free), thing.name.to_lowercase()));
    let rows = things.into_iter().map(|thing| {
        let people = thing.capacity.map(|capacity| t.rooms_people(capacity.into()));
        let second = std::iter::once(draw::words(t, thing)).chain(people).collect::<Vec<_>>().join(" · ");
        view! {
            <li><a class="item" href=draw::href(thing.resource)>
                <Tile status=draw::status(&thing.state)/>
                <span class="lines"><span class="t">{thing.name.clone()}</span><span class="s">{second}</span></span>
                <span class="tail"><Icon name="chevron-right"/></span>
            </a></li>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="group" aria-labelledby="on-plan">
            <h2 class="group-head" id="on-plan">{t.floor_plan_list()}</h2>
            <ul class="list plan-list">{rows}</ul>
        </section>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, html, visitor, words};
    use contract::{bookings::Time, floor_plans::ThingState};
    use domain::{
        bookings::Resource,
        floor_plans::Area,
        id::{FloorPlanId, MachineId, RoomId},
        machines::MachineState,
    };

    pub(super) fn sample(may_change: bool) -> PlanPage {
        let thing = |resource, name: &str, x, state| DrawnThing {
            resource,
            name: name.into(),
            area: Area { x, y: 0, width: 500, height: 400 },
            state,
            capacity: Some(12),
        };
        let time = Time { starts: NOW, ends: NOW };
        let things = vec![
            thing(Resource::Room(RoomId(2)), "Studio B", 0, ThingState::Free(None)),
            thing(Resource::Room(RoomId(3)), "Hall", 400, ThingState::Taken(time)),
            thing(Resource::Machine(MachineId(5)), "Lathe", 1_500, ThingState::Machine(MachineState::Unmanaged)),
        ];
        let plan = |id, name: &str, things| DrawnPlan {
            id: FloorPlanId(id),
            version: 3,
            name: name.into(),
            width: 2_220,
            height: 1_040,
            picture: Some(9),
            things,
        };
        let plans = vec![plan(1, "Ground floor", things), plan(2, "First floor", Vec::new())];
        let unplaced = vec![(Resource::Room(RoomId(9)), "Attic".to_owned())];
        PlanPage { now: NOW, plans, unplaced, may_change }
    }

    fn page(page: PlanPage, address: &str) -> String {
        html(visitor(Lang::En), address, move || view! { <Page page=RwSignal::new(page)/> })
    }

    #[test]
    fn plan_draws_things_with_shape_word_and_link() {
        let html = page(sample(false), "/plan");
        assert!(
            html.contains(r#"viewBox="0 0 2220 1040""#) && html.contains("/pictures/floor-plan/1?v=9"),
            "{html}"
        );
        assert!(
            html.contains(r#"<a href="/rooms/2" aria-label="Studio B, Free all day" data-status="free">"#),
            "{html}"
        );
        assert!(html.contains(r#"href="/machines/5""#) && html.contains(r##"href="#g-reserved""##), "{html}");
        assert!(!html.contains("style=") && !html.contains("/plan/edit"), "{html}");
        assert!(words(&html).contains("Studio BFree all day · 12 people"), "{}", words(&html));
    }

    #[test]
    fn floor_in_address_is_shown_and_missing_plan_is_explained() {
        let first = page(sample(true), "/plan?plan=2");
        assert!(first.contains(r#"href="/plan/edit?plan=2""#) && !first.contains("Studio B"), "{first}");
        let none = words(&page(PlanPage { plans: Vec::new(), ..sample(true) }, "/plan"));
        assert!(none.contains("No floor plan"), "{none}");
    }
}
