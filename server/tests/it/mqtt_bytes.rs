//! What clients of MQTT 3.1.1 and 5 get from the built-in broker, byte by byte.

use crate::lab::{Lab, SOON};
use domain::{actor::Actor, id::MachineId};
use server::config::{Options, Secret};
use services::boards::logins;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

const SWITCH: Option<(&str, &str)> = Some(("switch", "click"));

/// A topic and a payload, and whether it is to be retained.
struct Will(&'static str, &'static str, bool);

struct Raw(TcpStream);

fn text(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap();
    [&length.to_be_bytes(), text.as_bytes()].concat()
}

/// A packet with a body of up to 127 bytes.
fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let length = u8::try_from(body.len()).ok().filter(|&length| length < 128).expect("a short packet");
    [&[first, length], body].concat()
}

fn connect(version: u8, client: &str, login: Option<(&str, &str)>, will: Option<&Will>) -> Vec<u8> {
    let mut flags = 0x02 | if login.is_some() { 0xc0 } else { 0 };
    if let Some(Will(.., retain)) = will {
        flags |= 0x04 | if *retain { 0x20 } else { 0 };
    }
    let mut body = [text("MQTT"), vec![version, flags, 0, 60]].concat();
    let properties: &[u8] = if version == 5 { &[0] } else { &[] };
    body.extend(properties);
    body.extend(text(client));
    if let Some(Will(topic, payload, _)) = will {
        body.extend(properties);
        body.extend([text(topic), text(payload)].concat());
    }
    for message in login.iter().flat_map(|(user, password)| [user, password]) {
        body.extend(text(message));
    }
    packet(0x10, &body)
}

/// A PUBLISH; `first` has QoS and the retain flag.
fn publish(first: u8, topic: &str, id: Option<u8>, payload: &str) -> Vec<u8> {
    let id: Vec<u8> = id.into_iter().flat_map(|id| [0, id]).collect();
    packet(first, &[text(topic), id, payload.as_bytes().to_vec()].concat())
}

fn subscribe(id: u8, filters: &[(&str, u8)]) -> Vec<u8> {
    let expected = filters.iter().flat_map(|&(filter, qos)| [text(filter), vec![qos]].concat());
    packet(0x82, &[0, id].into_iter().chain(expected).collect::<Vec<_>>())
}

impl Raw {
    async fn open(lab: &Lab) -> Self {
        Self(TcpStream::connect(("127.0.0.1", lab.port())).await.unwrap())
    }

    /// An admitted client of version 3.1.1.
    async fn connect(lab: &Lab, client: &str, login: Option<(&str, &str)>, will: Option<&Will>) -> Self {
        let mut raw = Self::open(lab).await;
        raw.says(&connect(4, client, login, will)).await;
        raw.hears(b"\x20\x02\x00\x00").await;
        raw
    }

