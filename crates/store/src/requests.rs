//! Requests to boards: rows of `machine_request`, and the running uses they are about.
//!
//! `domain::requests` decides what happens to a request.

use crate::personal_data::{Erasing, Table};
use domain::{
    boards::MachineNumber,
    cards::CardUid,
    id::{AliasId, CardId, MachineId, PersonId, RequestId, TypeId, UseId},
    requests::{BoardCommand, Cause, Request, State},
    settings::Settings,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, settings};

/// A running use.
#[derive(Debug, Clone)]
pub struct Running {
    pub id: UseId,
    pub machine: MachineId,
    pub number: MachineNumber,
    pub kind: TypeId,
    pub start: Millis,
    /// The card, if known.
    pub card: Option<CardId>,
    /// The card's holder, if known.
    pub person: Option<PersonId>,
    /// The last request to its board about this use.
    pub asked: Option<State>,
    /// When its board was last heard.
    pub heard: Option<Millis>,
}

/// A machine, for remote start and stop.
#[derive(Debug, Clone)]
pub struct Floor {
    pub machine: MachineId,
    pub kind: TypeId,
    /// Its number in board topics, if it has a board.
    pub number: Option<MachineNumber>,
    /// When its board was last heard.
    pub heard: Option<Millis>,
    pub running: Option<Running>,
    pub settings: Settings,
    /// The caller's card to start with: the newest that works.
    pub card: Option<(CardId, CardUid)>,
    /// The last requested start.
    pub start: Option<Start>,
    /// It is the reader of a door.
    pub is_door: bool,
    /// Its running use was corrected to have ended, but its board has not reported the end: its user may still be
    /// there.
    pub unended: bool,
}

/// A requested start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    pub state: State,
    /// When it ended.
    pub ended: Option<Millis>,
    pub sent: bool,
    pub own: bool,
}

/// What `caller`, if a person, may need to start or stop `machine`; `None` if there is no such machine. A use that
/// began before `lately` counts as ended, whatever its board reported.
pub async fn floor(
    conn: &mut SqliteConnection,
    machine: MachineId,
    caller: Option<PersonId>,
    lately: Millis,
) -> Result<Option<Floor>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT m.type_id AS "kind!: TypeId", m.number AS "number?: MachineNumber", s.heard_at AS "heard?: Millis",
                  u.id AS "use_id?: UseId", u.started_at AS "since?: Millis", u.card_id AS "used?: CardId",
                  h.person_id AS "user?: PersonId",
                  (SELECT r.state FROM machine_request r
                    WHERE r.use_id = u.id AND r.machine_id = m.id AND r.card_id IS u.card_id
                      AND r.queued_at >= u.started_at AND r.kind = 'stop'
                    ORDER BY r.id DESC LIMIT 1) AS "asked?: State",
                  (SELECT json_group_array(json_array(t.scope, t.key, t.value)) FROM setting t
                    WHERE (t.scope = 'space' AND t.scope_id = 0)
                       OR (t.scope = 'type' AND t.scope_id = m.type_id)
                       OR (t.scope = 'machine' AND t.scope_id = m.id)) AS "settings!: String",
                  c.id AS "card?: CardId", c.uid AS "uid?: CardUid",
                  (SELECT v.corrected = 1 AND v.told_end_at IS NULL AND v.told_s IS NULL AND v.started_at > ?3
                     FROM use_session v WHERE v.machine_id = m.id AND v.ended_at IS NOT NULL
                    ORDER BY v.ended_at DESC, v.id DESC LIMIT 1) AS "unended?: bool",
                  w.state AS "start?: State", w.ended_at AS "ended?: Millis", w.sent_at IS NOT NULL AS "sent!: bool",
                  o.person_id AS "wanted_by?: PersonId",
                  EXISTS (SELECT 1 FROM door d WHERE d.machine_id = m.id) AS "is_door!: bool"
             FROM machine m
             LEFT JOIN machine_signal s ON s.machine_id = m.id
             LEFT JOIN use_session u ON u.machine_id = m.id AND u.ended_at IS NULL AND m.number IS NOT NULL
             LEFT JOIN card h ON h.id = u.card_id
             LEFT JOIN card c ON c.id = (SELECT max(id) FROM card
                                          WHERE person_id = ?2 AND state = 'active' AND uid IS NOT NULL)
             LEFT JOIN machine_request w ON w.id = (SELECT max(id) FROM machine_request
                                                     WHERE machine_id = m.id AND kind = 'start')
             LEFT JOIN card o ON o.id = w.card_id
            WHERE m.id = ?1 AND m.archived_at IS NULL"#,
        machine,
        caller,
        lately,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let running = match (row.use_id, row.number, row.since) {
        (Some(id), Some(number), Some(start)) => Some(Running {
            id,
            machine,
            number,
            kind: row.kind,
            start,
            card: row.used,
            person: row.user,
            asked: row.asked,
            heard: row.heard,
        }),
        _ => None,
    };
    let own = caller.is_some() && row.wanted_by == caller;
    Ok(Some(Floor {
        machine,
        kind: row.kind,
        number: row.number,
        heard: row.heard,
        running,
        settings: settings::of_list(&row.settings)?,
        card: row.card.zip(row.uid),
        start: row.start.map(|state| Start { state, ended: row.ended, sent: row.sent, own }),
        is_door: row.is_door,
        unended: row.unended.unwrap_or(false),
    }))
}

