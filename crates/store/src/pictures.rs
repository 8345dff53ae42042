//! Pictures of people, machines and rooms: rows of `picture`; and the shared statements for pictures in other tables.

use crate::personal_data::{Erasing, Table};
use domain::{
    id::{FloorPlanId, MachineId, PersonId, RoomId},
    pictures::Subject,
    time::Millis,
};
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

use crate::{StoreError, WriteTx};

#[derive(Debug, Clone)]
pub struct Picture {
    /// A JPEG of the requested size.
    pub body: Vec<u8>,
    /// When it was added.
    pub added_at: Millis,
}

/// Loads the picture `FROM` a table by its keys, which begin with `?2`.
macro_rules! found {
    ($conn:expr, $small:expr, $from:literal, $($key:expr),+) => {{
        let found = sqlx::query_as!(
            $crate::pictures::Picture,
            "SELECT iif(?1, small, body) AS \"body!: Vec<u8>\", added_at AS \"added_at!: Millis\" FROM " + $from,
            $small,
            $($key),+
        );
        Ok(found.fetch_optional($conn).await?)
    }};
}

/// Replaces a picture `INTO` a table under its keys.
macro_rules! keep {
    ($tx:expr, $into:literal, ($body:expr, $small:expr, $at:expr), $($key:expr),+) => {{
        let kept = sqlx::query!(
            "INSERT INTO " + $into + "
             ON CONFLICT DO UPDATE SET body = excluded.body, small = excluded.small, added_at = excluded.added_at",
            $body,
            $small,
            $at,
            $($key),+
        );
        kept.execute($tx.conn()).await?;
        Ok(())
    }};
}

pub(crate) use {found, keep};

const fn columns(subject: Subject) -> (Option<PersonId>, Option<MachineId>, Option<RoomId>, Option<FloorPlanId>) {
    match subject {
        Subject::Person(id) => (Some(id), None, None, None),
        Subject::Machine(id) => (None, Some(id), None, None),
        Subject::Room(id) => (None, None, Some(id), None),
        Subject::FloorPlan(id) => (None, None, None, Some(id)),
    }
}

/// The picture of `subject`, if any; `small` for a list.
pub async fn of(
    conn: &mut SqliteConnection,
    subject: Subject,
    small: bool,
) -> Result<Option<Picture>, StoreError> {
    let (person, machine, room, plan) = columns(subject);
    found!(
        conn,
        small,
        "picture WHERE person_id = ?2 OR machine_id = ?3 OR room_id = ?4 OR plan_id = ?5",
        person,
        machine,
        room,
        plan
    )
}

/// When the picture of a machine was added.
pub async fn of_machine(conn: &mut SqliteConnection, machine: MachineId) -> Result<Option<Millis>, StoreError> {
    let added =
        sqlx::query_scalar!(r#"SELECT added_at AS "at!: Millis" FROM picture WHERE machine_id = ?"#, machine);
    Ok(added.fetch_optional(conn).await?)
}

/// When the picture of a room was added.
pub async fn of_room(conn: &mut SqliteConnection, room: RoomId) -> Result<Option<Millis>, StoreError> {
    let added = sqlx::query_scalar!(r#"SELECT added_at AS "at!: Millis" FROM picture WHERE room_id = ?"#, room);
    Ok(added.fetch_optional(conn).await?)
}

/// When the picture of each of these people was added; people without one are left out.
pub async fn of_people(
    conn: &mut SqliteConnection,
    people: &[PersonId],
) -> Result<BTreeMap<PersonId, Millis>, StoreError> {
    let people: serde_json::Value = people.iter().map(|person| person.0).collect();
    let people = people.to_string();
    let rows = sqlx::query!(
        r#"SELECT person_id AS "person!: PersonId", added_at AS "at!: Millis"
             FROM picture WHERE person_id IN (SELECT value FROM json_each(?))"#,
        people,
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.person, row.at)).collect())
}

/// Adds or replaces a picture.
///
/// Fails with [`StoreError::Dangling`] if there is no such person, machine or room.
pub async fn set(
    tx: &mut WriteTx,
    subject: Subject,
    body: &[u8],
    small: &[u8],
    at: Millis,
) -> Result<(), StoreError> {
    remove(tx, subject).await?;
    let (person, machine, room, plan) = columns(subject);
    sqlx::query!(
        "INSERT INTO picture (person_id, machine_id, room_id, plan_id, body, small, added_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        person,
        machine,
        room,
        plan,
        body,
        small,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Deletes the picture; returns whether there was one.
pub async fn remove(tx: &mut WriteTx, subject: Subject) -> Result<bool, StoreError> {
    let (person, machine, room, plan) = columns(subject);
    let gone = sqlx::query!(
        "DELETE FROM picture WHERE person_id = ? OR machine_id = ? OR room_id = ? OR plan_id = ?",
        person,
        machine,
        room,
        plan
    );
    Ok(gone.execute(tx.conn()).await?.rows_affected() > 0)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::taken(
    "picture",
    &["person_id", "body"],
    Erasing::Deleted,
    "SELECT json_object('at', '/pictures/person/' || person_id, 'bytes', length(body), 'since@', added_at) FROM \
         picture WHERE person_id = ?1",
)];
