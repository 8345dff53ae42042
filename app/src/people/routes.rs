//! The addresses of people and of the types somebody speaks for.

use super::{
    People,
    invite::Inviting,
    person::{account::PersonAccount, overview::Overview, standing::Qualified, timeline::Timeline, uses::Uses},
};
use crate::{
    SSR,
    firmware::Firmware,
    machine::attempts::Decisions,
    privacy::{data::Data, retention::Retention},
    qualifications::{Types, kind::Kind},
    system::System,
};
use leptos::prelude::*;
use leptos_router::{
    Lazy,
    components::{Outlet, ParentRoute, Route},
    path,
};

/// Pages in the frame, for those who may.
#[component(transparent)]
pub fn PeoplePages() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=Outlet>
            <Route path=path!("people") view={Lazy::<People>::new()} ssr=SSR/>
            <Route path=path!("people/invite") view={Lazy::<Inviting>::new()} ssr=SSR/>
            <PersonPages/>
            <Route path=path!("me/data") view={Lazy::<Data>::new()} ssr=SSR/>
            <Route path=path!("retention") view={Lazy::<Retention>::new()} ssr=SSR/>
            <Route path=path!("system") view={Lazy::<System>::new()} ssr=SSR/>
            <Route path=path!("firmware") view={Lazy::<Firmware>::new()} ssr=SSR/>
            <Route path=path!("types") view={Lazy::<Types>::new()} ssr=SSR/>
            <Route path=path!("types/:id") view={Lazy::<Kind>::new()} ssr=SSR/>
        </ParentRoute>
    }
    .into_inner()
}

/// The parts of somebody's page.
#[component(transparent)]
fn PersonPages() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("people/:id") view=Outlet>
            <Route path=path!("") view={Lazy::<Overview>::new()} ssr=SSR/>
            <Route path=path!("qualifications") view={Lazy::<Qualified>::new()} ssr=SSR/>
            <Route path=path!("uses") view={Lazy::<Uses>::new()} ssr=SSR/>
            <Route path=path!("timeline") view={Lazy::<Timeline>::new()} ssr=SSR/>
            <Route path=path!("account") view={Lazy::<PersonAccount>::new()} ssr=SSR/>
            <Route path=path!("data") view={Lazy::<Data>::new()} ssr=SSR/>
            <Route path=path!("decisions") view={Lazy::<Decisions>::new()} ssr=SSR/>
        </ParentRoute>
    }
    .into_inner()
}
