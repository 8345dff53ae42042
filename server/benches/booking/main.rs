//! How long booking takes with a few, many and very many existing bookings: a thousand people competing for one
//! time, a crowd booking all over the space, the free times of each of a thousand machines, and the calendar's
//! week; and the calendars and the search of a thousand full rooms. Toolgate is a process of its own, over HTTP.
//!
//! `cargo xtask bench booking [--quick]`; the table goes to the terminal and into `BENCHMARKS.md`. Clients and
//! server share the machine.

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
mod crowd;
mod furnish;
mod rooms;
mod server;

use client::Client;
use crowd::{Race, Rush};
use furnish::{Booked, Plan, token};
use rooms::Answers;
use server::Server;
use std::{
    fmt::Write,
    time::{Duration, Instant},
};

struct Size {
    /// Existing bookings: a few, many and very many.
    bookings: [usize; 3],
    machines: usize,
    /// Machines on the calendar's week: as many as a workshop has.
    on_page: usize,
    /// People competing for the same time.
    racers: usize,
    /// People who book a time of their own each.
    crowd: usize,
    /// Measured requests of each kind.
    questions: usize,
    /// Requests for everything at once.
    of_all: usize,
    /// Requests of each kind about full rooms.
    of_rooms: usize,
}

const FULL: Size = Size {
    bookings: [10_000, 100_000, 1_000_000],
    machines: 1_000,
    on_page: 40,
    racers: 1_000,
    crowd: 6_000,
    questions: 2_000,
    of_all: 100,
    of_rooms: 1_000,
};
const QUICK: Size = Size {
    bookings: [100, 1_000, 10_000],
    machines: 100,
    on_page: 20,
    racers: 100,
    crowd: 300,
    questions: 100,
    of_all: 5,
    of_rooms: 40,
};
/// Required bookings per second.
const ASKED_RATE: f64 = 1_000.0;
/// Bound for the p99 of free times.
const ASKED_FREE_MS: f64 = 50.0;
/// Bound for the p99 of the calendar's week.
const ASKED_PAGE_MS: f64 = 10.0;
/// Unmeasured requests to warm up.
const WARM: usize = 10;
/// Below the API's rate limit.
const AT_ONCE: usize = 400;

/// Measurements with this many bookings.
struct Row {
    bookings: usize,
    megabytes: f64,
    race: Race,
    rush: Rush,
    free: Times,
    all: Times,
    page: Times,
}

/// Response times.
#[derive(Debug, Clone, Copy)]
struct Times {
    p50_ms: f64,
    p99_ms: f64,
    kilobytes: f64,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let size = if quick { QUICK } else { FULL };
    let mut rows = Vec::new();
    for bookings in size.bookings {
        rows.push(measure(&size, bookings).await);
    }
    eprintln!("full rooms");
    let rooms = rooms::measure(&size).await;
    common::publish("booking", &table(&size, &rows, &rooms), quick);
}

async fn measure(size: &Size, bookings: usize) -> Row {
    let people = size.racers.max(size.crowd);
    let plan = Plan { bookings, of: Booked::Machines, machines: size.machines, people };
    let server = Server::open(&plan, size.racers + 200).await;
    eprintln!("{bookings} bookings of {} machines", size.machines);
    let free = of_each(&server, &plan, size.questions).await;
    eprintln!("  what is free of one: p50 {:.2} ms, p99 {:.2} ms", free.p50_ms, free.p99_ms);
    let all = of_all(&server, size.of_all).await;
    eprintln!("  the week of all: p50 {:.2} ms, p99 {:.2} ms", all.p50_ms, all.p99_ms);
    let race = crowd::race(server.http, size.racers).await;
    eprintln!("  {} of {} had the time, in {:.0} ms", race.won, size.racers, race.lasted.as_secs_f64() * 1e3);
    let rush = crowd::rush(server.http, &plan, size.crowd).await;
    eprintln!("  {:.0} bookings a second", rush.per_second);
    let megabytes = server.megabytes();
    drop(server);
    let plan = Plan { bookings, of: Booked::Machines, machines: size.on_page, people: 10 };
    let server = Server::open(&plan, 100).await;
    let page = week(&server, size.questions).await;
    eprintln!("  the page of a week: p50 {:.2} ms, p99 {:.2} ms", page.p50_ms, page.p99_ms);
    Row { bookings, megabytes, race, rush, free, all, page }
}

/// Free times of each machine in turn, in a week from tomorrow on.
async fn of_each(server: &Server, plan: &Plan, questions: usize) -> Times {
    let (from, to) = (furnish::instant(1, 0), furnish::instant(8, 0));
    let path = |n: usize| {
        format!("/api/v1/availability?resource=machine:{}&from={from}&to={to}", n * 7_919 % plan.machines + 1)
    };
    let mut took = Vec::new();
    let mut client = Client::connect(server.http).await;
    for n in 0..questions + WARM {
        // A person each for as many requests as the rate limit allows.
        let begin = Instant::now();
        let answer = client.get(&path(n), &token(n / AT_ONCE + 1)).await;
        took.push((begin.elapsed(), answer.expect(200)));
    }
    Times::of(took)
}

