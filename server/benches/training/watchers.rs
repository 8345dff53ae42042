//! People who watch a video: a connection each, and every five seconds a report of watched parts, as a page sends
//! it.

use crate::space::token;
use std::{
    net::SocketAddr,
    ops::Range,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    task::JoinSet,
    time::interval_at,
};

/// Interval between reports, as on the page.
const EVERY: Duration = Duration::from_secs(5);

#[derive(Default)]
pub struct Reports {
    /// From the first byte of each to the last of its answer, sorted.
    pub took: Vec<Duration>,
    pub lasted: Duration,
    /// Seconds, of all of them together.
    pub credited: u64,
}

impl Reports {
    /// Adds those of a later round; its credited time includes all earlier ones.
    pub fn add(&mut self, later: Self) {
        self.took.extend(later.took);
        self.took.sort_unstable();
        self.lasted += later.lasted;
        self.credited = later.credited;
    }
}

/// Lets this many people report these parts of five seconds, spread over the five seconds.
pub async fn watch(address: SocketAddr, watchers: usize, reports: Range<usize>) -> Reports {
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for person in 1..=watchers {
        tasks.spawn(one(address, person, watchers, reports.clone()));
    }
    let (mut took, mut credited) = (Vec::new(), 0);
    while let Some(done) = tasks.join_next().await {
        let (own, seen) = done.unwrap();
        took.extend(own);
        credited += seen;
    }
    took.sort_unstable();
    Reports { took, lasted: begun.elapsed(), credited }
}

async fn one(address: SocketAddr, person: usize, of: usize, reports: Range<usize>) -> (Vec<Duration>, u64) {
    let ahead = EVERY * u32::try_from(person).unwrap() / u32::try_from(of).unwrap();
    let mut next = interval_at(tokio::time::Instant::now() + ahead, EVERY);
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut stream = BufReader::new(stream);
    next.tick().await;
    // The start of playback: from here on the server's clock runs.
    post(&mut stream, person, "edition=1&played=&place=0").await;
    let (mut took, mut credited) = (Vec::new(), 0);
    for report in reports {
        next.tick().await;
        let (from, to) = (report * 5_000, (report + 1) * 5_000);
        let begin = Instant::now();
        let answer = post(&mut stream, person, &format!("edition=1&played={from}-{to}&place={to}")).await;
        took.push(begin.elapsed());
        let credit: serde_json::Value = serde_json::from_slice(&answer).unwrap();
        let spans = credit["watched"].as_array().unwrap();
        let length = |span: &serde_json::Value| span["to"].as_u64().unwrap() - span["from"].as_u64().unwrap();
        credited = spans.iter().map(length).sum::<u64>() / 1_000;
    }
    (took, credited)
}

async fn post(stream: &mut BufReader<TcpStream>, person: usize, form: &str) -> Vec<u8> {
    let request = format!(
        "POST /api/training/report HTTP/1.1\r\nHost: bench\r\nCookie: session={}\r\nAccept: application/json\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        token(person),
        form.len(),
    );
    stream.get_mut().write_all(request.as_bytes()).await.unwrap();
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    let status = line.trim_end().to_owned();
    let mut length = 0;
    loop {
        line.clear();
        assert!(stream.read_line(&mut line).await.unwrap() > 0, "the server hung up");
        let head = line.trim_end().to_ascii_lowercase();
        if head.is_empty() {
            break;
        }
        if let Some(bytes) = head.strip_prefix("content-length: ") {
            length = bytes.parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    assert!(status.contains(" 200 "), "{status} {}", String::from_utf8_lossy(&body));
    body
}
