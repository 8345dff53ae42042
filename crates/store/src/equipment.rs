//! Equipment types and places: rows of `equipment_type`, `type_requirement` and `place`.

use domain::{
    access::BuiltInTypes,
    id::{PlaceId, TypeId},
    machines::Risk,
};

use crate::{StoreError, WriteTx};

/// The two types every space has, as the first migration numbers them.
pub const BUILT_IN: BuiltInTypes = BuiltInTypes { space: TypeId(1), system: TypeId(2) };

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
