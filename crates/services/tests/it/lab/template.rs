//! An empty database of this version, to copy from: playing through all migrations takes most of a short test.

use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use std::{env, fs, path::Path, process};

/// Puts an empty database at `file`. It is migrated once for each build of this test program.
pub async fn put(file: &Path) {
    let program = env::current_exe().unwrap();
    let name = format!("empty-{}.sqlite", program.file_name().unwrap().to_string_lossy());
    let template = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let changed = |path: &Path| path.metadata().and_then(|about| about.modified()).ok();
    // That of an earlier build may have other migrations.
    if changed(&template) < changed(&program) {
        let own = template.with_extension(process::id().to_string());
        services::open(services::Config::new(&own)).await.unwrap().close().await;
        let mut conn = SqliteConnectOptions::new().filename(&own).connect().await.unwrap();
        // Each workshop gives itself one when it is opened.
        sqlx::raw_sql("DELETE FROM calendar_name").execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        // At once, because other tests copy it at this moment.
        fs::rename(&own, &template).unwrap();
    }
    fs::copy(&template, file).unwrap();
}
