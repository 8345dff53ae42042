//! A person's history: uses, audit entries, decisions at boards, and the export of their data.

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
use contract::{access::Attempted, people::UseRow};
use domain::{
    actor::Permission,
    id::{PersonId, UseId},
    tokens::Scope,
};
use serde::Serialize;
use serde_json::Value;
use services::{access, error::ServiceError, people, privacy, requirements::PathTarget};
use std::{cmp::Reverse, collections::BTreeMap};
use utoipa::ToSchema;

const USES: &str = "listUses";
const TIMELINE: &str = "listTimeline";
const DECISIONS: &str = "listDecisions";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/people/{id}/uses", USES, uses)
            .may_or_hidden(
                &[(Permission::SeePerson, PathTarget::Person)],
                |lang| services::people::PeopleError::Unknown.problem(lang),
            )
            .about(
                Tag::People,
                "List a person's uses",
                "Lists a person's uses of machines, newest first. Everyone may list their own.",
            )
            .needs(Scope::PeopleRead)
            .errors::<services::people::PeopleError>(&["person.unknown"]),
        Operation::get("/api/v1/people/{id}/timeline", TIMELINE, timeline)
            .may_or_hidden(
                &[(Permission::SeePerson, PathTarget::Person)],
                |lang| services::people::PeopleError::Unknown.problem(lang),
            )
            .about(
                Tag::People,
                "List a person's audit entries",
                "Lists the audit entries about a person, newest first. Everyone may list their own.",
            )
            .needs(Scope::PeopleRead)
            .errors::<services::people::PeopleError>(&["person.unknown"]),
        Operation::get("/api/v1/people/{id}/decisions", DECISIONS, decisions)
            .may(&[(Permission::OwnAccount, PathTarget::Space)])
            .may_or_hidden(
                &[(Permission::SeePerson, PathTarget::Person), (Permission::SeeQualified, PathTarget::Anything)],
                |lang| services::access::AccessError::UnknownPerson.problem(lang),
            )
            .about(
                Tag::People,
                "List a person's access decisions",
                "Lists the latest decisions of boards about a person, with the codes of the reasons. Trainers see those at \
                 their machines.",
            )
            .needs(Scope::PeopleRead)
            .errors::<services::people::PeopleError>(&["person.unknown"]),
        Operation::get("/api/v1/people/{id}/data", "readData", data)
            .about(
                Tag::People,
                "Export a person's data",
                "Returns every database row about a person. For the person and administrators; managers get it for people \
                 for whom they may create a password reset link, without what these people did to others. Credentials – \
                 card numbers, passwords, tokens – are not included. An export by another person is recorded in the audit \
                 log.",
            )
            .needs(Scope::PeopleRead)
            .one::<AllStored>()
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
    /// The machine's id.
    #[schema(example = 7)]
    machine: i64,
    /// The machine's name.
    #[schema(example = "Laser cutter 1")]
    machine_name: String,
    /// When it began.
    #[schema(format = DateTime)]
    start: String,
    /// When it ended; null while it is running.
    #[schema(format = DateTime)]
    end: Option<String>,
    /// Whether its times are estimates.
    approximate: bool,
    /// Whether it is still attributed to this person; a correction may have attributed it to another.
    theirs: bool,
    /// Whether it was marked as not a use.
    void: bool,
    /// Its corrections, oldest first.
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
    let mut view = Page::cut(TIMELINE, page.entries, limit, false, |entry| entry.seq).map(recorded);
    // Not every row is shown: there may be older ones after an empty page.
    view.next = view.next.or_else(|| page.older.map(|seq| cursor(TIMELINE, &seq.to_string())));
    Ok(view)
}

/// An access decision at a board.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionView {
    /// Its id.
    id: i64,
    /// When it was made.
    #[schema(format = DateTime)]
    at: String,
    /// The machine's id.
    machine: i64,
    /// The machine's name.
    machine_name: String,
    /// Whether access was allowed.
    allowed: bool,
    /// The codes of the reasons for denying access.
    reasons: Vec<String>,
}

async fn decisions(caller: Caller, Id(id): Id, Query(which): Query<Which>) -> Result<Page<DecisionView>, Refusal> {
    let (after, limit) = caller.place(DECISIONS, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = access::attempts(&ctx, &actor, PersonId(id)).await?;
    let newest_first = |one: &Attempted| Reverse((one.at.at, one.id.0));
    Ok(Page::of_all(DECISIONS, all, after.as_deref(), limit, lang, newest_first)?.map(|one| DecisionView {
        id: one.id.0,
        at: when(one.at),
        machine: one.machine.0,
        machine_name: one.machine_name,
        allowed: one.reasons.is_empty(),
        reasons: one.reasons,
    }))
}

/// All data about a person.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what the service writes")]
pub struct AllStored {
    /// The space's name.
    #[schema(example = "The workshop")]
    space: String,
    /// When the export was made.
    #[schema(format = DateTime)]
    made: String,
    /// The tables by name, each with its rows; a row has its columns by name. Columns vary with the version of Toolgate.
    #[schema(value_type = BTreeMap<String, Vec<Object>>)]
    tables: BTreeMap<String, Vec<Value>>,
}

async fn data(_: FromHere, caller: Caller, Id(id): Id) -> Result<One<Value>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let all = privacy::export(&ctx, &actor, PersonId(id)).await?;
    Ok(One(all))
}
