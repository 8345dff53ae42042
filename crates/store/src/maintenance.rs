//! Maintenance: plans, since when each counts on each machine, and interventions.
//!
//! `domain::maintenance` computes a plan's progress from these rows. Hours are the machine's running total
//! (`machine_total`), never summed from its history, except for the forecast, which uses the last few weeks.

use crate::personal_data::{Erasing, Table};
use domain::{
    actor::Channel,
    boards::MachineNumber,
    id::{AliasId, InterventionId, MachineId, PersonId, PlanId, RemarkId, TypeId, UseId},
    maintenance::{BoardReport, Counting, Doer, Every, Since},
    qualifications::Subject,
    time::Millis,
};
use serde::Deserialize;
use sqlx::SqliteConnection;

use crate::{
    StoreError, WriteTx, json,
    pictures::{self, Picture},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPlan {
    pub words: String,
    pub every: Every,
    /// Link to instructions.
    pub manual: Option<String>,
    pub doer: Doer,
    /// Blocks the machine when it is due.
    pub blocking: bool,
    /// Text on the board's display when it is due.
    pub display: String,
}

/// A stored plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanRow {
    pub id: PlanId,
    pub of: Subject,
    pub plan: NewPlan,
    pub begun: Millis,
    /// When it was archived.
    pub archived: Option<Millis>,
    pub version: i64,
}

struct Row {
    id: PlanId,
    kind: Option<TypeId>,
    machine: Option<MachineId>,
    words: String,
    every_hours: Option<i64>,
    every_days: Option<i64>,
    manual: Option<String>,
    doer: Doer,
    blocking: bool,
    display: String,
    begun: Millis,
    archived: Option<Millis>,
    version: i64,
}

impl Row {
    fn into_plan_row(self) -> Result<PlanRow, sqlx::Error> {
        let of = Subject::of_sides(self.kind, self.machine);
        let of = of.ok_or_else(|| sqlx::Error::Decode("a plan for nothing".into()))?;
        let Self { words, manual, doer, blocking, display, .. } = self;
        let every = every(self.every_hours, self.every_days);
        let plan = NewPlan { words, every, manual, doer, blocking, display };
        Ok(PlanRow { id: self.id, of, plan, begun: self.begun, archived: self.archived, version: self.version })
    }
}

fn every(hours: Option<i64>, days: Option<i64>) -> Every {
    let whole = |number: Option<i64>| number.map(|number| number.try_into().unwrap_or(u32::MAX));
    Every { hours: whole(hours), days: whole(days) }
}

/// A counted plan in a statement's list.
#[derive(Debug, Deserialize)]
pub(crate) struct PlanItem {
    every_hours: Option<i64>,
    every_days: Option<i64>,
    since_at: Millis,
    since_used: i64,
    used: i64,
    #[serde(deserialize_with = "json::flag")]
    blocking: bool,
    display: String,
}

impl From<PlanItem> for Counting {
    fn from(item: PlanItem) -> Self {
        Self {
            every: every(item.every_hours, item.every_days),
            since: Since { at: item.since_at, used: item.since_used },
            used: item.used,
            blocking: item.blocking,
            display: item.display,
        }
    }
}

/// Parses counted plans from a statement's list.
pub(crate) fn of_list(list: &str) -> Result<Vec<Counting>, sqlx::Error> {
    Ok(json::list::<PlanItem>(list)?.into_iter().map(Counting::from).collect())
}

/// The plan with this id, archived or not.
pub async fn one(conn: &mut SqliteConnection, plan: PlanId) -> Result<Option<PlanRow>, StoreError> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id!: PlanId", type_id AS "kind: TypeId", machine_id AS "machine: MachineId", words,
                  every_hours, every_days, manual_url AS manual, doer AS "doer!: Doer", blocking AS "blocking!: bool",
                  display, begun_at AS "begun!: Millis", archived_at AS "archived: Millis", version
             FROM maintenance_plan WHERE id = ?"#,
        plan,
    );
    Ok(row.fetch_optional(conn).await?.map(Row::into_plan_row).transpose()?)
}

