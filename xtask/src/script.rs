//! Bundles, checks and tests the page's TypeScript, by the scripts of `frontend/page/package.json`.
//!
//! Invariant: development and release ship the same minified code, and it is the code that the tests run.
//! Not here: where it goes in the page, which is `bundle.rs`.
//!
//! The bundle is appended to the main script, so it costs no request. `tables.ts` and `photos.ts` are files of their
//! own, loaded on first use and counted separately by `cargo xtask size`.

use crate::{
    meta::Workspace,
    npm, process,
    setup::{self, Need},
};
use anyhow::Result;

pub fn build(workspace: &Workspace) -> Result<String> {
    process::read(&mut npm::script(&workspace.script(), "build"))
}

/// What works tables, loaded with the first of them.
pub fn tables(workspace: &Workspace) -> Result<String> {
    process::read(&mut npm::script(&workspace.script(), "tables"))
}

/// What makes photos smaller, loaded with the first field for one.
pub fn photos(workspace: &Workspace) -> Result<String> {
    process::read(&mut npm::script(&workspace.script(), "photos"))
}

/// The service worker, a script of its own at an address that stays.
pub fn worker(workspace: &Workspace) -> Result<String> {
    process::read(&mut npm::script(&workspace.script(), "worker"))
}

/// Checks the types, of the tests too.
pub fn check(workspace: &Workspace) -> Result<()> {
    run(workspace, "check")
}

/// Runs the unit tests.
pub fn test(workspace: &Workspace) -> Result<()> {
    run(workspace, "test")
}

fn run(workspace: &Workspace, script: &str) -> Result<()> {
    setup::ensure(workspace, &[Need::Script])?;
    process::run(&mut npm::script(&workspace.script(), script))
}
