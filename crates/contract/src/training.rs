use crate::{training_events::EventLine, training_requests::TrainingRequestView};
use domain::{
    checkouts::State,
    id::{
        AnswerId, AppointmentId, EditionId, MachineId, ModuleId, PersonId, QuestionId, QuizId, RequirementId,
        TrainingEventId, TypeId,
    },
    qualifications::Subject,
    time::Moment,
    training::{VideoType, path::Path, quiz::QuestionKind, watching::Span},
    training_events::PlaceState,
    versions::Saved,
};
use serde::{Deserialize, Serialize};

/// A module on a training path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    pub module: ModuleId,
    pub title: String,
    /// Watched and required percent.
    pub percent: u8,
    pub threshold: u8,
    /// Length of the video, in milliseconds.
    pub length: u32,
    /// Whether its quiz was passed; `None` if it has none.
    pub quiz: Option<bool>,
    /// Deadline for retraining, if they completed an earlier edition.
    pub redo_by: Option<Moment>,
}

/// A training path to a type, or to a machine that requires more than its type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathView {
    pub on: Subject,
    /// The type to be checked out on.
    pub kind: TypeId,
    pub name: String,
    pub path: Path,
    pub stages: Vec<Stage>,
    /// They are qualified: only new content is left.
    pub qualified: bool,
    /// The requested checkout.
    pub appointment: Option<OpenAppointment>,
    /// The way in a group, where no trainer offers times for a checkout. The server puts it in words.
    #[serde(skip)]
    pub together: Option<Together>,
    /// The same, as a link.
    pub lead: Option<Lead>,
}

/// A link to the way in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    pub href: String,
    pub label: String,
    /// It waits for others, so there is no button.
    pub is_state: bool,
}

/// How people are trained in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Together {
    /// The next event with a free place, or at which they have one.
    Event { id: TrainingEventId, starts: Moment, mine: Option<PlaceState> },
    /// They can ask for training.
    Ask,
    /// They asked for it, and are in the queue.
    Asked,
}

/// A requested checkout, accepted or pending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenAppointment {
    pub id: AppointmentId,
    pub starts: Moment,
    /// The trainer's name, if known.
    pub with: Option<String>,
    pub state: State,
}

/// Where to continue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoOn {
    pub module: ModuleId,
    pub title: String,
    /// Name of the path.
    pub path: String,
    pub percent: u8,
    /// Playback position and remaining time, in milliseconds.
    pub place: u32,
    pub left: u32,
}

/// A module in the list for everyone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleLine {
    pub id: ModuleId,
    pub title: String,
    /// In milliseconds.
    pub length: u32,
    pub percent: u8,
    /// Whether its quiz was passed; `None` if it has none.
    pub quiz: Option<bool>,
}

/// A type whose training the person has not begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueLine {
    pub kind: TypeId,
    pub name: String,
    /// One of its machines, whose page leads there.
    pub machine: MachineId,
    pub videos: u32,
    pub quizzes: u32,
    /// Total length of its videos, in milliseconds.
    pub length: u32,
}

/// A person's training.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learn {
    pub now: Moment,
    pub go_on: Option<GoOn>,
    /// Paths they began, incomplete ones first.
    pub paths: Vec<PathView>,
    /// Further paths.
    pub catalogue: Vec<CatalogueLine>,
    /// Modules that nothing requires.
    pub others: Vec<ModuleLine>,
    /// The next events, the reader's first. The server puts them in words.
    #[serde(skip)]
    pub events: Vec<EventLine>,
    /// The reader's open requests for training.
    #[serde(skip)]
    pub requests: Vec<TrainingRequestView>,
    /// Both as HTML; may be empty.
    pub together: String,
}

/// Source of a video.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Video {
    /// Its id there.
    YouTube(String),
    File(VideoType),
}

