//! Firmware for boards through a whole server: stored, sent to simulated boards by the worker, delayed while the
//! machine is in use, cancelled, and resumed after a restart.

use crate::lab::{Lab, SOON};
use contract::firmware::{FirmwarePage, Job};
use domain::{
    actor::Actor,
    boards::MachineNumber,
    firmware::{Failure, State},
    id::{BoardId, FirmwareId},
};
use server::{
    config::{BrokerAddress, Options},
    ota::{Limits, worker::Worker},
    sim::version_of,
};
use services::{
    Ctx,
    firmware::{self, image},
};
use sim::{
    SimBoard, SimConfig,
    ota::{Manner, Mishap, Receiver},
};
use sqlx::{ConnectOptions, Connection};
use std::time::Duration;
use tokio::time::timeout;

const TOOLGATE: Actor = Actor::TOOLGATE;

/// A board that has introduced itself, at the machine with this id.
async fn introduced(lab: &Lab, machine: i64, address: &str) -> BoardId {
    let mut conn = lab.database().connect().await.unwrap();
    let id = sqlx::query_scalar(
        "INSERT INTO board (machine_id, serial, firmware, address, first_seen, last_seen)
         VALUES (?, ?, 'esp32-s3,1.0.7', ?, 0, 0) RETURNING id",
    )
    .bind(machine)
    .bind(format!("51000000{machine:04}"))
    .bind(address)
    .fetch_one(&mut conn)
    .await
    .unwrap();
    conn.close().await.unwrap();
    BoardId(id)
}

async fn page(ctx: &Ctx) -> FirmwarePage {
    firmware::page(ctx, &TOOLGATE).await.unwrap()
}

/// Waits until something is found on the page; reports the page's content otherwise.
async fn found<T>(ctx: &Ctx, select: impl Fn(&FirmwarePage) -> Option<T>) -> T {
    let mut transfers = firmware::transfers(ctx);
    let looking = async {
        loop {
            if let Some(found) = select(&page(ctx).await) {
                return found;
            }
            transfers.wait().await;
        }
    };
    match timeout(SOON, looking).await {
        Ok(found) => found,
        Err(late) => panic!("{late}: {:?}", page(ctx).await),
    }
}

/// Waits until the newest transfer to `board` is as expected.
async fn until(ctx: &Ctx, board: BoardId, holds: impl Fn(&Job) -> bool) -> Job {
    found(ctx, |page| page.jobs.iter().find(|job| job.board == board).filter(|job| holds(job)).cloned()).await
}

async fn upload(ctx: &Ctx, version: &str) -> FirmwareId {
    firmware::keep(ctx, &TOOLGATE, "", image::example(version, 20_000)).await.unwrap()
}

#[tokio::test]
async fn firmware_goes_to_boards_in_turn_and_is_audited() {
    let lab = Lab::start().await;
    let ctx = &lab.running().ctx;
    let mut receivers = [Receiver::open(Manner::default()).unwrap(), Receiver::open(Manner::default()).unwrap()];
    let mut boards = Vec::new();
    for (receiver, machine) in receivers.iter().zip([1, 2]) {
        boards.push(introduced(&lab, machine, &receiver.address().unwrap().to_string()).await);
    }
    let image = upload(ctx, "1.0.8").await;
    firmware::start(ctx, &TOOLGATE, image, &boards).await.unwrap();
    let busy = firmware::start(ctx, &TOOLGATE, image, &boards[..1]).await;
    assert!(matches!(busy, Err(firmware::FirmwareError::Busy)), "{busy:?}");
    assert!(matches!(firmware::remove(ctx, &TOOLGATE, image).await, Err(firmware::FirmwareError::Required)));
    let [first, second] = &mut receivers;
    let (one, other) = tokio::join!(timeout(SOON, first.take(|| false)), timeout(SOON, second.take(|| false)));
    let sent = image::example("1.0.8", 20_000);
    assert_eq!((one.unwrap(), other.unwrap()), (sent.clone(), sent));
    for board in boards {
        let job = until(ctx, board, |job| job.state == State::Done).await;
        assert_eq!((job.percent, job.failure), (100, None));
    }
    let entries =
        "SELECT count(*) FROM audit WHERE action IN ('firmware.kept', 'firmware.started', 'firmware.done')";
    assert_eq!(lab.number(entries).await, 5);
    firmware::remove(ctx, &TOOLGATE, image).await.unwrap();
    assert!(page(ctx).await.jobs.iter().all(|job| job.image.is_none() && job.image_name.contains("1.0.8")));
}

