//! What deciding about a swipe needs to know, read in one statement and therefore in one snapshot; and the attempts.
//!
//! The decision itself is `domain::access::may_use`; nothing here has an opinion.

use domain::{
    access,
    boards::MachineNumber,
    cards::{CardState, CardUid},
    id::{AliasId, CardId, MachineId, PersonId, TypeId, UnknownCardId},
    people::PersonStatus,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, equipment::BUILT_IN, json, people, qualifications, settings, uses::Bearing};

/// A card in front of a machine.
#[derive(Debug, Clone)]
pub struct Swipe {
    /// What the decision is made from.
    pub facts: access::Facts,
    /// Who holds which card in front of which machine.
    pub bearing: Bearing,
    /// What its holder is called; `None` when unknown or erased.
    pub name: Option<String>,
}

/// Reads what is known about a card in front of the machine with this number; `None` when there is no such machine.
/// Whether a trainer stands beside is left open: see [`swiped_since`].
pub async fn swipe(
    conn: &mut SqliteConnection,
    number: MachineNumber,
    uid: &CardUid,
    at: Millis,
) -> Result<Option<Swipe>, StoreError> {
    let month = people::month(at);
    let row = sqlx::query!(
        r#"
        SELECT m.id      AS "machine!: MachineId",
               m.type_id AS "kind!: TypeId",
               EXISTS (SELECT 1 FROM machine_block b WHERE b.machine_id = m.id AND b.lifted_at IS NULL)
                         AS "blocked!: bool",
               c.id      AS "card?: CardId",
               c.state   AS "card_state?: CardState",
               p.id      AS "person?: PersonId",
               p.status  AS "status?: PersonStatus",
               f.name    AS "name?: String",
               a.id      AS "alias?: AliasId",
               (SELECT id FROM unknown_card k WHERE k.uid = ?2 AND k.machine_id = m.id)
                         AS "unknown_card?: UnknownCardId",
               (SELECT count(*) FROM use_session u JOIN card uc ON uc.id = u.card_id
                 WHERE uc.person_id = p.id AND u.ended_at IS NULL AND u.machine_id <> m.id) AS "running!: i64",
               (SELECT json_group_array(json_array(q.id, q.type_id, q.machine_id, q.relation, q.kind,
                                                   q.effective_from, q.until))
                  FROM qualification q WHERE q.person_id = p.id) AS "ledger!: String",
               (SELECT json_group_array(json_array(r.requires_id)) FROM type_requirement r
                 WHERE r.type_id = m.type_id) AS "requires!: String",
               (SELECT json_group_array(json_array(s.scope, s.key, s.value)) FROM setting s
                 WHERE (s.scope = 'space' AND s.scope_id = 0)
                    OR (s.scope = 'type' AND s.scope_id = m.type_id)
                    OR (s.scope = 'machine' AND s.scope_id = m.id)) AS "settings!: String"
          FROM machine m
          LEFT JOIN card c ON c.id =
               -- A uid that was given anew: the card that is in use, not the retired one.
               (SELECT id FROM card WHERE uid = ?2 ORDER BY state = 'retired', id DESC LIMIT 1)
          LEFT JOIN person p ON p.id = c.person_id
          LEFT JOIN profile f ON f.person_id = p.id
          LEFT JOIN alias a ON a.person_id = p.id AND a.month = ?3
         WHERE m.number = ?1 AND m.archived_at IS NULL
        "#,
        number,
        uid,
        month,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let settings = settings::of_list(&row.settings)?;
    let person = match (row.person, row.status) {
        (Some(id), Some(status)) => Some(access::Person {
            id,
            status,
            ledger: qualifications::of_list(&row.ledger)?,
            running: row.running.try_into().unwrap_or(u8::MAX),
        }),
        _ => None,
    };
    let machine = access::Machine {
        id: row.machine,
        kind: row.kind,
        mode: settings.authorisation,
        requires: json::rows(&row.requires, |row| json::integer(row, 0).map(TypeId))?,
        blocked: row.blocked,
        trainer_beside: None,
    };
    Ok(Some(Swipe {
        facts: access::Facts {
            person,
            card: row.card_state,
            machine: Some(machine),
            built_in: BUILT_IN,
            simultaneous: settings.simultaneous,
        },
        bearing: Bearing {
            machine: row.machine,
            card: row.card.zip(row.person),
            alias: row.alias,
            unknown_card: row.unknown_card,
            settings,
        },
        name: row.name,
    }))
}

/// Who swiped at `machine` since `since`, and when last.
pub async fn swiped_since(
    conn: &mut SqliteConnection,
    machine: MachineId,
    since: Millis,
) -> Result<Vec<(PersonId, Millis)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT c.person_id AS "person!: PersonId", max(a.at) AS "at!: Millis"
             FROM attempt a JOIN card c ON c.id = a.card_id
            WHERE a.machine_id = ? AND a.at >= ? AND a.level > 0 GROUP BY c.person_id"#,
        machine,
        since,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.person, row.at)).collect())
}

/// A decision at a board, to be kept.
#[derive(Debug, Clone)]
pub struct NewAttempt {
    /// Where.
    pub machine: MachineId,
    /// Whose card, if it is known.
    pub card: Option<CardId>,
    /// Which card, if it is not.
    pub unknown_card: Option<UnknownCardId>,
    /// When.
    pub at: Millis,
    /// What was allowed; `None` is nothing.
    pub level: Option<access::Level>,
    /// The codes of the reasons against, separated by spaces.
    pub reasons: String,
}

/// Keeps a decision.
pub async fn attempted(tx: &mut WriteTx, new: &NewAttempt) -> Result<(), StoreError> {
    let level = new.level.map_or(0, |level| level as i64);
    sqlx::query!(
        "INSERT INTO attempt (machine_id, card_id, unknown_card_id, at, level, reasons) VALUES (?, ?, ?, ?, ?, ?)",
        new.machine,
        new.card,
        new.unknown_card,
        new.at,
        level,
        new.reasons,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
