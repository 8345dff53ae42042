//! People: rows of `person` and `profile`.

use contract::people::Counts;
use domain::{
    id::{MachineId, PersonId, UseId},
    people::{
        Cursor, PersonStatus, RoleGroup,
        folded::{composed, folded},
    },
    qualifications::{Ledger, Subject},
    time::Millis,
};
use sqlx::SqliteConnection;
use std::collections::HashMap;

use crate::{
    StoreError, WriteTx, json, profiles, qualifications,
    uses::corrections::{Corrected, of_list},
};

pub(crate) use crate::aliases::month;
pub use crate::aliases::{alias, alias_of, aliases};

#[derive(Debug, Clone)]
pub struct NewPerson {
    pub status: PersonStatus,
    /// Name; 1 to 200 characters.
    pub name: String,
    /// E-mail address in lower case, if known.
    pub email: Option<String>,
    pub created_at: Millis,
}

/// Adds a person.
///
/// Fails with [`StoreError::Unique`] if the address belongs to another person.
pub async fn add(tx: &mut WriteTx, new: &NewPerson) -> Result<PersonId, StoreError> {
    let made = sqlx::query!("INSERT INTO person (status, created_at) VALUES (?, ?)", new.status, new.created_at)
        .execute(tx.conn())
        .await?;
    let id = PersonId(made.last_insert_rowid());
    let folded = profiles::folded(&new.name, new.email.as_deref());
    sqlx::query!(
        "INSERT INTO profile (person_id, name, email, folded) VALUES (?, ?, ?, ?)",
        id,
        new.name,
        new.email,
        folded,
    )
    .execute(tx.conn())
    .await?;
    Ok(id)
}

/// A person, as a page shows them.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: PersonId,
    /// Their name; `None` once erased.
    pub name: Option<String>,
    /// E-mail address in lower case, if known.
    pub email: Option<String>,
    pub status: PersonStatus,
    pub created_at: Millis,
    pub left_at: Option<Millis>,
    pub ledger: Ledger,
    /// On hold at the given instant.
    pub on_hold: bool,
    /// When they last began to use a machine.
    pub last_use: Option<Millis>,
    pub erased_at: Option<Millis>,
    /// Phone number, if known.
    pub phone: Option<String>,
    /// Language tag, if they chose one.
    pub language: Option<String>,
    /// Version of name, address, number and language; 0 once erased.
    pub version: i64,
    /// When their picture was added.
    pub picture: Option<Millis>,
    /// The sort key of the list; `None` comes last.
    pub called: Option<String>,
}

impl Person {
    /// Their cursor in the list.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor { called: self.called.clone(), id: self.id }
    }
}

/// Which people to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those with this status.
    pub status: Option<PersonStatus>,
    /// Only those who ever had this role. Their ledger decides whether they still do.
    pub role: Option<RoleGroup>,
    /// Only those whose name and address contain all these folded words; everyone if empty.
    pub words: Vec<String>,
    /// Or whose card ends like this; ignored if empty.
    pub card: String,
    /// Only those after this cursor.
    pub after: Option<Cursor>,
    /// At most this many.
    pub limit: u16,
}

/// The columns of the statements.
struct Row {
    id: PersonId,
    name: Option<String>,
    email: Option<String>,
    status: PersonStatus,
    created_at: Millis,
    left_at: Option<Millis>,
    ledger: String,
    on_hold: bool,
    last_use: Option<Millis>,
    erased_at: Option<Millis>,
    phone: Option<String>,
    language: Option<String>,
    version: i64,
    picture: Option<Millis>,
    called: String,
}

impl Row {
    fn person(self) -> Result<Person, sqlx::Error> {
        Ok(Person {
            id: self.id,
            email: self.email,
            status: self.status,
            created_at: self.created_at,
            left_at: self.left_at,
            ledger: qualifications::of_list(&self.ledger)?,
            on_hold: self.on_hold,
            last_use: self.last_use,
            erased_at: self.erased_at,
            phone: self.phone,
            language: self.language,
            version: self.version,
            picture: self.picture,
            called: self.name.is_some().then_some(self.called),
            name: self.name,
        })
    }
}

