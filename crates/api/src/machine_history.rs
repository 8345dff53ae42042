//! What happened at one machine.

use super::{
    Body, Caller, Id, Query, Refusal, Seen,
    answer::Versioned,
    audit::who,
    input::day,
    operation::{Operation, Tag},
    paging::{Page, cursor},
    when, words,
};
use domain::{
    history::{Group, Kind, Place},
    id::{MachineId, PersonId, UseId},
    tokens::Scope,
    uses::Ending,
};
use serde::{Deserialize, Serialize};
use services::{
    corrections::{self, CorrectUse},
    history,
};
use utoipa::ToSchema;
use views::history::{Correction, Filter, Line, What, Who};

const LIST: &str = "listHistory";

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/machines/{id}/history", LIST, list)
            .about(
                Tag::Machines,
                "What happened at a machine",
                "Uses, problems, maintenance, blocks and changes on one timeline, the newest first; what is running comes first of \
                 all. Members read of whoever used it as much as the space shows; who maintained it is for those who do, and \
                 everything else is for those who care for the machine and for auditors.",
            )
            .needs(Scope::MachinesRead)
            .errors::<services::history::HistoryError>(&["machine.unknown", "history.filter"]),
        Operation::get("/api/v1/uses/{id}", "readUse", read)
            .about(Tag::Machines, "One use", "As it is known, and what was said of it, for those who care for the machine.")
            .needs(Scope::MachinesRead)
            .versioned()
            .errors::<services::corrections::CorrectionError>(&["use.unknown"]),
        Operation::post("/api/v1/uses/{id}/corrections", "correctUse", correct)
            .about(
                Tag::Machines,
                "Correct a use",
                "Says how it was, and why: all of it, also what stays. Of one that runs only its end can be said. What the board \
                 told stays on record, and whoever it was reads the reason.",
            )
            .needs(Scope::MachinesWrite)
            .versioned()
            .errors::<services::corrections::CorrectionError>(&["use.unknown", "use.flawed"]),
    ]
}

/// Which part of it is asked for.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HistoryParams {
    #[schema(schema_with = words::happenings)]
    kind: Option<Group>,
    /// From this day on, by the clock of the space.
    #[schema(format = Date, example = "2026-11-20")]
    from: Option<String>,
    /// Up to the end of this day; not before the first.
    #[schema(format = Date, example = "2026-11-20")]
    to: Option<String>,
    /// The cursor of the page before.
    #[schema(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    after: Option<String>,
    /// How many at most.
    #[schema(minimum = 1, maximum = 50, example = 50)]
    limit: Option<u32>,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag by itself")]
pub struct Happening {
    #[schema(schema_with = words::happening)]
    kind: Kind,
    /// Its number among those of its kind: of a use, a problem, an intervention, a block, or an entry of the record.
    #[schema(example = 204)]
    id: i64,
    /// When; of a use that runs, the present.
    #[schema(format = DateTime)]
    at: String,
    /// Who did it: `person`, `former`, `unknown-card`, `hidden`, or as the record says.
    #[schema(example = "person")]
    by: &'static str,
    /// Their id, for those who may see people.
    person: Option<i64>,
    /// As much of their name as the caller may see.
    name: Option<String>,
    /// When the use began; null for anything else.
    #[schema(format = DateTime)]
    start: Option<String>,
    /// When it ended; null while it runs.
    #[schema(format = DateTime)]
    end: Option<String>,
    #[schema(schema_with = words::ending)]
    ending: Option<Ending>,
    /// The hours of the use were worked out afterwards.
    approximate: bool,
    /// The rules did not allow the use; told to those who care for the machine.
    unauthorised: bool,
    /// Another card than the one that began the use ended it; told to those who care for the machine.
    other_card: bool,
    /// The use was none, somebody said.
    void: bool,
    /// What was said of the use afterwards, the oldest first; told to those who care for the machine.
    corrections: Vec<UseCorrection>,
    /// How bad the problem was, by its word; null for anything else.
    #[schema(example = "unsafe")]
    severity: Option<&'static str>,
    /// What somebody wrote about the problem, the block, or what they did to the machine.
    words: Option<String>,
    /// What the plan says that something was done by; null for something else, and for anything else.
    #[schema(example = "Clean lens and mirrors")]
    task: Option<String>,
    /// The board told afterwards that something was done: nobody knows exactly when it was.
    later: bool,
    /// What was done to the machine was brought from another system.
    imported: bool,
    /// What was changed, as the record has it; null for anything else.
    #[schema(example = "machine.changed")]
    action: Option<String>,
}

fn told(line: Line) -> Happening {
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

/// Who did it: what they are, and who, as far as that is told.
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
    Query(wanted): Query<HistoryParams>,
) -> Result<Page<Happening>, Refusal> {
    let (after, limit) = caller.place(LIST, wanted.after.as_deref(), wanted.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let day = |field, given: &Option<String>| day(field, given.as_deref(), lang).map(str::to_owned);
    let kind = wanted.kind.map_or_else(String::new, |kind| kind.as_str().to_owned());
    let filter = Filter { kind, from: day("from", &wanted.from)?, to: day("to", &wanted.to)? };
    let after = after.as_deref().and_then(Place::read);
    let page = history::page(&ctx, &actor, MachineId(id), &filter, after, Some(limit)).await;
    let page = page?;
    Ok(Page { items: page.lines, next: page.older.map(|place| cursor(LIST, &place)) }.map(told))
}

/// What was said of a use afterwards.
#[derive(Debug, Serialize, ToSchema)]
pub struct UseCorrection {
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// By whom, while they are known by name.
    by: Option<String>,
    /// Why; gone with whoever it is about.
    reason: Option<String>,
    /// When it had ended before; null where it ran.
    #[schema(format = DateTime)]
    end_before: Option<String>,
    /// What whoever it was before is called, where it was somebody else and the caller may read that.
    who_before: Option<String>,
    /// It changed who it was.
    other_person: bool,
    /// It was none before.
    void_before: bool,
    /// It is none from then on.
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

/// A use, for whoever may say how it was.
#[derive(Debug, Serialize, ToSchema)]
pub struct CorrectableUse {
    /// Its id.
    #[schema(example = 204)]
    id: i64,
    /// Of which machine.
    #[schema(example = 7)]
    machine: i64,
    /// When it began.
    #[schema(format = DateTime)]
    start: String,
    /// When it ended; null while it runs.
    #[schema(format = DateTime)]
    end: Option<String>,
    /// Whose it was, while that is known.
    person: Option<i64>,
    /// It was no use at all.
    void: bool,
    /// What was said of it so far, the oldest first.
    corrections: Vec<UseCorrection>,
}

async fn read(caller: Caller, Id(id): Id) -> Result<Versioned<CorrectableUse>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let one = corrections::one(&ctx, &actor, UseId(id)).await?;
    let version = one.version;
    let shown = CorrectableUse {
        id,
        machine: one.machine.0,
        start: when(one.start),
        end: one.end.map(when),
        person: one.person.map(|person| person.0),
        void: one.void,
        corrections: one.corrections.into_iter().map(correction).collect(),
    };
    Ok(Versioned(shown, version))
}

/// How a use was.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HowItWas {
    /// When it ended, by the clock of the space: `2026-11-20T14:05:33`; not asked of one that was none.
    #[serde(default)]
    #[schema(max_length = 40, example = "2026-11-20T14:05:33")]
    end: String,
    /// Who it was; null is nobody known.
    person: Option<i64>,
    /// It was no use at all.
    #[serde(default)]
    void: bool,
    /// Why that is said.
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
