//! Parses JSON of other servers within bounded memory.
//!
//! Invariant: a parsed value takes some tens of megabytes at most. Without the limit two megabytes of small objects take two hundred.
//! Not here: the bytes of an answer, which the transport limits.

use serde_json::Value;

/// Values, objects and lists, counted by the characters that begin or separate them.
const MOST: usize = 100_000;

/// The value of `body`; `None` if it is no JSON, or of too many values.
pub(crate) fn read(body: &[u8]) -> Option<Value> {
    let count = body.iter().filter(|byte| matches!(byte, b'{' | b'[' | b',')).count();
    if count > MOST { None } else { serde_json::from_slice(body).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_of_too_many_parts_is_refused() {
        let list = |of: usize| format!("[{}]", vec![r#"{"":0}"#; of].join(","));
        assert!(read(list(MOST / 2).as_bytes()).is_some());
        assert_eq!(read(list(MOST / 2 + 1).as_bytes()), None);
        assert_eq!(read(b"{"), None);
    }
}