/// Reads the people that `$page` selects, by `id` and sort key `called`, and their details: the ledgers of ten thousand
/// are not read for fifty. A macro, because the text of a statement must be complete where it is checked; `?1` is now.
macro_rules! people {
    ($conn:expr, $page:literal, $now:expr $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Row,
            "WITH page AS MATERIALIZED (" + $page + r#")
             SELECT p.id AS "id!: PersonId", f.name AS "name?: String", f.email AS "email?: String",
                    p.status AS "status!: PersonStatus", p.created_at AS "created_at!: Millis",
                    p.left_at AS "left_at?: Millis",
                    (SELECT json_group_array(json_array(id, type_id, machine_id, relation, kind, effective_from, until))
                       FROM qualification q WHERE q.person_id = p.id) AS "ledger!: String",
                    EXISTS (SELECT 1 FROM hold h WHERE h.person_id = p.id AND h.lifted_at IS NULL AND h.placed_at <= ?1
                               AND (h.until IS NULL OR ?1 < h.until)) AS "on_hold!: bool",
                    -- With the cards, one look at the newest of each; of uses that were corrected, it is said who it was.
                    (SELECT max(l.at)
                       FROM (SELECT (SELECT s.started_at FROM use_session s WHERE s.card_id = c.id AND s.corrected = 0
                                      ORDER BY s.started_at DESC LIMIT 1) AS at
                               FROM card c WHERE c.person_id = p.id
                             UNION ALL SELECT s.started_at FROM alias a JOIN use_session s ON s.alias_id = a.id
                              WHERE a.person_id = p.id AND s.corrected = 1 AND s.void = 0
                             UNION ALL SELECT u.at FROM last_use u WHERE u.person_id = p.id) l) AS "last_use?: Millis",
                    p.erased_at AS "erased_at?: Millis", f.phone AS "phone?: String", f.language AS "language?: String",
                    coalesce(f.version, 0) AS "version!: i64",
                    (SELECT added_at FROM picture i WHERE i.person_id = p.id) AS "picture?: Millis",
                    page.called AS "called!: String"
               FROM page JOIN person p ON p.id = page.id LEFT JOIN profile f ON f.person_id = p.id
              ORDER BY page.called, p.id"#,
            $now,
            $($argument,)*
        )
        .fetch_all($conn)
        .await?
    };
}

