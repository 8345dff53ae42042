//! How long pages and lists take in a large space: from the first byte of the request to the last of the response,
//! over HTTP, from a Toolgate process.
//!
//! `cargo xtask bench pages [--quick]`; the table goes to the terminal and into `BENCHMARKS.md`. Figures depend on
//! the machine and its load.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a measurement that cannot go on should stop, and figures are rounded anyway"
)]

mod client;
#[path = "../common/mod.rs"]
mod common;
mod furnish;

use client::Client;
use domain::{id::PersonId, people::Cursor};
use furnish::{ADMINISTRATOR, MACHINES, MANAGER, MEMBER, PEOPLE, TYPES, USES, manager, member};
use std::{
    fmt::Write,
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// The binary that cargo built beside this bench.
const TOOLGATE: &str = env!("CARGO_BIN_EXE_toolgate");
/// Bound for the p99 of lists and of a person's pages.
const ASKED_MS: f64 = 10.0;
/// Unmeasured requests to warm up.
const WARM: usize = 20;
/// Prefix of the API: each list is requested by another person, because of its rate limit of 500 at once.
const API: &str = "/api/";
/// Measured requests of such a list.
const API_TIMES: usize = 400;

/// A request, its sender, and whether it is bound to [`ASKED_MS`].
struct Question {
    what: &'static str,
    by: i64,
    bound: bool,
    /// The address of the `n`-th request.
    path: fn(i64) -> String,
}

const fn bound(what: &'static str, by: i64, path: fn(i64) -> String) -> Question {
    Question { what, by, bound: true, path }
}

const fn free(what: &'static str, by: i64, path: fn(i64) -> String) -> Question {
    Question { what, by, bound: false, path }
}

/// A person, scattered; with a name and an active membership.
fn person(n: i64) -> i64 {
    (n * 7_919 % PEOPLE / 11 * 11 + 12).min(PEOPLE - 1)
}

/// A cursor deep in the list.
fn deep(n: i64) -> String {
    let called = Some(format!("{} moser", ["paola", "rosa", "vera", "zita"][usize::try_from(n % 4).unwrap()]));
    Cursor { called, id: PersonId(person(n)) }.to_string()
}

const QUESTIONS: &[Question] = &[
    bound("people, first page", MANAGER, |_| "/people".into()),
    bound("people, a page deep in the list", MANAGER, |n| format!("/people?after={}", deep(n))),
    bound("people by name", MANAGER, |n| {
        format!("/people?q={}", ["rossi", "ada", "weber", "lu"][usize::try_from(n % 4).unwrap()])
    }),
    bound("people by a name that nobody has", MANAGER, |n| format!("/people?q=nobody{n}")),
    bound("people by address", MANAGER, |n| format!("/people?q=person{}@", person(n))),
    bound("people by the end of a card", MANAGER, |n| format!("/people?q={:04x}", n * 7_919 % 65_536)),
    bound("people, suspended", MANAGER, |_| "/people?status=suspended".into()),
    bound("people, managers", MANAGER, |_| "/people?role=manager".into()),
    bound("somebody: overview", MANAGER, |n| format!("/people/{}", person(n))),
    bound("somebody: qualifications", MANAGER, |n| format!("/people/{}/qualifications", person(n))),
    bound("somebody: uses", MANAGER, |n| format!("/people/{}/uses", person(n))),
    bound("somebody: timeline", MANAGER, |n| format!("/people/{}/timeline", person(n))),
    bound("somebody: account", MANAGER, |n| format!("/people/{}/account", person(n))),
    bound("somebody: decisions", MANAGER, |n| format!("/people/{}/decisions", person(n))),
    bound("somebody: all that is kept", MANAGER, |n| format!("/people/{}/data", person(n))),
    bound("machine page", MEMBER, |n| format!("/machines/{}", n % MACHINES + 1)),
    bound("machine page, of who manages", MANAGER, |n| format!("/machines/{}", n % MACHINES + 1)),
    bound("equipment", MANAGER, |_| "/machines".into()),
    bound("record, newest", ADMINISTRATOR, |_| "/audit".into()),
    bound("record, deep", ADMINISTRATOR, |n| format!("/audit?before={}", 1_000 + n * 37)),
    bound("record, one machine", ADMINISTRATOR, |n| format!("/audit?subject=machine:{}", n % MACHINES + 1)),
    bound("record, cards", ADMINISTRATOR, |_| "/audit?action=card.".into()),
    bound("inbox", MANAGER, |_| "/manage".into()),
    bound("unknown cards", MANAGER, |_| "/unknown-cards".into()),
    bound("reports, twelve weeks", MANAGER, |_| "/reports".into()),
    free("who is qualified, all types", MANAGER, |_| "/types".into()),
    free("who is qualified, one type", MANAGER, |n| format!("/types/{}", n % TYPES + 3)),
    free("find", MANAGER, |n| {
        format!("/find?q={}", ["rossi", "machine", "ada", "room"][usize::try_from(n % 4).unwrap()])
    }),
    free("now", MEMBER, |_| "/".into()),
    free("series, 131 of 30 dates each", MANAGER, |_| "/series".into()),
    bound("API: people", manager(6), |_| "/api/v1/people".into()),
    bound("API: machines", member(0), |_| "/api/v1/machines".into()),
    bound("API: one machine", member(1), |n| format!("/api/v1/machines/{}", n % MACHINES + 1)),
    bound("API: holds of somebody", manager(0), |n| format!("/api/v1/people/{}/holds", person(n))),
    bound("API: somebody's qualifications", manager(1), |n| {
        format!("/api/v1/people/{}/qualifications", person(n))
    }),
    bound("API: somebody's decisions", manager(2), |n| format!("/api/v1/people/{}/decisions", person(n))),
    bound("API: entries of the record", ADMINISTRATOR, |_| "/api/v1/audit".into()),
    bound("API: displays", manager(3), |_| "/api/v1/displays".into()),
    free("API: types", manager(4), |_| "/api/v1/types".into()),
    free("API: qualified on one type", manager(5), |n| format!("/api/v1/types/{}/people", n % TYPES + 3)),
];

/// A process that ends with the measurement.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Row {
    what: &'static str,
    bound: bool,
    p50_ms: f64,
    p99_ms: f64,
    bytes: usize,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let times = if quick { 60 } else { 1_000 };
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("toolgate.sqlite");
    services::open(services::Config::new(&file)).await.unwrap().close().await;
    eprintln!("{PEOPLE} people, {MACHINES} machines, {USES} uses …");
    furnish::furnish(&file).await;
    let (_toolgate, address) = serve(data.path());
    let mut rows = Vec::new();
    for question in QUESTIONS {
        rows.push(measure(&address, question, times).await);
    }
    common::publish("pages", &table(&rows, times, fs::metadata(&file).map_or(0, |file| file.len())), quick);
}

