use crate::previews::Preview;
use domain::time::Moment;
use serde::{Deserialize, Serialize};

/// How much was cleared away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cleared {
    pub decisions: u32,
    /// Cards that nobody claimed.
    pub unknown_cards: u32,
    /// Sessions and links that ran out.
    pub sign_ins: u32,
    /// Ties between somebody and a month of their history, a booking, a place on a waiting list or a checkout.
    pub names: u32,
    pub entries: u32,
}

/// One time that it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run<At = Moment> {
    pub at: At,
    /// Who had it done, while they are known by name; nobody is Toolgate itself.
    pub by: Option<String>,
    pub cleared: Cleared,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionPage {
    pub now: Moment,
    /// For how many days the record is kept.
    pub record_days: u16,
    /// What clearing at this moment would do.
    pub due: Preview,
    /// Newest first.
    pub runs: Vec<Run>,
}