/// People by name, nameless ones last.
pub async fn list(conn: &mut SqliteConnection, filter: &Filter, now: Millis) -> Result<Vec<Person>, StoreError> {
    let (kind, relation) = match filter.role.map(RoleGroup::qualification) {
        Some((relation, Subject::Type(kind))) => (Some(kind), Some(relation)),
        Some((_, Subject::Machine(_))) | None => (None, None),
    };
    let (after, called) = match &filter.after {
        Some(Cursor { id, called: Some(called) }) => (*id, called.as_str()),
        Some(Cursor { called: None, .. }) | None => (PersonId(0), ""),
    };
    let mut rows = Vec::new();
    if filter.after.as_ref().is_none_or(|after| after.called.is_some()) {
        let (first, rest) = json::parted(&filter.words);
        rows = people!(
            &mut *conn,
            r#"SELECT f.person_id AS id, f.called AS called
                 FROM profile f
                WHERE f.called >= ?2 AND (f.called, f.person_id) > (?2, ?3)
                  AND ((instr(f.sought, ?4) > 0
                        AND (?10 = '[]'
                             OR NOT EXISTS (SELECT 1 FROM json_each(?10) w WHERE instr(f.sought, w.value) = 0)))
                       OR f.person_id IN (SELECT c.person_id FROM card c
                                           WHERE ?5 <> '' AND c.state <> 'retired'
                                             AND substr(c.uid, -2) = substr(?5, -2)
                                             AND substr(c.uid, -length(?5)) = ?5))
                  AND (?6 IS NULL OR f.person_id IN (SELECT q.person_id FROM qualification q
                                                      WHERE q.type_id = ?6 AND q.relation = ?7 AND q.kind = 'granted'))
                  -- Nearly everybody is active, and looked at as the walk comes by; the few others are known beforehand.
                  AND CASE WHEN ?8 IS NULL THEN 1
                           WHEN ?8 = 'active' THEN (SELECT p.status FROM person p WHERE p.id = f.person_id) = ?8
                           ELSE f.person_id IN (SELECT p.id FROM person p WHERE p.status = ?8) END
                ORDER BY f.called, f.person_id LIMIT ?9"#,
            now,
            called,
            after,
            first,
            filter.card,
            kind,
            relation,
            filter.status,
            filter.limit,
            rest,
        );
    }
    let left = usize::from(filter.limit).saturating_sub(rows.len());
    // People without a name are not found by name.
    if left > 0 && filter.words.is_empty() {
        let after =
            filter.after.as_ref().filter(|after| after.called.is_none()).map_or(PersonId(0), |after| after.id);
        let left = i64::try_from(left).unwrap_or(i64::MAX);
        rows.extend(people!(
            &mut *conn,
            "SELECT p.id, '' AS called FROM person p LEFT JOIN profile f ON f.person_id = p.id
              WHERE f.person_id IS NULL AND p.id > ?2 AND (?3 IS NULL OR p.status = ?3)
                AND (?4 IS NULL OR p.id IN (SELECT q.person_id FROM qualification q
                                             WHERE q.type_id = ?4 AND q.relation = ?5 AND q.kind = 'granted'))
              ORDER BY p.id LIMIT ?6",
            now,
            after,
            filter.status,
            kind,
            relation,
            left,
        ));
    }
    Ok(rows.into_iter().map(Row::person).collect::<Result<_, _>>()?)
}

/// How many people with a name match `filter`, regardless of its role and cursor.
pub async fn found(conn: &mut SqliteConnection, filter: &Filter) -> Result<u32, StoreError> {
    let (first, rest) = json::parted(&filter.words);
    let found = sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!: u32" FROM profile f
            WHERE ((instr(f.sought, ?1) > 0
                    AND (?2 = '[]' OR NOT EXISTS (SELECT 1 FROM json_each(?2) w WHERE instr(f.sought, w.value) = 0)))
                   OR f.person_id IN (SELECT c.person_id FROM card c
                                       WHERE ?3 <> '' AND c.state <> 'retired' AND substr(c.uid, -2) = substr(?3, -2)
                                         AND substr(c.uid, -length(?3)) = ?3))
              AND (?4 IS NULL OR EXISTS (SELECT 1 FROM person p WHERE p.id = f.person_id AND p.status = ?4))"#,
        first,
        rest,
        filter.card,
        filter.status,
    );
    Ok(found.fetch_one(conn).await?)
}

/// One person; `None` if there is none with this id.
pub async fn one(conn: &mut SqliteConnection, id: PersonId, now: Millis) -> Result<Option<Person>, StoreError> {
    let mut rows = people!(
        conn,
        "SELECT p.id, lower(coalesce(f.name, '')) AS called
           FROM person p LEFT JOIN profile f ON f.person_id = p.id WHERE p.id = ?2",
        now,
        id,
    );
    Ok(rows.pop().map(Row::person).transpose()?)
}

/// What permissions depend on: a person's status and ledger.
pub async fn standing(
    conn: &mut SqliteConnection,
    id: PersonId,
) -> Result<Option<(PersonStatus, Ledger)>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT status AS "status!: PersonStatus",
                  (SELECT json_group_array(json_array(id, type_id, machine_id, relation, kind, effective_from, until))
                     FROM qualification q WHERE q.person_id = p.id) AS "ledger!: String"
             FROM person p WHERE id = ?"#,
        id
    );
    let Some(row) = row.fetch_optional(conn).await? else { return Ok(None) };
    Ok(Some((row.status, qualifications::of_list(&row.ledger)?)))
}

