//! Rooms: rows of `room` and `room_machine`.

use domain::{
    bookings::Resource,
    id::{BookingId, GroupId, MachineId, PersonId, PlaceId, RoomId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// The fields of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRoom {
    pub name: String,
    pub place: Option<PlaceId>,
    /// People.
    pub capacity: u16,
    /// As people call it; may be empty.
    pub floor: String,
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
    /// When it was archived.
    pub archived: Option<Millis>,
    /// As JSON.
    pub machines: String,
    /// As JSON.
    pub groups: String,
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
        "INSERT INTO room (name, place_id, capacity, floor) VALUES (?, ?, ?, ?)",
        new.name,
        new.place,
        new.capacity,
        new.floor,
    )
    .execute(tx.conn())
    .await?;
    Ok(RoomId(made.last_insert_rowid()))
}

/// Changes the room and increments its version. [`StoreError::Unique`] if another has the name.
pub async fn change(tx: &mut WriteTx, room: RoomId, to: &NewRoom) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE room SET name = ?, place_id = ?, capacity = ?, floor = ?, version = version + 1 WHERE id = ?",
        to.name,
        to.place,
        to.capacity,
        to.floor,
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
    let rooms = sqlx::query_as!(
        StoredRoom,
        r#"SELECT o.id AS "id!: RoomId", o.version, o.name, o.place_id AS "place?: PlaceId", l.name AS "place_name?",
                  o.capacity AS "capacity!: u16", o.floor, o.archived_at AS "archived?: Millis",
                  (SELECT json_group_array(machine_id) FROM room_machine r WHERE r.room_id = o.id) AS "machines!: String",
                  (SELECT json_group_array(group_id) FROM room_group r WHERE r.room_id = o.id) AS "groups!: String"
             FROM room o LEFT JOIN place l ON l.id = o.place_id
            ORDER BY o.archived_at IS NOT NULL, o.name, o.id"#
    );
    Ok(rooms.fetch_all(conn).await?)
}

/// Permits a room to these groups, instead of those before.
pub async fn permit(tx: &mut WriteTx, room: RoomId, groups: &[GroupId]) -> Result<(), StoreError> {
    let groups = crate::json::ids(groups.iter().map(|group| group.0));
    sqlx::query!("DELETE FROM room_group WHERE room_id = ?", room).execute(tx.conn()).await?;
    sqlx::query!("INSERT INTO room_group (room_id, group_id) SELECT ?, value FROM json_each(?)", room, groups)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Those of `rooms` that are permitted to groups, none of which `person` is in.
pub async fn closed_to(
    conn: &mut SqliteConnection,
    rooms: &[RoomId],
    person: PersonId,
) -> Result<Vec<RoomId>, StoreError> {
    let rooms = crate::json::ids(rooms.iter().map(|room| room.0));
    let closed = sqlx::query_scalar!(
        r#"SELECT o.id AS "id!: RoomId" FROM room o
            WHERE o.id IN (SELECT value FROM json_each(?1)) AND EXISTS (SELECT 1 FROM room_group r WHERE r.room_id = o.id)
              AND NOT EXISTS (SELECT 1 FROM room_group r
                                JOIN person_group g ON g.id = r.group_id AND g.archived_at IS NULL
                                JOIN group_member m ON m.group_id = r.group_id AND m.person_id = ?2
                               WHERE r.room_id = o.id)"#,
        rooms,
        person,
    );
    Ok(closed.fetch_all(conn).await?)
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
