//! Import from a Fab-O-Matic: its file ([`read`]), and the rows written from it, many at a time.

mod foreign;
mod maintenance;
mod unread;
pub mod untrusted;

pub use foreign::{forget, read, read_sent};
pub use maintenance::{PastIntervention, Totals, add as add_maintenance, totals};
pub use unread::Unread;

use std::collections::{HashMap, HashSet};

use domain::{
    cards::{CardState, CardUid},
    id::{CardId, MachineId, PersonId, TypeId, UseId},
    imports::fabomatic::Thing,
    people::PersonStatus,
    qualifications::{Relation, Subject},
    time::Millis,
    uses::{Ending, Source},
};
use serde_json::json;
use sqlx::SqliteConnection;
use takeover::{ExistingRecords, Stored};

use crate::{StoreError, WriteTx, aliases::month};

/// The existing records an import may match, without uses.
pub async fn known(conn: &mut SqliteConnection) -> Result<ExistingRecords, StoreError> {
    let mut known = ExistingRecords::default();
    let rows = sqlx::query!(
        r#"SELECT thing AS "thing!: Thing", theirs, ours FROM fabomatic_origin
            -- Named, or all uses that were ever taken would be stepped over.
            WHERE thing IN ('type', 'machine', 'person', 'plan', 'intervention')"#
    );
    known.taken = rows.fetch_all(&mut *conn).await?.into_iter().map(|r| ((r.thing, r.theirs), r.ours)).collect();
    let rows = sqlx::query!(
        r#"SELECT id AS "id!: TypeId", name, built_in IS NOT NULL AS "built_in!: bool" FROM equipment_type"#
    );
    let rows = rows.fetch_all(&mut *conn).await?;
    known.types = rows.into_iter().map(|row| (row.name, (row.id, row.built_in))).collect();
    let rows = sqlx::query!(
        r#"SELECT number AS "number!: domain::boards::MachineNumber", id AS "id!: MachineId", name FROM machine
            WHERE number IS NOT NULL AND archived_at IS NULL"#
    );
    for row in rows.fetch_all(&mut *conn).await? {
        known.numbers.insert(row.number, row.id);
        known.machine_names.insert(row.id, row.name);
    }
    let rows = sqlx::query!(
        r#"SELECT p.id AS "id!: PersonId", p.status AS "status!: PersonStatus", f.email AS "email?", f.name AS "name?"
             FROM person p LEFT JOIN profile f ON f.person_id = p.id"#
    );
    for row in rows.fetch_all(&mut *conn).await? {
        known.people.insert(row.id, row.status);
        known.emails.extend(row.email.map(|email| (email, row.id)));
        known.people_names.extend(row.name.map(|name| (row.id, name)));
    }
    let rows = sqlx::query!(
        r#"SELECT uid AS "uid!: CardUid", person_id AS "person!: PersonId", state AS "state!: CardState"
             FROM card WHERE uid IS NOT NULL ORDER BY id"#
    );
    for row in rows.fetch_all(&mut *conn).await? {
        known.cards.entry(row.uid).or_default().push((row.person, row.state));
    }
    let rows =
        sqlx::query!(r#"SELECT uid AS "uid!: CardUid", machine_id AS "machine!: MachineId" FROM unknown_card"#);
    known.unknown_cards =
        rows.fetch_all(&mut *conn).await?.into_iter().map(|row| (row.uid, row.machine)).collect();
    known.written = written(&mut *conn).await?;
    Ok(known)
}

async fn written(conn: &mut SqliteConnection) -> Result<HashSet<(PersonId, Subject, Relation)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT DISTINCT person_id AS "person!: PersonId", type_id AS "kind: TypeId", machine_id AS "machine: MachineId",
                  relation AS "relation!: Relation" FROM qualification"#
    );
    let rows = rows.fetch_all(conn).await?.into_iter();
    let rows = rows.filter_map(|row| {
        let subject = Subject::of_sides(row.kind, row.machine)?;
        Some((row.person, subject, row.relation))
    });
    Ok(rows.collect())
}

