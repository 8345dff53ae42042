//! Formatting, clippy, types of the page's script, dependencies, and the repository's own rules.
//!
//! Invariant: the two halves are never checked in one call of cargo. Together their features would unify, and neither
//! would be checked.
//!
//! `cargo xtask test` compiles the tests and the release page with clippy ([`while_compiling`]), because a separate clippy run
//! takes as long as compiling does.

use crate::{
    edges,
    meta::Workspace,
    process, repository, script,
    setup::{self, Need},
    steps::Steps,
    wasm::TARGET,
};
use anyhow::{Context, Result};
use std::{
    env,
    path::Path,
    process::{Command, Stdio},
};

/// Every target that is compiled at all. `--all-targets` would test the libraries that have no tests of their own.
const TARGETS: [&str; 3] = ["--bins", "--tests", "--benches"];

/// Set for calls of xtask that compile our crates with clippy, as those before them did.
const COMPILING: &str = "TOOLGATE_CLIPPY_COMPILES";

/// Runs every lint; an error if one finds something.
pub fn lint(workspace: &Workspace) -> Result<()> {
    setup::ensure(workspace, &[Need::Wasm, Need::Script])?;
    let mut steps = Steps::default();
    add_reading(workspace, &mut steps);
    steps.step("clippy, server's half", || clippy(workspace, |it| select(workspace, it)));
    steps.step("clippy, xtask", || clippy(workspace, select_tool));
    steps.step("clippy, browser's half", || browser(workspace));
    steps.step("types, page's script", || script::check(workspace));
    steps.finish()
}

/// Adds the lints to the list of all checks. What they compile is what the tests run. The browser's half is missing
/// here: the page is compiled with clippy.
pub fn add_compiling(workspace: &Workspace, steps: &mut Steps) {
    add_reading(workspace, steps);
    steps.step("clippy, server's half", || compile(workspace, |it| select(workspace, it).args(TARGETS)));
    // Its tests alone: with the program, this one would be replaced while it runs.
    steps.step("clippy, xtask", || compile(workspace, select_tool));
    steps.step("types, page's script", || script::check(workspace));
}

fn compile(workspace: &Workspace, select: impl FnOnce(&mut Command) -> &mut Command) -> Result<()> {
    let mut cargo = workspace.cargo("test");
    select(&mut cargo).arg("--no-run");
    process::run(while_compiling(&mut cargo)?)
}

/// Has this call of cargo compile our crates with clippy.
pub fn while_compiling(cargo: &mut Command) -> Result<&mut Command> {
    let sysroot = process::output("rustc", &["--print", "sysroot"])?;
    compiling_by(cargo, Path::new(&sysroot))
}

/// The same with the clippy of a compiler with this sysroot.
pub fn compiling_by<'a>(cargo: &'a mut Command, sysroot: &Path) -> Result<&'a mut Command> {
    let beside = sysroot.join("bin/clippy-driver");
    let driver =
        if beside.exists() { beside } else { process::find(&["clippy-driver"]).context("clippy is missing")? };
    // As cargo-clippy passes them on.
    cargo.env("CLIPPY_ARGS", "-Dwarnings__CLIPPY_HACKERY__");
    Ok(cargo.env("RUSTC_WORKSPACE_WRAPPER", driver))
}

/// Whether this is a call of xtask below a run of all checks.
pub fn is_compiling() -> bool {
    env::var_os(COMPILING).is_some()
}

/// Has the calls of xtask below `command` compile with clippy.
pub fn announce(command: &mut Command) {
    command.env(COMPILING, "1");
}

/// Those that compile nothing.
fn add_reading(workspace: &Workspace, steps: &mut Steps) {
    steps.step("format", || process::run(workspace.cargo("fmt").args(["--all", "--", "--check"])));
    steps.step("repository", || repository::check(workspace));
    steps.step("edges", || edges::check(workspace));
    steps.step("dependencies", || dependencies(workspace));
}

/// Selects the build tool.
pub fn select_tool(cargo: &mut Command) -> &mut Command {
    cargo.args(["--package", env!("CARGO_PKG_NAME")])
}

/// Selects every crate of the server's half, with its features.
pub fn select<'a>(workspace: &Workspace, cargo: &'a mut Command) -> &'a mut Command {
    for package in workspace.server_half() {
        cargo.args(["--package", &package.name]);
    }
    cargo.args(["--features", "app/ssr"])
}

fn clippy(workspace: &Workspace, select: impl FnOnce(&mut Command) -> &mut Command) -> Result<()> {
    let mut clippy = workspace.cargo("clippy");
    process::run(select(&mut clippy).args(TARGETS).args(["--keep-going", "--", "-Dwarnings"]))
}

/// The browser's half, checked by itself.
pub fn browser(workspace: &Workspace) -> Result<()> {
    let toolchain = setup::toolchain(workspace, &[Need::Wasm])?;
    let mut cargo = toolchain.cargo();
    cargo.current_dir(&workspace.root).args([
        "clippy",
        "--package",
        &workspace.leptos.lib_package,
        "--package",
        "app",
        "--package",
        "sample",
    ]);
    cargo.args(["--features", "app/hydrate", "--target", TARGET, "--target-dir"]).arg(workspace.wasm_target());
    process::run(cargo.args(["--keep-going", "--", "-Dwarnings"]))
}

/// Licences, advisories and sources, if cargo-deny is installed. It takes minutes to install, and its absence says
/// nothing about the product.
fn dependencies(workspace: &Workspace) -> Result<()> {
    let deny = |args: &[&str]| {
        let mut deny = workspace.cargo("deny");
        deny.args(args);
        deny
    };
    let present = deny(&["--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !present.context("cargo")?.success() {
        eprintln!("not checked: cargo-deny is missing. Install with:\n\n    cargo install --locked cargo-deny\n");
        return Ok(());
    }
    process::run(&mut deny(&["check", "bans", "licenses", "sources"]))?;
    // Apart from the rest, as its database comes over the network.
    if let Err(error) = process::run(&mut deny(&["fetch", "db"])) {
        eprintln!("advisories not checked: {error:#}");
        return Ok(());
    }
    process::run(&mut deny(&["check", "--disable-fetch", "advisories"]))
}
