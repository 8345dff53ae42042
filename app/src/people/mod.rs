//! People: search, a person's pages, invitations.
//!
//! Invariant: filter, search and cursor are in the address and work without script. Pages are chunks of their own.

pub mod api;
pub mod bulk;
mod cards;
mod help;
pub mod invite;
pub mod overview_text;
pub mod payments;
pub mod person;
mod steps;

use crate::{
    call::{Call, PageResource, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    sign_in_redirect::query,
    ui::{
        avatar::Avatar,
        button::{ButtonLink, Kind as Press, Submit},
        changing::{dynamic, text},
        chip::Chip,
        empty::Empty,
        form::{Ask, Field},
        icon::Icon,
        list::whole,
        row_selection::RowSelection,
        select::Select,
        table::{Cell, always, cell, instant, named, sorted, spare, table},
    },
    visitor::use_visitor,
};
use bulk::{BOXES, Back, Bulk, Came, Chosen};
use contract::people::{Counts, PeoplePage, PersonRow};
use domain::{
    actor::Rank,
    live::Noun,
    people::{PersonStatus, RoleGroup},
    pictures::Subject,
    time::Moment,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use std::time::Duration;
use text::{Lang, time};

/// Tabs of the pages about people: the list, and payments.
#[component]
pub fn Tabs(payments: bool) -> impl IntoView {
    let t = lang::current();
    let tab = |href: &'static str, label: &'static str, is_current: bool| {
        view! { <a href=href aria-current=is_current.then_some("page")>{label}</a> }
    };
    view! {
        <nav class="tabs" aria-label=t.payments_tabs()>
            {tab("/people", t.people_all(), !payments)}{tab("/people/payments", t.payments_title(), payments)}
        </nav>
    }
}

/// Filter of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct PeopleFilter {
    search: String,
    status: String,
    role: String,
    after: String,
}
#[derive(Debug)]
struct PageContext {
    page: PageResource<PeoplePage>,
    filter: Memo<PeopleFilter>,
}

impl PageContext {
    fn load() -> Self {
        let (query, live) = (use_query_map(), use_live());
        let code = move |name| query.with(|query| query.get_str(name).unwrap_or_default().to_owned());
        let visible = Memo::new(move |_| PeopleFilter {
            search: code("q"),
            status: code("status"),
            role: code("role"),
            after: code("after"),
        });
        let page = page_resource(
            // Presence depends on machines.
            move || (visible.get(), live.version(Noun::Person), live.version(Noun::Machine)),
            |(PeopleFilter { search, status, role, after }, ..)| api::list(search, status, role, after),
        );
        Self { page, filter: visible }
    }
}

/// The page at `/people`.
pub fn people_page() -> AnyView {
    let PageContext { page, filter: visible } = PageContext::load();
    live_page(lang::current().people_heading(), 8, page, move |page| {
        view! { <Page page filter=visible/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<PeoplePage>, filter: Memo<PeopleFilter>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let counts = Memo::new(move |_| page.with(|page| page.counts));
    let people = Memo::new(move |_| page.with(|page| page.people.clone()));
    // Only what is offered; the service decides.
    let may_change = use_visitor().who.is_some_and(|me| me.rank >= Rank::Manager);
    let may_invite = Memo::new(move |_| page.with(|page| page.may_invite));
    let found = Memo::new(move |_| page.with(|page| page.found));
    let (act, selection) = (Call::<Bulk>::new(), RowSelection::of(Bulk::PATH, BOXES));
    Effect::new(move |_| {
        let there: Vec<_> = people.with(|people| people.iter().map(|one| one.id.to_string()).collect());
        selection.keep(&there);
    });
    view! {
        <header class="page-head">
            <h1>{t.people_heading()}</h1>
            <Tabs payments=false/>
            <p class="sub" role="status">{text(move || found.get().map_or_else(
                || { let Counts { active, applicants, .. } = counts.get(); t.people_sum(active, applicants) },
                |found| t.people_found(found),
            ))}</p>
            {dynamic(move || may_invite.get().then(|| view! {
                <div class="push"><ButtonLink href="/people/invite" label=t.people_invite() kind=Press::Primary icon="user-plus"/></div>
            }))}
        </header>
        <div class="people-tools">
            <search class="finder">
                <Ask page="/people" problem=None>
                    <Field name="q" kind="search" label=t.people_search()
                        value=filter.with_untracked(|filter| filter.search.clone())/>
                    <Select name="role" label=t.people_role() options=roles(t)
                        chosen=Signal::derive(move || filter.with(|filter| filter.role.clone()))/>
                    <input type="hidden" name="status" value=Signal::derive(move || filter.with(|filter| filter.status.clone()))/>
                    <div class="btn-row"><Submit label=t.people_find()/></div>
                </Ask>
            </search>
            <div class="chips" role="group" aria-label=t.people_status()>
                {STATUSES.into_iter().map(|(href, status)| {
                    let current = Signal::derive(move || filter.with(|filter| filter.status == status.map_or("", PersonStatus::as_str)));
                    let count = Signal::derive(move || count(&counts.get(), status));
                    view! { <Chip href label=chip(t, status) current count/> }
                }).collect_view()}
            </div>
        </div>
        {may_change.then(|| view! { <Came act/> })}
        <Chosen may=may_change act selection none=Signal::derive(move || people.with(Vec::is_empty))>
            {dynamic(move || {
                let (people, now) = (people.get(), page.with_untracked(|page| page.now));
                Some(if people.is_empty() {
                    view! { <Nobody may_invite=may_invite.get_untracked()/> }.into_any()
                } else {
                    people_table(people, now, may_change.then_some(selection))
                })
            })}
        </Chosen>
        {may_change.then(|| view! { <Back act/> })}
        {dynamic(move || {
            let (next, filter) = (page.with(|page| page.next.clone()), filter.get());
            let first = (!filter.after.is_empty()).then(|| address(&filter, ""));
            let next = next.map(|next| address(&filter, &next));
            (first.is_some() || next.is_some()).then(|| view! {
                <nav class="btn-row" aria-label=t.people_heading()>
                    {first.map(|href| view! { <ButtonLink href label=t.people_first()/> })}
                    {next.map(|href| view! { <ButtonLink href label=t.people_next() icon="chevron-right"/> })}
                </nav>
            })
        })}
    }
}

fn roles(t: Lang) -> Vec<(String, String)> {
    let any = (String::new(), t.people_role_any().to_owned());
    let roles = RoleGroup::ALL.iter().map(|&role| (role.as_str().to_owned(), t.role_group(role).to_owned()));
    std::iter::once(any).chain(roles).collect()
}

const STATUSES: [(&str, Option<PersonStatus>); 5] = [
    ("/people", None),
    ("/people?status=active", Some(PersonStatus::Active)),
    ("/people?status=applicant", Some(PersonStatus::Applicant)),
    ("/people?status=suspended", Some(PersonStatus::Suspended)),
    ("/people?status=left", Some(PersonStatus::Left)),
];

const fn chip(t: Lang, status: Option<PersonStatus>) -> &'static str {
    match status {
        None => t.people_all(),
        Some(PersonStatus::Active) => t.people_active(),
        Some(PersonStatus::Applicant) => t.people_applicants(),
        Some(PersonStatus::Suspended) => t.people_suspended(),
        Some(PersonStatus::Left) => t.people_left(),
    }
}

fn count(counts: &Counts, status: Option<PersonStatus>) -> usize {
    let count = match status {
        None => counts.all(),
        Some(PersonStatus::Active) => counts.active,
        Some(PersonStatus::Applicant) => counts.applicants,
        Some(PersonStatus::Suspended) => counts.suspended,
        Some(PersonStatus::Left) => counts.left,
    };
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// Address of the list's page after the cursor.
fn address(filter: &PeopleFilter, after: &str) -> String {
    let after = after.to_owned();
    let words = [("q", &filter.search), ("status", &filter.status), ("role", &filter.role), ("after", &after)];
    query("/people", words.into_iter().filter(|(_, name)| !name.is_empty()))
}

/// Empty state.
#[component]
fn Nobody(may_invite: bool) -> impl IntoView {
    let t = lang::current();
    let next = if may_invite { t.people_none_next() } else { t.people_none_look() };
    view! {
        <div class="card"><Empty icon="users-round">
            <h2>{t.people_none()}</h2>
            <p>{next}</p>
            <div class="btn-row">
                <ButtonLink href="/people" label=t.people_all_again()/>
                {may_invite.then(|| view! { <ButtonLink href="/people/invite" label=t.people_invite() icon="user-plus"/> })}
            </div>
        </Empty></div>
    }
}

/// Each row has a checkbox, if permitted.
fn people_table(people: Vec<PersonRow>, now: Moment, selection: Option<RowSelection>) -> AnyView {
    let t = lang::current();
    let columns = vec![
        always(t.people_name()).ticked(selection),
        always(t.people_status()),
        spare(t.people_role(), 3),
        spare(t.person_may_use(), 2),
        spare(t.people_last_use(), 2),
        spare(t.person_hours(), 3),
    ];
    let rows = people.into_iter().map(|one| row(t, one, now, selection)).collect();
    table("people", t.people_heading(), columns, rows)
}

fn row(t: Lang, one: PersonRow, now: Moment, selection: Option<RowSelection>) -> Vec<Cell> {
    let name = called(t, one.name, one.id);
    let picture = one.picture.map(|added| Subject::Person(one.id).src(added, true));
    let names = one.type_names.join(", ");
    let more = usize::try_from(one.types).unwrap_or(usize::MAX).saturating_sub(one.type_names.len());
    let types = match (one.types, more) {
        (0, _) => "–".to_owned(),
        (_, 0) => names,
        _ => format!("{names} +{more}"),
    };
    let used = Duration::from_millis(one.used.try_into().unwrap_or(0));
    let by_name = name.clone();
    let pick = selection.map(|selection| {
        let id = one.id.to_string();
        let ticked = selection.has(&id);
        view! {
            <label class="pick"><input type="checkbox" name=BOXES value=id checked=ticked aria-label=t.bulk_choose(&name)/></label>
        }
    });
    let last = match one.last_use {
        _ if one.is_here => {
            let here = view! { <span class="here-now"><Icon name="activity"/>{t.people_here()}</span> };
            sorted(here, now.at.0).csv(time::iso(now))
        }
        Some(at) => instant(at, t.brief(at, now)),
        None => sorted(t.people_never(), ""),
    };
    vec![
        named(
            view! {
                {pick}<a class="name" href=format!("/people/{}", one.id)>
                    <Avatar name=name.clone() size="sm" picture/><span class="cut-off" title=whole(&name)>{name.clone()}</span>
                </a>
            }
            .into_any(),
            by_name,
        ),
        cell(view! { <Standing status=one.status on_hold=one.on_hold/> }),
        cell(t.rank(one.rank).map(|rank| view! { <span class="badge" data-tone="info">{rank}</span> })),
        sorted(types, one.types),
        last,
        sorted(if one.used == 0 { "–".to_owned() } else { t.hours(used) }, one.used),
    ]
}

/// A name, or that they are a former member.
pub(crate) fn called(t: Lang, name: Option<String>, id: domain::id::PersonId) -> String {
    name.unwrap_or_else(|| t.person_former(&id.to_string()))
}

/// Status: the usual one is plain, others are a badge.
#[component]
fn Standing(status: PersonStatus, on_hold: bool) -> impl IntoView {
    let t = lang::current();
    let (tone, icon) = match status {
        PersonStatus::Active if !on_hold => {
            return view! { <span class="muted">{t.status_active()}</span> }.into_any();
        }
        PersonStatus::Active => {
            return view! { <span class="badge" data-tone="warn"><Icon name="hand"/>{t.status_on_hold()}</span> }
                .into_any();
        }
        PersonStatus::Applicant => ("info", "user-plus"),
        PersonStatus::Suspended => ("bad", "hand"),
        PersonStatus::Left => ("", "log-out"),
    };
    view! { <span class="badge" data-tone=tone><Icon name=icon/>{t.person_status(status)}</span> }.into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use domain::id::PersonId;

    fn row(id: i64, name: Option<&str>, status: PersonStatus, rank: Rank) -> PersonRow {
        let name = name.map(ToOwned::to_owned);
        let last_use = Some(ago(60 * 24));
        PersonRow {
            id: PersonId(id),
            name,
            email: None,
            status,
            rank,
            on_hold: false,
            types: 3,
            type_names: vec!["Laser cutter".into(), "Lathe".into()],
            used: 9_000_000,
            is_here: false,
            last_use,
            picture: None,
        }
    }

    fn page(filter: PeopleFilter, people: Vec<PersonRow>, next: Option<&str>) -> String {
        let next = next.map(ToOwned::to_owned);
        html(visitor(Lang::En), "/people", move || {
            let counts = Counts { active: 2, applicants: 1, suspended: 1, left: 1 };
            let found = (!filter.search.is_empty()).then_some(2);
            let page = PeoplePage { now: NOW, people, next, counts, found, may_invite: true };
            let filter = Memo::new(move |_| filter.clone());
            view! { <Page page=RwSignal::new(page) filter/> }
        })
    }

    #[test]
    fn people_rows_show_status_role_and_figures() {
        let people = vec![
            row(1, Some("Jonas Pichler"), PersonStatus::Active, Rank::Member),
            row(2, Some("Eve"), PersonStatus::Active, Rank::Administrator),
            row(3, Some("Bilal"), PersonStatus::Suspended, Rank::Guest),
            row(17, None, PersonStatus::Left, Rank::Guest),
        ];
        let html = page(PeopleFilter::default(), people, None);
        let content = words(&html);
        for line in [
            "Jonas PichlerActiveLaser cutter, Lathe +1yesterday2.5 h",
            "EveActiveAdministrator",
            "BilalSuspended",
            "Former member 17Left",
        ] {
            assert!(content.contains(line), "{line} is not in {content}");
        }
        assert!(content.contains("2 active, 1 waiting") && !content.contains("found"), "{content}");
        assert!(html.contains(r#"href="/people/17""#) && html.contains("/people/invite"), "{html}");
    }

    #[test]
    fn next_page_preserves_people_filter() {
        let visible = PeopleFilter {
            search: "a & b".into(),
            status: "active".into(),
            role: "manager".into(),
            after: "4".into(),
        };
        let people = vec![row(9, Some("Ada"), PersonStatus::Active, Rank::Member)];
        let html = page(visible, people, Some("9-616461"));
        let next = "/people?q=a%20%26%20b&amp;status=active&amp;role=manager&amp;after=9-616461";
        assert!(html.contains(next), "{html}");
        assert!(words(&html).contains("2 found") && !words(&html).contains("2 active"), "{html}");
        assert!(
            html.contains(r#"href="/people?q=a%20%26%20b&amp;status=active&amp;role=manager""#),
            "back to the beginning: {html}"
        );
    }

    #[test]
    fn empty_people_search_shows_no_results() {
        let html = page(PeopleFilter { search: "zz".into(), ..PeopleFilter::default() }, vec![], None);
        assert!(words(&html).contains("No results"), "{html}");
        assert!(html.contains(r#"value="zz""#), "{html}");
    }

    #[test]
    fn present_person_is_marked_and_header_selects_all() {
        let html = html(visitor(Lang::En), "/people", || {
            let here = PersonRow { is_here: true, ..row(1, Some("Ada"), PersonStatus::Active, Rank::Member) };
            let gone = row(2, Some("Bob"), PersonStatus::Active, Rank::Member);
            people_table(vec![here, gone], NOW, Some(RowSelection::of(Bulk::PATH, BOXES)))
        });
        assert_eq!(words(&html).matches("here now").count(), 1, "{html}");
        assert_eq!(html.matches(r#"aria-label="Select all""#).count(), 1, "{html}");
    }

    // A24
    #[test]
    fn refused_bulk_form_preserves_selection() {
        use crate::visitor::{Echo, Visitor};
        use domain::problem::{Kind, Problem};
        let problem = Problem::new("bulk.no-such-action", Kind::Invalid, "Look at the form.");
        let values = vec![("people[]".into(), "1".into()), ("action".into(), String::new())];
        let echo = Some(Echo { function: "/api/people/bulk".into(), values, problem });
        let html = html(Visitor { echo, ..visitor(Lang::En) }, "/people", || {
            let people = vec![
                row(1, Some("Ada"), PersonStatus::Active, Rank::Member),
                row(2, Some("Bob"), PersonStatus::Active, Rank::Member),
            ];
            people_table(people, NOW, Some(RowSelection::of(Bulk::PATH, BOXES)))
        });
        assert!(html.contains(r#"value="1" checked"#) && !html.contains(r#"value="2" checked"#), "{html}");
    }
}
