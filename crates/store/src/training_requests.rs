//! Training requests: rows of `training_request`, in the order of asking.
//!
//! Not here: the places that they lead to ([`crate::training_events`]).

use crate::personal_data::{Erasing, Table};
use domain::{
    id::{PersonId, RemarkId, TrainingEventId, TrainingRequestId, TypeId},
    time::Millis,
    training_events::{Aim, DayWindow, InLine, Preference, RESULTS_UNTIL, RequestState, UNDO},
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// A request to be added.
#[derive(Debug, Clone)]
pub struct NewRequest {
    pub person: PersonId,
    pub kind: TypeId,
    pub aim: Aim,
    pub can: Preference,
    pub remark: Option<RemarkId>,
    pub at: Millis,
}

/// A stored request.
#[derive(Debug, Clone)]
pub struct StoredRequest {
    pub id: TrainingRequestId,
    /// `None` once the name was cut.
    pub person: Option<PersonId>,
    pub person_name: Option<String>,
    pub kind: TypeId,
    pub kind_name: String,
    pub aim: Aim,
    pub state: RequestState,
    pub asked: Millis,
    pub can: Preference,
    pub note: Option<String>,
    pub remark: Option<RemarkId>,
    /// The event at which its person has a place, or to which they are invited.
    pub event: Option<TrainingEventId>,
    /// How many are before it in its queue and have no place; `None` if it is in no queue.
    pub before: Option<u32>,
}

impl StoredRequest {
    /// The place in the queue, from 1; `None` for people with a place at an event.
    #[must_use]
    pub fn position(&self) -> Option<u32> {
        self.before.filter(|_| self.event.is_none()).map(|before| before + 1)
    }
}

/// Adds a request at the end of its queue.
pub async fn add(tx: &mut WriteTx, new: &NewRequest) -> Result<TrainingRequestId, StoreError> {
    let windows = written(&new.can.windows);
    let made = sqlx::query!(
        "INSERT INTO training_request (person_id, type_id, aim, asked_at, windows, other, remark_id)
              VALUES (?, ?, ?, ?, ?, ?, ?)",
        new.person,
        new.kind,
        new.aim,
        new.at,
        windows,
        new.can.other,
        new.remark,
    );
    Ok(TrainingRequestId(made.execute(tx.conn()).await?.last_insert_rowid()))
}

fn written(windows: &[DayWindow]) -> String {
    windows.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn windows(text: &str) -> Result<Vec<DayWindow>, StoreError> {
    let parts = text.split(", ").filter(|part| !part.is_empty()).map(DayWindow::parse);
    parts.collect::<Result<_, _>>().map_err(|why| sqlx::Error::Decode(Box::new(why)).into())
}

/// People at an event that ended later than this wait for its results, and are in no queue meanwhile.
fn awaited_since(now: Millis) -> Millis {
    now.before(RESULTS_UNTIL)
}

/// Which requests to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    pub only: Option<TrainingRequestId>,
    pub person: Option<PersonId>,
    pub kind: Option<TypeId>,
    pub aim: Option<Aim>,
    /// For one of these types, a JSON list; or of `person`.
    pub kinds: Option<&'a str>,
    /// In an open state.
    pub open: bool,
}

/// Requests in the order of asking, at most `limit`.
pub async fn list(
    conn: &mut SqliteConnection,
    filter: Filter<'_>,
    limit: u32,
    now: Millis,
) -> Result<Vec<StoredRequest>, StoreError> {
    let (either, since) = (filter.kinds.is_some(), awaited_since(now));
    let rows = sqlx::query!(
        r#"WITH line AS (
             SELECT b.id, row_number() OVER (PARTITION BY b.type_id, b.aim ORDER BY b.asked_at, b.id) - 1 AS before
               FROM training_request b
              WHERE b.state = 'open' AND (?3 IS NULL OR b.type_id = ?3) AND (?4 IS NULL OR b.aim = ?4)
                AND (?1 IS NULL OR (b.type_id, b.aim) = (SELECT type_id, aim FROM training_request WHERE id = ?1))
                AND NOT EXISTS (SELECT 1 FROM event_place o JOIN training_event e ON e.id = o.event_id
                                 WHERE o.person_id = b.person_id AND o.state IN ('sent', 'accepted') AND e.state = 'announced'
                                   AND e.type_id = b.type_id AND e.aim = b.aim AND e.ends_at > ?8))
           SELECT r.id AS "id!: TrainingRequestId", r.person_id AS "person?: PersonId", p.name AS "person_name?",
                  r.type_id AS "kind!: TypeId", k.name AS "kind_name!", r.aim AS "aim!: Aim", r.state AS "state!: RequestState",
                  r.asked_at AS "asked!: Millis", r.windows AS "windows!", r.other AS "other!: bool", n.body AS "note?",
                  r.remark_id AS "remark?: RemarkId",
                  (SELECT e.id FROM event_place o JOIN training_event e ON e.id = o.event_id
                    WHERE o.person_id = r.person_id AND o.state IN ('sent', 'accepted') AND e.state = 'announced'
                      AND e.type_id = r.type_id AND e.aim = r.aim AND e.ends_at > ?8
                    ORDER BY e.starts_at LIMIT 1) AS "event?: TrainingEventId",
                  l.before AS "before?: u32"
             FROM training_request r
             JOIN equipment_type k ON k.id = r.type_id
             LEFT JOIN profile p ON p.person_id = r.person_id
             LEFT JOIN remark n ON n.id = r.remark_id
             LEFT JOIN line l ON l.id = r.id
            WHERE (?1 IS NULL OR r.id = ?1)
              AND (?2 IS NULL OR r.person_id = ?2 OR (?6 AND r.type_id IN (SELECT value FROM json_each(?5))))
              AND (?3 IS NULL OR r.type_id = ?3) AND (?4 IS NULL OR r.aim = ?4)
              AND (?7 = 0 OR r.state = 'open')
            ORDER BY r.asked_at, r.id LIMIT ?9"#,
        filter.only,
        filter.person,
        filter.kind,
        filter.aim,
        filter.kinds,
        either,
        filter.open,
        since,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let stored = rows.into_iter().map(|row| {
        Ok(StoredRequest {
            id: row.id,
            person: row.person,
            person_name: row.person_name,
            kind: row.kind,
            kind_name: row.kind_name,
            aim: row.aim,
            state: row.state,
            asked: row.asked,
            can: Preference { windows: windows(&row.windows)?, other: row.other },
            note: row.note,
            remark: row.remark,
            event: row.event,
            before: row.before,
        })
    });
    stored.collect()
}

/// A request.
pub async fn find(
    conn: &mut SqliteConnection,
    request: TrainingRequestId,
    now: Millis,
) -> Result<Option<StoredRequest>, StoreError> {
    Ok(list(conn, Filter { only: Some(request), ..Filter::default() }, 1, now).await?.pop())
}

/// Closes a request. Its remark goes with it, through [`crate::remarks`]: at once, or with [`closed_notes`].
pub async fn close(
    tx: &mut WriteTx,
    request: TrainingRequestId,
    state: RequestState,
    at: Millis,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE training_request SET state = ?, closed_at = ? WHERE id = ? AND state = 'open'",
        state,
        at,
        request,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Detaches the remark of a closed request.
pub async fn drop_note(tx: &mut WriteTx, request: TrainingRequestId) -> Result<(), StoreError> {
    sqlx::query!("UPDATE training_request SET remark_id = NULL WHERE id = ?", request).execute(tx.conn()).await?;
    Ok(())
}

/// Requests that were closed by `until` and have their remark yet.
pub async fn closed_notes(
    conn: &mut SqliteConnection,
    until: Millis,
) -> Result<Vec<(TrainingRequestId, RemarkId)>, StoreError> {
    let notes = sqlx::query!(
        r#"SELECT id AS "id!: TrainingRequestId", remark_id AS "remark!: RemarkId" FROM training_request
            WHERE remark_id IS NOT NULL AND closed_at <= ? LIMIT 500"#,
        until
    );
    Ok(notes.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.remark)).collect())
}

