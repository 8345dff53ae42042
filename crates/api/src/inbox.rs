//! The inbox: what waits for whoever runs the space, and deciding it.

use super::{
    Body, Caller, Query, Refusal,
    answer::One,
    operation::{Operation, Tag},
    paging::{Page, Which},
    when, words,
};
use domain::{
    holds::HoldReason,
    inbox::{Matter, Verdict},
    problems::Severity,
    qualifications::{Relation, Subject},
    time::Millis,
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::inbox;
use utoipa::ToSchema;
use views::inbox::{self as said, Detail, Item};

const LIST: &str = "listInbox";

/// Codes of why nothing is decided or taken back.
const REFUSED: &[&str] = &[
    "person.outranked",
    "person.unknown",
    "card.unknown",
    "use.unknown",
    "inbox.decided",
    "inbox.too-late",
    "inbox.no-such-verdict",
];

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/inbox", LIST, list)
            .about(
                Tag::Space,
                "What waits",
                "People who would like to join, requests for bookings and checkouts, cards that nobody has claimed, problems on machines, holds and qualifications that end soon: as much \
                 of it as the caller may decide or see.",
            )
            .needs(Scope::SpaceRead),
        Operation::post("/api/v1/inbox/decide", "decide", decide)
            .about(
                Tag::Space,
                "Decide",
                "An applicant is admitted (`approve`) or turned down, a card is put aside (`reject`). Whoever decides second is \
                 told who was first, and what they said. A use that the rules forbade is put aside (`seen`) by whoever cares for \
                 its machine. A request for a booking or a checkout is decided about at the booking or the appointment.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::inbox::InboxError>(REFUSED),
        Operation::post("/api/v1/inbox/take-back", "takeBack", take_back)
            .about(
                Tag::Space,
                "Take a decision back",
                "Within a minute, by whoever decided about an applicant; a card that was put aside is taken up again.",
            )
            .needs(Scope::PeopleWrite)
            .errors::<services::inbox::InboxError>(REFUSED),
    ]
}

/// Something that waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct Waits {
    #[schema(schema_with = words::matter)]
    matter: Matter,
    /// Which: the id of an applicant, a booking, an appointment, a claim, a card of nobody, a problem, a machine to be maintained, a use, a hold, or
    /// whoever is qualified.
    #[schema(example = 26)]
    id: i64,
    /// Whom it concerns.
    person: Option<i64>,
    /// What they are called, the last four digits of a card, or the machine.
    #[schema(example = "Ada Lovelace")]
    name: Option<String>,
    /// Of a problem: how bad it is.
    #[schema(value_type = Option<String>)]
    severity: Option<Severity>,
    /// Of a card or a claim: at which machine it was held up.
    machine_name: Option<String>,
    /// Of a hold: why it was placed.
    #[schema(value_type = Option<String>)]
    reason: Option<HoldReason>,
    /// Of a qualification: on what. Of maintenance: what has to be done. Of a use: on which machine, `machine:7`. Of a
    /// booking or a checkout: on what.
    on: Option<String>,
    /// Of a qualification: as what.
    #[schema(value_type = Option<String>)]
    relation: Option<Relation>,
    /// Since when it waits, or when it begins or ends.
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
        | Detail::Due { .. }
        | Detail::Began { .. }
        | Detail::HoldEnds { .. }
        | Detail::Expires { .. } => None,
    };
    let (machine_name, reason, on, relation) = match item.detail {
        Detail::Applied | Detail::Reported { .. } => (None, None, None, None),
        Detail::Claimed { machine } | Detail::Seen { machine } => (Some(machine), None, None, None),
        Detail::Began { machine, .. } => (None, None, Some(Subject::Machine(machine).to_string()), None),
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

/// Where something stands in the inbox. What somebody may do on several things may end at once: they are told apart by what
/// it is about, which keeps its id when it is called otherwise.
fn place(item: &Item) -> (Option<usize>, Millis, i64, String) {
    let about = match &item.detail {
        Detail::Expires { about, .. } => about.to_string(),
        Detail::Applied
        | Detail::AsksForBooking { .. }
        | Detail::AsksForCheckout { .. }
        | Detail::Claimed { .. }
        | Detail::Seen { .. }
        | Detail::Reported { .. }
        | Detail::Due { .. }
        | Detail::Began { .. }
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

/// What is said about something that waits.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerdictOn {
    #[schema(schema_with = words::matter)]
    matter: Matter,
    /// Which.
    #[schema(minimum = 1, example = 26)]
    id: i64,
    #[schema(schema_with = words::verdict)]
    verdict: Verdict,
}

/// What is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakenBack {
    #[schema(schema_with = words::matter)]
    matter: Matter,
    /// Which.
    #[schema(minimum = 1, example = 26)]
    id: i64,
}

/// What was decided.
#[derive(Debug, Serialize, ToSchema)]
pub struct Decision {
    #[schema(schema_with = words::matter)]
    matter: Matter,
    /// Which.
    #[schema(example = 26)]
    id: i64,
    /// What they are called, or the last four digits of a card.
    #[schema(example = "Ada Lovelace")]
    name: String,
    /// `approve`, `reject` or `seen`; null when it was taken back.
    #[schema(value_type = Option<String>, example = "approve")]
    verdict: Option<Verdict>,
}

fn decided(decided: said::Decided) -> One<Decision> {
    One(Decision { matter: decided.matter, id: decided.id, name: decided.name, verdict: decided.verdict })
}

async fn decide(caller: Caller, Body(said): Body<VerdictOn>) -> Result<One<Decision>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let done = inbox::decide(&ctx, &actor, said.matter, said.id, said.verdict).await;
    Ok(decided(done?))
}

async fn take_back(caller: Caller, Body(undo): Body<TakenBack>) -> Result<One<Decision>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let done = inbox::take_back(&ctx, &actor, undo.matter, undo.id).await;
    Ok(decided(done?))
}
