//! Series: rows of `series`, their exceptions, and which bookings are dates of which series.
//!
//! Not here: what the bookings take ([`crate::bookings`]), and what a rule means.

use crate::{
    StoreError, WriteTx, json,
    personal_data::{Erasing, Table},
};
use domain::{
    bookings::{Resource, State},
    id::{AliasId, BookingId, GroupId, MachineId, PersonId, RoomId, SeriesId, TypeId},
    occupations::Span,
    time::{Date, Millis},
};
use serde::Deserialize;
use sqlx::SqliteConnection;

/// The rule of a series, and what it is about.
#[derive(Debug, Clone)]
pub struct NewSeries {
    pub resource: Resource,
    /// `None` if it is for a group.
    pub person: Option<PersonId>,
    pub group: Option<GroupId>,
    /// As in RFC 5545, checked.
    pub rule: String,
    pub first: Date,
    pub last: Date,
    /// Minutes from midnight; the second may be on the next day.
    pub times: (u16, u16),
    /// The series whose later dates it takes over.
    pub follows: Option<SeriesId>,
    pub at: Millis,
    pub by: Option<AliasId>,
}

/// A stored series.
#[derive(Debug, Clone)]
pub struct StoredSeries {
    pub id: SeriesId,
    pub version: i64,
    pub machine: Option<MachineId>,
    pub room: Option<RoomId>,
    /// Name of the machine or room.
    pub name: String,
    /// The machine's type.
    pub kind: Option<TypeId>,
    pub person: Option<PersonId>,
    pub group: Option<GroupId>,
    /// Name of the group or person; `None` once erased.
    pub owner: Option<String>,
    pub rule: String,
    pub first_day: i64,
    pub last_day: i64,
    pub from_minute: u16,
    pub to_minute: u16,
    pub made: Millis,
    /// Who made it, if known.
    pub by: Option<String>,
    pub changed: Millis,
    pub sequence: i64,
}

impl StoredSeries {
    /// The machine or room.
    #[must_use]
    pub fn resource(&self) -> Resource {
        match (self.machine, self.room) {
            (Some(machine), _) => Resource::Machine(machine),
            // The schema has one of the two.
            (None, room) => Resource::Room(room.unwrap_or(RoomId(0))),
        }
    }

    #[must_use]
    pub fn first(&self) -> Date {
        Date::from_days(self.first_day)
    }

    #[must_use]
    pub fn last(&self) -> Date {
        Date::from_days(self.last_day)
    }
}

/// Which series to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    pub among: Option<&'a [SeriesId]>,
    /// For this person, or for a group of theirs.
    pub reader: Option<PersonId>,
    pub group: Option<GroupId>,
    /// With dates on or after this day.
    pub since: Option<Date>,
}

/// A booking of a series: the newest of its date.
#[derive(Debug, Clone)]
pub struct DateRow {
    pub series: SeriesId,
    /// The date of the rule, in days since 1970.
    pub day: i64,
    pub booking: BookingId,
    pub machine: Option<MachineId>,
    pub room: Option<RoomId>,
    /// Name of the machine or room.
    pub name: String,
    pub starts: Millis,
    pub ends: Millis,
    pub state: State,
    /// The reason given for its state.
    pub note: Option<String>,
    /// When it was asked for or decided about, the later.
    pub changed: Millis,
}

impl DateRow {
    #[must_use]
    pub fn date(&self) -> Date {
        Date::from_days(self.day)
    }

    #[must_use]
    pub fn span(&self) -> Span {
        Span { starts: self.starts, ends: self.ends }
    }

    /// The booked machine or room.
    #[must_use]
    pub fn resource(&self) -> Resource {
        match (self.machine, self.room) {
            (Some(machine), _) => Resource::Machine(machine),
            (None, room) => Resource::Room(room.unwrap_or(RoomId(0))),
        }
    }
}

/// Adds a series without dates.
pub async fn add(tx: &mut WriteTx, new: &NewSeries) -> Result<SeriesId, StoreError> {
    let (machine, room) = (new.resource.machine(), new.resource.room());
    let (first, last) = (new.first.days(), new.last.days());
    let (from, to) = new.times;
    let made = sqlx::query!(
        "INSERT INTO series (machine_id, room_id, person_id, group_id, rule, first_day, last_day, from_minute, to_minute,
                             made_at, made_by, follows_id, changed_at)
              VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?10)",
        machine,
        room,
        new.person,
        new.group,
        new.rule,
        first,
        last,
        from,
        to,
        new.at,
        new.by,
        new.follows,
    );
    Ok(SeriesId(made.execute(tx.conn()).await?.last_insert_rowid()))
}

