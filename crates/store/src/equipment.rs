//! Equipment types and places: rows of `equipment_type`, `type_requirement` and `place`.

use domain::{
    access::BuiltInTypes,
    id::{PlaceId, TypeId},
    machines::Risk,
};

use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// The two types every space has, as the first migration numbers them.
pub const BUILT_IN: BuiltInTypes = BuiltInTypes { space: TypeId(1), system: TypeId(2) };

/// Whether somebody has put anything into the space.
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
/// Fails with [`StoreError::Taken`] when there is one of that name.
pub async fn add_type(tx: &mut WriteTx, name: &str, risk: Risk) -> Result<TypeId, StoreError> {
    let made = sqlx::query!("INSERT INTO equipment_type (name, risk) VALUES (?, ?)", name, risk)
        .execute(tx.conn())
        .await?;
    Ok(TypeId(made.last_insert_rowid()))
}

/// Says that `kind` takes being qualified on `requires` first.
pub async fn require(tx: &mut WriteTx, kind: TypeId, requires: TypeId) -> Result<(), StoreError> {
    sqlx::query!("INSERT INTO type_requirement (type_id, requires_id) VALUES (?, ?)", kind, requires)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Adds a place, shown in the order of `position`.
///
/// Fails with [`StoreError::Taken`] when there is one of that name.
pub async fn add_place(tx: &mut WriteTx, name: &str, position: i64) -> Result<PlaceId, StoreError> {
    let made = sqlx::query!("INSERT INTO place (name, position) VALUES (?, ?)", name, position)
        .execute(tx.conn())
        .await?;
    Ok(PlaceId(made.last_insert_rowid()))
}
