//! Refused requests, in the form that every channel sends.
//!
//! Invariant: [`Kind::status`] is the only table of status codes, and a [`Problem`] names its remedy. Not here:
//! internal causes. They are logged where they happen and never leave the server.

use crate::{string_enum::string_enum, versions::Saved};
use serde::{Deserialize, Serialize};

string_enum! {
    /// The remedy class of a problem.
    Kind {
        /// The request cannot be parsed.
        Malformed = "malformed",
        /// The sender can fix the input.
        Invalid = "invalid",
        SignIn = "sign_in",
        /// Signed in, but not allowed.
        Forbidden = "forbidden",
        /// Unknown, or hidden from the caller.
        NotFound = "not_found",
        /// The address exists, but not with this method.
        WrongMethod = "wrong_method",
        /// Another change came first.
        Conflict = "conflict",
        /// The request is too large.
        TooLarge = "too_large",
        /// Unsupported content type.
        WrongType = "wrong_type",
        /// The sender has to say which version they have seen.
        VersionNeeded = "version_needed",
        TooMany = "too_many",
        /// Not now: try again.
        Unavailable = "unavailable",
    }
}

impl Kind {
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::SignIn => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::WrongMethod => 405,
            Self::Conflict => 409,
            Self::TooLarge => 413,
            Self::WrongType => 415,
            Self::Invalid => 422,
            Self::VersionNeeded => 428,
            Self::TooMany => 429,
            Self::Unavailable => 503,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable, dotted, for programs: `machine.unknown`.
    pub code: String,
    /// Its kind, which implies the remedy.
    pub kind: Kind,
    /// One sentence for the reader, in the reader's language.
    pub detail: String,
    /// Field and message, in the order of the form.
    #[serde(default)]
    pub fields: Vec<(String, String)>,
    /// Seconds until a retry makes sense, if known.
    #[serde(default)]
    pub retry_after: Option<u32>,
    /// The newer saved version, if that is the reason. Boxed, because refusals are passed around a lot.
    #[serde(default)]
    pub saved: Option<Box<Saved>>,
}

impl Problem {
    /// A problem without fields.
    #[must_use]
    pub fn new(code: &str, kind: Kind, detail: impl Into<String>) -> Self {
        Self { code: code.into(), kind, detail: detail.into(), fields: Vec::new(), retry_after: None, saved: None }
    }

    /// With a message for `field`.
    #[must_use]
    pub fn field(mut self, field: &str, message: impl Into<String>) -> Self {
        self.fields.push((field.into(), message.into()));
        self
    }

    /// To be tried again after `seconds`.
    #[must_use]
    pub const fn after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Adds the newer saved version.
    #[must_use]
    pub fn over(mut self, saved: Saved) -> Self {
        self.saved = Some(Box::new(saved));
        self
    }

    /// The message for `field`, if any.
    #[must_use]
    pub fn at(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, message)| message.as_str())
    }
}
