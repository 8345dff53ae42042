//! Who may say and hear what at the broker inside.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod lab;

use domain::actor::Actor;
use lab::{Lab, Wire};
use rumqttc::{ConnectReturnCode, ConnectionError, LastWill, QoS};
use server::config::{Options, Secret};
use services::boards;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

#[tokio::test]
async fn a_board_hears_the_two_topics_of_a_machine_and_nothing_else() {
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
async fn a_board_cannot_forge_an_answer_or_a_request() {
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
async fn a_will_reaches_only_where_its_board_may_speak() {
    let lab = Lab::start().await;
    let mut victim = lab.board(11).await;
    for (id, topic) in [("BOARD4", "machine/11/reply"), ("BOARD5", "machine/11/request")] {
        let will = LastWill::new(topic, "forged will", QoS::AtMostOnce, false);
        // Dropped without a goodbye: the broker sends the will, if it may.
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
async fn nobody_takes_the_servers_place() {
    let lab = Lab::start().await;
    let mut board = lab.board(11).await;
    for login in [None, Some(("toolgate", "")), Some(("toolgate", "guess")), Some(("own", ""))] {
        let taken = Wire::connect(lab.port(), "toolgate", login, None).await;
        assert!(matches!(taken, Err(ConnectionError::ConnectionRefused(_))), "{login:?}");
    }
    assert!(board.ask(11, r#"{"action":"checkmachine"}"#).await.contains("Laser"));
}

#[tokio::test]
async fn with_a_login_set_boards_must_use_it() {
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

/// A client that connects from the address of this machine that ends so.
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
async fn two_boards_that_throw_each_other_out_are_noticed_and_a_client_id_that_is_used_again_is_not() {
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
    let said = (noticed[0].client.as_str(), noticed[0].before.as_str(), noticed[0].after.as_str());
    assert_eq!(said, ("BOARD7", "127.0.0.1", "127.0.0.2"));
}
