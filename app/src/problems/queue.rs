//! Problems waiting for people who look after machines, worst first; acknowledged in place, and resolved with a
//! remark. Below them recent unauthorised uses, until they are marked as seen.

use super::{
    api::{self, ResolveProblem},
    report_view,
};
use crate::{
    call::{Call, PageResource, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::loaded,
    manage::{
        Done, Says,
        api::{AcknowledgeProblem, Decide, TakeBack},
    },
    ui::{
        banner::{Banner, Tone},
        button::{ButtonLink, Kind, Submit},
        changing::{dynamic, text},
        empty::Empty,
        form::{Form, Summary, hidden},
        icon::Icon,
        text_area::TextArea,
        versions::{VERSION, Versioned, Versions},
    },
    visitor::use_visitor,
};
use contract::{
    inbox::Item,
    problems::{Queue, Report},
};
use domain::{id::ReportId, inbox::Verdict, live::Noun, problems::State, time::Moment};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[derive(Clone, Copy)]
struct Calls {
    acknowledge: Call<AcknowledgeProblem>,
    resolve: Call<ResolveProblem>,
    see: Call<Decide>,
    wait_again: Call<TakeBack>,
}

impl Calls {
    fn new() -> Self {
        Self { acknowledge: Call::new(), resolve: Call::new(), see: Call::new(), wait_again: Call::new() }
    }
}
fn load(calls: Calls) -> PageResource<Queue> {
    let live = use_live();
    let heard = move || (live.version(Noun::Machine), live.version(Noun::Person));
    let changes = move || {
        let versions = [
            calls.acknowledge.version(),
            calls.resolve.version(),
            calls.see.version(),
            calls.wait_again.version(),
        ];
        versions.map(|version| version.get())
    };
    page_resource(move || (heard(), changes()), |_| api::queue())
}

/// The page at `/problems`.
pub fn problems_page() -> AnyView {
    let calls = Calls::new();
    let answers = load(calls);
    view! {
        <Title text=lang::current().problems_title()/>
        {loaded(3, answers, move |queue| view! { <Page queue calls/> }.into_any())}
        <Done decide=calls.see take_back=calls.wait_again/>
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(queue: RwSignal<Queue>, calls: Calls) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    Effect::new(move |_| clock.hear(queue.with(|queue| queue.now)));
    let reports = Memo::new(move |_| queue.with(|queue| queue.reports.clone()));
    // The address opens one form, so that it works without script. It survives live updates: no input is lost, and
    // a concurrent change is reported.
    let open = Memo::new(move |before: Option<&Option<Report>>| {
        let id = query.with(|query| query.get_str("problem")?.parse().ok().map(ReportId))?;
        match before {
            Some(Some(begun)) if begun.id == id => Some(begun.clone()),
            _ => queue.with_untracked(|queue| {
                queue.reports.iter().find(|report| report.id == id && report.may_handle).cloned()
            }),
        }
    });
    let uses = Memo::new(move |_| queue.with(|queue| queue.uses.clone()));
    let count = move || u32::try_from(reports.with(Vec::len) + uses.with(Vec::len)).unwrap_or(u32::MAX);
    view! {
        <header class="page-head">
            <h1>{t.problems_title()}</h1>
            <p class="sub push" role="status">{text(move || t.problems_waiting(count()))}</p>
        </header>
        <Summary action=calls.see/>
        {untrack(|| open.with(Option::is_none)).then(late).flatten()}
        {dynamic(move || open.get().map(|report| view! { <Resolving report calls/> }))}
        {dynamic(move || {
            let (reports, open) = (reports.get(), open.get().map(|report| report.id));
            let now = queue.with_untracked(|queue| queue.now);
            if reports.is_empty() {
                return uses.with(Vec::is_empty).then(|| view! {
                    <div class="card"><Empty icon="circle-check"><h2>{t.problems_none()}</h2><p>{t.problems_none_next()}</p></Empty></div>
                }.into_any());
            }
            let rows = reports.into_iter().map(|report| {
                let is_open = open == Some(report.id);
                view! { <Row report now is_open calls/> }
            });
            Some(view! { <ul class="list" aria-label=t.problems_title()>{rows.collect_view()}</ul> }.into_any())
        })}
        {dynamic(move || {
            let (uses, now) = (uses.get(), queue.with_untracked(|queue| queue.now));
            (!uses.is_empty()).then(|| view! { <Forbidden uses now calls/> })
        })}
    }
}

/// One problem with its actions.
#[component]
fn Row(report: Report, now: Moment, is_open: bool, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let (id, version) = (report.id, report.version);
    let acts = (report.may_handle && !is_open).then(|| {
        let (about, is_new) = (report.machine_name.clone(), report.state == State::Open);
        let named = t.problem_resolve_at(&about);
        view! {
            <div class="acts">
                {is_new.then(|| view! {
                    <Form action=calls.acknowledge>
                        {hidden("id", &id)}
                        {hidden(VERSION, &version)}
                        <Submit label=t.problem_acknowledge() about kind=Kind::Ghost busy=calls.acknowledge.pending()/>
                    </Form>
                })}
                <a class="btn" href=format!("/problems?problem={id}") aria-label=named>{t.problem_resolve()}</a>
            </div>
        }
    });
    view! {
        <li id=format!("problem-{id}")>
            <div class="item">
                {report_view(&report, now, true)}
                {acts}
            </div>
        </li>
    }
}

/// Unauthorised uses: person, time, and a link to the history.
#[component]
fn Forbidden(uses: Vec<Item>, now: Moment, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let rows = uses.into_iter().map(|item| {
        let (name, about) = (item.name.clone().unwrap_or_default(), t.inbox_about(&item, &t.exact(item.at, now)));
        let see = item.verdicts.contains(&Verdict::Seen).then(|| {
            view! {
                <div class="acts">
                    <Says matter=item.matter id=item.id verdict=Verdict::Seen name=name.clone() decide=calls.see/>
                </div>
            }
        });
        view! {
            <li>
                <div class="item">
                    <span class="tile"><Icon name="octagon-alert"/></span>
                    <span class="lines"><a class="t" href=item.page()>{name}</a><span class="s">{about}</span></span>
                    {see}
                </div>
            </li>
        }
    });
    view! {
        <section class="group" aria-labelledby="forbidden">
            <h2 class="group-head" id="forbidden">{t.inbox_unauthorised()}</h2>
            <ul class="list">{rows.collect_view()}</ul>
        </section>
    }
}

/// After a concurrent resolution without script: both texts.
fn late() -> Option<AnyView> {
    let t = lang::current();
    let echo = use_visitor().echo.filter(|echo| echo.function == ResolveProblem::PATH)?;
    let mine =
        echo.values.into_iter().find(|(name, _)| name == "done").map(|(_, value)| value).unwrap_or_default();
    let theirs = echo.problem.saved.map(|saved| {
        let by = saved.by.clone().map_or_else(String::new, |by| format!(" ({by})"));
        view! { <p>{t.version_theirs()}{by}": "{saved.value("done").to_owned()}</p> }
    });
    let title = Signal::stored(t.problem_over().to_owned());
    let banner = view! {
        <div role="alert">
            <Banner tone=Tone::Warn icon="triangle-alert" title>{theirs}<p>{t.version_mine()}": "{mine}</p></Banner>
        </div>
    };
    Some(banner.into_any())
}

/// The form that resolves a problem.
#[component]
fn Resolving(report: Report, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let title = t.problem_resolve_at(&report.machine_name);
    view! {
        <section class="card" aria-labelledby="resolving">
            <div class="card-head"><h2 id="resolving">{title}</h2></div>
            <p class="note">{report.words}</p>
            {report.blocks.then(|| view! { <p class="small muted">{t.problem_resolve_frees()}</p> })}
            <Versions action=calls.resolve fields=vec![Versioned::plain("done", t.problem_done())]/>
            <Form action=calls.resolve>
                {hidden("id", &report.id)}
                {hidden(VERSION, &report.version)}
                <TextArea name="done" label=t.problem_done() value=String::new()/>
                <div class="btn-row">
                    <Submit label=t.problem_resolve() kind=Kind::Primary busy=calls.resolve.pending()/>
                    <ButtonLink href="/problems" label=t.form_cancel().to_owned() kind=Kind::Ghost/>
                </div>
            </Form>
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
pub(super) mod tests {
    use super::*;
    use crate::{
        testing::{NOW, ago, html, visitor, words},
        visitor::{Echo, Visitor},
    };
    use contract::inbox::Detail;
    use domain::{
        id::MachineId,
        inbox::Matter,
        problem::{Kind as Refusal, Problem},
        problems::Severity,
        versions::Saved,
    };
    use text::Lang;

    /// A problem that was just reported.
    pub(in crate::problems) fn report(id: i64) -> Report {
        Report {
            id: ReportId(id),
            machine: MachineId(1),
            machine_name: "Laser 1".into(),
            severity: Severity::Degraded,
            state: State::Open,
            words: Some("squeaks <b>".into()),
            photo: None,
            reported: ago(20),
            by: Some("Ada".into()),
            mine: false,
            acknowledged: None,
            acknowledged_by: None,
            resolved: None,
            resolved_by: None,
            done: None,
            blocks: false,
            may_handle: true,
            version: 3,
        }
    }

    fn page(address: &'static str, reports: Vec<Report>) -> String {
        waiting(address, reports, Vec::new())
    }

    fn waiting(address: &'static str, reports: Vec<Report>, uses: Vec<Item>) -> String {
        html(visitor(Lang::En), address, move || {
            let queue = RwSignal::new(Queue { now: NOW, reports, uses });
            view! { <Page queue calls=Calls::new()/> }
        })
    }

    #[test]
    fn problems_are_acknowledged_once_and_address_opens_one_form() {
        let known = Report { state: State::Acknowledged, ..report(5) };
        let html = page("/problems?problem=4", vec![report(4), known, report(6)]);
        assert_eq!(html.matches("&amp;/problems/resolve").count(), 1, "{html}");
        assert_eq!(html.matches("&amp;/problems/acknowledge").count(), 1, "not what is open or known: {html}");
        assert!(html.contains(r#"name="version" value="3""#) && html.contains("squeaks &lt;b&gt;"), "{html}");
        assert!(words(&html).contains("3 waiting"), "{html}");
    }

    #[test]
    fn foreign_problem_is_read_only() {
        let theirs = Report { may_handle: false, ..report(4) };
        let html = page("/problems?problem=4", vec![theirs]);
        assert!(!html.contains("<form") && words(&html).contains("squeaks"), "{html}");
        assert!(words(&page("/problems", vec![])).contains("All caught up"), "an empty list says so");
    }

    #[test]
    fn unauthorised_use_links_history_and_can_be_dismissed_if_permitted() {
        let item = |verdicts| Item {
            matter: Matter::Unauthorised,
            id: 9,
            person: None,
            name: Some("Laser 1".into()),
            detail: Detail::Began { machine: MachineId(1), who: Some("Ada".into()) },
            at: ago(20),
            verdicts,
        };
        let html = waiting("/problems", Vec::new(), vec![item(vec![Verdict::Seen])]);
        assert!(html.contains(r#"href="/machines/1/history""#) && html.contains(r#"value="seen""#), "{html}");
        let content = words(&html);
        assert!(content.contains("Laser 1Ada · ") && content.contains("1 waiting"), "{content}");
        assert!(!content.contains("All caught up"), "{content}");
        let read = waiting("/problems", Vec::new(), vec![item(Vec::new())]);
        assert!(!read.contains("<form"), "an auditor reads it, and no more: {read}");
    }

    // A14
    #[test]
    fn stale_resolution_without_script_shows_both_texts() {
        let saved = Saved { by: Some("Olga".into()), ..Saved::new(4, vec![("done", "oiled".to_owned())]) };
        let problem = Problem::new("version.stale", Refusal::Conflict, "Changed.").over(saved);
        let values = vec![("done".to_owned(), "replaced".to_owned())];
        let echo = Some(Echo { function: ResolveProblem::PATH.into(), values, problem });
        let html = html(Visitor { echo, ..visitor(Lang::En) }, "/problems?problem=4", move || {
            let queue = RwSignal::new(Queue { now: NOW, reports: Vec::new(), uses: Vec::new() });
            view! { <Page queue calls=Calls::new()/> }
        });
        let content = words(&html);
        assert!(content.contains("(Olga): oiled") && content.contains("Yours: replaced"), "{content}");
    }
}