/// The number of people per status.
pub async fn counts(conn: &mut SqliteConnection) -> Result<Counts, StoreError> {
    let counts = sqlx::query!(
        r#"SELECT (SELECT count(*) FROM person WHERE status = 'active') AS "active!: u32",
                  (SELECT count(*) FROM person WHERE status = 'applicant') AS "applicants!: u32",
                  (SELECT count(*) FROM person WHERE status = 'suspended') AS "suspended!: u32",
                  (SELECT count(*) FROM person WHERE status = 'left') AS "left!: u32""#
    )
    .fetch_one(conn)
    .await?;
    Ok(Counts {
        active: counts.active,
        applicants: counts.applicants,
        suspended: counts.suspended,
        left: counts.left,
    })
}

/// Uses that `person` began from `from` on, and their milliseconds until `now`.
pub async fn used_since(
    conn: &mut SqliteConnection,
    person: PersonId,
    from: Millis,
    now: Millis,
) -> Result<(u32, i64), StoreError> {
    let used = sqlx::query!(
        r#"SELECT count(*) AS "uses!: u32", coalesce(sum(max(coalesce(s.ended_at, ?3) - s.started_at, 0)), 0) AS "used!: i64"
             FROM (SELECT s.started_at, s.ended_at FROM card c JOIN use_session s ON s.card_id = c.id
                    WHERE c.person_id = ?1 AND ifnull(s.ended_at, ?2 + 1) > ?2 AND s.corrected = 0
                   -- Who it was is said of these.
                   UNION ALL SELECT s.started_at, s.ended_at FROM alias a JOIN use_session s ON s.alias_id = a.id
                    WHERE a.person_id = ?1 AND ifnull(s.ended_at, ?2 + 1) > ?2 AND s.corrected = 1 AND s.void = 0) s"#,
        person,
        from,
        now,
    )
    .fetch_one(conn)
    .await?;
    Ok((used.uses, used.used))
}

/// Milliseconds until `now` of the uses that each of `people` began from `from` on, and whether one still runs; people
/// without uses are left out.
pub async fn used_by(
    conn: &mut SqliteConnection,
    people: &[PersonId],
    from: Millis,
    now: Millis,
) -> Result<HashMap<PersonId, (i64, bool)>, StoreError> {
    let people = serde_json::Value::from(people.iter().map(|person| person.0).collect::<Vec<_>>()).to_string();
    let used = sqlx::query!(
        r#"SELECT u.person_id AS "person!: PersonId", sum(max(coalesce(u.ended_at, ?3) - u.started_at, 0)) AS "used!: i64",
                  max(u.ended_at IS NULL) AS "runs!: bool"
             FROM (SELECT c.person_id, s.started_at, s.ended_at
                     FROM json_each(?1) p JOIN card c ON c.person_id = p.value JOIN use_session s ON s.card_id = c.id
                    WHERE s.started_at >= ?2 AND s.corrected = 0
                   -- Who it was is said of these.
                   UNION ALL SELECT a.person_id, s.started_at, s.ended_at
                     FROM json_each(?1) p JOIN alias a ON a.person_id = p.value JOIN use_session s ON s.alias_id = a.id
                    WHERE s.started_at >= ?2 AND s.corrected = 1 AND s.void = 0) u
            GROUP BY u.person_id"#,
        people,
        from,
        now,
    );
    Ok(used.fetch_all(conn).await?.into_iter().map(|row| (row.person, (row.used, row.runs))).collect())
}

