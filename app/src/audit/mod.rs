//! The audit log, newest first, for permitted readers.
//!
//! Invariant: the filter is in the address and works without script. Not here: changing anything. A chunk of its
//! own.

pub mod api;
pub(crate) mod row;

use crate::{
    call::{PageResource, page_resource},
    clock::use_clock,
    lang,
    live::followed_or,
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
        table::{Cell, always, cell, instant, named, sorted, spare, table},
    },
};
use contract::audit::{Filter, Page};
use domain::problem::{Kind, Problem};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use row::{AuditRow, action, linked};
#[derive(Debug)]
struct PageContext {
    page: PageResource<Page<AuditRow>>,
    filter: Memo<Filter>,
    /// The entry before which this page begins; `None` for the newest page.
    before: Memo<Option<i64>>,
}

impl PageContext {
    fn load() -> Self {
        let query = use_query_map();
        let code = move |name| query.with(|query| query.get_str(name).unwrap_or_default().to_owned());
        let filter = Memo::new(move |_| Filter {
            from: code("from"),
            to: code("to"),
            by: code("by"),
            action: code("action"),
            subject: code("subject"),
        });
        let before =
            Memo::new(move |_| query.with(|query| query.get_str("before").and_then(|seq| seq.parse().ok())));
        let page = page_resource(
            move || (filter.get(), before.get()),
            |(Filter { from, to, by, action, subject }, before)| api::page(from, to, by, action, subject, before),
        );
        Self { page, filter, before }
    }
}

/// The page at `/audit`.
pub fn audit_page() -> AnyView {
    let PageContext { page, filter, before } = PageContext::load();
    let refused = move |problem: Problem| match problem.kind {
        // The input stays, with the error.
        Kind::Invalid => {
            set_page_status(problem.kind);
            view! { <Head/><Narrow filter=filter.get_untracked() problem/> }.into_any()
        }
        _ => view! { <Refused problem/> }.into_any(),
    };
    view! {
        <Title text=lang::current().audit_title()/>
        <Transition fallback=|| view! { <SkeletonList rows=8/> }>
            {followed_or(
                page,
                Box::new(move |page| view! { <Chain page filter before/> }.into_any()),
                Box::new(refused),
            )}
        </Transition>
    }
    .into_any()
}

#[component]
fn Head() -> impl IntoView {
    let t = lang::current();
    view! {
        <header class="page-head"><h1>{t.audit_title()}</h1><p class="sub">{t.audit_sub()}</p></header>
    }
}

/// The page without requests, so that tests can render it.
#[component]
fn Chain(page: RwSignal<Page<AuditRow>>, filter: Memo<Filter>, before: Memo<Option<i64>>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    view! {
        <Head/>
        {dynamic(move || Some(view! { <Narrow filter=filter.get()/> }))}
        <section class="audit" aria-labelledby="entries">
            <h2 id="entries" class="visually-hidden">{t.audit_entries()}</h2>
            {dynamic(move || {
                let entries = page.with(|page| page.entries.clone());
                let is_all = filter.with(Filter::is_empty);
                Some(if entries.is_empty() {
                    view! { <Nothing is_all/> }.into_any()
                } else {
                    let columns = vec![
                        always(t.deliveries_when()),
                        spare(t.audit_by(), 2),
                        always(t.audit_action_label()),
                        spare(t.audit_details(), 2),
                        spare(t.audit_code(), 3),
                        spare(t.audit_number_head(), 3),
                    ];
                    table("audit", t.audit_title(), columns, entries.into_iter().map(row).collect())
                })
            })}
        </section>
        {dynamic(move || {
            let (older, filter) = (page.with(|page| page.older), filter.get());
            let newest = before.get().map(|_| address(&filter, None));
            let older = older.map(|seq| address(&filter, Some(seq)));
            (newest.is_some() || older.is_some()).then(|| view! {
                <nav class="btn-row" aria-label=t.audit_entries()>
                    {newest.map(|href| view! { <ButtonLink href label=t.audit_newest()/> })}
                    {older.map(|href| view! { <ButtonLink href label=t.audit_older() icon="chevron-right"/> })}
                </nav>
            })
        })}
    }
}

