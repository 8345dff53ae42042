//! The steps to an allowed use, one below the other, as one visible line.

use super::icon::Icon;
use crate::lang;
use domain::training::path::Progress;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub title: String,
    /// Its progress; may be empty.
    pub second: String,
    /// Its link.
    pub href: Option<String>,
    pub progress: Progress,
}

/// The line; the next step is marked.
#[component]
pub fn Path(label: &'static str, steps: Vec<Step>) -> impl IntoView {
    let t = lang::current();
    let steps = steps.into_iter().zip(1..).map(|(step, number)| {
        let Step { title, second, href, progress } = step;
        let (key, how) = match progress {
            Progress::Done => ("done", Some(t.learn_step_done())),
            Progress::Now => ("now", None),
            Progress::Later => ("later", None),
        };
        let dot = match progress {
            Progress::Done => view! { <Icon name="check"/> }.into_any(),
            Progress::Now | Progress::Later => number.into_any(),
        };
        let how = how.map(|how| view! { <span class="visually-hidden">{format!(" ({how})")}</span> });
        let second = (!second.is_empty()).then(|| view! { <span class="s">{second}</span> });
        let what = view! { <span class="t">{title}{how}</span>{second} };
        let what = match href {
            Some(href) => view! { <a class="what" href=href>{what}</a> }.into_any(),
            None => view! { <span class="what">{what}</span> }.into_any(),
        };
        view! {
            <li data-step=key aria-current=(progress == Progress::Now).then_some("step")>
                <span class="dot" aria-hidden="true">{dot}</span>
                {what}
            </li>
        }
    });
    view! { <ol class="path" aria-label=label>{steps.collect_view()}</ol> }
}
