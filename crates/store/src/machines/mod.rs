//! Machines: rows of `machine`, and the facts behind their state and their board's settings.

pub(crate) mod blocks;
mod rows;

pub use blocks::{Block, NewBlock, block, block_at_once, block_because, block_of, blocked, lift};
pub use rows::{Listed, StoredMachine, archive, change, inventory, numbered, one, touch};

use domain::{
    boards::MachineNumber,
    bookings::AHEAD,
    id::{MachineId, PersonId, PlaceId, TypeId, UseId},
    machines::StateFacts,
    maintenance::{Counting, first_due},
    people::folded::folded,
    requests::Cause,
    settings::{Settings, ShownNames},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, json, maintenance, settings};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMachine {
    /// Its number on the board topics, if a board speaks for it.
    pub number: Option<MachineNumber>,
    pub kind: TypeId,
    pub place: Option<PlaceId>,
    /// Name; 1 to 200 characters.
    pub name: String,
    /// Link to its manual, `http` or `https`.
    pub manual: Option<String>,
}

/// Adds a machine.
///
/// Fails with [`StoreError::Unique`] if another machine has its number.
pub async fn add(tx: &mut WriteTx, new: &NewMachine) -> Result<MachineId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO machine (number, type_id, place_id, name, manual_url) VALUES (?, ?, ?, ?, ?)",
        new.number,
        new.kind,
        new.place,
        new.name,
        new.manual,
    )
    .execute(tx.conn())
    .await?;
    let id = MachineId(made.last_insert_rowid());
    sqlx::query!("INSERT INTO machine_total (machine_id, used_ms) VALUES (?, 0)", id).execute(tx.conn()).await?;
    Ok(id)
}

/// The machine with this number, if any.
pub async fn by_number(
    conn: &mut SqliteConnection,
    number: MachineNumber,
) -> Result<Option<MachineId>, StoreError> {
    let id = sqlx::query_scalar!(
        r#"SELECT id AS "id: MachineId" FROM machine WHERE number = ? AND archived_at IS NULL"#,
        number
    )
    .fetch_optional(conn)
    .await?;
    Ok(id)
}

/// The numbers in use.
pub async fn numbers(conn: &mut SqliteConnection) -> Result<Vec<MachineNumber>, StoreError> {
    let numbers = sqlx::query_scalar!(
        r#"SELECT number AS "number!: MachineNumber" FROM machine WHERE number IS NOT NULL AND archived_at IS NULL"#
    )
    .fetch_all(conn)
    .await?;
    Ok(numbers)
}

/// The facts a board is sent about its machine.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is told by itself")]
pub struct BoardView {
    pub id: MachineId,
    pub name: String,
    pub kind: TypeId,
    pub blocked: bool,
    pub plans: Vec<Counting>,
    pub in_use: bool,
    /// It is the reader of a door.
    pub is_door: bool,
    /// The running use is to end, whether or not the board was reached.
    pub to_end: bool,
    /// And the usual grace time still applies.
    pub keeps_grace: bool,
    /// When the running use began.
    pub since: Option<Millis>,
    /// When the next booking of another person begins, or began if it is not over.
    pub next: Option<Millis>,
    pub settings: Settings,
}

