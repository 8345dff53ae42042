//! `toolgate verify`: its output and exit code, beside a running server and on copies.

use crate::lab::{Lab, displays};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

fn verify(data: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_toolgate"));
    command.args(["verify", "--data"]).arg(data).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn verify_reports_audit_chain_state_by_exit_code() {
    let mut lab = Lab::start().await;
    for name in ["one", "two", "three"] {
        displays::make(&lab.running().ctx, &domain::actor::Actor::TOOLGATE, name).await.unwrap();
    }
    let whole = verify(&lab.config.data);
    assert_eq!(whole.status.code(), Some(0), "beside a server that runs: {}", text(&whole.stderr));
    assert!(text(&whole.stdout).starts_with("The record is whole: "), "{}", text(&whole.stdout));

    lab.stop().await;
    // Not earlier, because daily jobs run and are audited soon after the start.
    let entries = lab.number("SELECT max(seq) FROM audit").await;
    let line = text(&verify(&lab.config.data).stdout);
    assert!(line.starts_with(&format!("The record is whole: {entries} entries")), "{line}");
    let copy = lab.folder().join("copy");
    fs::create_dir(&copy).unwrap();
    let file = copy.join("toolgate.sqlite");
    fs::copy(lab.config.data.join("toolgate.sqlite"), &file).unwrap();
    assert_eq!(text(&verify(&copy).stdout), line, "a copy says the same");
    let mut conn = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    let change = "DROP TRIGGER audit_no_update; UPDATE audit SET subject = 'display:9' WHERE seq = 2";
    sqlx::raw_sql(change).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let broken = verify(&copy);
    assert_eq!(broken.status.code(), Some(1));
    assert!(text(&broken.stderr).contains("entry 2 does not follow"), "{}", text(&broken.stderr));

    // The printed hash is part of the log as long as the log is intact.
    let noted = line.trim().rsplit(' ').next().unwrap();
    let with = |data: &Path, head: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_toolgate"));
        command.args(["verify", "--head", head, "--data"]).arg(data).output().unwrap()
    };
    let still = with(&lab.config.data, noted);
    assert!(still.status.success() && text(&still.stdout).contains("is part of it"), "{}", text(&still.stderr));
    let other = with(&lab.config.data, &"0a".repeat(32));
    assert_eq!(other.status.code(), Some(1));
    assert!(text(&other.stderr).contains("has this hash"), "{}", text(&other.stderr));
    assert_eq!(with(&lab.config.data, "7").status.code(), Some(2), "no hash at all");

    let nothing = lab.folder().join("nothing");
    assert_eq!(verify(&nothing).status.code(), Some(1));
    assert!(!nothing.exists(), "looking makes no folder");
}
