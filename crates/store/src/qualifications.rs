//! The qualification ledger: rows of `qualification`, only ever added.

use domain::{
    id::{AliasId, EntryId, MachineId, PersonId, RemarkId, TypeId},
    qualifications::{Cause, Entry, EntryKind, Ledger, Relation, Subject},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, json};

/// An entry to be added.
#[derive(Debug, Clone, Copy)]
pub struct NewEntry {
    /// About whom.
    pub person: PersonId,
    /// About what.
    pub subject: Subject,
    /// As what.
    pub relation: Relation,
    /// What it says.
    pub kind: EntryKind,
    /// From when.
    pub from: Millis,
    /// Until when, exclusive.
    pub until: Option<Millis>,
    /// Why.
    pub cause: Cause,
    /// Who says so.
    pub by: Option<AliasId>,
    /// In their words.
    pub remark: Option<RemarkId>,
    /// When it was written down.
    pub recorded_at: Millis,
}

/// Adds an entry.
pub async fn add(tx: &mut WriteTx, new: &NewEntry) -> Result<EntryId, StoreError> {
    let (kind, machine) = match new.subject {
        Subject::Type(id) => (Some(id), None),
        Subject::Machine(id) => (None, Some(id)),
    };
    let made = sqlx::query!(
        "INSERT INTO qualification (person_id, type_id, machine_id, relation, kind, effective_from, until, cause,
                                    by_alias, remark_id, recorded_at)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        new.person,
        kind,
        machine,
        new.relation,
        new.kind,
        new.from,
        new.until,
        new.cause,
        new.by,
        new.remark,
        new.recorded_at,
    )
    .execute(tx.conn())
    .await?;
    Ok(EntryId(made.last_insert_rowid()))
}

/// Everything the ledger says about `person`.
pub async fn of_person(conn: &mut SqliteConnection, person: PersonId) -> Result<Ledger, StoreError> {
    let list = sqlx::query_scalar!(
        r#"SELECT json_group_array(json_array(id, type_id, machine_id, relation, kind, effective_from, until))
                  AS "list!: String"
             FROM qualification WHERE person_id = ?"#,
        person,
    )
    .fetch_one(conn)
    .await?;
    Ok(of_list(&list)?)
}

/// Entries as a statement's list `[id, type, machine, relation, kind, from, until]`.
pub(crate) fn of_list(list: &str) -> Result<Ledger, sqlx::Error> {
    let entries = json::rows(list, |row| {
        let subject = match (json::integer(row, 1), json::integer(row, 2)) {
            (Some(id), None) => Subject::Type(TypeId(id)),
            (None, Some(id)) => Subject::Machine(MachineId(id)),
            _ => return None,
        };
        Some(Entry {
            id: EntryId(json::integer(row, 0)?),
            subject,
            relation: Relation::from_word(json::text(row, 3)?)?,
            kind: EntryKind::from_word(json::text(row, 4)?)?,
            from: Millis(json::integer(row, 5)?),
            until: json::integer(row, 6).map(Millis),
        })
    })?;
    Ok(Ledger(entries))
}
