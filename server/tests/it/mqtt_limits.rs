//! How much one client can disturb others at the built-in broker: by silence, by number, by speed.

use crate::lab::{Lab, SOON, Wire};
use rumqttc::{ConnectReturnCode, ConnectionError};
use server::config::Options;
use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Lines},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout},
};

/// Open files of the attacked server; 64 of them are for MQTT.
const FILES: &str = "256";
/// More connections than it has files.
const SILENT: usize = 400;

/// The server as a process of its own, with few open files.
struct Server {
    child: Child,
    port: u16,
    log: PathBuf,
    /// Held open: it prints a few lines more.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Server {
    fn start(data: &Path, log: PathBuf) -> Self {
        let mut child = Command::new("sh")
            .args(["-c", r#"ulimit -n "$1"; shift; exec "$0" "$@""#, env!("CARGO_BIN_EXE_toolgate"), FILES])
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--mqtt-listen",
                "127.0.0.1:0",
                "--board-delay",
                "0",
                "--log",
                "warn",
                "--data",
            ])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let place = lines.by_ref().map(Result::unwrap).find(|line| line.starts_with("Boards connect to")).unwrap();
        let port = place.rsplit_once(':').unwrap().1.parse().unwrap();
        Self { child, port, log, _output: lines }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test]
async fn silent_connections_beyond_file_limit_do_not_block_boards() {
    let mut lab = Lab::start().await;
    lab.stop().await;
    let server = Server::start(&lab.config.data, lab.folder().join("log"));
    let mut board = Wire::connect(server.port, "BOARD1", None, None).await.unwrap();
    assert!(board.subscribe("machine/12/reply").await);
    board.until_answered(12).await;
    let mut silent = Vec::new();
    for _ in 0..SILENT {
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).await.unwrap();
        // Closed at once when its place is needed.
        let _ = stream.write_all(b"\x10").await;
        silent.push(stream);
    }
    let begin = Instant::now();
    for number in 2..12 {
        let name = format!("BOARD{number}");
        let mut late =
            timeout(SOON, Wire::connect(server.port, &name, None, None)).await.expect("in time").unwrap();
        assert!(late.subscribe("machine/11/reply").await);
        assert!(late.ask(11, r#"{"action":"checkmachine"}"#).await.contains("Laser"));
    }
    let took = begin.elapsed();
    assert!(took < Duration::from_secs(5), "they are let in before the silent ones time out: {took:?}");
    assert!(board.ask(12, r#"{"action":"checkmachine"}"#).await.contains("Lathe"), "who was in stays in");
    let log = fs::metadata(&server.log).unwrap().len();
    assert!(log < 20_000, "{log} bytes of log");
}

#[tokio::test]
async fn connection_without_connect_packet_times_out() {
    let lab = Lab::impatient(Options::default(), Duration::from_millis(500)).await;
    for begin in [&b""[..], b"\x10", b"\x10\x10\x00\x04MQTT", b"\x10\x80\x08\x00\x04MQTT"] {
        let mut silent = TcpStream::connect(("127.0.0.1", lab.port())).await.unwrap();
        silent.write_all(begin).await.unwrap();
        let end = timeout(Duration::from_secs(5), silent.read(&mut [0; 1])).await;
        assert!(matches!(end, Ok(Ok(0) | Err(_))), "{begin:x?}: {end:?}");
    }
}

#[tokio::test]
async fn oversized_connect_is_refused_unread() {
    let lab = Lab::start().await;
    let mut large = TcpStream::connect(("127.0.0.1", lab.port())).await.unwrap();
    // The header announces 64 KiB; the rest need not arrive.
    large.write_all(b"\x10\x80\x80\x04").await.unwrap();
    let end = timeout(Duration::from_secs(4), large.read(&mut [0; 1])).await.expect("at once");
    assert!(matches!(end, Ok(0) | Err(_)), "{end:?}");
}

#[tokio::test]
async fn board_over_rate_limit_is_throttled_without_loss() {
    const MESSAGES: u32 = 500;
    const RATE: u32 = 400;
    let mut lab = Lab::with(Options { board_rate: Some(RATE), ..Options::default() }).await;
    let mut other = lab.board(12).await;
    let mut fast = lab.wire("BOARD1").await;
    let begin = std::time::Instant::now();
    for _ in 0..MESSAGES {
        fast.say("machine/11", r#"{"action":"checkuser","uid":"00c0ffee"}"#);
    }
    fast.flush().await;
    let took = begin.elapsed();
    // 200 are allowed at once.
    let least = Duration::from_secs(1) * (MESSAGES - 200) / RATE;
    assert!(took > least.mul_f64(0.9), "{took:?}");
    assert!(other.ask(12, r#"{"action":"checkmachine"}"#).await.contains("Lathe"), "others are read as ever");
    lab.stop().await;
    assert_eq!(lab.number("SELECT sum(seen) FROM unknown_card").await, i64::from(MESSAGES));
    let slowed = lab.number("SELECT seen FROM rejected_message WHERE kind = 'too-fast'").await;
    assert!(slowed > 0, "it shows on Boards");
}

#[tokio::test]
async fn connections_of_one_login_share_its_rate() {
    let mut lab = Lab::with(Options { board_rate: Some(400), ..Options::default() }).await;
    let ctx = &lab.running().ctx;
    let machine = domain::id::MachineId(1);
    let login = services::boards::logins::make(ctx, &domain::actor::Actor::TOOLGATE, machine).await.unwrap();
    let login = Some((login.user.as_str(), login.password.as_str()));
    let begin = std::time::Instant::now();
    let mut wires = Vec::new();
    for number in 0..5 {
        let wire = Wire::connect(lab.port(), &format!("BOARD{number}"), login, None).await.unwrap();
        for _ in 0..100 {
            wire.say("machine/11", r#"{"action":"checkuser","uid":"00c0ffee"}"#);
        }
        wires.push(wire);
    }
    for wire in &mut wires {
        wire.flush().await;
    }
    let took = begin.elapsed();
    assert!(took > Duration::from_secs(1) * 300 / 400 / 10 * 9, "{took:?}");
    // Answered after all of them.
    drop(lab.board(12).await);
    lab.stop().await;
    assert_eq!(lab.number("SELECT sum(seen) FROM unknown_card").await, 500);
}

#[tokio::test]
async fn subscriber_not_reading_delays_no_one() {
    let lab = Lab::with(Options {
        switch_user: Some("switch".into()),
        switch_password: Some(server::config::Secret::new("click".into())),
        switch_topics: Some(vec!["shelly/laser".into()]),
        ..Options::default()
    })
    .await;
    let mut deaf = TcpStream::connect(("127.0.0.1", lab.port())).await.unwrap();
    deaf.write_all(b"\x10\x21\x00\x04MQTT\x04\xc2\x00\x3c\x00\x06shelly\x00\x06switch\x00\x05click")
        .await
        .unwrap();
    deaf.write_all(b"\x82\x11\x00\x01\x00\x0cshelly/laser\x00").await.unwrap();
    let mut welcome = [0; 9];
    timeout(SOON, deaf.read_exact(&mut welcome)).await.unwrap().unwrap();
    assert_eq!(welcome, *b"\x20\x02\x00\x00\x90\x03\x00\x01\x00");
    let mut board = lab.board(11).await;
    // Far more than the sockets between them buffer.
    for _ in 0..20_000 {
        board.say("shelly/laser", vec![b'x'; 1_000]);
    }
    board.flush().await;
    assert!(board.ask(11, r#"{"action":"checkmachine"}"#).await.contains("Laser"));
    let mut third = lab.board(12).await;
    assert!(third.ask(12, r#"{"action":"checkmachine"}"#).await.contains("Lathe"));
}

#[tokio::test]
async fn board_delay_refuses_boards_but_not_the_server() {
    let lab = Lab::with(Options { board_delay: Some(3_600), ..Options::default() }).await;
    let refused = Wire::connect(lab.port(), "BOARD1", None, None).await;
    assert!(matches!(refused, Err(ConnectionError::ConnectionRefused(ConnectReturnCode::ServiceUnavailable))));
    let heard = async {
        while !services::health::check(&lab.running().ctx).await.broker {
            tokio::task::yield_now().await;
        }
    };
    timeout(SOON, heard).await.expect("the server is connected");
}
