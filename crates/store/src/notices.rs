//! Notices: rows of `notice`, and the machines people follow. A trigger queues the delivery of each (`deliveries`).
//!
//! Invariant: a notice exists once per person, kind and subject; repeating it changes nothing.

use crate::personal_data::{Erasing, Table};
use contract::notices::Which;
use domain::{
    id::{GroupId, MachineId, NoticeId, PersonId, TypeId},
    live::ChangeEvent,
    notices::Notice,
    qualifications::Ledger,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, broadcasts, qualifications};

/// Adds `notice` for `person`, caused by `by` or the clock; returns whether it is new to them.
pub async fn record(
    tx: &mut WriteTx,
    by: Option<PersonId>,
    person: PersonId,
    notice: &Notice,
    now: Millis,
) -> Result<bool, StoreError> {
    let (kind, subject, machine, of_type) = (notice.kind(), notice.subject(), notice.machine(), notice.of_type());
    let (room, group, draw) = (notice.room(), notice.group(), notice.draw());
    let body = serde_json::to_string(notice).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let made = sqlx::query!(
        // Kinds switched off in the app go to the archive at once.
        "INSERT INTO notice (person_id, kind, subject, body, machine_id, type_id, room_id, group_id, draw_id, told_at,
                             read_at, archived_at)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?8, ?9, ?10, ?7, off.at, off.at
               FROM (SELECT (SELECT ?7 FROM notice_switch
                              WHERE person_id = ?1 AND kind = ?2 AND channel = 'app' AND NOT is_on) AS at) AS off
              WHERE true
             ON CONFLICT (person_id, kind, subject) DO NOTHING",
        person,
        kind,
        subject,
        body,
        machine,
        of_type,
        now,
        room,
        group,
        draw,
    )
    .execute(tx.conn())
    .await?;
    if made.rows_affected() == 0 {
        return Ok(false);
    }
    let id = made.last_insert_rowid();
    broadcasts::record(tx, by, notice, now).await?;
    if let Some(by) = by {
        sqlx::query!("INSERT INTO notice_sender (notice_id, person_id) VALUES (?, ?)", id, by)
            .execute(tx.conn())
            .await?;
    }
    tx.after_commit(ChangeEvent::Notices(person));
    Ok(true)
}

/// Adds `notice` for all `people` in one statement, and as a broadcast; returns for how many it is new. Publishes no event: the caller
/// sends one for the subject.
pub async fn tell_all(
    tx: &mut WriteTx,
    people: &[PersonId],
    notice: &Notice,
    now: Millis,
) -> Result<u64, StoreError> {
    let (kind, subject, machine, of_type) = (notice.kind(), notice.subject(), notice.machine(), notice.of_type());
    let body = serde_json::to_string(notice).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let announcement = notice.announcement();
    let people = serde_json::Value::from(people.iter().map(|id| id.0).collect::<Vec<_>>()).to_string();
    let made = sqlx::query!(
        "INSERT INTO notice (person_id, kind, subject, body, machine_id, type_id, announcement_id, told_at, read_at, archived_at)
         SELECT value, ?1, ?2, ?3, ?4, ?5, ?6, ?7, iif(off.is_on IS NULL, NULL, ?7), iif(off.is_on IS NULL, NULL, ?7)
           FROM json_each(?8)
           LEFT JOIN notice_switch off
             ON off.person_id = value AND off.kind = ?1 AND off.channel = 'app' AND NOT off.is_on
          WHERE true
             ON CONFLICT (person_id, kind, subject) DO NOTHING",
        kind,
        subject,
        body,
        machine,
        of_type,
        announcement,
        now,
        people,
    )
    .execute(tx.conn())
    .await?;
    broadcasts::record(tx, None, notice, now).await?;
    Ok(made.rows_affected())
}

/// A stored notice.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: NoticeId,
    /// JSON of a `Notice`; an unknown kind is not shown.
    pub body: String,
    pub told: Millis,
    pub read: bool,
    pub archived: bool,
    /// Name of its machine or type; `None` if archived, or if it has none.
    pub about: Option<String>,
    /// Its type, or that of its machine.
    pub kind: Option<TypeId>,
    /// Title of its document, or of its announcement, unless withdrawn.
    pub title: Option<String>,
    /// Holder of its checkout or booking, if not the reader.
    pub who: Option<String>,
    /// The message to the holder of a declined or cancelled booking, or with a request for help or its answer.
    pub note: Option<String>,
}

