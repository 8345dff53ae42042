//! Uses without a stop message: lost, silent, or stopped remotely.

use crate::lab::{LASER, LASER_ID, LATHE, Lab, ada, card, seconds};
use domain::{boards::Message, live::ChangeEvent, uses::Action};
use services::{
    abandoned,
    boards::{self, Alive},
    requests, uses,
};

async fn endings(lab: &Lab) -> String {
    lab.text("SELECT coalesce(group_concat(coalesce(ending, 'runs') || ' ' || coalesce((ended_at - started_at) / 1000, '')), '') FROM use_session").await
}

#[tokio::test]
async fn interrupted_use_ends_at_last_heartbeat_and_resumes() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(30));
    lab.says(LASER, &ada(), Action::Extend, 30, false).await.unwrap();
    lab.pass(seconds(200));
    assert_eq!(abandoned::end(&lab.ctx).await.unwrap(), 0, "nothing was heard since");
    lab.sql("INSERT INTO machine_signal (machine_id, heard_at, online) VALUES (1, 1800000229000, 1)").await;
    let (_, _, mut coming) = lab.ctx.live().subscribe("");
    assert_eq!(abandoned::end(&lab.ctx).await.unwrap(), 1);
    assert_eq!(coming.recv().await.unwrap().hint, Some(ChangeEvent::Machine(LASER_ID)));
    assert_eq!(endings(&lab).await, "lost 30");
    assert_eq!(lab.number("SELECT used_ms / 1000 FROM machine_total WHERE machine_id = 1").await, 30);
    assert_eq!(
        lab.text("SELECT detail FROM audit WHERE action = 'use.ended'").await,
        r#"{"ending":"lost","use":1}"#
    );
    assert_eq!(abandoned::end(&lab.ctx).await.unwrap(), 0, "once");
    lab.pass(seconds(70));
    lab.stops(LASER, &ada(), 300).await;
    assert_eq!(endings(&lab).await, "logged-out 300");
    assert_eq!(lab.number("SELECT used_ms / 1000 FROM machine_total WHERE machine_id = 1").await, 300);
}

#[tokio::test]
async fn silent_machine_is_freed_at_auto_stop_limit() {
    let lab = Lab::open().await;
    lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('type', 3, 'board.auto-stop', '60')").await;
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(3_600));
    assert_eq!(abandoned::end(&lab.ctx).await.unwrap(), 0);
    lab.pass(seconds(1));
    assert_eq!(abandoned::end(&lab.ctx).await.unwrap(), 1);
    assert_eq!(endings(&lab).await, "silent 3600");
}

#[tokio::test]
async fn broker_outage_does_not_end_uses() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    boards::broker_lost(&lab.ctx);
    lab.pass(seconds(7 * 24 * 3_600));
    assert_eq!(abandoned::end(&lab.ctx).await.unwrap(), 0);
    boards::broker_found(&lab.ctx);
    assert_eq!(abandoned::end(&lab.ctx).await.unwrap(), 1);
}

#[tokio::test]
async fn stop_after_request_ends_use_as_remote() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    lab.sql(
        "INSERT INTO machine_request (machine_id, kind, card_id, use_id, cause, state, queued_at, sent_at)
         VALUES (1, 'stop', 1, 1, 'asked', 'sent', 1800000000000, 1800000000000)",
    )
    .await;
    lab.pass(seconds(20));
    lab.stops(LASER, &ada(), 20).await;
    assert_eq!(endings(&lab).await, "remote 20");
    assert_eq!(lab.text("SELECT state FROM machine_request").await, "acknowledged");
}

/// The board of the laser has just connected.
fn connects(lab: &Lab) {
    introduces(lab, "a1b2c3d4e5f6");
}

fn introduces(lab: &Lab, serial: &str) {
    let (firmware, address) = ("esp32,1a2b".to_owned(), "10.0.0.7".to_owned());
    boards::alive(&lab.ctx, LASER, Alive { serial: serial.into(), firmware, address, heap: None });
}

/// The board polls. Returns whether its machine is allowed.
async fn polls(lab: &Lab) -> bool {
    uses::observe(&lab.ctx, LASER, Message::CheckMachine).await;
    boards::settings(&lab.ctx, LASER).await.unwrap().allowed
}

async fn reports(lab: &Lab, duration: u64) {
    lab.says(LASER, &ada(), Action::Extend, duration, false).await.unwrap();
}

