//! Gives `sqlx::query!` a database to check every statement against, so that a clean clone builds without a tool, a
//! `.sqlx` folder or `DATABASE_URL`.
//!
//! The scratch database is made from `migrations/` by the migrator that runs in production: a migration that does not
//! apply, or a statement that no longer fits, fails the build.

use std::{env, error::Error, fs, path::PathBuf};

use sqlx::{
    ConnectOptions, Connection,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

fn main() {
    if let Err(error) = make_schema() {
        println!("cargo::error=migrations: {error}");
    }
}

#[expect(clippy::disallowed_methods, reason = "cargo speaks to build scripts through the environment")]
fn make_schema() -> Result<(), Box<dyn Error>> {
    let migrations = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../migrations");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let (fresh, checked) = (out.join("schema.new.sqlite"), out.join("schema.sqlite"));

    println!("cargo::rerun-if-changed={}", migrations.display());
    println!("cargo::rustc-env=DATABASE_URL=sqlite://{}", checked.display());
    // The build script overrides the shell and any `.env` above us: a developer's
    // habit from another project must not change what this crate is checked against.
    println!("cargo::rustc-env=SQLX_OFFLINE=false");

    if fresh.exists() {
        fs::remove_file(&fresh)?;
    }
    tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
        let mut conn = SqliteConnectOptions::new()
            .filename(&fresh)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Memory)
            .synchronous(SqliteSynchronous::Off)
            .connect()
            .await?;
        Migrator::new(migrations).await?.run(&mut conn).await?;
        conn.close().await?;
        Ok::<_, Box<dyn Error>>(())
    })?;
    // Renamed into place in one step: an editor's macro server may be reading the old one.
    fs::rename(fresh, checked)?;
    Ok(())
}
