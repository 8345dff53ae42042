//! Corrections of uses: rows of `use_correction`, and their effect on the use.

use super::{
    UseItem,
    ends::{answered, gain},
};
use crate::personal_data::{Erasing, Table};
use crate::{StoreError, WriteTx, json};
use domain::{
    id::{AliasId, CardId, MachineId, PersonId, RemarkId, TypeId, UnknownCardId, UseId},
    time::Millis,
    uses::{Change, Ending, Session, Source, hours_gained},
};
use sqlx::SqliteConnection;

/// A use to be corrected.
#[derive(Debug, Clone)]
pub struct CorrectableUse {
    pub machine: MachineId,
    pub machine_name: String,
    pub kind: TypeId,
    pub session: Session,
    /// The alias it is recorded under.
    pub alias: Option<AliasId>,
    /// The person behind the alias, if known.
    pub person: Option<PersonId>,
    pub name: Option<String>,
    /// When the next use of the machine began.
    pub next: Option<Millis>,
    pub corrections: i64,
}

/// A stored correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corrected {
    pub at: Millis,
    /// Who corrected it, if known.
    pub by: Option<String>,
    /// The reason; erased with the person it is about.
    pub reason: Option<String>,
    /// Its previous end; `None` if it was running.
    pub end_before: Option<Millis>,
    /// Name of the previous person.
    pub who_before: Option<String>,
    pub other_person: bool,
    /// It was void before.
    pub void_before: bool,
    /// It is void from then on.
    pub void_after: bool,
}

/// Parses corrections from a statement's list `[at, by, reason, end before, who before, another person, none before,
/// none after]`.
pub(crate) fn of_list(list: &str) -> Result<Vec<Corrected>, sqlx::Error> {
    json::rows(list, |row| {
        let text = |at| json::text(row, at).map(ToOwned::to_owned);
        Some(Corrected {
            at: Millis(json::integer(row, 0)?),
            by: text(1),
            reason: text(2),
            end_before: json::integer(row, 3).map(Millis),
            who_before: text(4),
            other_person: json::integer(row, 5)? != 0,
            void_before: json::integer(row, 6)? != 0,
            void_after: json::integer(row, 7)? != 0,
        })
    })
}

/// A use with everything a correction must know.
pub async fn one(conn: &mut SqliteConnection, id: UseId) -> Result<Option<CorrectableUse>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT u.machine_id AS "machine!: MachineId", m.name AS "machine_name!", m.type_id AS "kind!: TypeId",
                  u.alias_id AS "alias?: AliasId", a.person_id AS "person?: PersonId", f.name AS "name?: String",
                  u.card_id AS "card?: CardId", u.unknown_card_id AS "unknown_card?: UnknownCardId",
                  u.started_at AS "start!: Millis", u.last_sign_at AS "last_sign!: Millis", u.ended_at AS "end?: Millis",
                  u.ending AS "ending?: Ending", u.source AS "source!: Source", u.approximate AS "approximate!: bool",
                  u.provisional AS "provisional!: bool", u.other_card AS "other_card!: bool", u.told_s AS "told?: i64", u.settled AS "settled!: bool",
                  u.twin_start AS "twin_start!: bool", u.twin_stop AS "twin_stop!: bool", u.corrected AS "corrected!: bool",
                  u.told_end_at AS "reported_end?: Millis", u.told_ending AS "told_ending?: Ending", u.void AS "void!: bool",
                  -- Uses of one machine do not overlap: the next that ends is the next that began.
                  (SELECT min(n.started_at) FROM (
                       SELECT started_at FROM use_session o WHERE o.machine_id = u.machine_id AND o.ended_at IS NULL AND o.id <> u.id
                       UNION ALL
                       SELECT * FROM (SELECT started_at FROM use_session o
                                       WHERE o.machine_id = u.machine_id AND o.ended_at > u.started_at AND o.id <> u.id AND o.void = 0
                                       ORDER BY o.ended_at LIMIT 1)) n) AS "next?: Millis",
                  (SELECT count(*) FROM use_correction c WHERE c.use_id = u.id) AS "corrections!: i64"
             FROM use_session u JOIN machine m ON m.id = u.machine_id
             LEFT JOIN alias a ON a.id = u.alias_id LEFT JOIN profile f ON f.person_id = a.person_id
            WHERE u.id = ?"#,
        id,
    )
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let session = UseItem {
        id,
        card: row.card,
        unknown_card: row.unknown_card,
        start: row.start,
        last_sign: row.last_sign,
        end: row.end,
        ending: row.ending,
        source: row.source,
        approximate: row.approximate,
        provisional: row.provisional,
        other_card: row.other_card,
        told: row.told,
        settled: row.settled,
        twin_start: row.twin_start,
        twin_stop: row.twin_stop,
        corrected: row.corrected,
        reported_end: row.reported_end,
        told_ending: row.told_ending,
        void: row.void,
        told_to_stop: false,
        for_booking: false,
        booked: None,
    };
    Ok(Some(CorrectableUse {
        machine: row.machine,
        machine_name: row.machine_name,
        kind: row.kind,
        session: session.session()?,
        alias: row.alias,
        person: row.person,
        name: row.name,
        next: row.next,
        corrections: row.corrections,
    }))
}

