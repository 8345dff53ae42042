//! Permissions to publish and subscribe at the built-in broker.

use crate::lab;
use crate::lab::{Lab, Wire};
use contract::boards::NewBoardLogin;
use domain::{actor::Actor, id::MachineId};
use rumqttc::{ConnectReturnCode, ConnectionError, LastWill, QoS};
use server::config::{Options, Secret};
use services::{
    boards::{
        self,
        logins::{self, LoginsError},
    },
    equipment,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
};

#[tokio::test]
async fn board_may_subscribe_only_to_reply_and_request_topics() {
    let lab = Lab::start().await;
    let mut board = lab.wire("BOARD1").await;
    for allowed in ["machine/11/reply", "machine/11/request", "machine/0/reply", "machine/65535/reply"] {
        assert!(board.subscribe(allowed).await, "{allowed}");
    }
    for refused in [
        "#",
        "+/11/reply",
        "machine/#",
        "machine/+/reply",
        "machine/11",
        "machine/11/#",
        "machine/65536/reply",
        "machine/011/reply",
        "machine/11/other",
        "$SYS/#",
        "$share/boards/machine/11/reply",
        "stats/toolgate",
    ] {
        assert!(!board.subscribe(refused).await, "{refused}");
    }
}

#[tokio::test]
async fn board_cannot_forge_reply_or_request() {
    let lab = Lab::start().await;
    let mut victim = lab.board(11).await;
    assert!(victim.subscribe("machine/11/request").await);
    let mut forger = lab.wire("BOARD2").await;
    for topic in ["machine/11/reply", "machine/11/request"] {
        forger.say(topic, "forged");
        forger.say_and_keep(topic, "forged and kept");
    }
    forger.flush().await;
    assert_eq!(victim.heard_before_answer(11).await, Vec::<String>::new());
    let mut later = lab.wire("BOARD3").await;
    assert!(later.subscribe("machine/11/reply").await);
    assert_eq!(later.heard_before_answer(11).await, Vec::<String>::new(), "nothing was kept");
}

