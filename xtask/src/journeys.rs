//! Journeys in a real browser: which failed, and which are played once more. What they do is in `end2end/`.
//!
//! Invariant: a journey that fails twice is an error. One that passes when it is played again, alone, is unsteady: the
//! run goes on and its end names it, and more than [`MOST_UNSTEADY`] of them in all projects are an error.

use crate::{lint, meta::Workspace, npm, process};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::{fs, path::PathBuf, process::Command};

/// Unsteady journeys of a whole run. More of them have a cause in common, and playing them again would hide it.
const MOST_UNSTEADY: usize = 2;

/// Lines of a failure's message that are repeated at the end of the run.
const MESSAGE_LINES: usize = 12;

/// The journeys of all projects of `end2end/playwright.config.ts`, on one program.
pub struct Journeys<'a> {
    workspace: &'a Workspace,
    program: PathBuf,
    long: bool,
    unsteady: Vec<Failure>,
}

/// A journey that failed, and the first lines of its message.
#[derive(Debug, PartialEq, Eq)]
struct Failure {
    journey: String,
    message: String,
}

impl<'a> Journeys<'a> {
    /// With `long`, those of the README's commands build the program to install too.
    pub fn new(workspace: &'a Workspace, program: PathBuf, long: bool) -> Self {
        Self { workspace, program, long, unsteady: Vec::new() }
    }

    /// Plays those of `project`, `workers` at once, on the release page, except the README's, which build their own.
    pub fn play(&mut self, project: &str, workers: u8) -> Result<()> {
        let report = self.report(project);
        let first = process::run(self.playwright(project)?.arg(format!("--workers={workers}")));
        let Err(error) = first else { return Ok(()) };
        // Without a report the driver itself has failed.
        let failures = fs::read(&report).ok().and_then(|it| failures(&it).ok()).unwrap_or_default();
        if failures.is_empty() {
            return Err(error);
        }
        if self.unsteady.len() + failures.len() > MOST_UNSTEADY {
            bail!("{error:#}: too many journeys failed to play them again");
        }
        eprintln!("\nagain, alone, and with a trace in {}/test-results:", self.workspace.end2end().display());
        process::run(self.playwright(project)?.args(["--last-failed", "--workers=1", "--trace=on"]))?;
        self.unsteady.extend(failures);
        Ok(())
    }

    /// What the end of the run says of each unsteady journey.
    pub fn remarks(self) -> impl Iterator<Item = String> {
        self.unsteady.into_iter().map(|it| {
            format!(
                "unsteady: {} failed at first, and passed when it was played again:\n{}",
                it.journey, it.message
            )
        })
    }

    fn playwright(&self, project: &str) -> Result<Command> {
        let mut playwright = npm::playwright(&self.workspace.end2end(), &self.program)?;
        if self.long {
            playwright.env("TOOLGATE_LONG", "1");
        }
        playwright.args([format!("--project={project}").as_str(), "--reporter=list,json"]);
        // Some start the build tool.
        lint::announce(&mut playwright);
        playwright.env("PLAYWRIGHT_JSON_OUTPUT_FILE", self.report(project));
        Ok(playwright)
    }

    fn report(&self, project: &str) -> PathBuf {
        self.workspace.site().with_file_name(format!("journeys-{project}.json"))
    }
}

/// The journeys that failed, from the driver's report. An error if something else went wrong as well.
fn failures(report: &[u8]) -> Result<Vec<Failure>> {
    let report: Value = serde_json::from_slice(report).context("the report of the journeys")?;
    ensure!(list(&report, "errors").is_empty(), "an error outside of a journey");
    let mut found = Vec::new();
    for suite in list(&report, "suites") {
        collect(suite, &mut found);
    }
    Ok(found)
}

fn collect(suite: &Value, found: &mut Vec<Failure>) {
    for spec in list(suite, "specs") {
        let tests = list(spec, "tests").iter().filter(|it| it["status"] == "unexpected");
        for test in tests {
            let message = list(test, "results").iter().find_map(|it| it["error"]["message"].as_str());
            found.push(Failure {
                journey: format!("{}:{} {}", text(spec, "file"), spec["line"], text(spec, "title")),
                message: first_lines(message.unwrap_or("without a message")),
            });
        }
    }
    for suite in list(suite, "suites") {
        collect(suite, found);
    }
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// The first lines of a message, indented and without the colours of a terminal.
fn first_lines(message: &str) -> String {
    let mut pieces = message.split("\u{1b}[");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        plain += piece.split_once('m').map_or(piece, |(_, rest)| rest);
    }
    let lines = plain.lines().filter(|it| !it.trim().is_empty()).take(MESSAGE_LINES);
    lines.map(|it| format!("    {it}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn spec(title: &str, status: &str, message: Option<&str>) -> Value {
        let results = match message {
            Some(message) => json!([{ "status": "failed", "error": { "message": message } }]),
            None => json!([{ "status": status }]),
        };
        json!({ "title": title, "file": "now.spec.ts", "line": 7, "tests": [{ "status": status, "results": results }] })
    }

    #[test]
    fn failed_journeys_are_found_in_every_suite_with_plain_messages() {
        let report = json!({
            "errors": [],
            "suites": [
                { "specs": [spec("page opens", "expected", None), spec("not reached", "skipped", None)] },
                { "suites": [{ "specs": [spec("page closes", "unexpected", Some("\u{1b}[2mno button\u{1b}[22m\n\n  at 3"))] }] },
            ],
        });
        let found = failures(report.to_string().as_bytes()).unwrap();
        let expected = Failure {
            journey: "now.spec.ts:7 page closes".to_owned(),
            message: "    no button\n      at 3".to_owned(),
        };
        assert_eq!(found, [expected]);
    }

    #[test]
    fn error_outside_of_journeys_is_no_failure_of_one() {
        let report = json!({ "errors": [{ "message": "no such file" }], "suites": [] });
        assert_eq!(
            failures(report.to_string().as_bytes()).unwrap_err().to_string(),
            "an error outside of a journey"
        );
        failures(b"cut o").unwrap_err();
    }
}
