//! Announcements by managers, for everyone or for the people qualified on a type.
//!
//! Not here: the preview of a draft, which has no faults; it is a server function of its own (`app::announcements::api`).

use crate::equipment::Shelved;
#[cfg(feature = "server")]
use crate::{form::Faults, operation::HasVersion};
use domain::{
    announcements::{Audience, State, Text, Title},
    id::{AnnouncementId, TypeId},
    time::{Millis, Moment},
    versions::Saved,
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};
#[cfg(feature = "server")]
use std::cmp::Reverse;

operations! {
    tag Space;

    /// All announcements for their editors, and the edited one.
    READ => EditAnnouncements(form: Editing) -> Announcements, page "announcements/list";

    /// List announcements
    ///
    /// Lists the current announcements addressed to the caller, newest first. Managers see all of them and can filter for
    /// planned, ended or withdrawn ones.
    GET "announcements" => ListAnnouncements(form: AnnouncementsParams) -> AnnouncementList,
        scope AnnouncementsRead,
        lists announcements by |one: &AnnouncementView| -> Reverse<(Millis, i64)> { Reverse((one.from.at, one.id.0)) };

    /// Create an announcement
    ///
    /// Notifies everyone it is addressed to once, when it begins. Its author is not notified.
    POST "announcements" => WriteAnnouncement(form: AnnouncementForm) -> AnnouncementWritten,
        page "announcements/write", then "/announcements", scope AnnouncementsWrite, makes Below as id,
        errors ["announcement.invalid"];

    /// Get an announcement
    ///
    /// Returns an announcement. Only managers can read one that is not currently shown.
    GET "announcements/{id}" => ReadAnnouncement(id: AnnouncementId) -> AnnouncementView,
        scope AnnouncementsRead, versioned, errors ["announcement.unknown"];

    /// Update an announcement
    ///
    /// Replaces the whole announcement. Only people who are newly addressed are notified.
    PUT "announcements/{id}" =>
        SaveAnnouncement(id: AnnouncementId, version: i64, form: Result<AnnouncementForm, Faults>) -> (),
        page "announcements/save", then "/announcements", scope AnnouncementsWrite,
        errors ["announcement.unknown", "announcement.withdrawn", "announcement.invalid"];

    /// Withdraws or restores an announcement.
    CHANGE => MoveAnnouncement(id: AnnouncementId, form: Withdrawal) -> Shelved, page "announcements/withdraw";

    /// Withdraw an announcement
    ///
    /// Hides the announcement from everyone at once and empties its notices. Idempotent: repeating it changes nothing.
    POST "announcements/{id}/withdraw" => WithdrawAnnouncement(id: AnnouncementId) -> Shelved,
        scope AnnouncementsWrite, errors ["announcement.unknown"];

    /// Restore an announcement
    ///
    /// Undoes the withdrawal. The announcement continues according to its dates.
    POST "announcements/{id}/restore" => RestoreAnnouncement(id: AnnouncementId) -> Shelved,
        scope AnnouncementsWrite, errors ["announcement.unknown"];
}

/// The content of an announcement.
#[derive(Debug, Clone, Form)]
pub struct AnnouncementForm {
    /// The title.
    #[field(example = "Open day on Saturday")]
    pub title: Title,
    /// The text in Markdown. Images are not supported and HTML is shown as text.
    #[field(example = "Bring **friends**.")]
    pub text: Text,
    /// The type whose qualified people it is addressed to; null for everyone.
    #[field(programs = "type", example = 3)]
    pub to: Audience,
    /// When it begins; defaults to now.
    #[field(example = "2099-06-30T18:00:00+02:00")]
    pub from: Option<Millis>,
    /// When it ends; if omitted, it runs until it is withdrawn.
    #[field(example = "2099-07-01T18:00:00+02:00")]
    pub until: Option<Millis>,
}

/// Filters for announcements.
#[derive(Debug, Clone, Copy, Form)]
pub struct AnnouncementsParams {
    /// The state.
    pub state: Option<State>,
}

/// Which announcement is edited.
#[derive(Debug, Clone, Copy, Form)]
pub struct Editing {
    /// Its id, if one is.
    pub edited: Option<AnnouncementId>,
}

/// The direction of a withdrawal.
#[derive(Debug, Clone, Copy, Form)]
pub struct Withdrawal {
    /// Whether it is undone.
    pub back: bool,
}

/// An announcement.
#[view]
pub struct AnnouncementView {
    /// Its id.
    #[field(example = 7)]
    pub id: AnnouncementId,
    /// Its version.
    #[field(example = 3)]
    pub version: i64,
    /// The title.
    #[field(example = "Open day on Saturday")]
    pub title: String,
    /// The text in Markdown, as written.
    #[field(example = "Bring **friends**.")]
    pub text: String,
    /// The text as sanitized HTML.
    #[field(example = "<p>Bring <strong>friends</strong>.</p>")]
    pub html: String,
    /// The type whose qualified people it is addressed to; null for everyone.
    #[field(example = 3)]
    pub r#type: Option<TypeId>,
    /// When it begins.
    pub from: Moment,
    /// When it ends; null if it has no end.
    pub until: Option<Moment>,
    /// The state.
    pub state: State,
    /// The author's name; only for managers, and only while the author's name is on record.
    pub by: Option<String>,
}

#[cfg(feature = "server")]
impl HasVersion for AnnouncementView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// Announcements in one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnouncementList {
    pub announcements: Vec<AnnouncementView>,
}

/// The result of writing one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnouncementWritten {
    pub id: AnnouncementId,
}

/// An announcement for its readers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnouncementBanner {
    pub title: String,
    /// Its text as sanitised HTML.
    pub html: String,
    /// It is long, and collapsed where there is something else to see.
    pub long: bool,
    /// Its end, if it has one.
    pub until: Option<Moment>,
}

/// An announcement in the managers' list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnouncementRow {
    pub id: AnnouncementId,
    pub title: String,
    pub state: State,
    /// Name of the type whose qualified people it is for; `None` stands for everyone.
    pub to: Option<String>,
    pub from: Moment,
    /// Its end, if it has one.
    pub until: Option<Moment>,
    /// Author's name, if known.
    pub by: Option<String>,
}

/// An announcement in its form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    pub id: AnnouncementId,
    pub saved: Saved,
    pub state: State,
}

/// All announcements, for their authors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcements {
    pub now: Moment,
    /// Shown ones first, then future, then past ones.
    pub announcements: Vec<AnnouncementRow>,
    /// Types that can be an audience.
    pub types: Vec<(TypeId, String)>,
    pub edited: Option<Edited>,
}

/// The form's content, and a preview of the text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drafted {
    /// Fields and values of the form.
    pub fields: Saved,
    /// The text as sanitised HTML.
    pub html: String,
    /// Size of the audience, without the author, if known.
    pub readers: Option<u32>,
}
