//! The floor plans on a wall display: one floor at a time, in turn.
//!
//! Invariant: it never needs a hand; a plan that is not live loses its colours, as the display at `/kiosk` does.

use super::{chosen, draw, plans};
use crate::{
    clock::use_clock,
    kiosk::Locked,
    lang,
    live::{followed_or, use_live},
    ui::{
        changing::dynamic,
        icon::{Icon, Mark},
        status::{Glyph, Status},
    },
    visitor::use_visitor,
};
use contract::floor_plans::PlanPage;
use leptos::prelude::*;
use leptos_meta::Title;
use text::time;

/// How long each floor stays, in milliseconds.
const TURN: i64 = 15_000;

/// The page at `/kiosk/plan`.
pub fn wall_page() -> AnyView {
    view! {
        <Title text=lang::current().floor_plan_title()/>
        <Transition>
            {followed_or(
                plans(),
                Box::new(|page| view! { <Wall page/> }.into_any()),
                Box::new(|problem| view! { <Locked problem/> }.into_any()),
            )}
        </Transition>
    }
    .into_any()
}

#[component]
fn Wall(page: RwSignal<PlanPage>) -> impl IntoView {
    let (t, clock, live, id) = (lang::current(), use_clock(), use_live(), chosen());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let stale = Memo::new(move |_| live.stale_since().is_some());
    // The floor in the address stays; otherwise each has its turn.
    let at = Memo::new(move |_| {
        page.with(|page| {
            let named = page.plans.iter().position(|plan| Some(plan.id.0) == id.get());
            let turn = usize::try_from(clock.now().at.0.div_euclid(TURN)).unwrap_or(0);
            named.or_else(|| turn.checked_rem(page.plans.len()))
        })
    });
    let name = move || {
        page.with(|page| {
            at.get().and_then(|at| page.plans.get(at)).map(|plan| plan.name.clone()).unwrap_or_default()
        })
    };
    let legend = Status::ALL.map(|status| view! { <li><Glyph status/>{status.label(t)}</li> });
    view! {
        <main class="wall-plan" id="main" data-stale=move || stale.get()>
            <header>
                <a class="brand" href="/"><Mark/><h1>{use_visitor().space}</h1></a>
                <p class="sub">{name}</p>
                <p class="sub push">{move || { let now = clock.now(); t.date(now, now) }}</p>
                <p class="clock"><time datetime=move || time::iso(clock.now())>{move || time::clock(clock.now())}</time></p>
            </header>
            {dynamic(move || Some(page.with(|page| match at.get().and_then(|at| page.plans.get(at)) {
                Some(plan) => draw::live(t, plan),
                None => view! { <p class="why"><Icon name="building-2"/>{t.floor_plan_none()}</p> }.into_any(),
            })))}
            <footer><ul>{legend.into_iter().collect_view()}</ul></footer>
        </main>
    }
}
