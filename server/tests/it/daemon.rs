//! Server programs that are not ours, run by a test on loopback. Not here: how each is configured.

use crate::lab::SOON;
use std::{
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Instant,
};
use tempfile::TempDir;

/// A process with a folder; ends with the test.
pub struct Daemon {
    dir: TempDir,
    process: Option<Child>,
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Daemon {
    /// Not started.
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), process: None }
    }

    pub fn start(&mut self, command: &mut Command) {
        self.process = Some(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    }

    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    pub fn signal(&self, signal: &str) {
        let process = self.process.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([signal, &process]).status().unwrap().success());
    }

    /// A file in its folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Where the program `name` is. Debian installs daemons in sbin, which is not on every user's path.
pub fn program(name: &str) -> PathBuf {
    ["/usr/sbin", "/usr/bin"]
        .iter()
        .map(|folder| Path::new(folder).join(name))
        .find(|path| path.exists())
        .unwrap_or_else(|| panic!("{name} is missing: install its package with `cargo xtask setup`"))
}

/// Returns once `port` accepts connections.
pub async fn accepting(port: u16) {
    let begun = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        assert!(begun.elapsed() < SOON, "port {port} accepts no connection");
        tokio::task::yield_now().await;
    }
}
