//! `GET /api/v1/access?person=&machine=&at=`: whether a person may use a machine at an instant, with every rule
//! checked.
//!
//! `person` is an id or `me`, `machine` an id, `at` an instant like `2026-11-20T14:05:00Z`, by default now.

use super::{
    Caller, Query, Refusal,
    answer::One,
    instant,
    operation::{Operation, Tag},
};
use contract::access::TraceView;
use domain::actor::Permission;
use domain::{
    access::{Decision, Fact, Helper, Outcome, Reason, Remedy, RemedyAction},
    actor::Actor,
    id::{MachineId, PersonId, TypeId},
    problem::{Kind, Problem},
    time::Millis,
    tokens::Scope,
    zone::from_rfc3339,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use services::{
    access::{self, Question},
    requirements::PathTarget,
};
use text::Lang;
use utoipa::ToSchema;

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/access", "checkAccess", read)
            .may(&[(Permission::OwnAccount, PathTarget::Space)])
            .about(
                Tag::Access,
                "Check a person's access to a machine",
                "Returns the decision that boards and pages use, with every rule evaluated, all reasons against, and what \
                 would remove each. Everyone may query their own access; trainers on the machine and managers may query \
                 other people's.",
            )
            .needs(Scope::MachinesRead)
            .errors::<services::access::AccessError>(&["person.unknown", "machine.unknown", "access.when"]),
    ]
}

/// An access check.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Sent {
    /// An id, or `me`.
    #[schema(required = true, pattern = "^(me|[1-9][0-9]{0,17})$", example = "me")]
    person: String,
    /// The machine's id.
    #[schema(required = true, pattern = "^[1-9][0-9]{0,17}$", example = "1")]
    machine: String,
    /// The time to check; defaults to now. Limited to how far ahead decisions can be computed.
    #[schema(format = DateTime)]
    at: String,
}

/// The decision and how it was reached.
#[derive(Debug, Serialize, ToSchema)]
pub struct Decided {
    /// The person's id.
    person: Option<i64>,
    /// The machine's id.
    machine: Option<i64>,
    /// The time that was checked.
    #[schema(format = DateTime)]
    at: Option<String>,
    /// Whether access is allowed.
    allowed: bool,
    /// Access level: 3 for an administrator, 2 for a trainer or owner of the type, 1 otherwise; 0 if access is denied.
    #[schema(minimum = 0, maximum = 3)]
    level: i64,
    /// When access ends, if known.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// All reasons against; those that the person can resolve themselves come first.
    reasons: Vec<Why>,
    /// Every rule, in the order of evaluation.
    rules: Vec<RuleResult>,
}

/// A reason for denying access.
#[derive(Debug, Serialize, ToSchema)]
pub struct Why {
    /// The reason's code.
    #[schema(example = "qualification.missing")]
    code: &'static str,
    /// The reason in plain language.
    sentence: String,
    /// What would remove it: one of `do`, `ask`, `wait`, with a `sentence` in plain language.
    #[schema(value_type = Object)]
    remedy: Value,
}

/// The result of a rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleResult {
    /// The rule's code.
    #[schema(example = "machine.authorised")]
    rule: &'static str,
    /// `passed`, `failed` or `not-asked`.
    #[schema(example = "passed")]
    outcome: &'static str,
    /// The codes of the reasons, if the rule failed.
    reasons: Vec<&'static str>,
    /// The facts that the rule used.
    #[schema(value_type = Vec<Object>)]
    facts: Vec<Value>,
}

/// Returns the decision with the whole trace.
async fn read(caller: Caller, Query(sent): Query<Sent>) -> Result<One<Decided>, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    let question = question(&sent, &actor, lang)?;
    let reported = access::ask(&ctx, &actor, question).await?;
    Ok(One(whole(&reported, lang)))
}

