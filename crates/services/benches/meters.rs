//! What a million readings a day cost: time of a core, bytes of file, a year as a graph, and what a swipe notices of it.
//!
//! `cargo xtask bench meters [--quick]`; the table goes to the terminal and into `BENCHMARKS.md`. A day passes in seconds, by a clock
//! that the benchmark moves; messages and jobs are those of operation. The broker is not part of it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a measurement that cannot go on should stop, and figures are rounded anyway"
)]

#[path = "../../../server/benches/common/mod.rs"]
mod common;
#[path = "common/figures.rs"]
mod figures;
#[path = "common/person.rs"]
mod person;

use common::{machine, publish, today};
use contract::{
    form::Fields,
    meters::{ReadMeterPage, ReadReadings},
};
use domain::{
    actor::Actor,
    boards::MachineNumber,
    cards::CardUid,
    id::MeterId,
    jobs::Job,
    time::{DAY, HOUR, MINUTE, Millis, millis},
    uses::Action,
};
use figures::{Figures, figures};
use person::actor;
use services::{
    Config, Ctx, access, actuators, building_devices,
    clock::Clock,
    jobs, meters, serve,
    uses::{self, Word},
};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    fmt::Write,
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use text::Lang;

/// Meters, each of a device of its own: half are plugs of machines that speak as a Tasmota, a quarter as a Shelly, a quarter are
/// thermometers.
const METERS: usize = 200;
/// Time between two readings of a meter.
const EVERY: Duration = Duration::from_secs(17);
/// Days whose roll-up is stored.
const MONTH: u32 = 30;
/// Days before them, which only the year as a graph reads.
const EARLIER: i64 = 730;
const PEOPLE: i64 = 1_000;
const MACHINES: i64 = 100;
/// The load while swipes are measured, in times of that of operation.
const FASTER: u32 = 2;

/// A clock that the benchmark moves.
struct SimulatedClock {
    began: Millis,
    passed: AtomicI64,
}

impl Clock for SimulatedClock {
    fn now(&self) -> Millis {
        Millis(self.began.0 + self.passed.load(Relaxed))
    }

    fn steady(&self) -> Duration {
        Duration::from_millis(self.passed.load(Relaxed).unsigned_abs())
    }
}

impl SimulatedClock {
    fn pass(&self, time: Duration) {
        self.passed.fetch_add(millis(time), Relaxed);
    }
}

/// Amount of measurements.
struct Size {
    /// Days with a reading of each meter every 17 seconds.
    days: u32,
    /// Times that the graph is read.
    graphs: usize,
    /// How long swipes are measured in each round.
    round: Duration,
    rounds: usize,
}

const FULL: Size = Size { days: 1, graphs: 500, round: Duration::from_secs(30), rounds: 5 };
const QUICK: Size = Size { days: 0, graphs: 50, round: Duration::from_secs(4), rounds: 1 };

