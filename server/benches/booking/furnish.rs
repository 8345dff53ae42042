//! A space with a given number of machines and bookings, the same each time: every machine is booked four times a
//! day for two hours, or every room ten hours without a gap, as far ahead as allowed, and from today back into the past.

use domain::time::{Date, Millis};
use sha2::{Digest, Sha256};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

/// Bookings of one machine on one day: from 6, 9, 12 and 15 o'clock, two hours each.
const A_DAY: usize = 4;
/// Days booked ahead; the one after them is free, and can be booked.
const DAYS: usize = 13;
/// The free day, counted from today.
pub const FREE_DAY: i64 = 14;
/// Future bookings of one machine, at most.
pub const AHEAD: usize = A_DAY * DAYS;
/// The free hours of the free day.
pub const FREE_HOURS: (u32, u32) = (6, 18);
/// Holders of the existing bookings, in addition to the people who book.
const HOLDERS: usize = 5_000;

/// The booked things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Booked {
    Machines,
    /// Rooms on twenty floors, from eight to six o'clock.
    FullRooms,
}

impl Booked {
    /// Bookings of one on one day, the hour of the first, from one to the next, and how long each is, in hours.
    const fn day(self) -> (usize, usize, usize, usize) {
        match self {
            Self::Machines => (A_DAY, 6, 3, 2),
            Self::FullRooms => (10, 8, 1, 1),
        }
    }
}

/// Content of the space.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub bookings: usize,
    pub of: Booked,
    /// Machines, or rooms.
    pub machines: usize,
    /// People who send requests, each signed in with [`token`].
    pub people: usize,
}

/// How many bookings of a machine with `each` lie in the week from tomorrow.
pub fn in_week(each: usize) -> usize {
    (each / 2).min(A_DAY * 7)
}

impl Plan {
    /// The `slot`-th free hour of any machine.
    pub fn free(slot: usize) -> (String, String) {
        let hour = FREE_HOURS.0 + u32::try_from(slot).unwrap();
        assert!(hour < FREE_HOURS.1, "more people than free hours");
        (instant(FREE_DAY, hour), instant(FREE_DAY, hour + 1))
    }

    /// How many of a machine's bookings are upcoming.
    fn ahead(&self) -> usize {
        (self.bookings / self.machines / 2).min(self.of.day().0 * DAYS)
    }
}

/// Session token of a person: their number repeated, as a cookie carries it.
pub fn token(person: usize) -> String {
    data_encoding::BASE64URL_NOPAD.encode(&secret(person))
}

fn secret(person: usize) -> [u8; 32] {
    let number = u32::try_from(person).unwrap().to_le_bytes();
    std::array::from_fn(|at| number[at % number.len()])
}

/// The date this many days from today.
#[expect(clippy::disallowed_methods, reason = "the server goes by the system's clock")]
pub fn date(days: i64) -> Date {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Date::from_days(i64::try_from(since.as_secs() / 86_400).unwrap() + days)
}

/// That hour of the day this many days from today; the space uses UTC.
pub fn instant(days: i64, hour: u32) -> String {
    let at = Millis(date(days).days() * 86_400_000 + i64::from(hour) * 3_600_000);
    domain::zone::to_rfc3339(at).unwrap()
}

/// Fills the file faster than people could. Holders differ at any moment, and booking rules are not checked.
pub async fn furnish(file: &Path, plan: &Plan) {
    let mut conn = SqliteConnectOptions::new().filename(file).foreign_keys(false).connect().await.unwrap();
    let Plan { machines, people, .. } = *plan;
    let (each, ahead, last) = (plan.bookings / machines, plan.ahead(), people + HOLDERS.max(machines));
    let (holders, most) = (last - people, each.max(last).max(machines));
    let today = date(0).days() * 86_400_000;
    let (table, column) = match plan.of {
        Booked::Machines => ("machine", "machine_id"),
        Booked::FullRooms => ("room", "room_id"),
    };
    let (a_day, first, step, hours) = plan.of.day();
    let sql = format!(
        "PRAGMA synchronous = OFF;
         BEGIN;
         CREATE TEMP TABLE n (i INTEGER PRIMARY KEY);
         INSERT INTO n WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {most}) SELECT i FROM n;
         INSERT INTO equipment_type (id, name, risk) VALUES (3, 'Laser cutter', 'medium');
         INSERT INTO place (id, name) SELECT i, 'Room ' || i FROM n WHERE i BETWEEN 1 AND 10;
         INSERT INTO machine (id, number, type_id, place_id, name)
            SELECT i, i, 3, i % 10 + 1, 'Machine ' || i FROM n WHERE '{table}' = 'machine' AND i BETWEEN 1 AND {machines};
         INSERT INTO room (id, name, capacity, floor) SELECT i, 'Room ' || i, 20, 'Floor ' || i % 20 FROM n
            WHERE '{table}' = 'room' AND i BETWEEN 1 AND {machines};
         INSERT INTO person (id, status, created_at) SELECT i, 'active', 0 FROM n WHERE i BETWEEN 1 AND {last};
         INSERT INTO profile (person_id, name, email) SELECT id, 'Person ' || id, 'p' || id || '@example.org' FROM person;
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
            SELECT p.id, t.id, 'user', 'granted', 0, 'trainer', 0 FROM person p JOIN equipment_type t ON t.id IN (1, 3);
         INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.zone', 'UTC');

         -- The k-th of a machine: those to come from tomorrow on, the others from yesterday back.
         CREATE TEMP TABLE slot AS
            SELECT i AS k, {today} + iif(i < {ahead}, i / {a_day} + 1, -((i - {ahead}) / {a_day}) - 1) * 86400000
                   + ({first} + i % {a_day} * {step}) * 3600000 AS at, i < {ahead} AS coming FROM n WHERE i < {each};
         INSERT INTO booking ({column}, person_id, starts_at, ends_at, state, asked_at, decided_at, checked_in_at)
            SELECT m.id, {people} + 1 + (m.id + k * 31) % {holders}, at, at + {hours} * 3600000, iif(coming, 'approved', 'completed'),
                   at - 86400000, iif(coming, NULL, at + {hours} * 3600000), iif(coming, NULL, at)
              FROM slot, {table} m ORDER BY at;
         INSERT INTO occupation ({column}, starts_at, ends_at, booking_id)
            SELECT {column}, starts_at, ends_at, id FROM booking WHERE state = 'approved';
         INSERT INTO occupation (person_id, starts_at, ends_at, booking_id)
            SELECT person_id, starts_at, ends_at, id FROM booking WHERE state = 'approved';
         COMMIT;"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
    sign_in(&mut conn, people).await;
    conn.close().await.unwrap();
}

async fn sign_in(conn: &mut SqliteConnection, people: usize) {
    sqlx::query("BEGIN").execute(&mut *conn).await.unwrap();
    for person in 1..=people {
        let session = sqlx::query(
            "INSERT INTO session (hash, person_id, created_at, seen_at, expires_at, device)
             VALUES (?, ?, unixepoch() * 1000, unixepoch() * 1000, (unixepoch() + 86400) * 1000, 'a benchmark')",
        );
        let hash: [u8; 32] = Sha256::digest(secret(person)).into();
        let session = session.bind(hash.as_slice()).bind(i64::try_from(person).unwrap());
        session.execute(&mut *conn).await.unwrap();
    }
    sqlx::query("COMMIT").execute(conn).await.unwrap();
}
