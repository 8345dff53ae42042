//! Somebody's cards: which there are, lost and found. Never a card's number.

use super::api::MarkCard;
use crate::{
    call::Call,
    cards::GiveCardForm,
    clock::use_clock,
    lang,
    ui::{
        button::{Kind, Submit},
        form::Form,
        icon::Icon,
    },
};
use domain::{cards::CardState, id::PersonId, people::CardView};
use leptos::prelude::*;

/// The list, and the form that gives another.
#[component]
pub fn Cards(
    /// Whose.
    person: PersonId,
    /// The cards.
    cards: Vec<CardView>,
    /// The asker may give one.
    may_give: bool,
    /// The call.
    mark: Call<MarkCard>,
) -> impl IntoView {
    let (t, now) = (lang::current(), use_clock().now_once());
    view! {
        <section class="group" aria-labelledby="cards">
            <h2 class="group-head" id="cards">{t.person_cards()}</h2>
            {if cards.is_empty() {
                view! { <p class="muted">{t.person_no_cards()}</p> }.into_any()
            } else {
                view! {
                    <ul class="list cards">
                        {cards.into_iter().map(|card| {
                            let name = if card.ending.is_empty() { t.card_plain().to_owned() } else { t.card_ending(&card.ending) };
                            let (word, found, kind) = match card.state {
                                CardState::Active => (t.card_say_lost(), "", Kind::Danger),
                                CardState::Lost | CardState::Retired => (t.card_say_found(), "yes", Kind::Quiet),
                            };
                            view! {
                                <li><div class="item">
                                    <span class="tile"><Icon name=if card.state == CardState::Active { "shield-check" } else { "hand" }/></span>
                                    <span class="lines">
                                        <span class="t">{name}</span>
                                        <span class="s">{t.card_state(card.state)}", "{t.card_given(&t.brief(card.given, now))}</span>
                                    </span>
                                    {card.may_lose.then(|| view! {
                                        <Form action=mark>
                                            <input type="hidden" name="card" value=card.id.to_string()/>
                                            <input type="hidden" name="person" value=person.to_string()/>
                                            <input type="hidden" name="found" value=found/>
                                            <Submit label=word kind busy=mark.pending()/>
                                        </Form>
                                    })}
                                </div></li>
                            }
                        }).collect_view()}
                    </ul>
                }.into_any()
            }}
            {may_give.then(|| view! { <div class="card"><GiveCardForm person/></div> })}
        </section>
    }
}
