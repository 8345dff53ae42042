//! The connection to a directory, with TLS, under the LDAP library.
//!
//! The library decodes answers recursively, however deep, and holds incomplete ones, however long, also before StartTLS. So it gets one
//! end of a socket pair instead of the connection.
//!
//! Invariant: every byte of the directory passes a [`Checker`] before the library reads it.

use super::{constructed, primitive};
use crate::{
    outgoing::Stream,
    response_limits::{Budget, ExceededLimit, ber::Checker},
};
use domain::user_directory::{
    PATIENCE, Trouble,
    server_address::{Encryption, ServerAddress},
};
use ldap3::asn1::{TagClass, parse_tag};
use rustls::{ClientConfig, pki_types::ServerName};
use std::{
    io,
    os::unix::net::UnixStream as StdUnixStream,
    sync::{Arc, OnceLock},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UnixStream},
    task::JoinHandle,
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// Asks for TLS: message 1, the extended request 1.3.6.1.4.1.1466.20037 (RFC 4511, 4.14.1).
const START_TLS: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";
/// Bytes of its answer.
const START_TLS_ANSWER: usize = 4 * 1024;
/// Bytes read at once.
const PIECE: usize = 16 * 1024;

/// A task that moves bytes between the directory and the library. The connection ends with it.
pub(super) struct Wire {
    moving: JoinHandle<()>,
    exceeded: Arc<OnceLock<ExceededLimit>>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.moving.abort();
    }
}

impl Wire {
    /// Connects to the directory at `address`, which may send `most` bytes. Returns the library's end as well.
    pub(super) async fn open(
        address: &ServerAddress,
        config: Arc<ClientConfig>,
        budget: &Budget,
        most: usize,
    ) -> Result<(StdUnixStream, Self), Trouble> {
        let connected = timeout(PATIENCE, TcpStream::connect((address.name(), address.port))).await;
        let stream = connected.map_err(|_| Trouble::Unreachable)?.map_err(|_| Trouble::Unreachable)?;
        let encrypting = encrypt(stream, address, config, budget);
        let directory = timeout(PATIENCE, encrypting).await.map_err(|_| Trouble::NoAnswer)??;
        let pair = UnixStream::pair().and_then(|(ours, theirs)| Ok((ours, theirs.into_std()?)));
        let (ours, theirs) = pair.map_err(|_| Trouble::Unreachable)?;
        let checker = Checker::new(budget.conversation(most));
        let exceeded = Arc::<OnceLock<ExceededLimit>>::default();
        let moving = tokio::spawn(carry(directory, ours, checker, Arc::clone(&exceeded)));
        Ok((theirs, Self { moving, exceeded }))
    }

    /// Why an answer was cut, if one was: `too_long` for a conversation that was longer than allowed.
    pub(super) fn exceeded(&self, too_long: Trouble) -> Option<Trouble> {
        self.exceeded.get().map(|exceeded| match exceeded {
            ExceededLimit::Message => Trouble::Unclear,
            ExceededLimit::Conversation => too_long,
            ExceededLimit::Budget => Trouble::NoAnswer,
        })
    }
}

/// The connection as `address` wants it encrypted.
async fn encrypt(
    mut stream: TcpStream,
    address: &ServerAddress,
    config: Arc<ClientConfig>,
    budget: &Budget,
) -> Result<Box<dyn Stream>, Trouble> {
    match address.encryption {
        Encryption::Nothing => return Ok(Box::new(stream)),
        Encryption::StartTls => {
            let answer = start_tls(&mut stream, budget).await?;
            if !is_success(&answer).ok_or(Trouble::Unclear)? {
                return Err(Trouble::NoEncryption);
            }
        }
        Encryption::Tls => {}
    }
    let name = ServerName::try_from(address.name().to_owned()).map_err(|_| Trouble::Certificate)?;
    let connected = TlsConnector::from(config).connect(name, stream).await;
    Ok(Box::new(connected.map_err(|error| of_handshake(&error))?))
}

/// Asks for TLS; returns the answer.
async fn start_tls(stream: &mut TcpStream, budget: &Budget) -> Result<Vec<u8>, Trouble> {
    stream.write_all(START_TLS).await.map_err(|_| Trouble::Unreachable)?;
    let mut checker = Checker::new(budget.conversation(START_TLS_ANSWER));
    let mut answer = Vec::new();
    while answer.is_empty() || !checker.is_between_messages() {
        // One by one, because the bytes behind the answer belong to TLS.
        let byte = stream.read_u8().await.map_err(|_| Trouble::Unclear)?;
        checker.check(&[byte]).map_err(|_| Trouble::Unclear)?;
        answer.push(byte);
    }
    Ok(answer)
}

/// Whether `answer`, a checked message, grants the request for TLS; `None` if it is no answer to it.
fn is_success(answer: &[u8]) -> Option<bool> {
    let (_, message) = parse_tag(answer).ok()?;
    let mut parts = constructed(message)?.into_iter();
    let is_first = primitive(parts.next()?)? == [1];
    let response = parts.next().filter(|_| is_first)?.match_class(TagClass::Application)?.match_id(24)?;
    let code = constructed(response)?.into_iter().next()?;
    Some(primitive(code)? == [0])
}

/// Moves bytes until one side closes or the directory sends too much.
async fn carry(
    directory: Box<dyn Stream>,
    mut library: UnixStream,
    mut checker: Checker,
    exceeded: Arc<OnceLock<ExceededLimit>>,
) {
    let (mut from_directory, mut to_directory) = tokio::io::split(directory);
    let (mut from_library, mut to_library) = library.split();
    let answers = async {
        let mut piece = vec![0; PIECE];
        loop {
            let Ok(read @ 1..) = from_directory.read(&mut piece).await else { return };
            let piece = piece.get(..read).unwrap_or_default();
            if let Err(limit) = checker.check(piece) {
                // Before the library learns that the connection ends.
                let _ = exceeded.set(limit);
                return;
            }
            if to_library.write_all(piece).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = answers => {}
        _ = tokio::io::copy(&mut from_library, &mut to_directory) => {}
    }
}

/// Why a TLS handshake failed.
fn of_handshake(error: &io::Error) -> Trouble {
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented) => {
            Trouble::Certificate
        }
        Some(_) => Trouble::Unclear,
        None => Trouble::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answer_to_starttls_is_read() {
        let answer = |id: u8, operation: u8, code: u8| {
            is_success(&[0x30, 12, 2, 1, id, operation, 7, 10, 1, code, 4, 0, 4, 0])
        };
        assert_eq!(answer(1, 0x78, 0), Some(true));
        assert_eq!(answer(1, 0x78, 2), Some(false));
        assert_eq!(answer(0, 0x78, 0), None, "a notice");
        assert_eq!(answer(1, 0x61, 0), None, "the answer to a bind");
        assert_eq!(is_success(&[0x30, 5, 2, 1, 1, 0x78, 0]), None, "without a result");
    }
}
