//! The systems measured: Toolgate as a process of its own, and the brokers between it and the boards.

use crate::{BOARDS, CARD, Size, client::Client, load, load::Figures, wire::Wire};
use sha2::{Digest, Sha256};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    collections::HashMap,
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// The release binary that cargo built beside this bench.
const TOOLGATE: &str = env!("CARGO_BIN_EXE_toolgate");
/// Topics of the echo; a "power switch" may subscribe to them, a board may publish on them.
const ECHO: &str = "echo";
const ECHO_REPLY: &str = "echo-reply";

/// Session token of person 1, a manager.
const TOKEN: [u8; 32] = [1; 32];

/// The same as the cookie of a browser.
pub fn cookie() -> String {
    data_encoding::BASE64URL_NOPAD.encode(&TOKEN)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broker {
    /// Toolgate's own.
    Inside,
    /// A Mosquitto without logins.
    Mosquitto,
}

/// A process that ends with the measurement.
pub struct Process(Child);

impl Process {
    pub fn new(child: Child) -> Self {
        Self(child)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub struct BrokerProcess {
    pub port: u16,
    _process: Option<Process>,
    _dir: TempDir,
}

pub struct Lab {
    pub toolgate: Process,
    pub broker: BrokerProcess,
    kind: Broker,
    pub started_in: Duration,
    uses: u64,
    data: TempDir,
}

impl Lab {
    /// A space of 200 machines and 1,000 people; machine 1 has `uses` past uses.
    pub async fn open(kind: Broker, uses: u64) -> Self {
        Self::open_with(kind, uses, &[]).await
    }

    /// The same with further options of the program.
    pub async fn open_with(kind: Broker, uses: u64, options: &[&str]) -> Self {
        let data = tempfile::tempdir().unwrap();
        furnish(data.path(), uses).await;
        let outside = (kind == Broker::Mosquitto).then(mosquitto);
        let mut command = Command::new(TOOLGATE);
        command.args(["serve", "--listen", "127.0.0.1:0", "--log", "warn", "--data"]).arg(data.path());
        match &outside {
            Some(broker) => command.args(["--mqtt-url", &format!("mqtt://127.0.0.1:{}", broker.port)]),
            // The echo subscribes with the switch's login, because boards may not.
            None => command
                .args([
                    "--mqtt-listen",
                    "127.0.0.1:0",
                    "--board-delay",
                    "0",
                    "--board-rate",
                    "0",
                    "--switch-user",
                    "echo",
                    "--switch-password",
                    "echo",
                ])
                .args(["--switch-topics", &format!("{ECHO},{ECHO_REPLY}")]),
        };
        command.args(options);
        let begin = Instant::now();
        let toolgate = Process(command.stdout(Stdio::null()).spawn().unwrap());
        let broker = outside.unwrap_or_else(|| {
            let port = inside_port(data.path());
            BrokerProcess { port, _process: None, _dir: tempfile::tempdir().unwrap() }
        });
        first_answer(broker.port).await;
        let started_in = begin.elapsed();
        Self { toolgate, broker, kind, started_in, uses, data }
    }

    /// Resident memory in megabytes.
    pub fn memory(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.toolgate.0.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(f64::NAN) / 1_000.0
    }

    pub async fn sequential(&self, query: &str, size: Size) -> Figures {
        let mut rounds = Vec::new();
        for _ in 0..size.rounds {
            rounds.push(load::sequential(self.broker.port, 1, query, size.sequential).await);
        }
        Figures::median(rounds)
    }

    /// What the process says about itself.
    fn run(&self) -> serde_json::Value {
        serde_json::from_str(&fs::read_to_string(self.data.path().join("run.json")).unwrap()).unwrap()
    }

    /// Address of the pages.
    pub fn http(&self) -> String {
        self.run()["http"].as_str().unwrap().trim_start_matches("http://").trim_end_matches('/').to_owned()
    }

    /// Its address as a socket's.
    pub fn address(&self) -> SocketAddr {
        self.http().parse().unwrap()
    }

    /// Address of the broker with TLS.
    pub fn mqtts(&self) -> SocketAddr {
        self.run()["mqtts"].as_str().unwrap().parse().unwrap()
    }

    /// The browser of a manager.
    pub async fn manager(&self) -> Client {
        Client::connect(&self.http(), &cookie()).await
    }

    /// A statement by hand, while Toolgate runs.
    pub async fn sql(&self, sql: String) {
        let mut conn = SqliteConnectOptions::new()
            .filename(self.data.path().join("toolgate.sqlite"))
            .connect()
            .await
            .unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    }

    /// Pages of the history of machine 1, for managers; the first, or scattered over all of it.
    pub async fn history(&self, deep: bool, size: Size) -> Figures {
        let mut client = self.manager().await;
        let (mut took, warm) = (Vec::with_capacity(size.sequential), size.sequential / 10);
        for n in 0..size.sequential + warm {
            let id = 1 + u64::try_from(n).unwrap() * 7_919_993 % self.uses;
            let after = if deep { format!("?after={}-used-{id}", id * 60_000 + 30_000) } else { String::new() };
            let answer = client.get(&format!("/machines/1/history{after}")).await;
            assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
            took.push(answer.took);
        }
        took.drain(..warm);
        let wall = took.iter().sum();
        Figures::of(took, wall, 0)
    }

    pub async fn pipelined(&self, query: &str, size: Size) -> Figures {
        load::pipelined(self.broker.port, query, size.pipelined).await
    }

    pub async fn pairs(&self, boards: u16, each: usize, size: Size) -> Figures {
        let mut rounds = Vec::new();
        for _ in 0..size.rounds {
            rounds.push(load::pairs(self.broker.port, boards, each, Duration::from_secs(0)).await);
        }
        Figures::median(rounds)
    }

    pub async fn echo_sequential(&self, size: Size) -> Figures {
        self.echo(1, size.sequential).await
    }

    pub async fn echo_pipelined(&self, size: Size) -> Figures {
        self.echo(usize::from(BOARDS), size.pipelined).await
    }

    /// A client that sends back what it receives, with `window` messages in flight.
    async fn echo(&self, window: usize, count: usize) -> Figures {
        let port = self.broker.port;
        let ear = (self.kind == Broker::Inside).then_some(("echo", "echo"));
        let mut hears = Wire::connect(port, "echo-ear", ear).await.unwrap();
        hears.subscribe(ECHO).await.unwrap();
        let mut says = Wire::connect(port, "echo-mouth", None).await.unwrap();
        let echo = tokio::spawn(async move {
            while let Ok(message) = hears.hear().await {
                if says.publish(ECHO_REPLY, &message.payload).await.is_err() {
                    break;
                }
            }
        });
        let mut listens = Wire::connect(port, "caller-ear", ear).await.unwrap();
        listens.subscribe(ECHO_REPLY).await.unwrap();
        let mut asks = Wire::connect(port, "caller-mouth", None).await.unwrap();
        // The whole window goes out on one topic: the echo of the first is taken as the first's.
        let ask = vec![ECHO.to_owned(); window];
        let by_reply = HashMap::from([(ECHO_REPLY.to_owned(), ECHO.to_owned())]);
        let query = crate::check_user();
        let warm_up =
            load::rush(&mut asks, Some(&mut listens), &ask, &by_reply, query.as_bytes(), count / 10).await;
        assert_eq!(warm_up.lost, 0, "the echo loses messages");
        let figures = load::rush(&mut asks, Some(&mut listens), &ask, &by_reply, query.as_bytes(), count).await;
        echo.abort();
        figures
    }
}

/// A Mosquitto as it is delivered, on a free port.
fn mosquitto() -> BrokerProcess {
    let dir = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let config = dir.path().join("conf");
    // Its own limit of 1,000 queued messages would be measured instead of the backends.
    let text = format!(
        "listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 0\nset_tcp_nodelay true\n"
    );
    fs::write(&config, text).unwrap();
    let program = if Path::new("/usr/sbin/mosquitto").exists() { "/usr/sbin/mosquitto" } else { "mosquitto" };
    let process = Command::new(program).arg("-c").arg(config).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let process = Process(process.expect("mosquitto, of the package of that name"));
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        std::thread::yield_now();
    }
    BrokerProcess { port, _process: Some(process), _dir: dir }
}

fn inside_port(data: &Path) -> u16 {
    let begin = Instant::now();
    loop {
        if let Ok(text) = fs::read_to_string(data.join("run.json")) {
            let run: serde_json::Value = serde_json::from_str(&text).unwrap();
            return run["mqtt"].as_str().unwrap().rsplit_once(':').unwrap().1.parse().unwrap();
        }
        assert!(begin.elapsed() < Duration::from_secs(30), "Toolgate does not start");
        std::thread::yield_now();
    }
}

/// Asks until Toolgate answers.
async fn first_answer(port: u16) {
    let mut board = load::board(port, 1).await;
    loop {
        board.publish("machine/1", crate::CHECK_MACHINE.as_bytes()).await.unwrap();
        let patience = Duration::from_millis(5);
        if tokio::time::timeout(patience, board.hear()).await.is_ok() {
            return;
        }
    }
}

/// Fills the file like years of a workshop would, only faster.
async fn furnish(data: &Path, uses: u64) {
    let file = data.join("toolgate.sqlite");
    services::open(services::Config::new(&file)).await.unwrap().close().await;
    let mut conn = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    let sql = format!(
        "INSERT INTO equipment_type (id, name, risk) VALUES (3, 'Laser cutter', 'medium');
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {BOARDS})
            INSERT INTO machine (id, number, type_id, name) SELECT i, i, 3, 'Machine ' || i FROM n;
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
            INSERT INTO person (id, status, created_at) SELECT i, 'active', 0 FROM n;
         INSERT INTO profile (person_id, name) SELECT id, 'Person ' || id FROM person;
         INSERT INTO card (person_id, uid, state, given_at)
            SELECT id, CASE id WHEN 1 THEN '{CARD}' ELSE printf('%08x', id) END, 'active', 0 FROM person;
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
            SELECT p.id, t.id, 'user', 'granted', 0, 'trainer', 0 FROM person p JOIN equipment_type t ON t.id IN (1, 3);
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
            VALUES (1, 1, 'owner', 'granted', 0, 'setup', 0);
         INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'access.simultaneous', '99');
         INSERT INTO alias (id, person_id, month) SELECT id, id, CAST(strftime('%Y%m', 'now') AS INTEGER) FROM person;
         INSERT INTO machine_total SELECT id, 0 FROM machine;
         UPDATE machine_total SET used_ms = {uses} * 30000 WHERE machine_id = 1;
         -- A payment processor would be asked at once for what it has.
         INSERT INTO dues_processor (processor, compared_at) VALUES ('gocardless', (unixepoch() + 86400) * 1000);"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
    let session = sqlx::query(
        "INSERT INTO session (hash, person_id, created_at, seen_at, expires_at, device)
         VALUES (?, 1, unixepoch() * 1000, unixepoch() * 1000, (unixepoch() + 86400) * 1000, 'a benchmark')",
    );
    let hash: [u8; 32] = Sha256::digest(TOKEN).into();
    session.bind(hash.as_slice()).execute(&mut conn).await.unwrap();
    past(&mut conn, uses).await;
    conn.close().await.unwrap();
}

/// The past uses of machine 1. Indexes are created afterwards, each in one go, because row by row takes far
/// longer.
async fn past(conn: &mut SqliteConnection, uses: u64) {
    let of_uses =
        "FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'use_session' AND sql IS NOT NULL ORDER BY name";
    let indexes: Vec<(String, String)> =
        sqlx::query_as(sqlx::AssertSqlSafe(format!("SELECT name, sql {of_uses}")))
            .fetch_all(&mut *conn)
            .await
            .unwrap();
    let drop = indexes.iter().map(|(name, _)| format!("DROP INDEX {name};")).collect::<Vec<_>>().concat();
    let make = indexes.iter().map(|(_, sql)| format!("{sql};")).collect::<Vec<_>>().concat();
    let sql = format!(
        "PRAGMA synchronous = OFF;
         PRAGMA cache_size = -200000;
         {drop}
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {uses})
            INSERT INTO use_session (id, machine_id, alias_id, card_id, started_at, last_sign_at, ended_at, ending, source,
                approximate, provisional, other_card, twin_start, twin_stop, authorised)
            SELECT i, 1, 1 + i % 1000, 1 + i % 1000, i * 60000, i * 60000 + 30000, i * 60000 + 30000, 'logged-out', 'live',
                0, 0, 0, 0, 0, 1 FROM n;
         {make}
         PRAGMA wal_checkpoint(TRUNCATE);"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(conn).await.unwrap();
}
