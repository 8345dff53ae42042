//! Cards: giving somebody one, a card's own page, and the cards that nobody has claimed.
//!
//! Invariant: a card is known by its last two digits; its number is written here, and never shown.

pub mod api;
pub mod claim;
pub mod marked;
pub mod mine;
pub mod page;
pub mod swipe;
pub mod unknown;

use crate::{
    SSR,
    call::Call,
    lang,
    ui::{
        button::Submit,
        changing::part,
        form::{Field, Form, times_done},
    },
};
use api::GiveCard;
use claim::Claim;
use domain::id::PersonId;
use leptos::prelude::*;
use leptos_router::{
    Lazy,
    components::{Outlet, ParentRoute, Route},
    path,
};
use page::Card;
use unknown::Unknown;

/// Pages in the frame, for those who may.
#[component(transparent)]
pub fn CardPages() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <ParentRoute path=path!("") view=Outlet>
            <Route path=path!("cards/:id") view={Lazy::<Card>::new()} ssr=SSR/>
            <Route path=path!("machines/:id/claim") view={Lazy::<Claim>::new()} ssr=SSR/>
            <Route path=path!("unknown-cards") view={Lazy::<Unknown>::new()} ssr=SSR/>
        </ParentRoute>
    }
    .into_inner()
}

/// The form; for whoever may give cards.
#[component]
pub fn GiveCardForm(
    /// To whom.
    person: PersonId,
) -> impl IntoView {
    let t = lang::current();
    let give = Call::<GiveCard>::new();
    let given = times_done(give);
    view! {
        {part(move || {
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
