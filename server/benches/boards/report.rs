//! The figures as a table, for the terminal and for `BENCHMARKS.md`.

use crate::{
    Size,
    common::{machine, publish, today},
    load::Figures,
    tally::Counts,
};
use std::{fmt::Write, time::Duration};

/// The most that the p99 of a swipe may be beside an attack.
const SWIPE_MS: f64 = 50.0;

/// An attack, what it did to a board and to the memory, and whether it was one.
pub struct Attack {
    pub name: &'static str,
    pub swipes: Figures,
    /// Memory that the server took for it, and how much it may.
    pub megabytes: f64,
    pub most: f64,
    /// What the server took of it, and the unit of that; `None` if nobody attacks.
    pub accepted: Option<(Counts, &'static str)>,
}

impl Attack {
    /// The bounds that it exceeds. What is no number exceeds all.
    fn faults(&self) -> Vec<String> {
        let Self { name, swipes, megabytes, most, accepted } = self;
        let is_over = |figure: f64, most: f64| figure.is_nan() || figure > most;
        let mut faults = Vec::new();
        if is_over(swipes.p99_ms, SWIPE_MS) {
            faults.push(format!("beside {name}: the p99 of a swipe is {:.1} ms of {SWIPE_MS:.0}", swipes.p99_ms));
        }
        if swipes.lost > 0 {
            faults.push(format!("beside {name}: a swipe was not answered"));
        }
        if is_over(*megabytes, *most) {
            faults.push(format!("beside {name}: the memory grew by {megabytes:.0} MB of {most:.0}"));
        }
        if accepted.as_ref().is_some_and(|(counts, _)| counts.accepted == 0) {
            faults.push(format!("{name}: the server took nothing of it, so it shows nothing ({})", self.taken()));
        }
        faults
    }

    /// What the server took and refused.
    fn taken(&self) -> String {
        let Some((Counts { accepted, refused }, unit)) = &self.accepted else { return String::new() };
        let refused: Vec<_> = refused.iter().map(|(status, count)| format!(", {count} × {status}")).collect();
        format!("{accepted} {unit}{}", refused.concat())
    }
}

struct Row {
    what: String,
    through: String,
    figures: Figures,
}

pub struct Report {
    size: Size,
    rows: Vec<Row>,
    attacks: Vec<Attack>,
    notes: Vec<String>,
}

impl Report {
    pub fn new(size: Size) -> Self {
        Self { size, rows: Vec::new(), attacks: Vec::new(), notes: Vec::new() }
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

    pub fn attack(&mut self, attack: Attack) {
        let Attack { name, swipes: Figures { p50_ms, p99_ms, .. }, megabytes, .. } = &attack;
        eprintln!(
            "  beside {name}: p50 {p50_ms:.3} ms, p99 {p99_ms:.3} ms, + {megabytes:.0} MB, {}",
            attack.taken()
        );
        self.attacks.push(attack);
    }

    /// The bounds that attacks exceed.
    pub fn faults(&self) -> Vec<String> {
        self.attacks.iter().flat_map(Attack::faults).collect()
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
        let Size { sequential, pipelined, pairs, pairs_each, rounds, attacks } = self.size;
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
        let _ = writeln!(
            text,
            "\nSwipes of one board beside attacks of {} s each; the p99 may be {SWIPE_MS:.0} ms.\n\n\
             | beside | p50 ms | p99 ms | memory, + MB | at most | taken by the server |\n|---|---|---|---|---|---|",
            attacks.as_secs()
        );
        for attack in &self.attacks {
            let Attack { name, swipes: Figures { p50_ms, p99_ms, .. }, megabytes, most, .. } = attack;
            let taken = attack.taken();
            let _ =
                writeln!(text, "| {name} | {p50_ms:.3} | {p99_ms:.3} | {megabytes:.0} | {most:.0} | {taken} |");
        }
        text.push('\n');
        for fault in self.faults() {
            let _ = writeln!(text, "- **{fault}**");
        }
        for note in &self.notes {
            let _ = writeln!(text, "- {note}");
        }
        text
    }
}
