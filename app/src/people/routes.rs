//! The addresses of people and of the types somebody speaks for.

use super::{People, invite::Inviting, person::Person};
use crate::{
    SSR,
    machine::attempts::Decisions,
    qualifications::{Types, kind::Kind},
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
            <Route path=path!("people/:id") view={Lazy::<Person>::new()} ssr=SSR/>
            <Route path=path!("people/:id/decisions") view={Lazy::<Decisions>::new()} ssr=SSR/>
            <Route path=path!("types") view={Lazy::<Types>::new()} ssr=SSR/>
            <Route path=path!("types/:id") view={Lazy::<Kind>::new()} ssr=SSR/>
        </ParentRoute>
    }
    .into_inner()
}
