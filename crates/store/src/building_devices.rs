//! Devices of the building: rows of `building_device`. The password of a device's login is stored as its hash.

use domain::{
    building_devices::Dialect,
    id::{BuildingDeviceId, MachineId, RoomId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// The fields of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceFields {
    pub name: String,
    pub dialect: Dialect,
    pub topic: String,
    /// The machine whose plug it is.
    pub machine: Option<MachineId>,
    pub room: Option<RoomId>,
}

/// The login of a device at the built-in broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceLogin {
    pub user: String,
    /// SHA-256 of the password.
    pub hash: [u8; 32],
}

#[derive(Debug, Clone)]
pub struct DeviceRow {
    pub id: BuildingDeviceId,
    pub version: i64,
    pub name: String,
    pub dialect: Dialect,
    pub topic: String,
    pub machine: Option<MachineId>,
    pub machine_name: Option<String>,
    pub room: Option<RoomId>,
    pub room_name: Option<String>,
    pub user: String,
    pub heard: Option<Millis>,
    /// Whether its last will says that it is gone.
    pub is_offline: bool,
}

pub async fn add(
    tx: &mut WriteTx,
    fields: &DeviceFields,
    login: &DeviceLogin,
    at: Millis,
) -> Result<BuildingDeviceId, StoreError> {
    let hash = login.hash.as_slice();
    let made = sqlx::query!(
        "INSERT INTO building_device (name, dialect, topic, machine_id, room_id, user, hash, login_at, added_at)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?8, ?8)",
        fields.name,
        fields.dialect,
        fields.topic,
        fields.machine,
        fields.room,
        login.user,
        hash,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(BuildingDeviceId(made.last_insert_rowid()))
}

/// Replaces the fields of a device.
pub async fn save(tx: &mut WriteTx, device: BuildingDeviceId, fields: &DeviceFields) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE building_device SET name = ?, dialect = ?, topic = ?, machine_id = ?, room_id = ?, version = version + 1
          WHERE id = ?",
        fields.name,
        fields.dialect,
        fields.topic,
        fields.machine,
        fields.room,
        device,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Replaces the password of a device.
pub async fn replace_login(
    tx: &mut WriteTx,
    device: BuildingDeviceId,
    hash: [u8; 32],
    at: Millis,
) -> Result<(), StoreError> {
    let hash = hash.as_slice();
    sqlx::query!("UPDATE building_device SET hash = ?, login_at = ? WHERE id = ?", hash, at, device)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Archives a device; its readings stay.
pub async fn archive(tx: &mut WriteTx, device: BuildingDeviceId, at: Millis) -> Result<(), StoreError> {
    sqlx::query!("UPDATE building_device SET archived_at = ?, version = version + 1 WHERE id = ?", at, device)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The devices in use, by name.
pub async fn list(conn: &mut SqliteConnection) -> Result<Vec<DeviceRow>, StoreError> {
    let rows = sqlx::query_as!(
        DeviceRow,
        r#"SELECT d.id AS "id!: BuildingDeviceId", d.version, d.name, d.dialect AS "dialect: Dialect", d.topic,
                  d.machine_id AS "machine?: MachineId", m.name AS "machine_name?", d.room_id AS "room?: RoomId",
                  r.name AS "room_name?", d.user, d.heard_at AS "heard?: Millis", d.is_offline AS "is_offline: bool"
             FROM building_device d LEFT JOIN machine m ON m.id = d.machine_id LEFT JOIN room r ON r.id = d.room_id
            WHERE d.archived_at IS NULL ORDER BY d.name COLLATE NOCASE, d.id"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// A login and what it opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownLogin {
    pub device: BuildingDeviceId,
    pub hash: Vec<u8>,
    pub dialect: Dialect,
    pub topic: String,
}

/// The logins of the devices in use.
pub async fn logins(conn: &mut SqliteConnection) -> Result<Vec<KnownLogin>, StoreError> {
    let rows = sqlx::query_as!(
        KnownLogin,
        r#"SELECT id AS "device!: BuildingDeviceId", hash AS "hash!", dialect AS "dialect: Dialect", topic
             FROM building_device WHERE archived_at IS NULL AND hash IS NOT NULL ORDER BY id"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// The login with this user, of a device in use.
pub async fn of_user(conn: &mut SqliteConnection, user: &str) -> Result<Option<KnownLogin>, StoreError> {
    let row = sqlx::query_as!(
        KnownLogin,
        r#"SELECT id AS "device!: BuildingDeviceId", hash AS "hash!", dialect AS "dialect: Dialect", topic
             FROM building_device WHERE user = ? AND archived_at IS NULL AND hash IS NOT NULL"#,
        user
    )
    .fetch_optional(conn)
    .await?;
    Ok(row)
}

/// Records when a device was last heard, and whether its last will says that it is gone.
pub async fn heard(
    tx: &mut WriteTx,
    device: BuildingDeviceId,
    at: Option<Millis>,
    is_offline: bool,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE building_device SET heard_at = coalesce(?, heard_at), is_offline = ? WHERE id = ?",
        at,
        is_offline,
        device
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
