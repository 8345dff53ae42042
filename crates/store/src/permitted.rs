//! Permitted groups and people: rows of `room_group`, `room_person`, `machine_group` and `type_group`.
//!
//! Invariant: what has neither is for everybody. A machine without its own follows its type; an archived group permits nobody.

use domain::{
    bookings::Resource,
    id::{GroupId, MachineId, PersonId, RoomId, TypeId},
};
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

use crate::{
    StoreError, WriteTx,
    bookings::Holder,
    json,
    personal_data::{Erasing, Table},
};

/// Permits a room to these groups, instead of those before.
pub async fn permit_room(tx: &mut WriteTx, room: RoomId, groups: &[GroupId]) -> Result<(), StoreError> {
    let groups = json::ids(groups.iter().map(|group| group.0));
    sqlx::query!("DELETE FROM room_group WHERE room_id = ?", room).execute(tx.conn()).await?;
    sqlx::query!("INSERT INTO room_group (room_id, group_id) SELECT ?, value FROM json_each(?)", room, groups)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Permits a room to these people, instead of those before, beside its groups.
pub async fn permit_room_to_people(tx: &mut WriteTx, room: RoomId, people: &[PersonId]) -> Result<(), StoreError> {
    let people = json::ids(people.iter().map(|person| person.0));
    sqlx::query!("DELETE FROM room_person WHERE room_id = ?", room).execute(tx.conn()).await?;
    sqlx::query!("INSERT INTO room_person (room_id, person_id) SELECT ?, value FROM json_each(?)", room, people)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The same for a machine.
pub async fn permit_machine(tx: &mut WriteTx, machine: MachineId, groups: &[GroupId]) -> Result<(), StoreError> {
    let groups = json::ids(groups.iter().map(|group| group.0));
    sqlx::query!("DELETE FROM machine_group WHERE machine_id = ?", machine).execute(tx.conn()).await?;
    sqlx::query!(
        "INSERT INTO machine_group (machine_id, group_id) SELECT ?, value FROM json_each(?)",
        machine,
        groups
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The same for a type.
pub async fn permit_type(tx: &mut WriteTx, kind: TypeId, groups: &[GroupId]) -> Result<(), StoreError> {
    let groups = json::ids(groups.iter().map(|group| group.0));
    sqlx::query!("DELETE FROM type_group WHERE type_id = ?", kind).execute(tx.conn()).await?;
    sqlx::query!("INSERT INTO type_group (type_id, group_id) SELECT ?, value FROM json_each(?)", kind, groups)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The people to whom rooms are permitted, by name.
pub async fn people(conn: &mut SqliteConnection) -> Result<Vec<(PersonId, String)>, StoreError> {
    let people = sqlx::query!(
        r#"SELECT DISTINCT p.person_id AS "id!: PersonId", f.name AS "name!: String" FROM room_person p
             JOIN profile f ON f.person_id = p.person_id ORDER BY lower(f.name), p.person_id"#
    );
    Ok(people.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.name)).collect())
}

/// The groups of a machine itself, without those of its type.
pub async fn of_machine(conn: &mut SqliteConnection, machine: MachineId) -> Result<Vec<GroupId>, StoreError> {
    let groups = sqlx::query_scalar!(
        r#"SELECT group_id AS "id!: GroupId" FROM machine_group WHERE machine_id = ? ORDER BY group_id"#,
        machine
    );
    Ok(groups.fetch_all(conn).await?)
}

/// The groups of a type.
pub async fn of_type(conn: &mut SqliteConnection, kind: TypeId) -> Result<Vec<GroupId>, StoreError> {
    let groups = sqlx::query_scalar!(
        r#"SELECT group_id AS "id!: GroupId" FROM type_group WHERE type_id = ? ORDER BY group_id"#,
        kind
    );
    Ok(groups.fetch_all(conn).await?)
}

/// Those of `resources` that are permitted to groups or people, but not to the group of `holder`, or neither to the person nor to a
/// group of theirs; with the names of the groups that may book them.
pub async fn closed_to(
    conn: &mut SqliteConnection,
    resources: &[Resource],
    holder: Holder,
) -> Result<BTreeMap<Resource, Vec<String>>, StoreError> {
    let rooms = json::ids(resources.iter().filter_map(|one| Some(one.room()?.0)));
    let machines = json::ids(resources.iter().filter_map(|one| Some(one.machine()?.0)));
    let (person, group) = (holder.individual(), holder.group);
    let closed = sqlx::query!(
        r#"SELECT p.machine AS "machine?: MachineId", p.room AS "room?: RoomId",
                  json_group_array(g.name ORDER BY g.name) FILTER (WHERE g.id IS NOT NULL) AS "groups!: String"
             FROM (SELECT NULL AS machine, r.room_id AS room, r.group_id, NULL AS person_id FROM room_group r
                    WHERE r.room_id IN (SELECT value FROM json_each(?1))
                   UNION ALL
                   SELECT NULL, r.room_id, NULL, r.person_id FROM room_person r
                    WHERE r.room_id IN (SELECT value FROM json_each(?1))
                   UNION ALL
                   SELECT m.machine_id, NULL, m.group_id, NULL FROM machine_group m
                    WHERE m.machine_id IN (SELECT value FROM json_each(?2))
                   UNION ALL
                   SELECT n.id, NULL, t.group_id, NULL FROM machine n JOIN type_group t ON t.type_id = n.type_id
                    WHERE n.id IN (SELECT value FROM json_each(?2))
                      AND NOT EXISTS (SELECT 1 FROM machine_group o WHERE o.machine_id = n.id)) p
             LEFT JOIN person_group g ON g.id = p.group_id AND g.archived_at IS NULL
            GROUP BY p.machine, p.room
           HAVING max(coalesce(g.id = ?4, 0) OR coalesce(p.person_id = ?3, 0)
                      OR EXISTS (SELECT 1 FROM group_member j WHERE j.group_id = g.id AND j.person_id = ?3)) = 0"#,
        rooms,
        machines,
        person,
        group,
    );
    let closed = closed.fetch_all(conn).await?.into_iter().filter_map(|row| {
        let resource = row.machine.map(Resource::Machine).or(row.room.map(Resource::Room))?;
        Some((resource, serde_json::from_str(&row.groups).unwrap_or_default()))
    });
    Ok(closed.collect())
}

/// Personal data in these tables. The row of an erased person names nobody; without it the room would be open to everybody.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::taken(
    "room_person",
    &["person_id"],
    Erasing::Stays,
    "SELECT json_object('room', r.name) FROM room_person p JOIN room r ON r.id = p.room_id WHERE p.person_id = ?1",
)];
