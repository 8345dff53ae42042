//! Problems on machines: reported by members, acknowledged and resolved by those who look after the machine; and
//! blocks.
//!
//! **Invariants.** A report of an unsafe machine blocks it in the same commit and logs out its user; every other
//! block waits until the machine is free. Such a block ends when the problem is resolved, unless another one still
//! makes the machine unsafe. A problem that was edited meanwhile is not changed: the second editor gets the
//! current state. Names are for those who look after the machine.

mod blocks;
mod photos;

pub use blocks::{block, blocked, lift};
pub use photos::{may_set_photo, photo, set_photo};

use crate::error::FieldError;
use crate::{
    Ctx,
    change::{Begun, Job},
    error, inbox,
    rate::RateLimiter,
};
use contract::problems::{AtMachine, Queue, Report};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    id::{MachineId, ReportId},
    live::ChangeEvent,
    names::{Remark, TooLong},
    notices::Notice,
    pictures::InvalidPicture,
    problem::Problem,
    problems::{self, Severity, State, WEEKS, WORDS, Week},
    time::Date,
    versions::Saved,
    zone::Zone,
};
use macros::ServiceError;
use serde_json::json;
use store::{
    Done, SqliteConnection, StoreError, Unaudited, machines,
    problems::{self as rows, Report as Row},
    remarks, requests,
};
use text::Lang;

/// Limits how often a person reports problems and adds photos to them.
#[derive(Default)]
struct Limits {
    reports: RateLimiter,
    photos: RateLimiter,
}

/// A problem to be reported.
#[derive(Debug, Clone)]
pub struct ReportProblem {
    severity: Severity,
    words: Remark<WORDS>,
}

