//! Booking requests waiting for the reader: the queue, and beside it the details of the open one.
//!
//! Invariant: the request that expires first comes first. Answered in place, by button or key; then the next one
//! opens.

use super::{
    api::{self, DecideBooking, MoveBooking},
    brief, clocks,
    mine::seen,
    when,
};
use crate::{
    call::{Call, page_resource},
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        avatar::Avatar,
        button::{ButtonLink, Kind, Submit},
        changing::{RemountFor, dynamic, text},
        chip::Chip,
        empty::Empty,
        form::{Form, Summary, hidden, was_submitted},
        held::{Held, HeldForm, HeldSummary, HeldToast},
        icon::Icon,
        keys,
        text_area::TextArea,
    },
};
use contract::bookings::{Block, BookingRequest, Requests, Time};
use domain::{bookings::BookingAction, id::BookingId, live::Noun, pictures::Subject, time::Moment};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use text::{Lang, time};

#[derive(Debug, Clone, Copy)]
struct Calls {
    decide: Call<DecideBooking>,
    moved: Call<MoveBooking>,
    held: Held,
}

/// The page at `/bookings/requests`.
pub fn requests_page() -> AnyView {
    let (live, decide) = (use_live(), Call::new());
    let calls = Calls { decide, moved: Call::new(), held: Held::new(decide) };
    let source = move || (live.version(Noun::Bookings), calls.decide.version().get(), calls.held.version());
    let answers = page_resource(source, |_| api::requests());
    live_page(lang::current().requests_title(), 5, answers, move |requests| {
        view! { <Page requests calls/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(requests: RwSignal<Requests>, calls: Calls) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    // A decided request is hidden, though it can still be undone.
    let requests = Memo::new(move |_| {
        requests.with(|all| {
            let left = all
                .requests
                .iter()
                .filter(|request| !calls.held.hides((request.booking.id.0, request.booking.version)));
            Requests { now: all.now, requests: left.cloned().collect() }
        })
    });
    let requested = Memo::new(move |_| {
        query.with(|query| query.get_str("open").and_then(|id| id.parse().ok()).map(BookingId))
    });
    let moved = RwSignal::new(None::<BookingId>);
    let conflicts = Memo::new(move |_| query.with(|query| query.get_str("show") == Some("conflicts")));
    // The opened request while it waits; otherwise the first.
    let open = Memo::new(move |_| {
        requests.with(|requests| {
            let has = |id: &BookingId| requests.requests.iter().any(|request| request.booking.id == *id);
            let first = requests
                .requests
                .iter()
                .find(|request| request.conflicts || !conflicts.get())
                .map(|request| request.booking.id);
            moved.get().filter(has).or(requested.get().filter(has)).or(first)
        })
    });
    let step = move |by: isize| {
        requests.with_untracked(|requests| {
            let listed: Vec<_> = requests
                .requests
                .iter()
                .filter(|request| request.conflicts || !conflicts.get_untracked())
                .collect();
            let at = listed.iter().position(|request| Some(request.booking.id) == open.get_untracked());
            let next = at.and_then(|at| at.checked_add_signed(by)).and_then(|at| listed.get(at));
            if let Some(next) = next {
                moved.set(Some(next.booking.id));
            }
        });
    };
    Effect::new(move |_| {
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            if keys::is_meant(&event) {
                match event.key().as_str() {
                    "j" | "J" => step(1),
                    "k" | "K" => step(-1),
                    "a" | "A" => keys::click("#approve button"),
                    "r" | "R" => {
                        // The key must not be typed into the reason field it opens.
                        event.prevent_default();
                        keys::unfold("#reject");
                    }
                    "z" | "Z" => keys::click(".toast .btn"),
                    "o" | "O" => keys::click("#other > summary"),
                    _ => {}
                }
            }
        });
        on_cleanup(move || handle.remove());
    });
    let fresh = RemountFor::new();
    view! {
        <header class="page-head">
            <h1>{t.requests_title()}</h1>
            <p class="sub">{text(move || requests.with(|all| waiting(t, all)))}</p>
            <span class="push"><ButtonLink href="/bookings" label=t.bookings_title().to_owned() kind=Kind::Ghost/></span>
        </header>
        <div><Summary action=calls.decide/><HeldSummary held=calls.held/><Summary action=calls.moved/></div>
        <HeldToast held=calls.held/>
        {dynamic(move || Some(requests.with(|all| {
            if all.requests.is_empty() {
                return view! {
                    <div class="card"><Empty icon="inbox"><h2>{t.requests_none()}</h2><p>{t.requests_none_next()}</p></Empty></div>
                }.into_any();
            }
            let now = all.now;
            let only = conflicts.get();
            let gone = requested.get().filter(|id| !all.requests.iter().any(|request| request.booking.id == *id));
            let opened = open.get().and_then(|id| all.requests.iter().find(|request| request.booking.id == id).cloned());
            view! {
                <div class="moderate">
                    {queue(t, all, only, gone.is_some(), open)}
                    {opened.map(|request| fresh.draw((request.booking.id.0, 0), detail(t, &request, now, calls)))}
                </div>
            }.into_any()
        })))}
    }
}

/// Address of the applicant's picture, if they have one.
fn face(request: &BookingRequest) -> Option<String> {
    let (person, added) = request.booking.person.zip(request.picture)?;
    Some(Subject::Person(person).src(added, true))
}

fn row(t: Lang, request: &BookingRequest, now: Moment, open: Memo<Option<BookingId>>, only: bool) -> AnyView {
    let show = if only { "&show=conflicts" } else { "" };
    let booking = request.booking.clone();
    let (id, span) = (booking.id, Time { starts: booking.starts, ends: booking.ends });
    let name = booking.person_name.unwrap_or_else(|| t.checkouts_former().to_owned());
    let flag = request.checks.iter().find(|check| !check.fits).map(|check| check.message.clone());
    let current = Signal::derive(move || (open.get() == Some(id)).then_some("true"));
    view! {
        <li class="inbox-row" aria-current=current><a class="item" href=format!("/bookings/requests?open={id}{show}")>
            <Avatar name=name.clone() size="md" picture=face(request)/>
            <span><span class="t">{name}</span>
                <span class="s">{booking.name}" · "{when(t, span, now)}</span>
                {flag.map(|flag| view! { <span class="flag"><Icon name="triangle-alert"/>{flag}</span> })}
            </span>
            <span class="tail">{t.length(request.expires.at.since(now.at))}</span>
        </a></li>
    }
    .into_any()
}

/// The waiting requests: those that expire today, and the others.
fn queue(t: Lang, all: &Requests, only: bool, gone: bool, open: Memo<Option<BookingId>>) -> AnyView {
    let (now, today) = (all.now, all.now.wall().date);
    let (count, against) = (all.requests.len(), all.requests.iter().filter(|request| request.conflicts).count());
    let groups = [(t.requests_today(), true), (t.requests_later(), false)].map(|(title, expires_today)| {
        let is_listed = |request: &&BookingRequest| {
            (request.conflicts || !only) && (request.expires.wall().date <= today) == expires_today
        };
        let listed: Vec<_> =
            all.requests.iter().filter(is_listed).map(|request| row(t, request, now, open, only)).collect();
        let count = listed.len();
        (count > 0).then(|| {
            view! {
                <section class="group">
                    <h2 class="group-head">{title}<span class="n">{count}</span></h2>
                    <ul class="list" role="list">{listed}</ul>
                </section>
            }
        })
    });
    let is_bare = groups.iter().all(Option::is_none);
    view! {
        <section class="queue" aria-label=t.requests_title()>
            <nav class="chips" aria-label=t.requests_show()>
                <Chip href="/bookings/requests" label=t.requests_all() current=Signal::stored(!only) count=Signal::stored(count)/>
                <Chip href="/bookings/requests?show=conflicts" label=t.requests_conflicts() current=Signal::stored(only) count=Signal::stored(against)/>
            </nav>
            {gone.then(|| view! { <p class="why"><Icon name="info"/><span>{t.requests_gone()}</span></p> })}
            {groups.into_iter().flatten().collect_view()}
            {is_bare.then(|| view! { <p class="muted">{t.requests_no_conflicts()}</p> })}
            <p class="keys only-wide">
                <span><kbd>"J"</kbd><kbd>"K"</kbd>{t.keys_move()}</span>
                <span><kbd>"A"</kbd>{t.booking_action(BookingAction::Approve)}</span>
                <span><kbd>"R"</kbd>{t.booking_action(BookingAction::Reject)}</span>
                <span><kbd>"O"</kbd>{t.requests_other()}</span>
                <span><kbd>"Z"</kbd>{t.undo()}</span>
            </p>
        </section>
    }
    .into_any()
}

/// How many are waiting, and how long the first can.
fn waiting(t: Lang, all: &Requests) -> String {
    let count = t.requests_waiting(u32::try_from(all.requests.len()).unwrap_or(u32::MAX));
    let first = all.requests.first().map(|first| t.requests_first(&t.length(first.expires.at.since(all.now.at))));
    [Some(count), first].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Other times that would be free.
fn other_times(t: Lang, request: &BookingRequest, now: Moment, moved: Call<MoveBooking>) -> AnyView {
    let booking = &request.booking;
    let minutes = super::length_of(Time { starts: booking.starts, ends: booking.ends }).as_secs() / 60;
    let options = request.instead.iter().enumerate().map(|(at, time)| {
        view! {
            <label class="option">
                <input type="radio" name="choice" value=format!("{}@{}", booking.resource, time.starts.at.0) checked=at == 0/>
                <b>{when(t, *time, now)}</b>
            </label>
        }
    });
    let options = options.collect_view();
    let (id, version) = (booking.id.to_string(), booking.version);
    view! {
        <details class="declining" id="other">
            <summary class="btn">{t.requests_other()}</summary>
            {if request.instead.is_empty() {
                view! { <p class="small muted">{t.requests_other_none()}</p> }.into_any()
            } else {
                view! {
                    <Form action=moved beside=true>
                        {hidden("id", &id)}
                        {seen(Some(version))}
                        {hidden("minutes", &minutes)}
                        <fieldset class="instead"><legend class="small muted">{t.requests_other_next()}</legend>{options}</fieldset>
                        <div class="btn-row"><Submit label=t.requests_move() busy=moved.pending()/></div>
                    </Form>
                }.into_any()
            }}
        </details>
    }
    .into_any()
}

fn detail(t: Lang, request: &BookingRequest, now: Moment, calls: Calls) -> AnyView {
    let booking = request.booking.clone();
    let span = Time { starts: booking.starts, ends: booking.ends };
    let name = booking.person_name.clone().unwrap_or_else(|| t.checkouts_former().to_owned());
    let history = request.history;
    let checks = request.checks.iter().map(|check| {
        let icon = if check.fits { "check" } else { "triangle-alert" };
        view! { <li data-warn=(!check.fits).then_some("")><Icon name=icon/>{check.message.clone()}</li> }
    });
    let checks = checks.collect_view();
    let numbers = [
        (t.requests_came(), history.came.to_string()),
        (t.requests_missed(), history.no_shows.to_string()),
        (t.requests_late(), history.late.to_string()),
        (t.requests_approved(), t.requests_of(&history.approved.0.to_string(), &history.approved.1.to_string())),
    ];
    let day = brief(t, span.starts.wall().date);
    let title = format!("{}, {day}, {}", booking.name, clocks(span));
    let label = title.clone();
    let since = t.requests_held(&t.exact(booking.asked, now), &t.exact(request.expires, now));
    let person = booking.person.map(|person| format!("/people/{person}"));
    view! {
        <section class="detail" aria-label=label>
            <header class="detail-head"><p class="eyebrow"><Icon name="clock"/>{since}</p><h2>{title}</h2></header>
            <div class="person-line"><Avatar name=name.clone() size="md" picture=face(request)/><div><p class="t">{name.clone()}</p>
                {person.map(|href| view! { <a class="link" href=href>{t.requests_person()}</a> })}</div></div>
            <section class="stack"><h3>{t.date(span.starts, now)}</h3>{lanes(t, request)}</section>
            <section class="stack"><h3>{t.requests_checks()}</h3><ul class="checks">{checks}</ul></section>
            <section class="stack"><h3>{t.requests_history()}</h3>
                <dl class="history">{numbers.map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> }).collect_view()}</dl>
            </section>
            <div class="decide btn-row">
                <div id="approve">{approve(t, (booking.id, booking.version), &name, Kind::Primary, calls.held)}</div>
                {reject(t, (booking.id, booking.version), &name, "reject", Signal::stored(false), calls.held)}
                {other_times(t, request, now, calls.moved)}
            </div>
        </section>
    }
    .into_any()
}

