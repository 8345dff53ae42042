//! A Mosquitto process of a test: a broker that is not ours.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long it may take to accept connections.
const START: Duration = Duration::from_secs(20);

/// Ends with the test.
pub struct Mosquitto {
    pub port: u16,
    dir: TempDir,
    process: Option<Child>,
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Mosquitto {
    /// On a free port; neither configured nor started.
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { port, dir, process: None }
    }

    /// Accepts connections, of anybody.
    pub fn for_anybody() -> Self {
        let mut broker = Self::new();
        broker.configure("allow_anonymous true\nset_tcp_nodelay true\n");
        broker.start();
        let patience = Instant::now() + START;
        while TcpStream::connect(("127.0.0.1", broker.port)).is_err() {
            assert!(Instant::now() < patience, "Mosquitto accepts no connection");
            thread::sleep(Duration::from_millis(10));
        }
        broker
    }

    /// `who` says who may connect, and do what.
    pub fn configure(&self, who: &str) {
        let port = self.port;
        let config =
            format!("listener {port} 127.0.0.1\nretain_available false\npersistence false\nuser root\n{who}");
        fs::write(self.file("conf"), config).unwrap();
    }

    pub fn start(&mut self) {
        // Debian installs it in sbin, which is not in everybody's path.
        let program = ["/usr/sbin/mosquitto", "mosquitto"].into_iter().find(|path| Path::new(path).exists());
        let mut command = Command::new(program.unwrap_or("mosquitto"));
        command.arg("-c").arg(self.file("conf")).stdout(Stdio::null()).stderr(Stdio::null());
        self.process = Some(command.spawn().expect("mosquitto, of the package of that name"));
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
