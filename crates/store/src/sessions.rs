//! Sessions: rows of `session`, found by the hash of the cookie's token.

use crate::personal_data::{Erasing, Table};
use domain::{
    id::{PersonId, SessionId},
    people::PersonStatus,
    qualifications::Ledger,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, qualifications};

#[derive(Debug, Clone)]
pub struct NewSession {
    /// The hash of its token.
    pub hash: [u8; 32],
    pub person: PersonId,
    pub created: Millis,
    /// Expiry, exclusive, unless it is used.
    pub expires: Millis,
    /// When a second factor was confirmed in it.
    pub second_factor: Option<Millis>,
    /// The device's name.
    pub device: String,
}

/// Opens a session and deletes expired ones of the same person.
pub async fn open(tx: &mut WriteTx, new: &NewSession) -> Result<SessionId, StoreError> {
    sqlx::query!("DELETE FROM session WHERE person_id = ? AND expires_at <= ?", new.person, new.created)
        .execute(tx.conn())
        .await?;
    let hash = new.hash.as_slice();
    let made = sqlx::query!(
        "INSERT INTO session (hash, person_id, created_at, seen_at, expires_at, second_factor_at, device)
              VALUES (?, ?, ?, ?, ?, ?, ?)",
        hash,
        new.person,
        new.created,
        new.created,
        new.expires,
        new.second_factor,
        new.device,
    )
    .execute(tx.conn())
    .await?;
    Ok(SessionId(made.last_insert_rowid()))
}

/// A session with everything that decides whether and for whom it is valid.
#[derive(Debug, Clone)]
pub struct Session {
    pub id: SessionId,
    pub person: PersonId,
    pub status: PersonStatus,
    /// Their name; empty once erased.
    pub name: String,
    /// Language tag, if they chose one.
    pub language: Option<String>,
    pub created: Millis,
    /// Last recorded use.
    pub seen: Millis,
    /// When a second factor was confirmed in it.
    pub second_factor: Option<Millis>,
    pub has_authenticator: bool,
    pub has_passkey: bool,
    /// The person's ledger.
    pub ledger: Ledger,
}

/// The session whose token has this hash, if it is valid at `at`. One statement, because every request runs it.
pub async fn find(
    conn: &mut SqliteConnection,
    hash: &[u8; 32],
    at: Millis,
) -> Result<Option<Session>, StoreError> {
    let hash = hash.as_slice();
    let row = sqlx::query!(
        r#"SELECT session.id AS "id: SessionId", session.person_id AS "person: PersonId",
                  status AS "status: PersonStatus", name AS "name?", language AS "language?",
                  session.created_at AS "created: Millis", seen_at AS "seen: Millis",
                  second_factor_at AS "second_factor: Millis",
                  -- One that was shown to an identity provider is as good as one here.
                  EXISTS (SELECT 1 FROM account WHERE account.person_id = session.person_id
                             AND totp_confirmed_at IS NOT NULL)
                  OR EXISTS (SELECT 1 FROM session_identity i WHERE i.session_id = session.id AND i.second_factor = 1)
                      AS "has_authenticator!: bool",
                  EXISTS (SELECT 1 FROM passkey WHERE passkey.person_id = session.person_id) AS "has_passkey!: bool",
                  (SELECT json_group_array(json_array(id, type_id, machine_id, relation, kind, effective_from, until))
                     FROM qualification WHERE qualification.person_id = session.person_id) AS "ledger!: String"
             FROM session JOIN person ON person.id = session.person_id
             LEFT JOIN profile ON profile.person_id = session.person_id
            WHERE hash = ? AND expires_at > ?"#,
        hash,
        at,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Session {
        id: row.id,
        person: row.person,
        status: row.status,
        name: row.name.unwrap_or_default(),
        language: row.language,
        created: row.created,
        seen: row.seen,
        second_factor: row.second_factor,
        has_authenticator: row.has_authenticator,
        has_passkey: row.has_passkey,
        ledger: qualifications::of_list(&row.ledger)?,
    }))
}

/// An entry of a person's list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub id: SessionId,
    /// The device's name.
    pub device: String,
    pub created: Millis,
    /// Last recorded use.
    pub seen: Millis,
}

/// The valid sessions of `person` at `at`, latest use first.
pub async fn of_person(
    conn: &mut SqliteConnection,
    person: PersonId,
    at: Millis,
) -> Result<Vec<Listed>, StoreError> {
    let list = sqlx::query_as!(
        Listed,
        r#"SELECT id AS "id: SessionId", device, created_at AS "created: Millis", seen_at AS "seen: Millis"
             FROM session WHERE person_id = ? AND expires_at > ? ORDER BY seen_at DESC, id DESC"#,
        person,
        at,
    );
    Ok(list.fetch_all(conn).await?)
}

