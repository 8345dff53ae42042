//! How long it takes to preview and to book a series of 52 dates, in a workshop with forty rooms.
//!
//! `cargo xtask bench series [--quick]`; the table goes to the terminal and into `BENCHMARKS.md`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a measurement that cannot go on should stop, and figures are rounded anyway"
)]

#[path = "../../../server/benches/common/mod.rs"]
mod common;
#[path = "common/figures.rs"]
mod figures;
#[path = "common/person.rs"]
mod person;

use common::{machine, publish, today};
use contract::{
    form::Fields,
    series::{AddSeries, PreviewSeries},
};
use domain::{
    actor::Actor,
    time::{DAY, Date, Millis, millis},
};
use figures::{Figures, figures};
use person::actor;
use services::{Config, Ctx, serve};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use std::{fmt::Write, path::Path, time::Instant};
use text::Lang;

const ROOMS: i64 = 40;
/// Bookings of each room, one a day.
const DAYS: i64 = 400;
const ROUNDS: usize = 50;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let rounds = if quick { ROUNDS } else { ROUNDS * 10 };
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bench.sqlite");
    services::open(Config::new(&file)).await.unwrap().close().await;
    let today = Millis(i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap());
    let monday = today.0 / millis(DAY);
    fill(&file, monday).await;
    let ctx = services::open(Config::new(&file)).await.unwrap();
    let manager = actor(&file, 1).await;
    let mut rows = Vec::new();
    // Free in the evening; taken at ten, so that other rooms and times are searched for each date.
    for (what, from, to) in [("all dates free", "18:00", "20:00"), ("every date taken", "10:00", "12:00")] {
        rows.push((what, previews(&ctx, &manager, monday, (from, to), rounds).await));
    }
    let made = creations(&ctx, &manager, monday).await;
    rows.push(("booked, in one job", made));
    ctx.close().await;
    publish("series", &table(&rows, rounds), quick);
}

/// A manager, rooms, and one booking a day in each from ten to eleven.
async fn fill(file: &Path, today: i64) {
    let mut conn = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "PRAGMA synchronous = OFF;
         BEGIN;
         CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {DAYS}) SELECT i FROM n;
         INSERT INTO person (id, status, created_at) VALUES (1, 'active', 0), (2, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (1, 'Ken'), (2, 'Ada');
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (1, 1, 'user', 'granted', 0, 'import', 0), (1, 1, 'owner', 'granted', 0, 'import', 0);
         INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.zone', 'UTC'), ('space', 0, 'booking.weekly', '0');
         INSERT INTO opening_hours (scope, scope_id, weekday, from_min, to_min) SELECT 'space', 0, i - 1, 0, 1440 FROM n WHERE i <= 7;
         INSERT INTO room (id, name, capacity) SELECT i, 'Room ' || i, 20 FROM n WHERE i <= {ROOMS};
         INSERT INTO booking (id, room_id, person_id, starts_at, ends_at, state, asked_at)
             SELECT r.i * 1000 + d.i, r.i, 2, ({today} + d.i) * 86400000 + 36000000, ({today} + d.i) * 86400000 + 39600000, 'approved', 0
               FROM n r JOIN n d WHERE r.i <= {ROOMS};
         INSERT INTO occupation (room_id, starts_at, ends_at, booking_id) SELECT room_id, starts_at, ends_at, id FROM booking ORDER BY starts_at;
         COMMIT;
         ANALYZE;"
    )))
    .execute(&mut conn)
    .await
    .unwrap();
    conn.close().await.unwrap();
}

fn form(room: i64, first: i64, (from, to): (&str, &str)) -> Fields {
    let last = Date::from_days(first + 7 * 51).to_string();
    let (room, first) = (format!("room:{room}"), Date::from_days(first).to_string());
    let sent = [("resource", room.as_str()), ("from", from), ("to", to), ("first", &first), ("last", &last)];
    Fields::pairs(sent.map(|(name, value)| (name.to_owned(), value.to_owned())))
}

async fn previews(ctx: &Ctx, actor: &Actor, today: i64, times: (&str, &str), rounds: usize) -> Figures {
    let mut all = Vec::with_capacity(rounds);
    for round in 0..rounds {
        let room = i64::try_from(round).unwrap() % ROOMS + 1;
        let from = Instant::now();
        let preview = serve(ctx, actor, PreviewSeries {}, &form(room, today + 1, times), Lang::En).await.unwrap();
        all.push(from.elapsed());
        assert_eq!(preview.dates.len(), 52);
    }
    figures(all)
}

/// One in each room, on a day and time of its own.
async fn creations(ctx: &Ctx, actor: &Actor, today: i64) -> Figures {
    let mut all = Vec::new();
    for room in 1..=ROOMS {
        let (from, to) = (format!("{:02}:00", 12 + room % 8), format!("{:02}:00", 13 + room % 8));
        let sent = form(room, today + 1 + room / 8, (&from, &to));
        let start = Instant::now();
        let added = serve(ctx, actor, AddSeries {}, &sent, Lang::En).await.unwrap();
        all.push(start.elapsed());
        assert_eq!(added.booked, 52);
    }
    figures(all)
}

fn table(rows: &[(&str, Figures)], rounds: usize) -> String {
    let mut text = format!(
        "`cargo xtask bench series` · {} · {}\n\n52 dates, {ROOMS} rooms with {DAYS} bookings each; {rounds} previews in sequence, and one \
         series booked in each room.\n\n| what | p50 ms | p99 ms |\n|---|---|---|\n",
        today(),
        machine()
    );
    for (what, Figures(p50, p99)) in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {what} | {p50:.1} | {p99:.1} |");
    }
    text
}
