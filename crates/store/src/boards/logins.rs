//! Logins of single boards: rows of `board_login`. A board's password is stored as its hash.

use crate::personal_data::{Erasing, Table};
use domain::{
    boards::MachineNumber,
    id::{AliasId, BoardLoginId, MachineId, TypeId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

#[derive(Debug)]
pub struct NewLogin {
    pub user: String,
    pub hash: [u8; 32],
    pub machine: MachineId,
    /// The machine number it is confined to.
    pub number: MachineNumber,
    pub at: Millis,
    pub by: Option<AliasId>,
}

pub async fn add(tx: &mut WriteTx, new: &NewLogin) -> Result<BoardLoginId, StoreError> {
    let hash = new.hash.as_slice();
    let made = sqlx::query!(
        "INSERT INTO board_login (user, hash, machine_id, number, made_at, made_by) VALUES (?, ?, ?, ?, ?, ?)",
        new.user,
        hash,
        new.machine,
        new.number,
        new.at,
        new.by,
    )
    .execute(tx.conn())
    .await?;
    Ok(BoardLoginId(made.last_insert_rowid()))
}

/// An active login.
#[derive(Debug, Clone)]
pub struct Login {
    pub id: BoardLoginId,
    pub user: String,
    pub machine: MachineId,
    pub name: String,
    pub kind: TypeId,
    /// The machine number it is confined to.
    pub number: MachineNumber,
    /// The machine's present number, unless archived.
    pub has: Option<MachineNumber>,
    pub made: Millis,
    /// Who created it, if known.
    pub by: Option<String>,
    /// When a board last used it.
    pub used: Option<Millis>,
}

/// The active logins, by machine.
pub async fn in_force(conn: &mut SqliteConnection) -> Result<Vec<Login>, StoreError> {
    let logins = sqlx::query_as!(
        Login,
        r#"SELECT l.id AS "id!: BoardLoginId", l.user AS "user!", l.machine_id AS "machine!: MachineId",
                  m.name AS "name!", m.type_id AS "kind!: TypeId", l.number AS "number!: MachineNumber",
                  iif(m.archived_at IS NULL, m.number, NULL) AS "has?: MachineNumber", l.made_at AS "made!: Millis",
                  f.name AS "by?", l.used_at AS "used?: Millis"
             FROM board_login l JOIN machine m ON m.id = l.machine_id
             LEFT JOIN alias a ON a.id = l.made_by LEFT JOIN profile f ON f.person_id = a.person_id
            WHERE l.revoked_at IS NULL ORDER BY m.name, m.id, l.id"#
    )
    .fetch_all(conn)
    .await?;
    Ok(logins)
}

/// The machine of an active login, and its type.
pub async fn of(
    conn: &mut SqliteConnection,
    login: BoardLoginId,
) -> Result<Option<(MachineId, TypeId)>, StoreError> {
    let found = sqlx::query!(
        r#"SELECT l.machine_id AS "machine!: MachineId", m.type_id AS "kind!: TypeId"
             FROM board_login l JOIN machine m ON m.id = l.machine_id WHERE l.id = ? AND l.revoked_at IS NULL"#,
        login,
    );
    Ok(found.fetch_optional(conn).await?.map(|row| (row.machine, row.kind)))
}

/// A login at a connection attempt.
#[derive(Debug)]
pub struct LoginRow {
    pub id: BoardLoginId,
    /// The machine number it is confined to.
    pub number: MachineNumber,
    pub hash: Vec<u8>,
    /// When a board last used it.
    pub used: Option<Millis>,
    /// It is not revoked, and its machine is not archived and still has that number.
    pub opens: bool,
}

/// The login of `user`, active or not.
pub async fn of_user(conn: &mut SqliteConnection, user: &str) -> Result<Option<LoginRow>, StoreError> {
    let found = sqlx::query_as!(
        LoginRow,
        r#"SELECT l.id AS "id!: BoardLoginId", l.number AS "number!: MachineNumber", l.hash AS "hash!",
                  l.used_at AS "used?: Millis",
                  l.revoked_at IS NULL AND m.archived_at IS NULL AND m.number IS l.number AS "opens!: bool"
             FROM board_login l JOIN machine m ON m.id = l.machine_id WHERE l.user = ?"#,
        user,
    );
    Ok(found.fetch_optional(conn).await?)
}

/// The logins that admit a board: not revoked, of a machine that is not archived and still has their number.
pub async fn opening(conn: &mut SqliteConnection) -> Result<Vec<BoardLoginId>, StoreError> {
    let found = sqlx::query_scalar!(
        r#"SELECT l.id AS "id!: BoardLoginId" FROM board_login l JOIN machine m ON m.id = l.machine_id
            WHERE l.revoked_at IS NULL AND m.archived_at IS NULL AND m.number IS l.number"#
    );
    Ok(found.fetch_all(conn).await?)
}

/// Records its use by a board.
pub async fn used(tx: &mut WriteTx, login: BoardLoginId, at: Millis) -> Result<(), StoreError> {
    sqlx::query!("UPDATE board_login SET used_at = ? WHERE id = ?", at, login).execute(tx.conn()).await?;
    Ok(())
}

/// Revokes a login; returns whether it was active.
pub async fn revoke(tx: &mut WriteTx, login: BoardLoginId, at: Millis) -> Result<bool, StoreError> {
    let done =
        sqlx::query!("UPDATE board_login SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", at, login);
    Ok(done.execute(tx.conn()).await?.rows_affected() > 0)
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[Table::left("board_login", &["made_by"], Erasing::Stays)];