const BLOCK: &str = "INSERT INTO machine_block (machine_id, at_once, placed_at) VALUES (1, 0, 1800000000000)";
const REMOTE: &str =
    "INSERT INTO setting (scope, scope_id, key, value) VALUES ('type', 3, 'access.remote-start', 'yes');
     INSERT INTO machine_signal (machine_id, heard_at, online) VALUES (1, 1800000080000, 1)";

#[tokio::test]
async fn power_cut_before_first_report_ends_use_and_block_applies_within_two_polls() {
    let lab = Lab::open().await;
    lab.sql(REMOTE).await;
    connects(&lab);
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(1));
    assert!(polls(&lab).await);
    // Power is cut seven seconds into the use.
    lab.pass(seconds(36));
    lab.sql(BLOCK).await;
    connects(&lab);
    assert!(polls(&lab).await, "its report may still come");
    let start = async || requests::start(&lab.ctx, &lab.signed_in(1).await, LASER_ID).await;
    assert!(matches!(start().await, Err(requests::RequestsError::InUse)));
    lab.pass(seconds(30));
    let (_, _, mut coming) = lab.ctx.live().subscribe(&lab.ctx.live().cursor());
    assert!(!polls(&lab).await, "the block holds with the second poll");
    assert_eq!(coming.recv().await.unwrap().hint, Some(ChangeEvent::Machine(LASER_ID)));
    assert_eq!(endings(&lab).await, "lost 0");
    assert_eq!(lab.number("SELECT approximate FROM use_session").await, 1);
    assert_eq!(lab.number("SELECT ifnull(sum(used_ms), 0) FROM machine_total").await, 0);
    lab.sql("UPDATE machine_block SET lifted_at = 1800000080000").await;
    start().await.unwrap();
}

#[tokio::test]
async fn lost_stop_ends_use_at_second_poll_without_report() {
    let lab = Lab::open().await;
    connects(&lab);
    lab.starts(LASER, &ada()).await;
    for (wait, reported) in [(1, None), (30, Some(31)), (30, Some(61)), (30, None)] {
        lab.pass(seconds(wait));
        polls(&lab).await;
        if let Some(length) = reported {
            reports(&lab, length).await;
        }
    }
    assert_eq!(endings(&lab).await, "runs ");
    lab.pass(seconds(30));
    polls(&lab).await;
    assert_eq!(endings(&lab).await, "lost 61");
}

#[tokio::test]
async fn reported_use_survives_lost_replies_reconnections_and_restarts() {
    let lab = Lab::open().await;
    connects(&lab);
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(1));
    polls(&lab).await;
    lab.pass(seconds(30));
    polls(&lab).await;
    reports(&lab, 31).await;
    // The next report is lost: the board gives up and comes back.
    lab.pass(seconds(30));
    polls(&lab).await;
    lab.pass(seconds(47));
    connects(&lab);
    polls(&lab).await;
    assert_eq!(endings(&lab).await, "runs ");
    reports(&lab, 108).await;
    lab.pass(seconds(30));
    polls(&lab).await;
    // The broker was away before its report, and so was the server.
    boards::broker_lost(&lab.ctx);
    boards::broker_found(&lab.ctx);
    lab.pass(seconds(30));
    polls(&lab).await;
    let lab = lab.reopen().await;
    lab.pass(seconds(30));
    polls(&lab).await;
    assert_eq!(endings(&lab).await, "runs ");
    reports(&lab, 198).await;
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'use.ended'").await, 0);
}

#[tokio::test]
async fn use_started_before_restart_survives_its_own_poll() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    let lab = lab.reopen().await;
    connects(&lab);
    lab.pass(seconds(5));
    polls(&lab).await;
    lab.pass(seconds(25));
    polls(&lab).await;
    assert_eq!(endings(&lab).await, "runs ");
    reports(&lab, 30).await;
}

#[tokio::test]
async fn lost_use_resumes_with_late_report() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    for wait in [1, 30, 30] {
        lab.pass(seconds(wait));
        polls(&lab).await;
    }
    assert_eq!(endings(&lab).await, "lost 0");
    reports(&lab, 61).await;
    assert_eq!(endings(&lab).await, "runs ");
    // Another board with the same number polls as well, perhaps: this use is not ended by polls again.
    for _ in 0..3 {
        lab.pass(seconds(30));
        polls(&lab).await;
    }
    assert_eq!(endings(&lab).await, "runs ");
    lab.pass(seconds(9));
    lab.stops(LASER, &ada(), 160).await;
    assert_eq!(endings(&lab).await, "logged-out 160");
    assert_eq!(lab.number("SELECT approximate FROM use_session").await, 0);
}

