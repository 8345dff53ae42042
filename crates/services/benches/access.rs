//! How long the decision takes, for a card at a board and for a person on a page, and that it does not depend on
//! how many people there are.
//!
//! `cargo xtask bench access [--quick]`; the table goes to the terminal and into `BENCHMARKS.md`. Figures depend
//! on the machine and on what else runs on it: read the ratios.

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

use common::{machine, publish, today};
use domain::{
    actor::{Actor, Channel, Principal, Who},
    boards::MachineNumber,
    cards::CardUid,
    id::{MachineId, PersonId, SessionId},
    people::PersonStatus,
    qualifications::Ledger,
    time::Millis,
};
use figures::{Figures, figures};
use services::{
    Config, Ctx,
    access::{Question, ask, check},
};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use std::{fmt::Write, path::Path, time::Instant};

const PEOPLE: i64 = 10_000;
const ENTRIES_EACH: i64 = 10;
const TYPES: i64 = 40;
const MACHINES: i64 = 100;
/// Questions asked before anything is measured.
const WARM: usize = 200;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let questions = if quick { 1_000 } else { 10_000 };
    let mut rows = Vec::new();
    for people in [PEOPLE, PEOPLE * 10] {
        eprintln!("{people} people …");
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("bench.sqlite");
        services::open(Config::new(&file)).await.unwrap().close().await;
        fill(&file, people).await;
        let ctx = services::open(Config::new(&file)).await.unwrap();
        let (board, page) = (at_boards(&ctx, people, questions).await, on_pages(&ctx, people, questions).await);
        rows.push((people, "a card at a board", board));
        rows.push((people, "a person on a page", page));
        ctx.close().await;
    }
    let table = table(&rows, questions);
    publish("access", &table, quick);
}

/// Everybody is a member with a card and as many entries as [`ENTRIES_EACH`]; types require each other in pairs,
/// and the space has opening hours.
async fn fill(file: &Path, people: i64) {
    let mut conn = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "PRAGMA synchronous = OFF;
         BEGIN;
         CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {people})
             SELECT i FROM n;
         INSERT INTO person (id, status, created_at) SELECT i, 'active', 0 FROM n;
         INSERT INTO profile (person_id, name) SELECT i, 'Person ' || i FROM n;
         INSERT INTO card (id, person_id, uid, state, given_at) SELECT i, i, printf('%08x', i), 'active', 0 FROM n;
         INSERT INTO equipment_type (id, name, risk) SELECT i + 2, 'Type ' || i, 'medium' FROM n WHERE i <= {TYPES};
         INSERT INTO type_requirement SELECT i + 2, i + 3 FROM n WHERE i < {TYPES} AND i % 2 = 1;
         INSERT INTO machine (id, number, type_id, name) SELECT i, i, i % {TYPES} + 3, 'Machine ' || i FROM n
             WHERE i <= {MACHINES};
         INSERT INTO opening_hours (scope, scope_id, weekday, from_min, to_min)
             SELECT 'space', 0, i - 1, 0, 1440 FROM n WHERE i <= 7;
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             SELECT n.i, CASE e.i WHEN 1 THEN 1 ELSE (n.i * 7 + e.i) % {TYPES} + 3 END, 'user', 'granted', e.i, 'import', 0
               FROM n JOIN n e ON e.i <= {ENTRIES_EACH};
         COMMIT;
         ANALYZE;"
    )))
    .execute(&mut conn)
    .await
    .unwrap();
    conn.close().await.unwrap();
}

/// The `n`-th of the people and machines, scattered.
fn pick(n: usize, of: i64) -> i64 {
    i64::try_from(n).unwrap() * 7_919 % of + 1
}

async fn at_boards(ctx: &Ctx, people: i64, questions: usize) -> Figures {
    let mut times = Vec::with_capacity(questions);
    for n in 0..questions + WARM {
        let uid = CardUid::from_board(&format!("{:08x}", pick(n, people))).unwrap();
        let machine = MachineNumber(pick(n, MACHINES).try_into().unwrap());
        let from = Instant::now();
        check(ctx, machine, &uid).await.unwrap();
        times.push(from.elapsed());
    }
    figures(times.split_off(WARM))
}

async fn on_pages(ctx: &Ctx, people: i64, questions: usize) -> Figures {
    let mut times = Vec::with_capacity(questions);
    for n in 0..questions + WARM {
        let (person, machine) = (PersonId(pick(n, people)), MachineId(pick(n, MACHINES)));
        let known = Principal {
            id: person,
            session: SessionId(1),
            status: PersonStatus::Active,
            ledger: Ledger::default(),
            at: Millis(0),
            roles_asleep: false,
            public: true,
        };
        let actor = Actor { who: Who::Person(Box::new(known)), channel: Channel::Api };
        let from = Instant::now();
        ask(ctx, &actor, Question { person, machine, at: None }).await.unwrap();
        times.push(from.elapsed());
    }
    figures(times.split_off(WARM))
}

fn table(rows: &[(i64, &str, Figures)], questions: usize) -> String {
    let mut text = format!(
        "`cargo xtask bench access` · {} · {}\n\n{questions} questions in sequence, {MACHINES} machines of {TYPES} types; \
         the logbook writes attempts beside it.\n\n| people | ledger rows | what | p50 ms | p99 ms |\n|---|---|---|---|---|\n",
        today(),
        machine()
    );
    // Writing to a string cannot fail.
    for (people, what, Figures(p50, p99)) in rows {
        let _ = writeln!(text, "| {people} | {} | {what} | {p50:.3} | {p99:.3} |", people * ENTRIES_EACH);
    }
    text.push('\n');
    let half = rows.len() / 2;
    for ((_, what, few), (.., many)) in rows[..half].iter().zip(&rows[half..]) {
        let _ = writeln!(text, "- {what}, ten times the people: p50 × **{:.2}**", many.0 / few.0);
    }
    text
}
