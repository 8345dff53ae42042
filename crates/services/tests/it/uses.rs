//! Messages of boards about uses: stored before the answer, processed once, never refused for being forbidden.

use crate::lab::{
    LASER, LASER_ID, Lab, ada, bob, card,
    entrance::{ada_is_in, open},
    seconds,
};
use domain::{
    boards::MachineNumber,
    cards::CardUid,
    live::ChangeEvent,
    time::{DAY, HOUR, MINUTE},
    uses::Action,
};
use services::{accounts, live::Replay, uses::UseError};

#[tokio::test]
async fn use_is_stored_with_facts_hours_and_audit() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(90));
    lab.stops(LASER, &ada(), 90).await;
    assert_eq!(lab.number("SELECT count(*) FROM board_fact").await, 2);
    assert_eq!(lab.number("SELECT ended_at - started_at FROM use_session").await, 90_000);
    assert_eq!(lab.number("SELECT authorised FROM use_session").await, 1);
    assert_eq!(lab.number("SELECT used_ms FROM machine_total WHERE machine_id = 1").await, 90_000);
    assert_eq!(lab.text("SELECT group_concat(action) FROM audit").await, "use.start,use.stop");
    assert_eq!(lab.number("SELECT person_id FROM alias WHERE id = (SELECT alias_id FROM use_session)").await, 1);
}

#[tokio::test]
async fn forbidden_start_is_recorded_and_flagged() {
    let lab = Lab::open().await;
    for (uid, flagged) in [(bob(), 1), (card("ffffffff"), 2)] {
        lab.pass(seconds(60));
        lab.starts(LASER, &uid).await;
        assert_eq!(lab.number("SELECT count(*) FROM use_session WHERE authorised = 0").await, flagged);
    }
    assert_eq!(lab.number("SELECT count(*) FROM unknown_card").await, 1, "the board's own list let it in");
    let refused = lab.says(MachineNumber(99), &ada(), Action::Start, 0, false).await;
    assert!(matches!(refused, Err(UseError::UnknownMachine)));
    let refused = lab.says(LASER, &ada(), Action::Extend, 86_401, false).await;
    assert!(matches!(refused, Err(UseError::TooLong(_))));
    assert_eq!(lab.number("SELECT count(*) FROM board_fact").await, 2, "what is refused is not kept");
}

#[tokio::test]
async fn multi_day_use_stays_open_and_counts_fully() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    for day in 1..=2 {
        lab.pass(seconds(86_400));
        lab.says(LASER, &ada(), Action::Extend, day * 86_400 + 9, false).await.unwrap();
        assert_eq!(lab.number("SELECT count(*) FROM use_session WHERE ended_at IS NULL").await, 1, "{day} d");
    }
    lab.pass(seconds(60));
    lab.stops(LASER, &ada(), 172_860).await;
    assert_eq!(lab.number("SELECT used_ms / 1000 FROM machine_total").await, 172_860);
    assert_eq!(lab.number("SELECT count(*) FROM use_session").await, 1);
}

// A20
#[tokio::test]
async fn use_survives_restart_and_queued_stop_arrives_once() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(30));
    lab.says(LASER, &ada(), Action::Extend, 30, false).await.unwrap();
    let lab = lab.reopen().await;
    assert_eq!(lab.number("SELECT count(*) FROM use_session WHERE ended_at IS NULL").await, 1);
    lab.pass(seconds(600));
    for _ in 0..2 {
        lab.says(LASER, &ada(), Action::Stop, 120, true).await.unwrap();
    }
    assert_eq!(lab.number("SELECT count(*) FROM use_session").await, 1);
    assert_eq!(lab.number("SELECT used_ms FROM machine_total").await, 120_000);
}

// A21
#[tokio::test]
async fn late_reply_twins_change_nothing() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(60));
    lab.stops(LASER, &ada(), 60).await;
    lab.pass(seconds(200));
    lab.says(LASER, &ada(), Action::Start, 0, true).await.unwrap();
    lab.says(LASER, &ada(), Action::Stop, 60, true).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM use_session").await, 1);
    assert_eq!(lab.number("SELECT twin_start + twin_stop FROM use_session").await, 2);
    assert_eq!(lab.number("SELECT used_ms FROM machine_total").await, 60_000);
    assert_eq!(lab.number("SELECT count(*) FROM board_fact").await, 4, "each word is kept as it came");
}

