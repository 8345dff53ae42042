//! Deliveries of notices: rows of `delivery`, bounced addresses, and the key that signs links in mails. A trigger makes
//! a row with each notice.

pub mod before;
pub mod channels;

use crate::personal_data::{Erasing, Table};
use domain::{
    deliveries::{Channel, Reason, State, Times, Trouble, lanes::is_first},
    id::{DeliveryId, NoticeId, PersonId, TypeId},
    live::ChangeEvent,
    notices::Kind,
    people::PersonStatus,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, json};

/// A due delivery, with everything that decides about it and its mail's content.
#[derive(Debug, Clone)]
pub struct Due {
    pub id: DeliveryId,
    /// Its target in the table of its channel; 0 is the person.
    pub target: i64,
    pub notice: NoticeId,
    /// Whether it waited for the daily mail that is due now.
    pub gathered: bool,
    pub attempts: u32,
    pub person: PersonId,
    /// Who caused it; `None` is the clock.
    pub by: Option<PersonId>,
    pub status: PersonStatus,
    pub name: Option<String>,
    pub email: Option<String>,
    pub language: Option<String>,
    /// Since when their address bounces.
    pub bounced: Option<Millis>,
    /// Whether they switched this kind on or off in the channel; `None` if neither.
    pub wants: Option<bool>,
    /// Whether they read or archived the notice.
    pub read: bool,
    /// Whether they chose mail times; otherwise the fields below are meaningless.
    pub has_times: bool,
    pub digest: Option<u8>,
    pub quiet_from: Option<u16>,
    pub quiet_to: Option<u16>,
    /// JSON of a `Notice`.
    pub body: String,
    pub told: Millis,
    /// Name of its machine or type, unless archived.
    pub about: Option<String>,
    /// Its type, or that of its machine.
    pub kind: Option<TypeId>,
    /// Title of its document, or of its announcement, unless withdrawn.
    pub title: Option<String>,
    /// Holder of its checkout or booking, if not the reader.
    pub who: Option<String>,
    /// The message to the holder of a declined or cancelled booking, or with a request for help or its answer.
    pub note: Option<String>,
    /// When that announcement ends, if it does.
    pub ends: Option<Millis>,
}

/// Failed attempts after which later mails to the same person no longer wait.
const WAITED_FOR: u32 = 3;

/// Which due deliveries of a channel.
#[derive(Debug, Clone, Copy, Default)]
pub struct DueFilter<'a> {
    /// To people with notices of kinds that leave first.
    pub first: bool,
    /// To people other than these.
    pub without: &'a [PersonId],
    /// To this target, those that leave first before all others.
    pub target: Option<i64>,
    /// Of this kind and by this person, newest first.
    pub cause: Option<(Kind, PersonId)>,
}

/// Kinds that leave before all others, as a JSON list.
fn first_kinds() -> String {
    let first = Kind::ALL.iter().copied().filter(|kind| is_first(*kind)).map(Kind::as_str);
    serde_json::Value::from(first.collect::<Vec<_>>()).to_string()
}

