//! A browser without a library: one keep-alive connection, one request after the other, each with a token.

use std::net::SocketAddr;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

pub struct Client(BufReader<TcpStream>);

pub struct Answer {
    pub status: u16,
    /// As received: compressed, for a page.
    pub body: Vec<u8>,
}

impl Answer {
    /// Checks the status; returns the number of bytes.
    pub fn expect(&self, status: u16) -> usize {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self.body.len()
    }
}

impl Client {
    pub async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self(BufReader::with_capacity(64 * 1024, stream))
    }

    /// Requests as a browser does, with compression.
    pub async fn get(&mut self, path: &str, token: &str) -> Answer {
        let accepts = "Accept: text/html,*/*\r\nAccept-Encoding: gzip, br";
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: bench\r\nCookie: session={token}\r\n{accepts}\r\n\r\n"))
            .await
    }

    /// The same without compression.
    pub async fn get_plain(&mut self, path: &str, token: &str) -> Answer {
        self.ask(&format!(
            "GET {path} HTTP/1.1\r\nHost: bench\r\nCookie: session={token}\r\nAccept: text/html,*/*\r\n\r\n"
        ))
        .await
    }

    /// Requests as an open page does.
    pub async fn post_form(&mut self, path: &str, token: &str, form: &str) -> Answer {
        let kind = "Accept: application/x-postcard\r\nContent-Type: application/x-www-form-urlencoded";
        self.post(path, token, kind, form).await
    }

    /// Requests as an API client does.
    pub async fn post_json(&mut self, path: &str, token: &str, json: &str) -> Answer {
        self.post(path, token, "Content-Type: application/json", json).await
    }

    async fn post(&mut self, path: &str, token: &str, kind: &str, body: &str) -> Answer {
        let length = body.len();
        self.ask(&format!(
            "POST {path} HTTP/1.1\r\nHost: bench\r\nCookie: session={token}\r\n{kind}\r\nContent-Length: {length}\r\n\r\n{body}"
        ))
        .await
    }

    async fn ask(&mut self, request: &str) -> Answer {
        self.0.get_mut().write_all(request.as_bytes()).await.unwrap();
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
        Answer { status, body }
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        let read = self.0.read_line(&mut line).await.unwrap();
        assert!(read > 0, "the server hung up");
        line.trim_end().to_owned()
    }

    async fn bytes(&mut self, count: usize, into: &mut Vec<u8>) {
        let from = into.len();
        into.resize(from + count, 0);
        self.0.read_exact(&mut into[from..]).await.unwrap();
    }
}
