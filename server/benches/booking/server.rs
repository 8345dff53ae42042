//! A Toolgate process on a furnished folder.

use crate::furnish::{self, Plan};
use std::{
    fs,
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// The binary that cargo built beside this bench.
const TOOLGATE: &str = env!("CARGO_BIN_EXE_toolgate");

/// Ends with the measurement.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub struct Server {
    pub http: SocketAddr,
    _process: Process,
    data: TempDir,
}

impl Server {
    /// With room for this many connections.
    pub async fn open(plan: &Plan, connections: usize) -> Self {
        let data = tempfile::tempdir().unwrap();
        let file = data.path().join("toolgate.sqlite");
        services::open(services::Config::new(&file)).await.unwrap().close().await;
        furnish::furnish(&file, plan).await;
        // All come from one address, anonymous before the first request: one network may have half of the
        // connections.
        let most = (2 * connections).to_string();
        let mut command = Command::new(TOOLGATE);
        command.args(["serve", "--listen", "127.0.0.1:0", "--mqtt-listen", "127.0.0.1:0", "--log", "warn"]);
        command.args(["--max-connections", &most]).arg("--data").arg(data.path());
        let process = Process(command.stdout(Stdio::null()).spawn().unwrap());
        let begin = Instant::now();
        loop {
            if let Ok(text) = fs::read_to_string(data.path().join("run.json")) {
                let run: serde_json::Value = serde_json::from_str(&text).unwrap();
                let http = run["http"].as_str().unwrap().trim_start_matches("http://").trim_end_matches('/');
                return Self { http: http.parse().unwrap(), _process: process, data };
            }
            assert!(begin.elapsed() < Duration::from_mins(1), "Toolgate does not start");
            std::thread::yield_now();
        }
    }

    /// Size of its file.
    pub fn megabytes(&self) -> f64 {
        let bytes = fs::metadata(self.data.path().join("toolgate.sqlite")).map_or(0, |file| file.len());
        bytes as f64 / 1e6
    }
}
