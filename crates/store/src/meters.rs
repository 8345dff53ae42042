//! Meters and their readings: rows of `meter`, `meter_quarter` and `meter_day`.
//!
//! **Invariant.** The last reading of a counter is written together with the amounts it led to, so a stop of the process counts
//! nothing twice.
//!
//! Not here: what a message says, and how a reading is divided into quarters (`domain::meters`).

pub mod uses;

use domain::{
    building_devices::Dialect,
    id::{BuildingDeviceId, MachineId, MeterId, UnswipedRunId},
    meters::{Gauge, Measure, OpenRun, Unit},
    time::{Date, Millis},
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// The fields of a meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeterFields {
    pub name: String,
    pub measure: Measure,
    /// As the device sends it.
    pub unit: Unit,
    /// Below the topic of the device.
    pub subtopic: String,
    /// In the JSON; empty where the dialect has a place for the value.
    pub path: String,
    /// Of a Shelly.
    pub switch: u8,
    /// Whether it counts for the whole building.
    pub is_total: bool,
    /// A notice below this value, in base units.
    pub low: Option<i64>,
    /// A notice above this value or, of a counter, above this amount in an hour; in base units.
    pub high: Option<i64>,
}

#[derive(Debug, Clone)]
pub struct MeterRow {
    pub id: MeterId,
    pub version: i64,
    pub device: BuildingDeviceId,
    pub device_name: String,
    pub dialect: Dialect,
    /// Of the device.
    pub topic: String,
    /// The machine whose plug it is.
    pub machine: Option<MachineId>,
    pub machine_name: Option<String>,
    pub name: String,
    pub measure: Measure,
    pub unit: Unit,
    pub subtopic: String,
    pub path: String,
    pub switch: u8,
    pub is_total: bool,
    pub low: Option<i64>,
    pub high: Option<i64>,
    /// Since when it is outside its limits.
    pub beyond: Option<Millis>,
    /// The last reading that counts, and when it was.
    pub value: Option<i64>,
    pub read: Option<Millis>,
    /// The first day of which an amount is stored, as a number of days.
    pub first: Option<i64>,
}

impl MeterRow {
    /// Its fields, as they are edited.
    #[must_use]
    pub fn fields(&self) -> MeterFields {
        MeterFields {
            name: self.name.clone(),
            measure: self.measure,
            unit: self.unit,
            subtopic: self.subtopic.clone(),
            path: self.path.clone(),
            switch: self.switch,
            is_total: self.is_total,
            low: self.low,
            high: self.high,
        }
    }
}

pub async fn add(tx: &mut WriteTx, device: BuildingDeviceId, fields: &MeterFields) -> Result<MeterId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO meter (device_id, name, measure, unit, subtopic, path, switch, total, low, high)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        device,
        fields.name,
        fields.measure,
        fields.unit,
        fields.subtopic,
        fields.path,
        fields.switch,
        fields.is_total,
        fields.low,
        fields.high,
    )
    .execute(tx.conn())
    .await?;
    Ok(MeterId(made.last_insert_rowid()))
}

/// Replaces the fields of a meter. What it measured and its last reading stay.
pub async fn save(tx: &mut WriteTx, meter: MeterId, fields: &MeterFields) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE meter
            SET name = ?, measure = ?, unit = ?, subtopic = ?, path = ?, switch = ?, total = ?, low = ?, high = ?,
                beyond_at = NULL, version = version + 1
          WHERE id = ?",
        fields.name,
        fields.measure,
        fields.unit,
        fields.subtopic,
        fields.path,
        fields.switch,
        fields.is_total,
        fields.low,
        fields.high,
        meter,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets the last reading of a meter, with which the next one cannot be compared.
pub async fn forget_reading(tx: &mut WriteTx, meter: MeterId) -> Result<(), StoreError> {
    sqlx::query!("UPDATE meter SET read_at = NULL, value = NULL WHERE id = ?", meter).execute(tx.conn()).await?;
    Ok(())
}

