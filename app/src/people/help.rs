//! Helping a person who cannot sign in: a new link, and turning off a second factor.

use super::api::TakeOffSecondFactor;
use crate::{
    call::Call,
    lang,
    link::api::HelpIn,
    ui::delivery::Delivered,
    ui::{
        answered::answered,
        button::{Kind, Submit},
        changing::dynamic,
        form::{Form, hidden, was_submitted},
    },
};
use domain::id::PersonId;
use leptos::{prelude::*, server_fn::ServerFn};

/// The two buttons, as far as permitted.
#[component]
pub fn Help(
    person: PersonId,
    /// Whether they have a second factor that the caller may turn off.
    #[prop(into)]
    factor: Signal<bool>,
    help: Call<HelpIn>,
    take_off: Call<TakeOffSecondFactor>,
) -> impl IntoView {
    let t = lang::current();
    let helped = answered(help);
    view! {
        <section class="card" aria-labelledby="help">
            <div class="card-head"><h2 id="help">{t.people_help_in()}</h2></div>
            <p class="small muted">{t.people_help_in_lead()}</p>
            <div role="status">{dynamic(move || helped.get().map(|delivery| view! { <Delivered delivery/> }))}</div>
            <Form action=help>
                {hidden("person", &person)}
                <div class="btn-row"><Submit label=t.people_help_in() busy=help.pending()/></div>
            </Form>
            {dynamic(move || factor.get().then(|| view! {
                <details class="deed" open=was_submitted(TakeOffSecondFactor::PATH)>
                    <summary>{t.people_factor_off()}</summary>
                    <p>{t.people_factor_off_lead()}</p>
                    <Form action=take_off>
                        {hidden("person", &person)}
                        <div class="btn-row"><Submit label=t.people_factor_off() kind=Kind::Danger busy=take_off.pending()/></div>
                    </Form>
                </details>
            }))}
        </section>
    }
}
