//! The qualification ledger: rows of `qualification`, append-only.

use crate::personal_data::{Erasing, Table};
use domain::{
    id::{AliasId, EntryId, MachineId, PersonId, RemarkId, TypeId},
    people::PersonStatus,
    qualifications::{BuiltIn, Cause, Entry, EntryKind, Ledger, Relation, SPACE, Subject},
    settings::Settings,
    time::Millis,
};
use futures::TryStreamExt;
use serde::Deserialize;
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, json, settings};

#[derive(Debug, Clone, Copy)]
pub struct NewEntry {
    pub person: PersonId,
    pub subject: Subject,
    pub relation: Relation,
    pub kind: EntryKind,
    pub from: Millis,
    /// Its end, exclusive.
    pub until: Option<Millis>,
    pub cause: Cause,
    pub by: Option<AliasId>,
    pub remark: Option<RemarkId>,
    pub recorded_at: Millis,
}

impl NewEntry {
    /// Membership from `at` on, for good.
    #[must_use]
    pub const fn membership(person: PersonId, cause: Cause, by: Option<AliasId>, at: Millis) -> Self {
        Self {
            person,
            subject: SPACE,
            relation: Relation::User,
            kind: EntryKind::Granted,
            from: at,
            until: None,
            cause,
            by,
            remark: None,
            recorded_at: at,
        }
    }
}

pub async fn add(tx: &mut WriteTx, new: &NewEntry) -> Result<EntryId, StoreError> {
    let (kind, machine) = new.subject.sides();
    let made = sqlx::query!(
        "INSERT INTO qualification (person_id, type_id, machine_id, relation, kind, effective_from, until, cause,
                                    by_alias, remark_id, recorded_at)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        new.person,
        kind,
        machine,
        new.relation,
        new.kind,
        new.from,
        new.until,
        new.cause,
        new.by,
        new.remark,
        new.recorded_at,
    )
    .execute(tx.conn())
    .await?;
    Ok(EntryId(made.last_insert_rowid()))
}

/// Who last made `person` a member, if known.
pub async fn let_in_by(conn: &mut SqliteConnection, person: PersonId) -> Result<Option<PersonId>, StoreError> {
    let by = sqlx::query_scalar!(
        r#"SELECT a.person_id AS "by: PersonId"
             FROM qualification q LEFT JOIN alias a ON a.id = q.by_alias
            WHERE q.person_id = ? AND q.type_id = 1 AND q.relation = 'user' AND q.kind = 'granted'
            ORDER BY q.id DESC LIMIT 1"#,
        person,
    );
    Ok(by.fetch_optional(conn).await?.flatten())
}

/// Whether `person` became an administrator at set-up.
pub async fn set_up_by(conn: &mut SqliteConnection, person: PersonId) -> Result<bool, StoreError> {
    let by = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM qualification
                           WHERE person_id = ? AND type_id = 2 AND relation = 'owner' AND kind = 'granted'
                             AND cause = 'setup') AS "by!: bool""#,
        person,
    );
    Ok(by.fetch_one(conn).await?)
}

/// The ledger of `person`.
pub async fn of_person(conn: &mut SqliteConnection, person: PersonId) -> Result<Ledger, StoreError> {
    let list = sqlx::query_scalar!(
        r#"SELECT json_group_array(json_array(id, type_id, machine_id, relation, kind, effective_from, until))
                  AS "list!: String"
             FROM qualification WHERE person_id = ?"#,
        person,
    )
    .fetch_one(conn)
    .await?;
    Ok(of_list(&list)?)
}

/// A type, or a machine of it.
#[derive(Debug, Clone)]
pub struct Equipment {
    pub subject: Subject,
    /// Its type, or itself.
    pub kind: TypeId,
    pub name: String,
    /// The space or the system.
    pub built_in: Option<BuiltIn>,
    /// It, or its type, is archived.
    pub archived: bool,
}

