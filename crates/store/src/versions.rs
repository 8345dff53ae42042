//! Who changed something last: read from the audit chain, for whoever meets a newer version than theirs.

use domain::time::Millis;
use sqlx::SqliteConnection;

use crate::StoreError;

/// Entries that are looked through for the newest about something.
const LATELY: i64 = 5_000;

/// When `subject` was changed by hand for the last time, and by whom, if that was lately: of what boards say of a machine
/// nothing is a change.
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
