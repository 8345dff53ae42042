//! Rebuilds and restarts when a source changes.
//!
//! Invariant: a change that does not compile leaves the running server alone. The server is our own child and is
//! stopped by its id.

use crate::{build, files, meta::Workspace, page, process, run};
use anyhow::{Context, Result};
use signal_hook::{
    consts::{SIGINT, SIGTERM},
    flag,
};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    process::{Child, Command},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant, SystemTime},
};

const POLL: Duration = Duration::from_millis(500);
/// The server's limit for a graceful stop, and a little more.
const STOP: Duration = Duration::from_secs(12);

type Snapshot = BTreeMap<PathBuf, SystemTime>;

pub fn watch(workspace: &Workspace, args: &[String]) -> Result<()> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        flag::register(signal, Arc::clone(&stop))?;
    }
    let mut server: Option<Child> = None;
    let mut built = Snapshot::new();
    while !stop.load(Ordering::Relaxed) {
        let now = settled(workspace)?;
        if now != built {
            built = now;
            match rebuild(workspace) {
                Ok(binary) => {
                    server.take().map(end).transpose()?;
                    server = Some(run::demo(workspace, &binary, args).spawn().context("toolgate demo")?);
                }
                // An interrupted build is no fault of the sources.
                Err(_) if stop.load(Ordering::Relaxed) => break,
                Err(error) => eprintln!("{error:#}\nwaiting for the next change"),
            }
        }
        thread::sleep(POLL);
    }
    server.map(end).transpose().map(drop)
}

fn rebuild(workspace: &Workspace) -> Result<PathBuf> {
    page::build(workspace, page::Profile::Dev)?;
    build::development(workspace)
}

/// The sources, once they have stopped changing: an editor saves many files, and each takes a moment.
fn settled(workspace: &Workspace) -> Result<Snapshot> {
    let mut last = snapshot(workspace)?;
    loop {
        thread::sleep(POLL / 5);
        let now = snapshot(workspace)?;
        if now == last {
            return Ok(now);
        }
        last = now;
    }
}

fn snapshot(workspace: &Workspace) -> Result<Snapshot> {
    let mut sources = page::sources(workspace);
    sources.extend(workspace.closure(&workspace.leptos.bin_package).into_iter().map(Into::into));
    sources.extend(["migrations", "Cargo.lock"].map(|it| workspace.root.join(it)));
    let mut snapshot = Snapshot::new();
    for source in sources {
        for file in files::below(&source)? {
            // Deleted between listing and reading: the next round notices.
            if let Ok(modified) = file.metadata().and_then(|it| it.modified()) {
                snapshot.insert(file, modified);
            }
        }
    }
    Ok(snapshot)
}

/// Asks the server to stop, and kills it after [`STOP`].
fn end(mut server: Child) -> Result<()> {
    if server.try_wait()?.is_some() {
        return Ok(());
    }
    process::read(Command::new("kill").args(["-TERM", &server.id().to_string()]))?;
    let request = Instant::now();
    while server.try_wait()?.is_none() {
        if request.elapsed() > STOP {
            eprintln!("the server did not stop by itself");
            server.kill()?;
        }
        thread::sleep(POLL / 10);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{io::Read, process::Stdio};

    /// A process that is up: it has printed a line.
    fn started(script: &str) -> Child {
        let mut child = Command::new("sh").args(["-c", script]).stdout(Stdio::piped()).spawn().unwrap();
        let mut name = [0; 6];
        child.stdout.take().unwrap().read_exact(&mut name).unwrap();
        assert_eq!(&name, b"ready\n");
        child
    }

    #[test]
    fn running_server_is_stopped_gracefully() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("stopped");
        let script = format!(
            "trap 'echo in order > {}; exit 0' TERM; echo ready; while :; do sleep 0.01; done",
            file.display()
        );
        end(started(&script)).unwrap();
        assert_eq!(std::fs::read_to_string(file).unwrap(), "in order\n");
    }

    #[test]
    fn exited_server_is_left_alone() {
        let mut child = started("echo ready");
        child.wait().unwrap();
        end(child).unwrap();
    }
}
