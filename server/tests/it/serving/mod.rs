//! The server in its own process, for tests from outside. Dropping it kills the process like `kill -9`.

use std::{
    io::{BufRead, BufReader, Lines},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

pub struct Serving {
    pub child: Child,
    /// Address of its pages.
    pub at: SocketAddr,
    /// Held open: its further output is a few lines, which the pipe has room for.
    _said: Lines<BufReader<ChildStdout>>,
}

impl Serving {
    /// Starts it on `data`, with additional environment, and waits until it listens.
    pub fn begin(data: &Path, environment: &[(&str, &Path)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_toolgate"))
            .args(["serve", "--listen", "127.0.0.1:0", "--mqtt-listen", "127.0.0.1:0", "--log", "error", "--data"])
            .arg(data)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut message = BufReader::new(child.stdout.take().unwrap()).lines();
        let place = message.by_ref().map(Result::unwrap).find(|line| line.contains("is open at"));
        let at = place.expect("it starts").rsplit_once("http://").unwrap().1.parse().unwrap();
        Self { child, at, _said: message }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// The status of a raw response.
pub fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}