#[tokio::test]
async fn use_on_non_reporting_firmware_is_not_presumed_over() {
    // Declared by old firmware.
    let lab = Lab::open().await;
    introduces(&lab, "");
    lab.sql("INSERT OR IGNORE INTO board (machine_id, serial, firmware, address, first_seen, last_seen) VALUES (1, '', 'old', '', 0, 0)")
        .await;
    lab.starts(LASER, &ada()).await;
    for wait in [1, 30, 30, 30] {
        lab.pass(seconds(wait));
        polls(&lab).await;
    }
    assert_eq!(endings(&lab).await, "runs ");

    // Learned: one of its uses ended regularly without a report.
    let lab = Lab::open().await;
    lab.sql("INSERT INTO machine_signal (machine_id, heard_at, online) VALUES (1, 1800000000000, 1)").await;
    for ended in [1, 0] {
        connects(&lab);
        lab.pass(seconds(10));
        lab.starts(LASER, &ada()).await;
        for wait in [1, 30, 30, 30] {
            lab.pass(seconds(wait));
            polls(&lab).await;
        }
        assert_eq!(lab.number("SELECT count(*) FROM use_session WHERE ending = 'lost'").await, ended);
        lab.pass(seconds(9));
        lab.stops(LASER, &ada(), 100).await;
    }
    assert_eq!(endings(&lab).await, "logged-out 100,logged-out 100");
}

#[tokio::test]
async fn stop_without_card_ends_open_use_and_records_no_unknown_card() {
    let lab = Lab::open().await;
    let nobody = card("00000000");
    lab.stops(LASER, &nobody, 0).await;
    lab.says(LASER, &nobody, Action::Stop, 7, true).await.unwrap();
    assert_eq!(
        lab.number("SELECT (SELECT count(*) FROM board_fact) + (SELECT count(*) FROM use_session)").await,
        0
    );
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(30));
    reports(&lab, 30).await;
    lab.pass(seconds(30));
    lab.stops(LASER, &nobody, 0).await;
    assert_eq!(endings(&lab).await, "lost 30");
    assert_eq!(lab.number("SELECT count(*) FROM unknown_card").await, 0);
    let unknown = lab.says(domain::boards::MachineNumber(99), &nobody, Action::Stop, 0, false).await;
    assert!(matches!(unknown, Err(services::uses::UseError::UnknownMachine)));
}

#[tokio::test]
async fn requested_stop_learned_by_polling_ends_as_remote() {
    let request =
        "INSERT INTO machine_request (machine_id, kind, card_id, use_id, cause, state, queued_at, ended_at)
         VALUES (1, 'stop', 1, 1, 'asked', 'expired', 1800000000000, 1800000030000)";
    for (replay, ending) in [(false, "remote 90"), (true, "logged-out 90")] {
        let lab = Lab::open().await;
        lab.starts(LASER, &ada()).await;
        lab.sql(request).await;
        lab.pass(seconds(90));
        lab.says(LASER, &ada(), Action::Stop, 90, replay).await.unwrap();
        assert_eq!(endings(&lab).await, ending, "what the board kept, it did before it was told");
    }
}

#[tokio::test]
async fn replayed_start_ignores_uses_on_boards_not_yet_back() {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
                 VALUES (1, 4, 'user', 'granted', 0, 'trainer', 0);
             INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'access.simultaneous', '1')",
    )
    .await;
    lab.starts(LATHE, &ada()).await;
    lab.pass(seconds(60));
    // The broker is away for a while. The lathe's board has queued her stop and is not back yet.
    boards::broker_lost(&lab.ctx);
    lab.pass(seconds(600));
    boards::broker_found(&lab.ctx);
    lab.says(LASER, &ada(), Action::Start, 0, true).await.unwrap();
    let authorised = "SELECT authorised FROM use_session WHERE machine_id = 1 ORDER BY id DESC LIMIT 1";
    assert_eq!(lab.number(authorised).await, 1);
    // Had it spoken, she would have been on both.
    lab.says(LASER, &ada(), Action::Stop, 60, true).await.unwrap();
    boards::heard(&lab.ctx, LATHE);
    lab.says(LASER, &ada(), Action::Start, 0, true).await.unwrap();
    assert_eq!(lab.number(authorised).await, 0);
}
