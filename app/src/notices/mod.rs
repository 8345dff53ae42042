//! Notices by day, newest first: opened, archived, restored.
//!
//! Invariant: opening one is a form, because reading changes the count; so it works without script, and
//! prefetching browsers mark nothing as read. Not here: the text of a notice (`text::notices`).

pub mod api;
pub(crate) mod bell;
pub mod deliveries;
pub(crate) mod follow;
mod keys;
pub mod settings;
pub mod unsubscribe;

use crate::{
    call::{Call, PageResource, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::loaded,
    ui::{
        answered::later,
        button::{ButtonLink, Kind as Press, Submit},
        changing::{dynamic, text},
        empty::Empty,
        form::{Form, hidden},
        icon::Icon,
        status::{Glyph, Status},
        toast::{Toast, Undo, refusals, undo_form},
    },
    visitor::use_visitor,
};
use api::{ArchiveNotices, OpenNotice, ReadAllNotices, RestoreNotices};
use contract::notices::{Filed, NoticeView, Notices, Which};
use domain::{
    id::NoticeId,
    live::Noun,
    notices::{Kind, Urgency},
    time::Moment,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use std::fmt::Display;

#[derive(Clone, Copy)]
struct Calls {
    open: Call<OpenNotice>,
    read_all: Call<ReadAllNotices>,
    archive: Call<ArchiveNotices>,
    restore: Call<RestoreNotices>,
}

impl Calls {
    fn new() -> Self {
        Self { open: Call::new(), read_all: Call::new(), archive: Call::new(), restore: Call::new() }
    }
}
fn load(calls: Calls) -> PageResource<Notices> {
    let (live, query) = (use_live(), use_query_map());
    let me = use_visitor().who.map_or(0, |me| me.id.0);
    let requested = Memo::new(move |_| {
        query.with(|query| {
            let which = match query.get_str("show") {
                Some("all") => Which::All,
                Some("archived") => Which::Archived,
                _ => Which::Unread,
            };
            (which, query.get_str("after").and_then(|id| id.parse().ok().map(NoticeId)))
        })
    });
    let changes = move || {
        let Calls { read_all, archive, restore, .. } = calls;
        [read_all.version(), archive.version(), restore.version()].map(|version| version.get())
    };
    page_resource(
        move || (live.about(Noun::Notices, me) + live.version(Noun::Announcements), changes(), requested.get()),
        |(_, _, (which, after))| api::list(which, after),
    )
}

/// The page at `/notices`.
pub fn notices_page() -> AnyView {
    let calls = Calls::new();
    let answers = load(calls);
    view! {
        <Title text=lang::current().notices_title()/>
        {loaded(5, answers, move |page| view! { <Page page calls/> }.into_any())}
        <Done calls/>
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<Notices>, calls: Calls) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    keys::listen();
    let which = Memo::new(move |_| page.with(|page| page.which));
    let unread = Memo::new(move |_| page.with(|page| page.unread));
    let some_read = Memo::new(move |_| page.with(|page| page.notices.iter().any(|one| one.read && !one.archived)));
    view! {
        <header class="page-head">
            <h1 tabindex="-1">{t.notices_title()}</h1>
            <p class="visually-hidden" role="status">{text(move || t.notices_count(unread.get()))}</p>
            <div class="push btn-row">
                {dynamic(move || (0 < unread.get()).then(|| view! {
                    <Form action=calls.read_all><Submit label=t.notices_read_all() kind=Press::Ghost busy=calls.read_all.pending()/></Form>
                }))}
                {dynamic(move || some_read.get().then(|| view! {
                    <Form action=calls.archive><Submit label=t.notices_archive_read() kind=Press::Ghost busy=calls.archive.pending()/></Form>
                }))}
                <ButtonLink href="/notices/settings" label=t.notice_settings_link() icon="sliders-horizontal"/>
            </div>
        </header>
        <nav class="segmented" aria-label=t.notices_show()>
            <Tab href="/notices" which=Which::Unread selected=which unread/>
            <Tab href="/notices?show=all" which=Which::All selected=which unread/>
            <Tab href="/notices?show=archived" which=Which::Archived selected=which unread/>
        </nav>
        {dynamic(move || {
            let page = page.get();
            Some(if page.notices.is_empty() { nothing(page.which) } else { days(page, calls) })
        })}
    }
}

/// A tab of the list, by the address, so that the back button returns to it.
#[component]
fn Tab(href: &'static str, which: Which, selected: Memo<Which>, unread: Memo<u32>) -> impl IntoView {
    let t = lang::current();
    let name = match which {
        Which::Unread => t.notices_which_unread(),
        Which::All => t.notices_which_all(),
        Which::Archived => t.notices_which_archived(),
    };
    let current = Signal::derive(move || (selected.get() == which).then_some("page"));
    view! {
        <a href=href aria-current=current>
            {name}
            {dynamic(move || {
                let count = unread.get();
                (which == Which::Unread && count > 0).then(|| view! { <span class="n">{count}</span> })
            })}
        </a>
    }
}

/// Whether this is not the first page of the list.
fn is_later() -> bool {
    use_query_map().with_untracked(|query| query.get_str("after").is_some())
}

/// Address of a tab's first page.
const fn address(which: Which) -> &'static str {
    match which {
        Which::Unread => "/notices",
        Which::All => "/notices?show=all",
        Which::Archived => "/notices?show=archived",
    }
}

fn nothing(which: Which) -> AnyView {
    let t = lang::current();
    // A later page can be empty while earlier ones are not.
    if is_later() {
        let newest = view! { <ButtonLink href=address(which) label=t.notices_newest() icon="chevron-left"/> };
        return view! { <div class="card"><Empty icon="bell"><h2>{t.notices_none_here()}</h2><div class="btn-row">{newest}</div></Empty></div> }
            .into_any();
    }
    let (icon, title, next) = match which {
        Which::Unread => ("circle-check", t.notices_none_unread(), t.notices_none_unread_next()),
        Which::All => ("bell", t.notices_none(), t.notices_none_next()),
        Which::Archived => ("archive", t.notices_none_archived(), t.notices_none_archived_next()),
    };
    view! { <div class="card"><Empty icon=icon><h2>{title}</h2><p>{next}</p></Empty></div> }.into_any()
}

/// The list grouped by day, with links to other pages.
fn days(page: Notices, calls: Calls) -> AnyView {
    let t = lang::current();
    let Notices { now, which, notices, next, .. } = page;
    let mut groups: Vec<(String, Vec<NoticeView>)> = Vec::new();
    for notice in notices {
        let day = text::time::capitalised(&t.day(notice.at, now));
        match groups.last_mut() {
            Some((last, group)) if *last == day => group.push(notice),
            _ => groups.push((day, vec![notice])),
        }
    }
    let groups = groups.into_iter().enumerate().map(|(at, (day, notices))| {
        let (id, labelled_by) = (format!("day-{at}"), format!("day-{at}"));
        view! {
            <section class="group" aria-labelledby=labelled_by>
                <h2 class="group-head" id=id>{day}</h2>
                <ul class="list">{notices.into_iter().map(|notice| view! { <Row notice now calls/> }).collect_view()}</ul>
            </section>
        }
    });
    let older = |next| format!("{}{}after={next}", address(which), if which == Which::Unread { '?' } else { '&' });
    view! {
        {groups.collect_view()}
        <div class="btn-row">
            {is_later().then(|| view! { <ButtonLink href=address(which) label=t.notices_newest()/> })}
            {next.map(|next| view! { <ButtonLink href=older(next) label=t.notices_older() icon="chevron-right"/> })}
        </div>
    }
    .into_any()
}

#[component]
fn Row(notice: NoticeView, now: Moment, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let NoticeView { id, told: reported, at, read, archived } = notice;
    let kind = reported.as_ref().map(|reported| reported.notice.kind());
    let message = reported.as_ref().map_or_else(|| t.hidden_notice(), |reported| t.notice(reported, now));
    let (title, about) = (message.title.clone(), message.title);
    let time = text::time::clock(at);
    view! {
        <li class="notice" data-unread=(!read).then_some("")>
            <div class="item" data-top>
                {tile(kind)}
                <div class="wide">
                    <div class="notice-head">
                        <Form action=calls.open>
                            {hidden("id", &id)}
                            <button class="t">{title}</button>
                        </Form>
                        <span class="tail push">
                            {(!read).then(|| view! { <span class="unread" role="img" aria-label=t.notices_unread()></span> })}
                            <time datetime=text::time::iso(at)>{time}</time>
                        </span>
                    </div>
                    <div class="notice-foot">
                        <p class="s">{message.next}</p>
                        {if archived {
                            view! {
                                <Form action=calls.restore>
                                    {hidden("ids[]", &id)}
                                    <Submit label=t.notice_restore() about kind=Press::Ghost/>
                                </Form>
                            }.into_any()
                        } else {
                            view! {
                                <Form action=calls.archive>
                                    {hidden("id", &id)}
                                    <Submit label=t.notice_archive() about kind=Press::Ghost/>
                                </Form>
                            }.into_any()
                        }}
                    </div>
                </div>
            </div>
        </li>
    }
}

/// Icon of a notice; `None` for one that may no longer be seen.
fn tile(kind: Option<Kind>) -> AnyView {
    let status =
        |status: Status| view! { <span class="tile" data-status=status.key()><Glyph status/></span> }.into_any();
    let name = match kind {
        Some(Kind::MachineUnsafe | Kind::MachineBlocked) => return status(Status::Blocked),
        Some(Kind::MachineFree) => return status(Status::Free),
        Some(Kind::MaintenanceDue) => return status(Status::Maintenance),
        Some(Kind::Granted | Kind::Unbanned | Kind::Expiring) => "shield-check",
        Some(Kind::Revoked | Kind::Banned | Kind::JobFailed) => "octagon-alert",
        Some(Kind::HoldPlaced | Kind::HoldLifted) => "hand",
        Some(Kind::StatusChanged) => "user-round",
        Some(Kind::GroupInvited | Kind::GroupAsked | Kind::GroupChanged | Kind::GroupWithoutAdmin) => {
            "users-round"
        }
        Some(Kind::DrawOpened | Kind::DrawClosed | Kind::DrawResult | Kind::DrawRenewed) => "ticket",
        Some(Kind::AddressBounced) => "mail",
        Some(Kind::SettingKept | Kind::SlackPaused) => "sliders-horizontal",
        Some(Kind::DocumentToSign | Kind::DocumentLapsing) => "scroll-text",
        None | Some(Kind::PasswordChanged | Kind::SecondFactorChanged | Kind::SignInMethodChanged) => "lock",
        Some(
            Kind::CardClaimed
            | Kind::CardGiven
            | Kind::ClaimRefused
            | Kind::DuesLate
            | Kind::DuesEnded
            | Kind::DuesCommandFailed
            | Kind::DirectorySync,
        ) => "id-card",
        Some(
            Kind::MeterBeyond
            | Kind::MachineUnswiped
            | Kind::ProblemReported
            | Kind::CalendarClash
            | Kind::CalendarLeftOut,
        ) => "triangle-alert",
        Some(Kind::ActuatorSilent | Kind::ActuatorFailed) => "plug",
        Some(Kind::WebhookPaused) => "network",
        Some(Kind::HelpAsked | Kind::HelpAnswered) => "handshake",
        Some(Kind::ProblemAcknowledged) => "eye",
        Some(Kind::ProblemResolved) => "circle-check",
        Some(
            Kind::UseCorrected
            | Kind::BookingAsked
            | Kind::BookingApproved
            | Kind::BookingMade
            | Kind::BookingRejected
            | Kind::BookingExpired
            | Kind::BookingCancelled
            | Kind::BookingMoved
            | Kind::BookingReminder
            | Kind::BookingReleased
            | Kind::BookingAtRisk
            | Kind::BookingClash
            | Kind::BookingOutage
            | Kind::BookingBack
            | Kind::BookingOffered
            | Kind::HandOverOffered
            | Kind::HandOverAccepted
            | Kind::HandOverDeclined
            | Kind::OfferLapsed
            | Kind::SeriesChanged
            | Kind::TimeFreed,
        ) => "clock",
        Some(
            Kind::CheckoutAsked
            | Kind::CheckoutWanted
            | Kind::CheckoutMoved
            | Kind::CheckoutAccepted
            | Kind::CheckoutRejected
            | Kind::CheckoutCancelled
            | Kind::CheckoutFailed
            | Kind::CheckoutReminder
            | Kind::CheckoutClash
            | Kind::EventInvited
            | Kind::EventLapsed
            | Kind::EventPlaced
            | Kind::EventMoved
            | Kind::EventCancelled
            | Kind::EventResult
            | Kind::EventReminder
            | Kind::EventResultsDue
            | Kind::EventHosted
            | Kind::TrainingAgain,
        ) => "graduation-cap",
        Some(Kind::Announced) => "megaphone",
    };
    let tone = kind.map(|kind| match kind.urgency() {
        Urgency::Safety => "bad",
        Urgency::Action => "warn",
        Urgency::Info => "go",
    });
    view! { <span class="tile" data-tone=tone><Icon name=name/></span> }.into_any()
}

/// The last archived or restored notices, with undo.
#[component]
fn Done(calls: Calls) -> impl IntoView {
    let t = lang::current();
    let Calls { archive, restore, .. } = calls;
    let last = later(archive, restore);
    let message = Signal::derive(move || {
        let Filed { archived, restored } = last.get()?;
        let count = u32::try_from(archived.len()).unwrap_or(u32::MAX);
        match (count, restored) {
            (0, 0) => None,
            (0, restored) => Some(t.notices_restored(restored)),
            (archived, _) => Some(t.notices_archived(archived)),
        }
    });
    let undo: Undo = Box::new(move || {
        let Filed { archived, .. } = last.get_untracked()?;
        let fields: Vec<_> = archived.iter().map(|id| ("ids[]", id as &dyn Display)).collect();
        (!fields.is_empty()).then(|| undo_form(restore, &fields))
    });
    view! { <Toast message undo refused=vec![refusals(archive), refusals(restore)]/> }
}
