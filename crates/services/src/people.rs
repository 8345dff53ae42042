//! People: finding them, seeing one, and changing their standing.
//!
//! **Invariant.** As in the ledger, the actor is re-checked inside the job that makes the change.

mod edit;
mod queries;

pub use edit::{PersonForm, add, edit};
pub(crate) use queries::person_head;
pub use queries::{Overview, Query, bookings, list, overview, page, standing, timeline, uses};

use crate::error::FieldError;
use crate::{Ctx, change::Job, qualifications::make_member, sessions};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    events::DomainEvent,
    id::PersonId,
    live::ChangeEvent,
    notices::Notice,
    people::{PersonStatus, ProfileFault, Step, StepRefusal, may_erase, may_step},
    problem::{Kind, Problem},
    qualifications::{Relation, SPACE, change::TargetPerson},
    requests,
    time::Millis,
    versions::Saved,
};
use macros::ServiceError;
use serde_json::json;
use store::{
    StoreError,
    people::{self, Person},
    qualifications, user_directory,
};
use text::Lang;

/// Why nothing is shown or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum PeopleError {
    /// Unknown person, or one hidden from the caller.
    #[problem("person.unknown", NotFound, person_unknown)]
    Unknown,
    /// The rules speak against the step; never empty.
    #[problem(with = refused(_0, kind_of(_0), lang), codes = step_codes())]
    Refused(Vec<StepRefusal>),
    /// They already have that status.
    #[problem("person.wrong-status", Conflict, step_so_already(*_0))]
    SoAlready(Step),
    /// The step does not start from their status.
    #[problem("person.wrong-status", Conflict, step_begins_elsewhere(*_0))]
    Elsewhere(PersonStatus),
    /// A sync suspended them, because they left the user directory.
    #[problem("person.left-directory", Conflict, step_left_directory(_0))]
    LeftDirectory(String),
    /// They were erased and cannot return.
    #[problem("person.wrong-status", Conflict, step_erased)]
    Erased,
    #[problem("form.invalid", Invalid, each)]
    Invalid(Vec<ProfileFault>),
    /// Another person has that address; who, if the caller may see them.
    #[problem(with = email_taken(_0.as_deref(), lang))]
    EmailTaken(Option<String>),
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    /// They outrank the caller, who may not change their name and contact data.
    #[problem("person.outranked", Forbidden, step_outranked)]
    Outranked,
    /// The actor may not do this.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

impl FieldError for ProfileFault {
    fn add(&self, problem: Problem, lang: Lang) -> Problem {
        match self {
            Self::Name => problem.field("name", lang.name_invalid()),
            Self::Email => problem.field("email", lang.email_invalid()),
            Self::Phone => problem.field("phone", lang.phone_invalid()),
        }
    }
}

/// All refusals in one paragraph, under the code of the first.
pub(crate) fn refused(refusals: &[StepRefusal], kind: Kind, lang: Lang) -> Problem {
    let code = refusals.first().map_or("person.refused", |first| first.as_str());
    let reported: Vec<_> = refusals.iter().map(|&refusal| lang.step_refused(refusal)).collect();
    Problem::new(code, kind, reported.join(" "))
}

fn kind_of(refusals: &[StepRefusal]) -> Kind {
    let conflict = refusals.iter().any(|refusal| step_kind(*refusal) == Kind::Conflict);
    if conflict { Kind::Conflict } else { Kind::Forbidden }
}

const fn step_kind(refusal: StepRefusal) -> Kind {
    match refusal {
        StepRefusal::LastAdministrator | StepRefusal::WrongStatus => Kind::Conflict,
        StepRefusal::Oneself | StepRefusal::Outranked | StepRefusal::KeptOut => Kind::Forbidden,
    }
}

fn step_codes() -> impl Iterator<Item = (Kind, &'static str)> {
    StepRefusal::ALL.iter().map(|refusal| (step_kind(*refusal), refusal.as_str()))
}

fn email_taken(whose: Option<&str>, lang: Lang) -> Problem {
    let message = whose.map_or_else(|| lang.email_taken().to_owned(), |who| lang.email_taken_by(who));
    Problem::new("form.invalid", Kind::Invalid, lang.form_fix()).field("email", message)
}

