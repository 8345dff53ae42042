//! The history of a machine: uses, problems, blocks and changes in one table, newest first.
//!
//! Invariant: filter and page are in the address and work without script. Not here: permissions; the service
//! checks them.

pub mod api;
mod correct;
mod line;

pub(crate) use line::corrected;

use crate::{
    call::{Call, PageResource, page_resource},
    clock::use_clock,
    lang,
    live::{followed_or, use_live},
    problem::set_page_status,
    sign_in_redirect::query,
    ui::{
        button::{ButtonLink, Kind as Press, Submit},
        changing::dynamic,
        empty::Empty,
        form::{Ask, Field},
        icon::Icon,
        refused::Refused,
        select::Select,
        skeleton::SkeletonList,
        table::{actions, always, spare, table},
    },
};
use api::CorrectUse;
use contract::history::{Filter, Page};
use correct::Correcting;
use domain::{
    history::Group,
    id::{MachineId, UseId},
    live::Noun,
    problem::{Kind, Problem},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use line::HistoryLine;
struct PageContext {
    page: PageResource<Page<HistoryLine>>,
    filter: Memo<Filter>,
    /// Cursor of the page; empty at the beginning.
    after: Memo<String>,
    open: Memo<Option<UseId>>,
    correct: Call<CorrectUse>,
}

impl PageContext {
    fn load(machine: MachineId) -> Self {
        let (query, live) = (use_query_map(), use_live());
        let code = move |name| query.with(|query| query.get_str(name).unwrap_or_default().to_owned());
        let filter = Memo::new(move |_| Filter { kind: code("kind"), from: code("from"), to: code("to") });
        let after = Memo::new(move |_| code("after"));
        let open = Memo::new(move |_| code("use").parse().ok().map(UseId));
        let correct = Call::<CorrectUse>::new();
        let page = page_resource(
            move || {
                let heard =
                    (live.about(Noun::Machine, machine.0), live.version(Noun::Person), correct.version().get());
                (filter.get(), after.get(), heard)
            },
            move |(Filter { kind, from, to }, after, _)| api::page(machine, kind, from, to, after),
        );
        Self { page, filter, after, open, correct }
    }
}

/// The page at `/machines/:id/history`.
pub fn history_page(machine: MachineId) -> AnyView {
    let PageContext { page, filter, after, open, correct } = PageContext::load(machine);
    let refused = move |problem: Problem| match problem.kind {
        // The input stays, with the error.
        Kind::Invalid => {
            set_page_status(problem.kind);
            let filter = filter.get_untracked();
            view! { <Head machine name=String::new()/><Narrow machine groups=Group::ALL.to_vec() filter problem/> }
                .into_any()
        }
        _ => view! { <Refused problem/> }.into_any(),
    };
    view! {
        <Transition fallback=|| view! { <SkeletonList rows=8/> }>
            {followed_or(
                page,
                Box::new(move |page| view! { <History page filter after open correct/> }.into_any()),
                Box::new(refused),
            )}
        </Transition>
    }
    .into_any()
}

/// The machine, with a link back; without a name if unknown.
#[component]
fn Head(machine: MachineId, name: String) -> impl IntoView {
    let t = lang::current();
    let title = if name.is_empty() { t.history_word().to_owned() } else { t.history_title(&name) };
    let back = if name.is_empty() { t.problem_to_machine().to_owned() } else { name };
    view! {
        <Title text=title.clone()/>
        <a class="crumb" href=format!("/machines/{machine}")><Icon name="chevron-left"/>{back}</a>
        <header class="page-head"><h1>{title}</h1><p class="sub">{t.history_sub()}</p></header>
    }
}

/// The page without requests, so that tests can render it.
#[component]
fn History(
    page: RwSignal<Page<HistoryLine>>,
    filter: Memo<Filter>,
    after: Memo<String>,
    /// The use whose form is open, from the address, so that it works without script.
    open: Memo<Option<UseId>>,
    correct: Call<CorrectUse>,
) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let named = Memo::new(move |_| page.with(|page| (page.machine, page.name.clone())));
    let may_correct = Memo::new(move |_| page.with(|page| page.may_correct));
    let request = Memo::new(move |_| page.with(|page| (page.machine, page.groups.clone())));
    // Events about other machines leave an open menu alone.
    let visible = Memo::new(move |_| page.with(|page| (page.machine, page.lines.clone())));
    view! {
        {dynamic(move || {
            let (machine, name) = named.get();
            Some(view! { <Head machine name/> })
        })}
        {dynamic(move || {
            let (machine, groups) = request.get();
            Some(view! { <Narrow machine groups filter=filter.get()/> })
        })}
        {dynamic(move || {
            let id = open.get().filter(|_| may_correct.get())?;
            let back = address(named.with(|(machine, _)| *machine), &filter.get(), &after.get());
            Some(view! { <Correcting id correct back/> })
        })}
        <section class="audit" aria-labelledby="lines">
            <h2 id="lines" class="visually-hidden">{t.history_lines()}</h2>
            {dynamic(move || {
                let (machine, lines) = visible.get();
                let here = address(machine, &filter.get(), &after.get());
                let is_all = filter.with(Filter::is_empty) && after.with(String::is_empty);
                Some(if lines.is_empty() {
                    view! { <Nothing machine is_all/> }.into_any()
                } else {
                    let columns = vec![
                        always(t.deliveries_when()),
                        always(t.history_kind()),
                        spare(t.audit_by(), 2),
                        spare(t.uses_length(), 2),
                        spare(t.audit_details(), 2),
                        actions(),
                    ];
                    table("history", t.history_lines(), columns, lines.into_iter().map(|line| line.row(&here)).collect())
                })
            })}
        </section>
        {dynamic(move || {
            let (machine, older) = page.with(|page| (page.machine, page.older.clone()));
            let filter = filter.get();
            let newest = (!after.with(String::is_empty)).then(|| address(machine, &filter, ""));
            let older = older.map(|place| address(machine, &filter, &place));
            (newest.is_some() || older.is_some()).then(|| view! {
                <nav class="btn-row" aria-label=t.history_lines()>
                    {newest.map(|href| view! { <ButtonLink href label=t.audit_newest()/> })}
                    {older.map(|href| view! { <ButtonLink href label=t.audit_older() icon="chevron-right"/> })}
                </nav>
            })
        })}
    }
}

