//! Broadcasts: rows of `broadcast`, what happened in the space, for channels that tell it to no particular person.
//! Triggers queue the deliveries of each channel.
//!
//! Invariant: a broadcast exists once per kind and subject, however many people are notified of the same. An announcement for some
//! members alone is none: nobody knows who reads a channel.

use crate::personal_data::{Erasing, Table};
use domain::{id::PersonId, live::ChangeEvent, notices::Notice, time::Millis};

use crate::{StoreError, WriteTx};

/// Adds `notice`, caused by `by` or the clock, if its kind goes to channels and it is new.
pub async fn record(
    tx: &mut WriteTx,
    by: Option<PersonId>,
    notice: &Notice,
    now: Millis,
) -> Result<(), StoreError> {
    let (kind, subject) = (notice.kind(), notice.subject());
    if !kind.is_broadcast() {
        return Ok(());
    }
    let body = serde_json::to_string(notice).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let (machine, of_type) = (notice.machine(), notice.of_type());
    let (room, announcement) = (notice.room(), notice.announcement());
    let added = sqlx::query!(
        "INSERT INTO broadcast (kind, subject, body, machine_id, type_id, room_id, announcement_id, told_at)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
              WHERE NOT EXISTS (SELECT 1 FROM announcement WHERE id = ?7 AND type_id IS NOT NULL)
             ON CONFLICT (kind, subject) DO NOTHING",
        kind,
        subject,
        body,
        machine,
        of_type,
        room,
        announcement,
        now,
    )
    .execute(tx.conn())
    .await?;
    if added.rows_affected() == 0 {
        return Ok(());
    }
    let id = added.last_insert_rowid();
    if let Some(by) = by {
        sqlx::query!("INSERT INTO broadcast_sender (broadcast_id, person_id) VALUES (?, ?)", id, by)
            .execute(tx.conn())
            .await?;
    }
    let is_queued =
        sqlx::query_scalar!(r#"SELECT EXISTS (SELECT 1 FROM delivery WHERE broadcast_id = ?) AS "is!: bool""#, id);
    if is_queued.fetch_one(tx.conn()).await? {
        tx.after_commit(ChangeEvent::Deliveries);
    }
    Ok(())
}

/// Deletes deliveries of broadcasts of before `limit`, at most `most`. Returns their number.
pub async fn forget_deliveries(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let gone = sqlx::query!(
        "DELETE FROM delivery WHERE id IN (
             SELECT d.id FROM broadcast b JOIN delivery d ON d.broadcast_id = b.id WHERE b.told_at < ? LIMIT ?)",
        limit,
        most
    );
    Ok(gone.execute(tx.conn()).await?.rows_affected())
}

/// Deletes broadcasts of before `limit` with their deliveries, at most `most`. Returns their number.
pub async fn forget(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let gone = sqlx::query!(
        "DELETE FROM broadcast WHERE id IN (SELECT id FROM broadcast WHERE told_at < ? LIMIT ?)",
        limit,
        most
    );
    Ok(gone.execute(tx.conn()).await?.rows_affected())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    // Ids of things, which `domain::notices::Kind::is_broadcast` is about: they lead to nobody.
    Table::left("broadcast", &["body"], Erasing::Stays),
    // For how often one person may have channels sent to; kept as long as the broadcast.
    Table::left("broadcast_sender", &["person_id"], Erasing::Deleted),
];
