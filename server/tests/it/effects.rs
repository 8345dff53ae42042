//! Remote start and stop of a use, end to end: from the change on the web to the board on the wire and back.

use crate::lab::{Lab, SOON, Wire};
use domain::{
    actor::{Actor, Channel, Principal, Who},
    boards::MachineNumber,
    cards::CardUid,
    id::{MachineId, PersonId, SessionId},
    people::PersonStatus,
    qualifications::Ledger,
    requests::Stop,
    time::Millis,
};
use server::config::BrokerAddress;
use services::{people, requests};
use sim::{
    SimBoard, SimConfig,
    firmware::{Firmware, Timings},
};
use std::time::{Duration, Instant};

const OK: &str = r#"{"request_ok":true,"message":"OK"}"#;
const STOP: &str = r#"{"request_type":"stop","uid":"0000ada1"}"#;
const ADA: PersonId = PersonId(1);
const LASER: MachineId = MachineId(1);

/// A fifth of a second for what takes half a minute or more.
fn brisk() -> Timings {
    let fast = Duration::from_millis(200);
    Timings { poll: fast, settle: fast, offline: fast, minute: fast, ..Timings::default() }
}

/// A simulated board in front of the laser.
async fn simulated(lab: &Lab, knows_requests: bool, timings: Timings) -> SimBoard {
    let number = MachineNumber(11);
    let broker = BrokerAddress::plain("127.0.0.1", lab.port());
    let firmware = Firmware { knows_requests, ..Firmware::simulated(number) };
    let board = SimBoard::connect(SimConfig { timings, firmware, ..SimConfig::new(broker, number) });
    board.until(SOON, |state| state.online).await.unwrap();
    board
}

fn ada() -> CardUid {
    CardUid::from_board("0000ada1").unwrap()
}

