//! The questions of a quiz, as managers write them.
//!
//! Invariant: an edited question becomes a new one, so that quizzes under way continue with their questions, and
//! figures refer to one wording.

use super::{TrainingError, ValidationError};
use crate::{Ctx, pictures};
use domain::{
    actor::{Actor, Permission, Target},
    id::{ModuleId, QuestionId},
    live::ChangeEvent,
    names::{Remark, TooLong},
    pictures::question_path,
    time::Millis,
    training::quiz::{ANSWERS, InvalidQuestion, QUESTIONS, QuestionKind, WORDS, fits},
};
use serde_json::json;
use std::io::{Read, Seek};
use store::{
    pictures::Picture,
    training::{
        self as rows,
        quiz::{self as kept, NewQuestion},
    },
};

/// A question, as typed.
#[derive(Debug, Clone, Default)]
pub struct QuestionForm {
    /// `None` if invalid.
    pub kind: Option<QuestionKind>,
    pub ask: String,
    /// Why the right answer is right.
    pub why: String,
    /// In order; empty ones are ignored.
    pub answers: Vec<String>,
    /// The places of those that are right, from 0 on.
    pub right: Vec<usize>,
}

impl QuestionForm {
    pub(super) fn read(&self) -> Result<NewQuestion, Vec<ValidationError>> {
        let text = |input: &str| Remark::<WORDS>::new(input);
        let kind = self.kind.ok_or(ValidationError::Kind);
        let ask = match text(&self.ask) {
            Ok(Some(ask)) => Ok(ask.as_str().to_owned()),
            Ok(None) | Err(TooLong) => Err(ValidationError::Ask),
        };
        let why = text(&self.why).map_err(|TooLong| ValidationError::Why);
        let why = why.map(|why| why.map_or_else(String::new, |why| why.as_str().to_owned()));
        let mut answers = Vec::new();
        let mut is_long = self.answers.len() > ANSWERS * 2;
        for (at, input) in self.answers.iter().enumerate().take(ANSWERS * 2) {
            match text(input) {
                Ok(Some(words)) => answers.push((words.as_str().to_owned(), self.right.contains(&at))),
                Ok(None) => {}
                Err(TooLong) => is_long = true,
            }
        }
        let fitting = match kind {
            Ok(kind) if !is_long => fits(kind, &answers).map_err(|invalid| match invalid {
                InvalidQuestion::Count => ValidationError::Answers,
                InvalidQuestion::Twice => ValidationError::Twice,
                InvalidQuestion::NotOne => ValidationError::NotOne,
                InvalidQuestion::NoneRight => ValidationError::NoneRight,
            }),
            Ok(_) => Err(ValidationError::Answers),
            Err(_) => Ok(()),
        };
        match (kind, ask, why, fitting) {
            (Ok(kind), Ok(ask), Ok(why), Ok(())) => Ok(NewQuestion { kind, ask, why, answers }),
            (kind, ask, why, fitting) => {
                Err([kind.err(), ask.err(), why.err(), fitting.err()].into_iter().flatten().collect())
            }
        }
    }
}

/// Adds a question to the quiz of a module.
pub async fn add_question(
    ctx: &Ctx,
    actor: &Actor,
    module: ModuleId,
    form: &QuestionForm,
) -> Result<QuestionId, TrainingError> {
    put(ctx, actor, Ok(module), form).await
}

/// Asks something else in the place of a question.
pub async fn change_question(
    ctx: &Ctx,
    actor: &Actor,
    question: QuestionId,
    form: &QuestionForm,
) -> Result<QuestionId, TrainingError> {
    put(ctx, actor, Err(question), form).await
}

async fn put(
    ctx: &Ctx,
    actor: &Actor,
    place: Result<ModuleId, QuestionId>,
    form: &QuestionForm,
) -> Result<QuestionId, TrainingError> {
    let form = async { form.read().map_err(TrainingError::Invalid) };
    ctx.change_with(actor, Permission::EditTraining, Target::NONE, form, async move |job, new| {
        let conn = job.tx.conn();
        let (module, instead) = match place {
            Ok(module) => (module, None),
            Err(question) => {
                let there = kept::question(conn, question).await?.ok_or(TrainingError::UnknownQuestion)?;
                (there.module, Some(question))
            }
        };
        let known = rows::module(conn, module).await?.ok_or(TrainingError::Unknown)?;
        if instead.is_none() && usize::try_from(known.questions).is_ok_and(|there| there >= QUESTIONS) {
            return Err(TrainingError::TooManyQuestions);
        }
        let id = kept::add(job.tx, module, &new, instead, job.now).await?;
        job.tx.after_commit(ChangeEvent::Space);
        let detail = json!({ "question": id, "instead": instead });
        job.audited(id, "module.question-written", module, &detail).await
    })
    .await
}

