//! The history of a machine, merged from the tables of each kind of event.
//!
//! **Invariant.** One statement: each kind by its own index, from the cursor on and at most one page of it, and only
//! then the details of those few lines. The cost does not depend on the length of the history. Nothing is counted.

use crate::{
    StoreError, audit,
    uses::corrections::{Corrected, of_list},
};
use domain::{
    actor::Channel,
    history::{Kind, Place},
    id::{AliasId, MachineId, PersonId, TypeId, UnknownCardId, UseId},
    problems::Severity,
    settings::ShownNames,
    time::Millis,
    uses::Ending,
};
use sqlx::SqliteConnection;

/// The machine of a history.
#[derive(Debug, Clone)]
pub struct Machine {
    pub name: String,
    pub kind: TypeId,
    /// How much of a name members see, from the closest setting.
    pub shown: Option<ShownNames>,
}

/// Which lines to load.
#[derive(Debug, Clone)]
pub struct HistoryFilter {
    pub kinds: Vec<Kind>,
    pub from: Millis,
    pub until: Millis,
    pub after: Place,
    /// At most this many.
    pub limit: i64,
}

#[derive(Debug, Clone)]
pub struct Row {
    /// Its place in the order; running uses come after every instant.
    pub place: Place,
    /// Whether a person did it, known or not.
    pub somebody: bool,
    /// Who did it, if known, and their name, if not erased.
    pub by: Option<(PersonId, Option<String>)>,
    pub words: Option<String>,
    pub what: What,
}

/// The event of a line.
#[derive(Debug, Clone)]
pub enum What {
    Used {
        id: UseId,
        /// Its card is unknown.
        unknown_card: bool,
        start: Millis,
        end: Option<(Millis, Ending)>,
        /// Its hours were estimated.
        approximate: bool,
        authorised: bool,
        other_card: bool,
        void: bool,
        /// Its corrections, oldest first.
        corrections: Vec<Corrected>,
    },
    /// A problem of this severity was reported.
    Reported(Severity),
    /// A problem of this severity was resolved.
    Resolved(Severity),
    Maintained {
        /// The title of its plan.
        task: Option<String>,
        later: bool,
        /// It was imported from another system.
        imported: bool,
    },
    /// It was blocked; whether at once rather than after the running use.
    Blocked(bool),
    Freed,
    Changed(audit::Row),
}

/// A machine that is not archived.
pub async fn machine(conn: &mut SqliteConnection, machine: MachineId) -> Result<Option<Machine>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT m.name, m.type_id AS "kind: TypeId",
                  (SELECT w.value FROM setting w
                    WHERE w.key = 'people.shown'
                      AND ((w.scope = 'machine' AND w.scope_id = m.id) OR (w.scope = 'type' AND w.scope_id = m.type_id)
                           OR w.scope = 'space')
                    ORDER BY CASE w.scope WHEN 'machine' THEN 0 WHEN 'type' THEN 1 ELSE 2 END LIMIT 1) AS "shown?: String"
             FROM machine m WHERE m.id = ? AND m.archived_at IS NULL"#,
        machine,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Machine {
        name: row.name,
        kind: row.kind,
        shown: row.shown.as_deref().and_then(ShownNames::parse),
    }))
}

