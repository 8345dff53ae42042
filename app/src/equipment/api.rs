//! The calls that add a machine.

use crate::problem::AppError;
use domain::equipment::Choices;
use leptos::prelude::*;

/// What there is to choose from.
#[server(name = ReadChoices, endpoint = "equipment/choices")]
pub async fn choices() -> Result<Choices, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    services::equipment::choices(&ctx, &crate::asker::actor()).await.map_err(|error| error.problem(t).into())
}

/// Adds a machine and shows it.
#[server(endpoint = "equipment/add-machine")]
pub async fn add_machine(
    /// What it is called.
    #[server(default)]
    name: String,
    /// The name of its type.
    #[server(default)]
    kind: String,
    /// Its number on the board topics, or nothing.
    #[server(default)]
    number: String,
) -> Result<(), AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let typed = services::equipment::AddMachine { name, kind, number };
    let machine = services::equipment::add_machine(&ctx, &crate::asker::actor(), typed)
        .await
        .map_err(|error| error.problem(t))?;
    leptos_axum::redirect(&format!("/machines/{machine}"));
    Ok(())
}