/// The plans for `machine`, its own and its type's, archived or not, in order of creation.
pub async fn plans(conn: &mut SqliteConnection, machine: MachineId) -> Result<Vec<PlanRow>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT p.id AS "id!: PlanId", p.type_id AS "kind: TypeId", p.machine_id AS "machine: MachineId",
                  p.words AS "words!", p.every_hours, p.every_days, p.manual_url AS manual, p.doer AS "doer!: Doer",
                  p.blocking AS "blocking!: bool", p.display AS "display!", p.begun_at AS "begun!: Millis",
                  p.archived_at AS "archived: Millis", p.version AS "version!"
             FROM machine m JOIN maintenance_plan p ON p.type_id = m.type_id OR p.machine_id = m.id
            WHERE m.id = ? ORDER BY p.id"#,
        machine,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Row::into_plan_row).collect::<Result<_, _>>()?)
}

/// The plans that are not archived, in order of creation.
pub async fn in_force(conn: &mut SqliteConnection) -> Result<Vec<PlanRow>, StoreError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id!: PlanId", type_id AS "kind: TypeId", machine_id AS "machine: MachineId", words,
                  every_hours, every_days, manual_url AS manual, doer AS "doer!: Doer", blocking AS "blocking!: bool",
                  display, begun_at AS "begun!: Millis", archived_at AS "archived: Millis", version
             FROM maintenance_plan WHERE archived_at IS NULL ORDER BY id"#,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Row::into_plan_row).collect::<Result<_, _>>()?)
}

/// Progress of a plan in force on a machine that is not archived.
#[derive(Debug, Clone)]
pub struct At {
    pub machine: MachineId,
    pub machine_name: String,
    pub kind: TypeId,
    pub plan: PlanId,
    pub words: String,
    pub every: Every,
    /// Since when it counts.
    pub since: Since,
    /// The machine's running total, in milliseconds.
    pub used: i64,
}

/// Progress of every plan in force; with `only`, on that machine.
pub async fn counted(conn: &mut SqliteConnection, only: Option<MachineId>) -> Result<Vec<At>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT w.machine_id AS "machine!: MachineId", m.name AS "name!", m.type_id AS "kind!: TypeId",
                  w.plan_id AS "plan!: PlanId", w.words AS "words!", w.every_hours AS "every_hours?: i64",
                  w.every_days AS "every_days?: i64", w.since_at AS "since_at!: Millis", w.since_used AS "since_used!: i64",
                  w.used_ms AS "used!: i64"
             FROM plan_at w JOIN machine m ON m.id = w.machine_id
            WHERE m.archived_at IS NULL AND (?1 IS NULL OR m.id = ?1)
            ORDER BY m.name, m.id, w.plan_id"#,
        only,
    )
    .fetch_all(conn)
    .await?;
    let counted = rows.into_iter().map(|row| At {
        machine: row.machine,
        machine_name: row.name,
        kind: row.kind,
        plan: row.plan,
        words: row.words,
        every: every(row.every_hours, row.every_days),
        since: Since { at: row.since_at, used: row.since_used },
        used: row.used,
    });
    Ok(counted.collect())
}

/// Milliseconds that machines with plans were used since `since`; with `only`, that machine.
pub async fn used_since(
    conn: &mut SqliteConnection,
    only: Option<MachineId>,
    since: Millis,
) -> Result<Vec<(MachineId, i64)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT m.id AS "machine!: MachineId",
                  (SELECT coalesce(sum(u.ended_at - max(u.started_at, ?2)), 0) FROM use_session u
                    WHERE u.machine_id = m.id AND u.ended_at > ?2) AS "used!: i64"
             FROM machine m
            WHERE m.archived_at IS NULL AND (?1 IS NULL OR m.id = ?1)
              AND EXISTS (SELECT 1 FROM plan_at w WHERE w.machine_id = m.id AND w.every_hours IS NOT NULL)"#,
        only,
        since,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.machine, row.used)).collect())
}

/// Machines on which a plan became due by days after `from` and no later than `to`.
pub async fn due_between(
    conn: &mut SqliteConnection,
    from: Millis,
    to: Millis,
) -> Result<Vec<MachineId>, StoreError> {
    let machines = sqlx::query_scalar!(
        r#"SELECT DISTINCT m.id AS "id!: MachineId" FROM plan_at w JOIN machine m ON m.id = w.machine_id
            WHERE m.archived_at IS NULL AND w.since_at + w.every_days * 86400000 > ?
              AND w.since_at + w.every_days * 86400000 <= ?"#,
        from,
        to,
    );
    Ok(machines.fetch_all(conn).await?)
}

