//! Payments from outside: a stand-in for GoCardless over HTTP, which the server asks, and whose signed events it takes.

use crate::{
    lab::{
        Lab,
        operations::{fields, run},
    },
    serving::status,
};
use contract::dues::{LinkDues, RemoveFromProcessor};
use data_encoding::HEXLOWER;
use domain::{
    actor::Actor,
    dues::{DuesStatus, Processor},
    id::PersonId,
    jobs::Job,
    time::Date,
};
use serde_json::{Value, json};
use server::config::Options;
use services::{dues::Account, jobs};
use sha2::{Digest, Sha256};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
};

const BOB: PersonId = PersonId(2);
const SECRET: &str = "hook-secret";
const TOKEN: &str = "sandbox_token";

/// What the stand-in knows, and how it behaves.
struct House {
    /// The day of the only payment, and its state.
    charged: String,
    payment: &'static str,
    subscription: &'static str,
    is_down: bool,
    /// The first lines of requests.
    requests: Vec<String>,
}

type Shared = Arc<Mutex<House>>;

impl House {
    fn answer(&mut self, head: &str) -> (u16, Value) {
        let first = head.lines().next().unwrap_or_default().to_owned();
        self.requests.push(first.clone());
        let has = |line: &str| head.to_ascii_lowercase().contains(&line.to_ascii_lowercase());
        if !has(&format!("authorization: Bearer {TOKEN}")) || !has("gocardless-version: 2015-07-06") {
            return (401, json!({}));
        }
        if self.is_down {
            return (503, json!({}));
        }
        let path = first.split(' ').nth(1).unwrap_or_default();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let subscription = json!({
            "id": "SB1", "status": self.subscription, "interval": 1, "interval_unit": "monthly", "links": { "mandate": "MD1" },
        });
        let payment = json!({
            "id": "PM1", "charge_date": self.charged, "status": self.payment,
            "links": { "mandate": "MD1", "subscription": "SB1" },
        });
        let mandate = json!({ "id": "MD1", "links": { "customer": "CU1" } });
        let page = |kind: &str, items: Vec<Value>| {
            assert!(query.contains("limit=500"), "{query}");
            (200, json!({ kind: items, "meta": { "cursors": { "after": null } } }))
        };
        match path {
            "/customers/CU1" => (200, json!({ "customers": { "id": "CU1" } })),
            "/payments/PM1" => (200, json!({ "payments": payment })),
            "/mandates/MD1" => (200, json!({ "mandates": mandate })),
            "/mandates" => page("mandates", vec![mandate]),
            "/payments" => page("payments", vec![payment]),
            "/subscriptions" => page("subscriptions", vec![subscription]),
            "/subscriptions/SB1/actions/cancel" if first.starts_with("POST") && has("idempotency-key: ") => {
                self.subscription = "cancelled";
                (200, json!({ "subscriptions": { "id": "SB1", "status": "cancelled" } }))
            }
            _ => (404, json!({})),
        }
    }
}

/// Starts the stand-in; returns its address.
async fn house(house: Shared) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let house = Arc::clone(&house);
            tokio::spawn(async move {
                let head = request(&mut stream).await;
                let (status, body) = house.lock().unwrap().answer(&head);
                let body = body.to_string();
                let answer = format!(
                    "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
                drop(stream.write_all(answer.as_bytes()).await);
            });
        }
    });
    address
}

/// The head of a request, after its body was read as well.
async fn request(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    drop(stream.read_exact(&mut body).await);
    head
}

/// HMAC-SHA-256 by its definition (RFC 2104), as any other program computes it.
fn signature(secret: &str, body: &str) -> String {
    let mut key = [0_u8; 64];
    key[..secret.len()].copy_from_slice(secret.as_bytes());
    let pad = |with: u8| key.map(|byte| byte ^ with);
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(body).finalize();
    HEXLOWER.encode(&Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize())
}

/// A server with an account at the stand-in, and Bob, whose last payment was two months ago.
async fn open() -> (Lab, Shared) {
    let shared = Arc::new(Mutex::new(House {
        charged: String::new(),
        payment: "paid_out",
        subscription: "active",
        is_down: false,
        requests: Vec::new(),
    }));
    let base = house(Arc::clone(&shared)).await;
    let account = Account {
        processor: Processor::GoCardless,
        base,
        key: TOKEN.into(),
        secrets: vec![SECRET.into()],
        plan: None,
        portal: None,
    };
    let lab = Lab::adjusted(Options::default(), |config| config.payments = vec![account]).await;
    shared.lock().unwrap().charged = days_ago(&lab, 60);
    let link = LinkDues { person: BOB };
    run(&lab.running().ctx, &Actor::TOOLGATE, link, fields(&[("reference", "CU1")])).await.unwrap();
    (lab, shared)
}

