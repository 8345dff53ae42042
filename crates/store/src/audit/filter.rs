//! Filtered audit entries, newest first.
//!
//! Invariant: rare entries – of one machine, of an uncommon name – are found by the indexes; frequent ones by a scan
//! from the newest entry that ends when the page is full. Neither reads the whole chain for fifty entries.

use domain::{
    actor::Channel,
    id::{AliasId, PersonId},
    people::folded::folded,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::StoreError;

/// Up to this many subjects or people are looked up by index; more are found soon enough by a scan.
const FEW: usize = 50;

/// Which entries to list; empty and `None` match all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub from: Option<Millis>,
    pub until: Option<Millis>,
    /// Part of the person's name.
    pub by: String,
    pub action: String,
    /// Subject: `machine:7`, all of a kind (`machine`), or part of its name.
    pub subject: String,
    pub before: Option<i64>,
}

/// An entry with its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub seq: i64,
    pub at: Millis,
    /// Whether a person did it, known or not.
    pub somebody: bool,
    /// Who did it, if known.
    pub by: Option<(PersonId, String)>,
    pub door: Channel,
    pub action: String,
    /// Subject: `machine:7`.
    pub subject: String,
    /// The subject's name, if known.
    pub subject_name: Option<String>,
    pub detail: String,
}

/// The columns of the statements.
pub(super) struct Read {
    pub(super) seq: i64,
    pub(super) at: Millis,
    pub(super) alias: Option<AliasId>,
    pub(super) door: Channel,
    pub(super) action: String,
    pub(super) subject: String,
    pub(super) detail: String,
    pub(super) person: Option<PersonId>,
    pub(super) name: Option<String>,
    pub(super) subject_name: Option<String>,
}

impl From<Read> for Row {
    fn from(read: Read) -> Self {
        let Read { seq, at, alias, door, action, subject, detail, person, name, subject_name } = read;
        Self {
            seq,
            at,
            somebody: alias.is_some(),
            by: person.zip(name),
            door,
            action,
            subject,
            subject_name,
            detail,
        }
    }
}

