//! Settings: rows of `setting`. What they amount to is `domain::settings`.

use domain::{
    id::{MachineId, TypeId},
    settings::{Key, Scope, Setting, Settings},
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, json};

/// Where a setting is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// For everything.
    Space,
    /// For a type.
    Type(TypeId),
    /// For one machine.
    Machine(MachineId),
}

impl At {
    const fn columns(self) -> (Scope, i64) {
        match self {
            Self::Space => (Scope::Space, 0),
            Self::Type(id) => (Scope::Type, id.0),
            Self::Machine(id) => (Scope::Machine, id.0),
        }
    }
}

/// Says `value` for `key` at `at`, instead of what was said there before.
pub async fn set(tx: &mut WriteTx, at: At, key: Key, value: &str) -> Result<(), StoreError> {
    let (scope, id) = at.columns();
    let key = key.word();
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

/// Says nothing for `key` at `at` any more.
pub async fn clear(tx: &mut WriteTx, at: At, key: Key) -> Result<(), StoreError> {
    let (scope, id) = at.columns();
    let key = key.word();
    sqlx::query!("DELETE FROM setting WHERE scope = ? AND scope_id = ? AND key = ?", scope, id, key)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What is said for one machine of type `kind`, for the type, and for the space.
pub async fn said(
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
        .filter_map(|row| Some(Setting { scope: row.scope, key: Key::from_word(&row.key)?, value: row.value }));
    Ok(known.collect())
}

/// What holds for the space.
pub async fn of_space(conn: &mut SqliteConnection) -> Result<Settings, StoreError> {
    let said = sqlx::query!("SELECT key, value FROM setting WHERE scope = 'space'").fetch_all(conn).await?;
    let said = said
        .into_iter()
        .filter_map(|row| Some(Setting { scope: Scope::Space, key: Key::from_word(&row.key)?, value: row.value }));
    Ok(Settings::resolve(said.collect()))
}

/// Settings as a statement's list `[scope, key, value]`. A key this version does not know is passed over: a newer
/// version may have written it.
pub(crate) fn of_list(list: &str) -> Result<Settings, sqlx::Error> {
    let said = json::rows(list, |row| {
        let (scope, key, value) = (json::text(row, 0)?, json::text(row, 1)?, json::text(row, 2)?);
        Some((Scope::from_word(scope), Key::from_word(key), value.to_owned()))
    })?;
    let known =
        said.into_iter().filter_map(|(scope, key, value)| Some(Setting { scope: scope?, key: key?, value }));
    Ok(Settings::resolve(known.collect()))
}
