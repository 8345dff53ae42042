//! HTTP/2 clients that request much and read nothing: they are given a short time, and others are served
//! meanwhile.

use super::{OK, PATIENT, SHORT, lab, until_cut};
use crate::lab::{Lab, SOON};
use axum::body::Body;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use http_body::Body as _;
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    client::conn::http2::{self, SendRequest},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use server::{config::Options, http::server::Timeouts};
use sha2::{Digest, Sha256};
use std::{
    fs,
    future::poll_fn,
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    task::Poll,
};
use tokio::{
    io::AsyncWriteExt,
    net::TcpSocket,
    task::JoinSet,
    time::{Instant, timeout},
};

/// Ada's module, with a video of 8 MB.
const WATCHES: &str = "
    INSERT INTO training_module (id, title) VALUES (1, 'Clamping');
    INSERT INTO module_edition (id, module_id, edition, file_name, file_type, file_bytes, length_ms, published_at)
        VALUES (1, 1, 1, 'film', 'video/webm', 8388608, 100000, 1);
    INSERT INTO session (hash, person_id, created_at, seen_at, expires_at, device)
        VALUES (x'HASH', 1, unixepoch() * 1000, unixepoch() * 1000, (unixepoch() + 3600) * 1000, 'a test');";

/// A server with a video; and the cookie of a permitted viewer.
async fn with_a_film(timeouts: Timeouts) -> (Lab, String) {
    let lab = lab(timeouts, Options::default()).await;
    let folder = lab.config.data.join("videos");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("film"), vec![b'f'; 8 << 20]).unwrap();
    let hash = HEXLOWER.encode(&Sha256::digest([7; 32]));
    lab.sql(Box::leak(WATCHES.replace("HASH", &hash).into_boxed_str())).await;
    (lab, format!("session={}", BASE64URL_NOPAD.encode(&[7; 32])))
}

/// A connection from an address of this machine whose streams have a window of this many bytes.
async fn connected(from: Ipv4Addr, to: SocketAddr, window: u32) -> SendRequest<Body> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(from.into(), 0)).unwrap();
    let stream = timeout(SOON, socket.connect(to)).await.expect("a connection").unwrap();
    let mut client = http2::Builder::new(TokioExecutor::new());
    client.initial_stream_window_size(window).initial_connection_window_size(1 << 20);
    let (requests, connection) = client.handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    requests
}

fn get(path: &str, cookie: &str) -> Request<Body> {
    let request = Request::get(format!("http://localhost{path}")).header("cookie", cookie);
    request.body(Body::empty()).unwrap()
}

/// Unread responses: on this many sockets, a hundred each.
async fn unread(
    sockets: usize,
    from: Ipv4Addr,
    to: SocketAddr,
    path: &str,
    cookie: &str,
) -> JoinSet<hyper::Result<Response<Incoming>>> {
    let mut answers = JoinSet::new();
    for _ in 0..sockets {
        let requests = connected(from, to, 1).await;
        for _ in 0..100 {
            let (mut requests, request) = (requests.clone(), get(path, cookie));
            answers.spawn(async move { requests.send_request(request).await });
        }
    }
    answers
}

/// The next data of a body; `None` at its end, an error if it breaks off.
async fn read(body: &mut Incoming) -> Option<hyper::Result<Bytes>> {
    let frame = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx));
    let frame = timeout(SOON, frame).await.expect("in time")?;
    Some(frame.map(|frame| frame.into_data().unwrap_or_default()))
}

/// As a reader of pages on this machine.
async fn page(to: SocketAddr, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    let mut stream = timeout(SOON, tokio::net::TcpStream::connect(to)).await.expect("a connection").unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    until_cut(stream).await
}

/// Responses in flight, and the unread ones among them.
async fn under_way(to: SocketAddr) -> [usize; 2] {
    let metrics = page(to, "/metrics").await;
    let figure = |name: &str| {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)).expect("it is told");
        line.trim().parse::<usize>().unwrap()
    };
    [figure("toolgate_http_answers_under_way "), figure("toolgate_http_answers_unread ")]
}

/// Polls until the condition holds.
async fn until(to: SocketAddr, what: &str, is_so: impl Fn([usize; 2]) -> bool) {
    let begin = Instant::now();
    loop {
        let now = under_way(to).await;
        if is_so(now) {
            return;
        }
        assert!(begin.elapsed() < 2 * SOON, "{what}: {now:?}");
    }
}