/// Makes a booking a date of a series.
pub async fn attach(tx: &mut WriteTx, series: SeriesId, date: Date, booking: BookingId) -> Result<(), StoreError> {
    let day = date.days();
    sqlx::query!("UPDATE booking SET series_id = ?, series_day = ? WHERE id = ?", series, day, booking)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Leaves out a date.
pub async fn except(tx: &mut WriteTx, series: SeriesId, date: Date) -> Result<(), StoreError> {
    let day = date.days();
    sqlx::query!(
        "INSERT INTO series_exception (series_id, day) VALUES (?, ?) ON CONFLICT DO NOTHING",
        series,
        day
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Has a date again.
pub async fn readmit(tx: &mut WriteTx, series: SeriesId, date: Date) -> Result<(), StoreError> {
    let day = date.days();
    sqlx::query!("DELETE FROM series_exception WHERE series_id = ? AND day = ?", series, day)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Increments version and calendar sequence.
pub async fn touch(tx: &mut WriteTx, series: SeriesId, at: Millis) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE series SET version = version + 1, sequence = sequence + 1, changed_at = ? WHERE id = ?",
        at,
        series
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Replaces rule, resource and times.
pub async fn change(tx: &mut WriteTx, series: SeriesId, to: &NewSeries) -> Result<(), StoreError> {
    let (machine, room) = (to.resource.machine(), to.resource.room());
    let (first, last) = (to.first.days(), to.last.days());
    let (from, until) = to.times;
    sqlx::query!(
        "UPDATE series SET machine_id = ?, room_id = ?, rule = ?, first_day = ?, last_day = ?, from_minute = ?, to_minute = ?
          WHERE id = ?",
        machine,
        room,
        to.rule,
        first,
        last,
        from,
        until,
        series,
    )
    .execute(tx.conn())
    .await?;
    touch(tx, series, to.at).await
}

/// Makes `last` the last possible date.
pub async fn end(tx: &mut WriteTx, series: SeriesId, last: Date, at: Millis) -> Result<(), StoreError> {
    let day = last.days();
    sqlx::query!("UPDATE series SET last_day = ? WHERE id = ?", day, series).execute(tx.conn()).await?;
    touch(tx, series, at).await
}

/// Passes dates on and after `date` to another series, with their exceptions.
pub async fn pass_on(tx: &mut WriteTx, from: SeriesId, date: Date, to: SeriesId) -> Result<(), StoreError> {
    let day = date.days();
    sqlx::query!("UPDATE booking SET series_id = ? WHERE series_id = ? AND series_day >= ?", to, from, day)
        .execute(tx.conn())
        .await?;
    sqlx::query!("UPDATE series_exception SET series_id = ? WHERE series_id = ? AND day >= ?", to, from, day)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Takes a booking out of its series.
pub async fn detach(tx: &mut WriteTx, booking: BookingId) -> Result<(), StoreError> {
    sqlx::query!("UPDATE booking SET series_id = NULL, series_day = NULL WHERE id = ?", booking)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Series by name of the machine or room, start and id.
pub async fn list(conn: &mut SqliteConnection, filter: Filter<'_>) -> Result<Vec<StoredSeries>, StoreError> {
    let since = filter.since.map(Date::days);
    let among = filter.among.map(|among| json::ids(among.iter().map(|one| one.0)));
    let rows = sqlx::query_as!(
        StoredSeries,
        r#"SELECT s.id AS "id!: SeriesId", s.version, s.machine_id AS "machine?: MachineId", s.room_id AS "room?: RoomId",
                  coalesce(m.name, o.name) AS "name!: String", m.type_id AS "kind?: TypeId",
                  s.person_id AS "person?: PersonId", s.group_id AS "group?: GroupId",
                  coalesce(g.name, p.name) AS "owner?: String", s.rule, s.first_day, s.last_day,
                  s.from_minute AS "from_minute!: u16", s.to_minute AS "to_minute!: u16", s.made_at AS "made!: Millis",
                  b.name AS "by?", s.changed_at AS "changed!: Millis", s.sequence
             FROM series s
             LEFT JOIN machine m ON m.id = s.machine_id
             LEFT JOIN room o ON o.id = s.room_id
             LEFT JOIN person_group g ON g.id = s.group_id
             LEFT JOIN profile p ON p.person_id = s.person_id
             LEFT JOIN alias a ON a.id = s.made_by
             LEFT JOIN profile b ON b.person_id = a.person_id
            WHERE (?1 IS NULL OR s.id IN (SELECT value FROM json_each(?1)))
              AND (?2 IS NULL OR s.person_id = ?2
                    OR s.group_id IN (SELECT group_id FROM group_member WHERE person_id = ?2))
              AND (?3 IS NULL OR s.group_id = ?3)
              AND (?4 IS NULL OR s.last_day >= ?4)
            ORDER BY coalesce(m.name, o.name), s.first_day, s.id"#,
        among,
        filter.reader,
        filter.group,
        since,
    );
    Ok(rows.fetch_all(conn).await?)
}

pub async fn one(conn: &mut SqliteConnection, series: SeriesId) -> Result<Option<StoredSeries>, StoreError> {
    Ok(list(conn, Filter { among: Some(&[series]), ..Filter::default() }).await?.pop())
}

/// A date in the statement's list.
#[derive(Deserialize)]
struct DateItem {
    day: i64,
    booking: BookingId,
    machine: Option<MachineId>,
    room: Option<RoomId>,
    name: String,
    starts: Millis,
    ends: Millis,
    state: State,
    note: Option<String>,
    changed: Millis,
}

/// The newest booking of each date of these series, by series and date. One row for each series with a list: a term has
/// thousands of dates.
pub async fn dates(conn: &mut SqliteConnection, series: &[SeriesId]) -> Result<Vec<DateRow>, StoreError> {
    let series = json::ids(series.iter().map(|one| one.0));
    let rows = sqlx::query!(
        r#"SELECT +s.value AS "series!: SeriesId",
                  (SELECT json_group_array(json_array(b.series_day, b.id, b.machine_id, b.room_id, coalesce(m.name, o.name),
                              b.starts_at, b.ends_at, b.state, r.body, max(b.asked_at, ifnull(b.decided_at, 0))))
                     FROM booking b
                     LEFT JOIN machine m ON m.id = b.machine_id
                     LEFT JOIN room o ON o.id = b.room_id
                     LEFT JOIN remark r ON r.id = b.remark_id
                    WHERE b.series_id = s.value
                      AND b.id = (SELECT max(n.id) FROM booking n WHERE n.series_id = b.series_id AND n.series_day = b.series_day)
                  ) AS "dates!: String"
             FROM json_each(?) s
            ORDER BY s.value"#,
        series
    );
    let mut dates = Vec::new();
    for row in rows.fetch_all(conn).await? {
        let mut items = json::list::<DateItem>(&row.dates)?;
        items.sort_unstable_by_key(|item| item.day);
        dates.extend(items.into_iter().map(|item| DateRow {
            series: row.series,
            day: item.day,
            booking: item.booking,
            machine: item.machine,
            room: item.room,
            name: item.name,
            starts: item.starts,
            ends: item.ends,
            state: item.state,
            note: item.note,
            changed: item.changed,
        }));
    }
    Ok(dates)
}

/// The exceptions of these series.
pub async fn exceptions(
    conn: &mut SqliteConnection,
    series: &[SeriesId],
) -> Result<Vec<(SeriesId, Date)>, StoreError> {
    let series = json::ids(series.iter().map(|one| one.0));
    let rows = sqlx::query!(
        r#"SELECT series_id AS "series!: SeriesId", day FROM series_exception
            WHERE series_id IN (SELECT value FROM json_each(?)) ORDER BY series_id, day"#,
        series
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.series, Date::from_days(row.day))).collect())
}

/// The series of which a booking is a date, and the date.
pub async fn of_booking(
    conn: &mut SqliteConnection,
    booking: BookingId,
) -> Result<Option<(SeriesId, Date)>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT series_id AS "series!: SeriesId", series_day AS "day!: i64" FROM booking
            WHERE id = ? AND series_id IS NOT NULL"#,
        booking
    );
    Ok(row.fetch_optional(conn).await?.map(|row| (row.series, Date::from_days(row.day))))
}

/// How important a series is, as its newest date states; `None` if none does.
pub async fn importance(conn: &mut SqliteConnection, series: SeriesId) -> Result<Option<u8>, StoreError> {
    let stated = sqlx::query_scalar!(
        r#"SELECT importance AS "importance!: u8" FROM booking
            WHERE series_id = ? AND importance IS NOT NULL ORDER BY id DESC LIMIT 1"#,
        series
    );
    Ok(stated.fetch_optional(conn).await?)
}

/// The dates of a series that wait for an answer, in order.
pub async fn pending(conn: &mut SqliteConnection, series: SeriesId) -> Result<Vec<BookingId>, StoreError> {
    let bookings = sqlx::query_scalar!(
        r#"SELECT id AS "id!: BookingId" FROM booking WHERE series_id = ? AND state = 'pending' ORDER BY series_day"#,
        series
    );
    Ok(bookings.fetch_all(conn).await?)
}

/// Rooms to search for alternatives to one: in use, at least as large, the most similar in size first.
pub async fn similar_rooms(
    conn: &mut SqliteConnection,
    room: RoomId,
    most: u32,
) -> Result<Vec<(RoomId, String)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT o.id AS "id!: RoomId", o.name FROM room o JOIN room r ON r.id = ?1
            WHERE o.id <> r.id AND o.archived_at IS NULL AND o.capacity >= r.capacity
            ORDER BY o.floor <> r.floor, o.capacity, o.name LIMIT ?2"#,
        room,
        most,
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::taken(
    "series",
    &["person_id", "made_by"],
    Erasing::Stays,
    "SELECT json_object('machine', m.name, 'room', o.name, 'rule', s.rule, 'made@', s.made_at) FROM series s \
         LEFT JOIN machine m ON m.id = s.machine_id LEFT JOIN room o ON o.id = s.room_id WHERE s.person_id = ?1",
)];
