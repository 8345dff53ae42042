//! The calls about cards: giving one by its number, by a swipe, or one that nobody has claimed; and looking at one.

use crate::problem::AppError;
use domain::{
    cards::{CardPage, Sorted, Swiping, UnknownCards},
    id::{CardId, MachineId, PersonId, UnknownCardId},
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use services::cards::Whom;

/// Gives somebody a card.
#[server(endpoint = "cards/give")]
pub async fn give_card(
    /// To whom.
    person: PersonId,
    /// The card's number as it was typed.
    #[server(default)]
    uid: String,
) -> Result<(), AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    services::cards::give(&ctx, &crate::asker::actor(), person, &uid).await.map_err(|error| error.problem(t))?;
    leptos_axum::redirect(&format!("/people/{person}"));
    Ok(())
}

/// A card's own page.
#[server(name = ReadCard, endpoint = "cards/one")]
pub async fn card(
    /// Which.
    id: CardId,
) -> Result<CardPage, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    services::cards::page(&ctx, &crate::asker::actor(), id).await.map_err(|error| error.problem(t).into())
}

/// The cards that nobody has claimed.
#[server(name = ReadUnknown, endpoint = "cards/unknown")]
pub async fn unknown() -> Result<UnknownCards, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    services::cards::unknown(&ctx, &crate::asker::actor()).await.map_err(|error| error.problem(t).into())
}

/// Gives somebody a card that nobody has claimed.
#[server(name = GiveUnknown, endpoint = "cards/give-unknown")]
pub async fn give_unknown(
    /// Which.
    card: UnknownCardId,
    /// To whom, where that is known.
    person: Option<PersonId>,
    /// To whom, as it was typed.
    #[server(default)]
    to: String,
) -> Result<Sorted, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let whom = person.map_or(Whom::Typed(to), Whom::Person);
    let given = services::cards::give_unknown(&ctx, &crate::asker::actor(), card, whom).await;
    given.map_err(|error| error.problem(t).into())
}

/// Puts a card that nobody has claimed aside, or takes it up again.
#[server(name = PutAside, endpoint = "cards/put-aside")]
pub async fn put_aside(
    /// Which.
    card: UnknownCardId,
    /// `yes` puts it aside.
    #[server(default)]
    aside: String,
) -> Result<Sorted, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let sorted = services::cards::put_aside(&ctx, &crate::asker::actor(), card, aside == "yes").await;
    sorted.map_err(|error| error.problem(t).into())
}

/// Where somebody's next card can be waited for, and what came of it.
#[server(name = ReadSwiping, endpoint = "cards/swiping")]
pub async fn swiping(
    /// Whose.
    person: PersonId,
) -> Result<Swiping, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    services::cards::swiping(&ctx, &crate::asker::actor(), person).await.map_err(|error| error.problem(t).into())
}

/// Has a board take the next card for somebody.
#[server(name = ExpectCard, endpoint = "cards/expect")]
pub async fn expect_card(
    /// Whose it will be.
    person: PersonId,
    /// At which machine.
    machine: MachineId,
) -> Result<(), AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let expected = services::cards::expect(&ctx, &crate::asker::actor(), person, machine).await;
    expected.map_err(|error| error.problem(t).into())
}

/// Has whatever board waits for somebody's card stop.
#[server(name = CancelCard, endpoint = "cards/cancel")]
pub async fn cancel_card(
    /// Whose it would have been.
    person: PersonId,
) -> Result<(), AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    services::cards::cancel(&ctx, &crate::asker::actor(), person).await.map_err(|error| error.problem(t).into())
}
