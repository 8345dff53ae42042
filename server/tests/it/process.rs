//! Starting and stopping: every refusal to start has its remedy, and a stop is quick with clients connected.

use crate::lab::{Lab, SOON};
use server::{
    config::{Config, Options},
    process,
};
use std::{fs, net::TcpListener, path::Path, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

fn config(data: &Path, listen: &str, mqtt_listen: &str, free_ports: bool) -> Config {
    Config::load(Options {
        data: Some(data.into()),
        listen: Some(listen.into()),
        mqtt_listen: Some(mqtt_listen.into()),
        free_ports: Some(free_ports),
        ..Options::default()
    })
    .unwrap()
}

async fn refusal(config: &Config) -> String {
    let started = async { process::start(config, process::open(config).await?) };
    match started.await {
        Ok(_) => panic!("it starts"),
        Err(error) => chain(&error),
    }
}

/// An error with its causes, as the command prints them.
fn chain(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {}", chain(cause)))
}

#[tokio::test]
async fn port_in_use_is_reported_or_replaced() {
    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let held_at = held.local_addr().unwrap().to_string();
    for (listen, mqtt, option) in
        [(held_at.as_str(), "127.0.0.1:0", "--listen"), ("127.0.0.1:0", held_at.as_str(), "--mqtt-listen")]
    {
        let dir = tempfile::tempdir().unwrap();
        let message = refusal(&config(dir.path(), listen, mqtt, false)).await;
        assert!(message.contains("taken by another program") && message.contains(option), "{message}");
        let lenient = config(dir.path(), listen, mqtt, true);
        let running = process::start(&lenient, process::open(&lenient).await.unwrap()).unwrap();
        let chosen = [running.http.to_string(), running.mqtt.unwrap().to_string()];
        assert!(!chosen.contains(&held_at), "{chosen:?}");
        running.stop().await;
    }
}

#[tokio::test]
async fn second_process_on_data_folder_is_refused() {
    let lab = Lab::start().await;
    let message = refusal(&config(&lab.config.data, "127.0.0.1:0", "127.0.0.1:0", false)).await;
    assert!(message.contains("another Toolgate runs on the data folder"), "{message}");
}

#[tokio::test]
async fn foreign_database_file_is_reported_with_remedy() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(
        dir.path().join("toolgate.sqlite"),
        "a letter, certainly longer than a header of a database file".repeat(3),
    )
    .unwrap();
    let message = refusal(&config(dir.path(), "127.0.0.1:0", "127.0.0.1:0", false)).await;
    assert!(message.contains("toolgate.sqlite") && message.contains("not a database"), "{message}");
    let nested = dir.path().join("toolgate.sqlite").join("below-a-file");
    let message = refusal(&config(&nested, "127.0.0.1:0", "127.0.0.1:0", false)).await;
    assert!(message.contains("data folder") && message.contains("cannot be used"), "{message}");
}

#[tokio::test]
async fn run_file_lists_addresses_until_stop() {
    let mut lab = Lab::start().await;
    let file = lab.config.data.join("run.json");
    let written: serde_json::Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(written["http"], lab.running().url());
    assert_eq!(written["mqtt"], lab.running().mqtt.unwrap().to_string());
    assert_eq!(written["pid"], std::process::id());
    lab.stop().await;
    assert!(!file.exists());
}

#[tokio::test]
async fn new_files_are_private_and_existing_modes_stay() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let outer = tempfile::tempdir().unwrap();
    let data = outer.path().join("data");
    let running = |data: &Path| {
        let config = config(data, "127.0.0.1:0", "127.0.0.1:0", false);
        async move { process::start(&config, process::open(&config).await.unwrap()).unwrap() }
    };
    let first = running(&data).await;
    assert_eq!(mode(&data), 0o700);
    for file in ["toolgate.sqlite", "toolgate.sqlite-wal", "run.json", "lock"] {
        assert_eq!(mode(&data.join(file)), 0o600, "{file}");
    }
    first.stop().await;
    let shared = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    shared(&data, 0o750);
    shared(&data.join("toolgate.sqlite"), 0o640);
    let again = running(&data).await;
    assert_eq!((mode(&data), mode(&data.join("toolgate.sqlite"))), (0o750, 0o640));
    again.stop().await;
}

#[tokio::test]
async fn stop_with_open_connections_takes_under_ten_seconds() {
    let mut lab = Lab::start().await;
    let _board = lab.board(11).await;
    let mut streams = Vec::new();
    for _ in 0..5 {
        let mut stream = TcpStream::connect(lab.running().http).await.unwrap();
        stream.write_all(b"GET /live HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        let mut begin = [0; 15];
        stream.read_exact(&mut begin).await.unwrap();
        assert_eq!(&begin, b"HTTP/1.1 200 OK");
        streams.push(stream);
    }
    // And a client that connected and is silent.
    streams.push(TcpStream::connect(lab.running().http).await.unwrap());
    tokio::time::timeout(Duration::from_secs(10), lab.stop()).await.expect("within ten seconds");
}

#[tokio::test]
async fn configured_certificate_serves_pages_over_tls() {
    // Two providers may be linked in, so one must be chosen.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let dir = tempfile::tempdir().unwrap();
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (cert, key) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
    fs::write(&cert, own.cert.pem()).unwrap();
    fs::write(&key, own.signing_key.serialize_pem()).unwrap();
    let lab = Lab::with(Options { tls_cert: Some(cert), tls_key: Some(key), ..Options::default() }).await;
    assert!(lab.running().url().starts_with("https://"));
    let mut plain = TcpStream::connect(lab.running().http).await.unwrap();
    plain.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    // A TLS alert or nothing at all, and never a page.
    let _ = tokio::time::timeout(SOON, plain.read_to_end(&mut answer)).await;
    assert!(!answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
}