/// Deliveries by `channel` due at `now`, at most `most`, by time; those to one person together and in order. Except to a target,
/// a failed delivery delays later ones to the same person, but not for long and never those that leave first.
pub async fn due(
    conn: &mut SqliteConnection,
    channel: Channel,
    now: Millis,
    DueFilter { first, without, target, cause }: DueFilter<'_>,
    most: u32,
) -> Result<Vec<Due>, StoreError> {
    let urgent = first_kinds();
    let only = first.then(|| urgent.clone());
    let without = json::ids(without.iter().map(|person| person.0));
    let (kind, by) = cause.unzip();
    let due = sqlx::query_as!(
        Due,
        r#"SELECT d.id AS "id!: DeliveryId", d.target_id AS "target!: i64", n.id AS "notice!: NoticeId", d.state = 'gathered' AS "gathered!: bool",
                  d.attempts AS "attempts!: u32", p.id AS "person!: PersonId", by.person_id AS "by?: PersonId", p.status AS "status!: PersonStatus",
                  f.name AS "name?", f.email AS "email?", f.language AS "language?",
                  b.since AS "bounced?: Millis", s.is_on AS "wants?: bool",
                  (coalesce(n.read_at > n.told_at, 0) OR coalesce(n.archived_at > n.told_at, 0)) AS "read!: bool",
                  w.person_id IS NOT NULL AS "has_times!: bool", w.digest_hour AS "digest?: u8",
                  w.quiet_from AS "quiet_from?: u16", w.quiet_to AS "quiet_to?: u16",
                  n.body, n.told_at AS "told!: Millis", coalesce(m.name, o.name, t.name, g.name, pg.name, dr.name) || ifnull(' · ' || (SELECT q.name FROM booking x JOIN person_group q ON q.id = x.group_id
                        WHERE n.kind LIKE 'booking.%'
                          AND x.id = coalesce(json_extract(n.body, '$.booking.booking'), json_extract(n.body, '$.outage.booking'))), '') AS "about?: String",
                  coalesce(m.type_id, t.id, a.type_id) AS "kind?: TypeId", coalesce(a.title, (SELECT dc.title FROM document dc
                    WHERE n.kind LIKE 'document.%' AND dc.id = coalesce(json_extract(n.body, '$.document_to_sign.document'),
                                                                        json_extract(n.body, '$.document_lapsing.document')))) AS "title?: String",
                  who.name AS "who?: String", coalesce((SELECT r.body FROM booking x JOIN remark r ON r.id = x.remark_id
                    WHERE n.kind IN ('booking.rejected', 'booking.cancelled') AND (x.person_id = n.person_id OR x.group_id IS NOT NULL)
                      AND x.id = json_extract(n.body, '$.booking.booking')),
                      (SELECT r.body FROM help_request h JOIN remark r ON r.id = iif(n.kind = 'help.asked', h.remark_id, h.answer_remark_id)
                        WHERE n.kind IN ('help.asked', 'help.answered')
                          AND h.id = coalesce(json_extract(n.body, '$.help_asked.help'), json_extract(n.body, '$.help_answered.help')))) AS "note?: String",
                  a.until_at AS "ends?: Millis"
             FROM delivery d JOIN notice n ON n.id = d.notice_id JOIN person p ON p.id = n.person_id
             LEFT JOIN notice_sender by ON by.notice_id = n.id
             LEFT JOIN profile f ON f.person_id = p.id
             LEFT JOIN bounced_address b ON b.person_id = p.id AND b.email = f.email
             LEFT JOIN notice_switch s ON s.person_id = p.id AND s.kind = n.kind AND s.channel = d.channel
             LEFT JOIN mail_times w ON w.person_id = p.id
             -- Whose time was called off because it was archived reads of what.
             LEFT JOIN machine m ON m.id = n.machine_id
                  AND (m.archived_at IS NULL OR n.kind IN ('booking.cancelled', 'checkout.cancelled'))
             LEFT JOIN room o ON o.id = n.room_id AND (o.archived_at IS NULL OR n.kind = 'booking.cancelled')
             LEFT JOIN person_group pg ON pg.id = n.group_id AND pg.archived_at IS NULL
             LEFT JOIN draw dr ON dr.id = n.draw_id
             LEFT JOIN equipment_type t ON t.id = n.type_id AND t.archived_at IS NULL
             LEFT JOIN announcement a ON a.id = n.announcement_id AND a.withdrawn_at IS NULL
             LEFT JOIN equipment_type g ON g.id = a.type_id
             LEFT JOIN profile who ON who.person_id <> n.person_id AND who.person_id = CASE
                       WHEN n.kind LIKE 'checkout.%' THEN coalesce(
                           (SELECT person_id FROM appointment WHERE id = json_extract(n.body, '$.checkout.appointment')),
                           (SELECT person_id FROM checkout_wish WHERE id = json_extract(n.body, '$.checkout_wanted.wish')))
                       WHEN n.kind LIKE 'booking.%' THEN
                           (SELECT person_id FROM booking WHERE id = json_extract(n.body, '$.booking.booking'))
                         WHEN n.kind = 'help.asked' THEN
                             (SELECT person_id FROM help_request WHERE id = json_extract(n.body, '$.help_asked.help'))
                         WHEN n.kind = 'help.answered' THEN
                             (SELECT helper_id FROM help_request WHERE id = json_extract(n.body, '$.help_answered.help')) END
            WHERE d.settled_at IS NULL AND d.due_at <= ?1 AND d.channel = ?6
              AND (?2 IS NULL OR n.person_id IN (
                   SELECT o.person_id FROM delivery u JOIN notice o ON o.id = u.notice_id
                    WHERE u.settled_at IS NULL AND u.due_at <= ?1 AND u.channel = ?6
                      AND o.kind IN (SELECT value FROM json_each(?2))))
              AND n.person_id NOT IN (SELECT value FROM json_each(?7)) AND (?8 IS NULL OR d.target_id = ?8)
              AND (?9 IS NULL OR (n.kind = ?9 AND by.person_id = ?10))
              AND (?8 IS NOT NULL OR n.kind IN (SELECT value FROM json_each(?5)) OR NOT EXISTS (
                   SELECT 1 FROM delivery u JOIN notice o ON o.id = u.notice_id
                    WHERE o.person_id = n.person_id AND u.channel = d.channel AND u.target_id = d.target_id AND u.id < d.id AND u.settled_at IS NULL AND u.state = 'queued'
                      AND u.attempts BETWEEN 1 AND ?4 AND u.trouble IS NOT NULL AND u.due_at > ?1))
            ORDER BY iif(?8 IS NULL, d.due_at, n.kind NOT IN (SELECT value FROM json_each(?5))),
                     iif(?8 IS NULL, p.id, 0), iif(?9 IS NULL, d.id, -d.id) LIMIT ?3"#,
        now,
        only,
        most,
        WAITED_FOR,
        urgent,
        channel,
        without,
        target,
        kind,
        by,
    );
    Ok(due.fetch_all(conn).await?)
}