fn days_ago(lab: &Lab, days: i64) -> String {
    let today = lab.running().ctx.moment_now().wall().date;
    Date::from_days(today.days() - days).to_string()
}

/// Posts `body` with a signature; returns the status of the answer.
async fn post(lab: &Lab, path: &str, signature: &str, body: &str) -> u16 {
    let mut stream = TcpStream::connect(lab.running().http).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nWebhook-Signature: {signature}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // Of a body that is too large the rest is not read.
    drop(stream.write_all(body.as_bytes()).await);
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer).await);
    status(&String::from_utf8_lossy(&answer))
}

/// A message with events about Bob's payment.
fn events(ids: &[&str]) -> String {
    let event = |id: &&str| json!({ "id": id, "resource_type": "payments", "action": "confirmed", "links": { "payment": "PM1" } });
    json!({ "events": ids.iter().map(event).collect::<Vec<_>>() }).to_string()
}

async fn sends(lab: &Lab, ids: &[&str]) -> u16 {
    let body = events(ids);
    post(lab, "/hooks/payments/gocardless", &signature(SECRET, &body), &body).await
}

const STATUS: &str = "SELECT instr('current grace overdue ended', status) FROM dues WHERE person_id = 2";

/// The status of Bob's dues, as its place in the names of all.
async fn status_of_bob(lab: &Lab) -> usize {
    usize::try_from(lab.number(STATUS).await - 1).unwrap()
}

fn status_named(status: DuesStatus) -> usize {
    "current grace overdue ended".find(status.as_str()).unwrap()
}

const HOLDS: &str = "SELECT count(*) FROM hold WHERE reason = 'dues' AND lifted_at IS NULL";

