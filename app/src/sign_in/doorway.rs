//! The frame of every page on the way in: the mark, one headline, one thing to do, and what else one may want.
//!
//! Deliberately absent: navigation. Who is here wants in, or back.

use crate::ui::form::hidden;
use crate::{ui::icon::Mark, visitor::use_visitor};
use leptos::{html, prelude::*};

#[component]
pub fn Doorway(children: Children) -> impl IntoView {
    let main = NodeRef::<html::Main>::new();
    // Who came here without loading a document stays where the old link was, unless focus goes along.
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

/// The headline, and what follows from it.
#[component]
pub fn Hello(
    /// The largest thing on the page.
    #[prop(into)]
    heading: String,
    #[prop(optional, into)] intro: Option<String>,
) -> impl IntoView {
    view! { <header class="hello"><h1>{heading}</h1>{intro.map(|intro| view! { <p>{intro}</p> })}</header> }
}

/// A field that nobody sees, with what the function must know besides.
#[component]
pub fn Carried(name: &'static str, value: String) -> impl IntoView {
    hidden(name, &value)
}

/// For the browser's memory of passwords: which address the new one belongs to.
#[component]
pub fn Whose(email: Option<String>) -> impl IntoView {
    email.map(|email| {
        view! { <input class="visually-hidden" type="text" autocomplete="username" value=email readonly tabindex="-1" aria-hidden="true"/> }
    })
}
