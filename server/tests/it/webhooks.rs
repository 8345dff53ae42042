//! Webhooks over real connections: what arrives, verified by another implementation, and servers that misbehave.

use crate::lab::Lab;
use contract::{
    form::Fields,
    webhooks::{AddWebhook, SigningSecret, TestWebhook},
};
use domain::{
    actor::Actor,
    deliveries::Trouble,
    id::{MachineId, WebhookId},
    outgoing::{Address, Failure},
};
use server::{
    config::Options,
    outgoing::{Client, Connector},
    response_limits::Budget,
};
use services::{
    outgoing::{Limits, Method, Request, Transport},
    problems, serve,
};
use sqlx::{ConnectOptions, Connection};
use std::{
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};
use text::Lang;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    time::timeout,
};

const SOON: Duration = Duration::from_secs(20);

/// A request as it arrived.
struct Arrived {
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Arrived {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(header, _)| header == name).map_or("", |(_, value)| value)
    }
}

/// A server on this machine, and how many bytes of endless answers it could send.
async fn endpoint() -> (u16, UnboundedReceiver<Arrived>, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, receiver) = unbounded_channel();
    let poured = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&poured);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (sender, poured) = (sender.clone(), Arc::clone(&counted));
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                let Some(arrived) = read(&mut stream).await else { return };
                let path = arrived.path.clone();
                drop(sender.send(arrived));
                answer(stream.into_inner(), &path, port, &poured).await;
            });
        }
    });
    (port, receiver, poured)
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Arrived> {
    let (mut lines, mut line) = (Vec::new(), String::new());
    while stream.read_line(&mut line).await.ok()? > 2 {
        lines.push(std::mem::take(&mut line).trim_end().to_owned());
    }
    let path = lines.first()?.split(' ').nth(1)?.to_owned();
    let pairs = lines.iter().skip(1).filter_map(|line| line.split_once(": "));
    let headers: Vec<_> = pairs.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let length = headers.iter().find(|(name, _)| name == "content-length")?.1.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Arrived { path, headers, body: String::from_utf8(body).ok()? })
}

async fn answer(mut stream: TcpStream, path: &str, port: u16, poured: &AtomicUsize) {
    let head = match path {
        "/redirect" => {
            format!("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{port}/inside\r\nContent-Length: 0\r\n\r\n")
        }
        "/denied" => "HTTP/1.1 401 Unauthorized\r\nContent-Length: 18\r\n\r\nsignature mismatch".into(),
        // As many bytes as promised come only in an hour.
        "/slow" => "HTTP/1.1 200 OK\r\nContent-Length: 3600\r\n\r\n.".into(),
        "/endless" => "HTTP/1.1 200 OK\r\n\r\n".into(),
        _ => "HTTP/1.1 204 No Content\r\n\r\n".into(),
    };
    drop(stream.write_all(head.as_bytes()).await);
    match path {
        "/slow" => std::future::pending().await,
        "/endless" => {
            let block = vec![b'x'; 64 * 1024];
            while stream.write_all(&block).await.is_ok() {
                poured.fetch_add(block.len(), Relaxed);
            }
        }
        _ => {}
    }
}

/// Verifies as the specification says, with the standard library of Python.
const VERIFY: &str = r"
import base64, hashlib, hmac, sys
secret, ident, timestamp, body, header = sys.argv[1:]
key = base64.b64decode(secret.removeprefix('whsec_'))
digest = hmac.new(key, f'{ident}.{timestamp}.{body}'.encode(), hashlib.sha256).digest()
wanted = 'v1,' + base64.b64encode(digest).decode()
sys.exit(0 if any(hmac.compare_digest(wanted, one) for one in header.split(' ')) else 1)
";

fn is_verified(arrived: &Arrived, secret: &str, body: &str) -> bool {
    let sent = ["webhook-id", "webhook-timestamp"].map(|name| arrived.header(name));
    let status = Command::new("/usr/bin/python3")
        .args(["-c", VERIFY, secret, sent[0], sent[1], body, arrived.header("webhook-signature")])
        .status()
        .expect("python3");
    status.success()
}

async fn open() -> Lab {
    Lab::with(Options { allow_host: Some(vec!["127.0.0.1".into()]), ..Options::default() }).await
}

