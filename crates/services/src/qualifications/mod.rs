//! The qualification ledger: writing entries, and their immediate effects.
//!
//! Pages read it through [`queries`], [`counted`] counts people by type, and [`lapse`] ends entries that run out.
//!
//! **Invariant.** The actor is re-checked inside the write job: if two administrators demote each other at the
//! same moment, the second no longer is one.

mod counted;
mod lapse;
mod queries;
mod relations;

pub use lapse::lapse;
pub use queries::{SomeQualified, mine, my_types, of_person, qualified_behind, type_page};

pub(crate) use queries::{named, rows, standing};

use crate::{
    Ctx,
    change::{Begun, Job},
    notices, sessions,
};
use domain::{
    actor::{Actor, Forbidden, Permission, Principal, Proof, Rank, Target, rank},
    events::DomainEvent,
    id::{EntryId, PersonId, TypeId},
    live::ChangeEvent,
    names,
    notices::Notice,
    people::{PersonStatus, REMARK},
    problem::{Kind, Problem},
    qualifications::{
        Cause, Entry, EntryKind, Ledger, Relation, SPACE, SYSTEM, Subject,
        change::{self, Authority, Matter, Refusal, TargetPerson, Writer, admit, ends},
    },
    requests,
    time::{Date, Millis},
};
use macros::ServiceError;
use serde_json::json;
use store::{
    Done, StoreError, WriteTx, audit, equipment, links,
    people::{self, Person},
    qualifications::{self, Equipment, NewEntry},
    remarks,
};
use text::Lang;