/// Notices with their subjects.
macro_rules! notices {
    ($where:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            Row,
            "SELECT n.id AS \"id!: NoticeId\", n.body, n.told_at AS \"told!: Millis\",
                    n.read_at IS NOT NULL AS \"read!: bool\", n.archived_at IS NOT NULL AS \"archived!: bool\",
                    coalesce(m.name, o.name, t.name, g.name, pg.name, dr.name) || ifnull(' · ' || (SELECT q.name FROM booking x JOIN person_group q ON q.id = x.group_id
                        WHERE n.kind LIKE 'booking.%'
                          AND x.id = coalesce(json_extract(n.body, '$.booking.booking'), json_extract(n.body, '$.outage.booking'))), '') AS \"about?: String\",
                    coalesce(m.type_id, t.id, a.type_id) AS \"kind?: TypeId\", coalesce(a.title, (SELECT dc.title FROM document dc
                        WHERE n.kind LIKE 'document.%' AND dc.id = coalesce(json_extract(n.body, '$.document_to_sign.document'),
                                                                            json_extract(n.body, '$.document_lapsing.document')))) AS \"title?: String\",
                    w.name AS \"who?: String\",
                    coalesce((SELECT r.body FROM booking x JOIN remark r ON r.id = x.remark_id
                      WHERE n.kind IN ('booking.rejected', 'booking.cancelled') AND (x.person_id = n.person_id OR x.group_id IS NOT NULL)
                        AND x.id = json_extract(n.body, '$.booking.booking')),
                      (SELECT r.body FROM help_request h JOIN remark r ON r.id = iif(n.kind = 'help.asked', h.remark_id, h.answer_remark_id)
                        WHERE n.kind IN ('help.asked', 'help.answered')
                          AND h.id = coalesce(json_extract(n.body, '$.help_asked.help'), json_extract(n.body, '$.help_answered.help')))) AS \"note?: String\"
               FROM notice n
               -- Whose time was called off because it was archived reads of what.
               LEFT JOIN machine m ON m.id = n.machine_id
                    AND (m.archived_at IS NULL OR n.kind IN ('booking.cancelled', 'checkout.cancelled'))
               LEFT JOIN room o ON o.id = n.room_id AND (o.archived_at IS NULL OR n.kind = 'booking.cancelled')
               LEFT JOIN person_group pg ON pg.id = n.group_id AND pg.archived_at IS NULL
               LEFT JOIN draw dr ON dr.id = n.draw_id
               LEFT JOIN equipment_type t ON t.id = n.type_id AND t.archived_at IS NULL
               LEFT JOIN announcement a ON a.id = n.announcement_id AND a.withdrawn_at IS NULL
               LEFT JOIN equipment_type g ON g.id = a.type_id
               LEFT JOIN profile w ON w.person_id <> n.person_id AND w.person_id = CASE
                         WHEN n.kind LIKE 'checkout.%' THEN coalesce(
                             (SELECT person_id FROM appointment WHERE id = json_extract(n.body, '$.checkout.appointment')),
                             (SELECT person_id FROM checkout_wish WHERE id = json_extract(n.body, '$.checkout_wanted.wish')))
                         WHEN n.kind LIKE 'booking.%' THEN
                             (SELECT person_id FROM booking WHERE id = json_extract(n.body, '$.booking.booking'))
                         WHEN n.kind = 'help.asked' THEN
                             (SELECT person_id FROM help_request WHERE id = json_extract(n.body, '$.help_asked.help'))
                         WHEN n.kind = 'help.answered' THEN
                             (SELECT helper_id FROM help_request WHERE id = json_extract(n.body, '$.help_answered.help')) END
              WHERE " + $where
            $(, $argument)*
        )
    };
}

/// The notice `id`, if it is for `person`.
pub async fn one(conn: &mut SqliteConnection, person: PersonId, id: NoticeId) -> Result<Option<Row>, StoreError> {
    Ok(notices!("n.id = ? AND n.person_id = ?", id, person).fetch_optional(conn).await?)
}

/// Cursor of a page of notices: after this one, which was read or unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub read: bool,
    pub id: NoticeId,
}

/// Notices of `person` after `after`, newest first, at most `most`; with `unread_first`, unread ones come first.
pub async fn of_person(
    conn: &mut SqliteConnection,
    person: PersonId,
    which: Which,
    unread_first: bool,
    after: Option<Place>,
    most: u32,
) -> Result<Vec<Row>, StoreError> {
    let (archived, unread) = (which == Which::Archived, which == Which::Unread);
    let (after_read, after) = after.map_or((false, None), |place| (place.read && unread_first, Some(place.id)));
    let rows = notices!(
        "n.person_id = ?1 AND (n.archived_at IS NOT NULL) = ?2 AND (NOT ?3 OR n.read_at IS NULL)
              AND (?4 IS NULL OR (?6 AND n.read_at IS NOT NULL) > ?5 OR ((?6 AND n.read_at IS NOT NULL) = ?5 AND n.id < ?4))
            ORDER BY ?6 AND n.read_at IS NOT NULL, n.id DESC LIMIT ?7",
        person,
        archived,
        unread,
        after,
        after_read,
        unread_first,
        most
    );
    Ok(rows.fetch_all(conn).await?)
}

