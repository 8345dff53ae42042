//! Rooms: rows of `room`, and the machines, equipment and groups of each.

use domain::{
    bookings::Resource,
    id::{BookingId, GroupId, MachineId, PersonId, PlaceId, RoomId},
    time::Millis,
};
use serde::Deserialize;
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

use crate::{StoreError, WriteTx, json};

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
        location(self.place_name.as_deref(), &self.floor)
    }
}

fn location(place: Option<&str>, floor: &str) -> Option<String> {
    let floor = Some(floor).filter(|floor| !floor.is_empty());
    let parts: Vec<_> = place.into_iter().chain(floor).collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// A room in use as a choice, with what a search asks of it.
#[derive(Debug, Clone, Deserialize)]
pub struct RoomChoice {
    pub id: RoomId,
    pub name: String,
    /// Name of its place.
    place: Option<String>,
    floor: String,
    pub capacity: u16,
    #[serde(deserialize_with = "json::flag")]
    pub importance: bool,
    /// The equipment in it, by name.
    pub equipment: Vec<String>,
    /// The machines in it, by id.
    pub machines: Vec<MachineId>,
}

impl RoomChoice {
    /// Its location: place and floor.
    pub fn location(&self) -> Option<String> {
        location(self.place.as_deref(), &self.floor)
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
    let beside = json::ids(beside.iter().map(|one| one.0));
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

/// Rooms in use by name, as one list: a search reads all of them.
pub async fn choices(conn: &mut SqliteConnection) -> Result<Vec<RoomChoice>, StoreError> {
    let list = sqlx::query_scalar!(
        r#"SELECT json_group_array(json_array(id, name, place, floor, capacity, importance, json(equipment), json(machines)))
                  AS "list!: String"
             FROM (SELECT o.id, o.name, l.name AS place, o.floor, o.capacity, o.importance,
                          (SELECT json_group_array(name) FROM room_equipment r WHERE r.room_id = o.id) AS equipment,
                          (SELECT json_group_array(machine_id) FROM room_machine r WHERE r.room_id = o.id) AS machines
                     FROM room o LEFT JOIN place l ON l.id = o.place_id
                    WHERE o.archived_at IS NULL ORDER BY o.name, o.id)"#
    );
    Ok(json::list(&list.fetch_one(conn).await?)?)
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
    Ok(load(conn, Some(&[room])).await?.pop())
}

/// These rooms by id, including archived ones.
pub async fn some(
    conn: &mut SqliteConnection,
    rooms: &[RoomId],
) -> Result<BTreeMap<RoomId, StoredRoom>, StoreError> {
    Ok(load(conn, Some(rooms)).await?.into_iter().map(|room| (room.id, room)).collect())
}

/// These rooms, or all.
async fn load(conn: &mut SqliteConnection, rooms: Option<&[RoomId]>) -> Result<Vec<StoredRoom>, StoreError> {
    let only = rooms.map(|rooms| json::ids(rooms.iter().map(|room| room.0)));
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
            WHERE ?1 IS NULL OR o.id IN (SELECT value FROM json_each(?1))
            ORDER BY o.archived_at IS NOT NULL, o.name, o.id"#,
        only,
    );
    Ok(rooms.fetch_all(conn).await?)
}

/// Filters of rooms in use; without any, all of them.
#[derive(Debug, Clone, Copy, Default)]
pub struct RoomQuery<'a> {
    pub only: Option<RoomId>,
    pub floor: Option<&'a str>,
    /// Rooms that hold at least as many.
    pub people: Option<u16>,
    /// Rooms with one of these.
    pub equipment: Option<&'a [String]>,
    /// Rooms that this group may book.
    pub group: Option<GroupId>,
    /// The instant at which a room may be free.
    pub at: Option<Millis>,
}

/// A room in use that matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct RoomMatch {
    pub id: RoomId,
    /// It is open, and nobody has it or a machine in it at the instant of [`RoomQuery`].
    #[serde(deserialize_with = "json::flag")]
    pub is_free: bool,
}

