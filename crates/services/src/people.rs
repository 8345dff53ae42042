//! People: finding them, seeing one, and changing where somebody stands with the workshop.
//!
//! **Invariant.** As in the ledger, who changes something is looked at again inside the job that changes it.

use crate::{
    Ctx,
    again::again,
    effects,
    qualifications::{cause, standing},
    refusal, sessions,
};
use domain::{
    accounts,
    actor::{About, Actor, Forbidden, Known, Permission, Proof, rank},
    cards::CardState,
    id::PersonId,
    live::Hint,
    people::{CardView, PAGE, PeoplePage, PersonPage, PersonRow, PersonStatus, Step, StepRefusal, may_step},
    problem::{Kind, Problem},
    qualifications::{
        EntryKind, Ledger, Relation, SPACE, Subject,
        change::{Matter, Target, Writer},
    },
    requests,
    time::{DAY, Millis},
};
use serde_json::json;
use store::{
    Done, StoreError, WriteTx, audit, cards,
    equipment::BUILT_IN,
    people::{self, Filter, Person},
    qualifications::{self, NewEntry},
};
use text::Lang;

/// What a page says about somebody's hours.
const LATELY: u32 = 30;
/// Letters that are searched for at most; the longest address has 254.
pub(crate) const SEARCH: usize = 254;

/// Why nothing was changed, or there is nothing to show.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PeopleError {
    /// There is no such person, or none that the asker may know of.
    #[error("there is no such person")]
    Unknown,
    /// The rules speak against the step; never empty.
    #[error("refused")]
    Refused(Vec<StepRefusal>),
    /// The actor may not do this.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PeopleError {
    /// For the reader.
    #[must_use]
    pub fn problem(&self, lang: Lang) -> Problem {
        match self {
            Self::Unknown => Problem::new("person.unknown", Kind::NotFound, lang.person_unknown()),
            Self::Refused(refusals) => {
                let code = refusals.first().map_or("person.refused", |first| first.word());
                let conflict = refusals
                    .iter()
                    .any(|refusal| matches!(refusal, StepRefusal::LastAdministrator | StepRefusal::WrongStatus));
                let kind = if conflict { Kind::Conflict } else { Kind::Forbidden };
                let told: Vec<_> = refusals.iter().map(|&refusal| lang.step_refused(refusal)).collect();
                Problem::new(code, kind, told.join(" "))
            }
            Self::Forbidden(why) => refusal::forbidden(*why, lang),
            Self::Store(error) => refusal::storage(error, lang),
        }
    }
}

/// Which people are looked for.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// In name or address; everybody when empty.
    pub search: String,
    /// Who stands there; everybody when not said.
    pub status: Option<PersonStatus>,
}

/// People by name, a page at a time; `after` is whom the page before ended with.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    query: &Query,
    after: Option<PersonId>,
) -> Result<PeoplePage, PeopleError> {
    actor.require(Permission::SeePeople, About::NOTHING)?;
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let filter = Filter {
        only: None,
        status: query.status,
        search: query.search.trim().chars().take(SEARCH).collect(),
        after,
        limit: u16::try_from(PAGE + 1).unwrap_or(u16::MAX),
    };
    let mut found = people::list(&mut snapshot, &filter, now).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    Ok(PeoplePage {
        now: ctx.moment(now),
        next: found.last().map(|last| last.id).filter(|_| more),
        counts: people::counts(&mut snapshot).await?,
        may_invite: actor.may(Permission::Admit, About::NOTHING),
        people: found.into_iter().map(|person| row(ctx, person, now)).collect(),
    })
}

fn row(ctx: &Ctx, person: Person, now: Millis) -> PersonRow {
    let mut types: Vec<_> = person.ledger.0.iter().map(|entry| entry.subject).collect();
    types.sort_unstable_by_key(|subject| match subject {
        Subject::Type(id) => (0, id.0),
        Subject::Machine(id) => (1, id.0),
    });
    types.dedup();
    types.retain(|&on| on.is_learned() && person.ledger.holds(Relation::User, &[on], now));
    PersonRow {
        id: person.id,
        rank: rank(person.status, &person.ledger, now),
        types: u32::try_from(types.len()).unwrap_or(u32::MAX),
        last_use: person.last_use.map(|at| ctx.moment(at)),
        on_hold: person.on_hold,
        status: person.status,
        name: person.name,
        email: person.email,
    }
}

/// Somebody's page: who they are, where they stand on what, their cards, and what the asker may do.
pub async fn page(ctx: &Ctx, actor: &Actor, id: PersonId) -> Result<PersonPage, PeopleError> {
    let about = About::person(id);
    match actor.require(Permission::SeePerson, about) {
        Err(Forbidden::NotAllowed) => return Err(PeopleError::Unknown),
        proof => proof?,
    };
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let person = people::one(&mut snapshot, id, now).await?.ok_or(PeopleError::Unknown)?;
    let others = qualifications::administrators(&mut snapshot, id).await?;
    let (uses, milliseconds) = people::used_since(&mut snapshot, id, now.before(DAY * LATELY), now).await?;
    let may_lose = actor.may(Permission::LoseCard, about);
    let cards = cards::of_person(&mut snapshot, id).await?.into_iter().map(|card| CardView {
        id: card.id,
        // Two digits are for whoever has the card, or gives it: auditors see that there is one.
        ending: if may_lose { card.ending } else { String::new() },
        state: card.state,
        given: ctx.moment(card.given_at),
        may_lose: may_lose && card.state != CardState::Retired,
    });
    let cards = cards.collect();
    let (steps, refusals) = steps(actor, &person, &others, now);
    let outranked = actor.known().is_some_and(|known| {
        rank(PersonStatus::Active, &person.ledger, now) > known.rank() || known.id == person.id
    });
    let may_help_in = person.status != PersonStatus::Left
        && actor.may(Permission::HelpIn, about)
        && actor.known().is_none_or(|helper| accounts::may_help(helper, id, &person.ledger));
    let account = store::accounts::of_person(&mut snapshot, id).await?;
    let has_second_factor = account.is_some_and(|account| account.second_factor.is_some());
    let standing = standing(ctx, &mut snapshot, actor, &person, None, now).await?;
    Ok(PersonPage {
        id,
        rank: rank(person.status, &person.ledger, now),
        since: ctx.moment(person.created_at),
        left: person.left_at.map(|at| ctx.moment(at)),
        uses,
        used: milliseconds,
        cards,
        standing,
        steps,
        refusals,
        may_help_in,
        may_take_off_second_factor: may_help_in && has_second_factor,
        may_give_card: actor.may(Permission::GiveCard, about),
        may_hold: !outranked && actor.may(Permission::Hold, about),
        status: person.status,
        name: person.name,
        email: person.email,
    })
}

