//! How fast boards are answered, compared with an echo through the same broker and with the old backend, in one
//! run and with the same client code.
//!
//! `cargo xtask bench boards [--peer] [--long] [--quick]`; with `--long` one machine has ten million past uses.
//! At the end, swipes beside those who try to delay them (`attacks`); if one of them exceeds its bounds or achieves nothing, the run
//! fails. The table goes to the terminal and into `BENCHMARKS.md`. Figures depend on the machine and its load: read the ratios.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a measurement that cannot go on should stop, and figures are rounded anyway"
)]

mod asks;
mod attacks;
#[path = "../pages/client.rs"]
mod client;
#[path = "../common/mod.rs"]
mod common;
mod floods;
mod lab;
mod load;
mod peer;
mod report;
mod tally;
mod wire;

use lab::{Broker, Lab};
use load::Figures;
use report::Report;
use std::{process::ExitCode, time::Duration};

/// Amount of measurements.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Sequential queries.
    pub sequential: usize,
    /// Pipelined queries, in total.
    pub pipelined: usize,
    /// Uses on one board.
    pub pairs: usize,
    /// Uses on each of [`BOARDS`].
    pub pairs_each: usize,
    /// Rounds; the median counts.
    pub rounds: usize,
    /// How long each attack lasts.
    pub attacks: Duration,
}

/// Boards of the fleet, and machines of the pipelined measurements.
pub const BOARDS: u16 = 200;

const FULL: Size = Size {
    sequential: 2_000,
    pipelined: 40_000,
    pairs: 500,
    pairs_each: 50,
    rounds: 3,
    attacks: Duration::from_secs(10),
};
// A wrong password is answered after four seconds, so attacks last a little longer.
const QUICK: Size = Size {
    sequential: 300,
    pipelined: 4_000,
    pairs: 50,
    pairs_each: 4,
    rounds: 1,
    attacks: Duration::from_secs(6),
};

/// Past uses of the machine with the long history, and their label.
const USUAL: (u64, &str) = (1_000_000, "1,000,000");
const SHORT: (u64, &str) = (100_000, "100,000");
const LONG: (u64, &str) = (10_000_000, "10,000,000");

/// A card qualified on everything.
pub const CARD: &str = "12345678";

fn check_user() -> String {
    format!(r#"{{"action":"checkuser","uid":"{CARD}"}}"#)
}

const CHECK_MACHINE: &str = r#"{"action":"checkmachine"}"#;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let size = if has("--quick") { QUICK } else { FULL };
    let mut report = Report::new(size);

    for (broker, name) in [(Broker::Inside, "inside"), (Broker::Mosquitto, "Mosquitto")] {
        eprintln!("Toolgate, broker {name} …");
        let lab = Lab::open(broker, 1_000).await;
        measure(&mut report, &lab, name, size).await;
        if has("--peer") && broker == Broker::Mosquitto {
            drop(lab.toolgate);
            eprintln!("the old backend, on the same Mosquitto …");
            match peer::start(&lab.broker) {
                Ok(peer) => compare(&mut report, &lab.broker, &peer, size).await,
                Err(why) => eprintln!("the old backend could not be started: {why}"),
            }
        }
    }

    let (uses, message) = if has("--long") {
        LONG
    } else if has("--quick") {
        SHORT
    } else {
        USUAL
    };
    eprintln!("a machine with {message} uses …");
    let lab = Lab::open(Broker::Inside, uses).await;
    let rows =
        [("checkmachine", "inside"), ("history, first page", "HTTP"), ("history, a page deep in it", "HTTP")];
    let figures =
        [lab.sequential(CHECK_MACHINE, size).await, lab.history(false, size).await, lab.history(true, size).await];
    for ((what, through), figures) in rows.into_iter().zip(figures) {
        report.latency(&format!("{what}, {message} past uses"), through, &figures);
    }
    drop(lab);
    attacks::measure(&mut report, size).await;
    report.print_and_write(has("--quick"), has("--peer"), has("--long"));
    let faults = report.faults();
    for fault in &faults {
        eprintln!("{fault}");
    }
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn measure(report: &mut Report, lab: &Lab, broker: &str, size: Size) {
    report.start(broker, lab.started_in, lab.memory());
    let mut echo = Vec::new();
    let mut users = Vec::new();
    // Alternating, so that a busy moment of the machine hits both.
    for _ in 0..size.rounds {
        echo.push(lab.echo_sequential(size).await);
        users.push(lab.sequential(&check_user(), Size { rounds: 1, ..size }).await);
    }
    let (echo, users) = (Figures::median(echo), Figures::median(users));
    report.latency("echo", broker, &echo);
    report.latency("checkuser", broker, &users);
    report.latency("checkmachine, 1,000 past uses", broker, &lab.sequential(CHECK_MACHINE, size).await);
    report.ratio("checkuser p50 ÷ echo p50 (at most 2)", broker, users.p50_ms / echo.p50_ms);

    let (mut echo, mut users) = (Vec::new(), Vec::new());
    for _ in 0..size.rounds {
        echo.push(lab.echo_pipelined(size).await);
        users.push(lab.pipelined(&check_user(), size).await);
    }
    let (echo, users) = (Figures::median(echo), Figures::median(users));
    report.rate("pipelined echo", broker, &echo);
    report.rate("pipelined checkuser", broker, &users);
    report.ratio("pipelined checkuser ÷ echo (aim 0.5)", broker, users.per_second / echo.per_second);

    report.rate("start + stop, 1 board", broker, &lab.pairs(1, size.pairs, size).await);
    report.rate("start + stop, 200 boards", broker, &lab.pairs(BOARDS, size.pairs_each, size).await);
    report.memory_after(broker, lab.memory());
}

async fn compare(report: &mut Report, broker: &lab::BrokerProcess, _peer: &peer::Peer, size: Size) {
    // It is slower by orders of magnitude: a few hundred answers are enough.
    let size =
        Size { sequential: size.sequential / 4, pipelined: size.pipelined / 40, pairs: size.pairs / 5, ..size };
    let port = broker.port;
    let users = load::sequential(port, 1, &check_user(), size.sequential).await;
    report.latency("checkuser", "Mosquitto, old backend", &users);
    let machine = load::sequential(port, 1, CHECK_MACHINE, size.sequential).await;
    report.latency("checkmachine", "Mosquitto, old backend", &machine);
    let piped = load::pipelined(port, &check_user(), size.pipelined).await;
    report.rate("pipelined checkuser", "Mosquitto, old backend", &piped);
    let pairs = load::pairs(port, 1, size.pairs, Duration::from_secs(1)).await;
    report.rate("start + stop, 1 board", "Mosquitto, old backend", &pairs);
    let fleet = load::pairs(port, BOARDS, (size.pairs_each / 10).max(1), Duration::from_secs(1)).await;
    report.rate("start + stop, 200 boards", "Mosquitto, old backend", &fleet);
    report.compare("Mosquitto", "Mosquitto, old backend");
}
