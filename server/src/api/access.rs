//! `GET /api/v1/access?person=&machine=&at=`: may this person use this machine then, and every rule on the way.
//!
//! `person` is an id or `me`, `machine` an id, `at` an instant like `2026-11-20T14:05:00Z`, or nothing for now.

use super::{Refusal, answer, instant};
use app::visitor::Visitor;
use axum::{
    Extension,
    extract::{Query, State, rejection::QueryRejection},
    response::Response,
};
use domain::{
    access::{Decision, Deed, Fact, Helper, Outcome, Reason, Remedy, Told},
    actor::Actor,
    id::{MachineId, PersonId, TypeId},
    problem::{Kind, Problem},
    time::Millis,
    zone::from_rfc3339,
};
use serde::Deserialize;
use serde_json::{Value, json};
use services::{
    Ctx,
    access::{self, Question},
};
use text::Lang;

/// The question as it was sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    person: String,
    machine: String,
    at: String,
}

/// Answers with the whole trace.
pub async fn read(
    State(ctx): State<Ctx>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    sent: Result<Query<Sent>, QueryRejection>,
) -> Result<Response, Refusal> {
    let lang = visitor.lang;
    // A query that cannot be read names nothing.
    let sent = sent.map(|Query(sent)| sent).unwrap_or_default();
    let question = question(&sent, &actor, lang).map_err(Refusal)?;
    let told = access::ask(&ctx, &actor, question).await.map_err(|error| Refusal(error.problem(lang)))?;
    Ok(answer(whole(&told, lang)))
}

/// What was sent as a question, or everything that is wrong with it.
fn question(sent: &Sent, actor: &Actor, lang: Lang) -> Result<Question, Problem> {
    let person = match (sent.person.as_str(), actor.person()) {
        ("me", Some(me)) => Some(me),
        // Refused as nobody in particular by the service, which says to sign in.
        ("me", None) => Some(PersonId(0)),
        (id, _) => id.parse().ok().map(PersonId),
    };
    let machine = sent.machine.parse().ok().map(MachineId);
    // A plus that was not escaped came as a space.
    let at = match sent.at.as_str() {
        "" => Some(None),
        at => from_rfc3339(&at.replace(' ', "+")).map(Some),
    };
    if let (Some(person), Some(machine), Some(at)) = (person, machine, at) {
        return Ok(Question { person, machine, at });
    }
    let mut problem = Problem::new("request.flawed", Kind::Invalid, lang.form_fix());
    for (field, missing, message) in [
        ("person", person.is_none(), lang.access_person_form()),
        ("machine", machine.is_none(), lang.access_machine_form()),
        ("at", at.is_none(), lang.access_at_form()),
    ] {
        if missing {
            problem = problem.field(field, message);
        }
    }
    Err(problem)
}

fn whole(told: &Told, lang: Lang) -> Value {
    let trace = &told.trace;
    let (level, until) = match trace.decision {
        Decision::Allow { level, until } => (level as i64, until.and_then(instant)),
        Decision::Deny(_) => (0, None),
    };
    let reasons = trace.decision.reasons().iter().map(|&reason| why(reason, told, lang));
    let rules = trace.steps.iter().map(|step| {
        let (outcome, failed) = match &step.outcome {
            Outcome::Passed => ("passed", &[][..]),
            Outcome::Failed(reasons) => ("failed", reasons.as_slice()),
            Outcome::NotAsked => ("not-asked", &[][..]),
        };
        json!({
            "rule": step.rule.word(),
            "outcome": outcome,
            "reasons": failed.iter().map(|reason| reason.code()).collect::<Vec<_>>(),
            "facts": step.facts.iter().map(|&known| fact(known, told)).collect::<Vec<_>>(),
        })
    });
    json!({
        "person": trace.person,
        "machine": trace.machine,
        "at": instant(trace.at),
        "allowed": trace.decision.is_yes(),
        "level": level,
        "until": until,
        "reasons": reasons.collect::<Vec<_>>(),
        "rules": rules.collect::<Vec<_>>(),
    })
}

fn why(reason: Reason, told: &Told, lang: Lang) -> Value {
    let remedy = reason.remedy(Some(told.kind));
    let mut way = match remedy {
        Remedy::Do(deed) => json!({ "do": deed_word(deed) }),
        Remedy::Ask(Helper::Manager) => json!({ "ask": "manager" }),
        Remedy::Ask(Helper::Trainer(of)) => json!({ "ask": "trainer", "type": kind(of, told) }),
        Remedy::Ask(Helper::Owner(of)) => json!({ "ask": "owner", "type": kind(of, told) }),
        Remedy::Wait(until) => json!({ "wait": until.and_then(instant) }),
    };
    way["sentence"] = lang.way(remedy, told).into();
    json!({ "code": reason.code(), "sentence": lang.why(reason, told), "remedy": way })
}

const fn deed_word(deed: Deed) -> &'static str {
    match deed {
        Deed::ClaimCard => "claim-card",
        Deed::UseAnotherCard => "use-another-card",
        Deed::LogOutElsewhere => "log-out-elsewhere",
        Deed::FetchTrainer(_) => "fetch-trainer",
        Deed::BringPeople(_) => "bring-people",
    }
}

fn kind(id: TypeId, told: &Told) -> Value {
    json!({ "id": id, "name": told.type_name(id) })
}

fn fact(known: Fact, told: &Told) -> Value {
    let at = |at: Option<Millis>| at.and_then(instant);
    match known {
        Fact::Status(status) => json!({ "status": status }),
        Fact::Card(state) => json!({ "card": state }),
        Fact::Mode(mode) => json!({ "mode": mode }),
        Fact::Qualified { kind: of, until } => json!({ "qualified": kind(of, told), "until": at(until) }),
        Fact::TrainerBeside(swiped) => json!({ "trainer_beside": instant(swiped) }),
        Fact::Closes(closes) => json!({ "closes": at(closes) }),
        Fact::HoldBegins(begins) => json!({ "hold_begins": instant(begins) }),
        Fact::Present { present, needed } => json!({ "present": present, "needed": needed }),
        Fact::Running { running, most } => json!({ "running": running, "most": most }),
    }
}
