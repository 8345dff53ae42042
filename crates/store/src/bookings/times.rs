//! Times: when a machine or room is taken, when a person is busy elsewhere, and which bookings count towards limits.
//!
//! Not here: all of these for one request of a person for a machine, in one statement (`conflicts`).

use super::Holder;
use crate::{StoreError, json};
use domain::{
    bookings::{Cause, Conflict, Resource, State},
    id::{BookingId, MachineId, PersonId, RoomId},
    occupations::Span,
    time::Millis,
};
use serde::Deserialize;
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

/// Conflicts for `resource` within `within`, in order, without the booking `without`. A room is busy while one of its
/// machines is.
pub async fn taken(
    conn: &mut SqliteConnection,
    resource: Resource,
    within: Span,
    without: Option<BookingId>,
) -> Result<Vec<Conflict>, StoreError> {
    Ok(taken_of(conn, &[resource], within, without, &[]).await?.into_values().next().unwrap_or_default())
}

/// A conflict in the statement's list.
#[derive(Deserialize)]
struct TakenItem {
    starts: Millis,
    ends: Millis,
    #[serde(deserialize_with = "json::flag")]
    booking: bool,
    #[serde(deserialize_with = "json::flag")]
    event: bool,
    closure: Option<Cause>,
}

/// The same for each of these resources; free ones are left out. For the machines in `beside`, the given times do not
/// make their room busy.
pub async fn taken_of(
    conn: &mut SqliteConnection,
    resources: &[Resource],
    within: Span,
    without: Option<BookingId>,
    beside: &[(MachineId, Span)],
) -> Result<BTreeMap<Resource, Vec<Conflict>>, StoreError> {
    let machines = json::ids(resources.iter().filter_map(|one| Some(one.machine()?.0)));
    let rooms = json::ids(resources.iter().filter_map(|one| Some(one.room()?.0)));
    let rows = sqlx::query_file!("src/bookings/taken.sql", machines, rooms, within.starts, within.ends, without)
        .fetch_all(conn)
        .await?;
    let mut taken: BTreeMap<Resource, Vec<Conflict>> = BTreeMap::new();
    for row in rows {
        let Some(resource) = row.machine.map(Resource::Machine).or_else(|| row.room.map(Resource::Room)) else {
            continue;
        };
        let left = beside.iter().filter(|(machine, _)| row.inside == Some(*machine));
        let left: Vec<Span> = left.map(|(_, span)| *span).collect();
        for item in json::list::<TakenItem>(&row.taken)? {
            let by = item.closure.unwrap_or(match (item.booking, item.event) {
                (true, _) => Cause::Booking,
                (_, true) => Cause::Event,
                _ => Cause::Checkout,
            });
            let mut parts = vec![Span { starts: item.starts, ends: item.ends }];
            for left in &left {
                parts = parts.into_iter().flat_map(|part| part.without(*left)).collect();
            }
            taken.entry(resource).or_default().extend(parts.into_iter().map(|span| Conflict { span, by }));
        }
    }
    for all in taken.values_mut() {
        // A room and each of its machines.
        all.sort_unstable();
        all.dedup();
    }
    Ok(taken)
}

/// A booking of a person or a group that counts towards their limits.
#[derive(Debug, Clone, Copy)]
pub struct Own {
    pub span: Span,
    pub state: State,
    /// It is a date of a series.
    pub in_series: bool,
}

/// Bookings of `holder` that end after `from`, in order, without the booking `without`. Cancelled and declined ones do
/// not count, no-shows do; of one that ended early the used part counts.
pub async fn own(
    conn: &mut SqliteConnection,
    holder: Holder,
    from: Millis,
    without: Option<BookingId>,
) -> Result<Vec<Own>, StoreError> {
    let (person, group) = (holder.individual(), holder.group);
    let rows = sqlx::query!(
        r#"SELECT starts_at AS "starts!: Millis",
                  iif(state = 'completed', max(starts_at, min(ends_at, ifnull(decided_at, ends_at))), ends_at) AS "ends!: Millis",
                  state AS "state!: State", series_id IS NOT NULL AS "in_series!: bool" FROM booking
            WHERE id IN (SELECT id FROM booking WHERE person_id = ?1 AND group_id IS NULL
                         UNION ALL SELECT id FROM booking WHERE group_id = ?4)
              AND ends_at > ?2 AND (?3 IS NULL OR id IS NOT ?3)
              AND state IN ('pending', 'approved', 'checked-in', 'completed', 'no-show')
            ORDER BY starts_at"#,
        person,
        from,
        without,
        group,
    )
    .fetch_all(conn)
    .await?;
    let own = rows.into_iter().map(|row| Own {
        span: Span { starts: row.starts, ends: row.ends },
        state: row.state,
        in_series: row.in_series,
    });
    Ok(own.collect())
}

/// Other commitments of `person` within `within`, in order, without the booking `without`. If the booking is `shared`,
/// other shareable ones are no conflict.
pub async fn elsewhere(
    conn: &mut SqliteConnection,
    person: PersonId,
    within: Span,
    without: Option<BookingId>,
    shared: bool,
) -> Result<Vec<Span>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT starts_at AS "starts!: Millis", ends_at AS "ends!: Millis" FROM occupation
            WHERE person_id = ?1 AND starts_at < ?3 AND ends_at > ?2 AND (?4 IS NULL OR booking_id IS NOT ?4)
              AND (shared = 0 OR ?5 = 0)
            ORDER BY starts_at"#,
        person,
        within.starts,
        within.ends,
        without,
        shared,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| Span { starts: row.starts, ends: row.ends }).collect())
}
