//! The program and its database.

use super::{
    Caller, Refusal,
    answer::One,
    operation::{Operation, Tag},
    when, words,
};
use contract::system::{Line, SystemPage};
use domain::{system::Weight, tokens::Scope};
use serde::Serialize;
use services::system;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/system", "readSystem", read)
            .about(
                Tag::Space,
                "Get the system status",
                "Returns versions, sizes, object counts, the latest backups and the newest log entries. For administrators.",
            )
            .needs(Scope::SpaceRead),
    ]
}

/// The system status.
#[derive(Debug, Serialize, ToSchema)]
pub struct Running {
    /// The version of Toolgate.
    #[schema(example = "0.1.0")]
    version: String,
    /// The version of SQLite.
    #[schema(example = "3.50.1")]
    sqlite: String,
    /// The latest migration of the database schema.
    #[schema(example = 202_611_200_900_i64)]
    schema: i64,
    /// When the server was started.
    #[schema(format = DateTime)]
    since: String,
    /// The size of the database in bytes.
    #[schema(example = 3_250_000)]
    bytes: u64,
    /// Unused bytes in the database.
    #[schema(example = 4096)]
    free: u64,
    /// The size of the write-ahead log in bytes.
    #[schema(example = 0)]
    log_bytes: u64,
    /// Object counts: `people`, `cards`, `machines`, `boards`, `uses`, and audit log `entries`.
    counts: BTreeMap<&'static str, u64>,
    /// When the last backup was made on the command line.
    #[schema(format = DateTime)]
    backup: Option<String>,
    /// When a copy was last downloaded from the page.
    #[schema(format = DateTime)]
    taken: Option<String>,
    /// Log entries, newest first.
    log: Vec<Logged>,
}

/// A log entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct Logged {
    /// When it was logged.
    #[schema(format = DateTime)]
    at: String,
    #[schema(schema_with = words::weight)]
    weight: Weight,
    /// The message.
    #[schema(example = "boards can be heard")]
    says: String,
}

async fn read(caller: Caller) -> Result<One<Running>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let page = system::page(&ctx, &actor).await?;
    let SystemPage { since, version, sqlite, schema, bytes, free, log_bytes, counts, backup, taken, log, .. } =
        page;
    let logged = |Line { at, weight, says }| Logged { at: when(at), weight, says };
    Ok(One(Running {
        version,
        sqlite,
        schema,
        since: when(since),
        bytes,
        free,
        log_bytes,
        counts: counts.into_iter().map(|(what, many)| (what.as_str(), many)).collect(),
        backup: backup.map(|backup| when(backup.at)),
        taken: taken.map(|taken| when(taken.at)),
        log: log.into_iter().map(logged).collect(),
    }))
}
