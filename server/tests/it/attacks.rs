//! Attacks on a server process, over real sockets: a keyed request interrupted by a crash, a clock set at run
//! time, and password guessing from the address of a whole workshop.

use crate::{
    lab::operations::{fields, run},
    serving::{Serving, status},
};
use contract::{accounts::Delivery, tokens::MakeToken};
use domain::{
    actor::{Actor, Channel},
    id::PersonId,
    time::Millis,
    zone::to_rfc3339,
};
use services::{accounts, sessions, sessions::Recognised, token::Token};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    collections::BTreeSet,
    fs,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};
use tempfile::TempDir;
use text::Lang;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::{sleep, timeout},
};

const SOON: Duration = Duration::from_mins(2);
const PASSWORD: &str = "seven owls fix a lathe";
const PEOPLE: i64 = 12;

/// Twelve members who may use the laser, and opening hours around the clock.
const FIXTURE: &str = "
    WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 12)
    INSERT INTO person (id, status, created_at) SELECT n, 'active', 0 FROM n;
    INSERT INTO profile (person_id, name, email) SELECT id, 'Ada ' || id, 'ada' || id || '@lab.example' FROM person;
    INSERT INTO equipment_type (id, name, risk) VALUES (3, 'Laser cutter', 'low');
    INSERT INTO machine (id, number, type_id, name) VALUES (1, 7, 3, 'Laser');
    INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
        SELECT id, t.type_id, 'user', 'granted', 0, 'setup', 0 FROM person, (SELECT 1 AS type_id UNION SELECT 3) t;
    INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'booking.open', '0'), ('space', 0, 'booking.weekly', '0');";

/// A data folder with its content at the server's start.
struct Space {
    dir: TempDir,
    /// Of the first member.
    token: String,
}

impl Space {
    async fn make() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("toolgate.sqlite");
        let ctx = services::open(services::Config::new(&file)).await.unwrap();
        let mut conn = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
        sqlx::raw_sql(FIXTURE).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        let here = IpAddr::from([127, 0, 0, 1]);
        let mut token = String::new();
        for person in (1..=PEOPLE).rev().map(PersonId) {
            let given = accounts::help_in(&ctx, &Actor::TOOLGATE, person, Lang::En).await.unwrap();
            let Delivery::ByHand { link } = given else { panic!("mailed") };
            let link = Token::presented(link.rsplit('/').next().unwrap());
            let opened = accounts::accept(&ctx, here, "", &link, PASSWORD).await.unwrap();
            let Recognised::Somebody(known) = sessions::recognise(&ctx, &opened.token, Channel::Web).await else {
                panic!("signed in")
            };
            let sent = fields(&[
                ("name", "calendar"),
                ("scopes[]", "bookings:write"),
                ("scopes[]", "bookings:read"),
                ("lifetime", "unlimited"),
            ]);
            token = run(&ctx, &known.actor, MakeToken {}, sent).await.unwrap().token;
        }
        ctx.close().await;
        Self { dir, token }
    }

    fn file(&self) -> PathBuf {
        self.dir.path().join("toolgate.sqlite")
    }

    async fn connect(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(self.file()).connect().await.unwrap()
    }

    async fn number(&self, sql: &'static str) -> i64 {
        let mut conn = self.connect().await;
        sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap()
    }
}