/// The running use of `machine`, if any.
pub async fn running_at(conn: &mut SqliteConnection, machine: MachineId) -> Result<Option<Running>, StoreError> {
    let running = sqlx::query_as!(
        Running,
        r#"SELECT u.id AS "id!: UseId", m.id AS "machine!: MachineId", m.number AS "number!: MachineNumber",
                  m.type_id AS "kind!: TypeId", u.started_at AS "start!: Millis", u.card_id AS "card?: CardId",
                  c.person_id AS "person?: PersonId", s.heard_at AS "heard?: Millis",
                  (SELECT r.state FROM machine_request r
                    WHERE r.use_id = u.id AND r.machine_id = m.id AND r.card_id IS u.card_id
                      AND r.queued_at >= u.started_at AND r.kind = 'stop'
                    ORDER BY r.id DESC LIMIT 1) AS "asked?: State"
             FROM use_session u
             JOIN machine m ON m.id = u.machine_id AND m.number IS NOT NULL AND m.archived_at IS NULL
             LEFT JOIN card c ON c.id = u.card_id
             LEFT JOIN machine_signal s ON s.machine_id = m.id
            WHERE u.machine_id = ? AND u.ended_at IS NULL"#,
        machine,
    )
    .fetch_optional(conn)
    .await?;
    Ok(running)
}

/// The type of a machine that is not archived.
pub async fn kind_of(conn: &mut SqliteConnection, machine: MachineId) -> Result<Option<TypeId>, StoreError> {
    let kind = sqlx::query_scalar!(
        r#"SELECT type_id AS "kind: TypeId" FROM machine WHERE id = ? AND archived_at IS NULL"#,
        machine
    )
    .fetch_optional(conn)
    .await?;
    Ok(kind)
}

/// Whether the board of `session` was ever asked to end it.
pub async fn is_asked(conn: &mut SqliteConnection, session: UseId) -> Result<bool, StoreError> {
    let request = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM machine_request WHERE use_id = ? AND kind = 'stop') AS "asked!: bool""#,
        session,
    );
    Ok(request.fetch_one(conn).await?)
}

/// Queues a request to end the running use of a machine. The same job leaves the audit entry.
pub async fn queue(
    tx: &mut WriteTx,
    running: &Running,
    cause: Cause,
    by: Option<AliasId>,
    at: Millis,
) -> Result<RequestId, StoreError> {
    let state = State::Queued;
    let made = sqlx::query!(
        "INSERT INTO machine_request (machine_id, kind, card_id, use_id, cause, by_alias, state, queued_at)
              VALUES (?, 'stop', ?, ?, ?, ?, ?, ?)",
        running.machine,
        running.card,
        running.id,
        cause,
        by,
        state,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(RequestId(made.last_insert_rowid()))
}

/// Queues a request to admit the holder of `card` at `machine`. The same job leaves the audit entry.
pub async fn queue_start(
    tx: &mut WriteTx,
    machine: MachineId,
    card: CardId,
    by: Option<AliasId>,
    at: Millis,
) -> Result<RequestId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO machine_request (machine_id, kind, card_id, cause, by_alias, state, queued_at)
              VALUES (?, 'start', ?, 'asked', ?, 'queued', ?)",
        machine,
        card,
        by,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(RequestId(made.last_insert_rowid()))
}

