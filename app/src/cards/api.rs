//! Server functions for cards: assigning one by number, by a swipe, or from the unknown cards; and a card's page.

use crate::problem::AppError;
use contract::cards::{AtReader, CardPage, Marked, OwnClaim, Sorted, Swiping, UnknownCards};
#[cfg(feature = "ssr")]
use domain::{
    cards::CardAction,
    problem::{Kind, Problem},
};
use domain::{
    cards::claims::ClaimOutcome,
    id::{CardId, ClaimId, MachineId, PersonId, UnknownCardId},
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use services::cards::Whom;

#[server(endpoint = "cards/give", protocol = crate::call::Wire)]
pub async fn give_card(
    person: PersonId,
    /// The card's number as entered.
    #[server(default)]
    uid: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::cards::give(&ctx, &crate::request::actor(), person, &uid).await?;
    leptos_axum::redirect(&format!("/people/{person}"));
    Ok(())
}

/// Marks a card: lost, found, retired, back in service.
#[server(endpoint = "people/card", protocol = crate::call::Wire)]
pub async fn mark_card(card: CardId, #[server(default)] action: String) -> Result<Marked, AppError> {
    let (ctx, t, actor) = (expect_context::<services::Ctx>(), crate::lang::current(), crate::request::actor());
    let Some(action) = CardAction::parse(&action) else {
        services::cards::may_mark(&ctx, &actor, card).await?;
        return Err(Problem::new("card.no-such-action", Kind::Invalid, t.choose_what()).into());
    };
    Ok(services::cards::mark(&ctx, &actor, card, action).await?)
}

/// A card's own page.
#[server(name = ReadCard, endpoint = "cards/one", protocol = crate::call::Wire)]
pub async fn card(id: CardId) -> Result<CardPage, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::cards::page(&ctx, &crate::request::actor(), id).await?)
}

#[server(name = ReadUnknown, endpoint = "cards/unknown", protocol = crate::call::Wire)]
pub async fn unknown() -> Result<UnknownCards, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::cards::unknown(&ctx, &crate::request::actor()).await?)
}

/// Assigns an unknown card to a person.
#[server(name = GiveUnknown, endpoint = "cards/give-unknown", protocol = crate::call::Wire)]
pub async fn give_unknown(
    card: UnknownCardId,
    /// The person, if known.
    person: Option<PersonId>,
    /// The person as entered.
    #[server(default)]
    to: String,
    /// `yes` adds a new person called `name` first.
    #[server(default)]
    new: String,
    #[server(default)] name: String,
) -> Result<Sorted, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let whom = match person {
        _ if new == "yes" => Whom::New(name),
        Some(person) => Whom::Person(person),
        None => Whom::Uid(to),
    };
    Ok(services::cards::give_unknown(&ctx, &crate::request::actor(), card, whom).await?)
}

/// Dismisses an unknown card, or restores it.
#[server(name = PutAside, endpoint = "cards/put-aside", protocol = crate::call::Wire)]
pub async fn put_aside(
    card: UnknownCardId,
    /// `yes` to dismiss it.
    #[server(default)]
    aside: String,
) -> Result<Sorted, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::cards::put_aside(&ctx, &crate::request::actor(), card, aside == "yes").await?)
}

/// Machines at which a person's next card can be enrolled, and the last outcome.
#[server(name = ReadSwiping, endpoint = "cards/swiping", protocol = crate::call::Wire)]
pub async fn swiping(person: PersonId) -> Result<Swiping, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::cards::swiping(&ctx, &crate::request::actor(), person).await?)
}

/// Makes a board enroll the next card for a person.
#[server(name = ExpectCard, endpoint = "cards/expect", protocol = crate::call::Wire)]
pub async fn expect_card(person: PersonId, machine: MachineId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::cards::expect(&ctx, &crate::request::actor(), person, machine).await?)
}

/// Cancels a person's enrollment.
#[server(name = CancelCard, endpoint = "cards/cancel", protocol = crate::call::Wire)]
pub async fn cancel_card(person: PersonId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::cards::cancel(&ctx, &crate::request::actor(), person).await?)
}

/// Unknown cards just tapped at a machine.
#[server(name = ReadAtReader, endpoint = "cards/at-reader", protocol = crate::call::Wire)]
pub async fn at_reader(id: MachineId) -> Result<AtReader, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::cards::at_reader(&ctx, &crate::request::actor(), id).await?)
}

/// Claims a card as the caller's own.
#[server(name = ClaimCard, endpoint = "cards/claim", protocol = crate::call::Wire)]
pub async fn claim(
    /// The machine where it was tapped.
    machine: MachineId,
    card: UnknownCardId,
) -> Result<ClaimOutcome, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let claimed = services::cards::claim(&ctx, &crate::request::actor(), machine, card).await;
    Ok(claimed.map(|(_, became)| became)?)
}

/// The caller's claims with their outcome.
#[server(name = ReadMyClaims, endpoint = "cards/my-claims", protocol = crate::call::Wire)]
pub async fn my_claims() -> Result<Vec<OwnClaim>, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::cards::mine(&ctx, &crate::request::actor()).await?)
}

/// Approves a claim; returns the person's name.
#[server(name = ApproveClaim, endpoint = "cards/approve-claim", protocol = crate::call::Wire)]
pub async fn approve_claim(claim: ClaimId) -> Result<String, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::cards::approve(&ctx, &crate::request::actor(), claim).await?)
}

/// Declines a claim, with a reason.
#[server(name = RefuseClaim, endpoint = "cards/refuse-claim", protocol = crate::call::Wire)]
pub async fn refuse_claim(claim: ClaimId, #[server(default)] reason: String) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::cards::refuse(&ctx, &crate::request::actor(), claim, &reason).await?;
    leptos_axum::redirect("/unknown-cards");
    Ok(())
}
