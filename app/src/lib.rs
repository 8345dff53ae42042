//! The pages of Toolgate, rendered by the server and hydrated by the browser.
//!
//! **Here:** what people see – pages by noun, UI components in `ui`, and thin server functions in each noun's
//! `api`.
//!
//! **Invariant:** one root, [`App`], identical in both halves; what differs per request comes in through
//! [`visitor::Visitor`] only. The shell and Now are in the main module; every other page is loaded with its area
//! (`pages`).
//!
//! **Not here:** rules. A server function calls `services` in ten lines.

pub mod address;
mod announcements;
pub mod answers;
pub mod assets;
pub mod audit;
pub mod availability;
pub mod boards;
pub mod bookings;
mod building;
pub mod call;
pub mod cards;
pub mod checkouts;
pub mod clock;
pub mod closures;
pub mod codec;
pub mod connections;
#[cfg(feature = "ssr")]
pub mod cookies;
pub mod displays;
pub mod documents;
mod draws;
mod dues;
pub mod equipment;
pub mod external_calendars;
mod feeds;
pub mod find;
pub mod firmware;
pub mod forgotten;
mod frame;
#[cfg(debug_assertions)]
pub mod gallery;
mod groups;
pub mod help;
mod history;
pub mod holds;
pub mod hours;
pub mod hydration;
pub mod identity_providers;
pub mod imports;
pub mod kiosk;
pub mod labels;
pub mod lang;
pub mod link;
pub mod live;
pub mod live_page;
pub mod machine;
pub mod maintenance;
pub mod manage;
pub mod me;
pub mod notices;
pub mod now;
mod pages;
pub mod people;
pub mod plan;
pub mod privacy;
pub mod problem;
pub mod problems;
pub mod qr;
pub mod qualifications;
pub mod reference;
pub mod reports;
#[cfg(feature = "ssr")]
pub mod request;
pub mod requests;
pub mod rooms;
pub mod second_factor;
pub mod series;
pub mod set_up;
mod settings;
pub mod sign_in;
pub mod sign_in_redirect;
pub mod slack;
pub mod system;
#[cfg(all(test, feature = "ssr"))]
mod testing;
pub mod tokens;
pub mod training;
pub mod training_events;
pub mod training_hosting;
mod training_requests;
pub mod ui;
pub mod user_directory;
pub mod visitor;
pub mod webhooks;

use clock::provide_clock;
use frame::NotFound;
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Router, Routes};
use live::provide_live;
use pages::Pages;
use visitor::provide_visitor;

/// The document around [`App`]; rendered by the server only.
#[cfg(feature = "ssr")]
pub fn shell(assets: assets::Assets) -> impl IntoView {
    use leptos::attr::custom::custom_attribute;
    use leptos_meta::MetaTags;
    let visitor = visitor::Visitor::of_request();
    let who = visitor.who.as_ref().map(|who| who.id.0);
    let [light, dark] = visitor.theme.papers();
    let by = |media: &'static str| custom_attribute("media", media);
    view! {
        <!DOCTYPE html>
        // The last two are for drafts: whose they are, and the message about a concurrent save.
        <html lang=visitor.lang.tag() data-theme=visitor.theme.key() data-who=who data-news=who.map(|_| visitor.lang.version_news())>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content=visitor.theme.color_scheme()/>
                <link rel="icon" href="/favicon.ico" sizes="32x32"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="apple-touch-icon" href="/icon-180.png"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <meta name="theme-color" {..by("(prefers-color-scheme: light)")} content=light/>
                <meta name="theme-color" {..by("(prefers-color-scheme: dark)")} content=dark/>
                <assets::Head assets sheets=pages::sheets_of_request()/>
                <MetaTags/>
            </head>
            // For the script that detects an unreachable server, and for the stored copy of this page.
            <body data-unreached=visitor.lang.request_failed() data-kept=visitor.lang.offline_kept(&visitor.lang.exact(visitor.now, visitor.now))>
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
        // For styles and for browser tests, which must not type into a page that is about to hydrate.
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
            <Routes fallback=NotFound children=ToChildren::to_children(|| Pages)/>
        </Router>
    }
}

/// The title of a page. It may contain user text, and the server writes titles unescaped.
fn titled(title: String) -> String {
    let title = format!("{title} · Toolgate");
    if cfg!(feature = "ssr") { title.replace('&', "&amp;").replace('<', "&lt;") } else { title }
}
