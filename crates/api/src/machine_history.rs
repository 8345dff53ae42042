//! The history of a machine.

use super::{
    Body, Caller, Id, Query, Refusal, Seen,
    answer::Versioned,
    audit::who,
    input::day,
    operation::{Operation, Tag},
    paging::{Page, cursor},
    when, words,
};
use contract::history::{Correction, Filter, Line, What, Who};
use domain::{
    actor::Permission,
    history::{Group, Kind, Place},
    id::{MachineId, PersonId, UseId},
    tokens::Scope,
    uses::Ending,
};
use serde::{Deserialize, Serialize};
use services::{
    corrections::{self, CorrectUse},
    history,
    requirements::PathTarget,
};
use utoipa::ToSchema;

const LIST: &str = "listHistory";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/machines/{id}/history", LIST, list)
            .may(&[(Permission::SeeHistory, PathTarget::Space)])
            .about(
                Tag::Machines,
                "Get a machine's history",
                "Lists uses, problems, maintenance, blocks and changes on one timeline, newest first, starting with what is \
                 running. Members see users as far as the space shows names; who did maintenance is shown to people who do \
                 maintenance, and everything else to people who look after the machine and to auditors.",
            )
            .needs(Scope::MachinesRead)
            .errors::<services::history::HistoryError>(&["machine.unknown", "history.filter"]),
        Operation::get("/api/v1/uses/{id}", "readUse", read)
            .about(
                Tag::Machines,
                "Get a use",
                "Returns a use with its corrections. For people who look after the machine.",
            )
            .needs(Scope::MachinesRead)
            .versioned()
            .errors::<services::corrections::CorrectionError>(&["use.unknown"]),
        Operation::post("/api/v1/uses/{id}/corrections", "correctUse", correct)
            .may(&[(Permission::CareFor, PathTarget::Use)])
            .about(
                Tag::Machines,
                "Correct a use",
                "Corrects a use, with a reason. Send all fields, including unchanged ones. For a running use, only its end \
                 can be corrected. What the board reported stays on record, and the user can read the reason.",
            )
            .needs(Scope::MachinesWrite)
            .versioned()
            .errors::<services::corrections::CorrectionError>(&["use.unknown", "use.invalid"]),
    ]
}

/// Filters for a machine's history.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HistoryParams {
    #[schema(schema_with = words::happenings)]
    kind: Option<Group>,
    /// Only events from this day on, in the space's time zone.
    #[schema(format = Date, example = "2026-11-20")]
    from: Option<String>,
    /// Only events up to the end of this day; must not be before `from`.
    #[schema(format = Date, example = "2026-11-20")]
    to: Option<String>,
    /// The `next` of the page before.
    #[schema(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    after: Option<String>,
    /// The maximum number of items.
    #[schema(minimum = 1, maximum = 50, example = 50)]
    limit: Option<u32>,
}

/// An event in a machine's history.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag by itself")]
pub struct Happening {
    #[schema(schema_with = words::happening)]
    kind: Kind,
    /// Its id among events of its kind: of a use, problem, intervention, block or audit entry.
    #[schema(example = 204)]
    id: i64,
    /// When it happened; for a running use, now.
    #[schema(format = DateTime)]
    at: String,
    /// Who did it: `person`, `former`, `unknown-card`, `hidden`, or as in the audit log.
    #[schema(example = "person")]
    by: &'static str,
    /// The person's id, for callers who may see people.
    person: Option<i64>,
    /// The person's name, as far as the caller may see it.
    name: Option<String>,
    /// For a use: when it began; otherwise null.
    #[schema(format = DateTime)]
    start: Option<String>,
    /// For a use: when it ended; null while it is running.
    #[schema(format = DateTime)]
    end: Option<String>,
    #[schema(schema_with = words::ending)]
    ending: Option<Ending>,
    /// For a use: whether its times are estimates.
    approximate: bool,
    /// For a use: whether the rules did not allow it. Only for people who look after the machine.
    unauthorised: bool,
    /// For a use: whether it was ended by another card than the one that began it. Only for people who look after the
    /// machine.
    other_card: bool,
    /// For a use: whether it was marked as not a use.
    void: bool,
    /// For a use: its corrections, oldest first. Only for people who look after the machine.
    corrections: Vec<UseCorrection>,
    /// For a problem: its severity; otherwise null.
    #[schema(example = "unsafe")]
    severity: Option<&'static str>,
    /// The text of a problem, block or intervention.
    words: Option<String>,
    /// For planned maintenance: the task in the plan; otherwise null.
    #[schema(example = "Clean lens and mirrors")]
    task: Option<String>,
    /// For maintenance: whether the board reported it later, so that its exact time is unknown.
    later: bool,
    /// For maintenance: whether it was imported from another system.
    imported: bool,
    /// For a change: its audit code; otherwise null.
    #[schema(example = "machine.changed")]
    action: Option<String>,
}

