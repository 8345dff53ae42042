//! Claims: a member claims the card they have just held to a reader; those who assign cards accept or decline.
//!
//! **Invariants.** Everything is re-checked inside the job: if two members claim one card, or a manager assigns it
//! meanwhile, one gets it. No card number is shown to anyone, and none is in the audit log.

use super::{CardsError, changed, given};
use crate::{Ctx, error::ServiceError, rate::RateLimiter};
use contract::cards::{AtReader, Claimable, OpenClaim, OwnClaim};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    cards::{
        CardAction, CardState,
        claims::{CLAIMABLE, CLAIMS, ClaimOutcome, ClaimState, Claimant, REASON, Unclaimable, may_claim, outcome},
    },
    id::{ClaimId, MachineId, PersonId, UnknownCardId},
    inbox::UNDO,
    live::ChangeEvent,
    names::{Remark, TooLong},
    notices::Notice,
    problem::{Kind, Problem},
};
use macros::ServiceError;
use serde_json::json;
use std::collections::HashMap;
use store::{
    Done, SqliteConnection, StoreError,
    cards::{self, claims},
    machines, remarks,
};
use text::Lang;

/// Cards that are offered at one machine.
const OFFERED: i64 = 20;
/// Limit of the caller's own claims in the list.
const REPORTED: i64 = 10;

/// Limits how often a person claims a card.
#[derive(Default)]
struct Limit(RateLimiter);

/// Why a card cannot be claimed, or a claim not decided.
#[derive(Debug, Clone, ServiceError)]
pub enum ClaimsError {
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem("machine.unknown", NotFound, machine_unknown)]
    UnknownMachine,
    /// Unknown card, or one held to another reader.
    #[problem("card.unknown", NotFound, claim_card_unknown)]
    UnknownCard,
    /// It cannot be claimed.
    #[problem(transparent)]
    Unclaimable(Unclaimable),
    /// They claim too often.
    #[problem("rate.exceeded", TooMany, rate_exceeded(*_0), after = *_0)]
    TooOften(u32),
    #[problem("claim.unknown", NotFound, claim_unknown)]
    Unknown,
    /// It was already decided, or the card is assigned.
    #[problem("claim.decided", Conflict, claim_decided)]
    Decided,
    /// No reason is given.
    #[problem("claim.reason", Invalid, at("reason", claim_no_reason))]
    NoReason,
    /// The reason is too long.
    #[problem("claim.reason", Invalid, at("reason", claim_reason_long(&REASON.to_string())))]
    LongReason,
    /// It is too late to take it back.
    #[problem("inbox.too-late", Conflict, inbox_too_late)]
    TooLate,
    /// As when giving cards.
    #[problem(transparent)]
    Cards(#[from] CardsError),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

impl ServiceError for Unclaimable {
    fn problem(&self, lang: Lang) -> Problem {
        let message = match self {
            Self::TooLate => lang.claim_too_late(),
            Self::Theirs => lang.claim_yours(),
            Self::Assigned => lang.claim_taken(),
            Self::Waits => lang.claim_waits(),
            Self::Enough => lang.claim_enough(),
            Self::TooMany => lang.claim_too_many(),
        };
        Problem::new(unclaimable_code(*self), Kind::Conflict, message)
    }

    fn codes() -> Vec<(Kind, &'static str)> {
        [Self::TooLate, Self::Theirs, Self::Assigned, Self::Waits, Self::Enough, Self::TooMany]
            .map(|why| (Kind::Conflict, unclaimable_code(why)))
            .to_vec()
    }
}

const fn unclaimable_code(why: Unclaimable) -> &'static str {
    match why {
        Unclaimable::TooLate => "claim.too-late",
        Unclaimable::Theirs => "claim.yours",
        Unclaimable::Assigned => "claim.taken",
        Unclaimable::Waits => "claim.waits",
        Unclaimable::Enough => "claim.enough",
        Unclaimable::TooMany => "claim.too-many",
    }
}

/// Unassigned cards held to the reader of `machine` in the last minutes, and the outcome of the caller's claims.
pub async fn at_reader(ctx: &Ctx, actor: &Actor, machine: MachineId) -> Result<AtReader, ClaimsError> {
    let me = myself(actor)?;
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let remaining = machines::one(&mut snapshot, machine).await?.filter(|remaining| remaining.archived.is_none());
    let remaining = remaining.ok_or(ClaimsError::UnknownMachine)?;
    let found = claims::at_reader(&mut snapshot, machine, me, now.before(CLAIMABLE), OFFERED).await?;
    let mine = claims::of_person(&mut snapshot, me, REPORTED).await?;
    let card = |(card, seen, waits)| Claimable { card, seen: ctx.moment(seen), waits };
    Ok(AtReader {
        now: ctx.moment(now),
        machine,
        name: remaining.name,
        at_once: ctx.space().settings.claim_at_once,
        cards: found.into_iter().map(card).collect(),
        mine: mine.into_iter().map(|claim| own(ctx, claim)).collect(),
    })
}