/// The facts for the board of the machine with this number; `None` if there is no such machine. Reads the same few rows
/// however long the machine's history is.
pub async fn board_view(
    conn: &mut SqliteConnection,
    number: MachineNumber,
    now: Millis,
) -> Result<Option<BoardView>, StoreError> {
    let (begins_after, soon) = (crate::longest::too_early(now), now.after(AHEAD));
    let row = sqlx::query!(
        r#"SELECT m.id AS "id: MachineId", m.name, m.type_id AS "kind: TypeId",
                  EXISTS (SELECT 1 FROM machine_block b WHERE b.machine_id = m.id AND b.lifted_at IS NULL)
                       AS "blocked!: bool",
                  EXISTS (SELECT 1 FROM use_session u WHERE u.machine_id = m.id AND u.ended_at IS NULL)
                       AS "in_use!: bool",
                  EXISTS (SELECT 1 FROM door d WHERE d.machine_id = m.id) AS "is_door!: bool",
                  -- The id of a use may be given anew when hours are worked out afresh; card and time tell them apart.
                  (SELECT json_group_array(json_array(r.cause)) FROM use_session u
                     JOIN machine_request r ON r.use_id = u.id AND r.machine_id = u.machine_id
                                           AND r.card_id IS u.card_id AND r.queued_at >= u.started_at
                    WHERE u.machine_id = m.id AND u.ended_at IS NULL AND r.kind = 'stop') AS "causes!: String",
                  -- Whoever began before word of it reached the board does not go on either.
                  EXISTS (SELECT 1 FROM use_session u JOIN machine_block b ON b.machine_id = u.machine_id
                           WHERE u.machine_id = m.id AND u.ended_at IS NULL AND b.lifted_at IS NULL AND b.at_once = 1)
                       AS "is_unsafe!: bool",
                  (SELECT u.started_at FROM use_session u WHERE u.machine_id = m.id AND u.ended_at IS NULL) AS "since?: Millis",
                  -- Of others than whoever is on it, or than whose time it is while nobody is; one that runs counts too.
                  (WITH near AS (SELECT starts_at, person_id, group_id FROM booking
                                  WHERE machine_id = m.id AND starts_at > ?3 AND ends_at > ?2 AND state IN ('approved', 'checked-in')
                                 UNION ALL
                                 SELECT starts_at, person_id, group_id FROM booking
                                  WHERE room_id = (SELECT i.room_id FROM room_machine i WHERE i.machine_id = m.id)
                                    AND starts_at > ?3 AND ends_at > ?2 AND state IN ('approved', 'checked-in')
                                    -- A machine that the booking leaves to others is not booked with its room.
                                    AND EXISTS (SELECT 1 FROM occupation o
                                                 WHERE o.booking_id = booking.id AND +o.machine_id = m.id))
                   SELECT min(n.starts_at) FROM near n
                    WHERE NOT iif(EXISTS (SELECT 1 FROM use_session u WHERE u.machine_id = m.id AND u.ended_at IS NULL),
                                  EXISTS (SELECT 1 FROM use_session u JOIN card c ON c.id = u.card_id
                                            LEFT JOIN group_member j ON j.group_id = n.group_id AND j.person_id = c.person_id
                                           WHERE u.machine_id = m.id AND u.ended_at IS NULL
                                             AND iif(n.group_id IS NULL, n.person_id IS c.person_id, j.person_id IS NOT NULL)),
                                  coalesce((SELECT f.group_id IS n.group_id AND (n.group_id IS NOT NULL OR f.person_id IS n.person_id)
                                              FROM near f WHERE f.starts_at <= ?4 ORDER BY f.starts_at LIMIT 1), 0)))
                       AS "next?: Millis",
                  -- Nothing of it grows with the machine's history.
                  (SELECT json_group_array(json_array(w.every_hours, w.every_days, w.since_at, w.since_used, w.used_ms, w.blocking,
                                                      iif(w.display = '', w.words, w.display)))
                     FROM plan_at w WHERE w.machine_id = m.id AND w.blocking = 1) AS "plans!: String",
                  (SELECT json_group_array(json_array(s.scope, s.key, s.value)) FROM setting s
                    WHERE (s.scope = 'space' AND s.scope_id = 0)
                       OR (s.scope = 'type' AND s.scope_id = m.type_id)
                       OR (s.scope = 'machine' AND s.scope_id = m.id)) AS "settings!: String"
             FROM machine m WHERE m.number = ?1 AND m.archived_at IS NULL"#,
        number,
        now,
        begins_after,
        soon,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let settings = settings::of_list(&row.settings)?;
    let (blocked, in_use, is_door) = (row.blocked, row.in_use, row.is_door);
    let causes = json::rows(&row.causes, |cause| Cause::parse(json::text(cause, 0)?))?;
    let to_end = row.is_unsafe || !causes.is_empty();
    let keeps_grace = !row.is_unsafe && causes.into_iter().all(Cause::leaves_grace);
    let plans = maintenance::of_list(&row.plans)?;
    let (since, next) = (row.since, row.next);
    let (id, name, kind) = (row.id, row.name, row.kind);
    Ok(Some(BoardView {
        id,
        name,
        kind,
        blocked,
        plans,
        in_use,
        is_door,
        to_end,
        keeps_grace,
        since,
        next,
        settings,
    }))
}

/// The machine that `person` uses, by its number; of several the one they started last.
pub async fn in_use_by(
    conn: &mut SqliteConnection,
    person: PersonId,
) -> Result<Option<MachineNumber>, StoreError> {
    let number = sqlx::query_scalar!(
        r#"SELECT m.number AS "number!: MachineNumber"
             FROM card c JOIN use_session u ON u.card_id = c.id JOIN machine m ON m.id = u.machine_id
            WHERE c.person_id = ? AND u.ended_at IS NULL AND m.number IS NOT NULL AND m.archived_at IS NULL
            ORDER BY u.started_at DESC, u.id DESC LIMIT 1"#,
        person,
    );
    Ok(number.fetch_optional(conn).await?)
}

/// The name of a booking's holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HolderName {
    Group(String),
    Person(String),
}

