//! Webhooks that are slow, busy or flooded delay no other, and nothing about safety.

use super::*;
use crate::lab::bookings::{self as booked, span};
use domain::bookings::{BookingAction, Resource};

const LASER_1: Resource = Resource::Machine(LASER_ID);

/// A webhook for free times and unsafe machines.
async fn add_for_times(lab: &Lab, ken: &Actor) -> WebhookId {
    let sent = [
        ("name", "Town"),
        ("address", "https://hooks.example/"),
        ("events[]", "machine.time-free"),
        ("events[]", "machine.unsafe"),
    ];
    run(&lab.ctx, ken, AddWebhook {}, fields(&sent)).await.unwrap().id
}

fn kinds(servers: &Servers) -> Vec<String> {
    servers.take().iter().map(|request| body(request)["type"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn forty_slow_endpoints_delay_no_other() {
    let (lab, servers, ken) = open().await;
    for number in 0..40 {
        let host = format!("slow{number}.example");
        servers.answer(&host, None);
        add_at(&lab, &ken, &format!("https://{host}/")).await.unwrap();
    }
    let fast = add_at(&lab, &ken, "https://fast.example/").await.unwrap().id;
    problems::block(&lab.ctx, &ken, LASER_ID, "new tube", false).await.unwrap();
    let began = lab.now();
    let stop = CancellationToken::new();
    let worker = tokio::spawn(webhooks::run(lab.ctx.clone(), stop.clone()));
    let arrives = async {
        while view(&lab, &ken, fast).await.arrived == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), arrives).await.expect("the fast one got it");
    assert_eq!(lab.now(), began, "without waiting");
    stop.cancel();
    worker.await.unwrap();
}

#[tokio::test]
async fn safety_overtakes_258_free_times() {
    let (lab, servers, ken) = open().await;
    add_for_times(&lab, &ken).await;
    lab.sql(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 258)
         INSERT INTO broadcast (kind, subject, body, machine_id, told_at)
             SELECT 'machine.time-free', 'time:' || i,
                    json_object('time_freed', json_object('machine', 1, 'starts', 1800003600000, 'ends', 1800007200000, 'at', i)),
                    1, 1800000000000 FROM n",
    )
    .await;
    let smokes = ReportProblem::read(Some(Severity::Unsafe), "It smokes");
    problems::report(&lab.ctx, &ken, LASER_ID, smokes).await.unwrap();
    send(&lab).await;
    let kinds = kinds(&servers);
    assert_eq!((kinds.len(), kinds[0].as_str()), (259, "machine.unsafe"), "and programs get every event");
}

#[tokio::test]
async fn free_time_that_is_taken_again_is_not_sent() {
    let (lab, servers, ken) = open().await;
    let id = add_for_times(&lab, &ken).await;
    let ada = lab.signed_in(1).await;
    let first = booked::booked(&lab, &ada, LASER_1, span(180, 60)).await;
    booked::action(&lab, &ada, first, BookingAction::Cancel).await.unwrap();
    assert_eq!(view(&lab, &ken, id).await.waiting, 1);
    let again = booked::booked(&lab, &ken, LASER_1, span(180, 60)).await;
    send(&lab).await;
    assert_eq!(kinds(&servers), [] as [&str; 0]);
    assert_eq!(lab.text("SELECT reason FROM delivery WHERE channel = 'webhook'").await, "over");
    lab.pass(MINUTE);
    booked::action(&lab, &ken, again, BookingAction::Cancel).await.unwrap();
    send(&lab).await;
    assert_eq!(kinds(&servers), ["machine.time-free"], "one that is free is");
}

#[tokio::test]
async fn endpoint_that_asks_to_wait_is_left_alone_as_long() {
    let (lab, servers, ken) = open().await;
    add(&lab, &ken).await;
    add_at(&lab, &ken, "https://other.example/").await.unwrap();
    servers.status(503);
    *servers.retry_after.lock().unwrap() = Some("1800");
    happen(&lab, &ken).await;
    send(&lab).await;
    assert_eq!(servers.take().len(), 3, "one to it, and both to the other");
    lab.pass(MINUTE * 29);
    send(&lab).await;
    assert_eq!(servers.count(), 0, "it asked for half an hour");
    servers.status(204);
    lab.pass(MINUTE);
    send(&lab).await;
    assert_eq!(kinds(&servers), ["machine.blocked", "machine.free"]);
}

#[tokio::test]
async fn endpoint_that_names_a_date_is_left_alone_until_then() {
    let (lab, servers, ken) = open().await;
    add(&lab, &ken).await;
    servers.status(429);
    // Two hours from now.
    *servers.retry_after.lock().unwrap() = Some("Fri, 15 Jan 2027 10:00:00 GMT");
    happen(&lab, &ken).await;
    send(&lab).await;
    assert_eq!(servers.take().len(), 1);
    lab.pass(MINUTE * 119);
    send(&lab).await;
    assert_eq!(servers.count(), 0, "it asked for two hours");
    servers.status(204);
    lab.pass(MINUTE);
    send(&lab).await;
    assert_eq!(kinds(&servers), ["machine.blocked", "machine.free"]);
}
