//! The answer: one sentence, and why. The first thing on a machine's page.

use super::status::{Glyph, Status};
use leptos::prelude::*;

/// The panel; green when the answer is yes.
#[component]
pub fn Answer(
    /// The name of the panel for whoever cannot see it.
    label: &'static str,
    status: Option<Status>,
    #[prop(into)] sentence: Signal<String>,
    /// Whether the answer is yes; where nobody says, it is what the shape says.
    #[prop(optional)]
    yes: Option<bool>,
    /// What comes below, in the full width.
    #[prop(optional)]
    more: Option<AnyView>,
    /// Why, and what follows.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let yes = yes.unwrap_or(status == Some(Status::Free));
    view! {
        <section class="answer" data-answer=if yes { "yes" } else { "no" } aria-label=label>
            <div class="say">
                {status.map(|status| view! { <Glyph status/> })}
                <h2 class="big">{sentence}</h2>
                {children.map(|children| view! { <div class="because">{children()}</div> })}
            </div>
            {more}
        </section>
    }
}
