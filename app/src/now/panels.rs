//! Panels for the reader on *Now*: their open use, their booking, their hold.
//!
//! Invariant: at most one highlighted panel. Not here: the machines.

use crate::{
    bookings::{api::DecideBooking, check_in, when},
    call::Call,
    clock::use_clock,
    lang,
    requests::api::AskBoard,
    ui::{
        banner::{Banner, Tone},
        button::{ButtonLink, Submit},
        changing::text,
        clock::Elapsed,
        form::{Form, FormState, hidden},
    },
};
use contract::{
    bookings::Time,
    machines::{Extension, HoldNow, NextBooking, Session},
};
use domain::{id::MachineId, time::Moment};
use leptos::prelude::*;
use text::time;

#[derive(Clone, Copy)]
pub(super) struct Calls {
    pub(super) stop: Call<AskBoard>,
    pub(super) decide: Call<DecideBooking>,
}

impl Calls {
    pub(super) fn new() -> Self {
        Self { stop: Call::new(), decide: Call::new() }
    }
}

/// The reader's open use: since when, and how it ends; with their booking of it, if that runs.
pub(super) fn session(on: Session, booking: Option<NextBooking>, calls: Calls) -> AnyView {
    let (t, stop) = (lang::current(), calls.stop);
    let machine = on.machine;
    let until = on.until.map(|at| t.now_session_until(&time::clock(at)) + " ").unwrap_or_default();
    let button = if on.ending {
        view! { <p>{t.stop_under_way()}</p> }.into_any()
    } else {
        view! { <Submit label=t.stop_machine() busy=stop.pending()/> }.into_any()
    };
    let booked = booking.map(|booking| {
        let left = left_of(booking.ends);
        view! {
            <p>{t.now_booked_until(&time::clock(booking.ends))}" · "{left}</p>
            {extend(&booking, None)}
        }
    });
    view! {
        <section class="deep" aria-label=t.now_session()>
            <p>{t.now_session()}</p>
            <h2><a href=format!("/machines/{machine}")>{on.name}</a></h2>
            <p class="timer"><Elapsed since=on.since/></p>
            {booked}
            <p>{until}{t.access_log_out_how()}</p>
            <Form action=stop>
                {hidden("machine", &machine)}
                <div class="btn-row">
                    {button}
                    {problem(machine)}
                </div>
            </Form>
        </section>
    }
    .into_any()
}

/// Link to report a problem.
fn problem(machine: MachineId) -> AnyView {
    let (href, label) = (format!("/machines/{machine}/report"), lang::current().now_problem().to_owned());
    view! { <ButtonLink href label icon="triangle-alert"/> }.into_any()
}

/// Time left until then.
fn left_of(ends: Moment) -> AnyView {
    let (t, clock) = (lang::current(), use_clock());
    text(move || t.now_left(&t.length(ends.at.since(clock.now().at)))).into_any()
}

/// The reader's running booking: the time left, and the button to extend it.
pub(super) fn running(next: &NextBooking) -> AnyView {
    let t = lang::current();
    let problem = next.resource.machine().map(problem);
    view! {
        <section class="deep" aria-label=t.now_booking_runs()>
            <p>{t.now_booking_runs()}</p>
            <h2><a href=format!("/bookings/{}", next.id)>{next.name.clone()}</a></h2>
            <p class="timer">{left_of(next.ends)}</p>
            <p>{t.now_booked_until(&time::clock(next.ends))}</p>
            {extend(next, problem)}
        </section>
    }
    .into_any()
}

/// Path of the server function behind [`extend`].
const MOVE: &str = "/api/bookings/move";

/// Extends the booking with one tap, if it is free afterwards; beside it other actions. It ends on the booking's
/// page anyway, so it is sent without script, which saves a call in the first load.
fn extend(booking: &NextBooking, beside: Option<AnyView>) -> AnyView {
    let t = lang::current();
    let Some(Extension { ends, version, resource }) = booking.extension else {
        return beside.map(|beside| view! { <div class="btn-row">{beside}</div> }).into_any();
    };
    let minutes = ends.at.since(booking.starts.at).as_secs() / 60;
    let (id, choice) = (booking.id, format!("{resource}@{}", booking.starts.at.0));
    view! {
        {FormState::echoed(MOVE).summary()}
        <form class="form" method="post" action="?/bookings/move">
            {hidden("longer", &"yes")}
            {hidden("id", &id)}
            {hidden("version", &version)}
            {hidden("choice", &choice)}
            {hidden("minutes", &minutes)}
            <div class="btn-row">
                <button class="btn" data-kind="primary">{t.book_extend(&time::clock(ends))}</button>
                {beside}
            </div>
        </form>
    }
    .into_any()
}

/// The reader's next booking: check-in, and the link to it.
pub(super) fn next_booking(next: NextBooking, now: Moment, calls: Calls) -> AnyView {
    let action = if next.opens { check_in(next.id, calls.decide) } else { ().into_any() };
    let t = lang::current();
    let (title, href) = (t.now_booking_next(), format!("/bookings/{}", next.id));
    let when = when(t, Time { starts: next.starts, ends: next.ends }, now);
    view! {
        <section class="card next-booking" aria-label=title>
            <p class="s">{title}</p>
            <p class="t">{next.name}", "<b>{when}</b></p>
            {action}
            <div class="btn-row"><ButtonLink href label=t.now_booking_open().to_owned()/></div>
        </section>
    }
    .into_any()
}

/// The reader's hold, and whom to ask.
pub(super) fn held(hold: HoldNow) -> AnyView {
    let (t, now) = (lang::current(), use_clock().now_once());
    let title = t.holds_now(&time::lowered(t.hold_because(hold.reason)));
    let next = match hold.until {
        Some(until) => t.now_hold_until(&t.until(until, now)),
        None => t.now_hold_next().to_owned(),
    };
    view! { <Banner tone=Tone::Warn icon="hand" title>{next}</Banner> }.into_any()
}
