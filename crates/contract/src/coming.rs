//! What the coming days hold for one person, on *Now*.

use domain::{
    id::{EventPlaceId, SeriesId, TrainingEventId},
    time::{Date, Moment},
};
use serde::{Deserialize, Serialize};

/// An invitation that is to be answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedPlace {
    pub place: EventPlaceId,
    pub event: TrainingEventId,
    pub title: String,
    pub starts: Moment,
    /// The room, or the machine.
    pub at: Option<String>,
    pub sent: Moment,
    pub answer_by: Moment,
}

/// What comes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ComingKind {
    Event,
    Booking,
    SeriesDate,
    Checkout,
}

/// One line of what comes up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComingEntry {
    pub kind: ComingKind,
    pub starts: Moment,
    pub ends: Moment,
    pub title: String,
    /// Where, and what to bring.
    pub second: Option<String>,
    pub href: String,
    /// The date of a series that its holder can skip.
    pub skip: Option<(SeriesId, Date)>,
}

/// What comes up in the next days.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Coming {
    pub offer: Option<OfferedPlace>,
    /// By start.
    pub entries: Vec<ComingEntry>,
}
