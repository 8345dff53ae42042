//! The audit log, a hash chain.
//!
//! Each entry's hash covers the hash before it, so an entry that is changed, removed or inserted later breaks every
//! hash after it. The newest hash is also recorded in a second place, so that the end cannot be cut off unnoticed;
//! after the oldest entries were removed on purpose, the chain itself records where it begins. Triggers stop honest
//! programs; the chain reveals what a dishonest one did to the file. An attacker who can write the file can recompute
//! the whole chain: only a hash noted elsewhere reveals that.
//!
//! Only the writer appends. Entries refer to people and things by id, so that erasing a person does not rewrite the
//! chain.

mod about;
mod cut;
mod filter;
mod things;

pub use crate::audit_entry::AuditEntry;
pub use about::about_person;
pub use cut::{ACTION as CUT, Cut, cut};
pub use filter::{AuditFilter, Row, newest};
pub use things::{Kind, Thing, things};

use crate::personal_data::{Erasing, Table};
use std::path::Path;

use futures::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use domain::{actor::Proof, audit::Subject, id::AliasId, time::Millis};

use crate::{OpenError, StoreError, WriteTx, aliases, open};

/// An entry by the principal of `proof`, under their alias of the month.
pub async fn entry(
    tx: &mut WriteTx,
    proof: &Proof,
    at: Millis,
    action: &'static str,
    subject: impl Into<Subject>,
    detail: &serde_json::Value,
) -> Result<AuditEntry, StoreError> {
    let by = aliases::alias_of(tx, proof, at).await?;
    Ok(AuditEntry::new(proof, by, at, action, subject, detail))
}

/// The newest link of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Number of the newest entry, 0 before the first.
    pub seq: i64,
    /// Its hash, all zero before the first.
    pub hash: [u8; 32],
}

impl Head {
    const GENESIS: Self = Self { seq: 0, hash: [0; 32] };

    /// The next link. Each field is hashed behind its length, so that no two entries have the same bytes.
    fn next(self, at: Millis, by: Option<AliasId>, texts: [&[u8]; 4]) -> Self {
        let seq = self.seq + 1;
        let mut sha = Sha256::new();
        sha.update(self.hash);
        sha.update(seq.to_le_bytes());
        sha.update(at.0.to_le_bytes());
        // 0 is nobody's alias.
        sha.update(by.map_or(0, |alias| alias.0).to_le_bytes());
        for text in texts {
            sha.update((text.len() as u64).to_le_bytes());
            sha.update(text);
        }
        Self { seq, hash: sha.finalize().into() }
    }
}

/// The result of [`verify`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Whole {
        /// Number of the oldest entry; older ones were removed by retention.
        first: i64,
        /// The newest link.
        head: Head,
    },
    /// The first entry that does not follow from its predecessor.
    BrokenAt(i64),
    /// Every link holds up to this head, but the chain was longer.
    Cut {
        at: Head,
        /// How many entries there were, if known.
        was: Option<i64>,
    },
    /// Every link holds, but none has the expected hash.
    Elsewhere(Head),
}

/// The newest entry, as far as the chain needs it.
struct Newest {
    seq: i64,
    hash: Vec<u8>,
}

impl Head {
    fn of(newest: Option<Newest>) -> Result<Self, sqlx::Error> {
        newest.map_or(Ok(Self::GENESIS), |Newest { seq, hash }| {
            let hash = hash.try_into().map_err(|_| sqlx::Error::Decode("an audit hash is not 32 bytes".into()))?;
            Ok(Self { seq, hash })
        })
    }
}

/// Reads the newest link.
pub async fn head(conn: &mut SqliteConnection) -> Result<Head, sqlx::Error> {
    let newest = sqlx::query_as!(Newest, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1");
    Head::of(newest.fetch_optional(conn).await?)
}

/// Begins a transaction, opens the first job's savepoint and reads the newest link, in one trip. It is read each time,
/// not remembered: a repair tool may have written to the file meanwhile.
pub(crate) async fn begin(conn: &mut SqliteConnection) -> Result<Head, sqlx::Error> {
    // IMMEDIATE: take the write lock now. A read that turns into a write later fails at once, without waiting, when another
    // process wrote in between (SQLITE_BUSY_SNAPSHOT).
    let newest = sqlx::query_as!(
        Newest,
        "BEGIN IMMEDIATE; SAVEPOINT job; SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"
    );
    Head::of(newest.fetch_optional(conn).await?)
}

/// What follows a job's statements, in the same trip.
#[derive(Debug, Clone, Copy)]
pub(crate) enum NextStep {
    /// Nothing: the job continues.
    GoesOn,
    /// The job's savepoint is closed, and the next one opened.
    NextJob,
    /// The savepoint is closed and the transaction, which began at this link, committed.
    Commit(Head),
}

/// The end of a batch of statements that also writes the job's audit entry: each trip to the connection's thread costs
/// as much as its statements, and nearly every job writes one entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seal<'a> {
    /// The entry to append.
    pub(crate) entry: Option<&'a AuditEntry>,
    /// The newest link, the entry's own if there is one.
    pub(crate) link: Head,
    pub(crate) then: NextStep,
}

