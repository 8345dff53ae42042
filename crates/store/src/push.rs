//! Devices that notices are pushed to: rows of `push_subscription`, and this server's key.
//!
//! Invariant: an address stands for one browser, so it belongs to the person who added it last. A trigger queues a delivery with
//! each notice. Not here: deliveries (`deliveries`).

use crate::personal_data::{Erasing, Table};
use domain::{
    deliveries::{Channel, Reason, Trouble},
    id::{PersonId, PushSubscriptionId, SessionId},
    push::{AUTH_SECRET, PUBLIC_KEY},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, deliveries::channels, json};

/// A subscription. Its address and keys are secrets, so it has no `Debug`.
#[derive(Clone)]
pub struct SubscriptionRow {
    pub id: PushSubscriptionId,
    pub person: PersonId,
    /// The session in which it was added, unless that has expired.
    pub session: Option<SessionId>,
    pub device: String,
    pub endpoint: String,
    pub p256dh: [u8; PUBLIC_KEY],
    pub auth: [u8; AUTH_SECRET],
    pub added: Millis,
    pub sent: Option<Millis>,
    pub failed: Option<Millis>,
    pub trouble: Option<Trouble>,
}

macro_rules! subscriptions {
    ($conn:expr, $where:literal $(, $argument:expr)*) => {{
        let rows = sqlx::query!(
            "SELECT id AS \"id!: PushSubscriptionId\", person_id AS \"person!: PersonId\", session_id AS \"session?: SessionId\",
                    device, endpoint, p256dh, auth, added_at AS \"added!: Millis\", sent_at AS \"sent?: Millis\",
                    failed_at AS \"failed?: Millis\", trouble AS \"trouble?: Trouble\"
               FROM push_subscription WHERE "
                + $where
            $(, $argument)*
        )
        .fetch_all($conn)
        .await?;
        // The schema has no other lengths.
        let rows = rows.into_iter().filter_map(|row| {
            Some(SubscriptionRow {
                id: row.id,
                person: row.person,
                session: row.session,
                device: row.device,
                endpoint: row.endpoint,
                p256dh: row.p256dh.try_into().ok()?,
                auth: row.auth.try_into().ok()?,
                added: row.added,
                sent: row.sent,
                failed: row.failed,
                trouble: row.trouble,
            })
        });
        rows.collect::<Vec<SubscriptionRow>>()
    }};
}

/// The devices of `person`, newest first.
pub async fn of_person(conn: &mut SqliteConnection, person: PersonId) -> Result<Vec<SubscriptionRow>, StoreError> {
    Ok(subscriptions!(conn, "person_id = ? ORDER BY id DESC", person))
}

/// The subscriptions with these ids that are still there.
pub async fn of_ids(
    conn: &mut SqliteConnection,
    ids: impl IntoIterator<Item = i64>,
) -> Result<Vec<SubscriptionRow>, StoreError> {
    let ids = json::ids(ids);
    Ok(subscriptions!(conn, "id IN (SELECT value FROM json_each(?))", ids))
}

/// A subscription to be stored.
#[derive(Clone, Copy)]
pub struct NewSubscription<'a> {
    pub person: PersonId,
    pub session: Option<SessionId>,
    pub endpoint: &'a str,
    pub p256dh: &'a [u8],
    pub auth: &'a [u8],
    pub at: Millis,
}

/// Adds a subscription, with the name of the session's device. One with the same address is replaced, and what waits for it is
/// dropped.
pub async fn add(tx: &mut WriteTx, new: NewSubscription<'_>) -> Result<PushSubscriptionId, StoreError> {
    let same = sqlx::query_scalar!(
        r#"SELECT id AS "id!: PushSubscriptionId" FROM push_subscription WHERE endpoint = ?"#,
        new.endpoint
    );
    if let Some(same) = same.fetch_optional(tx.conn()).await? {
        remove(tx, same, new.at).await?;
    }
    let made = sqlx::query!(
        "INSERT INTO push_subscription (person_id, session_id, device, endpoint, p256dh, auth, added_at)
              SELECT ?1, (SELECT id FROM session WHERE id = ?2),
                     coalesce((SELECT device FROM session WHERE id = ?2), ''), ?3, ?4, ?5, ?6",
        new.person,
        new.session,
        new.endpoint,
        new.p256dh,
        new.auth,
        new.at,
    )
    .execute(tx.conn())
    .await?;
    Ok(PushSubscriptionId(made.last_insert_rowid()))
}

/// Removes a subscription, and drops what waits for it. `false` if it is gone.
pub async fn remove(tx: &mut WriteTx, id: PushSubscriptionId, now: Millis) -> Result<bool, StoreError> {
    channels::drop_waiting(tx, (Channel::Push, id.0), None, Reason::Discarded, now).await?;
    let gone = sqlx::query!("DELETE FROM push_subscription WHERE id = ?", id).execute(tx.conn()).await?;
    Ok(gone.rows_affected() == 1)
}

/// Stores whether a message reached the push service. A subscription that was removed meanwhile stays removed.
pub async fn record(
    tx: &mut WriteTx,
    id: PushSubscriptionId,
    trouble: Option<Trouble>,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE push_subscription
            SET sent_at = iif(?1 IS NULL, ?2, sent_at), failed_at = iif(?1 IS NULL, NULL, ?2), trouble = ?1
          WHERE id = ?3",
        trouble,
        now,
        id,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How all subscriptions do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PushHealth {
    pub devices: u32,
    /// The last success of any.
    pub sent: Option<Millis>,
    /// The last failure of one that was not repaired since.
    pub failed: Option<Millis>,
    pub trouble: Option<Trouble>,
    /// Waiting deliveries.
    pub queued: u32,
}

pub async fn health(conn: &mut SqliteConnection) -> Result<PushHealth, StoreError> {
    let health = sqlx::query_as!(
        PushHealth,
        r#"SELECT (SELECT count(*) FROM push_subscription) AS "devices!: u32",
                  (SELECT max(sent_at) FROM push_subscription) AS "sent?: Millis",
                  f.failed_at AS "failed?: Millis", f.trouble AS "trouble?: Trouble",
                  (SELECT count(*) FROM delivery WHERE channel = 'push' AND settled_at IS NULL) AS "queued!: u32"
             FROM (SELECT 1) LEFT JOIN push_subscription f ON f.id = (
                  SELECT id FROM push_subscription WHERE failed_at IS NOT NULL ORDER BY failed_at DESC LIMIT 1)"#
    );
    Ok(health.fetch_one(conn).await?)
}

/// The key of this server, if it has one.
pub async fn key(conn: &mut SqliteConnection) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(sqlx::query_scalar!("SELECT pkcs8 FROM push_key").fetch_optional(conn).await?)
}

/// Stores `fresh` as the key unless there is one; returns the one that is stored.
pub async fn keep_key(tx: &mut WriteTx, fresh: &[u8]) -> Result<Vec<u8>, StoreError> {
    sqlx::query!("INSERT INTO push_key (id, pkcs8) VALUES (1, ?) ON CONFLICT DO NOTHING", fresh)
        .execute(tx.conn())
        .await?;
    let stored = key(tx.conn()).await?;
    stored.ok_or_else(|| sqlx::Error::RowNotFound.into())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::taken(
    "push_subscription",
    &["person_id", "device", "endpoint"],
    Erasing::Deleted,
    // Without the address and the keys, which are secrets.
    "SELECT json_object('device', device, 'added@', added_at, 'sent@', sent_at) FROM push_subscription WHERE person_id = ?1",
)];
