//! The inbox of managers, where no noun's own rows list it; and who decided an item first.

use domain::{
    actor::Owned,
    holds::HoldReason,
    id::{HoldId, MachineId, PersonId, TypeId, UseId},
    qualifications::Ledger,
    time::Millis,
};
use futures::TryStreamExt;
use serde_json::json;
use sqlx::SqliteConnection;
use std::collections::HashSet;

use crate::{StoreError, WriteTx, qualifications};

/// A hold that ends by itself.
#[derive(Debug, Clone)]
pub struct Ending {
    pub id: HoldId,
    pub person: PersonId,
    /// Their name; `None` once erased.
    pub name: Option<String>,
    /// Why it was placed.
    pub reason: HoldReason,
    pub until: Millis,
}

/// A use that began although the rules forbade it.
#[derive(Debug, Clone)]
pub struct Unauthorised {
    pub id: UseId,
    pub machine: MachineId,
    pub machine_name: String,
    pub kind: TypeId,
    /// Who began it, if known.
    pub person: Option<PersonId>,
    /// Their name; `None` once erased.
    pub name: Option<String>,
    pub start: Millis,
}

/// Uses that began since `since` although the rules forbade it, newest first, without acknowledged and voided ones. All
/// of them without a `limit`: the caller filters by machine.
pub async fn unauthorised(
    conn: &mut SqliteConnection,
    since: Millis,
    limit: Option<u16>,
) -> Result<Vec<Unauthorised>, StoreError> {
    // Below zero is no limit.
    let limit = limit.map_or(-1, i64::from);
    let uses = sqlx::query_as!(
        Unauthorised,
        r#"SELECT u.id AS "id!: UseId", m.id AS "machine!: MachineId", m.name AS machine_name,
                  m.type_id AS "kind!: TypeId", a.person_id AS "person?: PersonId", f.name AS "name?", u.started_at AS "start!: Millis"
             FROM use_session u
             JOIN machine m ON m.id = u.machine_id AND m.archived_at IS NULL
             LEFT JOIN alias a ON a.id = u.alias_id
             LEFT JOIN profile f ON f.person_id = a.person_id
            WHERE u.authorised = 0 AND u.started_at > ? AND u.void = 0 AND u.seen_at IS NULL
            ORDER BY u.started_at DESC LIMIT ?"#,
        since,
        limit,
    );
    Ok(uses.fetch_all(conn).await?)
}

/// What to count for a person.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a kind of item")]
pub struct Counted {
    /// Count applicants.
    pub admits: bool,
    /// Count claims, and unknown cards seen since then.
    pub cards_since: Option<Millis>,
    /// Count problems, open requests for help, and forbidden uses begun since then.
    pub uses_since: Option<Millis>,
    /// Count requests for any machine or room, except their own.
    pub bookings: bool,
    /// Otherwise those for machines they own.
    pub owned: Owned,
    /// Only booking requests made since then, because older ones expire.
    pub asked_since: Millis,
    /// Count checkout requests, except their own.
    pub checkouts: bool,
    /// Count groups without an active admin.
    pub groups: bool,
    /// The reader.
    pub me: PersonId,
    /// At most this many of each kind.
    pub limit: u16,
}

