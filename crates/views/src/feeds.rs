//! Calendar feeds as their owner sees them.

use domain::{bookings::Resource, feeds::Feed, id::FeedId, time::Moment};
use serde::{Deserialize, Serialize};

/// A feed in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedView {
    pub id: FeedId,
    pub feed: Feed,
    /// What its trainer, machine or room is called; `None` for what is one's own, or not known any more.
    pub name: Option<String>,
    pub made: Moment,
    /// When it was last read, to the minute.
    pub seen: Option<Moment>,
}

/// The feeds of one person, and which they can make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feeds {
    pub now: Moment,
    /// Newest first.
    pub feeds: Vec<FeedView>,
    /// Whether they are a member, with bookings of their own.
    pub books: bool,
    /// The feed of their own checkouts, if they hold any.
    pub trainer: Option<Feed>,
    /// By name.
    pub resources: Vec<(Resource, String)>,
}

/// A feed that was just made. Nobody can read its address again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedMade {
    pub id: FeedId,
    pub feed: Feed,
    /// What its trainer, machine or room is called.
    pub name: Option<String>,
    /// The path on this site, or the whole address.
    pub address: String,
}

impl std::fmt::Debug for FeedMade {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FeedMade").field("id", &self.id).field("feed", &self.feed).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_hides_the_address() {
        let made =
            FeedMade { id: FeedId(1), feed: Feed::Mine, name: None, address: "/calendar/secret.ics".into() };
        assert!(!format!("{made:?}").contains("secret"));
    }
}
