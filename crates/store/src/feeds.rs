//! Calendar feeds: rows of `calendar_feed`, found by the hash of their secret alone, and what a machine's or room's
//! feed shows beside its bookings.

use crate::personal_data::{Erasing, Table};
use domain::{
    bookings::{Cause, Resource},
    checkouts::State,
    feeds::Feed,
    id::{AppointmentId, ClosureId, FeedId, MachineId, PersonId, RoomId},
    people::PersonStatus,
    qualifications::Ledger,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, qualifications};

/// The feed that the columns of a row describe.
const fn feed(trainer: Option<PersonId>, machine: Option<MachineId>, room: Option<RoomId>) -> Feed {
    match (trainer, machine, room) {
        (Some(trainer), ..) => Feed::Trainer(trainer),
        (None, Some(machine), _) => Feed::Resource(Resource::Machine(machine)),
        (None, None, Some(room)) => Feed::Resource(Resource::Room(room)),
        (None, None, None) => Feed::Mine,
    }
}

pub async fn add(
    tx: &mut WriteTx,
    hash: [u8; 32],
    person: PersonId,
    feed: Feed,
    at: Millis,
) -> Result<FeedId, StoreError> {
    let (trainer, resource) = match feed {
        Feed::Mine => (None, None),
        Feed::Trainer(trainer) => (Some(trainer), None),
        Feed::Resource(resource) => (None, Some(resource)),
    };
    let (machine, room) = (resource.and_then(Resource::machine), resource.and_then(Resource::room));
    let hash = hash.as_slice();
    let made = sqlx::query!(
        "INSERT INTO calendar_feed (hash, person_id, trainer_id, machine_id, room_id, made_at) VALUES (?, ?, ?, ?, ?, ?)",
        hash,
        person,
        trainer,
        machine,
        room,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(FeedId(made.last_insert_rowid()))
}

/// A feed with everything that decides whether it is served.
#[derive(Debug, Clone)]
pub struct Found {
    pub id: FeedId,
    pub feed: Feed,
    pub person: PersonId,
    pub status: PersonStatus,
    /// Language tag, if they chose one.
    pub language: Option<String>,
    pub ledger: Ledger,
    /// Name of its trainer, machine or room; `None` for one that has left or is archived.
    pub name: Option<String>,
    /// When it was last read, as far as stored.
    pub seen: Option<Millis>,
}

/// The feed with this hash. One statement, because every reading runs it.
pub async fn find(conn: &mut SqliteConnection, hash: &[u8; 32]) -> Result<Option<Found>, StoreError> {
    let hash = hash.as_slice();
    let row = sqlx::query!(
        r#"SELECT c.id AS "id!: FeedId", c.person_id AS "person!: PersonId", c.trainer_id AS "trainer?: PersonId",
                  c.machine_id AS "machine?: MachineId", c.room_id AS "room?: RoomId", c.seen_at AS "seen?: Millis",
                  p.status AS "status!: PersonStatus", f.language AS "language?",
                  coalesce(
                      (SELECT t.name FROM profile t JOIN person q ON q.id = t.person_id
                        WHERE t.person_id = c.trainer_id AND q.status = 'active'),
                      (SELECT m.name FROM machine m WHERE m.id = c.machine_id AND m.archived_at IS NULL),
                      (SELECT r.name FROM room r WHERE r.id = c.room_id AND r.archived_at IS NULL)) AS "name?: String",
                  (SELECT json_group_array(json_array(id, type_id, machine_id, relation, kind, effective_from, until))
                     FROM qualification WHERE qualification.person_id = c.person_id) AS "ledger!: String"
             FROM calendar_feed c JOIN person p ON p.id = c.person_id
             LEFT JOIN profile f ON f.person_id = c.person_id
            WHERE c.hash = ?"#,
        hash,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Found {
        id: row.id,
        feed: feed(row.trainer, row.machine, row.room),
        person: row.person,
        status: row.status,
        language: row.language,
        ledger: qualifications::of_list(&row.ledger)?,
        name: row.name,
        seen: row.seen,
    }))
}

/// An entry of a person's list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub id: FeedId,
    pub feed: Feed,
    /// Name of its trainer, machine or room, if known.
    pub name: Option<String>,
    pub made: Millis,
    pub seen: Option<Millis>,
}

/// The feeds of `person`, newest first.
pub async fn of_person(conn: &mut SqliteConnection, person: PersonId) -> Result<Vec<Listed>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT c.id AS "id!: FeedId", c.trainer_id AS "trainer?: PersonId", c.machine_id AS "machine?: MachineId",
                  c.room_id AS "room?: RoomId", c.made_at AS "made!: Millis", c.seen_at AS "seen?: Millis",
                  coalesce(t.name, m.name, r.name) AS "name?: String"
             FROM calendar_feed c
             LEFT JOIN profile t ON t.person_id = c.trainer_id
             LEFT JOIN machine m ON m.id = c.machine_id
             LEFT JOIN room r ON r.id = c.room_id
            WHERE c.person_id = ? ORDER BY c.id DESC"#,
        person,
    )
    .fetch_all(conn)
    .await?;
    let listed = rows.into_iter().map(|row| Listed {
        id: row.id,
        feed: feed(row.trainer, row.machine, row.room),
        name: row.name,
        made: row.made,
        seen: row.seen,
    });
    Ok(listed.collect())
}

/// Notes that a feed was read at `at`.
pub async fn seen(tx: &mut WriteTx, id: FeedId, at: Millis) -> Result<(), StoreError> {
    let noted =
        sqlx::query!("UPDATE calendar_feed SET seen_at = ?1 WHERE id = ?2 AND ifnull(seen_at, 0) < ?1", at, id);
    noted.execute(tx.conn()).await?;
    Ok(())
}

