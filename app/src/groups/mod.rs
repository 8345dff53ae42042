//! Groups: the list of all, with what managers have to look after, or one's own and those one can ask to join.
//!
//! Invariant: search and filter are in the address and work without script. Not here: one group ([`one`]), and joining it
//! ([`join`]).

pub mod join;
mod mark;
pub mod one;

use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        answered::answered,
        avatar::Avatar,
        button::{ButtonLink, Kind as Press, Submit},
        changing::{dynamic, text},
        chip::Chip,
        empty::Empty,
        form::{Ask, Field, Form, was_submitted},
        icon::Icon,
        register::NewEntry,
        table::{Cell, always, named, sorted, spare, table},
        text_area::TextArea,
    },
};
use contract::groups::{self, GroupHours, GroupView, Groups, GroupsImport, ListGroups};
use domain::{
    live::Noun,
    time::{MINUTE, Moment},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use mark::Mark;
use text::Lang;

type AddGroup = Function<groups::AddGroup>;
type ImportGroups = Function<groups::ImportGroups>;

/// Which groups are shown to a manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filter {
    All,
    Asked,
    NoAdmin,
    Over,
    Archived,
}

impl Filter {
    const ALL: [(Self, &'static str); 5] = [
        (Self::All, "/groups"),
        (Self::Asked, "/groups?show=asked"),
        (Self::NoAdmin, "/groups?show=no-admin"),
        (Self::Over, "/groups?show=over"),
        (Self::Archived, "/groups?show=archived"),
    ];

    const fn label(self, t: Lang) -> &'static str {
        match self {
            Self::All => t.groups_all(),
            Self::Asked => t.groups_asked(),
            Self::NoAdmin => t.groups_no_admin(),
            Self::Over => t.groups_over(),
            Self::Archived => t.groups_archived(),
        }
    }

    /// That of this code in the address, or all.
    fn parse(code: Option<&str>) -> Self {
        let named = Self::ALL.into_iter().find(|(_, href)| href.strip_prefix("/groups?show=") == code);
        named.map_or(Self::All, |(filter, _)| filter)
    }

    fn has(self, group: &GroupView) -> bool {
        match self {
            Self::All => !group.archived,
            Self::Asked => !group.archived && group.requests.is_some_and(|requests| requests > 0),
            Self::NoAdmin => !group.archived && !group.has_admin,
            Self::Over => !group.archived && is_over(group.hours),
            Self::Archived => group.archived,
        }
    }
}

