//! The promises of the writer: which job is rolled back, who gets which answer, and when.
//!
//! "Together in one batch" is arranged without sleeping: the first job waits, inside its transaction, for a gate that
//! opens when the others are queued.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use crate::lab::{LASER, Lab, NOON, entry, used, used_at};
use domain::{id::MachineId, live::ChangeEvent};
use store::{
    Done, Limits, StoreError, Unaudited, WriteTx,
    audit::{self, Verdict},
    boards,
};
use tokio::{
    sync::{broadcast::error::TryRecvError, oneshot},
    task::{JoinHandle, yield_now},
};

const PATIENT: Limits = Limits { jobs: 64, batch: Duration::from_secs(30), job: Duration::from_secs(30) };

/// Starts a batch that stays open until the answered sender is used.
async fn hold_open(lab: &Lab) -> (oneshot::Sender<()>, JoinHandle<Result<(), StoreError>>) {
    let (open, gate) = oneshot::channel::<()>();
    let (began, running) = oneshot::channel();
    let store = lab.store.clone();
    let first = tokio::spawn(async move {
        store
            .write(async move |tx| {
                began.send(()).unwrap();
                gate.await.unwrap();
                let rest = used(tx, 1).await?;
                Ok(Done::audited((), entry("first")).lastly(rest))
            })
            .await
    });
    running.await.unwrap();
    (open, first)
}

/// Queues a job.
async fn queue<T: Send + 'static>(write: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
    let task = tokio::spawn(write);
    // The current-thread runtime of the tests polls the task once, which puts the job into the queue.
    yield_now().await;
    task
}

async fn start_use(store: store::Store, note: &'static str) -> Result<(), StoreError> {
    store
        .write(async move |tx| {
            let rest = used(tx, 1).await?;
            tx.after_commit(ChangeEvent::Machine(LASER));
            Ok(Done::audited((), entry(note)).lastly(rest))
        })
        .await
}

/// The result of `work` in one batch with a use before it and another after it, both of which are committed.
async fn between_two_uses<F>(lab: &Lab, work: F) -> Result<(), StoreError>
where
    F: AsyncFnOnce(&mut WriteTx) -> Result<Done<()>, StoreError> + Send + 'static,
{
    let (open, first) = hold_open(lab).await;
    let store = lab.store.clone();
    let between = queue(async move { store.write(work).await }).await;
    let last = queue(start_use(lab.store.clone(), "last")).await;

    open.send(()).unwrap();
    first.await.unwrap().unwrap();
    let answer = between.await.unwrap();
    last.await.unwrap().unwrap();
    answer
}

