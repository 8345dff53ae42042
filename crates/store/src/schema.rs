//! Compares the schema of a file with the one our migrations make.
//!
//! Append-only tables depend on their triggers: a restored copy without them, or with a foreign trigger, would be
//! changed unnoticed. So a restored file must have exactly this schema.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use sqlx::{
    Connection, SqliteConnection,
    migrate::{MigrateError, Migrator},
};

use crate::open::{self, MIGRATIONS};

/// A table, index, trigger or view: its type and its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Object {
    kind: String,
    name: String,
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name: String = self.name.chars().filter(|letter| !letter.is_control()).take(64).collect();
        write!(f, "the {} {name}", self.kind)
    }
}

/// Where two schemas differ first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// The file has something that no migration makes.
    Foreign(Object),
    /// Something that a migration makes is missing.
    Missing(Object),
    /// Something differs from what a migration makes.
    Changed(Object),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign(object) => write!(f, "{object} is not ours"),
            Self::Missing(object) => write!(f, "{object} is missing"),
            Self::Changed(object) => write!(f, "{object} was changed"),
        }
    }
}

/// The objects of a schema, each with its table and statement; no statement for the indexes of constraints.
type Schema = BTreeMap<Object, (String, Option<String>)>;

/// The table in which the applied migrations are listed.
const APPLIED: &str = "_sqlx_migrations";
/// Tables that `ANALYZE` and `PRAGMA optimize` may create; they only hold numbers for the query planner.
const STATISTICS: [(&str, &str); 2] = [
    ("sqlite_stat1", "CREATE TABLE sqlite_stat1(tbl,idx,stat)"),
    ("sqlite_stat4", "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)"),
];

/// Why the schema of a file is not accepted.
#[derive(Debug)]
pub(crate) enum SchemaError {
    /// It cannot be read.
    Unreadable(sqlx::Error),
    /// Our migrations cannot be run to compare.
    Migrate(MigrateError),
    Differs(Difference),
    /// A newer version of Toolgate made it.
    Newer(i64),
}

impl From<sqlx::Error> for SchemaError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unreadable(error)
    }
}

/// Checks that the schema of a file is the one its listed migrations make, and returns the newest of those.
pub(crate) async fn check(conn: &mut SqliteConnection) -> Result<i64, SchemaError> {
    let found = read(conn).await?;
    let empty = made_by(|_| false).await?;
    // The list is read only if it is a table as we know it: a view could be anything.
    let list = |schema: &Schema| -> Schema {
        schema
            .iter()
            .filter(|(object, _)| object.name == APPLIED)
            .map(|(object, made)| (object.clone(), made.clone()))
            .collect()
    };
    compare(&list(&found), &list(&empty))?;
    let applied: BTreeSet<i64> = sqlx::query_scalar!(r#"SELECT version AS "version!: i64" FROM _sqlx_migrations"#)
        .fetch_all(&mut *conn)
        .await?
        .into_iter()
        .collect();
    let version = applied.last().copied().unwrap_or_default();
    if version > open::newest_schema() {
        return Err(SchemaError::Newer(version));
    }
    compare(&found, &made_by(|version| applied.contains(&version)).await?)?;
    Ok(version)
}

/// The schema that these migrations make from an empty file.
async fn made_by(applied: impl Fn(i64) -> bool) -> Result<Schema, SchemaError> {
    let migrations = MIGRATIONS.iter().filter(|migration| applied(migration.version)).cloned().collect();
    let mut conn = SqliteConnection::connect("sqlite::memory:").await?;
    // In a list with gaps, a migration may lack the object it changes.
    let made = Migrator::with_migrations(migrations).run(&mut conn).await;
    made.map_err(SchemaError::Migrate)?;
    Ok(read(&mut conn).await?)
}

async fn read(conn: &mut SqliteConnection) -> Result<Schema, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT type AS "kind!: String", name AS "name!: String", tbl_name AS "of!: String", sql AS "sql?: String"
             FROM sqlite_schema"#
    );
    let rows = rows
        .fetch_all(conn)
        .await?
        .into_iter()
        .map(|row| (Object { kind: row.kind, name: row.name }, (row.of, row.sql)));
    Ok(rows.filter(|(object, (_, sql))| !is_statistics(object, sql.as_deref())).collect())
}

fn is_statistics(object: &Object, sql: Option<&str>) -> bool {
    object.kind == "table" && STATISTICS.iter().any(|(name, made)| object.name == *name && sql == Some(made))
}

fn compare(found: &Schema, made: &Schema) -> Result<(), SchemaError> {
    let foreign = found.keys().find(|object| !made.contains_key(object)).cloned().map(Difference::Foreign);
    let missing = made.keys().find(|object| !found.contains_key(object)).cloned().map(Difference::Missing);
    let changed = made.iter().find(|(object, made)| found.get(object) != Some(made));
    let changed = changed.map(|(object, _)| Difference::Changed(object.clone()));
    foreign.or(missing).or(changed).map_or(Ok(()), |difference| Err(SchemaError::Differs(difference)))
}
