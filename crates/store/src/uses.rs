//! Uses: the messages of boards (`board_fact`), and the sessions computed from them (`use_session`, `machine_total`).
//!
//! `domain::uses::project` computes what a fact changes; here its situation is read and its changes are written.

pub mod corrections;
mod ends;
mod frequent;
mod reports;

pub use ends::{GoingOn, end, going_on};
pub use frequent::frequent;
pub use reports::{never_reported, reported, reports_uses};

use crate::privacy::{Erasing, Table};
use std::{path::Path, time::Duration};

use domain::{
    boards::MachineNumber,
    cards::CardUid,
    id::{AliasId, CardId, MachineId, PersonId, UnknownCardId, UseId},
    settings::Settings,
    time::Millis,
    uses::{Action, CardHolder, Change, Corrected, Ending, Fact, Session, Situation, Source, Twin, hours_gained},
};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    OpenError, StoreError, WriteTx,
    audit::{Seal, sealed},
    bookings, open, people, settings,
};

/// A card at a machine.
#[derive(Debug, Clone)]
pub struct SwipeContext {
    /// The machine with the given number.
    pub machine: MachineId,
    /// The card and its holder, if known.
    pub card: Option<(CardId, PersonId)>,
    /// The holder's alias this month, if there is one.
    pub alias: Option<AliasId>,
    /// The row of an unknown card, if it was seen here before.
    pub unknown_card: Option<UnknownCardId>,
    /// The machine's settings.
    pub settings: Settings,
}

/// Finds machine and card; `None` when there is no such machine.
pub async fn bearing(
    conn: &mut SqliteConnection,
    number: MachineNumber,
    uid: &CardUid,
    at: Millis,
) -> Result<Option<SwipeContext>, StoreError> {
    let month = people::month(at);
    let row = sqlx::query!(
        r#"
        SELECT m.id        AS "machine!: MachineId",
               c.id        AS "card?: CardId",
               c.person_id AS "person?: PersonId",
               a.id        AS "alias?: AliasId",
               (SELECT id FROM unknown_card k WHERE k.uid = ?2 AND k.machine_id = m.id)
                           AS "unknown_card?: UnknownCardId",
               (SELECT json_group_array(json_array(s.scope, s.key, s.value)) FROM setting s
                 WHERE (s.scope = 'space' AND s.scope_id = 0)
                    OR (s.scope = 'type' AND s.scope_id = m.type_id)
                    OR (s.scope = 'machine' AND s.scope_id = m.id)) AS "settings!: String"
          FROM machine m
          LEFT JOIN card c ON c.id =
               (SELECT id FROM card WHERE uid = ?2 ORDER BY state = 'retired', id DESC LIMIT 1)
          LEFT JOIN alias a ON a.person_id = c.person_id AND a.month = ?3
         WHERE m.number = ?1 AND m.archived_at IS NULL
        "#,
        number,
        uid,
        month,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(SwipeContext {
        machine: row.machine,
        card: row.card.zip(row.person),
        alias: row.alias,
        unknown_card: row.unknown_card,
        settings: settings::of_list(&row.settings)?,
    }))
}

/// The columns of `use_session`.
#[expect(clippy::struct_excessive_bools, reason = "the table has eight, and one is found")]
struct Row {
    id: UseId,
    card: Option<CardId>,
    unknown_card: Option<UnknownCardId>,
    start: Millis,
    last_sign: Millis,
    end: Option<Millis>,
    ending: Option<Ending>,
    source: Source,
    approximate: bool,
    provisional: bool,
    other_card: bool,
    told: Option<i64>,
    settled: bool,
    twin_start: bool,
    twin_stop: bool,
    corrected: bool,
    reported_end: Option<Millis>,
    told_ending: Option<Ending>,
    void: bool,
    told_to_stop: bool,
    for_booking: bool,
    booked: Option<Millis>,
}

