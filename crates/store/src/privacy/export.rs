//! All that is kept of somebody, as they take it along.
//!
//! Invariant: nothing that opens anything – a card's number is its last two digits, passwords and links are that there is
//! one. Instants are RFC 3339 in UTC.

use domain::id::PersonId;
use serde_json::Value;
use sqlx::SqliteConnection;

use crate::StoreError;

/// What was read of each table, by the table's name.
macro_rules! by_table {
    ($row:expr) => {
        by_table!($row; person profile account session link api_token calendar_feed picture card card_claim hold person_note problem_report intervention remark qualification use_session use_correction last_use notice notice_switch mail_times bounced_address announcement follow availability_rule availability_away appointment checkout_wish booking waiting training_progress quiz_try attempt audit machine_request)
    };
    ($row:expr; $($table:ident)+) => {
        [$((stringify!($table), $row.$table)),+]
    };
}

/// The tables by name, each with its rows; in one look at the storage. `whole`: with what they did that is about others. With
/// `only`, that one, and nothing is read of the others.
#[expect(clippy::too_many_lines, reason = "one statement, with a list for each table")]
pub async fn export(
    conn: &mut SqliteConnection,
    person: PersonId,
    whole: bool,
    only: Option<&str>,
) -> Result<Vec<(&'static str, Vec<Value>)>, StoreError> {
    let subject = format!("person:{person}");
    let row = sqlx::query!(
        r#"
        WITH mine AS (SELECT id FROM alias WHERE person_id = ?1),
             cards AS (SELECT id FROM card WHERE person_id = ?1)
        SELECT
          iif(?4 IS NULL OR ?4 = 'person', (SELECT json_group_array(json_object('id', id, 'status', status,
                'since', strftime('%Y-%m-%dT%H:%M:%SZ', created_at / 1000, 'unixepoch'),
                'left', strftime('%Y-%m-%dT%H:%M:%SZ', left_at / 1000, 'unixepoch'),
                'erased', strftime('%Y-%m-%dT%H:%M:%SZ', erased_at / 1000, 'unixepoch')))
             FROM person WHERE id = ?1), '[]') AS "person!: String",
          iif(?4 IS NULL OR ?4 = 'profile', (SELECT json_group_array(json_object('name', name, 'email', email, 'phone', phone, 'language', language, 'key', external_key))
             FROM profile WHERE person_id = ?1), '[]') AS "profile!: String",
          iif(?4 IS NULL OR ?4 = 'account', (SELECT json_group_array(json_object('has_password', json(iif(password IS NULL, 'false', 'true')),
                'password_set', strftime('%Y-%m-%dT%H:%M:%SZ', password_set_at / 1000, 'unixepoch'),
                'second_factor_since', strftime('%Y-%m-%dT%H:%M:%SZ', totp_confirmed_at / 1000, 'unixepoch'),
                'recovery_codes_left', (SELECT count(*) FROM recovery_code r WHERE r.person_id = ?1 AND r.used_at IS NULL)))
             FROM account WHERE person_id = ?1), '[]') AS "account!: String",
          iif(?4 IS NULL OR ?4 = 'session', (SELECT json_group_array(json_object('device', device,
                'signed_in', strftime('%Y-%m-%dT%H:%M:%SZ', created_at / 1000, 'unixepoch'),
                'last_seen', strftime('%Y-%m-%dT%H:%M:%SZ', seen_at / 1000, 'unixepoch')))
             FROM session WHERE person_id = ?1), '[]') AS "session!: String",
          iif(?4 IS NULL OR ?4 = 'link', (SELECT json_group_array(json_object('purpose', purpose,
                'made', strftime('%Y-%m-%dT%H:%M:%SZ', created_at / 1000, 'unixepoch'),
                'until', strftime('%Y-%m-%dT%H:%M:%SZ', expires_at / 1000, 'unixepoch')))
             FROM link WHERE person_id = ?1), '[]') AS "link!: String",
          iif(?4 IS NULL OR ?4 = 'api_token', (SELECT json_group_array(json_object('name', name, 'scopes', scopes,
                'made', strftime('%Y-%m-%dT%H:%M:%SZ', created_at / 1000, 'unixepoch'),
                'until', strftime('%Y-%m-%dT%H:%M:%SZ', expires_at / 1000, 'unixepoch'),
                'last_used', strftime('%Y-%m-%dT%H:%M:%SZ', seen_at / 1000, 'unixepoch')))
             FROM api_token WHERE person_id = ?1), '[]') AS "api_token!: String",
          iif(?4 IS NULL OR ?4 = 'calendar_feed', (SELECT json_group_array(json_object(
                'shows', coalesce(m.name, o.name, iif(c.trainer_id IS NULL, 'own bookings and checkouts', 'checkouts of a trainer')),
                'made', strftime('%Y-%m-%dT%H:%M:%SZ', c.made_at / 1000, 'unixepoch'),
                'last_read', strftime('%Y-%m-%dT%H:%M:%SZ', c.seen_at / 1000, 'unixepoch')))
             FROM calendar_feed c LEFT JOIN machine m ON m.id = c.machine_id LEFT JOIN room o ON o.id = c.room_id
            WHERE c.person_id = ?1), '[]') AS "calendar_feed!: String",
          iif(?4 IS NULL OR ?4 = 'picture', (SELECT json_group_array(json_object('at', '/pictures/person/' || person_id, 'bytes', length(body),
                'since', strftime('%Y-%m-%dT%H:%M:%SZ', added_at / 1000, 'unixepoch')))
             FROM picture WHERE person_id = ?1), '[]') AS "picture!: String",
          iif(?4 IS NULL OR ?4 = 'card', (SELECT json_group_array(json_object('id', id, 'ending', substr(uid, 7), 'state', state,
                'given', strftime('%Y-%m-%dT%H:%M:%SZ', given_at / 1000, 'unixepoch')))
             FROM card WHERE person_id = ?1), '[]') AS "card!: String",
          iif(?4 IS NULL OR ?4 = 'card_claim', (SELECT json_group_array(json_object('machine', m.name, 'state', l.state, 'reason', r.body,
                'claimed', strftime('%Y-%m-%dT%H:%M:%SZ', l.claimed_at / 1000, 'unixepoch'),
                'decided', strftime('%Y-%m-%dT%H:%M:%SZ', l.decided_at / 1000, 'unixepoch')))
             FROM card_claim l JOIN unknown_card k ON k.id = l.unknown_card_id JOIN machine m ON m.id = k.machine_id
             LEFT JOIN remark r ON r.id = l.remark_id WHERE l.person_id = ?1), '[]') AS "card_claim!: String",
          iif(?4 IS NULL OR ?4 = 'hold', (SELECT json_group_array(json_object('reason', h.reason, 'remark', r.body,
                'placed', strftime('%Y-%m-%dT%H:%M:%SZ', h.placed_at / 1000, 'unixepoch'),
                'until', strftime('%Y-%m-%dT%H:%M:%SZ', h.until / 1000, 'unixepoch'),
                'lifted', strftime('%Y-%m-%dT%H:%M:%SZ', h.lifted_at / 1000, 'unixepoch')))
             FROM hold h LEFT JOIN remark r ON r.id = h.remark_id WHERE h.person_id = ?1), '[]') AS "hold!: String",
          iif(?4 IS NULL OR ?4 = 'person_note', (SELECT json_group_array(json_object('note', r.body,
                'written', strftime('%Y-%m-%dT%H:%M:%SZ', r.written_at / 1000, 'unixepoch'),
                'edited', strftime('%Y-%m-%dT%H:%M:%SZ', n.edited_at / 1000, 'unixepoch')))
             FROM person_note n JOIN remark r ON r.id = n.remark_id WHERE n.person_id = ?1), '[]') AS "person_note!: String",
          iif(?4 IS NULL OR ?4 = 'problem_report', (SELECT json_group_array(json_object('machine', m.name, 'severity', p.severity, 'state', p.state,
                'words', iif(p.reported_by IN mine, w.body, NULL), 'done', iif(p.resolved_by IN mine, d.body, NULL),
                'reported', strftime('%Y-%m-%dT%H:%M:%SZ', p.reported_at / 1000, 'unixepoch'),
                'by_you', json(iif(p.reported_by IN mine, 'true', 'false')),
                'photo', (SELECT '/pictures/problem/' || o.report_id FROM problem_photo o
                           WHERE o.report_id = p.id AND p.reported_by IN mine)))
             FROM problem_report p JOIN machine m ON m.id = p.machine_id
             LEFT JOIN remark w ON w.id = p.remark_id LEFT JOIN remark d ON d.id = p.done_remark_id
            WHERE p.id IN (SELECT id FROM problem_report WHERE reported_by IN mine
                           UNION SELECT id FROM problem_report WHERE resolved_by IN mine)), '[]') AS "problem_report!: String",
          iif(?4 IS NULL OR ?4 = 'intervention', (SELECT json_group_array(json_object('machine', m.name, 'what', p.words, 'note', r.body,
                'photo', (SELECT '/pictures/intervention/' || o.intervention_id FROM intervention_photo o
                           WHERE o.intervention_id = i.id),
                'at', strftime('%Y-%m-%dT%H:%M:%SZ', i.at / 1000, 'unixepoch')))
             FROM intervention i JOIN machine m ON m.id = i.machine_id LEFT JOIN maintenance_plan p ON p.id = i.plan_id
             LEFT JOIN remark r ON r.id = i.remark_id WHERE i.by_alias IN mine), '[]') AS "intervention!: String",
          iif(?4 IS NULL OR ?4 = 'remark', (SELECT json_group_array(json_object('words', body,
                'written', strftime('%Y-%m-%dT%H:%M:%SZ', written_at / 1000, 'unixepoch')))
             FROM remark WHERE about_person = ?1), '[]') AS "remark!: String",
          iif(?4 IS NULL OR ?4 = 'qualification', (SELECT json_group_array(json_object('type', coalesce(t.name, m.name), 'relation', q.relation, 'kind', q.kind,
                'cause', q.cause, 'remark', r.body,
                'from', strftime('%Y-%m-%dT%H:%M:%SZ', q.effective_from / 1000, 'unixepoch'),
                'until', strftime('%Y-%m-%dT%H:%M:%SZ', q.until / 1000, 'unixepoch')))
             FROM qualification q LEFT JOIN equipment_type t ON t.id = q.type_id LEFT JOIN machine m ON m.id = q.machine_id
             LEFT JOIN remark r ON r.id = q.remark_id AND r.about_person = q.person_id WHERE q.person_id = ?1), '[]') AS "qualification!: String",
          iif(?4 IS NULL OR ?4 = 'use_session', (SELECT json_group_array(json_object('machine', m.name,
                'start', strftime('%Y-%m-%dT%H:%M:%SZ', u.started_at / 1000, 'unixepoch'),
                'end', strftime('%Y-%m-%dT%H:%M:%SZ', u.ended_at / 1000, 'unixepoch'), 'ending', u.ending))
             FROM use_session u JOIN machine m ON m.id = u.machine_id
            WHERE u.id IN (SELECT id FROM use_session WHERE alias_id IN mine
                           UNION SELECT id FROM use_session WHERE card_id IN cards)), '[]') AS "use_session!: String",
          iif(?4 IS NULL OR ?4 = 'use_correction', (SELECT json_group_array(json_object('machine', m.name, 'reason', iif(r.about_person = ?1 OR c.by_alias IN mine, r.body, NULL),
                'at', strftime('%Y-%m-%dT%H:%M:%SZ', c.at / 1000, 'unixepoch'),
                'end_before', strftime('%Y-%m-%dT%H:%M:%SZ', c.ended_before / 1000, 'unixepoch'),
                'end_after', strftime('%Y-%m-%dT%H:%M:%SZ', c.ended_after / 1000, 'unixepoch'),
                'yours_before', json(iif(c.alias_before IN mine, 'true', 'false')),
                'yours_after', json(iif(c.alias_after IN mine, 'true', 'false')),
                'none', json(iif(c.void_after, 'true', 'false')),
                'by_you', json(iif(c.by_alias IN mine, 'true', 'false'))))
             FROM use_correction c JOIN machine m ON m.id = c.machine_id LEFT JOIN remark r ON r.id = c.remark_id
            WHERE c.id IN (SELECT id FROM use_correction WHERE alias_before IN mine
                           UNION SELECT id FROM use_correction WHERE alias_after IN mine
                           UNION SELECT id FROM use_correction WHERE by_alias IN mine AND ?3)), '[]') AS "use_correction!: String",
          iif(?4 IS NULL OR ?4 = 'last_use', (SELECT json_group_array(json_object('machine', m.name, 'at', strftime('%Y-%m-%dT%H:%M:%SZ', u.at / 1000, 'unixepoch')))
             FROM last_use u JOIN machine m ON m.id = u.machine_id WHERE u.person_id = ?1), '[]') AS "last_use!: String",
          iif(?4 IS NULL OR ?4 = 'notice', (SELECT json_group_array(json_object('kind', n.kind, 'about', coalesce(m.name, t.name, a.title),
                'told', strftime('%Y-%m-%dT%H:%M:%SZ', n.told_at / 1000, 'unixepoch'),
                'read', strftime('%Y-%m-%dT%H:%M:%SZ', n.read_at / 1000, 'unixepoch'),
                'archived', strftime('%Y-%m-%dT%H:%M:%SZ', n.archived_at / 1000, 'unixepoch')))
             FROM notice n LEFT JOIN machine m ON m.id = n.machine_id LEFT JOIN equipment_type t ON t.id = n.type_id
             LEFT JOIN announcement a ON a.id = n.announcement_id AND a.withdrawn_at IS NULL
            WHERE n.person_id = ?1), '[]') AS "notice!: String",
          iif(?4 IS NULL OR ?4 = 'notice_switch', (SELECT json_group_array(json_object('kind', kind, 'channel', channel, 'on', json(iif(is_on, 'true', 'false'))))
             FROM notice_switch WHERE person_id = ?1), '[]') AS "notice_switch!: String",
          iif(?4 IS NULL OR ?4 = 'mail_times', (SELECT json_group_array(json_object('daily_mail_at_hour', digest_hour, 'quiet_from_minute', quiet_from, 'quiet_to_minute', quiet_to))
             FROM mail_times WHERE person_id = ?1), '[]') AS "mail_times!: String",
          iif(?4 IS NULL OR ?4 = 'bounced_address', (SELECT json_group_array(json_object('email', email,
                'since', strftime('%Y-%m-%dT%H:%M:%SZ', since / 1000, 'unixepoch')))
             FROM bounced_address WHERE person_id = ?1), '[]') AS "bounced_address!: String",
          iif(?4 IS NULL OR ?4 = 'announcement', (SELECT json_group_array(json_object('title', title, 'text', body,
                'written', strftime('%Y-%m-%dT%H:%M:%SZ', written_at / 1000, 'unixepoch')))
             FROM announcement WHERE written_by IN mine), '[]') AS "announcement!: String",
          iif(?4 IS NULL OR ?4 = 'follow', (SELECT json_group_array(json_object('machine', m.name,
                'since', strftime('%Y-%m-%dT%H:%M:%SZ', w.since / 1000, 'unixepoch')))
             FROM follow w JOIN machine m ON m.id = w.machine_id WHERE w.person_id = ?1), '[]') AS "follow!: String",
          iif(?4 IS NULL OR ?4 = 'availability_rule', (SELECT json_group_array(json_object('weekday', weekday,
                'day', strftime('%Y-%m-%d', day * 86400, 'unixepoch'), 'from_minute', from_min, 'to_minute', to_min,
                'length', length, 'buffer', buffer, 'first', strftime('%Y-%m-%d', first_day * 86400, 'unixepoch'),
                'last', strftime('%Y-%m-%d', last_day * 86400, 'unixepoch')))
             FROM availability_rule WHERE person_id = ?1), '[]') AS "availability_rule!: String",
          iif(?4 IS NULL OR ?4 = 'availability_away', (SELECT json_group_array(json_object(
                'first', strftime('%Y-%m-%d', first_day * 86400, 'unixepoch'), 'last', strftime('%Y-%m-%d', last_day * 86400, 'unixepoch')))
             FROM availability_away WHERE person_id = ?1), '[]') AS "availability_away!: String",
          iif(?4 IS NULL OR ?4 = 'appointment', (SELECT json_group_array(json_object('type', k.name,
                'as', iif(w.person_id = ?1, 'member', 'trainer'), 'state', w.state,
                'starts', strftime('%Y-%m-%dT%H:%M:%SZ', w.starts_at / 1000, 'unixepoch'), 'ends', strftime('%Y-%m-%dT%H:%M:%SZ', w.ends_at / 1000, 'unixepoch'),
                'asked', strftime('%Y-%m-%dT%H:%M:%SZ', w.asked_at / 1000, 'unixepoch'), 'decided', strftime('%Y-%m-%dT%H:%M:%SZ', w.decided_at / 1000, 'unixepoch'),
                'checklist', (SELECT json_group_array(json_object('step', s.body, 'mark', m.mark,
                    'photo', (SELECT '/pictures/checkout/' || o.appointment_id || '-' || o.step_id FROM checkout_photo o
                               WHERE o.appointment_id = m.appointment_id AND o.step_id = m.step_id)))
                    FROM checkout_mark m JOIN checkout_step s ON s.id = m.step_id WHERE m.appointment_id = w.id)))
             FROM appointment w JOIN equipment_type k ON k.id = w.type_id
            WHERE w.person_id = ?1 OR w.trainer_id = ?1), '[]') AS "appointment!: String",
          iif(?4 IS NULL OR ?4 = 'checkout_wish', (SELECT json_group_array(json_object('type', k.name,
                'asked', strftime('%Y-%m-%dT%H:%M:%SZ', w.asked_at / 1000, 'unixepoch'), 'words', r.body))
             FROM checkout_wish w JOIN equipment_type k ON k.id = w.type_id LEFT JOIN remark r ON r.id = w.remark_id
            WHERE w.person_id = ?1), '[]') AS "checkout_wish!: String",
          iif(?4 IS NULL OR ?4 = 'booking', (SELECT json_group_array(json_object('machine', m.name, 'room', o.name, 'state', b.state,
                'starts', strftime('%Y-%m-%dT%H:%M:%SZ', b.starts_at / 1000, 'unixepoch'), 'ends', strftime('%Y-%m-%dT%H:%M:%SZ', b.ends_at / 1000, 'unixepoch'),
                'asked', strftime('%Y-%m-%dT%H:%M:%SZ', b.asked_at / 1000, 'unixepoch'), 'decided', strftime('%Y-%m-%dT%H:%M:%SZ', b.decided_at / 1000, 'unixepoch'),
                'checked_in', strftime('%Y-%m-%dT%H:%M:%SZ', b.checked_in_at / 1000, 'unixepoch'), 'cancelled_late', json(iif(b.late, 'true', 'false'))))
             FROM booking b LEFT JOIN machine m ON m.id = b.machine_id LEFT JOIN room o ON o.id = b.room_id
            WHERE b.person_id = ?1), '[]') AS "booking!: String",
          iif(?4 IS NULL OR ?4 = 'waiting', (SELECT json_group_array(json_object('machine', m.name, 'room', o.name, 'state', w.state,
                'starts', strftime('%Y-%m-%dT%H:%M:%SZ', w.starts_at / 1000, 'unixepoch'), 'ends', strftime('%Y-%m-%dT%H:%M:%SZ', w.ends_at / 1000, 'unixepoch'),
                'asked', strftime('%Y-%m-%dT%H:%M:%SZ', w.asked_at / 1000, 'unixepoch'), 'offered', strftime('%Y-%m-%dT%H:%M:%SZ', w.offered_at / 1000, 'unixepoch')))
             FROM waiting w LEFT JOIN machine m ON m.id = w.machine_id LEFT JOIN room o ON o.id = w.room_id
            WHERE w.person_id = ?1), '[]') AS "waiting!: String",
          iif(?4 IS NULL OR ?4 = 'training_progress', (SELECT json_group_array(json_object('module', t.title, 'version', e.edition,
                'percent', g.percent, 'watched', g.spans,
                'last', strftime('%Y-%m-%dT%H:%M:%SZ', g.seen_at / 1000, 'unixepoch'),
                'quiz_passed', strftime('%Y-%m-%dT%H:%M:%SZ', g.passed_at / 1000, 'unixepoch')))
             FROM training_progress g JOIN module_edition e ON e.id = g.edition_id JOIN training_module t ON t.id = e.module_id
            WHERE g.person_id = ?1), '[]') AS "training_progress!: String",
          iif(?4 IS NULL OR ?4 = 'quiz_try', (SELECT json_group_array(json_object('module', t.title, 'passed', json(iif(q.passed, 'true', 'false')),
                'begun', strftime('%Y-%m-%dT%H:%M:%SZ', q.begun_at / 1000, 'unixepoch'),
                'handed_in', strftime('%Y-%m-%dT%H:%M:%SZ', q.handed_at / 1000, 'unixepoch')))
             FROM quiz_try q JOIN module_edition e ON e.id = q.edition_id JOIN training_module t ON t.id = e.module_id
            WHERE q.person_id = ?1), '[]') AS "quiz_try!: String",
          iif(?4 IS NULL OR ?4 = 'attempt', (SELECT json_group_array(json_object('machine', m.name, 'allowed', json(iif(a.level > 0, 'true', 'false')),
                'reasons', a.reasons, 'at', strftime('%Y-%m-%dT%H:%M:%SZ', a.at / 1000, 'unixepoch')))
             FROM attempt a JOIN machine m ON m.id = a.machine_id WHERE a.card_id IN cards), '[]') AS "attempt!: String",
          iif(?4 IS NULL OR ?4 = 'audit', (SELECT json_group_array(json_object('number', a.seq, 'action', a.action, 'subject', a.subject, 'door', a.door,
                'detail', a.detail, 'by_you', json(iif(a.alias IN mine, 'true', 'false')),
                'at', strftime('%Y-%m-%dT%H:%M:%SZ', a.at / 1000, 'unixepoch')))
             FROM audit a
            WHERE a.seq IN (SELECT seq FROM audit WHERE subject = ?2
                            UNION SELECT seq FROM audit WHERE alias IN mine AND ?3)), '[]') AS "audit!: String",
          iif(?4 IS NULL OR ?4 = 'machine_request', (SELECT json_group_array(json_object('machine', m.name, 'kind', q.kind, 'cause', q.cause, 'state', q.state,
                'at', strftime('%Y-%m-%dT%H:%M:%SZ', q.queued_at / 1000, 'unixepoch')))
             FROM machine_request q JOIN machine m ON m.id = q.machine_id
            WHERE q.id IN (SELECT id FROM machine_request WHERE card_id IN cards
                           UNION SELECT id FROM machine_request WHERE by_alias IN mine AND ?3)), '[]') AS "machine_request!: String"
        "#,
        person,
        subject,
        whole,
        only,
    )
    .fetch_one(conn)
    .await?;
    let mut tables = read(by_table!(row))?;
    tables.retain(|(name, _)| only.is_none_or(|only| only == *name));
    Ok(tables)
}

