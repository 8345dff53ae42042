//! Managers' notes about people: rows of `person_note`, with their text in `remark`.

use crate::personal_data::{Erasing, Table};
use domain::{
    id::{AliasId, NoteId, PersonId, RemarkId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, remarks};

#[derive(Debug, Clone)]
pub struct Note {
    pub id: NoteId,
    pub person: PersonId,
    pub body: String,
    /// Author's name, if known.
    pub by: Option<String>,
    pub written: Millis,
    /// When it was last edited.
    pub edited: Option<Millis>,
    pub version: i64,
}

/// A stored note, for any reader.
#[derive(Debug, Clone)]
pub struct Written {
    pub person: PersonId,
    pub by: Option<AliasId>,
    pub body: String,
    pub at: Millis,
    /// When it was last edited.
    pub edited: Option<Millis>,
    pub version: i64,
}

/// Notes with their authors' names.
macro_rules! notes {
    ($where:literal, $argument:expr) => {
        sqlx::query_as!(
            Note,
            "SELECT n.id AS \"id!: NoteId\", n.person_id AS \"person!: PersonId\", r.body, f.name AS \"by?\",
                    r.written_at AS \"written!: Millis\", n.edited_at AS \"edited?: Millis\", n.version
               FROM person_note n JOIN remark r ON r.id = n.remark_id
               LEFT JOIN alias a ON a.id = r.by_alias LEFT JOIN profile f ON f.person_id = a.person_id
              WHERE "
                + $where,
            $argument,
        )
    };
}

/// The notes about `person`, newest first.
pub async fn about(conn: &mut SqliteConnection, person: PersonId) -> Result<Vec<Note>, StoreError> {
    Ok(notes!("n.person_id = ? ORDER BY n.id DESC", person).fetch_all(conn).await?)
}

pub async fn one(conn: &mut SqliteConnection, note: NoteId) -> Result<Option<Note>, StoreError> {
    Ok(notes!("n.id = ?", note).fetch_optional(conn).await?)
}

pub async fn write(
    tx: &mut WriteTx,
    person: PersonId,
    by: Option<AliasId>,
    body: &str,
    at: Millis,
) -> Result<NoteId, StoreError> {
    let remark = remarks::write(tx, Some(person), by, body, at).await?;
    let made = sqlx::query!("INSERT INTO person_note (person_id, remark_id) VALUES (?, ?)", person, remark)
        .execute(tx.conn())
        .await?;
    Ok(NoteId(made.last_insert_rowid()))
}

/// Replaces the text of a note.
pub async fn rewrite(tx: &mut WriteTx, note: NoteId, body: &str, at: Millis) -> Result<(), StoreError> {
    sqlx::query!("UPDATE person_note SET edited_at = ?, version = version + 1 WHERE id = ?", at, note)
        .execute(tx.conn())
        .await?;
    sqlx::query!(
        "UPDATE remark SET body = ? WHERE id = (SELECT remark_id FROM person_note WHERE id = ?)",
        body,
        note
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Deletes a note with its text and returns it.
pub async fn delete(tx: &mut WriteTx, note: NoteId) -> Result<Written, StoreError> {
    let gone = sqlx::query!(
        r#"DELETE FROM person_note WHERE id = ?
           RETURNING remark_id AS "remark!: RemarkId", person_id AS "person!: PersonId",
                     edited_at AS "edited?: Millis", version AS "version!""#,
        note
    );
    let gone = gone.fetch_one(tx.conn()).await?;
    let words = sqlx::query!(
        r#"DELETE FROM remark WHERE id = ?
           RETURNING by_alias AS "by?: AliasId", body AS "body!", written_at AS "at!: Millis""#,
        gone.remark
    );
    let words = words.fetch_one(tx.conn()).await?;
    Ok(Written {
        person: gone.person,
        by: words.by,
        body: words.body,
        at: words.at,
        edited: gone.edited,
        version: gone.version,
    })
}

/// Restores a deleted note under its old id, which is never reused in this file.
pub async fn restore(tx: &mut WriteTx, note: NoteId, was: &Written) -> Result<(), StoreError> {
    let remark = remarks::write(tx, Some(was.person), was.by, &was.body, was.at).await?;
    sqlx::query!(
        "INSERT INTO person_note (id, person_id, remark_id, edited_at, version) VALUES (?, ?, ?, ?, ?)",
        note,
        was.person,
        remark,
        was.edited,
        was.version,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::taken(
    "person_note",
    &["person_id", "remark_id"],
    Erasing::Deleted,
    "SELECT json_object('note', r.body, 'written@', r.written_at, 'edited@', n.edited_at) FROM person_note n \
         JOIN remark r ON r.id = n.remark_id WHERE n.person_id = ?1",
)];
