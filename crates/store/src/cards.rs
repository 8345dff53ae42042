//! Cards: rows of `card` and `unknown_card`, the only tables that hold a uid.

use domain::{
    cards::{CardState, CardUid},
    id::{CardId, MachineId, PersonId, UnknownCardId},
    time::Millis,
};

use crate::{StoreError, WriteTx};

/// Gives `person` a card.
///
/// Fails with [`StoreError::Taken`] when the uid is another active or lost card.
pub async fn give(tx: &mut WriteTx, person: PersonId, uid: &CardUid, at: Millis) -> Result<CardId, StoreError> {
    let state = CardState::Active;
    let made = sqlx::query!(
        "INSERT INTO card (person_id, uid, state, given_at) VALUES (?, ?, ?, ?)",
        person,
        uid,
        state,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(CardId(made.last_insert_rowid()))
}

/// Notes that a card nobody has claimed was held to `machine` at `at`, `times` times.
pub async fn unknown_seen(
    tx: &mut WriteTx,
    uid: &CardUid,
    machine: MachineId,
    at: Millis,
    times: i64,
) -> Result<UnknownCardId, StoreError> {
    let id = sqlx::query_scalar!(
        r#"INSERT INTO unknown_card (uid, machine_id, first_seen, last_seen, seen) VALUES (?1, ?2, ?3, ?3, ?4)
               ON CONFLICT (uid, machine_id) DO UPDATE
              SET last_seen = max(last_seen, excluded.last_seen), seen = seen + excluded.seen
           RETURNING id AS "id: UnknownCardId""#,
        uid,
        machine,
        at,
        times,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(id)
}
