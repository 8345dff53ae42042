//! The reader's waiting lists: offered times, and times they wait for.

use super::{
    api::{JoinWaiting, LeaveWaiting, TakeOffer},
    when,
};
use crate::{
    call::Call,
    clock::use_clock,
    lang,
    ui::{
        button::{Kind, Submit},
        changing::dynamic,
        form::{Form, Summary, hidden},
        icon::Icon,
    },
};
use contract::{bookings::Time, waiting::Waiting};
use domain::{
    time::{Millis, Moment},
    waiting::OFFER,
};
use leptos::prelude::*;
use text::{Lang, time};

#[derive(Debug, Clone, Copy)]
pub(super) struct Calls {
    pub take: Call<TakeOffer>,
    pub leave: Call<LeaveWaiting>,
}

impl Calls {
    pub fn new() -> Self {
        Self { take: Call::new(), leave: Call::new() }
    }

    /// Changes when one of them was answered.
    pub fn version(self) -> (usize, usize) {
        (self.take.version().get(), self.leave.version().get())
    }
}

fn time(waiting: &Waiting) -> Time {
    Time { starts: waiting.starts, ends: waiting.ends }
}

/// Offered times, with the time left to answer.
pub(super) fn offers(t: Lang, all: &[Waiting], now: Moment, calls: Calls) -> Option<AnyView> {
    let offered = all.iter().filter_map(|waiting| Some((waiting.clone(), waiting.until?)));
    let offered = offered.map(|(waiting, until)| {
        let (take, leave) = (waiting.id.to_string(), waiting.id.to_string());
        let title = format!("offer-{take}");
        let (labelled, about, declined) = (title.clone(), waiting.name.clone(), waiting.name.clone());
        view! {
            <section class="offer" aria-labelledby=labelled>
                <div class="top">
                    <div>
                        <p class="eyebrow">{t.waiting_turn()}</p>
                        <h2 id=title>{format!("{}, {}", waiting.name, when(t, time(&waiting), now))}</h2>
                        <p>{t.waiting_held(&time::clock(until))}</p>
                    </div>
                    <Left until/>
                </div>
                <div class="pair">
                    <Form action=calls.take beside=true>
                        {hidden("id", &take)}
                        <Submit label=t.waiting_take() about kind=Kind::Primary busy=calls.take.pending()/>
                    </Form>
                    <Form action=calls.leave beside=true>
                        {hidden("id", &leave)}
                        <Submit label=t.waiting_decline() about=declined kind=Kind::Ghost busy=calls.leave.pending()/>
                    </Form>
                </div>
            </section>
        }
    });
    let offered: Vec<_> = offered.collect();
    (!offered.is_empty()).then(|| offered.collect_view().into_any())
}

/// The minutes left, as a ring that runs out and as text.
#[component]
fn Left(until: Moment) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    dynamic(move || {
        let left = minutes_left(until.at, clock.now().at);
        let of = i64::try_from(OFFER.as_secs() / 60).unwrap_or(i64::MAX);
        let dash = format!("{} 100", left * 100 / of.max(1));
        let message = t.waiting_left(&super::length(t, u32::try_from(left).unwrap_or(0)));
        Some(
            view! {
                <p class="left-time" role="timer">
                    <svg viewBox="0 0 40 40" aria-hidden="true">
                        <circle cx="20" cy="20" r="17" pathLength="100"/>
                        <circle class="left" cx="20" cy="20" r="17" pathLength="100" stroke-dasharray=dash/>
                    </svg>
                    <span aria-hidden="true">{left}</span>
                    <span class="visually-hidden">{message}</span>
                </p>
            }
            .into_any(),
        )
    })
}

/// Minutes left, rounded up.
fn minutes_left(until: Millis, now: Millis) -> i64 {
    until.minus(now).max(0).div_euclid(60_000) + i64::from(until.minus(now).max(0) % 60_000 > 0)
}

/// Times on the waiting list that others have.
pub(super) fn lines(t: Lang, all: &[Waiting], now: Moment, calls: Calls) -> Option<AnyView> {
    let waits: Vec<_> = all.iter().filter(|waiting| waiting.until.is_none()).cloned().collect();
    let count = waits.len();
    let lines = waits.into_iter().map(|waiting| {
        let about = format!("{}, {}", waiting.name, when(t, time(&waiting), now));
        view! {
            <li><div class="item">
                <span class="tile"><Icon name="clock"/></span>
                <span class="lines"><span class="t">{waiting.name.clone()}</span>
                    <span class="s">{when(t, time(&waiting), now)}<br/>{t.waiting_position(waiting.position)}</span></span>
                <Form action=calls.leave beside=true>
                    {hidden("id", &waiting.id)}
                    <Submit label=t.waiting_leave() about kind=Kind::Quiet busy=calls.leave.pending()/>
                </Form>
            </div></li>
        }
    });
    (count > 0).then(|| {
        view! {
            <section class="group"><h2 class="group-head">{t.waiting_title()}<span class="n" aria-hidden="true">{count}</span></h2>
                <ul class="list" role="list">{lines.collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

/// The button that joins the waiting list for a taken time.
#[component]
pub(super) fn Join(
    /// Form value of the time: `machine:7@1800000000000`.
    choice: String,
    minutes: u32,
    join: Call<JoinWaiting>,
) -> impl IntoView {
    let t = lang::current();
    view! {
        <section class="card join" id="join">
            <Form action=join>
                <Summary action=join/>
                {hidden("choice", &choice)}
                {hidden("minutes", &minutes)}
                <p class="why"><Icon name="bell"/><span>{t.waiting_join_next()}</span></p>
                <div class="btn-row"><Submit label=t.waiting_join() busy=join.pending()/></div>
            </Form>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_left_round_up_until_the_end() {
        let left = |now| minutes_left(Millis(900_000), Millis(now));
        assert_eq!((left(0), left(1), left(60_000), left(899_999)), (15, 15, 14, 1));
        assert_eq!((left(900_000), left(1_000_000)), (0, 0));
    }
}
