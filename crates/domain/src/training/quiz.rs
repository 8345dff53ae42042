//! Quizzes: valid questions, grading of answers, and the pass mark.
//!
//! Invariant: the right answers are known to the server alone; nothing here is sent to a page.

use crate::{id::AnswerId, string_enum::string_enum};
use std::collections::BTreeSet;

/// Percent of the questions that must be right.
const PASS: u32 = 80;
/// Limit of quiz tries of one module per day.
pub const TRIES: u32 = 5;
/// A question, an answer and an explanation are no longer than this, in characters.
pub const WORDS: usize = 500;
/// Limit of answers per question.
pub const ANSWERS: usize = 8;
/// Questions that a module has at most.
pub const QUESTIONS: usize = 100;

string_enum! {
    /// The kind of a question.
    QuestionKind {
        /// One answer is right.
        Single = "single",
        /// All that are right must be chosen, and no other.
        Multiple = "multiple",
        /// The answers must be put in order.
        Order = "order",
    }
}

/// The required number of right answers.
#[must_use]
pub const fn needed(request: u32) -> u32 {
    (request * PASS).div_ceil(100)
}

/// Whether this many right answers pass.
#[must_use]
pub const fn passes(right: u32, request: u32) -> bool {
    request > 0 && right >= needed(request)
}

/// The solution: the answers in order, each with whether it is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub kind: QuestionKind,
    /// In order, which matters only for ordering questions.
    pub answers: Vec<(AnswerId, bool)>,
}

/// The input is not an answer to this question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// None, or too many, were chosen, or not all were ordered.
    Incomplete,
    /// An answer of another question, or one twice.
    Foreign,
}

impl Key {
    /// Whether `given` is right.
    pub fn is_right(&self, given: &[AnswerId]) -> Result<bool, NoAnswer> {
        let distinct: BTreeSet<_> = given.iter().collect();
        let is_known = |given: &AnswerId| self.answers.iter().any(|(answer, _)| answer == given);
        if distinct.len() != given.len() || !given.iter().all(is_known) {
            return Err(NoAnswer::Foreign);
        }
        let (given_count, all) = (given.len(), self.answers.len());
        match self.kind {
            QuestionKind::Single if given_count != 1 => Err(NoAnswer::Incomplete),
            QuestionKind::Multiple if given_count == 0 => Err(NoAnswer::Incomplete),
            QuestionKind::Order if given_count != all => Err(NoAnswer::Incomplete),
            QuestionKind::Order => Ok(self.answers.iter().map(|(answer, _)| answer).eq(given)),
            QuestionKind::Single | QuestionKind::Multiple => {
                Ok(self.answers.iter().all(|(answer, right)| *right == given.contains(answer)))
            }
        }
    }
}

/// Parses the answers of a form: their ids, or `7:2` for the one in second place, in order. Invalid entries are
/// ignored, and so are two in one place.
#[must_use]
pub fn parse_answers(sent: &[String]) -> Vec<AnswerId> {
    let mut placed: Vec<(u32, AnswerId)> = Vec::new();
    let mut is_clear = true;
    for (number, one) in (0_u32..).zip(sent.iter().take(2 * ANSWERS)) {
        let (id, place) =
            one.split_once(':').map_or((one.as_str(), Some(number)), |(id, place)| (id, place.parse().ok()));
        match (id.parse().map(AnswerId), place) {
            (Ok(id), Some(place)) => {
                is_clear &= placed.iter().all(|(taken, _)| *taken != place);
                placed.push((place, id));
            }
            _ => is_clear = false,
        }
    }
    placed.sort_by_key(|(place, _)| *place);
    if is_clear { placed.into_iter().map(|(_, id)| id).collect() } else { Vec::new() }
}

/// Why a question cannot be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidQuestion {
    /// Fewer than two answers, or more than [`ANSWERS`].
    Count,
    /// Two answers are equal.
    Twice,
    /// Not exactly one is right.
    NotOne,
    /// None is right.
    NoneRight,
}

