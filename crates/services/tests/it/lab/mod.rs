//! A space in a temporary folder, opened as in production, with a clock that only the test moves.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "each test program uses its part, and one that cannot go on should stop"
)]

pub mod authenticator;
pub mod bookings;
pub mod closures;
pub mod displays;
pub mod documents;
pub mod entrance;
pub mod events;
pub mod holds;
pub mod operations;
pub mod places;
pub mod rooms;
mod template;

use domain::{
    boards::MachineNumber, cards::CardUid, id::MachineId, machines::AuthorisationMode, time::Millis, uses::Action,
};
use futures::{FutureExt, future::BoxFuture};
use services::{
    Config, Ctx,
    clock::Clock,
    uses::{self, UseError, Word},
};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    time::Duration,
};
use tempfile::TempDir;

pub const NOON: Millis = Millis(1_800_000_000_000);
pub const LASER: MachineNumber = MachineNumber(11);
pub const LATHE: MachineNumber = MachineNumber(12);
pub const LASER_ID: MachineId = MachineId(1);

/// A clock set by the test.
#[derive(Debug)]
pub struct TestClock {
    wall: AtomicI64,
    /// Milliseconds that passed, whatever happened to the wall clock.
    steady: AtomicI64,
    /// Milliseconds that callers were delayed.
    rested: AtomicI64,
}

impl Clock for TestClock {
    fn now(&self) -> Millis {
        Millis(self.wall.load(Relaxed))
    }

    fn steady(&self) -> Duration {
        Duration::from_millis(self.steady.load(Relaxed).unsigned_abs())
    }

    fn rest(&self, length: Duration) -> BoxFuture<'_, ()> {
        self.rested.fetch_add(domain::time::millis(length), Relaxed);
        std::future::ready(()).boxed()
    }
}

pub struct Lab {
    pub ctx: Ctx,
    clock: Arc<TestClock>,
    dir: TempDir,
}

impl Lab {
    /// Ada (card `ada`) is qualified on lasers, Bob is a member, Zoe is suspended. A laser and a lathe.
    pub async fn open() -> Self {
        let lab = Self::empty().await;
        lab.sql(
            "INSERT INTO person (id, status, created_at) VALUES (1, 'active', 0), (2, 'active', 0), (3, 'suspended', 0);
             INSERT INTO profile (person_id, name) VALUES (1, 'Ada'), (2, 'Bob'), (3, 'Zoe');
             INSERT INTO card (id, person_id, uid, state, given_at) VALUES
                 (1, 1, '0000ada1', 'active', 0), (2, 2, '00000b0b', 'active', 0), (3, 3, '00000203', 'active', 0);
             INSERT INTO equipment_type (id, name, risk) VALUES (3, 'Laser cutter', 'medium'), (4, 'Lathe', 'high');
             INSERT INTO machine (id, number, type_id, name) VALUES (1, 11, 3, 'Laser'), (2, 12, 4, 'Lathe');
             INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at) VALUES
                 (1, 1, 'user', 'granted', 0, 'setup', 0), (2, 1, 'user', 'granted', 0, 'setup', 0),
                 (3, 1, 'user', 'granted', 0, 'setup', 0), (1, 3, 'user', 'granted', 0, 'trainer', 0),
                 (3, 3, 'user', 'granted', 0, 'trainer', 0);",
        )
        .await;
        lab
    }

    pub async fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock {
            wall: AtomicI64::new(NOON.0),
            steady: AtomicI64::default(),
            rested: AtomicI64::default(),
        });
        let file = dir.path().join("lab.sqlite");
        template::put(&file).await;
        let ctx = services::open(Config { clock: clock.clone(), ..Config::new(file) }).await.unwrap();
        Self { ctx, clock, dir }
    }

    /// The same file after the process was gone.
    pub async fn reopen(self) -> Self {
        self.ctx.close().await;
        let ctx = services::open(Config { clock: self.clock.clone(), ..Config::new(self.file()) }).await.unwrap();
        Self { ctx, ..self }
    }

    pub fn file(&self) -> PathBuf {
        self.dir.path().join("lab.sqlite")
    }

    /// The clock is set back.
    pub fn set_back(&self, time: Duration) {
        self.clock.wall.fetch_sub(domain::time::millis(time), Relaxed);
    }

    /// The clock is set forward: no time passes.
    pub fn set_forward(&self, time: Duration) {
        self.clock.wall.fetch_add(domain::time::millis(time), Relaxed);
    }

    /// How long people were made to wait, since this was asked last.
    pub fn rested(&self) -> Duration {
        Duration::from_millis(self.clock.rested.swap(0, Relaxed).unsigned_abs())
    }

    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    pub fn pass(&self, time: Duration) {
        self.clock.wall.fetch_add(domain::time::millis(time), Relaxed);
        self.clock.steady.fetch_add(domain::time::millis(time), Relaxed);
    }

    /// Another program at the file.
    pub async fn raw(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(self.file()).connect().await.unwrap()
    }

    /// Changes the file as another program would.
    pub async fn sql(&self, sql: &'static str) {
        let mut conn = self.raw().await;
        sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    }

    /// `person` has held `relation` on `kind` since 1970.
    pub async fn grant(&self, person: i64, kind: i64, relation: &str) {
        let mut conn = self.raw().await;
        sqlx::query(
            "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (?, ?, ?, 'granted', 0, 'setup', 0)",
        )
        .bind(person)
        .bind(kind)
        .bind(relation)
        .execute(&mut conn)
        .await
        .unwrap();
        conn.close().await.unwrap();
    }

    pub async fn number(&self, sql: &'static str) -> i64 {
        let mut conn = self.raw().await;
        let number = sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        number
    }

    pub async fn text(&self, sql: &'static str) -> String {
        let mut conn = self.raw().await;
        let text = sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        text
    }

    pub async fn mode(&self, mode: AuthorisationMode) {
        self.sql(match mode {
            AuthorisationMode::Open => {
                "INSERT INTO setting (scope, scope_id, key, value) VALUES ('type', 3, 'access.mode', 'open')"
            }
            AuthorisationMode::Qualified => "DELETE FROM setting WHERE key = 'access.mode'",
            AuthorisationMode::Supervised => {
                "INSERT INTO setting (scope, scope_id, key, value) VALUES ('type', 3, 'access.mode', 'supervised')"
            }
        })
        .await;
    }

    /// Has a board say something.
    pub async fn says(
        &self,
        board: MachineNumber,
        uid: &CardUid,
        action: Action,
        seconds: u64,
        replay: bool,
    ) -> Result<(), UseError> {
        let duration = Duration::from_secs(seconds);
        uses::record(&self.ctx, board, Word { uid: uid.clone(), action, duration, replay }).await
    }

    pub async fn starts(&self, board: MachineNumber, uid: &CardUid) {
        self.says(board, uid, Action::Start, 0, false).await.unwrap();
    }

    pub async fn stops(&self, board: MachineNumber, uid: &CardUid, seconds: u64) {
        self.says(board, uid, Action::Stop, seconds, false).await.unwrap();
    }
}