/// Why nothing is shown or written.
#[derive(Debug, Clone, ServiceError)]
pub enum QualificationsError {
    /// Unknown person, or one hidden from the caller.
    #[problem("person.unknown", NotFound, person_unknown)]
    UnknownPerson,
    /// Unknown type or machine.
    #[problem("equipment.unknown", NotFound, equipment_unknown)]
    UnknownEquipment,
    /// The rules speak against it; never empty.
    #[problem(with = refused(_0, lang), codes = Refusal::ALL.iter().map(|refusal| (kind(*refusal), refusal.as_str())))]
    Refused(Vec<Refusal>),
    /// Not a valid date.
    #[problem("qualification.not-a-day", Invalid, at("until", choose_a_day))]
    NotADay,
    /// Not a day of the calendar.
    #[problem("qualification.not-a-day", Invalid, at("until", no_such_day))]
    NoSuchDay,
    /// The remark is too long.
    #[problem("remark.too-long", Invalid, at("remark", remark_too_long(&REMARK.to_string())))]
    RemarkTooLong,
    /// A ban requires a reason.
    #[problem("remark.missing", Invalid, at("remark", ban_needs_reason))]
    RemarkMissing,
    /// The actor may not do this.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// All refusals: those about a field there, the rest in one paragraph.
fn refused(refusals: &[Refusal], lang: Lang) -> Problem {
    let code = refusals.first().map_or("qualification.refused", |first| first.as_str());
    let (at_until, others): (Vec<_>, Vec<_>) =
        refusals.iter().partition(|refusal| kind(**refusal) == Kind::Invalid);
    let kind = match refusals.first() {
        Some(first) if kind(*first) == Kind::Conflict => Kind::Conflict,
        _ if others.is_empty() => Kind::Invalid,
        _ => Kind::Forbidden,
    };
    let reported: Vec<_> = others.into_iter().map(|&refusal| lang.qualification_refused(refusal)).collect();
    let detail = if reported.is_empty() { lang.form_fix().to_owned() } else { reported.join(" ") };
    let problem = Problem::new(code, kind, detail);
    at_until
        .into_iter()
        .fold(problem, |problem, &refusal| problem.field("until", lang.qualification_refused(refusal)))
}

const fn kind(refusal: Refusal) -> Kind {
    match refusal {
        Refusal::LastAdministrator | Refusal::NotSo => Kind::Conflict,
        Refusal::EndsTooEarly | Refusal::Backdated => Kind::Invalid,
        _ => Kind::Forbidden,
    }
}

/// A ledger entry to write.
#[derive(Debug, Clone)]
pub struct Change {
    pub person: PersonId,
    pub subject: Subject,
    /// The relation; ignored for bans.
    pub relation: Relation,
    /// Start; now by default.
    pub from: Option<Millis>,
    pub until: Option<Millis>,
    pub remark: Option<String>,
}

impl Change {
    /// From now on, without an end and a remark.
    #[must_use]
    pub const fn now(person: PersonId, subject: Subject, relation: Relation) -> Self {
        Self { person, subject, relation, from: None, until: None, remark: None }
    }
}

pub async fn grant(ctx: &Ctx, actor: &Actor, change: Change) -> Result<(), QualificationsError> {
    write(ctx, actor, change, EntryKind::Granted).await
}

/// Revokes a relation, including future grants.
pub async fn revoke(ctx: &Ctx, actor: &Actor, change: Change) -> Result<(), QualificationsError> {
    write(ctx, actor, Change { until: None, ..change }, EntryKind::Revoked).await
}

/// Bans a person, with a reason.
pub async fn ban(ctx: &Ctx, actor: &Actor, change: Change) -> Result<(), QualificationsError> {
    write(ctx, actor, Change { relation: Relation::User, ..change }, EntryKind::Banned).await
}

/// Lifts a ban; earlier grants are not restored.
pub async fn unban(ctx: &Ctx, actor: &Actor, change: Change) -> Result<(), QualificationsError> {
    write(ctx, actor, Change { relation: Relation::User, until: None, ..change }, EntryKind::Unbanned).await
}

/// Parses a last day `2026-11-30` as its end, by the clock of the space; `None` if empty.
pub fn until_day(ctx: &Ctx, input: &str) -> Result<Option<Millis>, QualificationsError> {
    let input = input.trim();
    if input.is_empty() {
        return Ok(None);
    }
    let date = Date::from_iso(input).ok_or(if Date::is_in_no_calendar(input) {
        QualificationsError::NoSuchDay
    } else {
        QualificationsError::NotADay
    })?;
    Ok(Some(ctx.space().zone.start_of(Date::from_days(date.days() + 1))))
}

async fn write(ctx: &Ctx, actor: &Actor, request: Change, kind: EntryKind) -> Result<(), QualificationsError> {
    let matter = matter(ctx, actor, request.subject).await?;
    let proof = actor.require(Permission::ChangeLedger, Target::equipment(matter.kind, matter.machine))?;
    let remark = remark(request.remark.as_deref(), kind)?;
    ctx.begin(actor, async move |begun| {
        // The ledger's refusals say more than a permission that was revoked meanwhile.
        let Begun { tx, actor, now, .. } = begun;
        let target = people::one(tx.conn(), request.person, now).await?;
        // No new entries about an erased person, or their name could come back.
        let target = target.filter(|target| target.erased_at.is_none());
        let target = target.ok_or(QualificationsError::UnknownPerson)?;
        let known = actor.known();
        let machines = qualifications::machines_of(tx.conn(), matter.kind).await?;
        let matter = Matter { machines: &machines, ..matter };
        let writer = known.map_or(Writer::Toolgate, Writer::Person);
        let others = others(tx, matter, request.person).await?;
        let mut ledger = target.ledger.clone();
        let mut changes = Vec::new();
        for from in beginnings(&ledger, &request, kind, now) {
            let cause = cause(writer, matter);
            let change = change::Change { relation: request.relation, kind, from, until: request.until, cause };
            let person = TargetPerson { id: target.id, status: target.status, ledger: &ledger };
            admit(&writer, &person, matter, &change, &others, now)
                .map_err(|refusals| why_not(known, matter, refusals))?;
            ledger.0.push(change::entry(matter.subject(), &change));
            changes.push(change);
        }
        let entries = keep(tx, &proof, request.person, matter, &changes, remark.as_deref(), now).await?;
        follow(tx, &proof, &target, &changes, now).await?;
        let detail = json!({
            "on": matter.subject().to_string(),
            "relation": request.relation,
            "until": request.until,
            "entries": entries,
        });
        let subject = request.person;
        let entry = audit::entry(tx, &proof, now, action(kind), subject, &detail).await?;
        Ok(Done::audited((), entry))
    })
    .await
}

/// Grants `person` the use of `kind` for a passed checkout, in the job that writes its result. The ledger rules
/// apply as for any other grant. Writes nothing if a grant without an end is in force: a new one would replace it,
/// and lose what only the old one excuses.
pub(crate) async fn grant_for_checkout(
    job: &mut Job<'_>,
    person: PersonId,
    kind: TypeId,
) -> Result<Vec<i64>, QualificationsError> {
    write_grant(job, (person, kind), Relation::User, Some(Cause::Checkout)).await
}

/// Grants `person` `relation` on `kind` for a training event that they passed, in the job that writes its results. The
/// ledger rules apply as for any other grant.
pub(crate) async fn grant_for_event(
    job: &mut Job<'_>,
    (person, kind): (PersonId, TypeId),
    relation: Relation,
) -> Result<Vec<i64>, QualificationsError> {
    write_grant(job, (person, kind), relation, Some(Cause::TrainingEvent)).await
}

/// Grants `person` the use of `kind` within a larger job, by the caller's authority. Writes nothing if a grant
/// without an end is in force.
pub(crate) async fn grant_use(
    job: &mut Job<'_>,
    person: PersonId,
    kind: TypeId,
) -> Result<Vec<i64>, QualificationsError> {
    job.actor.require(Permission::ChangeLedger, Target::equipment(kind, None))?;
    write_grant(job, (person, kind), Relation::User, None).await
}

/// Writes the grant, by default with the caller's cause.
async fn write_grant(
    job: &mut Job<'_>,
    (person, kind): (PersonId, TypeId),
    relation: Relation,
    because: Option<Cause>,
) -> Result<Vec<i64>, QualificationsError> {
    let now = job.now;
    let found = qualifications::equipment(job.tx.conn(), Some(Subject::Type(kind))).await?;
    let found = found.first().ok_or(QualificationsError::UnknownEquipment)?;
    let machines = qualifications::machines_of(job.tx.conn(), kind).await?;
    let matter = Matter { machines: &machines, ..matter_of(found) };
    let target = people::one(job.tx.conn(), person, now).await?.filter(|target| target.erased_at.is_none());
    let target = target.ok_or(QualificationsError::UnknownPerson)?;
    if target.ledger.grant(relation, Subject::Type(kind), now).is_some_and(|grant| grant.until.is_none()) {
        return Ok(Vec::new());
    }
    let known = job.actor.known();
    let writer = known.map_or(Writer::Toolgate, Writer::Person);
    let change = change::Change {
        relation,
        kind: EntryKind::Granted,
        from: now,
        until: None,
        cause: because.unwrap_or_else(|| cause(writer, matter)),
    };
    let them = TargetPerson { id: target.id, status: target.status, ledger: &target.ledger };
    admit(&writer, &them, matter, &change, &[], now).map_err(|refusals| why_not(known, matter, refusals))?;
    let entries = keep(job.tx, &job.proof, person, matter, &[change], None, now).await?;
    follow(job.tx, &job.proof, &target, &[change], now).await?;
    Ok(entries)
}

/// Makes a person a member, within a larger job.
pub(crate) async fn make_member(job: &mut Job<'_>, person: PersonId) -> Result<(), StoreError> {
    let space = Matter { kind: equipment::BUILT_IN.space, machine: None, machines: &[], archived: false };
    let by = job.by().await?;
    let cause = cause(job.actor.known().map_or(Writer::Toolgate, Writer::Person), space);
    qualifications::add(job.tx, &NewEntry::membership(person, cause, by, job.now)).await.map(drop)
}

/// Undoes the grant that [`grant_for_checkout`] or [`grant_for_event`] wrote at `passed`, in the job that undoes the result: the earlier
/// standing applies again. Returns whether it did; it does not if the ledger has newer entries about them and
/// `kind`.
pub(crate) async fn take_back(
    job: &mut Job<'_>,
    (person, kind): (PersonId, TypeId),
    relation: Relation,
    passed: Millis,
) -> Result<bool, QualificationsError> {
    let (now, on) = (job.now, Subject::Type(kind));
    let found = qualifications::equipment(job.tx.conn(), Some(on)).await?;
    let found = found.first().ok_or(QualificationsError::UnknownEquipment)?;
    let machines = qualifications::machines_of(job.tx.conn(), kind).await?;
    let matter = Matter { machines: &machines, ..matter_of(found) };
    let target = people::one(job.tx.conn(), person, now).await?.filter(|target| target.erased_at.is_none());
    let target = target.ok_or(QualificationsError::UnknownPerson)?;
    let newest = target.ledger.0.iter().filter(|entry| entry.subject == on).max_by_key(|entry| entry.id);
    let granted =
        |entry: &&Entry| (entry.kind, entry.relation, entry.from) == (EntryKind::Granted, relation, passed);
    let Some(newest) = newest.filter(granted) else {
        // If passing wrote nothing, there is nothing to undo.
        return Ok(!target.ledger.0.iter().filter(|entry| entry.subject == on).any(|entry| granted(&entry)));
    };
    let before = Ledger(target.ledger.0.iter().filter(|entry| entry.id != newest.id).copied().collect());
    let (entry_kind, until) = match before.grant(relation, on, now) {
        Some(held) => (EntryKind::Granted, held.until),
        None => (EntryKind::Revoked, None),
    };
    let known = job.actor.known();
    let writer = known.map_or(Writer::Toolgate, Writer::Person);
    let cause = cause(writer, matter);
    let change = change::Change { relation, kind: entry_kind, from: now, until, cause };
    let them = TargetPerson { id: target.id, status: target.status, ledger: &target.ledger };
    admit(&writer, &them, matter, &change, &[], now).map_err(|refusals| why_not(known, matter, refusals))?;
    keep(job.tx, &job.proof, person, matter, &[change], None, now).await?;
    follow(job.tx, &job.proof, &target, &[change], now).await?;
    Ok(true)
}

/// The start of each entry: one, or several to end future grants as well.
fn beginnings(ledger: &Ledger, request: &Change, kind: EntryKind, now: Millis) -> Vec<Millis> {
    let ends = match request.from {
        None => ends(ledger, request.subject, request.relation, kind, now),
        Some(from) => vec![from],
    };
    if ends.is_empty() { vec![now] } else { ends }
}

/// The ledgers of the other administrators, where that matters.
async fn others(tx: &mut WriteTx, matter: Matter<'_>, person: PersonId) -> Result<Vec<Ledger>, StoreError> {
    if matter.subject() == SYSTEM {
        qualifications::administrators(tx.conn(), person).await
    } else {
        Ok(Vec::new())
    }
}

/// Writes the entries down, with one remark for all.
async fn keep(
    tx: &mut WriteTx,
    proof: &Proof,
    person: PersonId,
    matter: Matter<'_>,
    changes: &[change::Change],
    remark: Option<&str>,
    now: Millis,
) -> Result<Vec<i64>, StoreError> {
    let by = people::alias_of(tx, proof, now).await?;
    let remark = match remark {
        Some(body) => Some(remarks::write(tx, Some(person), by, body, now).await?),
        None => None,
    };
    let mut entries = Vec::new();
    for change in changes {
        let new = NewEntry {
            person,
            subject: matter.subject(),
            relation: change.relation,
            kind: change.kind,
            from: change.from,
            until: change.until,
            cause: change.cause,
            by,
            remark,
            recorded_at: now,
        };
        let entry = qualifications::add(tx, &new).await?;
        // Future entries are not notified: they may be revoked before.
        if change.from <= now {
            notices::notify(tx, proof, person, notice(entry, matter.subject(), change), now).await?;
        }
        entries.push(entry.0);
    }
    Ok(entries)
}

/// The notice about an entry.
fn notice(entry: EntryId, on: Subject, change: &change::Change) -> Notice {
    let change::Change { relation, until, .. } = *change;
    match change.kind {
        EntryKind::Granted => Notice::Granted { entry, on, relation, until },
        EntryKind::Revoked => Notice::Revoked { entry, on, relation },
        EntryKind::Banned => Notice::Banned { entry, on, until },
        EntryKind::Unbanned => Notice::Unbanned { entry, on },
    }
}

/// The effects of written entries: people who lost a right are stopped, those who lost a role are signed out, and
/// links of people who gain one are deleted, because these may have passed through hands with fewer rights.
async fn follow(
    tx: &mut WriteTx,
    proof: &Proof,
    before: &Person,
    changes: &[change::Change],
    now: Millis,
) -> Result<(), StoreError> {
    tx.after_commit(ChangeEvent::Person(before.id));
    let after = qualifications::of_person(tx.conn(), before.id).await?;
    // Future entries count from now: a link outlives the day before a term of office begins.
    let was = Power::of(&before.ledger, now);
    if changes.iter().any(|change| was.is_less_than(Power::of(&after, change.from))) {
        links::forget(tx, Some(before.id)).await?;
    }
    let cause = changes.iter().find_map(|change| match change.kind {
        EntryKind::Granted | EntryKind::Unbanned => None,
        EntryKind::Revoked => Some(requests::Cause::Qualification),
        EntryKind::Banned => Some(requests::Cause::Banned),
    });
    if let Some(cause) = cause {
        tx.emit(proof, DomainEvent::StandingChanged { person: before.id, cause }, now).await?;
    } else {
        tx.emit(proof, DomainEvent::QualificationGained { person: before.id }, now).await?;
    }
    if Power::of(&after, now).is_less_than(was) {
        sessions::end_all(tx, before.id, None).await?;
    }
    Ok(())
}

/// The powers a ledger gives in the workshop as a whole. Counted as if active, because a suspended person may be
/// readmitted.
#[derive(Clone, Copy)]
struct Power {
    rank: Rank,
    audits: bool,
}

impl Power {
    fn of(ledger: &Ledger, at: Millis) -> Self {
        let audits = ledger.holds(Relation::User, &[SYSTEM], at);
        Self { rank: rank(PersonStatus::Active, ledger, at), audits }
    }

