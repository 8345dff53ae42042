//! All checks of a change before it lands.

use crate::{
    build,
    journeys::Journeys,
    lint,
    meta::Workspace,
    process, script,
    setup::{self, Need},
    size,
    steps::Steps,
};
use anyhow::{Context, Result, ensure};
use std::{
    env,
    fs::{self, File},
    path::PathBuf,
    process::{Child, Command},
    thread,
};

/// Cases of each property on every push: a fifth of the 256 that proptest tries by itself.
const SHORT: &str = "51";

/// The step, the project in `end2end/playwright.config.ts`, and how many of its journeys run at once. The README's
/// commands come last: the first of them puts the development page where the release page was.
const JOURNEYS: [(&str, &str, u8); 4] = [
    ("browser, side by side", "beside", 2),
    ("browser, waiting", "waiting", 4),
    ("browser, one at a time", "alone", 1),
    ("commands of the README", "readme", 1),
];

/// Runs every check, even after one has failed, and ends with a line for each. `fast` leaves out the page and the
/// browser; without `long`, properties run a fifth of their cases, and the program to install is not built.
pub fn test(workspace: &Workspace, fast: bool, long: bool) -> Result<()> {
    let needs: &[Need] = if fast {
        &[Need::Wasm, Need::Script, Need::Node, Need::Broker, Need::Directory, Need::Compiler, Need::Clock]
    } else {
        Need::ALL
    };
    setup::ensure(workspace, needs)?;
    let mut steps = Steps::default();
    let page = (!fast).then(|| Page::begin(workspace));
    lint::add_compiling(workspace, &mut steps);
    if fast {
        steps.step("clippy, browser's half", || lint::browser(workspace));
    }
    // Before the server's tests, which find the page or none, not a part of it.
    let page = page.map(|page| steps.step("page", || page?.built()));
    steps.step("tests, xtask", || {
        tests(workspace, long, |it| {
            // They compile a small page.
            lint::announce(it);
            lint::while_compiling(lint::select_tool(it))
        })
    });
    steps.step("tests, server's half", || {
        tests(workspace, long, |it| lint::while_compiling(lint::select(workspace, it)))
    });
    steps.step("tests, page's script", || script::test(workspace));
    if let Some(is_built) = page {
        if is_built {
            steps.step("size", || size::report(workspace, None));
            let mut journeys = None;
            steps.step("program for the browser", || {
                journeys = Some(Journeys::new(workspace, build::checked(workspace)?, long));
                Ok(())
            });
            for (step, project, workers) in JOURNEYS {
                match &mut journeys {
                    Some(journeys) => drop(steps.step(step, || journeys.play(project, workers))),
                    None => steps.skip(step),
                }
            }
            journeys.into_iter().flat_map(Journeys::remarks).for_each(|it| steps.remark(it));
        } else {
            for step in ["size", "program for the browser"].into_iter().chain(JOURNEYS.map(|it| it.0)) {
                steps.skip(step);
            }
        }
    }
    steps.finish()
}

/// The page, built beside the lints: one thread links it for minutes, and of the lints few parts take both cores.
struct Page {
    build: Child,
    /// What it prints, shown when it is waited for.
    log: PathBuf,
}

impl Page {
    fn begin(workspace: &Workspace) -> Result<Self> {
        let log = workspace.site().with_extension("log");
        fs::create_dir_all(workspace.site()).context("folder of the page")?;
        let output = File::create(&log).with_context(|| log.display().to_string())?;
        let mut build = Command::new(env::current_exe()?);
        build.args(["page", "--release"]).stdout(output.try_clone()?).stderr(output);
        lint::announce(&mut build);
        Ok(Self { build: build.spawn().context("cannot start the build of the page")?, log })
    }

    fn built(mut self) -> Result<()> {
        let status = self.build.wait()?;
        eprint!("{}", fs::read_to_string(&self.log)?);
        ensure!(status.success(), "the page was not built ({status})");
        Ok(())
    }
}

fn tests(
    workspace: &Workspace,
    long: bool,
    select: impl FnOnce(&mut Command) -> Result<&mut Command>,
) -> Result<()> {
    let nextest = process::find(&["cargo-nextest"]).is_some();
    let mut cargo = workspace.cargo(if nextest { "nextest" } else { "test" });
    if nextest {
        // Many wait: for the disk, for a clock, for a server that says nothing.
        let threads = thread::available_parallelism().map_or(4, |cores| 2 * cores.get());
        cargo.args(["run", "--test-threads", &threads.to_string()]);
    }
    if !long {
        cargo.env("PROPTEST_CASES", SHORT);
    }
    // Without nextest, `cargo test` would stop at the first crate that fails.
    process::run(select(&mut cargo)?.arg("--no-fail-fast"))
}
