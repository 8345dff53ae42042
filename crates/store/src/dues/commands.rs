//! Commands to payment processors: rows of `dues_command`.

use super::reference;
use crate::{StoreError, WriteTx};
use domain::{
    dues::{CommandKind, CommandState, Processor, Reference, Trouble},
    id::{AliasId, DuesCommandId, PersonId},
    time::Millis,
};
use sqlx::SqliteConnection;

#[derive(Debug, Clone)]
pub struct NewCommand {
    pub person: PersonId,
    pub processor: Processor,
    pub kind: CommandKind,
    /// The customer to remove.
    pub reference: Option<Reference>,
    /// Sent with every try.
    pub key: String,
    pub at: Millis,
    pub by: Option<AliasId>,
}

/// Queues a command; it is due at once. It replaces a failed removal of the same customer.
pub async fn queue(tx: &mut WriteTx, new: &NewCommand) -> Result<DuesCommandId, StoreError> {
    let reference = new.reference.as_ref().map(Reference::as_str);
    sqlx::query!(
        "UPDATE dues_command SET state = 'cancelled', reference = NULL
          WHERE person_id = ? AND processor = ? AND reference = ? AND next_at IS NULL",
        new.person,
        new.processor,
        reference,
    )
    .execute(tx.conn())
    .await?;
    let made = sqlx::query!(
        "INSERT INTO dues_command (person_id, processor, kind, reference, key, queued_at, queued_by, next_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?6)",
        new.person,
        new.processor,
        new.kind,
        reference,
        new.key,
        new.at,
        new.by,
    )
    .execute(tx.conn())
    .await?;
    Ok(DuesCommandId(made.last_insert_rowid()))
}

/// A command with the names of its people.
#[derive(Debug, Clone)]
pub struct CommandRow {
    pub id: DuesCommandId,
    pub person: PersonId,
    /// Their name; `None` once erased.
    pub name: Option<String>,
    pub email: Option<String>,
    pub processor: Processor,
    pub kind: CommandKind,
    /// The customer to remove, until that is done or cancelled.
    pub reference: Option<Reference>,
    pub key: String,
    pub state: CommandState,
    pub queued: Millis,
    /// The name of the person who queued it, if known.
    pub by: Option<String>,
    pub tries: u32,
    pub tried: Option<Millis>,
    pub next: Option<Millis>,
    /// Why the last try failed.
    pub trouble: Option<Trouble>,
    pub settled: Option<Millis>,
}

struct Read {
    id: DuesCommandId,
    person: PersonId,
    name: Option<String>,
    email: Option<String>,
    processor: Processor,
    kind: CommandKind,
    reference: Option<String>,
    key: String,
    state: CommandState,
    queued: Millis,
    by: Option<String>,
    tries: u32,
    tried: Option<Millis>,
    next: Option<Millis>,
    trouble: Option<Trouble>,
    settled: Option<Millis>,
}

impl Read {
    fn row(self) -> Result<CommandRow, sqlx::Error> {
        Ok(CommandRow {
            id: self.id,
            person: self.person,
            name: self.name,
            email: self.email,
            processor: self.processor,
            kind: self.kind,
            reference: self.reference.as_deref().map(reference).transpose()?,
            key: self.key,
            state: self.state,
            queued: self.queued,
            by: self.by,
            tries: self.tries,
            tried: self.tried,
            next: self.next,
            trouble: self.trouble,
            settled: self.settled,
        })
    }
}

/// Reads the commands that `$which` selects.
macro_rules! rows {
    ($which:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Read,
            r#"SELECT c.id AS "id!: DuesCommandId", c.person_id AS "person!: PersonId", f.name AS "name?: String",
                      f.email AS "email?: String", c.processor AS "processor!: Processor", c.kind AS "kind!: CommandKind",
                      c.reference, c.key, c.state AS "state!: CommandState", c.queued_at AS "queued!: Millis",
                      b.name AS "by?: String", c.tries AS "tries!: u32", c.tried_at AS "tried?: Millis",
                      c.next_at AS "next?: Millis", c.trouble AS "trouble?: Trouble", c.settled_at AS "settled?: Millis"
                 FROM dues_command c
                 LEFT JOIN profile f ON f.person_id = c.person_id
                 LEFT JOIN alias a ON a.id = c.queued_by
                 LEFT JOIN profile b ON b.person_id = a.person_id
                WHERE "# + $which,
            $($argument),*
        )
    };
}