/// How often this process has the video of this lab open.
fn open_films(lab: &Lab) -> usize {
    let film = fs::canonicalize(lab.config.data.join("videos/film")).unwrap();
    let files = fs::read_dir("/proc/self/fd").unwrap().filter_map(|file| fs::read_link(file.unwrap().path()).ok());
    files.filter(|file| *file == film).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unread_videos_of_a_member_leave_pages_and_boards_working() {
    let (lab, cookie) = with_a_film(PATIENT).await;
    let to = lab.running().http;
    let mut board = lab.board(11).await;
    let _answers = unread(10, Ipv4Addr::LOCALHOST, to, "/videos/1", &cookie).await;
    until(to, "as many as one person may have", |[under_way, unread]| (under_way, unread) == (64, 64)).await;
    assert!(open_films(&lab) <= 1, "a film is open once");
    assert!(page(to, "/").await.starts_with(OK));
    assert!(board.ask(11, r#"{"action":"checkuser","uid":"0000ada1"}"#).await.contains("\"is_valid\":true"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unread_anonymous_responses_are_capped_and_others_served() {
    let lab = lab(PATIENT, Options::default()).await;
    let to = lab.running().http;
    let mut board = lab.board(11).await;
    let _answers = unread(20, Ipv4Addr::new(127, 0, 0, 2), to, "/", "").await;
    until(to, "as many as one network may have", |[under_way, unread]| under_way == 256 && unread > 200).await;
    assert!(page(to, "/").await.starts_with(OK));
    assert!(board.ask(11, r#"{"action":"checkuser","uid":"0000ada1"}"#).await.contains("\"is_valid\":true"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unread_responses_time_out_and_release_resources() {
    let (lab, cookie) = with_a_film(Timeouts { write: SHORT, ..PATIENT }).await;
    let to = lab.running().http;
    let mut films = unread(2, Ipv4Addr::LOCALHOST, to, "/videos/1", &cookie).await;
    let mut held = Vec::new();
    // More than one person may have in flight: some of them ended before the others began.
    for _ in 0..80 {
        let answer = timeout(2 * SOON, films.join_next()).await.expect("it comes to its turn");
        held.extend(answer.expect("200 were asked for").unwrap());
    }
    drop(films);
    until(to, "they end", |[under_way, _]| under_way == 0).await;
    assert_eq!(open_films(&lab), 0);
    assert!(!held.is_empty(), "their clients hold on to them");
}

#[tokio::test]
async fn unread_http2_stream_ends_alone() {
    let lab = lab(Timeouts { write: SHORT, ..PATIENT }, Options::default()).await;
    let mut requests = connected(Ipv4Addr::LOCALHOST, lab.running().http, 64).await;
    let mut live = requests.send_request(get("/live", "")).await.unwrap().into_body();
    let mut page = requests.send_request(get("/", "")).await.unwrap().into_body();
    let mut notices = String::new();
    let listen = async {
        while !notices.contains("data: resync\n") {
            notices.push_str(&String::from_utf8_lossy(&read(&mut live).await.expect("it begins").unwrap()));
        }
    };
    tokio::join!(until(lab.running().http, "it ends", |[under_way, _]| under_way == 0), listen);
    let mut heard = 0;
    let cut = loop {
        match read(&mut page).await {
            Some(Ok(piece)) => heard += piece.len(),
            Some(Err(error)) => break error,
            None => panic!("it came to its end"),
        }
    };
    assert!(heard <= 64, "{heard}: {cut}");
    let next = futures::poll!(std::pin::pin!(read(&mut live)));
    assert!(!matches!(next, Poll::Ready(None | Some(Err(_)))), "the other goes on");
    let again = requests.send_request(get("/healthz", "")).await.unwrap();
    assert_eq!(again.status(), 200, "so does the connection");
}

#[tokio::test]
async fn slowly_read_response_completes() {
    let (lab, cookie) = with_a_film(Timeouts { write: SOON, ..PATIENT }).await;
    let mut requests = connected(Ipv4Addr::LOCALHOST, lab.running().http, 100).await;
    let mut part = get("/videos/1", &cookie);
    part.headers_mut().insert("range", "bytes=10-40009".parse().unwrap());
    let mut body = requests.send_request(part).await.unwrap().into_body();
    let mut heard = 0;
    while let Some(piece) = read(&mut body).await {
        heard += piece.unwrap().len();
    }
    assert_eq!(heard, 40_000);
}
