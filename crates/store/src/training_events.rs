//! Training events: rows of `training_event`, with their machines and rooms. Not here: their places (`places`),
//! and who asked for one ([`crate::training_requests`]).

use crate::personal_data::{Erasing, Table};
use domain::{
    bookings::Resource,
    id::{AliasId, MachineId, ModuleId, PersonId, RemarkId, RoomId, TrainingEventId, TypeId},
    occupations::Span,
    time::Millis,
    training_events::{Aim, CancelCause, EventState, EventTerms, PlaceState},
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, json};

mod places;

pub use places::{
    Attendee, EventReminder, FoundPlace, NewPlace, SettledResult, add_place, answers, attendees, await_answer,
    came_anyway, forgive_missed, holds_elsewhere, invitations, invite, is_relied_on, missed_by, next_waiting,
    open_places, place, place_of, places_of_person, reminders, result, set_state, settled, sign_up_again,
    take_back_results, unanswered,
};

/// An event to be announced or changed to.
#[derive(Debug, Clone)]
pub struct NewEvent {
    pub kind: TypeId,
    pub aim: Aim,
    pub title: String,
    pub host: PersonId,
    pub terms: EventTerms,
    pub fee: Option<String>,
    pub bring: Option<String>,
    pub about: Option<String>,
    pub public: bool,
    /// The event with which it is announced.
    pub first: Option<TrainingEventId>,
    pub at: Millis,
    pub by: Option<AliasId>,
}

/// A machine or room of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenResource {
    pub resource: Resource,
    pub name: String,
}

/// A stored event.
#[derive(Debug, Clone)]
pub struct StoredEvent {
    pub id: TrainingEventId,
    pub version: i64,
    pub kind: TypeId,
    pub kind_name: String,
    pub aim: Aim,
    pub title: String,
    /// `None` once the name was cut.
    pub host: Option<PersonId>,
    pub host_name: Option<String>,
    pub terms: EventTerms,
    pub fee: Option<String>,
    pub bring: Option<String>,
    pub about: Option<String>,
    pub public: bool,
    pub state: EventState,
    pub cause: Option<CancelCause>,
    pub note: Option<String>,
    pub first: Option<TrainingEventId>,
    pub made: Millis,
    pub changed: Millis,
    pub sequence: i64,
    pub completed: Option<Millis>,
    /// Who wrote the results, if known.
    pub completed_by: Option<PersonId>,
    /// Rooms first, then machines, each by name.
    pub resources: Vec<TakenResource>,
    /// People who accepted, without walk-ins.
    pub accepted: u16,
    /// People who are invited and have not answered.
    pub sent: u16,
    pub waiting: u16,
    /// What it is to the reader.
    pub mine: Option<PlaceState>,
    /// How often the reader's place ended.
    pub endings: i64,
}

impl StoredEvent {
    #[must_use]
    pub fn span(&self) -> Span {
        self.terms.span
    }

    /// Places that are held.
    #[must_use]
    pub fn held(&self) -> u16 {
        self.accepted + self.sent
    }

    /// Places that nobody holds.
    #[must_use]
    pub fn free(&self) -> u16 {
        self.terms.capacity.saturating_sub(self.held())
    }
}

/// Announces an event, with nobody in it yet.
pub async fn add(tx: &mut WriteTx, new: &NewEvent) -> Result<TrainingEventId, StoreError> {
    let EventTerms { span, capacity, minimum, deadline } = new.terms;
    let made = sqlx::query!(
        "INSERT INTO training_event (type_id, aim, title, host_id, starts_at, ends_at, capacity, minimum, deadline_at, fee, bring,
                                     about, public, first_id, made_at, made_by, changed_at)
              VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?15)",
        new.kind,
        new.aim,
        new.title,
        new.host,
        span.starts,
        span.ends,
        capacity,
        minimum,
        deadline,
        new.fee,
        new.bring,
        new.about,
        new.public,
        new.first,
        new.at,
        new.by,
    );
    Ok(TrainingEventId(made.execute(tx.conn()).await?.last_insert_rowid()))
}

