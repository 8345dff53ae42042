//! The calls about checkouts.

use crate::problem::AppError;
use domain::id::{AppointmentId, TypeId};
#[cfg(feature = "ssr")]
use domain::{checkouts::Deed, id::PersonId, time::Millis};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use services::checkouts::{Ask, CheckoutsError, Decide};
use views::checkouts::{Appointment, Day, Slots};

/// The times for a checkout on a type.
#[server(name = ReadSlots, endpoint = "checkouts/slots", protocol = crate::call::Wire)]
pub async fn slots(kind: TypeId) -> Result<Slots, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::checkouts::slots(&ctx, &crate::request::actor(), kind).await?)
}

/// A time as a form sends it: the trainer and when it begins, `5@1800000000000`. What is none is a time that nobody offers.
#[cfg(feature = "ssr")]
fn chosen(slot: &str) -> (PersonId, Millis) {
    let read =
        slot.split_once('@').and_then(|(trainer, starts)| Some((trainer.parse().ok()?, starts.parse().ok()?)));
    read.map_or((PersonId(0), Millis(0)), |(trainer, starts)| (PersonId(trainer), Millis(starts)))
}

/// Asks for a time.
#[server(name = AskForCheckout, endpoint = "checkouts/ask", protocol = crate::call::Wire)]
pub async fn ask(kind: TypeId, #[server(default)] starts: String) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let (trainer, starts) = chosen(&starts);
    let asked = services::checkouts::ask(&ctx, &crate::request::actor(), Ask { kind, trainer, starts }).await?;
    leptos_axum::redirect(&format!("/checkouts/{asked}"));
    Ok(())
}

/// Moves one's own appointment to another time.
#[server(name = MoveCheckout, endpoint = "checkouts/move", protocol = crate::call::Wire)]
pub async fn move_to(id: AppointmentId, #[server(default)] starts: String) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let (trainer, starts) = chosen(&starts);
    services::checkouts::move_to(&ctx, &crate::request::actor(), id, trainer, starts).await?;
    leptos_axum::redirect(&format!("/checkouts/{id}"));
    Ok(())
}

/// Does something about an appointment.
#[server(name = DecideCheckout, endpoint = "checkouts/decide", protocol = crate::call::Wire)]
pub async fn decide(
    id: AppointmentId,
    /// What, one of the words.
    #[server(default)]
    deed: String,
    #[server(default)] note: String,
    #[server(default)] retry_days: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let decide = Decide::read(Deed::from_word(&deed), &note, &retry_days);
    Ok(services::checkouts::decide(&ctx, &crate::request::actor(), id, decide).await?)
}

/// Writes down a checkout that nobody had asked for.
#[server(name = RecordCheckout, endpoint = "checkouts/record", protocol = crate::call::Wire)]
pub async fn record(
    #[server(default)] kind: String,
    #[server(default)] person: String,
    /// Pass or fail.
    #[server(default)]
    deed: String,
    #[server(default)] note: String,
    #[server(default)] retry_days: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let decide = Decide::read(Deed::from_word(&deed), &note, &retry_days);
    let kind = kind.parse().map(TypeId).map_err(|_| CheckoutsError::UnknownType)?;
    let id = services::checkouts::record(&ctx, &crate::request::actor(), kind, &person, decide).await?;
    leptos_axum::redirect(&format!("/checkouts/{id}"));
    Ok(())
}

/// What whoever checks people out has before them.
#[server(name = ReadCheckouts, endpoint = "checkouts/day", protocol = crate::call::Wire)]
pub async fn day() -> Result<Day, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::checkouts::day(&ctx, &crate::request::actor()).await?)
}

/// One appointment.
#[server(name = ReadCheckout, endpoint = "checkouts/one", protocol = crate::call::Wire)]
pub async fn one(id: AppointmentId) -> Result<Appointment, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::checkouts::one(&ctx, &crate::request::actor(), id).await?)
}
