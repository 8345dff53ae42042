//! One group: its members, who asks to join, invitations, the link, and its name.
//!
//! Invariant: forms are there only for those who decide; the service checks it again. Not here: joining ([`super::join`]).

use super::{mark::Mark, second_line};
use crate::{
    call::{Call, Function, PageResource, Posted, load, page_resource},
    clock::use_clock,
    equipment::fields::{PutAway, UndoArchive},
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        answered::answered,
        avatar::Avatar,
        banner::{Banner, Tone},
        button::{ButtonLink, Kind as Press, Submit},
        changing::{dynamic, remount},
        form::{Field, Form, Summary, hidden, was_submitted},
        icon::Icon,
        register::Issued,
        select::Select,
        versions::{VERSION, Versioned, Versions, began},
    },
    visitor::use_visitor,
};
use contract::{
    form::Link,
    groups::{self, GroupInvitation, GroupLink, GroupMember, GroupPage, GroupRequest, ReadGroupPage},
};
use domain::{
    groups::Role,
    id::{GroupId, PersonId},
    live::Noun,
    time::Moment,
};
use leptos::{prelude::*, server_fn::ServerFn};
use text::Lang;

type Save = Function<groups::SaveGroup>;
type Archive = Function<groups::ArchiveGroup>;
type Restore = Function<groups::RestoreGroup>;
type ChangeRole = Function<groups::ChangeGroupRole>;
type Remove = Function<groups::RemoveGroupMember>;
type Accept = Function<groups::AcceptGroupRequest>;
type Decline = Function<groups::DeclineGroupRequest>;
type Invite = Function<groups::InviteToGroup>;
type Withdraw = Function<groups::WithdrawGroupInvitation>;
type RenewLink = Function<groups::RenewGroupLink>;
type RevokeLink = Function<groups::RevokeGroupLink>;

#[derive(Debug, Clone, Copy)]
struct Calls {
    save: Call<Save>,
    archive: Call<Archive>,
    restore: Call<Restore>,
    role: Call<ChangeRole>,
    remove: Call<Remove>,
    accept: Call<Accept>,
    decline: Call<Decline>,
    invite: Call<Invite>,
    withdraw: Call<Withdraw>,
    renew: Call<RenewLink>,
    revoke: Call<RevokeLink>,
}

impl Calls {
    fn new() -> Self {
        Self {
            save: Call::new(),
            archive: Call::new(),
            restore: Call::new(),
            role: Call::new(),
            remove: Call::new(),
            accept: Call::new(),
            decline: Call::new(),
            invite: Call::new(),
            withdraw: Call::new(),
            renew: Call::new(),
            revoke: Call::new(),
        }
    }

    /// Number of submissions.
    fn sent(self) -> usize {
        let Self { save, archive, restore, role, remove, accept, decline, invite, withdraw, renew, revoke } = self;
        let about_group = save.version().get() + archive.version().get() + restore.version().get();
        let about_members = role.version().get() + remove.version().get() + accept.version().get();
        let about_others = decline.version().get() + invite.version().get() + withdraw.version().get();
        about_group + about_members + about_others + renew.version().get() + revoke.version().get()
    }
}