/// When each of `machines` was in use since `from`, in order.
pub async fn uses_since(
    conn: &mut SqliteConnection,
    machines: &[MachineId],
    from: Millis,
) -> Result<HashMap<MachineId, Vec<Stored>>, StoreError> {
    let machines = json!(machines).to_string();
    let rows = sqlx::query!(
        r#"SELECT machine_id AS "machine!: MachineId", started_at AS "start!: Millis",
                  coalesce(ended_at, 9223372036854775807) AS "end!: Millis"
             FROM use_session
            WHERE machine_id IN (SELECT value FROM json_each(?1)) AND (ended_at IS NULL OR ended_at >= ?2)
            ORDER BY started_at, ended_at"#,
        machines,
        from,
    );
    let mut uses: HashMap<MachineId, Vec<Stored>> = HashMap::new();
    for row in rows.fetch_all(conn).await? {
        uses.entry(row.machine).or_default().push(Stored { start: row.start, end: row.end });
    }
    Ok(uses)
}

/// A use that was imported before.
#[derive(Debug, Clone, Copy)]
pub struct RunningUse {
    pub theirs: i64,
    pub ours: i64,
    /// When it began; `None` if deleted.
    pub start: Option<Millis>,
}

/// The uses imported before.
pub async fn taken_uses(conn: &mut SqliteConnection) -> Result<Vec<RunningUse>, StoreError> {
    let rows = sqlx::query_as!(
        RunningUse,
        r#"SELECT o.theirs, o.ours, u.started_at AS "start?: Millis" FROM fabomatic_origin o
             LEFT JOIN use_session u ON u.id = o.ours WHERE o.thing = 'use'"#
    );
    Ok(rows.fetch_all(conn).await?)
}