impl Seal<'_> {
    /// Appends nothing: the job continues.
    pub(crate) const OPEN: Self = Self { entry: None, link: Head::GENESIS, then: NextStep::GoesOn };
}

/// Runs the statements in one trip, followed by those of `$seal`; a failure skips the rest. A macro, because the text
/// of a statement is checked where it is written and so must be complete there. Each statement ends with a semicolon.
macro_rules! sealed {
    (@run $conn:expr, [$($sql:tt)*] [$($argument:expr,)*]) => {
        sqlx::query!($($sql)*, $($argument,)*).execute(&mut *$conn).await?
    };
    (@record $conn:expr, $link:expr, $entry:expr, [$($sql:tt)*] $then:literal
     [$($argument:expr,)*] [$($last:expr,)*]) => {{
        let (link, entry) = ($link, $entry);
        let (hash, door) = (link.hash.as_slice(), entry.door.as_str());
        sealed!(@run $conn,
            [$($sql)* + "INSERT INTO audit (seq, at, alias, door, action, subject, detail, hash)
                              VALUES (?, ?, ?, ?, ?, ?, ?, ?); " + $then]
            [$($argument,)* link.seq, entry.at, entry.by, door, entry.action, entry.subject, entry.detail, hash,
             $($last,)*])
    }};
    ($conn:expr, $seal:expr, $first:literal $(+ $more:literal)* $(, $argument:expr)* $(,)?) => {{
        let $crate::audit::Seal { entry, link, then } = $seal;
        let end = link.hash.as_slice();
        match (entry, then) {
            (None, $crate::audit::NextStep::GoesOn) => sealed!(@run $conn, [$first $(+ $more)*] [$($argument,)*]),
            (None, $crate::audit::NextStep::NextJob) => {
                sealed!(@run $conn, [$first $(+ $more)* + "RELEASE job; SAVEPOINT job"] [$($argument,)*])
            }
            (None, $crate::audit::NextStep::Commit(before)) => {
                let has_grown = link != before;
                sealed!(@run $conn,
                    [$first $(+ $more)* + "RELEASE job; UPDATE audit_head SET seq = ?, hash = ? WHERE ?; COMMIT"]
                    [$($argument,)* link.seq, end, has_grown,])
            }
            (Some(entry), $crate::audit::NextStep::GoesOn) => {
                sealed!(@record $conn, link, entry, [$first $(+ $more)*] "" [$($argument,)*] [])
            }
            (Some(entry), $crate::audit::NextStep::NextJob) => sealed!(
                @record $conn, link, entry, [$first $(+ $more)*] "RELEASE job; SAVEPOINT job" [$($argument,)*] []
            ),
            (Some(entry), $crate::audit::NextStep::Commit(_)) => sealed!(
                @record $conn, link, entry, [$first $(+ $more)*]
                "RELEASE job; UPDATE audit_head SET seq = ?, hash = ?; COMMIT" [$($argument,)*] [link.seq, end,]
            ),
        };
    }};
}
pub(crate) use sealed;

/// Commits a transaction that began at the link `before` and whose last job was undone. If the chain has grown, its end
/// is recorded in the second place, once per commit and in the same trip; if that fails, nothing is committed.
pub(crate) async fn commit(conn: &mut SqliteConnection, before: Head, head: Head) -> Result<(), sqlx::Error> {
    sealed!(conn, Seal { entry: None, link: head, then: NextStep::Commit(before) }, "");
    Ok(())
}

/// The last statements of a job, which are written in one trip with its seal.
pub(crate) trait Last {
    async fn sealed(&self, conn: &mut SqliteConnection, seal: Seal<'_>) -> Result<(), sqlx::Error>;
}

/// Appends `entries` after `head`, writes `rest`, does what `then` says and returns the new head.
pub(crate) async fn append_and_keep(
    conn: &mut SqliteConnection,
    mut head: Head,
    entries: &[AuditEntry],
    rest: Option<&impl Last>,
    then: NextStep,
) -> Result<Head, sqlx::Error> {
    let (last, before) = entries.split_last().map_or((None, entries), |(last, before)| (Some(last), before));
    for entry in before {
        head = entry.behind(head);
        sealed!(conn, Seal { entry: Some(entry), link: head, then: NextStep::GoesOn }, "");
    }
    if let Some(last) = last {
        head = last.behind(head);
    }
    let seal = Seal { entry: last, link: head, then };
    if let Some(rest) = rest {
        rest.sealed(conn, seal).await?;
    } else {
        sealed!(conn, seal, "");
    }
    Ok(head)
}

impl AuditEntry {
    fn behind(&self, head: Head) -> Head {
        let texts = [self.door.as_str(), self.action, &self.subject, &self.detail];
        head.next(self.at, self.by, texts.map(str::as_bytes))
    }
}

/// Verifies the whole chain, one entry in memory at a time, and checks that it contains the hash `noted`.
pub async fn verify(conn: &mut SqliteConnection, noted: Option<[u8; 32]>) -> Result<Verdict, sqlx::Error> {
    let stored = stored_head(&mut *conn).await?;
    let start = cut::start(&mut *conn).await?;
    // What the chain must record of its beginning after a cut.
    let beginning = cut::to_json(start).to_string();
    let mut reported = start == Head::GENESIS;
    // Texts as bytes: after tampering they need not be text.
    let mut entries = sqlx::query!(
        r#"SELECT seq, at AS "at: Millis", alias AS "alias: AliasId",
                  CAST(door AS BLOB) AS "door!: Vec<u8>", CAST(action AS BLOB) AS "action!: Vec<u8>",
                  CAST(subject AS BLOB) AS "subject!: Vec<u8>", CAST(detail AS BLOB) AS "detail!: Vec<u8>", hash
             FROM audit ORDER BY seq"#
    )
    .fetch(conn);
    let mut head = start;
    let mut met = noted.is_none_or(|noted| noted == head.hash);
    while let Some(entry) = entries.try_next().await? {
        let next = head.next(entry.at, entry.alias, [&entry.door, &entry.action, &entry.subject, &entry.detail]);
        if next.seq != entry.seq || entry.hash != next.hash {
            return Ok(Verdict::BrokenAt(entry.seq));
        }
        head = next;
        met |= noted == Some(head.hash);
        reported |= entry.action == CUT.as_bytes() && entry.detail == beginning.as_bytes();
    }
    drop(entries);
    if !reported {
        return Ok(Verdict::BrokenAt(start.seq + 1));
    }
    Ok(match stored {
        WitnessHead::Row(row) if row != head => Verdict::Cut { at: head, was: Some(row.seq) },
        WitnessHead::Gone => Verdict::Cut { at: head, was: None },
        _ if !met => Verdict::Elsewhere(head),
        WitnessHead::Row(_) => Verdict::Whole { first: start.seq + 1, head },
    })
}

/// The head recorded in the second place.
enum WitnessHead {
    Row(Head),
    /// Its table is there but empty.
    Gone,
}

async fn stored_head(conn: &mut SqliteConnection) -> Result<WitnessHead, sqlx::Error> {
    let there = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'audit_head') AS "there!: bool""#
    );
    if !there.fetch_one(&mut *conn).await? {
        return Ok(WitnessHead::Gone);
    }
    let row = sqlx::query!("SELECT seq, hash FROM audit_head").fetch_optional(conn).await?;
    Ok(match row.map(|row| (row.seq, row.hash.try_into())) {
        Some((seq, Ok(hash))) => WitnessHead::Row(Head { seq, hash }),
        Some((_, Err(_))) | None => WitnessHead::Gone,
    })
}

