//! Requests that wait for whoever looks: the queue, and beside it what speaks for the one that is open and against it.
//!
//! Invariant: what expires first is first. Answered in place, by button or key; the next one opens by itself.

use super::{
    api::{self, DecideBooking},
    brief, clocks,
    mine::{Act, seen},
    when,
};
use crate::{
    call::{Call, asked},
    lang,
    live::use_live,
    ui::{
        avatar::Avatar,
        button::{ButtonLink, Kind, Submit},
        changing::part,
        empty::Empty,
        form::{Form, Summary},
        icon::Icon,
        keys,
        page::live_page,
        text_area::TextArea,
    },
};
use domain::{bookings::Deed, id::BookingId, live::Noun, time::Moment};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::{Lang, time};
use views::bookings::{Asked, Block, Requests, Time};

/// The page at `/bookings/requests`.
pub fn requests_page() -> AnyView {
    let (live, decide) = (use_live(), Call::<DecideBooking>::new());
    let source = move || (live.version(Noun::Bookings), decide.version().get());
    let answers = asked(source, |_| api::requests());
    live_page(lang::current().requests_title(), 5, answers, move |requests| {
        view! { <Page requests decide/> }.into_any()
    })
}

/// The page itself: no request, so that a test can render it.
#[component]
fn Page(requests: RwSignal<Requests>, decide: Call<DecideBooking>) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let wanted = Memo::new(move |_| {
        query.with(|query| query.get_str("open").and_then(|id| id.parse().ok()).map(BookingId))
    });
    let moved = RwSignal::new(None::<BookingId>);
    // The one that was opened, while it waits; otherwise the first.
    let open = Memo::new(move |_| {
        requests.with(|requests| {
            let has = |id: &BookingId| requests.requests.iter().any(|asked| asked.booking.id == *id);
            let first = requests.requests.first().map(|asked| asked.booking.id);
            moved.get().filter(has).or(wanted.get().filter(has)).or(first)
        })
    });
    let step = move |by: isize| {
        requests.with_untracked(|requests| {
            let at = requests.requests.iter().position(|asked| Some(asked.booking.id) == open.get_untracked());
            let next = at.and_then(|at| at.checked_add_signed(by)).and_then(|at| requests.requests.get(at));
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
                    "r" | "R" => keys::click("#reject > summary"),
                    _ => {}
                }
            }
        });
        on_cleanup(move || handle.remove());
    });
    view! {
        <header class="page-head">
            <h1>{t.requests_title()}</h1>
            <p class="sub">{move || t.requests_waiting(requests.with(|it| u32::try_from(it.requests.len()).unwrap_or(u32::MAX)))}</p>
            <span class="push"><ButtonLink href="/bookings" label=t.bookings_title().to_owned() kind=Kind::Ghost/></span>
        </header>
        <Summary action=decide/>
        {part(move || Some(requests.with(|all| {
            if all.requests.is_empty() {
                return view! {
                    <div class="card"><Empty icon="inbox"><h2>{t.requests_none()}</h2><p>{t.requests_none_next()}</p></Empty></div>
                }.into_any();
            }
            let now = all.now;
            let rows = all.requests.iter().map(|asked| row(t, asked, now, open)).collect_view();
            let opened = open.get().and_then(|id| all.requests.iter().find(|asked| asked.booking.id == id).cloned());
            view! {
                <div class="moderate">
                    <section class="queue" aria-label=t.requests_title()>
                        <ul class="list" role="list">{rows}</ul>
                        <p class="keys only-wide"><span><kbd>"J"</kbd><kbd>"K"</kbd>{t.keys_move()}</span><span><kbd>"A"</kbd>{t.booking_deed(Deed::Approve)}</span><span><kbd>"R"</kbd>{t.booking_deed(Deed::Reject)}</span></p>
                    </section>
                    {opened.map(|asked| detail(t, &asked, now, decide))}
                </div>
            }.into_any()
        })))}
    }
}

fn row(t: Lang, asked: &Asked, now: Moment, open: Memo<Option<BookingId>>) -> AnyView {
    let booking = asked.booking.clone();
    let (id, span) = (booking.id, Time { starts: booking.starts, ends: booking.ends });
    let name = booking.person_name.unwrap_or_else(|| t.checkouts_former().to_owned());
    let flag = asked.checks.iter().find(|check| !check.fits).map(|check| check.said.clone());
    let current = Signal::derive(move || (open.get() == Some(id)).then_some("true"));
    view! {
        <li class="inbox-row" aria-current=current><a class="item" href=format!("/bookings/requests?open={id}")>
            <Avatar name=name.clone() size="md"/>
            <span><span class="t">{name}</span>
                <span class="s">{booking.name}" · "{when(t, span, now)}</span>
                {flag.map(|flag| view! { <span class="flag"><Icon name="triangle-alert"/>{flag}</span> })}
            </span>
            <span class="tail">{t.length(asked.expires.at.since(now.at))}</span>
        </a></li>
    }
    .into_any()
}

