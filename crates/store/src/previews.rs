//! Facts for previews of changes: the affected machines with their settings and users, and recent uses.

use domain::{
    hours::Hours,
    id::{MachineId, PersonId, TypeId},
    occupations::Span,
    qualifications::Ledger,
    settings::{At, Setting},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, hours, qualifications, settings};

/// A machine affected by a change.
#[derive(Debug, Clone)]
pub struct Affected {
    pub machine: MachineId,
    pub kind: TypeId,
    /// The settings set for it, its type and the space.
    pub explicit: Vec<Setting>,
    /// The hours set for it, its type and the space.
    pub hours: Hours,
    /// When the running use began, and by whom, if their card is known.
    pub running: Option<(Millis, Option<PersonId>)>,
}

/// The ids in `at`: of a type, or of a machine.
const fn only(at: At) -> (Option<TypeId>, Option<MachineId>) {
    match at {
        At::Space => (None, None),
        At::Type(kind) => (Some(kind), None),
        At::Machine(machine) => (None, Some(machine)),
    }
}

/// The machines at `at` that are not archived, at most `limit`; exceptions of their hours from day `first` on.
pub async fn machines(
    conn: &mut SqliteConnection,
    at: At,
    first: i64,
    limit: i64,
) -> Result<Vec<Affected>, StoreError> {
    let (kind, machine) = only(at);
    let rows = sqlx::query!(
        r#"SELECT m.id AS "machine!: MachineId", m.type_id AS "kind!: TypeId",
                  (SELECT json_group_array(json_array(s.scope, s.key, s.value)) FROM setting s
                    WHERE (s.scope = 'space' AND s.scope_id = 0)
                       OR (s.scope = 'type' AND s.scope_id = m.type_id)
                       OR (s.scope = 'machine' AND s.scope_id = m.id)) AS "settings!: String",
                  (SELECT json_group_array(json_array(o.scope, o.weekday, o.from_min, o.to_min)) FROM opening_hours o
                    WHERE (o.scope = 'space' AND o.scope_id = 0)
                       OR (o.scope = 'type' AND o.scope_id = m.type_id)
                       OR (o.scope = 'machine' AND o.scope_id = m.id)) AS "weekly!: String",
                  (SELECT json_group_array(json_array(e.scope, e.day, e.from_min, e.to_min)) FROM opening_exception e
                    WHERE ((e.scope = 'space' AND e.scope_id = 0)
                        OR (e.scope = 'type' AND e.scope_id = m.type_id)
                        OR (e.scope = 'machine' AND e.scope_id = m.id)) AND e.day >= ?3) AS "exceptions!: String",
                  u.started_at AS "since?: Millis", c.person_id AS "person?: PersonId"
             FROM machine m
             LEFT JOIN use_session u ON u.machine_id = m.id AND u.ended_at IS NULL
             LEFT JOIN card c ON c.id = u.card_id
            WHERE m.archived_at IS NULL AND (?1 IS NULL OR m.type_id = ?1) AND (?2 IS NULL OR m.id = ?2)
            ORDER BY m.id LIMIT ?4"#,
        kind,
        machine,
        first,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let machines = rows.into_iter().map(|row| {
        Ok(Affected {
            machine: row.machine,
            kind: row.kind,
            explicit: settings::explicit_in(&row.settings)?,
            hours: hours::of_lists(&row.weekly, &row.exceptions)?,
            running: row.since.map(|since| (since, row.person)),
        })
    });
    Ok(machines.collect::<Result<_, sqlx::Error>>()?)
}

/// A use, ended or running.
#[derive(Debug, Clone, Copy)]
pub struct Used {
    pub machine: MachineId,
    /// Who it was, if their card is known.
    pub person: Option<PersonId>,
    pub start: Millis,
    /// First instant after it, or now.
    pub end: Millis,
}

/// The uses at `at` that ended after `since` or run at `now`, at most `limit`.
pub async fn uses(
    conn: &mut SqliteConnection,
    at: At,
    since: Millis,
    now: Millis,
    limit: i64,
) -> Result<Vec<Used>, StoreError> {
    let (kind, machine) = only(at);
    let used = sqlx::query_as!(
        Used,
        r#"SELECT u.machine_id AS "machine!: MachineId", c.person_id AS "person?: PersonId",
                  u.started_at AS "start!: Millis", coalesce(u.ended_at, ?4) AS "end!: Millis"
             FROM machine m JOIN use_session u ON u.machine_id = m.id LEFT JOIN card c ON c.id = u.card_id
            WHERE m.archived_at IS NULL AND (?1 IS NULL OR m.type_id = ?1) AND (?2 IS NULL OR m.id = ?2)
              AND (u.ended_at IS NULL OR u.ended_at > ?3)
            LIMIT ?5"#,
        kind,
        machine,
        since,
        now,
        limit,
    );
    Ok(used.fetch_all(conn).await?)
}

/// The settings set for each type that is not built in, and for the space.
pub async fn types(conn: &mut SqliteConnection) -> Result<Vec<(TypeId, Vec<Setting>)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT t.id AS "kind!: TypeId",
                  (SELECT json_group_array(json_array(s.scope, s.key, s.value)) FROM setting s
                    WHERE (s.scope = 'space' AND s.scope_id = 0) OR (s.scope = 'type' AND s.scope_id = t.id))
                     AS "settings!: String"
             FROM equipment_type t WHERE t.built_in IS NULL"#
    )
    .fetch_all(conn)
    .await?;
    let types = rows.into_iter().map(|row| Ok((row.kind, settings::explicit_in(&row.settings)?)));
    Ok(types.collect::<Result<_, sqlx::Error>>()?)
}