/// Its answer; `None` if it is gone meanwhile.
async fn send(at: SocketAddr, line: &str, heads: &str, body: &str) -> Option<String> {
    let mut stream = TcpStream::connect(at).await.ok()?;
    let request = format!(
        "{line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n{heads}\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    timeout(SOON, stream.read_to_end(&mut answer)).await.expect("in time").ok()?;
    (!answer.is_empty()).then(|| String::from_utf8_lossy(&answer).into_owned())
}

/// A half hour that begins in `ahead` hours or a little later, in seconds since 1970.
fn half_hour(ahead: u64) -> i64 {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    i64::try_from((now / 1_800 + 1 + ahead * 2) * 1_800).unwrap()
}

/// Books the laser for the half hour from `start`, with a new key.
async fn book(at: SocketAddr, token: String, start: i64) -> Option<String> {
    let time = |seconds: i64| to_rfc3339(Millis(seconds * 1_000)).unwrap();
    let body = format!(r#"{{"resource":"machine:1","start":"{}","end":"{}"}}"#, time(start), time(start + 1_800));
    let heads = format!(
        "authorization: Bearer {token}\r\ncontent-type: application/json\r\nidempotency-key: half-hour-{start}\r\n"
    );
    send(at, "POST /api/v1/bookings", &heads, &body).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keyed_request_interrupted_by_kill_runs_once_when_repeated() {
    let space = Space::make().await;
    let first = half_hour(48);
    for round in 0..5 {
        let server = Serving::begin(space.dir.path(), &[]);
        let at = server.at;
        let mut sent = JoinSet::new();
        for n in round * 8..round * 8 + 8 {
            sent.spawn(book(at, space.token.clone(), first + n * 1_800));
        }
        // The kill hits some of them before, some in and some after their job.
        for _ in 0..=round {
            sent.join_next().await;
        }
        drop(server);
        sent.shutdown().await;
        let server = Serving::begin(space.dir.path(), &[]);
        for n in round * 8..round * 8 + 8 {
            let start = first + n * 1_800;
            let made = book(server.at, space.token.clone(), start).await.expect("it answers");
            assert_eq!(status(&made), 201, "{made}");
            let again = book(server.at, space.token.clone(), start).await.expect("it answers");
            assert_eq!(status(&again), 201, "{again}");
            let body = |answer: &str| answer.rsplit_once("\r\n\r\n").unwrap().1.to_owned();
            assert_eq!(body(&again), body(&made));
        }
    }
    assert_eq!(space.number("SELECT count(*) FROM booking").await, 40, "each once");
}

/// The library that gives a process another clock than the system's.
fn faked() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").unwrap().map(|one| one.unwrap().path());
    let mut found = folders.map(|one| one.join("faketime/libfaketime.so.1")).filter(|one| one.exists());
    found.next().expect("cargo xtask setup installs faketime")
}

// A23
#[tokio::test]
async fn clock_jump_penalizes_nobody_and_is_reported() {
    let space = Space::make().await;
    let clock = space.dir.path().join("clock");
    let set = |hours: i64| {
        let next = space.dir.path().join("clock.next");
        fs::write(&next, format!("{:+}\n", hours * 3_600)).unwrap();
        fs::rename(&next, &clock).unwrap();
    };
    set(0);
    let faked = faked();
    let (yes, utc) = (Path::new("1"), Path::new("UTC"));
    let environment = [
        ("LD_PRELOAD", faked.as_path()),
        ("FAKETIME_TIMESTAMP_FILE", clock.as_path()),
        ("FAKETIME_NO_CACHE", yes),
        ("FAKETIME_DONT_FAKE_MONOTONIC", yes),
        ("TZ", utc),
    ];
    let server = Serving::begin(space.dir.path(), &environment);
    let first = half_hour(1);
    for n in 0..3 {
        let made = book(server.at, space.token.clone(), first + n * 1_800).await.unwrap();
        assert_eq!(status(&made), 201, "{made}");
    }
    // Less than a day: after more, nothing is released for an hour.
    set(20);
    // The clock is checked every minute at the latest.
    let noticed = async {
        while space.number("SELECT count(*) FROM booking WHERE state = 'released'").await < 3 {
            sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(SOON, noticed).await.expect("the jump is noticed");
    let harm = "SELECT (SELECT count(*) FROM booking WHERE state = 'no-show') + (SELECT count(*) FROM hold)";
    assert_eq!(space.number(harm).await, 0);
    assert_eq!(space.number("SELECT count(*) FROM down_time WHERE cause = 'skipped'").await, 1);
    // Backward: nobody has to wait until the clock has caught up.
    set(0);
    for n in 0..20 {
        let answer = book(server.at, space.token.clone(), first + (10 + n) * 1_800).await.unwrap();
        assert_eq!(status(&answer), 201, "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_wrong_passwords_lock_out_nobody_else_at_that_address() {
    let space = Space::make().await;
    let server = Serving::begin(space.dir.path(), &[]);
    let at = server.at;
    let enter = async |email: String, password: &str| {
        let form = "content-type: application/x-www-form-urlencoded\r\n";
        let body = format!("email={}&password={}", email.replace('@', "%40"), password.replace(' ', "+"));
        send(at, "POST /sign-in?/sign-in/enter", form, &body).await.expect("it answers")
    };
    let wrong = (0..20).map(|n| enter(format!("ada{}@lab.example", n % 4 + 1), "hunter2hunter2"));
    let refused: BTreeSet<u16> =
        futures::future::join_all(wrong).await.iter().map(|message| status(message)).collect();
    assert!(refused.is_subset(&BTreeSet::from([422, 429])), "{refused:?}");
    for person in 5..=PEOPLE {
        let answer = enter(format!("ada{person}@lab.example"), PASSWORD).await;
        assert_eq!(status(&answer), 303, "{answer}");
    }
}
