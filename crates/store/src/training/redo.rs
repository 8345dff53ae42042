//! Who has not completed again what an edition asks for by a day.

use domain::{
    id::{EditionId, MachineId, ModuleId, PersonId, TypeId},
    qualifications::Ledger,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, qualifications};

/// Somebody who completed an earlier edition and none since, of what one type or machine requires.
#[derive(Debug, Clone)]
pub struct Late {
    pub person: PersonId,
    pub module: ModuleId,
    pub edition: EditionId,
    pub published: Millis,
    pub by: Millis,
    /// The type, or that of the machine.
    pub kind: TypeId,
    pub machine: Option<MachineId>,
    /// What was said about them on either.
    pub ledger: Ledger,
}

struct Row {
    person: PersonId,
    module: ModuleId,
    edition: EditionId,
    published: Millis,
    by: Millis,
    kind: TypeId,
    machine: Option<MachineId>,
    list: String,
}

/// All of them, for days after `after` and until `until`.
pub async fn late(conn: &mut SqliteConnection, after: Millis, until: Millis) -> Result<Vec<Late>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT DISTINCT d.person_id AS "person!: PersonId", e.module_id AS "module!: ModuleId", e.id AS "edition!: EditionId",
                  e.published_at AS "published!: Millis", e.redo_by AS "by!: Millis",
                  coalesce(r.type_id, m.type_id) AS "kind!: TypeId", r.machine_id AS "machine?: MachineId",
                  (SELECT json_group_array(json_array(q.id, q.type_id, q.machine_id, q.relation, q.kind, q.effective_from, q.until))
                     FROM qualification q
                    WHERE q.person_id = d.person_id
                      AND (q.type_id = coalesce(r.type_id, m.type_id) OR q.machine_id = r.machine_id)) AS "list!: String"
             FROM module_edition e
             JOIN training_required r ON r.module_id = e.module_id
             LEFT JOIN machine m ON m.id = r.machine_id
             JOIN training_done d ON d.module_id = e.module_id AND d.edition < e.edition AND d.percent >= r.threshold AND d.quiz_done
             JOIN person p ON p.id = d.person_id AND p.status = 'active'
            WHERE e.redo_by > ?1 AND e.redo_by <= ?2 AND e.published_at IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM training_done n
                               WHERE n.person_id = d.person_id AND n.module_id = e.module_id AND n.edition >= e.edition
                                 AND n.percent >= r.threshold AND n.quiz_done)"#,
        after,
        until,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let ledger = qualifications::of_list(&row.list)?;
            let Row { person, module, edition, published, by, kind, machine, .. } = row;
            Ok(Late { person, module, edition, published, by, kind, machine, ledger })
        })
        .collect()
}
