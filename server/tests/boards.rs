//! Boards over MQTT, byte for byte.

mod lab;

use fabomatic::Malformed;
use lab::Lab;
use sqlx::{ConnectOptions, Executor};
use text::Lang;

const OK: &str = r#"{"request_ok":true,"message":"OK"}"#;
const INVALID: &str = r#"{"request_ok":false,"message":"Invalid machine ID"}"#;

#[tokio::test]
async fn each_query_has_its_answer() {
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
async fn maintenance_that_is_due_is_told_and_cleared_by_whoever_may() {
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

#[tokio::test]
async fn a21_an_unknown_machine_is_told_so_and_its_sign_of_life_is_not_answered() {
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

#[tokio::test]
async fn a21_what_makes_no_sense_is_not_answered_but_counted() {
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

#[tokio::test]
async fn a21_a_use_that_cannot_have_been_so_long_is_refused_and_counted_and_one_that_runs_ends_now() {
    let mut lab = Lab::start().await;
    let mut board = lab.board(11).await;
    let told = [
        ("inuse", "4294968"),
        ("inuse", "-5"),
        ("stopuse", "4294968"),
        ("stopuse", "99999999"),
        ("stopuse", "-5"),
        ("stopuse", "18446744073709551615"),
        // A use may have lasted longer than a day, but not longer than the board's clock goes.
        ("stopuse", "4294968,\"replay\":true"),
    ];
    for (action, seconds) in told {
        let said = format!(r#"{{"action":"{action}", "uid":"0000ada1","duration":{seconds}}}"#);
        let answer = board.ask(11, &said).await;
        assert!(answer.contains(r#""request_ok":false"#), "{said}: {answer}");
    }
    let ok = r#""request_ok":true"#;
    assert!(board.ask(11, r#"{"action":"startuse", "uid":"0000ada1"}"#).await.contains(ok));
    let said = r#"{"action":"stopuse", "uid":"0000ada1","duration":99999999}"#;
    assert!(board.ask(11, said).await.contains(ok), "whoever was in is out");
    lab.stop().await;
    assert_eq!(lab.number("SELECT seen FROM rejected_message WHERE kind = 'too-long'").await, 7);
    let topic = "SELECT count(*) FROM rejected_message WHERE kind = 'too-long' AND topic = 'machine/11'";
    assert_eq!(lab.number(topic).await, 1);
    assert_eq!(lab.number("SELECT count(*) FROM use_session WHERE ended_at IS NOT NULL").await, 1);
    assert_eq!(lab.number("SELECT used_ms < 60000 FROM machine_total").await, 1, "hours are not made up");
}

#[tokio::test]
async fn a21_a_message_larger_than_any_boards_is_counted_and_its_connection_goes_on() {
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
fn whatever_cannot_be_read_has_words_in_every_language() {
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

#[tokio::test]
async fn a21_a_megabyte_ends_only_its_own_connection() {
    let lab = Lab::start().await;
    let mut board = lab.board(11).await;
    let big = lab.wire("BOARD9").await;
    big.say("machine/11", vec![b'x'; 1 << 20]);
    big.until_thrown_out().await;
    assert!(board.ask(11, r#"{"action":"checkmachine"}"#).await.contains("Laser"));
}

#[tokio::test]
async fn a_query_that_is_followed_by_a_newer_one_is_done_but_not_answered() {
    let lab = Lab::start().await;
    let mut laser = lab.board(11).await;
    let mut lathe = lab.board(12).await;
    let mut other = lab.database().connect().await.unwrap();
    // Another program holds the file, so the use waits to be written.
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    laser.say("machine/11", r#"{"action":"startuse", "uid":"0000ada1"}"#);
    laser.say("machine/11", r#"{"action":"checkmachine"}"#);
    laser.flush().await;
    // One connection delivers in order: when this is answered, both of the laser have arrived.
    lathe.ask(12, r#"{"action":"checkmachine"}"#).await;
    other.execute("COMMIT").await.unwrap();
    let (_, answer) = laser.hear().await;
    assert!(answer.contains("\"allowed\":true"), "the answer to the newer query, not {answer}");
    assert_eq!(lab.number("SELECT count(*) FROM use_session WHERE ended_at IS NULL").await, 1);
}

#[tokio::test]
async fn the_same_client_id_twice_does_not_keep_the_second_from_working() {
    let lab = Lab::start().await;
    let first = lab.wire("BOARD7").await;
    let mut second = lab.wire("BOARD7").await;
    assert!(second.subscribe("machine/11/reply").await);
    assert!(second.ask(11, r#"{"action":"checkmachine"}"#).await.contains("Laser"));
    drop(first);
}

#[tokio::test]
async fn a20_a_use_survives_a_restart_of_the_server_and_is_stopped_once() {
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
