//! A25: on a full disk checks are answered, starts are refused by silence, and all recovers by itself.
//!
//! The disk is full for one process alone: a limit on the size of its files, set from outside while it runs.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod lab;

use lab::{Lab, SOON, Wire};
use std::{
    io::{BufRead, BufReader, Lines},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};
use tokio::time::timeout;

/// How long a board waits for an answer.
const PATIENCE: Duration = Duration::from_secs(2);
const START: &str = r#"{"action":"startuse", "uid":"0000ada1"}"#;

/// The server as a process of its own.
struct Server {
    child: Child,
    port: u16,
    /// Held open: it prints a few lines more.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Server {
    fn start(data: &Path) -> Self {
        // Writing beyond the limit then is an error like any other, not the end of the process.
        let mut child = Command::new("sh")
            .args(["-c", r#"trap "" XFSZ; exec "$0" "$@""#, env!("CARGO_BIN_EXE_toolgate")])
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--mqtt-listen",
                "127.0.0.1:0",
                "--board-delay",
                "0",
                "--log",
                "error",
                "--data",
            ])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let place = lines.by_ref().map(Result::unwrap).find(|line| line.starts_with("Boards connect to")).unwrap();
        let port = place.rsplit_once(':').unwrap().1.parse().unwrap();
        Self { child, port, _output: lines }
    }

    /// Limits how far into a file it may write.
    fn limit_files(&self, bytes: &str) {
        let limit = format!("--fsize={bytes}:");
        let status =
            Command::new("prlimit").args(["--pid", &self.child.id().to_string(), &limit]).status().unwrap();
        assert!(status.success(), "prlimit {limit}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test]
async fn full_disk_leaves_checks_answered_and_starts_unanswered() {
    if Command::new("prlimit").arg("--version").output().is_err() {
        eprintln!("skipped: there is no prlimit (util-linux)");
        return;
    }
    let mut lab = Lab::start().await;
    lab.stop().await;
    let server = Server::start(&lab.config.data);
    let mut connected = Wire::connect(server.port, "BOARD1", None, None).await.unwrap();
    assert!(connected.subscribe("machine/12/reply").await);
    connected.until_answered(12).await;

    server.limit_files("1");
    let mut board = Wire::connect(server.port, "BOARD2", None, None).await.expect("it is let in");
    assert!(board.subscribe("machine/11/reply").await);
    for (query, answer) in [
        (r#"{"action":"checkmachine"}"#, "\"allowed\":true"),
        (r#"{"action":"checkuser","uid":"0000ada1"}"#, "\"is_valid\":true"),
    ] {
        let said = board.ask(11, query).await;
        assert!(said.contains(answer), "{said}");
    }
    for machine in ["machine/11", "machine/12"] {
        board.say(machine, START);
    }
    assert!(timeout(PATIENCE, board.hear()).await.is_err(), "what is not kept is not acknowledged");
    assert!(connected.ask(12, r#"{"action":"checkmachine"}"#).await.contains("Lathe"), "it stays connected");

    server.limit_files("unlimited");
    let recovered = async {
        loop {
            board.say("machine/11", START);
            if let Ok((_, answer)) = timeout(PATIENCE, board.hear()).await {
                return answer;
            }
        }
    };
    let answer = timeout(SOON, recovered).await.expect("it recovers by itself");
    assert!(answer.contains("\"request_ok\":true"), "{answer}");
    assert_eq!(lab.number("SELECT count(*) FROM use_session WHERE machine_id = 1").await, 1);
}