impl HolderName {
    /// A group's booking is the group's, also if a person answers for it.
    fn new(group: Option<String>, person: Option<String>) -> Option<Self> {
        group.map(Self::Group).or(person.map(Self::Person))
    }

    /// As members see it.
    #[must_use]
    pub fn visible(self, shown: ShownNames) -> Option<String> {
        match self {
            Self::Group(name) => Some(name).filter(|_| shown != ShownNames::Nobody),
            Self::Person(name) => shown.of(&name),
        }
    }
}

/// A machine on the floor plan.
#[derive(Debug, Clone)]
pub struct OnFloor {
    pub id: MachineId,
    /// It is the reader of a door, which nobody uses as a machine.
    pub is_door: bool,
    /// Its number on the board topics, if a board speaks for it.
    pub number: Option<MachineNumber>,
    pub name: String,
    pub kind: String,
    pub of_type: TypeId,
    /// Its place, as id and name.
    pub place: Option<(PlaceId, String)>,
    /// The facts its state is derived from.
    pub facts: StateFacts,
    /// The remark of its block.
    pub blocked_because: Option<String>,
    /// Link to its manual.
    pub manual: Option<String>,
    /// Total milliseconds of use.
    pub used: i64,
    pub plans: Vec<Counting>,
    /// Name of its user, if names were requested.
    pub user: Option<String>,
    /// When it is occupied next, and the booking's holder, if names were requested.
    pub next: Option<(Millis, Option<HolderName>)>,
    /// The same for the booking, checkout or offer that occupies it now or in a moment.
    pub taken: Option<(Millis, Option<HolderName>)>,
    /// How much of the user's name is shown, from the closest setting.
    pub shown: Option<ShownNames>,
}

