//! Progress: the present step, its expected and actual duration.
//!
//! Invariant: nothing runs longer than a few seconds without a line that names it.

use anyhow::{Result, bail};
use std::time::Instant;

/// Does one thing between two lines. `about` is in seconds, on two cores, the first time.
pub fn timed<T>(what: &str, about: u32, act: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("{what} … (about {about} s the first time)");
    let start = Instant::now();
    let done = act()?;
    eprintln!("{what}: {:.1} s", start.elapsed().as_secs_f32());
    Ok(done)
}

/// Steps that all run even if one fails, and the final table.
#[derive(Default)]
pub struct Steps {
    rows: Vec<Row>,
    remarks: Vec<String>,
}

struct Row {
    name: &'static str,
    seconds: f32,
    outcome: Outcome,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Ok,
    Failed,
    Skipped,
}

impl Steps {
    /// Runs a step; returns whether it passed.
    pub fn step(&mut self, name: &'static str, act: impl FnOnce() -> Result<()>) -> bool {
        eprintln!("\n== {name}");
        let start = Instant::now();
        let result = act();
        if let Err(error) = &result {
            eprintln!("{name}: {error:#}");
        }
        let outcome = if result.is_ok() { Outcome::Ok } else { Outcome::Failed };
        self.rows.push(Row { name, seconds: start.elapsed().as_secs_f32(), outcome });
        result.is_ok()
    }

    /// Records a step that cannot run because an earlier one failed.
    pub fn skip(&mut self, name: &'static str) {
        self.rows.push(Row { name, seconds: 0.0, outcome: Outcome::Skipped });
    }

    /// Records what the end has to say although no step failed.
    pub fn remark(&mut self, remark: String) {
        self.remarks.push(remark);
    }

    /// Prints the table and the remarks; an error if anything failed.
    pub fn finish(self) -> Result<()> {
        eprintln!("\n{}", self.table());
        for remark in &self.remarks {
            eprintln!("\n{remark}");
        }
        let failed: Vec<_> =
            self.rows.iter().filter(|it| it.outcome == Outcome::Failed).map(|it| it.name).collect();
        if failed.is_empty() {
            return Ok(());
        }
        bail!("failed: {}", failed.join(", "));
    }

    fn table(&self) -> String {
        let width = self.rows.iter().map(|it| it.name.chars().count()).max().unwrap_or(0);
        let lines = self.rows.iter().map(|row| {
            let name = match row.outcome {
                Outcome::Ok => "ok",
                Outcome::Failed => "FAILED",
                Outcome::Skipped => "skipped",
            };
            format!("{:<width$} {:>7.1} s  {name}", row.name, row.seconds)
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_step_runs_the_rest_and_fails_the_whole() {
        let mut steps = Steps::default();
        assert!(!steps.step("lint", || bail!("one warning")));
        steps.skip("browser");
        assert!(steps.step("tests", || Ok(())));
        let table: Vec<_> =
            steps.table().lines().map(|it| it.split_whitespace().last().unwrap().to_owned()).collect();
        assert_eq!(table, ["FAILED", "skipped", "ok"]);
        assert_eq!(steps.finish().unwrap_err().to_string(), "failed: lint");
    }
}
