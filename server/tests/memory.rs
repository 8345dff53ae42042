//! How much memory unfinished requests and oversized files can take: a server in its own process, real sockets,
//! and the kernel's figures.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop")]

#[path = "it/serving/mod.rs"]
mod serving;

use axum::body::Body;
use contract::accounts::Delivery;
use domain::{actor::Actor, id::PersonId};
use hyper::{Request, client::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use services::{accounts, token::Token};
use serving::{Serving, status};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use std::{fs, io::Write as _, path::Path, time::Duration};
use tempfile::TempDir;
use text::Lang;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::timeout,
};

/// Bound for each of them, in kB.
const BOUND: u64 = 150_000;
const SOON: Duration = Duration::from_mins(2);
const MEMBER: PersonId = PersonId(1);

const FIXTURE: &str = "
    INSERT INTO person (id, status, created_at) VALUES (1, 'active', 0);
    INSERT INTO profile (person_id, name, email) VALUES (1, 'Ada', 'ada@lab.example');
    INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
        VALUES (1, 1, 'user', 'granted', 0, 'setup', 0);";

/// A server in its own process, with a signed-in member.
struct Server {
    serving: Serving,
    cookie: String,
    _dir: TempDir,
}

impl Server {
    async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let token = member(&dir.path().join("toolgate.sqlite")).await;
        let serving = Serving::begin(dir.path(), &[]);
        let server = Self { serving, cookie: format!("session={}", token.expose()), _dir: dir };
        // Allocations of the first request are not measured.
        assert_eq!(status(&server.send("GET / HTTP/1.1", "", &[]).await), 200);
        server
    }

    /// Peak memory of the process, in kB.
    fn peak(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.serving.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.serving.at).await.unwrap()
    }

    /// Starts a request, with `begun` of a body of `length` bytes. The server may hang up on it.
    async fn begin(&self, line: &str, heads: &str, length: usize, begun: &[u8]) -> TcpStream {
        let mut stream = self.connect().await;
        let head = format!("{line}\r\nhost: localhost\r\ncontent-length: {length}\r\n{heads}\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let _ = stream.write_all(begun).await;
        stream
    }

    /// Sends a whole request and reads the answer.
    async fn send(&self, line: &str, heads: &str, body: &[u8]) -> String {
        let heads = format!("connection: close\r\n{heads}");
        let mut stream = self.begin(line, &heads, body.len(), body).await;
        let mut answer = Vec::new();
        timeout(SOON, stream.read_to_end(&mut answer)).await.expect("in time").unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The headers of the member's upload form.
    fn form(&self) -> String {
        format!("cookie: {}\r\ncontent-type: multipart/form-data; boundary=x1\r\n", self.cookie)
    }

    /// Makes the member upload `picture` as their own, as the page does.
    async fn send_picture(&self, picture: &[u8]) -> String {
        let body = [FORM.as_bytes(), picture, b"\r\n--x1--\r\n"].concat();
        self.send(PICTURE, &self.form(), &body).await
    }
}

const PICTURE: &str = "POST /pictures/person/1 HTTP/1.1";
const FORM: &str = "--x1\r\nContent-Disposition: form-data; name=\"back\"\r\n\r\n/me\r\n\
                    --x1\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\n\r\n";

/// Creates a space with a member, and signs them in.
async fn member(file: &Path) -> Token {
    let ctx = services::open(services::Config::new(file)).await.unwrap();
    let mut conn = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    sqlx::raw_sql(FIXTURE).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let Delivery::ByHand { link } = accounts::help_in(&ctx, &Actor::TOOLGATE, MEMBER, Lang::En).await.unwrap()
    else {
        panic!("mailed")
    };
    let link = Token::presented(link.rsplit('/').next().unwrap());
    let here = std::net::IpAddr::from([127, 0, 0, 1]);
    let opened = accounts::accept(&ctx, here, "", &link, "seven owls fix a lathe").await.unwrap();
    ctx.close().await;
    opened.token
}

/// Holds `streams` open until the server has read what it wants of them, shown by its answer to another request.
async fn read_meanwhile(server: &Server, streams: &[TcpStream]) {
    for _ in 0..20 {
        assert_eq!(status(&server.send("GET /healthz HTTP/1.1", "", &[]).await), 200);
    }
    assert!(!streams.is_empty());
}

#[tokio::test]
async fn unfinished_anonymous_forms_stay_within_memory_bound() {
    let server = Server::start().await;
    let before = server.peak();
    let body = vec![b'x'; 2_000_000];
    let mut streams = Vec::new();
    for line in ["POST /sign-in?/sign-in/enter HTTP/1.1", "POST /api/sign-in/enter HTTP/1.1"] {
        let form = "content-type: application/x-www-form-urlencoded\r\n";
        for _ in 0..100 {
            streams.push(server.begin(line, form, body.len(), &body[1..]).await);
        }
        // Their length is unknown beforehand.
        for _ in 0..100 {
            let mut stream = server.connect().await;
            let head = format!("{line}\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n{form}\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            let _ = stream.write_all(format!("{:x}\r\n", body.len()).as_bytes()).await;
            let _ = stream.write_all(&body[1..]).await;
            streams.push(stream);
        }
    }
    read_meanwhile(&server, &streams).await;
    let grown = server.peak() - before;
    assert!(grown < BOUND, "{grown} kB more");
    assert_eq!(status(&server.send("GET / HTTP/1.1", "", &[]).await), 200, "neighbours are served");
}

#[tokio::test]
async fn unfinished_member_photos_stay_within_memory_bound() {
    let server = Server::start().await;
    let before = server.peak();
    let body = [FORM.as_bytes(), &vec![b'x'; 19 << 20]].concat();
    let mut streams = Vec::new();
    for _ in 0..30 {
        streams.push(server.begin(PICTURE, &server.form(), body.len() + 1_000, &body).await);
    }
    read_meanwhile(&server, &streams).await;
    let grown = server.peak() - before;
    assert!(grown < BOUND, "{grown} kB more");
    let refused = server.send_picture(b"one more").await;
    assert_eq!(status(&refused), 429, "{refused}");
    drop(streams);
    // The server learns that they hung up as it reads on.
    let next = async { while status(&server.send_picture(&png(&[], 8, 8)).await) != 303 {} };
    timeout(SOON, next).await.expect("there is room again");
}

/// Unread responses in flight.
async fn unread(server: &Server) -> usize {
    let metrics = server.send("GET /metrics HTTP/1.1", "", &[]).await;
    let figure = metrics.lines().find_map(|line| line.strip_prefix("toolgate_http_answers_unread "));
    figure.unwrap_or_else(|| panic!("{metrics}")).trim().parse().unwrap()
}

#[tokio::test]
async fn unread_anonymous_pages_stay_within_memory_bound() {
    let server = Server::start().await;
    let before = server.peak();
    let mut answers = JoinSet::new();
    for _ in 0..20 {
        let mut client = http2::Builder::new(TokioExecutor::new());
        client.initial_stream_window_size(1);
        let (requests, connection) = client.handshake(TokioIo::new(server.connect().await)).await.unwrap();
        tokio::spawn(connection);
        for _ in 0..100 {
            let page = Request::get("http://localhost/sign-in").body(Body::empty()).unwrap();
            let mut requests = requests.clone();
            answers.spawn(async move { requests.send_request(page).await });
        }
    }
    let many = async { while unread(&server).await < 200 {} };
    timeout(SOON, many).await.expect("they come");
    let few = async { while unread(&server).await > 64 {} };
    timeout(SOON, few).await.expect("there is little patience with so many");
    let grown = server.peak() - before;
    assert!(grown < BOUND, "{grown} kB more");
}

/// One chunk of a PNG.
fn chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let crc = |bytes: &[u8]| {
        let step = |sum: u32, byte: &u8| {
            (0..8).fold(
                sum ^ u32::from(*byte),
                |sum, _| if sum & 1 == 1 { 0xEDB8_8320 ^ (sum >> 1) } else { sum >> 1 },
            )
        };
        !bytes.iter().fold(u32::MAX, step)
    };
    let body = [name.as_slice(), data].concat();
    [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], &body, &crc(&body).to_be_bytes()].concat()
}

