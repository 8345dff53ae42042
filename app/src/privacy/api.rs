//! Server functions for personal data.

use crate::problem::AppError;
use contract::{privacy::Holdings, retention::RetentionPage};
use domain::id::PersonId;
use leptos::prelude::*;

/// How much data is stored about a person, by table; about the caller by default.
#[server(name = ReadHoldings, endpoint = "privacy/holdings", protocol = crate::call::Wire)]
pub async fn holdings(person: Option<PersonId>) -> Result<Holdings, AppError> {
    let (ctx, actor) = (expect_context::<services::Ctx>(), crate::request::actor());
    let person = person.or(actor.person()).unwrap_or(PersonId(0));
    Ok(services::privacy::holdings(&ctx, &actor, person).await?)
}

#[server(name = ErasePerson, endpoint = "people/erase", protocol = crate::call::Wire)]
pub async fn erase(person: PersonId) -> Result<(), AppError> {
    let (ctx, actor) = (expect_context::<services::Ctx>(), crate::request::actor());
    services::privacy::erase(&ctx, &actor, person).await?;
    leptos_axum::redirect(&format!("/people/{person}"));
    Ok(())
}

#[server(name = EraseOneself, endpoint = "me/erase", protocol = crate::call::Wire)]
pub async fn erase_oneself(#[server(default)] current_password: String) -> Result<(), AppError> {
    let (ctx, client) = (expect_context::<services::Ctx>(), crate::request::client());
    services::privacy::erase_oneself(&ctx, &crate::request::actor(), client.origin(), &current_password).await?;
    crate::cookies::let_out();
    leptos_axum::redirect("/");
    Ok(())
}

/// Runs of the retention job, and data due for deletion.
#[server(name = ReadRetention, endpoint = "privacy/retention", protocol = crate::call::Wire)]
pub async fn retention() -> Result<RetentionPage, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    Ok(services::retention::page(&ctx, &crate::request::actor(), t).await?)
}

/// Deletes expired data now.
#[server(name = ClearNow, endpoint = "privacy/clear", protocol = crate::call::Wire)]
pub async fn clear() -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::retention::run(&ctx, &crate::request::actor()).await?;
    leptos_axum::redirect("/retention?done=1");
    Ok(())
}
