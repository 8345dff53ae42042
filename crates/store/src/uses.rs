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

use crate::personal_data::{Erasing, Table};
use std::{path::Path, time::Duration};

use domain::{
    boards::MachineNumber,
    cards::CardUid,
    doors::Leaves,
    id::{AliasId, CardId, MachineId, PersonId, UnknownCardId, UseId},
    settings::Settings,
    time::Millis,
    uses::{Action, CardHolder, Change, Corrected, Ending, Fact, Session, Situation, Source, Twin, hours_gained},
};
use serde::Deserialize;
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    OpenError, StoreError, WriteTx, aliases,
    audit::{Last, Seal, sealed},
    json::{self, List},
    open,
    settings::{self, SettingItem},
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

/// The machine, card and uses that a board's message is about.
#[derive(Debug)]
pub struct BoardReport {
    /// The machine and the card.
    pub bearing: SwipeContext,
    /// It is the reader of a door.
    pub door: Option<Leaves>,
    /// The card's holder may have a booking here that the use keeps or completes.
    pub has_booking: bool,
    /// The uses that the message can be about. When the board logs its users out is left to the caller.
    pub situation: Situation,
}

/// A board's message, as far as it decides what has to be known.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    pub board: MachineNumber,
    pub uid: &'a CardUid,
    /// When it arrived.
    pub at: Millis,
    /// How long the use has lasted.
    pub lasted: Duration,
    pub replay: bool,
    /// It reports an end: another person's booking may be the cause.
    pub ends: bool,
}

impl Message<'_> {
    /// The earliest instant at which a use that it reports has begun, unless others leave no room for it.
    #[must_use]
    pub fn since(&self) -> Millis {
        self.at.before(self.lasted)
    }
}

/// A row of `at_board.sql`, where each column is explained.
struct Row {
    machine: MachineId,
    card: Option<CardId>,
    person: Option<PersonId>,
    alias: Option<AliasId>,
    unknown_card: Option<UnknownCardId>,
    settings: List<SettingItem>,
    door: Option<Leaves>,
    has_booking: bool,
    uses: List<UseItem>,
}

/// A use in the statement's list.
#[derive(Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the table has eight, and three are found")]
struct UseItem {
    id: UseId,
    card: Option<CardId>,
    unknown_card: Option<UnknownCardId>,
    start: Millis,
    last_sign: Millis,
    end: Option<Millis>,
    ending: Option<Ending>,
    source: Source,
    #[serde(deserialize_with = "json::flag")]
    approximate: bool,
    #[serde(deserialize_with = "json::flag")]
    provisional: bool,
    #[serde(deserialize_with = "json::flag")]
    other_card: bool,
    told: Option<i64>,
    #[serde(deserialize_with = "json::flag")]
    settled: bool,
    #[serde(deserialize_with = "json::flag")]
    twin_start: bool,
    #[serde(deserialize_with = "json::flag")]
    twin_stop: bool,
    #[serde(deserialize_with = "json::flag")]
    corrected: bool,
    reported_end: Option<Millis>,
    told_ending: Option<Ending>,
    #[serde(deserialize_with = "json::flag")]
    void: bool,
    #[serde(deserialize_with = "json::flag")]
    told_to_stop: bool,
    #[serde(deserialize_with = "json::flag")]
    for_booking: bool,
    booked: Option<Millis>,
}

impl UseItem {
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
            reported: self.told.map(|seconds| Duration::from_secs(seconds.unsigned_abs())),
            settled: self.settled,
            twin: Twin { start: self.twin_start, stop: self.twin_stop },
            corrected: self
                .corrected
                .then(|| Corrected { reported: self.reported_end.zip(self.told_ending), void: self.void }),
        })
    }
}

impl List<UseItem> {
    /// The open session and the closed ones, as they come.
    fn situation(self) -> Result<Situation, sqlx::Error> {
        let mut situation = Situation { closed: Vec::with_capacity(self.0.len()), ..Situation::default() };
        for item in self.0 {
            situation.told_to_stop |= item.told_to_stop;
            situation.for_booking |= item.told_to_stop && item.for_booking;
            situation.booked = situation.booked.or(item.booked);
            let session = item.session()?;
            if session.end.is_none() { situation.open = Some(session) } else { situation.closed.push(session) }
        }
        Ok(situation)
    }
}

/// Finds the machine and the card of a message, the machine's open session and its last `closed` closed ones. `None` when
/// there is no such machine.
pub async fn reported_by_board(
    conn: &mut SqliteConnection,
    message: Message<'_>,
    closed: u8,
) -> Result<Option<BoardReport>, StoreError> {
    let Message { board, uid, at, replay, ends, .. } = message;
    let (month, since, ended) = (aliases::month(at), message.since(), ends.then_some(at));
    let (begins_after, holds_after) = (ended.map(crate::longest::too_early), crate::longest::too_early(since));
    let row = sqlx::query_file_as!(
        Row,
        "src/uses/at_board.sql",
        board,
        None::<MachineId>,
        uid,
        month,
        closed,
        replay,
        ended,
        begins_after,
        since,
        holds_after,
    );
    let Some(row) = row.fetch_optional(conn).await? else { return Ok(None) };
    Ok(Some(BoardReport {
        bearing: SwipeContext {
            machine: row.machine,
            card: row.card.zip(row.person),
            alias: row.alias,
            unknown_card: row.unknown_card,
            settings: Settings::resolve(settings::of_items(row.settings.0)),
        },
        door: row.door,
        has_booking: row.has_booking,
        situation: row.uses.situation()?,
    }))
}

/// The open session of `machine` and its last `closed` closed ones, for a plain message that names no card and no end.
pub async fn situation(
    conn: &mut SqliteConnection,
    machine: MachineId,
    closed: u8,
) -> Result<Situation, StoreError> {
    let row = sqlx::query_file_as!(
        Row,
        "src/uses/at_board.sql",
        None::<MachineNumber>,
        machine,
        None::<String>,
        None::<i64>,
        closed,
        false,
        None::<Millis>,
        None::<Millis>,
        None::<Millis>,
        None::<Millis>,
    );
    let row = row.fetch_optional(conn).await?;
    Ok(row.map(|row| row.uses.situation()).transpose()?.unwrap_or_default())
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

/// Accepts the present uses of the machine with number `board`, or the openings of the door. Returns the machine if a use runs that the rules did
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
    crate::doors::settle(tx, board).await?;
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
                let told = session.reported.map(seconds);
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
                let told = new.reported.map(seconds);
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
}

impl Last for Rest {
    async fn sealed(&self, conn: &mut SqliteConnection, seal: Seal<'_>) -> Result<(), sqlx::Error> {
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
pub(crate) const PERSONAL_DATA: &[Table] = &[
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
