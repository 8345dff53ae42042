//! Clients that send half of something, nothing, or far too much: they are cut in time, and others are served
//! meanwhile.

mod unread;

use crate::lab::{Lab, SOON, Wire};
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use server::{config::Options, connections::raise_file_limit, http::server::Timeouts};
use services::boards;
use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Lines},
    net::SocketAddr,
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

/// A time-out that expires at once, as far as a test can tell.
const SHORT: Duration = Duration::from_millis(50);
/// One that does not expire during a test.
const LONG: Duration = Duration::from_mins(10);
const PATIENT: Timeouts = Timeouts {
    handshake: LONG,
    header: LONG,
    idle: LONG,
    body: LONG,
    body_per_kilobyte: LONG,
    write: LONG,
    pressed: LONG,
    ping: LONG,
};

async fn lab(timeouts: Timeouts, options: Options) -> Lab {
    let mut lab = Lab::with(options).await;
    lab.stop().await;
    lab.config.timeouts = timeouts;
    lab.start_again().await;
    lab
}

/// A connection that has sent `bytes`.
async fn sent(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = timeout(SOON, TcpStream::connect(address)).await.expect("a connection").unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

/// Everything received until the server cuts the connection.
async fn until_cut(mut stream: TcpStream) -> String {
    let mut heard = Vec::new();
    // An abrupt end counts too.
    let _ = timeout(SOON, stream.read_to_end(&mut heard)).await.expect("the connection is cut");
    String::from_utf8_lossy(&heard).into_owned()
}

async fn status(address: SocketAddr) -> String {
    let request = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let answer = until_cut(sent(address, request).await).await;
    answer.lines().next().unwrap_or_default().to_owned()
}

const OK: &str = "HTTP/1.1 200 OK";

#[tokio::test]
async fn incomplete_header_is_cut() {
    let lab = lab(Timeouts { header: SHORT, ..PATIENT }, Options::default()).await;
    let address = lab.running().http;
    for half in [&b""[..], b"G", b"GET / HTTP/1.1\r\nhost: loc", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let stream = sent(address, half).await;
        until_cut(stream).await;
    }
    // Also after an answered request.
    let request = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let mut stream = sent(address, request).await;
    let mut answer = vec![0; OK.len()];
    timeout(SOON, stream.read_exact(&mut answer)).await.expect("an answer").unwrap();
    stream.write_all(b"GET /heal").await.unwrap();
    until_cut(stream).await;
}

#[tokio::test]
async fn idle_connection_is_cut_and_live_stream_survives() {
    let lab = lab(Timeouts { idle: SHORT, header: SOON, ..PATIENT }, Options::default()).await;
    let address = lab.running().http;
    let mut board = lab.board(11).await;
    let request = b"GET /live HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let mut live = sent(address, request).await;
    let request = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let answer = until_cut(sent(address, request).await).await;
    assert!(answer.starts_with(OK), "{answer}");
    board.ask(11, r#"{"action":"startuse","uid":"0000ada1"}"#).await;
    let (mut heard, mut piece) = (String::new(), [0; 4096]);
    while !heard.contains("data: machine 1\n") {
        let bytes = timeout(SOON, live.read(&mut piece)).await.expect("a hint").unwrap();
        assert!(bytes > 0, "the stream ended: {heard}");
        heard.push_str(&String::from_utf8_lossy(&piece[..bytes]));
    }
}

#[tokio::test]
async fn stalled_body_is_cut() {
    let lab =
        lab(Timeouts { body: SHORT, body_per_kilobyte: Duration::ZERO, ..PATIENT }, Options::default()).await;
    let head = "POST /api/sign-in/enter HTTP/1.1\r\nhost: localhost\r\n\
                content-type: application/x-www-form-urlencoded\r\ncontent-length: 100\r\n\r\nname=";
    let answer = until_cut(sent(lab.running().http, head.as_bytes()).await).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

/// Reads from a stream until it contains `what`; returns everything read.
async fn hear(stream: &mut TcpStream, what: &str) -> String {
    let mut heard = Vec::new();
    while !heard.windows(what.len()).any(|window| window == what.as_bytes()) {
        let bytes = timeout(SOON, stream.read_buf(&mut heard)).await.expect("in time").unwrap();
        assert!(bytes > 0, "the stream ended: {}", String::from_utf8_lossy(&heard));
    }
    String::from_utf8(heard).unwrap()
}

#[tokio::test]
async fn unread_live_stream_is_cut_and_resyncs_on_reconnect() {
    let lab = lab(Timeouts { write: SHORT, ..PATIENT }, Options::default()).await;
    let (running, ctx) = (lab.running(), &lab.running().ctx);
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(1).unwrap();
    let mut stalled = socket.connect(running.http).await.unwrap();
    stalled.write_all(b"GET /live HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let last = ctx.live().cursor();
    hear(&mut stalled, "data: resync\n").await;
    let request = format!("GET /live HTTP/1.1\r\nhost: localhost\r\nlast-event-id: {last}\r\n\r\n");
    let mut reading = sent(running.http, request.as_bytes()).await;
    hear(&mut reading, "data: hello").await;
    let open = async || {
        let request = b"GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        let metrics = until_cut(sent(running.http, request).await).await;
        let streams = "toolgate_live_streams{viewer=\"anonymous\"} ";
        metrics.lines().find_map(|line| line.strip_prefix(streams)).unwrap().to_owned()
    };
    assert_eq!(open().await, "2");
    let begin = tokio::time::Instant::now();
    while open().await == "2" {
        // Two events each, and no more at once than the hub remembers.
        for _ in 0..400 {
            boards::broker_lost(ctx);
            boards::broker_found(ctx);
        }
        hear(&mut reading, &format!("id: {}\n", ctx.live().cursor())).await;
        assert!(begin.elapsed() < 3 * SOON, "whoever reads nothing keeps their stream");
    }
    drop(stalled);
    let mut back = sent(running.http, request.as_bytes()).await;
    let message = hear(&mut back, "data: resync\n").await;
    assert!(!message.contains("data: space\n"), "everything is fetched, nothing is replayed: {message}");
    assert_eq!(open().await, "2");
}

#[tokio::test]
async fn client_not_reading_is_cut() {
    let lab = lab(Timeouts { write: SHORT, ..PATIENT }, Options::default()).await;
    let mut stream = sent(lab.running().http, b"").await;
    let requests = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(1_000);
    let cut = timeout(6 * SOON, async { while stream.write_all(requests.as_bytes()).await.is_ok() {} });
    cut.await.expect("the connection is cut");
}

#[tokio::test]
async fn incomplete_tls_handshake_is_cut() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let dir = tempfile::tempdir().unwrap();
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (cert, key) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
    fs::write(&cert, own.cert.pem()).unwrap();
    fs::write(&key, own.signing_key.serialize_pem()).unwrap();
    let options = Options { tls_cert: Some(cert), tls_key: Some(key), ..Options::default() };
    let lab = lab(Timeouts { handshake: SHORT, ..PATIENT }, options).await;
    // The header of a record announcing a ClientHello of 512 bytes.
    for half in [&b""[..], &[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc]] {
        until_cut(sent(lab.running().http, half).await).await;
    }
}

/// A server process on the data of a lab.
struct Server {
    child: Child,
    /// Held open, or it could not print more.
    _said: Lines<BufReader<ChildStdout>>,
    http: SocketAddr,
    mqtt: u16,
    lab: Lab,
}

impl Server {
    /// With a limit of `files` open files.
    async fn start(files: u64) -> Self {
        let mut lab = Lab::start().await;
        lab.stop().await;
        tokio::task::spawn_blocking(move || Self::spawn(files, lab)).await.unwrap()
    }

    fn spawn(files: u64, lab: Lab) -> Self {
        let log = File::create(lab.folder().join("log")).unwrap();
        let mut child = Command::new("sh")
            .args(["-c", r#"ulimit -n "$0" && exec "$@""#, &files.to_string(), env!("CARGO_BIN_EXE_toolgate")])
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--mqtt-listen",
                "127.0.0.1:0",
                "--board-delay",
                "0",
                "--data",
            ])
            .arg(&lab.config.data)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut message = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut after = |begin: &str| {
            let line =
                message.by_ref().map(Result::unwrap).find(|line| line.starts_with(begin)).expect("it starts");
            line.rsplit_once([' ', '/']).unwrap().1.parse::<SocketAddr>().unwrap()
        };
        let (http, mqtt) = (after("Toolgate is open at"), after("Boards connect to").port());
        Self { child, _said: message, http, mqtt, lab }
    }

    fn log(&self) -> String {
        fs::read_to_string(self.lab.folder().join("log")).unwrap()
    }

    async fn board_is_answered(&self) {
        let mut board = timeout(SOON, Wire::connect(self.mqtt, "BOARD11", None, None)).await.unwrap().unwrap();
        assert!(board.subscribe("machine/11/reply").await);
        board.until_answered(11).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_headers_from_one_address_leave_pages_and_boards_working() {
    assert!(raise_file_limit() > 1_400, "the test itself opens 1,100 sockets");
    let server = Server::start(1_024).await;
    let mut sockets = Vec::new();
    for _ in 0..1_100 {
        sockets.push(sent(server.http, b"GET / HTTP/1.1\r\nhost: loc").await);
    }
    assert_eq!(status(server.http).await, OK);
    server.board_is_answered().await;
    let log = server.log();
    assert!(log.len() < 16 * 1024, "{} bytes of log: {}", log.len(), &log[..2_000]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn listener_survives_file_exhaustion() {
    let server = Server::start(1_024).await;
    server.board_is_answered().await;
    let pid = Pid::from_child(&server.child);
    let limited = |files| Rlimit { current: Some(files), maximum: Some(1_024) };
    prlimit(Some(pid), Resource::Nofile, limited(8)).unwrap();
    let waiting =
        sent(server.http, b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await;
    let message = async {
        while !server.log().contains("connections could not be accepted") {
            tokio::task::yield_now().await;
        }
    };
    timeout(SOON, message).await.expect("the log says so");
    prlimit(Some(pid), Resource::Nofile, limited(1_024)).unwrap();
    let answer = until_cut(waiting).await;
    assert!(answer.starts_with(OK), "who waited is served: {answer}");
    let log = server.log();
    let lines = log.lines().filter(|line| line.contains("could not be accepted")).count();
    assert!(lines <= 2 && log.len() < 16 * 1024, "{lines} lines: {log}");
}
