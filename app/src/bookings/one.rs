//! One booking: actions for its holder, answers for a moderator.

use super::{
    api::{self, DecideBooking, MoveBooking, Rebook},
    approve,
    hand_over::{self, Calls},
    mine, outage, reject, steady, when,
};
use crate::{
    call::{Call, page_resource},
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::Kind,
        changing::dynamic,
        form::Summary,
        held::{Held, HeldSummary, HeldToast},
        icon::Icon,
        saved::Saved,
    },
};
use contract::bookings::{Opened, Time};
use domain::{bookings::BookingAction, id::BookingId, live::Noun};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::{Lang, time};

/// The page at `/bookings/:id`.
pub fn booking_page(booking: BookingId) -> AnyView {
    let live = use_live();
    let (decide, moved) = (Call::<DecideBooking>::new(), Call::<MoveBooking>::new());
    let (rebook, handed, held) = (Call::<Rebook>::new(), Calls::new(), Held::new(decide));
    let decided = move || decide.version().get() + held.version();
    let changed = move || (decided(), moved.version().get(), rebook.version().get(), handed.version());
    // Alternatives, and whether the machine is out of service, change without the booking.
    let source = move || (live.version(Noun::Bookings), live.version(Noun::Machine), changed());
    let answers = page_resource(source, move |_| api::one(booking));
    live_page(lang::current().booking_title(), 3, answers, move |one| {
        view! { <Page one decide held moved rebook handed/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(
    one: RwSignal<Opened>,
    decide: Call<DecideBooking>,
    held: Held,
    moved: Call<MoveBooking>,
    rebook: Call<Rebook>,
    handed: Calls,
) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let came = move |name: &'static str| Memo::new(move |_| query.with(|query| query.get_str(name).is_some()));
    let (made, was_moved, longer) = (came("made"), came("moved"), came("extended"));
    let mine = one.with_untracked(|one| one.booking.mine);
    let (href, back) = if mine { ("/book/mine", t.book_mine()) } else { ("/bookings", t.bookings_title()) };
    let same = Memo::new(move |_| one.with(steady));
    let is_open = Memo::new(move |_| one.with(|one| one.booking.state.takes_time()));
    view! {
        <a class="crumb" href=href><Icon name="chevron-left"/>{back}</a>
        <header class="page-head"><h1>{t.booking_title()}</h1><p class="sub">{move || one.with(|one| one.booking.name.clone())}</p></header>
        <div>
            {dynamic(move || is_open.get().then(|| view! {
                <Saved visible=made message=t.booking_made()/>
                <Saved visible=was_moved message=t.booking_moved()/>
                <Saved visible=longer message=t.booking_extended()/>
            }.into_any()))}
            {dynamic(move || (mine && made.get() && is_open.get()).then(|| view! {
                <p class="small"><a class="link" href="/me/calendar">{t.feeds_link()}</a></p>
            }.into_any()))}
            <Summary action=decide/>
            <HeldSummary held/>
            <Summary action=moved/>
            {handed.problems()}
        </div>
        <HeldToast held/>
        {dynamic(move || {
            same.get();
            one.with_untracked(|one| one.outage.as_ref().map(|outage| outage::section(t, one, outage, rebook)))
        })}
        {dynamic(move || { same.get(); Some(page_body(t, &one.get_untracked(), decide, moved)) })}
        {dynamic(move || { same.get(); one.with_untracked(|one| answer(t, one, held)) })}
        {dynamic(move || { same.get(); one.with_untracked(|one| hand_over::section(t, one, handed)) })}
    }
}

fn page_body(t: Lang, one: &Opened, decide: Call<DecideBooking>, moved: Call<MoveBooking>) -> AnyView {
    let booking = one.booking.clone();
    let span = Time { starts: booking.starts, ends: booking.ends };
    let who = booking.person_name.clone().filter(|_| !booking.mine);
    let href = booking.person.filter(|_| !booking.mine).map(|person| format!("/people/{person}"));
    let group = booking.group.zip(booking.group_name.clone());
    let open = booking.state.takes_time() && booking.mine;
    view! {
        {if open {
            // Elsewhere the card is one of several, below a heading.
            view! {
                <h2 class="visually-hidden">{time::capitalised(t.booking_state(booking.state))}</h2>
                {mine::card(t, one, mine::Page::Own, decide, moved)}
            }.into_any()
        } else {
            let who = who.map(|who| match href {
                Some(href) => view! { <p class="s"><a class="link" href=href>{who}</a></p> }.into_any(),
                None => view! { <p class="s">{who}</p> }.into_any(),
            });
            view! {
                <section class="card checkout">
                    {mine::state(one)}
                    <p class="when">{when(t, span, one.now)}</p>
                    {one.place.clone().map(|place| view! { <p class="s">{place}</p> })}
                    {group.map(|(id, name)| view! {
                        <p class="s"><a class="link" href=format!("/groups/{id}")>{time::capitalised(&t.book_for_group(&name))}</a></p>
                    })}
                    {who}
                    {booking.note.clone().map(|note| view! { <p>"“"{note}"”"</p> })}
                    {booking.decided_by.clone().map(|name| view! { <p class="s">{t.booking_by(&name)}</p> })}
                    {mine::acts(t, one, mine::Page::Own, decide, moved)}
                </section>
            }.into_any()
        }}
    }
    .into_any()
}

/// The moderator's answer form, until it is sent.
fn answer(t: Lang, one: &Opened, held: Held) -> Option<AnyView> {
    let booking = &one.booking;
    let about = (booking.id, booking.version);
    if !booking.actions.contains(&BookingAction::Reject) || held.hides((about.0.0, about.1)) {
        return None;
    }
    let name = booking
        .group_name
        .clone()
        .or_else(|| booking.person_name.clone())
        .unwrap_or_else(|| t.checkouts_former().to_owned());
    Some(
        view! {
            <section class="card">
                <div class="decide btn-row">
                    {approve(t, about, &name, Kind::Primary, held)}
                    {reject(t, about, &name, "reject", Signal::stored(false), held)}
                </div>
            </section>
        }
        .into_any(),
    )
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        bookings::mine::tests::booked,
        testing::{html, visitor, words},
    };
    use domain::bookings::State;

    fn page(address: &str) -> String {
        page_of(booked(7, State::Approved, 48 * 60, &[BookingAction::Move, BookingAction::Cancel]), address)
    }

    fn page_of(one: Opened, address: &str) -> String {
        html(visitor(Lang::En), address, move || {
            let (decide, moved) = (Call::<DecideBooking>::new(), Call::<MoveBooking>::new());
            let (rebook, held) = (Call::<Rebook>::new(), Held::new(decide));
            view! { <Page one=RwSignal::new(one) decide held moved rebook handed=Calls::new()/> }
        })
    }

    #[test]
    fn new_booking_links_holder_calendar() {
        let made = page("/bookings/7?made");
        assert!(words(&made).contains("Booked") && made.contains(r#"href="/me/calendar""#), "{made}");
        let later = page("/bookings/7");
        assert!(!later.contains(r#"href="/me/calendar""#), "{later}");
        assert!(!later.contains("open=hand-over"), "the form is on this page: {later}");
    }
    #[test]
    fn booking_request_page_has_versioned_answer_forms_and_toast() {
        let mut one = booked(7, State::Pending, 48 * 60, &[BookingAction::Approve, BookingAction::Reject]);
        one.booking.mine = false;
        let html = page_of(one, "/bookings/7");
        assert!(html.contains(r#"aria-label="Approve: Ada""#), "whose it is: {html}");
        assert!(html.contains(r#"id="reject""#) && html.contains(r#"id="why-not""#), "{html}");
        assert_eq!(html.matches(r#"name="version" value="3""#).count(), 2, "{html}");
        assert!(html.contains(r#"class="toasts""#), "{html}");
    }
}
