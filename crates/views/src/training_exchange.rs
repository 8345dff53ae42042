//! Modules and requirements as one document, to be carried from one workshop to another, and what bringing one comes to.
//!
//! Invariant: names instead of ids, for ids mean something in one workshop only. Deliberately absent: pictures of questions and
//! files of videos.

use serde::{Deserialize, Serialize};

/// What every such document says it is.
pub const FORMAT: &str = "training";
/// The version of the format that is written and read.
pub const VERSION: u32 = 1;

/// Training modules and requirements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TrainingDocument {
    /// What it is: `training`.
    #[cfg_attr(feature = "schema", schema(example = "training"))]
    pub toolgate: String,
    /// Of the format: 1.
    #[cfg_attr(feature = "schema", schema(example = 1))]
    pub version: u32,
    /// In their order; 500 at most.
    #[serde(default)]
    pub modules: Vec<ModuleDocument>,
    /// 2000 at most.
    #[serde(default)]
    pub requirements: Vec<RequirementDocument>,
}

/// A module in a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ModuleDocument {
    /// What it is called, and by what it is known.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 200, example = "Clamping the work"))]
    pub title: String,
    /// Markdown.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_length = 4000))]
    pub description: String,
    /// Questions of one quiz; null is all.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 100, example = 10))]
    pub asked: Option<u32>,
    /// What it shows; null where it has no video.
    #[serde(default)]
    pub video: Option<VideoDocument>,
    /// Of the video, as `WebVTT`.
    #[serde(default)]
    pub captions: Option<String>,
    /// In their order; 100 at most.
    #[serde(default)]
    pub questions: Vec<QuestionDocument>,
}

/// The video of a module in a document: at `YouTube`, or a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VideoDocument {
    /// Its id at `YouTube`.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(example = "dQw4w9WgXcQ"))]
    pub youtube: Option<String>,
    /// A file, which is to be uploaded again: it is not in the document.
    #[serde(default)]
    pub file: Option<FileDocument>,
    /// In milliseconds; null where it is not known.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 21_600_000, example = 120_000))]
    pub length: Option<u32>,
}

/// The file of a video.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FileDocument {
    /// In the folder of videos of the workshop that it is from.
    #[cfg_attr(feature = "schema", schema(example = "6f0c2f9d0b3a4c55a1c9d2e8f7b60411.webm"))]
    pub name: String,
    /// How large it is.
    #[cfg_attr(feature = "schema", schema(example = 734_003))]
    pub bytes: u64,
}

/// A question in a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuestionDocument {
    /// `single`, `multiple` or `order`.
    #[cfg_attr(feature = "schema", schema(pattern = "^(single|multiple|order)$", example = "single"))]
    pub kind: String,
    /// What is asked.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 500, example = "What holds the work?"))]
    pub ask: String,
    /// Why the right answer is right.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_length = 500))]
    pub why: String,
    /// In their order, which is the right one where they are to be put in order: 2 to 8.
    pub answers: Vec<AnswerDocument>,
}

/// An answer in a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerDocument {
    /// What it says.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 500, example = "A vice"))]
    pub words: String,
    /// Whether it is right.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(example = true))]
    pub right: bool,
}

/// A requirement in a document: of a type, or of one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RequirementDocument {
    /// Of which type, by its name, or
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(example = "CNC mill"))]
    pub r#type: Option<String>,
    /// of which machine, by its name.
    #[serde(default)]
    pub machine: Option<String>,
    /// Which module, by its title.
    #[cfg_attr(feature = "schema", schema(example = "Clamping the work"))]
    pub module: String,
    /// Percent of its video.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 100, example = 90))]
    pub threshold: u8,
}

/// What a document came to, or would.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TrainingImport {
    /// Whether it was made; nothing is changed by a dry run.
    pub done: bool,
    /// Titles of the modules that it makes, each as a draft.
    pub modules: Vec<String>,
    /// Titles of those that are here already and stay as they are.
    pub kept: Vec<String>,
    /// Titles of those that it makes and whose video is a file to be uploaded again.
    pub uploads: Vec<String>,
    /// Titles of those that it makes and whose length an administrator has to enter.
    pub lengths: Vec<String>,
    /// The requirements that it makes.
    pub requirements: Vec<RequirementDocument>,
    /// Those that are here already and stay as they are.
    pub kept_requirements: Vec<RequirementDocument>,
    /// What is wrong; while there is anything, nothing is made. 100 at most.
    pub faults: Vec<ImportFault>,
}

/// What is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ImportFault {
    /// Where.
    #[cfg_attr(feature = "schema", schema(example = "modules[2].questions[0].answers"))]
    pub at: String,
    /// What can be done about it, in the language of whoever asks.
    #[cfg_attr(feature = "schema", schema(example = "Tick exactly one answer as right."))]
    pub message: String,
}
