//! The addresses of the way in.

use super::{SignIn, apply::Applying};
use crate::{SSR, forgotten::Forgotten, link::Linked, second_factor::SecondFactor, set_up::SetUp};
use leptos::prelude::*;
use leptos_router::{
    Lazy,
    components::{Outlet, ParentRoute, Route},
    path,
};

/// Pages that fill the screen and that everybody may open.
#[component(transparent)]
pub fn EntrancePages() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=Outlet>
            <Route path=path!("sign-in") view={Lazy::<SignIn>::new()} ssr=SSR/>
            <Route path=path!("apply") view={Lazy::<Applying>::new()} ssr=SSR/>
            <Route path=path!("forgotten") view={Lazy::<Forgotten>::new()} ssr=SSR/>
            <Route path=path!("link/:token") view={Lazy::<Linked>::new()} ssr=SSR/>
            <Route path=path!("enter/:token") view={Lazy::<Linked>::new()} ssr=SSR/>
            <Route path=path!("second-factor") view={Lazy::<SecondFactor>::new()} ssr=SSR/>
            <Route path=path!("set-up/:token") view={Lazy::<SetUp>::new()} ssr=SSR/>
        </ParentRoute>
    }
    .into_inner()
}
