//! Fetching external calendars from a scripted server: its requests, refusals, and limits.

use crate::lab::Lab;
use domain::{external_calendars::Failure, jobs::Job, outgoing::Address};
use flate2::{Compression, write::GzEncoder};
use server::{
    config::Options,
    external_calendars::{Client, Limits},
    outgoing::Connector,
    response_limits::Budget,
};
use services::{
    external_calendars::{Answer, Fetcher, Question},
    jobs,
};
use sqlx::{ConnectOptions, Connection};
use std::{
    io::Write,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const FILE: &str = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n";

/// Requests the server got, and how much it could send.
#[derive(Default)]
struct Seen {
    heads: Mutex<Vec<String>>,
    sent: AtomicUsize,
}

impl Seen {
    fn paths(&self) -> Vec<String> {
        let path = |head: &String| head.split(' ').nth(1).unwrap_or_default().to_owned();
        self.heads.lock().unwrap().iter().map(path).collect()
    }
}

/// A server on this machine that answers a path by `answer`; `None`: never.
async fn serve(answer: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> (u16, Arc<Seen>) {
    serve_bytes(move |path| answer(path).map(String::into_bytes)).await
}

/// The same in bytes.
async fn serve_bytes(answer: impl Fn(&str) -> Option<Vec<u8>> + Send + Sync + 'static) -> (u16, Arc<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (seen, answer) = (Arc::new(Seen::default()), Arc::new(answer));
    let serving = Arc::clone(&seen);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (seen, answer) = (Arc::clone(&serving), Arc::clone(&answer));
            tokio::spawn(async move {
                let head = head(&mut stream).await;
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                seen.heads.lock().unwrap().push(head);
                match answer(&path) {
                    Some(answer) => {
                        drop(stream.write_all(&answer).await);
                        if path == "/endless" {
                            pour(&mut stream, &seen).await;
                        }
                    }
                    None => std::future::pending().await,
                }
            });
        }
    });
    (port, seen)
}

async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// Sends a hundred megabytes, as far as they are read.
async fn pour(stream: &mut TcpStream, seen: &Seen) {
    let block = vec![b'x'; 64 * 1024];
    for _ in 0..1_600 {
        if stream.write_all(&block).await.is_err() {
            return;
        }
        seen.sent.fetch_add(block.len(), Relaxed);
    }
}

fn response(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len())
}

fn leads_to(place: &str) -> String {
    response("302 Found", &format!("Location: {place}\r\n"), "the inside of a network")
}

/// A client that may contact `localhost`, and otherwise only public addresses.
fn connector(permitted: Vec<String>) -> Arc<Connector> {
    Arc::new(Connector::new(permitted, Budget::default()))
}

fn client(limits: Limits) -> Client {
    Client::new(connector(vec!["localhost".into()]), limits)
}

fn question(client: &Client, address: &str) -> Question {
    let permits = |host: &str| client.permits(host);
    Question {
        address: Address::parse(address).unwrap().permitted(&permits).unwrap(),
        etag: None,
        last_modified: None,
    }
}

async fn fetch(client: &Client, address: &str) -> Result<String, Failure> {
    match client.fetch(question(client, address)).await? {
        Answer::File { body, .. } => Ok(String::from_utf8(body).unwrap()),
        Answer::Unchanged => panic!("nobody asked whether it is"),
    }
}

#[tokio::test]
async fn calendar_fetch_returns_validators_on_next_request() {
    let (port, seen) = serve(|_| {
        Some(response("200 OK", "ETag: \"7\"\r\nLast-Modified: Mon, 23 Nov 2026 10:00:00 GMT\r\n", FILE))
    })
    .await;
    let client = client(Limits::default());
    let address = format!("http://localhost:{port}/room.ics?key=a");
    let Ok(Answer::File { body, etag, last_modified }) = client.fetch(question(&client, &address)).await else {
        panic!("no file")
    };
    assert_eq!(body, FILE.as_bytes());
    drop(client.fetch(Question { etag, last_modified, ..question(&client, &address) }).await);
    let heads: Vec<_> = seen.heads.lock().unwrap().iter().map(|head| head.to_lowercase()).collect();
    let [first, second] = heads.as_slice() else { panic!("{heads:?}") };
    assert!(first.starts_with("get /room.ics?key=a http/1.1\r\n"), "{first}");
    assert!(first.contains(&format!("host: localhost:{port}\r\n")), "{first}");
    for header in ["accept-encoding", "cookie", "authorization", "if-none-match"] {
        assert!(!first.contains(header), "{header} in {first}");
    }
    for header in ["if-none-match: \"7\"\r\n", "if-modified-since: mon, 23 nov 2026 10:00:00 gmt\r\n"] {
        assert!(second.contains(header), "{header} is not in {second}");
    }
}

