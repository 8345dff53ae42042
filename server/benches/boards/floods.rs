//! Floods by strangers: sockets that send what a server must read, or that read nothing. Not here: whole requests, which are in
//! `asks`.

use crate::{asks::status, tally::Tally, wire::Wire};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{
    ClientConfig, RootCertStore,
    client::Resumption,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::sleep,
};
use tokio_rustls::TlsConnector;

/// Requests on each connection whose responses nobody reads.
const UNREAD: u32 = 32;
/// Bytes of a message at the address of a payment processor, of which the last one never comes.
const MESSAGE: usize = 512 * 1024;
/// What a client of HTTP/2 sends first.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The bytes at the beginning of a connection, which are answered, and those that are repeated.
pub type Flood = (Vec<u8>, Vec<u8>);

/// Before a connection is tried again that was refused.
pub async fn pause() {
    sleep(Duration::from_millis(10)).await;
}

/// Floods of the pages by name.
pub fn of_pages() -> Vec<(&'static str, Flood)> {
    let request = b"GET /health HTTP/1.1\r\nHost: bench\r\n\r\n";
    let http2 = [PREFACE, &frame(4, 0, &[])].concat();
    let frames = |kind, stream, payload: &[u8]| (http2.clone(), frame(kind, stream, payload).repeat(1_000));
    vec![
        ("pipelined requests", (request.to_vec(), request.repeat(1_000))),
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

/// Sends as fast as the server reads, and reads what comes. Connects again when it is cut off. Bytes count once the server has
/// answered on their connection: before, only the system may have taken them.
pub async fn flood(at: SocketAddr, tally: Tally, (first, again): Flood) {
    loop {
        let Ok(stream) = TcpStream::connect(at).await else {
            pause().await;
            continue;
        };
        let (mut reader, mut writer) = stream.into_split();
        let mut answers = vec![0; 64 * 1024];
        let is_answered =
            writer.write_all(&first).await.is_ok() && reader.read(&mut answers).await.is_ok_and(|read| read > 0);
        if !is_answered {
            pause().await;
            continue;
        }
        let reading = async { while reader.read(&mut answers).await.is_ok_and(|read| read > 0) {} };
        let writing = async {
            while writer.write_all(&again).await.is_ok() {
                tally.accept(again.len());
            }
        };
        tokio::select! {
            () = reading => {}
            () = writing => {}
        }
    }
}

/// Asks for many pages on one connection, and reads none; answered connections count.
pub async fn unread(at: SocketAddr, tally: Tally) {
    loop {
        let Ok(mut stream) = TcpStream::connect(at).await else {
            pause().await;
            continue;
        };
        let mut bytes = [PREFACE, &frame(4, 0, &[])].concat();
        // :method GET, :scheme http, :path /, and :authority as a literal.
        let head = [&[0x82, 0x86, 0x84, 0x01, 5][..], b"bench"].concat();
        for n in 0..UNREAD {
            let mut headers = frame(1, 2 * n + 1, &head);
            // END_STREAM and END_HEADERS.
            headers[4] = 0x05;
            bytes.extend(headers);
        }
        drop(stream.write_all(&bytes).await);
        let (mut end, mut is_answered) = ([0; 1], false);
        // Whatever comes stays where it is until the connection is cut.
        while stream.peek(&mut end).await.is_ok_and(|read| read > 0) {
            if !is_answered {
                tally.accept(1);
                is_answered = true;
            }
            sleep(Duration::from_millis(100)).await;
        }
        pause().await;
    }
}

/// Begins messages to a payment processor's address from the network of `from`, and finishes none. Bytes count that the server
/// asked for.
pub async fn unfinished(at: SocketAddr, tally: Tally, from: Ipv4Addr) {
    let head = format!(
        "POST /hooks/payments/gocardless HTTP/1.1\r\nHost: bench\r\nWebhook-Signature: {}\r\nContent-Type: application/json\r\n\
         Content-Length: {MESSAGE}\r\nExpect: 100-continue\r\n\r\n",
        "a".repeat(64)
    );
    let body = vec![b' '; MESSAGE - 1];
    loop {
        let mut answer = [0; 1_024];
        let Ok((mut stream, read)) = begin(at, from, head.as_bytes(), &mut answer).await else {
            pause().await;
            continue;
        };
        match status(&answer[..read]) {
            Some(100) => {}
            Some(refused) => {
                tally.refuse(refused);
                continue;
            }
            None => {
                pause().await;
                continue;
            }
        }
        for piece in body.chunks(16 * 1024) {
            if stream.write_all(piece).await.is_err() {
                break;
            }
            tally.accept(piece.len());
        }
        // Until it is cut off.
        let read = stream.read(&mut answer).await.unwrap_or(0);
        if let Some(refused) = status(&answer[..read]) {
            tally.refuse(refused);
        }
    }
}

/// Connects from `from`, sends `head`, and reads the beginning of the answer.
async fn begin(at: SocketAddr, from: Ipv4Addr, head: &[u8], answer: &mut [u8]) -> io::Result<(TcpStream, usize)> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(from.into(), 0))?;
    let mut stream = socket.connect(at).await?;
    stream.write_all(head).await?;
    let read = stream.read(answer).await?;
    Ok((stream, read))
}

/// Sends garbage to the broker, in turn as no packet and as a CONNECT that is too long; connections count that the broker ended.
pub async fn garbage(at: SocketAddr, tally: Tally) {
    let noise: Vec<u8> = (0..=u8::MAX).cycle().take(64 * 1024).collect();
    let too_long = [&[0x10, 0xff, 0xff, 0xff, 0x7f][..], noise.as_slice()].concat();
    for bytes in [noise, too_long].iter().cycle() {
        let Ok(mut stream) = TcpStream::connect(at).await else {
            pause().await;
            continue;
        };
        // It may be cut off before all is sent.
        drop(stream.write_all(bytes).await);
        let mut answer = [0; 64];
        while stream.read(&mut answer).await.is_ok_and(|read| read > 0) {}
        tally.accept(1);
    }
}

/// Connects to the broker as one board after the other; those that are let in count.
pub async fn boards(at: SocketAddr, tally: Tally, number: usize) {
    for n in 0_u64.. {
        match Wire::connect(at.port(), &format!("STRANGER-{number}-{n}"), None).await {
            Ok(_) => tally.accept(1),
            Err(_) => pause().await,
        }
    }
}

/// Handshakes with the broker, none of which another one makes shorter.
pub async fn handshakes(at: SocketAddr, tally: Tally, connector: TlsConnector) {
    loop {
        let Ok(stream) = TcpStream::connect(at).await else {
            pause().await;
            continue;
        };
        match connector.connect(ServerName::try_from("localhost").unwrap(), stream).await {
            Ok(_) => tally.accept(1),
            Err(_) => pause().await,
        }
    }
}

/// Certificate and key of the broker as files in `folder`, and a client that trusts them.
pub fn certified(folder: &Path) -> ([PathBuf; 2], TlsConnector) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    let files = ["cert.pem", "key.pem"].map(|name| folder.join(name));
    for (file, text) in files.iter().zip([certificate.pem(), key.serialize_pem()]) {
        fs::write(file, text).unwrap();
    }
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap();
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.resumption = Resumption::disabled();
    (files, TlsConnector::from(Arc::new(config)))
}
