//! Other servers that answer without end, nested without end, or with more than they may: each is cut off, and only it fails.

use crate::{
    lab::{Lab, SOON},
    user_directory::certificates,
};
use domain::{
    deliveries, dues,
    outgoing::{Address, Failure},
    user_directory::{
        BindPassword, Certificates, DistinguishedName, Server, Trouble, server_address::ServerAddress,
    },
};
use server::{
    config::{Options, Secret},
    ldap,
    mail::Smtp,
    outgoing, payments,
    response_limits::Budget,
};
use services::{
    dues::processors::{self, Transport as _},
    mail::{Mail, Mailer as _},
    outgoing::{Limits, Method, Request, Transport as _},
    user_directory::{Directory as _, Search},
};
use std::sync::Arc;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::timeout,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

/// More than any answer may have, and what the sockets hold.
const MUCH: usize = 16 * 1024 * 1024;

/// A server that answers its first connection by `play`; returns its port, and what `play` returns.
async fn server<F: Future<Output = usize> + Send + 'static>(
    play: impl FnOnce(TcpStream) -> F + Send + 'static,
) -> (u16, JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (port, tokio::spawn(async move { play(listener.accept().await.unwrap().0).await }))
}

/// Repeats `block` until the other side closes or has taken more than it may; returns how many bytes it took.
async fn pour(stream: &mut (impl AsyncWrite + Unpin), block: &[u8]) -> usize {
    let block = block.repeat(1 + 64 * 1024 / block.len());
    let mut poured = 0;
    while poured < 2 * MUCH && stream.write_all(&block).await.is_ok() {
        poured += block.len();
    }
    poured
}

/// How much the server could send.
async fn cut_off(pouring: JoinHandle<usize>) {
    let poured = timeout(SOON, pouring).await.expect("the client closes").unwrap();
    assert!(poured < MUCH, "{poured} bytes were taken");
}

/// A BER element.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, 0x84], u32::try_from(content.len()).unwrap().to_be_bytes().as_slice(), content].concat()
}

/// The answer `id`: an operation with the result `code`.
fn answer(id: u8, operation: u8, code: u8) -> Vec<u8> {
    element(0x30, &[vec![2, 1, id], element(operation, &[10, 1, code, 4, 0, 4, 0])].concat())
}

/// 20,000 nested sequences.
fn sequences() -> Vec<u8> {
    let mut length = 0_u32;
    let mut heads = Vec::new();
    for _ in 0..20_000 {
        heads.push([vec![0x30, 0x84], length.to_be_bytes().to_vec()].concat());
        length += 6;
    }
    heads.reverse();
    heads.concat()
}

/// An answer of nested sequences.
fn nested(id: u8) -> Vec<u8> {
    element(0x30, &[vec![2, 1, id], sequences()].concat())
}

/// The end of a search whose control of pages has nested sequences for its value.
fn nested_control(id: u8) -> Vec<u8> {
    let control = [element(4, b"1.2.840.113556.1.4.319"), element(4, &sequences())].concat();
    let done = element(SEARCH_DONE, &[0x0a, 1, 0, 4, 0, 4, 0]);
    element(0x30, &[vec![2, 1, id], done, element(0xa0, &element(0x30, &control))].concat())
}

const BIND: u8 = 0x61;
const SEARCH_DONE: u8 = 0x65;
const EXTENDED: u8 = 0x78;

fn directory(scheme: &str, port: u16, authority: &str) -> Server {
    Server {
        address: ServerAddress::parse(&format!("{scheme}://localhost:{port}")).unwrap(),
        certificates: Certificates::parse(authority),
        bind_dn: DistinguishedName::parse("cn=reader,dc=lab,dc=example").unwrap(),
        bind_password: BindPassword::new("readerpw").unwrap(),
    }
}

async fn bind(client: &ldap::Client, scheme: &str, port: u16, authority: &str) -> Result<bool, Trouble> {
    client.bind(&directory(scheme, port, authority), "uid=u1,dc=lab,dc=example", "pw1").await
}

/// A search for the person who signs in.
async fn search(port: u16) -> Result<usize, Trouble> {
    let search = Search {
        base: DistinguishedName::parse("dc=lab,dc=example").unwrap(),
        filter: "(uid=u1)".into(),
        attributes: vec!["uid".into()],
        most: 2,
    };
    let server = directory("plain", port, &certificates("localhost").0);
    ldap::Client::default().search(&server, search).await.map(|found| found.entries.len())
}

/// Waits for a message of the client.
async fn hear(stream: &mut (impl AsyncRead + Unpin)) {
    assert!(stream.read(&mut [0; 1024]).await.unwrap() > 0);
}

/// Sends `bytes`; returns once the client has closed.
async fn send(mut stream: impl AsyncRead + AsyncWrite + Unpin, bytes: &[u8]) -> usize {
    drop(stream.write_all(bytes).await);
    drop(stream.read_to_end(&mut Vec::new()).await);
    bytes.len()
}

