//! Joining a group: by an invitation, by its link, or by asking.
//!
//! Invariant: the page says what a member can do and what not, before anybody joins.

use super::{mark::Mark, second_line};
use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::{ButtonLink, Kind as Press, Submit},
        changing::dynamic,
        form::{Form, hidden},
        icon::Icon,
    },
    visitor::use_visitor,
};
use contract::groups::{self, GroupPage, ReadGroupPage};
use domain::{id::GroupId, live::Noun};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::Lang;

type Join = Function<groups::JoinGroup>;
type Ask = Function<groups::AskToJoinGroup>;
type Decline = Function<groups::WithdrawGroupInvitation>;
type Withdraw = Function<groups::DeclineGroupRequest>;

#[derive(Debug, Clone, Copy)]
struct Calls {
    join: Call<Join>,
    ask: Call<Ask>,
    decline: Call<Decline>,
    withdraw: Call<Withdraw>,
}

/// The page at `/groups/{id}/join`.
pub fn join_page(group: GroupId) -> AnyView {
    let live = use_live();
    let calls = Calls { join: Call::new(), ask: Call::new(), decline: Call::new(), withdraw: Call::new() };
    let sent = move || {
        let Calls { join, ask, decline, withdraw } = calls;
        join.version().get() + ask.version().get() + decline.version().get() + withdraw.version().get()
    };
    let page: PageResource<GroupPage> =
        page_resource(move || (live.version(Noun::Groups), sent()), move |_| load(&ReadGroupPage { id: group }));
    live_page(lang::current().groups_title(), 3, page, move |page| view! { <Page page calls/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<GroupPage>, calls: Calls) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let key = Memo::new(move |_| query.with(|query| query.get("key").unwrap_or_default()));
    view! {
        <a class="crumb" href="/groups"><Icon name="chevron-left"/>{t.groups_title()}</a>
        {dynamic(move || Some(page.with(|page| content(t, page, &key.get(), calls))))}
    }
}

fn content(t: Lang, page: &GroupPage, key: &str, calls: Calls) -> AnyView {
    let group = &page.group;
    let second = second_line(t, group).join(" · ");
    let books = (!page.group.may_book.is_empty()).then(|| page.group.may_book.join(", "));
    let by = match (&page.invited_by, group.invited_until, key) {
        (Some(name), ..) => Some(t.group_join_invites(name)),
        (None, None, "") | (None, Some(_), _) => None,
        (None, None, _) => Some(t.group_join_link().to_owned()),
    };
    view! {
        <section class="card join" aria-labelledby="join">
            <div class="join-top"><Mark name=group.name.clone() size="lg"/>{by.map(|by| view! { <p class="muted">{by}</p> })}</div>
            <h1 id="join">{t.group_join_title(&group.name)}</h1>
            <p class="muted">{second}</p>
            <h2>{t.group_join_can()}</h2>
            <ul class="allows">
                {books.map(|rooms| allowed("check", t.group_join_book(&rooms), t.group_join_book_next()))}
                {allowed("check", t.group_join_see().to_owned(), t.group_join_see_next())}
                {allowed("check", t.group_join_leave().to_owned(), "")}
                {allowed("lock", t.group_join_machines().to_owned(), t.group_join_machines_next())}
            </ul>
            {actions(t, page, key, calls)}
        </section>
    }
    .into_any()
}

fn allowed(icon: &'static str, what: String, next: &'static str) -> AnyView {
    let is_not = icon != "check";
    view! { <li data-no=is_not.then_some("")><Icon name=icon/><span>{what}<span class="s">{next}</span></span></li> }.into_any()
}

fn actions(t: Lang, page: &GroupPage, key: &str, calls: Calls) -> AnyView {
    let group = page.group.id;
    if page.group.role.is_some() {
        let open = format!("/groups/{group}");
        return view! {
            <p>{t.group_member_of()}</p>
            <div class="btn-row"><ButtonLink href=open label=t.group_open().to_owned() kind=Press::Primary/></div>
        }
        .into_any();
    }
    let me = use_visitor().who.map(|me| me.id.to_string()).unwrap_or_default();
    if page.group.invited_until.is_some() || !key.is_empty() {
        let until = page.group.invited_until.map(|until| t.group_join_until(&t.until(until, page.now)));
        let decline = page.group.invitation.map(|invitation| {
            view! {
                <Form action=calls.decline>
                    {hidden("group", &group)}{hidden("invitation", &invitation)}
                    <Submit label=t.group_decline() busy=calls.decline.pending()/>
                </Form>
            }
        });
        let ids = view! { {hidden("group", &group)}{hidden("key", &key)} };
        return view! {
            {until.map(|until| view! { <p class="muted">{until}</p> })}
            <div class="btn-row">
                <Form action=calls.join>
                    {ids}
                    <Submit label=t.group_join() kind=Press::Primary busy=calls.join.pending()/>
                </Form>
                {decline}
            </div>
            {page.group.invited_until.is_none().then(|| request(t, page, me, calls))}
        }
        .into_any();
    }
    request(t, page, me, calls)
}

/// Asks to join, or withdraws the request.
fn request(t: Lang, page: &GroupPage, me: String, calls: Calls) -> AnyView {
    let group = page.group.id;
    if let Some(asked) = page.group.asked {
        return view! {
            <p>{t.group_asked(&t.recent(asked, page.now))}</p>
            <p class="muted">{t.group_asked_next()}</p>
            <Form action=calls.withdraw>
                {hidden("group", &group)}{hidden("person", &me)}
                <div class="btn-row"><Submit label=t.group_ask_withdraw() busy=calls.withdraw.pending()/></div>
            </Form>
        }
        .into_any();
    }
    let next = if page.group.has_admin { t.group_ask_next() } else { t.group_ask_nobody() };
    view! {
        <p class="muted">{next}</p>
        <Form action=calls.ask>
            {hidden("group", &group)}
            <div class="btn-row"><Submit label=t.group_ask() kind=Press::Primary busy=calls.ask.pending()/></div>
        </Form>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        groups::one::tests::page,
        testing::{NOW, ago, html, visitor, words},
    };
    use contract::groups::GroupView;
    use domain::{groups::Role, id::GroupInvitationId};

    fn render(address: &str, page: GroupPage) -> String {
        html(visitor(Lang::En), address, move || {
            let calls = Calls { join: Call::new(), ask: Call::new(), decline: Call::new(), withdraw: Call::new() };
            let page = RwSignal::new(page);
            view! { <Page page calls/> }
        })
    }

    #[test]
    fn invited_person_joins_or_declines_and_others_ask() {
        let group = page(false, None).group;
        let invited = GroupView { invitation: Some(GroupInvitationId(5)), invited_until: Some(NOW), ..group };
        let html = render(
            "/groups/1/join",
            GroupPage { group: invited, invited_by: Some("Li Wen".into()), ..page(false, None) },
        );
        assert!(words(&html).contains("Li Wen invites you"), "{html}");
        assert!(html.contains("?/groups/join") && html.contains("?/groups/withdraw"), "{html}");
        let html = render("/groups/1/join", page(false, None));
        assert!(html.contains("?/groups/ask") && !html.contains("?/groups/join"), "{html}");
    }

    #[test]
    fn key_of_the_link_is_sent_with_the_form() {
        let html = render("/groups/1/join?key=abc", page(false, None));
        assert!(
            html.contains(r#"name="key" value="abc""#) && words(&html).contains("You followed its link"),
            "{html}"
        );
    }

    #[test]
    fn request_under_way_can_be_withdrawn_and_a_member_goes_to_the_group() {
        let asked = GroupView { asked: Some(ago(5)), ..page(false, None).group };
        let html = render("/groups/1/join", GroupPage { group: asked, ..page(false, None) });
        assert!(html.contains("?/groups/decline") && words(&html).contains("You asked to join"), "{html}");
        let member = GroupView { role: Some(Role::Member), ..page(false, None).group };
        let html = render("/groups/1/join", GroupPage { group: member, ..page(false, None) });
        assert!(html.contains(r#"href="/groups/1""#) && !html.contains("?/groups/ask"), "{html}");
    }
}
