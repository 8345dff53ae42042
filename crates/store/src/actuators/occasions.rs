//! The occasions that rules follow: bookings and events of rooms and machines, and machines in use.

use domain::{
    id::{MachineId, RoomId},
    time::{DAY, Millis},
};
use sqlx::SqliteConnection;

use crate::StoreError;

/// A time that a rule may follow.
#[derive(Debug, Clone)]
pub struct Occasion {
    pub room: Option<RoomId>,
    pub machine: Option<MachineId>,
    /// The use of a machine; otherwise booked time.
    pub is_use: bool,
    pub starts: Millis,
    /// `None` while it is in use.
    pub ends: Option<Millis>,
    /// The title of an event, if it is one.
    pub title: Option<String>,
}

/// The bookings and events that begin within a day of `now`, or ended less than a day ago, and the uses that run or ended lately.
/// Only of rooms and machines that a rule names.
pub async fn occasions(conn: &mut SqliteConnection, now: Millis) -> Result<Vec<Occasion>, StoreError> {
    let (since, until) = (now.before(DAY), now.after(DAY));
    let begins_after = crate::longest::too_early(since);
    let rows = sqlx::query_as!(
        Occasion,
        r#"SELECT o.room_id AS "room?: RoomId", o.machine_id AS "machine?: MachineId", 0 AS "is_use!: bool",
                  o.starts_at AS "starts!: Millis", o.ends_at AS "ends?: Millis", e.title AS "title?: String"
             FROM actuator_rule r
             JOIN occupation o ON o.room_id = r.room_id AND o.starts_at > ?1 AND o.starts_at <= ?3 AND o.ends_at > ?2
             LEFT JOIN training_event e ON e.id = o.event_id
            WHERE r.kind = 'bookings' AND coalesce(o.booking_id, o.event_id) IS NOT NULL
           UNION
           SELECT o.room_id, o.machine_id, 0, o.starts_at, o.ends_at, e.title
             FROM actuator_rule r
             JOIN occupation o ON o.machine_id = r.machine_id AND o.starts_at > ?1 AND o.starts_at <= ?3 AND o.ends_at > ?2
             LEFT JOIN training_event e ON e.id = o.event_id
            WHERE r.kind = 'bookings' AND coalesce(o.booking_id, o.event_id, o.appointment_id) IS NOT NULL
           UNION
           SELECT NULL, u.machine_id, 1, u.started_at, u.ended_at, NULL
             FROM actuator_rule r JOIN use_session u ON u.machine_id = r.machine_id
            WHERE r.kind = 'machine' AND u.started_at > ?1 AND (u.ended_at IS NULL OR u.ended_at > ?2)"#,
        begins_after,
        since,
        until,
    );
    Ok(rows.fetch_all(conn).await?)
}
