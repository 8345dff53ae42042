//! Uses that end without anybody saying so: lost by their board, at a machine that is silent, stopped from afar.

mod lab;

use domain::{live::Hint, uses::Action};
use lab::{LASER, LASER_ID, Lab, ada, seconds};
use services::{abandoned, boards};

async fn endings(lab: &Lab) -> String {
    lab.text("SELECT coalesce(group_concat(coalesce(ending, 'runs') || ' ' || coalesce((ended_at - started_at) / 1000, '')), '') FROM use_session").await
}

#[tokio::test]
async fn a_use_that_broke_off_ends_at_its_last_sign_and_is_taken_up_again() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(30));
    lab.says(LASER, &ada(), Action::Extend, 30, false).await.unwrap();
    lab.pass(seconds(200));
    assert_eq!(abandoned::end(&lab.ctx).await.unwrap(), 0, "nothing was heard since");
    lab.sql("INSERT INTO machine_signal (machine_id, heard_at, online) VALUES (1, 1800000229000, 1)").await;
    let (_, _, mut coming) = lab.ctx.live().subscribe("");
    assert_eq!(abandoned::end(&lab.ctx).await.unwrap(), 1);
    assert_eq!(coming.recv().await.unwrap().hint, Some(Hint::Machine(LASER_ID)));
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
async fn a_silent_machine_is_free_again_when_its_use_cannot_go_on_any_more() {
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
async fn while_boards_cannot_be_heard_nothing_is_taken_for_over() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    boards::broker_lost(&lab.ctx);
    lab.pass(seconds(7 * 24 * 3_600));
    assert_eq!(abandoned::end(&lab.ctx).await.unwrap(), 0);
    boards::broker_found(&lab.ctx);
    assert_eq!(abandoned::end(&lab.ctx).await.unwrap(), 1);
}

#[tokio::test]
async fn a_use_whose_board_was_told_to_stop_was_stopped_from_afar() {
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
