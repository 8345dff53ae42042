//! Sends firmware to a board over the air: the sockets around `fabomatic::ota`.
//!
//! **Invariants.** Every step has its time limit. Only the invited board is admitted, with one connection.
//! Dropping the future cancels everything. Not here: which board gets what and when.

mod networks;
pub mod worker;

use domain::firmware::Failure;
use fabomatic::ota::{
    Answer, Challenge, DATAGRAM, Heard, Invitation, Method, PIECE, Verdict,
    proof::{StoredAs, proof},
};
use rand::{RngExt, rngs::StdRng};
use std::{
    future::Future,
    io::{self, ErrorKind},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket},
    time::{Instant, timeout, timeout_at},
};

/// Time limits of the steps.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The answer to an invitation, before it is resent: a datagram may be lost.
    pub answer: Duration,
    /// How often the board is invited.
    pub invitations: u32,
    /// The answer to a proof, which takes the board some time to compute.
    pub proof: Duration,
    /// Until the board has connected.
    pub connection: Duration,
    /// Until a piece is written; flash is erased meanwhile.
    pub piece: Duration,
    /// Until the board has verified the whole image.
    pub verdict: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(3),
            invitations: 5,
            proof: Duration::from_secs(10),
            connection: Duration::from_secs(10),
            piece: Duration::from_secs(20),
            verdict: Duration::from_mins(1),
        }
    }
}

/// The image to send, and how.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// Address of the board.
    pub to: SocketAddr,
    pub image: &'a [u8],
    /// Its MD5, 32 hexadecimal digits.
    pub md5: &'a str,
    /// The password of the boards, if any.
    pub password: Option<&'a str>,
    /// The port boards connect to; 0 for any free one.
    pub port: u16,
    pub limits: &'a Limits,
}

/// Sends an image to a board. `sent` is called with the bytes the board has taken so far, from 0 when it has
/// connected, and may take its time.
pub async fn deliver<F: Future<Output = ()>>(
    delivery: Delivery<'_>,
    mut sent: impl FnMut(usize) -> F,
) -> Result<(), Failure> {
    let (asking, listener) = open(delivery.to, delivery.port).await.map_err(|error| {
        tracing::warn!(%error, "no port could be opened for a board to come back to");
        Failure::NoPort
    })?;
    let port = listener.local_addr().map_err(|_| Failure::NoPort)?.port();
    let size = u32::try_from(delivery.image.len()).map_err(|_| Failure::NoRoom)?;
    let invitation = Invitation { port, size, md5: delivery.md5.to_owned() }.encode();
    agree(&delivery, &asking, &invitation).await?;
    let mut board = meet(&delivery, &listener).await?;
    // A later connection is not the board.
    drop((listener, asking));
    sent(0).await;
    let mut heard = Heard::default();
    let (mut done, mut reported) = (0, 0);
    for piece in delivery.image.chunks(PIECE) {
        let writing = async {
            board.write_all(piece).await?;
            hear(&mut board, &mut heard).await
        };
        let came = timeout(delivery.limits.piece, writing).await.map_err(|_| Failure::Broken)?;
        done += piece.len();
        // Before the whole image is sent, any text ends the transfer.
        if matches!(came, Ok(count) if count > 0) && !heard.has_words() {
            reported = done;
            sent(done).await;
        } else if done < delivery.image.len() {
            return Err(judged(&delivery, &mut board, heard).await.err().unwrap_or(Failure::Nonsense));
        }
    }
    judged(&delivery, &mut board, heard).await?;
    // The success message may have come together with the last number.
    if reported < done {
        sent(done).await;
    }
    Ok(())
}

/// A socket for invitations and one for the board to connect to, both at this machine's address on the route to
/// it.
async fn open(to: SocketAddr, port: u16) -> io::Result<(UdpSocket, TcpListener)> {
    let any: SocketAddr =
        if to.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
    let asking = UdpSocket::bind(any).await?;
    // From now on only datagrams from there are received.
    asking.connect(to).await?;
    let mut here = asking.local_addr()?;
    here.set_port(port);
    Ok((asking, TcpListener::bind(here).await?))
}

/// Invites the board until it agrees; proves the password if asked.
async fn agree(delivery: &Delivery<'_>, asking: &UdpSocket, invitation: &str) -> Result<(), Failure> {
    let Some(challenge) = invite(delivery, asking, invitation).await? else { return Ok(()) };
    let password = delivery.password.ok_or(Failure::NeedsPassword)?;
    let method = challenge.method();
    match prove(delivery, asking, password, StoredAs::Sha256, challenge).await {
        // The board may store the password as MD5, and has forgotten its challenge.
        Err(Failure::WrongPassword) if method == Method::Pbkdf2 => {
            match invite(delivery, asking, invitation).await? {
                Some(challenge) => prove(delivery, asking, password, StoredAs::Md5, challenge).await,
                None => Ok(()),
            }
        }
        proved => proved,
    }
}

