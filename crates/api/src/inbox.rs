//! The inbox of managers: open items, and decisions on them.

use super::{
    Body, Caller, Query, Refusal,
    answer::One,
    operation::{Operation, Tag},
    paging::{Page, Which},
    when, words,
};
use contract::inbox::{self as message, Detail, Item};
use domain::{
    actor::Permission,
    holds::HoldReason,
    inbox::{Matter, Verdict},
    problems::Severity,
    qualifications::{Relation, Subject},
    time::Millis,
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::{inbox, requirements::PathTarget};
use utoipa::ToSchema;

const LIST: &str = "listInbox";

/// Codes of the reasons for refusing a decision or its undoing.
const REFUSED: &[&str] = &[
    "person.outranked",
    "person.unknown",
    "card.unknown",
    "use.unknown",
    "inbox.decided",
    "inbox.too-late",
    "inbox.no-such-verdict",
];

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/inbox", LIST, list)
            .may(&[
                (Permission::CheckOut, PathTarget::Anything),
                (Permission::Moderate, PathTarget::Anything),
                (Permission::AnswerHelp, PathTarget::Anything),
                (Permission::Admit, PathTarget::Space),
                (Permission::SeePeople, PathTarget::Space),
            ])
            .about(
                Tag::Space,
                "List pending items",
                "Lists applicants, requests for bookings and checkouts, unknown cards, problems with machines, and holds \
                 and qualifications that are about to end, as far as the caller may decide about or see them.",
            )
            .needs(Scope::SpaceRead),
        Operation::post("/api/v1/inbox/decide", "decide", decide)
            .may(&[
                (Permission::Admit, PathTarget::Space),
                (Permission::GiveCard, PathTarget::Space),
                (Permission::CareFor, PathTarget::Anything),
            ])
            .about(
                Tag::Space,
                "Decide about a pending item",
                "Admits (`approve`) or declines an applicant, dismisses an unknown card (`reject`), or acknowledges an \
                 unauthorized use (`seen`), for people who look after its machine. If another person has already decided, \
                 the response names them and their decision. Requests for bookings and checkouts are decided about at the \
                 booking or appointment.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::inbox::InboxError>(REFUSED),
        Operation::post("/api/v1/inbox/take-back", "takeBack", take_back)
            .may(&[
                (Permission::Admit, PathTarget::Space),
                (Permission::GiveCard, PathTarget::Space),
                (Permission::CareFor, PathTarget::Anything),
            ])
            .about(
                Tag::Space,
                "Undo a decision",
                "Undoes the caller's decision about an applicant within a minute, or restores a dismissed card.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::inbox::InboxError>(REFUSED),
    ]
}

/// A pending item.
#[derive(Debug, Serialize, ToSchema)]
pub struct Waits {
    #[schema(schema_with = words::matter)]
    matter: Matter,
    /// The id of the applicant, booking, appointment, claim, unknown card, problem, request for help, machine that needs maintenance, use,
    /// group without an admin, hold, or qualified person.
    #[schema(example = 26)]
    id: i64,
    /// The person concerned.
    person: Option<i64>,
    /// The name of the person, machine or group, or the last four digits of the card.
    #[schema(example = "Ada Lovelace")]
    name: Option<String>,
    /// For a problem: its severity.
    #[schema(value_type = Option<String>)]
    severity: Option<Severity>,
    /// For a card or claim: the machine on whose reader the card was tapped.
    machine_name: Option<String>,
    /// For a hold: its reason.
    #[schema(value_type = Option<String>)]
    reason: Option<HoldReason>,
    /// For a qualification, booking or checkout: its subject. For maintenance: the task. For a use or a request for help: the machine, as
    /// `machine:7`.
    on: Option<String>,
    /// For a qualification: its role.
    #[schema(value_type = Option<String>)]
    relation: Option<Relation>,
    /// Since when it has been pending, or when it begins or ends.
    #[schema(format = DateTime)]
    at: String,
    #[schema(schema_with = words::verdicts)]
    verdicts: Vec<Verdict>,
}

fn waits(item: Item) -> Waits {
    let severity = match item.detail {
        Detail::Reported { severity, .. } => Some(severity),
        Detail::Applied
        | Detail::AsksForBooking { .. }
        | Detail::AsksForCheckout { .. }
        | Detail::Claimed { .. }
        | Detail::Seen { .. }
        | Detail::NeedsHelp { .. }
        | Detail::Due { .. }
        | Detail::Began { .. }
        | Detail::LacksAdmin
        | Detail::HoldEnds { .. }
        | Detail::Expires { .. } => None,
    };
    let (machine_name, reason, on, relation) = match item.detail {
        Detail::Applied | Detail::Reported { .. } | Detail::LacksAdmin => (None, None, None, None),
        Detail::Claimed { machine } | Detail::Seen { machine } => (Some(machine), None, None, None),
        Detail::Began { machine, .. } | Detail::NeedsHelp { machine, .. } => {
            (None, None, Some(Subject::Machine(machine).to_string()), None)
        }
        Detail::HoldEnds { reason } => (None, Some(reason), None, None),
        Detail::Due { what } => (None, None, Some(what), None),
        Detail::AsksForBooking { on, .. } | Detail::AsksForCheckout { on, .. } => (None, None, Some(on), None),
        Detail::Expires { on, relation, .. } => (None, None, Some(on), Some(relation)),
    };
    Waits {
        matter: item.matter,
        id: item.id,
        person: item.person.map(|person| person.0),
        name: item.name,
        severity,
        machine_name,
        reason,
        on,
        relation,
        at: when(item.at),
        verdicts: item.verdicts,
    }
}

/// The position of an item in the inbox. Qualifications of a person may end at the same time; they are distinguished by their
/// subject, whose id survives renaming.
fn place(item: &Item) -> (Option<usize>, Millis, i64, String) {
    let about = match &item.detail {
        Detail::Expires { about, .. } => about.to_string(),
        Detail::Applied
        | Detail::AsksForBooking { .. }
        | Detail::AsksForCheckout { .. }
        | Detail::Claimed { .. }
        | Detail::Seen { .. }
        | Detail::Reported { .. }
        | Detail::NeedsHelp { .. }
        | Detail::Due { .. }
        | Detail::Began { .. }
        | Detail::LacksAdmin
        | Detail::HoldEnds { .. } => String::new(),
    };
    let matter = Matter::ALL.iter().position(|matter| *matter == item.matter);
    (matter, item.at.at, item.id, about)
}

async fn list(caller: Caller, Query(which): Query<Which>) -> Result<Page<Waits>, Refusal> {
    let (after, limit) = caller.place(LIST, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = inbox::waiting(&ctx, &actor).await?.items;
    Ok(Page::of_all(LIST, all, after.as_deref(), limit, lang, place)?.map(waits))
}

/// A decision about a pending item.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerdictOn {
    #[schema(schema_with = words::matter)]
    matter: Matter,
    /// The item's id.
    #[schema(minimum = 1, example = 26)]
    id: i64,
    #[schema(schema_with = words::verdict)]
    verdict: Verdict,
}

/// The decision to undo.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UndoneDecision {
    #[schema(schema_with = words::matter)]
    matter: Matter,
    /// The item's id.
    #[schema(minimum = 1, example = 26)]
    id: i64,
}

/// A decision that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct Decision {
    #[schema(schema_with = words::matter)]
    matter: Matter,
    /// The item's id.
    #[schema(example = 26)]
    id: i64,
    /// The person's name, or the last four digits of the card.
    #[schema(example = "Ada Lovelace")]
    name: String,
    /// `approve`, `reject` or `seen`; null if the decision was undone.
    #[schema(value_type = Option<String>, example = "approve")]
    verdict: Option<Verdict>,
}

fn decided(decided: message::Decided) -> One<Decision> {
    One(Decision { matter: decided.matter, id: decided.id, name: decided.name, verdict: decided.verdict })
}

async fn decide(caller: Caller, Body(message): Body<VerdictOn>) -> Result<One<Decision>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let done = inbox::decide(&ctx, &actor, message.matter, message.id, message.verdict).await;
    Ok(decided(done?))
}

async fn take_back(caller: Caller, Body(undo): Body<UndoneDecision>) -> Result<One<Decision>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let done = inbox::take_back(&ctx, &actor, undo.matter, undo.id).await;
    Ok(decided(done?))
}
