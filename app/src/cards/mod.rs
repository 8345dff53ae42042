//! The form that gives a person a card; a part of the person's page.

pub mod api;

use crate::{
    call::Call,
    lang,
    ui::{
        button::Submit,
        form::{Field, Form},
    },
};
use api::GiveCard;
use domain::id::PersonId;
use leptos::prelude::*;

/// The form; for whoever may give cards.
#[component]
pub fn GiveCardForm(
    /// To whom.
    person: PersonId,
) -> impl IntoView {
    let t = lang::current();
    let give = Call::<GiveCard>::new();
    view! {
        <Form action=give>
            <input type="hidden" name="person" value=person.to_string()/>
            <Field name="uid" label=t.card_number() hint=t.card_number_hint()/>
            <div class="btn-row"><Submit label=t.card_give() busy=give.pending()/></div>
        </Form>
    }
}