    async fn says(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// Expects these bytes next.
    async fn hears(&mut self, expected: &[u8]) {
        let mut heard = vec![0; expected.len()];
        timeout(SOON, self.0.read_exact(&mut heard)).await.expect("in time").unwrap();
        assert_eq!(heard, expected);
    }

    /// Expects no queued bytes: the answer to a ping comes next.
    async fn hears_nothing(&mut self) {
        self.says(b"\xc0\x00").await;
        self.hears(b"\xd0\x00").await;
    }

    /// Expects the end of the connection without another byte.
    async fn expect_closed(mut self) {
        let mut heard = Vec::new();
        // A reset counts too.
        let _ = timeout(SOON, self.0.read_to_end(&mut heard)).await.expect("in time");
        assert_eq!(heard, b"");
    }
}

/// A server with a power switch's topic.
async fn lab() -> Lab {
    Lab::with(Options {
        switch_user: Some("switch".into()),
        switch_password: Some(Secret::new("click".into())),
        switch_topics: Some(vec!["tele/laser/LWT".into(), "shelly/laser".into()]),
        ..Options::default()
    })
    .await
}

#[tokio::test]
async fn v3_1_1_acknowledgements_have_no_reason_code() {
    let lab = lab().await;
    let mut board = Raw::connect(&lab, "BOARD1", None, None).await;
    for topic in ["machine/11", "machine/11/reply"] {
        board.says(&publish(0x32, topic, Some(7), "x")).await;
        board.hears(b"\x40\x02\x00\x07").await;
        board.says(&publish(0x34, topic, Some(8), "x")).await;
        board.hears(b"\x50\x02\x00\x08").await;
        board.says(b"\x62\x02\x00\x08").await;
        board.hears(b"\x70\x02\x00\x08").await;
    }
    board.says(b"\x62\x02\x00\x63").await;
    board.hears(b"\x70\x02\x00\x63").await;
    board.hears_nothing().await;
}

#[tokio::test]
async fn v3_1_1_subscriptions_get_requested_qos_or_0x80() {
    let lab = lab().await;
    let mut board = Raw::connect(&lab, "BOARD1", None, None).await;
    let filters = [("machine/11/reply", 0), ("#", 0), ("machine/11/request", 2), ("$share/a/machine/11/reply", 1)];
    board.says(&subscribe(9, &filters)).await;
    board.hears(b"\x90\x06\x00\x09\x00\x80\x02\x80").await;
    board.says(&packet(0xa2, &[vec![0, 10], text("machine/11/reply"), text("#")].concat())).await;
    board.hears(b"\xb0\x02\x00\x0a").await;
    board.hears_nothing().await;
}

#[tokio::test]
async fn v3_1_1_subscriber_receives_requested_qos() {
    let lab = lab().await;
    let mut switch = Raw::connect(&lab, "shelly-1", SWITCH, None).await;
    switch.says(&subscribe(1, &[("shelly/laser", 2)])).await;
    switch.hears(b"\x90\x03\x00\x01\x02").await;
    let mut board = Raw::connect(&lab, "BOARD1", None, None).await;
    board.says(&publish(0x30, "shelly/laser", None, "on")).await;
    switch.hears(&publish(0x30, "shelly/laser", None, "on")).await;
    board.says(&publish(0x32, "shelly/laser", Some(1), "off")).await;
    switch.hears(&publish(0x32, "shelly/laser", Some(1), "off")).await;
    switch.says(b"\x40\x02\x00\x01").await;
    board.says(&publish(0x34, "shelly/laser", Some(2), "on")).await;
    // Sent again because an acknowledgement was lost: delivered once.
    board.says(&publish(0x3c, "shelly/laser", Some(2), "on")).await;
    switch.hears(&publish(0x34, "shelly/laser", Some(2), "on")).await;
    switch.says(b"\x50\x02\x00\x02").await;
    switch.hears(b"\x62\x02\x00\x02").await;
    switch.says(b"\x70\x02\x00\x02").await;
    switch.hears_nothing().await;
}

#[tokio::test]
async fn v3_1_1_closed_connection_gets_no_packet() {
    let mut lab = lab().await;
    let mut silent = Raw::open(&lab).await;
    silent.says(&subscribe(1, &[("shelly/laser", 0)])).await;
    silent.expect_closed().await;
    let first = Raw::connect(&lab, "BOARD1", None, None).await;
    let mut second = Raw::connect(&lab, "BOARD1", None, None).await;
    first.expect_closed().await;
    second.hears_nothing().await;
    second.says(&connect(4, "BOARD1", None, None)).await;
    second.expect_closed().await;
    let mut malformed = Raw::connect(&lab, "BOARD2", None, None).await;
    malformed.says(&subscribe(1, &[("machine/11/reply", 3)])).await;
    malformed.expect_closed().await;
    let last = Raw::connect(&lab, "BOARD3", None, None).await;
    lab.stop().await;
    last.expect_closed().await;
}

#[tokio::test]
async fn retained_will_is_sent_unretained() {
    let lab = lab().await;
    let mut switch = Raw::connect(&lab, "shelly-1", SWITCH, None).await;
    switch.says(&subscribe(1, &[("tele/laser/LWT", 0)])).await;
    switch.hears(b"\x90\x03\x00\x01\x00").await;
    let will = Will("tele/laser/LWT", "Offline", true);
    drop(Raw::connect(&lab, "tasmota", None, Some(&will)).await);
    switch.hears(&publish(0x30, "tele/laser/LWT", None, "Offline")).await;
    let mut polite = Raw::connect(&lab, "tasmota", None, Some(&will)).await;
    polite.says(b"\xe0\x00").await;
    polite.expect_closed().await;
    switch.hears_nothing().await;
}

#[tokio::test]
async fn retained_message_reaches_only_current_subscribers() {
    let lab = lab().await;
    let mut switch = Raw::connect(&lab, "shelly-1", SWITCH, None).await;
    switch.says(&subscribe(1, &[("tele/laser/LWT", 0)])).await;
    switch.hears(b"\x90\x03\x00\x01\x00").await;
    let mut board = Raw::connect(&lab, "tasmota", None, None).await;
    board.says(&publish(0x33, "tele/laser/LWT", Some(1), "Online")).await;
    board.hears(b"\x40\x02\x00\x01").await;
    switch.hears(&publish(0x30, "tele/laser/LWT", None, "Online")).await;
    let mut later = Raw::connect(&lab, "shelly-2", SWITCH, None).await;
    later.says(&subscribe(1, &[("tele/laser/LWT", 0)])).await;
    later.hears(b"\x90\x03\x00\x01\x00").await;
    later.hears_nothing().await;
}

#[tokio::test]
async fn v5_clients_get_reason_codes() {
    let lab = lab().await;
    let mut board = Raw::open(&lab).await;
    board.says(&connect(5, "BOARD1", None, None)).await;
    // No retained messages, no shared subscriptions, packets of up to 64 KiB.
    let mut welcome = [0; 14];
    timeout(SOON, board.0.read_exact(&mut welcome)).await.expect("in time").unwrap();
    assert_eq!(welcome[..5], *b"\x20\x0c\x00\x00\x09");
    for property in [&b"\x25\x00"[..], b"\x2a\x00", b"\x27\x00\x01\x00\x00"] {
        assert!(welcome.windows(property.len()).any(|part| part == property), "{property:x?} in {welcome:x?}");
    }
    board.says(&packet(0x32, &[text("machine/11/reply"), vec![0, 7, 0]].concat())).await;
    board.hears(b"\x40\x04\x00\x07\x87\x00").await;
    let mut other = Raw::open(&lab).await;
    other.says(&connect(5, "BOARD1", None, None)).await;
    board.hears(b"\xe0\x01\x8e").await;
    board.expect_closed().await;
}

#[tokio::test]
async fn v5_retained_will_is_sent_unretained() {
    let lab = lab().await;
    let mut switch = Raw::connect(&lab, "shelly-1", SWITCH, None).await;
    switch.says(&subscribe(1, &[("shelly/laser", 0)])).await;
    switch.hears(b"\x90\x03\x00\x01\x00").await;
    let mut retaining = Raw::open(&lab).await;
    retaining.says(&connect(5, "BOARD2", None, Some(&Will("shelly/laser", "off", true)))).await;
    // Nothing about retained messages: packets of up to 64 KiB, no shared subscriptions.
    let mut welcome = [0; 12];
    timeout(SOON, retaining.0.read_exact(&mut welcome)).await.expect("in time").unwrap();
    assert_eq!(welcome[..5], *b"\x20\x0a\x00\x00\x07");
    drop(retaining);
    switch.hears(&publish(0x30, "shelly/laser", None, "off")).await;
}

#[tokio::test]
async fn unsupported_versions_get_refusal_code() {
    let lab = lab().await;
    for (version, answer) in [(3, &b"\x20\x02\x00\x01"[..]), (6, b"\x20\x03\x00\x84\x00")] {
        let mut raw = Raw::open(&lab).await;
        raw.says(&connect(version, "BOARD1", None, None)).await;
        raw.hears(answer).await;
        raw.expect_closed().await;
    }
}

#[tokio::test]
async fn client_id_of_another_login_evicts_no_one() {
    let lab = lab().await;
    let ctx = &lab.running().ctx;
    let third = logins::make(ctx, &Actor::TOOLGATE, MachineId(1)).await.unwrap();
    let seventh = logins::make(ctx, &Actor::TOOLGATE, MachineId(2)).await.unwrap();
    let login = Some((third.user.as_str(), third.password.as_str()));
    let other = Some((seventh.user.as_str(), seventh.password.as_str()));
    let mut board = Raw::connect(&lab, "BOARD3", login, None).await;
    board.says(&subscribe(1, &[("machine/11/request", 0)])).await;
    board.hears(b"\x90\x03\x00\x01\x00").await;
    let mut others = Vec::new();
    for login in [other, None, SWITCH] {
        others.push(Raw::connect(&lab, "BOARD3", login, None).await);
    }
    board.hears_nothing().await;
    for other in &mut others {
        other.hears_nothing().await;
    }
    let again = Raw::connect(&lab, "BOARD3", login, None).await;
    board.expect_closed().await;
    drop(again);
    for other in &mut others {
        other.hears_nothing().await;
    }
}
