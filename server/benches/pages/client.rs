//! A browser without a library: one keep-alive connection, one request after the other.

use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// A connection with a session cookie.
pub struct Client {
    stream: BufReader<TcpStream>,
    cookie: String,
}

pub struct Answer {
    pub status: u16,
    /// As received: compressed, for a page.
    pub body: Vec<u8>,
    /// From the first byte sent to the last received.
    pub took: Duration,
}

impl Client {
    pub async fn connect(address: &str, token: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::with_capacity(256 * 1024, stream), cookie: format!("session={token}") }
    }

    /// Requests as a browser does, with compression.
    pub async fn get(&mut self, path: &str) -> Answer {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: bench\r\nCookie: {}\r\nAccept: text/html,*/*\r\nAccept-Encoding: gzip, br\r\n\r\n",
            self.cookie
        );
        let begin = Instant::now();
        self.stream.get_mut().write_all(request.as_bytes()).await.unwrap();
        let status = self.line().await.split(' ').nth(1).unwrap().parse().unwrap();
        let (mut length, mut chunked) = (0, false);
        loop {
            let head = self.line().await.to_ascii_lowercase();
            if head.is_empty() {
                break;
            }
            if let Some(bytes) = head.strip_prefix("content-length: ") {
                length = bytes.parse().unwrap();
            }
            chunked |= head == "transfer-encoding: chunked";
        }
        let mut body = Vec::new();
        if chunked {
            loop {
                let size = usize::from_str_radix(&self.line().await, 16).unwrap();
                self.bytes(size, &mut body).await;
                self.line().await;
                if size == 0 {
                    break;
                }
            }
        } else {
            self.bytes(length, &mut body).await;
        }
        Answer { status, body, took: begin.elapsed() }
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        let read = self.stream.read_line(&mut line).await.unwrap();
        assert!(read > 0, "the server hung up");
        line.trim_end().to_owned()
    }

    async fn bytes(&mut self, count: usize, into: &mut Vec<u8>) {
        let from = into.len();
        into.resize(from + count, 0);
        self.stream.read_exact(&mut into[from..]).await.unwrap();
    }
}
