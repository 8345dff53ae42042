//! On a person's own page: the outcome of their claims.

use super::{api, claim::own};
use crate::{
    call::page_resource,
    clock::use_clock,
    live::{followed_or, use_live},
    ui::changing::dynamic,
};
use domain::live::Noun;
use leptos::prelude::*;

/// The section; empty for people without claims or without the permission.
#[component]
pub fn Claims() -> impl IntoView {
    let (live, clock) = (use_live(), use_clock());
    let mine = page_resource(move || live.version(Noun::Person), |_| api::my_claims());
    view! {
        <Transition fallback=|| ()>
            {followed_or(
                mine,
                Box::new(move |mine| dynamic(move || own(mine.get(), clock.now_once())).into_any()),
                Box::new(|_| ().into_any()),
            )}
        </Transition>
    }
}