#[tokio::test(flavor = "multi_thread")]
async fn member_who_pays_late_is_held_and_let_in_by_a_signed_event() {
    let (lab, house) = open().await;
    assert_eq!((status_of_bob(&lab).await, lab.number(HOLDS).await), (status_named(DuesStatus::Grace), 0));
    // As if that had been known for eleven days.
    lab.sql("UPDATE dues SET known_on = known_on - 10, tried_at = NULL WHERE person_id = 2").await;
    jobs::run(&lab.running().ctx, Job::Dues).await;
    assert_eq!((status_of_bob(&lab).await, lab.number(HOLDS).await), (status_named(DuesStatus::Overdue), 1));
    house.lock().unwrap().charged = days_ago(&lab, 1);
    // Each event twice, the later one first.
    assert_eq!(sends(&lab, &["EV2", "EV2"]).await, 204);
    assert_eq!(sends(&lab, &["EV1", "EV2"]).await, 204);
    jobs::run(&lab.running().ctx, Job::Dues).await;
    assert_eq!((status_of_bob(&lab).await, lab.number(HOLDS).await), (status_named(DuesStatus::Current), 0));
    assert_eq!(lab.number("SELECT count(*) FROM dues_event").await, 2);
    let notices = "SELECT count(*) FROM notice WHERE person_id = 2 AND kind IN ('hold.placed', 'hold.lifted')";
    assert_eq!(lab.number(notices).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn message_without_valid_signature_is_refused_unread() {
    let (lab, _) = open().await;
    let (path, body) = ("/hooks/payments/gocardless", events(&["EV1"]));
    let good = signature(SECRET, &body);
    assert_eq!(post(&lab, path, &signature("other", &body), &body).await, 400);
    assert_eq!(post(&lab, path, "", &body).await, 400);
    assert_eq!(post(&lab, path, &good, &format!("{body} ")).await, 400, "the same JSON in other bytes");
    assert_eq!(post(&lab, path, &signature(SECRET, "{}"), "{}").await, 400, "signed, and no events");
    assert_eq!(post(&lab, path, &signature(SECRET, "not JSON"), "not JSON").await, 400);
    assert_eq!(post(&lab, "/hooks/payments/stripe", &good, &body).await, 404, "not set up here");
    assert_eq!(post(&lab, "/hooks/payments/cassa", &good, &body).await, 404);
    let large = format!("{body}{}", " ".repeat(600 * 1024));
    assert_eq!(post(&lab, path, &signature(SECRET, &large), &large).await, 413);
    assert_eq!(lab.number("SELECT count(*) FROM dues_event").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn message_with_hundreds_of_events_is_taken() {
    let (lab, _) = open().await;
    let ids: Vec<String> = (0..1_000).map(|number| format!("EV{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    assert!(events(&ids).len() > 64 * 1024, "longer than what strangers may send elsewhere");
    assert_eq!(sends(&lab, &ids).await, 204);
    assert_eq!(lab.number("SELECT count(*) FROM dues_event").await, 1_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn processor_that_is_down_takes_nobodys_access_and_misses_no_event() {
    let (lab, house) = open().await;
    house.lock().unwrap().charged = days_ago(&lab, 1);
    sends(&lab, &["EV1"]).await;
    jobs::run(&lab.running().ctx, Job::Dues).await;
    assert_eq!(status_of_bob(&lab).await, status_named(DuesStatus::Current));
    // It goes down, and his next payment fails meanwhile.
    house.lock().unwrap().is_down = true;
    house.lock().unwrap().payment = "failed";
    assert_eq!(sends(&lab, &["EV2"]).await, 204, "events are taken");
    jobs::run(&lab.running().ctx, Job::Dues).await;
    assert_eq!((status_of_bob(&lab).await, lab.number(HOLDS).await), (status_named(DuesStatus::Current), 0));
    assert_eq!(lab.number("SELECT count(*) FROM dues_event WHERE next_at IS NOT NULL").await, 1, "it waits");
    assert_eq!(lab.number("SELECT count(*) FROM dues_processor WHERE failing_since IS NOT NULL").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn removed_member_is_cancelled_at_the_processor() {
    let (lab, house) = open().await;
    run(&lab.running().ctx, &Actor::TOOLGATE, RemoveFromProcessor { person: BOB }, fields(&[])).await.unwrap();
    jobs::run(&lab.running().ctx, Job::Dues).await;
    assert_eq!(lab.number("SELECT count(*) FROM dues_command WHERE state = 'done'").await, 1);
    assert_eq!(
        (status_of_bob(&lab).await, lab.number(HOLDS).await),
        (status_named(DuesStatus::Ended), 0),
        "the days of grace are left"
    );
    let cancelled = house.lock().unwrap().requests.iter().filter(|line| line.contains("/actions/cancel")).count();
    assert!(cancelled >= 1, "the subscription is cancelled there");
}

/// Begins to send a long message with a signature from a network, and sends no more of it than its head and a byte.
async fn unfinished(lab: &Lab, network: u8, signature: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, network], 0))).unwrap();
    let mut stream = socket.connect(lab.running().http).await.unwrap();
    let head = format!(
        "POST /hooks/payments/gocardless HTTP/1.1\r\nHost: localhost\r\nWebhook-Signature: {signature}\r\n\
         Content-Length: 524288\r\nConnection: close\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn long_message_without_a_signature_is_refused_by_its_head() {
    let (lab, _) = open().await;
    for signature in ["", "ff", &"g".repeat(64)] {
        let mut stream = unfinished(&lab, 1, signature).await;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        assert_eq!(status(&String::from_utf8_lossy(&answer)), 400, "{signature}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unfinished_messages_leave_room_for_long_forms_and_signed_messages() {
    let (lab, _) = open().await;
    let forged = "0".repeat(64);
    let mut held = Vec::new();
    for number in 0..75 {
        let mut stream = unfinished(&lab, 2 + number % 9, &forged).await;
        // What is taken is counted; what is refused is closed.
        drop(stream.write_all(&vec![b' '; 500_000]).await);
        held.push(stream);
    }
    let long = format!("email=ada%40lab.example&password={}", "x".repeat(20_000));
    let mut stream = TcpStream::connect(lab.running().http).await.unwrap();
    let request = format!(
        "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{long}",
        long.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer);
    assert!(status(&answer) < 500, "{answer}");
    let ids: Vec<String> = (0..500).map(|number| format!("EV{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    assert!(events(&ids).len() > 32 * 1024);
    assert_eq!(sends(&lab, &ids).await, 204, "a long message of the processor");
}