/// The quiz of a module, for the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuizState {
    /// The number of questions, and how many must be right.
    pub asked: u32,
    pub needed: u32,
    pub tries_left: u32,
    /// Enough was watched.
    pub open: bool,
    /// An attempt is open.
    pub under_way: bool,
    pub passed: Option<Moment>,
}

/// A module on its page.
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
    /// The watched spans, in order.
    pub watched: Vec<Span>,
    pub percent: u8,
    pub threshold: u8,
    /// Playback position, in milliseconds.
    pub place: u32,
    pub quiz: Option<QuizState>,
    /// Paths that require it.
    pub paths: Vec<PathView>,
    /// It is unpublished: nothing is credited.
    pub draft: bool,
}

/// The result of a progress report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// All credited spans, in order.
    pub watched: Vec<Span>,
    pub percent: u8,
    /// The newly credited milliseconds.
    pub gained: u32,
}

/// A question without its solution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    pub id: QuestionId,
    pub kind: QuestionKind,
    pub ask: String,
    /// URL of its picture.
    pub picture: Option<String>,
    /// In the order shown.
    pub answers: Vec<(AnswerId, String)>,
    /// The answers chosen before.
    pub given: Vec<AnswerId>,
}

/// A solution, for people who passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    pub ask: String,
    pub is_right: bool,
    /// The chosen answer.
    pub given: String,
    /// The right answer, if different.
    pub right: Option<String>,
    pub why: String,
}

/// State of a quiz.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quizzing {
    /// No attempt is open.
    Before,
    /// This question is asked, number `at` from 0.
    Asking { quiz: QuizId, at: u32, answered: Vec<bool>, question: Question },
    /// The last attempt is over.
    Over { passed: bool, right: u32, asked: u32, explained: Vec<Explained> },
}

/// A quiz on its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiz {
    pub module: ModuleId,
    pub title: String,
    /// Watched and required percent.
    pub percent: u8,
    pub threshold: u8,
    pub state: QuizState,
    pub quizzing: Quizzing,
    /// Its path with what is left, after the last attempt.
    pub path: Option<PathView>,
}

/// A module in the managers' list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleRow {
    pub id: ModuleId,
    pub title: String,
    pub archived: bool,
    pub published: bool,
    /// It has unpublished changes.
    pub draft: bool,
    pub questions: u32,
    /// What requires it.
    pub required: Vec<String>,
}

/// Every module, for editors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Modules {
    pub modules: Vec<ModuleRow>,
}

/// An edition, for editors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    pub id: EditionId,
    pub number: u32,
    pub video: Option<Video>,
    /// Size of a file, in bytes.
    pub bytes: Option<i64>,
    /// In milliseconds.
    pub length: Option<u32>,
    pub captions: bool,
    pub published: Option<Moment>,
    pub redo_by: Option<Moment>,
}

/// A question in its editor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditedQuestion {
    pub id: QuestionId,
    pub kind: QuestionKind,
    pub ask: String,
    pub why: String,
    /// In order, each with whether it is right.
    pub answers: Vec<(String, bool)>,
    /// URL of its picture.
    pub picture: Option<String>,
    /// How often it was answered, and how often right.
    pub given: u32,
    pub right: u32,
}

/// A requirement of a type or machine.
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

/// The requirements the reader may change.
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
    /// A preview of its description.
    pub html: String,
    /// Newest first.
    pub editions: Vec<Edition>,
    /// Captions of the newest; may be empty.
    pub captions: String,
    pub questions: Vec<EditedQuestion>,
    pub required: Vec<Requirement>,
    /// The reader may set the length of a video.
    pub sets_length: bool,
    /// People who completed an earlier edition.
    pub completed: u32,
}

/// A person on a training path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub person: PersonId,
    pub name: Option<String>,
    /// Completed and required modules.
    pub completed: u32,
    pub required: u32,
    /// Progress with all required videos, in percent.
    pub percent: u8,
    /// Remaining quizzes.
    pub quizzes_left: u32,
    pub seen: Moment,
}
