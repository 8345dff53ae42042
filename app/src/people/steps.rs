//! A person's membership status, and the actions that change it, each with its consequences.

use super::api::TakeStep;
use crate::{
    call::Call,
    lang,
    ui::{
        button::{Kind, Submit},
        form::{Form, hidden, was_submitted},
    },
};
use domain::{
    id::PersonId,
    people::{Step, StepRefusal},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// The actions, collapsed; and why suspending is not among them.
#[component]
pub fn Steps(
    person: PersonId,
    name: String,
    steps: Vec<Step>,
    /// Why they may not be suspended.
    refusals: Vec<StepRefusal>,
    take: Call<TakeStep>,
) -> impl IntoView {
    let t = lang::current();
    view! {
        <div class="deeds">
            {steps.into_iter().map(|step| {
                let kind = match step {
                    Step::Admit | Step::Readmit => Kind::Primary,
                    Step::Suspend | Step::Leave => Kind::Danger,
                };
                let (confirm, label) = (t.step_confirm(step, &name), format!("{}: {name}", t.step(step)));
                view! {
                    <details class="deed" open=was_submitted(TakeStep::PATH)>
                        <summary>{t.step(step)}</summary>
                        <p>{confirm}</p>
                        {(step == Step::Admit).then(|| view! { <p class="small muted">{t.admit_next()}</p> })}
                        <Form action=take>
                            {hidden("person", &person)}
                            {hidden("step", &step.as_str())}
                            <div class="btn-row"><Submit label kind busy=take.pending()/></div>
                        </Form>
                    </details>
                }
            }).collect_view()}
            {refusals.into_iter().map(|refusal| view! { <p class="small muted">{t.step_refused(refusal)}</p> }).collect_view()}
        </div>
    }
}