/// The page at `/groups/{id}`.
pub fn group_page(group: GroupId) -> AnyView {
    let (calls, live) = (Calls::new(), use_live());
    let page: PageResource<GroupPage> = page_resource(
        move || (live.version(Noun::Groups), calls.sent()),
        move |_| load(&ReadGroupPage { id: group }),
    );
    live_page(lang::current().groups_title(), 5, page, move |page| {
        view! { <Page page calls/><UndoArchive archive=calls.archive restore=calls.restore/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<GroupPage>, calls: Calls) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let fields =
        vec![Versioned::plain("name", t.equipment_name()), Versioned::plain("department", t.groups_department())];
    let renewed = answered(calls.renew);
    view! {
        <a class="crumb" href="/groups"><Icon name="chevron-left"/>{t.groups_title()}</a>
        {dynamic(move || Some(page.with(|page| head(t, page))))}
        <Versions action=calls.save fields/>
        {dynamic(move || page.with(|page| page.group.archived.then(|| archived(t, page, calls))))}
        <div role="status">{dynamic(move || renewed.get().map(|link| issued(t, link)))}</div>
        <Summary action=calls.role/>
        <Summary action=calls.remove/>
        <Summary action=calls.accept/>
        <Summary action=calls.decline/>
        <Summary action=calls.withdraw/>
        <div class="group-cols">
            // Not `dynamic`: an open menu would stay where it is, and be that of another person.
            <div class="cluster">{remount(move || Some(page.with(|page| members(t, page, calls))))}</div>
            <div class="cluster">
                {dynamic(move || page.with(|page| (!page.rooms.is_empty()).then(|| may_book(t, &page.rooms))))}
                {dynamic(move || page.with(|page| (page.decides && !page.group.archived).then(|| invitation(t, page, calls))))}
                {dynamic(move || page.with(|page| (page.decides && !page.group.archived).then(|| edit(t, page, calls))))}
            </div>
        </div>
    }
}

fn head(t: Lang, page: &GroupPage) -> AnyView {
    let group = &page.group;
    let second = second_line(t, group).join(" · ");
    let join = (group.role.is_none() && !group.archived)
        .then(|| view! { <ButtonLink href=format!("/groups/{}/join", group.id) label=t.group_join().to_owned() kind=Press::Primary/> });
    view! {
        <header class="group-head-row">
            <Mark name=group.name.clone() size="lg"/>
            <div><h1>{group.name.clone()}</h1><p class="muted">{second}</p></div>
            <div class="btn-row">{join}</div>
        </header>
    }
    .into_any()
}

fn archived(t: Lang, page: &GroupPage, calls: Calls) -> AnyView {
    let (id, name) = (page.group.id.to_string(), page.group.name.clone());
    let restore = page.decides.then(|| view! { <PutAway action=calls.restore id name back=true next=""/> });
    view! {
        <Banner tone=Tone::Warn icon="archive" title=t.group_is_archived().to_owned()>
            {t.group_is_archived_next()}{restore}
        </Banner>
    }
    .into_any()
}

/// The link just made.
fn issued(t: Lang, link: GroupLink) -> AnyView {
    let GroupLink { link: Link(path), .. } = link;
    let fields = vec![("link", t.group_link(), path)];
    view! { <Issued icon="users-round" title=t.group_link().to_owned() next=t.group_link_made() fields/> }
        .into_any()
}

/// Who asks to join, members, and invitations, in one list.
fn members(t: Lang, page: &GroupPage, calls: Calls) -> AnyView {
    let Some(all) = &page.members else {
        return view! { <p class="muted">{t.group_members_hidden()}</p> }.into_any();
    };
    let group = page.group.id;
    let admins = all.iter().filter(|member| member.role == Role::Admin).count();
    let admins = match u32::try_from(admins).unwrap_or(u32::MAX) {
        0 => t.groups_without_admin().to_owned(),
        admins => t.groups_admins(admins),
    };
    let requests = page.requests.iter().map(|one| request(t, group, one, page.now, calls));
    let members = all.iter().map(|one| member(t, page, one, calls));
    let invitations = page.invitations.iter().map(|one| invited(t, group, one, page.now, calls));
    let rows: Vec<_> = requests.chain(members).chain(invitations).collect();
    view! {
        <section class="group" aria-labelledby="members">
            <h2 class="group-head" id="members">{t.groups_column_members()}" "<span class="n">{format!("{}, {admins}", all.len())}</span></h2>
            <ul class="list members">{rows}</ul>
        </section>
    }
    .into_any()
}

/// A button that does one thing about `person`; the reason of a refusal is above the list.
fn action<F: Posted>(
    call: Call<F>,
    group: GroupId,
    person: PersonId,
    label: &'static str,
    about: &str,
    kind: Press,
) -> AnyView {
    let (ids, about) = (view! { {hidden("group", &group)}{hidden("person", &person)} }, about.to_owned());
    view! { <Form action=call beside=true>{ids}<Submit label about kind busy=call.pending()/></Form> }.into_any()
}

fn request(t: Lang, group: GroupId, one: &GroupRequest, now: Moment, calls: Calls) -> AnyView {
    let (person, name) = (one.person, one.name.as_str());
    let accept = action(calls.accept, group, person, t.group_accept(), name, Press::Quiet);
    let decline = action(calls.decline, group, person, t.group_decline(), name, Press::Ghost);
    row(name, t.group_asks(&t.recent(one.asked, now)), view! { {accept}{decline} }.into_any(), true)
}

fn member(t: Lang, page: &GroupPage, one: &GroupMember, calls: Calls) -> AnyView {
    let (group, person, name) = (page.group.id, one.person, one.name.as_str());
    let is_own = use_visitor().who.is_some_and(|me| me.id == person);
    let since = t.month_and_year(one.since);
    let second = match (is_own, one.on_hold) {
        (true, _) => t.group_you_since(&since),
        (false, true) => t.group_on_hold().to_owned(),
        (false, false) => t.group_since(&since),
    };
    let (to, label) = match one.role {
        Role::Admin => (Role::Member, t.group_make_member()),
        Role::Member => (Role::Admin, t.group_make_admin()),
    };
    let change = page.decides.then(|| role_form(calls, group, person, to, label, name));
    let leave = (page.decides || is_own).then(|| {
        let label = if is_own { t.group_leave() } else { t.group_remove() };
        action(calls.remove, group, person, label, name, Press::Danger)
    });
    let more = leave.map(|leave| more(t.group_more(name), view! { {change}{leave} }.into_any()));
    let role = (one.role == Role::Admin).then(|| view! { <span class="role">{t.group_role(Role::Admin)}</span> });
    row(name, second, view! { {role}{more} }.into_any(), false)
}

fn role_form(
    calls: Calls,
    group: GroupId,
    person: PersonId,
    to: Role,
    label: &'static str,
    about: &str,
) -> AnyView {
    let about = about.to_owned();
    view! {
        <Form action=calls.role beside=true>
            {hidden("group", &group)}{hidden("person", &person)}{hidden("role", &to.as_str())}
            <Submit label about busy=calls.role.pending()/>
        </Form>
    }
    .into_any()
}

fn invited(t: Lang, group: GroupId, one: &GroupInvitation, now: Moment, calls: Calls) -> AnyView {
    let name = one.name.as_str();
    let second = t.group_invited(&t.day(one.invited, now), &t.day(one.expires, now));
    let withdraw = action(calls.withdraw, group, one.person, t.group_withdraw(), name, Press::Quiet);
    row(name, second, more(t.group_more(name), withdraw), false)
}

fn row(name: &str, second: String, tail: AnyView, asks: bool) -> AnyView {
    let name = name.to_owned();
    view! {
        <li data-asks=asks.then_some("")>
            <Avatar name=name.clone() size="md"/>
            <div><p class="t">{name}</p><p class="s">{second}</p></div>
            <div class="tail">{tail}</div>
        </li>
    }
    .into_any()
}

/// The actions on a row that are rarely needed.
fn more(label: String, actions: AnyView) -> AnyView {
    view! { <details class="row-more"><summary class="btn" data-kind="ghost" aria-label=label>"⋯"</summary><div class="acts">{actions}</div></details> }
        .into_any()
}

fn may_book(t: Lang, rooms: &[String]) -> AnyView {
    view! {
        <section class="group" aria-labelledby="may-book">
            <h2 class="group-head" id="may-book">{t.group_may_book()}</h2>
            <div class="card"><p class="t">{rooms.join(", ")}</p><p class="muted">{t.group_may_book_next()}</p></div>
        </section>
    }
    .into_any()
}

/// Invites by address, or by the link.
fn invitation(t: Lang, page: &GroupPage, calls: Calls) -> AnyView {
    let group = page.group.id;
    let roles = [Role::Member, Role::Admin].map(|role| (role.as_str().to_owned(), t.group_role(role).to_owned()));
    let until = page.link_until.map(|until| t.group_link_until(&t.until(until, page.now)));
    let revoke = until.is_some().then(|| {
        view! {
            <Form action=calls.revoke>
                {hidden("id", &group)}
                <Submit label=t.group_link_revoke() kind=Press::Ghost busy=calls.revoke.pending()/>
            </Form>
        }
    });
    view! {
        <section class="card" aria-labelledby="invite">
            <div class="card-head"><h2 id="invite">{t.group_invite_title()}</h2></div>
            <Form action=calls.invite afresh=true>
                {hidden("group", &group)}
                <Field name="email" kind="email" label=t.group_email() hint=t.group_invite_next() autocomplete="off"/>
                <Select name="role" label=t.groups_role() options=roles.to_vec() chosen=Signal::stored(Role::Member.as_str().to_owned())/>
                <div class="btn-row"><Submit label=t.group_invite() kind=Press::Primary busy=calls.invite.pending()/></div>
            </Form>
            <h3>{t.group_link()}</h3>
            <p class="muted">{until.unwrap_or_else(|| t.group_link_next().to_owned())}</p>
            <div class="btn-row">
                <Form action=calls.renew>{hidden("id", &group)}<Submit label=t.group_link_make() busy=calls.renew.pending()/></Form>
                {revoke}
            </div>
        </section>
    }
    .into_any()
}

/// Renames or archives the group.
fn edit(t: Lang, page: &GroupPage, calls: Calls) -> AnyView {
    let (saved, id, name) = (page.saved.clone(), page.group.id, page.group.name.clone());
    view! {
        <details class="deed" open=was_submitted(Save::PATH)>
            <summary>{t.group_edit()}</summary>
            <Form action=calls.save>
                {hidden("id", &id)}{hidden(VERSION, &saved.version)}{began(&saved.fields)}
                <Field name="name" label=t.equipment_name() value=saved.value("name").to_owned() autocomplete="off"/>
                <Field name="department" label=t.groups_department() hint=t.groups_department_hint() value=saved.value("department").to_owned() autocomplete="off"/>
                <div class="btn-row"><Submit label=t.equipment_save() kind=Press::Primary busy=calls.save.pending()/></div>
            </Form>
        </details>
        <details class="deed" open=was_submitted(Archive::PATH)>
            <summary>{t.equipment_archive()}</summary>
            <PutAway action=calls.archive id=id.to_string() name back=false next=t.group_archive_next()/>
        </details>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
pub(super) mod tests {
    use super::*;
    use crate::{
        groups::tests::group,
        testing::{NOW, ago, html, visitor, words},
        visitor::{Me, Visitor},
    };
    use domain::{actor::Rank, versions::Saved};

    pub(in crate::groups) fn page(decides: bool, members: Option<Vec<GroupMember>>) -> GroupPage {
        GroupPage {
            now: NOW,
            group: group(1, "Bookbinders", &["Nora Kofler"]),
            saved: Saved::new(3, vec![("name", "Bookbinders".into()), ("department", "Design".into())]),
            invited_by: None,
            members,
            requests: Vec::new(),
            invitations: Vec::new(),
            rooms: vec!["Studio B".into()],
            link_until: None,
            decides,
        }
    }

    fn member(id: i64, name: &str, role: Role) -> GroupMember {
        GroupMember { person: PersonId(id), name: name.into(), role, since: ago(60 * 24 * 40), on_hold: false }
    }

    fn render(page: GroupPage) -> String {
        html(visitor(Lang::En), "/groups/1", move || {
            let page = RwSignal::new(page);
            view! { <Page page calls=Calls::new()/> }
        })
    }

    #[test]
    fn admin_answers_requests_first_and_can_change_and_invite_members() {
        let members = vec![member(7, "Nora Kofler", Role::Admin), member(8, "Ada", Role::Member)];
        let requests = vec![GroupRequest { person: PersonId(9), name: "Deniz".into(), asked: ago(120) }];
        let html = render(GroupPage { requests, ..page(true, Some(members)) });
        let (asks, first) = (html.find("Deniz").unwrap(), html.find("Nora Kofler").unwrap());
        assert!(asks < first, "{html}");
        for part in [
            r#"aria-label="Accept: Deniz""#,
            r#"aria-label="Make admin: Ada""#,
            r#"aria-label="Remove from group: Ada""#,
            r#"action="?/groups/invite""#,
            r#"name="version" value="3""#,
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert!(words(&html).contains("2, 1 admin") && words(&html).contains("Studio B"), "{html}");
    }

    #[test]
    fn member_can_leave_and_nothing_else() {
        let me = member(7, "Sam", Role::Member);
        let page = page(false, Some(vec![member(8, "Nora Kofler", Role::Admin), me]));
        let who = Me {
            id: PersonId(7),
            name: "Sam".into(),
            rank: Rank::Member,
            asleep: false,
            auditor: false,
            trains: false,
        };
        let sam = Visitor { who: Some(who), ..visitor(Lang::En) };
        let html = html(sam, "/groups/1", move || {
            let page = RwSignal::new(page);
            view! { <Page page calls=Calls::new()/> }
        });
        assert!(!html.contains("?/groups/invite") && !html.contains("?/groups/role"), "{html}");
        assert_eq!(html.matches("?/groups/remove").count(), 1, "{html}");
        assert!(html.contains(r#"aria-label="Leave group: Sam""#), "{html}");
    }

    #[test]
    fn stranger_sees_no_members_and_where_to_join() {
        let html = render(page(false, None));
        assert!(words(&html).contains("Members see each other here."), "{html}");
        assert!(html.contains(r#"href="/groups/1/join""#), "{html}");
    }
}
