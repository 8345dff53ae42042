//! Requests that take the server long, each on a connection of its own. Not here: who sends them, and how many.

use crate::{floods::pause, lab, tally::Tally};
use serde_json::json;
use std::{
    fmt::Write,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

/// Lines of a list of people, and of a table of bookings: the most that are taken.
const LINES: (usize, usize) = (10_000, 1_000);
/// People that the tables name.
const PEOPLE: usize = 1_000;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// `size` clients that ask all the time; answers with the status `good` count. `request` is given numbers, each once.
pub fn crowd(
    at: SocketAddr,
    tally: &Tally,
    (size, good): (usize, u16),
    request: impl Fn(u64) -> Vec<u8> + Clone + Send + Sync + 'static,
) -> JoinSet<()> {
    let (mut clients, next) = (JoinSet::new(), Arc::new(AtomicU64::new(0)));
    for _ in 0..size {
        let (tally, next, request) = (tally.clone(), Arc::clone(&next), request.clone());
        clients.spawn(async move {
            loop {
                let bytes = request(next.fetch_add(1, Relaxed));
                match ask(at, &bytes).await {
                    Ok(status) if status == good => tally.accept(1),
                    Ok(status) => tally.refuse(status),
                    Err(_) => pause().await,
                }
            }
        });
    }
    clients
}

/// Sends a request; returns the status once the whole answer has come.
async fn ask(at: SocketAddr, request: &[u8]) -> io::Result<u16> {
    let mut stream = TcpStream::connect(at).await?;
    stream.write_all(request).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    status(&answer).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

/// The status at the beginning of an answer.
pub fn status(answer: &[u8]) -> Option<u16> {
    let digits = answer.strip_prefix(b"HTTP/1.1 ")?.get(..3)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn request(line: &str, cookie: &str, kind: &str, body: &str) -> Vec<u8> {
    format!(
        "{line} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\nAccept: */*\r\n{cookie}Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// By the manager, who is signed in.
fn by_manager(line: &str, kind: &str, body: &str) -> Vec<u8> {
    request(line, &format!("Cookie: session={}\r\n", lab::cookie()), kind, body)
}

/// A guess of a password, each of another account.
pub fn guess(n: u64) -> Vec<u8> {
    let body = format!("email=guess{n}%40toolgate.example&password=hunter2hunter2");
    request("POST /sign-in?/sign-in/enter", "", FORM, &body)
}

/// The beginning of a sign-in by passkey, which nobody goes on with.
pub fn passkey(_: u64) -> Vec<u8> {
    request("POST /passkeys/sign-in", "", FORM, "")
}

/// The form for a series with its preview.
pub fn preview(path: &str) -> Vec<u8> {
    by_manager(&format!("GET {path}"), FORM, "")
}

/// A daily series from `first` to `last`, on a machine and at an hour that no other number has.
pub fn series(n: u64, (first, last): &(String, String)) -> Vec<u8> {
    let machines = u64::from(crate::BOARDS) - 1;
    let (machine, hour) = (2 + n % machines, n / machines % 23);
    let body = json!({
        "resource": format!("machine:{machine}"), "group": 1, "rule": "FREQ=DAILY", "first": first, "last": last,
        "from": format!("{hour:02}:00"), "to": format!("{:02}:00", hour + 1),
    });
    by_manager("POST /api/v1/series", JSON, &body.to_string())
}

pub fn trial(_: u64) -> Vec<u8> {
    by_manager("GET /api/v1/draws/1/trial", JSON, "")
}

/// The week of all machines and rooms.
pub fn week(_: u64) -> Vec<u8> {
    by_manager("POST /api/bookings/week", FORM, "date=")
}

/// A search for people and machines, and one for free time in turn.
pub fn search(n: u64) -> Vec<u8> {
    if n.is_multiple_of(2) {
        return by_manager("POST /api/find/all", FORM, &format!("name=person+{}", n % 100));
    }
    let body = "requested=any&minutes=60&when=soon&people=&equipment=&message=";
    by_manager("POST /api/bookings/find", FORM, body)
}

pub fn report(_: u64) -> Vec<u8> {
    by_manager("POST /api/reports/use", FORM, "by=machine&weeks=52")
}

/// A list of new people, which is previewed.
pub fn list() -> Vec<u8> {
    let mut list = "name,email,type\n".to_owned();
    for n in 0..LINES.0 {
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(list, "Member {n},m{n}@toolgate.example,Laser cutter");
    }
    by_manager("POST /api/v1/imports", "text/csv", &list)
}

/// A table of bookings on `day`, which is previewed.
pub fn table(day: &str) -> Vec<u8> {
    let mut table = "resource,person,start,end\n".to_owned();
    for n in 0..LINES.1 {
        let (machine, hour) = (1 + n % usize::from(crate::BOARDS), n / usize::from(crate::BOARDS));
        let (begin, end, person) = (10 + hour, 11 + hour, 1 + n % PEOPLE);
        let _ = writeln!(table, "machine:{machine},Person {person},{day} {begin}:00,{day} {end}:00");
    }
    by_manager("POST /api/v1/bookings/import", JSON, &json!({ "table": table }).to_string())
}
