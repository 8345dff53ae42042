//! Erasing a person: confirmed once by name, with all that is deleted. Or why it is refused. People who erase
//! themselves enter their password.

use super::api::{EraseOneself, ErasePerson};
use crate::{
    call::Call,
    lang,
    ui::{
        button::{Kind, Submit},
        form::{Form, hidden, was_submitted},
        password::Password,
    },
};
use domain::{id::PersonId, people::StepRefusal};
use leptos::{prelude::*, server_fn::ServerFn};

/// The card to erase another person.
#[component]
pub fn EraseCard(person: PersonId, name: String, refusals: Vec<StepRefusal>) -> impl IntoView {
    let t = lang::current();
    let erase = Call::<ErasePerson>::new();
    let label = t.erase_button(&name);
    let form = view! {
        // A new document, so that no loaded data of theirs stays.
        <Form action=erase reload=true>
            {hidden("person", &person)}
            <div class="btn-row"><Submit label=label.clone() kind=Kind::Danger busy=erase.pending()/></div>
        </Form>
    };
    erase_card(t.erase_ask(&name), refusals, was_submitted(ErasePerson::PATH), form.into_any())
}

/// The card to erase oneself.
#[component]
pub fn EraseOwnCard(password: bool, refusals: Vec<StepRefusal>) -> impl IntoView {
    let t = lang::current();
    let erase = Call::<EraseOneself>::new();
    let form = view! {
        // A new document, because the reader is signed out.
        <Form action=erase reload=true>
            {password.then(|| view! {
                <Password name="current_password" label=t.sign_in_password() autocomplete="current-password"/>
            })}
            <div class="btn-row"><Submit label=t.erase_own() kind=Kind::Danger busy=erase.pending()/></div>
        </Form>
    };
    erase_card(t.erase_own_ask().to_owned(), refusals, was_submitted(EraseOneself::PATH), form.into_any())
}

fn erase_card(ask: String, refusals: Vec<StepRefusal>, open: bool, form: AnyView) -> AnyView {
    let t = lang::current();
    view! {
        <section class="card" aria-labelledby="erase">
            <div class="card-head"><h2 id="erase">{t.erase_title()}</h2></div>
            {if refusals.is_empty() {
                view! {
                    <details class="deed" open=open>
                        <summary>{t.erase_title()}"…"</summary>
                        <p>{ask}</p>
                        {form}
                    </details>
                }.into_any()
            } else {
                refusals.into_iter().map(|refusal| view! { <p class="small muted">{t.step_refused(refusal)}</p> }).collect_view().into_any()
            }}
        </section>
    }
    .into_any()
}
