//! Past bookings of a person or a group: attended, missed and cancelled ones, and the type of machine booked last.
//!
//! Not here: the consequences of missing a booking, which are decided in `domain` and stored in [`crate::holds`].

use super::Holder;
use crate::StoreError;
use domain::{
    bookings::Resource,
    id::{PersonId, TypeId},
    time::Millis,
};
use sqlx::SqliteConnection;

/// No-shows of `person` for bookings that began after `since`, without those that led to a hold already.
pub async fn no_shows(conn: &mut SqliteConnection, person: PersonId, since: Millis) -> Result<i64, StoreError> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!: i64" FROM booking
            WHERE person_id = ?1 AND group_id IS NULL AND state = 'no-show' AND starts_at > ?2
              AND decided_at > ifnull((SELECT max(placed_at) FROM hold WHERE person_id = ?1 AND reason = 'no-shows'), 0)"#,
        person,
        since,
    );
    Ok(count.fetch_one(conn).await?)
}

/// How many bookings of `person` that began after `since` were attended and missed.
pub async fn attendance(
    conn: &mut SqliteConnection,
    person: PersonId,
    since: Millis,
) -> Result<(u32, u32), StoreError> {
    let row = sqlx::query!(
        r#"SELECT count(*) FILTER (WHERE checked_in_at IS NOT NULL) AS "came!: u32",
                  count(*) FILTER (WHERE state = 'no-show') AS "missed!: u32"
             FROM booking WHERE person_id = ?1 AND group_id IS NULL AND starts_at > ?2"#,
        person,
        since,
    );
    let row = row.fetch_one(conn).await?;
    Ok((row.came, row.missed))
}

/// The type of the machine that `person` booked last, or else used last.
pub async fn usual(conn: &mut SqliteConnection, person: PersonId) -> Result<Option<TypeId>, StoreError> {
    let kind = sqlx::query_scalar!(
        r#"SELECT coalesce(
              (SELECT m.type_id FROM booking b JOIN machine m ON m.id = b.machine_id
                WHERE b.person_id = ?1 AND m.archived_at IS NULL ORDER BY b.asked_at DESC LIMIT 1),
              (SELECT m.type_id FROM use_session u JOIN card c ON c.id = u.card_id JOIN machine m ON m.id = u.machine_id
                WHERE c.person_id = ?1 AND m.archived_at IS NULL ORDER BY u.started_at DESC LIMIT 1)) AS "kind?: TypeId""#,
        person,
    );
    Ok(kind.fetch_one(conn).await?)
}

/// The outcomes of a person's bookings of one machine or room.
#[derive(Debug, Clone, Copy)]
pub struct Came {
    /// Bookings attended.
    pub came: u32,
    /// Bookings missed since then.
    pub no_shows: u32,
    /// Bookings cancelled late since then.
    pub late: u32,
    /// Approved by a moderator.
    pub approved: u32,
    /// Declined by a moderator.
    pub rejected: u32,
}

/// The outcomes of the bookings of `holder` for `resource`; no-shows and late cancellations since `since`.
pub async fn history(
    conn: &mut SqliteConnection,
    holder: Holder,
    resource: Resource,
    since: Millis,
) -> Result<Came, StoreError> {
    let (machine, room) = (resource.machine(), resource.room());
    let (person, group) = (holder.individual(), holder.group);
    let came = sqlx::query_as!(
        Came,
        r#"SELECT count(*) FILTER (WHERE checked_in_at IS NOT NULL) AS "came!: u32",
                  count(*) FILTER (WHERE state = 'no-show' AND starts_at > ?4) AS "no_shows!: u32",
                  count(*) FILTER (WHERE late = 1 AND starts_at > ?4) AS "late!: u32",
                  count(*) FILTER (WHERE decided_by IS NOT NULL AND state IN ('approved', 'checked-in', 'completed', 'no-show'))
                      AS "approved!: u32",
                  count(*) FILTER (WHERE state = 'rejected') AS "rejected!: u32"
             FROM booking WHERE ((person_id = ?1 AND group_id IS NULL) OR group_id = ?5) AND (machine_id = ?2 OR room_id = ?3)"#,
        person,
        machine,
        room,
        since,
        group,
    );
    Ok(came.fetch_one(conn).await?)
}