/// Adds a plan; it counts from now on each of its machines.
pub async fn add(tx: &mut WriteTx, of: Subject, new: &NewPlan, at: Millis) -> Result<PlanId, StoreError> {
    let (kind, machine) = of.sides();
    let made = sqlx::query!(
        "INSERT INTO maintenance_plan (type_id, machine_id, words, every_hours, every_days, manual_url, doer, blocking,
                                       display, begun_at)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        kind,
        machine,
        new.words,
        new.every.hours,
        new.every.days,
        new.manual,
        new.doer,
        new.blocking,
        new.display,
        at,
    )
    .execute(tx.conn())
    .await?;
    let plan = PlanId(made.last_insert_rowid());
    sqlx::query!(
        "INSERT INTO maintenance_since (plan_id, machine_id, at, used_ms)
              SELECT w.plan_id, w.machine_id, ?2, w.used_ms FROM plan_at w WHERE w.plan_id = ?1",
        plan,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(plan)
}

/// Starts every plan that newly applies to `machine` (a new machine, or one of another type). Plans that applied before
/// continue.
pub async fn begin(tx: &mut WriteTx, machine: MachineId, at: Millis) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO maintenance_since (plan_id, machine_id, at, used_ms)
              SELECT w.plan_id, w.machine_id, ?2, w.used_ms FROM plan_at w WHERE w.machine_id = ?1
         ON CONFLICT DO NOTHING",
        machine,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Changes the plan and increments its version. It continues to count from where it was.
pub async fn change(tx: &mut WriteTx, plan: PlanId, to: &NewPlan) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE maintenance_plan
            SET words = ?, every_hours = ?, every_days = ?, manual_url = ?, doer = ?, blocking = ?, display = ?,
                version = version + 1
          WHERE id = ?",
        to.words,
        to.every.hours,
        to.every.days,
        to.manual,
        to.doer,
        to.blocking,
        to.display,
        plan,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

crate::archive::archive!(archive, PlanId, "maintenance_plan");

#[derive(Debug, Clone, Copy)]
pub struct NewIntervention {
    pub machine: MachineId,
    pub plan: Option<PlanId>,
    pub at: Millis,
    pub by: Option<AliasId>,
    pub note: Option<RemarkId>,
    pub door: Channel,
    pub replay: bool,
    /// The last use of the machine before it.
    pub after: Option<UseId>,
}

/// Adds an intervention; its plan restarts from now.
pub async fn register(tx: &mut WriteTx, new: &NewIntervention) -> Result<InterventionId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO intervention (machine_id, plan_id, at, by_alias, remark_id, used_ms, door, replay, after_use)
              VALUES (?1, ?2, ?3, ?4, ?5, coalesce((SELECT used_ms FROM machine_total WHERE machine_id = ?1), 0), ?6, ?7, ?8)",
        new.machine,
        new.plan,
        new.at,
        new.by,
        new.note,
        new.door,
        new.replay,
        new.after,
    )
    .execute(tx.conn())
    .await?;
    let id = InterventionId(made.last_insert_rowid());
    sqlx::query!(
        "INSERT INTO maintenance_since (plan_id, machine_id, at, used_ms)
              SELECT plan_id, machine_id, at, used_ms FROM intervention WHERE id = ? AND plan_id IS NOT NULL
         ON CONFLICT DO UPDATE SET at = excluded.at, used_ms = excluded.used_ms",
        id,
    )
    .execute(tx.conn())
    .await?;
    Ok(id)
}

/// The interventions that `by` registered on a page for `machine` since `since` with the note `note`, by plan.
pub async fn registered_since(
    conn: &mut SqliteConnection,
    machine: MachineId,
    by: PersonId,
    note: Option<&str>,
    since: Millis,
) -> Result<Vec<(InterventionId, Option<PlanId>)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT i.id AS "id!: InterventionId", i.plan_id AS "plan?: PlanId"
             FROM intervention i JOIN alias a ON a.id = i.by_alias LEFT JOIN remark r ON r.id = i.remark_id
            WHERE i.machine_id = ? AND i.at >= ? AND i.door <> 'board' AND a.person_id = ? AND r.body IS ?
            ORDER BY i.id"#,
        machine,
        since,
        by,
        note,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.plan)).collect())
}