/// Notices of `person` about `group`, its bookings, its series and the draws of its wishes that are not archived, newest first, at most `most`.
pub async fn about_group(
    conn: &mut SqliteConnection,
    person: PersonId,
    group: GroupId,
    most: u32,
) -> Result<Vec<Row>, StoreError> {
    let rows = notices!(
        "n.person_id = ?1 AND n.archived_at IS NULL
              AND (n.group_id = ?2
                OR (n.kind LIKE 'booking.%'
                    AND coalesce(json_extract(n.body, '$.booking.booking'), json_extract(n.body, '$.outage.booking'))
                        IN (SELECT id FROM booking WHERE group_id = ?2))
                OR (n.kind = 'series.changed'
                    AND json_extract(n.body, '$.series.series') IN (SELECT id FROM series WHERE group_id = ?2))
                OR n.draw_id IN (SELECT draw_id FROM draw_wish WHERE group_id = ?2))
            ORDER BY n.id DESC LIMIT ?3",
        person,
        group,
        most
    );
    Ok(rows.fetch_all(conn).await?)
}

/// How many notices of `person` are unread.
pub async fn unread(conn: &mut SqliteConnection, person: PersonId) -> Result<u32, StoreError> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!: u32" FROM notice WHERE person_id = ? AND read_at IS NULL AND archived_at IS NULL"#,
        person,
    );
    Ok(count.fetch_one(conn).await?)
}

/// Marks one notice of `person`, or all of theirs, as read.
pub async fn read(
    tx: &mut WriteTx,
    person: PersonId,
    only: Option<NoticeId>,
    now: Millis,
) -> Result<(), StoreError> {
    let read = sqlx::query!(
        "UPDATE notice SET read_at = ?1
          WHERE person_id = ?2 AND read_at IS NULL AND archived_at IS NULL AND (?3 IS NULL OR id = ?3)",
        now,
        person,
        only,
    )
    .execute(tx.conn())
    .await?;
    count_again(tx, person, read.rows_affected() > 0);
    Ok(())
}

/// Archives one notice of `person`, or all they have read; returns the archived ids.
pub async fn archive(
    tx: &mut WriteTx,
    person: PersonId,
    only: Option<NoticeId>,
    now: Millis,
) -> Result<Vec<NoticeId>, StoreError> {
    let gone = sqlx::query_scalar!(
        r#"UPDATE notice SET archived_at = ?1
            WHERE person_id = ?2 AND archived_at IS NULL AND iif(?3 IS NULL, read_at IS NOT NULL, id = ?3)
        RETURNING id AS "id!: NoticeId""#,
        now,
        person,
        only,
    )
    .fetch_all(tx.conn())
    .await?;
    count_again(tx, person, !gone.is_empty());
    Ok(gone)
}

/// Restores archived notices of `person`; returns their number.
pub async fn restore(tx: &mut WriteTx, person: PersonId, which: &[NoticeId]) -> Result<u32, StoreError> {
    let list = serde_json::Value::from(which.iter().map(|id| id.0).collect::<Vec<_>>()).to_string();
    let back = sqlx::query!(
        "UPDATE notice SET archived_at = NULL
          WHERE person_id = ? AND archived_at IS NOT NULL AND id IN (SELECT value FROM json_each(?))",
        person,
        list,
    );
    let back = back.execute(tx.conn()).await?.rows_affected().try_into().unwrap_or(u32::MAX);
    count_again(tx, person, back > 0);
    Ok(back)
}

/// Whether `person` has a notice with this id.
pub async fn is_theirs(conn: &mut SqliteConnection, person: PersonId, id: NoticeId) -> Result<bool, StoreError> {
    let theirs = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM notice WHERE id = ? AND person_id = ?) AS "is!: bool""#,
        id,
        person,
    );
    Ok(theirs.fetch_one(conn).await?)
}

/// Updates the unread count on their other pages, if something changed.
fn count_again(tx: &mut WriteTx, person: PersonId, changed: bool) {
    if changed {
        tx.after_commit(ChangeEvent::Notices(person));
    }
}

/// Whether `person` has the notice `notice` already.
pub async fn is_recorded(
    conn: &mut SqliteConnection,
    person: PersonId,
    notice: &Notice,
) -> Result<bool, StoreError> {
    let (kind, subject) = (notice.kind(), notice.subject());
    let message = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM notice WHERE person_id = ? AND kind = ? AND subject = ?) AS "is!: bool""#,
        person,
        kind,
        subject,
    );
    Ok(message.fetch_one(conn).await?)
}

