//! The simulated board on a socket: byte by byte against a listener, and through a real broker with a simulated
//! server.

use crate::mosquitto::Mosquitto;
use clap::Parser;
use domain::{access::Level, boards::MachineNumber, cards::CardUid};
use fabomatic::{
    Query, Reply, Request, Topics,
    reply::{CheckMachineReply, CheckUserReply},
};
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use server::config::{BrokerAddress, Login, Secret};
use server::sim::SimArgs;
use sim::{
    SimBoard, SimConfig,
    cards::Cards,
    face::{Happened, Led},
    fault::Delivery,
    firmware::Timings,
    fleet::{Day, Fleet, FleetConfig},
    link::News,
    script::Script,
    stage::Stage,
    voice::Voice,
};
use std::{
    collections::HashSet,
    io::Write,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{broadcast, mpsc},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

const SEVEN: MachineNumber = MachineNumber(7);
/// For expected events; a test that waits this long has failed.
const LONG: Duration = Duration::from_secs(10);

fn uid(digits: &str) -> CardUid {
    CardUid::from_board(digits).unwrap()
}

/// Like the firmware's, with short waits.
fn brisk() -> Timings {
    let brief = Duration::from_millis(50);
    Timings { reply: Duration::from_secs(1), pause: brief, offline: brief, settle: brief, ..Timings::default() }
}

/// The end of a board's connection, byte by byte.
struct Wire(TcpStream);

impl Wire {
    async fn accept(listener: &TcpListener) -> Self {
        Self(timeout(LONG, listener.accept()).await.unwrap().unwrap().0)
    }

    /// One packet: its first byte and what follows the length.
    async fn packet(&mut self) -> (u8, Vec<u8>) {
        timeout(LONG, async {
            let kind = self.0.read_u8().await.unwrap();
            let length = self.0.read_u8().await.unwrap();
            assert!(length < 128, "longer than a board's packets");
            let mut body = vec![0; length.into()];
            self.0.read_exact(&mut body).await.unwrap();
            (kind, body)
        })
        .await
        .unwrap()
    }

    async fn write(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }
}

#[tokio::test]
async fn simulated_board_handshake_matches_firmware_bytes() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let login = Some(Login { user: "board".into(), password: Secret::new("secret".into()) });
    let _board = SimBoard::connect(SimConfig::new(
        BrokerAddress { login, ..BrokerAddress::plain("127.0.0.1", port) },
        SEVEN,
    ));
    let mut wire = Wire::accept(&listener).await;

    // Protocol 4; user, password, clean session, no will; keep-alive 10 s.
    let connect = b"\x00\x04MQTT\x04\xc2\x00\x0a\x00\x06BOARD7\x00\x05board\x00\x06secret";
    assert_eq!(wire.packet().await, (0x10, connect.to_vec()));
    wire.write(b"\x20\x02\x00\x00").await;
    for (id, topic) in [(1, &b"\x00\x0fmachine/7/reply\x00"[..]), (2, b"\x00\x11machine/7/request\x00")] {
        let (kind, body) = wire.packet().await;
        assert_eq!((kind, &body[..2], &body[2..]), (0x82, &[0, id][..], topic));
        wire.write(&[0x90, 3, 0, id, 0]).await;
    }
    let (kind, alive) = wire.packet().await;
    assert_eq!(kind, 0x30, "QoS 0, not retained, not a duplicate");
    assert!(alive.starts_with(b"\x00\x09machine/7{\"action\":\"alive\",\"version\":\"simulated,"));
    assert_eq!(wire.packet().await, (0x30, b"\x00\x09machine/7{\"action\":\"checkmachine\"}".to_vec()));

    // A packet of 300 bytes is accepted, as the answer to that query; one of 301 makes it hang up.
    let packet = |topic: &str, payload: &[u8]| {
        let [length, topic_length] =
            [2 + topic.len() + payload.len(), topic.len()].map(|n| u16::try_from(n).unwrap());
        let [high, low] = (length << 1).to_be_bytes();
        let length = [low >> 1 | 128, high];
        [&[0x30], &length[..], &topic_length.to_be_bytes(), topic.as_bytes(), payload].concat()
    };
    let reply = |size: usize| packet("machine/7/reply", &vec![b'x'; size - 5 - "machine/7/reply".len()]);
    wire.write(&reply(300)).await;
    wire.write(&packet("machine/7/request", br#"{"request_type":"stop","uid":"adaadaad"}"#)).await;
    let stop = b"\x00\x09machine/7{\"action\":\"stopuse\", \"uid\":\"00000000\",\"duration\":0}";
    assert_eq!(wire.packet().await, (0x30, stop.to_vec()));
    wire.write(&reply(301)).await;
    assert!(timeout(LONG, wire.0.read_u8()).await.unwrap().is_err(), "it hangs up");
}

/// A broker, and behind it a server that knows two cards and records messages.
struct Workshop {
    broker: Mosquitto,
    heard: mpsc::UnboundedReceiver<(String, String)>,
    client: AsyncClient,
    mute: Arc<Mutex<HashSet<&'static str>>>,
}

impl Workshop {
    async fn open() -> Self {
        let broker = Mosquitto::anonymous().await;
        let mut options = MqttOptions::new("server", "127.0.0.1", broker.port);
        options.set_max_packet_size(1 << 22, 1 << 22);
        let (client, mut connection) = AsyncClient::new(options, 100);
        client.subscribe("machine/+", QoS::AtMostOnce).await.unwrap();
        while !matches!(connection.poll().await.unwrap(), Event::Incoming(Packet::SubAck(_))) {}
        let mute = Arc::new(Mutex::new(HashSet::new()));
        let (sender, heard) = mpsc::unbounded_channel();
        let (answers, silent) = (client.clone(), mute.clone());
        tokio::spawn(async move {
            while let Ok(event) = connection.poll().await {
                let Event::Incoming(Packet::Publish(message)) = event else { continue };
                let text = String::from_utf8_lossy(&message.payload).into_owned();
                let _ = sender.send((message.topic.clone(), text));
                let Ok(query) = Query::parse(&message.payload) else { continue };
                if silent.lock().unwrap().contains(query.action()) {
                    continue;
                }
                if let Some(reply) = answer(&query) {
                    let topic = format!("{}/reply", message.topic);
                    answers.try_publish(topic, QoS::AtMostOnce, false, reply.encode()).unwrap();
                }
            }
        });
        Self { broker, heard, client, mute }
    }

    fn board(&self) -> SimConfig {
        let broker = BrokerAddress::plain("127.0.0.1", self.broker.port);
        SimConfig { timings: brisk(), ..SimConfig::new(broker, SEVEN) }
    }

    /// Waits for the next message that boards do not send by themselves.
    async fn hears(&mut self) -> String {
        loop {
            let (_, text) = timeout(LONG, self.heard.recv()).await.unwrap().unwrap();
            if !["alive", "checkmachine"].iter().any(|action| text.contains(action)) {
                return text;
            }
        }
    }
}

fn answer(query: &Query) -> Option<Reply> {
    Some(match query {
        Query::Alive { .. } => return None,
        Query::CheckMachine => Reply::CheckMachine(CheckMachineReply {
            request_ok: true,
            is_valid: true,
            maintenance: false,
            allowed: true,
            name: "Laser".into(),
            logoff: 0,
            kind: 1,
            grace: 0,
            description: String::new(),
        }),
        Query::CheckUser { uid } => Reply::CheckUser(match uid.as_str() {
            "adaadaad" => CheckUserReply::allowed("Ada", Level::User),
            "b0b0b0b0" => CheckUserReply::allowed("Bo", Level::Staff),
            _ => CheckUserReply::refused("Unknown", false),
        }),
        _ => Reply::ok(),
    })
}

async fn happens(news: &mut broadcast::Receiver<News>, expected: impl Fn(&Happened) -> bool) {
    timeout(LONG, async {
        loop {
            if let News::Happened(what) = news.recv().await.unwrap()
                && expected(&what)
            {
                return;
            }
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn swipe_round_trips_through_broker() {
    let mut workshop = Workshop::open().await;
    let board = SimBoard::connect(workshop.board());
    board.until(LONG, |state| state.online).await.unwrap();
    assert_eq!(board.screen().to_string(), "Laser | Ready");

    let state = board.swipe(&uid("adaadaad")).await;
    assert_eq!((state.led, state.power, state.user), (Led::Green, true, Some(uid("adaadaad"))));
    assert_eq!(board.screen().to_string(), "Laser | Ada");
    assert_eq!(board.log_out().await.led, Led::Blue);
    assert_eq!(board.swipe(&uid("0badcafe")).await.led, Led::Red);
    for expected in [
        r#"{"action":"checkuser","uid":"adaadaad"}"#,
        r#"{"action":"startuse", "uid":"adaadaad"}"#,
        r#"{"action":"stopuse", "uid":"adaadaad","duration":0}"#,
        r#"{"action":"checkuser","uid":"0badcafe"}"#,
    ] {
        assert_eq!(workshop.hears().await, expected);
    }

    let start = Request::Start { uid: uid("b0b0b0b0") }.encode();
    workshop.client.publish(Topics::default().request(SEVEN), QoS::AtMostOnce, false, start).await.unwrap();
    board.until(LONG, |state| state.user == Some(uid("b0b0b0b0"))).await.unwrap();
}

// A20
#[tokio::test]
async fn offline_events_are_replayed_on_reconnect() {
    let mut workshop = Workshop::open().await;
    let board = SimBoard::connect(workshop.board());
    board.until(LONG, |state| state.online).await.unwrap();
    board.swipe(&uid("adaadaad")).await;
    board.go_offline();
    board.until(LONG, |state| !state.online).await.unwrap();
    assert_eq!(board.state().user, Some(uid("adaadaad")), "the use goes on");
    board.log_out().await;
    assert_eq!(board.swipe(&uid("b0b0b0b0")).await.user, None, "a card it does not remember");
    let state = board.swipe(&uid("adaadaad")).await;
    assert_eq!((state.user, state.kept), (Some(uid("adaadaad")), 2));

    board.go_online();
    board.until(LONG, |state| state.online && state.kept == 0).await.unwrap();
    for expected in [
        r#"{"action":"checkuser","uid":"adaadaad"}"#,
        r#"{"action":"startuse", "uid":"adaadaad"}"#,
        r#"{"action":"stopuse", "uid":"adaadaad","duration":0, "replay":true}"#,
        r#"{"action":"startuse", "uid":"adaadaad", "replay":true}"#,
    ] {
        assert_eq!(workshop.hears().await, expected);
    }
}

// A21
#[tokio::test]
async fn simulated_faults_duplicate_delay_and_drop_messages() {
    let mut workshop = Workshop::open().await;
    let board = SimBoard::connect(workshop.board());
    board.until(LONG, |state| state.online).await.unwrap();
    let mut news = board.news();

    // Twice: the answer to the second copy must not be taken for the answer to the next query.
    board.next_message(Delivery { copies: 2, ..Delivery::NORMAL });
    board.swipe(&uid("0badcafe")).await;
    let checkuser = r#"{"action":"checkuser","uid":"0badcafe"}"#;
    assert_eq!([workshop.hears().await, workshop.hears().await], [checkuser, checkuser]);
    happens(&mut news, |what| *what == Happened::NotAsked).await;

    // Late, but in time.
    board.next_message(Delivery { delay: Duration::from_millis(100), ..Delivery::NORMAL });
    assert_eq!(board.swipe(&uid("adaadaad")).await.led, Led::Green);
    // Never: stored, and sent once more with the next connection.
    board.until(LONG, |state| state.online).await.unwrap();
    board.next_message(Delivery { copies: 0, ..Delivery::NORMAL });
    board.log_out().await;
    happens(&mut news, |what| *what == Happened::Unanswered { action: "stopuse" }).await;
    board.until(LONG, |state| state.online && state.kept == 0).await.unwrap();
    for expected in [
        r#"{"action":"checkuser","uid":"adaadaad"}"#,
        r#"{"action":"startuse", "uid":"adaadaad"}"#,
        r#"{"action":"stopuse", "uid":"adaadaad","duration":0, "replay":true}"#,
    ] {
        assert_eq!(workshop.hears().await, expected);
    }
}

// A21
#[tokio::test]
async fn unanswered_start_is_resent_as_replay() {
    let mut workshop = Workshop::open().await;
    let board = SimBoard::connect(workshop.board());
    board.until(LONG, |state| state.online).await.unwrap();
    workshop.mute.lock().unwrap().insert("startuse");
    board.swipe(&uid("adaadaad")).await;
    assert_eq!((board.state().power, board.state().kept), (true, 1));
    workshop.mute.lock().unwrap().clear();
    board.until(LONG, |state| state.online && state.kept == 0).await.unwrap();
    assert_eq!(workshop.hears().await, r#"{"action":"checkuser","uid":"adaadaad"}"#);
    assert_eq!(workshop.hears().await, r#"{"action":"startuse", "uid":"adaadaad"}"#);
    let again = std::iter::repeat_with(|| workshop.heard.try_recv()).map_while(Result::ok).map(|(_, text)| text);
    let again: Vec<String> = again.filter(|text| text.contains("startuse")).collect();
    assert_eq!(
        again.last().map(String::as_str),
        Some(r#"{"action":"startuse", "uid":"adaadaad", "replay":true}"#)
    );
}

// A21
#[tokio::test]
async fn late_answer_causes_replay() {
    let mut workshop = Workshop::open().await;
    let mut config = workshop.board();
    config.timings.offline = Duration::from_millis(500);
    let board = SimBoard::connect(config);
    board.swipe(&uid("adaadaad")).await;
    // 50 ms after the board has given up, and 500 ms before it tries again.
    board.next_message(Delivery { delay: Duration::from_millis(1_050), ..Delivery::NORMAL });
    board.log_out().await;
    board.until(LONG, |state| state.online && state.kept == 0).await.unwrap();
    for expected in [
        r#"{"action":"checkuser","uid":"adaadaad"}"#,
        r#"{"action":"startuse", "uid":"adaadaad"}"#,
        r#"{"action":"stopuse", "uid":"adaadaad","duration":0}"#,
        r#"{"action":"stopuse", "uid":"adaadaad","duration":0, "replay":true}"#,
    ] {
        assert_eq!(workshop.hears().await, expected);
    }
}

#[tokio::test]
async fn power_cut_sends_nothing_and_board_reconnects() {
    let mut workshop = Workshop::open().await;
    let board = SimBoard::connect(workshop.board());
    board.swipe(&uid("adaadaad")).await;
    let state = board.cut_power().await;
    assert_eq!((state.led, state.power, state.user), (Led::Off, false, None));
    board.power_on().await;
    board.until(LONG, |state| state.online).await.unwrap();
    board.raw("{\"action\":\"nonsense\"}");
    for expected in ["checkuser", "startuse", "nonsense"] {
        assert!(workshop.hears().await.contains(expected), "{expected}");
    }
}

#[tokio::test]
async fn board_online_before_anybody_listens_is_heard() {
    let workshop = Workshop::open().await;
    let (board, mut news) = SimBoard::connect_followed(workshop.board());
    board.until(LONG, |state| state.online).await.unwrap();
    happens(&mut news, |what| *what == Happened::Online).await;
}

#[tokio::test]
async fn shared_client_id_disconnects_first_board() {
    let workshop = Workshop::open().await;
    let first = SimBoard::connect(workshop.board());
    first.until(LONG, |state| state.online).await.unwrap();
    let mut news = first.news();
    let mut config = workshop.board();
    config.line.number = MachineNumber(8);
    config.timings.offline = Duration::from_mins(10);
    let _second = SimBoard::connect(config);
    happens(&mut news, |what| matches!(what, Happened::LineLost { .. })).await;
}

#[tokio::test]
async fn missing_broker_is_reported_and_retried() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let config = SimConfig { timings: brisk(), ..SimConfig::new(BrokerAddress::plain("127.0.0.1", port), SEVEN) };
    let board = SimBoard::connect(config);
    let mut news = board.news();
    for _ in 0..2 {
        happens(&mut news, |what| matches!(what, Happened::LineLost { why } if why.contains("refused"))).await;
    }
    assert_eq!(board.swipe(&uid("adaadaad")).await.led, Led::Red, "nobody to ask, nothing to remember");
}

/// The printed output.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn script_runs_to_end_or_names_failing_line() {
    let workshop = Workshop::open().await;
    let broker = BrokerAddress::plain("127.0.0.1", workshop.broker.port);
    let config = FleetConfig { timings: brisk(), ..FleetConfig::new(broker, vec![SEVEN, MachineNumber(8)]) };
    let (fleet, mut news) = Fleet::connect_followed(&config);
    let (number, seven) = news.swap_remove(0);
    let cards = Cards::from_lines("adaadaad Ada").unwrap();
    let paper = Paper::default();
    let voice = Voice::new(cards.clone(), true, Box::new(paper.clone()));
    let script = "\
        expect 7 online within 10s\n\
        swipe Ada\n\
        expect led green\n\
        expect power on\n\
        expect screen Ada\n\
        swipe 8 0badcafe\n\
        expect led red\n\
        offline 8 50ms\n\
        expect offline\n\
        expect online within 10s\n\
        logout 7\n\
        expect user nobody\n\
        show\n\
        at 1ms quit\n\
        expect led pink";
    let why = Script::parse(script, &cards).unwrap_err().to_string();
    assert!(why.starts_with("line 15: a board can be expected to show"), "{why}");
    let script = Script::parse(script.trim_end_matches("expect led pink"), &cards).unwrap();
    let mut stage = Stage::new(&fleet, &cards, &voice, 1);
    tokio::select! {
        biased;
        () = voice.follow(number, seven) => {}
        played = script.play(&mut stage) => assert_eq!(played, Ok(())),
    }
    let printed = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
    for line in [
        "00:00:00 board 7: Ada's card → in use (level 1)",
        "00:00:00 board 7: Ada's card → logged out after 0 s",
        r#"00:00:00 board 7: ⇢ {"action":"startuse", "uid":"…ad"}"#,
        "board 7: led blue, machine off, online, 0 kept, display: Laser | Ready",
    ] {
        assert!(printed.contains(line), "{line} is not in:\n{printed}");
    }
    assert!(!printed.contains("adaadaad"), "no card in full");

    let failed = Script::parse("\nexpect 7 led green within 10ms", &cards).unwrap().play(&mut stage).await;
    assert_eq!(
        failed.unwrap_err().to_string(),
        "line 2: expected led green within 10ms, but board 7 shows: led blue, machine off, online, 0 kept, display: \
         Laser | Ready"
    );
    let failed = Script::parse("swipe 9 Ada", &cards).unwrap().play(&mut stage).await;
    assert_eq!(
        failed.unwrap_err().to_string(),
        "line 1: there is no board 9 here; the boards are set with --boards"
    );
}

#[tokio::test]
async fn simulated_people_use_one_machine_at_a_time() {
    let mut workshop = Workshop::open().await;
    let broker = BrokerAddress::plain("127.0.0.1", workshop.broker.port);
    let numbers = [1, 2, 3].map(MachineNumber).to_vec();
    let fleet = Fleet::connect(&FleetConfig { timings: brisk(), ..FleetConfig::new(broker, numbers) });
    let people = Cards::from_lines("adaadaad Ada\nb0b0b0b0 Bo @1\n0badcafe Stranger").unwrap().0;
    let day = Day { people, pace: 100_000, mishaps: 0.0, seed: 1 };
    let mut heard = Vec::new();
    tokio::select! {
        () = fleet.live(&day) => {}
        () = async {
            while heard.iter().filter(|(_, text): &&(String, String)| text.contains("startuse")).count() < 20 {
                heard.push(timeout(LONG, workshop.heard.recv()).await.unwrap().unwrap());
            }
        } => {}
    }
    fleet.close().await;
    assert!(fleet.boards().all(|board| board.state().user.is_none()), "closed");

    let mut inside = HashSet::new();
    let (mut at_one, mut refused) = (0, 0);
    for (topic, text) in heard {
        match Query::parse(text.as_bytes()).unwrap() {
            Query::StartUse { uid, .. } => {
                at_one += usize::from(topic == "machine/1");
                assert!(uid != self::uid("b0b0b0b0") || topic == "machine/1", "Bo goes to machine 1 only");
                assert!(inside.insert(uid), "at two machines at once");
            }
            Query::StopUse { uid, .. } => assert!(inside.remove(&uid)),
            Query::CheckUser { uid } => refused += usize::from(uid == self::uid("0badcafe")),
            _ => {}
        }
    }
    assert!(at_one > 0);
    assert!((1..=3).contains(&refused), "refused once, nobody comes back: {refused}");
}

#[derive(clap::Parser)]
struct Line {
    #[command(flatten)]
    args: SimArgs,
}

#[tokio::test]
async fn sim_command_runs_script_and_reports_failure() {
    let workshop = Workshop::open().await;
    let folder = tempfile::tempdir().unwrap();
    let play = async |script: &str, more: &[&str]| {
        let path = folder.path().join("script");
        std::fs::write(&path, script).unwrap();
        let broker = format!("mqtt://127.0.0.1:{}", workshop.broker.port);
        let line = ["sim", "--mqtt-url", &broker, "--boards", "7-8", "--script", path.to_str().unwrap()];
        let Line { args } = Line::try_parse_from(line.iter().chain(more)).unwrap();
        let played = timeout(LONG, server::sim::run(args, CancellationToken::new())).await.unwrap();
        played.map_err(|error| error.to_string().replace(path.to_str().unwrap(), "FILE"))
    };
    let cards = ["--cards", "adaadaad Ada,b0b0b0b0"];
    let good =
        "expect 8 online within 8s\nswipe Ada\nexpect user Ada\nwait 60s\nlogout\nexpect led blue within 4s";
    assert_eq!(play(good, &[&cards[..], &["--pace", "600"]].concat()).await, Ok(()));
    assert_eq!(play("expect led pink", &[]).await.unwrap_err().split(": ").next(), Some("FILE, line 1"));
    let why = play("expect 7 led green within 1ms", &[]).await.unwrap_err();
    assert!(why.starts_with("FILE, line 1: expected led green within 1ms, but board 7 shows: led"), "{why}");
    let why = play("", &["--cards", "nowhere"]).await.unwrap_err();
    assert!(why.starts_with("nowhere cannot be read"), "{why}");
    let why = play("", &["--topic", "much-too-long-a-prefix"]).await.unwrap_err();
    assert!(why.starts_with("--topic, --reply-suffix, --request-suffix: prefix"), "{why}");
}
