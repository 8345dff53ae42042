//! One group: its members, who asks to join, invitations, the link, and its name.
//!
//! Invariant: forms are there only for those who decide; the service checks it again. Not here: joining ([`super::join`]).

use super::{bar, length, mark::Mark, second_line};
use crate::{
    bookings::when,
    call::{Call, Function, PageResource, Posted, load, page_resource},
    clock::use_clock,
    equipment::fields::{PutAway, UndoArchive},
    lang,
    live::use_live,
    live_page::live_page,
    series::rule_in_words,
    ui::{
        answered::answered,
        avatar::Avatar,
        banner::{Banner, Tone},
        button::{ButtonLink, Kind as Press, Submit},
        changing::{dynamic, remount},
        form::{Field, Form, Summary, hidden, was_submitted},
        icon::Icon,
        list::LinkItem,
        register::Issued,
        select::Select,
        versions::{VERSION, Versioned, Versions, began},
    },
    visitor::use_visitor,
};
use contract::{
    bookings::Time,
    form::Link,
    groups::{self, GroupHours, GroupInvitation, GroupLink, GroupMember, GroupPage, GroupRequest, ReadGroupPage},
};
use domain::{
    bookings::State,
    draws::State as DrawState,
    groups::Role,
    id::{GroupId, PersonId},
    live::Noun,
    time::Moment,
};
use leptos::{prelude::*, server_fn::ServerFn};
use text::{Lang, time};

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
    // An open menu is not closed by news of anything else.
    let people = Memo::new(move |_| {
        page.with(|page| {
            (
                page.members.clone(),
                page.requests.clone(),
                page.invitations.clone(),
                page.decides,
                page.group.archived,
            )
        })
    });
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
            <div class="cluster">
                {dynamic(move || page.with(|page| next(t, page)))}
                {dynamic(move || page.with(|page| bookings(t, page)))}
                {dynamic(move || page.with(|page| series(t, page)))}
                {dynamic(move || page.with(|page| draws(t, page)))}
                {remount(move || {
                    people.with(|_| ());
                    Some(page.with_untracked(|page| members(t, page, calls)))
                })}
            </div>
            <div class="cluster">
                {dynamic(move || page.with(|page| notices(t, page)))}
                {dynamic(move || page.with(|page| (!page.group.may_book.is_empty()).then(|| may_book(t, &page.group.may_book))))}
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
    let book = page
        .books
        .then(|| view! { <ButtonLink href=format!("/book?group={}", group.id) label=t.group_book().to_owned() kind=Press::Primary/> });
    view! {
        <header class="group-head-row">
            <Mark name=group.name.clone() size="lg"/>
            <div><h1>{group.name.clone()}</h1><p class="muted">{second}</p></div>
            <div class="btn-row">{book}{join}</div>
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

/// The next booking, and the hours of the week against the limit.
fn next(t: Lang, page: &GroupPage) -> Option<AnyView> {
    let now = page.now;
    let first = page.bookings.first().map(|first| {
        let (time, name) = (when(t, Time { starts: first.starts, ends: first.ends }, now), first.name.clone());
        view! { <p class="eyebrow">{t.group_next()}</p><div><h2 class="next-big" id="next">{time}</h2><p class="muted">{name}</p></div> }
    });
    let GroupHours { used, ahead, .. } = page.group.hours;
    let hours =
        (page.group.hours.most > 0 && (used + ahead > 0 || page.books)).then(|| hours(t, page.group.hours));
    (first.is_some() || hours.is_some())
        .then(|| view! { <section class="card cluster">{first}{hours}</section> }.into_any())
}

/// Hours used, booked and left, as a bar and in words.
fn hours(t: Lang, hours: GroupHours) -> AnyView {
    let (used, ahead, most) = (hours.used, hours.ahead, u32::from(hours.most) * 60);
    let left = most.saturating_sub(used + ahead);
    let (used_text, ahead_text, most_text) = (length(t, used), length(t, ahead), length(t, most));
    let left_text = t.group_hours_left(&length(t, left));
    let label = format!(
        "{}, {}, {left_text} {}",
        t.group_hours_used(&used_text),
        t.group_hours_ahead(&ahead_text),
        t.group_hours_week(&most_text)
    );
    view! {
        <div class="quota">
            <p class="say"><b>{left_text}</b>" "<span>{t.group_hours_week(&most_text)}</span></p>
            {bar(hours, Some(label))}
            <ul class="legend">
                <li><i class="k-used"></i>{t.group_hours_used(&used_text)}</li>
                <li><i class="k-ahead"></i>{t.group_hours_ahead(&ahead_text)}</li>
                <li><i class="k-left"></i>{t.group_hours_free()}</li>
            </ul>
        </div>
    }
    .into_any()
}

/// The upcoming bookings.
fn bookings(t: Lang, page: &GroupPage) -> Option<AnyView> {
    let now = page.now;
    let is_shown = page.members.is_some() && !page.group.archived;
    let rows = page.bookings.iter().map(|one| {
        let by = one.by.as_deref().map(|name| t.group_bookings_by(name));
        let waits = (one.state == State::Pending).then(|| t.booking_state(State::Pending).to_owned());
        let time = when(t, Time { starts: one.starts, ends: one.ends }, now);
        let second: Vec<_> = [Some(time), by, waits].into_iter().flatten().collect();
        view! { <LinkItem href=format!("/bookings/{}", one.id) icon="calendar-check" title=one.name.clone() second=second.join(" · ")/> }
    });
    let rows = rows.collect_view();
    is_shown.then(|| {
        view! {
            <section class="group" aria-labelledby="bookings">
                <h2 class="group-head" id="bookings">{t.group_bookings()}</h2>
                {if page.bookings.is_empty() {
                    view! { <p class="muted">{t.group_bookings_none()}</p> }.into_any()
                } else {
                    view! { <ul class="list">{rows}</ul> }.into_any()
                }}
            </section>
        }
        .into_any()
    })
}

/// Its series, and the way to another.
fn series(t: Lang, page: &GroupPage) -> Option<AnyView> {
    let more = page.books.then(|| {
        let href = format!("/series/new?group={}", page.group.id);
        view! { <a class="link" href=href>{t.series_weekly()}</a> }
    });
    let rows = page.series.iter().map(|one| {
        let title = format!("{}, {} {}–{}", one.name, rule_in_words(t, &one.rule), one.from, one.to);
        let coming = t.series_to_come(&one.coming.to_string(), &one.dates.to_string());
        let second = match one.lost {
            0 => coming,
            1 => t.series_one_lost().to_owned(),
            lost => t.series_many_lost(&lost.to_string()),
        };
        view! { <LinkItem href=format!("/series/{}", one.id) icon="repeat" title second/> }
    });
    let rows = rows.collect_view();
    (more.is_some() || !page.series.is_empty()).then(|| {
        view! {
            <section class="group" aria-labelledby="series">
                <h2 class="group-head" id="series">{t.series_title()}</h2>
                <ul class="list">{rows}</ul>
                {more}
            </section>
        }
        .into_any()
    })
}

/// The draws in which it has wishes or can enter some.
fn draws(t: Lang, page: &GroupPage) -> Option<AnyView> {
    let rows = page.draws.iter().map(|one| {
        let wishes = t.group_wishes(&one.wishes.to_string(), &one.limit.to_string());
        let stage = match one.state {
            DrawState::Open => t.draws_until(&t.exact(one.closes, page.now)),
            DrawState::Completed => t.group_wishes_won(&one.won.to_string(), &one.wishes.to_string()),
            state => t.draw_state(state).to_owned(),
        };
        let second = if one.state == DrawState::Completed { stage } else { format!("{wishes} · {stage}") };
        view! { <LinkItem href=format!("/draws/{}", one.id) icon="ticket" title=one.name.clone() second/> }
    });
    let rows = rows.collect_view();
    (!page.draws.is_empty()).then(|| {
        view! {
            <section class="group" aria-labelledby="wishes">
                <h2 class="group-head" id="wishes">{t.group_draws()}</h2>
                <ul class="list">{rows}</ul>
            </section>
        }
        .into_any()
    })
}

/// The reader's notices about the group.
fn notices(t: Lang, page: &GroupPage) -> Option<AnyView> {
    let now = page.now;
    let rows = page.notices.iter().map(|one| {
        let message = one.told.as_ref().map_or_else(|| t.hidden_notice(), |told| t.notice(told, now));
        let href = one.told.as_ref().map_or_else(|| "/notices?show=all".to_owned(), |told| told.notice.link());
        let unread = (!one.read)
            .then(|| view! { <span class="unread" role="img" aria-label=t.notices_unread()></span> });
        let at = time::capitalised(&t.day(one.at, now));
        view! {
            <li><a class="item" href=href>
                <span class="lines"><span class="t">{message.title}</span><span class="s">{message.next}</span></span>
                <span class="tail">{unread}<time datetime=time::iso(one.at)>{at}</time></span>
            </a></li>
        }
    });
    let rows = rows.collect_view();
    (!page.notices.is_empty()).then(|| {
        view! {
            <section class="group" aria-labelledby="notices">
                <h2 class="group-head" id="notices">{t.group_notices()}</h2>
                <ul class="list">{rows}</ul>
            </section>
        }
        .into_any()
    })
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
    let withdraw = calls.withdraw;
    let ids = view! { {hidden("group", &group)}{hidden("invitation", &one.id)} };
    let about = name.to_owned();
    let withdraw = view! {
        <Form action=withdraw beside=true>
            {ids}<Submit label=t.group_withdraw() about kind=Press::Quiet busy=withdraw.pending()/>
        </Form>
    }
    .into_any();
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
pub(super) mod tests;