/// Records imported things: kind, id there and id here.
pub async fn remember(tx: &mut WriteTx, taken: &[(Thing, i64, i64)]) -> Result<(), StoreError> {
    let rows = json!(taken).to_string();
    sqlx::query!(
        "INSERT INTO fabomatic_origin (thing, theirs, ours)
              SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)",
        rows,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Suspends people who were disabled there.
pub async fn suspend(tx: &mut WriteTx, people: &[PersonId]) -> Result<(), StoreError> {
    let people = json!(people).to_string();
    sqlx::query!("UPDATE person SET status = 'suspended' WHERE id IN (SELECT value FROM json_each(?))", people)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// An unknown card.
#[derive(Debug, Clone)]
pub struct Unknown {
    pub uid: CardUid,
    /// Where it was seen.
    pub machine: MachineId,
    pub first: Millis,
    pub last: Millis,
    pub times: u32,
}

/// Adds unknown cards.
pub async fn note_unknown(tx: &mut WriteTx, cards: &[Unknown]) -> Result<(), StoreError> {
    let rows: Vec<_> = cards
        .iter()
        .map(|card| json!([card.uid.as_str(), card.machine, card.first, card.last, card.times]))
        .collect();
    let rows = json!(rows).to_string();
    sqlx::query!(
        "INSERT INTO unknown_card (uid, machine_id, first_seen, last_seen, seen)
              SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?)",
        rows,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// An imported use.
#[derive(Debug, Clone, Copy)]
pub struct PastUse {
    pub theirs: i64,
    pub machine: MachineId,
    /// The person, if known.
    pub person: Option<PersonId>,
    /// The card, if known.
    pub card: Option<CardId>,
    pub start: Millis,
    /// The last sign of life.
    pub last_sign: Millis,
    pub end: Millis,
    pub ending: Ending,
    /// How it was recorded.
    pub source: Source,
    /// Its hours were estimated.
    pub approximate: bool,
}

/// The indexes of those `uses` that overlap a stored or running use of their machine.
pub async fn overlapping(conn: &mut SqliteConnection, uses: &[PastUse]) -> Result<HashSet<usize>, StoreError> {
    let rows: Vec<_> = uses.iter().map(|one| json!([one.machine, one.start, one.end])).collect();
    let rows = json!(rows).to_string();
    let found = sqlx::query_scalar!(
        r#"SELECT CAST(r.key AS INTEGER) AS "at!: i64" FROM json_each(?) r
            WHERE (SELECT u.started_at FROM use_session u
                    WHERE u.machine_id = r.value ->> 0 AND u.ended_at > r.value ->> 1
                    ORDER BY u.ended_at LIMIT 1) < r.value ->> 2
               OR EXISTS (SELECT 1 FROM use_session u
                           WHERE u.machine_id = r.value ->> 0 AND u.ended_at IS NULL AND u.started_at < r.value ->> 2)"#,
        rows,
    );
    Ok(found.fetch_all(conn).await?.into_iter().filter_map(|at| usize::try_from(at).ok()).collect())
}

/// Adds ended uses, counts their hours, and records the import.
///
/// They have no board facts: recomputing other uses does not change them.
pub async fn add_uses(tx: &mut WriteTx, uses: &[PastUse]) -> Result<(), StoreError> {
    let aliases: HashSet<_> = uses.iter().filter_map(|one| Some((one.person?, month(one.start)))).collect();
    let aliases = json!(aliases.into_iter().collect::<Vec<_>>()).to_string();
    sqlx::query!(
        "INSERT INTO alias (person_id, month) SELECT value ->> 0, value ->> 1 FROM json_each(?) WHERE true
             ON CONFLICT DO NOTHING",
        aliases,
    )
    .execute(tx.conn())
    .await?;
    // Never the id of a deleted one.
    let first = sqlx::query_scalar!(
        r#"SELECT 1 + max(ifnull((SELECT max(id) FROM use_session), 0), (SELECT last FROM use_number)) AS "first!: i64""#,
    )
    .fetch_one(tx.conn())
    .await?;
    let ids: Vec<_> = (first..).take(uses.len()).map(UseId).collect();
    let rows: Vec<_> = ids
        .iter()
        .zip(uses)
        .map(|(id, one)| {
            let (ending, source) = (one.ending.as_str(), one.source.as_str());
            json!([
                id,
                one.machine,
                one.person,
                month(one.start),
                one.card,
                one.start,
                one.last_sign,
                one.end,
                ending,
                source,
                i64::from(one.approximate),
                one.theirs,
            ])
        })
        .collect();
    let rows = json!(rows).to_string();
    sqlx::query!(
        "INSERT INTO use_session (id, machine_id, alias_id, card_id, unknown_card_id, started_at, last_sign_at, ended_at,
                                  ending, source, approximate, provisional, other_card, twin_start, twin_stop, authorised)
              SELECT r.value ->> 0, r.value ->> 1, a.id, r.value ->> 4, iif(r.value ->> 4 IS NULL, 0, NULL), r.value ->> 5,
                     r.value ->> 6, r.value ->> 7, r.value ->> 8, r.value ->> 9, r.value ->> 10, 0, 0, 0, 0, 1
                FROM json_each(?) r
                LEFT JOIN alias a ON a.person_id = r.value ->> 2 AND a.month = r.value ->> 3",
        rows,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "INSERT INTO fabomatic_origin (thing, theirs, ours) SELECT 'use', value ->> 11, value ->> 0 FROM json_each(?)",
        rows,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "INSERT INTO machine_total (machine_id, used_ms)
              SELECT value ->> 1, sum((value ->> 7) - (value ->> 5)) FROM json_each(?) WHERE true GROUP BY 1
             ON CONFLICT (machine_id) DO UPDATE SET used_ms = used_ms + excluded.used_ms",
        rows,
    )
    .execute(tx.conn())
    .await?;
    // Without a card, this identifies the person.
    sqlx::query!(
        "INSERT INTO last_use (person_id, machine_id, at)
              SELECT value ->> 2, value ->> 1, max(value ->> 7) FROM json_each(?)
               WHERE value ->> 2 IS NOT NULL AND value ->> 4 IS NULL GROUP BY 1, 2
             ON CONFLICT DO UPDATE SET at = max(at, excluded.at)",
        rows,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// For each of these people, the card of imported uses.
pub async fn cards_of(
    conn: &mut SqliteConnection,
    people: &[PersonId],
) -> Result<HashMap<PersonId, CardId>, StoreError> {
    let people = json!(people).to_string();
    let rows = sqlx::query!(
        r#"SELECT person_id AS "person!: PersonId", max(id) AS "card!: CardId" FROM card
            WHERE person_id IN (SELECT value FROM json_each(?)) AND state = 'active' GROUP BY person_id"#,
        people,
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(|row| (row.person, row.card)).collect())
}
