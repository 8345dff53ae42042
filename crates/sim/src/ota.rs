//! A board's firmware receiver: `ArduinoOTA` on this computer.
//!
//! Invariant: an image is accepted only if it arrived completely with the announced digest; otherwise it is refused
//! with a board's messages. During a use it does not listen, as boards do. Not here: flash. An accepted image is
//! returned to the caller.

use data_encoding::HEXLOWER;
use fabomatic::ota::{
    Answer, Challenge, DATAGRAM, Invitation, Proof,
    proof::{StoredAs, md5, proof},
};
use md5::{Digest, Md5};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
    time::timeout,
};

#[derive(Debug, Clone, Default)]
pub struct Manner {
    /// Its password and method.
    pub lock: Option<Lock>,
    pub mishap: Option<Mishap>,
}

/// A password as a board uses it.
#[derive(Debug, Clone)]
pub struct Lock {
    pub password: String,
    /// Length of its nonces in hexadecimal digits: 32 or 64.
    pub digits: usize,
    /// The stored digest of the password.
    pub kept: StoredAs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// It never answers.
    Silent,
    /// It ignores the first invitation.
    Deaf,
    Babbles,
    /// It agrees but does not connect.
    Stays,
    /// It disconnects after this many bytes.
    HangsUp(usize),
    /// It stops answering after this many bytes.
    Stalls(usize),
    /// It sends this in the middle.
    Interrupts(&'static str),
    /// It sends this at the end.
    Complains(&'static str),
    /// A byte is corrupted.
    Garbles,
    /// It reports success before it has everything.
    Lies,
}

/// A firmware receiver.
#[derive(Debug)]
pub struct Receiver {
    socket: UdpSocket,
    manner: Manner,
}

/// The longest pause of a sender; the firmware's.
const PATIENCE: Duration = Duration::from_secs(45);

impl Receiver {
    /// Listens on a free port of this computer. Must be called within a tokio runtime.
    pub fn open(manner: Manner) -> io::Result<Self> {
        let socket = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        socket.set_nonblocking(true)?;
        Ok(Self { socket: UdpSocket::from_std(socket)?, manner })
    }

    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Waits for an image. Ignores senders while `is_busy`. Cancel-safe.
    pub async fn take(&mut self, is_busy: impl Fn() -> bool) -> Vec<u8> {
        loop {
            let Some((invitation, from)) = self.invited(&is_busy).await else { continue };
            if let Ok(Some(image)) = self.receive(&invitation, from).await {
                return image;
            }
        }
    }

    /// Waits for an invitation and agrees to it, once the sender has proved that they may.
    async fn invited(&mut self, is_busy: impl Fn() -> bool) -> Option<(Invitation, SocketAddr)> {
        let (datagram, from) = self.hear().await?;
        if is_busy() {
            return None;
        }
        let invitation = Invitation::parse(&datagram)?;
        match self.manner.mishap {
            Some(Mishap::Silent) => return None,
            Some(Mishap::Deaf) => {
                self.manner.mishap = None;
                return None;
            }
            Some(Mishap::Babbles) => {
                self.say("HTTP/1.1 400 Bad Request", from).await;
                return None;
            }
            _ => {}
        }
        if let Some(lock) = self.manner.lock.clone() {
            // Nobody attacks a simulation.
            let nonce = md5("nonce").chars().cycle().take(lock.digits).collect();
            let challenge = Challenge { nonce };
            self.say(&Answer::Challenge(challenge.clone()).encode(), from).await;
            let (datagram, from) = self.hear().await?;
            let view = Proof::parse(&datagram)?;
            if view != proof(&lock.password, lock.kept, &challenge, view.nonce.clone()) {
                self.say(&Answer::WrongProof.encode(), from).await;
                return None;
            }
        }
        self.say(&Answer::Agreed.encode(), from).await;
        (self.manner.mishap != Some(Mishap::Stays)).then_some((invitation, from))
    }

    async fn hear(&self) -> Option<(Vec<u8>, SocketAddr)> {
        let mut datagram = vec![0; DATAGRAM];
        let (count, from) = self.socket.recv_from(&mut datagram).await.ok()?;
        datagram.truncate(count);
        Some((datagram, from))
    }

    async fn say(&self, text: &str, to: SocketAddr) {
        // A datagram may be lost.
        let _ = self.socket.send_to(text.as_bytes(), to).await;
    }

    /// Connects to the sender of the invitation and receives the image; `None` if it is not as announced.
    async fn receive(&self, invitation: &Invitation, from: SocketAddr) -> io::Result<Option<Vec<u8>>> {
        let mut sender = TcpStream::connect((from.ip(), invitation.port)).await?;
        let size = usize::try_from(invitation.size).unwrap_or(usize::MAX);
        let (mut image, mut piece) = (Vec::new(), [0; 1460]);
        while image.len() < size {
            let count = timeout(PATIENCE, sender.read(&mut piece)).await??;
            if count == 0 {
                return Ok(None);
            }
            image.extend(piece.iter().take(count));
            match self.manner.mishap {
                Some(Mishap::HangsUp(after)) if image.len() >= after => return Ok(None),
                Some(Mishap::Stalls(after)) if image.len() >= after => continue,
                Some(Mishap::Interrupts(words)) => {
                    sender.write_all(words.as_bytes()).await?;
                    return Ok(None);
                }
                Some(Mishap::Lies) => {
                    sender.write_all(b"OK").await?;
                    return Ok(None);
                }
                Some(Mishap::Garbles) => image.iter_mut().take(1).for_each(|byte| *byte = 0),
                _ => {}
            }
            sender.write_all(count.to_string().as_bytes()).await?;
        }
        let sum = HEXLOWER.encode(Md5::digest(&image).as_slice());
        let verdict = match self.manner.mishap {
            Some(Mishap::Complains(words)) => words,
            _ if sum != invitation.md5 => "MD5 Check Failed\r\n",
            _ => "OK",
        };
        sender.write_all(verdict.as_bytes()).await?;
        sender.shutdown().await?;
        Ok((verdict == "OK").then_some(image))
    }
}
