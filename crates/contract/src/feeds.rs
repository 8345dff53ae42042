//! Views of calendar feeds for their owner.

use domain::{bookings::Resource, feeds::Feed, id::FeedId, time::Moment};
use serde::{Deserialize, Serialize};

/// An active feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedView {
    pub id: FeedId,
    pub feed: Feed,
    /// Name of its trainer, machine or room; `None` for one's own feed, or if not known any more.
    pub name: Option<String>,
    pub made: Moment,
    /// When it was last read, to the minute.
    pub seen: Option<Moment>,
}

/// A person's feeds, and those they can create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feeds {
    pub now: Moment,
    /// Newest first.
    pub feeds: Vec<FeedView>,
    /// Whether they are a member, with bookings of their own.
    pub books: bool,
    /// The feed of their checkouts, if they are a trainer.
    pub trainer: Option<Feed>,
    /// By name.
    pub resources: Vec<(Resource, String)>,
}

/// A new feed. Its address is shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedMade {
    pub id: FeedId,
    pub feed: Feed,
    /// Name of its trainer, machine or room.
    pub name: Option<String>,
    /// Its path on this site, or its complete address.
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
