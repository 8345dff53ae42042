//! How soon ten thousand open pages learn of a change, what each of them costs the server, and whether a card at a
//! reader is answered as fast meanwhile, and while ten thousand mails are sent. Toolgate is a process of its own.
//!
//! `cargo xtask bench live [--quick]`; the table goes to the terminal and into `BENCHMARKS.md`. Streams and server
//! share the machine, so the time of the last stream is that of both.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a measurement that cannot go on should stop, and figures are rounded anyway"
)]

#[path = "../common/mod.rs"]
mod common;
mod crowd;
mod mails;
mod space;
mod swipes;
#[path = "../boards/wire.rs"]
mod wire;

use crowd::{Crowd, Spread, Who};
use mails::Sink;
use server::connections::raise_file_limit;
use space::Space;
use std::{fmt::Write, net::Ipv4Addr, time::Duration};
use swipes::Swipes;
use tokio::time::{MissedTickBehavior, interval};
use wire::Wire;

const PEOPLE: usize = 160;
/// Streams per person, the maximum.
const EACH: usize = 64;
/// Anonymous streams, from [`NETWORKS`] addresses: the maximum.
const STRANGERS: usize = 2_400;
const NETWORKS: usize = 4;
/// Bounds for the last stream, and for the memory of each.
const ASKED_MS: f64 = 1_000.0;
const ASKED_KB: f64 = 20.0;
/// How long the streams idle to measure their cost.
const QUIET: Duration = Duration::from_secs(15);

struct Size {
    streams: usize,
    changes: usize,
    /// Cards tapped, one each [`swipes::EVERY`].
    swipes: usize,
    mails: usize,
}

const FULL: Size = Size { streams: 10_000, changes: 20, swipes: 1_000, mails: 10_000 };
const QUICK: Size = Size { streams: 1_000, changes: 5, swipes: 100, mails: 1_000 };

/// Load during a swipe.
struct Beside {
    what: &'static str,
    swipes: Swipes,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let size = if quick { QUICK } else { FULL };
    assert!(raise_file_limit() > size.streams + 100, "raise the limit of open files (ulimit -Hn)");
    let sink = Sink::open().await;
    let space = Space::open(size.streams + size.streams / 5, PEOPLE, sink.port).await;
    let mut machine = Machine::open(space.mqtt).await;
    machine.change().await;
    machine.change().await;

    let mut beside = Vec::new();
    beside.push(Beside { what: "no streams", swipes: swipes::measure(space.mqtt, size.swipes).await });
    eprintln!("{} mails …", size.mails);
    mails::queue(&space, size.mails).await;
    let began = sink.has(1).await;
    let leaving = swipes::begin(space.mqtt, size.swipes);
    let drained = sink.has(size.mails).await.duration_since(began);
    beside.push(Beside { what: "mails about notices leave", swipes: leaving.await.unwrap() });
    let before = space.memory();
    eprintln!("{} streams …", size.streams);
    let crowd = Crowd::open(space.http, who(size.streams)).await;
    let opened = space.memory();
    let quiet = swipes::measure(space.mqtt, size.swipes).await;
    beside.push(Beside { what: "the streams, nothing changes", swipes: quiet });
    let cpu = space.cpu();
    tokio::time::sleep(QUIET).await;
    let idle_cpu = space.cpu().saturating_sub(cpu).as_secs_f64() / QUIET.as_secs_f64();

    let cpu = space.cpu();
    let mut spreads = Vec::new();
    for _ in 0..size.changes {
        spreads.push(crowd.spread_of(machine.change()).await);
    }
    let changes_cpu = space.cpu().saturating_sub(cpu) / u32::try_from(size.changes).unwrap();
    let notified = space.memory();

    let mut swiping = swipes::begin(space.mqtt, size.swipes);
    let mut each_second = interval(Duration::from_secs(1));
    each_second.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let busy = loop {
        tokio::select! {
            swipes = &mut swiping => break swipes.unwrap(),
            _ = each_second.tick() => {}
        }
        crowd.spread_of(machine.change()).await;
    };
    beside.push(Beside { what: "the streams, a change each second", swipes: busy });
    let report = Report { size, spreads, before, opened, notified, idle_cpu, changes_cpu, beside, drained };
    common::publish("live", &report.table(), quick);
}