fn detail(t: Lang, asked: &Asked, now: Moment, decide: Call<DecideBooking>) -> AnyView {
    let booking = asked.booking.clone();
    let span = Time { starts: booking.starts, ends: booking.ends };
    let name = booking.person_name.clone().unwrap_or_else(|| t.checkouts_former().to_owned());
    let id = booking.id.to_string();
    let history = asked.history;
    let checks = asked.checks.iter().map(|check| {
        let icon = if check.fits { "check" } else { "triangle-alert" };
        view! { <li data-warn=(!check.fits).then_some("")><Icon name=icon/>{check.said.clone()}</li> }
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
    let since = t.requests_held(&t.exact(booking.asked, now), &t.exact(asked.expires, now));
    let person = booking.person.map(|person| format!("/people/{person}"));
    view! {
        <section class="detail" aria-label=label>
            <header class="detail-head"><p class="eyebrow"><Icon name="clock"/>{since}</p><h2>{title}</h2></header>
            <div class="person-line"><Avatar name=name.clone() size="md"/><div><p class="t">{name.clone()}</p>
                {person.map(|href| view! { <a class="link" href=href>{t.requests_person()}</a> })}</div></div>
            <section class="stack"><h3>{t.date(span.starts, now)}</h3>{lanes(t, asked)}</section>
            <section class="stack"><h3>{t.requests_checks()}</h3><ul class="checks">{checks}</ul></section>
            <section class="stack"><h3>{t.requests_history()}</h3>
                <dl class="history">{numbers.map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> }).collect_view()}</dl>
            </section>
            <div class="decide btn-row">
                <div id="approve"><Act id=id.clone() deed=Deed::Approve about=name.clone() kind=Kind::Primary decide version=booking.version/></div>
                <details class="deed" id="reject">
                    <summary>{t.booking_deed(Deed::Reject)}</summary>
                    <Form action=decide beside=true>
                        <input type="hidden" name="id" value=id/>
                        {seen(Some(booking.version))}
                        <input type="hidden" name="deed" value=Deed::Reject.word()/>
                        <TextArea name="note" label=t.checkout_note_why() value=String::new()/>
                        <div class="btn-row"><Submit label=t.booking_deed(Deed::Reject) about=name busy=decide.pending()/></div>
                    </Form>
                </details>
            </div>
        </section>
    }
    .into_any()
}

/// That day of the machine or room, and what else they have.
fn lanes(t: Lang, asked: &Asked) -> AnyView {
    let (first, last) = (u32::from(asked.hours.0) * 4, u32::from(asked.hours.1) * 4);
    let width = last.saturating_sub(first).max(1);
    let place = |quarter: u8| u32::from(quarter).clamp(first, last) - first;
    let bars = |blocks: &[Block]| {
        let bars = blocks.iter().map(|block| {
            let k = if block.booking == Some(asked.booking.id) { "asked" } else { "taken" };
            let (from, to) = (place(block.from), place(block.to));
            view! { <rect data-k=k x=from.to_string() width=to.saturating_sub(from).to_string() height="10"/> }
        });
        bars.collect_view()
    };
    let words = |blocks: &[Block]| {
        let said = blocks.iter().map(|block| {
            let clocks = format!("{}–{}", time::clock(block.starts), time::clock(block.ends));
            match &block.who {
                Some(who) => format!("{who} {clocks}"),
                None => clocks,
            }
        });
        said.collect::<Vec<_>>().join(", ")
    };
    let day = words(&asked.day);
    let own = if asked.own.is_empty() { t.requests_own_none().to_owned() } else { words(&asked.own) };
    let hours = (asked.hours.0..=asked.hours.1).step_by(2).map(|hour| view! { <span>{hour}</span> });
    view! {
        <div class="lanes">
            <span class="l"><b>{asked.booking.name.clone()}</b></span>
            <svg class="quarters" viewBox=format!("0 0 {width} 10") preserveAspectRatio="none" role="img" aria-label=day.clone()>{bars(&asked.day)}</svg>
            <span class="l">{t.requests_own()}</span>
            <svg class="quarters" data-ground="quiet" viewBox=format!("0 0 {width} 10") preserveAspectRatio="none" role="img" aria-label=own>{bars(&asked.own)}</svg>
            <div class="q-ticks" aria-hidden="true">{hours.collect_view()}</div>
        </div>
        <p class="small muted">{day}</p>
    }
    .into_any()
}