#[tokio::test]
async fn last_will_is_limited_to_topics_its_board_may_publish() {
    let lab = Lab::start().await;
    let mut victim = lab.board(11).await;
    for (id, topic) in [("BOARD4", "machine/11/reply"), ("BOARD5", "machine/11/request")] {
        let will = LastWill::new(topic, "forged will", QoS::AtMostOnce, false);
        // Dropped without a goodbye: the broker sends the will, if allowed.
        drop(Wire::connect(lab.port(), id, None, Some(will)).await.unwrap());
    }
    let will = LastWill::new("machine/12", r#"{"action":"startuse", "uid":"0000ada1"}"#, QoS::AtMostOnce, false);
    drop(Wire::connect(lab.port(), "BOARD6", None, Some(will)).await.unwrap());
    let begin = tokio::time::Instant::now();
    while lab.number("SELECT count(*) FROM use_session WHERE machine_id = 2").await == 0 {
        assert!(begin.elapsed() < lab::SOON, "the will that was allowed did not arrive");
        tokio::task::yield_now().await;
    }
    assert_eq!(victim.heard_before_answer(11).await, Vec::<String>::new(), "the forged ones came before it");
}

#[tokio::test]
async fn client_with_server_id_is_refused() {
    let lab = Lab::start().await;
    let mut board = lab.board(11).await;
    for login in [None, Some(("toolgate", "")), Some(("toolgate", "guess")), Some(("own", ""))] {
        let taken = Wire::connect(lab.port(), "toolgate", login, None).await;
        assert!(matches!(taken, Err(ConnectionError::ConnectionRefused(_))), "{login:?}");
    }
    assert!(board.ask(11, r#"{"action":"checkmachine"}"#).await.contains("Laser"));
}

#[tokio::test]
async fn configured_board_login_is_required() {
    let lab = Lab::with(Options {
        board_user: Some("boards".into()),
        board_password: Some(Secret::new("right".into())),
        switch_user: Some("switch".into()),
        switch_password: Some(Secret::new("click".into())),
        switch_topics: Some(vec!["shelly/laser".into()]),
        ..Options::default()
    })
    .await;
    for login in [None, Some(("boards", "wrong")), Some(("board", "right")), Some(("switch", "right"))] {
        let Err(error) = Wire::connect(lab.port(), "BOARD1", login, None).await else { panic!("{login:?}") };
        assert!(
            matches!(error, ConnectionError::ConnectionRefused(ConnectReturnCode::BadUserNamePassword)),
            "{error:?}"
        );
    }
    let mut board = Wire::connect(lab.port(), "BOARD1", Some(("boards", "right")), None).await.unwrap();
    assert!(board.subscribe("machine/11/reply").await);
    assert!(!board.subscribe("shelly/laser").await);
    let mut switch = Wire::connect(lab.port(), "shelly-1", Some(("switch", "click")), None).await.unwrap();
    assert!(switch.subscribe("shelly/laser").await);
    assert!(!switch.subscribe("machine/11/reply").await);
    switch.say("machine/11", r#"{"action":"startuse", "uid":"0000ada1"}"#);
    switch.flush().await;
    board.say("shelly/laser", "on");
    board.flush().await;
    assert_eq!(switch.hear().await, ("shelly/laser".into(), "on".into()));
    assert_eq!(lab.number("SELECT count(*) FROM board_fact").await, 0, "a switch does not speak for a machine");
}

/// A server with the topics of two Tasmotas and a Shelly.
async fn with_switches() -> Lab {
    Lab::with(Options {
        switch_user: Some("switch".into()),
        switch_password: Some(Secret::new("click".into())),
        switch_topics: Some(vec![
            "cmnd/laser/POWER".into(),
            "cmnd/mill/POWER".into(),
            "shellyplus-1/command/switch:0".into(),
        ]),
        ..Options::default()
    })
    .await
}

const SWITCH: Option<(&str, &str)> = Some(("switch", "click"));

#[tokio::test]
async fn stock_switches_subscribe_and_their_reports_are_not_rejected() {
    let lab = with_switches().await;
    let offline = LastWill::new("tele/laser/LWT", "Offline", QoS::AtMostOnce, true);
    let mut tasmota = Wire::connect(lab.port(), "DVES_1A2B3C", SWITCH, Some(offline)).await.unwrap();
    tasmota.say_and_keep("tele/laser/LWT", "Online");
    tasmota.say("cmnd/laser/POWER", "");
    for filter in ["cmnd/laser/#", "cmnd/tasmotas/#", "cmnd/DVES_1A2B3C_fb/#"] {
        assert!(tasmota.subscribe(filter).await, "{filter}");
    }
    let mut shelly = Wire::connect(lab.port(), "shellyplus-1", SWITCH, None).await.unwrap();
    for filter in ["shellyplus-1/rpc", "shellyplus-1/command", "shellyplus-1/command/switch:0", "shellies/command"]
    {
        assert!(shelly.subscribe(filter).await, "{filter}");
    }
    for topic in ["tasmota/discovery/1A2B3C/config", "tele/laser/STATE", "stat/laser/RESULT", "stat/laser/POWER"] {
        tasmota.say_and_keep(topic, "{}");
    }
    for topic in ["shellyplus-1/online", "shellyplus-1/status/switch:0", "shellyplus-1/events/rpc"] {
        shelly.say(topic, "{}");
    }
    tasmota.flush().await;
    shelly.flush().await;
    let mut board = lab.board(11).await;
    board.say("cmnd/laser/POWER", "on");
    board.say("shellyplus-1/command/switch:0", "off");
    board.flush().await;
    assert_eq!(tasmota.hear().await, ("cmnd/laser/POWER".into(), "on".into()));
    assert_eq!(shelly.hear().await, ("shellyplus-1/command/switch:0".into(), "off".into()));
    // Its will is no refusal either.
    drop((tasmota, shelly));
    board.say("machine/11/reply", "forged");
    board.flush().await;
    assert_eq!(refused(&lab, 1).await, 1, "the board's alone");
}

#[tokio::test]
async fn switch_hears_no_other_switch_and_no_board() {
    let lab = with_switches().await;
    let mut curious = Wire::connect(lab.port(), "DVES_1A2B3C", SWITCH, None).await.unwrap();
    for filter in [
        "#",
        "cmnd/#",
        "cmnd/+/POWER",
        "cmnd/DVES_000000_fb/#",
        "machine/#",
        "machine/+/reply",
        "machine/11/request",
        "+/+/reply",
        "stats/#",
        "tele/laser/LWT",
    ] {
        assert!(!curious.subscribe(filter).await, "{filter}");
    }
    assert!(curious.subscribe("cmnd/laser/#").await);
    for filter in ["cmnd/mill/#", "cmnd/mill/POWER", "shellyplus-1/#"] {
        assert!(!curious.subscribe(filter).await, "{filter}: it is the laser's");
    }
    for topic in ["machine/11", "machine/11/reply", "cmnd/mill/POWER", "stats/toolgate"] {
        curious.say(topic, "on");
    }
    curious.flush().await;
    assert_eq!(refused(&lab, 4).await, 4, "and that it tried is on record");
}

/// How many messages were refused, once *Boards* shows `least`.
async fn refused(lab: &Lab, least: u64) -> u64 {
    let begin = tokio::time::Instant::now();
    loop {
        let whole = boards::whole(&lab.running().ctx, &Actor::TOOLGATE).await.unwrap();
        let seen = whole.rejected.iter().find(|row| row.kind == "topic-refused").map_or(0, |row| row.seen);
        if seen >= least {
            return seen;
        }
        assert!(begin.elapsed() < lab::SOON, "{seen} were refused");
        tokio::task::yield_now().await;
    }
}

/// A client that connects from this machine's address with this last byte.
async fn from(last: u8, port: u16, client: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, last], 0).into()).unwrap();
    let mut stream = socket.connect(([127, 0, 0, 1], port).into()).await.unwrap();
    let length = |text: &str| u8::try_from(text.len()).unwrap();
    let mut connect = vec![0x10, 12 + length(client), 0, 4];
    connect.extend(b"MQTT\x04\x02\x00\x3c\x00");
    connect.push(length(client));
    connect.extend(client.as_bytes());
    stream.write_all(&connect).await.unwrap();
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, [0x20, 2, 0, 0], "it is let in");
    stream
}

