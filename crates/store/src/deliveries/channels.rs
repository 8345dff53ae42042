//! Deliveries of channels other than mail: due rows of a channel or of one of its targets, claims, and what waits.
//!
//! Invariant: every statement names its channel, so that no worker touches the rows of another. Results are stored by
//! [`super::record_attempt`] and [`super::decide`], and interrupted attempts are repeated by [`super::resume`].

use domain::{
    deliveries::{Channel, Reason, RecentMails},
    id::{DeliveryId, PersonId},
    time::Millis,
};
use sqlx::SqliteConnection;

use super::{first_kinds, listed};
use crate::{StoreError, WriteTx};

/// A due delivery of a notice or a broadcast.
#[derive(Debug, Clone)]
pub struct DueDelivery {
    pub id: DeliveryId,
    /// Its target in the channel's own table; 0 is the person of the notice.
    pub target: i64,
    pub attempts: u32,
    /// Whether it waited for others of its kind.
    pub gathered: bool,
    /// The id of its notice or broadcast: the same at every attempt and for every target.
    pub message: i64,
    /// The reader of its notice; `None`: it is a broadcast.
    pub person: Option<PersonId>,
    /// Who caused it, while on record; `None` is the clock.
    pub by: Option<PersonId>,
    /// Code of a kind of notice.
    pub kind: String,
    /// JSON of a `Notice`.
    pub body: String,
    pub told: Millis,
    /// Name of its machine, room, type, group or draw, unless archived.
    pub about: Option<String>,
    /// Title of its announcement, unless withdrawn.
    pub title: Option<String>,
}

/// A target with due deliveries, and the reader of their notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueLane {
    pub target: i64,
    pub person: Option<PersonId>,
    /// Whether one of them leaves before all others.
    pub is_first: bool,
}

/// Lanes of `channel` with deliveries due at `now`, in the order in which they start. A paused webhook has none.
pub async fn lanes(
    conn: &mut SqliteConnection,
    channel: Channel,
    now: Millis,
) -> Result<Vec<DueLane>, StoreError> {
    let first = first_kinds();
    let lanes = sqlx::query_as!(
        DueLane,
        r#"SELECT d.target_id AS "target!: i64", n.person_id AS "person?: PersonId",
                  max(coalesce(n.kind, b.kind) IN (SELECT value FROM json_each(?3))) AS "is_first!: bool"
             FROM delivery d LEFT JOIN notice n ON n.id = d.notice_id LEFT JOIN broadcast b ON b.id = d.broadcast_id
            WHERE d.channel = ?1 AND d.settled_at IS NULL AND d.due_at <= ?2
              AND (?1 <> 'webhook'
                   OR d.target_id IN (SELECT id FROM webhook WHERE paused_at IS NULL AND removed_at IS NULL))
            GROUP BY 1, 2 ORDER BY 3 DESC, min(d.due_at), min(d.id)"#,
        channel,
        now,
        first,
    );
    Ok(lanes.fetch_all(conn).await?)
}

