//! A22: the server is killed at any moment, fifty times, while boards report uses. Every answered message is in
//! the database, exactly once.
//!
//! The boards act like the firmware: one query at a time, two seconds for its answer, and unanswered messages are
//! stored and sent again first. Each use has a card of its own, so that each can be found.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop")]

use domain::cards::CardUid;
use fabomatic::Query;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Packet, QoS};
use rustix::process::{Pid, Signal, kill_process};
use server::{
    config::{Config, Options},
    process,
};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    collections::{HashMap, VecDeque},
    io::{BufRead, BufReader, Lines},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
    time::{Instant, sleep, sleep_until, timeout},
};

const ROUNDS: usize = 50;
const BOARDS: u16 = 40;
/// Cards that every board has.
const CARDS: u16 = 400;
/// How long a board waits for an answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// Milliseconds between two actions at a board.
const PAUSE: std::ops::Range<u64> = 20..1_300;
/// Milliseconds between start and kill of the server.
const LIFE: std::ops::Range<u64> = 30..500;
const SOON: Duration = Duration::from_mins(1);

/// Machines 1 to 40, and 400 cards for each: `0000` and so on, the last four digits count.
const FIXTURE: &str = "
    INSERT INTO person (id, status, created_at) VALUES (1, 'active', 0);
    INSERT INTO profile (person_id, name) VALUES (1, 'Ada Lovelace');
    INSERT INTO equipment_type (id, name, risk) VALUES (3, 'Laser cutter', 'medium');
    INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at) VALUES
        (1, 1, 'user', 'granted', 0, 'setup', 0), (1, 3, 'user', 'granted', 0, 'trainer', 0);
    WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 40)
    INSERT INTO machine (id, number, type_id, name) SELECT n, n, 3, 'Laser ' || n FROM n;
    WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 16400)
    INSERT INTO card (person_id, uid, state, given_at) SELECT 1, printf('%08x', n), 'active', 0 FROM n;";

/// Signals the start of every query about a use.
type QuerySignal = Arc<Notify>;

/// A server in its own process; dropping it is a `kill -9`.
struct Life {
    child: Child,
    port: u16,
    /// Held open: its further output is a few lines, which the pipe has room for.
    message: Lines<BufReader<ChildStdout>>,
}

impl Life {
    async fn begin(data: &Path) -> Self {
        let data = data.to_owned();
        let begin = tokio::task::spawn_blocking(move || Self::begin_and_read(&data));
        timeout(SOON, begin).await.expect("in time").unwrap()
    }