/// How many rows each table has of what [`export`] gives.
pub async fn count(
    conn: &mut SqliteConnection,
    person: PersonId,
    whole: bool,
) -> Result<Vec<(&'static str, u32)>, StoreError> {
    let subject = format!("person:{person}");
    let row = sqlx::query!(
        r#"
        WITH mine AS (SELECT id FROM alias WHERE person_id = ?1),
             cards AS (SELECT id FROM card WHERE person_id = ?1)
        SELECT
          (SELECT count(*) FROM person WHERE id = ?1) AS "person!: u32",
          (SELECT count(*) FROM profile WHERE person_id = ?1) AS "profile!: u32",
          (SELECT count(*) FROM account WHERE person_id = ?1) AS "account!: u32",
          (SELECT count(*) FROM session WHERE person_id = ?1) AS "session!: u32",
          (SELECT count(*) FROM link WHERE person_id = ?1) AS "link!: u32",
          (SELECT count(*) FROM api_token WHERE person_id = ?1) AS "api_token!: u32",
          (SELECT count(*) FROM calendar_feed WHERE person_id = ?1) AS "calendar_feed!: u32",
          (SELECT count(*) FROM picture WHERE person_id = ?1) AS "picture!: u32",
          (SELECT count(*) FROM card WHERE person_id = ?1) AS "card!: u32",
          (SELECT count(*) FROM card_claim WHERE person_id = ?1) AS "card_claim!: u32",
          (SELECT count(*) FROM hold WHERE person_id = ?1) AS "hold!: u32",
          (SELECT count(*) FROM person_note WHERE person_id = ?1) AS "person_note!: u32",
          (SELECT count(*) FROM (SELECT id FROM problem_report WHERE reported_by IN mine
                                 UNION SELECT id FROM problem_report WHERE resolved_by IN mine)) AS "problem_report!: u32",
          (SELECT count(*) FROM intervention WHERE by_alias IN mine) AS "intervention!: u32",
          (SELECT count(*) FROM remark WHERE about_person = ?1) AS "remark!: u32",
          (SELECT count(*) FROM qualification WHERE person_id = ?1) AS "qualification!: u32",
          (SELECT count(*) FROM (SELECT id FROM use_session WHERE alias_id IN mine
                                 UNION SELECT id FROM use_session WHERE card_id IN cards)) AS "use_session!: u32",
          (SELECT count(*) FROM (SELECT id FROM use_correction WHERE alias_before IN mine
                                 UNION SELECT id FROM use_correction WHERE alias_after IN mine
                                 UNION SELECT id FROM use_correction WHERE by_alias IN mine AND ?3)) AS "use_correction!: u32",
          (SELECT count(*) FROM last_use WHERE person_id = ?1) AS "last_use!: u32",
          (SELECT count(*) FROM notice WHERE person_id = ?1) AS "notice!: u32",
          (SELECT count(*) FROM notice_switch WHERE person_id = ?1) AS "notice_switch!: u32",
          (SELECT count(*) FROM mail_times WHERE person_id = ?1) AS "mail_times!: u32",
          (SELECT count(*) FROM bounced_address WHERE person_id = ?1) AS "bounced_address!: u32",
          (SELECT count(*) FROM announcement WHERE written_by IN mine) AS "announcement!: u32",
          (SELECT count(*) FROM follow WHERE person_id = ?1) AS "follow!: u32",
          (SELECT count(*) FROM availability_rule WHERE person_id = ?1) AS "availability_rule!: u32",
          (SELECT count(*) FROM availability_away WHERE person_id = ?1) AS "availability_away!: u32",
          (SELECT count(*) FROM appointment WHERE person_id = ?1 OR trainer_id = ?1) AS "appointment!: u32",
          (SELECT count(*) FROM checkout_wish WHERE person_id = ?1) AS "checkout_wish!: u32",
          (SELECT count(*) FROM booking WHERE person_id = ?1) AS "booking!: u32",
          (SELECT count(*) FROM waiting WHERE person_id = ?1) AS "waiting!: u32",
          (SELECT count(*) FROM training_progress WHERE person_id = ?1) AS "training_progress!: u32",
          (SELECT count(*) FROM quiz_try WHERE person_id = ?1) AS "quiz_try!: u32",
          (SELECT count(*) FROM attempt WHERE card_id IN cards) AS "attempt!: u32",
          (SELECT count(*) FROM (SELECT seq FROM audit WHERE subject = ?2
                                 UNION SELECT seq FROM audit WHERE alias IN mine AND ?3)) AS "audit!: u32",
          (SELECT count(*) FROM (SELECT id FROM machine_request WHERE card_id IN cards
                                 UNION SELECT id FROM machine_request WHERE by_alias IN mine AND ?3)) AS "machine_request!: u32"
        "#,
        person,
        subject,
        whole,
    )
    .fetch_one(conn)
    .await?;
    Ok(by_table!(row).to_vec())
}

/// The rows of each table.
fn read<const N: usize>(
    tables: [(&'static str, String); N],
) -> Result<Vec<(&'static str, Vec<Value>)>, StoreError> {
    let rows = |text: &str| serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(error.into()));
    let tables = tables.into_iter().map(|(name, text)| Ok((name, rows(&text)?)));
    Ok(tables.collect::<Result<_, sqlx::Error>>()?)
}