/// Opens a closed request again where it was in its queue. Returns whether it could: not if there is a newer one.
pub async fn reopen(tx: &mut WriteTx, request: TrainingRequestId) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE training_request SET state = 'open', closed_at = NULL
          WHERE id = ?1 AND state <> 'open' AND person_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM training_request o
                             WHERE o.state = 'open' AND o.person_id = training_request.person_id
                               AND o.type_id = training_request.type_id AND o.aim = training_request.aim)",
        request,
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() > 0)
}

/// Number of open requests of `person`.
pub async fn open_of(conn: &mut SqliteConnection, person: PersonId) -> Result<u32, StoreError> {
    let open = sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!: u32" FROM training_request WHERE person_id = ? AND state = 'open'"#,
        person
    );
    Ok(open.fetch_one(conn).await?)
}

/// The next `limit` people with a request for an event: active, without a place at any announced event of the same type and
/// aim, without fresh results that may be undone, and not invited to this time of the event before.
pub async fn next(
    conn: &mut SqliteConnection,
    event: TrainingEventId,
    limit: u32,
    now: Millis,
) -> Result<Vec<InLine>, StoreError> {
    let (since, open) = (awaited_since(now), now.before(UNDO));
    let rows = sqlx::query!(
        r#"SELECT r.id AS "id!: TrainingRequestId", r.person_id AS "person!: PersonId", r.asked_at AS "asked!: Millis"
             FROM training_event v
             JOIN training_request r ON r.type_id = v.type_id AND r.aim = v.aim AND r.state = 'open'
             JOIN person p ON p.id = r.person_id
            WHERE v.id = ?1 AND p.status = 'active' AND r.person_id IS NOT v.host_id
              AND NOT EXISTS (SELECT 1 FROM event_place o
                               WHERE o.event_id = v.id AND o.person_id = r.person_id AND o.state <> 'waiting'
                                 AND NOT (o.state IN ('declined', 'expired') AND o.answered_at < coalesce(v.moved_at, 0)))
              AND NOT EXISTS (SELECT 1 FROM event_place o JOIN training_event e ON e.id = o.event_id
                               WHERE o.person_id = r.person_id AND o.state IN ('sent', 'accepted')
                                 AND ((e.state = 'announced' AND e.ends_at > ?3) OR e.completed_at > ?4)
                                 AND e.type_id = v.type_id AND e.aim = v.aim)
            ORDER BY r.asked_at, r.id LIMIT ?2"#,
        event,
        limit,
        since,
        open,
    )
    .fetch_all(conn)
    .await?;
    let line = rows.into_iter().map(|row| InLine {
        person: row.person,
        asked: (row.asked, row.id.0),
        request: Some(row.id),
        waiting: None,
    });
    Ok(line.collect())
}