fn row(entry: AuditRow) -> Vec<Cell> {
    let AuditRow { seq, at, when, who, what, about, words, code, channel } = entry;
    let message: Vec<_> =
        [&what].into_iter().chain(about.as_ref().map(|(name, _)| name)).chain(&words).cloned().collect();
    let by = who.clone();
    vec![
        instant(at, when),
        cell(linked(who)),
        named(
            view! { {action(what, about, &words)}<span class="brief">{linked(by)}</span> }.into_any(),
            message.join(" · "),
        ),
        cell(channel),
        cell(view! { <code class="small">{code}</code> }),
        sorted(seq, seq),
    ]
}

/// Address of the page with this filter, before an entry.
fn address(filter: &Filter, before: Option<i64>) -> String {
    let before = before.map(|seq| seq.to_string()).unwrap_or_default();
    let words = [
        ("from", &filter.from),
        ("to", &filter.to),
        ("by", &filter.by),
        ("action", &filter.action),
        ("subject", &filter.subject),
        ("before", &before),
    ];
    query("/audit", words.into_iter().filter(|(_, name)| !name.is_empty()))
}

#[component]
fn Narrow(filter: Filter, #[prop(optional)] problem: Option<Problem>) -> impl IntoView {
    let t = lang::current();
    let is_empty = filter.is_empty();
    let open = !is_empty || problem.is_some();
    let Filter { from, to, by, action, subject } = filter;
    let mut families = vec![(String::new(), t.audit_action_all().to_owned())];
    families.extend(t.audit_families().map(|(begin, name)| (begin.to_owned(), name.to_owned())));
    // An address may name a code that is not in the list.
    if families.iter().all(|(begin, _)| *begin != action) {
        families.push((action.clone(), action.clone()));
    }
    view! {
        <details class="card audit-filter" open=open>
            <summary>{t.audit_filter()}<Icon name="chevron-right"/></summary>
            <Ask page="/audit" problem>
                <div class="fields">
                    <Field name="from" kind="date" label=t.audit_from() value=from/>
                    <Field name="to" kind="date" label=t.audit_to() value=to/>
                    <Field name="by" label=t.audit_by() value=by hint=t.audit_by_hint()/>
                    <Select name="action" label=t.audit_action_label() options=families chosen=Signal::stored(action)/>
                    <Field name="subject" label=t.audit_subject() value=subject hint=t.audit_subject_hint()/>
                </div>
                <div class="btn-row">
                    <Submit label=t.audit_apply() kind=Press::Primary/>
                    {(!is_empty).then(|| view! { <ButtonLink href="/audit" label=t.audit_clear() kind=Press::Ghost/> })}
                </div>
            </Ask>
        </details>
    }
}