/// Parses the question, or returns all validation errors.
fn question(sent: &Sent, actor: &Actor, lang: Lang) -> Result<Question, Problem> {
    let person = match (sent.person.as_str(), actor.person()) {
        ("me", Some(me)) => Some(me),
        // The service refuses an anonymous caller and asks to sign in.
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
    let mut problem = Problem::new("request.invalid", Kind::Invalid, lang.form_fix());
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

fn whole(view: &TraceView, lang: Lang) -> Decided {
    let trace = &view.trace;
    let (level, until) = match trace.decision {
        Decision::Allow { level, until } => (level as i64, until.and_then(instant)),
        Decision::Deny(_) => (0, None),
    };
    let rules = trace.steps.iter().map(|step| {
        let (outcome, failed) = match &step.outcome {
            Outcome::Passed => ("passed", &[][..]),
            Outcome::Failed(reasons) => ("failed", reasons.as_slice()),
            Outcome::NotAsked => ("not-asked", &[][..]),
        };
        RuleResult {
            rule: step.rule.as_str(),
            outcome,
            reasons: failed.iter().map(|reason| reason.code()).collect(),
            facts: step.facts.iter().map(|&known| fact(known, view)).collect(),
        }
    });
    Decided {
        person: trace.person.map(|person| person.0),
        machine: trace.machine.map(|machine| machine.0),
        at: instant(trace.at),
        allowed: trace.decision.is_yes(),
        level,
        until,
        reasons: view.reasons().into_iter().map(|reason| why(reason, view, lang)).collect(),
        rules: rules.collect(),
    }
}

fn why(reason: Reason, view: &TraceView, lang: Lang) -> Why {
    let remedy = reason.remedy(Some(view.kind));
    let mut way = match remedy {
        Remedy::Do(RemedyAction::Learn(module)) => {
            json!({ "do": action_name(RemedyAction::Learn(module)), "module": module })
        }
        Remedy::Do(RemedyAction::Sign(document)) => {
            json!({ "do": action_name(RemedyAction::Sign(document)), "document": document })
        }
        Remedy::Do(action) => json!({ "do": action_name(action) }),
        Remedy::Ask(Helper::Manager) => json!({ "ask": "manager" }),
        Remedy::Ask(Helper::Trainer(of)) => json!({ "ask": "trainer", "type": kind(of, view) }),
        Remedy::Ask(Helper::Owner(of)) => json!({ "ask": "owner", "type": kind(of, view) }),
        Remedy::Wait(until) => json!({ "wait": until.and_then(instant) }),
    };
    way["sentence"] = lang.way(remedy, view).into();
    Why { code: reason.code(), sentence: lang.why(reason, view), remedy: way }
}

const fn action_name(action: RemedyAction) -> &'static str {
    match action {
        RemedyAction::ClaimCard => "claim-card",
        RemedyAction::UseAnotherCard => "use-another-card",
        RemedyAction::LogOutElsewhere => "log-out-elsewhere",
        RemedyAction::FetchTrainer(_) => "fetch-trainer",
        RemedyAction::BringPeople(_) => "bring-people",
        RemedyAction::Learn(_) => "learn",
        RemedyAction::Sign(_) => "sign",
        RemedyAction::Book => "book",
    }
}

fn kind(id: TypeId, view: &TraceView) -> Value {
    json!({ "id": id, "name": view.type_name(id) })
}

fn fact(known: Fact, view: &TraceView) -> Value {
    let at = |at: Option<Millis>| at.and_then(instant);
    match known {
        Fact::Status(status) => json!({ "status": status }),
        Fact::Card(state) => json!({ "card": state }),
        Fact::Mode(mode) => json!({ "mode": mode }),
        Fact::Qualified { kind: of, until } => json!({ "qualified": kind(of, view), "until": at(until) }),
        Fact::Completed { module, until } => json!({ "completed": module, "until": at(until) }),
        Fact::Signed { document, until } => json!({ "signed": document, "until": at(until) }),
        Fact::Excused => json!({ "excused": true }),
        Fact::TrainerBeside(swiped) => json!({ "trainer_beside": instant(swiped) }),
        Fact::Closes(closes) => json!({ "closes": at(closes) }),
        Fact::HoldBegins(begins) => json!({ "hold_begins": instant(begins) }),
        Fact::Present { present, needed } => json!({ "present": present, "needed": needed }),
        Fact::Running { running, most } => json!({ "running": running, "most": most }),
    }
}
