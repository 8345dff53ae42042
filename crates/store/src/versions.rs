//! The last change of a thing by a person, from the audit chain, for readers who meet a newer version than theirs.

use domain::time::Millis;
use sqlx::SqliteConnection;

use crate::StoreError;

/// Audit entries searched for the last change.
const LATELY: i64 = 5_000;

/// When `subject` was last changed by a person, and by whom, if that was recent; messages of a machine's board are no
/// changes.
pub async fn last_change(
    conn: &mut SqliteConnection,
    subject: &str,
) -> Result<Option<(Millis, Option<String>)>, StoreError> {
    let found = sqlx::query!(
        r#"SELECT a.at AS "at: Millis", p.name AS "name?: String" FROM audit a
             LEFT JOIN alias l ON l.id = a.alias
             LEFT JOIN profile p ON p.person_id = l.person_id
            WHERE a.seq > (SELECT max(seq) FROM audit) - ?2 AND a.subject = ?1
              AND a.door IN ('web', 'api') AND a.action NOT LIKE '%.stop-%'
            ORDER BY a.seq DESC LIMIT 1"#,
        subject,
        LATELY,
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|row| (row.at, row.name)))
}