/// Shown instead of entries: why there are none, and what to do.
#[component]
fn Nothing(is_all: bool) -> impl IntoView {
    let t = lang::current();
    let (icon, title, next) = if is_all {
        ("scroll-text", t.audit_nothing(), t.audit_nothing_next())
    } else {
        ("search", t.audit_none(), t.audit_none_next())
    };
    view! {
        <div class="card">
            <Empty icon>
                <h3>{title}</h3>
                <p>{next}</p>
                {(!is_all).then(|| view! { <ButtonLink href="/audit" label=t.audit_clear()/> })}
            </Empty>
        </div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use contract::{
        audit::{Entry, Value},
        qualifications::Named,
    };
    use domain::{
        actor::Channel,
        audit::AuditActor,
        id::{PersonId, TypeId},
        qualifications::{BuiltIn, SPACE},
    };
    use text::Lang;

    fn space() -> Named {
        Named { subject: SPACE, kind: TypeId(1), name: "Space".into(), built_in: Some(BuiltIn::Space) }
    }

    fn entry(seq: i64, minutes: u32, by: AuditActor, action: &str, subject: &str) -> Entry {
        Entry {
            seq,
            at: ago(minutes),
            by,
            door: Channel::Web,
            action: action.into(),
            subject: subject.into(),
            subject_name: None,
            detail: vec![
                ("entries".into(), Value::Word("[3]".into())),
                ("relation".into(), Value::Word("owner".into())),
                ("on".into(), Value::Equipment(space())),
                ("until".into(), Value::Moment(ago(0))),
                ("wind".into(), Value::Word("west".into())),
            ],
        }
    }

    fn render(lang: Lang, filter: Filter, entries: Vec<Entry>, older: Option<i64>) -> String {
        html(visitor(lang), "/audit", move || {
            let entries = entries.into_iter().map(|entry| AuditRow::of(entry, lang, NOW)).collect();
            let page = RwSignal::new(Page { now: NOW, entries, older });
            view! { <Chain page filter=Memo::new(move |_| filter.clone()) before=Memo::new(|_| None)/> }
        })
    }

    #[test]
    fn audit_entry_shows_time_actor_action_code_and_details() {
        let ada = AuditActor::Person { id: PersonId(7), name: "Ada".into() };
        let mut about = entry(12, 10, ada, "display.made", "display:2");
        about.subject_name = Some("Entrance".into());
        let yesterday = entry(11, 24 * 60, AuditActor::Former, "weather.changed", "space");
        let html = render(Lang::En, Filter::default(), vec![about, yesterday], Some(11));
        let words = words(&html);
        assert!(words.contains("today, 14:06Adacreated a wall display"), "{words}");
        assert!(words.contains("display.made · display:2"), "{words}");
        let message = "manager · The workshop · until Thursday 19 November, 14:16";
        assert!(words.contains(message), "{words}");
        assert!(!words.contains("[3]") && !words.contains("· west"), "what has no words is left out: {words}");
        assert!(html.contains(r#"href="/displays""#) && html.contains(r#"href="/people/7""#), "{html}");
        assert!(words.contains("yesterday, 14:16Former memberweather.changed"), "{words}");
        assert_eq!(words.matches("space").count(), 1, "in the code alone: {words}");
        assert!(html.contains(r#"href="/audit?before=11""#), "{html}");
    }

    #[test]
    fn filter_is_preserved_in_fields_and_next_link() {
        let filter = Filter { by: "Ada & Bo".into(), action: "use.".into(), ..Filter::default() };
        let html =
            render(Lang::It, filter, vec![entry(9, 1, AuditActor::Board, "use.start", "machine:7")], Some(9));
        assert!(html.contains(r#"value="Ada &amp; Bo""#), "{html}");
        assert!(html.contains("/audit?by=Ada%20%26%20Bo&amp;action=use.&amp;before=9"), "{html}");
        assert!(html.contains(r#"href="/machines/7""#), "{html}");
        assert!(html.contains(r#"method="get""#), "{html}");
    }

    #[test]
    fn empty_audit_log_explains_itself() {
        assert!(words(&render(Lang::En, Filter::default(), vec![], None)).contains("No entries yet"));
        let filter = Filter { subject: "x".into(), ..Filter::default() };
        let html = render(Lang::En, filter, vec![], None);
        assert!(words(&html).contains("No results") && html.contains(r#"href="/audit""#), "{html}");
    }

    #[test]
    fn refused_filter_preserves_input_with_message() {
        let html = html(visitor(Lang::En), "/audit", || {
            let problem =
                Problem::new("audit.filter", Kind::Invalid, "This filter is not valid.").field("from", "Not so.");
            view! { <Narrow filter=Filter { from: "soon".into(), ..Filter::default() } problem/> }
        });
        assert!(html.contains(r#"value="soon""#) && html.contains("Not so."), "{html}");
    }
}
