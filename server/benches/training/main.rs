//! Whether a card at a reader is answered as fast while five hundred people watch a video, each of whom says every five seconds what
//! they played, and what that costs. Toolgate is a process of its own.
//!
//! `cargo xtask bench training [--quick]`; the table goes to the terminal and into `BENCHMARKS.md`. Watchers and server share the
//! machine.

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
    /// How often each of them reports.
    reports: usize,
    /// Cards held to a reader, in each of the rounds.
    swipes: usize,
}

/// A swipe each [`swipes::EVERY`] takes as long as the reports.
const FULL: Size = Size { watchers: 500, reports: 12, swipes: 2_400 };
const QUICK: Size = Size { watchers: 500, reports: 3, swipes: 400 };
/// What is asked of the p99 of a swipe beside the watchers, against the one without.
const ASKED: f64 = 1.1;
/// Nothing leaves by it: there is nobody to be told.
const NO_MAIL: u16 = 9;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let size = if quick { QUICK } else { FULL };
    // All come by one address, and nobody is known before the first report: one network has half of the connections.
    let space = Space::open(2 * size.watchers + 100, size.watchers, NO_MAIL).await;
    space
        .sql(
            "INSERT INTO training_module (id, title) VALUES (1, 'Laser safety');
             INSERT INTO module_edition (id, module_id, edition, youtube, length_ms, published_at)
                 VALUES (1, 1, 1, 'dQw4w9WgXcQ', 3600000, 0);"
                .to_owned(),
        )
        .await;
    let before = swipes::measure(space.mqtt, size.swipes).await;
    let cpu = space.cpu();
    let watching = watchers::watch(space.http, size.watchers, size.reports);
    let swiping = swipes::begin(space.mqtt, size.swipes);
    let reports = watching.await;
    let cpu = space.cpu().saturating_sub(cpu);
    let beside = swiping.await.unwrap();
    let after = swipes::measure(space.mqtt, size.swipes).await;
    let memory = space.memory() / 1e3;
    common::publish("training", &table(&size, &reports, (cpu, memory), [before, beside, after]), quick);
}

/// `cpu` is the processor time of the server while they watched, and its memory after, in megabytes.
fn table(
    size: &Size,
    reports: &Reports,
    (cpu, memory): (Duration, f64),
    [before, beside, after]: [Swipes; 3],
) -> String {
    let Reports { took, lasted, credited } = reports;
    let at = |share: usize| took[(took.len() - 1) * share / 100].as_secs_f64() * 1e3;
    let mut text = format!(
        "`cargo xtask bench training` · {} · {}\n\n{} watchers, each of whom reports {} times, every 5 s: {} reports, {:.0} a \
         second. All of what was played is credited: {} s of {} s.\n\n| | p50 ms | p99 ms | slowest ms |\n|---|---|---|---|\n",
        common::today(),
        common::machine(),
        size.watchers,
        size.reports,
        took.len(),
        took.len() as f64 / lasted.as_secs_f64(),
        credited,
        size.watchers * size.reports * 5,
    );
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(text, "| a report, to its answer | {:.2} | {:.2} | {:.2} |", at(50), at(99), at(100));
    for (what, swipes) in [
        ("a swipe, nobody watches", before),
        ("a swipe, all watch", beside),
        ("a swipe, nobody watches any more", after),
    ] {
        let _ = writeln!(text, "| {what} | {:.2} | {:.2} | |", swipes.p50_ms, swipes.p99_ms);
    }
    let alone = before.p99_ms.min(after.p99_ms);
    let _ = writeln!(
        text,
        "\n- p99 of a swipe beside the watchers ÷ alone (at most {ASKED}): **{:.2}**",
        beside.p99_ms / alone
    );
    let _ = writeln!(
        text,
        "- processor time of the server, swipes with it: {:.1} % of a core; {:.2} ms for a report; memory {memory:.0} MB",
        cpu.as_secs_f64() / lasted.as_secs_f64() * 100.0,
        cpu.as_secs_f64() * 1e3 / took.len() as f64,
    );
    text
}