/// Address of this machine's history with the filter, after a cursor.
fn address(machine: MachineId, filter: &Filter, after: &str) -> String {
    let after = after.to_owned();
    let words = [("kind", &filter.kind), ("from", &filter.from), ("to", &filter.to), ("after", &after)];
    query(&format!("/machines/{machine}/history"), words.into_iter().filter(|(_, name)| !name.is_empty()))
}

#[component]
fn Narrow(
    machine: MachineId,
    groups: Vec<Group>,
    filter: Filter,
    #[prop(optional)] problem: Option<Problem>,
) -> impl IntoView {
    let t = lang::current();
    let is_empty = filter.is_empty();
    let open = !is_empty || problem.is_some();
    let Filter { kind, from, to } = filter;
    let all = address(machine, &Filter::default(), "");
    let mut kinds = vec![(String::new(), t.history_everything().to_owned())];
    kinds.extend(groups.into_iter().map(|group| (group.as_str().to_owned(), t.history_group(group).to_owned())));
    view! {
        <details class="card audit-filter" open=open>
            <summary>{t.audit_filter()}<Icon name="chevron-right"/></summary>
            <Ask page=all.clone() problem>
                <div class="fields">
                    <Select name="kind" label=t.history_kind() options=kinds chosen=Signal::stored(kind)/>
                    <Field name="from" kind="date" label=t.audit_from() value=from/>
                    <Field name="to" kind="date" label=t.audit_to() value=to/>
                </div>
                <div class="btn-row">
                    <Submit label=t.audit_apply() kind=Press::Primary/>
                    {(!is_empty).then(|| view! { <ButtonLink href=all label=t.audit_clear() kind=Press::Ghost/> })}
                </div>
            </Ask>
        </details>
    }
}

