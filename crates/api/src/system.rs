//! The program and its database.

use super::{
    Caller, Refusal,
    answer::One,
    operation::{Operation, Tag},
    when, words,
};
use domain::{system::Weight, tokens::Scope};
use serde::Serialize;
use services::system;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use views::system::{Line, SystemPage};

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/system", "readSystem", read)
            .about(
                Tag::Space,
                "The program and its database",
                "Versions, sizes, how much there is of what, the last copies, and the newest lines of the log; for \
                 administrators.",
            )
            .needs(Scope::SpaceRead),
    ]
}

/// What runs, and on what.
#[derive(Debug, Serialize, ToSchema)]
pub struct Running {
    /// The version of the program.
    #[schema(example = "0.1.0")]
    version: String,
    /// The version of SQLite.
    #[schema(example = "3.50.1")]
    sqlite: String,
    /// The newest change to the shape of the database.
    #[schema(example = 202_611_200_900_i64)]
    schema: i64,
    /// Since when it runs.
    #[schema(format = DateTime)]
    since: String,
    /// Bytes of the database.
    #[schema(example = 3_250_000)]
    bytes: u64,
    /// Bytes of it that are free for what comes.
    #[schema(example = 4096)]
    free: u64,
    /// Bytes that are not folded in yet.
    #[schema(example = 0)]
    log_bytes: u64,
    /// How much there is: `people`, `cards`, `machines`, `boards`, `uses` so far, `entries` of the record.
    counts: BTreeMap<&'static str, u64>,
    /// When the last backup was made on the command line.
    #[schema(format = DateTime)]
    backup: Option<String>,
    /// When the last copy was taken out on the page.
    #[schema(format = DateTime)]
    taken: Option<String>,
    /// What was logged, the newest first.
    log: Vec<Logged>,
}

/// A line of the log.
#[derive(Debug, Serialize, ToSchema)]
pub struct Logged {
    /// When.
    #[schema(format = DateTime)]
    at: String,
    #[schema(schema_with = words::weight)]
    weight: Weight,
    /// What it says.
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
