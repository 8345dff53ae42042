//! People who miss a deadline for retraining, or for a requirement added after they were qualified.

use domain::{
    id::{EditionId, MachineId, ModuleId, PersonId, RequirementId, TypeId},
    qualifications::{Ledger, Relation, Subject},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, qualifications};

/// A person who has completed an earlier edition and none since, or none at all, of a requirement of one type or
/// machine.
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
    /// Their entries on either.
    pub ledger: Ledger,
}

impl Late {
    /// Whether they are qualified at `at` on the type or machine that requires it.
    #[must_use]
    pub fn qualified(&self, at: Millis) -> bool {
        let machine = self.machine.map(Subject::Machine);
        let on: Vec<_> = machine.into_iter().chain([Subject::Type(self.kind)]).collect();
        self.ledger.holds(Relation::User, &on, at)
    }
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

/// All of them, with deadlines after `after` and until `until`.
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
    rows.into_iter().map(read).collect()
}

/// People who were qualified when a module was first required and have never completed it, with deadlines after `after`
/// and until `until`; of all requirements, or of one.
pub async fn new_to(
    conn: &mut SqliteConnection,
    after: Millis,
    until: Millis,
    requirement: Option<RequirementId>,
) -> Result<Vec<Late>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT DISTINCT p.id AS "person!: PersonId", r.module_id AS "module!: ModuleId", e.id AS "edition!: EditionId",
                  r.made_at AS "published!: Millis", r.grace_until AS "by!: Millis",
                  coalesce(r.type_id, m.type_id) AS "kind!: TypeId", r.machine_id AS "machine?: MachineId",
                  (SELECT json_group_array(json_array(q.id, q.type_id, q.machine_id, q.relation, q.kind, q.effective_from, q.until))
                     FROM qualification q
                    WHERE q.person_id = p.id
                      AND (q.type_id = coalesce(r.type_id, m.type_id) OR q.machine_id = r.machine_id)) AS "list!: String"
             FROM training_requirement r
             JOIN training_module t ON t.id = r.module_id AND t.archived_at IS NULL
             JOIN module_edition e ON e.module_id = r.module_id
                  AND e.edition = (SELECT max(l.edition) FROM module_edition l
                                    WHERE l.module_id = r.module_id AND l.published_at IS NOT NULL)
             LEFT JOIN machine m ON m.id = r.machine_id
             JOIN person p ON p.status = 'active' AND p.id IN
                  (SELECT q.person_id FROM qualification q
                    WHERE (q.type_id = coalesce(r.type_id, m.type_id) OR q.machine_id = r.machine_id)
                      AND q.effective_from <= r.made_at AND q.cause NOT IN ('administrator', 'import', 'setup'))
            WHERE r.grace_until > ?1 AND r.grace_until <= ?2 AND (?3 IS NULL OR r.id = ?3)
              AND NOT EXISTS (SELECT 1 FROM training_done d
                               WHERE d.person_id = p.id AND d.module_id = r.module_id AND d.percent >= r.threshold
                                 AND d.quiz_done)"#,
        after,
        until,
        requirement,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(read).collect()
}

fn read(row: Row) -> Result<Late, StoreError> {
    let ledger = qualifications::of_list(&row.list)?;
    let Row { person, module, edition, published, by, kind, machine, .. } = row;
    Ok(Late { person, module, edition, published, by, kind, machine, ledger })
}
