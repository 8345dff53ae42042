//! The export of a person's data.
//!
//! Invariants: one statement, so one state of the storage. Nothing that grants access – a card appears by its last four
//! digits, passwords and links by their existence. Instants are RFC 3339 in UTC. The statement is assembled from the
//! nouns' declarations, so it is not checked at compile time: a test runs all of it.

use domain::{id::PersonId, time::Millis, zone::to_rfc3339};
use serde_json::{Map, Value};
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::tables;
use crate::StoreError;

/// The tables by name, each with its rows; `whole` includes their actions about others. `only` selects one and reads no
/// other.
pub async fn export(
    conn: &mut SqliteConnection,
    person: PersonId,
    whole: bool,
    only: Option<&str>,
) -> Result<Vec<(&'static str, Vec<Value>)>, StoreError> {
    let requested = |name: &str| only.is_none_or(|only| only == name);
    let mut tables: Vec<_> = names().filter(|name| requested(name)).map(|name| (name, Vec::new())).collect();
    if tables.is_empty() {
        return Ok(tables);
    }
    let statement = each(requested, |name, rows| format!("SELECT '{name}', * FROM ({rows})"));
    let found = sqlx::query_as(AssertSqlSafe(statement)).bind(person).bind(record(person)).bind(whole);
    let found: Vec<(String, String)> = found.fetch_all(conn).await?;
    for (name, row) in found {
        let row = serde_json::from_str(&row).map_err(|error| sqlx::Error::Decode(error.into()))?;
        if let Some((_, rows)) = tables.iter_mut().find(|(table, _)| *table == name) {
            rows.push(Value::Object(readable(row)));
        }
    }
    Ok(tables)
}

/// How many rows each table of [`export`] has.
pub async fn count(
    conn: &mut SqliteConnection,
    person: PersonId,
    whole: bool,
) -> Result<Vec<(&'static str, u32)>, StoreError> {
    let statement = each(|_| true, |_, rows| format!("SELECT count(*) FROM ({rows})"));
    let found = sqlx::query_scalar(AssertSqlSafe(statement)).bind(person).bind(record(person)).bind(whole);
    let found: Vec<u32> = found.fetch_all(conn).await?;
    Ok(names().zip(found).collect())
}

fn names() -> impl Iterator<Item = &'static str> {
    tables().filter(|table| table.is_taken()).map(|table| table.name)
}

/// One statement of `part` for each wanted table, in order.
fn each(requested: impl Fn(&str) -> bool, part: impl Fn(&str, &str) -> String) -> String {
    let parts =
        tables().filter(|table| requested(table.name)).filter_map(|table| Some(part(table.name, table.taken?)));
    let parts: Vec<_> = parts.collect();
    format!(
        "WITH mine AS (SELECT id FROM alias WHERE person_id = ?1), cards AS (SELECT id FROM card WHERE person_id = ?1),
              asked AS (SELECT ?2, ?3)
         {}",
        parts.join(" UNION ALL ")
    )
}

/// A person's subject in the audit log.
fn record(person: PersonId) -> String {
    format!("person:{person}")
}

/// The row without the type marks of its keys.
fn readable(row: Map<String, Value>) -> Map<String, Value> {
    let plain = |(key, value): (String, Value)| match key.split_at_checked(key.len() - 1) {
        Some((key, "@")) => (key.to_owned(), value.as_i64().and_then(|at| to_rfc3339(Millis(at))).into()),
        Some((key, "?")) => (key.to_owned(), Value::Bool(value == 1)),
        _ => (key, value),
    };
    row.into_iter().map(plain).collect()
}
