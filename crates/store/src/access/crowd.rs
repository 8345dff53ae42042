//! Everyone at every machine, for dry runs of changes.

use domain::{
    access::{Booked, Machine, Person},
    holds::Hold,
    id::{MachineId, PersonId, TypeId},
    machines::Risk,
    people::PersonStatus,
    settings::{At, Setting},
};
use sqlx::SqliteConnection;

use super::facts::HoldItem;
use crate::{
    StoreError,
    json::List,
    qualifications::{self, LedgerItem},
    settings::{self, SettingItem},
};

/// Active people, at most `limit`, those who joined first.
pub async fn active(conn: &mut SqliteConnection, limit: i64) -> Result<Vec<Person>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT p.id AS "id!: PersonId",
                  (SELECT json_group_array(json_array(q.id, q.type_id, q.machine_id, q.relation, q.kind,
                                                      q.effective_from, q.until))
                     FROM qualification q WHERE q.person_id = p.id) AS "ledger!: List<LedgerItem>",
                  (SELECT json_group_array(json_array(h.id, h.reason, h.placed_at, h.until)) FROM hold h
                    WHERE h.person_id = p.id AND h.lifted_at IS NULL) AS "holds!: List<HoldItem>"
             FROM person p WHERE p.status = 'active' ORDER BY p.id LIMIT ?"#,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let people = rows.into_iter().map(|row| {
        let ledger = qualifications::ledger(row.ledger.0)?;
        let holds = row.holds.0.into_iter().map(Hold::from).collect();
        Ok(Person { id: row.id, status: PersonStatus::Active, ledger, holds, excused: Vec::new() })
    });
    Ok(people.collect::<Result<_, sqlx::Error>>()?)
}

/// A machine with the settings set for it, its type and the space.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Without the settings.
    pub machine: Machine,
    /// How much harm it can do.
    pub risk: Risk,
    pub explicit: Vec<Setting>,
}

/// The machines in the scope `at`, at most `limit`.
pub async fn candidates(conn: &mut SqliteConnection, at: At, limit: i64) -> Result<Vec<Candidate>, StoreError> {
    let (kind, only) = match at {
        At::Space => (None, None),
        At::Type(kind) => (Some(kind), None),
        At::Machine(machine) => (None, Some(machine)),
    };
    let rows = sqlx::query!(
        r#"SELECT m.id AS "id!: MachineId", m.type_id AS "kind!: TypeId", t.risk AS "risk!: Risk",
                  EXISTS (SELECT 1 FROM machine_block b WHERE b.machine_id = m.id AND b.lifted_at IS NULL)
                     AS "blocked!: bool",
                  (SELECT json_group_array(r.requires_id) FROM type_requirement r
                    WHERE r.type_id = m.type_id) AS "requires!: List<TypeId>",
                  (SELECT json_group_array(json_array(s.scope, s.key, s.value)) FROM setting s
                    WHERE (s.scope = 'space' AND s.scope_id = 0)
                       OR (s.scope = 'type' AND s.scope_id = m.type_id)
                       OR (s.scope = 'machine' AND s.scope_id = m.id)) AS "settings!: List<SettingItem>"
             FROM machine m JOIN equipment_type t ON t.id = m.type_id
            WHERE m.archived_at IS NULL AND (?1 IS NULL OR m.type_id = ?1) AND (?2 IS NULL OR m.id = ?2)
            ORDER BY m.id LIMIT ?3"#,
        kind,
        only,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let candidates = rows.into_iter().map(|row| {
        let explicit = settings::of_items(row.settings.0);
        let machine = Machine {
            id: row.id,
            kind: row.kind,
            mode: domain::settings::Settings::resolve(explicit.clone()).authorisation,
            requires: row.requires.0,
            booked: Booked::NOTHING,
            blocked: row.blocked,
            // Due maintenance passes: only the effect of a setting is evaluated here.
            maintenance_due: false,
            trainer_beside: None,
            opening: None,
            closures: Vec::new(),
            company: 0,
            barred: false,
            // No setting changes completed training or signatures.
            training: Vec::new(),
            documents: Vec::new(),
        };
        Ok(Candidate { machine, risk: row.risk, explicit })
    });
    Ok(candidates.collect::<Result<_, sqlx::Error>>()?)
}
