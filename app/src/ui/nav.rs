//! The main navigation: a bar under the thumb, a rail at the side where there is room; the same markup.
//!
//! Invariant: only pages that exist are in it.

use super::icon::{Icon, Mark};
use crate::{lang, visitor::use_visitor};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The bar.
#[component]
pub fn Bar() -> impl IntoView {
    let t = lang::current();
    let path = use_location().pathname;
    let places =
        [("/", "activity", t.nav_now()), ("/kiosk", "monitor", t.nav_kiosk()), ("/me", "user-round", t.nav_me())];
    view! {
        <nav class="bar" aria-label=t.shell_main()>
            <a class="brand only-wide" href="/"><Mark/><span>{use_visitor().space}</span></a>
            {places
                .into_iter()
                .map(|(href, icon, name)| {
                    // A machine's page belongs to Now, where it is reached from.
                    let current = move || path.with(|path| path == href || (href == "/" && path.starts_with("/machines/")));
                    view! {
                        <a href=href aria-current=Signal::derive(move || current().then_some("page"))>
                            <Icon name=icon/><span>{name}</span>
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
}
