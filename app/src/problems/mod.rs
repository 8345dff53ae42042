//! Problems of machines: reported on a page of their own, shown on the machine's page, and resolved by people who
//! look after the machine.
//!
//! Invariant: a report is saved whatever happens to its photo. Not here: permissions; the service's answer
//! contains them.

pub mod api;
pub mod at_machine;
pub mod queue;
pub mod report;

use crate::{lang, ui::icon::Icon};
use contract::problems::Report;
use domain::{problems::Severity, time::Moment};
use leptos::prelude::*;

/// A problem: severity, description, age, author and photo; with a link to its machine on other pages.
fn report_view(report: &Report, now: Moment, elsewhere: bool) -> AnyView {
    let t = lang::current();
    let icon = match report.severity {
        Severity::Note => "info",
        Severity::Degraded => "triangle-alert",
        Severity::Unsafe => "octagon-alert",
    };
    let words = report.words.clone().unwrap_or_else(|| t.problem_words_gone().to_owned());
    let mut about = vec![t.problem_severity(report.severity).to_owned(), t.problem_state(report.state).to_owned()];
    about.push(t.brief(report.reported, now));
    about.extend(report.by.clone());
    let done = report.done.clone().map(|done| {
        let by = report.resolved_by.clone().map(|by| format!(" · {by}")).unwrap_or_default();
        view! { <span class="s"><Icon name="check"/>" "{done}{by}</span> }
    });
    let photo = report.photo.map(|added| {
        view! {
            <a class="shot" href=report.photo_src(added, false) rel="external">
                <img class="photo" src=report.photo_src(added, true) alt=t.problem_photo_of(&report.machine_name)
                    width="96" height="96" loading="lazy" decoding="async"/>
            </a>
        }
    });
    let machine = elsewhere.then(|| {
        view! { <a class="t" href=format!("/machines/{}", report.machine)>{report.machine_name.clone()}</a> }
    });
    view! {
        <span class="tile" data-severity=report.severity.as_str()><Icon name=icon/></span>
        <span class="lines">
            {machine}<span class="words">{words}</span><span class="s">{about.join(" · ")}</span>{done}{photo}
        </span>
    }
    .into_any()
}
