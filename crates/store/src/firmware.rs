//! Board firmware: rows of `firmware_image` and `firmware_job`.
//!
//! Invariant: an image's content is read only to send it, never for a list.

use crate::personal_data::{Erasing, Table};
use contract::firmware::{Board, Image, Job};
use domain::{
    firmware::{BOARDS, Failure, ImageInfo, JOBS, State},
    id::{AliasId, BoardId, FirmwareId, FirmwareJobId, MachineId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// The images, newest first.
pub async fn images(conn: &mut SqliteConnection) -> Result<Vec<Image<Millis>>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT i.id AS "id!: FirmwareId", i.name, i.chip AS "chip!: u16", i.version, i.project, i.size AS "size!: u32",
                  i.md5, i.sha256, i.added_at AS "added!: Millis", p.name AS "by?: String"
             FROM firmware_image i
             LEFT JOIN alias a ON a.id = i.by_alias
             LEFT JOIN profile p ON p.person_id = a.person_id
            ORDER BY i.id DESC"#
    )
    .fetch_all(conn)
    .await?;
    let image = rows.into_iter().map(|row| Image {
        id: row.id,
        name: row.name,
        about: ImageInfo { chip: row.chip, version: row.version, project: row.project },
        size: row.size,
        md5: row.md5,
        sha256: row.sha256,
        added: row.added,
        by: row.by,
    });
    Ok(image.collect())
}

/// The number of images, and whether one has this SHA-256.
pub async fn count_and_find(conn: &mut SqliteConnection, sha256: &str) -> Result<(usize, bool), StoreError> {
    let row = sqlx::query!(
        r#"SELECT count(*) AS "count!: i64", EXISTS (SELECT 1 FROM firmware_image WHERE sha256 = ?) AS "has!: bool"
             FROM firmware_image"#,
        sha256
    )
    .fetch_one(conn)
    .await?;
    Ok((usize::try_from(row.count).unwrap_or(usize::MAX), row.has))
}

#[derive(Debug)]
pub struct NewImage {
    pub name: String,
    pub about: ImageInfo,
    /// Its MD5, in hexadecimal.
    pub md5: String,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

pub async fn keep(
    tx: &mut WriteTx,
    image: &NewImage,
    by: Option<AliasId>,
    at: Millis,
) -> Result<FirmwareId, StoreError> {
    let NewImage { name, about, md5, sha256, content } = image;
    let size = i64::try_from(content.len()).unwrap_or(i64::MAX);
    let made = sqlx::query!(
        "INSERT INTO firmware_image (name, chip, version, project, size, md5, sha256, content, added_at, by_alias)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        name,
        about.chip,
        about.version,
        about.project,
        size,
        md5,
        sha256,
        content,
        at,
        by,
    )
    .execute(tx.conn())
    .await?;
    Ok(FirmwareId(made.last_insert_rowid()))
}

/// The name of an image; `None` if there is none.
pub async fn name(conn: &mut SqliteConnection, image: FirmwareId) -> Result<Option<String>, StoreError> {
    let name = sqlx::query_scalar!("SELECT name FROM firmware_image WHERE id = ?", image);
    Ok(name.fetch_optional(conn).await?)
}

/// Whether a transfer of the image waits or runs.
pub async fn is_wanted(conn: &mut SqliteConnection, image: FirmwareId) -> Result<bool, StoreError> {
    let requested = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM firmware_job
            WHERE image_id = ? AND state IN ('waiting', 'inviting', 'sending')) AS "wanted!: bool""#,
        image
    );
    Ok(requested.fetch_one(conn).await?)
}

/// Deletes an image; returns whether there was one.
pub async fn remove(tx: &mut WriteTx, image: FirmwareId) -> Result<bool, StoreError> {
    let gone = sqlx::query!("DELETE FROM firmware_image WHERE id = ?", image);
    Ok(gone.execute(tx.conn()).await?.rows_affected() > 0)
}

/// The boards of machines that are not archived, by machine name.
pub async fn boards(conn: &mut SqliteConnection) -> Result<Vec<Board<Millis>>, StoreError> {
    let most = i64::try_from(BOARDS).unwrap_or(i64::MAX);
    let boards = sqlx::query_as!(
        Board,
        r#"SELECT b.id AS "id!: BoardId", m.id AS "machine!: MachineId", m.name AS machine_name, b.serial, b.firmware,
                  b.last_seen AS "seen!: Millis",
                  EXISTS (SELECT 1 FROM use_session u WHERE u.machine_id = m.id AND u.ended_at IS NULL) AS "in_use!: bool",
                  EXISTS (SELECT 1 FROM firmware_job j
                    WHERE j.board_id = b.id AND j.state IN ('waiting', 'inviting', 'sending')) AS "busy!: bool"
             FROM board b JOIN machine m ON m.id = b.machine_id AND m.archived_at IS NULL
            ORDER BY m.name, b.serial, b.id LIMIT ?"#,
        most
    );
    Ok(boards.fetch_all(conn).await?)
}

/// The machine of a board, and whether a transfer to it is under way; `None` if there is no such board.
pub async fn board(conn: &mut SqliteConnection, board: BoardId) -> Result<Option<(MachineId, bool)>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT m.id AS "machine!: MachineId", EXISTS (SELECT 1 FROM firmware_job j
                WHERE j.board_id = b.id AND j.state IN ('waiting', 'inviting', 'sending')) AS "busy!: bool"
             FROM board b JOIN machine m ON m.id = b.machine_id AND m.archived_at IS NULL WHERE b.id = ?"#,
        board
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.machine, row.busy)))
}

