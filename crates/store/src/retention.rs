//! Data with a retention period, and when it was deleted: rows of `retention_run`. Attempts, sessions and links are
//! deleted by their own nouns.

use crate::personal_data::{Erasing, Table};
use contract::retention::{Cleared, Run};
use domain::{
    id::AliasId,
    time::{Date, Millis, Moment},
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, json, people::month};

/// Deletes unknown cards last seen before `limit`, at most `most`; returns their number.
pub async fn forget_unknown_cards(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let gone = sqlx::query!(
        "DELETE FROM unknown_card WHERE id IN (SELECT id FROM unknown_card WHERE last_seen < ? LIMIT ?)",
        limit,
        most,
    );
    Ok(gone.execute(tx.conn()).await?.rows_affected())
}

/// Removes the cards from uses that ended in months before `limit`, at most `most`; returns their number. When a person
/// last used a machine stays with their standing until they are erased.
pub async fn cut_cards_of_uses(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let month = month(limit);
    sqlx::query!(
        "INSERT INTO last_use (person_id, machine_id, at)
              SELECT p.id, u.machine_id, max(u.ended_at)
                FROM use_session u JOIN alias w ON w.id = u.alias_id JOIN person p ON p.id = w.person_id
               WHERE p.erased_at IS NULL AND u.void = 0
                 AND u.id IN (SELECT s.id FROM alias a JOIN use_session s ON s.alias_id = a.id
                               WHERE a.person_id IS NOT NULL AND a.month < ?1 AND (s.card_id IS NOT NULL OR s.unknown_card_id <> 0)
                                 AND s.ended_at IS NOT NULL ORDER BY s.id LIMIT ?2)
               GROUP BY 1, 2
         ON CONFLICT DO UPDATE SET at = max(at, excluded.at)",
        month,
        most,
    )
    .execute(tx.conn())
    .await?;
    let cut = sqlx::query!(
        "UPDATE use_session SET card_id = NULL, unknown_card_id = 0
          WHERE id IN (SELECT s.id FROM alias a JOIN use_session s ON s.alias_id = a.id
                        WHERE a.person_id IS NOT NULL AND a.month < ?1 AND (s.card_id IS NOT NULL OR s.unknown_card_id <> 0)
                          AND s.ended_at IS NOT NULL ORDER BY s.id LIMIT ?2)",
        month,
        most,
    );
    Ok(cut.execute(tx.conn()).await?.rows_affected())
}

/// Removes the cards from board facts of months before `limit`, in order and at most `most`; returns how many were
/// processed.
pub async fn cut_cards_of_facts(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let before = beginning_of_month(limit);
    let found = sqlx::query!(
        r#"WITH part AS MATERIALIZED (SELECT id, arrived_at FROM board_fact
                                       WHERE id > (SELECT fact FROM fact_start) ORDER BY id LIMIT ?2),
                -- Once, and not for each of them.
                young AS MATERIALIZED (SELECT min(id) AS id FROM part WHERE arrived_at >= ?1)
           SELECT (SELECT fact FROM fact_start) AS "from!: i64",
                  (SELECT max(p.id) FROM part p JOIN young y ON p.id < coalesce(y.id, 9223372036854775807)) AS "through?: i64""#,
        before,
        most,
    )
    .fetch_one(tx.conn())
    .await?;
    let Some(through) = found.through else { return Ok(0) };
    sqlx::query!("UPDATE fact_start SET fact = ?", through).execute(tx.conn()).await?;
    sqlx::query!(
        "UPDATE board_fact SET card_id = NULL, unknown_card_id = 0 WHERE id > ? AND id <= ? AND card_id IS NOT NULL",
        found.from,
        through,
    )
    .execute(tx.conn())
    .await?;
    Ok(through.abs_diff(found.from))
}

