//! Floor plans: rows of `floor_plan` and `floor_plan_item`.

use domain::{
    bookings::Resource,
    floor_plans::Area,
    id::{FloorPlanId, MachineId, RoomId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// The fields of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPlan {
    pub name: String,
    /// In centimetres.
    pub width: u32,
    /// In centimetres.
    pub height: u32,
}

#[derive(Debug, Clone)]
pub struct StoredPlan {
    pub id: FloorPlanId,
    pub version: i64,
    pub name: String,
    pub width: u32,
    pub height: u32,
    /// When its picture was added.
    pub picture: Option<Millis>,
}

/// A room or machine on a plan that is not archived.
#[derive(Debug, Clone)]
pub struct StoredItem {
    pub plan: FloorPlanId,
    machine: Option<MachineId>,
    room: Option<RoomId>,
    pub name: String,
    /// The number of people that a room holds.
    pub capacity: Option<u16>,
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

impl StoredItem {
    /// The room or machine.
    #[must_use]
    pub fn resource(&self) -> Resource {
        match (self.machine, self.room) {
            (Some(machine), _) => Resource::Machine(machine),
            // The schema has one of the two.
            (None, room) => Resource::Room(room.unwrap_or(RoomId(0))),
        }
    }

    /// Where it is.
    #[must_use]
    pub const fn area(&self) -> Area {
        Area { x: self.x, y: self.y, width: self.width, height: self.height }
    }
}

/// All plans in the order in which they were added.
pub async fn list(conn: &mut SqliteConnection) -> Result<Vec<StoredPlan>, StoreError> {
    let plans = sqlx::query_as!(
        StoredPlan,
        r#"SELECT f.id AS "id!: FloorPlanId", f.version, f.name, f.width AS "width!: u32", f.height AS "height!: u32",
                  p.added_at AS "picture?: Millis"
             FROM floor_plan f LEFT JOIN picture p ON p.plan_id = f.id ORDER BY f.id"#
    );
    Ok(plans.fetch_all(conn).await?)
}

/// The things on all plans: rooms first, by name.
pub async fn items(conn: &mut SqliteConnection) -> Result<Vec<StoredItem>, StoreError> {
    let items = sqlx::query_as!(
        StoredItem,
        r#"SELECT i.plan_id AS "plan!: FloorPlanId", i.machine_id AS "machine?: MachineId", i.room_id AS "room?: RoomId",
                  coalesce(m.name, r.name) AS "name!: String", r.capacity AS "capacity?: u16", i.x AS "x!: u32", i.y AS "y!: u32",
                  i.width AS "width!: u32", i.height AS "height!: u32"
             FROM floor_plan_item i LEFT JOIN machine m ON m.id = i.machine_id LEFT JOIN room r ON r.id = i.room_id
            WHERE coalesce(m.archived_at, r.archived_at) IS NULL
            ORDER BY i.room_id IS NULL, coalesce(m.name, r.name), i.id"#
    );
    Ok(items.fetch_all(conn).await?)
}

/// Adds a plan. [`StoreError::Unique`] if another has the name.
pub async fn add(tx: &mut WriteTx, new: &NewPlan) -> Result<FloorPlanId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO floor_plan (name, width, height) VALUES (?, ?, ?)",
        new.name,
        new.width,
        new.height
    );
    Ok(FloorPlanId(made.execute(tx.conn()).await?.last_insert_rowid()))
}

/// Changes a plan and increments its version. [`StoreError::Unique`] if another has the name.
pub async fn change(tx: &mut WriteTx, plan: FloorPlanId, to: &NewPlan) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE floor_plan SET name = ?, width = ?, height = ?, version = version + 1 WHERE id = ?",
        to.name,
        to.width,
        to.height,
        plan
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Deletes a plan with its picture and the places on it.
pub async fn delete(tx: &mut WriteTx, plan: FloorPlanId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM floor_plan_item WHERE plan_id = ?", plan).execute(tx.conn()).await?;
    sqlx::query!("DELETE FROM picture WHERE plan_id = ?", plan).execute(tx.conn()).await?;
    sqlx::query!("DELETE FROM floor_plan WHERE id = ?", plan).execute(tx.conn()).await?;
    Ok(())
}

/// Places a room or machine on a plan, instead of where it was.
pub async fn place(tx: &mut WriteTx, plan: FloorPlanId, resource: Resource, area: Area) -> Result<(), StoreError> {
    take_off(tx, None, resource).await?;
    let (machine, room) = (resource.machine(), resource.room());
    let Area { x, y, width, height } = area;
    sqlx::query!(
        "INSERT INTO floor_plan_item (plan_id, machine_id, room_id, x, y, width, height) VALUES (?, ?, ?, ?, ?, ?, ?)",
        plan,
        machine,
        room,
        x,
        y,
        width,
        height
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes a room or machine off `plan`, or off any; returns whether it was on it.
pub async fn take_off(
    tx: &mut WriteTx,
    plan: Option<FloorPlanId>,
    resource: Resource,
) -> Result<bool, StoreError> {
    let (machine, room) = (resource.machine(), resource.room());
    let gone = sqlx::query!(
        "DELETE FROM floor_plan_item WHERE (machine_id = ?1 OR room_id = ?2) AND (?3 IS NULL OR plan_id = ?3)",
        machine,
        room,
        plan
    );
    Ok(gone.execute(tx.conn()).await?.rows_affected() > 0)
}