/// The last intervention reported by the board of `machine`.
pub async fn last_reported(
    conn: &mut SqliteConnection,
    machine: MachineId,
) -> Result<Option<BoardReport>, StoreError> {
    let reported = sqlx::query!(
        r#"SELECT i.id AS "id!: InterventionId", a.person_id AS "by?: PersonId", max(i.at, coalesce(t.arrived_at, 0)) AS "at!: Millis",
                  i.replay AS "replay!: bool", t.intervention_id IS NOT NULL AS "twin!: bool", i.after_use AS "after?: UseId"
             FROM intervention i
             LEFT JOIN alias a ON a.id = i.by_alias
             LEFT JOIN intervention_twin t ON t.intervention_id = i.id
            WHERE i.machine_id = ? AND i.door = 'board' ORDER BY i.id DESC LIMIT 1"#,
        machine,
    )
    .fetch_optional(conn)
    .await?;
    Ok(reported.map(|row| BoardReport {
        id: row.id,
        by: row.by,
        at: row.at,
        replay: row.replay,
        twin: row.twin,
        after: row.after,
    }))
}

/// Notes that the board repeated its report.
pub async fn reported_again(tx: &mut WriteTx, reported: InterventionId, at: Millis) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO intervention_twin (intervention_id, arrived_at) VALUES (?, ?)
         ON CONFLICT DO UPDATE SET arrived_at = excluded.arrived_at",
        reported,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The running use of `machine`, or the last one that ended.
pub async fn last_use(conn: &mut SqliteConnection, machine: MachineId) -> Result<Option<UseId>, StoreError> {
    let last = sqlx::query_scalar!(
        r#"SELECT coalesce((SELECT id FROM use_session WHERE machine_id = ?1 AND ended_at IS NULL),
                           (SELECT id FROM use_session WHERE machine_id = ?1 AND ended_at IS NOT NULL
                             ORDER BY ended_at DESC, id DESC LIMIT 1)) AS "last?: UseId""#,
        machine,
    );
    Ok(last.fetch_one(conn).await?)
}

/// A stored intervention.
#[derive(Debug, Clone)]
pub struct Intervention {
    pub id: InterventionId,
    pub plan: Option<PlanId>,
    pub words: Option<String>,
    pub at: Millis,
    /// Name of the person, if known.
    pub by: Option<String>,
    pub note: Option<String>,
    /// When its photo was added.
    pub photo: Option<Millis>,
    /// The machine's running total at that time, in milliseconds.
    pub used: i64,
    pub door: Channel,
    pub replay: bool,
}

/// The last `most` interventions on `machine`, newest first.
pub async fn done(
    conn: &mut SqliteConnection,
    machine: MachineId,
    most: u32,
) -> Result<Vec<Intervention>, StoreError> {
    let done = sqlx::query_as!(
        Intervention,
        r#"SELECT i.id AS "id!: InterventionId", i.plan_id AS "plan?: PlanId", p.words AS "words?", i.at AS "at!: Millis",
                  f.name AS "by?", r.body AS "note?",
                  (SELECT added_at FROM intervention_photo o WHERE o.intervention_id = i.id) AS "photo?: Millis",
                  i.used_ms AS "used!",
                  iif(EXISTS (SELECT 1 FROM fabomatic_origin o WHERE o.thing = 'intervention' AND o.ours = i.id), 'import', i.door)
                      AS "door!: Channel",
                  i.replay AS "replay!: bool"
             FROM intervention i
             LEFT JOIN maintenance_plan p ON p.id = i.plan_id
             LEFT JOIN alias a ON a.id = i.by_alias
             LEFT JOIN profile f ON f.person_id = a.person_id
             LEFT JOIN remark r ON r.id = i.remark_id
            WHERE i.machine_id = ? ORDER BY i.at DESC, i.id DESC LIMIT ?"#,
        machine,
        most,
    );
    Ok(done.fetch_all(conn).await?)
}

/// An intervention in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub id: InterventionId,
    pub at: Millis,
    pub number: Option<MachineNumber>,
    pub machine: String,
    pub kind: String,
    /// The title of its plan.
    pub task: Option<String>,
    pub note: Option<String>,
    /// The machine's running total at that time, in milliseconds.
    pub used: i64,
    /// Name of the person, if known.
    pub person: Option<String>,
    pub door: Channel,
    pub later: bool,
}