#[tokio::test]
async fn nested_ldap_answer_is_refused_in_every_step() {
    let (authority, certificate, key) = certificates("localhost");
    for scheme in ["plain", "ldap"] {
        let (port, serving) = server(async |mut stream| {
            hear(&mut stream).await;
            send(stream, &nested(1)).await
        })
        .await;
        let refused = bind(&ldap::Client::default(), scheme, port, &authority).await;
        assert_eq!(refused, Err(Trouble::Unclear), "{scheme}");
        serving.await.unwrap();
    }
    let (port, serving) = server(async |mut stream| {
        hear(&mut stream).await;
        stream.write_all(&answer(1, BIND, 0)).await.unwrap();
        hear(&mut stream).await;
        send(stream, &nested(2)).await
    })
    .await;
    assert_eq!(search(port).await, Err(Trouble::Unclear));
    serving.await.unwrap();
    let (port, serving) = server(async |mut stream| {
        hear(&mut stream).await;
        stream.write_all(&answer(1, BIND, 0)).await.unwrap();
        hear(&mut stream).await;
        send(stream, &nested_control(2)).await
    })
    .await;
    assert_eq!(search(port).await, Err(Trouble::Unclear), "in the value of a control");
    serving.await.unwrap();
    // Behind StartTLS and within TLS.
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(
        vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()],
        PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap(),
    );
    let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
    for scheme in ["ldap", "ldaps"] {
        let acceptor = acceptor.clone();
        let (port, serving) = server(async move |mut stream| {
            if scheme == "ldap" {
                hear(&mut stream).await;
                stream.write_all(&answer(1, EXTENDED, 0)).await.unwrap();
            }
            let mut stream = acceptor.accept(stream).await.unwrap();
            hear(&mut stream).await;
            send(stream, &nested(1)).await
        })
        .await;
        let refused = bind(&ldap::Client::default(), scheme, port, &authority).await;
        assert_eq!(refused, Err(Trouble::Unclear), "{scheme}");
        serving.await.unwrap();
    }
}

#[tokio::test]
async fn directory_that_answers_within_limits_is_understood() {
    let (port, serving) = server(async |mut stream| {
        hear(&mut stream).await;
        stream.write_all(&answer(1, BIND, 0)).await.unwrap();
        hear(&mut stream).await;
        send(stream, &answer(2, SEARCH_DONE, 0)).await
    })
    .await;
    assert_eq!(search(port).await, Ok(0));
    serving.await.unwrap();
    let (port, serving) = server(async |mut stream| {
        hear(&mut stream).await;
        send(stream, &answer(1, EXTENDED, 2)).await
    })
    .await;
    let authority = certificates("localhost").0;
    assert_eq!(bind(&ldap::Client::default(), "ldap", port, &authority).await, Err(Trouble::NoEncryption));
    serving.await.unwrap();
}

#[tokio::test]
async fn endless_ldap_answer_is_cut_off() {
    let authority = certificates("localhost").0;
    // One answer of two gigabytes, and small ones without end, that nobody asked for.
    let long =
        [b"\x30\x84\x7f\xff\xff\xff\x02\x01\x01\x61\x84\x7f\xff\xff\xf0\x04\x84\x7f\xff\xff\xe0".as_slice()];
    for (scheme, begin) in
        [("plain", long[0].to_vec()), ("ldap", long[0].to_vec()), ("plain", vec![]), ("ldap", vec![])]
    {
        let (port, pouring) = server(async move |mut stream| {
            hear(&mut stream).await;
            drop(stream.write_all(&begin).await);
            let block = if begin.is_empty() { answer(9, BIND, 0) } else { vec![b'x'] };
            pour(&mut stream, &block).await
        })
        .await;
        assert_eq!(
            bind(&ldap::Client::default(), scheme, port, &authority).await,
            Err(Trouble::Unclear),
            "{scheme}"
        );
        cut_off(pouring).await;
    }
    let (port, pouring) = server(async |mut stream| {
        hear(&mut stream).await;
        stream.write_all(&answer(1, BIND, 0)).await.unwrap();
        hear(&mut stream).await;
        pour(&mut stream, &answer(9, SEARCH_DONE, 0)).await
    })
    .await;
    assert_eq!(search(port).await, Err(Trouble::SizeLimit));
    cut_off(pouring).await;
}

fn mailer(port: u16) -> Smtp {
    let server = Smtp::server(&format!("smtp://127.0.0.1:{port}")).unwrap();
    Smtp::new(server, Smtp::sender("Workshop <hello@toolgate.example>").unwrap())
}

async fn mail(mailer: &Smtp) -> Result<(), deliveries::Trouble> {
    let mail = Mail { to: "ada@lab.example".into(), subject: "x".into(), body: "x".into(), ..Mail::default() };
    mailer.send(mail).await.map_err(|error| error.0)
}