/// When the last mail was sent.
pub async fn last_sent(conn: &mut SqliteConnection) -> Result<Option<Millis>, StoreError> {
    let sent = sqlx::query_scalar!(
        r#"SELECT settled_at AS "at!: Millis" FROM delivery
            WHERE settled_at IS NOT NULL AND state = 'sent' AND channel = 'mail' ORDER BY settled_at DESC LIMIT 1"#
    );
    Ok(sent.fetch_optional(conn).await?)
}

/// When the next delivery is due after `now`; `None` if none waits. A delayed delivery is due with the one it waits
/// for.
pub async fn next_due(conn: &mut SqliteConnection, now: Millis) -> Result<Option<Millis>, StoreError> {
    let next = sqlx::query_scalar!(
        r#"SELECT min(due_at) AS "at?: Millis" FROM delivery
            WHERE channel = 'mail' AND settled_at IS NULL AND due_at > ?"#,
        now,
    );
    Ok(next.fetch_one(conn).await?)
}

/// When the last delivery of any channel is due; `None` if none waits.
pub async fn latest_due(conn: &mut SqliteConnection) -> Result<Option<Millis>, StoreError> {
    let latest =
        sqlx::query_scalar!(r#"SELECT max(due_at) AS "at?: Millis" FROM delivery WHERE settled_at IS NULL"#);
    Ok(latest.fetch_one(conn).await?)
}

/// Makes deliveries that wait for later than `limit` due at `now`, after the clock was set back. Returns their number.
pub async fn bring_forward(tx: &mut WriteTx, limit: Millis, now: Millis) -> Result<u64, StoreError> {
    let moved =
        sqlx::query!("UPDATE delivery SET due_at = ?1 WHERE settled_at IS NULL AND due_at > ?2", now, limit);
    Ok(moved.execute(tx.conn()).await?.rows_affected())
}

/// A decision about a delivery that sends nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// Due again at this instant.
    Waits(Millis),
    /// Part of the daily mail of this instant.
    Gathered(Millis),
    Dropped(Reason),
}