/// Interventions from `from` until `until` behind `behind`, at most `limit`.
pub async fn listed(
    conn: &mut SqliteConnection,
    from: Option<Millis>,
    until: Option<Millis>,
    behind: InterventionId,
    limit: u16,
) -> Result<Vec<Listed>, StoreError> {
    let listed = sqlx::query_as!(
        Listed,
        r#"SELECT i.id AS "id!: InterventionId", i.at AS "at!: Millis", m.number AS "number: MachineNumber",
                  m.name AS machine, t.name AS kind, p.words AS "task?", r.body AS "note?", i.used_ms AS used,
                  f.name AS "person?",
                  iif(EXISTS (SELECT 1 FROM fabomatic_origin o WHERE o.thing = 'intervention' AND o.ours = i.id), 'import', i.door)
                      AS "door!: Channel",
                  i.replay AS "later!: bool"
             FROM intervention i JOIN machine m ON m.id = i.machine_id JOIN equipment_type t ON t.id = m.type_id
             LEFT JOIN maintenance_plan p ON p.id = i.plan_id
             LEFT JOIN alias a ON a.id = i.by_alias LEFT JOIN profile f ON f.person_id = a.person_id
             LEFT JOIN remark r ON r.id = i.remark_id
            WHERE i.id > ?1 AND (?2 IS NULL OR i.at >= ?2) AND (?3 IS NULL OR i.at < ?3)
            ORDER BY i.id LIMIT ?4"#,
        behind,
        from,
        until,
        limit,
    );
    Ok(listed.fetch_all(conn).await?)
}

/// The machine of an intervention, unless archived, and its type.
pub async fn machine_of(
    conn: &mut SqliteConnection,
    intervention: InterventionId,
) -> Result<Option<(MachineId, TypeId)>, StoreError> {
    let found = sqlx::query!(
        r#"SELECT m.id AS "machine!: MachineId", m.type_id AS "kind!: TypeId"
             FROM intervention i JOIN machine m ON m.id = i.machine_id WHERE i.id = ? AND m.archived_at IS NULL"#,
        intervention,
    );
    Ok(found.fetch_optional(conn).await?.map(|row| (row.machine, row.kind)))
}

/// The photo of an intervention; `small` for a list.
pub async fn photo(
    conn: &mut SqliteConnection,
    intervention: InterventionId,
    small: bool,
) -> Result<Option<Picture>, StoreError> {
    pictures::found!(conn, small, "intervention_photo WHERE intervention_id = ?2", intervention)
}

/// Removes the photo; `false` if there is none.
pub async fn remove_photo(tx: &mut WriteTx, intervention: InterventionId) -> Result<bool, StoreError> {
    let gone = sqlx::query!("DELETE FROM intervention_photo WHERE intervention_id = ?", intervention);
    Ok(gone.execute(tx.conn()).await?.rows_affected() > 0)
}

/// Adds a photo; `false` if there is one already.
pub async fn add_photo(
    tx: &mut WriteTx,
    intervention: InterventionId,
    body: &[u8],
    small: &[u8],
    by: Option<AliasId>,
    at: Millis,
) -> Result<bool, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO intervention_photo (intervention_id, body, small, added_at, by_alias) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING",
        intervention,
        body,
        small,
        at,
        by,
    );
    Ok(made.execute(tx.conn()).await?.rows_affected() > 0)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    // Its note is a remark, and is erased with it.
    Table::taken(
        "intervention",
        &["by_alias", "remark_id"],
        Erasing::Stays,
        "SELECT json_object('machine', m.name, 'what', p.words, 'note', r.body, 'photo', (SELECT \
         '/pictures/intervention/' || o.intervention_id FROM intervention_photo o WHERE o.intervention_id = i.id), \
         'at@', i.at) FROM intervention i JOIN machine m ON m.id = i.machine_id LEFT JOIN maintenance_plan p ON \
         p.id = i.plan_id LEFT JOIN remark r ON r.id = i.remark_id WHERE i.by_alias IN mine",
    ),
    // Exported as an address with its intervention.
    Table::left("intervention_photo", &["body", "by_alias"], Erasing::Deleted),
];
