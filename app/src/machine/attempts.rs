//! Why was Ada refused on Tuesday: decisions of boards about a person, newest first. A page beside theirs.

use super::{answer::Rules, api};
use crate::{
    answers::Attempt,
    call::page_resource,
    lang,
    live::use_live,
    live_page::loaded,
    ui::{
        changing::dynamic,
        empty::Empty,
        icon::Icon,
        table::{Cell, always, cell, instant, named, sorted, spare, table},
    },
};
use domain::id::PersonId;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/people/:id/decisions`.
pub fn decisions_page(person: PersonId) -> AnyView {
    let (t, live) = (lang::current(), use_live());
    let answers = page_resource(move || live.person(person), move |_| api::attempts(person));
    view! {
        <Title text=t.access_attempts()/>
        <a class="crumb" href=format!("/people/{person}/uses")><Icon name="chevron-left"/>{t.access_attempts_back()}</a>
        <header class="page-head"><h1>{t.access_attempts()}</h1></header>
        {loaded(4, answers, |visible| {
                dynamic(move || Some(view! { <Listed attempts=visible.get()/> })).into_any()
            })}
    }
    .into_any()
}

/// The table without requests, so that tests can render it.
#[component]
fn Listed(attempts: Vec<Attempt>) -> impl IntoView {
    let t = lang::current();
    let listed = if attempts.is_empty() {
        view! {
            <div class="card"><Empty icon="shield-check"><h2>{t.access_attempts_none()}</h2><p>{t.access_attempts_none_next()}</p></Empty></div>
        }
        .into_any()
    } else {
        let columns = vec![
            always(t.boards_machine()),
            always(t.table_result()),
            spare(t.deliveries_when(), 2),
            always(t.deliveries_why()),
        ];
        table("taps", t.access_attempts(), columns, attempts.into_iter().map(row).collect())
    };
    view! { {listed}<p class="small muted">{t.access_kept_90()}</p> }
}

fn row(one: Attempt) -> Vec<Cell> {
    let Attempt { machine, machine_name, is_in, outcome, at, when, reasons, rules } = one;
    let (tone, icon) = if is_in { ("go", "check") } else { ("bad", "hand") };
    let why = reasons.join(" · ");
    let (brief, message) = (when.clone(), outcome.clone());
    let name = machine_name.clone();
    vec![
        named(
            view! {
                <span class="lines"><a class="name" href=format!("/machines/{machine}")>{machine_name}</a><span class="brief">{brief}</span></span>
            }
            .into_any(),
            name,
        ),
        sorted(
            view! { <span class="badge" data-tone=tone><Icon name=icon/>{outcome}</span> },
            u8::from(is_in),
        )
        .csv(message),
        instant(at, when),
        cell(view! { {why.clone()}{rules.map(|message| view! { <Rules message/> })} }).csv(why),
    ]
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, html, visitor, words};
    use contract::access::{Attempted, TraceView};
    use domain::{
        access::{Decision, Outcome, Reason, Rule, Step, Trace},
        id::{AttemptId, MachineId, TypeId},
    };
    use text::Lang;

    #[test]
    fn refused_attempt_shows_reasons_and_every_rule() {
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
        let reported = TraceView {
            trace,
            name: Some("Bob".into()),
            kind: TypeId(3),
            types,
            modules: Vec::new(),
            quizzes: Vec::new(),
            documents: Vec::new(),
            moments: vec![NOW],
            now: NOW,
        };
        let one = Attempted {
            id: AttemptId(1),
            at: NOW,
            machine: MachineId(1),
            machine_name: "Laser 1".into(),
            told: Some(reported),
            reasons: vec!["qualification.missing".into()],
        };
        let one = Attempt::of(one, Lang::En);
        let html = html(visitor(Lang::En), "/people/2", move || view! { <Listed attempts=vec![one]/> });
        let words = words(&html.replace("</p>", " </p>").replace("</span>", " </span>"));
        assert!(words.contains("refused") && html.contains(r#"data-csv="refused""#), "{html}");
        assert!(html.contains(r#"<a href="/machines/1" class="name">Laser 1"#), "{html}");
        assert!(words.contains("Not trained on “Laser cutter” yet"), "{words}");
        assert!(words.contains("The person is qualified failed"), "{words}");
    }
}
