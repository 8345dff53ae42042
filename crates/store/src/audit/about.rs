//! Entries about one person, by the index: asked by their page, which must not walk the whole chain for it.

use domain::{
    actor::Channel,
    id::{AliasId, PersonId},
    time::Millis,
};
use sqlx::SqliteConnection;

use super::filter::{Read, Row};
use crate::StoreError;

/// At most `limit` entries about `person`, newest first; older than the entry `before`, if there is one.
pub async fn about_person(
    conn: &mut SqliteConnection,
    person: PersonId,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let subject = format!("person:{person}");
    let rows = sqlx::query_as!(
        Read,
        r#"
        SELECT a.seq, a.at AS "at: Millis", a.alias AS "alias: AliasId", a.door AS "door: Channel", a.action, a.subject,
               a.detail, l.person_id AS "person?: PersonId", p.name AS "name?: String", s.name AS "subject_name?: String"
          FROM audit a
          LEFT JOIN alias l ON l.id = a.alias
          LEFT JOIN profile p ON p.person_id = l.person_id
          LEFT JOIN profile s ON s.person_id = ?1
         WHERE a.subject = ?2 AND (?3 IS NULL OR a.seq < ?3)
         ORDER BY a.seq DESC LIMIT ?4
        "#,
        person,
        subject,
        before,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Row::from).collect())
}
