//! Whether a card at a reader is answered as fast while five hundred people watch a video, each of whom reports
//! every five seconds, and what that costs. Toolgate is a process of its own.
//!
//! Rounds with and without watchers take turns, and the medians of their p99s are compared: a machine that is slow
//! for a while is so in both. `cargo xtask bench training [--quick]`; the table goes to the terminal and into
//! `BENCHMARKS.md`. Watchers and server share the machine.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a measurement that cannot go on should stop, and figures are rounded anyway"
)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../live/space.rs"]
mod space;
#[path = "../live/swipes.rs"]
mod swipes;
mod watchers;
#[path = "../boards/wire.rs"]
mod wire;

use space::Space;
use std::{fmt::Write, time::Duration};
use swipes::Swipes;
use watchers::Reports;

struct Size {
    watchers: usize,
    /// Each without watchers, and then with all.
    rounds: usize,
    /// Reports per watcher and round.
    reports: usize,
    /// Cards tapped, in each half of a round.
    swipes: usize,
}

/// A swipe each [`swipes::EVERY`] takes as long as the reports.
const FULL: Size = Size { watchers: 500, rounds: 7, reports: 3, swipes: 600 };
const QUICK: Size = Size { watchers: 500, rounds: 3, reports: 2, swipes: 300 };
/// Bound for the median p99 of a swipe with watchers, relative to the one without.
const ASKED: f64 = 1.1;
/// Unused: no mail is sent.
const NO_MAIL: u16 = 9;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let size = if quick { QUICK } else { FULL };
    // All come from one address, anonymous before the first report: one network may have half of the connections.
    let space = Space::open(2 * size.watchers + 100, size.watchers, NO_MAIL).await;
    space
        .sql(
            "INSERT INTO training_module (id, title) VALUES (1, 'Laser safety');
             INSERT INTO module_edition (id, module_id, edition, youtube, length_ms, published_at)
                 VALUES (1, 1, 1, 'dQw4w9WgXcQ', 3600000, 0);"
                .to_owned(),
        )
        .await;
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    let (mut reports, mut cpu) = (Reports::default(), Duration::ZERO);
    for round in 0..size.rounds {
        alone.push(swipes::measure(space.mqtt, size.swipes).await);
        let before = space.cpu();
        let first = round * size.reports;
        let watching = watchers::watch(space.http, size.watchers, first..first + size.reports);
        let swiping = swipes::begin(space.mqtt, size.swipes);
        reports.add(watching.await);
        cpu += space.cpu().saturating_sub(before);
        beside.push(swiping.await.unwrap());
    }
    let memory = space.memory() / 1e3;
    common::publish("training", &table(&size, &reports, (cpu, memory), [&alone, &beside]), quick);
}

fn median(all: &[Swipes], figure: impl Fn(&Swipes) -> f64) -> f64 {
    let mut figures: Vec<_> = all.iter().map(figure).collect();
    figures.sort_unstable_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// `cpu` is the server's processor time during the reports, and its memory after, in megabytes.
fn table(
    size: &Size,
    reports: &Reports,
    (cpu, memory): (Duration, f64),
    [alone, beside]: [&[Swipes]; 2],
) -> String {
    let Reports { took, lasted, credited } = reports;
    let at = |share: usize| took[(took.len() - 1) * share / 100].as_secs_f64() * 1e3;
    let mut text = format!(
        "`cargo xtask bench training` · {} · {}\n\n{} watchers, each of whom reports {} times in each of {} rounds, every 5 s: {} \
         reports, {:.0} a second. All of what was played is credited: {} s of {} s. Swipes: {} in each round without watchers, and as \
         many with them; medians of the rounds, and their range.\n\n| | p50 ms | p99 ms | slowest ms |\n|---|---|---|---|\n",
        common::today(),
        common::machine(),
        size.watchers,
        size.reports,
        size.rounds,
        took.len(),
        took.len() as f64 / lasted.as_secs_f64(),
        credited,
        size.watchers * size.reports * size.rounds * 5,
        size.swipes,
    );
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(text, "| a report, to its answer | {:.2} | {:.2} | {:.2} |", at(50), at(99), at(100));
    let p99 = |all: &[Swipes]| median(all, |one| one.p99_ms);
    for (what, all) in [("a swipe, nobody watches", alone), ("a swipe, all watch", beside)] {
        let least = all.iter().map(|one| one.p99_ms).fold(f64::INFINITY, f64::min);
        let most = all.iter().map(|one| one.p99_ms).fold(0.0, f64::max);
        let p50 = median(all, |one| one.p50_ms);
        let _ = writeln!(text, "| {what} | {p50:.2} | {:.2} ({least:.2}–{most:.2}) | |", p99(all));
    }
    let _ = writeln!(
        text,
        "\n- p99 of a swipe beside the watchers ÷ alone, medians (at most {ASKED}): **{:.2}**",
        p99(beside) / p99(alone)
    );
    let _ = writeln!(
        text,
        "- processor time of the server, swipes with it: {:.1} % of a core; {:.2} ms for a report; memory {memory:.0} MB",
        cpu.as_secs_f64() / lasted.as_secs_f64() * 100.0,
        cpu.as_secs_f64() * 1e3 / took.len() as f64,
    );
    text
}
