//! Bookings: members find, book and manage time, and moderators answer requests.
//!
//! Invariant: the server's answer alone decides which times are free, which actions a booking offers, and what the
//! obstacles of a time are. Not here: when machines and rooms are open ([`crate::hours`]).

mod affected;
pub mod api;
mod by_hour;
mod choice;
mod day;
mod edit_rule;
mod find;
mod hand_over;
mod lane;
pub(crate) mod left_out;
mod mine;
mod one;
mod outage;
mod pages;
mod requests;
mod rules;
mod taken;
mod waiting;
mod week;

pub use affected::outage_page;
pub use by_hour::by_hour_page;
pub use day::day_page;
pub use find::find_page;
pub use mine::mine_page;
pub use one::booking_page;
pub use requests::requests_page;
pub(crate) use requests::{approve, reject};
pub use rules::rules_page;
pub use week::week_page;

use crate::{
    call::Call,
    lang,
    training::next::Next,
    ui::{
        button::{ButtonLink, Kind, Submit},
        form::{Form, hidden},
        icon::Icon,
        status::{Glyph, Status},
    },
};
use api::DecideBooking;
use contract::bookings::{Bookable, Opened, Quota, Time};
use domain::{
    bookings::{BookingAction, Obstacle, Resource, State},
    id::{BookingId, GroupId},
    machines::MachineState,
    time::{Date, MINUTE, Moment},
};
use leptos::prelude::*;
use std::time::Duration;
use text::{Lang, time};

/// The check-in button of a booking.
pub(crate) fn check_in(id: BookingId, decide: Call<DecideBooking>) -> AnyView {
    let label = lang::current().booking_action(BookingAction::CheckIn);
    view! {
        <Form action=decide>
            {hidden("id", &id)}
            {hidden("action", &BookingAction::CheckIn.as_str())}
            <div class="btn-row"><Submit label kind=Kind::Primary busy=decide.pending()/></div>
        </Form>
    }
    .into_any()
}

/// The icon of a machine or a room.
#[component]
fn Shape(bookable: Bookable) -> impl IntoView {
    match bookable.state.as_ref().and_then(Status::of) {
        Some(status) => view! { <span class="tile" data-status=status.key()><Glyph status/></span> }.into_any(),
        None => view! { <span class="tile"><Icon name=if bookable.state.is_some() { "hand" } else { "users-round" }/></span> }.into_any(),
    }
}

/// State of a booking: an icon and a word.
#[component]
fn StateWord(state: State) -> impl IntoView {
    let icon = match state {
        State::Pending => "clock",
        State::Approved | State::Completed => "circle-check",
        State::CheckedIn => "play",
        State::Rejected | State::Cancelled | State::NoShow | State::Expired | State::Released => "octagon-alert",
    };
    let name = time::capitalised(lang::current().booking_state(state));
    view! { <span class="booking-state" data-state=state.as_str()><Icon name=icon/>{name}</span> }
}

/// The choice between the reader and the groups for which they book; none without groups.
fn for_whom(t: Lang, chosen: Option<GroupId>, groups: Vec<(GroupId, String)>) -> Option<AnyView> {
    let is_chosen = |group: GroupId| chosen == Some(group);
    let options = groups.iter().map(|(group, name)| {
        view! { <option value=group.to_string() selected=is_chosen(*group)>{name.clone()}</option> }
    });
    let options = options.collect_view();
    (!groups.is_empty()).then(|| {
        view! {
            <select class="input select" name="group" aria-label=t.book_for_whom()>
                <option value="" selected=chosen.is_none()>{t.book_for_me()}</option>
                {options}
            </select>
        }
        .into_any()
    })
}

/// How important the booking is, where its room asks for it.
pub(crate) fn importance(t: Lang) -> AnyView {
    let steps = (1..=5_u8).map(|step| {
        view! { <label><input type="radio" name="importance" value=step checked=step == 3/><span>{step}</span></label> }
    });
    view! {
        <fieldset class="field" role="radiogroup">
            <legend class="label">{t.booking_importance()}</legend>
            <div class="importance">{steps.collect_view()}</div>
            <p class="imp-ends"><span>{t.booking_importance_least()}</span><span>{t.booking_importance_most()}</span></p>
        </fieldset>
    }
    .into_any()
}

/// `Today, 16:00–18:00`, `Tue 24 Nov, 18:00–20:00`.
pub(crate) fn when(t: Lang, span: Time, now: Moment) -> String {
    format!("{}, {}", short_day(t, span.starts, now), clocks(span))
}