/// Takes a question out of its quiz, or with `back` puts it back.
pub async fn remove_question(
    ctx: &Ctx,
    actor: &Actor,
    question: QuestionId,
    back: bool,
) -> Result<ModuleId, TrainingError> {
    ctx.change(actor, Permission::EditTraining, Target::NONE, async move |job| {
        let module = kept::module_of(job.tx.conn(), question).await?.ok_or(TrainingError::UnknownQuestion)?;
        kept::archive(job.tx, question, (!back).then_some(job.now)).await?;
        job.tx.after_commit(ChangeEvent::Space);
        let action = if back { "module.question-restored" } else { "module.question-removed" };
        job.audited(module, action, module, &json!({ "question": question })).await
    })
    .await
}

/// The address of a picture that has been there since `added`: another picture is another address.
pub(super) fn picture_src(question: QuestionId, added: Millis) -> String {
    format!("{}?v={}", question_path(question), added.0)
}

/// The picture of a question, for learners if its module is published and active, and for editors; `small` for a
/// list.
pub async fn question_picture(
    ctx: &Ctx,
    actor: &Actor,
    question: QuestionId,
    small: bool,
) -> Result<Picture, TrainingError> {
    let edits = actor.may(Permission::EditTraining, Target::NONE);
    if !edits {
        actor.require(Permission::Learn, Target::NONE)?;
    }
    let mut snapshot = ctx.store().snapshot().await?;
    let module = kept::module_of(&mut snapshot, question).await?.ok_or(TrainingError::UnknownQuestion)?;
    let module = rows::module(&mut snapshot, module).await?;
    if !edits && module.is_none_or(|module| module.archived || module.published.is_none()) {
        return Err(TrainingError::UnknownQuestion);
    }
    let found = kept::picture(&mut snapshot, question, small).await?;
    found.ok_or(TrainingError::UnknownQuestion)
}

/// Whether the actor gives questions pictures: asked before one is read.
pub fn may_set_picture(actor: &Actor) -> Result<(), TrainingError> {
    Ok(actor.require(Permission::EditTraining, Target::NONE).map(|_| ())?)
}

/// Stores the picture of a question, replacing the previous one; returns its module.
pub async fn set_picture(
    ctx: &Ctx,
    actor: &Actor,
    question: QuestionId,
    given: impl Read + Seek + Send + 'static,
) -> Result<ModuleId, TrainingError> {
    may_set_picture(actor)?;
    let taken = pictures::taken(given).await;
    let taken = taken.map_err(|invalid| TrainingError::Invalid(vec![ValidationError::Picture(invalid)]))?;
    change_picture(ctx, actor, question, Some(taken)).await
}

/// Removes the picture of a question; returns its module.
pub async fn remove_picture(ctx: &Ctx, actor: &Actor, question: QuestionId) -> Result<ModuleId, TrainingError> {
    may_set_picture(actor)?;
    change_picture(ctx, actor, question, None).await
}

async fn change_picture(
    ctx: &Ctx,
    actor: &Actor,
    question: QuestionId,
    picture: Option<(Vec<u8>, Vec<u8>)>,
) -> Result<ModuleId, TrainingError> {
    ctx.change(actor, Permission::EditTraining, Target::NONE, async move |job| {
        let known = kept::question(job.tx.conn(), question).await?.ok_or(TrainingError::UnknownQuestion)?;
        match &picture {
            Some((body, small)) => kept::set_picture(job.tx, question, body, small, job.now).await?,
            None => kept::remove_picture(job.tx, question).await?,
        }
        job.tx.after_commit(ChangeEvent::Space);
        let detail = json!({ "question": question, "picture": picture.is_some() });
        job.audited(known.module, "module.picture-set", known.module, &detail).await
    })
    .await
}
