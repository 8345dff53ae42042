use domain::{
    deliveries::Times,
    id::{MachineId, NoticeId},
    notices::{Kind, Notice},
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// One thing that somebody was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeView {
    pub id: NoticeId,
    /// `None` where its reader may no longer see what it is about.
    pub told: Option<NoticeContent>,
    pub at: Moment,
    pub read: bool,
    pub archived: bool,
}

/// A notice with what a sentence about it needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeContent {
    pub notice: Notice,
    /// What the machine or type that it is about is called.
    pub about: Option<String>,
    /// The title of the announcement that it is about.
    pub title: Option<String>,
    /// Holder of its checkout or booking, if not the reader.
    pub who: Option<String>,
    /// The message to the holder of a declined or cancelled booking.
    pub note: Option<String>,
    /// When what it tells of begins.
    pub starts: Option<Moment>,
    /// When what it tells of ends by itself.
    pub until: Option<Moment>,
}

/// Which notices are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Which {
    #[default]
    Unread,
    /// All that are not archived.
    All,
    Archived,
}

/// What was just done with notices: archived, or taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filed {
    pub archived: Vec<NoticeId>,
    /// How many were taken back.
    pub restored: u32,
}

/// A page of somebody's notices, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notices {
    pub now: Moment,
    pub which: Which,
    pub notices: Vec<NoticeView>,
    pub unread: u32,
    /// Behind which the next page begins.
    pub next: Option<NoticeId>,
}

/// Whether somebody is told of one kind, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switch {
    pub kind: Kind,
    pub app: bool,
    pub mail: bool,
}

/// Where somebody's mails go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Address {
    /// No mail can be sent from here.
    NoMail,
    /// None of theirs is known.
    Unknown,
    Good(String),
    /// Mails to it come back.
    Bounced(String),
}

/// What somebody wants to be told, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeSettings {
    /// Of every kind that can reach them, in order.
    pub switches: Vec<Switch>,
    pub times: Times,
    pub address: Address,
    pub followed: Vec<(MachineId, String)>,
}

/// What a link in a mail switches off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unwanted {
    /// Mails of one kind.
    Kind(Kind),
    /// The daily mail.
    Digest,
}
