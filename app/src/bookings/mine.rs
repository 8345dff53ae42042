//! Bookings of whoever looks: what runs out first is first.

use super::{
    StateWord,
    api::{self, DecideBooking, MoveBooking},
    clocks, short_day, steady, used,
    waiting::{self, Calls},
    when,
};
use crate::{
    call::{Call, asked},
    clock::use_clock,
    lang,
    live::use_live,
    ui::{
        button::{ButtonLink, Kind, Submit},
        changing::part,
        empty::Empty,
        form::{Form, Summary, hidden},
        icon::Icon,
        page::live_page,
        saved::Saved,
    },
};
use domain::{
    bookings::{Deed, State},
    live::Noun,
    time::Moment,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::{Lang, time};
use views::bookings::{Mine, Opened, Time};

/// What is over and shown, at most.
const PAST: usize = 20;

/// The page at `/book/mine`.
pub fn mine_page() -> AnyView {
    let (live, decide, moved) = (use_live(), Call::<DecideBooking>::new(), Call::<MoveBooking>::new());
    let calls = Calls::new();
    let changed = move || (decide.version().get(), moved.version().get(), calls.version());
    let source = move || (live.version(Noun::Bookings), changed());
    let answers = asked(source, |_| api::mine());
    live_page(lang::current().book_mine(), 4, answers, move |mine| {
        view! { <Page mine decide moved calls/> }.into_any()
    })
}

/// The page itself: no request, so that a test can render it.
#[component]
fn Page(
    mine: RwSignal<Mine>,
    decide: Call<DecideBooking>,
    moved: Call<MoveBooking>,
    calls: Calls,
) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    let waits = Memo::new(move |_| query.with(|query| query.get_str("waits").is_some()));
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
            <Saved shown=waits said=t.waiting_joined()/>
            <Summary action=decide/>
            <Summary action=moved/>
            <Summary action=calls.take/>
            <Summary action=calls.leave/>
        </div>
        {part(move || {
            same.get();
            mine.with_untracked(|mine| waiting::offers(t, &mine.waiting, mine.now, calls))
        })}
        {part(move || { same.get(); Some(groups(t, &mine.get_untracked(), decide, moved, calls)) })}
        <p class="small"><a class="link" href="/me/calendar">{t.feeds_link()}</a></p>
    }
}

fn groups(t: Lang, mine: &Mine, decide: Call<DecideBooking>, moved: Call<MoveBooking>, calls: Calls) -> AnyView {
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
    past.truncate(PAST);
    if mine.bookings.is_empty() && mine.waiting.is_empty() {
        return view! {
            <div class="card"><Empty icon="clock">
                <h2>{t.book_mine_none()}</h2><p>{t.book_mine_none_next()}</p>
                <div class="btn-row"><ButtonLink href="/book" label=t.book_find().to_owned() kind=Kind::Primary icon="search"/></div>
            </Empty></div>
        }
        .into_any();
    }
    let cards = |all: Vec<Opened>| all.into_iter().map(|one| card(t, &one, decide, moved)).collect_view();
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
                <ul class="list">{off.into_iter().map(|one| over(&one)).collect_view()}</ul>
            </section>
        })}
        {has_past.then(|| view! {
            <section class="group"><h2 class="group-head">{t.book_past()}<span class="n">{missed}</span></h2>
                <ul class="list">{past.into_iter().map(|one| over(&one)).collect_view()}</ul>
            </section>
        })}
    }
    .into_any()
}

/// Whether it does not take place, and its time is still to come.
fn is_off(state: State, starts: Moment, now: Moment) -> bool {
    now.at < starts.at && !state.takes_time() && state != State::Completed
}

/// One that is over, or does not take place: a line.
fn over(one: &Opened) -> AnyView {
    let t = lang::current();
    let booking = &one.booking;
    let span = Time { starts: booking.starts, ends: booking.ends };
    view! {
        <li><a class="item" href=format!("/bookings/{}", booking.id)>
            <span class="tile"><Icon name="clock"/></span>
            <span><span class="t">{booking.name.clone()}</span>
                <span class="s">{short_day(t, span.starts, one.now)}", "{clocks(span)}" · "{t.booking_state(booking.state)}</span></span>
            <span class="tail"><Icon name="chevron-right"/></span>
        </a></li>
    }
    .into_any()
}

