//! Everything that must hold before a change lands.

use crate::{
    build, lint,
    meta::Workspace,
    npm, page, process, script,
    setup::{self, Need},
    size,
    steps::Steps,
};
use anyhow::Result;
use std::process::Command;

/// Runs every check, also after one has failed, and ends with a line for each. `fast` leaves out the page and the
/// browser.
pub fn test(workspace: &Workspace, fast: bool) -> Result<()> {
    let needs: &[Need] = if fast { &[Need::Wasm, Need::Script, Need::Broker, Need::Clock] } else { Need::ALL };
    setup::ensure(workspace, needs)?;
    let mut steps = Steps::default();
    lint::add(workspace, &mut steps);
    steps.step("tests in the documentation", || documentation(workspace));
    steps.step("tests, xtask", || tests(workspace, |it| it.args(["--package", env!("CARGO_PKG_NAME")])));
    steps.step("tests, server's half", || tests(workspace, |it| lint::select(workspace, it)));
    steps.step("tests, page's script", || script::test(workspace));
    if !fast {
        let page = steps.step("page", || page::build(workspace, page::Profile::Release).map(drop));
        if page {
            steps.step("size", || size::report(workspace, None));
            steps.step("browser", || browser(workspace));
        } else {
            steps.skip("size");
            steps.skip("browser");
        }
    }
    steps.finish()
}

fn tests(workspace: &Workspace, select: impl FnOnce(&mut Command) -> &mut Command) -> Result<()> {
    let nextest = process::find(&["cargo-nextest"]).is_some();
    let mut cargo = workspace.cargo(if nextest { "nextest" } else { "test" });
    if nextest {
        cargo.arg("run");
    }
    select(&mut cargo);
    // Without nextest, `cargo test` would stop at the first crate that fails.
    process::run(cargo.arg("--no-fail-fast"))
}

fn documentation(workspace: &Workspace) -> Result<()> {
    process::run(lint::select(workspace, &mut workspace.cargo("test")).arg("--doc"))
}

/// The journeys in a real browser, on the release page.
fn browser(workspace: &Workspace) -> Result<()> {
    let binary = build::development(workspace)?;
    process::run(&mut npm::playwright(&workspace.end2end(), &binary)?)
}
