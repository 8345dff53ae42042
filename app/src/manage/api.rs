//! Server functions for the inbox.

use super::words::{DecisionText, Waiting};
use crate::problem::AppError;
use contract::inbox::Answered;
#[cfg(feature = "ssr")]
use domain::{
    actor::Permission,
    inbox::{Matter, Verdict},
    problem::{Kind, Problem},
};
use domain::{
    checklist::Checklist,
    id::{AppointmentId, ReportId},
};
use leptos::prelude::*;

/// The items waiting for the caller.
#[server(name = ReadInbox, endpoint = "manage/inbox", protocol = crate::call::Wire)]
pub async fn inbox() -> Result<Waiting, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    Ok(Waiting::of(services::inbox::waiting(&ctx, &crate::request::actor()).await?, t))
}

/// Decides an item.
#[server(endpoint = "manage/decide", protocol = crate::call::Wire)]
pub async fn decide(
    /// Code of its kind.
    #[server(default)]
    matter: String,
    id: i64,
    /// Code of the verdict.
    #[server(default)]
    verdict: String,
) -> Result<DecisionText, AppError> {
    let (ctx, t, actor) = (expect_context::<services::Ctx>(), crate::lang::current(), crate::request::actor());
    let (Some(matter), Some(verdict)) = (Matter::parse(&matter), Verdict::parse(&verdict)) else {
        let problem = Problem::new("inbox.no-such-verdict", Kind::Invalid, t.choose_what());
        return Err(crate::request::unreadable(&domain::inbox::PERMISSIONS, problem));
    };
    Ok(DecisionText::of(services::inbox::decide(&ctx, &actor, matter, id, verdict).await?, t))
}

/// Accepts or declines checkout requests: the selected ones, or the one whose button was pressed, which is
/// accepted.
#[server(name = AnswerCheckouts, endpoint = "manage/answer-checkouts", protocol = crate::call::Wire)]
pub async fn answer_checkouts(
    #[server(default)] ids: Vec<AppointmentId>,
    #[server(default)] only: String,
    /// Code of the verdict.
    #[server(default)]
    verdict: String,
    /// The reason.
    #[server(default)]
    note: String,
) -> Result<Answered, AppError> {
    let (ctx, t, actor) = (expect_context::<services::Ctx>(), crate::lang::current(), crate::request::actor());
    let (ids, verdict, note) = match only.parse() {
        Ok(id) => (vec![AppointmentId(id)], Some(Verdict::Approve), ""),
        Err(_) => (ids, Verdict::parse(&verdict), note.as_str()),
    };
    let Some(verdict) = verdict else {
        let problem = Problem::new("inbox.no-such-verdict", Kind::Invalid, t.choose_what());
        return Err(crate::request::unreadable(&[Permission::CheckOut], problem));
    };
    Ok(services::bulk::answer(&ctx, &actor, &ids, verdict, note, t).await?)
}

/// Acknowledges a problem, from the inbox or from the list of problems.
#[server(name = AcknowledgeProblem, endpoint = "problems/acknowledge", protocol = crate::call::Wire)]
pub async fn acknowledge(id: ReportId, version: i64) -> Result<(), AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let known = services::problems::acknowledge(&ctx, &crate::request::actor(), id, version).await;
    known.map_err(|error| {
        let AppError(mut problem) = error.into();
        if problem.saved.take().is_some() {
            // There is nothing to choose: the list shows its current state.
            t.problem_changed().clone_into(&mut problem.detail);
        }
        problem.into()
    })
}

/// Undoes a recent decision.
#[server(endpoint = "manage/take-back", protocol = crate::call::Wire)]
pub async fn take_back(
    /// Code of its kind.
    #[server(default)]
    matter: String,
    id: i64,
) -> Result<DecisionText, AppError> {
    let (ctx, t, actor) = (expect_context::<services::Ctx>(), crate::lang::current(), crate::request::actor());
    let Some(matter) = Matter::parse(&matter) else {
        let problem = Problem::new("inbox.no-such-matter", Kind::Invalid, t.choose_what());
        return Err(crate::request::unreadable(&domain::inbox::UNDOERS, problem));
    };
    Ok(DecisionText::of(services::inbox::take_back(&ctx, &actor, matter, id).await?, t))
}

/// The set-up checklist; `None` for people it does not concern.
#[server(name = ReadSteps, endpoint = "manage/steps", protocol = crate::call::Wire)]
pub async fn checklist() -> Result<Option<Checklist>, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::checklist::read(&ctx, &crate::request::actor()).await?)
}

/// Dismisses the checklist, or shows it again.
#[server(endpoint = "manage/dismiss-steps", protocol = crate::call::Wire)]
pub async fn dismiss_steps(
    /// `yes` dismisses it.
    #[server(default)]
    away: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::checklist::dismiss(&ctx, &crate::request::actor(), away == "yes").await?)
}