/// The first page of the week of everything, as the calendar requests it.
async fn of_all(server: &Server, questions: usize) -> Times {
    let mut took = Vec::new();
    let mut client = Client::connect(server.http).await;
    for _ in 0..questions + WARM {
        let begin = Instant::now();
        let answer = client.post_form("/api/bookings/week", &token(1), "date=").await;
        took.push((begin.elapsed(), answer.expect(200)));
    }
    Times::of(took)
}

/// The page of a week, as the server renders it.
async fn week(server: &Server, questions: usize) -> Times {
    let mut took = Vec::new();
    let mut client = Client::connect(server.http).await;
    let next = furnish::date(7);
    for n in 0..questions + WARM {
        let path = if n % 2 == 0 { "/bookings".to_owned() } else { format!("/bookings?week={next}") };
        let begin = Instant::now();
        let answer = client.get(&path, &token(1)).await;
        took.push((begin.elapsed(), answer.expect(200)));
    }
    Times::of(took)
}

impl Times {
    /// From times and bytes in order of arrival; the first do not count.
    fn of(took: Vec<(Duration, usize)>) -> Self {
        let mut counted = took[WARM..].to_vec();
        let bytes: usize = counted.iter().map(|(_, bytes)| bytes).sum();
        let kilobytes = bytes as f64 / counted.len() as f64 / 1e3;
        counted.sort_unstable();
        let at = |share: usize| counted[(counted.len() - 1) * share / 100].0.as_secs_f64() * 1e3;
        Self { p50_ms: at(50), p99_ms: at(99), kilobytes }
    }
}

fn table(size: &Size, rows: &[Row], of_rooms: &[Answers]) -> String {
    let mut text = format!(
        "`cargo xtask bench booking` · {} · {}\n\n{} machines, up to {} bookings ahead of each, the others behind; {} people who \
         want one time at once; then {} people who book one hour each, over {} connections. What is free is asked of each \
         machine in turn, for a week and whoever asks. The page of a week shows {} machines with as many bookings. \
         As many rooms are booked ten hours a day, an hour each.\n\n",
        common::today(),
        common::machine(),
        size.machines,
        furnish::AHEAD,
        size.racers,
        size.crowd,
        crowd::CONNECTIONS,
        size.on_page,
    );
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(
        text,
        "| bookings | file, MB | had the time | `booking.taken` | failed | the race, ms | bookings a second | to book p50 ms | p99 ms |\n\
         |---|---|---|---|---|---|---|---|---|"
    );
    for Row { bookings, megabytes, race, rush, .. } in rows {
        let _ = writeln!(
            text,
            "| {bookings} | {megabytes:.0} | {} | {} | {} | {:.0} | {:.0} | {:.1} | {:.1} |",
            race.won,
            race.taken,
            race.failed,
            race.lasted.as_secs_f64() * 1e3,
            rush.per_second,
            rush.p50_ms,
            rush.p99_ms,
        );
    }
    let _ = writeln!(text, "\n| bookings | what | p50 ms | p99 ms | KB |\n|---|---|---|---|---|");
    for Row { bookings, free, all, page, .. } in rows {
        for (what, times) in [
            ("what is free of a machine within a week", free),
            ("the week of the first 50 machines, as data", all),
            ("the page of a week", page),
        ] {
            let Times { p50_ms, p99_ms, kilobytes } = times;
            let _ = writeln!(text, "| {bookings} | {what} | {p50_ms:.2} | {p99_ms:.2} | {kilobytes:.1} |");
        }
    }
    let (first, last) = (&rows[0], &rows[rows.len() - 1]);
    let most = last.bookings;
    for answers in of_rooms {
        let _ = writeln!(text, "{}", answers.row(most));
    }
    let worst = |of: fn(&Row) -> f64| rows.iter().map(of).fold(0.0, f64::max);
    let slowest = rows.iter().map(|row| row.rush.per_second).fold(f64::INFINITY, f64::min);
    let _ =
        writeln!(text, "\n- bookings a second, the least of them (at least {ASKED_RATE:.0}): **{slowest:.0}**");
    let _ = writeln!(
        text,
        "- what is free of a machine within a week, p99 (at most {ASKED_FREE_MS:.0} ms): **{:.2} ms**",
        worst(|row| row.free.p99_ms)
    );
    let _ = writeln!(
        text,
        "- the page of a week, p99 (at most {ASKED_PAGE_MS:.0} ms): **{:.2} ms**",
        worst(|row| row.page.p99_ms)
    );
    for answers in of_rooms {
        let _ = writeln!(text, "{}", answers.verdict());
    }
    for (times, row) in [10, 100].into_iter().zip(&rows[1..]) {
        let _ = writeln!(
            text,
            "- with {times} times the bookings, p50: to book × **{:.2}**, what is free × **{:.2}**, the week × **{:.2}**, \
             the page × **{:.2}**",
            row.rush.p50_ms / first.rush.p50_ms,
            row.free.p50_ms / first.free.p50_ms,
            row.all.p50_ms / first.all.p50_ms,
            row.page.p50_ms / first.page.p50_ms,
        );
    }
    let _ = writeln!(
        text,
        "- of {} bookings {} lie in the seven days that are asked about, of each machine",
        last.bookings,
        furnish::in_week(last.bookings / size.machines)
    );
    text
}
