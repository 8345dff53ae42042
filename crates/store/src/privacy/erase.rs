//! Erasure of a person: the rows that are deleted, and the values that other rows lose.

use domain::{id::PersonId, time::Millis};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// Shorter words occur everywhere and identify nobody.
const TELLING: usize = 6;
/// Bytes of a text to search for: a longer one may not be stored in one piece.
const PIECE: usize = 48;

/// The traces of `person` in the file, as stored: name, address, phone number, key in other lists, card uids, devices,
/// and remarks about them, except values that another person shares. Name and address are stored as written and as
/// folded, and each by itself, because the remnant of an index entry may be no more than its beginning.
pub async fn traces(conn: &mut SqliteConnection, person: PersonId) -> Result<Vec<Vec<u8>>, StoreError> {
    let words = sqlx::query_scalar!(
        r#"SELECT email AS "name!: String" FROM profile WHERE person_id = ?1 AND email IS NOT NULL
           UNION SELECT phone FROM profile WHERE person_id = ?1 AND phone IS NOT NULL
           UNION SELECT uid FROM card WHERE person_id = ?1 AND uid IS NOT NULL
           UNION SELECT body FROM remark WHERE about_person = ?1
           UNION SELECT r.body FROM remark r JOIN alias a ON a.id = r.by_alias
                  WHERE a.person_id = ?1 AND r.about_person IS NULL
           UNION SELECT name FROM api_token WHERE person_id = ?1
           UNION SELECT slack_user FROM slack_link WHERE person_id = ?1
           UNION SELECT name FROM slack_link WHERE person_id = ?1
           -- How they end tells them apart.
           UNION SELECT substr(endpoint, -40) FROM push_subscription WHERE person_id = ?1
           UNION SELECT substr(sought, instr(sought, char(10)) + 1) FROM profile WHERE person_id = ?1
           UNION SELECT f.name FROM profile f WHERE f.person_id = ?1
                    AND NOT EXISTS (SELECT 1 FROM profile o WHERE o.name = f.name AND o.person_id <> ?1)
           UNION SELECT lower(f.name) FROM profile f WHERE f.person_id = ?1
                    AND NOT EXISTS (SELECT 1 FROM profile o WHERE lower(o.name) = lower(f.name) AND o.person_id <> ?1)
           UNION SELECT substr(f.sought, 1, instr(f.sought, char(10)) - 1) FROM profile f WHERE f.person_id = ?1
                    AND NOT EXISTS (SELECT 1 FROM profile o WHERE o.person_id <> ?1
                                       AND substr(o.sought, 1, instr(o.sought, char(10)))
                                           = substr(f.sought, 1, instr(f.sought, char(10))))
           UNION SELECT external_key FROM profile WHERE person_id = ?1 AND external_key IS NOT NULL
           -- A name that others have is found with them.
           UNION SELECT g.name FROM document_signature g WHERE g.person_id = ?1 AND g.name IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM profile o WHERE lower(o.name) = lower(g.name) AND o.person_id <> ?1)
                    AND NOT EXISTS (SELECT 1 FROM document_signature o
                                     WHERE o.name = g.name AND o.person_id <> ?1)
           UNION SELECT k.name FROM passkey k WHERE k.person_id = ?1
                    AND NOT EXISTS (SELECT 1 FROM passkey o WHERE o.name = k.name AND o.person_id <> ?1)
           UNION SELECT login FROM directory_person WHERE person_id = ?1 AND login IS NOT NULL
           UNION SELECT subject FROM identity_link WHERE person_id = ?1
           UNION SELECT called FROM identity_link WHERE person_id = ?1 AND called IS NOT NULL
           UNION SELECT s.device FROM session s WHERE s.person_id = ?1
                    AND NOT EXISTS (SELECT 1 FROM session o WHERE o.device = s.device AND o.person_id <> ?1)"#,
        person,
    )
    .fetch_all(conn)
    .await?;
    let bytes = words.into_iter().filter(|name| name.len() >= TELLING).map(String::into_bytes);
    Ok(bytes.map(|bytes| bytes.into_iter().take(PIECE).collect()).collect())
}