fn to_happening(line: Line) -> Happening {
    let (kind, id, at) = (line.what.kind(), line.id, when(line.at));
    let (by, person, name) = match &line.what {
        What::Used(one) => doer(&one.who),
        What::Reported { by, .. }
        | What::Resolved { by, .. }
        | What::Maintained { by, .. }
        | What::Blocked { by, .. }
        | What::Freed { by } => doer(by),
        What::Changed(entry) => who(entry.by.clone()),
    };
    let plain = Happening {
        kind,
        id,
        at,
        by,
        person,
        name,
        start: None,
        end: None,
        ending: None,
        approximate: false,
        unauthorised: false,
        other_card: false,
        void: false,
        corrections: Vec::new(),
        severity: None,
        words: None,
        task: None,
        later: false,
        imported: false,
        action: None,
    };
    match line.what {
        What::Used(one) => Happening {
            start: Some(when(one.start)),
            end: one.end.map(when),
            ending: one.ending,
            approximate: one.approximate,
            unauthorised: one.unauthorised,
            other_card: one.other_card,
            void: one.void,
            corrections: one.corrections.into_iter().map(correction).collect(),
            ..plain
        },
        What::Reported { severity, words, .. } | What::Resolved { severity, done: words, .. } => {
            let severity = Some(severity.as_str());
            Happening { severity, words, ..plain }
        }
        What::Maintained { task, note, later, imported, .. } => {
            Happening { task, words: note, later, imported, ..plain }
        }
        What::Blocked { because, .. } => Happening { words: because, ..plain },
        What::Freed { .. } => plain,
        What::Changed(entry) => Happening { action: Some(entry.action), ..plain },
    }
}

/// The author: kind, id and name, as far as the caller may see them.
fn doer(who: &Who) -> (&'static str, Option<i64>, Option<String>) {
    match who {
        Who::Person { id, name } => ("person", id.map(|id| id.0), Some(name.clone())),
        Who::Former => ("former", None, None),
        Who::UnknownCard => ("unknown-card", None, None),
        Who::Hidden => ("hidden", None, None),
    }
}

async fn list(
    caller: Caller,
    Id(id): Id,
    Query(requested): Query<HistoryParams>,
) -> Result<Page<Happening>, Refusal> {
    let (after, limit) = caller.place(LIST, requested.after.as_deref(), requested.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let day = |field, given: &Option<String>| day(field, given.as_deref(), lang).map(str::to_owned);
    let kind = requested.kind.map_or_else(String::new, |kind| kind.as_str().to_owned());
    let filter = Filter { kind, from: day("from", &requested.from)?, to: day("to", &requested.to)? };
    let after = after.as_deref().and_then(Place::read);
    let page = history::page(&ctx, &actor, MachineId(id), &filter, after, Some(limit)).await;
    let page = page?;
    Ok(Page { items: page.lines, next: page.older.map(|place| cursor(LIST, &place)) }.map(to_happening))
}

/// A correction of a use.
#[derive(Debug, Serialize, ToSchema)]
pub struct UseCorrection {
    /// When it was made.
    #[schema(format = DateTime)]
    at: String,
    /// The name of the person who made it, while on record.
    by: Option<String>,
    /// The reason; erased together with the person it is about.
    reason: Option<String>,
    /// The previous end; null if the use was running.
    #[schema(format = DateTime)]
    end_before: Option<String>,
    /// The previous user's name, if the user was changed and the caller may see it.
    who_before: Option<String>,
    /// Whether the user was changed.
    other_person: bool,
    /// Whether it was marked as not a use before.
    void_before: bool,
    /// Whether it is marked as not a use afterwards.
    void_after: bool,
}

pub(super) fn correction(one: Correction) -> UseCorrection {
    UseCorrection {
        at: when(one.at),
        by: one.by,
        reason: one.reason,
        end_before: one.end_before.map(when),
        who_before: one.who_before,
        other_person: one.other_person,
        void_before: one.void_before,
        void_after: one.void_after,
    }
}

/// A use that can be corrected.
#[derive(Debug, Serialize, ToSchema)]
pub struct CorrectableUse {
    /// Its id.
    #[schema(example = 204)]
    id: i64,
    /// The machine's id.
    #[schema(example = 7)]
    machine: i64,
    /// When it began.
    #[schema(format = DateTime)]
    start: String,
    /// When it ended; null while it is running.
    #[schema(format = DateTime)]
    end: Option<String>,
    /// The user's id, while on record.
    person: Option<i64>,
    /// Whether it is marked as not a use.
    void: bool,
    /// Its corrections, oldest first.
    corrections: Vec<UseCorrection>,
}

async fn read(caller: Caller, Id(id): Id) -> Result<Versioned<CorrectableUse>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let one = corrections::one(&ctx, &actor, UseId(id)).await?;
    let version = one.version;
    let visible = CorrectableUse {
        id,
        machine: one.machine.0,
        start: when(one.start),
        end: one.end.map(when),
        person: one.person.map(|person| person.0),
        void: one.void,
        corrections: one.corrections.into_iter().map(correction).collect(),
    };
    Ok(Versioned(visible, version))
}

/// A correction of a use.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HowItWas {
    /// When it ended, in the space's time zone: `2026-11-20T14:05:33`; ignored if `void` is set.
    #[serde(default)]
    #[schema(max_length = 40, example = "2026-11-20T14:05:33")]
    end: String,
    /// The user's id; null if unknown.
    person: Option<i64>,
    /// Whether to mark it as not a use.
    #[serde(default)]
    void: bool,
    /// The reason for the correction.
    #[schema(min_length = 1, max_length = 1000, example = "Forgot to log off; the logbook says half past eight.")]
    reason: String,
}

async fn correct(
    caller: Caller,
    Id(id): Id,
    Seen(seen): Seen,
    Body(how): Body<HowItWas>,
) -> Result<Versioned<CorrectableUse>, Refusal> {
    let Caller { ctx, actor, .. } = &caller;
    let HowItWas { end, person, void, reason } = how;
    let how = CorrectUse { end, who: Some(person.map(PersonId)), void, reason };
    corrections::correct(ctx, actor, UseId(id), seen, &how).await?;
    read(caller, Id(id)).await
}