/// When `person` got the notice, if they did.
pub async fn reported_at(
    conn: &mut SqliteConnection,
    person: PersonId,
    notice: &Notice,
) -> Result<Option<Millis>, StoreError> {
    let (kind, subject) = (notice.kind(), notice.subject());
    let message = sqlx::query_scalar!(
        r#"SELECT told_at AS "at!: Millis" FROM notice WHERE person_id = ? AND kind = ? AND subject = ?"#,
        person,
        kind,
        subject,
    );
    Ok(message.fetch_optional(conn).await?)
}

/// Active people who were ever trainer or owner of the machine, its type, the space or the system, with their ledgers.
/// `None` stands for space and system alone.
pub async fn candidates(
    conn: &mut SqliteConnection,
    kind: Option<TypeId>,
    machine: Option<MachineId>,
) -> Result<Vec<(PersonId, Ledger)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT p.id AS "id!: PersonId",
                  json_group_array(json_array(q.id, q.type_id, q.machine_id, q.relation, q.kind, q.effective_from, q.until))
                  AS "list!: String"
             FROM qualification q JOIN person p ON p.id = q.person_id
            WHERE p.status = 'active'
              AND p.id IN (SELECT person_id FROM qualification
                            WHERE relation IN ('trainer', 'owner') AND (type_id IN (1, 2, ?1) OR machine_id = ?2))
            GROUP BY p.id"#,
        kind,
        machine,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| Ok((row.id, qualifications::of_list(&row.list)?))).collect()
}

/// Active people who follow `machine`.
pub async fn followers(conn: &mut SqliteConnection, machine: MachineId) -> Result<Vec<PersonId>, StoreError> {
    let followers = sqlx::query_scalar!(
        r#"SELECT f.person_id AS "id!: PersonId" FROM follow f JOIN person p ON p.id = f.person_id
            WHERE f.machine_id = ? AND p.status = 'active' ORDER BY 1"#,
        machine,
    );
    Ok(followers.fetch_all(conn).await?)
}

/// Unarchived machines that `person` follows, with their names, in order.
pub async fn followed(
    conn: &mut SqliteConnection,
    person: PersonId,
) -> Result<Vec<(MachineId, String)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT m.id AS "id!: MachineId", m.name FROM follow f JOIN machine m ON m.id = f.machine_id
            WHERE f.person_id = ? AND m.archived_at IS NULL ORDER BY m.name COLLATE NOCASE, m.id"#,
        person,
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Whether `person` follows `machine`.
pub async fn follows(
    conn: &mut SqliteConnection,
    person: PersonId,
    machine: MachineId,
) -> Result<bool, StoreError> {
    let follows = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM follow WHERE person_id = ? AND machine_id = ?) AS "does!: bool""#,
        person,
        machine,
    );
    Ok(follows.fetch_one(conn).await?)
}

/// Makes `person` follow `machine`, or stop; returns whether that changed anything.
pub async fn follow(
    tx: &mut WriteTx,
    person: PersonId,
    machine: MachineId,
    on: bool,
    now: Millis,
) -> Result<bool, StoreError> {
    let changed = if on {
        sqlx::query!(
            "INSERT INTO follow (person_id, machine_id, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            person,
            machine,
            now,
        )
        .execute(tx.conn())
        .await?
    } else {
        sqlx::query!("DELETE FROM follow WHERE person_id = ? AND machine_id = ?", person, machine)
            .execute(tx.conn())
            .await?
    };
    Ok(changed.rows_affected() == 1)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    // The action is in the audit log; the notices to others are theirs.
    Table::left("notice_sender", &["person_id"], Erasing::Deleted),
    Table::taken(
        "notice",
        &["person_id", "body"],
        Erasing::Deleted,
        "SELECT json_object('kind', n.kind, 'about', coalesce(m.name, t.name, a.title), 'told@', n.told_at, \
         'read@', n.read_at, 'archived@', n.archived_at) FROM notice n LEFT JOIN machine m ON m.id = n.machine_id \
         LEFT JOIN equipment_type t ON t.id = n.type_id LEFT JOIN announcement a ON a.id = n.announcement_id AND \
         a.withdrawn_at IS NULL WHERE n.person_id = ?1",
    ),
    Table::taken(
        "notice_switch",
        &["person_id"],
        Erasing::Deleted,
        "SELECT json_object('kind', kind, 'channel', channel, 'on?', is_on) FROM notice_switch WHERE person_id = ?1",
    ),
    Table::taken(
        "mail_times",
        &["person_id"],
        Erasing::Deleted,
        "SELECT json_object('daily_mail_at_hour', digest_hour, 'quiet_from_minute', quiet_from, 'quiet_to_minute', \
         quiet_to) FROM mail_times WHERE person_id = ?1",
    ),
    Table::taken(
        "follow",
        &["person_id"],
        Erasing::Deleted,
        "SELECT json_object('machine', m.name, 'since@', w.since) FROM follow w JOIN machine m ON m.id = \
         w.machine_id WHERE w.person_id = ?1",
    ),
];