/// The machines on the floor `at` an instant, by place and name; `only` selects one. Users and remarks are read only
/// with `names`.
pub async fn floor(
    conn: &mut SqliteConnection,
    only: Option<MachineId>,
    names: bool,
    at: Millis,
) -> Result<Vec<OnFloor>, StoreError> {
    let soon = at.after(AHEAD);
    let mut rows = sqlx::query!(
        r#"
        SELECT m.id         AS "id!: MachineId",
               m.number     AS "number?: MachineNumber",
               m.name, m.manual_url, EXISTS (SELECT 1 FROM door d WHERE d.machine_id = m.id) AS "is_door!: bool",
               t.id         AS "of_type!: TypeId",
               t.name       AS kind,
               p.id         AS "place_id?: PlaceId",
               p.name       AS "place_name?: String",
               p.position   AS "position?: i64",
               b.placed_at  AS "blocked?: Millis",
               -- What a member wrote is for those who may see who is on it; what an owner says is for everybody.
               iif(?2 OR b.report_id IS NULL, r.body, NULL) AS "because?: String",
               u.started_at AS "in_use?: Millis",
               s.heard_at   AS "heard?: Millis",
               n.used_ms    AS "used?: i64",
               (SELECT max(ended_at) FROM use_session e WHERE e.machine_id = m.id) AS "last_used?: Millis",
               (SELECT f.name FROM card c JOIN profile f ON f.person_id = c.person_id
                 WHERE ?2 AND c.id = u.card_id) AS "user?: String",
               o.starts_at  AS "next?: Millis",
               (SELECT f.name FROM booking k JOIN profile f ON f.person_id = k.person_id
                 WHERE ?2 AND k.id = o.booking_id) AS "next_user?: String",
               (SELECT g.name FROM booking k JOIN person_group g ON g.id = k.group_id
                 WHERE ?2 AND k.id = o.booking_id) AS "next_group?: String",
               -- What has it then is the last that began.
               iif(x.ends_at > ?3 AND x.closure_id IS NULL, x.starts_at, NULL) AS "taken?: Millis",
               (SELECT f.name FROM booking k JOIN profile f ON f.person_id = k.person_id
                 WHERE ?2 AND x.ends_at > ?3 AND k.id = x.booking_id) AS "taken_by?: String",
               (SELECT g.name FROM booking k JOIN person_group g ON g.id = k.group_id
                 WHERE ?2 AND x.ends_at > ?3 AND k.id = x.booking_id) AS "taken_by_group?: String",
               iif(c.closure_id IS NOT NULL AND c.ends_at > ?3, c.ends_at, NULL) AS "closed?: Millis",
               (SELECT w.value FROM setting w
                 WHERE ?2 AND w.key = 'people.shown'
                   AND ((w.scope = 'machine' AND w.scope_id = m.id) OR (w.scope = 'type' AND w.scope_id = m.type_id)
                        OR w.scope = 'space')
                 ORDER BY CASE w.scope WHEN 'machine' THEN 0 WHEN 'type' THEN 1 ELSE 2 END LIMIT 1) AS "shown?: String",
               (SELECT json_group_array(json_array(w.every_hours, w.every_days, w.since_at, w.since_used, w.used_ms, w.blocking,
                                                      iif(w.display = '', w.words, w.display)))
                     FROM plan_at w WHERE w.machine_id = m.id) AS "plans!: String"
          FROM machine m
          JOIN equipment_type t ON t.id = m.type_id
          LEFT JOIN place p ON p.id = m.place_id
          LEFT JOIN machine_block b ON b.machine_id = m.id AND b.lifted_at IS NULL
          LEFT JOIN remark r ON r.id = b.remark_id
          LEFT JOIN use_session u ON u.machine_id = m.id AND u.ended_at IS NULL
          LEFT JOIN machine_signal s ON s.machine_id = m.id
          LEFT JOIN machine_total n ON n.machine_id = m.id
          LEFT JOIN occupation o ON o.id = (SELECT id FROM occupation WHERE machine_id = m.id AND starts_at > ?3
                                             ORDER BY starts_at LIMIT 1)
          LEFT JOIN occupation c ON c.id = (SELECT id FROM occupation WHERE machine_id = m.id AND starts_at <= ?3
                                             ORDER BY starts_at DESC LIMIT 1)
          LEFT JOIN occupation x ON x.id = (SELECT id FROM occupation WHERE machine_id = m.id AND starts_at <= ?4
                                             ORDER BY starts_at DESC LIMIT 1)
         WHERE m.archived_at IS NULL
           AND (?1 IS NULL OR m.id = ?1)
         ORDER BY m.id
        "#,
        only,
        names,
        at,
        soon,
    )
    .fetch_all(conn)
    .await?;
    rows.sort_by_cached_key(|row| {
        let place = row.place_name.as_deref().map(folded);
        (row.place_id.is_none(), row.position, place, row.place_id, folded(&row.name))
    });
    let machines = rows.into_iter().map(|row| {
        let plans = maintenance::of_list(&row.plans)?;
        Ok(OnFloor {
            id: row.id,
            is_door: row.is_door,
            number: row.number,
            name: row.name,
            kind: row.kind,
            of_type: row.of_type,
            place: row.place_id.zip(row.place_name),
            facts: StateFacts {
                blocked: row.blocked,
                in_use: row.in_use,
                heard: row.heard,
                last_used: row.last_used,
                maintenance_due: first_due(&plans, at).is_some(),
                closed: row.closed,
            },
            blocked_because: row.because,
            manual: row.manual_url,
            used: row.used.unwrap_or(0),
            plans,
            user: row.user,
            next: row.next.map(|at| (at, HolderName::new(row.next_group, row.next_user))),
            taken: row.taken.map(|at| (at, HolderName::new(row.taken_by_group, row.taken_by))),
            shown: row.shown.as_deref().and_then(ShownNames::parse),
        })
    });
    Ok(machines.collect::<Result<_, sqlx::Error>>()?)
}