/// Reasons against erasing a person, as far as the rules know.
pub(crate) fn erase_refusals(
    actor: &Actor,
    person: &Person,
    others: &[domain::qualifications::Ledger],
    now: Millis,
) -> Vec<StepRefusal> {
    let target = TargetPerson { id: person.id, status: person.status, ledger: &person.ledger };
    may_erase(actor.known(), &target, person.on_hold, others, now).err().unwrap_or_default()
}

/// The permission that a step requires.
const fn permission(step: Step) -> Permission {
    match step {
        Step::Admit => Permission::Admit,
        Step::Suspend | Step::Readmit | Step::Leave => Permission::ChangeStatus,
    }
}

/// The status that a step begins at. Those whom a sync suspended can be suspended by a manager as well: then no sync lets them
/// back in.
fn status_before(step: Step, status: PersonStatus, by_sync: bool) -> PersonStatus {
    let is_taken_over = by_sync && step == Step::Suspend && status == PersonStatus::Suspended;
    if is_taken_over { PersonStatus::Active } else { status }
}

/// Suspends a person: they are signed out, denied everywhere, and their uses stop.
pub async fn suspend(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<(), PeopleError> {
    take(ctx, actor, person, Step::Suspend).await
}

/// Readmits a suspended or former member.
pub async fn readmit(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<(), PeopleError> {
    take(ctx, actor, person, Step::Readmit).await
}

/// Ends a membership; the records remain.
pub async fn leave(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<(), PeopleError> {
    take(ctx, actor, person, Step::Leave).await
}

/// Makes an applicant a member.
pub async fn admit(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<(), PeopleError> {
    take(ctx, actor, person, Step::Admit).await
}

async fn take(ctx: &Ctx, actor: &Actor, id: PersonId, step: Step) -> Result<(), PeopleError> {
    ctx.change(actor, permission(step), Target::person(id), async move |job| {
        let person = people::one(job.tx.conn(), id, job.now).await?.ok_or(PeopleError::Unknown)?;
        let others = qualifications::administrators(job.tx.conn(), id).await?;
        let link = user_directory::link_of(job.tx.conn(), id).await?.filter(|link| link.suspended);
        let status = status_before(step, person.status, link.is_some());
        let target = TargetPerson { id, status, ledger: &person.ledger };
        may_step(job.actor.known(), &target, step, &others, job.now).map_err(|refusals| {
            if refusals != [StepRefusal::WrongStatus] {
                PeopleError::Refused(refusals)
            } else if person.erased_at.is_some() {
                PeopleError::Erased
            } else if person.status == step.to() {
                PeopleError::SoAlready(step)
            } else {
                PeopleError::Elsewhere(person.status)
            }
        })?;
        if person.erased_at.is_some() {
            return Err(PeopleError::Erased);
        }
        if let Some(link) = link {
            // Who left the directory comes back with it, or is unlinked.
            if step == Step::Readmit && person.status == PersonStatus::Suspended {
                return Err(PeopleError::LeftDirectory(link.login.unwrap_or_default()));
            }
            user_directory::set_suspended(job.tx, id, false).await?;
        }
        let left_at = (step.to() == PersonStatus::Left).then_some(job.now);
        people::set_status(job.tx, id, step.to(), left_at).await?;
        if step == Step::Admit && !person.ledger.holds(Relation::User, &[SPACE], job.now) {
            make_member(job, id).await?;
        }
        if person.status == step.to() {
            job.tx.after_commit(ChangeEvent::Person(id));
        } else {
            follow(job, id, step).await?;
            job.notify(id, Notice::StatusChanged { to: step.to(), at: job.now }).await?;
        }
        let detail = json!({ "from": person.status, "to": step.to() });
        job.audited((), action(step), id, &detail).await
    })
    .await
}

async fn follow(job: &mut Job<'_>, person: PersonId, step: Step) -> Result<(), StoreError> {
    job.tx.after_commit(ChangeEvent::Person(person));
    if step == Step::Readmit {
        // Old links would give access again, whoever holds them.
        store::links::forget(job.tx, Some(person)).await?;
        sessions::end_all(job.tx, person, None).await?;
    }
    let cause = match step {
        Step::Admit | Step::Readmit => return Ok(()),
        Step::Suspend => requests::Cause::Suspended,
        Step::Leave => requests::Cause::Left,
    };
    job.emit(DomainEvent::StandingChanged { person, cause }).await
}

const fn action(step: Step) -> &'static str {
    match step {
        Step::Admit => "person.admitted",
        Step::Suspend => "person.suspended",
        Step::Readmit => "person.readmitted",
        Step::Leave => "person.left",
    }
}
