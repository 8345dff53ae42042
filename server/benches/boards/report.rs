//! The figures as a table, for the terminal and for `BENCHMARKS.md`.

use crate::{Size, load::Figures};
use std::{
    fmt::Write,
    fs,
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../BENCHMARKS.md");
const BEGIN: &str = "<!-- boards: begin -->";
const END: &str = "<!-- boards: end -->";

struct Row {
    what: &'static str,
    through: String,
    figures: Figures,
}

pub struct Report {
    size: Size,
    rows: Vec<Row>,
    notes: Vec<String>,
}

impl Report {
    pub fn new(size: Size) -> Self {
        Self { size, rows: Vec::new(), notes: Vec::new() }
    }

    pub fn latency(&mut self, what: &'static str, through: &str, figures: &Figures) {
        eprintln!("  {what}: p50 {:.3} ms, {:.0}/s", figures.p50_ms, figures.per_second);
        self.rows.push(Row { what, through: through.into(), figures: *figures });
    }

    pub fn rate(&mut self, what: &'static str, through: &str, figures: &Figures) {
        eprintln!("  {what}: {:.0}/s, {} lost", figures.per_second, figures.lost);
        self.rows.push(Row { what, through: through.into(), figures: *figures });
    }

    pub fn ratio(&mut self, what: &str, through: &str, ratio: f64) {
        self.notes.push(format!("{what}, {through}: **{ratio:.2}**"));
    }

    pub fn start(&mut self, through: &str, started_in: Duration, memory: f64) {
        let started = started_in.as_millis();
        self.notes
            .push(format!("from start to the first answer, {through}: {started} ms; memory then {memory:.1} MB"));
    }

    pub fn memory_after(&mut self, through: &str, memory: f64) {
        self.notes.push(format!("memory after all of it, {through}: {memory:.1} MB"));
    }

    /// How many times faster, row by row.
    pub fn compare(&mut self, ours: &str, theirs: &str) {
        let rate = |what: &str, through: &str| {
            let row = self.rows.iter().find(|row| row.what == what && row.through == through);
            row.map_or(f64::NAN, |row| row.figures.per_second)
        };
        let lines: Vec<String> =
            ["checkuser", "pipelined checkuser", "start + stop, 1 board", "start + stop, 200 boards"]
                .iter()
                .map(|what| {
                    format!(
                        "{what}, times the old backend's rate: **{:.1}**",
                        rate(what, ours) / rate(what, theirs)
                    )
                })
                .collect();
        self.notes.extend(lines);
    }

    pub fn print_and_write(&self, quick: bool, peer: bool) {
        let table = self.table(peer);
        println!("{table}");
        if quick {
            println!("a quick run: not written to BENCHMARKS.md");
            return;
        }
        let old = fs::read_to_string(FILE).unwrap_or_default();
        let new = match (old.split_once(BEGIN), old.split_once(END)) {
            (Some((before, _)), Some((_, after))) => format!("{before}{BEGIN}\n{table}{END}{after}"),
            _ => format!("{old}\n{BEGIN}\n{table}{END}\n"),
        };
        fs::write(FILE, new).expect("BENCHMARKS.md");
    }

    fn table(&self, peer: bool) -> String {
        let mut text = String::new();
        let command = if peer { "cargo xtask bench boards --peer" } else { "cargo xtask bench boards" };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "`{command}` · {} · {}\n", today(), machine());
        let Size { sequential, pipelined, pairs, pairs_each, rounds } = self.size;
        let _ = writeln!(
            text,
            "{sequential} queries in sequence, {pipelined} pipelined over 200 machines (one under way each), {pairs} uses on \
             one board, {pairs_each} on each of 200; median of {rounds} rounds.\n"
        );
        text += "| what | broker | p50 ms | p99 ms | per second | unanswered |\n|---|---|---|---|---|---|\n";
        for Row { what, through, figures } in &self.rows {
            let Figures { p50_ms, p99_ms, per_second, lost } = figures;
            let _ =
                writeln!(text, "| {what} | {through} | {p50_ms:.3} | {p99_ms:.3} | {per_second:.0} | {lost} |");
        }
        text.push('\n');
        for note in &self.notes {
            let _ = writeln!(text, "- {note}");
        }
        text
    }
}

#[expect(clippy::disallowed_methods, reason = "the date of a report")]
fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let days = i64::try_from(since.as_secs() / 86_400).unwrap_or(0);
    let date = domain::time::Date::from_days(days);
    format!("{}-{:02}-{:02}", date.year, date.month, date.day)
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let model = model.trim_start_matches(['\t', ' ', ':']);
    let kernel = Command::new("uname")
        .arg("-sr")
        .output()
        .map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned());
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    format!("{cores} cores, {model}, {}, load {load} at the end", kernel.unwrap_or_default())
}
