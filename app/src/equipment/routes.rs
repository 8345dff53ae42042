//! The addresses of machines and of what they are.

use super::{NewMachine, edit::EditMachine, inventory::Machines, kind::EditType, places::Places};
use crate::{
    SSR,
    boards::Boards,
    history::HistoryPage,
    hours::Hours,
    labels::Labels,
    machine::MachinePage,
    maintenance::{at_machine::MaintenancePage, coming::ComingPage, plan::PlanPage},
    problems::{queue::Problems, report::ReportPage},
    settings::Settings,
};
use leptos::prelude::*;
use leptos_router::{
    Lazy,
    components::{Outlet, ParentRoute, Route},
    path,
};

/// Pages in the frame; those that change something are for whoever may.
#[component(transparent)]
pub fn EquipmentPages() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=Outlet>
            <Route path=path!("machines") view={Lazy::<Machines>::new()} ssr=SSR/>
            <Route path=path!("machines/new") view={Lazy::<NewMachine>::new()} ssr=SSR/>
            <Route path=path!("machines/labels") view={Lazy::<Labels>::new()} ssr=SSR/>
            <Route path=path!("machines/:id") view={Lazy::<MachinePage>::new()} ssr=SSR/>
            <Route path=path!("machines/:id/edit") view={Lazy::<EditMachine>::new()} ssr=SSR/>
            <Route path=path!("machines/:id/report") view={Lazy::<ReportPage>::new()} ssr=SSR/>
            <Route path=path!("machines/:id/history") view={Lazy::<HistoryPage>::new()} ssr=SSR/>
            <Route path=path!("machines/:id/maintenance") view={Lazy::<MaintenancePage>::new()} ssr=SSR/>
            <Route path=path!("machines/:id/plans/:plan") view={Lazy::<PlanPage>::new()} ssr=SSR/>
            <Route path=path!("maintenance") view={Lazy::<ComingPage>::new()} ssr=SSR/>
            <Route path=path!("problems") view={Lazy::<Problems>::new()} ssr=SSR/>
            <Route path=path!("boards") view={Lazy::<Boards>::new()} ssr=SSR/>
            <Route path=path!("types/new") view={Lazy::<EditType>::new()} ssr=SSR/>
            <Route path=path!("types/:id/edit") view={Lazy::<EditType>::new()} ssr=SSR/>
            <Route path=path!("places") view={Lazy::<Places>::new()} ssr=SSR/>
            <Route path=path!("hours") view={Lazy::<Hours>::new()} ssr=SSR/>
            <Route path=path!("settings") view={Lazy::<Settings>::new()} ssr=SSR/>
        </ParentRoute>
    }
    .into_inner()
}