/// The newest transfers, including those under way.
pub async fn jobs(conn: &mut SqliteConnection) -> Result<Vec<Job<Millis>>, StoreError> {
    let most = i64::try_from(JOBS).unwrap_or(i64::MAX);
    let jobs = sqlx::query_as!(
        Job,
        r#"SELECT j.id AS "id!: FirmwareJobId", j.image_name AS "image_name!", i.id AS "image?: FirmwareId", j.board_id AS "board!: BoardId",
                  m.id AS "machine!: MachineId", m.name AS "machine_name!", j.state AS "state!: State",
                  j.percent AS "percent!: u8", j.failure AS "failure?: Failure",
                  EXISTS (SELECT 1 FROM use_session u WHERE u.machine_id = m.id AND u.ended_at IS NULL) AS "in_use!: bool",
                  j.queued_at AS "queued!: Millis", j.ended_at AS "ended?: Millis", p.name AS "by?: String"
             FROM firmware_job j
             JOIN board b ON b.id = j.board_id
             JOIN machine m ON m.id = b.machine_id
             LEFT JOIN firmware_image i ON i.id = j.image_id
             LEFT JOIN alias a ON a.id = j.by_alias
             LEFT JOIN profile p ON p.person_id = a.person_id
            WHERE j.id IN (SELECT id FROM firmware_job WHERE state IN ('waiting', 'inviting', 'sending')
                           UNION SELECT id FROM (SELECT id FROM firmware_job ORDER BY id DESC LIMIT ?))
            ORDER BY j.id DESC"#,
        most
    );
    Ok(jobs.fetch_all(conn).await?)
}

/// Queues an image for a board.
pub async fn start(
    tx: &mut WriteTx,
    image: FirmwareId,
    name: &str,
    board: BoardId,
    by: Option<AliasId>,
    at: Millis,
) -> Result<FirmwareJobId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO firmware_job (image_id, image_name, board_id, state, queued_at, by_alias)
              VALUES (?, ?, ?, 'waiting', ?, ?)",
        image,
        name,
        board,
        at,
        by,
    )
    .execute(tx.conn())
    .await?;
    Ok(FirmwareJobId(made.last_insert_rowid()))
}

/// The state of a transfer and its machine; `None` if there is none.
pub async fn state(
    conn: &mut SqliteConnection,
    job: FirmwareJobId,
) -> Result<Option<(State, MachineId)>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT j.state AS "state!: State", b.machine_id AS "machine!: MachineId"
             FROM firmware_job j JOIN board b ON b.id = j.board_id WHERE j.id = ?"#,
        job
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.state, row.machine)))
}

/// A transfer to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub job: FirmwareJobId,
    pub machine: MachineId,
    /// The address the board reported.
    pub address: String,
    pub image: FirmwareId,
}

/// The oldest waiting transfer to a board whose machine is not in use.
pub async fn due(conn: &mut SqliteConnection) -> Result<Option<Due>, StoreError> {
    let due = sqlx::query_as!(
        Due,
        r#"SELECT j.id AS "job!: FirmwareJobId", m.id AS "machine!: MachineId", b.address, j.image_id AS "image!: FirmwareId"
             FROM firmware_job j
             JOIN board b ON b.id = j.board_id
             JOIN machine m ON m.id = b.machine_id
            WHERE j.state = 'waiting'
              AND NOT EXISTS (SELECT 1 FROM use_session u WHERE u.machine_id = m.id AND u.ended_at IS NULL)
            ORDER BY +j.id LIMIT 1"#
    );
    Ok(due.fetch_optional(conn).await?)
}

/// An image's content and MD5; `None` if it was deleted.
pub async fn content(
    conn: &mut SqliteConnection,
    image: FirmwareId,
) -> Result<Option<(Vec<u8>, String)>, StoreError> {
    let row =
        sqlx::query!("SELECT content, md5 FROM firmware_image WHERE id = ?", image).fetch_optional(conn).await?;
    Ok(row.map(|row| (row.content, row.md5)))
}

/// Stores the progress of a transfer; `false` if it ended meanwhile.
pub async fn advance(tx: &mut WriteTx, job: FirmwareJobId, state: State, percent: u8) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE firmware_job SET state = ?, percent = ? WHERE id = ? AND state IN ('waiting', 'inviting', 'sending')",
        state,
        percent,
        job,
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() > 0)
}

/// Ends a transfer; `false` if it had ended already.
pub async fn end(
    tx: &mut WriteTx,
    job: FirmwareJobId,
    state: State,
    failure: Option<Failure>,
    at: Millis,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE firmware_job SET state = ?1, failure = ?2, ended_at = ?3, percent = iif(?1 = 'done', 100, percent)
          WHERE id = ?4 AND state IN ('waiting', 'inviting', 'sending')",
        state,
        failure,
        at,
        job,
    );
    Ok(done.execute(tx.conn()).await?.rows_affected() > 0)
}

/// The transfers that were started and have not ended.
pub async fn begun(conn: &mut SqliteConnection) -> Result<Vec<FirmwareJobId>, StoreError> {
    let begun = sqlx::query_scalar!(
        r#"SELECT id AS "id!: FirmwareJobId" FROM firmware_job WHERE state IN ('inviting', 'sending') ORDER BY id"#
    );
    Ok(begun.fetch_all(conn).await?)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    Table::left("firmware_image", &["by_alias"], Erasing::Stays),
    Table::left("firmware_job", &["by_alias"], Erasing::Stays),
];