/// The page at `/groups`.
pub fn groups_page() -> AnyView {
    let (live, add) = (use_live(), Call::<AddGroup>::new());
    let import = Call::<ImportGroups>::new();
    let all: PageResource<Groups> = page_resource(
        move || (live.version(Noun::Groups), add.version().get() + import.version().get()),
        |_| load(&ListGroups {}),
    );
    live_page(lang::current().groups_title(), 6, all, move |all| view! { <Page all add import/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(all: RwSignal<Groups>, add: Call<AddGroup>, import: Call<ImportGroups>) -> impl IntoView {
    let t = lang::current();
    let may_change = all.with_untracked(|all| all.may_change);
    let sum = move || {
        all.with(|all| {
            let groups = all.groups.iter().filter(|group| !group.archived);
            let (count, members) =
                groups.fold((0, 0), |(count, members), group| (count + 1, members + group.members));
            t.groups_sub(&t.groups_count(count), &t.groups_members(members))
        })
    };
    view! {
        <header class="page-head">
            <h1>{t.groups_title()}</h1>
            <p class="sub">{text(sum)}</p>
        </header>
        {if may_change { managed(t, all, add, import) } else { own_and_others(t, all) }}
    }
}

/// All groups as a table, with search, filters and a form for another.
fn managed(t: Lang, all: RwSignal<Groups>, add: Call<AddGroup>, import: Call<ImportGroups>) -> AnyView {
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(|query| Filter::parse(query.get_str("show"))));
    let sought = Memo::new(move |_| query.with(|query| query.get("q").unwrap_or_default()));
    let chips = Filter::ALL.into_iter().map(|(shown, href)| {
        let current = Signal::derive(move || filter.get() == shown);
        let count =
            Signal::derive(move || all.with(|all| all.groups.iter().filter(|group| shown.has(group)).count()));
        view! { <Chip href label=shown.label(t) current count/> }
    });
    view! {
        <div class="group-tools">
            <search class="finder">
                <Ask page="/groups" problem=None>
                    <Field name="q" kind="search" label=t.groups_find() value=sought.get_untracked()/>
                    <div class="btn-row"><Submit label=t.people_find()/></div>
                </Ask>
            </search>
            <div class="chips" role="group" aria-label=t.groups_title()>{chips.collect_view()}</div>
        </div>
        {dynamic(move || {
            let sought = sought.get().to_lowercase();
            let fits = |group: &&GroupView| {
                let words = [&group.name, &group.department].into_iter().chain(&group.admins).chain(&group.may_book);
                filter.get().has(group) && words.into_iter().any(|word| word.to_lowercase().contains(&sought))
            };
            Some(all.with(|all| {
                let found: Vec<GroupView> = all.groups.iter().filter(fits).cloned().collect();
                match (found.is_empty(), all.groups.is_empty()) {
                    (true, true) => none(t.groups_none(), t.groups_none_next(), None),
                    (true, false) => none(t.groups_none_found(), t.groups_none_found_next(), Some(t.groups_all())),
                    (false, _) => group_table(t, found, all.now),
                }
            }))
        })}
        <NewEntry title=t.groups_new()>
            <Form action=add afresh=true>
                <Field name="name" label=t.equipment_name() autocomplete="off"/>
                <Field name="department" label=t.groups_department() hint=t.groups_department_hint() autocomplete="off"/>
                <Field name="admin" kind="email" label=t.groups_first_admin() hint=t.groups_first_admin_hint() autocomplete="off"/>
                <div class="btn-row"><Submit label=t.groups_add() kind=Press::Primary busy=add.pending()/></div>
            </Form>
        </NewEntry>
        {table_form(t, import)}
    }
    .into_any()
}

/// Imports a table, or previews that; and takes one out.
fn table_form(t: Lang, import: Call<ImportGroups>) -> AnyView {
    let last = answered(import);
    view! {
        <details class="deed" open=was_submitted(ImportGroups::PATH)>
            <summary>{t.groups_import()}</summary>
            // An ordinary form, so that the browser downloads the response.
            <form class="form" method="post" action="/export/groups.csv">
                <div class="btn-row"><button class="btn">{t.export_take(t.groups_export())}</button></div>
            </form>
            <Form action=import>
                <TextArea name="table" label=t.groups_import_table() hint=t.groups_import_hint() value=String::new()/>
                <label class="tick"><input type="checkbox" name="apply" value="yes"/><span>{t.groups_import_apply()}</span></label>
                <div class="btn-row"><Submit label=t.groups_import_check() busy=import.pending()/></div>
            </Form>
            <div role="status">{dynamic(move || last.get().map(|outcome| imported(t, outcome)))}</div>
        </details>
    }
    .into_any()
}

/// The result of a table.
fn imported(t: Lang, outcome: GroupsImport) -> AnyView {
    let GroupsImport { done, groups, members, kept, left } = outcome;
    let (groups, members) = (t.groups_count(groups), t.groups_members(members));
    let head =
        if done { t.groups_import_done(&groups, &members) } else { t.groups_import_would(&groups, &members) };
    let count = u32::try_from(left.len()).unwrap_or(u32::MAX);
    let lines = left.into_iter().map(|line| {
        view! { <li><b>{t.bookings_import_line(&line.line.to_string())}</b>" "{t.group_line_fault(line.why)}</li> }
    });
    view! {
        <p><b>{head}</b></p>
        {(kept > 0).then(|| view! { <p>{t.groups_import_kept(kept)}</p> })}
        {(count > 0).then(|| view! { <p>{t.bookings_import_left(count)}</p> })}
        <ul class="rows">{lines.collect_view()}</ul>
    }
    .into_any()
}

fn none(heading: &'static str, next: &'static str, all: Option<&'static str>) -> AnyView {
    view! {
        <div class="card"><Empty icon="users-round">
            <h2>{heading}</h2>
            <p>{next}</p>
            {all.map(|label| view! { <div class="btn-row"><ButtonLink href="/groups" label=label.to_owned()/></div> })}
        </Empty></div>
    }
    .into_any()
}

fn group_table(t: Lang, groups: Vec<GroupView>, now: Moment) -> AnyView {
    let columns = vec![
        always(t.groups_column_group()),
        spare(t.groups_column_admins(), 2),
        always(t.groups_column_members()),
        always(t.groups_column_hours()),
        spare(t.group_may_book(), 3),
        spare(t.group_next(), 3),
    ];
    let rows = groups.into_iter().map(|group| row(t, group, now)).collect();
    table("groups", t.groups_title(), columns, rows)
}

fn row(t: Lang, group: GroupView, now: Moment) -> Vec<Cell> {
    let GroupView { id, name, department, members, admins, has_admin, requests, archived, hours, .. } = group;
    let (may_book, next_booking) = (group.may_book, group.next_booking);
    let asks = requests.filter(|requests| *requests > 0).map(|requests| {
        view! { <span class="badge" data-tone="info">{t.groups_asks(requests)}</span> }
    });
    let under: Vec<_> = [department, if archived { t.equipment_away().to_owned() } else { String::new() }]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    let first = named(
        view! {
            <span class="group-name">
                <Mark name=name.clone() size="sm"/>
                <span><a class="name" href=format!("/groups/{id}")>{name.clone()}</a>" "{asks}<span class="s">{under.join(" · ")}</span></span>
            </span>
        }
        .into_any(),
        name,
    );
    let led = named(admins_of(t, &admins, has_admin || archived), admins.join(", "));
    let booked = hours.used + hours.ahead;
    let next = next_booking.map_or_else(|| "–".to_owned(), |at| t.exact(at, now));
    vec![
        first,
        led,
        sorted(members, members),
        sorted(hours_of(t, hours), booked),
        named(may_book.join(", ").into_any(), may_book.join(", ")),
        sorted(next, next_booking.map_or(i64::MAX, |at| at.at.0)),
    ]
}

/// Whether it booked more than a group may.
fn is_over(hours: GroupHours) -> bool {
    hours.most > 0 && hours.used + hours.ahead > u32::from(hours.most) * 60
}

/// `4 h 30 of 12 h`, with a bar.
fn hours_of(t: Lang, hours: GroupHours) -> AnyView {
    let booked = length(t, hours.used + hours.ahead);
    if hours.most == 0 {
        return booked.into_any();
    }
    let text = t.group_hours_of(&booked, &length(t, u32::from(hours.most) * 60));
    view! { <span class="quota" data-size="sm">{bar(hours, None)}<span class="num" data-over=is_over(hours).then_some("")>{text}</span></span> }
        .into_any()
}

/// Hours used and booked ahead in the width of the limit.
fn bar(hours: GroupHours, label: Option<String>) -> AnyView {
    let most = (u32::from(hours.most) * 60).max(1);
    let percent = |minutes: u32| (minutes.min(most) * 100 / most).to_string();
    let (used, ahead) = (percent(hours.used), percent(hours.ahead.min(most.saturating_sub(hours.used))));
    let (role, hidden) = (label.is_some().then_some("img"), label.is_none().then_some("true"));
    let starts = used.clone();
    view! {
        <svg viewBox="0 0 100 8" preserveAspectRatio="none" role=role aria-label=label aria-hidden=hidden>
            <rect class="left" width="100" height="8"/>
            <rect class="used" width=used height="8"/>
            <rect class="ahead" x=starts width=ahead height="8"/>
        </svg>
    }
    .into_any()
}

/// `1 h 30`; `0 h` for nothing.
fn length(t: Lang, minutes: u32) -> String {
    if minutes == 0 { "0 h".to_owned() } else { t.length(MINUTE * minutes) }
}

fn admins_of(t: Lang, admins: &[String], is_led: bool) -> AnyView {
    let (true, Some(first)) = (is_led, admins.first()) else {
        if is_led {
            return "–".into_any();
        }
        return view! { <span class="badge" data-tone="warn"><Icon name="triangle-alert"/>{t.groups_without_admin()}</span> }.into_any();
    };
    let words = match admins.len() {
        1 => first.clone(),
        more => t.groups_and_more(first, &(more - 1).to_string()),
    };
    view! { <span class="group-admins"><Avatar name=first.clone() size="sm"/><span>{words}</span></span> }
        .into_any()
}

/// The reader's groups, and those they can ask to join.
fn own_and_others(t: Lang, all: RwSignal<Groups>) -> AnyView {
    let list = move |is_own: bool| {
        all.with(|all| {
            all.groups.iter().filter(|group| group.role.is_some() == is_own).cloned().collect::<Vec<_>>()
        })
    };
    let section = move |is_own: bool, id: &'static str, heading: &'static str| {
        dynamic(move || {
            let groups = list(is_own);
            (!groups.is_empty()).then(|| {
                view! {
                    <section class="group" aria-labelledby=id>
                        <h2 class="group-head" id=id>{heading}</h2>
                        <ul class="list">{groups.into_iter().map(|group| line(t, group)).collect_view()}</ul>
                    </section>
                }
            })
        })
    };
    view! {
        {section(true, "mine", t.groups_mine())}
        {section(false, "others", t.groups_others())}
        {dynamic(move || all.with(|all| all.groups.is_empty()).then(|| none(t.groups_none(), t.groups_none_next(), None)))}
    }
    .into_any()
}

/// Department, if it has one, and number of members.
fn second_line(t: Lang, group: &GroupView) -> Vec<String> {
    let department = Some(group.department.clone()).filter(|department| !department.is_empty());
    department.into_iter().chain([t.groups_members(group.members)]).collect()
}

fn line(t: Lang, group: GroupView) -> AnyView {
    let mut second = second_line(t, &group);
    let GroupView { id, name, requests, role, asked, invited_until, .. } = group;
    let href = if role.is_some() { format!("/groups/{id}") } else { format!("/groups/{id}/join") };
    second.extend(requests.filter(|requests| *requests > 0).map(|requests| t.groups_asks(requests)));
    let state = match (asked, invited_until) {
        (_, Some(_)) => Some(t.groups_you_invited()),
        (Some(_), None) => Some(t.groups_you_asked()),
        (None, None) => role.filter(|role| *role == domain::groups::Role::Admin).map(|role| t.group_role(role)),
    };
    view! {
        <li><a class="item" href=href>
            <Mark name=name.clone() size="md"/>
            <span class="lines"><span class="t">{name}</span><span class="s">{second.join(" · ")}</span></span>
            <span class="tail">{state.map(|state| view! { <span class="muted">{state}</span> })}<Icon name="chevron-right"/></span>
        </a></li>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, html, visitor, words};
    use domain::{groups::Role, id::GroupId};

    pub(super) fn group(id: i64, name: &str, admins: &[&str]) -> GroupView {
        GroupView {
            id: GroupId(id),
            version: 1,
            name: name.into(),
            department: "Design department".into(),
            members: 14,
            admins: admins.iter().map(ToString::to_string).collect(),
            has_admin: !admins.is_empty(),
            requests: Some(0),
            role: None,
            asked: None,
            invitation: None,
            invited_until: None,
            hours: GroupHours { used: 0, ahead: 0, most: 12 },
            next_booking: None,
            may_book: Vec::new(),
            archived: false,
        }
    }

    fn page(address: &str, may_change: bool, groups: Vec<GroupView>) -> String {
        html(visitor(Lang::En), address, move || {
            let all = RwSignal::new(Groups { now: NOW, groups, may_change });
            view! { <Page all add=Call::new() import=Call::new()/> }
        })
    }

    #[test]
    fn managers_see_who_asks_and_groups_without_admin() {
        let asked = GroupView { requests: Some(2), ..group(1, "Bookbinders", &["Nora Kofler", "Ilaria Conti"]) };
        let groups = vec![
            asked,
            group(2, "Studio assistants", &[]),
            GroupView { archived: true, ..group(3, "Choir", &[]) },
        ];
        let html = page("/groups", true, groups.clone());
        let content = words(&html);
        assert!(content.contains("2 groups, 28 members") && content.contains("2 ask"), "{content}");
        assert!(content.contains("Nora Kofler, +1") && content.contains("no admin"), "{content}");
        assert!(!html.contains(r#"href="/groups/3""#) && html.contains(r#"name="admin""#), "{html}");
        let html = page("/groups?show=no-admin", true, groups.clone());
        assert!(html.contains(r#"href="/groups/2""#) && !html.contains(r#"href="/groups/1""#), "{html}");
        let html = page("/groups?q=kofler", true, groups);
        assert!(html.contains(r#"href="/groups/1""#) && !html.contains(r#"href="/groups/2""#), "{html}");
    }

    #[test]
    fn search_of_groups_matches_rooms_and_hours_over_the_limit() {
        let studio = GroupView { may_book: vec!["Studio B".into()], ..group(1, "Bookbinders", &["Nora"]) };
        let over = GroupHours { used: 600, ahead: 180, most: 12 };
        let busy = GroupView { hours: over, ..group(2, "Choir", &["Ada"]) };
        let html = page("/groups?q=studio", true, vec![studio.clone(), busy.clone()]);
        assert!(html.contains(r#"href="/groups/1""#) && !html.contains(r#"href="/groups/2""#), "{html}");
        let html = page("/groups?show=over", true, vec![studio, busy]);
        assert!(!html.contains(r#"href="/groups/1""#) && words(&html).contains("13 h of 12 h"), "{html}");
    }

    #[test]
    fn members_see_their_groups_before_others_that_they_can_ask_to_join() {
        let mine = GroupView { role: Some(Role::Admin), requests: Some(1), ..group(1, "Bookbinders", &[]) };
        let other = GroupView { requests: None, asked: Some(NOW), ..group(2, "Choir", &[]) };
        let html = page("/groups", false, vec![other, mine]);
        let content = words(&html);
        assert!(content.contains("My groups") && content.contains("1 asksAdmin"), "{content}");
        assert!(content.contains("Other groups") && content.contains("You asked"), "{content}");
        assert!(html.contains(r#"href="/groups/1""#) && html.contains(r#"href="/groups/2/join""#), "{html}");
        assert!(!html.contains(r#"name="admin""#), "{html}");
    }

    #[test]
    fn no_groups_or_none_found_show_the_next_step() {
        assert!(words(&page("/groups", true, vec![])).contains("A class, a lab, a project"));
        let html = page("/groups?show=archived", true, vec![group(1, "Bookbinders", &[])]);
        assert!(words(&html).contains("No group like this") && html.contains(r#"href="/groups""#), "{html}");
    }
}
