//! A person's bookings: upcoming, past, and how many they missed. Each links to its own page, where it is moved or
//! cancelled.

use super::{Crumb, Tab, with_tabs};
use crate::{
    bookings::when,
    call::page_resource,
    lang,
    live::use_live,
    live_page::loaded,
    people::api,
    ui::{changing::dynamic, empty::Empty, icon::Icon},
};
use contract::{
    bookings::{Booking, Time},
    people::BookingsPage,
};
use domain::{id::PersonId, live::Noun, time::Moment};
use leptos::prelude::*;
use text::{Lang, time};

/// The page at `/people/:id/bookings`.
pub fn bookings_page(person: PersonId) -> AnyView {
    let live = use_live();
    let page =
        page_resource(move || (live.person(person), live.version(Noun::Bookings)), move |_| api::bookings(person));
    view! {
        <Crumb/>
        {loaded(6, page, move |page| view! { <Page page/> }.into_any())}
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<BookingsPage>) -> impl IntoView {
    let t = lang::current();
    let head = Memo::new(move |_| page.with(|page| page.head.clone()));
    let inside = dynamic(move || {
        let BookingsPage { head, coming, past, no_shows } = page.get();
        if coming.is_empty() && past.is_empty() {
            return Some(
                view! {
                    <div class="card"><Empty icon="clock">
                        <h2>{t.person_bookings_none()}</h2><p>{t.person_bookings_none_next()}</p>
                    </Empty></div>
                }
                .into_any(),
            );
        }
        let group = |title: &'static str, note: Option<String>, all: Vec<Booking>| {
            (!all.is_empty() || note.is_some()).then(|| {
                let lines = all.into_iter().map(|one| line(t, one, head.now)).collect_view();
                view! {
                    <section class="group">
                        <h2 class="group-head">{title}<span class="n">{note}</span></h2>
                        <ul class="list">{lines}</ul>
                    </section>
                }
            })
        };
        let missed = (no_shows > 0).then(|| t.book_missed(no_shows));
        Some(view! { {group(t.book_next(), None, coming)}{group(t.book_past(), missed, past)} }.into_any())
    });
    with_tabs(head, Tab::Bookings, inside.into_any())
}

fn line(t: Lang, booking: Booking, now: Moment) -> AnyView {
    let span = Time { starts: booking.starts, ends: booking.ends };
    let state = time::capitalised(t.booking_state(booking.state));
    view! {
        <li><a class="item" href=format!("/bookings/{}", booking.id)>
            <span class="tile"><Icon name="clock"/></span>
            <span><span class="t">{booking.name}</span><span class="s">{when(t, span, now)}" · "{state}</span></span>
            <span class="tail"><Icon name="chevron-right"/></span>
        </a></li>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        people::person::tests::head,
        testing::{NOW, html, visitor, words},
    };
    use domain::{
        bookings::{Resource, State},
        id::{BookingId, MachineId},
    };

    #[test]
    fn bookings_link_to_their_pages_and_missed_are_counted() {
        let booking = |id, state| Booking {
            id: BookingId(id),
            version: 1,
            resource: Resource::Machine(MachineId(1)),
            name: "Laser".into(),
            person: Some(PersonId(7)),
            person_name: None,
            group: None,
            group_name: None,
            series: None,
            starts: NOW,
            ends: NOW,
            state,
            asked: NOW,
            sequence: 0,
            decided: None,
            decided_by: None,
            note: None,
            checked_in: None,
            late: false,
            importance: None,
            actions: Vec::new(),
            hand_over: Vec::new(),
            offered_to: None,
            mine: false,
        };
        let html = html(visitor(Lang::En), "/people/7/bookings", move || {
            let (coming, past) = (vec![booking(3, State::Approved)], vec![booking(2, State::NoShow)]);
            view! { <Page page=RwSignal::new(BookingsPage { head: head(), coming, past, no_shows: 1 })/> }
        });
        assert!(html.contains(r#"href="/bookings/3""#) && html.contains(r#"href="/bookings/2""#), "{html}");
        assert!(words(&html).contains("Missed: 1 in 30 days"), "{html}");
    }
}
