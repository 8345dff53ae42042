//! Equipment types and places: rows of `equipment_type`, `type_requirement` and `place`.

mod kinds;
mod places;

pub use kinds::{
    StoredType, archive_type, change_type, machines_of, require_nothing, requirements, stored_types, touch_type,
};
pub use places::{StoredPlace, archive_place, change_place, move_back, move_machines, stored_places};

use domain::{
    access::BuiltInTypes,
    boards::MachineNumber,
    id::{PlaceId, TypeId},
    machines::Risk,
    people::folded::folded,
};

use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// The two types of every space, as numbered by the first migration.
pub const BUILT_IN: BuiltInTypes = BuiltInTypes { space: TypeId(1), system: TypeId(2) };

/// Whether anything was added to the space.
pub async fn furnished(conn: &mut SqliteConnection) -> Result<bool, StoreError> {
    let furnished = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM person) OR EXISTS (SELECT 1 FROM machine) OR EXISTS (SELECT 1 FROM place)
               OR EXISTS (SELECT 1 FROM setting) OR EXISTS (SELECT 1 FROM equipment_type WHERE built_in IS NULL)
                  AS "furnished!: bool""#
    )
    .fetch_one(conn)
    .await?;
    Ok(furnished)
}

/// Adds a type.
///
/// Fails with [`StoreError::Unique`] if there is one with that name.
pub async fn add_type(tx: &mut WriteTx, name: &str, risk: Risk) -> Result<TypeId, StoreError> {
    let made = sqlx::query!("INSERT INTO equipment_type (name, risk) VALUES (?, ?)", name, risk)
        .execute(tx.conn())
        .await?;
    Ok(TypeId(made.last_insert_rowid()))
}

/// Makes `kind` require a qualification on `requires`.
pub async fn require(tx: &mut WriteTx, kind: TypeId, requires: TypeId) -> Result<(), StoreError> {
    sqlx::query!("INSERT INTO type_requirement (type_id, requires_id) VALUES (?, ?)", kind, requires)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Adds a place, sorted by `position`.
///
/// Fails with [`StoreError::Unique`] if there is one with that name.
pub async fn add_place(tx: &mut WriteTx, name: &str, position: i64) -> Result<PlaceId, StoreError> {
    let made = sqlx::query!("INSERT INTO place (name, position) VALUES (?, ?)", name, position)
        .execute(tx.conn())
        .await?;
    Ok(PlaceId(made.last_insert_rowid()))
}

/// The types by name, without the built-in ones.
pub async fn types(conn: &mut SqliteConnection) -> Result<Vec<(TypeId, String)>, StoreError> {
    let types = sqlx::query!(
        r#"SELECT id AS "id: TypeId", name FROM equipment_type
            WHERE built_in IS NULL AND archived_at IS NULL ORDER BY id"#
    )
    .fetch_all(conn)
    .await?;
    let mut types: Vec<_> = types.into_iter().map(|row| (row.id, row.name)).collect();
    types.sort_by_cached_key(|(_, name)| folded(name));
    Ok(types)
}

/// The places by position and name.
pub async fn places(conn: &mut SqliteConnection) -> Result<Vec<(PlaceId, String)>, StoreError> {
    let mut places = sqlx::query!(
        r#"SELECT id AS "id: PlaceId", name, position FROM place WHERE archived_at IS NULL ORDER BY id"#
    )
    .fetch_all(conn)
    .await?;
    places.sort_by_cached_key(|row| (row.position, folded(&row.name)));
    Ok(places.into_iter().map(|row| (row.id, row.name)).collect())
}

/// The lowest number from 1 without a machine; `None` if all are used.
pub async fn free_number(conn: &mut SqliteConnection) -> Result<Option<MachineNumber>, StoreError> {
    let taken = sqlx::query_scalar!(
        r#"SELECT number AS "number!: u16" FROM machine WHERE number IS NOT NULL AND archived_at IS NULL ORDER BY number"#
    )
    .fetch_all(conn)
    .await?;
    let mut taken = taken.into_iter().peekable();
    Ok((1..=u16::MAX).find(|number| taken.next_if_eq(number).is_none()).map(MachineNumber))
}