/// The number of a person's unread notices and of items to decide, in one statement, and of each kind no more than the
/// page shows.
pub async fn count(conn: &mut SqliteConnection, what: Counted, now: Millis) -> Result<[u32; 2], StoreError> {
    let Owned { types, machines, pairs } = &what.owned;
    let pairs: Vec<_> = pairs.iter().map(|(kind, machine)| [kind.0, machine.0]).collect();
    let types: Vec<_> = types.iter().map(|kind| kind.0).collect();
    let machines: Vec<_> = machines.iter().map(|machine| machine.0).collect();
    let owned = json!({ "types": types, "machines": machines, "pairs": pairs }).to_string();
    let count = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM notice WHERE person_id = ?4 AND read_at IS NULL AND archived_at IS NULL) AS "unread!: u32",
                  (SELECT count(*) FROM (SELECT 1 FROM person WHERE ?7 AND status = 'applicant' LIMIT ?6))
                + (SELECT count(*) FROM (SELECT 1 FROM appointment a
                    WHERE ?3 AND a.state = 'pending' AND a.ends_at > ?5 AND a.person_id IS NOT NULL AND a.person_id <> ?4 LIMIT ?6))
                + (SELECT count(*) FROM (SELECT 1 FROM booking b LEFT JOIN machine m ON m.id = b.machine_id
                    WHERE b.state = 'pending' AND +b.ends_at > ?5 AND b.asked_at > ?10
                      -- Nobody answers their own, or that of a group of which they are an admin.
                      AND NOT iif(b.group_id IS NULL, b.person_id IS ?4,
                                  EXISTS (SELECT 1 FROM group_member j WHERE j.group_id = b.group_id AND j.person_id = ?4 AND j.role = 'admin'))
                      -- As `Owned::has` tells it.
                      AND (?8 OR json_array(
                              iif(m.type_id IN (SELECT value FROM json_each(?9, '$.types')), m.type_id, 0),
                              iif(m.id IN (SELECT value FROM json_each(?9, '$.machines')), m.id, 0))
                            IN (SELECT value FROM json_each(?9, '$.pairs'))) LIMIT ?6))
                + (SELECT count(*) FROM (SELECT 1 FROM card_claim l JOIN unknown_card k ON k.id = l.unknown_card_id
                    WHERE ?1 IS NOT NULL AND l.state = 'open'
                      AND NOT EXISTS (SELECT 1 FROM card c WHERE c.uid = k.uid AND c.state IN ('active', 'lost')) LIMIT ?6))
                + (SELECT count(*) FROM (SELECT 1 FROM unknown_card k
                    WHERE k.last_seen >= ?1 AND k.ignored_at IS NULL
                      AND NOT EXISTS (SELECT 1 FROM card c WHERE c.uid = k.uid AND c.state IN ('active', 'lost'))
                      AND NOT EXISTS (SELECT 1 FROM unknown_card o
                                       WHERE o.uid = k.uid AND (o.last_seen, o.id) > (k.last_seen, k.id)) LIMIT ?6))
                + (SELECT count(*) FROM (SELECT 1 FROM problem_report p JOIN machine m ON m.id = p.machine_id
                    WHERE ?2 IS NOT NULL AND p.state <> 'resolved' AND m.archived_at IS NULL LIMIT ?6))
                + (SELECT count(*) FROM (SELECT 1 FROM help_request h JOIN machine m ON m.id = h.machine_id
                    WHERE ?2 IS NOT NULL AND h.resolved_at IS NULL AND h.expires_at > ?5 AND m.archived_at IS NULL LIMIT ?6))
                + (SELECT count(*) FROM (SELECT 1 FROM use_session u
                     JOIN machine m ON m.id = u.machine_id AND m.archived_at IS NULL
                    WHERE u.authorised = 0 AND u.started_at > ?2 AND u.void = 0 AND u.seen_at IS NULL LIMIT ?6))
                -- As `groups::without_admin` lists them.
                + (SELECT count(*) FROM (SELECT 1 FROM person_group g
                    WHERE ?11 AND g.archived_at IS NULL
                      AND NOT EXISTS (SELECT 1 FROM group_member j JOIN person p ON p.id = j.person_id AND p.status = 'active'
                                       WHERE j.group_id = g.id AND j.role = 'admin')
                      AND (EXISTS (SELECT 1 FROM group_member j WHERE j.group_id = g.id)
                        OR EXISTS (SELECT 1 FROM group_request r WHERE r.group_id = g.id)
                        OR EXISTS (SELECT 1 FROM booking b WHERE b.group_id = g.id AND b.starts_at > ?5
                                      AND b.state IN ('pending', 'approved'))) LIMIT ?6))
                  AS "waiting!: u32""#,
        what.cards_since,
        what.uses_since,
        what.checkouts,
        what.me,
        now,
        what.limit,
        what.admits,
        what.bookings,
        owned,
        what.asked_since,
        what.groups,
    );
    let count = count.fetch_one(conn).await?;
    Ok([count.unread, count.waiting])
}

