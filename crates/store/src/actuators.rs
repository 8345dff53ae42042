//! Actuators: rows of `actuator`, their rules, what people turned on by hand, leases and tests.
//!
//! `domain::actuators` decides who wants one on, `domain::leases` which commands may be sent.

mod leases;
mod occasions;
mod tests_of_fallback;

pub use leases::{
    LeaseAnswer, LeaseRow, NewLease, Record, answered, forget_leases, leases_of, on_since, refused, report, send,
};
pub use occasions::{Occasion, occasions};
pub use tests_of_fallback::{TestRow, end_test, forget_tests, last_tests, open_tests, start_test, test_saw};

use crate::personal_data::{Erasing, Table};
use domain::{
    actuators::{Allowed, Offsets, RuleKind},
    building_devices::{Dialect, Topic},
    id::{ActuatorId, ActuatorRuleId, ActuatorWishId, AliasId, BuildingDeviceId, MachineId, PersonId, RoomId},
    leases::{Load, Tenths},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// The fields of an actuator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewActuator {
    pub device: BuildingDeviceId,
    /// Counted from 0.
    pub output: u8,
    pub name: String,
    pub load: Load,
    pub allowed: Allowed,
    /// The usual target, for heat.
    pub target: Option<Tenths>,
    pub warmest: Tenths,
    /// Minutes.
    pub daily: u16,
}

/// An actuator with its device.
#[derive(Debug, Clone)]
pub struct StoredActuator {
    pub id: ActuatorId,
    pub version: i64,
    pub device: BuildingDeviceId,
    pub device_name: String,
    pub dialect: Dialect,
    /// A [`Topic`].
    pub topic: String,
    pub heard: Option<Millis>,
    /// As its last will says.
    pub offline: bool,
    pub output: u8,
    pub name: String,
    pub load: Load,
    pub allowed: Allowed,
    pub target: Option<Tenths>,
    pub warmest: Tenths,
    pub daily: u16,
    pub off_until: Option<Millis>,
    pub lease_id: Option<i64>,
    pub lease_on: Option<bool>,
    pub lease_target: Option<Tenths>,
    pub lease_sent: Option<Millis>,
    pub lease_ends: Option<Millis>,
    pub refused_at: Option<Millis>,
    pub is_on: Option<bool>,
    pub reported: Option<Millis>,
    /// The device has no lease.
    pub is_idle: bool,
    pub tripped: bool,
    pub temperature: Option<Tenths>,
    /// [`domain::leases::ReportedLimits`] as JSON.
    pub limits: Option<String>,
    pub silent_noticed: Option<Millis>,
    pub archived: Option<Millis>,
}

/// A rule of an actuator.
#[derive(Debug, Clone)]
pub struct StoredRule {
    pub id: ActuatorRuleId,
    pub actuator: ActuatorId,
    pub kind: RuleKind,
    pub before: i32,
    pub early: i32,
    pub target: Option<Tenths>,
    pub room: Option<RoomId>,
    pub machine: Option<MachineId>,
    /// The name of that room or machine.
    pub about: Option<String>,
}

impl StoredRule {
    #[must_use]
    pub const fn offsets(&self) -> Offsets {
        Offsets { before: self.before, early: self.early }
    }
}

/// A rule to add.
#[derive(Debug, Clone, Copy)]
pub struct NewRule {
    pub actuator: ActuatorId,
    pub kind: RuleKind,
    pub offsets: Offsets,
    pub target: Option<Tenths>,
    pub room: Option<RoomId>,
    pub machine: Option<MachineId>,
}

/// A time for which a person turned an actuator on.
#[derive(Debug, Clone)]
pub struct StoredWish {
    pub id: ActuatorWishId,
    pub actuator: ActuatorId,
    pub by: Option<AliasId>,
    pub person: Option<PersonId>,
    /// Their name, while on record.
    pub name: Option<String>,
    pub starts: Millis,
    pub ends: Millis,
    pub target: Option<Tenths>,
}

/// Actuators with their devices.
macro_rules! actuators {
    ($rest:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            StoredActuator,
            r#"SELECT a.id AS "id!: ActuatorId", a.version, a.device_id AS "device!: BuildingDeviceId", d.name AS device_name,
                      d.dialect AS "dialect!: Dialect", d.topic, d.heard_at AS "heard?: Millis", d.is_offline AS "offline!: bool",
                      a.output AS "output!: u8", a.name, a.load AS "load!: Load", a.allowed AS "allowed!: Allowed",
                      a.target AS "target?: Tenths", a.warmest AS "warmest!: Tenths", a.daily AS "daily!: u16",
                      a.off_until AS "off_until?: Millis", a.lease_id, a.lease_on AS "lease_on?: bool",
                      a.lease_target AS "lease_target?: Tenths", a.lease_sent AS "lease_sent?: Millis",
                      a.lease_ends AS "lease_ends?: Millis", a.refused_at AS "refused_at?: Millis",
                      a.is_on AS "is_on?: bool", a.reported_at AS "reported?: Millis", a.is_idle AS "is_idle!: bool",
                      a.tripped AS "tripped!: bool", a.temperature AS "temperature?: Tenths", a.limits,
                      a.silent_noticed AS "silent_noticed?: Millis", a.archived_at AS "archived?: Millis"
                 FROM actuator a JOIN building_device d ON d.id = a.device_id "# + $rest
            $(, $argument)*
        )
    };
}