/// When `person` used machines, for uses that ended after `from`; running ones have no end.
pub async fn spans(
    conn: &mut SqliteConnection,
    person: PersonId,
    from: Millis,
) -> Result<Vec<(Millis, Option<Millis>)>, StoreError> {
    let spans = sqlx::query!(
        r#"SELECT s.started_at AS "start!: Millis", s.ended_at AS "end?: Millis"
             FROM (SELECT s.started_at, s.ended_at FROM card c JOIN use_session s ON s.card_id = c.id
                    WHERE c.person_id = ?1 AND s.started_at >= ?2 AND s.corrected = 0
                   -- Who it was is said of these.
                   UNION ALL SELECT s.started_at, s.ended_at FROM alias a JOIN use_session s ON s.alias_id = a.id
                    WHERE a.person_id = ?1 AND s.started_at >= ?2 AND s.corrected = 1 AND s.void = 0) s"#,
        person,
        from,
    );
    Ok(spans.fetch_all(conn).await?.into_iter().map(|row| (row.start, row.end)).collect())
}

/// A person's use of a machine.
#[derive(Debug, Clone)]
pub struct Used {
    pub id: UseId,
    pub machine: MachineId,
    pub machine_name: String,
    pub start: Millis,
    pub end: Option<Millis>,
    /// Its hours were estimated.
    pub approximate: bool,
    pub theirs: bool,
    pub void: bool,
    /// Its corrections, as a list in a row.
    corrections: Option<String>,
}

impl Used {
    /// Its corrections, oldest first.
    pub fn corrections(&self) -> Result<Vec<Corrected>, StoreError> {
        Ok(self.corrections.as_deref().map(of_list).transpose()?.unwrap_or_default())
    }
}

