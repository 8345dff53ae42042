//! Earlier mails: how many one person caused to another lately, and which of them belong to the same thread.

use domain::{
    deliveries::RecentMails,
    id::{NoticeId, PersonId},
    notices::Kind,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::StoreError;

/// Earlier mails that a later one refers to, at most.
const NAMED: u32 = 10;

/// Mails of `kind` sent after `since` that `by` caused to `person`; `None` if there are none.
pub async fn lately(
    conn: &mut SqliteConnection,
    (by, person, kind): (PersonId, PersonId, Kind),
    since: Millis,
) -> Result<Option<RecentMails>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT count(*) AS "count!: u32", max(d.settled_at) AS "last?: Millis"
             FROM notice n JOIN notice_sender s ON s.notice_id = n.id JOIN delivery d ON d.notice_id = n.id
            WHERE n.person_id = ?1 AND n.kind = ?2 AND s.person_id = ?3
              AND d.channel = 'mail' AND d.state = 'sent' AND d.settled_at > ?4"#,
        person,
        kind,
        by,
        since,
    );
    let row = row.fetch_one(conn).await?;
    Ok(row.last.map(|last| RecentMails { count: row.count, last }))
}

/// An earlier mail of the same thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentNotice {
    pub notice: NoticeId,
    pub told: Millis,
}

/// Mails of `thread` to `person` before `notice`, oldest first.
pub async fn in_thread(
    conn: &mut SqliteConnection,
    person: PersonId,
    thread: &str,
    notice: NoticeId,
) -> Result<Vec<SentNotice>, StoreError> {
    let mut sent = sqlx::query_as!(
        SentNotice,
        r#"SELECT n.id AS "notice!: NoticeId", n.told_at AS "told!: Millis"
             FROM notice n JOIN delivery d ON d.notice_id = n.id
            WHERE n.person_id = ?1 AND n.id < ?2 AND (n.subject = ?3 OR n.subject LIKE ?3 || ' %')
              AND d.channel = 'mail' AND d.state = 'sent'
            ORDER BY n.id DESC LIMIT ?4"#,
        person,
        notice,
        thread,
        NAMED,
    )
    .fetch_all(conn)
    .await?;
    sent.reverse();
    Ok(sent)
}

/// Whether every earlier notice of `thread` to `person` was dropped because it was over by then, so that they know of
/// nothing. One that was dropped earlier had another reason: they may have answered it.
pub async fn knows_nothing(
    conn: &mut SqliteConnection,
    person: PersonId,
    thread: &str,
    notice: NoticeId,
) -> Result<bool, StoreError> {
    let row = sqlx::query!(
        r#"SELECT count(*) AS "all!: u32", coalesce(sum(d.state = 'dropped' AND d.reason = 'over'
                             AND d.settled_at >= (SELECT told_at FROM notice WHERE id = ?2)), 0) AS "over!: u32"
             FROM notice n JOIN delivery d ON d.notice_id = n.id
            WHERE n.person_id = ?1 AND n.id < ?2 AND (n.subject = ?3 OR n.subject LIKE ?3 || ' %')
              AND d.channel = 'mail'"#,
        person,
        notice,
        thread,
    );
    let row = row.fetch_one(conn).await?;
    Ok(row.all > 0 && row.all == row.over)
}
