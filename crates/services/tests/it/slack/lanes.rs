//! Channels that hang, are busy or flooded delay no other, and nothing about safety.

use super::*;
use crate::lab::bookings::{action, booked, span};
use domain::{
    bookings::{BookingAction, Resource},
    problems::Severity,
};
use services::problems::ReportProblem;
use std::future::pending;

/// Like [`Reaches`], but posts to `#machines` have no answer.
struct Hangs(Reaches);

impl Transport for Hangs {
    fn permits(&self, host: &str) -> bool {
        self.0.permits(host)
    }

    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, Failure>> + Send + '_>> {
        if String::from_utf8_lossy(&request.body).contains("channel=%23machines") {
            return Box::pin(pending());
        }
        self.0.send(request)
    }
}

/// 258 free times of the laser in the next hours, as one member or the clock caused them.
async fn free_times(lab: &Lab, by_ada: bool) {
    lab.sql(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 258)
         INSERT INTO broadcast (kind, subject, body, machine_id, told_at)
             SELECT 'machine.time-free', 'time:' || i,
                    json_object('time_freed', json_object('machine', 1, 'starts', 1800003600000, 'ends', 1800014400000, 'at', i)),
                    1, 1800000000000 FROM n",
    )
    .await;
    if by_ada {
        lab.sql("INSERT INTO broadcast_sender (broadcast_id, person_id) SELECT id, 1 FROM broadcast").await;
    }
}

/// Bob reports that the laser is unsafe.
async fn smoke(lab: &Lab) {
    let smokes = ReportProblem::read(Some(Severity::Unsafe), "It smokes");
    problems::report(&lab.ctx, &lab.signed_in(KEN).await, LASER_ID, smokes).await.unwrap();
}

fn titles(house: &Mutex<StandIn>) -> Vec<String> {
    let title = |text: String| text.lines().next().unwrap_or_default().trim_matches('*').to_owned();
    messages(house).into_iter().map(|(_, text)| title(text)).collect()
}

#[tokio::test]
async fn many_free_times_of_one_member_are_five_posts_and_a_sum() {
    let (lab, house) = connected().await;
    route(&lab, Kind::TimeFreed, "general").await.unwrap();
    free_times(&lab, true).await;
    send(&lab).await;
    assert_eq!(messages(&house).len(), 5);
    lab.pass(MINUTE);
    send(&lab).await;
    let sum = titles(&house);
    assert!(sum.len() == 1 && sum[0].ends_with(" – and 252 more"), "{sum:?}");
    lab.pass(MINUTE * 10);
    send(&lab).await;
    assert_eq!(messages(&house), [], "that was all");
    assert_eq!(lab.number("SELECT count(*) FROM delivery WHERE channel = 'slack' AND state = 'sent'").await, 258);
}

#[tokio::test]
async fn safety_overtakes_258_free_times() {
    let (lab, house) = connected().await;
    route(&lab, Kind::TimeFreed, "general").await.unwrap();
    route(&lab, Kind::MachineUnsafe, "general").await.unwrap();
    free_times(&lab, false).await;
    smoke(&lab).await;
    send(&lab).await;
    let titles = titles(&house);
    let at = titles.iter().position(|title| title == "Laser is unsafe").unwrap();
    assert!(at < 5, "after {at} of {}", titles.len());
}

#[tokio::test]
async fn channel_that_is_busy_delays_itself_alone() {
    let (lab, house) = connected().await;
    house.lock().unwrap().channels.insert("machines", Some("ratelimited"));
    route(&lab, Kind::MachineBlocked, "machines").await.unwrap();
    route(&lab, Kind::Announced, "general").await.unwrap();
    block(&lab).await;
    announce(&lab, "Open day", "").await;
    send(&lab).await;
    announce(&lab, "Another", "").await;
    send(&lab).await;
    assert_eq!(channels(&house), ["#general", "#general"], "at once");
    house.lock().unwrap().channels.insert("machines", None);
    lab.pass(MINUTE * 2);
    send(&lab).await;
    assert_eq!(channels(&house), ["#machines"]);
}

#[tokio::test]
async fn post_that_hangs_delays_no_other_channel() {
    let (lab, house) = connected().await;
    services::outgoing::arrange(&lab.ctx, Arc::new(Hangs(Reaches(Arc::clone(&house)))));
    route(&lab, Kind::MachineBlocked, "machines").await.unwrap();
    route(&lab, Kind::Announced, "general").await.unwrap();
    block(&lab).await;
    let stop = CancellationToken::new();
    let worker = tokio::spawn(services::slack::run(lab.ctx.clone(), stop.clone()));
    for title in ["Open day", "Another"] {
        announce(&lab, title, "").await;
        let arrives = async {
            while !house.lock().unwrap().messages.iter().any(|(_, text)| text.contains(title)) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), arrives).await.expect("it is posted while another hangs");
    }
    worker.abort();
}

#[tokio::test]
async fn free_time_that_is_taken_again_is_not_posted() {
    let (lab, house) = connected().await;
    route(&lab, Kind::TimeFreed, "general").await.unwrap();
    let laser = Resource::Machine(LASER_ID);
    let ada = lab.signed_in(ADA).await;
    let first = booked(&lab, &ada, laser, span(180, 60)).await;
    action(&lab, &ada, first, BookingAction::Cancel).await.unwrap();
    booked(&lab, &ada, laser, span(180, 60)).await;
    send(&lab).await;
    assert_eq!(messages(&house), []);
    assert_eq!(lab.text("SELECT reason FROM delivery WHERE channel = 'slack'").await, "over");
}
