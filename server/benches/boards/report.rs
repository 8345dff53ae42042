//! The figures as a table, for the terminal and for `BENCHMARKS.md`.

use crate::{
    Size,
    common::{machine, publish, today},
    load::Figures,
};
use std::{fmt::Write, time::Duration};

struct Row {
    what: String,
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

    pub fn latency(&mut self, what: &str, through: &str, figures: &Figures) {
        eprintln!("  {what}: p50 {:.3} ms, {:.0}/s", figures.p50_ms, figures.per_second);
        self.rows.push(Row { what: what.into(), through: through.into(), figures: *figures });
    }

    pub fn rate(&mut self, what: &str, through: &str, figures: &Figures) {
        eprintln!("  {what}: {:.0}/s, {} lost", figures.per_second, figures.lost);
        self.rows.push(Row { what: what.into(), through: through.into(), figures: *figures });
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

    /// Memory taken by an attack.
    pub fn grown(&mut self, by: &str, megabytes: f64) {
        self.notes.push(format!("memory for {by}: **{megabytes:.1} MB**"));
    }

    /// Speed-up, row by row.
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

    pub fn print_and_write(&self, quick: bool, peer: bool, long: bool) {
        publish("boards", &self.table(peer, long), quick);
    }

    fn table(&self, peer: bool, long: bool) -> String {
        let mut text = String::new();
        let flags = [(peer, " --peer"), (long, " --long")].map(|(is, flag)| if is { flag } else { "" });
        let command = format!("cargo xtask bench boards{}", flags.concat());
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