/// Cuts the link between people and their aliases of months before `limit`; returns their number. A month with a
/// running use waits for its end.
pub async fn cut_names(tx: &mut WriteTx, limit: Millis) -> Result<u64, StoreError> {
    let (month, before) = (month(limit), beginning_of_month(limit));
    // Requests to boards named the card too.
    sqlx::query!(
        "UPDATE machine_request SET card_id = NULL
          WHERE card_id IS NOT NULL AND queued_at < ? AND state NOT IN ('queued', 'sent')",
        before,
    )
    .execute(tx.conn())
    .await?;
    // The reason for a correction is about the person, and would identify them.
    sqlx::query!(
        "DELETE FROM remark
          WHERE about_person IS NOT NULL
            AND id IN (SELECT c.remark_id FROM use_correction c JOIN alias a ON a.id IN (c.alias_before, c.alias_after)
                        WHERE a.month < ?
                          AND NOT EXISTS (SELECT 1 FROM use_session u WHERE u.alias_id = a.id AND u.ended_at IS NULL))",
        month,
    )
    .execute(tx.conn())
    .await?;
    let cut = sqlx::query!(
        "UPDATE alias SET person_id = NULL
          WHERE person_id IS NOT NULL AND month < ?
            AND NOT EXISTS (SELECT 1 FROM use_session u WHERE u.alias_id = alias.id AND u.ended_at IS NULL)",
        month,
    );
    Ok(cut.execute(tx.conn()).await?.rows_affected())
}

/// Removes the names from bookings that were over at `limit` and occupy no time, at most `most`, with their remarks;
/// returns their number.
pub async fn cut_bookings(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let found = sqlx::query!(
        r#"SELECT b.id AS "id!: i64", b.remark_id AS "remark?: i64" FROM booking b
            WHERE b.person_id IS NOT NULL AND b.starts_at < ?1 AND b.ends_at <= ?1
              AND b.state NOT IN ('pending', 'approved', 'checked-in')
              AND NOT EXISTS (SELECT 1 FROM occupation o WHERE o.booking_id = b.id)
            LIMIT ?2"#,
        limit,
        most,
    )
    .fetch_all(tx.conn())
    .await?;
    let ids = json::ids(found.iter().map(|row| row.id));
    sqlx::query!(
        "UPDATE booking SET person_id = NULL, offered_to = NULL, offered_at = NULL, remark_id = NULL
          WHERE id IN (SELECT value FROM json_each(?))",
        ids,
    )
    .execute(tx.conn())
    .await?;
    forget_words(tx, found.iter().filter_map(|row| row.remark).collect()).await?;
    Ok(found.len().try_into().unwrap_or(u64::MAX))
}

/// The same for waiting-list entries, which have no remarks.
pub async fn cut_waiting(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let cut = sqlx::query!(
        "UPDATE waiting SET person_id = NULL
          WHERE id IN (SELECT w.id FROM waiting w
                        WHERE w.person_id IS NOT NULL AND w.ends_at <= ?1 AND w.state NOT IN ('waiting', 'offered')
                          AND NOT EXISTS (SELECT 1 FROM occupation o WHERE o.waiting_id = w.id)
                        LIMIT ?2)",
        limit,
        most,
    );
    Ok(cut.execute(tx.conn()).await?.rows_affected())
}

