//! Counts the messages of boards, and how each was handled.

use crate::{
    Ctx,
    counters::{Counter, Counters},
};
use domain::boards::{Message, Outcome};

const OUTCOMES: usize = Outcome::ALL.len();

#[derive(Debug, Default)]
pub(crate) struct Messages {
    understood: Counters<{ Message::ALL.len() * OUTCOMES }>,
    late: Counter,
}

impl Messages {
    /// Every pair, with how many there were.
    pub(crate) fn read(&self) -> Vec<(Message, Outcome, u64)> {
        let pairs = Message::ALL.iter().flat_map(|&message| Outcome::ALL.iter().map(move |&came| (message, came)));
        pairs.zip(self.understood.read()).map(|((message, came), count)| (message, came, count)).collect()
    }

    /// Number of answers that came too late to be sent.
    pub(crate) fn late(&self) -> u64 {
        self.late.read()
    }
}

/// A message was understood, and this became of it.
pub fn counted(ctx: &Ctx, message: Message, outcome: Outcome) {
    super::memory(ctx).messages.understood.count(message as usize * OUTCOMES + outcome as usize);
}

/// An answer was too late and not sent.
pub fn answered_late(ctx: &Ctx) {
    super::memory(ctx).messages.late.count();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_message_and_outcome_has_own_counter() {
        let messages = Messages::default();
        for (times, message) in Message::ALL.iter().enumerate() {
            for (more, outcome) in Outcome::ALL.iter().enumerate() {
                for _ in 0..times * 10 + more {
                    messages.understood.count(*message as usize * OUTCOMES + *outcome as usize);
                }
            }
        }
        for (message, outcome, count) in messages.read() {
            assert_eq!(count, message as u64 * 10 + outcome as u64, "{message:?} {outcome:?}");
        }
    }
}
