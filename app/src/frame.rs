//! The frame of every page but the wall display: navigation, the live status, the content.

use crate::{
    lang,
    live::LiveLine,
    ui::{nav::Bar, refused::Refused},
    visitor::use_visitor,
};
use domain::problem::{Kind, Problem};
use leptos::{html, prelude::*};
use leptos_router::{components::Outlet, hooks::use_location};

/// The frame around the current page.
#[component]
pub fn FramedPage() -> impl IntoView {
    view! { <Frame><Outlet/></Frame> }
}

/// The not-found page; for an upload address, it says why the upload was refused.
#[component]
pub fn NotFound() -> impl IntoView {
    let here = use_location().pathname.get_untracked();
    let refused = use_visitor().echo.filter(|echo| echo.function == here).map(|echo| echo.problem);
    let unknown = || Problem::new("page.unknown", Kind::NotFound, lang::current().page_unknown());
    let problem = refused.unwrap_or_else(unknown);
    view! { <Frame><Refused problem/></Frame> }
}

#[component]
fn Frame(children: Children) -> impl IntoView {
    let t = lang::current();
    crate::find::key_opens();
    crate::call::stay_in_place();
    let main = NodeRef::<html::Main>::new();
    let path = use_location().pathname;
    // After a client-side navigation the focus moves to the new content, or it would stay where the old link was.
    Effect::new(move |before: Option<String>| {
        let path = path.get();
        if before.is_some_and(|before| before != path)
            && let Some(main) = main.get_untracked()
        {
            // Fails only on a detached element.
            drop(main.focus());
        }
        path
    });
    view! {
        <div class="frame">
            // The router would only scroll; the browser moves the focus too.
            <a class="skip" href="#main" rel="external">{t.shell_skip()}</a>
            // Before the page in the document, so that keyboard users reach it first, or skip it.
            <Bar find=crate::find::clicked counts=crate::notices::bell::counts/>
            <main id="main" tabindex="-1" node_ref=main>{children()}</main>
            <LiveLine/>
        </div>
    }
}
