//! Server functions for one machine, and for its board's decisions.

use crate::{
    answers::{Attempt, MachineAnswer},
    problem::AppError,
};
use contract::machines::MachinePage;
use domain::id::{MachineId, PersonId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A machine, and whether the reader may use it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnPage {
    pub page: MachinePage,
    /// The answer with its reasons.
    pub message: MachineAnswer,
}

/// One machine, its day and its facts, and the answer for the caller.
#[server(name = ReadMachine, endpoint = "machines/one", protocol = crate::call::Wire)]
pub async fn machine(
    id: MachineId,
    /// Another person to check.
    #[server(default)]
    other: Option<PersonId>,
) -> Result<OnPage, AppError> {
    let (ctx, t, actor) = (expect_context::<services::Ctx>(), crate::lang::current(), crate::request::actor());
    let page = services::machines::page(&ctx, &actor, id).await?;
    let answers = services::access::answers(&ctx, &actor, id, other).await?;
    let mut message = MachineAnswer::of(answers, t);
    let opens = page.mine.iter().flat_map(|mine| [mine.starts.at.before(domain::bookings::EARLY), mine.ends.at]);
    message.ends = opens.filter(|&at| at > page.now.at).chain(message.ends).min();
    Ok(OnPage { page, message })
}

/// Decisions of boards about a person.
#[server(name = ReadAttempts, endpoint = "people/attempts", protocol = crate::call::Wire)]
pub async fn attempts(person: PersonId) -> Result<Vec<Attempt>, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let attempts = services::access::attempts(&ctx, &crate::request::actor(), person).await;
    let attempts = attempts?;
    Ok(attempts.into_iter().map(|one| Attempt::of(one, t)).collect())
}
