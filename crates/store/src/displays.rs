//! Wall displays: rows of `display`. A screen's secret is stored as its hash.

use crate::personal_data::{Erasing, Table};
use domain::{
    displays::Screen,
    id::{AliasId, DisplayId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// A display in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Display {
    pub id: DisplayId,
    /// Where it hangs; free text.
    pub name: String,
    /// When it was approved.
    pub made: Millis,
    /// Who made its link, if known.
    pub by: Option<String>,
    /// When it last made a request.
    pub seen: Option<Millis>,
}

/// Adds a display without a screen.
pub async fn add(tx: &mut WriteTx, name: &str, by: Option<AliasId>, at: Millis) -> Result<DisplayId, StoreError> {
    let made = sqlx::query!("INSERT INTO display (name, made_at, made_by) VALUES (?, ?, ?)", name, at, by)
        .execute(tx.conn())
        .await?;
    Ok(DisplayId(made.last_insert_rowid()))
}

/// The name of an active display.
pub async fn name(conn: &mut SqliteConnection, display: DisplayId) -> Result<Option<String>, StoreError> {
    let name = sqlx::query_scalar!("SELECT name FROM display WHERE id = ? AND revoked_at IS NULL", display);
    Ok(name.fetch_optional(conn).await?)
}

/// Assigns `display` to the screen whose secret has this hash, and to no other. `false` if the display is not active.
pub async fn let_in(
    tx: &mut WriteTx,
    display: DisplayId,
    hash: &[u8; 32],
    at: Millis,
) -> Result<bool, StoreError> {
    let hash = hash.as_slice();
    let done = sqlx::query!(
        "UPDATE display SET hash = ?, opening = opening + 1, seen_at = ? WHERE id = ? AND revoked_at IS NULL",
        hash,
        at,
        display,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The active displays, by name.
pub async fn in_force(conn: &mut SqliteConnection) -> Result<Vec<Display>, StoreError> {
    let displays = sqlx::query_as!(
        Display,
        r#"SELECT d.id AS "id: DisplayId", d.name, d.made_at AS "made: Millis", p.name AS "by?: String",
                  d.seen_at AS "seen: Millis"
             FROM display d
             LEFT JOIN alias a ON a.id = d.made_by
             LEFT JOIN profile p ON p.person_id = a.person_id
            WHERE d.revoked_at IS NULL ORDER BY d.name, d.id"#
    )
    .fetch_all(conn)
    .await?;
    Ok(displays)
}

/// The screen with this hash of an active display, and when it was last seen.
pub async fn by_hash(
    conn: &mut SqliteConnection,
    hash: &[u8; 32],
) -> Result<Option<(Screen, Option<Millis>)>, StoreError> {
    let hash = hash.as_slice();
    let found = sqlx::query!(
        r#"SELECT id AS "id!: DisplayId", opening, seen_at AS "seen: Millis" FROM display
            WHERE hash = ? AND revoked_at IS NULL"#,
        hash
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|row| (Screen { display: row.id, opening: row.opening }, row.seen)))
}

/// Whether this screen still belongs to its display and that is active.
pub async fn is_let_in(conn: &mut SqliteConnection, screen: Screen) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM display WHERE id = ? AND opening = ? AND revoked_at IS NULL) AS "found!: bool""#,
        screen.display,
        screen.opening,
    );
    Ok(found.fetch_one(conn).await?)
}

/// Notes a request of a display.
pub async fn seen(tx: &mut WriteTx, display: DisplayId, at: Millis) -> Result<(), StoreError> {
    sqlx::query!("UPDATE display SET seen_at = ? WHERE id = ?", at, display).execute(tx.conn()).await?;
    Ok(())
}

/// Revokes a display; returns whether it was active.
pub async fn revoke(tx: &mut WriteTx, display: DisplayId, at: Millis) -> Result<bool, StoreError> {
    let done = sqlx::query!("UPDATE display SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", at, display)
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::left("display", &["made_by"], Erasing::Stays)];
