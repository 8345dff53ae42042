//! Screenshots of every page on one sheet, taken by `end2end/shots.ts`.
//!
//! Compare the sheet before and after a change of style.

use crate::{
    build,
    meta::Workspace,
    npm, page, process,
    setup::{self, Need},
};
use anyhow::Result;

/// Builds what changed, photographs the pages whose address contains `only`, and prints where the sheet is.
pub fn shots(workspace: &Workspace, only: Option<&str>) -> Result<()> {
    setup::ensure(workspace, Need::ALL)?;
    page::build(workspace, page::Profile::Release)?;
    let binary = build::development(workspace)?;
    let mut playwright = npm::playwright(&workspace.end2end(), &binary)?;
    process::run(playwright.args(["--config", "shots.config.ts"]).env("SHOTS_ONLY", only.unwrap_or_default()))?;
    println!("{}", workspace.root.join("target/shots/index.html").display());
    Ok(())
}
