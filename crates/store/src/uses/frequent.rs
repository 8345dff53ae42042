//! The most frequent users of a machine, for the time without a connection.

use crate::StoreError;
use domain::{cards::CardUid, id::MachineId};
use sqlx::SqliteConnection;

/// One card each of the active people who had the most of the last `uses` ended uses of `machine`: most frequent first,
/// then latest. Of several valid cards the one they tapped there most, then the newest. Reads at most `uses` uses,
/// however long the history is.
pub async fn frequent(
    conn: &mut SqliteConnection,
    machine: MachineId,
    uses: i64,
) -> Result<Vec<CardUid>, StoreError> {
    let cards = sqlx::query_scalar!(
        r#"WITH lately AS MATERIALIZED (SELECT id, alias_id, card_id, ended_at, void FROM use_session
                                         WHERE machine_id = ?1 AND ended_at IS NOT NULL
                                         ORDER BY ended_at DESC, id DESC LIMIT ?2),
                users AS (SELECT a.person_id AS person, count(*) AS times, max(u.ended_at) AS last
                            FROM lately u JOIN alias a ON a.id = u.alias_id JOIN person p ON p.id = a.person_id
                           WHERE u.void = 0 AND p.status = 'active' GROUP BY a.person_id),
                theirs AS MATERIALIZED (SELECT u.*, (SELECT c.uid FROM card c
                                         WHERE c.person_id = u.person AND c.state = 'active' AND c.uid IS NOT NULL
                                         ORDER BY (SELECT count(*) FROM lately l WHERE l.card_id = c.id) DESC, c.id DESC
                                         LIMIT 1) AS uid
                             FROM users u)
           SELECT uid AS "uid!: CardUid" FROM theirs WHERE uid IS NOT NULL
            ORDER BY times DESC, last DESC, person"#,
        machine,
        uses,
    )
    .fetch_all(conn)
    .await?;
    Ok(cards)
}
