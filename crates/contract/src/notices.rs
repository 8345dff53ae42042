use domain::{
    id::NoticeId,
    notices::{Kind, Notice},
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A notice in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeView {
    pub id: NoticeId,
    /// `None` if its reader may no longer see its subject.
    pub told: Option<NoticeContent>,
    pub at: Moment,
    pub read: bool,
    pub archived: bool,
}

/// A notice with everything its text needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeContent {
    pub notice: Notice,
    /// Name of its machine or type.
    pub about: Option<String>,
    /// Title of its announcement or document.
    pub title: Option<String>,
    /// Holder of its checkout or booking, if not the reader.
    pub who: Option<String>,
    /// The message to the holder of a declined or cancelled booking.
    pub note: Option<String>,
    /// When its subject begins.
    pub starts: Option<Moment>,
    /// When its subject ends by itself.
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

/// Archived or restored notices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filed {
    pub archived: Vec<NoticeId>,
    /// How many were restored.
    pub restored: u32,
}

/// A page of notices, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notices {
    pub now: Moment,
    pub which: Which,
    pub notices: Vec<NoticeView>,
    pub unread: u32,
    /// The cursor of the next page.
    pub next: Option<NoticeId>,
}

/// What the link in a mail switches off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unwanted {
    /// Mails of one kind.
    Kind(Kind),
    /// The daily mail.
    Digest,
}