/// The steps that the asker may have somebody take, and why the ordinary one is not among them.
fn steps(actor: &Actor, person: &Person, others: &[Ledger], now: Millis) -> (Vec<Step>, Vec<StepRefusal>) {
    let target = Target { id: person.id, status: person.status, ledger: &person.ledger };
    let about = About::person(person.id);
    let may = |step: Step| actor.may(permission(step), about);
    let told = |step: Step| may_step(actor.known(), &target, step, others, now);
    let steps = Step::ALL.iter().copied().filter(|&step| may(step) && told(step).is_ok()).collect();
    let refusals = if may(Step::Suspend) && person.status == PersonStatus::Active {
        told(Step::Suspend).err().unwrap_or_default()
    } else {
        Vec::new()
    };
    (steps, refusals)
}

const fn permission(step: Step) -> Permission {
    match step {
        Step::Admit => Permission::Admit,
        Step::Suspend | Step::Readmit | Step::Leave => Permission::ChangeStatus,
    }
}

/// Keeps somebody out for now: signed out, refused everywhere, stopped where they are.
pub async fn suspend(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<(), PeopleError> {
    take(ctx, actor, person, Step::Suspend).await
}

/// Takes somebody back who was kept out or had left.
pub async fn readmit(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<(), PeopleError> {
    take(ctx, actor, person, Step::Readmit).await
}

/// Somebody goes; what they were stays in the records.
pub async fn leave(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<(), PeopleError> {
    take(ctx, actor, person, Step::Leave).await
}

/// Makes an applicant a member.
pub async fn admit(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<(), PeopleError> {
    take(ctx, actor, person, Step::Admit).await
}

async fn take(ctx: &Ctx, actor: &Actor, id: PersonId, step: Step) -> Result<(), PeopleError> {
    actor.require(permission(step), About::person(id))?;
    let now = ctx.now();
    let actor = actor.clone();
    ctx.store()
        .write(async move |tx| {
            let person = people::one(tx.conn(), id, now).await?.ok_or(PeopleError::Unknown)?;
            let (actor, proof) =
                again::<PeopleError>(tx, &actor, permission(step), About::person(id), now).await?;
            let others = qualifications::administrators(tx.conn(), id).await?;
            let target = Target { id, status: person.status, ledger: &person.ledger };
            may_step(actor.known(), &target, step, &others, now).map_err(PeopleError::Refused)?;
            let left_at = (step.to() == PersonStatus::Left).then_some(now);
            people::set_status(tx, id, step.to(), left_at).await?;
            if step == Step::Admit && !person.ledger.holds(Relation::User, &[SPACE], now) {
                make_member(tx, &proof, actor.known(), id, now).await?;
            }
            follow(tx, &proof, id, step, now).await?;
            let detail = json!({ "from": person.status, "to": step.to() });
            let entry = audit::entry(tx, &proof, now, action(step), format!("person:{id}"), &detail).await?;
            Ok(Done::audited((), entry))
        })
        .await
}

async fn make_member(
    tx: &mut WriteTx,
    proof: &Proof,
    known: Option<&Known>,
    person: PersonId,
    now: Millis,
) -> Result<(), StoreError> {
    let space = Matter { kind: BUILT_IN.space, machine: None, machines: &[], archived: false };
    let by = people::alias_of(tx, proof, now).await?;
    let new = NewEntry {
        person,
        subject: SPACE,
        relation: Relation::User,
        kind: EntryKind::Granted,
        from: now,
        until: None,
        cause: cause(known.map_or(Writer::Toolgate, Writer::Person), space),
        by,
        remark: None,
        recorded_at: now,
    };
    qualifications::add(tx, &new).await.map(drop)
}

async fn follow(
    tx: &mut WriteTx,
    proof: &Proof,
    person: PersonId,
    step: Step,
    now: Millis,
) -> Result<(), StoreError> {
    tx.after_commit(Hint::Person(person));
    if step == Step::Readmit {
        // What opened next to nothing while they were out would open everything again, in whosever hands it is.
        store::links::forget(tx, Some(person)).await?;
        sessions::end_all(tx, person, None).await?;
    }
    let cause = match step {
        Step::Admit | Step::Readmit => return Ok(()),
        Step::Suspend => requests::Cause::Suspended,
        Step::Leave => requests::Cause::Left,
    };
    effects::standing_changed(tx, proof, person, cause, now).await
}

const fn action(step: Step) -> &'static str {
    match step {
        Step::Admit => "person.admitted",
        Step::Suspend => "person.suspended",
        Step::Readmit => "person.readmitted",
        Step::Leave => "person.left",
    }
}