/// Reads the entries that `$page` selects by `seq`, with their names. A macro, because the text of a statement must be
/// complete where it is checked. Shared parameters: `?1` is the entry before which they lie, `?2` and `?3` the time,
/// `?4` a part of the person's name, `?5` the beginning of the action, `?6` the limit.
macro_rules! entries {
    ($conn:expr, $wanted:expr, $limit:expr, [$from:literal $(+ $more:literal)*] $(, $argument:expr)* $(,)?) => {{
        let AuditFilter { from, until, by, action, before, .. } = $wanted;
        let (before, by) = (before.unwrap_or(i64::MAX), folded(by));
        sqlx::query_as!(
            Read,
            "WITH page AS MATERIALIZED (SELECT a.seq FROM " + $from + "
                 AND a.seq < ?1 AND (?2 IS NULL OR a.at >= ?2) AND (?3 IS NULL OR a.at < ?3)
                 AND (?4 = '' OR EXISTS (SELECT 1 FROM alias w JOIN profile n ON n.person_id = w.person_id
                                          WHERE w.id = a.alias AND instr(substr(n.sought, 1, instr(n.sought, char(10))), ?4) > 0))
                 AND (?5 = '' OR substr(a.action, 1, length(?5)) = ?5)" $(+ $more)* + r#"
               ORDER BY a.seq DESC LIMIT ?6)
             SELECT a.seq, a.at AS "at: Millis", a.alias AS "alias: AliasId", a.door AS "door: Channel", a.action, a.subject,
                    a.detail,
                    l.person_id AS "person?: PersonId", p.name AS "name?: String",
                    coalesce(m.name, s.name, t.name, d.name, e.name, f.name, r.name, q.name, w.name, u.title, n.title, c.name, v.title, k.name, b.name, o.name, z.name, h.name, x.title) AS "subject_name?: String"
               FROM page JOIN audit a ON a.seq = page.seq
               LEFT JOIN alias l ON l.id = a.alias
               LEFT JOIN profile p ON p.person_id = l.person_id
               LEFT JOIN machine m
                      ON a.subject GLOB 'machine:[0-9]*' AND m.id = CAST(substr(a.subject, 9) AS INTEGER)
               LEFT JOIN profile s
                      ON a.subject GLOB 'person:[0-9]*' AND s.person_id = CAST(substr(a.subject, 8) AS INTEGER)
               LEFT JOIN equipment_type t
                      ON a.subject GLOB 'type:[0-9]*' AND t.id = CAST(substr(a.subject, 6) AS INTEGER)
               LEFT JOIN place e
                      ON a.subject GLOB 'place:[0-9]*' AND e.id = CAST(substr(a.subject, 7) AS INTEGER)
               LEFT JOIN display d
                      ON a.subject GLOB 'display:[0-9]*' AND d.id = CAST(substr(a.subject, 9) AS INTEGER)
               LEFT JOIN firmware_image f
                      ON a.subject GLOB 'firmware:[0-9]*' AND f.id = CAST(substr(a.subject, 10) AS INTEGER)
               LEFT JOIN room r
                      ON a.subject GLOB 'room:[0-9]*' AND r.id = CAST(substr(a.subject, 6) AS INTEGER)
               LEFT JOIN person_group q
                      ON a.subject GLOB 'group:[0-9]*' AND q.id = CAST(substr(a.subject, 7) AS INTEGER)
               LEFT JOIN draw w
                      ON a.subject GLOB 'draw:[0-9]*' AND w.id = CAST(substr(a.subject, 6) AS INTEGER)
               LEFT JOIN training_module u
                      ON a.subject GLOB 'module:[0-9]*' AND u.id = CAST(substr(a.subject, 8) AS INTEGER)
               LEFT JOIN announcement n
                      ON a.subject GLOB 'announcement:[0-9]*' AND n.id = CAST(substr(a.subject, 14) AS INTEGER)
               LEFT JOIN external_calendar c
                      ON a.subject GLOB 'external_calendar:[0-9]*' AND c.id = CAST(substr(a.subject, 19) AS INTEGER)
               LEFT JOIN webhook h
                      ON a.subject GLOB 'webhook:[0-9]*' AND h.id = CAST(substr(a.subject, 9) AS INTEGER)
               LEFT JOIN training_event v
                      ON a.subject GLOB 'training-event:[0-9]*' AND v.id = CAST(substr(a.subject, 16) AS INTEGER)
               LEFT JOIN training_request g
                      ON a.subject GLOB 'training-request:[0-9]*' AND g.id = CAST(substr(a.subject, 18) AS INTEGER)
               LEFT JOIN equipment_type k ON k.id = g.type_id
               LEFT JOIN building_device b
                      ON a.subject GLOB 'building-device:[0-9]*' AND b.id = CAST(substr(a.subject, 17) AS INTEGER)
               LEFT JOIN actuator z
                      ON a.subject GLOB 'actuator:[0-9]*' AND z.id = CAST(substr(a.subject, 10) AS INTEGER)
               LEFT JOIN meter o
                      ON a.subject GLOB 'meter:[0-9]*' AND o.id = CAST(substr(a.subject, 7) AS INTEGER)
               LEFT JOIN document x
                      ON a.subject GLOB 'document:[0-9]*' AND x.id = CAST(substr(a.subject, 10) AS INTEGER)
              ORDER BY a.seq DESC"#,
            before,
            from,
            until,
            by,
            action,
            $limit,
            $($argument,)*
        )
        .fetch_all($conn)
        .await?
    }};
}

