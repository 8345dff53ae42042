//! Why was Ada refused on Tuesday: what boards decided about somebody, newest first. Part of their page.

use super::{
    answer::Rules,
    api::{self},
};
use crate::{lang, live::use_live, problem::AppError, ui::changing::part};
use domain::{access::Attempted, id::PersonId, live::Noun};
use leptos::prelude::*;
use text::Lang;

/// The list, with its heading. Who may not see it sees nothing of it.
#[component]
pub fn Attempts(
    /// About whom.
    person: PersonId,
) -> impl IntoView {
    let live = use_live();
    let answers = Resource::new_blocking(move || live.version(Noun::Person), move |_| api::attempts(person));
    view! {
        <Transition fallback=|| ()>
            {untrack(|| Suspend::new(async move {
                let shown = RwSignal::new(answers.await.ok());
                Effect::new(move |_| {
                    // A fetch that fails leaves what is there.
                    if let Some(Ok::<_, AppError>(newer)) = answers.get()
                        && shown.with_untracked(|shown| shown.as_ref() != Some(&newer))
                    {
                        shown.set(Some(newer));
                    }
                });
                part(move || shown.get().map(|attempts| view! { <Listed attempts/> }))
            }))}
        </Transition>
    }
}

/// The list itself: no request, so that a test can render it.
#[component]
fn Listed(attempts: Vec<Attempted>) -> impl IntoView {
    let t = lang::current();
    let none = attempts.is_empty().then(|| view! { <p class="muted">{t.access_attempts_none()}</p> });
    view! {
        <section class="card" aria-labelledby="attempts">
            <div class="card-head"><h2 id="attempts">{t.access_attempts()}</h2></div>
            {none}
            <ul class="attempts" role="list">{attempts.into_iter().map(|one| entry(one, t)).collect_view()}</ul>
            <p class="small muted">{t.access_kept_90()}</p>
        </section>
    }
}

fn entry(one: Attempted, t: Lang) -> impl IntoView {
    let outcome = if one.reasons.is_empty() { t.access_let_in() } else { t.access_refused() };
    let when = one.told.as_ref().map_or_else(|| t.exact(one.at, one.at), |told| t.exact(one.at, told.now));
    let reasons = one.told.as_ref().map(|told| {
        let reasons = told.trace.decision.reasons().iter();
        reasons.map(|&reason| view! { <p class="s">{t.why(reason, told)}</p> }).collect_view()
    });
    view! {
        <li>
            <p><a class="link" href=format!("/machines/{}", one.machine)>{one.machine_name}</a>": "{outcome}" "<span class="push">{when}</span></p>
            {reasons}
            {one.told.map(|told| view! { <Rules told/> })}
        </li>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, html, visitor, words};
    use domain::{
        access::{Decision, Outcome, Reason, Rule, Step, Told, Trace},
        id::{AttemptId, MachineId, TypeId},
    };

    #[test]
    fn a_refusal_is_told_with_its_reasons_and_every_rule() {
        let reason = Reason::NotQualified(TypeId(3));
        let trace = Trace {
            at: NOW.at,
            person: Some(PersonId(2)),
            machine: Some(MachineId(1)),
            decision: Decision::Deny(vec![reason]),
            steps: vec![Step {
                rule: Rule::Authorised,
                outcome: Outcome::Failed(vec![reason]),
                facts: Vec::new(),
            }],
        };
        let types = vec![(TypeId(3), "Laser cutter".into())];
        let told = Told { trace, name: Some("Bob".into()), kind: TypeId(3), types, moments: vec![NOW], now: NOW };
        let one = Attempted {
            id: AttemptId(1),
            at: NOW,
            machine: MachineId(1),
            machine_name: "Laser 1".into(),
            told: Some(told),
            reasons: vec!["qualification.missing".into()],
        };
        let html = html(visitor(Lang::En), "/people/2", move || view! { <Listed attempts=vec![one]/> });
        let words = words(&html.replace("</p>", " </p>").replace("</span>", " </span>"));
        assert!(words.contains("Laser 1: refused"), "{words}");
        assert!(words.contains("Not qualified on “Laser cutter” yet"), "{words}");
        assert!(words.contains("The person is qualified not kept"), "{words}");
    }
}
