//! Claims: a member claims a card, and a person who manages cards approves or refuses.

use super::{
    Body, Caller, Id, Query, Refusal,
    answer::{Made, One, Place, done},
    operation::{Operation, Tag},
    paging::{Page, Which},
    when, words,
};
use axum::response::Response;
use contract::cards::{Claimable, OpenClaim, OwnClaim};
use domain::{
    actor::Permission,
    cards::claims::ClaimOutcome,
    id::{ClaimId, MachineId, UnknownCardId},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::{cards, requirements::PathTarget};
use std::cmp::Reverse;
use utoipa::ToSchema;

const CLAIMABLE: &str = "listClaimableCards";
const LIST: &str = "listClaims";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/machines/{id}/claimable-cards", CLAIMABLE, claimable)
            .may(&[(Permission::ClaimCard, PathTarget::Space)])
            .about(
                Tag::People,
                "List claimable cards",
                "Lists the unknown cards that were tapped on a machine's reader in the last five minutes, latest first. \
                 Cards are identified by the time of the tap.",
            )
            .needs(Scope::PeopleRead)
            .errors::<services::cards::ClaimsError>(&["machine.unknown"]),
        Operation::post("/api/v1/machines/{id}/claims", "claimCard", claim)
            .may(&[(Permission::ClaimCard, PathTarget::Space)])
            .about(
                Tag::People,
                "Claim a card",
                "Claims a card that was just tapped on the machine's reader. The claim needs approval unless the space \
                 allows claims without it.",
            )
            .needs(Scope::PeopleWrite)
            .makes(Place::At("/api/v1/claims"))
            .errors::<services::cards::ClaimsError>(&[
                "card.unknown",
                "claim.too-late",
                "claim.yours",
                "claim.taken",
                "claim.waits",
                "claim.enough",
                "claim.too-many",
            ]),
        Operation::get("/api/v1/claims", LIST, list)
            .may(&[(Permission::GiveCard, PathTarget::Space)])
            .about(
                Tag::People,
                "List claims",
                "Lists the pending claims, longest waiting first. For people who may manage cards.",
            )
            .needs(Scope::PeopleRead),
        Operation::get("/api/v1/claims/{id}", "readClaim", read)
            .about(
                Tag::People,
                "Get a claim",
                "Returns a claim, for its author and for people who may manage cards, until the card is erased.",
            )
            .needs(Scope::PeopleRead)
            .errors::<services::cards::ClaimsError>(&["claim.unknown"]),
        Operation::post("/api/v1/claims/{id}/approve", "approveClaim", approve)
            .about(Tag::People, "Approve a claim", "Assigns the card to its claimant.")
            .needs(Scope::PeopleWrite)
            .errors::<services::cards::ClaimsError>(&[
                "claim.unknown",
                "claim.decided",
                "card.taken",
                "person.left",
                "person.erased",
            ]),
        Operation::post("/api/v1/claims/{id}/refuse", "refuseClaim", refuse)
            .may(&[(Permission::GiveCard, PathTarget::Space)])
            .about(Tag::People, "Reject a claim", "Rejects a claim. The reason is shown to its claimant.")
            .needs(Scope::PeopleWrite)
            .errors::<services::cards::ClaimsError>(&["claim.unknown", "claim.decided", "claim.reason"]),
    ]
}

/// A claimable card. Its number is never included.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimableView {
    /// Its id.
    #[schema(example = 12)]
    id: i64,
    /// When it was tapped.
    #[schema(format = DateTime)]
    seen: String,
    /// Whether the caller has a pending claim for it.
    waits: bool,
}

async fn claimable(
    caller: Caller,
    Id(id): Id,
    Query(which): Query<Which>,
) -> Result<Page<ClaimableView>, Refusal> {
    let (after, limit) = caller.place(CLAIMABLE, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let at = cards::at_reader(&ctx, &actor, MachineId(id)).await?;
    let visible = |card: Claimable| ClaimableView { id: card.card.0, seen: when(card.seen), waits: card.waits };
    let place = |card: &Claimable| Reverse((card.seen.at, card.card.0));
    Ok(Page::of_all(CLAIMABLE, at.cards, after.as_deref(), limit, lang, place)?.map(visible))
}

/// The card to claim.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Claimed {
    /// Its id among the claimable cards of the machine.
    #[schema(minimum = 1, example = 12)]
    card: i64,
}

async fn claim(caller: Caller, Id(id): Id, Body(claimed): Body<Claimed>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let made = cards::claim(&ctx, &actor, MachineId(id), UnknownCardId(claimed.card)).await;
    Ok(made.map(|(claim, _)| Made::plain(claim.0))?)
}

/// A pending claim.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimView {
    /// Its id.
    #[schema(example = 4)]
    id: i64,
    /// The claimant's id.
    #[schema(example = 7)]
    person: i64,
    /// The claimant's name.
    #[schema(example = "Ada Lovelace")]
    name: Option<String>,
    /// The machine on whose reader the card was tapped.
    #[schema(example = "Laser cutter 1")]
    machine_name: String,
    /// When it was claimed.
    #[schema(format = DateTime)]
    claimed: String,
    /// Whether other people claim the same card.
    rivals: bool,
}

async fn list(caller: Caller, Query(which): Query<Which>) -> Result<Page<ClaimView>, Refusal> {
    let (after, limit) = caller.place(LIST, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = cards::open_claims(&ctx, &actor).await?;
    let visible = |claim: OpenClaim| ClaimView {
        id: claim.id.0,
        person: claim.person.0,
        name: claim.name,
        machine_name: claim.machine,
        claimed: when(claim.claimed),
        rivals: claim.rivals,
    };
    Ok(Page::of_all(LIST, all, after.as_deref(), limit, lang, |claim| claim.id.0)?.map(visible))
}

/// The state of a claim.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimRead {
    /// Its id.
    #[schema(example = 4)]
    id: i64,
    /// The machine on whose reader the card was tapped.
    #[schema(example = "Laser cutter 1")]
    machine_name: String,
    /// When it was claimed.
    #[schema(format = DateTime)]
    claimed: String,
    #[schema(schema_with = words::claim_outcome)]
    outcome: ClaimOutcome,
    /// The reason for rejecting it.
    reason: Option<String>,
}

async fn read(caller: Caller, Id(id): Id) -> Result<One<ClaimRead>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let found = cards::one_claim(&ctx, &actor, ClaimId(id)).await?;
    let OwnClaim { id, machine, claimed, outcome, reason } = found;
    Ok(One(ClaimRead { id: id.0, machine_name: machine, claimed: when(claimed), outcome, reason }))
}

async fn approve(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    cards::approve(&ctx, &actor, ClaimId(id)).await?;
    Ok(done())
}

/// The reason for rejecting a claim.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// The reason, shown to the claimant.
    #[schema(min_length = 1, max_length = 500, example = "This one is the key of the cupboard.")]
    reason: String,
}

async fn refuse(caller: Caller, Id(id): Id, Body(refused): Body<Refused>) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    cards::refuse(&ctx, &actor, ClaimId(id), &refused.reason).await?;
    Ok(done())
}
