//! Maintenance: a machine's page with plans, progress and interventions; and upcoming maintenance on all machines.
//!
//! Invariant: urgency is shown as a word, whatever the bar looks like. Not here: permissions; the service's answer
//! contains them.

pub mod api;
pub mod at_machine;
pub mod coming;
pub mod plan;
#[cfg(feature = "ssr")]
mod weeks;

use crate::{lang, ui::icon::Icon};
use contract::maintenance::Counted;
use domain::{maintenance::Urgency, qualifications::Subject, time::Moment};
use leptos::prelude::*;

/// A plan: task, urgency, progress and due date; with a link to its machine on other pages.
fn progress_text(what: &Counted, now: Moment, elsewhere: Option<(String, String)>) -> AnyView {
    let t = lang::current();
    let Counted { plan, progress, .. } = what;
    let urgency = progress.urgency;
    let icon = match urgency {
        Urgency::Fine => "circle-check",
        Urgency::Soon => "clock",
        Urgency::Due => "triangle-alert",
    };
    let percent = (progress.permille / 10).to_string();
    let mut about = vec![t.urgency(urgency).to_owned(), t.every(plan.every)];
    about.extend(t.hours_used(plan.every, progress));
    if let (true, Some(expected)) = (urgency != Urgency::Due, what.expected) {
        about.push(t.maintenance_expected(&t.day(expected, now)));
    }
    let mut more = vec![t.doer(plan.doer).to_owned(), t.maintenance_since(&t.day(what.since, now))];
    more.extend(plan.blocking.then(|| t.maintenance_blocks().to_owned()));
    more.extend(matches!(plan.of, Subject::Type(_)).then(|| t.maintenance_for_type().to_owned()));
    let manual = plan.manual.clone().map(|href| {
        view! { <a class="link" href=href rel="external noopener" target="_blank">{t.maintenance_how()}</a> }
    });
    let machine = elsewhere.map(|(href, name)| view! { <a class="t" href=href>{name}</a> });
    let label = format!("{}: {}", plan.words, t.maintenance_progress(&percent));
    view! {
        <span class="tile" data-urgency=urgency.as_str()><Icon name=icon/></span>
        <span class="lines">
            {machine}<span class="words">{plan.words.clone()}</span>
            <progress class="far" max="1000" value=progress.permille.min(1_000).to_string() aria-label=label
                data-urgency=urgency.as_str()>{percent}" %"</progress>
            <span class="s">{about.join(" · ")}</span>
            <span class="s">{more.join(" · ")}</span>
            {manual}
        </span>
    }
    .into_any()
}
