//! How long a large draw takes: 60 groups with 20 wishes each for 40 rooms, at most a second. And the largest that is
//! allowed, made to take long.
//!
//! `cargo xtask bench draws [--quick]`; the table goes to the terminal and into `BENCHMARKS.md`.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a measurement that cannot go on should stop")]

use domain::{
    bookings::Resource,
    draws::{DrawInput, DrawWish, Entrant, Importance, MAX_WISHES, Secret, WEEK, WeekSpan, proof, run, verify},
    id::{DrawId, GroupId, RoomId, WishId},
};
use std::{
    fmt::Write,
    fs,
    hint::black_box,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../BENCHMARKS.md");
const BEGIN: &str = "<!-- draws: begin -->";
const END: &str = "<!-- draws: end -->";

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
    println!("{table}");
    if quick {
        println!("a quick run: not written to BENCHMARKS.md");
    } else {
        write(&table);
    }
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

fn write(table: &str) {
    let old = fs::read_to_string(FILE).unwrap_or_default();
    let new = match (old.split_once(BEGIN), old.split_once(END)) {
        (Some((before, _)), Some((_, after))) => format!("{before}{BEGIN}\n{table}{END}{after}"),
        _ => format!("{old}\n{BEGIN}\n{table}{END}\n"),
    };
    fs::write(FILE, new).expect("BENCHMARKS.md");
}

#[expect(clippy::disallowed_methods, reason = "the date of a report")]
fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let date = domain::time::Date::from_days(i64::try_from(since.as_secs() / 86_400).unwrap_or(0));
    format!("{}-{:02}-{:02}", date.year, date.month, date.day)
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    format!("{cores} cores, {}, load {load} at the end", model.trim_start_matches(['\t', ' ', ':']))
}
