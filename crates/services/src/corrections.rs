//! Corrections of uses: a member forgot to log off, lent their card, or it was not a use at all.
//!
//! **Invariants.** Those who look after the machine correct a use and give a reason; the board's report and
//! earlier corrections remain. A correction of a use that has been corrected or has ended meanwhile is refused,
//! and shows the newer state. Of a running use only the end can be corrected: it is then over for everyone,
//! whatever its board still reports.

use crate::{
    Ctx,
    change::{Begun, Job},
};
use contract::history::{Correctable, Correction as CorrectionView};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    id::{MachineId, PersonId, UseId},
    live::ChangeEvent,
    names::{Remark, TooLong},
    notices::Notice,
    problem::{Kind, Problem},
    problems::WORDS,
    time::{DAY, Millis, Moment, WallTime},
    uses::{Correction, InvalidCorrection, Session},
    versions::Saved,
    zone::{Zone, with_seconds},
};
use macros::ServiceError;
use serde_json::json;
use store::{
    StoreError, WriteTx, access, people, remarks,
    uses::corrections::{self, CorrectableUse, Corrected, NewCorrection},
};
use text::Lang;

/// Limit of people offered in the list.
const OFFERED: i64 = 500;
/// People who swiped at the machine within this many days are offered.
const LATELY: u32 = 90;

/// A correction of a use.
#[derive(Debug, Clone, Default)]
pub struct CorrectUse {
    /// When it ended, by the clock of the space: `2026-11-20T14:05` or with seconds.
    pub end: String,
    /// The user; `Some(None)` is unknown, `None` is invalid input.
    pub who: Option<Option<PersonId>>,
    pub void: bool,
    pub reason: String,
}

