//! Opening hours: rows of `opening_hours` and `opening_exception`. `domain::hours` derives when it is open.

use domain::{
    hours::{Exception, Hours, Stretch, Weekly},
    id::{MachineId, TypeId},
    settings::{At, Scope},
};
use serde::Deserialize;
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

use crate::{StoreError, WriteTx, json};

/// A machine with its type; neither stands for the space.
pub type Of = (Option<TypeId>, Option<MachineId>);

/// The hours set for one machine of type `kind`, for the type, and for the space; exceptions from `first` on.
pub async fn hours_of(
    conn: &mut SqliteConnection,
    kind: Option<TypeId>,
    machine: Option<MachineId>,
    first: i64,
) -> Result<Hours, StoreError> {
    Ok(message_of(conn, Some(&[(kind, machine)]), first).await?.of(kind, machine))
}

/// The hours of several machines, of their types and of the space.
#[derive(Debug, Clone, Default)]
pub struct HoursOf {
    weekly: Vec<(i64, Weekly)>,
    exceptions: Vec<(i64, Exception)>,
}

impl HoursOf {
    /// The hours for a machine of type `kind`, or for the space.
    #[must_use]
    pub fn of(&self, kind: Option<TypeId>, machine: Option<MachineId>) -> Hours {
        let weekly = self.weekly.iter().filter(|(id, message)| message.scope.covers(*id, kind, machine));
        let exceptions = self.exceptions.iter().filter(|(id, message)| message.scope.covers(*id, kind, machine));
        Hours {
            weekly: weekly.map(|(_, message)| *message).collect(),
            exceptions: exceptions.map(|(_, message)| *message).collect(),
        }
    }
}

/// The hours set for these machines, or everywhere, in two statements; exceptions from `first` on.
pub async fn message_of(
    conn: &mut SqliteConnection,
    of: Option<&[Of]>,
    first: i64,
) -> Result<HoursOf, StoreError> {
    let types = of.map(|of| json::ids(of.iter().filter_map(|(kind, _)| Some((*kind)?.0))));
    let machines = of.map(|of| json::ids(of.iter().filter_map(|(_, machine)| Some((*machine)?.0))));
    let weekly = sqlx::query!(
        r#"SELECT scope AS "scope: Scope", scope_id, weekday AS "weekday: u8", from_min AS "from: u16", to_min AS "to: u16"
             FROM opening_hours
            WHERE ?1 IS NULL OR scope = 'space' OR (scope = 'type' AND scope_id IN (SELECT value FROM json_each(?1)))
               OR (scope = 'machine' AND scope_id IN (SELECT value FROM json_each(?2)))
            ORDER BY weekday, from_min"#,
        types,
        machines,
    )
    .fetch_all(&mut *conn)
    .await?;
    let weekly = weekly.into_iter().map(|row| {
        let hours = Stretch { from: row.from, to: row.to };
        (row.scope_id, Weekly { scope: row.scope, weekday: row.weekday, hours })
    });
    let exceptions = sqlx::query!(
        r#"SELECT scope AS "scope: Scope", scope_id, day, from_min AS "from: u16", to_min AS "to: u16"
             FROM opening_exception
            WHERE (?1 IS NULL OR scope = 'space' OR (scope = 'type' AND scope_id IN (SELECT value FROM json_each(?1)))
                   OR (scope = 'machine' AND scope_id IN (SELECT value FROM json_each(?2))))
              AND day >= ?3
            ORDER BY day, from_min"#,
        types,
        machines,
        first,
    )
    .fetch_all(conn)
    .await?;
    let exceptions = exceptions.into_iter().map(|row| {
        let hours = row.from.zip(row.to).map(|(from, to)| Stretch { from, to });
        (row.scope_id, Exception { scope: row.scope, day: row.day, hours })
    });
    Ok(HoursOf { weekly: weekly.collect(), exceptions: exceptions.collect() })
}

/// The hours of a type and the space, and the complete hours of each machine of the type with hours of its own;
/// exceptions from `first` on.
#[derive(Debug, Clone, Default)]
pub struct OfType {
    pub common: Hours,
    pub machines: BTreeMap<MachineId, Hours>,
}

impl OfType {
    /// The hours of one machine of the type.
    #[must_use]
    pub fn of(&self, machine: MachineId) -> &Hours {
        self.machines.get(&machine).unwrap_or(&self.common)
    }
}

