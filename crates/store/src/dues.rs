//! Dues of members: rows of `dues`, and beside them [`commands`], [`events`], [`processors`] and [`subscriptions`].
//!
//! Invariant: a person has at most one reference, and a reference at most one person. Not here: which status follows from an
//! answer (`domain::dues`).

pub mod commands;
pub mod events;
pub mod processors;
mod queries;
pub mod subscriptions;

pub use queries::{Change, Counts, Line, bookings_ahead, changes, counts, lines, notices};

use crate::{
    StoreError, WriteTx,
    personal_data::{Erasing, Table},
};
use domain::{
    dues::{DuesStatus, Processor, Reference, Standing},
    id::{HoldId, PersonId},
    time::{Date, Millis},
};
use sqlx::SqliteConnection;

/// A person's dues.
#[derive(Debug, Clone)]
pub struct DuesRow {
    pub person: PersonId,
    pub reference: Reference,
    pub status: DuesStatus,
    /// When the status began.
    pub since: Millis,
    pub standing: Standing,
    /// The day on which it became known that they are late, or that their membership is over.
    pub known: Option<Date>,
    /// The subscription that a manager chose as dues.
    pub chosen: Option<String>,
    /// The last day of the time that a manager gave.
    pub more_time: Option<Date>,
    /// The hold that was placed because of these dues.
    pub hold: Option<HoldId>,
    pub linked: Millis,
    /// When the processor last answered about them.
    pub answered: Option<Millis>,
    /// When it was last asked.
    pub tried: Option<Millis>,
    pub version: i64,
}

struct Read {
    person: PersonId,
    reference: String,
    status: DuesStatus,
    since: Millis,
    paid_until: i64,
    is_ending: bool,
    known: Option<i64>,
    chosen: Option<String>,
    more_time: Option<i64>,
    hold: Option<HoldId>,
    linked: Millis,
    answered: Option<Millis>,
    tried: Option<Millis>,
    version: i64,
}

/// A stored reference. Only valid ones are written.
fn reference(text: &str) -> Result<Reference, sqlx::Error> {
    Reference::parse(text).ok_or_else(|| sqlx::Error::Decode("not a reference of a payment processor".into()))
}

impl Read {
    fn row(self) -> Result<DuesRow, sqlx::Error> {
        Ok(DuesRow {
            person: self.person,
            reference: reference(&self.reference)?,
            status: self.status,
            since: self.since,
            standing: Standing { paid_until: Date::from_days(self.paid_until), ended: self.is_ending },
            known: self.known.map(Date::from_days),
            chosen: self.chosen,
            more_time: self.more_time.map(Date::from_days),
            hold: self.hold,
            linked: self.linked,
            answered: self.answered,
            tried: self.tried,
            version: self.version,
        })
    }
}

/// Reads the rows that `$which` selects.
macro_rules! rows {
    ($which:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Read,
            r#"SELECT d.person_id AS "person!: PersonId", d.reference, d.status AS "status!: DuesStatus",
                      d.since_at AS "since!: Millis", d.paid_until, d.is_ending AS "is_ending!: bool",
                      d.known_on AS known, d.chosen, d.more_time,
                      d.hold_id AS "hold?: HoldId", d.linked_at AS "linked!: Millis", d.answered_at AS "answered?: Millis",
                      d.tried_at AS "tried?: Millis", d.version
                 FROM dues d WHERE "# + $which,
            $($argument),*
        )
    };
}

/// The dues of `person`, if they are linked to a customer.
pub async fn one(conn: &mut SqliteConnection, person: PersonId) -> Result<Option<DuesRow>, StoreError> {
    let row = rows!("d.person_id = ?", person).fetch_optional(conn).await?;
    Ok(row.map(Read::row).transpose()?)
}

/// The dues of the person with this reference.
pub async fn by_reference(
    conn: &mut SqliteConnection,
    reference: &Reference,
) -> Result<Option<DuesRow>, StoreError> {
    let (processor, text) = (reference.processor(), reference.as_str());
    let row = rows!("d.processor = ? AND d.reference = ?", processor, text).fetch_optional(conn).await?;
    Ok(row.map(Read::row).transpose()?)
}

/// All dues at `processor`, by reference.
pub async fn at_processor(conn: &mut SqliteConnection, processor: Processor) -> Result<Vec<DuesRow>, StoreError> {
    let rows = rows!("d.processor = ? ORDER BY d.reference", processor).fetch_all(conn).await?;
    Ok(rows.into_iter().map(Read::row).collect::<Result<_, _>>()?)
}

