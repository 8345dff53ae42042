//! Cards: assigning one, a card's page, and unknown cards.
//!
//! Invariant: a card is shown by its last four digits only; the full number is entered, never displayed.

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
        changing::remount,
        form::{Field, Form, completed_count},
    },
};
use api::GiveCard;
use domain::id::PersonId;
use leptos::prelude::*;

/// The form to assign a card, if permitted.
#[component]
pub fn GiveCardForm(person: PersonId) -> impl IntoView {
    let t = lang::current();
    let give = Call::<GiveCard>::new();
    let given = completed_count(give);
    view! {
        {remount(move || {
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
