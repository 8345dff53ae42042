//! Actions on a card: the buttons, and the toast with undo.

use crate::{
    call::Call,
    cards::api::MarkCard,
    lang,
    ui::{
        answered::answered,
        button::{Kind, Submit},
        form::{Form, hidden},
        toast::{Toast, Undo, refusals, undo_field},
    },
};
use domain::{cards::CardAction, id::CardId};
use leptos::prelude::*;

/// A button for each permitted action.
#[component]
pub fn Marks(card: CardId, name: String, actions: Vec<CardAction>, mark: Call<MarkCard>) -> impl IntoView {
    (!actions.is_empty()).then(|| {
        view! { <div class="acts">{actions.into_iter().map(|action| one(card, name.clone(), action, mark)).collect_view()}</div> }
    })
}

fn one(card: CardId, name: String, action: CardAction, mark: Call<MarkCard>) -> impl IntoView {
    let kind = match action {
        CardAction::Lose => Kind::Danger,
        CardAction::Find | CardAction::Retire | CardAction::Restore => Kind::Quiet,
    };
    view! {
        <Form action=mark>
            {hidden("card", &card)}
            {hidden("action", &action.as_str())}
            <Submit label=lang::current().card_action(action) about=name kind busy=mark.pending()/>
        </Form>
    }
}

/// The last action, with undo.
#[component]
pub fn Marked(mark: Call<MarkCard>) -> impl IntoView {
    let t = lang::current();
    let answer = answered(mark);
    let message = Signal::derive(move || {
        answer.get().map(|marked| t.card_marked(marked.action, &t.card_called(&marked.ending)))
    });
    let undo: Undo = Box::new(move || {
        let marked = answer.get_untracked()?;
        let action = marked.undo?;
        Some(
            view! {
                <Form action=mark>
                    {hidden("card", &marked.card)}
                    {hidden("action", &action.as_str())}
                    {undo_field()}
                    <Submit label=t.undo() about=t.card_called(&marked.ending) kind=Kind::Ghost busy=mark.pending()/>
                </Form>
            }
            .into_any(),
        )
    });
    view! { <Toast message undo refused=vec![refusals(mark)]/> }
}
