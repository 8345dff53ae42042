//! A25: with a full disk checks are answered, starts get no answer, and everything recovers by itself.
//!
//! The disk is full for one process only: by a limit on its file sizes, set from outside at run time; or by a
//! private disk in memory, filled to the last byte.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "it/lab/mod.rs"]
mod lab;

use lab::{Lab, SOON, Wire};
use std::{
    io::{BufRead, BufReader, Lines, Write},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

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
        // Writing beyond the limit is then an ordinary error, not the end of the process.
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

    /// Limits the size of files it may write.
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

/// In a mount namespace: puts the data on a disk of 24 MiB, serves, and fills and empties that disk on command.
const ON_A_SMALL_DISK: &str = r#"
    set -e
    data=$1; shift
    mount -t tmpfs -o size=24m tmpfs "$(dirname "$data")/disk"
    cp -r "$data/." "$(dirname "$data")/disk"
    "$@" --data "$(dirname "$data")/disk" &
    trap "kill $!" EXIT
    while read -r word; do
        case $word in
            fill) dd if=/dev/zero of="$(dirname "$data")/disk/filler" bs=4k 2>/dev/null || true ;;
            empty) rm "$(dirname "$data")/disk/filler" ;;
        esac
        echo done
    done
"#;

/// A server on a private disk.
struct Small {
    child: Child,
    orders: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
    http: SocketAddr,
}

impl Small {
    fn start(data: &Path) -> Self {
        std::fs::create_dir(data.parent().unwrap().join("disk")).unwrap();
        let mut child = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", ON_A_SMALL_DISK, "sh"])
            .arg(data)
            .args([env!("CARGO_BIN_EXE_toolgate"), "serve", "--listen", "127.0.0.1:0"])
            .args(["--mqtt-listen", "127.0.0.1:0", "--log", "error"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let place =
            output.by_ref().map(Result::unwrap).find(|line| line.starts_with("Toolgate is open at")).unwrap();
        let http = place.rsplit_once('/').unwrap().1.parse().unwrap();
        Self { orders: child.stdin.take(), child, output, http }
    }

    fn order(&mut self, name: &str) {
        writeln!(self.orders.as_mut().unwrap(), "{name}").unwrap();
        assert!(self.output.by_ref().map(Result::unwrap).any(|line| line == "done"), "{name}");
    }

    async fn is_ready(&self) -> String {
        let mut stream = TcpStream::connect(self.http).await.unwrap();
        stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut heard = String::new();
        timeout(SOON, stream.read_to_string(&mut heard)).await.unwrap().unwrap();
        let (fields, body) = heard.split_once("\r\n\r\n").unwrap();
        format!("{} {body}", fields.split(' ').nth(1).unwrap())
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // Without commands it ends, and the server and the disk with it.
        drop(self.orders.take());
        self.child.wait().unwrap();
    }
}

#[tokio::test]
async fn full_disk_fails_readiness_until_space_returns() {
    let allowed = ["--user", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /mnt"];
    if !Command::new("unshare").args(allowed).output().is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: this machine lets nobody have a disk of their own (unshare, util-linux)");
        return;
    }
    let mut lab = Lab::start().await;
    lab.stop().await;
    let mut server = Small::start(&lab.config.data);
    let begin = tokio::time::Instant::now();
    let ready = loop {
        // The connection to the boards comes a little later.
        let message = server.is_ready().await;
        if message.starts_with("200") || begin.elapsed() > SOON {
            break message;
        }
    };
    assert_eq!(ready, r#"200 {"broker":true,"database":true,"disk":true}"#);
    server.order("fill");
    let full = server.is_ready().await;
    assert!(full.starts_with("503") && full.contains(r#""disk":false"#), "{full}");
    server.order("empty");
    assert_eq!(server.is_ready().await, ready);
}

#[tokio::test]
async fn full_disk_answers_checks_but_no_starts() {
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
        let message = board.ask(11, query).await;
        assert!(message.contains(answer), "{message}");
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
