//! Rooms: rows of `room`, and the machines, equipment and groups of each.

use domain::{
    bookings::Resource,
    id::{BookingId, GroupId, MachineId, PersonId, PlaceId, RoomId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// The fields of a room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewRoom {
    pub name: String,
    pub place: Option<PlaceId>,
    /// People.
    pub capacity: u16,
    /// As people call it; may be empty.
    pub floor: String,
    /// In Markdown; may be empty.
    pub note: String,
    /// Why it is closed to new bookings; `None` if it is open.
    pub closed: Option<String>,
    /// Whether bookings state how important they are.
    pub importance: bool,
    /// Days ahead that a new series may reach; `None`: as everywhere.
    pub series: Option<u16>,
}

#[derive(Debug, Clone)]
pub struct StoredRoom {
    pub id: RoomId,
    pub version: i64,
    pub name: String,
    pub place: Option<PlaceId>,
    /// Name of its place.
    pub place_name: Option<String>,
    pub capacity: u16,
    pub floor: String,
    /// In Markdown; may be empty.
    pub note: String,
    /// Why it is closed to new bookings; `None` if it is open.
    pub closed: Option<String>,
    /// Whether bookings state how important they are.
    pub importance: bool,
    /// Days ahead that a new series may reach; `None`: as everywhere.
    pub series: Option<u16>,
    /// When its picture was added.
    pub picture: Option<Millis>,
    /// When it was archived.
    pub archived: Option<Millis>,
    /// As JSON.
    pub machines: String,
    /// As JSON.
    pub groups: String,
    /// As JSON.
    pub people: String,
    /// As JSON.
    pub equipment: String,
}

impl StoredRoom {
    /// The machines in it, by id.
    pub fn machines(&self) -> Vec<MachineId> {
        serde_json::from_str(&self.machines).unwrap_or_default()
    }

    /// The groups whose members may book it, by id; everybody may book one without any.
    pub fn groups(&self) -> Vec<GroupId> {
        serde_json::from_str(&self.groups).unwrap_or_default()
    }

    /// The people who may book it beside them, by id.
    pub fn people(&self) -> Vec<PersonId> {
        serde_json::from_str(&self.people).unwrap_or_default()
    }

    /// The equipment in it, by name.
    pub fn equipment(&self) -> Vec<String> {
        serde_json::from_str(&self.equipment).unwrap_or_default()
    }

    /// Its location: place and floor.
    pub fn location(&self) -> Option<String> {
        let floor = Some(&self.floor).filter(|floor| !floor.is_empty());
        let parts: Vec<_> = self.place_name.iter().chain(floor).map(String::as_str).collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    }
}

/// Adds a room. [`StoreError::Unique`] if another has the name.
pub async fn add(tx: &mut WriteTx, new: &NewRoom) -> Result<RoomId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO room (name, place_id, capacity, floor, about, closed, importance, series) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        new.name,
        new.place,
        new.capacity,
        new.floor,
        new.note,
        new.closed,
        new.importance,
        new.series,
    )
    .execute(tx.conn())
    .await?;
    Ok(RoomId(made.last_insert_rowid()))
}

/// Changes the room and increments its version. [`StoreError::Unique`] if another has the name.
pub async fn change(tx: &mut WriteTx, room: RoomId, to: &NewRoom) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE room SET name = ?, place_id = ?, capacity = ?, floor = ?, about = ?, closed = ?, importance = ?,
                series = ?, version = version + 1 WHERE id = ?",
        to.name,
        to.place,
        to.capacity,
        to.floor,
        to.note,
        to.closed,
        to.importance,
        to.series,
        room,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

crate::archive::archive!(archive, RoomId, "room");