/// Revokes a feed of `person`. `false` if they have no such feed.
pub async fn end(tx: &mut WriteTx, person: PersonId, id: FeedId) -> Result<bool, StoreError> {
    let ended = sqlx::query!("DELETE FROM calendar_feed WHERE id = ? AND person_id = ?", id, person);
    Ok(ended.execute(tx.conn()).await?.rows_affected() == 1)
}

/// Machines and rooms that are not archived, by name.
pub async fn resources(conn: &mut SqliteConnection) -> Result<Vec<(Resource, String)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "machine?: MachineId", NULL AS "room?: RoomId", name AS "name!: String" FROM machine
            WHERE archived_at IS NULL
            UNION ALL SELECT NULL, id, name FROM room WHERE archived_at IS NULL
            ORDER BY 3 COLLATE NOCASE, 1, 2"#
    )
    .fetch_all(conn)
    .await?;
    let resource = |machine: Option<MachineId>, room: Option<RoomId>| {
        machine.map(Resource::Machine).or_else(|| room.map(Resource::Room))
    };
    Ok(rows.into_iter().filter_map(|row| Some((resource(row.machine, row.room)?, row.name))).collect())
}

/// Where a machine or room is.
pub async fn place_of(conn: &mut SqliteConnection, resource: Resource) -> Result<Option<String>, StoreError> {
    let (machine, room) = (resource.machine(), resource.room());
    let place = sqlx::query_scalar!(
        r#"SELECT l.name AS "name!" FROM place l
            WHERE l.id = coalesce((SELECT place_id FROM machine WHERE id = ?1), (SELECT place_id FROM room WHERE id = ?2))"#,
        machine,
        room,
    );
    Ok(place.fetch_optional(conn).await?)
}

/// A time during which a machine or room is closed.
#[derive(Debug, Clone)]
pub struct Closed {
    pub id: ClosureId,
    pub why: Cause,
    pub starts: Millis,
    pub ends: Millis,
    pub made: Millis,
    pub lifted: Option<Millis>,
}

/// Closures of a machine and its room, or of a room, that end after `after`, at most `limit`.
pub async fn closed(
    conn: &mut SqliteConnection,
    (machine, room): (Option<MachineId>, Option<RoomId>),
    after: Millis,
    limit: u32,
) -> Result<Vec<Closed>, StoreError> {
    let closed = sqlx::query_as!(
        Closed,
        r#"SELECT id AS "id!: ClosureId", kind AS "why!: Cause", starts_at AS "starts!: Millis", ends_at AS "ends!: Millis",
                  made_at AS "made!: Millis", lifted_at AS "lifted?: Millis"
             FROM closure WHERE (machine_id = ?1 OR room_id = ?2) AND ends_at > ?3 ORDER BY starts_at, id LIMIT ?4"#,
        machine,
        room,
        after,
        limit,
    );
    Ok(closed.fetch_all(conn).await?)
}

/// A checkout on a machine, without its member.
#[derive(Debug, Clone)]
pub struct Checkout {
    pub id: AppointmentId,
    pub starts: Millis,
    pub ends: Millis,
    pub state: State,
    /// Sequence number of its calendar entry.
    pub sequence: i64,
    /// When it was requested, moved or decided.
    pub changed: Millis,
}

/// Checkouts on `machine` that end after `after`, at most `limit`.
pub async fn checkouts(
    conn: &mut SqliteConnection,
    machine: MachineId,
    after: Millis,
    limit: u32,
) -> Result<Vec<Checkout>, StoreError> {
    let checkouts = sqlx::query_as!(
        Checkout,
        r#"SELECT id AS "id!: AppointmentId", starts_at AS "starts!: Millis", ends_at AS "ends!: Millis",
                  state AS "state!: State", sequence, max(asked_at, coalesce(decided_at, 0)) AS "changed!: Millis"
             FROM appointment WHERE machine_id = ?1 AND ends_at > ?2 ORDER BY starts_at, id LIMIT ?3"#,
        machine,
        after,
        limit,
    );
    Ok(checkouts.fetch_all(conn).await?)
}

/// The name that distinguishes calendar entries of this workshop from all others, once it was made up; it never
/// changes.
pub async fn calendar_name(conn: &mut SqliteConnection) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar!("SELECT word FROM calendar_name").fetch_optional(conn).await?)
}

/// The same; `fresh` becomes it if there is none.
pub async fn name_calendars(tx: &mut WriteTx, fresh: &str) -> Result<String, StoreError> {
    sqlx::query!("INSERT INTO calendar_name (id, word) VALUES (1, ?) ON CONFLICT DO NOTHING", fresh)
        .execute(tx.conn())
        .await?;
    calendar_name(tx.conn()).await?.ok_or_else(|| sqlx::Error::RowNotFound.into())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    // A trainer’s feed ends with the trainer.
    Table::taken(
        "calendar_feed",
        &["person_id", "trainer_id"],
        Erasing::Deleted,
        "SELECT json_object('shows', coalesce(m.name, o.name, iif(c.trainer_id IS NULL, 'own bookings and \
         checkouts', 'checkouts of a trainer')), 'made@', c.made_at, 'last_read@', c.seen_at) FROM calendar_feed c \
         LEFT JOIN machine m ON m.id = c.machine_id LEFT JOIN room o ON o.id = c.room_id WHERE c.person_id = ?1",
    ),
];
