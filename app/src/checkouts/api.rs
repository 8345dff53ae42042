//! Server functions for checkouts.

use crate::problem::AppError;
use contract::{
    checkout_steps::ListEdited,
    checkouts::{Day, DecisionDone, Opened, Slots},
};
use domain::id::{AppointmentId, CheckoutStepId, TypeId};
#[cfg(feature = "ssr")]
use domain::{
    checkout_steps::{Mark, Signer},
    checkouts::CheckoutAction,
    id::PersonId,
    time::Millis,
};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use services::checkouts::{
    Ask, CheckoutsError, Decide,
    steps::{self, StepChange},
};

/// The slots for a checkout on a type.
#[server(name = ReadSlots, endpoint = "checkouts/slots", protocol = crate::call::Wire)]
pub async fn slots(kind: TypeId) -> Result<Slots, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::checkouts::slots(&ctx, &crate::request::actor(), kind).await?)
}

/// A slot as a form sends it: the trainer and its start, `5@1800000000000`.
#[cfg(feature = "ssr")]
fn chosen(slot: &str) -> (PersonId, Option<Millis>) {
    let read =
        slot.split_once('@').and_then(|(trainer, starts)| Some((trainer.parse().ok()?, Millis::parse(starts)?)));
    read.map_or((PersonId(0), None), |(trainer, starts)| (PersonId(trainer), Some(starts)))
}

/// Requests a slot.
#[server(name = AskForCheckout, endpoint = "checkouts/ask", protocol = crate::call::Wire)]
pub async fn ask(kind: TypeId, #[server(default)] starts: String) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let (trainer, starts) = chosen(&starts);
    let request = services::checkouts::ask(&ctx, &crate::request::actor(), Ask { kind, trainer, starts }).await?;
    leptos_axum::redirect(&format!("/checkouts/{request}"));
    Ok(())
}

/// Reports that no slot suits, and when the caller can come.
#[server(name = RequestTime, endpoint = "checkouts/wish", protocol = crate::call::Wire)]
pub async fn request_time(kind: TypeId, #[server(default)] note: String) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::checkouts::request_time(&ctx, &crate::request::actor(), kind, &note).await?)
}

/// Moves the caller's appointment to another slot.
#[server(name = MoveCheckout, endpoint = "checkouts/move", protocol = crate::call::Wire)]
pub async fn move_to(id: AppointmentId, #[server(default)] starts: String) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let (trainer, starts) = chosen(&starts);
    services::checkouts::move_to(&ctx, &crate::request::actor(), id, trainer, starts).await?;
    leptos_axum::redirect(&format!("/checkouts/{id}"));
    Ok(())
}

/// Takes an action on an appointment.
#[server(name = DecideCheckout, endpoint = "checkouts/decide", protocol = crate::call::Wire)]
pub async fn decide(
    id: AppointmentId,
    /// Code of the action.
    #[server(default)]
    action: String,
    #[server(default)] note: String,
    #[server(default)] retry_days: String,
    /// Steps to practise; exactly these, if given.
    practise: Option<Vec<String>>,
) -> Result<DecisionDone, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let practise =
        practise.map(|steps| steps.iter().filter_map(|step| step.parse().ok()).map(CheckoutStepId).collect());
    let decide = Decide::read(CheckoutAction::parse(&action), &note, &retry_days, practise);
    Ok(services::checkouts::decide(&ctx, &crate::request::actor(), id, decide).await?)
}

/// Undoes a passed checkout.
#[server(name = UndoPass, endpoint = "checkouts/undo-pass", protocol = crate::call::Wire)]
pub async fn undo_pass(id: AppointmentId) -> Result<DecisionDone, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::checkouts::undo_pass(&ctx, &crate::request::actor(), id).await?)
}

/// Records a checkout without an appointment.
#[server(name = RecordCheckout, endpoint = "checkouts/record", protocol = crate::call::Wire)]
pub async fn record(
    #[server(default)] kind: String,
    #[server(default)] person: String,
    /// Pass, fail, or accept to start it.
    #[server(default)]
    action: String,
    #[server(default)] note: String,
    #[server(default)] retry_days: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let decide = Decide::read(CheckoutAction::parse(&action), &note, &retry_days, None);
    let kind = kind.parse().map(TypeId).map_err(|_| CheckoutsError::UnknownType)?;
    let id = services::checkouts::record(&ctx, &crate::request::actor(), kind, &person, decide).await?;
    leptos_axum::redirect(&format!("/checkouts/{id}"));
    Ok(())
}

/// The agenda of trainers and managers.
#[server(name = ReadCheckouts, endpoint = "checkouts/day", protocol = crate::call::Wire)]
pub async fn day(
    /// `yes` includes the names of members.
    #[server(default)]
    names: String,
) -> Result<Day, AppError> {
    let (ctx, actor) = (expect_context::<services::Ctx>(), crate::request::actor());
    let day = services::checkouts::day(&ctx, &actor).await?;
    let names = if names == "yes" { services::checkouts::members(&ctx, &actor).await? } else { Vec::new() };
    Ok(Day { names, ..day })
}

#[server(name = ReadCheckout, endpoint = "checkouts/one", protocol = crate::call::Wire)]
pub async fn one(id: AppointmentId) -> Result<Opened, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::checkouts::opened(&ctx, &crate::request::actor(), id).await?)
}

/// Marks a step as seen or to be practised; empty removes the mark.
#[server(name = MarkStep, endpoint = "checkouts/mark", protocol = crate::call::Wire)]
pub async fn mark(
    id: AppointmentId,
    step: CheckoutStepId,
    #[server(default)] mark: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let message = StepChange { mark: Some(Mark::parse(&mark)), note: None };
    Ok(steps::say(&ctx, &crate::request::actor(), id, step, message).await?)
}

/// Saves a note on a step.
#[server(name = NoteStep, endpoint = "checkouts/note", protocol = crate::call::Wire)]
pub async fn note(
    id: AppointmentId,
    step: CheckoutStepId,
    #[server(default)] step_note: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let message = StepChange { mark: None, note: Some(step_note) };
    Ok(steps::say(&ctx, &crate::request::actor(), id, step, message).await?)
}

/// Signs as the trainer or the member; without `stands` the signature is removed.
#[server(name = SignCheckout, endpoint = "checkouts/sign", protocol = crate::call::Wire)]
pub async fn sign(
    id: AppointmentId,
    #[server(default)] signer: String,
    #[server(default)] stands: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let signer = Signer::parse(&signer).ok_or(CheckoutsError::Unknown)?;
    Ok(steps::sign(&ctx, &crate::request::actor(), id, signer, stands == "yes").await?)
}

/// The checklist of a type, for editing.
#[server(name = ReadCheckoutList, endpoint = "checkouts/list", protocol = crate::call::Wire)]
pub async fn list(kind: TypeId) -> Result<ListEdited, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(steps::list(&ctx, &crate::request::actor(), kind).await?)
}

/// Saves the checklist of a type.
#[server(name = SaveCheckoutList, endpoint = "checkouts/save-list", protocol = crate::call::Wire)]
pub async fn save_list(
    kind: TypeId,
    #[server(default)] text: String,
    /// The version it was filled in from.
    #[server(default)]
    version: i64,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    steps::save_list(&ctx, &crate::request::actor(), kind, &text, version).await?;
    leptos_axum::redirect(&format!("/types/{kind}/checklist?saved"));
    Ok(())
}
