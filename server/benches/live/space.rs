//! A space whose members are all signed in, behind a Toolgate process.

use sha2::{Digest, Sha256};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use std::{
    fs,
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// The binary that cargo built beside this bench.
const TOOLGATE: &str = env!("CARGO_BIN_EXE_toolgate");
/// A card qualified on everything.
pub const CARD: &str = "12345678";
/// The system's unit of processor time.
const TICKS_PER_SECOND: u32 = 100;

/// A process that ends with the measurement.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub struct Space {
    pub http: SocketAddr,
    pub mqtt: u16,
    process: Process,
    data: TempDir,
}

/// Session token of a person: their number repeated, as a cookie carries it.
pub fn token(person: usize) -> String {
    data_encoding::BASE64URL_NOPAD.encode(&secret(person))
}

fn secret(person: usize) -> [u8; 32] {
    let number = u32::try_from(person).unwrap().to_le_bytes();
    std::array::from_fn(|at| number[at % number.len()])
}

impl Space {
    /// With room for this many connections and members, and mails leaving by the port `smtp`.
    pub async fn open(connections: usize, people: usize, smtp: u16) -> Self {
        let data = tempfile::tempdir().unwrap();
        furnish(data.path(), people).await;
        let most = connections.to_string();
        let mut command = Command::new(TOOLGATE);
        command.args(["serve", "--listen", "127.0.0.1:0", "--mqtt-listen", "127.0.0.1:0", "--log", "warn"]);
        command.args(["--board-delay", "0", "--board-rate", "0", "--max-connections", &most]);
        let smtp = format!("smtp://127.0.0.1:{smtp}");
        command.args(["--smtp-url", &smtp, "--mail-from", "bench@toolgate.example"]);
        command.args(["--public-url", "http://toolgate.example"]);
        command.arg("--data").arg(data.path());
        let process = Process(command.stdout(Stdio::null()).spawn().unwrap());
        let begin = Instant::now();
        loop {
            if let Ok(text) = fs::read_to_string(data.path().join("run.json")) {
                let run: serde_json::Value = serde_json::from_str(&text).unwrap();
                let http = run["http"].as_str().unwrap().trim_start_matches("http://").trim_end_matches('/');
                let mqtt = run["mqtt"].as_str().unwrap().rsplit_once(':').unwrap().1;
                let (http, mqtt) = (http.parse().unwrap(), mqtt.parse().unwrap());
                return Self { http, mqtt, process, data };
            }
            assert!(begin.elapsed() < Duration::from_mins(1), "Toolgate does not start");
            std::thread::yield_now();
        }
    }

    /// Writes to the database beside the server.
    pub async fn sql(&self, sql: String) {
        let file = self.data.path().join("toolgate.sqlite");
        let options = SqliteConnectOptions::new().filename(file).busy_timeout(Duration::from_mins(1));
        let mut conn = options.connect().await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    }

    /// Resident memory of the server, in kilobytes.
    pub fn memory(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.0.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.trim().trim_end_matches(" kB").parse().unwrap_or(f64::NAN)
    }

    /// Processor time of the server since its start.
    pub fn cpu(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.0.id())).unwrap_or_default();
        // After the name in brackets: user and system time are the 12th and 13th.
        let rest = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let ticks: u32 = rest.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<u32>().ok()).sum();
        Duration::from_secs(1) * ticks / TICKS_PER_SECOND
    }
}

async fn furnish(data: &Path, people: usize) {
    let file = data.join("toolgate.sqlite");
    services::open(services::Config::new(&file)).await.unwrap().close().await;
    let mut conn = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    let sql = format!(
        "INSERT INTO equipment_type (id, name, risk) VALUES (3, 'Laser cutter', 'medium');
         INSERT INTO machine (id, number, type_id, name) VALUES (1, 1, 3, 'Laser'), (2, 2, 3, 'Other laser');
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {people})
            INSERT INTO person (id, status, created_at) SELECT i, 'active', 0 FROM n;
         INSERT INTO profile (person_id, name, email)
            SELECT id, 'Person ' || id, 'p' || id || '@toolgate.example' FROM person;
         INSERT INTO card (person_id, uid, state, given_at) VALUES ({people}, '{CARD}', 'active', 0);
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
            SELECT p.id, t.id, 'user', 'granted', 0, 'trainer', 0 FROM person p JOIN equipment_type t ON t.id IN (1, 3);
         INSERT INTO mail_times (person_id, digest_hour) SELECT id, 8 FROM person;
         INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'access.simultaneous', '99');"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
    for person in 1..=people {
        let session = sqlx::query(
            "INSERT INTO session (hash, person_id, created_at, seen_at, expires_at, device)
             VALUES (?, ?, unixepoch() * 1000, unixepoch() * 1000, (unixepoch() + 86400) * 1000, 'a benchmark')",
        );
        let hash: [u8; 32] = Sha256::digest(secret(person)).into();
        let session = session.bind(hash.as_slice()).bind(i64::try_from(person).unwrap());
        session.execute(&mut conn).await.unwrap();
    }
    conn.close().await.unwrap();
}