/// Everything people can be qualified on: the built-in types first, then the others by name, each before its machines.
/// `only` selects one.
pub async fn equipment(conn: &mut SqliteConnection, only: Option<Subject>) -> Result<Vec<Equipment>, StoreError> {
    let (kind, machine) = only.map_or((None, None), Subject::sides);
    let rows = sqlx::query!(
        r#"
        SELECT e.kind AS "kind!: TypeId", e.machine AS "machine?: MachineId", e.name AS "name!: String",
               e.built_in AS "built_in?: BuiltIn", e.archived AS "archived!: bool"
          FROM (SELECT t.id AS kind, NULL AS machine, t.name AS name, t.built_in, t.archived_at IS NOT NULL AS archived,
                       t.name AS of_type
                  FROM equipment_type t
                 UNION ALL
                SELECT t.id, m.id, m.name, NULL, m.archived_at IS NOT NULL OR t.archived_at IS NOT NULL, t.name
                  FROM machine m JOIN equipment_type t ON t.id = m.type_id) e
         WHERE (?1 IS NULL AND ?2 IS NULL) OR (e.machine IS NULL AND e.kind = ?1) OR e.machine = ?2
         ORDER BY e.kind > 2, iif(e.kind > 2, lower(e.of_type), e.kind), e.kind, e.machine IS NOT NULL, lower(e.name),
                  e.machine
        "#,
        kind,
        machine,
    )
    .fetch_all(conn)
    .await?;
    let equipment = rows.into_iter().map(|row| Equipment {
        subject: row.machine.map_or(Subject::Type(row.kind), Subject::Machine),
        kind: row.kind,
        name: row.name,
        built_in: row.built_in,
        archived: row.archived,
    });
    Ok(equipment.collect())
}

