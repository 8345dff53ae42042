use domain::{
    announcements::State,
    id::{AnnouncementId, TypeId},
    time::Moment,
    versions::Saved,
};
use serde::{Deserialize, Serialize};

/// An announcement as its readers see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    pub title: String,
    /// Its text as sanitised HTML.
    pub html: String,
    /// It is long, and folded away where there is something else to see.
    pub long: bool,
    /// Its end, if it has one.
    pub until: Option<Moment>,
}

/// An announcement with all that is kept of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    pub id: AnnouncementId,
    pub version: i64,
    pub title: String,
    /// As it was written, in Markdown.
    pub text: String,
    /// The same as sanitised HTML.
    pub html: String,
    /// The type whose qualified it is for; `None` is everybody.
    pub to: Option<TypeId>,
    pub from: Moment,
    /// Its end, if it has one.
    pub until: Option<Moment>,
    pub state: State,
    /// Who wrote it, for managers, while they are known by name.
    pub by: Option<String>,
}

/// An announcement as managers list it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnouncementRow {
    pub id: AnnouncementId,
    pub title: String,
    pub state: State,
    /// The type whose qualified it is for; `None` is everybody.
    pub to: Option<String>,
    pub from: Moment,
    /// Its end, if it has one.
    pub until: Option<Moment>,
    /// Who wrote it, while they are known by name.
    pub by: Option<String>,
}

/// One that is being edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    pub id: AnnouncementId,
    pub saved: Saved,
    pub state: State,
}

/// All announcements, for those who write them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcements {
    pub now: Moment,
    /// Those that show first, then those that will, then what is over.
    pub announcements: Vec<AnnouncementRow>,
    /// Whose qualified one may be for.
    pub types: Vec<(TypeId, String)>,
    pub edited: Option<Edited>,
}

/// What stands in the form, and how its text will look.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drafted {
    /// Fields and values of the form.
    pub fields: Saved,
    /// The text as sanitised HTML.
    pub html: String,
    /// How many others it is for, where that is known.
    pub readers: Option<u32>,
}
