//! Checkouts: rows of `appointment`.

use crate::personal_data::{Erasing, Table};
use domain::{
    checkouts::State,
    id::{AliasId, AppointmentId, MachineId, PersonId, RemarkId, TimeRequestId, TypeId},
    occupations::Span,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx, checkout_steps};

/// An appointment to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewAppointment {
    pub person: PersonId,
    pub trainer: PersonId,
    pub kind: TypeId,
    /// `None` where the type has none.
    pub machine: Option<MachineId>,
    pub span: Span,
    pub state: State,
    pub at: Millis,
}

pub async fn add(tx: &mut WriteTx, new: &NewAppointment) -> Result<AppointmentId, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO appointment (person_id, trainer_id, type_id, machine_id, starts_at, ends_at, state, asked_at)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        new.person,
        new.trainer,
        new.kind,
        new.machine,
        new.span.starts,
        new.span.ends,
        new.state,
        new.at,
    )
    .execute(tx.conn())
    .await?;
    Ok(AppointmentId(made.last_insert_rowid()))
}

/// Moves an appointment to another time, and with it to another trainer or machine; it is pending again.
pub async fn move_to(tx: &mut WriteTx, appointment: AppointmentId, to: &NewAppointment) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE appointment SET trainer_id = ?, machine_id = ?, starts_at = ?, ends_at = ?, state = ?, asked_at = ?,
                decided_at = NULL, decided_by = NULL, sequence = sequence + 1, version = version + 1 WHERE id = ?",
        to.trainer,
        to.machine,
        to.span.starts,
        to.span.ends,
        to.state,
        to.at,
        appointment,
    )
    .execute(tx.conn())
    .await?;
    // Marks and signatures belong to the previous time.
    checkout_steps::forget(tx, appointment).await?;
    Ok(())
}

/// Starts an appointment now instead of at the agreed time, which is stored.
pub async fn hold_now(
    tx: &mut WriteTx,
    appointment: AppointmentId,
    now: &NewAppointment,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE appointment SET agreed_with = trainer_id, agreed_starts = starts_at, agreed_ends = ends_at, agreed_state = state
          WHERE id = ?",
        appointment,
    )
    .execute(tx.conn())
    .await?;
    move_to(tx, appointment, now).await
}

/// Changes the machine of an appointment to another one of the type.
pub async fn on_machine(
    tx: &mut WriteTx,
    appointment: AppointmentId,
    machine: MachineId,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE appointment SET machine_id = ?, sequence = sequence + 1, version = version + 1 WHERE id = ?",
        machine,
        appointment,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A decision about an appointment.
#[derive(Debug, Clone, Copy)]
pub struct Decision {
    pub state: State,
    pub at: Millis,
    pub by: Option<AliasId>,
    /// The reason, or what to practise.
    pub remark: Option<RemarkId>,
    /// When a person who failed may request again.
    pub retry: Option<Millis>,
}

pub async fn decide(tx: &mut WriteTx, appointment: AppointmentId, decision: &Decision) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE appointment SET state = ?1, decided_at = ?2, decided_by = ?3, remark_id = coalesce(?4, remark_id), retry_at = ?5,
                sequence = sequence + (?1 IN ('rejected', 'cancelled')), version = version + 1 WHERE id = ?6",
        decision.state,
        decision.at,
        decision.by,
        decision.remark,
        decision.retry,
        appointment,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Undoes the decision about an appointment, so that its trainer enters a result again.
pub async fn reopen(tx: &mut WriteTx, appointment: AppointmentId) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE appointment SET state = 'accepted', decided_at = NULL, decided_by = NULL, version = version + 1 WHERE id = ?",
        appointment,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Restores the agreed time after a checkout on the spot, if it is still ahead. Returns whether it did.
pub async fn restore(tx: &mut WriteTx, appointment: AppointmentId, now: Millis) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE appointment SET trainer_id = agreed_with, starts_at = agreed_starts, ends_at = agreed_ends, state = agreed_state,
                agreed_with = NULL, agreed_starts = NULL, agreed_ends = NULL, agreed_state = NULL,
                sequence = sequence + 1, version = version + 1
          WHERE id = ?1 AND agreed_starts > ?2",
        appointment,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() > 0)
}