/// The lines of `machine`, of type `kind`, that match; newest first.
pub async fn lines(
    conn: &mut SqliteConnection,
    machine: MachineId,
    kind: TypeId,
    filter: &HistoryFilter,
) -> Result<Vec<Row>, StoreError> {
    let kinds = filter.kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(" ");
    let (subject, type_subject) = (format!("machine:{machine}"), format!("type:{kind}"));
    let Place { at, kind, id } = filter.after;
    let upto = Millis(filter.until.0.saturating_sub(1)).min(at);
    let rows = sqlx::query_as!(
        Read,
        r#"
        WITH line AS MATERIALIZED (
            SELECT * FROM (SELECT 'used' AS kind, id, 9223372036854775807 AS at FROM use_session
                            WHERE instr(?5, 'used') > 0 AND ?6 = 9223372036854775807 AND ?8 = ?6
                              AND machine_id = ?1 AND ended_at IS NULL AND started_at <= ?3) UNION ALL
            SELECT * FROM (SELECT 'used', id, ended_at FROM use_session
                            WHERE instr(?5, 'used') > 0 AND machine_id = ?1 AND ended_at BETWEEN ?2 AND ?3
                              AND (ended_at < ?6 OR 'used' < ?7 OR ('used' = ?7 AND id < ?8))
                            ORDER BY ended_at DESC, id DESC LIMIT ?4) UNION ALL
            SELECT * FROM (SELECT 'reported', id, reported_at FROM problem_report
                            WHERE instr(?5, 'reported') > 0 AND machine_id = ?1 AND reported_at BETWEEN ?2 AND ?3
                              AND (reported_at < ?6 OR 'reported' < ?7 OR ('reported' = ?7 AND id < ?8))
                            ORDER BY reported_at DESC, id DESC LIMIT ?4) UNION ALL
            SELECT * FROM (SELECT 'resolved', id, resolved_at FROM problem_report
                            WHERE instr(?5, 'resolved') > 0 AND machine_id = ?1 AND resolved_at BETWEEN ?2 AND ?3
                              AND (resolved_at < ?6 OR 'resolved' < ?7 OR ('resolved' = ?7 AND id < ?8))
                            ORDER BY resolved_at DESC, id DESC LIMIT ?4) UNION ALL
            SELECT * FROM (SELECT 'blocked', id, placed_at FROM machine_block
                            WHERE instr(?5, 'blocked') > 0 AND machine_id = ?1 AND placed_at BETWEEN ?2 AND ?3
                              AND (placed_at < ?6 OR 'blocked' < ?7 OR ('blocked' = ?7 AND id < ?8))
                            ORDER BY placed_at DESC, id DESC LIMIT ?4) UNION ALL
            SELECT * FROM (SELECT 'freed', id, lifted_at FROM machine_block
                            WHERE instr(?5, 'freed') > 0 AND machine_id = ?1 AND lifted_at BETWEEN ?2 AND ?3
                              AND (lifted_at < ?6 OR 'freed' < ?7 OR ('freed' = ?7 AND id < ?8))
                            ORDER BY lifted_at DESC, id DESC LIMIT ?4) UNION ALL
            SELECT * FROM (SELECT 'maintained', id, at FROM intervention
                            WHERE instr(?5, 'maintained') > 0 AND machine_id = ?1 AND at BETWEEN ?2 AND ?3
                              AND (at < ?6 OR 'maintained' < ?7 OR ('maintained' = ?7 AND id < ?8))
                            ORDER BY at DESC, id DESC LIMIT ?4) UNION ALL
            -- What stands in a line of its own is not told twice.
            SELECT * FROM (SELECT 'changed', seq, at FROM audit
                            WHERE instr(?5, 'changed') > 0 AND subject = ?9 AND at BETWEEN ?2 AND ?3
                              AND action NOT IN ('use.start', 'use.extend', 'use.stop')
                              AND action NOT IN ('machine.blocked', 'machine.freed', 'machine.stop-sent', 'machine.start-sent')
                              AND substr(action, 1, 4) <> 'use.' AND substr(action, 1, 8) <> 'problem.'
                              AND substr(action, 1, 5) <> 'demo.' AND action NOT IN ('maintenance.registered', 'maintenance.photo-added')
                              AND (at < ?6 OR 'changed' < ?7 OR ('changed' = ?7 AND seq < ?8))
                            ORDER BY at DESC, seq DESC LIMIT ?4) UNION ALL
            SELECT * FROM (SELECT 'changed', seq, at FROM audit
                            WHERE instr(?5, 'changed') > 0 AND subject = ?10 AND at BETWEEN ?2 AND ?3
                              AND action NOT IN ('use.start', 'use.extend', 'use.stop')
                              AND (at < ?6 OR 'changed' < ?7 OR ('changed' = ?7 AND seq < ?8))
                            ORDER BY at DESC, seq DESC LIMIT ?4)
             ORDER BY at DESC, kind DESC, id DESC LIMIT ?4)
        SELECT l.kind AS "kind!: Kind", l.id AS "id!: i64", l.at AS "at!: Millis",
               w.id AS "alias?: AliasId", w.person_id AS "person?: PersonId", f.name AS "name?: String", k.body AS "words?: String",
               u.unknown_card_id AS "unknown_card?: UnknownCardId", u.started_at AS "start?: Millis",
               u.ended_at AS "end?: Millis", u.ending AS "ending?: Ending", u.approximate AS "approximate?: bool",
               u.authorised AS "authorised?: bool", u.other_card AS "other_card?: bool", u.void AS "void?: bool",
               CASE WHEN u.corrected = 1 THEN
                   (SELECT json_group_array(json_array(c.at, d.name, r.body, c.ended_before, g.name, c.alias_before IS NOT c.alias_after,
                                                       c.void_before, c.void_after) ORDER BY c.id)
                      FROM use_correction c
                      LEFT JOIN alias da ON da.id = c.by_alias LEFT JOIN profile d ON d.person_id = da.person_id
                      LEFT JOIN alias ga ON ga.id = c.alias_before LEFT JOIN profile g ON g.person_id = ga.person_id
                      LEFT JOIN remark r ON r.id = c.remark_id
                     WHERE c.use_id = u.id) END AS "corrections?: String",
               p.severity AS "severity?: Severity", b.at_once AS "at_once?: bool",
               e.door AS "door?: Channel", e.action AS "action?: String", e.subject AS "subject?: String",
               e.detail AS "detail?: String", n.words AS "task?: String", v.replay AS "later?: bool",
               EXISTS (SELECT 1 FROM fabomatic_origin o WHERE o.thing = 'intervention' AND o.ours = v.id) AS "imported!: bool",
               CASE WHEN e.subject = ?10 THEN (SELECT t.name FROM equipment_type t JOIN machine m ON m.type_id = t.id WHERE m.id = ?1)
                    ELSE (SELECT m.name FROM machine m WHERE m.id = ?1) END AS "subject_name?: String"
          FROM line l
          LEFT JOIN use_session u ON l.kind = 'used' AND u.id = l.id
          LEFT JOIN problem_report p ON l.kind IN ('reported', 'resolved') AND p.id = l.id
          LEFT JOIN machine_block b ON l.kind IN ('blocked', 'freed') AND b.id = l.id
          LEFT JOIN intervention v ON l.kind = 'maintained' AND v.id = l.id LEFT JOIN maintenance_plan n ON n.id = v.plan_id
          LEFT JOIN audit e ON l.kind = 'changed' AND e.seq = l.id
          LEFT JOIN alias w ON w.id = CASE l.kind WHEN 'used' THEN u.alias_id
                                                  WHEN 'reported' THEN p.reported_by WHEN 'resolved' THEN p.resolved_by
                                                  WHEN 'blocked' THEN b.placed_by WHEN 'freed' THEN b.lifted_by
                                                  WHEN 'maintained' THEN v.by_alias ELSE e.alias END
          LEFT JOIN profile f ON f.person_id = w.person_id
          LEFT JOIN remark k ON k.id = CASE l.kind WHEN 'reported' THEN p.remark_id WHEN 'resolved' THEN p.done_remark_id
                                                   WHEN 'blocked' THEN b.remark_id WHEN 'maintained' THEN v.remark_id END
         ORDER BY l.at DESC, l.kind DESC, l.id DESC
        "#,
        machine,
        filter.from,
        upto,
        filter.limit,
        kinds,
        at,
        kind,
        id,
        subject,
        type_subject,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().filter_map(Read::row).collect())
}

