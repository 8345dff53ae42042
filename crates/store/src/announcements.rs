//! Announcements: rows of `announcement`, and the people in their audience.

use crate::personal_data::{Erasing, Table};
use domain::{
    announcements::{Audience, Lasting, State},
    id::{AliasId, AnnouncementId, PersonId, TypeId},
    qualifications::Ledger,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, qualifications};

/// Text, audience and times of a new announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAnnouncement {
    pub title: String,
    /// Markdown.
    pub text: String,
    pub audience: Audience,
    pub lasting: Lasting,
}

#[derive(Debug, Clone)]
pub struct StoredAnnouncement {
    pub id: AnnouncementId,
    pub version: i64,
    pub what: NewAnnouncement,
    /// Name of the type whose qualified people it is for.
    pub to: Option<String>,
    /// Author's name, if known.
    pub by: Option<String>,
    /// Author, if known.
    pub writer: Option<PersonId>,
    pub withdrawn: bool,
    /// Its audience was notified.
    pub begun: bool,
}

impl StoredAnnouncement {
    /// Its state at `at`.
    #[must_use]
    pub fn state(&self, at: Millis) -> State {
        self.what.lasting.state(self.withdrawn, at)
    }
}

/// A row of the statement.
struct Row {
    id: AnnouncementId,
    version: i64,
    title: String,
    body: String,
    kind: Option<TypeId>,
    from: Millis,
    until: Option<Millis>,
    to: Option<String>,
    by: Option<String>,
    writer: Option<PersonId>,
    withdrawn: bool,
    begun: bool,
}

impl From<Row> for StoredAnnouncement {
    fn from(row: Row) -> Self {
        let what = NewAnnouncement {
            title: row.title,
            text: row.body,
            audience: row.kind.into(),
            lasting: Lasting::stored(row.from, row.until),
        };
        let Row { id, version, to, by, writer, withdrawn, begun, .. } = row;
        Self { id, version, what, to, by, writer, withdrawn, begun }
    }
}

/// Announcements with audience and author.
macro_rules! announcements {
    ($rest:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            Row,
            "SELECT a.id AS \"id!: AnnouncementId\", a.version AS \"version!\", a.title AS \"title!\", a.body AS \"body!\",
                    a.type_id AS \"kind?: TypeId\", a.from_at AS \"from!: Millis\", a.until_at AS \"until?: Millis\",
                    t.name AS \"to?\", p.name AS \"by?\", l.person_id AS \"writer?: PersonId\",
                    a.withdrawn_at IS NOT NULL AS \"withdrawn!: bool\", a.begun_at IS NOT NULL AS \"begun!: bool\"
               FROM announcement a
               LEFT JOIN equipment_type t ON t.id = a.type_id
               LEFT JOIN alias l ON l.id = a.written_by
               LEFT JOIN profile p ON p.person_id = l.person_id
              WHERE " + $rest
            $(, $argument)*
        )
    };
}

pub async fn add(
    tx: &mut WriteTx,
    new: &NewAnnouncement,
    at: Millis,
    by: Option<AliasId>,
) -> Result<AnnouncementId, StoreError> {
    let (kind, from, until) = (new.audience.of_type(), new.lasting.from(), new.lasting.until());
    let made = sqlx::query!(
        "INSERT INTO announcement (title, body, type_id, from_at, until_at, written_at, written_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
        new.title,
        new.text,
        kind,
        from,
        until,
        at,
        by,
    )
    .execute(tx.conn())
    .await?;
    Ok(AnnouncementId(made.last_insert_rowid()))
}

