//! Lists as JSON text: rows of a list inside a row, so that the facts of a swipe are one statement, and ids as
//! parameters of a statement.

use serde_json::Value;

/// Ids as a JSON array for `json_each`.
pub(crate) fn ids(ids: impl IntoIterator<Item = i64>) -> String {
    ids.into_iter().collect::<Value>().to_string()
}

/// Parses the elements of a JSON array of arrays with `read`. An element it does not understand is a fault of the
/// statement and fails the read.
pub(crate) fn rows<T>(text: &str, read: impl Fn(&[Value]) -> Option<T>) -> Result<Vec<T>, sqlx::Error> {
    let rows: Vec<Vec<Value>> = serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(error.into()))?;
    let read = rows.iter().map(|row| read(row).ok_or_else(|| sqlx::Error::Decode("a row of a list".into())));
    read.collect()
}

/// The integer at `at`.
pub(crate) fn integer(row: &[Value], at: usize) -> Option<i64> {
    row.get(at)?.as_i64()
}

/// The text at `at`.
pub(crate) fn text(row: &[Value], at: usize) -> Option<&str> {
    row.get(at)?.as_str()
}
