//! The record of what was done, as a hash chain.
//!
//! Each entry's hash covers the hash before it, so an entry that is changed, removed or slipped in later
//! breaks every hash after it. Triggers keep honest programs from trying; the chain shows what a dishonest
//! one did with the file. Publishing the newest hash now and then (in the weekly mail, say) keeps even the
//! owner of the file from rewriting history unseen.
//!
//! Only the writer appends. Entries name people and things by id, so that forgetting a person does not mean
//! rewriting the chain.

use futures::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;

use domain::{
    actor::{Door, Proof},
    id::AliasId,
    time::Millis,
};

use crate::{StoreError, WriteTx, people};

/// One thing that was done. There is none without the [`Proof`] that it was allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    at: Millis,
    by: Option<AliasId>,
    door: Door,
    action: &'static str,
    subject: String,
    detail: String,
}

impl AuditEntry {
    /// What was done at `at`: `action` is `use.start`, `subject` is `machine:7`, `detail` the particulars, ids and words
    /// only. `by` is the alias of whoever did it, where that is not the proof's own person: somebody whose card a board
    /// named. Everything else takes [`entry`].
    #[must_use]
    pub fn new(
        proof: &Proof,
        by: Option<AliasId>,
        at: Millis,
        action: &'static str,
        subject: impl Into<String>,
        detail: &serde_json::Value,
    ) -> Self {
        Self { at, by, door: proof.door(), action, subject: subject.into(), detail: detail.to_string() }
    }
}

/// What whoever `proof` stands for did at `at`, under their alias of the month.
pub async fn entry(
    tx: &mut WriteTx,
    proof: &Proof,
    at: Millis,
    action: &'static str,
    subject: impl Into<String>,
    detail: &serde_json::Value,
) -> Result<AuditEntry, StoreError> {
    let by = match proof.by() {
        Some(person) => Some(people::alias(tx, person, at).await?),
        None => None,
    };
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

    /// The link after this one. Each field goes in behind its length, so that no two entries can be
    /// spelled with the same bytes.
    fn next(self, at: Millis, by: Option<AliasId>, texts: [&str; 4]) -> Self {
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

/// What [`verify`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every link holds up to this head.
    Whole(Head),
    /// The first entry that does not follow from the one before it.
    BrokenAt(i64),
}

/// Reads the newest link.
pub async fn head(conn: &mut SqliteConnection) -> Result<Head, sqlx::Error> {
    let row = sqlx::query!("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetch_optional(conn).await?;
    row.map_or(Ok(Head::GENESIS), |row| {
        let hash = row.hash.try_into().map_err(|_| sqlx::Error::Decode("an audit hash is not 32 bytes".into()))?;
        Ok(Head { seq: row.seq, hash })
    })
}

/// Adds `entry` behind `head`, closes the job's savepoint over it, opens the next one, and answers the new head.
///
/// Three statements in one string, because each trip to the connection's thread costs as much as they do.
/// When the first fails the others are not run.
pub(crate) async fn append_and_keep(
    conn: &mut SqliteConnection,
    head: Head,
    entry: &AuditEntry,
) -> Result<Head, sqlx::Error> {
    let new = head.next(entry.at, entry.by, [entry.door.word(), entry.action, &entry.subject, &entry.detail]);
    let (hash, door) = (new.hash.as_slice(), entry.door.word());
    sqlx::query!(
        "INSERT INTO audit (seq, at, alias, door, action, subject, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?);
         RELEASE job;
         SAVEPOINT job",
        new.seq,
        entry.at,
        entry.by,
        door,
        entry.action,
        entry.subject,
        entry.detail,
        hash,
    )
    .execute(conn)
    .await?;
    Ok(new)
}

/// Closes the savepoint of a job that leaves no entry, and opens the next one.
pub(crate) async fn keep(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("RELEASE job; SAVEPOINT job").execute(conn).await?;
    Ok(())
}

/// Walks the whole chain, one entry in memory at a time.
pub async fn verify(conn: &mut SqliteConnection) -> Result<Verdict, sqlx::Error> {
    let mut entries = sqlx::query!(
        r#"SELECT seq, at AS "at: Millis", alias AS "alias: AliasId", door, action, subject, detail, hash
             FROM audit ORDER BY seq"#
    )
    .fetch(conn);
    let mut head = Head::GENESIS;
    while let Some(entry) = entries.try_next().await? {
        let next = head.next(entry.at, entry.alias, [&entry.door, &entry.action, &entry.subject, &entry.detail]);
        if next.seq != entry.seq || entry.hash != next.hash {
            return Ok(Verdict::BrokenAt(entry.seq));
        }
        head = next;
    }
    Ok(Verdict::Whole(head))
}
