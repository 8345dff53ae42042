//! The secrets of draws, in a file beside the database, so that no copy of the database tells how a draw will end.
//!
//! Invariant: a secret is on the disk before its commitment is in the database. A line is never removed: each secret is
//! published after its run, and one without a draw is of no use. Not here: making secrets.

use crate::{StoreError, WriteTx};
use domain::{
    draws::{DrawHash, Secret},
    id::DrawId,
    time::Millis,
};
use sqlx::SqliteConnection;
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// The file beside the database of this connection: one secret a line, in hexadecimal digits.
async fn file_beside(conn: &mut SqliteConnection) -> Result<PathBuf, StoreError> {
    let database = sqlx::query_scalar::<_, String>("SELECT file FROM pragma_database_list WHERE name = 'main'");
    let database = database.fetch_one(conn).await?;
    Ok(Path::new(&database).with_extension("draws"))
}

/// Adds a secret to the file.
pub(super) async fn store(tx: &mut WriteTx, secret: &Secret) -> Result<(), StoreError> {
    let file = file_beside(tx.conn()).await?;
    append(&file, secret).map_err(sqlx::Error::Io)?;
    Ok(())
}

fn append(file: &Path, secret: &Secret) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(file)?;
    // A line that a crash cut off ends here.
    file.write_all(format!("\n{}\n", secret.to_hex()).as_bytes())?;
    file.sync_all()
}

/// The secret of a commitment, if this data folder has it.
pub async fn secret_of(conn: &mut SqliteConnection, commitment: DrawHash) -> Result<Option<Secret>, StoreError> {
    let lines = match fs::read_to_string(file_beside(conn).await?) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        lines => lines.map_err(sqlx::Error::Io)?,
    };
    Ok(lines.lines().filter_map(Secret::parse).find(|secret| secret.commitment() == commitment))
}

/// The draws that have not run.
pub async fn to_run(conn: &mut SqliteConnection) -> Result<Vec<(DrawId, DrawHash)>, StoreError> {
    let rows =
        sqlx::query!(r#"SELECT id AS "id!: DrawId", commitment FROM draw WHERE ran_at IS NULL ORDER BY id"#);
    let rows = rows.fetch_all(conn).await?;
    rows.into_iter().map(|row| Ok((row.id, super::hash_of(&row.commitment)?))).collect()
}

/// Replaces the secret of a draw.
pub async fn renew_secret(tx: &mut WriteTx, draw: DrawId, secret: &Secret, at: Millis) -> Result<(), StoreError> {
    store(tx, secret).await?;
    let commitment = secret.commitment();
    let commitment = commitment.as_bytes().as_slice();
    sqlx::query!("UPDATE draw SET commitment = ?, renewed_at = ? WHERE id = ?", commitment, at, draw)
        .execute(tx.conn())
        .await?;
    Ok(())
}