impl CorrectUse {
    /// The form, as typed: `who` is a number, empty for an unknown person.
    #[must_use]
    pub fn from_form(end: String, who: &str, void: bool, reason: String) -> Self {
        let who = match who.trim() {
            "" => Some(None),
            input => input.parse().ok().map(|who| Some(PersonId(who))),
        };
        Self { end, who, void, reason }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValidationError {
    /// It is no time.
    NoTime,
    /// It cannot have ended then.
    End(InvalidCorrection),
    /// Unknown person, or one whom the caller may not name.
    Person,
    /// The reason is missing.
    NoReason,
    /// Longer than [`WORDS`] characters.
    LongReason,
    /// The use is running: only its end can be corrected.
    Running,
    /// Nothing would change.
    Unchanged,
}

/// Why nothing is shown or corrected.
#[derive(Debug, Clone, ServiceError)]
pub enum CorrectionError {
    #[problem("use.unknown", NotFound, correct_unknown)]
    Unknown,
    #[problem(with = invalid(_0, *_1, lang), codes = [(Kind::Invalid, "use.invalid")])]
    Invalid(Vec<ValidationError>, Zone),
    /// It was corrected or has ended meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

fn invalid(errors: &[ValidationError], zone: Zone, lang: Lang) -> Problem {
    let problem = Problem::new("use.invalid", Kind::Invalid, lang.form_fix());
    errors.iter().fold(problem, |problem, fault| fault.at_field(problem, zone, lang))
}

impl ValidationError {
    fn at_field(self, problem: Problem, zone: Zone, lang: Lang) -> Problem {
        match self {
            Self::NoTime => problem.field("end", lang.correct_no_time()),
            Self::End(InvalidCorrection::BeforeStart) => problem.field("end", lang.correct_before_start()),
            Self::End(InvalidCorrection::Future) => problem.field("end", lang.correct_future()),
            Self::End(InvalidCorrection::TooLong) => problem.field("end", lang.correct_too_long()),
            Self::End(InvalidCorrection::Overlaps(next)) => {
                problem.field("end", lang.correct_overlaps(&text::time::clock(zone.moment(next))))
            }
            Self::Person => problem.field("who", lang.correct_no_person()),
            Self::NoReason => problem.field("reason", lang.correct_no_reason()),
            Self::LongReason => problem.field("reason", lang.correct_long_reason()),
            Self::Running => problem.field("who", lang.correct_running()),
            Self::Unchanged => problem.field("end", lang.correct_unchanged()),
        }
    }
}

/// A use, for those who may correct it.
pub async fn one(ctx: &Ctx, actor: &Actor, id: UseId) -> Result<Correctable, CorrectionError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let known = known(&mut snapshot, actor, id).await?;
    actor.require(Permission::CareFor, about(&known))?;
    let corrections = corrections::of_use(&mut snapshot, id).await?;
    let (kind, machine, session) = (known.kind, known.machine, known.session);
    let mut people =
        access::whom_to_ask_for(&mut snapshot, kind, machine, now.before(DAY * LATELY), OFFERED).await?;
    // The user is listed even if no longer active.
    if let Some((person, name)) = known.person.zip(known.name.clone())
        && people.iter().all(|(other, _)| *other != person)
    {
        people.push((person, name));
    }
    let reported = session.corrected.and_then(|corrected| corrected.reported);
    let end = if session.is_void() { reported } else { session.end };
    Ok(Correctable {
        now: ctx.moment(now),
        id,
        machine,
        start: ctx.moment(session.start),
        end: session.end.map(|(end, _)| ctx.moment(end)),
        end_field: end.map(|(end, _)| local(ctx.moment(end))).unwrap_or_default(),
        person: known.person,
        void: session.is_void(),
        people,
        version: version(&known),
        corrections: corrections.into_iter().map(|one| to_view(ctx, one)).collect(),
    })
}

/// Corrects version `seen` of a use, with a reason.
pub async fn correct(
    ctx: &Ctx,
    actor: &Actor,
    id: UseId,
    seen: i64,
    input: &CorrectUse,
) -> Result<MachineId, CorrectionError> {
    let before = known(&mut *ctx.store().read().await?, actor, id).await?;
    let zone = ctx.space().zone;
    let reason = Remark::<WORDS>::new(&input.reason).map_err(|TooLong| ValidationError::LongReason);
    let reason = reason.and_then(|reason| reason.ok_or(ValidationError::NoReason));
    let input = input.clone();
    // The other fields are validated in the job, against the use as it is then.
    ctx.begin_permitted(actor, Permission::CareFor, about(&before), async move |begun| {
        let (before, mut job) = current(begun, id, seen, zone).await?;
        let fits = fits(job.tx, &before, &input, zone, job.now).await?;
        let (after, who, reason) = match (fits, reason) {
            (Ok((after, who)), Ok(reason)) => (after, who, reason),
            (fits, reason) => {
                let errors = fits.err().unwrap_or_default().into_iter().chain(reason.err());
                return Err(CorrectionError::Invalid(errors.collect(), zone));
            }
        };
        let by = job.by().await?;
        // Under the name of the month in which it began: retention cuts it with the others of that month.
        let alias = match who {
            Some(who) if before.person == Some(who) => before.alias,
            Some(who) => Some(people::alias(job.tx, who, before.session.start).await?),
            None => None,
        };
        let reason = remarks::write(job.tx, before.person.or(who), by, reason.as_str(), job.now).await?;
        corrections::correct(job.tx, id, &before, &NewCorrection { after, alias, by, reason, at: job.now })
            .await?;
        job.tx.after_commit(ChangeEvent::Machine(before.machine));
        let notice = Notice::UseCorrected { session: id, machine: before.machine, at: job.now };
        for person in [before.person, who].into_iter().flatten() {
            job.tx.after_commit(ChangeEvent::Person(person));
            job.notify(person, notice).await?;
        }
        let changed = changed(&before, &after, who);
        let detail = json!({ "use": id, "changed": changed.join(" ") });
        let subject = before.machine;
        job.audited(before.machine, "use.corrected", subject, &detail).await
    })
    .await
}

/// The corrected use and its user; or the errors.
async fn fits(
    tx: &mut WriteTx,
    before: &CorrectableUse,
    input: &CorrectUse,
    zone: Zone,
    now: Millis,
) -> Result<Result<(Session, Option<PersonId>), Vec<ValidationError>>, StoreError> {
    let mut errors = Vec::new();
    let session = before.session;
    let correction = if input.void {
        Some(Correction::Void)
    } else {
        let end = session.end.filter(|_| !session.is_void()).map(|(end, _)| end);
        let reported = session.corrected.and_then(|corrected| corrected.reported).map(|(end, _)| end);
        // The form shows whole seconds: an unchanged value is no change.
        let known = [end, reported]
            .into_iter()
            .flatten()
            .find(|&at| local(zone.moment(at)) == with_seconds(input.end.trim()));
        let at = known.or_else(|| zone.parse_wall(&input.end));
        errors.extend(at.is_none().then_some(ValidationError::NoTime));
        at.map(Correction::End)
    };
    let who = who(tx, before, input, now).await?;
    errors.extend(who.is_none().then_some(ValidationError::Person));
    if session.end.is_none() && (input.void || who.is_some_and(|who| who != before.person)) {
        errors.push(ValidationError::Running);
    }
    let after = correction.map(|correction| session.correct(correction, before.next, now));
    errors.extend(after.and_then(Result::err).map(ValidationError::End));
    Ok(match (after, who) {
        (Some(Ok(after)), Some(who)) if errors.is_empty() => {
            let same = (session.end, session.is_void(), before.person) == (after.end, after.is_void(), who);
            if same { Err(vec![ValidationError::Unchanged]) } else { Ok((after, who)) }
        }
        _ => Err(errors),
    })
}

/// The user; `None` if the caller may not name that person.
async fn who(
    tx: &mut WriteTx,
    before: &CorrectableUse,
    input: &CorrectUse,
    now: Millis,
) -> Result<Option<Option<PersonId>>, StoreError> {
    let Some(Some(id)) = input.who else { return Ok(input.who) };
    let since = now.before(DAY * LATELY);
    let may_be = before.person == Some(id)
        || access::is_to_ask_for(tx.conn(), id, before.kind, before.machine, since).await?;
    Ok(may_be.then_some(Some(id)))
}

/// The names of the changed fields.
fn changed(before: &CorrectableUse, after: &Session, who: Option<PersonId>) -> Vec<&'static str> {
    let otherwise = [
        ("end", before.session.end != after.end && !after.is_void()),
        ("who", before.person != who),
        ("void", before.session.is_void() != after.is_void()),
    ];
    otherwise.into_iter().filter(|(_, is)| *is).map(|(name, _)| name).collect()
}

/// A use that the actor may know of. Others answer as if it did not exist.
async fn known(
    conn: &mut store::SqliteConnection,
    actor: &Actor,
    id: UseId,
) -> Result<CorrectableUse, CorrectionError> {
    actor.require(Permission::SeeHistory, Target::NONE)?;
    corrections::one(conn, id).await?.ok_or(CorrectionError::Unknown)
}

const fn about(known: &CorrectableUse) -> Target {
    Target::equipment(known.kind, Some(known.machine))
}

/// The use, for those who may correct it; fails if it has a newer version.
async fn current(
    begun: Begun<'_>,
    id: UseId,
    seen: i64,
    zone: Zone,
) -> Result<(CorrectableUse, Job<'_>), CorrectionError> {
    let known = corrections::one(begun.tx.conn(), id).await?.ok_or(CorrectionError::Unknown)?;
    let job = begun.require(Permission::CareFor, about(&known))?;
    let newest = version(&known);
    if domain::versions::is_current(newest, seen) {
        return Ok((known, job));
    }
    let end = known.session.end.map(|(end, _)| local(zone.moment(end))).unwrap_or_default();
    let who = known.person.map(|person| person.to_string()).unwrap_or_default();
    let void = if known.session.is_void() { "yes" } else { "" };
    let saved = Saved::new(newest, vec![("end", end), ("who", who), ("void", void.to_owned())]);
    let last = corrections::of_use(job.tx.conn(), id).await?.pop();
    let (by, at) = last.map_or((None, None), |last| (last.by, Some(zone.moment(last.at))));
    Err(CorrectionError::Stale(Box::new(Saved { by, at, ..saved })))
}

/// Grows with each correction, and when it ends.
fn version(known: &CorrectableUse) -> i64 {
    known.corrections * 2 + i64::from(known.session.end.is_some())
}

/// A correction as pages show it.
pub(crate) fn to_view(ctx: &Ctx, one: Corrected) -> CorrectionView {
    CorrectionView {
        at: ctx.moment(one.at),
        by: one.by,
        reason: one.reason,
        end_before: one.end_before.map(|at| ctx.moment(at)),
        who_before: one.who_before.filter(|_| one.other_person),
        other_person: one.other_person,
        void_before: one.void_before,
        void_after: one.void_after,
    }
}

/// `2026-11-20T14:05:33`, as a field of a form has it.
#[must_use]
pub fn local(at: Moment) -> String {
    let WallTime { date, hour, minute } = at.wall();
    let second = at.at.0.div_euclid(1_000).rem_euclid(60);
    format!("{:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}", date.year, date.month, date.day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_time_of_form_round_trips() {
        let rome: Zone = "Europe/Rome".parse().unwrap();
        let at = rome.parse_wall("2026-11-20T14:05:33").unwrap();
        assert_eq!(local(rome.moment(at)), "2026-11-20T14:05:33");
    }
}