async fn add(lab: &Lab, address: &str) -> (WebhookId, String) {
    let pairs = [("name", "Test"), ("address", address), ("events[]", "machine.blocked")];
    let sent = Fields::pairs(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let added = serve(&lab.running().ctx, &Actor::TOOLGATE, AddWebhook {}, &sent, Lang::En).await.unwrap();
    let SigningSecret(secret) = added.secret;
    (added.id, secret)
}

async fn test(lab: &Lab, id: WebhookId) -> (Option<u16>, Option<Trouble>, Option<String>) {
    let none = Fields::pairs([]);
    let answer = serve(&lab.running().ctx, &Actor::TOOLGATE, TestWebhook { id }, &none, Lang::En).await.unwrap();
    (answer.status, answer.trouble, answer.answer)
}

#[tokio::test]
async fn event_arrives_with_a_signature_that_another_implementation_accepts() {
    let lab = open().await;
    let (port, mut arrivals, _) = endpoint().await;
    let (_, secret) = add(&lab, &format!("http://127.0.0.1:{port}/in")).await;
    problems::block(&lab.running().ctx, &Actor::TOOLGATE, MachineId(1), "new tube", false).await.unwrap();
    let arrived = timeout(SOON, arrivals.recv()).await.expect("the worker sends it by itself").unwrap();
    assert_eq!((arrived.path.as_str(), arrived.header("content-type")), ("/in", "application/json"));
    assert!(arrived.header("user-agent").starts_with("Toolgate/"));
    assert!(
        arrived.body.starts_with(r#"{"data":{"#) && arrived.body.contains(r#""type":"machine.blocked""#),
        "{}",
        arrived.body
    );
    assert!(is_verified(&arrived, &secret, &arrived.body));
    assert!(!is_verified(&arrived, &secret, &format!("{} ", arrived.body)), "or this shows nothing");
}

#[tokio::test]
async fn redirect_is_not_followed_and_status_counts_however_long_the_answer_is() {
    let lab = open().await;
    let (port, mut arrivals, poured) = endpoint().await;
    for (path, status, trouble) in [
        ("/redirect", 302, Some(Trouble::Refused)),
        ("/denied", 401, Some(Trouble::Login)),
        ("/endless", 200, None),
        ("/slow", 200, None),
    ] {
        let (id, _) = add(&lab, &format!("http://127.0.0.1:{port}{path}")).await;
        let (got, why, answer) = test(&lab, id).await;
        assert_eq!((got, why), (Some(status), trouble), "{path}");
        assert_eq!(answer.is_some(), path != "/redirect", "{path}");
        assert_eq!(arrivals.recv().await.unwrap().path, path, "and nothing else was asked");
    }
    assert!(arrivals.try_recv().is_err());
    // What the sockets hold.
    assert!(poured.load(Relaxed) < 16 * 1024 * 1024, "{poured:?}");
}

#[tokio::test]
async fn endpoint_that_moves_into_private_network_is_not_contacted() {
    let lab = open().await;
    let (port, mut arrivals, _) = endpoint().await;
    let (id, _) = add(&lab, "https://hooks.example/in").await;
    // The name was public when it was added, and now leads here; 127.0.0.1 is permitted by address, not by this name.
    let mut conn = lab.database().connect().await.unwrap();
    sqlx::query("UPDATE webhook SET address = ?")
        .bind(format!("http://localhost:{port}/in"))
        .execute(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
    assert_eq!(test(&lab, id).await, (None, Some(Trouble::Private), None));
    assert!(arrivals.try_recv().is_err());
}

#[tokio::test]
async fn slow_answer_ends_with_the_time_of_the_request() {
    let (port, _arrivals, _) = endpoint().await;
    let client = Client::new(Arc::new(Connector::new(vec!["127.0.0.1".into()], Budget::default())));
    let request = Request {
        method: Method::Post,
        address: Address::parse(&format!("http://127.0.0.1:{port}/slow")).unwrap(),
        headers: vec![],
        body: vec![],
        limits: Limits { whole: Duration::from_millis(300), ..Limits::default() },
    };
    let answer = timeout(SOON, client.send(request)).await.expect("it ends by itself");
    assert_eq!(answer.map(|answer| answer.status), Err(Failure::Slow));
}