/// Whether `answers`, each with whether it is right, make a valid question of this kind.
pub fn fits(kind: QuestionKind, answers: &[(String, bool)]) -> Result<(), InvalidQuestion> {
    let right = answers.iter().filter(|(_, right)| *right).count();
    let distinct: BTreeSet<_> = answers.iter().map(|(words, _)| words).collect();
    if !(2..=ANSWERS).contains(&answers.len()) {
        Err(InvalidQuestion::Count)
    } else if distinct.len() != answers.len() {
        Err(InvalidQuestion::Twice)
    } else {
        match kind {
            QuestionKind::Single if right != 1 => Err(InvalidQuestion::NotOne),
            QuestionKind::Multiple if right == 0 => Err(InvalidQuestion::NoneRight),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(kind: QuestionKind, right: &[bool]) -> Key {
        Key { kind, answers: (1..).map(AnswerId).zip(right.iter().copied()).collect() }
    }

    fn ids(ids: &[i64]) -> Vec<AnswerId> {
        ids.iter().copied().map(AnswerId).collect()
    }

    #[test]
    fn four_of_five_pass_and_seven_of_ten_fail() {
        assert!(passes(4, 5) && passes(8, 10) && passes(1, 1) && passes(3, 3));
        assert!(!passes(3, 5) && !passes(7, 10) && !passes(2, 3) && !passes(0, 0));
        assert_eq!([1, 2, 3, 4, 5, 10].map(needed), [1, 2, 3, 4, 4, 8]);
    }

    #[test]
    fn answers_are_judged_by_question_kind() {
        let single = key(QuestionKind::Single, &[false, true, false]);
        assert_eq!([single.is_right(&ids(&[2])), single.is_right(&ids(&[1]))], [Ok(true), Ok(false)]);
        let multiple = key(QuestionKind::Multiple, &[true, true, false]);
        let message = [&[1, 2][..], &[2, 1], &[1], &[1, 2, 3]].map(|given| multiple.is_right(&ids(given)));
        assert_eq!(message, [Ok(true), Ok(true), Ok(false), Ok(false)]);
        let order = key(QuestionKind::Order, &[false; 3]);
        assert_eq!([order.is_right(&ids(&[1, 2, 3])), order.is_right(&ids(&[2, 1, 3]))], [Ok(true), Ok(false)]);
    }

    #[test]
    fn malformed_answer_is_rejected() {
        for kind in QuestionKind::ALL {
            let key = key(*kind, &[true, false, false]);
            assert_eq!(key.is_right(&[]), Err(NoAnswer::Incomplete));
            assert_eq!(key.is_right(&ids(&[9])), Err(NoAnswer::Foreign), "of another question");
            assert_eq!(key.is_right(&ids(&[1, 1])), Err(NoAnswer::Foreign));
        }
        assert_eq!(key(QuestionKind::Single, &[true, false]).is_right(&ids(&[1, 2])), Err(NoAnswer::Incomplete));
        assert_eq!(key(QuestionKind::Order, &[false; 3]).is_right(&ids(&[1, 2])), Err(NoAnswer::Incomplete));
    }

    #[test]
    fn answers_are_parsed_as_ids_or_positions() {
        let sent = |sent: &[&str]| parse_answers(&sent.iter().map(|&one| one.to_owned()).collect::<Vec<_>>());
        assert_eq!(sent(&["7", "3"]), ids(&[7, 3]));
        assert_eq!(sent(&["7:2", "3:3", "9:1"]), ids(&[9, 7, 3]));
        assert_eq!(sent(&["7:1", "3:1"]), ids(&[]), "two at one place");
        assert_eq!((sent(&["x"]), sent(&["7:x"]), sent(&[])), (ids(&[]), ids(&[]), ids(&[])));
    }

    #[test]
    fn invalid_answer_sets_are_rejected() {
        let answers =
            |right: &[bool]| -> Vec<_> { (0..).map(|n: u8| n.to_string()).zip(right.iter().copied()).collect() };
        assert_eq!(fits(QuestionKind::Single, &answers(&[true, false])), Ok(()));
        assert_eq!(fits(QuestionKind::Single, &answers(&[true, true])), Err(InvalidQuestion::NotOne));
        assert_eq!(fits(QuestionKind::Multiple, &answers(&[false, false])), Err(InvalidQuestion::NoneRight));
        assert_eq!(fits(QuestionKind::Order, &answers(&[false, false])), Ok(()));
        assert_eq!(fits(QuestionKind::Order, &answers(&[true])), Err(InvalidQuestion::Count));
        assert_eq!(fits(QuestionKind::Order, &answers(&[true; 9])), Err(InvalidQuestion::Count));
        let same = [("a".to_owned(), true), ("a".to_owned(), false)];
        assert_eq!(fits(QuestionKind::Single, &same), Err(InvalidQuestion::Twice));
    }

    proptest! {
        #[test]
        fn exactly_one_choice_is_right(right in proptest::collection::vec(any::<bool>(), 2..6)) {
            prop_assume!(right.iter().any(|right| *right));
            let key = key(QuestionKind::Multiple, &right);
            let choices = (1_u32..1 << right.len()).map(|bits| {
                let given: Vec<_> = key.answers.iter().zip(0..).filter(|(_, n)| bits >> n & 1 == 1).map(|((id, _), _)| *id).collect();
                key.is_right(&given).unwrap()
            });
            prop_assert_eq!(choices.filter(|right| *right).count(), 1);
        }
    }
}
