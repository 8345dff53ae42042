//! Erasing somebody: asked once, naming them, with all that goes. Or why it cannot be.

use super::api::ErasePerson;
use crate::{
    call::Call,
    lang,
    ui::{
        button::{Kind, Submit},
        form::{Form, came_back},
    },
    visitor::use_visitor,
};
use domain::{id::PersonId, people::StepRefusal};
use leptos::{prelude::*, server_fn::ServerFn};

/// The card.
#[component]
pub fn EraseCard(
    /// Whom.
    person: PersonId,
    /// What they are called.
    name: String,
    /// What speaks against it.
    refusals: Vec<StepRefusal>,
) -> impl IntoView {
    let t = lang::current();
    let erase = Call::<ErasePerson>::new();
    let is_own = use_visitor().who.is_some_and(|me| me.id == person);
    let (ask, label) = if is_own {
        (t.erase_own_ask().to_owned(), t.erase_own().to_owned())
    } else {
        (t.erase_ask(&name), t.erase_button(&name))
    };
    view! {
        <section class="card" aria-labelledby="erase">
            <div class="card-head"><h2 id="erase">{t.erase_title()}</h2></div>
            {if refusals.is_empty() {
                view! {
                    <details class="deed" open=came_back(ErasePerson::PATH)>
                        <summary>{t.erase_title()}"…"</summary>
                        <p>{ask}</p>
                        // Another document: whoever erased themselves is nobody any more.
                        <Form action=erase reload=true>
                            <input type="hidden" name="person" value=person.to_string()/>
                            <div class="btn-row"><Submit label kind=Kind::Danger busy=erase.pending()/></div>
                        </Form>
                    </details>
                }.into_any()
            } else {
                refusals.into_iter().map(|refusal| view! { <p class="small muted">{t.step_refused(refusal)}</p> }).collect_view().into_any()
            }}
        </section>
    }
}
