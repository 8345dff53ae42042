//! The system page, and the copy downloaded there.

use crate::{lab::displays, roles::Space};
use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use domain::actor::Actor;
use services::{copies, system};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};

#[tokio::test]
async fn downloaded_copy_is_intact_audited_and_leaves_no_files() {
    let space = Space::open('a', Some(9)).await;
    space.reset().await;
    let answer = space.send(Request::post("/system/copy").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let heading = |name| answer.headers().get(name).unwrap().to_str().unwrap().to_owned();
    assert!(heading(header::CONTENT_DISPOSITION).contains("toolgate.sqlite"));
    assert!(heading(header::CACHE_CONTROL).contains("no-store"));
    let length: usize = heading(header::CONTENT_LENGTH).parse().unwrap();
    let bytes = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    assert_eq!(bytes.len(), length);

    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("copy.sqlite");
    std::fs::write(&file, &bytes).unwrap();
    let mut conn = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    let whole: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut conn).await.unwrap();
    assert_eq!(whole, "ok");
    let who = "SELECT l.person_id FROM audit a JOIN alias l ON l.id = a.alias WHERE a.action = 'system.copied'";
    let by: i64 = sqlx::query_scalar(who).fetch_one(&mut conn).await.unwrap();
    assert_eq!(by, 9, "the copy says itself who took it");
    conn.close().await.unwrap();

    let beside = std::fs::read_dir(space.file().parent().unwrap()).unwrap();
    let beside: Vec<_> = beside.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(beside.iter().all(|name| !name.contains("taken") && !name.contains("unfinished")), "{beside:?}");
    space.ctx.close().await;
}

#[tokio::test]
async fn system_page_reports_size_and_last_backup() {
    let space = Space::open('a', Some(9)).await;
    let page = || async { system::page(&space.ctx, &Actor::TOOLGATE).await.unwrap() };
    let before = page().await;
    assert!(before.backup.is_none() && before.taken.is_none());
    let entries = |page: &contract::system::SystemPage| page.counts.last().unwrap().1;
    displays::make(&space.ctx, &Actor::TOOLGATE, "Hall").await.unwrap();
    let to = space.file().with_extension("copy");
    let bytes = copies::back_up(&space.file(), &to, domain::time::Millis(1_800_000_000_000)).await.unwrap();
    let after = page().await;
    assert_eq!(entries(&after), entries(&before) + 1);
    let backup = after.backup.unwrap();
    assert_eq!((backup.bytes, backup.at.at.0), (bytes, 1_800_000_000_000));
    assert_eq!(backup.to, to.display().to_string());
    // A copy is compacted.
    assert!(after.bytes.abs_diff(bytes) < bytes / 10, "{} {bytes}", after.bytes);
    assert!(after.schema > 202_611_200_000 && after.sqlite.starts_with("3."));
    space.ctx.close().await;
}