/// A stored checkout.
#[derive(Debug, Clone)]
pub struct CheckoutRow {
    pub id: AppointmentId,
    pub version: i64,
    pub person: PersonId,
    /// `None` once erased.
    pub person_name: Option<String>,
    pub trainer: PersonId,
    pub trainer_name: Option<String>,
    pub kind: TypeId,
    pub kind_name: String,
    pub machine: Option<MachineId>,
    pub machine_name: Option<String>,
    /// Where the machine stands.
    pub place_name: Option<String>,
    pub starts: Millis,
    pub ends: Millis,
    pub state: State,
    /// When it was requested or moved.
    pub asked: Millis,
    /// Sequence number of its calendar entry: how often it was moved or cancelled.
    pub sequence: i64,
    pub decided: Option<Millis>,
    /// Who decided, if known.
    pub decided_by: Option<PersonId>,
    pub decided_by_name: Option<String>,
    /// The reason, or what to practise.
    pub note: Option<String>,
    pub retry: Option<Millis>,
    /// Milliseconds its member used machines of the type until now.
    pub used: i64,
    /// How many of these since they last failed; `None` if they never did.
    pub used_since: Option<i64>,
    /// When the last of these uses began.
    pub last_used: Option<Millis>,
    /// How often its member failed on the type before.
    pub failed: i64,
    /// It has a checklist.
    pub listed: bool,
    /// It was passed, and since then its member used or booked a machine of the type or requested a checkout on a type
    /// that requires it.
    pub relied_on: bool,
}

impl CheckoutRow {
    /// Its time.
    #[must_use]
    pub fn span(&self) -> Span {
        Span { starts: self.starts, ends: self.ends }
    }
}

/// Which appointments to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    pub only: Option<AppointmentId>,
    /// Of this member.
    pub person: Option<PersonId>,
    /// With this trainer.
    pub trainer: Option<PersonId>,
    pub kind: Option<TypeId>,
    /// On this machine.
    pub machine: Option<MachineId>,
    /// In an open state.
    pub open: bool,
    /// Ending after this.
    pub after: Option<Millis>,
    /// Beginning before this.
    pub before: Option<Millis>,
    /// In this state.
    pub state: Option<State>,
    /// Beginning then or later.
    pub begins: Option<Millis>,
    /// Ended then or earlier.
    pub ended: Option<Millis>,
    /// Not of this member.
    pub but: Option<PersonId>,
    /// With trainers on one of these types, a JSON list.
    pub kinds: Option<&'a str>,
}

