//! What is on record of somebody: what they used, what was done about them, what boards decided, and all that is kept.

use super::{
    Caller, Id, Query, Refusal,
    answer::One,
    audit::{Recorded, recorded},
    input::FromHere,
    machine_history::{UseCorrection, correction},
    operation::{Operation, Tag},
    paging::{Page, Which, cursor},
    when,
};
use domain::{
    id::{PersonId, UseId},
    tokens::Scope,
};
use serde::Serialize;
use serde_json::Value;
use services::{access, people, privacy};
use std::{cmp::Reverse, collections::BTreeMap};
use utoipa::ToSchema;
use views::{access::Attempted, people::UseRow};

const USES: &str = "listUses";
const TIMELINE: &str = "listTimeline";
const DECISIONS: &str = "listDecisions";

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/people/{id}/uses", USES, uses)
            .about(Tag::People, "What somebody used", "Uses of machines, newest first; their own for everybody.")
            .needs(Scope::PeopleRead)
            .errors::<services::people::PeopleError>(&["person.unknown"]),
        Operation::get("/api/v1/people/{id}/timeline", TIMELINE, timeline)
            .about(
                Tag::People,
                "What was done about somebody",
                "The entries of the record that are about them, newest first; their own for everybody.",
            )
            .needs(Scope::PeopleRead)
            .errors::<services::people::PeopleError>(&["person.unknown"]),
        Operation::get("/api/v1/people/{id}/decisions", DECISIONS, decisions)
            .about(
                Tag::People,
                "What boards decided",
                "The newest decisions about somebody, with the codes of the reasons. Trainers see those at their machines.",
            )
            .needs(Scope::PeopleRead)
            .errors::<services::people::PeopleError>(&["person.unknown"]),
        Operation::get("/api/v1/people/{id}/data", "readData", data)
            .about(
                Tag::People,
                "All that is kept of somebody",
                "Every row of every table that is about them, for themselves and administrators; for managers of those whom \
                 they may help in, and without what these did to others. What opens something – numbers of cards, \
                 passwords, tokens – is not in it. That somebody else took it out is on record.",
            )
            .needs(Scope::PeopleRead)
            .one::<AllKept>()
            .errors::<services::people::PeopleError>(&["person.outranked", "person.unknown"])
            .problems(&[(403, "request.cross-site")]),
    ]
}

/// A use of a machine.
#[derive(Debug, Serialize, ToSchema)]
pub struct MachineUse {
    /// Its id.
    #[schema(example = 204)]
    id: i64,
    /// Of which machine.
    #[schema(example = 7)]
    machine: i64,
    /// What that is called.
    #[schema(example = "Laser cutter 1")]
    machine_name: String,
    /// When it began.
    #[schema(format = DateTime)]
    start: String,
    /// When it ended; null while it runs.
    #[schema(format = DateTime)]
    end: Option<String>,
    /// The hours were worked out afterwards.
    approximate: bool,
    /// It is still theirs; of what was corrected, it may be somebody else's by now.
    theirs: bool,
    /// It was no use at all, somebody said.
    void: bool,
    /// What was said of it afterwards, the oldest first.
    corrections: Vec<UseCorrection>,
}

fn used(one: UseRow) -> MachineUse {
    MachineUse {
        id: one.id.0,
        machine: one.machine.0,
        machine_name: one.machine_name,
        start: when(one.start),
        end: one.end.map(when),
        approximate: one.approximate,
        theirs: one.theirs,
        void: one.void,
        corrections: one.corrections.into_iter().map(correction).collect(),
    }
}

async fn uses(caller: Caller, Id(id): Id, Query(which): Query<Which>) -> Result<Page<MachineUse>, Refusal> {
    let (after, limit) = caller.place(USES, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, .. } = caller;
    let after = after.and_then(|id| id.parse().ok()).map(UseId);
    let page = people::uses(&ctx, &actor, PersonId(id), after).await?;
    Ok(Page::cut(USES, page.uses, limit, page.older.is_some(), |one| one.id.0).map(used))
}

async fn timeline(caller: Caller, Id(id): Id, Query(which): Query<Which>) -> Result<Page<Recorded>, Refusal> {
    let (after, limit) = caller.place(TIMELINE, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, .. } = caller;
    let before = after.and_then(|seq| seq.parse().ok());
    let page = people::timeline(&ctx, &actor, PersonId(id), before).await?;
    let mut shown = Page::cut(TIMELINE, page.entries, limit, false, |entry| entry.seq).map(recorded);
    // Not all that was read need be shown: there may be older ones behind a page with nothing on it.
    shown.next = shown.next.or_else(|| page.older.map(|seq| cursor(TIMELINE, &seq.to_string())));
    Ok(shown)
}

/// What a board decided.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionShown {
    /// Its id.
    id: i64,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// At which machine.
    machine: i64,
    /// What that is called.
    machine_name: String,
    /// Whether they were let on.
    allowed: bool,
    /// The codes of what spoke against it.
    reasons: Vec<String>,
}

async fn decisions(
    caller: Caller,
    Id(id): Id,
    Query(which): Query<Which>,
) -> Result<Page<DecisionShown>, Refusal> {
    let (after, limit) = caller.place(DECISIONS, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = access::attempts(&ctx, &actor, PersonId(id)).await?;
    let newest_first = |one: &Attempted| Reverse((one.at.at, one.id.0));
    Ok(Page::of_all(DECISIONS, all, after.as_deref(), limit, lang, newest_first)?.map(|one| DecisionShown {
        id: one.id.0,
        at: when(one.at),
        machine: one.machine.0,
        machine_name: one.machine_name,
        allowed: one.reasons.is_empty(),
        reasons: one.reasons,
    }))
}

/// All that is kept of somebody.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what the service writes")]
pub struct AllKept {
    /// What the space is called.
    #[schema(example = "The workshop")]
    space: String,
    /// As of when.
    #[schema(format = DateTime)]
    made: String,
    /// The tables by name, each with its rows; a row has its columns by name. Columns come and go with the version of
    /// Toolgate.
    #[schema(value_type = BTreeMap<String, Vec<Object>>)]
    tables: BTreeMap<String, Vec<Value>>,
}

async fn data(_: FromHere, caller: Caller, Id(id): Id) -> Result<One<Value>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let all = privacy::export(&ctx, &actor, PersonId(id)).await?;
    Ok(One(all))
}
