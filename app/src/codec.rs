//! Answers from the server to a page: bytes without field names.
//!
//! Reading JSON would cost the page a map visitor for every type, with the name of each field. Both halves are one
//! build, so the order of the fields is enough. Invariant: data is read only by the build that wrote it: a page
//! names its build in its requests, and a server of another one refuses. A truncated answer of the same build is
//! refused by its reader. Not here: refusals, which stay JSON, because an older page must understand them
//! (`call`).
//!
//! A client that accepts JSON gets JSON.

use crate::problem::AppError;
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use std::sync::OnceLock;

/// The name of the format in `Accept` and `Content-Type`.
pub const CONTENT_TYPE: &str = "application/x-postcard";

/// Build of the server; provided around every function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build(pub String);

/// Build of the page.
static PAGE: OnceLock<String> = OnceLock::new();

/// Sets the page's build. Called once, before any request.
#[cfg(not(feature = "ssr"))]
pub fn begin(build: String) {
    // A second call would set the same.
    drop(PAGE.set(build));
}

/// `Accept` header of a page: this format, with its build.
pub(crate) fn accepted() -> String {
    PAGE.get().map_or_else(|| CONTENT_TYPE.to_owned(), |build| format!("{CONTENT_TYPE};build={build}"))
}

/// Whether a page with this `Accept` header can read what the build `ours` writes. One without a build is of this
/// process.
#[must_use]
pub fn is_readable(accepted: &str, ours: &Build) -> bool {
    accepted.split_once(";build=").is_none_or(|(_, theirs)| theirs.split([',', ';']).next() == Some(&ours.0))
}

/// Escape for a byte that is no printable ASCII, in the text of a page: letters of one range, so that the text has
/// no control characters and no invalid UTF-8; also for `<`, for which the renderer writes an escape that only
/// JSON knows.
const FIRST_LETTER: u32 = 0x100;

pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, AppError> {
    postcard::to_allocvec(value)
        .map_err(|error| AppError::from_server_fn_error(ServerFnErrorErr::Serialization(error.to_string())))
}

pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, AppError> {
    postcard::from_bytes(bytes).map_err(|_| outdated())
}

/// The error for data of another build.
pub(crate) fn outdated() -> AppError {
    AppError::from_server_fn_error(ServerFnErrorErr::Deserialization(String::new()))
}

/// Bytes as text for a document: ASCII stays readable, and so compresses as well as before.
#[must_use]
pub fn to_text(bytes: &[u8]) -> String {
    let letter = |byte: &u8| match byte {
        b' '..=b'~' if *byte != b'<' => char::from(*byte),
        _ => char::from_u32(FIRST_LETTER + u32::from(*byte)).unwrap_or_default(),
    };
    bytes.iter().map(letter).collect()
}

/// The bytes that [`to_text`] was given; any other text gives meaningless bytes.
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