/// Erases `person`: a row without a name stays, to which history refers. Must run after everything that reads who they
/// were. For a person erased before, it deletes what was added since and leaves the date of their erasure.
pub async fn erase(tx: &mut WriteTx, person: PersonId, at: Millis) -> Result<(), StoreError> {
    numbers_and_words(tx, person).await?;
    let conn = tx.conn();
    sqlx::query!("DELETE FROM picture WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!(
        "DELETE FROM intervention_photo
          WHERE intervention_id IN (SELECT i.id FROM intervention i JOIN alias a ON a.id = i.by_alias WHERE a.person_id = ?1)
             OR by_alias IN (SELECT id FROM alias WHERE person_id = ?1)",
        person
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "DELETE FROM problem_photo
          WHERE report_id IN (SELECT p.id FROM problem_report p JOIN alias a ON a.id = p.reported_by WHERE a.person_id = ?)",
        person
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "DELETE FROM checkout_photo WHERE appointment_id IN (SELECT id FROM appointment WHERE person_id = ?)",
        person
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("DELETE FROM group_member WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM group_request WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!(
        "DELETE FROM group_invitation WHERE email = (SELECT email FROM profile WHERE person_id = ?)",
        person
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("DELETE FROM recovery_code WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM account WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM push_subscription WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM passkey_ceremony WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM passkey WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM passkey_user WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM session WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM identity_link WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM provider_arrival WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM rule_grant WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("UPDATE directory_person SET login = NULL WHERE person_id = ?", person)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("DELETE FROM known_device WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM link WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM api_token WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM slack_link WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM calendar_feed WHERE person_id = ?1 OR trainer_id = ?1", person)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("DELETE FROM repeated_request WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM last_use WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM notice WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM notice_sender WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM broadcast_sender WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM follow WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM availability_rule WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM availability_away WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM occupation WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM training_progress WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM watch_clock WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM notice_switch WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM mail_times WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM bounced_address WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM visit WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM dues_subscription WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("UPDATE dues_difference SET match_id = NULL WHERE match_id = ?", person)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("DELETE FROM dues_difference WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("UPDATE document_signature SET name = NULL WHERE person_id = ?", person)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("DELETE FROM dues WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM profile WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!(
        "UPDATE person SET status = 'left', left_at = coalesce(left_at, ?1), erased_at = coalesce(erased_at, ?1), version = version + 1
          WHERE id = ?2",
        at,
        person,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Erases `person` again if the row is still the same person with a name. Returns the traces to scrub; `None` if there
/// is nothing to do.
pub async fn erase_again(
    tx: &mut WriteTx,
    person: PersonId,
    made: Millis,
    now: Millis,
) -> Result<Option<Vec<Vec<u8>>>, StoreError> {
    let theirs = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM person WHERE id = ? AND created_at = ? AND erased_at IS NULL) AS "is!: bool""#,
        person,
        made,
    );
    if !theirs.fetch_one(tx.conn()).await? {
        return Ok(None);
    }
    let traces = traces(tx.conn(), person).await?;
    erase(tx, person, now).await?;
    Ok(Some(traces))
}

/// Card uids and all remarks about them.
async fn numbers_and_words(tx: &mut WriteTx, person: PersonId) -> Result<(), StoreError> {
    let conn = tx.conn();
    sqlx::query!("DELETE FROM card_claim WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM unknown_card WHERE uid IN (SELECT uid FROM card WHERE person_id = ?)", person)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("UPDATE card SET uid = NULL, state = 'retired' WHERE person_id = ?", person)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("DELETE FROM checkout_wish WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!(
        "UPDATE appointment SET remark_id = NULL
          WHERE remark_id IN (SELECT id FROM remark WHERE about_person = ?1)",
        person
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE checkout_mark SET remark_id = NULL
          WHERE remark_id IN (SELECT id FROM remark WHERE about_person = ?1)",
        person
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE booking SET remark_id = NULL
          WHERE remark_id IN (SELECT id FROM remark WHERE about_person = ?1)
             OR remark_id IN (SELECT r.id FROM remark r JOIN alias a ON a.id = r.by_alias
                               WHERE a.person_id = ?1 AND r.about_person IS NULL)",
        person
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE training_request SET remark_id = NULL
          WHERE remark_id IN (SELECT id FROM remark WHERE about_person = ?1)",
        person
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE event_place SET remark_id = NULL
          WHERE remark_id IN (SELECT id FROM remark WHERE about_person = ?1)",
        person
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE draw_wish SET remark_id = NULL
          WHERE remark_id IN (SELECT id FROM remark WHERE about_person = ?1)",
        person
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE closure SET remark_id = NULL
          WHERE remark_id IN (SELECT id FROM remark WHERE about_person = ?1)
             OR remark_id IN (SELECT r.id FROM remark r JOIN alias a ON a.id = r.by_alias WHERE a.person_id = ?1)",
        person
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("UPDATE help_request SET person_id = NULL, remark_id = NULL WHERE person_id = ?", person)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("UPDATE help_request SET helper_id = NULL, answer_remark_id = NULL WHERE helper_id = ?", person)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "UPDATE hold SET remark_id = NULL WHERE remark_id IN (SELECT id FROM remark WHERE about_person = ?)",
        person
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE machine_block SET remark_id = NULL
          WHERE remark_id IN (SELECT id FROM remark WHERE about_person = ?1)
             OR remark_id IN (SELECT r.id FROM remark r JOIN alias a ON a.id = r.by_alias WHERE a.person_id = ?1)",
        person
    )
    .execute(&mut *conn)
    .await?;
    words_on_machines(&mut *conn, person).await?;
    sqlx::query!("DELETE FROM person_note WHERE person_id = ?", person).execute(&mut *conn).await?;
    sqlx::query!("DELETE FROM remark WHERE about_person = ?", person).execute(conn).await?;
    Ok(())
}

/// Their remarks about machines, which are about nobody: problems, interventions and blocks.
async fn words_on_machines(conn: &mut SqliteConnection, person: PersonId) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE problem_report SET remark_id = NULL, version = version + 1
          WHERE remark_id IN (SELECT r.id FROM remark r JOIN alias a ON a.id = r.by_alias WHERE a.person_id = ?)",
        person
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE problem_report SET done_remark_id = NULL, version = version + 1
          WHERE done_remark_id IN (SELECT r.id FROM remark r JOIN alias a ON a.id = r.by_alias WHERE a.person_id = ?)",
        person
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE training_event SET remark_id = NULL, version = version + 1
          WHERE remark_id IN (SELECT r.id FROM remark r JOIN alias a ON a.id = r.by_alias WHERE a.person_id = ?)",
        person
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "DELETE FROM remark WHERE about_person IS NULL AND by_alias IN (SELECT id FROM alias WHERE person_id = ?)",
        person
    )
    .execute(conn)
    .await?;
    Ok(())
}
