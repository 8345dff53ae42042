//! The old backend, from its published package, in a folder of its own: `FabOMatic` 1.0.7.

use crate::{
    BOARDS, CARD,
    lab::{BrokerProcess, Process},
    load,
    wire::Wire,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

const PACKAGE: &str = "FabOMatic==1.0.7";

/// A running backend; ends with the measurement.
pub struct Peer {
    _process: Process,
    _dir: TempDir,
}

/// Installs it if necessary, and starts it on the broker.
pub fn start(broker: &BrokerProcess) -> Result<Peer, String> {
    let python = installed()?;
    let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
    settings(dir.path(), broker.port).map_err(|error| error.to_string())?;
    let process = run(&python, dir.path()).map_err(|error| error.to_string())?;
    answers(broker.port)?;
    // Its first start created the database; more machines are read with the next message.
    more_machines(dir.path())?;
    Ok(Peer { _process: process, _dir: dir })
}

/// A virtual environment for its package, reused by later runs.
fn installed() -> Result<PathBuf, String> {
    let home = std::env::temp_dir().join("toolgate-bench-peer");
    let python = home.join("bin/python");
    if !python.exists() {
        eprintln!("installing {PACKAGE} …");
        let steps: [(&str, Vec<&str>); 2] = [
            ("python3", vec!["-m", "venv", home.to_str().unwrap_or_default()]),
            (python.to_str().unwrap_or_default(), vec!["-m", "pip", "install", "--quiet", PACKAGE]),
        ];
        for (program, arguments) in steps {
            let done = Command::new(program).args(arguments).stdout(Stdio::null()).status();
            if !done.is_ok_and(|status| status.success()) {
                return Err(format!("{program} failed; it needs python3-venv and the package {PACKAGE}"));
            }
        }
    }
    Ok(python)
}

fn settings(dir: &Path, port: u16) -> std::io::Result<()> {
    let folder = dir.join(".config/FabOMatic");
    fs::create_dir_all(&folder)?;
    fs::create_dir_all(dir.join("log"))?;
    let database = dir.join("database.sqldb");
    let text = format!(
        "[database]\nurl = \"sqlite:///{}\"\nname = \"fablab\"\n\
         [MQTT]\nbroker = \"127.0.0.1\"\nport = {port}\nclient_id = \"backend\"\ntopic = \"machine\"\n\
         reply_subtopic = \"/reply\"\nstats_topic = \"stats\"\nuser = \"\"\n\
         [web]\nsecret_key = \"bench\"\ndefault_admin_email = \"admin@example.org\"\nbase_url = \"localhost:23336\"\n\
         [email]\nserver = \"127.0.0.1\"\nport = 2525\nuse_tls = false\nusername = \"\"\npassword = \"\"\n\
         sender = \"admin@example.org\"\n[weekly_summary]\nenabled = false\nlanguage = \"en\"\n",
        database.display(),
    );
    fs::write(folder.join("settings.toml"), text)
}

fn run(python: &Path, dir: &Path) -> std::io::Result<Process> {
    let mut command = Command::new(python);
    // It reads its settings below the home folder and writes its log there.
    command.args(["-m", "FabOMatic", "-l", "30"]).current_dir(dir).env("HOME", dir);
    Ok(Process::new(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?))
}

fn answers(port: u16) -> Result<(), String> {
    let begin = Instant::now();
    let request = async {
        let mut board: Wire = load::board(port, 1).await;
        while begin.elapsed() < Duration::from_mins(1) {
            // The connection is ours for the whole wait.
            let _ = board.publish("machine/1", crate::CHECK_MACHINE.as_bytes()).await;
            if tokio::time::timeout(Duration::from_millis(500), board.hear()).await.is_ok() {
                return Ok(());
            }
        }
        Err("it does not answer within a minute".to_owned())
    };
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(request))
}

/// Its first start creates machine 1 and the administrator's card.
fn more_machines(dir: &Path) -> Result<(), String> {
    use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
    let fill = async {
        let mut conn = SqliteConnectOptions::new().filename(dir.join("database.sqldb")).connect().await?;
        let columns: Vec<String> =
            sqlx::query_scalar("SELECT name FROM pragma_table_info('machines')").fetch_all(&mut conn).await?;
        let others: Vec<_> =
            columns.iter().filter(|name| !matches!(name.as_str(), "machine_id" | "machine_name")).collect();
        let list: String = others.iter().flat_map(|name| [", ", name.as_str()]).collect();
        let sql = format!(
            "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {BOARDS})
             INSERT INTO machines (machine_id, machine_name{list})
             SELECT i, 'MACHINE' || i{list} FROM n JOIN machines m ON m.machine_id = 1;
             UPDATE users SET card_UUID = '{CARD}' WHERE user_id = 2;"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await?;
        conn.close().await
    };
    let filled: Result<(), sqlx::Error> =
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(fill));
    filled.map_err(|error| format!("its database cannot be filled: {error}"))
}
