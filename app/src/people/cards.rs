//! A person's cards: list, actions with undo, and ways to add one. Never a card's number.

use crate::{
    call::Call,
    cards::api::MarkCard,
    cards::{
        GiveCardForm,
        api::{ExpectCard, GiveCard},
        marked::Marks,
        swipe::Swipe,
    },
    clock::use_clock,
    lang,
    ui::{
        changing::dynamic,
        form::{is_open, was_submitted},
        icon::Icon,
    },
    visitor::use_visitor,
};
use contract::people::CardView;
use domain::{
    cards::{CardAction, CardState},
    id::PersonId,
};
use leptos::{prelude::*, server_fn::ServerFn};

/// The list, and the form to add one.
#[component]
pub fn Cards(
    person: PersonId,
    /// The cards, and whether the caller may add one.
    cards: Memo<(Vec<CardView>, bool)>,
    mark: Call<MarkCard>,
) -> impl IntoView {
    let (t, now) = (lang::current(), use_clock().now_once());
    let may_give = Memo::new(move |_| cards.with(|(_, may_give)| *may_give));
    let message = move |card: &CardView, may_give: bool| {
        let may = |action: &CardAction| {
            action.begins_at(card.state) && if action.is_for_givers(card.state) { may_give } else { card.may_lose }
        };
        // The usual actions; the others are on the card's page.
        [CardAction::Lose, CardAction::Find, CardAction::Restore].into_iter().find(may)
    };
    view! {
        <section class="group" aria-labelledby="cards">
            <h2 class="group-head" id="cards">{t.person_cards()}</h2>
            {dynamic(move || {
                let (cards, may_give) = cards.get();
                Some(if cards.is_empty() {
                    let next = if may_give { t.person_no_cards_give() } else { t.person_no_cards_ask() };
                    view! { <p class="muted">{t.person_no_cards()}". "{next}</p> }.into_any()
                } else {
                    view! {
                        <ul class="list cards">
                            {cards.into_iter().map(|card| {
                                let name = t.card_called(&card.ending);
                                let actions = message(&card, may_give).into_iter().collect::<Vec<_>>();
                                view! {
                                    <li><div class="item">
                                        <span class="tile"><Icon name=if card.state == CardState::Active { "id-card" } else { "hand" }/></span>
                                        <span class="lines">
                                            <a class="t" href=format!("/cards/{}", card.id)>{name.clone()}</a>
                                            <span class="s">{t.card_state(card.state)}", "{t.card_given(&t.brief(card.given, now))}</span>
                                        </span>
                                        <Marks card=card.id name actions mark/>
                                    </div></li>
                                }
                            }).collect_view()}
                        </ul>
                    }.into_any()
                })
            })}
            // Outside the list, because an enrollment and its result outlive the change of the list.
            {dynamic(move || may_give.get().then(|| view! {
                <div class="card">
                    <details class="deed" open=is_open("card", GiveCard::PATH) || waits()>
                        <summary>{t.card_add()}</summary>
                        <div class="card-ways">
                            <div><Swipe person/></div>
                            <div>
                                <h3>{t.card_by_hand()}</h3>
                                <GiveCardForm person/>
                            </div>
                        </div>
                    </details>
                </div>
            }))}
        </section>
    }
}

/// Whether a form without script has just started an enrollment, or failed to.
fn waits() -> bool {
    let is_answered = use_visitor().answer.is_some_and(|answer| answer.function == ExpectCard::PATH);
    is_answered || was_submitted(ExpectCard::PATH)
}