/// The button that approves this version of a booking; it can be undone for a moment.
pub(crate) fn approve(t: Lang, (id, version): (BookingId, i64), name: &str, kind: Kind, held: Held) -> AnyView {
    let (about, message) = (name.to_owned(), t.request_approved(name));
    view! {
        <HeldForm held about=(id.0, version) name=name.to_owned() message>
            {hidden("id", &id)}
            {seen(Some(version))}
            {hidden("action", &BookingAction::Approve.as_str())}
            <Submit label=t.booking_action(BookingAction::Approve) about kind/>
        </HeldForm>
    }
    .into_any()
}

/// The button that declines, with the reason below it.
pub(crate) fn reject(
    t: Lang,
    (id, version): (BookingId, i64),
    name: &str,
    place: &'static str,
    opens: Signal<bool>,
    held: Held,
) -> AnyView {
    let (about, message) = (name.to_owned(), t.request_rejected(name));
    let was_submitted = was_submitted(DecideBooking::PATH);
    let note = held.input(id.0, "note").unwrap_or_default();
    let was_refused = !note.is_empty();
    let is_open = Signal::derive(move || was_submitted || was_refused || opens.get());
    view! {
        <details class="declining" id=place open=is_open>
            <summary class="btn">{t.booking_action(BookingAction::Reject)}</summary>
            <HeldForm held about=(id.0, version) name=name.to_owned() message needs="note">
                {hidden("id", &id)}
                {seen(Some(version))}
                {hidden("action", &BookingAction::Reject.as_str())}
                <TextArea name="note" id="why-not" label=t.checkout_note_why() value=note/>
                <div class="btn-row"><Submit label=t.booking_action(BookingAction::Reject) about/></div>
            </HeldForm>
        </details>
    }
    .into_any()
}

