//! How long it takes to announce a training event for a long queue, and whether a thousand answers at once lose anybody.
//!
//! `cargo xtask bench events [--quick]`; the table goes to the terminal and into `BENCHMARKS.md`.

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
    training_events::{AcceptInvitation, AnnounceEvents, DeclineInvitation},
};
use domain::{
    actor::Actor,
    id::EventPlaceId,
    time::{DAY, Date, Millis, millis},
};
use figures::{Figures, figures};
use futures::future::join_all;
use person::actor;
use services::{Config, Ctx, serve};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    fmt::Write,
    path::Path,
    time::{Duration, Instant},
};
use text::Lang;

const REQUESTS: i64 = 10_000;
/// Events whose invitations are answered at once, and the places of each.
const LARGE: (i64, i64) = (10, 100);
/// Of ten invited people so many decline.
const DECLINE: i64 = 3;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let rounds = if quick { 20 } else { 100 };
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bench.sqlite");
    services::open(Config::new(&file)).await.unwrap().close().await;
    let now = Millis(i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap());
    fill(&file).await;
    let ctx = services::open(Config::new(&file)).await.unwrap();
    let host = actor(&file, 1).await;
    let day = now.0 / millis(DAY) + 10;
    let mut rows = Vec::new();
    rows.push(("announced for 6 people", announce(&ctx, &host, (day, 6), rounds).await));
    rows.push(("announced for 100 people", announce(&ctx, &host, (day + 500, LARGE.1), LARGE.0).await));
    let all = answer(&ctx, &file, rounds).await;
    ctx.close().await;
    publish("events", &table(&rows, all, rounds), quick);
}

/// A host, people who all ask for the same, and one machine.
async fn fill(file: &Path) {
    let mut conn = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "PRAGMA synchronous = OFF;
         BEGIN;
         CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= {REQUESTS}) SELECT i FROM n;
         INSERT INTO person (id, status, created_at) SELECT i, 'active', 0 FROM n;
         INSERT INTO profile (person_id, name) SELECT i, 'Person ' || i FROM n;
         INSERT INTO equipment_type (id, name, risk) VALUES (3, 'Saw', 'high');
         INSERT INTO machine (id, number, type_id, name) VALUES (1, 11, 3, 'Panel saw');
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             SELECT i, 1, 'user', 'granted', 0, 'import', 0 FROM n;
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (1, 1, 'owner', 'granted', 0, 'import', 0);
         INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.zone', 'UTC');
         INSERT INTO training_request (person_id, type_id, aim, asked_at, windows, other)
             SELECT i, 3, 'user', i, '', 0 FROM n WHERE i > 1;
         COMMIT;
         ANALYZE;"
    )))
    .execute(&mut conn)
    .await
    .unwrap();
    conn.close().await.unwrap();
}

/// Announces events on one day after the other.
async fn announce(ctx: &Ctx, host: &Actor, (first, places): (i64, i64), rounds: i64) -> Figures {
    let mut all = Vec::new();
    for round in 0..rounds {
        let (day, places) = (Date::from_days(first + round).to_string(), places.to_string());
        let sent = [
            ("kind", "3"),
            ("aim", "user"),
            ("title", "Panel saw"),
            ("day", day.as_str()),
            ("from", "18:00"),
            ("to", "20:00"),
            ("resources", "machine:1"),
            ("capacity", places.as_str()),
            ("rule", ""),
        ];
        let sent = Fields::pairs(sent.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let start = Instant::now();
        let done = serve(ctx, host, AnnounceEvents {}, &sent, Lang::En).await.unwrap();
        all.push(start.elapsed());
        assert_eq!(i64::from(done.invited), places.parse::<i64>().unwrap(), "everybody fits");
    }
    figures(all)
}

/// Answers the invitations of the large events at once, and checks that every place is held and nobody is in two. Returns the
/// number of answers, and how long they took.
async fn answer(ctx: &Ctx, file: &Path, small: i64) -> (usize, Duration) {
    let mut conn = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    let open: Vec<(i64, i64)> =
        sqlx::query_as("SELECT id, person_id FROM event_place WHERE state = 'sent' AND event_id > ? ORDER BY id")
            .bind(small)
            .fetch_all(&mut conn)
            .await
            .unwrap();
    let mut actors = Vec::new();
    for (_, person) in &open {
        actors.push(actor(file, *person).await);
    }
    let start = Instant::now();
    let answers = open.iter().zip(actors).map(|((place, _), actor)| {
        let (ctx, id, declines) = (ctx.clone(), EventPlaceId(*place), place % 10 < DECLINE);
        tokio::spawn(async move {
            let none = Fields::default();
            if declines {
                serve(&ctx, &actor, DeclineInvitation { id }, &none, Lang::En).await.unwrap();
            } else {
                serve(&ctx, &actor, AcceptInvitation { id }, &none, Lang::En).await.unwrap();
            }
        })
    });
    for done in join_all(answers).await {
        done.unwrap();
    }
    let took = start.elapsed();
    let number = async |conn: &mut SqliteConnection, sql: &'static str| -> i64 {
        sqlx::query_scalar(sql).fetch_one(conn).await.unwrap()
    };
    let not_full = "SELECT count(*) FROM training_event e WHERE e.capacity <> (SELECT count(*) FROM event_place o
                     WHERE o.event_id = e.id AND o.state IN ('sent', 'accepted'))";
    assert_eq!(number(&mut conn, not_full).await, 0, "each place is held");
    let twice = "SELECT count(*) FROM (SELECT person_id FROM event_place WHERE state IN ('sent', 'accepted')
                  GROUP BY person_id HAVING count(*) > 1)";
    assert_eq!(number(&mut conn, twice).await, 0, "nobody holds two places");
    let open_requests = number(&mut conn, "SELECT count(*) FROM training_request WHERE state = 'open'").await;
    assert_eq!(open_requests, REQUESTS, "nobody is lost");
    let skipped = "SELECT count(*) FROM training_request r WHERE NOT EXISTS (SELECT 1 FROM event_place o WHERE o.person_id = r.person_id)
                    AND r.asked_at < (SELECT max(q.asked_at) FROM training_request q JOIN event_place o ON o.request_id = q.id)";
    assert_eq!(number(&mut conn, skipped).await, 0, "nobody is skipped");
    conn.close().await.unwrap();
    (open.len(), took)
}

fn table(rows: &[(&str, Figures)], (answers, took): (usize, Duration), rounds: i64) -> String {
    let mut text = format!(
        "`cargo xtask bench events` · {} · {}\n\n{REQUESTS} people ask for the same training; {rounds} events for 6 people and {} for {} are \
         announced in sequence. Then all {answers} invitations to the large ones are answered at once, three of ten declined, and each place that \
         is given up goes to the next in line in the same job.\n\n| what | p50 ms | p99 ms |\n|---|---|---|\n",
        today(),
        machine(),
        LARGE.0,
        LARGE.1,
    );
    for (what, Figures(p50, p99)) in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {what} | {p50:.1} | {p99:.1} |");
    }
    let seconds = took.as_secs_f64();
    let _ = writeln!(
        text,
        "\nAll {answers} answers took {seconds:.2} s ({:.0} a second). Checked afterwards: every place is held, nobody holds two, every request is \
         still there, and nobody was skipped.",
        answers as f64 / seconds
    );
    text
}
