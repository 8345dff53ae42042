//! Settings: rows of `setting`. `domain::settings` resolves them.

use crate::personal_data::{Erasing, Table};
use domain::{
    id::{AliasId, MachineId, TypeId},
    settings::{Key, Scope, Setting, Settings},
    time::Millis,
};

pub use domain::settings::At;

use serde::Deserialize;
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, json};

/// Sets `key` to `value` at `at`.
pub async fn set(tx: &mut WriteTx, at: At, key: Key, value: &str) -> Result<(), StoreError> {
    let (scope, id) = at.columns();
    let key = key.as_str();
    sqlx::query!(
        "INSERT INTO setting (scope, scope_id, key, value) VALUES (?, ?, ?, ?)
             ON CONFLICT (scope, scope_id, key) DO UPDATE SET value = excluded.value, version = version + 1",
        scope,
        id,
        key,
        value,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Clears `key` at `at`.
pub async fn clear(tx: &mut WriteTx, at: At, key: Key) -> Result<(), StoreError> {
    let (scope, id) = at.columns();
    let key = key.as_str();
    sqlx::query!("DELETE FROM setting WHERE scope = ? AND scope_id = ? AND key = ?", scope, id, key)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Records a change of `key` at `at`, which increments its version.
pub async fn note(
    tx: &mut WriteTx,
    at: At,
    key: Key,
    by: Option<AliasId>,
    when: Millis,
) -> Result<(), StoreError> {
    let (scope, id) = at.columns();
    let key = key.as_str();
    sqlx::query!(
        "INSERT INTO setting_change (scope, scope_id, key, version, changed_at, changed_by) VALUES (?, ?, ?, 1, ?, ?)
             ON CONFLICT (scope, scope_id, key) DO UPDATE
             SET version = version + 1, changed_at = excluded.changed_at, changed_by = excluded.changed_by",
        scope,
        id,
        key,
        when,
        by,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The last change of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    pub key: Key,
    pub version: i64,
    pub at: Millis,
    /// Who changed it, if known.
    pub by: Option<String>,
}

/// The last change of each setting that was ever changed at `at`.
pub async fn changed(conn: &mut SqliteConnection, at: At) -> Result<Vec<Changed>, StoreError> {
    let (scope, id) = at.columns();
    let rows = sqlx::query!(
        r#"SELECT c.key, c.version, c.changed_at AS "at: Millis", p.name AS "by?: String" FROM setting_change c
             LEFT JOIN alias a ON a.id = c.changed_by
             LEFT JOIN profile p ON p.person_id = a.person_id
            WHERE c.scope = ? AND c.scope_id = ?"#,
        scope,
        id,
    )
    .fetch_all(conn)
    .await?;
    let known = rows.into_iter().filter_map(|row| {
        Some(Changed { key: Key::parse(&row.key)?, version: row.version, at: row.at, by: row.by })
    });
    Ok(known.collect())
}

/// Whether a setting has this value at some scope.
pub async fn is_set(conn: &mut SqliteConnection, key: Key, value: &str) -> Result<bool, StoreError> {
    let key = key.as_str();
    let is_set = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM setting WHERE key = ? AND value = ?) AS "is_set!: bool""#,
        key,
        value
    );
    Ok(is_set.fetch_one(conn).await?)
}

/// The settings set for one machine of type `kind`, for the type, and for the space.
pub async fn explicit(
    conn: &mut SqliteConnection,
    kind: Option<TypeId>,
    machine: Option<MachineId>,
) -> Result<Vec<Setting>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT scope AS "scope: Scope", key, value FROM setting
            WHERE scope = 'space' OR (scope = 'type' AND scope_id = ?1) OR (scope = 'machine' AND scope_id = ?2)"#,
        kind,
        machine,
    )
    .fetch_all(conn)
    .await?;
    let known = rows
        .into_iter()
        .filter_map(|row| Some(Setting { scope: row.scope, key: Key::parse(&row.key)?, value: row.value }));
    Ok(known.collect())
}

