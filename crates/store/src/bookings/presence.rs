//! Whether those who may use a booking are present, and what prevented them from using the machine: its holder, or the
//! members of its group.
//!
//! Invariant: derived from uses, blocks and attempts alone, so that a late message of a board changes it. Not here: the
//! consequences ([`domain::bookings::ends_early`]).

use super::{BookingId, MachineId, Millis, PersonId, Span, SqliteConnection, StoreError, too_early};
use crate::json;
use domain::bookings::{Presence, Resource};

/// The presence of any of `users` on `machine` since `from`, as of `now`.
pub async fn presence(
    conn: &mut SqliteConnection,
    machine: MachineId,
    users: &[PersonId],
    (from, now): (Millis, Millis),
) -> Result<Presence, StoreError> {
    let users = json::ids(users.iter().map(|user| user.0));
    let row = sqlx::query!(
        r#"SELECT (SELECT s.online FROM machine_signal s WHERE s.machine_id = ?1) AS "online?: bool",
                  (SELECT max(ifnull(u.ended_at, ?4)) FROM use_session u LEFT JOIN card c ON c.id = u.card_id
                    WHERE u.machine_id = ?1 AND u.void = 0 AND (u.ended_at IS NULL OR u.ended_at > ?3)
                      AND coalesce(c.person_id NOT IN (SELECT value FROM json_each(?2)), 1)) AS "others?: Millis",
                  (SELECT max(ifnull(b.lifted_at, ?4)) FROM machine_block b
                    WHERE b.machine_id = ?1 AND (b.lifted_at IS NULL OR b.lifted_at > ?3)) AS "blocked?: Millis",
                  last.ended_at AS "ended?: Millis", last.id IS NOT NULL AS "used!: bool",
                  ifnull(last.ended_at IS NULL OR last.ending IN ('lost', 'silent'), 0) AS "open!: bool"
             FROM (SELECT 1) LEFT JOIN (SELECT u.id, u.ended_at, u.ending FROM use_session u JOIN card c ON c.id = u.card_id
                                         WHERE u.machine_id = ?1 AND u.void = 0 AND c.person_id IN (SELECT value FROM json_each(?2))
                                           AND (u.ended_at IS NULL OR u.ended_at > ?3)
                                         ORDER BY u.ended_at IS NULL DESC, u.ended_at DESC LIMIT 1) last"#,
        machine,
        users,
        from,
        now,
    )
    .fetch_one(conn)
    .await?;
    let silent = (row.online == Some(false)).then_some(now);
    Ok(Presence {
        // The length of a use without a reported end is unknown.
        is_on: row.used && row.open,
        left: row.ended.filter(|_| !row.open),
        kept_out: row.others.into_iter().chain(row.blocked).chain(silent).max(),
        is_seen: row.online.is_some(),
    })
}

/// Whether a person other than `users` uses `machine`.
pub async fn is_used_by_another(
    conn: &mut SqliteConnection,
    machine: MachineId,
    users: &[PersonId],
) -> Result<bool, StoreError> {
    let users = json::ids(users.iter().map(|user| user.0));
    let used = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM use_session u LEFT JOIN card c ON c.id = u.card_id
                           WHERE u.machine_id = ?1 AND u.ended_at IS NULL AND u.void = 0
                             AND coalesce(c.person_id NOT IN (SELECT value FROM json_each(?2)), 1)) AS "is!: bool""#,
        machine,
        users,
    );
    Ok(used.fetch_one(conn).await?)
}