/// The same for checkouts: both names, the notes on the steps, and their photos. The result is in the ledger.
pub async fn cut_checkouts(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let found = sqlx::query!(
        r#"SELECT a.id AS "id!: i64", a.remark_id AS "remark?: i64" FROM appointment a
            WHERE a.person_id IS NOT NULL AND a.ends_at <= ?1 AND a.state NOT IN ('pending', 'accepted')
              AND NOT EXISTS (SELECT 1 FROM occupation o WHERE o.appointment_id = a.id)
            LIMIT ?2"#,
        limit,
        most,
    )
    .fetch_all(tx.conn())
    .await?;
    let ids = json::ids(found.iter().map(|row| row.id));
    let noted = sqlx::query_scalar!(
        r#"SELECT remark_id AS "remark!: i64" FROM checkout_mark
            WHERE remark_id IS NOT NULL AND appointment_id IN (SELECT value FROM json_each(?))"#,
        ids,
    )
    .fetch_all(tx.conn())
    .await?;
    sqlx::query!(
        "UPDATE appointment SET person_id = NULL, trainer_id = NULL, agreed_with = NULL, remark_id = NULL
          WHERE id IN (SELECT value FROM json_each(?))",
        ids,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "UPDATE checkout_mark SET remark_id = NULL WHERE appointment_id IN (SELECT value FROM json_each(?))",
        ids,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!("DELETE FROM checkout_photo WHERE appointment_id IN (SELECT value FROM json_each(?))", ids)
        .execute(tx.conn())
        .await?;
    forget_words(tx, found.iter().filter_map(|row| row.remark).chain(noted).collect()).await?;
    Ok(found.len().try_into().unwrap_or(u64::MAX))
}

/// The same for training events that are over: their hosts, the people at them, and what they were to practise. Results stay
/// without names.
pub async fn cut_events(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let found = sqlx::query!(
        r#"SELECT o.id AS "id!: i64", o.remark_id AS "remark?: i64" FROM event_place o JOIN training_event e ON e.id = o.event_id
            WHERE o.person_id IS NOT NULL AND e.ends_at <= ?1 AND o.state NOT IN ('sent', 'waiting')
              AND NOT EXISTS (SELECT 1 FROM occupation t WHERE t.event_id = e.id)
            LIMIT ?2"#,
        limit,
        most,
    )
    .fetch_all(tx.conn())
    .await?;
    let ids = json::ids(found.iter().map(|row| row.id));
    sqlx::query!(
        "UPDATE event_place SET person_id = NULL, remark_id = NULL, counts = 0
          WHERE id IN (SELECT value FROM json_each(?))",
        ids,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "UPDATE training_event SET host_id = NULL, remark_id = NULL
          WHERE host_id IS NOT NULL AND ends_at <= ?1 AND state <> 'announced'
            AND NOT EXISTS (SELECT 1 FROM event_place o WHERE o.event_id = training_event.id AND o.person_id IS NOT NULL)",
        limit,
    )
    .execute(tx.conn())
    .await?;
    forget_words(tx, found.iter().filter_map(|row| row.remark).collect()).await?;
    Ok(found.len().try_into().unwrap_or(u64::MAX))
}

/// The same for closed requests for training.
pub async fn cut_requests(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let cut = sqlx::query!(
        "UPDATE training_request SET person_id = NULL
          WHERE id IN (SELECT id FROM training_request
                        WHERE person_id IS NOT NULL AND state <> 'open' AND closed_at <= ?1 LIMIT ?2)",
        limit,
        most,
    );
    Ok(cut.execute(tx.conn()).await?.rows_affected())
}

/// Removes the people from series that ended before the day of `limit` and whose bookings have no names any more, at most
/// `most`; returns their number.
pub async fn cut_series(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let day = Moment { at: limit, offset: 0 }.wall().date.days();
    let cut = sqlx::query!(
        "UPDATE series SET person_id = NULL
          WHERE id IN (SELECT s.id FROM series s
                        WHERE s.person_id IS NOT NULL AND s.last_day < ?1
                          AND NOT EXISTS (SELECT 1 FROM booking b WHERE b.series_id = s.id AND b.person_id IS NOT NULL)
                        LIMIT ?2)",
        day,
        most,
    );
    Ok(cut.execute(tx.conn()).await?.rows_affected())
}

/// Deletes remarks without references.
async fn forget_words(tx: &mut WriteTx, remarks: Vec<i64>) -> Result<(), StoreError> {
    let remarks = json::ids(remarks);
    sqlx::query!("DELETE FROM remark WHERE id IN (SELECT value FROM json_each(?))", remarks)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The first instant of the month of `at`, in UTC like the months of aliases.
fn beginning_of_month(at: Millis) -> Millis {
    let date = Moment { at, offset: 0 }.wall().date;
    Millis(Date { day: 1, ..date }.days() * 86_400_000)
}

/// How much would be deleted, per limit; names are counted by the uses, bookings, waiting-list entries, checkouts,
/// training events and requests they would be removed from.
pub async fn due(
    conn: &mut SqliteConnection,
    now: Millis,
    decisions: Millis,
    cards: Millis,
    names: Millis,
    entries: Millis,
) -> Result<Cleared, StoreError> {
    let month = month(names);
    let cleared = sqlx::query_as!(
        Cleared,
        r#"SELECT (SELECT count(*) FROM attempt WHERE at < ?2) AS "decisions!: u32",
                  (SELECT count(*) FROM unknown_card WHERE last_seen < ?3) AS "unknown_cards!: u32",
                  (SELECT count(*) FROM session WHERE expires_at <= ?1)
                    + (SELECT count(*) FROM link WHERE expires_at <= ?1)
                    + (SELECT count(*) FROM api_token WHERE expires_at <= ?1) AS "sign_ins!: u32",
                  (SELECT count(*) FROM use_session u JOIN alias a ON a.id = u.alias_id
                    WHERE a.person_id IS NOT NULL AND a.month < ?4 AND u.ended_at IS NOT NULL)
                    + (SELECT count(*) FROM booking WHERE person_id IS NOT NULL AND starts_at < ?6 AND ends_at <= ?6
                          AND state NOT IN ('pending', 'approved', 'checked-in'))
                    + (SELECT count(*) FROM waiting WHERE person_id IS NOT NULL AND ends_at <= ?6
                          AND state NOT IN ('waiting', 'offered'))
                    + (SELECT count(*) FROM appointment WHERE person_id IS NOT NULL AND ends_at <= ?6
                          AND state NOT IN ('pending', 'accepted'))
                    + (SELECT count(*) FROM event_place o JOIN training_event e ON e.id = o.event_id
                        WHERE o.person_id IS NOT NULL AND e.ends_at <= ?6 AND o.state NOT IN ('sent', 'waiting'))
                    + (SELECT count(*) FROM training_request WHERE person_id IS NOT NULL AND state <> 'open'
                          AND closed_at <= ?6) AS "names!: u32",
                  (SELECT count(*) FROM audit WHERE at < ?5) AS "entries!: u32""#,
        now,
        decisions,
        cards,
        month,
        entries,
        names,
    );
    Ok(cleared.fetch_one(conn).await?)
}

/// Records a run.
pub async fn ran(tx: &mut WriteTx, at: Millis, by: Option<AliasId>, cleared: &Cleared) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO retention_run (at, by_alias, decisions, unknown_cards, sign_ins, names, entries)
              VALUES (?, ?, ?, ?, ?, ?, ?)",
        at,
        by,
        cleared.decisions,
        cleared.unknown_cards,
        cleared.sign_ins,
        cleared.names,
        cleared.entries,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// When the last run was.
pub async fn last(conn: &mut SqliteConnection) -> Result<Option<Millis>, StoreError> {
    let last = sqlx::query_scalar!(r#"SELECT at AS "at!: Millis" FROM retention_run ORDER BY at DESC LIMIT 1"#);
    Ok(last.fetch_optional(conn).await?)
}

/// The newest runs, at most `limit`.
pub async fn runs(conn: &mut SqliteConnection, limit: i64) -> Result<Vec<Run<Millis>>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT r.at AS "at!: Millis", f.name AS "by?", r.decisions AS "decisions!: u32",
                  r.unknown_cards AS "unknown_cards!: u32", r.sign_ins AS "sign_ins!: u32", r.names AS "names!: u32",
                  r.entries AS "entries!: u32"
             FROM retention_run r LEFT JOIN alias a ON a.id = r.by_alias LEFT JOIN profile f ON f.person_id = a.person_id
            ORDER BY r.at DESC LIMIT ?"#,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let runs = rows.into_iter().map(|row| Run {
        at: row.at,
        by: row.by,
        cleared: Cleared {
            decisions: row.decisions,
            unknown_cards: row.unknown_cards,
            sign_ins: row.sign_ins,
            names: row.names,
            entries: row.entries,
        },
    });
    Ok(runs.collect())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::left("retention_run", &["by_alias"], Erasing::Stays)];