    fn begin_and_read(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_toolgate"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--mqtt-listen",
                "127.0.0.1:0",
                "--board-delay",
                "0",
                "--log",
                "error",
                "--data",
            ])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let message = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut life = Self { child, port: 0, message };
        let place =
            life.message.by_ref().map(Result::unwrap).find(|message| message.starts_with("Boards connect to"));
        life.port = place.expect("it starts").rsplit_once(':').unwrap().1.parse().unwrap();
        life
    }

    /// Stops in the middle of whatever it does, until a board waits for an answer that will not come.
    async fn freeze(&self, asked: &QuerySignal) {
        let pid = Pid::from_child(&self.child);
        loop {
            // One board is connected. All others may still connect, which a stopped server lets none of them do:
            // then no query comes, and it goes on.
            asked.notified().await;
            kill_process(pid, Signal::STOP).unwrap();
            if timeout(PATIENCE, asked.notified()).await.is_ok() {
                return;
            }
            kill_process(pid, Signal::CONT).unwrap();
        }
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// One true use.
struct Use {
    card: CardUid,
    began: Instant,
    seconds: Option<u64>,
}

/// Outcome of a query.
enum Outcome {
    Answered,
    /// The connection is gone, or must be given up.
    Lost,
}

struct Board {
    number: u16,
    rng: StdRng,
    kept: VecDeque<Query>,
    uses: Vec<Use>,
    /// When the next action happens.
    next: Instant,
    answered: usize,
    twins: usize,
    asked: QuerySignal,
}

impl Board {
    fn new(number: u16, asked: QuerySignal) -> Self {
        let rng = StdRng::seed_from_u64(number.into());
        let (stored, uses) = (VecDeque::new(), Vec::new());
        Self { number, rng, kept: stored, uses, next: Instant::now(), answered: 0, twins: 0, asked }
    }

    /// Until all people have left and everything is reported.
    async fn live(mut self, mut port: watch::Receiver<Option<u16>>, mut closing: watch::Receiver<bool>) -> Self {
        loop {
            let done = *closing.borrow_and_update() && !self.is_in_use();
            if done && self.kept.is_empty() {
                return self;
            }
            let there = *port.borrow_and_update();
            let Some(there) = there else {
                tokio::select! {
                    () = sleep_until(self.next), if !done => drop(self.act()),
                    _ = port.changed() => {}
                }
                continue;
            };
            if let Ok(mut wire) = Wire::connect(there, self.number).await {
                self.talk(&mut wire, &closing).await;
            } else {
                // Killed meanwhile; the next one has another port.
                sleep(Duration::from_millis(10)).await;
            }
        }
    }

    fn is_in_use(&self) -> bool {
        self.uses.last().is_some_and(|one| one.seconds.is_none())
    }

    /// While the connection lasts.
    async fn talk(&mut self, wire: &mut Wire, closing: &watch::Receiver<bool>) {
        loop {
            while let Some(oldest) = self.kept.front() {
                let Outcome::Answered = wire.ask(oldest).await else { return };
                self.answered += 1;
                self.kept.pop_front();
            }
            let Outcome::Answered = wire.ask(&Query::CheckMachine).await else { return };
            if *closing.borrow() && !self.is_in_use() {
                return;
            }
            tokio::select! {
                () = sleep_until(self.next) => {}
                () = wire.until_lost() => return,
            }
            let message = self.act();
            self.asked.notify_waiters();
            if let Outcome::Lost = wire.ask(&message).await {
                self.twins += 1;
                return;
            }
            self.answered += 1;
            self.kept.pop_back();
        }
    }

    /// Logs in or out. Stored until it is answered.
    fn act(&mut self) -> Query {
        self.next = Instant::now() + Duration::from_millis(self.rng.random_range(PAUSE));
        let message = if self.is_in_use() {
            let running = self.uses.last_mut().unwrap();
            let duration = running.began.elapsed();
            running.seconds = Some(duration.as_secs());
            Query::StopUse { uid: running.card.clone(), duration, replay: false }
        } else {
            let card = usize::from(self.number * CARDS) + self.uses.len();
            let uid = CardUid::from_board(&format!("{card:08x}")).unwrap();
            self.uses.push(Use { card: uid.clone(), began: Instant::now(), seconds: None });
            Query::StartUse { uid, replay: false }
        };
        self.kept.push_back(message.clone().into_replay());
        message
    }
}

/// A board's connection.
struct Wire {
    client: AsyncClient,
    events: EventLoop,
    topic: String,
}

impl Wire {
    async fn connect(port: u16, number: u16) -> Result<Self, ()> {
        let mut options = MqttOptions::new(format!("BOARD{number}"), "127.0.0.1", port);
        options.set_keep_alive(Duration::from_secs(10)).set_clean_session(true);
        let (client, events) = AsyncClient::new(options, 10);
        let topic = format!("machine/{number}");
        let mut wire = Self { client, events, topic };
        let reply = format!("{}/reply", wire.topic);
        wire.client.try_subscribe(reply, QoS::AtMostOnce).map_err(drop)?;
        let heard = timeout(PATIENCE, async {
            while !matches!(wire.events.poll().await.map_err(drop)?, Event::Incoming(Packet::SubAck(_))) {}
            Ok(())
        });
        heard.await.map_err(drop)??;
        Ok(wire)
    }

    async fn ask(&mut self, query: &Query) -> Outcome {
        if self.client.try_publish(self.topic.as_str(), QoS::AtMostOnce, false, query.encode()).is_err() {
            return Outcome::Lost;
        }
        let answer = timeout(PATIENCE, async {
            loop {
                match self.events.poll().await {
                    Ok(Event::Incoming(Packet::Publish(_))) => return Outcome::Answered,
                    Ok(_) => {}
                    Err(_) => return Outcome::Lost,
                }
            }
        });
        answer.await.unwrap_or(Outcome::Lost)
    }

    async fn until_lost(&mut self) {
        while self.events.poll().await.is_ok() {}
    }
}

async fn database(data: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(data.join("toolgate.sqlite")).connect().await.unwrap()
}

// A22
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_under_load_lose_and_duplicate_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let options = Options { data: Some(data.clone()), ..Options::default() };
    process::open(&Config::load(options).unwrap()).await.unwrap().ctx.close().await;
    let mut conn = database(&data).await;
    sqlx::raw_sql(FIXTURE).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();

    let (place, port) = watch::channel(None);
    let (close, closing) = watch::channel(false);
    let mut boards = JoinSet::new();
    let asked = QuerySignal::default();
    for number in 1..=BOARDS {
        boards.spawn(Board::new(number, asked.clone()).live(port.clone(), closing.clone()));
    }
    let mut rng = StdRng::seed_from_u64(22);
    for round in 0..ROUNDS {
        let life = Life::begin(&data).await;
        place.send_replace(Some(life.port));
        sleep(Duration::from_millis(rng.random_range(LIFE))).await;
        // Half of the kills are at any moment, which on an idle machine is rarely one at which a board waits.
        if round % 2 == 1 {
            timeout(SOON, life.freeze(&asked)).await.expect("in time");
        }
        drop(life);
        place.send_replace(None);
    }
    let life = Life::begin(&data).await;
    place.send_replace(Some(life.port));
    close.send_replace(true);
    let boards = timeout(SOON, boards.join_all()).await.expect("everything is told in time");
    drop(life);

    let mut conn = database(&data).await;
    let sound: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut conn).await.unwrap();
    assert_eq!(sound, "ok");
    let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(
        "SELECT c.uid, count(*), sum(u.ended_at IS NULL), sum(ifnull(u.ended_at, u.started_at) - u.started_at)
           FROM use_session u JOIN card c ON c.id = u.card_id GROUP BY c.uid",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    let mut history: HashMap<String, (i64, i64, i64)> =
        rows.into_iter().map(|(card, count, open, length)| (card, (count, open, length))).collect();
    let (mut uses, mut answered, mut twins) = (0, 0, 0);
    for board in &boards {
        (uses, answered, twins) = (uses + board.uses.len(), answered + board.answered, twins + board.twins);
        for one in &board.uses {
            let seconds = i64::try_from(one.seconds.expect("everybody left")).unwrap();
            let (count, open, length) = history.remove(one.card.as_str()).unwrap_or_default();
            assert_eq!((count, open), (1, 0), "the use of card {}, {seconds} s", one.card.as_str());
            // As long as the board says, unless its start was in flight for longer than the use took.
            assert!(
                (length - seconds * 1_000).abs() <= 2_000,
                "card {}: {length} ms, {seconds} s",
                one.card.as_str()
            );
        }
    }
    assert!(history.is_empty(), "nobody did this: {history:?}");
    println!("{uses} uses, {answered} words answered, {twins} sent and not answered");
    assert!(uses > 200 && twins >= ROUNDS / 2, "hardly a load: {uses} uses, {twins} twins");
    let facts = "SELECT count(*) FROM (SELECT DISTINCT card_id, action FROM board_fact)";
    let facts: i64 = sqlx::query_scalar(facts).fetch_one(&mut conn).await.unwrap();
    assert_eq!(usize::try_from(facts).unwrap(), 2 * uses, "a start and a stop of each");
    let hours =
        "SELECT (SELECT sum(used_ms) FROM machine_total) - (SELECT sum(ended_at - started_at) FROM use_session)";
    let hours: i64 = sqlx::query_scalar(hours).fetch_one(&mut conn).await.unwrap();
    assert_eq!(hours, 0, "hours are counted once");
    conn.close().await.unwrap();

    let verified =
        Command::new(env!("CARGO_BIN_EXE_toolgate")).args(["verify", "--data"]).arg(&data).output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}
