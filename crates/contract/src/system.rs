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
    /// The message, in the language of the log.
    pub says: String,
}

/// A backup made on the command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup<At = Moment> {
    pub at: At,
    /// Its target.
    pub to: String,
    pub bytes: u64,
}

/// A copy downloaded on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Download<At = Moment> {
    pub at: At,
    /// The person's name, if known.
    pub by: Option<String>,
}

/// The result of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// Nothing was due.
    Idle,
    /// This much was done.
    Done(u64),
    /// It is retried at its next time.
    Failed,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRun {
    pub job: Job,
    /// The last run; `None` if there was none since the start.
    pub last: Option<(Moment, Ended)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemPage {
    pub now: Moment,
    pub since: Moment,
    pub version: String,
    /// The version of the database library.
    pub sqlite: String,
    /// The newest migration.
    pub schema: i64,
    /// Bytes of the database.
    pub bytes: u64,
    /// Free bytes in it.
    pub free: u64,
    /// Bytes of the log that are not folded in.
    pub log_bytes: u64,
    /// Row counts.
    pub counts: Vec<(Count, u64)>,
    /// The newest backup.
    pub backup: Option<Backup>,
    /// The newest downloaded copy.
    pub taken: Option<Download>,
    /// Every job of the clock.
    pub jobs: Vec<JobRun>,
    /// Down times and clock jumps, newest first.
    pub gaps: Vec<Gap<Moment>>,
    /// Log lines, newest first.
    pub log: Vec<Line>,
}