/// Appointments by start, at most `limit`, with their members' evidence at `now`.
pub async fn list(
    conn: &mut SqliteConnection,
    filter: Filter<'_>,
    limit: u32,
    now: Millis,
) -> Result<Vec<CheckoutRow>, StoreError> {
    let rows = sqlx::query_as!(
        CheckoutRow,
        r#"SELECT a.id AS "id!: AppointmentId", a.version, a.person_id AS "person!: PersonId", p.name AS "person_name?",
                  a.trainer_id AS "trainer!: PersonId", t.name AS "trainer_name?",
                  a.type_id AS "kind!: TypeId", k.name AS "kind_name!", a.machine_id AS "machine?: MachineId",
                  m.name AS "machine_name?", l.name AS "place_name?", a.starts_at AS "starts!: Millis", a.ends_at AS "ends!: Millis",
                  a.state AS "state!: State", a.asked_at AS "asked!: Millis", a.sequence, a.decided_at AS "decided?: Millis",
                  d.person_id AS "decided_by?: PersonId", df.name AS "decided_by_name?", r.body AS "note?",
                  a.retry_at AS "retry?: Millis",
                  (SELECT coalesce(sum(max(coalesce(s.ended_at, ?9) - s.started_at, 0)), 0)
                     FROM card c JOIN use_session s ON s.card_id = c.id JOIN machine u ON u.id = s.machine_id
                    WHERE c.person_id = a.person_id AND u.type_id = a.type_id AND s.corrected = 0) AS "used!: i64",
                  (SELECT coalesce((SELECT sum(max(coalesce(s.ended_at, ?9) - s.started_at, 0))
                             FROM card c JOIN use_session s ON s.card_id = c.id JOIN machine u ON u.id = s.machine_id
                            WHERE c.person_id = a.person_id AND u.type_id = a.type_id AND s.corrected = 0
                              AND s.started_at >= f.decided_at), 0)
                     FROM appointment f
                    WHERE f.person_id = a.person_id AND f.type_id = a.type_id AND f.state = 'failed' AND f.id < a.id
                    ORDER BY f.id DESC LIMIT 1) AS "used_since?: i64",
                  (SELECT max(s.started_at)
                     FROM card c JOIN use_session s ON s.card_id = c.id JOIN machine u ON u.id = s.machine_id
                    WHERE c.person_id = a.person_id AND u.type_id = a.type_id AND s.corrected = 0) AS "last_used?: Millis",
                  (SELECT count(*) FROM appointment f
                    WHERE f.person_id = a.person_id AND f.type_id = a.type_id AND f.state = 'failed' AND f.id < a.id)
                      AS "failed!: i64",
                  EXISTS (SELECT 1 FROM checkout_step c WHERE c.list_id = coalesce(a.list_id,
                      (SELECT max(l.id) FROM checkout_list l WHERE l.type_id = a.type_id))) AS "listed!: bool",
                  (a.state = 'passed' AND (
                      EXISTS (SELECT 1 FROM card c JOIN use_session s ON s.card_id = c.id JOIN machine u ON u.id = s.machine_id
                               WHERE c.person_id = a.person_id AND u.type_id = a.type_id AND s.started_at >= a.decided_at)
                   OR EXISTS (SELECT 1 FROM booking b JOIN machine u ON u.id = b.machine_id
                               WHERE b.person_id = a.person_id AND u.type_id = a.type_id AND b.asked_at >= a.decided_at)
                   OR EXISTS (SELECT 1 FROM appointment o JOIN type_requirement q ON q.type_id = o.type_id
                               WHERE o.person_id = a.person_id AND q.requires_id = a.type_id AND o.asked_at >= a.decided_at)))
                      AS "relied_on!: bool"
             FROM appointment a
             JOIN equipment_type k ON k.id = a.type_id
             LEFT JOIN machine m ON m.id = a.machine_id
             LEFT JOIN place l ON l.id = m.place_id
             LEFT JOIN profile p ON p.person_id = a.person_id
             LEFT JOIN profile t ON t.person_id = a.trainer_id
             LEFT JOIN alias d ON d.id = a.decided_by
             LEFT JOIN profile df ON df.person_id = d.person_id
             LEFT JOIN remark r ON r.id = a.remark_id
            WHERE (?1 IS NULL OR a.id = ?1) AND (?2 IS NULL OR a.person_id = ?2) AND (?3 IS NULL OR a.trainer_id = ?3)
              AND (?4 IS NULL OR a.type_id = ?4) AND (?5 = 0 OR a.state IN ('pending', 'accepted'))
              AND (?6 IS NULL OR a.ends_at > ?6) AND (?7 IS NULL OR a.starts_at < ?7) AND (?10 IS NULL OR a.machine_id = ?10)
              AND (?11 IS NULL OR a.state = ?11) AND (?12 IS NULL OR a.starts_at >= ?12) AND (?13 IS NULL OR a.ends_at <= ?13)
              AND (?14 IS NULL OR a.person_id <> ?14) AND (?15 IS NULL OR a.type_id IN (SELECT value FROM json_each(?15)))
              -- Their names were cut.
              AND +a.person_id IS NOT NULL
            ORDER BY a.starts_at, a.id LIMIT ?8"#,
        filter.only,
        filter.person,
        filter.trainer,
        filter.kind,
        filter.open,
        filter.after,
        filter.before,
        limit,
        now,
        filter.machine,
        filter.state,
        filter.begins,
        filter.ended,
        filter.but,
        filter.kinds,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows)
}

