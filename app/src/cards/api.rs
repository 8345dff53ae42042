//! The call that gives a card.

use crate::problem::AppError;
use domain::id::PersonId;
use leptos::prelude::*;

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
