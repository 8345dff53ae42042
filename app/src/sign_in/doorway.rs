//! The frame of the sign-in pages: the logo, one headline, one action, and further links.
//!
//! Not here: navigation. Visitors here want to get in, or back.

use crate::ui::form::hidden;
use crate::{ui::icon::Mark, visitor::use_visitor};
use leptos::{html, prelude::*};

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
