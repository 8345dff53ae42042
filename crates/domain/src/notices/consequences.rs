//! Notices of what follows from an act, as opposed to notices of the act itself.
//!
//! Not here: consequences that share a kind with acts, like a cancelled booking: there the caller knows which of both it is
//! (`services::notices`).

use super::{DrawNews, EventNews, GroupNews, Notice};

impl Notice {
    /// Whether it is never the act itself: a place, an offer or a duty that the act of any person brings about. Its recipient learns
    /// it from the notice even if the act was their own, so their own act holds it back as little as that of others. Found in
    /// a simulated workshop: an invitation that followed from one’s own request or refusal reached nobody, and blocked its place
    /// for three days.
    #[must_use]
    pub const fn is_consequence(&self) -> bool {
        matches!(
            self,
            Self::Event {
                news: EventNews::Invited
                    | EventNews::Placed
                    | EventNews::Lapsed
                    // They are asked again, and lose the place without an answer.
                    | EventNews::Moved
                    | EventNews::TooFew
                    | EventNews::Dropped,
                ..
            } | Self::Waiting { .. }
                | Self::Outage { .. }
                | Self::OutageOver { .. }
                | Self::TrainingAgain { .. }
                | Self::Draw { news: DrawNews::Drawn, .. }
                | Self::Group { news: GroupNews::WithoutAdmin, .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{TrainingEventId, TypeId},
        time::Millis,
    };

    #[test]
    fn answer_that_is_awaited_is_a_consequence_and_a_decision_is_none() {
        let is = |news| {
            let (event, on, starts, at) = (TrainingEventId(1), TypeId(4), Millis(9), Millis(0));
            Notice::Event { news, event, on, starts, sequence: 0, at }.is_consequence()
        };
        for news in [EventNews::Invited, EventNews::Placed, EventNews::Moved, EventNews::Dropped] {
            assert!(is(news), "{news:?}");
        }
        for news in [EventNews::Cancelled, EventNews::Changed, EventNews::HostChanged, EventNews::NotYet] {
            assert!(!is(news), "{news:?}");
        }
    }
}
