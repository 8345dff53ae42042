//! Swipes beside those who try to delay them.
//!
//! Each attack runs as long as its swipes are counted, from this process, which takes a part of the machine too.

use crate::{
    Size,
    lab::{Broker, Lab},
    load,
    report::Report,
};
use domain::time::{DAY, Date, millis};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

/// Sockets of a stranger.
const SOCKETS: usize = 2;
/// Connections whose responses nobody reads, and requests on each.
const UNREAD: (usize, u32) = (100, 32);
/// Plans that a manager asks for at the same time.
const PLANS: usize = 16;
/// Dates of each plan.
const DATES: i64 = 120;

/// What a client of HTTP/2 sends first.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The swipes of one board during each attack, and the memory after it.
pub async fn measure(report: &mut Report, size: Size) {
    eprintln!("Toolgate under attack …");
    let lab = Lab::open(Broker::Inside, 1_000).await;
    let before = lab.memory();
    swipes(report, &lab, "nobody", size).await;
    for (name, bytes) in floods() {
        let mut attack = JoinSet::new();
        for _ in 0..SOCKETS {
            attack.spawn(flood(lab.http(), bytes.clone()));
        }
        swipes(report, &lab, name, size).await;
    }
    {
        let mut attack = JoinSet::new();
        for _ in 0..UNREAD.0 {
            attack.spawn(unread(lab.http()));
        }
        swipes(report, &lab, "3,200 unread responses of HTTP/2", size).await;
        report.grown("unread responses of HTTP/2 (at most 100 MB)", lab.memory() - before);
    }
    {
        let page = daily(&lab).await;
        let mut attack = JoinSet::new();
        for _ in 0..PLANS {
            let (mut manager, page) = (lab.manager().await, page.clone());
            attack.spawn(async move {
                loop {
                    assert_eq!(manager.get(&page).await.status, 200);
                }
            });
        }
        swipes(report, &lab, "16 plans of 120 taken dates at once", size).await;
    }
    report.grown("all attacks (at most 150 MB)", lab.memory() - before);
}

async fn swipes(report: &mut Report, lab: &Lab, beside: &str, size: Size) {
    let query = crate::check_user();
    let figures = load::sequential(lab.broker.port, 1, &query, size.sequential).await;
    report.latency(&format!("checkuser beside {beside}"), "inside", &figures);
}

/// The bytes at the beginning of a connection, and those that are repeated.
type Flood = (Vec<u8>, Vec<u8>);

/// Floods by name.
fn floods() -> Vec<(&'static str, Flood)> {
    let http2 = [PREFACE, &frame(4, 0, &[])].concat();
    let frames = |kind, stream, payload: &[u8]| (http2.clone(), frame(kind, stream, payload).repeat(1_000));
    vec![
        ("pipelined requests", (Vec::new(), b"GET /health HTTP/1.1\r\nHost: bench\r\n\r\n".repeat(1_000))),
        ("frames WINDOW_UPDATE", frames(8, 0, &[0, 0, 0, 1])),
        ("frames PRIORITY", frames(2, 3, &[0, 0, 0, 0, 16])),
        ("frames PING", frames(6, 0, &[0; 8])),
        ("frames SETTINGS", frames(4, 0, &[])),
        ("unknown frames", frames(0xfe, 0, &[])),
    ]
}

fn frame(kind: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, 0], &stream.to_be_bytes(), payload].concat()
}

/// Sends as fast as the server reads, and reads what comes. Connects again when it is cut off.
async fn flood(address: String, (first, again): Flood) {
    loop {
        let Ok(stream) = TcpStream::connect(&address).await else { continue };
        let (mut reader, mut writer) = stream.into_split();
        let mut answers = vec![0; 64 * 1024];
        let reading = async { while reader.read(&mut answers).await.is_ok_and(|read| read > 0) {} };
        let writing = async {
            let mut sent = writer.write_all(&first).await;
            while sent.is_ok() {
                sent = writer.write_all(&again).await;
            }
        };
        tokio::select! {
            () = reading => {}
            () = writing => {}
        }
    }
}

/// Asks for many pages on one connection, and reads none.
async fn unread(address: String) {
    loop {
        let Ok(mut stream) = TcpStream::connect(&address).await else { continue };
        let mut bytes = [PREFACE, &frame(4, 0, &[])].concat();
        // :method GET, :scheme http, :path /, and :authority as a literal.
        let head = [&[0x82, 0x86, 0x84, 0x01, 5][..], b"bench"].concat();
        for n in 0..UNREAD.1 {
            let mut headers = frame(1, 2 * n + 1, &head);
            // END_STREAM and END_HEADERS.
            headers[4] = 0x05;
            bytes.extend(headers);
        }
        drop(stream.write_all(&bytes).await);
        let mut end = [0; 1];
        // Whatever comes stays where it is until the connection is cut.
        while stream.peek(&mut end).await.is_ok_and(|read| read > 0) {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }
}

/// The page of a plan of which every date is taken, so that other machines and times are searched for each.
async fn daily(lab: &Lab) -> String {
    let today = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap() / millis(DAY);
    let first = today + 7;
    lab.sql(format!(
        "INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.zone', 'UTC');
         CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {DATES}) SELECT i FROM n;
         INSERT INTO booking (id, machine_id, person_id, starts_at, ends_at, state, asked_at)
             SELECT 1 + i, 1, 2, ({first} + i) * 86400000 + 36000000, ({first} + i) * 86400000 + 39600000, 'approved', 0 FROM n;
         INSERT INTO occupation (machine_id, starts_at, ends_at, booking_id)
             SELECT machine_id, starts_at, ends_at, id FROM booking ORDER BY starts_at;"
    ))
    .await;
    let [from, to] = [first, first + DATES - 1].map(|day| Date::from_days(day).to_string());
    format!("/series/new?resource=machine:1&rule=FREQ%3DDAILY&from=10:00&to=11:00&first={from}&last={to}")
}