impl Row {
    fn session(self) -> Result<Session, sqlx::Error> {
        let bearer = match (self.card, self.unknown_card) {
            (Some(card), _) => CardHolder::Card(card),
            (None, Some(card)) => CardHolder::Unknown(card),
            (None, None) => return Err(sqlx::Error::Decode("a use without a card".into())),
        };
        Ok(Session {
            id: Some(self.id),
            bearer,
            start: self.start,
            last_sign: self.last_sign,
            end: self.end.zip(self.ending),
            source: self.source,
            approximate: self.approximate,
            provisional: self.provisional,
            other_card: self.other_card,
            told: self.told.map(|seconds| Duration::from_secs(seconds.unsigned_abs())),
            settled: self.settled,
            twin: Twin { start: self.twin_start, stop: self.twin_stop },
            corrected: self
                .corrected
                .then(|| Corrected { told: self.reported_end.zip(self.told_ending), void: self.void }),
        })
    }
}

/// The open session of `machine` and its last `closed` closed ones, for a replayed or a plain message. A board that
/// sends a plain message has received its request, at the latest when it polled; a replay may report something earlier.
/// With `stopped`, for a reported end: whether another person's booking is the cause.
pub async fn situation(
    conn: &mut SqliteConnection,
    machine: MachineId,
    closed: i64,
    auto_logoff: Option<Duration>,
    replay: bool,
    stopped: Option<Millis>,
) -> Result<Situation, StoreError> {
    let begins_after = stopped.map(bookings::too_early);
    let rows = sqlx::query_as!(
        Row,
        r#"
        SELECT id AS "id!: UseId", card_id AS "card: CardId", unknown_card_id AS "unknown_card: UnknownCardId",
               started_at AS "start!: Millis", last_sign_at AS "last_sign!: Millis", ended_at AS "end: Millis",
               ending AS "ending: Ending", source AS "source!: Source", approximate AS "approximate!: bool",
               provisional AS "provisional!: bool", other_card AS "other_card!: bool", told_s AS "told: i64",
               settled AS "settled!: bool",
               twin_start AS "twin_start!: bool", twin_stop AS "twin_stop!: bool", corrected AS "corrected!: bool",
               told_end_at AS "reported_end: Millis", told_ending AS "told_ending: Ending", void AS "void!: bool",
               ended_at IS NULL
                   AND (EXISTS (SELECT 1 FROM machine_request r
                                 WHERE r.use_id = uses.id AND r.kind = 'stop' AND (r.sent_at IS NOT NULL OR ?3 = 0))
                        OR (?3 = 0 AND EXISTS (SELECT 1 FROM machine_block b
                                                WHERE b.machine_id = ?1 AND b.lifted_at IS NULL AND b.at_once = 1)))
                   AS "told_to_stop!: bool",
               'booking' IS (SELECT r.cause FROM machine_request r WHERE r.use_id = uses.id AND r.kind = 'stop'
                              ORDER BY r.id DESC LIMIT 1) AS "for_booking!: bool",
               iif(ended_at IS NULL AND ?4 IS NOT NULL,
                   (SELECT min(b.starts_at) FROM booking b
                     WHERE (b.machine_id = ?1
                            -- A machine that the booking leaves to others is not booked with its room.
                            OR (b.room_id = (SELECT i.room_id FROM room_machine i WHERE i.machine_id = ?1)
                                AND EXISTS (SELECT 1 FROM occupation o
                                             WHERE o.booking_id = b.id AND +o.machine_id = ?1)))
                       AND b.starts_at > ?5 AND b.starts_at < ?4 + 120000 AND b.ends_at > ?4
                       AND b.state IN ('approved', 'checked-in')
                       AND b.person_id IS NOT (SELECT c.person_id FROM card c WHERE c.id = uses.card_id)), NULL)
                   AS "booked?: Millis"
          FROM (SELECT * FROM use_session WHERE machine_id = ?1 AND ended_at IS NULL
                UNION ALL
                SELECT * FROM (SELECT * FROM use_session WHERE machine_id = ?1 AND ended_at IS NOT NULL
                                ORDER BY ended_at DESC, id DESC LIMIT ?2)) uses
        "#,
        machine,
        closed,
        replay,
        stopped,
        begins_after,
    )
    .fetch_all(conn)
    .await?;
    let closed = Vec::with_capacity(rows.len());
    let mut situation = Situation { closed, auto_logoff, ..Situation::default() };
    for row in rows {
        situation.told_to_stop |= row.told_to_stop;
        situation.for_booking |= row.told_to_stop && row.for_booking;
        situation.booked = situation.booked.or(row.booked);
        let session = row.session()?;
        if session.end.is_none() { situation.open = Some(session) } else { situation.closed.push(session) }
    }
    Ok(situation)
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredUse {
    pub board: MachineNumber,
    /// The card, if still known.
    pub uid: Option<CardUid>,
    pub start: Millis,
    /// When it ended; `None` while it runs.
    pub end: Option<Millis>,
}

/// The uses since `since` in the file at `path`, which may belong to a running server: it is not changed.
pub async fn since_in_file(path: &Path, since: Millis) -> Result<Vec<StoredUse>, OpenError> {
    let gently = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut conn = gently.connect().await.map_err(OpenError::unreadable)?;
    open::recognise(&mut conn).await?;
    let stored = sqlx::query_as!(
        StoredUse,
        r#"
        SELECT m.number AS "board!: MachineNumber", ifnull(c.uid, k.uid) AS "uid: CardUid",
               u.started_at AS "start!: Millis", u.ended_at AS "end: Millis"
          FROM use_session u
          JOIN machine m ON m.id = u.machine_id
          LEFT JOIN card c ON c.id = u.card_id
          LEFT JOIN unknown_card k ON k.id = u.unknown_card_id
         WHERE u.started_at >= ? AND m.number IS NOT NULL
         ORDER BY u.started_at, u.id
        "#,
        since,
    )
    .fetch_all(&mut conn)
    .await
    .map_err(OpenError::unreadable)?;
    // Read-only: an unclean close loses nothing.
    drop(conn.close().await);
    Ok(stored)
}

/// Accepts the present uses of the machine with number `board`. Returns the machine if a use runs that the rules did
/// not allow.
pub async fn settle(tx: &mut WriteTx, board: MachineNumber) -> Result<Option<MachineId>, StoreError> {
    let settled = sqlx::query!(
        r#"UPDATE use_session SET settled = 1
            WHERE settled = 0 AND machine_id IN (SELECT id FROM machine WHERE number = ? AND archived_at IS NULL)
        RETURNING machine_id AS "machine!: MachineId", ended_at IS NULL AND authorised = 0 AS "forbidden!: bool""#,
        board,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(settled.into_iter().find(|one| one.forbidden).map(|one| one.machine))
}

/// Writes `$change` of a session of `$machine`, if any, after the statements `$first` and in one trip with `$seal`. A
/// macro, because the text of a statement must be complete where it is checked.
macro_rules! changed {
    ($conn:expr, $seal:expr, $change:expr, $machine:expr, $alias:expr, $authorised:expr,
     $first:literal $(, $argument:expr)* $(,)?) => {
        match $change {
            None => sealed!($conn, $seal, $first, $($argument,)*),
            Some(Change::Set(session)) => {
                let (end, ending) = (session.end.map(|(end, _)| end), session.end.map(|(_, ending)| ending));
                let told = session.told.map(seconds);
                sealed!(
                    $conn,
                    $seal,
                    $first + "UPDATE use_session
                        SET started_at = ?, last_sign_at = ?, ended_at = ?, ending = ?, source = ?, approximate = ?,
                            provisional = ?, other_card = ?, told_s = ?, settled = ?, twin_start = ?, twin_stop = ?
                      WHERE id = ?; ",
                    $($argument,)*
                    session.start,
                    session.last_sign,
                    end,
                    ending,
                    session.source,
                    session.approximate,
                    session.provisional,
                    session.other_card,
                    told,
                    session.settled,
                    session.twin.start,
                    session.twin.stop,
                    session.id,
                );
            }
            Some(Change::Add(new)) => {
                let (card, unknown_card) = columns(new.bearer);
                let (end, ending) = (new.end.map(|(end, _)| end), new.end.map(|(_, ending)| ending));
                let told = new.told.map(seconds);
                sealed!(
                    $conn,
                    $seal,
                    // Never the id of a deleted one, within this file: a backup continues from its own ids.
                    $first + "INSERT INTO use_session (id, machine_id, alias_id, card_id, unknown_card_id, started_at,
                                                       last_sign_at, ended_at, ending, source, approximate, provisional,
                                                       other_card, told_s, settled, twin_start, twin_stop, authorised)
                          VALUES (1 + max(ifnull((SELECT max(id) FROM use_session), 0), (SELECT last FROM use_number)),
                                  ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?); ",
                    $($argument,)*
                    $machine,
                    $alias,
                    card,
                    unknown_card,
                    new.start,
                    new.last_sign,
                    end,
                    ending,
                    new.source,
                    new.approximate,
                    new.provisional,
                    new.other_card,
                    told,
                    new.settled,
                    new.twin.start,
                    new.twin.stop,
                    $authorised,
                );
            }
            Some(Change::Remove(session)) => {
                sealed!($conn, $seal, $first + "DELETE FROM use_session WHERE id = ?; ", $($argument,)* session.id);
            }
        }
    };
}

/// Stores a board fact and its changes. The rest is written with the job's entry
/// ([`Done::lastly`](crate::Done::lastly)), because a trip to the connection's thread costs more than its statements.
pub async fn keep(
    tx: &mut WriteTx,
    machine: MachineId,
    fact: &Fact,
    situation: &Situation,
    changes: &[Change],
    begun_by: &BegunBy,
) -> Result<Rest, StoreError> {
    let mut gained = 0;
    for change in changes {
        let before = match change {
            Change::Add(_) => None,
            Change::Set(session) | Change::Remove(session) => {
                situation.open.iter().chain(&situation.closed).find(|known| known.id == session.id)
            }
        };
        gained += hours_gained(before, change);
    }
    let (last, before) = match changes.split_last() {
        Some((last, before)) => (Some(*last), before),
        None => (None, changes),
    };
    for change in before {
        let BegunBy { alias, authorised } = *begun_by;
        changed!(tx.conn(), Seal::OPEN, Some(change), machine, alias, authorised, "");
    }
    let ended = situation.ended_by(changes);
    Ok(Rest { machine, fact: *fact, last, gained, ended, begun_by: *begun_by })
}

/// The unwritten rest of a board message: the fact, the last of its changes, and the machine's hours.
#[must_use]
#[derive(Debug)]
pub struct Rest {
    machine: MachineId,
    fact: Fact,
    last: Option<Change>,
    gained: i64,
    ended: Option<UseId>,
    begun_by: BegunBy,
}

impl Rest {
    /// Writes it by itself, for a job with many messages.
    pub async fn write(self, tx: &mut WriteTx) -> Result<(), StoreError> {
        self.sealed(tx.conn(), Seal::OPEN).await?;
        Ok(())
    }

    /// Writes it in one trip with `seal`.
    pub(crate) async fn sealed(&self, conn: &mut SqliteConnection, seal: Seal<'_>) -> Result<(), sqlx::Error> {
        let Self { machine, fact, gained, ended, begun_by: BegunBy { alias, authorised }, .. } = *self;
        let (of, of_nobody) = columns(fact.bearer);
        let (action, duration) = (fact.action.as_str(), seconds(fact.duration));
        // A late message may concern an earlier use.
        let started = of.filter(|_| fact.action == Action::Start && !fact.replay);
        changed!(
            conn,
            seal,
            &self.last,
            machine,
            alias,
            authorised,
            "INSERT INTO board_fact (machine_id, card_id, unknown_card_id, action, duration_s, replay, arrived_at)
                  VALUES (?, ?, ?, ?, ?, ?, ?);
             INSERT INTO machine_total (machine_id, used_ms) VALUES (?, ?)
                 ON CONFLICT (machine_id) DO UPDATE SET used_ms = used_ms + excluded.used_ms;
             -- The use has ended, or begun: whatever its board was asked about it is done.
             UPDATE machine_request SET state = 'acknowledged', ended_at = ?
              WHERE machine_id = ? AND state IN ('queued', 'sent')
                AND (use_id = ? OR (kind = 'start' AND card_id = ?)); ",
            machine,
            of,
            of_nobody,
            action,
            duration,
            fact.replay,
            fact.at,
            machine,
            gained,
            fact.at,
            machine,
            ended,
            started,
        );
        Ok(())
    }
}

/// Who began a session.
#[derive(Debug, Clone, Copy)]
pub struct BegunBy {
    /// The holder's alias, if the card is known.
    pub alias: Option<AliasId>,
    pub authorised: bool,
}

const fn columns(bearer: CardHolder) -> (Option<CardId>, Option<UnknownCardId>) {
    match bearer {
        CardHolder::Card(id) => (Some(id), None),
        CardHolder::Unknown(id) => (None, Some(id)),
    }
}

fn seconds(duration: Duration) -> i64 {
    duration.as_secs().try_into().unwrap_or(i64::MAX)
}

/// A use in a list.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag by itself")]
pub struct Listed {
    pub id: UseId,
    pub start: Millis,
    /// When it ended; `None` while it runs.
    pub end: Option<Millis>,
    pub ending: Option<Ending>,
    /// How it was recorded.
    pub source: Source,
    pub number: Option<MachineNumber>,
    pub machine: String,
    pub kind: String,
    /// Name of the person, if known.
    pub person: Option<String>,
    /// Its hours were estimated.
    pub approximate: bool,
    pub authorised: bool,
    pub other_card: bool,
    /// It was voided.
    pub void: bool,
}

/// A part of the list of uses: those, in order, for which `$also` holds.
macro_rules! piece {
    ($also:literal, $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            Listed,
            r#"SELECT u.id AS "id!: UseId", u.started_at AS "start!: Millis", u.ended_at AS "end: Millis",
                      u.ending AS "ending: Ending", u.source AS "source!: Source", m.number AS "number: MachineNumber",
                      m.name AS machine, t.name AS kind, f.name AS "person?", u.approximate AS "approximate!: bool",
                      u.authorised AS "authorised!: bool", u.other_card AS "other_card!: bool", u.void AS "void!: bool"
                 FROM use_session u JOIN machine m ON m.id = u.machine_id JOIN equipment_type t ON t.id = m.type_id
                 LEFT JOIN alias a ON a.id = u.alias_id LEFT JOIN profile f ON f.person_id = a.person_id
                WHERE u.id > ?1 AND (?2 IS NULL OR u.ended_at IS NULL OR u.ended_at > ?2) AND (?3 IS NULL OR u.started_at < ?3)
                  AND "# + $also + " ORDER BY u.id LIMIT ?4",
            $($argument),+
        )
    };
}