/// The resolved settings of each of these, as type and machine; neither stands for the space.
pub async fn of_many(
    conn: &mut SqliteConnection,
    of: &[(Option<TypeId>, Option<MachineId>)],
) -> Result<Vec<Settings>, StoreError> {
    let types = json::ids(of.iter().filter_map(|(kind, _)| Some((*kind)?.0)));
    let machines = json::ids(of.iter().filter_map(|(_, machine)| Some((*machine)?.0)));
    let rows = sqlx::query!(
        r#"SELECT scope AS "scope: Scope", scope_id, key, value FROM setting
            WHERE scope = 'space' OR (scope = 'type' AND scope_id IN (SELECT value FROM json_each(?1)))
               OR (scope = 'machine' AND scope_id IN (SELECT value FROM json_each(?2)))"#,
        types,
        machines,
    )
    .fetch_all(conn)
    .await?;
    let one = |(kind, machine): &(Option<TypeId>, Option<MachineId>)| {
        let explicit = rows.iter().filter(|row| row.scope.covers(row.scope_id, *kind, *machine));
        let explicit = explicit.filter_map(|row| {
            Some(Setting { scope: row.scope, key: Key::parse(&row.key)?, value: row.value.clone() })
        });
        Settings::resolve(explicit.collect())
    };
    Ok(of.iter().map(one).collect())
}

/// The settings set at `at` itself.
pub async fn at(conn: &mut SqliteConnection, at: At) -> Result<Vec<(Key, String)>, StoreError> {
    let (scope, id) = at.columns();
    let rows = sqlx::query!("SELECT key, value FROM setting WHERE scope = ? AND scope_id = ?", scope, id);
    let rows = rows.fetch_all(conn).await?;
    Ok(rows.into_iter().filter_map(|row| Some((Key::parse(&row.key)?, row.value))).collect())
}

/// The settings set for each machine itself.
pub async fn of_machines(conn: &mut SqliteConnection) -> Result<Vec<(MachineId, Key, String)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT scope_id AS "machine!: MachineId", key, value FROM setting WHERE scope = 'machine'"#
    );
    let rows = rows.fetch_all(conn).await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.machine, Key::parse(&row.key)?, row.value))).collect())
}

/// The settings of the space.
pub async fn of_space(conn: &mut SqliteConnection) -> Result<Settings, StoreError> {
    let explicit = sqlx::query!("SELECT key, value FROM setting WHERE scope = 'space'").fetch_all(conn).await?;
    let explicit = explicit
        .into_iter()
        .filter_map(|row| Some(Setting { scope: Scope::Space, key: Key::parse(&row.key)?, value: row.value }));
    Ok(Settings::resolve(explicit.collect()))
}

/// A setting in a statement's list. Text, because another version may have written it.
#[derive(Debug, Deserialize)]
pub(crate) struct SettingItem {
    pub(crate) scope: String,
    key: String,
    value: String,
}

/// Converts the items of a statement's list. A key this version does not know is skipped: a newer version may have written it.
pub(crate) fn of_items(items: Vec<SettingItem>) -> Vec<Setting> {
    let known = items.into_iter().filter_map(|SettingItem { scope, key, value }| {
        Some(Setting { scope: Scope::parse(&scope)?, key: Key::parse(&key)?, value })
    });
    known.collect()
}

/// Parses explicit settings from a statement's list.
pub(crate) fn explicit_in(list: &str) -> Result<Vec<Setting>, sqlx::Error> {
    Ok(of_items(json::list(list)?))
}

/// Resolves settings from a statement's list.
pub(crate) fn of_list(list: &str) -> Result<Settings, sqlx::Error> {
    Ok(Settings::resolve(explicit_in(list)?))
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::left("setting_change", &["changed_by"], Erasing::Stays)];
