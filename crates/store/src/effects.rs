//! What a change of somebody's standing reaches: the uses they are in the middle of.

use domain::{
    cards::CardUid,
    id::{MachineId, PersonId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::StoreError;

/// The machines that `person` is on, each with the card that began it.
pub async fn running_of(
    conn: &mut SqliteConnection,
    person: PersonId,
) -> Result<Vec<(MachineId, CardUid)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT u.machine_id AS "machine!: MachineId", c.uid AS "uid!: CardUid"
             FROM use_session u JOIN card c ON c.id = u.card_id
            WHERE c.person_id = ? AND c.uid IS NOT NULL AND u.ended_at IS NULL ORDER BY u.machine_id"#,
        person,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.machine, row.uid)).collect())
}

/// Who held a card to `machine` and was let in, in `[from, to]`, and when.
pub async fn let_in_between(
    conn: &mut SqliteConnection,
    machine: MachineId,
    from: Millis,
    to: Millis,
) -> Result<Vec<(PersonId, Millis)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT c.person_id AS "person!: PersonId", a.at AS "at!: Millis"
             FROM attempt a JOIN card c ON c.id = a.card_id
            WHERE a.machine_id = ? AND a.at BETWEEN ? AND ? AND a.level > 0"#,
        machine,
        from,
        to,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.person, row.at)).collect())
}