#[tokio::test]
async fn not_modified_is_accepted_only_for_conditional_request() {
    let (port, _) = serve(|_| Some("HTTP/1.1 304 Not Modified\r\n\r\n".into())).await;
    let client = client(Limits::default());
    let question = question(&client, &format!("http://localhost:{port}/"));
    assert!(matches!(client.fetch(question.clone()).await, Err(Failure::Answer)));
    let question = Question { etag: Some("\"7\"".into()), ..question };
    assert!(matches!(client.fetch(question).await, Ok(Answer::Unchanged)));
}

#[tokio::test]
async fn redirect_into_private_network_is_refused() {
    let (inside, inner) = serve(|_| Some(response("200 OK", "", FILE))).await;
    let (port, seen) = serve(move |path| {
        Some(match path {
            "/address" => leads_to(&format!("http://127.0.0.1:{inside}/")),
            "/number" => leads_to("http://2130706433/"),
            "/mapped" => leads_to("http://[::ffff:127.0.0.1]/"),
            "/cloud" => leads_to("http://169.254.169.254/latest/meta-data"),
            "/port" => leads_to("http://example.org:6379/"),
            _ => leads_to(path),
        })
    })
    .await;
    let client = client(Limits::default());
    for path in ["/address", "/number", "/mapped", "/cloud", "/port"] {
        let found = fetch(&client, &format!("http://localhost:{port}{path}")).await;
        assert_eq!(found, Err(Failure::Private), "{path}");
    }
    assert_eq!(seen.paths().len(), 5);
    let found = fetch(&client, &format!("http://localhost:{port}/round")).await;
    assert_eq!(found, Err(Failure::Redirected));
    assert_eq!(seen.paths().len(), 9, "three times and no further");
    // A name that resolves to this machine, for a client that may not contact it.
    let strict = Client::new(connector(vec![]), Limits::default());
    let question = question(&client, "http://localhost:8080/");
    assert!(matches!(strict.fetch(question).await, Err(Failure::Private)));
    assert!(inner.paths().is_empty(), "nobody asked inside: {:?}", inner.paths());
}

#[tokio::test]
async fn public_redirect_is_followed() {
    let (port, seen) = serve(|path| {
        Some(match path {
            "/a" => leads_to("b?x=1"),
            _ => response("200 OK", "", FILE),
        })
    })
    .await;
    assert_eq!(
        fetch(&client(Limits::default()), &format!("http://localhost:{port}/a")).await.as_deref(),
        Ok(FILE)
    );
    assert_eq!(seen.paths(), ["/a", "/b?x=1"]);
}

#[tokio::test]
async fn oversized_calendar_is_cut_or_refused_by_length() {
    let (port, seen) = serve(|path| {
        Some(match path {
            "/endless" => "HTTP/1.1 200 OK\r\n\r\n".into(),
            _ => format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 100 * 1024 * 1024),
        })
    })
    .await;
    let client = client(Limits::default());
    for path in ["/endless", "/large"] {
        let found = fetch(&client, &format!("http://localhost:{port}{path}")).await;
        assert_eq!(found, Err(Failure::TooLarge), "{path}");
    }
    // The buffers of both ends are filled all the same.
    let sent = seen.sent.load(Relaxed);
    assert!(sent < 50 * 1024 * 1024, "{sent} bytes were taken");
}

/// `body` compressed with gzip, behind the header of a response.
fn packed(headers: &str, body: &[u8], cut: usize) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(body).unwrap();
    let mut body = packer.finish().unwrap();
    body.truncate(body.len() - cut);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
    [head.into_bytes(), body].concat()
}

