//! Reporting a problem: severity, description and a photo in one step; a photo can also follow.
//!
//! It posts to a route of its own, because of the photo, and an invalid form is shown again at that address.

use super::api;
use crate::{
    call::page_resource,
    clock::use_clock,
    lang,
    live_page::live_page,
    ui::{
        banner::{Banner, Tone},
        button::{ButtonLink, Kind, Submit},
        changing::dynamic,
        form::{FormState, hidden, use_form},
        icon::Icon,
        picture::choose,
        text_area::TextArea,
    },
};
use contract::problems::{AtMachine, Report};
use domain::{
    id::{MachineId, ReportId},
    problems::Severity,
};
use leptos::{context::Provider, prelude::*};
use leptos_router::hooks::use_query_map;

/// Name under which that route returns the input.
pub const FUNCTION: &str = "/machines/report";

/// The page at `/machines/:id/report`, and at the route of an invalid form.
pub fn report_page(machine: MachineId) -> AnyView {
    let query = use_query_map();
    let sent = Memo::new(move |_| query.with(|query| query.get_str("sent")?.parse().ok().map(ReportId)));
    let answers = page_resource(move || sent.get(), move |_| api::reporting(machine));
    live_page(lang::current().problem_report(), 3, answers, move |at| view! { <Page at sent/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(at: RwSignal<AtMachine>, sent: Memo<Option<ReportId>>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(at.with(|at| at.now)));
    let machine = Memo::new(move |_| at.with(|at| (at.machine, at.name.clone())));
    // A photo can be added only to the reader's own report, not to any in the address.
    let made = Memo::new(move |_| {
        let id = sent.get()?;
        at.with(|at| at.reports.iter().find(|report| report.id == id && report.mine).cloned())
    });
    dynamic(move || {
        let (id, name) = machine.get();
        Some(match made.get() {
            Some(report) => thanks(&report),
            None => view! {
                <a class="crumb" href=format!("/machines/{id}")><Icon name="chevron-left"/>{name.clone()}</a>
                <header class="page-head"><h1>{t.problem_what()}</h1><p class="sub">{t.problem_what_next(&name)}</p></header>
                {report_form(id)}
            }
            .into_any(),
        })
    })
}

/// The form.
fn report_form(machine: MachineId) -> AnyView {
    let (t, state) = (lang::current(), FormState::echoed(FUNCTION));
    view! {
        <form class="form" method="post" action=format!("/machines/{machine}/report/upload?{FUNCTION}") enctype="multipart/form-data">
            {state.summary()}
            <Provider value=state>
                <Severities/>
                <TextArea name="words" label=t.problem_words() value=String::new() hint=t.problem_words_hint()/>
                {choose(Some("environment"))}
                <div class="dock"><Submit label=t.problem_send() kind=Kind::Primary/></div>
            </Provider>
        </form>
    }
    .into_any()
}

/// Severities, described by their consequences.
#[component]
fn Severities() -> impl IntoView {
    let (t, form) = (lang::current(), use_form());
    let entered = form.as_ref().and_then(|form| form.input("severity"));
    let message = Signal::derive(move || form.as_ref()?.message("severity"));
    view! {
        <fieldset class="field severities" role="radiogroup" aria-describedby="severity-problem"
            aria-invalid=Signal::derive(move || message.with(Option::is_some).then_some("true"))>
            <legend class="label">{t.problem_how_bad()}</legend>
            {Severity::ALL.iter().map(|&severity| {
                let checked = entered.as_deref() == Some(severity.as_str());
                view! {
                    <label data-severity=severity.as_str()>
                        <input type="radio" name="severity" value=severity.as_str() checked=checked/>
                        <span class="lines"><b>{t.problem_severity(severity)}</b><span class="s">{t.problem_follows(severity)}</span></span>
                    </label>
                }
            }).collect_view()}
            <p class="error" id="severity-problem">
                {dynamic(move || message.get().map(|message| view! { <Icon name="octagon-alert"/><span>{message}</span> }))}
            </p>
        </fieldset>
    }
}

/// After a report: what happens next, and the photo form. It posts to a route of its own, because it carries a
/// file.
fn thanks(report: &Report) -> AnyView {
    let t = lang::current();
    let back = format!("/machines/{}", report.machine);
    let follows = if report.blocks { t.problem_sent_blocked() } else { t.problem_sent_next() };
    let photo = report.photo.map(|added| {
        view! {
            <p><img class="photo" src=report.photo_src(added, true) alt=t.problem_photo_of(&report.machine_name)
                width="96" height="96" decoding="async"/></p>
        }
    });
    let is_invalid = use_query_map().with_untracked(|query| query.get_str("picture").is_some());
    let title = match (report.photo, is_invalid) {
        (_, true) => t.problem_photo_not(),
        (Some(_), false) => t.problem_photo_other(),
        (None, false) => t.problem_photo(),
    };
    view! {
        <header class="page-head"><h1>{t.problem_sent()}</h1></header>
        <div role="status">
            <Banner tone=Tone::Go icon="circle-check" title=Signal::stored(report.machine_name.clone())>{follows}</Banner>
        </div>
        <section class="card" aria-labelledby="photo-head">
            <div class="card-head"><h2 id="photo-head">{title}</h2></div>
            {photo}
            <form class="form" method="post" action=format!("/pictures/problem/{}", report.id) enctype="multipart/form-data">
                {hidden("back", &format!("{back}/report"))}
                {choose(Some("environment"))}
                <div class="btn-row">
                    <button class="btn">{t.problem_photo_send()}</button>
                    <ButtonLink href=back label=t.problem_to_machine().to_owned() kind=Kind::Ghost/>
                </div>
            </form>
        </section>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        problems::queue::tests::report,
        testing::{NOW, html, visitor, words},
        visitor::{Echo, Visitor},
    };
    use domain::problem::{Kind as Refusal, Problem};
    use text::Lang;

    fn page(visitor: Visitor, address: &str, sent: Option<i64>, reports: Vec<Report>) -> String {
        html(visitor, address, move || {
            let at = AtMachine {
                now: NOW,
                machine: MachineId(1),
                name: "Laser 1".into(),
                reports,
                block: None,
                may_report: true,
                may_handle: false,
            };
            view! { <Page at=RwSignal::new(at) sent=Memo::new(move |_| sent.map(ReportId))/> }
        })
    }

    #[test]
    fn refused_report_preserves_input_with_field_error() {
        let problem = Problem::new("problem.invalid", Refusal::Invalid, "Look again.")
            .field("words", "Describe the problem.");
        let values = vec![("severity".to_owned(), "unsafe".to_owned()), ("words".to_owned(), String::new())];
        let echo = Some(Echo { function: FUNCTION.into(), values, problem });
        let html = page(Visitor { echo, ..visitor(Lang::En) }, "/machines/1/report", None, Vec::new());
        assert!(html.contains(r#"value="unsafe" checked"#), "{html}");
        assert!(
            html.contains(r#"action="/machines/1/report/upload?/machines/report""#)
                && html.contains(r#"type="file""#),
            "{html}"
        );
        assert!(
            words(&html).contains("Describe the problem.") && html.contains(r#"aria-invalid="true""#),
            "{html}"
        );
    }

    #[test]
    fn photo_form_appears_only_for_own_new_report() {
        let blocking = Report { severity: Severity::Unsafe, blocks: true, mine: true, ..report(4) };
        let html =
            page(visitor(Lang::En), "/machines/1/report?sent=4&picture=picture.heavy", Some(4), vec![blocking]);
        assert!(html.contains(r#"action="/pictures/problem/4""#), "{html}");
        assert!(words(&html).contains("blocked") && words(&html).contains("over 20 MB"), "{html}");
        assert!(words(&html).contains("The photo was not added"), "{html}");
        let theirs = Report { mine: false, ..report(4) };
        let html = page(visitor(Lang::En), "/machines/1/report?sent=4", Some(4), vec![theirs]);
        assert!(!html.contains("/pictures/problem/") && html.contains("/report/upload"), "{html}");
    }
}
