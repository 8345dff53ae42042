//! Entries as they are read: those that somebody wants, newest first.
//!
//! Invariant: what is wanted of few – one machine, a name that few have – is found by the indexes; of many, by a walk from
//! the newest entry that ends when the page is full. Neither reads the whole chain for fifty entries.

use domain::{
    actor::Channel,
    id::{AliasId, PersonId},
    people::folded::folded,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::StoreError;

/// Subjects, or people, that count as few: further ones are met often enough on a walk.
const FEW: usize = 50;

/// Which entries are wanted; an empty word or `None` asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub from: Option<Millis>,
    pub until: Option<Millis>,
    /// By somebody whose name holds this.
    pub by: String,
    pub action: String,
    /// Subjects: `machine:7`, all of a kind (`machine`), or by a piece of its name.
    pub subject: String,
    pub before: Option<i64>,
}

/// An entry as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub seq: i64,
    pub at: Millis,
    /// Somebody did it, known or not any more.
    pub somebody: bool,
    /// Who, while that is known.
    pub by: Option<(PersonId, String)>,
    pub door: Channel,
    pub action: String,
    /// About what: `machine:7`.
    pub subject: String,
    /// What that is called, while it is known.
    pub subject_name: Option<String>,
    pub detail: String,
}

/// An entry as the statements read it.
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

/// Reads the entries that `$page` finds by their `seq`, with the names that they need. A macro, for the text of a statement
/// must be whole where it is checked. What all pages are asked stands here: `?1` is the entry before which they lie, `?2`
/// and `?3` the time, `?4` a piece of the name of whoever did it, `?5` how the action begins, `?6` how many.
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
                    coalesce(m.name, s.name, t.name, d.name, e.name, f.name, r.name, u.title, n.title, c.name) AS "subject_name?: String"
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
               LEFT JOIN training_module u
                      ON a.subject GLOB 'module:[0-9]*' AND u.id = CAST(substr(a.subject, 8) AS INTEGER)
               LEFT JOIN announcement n
                      ON a.subject GLOB 'announcement:[0-9]*' AND n.id = CAST(substr(a.subject, 14) AS INTEGER)
               LEFT JOIN external_calendar c
                      ON a.subject GLOB 'external_calendar:[0-9]*' AND c.id = CAST(substr(a.subject, 19) AS INTEGER)
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

/// At most `limit` of the wanted entries, newest first.
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

/// Whether no use begins as `action` does.
fn is_beside_uses(action: &str) -> bool {
    !action.is_empty() && !action.starts_with("use.") && !"use.".starts_with(action)
}

/// The subjects that `typed` can mean, as a JSON list: itself, and what is called so. `None` where it means nothing in
/// particular, a kind of things, or many.
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

/// People whose name has `typed` in it, as a JSON list; `None` where nothing is asked, or they are many.
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

/// One more than are few.
fn many() -> i64 {
    i64::try_from(FEW + 1).unwrap_or(i64::MAX)
}