fn deflated(megabytes: usize) -> Vec<u8> {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let piece = vec![0; 1 << 20];
    for _ in 0..megabytes {
        packed.write_all(&piece).unwrap();
    }
    packed.finish().unwrap()
}

/// A grey PNG of this size with additional chunks before its pixels.
fn png(more: &[Vec<u8>], width: u32, height: u32) -> Vec<u8> {
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    let mut rows = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..height {
        rows.write_all(&vec![0; width as usize + 1]).unwrap();
    }
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend(chunk(*b"IHDR", &head));
    bytes.extend(more.iter().flatten());
    bytes.extend(chunk(*b"IDAT", &rows.finish().unwrap()));
    bytes.extend(chunk(*b"IEND", &[]));
    bytes
}

#[tokio::test]
async fn metadata_bomb_in_picture_stays_within_memory_bound() {
    let server = Server::start().await;
    let before = server.peak();
    let gigabyte = deflated(1_000);
    let texts = [b"Raw profile type iptc\0\0".as_slice(), &gigabyte].concat();
    for (more, taken) in [
        (vec![chunk(*b"iCCP", &[b"bomb\0\0".as_slice(), &gigabyte].concat())], true),
        (vec![chunk(*b"zTXt", &texts)], true),
        (vec![chunk(*b"iTXt", &[b"XML:com.adobe.xmp\0\x01\0\0\0".as_slice(), &gigabyte].concat())], true),
        (vec![chunk(*b"eXIf", &vec![0; 18_000_000])], false),
        ((0..17).map(|_| chunk(*b"tEXt", &[b"k\0".as_slice(), &vec![b'x'; 1_000_000]].concat())).collect(), false),
    ] {
        let picture = png(&more, 40, 30);
        assert!(picture.len() < 20_000_000);
        let answer = server.send_picture(&picture).await;
        assert_eq!(status(&answer), 303, "{answer}");
        assert_eq!(!answer.contains("picture="), taken, "{answer}");
    }
    let grown = server.peak() - before;
    assert!(grown < BOUND, "{grown} kB more");
}

#[tokio::test]
async fn largest_picture_is_accepted_within_memory_bound() {
    let server = Server::start().await;
    let before = server.peak();
    // 32 million pixels, and a file of 20 MB: the data behind its end is never read.
    let mut picture = png(&[], 8_000, 4_000);
    picture.resize(20_000_000, 0);
    let answer = server.send_picture(&picture).await;
    assert!(status(&answer) == 303 && !answer.contains("picture="), "{answer}");
    let grown = server.peak() - before;
    assert!(grown < BOUND, "{grown} kB more");
}
