//! Quizzes: started when enough was watched, answered question by question, handed in.
//!
//! Invariant: an attempt asks the questions drawn at its start, even if they change meanwhile. Right answers are
//! shown only to those who passed; others see the number of right ones.

use super::{TrainingError, learner, paths::paths, questions::picture_src, quiz_opens, quiz_state, today};
use crate::{Ctx, change::Job};
use contract::training::{Explained, Question, Quiz, Quizzing};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    id::{AnswerId, ModuleId, PersonId, QuestionId, QuizId},
    live::ChangeEvent,
    training::quiz::{NoAnswer, QuestionKind, TRIES, passes},
};
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use store::{
    Done, Unaudited,
    training::{
        self as rows,
        quiz::{self as tries, Try, TryQuestion},
        watching as progress_rows,
    },
};

/// The quiz of a module for its taker: the question at `at` of the current try, or the first unanswered one.
pub async fn quiz(ctx: &Ctx, actor: &Actor, id: ModuleId, at: Option<u32>) -> Result<Quiz, TrainingError> {
    let me = learner(actor)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let module = rows::module(&mut snapshot, id).await?.filter(|module| !module.archived);
    let module = module.ok_or(TrainingError::Unknown)?;
    let edition = module.published.ok_or(TrainingError::Unknown)?;
    let edition = rows::edition(&mut snapshot, edition).await?.ok_or(TrainingError::Unknown)?;
    let progress = progress_rows::progress(&mut snapshot, me, edition.id).await?;
    let facts = rows::path_facts(&mut snapshot, me, None).await?;
    let threshold = quiz_opens(&facts, id);
    let state = quiz_state(ctx, &mut snapshot, me, &module, &edition, &progress, threshold).await?;
    let state = state.ok_or(TrainingError::NoQuiz)?;
    let under_way = tries::open(&mut snapshot, me, edition.id).await?;
    let latest = match under_way {
        Some(open) => Some(open),
        None => tries::last(&mut snapshot, me, edition.id).await?,
    };
    let latest = match latest {
        Some(latest) => tries::one(&mut snapshot, latest).await?,
        None => None,
    };
    let quizzing = latest.map_or(Quizzing::Before, |latest| match latest.passed {
        None => asking(&latest, at),
        Some(passed) => over(&latest, passed),
    });
    let path = if matches!(quizzing, Quizzing::Over { .. }) {
        let mut paths = paths(ctx, &mut snapshot, me, &facts, ctx.now()).await?;
        paths.retain(|path| path.stages.iter().any(|stage| stage.module == id));
        // The nearest to its end that has something left.
        paths.sort_by_key(|path| (path.path.left() == 0, path.path.left()));
        (!paths.is_empty()).then(|| paths.swap_remove(0))
    } else {
        None
    };
    let (title, percent) = (module.what.title, progress.percent);
    Ok(Quiz { module: id, title, percent, threshold, state, quizzing, path })
}

fn asking(latest: &Try, at: Option<u32>) -> Quizzing {
    let answered: Vec<_> = latest.asked.iter().map(|request| request.given.is_some()).collect();
    let requested = at.and_then(|at| usize::try_from(at).ok()).filter(|at| *at < answered.len());
    let at =
        requested.or_else(|| answered.iter().position(|done| !done)).unwrap_or(answered.len().saturating_sub(1));
    let Some(request) = latest.asked.get(at) else { return Quizzing::Before };
    let question = Question {
        id: request.question,
        kind: request.kind,
        ask: request.ask.clone(),
        picture: request.picture.map(|added| picture_src(request.question, added)),
        answers: request
            .answers
            .iter()
            .filter_map(|(id, words, ..)| Some((place_of(request, *id)?, words.clone())))
            .collect(),
        given: request.given.iter().flatten().filter_map(|given| place_of(request, *given)).collect(),
    };
    Quizzing::Asking { quiz: latest.id, at: at.try_into().unwrap_or(u32::MAX), answered, question }
}

/// More than the answers of a question.
const PLACES: i64 = 1_000;

/// The position of a displayed answer, from 0, after the number of its question: a page knows only that, and it
/// differs per question, so that drafts are not mixed up. The answer's own id would reveal the order in which
/// answers were written, which is the right one of ordering questions.
fn place_of(question: &TryQuestion, answer: AnswerId) -> Option<AnswerId> {
    let place = question.answers.iter().position(|(id, ..)| *id == answer)?;
    i64::try_from(place).ok().map(|place| AnswerId(question.question.0 * PLACES + place))
}