/// The member who asks.
fn myself(actor: &Actor) -> Result<PersonId, Forbidden> {
    let proof = actor.require(Permission::ClaimCard, Target::NONE)?;
    proof.by().ok_or(Forbidden::SignIn)
}

fn own(ctx: &Ctx, claim: claims::Claim) -> OwnClaim {
    OwnClaim {
        id: claim.id,
        outcome: outcome(claim.state, claim.holder, claim.person),
        machine: claim.machine_name,
        claimed: ctx.moment(claim.claimed),
        reason: claim.reason,
    }
}

/// The caller's claims with their outcomes, newest first.
pub async fn mine(ctx: &Ctx, actor: &Actor) -> Result<Vec<OwnClaim>, ClaimsError> {
    let me = myself(actor)?;
    let mine = claims::of_person(&mut *ctx.store().read().await?, me, REPORTED).await?;
    Ok(mine.into_iter().map(|claim| own(ctx, claim)).collect())
}

/// The outcome of a claim, for its claimant and those who assign cards.
pub async fn one(ctx: &Ctx, actor: &Actor, claim: ClaimId) -> Result<OwnClaim, ClaimsError> {
    let me = myself(actor)?;
    let found = claims::one(&mut *ctx.store().read().await?, claim).await?;
    let gives = actor.may(Permission::GiveCard, Target::NONE);
    let found = found.filter(|found| found.person == me || gives);
    found.map(|found| own(ctx, found)).ok_or(ClaimsError::Unknown)
}

/// Claims the card for the caller. Where the space allows it, it is assigned at once; otherwise the claim waits
/// for approval.
pub async fn claim(
    ctx: &Ctx,
    actor: &Actor,
    machine: MachineId,
    card: UnknownCardId,
) -> Result<(ClaimId, ClaimOutcome), ClaimsError> {
    let me = myself(actor)?;
    ctx.memory::<Limit>()
        .0
        .take(me, CLAIMS, ctx.steady())
        .map_err(|empty| ClaimsError::TooOften(empty.seconds()))?;
    let at_once = ctx.space().settings.claim_at_once;
    ctx.change(actor, Permission::ClaimCard, Target::NONE, async move |job| {
        let found = claims::claimant(job.tx.conn(), card, me).await?;
        // A card held to another reader does not count.
        let found = found.filter(|&(_, _, at)| at == machine);
        let (claimant, uid, _): (Claimant, _, _) = found.ok_or(ClaimsError::UnknownCard)?;
        may_claim(&claimant, job.now).map_err(ClaimsError::Unclaimable)?;
        let claim = claims::add(job.tx, card, me, job.now).await?;
        let mut became = ClaimOutcome::Waits;
        if at_once {
            let given = cards::give(job.tx, me, &uid, job.now).await.map_err(|error| match error {
                StoreError::Unique(_) => ClaimsError::Unclaimable(Unclaimable::Assigned),
                error => error.into(),
            })?;
            let by = job.by().await?;
            claims::decide(job.tx, claim, ClaimState::Approved, job.now, by, Some(given), None).await?;
            became = ClaimOutcome::Approved;
        }
        job.tx.after_commit(ChangeEvent::Person(me));
        job.tx.after_commit(ChangeEvent::Machine(machine));
        if !at_once {
            job.notify_staff(Notice::CardClaimed { claim }).await?;
        }
        let action = if at_once { "card.claimed-at-once" } else { "card.claimed" };
        let detail = json!({ "claim": claim, "on": format!("machine:{machine}") });
        job.audited((claim, became), action, me, &detail).await
    })
    .await
}

/// The claims that wait.
pub async fn open(ctx: &Ctx, actor: &Actor) -> Result<Vec<OpenClaim>, ClaimsError> {
    actor.require(Permission::GiveCard, Target::NONE)?;
    Ok(waiting(ctx, &mut *ctx.store().read().await?).await?)
}

