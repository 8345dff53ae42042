//! Uses that end because of another change: of a person's standing, or another person's booking.

use domain::{
    cards::CardUid,
    id::{MachineId, PersonId},
    settings::Settings,
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, settings};

/// The machines in use by `person`, each with the card that started the use.
pub async fn running_of(
    conn: &mut SqliteConnection,
    person: PersonId,
) -> Result<Vec<(MachineId, CardUid)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT u.machine_id AS "machine!: MachineId", c.uid AS "uid!: CardUid"
             FROM use_session u JOIN card c ON c.id = u.card_id
            WHERE c.person_id = ? AND c.uid IS NOT NULL AND u.ended_at IS NULL ORDER BY u.machine_id"#,
        person,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.machine, row.uid)).collect())
}

/// Who was admitted at `machine` in `[from, to]`, and when.
pub async fn let_in_between(
    conn: &mut SqliteConnection,
    machine: MachineId,
    from: Millis,
    to: Millis,
) -> Result<Vec<(PersonId, Millis)>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT c.person_id AS "person!: PersonId", a.at AS "at!: Millis"
             FROM attempt a JOIN card c ON c.id = a.card_id
            WHERE a.machine_id = ? AND a.at BETWEEN ? AND ? AND a.level > 0"#,
        machine,
        from,
        to,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.person, row.at)).collect())
}

/// Machines with a running use that overlaps another person's booking beginning until `by`, and whose board was not
/// asked yet to end it, with their settings.
pub async fn running_into_bookings(
    conn: &mut SqliteConnection,
    now: Millis,
    by: Millis,
) -> Result<Vec<(MachineId, Settings)>, StoreError> {
    let begins_after = crate::longest::too_early(now);
    let rows = sqlx::query!(
        r#"SELECT m.id AS "id!: MachineId",
                  (SELECT json_group_array(json_array(s.scope, s.key, s.value)) FROM setting s
                    WHERE (s.scope = 'space' AND s.scope_id = 0)
                       OR (s.scope = 'type' AND s.scope_id = m.type_id)
                       OR (s.scope = 'machine' AND s.scope_id = m.id)) AS "settings!: String"
             FROM use_session u JOIN machine m ON m.id = u.machine_id AND m.number IS NOT NULL AND m.archived_at IS NULL
            WHERE u.ended_at IS NULL
              AND EXISTS (SELECT 1 FROM booking b
                           WHERE (b.machine_id = m.id
                                  -- A machine that the booking leaves to others is not booked with its room.
                                  OR (b.room_id = (SELECT i.room_id FROM room_machine i WHERE i.machine_id = m.id)
                                      AND EXISTS (SELECT 1 FROM occupation o
                                                   WHERE o.booking_id = b.id AND +o.machine_id = m.id)))
                             AND b.starts_at > ?3 AND b.starts_at <= ?2 AND b.ends_at > ?1
                             AND b.state IN ('approved', 'checked-in')
                             AND NOT EXISTS (SELECT 1 FROM card c LEFT JOIN group_member j
                                                 ON j.group_id = b.group_id AND j.person_id = c.person_id
                                              WHERE c.id = u.card_id
                                                AND iif(b.group_id IS NULL, b.person_id IS c.person_id, j.person_id IS NOT NULL)))
              AND NOT EXISTS (SELECT 1 FROM machine_request r
                               WHERE r.use_id = u.id AND r.machine_id = u.machine_id AND r.card_id IS u.card_id
                                 AND r.queued_at >= u.started_at AND r.kind = 'stop')"#,
        now,
        by,
        begins_after,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| Ok((row.id, settings::of_list(&row.settings)?))).collect()
}
