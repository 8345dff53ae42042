//! Server functions for training.

use crate::problem::AppError;
use contract::training::{Candidate, Credit, Learn, Module, Quiz};
#[cfg(feature = "ssr")]
use domain::actor::Permission;
use domain::id::{EditionId, ModuleId, QuestionId, QuizId, TypeId};
use leptos::prelude::*;

/// The caller's training.
#[server(name = ReadLearn, endpoint = "training/learn", protocol = crate::call::Wire)]
pub async fn learn() -> Result<Learn, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let (t, mut learn) =
        (crate::lang::current(), services::training::learn(&ctx, &crate::request::actor()).await?);
    for path in &mut learn.paths {
        super::together::lead(t, path, learn.now);
    }
    learn.together = super::together::sections(t, &learn.events, &learn.requests, learn.now);
    Ok(learn)
}

/// Candidates for a type, the most advanced first.
#[server(name = ReadCandidates, endpoint = "training/candidates", protocol = crate::call::Wire)]
pub async fn candidates(kind: TypeId) -> Result<Vec<Candidate>, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::training::candidates(&ctx, &crate::request::actor(), kind).await?)
}

/// A module to watch; with `draft` its unpublished version.
#[server(name = ReadModule, endpoint = "training/module", protocol = crate::call::Wire)]
pub async fn module(id: ModuleId, #[server(default)] draft: bool) -> Result<Module, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::training::module(&ctx, &crate::request::actor(), id, draft).await?)
}

/// Reports watched parts of an edition.
#[server(name = ReportWatching, endpoint = "training/report", protocol = crate::call::Wire)]
pub async fn report(
    edition: EditionId,
    /// `0-5000,7000-9000` in milliseconds; empty at the start of playback.
    #[server(default)]
    played: String,
    /// Current position, in milliseconds.
    #[server(default)]
    place: u32,
    /// Milliseconds since the first reported part began to play.
    #[server(default)]
    began: u32,
) -> Result<Credit, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let parts = domain::training::watching::parse_spans(&played);
    let outside = || crate::request::unreadable(&[Permission::Learn], services::training::TrainingError::Outside);
    let parts = parts.ok_or_else(outside)?;
    let reported = domain::training::watching::Report { parts, began };
    Ok(services::training::report(&ctx, &crate::request::actor(), edition, reported, place).await?)
}

/// The quiz of a module, at a question.
#[server(name = ReadQuiz, endpoint = "training/quiz", protocol = crate::call::Wire)]
pub async fn quiz(module: ModuleId, at: Option<u32>) -> Result<Quiz, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let mut quiz = services::training::quiz(&ctx, &crate::request::actor(), module, at).await?;
    if let Some(path) = &mut quiz.path {
        super::together::lead(crate::lang::current(), path, ctx.moment_now());
    }
    Ok(quiz)
}

/// Starts or continues a quiz.
#[server(name = BeginQuiz, endpoint = "training/begin-quiz", protocol = crate::call::Wire)]
pub async fn begin_quiz(module: ModuleId) -> Result<QuizId, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let begun = services::training::begin(&ctx, &crate::request::actor(), module).await?;
    leptos_axum::redirect(&format!("/learn/{module}/quiz"));
    Ok(begun)
}

/// Answers a question, and continues at `next`.
#[server(name = AnswerQuestion, endpoint = "training/answer", protocol = crate::call::Wire)]
pub async fn answer(
    module: ModuleId,
    quiz: QuizId,
    question: QuestionId,
    /// The next question, from 0 on; the number of questions submits the quiz.
    #[server(default)]
    next: u32,
    /// Submits the quiz.
    #[server(default)]
    last: String,
    /// The selected answers; for an ordering question with their place: `7:2`.
    #[server(default)]
    answers: Vec<String>,
) -> Result<(), AppError> {
    let (ctx, actor) = (expect_context::<services::Ctx>(), crate::request::actor());
    let given = domain::training::quiz::parse_answers(&answers);
    services::training::answer(&ctx, &actor, quiz, question, given).await?;
    if last == "yes" {
        services::training::hand_in(&ctx, &actor, quiz).await?;
        leptos_axum::redirect(&format!("/learn/{module}/quiz"));
    } else {
        leptos_axum::redirect(&format!("/learn/{module}/quiz?n={next}"));
    }
    Ok(())
}
