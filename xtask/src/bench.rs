//! Benchmarks of the server, and of its pages on a slow phone.

use crate::{
    build,
    meta::Workspace,
    npm, page, process,
    setup::{self, Need},
    steps,
};
use anyhow::Result;

/// Which benchmark, and how.
#[derive(clap::Args)]
pub struct Args {
    /// Its name: `boards`, `live`, `training`, `booking`, `pages`, `access`, `series`, `events`, `meters`, `draws`, or `phone`: a member's pages on a slow one
    name: String,
    /// Measure the old backend beside it, from its published package
    #[arg(long)]
    peer: bool,
    /// With ten million uses behind one machine: of `boards`, and minutes to make
    #[arg(long)]
    long: bool,
    /// Fewer rounds
    #[arg(long)]
    quick: bool,
}

/// Runs one benchmark to the end.
pub fn bench(workspace: &Workspace, args: &Args) -> Result<()> {
    if args.name == "phone" {
        return phone(workspace);
    }
    let needs: &[Need] = if args.peer { &[Need::Broker, Need::Python] } else { &[] };
    setup::ensure(workspace, needs)?;
    let mut cargo = workspace.cargo("bench");
    // Decisions need no server around them, and draws no database.
    let package = match args.name.as_str() {
        "access" | "series" | "events" | "meters" => "services",
        "draws" => "domain",
        _ => &workspace.leptos.bin_package,
    };
    cargo.args(["--package", package]);
    cargo.args(["--bench", &args.name, "--"]);
    cargo
        .args(args.peer.then_some("--peer"))
        .args(args.long.then_some("--long"))
        .args(args.quick.then_some("--quick"));
    steps::timed(&format!("benchmark {}", args.name), 600, || process::run(&mut cargo))
}

/// In a browser, on the release page, with the server as it is developed.
fn phone(workspace: &Workspace) -> Result<()> {
    setup::ensure(workspace, Need::ALL)?;
    page::build(workspace, page::Profile::Release)?;
    let binary = build::development(workspace)?;
    process::run(npm::playwright(&workspace.end2end(), &binary)?.args(["--config", "phone.config.ts"]))
}