/// A person's next checkout, as member or trainer.
#[derive(Debug, Clone)]
pub struct Coming {
    pub id: AppointmentId,
    pub kind_name: String,
    /// The name of the other side, if known.
    pub with: Option<String>,
    pub starts: Millis,
    pub ends: Millis,
    pub state: State,
}

/// The open appointment of `person`, as member or trainer, that runs at `now` or begins next, before `before`.
pub async fn coming(
    conn: &mut SqliteConnection,
    person: PersonId,
    now: Millis,
    before: Millis,
) -> Result<Option<Coming>, StoreError> {
    let coming = sqlx::query_as!(
        Coming,
        r#"SELECT a.id AS "id!: AppointmentId", k.name AS "kind_name!", f.name AS "with?", a.starts_at AS "starts!: Millis",
                  a.ends_at AS "ends!: Millis", a.state AS "state!: State"
             FROM appointment a
             JOIN equipment_type k ON k.id = a.type_id
             LEFT JOIN profile f ON f.person_id = iif(a.person_id = ?1, a.trainer_id, a.person_id)
            WHERE ?1 IN (a.person_id, a.trainer_id) AND a.state IN ('pending', 'accepted') AND a.ends_at > ?2 AND a.starts_at < ?3
            ORDER BY a.starts_at, a.id LIMIT 1"#,
        person,
        now,
        before,
    );
    Ok(coming.fetch_optional(conn).await?)
}

pub async fn one(
    conn: &mut SqliteConnection,
    appointment: AppointmentId,
    now: Millis,
) -> Result<Option<CheckoutRow>, StoreError> {
    let only = Filter { only: Some(appointment), ..Filter::default() };
    Ok(list(conn, only, 1, now).await?.pop())
}

/// The newest decided appointment of `person` on `kind`, and when they may request again if they failed.
pub async fn retry(
    conn: &mut SqliteConnection,
    person: PersonId,
    kind: TypeId,
) -> Result<Option<Millis>, StoreError> {
    let retry = sqlx::query_scalar!(
        r#"SELECT retry_at AS "at?: Millis" FROM appointment
            WHERE person_id = ? AND type_id = ? AND state IN ('passed', 'failed') ORDER BY decided_at DESC, id DESC LIMIT 1"#,
        person,
        kind,
    );
    Ok(retry.fetch_optional(conn).await?.flatten())
}

/// A machine for checkouts on a type.
#[derive(Debug, Clone)]
pub struct Machine {
    pub id: MachineId,
    pub name: String,
    /// It is blocked until the block is lifted.
    pub blocked: bool,
}

/// The machines in service of a type, by name.
pub async fn machines(conn: &mut SqliteConnection, kind: TypeId) -> Result<Vec<Machine>, StoreError> {
    let machines = sqlx::query_as!(
        Machine,
        r#"SELECT id AS "id!: MachineId", name,
                  EXISTS (SELECT 1 FROM machine_block b WHERE b.machine_id = machine.id AND b.lifted_at IS NULL) AS "blocked!: bool"
             FROM machine WHERE type_id = ? AND archived_at IS NULL ORDER BY name, id"#,
        kind,
    );
    Ok(machines.fetch_all(conn).await?)
}

/// A request by a member for whom no slot fits.
#[derive(Debug, Clone)]
pub struct NewTimeRequest {
    pub person: PersonId,
    pub kind: TypeId,
    /// Days since 1970-01-01.
    pub day: i64,
    pub at: Millis,
    pub remark: Option<RemarkId>,
}

/// Adds a request; `None` if there is one of that day.
pub async fn add_time_request(
    tx: &mut WriteTx,
    new: &NewTimeRequest,
) -> Result<Option<TimeRequestId>, StoreError> {
    let made = sqlx::query!(
        "INSERT INTO checkout_wish (person_id, type_id, day, asked_at, remark_id) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (person_id, type_id, day) DO NOTHING",
        new.person,
        new.kind,
        new.day,
        new.at,
        new.remark,
    )
    .execute(tx.conn())
    .await?;
    Ok((made.rows_affected() > 0).then(|| TimeRequestId(made.last_insert_rowid())))
}

