//! Identity providers: rows of `identity_provider`, with the accounts there that are linked ([`links`]) and those who are on their
//! way in ([`visits`]).
//!
//! Invariant: a client secret leaves its row only by [`one`] and [`active`], whose rows have no `Debug`.

pub mod links;
pub mod visits;

use crate::personal_data::{Erasing, Table};
use domain::{
    id::{AliasId, IdentityProviderId},
    identity_providers::{Admission, Failure, SecondFactorUse},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// What a manager says about a provider, beside its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    pub issuer: String,
    pub name: String,
    pub client_id: String,
    /// Separated by spaces.
    pub scopes: String,
    /// Empty if groups there give nothing.
    pub groups_claim: String,
    pub second_factor: SecondFactorUse,
    /// Separated by spaces.
    pub second_factor_values: String,
    pub admission: Admission,
    pub signs_out: bool,
    pub active: bool,
}

/// A provider.
#[derive(Clone)]
pub struct ProviderRow {
    pub id: IdentityProviderId,
    pub version: i64,
    pub description: Description,
    pub client_secret: Option<String>,
    /// How many accounts there are linked.
    pub links: u32,
    /// How many active people have no other way in than an account there.
    pub only_way: u32,
    /// When a person last came in by it, or a test passed.
    pub worked: Option<Millis>,
    pub failed: Option<Millis>,
    pub failure: Option<Failure>,
}

/// Adds a provider. [`StoreError::Unique`] if there is one with this issuer and client id.
pub async fn add(
    tx: &mut WriteTx,
    new: &Description,
    secret: Option<&str>,
    at: Millis,
    by: Option<AliasId>,
) -> Result<IdentityProviderId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO identity_provider (issuer, name, client_id, client_secret, scopes, groups_claim, second_factor,
                                        second_factor_values, admission, signs_out, active, added_at, added_by)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        new.issuer,
        new.name,
        new.client_id,
        secret,
        new.scopes,
        new.groups_claim,
        new.second_factor,
        new.second_factor_values,
        new.admission,
        new.signs_out,
        new.active,
        at,
        by,
    );
    Ok(IdentityProviderId(made.execute(tx.conn()).await?.last_insert_rowid()))
}

/// Saves a provider. [`StoreError::Unique`] as in [`add`].
pub async fn save(
    tx: &mut WriteTx,
    id: IdentityProviderId,
    new: &Description,
    secret: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE identity_provider
            SET issuer = ?, name = ?, client_id = ?, client_secret = ?, scopes = ?, groups_claim = ?,
                second_factor = ?, second_factor_values = ?, admission = ?, signs_out = ?, active = ?, version = version + 1
          WHERE id = ?",
        new.issuer,
        new.name,
        new.client_id,
        secret,
        new.scopes,
        new.groups_claim,
        new.second_factor,
        new.second_factor_values,
        new.admission,
        new.signs_out,
        new.active,
        id,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Removes a provider with its secret, its links, and everybody who is on their way in by it.
pub async fn remove(tx: &mut WriteTx, id: IdentityProviderId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM identity_provider WHERE id = ?", id).execute(tx.conn()).await?;
    Ok(())
}

/// The providers by name; only `id` if given.
async fn rows(
    conn: &mut SqliteConnection,
    id: Option<IdentityProviderId>,
) -> Result<Vec<ProviderRow>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT p.id AS "id!: IdentityProviderId", p.version, p.issuer, p.name, p.client_id, p.client_secret, p.scopes,
                  p.groups_claim, p.second_factor AS "second_factor: SecondFactorUse", p.second_factor_values,
                  p.admission AS "admission: Admission", p.signs_out AS "signs_out: bool", p.active AS "active: bool",
                  p.worked_at AS "worked: Millis", p.failed_at AS "failed: Millis", p.failure,
                  (SELECT count(*) FROM identity_link l WHERE l.provider_id = p.id) AS "links!: u32",
                  (SELECT count(*) FROM identity_link l JOIN person o ON o.id = l.person_id
                    WHERE l.provider_id = p.id AND o.status = 'active'
                      AND NOT EXISTS (SELECT 1 FROM account a WHERE a.person_id = o.id AND a.password IS NOT NULL)
                      AND NOT EXISTS (SELECT 1 FROM passkey k WHERE k.person_id = o.id)
                      AND NOT EXISTS (SELECT 1 FROM identity_link m JOIN identity_provider q ON q.id = m.provider_id
                                       WHERE m.person_id = o.id AND m.provider_id <> p.id AND q.active = 1)) AS "only_way!: u32"
             FROM identity_provider p WHERE ?1 IS NULL OR p.id = ?1 ORDER BY p.name COLLATE NOCASE, p.id"#,
        id,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| ProviderRow {
        id: row.id,
        version: row.version,
        description: Description {
            issuer: row.issuer,
            name: row.name,
            client_id: row.client_id,
            scopes: row.scopes,
            groups_claim: row.groups_claim,
            second_factor: row.second_factor,
            second_factor_values: row.second_factor_values,
            admission: row.admission,
            signs_out: row.signs_out,
            active: row.active,
        },
        client_secret: row.client_secret,
        links: row.links,
        only_way: row.only_way,
        worked: row.worked,
        failed: row.failed,
        // One of another build is no longer known.
        failure: row.failure.as_deref().and_then(Failure::parse),
    });
    Ok(rows.collect())
}

