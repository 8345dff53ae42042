//! What plugs counted while one person used machines.
//!
//! Not here: how a quarter of an hour is divided among uses (`domain::meters::divide`).

use domain::{
    id::{MachineId, MeterId, PersonId},
    occupations::Span,
    time::{DAY, Millis},
};
use sqlx::SqliteConnection;
use std::collections::BTreeSet;

use crate::{StoreError, json};

/// What a plug counted in a quarter of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quarter {
    pub machine: MachineId,
    pub meter: MeterId,
    /// Its beginning.
    pub at: Millis,
    pub amount: i64,
}

/// A use of a machine with a plug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PluggedUse {
    pub machine: MachineId,
    pub start: Millis,
    /// Until now for one that runs.
    pub end: Millis,
    /// Whether it is the person's.
    pub is_own: bool,
}

/// The quarters that begin in `within` and overlap a use by `person`; each once for each meter. A use that began more than a day
/// before is not counted.
pub async fn quarters(
    conn: &mut SqliteConnection,
    person: PersonId,
    within: Span,
) -> Result<Vec<Quarter>, StoreError> {
    let begun = within.starts.before(DAY);
    let rows = sqlx::query_as!(
        Quarter,
        r#"SELECT DISTINCT s.machine_id AS "machine!: MachineId", q.meter_id AS "meter!: MeterId", q.at AS "at!: Millis",
                  q.amount AS "amount!: i64"
             FROM (SELECT s.machine_id, s.started_at, s.ended_at FROM card c JOIN use_session s ON s.card_id = c.id
                    WHERE c.person_id = ?1 AND s.started_at >= ?2 AND s.corrected = 0
                   -- A correction says who it was.
                   UNION ALL SELECT s.machine_id, s.started_at, s.ended_at FROM alias a JOIN use_session s ON s.alias_id = a.id
                    WHERE a.person_id = ?1 AND s.started_at >= ?2 AND s.corrected = 1 AND s.void = 0) s
             CROSS JOIN building_device d ON d.machine_id = s.machine_id
             CROSS JOIN meter t ON t.device_id = d.id AND t.measure = 'power'
             CROSS JOIN meter_quarter q ON q.meter_id = t.id AND q.at > max(s.started_at - 900000, ?3 - 1)
                                       AND q.at < min(coalesce(s.ended_at, ?4), ?4)"#,
        person,
        begun,
        within.starts,
        within.ends,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// All uses of `machines` that reach into `within`, and which of them are by `person`.
pub async fn uses(
    conn: &mut SqliteConnection,
    machines: &BTreeSet<MachineId>,
    person: PersonId,
    within: Span,
) -> Result<Vec<PluggedUse>, StoreError> {
    let machines = json::ids(machines.iter().map(|machine| machine.0));
    let rows = sqlx::query_as!(
        PluggedUse,
        r#"SELECT s.machine_id AS "machine!: MachineId", s.started_at AS "start!: Millis",
                  coalesce(s.ended_at, ?4) AS "end!: Millis",
                  coalesce(iif(s.corrected, a.person_id, c.person_id) = ?2, 0) AS "is_own!: bool"
             FROM (SELECT s.machine_id, s.card_id, s.alias_id, s.started_at, s.ended_at, s.corrected, s.void
                     FROM json_each(?1) m CROSS JOIN use_session s ON s.machine_id = m.value AND s.ended_at > ?3
                   UNION ALL
                   SELECT s.machine_id, s.card_id, s.alias_id, s.started_at, s.ended_at, s.corrected, s.void
                     FROM json_each(?1) m CROSS JOIN use_session s ON s.machine_id = m.value AND s.ended_at IS NULL) s
             LEFT JOIN card c ON c.id = s.card_id
             LEFT JOIN alias a ON a.id = s.alias_id
            WHERE s.started_at < ?4 AND s.void = 0"#,
        machines,
        person,
        within.starts,
        within.ends,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}