/// Waits until the database returns this number.
async fn until(lab: &Lab, sql: &'static str, expected: i64) {
    let begin = Instant::now();
    while lab.number(sql).await != expected {
        assert!(begin.elapsed() < SOON, "{sql} is not {expected}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

const OPEN: &str = "SELECT count(*) FROM use_session WHERE ended_at IS NULL";
const ACKNOWLEDGED: &str = "SELECT count(*) FROM machine_request WHERE state = 'acknowledged'";

// A8
#[tokio::test]
async fn suspension_during_use_stops_board_within_five_seconds() {
    let lab = Lab::start().await;
    let mut board = lab.board(11).await;
    assert!(board.subscribe("machine/11/request").await);
    assert_eq!(board.ask(11, r#"{"action":"startuse", "uid":"0000ada1"}"#).await, OK);
    // A heard board is recorded with the logbook.
    until(&lab, "SELECT count(*) FROM machine_signal WHERE machine_id = 1", 1).await;

    people::suspend(&lab.running().ctx, &Actor::TOOLGATE, ADA).await.unwrap();
    let notices = tokio::time::timeout(Duration::from_secs(5), board.hear()).await.expect("within five seconds");
    assert_eq!(notices, ("machine/11/request".to_owned(), STOP.to_owned()));
    let settings = board.ask(11, r#"{"action":"checkmachine"}"#).await;
    assert!(settings.contains(r#""allowed":false"#), "{settings}");
    assert!(settings.contains(r#""logoff":1,"#) && settings.contains(r#""grace":0,"#), "{settings}");
    assert!(board.ask(11, r#"{"action":"checkuser","uid":"0000ada1"}"#).await.contains(r#""is_valid":false"#));

    assert_eq!(board.ask(11, r#"{"action":"stopuse", "uid":"0000ada1","duration":0}"#).await, OK);
    assert_eq!((lab.number(OPEN).await, lab.number(ACKNOWLEDGED).await), (0, 1));
    assert!(board.ask(11, r#"{"action":"checkmachine"}"#).await.contains(r#""allowed":true"#));
    // The outbox has run again by now.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(board.heard_before_answer(11).await, Vec::<String>::new(), "once");
}

// A8
#[tokio::test]
async fn stop_reaches_board_by_request_or_at_its_next_query() {
    // With default timings the first would poll only after half a minute: its use is ended by the request.
    for (knows_requests, timings) in [(true, Timings::default()), (false, brisk())] {
        let lab = Lab::start().await;
        let board = simulated(&lab, knows_requests, timings).await;
        board.swipe(&ada()).await;
        board.until(SOON, |state| state.user == Some(ada())).await.unwrap();
        until(&lab, OPEN, 1).await;
        until(&lab, "SELECT count(*) FROM machine_signal WHERE machine_id = 1", 1).await;
        let begin = Instant::now();
        people::suspend(&lab.running().ctx, &Actor::TOOLGATE, ADA).await.unwrap();
        board.until(SOON, |state| state.user.is_none()).await.unwrap();
        assert!(!knows_requests || begin.elapsed() < Duration::from_secs(5), "within five seconds");
        until(&lab, ACKNOWLEDGED, 1).await;
        assert_eq!(lab.number(OPEN).await, 0);
        let swiped = board.swipe(&ada()).await;
        assert_eq!(swiped.user, None, "the next swipe is refused");
    }
}

#[tokio::test]
async fn remote_stop_ends_use_and_frees_machine() {
    let lab = Lab::start().await;
    let board = simulated(&lab, true, brisk()).await;
    board.swipe(&ada()).await;
    until(&lab, OPEN, 1).await;
    until(&lab, "SELECT count(*) FROM machine_signal WHERE machine_id = 1", 1).await;
    let ctx = &lab.running().ctx;
    assert_eq!(requests::stop(ctx, &Actor::TOOLGATE, LASER).await.unwrap(), Stop::UnderWay);
    board.until(SOON, |state| state.user.is_none()).await.unwrap();
    until(&lab, ACKNOWLEDGED, 1).await;
    // The board learns at its next query that anybody may start again.
    let begin = Instant::now();
    while board.swipe(&ada()).await.user.is_none() {
        assert!(begin.elapsed() < SOON, "it stays closed");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn remote_start_is_confirmed_by_board() {
    let lab = Lab::start().await;
    lab.sql(
        "INSERT INTO setting (scope, scope_id, key, value) VALUES ('machine', 1, 'access.remote-start', 'yes')",
    )
    .await;
    let board = simulated(&lab, true, brisk()).await;
    until(&lab, "SELECT count(*) FROM machine_signal WHERE machine_id = 1", 1).await;
    let ctx = &lab.running().ctx;
    // Her permission is checked again inside the job.
    let (id, session, status, at) = (ADA, SessionId(1), PersonStatus::Active, Millis(0));
    let known =
        Principal { id, session, status, ledger: Ledger::default(), at, roles_asleep: false, public: true };
    let ada_herself = Actor { who: Who::Person(Box::new(known)), channel: Channel::Web };
    requests::start(ctx, &ada_herself, LASER).await.unwrap();
    board.until(SOON, |state| state.user == Some(ada())).await.unwrap();
    until(&lab, ACKNOWLEDGED, 1).await;
    assert_eq!((lab.number(OPEN).await, lab.number("SELECT authorised FROM use_session").await), (1, 1));
}

#[tokio::test]
async fn undelivered_request_is_not_sent_to_later_board() {
    let lab = Lab::start().await;
    let mut board = lab.board(11).await;
    assert_eq!(board.ask(11, r#"{"action":"startuse", "uid":"0000ada1"}"#).await, OK);
    until(&lab, "SELECT count(*) FROM machine_signal WHERE machine_id = 1", 1).await;
    requests::stop(&lab.running().ctx, &Actor::TOOLGATE, LASER).await.unwrap();
    until(&lab, "SELECT count(*) FROM machine_request WHERE state = 'sent'", 1).await;
    let mut late = Wire::connect(lab.port(), "BOARD8", None, None).await.unwrap();
    assert!(late.subscribe("machine/11/request").await);
    assert!(late.subscribe("machine/11/reply").await);
    assert_eq!(late.heard_before_answer(11).await, Vec::<String>::new());
}
