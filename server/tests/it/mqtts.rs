//! Boards and switches that connect to the built-in broker over TLS.

use crate::lab::{Lab, SOON};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rumqttc::{Event, Packet, QoS};
use server::{
    config::{BrokerAddress, Options},
    mqtt::dial::{Limits, dial},
};
use std::{fs, path::Path, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Writes a CA and a certificate for localhost with its key.
fn write_certificates(folder: &Path) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    for (file, text) in
        [("ca.pem", authority.pem()), ("cert.pem", certificate.pem()), ("key.pem", key.serialize_pem())]
    {
        fs::write(folder.join(file), text).unwrap();
    }
}

async fn lab_with_tls(folder: &Path, connect_within: Duration) -> Lab {
    // Two providers may be linked in, so one must be chosen.
    let _ = rustls::crypto::ring::default_provider().install_default();
    write_certificates(folder);
    let options = Options {
        tls_cert: Some(folder.join("cert.pem")),
        tls_key: Some(folder.join("key.pem")),
        mqtts_listen: Some("127.0.0.1:0".into()),
        ..Options::default()
    };
    Lab::impatient(options, connect_within).await
}

#[tokio::test]
async fn boards_are_answered_over_tls_and_plain() {
    let folder = tempfile::tempdir().unwrap();
    let lab = lab_with_tls(folder.path(), SOON).await;
    let address = BrokerAddress {
        host: "localhost".into(),
        port: lab.running().mqtts.unwrap().port(),
        login: None,
        tls: true,
        ca: Some(folder.path().join("ca.pem")),
    };
    let limits = Limits { incoming: 1 << 16, outgoing: 1 << 16, waiting: 16 };
    let (board, mut events) = dial(&address, "BOARD1", limits).unwrap();
    let mut plain = lab.board(12).await;
    board.subscribe("machine/11/reply", QoS::AtMostOnce).await.unwrap();
    board.publish("machine/11", QoS::AtMostOnce, false, r#"{"action":"checkmachine"}"#).await.unwrap();
    let answer = async {
        loop {
            if let Event::Incoming(Packet::Publish(message)) = events.poll().await.expect("connected") {
                return message.payload;
            }
        }
    };
    let answer = timeout(SOON, answer).await.expect("in time");
    assert!(answer.starts_with(b"{\"request_ok\":true"), "{answer:?}");
    assert!(plain.ask(12, r#"{"action":"checkmachine"}"#).await.contains("Lathe"));
}

#[tokio::test]
async fn tls_port_refuses_plain_mqtt_and_silent_handshake() {
    let folder = tempfile::tempdir().unwrap();
    let lab = lab_with_tls(folder.path(), Duration::from_millis(500)).await;
    let port = lab.running().mqtts.unwrap().port();
    let mut plain = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    plain.write_all(b"\x10\x12\x00\x04MQTT\x04\x02\x00\x3c\x00\x06BOARD1").await.unwrap();
    let mut heard = Vec::new();
    // A TLS alert or nothing at all, and never a CONNACK.
    let _ = timeout(SOON, plain.read_to_end(&mut heard)).await.expect("it ends");
    assert!(!heard.starts_with(b"\x20"), "{heard:x?}");
    // The start of a handshake, and nothing more.
    let mut silent = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    silent.write_all(b"\x16\x03\x01\x02\x00\x01").await.unwrap();
    let end = timeout(Duration::from_secs(5), silent.read_to_end(&mut heard)).await;
    assert!(end.is_ok(), "it is closed before a handshake may last by itself");
}