/// All actuators in use, by name.
pub async fn list(conn: &mut SqliteConnection) -> Result<Vec<StoredActuator>, StoreError> {
    let rows = actuators!("WHERE a.archived_at IS NULL AND d.archived_at IS NULL ORDER BY a.name, a.id");
    Ok(rows.fetch_all(conn).await?)
}

/// One actuator, in use or archived.
pub async fn one(conn: &mut SqliteConnection, actuator: ActuatorId) -> Result<Option<StoredActuator>, StoreError> {
    Ok(actuators!("WHERE a.id = ?", actuator).fetch_optional(conn).await?)
}

/// The actuators in use of a device.
pub async fn of_device(
    conn: &mut SqliteConnection,
    device: BuildingDeviceId,
) -> Result<Vec<StoredActuator>, StoreError> {
    let rows = actuators!("WHERE a.device_id = ? AND a.archived_at IS NULL ORDER BY a.id", device);
    Ok(rows.fetch_all(conn).await?)
}

/// Devices that take commands, by name.
pub async fn devices(conn: &mut SqliteConnection) -> Result<Vec<(BuildingDeviceId, String)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: BuildingDeviceId", name FROM building_device
            WHERE archived_at IS NULL AND dialect <> 'json' ORDER BY name, id"#
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.name)).collect())
}

/// How a device in use speaks, and its topic.
pub async fn dialect_of(
    conn: &mut SqliteConnection,
    device: BuildingDeviceId,
) -> Result<Option<(Dialect, Topic)>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT dialect AS "dialect!: Dialect", topic FROM building_device WHERE id = ? AND archived_at IS NULL"#,
        device
    );
    let row = row.fetch_optional(conn).await?;
    Ok(row.and_then(|row| Some((row.dialect, Topic::parse(&row.topic).ok()?))))
}

pub async fn add(tx: &mut WriteTx, new: &NewActuator) -> Result<ActuatorId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO actuator (device_id, output, name, load, allowed, target, warmest, daily)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        new.device,
        new.output,
        new.name,
        new.load,
        new.allowed,
        new.target,
        new.warmest,
        new.daily,
    )
    .execute(tx.conn())
    .await?;
    Ok(ActuatorId(made.last_insert_rowid()))
}

/// Replaces the fields of an actuator, and raises its version.
pub async fn change(tx: &mut WriteTx, actuator: ActuatorId, to: &NewActuator) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE actuator SET device_id = ?, output = ?, name = ?, load = ?, allowed = ?, target = ?, warmest = ?, daily = ?,
                version = version + 1
          WHERE id = ?",
        to.device,
        to.output,
        to.name,
        to.load,
        to.allowed,
        to.target,
        to.warmest,
        to.daily,
        actuator,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Archives it and deletes its rules.
pub async fn archive(tx: &mut WriteTx, actuator: ActuatorId, at: Millis) -> Result<(), StoreError> {
    sqlx::query!("UPDATE actuator SET archived_at = ?, version = version + 1 WHERE id = ?", at, actuator)
        .execute(tx.conn())
        .await?;
    sqlx::query!("DELETE FROM actuator_rule WHERE actuator_id = ?", actuator).execute(tx.conn()).await?;
    Ok(())
}

/// Sets until when it stays off; `None` lets the rules decide again.
pub async fn set_off(tx: &mut WriteTx, actuator: ActuatorId, until: Option<Millis>) -> Result<(), StoreError> {
    sqlx::query!("UPDATE actuator SET off_until = ? WHERE id = ?", until, actuator).execute(tx.conn()).await?;
    Ok(())
}

/// Notes that managers got a notice of its silence, or that it is heard again.
pub async fn note_silence(tx: &mut WriteTx, actuator: ActuatorId, at: Option<Millis>) -> Result<(), StoreError> {
    sqlx::query!("UPDATE actuator SET silent_noticed = ? WHERE id = ?", at, actuator).execute(tx.conn()).await?;
    Ok(())
}