#[tokio::test]
async fn id_of_discarded_provisional_use_is_not_reused() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(60));
    lab.stops(LASER, &ada(), 60).await;
    lab.pass(seconds(200));
    lab.says(LASER, &ada(), Action::Start, 0, true).await.unwrap();
    let supposed = lab.number("SELECT id FROM use_session WHERE provisional = 1").await;
    lab.says(LASER, &ada(), Action::Stop, 60, true).await.unwrap();
    assert!(lab.number("SELECT max(id) FROM use_session").await < supposed, "it went");
    lab.pass(seconds(60));
    lab.starts(LASER, &ada()).await;
    assert!(lab.number("SELECT max(id) FROM use_session").await > supposed);
}

#[tokio::test]
async fn stop_at_limit_ends_by_auto_logoff() {
    let lab = Lab::open().await;
    lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('machine', 1, 'board.auto-stop', '10')")
        .await;
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(600));
    lab.stops(LASER, &ada(), 600).await;
    assert_eq!(lab.text("SELECT ending FROM use_session").await, "auto-logoff");
}

#[tokio::test]
async fn watchers_are_notified_after_commit_and_not_of_heartbeats() {
    let lab = Lab::open().await;
    let (_, _, mut coming) = lab.ctx.live().subscribe("");
    lab.starts(LASER, &ada()).await;
    assert_eq!(coming.recv().await.unwrap().hint, Some(ChangeEvent::Machine(LASER_ID)));
    lab.pass(seconds(30));
    lab.says(LASER, &ada(), Action::Extend, 30, false).await.unwrap();
    lab.stops(LASER, &ada(), 30).await;
    let next = coming.recv().await.unwrap();
    let (replay, newest, _) = lab.ctx.live().subscribe(&lab.ctx.live().id(next.seq));
    assert_eq!(
        (replay, newest),
        (Replay::Missed(vec![]), next.seq),
        "one hint for the stop, none for the sign of life"
    );
}

#[tokio::test]
async fn earlier_start_of_use_notifies_watchers() {
    let lab = Lab::open().await;
    let (_, _, mut coming) = lab.ctx.live().subscribe("");
    lab.says(LASER, &ada(), Action::Start, 0, true).await.unwrap();
    assert_eq!(coming.recv().await.unwrap().hint, Some(ChangeEvent::Machine(LASER_ID)));
    lab.pass(seconds(30));
    lab.says(LASER, &ada(), Action::Extend, 600, false).await.unwrap();
    let notices = tokio::time::timeout(seconds(20), coming.recv()).await.expect("told").unwrap();
    assert_eq!(notices.hint, Some(ChangeEvent::Machine(LASER_ID)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_starts_leave_one_open_use() {
    let lab = Lab::open().await;
    let cards: Vec<CardUid> = (0..40_u8).map(|n| CardUid::from_bytes([1, 2, 3, n])).collect();
    let starts = cards.iter().map(|uid| {
        let (ctx, uid) = (lab.ctx.clone(), uid.clone());
        tokio::spawn(async move {
            let name = services::uses::Word { uid, action: Action::Start, duration: seconds(0), replay: false };
            services::uses::record(&ctx, LASER, name).await
        })
    });
    for start in starts.collect::<Vec<_>>() {
        start.await.unwrap().unwrap();
    }
    assert_eq!(lab.number("SELECT count(*) FROM use_session WHERE ended_at IS NULL").await, 1);
    assert_eq!(lab.number("SELECT count(*) FROM board_fact").await, 40);
}

#[tokio::test]
async fn hours_on_machines_are_summed_by_week() {
    let lab = open().await;
    let (_, me) = ada_is_in(&lab).await;
    lab.starts(LASER, &ada()).await;
    lab.pass(HOUR);
    lab.stops(LASER, &ada(), 3_600).await;
    // Two weeks later another one runs.
    lab.pass(DAY * 14);
    lab.starts(LASER, &ada()).await;
    lab.pass(MINUTE * 30);
    let hours: Vec<_> =
        accounts::account(&lab.ctx, &me).await.unwrap().hours.into_iter().map(|(_, hours)| hours).collect();
    assert_eq!(hours.len(), 12);
    assert_eq!(hours[9..], [3_600_000, 0, 1_800_000]);
    assert_eq!(hours[..9].iter().sum::<i64>(), 0);
}