pub fn card(uid: &str) -> CardUid {
    CardUid::from_board(uid).unwrap()
}

pub fn ada() -> CardUid {
    card("0000ada1")
}

pub fn bob() -> CardUid {
    card("00000b0b")
}

pub fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

impl Lab {
    /// A signed-in person with their current standing.
    pub async fn signed_in(&self, person: i64) -> domain::actor::Actor {
        use domain::actor::{Actor, Channel, Principal, Who};
        let (id, at) = (domain::id::PersonId(person), self.clock.now());
        let mut conn = self.raw().await;
        let row = store::people::one(&mut conn, id, at).await.unwrap().unwrap();
        let session = domain::id::SessionId(person);
        let known = Principal {
            id,
            session,
            status: row.status,
            ledger: row.ledger,
            at,
            roles_asleep: false,
            public: true,
        };
        Actor { who: Who::Person(Box::new(known)), channel: Channel::Web }
    }
}

impl Lab {
    /// Ida, who administers, signed in.
    pub async fn administrator(&self) -> domain::actor::Actor {
        self.sql(
            "INSERT INTO person (id, status, created_at) VALUES (90, 'active', 0) ON CONFLICT DO NOTHING;
             INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
                 SELECT 90, 2, 'owner', 'granted', 0, 'setup', 0
                  WHERE NOT EXISTS (SELECT 1 FROM qualification WHERE person_id = 90)",
        )
        .await;
        self.signed_in(90).await
    }
}

/// The head of a PNG of this size, and nothing after it.
pub fn claims(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    image::DynamicImage::new_rgb8(1, 1)
        .write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png)
        .unwrap();
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

/// As PNG writes it.
fn crc(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: u8| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| if sum & 1 == 1 { 0xEDB8_8320 ^ (sum >> 1) } else { sum >> 1 })
    };
    !bytes.iter().fold(u32::MAX, |sum, &byte| step(sum, byte))
}
