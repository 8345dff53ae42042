//! What is kept for a time only, and when it was cleared away: rows of `retention_run`. Decisions, sessions and links are
//! cleared by their own nouns.

use domain::{
    id::AliasId,
    retention::{Cleared, Run},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, people::month};

/// Forgets cards that nobody claimed and that were last seen before `limit`, no more than `most`; answers how many.
pub async fn forget_unknown_cards(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let gone = sqlx::query!(
        "DELETE FROM unknown_card WHERE id IN (SELECT id FROM unknown_card WHERE last_seen < ? LIMIT ?)",
        limit,
        most,
    );
    Ok(gone.execute(tx.conn()).await?.rows_affected())
}

/// Cuts the tie between people and the months that had passed at `limit`; answers how many there were.
pub async fn cut_names(tx: &mut WriteTx, limit: Millis) -> Result<u64, StoreError> {
    let month = month(limit);
    let cut = sqlx::query!("UPDATE alias SET person_id = NULL WHERE person_id IS NOT NULL AND month < ?", month);
    Ok(cut.execute(tx.conn()).await?.rows_affected())
}

/// Writes down that it was cleared.
pub async fn ran(tx: &mut WriteTx, at: Millis, by: Option<AliasId>, cleared: &Cleared) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO retention_run (at, by_alias, decisions, unknown_cards, sign_ins, names) VALUES (?, ?, ?, ?, ?, ?)",
        at,
        by,
        cleared.decisions,
        cleared.unknown_cards,
        cleared.sign_ins,
        cleared.names,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// When it was cleared last.
pub async fn last(conn: &mut SqliteConnection) -> Result<Option<Millis>, StoreError> {
    let last = sqlx::query_scalar!(r#"SELECT at AS "at!: Millis" FROM retention_run ORDER BY at DESC LIMIT 1"#);
    Ok(last.fetch_optional(conn).await?)
}

/// The newest times, at most `limit`.
pub async fn runs(conn: &mut SqliteConnection, limit: i64) -> Result<Vec<Run<Millis>>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT r.at AS "at!: Millis", f.name AS "by?", r.decisions AS "decisions!: u32",
                  r.unknown_cards AS "unknown_cards!: u32", r.sign_ins AS "sign_ins!: u32", r.names AS "names!: u32"
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
        },
    });
    Ok(runs.collect())
}
