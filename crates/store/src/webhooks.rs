//! Webhooks: rows of `webhook`, their kinds and secrets, and the log of requests ([`log`]). A trigger queues their deliveries.
//!
//! Invariant: address and secrets leave this crate only to send a request ([`Endpoint`]), and have no `Debug`.

pub mod log;

use crate::personal_data::{Erasing, Table};
use domain::{
    deliveries::{Channel, Reason, Trouble},
    id::{AliasId, WebhookId},
    notices::Kind,
    time::Millis,
    webhooks::{PauseReason, SECRET, SIGNERS},
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, deliveries::channels};

/// A new webhook.
pub struct NewWebhook<'a> {
    pub name: &'a str,
    pub address: &'a str,
    pub kinds: &'a [Kind],
    pub secret: &'a [u8; SECRET],
    pub at: Millis,
    pub by: Option<AliasId>,
}

pub async fn add(tx: &mut WriteTx, new: &NewWebhook<'_>) -> Result<WebhookId, StoreError> {
    let added = sqlx::query!(
        "INSERT INTO webhook (name, address, added_at, added_by) VALUES (?, ?, ?, ?)",
        new.name,
        new.address,
        new.at,
        new.by,
    )
    .execute(tx.conn())
    .await?;
    let id = WebhookId(added.last_insert_rowid());
    set_kinds(tx, id, new.kinds).await?;
    rotate(tx, id, new.secret, new.at, new.at).await?;
    Ok(id)
}

async fn set_kinds(tx: &mut WriteTx, id: WebhookId, kinds: &[Kind]) -> Result<(), StoreError> {
    let kinds = serde_json::Value::from(kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>()).to_string();
    sqlx::query!("DELETE FROM webhook_kind WHERE webhook_id = ?", id).execute(tx.conn()).await?;
    sqlx::query!("INSERT INTO webhook_kind (webhook_id, kind) SELECT ?, value FROM json_each(?)", id, kinds)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Changes name and kinds, and the address if there is another.
pub async fn change(
    tx: &mut WriteTx,
    id: WebhookId,
    name: &str,
    address: Option<&str>,
    kinds: &[Kind],
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE webhook SET name = ?, address = coalesce(?, address), version = version + 1 WHERE id = ?",
        name,
        address,
        id,
    )
    .execute(tx.conn())
    .await?;
    set_kinds(tx, id, kinds).await
}