fn shown_at(question: &TryQuestion, place: AnswerId) -> Option<AnswerId> {
    let place = place.0.checked_sub(question.question.0 * PLACES)?;
    usize::try_from(place).ok().and_then(|place| question.answers.get(place)).map(|(id, ..)| *id)
}

fn over(latest: &Try, passed: bool) -> Quizzing {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let right = latest.asked.iter().filter(|request| request.right == Some(true)).count();
    let mut explained: Vec<_> = latest.asked.iter().filter(|_| passed).map(explain).collect();
    explained.sort_by_key(|one| one.is_right);
    Quizzing::Over { passed, right: count(right), asked: count(latest.asked.len()), explained }
}

fn explain(question: &TryQuestion) -> Explained {
    let words = |id: &AnswerId| {
        question.answers.iter().find(|(known, ..)| known == id).map(|(_, words, ..)| words.as_str())
    };
    let between = if question.kind == QuestionKind::Order { " → " } else { ", " };
    let message = |ids: &[AnswerId]| ids.iter().filter_map(words).collect::<Vec<_>>().join(between);
    let is_right = question.right == Some(true);
    let key = question.key().answers;
    let right: Vec<_> = key
        .into_iter()
        .filter(|(_, right)| *right || question.kind == QuestionKind::Order)
        .map(|(id, _)| id)
        .collect();
    Explained {
        ask: question.ask.clone(),
        is_right,
        given: message(question.given.as_deref().unwrap_or_default()),
        right: (!is_right).then(|| message(&right)),
        why: question.why.clone(),
    }
}

/// The answers in display order. Ordering questions never start in the right order, because nothing is sent before
/// a step is moved, so that order could not be submitted.
fn shuffled(mut answers: Vec<(AnswerId, String)>, kind: QuestionKind, rng: &mut StdRng) -> Vec<AnswerId> {
    let right: Vec<_> = answers.iter().map(|(_, words)| words.clone()).collect();
    let differs = right.iter().any(|words| Some(words) != right.first());
    loop {
        answers.shuffle(rng);
        let is_right = answers.iter().map(|(_, words)| words).eq(&right);
        if kind != QuestionKind::Order || !differs || !is_right {
            return answers.into_iter().map(|(id, _)| id).collect();
        }
    }
}

/// Begins a try of the caller, or continues the current one.
pub async fn begin(ctx: &Ctx, actor: &Actor, id: ModuleId) -> Result<QuizId, TrainingError> {
    let mut rng = StdRng::from_seed(ctx.rng().bytes());
    let today = today(ctx);
    ctx.begin(actor, async move |begun| {
        let job = begun.require(Permission::Learn, Target::NONE)?;
        let me = job.actor.person().ok_or(Forbidden::NotAllowed)?;
        let conn = job.tx.conn();
        let module = rows::module(conn, id).await?.filter(|module| !module.archived);
        let module = module.ok_or(TrainingError::Unknown)?;
        let edition = rows::published(conn, id).await?.ok_or(TrainingError::Unknown)?;
        if let Some(open) = tries::open(conn, me, edition.id).await? {
            return Ok(Done::unaudited(open, Unaudited::NothingChanged));
        }
        let mut questions = tries::questions(conn, id).await?;
        if questions.is_empty() || !edition.has_quiz {
            return Err(TrainingError::NoQuiz);
        }
        let progress = progress_rows::progress(conn, me, edition.id).await?;
        if progress.passed.is_some() {
            return Err(TrainingError::Passed);
        }
        if progress.percent < quiz_opens(&rows::path_facts(conn, me, None).await?, id) {
            return Err(TrainingError::NotWatched);
        }
        if tries::begun_since(conn, me, id, today).await? >= TRIES {
            return Err(TrainingError::NoTries);
        }
        questions.shuffle(&mut rng);
        questions.truncate(module.what.asked.and_then(|request| request.try_into().ok()).unwrap_or(usize::MAX));
        let request: Vec<_> = questions
            .into_iter()
            .map(|question| {
                let answers: Vec<_> = question.answers.into_iter().map(|(id, words, _)| (id, words)).collect();
                (question.id, shuffled(answers, question.kind, &mut rng))
            })
            .collect();
        let begun = tries::begin(job.tx, me, edition.id, &request, job.now).await?;
        Ok(Done::unaudited(begun, Unaudited::Learnt))
    })
    .await
}

