//! Stored types: read, changed, archived and restored.

use domain::{
    id::{MachineId, TypeId},
    machines::Risk,
    people::folded::folded,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredType {
    pub id: TypeId,
    pub version: i64,
    pub name: String,
    pub risk: Risk,
    /// When it was archived.
    pub archived: Option<Millis>,
    /// Machines of it that are not archived.
    pub machines: i64,
    pub running: i64,
}

/// The types that are not built in, archived or not, by name; `only` selects one.
pub async fn stored_types(
    conn: &mut SqliteConnection,
    only: Option<TypeId>,
) -> Result<Vec<StoredType>, StoreError> {
    let mut remaining = sqlx::query_as!(
        StoredType,
        r#"SELECT t.id AS "id!: TypeId", t.version AS "version!", t.name AS "name!", t.risk AS "risk!: Risk",
                  t.archived_at AS "archived: Millis",
                  (SELECT count(*) FROM machine m WHERE m.type_id = t.id AND m.archived_at IS NULL) AS "machines!: i64",
                  (SELECT count(*) FROM machine m JOIN use_session u ON u.machine_id = m.id AND u.ended_at IS NULL
                    WHERE m.type_id = t.id) AS "running!: i64"
             FROM equipment_type t
            WHERE t.built_in IS NULL AND (?1 IS NULL OR t.id = ?1) ORDER BY t.id"#,
        only,
    )
    .fetch_all(conn)
    .await?;
    remaining.sort_by_cached_key(|kind| folded(&kind.name));
    Ok(remaining)
}

/// Changes the type and increments its version.
///
/// Fails with [`StoreError::Unique`] if another type has the name.
pub async fn change_type(tx: &mut WriteTx, kind: TypeId, name: &str, risk: Risk) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE equipment_type SET name = ?, risk = ?, version = version + 1 WHERE id = ? AND built_in IS NULL",
        name,
        risk,
        kind,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

crate::archive::archive!(archive_type, TypeId, "equipment_type", " AND built_in IS NULL");

/// All requirements between types.
pub async fn requirements(conn: &mut SqliteConnection) -> Result<Vec<(TypeId, TypeId)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT type_id AS "kind: TypeId", requires_id AS "requires: TypeId" FROM type_requirement
            ORDER BY type_id, requires_id"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.kind, row.requires)).collect())
}

/// Clears the requirements of `kind`.
pub async fn require_nothing(tx: &mut WriteTx, kind: TypeId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM type_requirement WHERE type_id = ?", kind).execute(tx.conn()).await?;
    Ok(())
}

/// The machines of a type that are not archived: a change of the type affects them.
pub async fn machines_of(conn: &mut SqliteConnection, kind: TypeId) -> Result<Vec<MachineId>, StoreError> {
    let machines = sqlx::query_scalar!(
        r#"SELECT id AS "id: MachineId" FROM machine WHERE type_id = ? AND archived_at IS NULL"#,
        kind
    );
    Ok(machines.fetch_all(conn).await?)
}

/// Increments the version of a type whose settings were changed elsewhere, for readers with its form open.
pub async fn touch_type(tx: &mut WriteTx, kind: TypeId) -> Result<(), StoreError> {
    sqlx::query!("UPDATE equipment_type SET version = version + 1 WHERE id = ?", kind).execute(tx.conn()).await?;
    Ok(())
}
