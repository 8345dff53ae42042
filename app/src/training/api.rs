//! The calls about training.

use crate::problem::AppError;
use domain::id::{EditionId, ModuleId, QuestionId, QuizId, TypeId};
use leptos::prelude::*;
use views::training::{Candidate, Credit, Learn, Module, Quiz};

/// What whoever asks learns.
#[server(name = ReadLearn, endpoint = "training/learn", protocol = crate::call::Wire)]
pub async fn learn() -> Result<Learn, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::training::learn(&ctx, &crate::request::actor()).await?)
}

/// Who is on the way to a type, those who are nearest first.
#[server(name = ReadCandidates, endpoint = "training/candidates", protocol = crate::call::Wire)]
pub async fn candidates(kind: TypeId) -> Result<Vec<Candidate>, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::training::candidates(&ctx, &crate::request::actor(), kind).await?)
}

/// A module to be watched; with `draft` as it is not published yet.
#[server(name = ReadModule, endpoint = "training/module", protocol = crate::call::Wire)]
pub async fn module(id: ModuleId, #[server(default)] draft: bool) -> Result<Module, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::training::module(&ctx, &crate::request::actor(), id, draft).await?)
}

/// What was played of an edition.
#[server(name = ReportWatching, endpoint = "training/report", protocol = crate::call::Wire)]
pub async fn report(
    edition: EditionId,
    /// `0-5000,7000-9000` in milliseconds; empty says that somebody begins.
    #[server(default)]
    played: String,
    /// Where they are, in milliseconds.
    #[server(default)]
    place: u32,
    /// Milliseconds since the first reported part began to play.
    #[server(default)]
    began: u32,
) -> Result<Credit, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let parts =
        domain::training::watching::parse_spans(&played).ok_or(services::training::TrainingError::Outside)?;
    let reported = domain::training::watching::Report { parts, began };
    Ok(services::training::report(&ctx, &crate::request::actor(), edition, reported, place).await?)
}

/// The quiz of a module, at a question.
#[server(name = ReadQuiz, endpoint = "training/quiz", protocol = crate::call::Wire)]
pub async fn quiz(module: ModuleId, at: Option<u32>) -> Result<Quiz, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::training::quiz(&ctx, &crate::request::actor(), module, at).await?)
}

/// Begins a quiz, or goes on with it.
#[server(name = BeginQuiz, endpoint = "training/begin-quiz", protocol = crate::call::Wire)]
pub async fn begin_quiz(module: ModuleId) -> Result<QuizId, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let begun = services::training::begin(&ctx, &crate::request::actor(), module).await?;
    leptos_axum::redirect(&format!("/learn/{module}/quiz"));
    Ok(begun)
}

/// Answers a question, and goes on to the one at `next`.
#[server(name = AnswerQuestion, endpoint = "training/answer", protocol = crate::call::Wire)]
pub async fn answer(
    module: ModuleId,
    quiz: QuizId,
    question: QuestionId,
    /// The next question, from 0 on; as many as there are hands it in.
    #[server(default)]
    next: u32,
    /// Hands it in.
    #[server(default)]
    last: String,
    /// What was chosen; where it is put in order, with its place: `7:2`.
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