/// Verifies the chain of the file at `path` without changing it: a running server may use it, or it may be a copy on a
/// read-only disk.
pub async fn verify_file(path: &Path, noted: Option<[u8; 32]>) -> Result<Verdict, OpenError> {
    let gently = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut conn = match gently.clone().connect().await {
        Ok(conn) => conn,
        // Without permission to write beside the file its log cannot be read. If there is none, none is needed.
        Err(_) if path.is_file() && !log_of(path).exists() => {
            gently.immutable(true).connect().await.map_err(OpenError::unreadable)?
        }
        Err(error) => return Err(OpenError::unreadable(error)),
    };
    open::recognise(&mut conn).await?;
    // One view from the first entry to the last, however long the walk takes.
    let verdict = verify(&mut conn, noted).await.map_err(OpenError::unreadable)?;
    // Read-only: an unclean close loses nothing.
    drop(conn.close().await);
    Ok(verdict)
}

fn log_of(path: &Path) -> std::path::PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::taken(
    "audit",
    &["alias", "subject"],
    Erasing::Stays,
    "SELECT json_object('number', a.seq, 'action', a.action, 'subject', a.subject, 'door', a.door, 'detail', \
         a.detail, 'by_you?', a.alias IN mine, 'at@', a.at) FROM audit a WHERE a.seq IN (SELECT seq FROM audit \
         WHERE subject = ?2 UNION SELECT seq FROM audit WHERE alias IN mine AND ?3)",
)];