/// The machines of `kind`, including archived ones.
pub async fn machines_of(conn: &mut SqliteConnection, kind: TypeId) -> Result<Vec<MachineId>, StoreError> {
    let machines = sqlx::query_scalar!(r#"SELECT id AS "id!: MachineId" FROM machine WHERE type_id = ?"#, kind);
    Ok(machines.fetch_all(conn).await?)
}

/// The ledgers of all active people except `except` who were ever owners of the system.
pub async fn administrators(conn: &mut SqliteConnection, except: PersonId) -> Result<Vec<Ledger>, StoreError> {
    let lists = sqlx::query_scalar!(
        r#"SELECT json_group_array(json_array(q.id, q.type_id, q.machine_id, q.relation, q.kind, q.effective_from, q.until))
                  AS "list!: String"
             FROM qualification q JOIN person p ON p.id = q.person_id
            WHERE p.status = 'active' AND p.id <> ?
              AND p.id IN (SELECT person_id FROM qualification WHERE type_id = 2 AND relation = 'owner')
            GROUP BY p.id"#,
        except,
    )
    .fetch_all(conn)
    .await?;
    Ok(lists.iter().map(|list| of_list(list)).collect::<Result<_, _>>()?)
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetBy {
    Toolgate,
    /// A person, with their name unless erased.
    Somebody(Option<String>),
}

/// An entry with its details.
#[derive(Debug, Clone)]
pub struct Written {
    pub entry: Entry,
    /// Why it was written.
    pub cause: Cause,
    pub by: SetBy,
    /// The remark, unless erased.
    pub remark: Option<String>,
}

/// Every entry about `person`, newest first.
pub async fn history(conn: &mut SqliteConnection, person: PersonId) -> Result<Vec<Written>, StoreError> {
    let rows = sqlx::query!(
        r#"
        SELECT q.id AS "id: EntryId", q.type_id AS "kind?: TypeId", q.machine_id AS "machine?: MachineId",
               q.relation AS "relation: Relation", q.kind AS "message: EntryKind", q.effective_from AS "from: Millis",
               q.until AS "until?: Millis", q.cause AS "cause: Cause", q.by_alias IS NOT NULL AS "by_somebody!: bool",
               f.name AS "name?", r.body AS "remark?"
          FROM qualification q
          LEFT JOIN alias a ON a.id = q.by_alias
          LEFT JOIN profile f ON f.person_id = a.person_id
          -- Of this person: the entry keeps the number when the words are gone.
          LEFT JOIN remark r ON r.id = q.remark_id AND r.about_person = q.person_id
         WHERE q.person_id = ?
         ORDER BY q.recorded_at DESC, q.id DESC
        "#,
        person,
    )
    .fetch_all(conn)
    .await?;
    let written = rows.into_iter().filter_map(|row| {
        let subject = Subject::of_sides(row.kind, row.machine)?;
        Some(Written {
            entry: Entry {
                id: row.id,
                subject,
                relation: row.relation,
                kind: row.message,
                from: row.from,
                until: row.until,
            },
            cause: row.cause,
            by: if row.by_somebody { SetBy::Somebody(row.name) } else { SetBy::Toolgate },
            remark: row.remark,
        })
    });
    Ok(written.collect())
}

/// A person with entries on a type.
#[derive(Debug, Clone)]
pub struct Concerned {
    pub person: PersonId,
    /// Their name; `None` once erased.
    pub name: Option<String>,
    pub status: PersonStatus,
    /// Their entries on that type and its machines.
    pub ledger: Ledger,
}

/// Maps everyone with entries on `kind` or its machines through `shown`, by name: those whose name contains all
/// `words`, or everyone, nameless ones last. At most `most`.
pub async fn of_type<T>(
    conn: &mut SqliteConnection,
    kind: TypeId,
    words: Option<&[String]>,
    most: usize,
    mut visible: impl FnMut(Concerned) -> Option<T>,
) -> Result<Vec<T>, StoreError> {
    let (first, rest) = json::parted(words.unwrap_or_default());
    let mut all = Vec::new();
    // Scans the names and stops at the limit: nothing is sorted, and the ledgers of ten thousand members
    // are not read for the two hundred that are shown.
    let mut rows = sqlx::query!(
        r#"
        SELECT p.id AS "person!: PersonId", f.name AS "name!", p.status AS "status!: PersonStatus",
               (SELECT json_group_array(json_array(q.id, q.type_id, q.machine_id, q.relation, q.kind, q.effective_from, q.until))
                  FROM qualification q
                 WHERE q.person_id = p.id
                   AND (q.type_id = ?1 OR q.machine_id IN (SELECT id FROM machine WHERE type_id = ?1))) AS "list!: String"
          FROM profile f INDEXED BY profile_by_name CROSS JOIN person p ON p.id = f.person_id
         WHERE f.person_id IN
                   (SELECT person_id FROM qualification WHERE type_id = ?1
                    UNION ALL
                    SELECT q.person_id FROM machine m CROSS JOIN qualification q ON q.machine_id = m.id WHERE m.type_id = ?1)
           AND instr(f.sought, ?2) > 0 AND instr(substr(f.sought, 1, instr(f.sought, char(10))), ?2) > 0
           AND (?3 = '[]' OR NOT EXISTS (SELECT 1 FROM json_each(?3) w
                                          WHERE instr(substr(f.sought, 1, instr(f.sought, char(10))), w.value) = 0))
         ORDER BY f.called, f.person_id
        "#,
        kind,
        first,
        rest,
    )
    .fetch(&mut *conn);
    while all.len() < most
        && let Some(row) = rows.try_next().await?
    {
        let ledger = of_list(&row.list)?;
        all.extend(visible(Concerned { person: row.person, name: Some(row.name), status: row.status, ledger }));
    }
    drop(rows);
    if words.is_some() {
        return Ok(all);
    }
    let mut rows = sqlx::query!(
        r#"
        SELECT p.id AS "person!: PersonId", p.status AS "status!: PersonStatus",
               (SELECT json_group_array(json_array(q.id, q.type_id, q.machine_id, q.relation, q.kind, q.effective_from, q.until))
                  FROM qualification q
                 WHERE q.person_id = p.id
                   AND (q.type_id = ?1 OR q.machine_id IN (SELECT id FROM machine WHERE type_id = ?1))) AS "list!: String"
          FROM person p
         WHERE p.id IN (SELECT person_id FROM qualification WHERE type_id = ?1
                        UNION ALL
                        SELECT q.person_id FROM machine m CROSS JOIN qualification q ON q.machine_id = m.id WHERE m.type_id = ?1)
           AND NOT EXISTS (SELECT 1 FROM profile f WHERE f.person_id = p.id)
         ORDER BY p.id
        "#,
        kind,
    )
    .fetch(&mut *conn);
    while all.len() < most
        && let Some(row) = rows.try_next().await?
    {
        let ledger = of_list(&row.list)?;
        all.extend(visible(Concerned { person: row.person, name: None, status: row.status, ledger }));
    }
    drop(rows);
    Ok(all)
}

/// Everyone with entries on `kind` or its machines after `after`, by id; at most `limit`.
pub async fn of_type_behind(
    conn: &mut SqliteConnection,
    kind: TypeId,
    after: PersonId,
    limit: i64,
) -> Result<Vec<Concerned>, StoreError> {
    let rows = sqlx::query!(
        r#"
        SELECT p.id AS "person!: PersonId", f.name AS "name?", p.status AS "status!: PersonStatus",
               (SELECT json_group_array(json_array(q.id, q.type_id, q.machine_id, q.relation, q.kind, q.effective_from, q.until))
                  FROM qualification q
                 WHERE q.person_id = p.id
                   AND (q.type_id = ?1 OR q.machine_id IN (SELECT id FROM machine WHERE type_id = ?1))) AS "list!: String"
          FROM (SELECT person_id FROM qualification WHERE type_id = ?1 AND person_id > ?2
                UNION
                SELECT q.person_id FROM machine m CROSS JOIN qualification q ON q.machine_id = m.id
                 WHERE m.type_id = ?1 AND q.person_id > ?2
                ORDER BY person_id LIMIT ?3) concerned
          JOIN person p ON p.id = concerned.person_id
          LEFT JOIN profile f ON f.person_id = p.id
         ORDER BY p.id
        "#,
        kind,
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let concerned = rows.into_iter().map(|row| {
        Ok(Concerned { person: row.person, name: row.name, status: row.status, ledger: of_list(&row.list)? })
    });
    Ok(concerned.collect::<Result<_, sqlx::Error>>()?)
}

/// A ledger on one type that many people share at one instant.
#[derive(Debug, Clone)]
pub struct Alike {
    pub kind: TypeId,
    /// The entries in order: those in effect by then, with their ends. The instants are not those of any one person.
    pub ledger: Ledger,
    /// How many people share it.
    pub people: u32,
    /// How many of them are active members.
    pub active: u32,
}

/// Everyone's ledgers on each of `kinds` and its machines at `now`, grouped: most people share a few, so ten thousand
/// need not be read one by one.
pub async fn alike(conn: &mut SqliteConnection, kinds: &[TypeId], now: Millis) -> Result<Vec<Alike>, StoreError> {
    let ids = serde_json::Value::from(kinds.iter().map(|id| id.0).collect::<Vec<_>>()).to_string();
    // Future entries sort last by their instant anyway, and one that begins or ends in an hour is like one in a year.
    let rows = sqlx::query!(
        r#"
        SELECT kind AS "kind!: TypeId", '[' || said || ']' AS "list!: String", count(*) AS "people!: u32",
               sum(active) AS "active!: u32"
          FROM (SELECT kind, group_concat(entry, ',' ORDER BY effective_from, id) AS said,
                       (SELECT p.status = 'active' FROM person p WHERE p.id = person_id) AS active
                  FROM (SELECT coalesce(q.type_id, m.type_id) AS kind, q.person_id, q.effective_from, q.id,
                               json_array(0, q.type_id, q.machine_id, q.relation, q.kind, ?2 + (q.effective_from > ?2),
                                          ?2 + iif(q.until IS NULL, NULL, q.until > ?2)) AS entry
                          FROM qualification q LEFT JOIN machine m ON m.id = q.machine_id
                         WHERE q.type_id IN (SELECT value FROM json_each(?1))
                            OR q.machine_id IN (SELECT id FROM machine WHERE type_id IN (SELECT value FROM json_each(?1))))
                 GROUP BY kind, person_id)
         GROUP BY kind, said
        "#,
        ids,
        now,
    )
    .fetch_all(conn)
    .await?;
    let alike = rows.into_iter().map(|row| {
        let mut ledger = of_list(&row.list)?;
        for (place, entry) in (0..).zip(&mut ledger.0) {
            entry.id = EntryId(place);
        }
        Ok(Alike { kind: row.kind, ledger, people: row.people, active: row.active })
    });
    Ok(alike.collect::<Result<_, sqlx::Error>>()?)
}

/// The newest entry, and how often membership changed.
pub async fn newest(conn: &mut SqliteConnection) -> Result<(EntryId, i64), StoreError> {
    let newest = sqlx::query!(
        r#"SELECT (SELECT ifnull(max(id), 0) FROM qualification) AS "entry!: EntryId", times FROM status_change"#
    )
    .fetch_one(conn)
    .await?;
    Ok((newest.entry, newest.times))
}

/// The ledgers of everyone whose standing at `now` may differ from that of the entries up to `through` at `then`, each
/// with whether they are a member; `None` if more than `most`.
pub async fn moved(
    conn: &mut SqliteConnection,
    through: EntryId,
    then: Millis,
    now: Millis,
    most: u16,
) -> Result<Option<Vec<(Ledger, bool)>>, StoreError> {
    let limit = i64::from(most) + 1;
    let rows = sqlx::query!(
        r#"
        SELECT (SELECT json_group_array(json_array(q.id, q.type_id, q.machine_id, q.relation, q.kind, q.effective_from, q.until))
                  FROM qualification q WHERE q.person_id = moved.person_id) AS "list!: String",
               (SELECT p.status = 'active' FROM person p WHERE p.id = moved.person_id) AS "active!: bool"
          FROM (SELECT person_id FROM qualification WHERE id > ?1
                UNION SELECT person_id FROM qualification WHERE effective_from > ?2 AND effective_from <= ?3
                UNION SELECT person_id FROM qualification WHERE until > ?2 AND until <= ?3
                LIMIT ?4) moved
        "#,
        through,
        then,
        now,
        limit,
    )
    .fetch_all(conn)
    .await?;
    if rows.len() > usize::from(most) {
        return Ok(None);
    }
    let moved = rows.into_iter().map(|row| Ok((of_list(&row.list)?, row.active)));
    Ok(Some(moved.collect::<Result<_, sqlx::Error>>()?))
}

/// People with a grant that expired, without an entry since.
pub async fn run_out(conn: &mut SqliteConnection, now: Millis) -> Result<Vec<PersonId>, StoreError> {
    let people = sqlx::query_scalar!(
        r#"
        SELECT DISTINCT q.person_id AS "person: PersonId" FROM qualification q
         WHERE q.kind = 'granted' AND q.until <= ?1
           AND NOT EXISTS (SELECT 1 FROM qualification n
                            WHERE n.person_id = q.person_id AND n.relation = q.relation
                              AND n.type_id IS q.type_id AND n.machine_id IS q.machine_id
                              AND n.kind IN ('granted', 'revoked') AND n.effective_from <= ?1
                              AND (n.effective_from, n.id) > (q.effective_from, q.id))
        "#,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(people)
}

/// Everyone who was ever granted the use of `kind` or of a machine of it.
pub async fn granted_use(conn: &mut SqliteConnection, kind: TypeId) -> Result<Vec<PersonId>, StoreError> {
    let people = sqlx::query_scalar!(
        r#"SELECT DISTINCT person_id AS "person: PersonId" FROM qualification
            WHERE kind = 'granted' AND relation = 'user'
              AND (type_id = ?1 OR machine_id IN (SELECT id FROM machine WHERE type_id = ?1))"#,
        kind,
    )
    .fetch_all(conn)
    .await?;
    Ok(people)
}

/// The settings of each type that is not built in.
pub async fn settings_of_types(conn: &mut SqliteConnection) -> Result<Vec<(TypeId, Settings)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT t.id AS "kind!: TypeId",
                  (SELECT json_group_array(json_array(s.scope, s.key, s.value)) FROM setting s
                    WHERE (s.scope = 'space' AND s.scope_id = 0) OR (s.scope = 'type' AND s.scope_id = t.id))
                     AS "settings!: String"
             FROM equipment_type t WHERE t.built_in IS NULL"#
    )
    .fetch_all(conn)
    .await?;
    let of_types = rows.into_iter().map(|row| Ok((row.kind, settings::of_list(&row.settings)?)));
    Ok(of_types.collect::<Result<_, sqlx::Error>>()?)
}

/// When `person` last used each machine, with its type; a running use is `now`.
pub async fn last_uses(
    conn: &mut SqliteConnection,
    person: PersonId,
    now: Millis,
) -> Result<Vec<(TypeId, MachineId, Millis)>, StoreError> {
    // Stored when the card is removed from a use, and from the uses that still name it.
    let rows = sqlx::query!(
        r#"SELECT m.type_id AS "kind!: TypeId", m.id AS "machine!: MachineId", max(u.at) AS "last!: Millis"
             FROM (SELECT s.machine_id, coalesce(s.ended_at, ?2) AS at
                     FROM card c JOIN use_session s ON s.card_id = c.id WHERE c.person_id = ?1 AND s.corrected = 0
                   -- Who it was is said of these.
                   UNION ALL SELECT s.machine_id, s.ended_at FROM alias a JOIN use_session s ON s.alias_id = a.id
                    WHERE a.person_id = ?1 AND s.corrected = 1 AND s.void = 0
                   UNION ALL SELECT machine_id, at FROM last_use WHERE person_id = ?1) u
             JOIN machine m ON m.id = u.machine_id GROUP BY m.id"#,
        person,
        now,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.kind, row.machine, row.last)).collect())
}

