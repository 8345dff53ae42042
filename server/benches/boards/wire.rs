//! A minimal MQTT client for measurements: 3.1.1, QoS 0, no library between the clock and the socket.

use std::io;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// Bytes of the buffer already consumed.
    read: usize,
}

/// A received message: topic and payload.
pub struct Message {
    pub topic: String,
    pub payload: Vec<u8>,
}

impl Wire {
    pub async fn connect(port: u16, id: &str, login: Option<(&str, &str)>) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let mut wire = Self { stream, buffer: Vec::with_capacity(1 << 16), read: 0 };
        let mut body = vec![0, 4, b'M', b'Q', b'T', b'T', 4, if login.is_some() { 0xc2 } else { 0x02 }, 0, 0];
        text(&mut body, id);
        if let Some((user, password)) = login {
            text(&mut body, user);
            text(&mut body, password);
        }
        wire.send(0x10, &body).await?;
        match wire.packet().await? {
            (0x20, answer) if answer.get(1) == Some(&0) => Ok(wire),
            (kind, answer) => Err(io::Error::other(format!("refused: {kind:#x} {answer:?}"))),
        }
    }

    pub async fn subscribe(&mut self, topic: &str) -> io::Result<()> {
        let mut body = vec![0, 1];
        text(&mut body, topic);
        body.push(0);
        self.send(0x82, &body).await?;
        match self.packet().await? {
            (0x90, answer) if answer.get(2) == Some(&0) => Ok(()),
            (kind, answer) => Err(io::Error::other(format!("not subscribed: {kind:#x} {answer:?}"))),
        }
    }

    pub async fn publish(&mut self, topic: &str, payload: &[u8]) -> io::Result<()> {
        let mut body = Vec::with_capacity(topic.len() + payload.len() + 2);
        text(&mut body, topic);
        body.extend_from_slice(payload);
        self.send(0x30, &body).await
    }

    pub async fn hear(&mut self) -> io::Result<Message> {
        loop {
            let (kind, body) = self.packet().await?;
            if kind & 0xf0 == 0x30 {
                let length = usize::from(u16::from_be_bytes([body[0], body[1]]));
                let topic = String::from_utf8_lossy(&body[2..2 + length]).into_owned();
                return Ok(Message { topic, payload: body[2 + length..].to_vec() });
            }
        }
    }

    async fn send(&mut self, kind: u8, body: &[u8]) -> io::Result<()> {
        let mut packet = vec![kind];
        let mut rest = body.len();
        loop {
            let digit = u8::try_from(rest % 128).unwrap_or(0);
            rest /= 128;
            packet.push(if rest > 0 { digit | 0x80 } else { digit });
            if rest == 0 {
                break;
            }
        }
        packet.extend_from_slice(body);
        self.stream.write_all(&packet).await
    }

    async fn packet(&mut self) -> io::Result<(u8, Vec<u8>)> {
        loop {
            if let Some(packet) = self.buffered() {
                return Ok(packet);
            }
            self.buffer.drain(..self.read);
            self.read = 0;
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    fn buffered(&mut self) -> Option<(u8, Vec<u8>)> {
        let rest = &self.buffer[self.read..];
        let (&kind, lengths) = rest.split_first()?;
        let (mut length, mut shift, mut used) = (0_usize, 0, 1);
        for &digit in lengths {
            length |= usize::from(digit & 0x7f) << shift;
            shift += 7;
            used += 1;
            if digit & 0x80 == 0 {
                let body = rest.get(used..used + length)?.to_vec();
                self.read += used + length;
                return Some((kind, body));
            }
        }
        None
    }
}

fn text(body: &mut Vec<u8>, text: &str) {
    body.extend_from_slice(&u16::try_from(text.len()).unwrap_or(0).to_be_bytes());
    body.extend_from_slice(text.as_bytes());
}