/// A queue with the number of people who have no place, and since when the first of them waits.
#[derive(Debug, Clone)]
pub struct Queue {
    pub kind: TypeId,
    pub kind_name: String,
    pub aim: Aim,
    pub waiting: u32,
    pub since: Millis,
}

/// All queues, the longest wait first.
pub async fn queues(conn: &mut SqliteConnection, now: Millis) -> Result<Vec<Queue>, StoreError> {
    let since = awaited_since(now);
    let queues = sqlx::query_as!(
        Queue,
        r#"SELECT r.type_id AS "kind!: TypeId", k.name AS "kind_name!", r.aim AS "aim!: Aim",
                  count(*) FILTER (WHERE o.person_id IS NULL) AS "waiting!: u32",
                  coalesce(min(r.asked_at) FILTER (WHERE o.person_id IS NULL), min(r.asked_at)) AS "since!: Millis"
             FROM training_request r
             JOIN equipment_type k ON k.id = r.type_id
             LEFT JOIN (SELECT DISTINCT o.person_id, e.type_id, e.aim FROM event_place o
                          JOIN training_event e ON e.id = o.event_id
                         WHERE o.state IN ('sent', 'accepted') AND e.state = 'announced' AND e.ends_at > ?) o
                    ON o.person_id = r.person_id AND o.type_id = r.type_id AND o.aim = r.aim
            WHERE r.state = 'open' AND k.archived_at IS NULL
            GROUP BY r.type_id, r.aim ORDER BY 5, 2"#,
        since,
    );
    Ok(queues.fetch_all(conn).await?)
}

/// Days that people waited for their place at the last events of a type and aim, the shortest first.
pub async fn waits(
    conn: &mut SqliteConnection,
    kind: TypeId,
    aim: Aim,
    since: Millis,
) -> Result<Vec<i64>, StoreError> {
    let days = sqlx::query_scalar!(
        r#"SELECT (e.starts_at - r.asked_at) / 86400000 AS "days!: i64"
             FROM event_place o
             JOIN training_event e ON e.id = o.event_id
             JOIN training_request r ON r.id = o.request_id
            WHERE e.type_id = ? AND e.aim = ? AND e.starts_at >= ? AND o.outcome IS NOT NULL AND e.starts_at > r.asked_at
            ORDER BY 1 LIMIT 500"#,
        kind,
        aim,
        since,
    );
    Ok(days.fetch_all(conn).await?)
}

/// Open requests of `person`.
pub async fn of_person(
    conn: &mut SqliteConnection,
    person: PersonId,
) -> Result<Vec<(TrainingRequestId, TypeId, Aim, Option<RemarkId>)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: TrainingRequestId", type_id AS "kind!: TypeId", aim AS "aim!: Aim",
                  remark_id AS "remark?: RemarkId"
             FROM training_request WHERE person_id = ? AND state = 'open' ORDER BY id"#,
        person
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.kind, row.aim, row.remark)).collect())
}

/// Open requests for a type.
pub async fn of_type(
    conn: &mut SqliteConnection,
    kind: TypeId,
) -> Result<Vec<(TrainingRequestId, Option<RemarkId>)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: TrainingRequestId", remark_id AS "remark?: RemarkId"
             FROM training_request WHERE type_id = ? AND state = 'open' ORDER BY id"#,
        kind
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.id, row.remark)).collect())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::taken(
    "training_request",
    &["person_id", "remark_id"],
    Erasing::Emptied("remark_id"),
    "SELECT json_object('type', k.name, 'for', w.aim, 'state', w.state, 'asked@', w.asked_at, 'times', w.windows, \
     'words', r.body) FROM training_request w JOIN equipment_type k ON k.id = w.type_id LEFT JOIN remark r ON r.id = \
     w.remark_id WHERE w.person_id = ?1",
)];
