//! Handing over a booking, on its page: its holder names another member, who accepts or declines.
//!
//! Invariant: the server's answer alone decides which actions are offered.

use super::api::{AnswerOffer, OfferBooking};
use crate::{
    call::Call,
    ui::{
        button::{Kind, Submit},
        form::{Field, Form, Summary, hidden, is_open},
    },
};
use contract::bookings::Opened;
use domain::bookings::HandOver;
use leptos::{prelude::*, server_fn::ServerFn};
use text::Lang;

#[derive(Clone, Copy)]
pub(super) struct Calls {
    offer: Call<OfferBooking>,
    answer: Call<AnswerOffer>,
}

impl Calls {
    pub fn new() -> Self {
        Self { offer: Call::new(), answer: Call::new() }
    }

    /// Grows when one of them was answered.
    pub fn version(self) -> usize {
        self.offer.version().get() + self.answer.version().get()
    }

    /// Errors of the calls.
    pub fn problems(self) -> impl IntoView {
        view! { <Summary action=self.offer/><Summary action=self.answer/> }
    }
}

/// The hand-over actions of `booking`; empty if there are none.
pub(super) fn section(t: Lang, Opened { booking, names, .. }: &Opened, calls: Calls) -> Option<AnyView> {
    let can = |action| booking.hand_over.contains(&action);
    let (id, version) = (booking.id.to_string(), booking.version.to_string());
    let (about, suggestions) = (booking.name.clone(), names.clone());
    if can(HandOver::Offer) {
        return Some(
            view! {
                <section class="card" id="hand-over">
                    <details class="deed" open=is_open("hand-over", OfferBooking::PATH)>
                        <summary>{t.booking_hand_over()}</summary>
                        <p class="s">{t.booking_hand_over_next()}</p>
                        <Form action=calls.offer beside=true>
                            {hidden("id", &id)}
                            {hidden("version", &version)}
                            <Field name="person" label=t.booking_hand_over_to() hint=t.booking_hand_over_to_hint() autocomplete="off" suggestions/>
                            <div class="btn-row"><Submit label=t.booking_hand_over_offer() about busy=calls.offer.pending()/></div>
                        </Form>
                    </details>
                </section>
            }
            .into_any(),
        );
    }
    let buttons = booking.hand_over.iter().map(|&action| {
        let label = match action {
            HandOver::Offer => t.booking_hand_over_offer(),
            HandOver::Withdraw => t.booking_offer_withdraw(),
            HandOver::Accept => t.booking_offer_accept(),
            HandOver::Decline => t.booking_offer_decline(),
        };
        let kind = if action == HandOver::Accept { Kind::Primary } else { Kind::Quiet };
        view! { <Answer id=id.clone() version=version.clone() action label about=about.clone() kind calls/> }
    });
    let buttons = buttons.collect_view();
    if can(HandOver::Withdraw) {
        let name = booking.offered_to.clone().unwrap_or_default();
        return Some(
            view! {
                <section class="card">
                    <h2>{t.booking_offered_to(&name)}</h2>
                    <p class="s">{t.booking_offered_open()}</p>
                    <div class="btn-row">{buttons}</div>
                </section>
            }
            .into_any(),
        );
    }
    can(HandOver::Accept).then(|| {
        let name = booking.person_name.clone().unwrap_or_default();
        view! {
            <section class="card"><h2>{t.booking_offered_you(&name)}</h2><div class="btn-row">{buttons}</div></section>
        }
        .into_any()
    })
}

/// A button for one answer.
#[component]
fn Answer(
    id: String,
    version: String,
    action: HandOver,
    label: &'static str,
    about: String,
    kind: Kind,
    calls: Calls,
) -> impl IntoView {
    view! {
        <Form action=calls.answer beside=true>
            {hidden("id", &id)}
            {hidden("version", &version)}
            {hidden("action", &action.as_str())}
            <Submit label about kind busy=calls.answer.pending()/>
        </Form>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::bookings::mine::tests::booked;
    use crate::testing::{html, visitor, words};
    use domain::bookings::State;

    fn opened(hand_over: &[HandOver]) -> Opened {
        let mut one = booked(7, State::Approved, 60, &[]);
        one.booking.hand_over = hand_over.to_vec();
        one.booking.mine = !hand_over.contains(&HandOver::Accept);
        one.booking.offered_to = one.booking.mine.then(|| "Carl".to_owned());
        one
    }

    fn render(one: Opened) -> String {
        html(visitor(Lang::En), "/bookings/7", move || section(Lang::En, &one, Calls::new()))
    }

    #[test]
    fn hand_over_suggests_names_only_to_people_readers() {
        let offer = opened(&[HandOver::Offer]);
        assert!(!render(offer.clone()).contains("<datalist"));
        let suggested = render(Opened { names: vec!["Carl Weiss".into()], ..offer });
        assert!(suggested.contains(r#"<option value="Carl Weiss">"#), "{suggested}");
    }

    #[test]
    fn hand_over_shows_each_side_its_actions() {
        let offer = render(opened(&[HandOver::Offer]));
        assert!(offer.contains(r#"action="?/bookings/offer""#) && offer.contains(r#"name="person""#), "{offer}");
        assert!(offer.contains(r#"name="version" value="3""#), "{offer}");
        let open = render(opened(&[HandOver::Withdraw]));
        assert!(words(&open).contains("Offered to Carl") && open.contains(r#"value="withdraw""#), "{open}");
        let offered = render(opened(&[HandOver::Accept, HandOver::Decline]));
        assert!(words(&offered).contains("Ada offers you this booking"), "{offered}");
        assert!(offered.contains(r#"value="accept""#) && offered.contains(r#"value="decline""#), "{offered}");
        assert_eq!(words(&render(opened(&[]))).trim(), "");
    }
}
