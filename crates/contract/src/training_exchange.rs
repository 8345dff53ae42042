//! Modules and requirements as a document to carry from one workshop to another, and the result of importing it.
//!
//! Invariant: names instead of ids, because ids are valid in one workshop only. Not here: pictures of questions and
//! files of videos.

use serde::{Deserialize, Serialize};

/// The document's type.
pub const FORMAT: &str = "training";
/// The version of the format.
pub const VERSION: u32 = 1;

/// Training modules and requirements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TrainingDocument {
    /// The document's type: `training`.
    #[cfg_attr(feature = "server", schema(example = "training"))]
    pub toolgate: String,
    /// The version of the format: 1.
    #[cfg_attr(feature = "server", schema(example = 1))]
    pub version: u32,
    /// In order; at most 500.
    #[serde(default)]
    pub modules: Vec<ModuleDocument>,
    /// At most 2000.
    #[serde(default)]
    pub requirements: Vec<RequirementDocument>,
}

/// A module in a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ModuleDocument {
    /// Its title, which identifies it.
    #[cfg_attr(feature = "server", schema(min_length = 1, max_length = 200, example = "Clamping the work"))]
    pub title: String,
    /// In Markdown.
    #[serde(default)]
    #[cfg_attr(feature = "server", schema(max_length = 4000))]
    pub description: String,
    /// Questions of one quiz; null for all.
    #[serde(default)]
    #[cfg_attr(feature = "server", schema(minimum = 1, maximum = 100, example = 10))]
    pub asked: Option<u32>,
    /// Its video; null if it has none.
    #[serde(default)]
    pub video: Option<VideoDocument>,
    /// Captions of the video, as `WebVTT`.
    #[serde(default)]
    pub captions: Option<String>,
    /// In order; at most 100.
    #[serde(default)]
    pub questions: Vec<QuestionDocument>,
}

/// The video of a module in a document: at `YouTube`, or a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VideoDocument {
    /// Its id at `YouTube`.
    #[serde(default)]
    #[cfg_attr(feature = "server", schema(example = "dQw4w9WgXcQ"))]
    pub youtube: Option<String>,
    /// An uploaded file, which the document does not contain.
    #[serde(default)]
    pub file: Option<FileDocument>,
    /// In milliseconds; null if unknown.
    #[serde(default)]
    #[cfg_attr(feature = "server", schema(minimum = 1, maximum = 21_600_000, example = 120_000))]
    pub length: Option<u32>,
}

/// The file of a video.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FileDocument {
    /// Its name in the folder of videos of its workshop.
    #[cfg_attr(feature = "server", schema(example = "6f0c2f9d0b3a4c55a1c9d2e8f7b60411.webm"))]
    pub name: String,
    /// Its size in bytes.
    #[cfg_attr(feature = "server", schema(example = 734_003))]
    pub bytes: u64,
}

/// A question in a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuestionDocument {
    /// `single`, `multiple` or `order`.
    #[cfg_attr(feature = "server", schema(pattern = "^(single|multiple|order)$", example = "single"))]
    pub kind: String,
    /// The text of the question.
    #[cfg_attr(feature = "server", schema(min_length = 1, max_length = 500, example = "What holds the work?"))]
    pub ask: String,
    /// Explains the right answer.
    #[serde(default)]
    #[cfg_attr(feature = "server", schema(max_length = 500))]
    pub why: String,
    /// 2 to 8, in order. For `order`, that is the right order.
    pub answers: Vec<AnswerDocument>,
}

/// An answer in a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerDocument {
    /// The text of the answer.
    #[cfg_attr(feature = "server", schema(min_length = 1, max_length = 500, example = "A vice"))]
    pub words: String,
    /// Whether it is right.
    #[serde(default)]
    #[cfg_attr(feature = "server", schema(example = true))]
    pub right: bool,
}

/// A requirement in a document, of a type or of one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RequirementDocument {
    /// The type's name; null for a machine.
    #[serde(default)]
    #[cfg_attr(feature = "server", schema(example = "CNC mill"))]
    pub r#type: Option<String>,
    /// The machine's name; null for a type.
    #[serde(default)]
    pub machine: Option<String>,
    /// The module's title.
    #[cfg_attr(feature = "server", schema(example = "Clamping the work"))]
    pub module: String,
    /// Required percent of its video.
    #[cfg_attr(feature = "server", schema(minimum = 1, maximum = 100, example = 90))]
    pub threshold: u8,
}

/// The result of importing a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct TrainingImport {
    /// Whether it was applied; a dry run changes nothing.
    pub done: bool,
    /// Titles of new modules, each as a draft.
    pub modules: Vec<String>,
    /// Titles of modules that exist already and do not change.
    pub kept: Vec<String>,
    /// Titles of new modules whose video file must be uploaded again.
    pub uploads: Vec<String>,
    /// Titles of new modules whose length an administrator must enter.
    pub lengths: Vec<String>,
    /// New requirements.
    pub requirements: Vec<RequirementDocument>,
    /// Requirements that exist already and do not change.
    pub kept_requirements: Vec<RequirementDocument>,
    /// Errors, at most 100; if there are any, nothing is imported.
    pub faults: Vec<ImportFault>,
}

/// An error in a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ImportFault {
    /// The field.
    #[cfg_attr(feature = "server", schema(example = "modules[2].questions[0].answers"))]
    pub at: String,
    /// The remedy, in the caller's language.
    #[cfg_attr(feature = "server", schema(example = "Tick exactly one answer as right."))]
    pub message: String,
}