/// The type of each machine, archived or not.
pub async fn kinds(conn: &mut SqliteConnection) -> Result<Vec<(MachineId, TypeId)>, StoreError> {
    let rows = sqlx::query!(r#"SELECT id AS "machine!: MachineId", type_id AS "kind!: TypeId" FROM machine"#);
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.machine, row.kind)).collect())
}

/// When each person last used each machine, even if the card was removed from the use since; a running use is `now`.
pub async fn last_uses(
    conn: &mut SqliteConnection,
    now: Millis,
) -> Result<Vec<(PersonId, MachineId, Millis)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT u.person_id AS "person!: PersonId", u.machine_id AS "machine!: MachineId", max(u.at) AS "last!: Millis"
             FROM (SELECT c.person_id, s.machine_id, coalesce(s.ended_at, ?1) AS at
                     FROM use_session s JOIN card c ON c.id = s.card_id WHERE s.corrected = 0
                   -- Who it was is said of these.
                   UNION ALL SELECT a.person_id, s.machine_id, s.ended_at FROM use_session s JOIN alias a ON a.id = s.alias_id
                    WHERE s.corrected = 1 AND s.void = 0 AND a.person_id IS NOT NULL
                   UNION ALL SELECT person_id, machine_id, at FROM last_use) u
            GROUP BY u.person_id, u.machine_id"#,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.person, row.machine, row.last)).collect())
}

/// The ledgers of active people who ever had a role on the space or the system and have no second factor.
pub async fn without_second_factor(conn: &mut SqliteConnection) -> Result<Vec<Ledger>, StoreError> {
    let rows = sqlx::query_scalar!(
        r#"SELECT (SELECT json_group_array(json_array(q.id, q.type_id, q.machine_id, q.relation, q.kind,
                                                      q.effective_from, q.until))
                     FROM qualification q WHERE q.person_id = p.id) AS "ledger!: String"
             FROM person p
            WHERE p.status = 'active'
              AND p.id IN (SELECT person_id FROM qualification WHERE type_id IN (1, 2) AND relation = 'owner')
              AND NOT EXISTS (SELECT 1 FROM account a WHERE a.person_id = p.id AND a.totp_confirmed_at IS NOT NULL)
              AND NOT EXISTS (SELECT 1 FROM passkey k WHERE k.person_id = p.id)"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.iter().map(|ledger| qualifications::of_list(ledger)).collect::<Result<_, sqlx::Error>>()?)
}

/// Starts and ends of bookings and checkouts that are still ahead at `now`; at most `limit` of each.
pub async fn to_come(
    conn: &mut SqliteConnection,
    now: Millis,
    limit: i64,
) -> Result<(Vec<Span>, Vec<Span>), StoreError> {
    let rows = sqlx::query!(
        r#"SELECT 1 AS "booking!: bool", starts_at AS "starts!: Millis", ends_at AS "ends!: Millis"
             FROM (SELECT starts_at, ends_at FROM booking
                    WHERE state IN ('pending', 'approved', 'checked-in') AND ends_at > ?1 ORDER BY starts_at LIMIT ?2)
            UNION ALL
           SELECT 0, starts_at, ends_at
             FROM (SELECT DISTINCT appointment_id, starts_at, ends_at FROM occupation
                    WHERE appointment_id IS NOT NULL AND person_id IS NOT NULL AND ends_at > ?1
                    GROUP BY appointment_id ORDER BY starts_at LIMIT ?2)"#,
        now,
        limit,
    );
    let rows = rows.fetch_all(conn).await?;
    let (bookings, checkouts): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.booking);
    let bookings = bookings.into_iter().map(|row| Span { starts: row.starts, ends: row.ends }).collect();
    let checkouts = checkouts.into_iter().map(|row| Span { starts: row.starts, ends: row.ends }).collect();
    Ok((bookings, checkouts))
}

/// The number of audit entries before each of two instants.
pub async fn entries(conn: &mut SqliteConnection, one: Millis, other: Millis) -> Result<(u32, u32), StoreError> {
    let row = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM audit WHERE at < ?1) AS "one!: u32",
                  (SELECT count(*) FROM audit WHERE at < ?2) AS "other!: u32""#,
        one,
        other,
    );
    let row = row.fetch_one(conn).await?;
    Ok((row.one, row.other))
}
