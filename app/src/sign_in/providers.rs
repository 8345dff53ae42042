//! Buttons to sign in with an account elsewhere.
//!
//! Invariant: each is a form of its own that is posted, with and without script; the server sends the browser on to the provider.

use crate::ui::{form::hidden, icon::Icon};
use domain::id::IdentityProviderId;
use leptos::prelude::*;

/// A button for each provider; nothing without any.
#[component]
pub fn ProviderButtons(
    providers: Vec<(IdentityProviderId, String)>,
    /// Where to go then.
    to: String,
    /// What they go there for, as in the address.
    #[prop(default = "start")]
    way: &'static str,
) -> impl IntoView {
    let buttons = providers.into_iter().map(|(id, name)| {
        view! {
            <form class="form" method="post" action=format!("/sign-in/provider/{id}/{way}")>
                {hidden("to", &to)}
                <button class="btn"><Icon name="landmark"/>{name}</button>
            </form>
        }
    });
    buttons.collect_view()
}