/// Their own try that is not handed in.
async fn theirs(job: &mut Job<'_>, id: QuizId) -> Result<(PersonId, Try), TrainingError> {
    let me = job.actor.person().ok_or(Forbidden::NotAllowed)?;
    let found = tries::one(job.tx.conn(), id).await?.filter(|found| found.person == me);
    let found = found.ok_or(TrainingError::UnknownQuiz)?;
    if found.handed.is_some() { Err(TrainingError::Over) } else { Ok((me, found)) }
}

/// Answers a question of a try, by the displayed positions; it can be changed until the quiz is submitted.
pub async fn answer(
    ctx: &Ctx,
    actor: &Actor,
    id: QuizId,
    question: QuestionId,
    given: Vec<AnswerId>,
) -> Result<(), TrainingError> {
    ctx.begin(actor, async move |begun| {
        let mut job = begun.require(Permission::Learn, Target::NONE)?;
        let (_, found) = theirs(&mut job, id).await?;
        let request = found.asked.iter().find(|request| request.question == question);
        let request = request.ok_or(TrainingError::UnknownQuiz)?;
        let given: Option<Vec<_>> = given.iter().map(|place| shown_at(request, *place)).collect();
        let given = given.ok_or(TrainingError::UnknownQuiz)?;
        let key = request.key();
        let right = key.is_right(&given).map_err(|why| match why {
            NoAnswer::Incomplete if key.kind == QuestionKind::Order => TrainingError::NoOrder,
            NoAnswer::Incomplete => TrainingError::NoAnswer,
            NoAnswer::Foreign => TrainingError::UnknownQuiz,
        })?;
        tries::answer(job.tx, id, question, &given, right).await?;
        Ok(Done::unaudited((), Unaudited::Learnt))
    })
    .await
}

/// Submits a try with every question answered; returns whether it was passed.
pub async fn hand_in(ctx: &Ctx, actor: &Actor, id: QuizId) -> Result<bool, TrainingError> {
    ctx.begin(actor, async move |begun| {
        let mut job = begun.require(Permission::Learn, Target::NONE)?;
        let (me, found) = theirs(&mut job, id).await?;
        if found.asked.iter().any(|request| request.right.is_none()) {
            return Err(TrainingError::Incomplete);
        }
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let right = found.asked.iter().filter(|request| request.right == Some(true)).count();
        let passed = passes(count(right), count(found.asked.len()));
        tries::hand_in(job.tx, id, passed, job.now).await?;
        if passed {
            progress_rows::pass(job.tx, me, found.edition, job.now).await?;
            job.tx.after_commit(ChangeEvent::Person(me));
            job.tx.after_commit(ChangeEvent::Checkouts);
        }
        Ok(Done::unaudited(passed, Unaudited::Learnt))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shuffled_steps_never_keep_right_order() {
        let answers = |words: &[&str]| -> Vec<_> {
            words.iter().zip(1..).map(|(words, id)| (AnswerId(id), (*words).to_owned())).collect()
        };
        let mut rng = StdRng::from_seed([7; 32]);
        for words in [vec!["a", "b"], vec!["a", "b", "c"], vec!["a", "a", "b"], vec!["a", "b", "a", "b"]] {
            for _ in 0..200 {
                let visible = shuffled(answers(&words), QuestionKind::Order, &mut rng);
                let of = |id: &AnswerId| usize::try_from(id.0 - 1).ok().and_then(|at| words.get(at)).copied();
                let read: Vec<_> = visible.iter().filter_map(of).collect();
                assert_eq!(read.len(), words.len());
                assert_ne!(read, words);
            }
        }
        for words in [vec![], vec!["a"], vec!["a", "a"]] {
            assert_eq!(shuffled(answers(&words), QuestionKind::Order, &mut rng).len(), words.len());
        }
        let in_place = (0..200).filter(|_| {
            let visible = shuffled(answers(&["a", "b"]), QuestionKind::Single, &mut rng);
            visible == [AnswerId(1), AnswerId(2)]
        });
        assert!(in_place.count() > 0, "answers to choose from may come in any order");
    }
}