#[tokio::test]
async fn client_id_conflict_between_addresses_is_reported_and_reuse_is_not() {
    let lab = Lab::start().await;
    let takeovers = async || boards::whole(&lab.running().ctx, &Actor::TOOLGATE).await.unwrap().takeovers;
    let mut left = from(1, lab.port(), "BOARD8").await;
    left.write_all(b"\xe0\x00").await.unwrap();
    assert_eq!(left.read(&mut [0; 1]).await.unwrap(), 0, "it said goodbye, and was let go");
    let _again = from(2, lab.port(), "BOARD8").await;
    assert_eq!(takeovers().await, vec![], "nobody else was there");
    let first = lab.wire("BOARD7").await;
    let _second = from(2, lab.port(), "BOARD7").await;
    first.until_thrown_out().await;
    let noticed = takeovers().await;
    assert_eq!(noticed.len(), 1, "{noticed:?}");
    let message = (noticed[0].client.as_str(), noticed[0].before.as_str(), noticed[0].after.as_str());
    assert_eq!(message, ("BOARD7", "127.0.0.1", "127.0.0.2"));
}

#[tokio::test]
async fn repeated_takeover_from_one_address_is_reported_and_single_reconnect_is_not() {
    let lab = with_switches().await;
    let takeovers = async || boards::whole(&lab.running().ctx, &Actor::TOOLGATE).await.unwrap().takeovers;
    let connect = async || Wire::connect(lab.port(), "DVES_1A2B3C", SWITCH, None).await.unwrap();
    let mut last = connect().await;
    for times in 1..=3 {
        assert_eq!(takeovers().await, vec![], "{times}");
        let next = connect().await;
        std::mem::replace(&mut last, next).until_thrown_out().await;
    }
    let noticed = takeovers().await;
    assert_eq!(noticed.len(), 1, "{noticed:?}");
    assert_eq!((noticed[0].client.as_str(), noticed[0].before.as_str()), ("DVES_1A2B3C", "127.0.0.1"));
}