#[tokio::test]
async fn endless_reply_of_mail_server_is_cut_off() {
    for replies in 0..4 {
        for block in ["x", "250-x\r\n"] {
            let (port, pouring) = server(async move |mut stream| {
                for reply in ["220 ready\r\n", "250 hello\r\n", "250 fine\r\n"].iter().take(replies) {
                    stream.write_all(reply.as_bytes()).await.unwrap();
                    hear(&mut stream).await;
                }
                if block == "x" {
                    drop(stream.write_all(b"250 ").await);
                }
                pour(&mut stream, block.as_bytes()).await
            })
            .await;
            let sent = mail(&mailer(port)).await;
            assert_eq!(sent, Err(deliveries::Trouble::Unreachable), "{block:?} after {replies} replies");
            cut_off(pouring).await;
        }
    }
}

/// Heads of responses that do not end, what follows each without end, and the failure.
const RESPONSES: [(&str, &str, Failure); 7] = [
    ("HTTP/1.1 200 OK\r\nX: ", "x", Failure::BrokenOff),
    ("HTTP/1.1 200 OK\r\n", "X: y\r\n", Failure::BrokenOff),
    ("", "HTTP/1.1 100 Continue\r\n\r\n", Failure::TooLarge),
    ("HTTP/1.1 200 OK\r\n\r\n", "x", Failure::TooLarge),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", Failure::TooLarge),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "x", Failure::BrokenOff),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X: y\r\n", Failure::BrokenOff),
];

async fn respond(head: &'static str, block: &'static str) -> (u16, JoinHandle<usize>) {
    server(async move |mut stream| {
        hear(&mut stream).await;
        drop(stream.write_all(head.as_bytes()).await);
        pour(&mut stream, block.as_bytes()).await
    })
    .await
}

async fn get(port: u16, budget: Budget) -> Result<u16, Failure> {
    let connector = outgoing::Connector::new(vec!["127.0.0.1".into()], budget);
    let request = Request {
        method: Method::Get,
        address: Address::parse(&format!("http://127.0.0.1:{port}/")).unwrap(),
        headers: vec![],
        body: vec![],
        limits: Limits { whole: SOON, ..Limits::default() },
    };
    let client = outgoing::Client::new(Arc::new(connector));
    client.send(request).await.map(|response| response.status)
}

async fn ask(port: u16, budget: Budget) -> Result<u16, dues::Trouble> {
    let request = processors::Request {
        method: processors::Method::Get,
        url: format!("http://127.0.0.1:{port}/"),
        headers: vec![],
        body: vec![],
    };
    payments::Client::new(budget).send(request).await.map(|response| response.status)
}

#[tokio::test]
async fn endless_http_response_is_cut_off() {
    for (head, block, failure) in RESPONSES {
        let (port, pouring) = respond(head, block).await;
        assert_eq!(get(port, Budget::default()).await, Err(failure), "{head:?} {block:?}");
        cut_off(pouring).await;
        let (port, pouring) = respond(head, block).await;
        let trouble = ask(port, Budget::default()).await.unwrap_err();
        assert!(
            matches!(trouble, dues::Trouble::Unclear | dues::Trouble::NoAnswer),
            "{head:?} {block:?}: {trouble:?}"
        );
        cut_off(pouring).await;
    }
}

#[tokio::test]
async fn answers_beyond_the_common_budget_fail() {
    let budget = Budget::new(40);
    let page = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: yyyyyyyyyyyyyyyyyyyy\r\n\r\n";
    let (port, _) = respond(page, "x").await;
    assert_eq!(get(port, budget.clone()).await, Err(Failure::Unreachable));
    let (port, _) = respond(page, "x").await;
    assert_eq!(ask(port, budget.clone()).await, Err(dues::Trouble::NoAnswer));
    // It speaks first.
    let (port, _) = server(async |mut stream| pour(&mut stream, b"250-x\r\n").await).await;
    assert_eq!(mail(&mailer(port).within(budget.clone())).await, Err(deliveries::Trouble::Unreachable));
    let (port, _) = server(async |mut stream| {
        hear(&mut stream).await;
        send(stream, &answer(1, BIND, 0)).await
    })
    .await;
    let client = ldap::Client::new(budget.clone());
    assert_eq!(bind(&client, "plain", port, &certificates("localhost").0).await, Err(Trouble::NoAnswer));
    assert_eq!(budget.conversation(40).count(40), Ok(()), "all of it was returned");
}

#[tokio::test]
async fn oversized_packet_of_external_broker_ends_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Secret::new(format!("mqtt://127.0.0.1:{}", listener.local_addr().unwrap().port()));
    let _lab = Lab::with(Options { mqtt_url: Some(url), ..Options::default() }).await;
    // The largest packet that MQTT has, and the smallest that is refused.
    for head in [b"\x30\xff\xff\xff\x7f", b"\x30\x81\x80\x80\x02"] {
        let (mut stream, _) = timeout(SOON, listener.accept()).await.expect("it connects again").unwrap();
        hear(&mut stream).await;
        stream.write_all(b"\x20\x02\0\0").await.unwrap();
        stream.write_all(head).await.unwrap();
        assert!(pour(&mut stream, b"x").await < MUCH);
    }
}