#[tokio::test]
async fn compressed_calendar_is_bounded_after_unpacking() {
    let (port, _) = serve_bytes(|path| {
        Some(match path {
            "/said" => packed("Content-Encoding: gzip\r\n", FILE.as_bytes(), 0),
            "/file.ics.gz" => packed("Content-Type: application/gzip\r\n", FILE.as_bytes(), 0),
            "/not-packed" => response("200 OK", "Content-Encoding: gzip\r\n", FILE).into_bytes(),
            "/cut" => packed("Content-Encoding: gzip\r\n", FILE.as_bytes(), 9),
            _ => packed("Content-Encoding: gzip\r\n", &vec![b' '; 64 * 1024 * 1024], 0),
        })
    })
    .await;
    let client = client(Limits::default());
    for path in ["/said", "/file.ics.gz", "/not-packed"] {
        let found = fetch(&client, &format!("http://localhost:{port}{path}")).await;
        assert_eq!(found.as_deref(), Ok(FILE), "{path}");
    }
    for (path, failure) in [("/cut", Failure::BrokenOff), ("/bomb", Failure::TooLarge)] {
        assert_eq!(fetch(&client, &format!("http://localhost:{port}{path}")).await, Err(failure), "{path}");
    }
}

#[tokio::test]
async fn silent_calendar_server_times_out() {
    let (port, _) = serve(|path| match path {
        "/half" => Some("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nBEGIN".into()),
        _ => None,
    })
    .await;
    let client = client(Limits { whole: Duration::from_millis(200), ..Limits::default() });
    assert_eq!(fetch(&client, &format!("http://localhost:{port}/never")).await, Err(Failure::Slow));
    let half = fetch(&client, &format!("http://localhost:{port}/half")).await;
    assert_eq!(half, Err(Failure::BrokenOff), "a file of which a part is missing is none");
}

#[tokio::test]
async fn unusable_responses_map_to_actionable_failures() {
    let (port, _) = serve(|path| {
        Some(match path {
            "/denied" => response("401 Unauthorized", "", "x"),
            "/gone" => response("410 Gone", "", "x"),
            "/trouble" => response("503 Service Unavailable", "", "x"),
            "/nowhere" => response("302 Found", "", "x"),
            "/nothing" => "HTTP/1.1 204 No Content\r\n\r\n".into(),
            "/brotli" => response("200 OK", "Content-Encoding: br\r\n", "x"),
            "/zip" => response("200 OK", "", "PK\u{3}\u{4}x"),
            _ => "220 mail.example ESMTP\r\n".into(),
        })
    })
    .await;
    let client = client(Limits::default());
    for (path, failure) in [
        ("/denied", Failure::Denied),
        ("/gone", Failure::Missing),
        ("/trouble", Failure::Answer),
        ("/nowhere", Failure::Answer),
        ("/nothing", Failure::Empty),
        ("/brotli", Failure::Packed),
        ("/zip", Failure::Packed),
        ("/mail", Failure::Unreachable),
    ] {
        assert_eq!(fetch(&client, &format!("http://localhost:{port}{path}")).await, Err(failure), "{path}");
    }
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    assert_eq!(fetch(&client, &format!("http://localhost:{free}/")).await, Err(Failure::Unreachable));
}

#[tokio::test]
async fn configured_calendar_occupies_its_machine() {
    let event = "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=WEEKLY\r\nEND:VEVENT\r\n";
    let file = format!("BEGIN:VCALENDAR\r\n{event}END:VCALENDAR\r\n");
    let (port, seen) = serve(move |_| Some(response("200 OK", "", &file))).await;
    let options = Options { allow_host: Some(vec!["LocalHost".into()]), ..Options::default() };
    let lab = Lab::with(options).await;
    let mut conn = lab.database().connect().await.unwrap();
    // Only one of the two may be contacted.
    for (host, name) in [("localhost", "Timetable"), ("127.0.0.1", "Inside")] {
        sqlx::query("INSERT INTO external_calendar (machine_id, name, address, added_at) VALUES (1, ?, ?, 0)")
            .bind(name)
            .bind(format!("http://{host}:{port}/{name}.ics"))
            .execute(&mut conn)
            .await
            .unwrap();
    }
    conn.close().await.unwrap();
    // The process's own timer may run too.
    jobs::run(&lab.running().ctx, Job::ExternalCalendars).await;
    let paths = seen.paths();
    assert!(!paths.is_empty() && paths.iter().all(|path| path == "/Timetable.ics"), "{paths:?}");
    let taken = lab.number("SELECT count(*) FROM occupation WHERE machine_id = 1").await;
    assert!((12..=14).contains(&taken), "{taken} weeks of 90 days");
    assert_eq!(lab.number("SELECT count(*) FROM external_calendar WHERE failure = 'private'").await, 1);
}