pub(crate) async fn waiting(ctx: &Ctx, conn: &mut SqliteConnection) -> Result<Vec<OpenClaim>, StoreError> {
    let open = claims::open(conn).await?;
    let mut times = HashMap::new();
    for claim in &open {
        *times.entry(claim.uid.clone()).or_insert(0_u32) += 1;
    }
    let visible = open.into_iter().map(|claim| OpenClaim {
        rivals: times.get(&claim.uid).is_some_and(|&times| times > 1),
        id: claim.id,
        person: claim.person,
        name: claim.name,
        machine: claim.machine_name,
        claimed: ctx.moment(claim.claimed),
    });
    Ok(visible.collect())
}

/// Approves a claim: the card is assigned. Returns the claimant's name.
pub async fn approve(ctx: &Ctx, actor: &Actor, claim: ClaimId) -> Result<String, ClaimsError> {
    ctx.begin_permitted(actor, Permission::GiveCard, Target::NONE, async move |begun| {
        let found = undecided(begun.tx.conn(), claim).await?;
        let mut job = begun.require(Permission::GiveCard, Target::person(found.person))?;
        // As when giving cards by hand, with the same audit entry.
        let (card, entry) = given(&mut job, found.person, &found.uid, Some(found.machine)).await?;
        let by = job.by().await?;
        claims::decide(job.tx, claim, ClaimState::Approved, job.now, by, Some(card), None).await?;
        job.tx.after_commit(ChangeEvent::Space);
        Ok(Done::audited(found.name.unwrap_or_default(), entry))
    })
    .await
}

/// An open claim of a card that is still unassigned.
async fn undecided(conn: &mut SqliteConnection, claim: ClaimId) -> Result<claims::Claim, ClaimsError> {
    let found = claims::one(conn, claim).await?.ok_or(ClaimsError::Unknown)?;
    if found.state == ClaimState::Open && found.holder.is_none() { Ok(found) } else { Err(ClaimsError::Decided) }
}

/// Refuses a claim with a reason, which the claimant reads. Returns the claimant's name.
pub async fn refuse(ctx: &Ctx, actor: &Actor, claim: ClaimId, reason: &str) -> Result<String, ClaimsError> {
    let form = async {
        let reason = Remark::<REASON>::new(reason).map_err(|TooLong| ClaimsError::LongReason)?;
        reason.ok_or(ClaimsError::NoReason)
    };
    ctx.begin_with(actor, Permission::GiveCard, Target::NONE, form, async move |begun, reason| {
        let found = undecided(begun.tx.conn(), claim).await?;
        let mut job = begun.require(Permission::GiveCard, Target::person(found.person))?;
        let by = job.by().await?;
        let why = remarks::write(job.tx, Some(found.person), by, reason.as_str(), job.now).await?;
        claims::decide(job.tx, claim, ClaimState::Refused, job.now, by, None, Some(why)).await?;
        job.tx.after_commit(ChangeEvent::Person(found.person));
        job.tx.after_commit(ChangeEvent::Space);
        job.notify(found.person, Notice::ClaimRefused { claim }).await?;
        let (subject, detail) = (found.person, json!({ "claim": claim }));
        job.audited(found.name.unwrap_or_default(), "card.claim-refused", subject, &detail).await
    })
    .await
}

/// Undoes a recent approval by its author: the card is retired, and the claim waits again.
pub(crate) async fn take_back(ctx: &Ctx, actor: &Actor, claim: ClaimId) -> Result<String, ClaimsError> {
    ctx.begin_permitted(actor, Permission::GiveCard, Target::NONE, async move |begun| {
        let found = claims::one(begun.tx.conn(), claim).await?.ok_or(ClaimsError::TooLate)?;
        let mut job = begun.require(Permission::GiveCard, Target::person(found.person))?;
        let own = found.decided_by == job.proof.by() && found.decided.is_some_and(|at| job.now <= at.after(UNDO));
        let card = found.came_of_it.filter(|_| own && found.state == ClaimState::Approved);
        let card = card.ok_or(ClaimsError::TooLate)?;
        let held = cards::one(job.tx.conn(), card).await?.filter(|held| held.state == CardState::Active);
        let held = held.ok_or(ClaimsError::TooLate)?;
        cards::set_state(job.tx, card, CardState::Retired).await?;
        changed(&mut job, found.person, held.state, CardAction::Retire).await?;
        claims::reopen(job.tx, claim).await?;
        job.tx.after_commit(ChangeEvent::Space);
        let (subject, detail) = (found.person, json!({ "card": card }));
        job.audited(found.name.unwrap_or_default(), "card.retired", subject, &detail).await
    })
    .await
}