/// Deliveries of a lane due at `now`, at most `most`: those that leave first, then oldest first. With `cause`, those of a kind
/// caused by a person, newest first.
pub async fn due(
    conn: &mut SqliteConnection,
    channel: Channel,
    (target, person): (i64, Option<PersonId>),
    cause: Option<(&str, PersonId)>,
    now: Millis,
    most: u32,
) -> Result<Vec<DueDelivery>, StoreError> {
    let first = first_kinds();
    let (kind, by) = cause.unzip();
    let due = sqlx::query_as!(
        DueDelivery,
        r#"SELECT d.id AS "id!: DeliveryId", d.target_id AS "target!: i64", d.attempts AS "attempts!: u32",
                  d.state = 'gathered' AS "gathered!: bool",
                  coalesce(n.id, b.id) AS "message!: i64", n.person_id AS "person?: PersonId",
                  coalesce(ns.person_id, bs.person_id) AS "by?: PersonId",
                  coalesce(n.kind, b.kind) AS "kind!: String", coalesce(n.body, b.body) AS "body!: String",
                  coalesce(n.told_at, b.told_at) AS "told!: Millis",
                  coalesce(m.name, o.name, t.name, pg.name, dr.name) AS "about?: String", a.title AS "title?: String"
             FROM delivery d
             LEFT JOIN notice n ON n.id = d.notice_id
             LEFT JOIN broadcast b ON b.id = d.broadcast_id
             LEFT JOIN notice_sender ns ON ns.notice_id = n.id
             LEFT JOIN broadcast_sender bs ON bs.broadcast_id = b.id
             LEFT JOIN machine m ON m.id = coalesce(n.machine_id, b.machine_id) AND m.archived_at IS NULL
             LEFT JOIN room o ON o.id = coalesce(n.room_id, b.room_id) AND o.archived_at IS NULL
             LEFT JOIN equipment_type t ON t.id = coalesce(n.type_id, b.type_id) AND t.archived_at IS NULL
             LEFT JOIN person_group pg ON pg.id = n.group_id AND pg.archived_at IS NULL
             LEFT JOIN draw dr ON dr.id = n.draw_id
             LEFT JOIN announcement a ON a.id = coalesce(n.announcement_id, b.announcement_id) AND a.withdrawn_at IS NULL
            WHERE d.channel = ?1 AND d.settled_at IS NULL AND d.due_at <= ?2 AND d.target_id = ?3 AND n.person_id IS ?4
              AND (?5 IS NULL OR (coalesce(n.kind, b.kind) = ?5 AND coalesce(ns.person_id, bs.person_id) = ?6))
            ORDER BY coalesce(n.kind, b.kind) NOT IN (SELECT value FROM json_each(?8)), iif(?5 IS NULL, d.id, -d.id)
            LIMIT ?7"#,
        channel,
        now,
        target,
        person,
        kind,
        by,
        most,
        first,
    );
    Ok(due.fetch_all(conn).await?)
}

/// Deliveries of a kind to one target that one person causes.
#[derive(Debug, Clone, Copy)]
pub struct Cause<'a> {
    pub channel: Channel,
    pub target: i64,
    /// The reader of its notices.
    pub person: Option<PersonId>,
    pub kind: &'a str,
    pub by: PersonId,
}

/// Those of `cause` that were sent after `since`; `None` if there are none.
pub async fn lately(
    conn: &mut SqliteConnection,
    Cause { channel, target, person, kind, by }: Cause<'_>,
    since: Millis,
) -> Result<Option<RecentMails>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT count(*) AS "count!: u32", max(d.settled_at) AS "last?: Millis"
             FROM delivery d
             LEFT JOIN notice n ON n.id = d.notice_id
             LEFT JOIN broadcast b ON b.id = d.broadcast_id
             LEFT JOIN notice_sender ns ON ns.notice_id = n.id
             LEFT JOIN broadcast_sender bs ON bs.broadcast_id = b.id
            WHERE d.channel = ?1 AND d.target_id = ?2 AND n.person_id IS ?3 AND d.state = 'sent' AND d.settled_at > ?4
              AND coalesce(n.kind, b.kind) = ?5 AND coalesce(ns.person_id, bs.person_id) = ?6"#,
        channel,
        target,
        person,
        since,
        kind,
        by,
    );
    let row = row.fetch_one(conn).await?;
    Ok(row.last.map(|last| RecentMails { count: row.count, last }))
}

