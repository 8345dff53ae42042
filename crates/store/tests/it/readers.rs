//! The reading connections: lent, returned in any state, and closed.

use crate::lab::{LASER, Lab, NOON};
use store::{Done, Snapshot, StoreError, Tuning, Unaudited, boards};

async fn seen(snapshot: &mut Snapshot) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM machine_signal").fetch_one(&mut **snapshot).await.unwrap()
}

async fn hear(lab: &Lab) {
    lab.store
        .write::<(), StoreError, _>(async move |tx| {
            boards::heard(tx, LASER, NOON).await?;
            Ok(Done::unaudited((), Unaudited::SignOfLife))
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn open_snapshot_is_stable_and_next_snapshot_sees_changes() {
    let lab = Lab::open().await;
    let mut before = lab.store.snapshot().await.unwrap();
    assert_eq!(seen(&mut before).await, 0);
    hear(&lab).await;
    assert_eq!(seen(&mut before).await, 0);
    drop(before);
    // More than there are connections: none has the old state.
    for _ in 0..=Tuning::default().readers {
        assert_eq!(seen(&mut lab.store.snapshot().await.unwrap()).await, 1);
    }
}

#[tokio::test]
async fn exhausted_pool_waits_and_reuses_a_returned_reader() {
    let lab = Lab::open().await;
    let mut lent = Vec::new();
    for _ in 0..Tuning::default().readers {
        lent.push(lab.store.read().await.unwrap());
    }
    let mut waiting = std::pin::pin!(lab.store.read());
    assert!(futures::poll!(&mut waiting).is_pending());
    lent.pop();
    let mut next = waiting.await.unwrap();
    let one: i64 = sqlx::query_scalar("SELECT 1").fetch_one(&mut *next).await.unwrap();
    assert_eq!(one, 1);
}

#[tokio::test]
async fn reader_dropped_mid_statement_is_reusable() {
    let lab = Lab::open().await;
    // On a busy machine one may finish before it is polled: it was not cancelled then.
    let mut given_up = 0;
    for _ in 0..50 {
        let mut reader = lab.store.read().await.unwrap();
        let long =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 30000) SELECT count(*) FROM n";
        let mut statement = std::pin::pin!(sqlx::query_scalar::<_, i64>(long).fetch_one(&mut *reader));
        given_up += i32::from(futures::poll!(&mut statement).is_pending());
        let mut beginning = Box::pin(lab.store.snapshot());
        given_up += i32::from(futures::poll!(&mut beginning).is_pending());
    }
    assert!(given_up > 50, "{given_up}");
    for _ in 0..=Tuning::default().readers {
        assert_eq!(seen(&mut lab.store.snapshot().await.unwrap()).await, 0);
    }
}

#[tokio::test]
async fn close_waits_for_open_readers_and_refuses_new_ones() {
    let lab = Lab::open().await;
    let reader = lab.store.read().await.unwrap();
    let mut closing = std::pin::pin!(lab.store.close());
    assert!(futures::poll!(&mut closing).is_pending());
    drop(reader);
    closing.await;
    assert!(matches!(lab.store.read().await, Err(StoreError::Closed)));
    assert!(matches!(lab.store.snapshot().await, Err(StoreError::Closed)));
}

#[tokio::test]
async fn readers_of_boards_are_free_while_all_others_are_lent() {
    let lab = Lab::open().await;
    let mut lent = Vec::new();
    for _ in 0..Tuning::default().readers {
        lent.push(lab.store.read().await.unwrap());
    }
    let mut reader = lab.store.of_boards().read().await.unwrap();
    let one: i64 = sqlx::query_scalar("SELECT 1").fetch_one(&mut *reader).await.unwrap();
    assert_eq!(one, 1);
}
