//! The user directory: who would change in a sync ([`people`]), and how it is reached ([`connection`]).
//!
//! **Invariants.** The password that Toolgate reads with is never shown. Nothing is changed by looking: a dry run is applied by a
//! button that says how much it changes. Not here: the sign-in page, and one's own account there (`me`).

pub mod api;
pub mod connection;
pub mod people;

use crate::{call::PageResource, connections::crumb, lang, ui::icon::Icon};
use contract::user_directory::{DirectoryPage, DirectoryView, ReadDirectoryPage};
use domain::{live::Noun, time::Moment, user_directory::server_address::ServerAddress};
use leptos::prelude::*;
use text::Lang;

/// The page's data, loaded again whenever it may have changed.
fn page_of(versions: impl Fn() -> usize + Copy + Send + Sync + 'static) -> PageResource<DirectoryPage> {
    let live = crate::live::use_live();
    let source = move || {
        let nouns = [Noun::Space, Noun::Groups, Noun::Connections].map(|noun| live.version(noun));
        (nouns, versions())
    };
    crate::call::page_resource(source, |_| crate::call::load(&ReadDirectoryPage {}))
}

/// The title, the pages of the directory, and how it does.
fn head(directory: &DirectoryView, now: Moment, is_connection: bool) -> AnyView {
    let t = lang::current();
    let tab = |href: &'static str, label: &'static str, is_here: bool| {
        view! { <a href=href aria-current=is_here.then_some("page")>{label}</a> }
    };
    let state = directory.settings.as_ref().map(|_| {
        let icon = if directory.trouble.is_some() { "triangle-alert" } else { "circle-check" };
        view! { <p class="push small muted"><Icon name=icon/>" "{state(t, directory, now)}</p> }
    });
    view! {
        {crumb()}
        <header class="page-head">
            <h1>{t.directory_title()}</h1>
            <nav class="tabs" aria-label=t.directory_title()>
                {tab("/directory", t.directory_people(), !is_connection)}
                {tab("/directory/connection", t.directory_connection(), is_connection)}
            </nav>
            {state}
            <p class="sub">{t.directory_sub()}</p>
        </header>
    }
    .into_any()
}

/// `ldap.uni.example, last sync 13:30, 214 people`.
fn state(t: Lang, directory: &DirectoryView, now: Moment) -> String {
    let host = host(directory);
    let synced = directory
        .synced
        .map_or_else(|| t.directory_never_synced(&host), |at| t.directory_synced(&host, &t.brief(at, now)));
    format!("{synced}, {}", t.directory_linked(directory.linked))
}

fn host(directory: &DirectoryView) -> String {
    let address = directory.settings.as_ref().map(|settings| settings.address.as_str()).unwrap_or_default();
    ServerAddress::parse(address).map_or_else(|_| address.to_owned(), |address| address.host)
}

#[cfg(all(test, feature = "ssr"))]
mod samples;
