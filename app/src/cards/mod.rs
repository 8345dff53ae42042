//! Cards: giving somebody one, a card's own page, and the cards that nobody has claimed.
//!
//! Invariant: a card is known by its last four digits; its number is written here, and never shown.

pub mod api;
pub mod claim;
pub mod marked;
pub mod mine;
pub mod page;
pub mod swipe;
pub mod unknown;

use crate::{
    call::Call,
    lang,
    ui::{
        button::Submit,
        changing::fresh,
        form::{Field, Form, completed_count},
    },
};
use api::GiveCard;
use domain::id::PersonId;
use leptos::prelude::*;

/// The form; for whoever may give cards.
#[component]
pub fn GiveCardForm(person: PersonId) -> impl IntoView {
    let t = lang::current();
    let give = Call::<GiveCard>::new();
    let given = completed_count(give);
    view! {
        {fresh(move || {
            given.track();
            Some(view! {
                <Form action=give>
                    <input type="hidden" name="person" value=person.to_string() data-fleeting=""/>
                    <Field name="uid" label=t.card_number() hint=t.card_number_hint()/>
                    <div class="btn-row"><Submit label=t.card_give() busy=give.pending()/></div>
                </Form>
            })
        })}
    }
}
