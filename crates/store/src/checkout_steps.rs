//! Steps of checkouts: rows of `checkout_list` and `checkout_step`, and their marks.
//!
//! Saving a list adds a row and changes none: an appointment continues with the list it began with, and its record
//! shows the steps of that day.

use crate::personal_data::{Erasing, Table};
use domain::{
    checkout_steps::{Mark, Signer, Step},
    id::{AliasId, AppointmentId, CheckoutListId, CheckoutStepId, PersonId, RemarkId, TypeId},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{
    StoreError, WriteTx,
    pictures::{self, Picture},
};

/// The newest list of a type, with its steps in order.
pub async fn list(
    conn: &mut SqliteConnection,
    kind: TypeId,
) -> Result<Option<(CheckoutListId, Vec<Step>)>, StoreError> {
    let newest = sqlx::query_scalar!(
        r#"SELECT id AS "id!: CheckoutListId" FROM checkout_list WHERE type_id = ? ORDER BY id DESC LIMIT 1"#,
        kind,
    );
    let Some(list) = newest.fetch_optional(&mut *conn).await? else { return Ok(None) };
    let steps = sqlx::query_as!(
        Step,
        r#"SELECT section, body, required AS "required!: bool" FROM checkout_step WHERE list_id = ? ORDER BY position"#,
        list,
    );
    Ok(Some((list, steps.fetch_all(conn).await?)))
}

/// Types whose newest list has steps.
pub async fn listed(conn: &mut SqliteConnection) -> Result<Vec<TypeId>, StoreError> {
    let listed = sqlx::query_scalar!(
        r#"SELECT l.type_id AS "kind!: TypeId" FROM checkout_list l
            WHERE l.id = (SELECT max(id) FROM checkout_list n WHERE n.type_id = l.type_id)
              AND EXISTS (SELECT 1 FROM checkout_step s WHERE s.list_id = l.id)"#,
    );
    Ok(listed.fetch_all(conn).await?)
}

/// Adds a list, which is the current one from now on.
pub async fn add_list(
    tx: &mut WriteTx,
    kind: TypeId,
    steps: &[Step],
    by: Option<AliasId>,
    at: Millis,
) -> Result<CheckoutListId, StoreError> {
    let made =
        sqlx::query!("INSERT INTO checkout_list (type_id, made_at, made_by) VALUES (?, ?, ?)", kind, at, by)
            .execute(tx.conn())
            .await?;
    let list = CheckoutListId(made.last_insert_rowid());
    for (position, step) in (0_i64..).zip(steps) {
        sqlx::query!(
            "INSERT INTO checkout_step (list_id, position, section, body, required) VALUES (?, ?, ?, ?, ?)",
            list,
            position,
            step.section,
            step.body,
            step.required,
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(list)
}

/// Fixes the newest list of its type as the list of an appointment, unless it has one. Called with the first mark.
pub async fn begin(tx: &mut WriteTx, appointment: AppointmentId) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE appointment SET list_id = (SELECT max(l.id) FROM checkout_list l WHERE l.type_id = appointment.type_id)
          WHERE id = ? AND list_id IS NULL",
        appointment
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Deletes the marks of an appointment, because it was moved to another time.
pub async fn forget(tx: &mut WriteTx, appointment: AppointmentId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM checkout_signature WHERE appointment_id = ?", appointment)
        .execute(tx.conn())
        .await?;
    sqlx::query!("DELETE FROM checkout_photo WHERE appointment_id = ?", appointment).execute(tx.conn()).await?;
    sqlx::query!("DELETE FROM checkout_mark WHERE appointment_id = ?", appointment).execute(tx.conn()).await?;
    sqlx::query!("UPDATE appointment SET list_id = NULL WHERE id = ?", appointment).execute(tx.conn()).await?;
    Ok(())
}

/// How many open appointments of a type have their list fixed.
pub async fn begun(conn: &mut SqliteConnection, kind: TypeId) -> Result<u32, StoreError> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!: u32"
             FROM appointment a WHERE a.type_id = ? AND a.list_id IS NOT NULL AND a.state IN ('pending', 'accepted')"#,
        kind,
    );
    Ok(count.fetch_one(conn).await?)
}

/// A step of an appointment and its mark.
#[derive(Debug, Clone)]
pub struct Marked {
    pub id: CheckoutStepId,
    pub section: String,
    pub body: String,
    pub required: bool,
    pub mark: Option<Mark>,
    pub note: Option<String>,
    /// When its photo was added.
    pub photo: Option<Millis>,
}

/// The steps of an appointment, in order: of its fixed list, or of the newest of its type.
pub async fn of_appointment(
    conn: &mut SqliteConnection,
    appointment: AppointmentId,
) -> Result<Vec<Marked>, StoreError> {
    let steps = sqlx::query_as!(
        Marked,
        r#"SELECT s.id AS "id!: CheckoutStepId", s.section, s.body, s.required AS "required!: bool", m.mark AS "mark?: Mark",
                  r.body AS "note?", p.added_at AS "photo?: Millis"
             FROM appointment a
             JOIN checkout_step s ON s.list_id = coalesce(a.list_id,
                  iif(a.state IN ('pending', 'accepted'), (SELECT max(id) FROM checkout_list WHERE type_id = a.type_id), NULL))
             LEFT JOIN checkout_mark m ON m.appointment_id = a.id AND m.step_id = s.id
             LEFT JOIN remark r ON r.id = m.remark_id
             LEFT JOIN checkout_photo p ON p.appointment_id = a.id AND p.step_id = s.id
            WHERE a.id = ? ORDER BY s.position"#,
        appointment,
    );
    Ok(steps.fetch_all(conn).await?)
}

/// Marks a step, or clears the mark; its note stays.
pub async fn mark(
    tx: &mut WriteTx,
    appointment: AppointmentId,
    step: CheckoutStepId,
    mark: Option<Mark>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO checkout_mark (appointment_id, step_id, mark) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET mark = excluded.mark",
        appointment,
        step,
        mark,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Replaces the note of a step. A step with a note is marked for practice unless it has another mark.
pub async fn note(
    tx: &mut WriteTx,
    appointment: AppointmentId,
    step: CheckoutStepId,
    remark: Option<RemarkId>,
) -> Result<(), StoreError> {
    let before = sqlx::query_scalar!(
        r#"SELECT remark_id AS "id?: RemarkId" FROM checkout_mark WHERE appointment_id = ? AND step_id = ?"#,
        appointment,
        step,
    );
    let before = before.fetch_optional(tx.conn()).await?.flatten();
    sqlx::query!(
        "INSERT INTO checkout_mark (appointment_id, step_id, mark, remark_id)
         VALUES (?1, ?2, iif(?3 IS NULL, NULL, 'practise'), ?3)
         ON CONFLICT DO UPDATE SET remark_id = excluded.remark_id, mark = coalesce(mark, excluded.mark)",
        appointment,
        step,
        remark,
    )
    .execute(tx.conn())
    .await?;
    if let Some(before) = before {
        sqlx::query!("DELETE FROM remark WHERE id = ?", before).execute(tx.conn()).await?;
    }
    Ok(())
}

/// The photo of a step; `small` for a list.
pub async fn photo(
    conn: &mut SqliteConnection,
    appointment: AppointmentId,
    step: CheckoutStepId,
    small: bool,
) -> Result<Option<Picture>, StoreError> {
    pictures::found!(conn, small, "checkout_photo WHERE appointment_id = ?2 AND step_id = ?3", appointment, step)
}

/// A new photo, in both sizes.
#[derive(Debug)]
pub struct Photo {
    pub body: Vec<u8>,
    pub small: Vec<u8>,
    pub at: Millis,
}

/// Replaces or removes a photo.
pub async fn set_photo(
    tx: &mut WriteTx,
    appointment: AppointmentId,
    step: CheckoutStepId,
    photo: Option<&Photo>,
) -> Result<(), StoreError> {
    let Some(Photo { body, small, at }) = photo else {
        sqlx::query!("DELETE FROM checkout_photo WHERE appointment_id = ? AND step_id = ?", appointment, step)
            .execute(tx.conn())
            .await?;
        return Ok(());
    };
    pictures::keep!(
        tx,
        "checkout_photo (body, small, added_at, appointment_id, step_id) VALUES (?, ?, ?, ?, ?)",
        (body, small, at),
        appointment,
        step
    )
}

/// A signature of an appointment.
#[derive(Debug, Clone)]
pub struct Signature {
    pub signer: Signer,
    pub at: Millis,
    /// Whose card was tapped, if known.
    pub by: Option<PersonId>,
    /// Their name; `None` once erased.
    pub name: Option<String>,
}

pub async fn signatures(
    conn: &mut SqliteConnection,
    appointment: AppointmentId,
) -> Result<Vec<Signature>, StoreError> {
    let signatures = sqlx::query_as!(
        Signature,
        r#"SELECT s.side AS "signer!: Signer", s.signed_at AS "at!: Millis", a.person_id AS "by?: PersonId", p.name AS "name?"
             FROM checkout_signature s LEFT JOIN alias a ON a.id = s.signed_by LEFT JOIN profile p ON p.person_id = a.person_id
            WHERE s.appointment_id = ? ORDER BY s.side DESC"#,
        appointment,
    );
    Ok(signatures.fetch_all(conn).await?)
}

/// Signs; the first signature of a side wins.
pub async fn sign(
    tx: &mut WriteTx,
    appointment: AppointmentId,
    signer: Signer,
    by: Option<AliasId>,
    at: Millis,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO checkout_signature (appointment_id, side, signed_at, signed_by) VALUES (?, ?, ?, ?)
         ON CONFLICT DO NOTHING",
        appointment,
        signer,
        at,
        by,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Removes a signature.
pub async fn unsign(tx: &mut WriteTx, appointment: AppointmentId, signer: Signer) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM checkout_signature WHERE appointment_id = ? AND side = ?", appointment, signer)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    // The list's trainer says nothing about its author.
    Table::left("checkout_list", &["made_by"], Erasing::Stays),
    // The workshop’s own words.
    Table::left("checkout_step", &["body"], Erasing::Stays),
    // Exported with its appointment.
    Table::left("checkout_mark", &["remark_id"], Erasing::Emptied("remark_id")),
    Table::left("checkout_photo", &["body"], Erasing::Deleted),
    Table::left("checkout_signature", &["signed_by"], Erasing::Stays),
];
