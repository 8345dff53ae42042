//! Time occupied by events of external calendars, as closures, and its collisions: rows of `external_collision`.
//!
//! A room's calendar has a closure for each piece of an event that does not collide with the room itself. Its machines
//! are occupied as far as they are free: each has its own rows of `occupation`, of which there may be fewer.

use crate::{StoreError, WriteTx, bookings::Holder, json};
use domain::{
    bookings::{Cause, Conflict, Resource},
    external_calendars::Collision,
    id::{AppointmentId, BookingId, ClosureId, ExternalCalendarId, GroupId, MachineId, PersonId, RoomId, TypeId},
    notices::{BookingNews, CheckoutNews, Kind},
    occupations::Span,
    time::Millis,
};
use sqlx::SqliteConnection;

/// Closures of a calendar that end after `after`.
pub async fn held(
    conn: &mut SqliteConnection,
    id: ExternalCalendarId,
    after: Millis,
) -> Result<Vec<(ClosureId, Span)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: ClosureId", starts_at AS "starts!: Millis", ends_at AS "ends!: Millis" FROM closure
            WHERE calendar_id = ? AND ends_at > ? AND lifted_at IS NULL ORDER BY starts_at"#,
        id,
        after,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, Span { starts: row.starts, ends: row.ends })).collect())
}

/// Something else that occupies a machine or room.
#[derive(Debug, Clone, Copy)]
pub struct Other {
    /// The machine; `None` for the room itself.
    pub machine: Option<MachineId>,
    pub taken: Conflict,
    pub booking: Option<BookingId>,
    pub appointment: Option<AppointmentId>,
}

/// What else occupies `resource`, and the machines in it if it is a room, within `within`, except the calendar `but`.
/// In order.
pub async fn others(
    conn: &mut SqliteConnection,
    resource: Resource,
    within: Span,
    but: ExternalCalendarId,
) -> Result<Vec<Other>, StoreError> {
    let (machine, room) = (resource.machine(), resource.room());
    let rows = sqlx::query!(
        r#"SELECT o.machine_id AS "machine?: MachineId", o.starts_at AS "starts!: Millis", o.ends_at AS "ends!: Millis",
                  o.booking_id AS "booking?: BookingId", o.appointment_id AS "appointment?: AppointmentId",
                  coalesce(o.booking_id, o.waiting_id) IS NOT NULL AS "is_booking!: bool", o.event_id IS NOT NULL AS "is_event!: bool",
                  c.kind AS "closure?: Cause"
             FROM (SELECT * FROM occupation WHERE machine_id = ?1 AND starts_at < ?4
                   UNION ALL
                   SELECT * FROM occupation WHERE room_id = ?2 AND starts_at < ?4
                   UNION ALL
                   SELECT t.* FROM room_machine i JOIN occupation t ON t.machine_id = i.machine_id
                    WHERE i.room_id = ?2 AND t.starts_at < ?4) o
             LEFT JOIN closure c ON c.id = o.closure_id
            WHERE o.ends_at > ?3 AND c.calendar_id IS NOT ?5
            ORDER BY o.starts_at, o.ends_at"#,
        machine,
        room,
        within.starts,
        within.ends,
        but,
    )
    .fetch_all(conn)
    .await?;
    let others = rows.into_iter().map(|row| Other {
        machine: row.machine,
        taken: Conflict {
            span: Span { starts: row.starts, ends: row.ends },
            by: row.closure.unwrap_or(match (row.is_booking, row.is_event) {
                (true, _) => Cause::Booking,
                (_, true) => Cause::Event,
                _ => Cause::Checkout,
            }),
        },
        booking: row.booking,
        appointment: row.appointment,
    });
    Ok(others.collect())
}

