//! Cards: rows of `card` and `unknown_card`, the only tables with uids, and a card's audit entries.

pub mod claims;

use crate::personal_data::{Erasing, Table};
use domain::{
    actor::Channel,
    cards::{CardState, CardUid},
    id::{AliasId, CardId, MachineId, PersonId, UnknownCardId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// Assigns a card to `person`.
///
/// Fails with [`StoreError::Unique`] if another active or lost card has the uid.
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

/// Notes that an unknown card was tapped at `machine` at `at`, `times` times.
pub async fn unknown_seen(
    tx: &mut WriteTx,
    uid: &CardUid,
    machine: MachineId,
    at: Millis,
    times: i64,
) -> Result<UnknownCardId, StoreError> {
    let id = sqlx::query_scalar!(
        // A dismissed card stays dismissed on every machine.
        r#"INSERT INTO unknown_card (uid, machine_id, first_seen, last_seen, seen, ignored_at)
               VALUES (?1, ?2, ?3, ?3, ?4, (SELECT max(ignored_at) FROM unknown_card WHERE uid = ?1))
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

/// A card without its uid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub id: CardId,
    pub person: PersonId,
    /// The last four digits; empty once the uid is deleted.
    pub ending: String,
    pub state: CardState,
    pub given_at: Millis,
}

/// The cards of `person`, newest first.
pub async fn of_person(conn: &mut SqliteConnection, person: PersonId) -> Result<Vec<Held>, StoreError> {
    let cards = sqlx::query_as!(
        Held,
        r#"SELECT id AS "id!: CardId", person_id AS "person!: PersonId", coalesce(substr(uid, 5), '') AS "ending!: String",
                  state AS "state!: CardState", given_at AS "given_at!: Millis"
             FROM card WHERE person_id = ? ORDER BY given_at DESC, id DESC"#,
        person,
    )
    .fetch_all(conn)
    .await?;
    Ok(cards)
}

/// One card; `None` if there is none with this id.
pub async fn one(conn: &mut SqliteConnection, card: CardId) -> Result<Option<Held>, StoreError> {
    let card = sqlx::query_as!(
        Held,
        r#"SELECT id AS "id!: CardId", person_id AS "person!: PersonId", coalesce(substr(uid, 5), '') AS "ending!: String",
                  state AS "state!: CardState", given_at AS "given_at!: Millis"
             FROM card WHERE id = ?"#,
        card,
    )
    .fetch_optional(conn)
    .await?;
    Ok(card)
}

/// Sets the state of `card`.
pub async fn set_state(tx: &mut WriteTx, card: CardId, state: CardState) -> Result<(), StoreError> {
    sqlx::query!("UPDATE card SET state = ? WHERE id = ?", state, card).execute(tx.conn()).await?;
    Ok(())
}

/// The holder of a card that is not retired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub card: CardId,
    pub person: PersonId,
    /// Their name; `None` once erased.
    pub name: Option<String>,
}

/// The holder of the card with this uid; `None` if unknown or retired.
pub async fn holder(conn: &mut SqliteConnection, uid: &CardUid) -> Result<Option<Holder>, StoreError> {
    let holder = sqlx::query_as!(
        Holder,
        r#"SELECT c.id AS "card!: CardId", c.person_id AS "person!: PersonId", f.name AS "name?"
             FROM card c LEFT JOIN profile f ON f.person_id = c.person_id
            WHERE c.uid = ? AND c.state IN ('active', 'lost')"#,
        uid,
    )
    .fetch_optional(conn)
    .await?;
    Ok(holder)
}

/// The present holder of the uid of a retired card.
pub async fn successor(conn: &mut SqliteConnection, card: CardId) -> Result<Option<Holder>, StoreError> {
    let uid = sqlx::query_scalar!(r#"SELECT uid AS "uid: CardUid" FROM card WHERE id = ?"#, card);
    match uid.fetch_optional(&mut *conn).await?.flatten() {
        Some(uid) => holder(conn, &uid).await,
        None => Ok(None),
    }
}

/// An audit entry about a card.
#[derive(Debug, Clone)]
pub struct Event {
    pub at: Millis,
    /// Whether a person did it, known or not.
    pub somebody: Option<AliasId>,
    /// Who did it, if known.
    pub by: Option<PersonId>,
    pub name: Option<String>,
    pub door: Channel,
    /// Action code: `card.lost`.
    pub action: String,
}

/// Audit entries about `card` of `person`, newest first.
pub async fn history(
    conn: &mut SqliteConnection,
    person: PersonId,
    card: CardId,
    limit: i64,
) -> Result<Vec<Event>, StoreError> {
    let subject = format!("person:{person}");
    let events = sqlx::query_as!(
        Event,
        r#"SELECT a.at AS "at!: Millis", a.alias AS "somebody?: AliasId", l.person_id AS "by?: PersonId", f.name AS "name?",
                  a.door AS "door!: Channel", a.action AS "action!"
             FROM audit a LEFT JOIN alias l ON l.id = a.alias LEFT JOIN profile f ON f.person_id = l.person_id
            WHERE a.subject = ?1 AND a.action >= 'card.' AND a.action < 'card/' AND json_extract(a.detail, '$.card') = ?2
            ORDER BY a.seq DESC LIMIT ?3"#,
        subject,
        card,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(events)
}

/// An unknown card where it was last seen.
#[derive(Debug, Clone)]
pub struct Unclaimed {
    /// The row of where it was last seen.
    pub id: UnknownCardId,
    /// The last four digits.
    pub ending: String,
    pub machine: MachineId,
    pub machine_name: String,
    pub seen: Millis,
    pub times: u32,
    pub ignored: bool,
}

/// Unknown cards seen since `since`, once each, newest first, dismissed ones last.
pub async fn unclaimed(
    conn: &mut SqliteConnection,
    since: Millis,
    limit: i64,
) -> Result<Vec<Unclaimed>, StoreError> {
    let cards = sqlx::query_as!(
        Unclaimed,
        r#"SELECT k.id AS "id!: UnknownCardId", substr(k.uid, 5) AS "ending!: String", k.machine_id AS "machine!: MachineId",
                  m.name AS "machine_name!", k.last_seen AS "seen!: Millis",
                  (SELECT sum(o.seen) FROM unknown_card o WHERE o.uid = k.uid) AS "times!: u32",
                  k.ignored_at IS NOT NULL AS "ignored!: bool"
             FROM unknown_card k JOIN machine m ON m.id = k.machine_id
            WHERE k.last_seen >= ?1
              AND NOT EXISTS (SELECT 1 FROM card c WHERE c.uid = k.uid AND c.state IN ('active', 'lost'))
              AND NOT EXISTS (SELECT 1 FROM unknown_card o
                               WHERE o.uid = k.uid AND (o.last_seen, o.id) > (k.last_seen, k.id))
            ORDER BY k.ignored_at IS NOT NULL, k.last_seen DESC, k.id DESC LIMIT ?2"#,
        since,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(cards)
}

/// The uid of an unknown card; `None` once it is deleted.
pub async fn unclaimed_uid(
    conn: &mut SqliteConnection,
    card: UnknownCardId,
) -> Result<Option<CardUid>, StoreError> {
    let uid = sqlx::query_scalar!(r#"SELECT uid AS "uid!: CardUid" FROM unknown_card WHERE id = ?"#, card)
        .fetch_optional(conn)
        .await?;
    Ok(uid)
}

/// Dismisses the card with this uid at `at` on all machines, or undoes that. `false` if nothing changed.
pub async fn put_aside(tx: &mut WriteTx, uid: &CardUid, at: Option<Millis>) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE unknown_card SET ignored_at = ?1 WHERE uid = ?2 AND (ignored_at IS NULL) <> (?1 IS NULL)",
        at,
        uid,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    Table::taken(
        "card",
        &["person_id", "uid"],
        Erasing::Emptied("uid"),
        "SELECT json_object('id', id, 'ending', substr(uid, 5), 'state', state, 'given@', given_at) FROM card WHERE \
         person_id = ?1",
    ),
    // Belongs to nobody, and is deleted with its card's uid.
    Table::left("unknown_card", &["uid"], Erasing::Deleted),
];