/// Puts `machine` into `room`: its time is occupied while that of the room is, except by external calendars of the
/// room, which avoid the machine's bookings. [`StoreError::Overlap`] if it is occupied otherwise then.
pub async fn put_in(
    tx: &mut WriteTx,
    machine: MachineId,
    room: RoomId,
    beside: &[BookingId],
) -> Result<(), StoreError> {
    let beside = crate::json::ids(beside.iter().map(|one| one.0));
    sqlx::query!(
        "INSERT INTO room_machine (machine_id, room_id) VALUES (?, ?) ON CONFLICT (machine_id) DO UPDATE SET room_id = excluded.room_id",
        machine,
        room
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "INSERT INTO occupation (machine_id, starts_at, ends_at, booking_id, closure_id, waiting_id)
             SELECT ?1, starts_at, ends_at, booking_id, closure_id, waiting_id FROM occupation
              WHERE room_id = ?2 AND (booking_id IS NULL OR booking_id NOT IN (SELECT value FROM json_each(?3)))
                AND NOT EXISTS (SELECT 1 FROM closure c WHERE c.id = occupation.closure_id AND c.calendar_id IS NOT NULL)",
        machine,
        room,
        beside,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes `machine` out of `room`; its time occupied with the room is released.
pub async fn take_out(tx: &mut WriteTx, machine: MachineId, room: RoomId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM room_machine WHERE machine_id = ? AND room_id = ?", machine, room)
        .execute(tx.conn())
        .await?;
    sqlx::query!(
        "DELETE FROM occupation WHERE machine_id = ?1
            AND (booking_id IN (SELECT booking_id FROM occupation WHERE room_id = ?2 AND booking_id IS NOT NULL)
              OR closure_id IN (SELECT closure_id FROM occupation WHERE room_id = ?2 AND closure_id IS NOT NULL)
              OR waiting_id IN (SELECT waiting_id FROM occupation WHERE room_id = ?2 AND waiting_id IS NOT NULL))",
        machine,
        room
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// All rooms by name, including archived ones.
pub async fn list(conn: &mut SqliteConnection) -> Result<Vec<StoredRoom>, StoreError> {
    load(conn, None).await
}

/// Rooms in use, by name.
pub async fn names(conn: &mut SqliteConnection) -> Result<Vec<(RoomId, String)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: RoomId", name FROM room WHERE archived_at IS NULL ORDER BY name COLLATE NOCASE, id"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// A room, even if it is archived.
pub async fn one(conn: &mut SqliteConnection, room: RoomId) -> Result<Option<StoredRoom>, StoreError> {
    Ok(load(conn, Some(room)).await?.pop())
}

/// One room, or all.
async fn load(conn: &mut SqliteConnection, room: Option<RoomId>) -> Result<Vec<StoredRoom>, StoreError> {
    let rooms = sqlx::query_as!(
        StoredRoom,
        r#"SELECT o.id AS "id!: RoomId", o.version, o.name, o.place_id AS "place?: PlaceId", l.name AS "place_name?",
                  o.capacity AS "capacity!: u16", o.floor, o.about AS note, o.closed, o.importance AS "importance!: bool",
                  o.series AS "series?: u16",
                  o.archived_at AS "archived?: Millis", p.added_at AS "picture?: Millis",
                  (SELECT json_group_array(name) FROM room_equipment r WHERE r.room_id = o.id) AS "equipment!: String",
                  (SELECT json_group_array(machine_id) FROM room_machine r WHERE r.room_id = o.id) AS "machines!: String",
                  (SELECT json_group_array(group_id) FROM room_group r WHERE r.room_id = o.id) AS "groups!: String",
                  (SELECT json_group_array(person_id) FROM room_person r WHERE r.room_id = o.id) AS "people!: String"
             FROM room o LEFT JOIN place l ON l.id = o.place_id LEFT JOIN picture p ON p.room_id = o.id
            WHERE ?1 IS NULL OR o.id = ?1
            ORDER BY o.archived_at IS NOT NULL, o.name, o.id"#,
        room,
    );
    Ok(rooms.fetch_all(conn).await?)
}

/// How many days ahead a new series of each of `rooms` may reach, of those that have a rule of their own.
pub async fn series(conn: &mut SqliteConnection, rooms: &[RoomId]) -> Result<Vec<(RoomId, u16)>, StoreError> {
    let rooms = crate::json::ids(rooms.iter().map(|room| room.0));
    let ahead = sqlx::query!(
        r#"SELECT id AS "id!: RoomId", series AS "series!: u16" FROM room
            WHERE id IN (SELECT value FROM json_each(?)) AND series IS NOT NULL"#,
        rooms
    );
    Ok(ahead.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.series)).collect())
}

/// Puts this equipment into a room, instead of what was in it.
pub async fn equip(tx: &mut WriteTx, room: RoomId, equipment: &[String]) -> Result<(), StoreError> {
    let equipment = serde_json::Value::from(equipment).to_string();
    sqlx::query!("DELETE FROM room_equipment WHERE room_id = ?", room).execute(tx.conn()).await?;
    sqlx::query!("INSERT INTO room_equipment (room_id, name) SELECT ?, value FROM json_each(?)", room, equipment)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The equipment of all rooms by name, once each.
pub async fn equipment(conn: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    let names = sqlx::query_scalar!("SELECT DISTINCT name FROM room_equipment ORDER BY lower(name), name");
    Ok(names.fetch_all(conn).await?)
}

/// Those of `rooms` that are closed to new bookings, and why.
pub async fn closed(conn: &mut SqliteConnection, rooms: &[RoomId]) -> Result<Vec<(RoomId, String)>, StoreError> {
    let rooms = crate::json::ids(rooms.iter().map(|room| room.0));
    let closed = sqlx::query!(
        r#"SELECT id AS "id!: RoomId", closed AS "why!" FROM room
            WHERE id IN (SELECT value FROM json_each(?)) AND closed IS NOT NULL"#,
        rooms
    );
    Ok(closed.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.why)).collect())
}

/// The machines in a room.
pub async fn machines(conn: &mut SqliteConnection, room: RoomId) -> Result<Vec<MachineId>, StoreError> {
    let machines =
        sqlx::query_scalar!(r#"SELECT machine_id AS "id!: MachineId" FROM room_machine WHERE room_id = ?"#, room);
    Ok(machines.fetch_all(conn).await?)
}

/// The machines in each of these rooms.
pub async fn inside(
    conn: &mut SqliteConnection,
    rooms: &[RoomId],
) -> Result<Vec<(RoomId, MachineId)>, StoreError> {
    let rooms = crate::json::ids(rooms.iter().map(|room| room.0));
    let rows = sqlx::query!(
        r#"SELECT room_id AS "room!: RoomId", machine_id AS "machine!: MachineId" FROM room_machine
            WHERE room_id IN (SELECT value FROM json_each(?)) ORDER BY room_id, machine_id"#,
        rooms
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.room, row.machine)).collect())
}

/// The room that a machine stands in.
pub async fn room_of(conn: &mut SqliteConnection, machine: MachineId) -> Result<Option<RoomId>, StoreError> {
    let room =
        sqlx::query_scalar!(r#"SELECT room_id AS "id!: RoomId" FROM room_machine WHERE machine_id = ?"#, machine);
    Ok(room.fetch_optional(conn).await?)
}

/// `resource` and the resources that share its space: the room of a machine, or the machines in a room.
pub async fn sharing(conn: &mut SqliteConnection, resource: Resource) -> Result<Vec<Resource>, StoreError> {
    let mut all = vec![resource];
    match resource {
        Resource::Machine(machine) => all.extend(room_of(conn, machine).await?.map(Resource::Room)),
        Resource::Room(room) => all.extend(machines(conn, room).await?.into_iter().map(Resource::Machine)),
    }
    Ok(all)
}