/// The measured figures.
struct Results {
    /// Messages, and the seconds of a core that they took with their jobs.
    messages: u64,
    seconds: f64,
    /// How much of that was hearing them.
    hearing: f64,
    /// The length of the simulated time.
    simulated: Duration,
    /// Bytes that the file grew in the days of the roll-up.
    bytes: i64,
    days: u32,
    graphs: Vec<(&'static str, Figures)>,
    swipes: [[Figures; 2]; 2],
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let size = if quick { QUICK } else { FULL };
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bench.sqlite");
    services::open(Config::new(&file)).await.unwrap().close().await;
    let now = Millis(i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap());
    let month = if quick { 2 } else { MONTH };
    // It ends before now, because swipes go by the clock of the system.
    let began = Millis(now.before(DAY * month + HOUR * 2).0 / millis(HOUR) * millis(HOUR));
    fill(&file, began).await;

    let clock = Arc::new(SimulatedClock { began, passed: AtomicI64::default() });
    let ctx = services::open(Config { clock: clock.clone(), ..Config::new(&file) }).await.unwrap();
    meters::load_routes(&ctx).await.unwrap();
    // So that messages of devices without an output are dropped, as in operation.
    actuators::due(&ctx).await.unwrap();
    let mut plugs = Devices::new();
    plugs.say_all(&ctx);
    let before = bytes(&file).await;
    eprintln!("readings every {} s …", EVERY.as_secs());
    let length = if size.days == 0 { HOUR } else { DAY * size.days };
    let (messages, hearing, seconds) = readings(&ctx, &clock, &mut plugs, length).await;
    eprintln!("the rest of the month …");
    let rest = (DAY * month).saturating_sub(length);
    rest_of_month(&ctx, &clock, &mut plugs, rest).await;
    let grown = bytes(&file).await - before;
    check(&file).await;
    eprintln!("graphs …");
    let manager = actor(&file, 1).await;
    let graphs = vec![
        ("a year as a graph", graphs(&ctx, &manager, "year", size.graphs).await),
        ("a day as a graph", graphs(&ctx, &manager, "day", size.graphs).await),
        ("a year for programs", years(&ctx, &manager, size.graphs).await),
    ];
    ctx.close().await;
    eprintln!("swipes …");
    let swipes = swipes(&file, plugs, &size).await;
    let results =
        Results { messages, seconds, hearing, simulated: length, bytes: grown, days: month, graphs, swipes };
    publish("meters", &table(&results), quick);
}

/// People with cards, machines, and devices with a meter each; the days before those that are simulated.
async fn fill(file: &Path, began: Millis) {
    let mut conn = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    let (plugs, shellies, first) = (METERS / 2, METERS * 3 / 4, began.0.div_euclid(millis(DAY)) - EARLIER);
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "PRAGMA synchronous = OFF;
         BEGIN;
         CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {PEOPLE}) SELECT i FROM n;
         INSERT INTO person (id, status, created_at) SELECT i, 'active', 0 FROM n;
         INSERT INTO profile (person_id, name) SELECT i, 'Person ' || i FROM n;
         INSERT INTO card (id, person_id, uid, state, given_at) SELECT i, i, printf('%08x', i), 'active', 0 FROM n;
         INSERT INTO equipment_type (id, name, risk) VALUES (3, 'Saw', 'medium');
         INSERT INTO machine (id, number, type_id, name) SELECT i, i, 3, 'Machine ' || i FROM n WHERE i <= {MACHINES};
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             SELECT i, kind, 'user', 'granted', 0, 'import', 0 FROM n, (SELECT 1 AS kind UNION SELECT 3);
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (1, 1, 'owner', 'granted', 0, 'import', 0);
         INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.zone', 'UTC');
         INSERT INTO building_device (id, name, dialect, topic, machine_id, user, hash, login_at, added_at)
             SELECT i, 'Device ' || i, iif(i <= {plugs}, 'tasmota', iif(i <= {shellies}, 'shelly', 'json')), 'device-' || i,
                    iif(i <= {plugs} AND i <= {MACHINES}, i, NULL), 'd-' || i, zeroblob(32), 0, 0
               FROM n WHERE i <= {METERS};
         INSERT INTO meter (id, device_id, name, measure, unit, path, total)
             SELECT i, i, 'Meter ' || i, iif(i <= {shellies}, 'power', 'temperature'),
                    iif(i <= {plugs}, 'kWh', iif(i <= {shellies}, 'Wh', 'C')), iif(i <= {shellies}, '', 't'), i % 25 = 0
               FROM n WHERE i <= {METERS};
         INSERT INTO meter_day (meter_id, day, amount, count, least, most)
             SELECT m.i, {first} + d.i - 1, 2000000 + m.i * 1000 + d.i, 5082, NULL, NULL
               FROM n m JOIN n d ON d.i <= {EARLIER} WHERE m.i <= {shellies};
         COMMIT;
         ANALYZE;"
    )))
    .execute(&mut conn)
    .await
    .unwrap();
    conn.close().await.unwrap();
}

/// The devices, and what each has counted.
struct Devices {
    /// Tenths of a watt-hour.
    counted: Vec<u64>,
    sent: u64,
}

impl Devices {
    fn new() -> Self {
        Self { counted: vec![1_000_000; METERS], sent: 0 }
    }

    /// The next reading of one device, as it comes from the broker.
    fn say(&mut self, ctx: &Ctx, at: usize) {
        let (topic, payload) = self.message(at);
        assert!(building_devices::hear(ctx, &topic, payload.as_bytes(), false), "{topic}");
    }

    fn say_all(&mut self, ctx: &Ctx) {
        for at in 0..METERS {
            self.say(ctx, at);
        }
    }