/// The corrections of a use, oldest first.
pub async fn of_use(conn: &mut SqliteConnection, id: UseId) -> Result<Vec<Corrected>, StoreError> {
    let list = sqlx::query_scalar!(
        r#"SELECT json_group_array(json_array(c.at, b.name, r.body, c.ended_before, w.name, c.alias_before IS NOT c.alias_after,
                                              c.void_before, c.void_after) ORDER BY c.id) AS "list!: String"
             FROM use_correction c
             LEFT JOIN alias ba ON ba.id = c.by_alias LEFT JOIN profile b ON b.person_id = ba.person_id
             LEFT JOIN alias wa ON wa.id = c.alias_before LEFT JOIN profile w ON w.person_id = wa.person_id
             LEFT JOIN remark r ON r.id = c.remark_id
            WHERE c.use_id = ?"#,
        id,
    );
    Ok(of_list(&list.fetch_one(conn).await?)?)
}

#[derive(Debug, Clone, Copy)]
pub struct NewCorrection {
    /// The corrected use.
    pub after: Session,
    /// The alias it is recorded under from now on.
    pub alias: Option<AliasId>,
    pub by: Option<AliasId>,
    pub reason: RemarkId,
    pub at: Millis,
}

/// Stores a correction of the use `before` with its effect on the use and on the machine's hours. If it was running,
/// the requests to its board are closed.
pub async fn correct(
    tx: &mut WriteTx,
    id: UseId,
    before: &CorrectableUse,
    new: &NewCorrection,
) -> Result<(), StoreError> {
    let NewCorrection { after, alias, by, reason, at } = *new;
    let (was, is) = (before.session.end, after.end);
    let (ended_before, ending_before) = (was.map(|(end, _)| end), was.map(|(_, ending)| ending));
    let (ended_after, ending_after) = (is.map(|(end, _)| end), is.map(|(_, ending)| ending));
    let (void_before, void_after) = (before.session.is_void(), after.is_void());
    let reported = after.corrected.and_then(|corrected| corrected.reported);
    let (reported_end, told_ending) = (reported.map(|(end, _)| end), reported.map(|(_, ending)| ending));
    let gained = hours_gained(Some(&before.session), &Change::Set(after));
    sqlx::query!(
        "INSERT INTO use_correction (use_id, machine_id, at, by_alias, remark_id, ended_before, ended_after, ending_before,
                                     ending_after, alias_before, alias_after, void_before, void_after)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        id,
        before.machine,
        at,
        by,
        reason,
        ended_before,
        ended_after,
        ending_before,
        ending_after,
        before.alias,
        alias,
        void_before,
        void_after,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "UPDATE use_session SET alias_id = ?, ended_at = ?, ending = ?, provisional = 0, corrected = 1, told_end_at = ?,
                told_ending = ?, void = ? WHERE id = ?",
        alias,
        ended_after,
        ending_after,
        reported_end,
        told_ending,
        void_after,
        id,
    )
    .execute(tx.conn())
    .await?;
    gain(tx, before.machine, gained).await?;
    if before.session.end.is_none() {
        answered(tx, Some(id), at).await?;
    }
    Ok(())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::taken(
    "use_correction",
    &["by_alias", "alias_before", "alias_after", "remark_id"],
    Erasing::Stays,
    "SELECT json_object('machine', m.name, 'reason', iif(r.about_person = ?1 OR c.by_alias IN mine, r.body, \
         NULL), 'at@', c.at, 'end_before@', c.ended_before, 'end_after@', c.ended_after, 'yours_before?', \
         c.alias_before IN mine, 'yours_after?', c.alias_after IN mine, 'none?', c.void_after, 'by_you?', \
         c.by_alias IN mine) FROM use_correction c JOIN machine m ON m.id = c.machine_id LEFT JOIN remark r ON r.id \
         = c.remark_id WHERE c.id IN (SELECT id FROM use_correction WHERE alias_before IN mine UNION SELECT id FROM \
         use_correction WHERE alias_after IN mine UNION SELECT id FROM use_correction WHERE by_alias IN mine AND \
         ?3)",
)];
