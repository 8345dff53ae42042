//! The pulse: one row that is changed to see whether a change reaches the disk.

use domain::time::Millis;

use crate::{StoreError, WriteTx};

pub async fn beat(tx: &mut WriteTx, at: Millis) -> Result<(), StoreError> {
    sqlx::query!("UPDATE pulse SET at = ?, beats = beats + 1", at).execute(tx.conn()).await?;
    Ok(())
}