impl ReportProblem {
    /// The command in the fields of a form or a request, or all that is wrong with them.
    pub fn read(severity: Option<Severity>, words: &str) -> Result<Self, Vec<ValidationError>> {
        match (severity.ok_or(ValidationError::Severity), read(Field::Words, words)) {
            (Ok(severity), Ok(words)) => Ok(Self { severity, words }),
            (severity, words) => Err(severity.err().into_iter().chain(words.err()).collect()),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValidationError {
    Severity,
    /// This field is empty.
    Empty(Field),
    /// Longer than [`WORDS`] characters.
    Long(Field),
    /// It is no picture that is taken.
    Photo(InvalidPicture),
}

impl FieldError for ValidationError {
    fn add(&self, problem: Problem, lang: Lang) -> Problem {
        match self {
            Self::Severity => problem.field("severity", lang.problem_choose_severity()),
            Self::Empty(field @ Field::Words) => problem.field(field.name(), lang.problem_words_empty()),
            Self::Empty(field @ Field::Done) => problem.field(field.name(), lang.problem_done_empty()),
            Self::Empty(field @ Field::Because) => problem.field(field.name(), lang.problem_because_empty()),
            Self::Long(field) => problem.field(field.name(), lang.problem_words_long(&WORDS.to_string())),
            Self::Photo(invalid) => problem.field("photo", lang.picture_invalid(*invalid)),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Words,
    /// The resolution is missing.
    Done,
    /// The reason of the block is missing.
    Because,
}

impl Field {
    const fn name(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Done => "done",
            Self::Because => "because",
        }
    }
}

/// Why nothing is shown or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum ProblemsError {
    #[problem("machine.unknown", NotFound, machine_unknown)]
    UnknownMachine,
    #[problem("problem.unknown", NotFound, problem_unknown)]
    Unknown,
    #[problem("block.unknown", NotFound, block_unknown)]
    UnknownBlock,
    /// It has no photo.
    #[problem("picture.unknown", NotFound, picture_unknown)]
    NoPhoto,
    #[problem("problem.invalid", Invalid, each)]
    Invalid(Vec<ValidationError>),
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    /// It is resolved already.
    #[problem("problem.over", Conflict, problem_over)]
    Over,
    /// The machine is blocked already.
    #[problem("machine.blocked-already", Conflict, block_there)]
    Blocked,
    /// The block was lifted already.
    #[problem("block.over", Conflict, block_over)]
    Lifted,
    /// Another person reported it.
    #[problem("problem.not-yours", Forbidden, problem_not_yours)]
    NotTheirs,
    /// They report, or give photos, too often.
    #[problem("rate.exceeded", TooMany, problem_too_often(_0.div_ceil(60)), after = *_0)]
    TooOften(u32),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

fn about(row: &Row) -> Target {
    Target::equipment(row.kind, Some(row.machine))
}

/// Whether the actor sees the people involved in problems of this machine.
fn reads_names(actor: &Actor, about: Target) -> bool {
    actor.may(Permission::CareFor, about) || actor.may(Permission::ReadAudit, Target::NONE)
}

fn to_view(ctx: &Ctx, actor: &Actor, row: Row) -> Report {
    let may_handle = actor.may(Permission::CareFor, about(&row));
    let named = reads_names(actor, about(&row));
    let own = row.reporter.is_some() && row.reporter == actor.person();
    Report {
        id: row.id,
        machine: row.machine,
        machine_name: row.machine_name,
        severity: row.severity,
        state: row.state,
        words: row.words,
        photo: row.photo.map(|added| added.0),
        reported: ctx.moment(row.reported),
        by: row.by.filter(|_| named || own),
        mine: own,
        acknowledged: row.acknowledged.map(|at| ctx.moment(at)),
        acknowledged_by: row.acknowledged_by.filter(|_| named),
        resolved: row.resolved.map(|at| ctx.moment(at)),
        resolved_by: row.resolved_by.filter(|_| named),
        done: row.done,
        blocks: row.blocks,
        may_handle,
        version: row.version,
    }
}

/// Open problems of `machine`, and its blocks.
pub async fn at(ctx: &Ctx, actor: &Actor, machine: MachineId) -> Result<AtMachine, ProblemsError> {
    actor.require(Permission::SeeProblems, Target::NONE)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let remaining = machines::one(&mut snapshot, machine).await?.filter(|remaining| remaining.archived.is_none());
    let remaining = remaining.ok_or(ProblemsError::UnknownMachine)?;
    let about = Target::equipment(remaining.kind, Some(machine));
    let reports = rows::of_machine(&mut snapshot, machine).await?;
    let block = machines::blocked(&mut snapshot, machine).await?;
    Ok(AtMachine {
        now: ctx.moment(ctx.now()),
        machine,
        name: remaining.name,
        reports: reports.into_iter().map(|row| to_view(ctx, actor, row)).collect(),
        block: block.map(|block| blocks::to_view(ctx, reads_names(actor, about), block)),
        may_report: actor.may(Permission::ReportProblem, Target::NONE),
        may_handle: actor.may(Permission::CareFor, about),
    })
}

/// Open problems of machines that the actor owns or trains on, and unauthorised uses of those they own; of all
/// machines for auditors.
pub async fn queue(ctx: &Ctx, actor: &Actor) -> Result<Queue, ProblemsError> {
    actor.require(Permission::SeeProblems, Target::NONE)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let pending = rows::pending(&mut snapshot).await?;
    let uses = inbox::forbidden_at(ctx, actor, &mut snapshot, reads_names).await?;
    let sees = |row: &Row| actor.may(Permission::Maintain, about(row)) || reads_names(actor, about(row));
    let theirs = pending.into_iter().filter(sees);
    let mut reports: Vec<_> = theirs.map(|row| to_view(ctx, actor, row)).collect();
    reports.sort_by_key(|report| std::cmp::Reverse(report.severity));
    Ok(Queue { now: ctx.moment(ctx.now()), reports, uses })
}

/// Problems reported and resolved in each of the last weeks, ending with the current one.
pub async fn by_week(ctx: &Ctx, actor: &Actor) -> Result<Vec<Week>, ProblemsError> {
    actor.require(Permission::SeeProblems, Target::NONE)?;
    let (zone, today) = (ctx.space().zone, ctx.today());
    let first = today.days() - i64::from(today.weekday()) - (WEEKS - 1) * 7;
    let at = |day| zone.start_of(Date::from_days(day));
    let mondays = (0..WEEKS).map(|week| first + week * 7);
    let weeks: Vec<_> = mondays.map(|day| (Date::from_days(day), at(day), at(day + 7))).collect();
    let times = rows::times(&mut *ctx.store().read().await?, at(first)).await?;
    Ok(problems::by_week(&times, &weeks))
}

pub async fn one(ctx: &Ctx, actor: &Actor, report: ReportId) -> Result<Report, ProblemsError> {
    let row = known(&mut *ctx.store().read().await?, actor, report).await?;
    Ok(to_view(ctx, actor, row))
}

/// A problem of an active machine, for those who may see problems.
async fn known(conn: &mut SqliteConnection, actor: &Actor, report: ReportId) -> Result<Row, ProblemsError> {
    actor.require(Permission::SeeProblems, Target::NONE)?;
    rows::one(conn, report).await?.ok_or(ProblemsError::Unknown)
}

/// Whether the actor reports problems: asked before a photo is read.
pub fn may_report(actor: &Actor) -> Result<(), ProblemsError> {
    Ok(actor.require(Permission::ReportProblem, Target::NONE).map(drop)?)
}

/// Stores a problem of `machine`. An unsafe machine is blocked and its use ended; if it is unsafe already, nobody
/// is notified again, unless its block was lifted in between.
pub async fn report(
    ctx: &Ctx,
    actor: &Actor,
    machine: MachineId,
    new: Result<ReportProblem, Vec<ValidationError>>,
) -> Result<ReportId, ProblemsError> {
    let form = async {
        let new = new.map_err(ProblemsError::Invalid)?;
        // An invalid report does not count against the limit.
        if let Some(person) = actor.person() {
            let taken = ctx.memory::<Limits>().reports.take(person, problems::REPORTS, ctx.steady());
            taken.map_err(|empty| ProblemsError::TooOften(empty.seconds()))?;
        }
        Ok(new)
    };
    ctx.change_with(actor, Permission::ReportProblem, Target::NONE, form, async move |job, new| {
        let ReportProblem { severity, words } = new;
        requests::kind_of(job.tx.conn(), machine).await?.ok_or(ProblemsError::UnknownMachine)?;
        let is_known = severity == Severity::Unsafe && blocks::is_unsafe_already(job, machine).await?;
        let by = job.by().await?;
        let words = remarks::write(job.tx, None, by, words.as_str(), job.now).await?;
        let report = rows::add(job.tx, machine, severity, words, by, job.now).await?;
        if severity == Severity::Unsafe {
            blocks::unsafe_now(job, machine, report, words).await?;
        }
        job.tx.after_commit(ChangeEvent::Machine(machine));
        if !is_known {
            job.notify_staff(Notice::Reported { report, machine, severity }).await?;
        }
        let detail = json!({ "problem": report, "severity": severity });
        job.audited(report, "problem.reported", machine, &detail).await
    })
    .await
}

/// Acknowledges version `version` of a problem, by a caretaker of its machine.
pub async fn acknowledge(ctx: &Ctx, actor: &Actor, report: ReportId, version: i64) -> Result<(), ProblemsError> {
    let row = known(&mut *ctx.store().read().await?, actor, report).await?;
    let zone = ctx.space().zone;
    ctx.begin_permitted(actor, Permission::CareFor, about(&row), async move |begun| {
        let (row, mut job) = current(begun, report, version, zone).await?;
        if row.state == State::Acknowledged {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        let by = job.by().await?;
        rows::acknowledge(job.tx, report, by, job.now).await?;
        job.tx.after_commit(ChangeEvent::Machine(row.machine));
        job.broadcast(Notice::Acknowledged { report, machine: row.machine }).await?;
        if let Some(reporter) = row.reporter {
            job.notify(reporter, Notice::Acknowledged { report, machine: row.machine }).await?;
        }
        let subject = row.machine;
        let detail = json!({ "problem": report });
        job.audited((), "problem.acknowledged", subject, &detail).await
    })
    .await
}

/// Resolves version `version` of a problem with what was done. Lifts the block that came from it.
pub async fn resolve(
    ctx: &Ctx,
    actor: &Actor,
    report: ReportId,
    version: i64,
    done: &str,
) -> Result<(), ProblemsError> {
    let row = known(&mut *ctx.store().read().await?, actor, report).await?;
    let form = async { read(Field::Done, done).map_err(|fault| ProblemsError::Invalid(vec![fault])) };
    let zone = ctx.space().zone;
    ctx.begin_with(actor, Permission::CareFor, about(&row), form, async move |begun, done| {
        let (row, mut job) = current(begun, report, version, zone).await?;
        let by = job.by().await?;
        let done = remarks::write(job.tx, None, by, done.as_str(), job.now).await?;
        rows::resolve(job.tx, report, done, by, job.now).await?;
        blocks::resolved(&mut job, row.machine, report).await?;
        job.tx.after_commit(ChangeEvent::Machine(row.machine));
        job.broadcast(Notice::Resolved { report, machine: row.machine }).await?;
        if let Some(reporter) = row.reporter {
            job.notify(reporter, Notice::Resolved { report, machine: row.machine }).await?;
        }
        let subject = row.machine;
        let detail = json!({ "problem": report });
        job.audited((), "problem.resolved", subject, &detail).await
    })
    .await
}

/// The valid text, or why it is invalid.
fn read(field: Field, input: &str) -> Result<Remark<WORDS>, ValidationError> {
    Remark::new(input).map_err(|TooLong| ValidationError::Long(field))?.ok_or(ValidationError::Empty(field))
}

/// The problem, for caretakers of its machine; fails if it has a newer version or is resolved.
async fn current(
    begun: Begun<'_>,
    report: ReportId,
    version: i64,
    zone: Zone,
) -> Result<(Row, Job<'_>), ProblemsError> {
    let row = rows::one(begun.tx.conn(), report).await?.ok_or(ProblemsError::Unknown)?;
    let job = begun.require(Permission::CareFor, about(&row))?;
    if !domain::versions::is_current(row.version, version) {
        let done = row.done.unwrap_or_default();
        let saved = Saved::new(row.version, vec![("state", row.state.as_str().to_owned()), ("done", done)]);
        let subject = row.machine;
        return Err(ProblemsError::Stale(error::signed(job.tx.conn(), zone, subject, saved).await?));
    }
    if row.state == State::Resolved {
        return Err(ProblemsError::Over);
    }
    Ok((row, job))
}
