//! Stored places: named, sorted, archived and restored.

use domain::{
    id::{MachineId, PlaceId},
    people::folded::folded,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPlace {
    pub id: PlaceId,
    pub version: i64,
    pub name: String,
    /// Its position in the list.
    pub position: i64,
    /// When it was archived.
    pub archived: Option<Millis>,
    /// Machines there that are not archived.
    pub machines: i64,
}

/// All places by position and name, archived ones last.
pub async fn stored_places(conn: &mut SqliteConnection) -> Result<Vec<StoredPlace>, StoreError> {
    let mut remaining = sqlx::query_as!(
        StoredPlace,
        r#"SELECT p.id AS "id!: PlaceId", p.version AS "version!", p.name AS "name!", p.position AS "position!",
                  p.archived_at AS "archived: Millis",
                  (SELECT count(*) FROM machine m WHERE m.place_id = p.id AND m.archived_at IS NULL) AS "machines!: i64"
             FROM place p ORDER BY p.id"#
    )
    .fetch_all(conn)
    .await?;
    remaining.sort_by_cached_key(|place| (place.archived.is_some(), place.position, folded(&place.name)));
    Ok(remaining)
}

/// Changes the place and increments its version.
///
/// Fails with [`StoreError::Unique`] if another place has the name.
pub async fn change_place(tx: &mut WriteTx, place: PlaceId, name: &str, position: i64) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE place SET name = ?, position = ?, version = version + 1 WHERE id = ?",
        name,
        position,
        place
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

crate::archive::archive!(archive_place, PlaceId, "place");

/// Moves all machines of one place to another, or to none, and increments their versions.
pub async fn move_machines(
    tx: &mut WriteTx,
    from: PlaceId,
    to: Option<PlaceId>,
) -> Result<Vec<MachineId>, StoreError> {
    let moved = sqlx::query_scalar!(
        r#"UPDATE machine SET place_id = ?, version = version + 1 WHERE place_id = ? RETURNING id AS "id!: MachineId""#,
        to,
        from
    );
    let mut moved = moved.fetch_all(tx.conn()).await?;
    moved.sort_unstable();
    Ok(moved)
}

/// Moves a machine that is still at `from` to a place. `false` if it is elsewhere.
pub async fn move_back(
    tx: &mut WriteTx,
    machine: MachineId,
    from: Option<PlaceId>,
    to: PlaceId,
) -> Result<bool, StoreError> {
    let moved = sqlx::query!(
        "UPDATE machine SET place_id = ?, version = version + 1 WHERE id = ? AND place_id IS ?",
        to,
        machine,
        from
    );
    Ok(moved.execute(tx.conn()).await?.rows_affected() == 1)
}