/// Records that a session was used at `seen` and now expires at `expires`.
pub async fn slide(tx: &mut WriteTx, id: SessionId, seen: Millis, expires: Millis) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE session SET seen_at = ?, expires_at = ? WHERE id = ? AND seen_at < ?",
        seen,
        expires,
        id,
        seen
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Replaces the token of a session. `false` if it has ended.
pub async fn renew(
    tx: &mut WriteTx,
    id: SessionId,
    hash: &[u8; 32],
    second_factor: Option<Millis>,
) -> Result<bool, StoreError> {
    let hash = hash.as_slice();
    let renewed = sqlx::query!(
        "UPDATE session SET hash = ?, second_factor_at = ifnull(?, second_factor_at) WHERE id = ?",
        hash,
        second_factor,
        id,
    );
    Ok(renewed.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Records a second factor in a session at `at`.
pub async fn show_second_factor(tx: &mut WriteTx, id: SessionId, at: Millis) -> Result<(), StoreError> {
    sqlx::query!("UPDATE session SET second_factor_at = ? WHERE id = ?", at, id).execute(tx.conn()).await?;
    Ok(())
}

/// Records that the person of a session proved who they are at `at`.
pub async fn prove(tx: &mut WriteTx, id: SessionId, at: Millis) -> Result<(), StoreError> {
    sqlx::query!("UPDATE session SET proved_at = ? WHERE id = ?", at, id).execute(tx.conn()).await?;
    Ok(())
}

/// The proofs of a session.
#[derive(Debug, Clone, Copy)]
pub struct SessionProofs {
    /// When its person last proved who they are.
    pub proved: Option<Millis>,
    /// When a second factor was confirmed in it.
    pub second_factor: Option<Millis>,
    pub has_authenticator: bool,
}

/// The proofs of this session of `person`; `None` if it is not valid at `at`.
pub async fn proofs(
    conn: &mut SqliteConnection,
    id: SessionId,
    person: PersonId,
    at: Millis,
) -> Result<Option<SessionProofs>, StoreError> {
    let found = sqlx::query_as!(
        SessionProofs,
        r#"SELECT proved_at AS "proved: Millis", second_factor_at AS "second_factor: Millis",
                  EXISTS (SELECT 1 FROM account WHERE account.person_id = session.person_id
                             AND totp_confirmed_at IS NOT NULL) AS "has_authenticator!: bool"
             FROM session WHERE id = ? AND person_id = ? AND expires_at > ?"#,
        id,
        person,
        at,
    );
    Ok(found.fetch_optional(conn).await?)
}

/// Ends a session of `person`, and notifications on its device. `false` if they have no such session.
pub async fn end(tx: &mut WriteTx, person: PersonId, id: SessionId) -> Result<bool, StoreError> {
    sqlx::query!("DELETE FROM push_subscription WHERE session_id = ? AND person_id = ?", id, person)
        .execute(tx.conn())
        .await?;
    let ended = sqlx::query!("DELETE FROM session WHERE id = ? AND person_id = ?", id, person);
    Ok(ended.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Ends the sessions of `person` except `except`, and notifications on all other devices; returns their number.
pub async fn end_all(tx: &mut WriteTx, person: PersonId, except: Option<SessionId>) -> Result<u64, StoreError> {
    let except = except.map_or(0, |id| id.0);
    sqlx::query!("DELETE FROM push_subscription WHERE person_id = ? AND session_id IS NOT ?", person, except)
        .execute(tx.conn())
        .await?;
    let ended = sqlx::query!("DELETE FROM session WHERE person_id = ? AND id <> ?", person, except);
    Ok(ended.execute(tx.conn()).await?.rows_affected())
}

/// Whether this session of `person` is valid at `at`. Does not count as use.
pub async fn lasts(
    conn: &mut SqliteConnection,
    id: SessionId,
    person: PersonId,
    at: Millis,
) -> Result<bool, StoreError> {
    let lasts = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM session WHERE id = ? AND person_id = ? AND expires_at > ?) AS "lasts!: bool""#,
        id,
        person,
        at,
    );
    Ok(lasts.fetch_one(conn).await?)
}

/// When a second factor was confirmed in this session of `person`; `None` if the session is not valid at `at`.
pub async fn sessions_of(
    conn: &mut SqliteConnection,
    id: SessionId,
    person: PersonId,
    at: Millis,
) -> Result<Option<Option<Millis>>, StoreError> {
    let visible = sqlx::query_scalar!(
        r#"SELECT second_factor_at AS "at: Millis" FROM session WHERE id = ? AND person_id = ? AND expires_at > ?"#,
        id,
        person,
        at,
    );
    Ok(visible.fetch_optional(conn).await?)
}

/// Deletes sessions that expired by `at`; returns their number.
pub async fn forget_run_out(tx: &mut WriteTx, at: Millis) -> Result<u64, StoreError> {
    let gone = sqlx::query!("DELETE FROM session WHERE expires_at <= ?", at);
    Ok(gone.execute(tx.conn()).await?.rows_affected())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::taken(
    "session",
    &["person_id", "device"],
    Erasing::Deleted,
    "SELECT json_object('device', device, 'signed_in@', created_at, 'last_seen@', seen_at) FROM session WHERE \
         person_id = ?1",
)];
