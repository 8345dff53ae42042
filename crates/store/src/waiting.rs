//! Waiting lists: rows of `waiting`. The lower id came first.

use crate::personal_data::{Erasing, Table};
use domain::{
    bookings::Resource,
    down_time::{Cause, Gap},
    id::{BookingId, MachineId, PersonId, RoomId, TypeId, WaitingId},
    occupations::Span,
    time::{Millis, millis},
    waiting::State,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// A new place on a waiting list.
#[derive(Debug, Clone, Copy)]
pub struct NewWaiting {
    pub resource: Resource,
    pub person: PersonId,
    pub span: Span,
    pub at: Millis,
}

pub async fn add(tx: &mut WriteTx, new: &NewWaiting) -> Result<WaitingId, StoreError> {
    let (machine, room) = (new.resource.machine(), new.resource.room());
    let made = sqlx::query!(
        "INSERT INTO waiting (machine_id, room_id, person_id, starts_at, ends_at, asked_at) VALUES (?, ?, ?, ?, ?, ?)",
        machine,
        room,
        new.person,
        new.span.starts,
        new.span.ends,
        new.at,
    )
    .execute(tx.conn())
    .await?;
    Ok(WaitingId(made.last_insert_rowid()))
}

/// Extends offers by the part of `gap` they lost, but never past the beginning of the offered time; a gap that repeats
/// after the clock was set back counts once.
pub async fn shift_offers(tx: &mut WriteTx, gap: Gap) -> Result<(), StoreError> {
    let length = millis(gap.length());
    if gap.cause == Cause::SetBack {
        sqlx::query!(
            "UPDATE waiting SET until_at = until_at - ?1 WHERE state = 'offered' AND offered_at >= ?2",
            length,
            gap.starts
        )
        .execute(tx.conn())
        .await?;
    } else {
        sqlx::query!(
            "UPDATE waiting SET until_at = min(until_at + ?1, starts_at)
              WHERE state = 'offered' AND offered_at <= ?2 AND until_at > ?2",
            length,
            gap.starts
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// Offers the time until `until`.
pub async fn offer(tx: &mut WriteTx, waiting: WaitingId, at: Millis, until: Millis) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE waiting SET state = 'offered', offered_at = ?1, until_at = ?2 WHERE id = ?3",
        at,
        until,
        waiting,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Ends it in a final state, with the resulting booking.
pub async fn settle(
    tx: &mut WriteTx,
    waiting: WaitingId,
    state: State,
    at: Millis,
    booking: Option<BookingId>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE waiting SET state = ?1, settled_at = ?2, booking_id = ?3 WHERE id = ?4",
        state,
        at,
        booking,
        waiting,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A stored place on a waiting list.
#[derive(Debug, Clone)]
pub struct WaitingRow {
    pub id: WaitingId,
    pub machine: Option<MachineId>,
    pub room: Option<RoomId>,
    /// Name of the machine or room.
    pub name: String,
    /// The machine's type.
    pub kind: Option<TypeId>,
    pub person: PersonId,
    pub starts: Millis,
    pub ends: Millis,
    pub state: State,
    pub asked: Millis,
    pub offered: Option<Millis>,
    /// Until when the offer is held.
    pub until: Option<Millis>,
    /// How many came before and wait for some of the same time.
    pub ahead: u32,
}

impl WaitingRow {
    /// The desired time.
    #[must_use]
    pub fn span(&self) -> Span {
        Span { starts: self.starts, ends: self.ends }
    }

    /// The desired machine or room.
    #[must_use]
    pub fn resource(&self) -> Resource {
        match (self.machine, self.room) {
            (Some(machine), _) => Resource::Machine(machine),
            // The schema has one of the two.
            (None, room) => Resource::Room(room.unwrap_or(RoomId(0))),
        }
    }
}

/// Which places to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    pub only: Option<WaitingId>,
    pub person: Option<PersonId>,
    /// For this machine or room.
    pub resource: Option<Resource>,
    /// For some of this time.
    pub during: Option<Span>,
    /// Offers that end then or earlier, and times that are over by then.
    pub due: Option<Millis>,
}

/// Open places, or the given one, by the start of their times.
pub async fn list(conn: &mut SqliteConnection, filter: Filter, limit: u32) -> Result<Vec<WaitingRow>, StoreError> {
    let machine = filter.resource.and_then(Resource::machine);
    let room = filter.resource.and_then(Resource::room);
    let (starts, ends) = (filter.during.map(|span| span.starts), filter.during.map(|span| span.ends));
    let rows = sqlx::query_as!(
        WaitingRow,
        r#"SELECT w.id AS "id!: WaitingId", w.machine_id AS "machine?: MachineId", w.room_id AS "room?: RoomId",
                  coalesce(m.name, o.name) AS "name!: String", m.type_id AS "kind?: TypeId",
                  w.person_id AS "person!: PersonId", w.starts_at AS "starts!: Millis", w.ends_at AS "ends!: Millis",
                  w.state AS "state!: State", w.asked_at AS "asked!: Millis", w.offered_at AS "offered?: Millis",
                  w.until_at AS "until?: Millis",
                  (SELECT count(*) FROM waiting e
                    WHERE e.state IN ('waiting', 'offered') AND e.id < w.id AND e.starts_at < w.ends_at AND e.ends_at > w.starts_at
                      AND (e.machine_id = w.machine_id OR e.room_id = w.room_id)) AS "ahead!: u32"
             FROM waiting w
             LEFT JOIN machine m ON m.id = w.machine_id
             LEFT JOIN room o ON o.id = w.room_id
            WHERE (?1 IS NULL OR w.id = ?1) AND (?1 IS NOT NULL OR w.state IN ('waiting', 'offered'))
              -- Its name was cut.
              AND +w.person_id IS NOT NULL
              AND (?2 IS NULL OR w.person_id = ?2) AND (?3 IS NULL OR w.machine_id = ?3) AND (?4 IS NULL OR w.room_id = ?4)
              AND (?5 IS NULL OR w.ends_at > ?5) AND (?6 IS NULL OR w.starts_at < ?6)
              AND (?7 IS NULL OR w.until_at <= ?7 OR w.ends_at <= ?7)
            ORDER BY w.starts_at, w.id LIMIT ?8"#,
        filter.only,
        filter.person,
        machine,
        room,
        starts,
        ends,
        filter.due,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

pub async fn one(conn: &mut SqliteConnection, waiting: WaitingId) -> Result<Option<WaitingRow>, StoreError> {
    let only = Filter { only: Some(waiting), ..Filter::default() };
    Ok(list(conn, only, 1).await?.pop())
}

/// People who wait for a time after `now` that is free, in order, after `after`; `freed` restricts them to a machine
/// and its room, or a room and its machines.
pub async fn next(
    conn: &mut SqliteConnection,
    freed: Option<(Resource, Span)>,
    after: WaitingId,
    now: Millis,
    limit: u32,
) -> Result<Vec<WaitingId>, StoreError> {
    let machine = freed.and_then(|(resource, _)| resource.machine());
    let room = freed.and_then(|(resource, _)| resource.room());
    let (starts, ends) = (freed.map(|(_, span)| span.starts), freed.map(|(_, span)| span.ends));
    let found = sqlx::query_scalar!(
        r#"SELECT w.id AS "id!: WaitingId" FROM waiting w
            WHERE w.state = 'waiting' AND w.id > ?1 AND w.starts_at > ?2
              AND (?3 IS NULL OR w.machine_id = ?3 OR w.room_id = (SELECT room_id FROM room_machine WHERE machine_id = ?3))
              AND (?4 IS NULL OR w.room_id = ?4 OR w.machine_id IN (SELECT machine_id FROM room_machine WHERE room_id = ?4))
              AND (?5 IS NULL OR w.ends_at > ?5) AND (?6 IS NULL OR w.starts_at < ?6)
              AND NOT EXISTS (SELECT 1 FROM occupation o
                               WHERE o.machine_id = w.machine_id AND o.starts_at < w.ends_at AND o.ends_at > w.starts_at)
              AND NOT EXISTS (SELECT 1 FROM occupation o
                               WHERE o.room_id = w.room_id AND o.starts_at < w.ends_at AND o.ends_at > w.starts_at)
              AND NOT EXISTS (SELECT 1 FROM room_machine r JOIN occupation o ON o.machine_id = r.machine_id
                               WHERE r.room_id = w.room_id AND o.starts_at < w.ends_at AND o.ends_at > w.starts_at)
            ORDER BY w.id LIMIT ?7"#,
        after,
        now,
        machine,
        room,
        starts,
        ends,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(found)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::taken(
    "waiting",
    &["person_id"],
    Erasing::Stays,
    "SELECT json_object('machine', m.name, 'room', o.name, 'state', w.state, 'starts@', w.starts_at, 'ends@', \
         w.ends_at, 'asked@', w.asked_at, 'offered@', w.offered_at) FROM waiting w LEFT JOIN machine m ON m.id = \
         w.machine_id LEFT JOIN room o ON o.id = w.room_id WHERE w.person_id = ?1",
)];