#[derive(Debug, Clone)]
pub struct StoredTimeRequest {
    pub person: PersonId,
    /// `None` once erased.
    pub person_name: Option<String>,
    pub kind: TypeId,
    pub kind_name: String,
    pub day: i64,
    pub asked: Millis,
    pub note: Option<String>,
}

/// The newest request of each member and type after `since` that no appointment or qualification has answered, oldest
/// first; with `person`, only theirs.
pub async fn wishes(
    conn: &mut SqliteConnection,
    person: Option<PersonId>,
    since: Millis,
) -> Result<Vec<StoredTimeRequest>, StoreError> {
    let wishes = sqlx::query_as!(
        StoredTimeRequest,
        r#"SELECT w.person_id AS "person!: PersonId", p.name AS "person_name?", w.type_id AS "kind!: TypeId", k.name AS "kind_name!",
                  w.day, w.asked_at AS "asked!: Millis", r.body AS "note?"
             FROM checkout_wish w
             JOIN equipment_type k ON k.id = w.type_id AND k.archived_at IS NULL
             LEFT JOIN profile p ON p.person_id = w.person_id
             LEFT JOIN remark r ON r.id = w.remark_id
            WHERE w.asked_at > ?2 AND (?1 IS NULL OR w.person_id = ?1)
              AND NOT EXISTS (SELECT 1 FROM checkout_wish n WHERE n.person_id = w.person_id AND n.type_id = w.type_id AND n.id > w.id)
              AND NOT EXISTS (SELECT 1 FROM appointment a
                               WHERE a.person_id = w.person_id AND a.type_id = w.type_id AND a.asked_at >= w.asked_at)
              AND NOT EXISTS (SELECT 1 FROM qualification q WHERE q.person_id = w.person_id AND q.type_id = w.type_id
                                 AND q.kind = 'granted' AND q.recorded_at >= w.asked_at)
            ORDER BY w.asked_at, w.id LIMIT 200"#,
        person,
        since,
    );
    Ok(wishes.fetch_all(conn).await?)
}

/// Deletes requests before `before` with their text; returns their number.
pub async fn forget_wishes(tx: &mut WriteTx, before: Millis) -> Result<u64, StoreError> {
    let gone = sqlx::query_scalar!(
        r#"DELETE FROM checkout_wish WHERE asked_at < ? RETURNING remark_id AS "remark: RemarkId""#,
        before,
    )
    .fetch_all(tx.conn())
    .await?;
    for remark in gone.iter().flatten() {
        sqlx::query!("DELETE FROM remark WHERE id = ?", remark).execute(tx.conn()).await?;
    }
    Ok(gone.len().try_into().unwrap_or(u64::MAX))
}

/// Personal data in these tables.
pub(crate) const PERSONAL_DATA: &[Table] = &[
    Table::taken(
        "appointment",
        &["person_id", "trainer_id", "agreed_with", "decided_by", "remark_id"],
        Erasing::Emptied("remark_id"),
        "SELECT json_object('type', k.name, 'as', iif(w.person_id = ?1, 'member', 'trainer'), 'state', w.state, \
         'starts@', w.starts_at, 'ends@', w.ends_at, 'asked@', w.asked_at, 'decided@', w.decided_at, 'checklist', \
         (SELECT json_group_array(json_object('step', s.body, 'mark', m.mark, 'photo', (SELECT \
         '/pictures/checkout/' || o.appointment_id || '-' || o.step_id FROM checkout_photo o WHERE o.appointment_id \
         = m.appointment_id AND o.step_id = m.step_id))) FROM checkout_mark m JOIN checkout_step s ON s.id = \
         m.step_id WHERE m.appointment_id = w.id)) FROM appointment w JOIN equipment_type k ON k.id = w.type_id \
         WHERE w.person_id = ?1 OR w.trainer_id = ?1",
    ),
    Table::taken(
        "checkout_wish",
        &["person_id", "remark_id"],
        Erasing::Deleted,
        "SELECT json_object('type', k.name, 'asked@', w.asked_at, 'words', r.body) FROM checkout_wish w JOIN \
         equipment_type k ON k.id = w.type_id LEFT JOIN remark r ON r.id = w.remark_id WHERE w.person_id = ?1",
    ),
];