/// The rules of all actuators in use.
pub async fn rules(conn: &mut SqliteConnection) -> Result<Vec<StoredRule>, StoreError> {
    let rows = sqlx::query_as!(
        StoredRule,
        r#"SELECT r.id AS "id!: ActuatorRuleId", r.actuator_id AS "actuator!: ActuatorId", r.kind AS "kind!: RuleKind",
                  r.before AS "before!: i32", r.early AS "early!: i32", r.target AS "target?: Tenths",
                  r.room_id AS "room?: RoomId", r.machine_id AS "machine?: MachineId",
                  coalesce(o.name, m.name) AS "about?: String"
             FROM actuator_rule r
             LEFT JOIN room o ON o.id = r.room_id
             LEFT JOIN machine m ON m.id = r.machine_id
            ORDER BY r.id"#
    );
    Ok(rows.fetch_all(conn).await?)
}

pub async fn add_rule(tx: &mut WriteTx, new: NewRule) -> Result<ActuatorRuleId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO actuator_rule (actuator_id, kind, before, early, target, room_id, machine_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
        new.actuator,
        new.kind,
        new.offsets.before,
        new.offsets.early,
        new.target,
        new.room,
        new.machine,
    )
    .execute(tx.conn())
    .await?;
    Ok(ActuatorRuleId(made.last_insert_rowid()))
}

/// The actuator whose rule this is.
pub async fn whose_rule(
    conn: &mut SqliteConnection,
    rule: ActuatorRuleId,
) -> Result<Option<ActuatorId>, StoreError> {
    let row =
        sqlx::query_scalar!(r#"SELECT actuator_id AS "id!: ActuatorId" FROM actuator_rule WHERE id = ?"#, rule);
    Ok(row.fetch_optional(conn).await?)
}

pub async fn remove_rule(tx: &mut WriteTx, rule: ActuatorRuleId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM actuator_rule WHERE id = ?", rule).execute(tx.conn()).await?;
    Ok(())
}

/// What people turned on by hand and is not over at `now`. Those who were suspended, left or were erased since want nothing.
pub async fn wishes(conn: &mut SqliteConnection, now: Millis) -> Result<Vec<StoredWish>, StoreError> {
    let rows = sqlx::query_as!(
        StoredWish,
        r#"SELECT w.id AS "id!: ActuatorWishId", w.actuator_id AS "actuator!: ActuatorId", w.by_alias AS "by?: AliasId",
                  a.person_id AS "person?: PersonId", p.name AS "name?: String", w.starts_at AS "starts!: Millis",
                  w.ends_at AS "ends!: Millis", w.target AS "target?: Tenths"
             FROM actuator_wish w
             LEFT JOIN alias a ON a.id = w.by_alias
             LEFT JOIN profile p ON p.person_id = a.person_id
             LEFT JOIN person o ON o.id = a.person_id
            WHERE w.ends_at > ? AND (w.by_alias IS NULL OR o.status = 'active') ORDER BY w.id"#,
        now
    );
    Ok(rows.fetch_all(conn).await?)
}

/// Turns it on for a time; an earlier wish ends then.
pub async fn add_wish(
    tx: &mut WriteTx,
    actuator: ActuatorId,
    by: Option<AliasId>,
    (starts, ends): (Millis, Millis),
    target: Option<Tenths>,
) -> Result<ActuatorWishId, StoreError> {
    end_wishes(tx, actuator, starts).await?;
    let made = sqlx::query!(
        "INSERT INTO actuator_wish (actuator_id, by_alias, starts_at, ends_at, target) VALUES (?, ?, ?, ?, ?)",
        actuator,
        by,
        starts,
        ends,
        target,
    )
    .execute(tx.conn())
    .await?;
    Ok(ActuatorWishId(made.last_insert_rowid()))
}

/// Ends what people turned on by hand.
pub async fn end_wishes(tx: &mut WriteTx, actuator: ActuatorId, at: Millis) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE actuator_wish SET ends_at = max(starts_at, ?1) WHERE actuator_id = ?2 AND ends_at > ?1",
        at,
        actuator,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Deletes what people turned on by hand and was over before `limit`, at most `most`; returns their number.
pub async fn forget_wishes(tx: &mut WriteTx, limit: Millis, most: i64) -> Result<u64, StoreError> {
    let gone = sqlx::query!(
        "DELETE FROM actuator_wish WHERE id IN (SELECT id FROM actuator_wish WHERE ends_at < ? LIMIT ?)",
        limit,
        most,
    );
    Ok(gone.execute(tx.conn()).await?.rows_affected())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    Table::taken(
        "actuator_wish",
        &["by_alias"],
        Erasing::Stays,
        "SELECT json_object('actuator', a.name, 'from@', w.starts_at, 'until@', w.ends_at)
           FROM actuator_wish w JOIN actuator a ON a.id = w.actuator_id WHERE w.by_alias IN mine",
    ),
    Table::left("lease", &["by_alias"], Erasing::Stays),
    Table::taken(
        "actuator_test",
        &["by_alias"],
        Erasing::Stays,
        "SELECT json_object('actuator', a.name, 'from@', t.started_at, 'outcome', t.outcome)
           FROM actuator_test t JOIN actuator a ON a.id = t.actuator_id WHERE t.by_alias IN mine",
    ),
];