/// A login for the board of machine 11, created while the server runs.
async fn own_login(lab: &Lab) -> NewBoardLogin {
    logins::make(&lab.running().ctx, &Actor::TOOLGATE, MachineId(1)).await.unwrap()
}

fn is_refused(answer: Result<Wire, ConnectionError>) -> bool {
    matches!(answer, Err(ConnectionError::ConnectionRefused(ConnectReturnCode::BadUserNamePassword)))
}

#[tokio::test]
async fn board_login_is_limited_to_its_machine_number() {
    let lab = Lab::with(Options {
        board_user: Some("boards".into()),
        board_password: Some(Secret::new("right".into())),
        switch_user: Some("switch".into()),
        switch_password: Some(Secret::new("click".into())),
        switch_topics: Some(vec!["shelly/laser".into()]),
        ..Options::default()
    })
    .await;
    let made = own_login(&lab).await;
    for wrong in ["", "guess", "right"] {
        assert!(is_refused(Wire::connect(lab.port(), "BOARD1", Some((&made.user, wrong)), None).await), "{wrong}");
    }
    let login = Some((made.user.as_str(), made.password.as_str()));
    let mut own = Wire::connect(lab.port(), "BOARD1", login, None).await.unwrap();
    for allowed in ["machine/11/reply", "machine/11/request"] {
        assert!(own.subscribe(allowed).await, "{allowed}");
    }
    for refused in ["machine/12/reply", "machine/12/request", "machine/+/reply", "machine/11", "shelly/laser", "#"]
    {
        assert!(!own.subscribe(refused).await, "{refused}");
    }
    let mut switch = Wire::connect(lab.port(), "shelly-1", Some(("switch", "click")), None).await.unwrap();
    assert!(switch.subscribe("shelly/laser").await);
    let mut stock = Wire::connect(lab.port(), "BOARD2", Some(("boards", "right")), None).await.unwrap();
    assert!(stock.subscribe("machine/12/reply").await);
    stock.until_answered(12).await;
    for (topic, payload) in [
        ("machine/12", r#"{"action":"startuse", "uid":"0000ada1"}"#),
        ("machine/11/reply", "forged"),
        ("shelly/laser", "on"),
    ] {
        own.say(topic, payload);
    }
    assert_eq!(own.heard_before_answer(11).await, Vec::<String>::new(), "it cannot even answer itself");
    stock.say("shelly/laser", "off");
    stock.flush().await;
    assert_eq!(switch.hear().await, ("shelly/laser".into(), "off".into()), "switches are for stock boards");
    assert!(stock.ask(12, r#"{"action":"checkmachine"}"#).await.contains("Lathe"));
    assert_eq!(lab.number("SELECT count(*) FROM board_fact").await, 0, "it does not speak for another machine");
    let list = logins::list(&lab.running().ctx, &Actor::TOOLGATE).await.unwrap();
    assert!(list.inside && list.logins[0].used.is_some(), "{list:?}");
    drop(own);

    // Dropped without a goodbye: the broker sends the will, if allowed.
    for topic in ["machine/12", "machine/11"] {
        let will = LastWill::new(topic, r#"{"action":"startuse", "uid":"0000ada1"}"#, QoS::AtMostOnce, false);
        drop(Wire::connect(lab.port(), "BOARD1", login, Some(will)).await.unwrap());
    }
    let begin = tokio::time::Instant::now();
    while lab.number("SELECT count(*) FROM use_session WHERE machine_id = 1").await == 0 {
        assert!(begin.elapsed() < lab::SOON, "the will that was allowed did not arrive");
        tokio::task::yield_now().await;
    }
    assert_eq!(lab.number("SELECT count(*) FROM use_session WHERE machine_id = 2").await, 0);
}

#[tokio::test]
async fn board_login_password_is_not_stored_in_plain_text() {
    let mut lab = Lab::start().await;
    let made = own_login(&lab).await;
    let login = Some((made.user.as_str(), made.password.as_str()));
    drop(Wire::connect(lab.port(), "BOARD1", login, None).await.unwrap());
    lab.stop().await;
    let (mut folders, mut there) = (vec![lab.folder()], false);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let stored = std::fs::read(entry.path()).unwrap();
            let holds = |name: &str| stored.windows(name.len()).any(|window| window == name.as_bytes());
            assert!(!holds(&made.password), "{:?}", entry.path());
            there |= holds(&made.user);
        }
    }
    assert!(there, "it was looked for where its user is");
}

#[tokio::test]
async fn revoked_login_disconnects_only_its_board() {
    let lab = Lab::start().await;
    let (made, other) = (own_login(&lab).await, own_login(&lab).await);
    let mut stock = lab.board(12).await;
    let login = Some((made.user.as_str(), made.password.as_str()));
    let own = Wire::connect(lab.port(), "BOARD1", login, None).await.unwrap();
    let stored = Some((other.user.as_str(), other.password.as_str()));
    let mut neighbour = Wire::connect(lab.port(), "BOARD3", stored, None).await.unwrap();
    assert!(neighbour.subscribe("machine/11/reply").await);
    logins::revoke(&lab.running().ctx, &Actor::TOOLGATE, made.id).await.unwrap();
    own.until_thrown_out().await;
    assert!(is_refused(Wire::connect(lab.port(), "BOARD1", login, None).await), "also where boards need no login");
    assert!(
        neighbour.ask(11, r#"{"action":"checkmachine"}"#).await.contains("Laser"),
        "another login of that machine"
    );
    assert!(stock.ask(12, r#"{"action":"checkmachine"}"#).await.contains("Lathe"));
    let again = logins::revoke(&lab.running().ctx, &Actor::TOOLGATE, made.id).await;
    assert!(matches!(again, Err(LoginsError::Unknown)), "{again:?}");
}

#[tokio::test]
async fn board_login_ends_with_its_machine_number_or_machine() {
    let lab = Lab::start().await;
    let ctx = &lab.running().ctx;
    let made = own_login(&lab).await;
    let login = Some((made.user.as_str(), made.password.as_str()));
    let own = Wire::connect(lab.port(), "BOARD1", login, None).await.unwrap();
    lab.sql("UPDATE machine SET number = NULL WHERE id = 1; UPDATE machine SET number = 11 WHERE id = 2;").await;
    own.until_thrown_out().await;
    assert!(is_refused(Wire::connect(lab.port(), "BOARD1", login, None).await), "11 is another machine by now");
    lab.sql("UPDATE machine SET number = 12 WHERE id = 2; UPDATE machine SET number = 11 WHERE id = 1;").await;
    let own = Wire::connect(lab.port(), "BOARD1", login, None).await.unwrap();
    equipment::archive(ctx, &Actor::TOOLGATE, MachineId(1), true).await.unwrap();
    own.until_thrown_out().await;
    assert!(is_refused(Wire::connect(lab.port(), "BOARD1", login, None).await));
}

#[tokio::test]
async fn two_hundred_reconnecting_boards_are_admitted_at_once() {
    let lab = Lab::start().await;
    let made = own_login(&lab).await;
    let mut coming = JoinSet::new();
    for board in 0..200 {
        let (port, user, password) = (lab.port(), made.user.clone(), made.password.clone());
        coming.spawn(async move {
            Wire::connect(port, &format!("BOARD{board}"), Some((&user, &password)), None).await.is_ok()
        });
    }
    // A board gives up after two seconds and is offline for another 45.
    let let_in = tokio::time::timeout(lab::SOON, coming.join_all()).await.unwrap();
    assert_eq!(let_in.iter().filter(|&&came| came).count(), 200);
}