/// Invites the board. Answers its challenge, if any.
async fn invite(
    delivery: &Delivery<'_>,
    asking: &UdpSocket,
    invitation: &str,
) -> Result<Option<Challenge>, Failure> {
    for _ in 0..delivery.limits.invitations {
        match ask(asking, invitation, delivery.limits.answer).await {
            None => {}
            Some(Answer::Agreed) => return Ok(None),
            Some(Answer::Challenge(challenge)) => return Ok(Some(challenge)),
            Some(Answer::WrongProof | Answer::Other) => return Err(Failure::Nonsense),
        }
    }
    Err(Failure::NoAnswer)
}

async fn prove(
    delivery: &Delivery<'_>,
    asking: &UdpSocket,
    password: &str,
    stored: StoredAs,
    challenge: Challenge,
) -> Result<(), Failure> {
    let nonce = random(challenge.nonce.len());
    let password = password.to_owned();
    // Ten thousand rounds, so not on an async worker thread.
    let proof = tokio::task::spawn_blocking(move || proof(&password, stored, &challenge, nonce)).await;
    let proof = proof.map_err(|_| Failure::NoAnswer)?.encode();
    match ask(asking, &proof, delivery.limits.proof).await {
        Some(Answer::Agreed) => Ok(()),
        Some(Answer::WrongProof) => Err(Failure::WrongPassword),
        Some(Answer::Challenge(_) | Answer::Other) => Err(Failure::Nonsense),
        None => Err(Failure::NoAnswer),
    }
}

/// Random hexadecimal digits.
fn random(digits: usize) -> String {
    let mut rng: StdRng = rand::make_rng();
    (0..digits).filter_map(|_| char::from_digit(rng.random_range(0..16), 16)).collect()
}

/// Sends a datagram and receives the answer; `None` if none arrives in time.
async fn ask(asking: &UdpSocket, datagram: &str, limit: Duration) -> Option<Answer> {
    let end = Instant::now() + limit;
    // It may report that no one listened to the previous one; a restarting board will.
    let _ = asking.send(datagram.as_bytes()).await;
    let mut answer = [0; DATAGRAM + 1];
    loop {
        match timeout_at(end, asking.recv(&mut answer)).await {
            Ok(Ok(count)) => return Some(Answer::parse(answer.get(..count).unwrap_or_default())),
            // No one listens there now. Keep waiting instead of sending again at once.
            Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => {}
            Ok(Err(_)) | Err(_) => return None,
        }
    }
}

/// Waits for the board and refuses other connections.
async fn meet(delivery: &Delivery<'_>, listener: &TcpListener) -> Result<TcpStream, Failure> {
    let end = Instant::now() + delivery.limits.connection;
    loop {
        let Ok(Ok((stream, from))) = timeout_at(end, listener.accept()).await else {
            return Err(Failure::NoConnection);
        };
        if from.ip() == delivery.to.ip() {
            // Otherwise small pieces wait for an acknowledgement that may be delayed.
            let _ = stream.set_nodelay(true);
            return Ok(stream);
        }
        tracing::warn!(%from, "somebody who was not invited came for firmware");
    }
}

/// Reads the board's next message; 0 bytes when it has hung up.
async fn hear(board: &mut TcpStream, heard: &mut Heard) -> io::Result<usize> {
    let mut message = [0; DATAGRAM];
    let count = board.read(&mut message).await?;
    heard.hear(message.get(..count).unwrap_or_default());
    Ok(count)
}

/// Reads until the board has judged the whole image or hangs up.
async fn judged(delivery: &Delivery<'_>, board: &mut TcpStream, mut heard: Heard) -> Result<(), Failure> {
    let listening = async {
        while !heard.is_taken() {
            match hear(board, &mut heard).await {
                Ok(count) if count > 0 => {}
                // Its message may have arrived before the connection broke.
                Ok(_) | Err(_) => break,
            }
        }
    };
    let _ = timeout(delivery.limits.verdict, listening).await;
    match heard.verdict() {
        Some(Verdict::Accepted) => Ok(()),
        Some(Verdict::Damaged) => Err(Failure::Damaged),
        Some(Verdict::NoRoom) => Err(Failure::NoRoom),
        Some(Verdict::Invalid) => Err(Failure::Unfit),
        Some(Verdict::Failed) => Err(Failure::Board),
        None => Err(Failure::Broken),
    }
}