/// All providers, by name.
pub async fn list(conn: &mut SqliteConnection) -> Result<Vec<ProviderRow>, StoreError> {
    rows(conn, None).await
}

pub async fn one(conn: &mut SqliteConnection, id: IdentityProviderId) -> Result<Option<ProviderRow>, StoreError> {
    Ok(rows(conn, Some(id)).await?.pop())
}

/// The providers that let people in: id and name.
pub async fn active(conn: &mut SqliteConnection) -> Result<Vec<(IdentityProviderId, String)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: IdentityProviderId", name FROM identity_provider WHERE active = 1 ORDER BY name COLLATE NOCASE, id"#
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Records whether a provider worked at `at`. Returns whether that is news.
pub async fn note(
    tx: &mut WriteTx,
    id: IdentityProviderId,
    failure: Option<Failure>,
    at: Millis,
) -> Result<bool, StoreError> {
    let before = sqlx::query_scalar!("SELECT failure FROM identity_provider WHERE id = ?", id)
        .fetch_optional(tx.conn())
        .await?
        .flatten();
    let word = failure.map(Failure::as_str);
    match word {
        None => sqlx::query!("UPDATE identity_provider SET worked_at = ?, failure = NULL WHERE id = ?", at, id),
        Some(word) => {
            sqlx::query!("UPDATE identity_provider SET failed_at = ?, failure = ? WHERE id = ?", at, word, id)
        }
    }
    .execute(tx.conn())
    .await?;
    Ok(before.as_deref() != word)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    Table::left("identity_provider", &["added_by"], Erasing::Stays),
    Table::taken(
        "identity_link",
        &["person_id", "subject", "called"],
        Erasing::Deleted,
        "SELECT json_object('provider', p.name, 'issuer', p.issuer, 'subject', l.subject, 'called', l.called, 'linked@', \
         l.linked_at, 'used@', l.used_at) FROM identity_link l JOIN identity_provider p ON p.id = l.provider_id WHERE \
         l.person_id = ?1",
    ),
    // The statement has their name and address, and is a hint that signs them out there: its provider is named instead.
    Table::taken(
        "session_identity",
        &["id_token"],
        Erasing::Deleted,
        "SELECT json_object('provider', p.name, 'device', s.device, 'signed_in@', s.created_at, 'second_factor?', \
         i.second_factor) FROM session_identity i JOIN session s ON s.id = i.session_id JOIN identity_provider p ON \
         p.id = i.provider_id WHERE s.person_id = ?1",
    ),
    // For ten minutes, and mostly about nobody who is known here.
    Table::left(
        "provider_arrival",
        &["person_id", "name", "email", "claimed", "code_to", "subject", "groups"],
        Erasing::Deleted,
    ),
];