/// Whether `users` were prevented from using the machine within `span`: another person used it, it was blocked, or from
/// `early` on a board refused a card of theirs.
pub async fn was_kept_out(
    conn: &mut SqliteConnection,
    resource: Resource,
    users: &[PersonId],
    early: Millis,
    span: Span,
) -> Result<bool, StoreError> {
    let (machine, room) = (resource.machine(), resource.room());
    let users = json::ids(users.iter().map(|user| user.0));
    let was = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM use_session u LEFT JOIN card c ON c.id = u.card_id
                           WHERE u.machine_id = ?1 AND u.void = 0 AND u.started_at < ?6
                             AND (u.ended_at IS NULL OR u.ended_at > ?5)
                             AND coalesce(c.person_id NOT IN (SELECT value FROM json_each(?3)), 1))
               OR EXISTS (SELECT 1 FROM machine_block b
                           WHERE b.machine_id = ?1 AND b.placed_at < ?6 AND (b.lifted_at IS NULL OR b.lifted_at > ?5))
               OR EXISTS (SELECT 1 FROM card c JOIN attempt a ON a.card_id = c.id
                           WHERE c.person_id IN (SELECT value FROM json_each(?3)) AND a.at >= ?4 AND a.at < ?6 AND a.level = 0
                             AND (a.machine_id = ?1
                               OR a.machine_id IN (SELECT machine_id FROM room_machine WHERE room_id = ?2))) AS "was!: bool""#,
        machine,
        room,
        users,
        early,
        span.starts,
        span.ends,
    );
    Ok(was.fetch_one(conn).await?)
}

/// Bookings that occupy `resource` within `span`, including those of its room or of a machine in it, by start.
pub async fn in_the_way(
    conn: &mut SqliteConnection,
    resource: Resource,
    span: Span,
) -> Result<Vec<BookingId>, StoreError> {
    let (machine, room) = (resource.machine(), resource.room());
    let found = sqlx::query_scalar!(
        r#"SELECT b.id AS "id!: BookingId" FROM booking b
            WHERE b.id IN (SELECT o.booking_id FROM occupation o
                            WHERE o.booking_id IS NOT NULL AND o.starts_at < ?4 AND o.ends_at > ?3
                              AND (o.machine_id = ?1 OR o.room_id = ?2
                                OR o.machine_id IN (SELECT machine_id FROM room_machine WHERE room_id = ?2)))
            ORDER BY b.starts_at, b.id"#,
        machine,
        room,
        span.starts,
        span.ends,
    );
    Ok(found.fetch_all(conn).await?)
}

/// The booking that `person` is arriving for at `machine` or its room, theirs or of a group of theirs: approved, and
/// beginning before `soon`; their own first.
pub async fn arriving(
    conn: &mut SqliteConnection,
    machine: MachineId,
    person: PersonId,
    now: Millis,
    soon: Millis,
) -> Result<Option<BookingId>, StoreError> {
    let begins_after = too_early(now);
    let booking = sqlx::query_scalar!(
        r#"SELECT id AS "id!: BookingId" FROM booking
            WHERE id IN (SELECT id FROM booking WHERE person_id = ?1 AND group_id IS NULL AND starts_at > ?5 AND starts_at <= ?4
                         UNION ALL
                         SELECT b.id FROM group_member j JOIN booking b ON b.group_id = j.group_id
                          WHERE j.person_id = ?1 AND b.starts_at > ?5 AND b.starts_at <= ?4)
              AND state IN ('approved', 'no-show') AND ends_at > ?3
              AND (machine_id = ?2 OR room_id = (SELECT room_id FROM room_machine WHERE machine_id = ?2))
            ORDER BY state, group_id IS NOT NULL, starts_at LIMIT 1"#,
        person,
        machine,
        now,
        soon,
        begins_after,
    );
    Ok(booking.fetch_optional(conn).await?)
}

/// Whether one of `users` uses the machine, or one in the room, now.
pub async fn is_used(
    conn: &mut SqliteConnection,
    resource: Resource,
    users: &[PersonId],
) -> Result<bool, StoreError> {
    let (machine, room) = (resource.machine(), resource.room());
    let users = json::ids(users.iter().map(|user| user.0));
    let used = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM use_session u JOIN card c ON c.id = u.card_id
                           WHERE c.person_id IN (SELECT value FROM json_each(?1)) AND u.ended_at IS NULL
                             AND (u.machine_id = ?2
                               OR u.machine_id IN (SELECT machine_id FROM room_machine WHERE room_id = ?3))) AS "is!: bool""#,
        users,
        machine,
        room,
    );
    Ok(used.fetch_one(conn).await?)
}
