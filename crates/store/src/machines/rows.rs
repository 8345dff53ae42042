//! Stored machines: read, changed, archived and restored.

use domain::{
    boards::MachineNumber,
    id::{MachineId, PlaceId, TypeId},
    people::folded::folded,
    time::Millis,
};
use sqlx::SqliteConnection;

use super::NewMachine;
use crate::{StoreError, WriteTx};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMachine {
    pub id: MachineId,
    pub version: i64,
    /// Its number in board topics.
    pub number: Option<MachineNumber>,
    pub kind: TypeId,
    pub place: Option<PlaceId>,
    pub name: String,
    /// Link to its manual.
    pub manual: Option<String>,
    /// When it was archived.
    pub archived: Option<Millis>,
    pub in_use: bool,
}

/// The machine, archived or not.
pub async fn one(conn: &mut SqliteConnection, machine: MachineId) -> Result<Option<StoredMachine>, StoreError> {
    let stored = sqlx::query_as!(
        StoredMachine,
        r#"SELECT id AS "id: MachineId", version, number AS "number: MachineNumber", type_id AS "kind: TypeId",
                  place_id AS "place: PlaceId", name, manual_url AS manual, archived_at AS "archived: Millis",
                  EXISTS (SELECT 1 FROM use_session u WHERE u.machine_id = machine.id AND u.ended_at IS NULL)
                     AS "in_use!: bool"
             FROM machine WHERE id = ?"#,
        machine,
    )
    .fetch_optional(conn)
    .await?;
    Ok(stored)
}

/// The unarchived machine with this number, and its name.
pub async fn numbered(
    conn: &mut SqliteConnection,
    number: MachineNumber,
) -> Result<Option<(MachineId, String)>, StoreError> {
    let found = sqlx::query!(
        r#"SELECT id AS "id: MachineId", name FROM machine WHERE number = ? AND archived_at IS NULL"#,
        number
    );
    Ok(found.fetch_optional(conn).await?.map(|row| (row.id, row.name)))
}

/// Changes the machine and increments its version.
///
/// Fails with [`StoreError::Unique`] if another machine has its number.
pub async fn change(tx: &mut WriteTx, machine: MachineId, to: &NewMachine) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE machine SET number = ?, type_id = ?, place_id = ?, name = ?, manual_url = ?, version = version + 1
          WHERE id = ?",
        to.number,
        to.kind,
        to.place,
        to.name,
        to.manual,
        machine,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

// Fails with [`StoreError::Unique`] if another machine has its number by now.
crate::archive::archive!(archive, MachineId, "machine");

/// A machine in the list of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub id: MachineId,
    pub version: i64,
    /// Its number in board topics.
    pub number: Option<MachineNumber>,
    pub name: String,
    pub kind: TypeId,
    pub kind_name: String,
    pub place_id: Option<PlaceId>,
    pub place: Option<String>,
    pub archived: bool,
    pub in_use: bool,
}

/// All machines by name, archived ones last.
pub async fn inventory(conn: &mut SqliteConnection) -> Result<Vec<Listed>, StoreError> {
    let mut listed = sqlx::query_as!(
        Listed,
        r#"SELECT m.id AS "id!: MachineId", m.version AS "version!", m.number AS "number: MachineNumber",
                  m.name AS "name!", m.type_id AS "kind!: TypeId", t.name AS "kind_name!",
                  m.place_id AS "place_id: PlaceId", p.name AS "place?: String",
                  m.archived_at IS NOT NULL AS "archived!: bool",
                  EXISTS (SELECT 1 FROM use_session u WHERE u.machine_id = m.id AND u.ended_at IS NULL)
                     AS "in_use!: bool"
             FROM machine m JOIN equipment_type t ON t.id = m.type_id LEFT JOIN place p ON p.id = m.place_id
            ORDER BY m.id"#
    )
    .fetch_all(conn)
    .await?;
    listed.sort_by_cached_key(|one| (one.archived, folded(&one.name)));
    Ok(listed)
}

/// Increments the version of a machine whose settings were changed elsewhere, for readers with its form open.
pub async fn touch(tx: &mut WriteTx, machine: MachineId) -> Result<(), StoreError> {
    sqlx::query!("UPDATE machine SET version = version + 1 WHERE id = ?", machine).execute(tx.conn()).await?;
    Ok(())
}
