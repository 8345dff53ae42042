use crate::previews::Preview;
use domain::time::Moment;
use serde::{Deserialize, Serialize};

/// How much was deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cleared {
    pub decisions: u32,
    pub unknown_cards: u32,
    /// Expired sessions and links.
    pub sign_ins: u32,
    /// Links between people and a month of history, a booking, a place on a waiting list or a checkout.
    pub names: u32,
    pub entries: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run<At = Moment> {
    pub at: At,
    /// Who started it, if known; nobody if Toolgate did.
    pub by: Option<String>,
    pub cleared: Cleared,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionPage {
    pub now: Moment,
    /// Retention of the audit log in days.
    pub record_days: u16,
    /// The effect of a run now.
    pub due: Preview,
    /// Newest first.
    pub runs: Vec<Run>,
}
