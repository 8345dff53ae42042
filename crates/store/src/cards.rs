//! Cards: rows of `card` and `unknown_card`, the only tables that hold a uid.

use domain::{
    cards::{CardState, CardUid},
    id::{CardId, MachineId, PersonId, UnknownCardId},
    time::Millis,
};
use sqlx::SqliteConnection;

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

/// A card without its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Which.
    pub id: CardId,
    /// Whose.
    pub person: PersonId,
    /// The last two digits; empty when the number is gone.
    pub ending: String,
    /// Whether it opens anything.
    pub state: CardState,
    /// Since when.
    pub given_at: Millis,
}

/// The cards of `person`, the newest first.
pub async fn of_person(conn: &mut SqliteConnection, person: PersonId) -> Result<Vec<Held>, StoreError> {
    let cards = sqlx::query_as!(
        Held,
        r#"SELECT id AS "id!: CardId", person_id AS "person!: PersonId", coalesce(substr(uid, 7), '') AS "ending!: String",
                  state AS "state!: CardState", given_at AS "given_at!: Millis"
             FROM card WHERE person_id = ? ORDER BY given_at DESC, id DESC"#,
        person,
    )
    .fetch_all(conn)
    .await?;
    Ok(cards)
}

/// One card; `None` when there is none with this id.
pub async fn one(conn: &mut SqliteConnection, card: CardId) -> Result<Option<Held>, StoreError> {
    let card = sqlx::query_as!(
        Held,
        r#"SELECT id AS "id!: CardId", person_id AS "person!: PersonId", coalesce(substr(uid, 7), '') AS "ending!: String",
                  state AS "state!: CardState", given_at AS "given_at!: Millis"
             FROM card WHERE id = ?"#,
        card,
    )
    .fetch_optional(conn)
    .await?;
    Ok(card)
}

/// Says whether `card` opens anything from now on.
pub async fn set_state(tx: &mut WriteTx, card: CardId, state: CardState) -> Result<(), StoreError> {
    sqlx::query!("UPDATE card SET state = ? WHERE id = ?", state, card).execute(tx.conn()).await?;
    Ok(())
}
