use domain::{
    checkouts::State,
    id::{
        AnswerId, AppointmentId, EditionId, MachineId, ModuleId, PersonId, QuestionId, QuizId, RequirementId,
        TypeId,
    },
    qualifications::Subject,
    time::Moment,
    training::{VideoType, path::Path, quiz::QuestionKind, watching::Span},
    versions::Saved,
};
use serde::{Deserialize, Serialize};

/// A module on somebody's way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    pub module: ModuleId,
    pub title: String,
    /// Watched, and needed.
    pub percent: u8,
    pub threshold: u8,
    /// Of the video, in milliseconds.
    pub length: u32,
    /// Whether its quiz was passed; `None` where it has none.
    pub quiz: Option<bool>,
    /// By when a newer edition must be completed by whoever completed an earlier one.
    pub redo_by: Option<Moment>,
}

/// Somebody's way to a type, or to one machine that requires more than its type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathView {
    pub on: Subject,
    /// The type to be checked out on.
    pub kind: TypeId,
    pub name: String,
    pub path: Path,
    pub stages: Vec<Stage>,
    /// They are qualified: what is left of the modules is for what is new in them.
    pub qualified: bool,
    /// The checkout that they asked for.
    pub appointment: Option<Agreed>,
}

/// A checkout that was asked for: accepted, or not answered yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreed {
    pub id: AppointmentId,
    pub starts: Moment,
    /// With whom, while they are known by name.
    pub with: Option<String>,
    pub state: State,
}

/// Where somebody goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoOn {
    pub module: ModuleId,
    pub title: String,
    /// What it is for.
    pub path: String,
    pub percent: u8,
    /// Where they stopped, and what is left, in milliseconds.
    pub place: u32,
    pub left: u32,
}

/// A module, as everybody finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleLine {
    pub id: ModuleId,
    pub title: String,
    /// In milliseconds.
    pub length: u32,
    pub percent: u8,
    /// Whether its quiz was passed; `None` where it has none.
    pub quiz: Option<bool>,
}

/// A type that somebody could learn to use, and did not begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueLine {
    pub kind: TypeId,
    pub name: String,
    /// One of its machines, whose page leads there.
    pub machine: MachineId,
    pub videos: u32,
    pub quizzes: u32,
    /// Of all its videos, in milliseconds.
    pub length: u32,
}

/// What somebody learns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learn {
    pub now: Moment,
    pub go_on: Option<GoOn>,
    /// Those that they began, with something left first.
    pub paths: Vec<PathView>,
    /// What else they could learn.
    pub catalogue: Vec<CatalogueLine>,
    /// Modules that nothing requires of anybody.
    pub others: Vec<ModuleLine>,
}

/// What is played.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Video {
    /// Its id there.
    YouTube(String),
    File(VideoType),
}

/// The quiz of a module, as far as whoever looks may take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuizState {
    /// Questions, and how many must be right.
    pub asked: u32,
    pub needed: u32,
    pub tries_left: u32,
    /// Enough was watched.
    pub open: bool,
    /// A try is under way.
    pub under_way: bool,
    pub passed: Option<Moment>,
}

/// A module to be watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    pub now: Moment,
    pub id: ModuleId,
    pub version: i64,
    pub edition: EditionId,
    pub title: String,
    /// Its description as sanitised HTML.
    pub html: String,
    pub video: Video,
    /// In milliseconds.
    pub length: u32,
    pub captions: bool,
    /// What was watched, in order.
    pub watched: Vec<Span>,
    pub percent: u8,
    pub threshold: u8,
    /// Where they stopped, in milliseconds.
    pub place: u32,
    pub quiz: Option<QuizState>,
    /// What it is required for.
    pub paths: Vec<PathView>,
    /// It is not published: nothing is credited.
    pub draft: bool,
}

