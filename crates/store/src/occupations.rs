//! Occupations: rows of `occupation`, each of which exists while its time is occupied.
//!
//! Triggers refuse a row that overlaps another of the same person, machine or room, so that no order of jobs promises
//! one time twice. A new kind of occupation is a column of the table and a caller of `take`.

use crate::personal_data::{Erasing, Table};
use domain::{
    bookings::{Cause, Resource},
    id::{AppointmentId, BookingId, ClosureId, MachineId, PersonId, RoomId, TrainingEventId, TypeId, WaitingId},
    occupations::{Occupied, Purpose, Span},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, json};

/// Occupies the time of `whose` for `purpose`. [`StoreError::Overlap`] if it is occupied already.
pub async fn take(tx: &mut WriteTx, whose: Occupied, span: Span, purpose: Purpose) -> Result<(), StoreError> {
    put(tx, whose, span, purpose, false).await
}

/// Occupies the time of `person` for a booking or its offer; other shareable bookings of theirs may overlap it.
pub async fn share(tx: &mut WriteTx, person: PersonId, span: Span, purpose: Purpose) -> Result<(), StoreError> {
    put(tx, Occupied::Person(person), span, purpose, true).await
}

async fn put(
    tx: &mut WriteTx,
    whose: Occupied,
    span: Span,
    purpose: Purpose,
    shared: bool,
) -> Result<(), StoreError> {
    let (person, machine, room) = match whose {
        Occupied::Person(person) => (Some(person), None, None),
        Occupied::Machine(machine) => (None, Some(machine), None),
        Occupied::Room(room) => (None, None, Some(room)),
    };
    let For { appointment, booking, closure, waiting, event } = columns(purpose);
    sqlx::query!(
        "INSERT INTO occupation (person_id, machine_id, room_id, starts_at, ends_at, appointment_id, booking_id, closure_id, waiting_id, event_id, shared)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        person,
        machine,
        room,
        span.starts,
        span.ends,
        appointment,
        booking,
        closure,
        waiting,
        event,
        shared,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A purpose as columns of its row.
#[derive(Debug, Clone, Copy)]
struct For {
    appointment: Option<AppointmentId>,
    booking: Option<BookingId>,
    closure: Option<ClosureId>,
    waiting: Option<WaitingId>,
    event: Option<TrainingEventId>,
}

const fn columns(purpose: Purpose) -> For {
    const NOTHING: For = For { appointment: None, booking: None, closure: None, waiting: None, event: None };
    match purpose {
        Purpose::Appointment(id) => For { appointment: Some(id), ..NOTHING },
        Purpose::Booking(id) => For { booking: Some(id), ..NOTHING },
        Purpose::Closure(id) => For { closure: Some(id), ..NOTHING },
        Purpose::Waiting(id) => For { waiting: Some(id), ..NOTHING },
        Purpose::Event(id) => For { event: Some(id), ..NOTHING },
    }
}

/// Releases all time occupied for `purpose`.
pub async fn release(tx: &mut WriteTx, purpose: Purpose) -> Result<(), StoreError> {
    let For { appointment, booking, closure, waiting, event } = columns(purpose);
    sqlx::query!(
        "DELETE FROM occupation WHERE appointment_id = ? OR booking_id = ? OR closure_id = ? OR waiting_id = ? OR event_id = ?",
        appointment,
        booking,
        closure,
        waiting,
        event,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Releases the time that `event` occupies of one person.
pub async fn release_person(tx: &mut WriteTx, event: TrainingEventId, person: PersonId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM occupation WHERE event_id = ? AND person_id = ?", event, person)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Releases the time of `machine` that a booking of its room occupies. Returns whether there was any.
pub async fn release_machine(
    tx: &mut WriteTx,
    booking: BookingId,
    machine: MachineId,
) -> Result<bool, StoreError> {
    let released =
        sqlx::query!("DELETE FROM occupation WHERE booking_id = ? AND machine_id = ?", booking, machine)
            .execute(tx.conn())
            .await?;
    Ok(released.rows_affected() > 0)
}

/// Occupied time, with its subject and purpose.
#[derive(Debug, Clone, Copy)]
pub struct Busy<T> {
    pub whose: T,
    pub span: Span,
    /// The checkout it is occupied for, if any.
    pub appointment: Option<AppointmentId>,
}

/// Occupied time within `within` of the people who matter for a choice of slots: `people`, and everyone who offers
/// slots.
pub async fn of_people(
    conn: &mut SqliteConnection,
    people: &[PersonId],
    within: Span,
) -> Result<Vec<Busy<PersonId>>, StoreError> {
    let people = json::ids(people.iter().map(|one| one.0));
    let rows = sqlx::query!(
        r#"SELECT person_id AS "person!: PersonId", starts_at AS "starts: Millis", ends_at AS "ends: Millis",
                  appointment_id AS "appointment?: AppointmentId"
             FROM occupation
            WHERE person_id IN (SELECT person_id FROM availability_rule UNION SELECT value FROM json_each(?1))
              AND starts_at < ?3 AND ends_at > ?2
            ORDER BY person_id, starts_at"#,
        people,
        within.starts,
        within.ends,
    )
    .fetch_all(conn)
    .await?;
    let taken = rows.into_iter().map(|row| Busy {
        whose: row.person,
        span: Span { starts: row.starts, ends: row.ends },
        appointment: row.appointment,
    });
    Ok(taken.collect())
}

/// Occupied time of the machines of a type within `within`.
pub async fn of_machines(
    conn: &mut SqliteConnection,
    kind: TypeId,
    within: Span,
) -> Result<Vec<Busy<MachineId>>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT machine_id AS "machine!: MachineId", starts_at AS "starts: Millis", ends_at AS "ends: Millis",
                  appointment_id AS "appointment?: AppointmentId"
             FROM occupation
            WHERE machine_id IN (SELECT id FROM machine WHERE type_id = ?1) AND starts_at < ?3 AND ends_at > ?2
            ORDER BY machine_id, starts_at"#,
        kind,
        within.starts,
        within.ends,
    )
    .fetch_all(conn)
    .await?;
    let taken = rows.into_iter().map(|row| Busy {
        whose: row.machine,
        span: Span { starts: row.starts, ends: row.ends },
        appointment: row.appointment,
    });
    Ok(taken.collect())
}

/// What these bookings take of machines and rooms, with pauses.
pub async fn of_bookings(
    conn: &mut SqliteConnection,
    bookings: &[BookingId],
) -> Result<Vec<(Resource, Span)>, StoreError> {
    let bookings = json::ids(bookings.iter().map(|one| one.0));
    let rows = sqlx::query!(
        r#"SELECT machine_id AS "machine?: MachineId", room_id AS "room?: RoomId", starts_at AS "starts!: Millis",
                  ends_at AS "ends!: Millis" FROM occupation
            WHERE booking_id IN (SELECT value FROM json_each(?)) AND person_id IS NULL"#,
        bookings
    );
    let rows = rows.fetch_all(conn).await?.into_iter().filter_map(|row| {
        let resource = row.machine.map(Resource::Machine).or_else(|| row.room.map(Resource::Room))?;
        Some((resource, Span { starts: row.starts, ends: row.ends }))
    });
    Ok(rows.collect())
}

/// Time of a machine or room occupied by something other than a booking.
#[derive(Debug, Clone, Copy)]
pub struct Other {
    pub machine: Option<MachineId>,
    pub room: Option<RoomId>,
    pub starts: Millis,
    pub ends: Millis,
    pub cause: Cause,
}

/// Occupied time of these machines and rooms within `within`, except bookings, in order.
pub async fn beside_bookings(
    conn: &mut SqliteConnection,
    resources: &[Resource],
    within: Span,
) -> Result<Vec<Other>, StoreError> {
    let machines = json::ids(resources.iter().filter_map(|one| Some(one.machine()?.0)));
    let rooms = json::ids(resources.iter().filter_map(|one| Some(one.room()?.0)));
    // In its own file, so that a test can check its query plan.
    let rows = sqlx::query_file!("src/occupations/beside.sql", machines, rooms, within.starts, within.ends)
        .fetch_all(conn)
        .await?;
    let others = rows.into_iter().map(|row| Other {
        machine: row.machine,
        room: row.room,
        starts: row.starts,
        ends: row.ends,
        cause: row.closure.unwrap_or(if row.is_event { Cause::Event } else { Cause::Checkout }),
    });
    Ok(others.collect())
}

/// Whether a machine or room, or a person, is busy at some time of `span`.
pub async fn is_taken(
    conn: &mut SqliteConnection,
    resource: Resource,
    person: PersonId,
    span: Span,
) -> Result<bool, StoreError> {
    let (machine, room) = (resource.machine(), resource.room());
    let taken = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM occupation WHERE machine_id = ?1 AND starts_at < ?5 AND ends_at > ?4)
               OR EXISTS (SELECT 1 FROM occupation WHERE room_id = ?2 AND starts_at < ?5 AND ends_at > ?4)
               OR EXISTS (SELECT 1 FROM occupation WHERE person_id = ?3 AND starts_at < ?5 AND ends_at > ?4) AS "is!: bool""#,
        machine,
        room,
        person,
        span.starts,
        span.ends,
    );
    Ok(taken.fetch_one(conn).await?)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    // Only the time; the purpose is in its appointment or booking.
    Table::left("occupation", &["person_id"], Erasing::Deleted),
];
