//! Places as they are kept: named, in an order, put away and taken back.

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
    /// Where it comes among the others.
    pub position: i64,
    /// Since when it is put away.
    pub archived: Option<Millis>,
    /// Machines that stand there and are not put away.
    pub machines: i64,
}

/// All places, in their order and then as in a dictionary, those that are put away last.
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

/// Keeps the place so, one version on.
///
/// Fails with [`StoreError::Unique`] when another place has the name.
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

/// Has every machine of one place stand at another, or nowhere, each one version on.
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

/// Moves a machine that still stands at `from` to a place. Answers `false` when it stands elsewhere.
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