/// Changes an announcement and increments its version. Its beginning and end are announced again.
pub async fn change(tx: &mut WriteTx, id: AnnouncementId, to: &NewAnnouncement) -> Result<(), StoreError> {
    let (kind, from, until) = (to.audience.of_type(), to.lasting.from(), to.lasting.until());
    sqlx::query!(
        "UPDATE announcement SET title = ?, body = ?, type_id = ?, from_at = ?, until_at = ?, begun_at = NULL, ended_at = NULL,
                version = version + 1
          WHERE id = ?",
        to.title,
        to.text,
        kind,
        from,
        until,
        id,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Withdraws it, or undoes that, and increments its version.
pub async fn withdraw(tx: &mut WriteTx, id: AnnouncementId, at: Option<Millis>) -> Result<(), StoreError> {
    sqlx::query!("UPDATE announcement SET withdrawn_at = ?, version = version + 1 WHERE id = ?", at, id)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Marks its audience as notified; open pages reload.
pub async fn begun(tx: &mut WriteTx, id: AnnouncementId, at: Millis) -> Result<(), StoreError> {
    sqlx::query!("UPDATE announcement SET begun_at = ? WHERE id = ?", at, id).execute(tx.conn()).await?;
    Ok(())
}

/// Marks it as over; open pages reload.
pub async fn ended(tx: &mut WriteTx, id: AnnouncementId, at: Millis) -> Result<(), StoreError> {
    sqlx::query!("UPDATE announcement SET ended_at = ? WHERE id = ?", at, id).execute(tx.conn()).await?;
    Ok(())
}

pub async fn one(
    conn: &mut SqliteConnection,
    id: AnnouncementId,
) -> Result<Option<StoredAnnouncement>, StoreError> {
    Ok(announcements!("a.id = ?", id).fetch_optional(conn).await?.map(StoredAnnouncement::from))
}

/// The newest, no more than `most`.
pub async fn all(conn: &mut SqliteConnection, most: u32) -> Result<Vec<StoredAnnouncement>, StoreError> {
    let rows = announcements!("1 ORDER BY a.id DESC LIMIT ?", most).fetch_all(conn).await?;
    Ok(rows.into_iter().map(StoredAnnouncement::from).collect())
}

/// Announcements shown at `at`, newest first.
pub async fn showing(conn: &mut SqliteConnection, at: Millis) -> Result<Vec<StoredAnnouncement>, StoreError> {
    let rows = announcements!(
        "a.ended_at IS NULL AND a.withdrawn_at IS NULL AND a.from_at <= ?1 AND (a.until_at IS NULL OR a.until_at > ?1)
         ORDER BY a.from_at DESC, a.id DESC",
        at
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(StoredAnnouncement::from).collect())
}

/// Announcements that began or ended by `at` without a notification so far.
pub async fn due(conn: &mut SqliteConnection, at: Millis) -> Result<Vec<StoredAnnouncement>, StoreError> {
    let rows = announcements!(
        "a.ended_at IS NULL AND a.withdrawn_at IS NULL AND a.from_at <= ?1 AND (a.begun_at IS NULL OR a.until_at <= ?1)
         ORDER BY a.id",
        at
    );
    Ok(rows.fetch_all(conn).await?.into_iter().map(StoredAnnouncement::from).collect())
}

/// Active people with their ledger entries on the space, the system and `kind`.
pub async fn candidates(
    conn: &mut SqliteConnection,
    kind: Option<TypeId>,
) -> Result<Vec<(PersonId, Ledger)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT p.id AS "id!: PersonId",
                  json_group_array(json_array(q.id, q.type_id, q.machine_id, q.relation, q.kind, q.effective_from, q.until))
                  AS "list!: String"
             FROM qualification q JOIN person p ON p.id = q.person_id
            WHERE p.status = 'active' AND q.type_id IN (1, 2, ?1)
            GROUP BY p.id"#,
        kind,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| Ok((row.id, qualifications::of_list(&row.list)?))).collect()
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    // Its content is the workshop's.
    Table::taken(
        "announcement",
        &["written_by", "body"],
        Erasing::Stays,
        "SELECT json_object('title', title, 'text', body, 'written@', written_at) FROM announcement WHERE \
         written_by IN mine",
    ),
];