/// Releases closures of a calendar. Those that have not begun are deleted.
pub async fn release(tx: &mut WriteTx, closures: &[ClosureId], now: Millis) -> Result<(), StoreError> {
    let ids = json::ids(closures.iter().map(|id| id.0));
    sqlx::query!("DELETE FROM occupation WHERE closure_id IN (SELECT value FROM json_each(?))", ids)
        .execute(tx.conn())
        .await?;
    sqlx::query!("DELETE FROM closure WHERE id IN (SELECT value FROM json_each(?)) AND starts_at > ?", ids, now)
        .execute(tx.conn())
        .await?;
    sqlx::query!("UPDATE closure SET lifted_at = ? WHERE id IN (SELECT value FROM json_each(?))", now, ids)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Occupies a machine, or a room without its machines, for events of a calendar. [`StoreError::Overlap`] if some of the
/// time is occupied.
pub async fn take(
    tx: &mut WriteTx,
    id: ExternalCalendarId,
    resource: Resource,
    spans: &[Span],
    now: Millis,
) -> Result<(), StoreError> {
    let (machine, room) = (resource.machine(), resource.room());
    let spans: serde_json::Value =
        spans.iter().map(|span| serde_json::json!([span.starts.0, span.ends.0])).collect();
    let spans = spans.to_string();
    sqlx::query!(
        "INSERT INTO closure (machine_id, room_id, kind, starts_at, ends_at, made_at, calendar_id)
              SELECT ?1, ?2, 'external', value ->> 0, value ->> 1, ?4, ?5 FROM json_each(?3)",
        machine,
        room,
        spans,
        now,
        id,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "INSERT INTO occupation (machine_id, room_id, starts_at, ends_at, closure_id)
              SELECT c.machine_id, c.room_id, c.starts_at, c.ends_at, c.id FROM closure c
               WHERE c.calendar_id = ?1 AND c.ends_at > ?2 AND c.lifted_at IS NULL
                 AND NOT EXISTS (SELECT 1 FROM occupation o WHERE o.closure_id = c.id)",
        id,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Time of a machine occupied with its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Beside {
    pub closure: ClosureId,
    pub machine: MachineId,
    pub span: Span,
}

/// Time of machines that a room's calendar occupies, ending after `after`.
pub async fn beside(
    conn: &mut SqliteConnection,
    id: ExternalCalendarId,
    after: Millis,
) -> Result<Vec<Beside>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT c.id AS "closure!: ClosureId", o.machine_id AS "machine!: MachineId", o.starts_at AS "starts!: Millis",
                  o.ends_at AS "ends!: Millis"
             FROM closure c JOIN occupation o ON o.closure_id = c.id
            WHERE c.calendar_id = ?1 AND c.room_id IS NOT NULL AND c.ends_at > ?2 AND c.lifted_at IS NULL
              AND o.machine_id IS NOT NULL AND o.ends_at > ?2"#,
        id,
        after,
    )
    .fetch_all(conn)
    .await?;
    let beside = rows.into_iter().map(|row| Beside {
        closure: row.closure,
        machine: row.machine,
        span: Span { starts: row.starts, ends: row.ends },
    });
    Ok(beside.collect())
}

/// Releases time of machines occupied with their room, and occupies other time.
pub async fn put_beside(tx: &mut WriteTx, release: &[Beside], take: &[Beside]) -> Result<(), StoreError> {
    let rows = |all: &[Beside]| {
        let rows = all
            .iter()
            .map(|one| serde_json::json!([one.closure.0, one.machine.0, one.span.starts.0, one.span.ends.0]));
        rows.collect::<serde_json::Value>().to_string()
    };
    let (release, take) = (rows(release), rows(take));
    sqlx::query!(
        "DELETE FROM occupation WHERE id IN (
             SELECT o.id FROM json_each(?) j JOIN occupation o ON o.closure_id = j.value ->> 0
              WHERE o.machine_id = j.value ->> 1 AND o.starts_at = j.value ->> 2)",
        release,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "INSERT INTO occupation (closure_id, machine_id, starts_at, ends_at)
              SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)",
        take,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Replaces the collisions with those of the last reading.
pub async fn collided(
    tx: &mut WriteTx,
    id: ExternalCalendarId,
    collisions: &[Collision],
) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM external_collision WHERE calendar_id = ?", id).execute(tx.conn()).await?;
    let rows = collisions.iter().map(|one| {
        let (span, with) = (one.span, one.with);
        serde_json::json!([span.starts.0, span.ends.0, with.by.as_str(), with.span.starts.0, with.span.ends.0])
    });
    let rows = rows.collect::<serde_json::Value>().to_string();
    // Two machines of a room may be booked at one time.
    sqlx::query!(
        "INSERT INTO external_collision (calendar_id, starts_at, ends_at, cause, with_starts_at, with_ends_at)
              SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?2) WHERE true
                  ON CONFLICT DO NOTHING",
        id,
        rows,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Collisions of the last reading that are not over, of every calendar or one, in order.
pub async fn collisions(
    conn: &mut SqliteConnection,
    id: Option<ExternalCalendarId>,
    now: Millis,
) -> Result<Vec<(ExternalCalendarId, Collision)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT calendar_id AS "id!: ExternalCalendarId", starts_at AS "starts!: Millis", ends_at AS "ends!: Millis",
                  cause AS "cause!: Cause", with_starts_at AS "with_starts!: Millis", with_ends_at AS "with_ends!: Millis"
             FROM external_collision WHERE (?1 IS NULL OR calendar_id = ?1) AND ends_at > ?2
            ORDER BY calendar_id, starts_at, with_starts_at, with_ends_at"#,
        id,
        now,
    )
    .fetch_all(conn)
    .await?;
    let collisions = rows.into_iter().map(|row| {
        let with = Conflict { span: Span { starts: row.with_starts, ends: row.with_ends }, by: row.cause };
        (row.id, Collision { span: Span { starts: row.starts, ends: row.ends }, with })
    });
    Ok(collisions.collect())
}

