//! Malformed messages.
//!
//! Invariant: a closed list of plain values, so that counters by kind stay bounded. No variant contains the message;
//! [`excerpt`] shows it with everything that may be a card masked.

/// Why a message was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Malformed {
    /// The topic does not end in a machine number.
    #[error("the topic must end in a machine number from 0 to 65535")]
    MachineNumber,
    /// More bytes than any board sends.
    #[error("the message is larger than any board sends")]
    TooLarge,
    /// The bytes are no text.
    #[error("the message is not UTF-8 text")]
    NotUtf8,
    /// Brackets within brackets; board messages are flat.
    #[error("the message is nested too deeply")]
    TooDeep,
    /// The text is no JSON.
    #[error("the message is not JSON")]
    NotJson,
    /// JSON, but no `{…}`.
    #[error("the message is not a JSON object")]
    NotAnObject,
    /// An unknown action or request type.
    #[error("the action is not known")]
    UnknownAction,
    /// A field that the action needs is missing.
    #[error("the field {0} is missing")]
    MissingField(&'static str),
    /// A field has the wrong JSON type.
    #[error("the field {0} has the wrong type")]
    WrongType(&'static str),
    /// The uid is not 8 hexadecimal digits.
    #[error("the uid is not 8 hexadecimal digits")]
    BadUid,
    /// The duration is not a whole number of seconds from 0 on.
    #[error("the duration is not a whole number of seconds, 0 or more")]
    BadDuration,
}

impl Malformed {
    /// The stable code it is counted and shown under. Without the field, so that there are no more codes than variants.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::MachineNumber => "machine-number",
            Self::TooLarge => "too-large",
            Self::NotUtf8 => "not-utf8",
            Self::TooDeep => "too-deep",
            Self::NotJson => "not-json",
            Self::NotAnObject => "not-an-object",
            Self::UnknownAction => "unknown-action",
            Self::MissingField(_) => "missing-field",
            Self::WrongType(_) => "wrong-type",
            Self::BadUid => "bad-uid",
            Self::BadDuration => "bad-duration",
        }
    }
}

/// Maximum characters of an excerpt.
const EXCERPT: usize = 120;

/// Hexadecimal digits in a row that may be part of a card's uid.
const TELLING: usize = 4;

/// How many characters before a number are searched for the name of its field.
const FIELD: usize = 16;

/// The beginning of a malformed message for people to read, on one line and without control characters.
///
/// Anything that may be a card is masked except its last two digits: every run of four or more hexadecimal digits, also
/// with separators, `de:ad:be:ef` as well as `3735928559`. A duration is not masked if its field name says so.
#[must_use]
pub fn excerpt(payload: &[u8]) -> String {
    // Masked before truncation, which could leave a run too short to be recognised. Four bytes a character
    // and some for the truncated run.
    let head = payload.get(..EXCERPT * 4).unwrap_or(payload);
    let text: Vec<char> = String::from_utf8_lossy(head).chars().collect();
    let mut visible = String::new();
    let mut rest = text.as_slice();
    while let [first, after @ ..] = rest {
        let (run, beyond) = rest.split_at(run_of_digits(rest));
        let digits: Vec<char> = run.iter().copied().filter(char::is_ascii_hexdigit).collect();
        if digits.len() >= TELLING && !is_duration(&text[..text.len() - rest.len()], run) {
            visible.push('…');
            visible.extend(digits.iter().skip(digits.len() - 2));
            rest = beyond;
        } else if run.is_empty() {
            visible.push(if first.is_control() { ' ' } else { *first });
            rest = after;
        } else {
            visible.extend(run);
            rest = beyond;
        }
    }
    match visible.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &visible[..end]),
        None => visible,
    }
}

/// Whether the digits after `before` are the value of a duration field.
fn is_duration(before: &[char], run: &[char]) -> bool {
    let before: String = before.iter().skip(before.len().saturating_sub(FIELD)).collect();
    let name = before.trim_end_matches([' ', '-', '"']).strip_suffix(':').map(str::trim_end);
    run.iter().all(char::is_ascii_digit) && name.is_some_and(|name| name.ends_with("\"duration\""))
}

/// Length of the run of hexadecimal digits at the beginning of `text`, with separators between them.
fn run_of_digits(text: &[char]) -> usize {
    let mut length = 0;
    for (at, c) in text.iter().enumerate() {
        if c.is_ascii_hexdigit() {
            length = at + 1;
        } else if length == 0 || at > length || !matches!(c, ':' | '-' | ' ') {
            break;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    // A6
    #[test]
    fn excerpt_masks_card_uids() {
        for (payload, visible) in [
            (&br#"{"action":"checkuser","uid":"deadbe0"}"#[..], r#"{"action":"checkuser","uid":"…e0"}"#),
            (br#"{"uid":"DE:AD:BE:EF:01"}"#, r#"{"uid":"…01"}"#),
            (br#"{"uid":3735928559}"#, r#"{"uid":…59}"#),
            (b"de ad-be:ef", "…ef"),
            (br#"{"duration":90061,"uid":"deadbe0f"}"#, r#"{"duration":90061,"uid":"…0f"}"#),
            (br#"{"duration" : -4294967295}"#, r#"{"duration" : -4294967295}"#),
            (br#"{"duration":"86401 s"}"#, r#"{"duration":"86401 s"}"#),
            (br#"{"duration":"deadbe0f"}"#, r#"{"duration":"…0f"}"#),
            (br#"{"duration":"37 35 92 85"}"#, r#"{"duration":"…85"}"#),
            (br#"{"duration":1,"uid":3735928559}"#, r#"{"duration":1,"uid":…59}"#),
            (br#"{"uid":37359285,"duration":1}"#, r#"{"uid":…85,"duration":1}"#),
            (br#"{"ip":"10.0.0.7"}"#, r#"{"ip":"10.0.0.7"}"#),
            (b"dea\n\x00dbe", "dea  dbe"),
            (b"\xff\xfe{", "\u{fffd}\u{fffd}{"),
            (b"", ""),
        ] {
            assert_eq!(excerpt(payload), visible);
        }
    }

    #[test]
    fn truncated_excerpt_is_bounded_and_stays_masked() {
        let long = excerpt(&vec![b'x'; 1 << 20]);
        assert_eq!(long, format!("{}…", "x".repeat(EXCERPT)));
        for lead in 0..600 {
            let visible = excerpt(format!("{}deadbe0f{}", "x".repeat(lead), "y".repeat(300)).as_bytes());
            assert!(!visible.contains("dea") && visible.chars().count() <= EXCERPT + 1, "{lead}: {visible}");
        }
    }
}