#[tokio::test]
async fn follow_up_entries_are_written_after_their_change_and_lost_with_it() {
    let lab = Lab::open().await;
    let failed = lab.store.write(async |tx| {
        tx.followed(entry("followed from nothing"));
        Err::<Done<()>, _>(StoreError::Closed)
    });
    failed.await.unwrap_err();
    let job = lab.store.write::<_, StoreError, _>(async |tx| {
        tx.followed(entry("second"));
        tx.followed(entry("third"));
        Ok(Done::audited((), entry("first")))
    });
    job.await.unwrap();
    let silent = lab.store.write::<_, StoreError, _>(async |tx| {
        tx.followed(entry("fourth"));
        Ok(Done::unaudited((), Unaudited::NothingChanged))
    });
    silent.await.unwrap();
    let mut raw = lab.raw().await;
    let details: String =
        sqlx::query_scalar("SELECT group_concat(detail) FROM (SELECT detail FROM audit ORDER BY seq)")
            .fetch_one(&mut raw)
            .await
            .unwrap();
    assert_eq!(details, r#""first","second","third","fourth""#);
    assert!(matches!(audit::verify(&mut raw, None).await.unwrap(), Verdict::Whole { head, .. } if head.seq == 4));
}

#[tokio::test]
async fn refused_job_is_rolled_back_alone() {
    let lab = Lab::with(PATIENT).await;
    let commits = lab.store.commits();
    let mut live = lab.store.live();
    let refused = between_two_uses(&lab, async move |tx| {
        used(tx, 1).await?.write(tx).await?;
        tx.after_commit(ChangeEvent::Space);
        Err(StoreError::Dangling)
    });
    assert!(matches!(refused.await, Err(StoreError::Dangling)));

    assert_eq!(lab.store.commits(), commits + 1, "one commit for all three");
    assert_eq!(lab.count("SELECT count(*) FROM board_fact").await, 2);
    assert_eq!(live.try_recv(), Ok(ChangeEvent::Machine(LASER)));
    assert_eq!(live.try_recv(), Err(TryRecvError::Empty), "the undone job's event is gone with it");
}

#[tokio::test]
async fn full_batch_commits_and_starts_the_next() {
    let lab = Lab::with(Limits { jobs: 2, ..PATIENT }).await;
    let commits = lab.store.commits();
    let (open, first) = hold_open(&lab).await;
    let mut waiting = Vec::new();
    for _ in 0..4 {
        waiting.push(queue(start_use(lab.store.clone(), "one of four")).await);
    }
    open.send(()).unwrap();
    first.await.unwrap().unwrap();
    for task in waiting {
        task.await.unwrap().unwrap();
    }
    assert_eq!(lab.store.commits(), commits + 3, "five jobs, two to a commit");
}

#[tokio::test]
async fn panicking_job_fails_alone() {
    let lab = Lab::with(PATIENT).await;
    let bad = between_two_uses(&lab, async move |tx| {
        used(tx, 1).await?.write(tx).await?;
        panic!("a fault in a use case");
    });
    assert!(matches!(bad.await, Err(StoreError::Panicked)));
    assert_eq!(lab.count("SELECT count(*) FROM board_fact").await, 2);
}

#[tokio::test]
async fn job_with_failing_last_statements_is_rolled_back_alone() {
    let lab = Lab::with(PATIENT).await;
    let bad = between_two_uses(&lab, async move |tx| {
        let rest = used_at(tx, MachineId(999), 1).await?;
        tx.after_commit(ChangeEvent::Space);
        Ok(Done::audited((), entry("bad")).lastly(rest))
    });
    assert!(bad.await.is_err(), "there is no such machine");
    assert_eq!(lab.count("SELECT count(*) FROM board_fact").await, 2);
    assert_eq!(lab.count("SELECT count(*) FROM audit WHERE detail = '\"bad\"'").await, 0);
}

#[tokio::test]
async fn timed_out_job_is_rolled_back_alone() {
    let lab = Lab::with(Limits { job: Duration::from_millis(20), ..PATIENT }).await;
    let slow = lab
        .store
        .write::<(), StoreError, _>(async move |tx| {
            used(tx, 1).await?.write(tx).await?;
            std::future::pending().await
        })
        .await;
    assert!(matches!(slow, Err(StoreError::TooSlow)));
    start_use(lab.store.clone(), "next").await.unwrap();
    assert_eq!(lab.count("SELECT count(*) FROM board_fact").await, 1);
}

#[tokio::test]
async fn failed_commit_fails_every_job_of_the_batch() {
    let lab = Lab::with(PATIENT).await;
    let mut live = lab.store.live();
    let (open, first) = hold_open(&lab).await;
    let stored = queue(start_use(lab.store.clone(), "kept?")).await;
    let store = lab.store.clone();
    let refused =
        queue(async move { store.write::<(), StoreError, _>(async |_| Err(StoreError::Dangling)).await }).await;
    let store = lab.store.clone();
    let poison = queue(async move {
        store
            .write::<(), StoreError, _>(async move |tx| {
                // A foreign key that is checked only by COMMIT: the one failure of a commit that a test
                // can arrange without breaking the disk.
                sqlx::raw_sql(
                    "PRAGMA defer_foreign_keys = ON; INSERT INTO alias (person_id, month) VALUES (999, 1)",
                )
                .execute(tx.conn())
                .await?;
                Ok(Done::audited((), entry("poison")))
            })
            .await
    })
    .await;

    open.send(()).unwrap();
    for answer in [first, stored, refused, poison] {
        let answer = answer.await.unwrap();
        assert!(matches!(answer, Err(StoreError::NotCommitted(_))), "{answer:?}");
    }
    assert_eq!(lab.count("SELECT count(*) FROM board_fact").await, 0);
    assert_eq!(live.try_recv(), Err(TryRecvError::Empty));

    start_use(lab.store.clone(), "the next batch").await.unwrap();
    let verdict = audit::verify(&mut lab.store.read().await.unwrap(), None).await.unwrap();
    assert!(matches!(verdict, Verdict::Whole { head, .. } if head.seq == 1), "{verdict:?}");
}

#[tokio::test]
async fn full_disk_loses_no_acknowledged_change() {
    let lab = Lab::with(PATIENT).await;
    start_use(lab.store.clone(), "before").await.unwrap();
    let (open, first) = hold_open(&lab).await;
    let store = lab.store.clone();
    let fat = queue(async move {
        store
            .write::<(), StoreError, _>(async move |tx| {
                sqlx::raw_sql("PRAGMA max_page_count = 1; INSERT INTO remark (body, written_at) SELECT hex(randomblob(1000000)), 0")
                    .execute(tx.conn())
                    .await?;
                Ok(Done::audited((), entry("fat")))
            })
            .await
    })
    .await;
    open.send(()).unwrap();
    let (first, fat) = (first.await.unwrap(), fat.await.unwrap());
    assert!(fat.is_err());
    let remaining = 1 + i64::from(first.is_ok());
    assert_eq!(lab.count("SELECT count(*) FROM board_fact").await, remaining);

    lab.store
        .write::<(), StoreError, _>(async |tx| {
            sqlx::raw_sql("PRAGMA max_page_count = 4294967294").execute(tx.conn()).await?;
            Ok(Done::unaudited((), Unaudited::NothingChanged))
        })
        .await
        .unwrap();
    start_use(lab.store.clone(), "room again").await.unwrap();
    assert_eq!(lab.count("SELECT count(*) FROM board_fact").await, remaining + 1);
}

#[tokio::test]
async fn caller_dropped_while_queued_is_never_served() {
    let lab = Lab::with(PATIENT).await;
    let (open, first) = hold_open(&lab).await;
    let gone = queue(start_use(lab.store.clone(), "gone")).await;
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    open.send(()).unwrap();
    first.await.unwrap().unwrap();
    assert_eq!(lab.count("SELECT count(*) FROM board_fact").await, 1);
}

#[tokio::test]
async fn caller_dropped_mid_job_leaves_a_complete_change() {
    let lab = Lab::with(PATIENT).await;
    let (open, first) = hold_open(&lab).await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    open.send(()).unwrap();
    start_use(lab.store.clone(), "behind it").await.unwrap();
    assert_eq!(lab.count("SELECT count(*) FROM board_fact").await, 2);
    assert_eq!(lab.count("SELECT count(*) FROM audit").await, 2);
}

#[tokio::test]
async fn close_finishes_queued_jobs_and_refuses_new_ones() {
    let lab = Lab::with(PATIENT).await;
    let (open, first) = hold_open(&lab).await;
    let waiting = queue(start_use(lab.store.clone(), "waiting")).await;
    let store = lab.store.clone();
    let closing = queue(async move { store.close().await }).await;
    open.send(()).unwrap();
    closing.await.unwrap();
    first.await.unwrap().unwrap();
    waiting.await.unwrap().unwrap();
    assert!(matches!(start_use(lab.store.clone(), "late").await, Err(StoreError::Closed)));
    assert_eq!(lab.count("SELECT count(*) FROM board_fact").await, 2);
    assert!(!lab.file().with_extension("sqlite-wal").exists(), "the log was folded back into the file");
}

#[tokio::test]
async fn unaudited_change_leaves_no_audit_entry() {
    let lab = Lab::open().await;
    lab.store
        .write::<(), StoreError, _>(async move |tx| {
            boards::heard(tx, LASER, NOON).await?;
            Ok(Done::unaudited((), Unaudited::SignOfLife))
        })
        .await
        .unwrap();
    assert_eq!(lab.count("SELECT count(*) FROM machine_signal").await, 1);
    assert_eq!(lab.count("SELECT count(*) FROM audit").await, 0);
}

#[tokio::test]
async fn reader_connection_is_read_only() {
    let lab = Lab::open().await;
    let mut conn = lab.store.read().await.unwrap();
    let error = sqlx::query("DELETE FROM setting").execute(&mut *conn).await.unwrap_err();
    assert!(error.to_string().contains("readonly"), "{error}");
}

/// Queues uses of one lane, each of which notes its name when it runs.
async fn queue_named(store: &store::Store, ran: &Ran, names: [&'static str; 3]) -> Vec<JoinHandle<()>> {
    let mut queued = Vec::new();
    for name in names {
        let (store, ran) = (store.clone(), Arc::clone(ran));
        let job = async move |_: &mut WriteTx| {
            ran.lock().unwrap().push(name);
            Ok::<_, StoreError>(Done::unaudited((), Unaudited::NothingChanged))
        };
        queued.push(queue(async move { store.write(job).await.unwrap() }).await);
    }
    queued
}

type Ran = Arc<Mutex<Vec<&'static str>>>;

#[tokio::test]
async fn boards_overtake_waiting_changes_and_neither_lane_starves() {
    let lab = Lab::with(PATIENT).await;
    let (commits, ran) = (lab.store.commits(), Ran::default());
    let (open, first) = hold_open(&lab).await;
    let others = queue_named(&lab.store, &ran, ["page 1", "page 2", "page 3"]).await;
    let boards = queue_named(&lab.store.of_boards(), &ran, ["board 1", "board 2", "board 3"]).await;
    open.send(()).unwrap();
    first.await.unwrap().unwrap();
    for job in others.into_iter().chain(boards) {
        job.await.unwrap();
    }
    let order = ["board 1", "board 2", "board 3", "page 1", "page 2", "page 3"];
    assert_eq!(*ran.lock().unwrap(), order);
    assert_eq!(
        lab.store.commits(),
        commits + 3,
        "the batch that a board found open is closed, and each lane has its own"
    );
}

#[tokio::test]
async fn boards_between_two_batches_leave_others_a_turn() {
    let lab = Lab::with(Limits { jobs: 1, ..PATIENT }).await;
    let ran = Ran::default();
    let (open, first) = hold_open(&lab).await;
    let boards = queue_named(&lab.store.of_boards(), &ran, ["board 1", "board 2", "board 3"]).await;
    let others = queue_named(&lab.store, &ran, ["page 1", "page 2", "page 3"]).await;
    open.send(()).unwrap();
    first.await.unwrap().unwrap();
    for job in others.into_iter().chain(boards) {
        job.await.unwrap();
    }
    assert_eq!(*ran.lock().unwrap(), ["board 1", "page 1", "board 2", "page 2", "board 3", "page 3"]);
}