/// That day of the machine or room, and the applicant's other bookings.
fn lanes(t: Lang, request: &BookingRequest) -> AnyView {
    let (first, last) = (u32::from(request.hours.0) * 4, u32::from(request.hours.1) * 4);
    let width = last.saturating_sub(first).max(1);
    let place = |quarter: u8| u32::from(quarter).clamp(first, last) - first;
    let bars = |blocks: &[Block]| {
        let bars = blocks.iter().map(|block| {
            let k = if block.booking == Some(request.booking.id) { "asked" } else { "taken" };
            let (from, to) = (place(block.from), place(block.to));
            view! { <rect data-k=k x=from.to_string() width=to.saturating_sub(from).to_string() height="10"/> }
        });
        bars.collect_view()
    };
    let words = |blocks: &[Block]| {
        let message = blocks.iter().map(|block| {
            let clocks = format!("{}–{}", time::clock(block.starts), time::clock(block.ends));
            match &block.who {
                Some(who) => format!("{who} {clocks}"),
                None => clocks,
            }
        });
        message.collect::<Vec<_>>().join(", ")
    };
    let day = words(&request.day);
    let own = if request.own.is_empty() { t.requests_own_none().to_owned() } else { words(&request.own) };
    // Each at its place of the day, in per cent; the first and the last stay inside.
    let hours = (request.hours.0..=request.hours.1).step_by(2).map(|hour| {
        let at = (u32::from(hour) * 4).saturating_sub(first) * 1_000 / width;
        let anchor = match at {
            0 => "start",
            1_000.. => "end",
            _ => "middle",
        };
        view! { <text x=format!("{}.{}%", at / 10, at % 10) y="1em" text-anchor=anchor>{hour}</text> }
    });
    view! {
        <div class="lanes">
            <span class="l"><b>{request.booking.name.clone()}</b></span>
            <svg class="quarters" viewBox=format!("0 0 {width} 10") preserveAspectRatio="none" role="img" aria-label=day.clone()>{bars(&request.day)}</svg>
            <span class="l">{t.requests_own()}</span>
            <svg class="quarters" data-ground="quiet" viewBox=format!("0 0 {width} 10") preserveAspectRatio="none" role="img" aria-label=own>{bars(&request.own)}</svg>
            <svg class="q-ticks" aria-hidden="true">{hours.collect_view()}</svg>
        </div>
        <p class="small muted">{day}</p>
    }
    .into_any()
}
