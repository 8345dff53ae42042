//! Bulk actions on people or checkout requests: each item runs its own use case, so that no rule is written twice.

use crate::error::ServiceError;
use crate::{
    Ctx, accounts,
    checkouts::{self, CheckoutsError, Decide},
    people::{self, PeopleError},
    qualifications::{self, Change, QualificationsError},
};
use contract::{accounts::Delivery, bulk::Outcome, inbox::Answered};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    bulk::{BulkAction, MOST},
    checkouts::CheckoutAction as Answer,
    id::{AppointmentId, PersonId},
    inbox::Verdict,
    people::PersonStatus,
    problem::{Kind, Problem},
    qualifications::Relation,
};
use macros::ServiceError;
use store::StoreError;
use text::Lang;

/// Concurrent mails; all else is sequential.
const LETTERS: usize = 8;

/// Why the bulk action failed as a whole.
#[derive(Debug, Clone, ServiceError)]
pub enum BulkError {
    #[problem("bulk.nobody", Invalid, bulk_nobody)]
    Nobody,
    /// More than [`MOST`].
    #[problem("bulk.too-many", Invalid, bulk_too_many(&MOST.to_string()))]
    TooMany,
    #[problem("bulk.no-such-action", Invalid, at("action", choose_what))]
    NoSuchDeed,
    /// No request was chosen.
    #[problem("bulk.no-request", Invalid, inbox_checkouts_none)]
    NoRequest,
    /// The shared input is invalid.
    #[problem(transparent)]
    Checkouts(#[from] CheckoutsError),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// The types that can be granted in bulk, by name.
pub async fn choices(ctx: &Ctx, actor: &Actor) -> Result<Vec<(String, String)>, BulkError> {
    actor.require(Permission::ChangeStatus, Target::NONE)?;
    let things = store::qualifications::equipment(&mut *ctx.store().read().await?, None).await?;
    let types = things.into_iter().filter(|thing| {
        thing.built_in.is_none()
            && !thing.archived
            && matches!(thing.subject, domain::qualifications::Subject::Type(_))
    });
    Ok(types.map(|thing| (BulkAction::Grant(thing.subject).to_code(), thing.name)).collect())
}

/// Performs the action on each person; refusals are listed with names and reasons.
pub async fn act(
    ctx: &Ctx,
    actor: &Actor,
    chosen: &[PersonId],
    action: &str,
    lang: Lang,
) -> Result<Outcome, BulkError> {
    actor.require(Permission::ChangeStatus, Target::NONE)?;
    let action = BulkAction::parse(action).ok_or(BulkError::NoSuchDeed)?;
    let mut chosen = chosen.to_vec();
    chosen.sort_unstable();
    chosen.dedup();
    match chosen.len() {
        0 => return Err(BulkError::Nobody),
        count if count > MOST => return Err(BulkError::TooMany),
        _ => {}
    }
    let on = on(ctx, action).await?;
    let (mut done, mut back) = (Vec::new(), Vec::new());
    let (mut invited, mut refused) = (Vec::new(), Vec::new());
    let at_once = if action == BulkAction::Invite { LETTERS } else { 1 };
    for some in chosen.chunks(at_once) {
        let outcomes = some.iter().map(async |&person| (person, one(ctx, actor, person, action, lang).await));
        for (person, outcome) in futures::future::join_all(outcomes).await {
            match outcome {
                Ok((delivery, is_undone)) => {
                    done.push(person);
                    back.extend(is_undone.then_some(person));
                    if let Some(delivery) = delivery {
                        invited.push((called(ctx, person).await, delivery));
                    }
                }
                Err(problem) => refused.push((person, called(ctx, person).await, problem_text(&problem))),
            }
        }
    }
    Ok(Outcome { action, on, done, back, invited, refused })
}

/// Whether the opposite action would restore the state before this one; refused if there is nothing to do.
async fn is_undone(ctx: &Ctx, person: PersonId, action: BulkAction, lang: Lang) -> Result<bool, Problem> {
    let before = async { store::people::one(&mut *ctx.store().read().await?, person, ctx.now()).await };
    let before = before.await.map_err(|error| error.problem(lang))?;
    // An unknown person is refused by the action itself.
    let Some(before) = before else { return Ok(false) };
    Ok(match action {
        BulkAction::Grant(on) => {
            let (relation, on) = (Relation::User, [on]);
            let holds = before.ledger.holds(relation, &on, ctx.now());
            if holds && before.ledger.holds_until(relation, &on, ctx.now()).is_none() {
                return Err(Problem::new("bulk.so-already", Kind::Conflict, lang.bulk_so_already()));
            }
            !holds
        }
        BulkAction::Readmit => before.status == PersonStatus::Suspended,
        BulkAction::Suspend => before.status == PersonStatus::Active,
        // Earlier grants are not stored, and a mail cannot be recalled.
        BulkAction::Revoke(_) | BulkAction::Invite => false,
    })
}

/// Performs it on one person. Returns how a link was delivered, if any, and whether the opposite action restores
/// the previous state.
async fn one(
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
    action: BulkAction,
    lang: Lang,
) -> Result<(Option<Delivery>, bool), Problem> {
    let is_undone = is_undone(ctx, person, action, lang).await?;
    let people = |done: Result<(), PeopleError>| done.map_err(|error| error.problem(lang));
    let ledger = |done: Result<(), QualificationsError>| done.map_err(|error| error.problem(lang));
    match action {
        BulkAction::Invite => {
            let invited = accounts::invite_again(ctx, actor, person, lang).await;
            return invited.map(|delivery| (Some(delivery), false)).map_err(|error| error.problem(lang));
        }
        BulkAction::Suspend => people(people::suspend(ctx, actor, person).await),
        BulkAction::Readmit => people(people::readmit(ctx, actor, person).await),
        BulkAction::Grant(on) => {
            ledger(qualifications::grant(ctx, actor, Change::now(person, on, Relation::User)).await)
        }
        BulkAction::Revoke(on) => {
            ledger(qualifications::revoke(ctx, actor, Change::now(person, on, Relation::User)).await)
        }
    }
    .map(|()| (None, is_undone))
}

/// Accepts or declines each of the `chosen` checkout requests, with one `note` for all; refusals are listed with
/// reasons.
pub async fn answer(
    ctx: &Ctx,
    actor: &Actor,
    chosen: &[AppointmentId],
    verdict: Verdict,
    note: &str,
    lang: Lang,
) -> Result<Answered, BulkError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    let action = match verdict {
        Verdict::Approve => Answer::Accept,
        Verdict::Reject => Answer::Reject,
        Verdict::Seen => return Err(BulkError::NoSuchDeed),
    };
    let decide = Decide::read(Some(action), note, "", None).map_err(CheckoutsError::Invalid)?;
    let mut chosen = chosen.to_vec();
    chosen.sort_unstable();
    chosen.dedup();
    match chosen.len() {
        0 => return Err(BulkError::NoRequest),
        count if count > MOST => return Err(BulkError::TooMany),
        _ => {}
    }
    let (mut done, mut refused) = (Vec::new(), Vec::new());
    for id in chosen {
        match checkouts::decide(ctx, actor, id, Ok(decide.clone())).await {
            Ok(_) => done.push(id),
            // Afterwards, what was done before it is answered.
            Err(CheckoutsError::Store(error)) if done.is_empty() => return Err(error.into()),
            Err(error) => {
                let one = checkouts::one(ctx, actor, id).await.ok();
                let name = one.and_then(|one| one.person_name).unwrap_or_else(|| id.to_string());
                refused.push((id, name, problem_text(&error.problem(lang))));
            }
        }
    }
    Ok(Answered { verdict, done, refused })
}

/// A problem in one line: field messages are more specific than the general one.
fn problem_text(problem: &Problem) -> String {
    problem.fields.first().map_or_else(|| problem.detail.clone(), |(_, message)| message.clone())
}

/// The name of a person, or their number if it cannot be read, so that the outcome is answered anyway.
async fn called(ctx: &Ctx, person: PersonId) -> String {
    let them = async { store::people::one(&mut *ctx.store().read().await?, person, ctx.now()).await };
    them.await.ok().flatten().and_then(|them| them.name).unwrap_or_else(|| person.to_string())
}

async fn on(ctx: &Ctx, action: BulkAction) -> Result<Option<String>, StoreError> {
    let (BulkAction::Grant(on) | BulkAction::Revoke(on)) = action else { return Ok(None) };
    let things = store::qualifications::equipment(&mut *ctx.store().read().await?, Some(on)).await?;
    Ok(things.into_iter().next().map(|thing| thing.name))
}
