//! The answer: one sentence, and why. The first thing on a machine's page.

use super::status::{Glyph, Status};
use leptos::prelude::*;

/// The panel; green when the answer is yes.
#[component]
pub fn Answer(
    /// The name of the panel for whoever cannot see it.
    label: &'static str,
    /// The shape above the sentence.
    status: Option<Status>,
    /// The sentence.
    #[prop(into)]
    sentence: Signal<String>,
    /// Why, and what follows.
    children: Children,
) -> impl IntoView {
    let yes = status == Some(Status::Free);
    view! {
        <section class="answer" data-answer=if yes { "yes" } else { "no" } aria-label=label>
            <div class="say">
                {status.map(|status| view! { <Glyph status/> })}
                <p class="big">{sentence}</p>
                <div class="because">{children()}</div>
            </div>
        </section>
    }
}