#[tokio::test]
async fn board_in_use_waits_without_delaying_the_next() {
    let lab = Lab::start().await;
    let ctx = &lab.running().ctx;
    lab.sql(
        "INSERT INTO use_session (machine_id, card_id, started_at, last_sign_at, source, approximate, provisional,
            other_card, twin_start, twin_stop, authorised)
         VALUES (1, 1, unixepoch() * 1000, unixepoch() * 1000, 'live', 0, 0, 0, 0, 0, 1)",
    )
    .await;
    let mut receivers = [Receiver::open(Manner::default()).unwrap(), Receiver::open(Manner::default()).unwrap()];
    let busy = introduced(&lab, 1, &receivers[0].address().unwrap().to_string()).await;
    let free = introduced(&lab, 2, &receivers[1].address().unwrap().to_string()).await;
    let image = upload(ctx, "1.0.8").await;
    firmware::start(ctx, &TOOLGATE, image, &[busy, free]).await.unwrap();
    timeout(SOON, receivers[1].take(|| false)).await.unwrap();
    until(ctx, free, |job| job.state == State::Done).await;
    let waits = until(ctx, busy, |_| true).await;
    assert_eq!((waits.state, waits.in_use), (State::Waiting, true));
    lab.sql("UPDATE use_session SET ended_at = last_sign_at, ending = 'logged-out' WHERE ended_at IS NULL").await;
    timeout(SOON, receivers[0].take(|| false)).await.unwrap();
    until(ctx, busy, |job| job.state == State::Done).await;
}

#[tokio::test]
async fn missing_or_foreign_address_is_never_contacted() {
    let lab = Lab::start().await;
    let ctx = &lab.running().ctx;
    let nowhere = introduced(&lab, 1, "").await;
    let far = introduced(&lab, 2, "203.0.113.7").await;
    let image = upload(ctx, "1.0.8").await;
    firmware::start(ctx, &TOOLGATE, image, &[nowhere, far]).await.unwrap();
    let failure = |expected| move |job: &Job| job.state == State::Failed && job.failure == Some(expected);
    until(ctx, nowhere, failure(Failure::NoAddress)).await;
    until(ctx, far, failure(Failure::FarAddress)).await;
    // It can be started again.
    firmware::start(ctx, &TOOLGATE, image, &[nowhere]).await.unwrap();
    until(ctx, nowhere, failure(Failure::NoAddress)).await;
}

#[tokio::test]
async fn loopback_is_not_contacted_unless_allowed() {
    let lab = Lab::with(Options { ota_network: Some(Vec::new()), ..Options::default() }).await;
    let ctx = &lab.running().ctx;
    let mut waits = Receiver::open(Manner::default()).unwrap();
    let board = introduced(&lab, 1, &waits.address().unwrap().to_string()).await;
    let image = upload(ctx, "1.0.8").await;
    firmware::start(ctx, &TOOLGATE, image, &[board]).await.unwrap();
    let job = tokio::select! {
        job = until(ctx, board, |job| job.state == State::Failed) => job,
        _ = waits.take(|| false) => panic!("it was sent"),
    };
    assert_eq!(job.failure, Some(Failure::FarAddress));
}

#[tokio::test]
async fn cancelled_update_ends_at_once_and_progress_is_reported() {
    let lab = Lab::start().await;
    let ctx = &lab.running().ctx;
    let mut stalls = Receiver::open(Manner { lock: None, mishap: Some(Mishap::Stalls(1)) }).unwrap();
    let board = introduced(&lab, 1, &stalls.address().unwrap().to_string()).await;
    let image = upload(ctx, "1.0.8").await;
    let jobs = firmware::start(ctx, &TOOLGATE, image, &[board]).await.unwrap();
    let watching = async {
        until(ctx, board, |job| job.state == State::Sending).await;
        firmware::cancel(ctx, &TOOLGATE, jobs[0]).await.unwrap();
        until(ctx, board, |job| job.state == State::Cancelled).await;
    };
    tokio::select! {
        () = watching => {}
        _ = stalls.take(|| false) => panic!("it has nothing to take"),
    }
    let over = firmware::cancel(ctx, &TOOLGATE, jobs[0]).await;
    assert!(matches!(over, Err(firmware::FirmwareError::Over)), "{over:?}");
    // The next one can start.
    let mut good = Receiver::open(Manner::default()).unwrap();
    let next = introduced(&lab, 2, &good.address().unwrap().to_string()).await;
    firmware::start(ctx, &TOOLGATE, image, &[next]).await.unwrap();
    timeout(SOON, good.take(|| false)).await.unwrap();
    until(ctx, next, |job| job.state == State::Done).await;
}

