//! The calls about cards: giving one by its number, by a swipe, or one that nobody has claimed; and looking at one.

use crate::problem::AppError;
use domain::{
    cards::claims::ClaimOutcome,
    id::{CardId, ClaimId, MachineId, PersonId, UnknownCardId},
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use services::cards::Whom;
use views::cards::{AtReader, CardPage, OwnClaim, Sorted, Swiping, UnknownCards};

#[server(endpoint = "cards/give", protocol = crate::call::Wire)]
pub async fn give_card(
    person: PersonId,
    /// The card's number as it was typed.
    #[server(default)]
    uid: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::cards::give(&ctx, &crate::request::actor(), person, &uid).await?;
    leptos_axum::redirect(&format!("/people/{person}"));
    Ok(())
}

/// A card's own page.
#[server(name = ReadCard, endpoint = "cards/one", protocol = crate::call::Wire)]
pub async fn card(id: CardId) -> Result<CardPage, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::cards::page(&ctx, &crate::request::actor(), id).await?)
}

/// The cards that nobody has claimed.
#[server(name = ReadUnknown, endpoint = "cards/unknown", protocol = crate::call::Wire)]
pub async fn unknown() -> Result<UnknownCards, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::cards::unknown(&ctx, &crate::request::actor()).await?)
}

/// Gives somebody a card that nobody has claimed.
#[server(name = GiveUnknown, endpoint = "cards/give-unknown", protocol = crate::call::Wire)]
pub async fn give_unknown(
    card: UnknownCardId,
    /// To whom, where that is known.
    person: Option<PersonId>,
    /// To whom, as it was typed.
    #[server(default)]
    to: String,
    /// `yes` adds somebody new first, who is called `name`.
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

/// Puts a card that nobody has claimed aside, or takes it up again.
#[server(name = PutAside, endpoint = "cards/put-aside", protocol = crate::call::Wire)]
pub async fn put_aside(
    card: UnknownCardId,
    /// `yes` puts it aside.
    #[server(default)]
    aside: String,
) -> Result<Sorted, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::cards::put_aside(&ctx, &crate::request::actor(), card, aside == "yes").await?)
}

/// Where somebody's next card can be waited for, and what came of it.
#[server(name = ReadSwiping, endpoint = "cards/swiping", protocol = crate::call::Wire)]
pub async fn swiping(person: PersonId) -> Result<Swiping, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::cards::swiping(&ctx, &crate::request::actor(), person).await?)
}

/// Has a board take the next card for somebody.
#[server(name = ExpectCard, endpoint = "cards/expect", protocol = crate::call::Wire)]
pub async fn expect_card(person: PersonId, machine: MachineId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::cards::expect(&ctx, &crate::request::actor(), person, machine).await?)
}

/// Has whatever board waits for somebody's card stop.
#[server(name = CancelCard, endpoint = "cards/cancel", protocol = crate::call::Wire)]
pub async fn cancel_card(person: PersonId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::cards::cancel(&ctx, &crate::request::actor(), person).await?)
}

/// What was held to the reader of a machine just now, and is nobody's.
#[server(name = ReadAtReader, endpoint = "cards/at-reader", protocol = crate::call::Wire)]
pub async fn at_reader(id: MachineId) -> Result<AtReader, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::cards::at_reader(&ctx, &crate::request::actor(), id).await?)
}

/// Says that a card is one's own.
#[server(name = ClaimCard, endpoint = "cards/claim", protocol = crate::call::Wire)]
pub async fn claim(
    /// At which machine it was held up.
    machine: MachineId,
    card: UnknownCardId,
) -> Result<ClaimOutcome, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let claimed = services::cards::claim(&ctx, &crate::request::actor(), machine, card).await;
    Ok(claimed.map(|(_, became)| became)?)
}

/// What became of one's own claims.
#[server(name = ReadMyClaims, endpoint = "cards/my-claims", protocol = crate::call::Wire)]
pub async fn my_claims() -> Result<Vec<OwnClaim>, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::cards::mine(&ctx, &crate::request::actor()).await?)
}

/// Says yes to a claim; answers what they are called.
#[server(name = ApproveClaim, endpoint = "cards/approve-claim", protocol = crate::call::Wire)]
pub async fn approve_claim(claim: ClaimId) -> Result<String, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::cards::approve(&ctx, &crate::request::actor(), claim).await?)
}

/// Says no to a claim, and why.
#[server(name = RefuseClaim, endpoint = "cards/refuse-claim", protocol = crate::call::Wire)]
pub async fn refuse_claim(claim: ClaimId, #[server(default)] reason: String) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::cards::refuse(&ctx, &crate::request::actor(), claim, &reason).await?;
    leptos_axum::redirect("/unknown-cards");
    Ok(())
}