/// The columns of the statement; each kind uses its own.
struct Read {
    kind: Kind,
    id: i64,
    at: Millis,
    alias: Option<AliasId>,
    person: Option<PersonId>,
    name: Option<String>,
    words: Option<String>,
    unknown_card: Option<UnknownCardId>,
    start: Option<Millis>,
    end: Option<Millis>,
    ending: Option<Ending>,
    approximate: Option<bool>,
    authorised: Option<bool>,
    other_card: Option<bool>,
    void: Option<bool>,
    corrections: Option<String>,
    severity: Option<Severity>,
    at_once: Option<bool>,
    task: Option<String>,
    later: Option<bool>,
    imported: bool,
    door: Option<Channel>,
    action: Option<String>,
    subject: Option<String>,
    detail: Option<String>,
    subject_name: Option<String>,
}

impl Read {
    /// The line; the table guarantees that all columns of its kind are set.
    fn row(self) -> Option<Row> {
        // An invalid list is a fault of the statement: no line is shown without its corrections.
        let corrections = self.corrections.as_deref().map_or_else(|| Some(Vec::new()), |list| of_list(list).ok());
        let what = match self.kind {
            Kind::Used => What::Used {
                id: UseId(self.id),
                // 0 is a card that was removed.
                unknown_card: self.unknown_card.is_some_and(|card| card.0 != 0),
                start: self.start?,
                end: self.end.zip(self.ending),
                approximate: self.approximate?,
                authorised: self.authorised?,
                other_card: self.other_card?,
                void: self.void?,
                corrections: corrections?,
            },
            Kind::Reported => What::Reported(self.severity?),
            Kind::Resolved => What::Resolved(self.severity?),
            Kind::Maintained => What::Maintained { task: self.task, later: self.later?, imported: self.imported },
            Kind::Blocked => What::Blocked(self.at_once?),
            Kind::Freed => What::Freed,
            Kind::Changed => What::Changed(audit::Row {
                seq: self.id,
                at: self.at,
                somebody: self.alias.is_some(),
                by: self.person.zip(self.name.clone()),
                door: self.door?,
                action: self.action?,
                subject: self.subject?,
                subject_name: self.subject_name,
                detail: self.detail?,
            }),
        };
        Some(Row {
            place: Place { at: self.at, kind: self.kind, id: self.id },
            somebody: self.alias.is_some(),
            by: self.person.map(|person| (person, self.name)),
            words: self.words,
            what,
        })
    }
}
