use domain::{
    deliveries::{Channel, Reason, State, Trouble},
    id::{DeliveryId, PersonId},
    notices::Kind,
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A notice on its way out of Toolgate, or what became of it; never what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryView {
    pub id: DeliveryId,
    pub channel: Channel,
    pub state: State,
    pub person: PersonId,
    /// What they are called; `None` once that was erased.
    pub name: Option<String>,
    /// `None`: another build wrote it.
    pub kind: Option<Kind>,
    pub told: Moment,
    /// When it is tried next.
    pub due: Option<Moment>,
    pub attempts: u32,
    /// Why it did not leave when it was last tried.
    pub trouble: Option<Trouble>,
    /// Why nothing was sent.
    pub reason: Option<Reason>,
    /// When it was sent, given up or dropped.
    pub settled: Option<Moment>,
}

/// How much of a channel is where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelCounts {
    pub channel: Channel,
    /// Waits for its turn, or to be tried again.
    pub queued: u32,
    /// Waits for the daily mails.
    pub gathered: u32,
    /// Was given up.
    pub failed: u32,
    /// Left in the last 24 hours.
    pub sent: u32,
}

/// Which deliveries are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Which {
    /// What waits, and what has failed.
    #[default]
    Open,
    Failed,
    Sent,
    Dropped,
}

/// A page of deliveries, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliveries {
    pub now: Moment,
    pub which: Which,
    pub counts: Vec<ChannelCounts>,
    pub rows: Vec<DeliveryView>,
    /// Behind which the next page begins.
    pub next: Option<DeliveryId>,
    /// Whether mail can be sent at all.
    pub can_send: bool,
    /// Whether it stays on this computer, to be read there.
    pub caught: bool,
}
