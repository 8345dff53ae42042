//! Subscriptions that a processor answered about members: rows of `dues_subscription`. Not here: which of them are dues
//! (`domain::dues`).

use crate::{StoreError, WriteTx};
use domain::{
    dues::Processor,
    id::PersonId,
    time::{Date, Millis},
};
use sqlx::SqliteConnection;

/// A subscription of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionRow {
    /// The processor's id; empty for payments that belong to none.
    pub id: String,
    /// The name of what it collects.
    pub name: String,
    pub paid_until: Option<Date>,
    pub has_ended: bool,
    /// Whether it is dues.
    pub counts: bool,
}

/// The subscriptions of `person`, those that are dues first.
pub async fn of(conn: &mut SqliteConnection, person: PersonId) -> Result<Vec<SubscriptionRow>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT subscription, name, paid_until, has_ended AS "has_ended!: bool", counts AS "counts!: bool"
             FROM dues_subscription WHERE person_id = ? ORDER BY counts DESC, has_ended, name, subscription"#,
        person,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| SubscriptionRow {
        id: row.subscription,
        name: row.name,
        paid_until: row.paid_until.map(Date::from_days),
        has_ended: row.has_ended,
        counts: row.counts,
    });
    Ok(rows.collect())
}

/// Replaces the subscriptions of `person` by those of an answer.
pub async fn replace(tx: &mut WriteTx, person: PersonId, found: &[SubscriptionRow]) -> Result<(), StoreError> {
    forget(tx, person).await?;
    for one in found {
        let paid_until = one.paid_until.map(Date::days);
        sqlx::query!(
            "INSERT OR REPLACE INTO dues_subscription (person_id, subscription, name, paid_until, has_ended, counts)
             VALUES (?, ?, ?, ?, ?, ?)",
            person,
            one.id,
            one.name,
            paid_until,
            one.has_ended,
            one.counts,
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// Deletes the subscriptions of `person`.
pub async fn forget(tx: &mut WriteTx, person: PersonId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM dues_subscription WHERE person_id = ?", person).execute(tx.conn()).await?;
    Ok(())
}

/// Makes a subscription of `person` the one that is dues, or none, and asks about them from `at` on.
pub async fn choose(
    tx: &mut WriteTx,
    person: PersonId,
    chosen: Option<&str>,
    at: Millis,
) -> Result<(), StoreError> {
    sqlx::query!("UPDATE dues SET chosen = ?2, ask_at = ?3 WHERE person_id = ?1", person, chosen, at)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Another subscription of `person` took the place of the chosen one, or none is chosen any more.
pub async fn choose_again(tx: &mut WriteTx, person: PersonId, chosen: Option<&str>) -> Result<(), StoreError> {
    sqlx::query!("UPDATE dues SET chosen = ?2 WHERE person_id = ?1", person, chosen).execute(tx.conn()).await?;
    Ok(())
}

/// A subscription that is collected and is no dues, with the name of its person. Single payments are none.
#[derive(Debug, Clone)]
pub struct IgnoredRow {
    pub person: PersonId,
    pub name: Option<String>,
    pub processor: Processor,
    /// The name of what it collects.
    pub plan: String,
}

/// At most `most` of them, by name.
pub async fn ignored(conn: &mut SqliteConnection, most: u32) -> Result<Vec<IgnoredRow>, StoreError> {
    let rows = sqlx::query_as!(
        IgnoredRow,
        r#"SELECT s.person_id AS "person!: PersonId", f.name AS "name?: String", d.processor AS "processor!: Processor",
                  s.name AS "plan!: String"
             FROM dues_subscription s JOIN dues d ON d.person_id = s.person_id
             LEFT JOIN profile f ON f.person_id = s.person_id
            WHERE s.counts = 0 AND s.has_ended = 0 AND s.subscription <> ''
            ORDER BY f.name, s.person_id, s.subscription LIMIT ?"#,
        most,
    );
    Ok(rows.fetch_all(conn).await?)
}