/// At most `limit` matching entries, newest first.
pub async fn newest(
    conn: &mut SqliteConnection,
    filter: &AuditFilter,
    limit: i64,
) -> Result<Vec<Row>, StoreError> {
    let subject = filter.subject.as_str();
    let subjects = few_subjects(&mut *conn, subject).await?;
    let people = few_people(&mut *conn, &filter.by).await?;
    let rows = if let Some(subjects) = subjects {
        entries!(
            conn,
            filter,
            limit,
            ["audit a INDEXED BY audit_by_subject WHERE a.subject IN (SELECT value FROM json_each(?7))"],
            subjects
        )
    } else if let Some(people) = people {
        entries!(
            conn,
            filter,
            limit,
            ["alias o CROSS JOIN audit a INDEXED BY audit_by_alias ON a.alias = o.id
               WHERE o.person_id IN (SELECT value FROM json_each(?7))"
                + " AND (?8 = '' OR a.subject = ?8 OR substr(a.subject, 1, length(?8) + 1) = ?8 || ':' OR a.subject IN
                          (SELECT subject FROM audit_subject WHERE instr(lower(name), lower(?8)) > 0))"],
            people,
            subject,
        )
    } else if is_beside_uses(&filter.action) {
        entries!(
            conn,
            filter,
            limit,
            ["audit a INDEXED BY audit_without_uses
               WHERE a.action NOT IN ('use.start', 'use.extend', 'use.stop')"
                + " AND (?7 = '' OR a.subject = ?7 OR substr(a.subject, 1, length(?7) + 1) = ?7 || ':' OR a.subject IN
                          (SELECT subject FROM audit_subject WHERE instr(lower(name), lower(?7)) > 0))"],
            subject,
        )
    } else {
        entries!(
            conn,
            filter,
            limit,
            ["audit a NOT INDEXED WHERE true"
                + " AND (?7 = '' OR a.subject = ?7 OR substr(a.subject, 1, length(?7) + 1) = ?7 || ':' OR a.subject IN
                          (SELECT subject FROM audit_subject WHERE instr(lower(name), lower(?7)) > 0))"],
            subject,
        )
    };
    Ok(rows.into_iter().map(Row::from).collect())
}

/// Whether no action of uses begins like `action`.
fn is_beside_uses(action: &str) -> bool {
    !action.is_empty() && !action.starts_with("use.") && !"use.".starts_with(action)
}

/// The subjects that `typed` can mean, as a JSON list: itself, and things with such a name. `None` if it is empty, a
/// kind, or matches many.
async fn few_subjects(conn: &mut SqliteConnection, input: &str) -> Result<Option<String>, StoreError> {
    if input.is_empty() {
        return Ok(None);
    }
    let most = many();
    let named = sqlx::query_scalar!(
        r#"SELECT ?1 AS "subject!: String"
           UNION ALL SELECT subject FROM audit_subject WHERE instr(lower(name), lower(?1)) > 0
           LIMIT ?2"#,
        input,
        most,
    )
    .fetch_all(&mut *conn)
    .await?;
    let is_kind = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM audit WHERE subject >= ?1 || ':' AND subject < ?1 || ';') AS "is!: bool""#,
        input,
    );
    if named.len() > FEW || is_kind.fetch_one(conn).await? {
        return Ok(None);
    }
    Ok(Some(serde_json::Value::from(named).to_string()))
}

/// People with `typed` in their name, as a JSON list; `None` if it is empty or matches many.
async fn few_people(conn: &mut SqliteConnection, input: &str) -> Result<Option<String>, StoreError> {
    if input.is_empty() {
        return Ok(None);
    }
    let (most, input) = (many(), folded(input));
    let people = sqlx::query_scalar!(
        r#"SELECT person_id AS "id!: i64" FROM profile WHERE instr(substr(sought, 1, instr(sought, char(10))), ?1) > 0 LIMIT ?2"#,
        input,
        most,
    )
    .fetch_all(conn)
    .await?;
    Ok((people.len() <= FEW).then(|| serde_json::Value::from(people).to_string()))
}

/// One more than [`FEW`].
fn many() -> i64 {
    i64::try_from(FEW + 1).unwrap_or(i64::MAX)
}