fn all(rows: Vec<Read>) -> Result<Vec<CommandRow>, StoreError> {
    Ok(rows.into_iter().map(Read::row).collect::<Result<_, _>>()?)
}

pub async fn one(conn: &mut SqliteConnection, id: DuesCommandId) -> Result<Option<CommandRow>, StoreError> {
    let row = rows!("c.id = ?", id).fetch_optional(conn).await?;
    Ok(row.map(Read::row).transpose()?)
}

/// The last command about `person`.
pub async fn last_of(conn: &mut SqliteConnection, person: PersonId) -> Result<Option<CommandRow>, StoreError> {
    let row = rows!("c.person_id = ? ORDER BY c.id DESC LIMIT 1", person).fetch_optional(conn).await?;
    Ok(row.map(Read::row).transpose()?)
}

/// Waiting commands, failed removals, and those settled since `since`: the first two first, then the newest.
pub async fn list(conn: &mut SqliteConnection, since: Millis, most: u32) -> Result<Vec<CommandRow>, StoreError> {
    let rows = rows!(
        "c.next_at IS NOT NULL OR c.reference IS NOT NULL OR c.settled_at >= ?
          ORDER BY c.next_at IS NULL, c.reference IS NULL, c.queued_at DESC, c.id DESC LIMIT ?",
        since,
        most
    );
    all(rows.fetch_all(conn).await?)
}

/// Commands to `processor` that are due at `now`, oldest first.
pub async fn due(
    conn: &mut SqliteConnection,
    processor: Processor,
    now: Millis,
) -> Result<Vec<CommandRow>, StoreError> {
    let rows = rows!("c.processor = ? AND c.next_at <= ? ORDER BY c.next_at, c.id LIMIT 50", processor, now);
    all(rows.fetch_all(conn).await?)
}

/// How many commands wait, by processor; none for a processor without.
pub async fn waiting(conn: &mut SqliteConnection) -> Result<Vec<(Processor, u32)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT processor AS "processor!: Processor", count(*) AS "count!: u32" FROM dues_command
            WHERE next_at IS NOT NULL GROUP BY processor"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.processor, row.count)).collect())
}

/// Whether a command about `person` waits.
pub async fn is_waiting(conn: &mut SqliteConnection, person: PersonId) -> Result<bool, StoreError> {
    let is = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM dues_command WHERE person_id = ? AND next_at IS NOT NULL) AS "is!: bool""#,
        person,
    );
    Ok(is.fetch_one(conn).await?)
}

/// Stores a failed try at `at`, the next at `next`.
pub async fn failed(
    tx: &mut WriteTx,
    id: DuesCommandId,
    trouble: Trouble,
    at: Millis,
    next: Millis,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE dues_command SET tries = tries + 1, tried_at = ?3, trouble = ?2, next_at = ?4 WHERE id = ?1 AND next_at IS NOT NULL",
        id,
        trouble,
        at,
        next,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Settles a waiting command or a failed removal in `state`; `tried`: by a try at that time. Its reference is deleted, unless it is
/// a removal that failed: the customer goes on paying, and once the person is erased, nothing else has the reference.
pub async fn settle(
    tx: &mut WriteTx,
    id: DuesCommandId,
    state: CommandState,
    trouble: Option<Trouble>,
    tried: bool,
    at: Millis,
) -> Result<bool, StoreError> {
    let settled = sqlx::query!(
        "UPDATE dues_command SET state = ?2, trouble = ?3, tries = tries + ?4, tried_at = CASE WHEN ?4 THEN ?5 ELSE tried_at END,
                next_at = NULL, settled_at = ?5,
                reference = CASE WHEN kind = 'remove' AND ?2 IN ('refused', 'gave-up') THEN reference END
          WHERE id = ?1 AND (next_at IS NOT NULL OR reference IS NOT NULL)",
        id,
        state,
        trouble,
        tried,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(settled.rows_affected() > 0)
}

/// Makes a waiting command due at `at`, and queues a failed removal again; returns whether it was one of them.
pub async fn retry(tx: &mut WriteTx, id: DuesCommandId, at: Millis) -> Result<bool, StoreError> {
    let retried = sqlx::query!(
        "UPDATE dues_command
            SET state = 'waiting', next_at = ?1, settled_at = NULL, queued_at = iif(next_at IS NULL, ?1, queued_at),
                tries = iif(next_at IS NULL, 0, tries)
          WHERE id = ?2 AND (next_at IS NOT NULL OR reference IS NOT NULL)",
        at,
        id,
    );
    Ok(retried.execute(tx.conn()).await?.rows_affected() > 0)
}
