//! The effects of clock changes on bookings and requests: none that count against anybody.

use super::*;
use domain::{down_time::Cause as Why, jobs::Job, uses::Action};
use services::{jobs, system};

const HOURS: Millis = NOON;

/// Number of holds and no-shows.
async fn counted(lab: &Lab) -> i64 {
    lab.number("SELECT (SELECT count(*) FROM booking WHERE state = 'no-show') + (SELECT count(*) FROM hold)").await
}

#[tokio::test]
async fn clock_jump_over_bookings_causes_no_no_shows() {
    let lab = open().await;
    set(&lab, "booking.open", "0").await;
    let carl = lab.signed_in(4).await;
    let mut ids = Vec::new();
    for n in 0..3 {
        ids.push(booked(&lab, &carl, LASER_RES, span(60 + n * 60, 60)).await);
    }
    tick(&lab).await;
    lab.set_forward(HOUR * 6);
    tick(&lab).await;
    for id in ids {
        assert_eq!(state(&lab, id).await, State::Released);
    }
    assert_eq!(counted(&lab).await, 0);
    let page = system::page(&lab.ctx, &Actor::TOOLGATE).await.unwrap();
    let gap = page.gaps[0];
    assert_eq!((gap.cause, gap.starts.at, gap.ends.at), (Why::Skipped, HOURS, HOURS.after(HOUR * 6)));

    let later = booked(&lab, &carl, LASER_RES, span(420, 60)).await;
    lab.pass(HOUR * 2);
    tick(&lab).await;
    assert_eq!(state(&lab, later).await, State::NoShow, "time that passes counts as ever");
}

#[tokio::test]
async fn remaining_minute_after_jump_still_counts_as_no_show() {
    let lab = open().await;
    let carl = lab.signed_in(4).await;
    let id = booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    tick(&lab).await;
    lab.set_forward(MINUTE * 74);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::Approved);
    lab.pass(MINUTE * 2);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::NoShow);
}

#[tokio::test]
async fn repeated_time_after_clock_set_back_counts() {
    let lab = open().await;
    let carl = lab.signed_in(4).await;
    let id = booked(&lab, &carl, LASER_RES, span(180, 60)).await;
    tick(&lab).await;
    lab.set_forward(HOUR * 3);
    tick(&lab).await;
    lab.set_back(HOUR * 3);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::Approved);
    lab.pass(HOUR * 3 + MINUTE * 16);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::NoShow);
}

#[tokio::test]
async fn request_expiry_is_extended_by_skipped_time() {
    let lab = open().await;
    set(&lab, "booking.mode", "moderated").await;
    let carl = lab.signed_in(4).await;
    let id = booked(&lab, &carl, LASER_RES, span(72 * 60, 60)).await;
    tick(&lab).await;
    lab.set_forward(HOUR * 20);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::Pending);
    lab.pass(HOUR * 23);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::Pending);
    lab.pass(HOUR * 2);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::Expired);
}

#[tokio::test]
async fn clock_jump_does_not_end_use() {
    let lab = open().await;
    lab.says(LASER, &ada(), Action::Start, 0, false).await.unwrap();
    jobs::run(&lab.ctx, Job::AbandonedUses).await;
    lab.set_forward(HOUR * 20);
    jobs::run(&lab.ctx, Job::AbandonedUses).await;
    assert_eq!(lab.number("SELECT count(*) FROM use_session WHERE ended_at IS NULL").await, 1);
}

#[tokio::test]
async fn corrected_multi_day_jump_ends_nothing() {
    let lab = open().await;
    set(&lab, "booking.open", "0").await;
    let carl = lab.signed_in(4).await;
    let id = booked(&lab, &carl, LASER_RES, span(24 * 60, 60)).await;
    tick(&lab).await;
    lab.set_forward(DAY * 3_650);
    for _ in 0..9 {
        for job in Job::ALL.iter().copied() {
            jobs::run(&lab.ctx, job).await;
        }
        lab.pass(MINUTE);
    }
    assert_eq!(state(&lab, id).await, State::Approved);
    lab.set_back(DAY * 3_650);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::Approved);
    // The clock is right: nothing is delayed any more.
    lab.pass(HOUR * 24 + MINUTE * 16);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::NoShow);
}

#[tokio::test]
async fn persistent_multi_day_jump_is_accepted_after_an_hour() {
    let lab = open().await;
    let carl = lab.signed_in(4).await;
    let id = booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    tick(&lab).await;
    lab.set_forward(DAY * 40);
    tick(&lab).await;
    lab.pass(MINUTE * 59);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::Approved, "it may be set right again");
    lab.pass(MINUTE * 2);
    tick(&lab).await;
    assert_eq!(state(&lab, id).await, State::Released);
    assert_eq!(counted(&lab).await, 0);
}
