//! One booking: for its holder what can be done about it, for a moderator the answer.

use super::{
    api::{self, DecideBooking, MoveBooking, Rebook},
    hand_over::{self, Calls},
    mine, outage, steady, when,
};
use crate::{
    call::{Call, asked},
    lang,
    live::use_live,
    ui::{
        button::{Kind, Submit},
        changing::part,
        form::{Form, Summary, hidden},
        icon::Icon,
        page::live_page,
        saved::Saved,
        text_area::TextArea,
    },
};
use domain::{bookings::Deed, id::BookingId, live::Noun};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::{Lang, time};
use views::bookings::{Opened, Time};

/// The page at `/bookings/:id`.
pub fn booking_page(booking: BookingId) -> AnyView {
    let live = use_live();
    let (decide, moved) = (Call::<DecideBooking>::new(), Call::<MoveBooking>::new());
    let (rebook, handed) = (Call::<Rebook>::new(), Calls::new());
    let changed =
        move || (decide.version().get(), moved.version().get(), rebook.version().get(), handed.version());
    // What is free elsewhere, and whether the machine is out of service, changes without a change of the booking.
    let source = move || (live.version(Noun::Bookings), live.version(Noun::Machine), changed());
    let answers = asked(source, move |_| api::one(booking));
    live_page(lang::current().booking_title(), 3, answers, move |one| {
        view! { <Page one decide moved rebook handed/> }.into_any()
    })
}

/// The page itself: no request, so that a test can render it.
#[component]
fn Page(
    one: RwSignal<Opened>,
    decide: Call<DecideBooking>,
    moved: Call<MoveBooking>,
    rebook: Call<Rebook>,
    handed: Calls,
) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let came = move |word: &'static str| Memo::new(move |_| query.with(|query| query.get_str(word).is_some()));
    let (made, anew, longer) = (came("made"), came("moved"), came("extended"));
    let mine = one.with_untracked(|one| one.booking.mine);
    let (href, back) = if mine { ("/book/mine", t.book_mine()) } else { ("/bookings", t.bookings_title()) };
    let same = Memo::new(move |_| one.with(steady));
    let is_open = Memo::new(move |_| one.with(|one| one.booking.state.takes_time()));
    view! {
        <a class="crumb" href=href><Icon name="chevron-left"/>{back}</a>
        <header class="page-head"><h1>{t.booking_title()}</h1><p class="sub">{move || one.with(|one| one.booking.name.clone())}</p></header>
        <div>
            {part(move || is_open.get().then(|| view! {
                <Saved shown=made said=t.booking_made()/>
                <Saved shown=anew said=t.booking_moved()/>
                <Saved shown=longer said=t.booking_extended()/>
            }.into_any()))}
            {part(move || (mine && made.get() && is_open.get()).then(|| view! {
                <p class="small"><a class="link" href="/me/calendar">{t.feeds_link()}</a></p>
            }.into_any()))}
            <Summary action=decide/>
            <Summary action=moved/>
            {handed.problems()}
        </div>
        {part(move || {
            same.get();
            one.with_untracked(|one| one.outage.as_ref().map(|outage| outage::section(t, one, outage, rebook)))
        })}
        {part(move || { same.get(); Some(shown(t, &one.get_untracked(), decide, moved)) })}
        {part(move || { same.get(); one.with_untracked(|one| hand_over::section(t, one, handed)) })}
    }
}

fn shown(t: Lang, one: &Opened, decide: Call<DecideBooking>, moved: Call<MoveBooking>) -> AnyView {
    let booking = one.booking.clone();
    let span = Time { starts: booking.starts, ends: booking.ends };
    let who = booking.person_name.clone().filter(|_| !booking.mine);
    let href = booking.person.filter(|_| !booking.mine).map(|person| format!("/people/{person}"));
    let answers = booking.deeds.contains(&Deed::Reject);
    let id = booking.id.to_string();
    let open = booking.state.takes_time() && booking.mine;
    view! {
        {if open {
            // The card is one of several elsewhere, below a heading.
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
                    {who}
                    {booking.note.clone().map(|note| view! { <p>"“"{note}"”"</p> })}
                    {booking.decided_by.clone().map(|name| view! { <p class="s">{t.booking_by(&name)}</p> })}
                    {mine::acts(t, one, mine::Page::Own, decide, moved)}
                </section>
            }.into_any()
        }}
        {answers.then(|| answer(t, id, booking.version, booking.name.clone(), decide))}
    }
    .into_any()
}

/// What a moderator says.
fn answer(t: Lang, id: String, version: i64, about: String, decide: Call<DecideBooking>) -> AnyView {
    view! {
        <section class="card">
            <div class="decide btn-row"><mine::Act id=id.clone() deed=Deed::Approve about kind=Kind::Primary decide version/>
            <details class="declining">
                <summary class="btn">{t.booking_deed(Deed::Reject)}</summary>
                <Form action=decide beside=true>
                    {hidden("id", &id)}
                    {mine::seen(Some(version))}
                    {hidden("deed", &Deed::Reject.word())}
                    <TextArea name="note" label=t.checkout_note_why() value=String::new()/>
                    <div class="btn-row"><Submit label=t.booking_deed(Deed::Reject) busy=decide.pending()/></div>
                </Form>
            </details></div>
        </section>
    }
    .into_any()
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
        let one = booked(7, State::Approved, 48 * 60, &[Deed::Move, Deed::Cancel]);
        html(visitor(Lang::En), address, move || {
            let (decide, moved) = (Call::<DecideBooking>::new(), Call::<MoveBooking>::new());
            let rebook = Call::<Rebook>::new();
            view! { <Page one=RwSignal::new(one) decide moved rebook handed=Calls::new()/> }
        })
    }

    #[test]
    fn booking_just_made_leads_to_the_calendar_of_its_holder() {
        let made = page("/bookings/7?made");
        assert!(words(&made).contains("Booked") && made.contains(r#"href="/me/calendar""#), "{made}");
        let later = page("/bookings/7");
        assert!(!later.contains(r#"href="/me/calendar""#), "{later}");
        assert!(!later.contains("open=hand-over"), "the form is on this page: {later}");
    }
}
