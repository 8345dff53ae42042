//! Lists as JSON text: rows of a list inside a row, so that the facts of a swipe are one statement, and ids as
//! parameters of a statement.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;
use sqlx::{
    Decode, Sqlite, Type,
    error::BoxDynError,
    sqlite::{SqliteTypeInfo, SqliteValueRef},
};

/// A column with a list in JSON. A struct reads an array by position, so its fields follow the order of the statement.
#[derive(Debug)]
pub(crate) struct List<T>(pub Vec<T>);

impl<T> Type<Sqlite> for List<T> {
    fn type_info() -> SqliteTypeInfo {
        <str as Type<Sqlite>>::type_info()
    }
}

impl<'r, T: DeserializeOwned> Decode<'r, Sqlite> for List<T> {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(serde_json::from_str(<&str as Decode<Sqlite>>::decode(value)?)?))
    }
}

/// Parses a list from a column that was read as text.
pub(crate) fn list<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, sqlx::Error> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// SQLite has no booleans: a condition in a list is 0 or 1.
pub(crate) fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(u8::deserialize(from)? != 0)
}

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

/// The first of the words, and the others as a JSON list.
pub(crate) fn parted(words: &[String]) -> (&str, String) {
    let (first, rest) = words.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    (first, Value::from(rest).to_string())
}
