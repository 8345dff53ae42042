//! Counts the decisions about cards held to readers, and the reasons for refusals.

use crate::counters::{Counter, Counters};
use domain::access::{Decision, Reason};

#[derive(Debug, Default)]
pub(crate) struct Decided {
    allowed: Counter,
    denied: Counters<{ Reason::CODES.len() }>,
}

impl Decided {
    /// Counts a decision once: a refusal by its first reason.
    pub(crate) fn count(&self, decision: &Decision) {
        match decision {
            Decision::Allow { .. } => self.allowed.count(),
            Decision::Deny(reasons) => {
                let is_first = |code: &&str| reasons.first().is_some_and(|reason| reason.code() == *code);
                if let Some(at) = Reason::CODES.iter().position(is_first) {
                    self.denied.count(at);
                }
            }
        }
    }

    pub(crate) fn allowed(&self) -> u64 {
        self.allowed.read()
    }

    /// Refusals by the code of their first reason.
    pub(crate) fn denied(&self) -> Vec<(&'static str, u64)> {
        Reason::CODES.into_iter().zip(self.denied.read()).collect()
    }
}
