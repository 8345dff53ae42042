//! What is kept for a time only: cleared once a day, written down, and nothing that should stay.

mod lab;

use domain::{actor::Actor, id::PersonId, retention::Cleared, time::DAY};
use lab::{LASER, Lab, ada, card};
use services::{
    people,
    retention::{self, RetentionError},
};

#[tokio::test]
async fn a23_names_go_after_a_year_and_hours_stay_once_a_day() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    lab.stops(LASER, &ada(), 60).await;
    lab.starts(LASER, &card("00ff00ff")).await;
    lab.stops(LASER, &card("00ff00ff"), 60).await;
    let me = lab.signed_in(1).await;
    assert_eq!(retention::due(&lab.ctx).await.unwrap(), Some(Cleared::default()), "nothing is due");
    assert_eq!(retention::due(&lab.ctx).await.unwrap(), None, "once a day");
    lab.pass(DAY * 31);
    assert_eq!(retention::due(&lab.ctx).await.unwrap(), Some(Cleared { unknown_cards: 1, ..Cleared::default() }));
    assert_eq!(people::uses(&lab.ctx, &me, PersonId(1), None).await.unwrap().uses.len(), 1);
    lab.pass(DAY * 400);
    let cleared = retention::due(&lab.ctx).await.unwrap().unwrap();
    assert_eq!(cleared.names, 1, "{cleared:?}");
    assert_eq!(people::uses(&lab.ctx, &me, PersonId(1), None).await.unwrap().uses.len(), 0);
    assert_eq!(lab.number("SELECT count(*) FROM use_session").await, 2, "hours stay");
    assert_eq!(lab.number("SELECT count(*) FROM qualification WHERE person_id = 1").await, 2, "standings stay");
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'retention.ran'").await, 3);
}

#[tokio::test]
async fn a7_administrators_see_what_it_did_and_have_it_done() {
    let lab = Lab::open().await;
    lab.grant(2, 2, "owner").await;
    lab.grant(1, 1, "owner").await;
    let (administrator, manager) = (lab.signed_in(2).await, lab.signed_in(1).await);
    assert!(matches!(retention::page(&lab.ctx, &manager).await, Err(RetentionError::Forbidden(_))));
    assert!(matches!(retention::run(&lab.ctx, &manager).await, Err(RetentionError::Forbidden(_))));
    retention::run(&lab.ctx, &administrator).await.unwrap();
    retention::run(&lab.ctx, &Actor::TOOLGATE).await.unwrap();
    let runs = retention::page(&lab.ctx, &administrator).await.unwrap().runs;
    let by: Vec<_> = runs.iter().map(|run| run.by.as_deref()).collect();
    assert_eq!(by.len(), 2);
    assert!(by.contains(&Some("Bob")) && by.contains(&None), "{by:?}");
}
