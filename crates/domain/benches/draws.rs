//! How long a large draw takes: 60 groups with 20 wishes each for 40 rooms, at most a second. And the largest that is
//! allowed, made to take long.
//!
//! `cargo xtask bench draws [--quick]`; the table goes to the terminal and into `BENCHMARKS.md`.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a measurement that cannot go on should stop")]

#[path = "../../../server/benches/common/mod.rs"]
mod common;

use common::{machine, publish, today};
use domain::{
    bookings::Resource,
    draws::{DrawInput, DrawWish, Entrant, Importance, MAX_WISHES, Secret, WEEK, WeekSpan, proof, run, verify},
    id::{DrawId, GroupId, RoomId, WishId},
};
use std::{
    fmt::Write,
    hint::black_box,
    time::{Duration, Instant},
};

const HOUR: u32 = 3_600;
/// Limit of the draw of 60 groups.
const LIMIT: Duration = Duration::from_secs(1);

/// Groups, wishes of each, and rooms.
#[derive(Clone, Copy)]
struct Size {
    groups: u32,
    each: u32,
    rooms: u32,
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let repeats = if quick { 5 } else { 50 };
    let most = u32::try_from(MAX_WISHES).unwrap();
    let sizes = [
        Size { groups: 9, each: 5, rooms: 4 },
        Size { groups: 60, each: 20, rooms: 40 },
        Size { groups: most, each: 1, rooms: 1 },
        Size { groups: 1, each: most, rooms: most },
    ];
    let mut table = format!(
        "`cargo xtask bench draws` · {} · {}\n\nSingle runs, median of {repeats}.\n\n\
         | groups | wishes each | rooms | won | run ms | verify ms | file KB |\n|---|---|---|---|---|---|---|\n",
        today(),
        machine()
    );
    for size in sizes {
        let input = input(size);
        let secret = Secret::new([7; 32]);
        let result = run(&secret, &input);
        let file = proof(&secret, &input, &result);
        let running = median(repeats, || drop(black_box(run(&secret, black_box(&input)))));
        let verifying = median(repeats, || drop(black_box(verify(black_box(&file)).unwrap())));
        assert!(
            size.groups != 60 || running.max(verifying) <= LIMIT,
            "{running:?}, {verifying:?}: over {LIMIT:?}"
        );
        let Size { groups, each, rooms } = size;
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "| {groups} | {each} | {rooms} | {} | {} | {} | {} |",
            result.won().count(),
            milliseconds(running),
            milliseconds(verifying),
            file.len().div_ceil(1_024)
        );
    }
    publish("draws", &table, quick);
}

/// Wishes of one to five hours, scattered over rooms and the week.
fn input(Size { groups, each, rooms }: Size) -> DrawInput {
    let wishes = (0..groups * each).map(|n| {
        let scattered = n.wrapping_mul(2_654_435_761);
        let from = scattered % 168 * HOUR;
        let until = (from + (n % 5 + 1) * HOUR) % WEEK;
        DrawWish {
            id: WishId(i64::from(n) + 1),
            entrant: Entrant::Group(GroupId(i64::from(n % groups) + 1)),
            resource: Resource::Room(RoomId(i64::from(scattered / 168 % rooms) + 1)),
            span: WeekSpan::new(from, if until == 0 { WEEK } else { until }).unwrap(),
            importance: Importance::new(u8::try_from(scattered / 7 % 5 + 1).unwrap()).unwrap(),
            order: n / groups,
        }
    });
    DrawInput::new(DrawId(1), wishes.collect(), []).unwrap()
}

fn median(repeats: usize, mut once: impl FnMut()) -> Duration {
    let mut times: Vec<_> = (0..repeats)
        .map(|_| {
            let from = Instant::now();
            once();
            from.elapsed()
        })
        .collect();
    times.sort_unstable();
    times.get(repeats / 2).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1e3)
}