/// The rooms in use that match, by floor and name. Nothing of a room or a machine overlaps, so only the last that begins before can
/// reach into an instant.
pub async fn matching(conn: &mut SqliteConnection, query: RoomQuery<'_>) -> Result<Vec<RoomMatch>, StoreError> {
    let RoomQuery { only, floor, people, equipment, group, at } = query;
    let equipment = equipment.map(|names| serde_json::Value::from(names).to_string());
    let list = sqlx::query_scalar!(
        r#"SELECT json_group_array(json_array(id, is_free)) AS "list!: String" FROM (
              SELECT r.id, ?5 IS NOT NULL AND r.closed IS NULL
                     AND ifnull((SELECT o.ends_at FROM occupation o WHERE o.room_id = r.id AND o.starts_at <= ?5
                                  ORDER BY o.starts_at DESC LIMIT 1) <= ?5, 1)
                     AND NOT EXISTS (SELECT 1 FROM room_machine i WHERE i.room_id = r.id
                                        AND (SELECT o.ends_at FROM occupation o WHERE o.machine_id = i.machine_id AND o.starts_at <= ?5
                                              ORDER BY o.starts_at DESC LIMIT 1) > ?5) AS is_free
                FROM room r
               WHERE r.archived_at IS NULL AND (?6 IS NULL OR r.id = ?6) AND (?1 IS NULL OR r.floor = ?1) AND (?2 IS NULL OR r.capacity >= ?2)
                 AND (?3 IS NULL OR EXISTS (SELECT 1 FROM room_equipment e WHERE e.room_id = r.id
                                               AND e.name IN (SELECT value FROM json_each(?3))))
                 AND (?4 IS NULL OR NOT EXISTS (SELECT 1 FROM room_group g WHERE g.room_id = r.id)
                      OR EXISTS (SELECT 1 FROM room_group g WHERE g.room_id = r.id AND g.group_id = ?4))
               ORDER BY r.floor, r.name, r.id)"#,
        floor,
        people,
        equipment,
        group,
        at,
        only,
    );
    Ok(json::list(&list.fetch_one(conn).await?)?)
}

/// All rooms in use together.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    pub count: u32,
    /// Their floors, in order.
    pub floors: Vec<String>,
    /// The equipment in them, once each.
    pub equipment: Vec<String>,
    /// The groups in use to which some are permitted, by name.
    pub groups: Vec<(GroupId, String)>,
}

/// All rooms in use together.
pub async fn summary(conn: &mut SqliteConnection) -> Result<Summary, StoreError> {
    let row = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM room WHERE archived_at IS NULL) AS "count!: u32",
                  (SELECT json_group_array(floor) FROM (SELECT DISTINCT floor FROM room
                    WHERE archived_at IS NULL AND floor <> '' ORDER BY floor)) AS "floors!: String",
                  (SELECT json_group_array(name) FROM (SELECT DISTINCT e.name FROM room_equipment e
                     JOIN room r ON r.id = e.room_id WHERE r.archived_at IS NULL)) AS "equipment!: String",
                  (SELECT json_group_array(json_array(id, name)) FROM (SELECT g.id, g.name FROM person_group g
                    WHERE g.archived_at IS NULL
                      AND EXISTS (SELECT 1 FROM room_group p JOIN room r ON r.id = p.room_id
                                   WHERE p.group_id = g.id AND r.archived_at IS NULL)
                    ORDER BY g.name, g.id)) AS "groups!: String""#
    );
    let row = row.fetch_one(conn).await?;
    let (floors, equipment) = (json::list(&row.floors)?, json::list(&row.equipment)?);
    Ok(Summary { count: row.count, floors, equipment, groups: json::list(&row.groups)? })
}

/// How many days ahead a new series of each of `rooms` may reach, of those that have a rule of their own.
pub async fn series(conn: &mut SqliteConnection, rooms: &[RoomId]) -> Result<Vec<(RoomId, u16)>, StoreError> {
    let rooms = json::ids(rooms.iter().map(|room| room.0));
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
    let rooms = json::ids(rooms.iter().map(|room| room.0));
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
    let rooms = json::ids(rooms.iter().map(|room| room.0));
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