/// Archives a meter; its readings stay.
pub async fn archive(tx: &mut WriteTx, meter: MeterId, at: Millis) -> Result<(), StoreError> {
    sqlx::query!("UPDATE meter SET archived_at = ?, version = version + 1 WHERE id = ?", at, meter)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The meters in use, by name.
pub async fn list(conn: &mut SqliteConnection) -> Result<Vec<MeterRow>, StoreError> {
    let rows = sqlx::query_as!(
        MeterRow,
        r#"SELECT t.id AS "id!: MeterId", t.version, t.device_id AS "device!: BuildingDeviceId", d.name AS device_name,
                  d.dialect AS "dialect: Dialect", d.topic, d.machine_id AS "machine?: MachineId", m.name AS "machine_name?",
                  t.name, t.measure AS "measure: Measure", t.unit AS "unit: Unit", t.subtopic, t.path,
                  t.switch AS "switch: u8", t.total AS "is_total: bool", t.low, t.high, t.beyond_at AS "beyond?: Millis",
                  t.value, t.read_at AS "read?: Millis",
                  (SELECT min(y.day) FROM meter_day y WHERE y.meter_id = t.id) AS "first?: i64"
             FROM meter t JOIN building_device d ON d.id = t.device_id LEFT JOIN machine m ON m.id = d.machine_id
            WHERE t.archived_at IS NULL AND d.archived_at IS NULL ORDER BY t.name COLLATE NOCASE, t.id"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// An addition to a quarter of an hour and to its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The beginning of the quarter.
    pub at: Millis,
    /// Its local day.
    pub day: Date,
    pub amount: Added,
}

/// What a meter adds to a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// An amount that a counter counted.
    Counted(i64),
    /// Values of a gauge.
    Shown(Gauge),
}

impl Added {
    /// Amount, number of values, and their extremes.
    fn columns(self) -> (i64, i64, Option<i64>, Option<i64>) {
        match self {
            Self::Counted(amount) => (amount, 1, None, None),
            Self::Shown(gauge) => (gauge.sum, i64::from(gauge.count), Some(gauge.least), Some(gauge.most)),
        }
    }
}

/// Adds to the quarters and days of a meter.
pub async fn count(tx: &mut WriteTx, meter: MeterId, parts: &[Part]) -> Result<(), StoreError> {
    for part in parts {
        let (amount, count, least, most) = part.amount.columns();
        let day = part.day.days();
        sqlx::query!(
            "INSERT INTO meter_quarter (meter_id, at, amount, count, least, most) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (meter_id, at) DO UPDATE SET amount = amount + excluded.amount, count = count + excluded.count,
                 least = min(coalesce(least, excluded.least), excluded.least),
                 most = max(coalesce(most, excluded.most), excluded.most)",
            meter,
            part.at,
            amount,
            count,
            least,
            most,
        )
        .execute(tx.conn())
        .await?;
        sqlx::query!(
            "INSERT INTO meter_day (meter_id, day, amount, count, least, most) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (meter_id, day) DO UPDATE SET amount = amount + excluded.amount, count = count + excluded.count,
                 least = min(coalesce(least, excluded.least), excluded.least),
                 most = max(coalesce(most, excluded.most), excluded.most)",
            meter,
            day,
            amount,
            count,
            least,
            most,
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// Records the last reading of a meter, and since when it is outside its limits.
pub async fn read(
    tx: &mut WriteTx,
    meter: MeterId,
    (at, value): (Millis, i64),
    beyond: Option<Millis>,
) -> Result<(), StoreError> {
    sqlx::query!("UPDATE meter SET read_at = ?, value = ?, beyond_at = ? WHERE id = ?", at, value, beyond, meter)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What a meter measured in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    pub meter: MeterId,
    /// The beginning of the quarter, or the number of the day.
    pub at: i64,
    /// The amount of a counter; the sum of the values of a gauge.
    pub amount: i64,
    pub count: i64,
    pub least: Option<i64>,
    pub most: Option<i64>,
}

/// The quarters of a meter that begin within `from..until`.
pub async fn quarters(
    conn: &mut SqliteConnection,
    meter: MeterId,
    from: Millis,
    until: Millis,
) -> Result<Vec<Reading>, StoreError> {
    let rows = sqlx::query_as!(
        Reading,
        r#"SELECT meter_id AS "meter!: MeterId", at AS "at!", amount, count, least, most FROM meter_quarter
            WHERE meter_id = ? AND at >= ? AND at < ? ORDER BY at"#,
        meter,
        from,
        until,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// The days of a meter from `from` to `last`, both included.
pub async fn days(
    conn: &mut SqliteConnection,
    meter: MeterId,
    from: Date,
    last: Date,
) -> Result<Vec<Reading>, StoreError> {
    let (from, last) = (from.days(), last.days());
    let rows = sqlx::query_as!(
        Reading,
        r#"SELECT meter_id AS "meter!: MeterId", day AS "at!", amount, count, least, most FROM meter_day
            WHERE meter_id = ? AND day BETWEEN ? AND ? ORDER BY day"#,
        meter,
        from,
        last,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// What every meter in use measured on the days from `from` to `last`, both included.
pub async fn all_days(conn: &mut SqliteConnection, from: Date, last: Date) -> Result<Vec<Reading>, StoreError> {
    let (from, last) = (from.days(), last.days());
    let rows = sqlx::query_as!(
        Reading,
        r#"SELECT y.meter_id AS "meter!: MeterId", y.day AS "at!", y.amount, y.count, y.least, y.most
             FROM meter t JOIN meter_day y ON y.meter_id = t.id AND y.day BETWEEN ?1 AND ?2
            WHERE t.archived_at IS NULL ORDER BY y.meter_id, y.day"#,
        from,
        last,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// The amounts of the meters in use from `from` on, together for each.
pub async fn since(conn: &mut SqliteConnection, from: Millis) -> Result<Vec<(MeterId, i64)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT t.id AS "meter!: MeterId", sum(q.amount) AS "amount!: i64"
             FROM meter t JOIN meter_quarter q ON q.meter_id = t.id AND q.at >= ?
            WHERE t.archived_at IS NULL GROUP BY t.id"#,
        from
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.meter, row.amount)).collect())
}

/// Deletes quarters that begin before `before`, at most `most`; returns how many there were. Their days stay.
pub async fn delete_quarters(tx: &mut WriteTx, before: Millis, most: i64) -> Result<u64, StoreError> {
    let gone = sqlx::query!(
        "DELETE FROM meter_quarter WHERE (meter_id, at) IN
             (SELECT t.id, q.at FROM meter t JOIN meter_quarter q ON q.meter_id = t.id AND q.at < ? LIMIT ?)",
        before,
        most
    )
    .execute(tx.conn())
    .await?;
    Ok(gone.rows_affected())
}

/// What a meter of the whole building measured in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub meter: MeterId,
    pub amount: i64,
    pub count: i64,
}

/// What meters of the whole building measured in quarters that begin within `from..until`.
pub async fn windows(conn: &mut SqliteConnection, from: Millis, until: Millis) -> Result<Vec<Window>, StoreError> {
    let rows = sqlx::query_as!(
        Window,
        r#"SELECT t.id AS "meter!: MeterId", sum(q.amount) AS "amount!: i64", sum(q.count) AS "count!: i64"
             FROM meter t JOIN meter_quarter q ON q.meter_id = t.id AND q.at >= ? AND q.at < ?
            WHERE t.archived_at IS NULL AND t.total = 1 GROUP BY t.id"#,
        from,
        until
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// The same for the days from `from` to `last`, both included.
pub async fn day_windows(conn: &mut SqliteConnection, from: Date, last: Date) -> Result<Vec<Window>, StoreError> {
    let (from, last) = (from.days(), last.days());
    let rows = sqlx::query_as!(
        Window,
        r#"SELECT t.id AS "meter!: MeterId", sum(y.amount) AS "amount!: i64", sum(y.count) AS "count!: i64"
             FROM meter t JOIN meter_day y ON y.meter_id = t.id AND y.day BETWEEN ? AND ?
            WHERE t.archived_at IS NULL AND t.total = 1 GROUP BY t.id"#,
        from,
        last
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// What the plug of a machine measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineAmount {
    pub machine: MachineId,
    pub name: String,
    pub amount: i64,
    pub has_board: bool,
}

/// The energy of machines on the days from `from` to `last`, both included; the largest first.
pub async fn by_machine(
    conn: &mut SqliteConnection,
    from: Date,
    last: Date,
) -> Result<Vec<MachineAmount>, StoreError> {
    let (from, last) = (from.days(), last.days());
    let rows = sqlx::query_as!(
        MachineAmount,
        r#"SELECT m.id AS "machine!: MachineId", m.name AS "name!", sum(y.amount) AS "amount!: i64",
                  m.number IS NOT NULL AS "has_board!: bool"
             FROM building_device d JOIN machine m ON m.id = d.machine_id
             JOIN meter t ON t.device_id = d.id AND t.measure = 'power' AND t.archived_at IS NULL
             JOIN meter_day y ON y.meter_id = t.id AND y.day BETWEEN ? AND ?
            WHERE d.archived_at IS NULL GROUP BY m.id ORDER BY 3 DESC, 2"#,
        from,
        last
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// For how long machines with a plug were used between `from` and `until`, in milliseconds.
pub async fn swiped(
    conn: &mut SqliteConnection,
    from: Millis,
    until: Millis,
) -> Result<std::collections::BTreeMap<MachineId, i64>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT u.machine_id AS "machine!: MachineId",
                  sum(max(0, min(coalesce(u.ended_at, ?2), ?2) - max(u.started_at, ?1))) AS "length!: i64"
             FROM (SELECT DISTINCT machine_id AS id FROM building_device WHERE machine_id IS NOT NULL AND archived_at IS NULL) d
             JOIN use_session u ON u.machine_id = d.id
            WHERE u.started_at < ?2 AND coalesce(u.ended_at, ?2) > ?1 AND u.started_at > ?1 - 604800000
            GROUP BY u.machine_id"#,
        from,
        until
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.machine, row.length)).collect())
}

/// Whether a machine was in use at any time between `from` and `until`; `None` for one without a board.
pub async fn is_swiped(
    conn: &mut SqliteConnection,
    machine: MachineId,
    from: Millis,
    until: Millis,
) -> Result<Option<bool>, StoreError> {
    let row = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM use_session u
                           WHERE u.machine_id = m.id AND u.started_at < ?3 AND coalesce(u.ended_at, ?3) > ?2) AS "is: bool"
             FROM machine m WHERE m.id = ?1 AND m.number IS NOT NULL AND m.archived_at IS NULL"#,
        machine,
        from,
        until
    )
    .fetch_optional(conn)
    .await?;
    Ok(row)
}

/// The run of a meter that has not ended.
pub async fn open_run(conn: &mut SqliteConnection, meter: MeterId) -> Result<Option<OpenRun>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT started_at AS "started: Millis", amount, noticed_at IS NOT NULL AS "noticed: bool"
             FROM unswiped_run WHERE meter_id = ? AND ended_at IS NULL"#,
        meter
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| OpenRun { started: row.started, amount: row.amount, noticed: row.noticed }))
}

/// Begins a run, or goes on with the one that has not ended.
pub async fn save_run(
    tx: &mut WriteTx,
    (meter, machine): (MeterId, MachineId),
    run: OpenRun,
    at: Millis,
) -> Result<UnswipedRunId, StoreError> {
    let noticed = run.noticed.then_some(at);
    let id = sqlx::query_scalar!(
        r#"INSERT INTO unswiped_run (meter_id, machine_id, started_at, last_at, amount, noticed_at) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (meter_id) WHERE ended_at IS NULL DO UPDATE SET last_at = excluded.last_at, amount = excluded.amount,
               noticed_at = coalesce(noticed_at, excluded.noticed_at)
           RETURNING id AS "id!: UnswipedRunId""#,
        meter,
        machine,
        run.started,
        at,
        run.amount,
        noticed,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(id)
}

/// Ends the run of a meter where it was last seen.
pub async fn end_run(tx: &mut WriteTx, meter: MeterId) -> Result<(), StoreError> {
    sqlx::query!("UPDATE unswiped_run SET ended_at = last_at WHERE meter_id = ? AND ended_at IS NULL", meter)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Deletes the run of a meter that was too short.
pub async fn forget_run(tx: &mut WriteTx, meter: MeterId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM unswiped_run WHERE meter_id = ? AND ended_at IS NULL", meter)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// A run without a swipe that got a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRun {
    pub id: UnswipedRunId,
    pub machine: MachineId,
    pub name: String,
    pub started: Millis,
    pub last: Millis,
    pub ended: Option<Millis>,
    pub amount: i64,
}

/// Runs since `from` that nobody has settled, the latest first.
pub async fn runs(conn: &mut SqliteConnection, from: Millis, most: i64) -> Result<Vec<StoredRun>, StoreError> {
    let rows = sqlx::query_as!(
        StoredRun,
        r#"SELECT r.id AS "id!: UnswipedRunId", r.machine_id AS "machine!: MachineId", m.name AS "name!",
                  r.started_at AS "started!: Millis", r.last_at AS "last!: Millis", r.ended_at AS "ended?: Millis", r.amount
             FROM unswiped_run r JOIN machine m ON m.id = r.machine_id
            WHERE r.noticed_at IS NOT NULL AND r.settled_at IS NULL AND r.started_at >= ?
            ORDER BY r.started_at DESC LIMIT ?"#,
        from,
        most
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// Marks a run as seen; returns its meter, or none if there is no such run.
pub async fn settle_run(tx: &mut WriteTx, run: UnswipedRunId, at: Millis) -> Result<Option<MeterId>, StoreError> {
    let meter = sqlx::query_scalar!(
        r#"UPDATE unswiped_run SET settled_at = ? WHERE id = ? AND settled_at IS NULL RETURNING meter_id AS "meter!: MeterId""#,
        at,
        run
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(meter)
}
