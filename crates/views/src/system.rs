use domain::{
    down_time::Gap,
    jobs::Job,
    system::{Count, Weight},
    time::Moment,
};
use serde::{Deserialize, Serialize};

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line<At = Moment> {
    pub at: At,
    pub weight: Weight,
    /// What it says, in the language of the log.
    pub says: String,
}

/// A backup that was made on the command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup<At = Moment> {
    pub at: At,
    /// Where it was put.
    pub to: String,
    /// Its bytes.
    pub bytes: u64,
}

/// A copy that was taken out on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Download<At = Moment> {
    pub at: At,
    /// The person's name, if known.
    pub by: Option<String>,
}

/// How a run of a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// Nothing was due.
    Idle,
    /// This much was done.
    Done(u64),
    /// It is tried again at its next time.
    Failed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRun {
    pub job: Job,
    /// When it last ran; `None` if it has not since the program began.
    pub last: Option<(Moment, Ended)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemPage {
    pub now: Moment,
    pub since: Moment,
    pub version: String,
    /// The version of the database library.
    pub sqlite: String,
    /// The newest change to the shape of the database.
    pub schema: i64,
    /// Bytes of the database.
    pub bytes: u64,
    /// Bytes of it that are free for what comes.
    pub free: u64,
    /// Bytes of the log that is not folded in yet.
    pub log_bytes: u64,
    /// How much there is of what.
    pub counts: Vec<(Count, u64)>,
    /// The newest backup of the command line.
    pub backup: Option<Backup>,
    /// The newest copy that was taken out here.
    pub taken: Option<Download>,
    /// Every job of the clock.
    pub jobs: Vec<JobRun>,
    /// When nobody could do anything, and what was done to the clock, the newest first.
    pub gaps: Vec<Gap<Moment>>,
    /// What was logged, the newest first.
    pub log: Vec<Line>,
}
