//! Accounts at providers that are linked to people: rows of `identity_link`, and how sessions began by them.

use crate::{StoreError, WriteTx};
use domain::{
    id::{IdentityLinkId, IdentityProviderId, PersonId, SessionId},
    people::PersonStatus,
    time::Millis,
};
use sqlx::SqliteConnection;

/// The person that an account there is linked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Linked {
    pub link: IdentityLinkId,
    pub person: PersonId,
    pub status: PersonStatus,
}

/// The person whose account at `provider` is `subject`.
pub async fn find(
    conn: &mut SqliteConnection,
    provider: IdentityProviderId,
    subject: &str,
) -> Result<Option<Linked>, StoreError> {
    let found = sqlx::query_as!(
        Linked,
        r#"SELECT l.id AS "link!: IdentityLinkId", l.person_id AS "person!: PersonId", p.status AS "status: PersonStatus"
             FROM identity_link l JOIN person p ON p.id = l.person_id WHERE l.provider_id = ? AND l.subject = ?"#,
        provider,
        subject,
    );
    Ok(found.fetch_optional(conn).await?)
}

/// The person here with this e-mail address, in lower case.
pub async fn person_with(
    conn: &mut SqliteConnection,
    email: &str,
) -> Result<Option<(PersonId, PersonStatus)>, StoreError> {
    let found = sqlx::query!(
        r#"SELECT p.id AS "id!: PersonId", p.status AS "status: PersonStatus"
             FROM profile f JOIN person p ON p.id = f.person_id WHERE f.email = ?"#,
        email,
    );
    Ok(found.fetch_optional(conn).await?.map(|row| (row.id, row.status)))
}

/// An account there, as it is linked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLink {
    pub provider: IdentityProviderId,
    pub subject: String,
    pub person: PersonId,
    /// How the provider calls the account.
    pub called: Option<String>,
}

/// Links an account. [`StoreError::Unique`] if it is linked, or if the person has linked another one there.
pub async fn add(tx: &mut WriteTx, new: &NewLink, at: Millis) -> Result<IdentityLinkId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO identity_link (provider_id, subject, person_id, called, linked_at, used_at) VALUES (?, ?, ?, ?, ?, ?)",
        new.provider,
        new.subject,
        new.person,
        new.called,
        at,
        at,
    );
    Ok(IdentityLinkId(made.execute(tx.conn()).await?.last_insert_rowid()))
}

/// Records that a person came in by a link, and how the provider calls the account now.
pub async fn note_use(
    tx: &mut WriteTx,
    id: IdentityLinkId,
    called: Option<&str>,
    at: Millis,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE identity_link SET used_at = ?, called = coalesce(?, called) WHERE id = ?",
        at,
        called,
        id
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A link as its person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnLink {
    pub id: IdentityLinkId,
    pub provider: IdentityProviderId,
    pub called: Option<String>,
    pub linked: Millis,
    pub used: Option<Millis>,
    /// Name of the provider.
    pub name: String,
    /// Whether it lets people in.
    pub active: bool,
}

/// The links of `person`, by provider.
pub async fn of_person(conn: &mut SqliteConnection, person: PersonId) -> Result<Vec<OwnLink>, StoreError> {
    let rows = sqlx::query_as!(
        OwnLink,
        r#"SELECT l.id AS "id!: IdentityLinkId", l.provider_id AS "provider!: IdentityProviderId", l.called,
                  l.linked_at AS "linked!: Millis", l.used_at AS "used: Millis", p.name, p.active AS "active!: bool"
             FROM identity_link l JOIN identity_provider p ON p.id = l.provider_id
            WHERE l.person_id = ? ORDER BY p.name COLLATE NOCASE, l.id"#,
        person,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// Removes a link of `person`; returns its provider, if there was one.
pub async fn remove(
    tx: &mut WriteTx,
    id: IdentityLinkId,
    person: PersonId,
) -> Result<Option<IdentityProviderId>, StoreError> {
    let gone = sqlx::query_scalar!(
        r#"DELETE FROM identity_link WHERE id = ? AND person_id = ? RETURNING provider_id AS "id!: IdentityProviderId""#,
        id,
        person,
    );
    Ok(gone.fetch_optional(tx.conn()).await?)
}

/// Removes all links of `person`; returns their number.
pub async fn remove_all(tx: &mut WriteTx, person: PersonId) -> Result<u64, StoreError> {
    let removed = sqlx::query!("DELETE FROM identity_link WHERE person_id = ?", person);
    Ok(removed.execute(tx.conn()).await?.rows_affected())
}

/// How a session began.
#[derive(Clone)]
pub struct SessionIdentity {
    pub provider: IdentityProviderId,
    /// The provider's statement about the person, as it came: a hint for signing out there.
    pub id_token: String,
    /// A second factor was shown there that counts here.
    pub second_factor: bool,
}

/// Records how a session began.
pub async fn note_session(
    tx: &mut WriteTx,
    session: SessionId,
    identity: &SessionIdentity,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO session_identity (session_id, provider_id, id_token, second_factor) VALUES (?, ?, ?, ?)",
        session,
        identity.provider,
        identity.id_token,
        identity.second_factor,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Ends the sessions that `provider` opened, except `except`, and notifications on their devices; returns their people.
pub async fn end_sessions(
    tx: &mut WriteTx,
    provider: IdentityProviderId,
    except: Option<SessionId>,
) -> Result<Vec<PersonId>, StoreError> {
    let except = except.map_or(0, |id| id.0);
    sqlx::query!(
        "DELETE FROM push_subscription
          WHERE session_id IN (SELECT session_id FROM session_identity WHERE provider_id = ?) AND session_id <> ?",
        provider,
        except,
    )
    .execute(tx.conn())
    .await?;
    let ended = sqlx::query_scalar!(
        r#"DELETE FROM session
            WHERE id IN (SELECT session_id FROM session_identity WHERE provider_id = ?) AND id <> ?
           RETURNING person_id AS "person!: PersonId""#,
        provider,
        except,
    );
    Ok(ended.fetch_all(tx.conn()).await?)
}

/// How a session began, if by a provider.
pub async fn of_session(
    conn: &mut SqliteConnection,
    session: SessionId,
) -> Result<Option<SessionIdentity>, StoreError> {
    let found = sqlx::query_as!(
        SessionIdentity,
        r#"SELECT provider_id AS "provider!: IdentityProviderId", id_token, second_factor AS "second_factor: bool"
             FROM session_identity WHERE session_id = ?"#,
        session,
    );
    Ok(found.fetch_optional(conn).await?)
}
