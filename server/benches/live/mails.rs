//! A mail server that accepts everything, and notices queued for it.

use crate::{PEOPLE, space::Space};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// Maximum wait.
const PATIENCE: Duration = Duration::from_mins(10);

pub struct Sink {
    pub port: u16,
    taken: Arc<AtomicUsize>,
}

impl Sink {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let taken = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&taken);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let count = Arc::clone(&count);
                // A client that hangs up has sent all it had.
                tokio::spawn(async move { converse(stream, &count).await.unwrap_or_default() });
            }
        });
        Self { port, taken }
    }

    pub fn taken(&self) -> usize {
        self.taken.load(Relaxed)
    }

    /// Waits until this many were accepted; returns when that was.
    pub async fn has(&self, count: usize) -> Instant {
        let begun = Instant::now();
        while self.taken() < count {
            assert!(begun.elapsed() < PATIENCE, "{} of {count} mails left", self.taken());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Instant::now()
    }
}

async fn converse(stream: TcpStream, taken: &AtomicUsize) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream);
    let mut in_body = false;
    lines.get_mut().write_all(b"220 ready\r\n").await?;
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let reply = match line.trim_end() {
            "." if in_body => {
                in_body = false;
                taken.fetch_add(1, Relaxed);
                "250 taken\r\n"
            }
            _ if in_body => continue,
            "DATA" => {
                in_body = true;
                "354 go on\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ => "250 fine\r\n",
        };
        lines.get_mut().write_all(reply.as_bytes()).await?;
    }
}

/// Queues `count` notices, each as a mail of its own.
pub async fn queue(space: &Space, count: usize) {
    let sql = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
            INSERT INTO notice (person_id, kind, subject, body, told_at)
            SELECT 1 + i % {PEOPLE}, 'hold.placed', 'hold:' || i,
                   '{{\"hold_placed\":{{\"hold\":' || i || ',\"reason\":\"unpaid\",\"until\":null}}}}', unixepoch() * 1000
              FROM n;"
    );
    space.sql(sql).await;
}