/// Changes an event. Its calendar entry counts up if its time, its host or its title differ; whether enough people come is
/// decided again if its deadline does.
pub async fn change(
    tx: &mut WriteTx,
    event: TrainingEventId,
    to: &NewEvent,
    (is_other, is_moved): (bool, bool),
) -> Result<(), StoreError> {
    let EventTerms { span, capacity, minimum, deadline } = to.terms;
    sqlx::query!(
        "UPDATE training_event SET type_id = ?1, aim = ?2, title = ?3, host_id = ?4, starts_at = ?5, ends_at = ?6, capacity = ?7,
                minimum = ?8, deadline_at = ?9, fee = ?10, bring = ?11, about = ?12, public = ?13, changed_at = ?14,
                decided_at = iif(deadline_at = ?9, decided_at, NULL), moved_at = iif(?17, ?14, moved_at),
                sequence = sequence + ?15, version = version + 1 WHERE id = ?16",
        to.kind,
        to.aim,
        to.title,
        to.host,
        span.starts,
        span.ends,
        capacity,
        minimum,
        deadline,
        to.fee,
        to.bring,
        to.about,
        to.public,
        to.at,
        is_other,
        event,
        is_moved,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Records that enough people come to an event whose deadline has passed.
pub async fn decide(tx: &mut WriteTx, event: TrainingEventId, at: Millis) -> Result<(), StoreError> {
    sqlx::query!("UPDATE training_event SET decided_at = ? WHERE id = ?", at, event).execute(tx.conn()).await?;
    Ok(())
}

/// Sets the machines and rooms of an event.
pub async fn set_resources(
    tx: &mut WriteTx,
    event: TrainingEventId,
    resources: &[Resource],
) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM training_event_resource WHERE event_id = ?", event).execute(tx.conn()).await?;
    for resource in resources {
        let (machine, room) = (resource.machine(), resource.room());
        sqlx::query!(
            "INSERT INTO training_event_resource (event_id, machine_id, room_id) VALUES (?, ?, ?)",
            event,
            machine,
            room
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// Sets the modules to complete before an event; those that do not exist are left out.
pub async fn set_modules(
    tx: &mut WriteTx,
    event: TrainingEventId,
    modules: &[ModuleId],
) -> Result<(), StoreError> {
    let ids = json::ids(modules.iter().map(|one| one.0));
    sqlx::query!("DELETE FROM training_event_module WHERE event_id = ?", event).execute(tx.conn()).await?;
    sqlx::query!(
        "INSERT INTO training_event_module (event_id, module_id)
              SELECT ?1, id FROM training_module WHERE id IN (SELECT value FROM json_each(?2))",
        event,
        ids,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The modules to complete before an event.
pub async fn modules(conn: &mut SqliteConnection, event: TrainingEventId) -> Result<Vec<ModuleId>, StoreError> {
    let modules = sqlx::query_scalar!(
        r#"SELECT module_id AS "id!: ModuleId" FROM training_event_module WHERE event_id = ? ORDER BY module_id"#,
        event
    );
    Ok(modules.fetch_all(conn).await?)
}

/// Cancels an event.
pub async fn cancel(
    tx: &mut WriteTx,
    event: TrainingEventId,
    cause: CancelCause,
    remark: Option<RemarkId>,
    at: Millis,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE training_event SET state = 'cancelled', cause = ?, remark_id = ?, changed_at = ?, sequence = sequence + 1,
                version = version + 1 WHERE id = ? AND state = 'announced'",
        cause,
        remark,
        at,
        event,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Says that the results of an event are written.
pub async fn complete(
    tx: &mut WriteTx,
    event: TrainingEventId,
    at: Millis,
    by: Option<AliasId>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE training_event SET state = 'completed', completed_at = ?1, completed_by = ?2, changed_at = ?1,
                version = version + 1 WHERE id = ?3 AND state = 'announced'",
        at,
        by,
        event,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Says that the results of an event are to be written again.
pub async fn reopen(tx: &mut WriteTx, event: TrainingEventId, at: Millis) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE training_event SET state = 'announced', completed_at = NULL, completed_by = NULL, changed_at = ?,
                version = version + 1 WHERE id = ? AND state = 'completed'",
        at,
        event,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Which events to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    pub only: Option<TrainingEventId>,
    pub kind: Option<TypeId>,
    pub aim: Option<Aim>,
    pub host: Option<PersonId>,
    /// On one of these types, a JSON list.
    pub kinds: Option<&'a str>,
    /// Ending after this.
    pub after: Option<Millis>,
    /// Beginning before this.
    pub before: Option<Millis>,
    /// Ended then or earlier.
    pub ended: Option<Millis>,
    /// Whose deadline passed then, and that may still have too few people.
    pub past_deadline: Option<Millis>,
    pub state: Option<EventState>,
    /// Only public ones.
    pub public: bool,
    /// That have, or had, a place for this person.
    pub of: Option<PersonId>,
    /// Which take one of these machines or rooms.
    pub taking: Option<Resource>,
}

/// Events by start, at most `limit`; `reader` is whose places are read.
pub async fn list(
    conn: &mut SqliteConnection,
    filter: Filter<'_>,
    reader: Option<PersonId>,
    limit: u32,
) -> Result<Vec<StoredEvent>, StoreError> {
    let (machine, room) = (filter.taking.and_then(Resource::machine), filter.taking.and_then(Resource::room));
    let is_taking = filter.taking.is_some();
    let rows = sqlx::query!(
        r#"SELECT e.id AS "id!: TrainingEventId", e.version AS "version!", e.type_id AS "kind!: TypeId", k.name AS "kind_name!",
                  e.aim AS "aim!: Aim", e.title AS "title!", e.host_id AS "host?: PersonId", h.name AS "host_name?",
                  e.starts_at AS "starts!: Millis", e.ends_at AS "ends!: Millis", e.capacity AS "capacity!: u16",
                  e.minimum AS "minimum!: u16", e.deadline_at AS "deadline!: Millis", e.fee, e.bring, e.about,
                  e.public AS "public!: bool", e.state AS "state!: EventState", e.cause AS "cause?: CancelCause",
                  n.body AS "note?", e.first_id AS "first?: TrainingEventId", e.made_at AS "made!: Millis",
                  e.changed_at AS "changed!: Millis", e.sequence AS "sequence!", e.completed_at AS "completed?: Millis",
                  a.person_id AS "completed_by?: PersonId",
                  (SELECT json_group_array(json_array(machine_id, room_id, name)) FROM
                      (SELECT t.machine_id, t.room_id, coalesce(r.name, m.name) AS name FROM training_event_resource t
                         LEFT JOIN room r ON r.id = t.room_id LEFT JOIN machine m ON m.id = t.machine_id
                        WHERE t.event_id = e.id ORDER BY t.room_id IS NULL, 3)) AS "resources!: String",
                  (SELECT json_array(count(*) FILTER (WHERE o.state = 'accepted' AND o.walk_in = 0),
                                     count(*) FILTER (WHERE o.state = 'sent'), count(*) FILTER (WHERE o.state = 'waiting'))
                     FROM event_place o WHERE o.event_id = e.id) AS "counts!: String",
                  (SELECT o.state FROM event_place o WHERE o.event_id = e.id AND o.person_id = ?1) AS "mine?: PlaceState",
                  coalesce((SELECT o.endings FROM event_place o WHERE o.event_id = e.id AND o.person_id = ?1), 0) AS "endings!: i64"
             FROM training_event e
             JOIN equipment_type k ON k.id = e.type_id
             LEFT JOIN profile h ON h.person_id = e.host_id
             LEFT JOIN remark n ON n.id = e.remark_id
             LEFT JOIN alias a ON a.id = e.completed_by
            WHERE (?2 IS NULL OR e.id = ?2) AND (?3 IS NULL OR e.type_id = ?3) AND (?4 IS NULL OR e.aim = ?4)
              AND (?5 IS NULL OR e.host_id = ?5) AND (?6 IS NULL OR e.type_id IN (SELECT value FROM json_each(?6)))
              AND (?7 IS NULL OR e.ends_at > ?7) AND (?8 IS NULL OR e.starts_at < ?8) AND (?9 IS NULL OR e.ends_at <= ?9)
              AND (?10 IS NULL OR (e.deadline_at <= ?10 AND e.decided_at IS NULL AND e.minimum > 0)) AND (?11 IS NULL OR e.state = ?11) AND (?12 = 0 OR e.public = 1)
              AND (?13 IS NULL OR EXISTS (SELECT 1 FROM event_place o WHERE o.event_id = e.id AND o.person_id = ?13))
              AND (?14 = 0 OR EXISTS (SELECT 1 FROM training_event_resource t
                                       WHERE t.event_id = e.id AND (t.machine_id = ?15 OR t.room_id = ?16)))
            ORDER BY e.starts_at, e.id LIMIT ?17"#,
        reader,
        filter.only,
        filter.kind,
        filter.aim,
        filter.host,
        filter.kinds,
        filter.after,
        filter.before,
        filter.ended,
        filter.past_deadline,
        filter.state,
        filter.public,
        filter.of,
        is_taking,
        machine,
        room,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let stored = rows.into_iter().map(|row| {
        let resources = json::rows(&row.resources, |one| {
            let machine = json::integer(one, 0).map(|id| Resource::Machine(MachineId(id)));
            let room = json::integer(one, 1).map(|id| Resource::Room(RoomId(id)));
            Some(TakenResource { resource: machine.or(room)?, name: json::text(one, 2)?.to_owned() })
        })?;
        let counts = json::list::<u16>(&row.counts)?;
        let count = |at: usize| counts.get(at).copied().unwrap_or_default();
        let span = Span { starts: row.starts, ends: row.ends };
        Ok(StoredEvent {
            id: row.id,
            version: row.version,
            kind: row.kind,
            kind_name: row.kind_name,
            aim: row.aim,
            title: row.title,
            host: row.host,
            host_name: row.host_name,
            terms: EventTerms { span, capacity: row.capacity, minimum: row.minimum, deadline: row.deadline },
            fee: row.fee,
            bring: row.bring,
            about: row.about,
            public: row.public,
            state: row.state,
            cause: row.cause,
            note: row.note,
            first: row.first,
            made: row.made,
            changed: row.changed,
            sequence: row.sequence,
            completed: row.completed,
            completed_by: row.completed_by,
            resources,
            accepted: count(0),
            sent: count(1),
            waiting: count(2),
            mine: row.mine,
            endings: row.endings,
        })
    });
    stored.collect()
}

/// An event.
pub async fn find(
    conn: &mut SqliteConnection,
    event: TrainingEventId,
    reader: Option<PersonId>,
) -> Result<Option<StoredEvent>, StoreError> {
    Ok(list(conn, Filter { only: Some(event), ..Filter::default() }, reader, 1).await?.pop())
}

/// Announced events of a type and aim that have a free place and have not begun, by start.
pub async fn with_free_places(
    conn: &mut SqliteConnection,
    kind: TypeId,
    aim: Aim,
    now: Millis,
) -> Result<Vec<TrainingEventId>, StoreError> {
    let events = sqlx::query_scalar!(
        r#"SELECT e.id AS "id!: TrainingEventId" FROM training_event e
            WHERE e.state = 'announced' AND e.type_id = ?1 AND e.aim = ?2 AND e.starts_at > ?3
              AND e.capacity > (SELECT count(*) FROM event_place o
                                 WHERE o.event_id = e.id AND o.state IN ('sent', 'accepted') AND o.walk_in = 0)
            ORDER BY e.starts_at, e.id"#,
        kind,
        aim,
        now,
    );
    Ok(events.fetch_all(conn).await?)
}

/// Types and aims of announced events that have a free place and have not begun.
pub async fn unfilled(conn: &mut SqliteConnection, now: Millis) -> Result<Vec<(TypeId, Aim)>, StoreError> {
    let unfilled = sqlx::query!(
        r#"SELECT DISTINCT e.type_id AS "kind!: TypeId", e.aim AS "aim!: Aim" FROM training_event e
            WHERE e.state = 'announced' AND e.starts_at > ?1
              AND e.capacity > (SELECT count(*) FROM event_place o
                                 WHERE o.event_id = e.id AND o.state IN ('sent', 'accepted') AND o.walk_in = 0)
              AND (EXISTS (SELECT 1 FROM training_request r
                            WHERE r.type_id = e.type_id AND r.aim = e.aim AND r.state = 'open')
                OR EXISTS (SELECT 1 FROM event_place o WHERE o.event_id = e.id AND o.state = 'waiting'))"#,
        now,
    );
    Ok(unfilled.fetch_all(conn).await?.into_iter().map(|row| (row.kind, row.aim)).collect())
}

/// What occupies `whose` at some time of `within`, in order, except an event; pauses of bookings are part of it.
pub async fn occupied(
    conn: &mut SqliteConnection,
    (person, resource): (Option<PersonId>, Option<Resource>),
    within: Span,
    without: Option<TrainingEventId>,
) -> Result<Vec<Span>, StoreError> {
    let (machine, room) = (resource.and_then(Resource::machine), resource.and_then(Resource::room));
    let rows = sqlx::query!(
        r#"SELECT starts_at AS "starts!: Millis", ends_at AS "ends!: Millis" FROM occupation
            WHERE (person_id = ?1 OR machine_id = ?2 OR room_id = ?3) AND starts_at < ?5 AND ends_at > ?4
              AND (?6 IS NULL OR event_id IS NOT ?6)
            ORDER BY starts_at"#,
        person,
        machine,
        room,
        within.starts,
        within.ends,
        without,
    );
    let rows = rows.fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| Span { starts: row.starts, ends: row.ends }).collect())
}

/// Machines and rooms that an event can take, and that are not archived: those of the type first, then rooms by name.
pub async fn resources(conn: &mut SqliteConnection, kind: TypeId) -> Result<Vec<(Resource, String)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "machine?: MachineId", NULL AS "room?: RoomId", name AS "name!", 0 AS "part!" FROM machine
            WHERE type_id = ?1 AND archived_at IS NULL
           UNION ALL
           SELECT NULL, id, name, 1 FROM room WHERE archived_at IS NULL
            ORDER BY 4, 3"#,
        kind
    );
    let rows = rows.fetch_all(conn).await?.into_iter().filter_map(|row| {
        let resource = row.machine.map(Resource::Machine).or_else(|| row.room.map(Resource::Room))?;
        Some((resource, row.name))
    });
    Ok(rows.collect())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    Table::taken(
        "training_event",
        &["host_id", "made_by", "completed_by", "remark_id"],
        Erasing::Stays,
        "SELECT json_object('type', k.name, 'title', w.title, 'state', w.state, 'starts@', w.starts_at, 'ends@', w.ends_at) \
         FROM training_event w JOIN equipment_type k ON k.id = w.type_id WHERE w.host_id = ?1",
    ),
    Table::taken(
        "event_place",
        &["person_id", "request_id", "remark_id"],
        Erasing::Emptied("remark_id"),
        "SELECT json_object('title', e.title, 'state', w.state, 'starts@', e.starts_at, 'invited@', w.invited_at, \
         'answered@', w.answered_at, 'outcome', w.outcome, 'words', r.body) FROM event_place w JOIN training_event e ON e.id = \
         w.event_id LEFT JOIN remark r ON r.id = w.remark_id WHERE w.person_id = ?1",
    ),
];