#[tokio::test]
async fn update_interrupted_by_restart_fails_and_waiting_one_is_sent() {
    let mut lab = Lab::start().await;
    let mut stalls = Receiver::open(Manner { lock: None, mishap: Some(Mishap::Stalls(1)) }).unwrap();
    let mut good = Receiver::open(Manner::default()).unwrap();
    let first = introduced(&lab, 1, &stalls.address().unwrap().to_string()).await;
    let second = introduced(&lab, 2, &good.address().unwrap().to_string()).await;
    let ctx = lab.running().ctx.clone();
    let image = upload(&ctx, "1.0.8").await;
    firmware::start(&ctx, &TOOLGATE, image, &[first, second]).await.unwrap();
    // The board stays connected until the server is gone: one that hangs up is another failure.
    let stopped = async {
        until(&ctx, first, |job| job.state == State::Sending).await;
        lab.stop().await;
    };
    tokio::select! {
        () = stopped => {}
        _ = stalls.take(|| false) => panic!("it has nothing to take"),
    }
    drop(ctx);
    lab.start_again().await;
    let ctx = &lab.running().ctx;
    let job = until(ctx, first, |job| job.state == State::Failed).await;
    assert_eq!(job.failure, Some(Failure::Restarted));
    timeout(SOON, good.take(|| false)).await.unwrap();
    until(ctx, second, |job| job.state == State::Done).await;
}

#[tokio::test]
async fn simulated_board_restarts_with_new_version() {
    let lab = Lab::start().await;
    let ctx = &lab.running().ctx;
    let broker = BrokerAddress::plain("127.0.0.1", lab.port());
    let config = SimConfig { takes_firmware: Some(version_of), ..SimConfig::new(broker, MachineNumber(11)) };
    let board = SimBoard::connect(config);
    let id = found(ctx, |page| page.boards.first().map(|board| board.id)).await;
    board.until(SOON, |state| state.online).await.unwrap();
    let image = upload(ctx, "9.9.9").await;
    firmware::start(ctx, &TOOLGATE, image, &[id]).await.unwrap();
    until(ctx, id, |job| job.state == State::Done).await;
    found(ctx, |page| (page.boards.len() == 1 && page.boards[0].firmware == "simulated,9.9.9").then_some(()))
        .await;
}

#[tokio::test]
async fn dead_address_fails_with_no_answer() {
    let lab = Lab::start().await;
    // The server's own worker is patient; this one is not, in a space of its own.
    let dir = tempfile::tempdir().unwrap();
    let ctx = services::open(services::Config::new(dir.path().join("space.sqlite"))).await.unwrap();
    let mut conn = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(dir.path().join("space.sqlite"))
        .connect()
        .await
        .unwrap();
    sqlx::raw_sql(
        "INSERT INTO equipment_type (id, name, risk) VALUES (3, 'Laser cutter', 'medium');
         INSERT INTO machine (id, number, type_id, name) VALUES (1, 11, 3, 'Laser');
         INSERT INTO board (id, machine_id, serial, firmware, address, first_seen, last_seen)
             VALUES (1, 1, '', 'old', '127.0.0.1:9', 0, 0)",
    )
    .execute(&mut conn)
    .await
    .unwrap();
    conn.close().await.unwrap();
    let image = upload(&ctx, "1.0.8").await;
    firmware::start(&ctx, &TOOLGATE, image, &[BoardId(1)]).await.unwrap();
    let limits = Limits { answer: Duration::from_millis(20), invitations: 2, ..Limits::default() };
    let stop = tokio_util::sync::CancellationToken::new();
    let working = tokio::spawn(Worker::new(ctx.clone(), &lab.config, limits).run(stop.clone()));
    let job = until(&ctx, BoardId(1), |job| job.state == State::Failed).await;
    assert_eq!(job.failure, Some(Failure::NoAnswer));
    stop.cancel();
    working.await.unwrap();
    ctx.close().await;
}
