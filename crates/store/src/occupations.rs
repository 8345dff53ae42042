//! Occupations: rows of `occupation`, which are there while they hold.

use domain::{
    id::{AppointmentId, MachineId, PersonId, TypeId},
    occupations::{Occupied, Span},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// Takes the time of `whose` for an appointment. [`StoreError::Overlap`] when it is taken already.
pub async fn take(
    tx: &mut WriteTx,
    whose: Occupied,
    span: Span,
    appointment: AppointmentId,
) -> Result<(), StoreError> {
    let (person, machine) = match whose {
        Occupied::Person(person) => (Some(person), None),
        Occupied::Machine(machine) => (None, Some(machine)),
    };
    sqlx::query!(
        "INSERT INTO occupation (person_id, machine_id, starts_at, ends_at, appointment_id) VALUES (?, ?, ?, ?, ?)",
        person,
        machine,
        span.starts,
        span.ends,
        appointment,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Gives back all that an appointment takes.
pub async fn release(tx: &mut WriteTx, appointment: AppointmentId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM occupation WHERE appointment_id = ?", appointment).execute(tx.conn()).await?;
    Ok(())
}

/// Time that is taken, of whom, and for what.
#[derive(Debug, Clone, Copy)]
pub struct Taken<T> {
    pub whose: T,
    pub span: Span,
    pub appointment: AppointmentId,
}

/// When people who matter for a choice of slots are taken within `within`: `person`, and whoever offers slots.
pub async fn of_people(
    conn: &mut SqliteConnection,
    person: PersonId,
    within: Span,
) -> Result<Vec<Taken<PersonId>>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT person_id AS "person!: PersonId", starts_at AS "starts: Millis", ends_at AS "ends: Millis",
                  appointment_id AS "appointment: AppointmentId"
             FROM occupation
            WHERE person_id IN (SELECT person_id FROM availability_rule UNION SELECT ?1)
              AND starts_at < ?3 AND ends_at > ?2
            ORDER BY person_id, starts_at"#,
        person,
        within.starts,
        within.ends,
    )
    .fetch_all(conn)
    .await?;
    let taken = rows.into_iter().map(|row| Taken {
        whose: row.person,
        span: Span { starts: row.starts, ends: row.ends },
        appointment: row.appointment,
    });
    Ok(taken.collect())
}

/// When machines of a type are taken within `within`.
pub async fn of_machines(
    conn: &mut SqliteConnection,
    kind: TypeId,
    within: Span,
) -> Result<Vec<Taken<MachineId>>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT machine_id AS "machine!: MachineId", starts_at AS "starts: Millis", ends_at AS "ends: Millis",
                  appointment_id AS "appointment: AppointmentId"
             FROM occupation
            WHERE machine_id IN (SELECT id FROM machine WHERE type_id = ?1) AND starts_at < ?3 AND ends_at > ?2
            ORDER BY machine_id, starts_at"#,
        kind,
        within.starts,
        within.ends,
    )
    .fetch_all(conn)
    .await?;
    let taken = rows.into_iter().map(|row| Taken {
        whose: row.machine,
        span: Span { starts: row.starts, ends: row.ends },
        appointment: row.appointment,
    });
    Ok(taken.collect())
}
