//! Answers on their way from the server into a page: bytes without names of fields.
//!
//! Reading JSON costs the page a visitor of maps for every type, with the name of each field. Both halves are one build, so
//! the order of the fields is enough. Invariant: what is read here was written by the build that reads it: a page names its build
//! when it asks, and a server of another one refuses. An answer of the same build that is cut off is refused by its reader.
//! Deliberately absent: refusals on the wire, which stay JSON, because an older page must understand them ([`super::refusal`]).
//!
//! A client that accepts JSON gets JSON.

use crate::problem::AppError;
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use std::sync::OnceLock;

/// The name of the format in `Accept` and `Content-Type`.
pub const CONTENT_TYPE: &str = "application/x-postcard";

/// Which build the server is of; provided around every function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build(pub String);

/// Which build the page is of.
static PAGE: OnceLock<String> = OnceLock::new();

/// The page is of this build. Called once, before anything is asked for.
#[cfg(not(feature = "ssr"))]
pub fn begin(build: String) {
    // A second call would say the same.
    drop(PAGE.set(build));
}

/// What a page accepts: this format, by its own build.
pub(super) fn accepted() -> String {
    PAGE.get().map_or_else(|| CONTENT_TYPE.to_owned(), |build| format!("{CONTENT_TYPE};build={build}"))
}

/// Whether a page that accepts this can read what the build `ours` writes. One that names no build is of this process.
#[must_use]
pub fn is_readable(accepted: &str, ours: &Build) -> bool {
    accepted.split_once(";build=").is_none_or(|(_, theirs)| theirs.split([',', ';']).next() == Some(&ours.0))
}

/// What comes before a byte that is no printable ASCII, in the text of a page: letters of one range, so that no control
/// character and no invalid UTF-8 is in it; and before `<`, for which the renderer writes an escape that only JSON knows.
const FIRST_LETTER: u32 = 0x100;

/// As bytes.
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, AppError> {
    postcard::to_allocvec(value)
        .map_err(|error| AppError::from_server_fn_error(ServerFnErrorErr::Serialization(error.to_string())))
}

/// From bytes.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, AppError> {
    postcard::from_bytes(bytes).map_err(|_| outdated())
}

/// What was written by another build.
pub(super) fn outdated() -> AppError {
    AppError::from_server_fn_error(ServerFnErrorErr::Deserialization(String::new()))
}

/// Bytes as text that can stand in a document: what is ASCII stays readable, and so compresses as well as it did.
#[must_use]
pub fn to_text(bytes: &[u8]) -> String {
    let letter = |byte: &u8| match byte {
        b' '..=b'~' if *byte != b'<' => char::from(*byte),
        _ => char::from_u32(FIRST_LETTER + u32::from(*byte)).unwrap_or_default(),
    };
    bytes.iter().map(letter).collect()
}

/// The bytes that [`to_text`] was given; any other text gives bytes that mean nothing.
#[must_use]
pub fn from_text(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u32::from(letter).to_le_bytes()[0]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bytes_round_trip_through_document_text(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let text = to_text(&bytes);
            prop_assert!(!text.chars().any(|letter| letter.is_control() || letter == '<'));
            prop_assert_eq!(from_text(&text), bytes);
        }
    }

    #[test]
    fn request_of_another_build_is_unreadable() {
        let ours = Build("assets-2".into());
        for (accepted, readable) in [
            ("application/x-postcard", true),
            ("application/x-postcard;build=assets-2", true),
            ("application/x-postcard;build=assets-1", false),
            ("application/x-postcard;build=", false),
            ("application/x-postcard;build=assets-2, text/html", true),
        ] {
            assert_eq!(is_readable(accepted, &ours), readable, "{accepted}");
        }
    }

    #[test]
    fn truncated_answer_is_refused() {
        let AppError(problem) = decode::<(String, u32)>(&[200, 1, 2]).expect_err("the text is cut off");
        assert_eq!(problem.code, "request.outdated");
    }
}
