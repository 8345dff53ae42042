//! Timed jobs, and their results on the system page.

use crate::lab::Lab;
use contract::system::Ended;
use domain::{actor::Actor, jobs::Job};
use services::{jobs, system};

#[tokio::test]
async fn system_page_shows_last_run_and_result_of_each_job() {
    let lab = Lab::open().await;
    assert_eq!(jobs::run(&lab.ctx, Job::DueMaintenance).await, Ended::Idle);
    let first = lab.ctx.moment_now();
    lab.pass(Job::Retention.every());
    // Its first run records that it ran, whatever it cleared.
    jobs::run(&lab.ctx, Job::Retention).await;
    let page = system::page(&lab.ctx, &Actor::TOOLGATE).await.unwrap();
    assert_eq!(page.jobs.iter().map(|run| run.job).collect::<Vec<_>>(), Job::ALL);
    let last = |job| page.jobs.iter().find(|run| run.job == job).unwrap().last;
    assert_eq!(last(Job::DueMaintenance), Some((first, Ended::Idle)));
    assert_eq!(last(Job::Retention).unwrap().0.at, lab.ctx.moment_now().at);
    assert_eq!(last(Job::Lapses), None);
}
