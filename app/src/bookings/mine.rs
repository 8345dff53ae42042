//! The reader's own bookings, the most urgent first.

use super::{
    StateWord,
    api::{self, DecideBooking, MoveBooking},
    length, length_of, steady, used,
    waiting::{self, Calls},
    when,
};
use crate::{
    call::{Call, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::{ButtonLink, Kind, Submit},
        changing::{dynamic, text},
        empty::Empty,
        form::{Form, Summary, hidden},
        icon::Icon,
        list::LinkItem,
        saved::Saved,
        text_area::TextArea,
    },
};
use contract::bookings::{Mine, Opened, Time};
use domain::{
    bookings::{BookingAction, HandOver, State},
    live::Noun,
    time::Moment,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::{Lang, time};

/// Past bookings shown before the reader asks for more.
const PAST: usize = 10;

/// The page a booking is shown on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    List,
    /// On its own page, with the hand-over below.
    Own,
}

/// The page at `/book/mine`.
pub fn mine_page() -> AnyView {
    let (live, decide, moved) = (use_live(), Call::<DecideBooking>::new(), Call::<MoveBooking>::new());
    let calls = Calls::new();
    let changed = move || (decide.version().get(), moved.version().get(), calls.version());
    let source = move || (live.version(Noun::Bookings), changed());
    let answers = page_resource(source, |_| api::mine());
    live_page(lang::current().book_mine(), 4, answers, move |mine| {
        view! { <Bookings mine decide moved calls/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn Bookings(
    mine: RwSignal<Mine>,
    decide: Call<DecideBooking>,
    moved: Call<MoveBooking>,
    calls: Calls,
) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    let came = move |name: &'static str| Memo::new(move |_| query.with(|query| query.get_str(name).is_some()));
    let (waits, all) = (came("waits"), came("past"));
    Effect::new(move |_| clock.hear(mine.with(|mine| mine.now)));
    let same = Memo::new(move |_| {
        mine.with(|mine| (mine.bookings.iter().map(steady).collect::<Vec<_>>(), mine.waiting.clone(), mine.quota))
    });
    view! {
        <header class="page-head">
            <h1>{t.book_mine()}</h1>
            <span class="push"><ButtonLink href="/book" label=t.book_find().to_owned() kind=Kind::Ghost icon="search"/></span>
        </header>
        <div>
            <Saved visible=waits message=t.waiting_joined()/>
            <Summary action=decide/>
            <Summary action=moved/>
            <Summary action=calls.take/>
            <Summary action=calls.leave/>
        </div>
        {dynamic(move || {
            same.get();
            mine.with_untracked(|mine| waiting::offers(t, &mine.waiting, mine.now, calls))
        })}
        {dynamic(move || { same.get(); Some(groups(t, &mine.get_untracked(), all.get(), decide, moved, calls)) })}
        <ul class="list">
            <LinkItem href="/me/calendar".to_owned() icon="calendar-days" title=t.feeds_title() second=t.feeds_link()/>
        </ul>
    }
}

fn groups(
    t: Lang,
    mine: &Mine,
    shows_all: bool,
    decide: Call<DecideBooking>,
    moved: Call<MoveBooking>,
    calls: Calls,
) -> AnyView {
    let now = mine.now;
    let of = |fits: fn(&Opened) -> bool| -> Vec<Opened> {
        mine.bookings.iter().filter(|one| fits(one)).cloned().collect()
    };
    let runs = of(|one| one.booking.state == State::CheckedIn);
    let next = of(|one| one.booking.state == State::Approved);
    let waiting = of(|one| one.booking.state == State::Pending);
    let (off, mut past): (Vec<_>, Vec<_>) = of(|one| !one.booking.state.takes_time())
        .into_iter()
        .partition(|one| is_off(one.booking.state, one.booking.starts, now));
    past.reverse();
    let more = if shows_all { 0 } else { past.len().saturating_sub(PAST) };
    past.truncate(past.len() - more);
    if mine.bookings.is_empty() && mine.waiting.is_empty() {
        return view! {
            <div class="card"><Empty icon="clock">
                <h2>{t.book_mine_none()}</h2><p>{t.book_mine_none_next()}</p>
                <div class="btn-row"><ButtonLink href="/book" label=t.book_find().to_owned() kind=Kind::Primary icon="search"/></div>
            </Empty></div>
        }
        .into_any();
    }
    let cards =
        |all: Vec<Opened>| all.into_iter().map(|one| card(t, &one, Page::List, decide, moved)).collect_view();
    let quota = used(t, mine.quota);
    let missed = t.book_missed(mine.no_shows);
    let (has_next, has_off, has_past) = (!next.is_empty(), !off.is_empty(), !past.is_empty());
    let waits = waiting.len();
    view! {
        {(!runs.is_empty()).then(|| view! { <section class="group"><h2 class="group-head">{t.book_now_head()}</h2>{cards(runs)}</section> })}
        {has_next.then(|| view! {
            <section class="group"><h2 class="group-head">{t.book_next()}<span class="n">{quota}</span></h2>{cards(next)}</section>
        })}
        {(waits > 0).then(|| view! {
            <section class="group"><h2 class="group-head">{t.book_waiting()}<span class="n">{waits}</span></h2>{cards(waiting)}</section>
        })}
        {waiting::lines(t, &mine.waiting, now, calls)}
        {has_off.then(|| view! {
            <section class="group"><h2 class="group-head">{t.book_mine_off()}</h2>
                <ul class="list past">{off.into_iter().map(|one| over(&one)).collect_view()}</ul>
            </section>
        })}
        {has_past.then(|| view! {
            <section class="group"><h2 class="group-head">{t.book_past()}<span class="n">{missed}</span></h2>
                <ul class="list past">{past.into_iter().map(|one| over(&one)).collect_view()}</ul>
                {(more > 0).then(|| {
                    let label = t.book_past_more(u32::try_from(more).unwrap_or(u32::MAX));
                    // The rows that are read already stay in place.
                    view! { <a class="btn" data-kind="ghost" href="/book/mine?past" data-noscroll>{label}</a> }
                })}
            </section>
        })}
    }
    .into_any()
}

/// Whether it was cancelled or declined and its time is still to come.
fn is_off(state: State, starts: Moment, now: Moment) -> bool {
    now.at < starts.at && !state.takes_time() && state != State::Completed
}

/// A past or cancelled booking: one line, with a link to book the same again.
fn over(one: &Opened) -> AnyView {
    let t = lang::current();
    let booking = &one.booking;
    let span = Time { starts: booking.starts, ends: booking.ends };
    let icon = match booking.state {
        State::Completed => "check",
        State::NoShow => "octagon-alert",
        _ => "clock",
    };
    let minutes = minutes_of(span);
    let for_group = booking.group_name.as_deref().map(|group| format!(" · {}", t.book_for_group(group)));
    let group = booking.group.map(|group| format!("&group={group}")).unwrap_or_default();
    let again = format!("/book/{}?minutes={minutes}{group}", booking.resource);
    view! {
        <li><div class="item">
            <span class="tile"><Icon name=icon/></span>
            <span class="lines">
                <a class="t" href=format!("/bookings/{}", booking.id)>{booking.name.clone()}</a>
                <span class="s">{when(t, span, one.now)}" · "{length(t, minutes)}" · "{t.booking_state(booking.state)}{for_group}</span>
            </span>
            <a class="btn" href=again>{t.book_again()}<span class="visually-hidden">": "{booking.name.clone()}</span></a>
        </div></li>
    }
    .into_any()
}

/// Its length in minutes.
fn minutes_of(span: Time) -> u32 {
    u32::try_from(length_of(span).as_secs() / 60).unwrap_or(u32::MAX)
}

/// An active or pending booking with its actions.
pub(super) fn card(
    t: Lang,
    one: &Opened,
    page: Page,
    decide: Call<DecideBooking>,
    moved: Call<MoveBooking>,
) -> AnyView {
    let booking = one.booking.clone();
    let (now, span) = (one.now, Time { starts: booking.starts, ends: booking.ends });
    if booking.state == State::CheckedIn {
        return running(t, one, page, decide, moved);
    }
    if arrives(one, page) {
        return arriving(t, one, decide, moved);
    }
    let (icon, tone) = match booking.state {
        State::Pending => ("clock", "reserved"),
        _ => ("calendar-check", "free"),
    };
    let at = |moment: Moment| {
        if moment.wall().date == now.wall().date { time::clock(moment) } else { t.exact(moment, now) }
    };
    let opens = if one.opens.wall().date == now.wall().date {
        t.book_opens_at(&time::clock(one.opens))
    } else {
        t.book_opens(&t.exact(one.opens, now))
    };
    let note = match booking.state {
        State::Pending => Some(t.book_held_until(&at(one.gone))),
        State::Approved if one.opens.at > now.at && now.at < one.free_until.at => {
            Some(format!("{opens} {}", t.book_free_until(&at(one.free_until))))
        }
        State::Approved if one.opens.at > now.at => Some(opens),
        State::Approved => Some(t.book_come_until(&at(one.gone))),
        _ => None,
    };
    let offered = booking.offered_to.as_deref().map(|name| t.booking_offered_to(name));
    let line = located(t, when(t, span, now), one);
    view! {
        <article class="booking" aria-label=booking.name.clone()>
            <div class="head">
                <span class="tile" data-status=tone><Icon name=icon/></span>
                <div><h3><a href=format!("/bookings/{}", booking.id)>{booking.name.clone()}</a></h3><p class="s">{line}</p></div>
            </div>
            {one.out.then(|| view! {
                <p class="why"><Icon name="octagon-alert"/><span>{t.book_out()}" "<a class="link" href=format!("/bookings/{}", booking.id)>{t.book_out_next()}</a></span></p>
            })}
            {acts(t, one, page, decide, moved)}
            {offered.map(|offered| view! { <p class="why"><Icon name="handshake"/><span>{offered}</span></p> })}
            {booking.series.map(|series| view! {
                <p class="why"><Icon name="repeat"/><span><a class="link" href=format!("/series/{series}")>{t.series_show_all()}</a></span></p>
            })}
            {note.map(|note| view! { <p class="why"><Icon name="info"/><span>{note}</span></p> })}
        </article>
    }
    .into_any()
}

/// A line with the location of the machine or room, and the group it is for.
fn located(t: Lang, line: String, one: &Opened) -> String {
    let group = one.booking.group_name.as_deref().map(|group| t.book_for_group(group));
    let parts = [Some(line), one.place.clone(), group];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// A running booking: the time left, and its actions.
fn running(t: Lang, one: &Opened, page: Page, decide: Call<DecideBooking>, moved: Call<MoveBooking>) -> AnyView {
    let (booking, clock) = (&one.booking, use_clock());
    let ends = booking.ends.at;
    let left = text(move || t.now_left(&t.length(ends.since(clock.now().at))));
    view! {
        <article class="deep" aria-label=booking.name.clone()>
            <p>{time::capitalised(t.booking_state(booking.state))}</p>
            <h3><a href=format!("/bookings/{}", booking.id)>{booking.name.clone()}</a></h3>
            <p class="timer">{left}</p>
            <p>{located(t, t.book_until(&time::clock(booking.ends)), one)}</p>
            {acts(t, one, page, decide, moved)}
        </article>
    }
    .into_any()
}

/// Whether its own page offers check-in first.
fn arrives(one: &Opened, page: Page) -> bool {
    page == Page::Own && one.booking.mine && one.booking.actions.contains(&BookingAction::CheckIn)
}

/// A booking open for check-in, on its own page: when it begins, and the button.
fn arriving(t: Lang, one: &Opened, decide: Call<DecideBooking>, moved: Call<MoveBooking>) -> AnyView {
    let (booking, clock) = (&one.booking, use_clock());
    let span = Time { starts: booking.starts, ends: booking.ends };
    let starts = booking.starts.at;
    let soon = text(move || {
        let now = clock.now().at;
        if now < starts { t.book_starts_in(&t.length(starts.since(now))) } else { t.book_now_head().to_owned() }
    });
    let (id, about) = (booking.id.to_string(), booking.name.clone());
    view! {
        <article class="deep" aria-label=booking.name.clone()>
            <h3>{booking.name.clone()}</h3>
            <p class="timer">{soon}</p>
            <p>{located(t, when(t, span, one.now), one)}</p>
            <div class="acts"><Act id action=BookingAction::CheckIn about kind=Kind::Primary decide/></div>
            <p class="why"><Icon name="clock"/><span>{t.book_come_until(&time::clock(one.gone))}</span></p>
        </article>
        {acts(t, one, Page::Own, decide, moved)}
    }
    .into_any()
}

/// The buttons of its state.
pub(super) fn acts(
    t: Lang,
    one: &Opened,
    page: Page,
    decide: Call<DecideBooking>,
    moved: Call<MoveBooking>,
) -> AnyView {
    let booking = &one.booking;
    let (id, name) = (booking.id.to_string(), booking.name.clone());
    let minutes_to = |ends: Moment| (ends.at.since(booking.starts.at).as_secs() / 60).to_string();
    let choice = format!("{}@{}", booking.resource, booking.starts.at.0);
    let longer = one.extend.last().map(|ends| {
        let (id, version, about) = (id.clone(), booking.version.to_string(), name.clone());
        let (minutes, label) = (minutes_to(*ends), t.book_extend(&time::clock(*ends)));
        view! {
            <Form action=moved beside=true>
                {hidden("id", &id)}
                {hidden("version", &version)}
                {hidden("choice", &choice)}
                {hidden("minutes", &minutes)}
                {hidden("longer", &"yes")}
                <Submit label about kind=Kind::Primary busy=moved.pending()/>
            </Form>
        }
    });
    // People who answer a request decline it, with a reason.
    let answers = booking.actions.contains(&BookingAction::Reject);
    let actions = booking.actions.iter().copied().filter(|action| match action {
        BookingAction::Approve | BookingAction::Reject => false,
        BookingAction::Cancel => !answers,
        // It is above these, where it is looked for.
        BookingAction::CheckIn => !arrives(one, page),
        _ => true,
    });
    let buttons = actions.map(|action| {
        let (id, about) = (id.clone(), name.clone());
        match action {
            // A running booking is extended by a button of its own.
            BookingAction::Move if booking.state == State::CheckedIn => ().into_any(),
            BookingAction::Move => {
                let minutes = minutes_to(booking.ends);
                let href = format!("/book/{}?day={}&minutes={minutes}&move={id}", booking.resource, booking.starts.wall().date);
                view! { <a class="btn" href=href><Icon name="calendar-clock"/>{t.booking_action(action)}<span class="visually-hidden">": "{about}</span></a> }.into_any()
            }
            BookingAction::Cancel => {
                let hand_over = (page == Page::List).then(|| hand_over(t, one)).flatten();
                view! { {hand_over}{cancel(t, one, id, about, decide)} }.into_any()
            }
            action => {
                let kind = if action == BookingAction::CheckIn && booking.mine { Kind::Primary } else { Kind::Quiet };
                view! { <Act id action about kind decide/> }.into_any()
            }
        }
    });
    let buttons = buttons.collect_view();
    let runs = booking.mine && booking.state == State::CheckedIn;
    let problem = booking.resource.machine().filter(|_| runs).map(|machine| {
        view! {
            <a class="btn" href=format!("/machines/{machine}/report")>
                <Icon name="triangle-alert"/>{t.now_problem()}<span class="visually-hidden">": "{name}</span>
            </a>
        }
    });
    view! { <div class="acts">{longer}{buttons}{problem}</div> }.into_any()
}

/// Link to the hand-over, on its own page.
fn hand_over(t: Lang, one: &Opened) -> Option<AnyView> {
    one.booking.hand_over.contains(&HandOver::Offer).then(|| {
        // A new document, in which the form is open.
        view! {
            <a class="btn" href=hand_over_href(one) rel="external">
                <Icon name="handshake"/>{t.booking_hand_over()}<span class="visually-hidden">": "{one.booking.name.clone()}</span>
            </a>
        }
        .into_any()
    })
}

/// Address of the page with the hand-over form open.
fn hand_over_href(one: &Opened) -> String {
    format!("/bookings/{}?open=hand-over#hand-over", one.booking.id)
}

/// A button for one action without input.
#[component]
pub(super) fn Act(
    id: String,
    action: BookingAction,
    about: String,
    kind: Kind,
    decide: Call<DecideBooking>,
) -> impl IntoView {
    view! {
        <Form action=decide beside=true>
            {hidden("id", &id)}
            {hidden("action", &action.as_str())}
            <Submit label=lang::current().booking_action(action) about kind busy=decide.pending()/>
        </Form>
    }
}

/// Hidden field with the version that was seen.
pub(super) fn seen(version: Option<i64>) -> impl IntoView {
    version.map(|version| hidden("version", &version))
}

/// The cancel sheet, which first shows the time and the consequences.
fn cancel(t: Lang, one: &Opened, id: String, about: String, decide: Call<DecideBooking>) -> AnyView {
    let booking = &one.booking;
    let span = Time { starts: booking.starts, ends: booking.ends };
    let dialog = format!("cancel-{id}");
    let title = format!("{dialog}-title");
    let is_late = booking.mine && booking.state == State::Approved && one.free_until.at < one.now.at;
    let comes = if is_late { t.book_cancel_late() } else { t.book_cancel_in_time() };
    let who = booking.group_name.clone().or_else(|| booking.person_name.clone().filter(|_| !booking.mine));
    let note = (!booking.mine).then(|| {
        view! { <TextArea name="note" label=t.book_cancel_note() value=String::new() hint=t.book_cancel_note_hint()/> }
    });
    // The holder knows their booking; others may have seen another time.
    let version = (!booking.mine).then_some(booking.version);
    let hand_over = booking.hand_over.contains(&HandOver::Offer).then(|| {
        // A new document, in which the form is open and this sheet is not.
        view! { <a class="link" href=hand_over_href(one) rel="external">{t.book_cancel_hand_over()}</a> }
    });
    // Two buttons, two names: this one opens the sheet, the one inside cancels.
    let named = format!("{} {about}", t.book_cancel_open());
    let (opens, shows, labelled) = (dialog.clone(), dialog.clone(), title.clone());
    view! {
        <button class="btn" type="button" popovertarget=opens aria-label=named>{t.book_cancel_open()}</button>
        <div class="sheet" popover="auto" id=shows role="dialog" aria-labelledby=labelled>
            <h2 id=title>{t.book_cancel_title()}</h2>
            <p><b>{about}</b>", "{when(t, span, one.now)}{who.map(|who| format!(" · {who}"))}</p>
            <p>{comes}</p>
            <Form action=decide beside=true>
                {hidden("id", &id)}
                {seen(version)}
                {hidden("action", &BookingAction::Cancel.as_str())}
                {note}
                <div class="pair">
                    <button class="btn" type="button" popovertarget=dialog popovertargetaction="hide">{t.book_keep()}</button>
                    <Submit label=t.book_cancel() kind=Kind::Danger busy=decide.pending()/>
                </div>
            </Form>
            {hand_over}
        </div>
    }
    .into_any()
}

/// Its state as text, on its own page.
pub(super) fn state(one: &Opened) -> AnyView {
    view! { <StateWord state=one.booking.state/> }.into_any()
}

#[cfg(all(test, feature = "ssr"))]
pub(super) mod tests;