/// Stores a decision. A delivery that was settled meanwhile stays as it is.
pub async fn decide(tx: &mut WriteTx, id: DeliveryId, what: Decided, now: Millis) -> Result<(), StoreError> {
    let (state, due, reason) = match what {
        Decided::Waits(due) => (State::Queued, Some(due), None),
        Decided::Gathered(due) => (State::Gathered, Some(due), None),
        Decided::Dropped(reason) => (State::Dropped, None, Some(reason)),
    };
    sqlx::query!(
        "UPDATE delivery SET state = ?1, due_at = coalesce(?2, due_at), reason = ?3, settled_at = iif(?3 IS NULL, NULL, ?4)
          WHERE id = ?5 AND settled_at IS NULL",
        state,
        due,
        reason,
        now,
        id,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Drops all waiting mails because mail cannot be sent. Returns their number.
pub async fn drop_waiting(tx: &mut WriteTx, now: Millis, most: u32) -> Result<u64, StoreError> {
    let reason = Reason::NoMail;
    let dropped = sqlx::query!(
        "UPDATE delivery SET state = 'dropped', reason = ?1, settled_at = ?2
          WHERE id IN (SELECT id FROM delivery WHERE channel = 'mail' AND settled_at IS NULL AND due_at <= ?2 LIMIT ?3)",
        reason,
        now,
        most,
    );
    Ok(dropped.execute(tx.conn()).await?.rows_affected())
}

/// The result of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    Sent,
    /// Try again at this instant.
    Again(Trouble, Millis),
    /// Given up.
    Failed(Trouble),
}

/// Claims `ids` for one mail to `email`, with the time of the next attempt if no result is stored. `false` if one was
/// settled, or the address changed, since they were read.
pub async fn claim(
    tx: &mut WriteTx,
    ids: &[DeliveryId],
    person: PersonId,
    email: &str,
    again: Millis,
) -> Result<bool, StoreError> {
    let list = listed(ids);
    let claimed = sqlx::query!(
        "UPDATE delivery SET attempts = attempts + 1, due_at = ?1, trouble = NULL
          WHERE settled_at IS NULL AND id IN (SELECT value FROM json_each(?2))
            AND EXISTS (SELECT 1 FROM profile WHERE person_id = ?3 AND email = ?4)",
        again,
        list,
        person,
        email,
    );
    Ok(claimed.execute(tx.conn()).await?.rows_affected() == u64::try_from(ids.len()).unwrap_or(u64::MAX))
}

/// Makes deliveries of `channel` due at `now` that a terminated process was sending.
pub async fn resume(tx: &mut WriteTx, channel: Channel, now: Millis) -> Result<u64, StoreError> {
    let resumed = sqlx::query!(
        "UPDATE delivery SET due_at = ?1, attempts = attempts - 1
          WHERE channel = ?2 AND settled_at IS NULL AND attempts > 0 AND trouble IS NULL",
        now,
        channel,
    );
    Ok(resumed.execute(tx.conn()).await?.rows_affected())
}

/// Stores the result of delivering `ids` in one mail. A delivery that was settled meanwhile stays as it is.
pub async fn record_attempt(
    tx: &mut WriteTx,
    ids: &[DeliveryId],
    how: AttemptOutcome,
    now: Millis,
) -> Result<(), StoreError> {
    let (state, due, trouble, settled) = match how {
        AttemptOutcome::Sent => (State::Sent, None, None, Some(now)),
        AttemptOutcome::Again(trouble, due) => (State::Queued, Some(due), Some(trouble), None),
        AttemptOutcome::Failed(trouble) => (State::Failed, None, Some(trouble), Some(now)),
    };
    let ids = listed(ids);
    // One that waited for the daily mail continues to.
    sqlx::query!(
        "UPDATE delivery SET state = iif(?1 = 'queued', state, ?1), due_at = coalesce(?2, due_at), trouble = ?3,
                settled_at = ?4
          WHERE settled_at IS NULL AND id IN (SELECT value FROM json_each(?5))",
        state,
        due,
        trouble,
        settled,
        ids,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Ids as a JSON list.
fn listed(ids: &[DeliveryId]) -> String {
    serde_json::Value::from(ids.iter().map(|id| id.0).collect::<Vec<_>>()).to_string()
}

/// Marks the address `email` of `person` as bounced. Returns whether that is new.
pub async fn bounced(tx: &mut WriteTx, person: PersonId, email: &str, now: Millis) -> Result<bool, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO bounced_address (person_id, email, since)
             SELECT person_id, email, ?3 FROM profile WHERE person_id = ?1 AND email = ?2
             ON CONFLICT (person_id) DO UPDATE SET email = ?2, since = ?3 WHERE email <> ?2",
        person,
        email,
        now,
    );
    Ok(made.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Clears the bounce of `person`. Returns whether there was one.
pub async fn trust_again(tx: &mut WriteTx, person: PersonId) -> Result<bool, StoreError> {
    let gone = sqlx::query!("DELETE FROM bounced_address WHERE person_id = ?", person);
    Ok(gone.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Makes failed deliveries to people due at `now`: `only` this one, or all. Returns their number.
pub async fn retry(tx: &mut WriteTx, only: Option<DeliveryId>, now: Millis) -> Result<u64, StoreError> {
    let again = sqlx::query!(
        "UPDATE delivery SET state = 'queued', due_at = ?1, attempts = 0, settled_at = NULL
          WHERE state = 'failed' AND notice_id IS NOT NULL AND (?2 IS NULL OR id = ?2)
            AND NOT (channel = 'mail' AND EXISTS (SELECT 1 FROM notice n
                              JOIN profile f ON f.person_id = n.person_id
                              JOIN bounced_address b ON b.person_id = f.person_id AND b.email = f.email
                             WHERE n.id = delivery.notice_id))",
        now,
        only,
    );
    let again = again.execute(tx.conn()).await?.rows_affected();
    if again > 0 {
        tx.after_commit(ChangeEvent::Deliveries);
    }
    Ok(again)
}

/// Whether the address of the delivery bounces.
pub async fn bounces(conn: &mut SqliteConnection, id: DeliveryId) -> Result<bool, StoreError> {
    let bounces = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM delivery d
                            JOIN notice n ON n.id = d.notice_id
                            JOIN profile f ON f.person_id = n.person_id
                            JOIN bounced_address b ON b.person_id = f.person_id AND b.email = f.email
                           WHERE d.id = ? AND d.channel = 'mail') AS "is!: bool""#,
        id,
    );
    Ok(bounces.fetch_one(conn).await?)
}

/// The recipient of the delivery.
pub async fn whose(conn: &mut SqliteConnection, id: DeliveryId) -> Result<Option<PersonId>, StoreError> {
    let whose = sqlx::query_scalar!(
        r#"SELECT n.person_id AS "id!: PersonId" FROM delivery d JOIN notice n ON n.id = d.notice_id WHERE d.id = ?"#,
        id,
    );
    Ok(whose.fetch_optional(conn).await?)
}

/// Number of deliveries of a channel in a state.
#[derive(Debug, Clone, Copy)]
pub struct Count {
    pub channel: Channel,
    pub state: State,
    pub count: u32,
}

/// Counts: all waiting and failed deliveries, and those sent or dropped since `since`.
pub async fn counts(conn: &mut SqliteConnection, since: Millis) -> Result<Vec<Count>, StoreError> {
    let counts = sqlx::query_as!(
        Count,
        r#"SELECT channel AS "channel!: Channel", state AS "state!: State", count(*) AS "count!: u32" FROM (
               SELECT channel, state FROM delivery WHERE settled_at IS NULL
               UNION ALL SELECT channel, state FROM delivery WHERE state = 'failed'
               UNION ALL SELECT channel, state FROM delivery WHERE settled_at >= ? AND state IN ('sent', 'dropped'))
            GROUP BY 1, 2"#,
        since,
    );
    Ok(counts.fetch_all(conn).await?)
}

/// A delivery as managers see it: recipient and kind, never the content.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: DeliveryId,
    pub channel: Channel,
    pub state: State,
    pub person: PersonId,
    /// Their name; `None` once erased.
    pub name: Option<String>,
    /// Code of its kind; an unknown code counts as another kind.
    pub kind: String,
    pub told: Millis,
    pub due: Millis,
    pub attempts: u32,
    pub trouble: Option<Trouble>,
    pub reason: Option<Reason>,
    pub settled: Option<Millis>,
}

/// Mails in `state`, or all waiting and failed ones, newest first, after `after`.
pub async fn list(
    conn: &mut SqliteConnection,
    state: Option<State>,
    after: Option<DeliveryId>,
    most: u32,
) -> Result<Vec<Row>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT d.id AS "id!: DeliveryId", d.channel AS "channel!: Channel", d.state AS "state!: State",
                  n.person_id AS "person!: PersonId", f.name AS "name?", n.kind, n.told_at AS "told!: Millis",
                  d.due_at AS "due!: Millis", d.attempts AS "attempts!: u32", d.trouble AS "trouble?: Trouble",
                  d.reason AS "reason?: Reason", d.settled_at AS "settled?: Millis"
             FROM delivery d JOIN notice n ON n.id = d.notice_id LEFT JOIN profile f ON f.person_id = n.person_id
            WHERE d.channel = 'mail' AND iif(?1 IS NULL, d.state IN ('queued', 'gathered', 'failed'), d.state = ?1)
              AND (?2 IS NULL OR d.id < ?2)
            ORDER BY d.id DESC LIMIT ?3"#,
        state,
        after,
        most,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// The key that signs links in mails; `fresh` becomes it if there is none.
pub async fn key(tx: &mut WriteTx, fresh: [u8; 32]) -> Result<[u8; 32], StoreError> {
    let fresh = fresh.as_slice();
    sqlx::query!("INSERT INTO mail_key (id, bytes) VALUES (1, ?) ON CONFLICT DO NOTHING", fresh)
        .execute(tx.conn())
        .await?;
    let stored = known_key(tx.conn()).await?;
    stored.ok_or_else(|| sqlx::Error::RowNotFound.into())
}

/// The same, if there is one.
pub async fn known_key(conn: &mut SqliteConnection) -> Result<Option<[u8; 32]>, StoreError> {
    let bytes = sqlx::query_scalar!("SELECT bytes FROM mail_key").fetch_optional(conn).await?;
    Ok(bytes.and_then(|bytes| bytes.try_into().ok()))
}

/// Deletes notices made before `limit` with their deliveries, at most `most`. Returns their number.
pub async fn forget_notices(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let gone = sqlx::query!(
        "DELETE FROM notice WHERE id IN (SELECT id FROM notice WHERE told_at < ? LIMIT ?)",
        limit,
        most
    );
    Ok(gone.execute(tx.conn()).await?.rows_affected())
}

/// Deletes deliveries settled before `limit`, at most `most`. Returns their number.
pub async fn forget(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let gone = sqlx::query!(
        "DELETE FROM delivery WHERE id IN (SELECT id FROM delivery WHERE settled_at < ? LIMIT ?)",
        limit,
        most
    );
    Ok(gone.execute(tx.conn()).await?.rows_affected())
}

/// The kinds that `person` switched on or off, per channel.
pub async fn switches(
    conn: &mut SqliteConnection,
    person: PersonId,
) -> Result<Vec<(Kind, Channel, bool)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT kind, channel AS "channel!: Channel", is_on AS "is_on!: bool" FROM notice_switch WHERE person_id = ?"#,
        person,
    );
    let rows = rows.fetch_all(conn).await?;
    Ok(rows.into_iter().filter_map(|row| Some((Kind::parse(&row.kind)?, row.channel, row.is_on))).collect())
}

