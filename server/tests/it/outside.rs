//! An external broker: a real Mosquitto, with users, an access list and TLS; and none at all.

use crate::{
    lab::{Lab, SOON, Wire},
    mosquitto::Mosquitto,
};
use server::config::{Options, Secret};
use std::{
    fmt::Write,
    fs,
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

const ACCESS_LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/mosquitto.acl");

impl Mosquitto {
    /// With the users `toolgate`, `board` and, for the board of machine 11, `11`, and the shipped access list.
    fn prepared(tls: bool) -> Self {
        let broker = Self::new();
        for (user, password) in [("toolgate", "t/o@l"), ("board", "b"), ("11", "own")] {
            let mut command = Command::new("mosquitto_passwd");
            command.args(["-b", "-c"]).arg(broker.daemon.file(user)).args([user, password]).stderr(Stdio::null());
            assert!(command.status().expect("mosquitto_passwd, of the package mosquitto").success());
        }
        let users =
            ["toolgate", "board", "11"].map(|user| fs::read_to_string(broker.daemon.file(user)).unwrap()).concat();
        fs::write(broker.daemon.file("users"), users).unwrap();
        fs::copy(ACCESS_LIST, broker.daemon.file("acl")).unwrap();
        let mut config = format!(
            "allow_anonymous false\npassword_file {}\nacl_file {}\n",
            broker.daemon.file("users").display(),
            broker.daemon.file("acl").display(),
        );
        if tls {
            let (authority, certificate, key) = certificates();
            for (name, text) in [("ca.pem", authority), ("cert.pem", certificate), ("key.pem", key)] {
                fs::write(broker.daemon.file(name), text).unwrap();
            }
            let (certificate, key) = (broker.daemon.file("cert.pem"), broker.daemon.file("key.pem"));
            writeln!(config, "certfile {}\nkeyfile {}", certificate.display(), key.display()).unwrap();
        }
        broker.configure(&config);
        broker
    }

    fn url(&self, scheme: &str) -> Secret<String> {
        Secret::new(format!("{scheme}://toolgate:t%2Fo%40l@localhost:{}", self.port))
    }
}

/// A CA, a certificate for localhost signed by it, and its key, as PEM.
fn certificates() -> (String, String, String) {
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = server.signed_by(&key, &authority).unwrap();
    (authority.pem(), certificate.pem(), key.serialize_pem())
}

async fn until_heard(lab: &Lab) {
    let begin = tokio::time::Instant::now();
    while !services::health::check(&lab.running().ctx).await.broker {
        assert!(begin.elapsed() < SOON, "the broker is there and Toolgate is not");
        tokio::task::yield_now().await;
    }
}

async fn board(broker: &Mosquitto, number: u16) -> Wire {
    let mut board = Wire::connect(broker.port, "BOARD1", Some(("board", "b")), None).await.unwrap();
    assert!(board.subscribe(&format!("machine/{number}/reply")).await);
    board
}

#[tokio::test]
async fn mosquitto_with_shipped_acl_serves_boards() {
    let mut broker = Mosquitto::prepared(false);
    broker.start();
    let lab = Lab::with(Options { mqtt_url: Some(broker.url("mqtt")), ..Options::default() }).await;
    until_heard(&lab).await;
    let mut board = board(&broker, 11).await;
    let answer = board.ask(11, r#"{"action":"checkuser","uid":"0000ada1"}"#).await;
    assert!(answer.contains("\"is_valid\":true"), "{answer}");

    // Nobody can take over the server's client id, which is unknown.
    for _ in 0..5 {
        drop(Wire::connect(broker.port, "toolgate", Some(("board", "b")), None).await.unwrap());
    }
    assert!(services::health::check(&lab.running().ctx).await.broker);

    let mut forger = Wire::connect(broker.port, "BOARD2", Some(("board", "b")), None).await.unwrap();
    forger.say("machine/11/reply", "forged");
    forger.flush().await;
    assert_eq!(board.heard_before_answer(11).await, Vec::<String>::new(), "the list keeps boards from answering");
    for filter in ["machine/+", "machine/11", "#"] {
        // Mosquitto grants a subscription and then delivers nothing: what counts is what is received.
        forger.subscribe(filter).await;
    }
    board.say("machine/11", r#"{"action":"startuse", "uid":"0000ada1"}"#);
    board.flush().await;
    assert!(forger.subscribe("machine/12/reply").await);
    let heard = forger.heard_before_answer(12).await;
    assert!(heard.iter().all(|payload| !payload.contains("startuse")), "{heard:?}");
}

#[tokio::test]
async fn mosquitto_user_per_board_is_limited_to_its_number() {
    let mut broker = Mosquitto::prepared(false);
    broker.start();
    let lab = Lab::with(Options { mqtt_url: Some(broker.url("mqtt")), ..Options::default() }).await;
    until_heard(&lab).await;
    let mut own = Wire::connect(broker.port, "BOARD11", Some(("11", "own")), None).await.unwrap();
    for filter in
        ["machine/11/reply", "machine/11/request", "machine/12/reply", "machine/+/reply", "machine/+", "#"]
    {
        own.subscribe(filter).await;
    }
    let mut stock = board(&broker, 12).await;
    own.say("machine/12", r#"{"action":"startuse", "uid":"0000ada1"}"#);
    own.say("machine/11/reply", "forged");
    own.flush().await;
    assert!(stock.ask(12, r#"{"action":"checkmachine"}"#).await.contains("Lathe"));
    assert_eq!(own.heard_before_answer(11).await, Vec::<String>::new(), "neither what it forged nor what 12 said");
    assert_eq!(lab.number("SELECT count(*) FROM board_fact").await, 0);
    let logins =
        services::boards::logins::list(&lab.running().ctx, &domain::actor::Actor::TOOLGATE).await.unwrap();
    assert!(!logins.inside, "logins that Toolgate makes are of no use there");

    let mut revoke = Command::new("mosquitto_passwd");
    assert!(revoke.arg("-D").arg(broker.daemon.file("users")).arg("11").status().unwrap().success());
    broker.daemon.signal("-HUP");
    own.until_thrown_out().await;
    assert!(stock.ask(12, r#"{"action":"checkmachine"}"#).await.contains("Lathe"));
}

#[tokio::test]
async fn mosquitto_over_tls_needs_configured_ca() {
    // Two providers may be linked in, so one must be chosen.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut broker = Mosquitto::prepared(true);
    broker.start();
    let options =
        |ca: Option<PathBuf>| Options { mqtt_url: Some(broker.url("mqtts")), mqtt_ca: ca, ..Options::default() };
    // Without the CA nothing is trusted. Started first, so it has tried by the time the other is connected.
    let doubting = Lab::with(options(None)).await;
    let trusting = Lab::with(options(Some(broker.daemon.file("ca.pem")))).await;
    until_heard(&trusting).await;
    assert!(!services::health::check(&doubting.running().ctx).await.broker);
}

#[tokio::test]
async fn missing_broker_is_found_when_it_starts() {
    let mut broker = Mosquitto::prepared(false);
    let mut lab = Lab::with(Options { mqtt_url: Some(broker.url("mqtt")), ..Options::default() }).await;
    let ctx = &lab.running().ctx.clone();
    let anybody = domain::actor::Actor::TOOLGATE;
    let floor = services::machines::floor(ctx, &anybody).await.unwrap();
    assert!(floor.broker_lost.is_some(), "the page says so");
    broker.start();
    until_heard(&lab).await;
    assert!(services::machines::floor(ctx, &anybody).await.unwrap().broker_lost.is_none());

    broker.daemon.stop();
    let begin = tokio::time::Instant::now();
    while services::health::check(ctx).await.broker {
        assert!(begin.elapsed() < SOON, "the broker is gone and nobody noticed");
        tokio::task::yield_now().await;
    }
    broker.start();
    until_heard(&lab).await;
    let mut board = board(&broker, 11).await;
    assert!(board.ask(11, r#"{"action":"checkmachine"}"#).await.contains("Laser"));
    tokio::time::timeout(Duration::from_secs(10), lab.stop()).await.unwrap();
}

#[tokio::test]
async fn frozen_broker_is_detected_within_two_keep_alives() {
    let mut broker = Mosquitto::prepared(false);
    broker.start();
    let lab = Lab::with(Options { mqtt_url: Some(broker.url("mqtt")), ..Options::default() }).await;
    until_heard(&lab).await;
    // Its connections stay up, and the system accepts data sent to it.
    broker.daemon.signal("-STOP");
    let begin = tokio::time::Instant::now();
    while services::health::check(&lab.running().ctx).await.broker {
        assert!(begin.elapsed() < SOON + SOON, "the broker answers no ping and nobody noticed");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    broker.daemon.signal("-CONT");
    until_heard(&lab).await;
}

#[tokio::test]
async fn external_broker_receives_server_status() {
    let mut broker = Mosquitto::prepared(false);
    // The list ends with the boards' permissions.
    let list = fs::read_to_string(broker.daemon.file("acl")).unwrap();
    fs::write(broker.daemon.file("acl"), format!("{list}\nuser board\ntopic read stats/+\n")).unwrap();
    broker.start();
    let lab = Lab::with(Options { mqtt_url: Some(broker.url("mqtt")), ..Options::default() }).await;
    until_heard(&lab).await;
    let mut board = board(&broker, 11).await;
    board.ask(11, r#"{"action":"checkmachine"}"#).await;
    assert!(board.subscribe("stats/+").await);
    let mut before = 0;
    for _ in 0..2 {
        let (topic, message) = tokio::time::timeout(SOON, board.hear()).await.expect("every five seconds");
        assert!(topic.starts_with("stats/toolgate-"), "{topic}");
        let message: serde_json::Value = serde_json::from_str(&message).unwrap();
        assert_eq!((&message["Connected"], &message["Backend IP"]), (&true.into(), &"127.0.0.1".into()));
        assert!(message["Backend host"].as_str().is_some_and(|host| !host.is_empty()), "{message}");
        assert!(message["Received"].as_u64() >= Some(1), "{message}");
        let sent = message["Sent"].as_u64().unwrap();
        assert!(sent > before, "the answer, and what it said before: {message}");
        before = sent;
    }
}