/// At most `most` customers of the same processor but `reference`, whose membership is not known to end and who are not known to be
/// missing there; those about whom it answered last come first.
pub async fn others(
    conn: &mut SqliteConnection,
    reference: &Reference,
    most: u32,
) -> Result<Vec<Reference>, StoreError> {
    let (processor, text) = (reference.processor(), reference.as_str());
    let found = sqlx::query_scalar!(
        r#"SELECT d.reference AS "reference!: String" FROM dues d
            WHERE d.processor = ?1 AND d.reference <> ?2 AND d.status <> 'ended' AND d.is_ending = 0
              AND NOT EXISTS (SELECT 1 FROM dues_difference x
                               WHERE x.processor = d.processor AND x.reference = d.reference AND x.there IS NULL)
            ORDER BY d.answered_at IS NULL, d.answered_at DESC, d.person_id LIMIT ?3"#,
        processor,
        text,
        most,
    );
    let found = found.fetch_all(conn).await?;
    Ok(found.iter().map(|text| self::reference(text)).collect::<Result<_, _>>()?)
}

/// Links `person` to a customer. The first day counts as paid until the processor answers.
pub async fn link(
    tx: &mut WriteTx,
    person: PersonId,
    reference: &Reference,
    paid_until: Date,
    at: Millis,
) -> Result<(), StoreError> {
    let (processor, text, paid_until) = (reference.processor(), reference.as_str(), paid_until.days());
    sqlx::query!(
        "INSERT INTO dues (person_id, processor, reference, status, since_at, paid_until, linked_at, ask_at)
         VALUES (?1, ?2, ?3, 'current', ?5, ?4, ?5, ?5)",
        person,
        processor,
        text,
        paid_until,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// It has been known since `day` that `person` is late.
pub async fn late_since(tx: &mut WriteTx, person: PersonId, day: Date) -> Result<(), StoreError> {
    let day = day.days();
    sqlx::query!("UPDATE dues SET known_on = ? WHERE person_id = ?", day, person).execute(tx.conn()).await?;
    Ok(())
}

/// Removes the link of `person` to their customer.
pub async fn unlink(tx: &mut WriteTx, person: PersonId) -> Result<(), StoreError> {
    subscriptions::forget(tx, person).await?;
    sqlx::query!("DELETE FROM dues WHERE person_id = ?", person).execute(tx.conn()).await?;
    Ok(())
}

/// An answer of the processor, and the status that follows.
#[derive(Debug, Clone, Copy)]
pub struct ProcessorAnswer {
    pub standing: Standing,
    pub status: DuesStatus,
    pub known: Option<Date>,
    pub more_time: Option<Date>,
    pub hold: Option<HoldId>,
}

/// Stores an answer about `person` that came at `at` to a question from `began`; they need not be asked about any more, unless
/// something called for it since.
pub async fn answered(
    tx: &mut WriteTx,
    person: PersonId,
    answer: &ProcessorAnswer,
    (at, began): (Millis, Millis),
) -> Result<(), StoreError> {
    let (paid_until, more_time) = (answer.standing.paid_until.days(), answer.more_time.map(Date::days));
    let known = answer.known.map(Date::days);
    sqlx::query!(
        "UPDATE dues SET paid_until = ?2, is_ending = ?3, more_time = ?4, hold_id = ?5, answered_at = ?7, tried_at = ?7, known_on = ?9,
                ask_at = CASE WHEN ask_at > ?8 THEN ask_at END,
                since_at = CASE WHEN status = ?6 THEN since_at ELSE ?7 END, status = ?6
          WHERE person_id = ?1",
        person,
        paid_until,
        answer.standing.ended,
        more_time,
        answer.hold,
        answer.status,
        at,
        began,
        known,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A manager gave more time: stores it with the status that follows, at a new version.
pub async fn extend(
    tx: &mut WriteTx,
    person: PersonId,
    more_time: Date,
    (status, hold): (DuesStatus, Option<HoldId>),
    at: Millis,
) -> Result<(), StoreError> {
    let more_time = more_time.days();
    sqlx::query!(
        "UPDATE dues SET more_time = ?2, hold_id = ?3, version = version + 1,
                since_at = CASE WHEN status = ?4 THEN since_at ELSE ?5 END, status = ?4
          WHERE person_id = ?1",
        person,
        more_time,
        hold,
        status,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The processor did not answer about `person` at `at` to a question from `began`; unless they wait `still`, or something called for
/// it since, they need not be asked about any more.
pub async fn record_failure(
    tx: &mut WriteTx,
    person: PersonId,
    (at, began): (Millis, Millis),
    still: bool,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE dues SET tried_at = ?2, ask_at = CASE WHEN ?3 OR ask_at > ?4 THEN ask_at END WHERE person_id = ?1",
        person,
        at,
        still,
        began,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Asks about the person with this reference from `at` on; returns whether there is one. The last call counts, because an answer to
/// a question from before it does not settle it.
pub async fn ask(tx: &mut WriteTx, reference: &Reference, at: Millis) -> Result<bool, StoreError> {
    let (processor, text) = (reference.processor(), reference.as_str());
    let asked =
        sqlx::query!("UPDATE dues SET ask_at = ?3 WHERE processor = ?1 AND reference = ?2", processor, text, at,)
            .execute(tx.conn())
            .await?;
    Ok(asked.rows_affected() > 0)
}

/// Asks about the people with these references from `at` on.
pub async fn ask_many(
    tx: &mut WriteTx,
    processor: Processor,
    references: &[Reference],
    at: Millis,
) -> Result<(), StoreError> {
    let texts: Vec<_> = references.iter().map(Reference::as_str).collect();
    let texts = serde_json::to_string(&texts).unwrap_or_default();
    sqlx::query!(
        "UPDATE dues SET ask_at = ?3 WHERE processor = ?1 AND reference IN (SELECT value FROM json_each(?2))",
        processor,
        texts,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Asks about everyone at `processor` from `at` on.
pub async fn ask_all(tx: &mut WriteTx, processor: Processor, at: Millis) -> Result<(), StoreError> {
    sqlx::query!("UPDATE dues SET ask_at = ?2 WHERE processor = ?1", processor, at).execute(tx.conn()).await?;
    Ok(())
}

/// Whom to ask `processor` about at `now`: after an event, and whose status would be another, or who would be held, on `today` after
/// `grace` days. Those are asked about again only if the last try was before `before`. Those whose membership is known to end come
/// first, because with the key of another account no question about others succeeds. After an event, those who wait for access come
/// first, and people of whom there was no answer yet last, because thousands may have been linked at once; nobody is tried again before
/// the others of their kind.
pub async fn to_ask(
    conn: &mut SqliteConnection,
    processor: Processor,
    (today, grace): (Date, u16),
    (now, before): (Millis, Millis),
) -> Result<Vec<PersonId>, StoreError> {
    let today = today.days();
    let people = sqlx::query_scalar!(
        r#"SELECT person_id AS "person!: PersonId" FROM dues
            WHERE processor = ?1 AND (ask_at <= ?2
               OR (tried_at IS NULL OR tried_at < ?3)
                  AND (status = 'current' AND paid_until < ?4
                    OR status = 'ended' AND known_on IS NULL
                    OR status IN ('grace', 'ended') AND hold_id IS NULL
                   AND max(paid_until + ?5, coalesce(known_on, 0) - 1 + ?5, coalesce(more_time, 0)) < ?4))
            ORDER BY is_ending = 0, ask_at IS NULL, answered_at IS NULL, status = 'current', coalesce(tried_at, 0), paid_until, person_id"#,
        processor,
        now,
        before,
        today,
        grace,
    );
    Ok(people.fetch_all(conn).await?)
}

/// Members who are not held yet and whose last day without a hold is from `today` to `until`, both included, with their rows.
pub async fn ending_grace(
    conn: &mut SqliteConnection,
    (today, until): (Date, Date),
    grace: u16,
) -> Result<Vec<DuesRow>, StoreError> {
    let (today, until) = (today.days(), until.days());
    let rows = rows!(
        "d.status IN ('grace', 'ended') AND d.hold_id IS NULL
            AND max(d.paid_until + ?3, coalesce(d.known_on, 0) - 1 + ?3, coalesce(d.more_time, 0)) BETWEEN ?1 AND ?2
          ORDER BY d.person_id",
        today,
        until,
        grace,
    );
    let rows = rows.fetch_all(conn).await?;
    Ok(rows.into_iter().map(Read::row).collect::<Result<_, _>>()?)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    Table::taken(
        "dues",
        &["person_id", "reference", "chosen"],
        Erasing::Deleted,
        "SELECT json_object('processor', processor, 'reference', reference, 'status', status, 'since@', since_at, \
             'paid_until', date(paid_until * 86400, 'unixepoch'), 'late_since', date(known_on * 86400, 'unixepoch'), \
             'more_time', date(more_time * 86400, 'unixepoch'), \
             'linked@', linked_at, 'answered@', answered_at) FROM dues WHERE person_id = ?1",
    ),
    Table::taken(
        "dues_subscription",
        &["person_id", "subscription"],
        Erasing::Deleted,
        "SELECT json_object('subscription', subscription, 'name', name, 'paid_until', date(paid_until * 86400, 'unixepoch'), \
             'ended?', has_ended, 'dues?', counts) FROM dues_subscription WHERE person_id = ?1",
    ),
    // A removal is carried out after an erasure as well: until then it needs the reference, which says nothing by itself.
    Table::taken(
        "dues_command",
        &["person_id", "reference", "queued_by"],
        Erasing::Stays,
        "SELECT json_object('processor', processor, 'command', kind, 'state', state, 'queued@', queued_at, \
             'settled@', settled_at) FROM dues_command WHERE person_id = ?1",
    ),
    Table::left("dues_difference", &["person_id", "match_id", "reference"], Erasing::Deleted),
];