/// Holds those of `cause` that are due at `now` until `until`.
pub async fn gather(
    tx: &mut WriteTx,
    Cause { channel, target, person, kind, by }: Cause<'_>,
    until: Millis,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE delivery SET state = 'gathered', due_at = ?1
          WHERE id IN (SELECT d.id FROM delivery d
                         LEFT JOIN notice n ON n.id = d.notice_id
                         LEFT JOIN broadcast b ON b.id = d.broadcast_id
                         LEFT JOIN notice_sender ns ON ns.notice_id = n.id
                         LEFT JOIN broadcast_sender bs ON bs.broadcast_id = b.id
                        WHERE d.channel = ?2 AND d.settled_at IS NULL AND d.due_at <= ?3 AND d.target_id = ?4
                          AND n.person_id IS ?5 AND coalesce(n.kind, b.kind) = ?6
                          AND coalesce(ns.person_id, bs.person_id) = ?7)",
        until,
        channel,
        now,
        target,
        person,
        kind,
        by,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// When the next delivery of `channel` is due after `now`; `None` if none waits.
pub async fn next_due(
    conn: &mut SqliteConnection,
    channel: Channel,
    now: Millis,
) -> Result<Option<Millis>, StoreError> {
    let next = sqlx::query_scalar!(
        r#"SELECT min(due_at) AS "at?: Millis" FROM delivery WHERE channel = ? AND settled_at IS NULL AND due_at > ?"#,
        channel,
        now,
    );
    Ok(next.fetch_one(conn).await?)
}

/// Claims `ids` for one attempt, with the time of the next one if no result is stored. `false` if one was settled.
pub async fn claim(tx: &mut WriteTx, ids: &[DeliveryId], again: Millis) -> Result<bool, StoreError> {
    let list = listed(ids);
    let claimed = sqlx::query!(
        "UPDATE delivery SET attempts = attempts + 1, due_at = ?, trouble = NULL
          WHERE settled_at IS NULL AND id IN (SELECT value FROM json_each(?))",
        again,
        list,
    );
    Ok(claimed.execute(tx.conn()).await?.rows_affected() == u64::try_from(ids.len()).unwrap_or(u64::MAX))
}

/// Drops what waits for a target, or, with `told_before`, what happened before then. Returns their number.
pub async fn drop_waiting(
    tx: &mut WriteTx,
    (channel, target): (Channel, i64),
    told_before: Option<Millis>,
    reason: Reason,
    now: Millis,
) -> Result<u64, StoreError> {
    let dropped = sqlx::query!(
        "UPDATE delivery SET state = 'dropped', reason = ?1, settled_at = ?2
          WHERE channel = ?3 AND target_id = ?4 AND settled_at IS NULL
            AND (?5 IS NULL
                 OR coalesce((SELECT told_at FROM broadcast WHERE id = broadcast_id),
                             (SELECT told_at FROM notice WHERE id = notice_id)) < ?5)",
        reason,
        now,
        channel,
        target,
        told_before,
    );
    Ok(dropped.execute(tx.conn()).await?.rows_affected())
}

/// Makes all deliveries that wait for a target due at `now`. Returns their number.
pub async fn hasten(tx: &mut WriteTx, (channel, target): (Channel, i64), now: Millis) -> Result<u64, StoreError> {
    let due = sqlx::query!(
        "UPDATE delivery SET due_at = ? WHERE channel = ? AND target_id = ? AND settled_at IS NULL",
        now,
        channel,
        target,
    );
    Ok(due.execute(tx.conn()).await?.rows_affected())
}

/// Deliveries that wait for a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    pub target: i64,
    pub count: u32,
    /// When the oldest of them was queued.
    pub since: Millis,
}

/// What waits in `channel`, by target.
pub async fn waiting(conn: &mut SqliteConnection, channel: Channel) -> Result<Vec<Waiting>, StoreError> {
    let waiting = sqlx::query_as!(
        Waiting,
        r#"SELECT d.target_id AS "target!: i64", count(*) AS "count!: u32",
                  min(coalesce(n.told_at, b.told_at)) AS "since!: Millis"
             FROM delivery d LEFT JOIN notice n ON n.id = d.notice_id LEFT JOIN broadcast b ON b.id = d.broadcast_id
            WHERE d.channel = ? AND d.settled_at IS NULL GROUP BY 1"#,
        channel,
    );
    Ok(waiting.fetch_all(conn).await?)
}