/// Starts Toolgate on the folder; returns its address.
fn serve(data: &Path) -> (Process, String) {
    let mut command = Command::new(TOOLGATE);
    command.args(["serve", "--listen", "127.0.0.1:0", "--mqtt-listen", "127.0.0.1:0", "--log", "warn", "--data"]);
    let process = Process(command.arg(data).stdout(Stdio::null()).spawn().unwrap());
    let begin = Instant::now();
    loop {
        if let Ok(text) = fs::read_to_string(data.join("run.json")) {
            let run: serde_json::Value = serde_json::from_str(&text).unwrap();
            let url = run["http"].as_str().unwrap();
            return (process, url.trim_start_matches("http://").trim_end_matches('/').to_owned());
        }
        assert!(begin.elapsed() < Duration::from_mins(1), "Toolgate does not start");
        std::thread::yield_now();
    }
}

async fn measure(address: &str, question: &Question, times: usize) -> Row {
    let Question { what, by, bound, path } = question;
    let mut client = Client::connect(address, &furnish::token(*by)).await;
    let times = if path(0).starts_with(API) { times.min(API_TIMES) } else { times };
    let (mut took, mut bytes) = (Vec::with_capacity(times), 0);
    for n in 0..times + WARM {
        let path = path(i64::try_from(n).unwrap());
        let answer = client.get(&path).await;
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        bytes += answer.body.len();
        took.push(answer.took);
    }
    let bytes = bytes / took.len();
    took.drain(..WARM);
    took.sort_unstable();
    let at = |share: usize| took[(took.len() - 1) * share / 100].as_secs_f64() * 1e3;
    let row = Row { what, bound: *bound, p50_ms: at(50), p99_ms: at(99), bytes };
    eprintln!("  {what}: p50 {:.2} ms, p99 {:.2} ms", row.p50_ms, row.p99_ms);
    row
}

fn table(rows: &[Row], times: usize, bytes: u64) -> String {
    let mut text = format!(
        "`cargo xtask bench pages` · {} · {}\n\n{PEOPLE} people, {MACHINES} machines of {TYPES} types, {USES} uses within a \
         year; a file of {} MB. Each asked {times} times (the API {}), one after the other, over one connection; \
         compressed as for a browser.\n\n| what | p50 ms | p99 ms | KB |\n|---|---|---|---|\n",
        common::today(),
        common::machine(),
        bytes / 1_000_000,
        times.min(API_TIMES),
    );
    // Writing to a string cannot fail.
    for Row { what, p50_ms, p99_ms, bytes, .. } in rows {
        let _ = writeln!(text, "| {what} | {p50_ms:.2} | {p99_ms:.2} | {:.1} |", *bytes as f64 / 1e3);
    }
    let bound = || rows.iter().filter(|row| row.bound);
    let over: Vec<_> = bound().filter(|row| row.p99_ms > ASKED_MS).map(|row| row.what).collect();
    let message = if over.is_empty() { "none".to_owned() } else { over.join("; ") };
    let _ = writeln!(
        text,
        "\n- over {ASKED_MS:.0} ms in 99 of 100, of {} lists and pages about people and machines: **{message}**",
        bound().count()
    );
    text
}