/// People and anonymous viewers, within the server's caps.
fn who(streams: usize) -> Vec<Who> {
    let strangers = STRANGERS.min(streams / 5);
    let stranger = |n: usize| Who::Stranger(Ipv4Addr::new(127, 0, 0, u8::try_from(2 + n % NETWORKS).unwrap()));
    let person = |n: usize| Who::Person(space::token(1 + n / EACH));
    assert!((streams - strangers).div_ceil(EACH) <= PEOPLE, "so many are signed in");
    (0..strangers).map(stranger).chain((0..streams - strangers).map(person)).collect()
}

/// The board of machine 1, whose use begins and ends: each is a change.
struct Machine {
    board: Wire,
    in_use: bool,
}

impl Machine {
    async fn open(port: u16) -> Self {
        let mut board = Wire::connect(port, "BOARD-1", None).await.unwrap();
        board.subscribe("machine/1/reply").await.unwrap();
        swipes::until_answered(&mut board, 1).await;
        Self { board, in_use: false }
    }

    async fn change(&mut self) {
        let card = space::CARD;
        let says = if self.in_use {
            format!(r#"{{"action":"stopuse","uid":"{card}","duration":1}}"#)
        } else {
            format!(r#"{{"action":"startuse","uid":"{card}"}}"#)
        };
        self.in_use = !self.in_use;
        self.board.publish("machine/1", says.as_bytes()).await.unwrap();
        let answer = self.board.hear().await.unwrap();
        assert!(
            answer.payload.starts_with(br#"{"request_ok":true"#),
            "{}",
            String::from_utf8_lossy(&answer.payload)
        );
    }
}

struct Report {
    size: Size,
    spreads: Vec<Spread>,
    /// In kilobytes.
    before: f64,
    opened: f64,
    notified: f64,
    /// In cores.
    idle_cpu: f64,
    changes_cpu: Duration,
    beside: Vec<Beside>,
    /// From the first mail to the last.
    drained: Duration,
}

impl Report {
    fn table(&self) -> String {
        let Self { size, before, opened, notified, .. } = self;
        let mut text = format!(
            "`cargo xtask bench live` · {} · {}\n\n{} streams, {} of them nobody's; {} changes, one after the other, each the \
             word of a board that a use begins or ends. From that word to the event at the stream, in ms:\n\n\
             | | first stream | median | p99 | last |\n|---|---|---|---|---|\n",
            common::today(),
            common::machine(),
            size.streams,
            STRANGERS.min(size.streams / 5),
            size.changes,
        );
        let column = |of: fn(&Spread) -> f64, share: usize| {
            let mut column: Vec<_> = self.spreads.iter().map(of).collect();
            column.sort_by(f64::total_cmp);
            column[((column.len() - 1) * share).div_ceil(100)]
        };
        let columns: [fn(&Spread) -> f64; 4] = [|s| s.first, |s| s.median, |s| s.p99, |s| s.last];
        for (name, share) in [("median of the changes", 50), ("worst of the changes", 100)] {
            let [first, median, p99, last] = columns.map(|of| column(of, share));
            // Writing to a string cannot fail, here and below.
            let _ = writeln!(text, "| {name} | {first:.0} | {median:.0} | {p99:.0} | {last:.0} |");
        }
        text.push_str("\n| a card at a reader, beside | p50 ms | p99 ms |\n|---|---|---|\n");
        for Beside { what, swipes } in &self.beside {
            let _ = writeln!(text, "| {what} | {:.2} | {:.2} |", swipes.p50_ms, swipes.p99_ms);
        }
        let _ = writeln!(
            text,
            "\n- {} mails leave in {:.1} s, {:.0} a second",
            size.mails,
            self.drained.as_secs_f64(),
            size.mails as f64 / self.drained.as_secs_f64()
        );
        let each = |now: f64| (now - before) / size.streams as f64;
        let _ = writeln!(
            text,
            "- last stream, worst of the changes (at most {ASKED_MS:.0} ms): **{:.0} ms**",
            column(|spread| spread.last, 100)
        );
        let _ = writeln!(
            text,
            "- memory of the server for each stream (at most {ASKED_KB:.0} KB): **{:.1} KB** open, {:.1} KB after the changes; {:.0} MB before them, {:.0} MB in all",
            each(*opened),
            each(*notified),
            before / 1e3,
            notified / 1e3,
        );
        let _ = writeln!(
            text,
            "- processor time of the server: {:.0} ms for a change; {:.1} % of a core while nothing changes",
            self.changes_cpu.as_secs_f64() * 1e3,
            self.idle_cpu * 100.0
        );
        text
    }
}