/// Uses of `person` that are still linked to them, newest first; after the use `after`, at most `limit`.
pub async fn uses(
    conn: &mut SqliteConnection,
    person: PersonId,
    after: Option<UseId>,
    limit: i64,
) -> Result<Vec<Used>, StoreError> {
    // The end of the previous page, if that use still exists; else the newest.
    let behind = match after {
        Some(after) => {
            let at =
                sqlx::query_scalar!(r#"SELECT started_at AS "at!: Millis" FROM use_session WHERE id = ?"#, after);
            at.fetch_optional(&mut *conn).await?
        }
        None => None,
    };
    let after = after.filter(|_| behind.is_some());
    let used = sqlx::query_as!(
        Used,
        r#"SELECT u.id AS "id!: UseId", u.machine_id AS "machine!: MachineId", m.name AS "machine_name!",
                  u.started_at AS "start!: Millis", u.ended_at AS "end?: Millis", u.approximate AS "approximate!: bool",
                  coalesce(o.person_id = ?1, 0) AS "theirs!: bool", u.void AS "void!: bool",
                  CASE WHEN u.corrected = 1 THEN
                      (SELECT json_group_array(json_array(c.at, d.name, r.body, c.ended_before, g.name,
                                                          c.alias_before IS NOT c.alias_after, c.void_before, c.void_after)
                                               ORDER BY c.id)
                         FROM use_correction c
                         LEFT JOIN alias da ON da.id = c.by_alias LEFT JOIN profile d ON d.person_id = da.person_id
                         -- Of others they learn no name.
                         LEFT JOIN alias ga ON ga.id = c.alias_before
                         LEFT JOIN profile g ON g.person_id = ga.person_id AND g.person_id = ?1
                         LEFT JOIN remark r ON r.id = c.remark_id
                        WHERE c.use_id = u.id) END AS "corrections?: String"
             FROM (SELECT s.id FROM alias a JOIN use_session s ON s.alias_id = a.id
                    WHERE a.person_id = ?1 AND (?2 IS NULL OR (s.started_at, s.id) < (?2, ?3))
                   -- What was theirs until somebody said otherwise.
                   UNION SELECT c.use_id FROM alias a JOIN use_correction c ON c.alias_before = a.id WHERE a.person_id = ?1) i
             JOIN use_session u ON u.id = i.id JOIN machine m ON m.id = u.machine_id
             LEFT JOIN alias o ON o.id = u.alias_id
            WHERE ?2 IS NULL OR (u.started_at, u.id) < (?2, ?3)
            ORDER BY u.started_at DESC, u.id DESC LIMIT ?4"#,
        person,
        behind,
        after,
        limit,
    );
    Ok(used.fetch_all(conn).await?)
}

/// Sets the status of `person`; `left_at` is when they left, if they did.
pub async fn set_status(
    tx: &mut WriteTx,
    person: PersonId,
    status: PersonStatus,
    left_at: Option<Millis>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE person SET status = ?, left_at = ?, version = version + 1 WHERE id = ?",
        status,
        left_at,
        person,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Active people whose name contains all these words, by name; addresses are not searched.
pub async fn named(
    conn: &mut SqliteConnection,
    words: &[String],
    limit: u16,
) -> Result<Vec<(PersonId, String)>, StoreError> {
    let (first, rest) = json::parted(words);
    let rows = sqlx::query!(
        r#"SELECT p.id AS "id!: PersonId", f.name AS "name!" FROM profile f CROSS JOIN person p ON p.id = f.person_id
            WHERE p.status = 'active' AND instr(f.sought, ?1) > 0
              AND instr(substr(f.sought, 1, instr(f.sought, char(10))), ?1) > 0
              AND (?2 = '[]' OR NOT EXISTS (SELECT 1 FROM json_each(?2) w
                                             WHERE instr(substr(f.sought, 1, instr(f.sought, char(10))), w.value) = 0))
            ORDER BY f.called, f.person_id LIMIT ?3"#,
        first,
        rest,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// The names of these people, in order.
pub async fn names(
    conn: &mut SqliteConnection,
    people: &[PersonId],
) -> Result<Vec<(PersonId, String)>, StoreError> {
    let people = json::ids(people.iter().map(|one| one.0));
    let rows = sqlx::query!(
        r#"SELECT person_id AS "id!: PersonId", name AS "name!" FROM profile
            WHERE person_id IN (SELECT value FROM json_each(?)) ORDER BY called, person_id"#,
        people,
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Members whose whole name or address is `typed`; at most two, which is ambiguous already.
pub async fn called(conn: &mut SqliteConnection, input: &str) -> Result<Vec<(PersonId, String)>, StoreError> {
    let (name, sought, email) = (composed(input), folded(input), input.to_lowercase());
    let rows = sqlx::query!(
        r#"SELECT p.id AS "id!: PersonId", f.name AS "name!", f.email FROM person p JOIN profile f ON f.person_id = p.id
            WHERE p.status <> 'left' AND (instr(f.sought, ?1 || char(10)) = 1 OR f.email = ?2)"#,
        sought,
        email,
    )
    .fetch_all(conn)
    .await?;
    // Accents distinguish names: a search ignores them, an exact name does not.
    let named = rows.into_iter().filter(|row| composed(&row.name) == name || row.email.as_ref() == Some(&email));
    Ok(named.map(|row| (row.id, row.name)).take(2).collect())
}

/// A person who applied for membership.
#[derive(Debug, Clone)]
pub struct Applicant {
    pub id: PersonId,
    /// Their name; `None` once erased.
    pub name: Option<String>,
    pub since: Millis,
}

/// Applicants, longest waiting first.
pub async fn applicants(conn: &mut SqliteConnection, limit: u16) -> Result<Vec<Applicant>, StoreError> {
    let waiting = sqlx::query_as!(
        Applicant,
        r#"SELECT p.id AS "id!: PersonId", f.name AS "name?", p.created_at AS "since!: Millis"
             FROM person p LEFT JOIN profile f ON f.person_id = p.id
            WHERE p.status = 'applicant' ORDER BY p.created_at, p.id LIMIT ?"#,
        limit,
    );
    Ok(waiting.fetch_all(conn).await?)
}
