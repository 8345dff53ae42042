//! What the pages at the entrance share: the frame with the logo, one headline, one action, and further links.
//!
//! Not here: navigation. Visitors here want to get in, or back.

use super::api::{self, Entrance};
use crate::{
    call::{PageResource, page_resource},
    lang,
    live::followed,
    ui::{
        form::hidden,
        icon::{Icon, Mark},
    },
    visitor::use_visitor,
};
use leptos::{html, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::de::DeserializeOwned;

/// A page that shows `view` of what the entrance offers, read once: visitors here do one thing.
pub fn entrance(title: &'static str, back: bool, view: impl Fn(Entrance) -> AnyView + Send + 'static) -> AnyView {
    let answer = page_resource(|| (), |()| api::entrance());
    let content = doorway(back, answer, view);
    view! { <Title text=title/>{content} }.into_any()
}

/// The frame around `view` of an answer, read once.
pub fn doorway<T>(back: bool, answer: PageResource<T>, view: impl Fn(T) -> AnyView + Send + 'static) -> AnyView
where
    T: Clone + PartialEq + DeserializeOwned + Send + Sync + 'static,
{
    let crumb = back.then(|| {
        view! { <a class="crumb" href="/sign-in"><Icon name="chevron-left"/>{lang::current().sign_in_crumb()}</a> }
    });
    view! {
        <Doorway>
            {crumb}
            <Transition>{followed(answer, Box::new(move |answer| view(answer.get_untracked())))}</Transition>
        </Doorway>
    }
    .into_any()
}

/// Whether the address says that the form was just sent, as after a form without script.
#[must_use]
pub fn is_sent() -> bool {
    use_query_map().with_untracked(|query| query.get_str("sent").is_some())
}

#[component]
pub fn Doorway(children: Children) -> impl IntoView {
    let main = NodeRef::<html::Main>::new();
    // After a client-side navigation the focus moves to the new content, or it would stay where the old link was.
    let by_link = cfg!(feature = "hydrate")
        && document().document_element().is_some_and(|root| root.has_attribute("data-hydrated"));
    Effect::new(move |_| {
        if let (true, Some(main)) = (by_link, main.get_untracked()) {
            // Fails only on a detached element.
            drop(main.focus());
        }
    });
    view! {
        <main class="sign" id="main" tabindex="-1" node_ref=main>
            <a class="brand" href="/"><Mark/><span>{use_visitor().space}</span></a>
            {children()}
        </main>
    }
}

/// The headline, and its explanation.
#[component]
pub fn Hello(#[prop(into)] heading: String, #[prop(optional, into)] intro: Option<String>) -> impl IntoView {
    view! { <header class="hello"><h1>{heading}</h1>{intro.map(|intro| view! { <p>{intro}</p> })}</header> }
}

/// A hidden field.
#[component]
pub fn Carried(name: &'static str, value: String) -> impl IntoView {
    hidden(name, &value)
}

/// Tells password managers which address the new password belongs to.
#[component]
pub fn Whose(email: Option<String>) -> impl IntoView {
    email.map(|email| {
        view! { <input class="visually-hidden" type="text" autocomplete="username" value=email readonly tabindex="-1" aria-hidden="true"/> }
    })
}
