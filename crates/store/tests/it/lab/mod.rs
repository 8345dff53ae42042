//! A store in a temporary folder, opened as in production, with a person and two machines in it.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "each test program uses its part, and one that cannot go on should stop"
)]

use std::path::{Path, PathBuf};

use domain::{
    actor::{Actor, Permission, Target},
    audit::Subject,
    boards::MachineNumber,
    id::{AliasId, CardId, MachineId, PersonId},
    time::Millis,
    uses::{Action, CardHolder, Fact, project},
};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::time::Duration;
use store::{
    Limits, Store, StoreError, Tuning, WriteTx,
    audit::AuditEntry,
    uses::{self, BegunBy, Rest},
};
use tempfile::TempDir;

pub const ADA: PersonId = PersonId(1);
pub const ADAS_CARD: CardId = CardId(1);
pub const LASER: MachineId = MachineId(1);
pub const LATHE: MachineId = MachineId(2);
pub const NOON: Millis = Millis(1_800_000_000_000);

pub struct Lab {
    pub store: Store,
    dir: TempDir,
}

impl Lab {
    pub async fn open() -> Self {
        Self::with(Limits::default()).await
    }

    pub async fn with(limits: Limits) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store =
            Store::open(&dir.path().join("lab.sqlite"), Tuning { limits, ..Tuning::default() }).await.unwrap();
        let lab = Self { store, dir };
        furnish(&mut lab.raw().await).await;
        lab
    }

    pub fn file(&self) -> PathBuf {
        self.dir.path().join("lab.sqlite")
    }

    /// A connection of another program.
    pub async fn raw(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(self.file()).connect().await.unwrap()
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        let mut conn = self.raw().await;
        let count = sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        count
    }
}

/// A connection to any file, which is made if it is missing.
pub async fn connect(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await.unwrap()
}

pub async fn furnish(conn: &mut SqliteConnection) {
    sqlx::raw_sql(
        "INSERT OR IGNORE INTO person (id, status, created_at) VALUES (1, 'active', 0);
         INSERT OR IGNORE INTO profile (person_id, name, email) VALUES (1, 'Ada', 'ada@example.org');
         INSERT OR IGNORE INTO card (id, person_id, uid, state, given_at) VALUES (1, 1, '04a1b2c3', 'active', 0);
         INSERT OR IGNORE INTO alias (id, person_id, month) VALUES (1, 1, 202701);
         INSERT OR IGNORE INTO equipment_type (id, name, risk) VALUES (3, 'Laser cutter', 'medium');
         INSERT OR IGNORE INTO machine (id, number, type_id, name) VALUES (1, 11, 3, 'laser'), (2, 12, 3, 'lathe');",
    )
    .execute(conn)
    .await
    .unwrap();
}

pub fn entry(detail: impl Into<String>) -> AuditEntry {
    entry_about(AliasId(1), LASER, detail)
}

pub fn entry_about(by: AliasId, subject: impl Into<Subject>, detail: impl Into<String>) -> AuditEntry {
    let proof = Actor::board(MachineNumber(11)).require(Permission::SpeakForMachine, Target::NONE).unwrap();
    AuditEntry::new(&proof, Some(by), NOON, "test", subject, &serde_json::Value::String(detail.into()))
}

/// A use by Ada of the laser for a minute, `n` minutes after noon; returns its unwritten rest.
pub async fn used(tx: &mut WriteTx, n: i64) -> Result<Rest, StoreError> {
    used_at(tx, LASER, n).await
}

/// The same at `machine`, as a new message of its board.
pub async fn used_at(tx: &mut WriteTx, machine: MachineId, n: i64) -> Result<Rest, StoreError> {
    let fact = Fact {
        action: Action::Stop,
        bearer: CardHolder::Card(ADAS_CARD),
        duration: Duration::from_mins(1),
        replay: false,
        at: Millis(NOON.0 + n * 60_000),
    };
    sqlx::query("UPDATE use_session SET settled = 1").execute(tx.conn()).await.unwrap();
    let situation = uses::situation(tx.conn(), machine, 2).await?;
    let changes = project(&situation, &fact).unwrap();
    let by = BegunBy { alias: Some(AliasId(1)), authorised: true };
    uses::keep(tx, machine, &fact, &situation, &changes, &by).await
}
