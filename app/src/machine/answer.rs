//! May I use it: the first line of a machine's page, all reasons against, and the one button that moves it on.
//!
//! Invariant: the answer is the one that the machine's board would give. For who has not signed in there is the state of
//! the machine and the way to sign in.

use super::{because, sentence};
use crate::{
    lang,
    ui::{
        answer::Answer,
        avatar::Avatar,
        button::{ButtonLink, Kind, Submit},
        changing::part,
        form::Ask,
        icon::Icon,
        list::whole,
        path::{Missing, Path},
        select::Select,
        status::{Badge, Status},
    },
    way,
};
use domain::{
    access::{Answers, Decision, Deed, Outcome, Remedy, Told},
    id::PersonId,
    machines::{MachineNow, MachineState},
    time::{Millis, Moment},
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use text::{Lang, time};

/// What is said, without the instant at which it was said; the day counts, for it is in the words.
pub fn said(answers: &Answers) -> Answers {
    let mut said = answers.clone();
    for told in said.mine.iter_mut().chain(said.other.iter_mut()) {
        told.trace.at = Millis(0);
        told.moments.clear();
        told.now = Moment { at: Millis(told.now.wall().date.days()), offset: 0 };
    }
    said
}

/// When the answer is known to become another.
pub fn end(answers: &Answers) -> Option<Millis> {
    let mine = answers.mine.as_ref()?;
    mine.trace.instants().into_iter().find(|&at| at > mine.now.at)
}

/// The panel.
#[component]
pub fn Answered(machine: MachineNow, answers: Answers) -> impl IntoView {
    let t = lang::current();
    let status = Status::of(&machine.state);
    let Some(mine) = answers.mine else {
        let location = use_location();
        let sign_in = move || way::and_back("/sign-in", &location);
        return view! {
            <Answer label=t.machine_answer() status sentence=sentence(machine.state)>
                {because(machine)}
                <p>
                    {t.access_sign_in_why()}" "
                    <a class="link" href=Signal::derive(sign_in)>{t.access_sign_in()}</a>
                </p>
            </Answer>
        }
        .into_any();
    };
    match (mine.trace.decision.clone(), answers.on_it) {
        (_, true) => view! {
            <Answer label=t.machine_answer() status yes=true sentence=t.access_on_it().to_owned()>
                <p>{sentence(machine.state)}". "{t.access_log_out_how()}</p>
            </Answer>
        }
        .into_any(),
        (Decision::Allow { until, .. }, false) => {
            let until = until.map(|at| t.access_yours(&t.until(mine.moment(at), mine.now)));
            let free = matches!(machine.state, MachineState::Free { .. });
            let (said, how) = if free {
                (t.access_yes_now(), view! { <p>{t.access_hold_card()}</p> }.into_any())
            } else {
                (t.access_yes(), because(machine))
            };
            view! {
                <Answer label=t.machine_answer() status yes=true sentence=said.to_owned()>
                    {how}{until.map(|until| view! { <p>{until}</p> })}
                </Answer>
            }
            .into_any()
        }
        (Decision::Deny(_), false) => {
            let state = status.filter(|status| *status != Status::Free).map(|status| {
                view! { <div class="because"><Badge status/>{because(machine)}</div> }
            });
            view! {
                <Answer label=t.machine_answer() status=None sentence=t.access_no().to_owned()
                    more=view! { <Path label=t.access_reasons() steps=missing(&mine, t)/>{state}{step(&mine, t)} }.into_any()/>
            }
            .into_any()
        }
    }
}

/// All reasons, each with what would change it.
fn missing(told: &Told, t: Lang) -> Vec<Missing> {
    let reasons = told.trace.decision.reasons().iter();
    let step = |title: String, second| Missing { title, second };
    reasons.map(|&reason| step(t.why(reason, told), t.way(reason.remedy(Some(told.kind)), told))).collect()
}

/// The one button that moves it on; none where there is nothing but waiting.
fn step(told: &Told, t: Lang) -> Option<impl IntoView + use<>> {
    let (href, label, icon) = match told.next()? {
        Remedy::Ask(_) | Remedy::Do(Deed::FetchTrainer(_)) => ("#help", t.access_who_helps(), "user-round"),
        Remedy::Do(Deed::LogOutElsewhere | Deed::BringPeople(_)) => ("/", t.access_see_running(), "activity"),
        Remedy::Do(Deed::ClaimCard | Deed::UseAnotherCard) => ("/me", t.access_my_cards(), "user-round"),
        Remedy::Wait(_) => return None,
    };
    Some(view! { <div class="btn-row"><ButtonLink href label=label.to_owned() kind=Kind::Primary icon/></div> })
}

/// Who can help with what is missing.
#[component]
pub fn Helpers(answers: Memo<Answers>) -> impl IntoView {
    let t = lang::current();
    let asked = |told: &Told| matches!(told.next(), Some(Remedy::Ask(_) | Remedy::Do(Deed::FetchTrainer(_))));
    part(move || {
        let answers = answers.get();
        answers.mine.as_ref().filter(|mine| !answers.on_it && asked(mine)).map(|_| {
            let who = if answers.helpers.is_empty() {
                view! { <p class="card">{t.access_nobody_helps()}</p> }.into_any()
            } else {
                let names = answers.helpers.iter().map(|name| {
                    view! {
                        <li><div class="item">
                            <Avatar name=name.clone() size="md"/>
                            <span class="lines"><span class="t" title=whole(name)>{name.clone()}</span></span>
                        </div></li>
                    }
                });
                view! { <ul class="list">{names.collect_view()}</ul> }.into_any()
            };
            view! {
                <section class="group" id="help" aria-labelledby="help-head">
                    <h2 class="group-head" id="help-head">{t.access_who_helps()}</h2>
                    {who}
                </section>
            }
        })
    })
}

/// The same question for somebody else, for whoever may ask it.
#[component]
pub fn ForOther(answers: Memo<Answers>, chosen: Signal<Option<PersonId>>) -> impl IntoView {
    let t = lang::current();
    // What is chosen but not yet sent must survive every other change.
    let people = Memo::new(move |_| answers.with(|answers| answers.people.clone()));
    let other = Memo::new(move |_| answers.with(|answers| answers.other.clone()));
    part(move || {
        people.get().map(|people| {
            let form = if people.is_empty() {
                view! { <p>{t.access_nobody_to_ask_for()}</p> }.into_any()
            } else {
                let choose = [(String::new(), t.access_choose().to_owned())];
                let people = people.into_iter().map(|(id, name)| (id.to_string(), name));
                let options = choose.into_iter().chain(people).collect();
                let chosen = Signal::derive(move || chosen.get().map_or_else(String::new, |id| id.to_string()));
                view! {
                    <Ask page="?">
                        <Select name="for" label=t.access_for_whom() options chosen/>
                        <div class="btn-row"><Submit label=t.access_ask()/></div>
                    </Ask>
                }
                .into_any()
            };
            view! {
                <section class="card" id="other" aria-labelledby="other-head">
                    <div class="card-head"><h2 id="other-head">{t.access_for_other()}</h2></div>
                    <div role="status">{part(move || other.get().map(|told| view! { <Verdict told/> }))}</div>
                    {form}
                </section>
            }
        })
    })
}

/// The answer about somebody else, with every rule.
#[component]
fn Verdict(told: Told) -> impl IntoView {
    let t = lang::current();
    let name = told.name.clone().unwrap_or_else(|| t.access_somebody().to_owned());
    let said = if told.trace.decision.is_yes() { t.access_other_yes(&name) } else { t.access_other_no(&name) };
    let steps = missing(&told, t);
    view! {
        <div class="verdict">
            <p class="t">{said}</p>
            {(!steps.is_empty()).then(|| view! { <Path label=t.access_reasons() steps/> })}
            <Rules told/>
        </div>
    }
}

/// Every rule in order, and what became of it.
#[component]
pub fn Rules(told: Told) -> impl IntoView {
    let t = lang::current();
    let rules = told.trace.steps.iter().map(|step| {
        let outcome = match step.outcome {
            Outcome::Passed => t.access_passed(),
            Outcome::Failed(_) => t.access_failed(),
            Outcome::NotAsked => t.access_not_asked(),
        };
        view! { <li>{t.rule(step.rule)}" "<span class="push">{outcome}</span></li> }
    });
    view! {
        <details class="uses">
            <summary>{t.access_trace()}<Icon name="chevron-right"/></summary>
            <ol>{rules.collect_view()}</ol>
            <p class="small muted">{time::sentence(&t.exact(told.moment(told.trace.at), told.now))}</p>
        </details>
    }
}
