//! The answer: one sentence and its reason. The first thing on a machine's page.

use super::status::{Glyph, Status};
use leptos::prelude::*;

/// The panel; green for yes.
#[component]
pub fn Answer(
    /// Name of the panel for screen readers.
    label: &'static str,
    status: Option<Status>,
    #[prop(into)] sentence: Signal<String>,
    /// Whether the answer is yes; derived from the shape by default.
    #[prop(optional)]
    yes: Option<bool>,
    /// Content below, in full width.
    #[prop(optional)]
    more: Option<AnyView>,
    /// The reason, and what follows.
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

/// The panel of a manager's page, never green: its buttons are beside the sentence.
pub fn managers_answer(
    label: &'static str,
    sentence: String,
    because: AnyView,
    buttons: Option<AnyView>,
) -> AnyView {
    view! {
        <div class="replay-box">
            <Answer label status=None sentence yes=false more=buttons.unwrap_or_else(|| ().into_any())>{because}</Answer>
        </div>
    }
    .into_any()
}
