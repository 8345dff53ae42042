use domain::{
    id::PersonId,
    imports::{Heading, LineAction, LineError, Note, Sum, dates::DateOrder, fabomatic::Report},
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A line on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineView {
    /// Its number in the file.
    pub number: u32,
    pub name: String,
    /// The person, if recognised.
    pub person: Option<PersonId>,
    pub actions: Vec<LineAction>,
    /// What it does not change, and why.
    pub notes: Vec<Note>,
    pub faults: Vec<LineError>,
}

/// The effect of a file: a page of its lines, faulty ones first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DryRun {
    pub now: Moment,
    /// Until when the file is stored.
    pub until: Moment,
    pub headings: Vec<Heading>,
    /// The order of day and month in its dates is ambiguous.
    pub asks_dates: bool,
    /// The chosen order.
    pub dates: Option<DateOrder>,
    pub lines: u32,
    /// The number of lines per outcome.
    pub sum: Sum,
    pub shown: Vec<LineView>,
    /// The page number, from 1.
    pub page: u32,
    pub pages: u32,
    /// When it was applied, if it was.
    pub applied: Option<Moment>,
    /// A digest of all lines, including those on other pages, so that only what was shown can be applied.
    pub digest: String,
}

/// An uploaded file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    pub until: Moment,
    /// The effect of the file, or the result of importing it.
    pub report: Report,
    /// There is something to import.
    pub is_news: bool,
    pub taken: Option<Moment>,
    /// A digest of everything shown.
    pub digest: String,
}