/// `16:00–18:00`.
fn clocks(span: Time) -> String {
    time::clocks(span.starts, span.ends)
}

/// `Today`, `Tomorrow`, `Tue 24 Nov`.
fn short_day(t: Lang, at: Moment, now: Moment) -> String {
    let (date, today) = (at.wall().date, now.wall().date);
    let name = match date.days() - today.days() {
        0 => t.today().to_owned(),
        1 => t.tomorrow().to_owned(),
        _ => brief(t, date),
    };
    time::capitalised(&name)
}

/// `Tue 24 Nov`.
fn brief(t: Lang, date: Date) -> String {
    let short = |name: &str| name.chars().take(3).collect::<String>();
    format!("{} {} {}", short(t.weekday(date.weekday())), date.day, short(t.month(date.month)))
}

/// `1 h 30`.
fn length(t: Lang, minutes: u32) -> String {
    if minutes == 0 { t.length_none().to_owned() } else { t.length(MINUTE * minutes) }
}

fn length_of(span: Time) -> Duration {
    span.ends.at.since(span.starts.at)
}

/// What a booking of this length leaves of the weekly quota; `None` without one.
fn leaves(t: Lang, quota: Quota, minutes: u32) -> Option<String> {
    let left = (u32::from(quota.most) * 60).saturating_sub(quota.minutes + minutes);
    (quota.most > 0).then(|| t.book_leaves(&length(t, left)))
}

/// `4 h of 8 h this week`.
pub(crate) fn used(t: Lang, quota: Quota) -> Option<String> {
    (quota.most > 0).then(|| t.book_quota(&length(t, quota.minutes), &length(t, u32::from(quota.most) * 60)))
}

/// A copy that changes only when more than the clock changed, so that an open sheet stays open.
fn steady(one: &Opened) -> Opened {
    Opened { now: one.booking.asked, ..one.clone() }
}

pub(crate) fn obstacle(t: Lang, obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::TooSoon => t.book_too_soon(),
        Obstacle::TooFar => t.book_too_far(),
        Obstacle::Closed | Obstacle::Closure => t.book_closed(),
        Obstacle::External => t.book_external(),
        Obstacle::Booking => t.book_taken(),
        Obstacle::Checkout => t.book_checkout(),
        Obstacle::Event => t.bookings_event(),
        Obstacle::Maintenance => t.book_maintenance(),
        Obstacle::Elsewhere => t.book_elsewhere(),
        Obstacle::Quota => t.book_used_up(),
        Obstacle::Lapsed => t.book_lapsed(),
        Obstacle::TooShort => t.book_too_short(),
        Obstacle::MayNot => t.why_may_not(),
        Obstacle::GroupsOnly => t.why_not_permitted(),
        Obstacle::NotBookable => t.why_not_bookable(),
        Obstacle::TooMany => t.why_too_many_bookings(),
    }
}

/// The obstacle in words where the slot is booked for another person.
fn obstacle_of_other(t: Lang, why: Obstacle) -> &'static str {
    match why {
        Obstacle::Elsewhere => t.book_elsewhere_other(),
        Obstacle::Quota => t.book_used_up_other(),
        Obstacle::Lapsed => t.book_lapsed_other(),
        _ => obstacle(t, why),
    }
}

/// Where the reader can resolve this obstacle, and the link's text.
fn remedy(t: Lang, resource: Resource, code: &str) -> Option<(String, &'static str)> {
    match code {
        "booking.too-many" => Some(("/book/mine".to_owned(), t.book_mine())),
        "booking.may-not" | "booking.lapses" => {
            resource.machine().map(|machine| (format!("/machines/{machine}"), t.book_see_way()))
        }
        _ => None,
    }
}

/// The button to the next step towards a machine that the reader may not use.
fn onward(next: Next) -> AnyView {
    let (icon, kind) = (next.icon(), next.kind());
    let Next { href, label, .. } = next;
    view! { <ButtonLink href label kind icon/> }.into_any()
}

/// The line under its name: whether it is usable, where it is, and whether requests are answered.
fn about(t: Lang, bookable: &Bookable) -> String {
    let is_out = matches!(bookable.state, Some(MachineState::Blocked { .. }));
    let answered = if bookable.moderated { t.book_moderated() } else { t.book_at_once() };
    let parts = [is_out.then(|| t.book_out_now().to_owned()), bookable.place.clone(), Some(answered.to_owned())];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