/// Removes a webhook with its address, secrets, log and queue.
pub async fn remove(tx: &mut WriteTx, id: WebhookId, at: Millis) -> Result<(), StoreError> {
    channels::drop_waiting(tx, (Channel::Webhook, id.0), None, Reason::Discarded, at).await?;
    sqlx::query!("DELETE FROM webhook_attempt WHERE webhook_id = ?", id).execute(tx.conn()).await?;
    sqlx::query!("DELETE FROM webhook_secret WHERE webhook_id = ?", id).execute(tx.conn()).await?;
    sqlx::query!("DELETE FROM webhook_kind WHERE webhook_id = ?", id).execute(tx.conn()).await?;
    sqlx::query!("UPDATE webhook SET removed_at = ?, address = NULL, version = version + 1 WHERE id = ?", at, id)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Pauses a webhook that is active. Returns whether it was.
pub async fn pause(tx: &mut WriteTx, id: WebhookId, why: PauseReason, at: Millis) -> Result<bool, StoreError> {
    let paused = sqlx::query!(
        "UPDATE webhook SET paused_at = ?, paused_why = ? WHERE id = ? AND paused_at IS NULL AND removed_at IS NULL",
        at,
        why,
        id,
    );
    Ok(paused.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Resumes a paused webhook, as if it had not failed. Returns whether it was paused.
pub async fn resume(tx: &mut WriteTx, id: WebhookId) -> Result<bool, StoreError> {
    let resumed = sqlx::query!(
        "UPDATE webhook SET paused_at = NULL, paused_why = NULL, failing_since = NULL
          WHERE id = ? AND paused_at IS NOT NULL AND removed_at IS NULL",
        id,
    );
    Ok(resumed.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Gives a webhook another secret. The present one signs until `until`.
pub async fn rotate(
    tx: &mut WriteTx,
    id: WebhookId,
    secret: &[u8; SECRET],
    until: Millis,
    at: Millis,
) -> Result<(), StoreError> {
    let secret = secret.as_slice();
    sqlx::query!("DELETE FROM webhook_secret WHERE webhook_id = ? AND ends_at <= ?", id, at)
        .execute(tx.conn())
        .await?;
    sqlx::query!("UPDATE webhook_secret SET ends_at = ? WHERE webhook_id = ? AND ends_at IS NULL", until, id)
        .execute(tx.conn())
        .await?;
    sqlx::query!("INSERT INTO webhook_secret (webhook_id, bytes, made_at) VALUES (?, ?, ?)", id, secret, at)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Deletes secrets that no longer sign.
pub async fn forget_secrets(tx: &mut WriteTx, now: Millis) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM webhook_secret WHERE ends_at <= ?", now).execute(tx.conn()).await?;
    Ok(())
}

/// Where requests of a webhook go, and what they are signed with.
#[derive(Clone)]
pub struct Endpoint {
    pub address: String,
    /// Newest first.
    pub secrets: Vec<[u8; SECRET]>,
}

/// The endpoint of a webhook that was not removed.
pub async fn endpoint(
    conn: &mut SqliteConnection,
    id: WebhookId,
    now: Millis,
) -> Result<Option<Endpoint>, StoreError> {
    let address = sqlx::query_scalar!(r#"SELECT address AS "address?" FROM webhook WHERE id = ?"#, id)
        .fetch_optional(&mut *conn)
        .await?;
    let Some(address) = address.flatten() else { return Ok(None) };
    let most = u32::try_from(SIGNERS).unwrap_or(u32::MAX);
    let secrets = sqlx::query_scalar!(
        "SELECT bytes FROM webhook_secret
          WHERE webhook_id = ? AND (ends_at IS NULL OR ends_at > ?) ORDER BY id DESC LIMIT ?",
        id,
        now,
        most,
    )
    .fetch_all(conn)
    .await?;
    let secrets = secrets.into_iter().filter_map(|bytes| bytes.try_into().ok()).collect();
    Ok(Some(Endpoint { address, secrets }))
}

/// A webhook that was not removed.
#[derive(Clone)]
pub struct WebhookRow {
    pub id: WebhookId,
    pub version: i64,
    pub name: String,
    /// May hold a secret.
    pub address: String,
    pub kinds: Vec<Kind>,
    pub added: Millis,
    /// The name of the person who added it, while on record.
    pub by: Option<String>,
    pub paused: Option<Millis>,
    pub why: Option<PauseReason>,
    pub succeeded: Option<Millis>,
    pub failed: Option<Millis>,
    pub failing_since: Option<Millis>,
    /// The newest secret.
    pub secret: Vec<u8>,
    pub secret_made: Millis,
    /// Until when an older one signs as well.
    pub old_until: Option<Millis>,
    /// Events that wait.
    pub waiting: u32,
    /// When the oldest of them happened.
    pub oldest: Option<Millis>,
    /// Events that arrived since `since`, and how many of them at the first attempt.
    pub arrived: u32,
    pub at_once: u32,
    /// The status of the last answer, and why it counts as failed.
    pub status: Option<u16>,
    pub trouble: Option<Trouble>,
}

/// Webhooks by name; only `id` if given.
pub async fn list(
    conn: &mut SqliteConnection,
    id: Option<WebhookId>,
    since: Millis,
    now: Millis,
) -> Result<Vec<WebhookRow>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT w.id AS "id!: WebhookId", w.version, w.name, w.address AS "address!: String", w.added_at AS "added!: Millis",
                  p.name AS "by?: String", w.paused_at AS "paused?: Millis", w.paused_why AS "why?: PauseReason",
                  w.succeeded_at AS "succeeded?: Millis", w.failed_at AS "failed?: Millis",
                  w.failing_since AS "failing_since?: Millis",
                  (SELECT json_group_array(k.kind) FROM webhook_kind k WHERE k.webhook_id = w.id) AS "kinds!: String",
                  s.bytes AS "secret!: Vec<u8>", s.made_at AS "secret_made!: Millis",
                  (SELECT max(o.ends_at) FROM webhook_secret o WHERE o.webhook_id = w.id AND o.ends_at > ?3) AS "old_until?: Millis",
                  (SELECT count(*) FROM delivery d
                    WHERE d.channel = 'webhook' AND d.target_id = w.id AND d.target_id <> 0 AND d.settled_at IS NULL) AS "waiting!: u32",
                  (SELECT min(b.told_at) FROM delivery d JOIN broadcast b ON b.id = d.broadcast_id
                    WHERE d.channel = 'webhook' AND d.target_id = w.id AND d.target_id <> 0 AND d.settled_at IS NULL) AS "oldest?: Millis",
                  (SELECT count(*) FROM delivery d
                    WHERE d.channel = 'webhook' AND d.target_id = w.id AND d.target_id <> 0
                      AND d.state = 'sent' AND d.settled_at >= ?2) AS "arrived!: u32",
                  (SELECT count(*) FROM delivery d
                    WHERE d.channel = 'webhook' AND d.target_id = w.id AND d.target_id <> 0
                      AND d.state = 'sent' AND d.settled_at >= ?2 AND d.attempts = 1) AS "at_once!: u32",
                  l.status AS "status?: u16", l.trouble AS "trouble?: Trouble"
             FROM webhook w JOIN webhook_secret s ON s.webhook_id = w.id AND s.ends_at IS NULL
             LEFT JOIN alias a ON a.id = w.added_by LEFT JOIN profile p ON p.person_id = a.person_id
             LEFT JOIN webhook_attempt l ON l.id = (SELECT max(id) FROM webhook_attempt WHERE webhook_id = w.id)
            WHERE w.removed_at IS NULL AND (?1 IS NULL OR w.id = ?1)
            ORDER BY w.name COLLATE NOCASE, w.id"#,
        id,
        since,
        now,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| {
        let codes: Vec<String> = serde_json::from_str(&row.kinds).unwrap_or_default();
        let mut kinds: Vec<_> = codes.iter().filter_map(|code| Kind::parse(code)).collect();
        kinds.sort_unstable();
        WebhookRow {
            id: row.id,
            version: row.version,
            name: row.name,
            address: row.address,
            kinds,
            added: row.added,
            by: row.by,
            paused: row.paused,
            why: row.why,
            succeeded: row.succeeded,
            failed: row.failed,
            failing_since: row.failing_since,
            secret: row.secret,
            secret_made: row.secret_made,
            old_until: row.old_until,
            waiting: row.waiting,
            oldest: row.oldest,
            arrived: row.arrived,
            at_once: row.at_once,
            status: row.status,
            trouble: row.trouble,
        }
    });
    Ok(rows.collect())
}

/// The webhook with this id, if it was not removed.
pub async fn one(conn: &mut SqliteConnection, id: WebhookId) -> Result<Option<WebhookRow>, StoreError> {
    Ok(list(conn, Some(id), Millis(i64::MAX), Millis(i64::MAX)).await?.pop())
}

/// The number of webhooks.
pub async fn count(conn: &mut SqliteConnection) -> Result<u32, StoreError> {
    let count = sqlx::query_scalar!(r#"SELECT count(*) AS "n!: u32" FROM webhook WHERE removed_at IS NULL"#);
    Ok(count.fetch_one(conn).await?)
}

/// Whether a webhook sends.
pub async fn is_active(conn: &mut SqliteConnection, id: WebhookId) -> Result<bool, StoreError> {
    let active = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM webhook WHERE id = ? AND paused_at IS NULL AND removed_at IS NULL) AS "is!: bool""#,
        id,
    );
    Ok(active.fetch_one(conn).await?)
}

/// Stores how a request ended. Returns since when all have failed, if this one did.
pub async fn note(
    tx: &mut WriteTx,
    id: WebhookId,
    has_succeeded: bool,
    at: Millis,
) -> Result<Option<Millis>, StoreError> {
    let since = sqlx::query_scalar!(
        r#"UPDATE webhook SET succeeded_at = iif(?2, ?3, succeeded_at), failed_at = iif(?2, failed_at, ?3),
                  failing_since = iif(?2, NULL, coalesce(failing_since, ?3))
            WHERE id = ?1 AND removed_at IS NULL
        RETURNING failing_since AS "since?: Millis""#,
        id,
        has_succeeded,
        at,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(since.flatten())
}

/// Whether something has waited for a paused webhook since before `before`.
pub async fn has_expired(conn: &mut SqliteConnection, before: Millis) -> Result<bool, StoreError> {
    let any = sqlx::query_scalar!(
        r#"SELECT EXISTS (
               SELECT 1 FROM webhook w JOIN delivery d ON d.channel = 'webhook' AND d.target_id = w.id AND d.target_id <> 0
                 JOIN broadcast b ON b.id = d.broadcast_id
                WHERE w.paused_at IS NOT NULL AND d.settled_at IS NULL AND b.told_at < ?) AS "is!: bool""#,
        before,
    );
    Ok(any.fetch_one(conn).await?)
}

/// Drops what has waited for paused webhooks since before `before`. Returns its number.
pub async fn expire(tx: &mut WriteTx, before: Millis, now: Millis) -> Result<u64, StoreError> {
    let reason = Reason::Expired;
    let dropped = sqlx::query!(
        "UPDATE delivery SET state = 'dropped', reason = ?1, settled_at = ?2
          WHERE channel = 'webhook' AND settled_at IS NULL AND target_id <> 0
            AND target_id IN (SELECT id FROM webhook WHERE paused_at IS NOT NULL)
            AND broadcast_id IN (SELECT id FROM broadcast WHERE told_at < ?3)",
        reason,
        now,
        before,
    );
    Ok(dropped.execute(tx.conn()).await?.rows_affected())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    // Its author is an alias, as in the audit log. Its address is the workshop’s.
    Table::left("webhook", &["added_by", "name", "address"], Erasing::Stays),
    // What a server of others answered, until it is deleted after 30 days.
    Table::left("webhook_attempt", &["excerpt"], Erasing::Stays),
];
