//! Running uses, for the checks whether they still run.

use super::UseItem;
use crate::{StoreError, WriteTx, settings};
use domain::{
    id::{AliasId, CardId, MachineId, UnknownCardId, UseId},
    settings::Settings,
    time::Millis,
    uses::{Change, Ending, Session, Source, hours_gained},
};
use sqlx::SqliteConnection;

/// A running use.
#[derive(Debug, Clone)]
pub struct GoingOn {
    pub machine: MachineId,
    pub session: Session,
    /// The alias it is recorded under.
    pub alias: Option<AliasId>,
    /// When a board was last heard for the machine.
    pub heard: Option<Millis>,
    pub settings: Settings,
}

/// The running use at `machine`, or all of them: at most one per machine.
pub async fn going_on(
    conn: &mut SqliteConnection,
    machine: Option<MachineId>,
) -> Result<Vec<GoingOn>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT u.id AS "id!: UseId", u.machine_id AS "machine!: MachineId", u.alias_id AS "alias?: AliasId",
                  u.card_id AS "card?: CardId", u.unknown_card_id AS "unknown_card?: UnknownCardId",
                  u.started_at AS "start!: Millis", u.last_sign_at AS "last_sign!: Millis", u.source AS "source!: Source",
                  u.approximate AS "approximate!: bool", u.provisional AS "provisional!: bool",
                  u.other_card AS "other_card!: bool", u.told_s AS "told?: i64", u.settled AS "settled!: bool", u.twin_start AS "twin_start!: bool", u.twin_stop AS "twin_stop!: bool",
                  g.heard_at AS "heard?: Millis",
                  (SELECT json_group_array(json_array(s.scope, s.key, s.value)) FROM setting s
                    WHERE (s.scope = 'space' AND s.scope_id = 0)
                       OR (s.scope = 'type' AND s.scope_id = m.type_id)
                       OR (s.scope = 'machine' AND s.scope_id = m.id)) AS "settings!: String"
             FROM use_session u JOIN machine m ON m.id = u.machine_id
             LEFT JOIN machine_signal g ON g.machine_id = u.machine_id
            WHERE u.ended_at IS NULL AND (?1 IS NULL OR u.machine_id = ?1)"#,
        machine,
    )
    .fetch_all(conn)
    .await?;
    let each = rows.into_iter().map(|row| {
        let session = UseItem {
            id: row.id,
            card: row.card,
            unknown_card: row.unknown_card,
            start: row.start,
            last_sign: row.last_sign,
            end: None,
            ending: None,
            source: row.source,
            approximate: row.approximate,
            provisional: row.provisional,
            other_card: row.other_card,
            told: row.told,
            settled: row.settled,
            twin_start: row.twin_start,
            twin_stop: row.twin_stop,
            corrected: false,
            reported_end: None,
            told_ending: None,
            void: false,
            told_to_stop: false,
            for_booking: false,
            booked: None,
        };
        Ok(GoingOn {
            machine: row.machine,
            session: session.session()?,
            alias: row.alias,
            heard: row.heard,
            settings: settings::of_list(&row.settings)?,
        })
    });
    Ok(each.collect::<Result<_, sqlx::Error>>()?)
}

/// Ends the use `before` as in `after`, and closes the requests to its board.
pub async fn end(tx: &mut WriteTx, before: &GoingOn, after: &Session, at: Millis) -> Result<(), StoreError> {
    let (ended, ending): (Option<Millis>, Option<Ending>) = after.end.unzip();
    let gained = hours_gained(Some(&before.session), &Change::Set(*after));
    sqlx::query!(
        "UPDATE use_session SET ended_at = ?, ending = ?, approximate = ?, provisional = 0 WHERE id = ?",
        ended,
        ending,
        after.approximate,
        after.id,
    )
    .execute(tx.conn())
    .await?;
    gain(tx, before.machine, gained).await?;
    answered(tx, after.id, at).await
}

/// Adds milliseconds to the machine's hours; negative ones are subtracted.
pub(super) async fn gain(tx: &mut WriteTx, machine: MachineId, gained: i64) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO machine_total (machine_id, used_ms) VALUES (?, ?)
             ON CONFLICT (machine_id) DO UPDATE SET used_ms = used_ms + excluded.used_ms",
        machine,
        gained,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Closes the requests to a board about the use.
pub(super) async fn answered(tx: &mut WriteTx, id: Option<UseId>, at: Millis) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE machine_request SET state = 'acknowledged', ended_at = ? WHERE use_id = ? AND state IN ('queued', 'sent')",
        at,
        id,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