    /// Whether anything of `other` is missing in it.
    fn is_less_than(self, other: Self) -> bool {
        self.rank < other.rank || (other.audits && !self.audits)
    }
}

/// The refusal. A writer with an inactive role is asked to use their second factor instead.
fn why_not(known: Option<&Principal>, matter: Matter<'_>, refusals: Vec<Refusal>) -> QualificationsError {
    let more = known.filter(|known| known.roles_asleep).is_some_and(|known| {
        let awake = Principal { roles_asleep: false, ..known.clone() };
        Writer::Person(&awake).authority(matter) > Writer::Person(known).authority(matter)
    });
    if more { Forbidden::SecondFactor.into() } else { QualificationsError::Refused(refusals) }
}

/// The cause of an entry: trainer or owner for their own types, otherwise administrator.
pub(crate) fn cause(writer: Writer<'_>, matter: Matter<'_>) -> Cause {
    match writer {
        Writer::Person(known)
            if matter.subject() != SYSTEM
                && matter.subject() != SPACE
                && (known.is(Relation::Trainer, matter.kind, matter.machine)
                    || known.is(Relation::Owner, matter.kind, matter.machine)) =>
        {
            Cause::Trainer
        }
        Writer::Person(_) if writer.authority(matter) == Authority::Trainer => Cause::Trainer,
        Writer::Person(_) | Writer::Toolgate => Cause::Administrator,
    }
}

const fn action(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Granted => "qualification.granted",
        EntryKind::Revoked => "qualification.revoked",
        EntryKind::Banned => "qualification.banned",
        EntryKind::Unbanned => "qualification.unbanned",
    }
}

/// The validated text: trimmed, not too long, and present where required.
fn remark(message: Option<&str>, kind: EntryKind) -> Result<Option<String>, QualificationsError> {
    let message = message.map(names::remark).filter(|message| !message.is_empty());
    match message {
        Some(message) if message.chars().count() > REMARK => Err(QualificationsError::RemarkTooLong),
        None if kind == EntryKind::Banned => Err(QualificationsError::RemarkMissing),
        message => Ok(message),
    }
}

/// The matter that `subject` names. Callers without any right to write do not learn whether it exists.
async fn matter(ctx: &Ctx, actor: &Actor, subject: Subject) -> Result<Matter<'static>, QualificationsError> {
    let found = qualifications::equipment(&mut *ctx.store().read().await?, Some(subject)).await?;
    let Some(found) = found.first() else {
        actor.require(Permission::ChangeLedger, Target::NONE)?;
        return Err(QualificationsError::UnknownEquipment);
    };
    Ok(matter_of(found))
}

/// The matter of a loaded row, without the other machines of its type.
fn matter_of(equipment: &Equipment) -> Matter<'static> {
    let (_, machine) = equipment.subject.sides();
    Matter { kind: equipment.kind, machine, machines: &[], archived: equipment.archived }
}
