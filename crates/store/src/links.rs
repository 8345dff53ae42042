//! Single-use links: rows of `link`, found by the hash of their token.

use crate::personal_data::{Erasing, Table};
use domain::{
    accounts::Purpose,
    id::{DisplayId, PersonId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

#[derive(Debug, Clone, Copy)]
pub struct NewLink {
    /// The hash of its token.
    pub hash: [u8; 32],
    pub purpose: Purpose,
    /// The person; `None` for the first administrator, and for a screen.
    pub person: Option<PersonId>,
    /// The display, for a screen.
    pub display: Option<DisplayId>,
    pub created: Millis,
    /// Its end, exclusive.
    pub expires: Millis,
}

pub async fn make(tx: &mut WriteTx, new: &NewLink) -> Result<(), StoreError> {
    let (hash, purpose) = (new.hash.as_slice(), new.purpose.as_str());
    sqlx::query!(
        "INSERT INTO link (hash, purpose, person_id, display_id, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
        hash,
        purpose,
        new.person,
        new.display,
        new.created,
        new.expires,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A valid link.
#[derive(Debug, Clone)]
pub struct Link {
    pub purpose: Purpose,
    /// The person; `None` for the first administrator, and for a screen.
    pub person: Option<PersonId>,
    /// The display, for a screen.
    pub display: Option<DisplayId>,
    /// Name of the person or display.
    pub name: Option<String>,
    pub email: Option<String>,
}

/// The link whose token has this hash, if it is valid at `at`.
pub async fn find(conn: &mut SqliteConnection, hash: &[u8; 32], at: Millis) -> Result<Option<Link>, StoreError> {
    let hash = hash.as_slice();
    let found = sqlx::query_as!(
        Link,
        r#"SELECT purpose AS "purpose: Purpose", link.person_id AS "person: PersonId",
                  link.display_id AS "display: DisplayId", coalesce(profile.name, display.name) AS "name?: String",
                  email AS "email?"
             FROM link
             LEFT JOIN profile ON profile.person_id = link.person_id
             LEFT JOIN display ON display.id = link.display_id
            WHERE link.hash = ? AND expires_at > ?"#,
        hash,
        at,
    );
    Ok(found.fetch_optional(conn).await?)
}

/// Uses up a link and deletes all others of the same person or display, which are no longer needed. `false` if it is
/// gone.
pub async fn take(tx: &mut WriteTx, hash: &[u8; 32], at: Millis) -> Result<bool, StoreError> {
    let hash = hash.as_slice();
    let used = sqlx::query!(
        r#"DELETE FROM link WHERE hash = ? AND expires_at > ?
            RETURNING person_id AS "person: PersonId", display_id AS "display: DisplayId""#,
        hash,
        at,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(used) = used else { return Ok(false) };
    match used.display {
        Some(display) => forget_screen(tx, display).await?,
        None => forget(tx, used.person).await?,
    }
    Ok(true)
}

/// Deletes the links of `person`; `None`: of the set-up.
pub async fn forget(tx: &mut WriteTx, person: Option<PersonId>) -> Result<(), StoreError> {
    let gone = sqlx::query!("DELETE FROM link WHERE person_id IS ? AND display_id IS NULL", person);
    gone.execute(tx.conn()).await?;
    Ok(())
}

/// Deletes the links to the screen of `display`.
pub async fn forget_screen(tx: &mut WriteTx, display: DisplayId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM link WHERE display_id = ?", display).execute(tx.conn()).await?;
    Ok(())
}

/// Deletes links that expired by `at`; returns their number.
pub async fn forget_run_out(tx: &mut WriteTx, at: Millis) -> Result<u64, StoreError> {
    let gone = sqlx::query!("DELETE FROM link WHERE expires_at <= ?", at);
    Ok(gone.execute(tx.conn()).await?.rows_affected())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::taken(
    "link",
    &["person_id"],
    Erasing::Deleted,
    "SELECT json_object('purpose', purpose, 'made@', created_at, 'until@', expires_at) FROM link WHERE \
         person_id = ?1",
)];