/// A forbidden use, for its acknowledgement.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub machine: MachineId,
    pub machine_name: String,
    pub kind: TypeId,
    pub authorised: bool,
    pub seen: bool,
}

pub async fn waiting(conn: &mut SqliteConnection, id: UseId) -> Result<Option<Waiting>, StoreError> {
    let found = sqlx::query_as!(
        Waiting,
        r#"SELECT m.id AS "machine!: MachineId", m.name AS machine_name, m.type_id AS "kind!: TypeId",
                  u.authorised AS "authorised!: bool", u.seen_at IS NOT NULL AS "seen!: bool"
             FROM use_session u JOIN machine m ON m.id = u.machine_id
            WHERE u.id = ?"#,
        id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(found)
}

/// Acknowledges the use `id` at `at`, or with `None` undoes that.
pub async fn seen(tx: &mut WriteTx, id: UseId, at: Option<Millis>) -> Result<(), StoreError> {
    sqlx::query!("UPDATE use_session SET seen_at = ? WHERE id = ?", at, id).execute(tx.conn()).await?;
    Ok(())
}

/// Who acknowledged the use `id` of `machine` last since `since`.
pub async fn who_has_seen(
    conn: &mut SqliteConnection,
    machine: MachineId,
    id: UseId,
    since: Millis,
) -> Result<Option<PersonId>, StoreError> {
    let subject = format!("machine:{machine}");
    let who = sqlx::query_scalar!(
        r#"SELECT l.person_id AS "by?: PersonId" FROM audit a LEFT JOIN alias l ON l.id = a.alias
            WHERE a.subject = ? AND a.at >= ? AND a.action = 'use.seen' AND a.detail ->> 'use' = ?
              -- By the index that has the others.
              AND a.action NOT IN ('use.start', 'use.extend', 'use.stop')
            ORDER BY a.at DESC, a.seq DESC LIMIT 1"#,
        subject,
        since,
        id,
    );
    Ok(who.fetch_optional(conn).await?.flatten())
}

/// Holds in force at `now` that end before `before`, nearest end first.
pub async fn holds_ending(
    conn: &mut SqliteConnection,
    now: Millis,
    before: Millis,
    limit: u16,
) -> Result<Vec<Ending>, StoreError> {
    let holds = sqlx::query_as!(
        Ending,
        r#"SELECT h.id AS "id!: HoldId", h.person_id AS "person!: PersonId", f.name AS "name?",
                  h.reason AS "reason!: HoldReason", h.until AS "until!: Millis"
             FROM hold h LEFT JOIN profile f ON f.person_id = h.person_id
            WHERE h.lifted_at IS NULL AND h.placed_at <= ?1 AND h.until > ?1 AND h.until < ?2
            ORDER BY h.until, h.id LIMIT ?3"#,
        now,
        before,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(holds)
}

/// Active people with a grant that ends between `now` and `before`, nearest end first, with their ledgers. Grants
/// without effect are left out here, so that they do not use up the limit: those renewed before they end, revoked or
/// banned since, outlasted by a higher one, or about archived things or the space itself.
pub async fn with_ending_grants(
    conn: &mut SqliteConnection,
    now: Millis,
    before: Millis,
    limit: u16,
) -> Result<Vec<(PersonId, Option<String>, Ledger)>, StoreError> {
    // Scans the index by end and stops at the limit: nothing is sorted or grouped by person,
    // which would read all of a year's renewals for the fifty shown.
    let mut rows = sqlx::query!(
        r#"SELECT p.id AS "id!: PersonId", f.name AS "name?",
                  (SELECT json_group_array(json_array(id, type_id, machine_id, relation, kind, effective_from, until))
                     FROM qualification l WHERE l.person_id = p.id) AS "ledger!: String"
             FROM qualification q INDEXED BY qualification_by_end
             CROSS JOIN person p ON p.id = q.person_id
             LEFT JOIN profile f ON f.person_id = p.id
             LEFT JOIN machine m ON m.id = q.machine_id
             LEFT JOIN equipment_type t ON t.id = coalesce(q.type_id, m.type_id)
            WHERE q.kind = 'granted' AND q.until > ?1 AND q.until < ?2 AND p.status = 'active'
              AND t.built_in IS NULL AND t.archived_at IS NULL AND m.archived_at IS NULL
              AND NOT EXISTS
                  (SELECT 1 FROM qualification l
                    WHERE l.person_id = q.person_id AND l.type_id IS q.type_id AND l.machine_id IS q.machine_id
                      AND (l.effective_from, l.id) > (q.effective_from, q.id)
                      AND CASE l.kind
                          WHEN 'granted' THEN l.relation = q.relation AND l.effective_from <= q.until
                          WHEN 'revoked' THEN l.relation = q.relation AND l.effective_from <= ?1
                          WHEN 'banned' THEN l.effective_from <= ?1
                          ELSE 0 END)
              AND NOT EXISTS
                  (SELECT 1 FROM qualification h
                    WHERE h.person_id = q.person_id AND h.type_id IS q.type_id AND h.machine_id IS q.machine_id
                      AND (q.relation = 'user' AND h.relation <> 'user'
                           OR q.relation = 'trainer' AND h.relation = 'owner')
                      AND h.kind = 'granted' AND h.effective_from <= ?1 AND (h.until IS NULL OR h.until > ?1)
                      AND NOT EXISTS
                          (SELECT 1 FROM qualification e
                            WHERE e.person_id = h.person_id AND e.type_id IS h.type_id
                              AND e.machine_id IS h.machine_id AND e.effective_from <= ?1
                              AND (e.effective_from, e.id) > (h.effective_from, h.id)
                              AND (e.kind IN ('granted', 'revoked') AND e.relation = h.relation
                                   OR e.kind = 'banned')))
            ORDER BY q.until, q.person_id"#,
        now,
        before,
    )
    .fetch(conn);
    let (mut seen, mut people) = (HashSet::new(), Vec::new());
    while people.len() < usize::from(limit)
        && let Some(row) = rows.try_next().await?
    {
        // Later ends of the same person are in their ledger.
        if seen.insert(row.id) {
            people.push((row.id, row.name, qualifications::of_list(&row.ledger)?));
        }
    }
    Ok(people)
}

/// The last decision about a person's status.
#[derive(Debug, Clone)]
pub struct LastDecision {
    /// Action code: `person.admitted`.
    pub action: String,
    pub at: Millis,
    /// Who decided, if known.
    pub by: Option<PersonId>,
    pub name: Option<String>,
}

/// The last decision about the status of `person`, if any.
pub async fn last_word(conn: &mut SqliteConnection, person: PersonId) -> Result<Option<LastDecision>, StoreError> {
    let subject = format!("person:{person}");
    let message = sqlx::query_as!(
        LastDecision,
        r#"SELECT a.action AS "action!", a.at AS "at!: Millis", l.person_id AS "by?: PersonId", f.name AS "name?"
             FROM audit a LEFT JOIN alias l ON l.id = a.alias LEFT JOIN profile f ON f.person_id = l.person_id
            WHERE a.subject = ? AND a.action >= 'person.' AND a.action < 'person/'
              -- Not what was changed of their profile.
              AND a.action IN ('person.admitted', 'person.turned-down', 'person.decision-undone', 'person.suspended',
                               'person.readmitted', 'person.left')
            ORDER BY a.seq DESC LIMIT 1"#,
        subject,
    )
    .fetch_optional(conn)
    .await?;
    Ok(message)
}

/// Makes a person an applicant again.
pub async fn applies_again(tx: &mut WriteTx, person: PersonId) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE person SET status = 'applicant', left_at = NULL, version = version + 1 WHERE id = ?",
        person,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
