//! Names of the bookings, checkouts, waiting-list places, rooms and groups that entries refer to by id.

use domain::time::Millis;
use sqlx::SqliteConnection;

use crate::StoreError;

/// Kind of a thing in an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Booking,
    Checkout,
    Waiting,
    Room,
    Group,
}

impl Kind {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Booking, "booking"),
        (Self::Checkout, "checkout"),
        (Self::Waiting, "waiting"),
        (Self::Room, "room"),
        (Self::Group, "group"),
    ];
}

/// A thing with its name and time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    pub kind: Kind,
    pub id: i64,
    /// Name of the machine, room or group, or of the type of a checkout.
    pub name: String,
    /// Start and end; `None` for a room or a group.
    pub span: Option<(Millis, Millis)>,
}

/// Those of `wanted` that exist.
pub async fn things(conn: &mut SqliteConnection, requested: &[(Kind, i64)]) -> Result<Vec<Thing>, StoreError> {
    if requested.is_empty() {
        return Ok(Vec::new());
    }
    let ids = |kind: Kind| {
        let ids = requested.iter().filter(|(of, _)| *of == kind).map(|(_, id)| id.to_string());
        format!("[{}]", ids.collect::<Vec<_>>().join(","))
    };
    let (bookings, checkouts) = (ids(Kind::Booking), ids(Kind::Checkout));
    let (waiting, rooms, groups) = (ids(Kind::Waiting), ids(Kind::Room), ids(Kind::Group));
    let rows = sqlx::query!(
        r#"
        SELECT 'booking' AS "kind!: String", b.id AS "id!: i64", coalesce(m.name, r.name) AS "name!: String",
               b.starts_at AS "starts?: Millis", b.ends_at AS "ends?: Millis"
          FROM booking b LEFT JOIN machine m ON m.id = b.machine_id LEFT JOIN room r ON r.id = b.room_id
         WHERE b.id IN (SELECT value FROM json_each(?1))
         UNION ALL
        SELECT 'checkout', a.id, t.name, a.starts_at, a.ends_at
          FROM appointment a JOIN equipment_type t ON t.id = a.type_id
         WHERE a.id IN (SELECT value FROM json_each(?2))
         UNION ALL
        SELECT 'waiting', w.id, coalesce(m.name, r.name), w.starts_at, w.ends_at
          FROM waiting w LEFT JOIN machine m ON m.id = w.machine_id LEFT JOIN room r ON r.id = w.room_id
         WHERE w.id IN (SELECT value FROM json_each(?3))
         UNION ALL
        SELECT 'room', o.id, o.name, NULL, NULL FROM room o WHERE o.id IN (SELECT value FROM json_each(?4))
         UNION ALL
        SELECT 'group', g.id, g.name, NULL, NULL FROM person_group g WHERE g.id IN (SELECT value FROM json_each(?5))
        "#,
        bookings,
        checkouts,
        waiting,
        rooms,
        groups,
    )
    .fetch_all(conn)
    .await?;
    let things = rows.into_iter().filter_map(|row| {
        let (kind, _) = Kind::ALL.into_iter().find(|(_, name)| *name == row.kind)?;
        Some(Thing { kind, id: row.id, name: row.name, span: row.starts.zip(row.ends) })
    });
    Ok(things.collect())
}
