//! Toolgate's build tool: `cargo xtask <command>`.
//!
//! Invariant: a step that is already done costs next to nothing, so each command runs all steps it needs. Not here:
//! names and folders of the page, which are in `[[workspace.metadata.leptos]]`.

mod apt;
mod areas;
mod bench;
mod build;
mod bundle;
mod circles;
mod compact;
mod dev;
mod edges;
mod files;
mod journeys;
mod licences;
mod lint;
mod merge;
mod meta;
mod names;
mod npm;
mod page;
mod process;
mod repository;
mod run;
#[cfg(test)]
mod sample;
mod script;
mod setup;
mod shots;
mod site;
mod size;
mod steps;
mod style;
mod test;
mod wasm;
mod wording;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Builds, runs and tests Toolgate. Whatever a command needs and does not find, it installs or names first.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", version, propagate_version = false)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the demo workshop: build what changed, then `toolgate demo`
    Run {
        /// Passed on to `toolgate demo`, for example `-- --data /tmp/demo`
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Like `run`, and build and start again whenever a source changes
    Dev {
        /// Passed on to `toolgate demo`
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Check everything: lints, tests, dependency edges, page, sizes, browser
    Test {
        /// Leave out the page and the browser
        #[arg(long)]
        fast: bool,
        /// Try every property in all its cases, five times as many, and build the program to install as the README says
        #[arg(long)]
        long: bool,
    },
    /// Build the one binary to install, with the page inside
    Build,
    /// Build the browser's half only
    Page {
        /// Small instead of quick: optimised, compressed, as it ships
        #[arg(long)]
        release: bool,
    },
    /// Formatting, clippy for both halves, types of the page's script, dependencies' licences and advisories, the repository's own rules
    Lint,
    /// Compressed size of the first load and of every lazy page; fails over the budget
    Size {
        /// Count the HTML of this running server too, for example `http://127.0.0.1:3000`
        #[arg(long, value_name = "URL")]
        server: Option<String>,
    },
    /// Run a benchmark of the server
    Bench(bench::Args),
    /// Photograph every page, at three widths, in both themes and languages, onto one sheet
    Shots {
        /// Only pages whose address contains this, for example `book`
        #[arg(long)]
        only: Option<String>,
    },
    /// Install what the other commands need
    Setup,
}

fn main() -> ExitCode {
    match perform(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        // The causes without a backtrace, which would only show this tool.
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(command: Command) -> Result<()> {
    let workspace = meta::Workspace::load()?;
    match command {
        Command::Run { args } => run::run(&workspace, &args),
        Command::Dev { args } => dev::watch(&workspace, &args),
        Command::Test { fast, long } => test::test(&workspace, fast, long),
        Command::Build => build::build(&workspace),
        Command::Page { release } => page::build(&workspace, page::Profile::from_release(release)).map(drop),
        Command::Lint => lint::lint(&workspace),
        Command::Size { server } => size::report(&workspace, server.as_deref()),
        Command::Bench(args) => bench::bench(&workspace, &args),
        Command::Shots { only } => shots::shots(&workspace, only.as_deref()),
        Command::Setup => setup::ensure(&workspace, setup::Need::ALL),
    }
}
