//! What pages show of dues: lines, figures, and the history of one person.

use crate::StoreError;
use domain::{
    dues::DuesStatus,
    id::PersonId,
    time::{Date, Millis},
};
use sqlx::SqliteConnection;

/// A person in the list.
#[derive(Debug, Clone)]
pub struct Line {
    pub person: PersonId,
    pub name: String,
    /// When their picture was added, if they have one.
    pub picture: Option<Millis>,
    pub status: DuesStatus,
    pub since: Millis,
    pub paid_until: Date,
    /// The day on which it became known that they are late.
    pub known: Option<Date>,
    pub more_time: Option<Date>,
    /// Notices to them about the present delay.
    pub notices: u32,
    pub version: i64,
}

/// People with dues of `status`; without one, those with late dues, or with ones that ended since `ended` or are not held yet. Those
/// who are late the longest come first.
pub async fn lines(
    conn: &mut SqliteConnection,
    status: Option<DuesStatus>,
    ended: Millis,
    most: u32,
) -> Result<Vec<Line>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT d.person_id AS "person!: PersonId", coalesce(f.name, '') AS "name!: String",
                  (SELECT i.added_at FROM picture i WHERE i.person_id = d.person_id) AS "picture?: Millis",
                  d.status AS "status!: DuesStatus", d.since_at AS "since!: Millis", d.paid_until, d.known_on, d.more_time,
                  d.version,
                  (SELECT count(*) FROM notice n
                    WHERE n.person_id = d.person_id
                      AND (n.kind = 'dues.late' AND n.subject LIKE 'dues:' || date(d.paid_until * 86400, 'unixepoch') || ' %'
                        OR n.kind = 'hold.placed' AND n.subject = 'hold:' || d.hold_id)) AS "notices!: u32"
             FROM dues d LEFT JOIN profile f ON f.person_id = d.person_id
            WHERE d.status = ?1
               OR ?1 IS NULL AND (d.status IN ('grace', 'overdue')
                  OR d.status = 'ended' AND (d.hold_id IS NULL OR d.since_at >= ?3))
            ORDER BY d.status = 'overdue' DESC, d.paid_until, f.name, d.person_id LIMIT ?2"#,
        status,
        most,
        ended,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| Line {
        person: row.person,
        name: row.name,
        picture: row.picture,
        status: row.status,
        since: row.since,
        paid_until: Date::from_days(row.paid_until),
        known: row.known_on.map(Date::from_days),
        more_time: row.more_time.map(Date::from_days),
        notices: row.notices,
        version: row.version,
    });
    Ok(rows.collect())
}

/// Notices to `person` about the present delay, with the time of the last.
pub async fn notices(conn: &mut SqliteConnection, person: PersonId) -> Result<(u32, Option<Millis>), StoreError> {
    let row = sqlx::query!(
        r#"SELECT count(*) AS "count!: u32", max(n.told_at) AS "last?: Millis"
             FROM dues d JOIN notice n ON n.person_id = d.person_id
            WHERE d.person_id = ?
              AND (n.kind = 'dues.late' AND n.subject LIKE 'dues:' || date(d.paid_until * 86400, 'unixepoch') || ' %'
                OR n.kind = 'hold.placed' AND n.subject = 'hold:' || d.hold_id)"#,
        person,
    )
    .fetch_one(conn)
    .await?;
    Ok((row.count, row.last))
}

/// How many people have dues of each status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub current: u32,
    pub grace: u32,
    pub overdue: u32,
    /// Since `since`.
    pub ended: u32,
    /// Active people without dues.
    pub without: u32,
}

/// Counts people by status; ended dues only since `since`.
pub async fn counts(conn: &mut SqliteConnection, since: Millis) -> Result<Counts, StoreError> {
    let counts = sqlx::query_as!(
        Counts,
        r#"SELECT (SELECT count(*) FROM dues WHERE status = 'current') AS "current!: u32",
                  (SELECT count(*) FROM dues WHERE status = 'grace') AS "grace!: u32",
                  (SELECT count(*) FROM dues WHERE status = 'overdue') AS "overdue!: u32",
                  (SELECT count(*) FROM dues WHERE status = 'ended' AND since_at >= ?) AS "ended!: u32",
                  (SELECT count(*) FROM person p WHERE p.status = 'active'
                      AND NOT EXISTS (SELECT 1 FROM dues d WHERE d.person_id = p.id)) AS "without!: u32""#,
        since,
    );
    Ok(counts.fetch_one(conn).await?)
}

/// An entry of the audit log about a person's dues.
#[derive(Debug, Clone)]
pub struct Change {
    pub at: Millis,
    pub action: String,
    /// Ids, codes and numbers as JSON.
    pub detail: String,
    /// Who did it, if known.
    pub by: Option<(PersonId, String)>,
}

/// The last `most` changes of the dues of `person`, newest first.
pub async fn changes(conn: &mut SqliteConnection, person: PersonId, most: u32) -> Result<Vec<Change>, StoreError> {
    let subject = format!("person:{person}");
    let rows = sqlx::query!(
        r#"SELECT a.at AS "at!: Millis", a.action, a.detail,
                  l.person_id AS "person?: PersonId", f.name AS "name?: String"
             FROM audit a LEFT JOIN alias l ON l.id = a.alias LEFT JOIN profile f ON f.person_id = l.person_id
            WHERE a.subject = ? AND a.action >= 'dues.' AND a.action < 'dues/' ORDER BY a.seq DESC LIMIT ?"#,
        subject,
        most,
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| Change {
        at: row.at,
        action: row.action,
        detail: row.detail,
        by: row.person.zip(row.name),
    });
    Ok(rows.collect())
}

/// Approved and requested bookings of `person` that begin after `now`.
pub async fn bookings_ahead(
    conn: &mut SqliteConnection,
    person: PersonId,
    now: Millis,
) -> Result<u32, StoreError> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!: u32" FROM booking
            WHERE person_id = ? AND state IN ('pending', 'approved') AND starts_at > ?"#,
        person,
        now,
    );
    Ok(count.fetch_one(conn).await?)
}
