//! Places at training events: rows of `event_place`, from the invitation to the result.

use domain::{
    id::{EventPlaceId, PersonId, RemarkId, TrainingEventId, TrainingRequestId, TypeId},
    occupations::Span,
    time::Millis,
    training_events::{Aim, InLine, Outcome, PlaceState, UNDO},
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// A place, an invitation, or an entry on a waiting list.
#[derive(Debug, Clone, Copy)]
pub struct NewPlace {
    pub event: TrainingEventId,
    pub person: PersonId,
    pub request: Option<TrainingRequestId>,
    pub state: PlaceState,
    pub at: Millis,
    /// Until when an invitation is to be answered.
    pub answer_by: Option<Millis>,
    pub walk_in: bool,
}

/// Adds one. [`StoreError::Overlap`] if all places are held.
pub async fn add_place(tx: &mut WriteTx, new: &NewPlace) -> Result<EventPlaceId, StoreError> {
    let invited = new.answer_by.map(|_| new.at);
    let answered = (new.state == PlaceState::Accepted).then_some(new.at);
    let made = sqlx::query!(
        "INSERT INTO event_place (event_id, person_id, request_id, state, asked_at, invited_at, answer_by, answered_at, walk_in)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        new.event,
        new.person,
        new.request,
        new.state,
        new.at,
        invited,
        new.answer_by,
        answered,
        new.walk_in,
    );
    Ok(EventPlaceId(made.execute(tx.conn()).await?.last_insert_rowid()))
}

/// Invites a person, also one who declined an earlier time of the event or did not answer.
pub async fn invite(
    tx: &mut WriteTx,
    event: TrainingEventId,
    (person, request): (PersonId, Option<TrainingRequestId>),
    (at, answer_by): (Millis, Millis),
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO event_place (event_id, person_id, request_id, state, asked_at, invited_at, answer_by)
              VALUES (?1, ?2, ?3, 'sent', ?4, ?4, ?5)
              ON CONFLICT (event_id, person_id) DO UPDATE SET state = 'sent', invited_at = ?4, answer_by = ?5, answered_at = NULL,
                 request_id = coalesce(?3, request_id)",
        event,
        person,
        request,
        at,
        answer_by,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Records which request a place answers.
pub async fn answers(tx: &mut WriteTx, place: EventPlaceId, request: TrainingRequestId) -> Result<(), StoreError> {
    sqlx::query!("UPDATE event_place SET request_id = ? WHERE id = ?", request, place).execute(tx.conn()).await?;
    Ok(())
}

/// Sets the state of a place, by an answer or because nobody answered.
pub async fn set_state(
    tx: &mut WriteTx,
    place: EventPlaceId,
    state: PlaceState,
    at: Millis,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE event_place SET state = ?, answered_at = ?, answer_by = NULL WHERE id = ?",
        state,
        at,
        place
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Awaits an answer, of people on the waiting list for the first time, and of those who accepted another time once more.
pub async fn await_answer(
    tx: &mut WriteTx,
    place: EventPlaceId,
    request: Option<TrainingRequestId>,
    (at, answer_by): (Millis, Millis),
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE event_place SET state = 'sent', invited_at = ?1, answer_by = ?2, answered_at = NULL,
                request_id = coalesce(?3, request_id) WHERE id = ?4",
        at,
        answer_by,
        request,
        place,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Signs up again a person who declined, did not answer or left: with a place, or at the end of the waiting list.
pub async fn sign_up_again(
    tx: &mut WriteTx,
    place: EventPlaceId,
    state: PlaceState,
    request: Option<TrainingRequestId>,
    at: Millis,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE event_place SET state = ?1, asked_at = ?2, answered_at = ?2, answer_by = NULL,
                request_id = coalesce(?3, request_id) WHERE id = ?4",
        state,
        at,
        request,
        place,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A place with its event.
#[derive(Debug, Clone)]
pub struct FoundPlace {
    pub id: EventPlaceId,
    pub event: TrainingEventId,
    pub person: PersonId,
    pub request: Option<TrainingRequestId>,
    pub state: PlaceState,
    pub asked: Millis,
    pub invited: Option<Millis>,
    pub answer_by: Option<Millis>,
    pub answered: Option<Millis>,
    pub walk_in: bool,
    pub outcome: Option<Outcome>,
    /// What to practise.
    pub note: Option<String>,
    pub title: String,
    pub kind: TypeId,
    pub aim: Aim,
    pub starts: Millis,
    pub ends: Millis,
    /// How many on its waiting list come first, by their requests or entries; 0 for all others.
    pub before: u32,
}

impl FoundPlace {
    #[must_use]
    pub fn span(&self) -> Span {
        Span { starts: self.starts, ends: self.ends }
    }
}

/// Which places to list.
#[derive(Debug, Clone, Copy, Default)]
struct PlaceFilter {
    only: Option<EventPlaceId>,
    event: Option<TrainingEventId>,
    person: Option<PersonId>,
    /// In an open state, of an announced event.
    open: bool,
    /// That were invitations.
    invited: bool,
    /// Unanswered at this time.
    due: Option<Millis>,
}

async fn list(
    conn: &mut SqliteConnection,
    filter: PlaceFilter,
    limit: u32,
) -> Result<Vec<FoundPlace>, StoreError> {
    let rows = sqlx::query_as!(
        FoundPlace,
        r#"SELECT o.id AS "id!: EventPlaceId", o.event_id AS "event!: TrainingEventId", o.person_id AS "person!: PersonId",
                  o.request_id AS "request?: TrainingRequestId", o.state AS "state!: PlaceState", o.asked_at AS "asked!: Millis",
                  o.invited_at AS "invited?: Millis", o.answer_by AS "answer_by?: Millis", o.answered_at AS "answered?: Millis",
                  o.walk_in AS "walk_in!: bool", o.outcome AS "outcome?: Outcome", n.body AS "note?", e.title AS "title!",
                  e.type_id AS "kind!: TypeId", e.aim AS "aim!: Aim", e.starts_at AS "starts!: Millis", e.ends_at AS "ends!: Millis",
                  iif(o.state = 'waiting', (SELECT count(*) FROM event_place b
                         LEFT JOIN training_request s ON s.person_id = b.person_id AND s.type_id = e.type_id AND s.aim = e.aim
                              AND s.state = 'open'
                        WHERE b.event_id = o.event_id AND b.state = 'waiting' AND
                              (min(b.asked_at, coalesce(s.asked_at, b.asked_at)), b.id)
                                  < (min(o.asked_at, coalesce(r.asked_at, o.asked_at)), o.id)), 0) AS "before!: u32"
             FROM event_place o
             JOIN training_event e ON e.id = o.event_id
             LEFT JOIN training_request r ON r.person_id = o.person_id AND r.type_id = e.type_id AND r.aim = e.aim
                  AND r.state = 'open'
             LEFT JOIN remark n ON n.id = o.remark_id
            WHERE o.person_id IS NOT NULL AND (?1 IS NULL OR o.id = ?1) AND (?2 IS NULL OR o.event_id = ?2)
              AND (?3 IS NULL OR o.person_id = ?3)
              AND (?4 = 0 OR (o.state IN ('sent', 'accepted', 'waiting') AND e.state = 'announced'))
              AND (?5 = 0 OR o.invited_at IS NOT NULL)
              AND (?6 IS NULL OR (o.state = 'sent' AND o.answer_by <= ?6))
            ORDER BY o.id DESC LIMIT ?7"#,
        filter.only,
        filter.event,
        filter.person,
        filter.open,
        filter.invited,
        filter.due,
        limit,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// A place.
pub async fn place(conn: &mut SqliteConnection, place: EventPlaceId) -> Result<Option<FoundPlace>, StoreError> {
    Ok(list(conn, PlaceFilter { only: Some(place), ..PlaceFilter::default() }, 1).await?.pop())
}

/// The place of `person` at `event`.
pub async fn place_of(
    conn: &mut SqliteConnection,
    event: TrainingEventId,
    person: PersonId,
) -> Result<Option<FoundPlace>, StoreError> {
    let filter = PlaceFilter { event: Some(event), person: Some(person), ..PlaceFilter::default() };
    Ok(list(conn, filter, 1).await?.pop())
}

/// Open places of `person` at announced events.
pub async fn places_of_person(
    conn: &mut SqliteConnection,
    person: PersonId,
) -> Result<Vec<FoundPlace>, StoreError> {
    list(conn, PlaceFilter { person: Some(person), open: true, ..PlaceFilter::default() }, 1_000).await
}

/// Open places at an announced event.
pub async fn open_places(
    conn: &mut SqliteConnection,
    event: TrainingEventId,
) -> Result<Vec<FoundPlace>, StoreError> {
    list(conn, PlaceFilter { event: Some(event), open: true, ..PlaceFilter::default() }, 10_000).await
}

/// Invitations of `person`, the latest first.
pub async fn invitations(
    conn: &mut SqliteConnection,
    person: PersonId,
    limit: u32,
) -> Result<Vec<FoundPlace>, StoreError> {
    list(conn, PlaceFilter { person: Some(person), invited: true, ..PlaceFilter::default() }, limit).await
}

/// Invitations to announced events that were not answered in time, the oldest first.
pub async fn unanswered(conn: &mut SqliteConnection, now: Millis) -> Result<Vec<FoundPlace>, StoreError> {
    let filter = PlaceFilter { due: Some(now), open: true, ..PlaceFilter::default() };
    Ok(list(conn, filter, 10_000).await?.into_iter().rev().collect())
}

/// The next `limit` people on the waiting list of an event. They count from their request, if they have one.
pub async fn next_waiting(
    conn: &mut SqliteConnection,
    event: TrainingEventId,
    limit: u32,
    now: Millis,
) -> Result<Vec<InLine>, StoreError> {
    let open = now.before(UNDO);
    let rows = sqlx::query!(
        r#"SELECT o.id AS "id!: EventPlaceId", o.person_id AS "person!: PersonId", o.asked_at AS "asked!: Millis",
                  r.id AS "request?: TrainingRequestId", r.asked_at AS "requested?: Millis"
             FROM event_place o
             JOIN training_event e ON e.id = o.event_id
             JOIN person p ON p.id = o.person_id
             LEFT JOIN training_request r ON r.person_id = o.person_id AND r.type_id = e.type_id AND r.aim = e.aim
                  AND r.state = 'open'
            WHERE o.event_id = ?1 AND o.state = 'waiting' AND p.status = 'active' AND o.person_id IS NOT e.host_id
              AND NOT EXISTS (SELECT 1 FROM event_place t JOIN training_event v ON v.id = t.event_id
                               WHERE t.person_id = o.person_id AND t.state IN ('sent', 'accepted')
                                 AND (v.state = 'announced' OR v.completed_at > ?3)
                                 AND v.type_id = e.type_id AND v.aim = e.aim)
            ORDER BY min(o.asked_at, coalesce(r.asked_at, o.asked_at)), o.id LIMIT ?2"#,
        event,
        limit,
        open,
    )
    .fetch_all(conn)
    .await?;
    let line = rows.into_iter().map(|row| {
        let own = (row.asked, row.id.0);
        let asked = row.requested.zip(row.request).map_or(own, |(at, request)| own.min((at, request.0)));
        InLine { person: row.person, asked, request: row.request, waiting: Some(row.id) }
    });
    Ok(line.collect())
}

/// A person with a place, or on the waiting list, for the host.
#[derive(Debug, Clone)]
pub struct Attendee {
    pub place: EventPlaceId,
    pub person: PersonId,
    pub name: Option<String>,
    pub request: Option<TrainingRequestId>,
    pub state: PlaceState,
    pub asked: Millis,
    pub answer_by: Option<Millis>,
    pub answered: Option<Millis>,
    pub walk_in: bool,
    pub outcome: Option<Outcome>,
    pub note: Option<String>,
    pub remark: Option<RemarkId>,
    /// Modules of the event that they have not completed.
    pub modules: u32,
    /// Earlier events of the type and aim that they came to.
    pub tries: u32,
    /// Missed events, as far as they count.
    pub missed: u32,
}

/// People with a place at an event or on its waiting list, in the order of asking; those who accepted first.
pub async fn attendees(
    conn: &mut SqliteConnection,
    event: TrainingEventId,
    threshold: u8,
) -> Result<Vec<Attendee>, StoreError> {
    let rows = sqlx::query_as!(
        Attendee,
        r#"SELECT o.id AS "place!: EventPlaceId", o.person_id AS "person!: PersonId", p.name AS "name?",
                  o.request_id AS "request?: TrainingRequestId", o.state AS "state!: PlaceState", o.asked_at AS "asked!: Millis",
                  o.answer_by AS "answer_by?: Millis", o.answered_at AS "answered?: Millis", o.walk_in AS "walk_in!: bool",
                  o.outcome AS "outcome?: Outcome", n.body AS "note?", o.remark_id AS "remark?: RemarkId",
                  (SELECT count(*) FROM training_event_module m WHERE m.event_id = o.event_id
                      AND NOT EXISTS (SELECT 1 FROM training_done d WHERE d.person_id = o.person_id
                                         AND d.module_id = m.module_id AND d.percent >= ?2 AND d.quiz_done)) AS "modules!: u32",
                  (SELECT count(*) FROM event_place t JOIN training_event v ON v.id = t.event_id
                    WHERE t.person_id = o.person_id AND t.outcome IN ('passed', 'failed') AND v.type_id = e.type_id
                      AND v.aim = e.aim AND v.starts_at < e.starts_at) AS "tries!: u32",
                  (SELECT count(*) FROM event_place t WHERE t.person_id = o.person_id AND t.counts = 1) AS "missed!: u32"
             FROM event_place o
             JOIN training_event e ON e.id = o.event_id
             LEFT JOIN profile p ON p.person_id = o.person_id
             LEFT JOIN remark n ON n.id = o.remark_id
            WHERE o.event_id = ?1 AND o.person_id IS NOT NULL AND o.state IN ('sent', 'accepted', 'waiting')
            ORDER BY o.state = 'waiting', o.state = 'sent', o.asked_at, o.id"#,
        event,
        threshold,
    );
    Ok(rows.fetch_all(conn).await?)
}

/// Missed events of `person`, as far as they count.
pub async fn missed_by(conn: &mut SqliteConnection, person: PersonId) -> Result<u16, StoreError> {
    let missed = sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!: u16" FROM event_place WHERE person_id = ? AND counts = 1"#,
        person
    );
    Ok(missed.fetch_one(conn).await?)
}

/// What `person` missed until now counts no longer. Returns how many events that were.
pub async fn forgive_missed(tx: &mut WriteTx, person: PersonId) -> Result<u64, StoreError> {
    let done = sqlx::query!("UPDATE event_place SET counts = 0 WHERE person_id = ? AND counts = 1", person)
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected())
}

/// Writes a result; `counts` if a missed event bars from requests.
pub async fn result(
    tx: &mut WriteTx,
    place: EventPlaceId,
    (outcome, counts): (Outcome, bool),
    remark: Option<RemarkId>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE event_place SET outcome = ?, remark_id = ?, counts = ? WHERE id = ?",
        outcome,
        remark,
        counts,
        place
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Clears all results of an event.
pub async fn take_back_results(tx: &mut WriteTx, event: TrainingEventId) -> Result<(), StoreError> {
    sqlx::query!("UPDATE event_place SET outcome = NULL, remark_id = NULL, counts = 0 WHERE event_id = ?", event)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Whether a person who passed at an event has relied on it since: used or booked a machine of the type, or asked for a
/// checkout on a type that requires it.
pub async fn is_relied_on(
    conn: &mut SqliteConnection,
    event: TrainingEventId,
    since: Millis,
) -> Result<bool, StoreError> {
    let relied = sqlx::query_scalar!(
        r#"SELECT EXISTS (
               SELECT 1 FROM event_place o JOIN training_event e ON e.id = o.event_id
                WHERE o.event_id = ?1 AND o.outcome = 'passed' AND (
                      EXISTS (SELECT 1 FROM card c JOIN use_session s ON s.card_id = c.id JOIN machine u ON u.id = s.machine_id
                               WHERE c.person_id = o.person_id AND u.type_id = e.type_id AND s.started_at >= ?2)
                   OR EXISTS (SELECT 1 FROM booking b JOIN machine u ON u.id = b.machine_id
                               WHERE b.person_id = o.person_id AND u.type_id = e.type_id AND b.asked_at >= ?2)
                   OR EXISTS (SELECT 1 FROM appointment a JOIN type_requirement q ON q.type_id = a.type_id
                               WHERE a.person_id = o.person_id AND q.requires_id = e.type_id AND a.asked_at >= ?2)))
               AS "is!: bool""#,
        event,
        since,
    );
    Ok(relied.fetch_one(conn).await?)
}

/// A person to be reminded of an event.
#[derive(Debug, Clone, Copy)]
pub struct EventReminder {
    pub event: TrainingEventId,
    pub person: PersonId,
    pub kind: TypeId,
    pub span: Span,
    pub sequence: i64,
    /// Since when they come.
    pub since: Millis,
}

/// People who come to announced events that begin between `now` and `before`, and their hosts.
pub async fn reminders(
    conn: &mut SqliteConnection,
    now: Millis,
    before: Millis,
) -> Result<Vec<EventReminder>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT e.id AS "event!: TrainingEventId", o.person_id AS "person!: PersonId", e.type_id AS "kind!: TypeId",
                  e.starts_at AS "starts!: Millis", e.ends_at AS "ends!: Millis", e.sequence AS "sequence!: i64",
                  coalesce(o.answered_at, o.asked_at) AS "since!: Millis"
             FROM training_event e JOIN event_place o ON o.event_id = e.id AND o.state = 'accepted'
            WHERE e.state = 'announced' AND e.starts_at > ?1 AND e.starts_at <= ?2 AND o.person_id IS NOT NULL
           UNION ALL
           SELECT id, host_id, type_id, starts_at, ends_at, sequence, made_at FROM training_event
            WHERE state = 'announced' AND starts_at > ?1 AND starts_at <= ?2"#,
        now,
        before,
    );
    let rows = rows.fetch_all(conn).await?.into_iter().map(|row| EventReminder {
        event: row.event,
        person: row.person,
        kind: row.kind,
        span: Span { starts: row.starts, ends: row.ends },
        sequence: row.sequence,
        since: row.since,
    });
    Ok(rows.collect())
}

/// A result that is not undone any more.
#[derive(Debug, Clone, Copy)]
pub struct SettledResult {
    pub event: TrainingEventId,
    pub person: PersonId,
    pub kind: TypeId,
    pub starts: Millis,
    pub sequence: i64,
    pub outcome: Outcome,
    /// When it was written.
    pub at: Millis,
}

/// Results of people who did not pass, written after `since` and by `until`.
pub async fn settled(
    conn: &mut SqliteConnection,
    since: Millis,
    until: Millis,
) -> Result<Vec<SettledResult>, StoreError> {
    let results = sqlx::query_as!(
        SettledResult,
        r#"SELECT e.id AS "event!: TrainingEventId", o.person_id AS "person!: PersonId", e.type_id AS "kind!: TypeId",
                  e.starts_at AS "starts!: Millis", e.sequence AS "sequence!", o.outcome AS "outcome!: Outcome",
                  e.completed_at AS "at!: Millis"
             FROM training_event e JOIN event_place o ON o.event_id = e.id
            WHERE e.completed_at > ?1 AND e.completed_at <= ?2 AND o.outcome IN ('failed', 'no-show') AND o.person_id IS NOT NULL"#,
        since,
        until,
    );
    Ok(results.fetch_all(conn).await?)
}

/// A person came although they had no place, or had not answered: they need none.
pub async fn came_anyway(tx: &mut WriteTx, place: EventPlaceId, at: Millis) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE event_place SET state = 'accepted', walk_in = 1, answered_at = ?, answer_by = NULL WHERE id = ?",
        at,
        place
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whether `person` has a place at, or is invited to, another announced event for the same.
pub async fn holds_elsewhere(
    conn: &mut SqliteConnection,
    event: TrainingEventId,
    person: PersonId,
) -> Result<bool, StoreError> {
    let holds = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM training_event e
                            JOIN training_event v ON v.type_id = e.type_id AND v.aim = e.aim AND v.id <> e.id
                            JOIN event_place t ON t.event_id = v.id
                           WHERE e.id = ? AND t.person_id = ? AND t.state IN ('sent', 'accepted') AND v.state = 'announced')
               AS "is!: bool""#,
        event,
        person,
    );
    Ok(holds.fetch_one(conn).await?)
}