/// Switches a kind on or off for `person`; `None` restores the default.
pub async fn switch(
    tx: &mut WriteTx,
    person: PersonId,
    kind: Kind,
    channel: Channel,
    on: Option<bool>,
) -> Result<(), StoreError> {
    match on {
        Some(on) => {
            sqlx::query!(
                "INSERT INTO notice_switch (person_id, kind, channel, is_on) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (person_id, kind, channel) DO UPDATE SET is_on = ?4",
                person,
                kind,
                channel,
                on,
            )
            .execute(tx.conn())
            .await?
        }
        None => {
            sqlx::query!(
                "DELETE FROM notice_switch WHERE person_id = ? AND kind = ? AND channel = ?",
                person,
                kind,
                channel
            )
            .execute(tx.conn())
            .await?
        }
    };
    Ok(())
}

/// The mail times of `person`; `None` if they chose none.
pub async fn times(conn: &mut SqliteConnection, person: PersonId) -> Result<Option<Times>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT digest_hour AS "digest?: u8", quiet_from AS "quiet_from?: u16", quiet_to AS "quiet_to?: u16"
             FROM mail_times WHERE person_id = ?"#,
        person,
    );
    let row = row.fetch_optional(conn).await?;
    Ok(row.map(|row| Times { digest: row.digest, quiet: row.quiet_from.zip(row.quiet_to) }))
}

