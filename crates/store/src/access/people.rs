//! Names for access decisions, and the people one can ask for help.

use domain::{
    id::{MachineId, ModuleId, PersonId, TypeId},
    qualifications::Ledger,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, json, qualifications};

/// The type of `machine`, unless it is archived or there is no such machine.
pub async fn kind_of(conn: &mut SqliteConnection, machine: MachineId) -> Result<Option<TypeId>, StoreError> {
    let kind = sqlx::query_scalar!(
        r#"SELECT type_id AS "kind!: TypeId" FROM machine WHERE id = ? AND archived_at IS NULL"#,
        machine
    )
    .fetch_optional(conn)
    .await?;
    Ok(kind)
}

/// Names of these types.
pub async fn names_of_types(
    conn: &mut SqliteConnection,
    types: &[TypeId],
) -> Result<Vec<(TypeId, String)>, StoreError> {
    let ids = json::ids(types.iter().map(|id| id.0));
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: TypeId", name FROM equipment_type WHERE id IN (SELECT value FROM json_each(?))"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Titles of these modules.
pub async fn titles_of_modules(
    conn: &mut SqliteConnection,
    modules: &[ModuleId],
) -> Result<Vec<(ModuleId, String)>, StoreError> {
    if modules.is_empty() {
        return Ok(Vec::new());
    }
    let ids = json::ids(modules.iter().map(|id| id.0));
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: ModuleId", title FROM training_module WHERE id IN (SELECT value FROM json_each(?))"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.title)).collect())
}

/// People with ledger entries for this type or machine, and people who requested there since `since`; by name, at most
/// `most`.
pub async fn whom_to_ask_for(
    conn: &mut SqliteConnection,
    kind: TypeId,
    machine: MachineId,
    since: Millis,
    most: i64,
) -> Result<Vec<(PersonId, String)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT p.id AS "id!: PersonId", f.name
             FROM person p JOIN profile f ON f.person_id = p.id
            WHERE p.id IN (SELECT q.person_id FROM qualification q WHERE q.type_id = ?1 OR q.machine_id = ?2
                           UNION
                           SELECT c.person_id FROM attempt a JOIN card c ON c.id = a.card_id
                            WHERE a.machine_id = ?2 AND a.at >= ?3)
              AND p.status <> 'left'
            ORDER BY f.called, p.id LIMIT ?4"#,
        kind,
        machine,
        since,
        most,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Whether `person` is active, or one of those that [`whom_to_ask_for`] lists.
pub async fn is_to_ask_for(
    conn: &mut SqliteConnection,
    person: PersonId,
    kind: TypeId,
    machine: MachineId,
    since: Millis,
) -> Result<bool, StoreError> {
    let is = sqlx::query_scalar!(
        r#"SELECT EXISTS (
               SELECT 1 FROM person p
                WHERE p.id = ?1 AND p.status <> 'left'
                  AND (p.status = 'active'
                       OR EXISTS (SELECT 1 FROM qualification q
                                   WHERE q.person_id = p.id AND (q.type_id = ?2 OR q.machine_id = ?3))
                       OR EXISTS (SELECT 1 FROM attempt a JOIN card c ON c.id = a.card_id
                                   WHERE c.person_id = p.id AND a.machine_id = ?3 AND a.at >= ?4))
           ) AS "is!: bool""#,
        person,
        kind,
        machine,
        since,
    );
    Ok(is.fetch_one(conn).await?)
}

/// A person who may be able to help.
#[derive(Debug, Clone)]
pub struct Staff {
    pub id: PersonId,
    pub name: String,
    pub email: Option<String>,
    pub ledger: Ledger,
}

/// Active people who ever were trainer or owner of this type or machine. Their ledger decides whether they still are.
pub async fn staff(
    conn: &mut SqliteConnection,
    kind: TypeId,
    machine: Option<MachineId>,
) -> Result<Vec<Staff>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT p.id AS "id!: PersonId", f.name AS "name!", f.email AS "email?: String",
                  (SELECT json_group_array(json_array(q.id, q.type_id, q.machine_id, q.relation, q.kind,
                                                      q.effective_from, q.until))
                     FROM qualification q WHERE q.person_id = p.id) AS "ledger!: String"
             FROM person p JOIN profile f ON f.person_id = p.id
            WHERE p.status = 'active'
              AND p.id IN (SELECT person_id FROM qualification WHERE type_id = ?1 AND relation IN ('trainer', 'owner')
                           UNION
                           SELECT person_id FROM qualification WHERE machine_id = ?2 AND relation IN ('trainer', 'owner'))
            ORDER BY f.called, p.id"#,
        kind,
        machine,
    )
    .fetch_all(conn)
    .await?;
    let staff = rows.into_iter().map(|row| {
        let ledger = qualifications::of_list(&row.ledger)?;
        Ok(Staff { id: row.id, name: row.name, email: row.email, ledger })
    });
    Ok(staff.collect::<Result<_, sqlx::Error>>()?)
}
