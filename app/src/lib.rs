//! The pages of Toolgate, rendered by the server and hydrated by the browser.
//!
//! **Lives here:** what people see – pages by noun, the building blocks in `ui`, and thin server functions in each
//! noun's `api`.
//!
//! **Invariant:** one root, [`App`], identical in both halves; what differs per request comes in through
//! [`visitor::Visitor`] only. The shell and Now lie in the main bundle, with what many pages share; every other page is
//! lazy.
//!
//! **Deliberately absent:** rules. A server function hands over to `services` in ten lines.

#[cfg(feature = "ssr")]
pub mod asker;
pub mod assets;
pub mod audit;
pub mod boards;
pub mod call;
pub mod cards;
pub mod clock;
#[cfg(feature = "ssr")]
pub mod cookies;
pub mod displays;
pub mod equipment;
pub mod find;
pub mod firmware;
pub mod forgotten;
mod frame;
#[cfg(debug_assertions)]
pub mod gallery;
pub mod history;
pub mod holds;
pub mod hours;
pub mod hydration;
pub mod imports;
pub mod kiosk;
pub mod labels;
pub mod lang;
pub mod link;
pub mod live;
pub mod machine;
pub mod maintenance;
pub mod manage;
pub mod me;
pub mod now;
pub mod people;
pub mod privacy;
pub mod problem;
pub mod problems;
pub mod qr;
pub mod qualifications;
pub mod reference;
pub mod requests;
pub mod second_factor;
pub mod set_up;
pub mod settings;
pub mod sign_in;
pub mod system;
#[cfg(all(test, feature = "ssr"))]
mod testing;
pub mod tokens;
pub mod ui;
pub mod visitor;
pub mod way;

use audit::Audit;
use cards::CardPages;
use clock::provide_clock;
use displays::Displays;
use equipment::routes::EquipmentPages;
use find::Find;
use frame::{FramedPage, NotFound};
use imports::ImportPages;
use kiosk::Kiosk;
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    Lazy, SsrMode,
    components::{Outlet, ParentRoute, Route, Router, Routes},
    path,
};
use live::provide_live;
use manage::Manage;
use me::{Me, factor::OwnFactor, password::OwnPassword, sessions::Sessions};
use now::Now;
use people::routes::PeoplePages;
use reference::ReferencePage;
use sign_in::routes::EntrancePages;
use tokens::Tokens;
use visitor::provide_visitor;

/// How every page is rendered: as one piece of finished HTML, right in status and title and complete without script.
const SSR: SsrMode = SsrMode::Async;

/// The document around [`App`]; rendered by the server only.
#[cfg(feature = "ssr")]
pub fn shell(assets: assets::Assets) -> impl IntoView {
    use leptos_meta::MetaTags;
    let visitor = visitor::Visitor::of_request();
    let who = visitor.who.as_ref().map(|who| who.id.0);
    view! {
        <!DOCTYPE html>
        // The last two are for what keeps what was typed: whose it is, and what it says when somebody saved meanwhile.
        <html lang=visitor.lang.tag() data-theme=visitor.theme.key() data-who=who data-news=who.map(|_| visitor.lang.version_news())>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content=visitor.theme.color_scheme()/>
                <link rel="icon" href="/favicon.ico" sizes="32x32"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <assets::Head assets/>
                <MetaTags/>
            </head>
            // For the script that finds the server away.
            <body data-unreached=visitor.lang.request_failed()>
                <App/>
                // After the application: hydration counts the nodes from the beginning of the body.
                <svg class="sprite" width="0" height="0" aria-hidden="true" inner_html=ui::icon::SPRITE></svg>
            </body>
        </html>
    }
}

/// The root of every page.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_visitor();
    provide_clock();
    provide_live();
    hydration::once_hydrated(Box::new(|| {
        ui::form::clean_address();
        // For styles and for tests in a browser, which must not type into a page that is about to hydrate.
        if let Some(root) = document().document_element() {
            // Fails only for an invalid attribute name.
            drop(root.set_attribute("data-hydrated", "1"));
        }
    }));
    let (waiting, set_waiting) = signal(false);
    view! {
        <Title formatter=titled/>
        <Router set_is_routing=set_waiting>
            <div class="waiting" data-waiting=waiting aria-hidden="true"></div>
            <Routes fallback=NotFound>
                <ParentRoute path=path!("") view=FramedPage>
                    <Route path=path!("") view=Now ssr=SSR/>
                    <EquipmentPages/>
                    <Route path=path!("me") view={Lazy::<Me>::new()} ssr=SSR/>
                    <Route path=path!("me/sessions") view={Lazy::<Sessions>::new()} ssr=SSR/>
                    <Route path=path!("me/password") view={Lazy::<OwnPassword>::new()} ssr=SSR/>
                    <ProgramPages/>
                    <Route path=path!("me/second-factor") view={Lazy::<OwnFactor>::new()} ssr=SSR/>
                    <Route path=path!("audit") view={Lazy::<Audit>::new()} ssr=SSR/>
                    <Route path=path!("manage") view={Lazy::<Manage>::new()} ssr=SSR/>
                    <Route path=path!("find") view={Lazy::<Find>::new()} ssr=SSR/>
                    <Route path=path!("displays") view={Lazy::<Displays>::new()} ssr=SSR/>
                    <PeoplePages/>
                    <CardPages/>
                    <ImportPages/>
                </ParentRoute>
                <EntrancePages/>
                <UnframedPages/>
            </Routes>
        </Router>
    }
}

/// Pages for whoever lets programs in.
#[component(transparent)]
fn ProgramPages() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=Outlet>
            <Route path=path!("me/tokens") view={Lazy::<Tokens>::new()} ssr=SSR/>
            <Route path=path!("api") view={Lazy::<ReferencePage>::new()} ssr=SSR/>
        </ParentRoute>
    }
    .into_inner()
}

/// The title of a page. It may hold what somebody typed, and the server writes it into the document as it is.
fn titled(title: String) -> String {
    let title = format!("{title} · Toolgate");
    if cfg!(feature = "ssr") { title.replace('&', "&amp;").replace('<', "&lt;") } else { title }
}

/// Pages that fill the screen.
#[cfg(not(debug_assertions))]
#[component(transparent)]
fn UnframedPages() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! { <Route path=path!("kiosk") view={Lazy::<Kiosk>::new()} ssr=SSR/> }.into_inner()
}

/// Pages that fill the screen, with the gallery. In development builds only: both halves are built with or without
/// debug assertions together, so they agree on it.
#[cfg(debug_assertions)]
#[component(transparent)]
fn UnframedPages() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=Outlet>
            <Route path=path!("kiosk") view={Lazy::<Kiosk>::new()} ssr=SSR/>
            <Route path=path!("ui") view={Lazy::<gallery::Gallery>::new()} ssr=SSR/>
        </ParentRoute>
    }
    .into_inner()
}
