//! The way to yes: what is missing, step after step, as one visible line.

use leptos::prelude::*;

/// One thing that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    pub title: String,
    pub second: String,
}

/// The line; its first step is the one to take now.
#[component]
pub fn Path(
    label: &'static str,
    /// The steps in their order.
    steps: Vec<Missing>,
) -> impl IntoView {
    let steps = steps.into_iter().zip(1..).map(|(step, number)| {
        let now = number == 1;
        view! {
            <li data-step=if now { "now" } else { "later" } aria-current=now.then_some("step")>
                <span class="dot" aria-hidden="true">{number}</span>
                <div class="what"><p class="t">{step.title}</p><p class="s">{step.second}</p></div>
            </li>
        }
    });
    view! { <ol class="path" aria-label=label>{steps.collect_view()}</ol> }
}
