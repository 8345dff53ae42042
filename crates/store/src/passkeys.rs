//! Passkeys: rows of `passkey`, the random names under which authenticators know people, and ceremonies that browsers
//! have not answered yet.

use crate::personal_data::{Erasing, Table};
use domain::{
    id::{PasskeyId, PersonId, SessionId},
    people::PersonStatus,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// The random name of `person`; `handle` if they had none.
pub async fn handle(tx: &mut WriteTx, person: PersonId, handle: &[u8; 16]) -> Result<Vec<u8>, StoreError> {
    let handle = handle.as_slice();
    sqlx::query!(
        "INSERT INTO passkey_user (person_id, handle) VALUES (?, ?) ON CONFLICT (person_id) DO NOTHING",
        person,
        handle
    )
    .execute(tx.conn())
    .await?;
    let found = sqlx::query_scalar!("SELECT handle FROM passkey_user WHERE person_id = ?", person);
    Ok(found.fetch_one(tx.conn()).await?)
}

/// A new passkey.
#[derive(Debug, Clone)]
pub struct NewPasskey {
    pub person: PersonId,
    /// Its id at its authenticator.
    pub credential_id: Vec<u8>,
    /// Public key, counter and flags, in JSON.
    pub credential: String,
    pub name: String,
    pub created: Millis,
}

/// Adds a passkey. Fails with [`StoreError::Unique`] if it is known, of this or another person.
pub async fn add(tx: &mut WriteTx, new: &NewPasskey) -> Result<PasskeyId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO passkey (person_id, credential_id, credential, name, created_at) VALUES (?, ?, ?, ?, ?)",
        new.person,
        new.credential_id,
        new.credential,
        new.name,
        new.created,
    )
    .execute(tx.conn())
    .await?;
    Ok(PasskeyId(made.last_insert_rowid()))
}

/// A passkey with what an answer is checked against.
#[derive(Debug, Clone)]
pub struct StoredPasskey {
    pub id: PasskeyId,
    pub person: PersonId,
    pub status: PersonStatus,
    /// The random name of its person.
    pub handle: Vec<u8>,
    pub credential: String,
}

/// The passkey with this id at its authenticator.
pub async fn find(conn: &mut SqliteConnection, credential_id: &[u8]) -> Result<Option<StoredPasskey>, StoreError> {
    let found = sqlx::query_as!(
        StoredPasskey,
        r#"SELECT passkey.id AS "id: PasskeyId", passkey.person_id AS "person: PersonId",
                  status AS "status: PersonStatus", handle, credential
             FROM passkey JOIN person ON person.id = passkey.person_id
             JOIN passkey_user ON passkey_user.person_id = passkey.person_id
            WHERE credential_id = ?"#,
        credential_id,
    );
    Ok(found.fetch_optional(conn).await?)
}

/// An entry of a person's list.
#[derive(Debug, Clone)]
pub struct ListedPasskey {
    pub id: PasskeyId,
    pub name: String,
    pub created: Millis,
    pub used: Option<Millis>,
    pub credential: String,
}

/// The passkeys of `person`, oldest first.
pub async fn of_person(conn: &mut SqliteConnection, person: PersonId) -> Result<Vec<ListedPasskey>, StoreError> {
    let list = sqlx::query_as!(
        ListedPasskey,
        r#"SELECT id AS "id: PasskeyId", name, created_at AS "created: Millis", used_at AS "used: Millis", credential
             FROM passkey WHERE person_id = ? ORDER BY id"#,
        person,
    );
    Ok(list.fetch_all(conn).await?)
}