/// Shown instead of lines: why there are none, and what to do.
#[component]
fn Nothing(machine: MachineId, is_all: bool) -> impl IntoView {
    let t = lang::current();
    let (icon, title, next) = if is_all {
        ("clock", t.history_nothing(), t.history_nothing_next())
    } else {
        ("search", t.history_none(), t.history_none_next())
    };
    let all = address(machine, &Filter::default(), "");
    view! {
        <div class="card">
            <Empty icon>
                <h3>{title}</h3>
                <p>{next}</p>
                {(!is_all).then(|| view! { <ButtonLink href=all label=t.audit_clear()/> })}
            </Empty>
        </div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use contract::history::{Correction, Line, Use, What, Who};
    use domain::{id::PersonId, problems::Severity, uses::Ending};
    use line::to_lines;
    use text::Lang;

    fn used(id: i64, minutes: u32, ended: Option<u32>) -> Line {
        let one = Use {
            id: UseId(id),
            who: Who::Person { id: Some(PersonId(7)), name: "Ada".into() },
            start: ago(minutes),
            end: ended.map(ago),
            ending: ended.map(|_| Ending::Superseded),
            approximate: ended.is_some(),
            unauthorised: ended.is_some(),
            other_card: false,
            void: false,
            corrections: Vec::new(),
        };
        Line { at: ago(ended.unwrap_or(0)), id, what: What::Used(one) }
    }

    fn render(lang: Lang, filter: Filter, lines: Vec<Line>, older: Option<&str>) -> String {
        let older = older.map(ToOwned::to_owned);
        html(visitor(lang), "/machines/1/history", move || {
            let groups = Group::ALL.to_vec();
            let page = Page {
                now: NOW,
                machine: MachineId(1),
                name: "Laser <1>".into(),
                groups,
                may_correct: true,
                lines,
                older,
            };
            let after = Memo::new(|_| String::new());
            let (filter, open) = (Memo::new(move |_| filter.clone()), Memo::new(|_| None));
            view! { <History page=RwSignal::new(to_lines(page, lang)) filter after open correct=Call::new()/> }
        })
    }

    #[test]
    fn history_lines_show_time_event_person_duration_and_ending() {
        let problem =
            What::Reported { severity: Severity::Unsafe, words: Some("sparks <b>".into()), by: Who::Hidden };
        let maintained = What::Maintained {
            task: Some("Oil".into()),
            note: Some("new belt <b>".into()),
            later: true,
            imported: true,
            by: Who::Person { id: None, name: "Tim".into() },
        };
        let lines = vec![
            used(9, 42, None),
            used(8, 24 * 60 + 90, Some(24 * 60)),
            Line { at: ago(24 * 60 + 200), id: 3, what: problem },
            Line { at: ago(24 * 60 + 220), id: 4, what: maintained },
        ];
        let html = render(Lang::En, Filter::default(), lines, Some("5-used-8"));
        let content = words(&html);
        assert!(html.contains("Laser &lt;1&gt;") && html.contains("sparks &lt;b&gt;"), "{html}");
        assert!(content.contains("today, 13:34Use") && content.contains("yesterday, 12:46Use"), "{content}");
        assert!(content.contains("in progress") && content.contains("someone else started"), "{content}");
        assert!(
            content.contains("not allowed") && content.contains("1 h 30") && content.contains("about"),
            "{content}"
        );
        assert!(content.contains("Maintenance done: Oil – new belt &lt;b&gt;"), "{content}");
        assert!(
            content.contains("by an import · reported later by the board") && content.contains("Tim"),
            "{content}"
        );
        assert!(html.contains(r#"data-v="5400000""#), "sorted by its length: {html}");
        assert!(html.contains(r#"href="/people/7""#), "{html}");
        assert!(html.contains("/machines/1/history?after=5-used-8"), "{html}");
    }

    #[test]
    fn use_over_midnight_shows_both_dates() {
        let over = words(&render(Lang::En, Filter::default(), vec![used(8, 5 * 24 * 60, Some(24 * 60))], None));
        assert!(over.contains("Saturday 14 November, 14:16 – Wednesday 18 November, 14:16"), "{over}");
        let within = words(&render(Lang::En, Filter::default(), vec![used(8, 24 * 60 + 90, Some(24 * 60))], None));
        assert!(within.contains("12:46–14:16"), "{within}");
    }

    #[test]
    fn filter_is_preserved_in_fields_and_next_link() {
        let filter = Filter { kind: "uses".into(), from: "2026-11-18".into(), ..Filter::default() };
        let html = render(Lang::It, filter, vec![used(9, 42, Some(2))], Some("5-used-8"));
        assert!(html.contains("/machines/1/history?kind=uses&amp;from=2026-11-18&amp;after=5-used-8"), "{html}");
        assert!(
            html.contains(r#"action="/machines/1/history""#) && html.contains(r#"value="2026-11-18""#),
            "{html}"
        );
    }

    #[test]
    fn corrected_use_shows_author_reason_and_previous_values() {
        let mut line = used(8, 90, Some(30));
        let What::Used(one) = &mut line.what else { panic!() };
        one.corrections = vec![Correction {
            at: ago(10),
            by: Some("Olga".into()),
            reason: Some("forgot to log off <b>".into()),
            end_before: Some(ago(20)),
            who_before: Some("Bob".into()),
            other_person: true,
            void_before: false,
            void_after: false,
        }];
        let html = render(Lang::En, Filter::default(), vec![line], None);
        let content = words(&html);
        assert!(content.contains("Corrected by Olga, today 14:06: forgot to log off &lt;b&gt;"), "{content}");
        assert!(content.contains("end was today 13:56 · was Bob"), "{content}");
        let menu = html.split("<details class=\"more\">").nth(1);
        assert!(
            menu.is_some_and(|menu| menu.contains(r#"href="/machines/1/history?use=8#correcting""#)),
            "{html}"
        );
    }

    #[test]
    fn empty_history_explains_itself() {
        assert!(words(&render(Lang::En, Filter::default(), vec![], None)).contains("No history yet"));
        let html = render(Lang::En, Filter { kind: "blocks".into(), ..Filter::default() }, vec![], None);
        assert!(words(&html).contains("No results"), "{html}");
    }
}