/// One use on a timeline.
#[derive(Debug, Clone, Copy)]
pub struct UseSpan {
    pub id: UseId,
    pub start: Millis,
    /// First instant after it; `None` while it runs.
    pub end: Option<Millis>,
    /// Its hours were estimated.
    pub approximate: bool,
}

/// The uses of `machine` that touch `[from, to)`, in order.
pub async fn uses_between(
    conn: &mut SqliteConnection,
    machine: MachineId,
    from: Millis,
    to: Millis,
) -> Result<Vec<UseSpan>, StoreError> {
    // Uses of one machine do not overlap: those that end after `from` are the tail of the index by end.
    let uses = sqlx::query_as!(
        UseSpan,
        r#"SELECT id AS "id: UseId", started_at AS "start: Millis", ended_at AS "end: Millis",
                  approximate AS "approximate: bool"
             FROM use_session
            WHERE machine_id = ?1 AND (ended_at IS NULL OR ended_at > ?2) AND started_at < ?3 AND void = 0
            ORDER BY started_at, id"#,
        machine,
        from,
        to,
    )
    .fetch_all(conn)
    .await?;
    Ok(uses)
}

/// Machines with a board that was heard since `since`, by name.
pub async fn with_boards(
    conn: &mut SqliteConnection,
    since: Millis,
) -> Result<Vec<(MachineId, String)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT m.id AS "id!: MachineId", m.name AS "name!" FROM machine m JOIN machine_signal s ON s.machine_id = m.id
            WHERE m.archived_at IS NULL AND m.number IS NOT NULL AND s.heard_at >= ? ORDER BY m.id"#,
        since,
    )
    .fetch_all(conn)
    .await?;
    let mut machines: Vec<_> = rows.into_iter().map(|row| (row.id, row.name)).collect();
    machines.sort_by_cached_key(|(_, name)| folded(name));
    Ok(machines)
}

/// Unarchived machines with `search` in their name, by name.
pub async fn named(
    conn: &mut SqliteConnection,
    search: &str,
    limit: u16,
) -> Result<Vec<(MachineId, String)>, StoreError> {
    let pattern = contains(search);
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: MachineId", name AS "name!" FROM machine
            WHERE archived_at IS NULL AND name LIKE ? ESCAPE '\' ORDER BY lower(name), id LIMIT ?"#,
        pattern,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// The pattern for `LIKE` that finds `search` anywhere.
fn contains(search: &str) -> String {
    let escaped = search.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}