/// Calendars with an event that collides with something within `span`.
pub async fn calendars_meeting(
    conn: &mut SqliteConnection,
    span: Span,
    now: Millis,
) -> Result<Vec<ExternalCalendarId>, StoreError> {
    let ids = sqlx::query_scalar!(
        r#"SELECT DISTINCT calendar_id AS "id!: ExternalCalendarId" FROM external_collision
            WHERE with_starts_at < ?2 AND with_ends_at > ?1 AND ends_at > ?3 ORDER BY 1"#,
        span.starts,
        span.ends,
        now,
    );
    Ok(ids.fetch_all(conn).await?)
}

/// A booking or checkout that an event collides with.
#[derive(Debug, Clone, Copy)]
pub enum Promise {
    Booking { id: BookingId, resource: Resource, holder: Holder, starts: Millis, sequence: i64 },
    Checkout { id: AppointmentId, on: TypeId, member: PersonId, trainer: PersonId, starts: Millis, sequence: i64 },
}

impl Promise {
    /// When it begins.
    #[must_use]
    pub const fn starts(&self) -> Millis {
        match *self {
            Self::Booking { starts, .. } | Self::Checkout { starts, .. } => starts,
        }
    }
}

/// Which of these bookings and checkouts are still valid and have not been notified of the collision.
pub async fn promised(
    conn: &mut SqliteConnection,
    bookings: &[BookingId],
    checkouts: &[AppointmentId],
    now: Millis,
) -> Result<Vec<Promise>, StoreError> {
    let (bookings, checkouts) =
        (json::ids(bookings.iter().map(|id| id.0)), json::ids(checkouts.iter().map(|id| id.0)));
    let (booking_kind, checkout_kind) = (Kind::BookingClash, Kind::CheckoutClash);
    let (booking_news, checkout_news) = (BookingNews::Overlapped.as_str(), CheckoutNews::Overlapped.as_str());
    let booked = sqlx::query!(
        r#"SELECT b.id AS "id!: BookingId", b.machine_id AS "machine?: MachineId", b.room_id AS "room?: RoomId",
                  b.person_id AS "person?: PersonId", b.group_id AS "group?: GroupId", b.starts_at AS "starts!: Millis", b.sequence AS "sequence!: i64"
             FROM booking b
            WHERE b.id IN (SELECT value FROM json_each(?1)) AND b.ends_at > ?2 AND b.state IN ('pending', 'approved', 'checked-in')
              AND NOT EXISTS (SELECT 1 FROM notice n
                               WHERE n.person_id IN (SELECT b.person_id UNION ALL
                                                     SELECT j.person_id FROM group_member j WHERE j.group_id = b.group_id)
                                 AND n.kind = ?3 AND n.subject = 'booking:' || b.id || ' ' || ?4 || ' ' || b.starts_at)
            ORDER BY b.starts_at, b.id"#,
        bookings,
        now,
        booking_kind,
        booking_news,
    )
    .fetch_all(&mut *conn)
    .await?;
    let agreed = sqlx::query!(
        r#"SELECT a.id AS "id!: AppointmentId", a.type_id AS "on!: TypeId", a.person_id AS "member!: PersonId",
                  a.trainer_id AS "trainer!: PersonId", a.starts_at AS "starts!: Millis", a.sequence AS "sequence!: i64"
             FROM appointment a
            WHERE a.id IN (SELECT value FROM json_each(?1)) AND a.ends_at > ?2 AND a.state IN ('pending', 'accepted')
              AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.person_id = a.person_id AND n.kind = ?3
                                 AND n.subject = 'appointment:' || a.id || ' ' || ?4 || ' ' || a.sequence)
            ORDER BY a.starts_at, a.id"#,
        checkouts,
        now,
        checkout_kind,
        checkout_news,
    )
    .fetch_all(conn)
    .await?;
    let booked = booked.into_iter().filter_map(|row| {
        let resource = row.machine.map(Resource::Machine).or_else(|| row.room.map(Resource::Room))?;
        let holder = Holder { person: row.person, group: row.group };
        let (id, starts, sequence) = (row.id, row.starts, row.sequence);
        Some(Promise::Booking { id, resource, holder, starts, sequence })
    });
    let agreed = agreed.into_iter().map(|row| Promise::Checkout {
        id: row.id,
        on: row.on,
        member: row.member,
        trainer: row.trainer,
        starts: row.starts,
        sequence: row.sequence,
    });
    Ok(booked.chain(agreed).collect())
}
