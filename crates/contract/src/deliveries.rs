use domain::{
    deliveries::{Channel, Reason, State, Trouble},
    id::{DeliveryId, PersonId},
    notices::Kind,
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A delivery of a notice, never its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryView {
    pub id: DeliveryId,
    pub channel: Channel,
    pub state: State,
    pub person: PersonId,
    /// Their name; `None` once erased.
    pub name: Option<String>,
    /// `None` if another build wrote it.
    pub kind: Option<Kind>,
    pub told: Moment,
    /// The next attempt.
    pub due: Option<Moment>,
    pub attempts: u32,
    /// Why the last attempt failed.
    pub trouble: Option<Trouble>,
    /// Why nothing was sent.
    pub reason: Option<Reason>,
    /// When it was sent, given up or dropped.
    pub settled: Option<Moment>,
}

/// Deliveries of a channel, by state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelCounts {
    pub channel: Channel,
    /// Waiting for the first or next attempt.
    pub queued: u32,
    /// Waiting for the daily mail.
    pub gathered: u32,
    /// Given up.
    pub failed: u32,
    /// Sent in the last 24 hours.
    pub sent: u32,
}

/// Which deliveries are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Which {
    /// Waiting and failed ones.
    #[default]
    Open,
    Failed,
    Sent,
    Dropped,
}

/// A page of deliveries, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliveries {
    pub now: Moment,
    pub which: Which,
    pub counts: Vec<ChannelCounts>,
    pub rows: Vec<DeliveryView>,
    /// The cursor of the next page.
    pub next: Option<DeliveryId>,
    /// Whether mail can be sent at all.
    pub can_send: bool,
    /// Whether mail is caught on this computer, to be read there.
    pub caught: bool,
}