/// What a report of watching came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// All that is credited so far, in order.
    pub watched: Vec<Span>,
    pub percent: u8,
    /// What this report added, in milliseconds.
    pub gained: u32,
}

/// A question as it is asked: nothing says what is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    pub id: QuestionId,
    pub kind: QuestionKind,
    pub ask: String,
    /// Where its picture is.
    pub picture: Option<String>,
    /// In the order in which they are shown.
    pub answers: Vec<(AnswerId, String)>,
    /// What was chosen before.
    pub given: Vec<AnswerId>,
}

/// An answer in hindsight, for whoever passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    pub ask: String,
    pub is_right: bool,
    /// What was chosen.
    pub given: String,
    /// What would have been, where that is something else.
    pub right: Option<String>,
    pub why: String,
}

/// How far a quiz is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quizzing {
    /// Nothing is under way.
    Before,
    /// This question is asked, the one at `at` from 0 on.
    Asking { quiz: QuizId, at: u32, answered: Vec<bool>, question: Question },
    /// The last try.
    Over { passed: bool, right: u32, asked: u32, explained: Vec<Explained> },
}

/// A quiz to be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiz {
    pub module: ModuleId,
    pub title: String,
    /// Percent of the video, and what is needed of it.
    pub percent: u8,
    pub threshold: u8,
    pub state: QuizState,
    pub quizzing: Quizzing,
    /// What it is for, with what is left after it: once the last try is over.
    pub path: Option<PathView>,
}

/// A module as managers list it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleRow {
    pub id: ModuleId,
    pub title: String,
    pub archived: bool,
    pub published: bool,
    /// Something in it is not published yet.
    pub draft: bool,
    pub questions: u32,
    /// What it is required for.
    pub required: Vec<String>,
}

/// Every module, for whoever edits them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Modules {
    pub modules: Vec<ModuleRow>,
}

/// An edition, for whoever edits its module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    pub id: EditionId,
    pub number: u32,
    pub video: Option<Video>,
    /// In bytes, of a file.
    pub bytes: Option<i64>,
    /// In milliseconds.
    pub length: Option<u32>,
    pub captions: bool,
    pub published: Option<Moment>,
    pub redo_by: Option<Moment>,
}

/// A question, for whoever writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditedQuestion {
    pub id: QuestionId,
    pub kind: QuestionKind,
    pub ask: String,
    pub why: String,
    /// In their order, each with whether it is right.
    pub answers: Vec<(String, bool)>,
    /// Where its picture is.
    pub picture: Option<String>,
    /// How often it was answered, and how often right.
    pub given: u32,
    pub right: u32,
}

/// What a type or a machine requires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    pub id: RequirementId,
    pub on: Subject,
    pub on_name: String,
    pub module: ModuleId,
    pub title: String,
    /// Percent of the video.
    pub threshold: u8,
}

/// What requirements whoever asks may change, and of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirements {
    pub requirements: Vec<Requirement>,
    pub types: Vec<(TypeId, String)>,
    pub machines: Vec<(MachineId, String)>,
    pub modules: Vec<(ModuleId, String)>,
}

/// A module in its editor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    pub now: Moment,
    pub id: ModuleId,
    pub archived: bool,
    pub saved: Saved,
    /// Its description as it will look.
    pub html: String,
    /// Newest first.
    pub editions: Vec<Edition>,
    /// Of the newest; empty where it has none.
    pub captions: String,
    pub questions: Vec<EditedQuestion>,
    pub required: Vec<Requirement>,
    /// Whoever reads it may say how long a video is.
    pub sets_length: bool,
    /// Who completed an earlier edition.
    pub completed: u32,
}

/// Somebody on the way to a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub person: PersonId,
    pub name: Option<String>,
    /// Modules completed, and required.
    pub completed: u32,
    pub required: u32,
    /// Of all videos that are required, in percent.
    pub percent: u8,
    /// Quizzes that are left.
    pub quizzes_left: u32,
    pub seen: Moment,
}