/// Sets the mail times of `person`. Deliveries that wait for their daily mail are decided again.
pub async fn set_times(tx: &mut WriteTx, person: PersonId, times: Times, now: Millis) -> Result<(), StoreError> {
    let (from, to) = times.quiet.unzip();
    sqlx::query!(
        "INSERT INTO mail_times (person_id, digest_hour, quiet_from, quiet_to) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (person_id) DO UPDATE SET digest_hour = ?2, quiet_from = ?3, quiet_to = ?4",
        person,
        times.digest,
        from,
        to,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "UPDATE delivery SET state = 'queued', due_at = ?1
          WHERE channel = 'mail' AND settled_at IS NULL AND notice_id IN (SELECT id FROM notice WHERE person_id = ?2)",
        now,
        person,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The address of `person`, and since when it bounces.
pub async fn address(
    conn: &mut SqliteConnection,
    person: PersonId,
) -> Result<Option<(String, Option<Millis>)>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT f.email AS "email!", b.since AS "since?: Millis" FROM profile f
             LEFT JOIN bounced_address b ON b.person_id = f.person_id AND b.email = f.email
            WHERE f.person_id = ? AND f.email IS NOT NULL"#,
        person,
    );
    Ok(row.fetch_optional(conn).await?.map(|row| (row.email, row.since)))
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    // Deleted with its notice, and adds nothing to it.
    Table::left("delivery", &["reason"], Erasing::Deleted),
    Table::taken(
        "bounced_address",
        &["person_id", "email"],
        Erasing::Deleted,
        "SELECT json_object('email', email, 'since@', since) FROM bounced_address WHERE person_id = ?1",
    ),
];