/// One that holds or waits, with what can be done about it.
pub(super) fn card(t: Lang, one: &Opened, decide: Call<DecideBooking>, moved: Call<MoveBooking>) -> AnyView {
    let booking = one.booking.clone();
    let (now, span) = (one.now, Time { starts: booking.starts, ends: booking.ends });
    let (icon, tone) = match booking.state {
        State::CheckedIn => ("play", "inuse"),
        State::Pending => ("clock", "reserved"),
        _ => ("circle-check", "free"),
    };
    let line = if booking.state == State::CheckedIn {
        let left = t.length(booking.ends.at.since(now.at));
        t.book_runs(&time::clock(booking.ends), &left)
    } else {
        when(t, span, now)
    };
    let at = |moment: Moment| {
        if moment.wall().date == now.wall().date { time::clock(moment) } else { t.exact(moment, now) }
    };
    let note = match booking.state {
        State::Pending => Some(t.book_held_until(&at(one.gone))),
        State::Approved if one.opens.at > now.at && now.at < one.free_until.at => {
            Some(format!("{} {}", t.book_opens(&at(one.opens)), t.book_free_until(&at(one.free_until))))
        }
        State::Approved if one.opens.at > now.at => Some(t.book_opens(&at(one.opens))),
        State::Approved => Some(t.book_come_until(&at(one.gone))),
        _ => None,
    };
    view! {
        <article class="booking" aria-label=booking.name.clone()>
            <div class="head">
                <span class="tile" data-status=tone><Icon name=icon/></span>
                <div><h3><a href=format!("/bookings/{}", booking.id)>{booking.name.clone()}</a></h3><p class="s">{line}</p></div>
            </div>
            {one.out.then(|| view! {
                <p class="why"><Icon name="octagon-alert"/><span>{t.book_out()}" "<a class="link" href=format!("/bookings/{}", booking.id)>{t.book_out_next()}</a></span></p>
            })}
            {acts(t, one, decide, moved)}
            {note.map(|note| view! { <p class="why"><Icon name="info"/><span>{note}</span></p> })}
        </article>
    }
    .into_any()
}

/// The buttons that its state offers.
pub(super) fn acts(t: Lang, one: &Opened, decide: Call<DecideBooking>, moved: Call<MoveBooking>) -> AnyView {
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
                <Submit label about busy=moved.pending()/>
            </Form>
        }
    });
    let deeds = booking.deeds.iter().filter(|deed| booking.mine || matches!(deed, Deed::Excuse));
    let buttons = deeds.copied().map(|deed| {
        let (id, about) = (id.clone(), name.clone());
        match deed {
            // While it runs it is made longer, which is a button of its own.
            Deed::Move if booking.state == State::CheckedIn => ().into_any(),
            Deed::Move => {
                let minutes = minutes_to(booking.ends);
                let href = format!("/book/{}?day={}&minutes={minutes}&move={id}", booking.resource, booking.starts.wall().date);
                view! { <a class="btn" href=href><Icon name="repeat"/>{t.booking_deed(deed)}<span class="visually-hidden">": "{about}</span></a> }.into_any()
            }
            Deed::Cancel => cancel(t, one, id, about, decide),
            deed => {
                let kind = if deed == Deed::CheckIn { Kind::Primary } else { Kind::Quiet };
                view! { <Act id deed about kind decide/> }.into_any()
            }
        }
    });
    let buttons = buttons.collect_view();
    view! { <div class="acts">{longer}{buttons}</div> }.into_any()
}

/// A button for one deed that needs no words.
#[component]
pub(super) fn Act(
    id: String,
    deed: Deed,
    about: String,
    kind: Kind,
    decide: Call<DecideBooking>,
    /// That was seen, of what is decided.
    #[prop(optional)]
    version: Option<i64>,
) -> impl IntoView {
    view! {
        <Form action=decide beside=true>
            {hidden("id", &id)}
            {seen(version)}
            {hidden("deed", &deed.word())}
            <Submit label=lang::current().booking_deed(deed) about kind busy=decide.pending()/>
        </Form>
    }
}

/// Has a form say the version that was seen.
pub(super) fn seen(version: Option<i64>) -> impl IntoView {
    version.map(|version| hidden("version", &version))
}

/// Calling off names the time and what comes of it first.
fn cancel(t: Lang, one: &Opened, id: String, about: String, decide: Call<DecideBooking>) -> AnyView {
    let booking = &one.booking;
    let span = Time { starts: booking.starts, ends: booking.ends };
    let sheet = format!("cancel-{id}");
    let title = format!("{sheet}-title");
    let is_late = booking.state == State::Approved && one.free_until.at < one.now.at;
    let comes = if is_late { t.book_cancel_late() } else { t.book_cancel_in_time() };
    let named = format!("{}: {about}", t.booking_deed(Deed::Cancel));
    let (opens, shows, labelled) = (sheet.clone(), sheet.clone(), title.clone());
    view! {
        <button class="btn" type="button" popovertarget=opens aria-label=named>{t.booking_deed(Deed::Cancel)}</button>
        <div class="sheet" popover="auto" id=shows role="dialog" aria-labelledby=labelled>
            <h2 id=title>{t.book_cancel_title()}</h2>
            <p><b>{about.clone()}</b>", "{when(t, span, one.now)}</p>
            <p>{comes}</p>
            <div class="pair">
                <button class="btn" type="button" popovertarget=sheet popovertargetaction="hide">{t.book_keep()}</button>
                <Act id deed=Deed::Cancel about kind=Kind::Danger decide/>
            </div>
        </div>
    }
    .into_any()
}

/// The state of it in words, for a page of its own.
pub(super) fn state(one: &Opened) -> AnyView {
    view! { <StateWord state=one.booking.state/> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::Millis;

    #[test]
    fn what_does_not_take_place_is_called_off_until_its_time_has_come() {
        let at = |at| Moment { at: Millis(at), offset: 0 };
        for (state, starts, expected) in [
            (State::Cancelled, 2, true),
            (State::Cancelled, 1, false),
            (State::Rejected, 2, true),
            (State::Completed, 2, false),
            (State::Approved, 2, false),
        ] {
            assert_eq!(is_off(state, at(starts), at(1)), expected, "{state:?} at {starts}");
        }
    }
}
