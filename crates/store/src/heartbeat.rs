//! The heartbeat: one row that is changed to check that changes reach the disk, and that records until when the program
//! ran.
//!
//! The job for bookings records each run (`looked_at`). From that time until the next process starts, check-in was
//! impossible, so the gap counts as down time.

use domain::time::Millis;
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

pub async fn beat(tx: &mut WriteTx, at: Millis) -> Result<(), StoreError> {
    sqlx::query!("UPDATE pulse SET at = ?, beats = beats + 1", at).execute(tx.conn()).await?;
    Ok(())
}

/// Records that due bookings were processed at `at`.
pub async fn record_due_run(tx: &mut WriteTx, at: Millis) -> Result<(), StoreError> {
    sqlx::query!("UPDATE pulse SET looked_at = ?", at).execute(tx.conn()).await?;
    Ok(())
}

/// When they were last processed, by this process or the one before.
pub async fn looked(conn: &mut SqliteConnection) -> Result<Option<Millis>, StoreError> {
    let looked = sqlx::query_scalar!(r#"SELECT looked_at AS "at?: Millis" FROM pulse"#);
    Ok(looked.fetch_optional(conn).await?.flatten())
}