/// Uses after `behind` that ran at some time from `from` until `until`, at most `limit`; `forbidden` selects those that
/// the rules did not allow, which are few among very many and have an index.
pub async fn listed(
    conn: &mut SqliteConnection,
    from: Option<Millis>,
    until: Option<Millis>,
    behind: UseId,
    forbidden: bool,
    limit: u16,
) -> Result<Vec<Listed>, StoreError> {
    if forbidden {
        return Ok(piece!("u.authorised = 0", behind, from, until, limit).fetch_all(conn).await?);
    }
    Ok(piece!("true", behind, from, until, limit).fetch_all(conn).await?)
}

/// Personal data in these tables.
pub(crate) const KEPT: &[Table] = &[
    Table::taken(
        "use_session",
        &["alias_id", "card_id", "unknown_card_id"],
        Erasing::Stays,
        "SELECT json_object('machine', m.name, 'start@', u.started_at, 'end@', u.ended_at, 'ending', u.ending) FROM \
         use_session u JOIN machine m ON m.id = u.machine_id WHERE u.id IN (SELECT id FROM use_session WHERE \
         alias_id IN mine UNION SELECT id FROM use_session WHERE card_id IN cards)",
    ),
    Table::taken(
        "last_use",
        &["person_id"],
        Erasing::Deleted,
        "SELECT json_object('machine', m.name, 'at@', u.at) FROM last_use u JOIN machine m ON m.id = u.machine_id \
         WHERE u.person_id = ?1",
    ),
];