pub async fn of_type(conn: &mut SqliteConnection, kind: TypeId, first: i64) -> Result<OfType, StoreError> {
    let common = hours_of(&mut *conn, Some(kind), None, first).await?;
    let mut machines = BTreeMap::<MachineId, Hours>::new();
    let weekly = sqlx::query!(
        r#"SELECT scope_id AS "machine: MachineId", weekday AS "weekday: u8", from_min AS "from: u16", to_min AS "to: u16"
             FROM opening_hours WHERE scope = 'machine' AND scope_id IN (SELECT id FROM machine WHERE type_id = ?)
            ORDER BY weekday, from_min"#,
        kind,
    )
    .fetch_all(&mut *conn)
    .await?;
    for row in weekly {
        let own = machines.entry(row.machine).or_insert_with(|| common.clone());
        let hours = Stretch { from: row.from, to: row.to };
        own.weekly.push(Weekly { scope: Scope::Machine, weekday: row.weekday, hours });
    }
    let exceptions = sqlx::query!(
        r#"SELECT scope_id AS "machine: MachineId", day, from_min AS "from: u16", to_min AS "to: u16"
             FROM opening_exception
            WHERE scope = 'machine' AND scope_id IN (SELECT id FROM machine WHERE type_id = ?) AND day >= ?
            ORDER BY day, from_min"#,
        kind,
        first,
    )
    .fetch_all(conn)
    .await?;
    for row in exceptions {
        let own = machines.entry(row.machine).or_insert_with(|| common.clone());
        let hours = row.from.zip(row.to).map(|(from, to)| Stretch { from, to });
        own.exceptions.push(Exception { scope: Scope::Machine, day: row.day, hours });
    }
    Ok(OfType { common, machines })
}

/// Stands for the week in place of a day.
pub const WEEK: i64 = -1;

/// The versions of all hours ever set at `at`: day and version; [`WEEK`] is the week.
pub async fn versions(conn: &mut SqliteConnection, at: At) -> Result<Vec<(i64, i64)>, StoreError> {
    let (scope, id) = at.columns();
    let rows =
        sqlx::query!("SELECT day, version FROM opening_version WHERE scope = ? AND scope_id = ?", scope, id);
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.day, row.version)).collect())
}

async fn grow(tx: &mut WriteTx, at: At, day: i64) -> Result<(), StoreError> {
    let (scope, id) = at.columns();
    sqlx::query!(
        "INSERT INTO opening_version (scope, scope_id, day, version) VALUES (?, ?, ?, 1)
             ON CONFLICT (scope, scope_id, day) DO UPDATE SET version = version + 1",
        scope,
        id,
        day,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Replaces the weekly hours at `at`; an empty week falls back to the next scope.
pub async fn set_week(tx: &mut WriteTx, at: At, week: &[(u8, Stretch)]) -> Result<(), StoreError> {
    let (scope, id) = at.columns();
    sqlx::query!("DELETE FROM opening_hours WHERE scope = ? AND scope_id = ?", scope, id)
        .execute(tx.conn())
        .await?;
    for (weekday, hours) in week {
        sqlx::query!(
            "INSERT INTO opening_hours (scope, scope_id, weekday, from_min, to_min) VALUES (?, ?, ?, ?, ?)",
            scope,
            id,
            weekday,
            hours.from,
            hours.to,
        )
        .execute(tx.conn())
        .await?;
    }
    grow(tx, at, WEEK).await
}

/// Replaces the hours of one day at `at`: an empty list is closed, `None` follows the week.
pub async fn set_day(tx: &mut WriteTx, at: At, day: i64, hours: Option<&[Stretch]>) -> Result<(), StoreError> {
    let (scope, id) = at.columns();
    sqlx::query!("DELETE FROM opening_exception WHERE scope = ? AND scope_id = ? AND day = ?", scope, id, day)
        .execute(tx.conn())
        .await?;
    let rows: Vec<Option<Stretch>> = match hours {
        None => Vec::new(),
        Some([]) => vec![None],
        Some(hours) => hours.iter().copied().map(Some).collect(),
    };
    for hours in rows {
        let (from, to) = (hours.map(|hours| hours.from), hours.map(|hours| hours.to));
        sqlx::query!(
            "INSERT INTO opening_exception (scope, scope_id, day, from_min, to_min) VALUES (?, ?, ?, ?, ?)",
            scope,
            id,
            day,
            from,
            to,
        )
        .execute(tx.conn())
        .await?;
    }
    grow(tx, at, day).await
}

/// Hours of a weekday in a statement's list.
#[derive(Debug, Deserialize)]
pub(crate) struct WeeklyItem {
    pub(crate) scope: Scope,
    weekday: u8,
    from: u16,
    to: u16,
}

/// Hours of one date in a statement's list; without them it is closed.
#[derive(Debug, Deserialize)]
pub(crate) struct ExceptionItem {
    pub(crate) scope: Scope,
    day: i64,
    from: Option<u16>,
    to: Option<u16>,
}

/// Converts the items of a statement's lists.
pub(crate) fn of_items(weekly: Vec<WeeklyItem>, exceptions: Vec<ExceptionItem>) -> Hours {
    let weekly = weekly.into_iter().map(|WeeklyItem { scope, weekday, from, to }| Weekly {
        scope,
        weekday,
        hours: Stretch { from, to },
    });
    let exceptions = exceptions.into_iter().map(|ExceptionItem { scope, day, from, to }| Exception {
        scope,
        day,
        hours: from.zip(to).map(|(from, to)| Stretch { from, to }),
    });
    Hours { weekly: weekly.collect(), exceptions: exceptions.collect() }
}

/// Parses hours from a statement's lists.
pub(crate) fn of_lists(weekly: &str, exceptions: &str) -> Result<Hours, sqlx::Error> {
    Ok(of_items(json::list(weekly)?, json::list(exceptions)?))
}