/// Records a use, with the counter that came with it.
pub async fn note_use(tx: &mut WriteTx, id: PasskeyId, credential: &str, at: Millis) -> Result<(), StoreError> {
    sqlx::query!("UPDATE passkey SET credential = ?, used_at = ? WHERE id = ?", credential, at, id)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Renames a passkey of `person`. `false` if they have no such passkey.
pub async fn rename(tx: &mut WriteTx, person: PersonId, id: PasskeyId, name: &str) -> Result<bool, StoreError> {
    let renamed = sqlx::query!("UPDATE passkey SET name = ? WHERE id = ? AND person_id = ?", name, id, person);
    Ok(renamed.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Removes a passkey of `person`. `false` if they have no such passkey.
pub async fn remove(tx: &mut WriteTx, person: PersonId, id: PasskeyId) -> Result<bool, StoreError> {
    let removed = sqlx::query!("DELETE FROM passkey WHERE id = ? AND person_id = ?", id, person);
    Ok(removed.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Removes all passkeys of `person`; returns their number.
pub async fn remove_all(tx: &mut WriteTx, person: PersonId) -> Result<u64, StoreError> {
    let removed = sqlx::query!("DELETE FROM passkey WHERE person_id = ?", person);
    Ok(removed.execute(tx.conn()).await?.rows_affected())
}

/// What a browser was asked for.
#[derive(Debug, Clone)]
pub struct Ceremony {
    /// The hash of the token that comes back with the answer.
    pub hash: [u8; 32],
    /// `add` or `confirm`.
    pub purpose: &'static str,
    /// Who is asked.
    pub person: PersonId,
    /// The session that began it.
    pub session: SessionId,
    /// What the answer is checked against, in JSON.
    pub state: String,
    pub expires: Millis,
}

/// Stores a ceremony and deletes expired ones, and earlier ones of the same session. `false` if there are `most` already.
pub async fn begin(tx: &mut WriteTx, new: &Ceremony, now: Millis, most: i64) -> Result<bool, StoreError> {
    sqlx::query!(
        "DELETE FROM passkey_ceremony WHERE expires_at <= ?1 OR (person_id = ?2 AND session_id = ?3)",
        now,
        new.person,
        new.session
    )
    .execute(tx.conn())
    .await?;
    let hash = new.hash.as_slice();
    let begun = sqlx::query!(
        "INSERT INTO passkey_ceremony (hash, purpose, person_id, session_id, state, expires_at)
              SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE (SELECT count(*) FROM passkey_ceremony) < ?7",
        hash,
        new.purpose,
        new.person,
        new.session,
        new.state,
        new.expires,
        most,
    );
    Ok(begun.execute(tx.conn()).await?.rows_affected() == 1)
}

/// A ceremony that was begun.
#[derive(Debug, Clone)]
pub struct BegunCeremony {
    pub person: PersonId,
    pub session: SessionId,
    pub state: String,
}

/// Uses up the ceremony whose token has this hash. `None` if it is unknown, expired, used or of another purpose.
pub async fn take(
    tx: &mut WriteTx,
    hash: &[u8; 32],
    purpose: &str,
    now: Millis,
) -> Result<Option<BegunCeremony>, StoreError> {
    let hash = hash.as_slice();
    let taken = sqlx::query_as!(
        BegunCeremony,
        r#"DELETE FROM passkey_ceremony WHERE hash = ? AND purpose = ? AND expires_at > ?
            RETURNING person_id AS "person!: PersonId", session_id AS "session!: SessionId", state"#,
        hash,
        purpose,
        now,
    );
    Ok(taken.fetch_optional(tx.conn()).await?)
}

/// Deletes ceremonies that expired by `at`; returns their number.
pub async fn forget_run_out(tx: &mut WriteTx, at: Millis) -> Result<u64, StoreError> {
    let gone = sqlx::query!("DELETE FROM passkey_ceremony WHERE expires_at <= ?", at);
    Ok(gone.execute(tx.conn()).await?.rows_affected())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    Table::taken(
        "passkey",
        &["person_id", "credential_id", "credential", "name"],
        Erasing::Deleted,
        "SELECT json_object('name', name, 'added@', created_at, 'last_used@', used_at) FROM passkey \
         WHERE person_id = ?1 ORDER BY id",
    ),
    Table::left("passkey_user", &["person_id", "handle"], Erasing::Deleted),
    Table::left("passkey_ceremony", &["person_id", "state"], Erasing::Deleted),
];