/// A ledger entry in a statement's list.
#[derive(Debug, Deserialize)]
pub(crate) struct LedgerItem {
    id: EntryId,
    kind: Option<TypeId>,
    machine: Option<MachineId>,
    relation: Relation,
    entry: EntryKind,
    from: Millis,
    until: Option<Millis>,
}

/// Converts the items of a statement's list.
pub(crate) fn ledger(items: Vec<LedgerItem>) -> Result<Ledger, sqlx::Error> {
    let entries = items.into_iter().map(|item| {
        let subject = Subject::of_sides(item.kind, item.machine)
            .ok_or_else(|| sqlx::Error::Decode("an entry about neither a type nor a machine".into()))?;
        let LedgerItem { id, relation, entry: kind, from, until, .. } = item;
        Ok(Entry { id, subject, relation, kind, from, until })
    });
    Ok(Ledger(entries.collect::<Result<_, sqlx::Error>>()?))
}

/// Parses a ledger from a statement's list.
pub(crate) fn of_list(list: &str) -> Result<Ledger, sqlx::Error> {
    ledger(json::list(list)?)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::taken(
    "qualification",
    &["person_id", "by_alias", "remark_id"],
    Erasing::Stays,
    "SELECT json_object('type', coalesce(t.name, m.name), 'relation', q.relation, 'kind', q.kind, 'cause', \
         q.cause, 'remark', r.body, 'from@', q.effective_from, 'until@', q.until) FROM qualification q LEFT JOIN \
         equipment_type t ON t.id = q.type_id LEFT JOIN machine m ON m.id = q.machine_id LEFT JOIN remark r ON r.id \
         = q.remark_id AND r.about_person = q.person_id WHERE q.person_id = ?1",
)];
