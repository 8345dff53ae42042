//! Setting the space up: the steps follow what there is, and are put away for good.

use crate::lab::{LASER, Lab, ada, card};
use domain::{
    actor::Actor,
    checklist::{Progress, Step},
};
use services::{access::check, checklist, machines};

#[tokio::test]
async fn steps_are_done_by_what_there_is_and_go_when_all_are() {
    let lab = Lab::open().await;
    lab.grant(1, 2, "owner").await;
    let eve = lab.signed_in(1).await;
    let next = async |lab: &Lab| checklist::read(&lab.ctx, &eve).await.unwrap().and_then(|list| list.next());
    assert_eq!(next(&lab).await, Some(Step::Places));
    let bob = lab.signed_in(2).await;
    let on_now = async |actor: &Actor| machines::floor(&lab.ctx, actor).await.unwrap().set_up;
    assert_eq!(on_now(&eve).await, Some(Progress { done: 3, next: Step::Places }), "on Now too");
    assert_eq!((on_now(&bob).await, on_now(&Actor::TOOLGATE).await.is_some()), (None, true));
    assert_eq!(machines::wall(&lab.ctx, &eve).await.unwrap().set_up, None, "not on the wall");
    lab.sql("INSERT INTO place (id, name) VALUES (1, 'Hall')").await;
    assert_eq!(next(&lab).await, Some(Step::Swipe));
    check(&lab.ctx, LASER, &card("00000b0b")).await.unwrap();
    let lab = lab.reopen().await;
    let eve = lab.signed_in(1).await;
    let refused = checklist::read(&lab.ctx, &eve).await.unwrap();
    assert_eq!(refused.and_then(|list| list.next()), Some(Step::Swipe), "a refused card is no first use");
    check(&lab.ctx, LASER, &ada()).await.unwrap();
    let lab = lab.reopen().await;
    assert_eq!(checklist::read(&lab.ctx, &eve).await.unwrap(), None, "all are done");
    assert!(checklist::read(&lab.ctx, &lab.signed_in(2).await).await.unwrap().is_none());
}

#[tokio::test]
async fn what_was_put_away_stays_away_until_somebody_wants_it_again() {
    let lab = Lab::open().await;
    lab.grant(1, 2, "owner").await;
    let eve = lab.signed_in(1).await;
    assert!(checklist::dismiss(&lab.ctx, &lab.signed_in(2).await, true).await.is_err());
    for _ in 0..2 {
        checklist::dismiss(&lab.ctx, &eve, true).await.unwrap();
    }
    assert_eq!(checklist::read(&lab.ctx, &eve).await.unwrap(), None);
    assert_eq!(machines::floor(&lab.ctx, &eve).await.unwrap().set_up, None);
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'setup.steps-dismissed'").await, 1, "once");
    checklist::dismiss(&lab.ctx, &eve, false).await.unwrap();
    assert!(checklist::read(&lab.ctx, &eve).await.unwrap().is_some());
}
