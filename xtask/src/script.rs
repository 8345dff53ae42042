//! Bundles, checks and tests the page's TypeScript with the scripts of `frontend/page/package.json`.
//!
//! Invariant: development and release ship the same minified code, which is also the code the tests run. Not here: its
//! place in the page, which is in `bundle.rs`.
//!
//! The bundle is appended to the main script, so it costs no request. `tables.ts`, `photos.ts`, `roster.ts`, `push.ts` and
//! `passkeys.ts` are files of their own, loaded on first use and counted separately by `cargo xtask size`.

use crate::{
    meta::Workspace,
    npm, process,
    setup::{self, Need},
};
use anyhow::Result;

pub fn build(workspace: &Workspace) -> Result<String> {
    process::read(&mut npm::script(&workspace.script(), "build"))
}

/// The script of tables, loaded with the first one.
pub fn tables(workspace: &Workspace) -> Result<String> {
    process::read(&mut npm::script(&workspace.script(), "tables"))
}

/// The script that shrinks photos, loaded with the first field for one.
pub fn photos(workspace: &Workspace) -> Result<String> {
    process::read(&mut npm::script(&workspace.script(), "photos"))
}

/// The script that ticks people off the list of an evacuation, loaded with that list.
pub fn roster(workspace: &Workspace) -> Result<String> {
    process::read(&mut npm::script(&workspace.script(), "roster"))
}

/// The script that turns on notifications, loaded with their page.
pub fn push(workspace: &Workspace) -> Result<String> {
    process::read(&mut npm::script(&workspace.script(), "push"))
}

/// The script that asks for passkeys, loaded with the first form for one.
pub fn passkeys(workspace: &Workspace) -> Result<String> {
    process::read(&mut npm::script(&workspace.script(), "passkeys"))
}

/// The service worker, a script at a fixed address.
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
