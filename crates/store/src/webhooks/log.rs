//! The log of a webhook: its deliveries, and the requests that were made for them.

use domain::{
    deliveries::{Channel, Reason, State, Trouble},
    id::{DeliveryId, WebhookId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// A request and its answer.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// `None`: a test.
    pub delivery: Option<DeliveryId>,
    pub at: Millis,
    /// In milliseconds.
    pub took: u32,
    pub status: Option<u16>,
    pub trouble: Option<Trouble>,
    pub excerpt: Option<String>,
}

pub async fn add(tx: &mut WriteTx, webhook: WebhookId, attempt: &Attempt) -> Result<(), StoreError> {
    sqlx::query!(
        // The delivery may have been deleted meanwhile.
        "INSERT INTO webhook_attempt (webhook_id, delivery_id, at, took, status, trouble, excerpt)
             SELECT ?, (SELECT id FROM delivery WHERE id = ?), ?, ?, ?, ?, ?",
        webhook,
        attempt.delivery,
        attempt.at,
        attempt.took,
        attempt.status,
        attempt.trouble,
        attempt.excerpt,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A delivery with its last request.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: DeliveryId,
    /// The id of its broadcast.
    pub message: i64,
    /// Code of a kind of notice.
    pub kind: String,
    /// JSON of a `Notice`.
    pub body: String,
    pub told: Millis,
    /// Name of its machine, room or type, or title of its announcement.
    pub about: Option<String>,
    pub title: Option<String>,
    pub state: State,
    pub attempts: u32,
    pub due: Millis,
    pub reason: Option<Reason>,
    pub settled: Option<Millis>,
    pub tried: Option<Millis>,
    pub took: Option<u32>,
    pub status: Option<u16>,
    pub trouble: Option<Trouble>,
    pub excerpt: Option<String>,
}

/// Deliveries of a webhook, newest first, at most `most` before `before`; only `id` if given; waiting ones if `waiting`, oldest
/// first.
pub async fn list(
    conn: &mut SqliteConnection,
    webhook: WebhookId,
    (id, before, waiting): (Option<DeliveryId>, Option<DeliveryId>, bool),
    most: u32,
) -> Result<Vec<Row>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT d.id AS "id!: DeliveryId", b.id AS "message!: i64", b.kind, b.body, b.told_at AS "told!: Millis",
                  coalesce(m.name, o.name, t.name) AS "about?: String", a.title AS "title?: String",
                  d.state AS "state!: State", d.attempts AS "attempts!: u32", d.due_at AS "due!: Millis",
                  d.reason AS "reason?: Reason", d.settled_at AS "settled?: Millis",
                  l.at AS "tried?: Millis", l.took AS "took?: u32", l.status AS "status?: u16",
                  l.trouble AS "trouble?: Trouble", l.excerpt AS "excerpt?: String"
             FROM delivery d JOIN broadcast b ON b.id = d.broadcast_id
             LEFT JOIN machine m ON m.id = b.machine_id LEFT JOIN room o ON o.id = b.room_id
             LEFT JOIN equipment_type t ON t.id = b.type_id
             LEFT JOIN announcement a ON a.id = b.announcement_id AND a.withdrawn_at IS NULL
             LEFT JOIN webhook_attempt l ON l.id = (SELECT max(id) FROM webhook_attempt WHERE delivery_id = d.id)
            WHERE d.channel = 'webhook' AND d.target_id = ?1 AND d.target_id <> 0
              AND (?2 IS NULL OR d.id = ?2) AND (?3 IS NULL OR d.id < ?3) AND (NOT ?4 OR d.settled_at IS NULL)
            ORDER BY iif(?4, d.id, -d.id) LIMIT ?5"#,
        webhook,
        id,
        before,
        waiting,
        most,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// Whether a request to a webhook succeeded after the first one for this delivery.
pub async fn has_arrived_since_first(
    conn: &mut SqliteConnection,
    webhook: WebhookId,
    id: DeliveryId,
) -> Result<bool, StoreError> {
    let any = sqlx::query_scalar!(
        r#"SELECT EXISTS (
               SELECT 1 FROM webhook_attempt
                WHERE webhook_id = ? AND trouble IS NULL
                  AND id > (SELECT min(id) FROM webhook_attempt WHERE delivery_id = ?)) AS "is!: bool""#,
        webhook,
        id,
    );
    Ok(any.fetch_one(conn).await?)
}

/// Queues a delivery of a webhook again, due at `now`. Returns whether it exists.
pub async fn again(tx: &mut WriteTx, webhook: WebhookId, id: DeliveryId, now: Millis) -> Result<bool, StoreError> {
    let channel = Channel::Webhook;
    let again = sqlx::query!(
        "UPDATE delivery SET due_at = ?1, attempts = iif(settled_at IS NULL, attempts, 0), state = 'queued', trouble = NULL,
                reason = NULL, settled_at = NULL
          WHERE id = ?2 AND channel = ?3 AND target_id = ?4",
        now,
        id,
        channel,
        webhook,
    );
    Ok(again.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Deletes requests of before `limit`, at most `most`. Returns their number.
pub async fn forget(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let gone = sqlx::query!(
        "DELETE FROM webhook_attempt WHERE id IN (SELECT id FROM webhook_attempt WHERE at < ? LIMIT ?)",
        limit,
        most
    );
    Ok(gone.execute(tx.conn()).await?.rows_affected())
}