    fn message(&mut self, at: usize) -> (String, String) {
        let name = at + 1;
        self.sent += 1;
        // About 20 watts: a machine on standby.
        let tenths = &mut self.counted[at];
        *tenths += 1;
        let tenths = *tenths as f64;
        if at < METERS / 2 {
            let total = tenths / 10_000.0;
            let energy = format!(
                r#"{{"Time":"2026-10-03T12:49:13","ENERGY":{{"Total":{total:.4},"Today":0.327,"Period":25,"Power":21,"Voltage":239,"Current":0.100}}}}"#
            );
            (format!("tele/device-{name}/SENSOR"), energy)
        } else if at < METERS * 3 / 4 {
            let total = tenths / 10.0;
            let energy = format!(
                r#"{{"id":0,"output":true,"apower":21.2,"voltage":239.7,"current":0.188,"aenergy":{{"total":{total:.3}}},"temperature":{{"tC":48.1}}}}"#
            );
            (format!("device-{name}/status/switch:0"), energy)
        } else {
            let degrees = 18.0 + (self.sent % 60) as f64 / 10.0;
            (format!("device-{name}"), format!(r#"{{"t":{degrees:.1},"humidity":41.5,"battery":97}}"#))
        }
    }
}

/// Readings every 17 seconds for `length`, and the job every minute. Returns the messages, and the seconds of a core that hearing
/// them took and that everything did.
async fn readings(ctx: &Ctx, clock: &SimulatedClock, devices: &mut Devices, length: Duration) -> (u64, f64, f64) {
    let (before, began) = (devices.sent, clock.now());
    let mut stored = began;
    let mut hearing = Duration::ZERO;
    let busy = cpu();
    while clock.now() < began.after(length) {
        clock.pass(EVERY);
        let heard = Instant::now();
        devices.say_all(ctx);
        hearing += heard.elapsed();
        if clock.now().since(stored) >= MINUTE {
            stored = clock.now();
            jobs::run(ctx, Job::Meters).await;
        }
    }
    (devices.sent - before, hearing.as_secs_f64(), cpu() - busy)
}

/// A reading in each quarter of an hour, which leads to as many rows as one every 17 seconds.
async fn rest_of_month(ctx: &Ctx, clock: &SimulatedClock, devices: &mut Devices, length: Duration) {
    let until = clock.now().after(length);
    while clock.now() < until {
        clock.pass(MINUTE * 15);
        devices.say_all(ctx);
        jobs::run(ctx, Job::Meters).await;
    }
}

/// Seconds of a core that this process took.
fn cpu() -> f64 {
    /// Of Linux, in a second.
    const TICKS: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks = fields.split_whitespace().skip(11).take(2);
    ticks.map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / TICKS
}

async fn number(conn: &mut SqliteConnection, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(conn).await.unwrap()
}

/// The length of the file once everything is in it, without free pages.
async fn bytes(file: &Path) -> i64 {
    let mut conn = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    let pages = number(&mut conn, "PRAGMA page_count").await - number(&mut conn, "PRAGMA freelist_count").await;
    let bytes = pages * number(&mut conn, "PRAGMA page_size").await;
    conn.close().await.unwrap();
    bytes
}

/// Nothing may be lost: what quarters have together is what each counter counted, and days have the same.
async fn check(file: &Path) {
    let mut conn = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    let wrong = "SELECT count(*) FROM meter m WHERE m.measure = 'power' AND m.value - 100000000
                  <> (SELECT sum(q.amount) + 100 FROM meter_quarter q WHERE q.meter_id = m.id)";
    assert_eq!(number(&mut conn, wrong).await, 0, "quarters have everything");
    let days = "SELECT (SELECT sum(amount) FROM meter_quarter q JOIN meter m ON m.id = q.meter_id WHERE m.measure = 'power')
                     - (SELECT sum(amount) FROM meter_day d JOIN meter m ON m.id = d.meter_id
                         WHERE m.measure = 'power' AND d.count <> 5082)";
    assert_eq!(number(&mut conn, days).await, 0, "days have the same");
    conn.close().await.unwrap();
}

/// The page of a period, of one meter after the other.
async fn graphs(ctx: &Ctx, manager: &Actor, period: &str, rounds: usize) -> Figures {
    let mut all = Vec::new();
    for round in 0..rounds {
        let meter = (round * 7 % METERS + 1).to_string();
        let sent = Fields::query(&format!("period={period}&meter={meter}"));
        let start = Instant::now();
        let page = serve(ctx, manager, ReadMeterPage {}, &sent, Lang::En).await.unwrap();
        all.push(start.elapsed());
        assert!(page.bars.len() >= 12, "{period}");
    }
    figures(all)
}

/// The readings of a year, without the page around them.
async fn years(ctx: &Ctx, manager: &Actor, rounds: usize) -> Figures {
    let mut all = Vec::new();
    for round in 0..rounds {
        let id = MeterId(i64::try_from(round * 7 % METERS + 1).unwrap());
        let sent = Fields::query("period=year");
        let start = Instant::now();
        let year = serve(ctx, manager, ReadReadings { id }, &sent, Lang::En).await.unwrap();
        all.push(start.elapsed());
        assert!(!year.readings.is_empty());
    }
    figures(all)
}

/// Swipes one after the other, with and without readings beside them, in turns: the decision, and the start of the use. By the
/// clock of the system. Without is first; of several rounds the median counts.
async fn swipes(file: &Path, devices: Devices, size: &Size) -> [[Figures; 2]; 2] {
    let ctx = services::open(Config::new(file)).await.unwrap();
    meters::load_routes(&ctx).await.unwrap();
    actuators::due(&ctx).await.unwrap();
    let devices = Arc::new(tokio::sync::Mutex::new(devices));
    let next = AtomicUsize::default();
    let mut rounds: [Vec<[Figures; 2]>; 2] = [Vec::new(), Vec::new()];
    swipe_for(&ctx, &next, size.round / 4).await;
    for _ in 0..size.rounds {
        rounds[0].push(swipe_for(&ctx, &next, size.round).await);
        let hearing = tokio::spawn(hear_on(ctx.clone(), Arc::clone(&devices)));
        let storing = tokio::spawn(store_after(ctx.clone(), size.round / 2));
        rounds[1].push(swipe_for(&ctx, &next, size.round).await);
        hearing.abort();
        storing.await.unwrap();
    }
    ctx.close().await;
    rounds.map(|rounds| [0, 1].map(|what| median(rounds.iter().map(|round| round[what]).collect())))
}

/// Readings at [`FASTER`] times the pace of operation, until it is aborted.
async fn hear_on(ctx: Ctx, devices: Arc<tokio::sync::Mutex<Devices>>) {
    let meters = u32::try_from(METERS).unwrap();
    let mut pace = tokio::time::interval(EVERY / meters / FASTER);
    let mut devices = devices.lock().await;
    for at in (0..METERS).cycle() {
        pace.tick().await;
        devices.say(&ctx, at);
    }
}

/// The job that stores them, once in a round of half a minute.
async fn store_after(ctx: Ctx, wait: Duration) {
    tokio::time::sleep(wait).await;
    jobs::run(&ctx, Job::Meters).await;
}

/// Swipes for so long; the times of the decisions and of the starts.
async fn swipe_for(ctx: &Ctx, next: &AtomicUsize, length: Duration) -> [Figures; 2] {
    let mut times = [Vec::new(), Vec::new()];
    let began = Instant::now();
    while began.elapsed() < length {
        let n = next.fetch_add(1, Relaxed);
        let pick = |of: i64| i64::try_from(n).unwrap() * 7_919 % of + 1;
        let uid = CardUid::from_board(&format!("{:08x}", pick(PEOPLE))).unwrap();
        let machine = MachineNumber(pick(MACHINES).try_into().unwrap());
        let start = Instant::now();
        access::check(ctx, machine, &uid).await.unwrap();
        times[0].push(start.elapsed());
        let word = |action| Word { uid: uid.clone(), action, duration: Duration::ZERO, replay: false };
        let start = Instant::now();
        uses::record(ctx, machine, word(Action::Start)).await.unwrap();
        times[1].push(start.elapsed());
        uses::record(ctx, machine, word(Action::Stop)).await.unwrap();
    }
    times.map(figures)
}

/// The median of each figure.
fn median(rounds: Vec<Figures>) -> Figures {
    let middle = |figure: fn(&Figures) -> f64| {
        let mut all: Vec<f64> = rounds.iter().map(figure).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    Figures(middle(|one| one.0), middle(|one| one.1))
}

fn table(results: &Results) -> String {
    let Results { messages, seconds, hearing, simulated, bytes, days, graphs, swipes } = results;
    let mut text = format!(
        "`cargo xtask bench meters` · {} · {}\n\n{METERS} meters, each read every {} s: {messages} messages in {} h, heard and stored as in \
         operation, by a clock that the benchmark moves; then {days} days of file. Swipes in sequence, with {FASTER} times these readings beside \
         them or none.\n\n| what | p50 ms | p99 ms |\n|---|---|---|\n",
        today(),
        machine(),
        EVERY.as_secs(),
        simulated.as_secs() / 3_600,
    );
    let [without, with] = swipes;
    let mut rows = graphs.clone();
    for (what, figures) in [
        ("decision about a swipe, no readings", without[0]),
        ("decision about a swipe, with readings", with[0]),
        ("start of a use, no readings", without[1]),
        ("start of a use, with readings", with[1]),
    ] {
        rows.push((what, figures));
    }
    // Writing to a string cannot fail.
    for (what, Figures(p50, p99)) in rows {
        let _ = writeln!(text, "| {what} | {p50:.3} | {p99:.3} |");
    }
    let share = seconds / simulated.as_secs_f64() * 100.0;
    let each = hearing / *messages as f64 * 1e6;
    let _ = writeln!(
        text,
        "\n- share of a core (at most 3 %): **{share:.2} %**, with making the messages; hearing one takes {each:.1} µs\n\
         - file in {MONTH} days after roll-up (at most 50 MB): **{:.1} MB**\n\
         - swipe with readings ÷ without, p99 (at most 1.1): decision **{:.2}**, start **{:.2}**",
        *bytes as f64 / f64::from(*days) * f64::from(MONTH) / 1e6,
        with[0].1 / without[0].1,
        with[1].1 / without[1].1,
    );
    text
}
