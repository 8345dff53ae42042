use domain::{
    announcements::State,
    id::{AnnouncementId, TypeId},
    time::Moment,
    versions::Saved,
};
use serde::{Deserialize, Serialize};

/// An announcement for its readers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    pub title: String,
    /// Its text as sanitised HTML.
    pub html: String,
    /// It is long, and collapsed where there is something else to see.
    pub long: bool,
    /// Its end, if it has one.
    pub until: Option<Moment>,
}

/// An announcement with all its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    pub id: AnnouncementId,
    pub version: i64,
    pub title: String,
    /// The source, in Markdown.
    pub text: String,
    /// The same as sanitised HTML.
    pub html: String,
    /// The type whose qualified people it is for; `None` stands for everyone.
    pub to: Option<TypeId>,
    pub from: Moment,
    /// Its end, if it has one.
    pub until: Option<Moment>,
    pub state: State,
    /// Author's name, for managers, if known.
    pub by: Option<String>,
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
