use domain::{
    id::PersonId,
    imports::{Heading, LineAction, LineError, Note, Sum, dates::DateOrder, fabomatic::Report},
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A line as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineView {
    /// Where it stands in the file.
    pub number: u32,
    pub name: String,
    /// Who it is, where they are known.
    pub person: Option<PersonId>,
    pub actions: Vec<LineAction>,
    /// What it does not do, and why.
    pub notes: Vec<Note>,
    pub faults: Vec<LineError>,
}

/// What a file would do: a page of its lines, the faulty first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DryRun {
    pub now: Moment,
    /// Until when the file is kept.
    pub until: Moment,
    pub headings: Vec<Heading>,
    /// Whether the day or the month comes first in its dates is to be said.
    pub asks_dates: bool,
    /// What was said of that.
    pub dates: Option<DateOrder>,
    pub lines: u32,
    /// How many of them have which fate.
    pub sum: Sum,
    pub shown: Vec<LineView>,
    /// Which page this is; the first is 1.
    pub page: u32,
    pub pages: u32,
    /// When it was applied, if it was.
    pub applied: Option<Moment>,
    /// What stands for all of it, also for what is on other pages: only what was shown is applied.
    pub digest: String,
}

/// What is shown of a file that was brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    pub until: Moment,
    /// What would become of it, or what became of it where it was taken over.
    pub report: Report,
    /// There is something to be taken over.
    pub is_news: bool,
    pub taken: Option<Moment>,
    /// What stands for all that is shown.
    pub digest: String,
}
