//! Boards over MQTT, byte for byte.

use crate::lab::{Lab, SOON, Wire};
use domain::{boards::MachineNumber, cards::CardUid};
use fabomatic::{Malformed, reply::CheckUserReply};
use server::config::BrokerAddress;
use sim::{
    SimBoard, SimConfig,
    face::Led,
    firmware::{Firmware, Timings},
    link::News,
};
use sqlx::{ConnectOptions, Executor};
use std::time::Duration;
use text::Lang;
use tokio::time::timeout;

const OK: &str = r#"{"request_ok":true,"message":"OK"}"#;
const INVALID: &str = r#"{"request_ok":false,"message":"Invalid machine ID"}"#;

#[tokio::test]
async fn board_queries_get_their_replies() {
    let lab = Lab::start().await;
    let mut board = lab.board(11).await;
    for (query, answer) in [
        (
            r#"{"action":"checkuser","uid":"0000ada1"}"#,
            r#"{"request_ok":true,"is_valid":true,"name":"Ada Lovelace","missing_auth":false,"level":1}"#,
        ),
        (
            r#"{"action":"checkuser","uid":"0000ADA1"}"#,
            r#"{"request_ok":true,"is_valid":true,"name":"Ada Lovelace","missing_auth":false,"level":1}"#,
        ),
        (
            r#"{"action":"checkuser","uid":"00000b0b"}"#,
            r#"{"request_ok":true,"is_valid":false,"name":"Bob","missing_auth":true,"level":0}"#,
        ),
        (
            r#"{"action":"checkuser","uid":"ffffffff"}"#,
            r#"{"request_ok":true,"is_valid":false,"name":"Unknown","missing_auth":false,"level":0}"#,
        ),
        (
            r#"{"action":"checkmachine"}"#,
            r#"{"request_ok":true,"is_valid":true,"maintenance":false,"allowed":true,"name":"Laser","logoff":720,"type":3,"grace":1,"description":""}"#,
        ),
        (r#"{"action":"startuse", "uid":"0000ada1"}"#, OK),
        (r#"{"action":"inuse", "uid":"0000ada1","duration":0}"#, OK),
        (r#"{"action":"stopuse", "uid":"0000ada1","duration":0}"#, OK),
        (r#"{"action":"stopuse", "uid":"0000ada1","duration":7, "replay":true}"#, OK),
        (r#"{"action":"synccache"}"#, r#"{"request_ok":true,"cards":[{"uid":"0000ada1","level":1}]}"#),
    ] {
        assert_eq!(board.ask(11, query).await, answer, "{query}");
    }
    for duration in ["86401", "-1", "999999999999"] {
        let query = format!(r#"{{"action":"inuse", "uid":"0000ada1","duration":{duration}}}"#);
        let answer = board.ask(11, &query).await;
        assert!(answer.starts_with(r#"{"request_ok":false,"#), "{duration}: {answer}");
    }
}

#[tokio::test]
async fn due_maintenance_is_reported_and_cleared_by_permitted_people() {
    let lab = Lab::start().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (3, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (3, 'Tim');
         INSERT INTO card (person_id, uid, state, given_at) VALUES (3, '00000713', 'active', 0);
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at) VALUES
             (3, 1, 'user', 'granted', 0, 'setup', 0), (3, 3, 'trainer', 'granted', 0, 'setup', 0);
         INSERT INTO maintenance_plan (type_id, words, every_days, doer, blocking, display, begun_at)
             VALUES (3, 'Clean the mirrors', 1, 'trainer', 1, 'Spiegel säubern', 0)",
    )
    .await;
    let mut board = lab.board(11).await;
    let machine = |maintenance: bool, description: &str| {
        format!(
            r#"{{"request_ok":true,"is_valid":true,"maintenance":{maintenance},"allowed":true,"name":"Laser","logoff":720,"type":3,"grace":1,"description":"{description}"}}"#
        )
    };
    let check = r#"{"action":"checkmachine"}"#;
    assert_eq!(board.ask(11, check).await, machine(true, "Spiegel saubern"));
    let user = |uid: &str| format!(r#"{{"action":"checkuser","uid":"{uid}"}}"#);
    let ada = r#"{"request_ok":true,"is_valid":false,"name":"Ada Lovelace","missing_auth":true,"level":0}"#;
    assert_eq!(board.ask(11, &user("0000ada1")).await, ada);
    let tim = r#"{"request_ok":true,"is_valid":true,"name":"Tim","missing_auth":false,"level":2}"#;
    assert_eq!(board.ask(11, &user("00000713")).await, tim);
    let done = |uid: &str, replay: &str| format!(r#"{{"action":"maintenance", "uid":"{uid}"{replay}}}"#);
    for uid in ["0000ada1", "ffffffff"] {
        let refused = board.ask(11, &done(uid, "")).await;
        assert!(refused.starts_with(r#"{"request_ok":false,"#), "{uid}: {refused}");
    }
    assert_eq!(board.ask(11, &done("00000713", "")).await, OK);
    assert_eq!(board.ask(11, &done("00000713", r#", "replay":true"#)).await, OK);
    assert_eq!(board.ask(11, check).await, machine(false, ""));
    assert_eq!(lab.number("SELECT count(*) FROM intervention WHERE plan_id = 1 AND door = 'board'").await, 1);
}

// A21
#[tokio::test]
async fn unknown_machine_gets_invalid_reply_and_no_reply_to_alive() {
    let lab = Lab::start().await;
    for number in [0, 99, 65_535] {
        let mut board = lab.board(number).await;
        for query in [
            r#"{"action":"checkuser","uid":"0000ada1"}"#,
            r#"{"action":"startuse", "uid":"0000ada1"}"#,
            r#"{"action":"stopuse", "uid":"0000ada1","duration":5}"#,
            r#"{"action":"inuse", "uid":"0000ada1","duration":5}"#,
            r#"{"action":"maintenance", "uid":"0000ada1"}"#,
            r#"{"action":"synccache"}"#,
        ] {
            assert_eq!(board.ask(number, query).await, INVALID, "{number} {query}");
        }
        let alive =
            r#"{"action":"alive","version":"esp32,1a2b","ip":"10.0.0.7","serial":"a1b2c3d4e5f6","heap":"1"}"#;
        board.say(&format!("machine/{number}"), alive);
        assert_eq!(board.heard_before_answer(number).await, Vec::<String>::new());
    }
    assert_eq!(lab.number("SELECT count(*) FROM board_fact").await, 0);
}

// A21
#[tokio::test]
async fn malformed_query_is_counted_not_answered() {
    let mut lab = Lab::start().await;
    let mut board = lab.board(11).await;
    let deep = "[".repeat(900);
    for payload in [
        "".as_bytes(),
        b"\xff\xfe",
        b"{",
        b"[]",
        deep.as_bytes(),
        br#"{"action":"fly"}"#,
        br#"{"action":7}"#,
        br#"{"action":"checkuser"}"#,
        br#"{"action":"checkuser","uid":null}"#,
        br#"{"action":"checkuser","uid":""}"#,
        br#"{"action":"checkuser","uid":12345678}"#,
        br#"{"action":"checkuser","uid":"0000ada"}"#,
        br#"{"action":"stopuse", "uid":"0000ada1"}"#,
        br#"{"action":"stopuse", "uid":"0000ada1","duration":"9"}"#,
    ] {
        board.say("machine/11", payload);
        let heard = board.heard_before_answer(11).await;
        assert_eq!(heard, Vec::<String>::new(), "{}", String::from_utf8_lossy(payload));
    }
    for topic in ["machine/65536", "machine/laser", "machine/-1", "machine/", "machine/11/extra"] {
        board.say(topic, r#"{"action":"checkmachine"}"#);
    }
    assert_eq!(board.heard_before_answer(11).await, Vec::<String>::new());
    lab.stop().await;
    assert_eq!(lab.number("SELECT sum(seen) FROM rejected_message WHERE kind <> 'topic-refused'").await, 14);
    assert_eq!(lab.number("SELECT seen FROM rejected_message WHERE kind = 'topic-refused'").await, 5);
    assert_eq!(lab.number("SELECT count(*) FROM rejected_message WHERE example LIKE '%ada1%'").await, 0);
}

// A21
#[tokio::test]
async fn impossible_duration_is_refused_and_open_use_ends_now() {
    let mut lab = Lab::start().await;
    let mut board = lab.board(11).await;
    let notices = [
        ("inuse", "4294968"),
        ("inuse", "-5"),
        ("stopuse", "4294968"),
        ("stopuse", "99999999"),
        ("stopuse", "-5"),
        ("stopuse", "18446744073709551615"),
        // A use may have lasted longer than a day, but not beyond the range of the board's clock.
        ("stopuse", "4294968,\"replay\":true"),
    ];
    for (action, seconds) in notices {
        let message = format!(r#"{{"action":"{action}", "uid":"0000ada1","duration":{seconds}}}"#);
        let answer = board.ask(11, &message).await;
        assert!(answer.contains(r#""request_ok":false"#), "{message}: {answer}");
    }
    let ok = r#""request_ok":true"#;
    assert!(board.ask(11, r#"{"action":"startuse", "uid":"0000ada1"}"#).await.contains(ok));
    let message = r#"{"action":"stopuse", "uid":"0000ada1","duration":99999999}"#;
    assert!(board.ask(11, message).await.contains(ok), "whoever was in is out");
    lab.stop().await;
    assert_eq!(lab.number("SELECT seen FROM rejected_message WHERE kind = 'too-long'").await, 7);
    let topic = "SELECT count(*) FROM rejected_message WHERE kind = 'too-long' AND topic = 'machine/11'";
    assert_eq!(lab.number(topic).await, 1);
    assert_eq!(lab.number("SELECT count(*) FROM use_session WHERE ended_at IS NOT NULL").await, 1);
    assert_eq!(lab.number("SELECT used_ms < 60000 FROM machine_total").await, 1, "hours are not made up");
}

// A21
#[tokio::test]
async fn oversized_message_is_counted_and_connection_survives() {
    let mut lab = Lab::start().await;
    let mut board = lab.board(11).await;
    for length in [1_025, 2_049, 60_000] {
        board.say("machine/11", vec![b'x'; length]);
        assert_eq!(board.heard_before_answer(11).await, Vec::<String>::new());
    }
    lab.stop().await;
    assert_eq!(lab.number("SELECT seen FROM rejected_message WHERE kind = 'too-large'").await, 3);
}

#[test]
fn rejected_message_kinds_have_text_in_every_language() {
    let kinds = [
        Malformed::MachineNumber,
        Malformed::TooLarge,
        Malformed::NotUtf8,
        Malformed::TooDeep,
        Malformed::NotJson,
        Malformed::NotAnObject,
        Malformed::UnknownAction,
        Malformed::MissingField("uid"),
        Malformed::WrongType("uid"),
        Malformed::BadUid,
        Malformed::BadDuration,
    ];
    for kind in kinds.map(Malformed::kind).into_iter().chain(["too-long", "too-many", "too-fast", "topic-refused"])
    {
        for lang in Lang::ALL {
            assert!(lang.board_rejected(kind).is_some(), "{kind} in {lang:?}");
        }
    }
}

// A21
#[tokio::test]
async fn megabyte_message_closes_only_its_connection() {
    let lab = Lab::start().await;
    let mut board = lab.board(11).await;
    let big = lab.wire("BOARD9").await;
    big.say("machine/11", vec![b'x'; 1 << 20]);
    big.until_thrown_out().await;
    assert!(board.ask(11, r#"{"action":"checkmachine"}"#).await.contains("Laser"));
}

#[tokio::test]
async fn superseded_query_is_executed_but_not_answered() {
    let lab = Lab::start().await;
    let mut laser = lab.board(11).await;
    let mut lathe = lab.board(12).await;
    let mut other = lab.database().connect().await.unwrap();
    // Another program locks the file, so writing the use has to wait.
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    laser.say("machine/11", r#"{"action":"startuse", "uid":"0000ada1"}"#);
    laser.say("machine/11", r#"{"action":"checkmachine"}"#);
    laser.flush().await;
    // One connection delivers in order: when this is answered, both messages of the laser have arrived.
    lathe.ask(12, r#"{"action":"checkmachine"}"#).await;
    other.execute("COMMIT").await.unwrap();
    let (_, answer) = laser.hear().await;
    assert!(answer.contains("\"allowed\":true"), "the answer to the newer query, not {answer}");
    assert_eq!(lab.number("SELECT count(*) FROM use_session WHERE ended_at IS NULL").await, 1);
}

#[tokio::test]
async fn duplicate_client_id_lets_second_connection_work() {
    let lab = Lab::start().await;
    let first = lab.wire("BOARD7").await;
    let mut second = lab.wire("BOARD7").await;
    assert!(second.subscribe("machine/11/reply").await);
    assert!(second.ask(11, r#"{"action":"checkmachine"}"#).await.contains("Laser"));
    drop(first);
}

// A20
#[tokio::test]
async fn open_use_survives_restart_and_stops_once() {
    let mut lab = Lab::start().await;
    let mut board = lab.board(11).await;
    assert_eq!(board.ask(11, r#"{"action":"startuse", "uid":"0000ada1"}"#).await, OK);
    lab.stop().await;
    lab.start_again().await;
    let mut board = lab.board(11).await;
    assert_eq!(lab.number("SELECT count(*) FROM use_session WHERE ended_at IS NULL").await, 1);
    assert_eq!(board.ask(11, r#"{"action":"stopuse", "uid":"0000ada1","duration":0, "replay":true}"#).await, OK);
    assert_eq!(lab.number("SELECT count(*) FROM use_session").await, 1);
    assert_eq!(lab.number("SELECT count(*) FROM use_session WHERE ended_at IS NULL").await, 0);
}

const CHECK: &str = r#"{"action":"checkmachine"}"#;

/// The answer to the board of machine 11 about a card: whether it is valid, and its level.
async fn asks(board: &mut Wire, uid: &str) -> (bool, u8) {
    let answer = board.ask(11, &format!(r#"{{"action":"checkuser","uid":"{uid}"}}"#)).await;
    let reply = CheckUserReply::read(answer.as_bytes()).unwrap();
    (reply.is_valid, reply.level.map_or(0, |level| level as u8))
}

const REFUSED: (bool, u8) = (false, 0);

const ALIVE: &str =
    r#"{"action":"alive","version":"esp32,1a2b","ip":"10.0.0.7","serial":"a1b2c3d4e5f6","heap":"1"}"#;

/// The board of machine 11 after the firmware's introduction.
async fn introduced(lab: &Lab) -> Wire {
    let board = lab.board(11).await;
    board.say("machine/11", ALIVE);
    board
}

#[tokio::test]
async fn board_informed_of_block_on_this_connection_gets_good_cards_confirmed() {
    let mut lab = Lab::start().await;
    let mut board = introduced(&lab).await;
    board.ask(11, CHECK).await;
    lab.sql("INSERT INTO machine_block (id, machine_id, placed_at) VALUES (1, 1, 0)").await;
    assert_eq!(asks(&mut board, "0000ada1").await, REFUSED, "it would let her in");
    assert!(board.ask(11, CHECK).await.contains(r#""allowed":false"#));
    assert_eq!(asks(&mut board, "0000ada1").await, (true, 1), "from its first poll on");
    assert_eq!(asks(&mut board, "00000b0b").await, REFUSED, "Bob is not qualified");
    assert_eq!(asks(&mut board, "ffffffff").await, REFUSED, "nobody's card");
    lab.sql("UPDATE machine_block SET at_once = 1").await;
    assert_eq!(asks(&mut board, "0000ada1").await, REFUSED, "unsafe");
    lab.sql("UPDATE machine_block SET at_once = 0").await;
    assert_eq!(asks(&mut board, "0000ada1").await, (true, 1));

    // Informed meanwhile that it may be used.
    lab.sql("UPDATE machine_block SET lifted_at = 1").await;
    board.ask(11, CHECK).await;
    lab.sql("INSERT INTO machine_block (id, machine_id, placed_at) VALUES (2, 1, 0)").await;
    assert_eq!(asks(&mut board, "0000ada1").await, REFUSED, "blocked again, and not told");
    board.ask(11, CHECK).await;
    assert_eq!(asks(&mut board, "0000ada1").await, (true, 1));

    // Reconnected under the same client id, as after a power cut.
    let mut board = lab.wire("BOARD11").await;
    assert!(board.subscribe("machine/11/reply").await);
    board.say("machine/11", ALIVE);
    assert_eq!(asks(&mut board, "0000ada1").await, REFUSED, "another connection was told");
    board.ask(11, CHECK).await;
    assert_eq!(asks(&mut board, "0000ada1").await, (true, 1), "told");

    lab.stop().await;
    lab.start_again().await;
    let mut board = lab.wire("BOARD11").await;
    assert!(board.subscribe("machine/11/reply").await);
    let until_heard = async {
        loop {
            board.say("machine/11", r#"{"action":"checkuser","uid":"0000ada1"}"#);
            if let Ok((_, answer)) = timeout(Duration::from_millis(200), board.hear()).await {
                return answer;
            }
        }
    };
    let first = timeout(SOON, until_heard).await.unwrap();
    assert!(first.contains(r#""is_valid":false"#), "after a restart nothing was told: {first}");
}

#[tokio::test]
async fn board_sharing_its_number_gets_refusals_from_server() {
    let lab = Lab::start().await;
    lab.sql("INSERT INTO machine_block (machine_id, placed_at) VALUES (1, 0)").await;
    let mut board = introduced(&lab).await;
    let mut other = lab.wire("BOARD12").await;
    assert!(other.subscribe("machine/11/reply").await);
    for _ in 0..3 {
        board.ask(11, CHECK).await;
    }
    assert_eq!(asks(&mut board, "0000ada1").await, REFUSED, "an answer may have been the other's");
    drop(other);

    // A silent board, and another client that sends in its name.
    lab.sql(
        "INSERT INTO machine_block (machine_id, placed_at) VALUES (2, 0);
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (1, 4, 'user', 'granted', 0, 'trainer', 0)",
    )
    .await;
    let mut lathe = lab.wire("BOARD8").await;
    assert!(lathe.subscribe("machine/12/reply").await);
    lathe.say("machine/12", ALIVE);
    let mut stranger = lab.wire("BOARD9").await;
    for _ in 0..3 {
        stranger.say("machine/12", CHECK);
        stranger.flush().await;
        assert!(lathe.hear().await.1.contains(r#""allowed":false"#));
    }
    let swiped = lathe.ask(12, r#"{"action":"checkuser","uid":"0000ada1"}"#).await;
    assert!(swiped.contains(r#""is_valid":false"#), "the board did not ask and may have heard nothing: {swiped}");
}

#[tokio::test]
async fn board_informed_of_maintenance_refuses_members_and_block_still_applies() {
    let lab = Lab::start().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (3, 'active', 0);
         INSERT INTO card (person_id, uid, state, given_at) VALUES (3, '00000713', 'active', 0);
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at) VALUES
             (3, 1, 'user', 'granted', 0, 'setup', 0), (3, 3, 'trainer', 'granted', 0, 'setup', 0);
         INSERT INTO maintenance_plan (type_id, words, every_days, doer, blocking, display, begun_at)
             VALUES (3, 'Clean the mirrors', 1, 'trainer', 1, 'Mirrors', 0)",
    )
    .await;
    let mut board = introduced(&lab).await;
    for _ in 0..2 {
        board.ask(11, CHECK).await;
    }
    assert_eq!(asks(&mut board, "0000ada1").await, (true, 1), "the board refuses level 1 by itself");
    assert_eq!(asks(&mut board, "00000713").await, (true, 2), "who clears it gets in");
    lab.sql("INSERT INTO machine_block (machine_id, placed_at) VALUES (1, 0)").await;
    assert_eq!(asks(&mut board, "00000713").await, REFUSED, "the board would let level 2 in");
    assert_eq!(asks(&mut board, "0000ada1").await, (true, 1), "maintenance keeps level 1 out all the same");
}

/// A board with the newest firmware that polls often.
fn simulated(lab: &Lab) -> SimBoard {
    let brief = Duration::from_millis(100);
    let timings = Timings { poll: brief, pause: brief, offline: brief, ..Timings::default() };
    let config = SimConfig::new(BrokerAddress::plain("127.0.0.1", lab.port()), MachineNumber(11));
    let firmware = Firmware { syncs_cache: true, ..config.firmware };
    SimBoard::connect(SimConfig { firmware, timings, ..config })
}

fn ada() -> CardUid {
    CardUid::from_board("0000ada1").unwrap()
}

/// Taps Ada's card until the board refuses it with this text.
async fn refused(board: &SimBoard, name: &str) {
    let until_refused = async {
        loop {
            let state = board.swipe(&ada()).await;
            assert_eq!(state.user, None, "nobody gets in");
            if state.screen.to_string().ends_with(name) {
                return;
            }
        }
    };
    timeout(SOON, until_refused).await.expect("refused in these words");
}

#[tokio::test]
async fn blocked_machine_is_refused_by_board_and_card_stays_cached() {
    let lab = Lab::start().await;
    let board = simulated(&lab);
    board.until(SOON, |state| state.online).await.unwrap();
    lab.sql("INSERT INTO machine_block (machine_id, placed_at) VALUES (1, 0)").await;
    refused(&board, "Blocked").await;
    // The last answer about the card was a good one, and the block is temporary.
    lab.sql("UPDATE machine_block SET lifted_at = 1").await;
    board.until(SOON, |state| state.led == Led::Blue).await.unwrap();
    board.go_offline();
    board.until(SOON, |state| !state.online).await.unwrap();
    assert_eq!(board.swipe(&ada()).await.user, Some(ada()), "from memory");
    let codes = "SELECT count(*) FROM attempt WHERE level = 0 AND reasons = 'machine.blocked'";
    assert!(lab.number(codes).await > 0, "the attempt is a refused one");
}

#[tokio::test]
async fn card_dropped_after_temporary_refusal_returns_with_synccache() {
    let lab = Lab::start().await;
    let board = simulated(&lab);
    board.until(SOON, |state| state.online).await.unwrap();
    assert_eq!(board.swipe(&ada()).await.user, Some(ada()), "a good card, remembered");
    board.log_out().await;
    // Ada is on as many machines as allowed.
    lab.sql(
        "DELETE FROM use_session WHERE machine_id = 1;
         INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'access.simultaneous', '1');
         INSERT INTO use_session (machine_id, card_id, started_at, last_sign_at, source, approximate, provisional,
                                  other_card, twin_start, twin_stop, authorised)
             VALUES (2, 1, 0, 0, 'live', 0, 0, 0, 0, 0, 1)",
    )
    .await;
    refused(&board, "Not allowed").await;
    let refusals = "SELECT count(*) FROM attempt WHERE level = 0";
    let until_written = async { while lab.number(refusals).await == 0 {} };
    timeout(SOON, until_written).await.unwrap();
    board.go_offline();
    board.until(SOON, |state| !state.online).await.unwrap();
    assert_eq!(board.swipe(&ada()).await.user, None, "the board has forgotten it");
    let mut news = board.news();
    board.go_online();
    let is_sync = |news| matches!(news, News::Heard(_, bytes) if bytes.windows(7).any(|at| at == b"\"cards\""));
    let until_synced = async { while !is_sync(news.recv().await.unwrap()) {} };
    timeout(SOON, until_synced).await.unwrap();
    board.go_offline();
    board.until(SOON, |state| !state.online).await.unwrap();
    assert_eq!(board.swipe(&ada()).await.user, Some(ada()), "remembered again");
}

/// The next message on `topic` that contains `part`; boards of one number receive each other's.
async fn hears(board: &mut Wire, topic: &str, part: &str) -> String {
    let until_heard = async {
        loop {
            let (at, payload) = board.hear().await;
            if at == topic && payload.contains(part) {
                return payload;
            }
        }
    };
    timeout(SOON, until_heard).await.expect(part)
}

#[tokio::test]
async fn second_board_of_one_number_refuses_and_receives_stop_alone() {
    let lab = Lab::start().await;
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (2, 3, 'user', 'granted', 0, 'setup', 0)",
    )
    .await;
    let mut first = introduced(&lab).await;
    assert!(first.subscribe("machine/11/request").await);
    let mut second = lab.wire("BOARD12").await;
    for topic in ["machine/11/reply", "machine/11/request"] {
        assert!(second.subscribe(topic).await);
    }
    first.ask(11, r#"{"action":"startuse", "uid":"0000ada1"}"#).await;
    first.ask(11, r#"{"action":"inuse", "uid":"0000ada1","duration":0}"#).await;
    second.say("machine/11", r#"{"action":"checkuser","uid":"00000b0b"}"#);
    let answer = hears(&mut second, "machine/11/reply", "is_valid").await;
    assert!(answer.contains(r#""is_valid":false"#), "somebody is on the other: {answer}");
    // From its own cache it lets him in.
    second.say("machine/11", r#"{"action":"startuse", "uid":"00000b0b"}"#);
    second.flush().await;
    first.say("machine/11", r#"{"action":"inuse", "uid":"0000ada1","duration":0}"#);
    first.flush().await;
    second.say("machine/11", r#"{"action":"inuse", "uid":"00000b0b","duration":0}"#);
    let request = hears(&mut second, "machine/11/request", "stop").await;
    assert!(request.contains("00000b0b"), "{request}");
    second.say("machine/11", r#"{"action":"stopuse", "uid":"00000b0b","duration":1}"#);
    second.flush().await;
    let heard = first.heard_before_answer(11).await;
    assert!(!heard.iter().any(|payload| payload.contains("request_type")), "{heard:?}");
    first.say("machine/11", r#"{"action":"stopuse", "uid":"0000ada1","duration":1}"#);
    first.flush().await;
    let begin = tokio::time::Instant::now();
    while lab.number("SELECT count(*) FROM use_session WHERE ended_at IS NOT NULL AND told_s IS NOT NULL").await
        < 2
    {
        assert!(begin.elapsed() < SOON, "both have ended");
        tokio::task::yield_now().await;
    }
    assert_eq!(lab.number("SELECT count(*) FROM use_session").await, 2, "two uses stay two");
    assert_eq!(
        lab.number("SELECT count(*) FROM use_session WHERE ending = 'conflict' AND authorised = 0").await,
        1
    );
}
