//! What waits for those who care for machines: the worst first; acknowledged in place, and resolved with what was done.

use super::{
    api::{self, AcknowledgeProblem, ResolveProblem},
    told,
};
use crate::{
    call::{Asked, Call, asked},
    clock::use_clock,
    lang,
    live::{followed, use_live},
    ui::{
        banner::{Banner, Tone},
        button::{ButtonLink, Kind, Submit},
        changing::{part, text},
        empty::Empty,
        form::Form,
        skeleton::SkeletonList,
        text_area::TextArea,
        versions::{VERSION, Versioned, Versions},
    },
    visitor::use_visitor,
};
use domain::{
    id::ReportId,
    live::Noun,
    problems::{Queue, Report, State},
    time::Moment,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_query_map, lazy_route};

/// The page at `/problems`.
#[derive(Debug)]
pub struct Problems;

/// The calls of the page.
#[derive(Clone, Copy)]
struct Calls {
    acknowledge: Call<AcknowledgeProblem>,
    resolve: Call<ResolveProblem>,
}

/// What the page asks for. Made in the page's own chunk: whatever `data` does would lie in the first load of every page.
fn load(calls: Calls) -> Asked<Queue> {
    let live = use_live();
    let heard = move || (live.version(Noun::Machine), live.version(Noun::Person));
    let changes = move || calls.acknowledge.version().get() + calls.resolve.version().get();
    asked(move || (heard(), changes()), |_| api::queue())
}

#[lazy_route]
impl LazyRoute for Problems {
    fn data() -> Self {
        Self
    }

    fn view(this: Self) -> AnyView {
        let Problems = this;
        let calls = Calls { acknowledge: Call::new(), resolve: Call::new() };
        let answers = load(calls);
        view! {
            <Title text=lang::current().problems_title()/>
            <Transition fallback=|| view! { <SkeletonList rows=3/> }>
                {followed(answers, Box::new(move |queue| view! { <Page queue calls/> }.into_any()))}
            </Transition>
        }
        .into_any()
    }
}

/// The page itself: no request, so that a test can render it.
#[component]
fn Page(queue: RwSignal<Queue>, calls: Calls) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    Effect::new(move |_| clock.hear(queue.with(|queue| queue.now)));
    let reports = Memo::new(move |_| queue.with(|queue| queue.reports.clone()));
    // One form is open: by the address, so that it works without script. It stays as it was begun, whatever others do
    // meanwhile: what was typed is not lost, and who comes second is told.
    let open = Memo::new(move |before: Option<&Option<Report>>| {
        let id = query.with(|query| query.get_str("problem")?.parse().ok().map(ReportId))?;
        match before {
            Some(Some(begun)) if begun.id == id => Some(begun.clone()),
            _ => queue.with_untracked(|queue| {
                queue.reports.iter().find(|report| report.id == id && report.may_handle).cloned()
            }),
        }
    });
    let count = move || reports.with(|reports| u32::try_from(reports.len()).unwrap_or(u32::MAX));
    view! {
        <header class="page-head">
            <h1>{t.problems_title()}</h1>
            <p class="sub push" role="status">{text(move || t.problems_waiting(count()))}</p>
        </header>
        {untrack(|| open.with(Option::is_none)).then(late).flatten()}
        {part(move || open.get().map(|report| view! { <Resolving report calls/> }))}
        {part(move || {
            let (reports, open) = (reports.get(), open.get().map(|report| report.id));
            let now = queue.with_untracked(|queue| queue.now);
            Some(if reports.is_empty() {
                view! {
                    <div class="card"><Empty icon="circle-check"><h2>{t.problems_none()}</h2><p>{t.problems_none_next()}</p></Empty></div>
                }.into_any()
            } else {
                let rows = reports.into_iter().map(|report| {
                    let is_open = open == Some(report.id);
                    view! { <Row report now is_open calls/> }
                });
                view! { <ul class="list" aria-label=t.problems_title()>{rows.collect_view()}</ul> }.into_any()
            })
        })}
    }
}

/// One problem, with what can be said of it.
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
                        <input type="hidden" name="id" value=id.to_string()/>
                        <input type="hidden" name=VERSION value=version.to_string()/>
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
                {told(&report, now, true)}
                {acts}
            </div>
        </li>
    }
}

/// For whoever said without script what was done after somebody else had: what each of the two wrote.
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

/// The form that says what was done.
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
                <input type="hidden" name="id" value=report.id.to_string()/>
                <input type="hidden" name=VERSION value=report.version.to_string()/>
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
    use domain::{
        id::MachineId,
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
        html(visitor(Lang::En), address, move || {
            let queue = RwSignal::new(Queue { now: NOW, reports });
            view! { <Page queue calls=Calls { acknowledge: Call::new(), resolve: Call::new() }/> }
        })
    }

    #[test]
    fn each_is_acknowledged_once_and_one_form_opens_by_its_address() {
        let known = Report { state: State::Acknowledged, ..report(5) };
        let html = page("/problems?problem=4", vec![report(4), known, report(6)]);
        assert_eq!(html.matches("&amp;/problems/resolve").count(), 1, "{html}");
        assert_eq!(html.matches("&amp;/problems/acknowledge").count(), 1, "not what is open or known: {html}");
        assert!(html.contains(r#"name="version" value="3""#) && html.contains("squeaks &lt;b&gt;"), "{html}");
        assert!(words(&html).contains("3 waiting"), "{html}");
    }

    #[test]
    fn what_is_not_theirs_is_read_and_no_more() {
        let theirs = Report { may_handle: false, ..report(4) };
        let html = page("/problems?problem=4", vec![theirs]);
        assert!(!html.contains("<form") && words(&html).contains("squeaks"), "{html}");
        assert!(words(&page("/problems", vec![])).contains("Nothing waits"), "an empty list says so");
    }
    #[test]
    fn a14_who_comes_second_without_script_reads_what_both_wrote() {
        let saved = Saved { by: Some("Olga".into()), ..Saved::new(4, vec![("done", "oiled".to_owned())]) };
        let problem = Problem::new("version.stale", Refusal::Conflict, "Changed.").over(saved);
        let values = vec![("done".to_owned(), "replaced".to_owned())];
        let echo = Some(Echo { function: ResolveProblem::PATH.into(), values, problem });
        let html = html(Visitor { echo, ..visitor(Lang::En) }, "/problems?problem=4", move || {
            let queue = RwSignal::new(Queue { now: NOW, reports: Vec::new() });
            view! { <Page queue calls=Calls { acknowledge: Call::new(), resolve: Call::new() }/> }
        });
        let said = words(&html);
        assert!(said.contains("(Olga): oiled") && said.contains("Yours: replaced"), "{said}");
    }
}