/// The open requests. Sorted separately (`+`), so that the statement reads only those, however long the history is.
pub async fn under_way(conn: &mut SqliteConnection) -> Result<Vec<Request>, StoreError> {
    let requests = sqlx::query_as!(
        Request,
        r#"SELECT r.id AS "id!: RequestId", r.machine_id AS "machine!: MachineId", r.kind AS "action!: BoardCommand",
                  r.state AS "state!: State",
                  r.queued_at AS "queued_at!: Millis", r.sent_at AS "sent_at?: Millis", s.heard_at AS "heard?: Millis"
             FROM machine_request r LEFT JOIN machine_signal s ON s.machine_id = r.machine_id
            WHERE r.state IN ('queued', 'sent') ORDER BY +r.id"#
    )
    .fetch_all(conn)
    .await?;
    Ok(requests)
}

/// Where to send a start, and with which card; `None` if its machine or card is gone.
pub async fn address_of_start(
    conn: &mut SqliteConnection,
    request: RequestId,
) -> Result<Option<(MachineNumber, CardUid)>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT m.number AS "number!: MachineNumber", c.uid AS "uid!: CardUid"
             FROM machine_request r
             JOIN machine m ON m.id = r.machine_id AND m.number IS NOT NULL AND m.archived_at IS NULL
             JOIN card c ON c.id = r.card_id AND c.uid IS NOT NULL
            WHERE r.id = ?"#,
        request,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.number, row.uid)))
}

/// Where to send a stop, and with which card; `None` if its machine or card is gone.
pub async fn address(
    conn: &mut SqliteConnection,
    request: RequestId,
) -> Result<Option<(MachineNumber, CardUid)>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT m.number AS "number!: MachineNumber", coalesce(c.uid, k.uid) AS "uid!: CardUid"
             FROM machine_request r
             JOIN machine m ON m.id = r.machine_id AND m.number IS NOT NULL AND m.archived_at IS NULL
             JOIN use_session u ON u.id = r.use_id AND u.machine_id = r.machine_id
                                AND (u.ended_at IS NULL OR (u.ending = 'conflict' AND u.told_s IS NULL))
             LEFT JOIN card c ON c.id = r.card_id
             LEFT JOIN unknown_card k ON k.id = u.unknown_card_id
            WHERE r.id = ? AND coalesce(c.uid, k.uid) IS NOT NULL"#,
        request,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.number, row.uid)))
}

/// Marks it as sent. `false` if it has advanced meanwhile.
pub async fn sent(tx: &mut WriteTx, request: RequestId, at: Millis) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE machine_request SET state = 'sent', sent_at = ? WHERE id = ? AND state = 'queued'",
        at,
        request,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Marks it as expired. `false` if it has ended meanwhile.
pub async fn expired(tx: &mut WriteTx, request: RequestId, at: Millis) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE machine_request SET state = 'expired', ended_at = ? WHERE id = ? AND state IN ('queued', 'sent')",
        at,
        request,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::taken(
    "machine_request",
    &["card_id", "by_alias"],
    Erasing::Stays,
    "SELECT json_object('machine', m.name, 'kind', q.kind, 'cause', q.cause, 'state', q.state, 'at@', \
         q.queued_at) FROM machine_request q JOIN machine m ON m.id = q.machine_id WHERE q.id IN (SELECT id FROM \
         machine_request WHERE card_id IN cards UNION SELECT id FROM machine_request WHERE by_alias IN mine AND ?3)",
)];
