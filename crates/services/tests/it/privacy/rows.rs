//! A row of each table about people.

use crate::lab::Lab;

/// Rows that services would take long to produce.
#[expect(clippy::too_many_lines, reason = "a statement for each table")]
pub(super) async fn a_row_of_each(lab: &Lab) {
    lab.sql(
        "INSERT INTO announcement (title, body, from_at, written_at, written_by)
             SELECT 'Open day', 'Come', 0, 0, id FROM alias WHERE person_id = 1 LIMIT 1;
         INSERT INTO person_group (id, name, created_at) VALUES (1, 'Bookbinders', 0), (2, 'Choir', 0), (3, 'Film club', 0);
         INSERT INTO group_member (group_id, person_id, role, since) VALUES (1, 1, 'admin', 0);
         INSERT INTO series (machine_id, person_id, rule, first_day, last_day, from_minute, to_minute, made_at, changed_at)
             VALUES (1, 1, 'FREQ=WEEKLY;BYDAY=TU', 20000, 20070, 600, 660, 0, 0);
         INSERT INTO rule_grant (person_id, source, group_id, given_at) VALUES (1, 'directory', 1, 0);
         INSERT INTO directory_person (person_id, entry, login, linked_at) VALUES (1, zeroblob(32), 'quill.ada', 0);
         INSERT INTO identity_provider (id, issuer, name, client_id, scopes, groups_claim, second_factor, second_factor_values,
                                        admission, signs_out, active, added_at, added_by)
             SELECT 1, 'https://id.example', 'Town', 'tool-gate', 'email', '', 'ignored', '', 'existing', 0, 1, 0, min(id)
               FROM alias WHERE person_id = 1;
         INSERT INTO identity_link (provider_id, subject, person_id, called, linked_at)
             VALUES (1, 'sub-quillton', 1, 'ada@quillton.example', 0);
         INSERT INTO session_identity (session_id, provider_id, id_token, second_factor)
             SELECT min(id), 1, 'e30.sub-quillton.e30', 0 FROM session WHERE person_id = 1;
         INSERT INTO provider_arrival (hash, provider_id, subject, name, email, claimed, code_to, groups, second_factor, id_token, person_id,
                                       destination, expires_at)
             VALUES (randomblob(32), 1, 'sub-quillton', 'Ada at Quillton', 'ada@quillton.example', 'ada@quillton.example',
                     'ada@quillton.example', '[]', 0, 'e30.e30.e30', 1, '/', 9e15);
         INSERT INTO group_request (group_id, person_id, asked_at) VALUES (2, 1, 0);
         INSERT INTO group_invitation (group_id, email, role, invited_at, expires_at)
             SELECT 3, email, 'member', 0, 9000000000000000 FROM profile WHERE person_id = 1;
         INSERT INTO draw (id, name, opens_at, closes_at, draws_at, first_day, last_day, entrants, wish_limit, days, from_min, to_min,
                           commitment, made_at, made_by)
             SELECT 1, 'Studios', 1, 2, 3, 9, 99, 'both', 5, 127, 0, 1440, zeroblob(32), 0, min(id) FROM alias WHERE person_id = 1;
         INSERT INTO room (id, name, capacity) VALUES (1, 'Studio', 9);
         INSERT INTO room_person (room_id, person_id) VALUES (1, 1);
         INSERT INTO draw_wish (id, draw_id, alias_id, entered_by, room_id, from_s, until_s, importance, place, remark_id, made_at)
             SELECT 1, 1, min(a.id), min(a.id), 1, 0, 3600, 5, 0, (SELECT min(id) FROM remark WHERE about_person = 1), 0
               FROM alias a WHERE a.person_id = 1;
         INSERT INTO draw_turn (draw_id, round, turn, alias_id) SELECT 1, 1, 1, min(id) FROM alias WHERE person_id = 1;
         INSERT INTO building_device (id, name, dialect, topic, user, hash, login_at, added_at)
             VALUES (1, 'Heater', 'reference', 'heat/hall', 'd-1', zeroblob(32), 0, 0);
         INSERT INTO actuator (id, device_id, name, load, allowed, warmest, daily) VALUES (1, 1, 'Lamp', 'light', 'members', 0, 840);
         INSERT INTO actuator_wish (actuator_id, by_alias, starts_at, ends_at)
             SELECT 1, min(id), 0, 9 FROM alias WHERE person_id = 1;
         INSERT INTO actuator_test (actuator_id, by_alias, started_at, ends_at, ended_at, outcome)
             SELECT 1, min(id), 0, 9, 9, 'stopped' FROM alias WHERE person_id = 1;
         INSERT INTO dues (person_id, processor, reference, status, since_at, paid_until, linked_at)
             VALUES (1, 'stripe', 'cus_quillAda1', 'ended', 0, 20000, 0);
         INSERT INTO dues_subscription (person_id, subscription, name, paid_until, has_ended, counts)
             VALUES (1, 'sub_quillAda1', 'price_member', 20000, 0, 1);
         INSERT INTO dues_command (person_id, processor, kind, key, state, queued_at, queued_by, settled_at)
             SELECT 1, 'stripe', 'add', 'k1', 'done', 0, min(id), 1 FROM alias WHERE person_id = 1;
         INSERT INTO dues_difference (processor, reference, person_id, here, there, found_at)
             VALUES ('stripe', 'cus_quillAda1', 1, 'current', 'ended', 0);
         INSERT INTO document (id, title, kind, made_at, made_by, draft)
             SELECT 1, 'House rules', 'text', 0, min(id), 'Clean up' FROM alias WHERE person_id = 1;
         INSERT INTO document_edition (document_id, edition, published_at, published_by, sign_again, from_at, body)
             SELECT 1, 1, 0, min(id), 1, 0, 'Clean up' FROM alias WHERE person_id = 1;
         INSERT INTO document_signature (document_id, edition, person_id, name, signed_at) VALUES (1, 1, 1, 'Ada of the Quill', 0);
         INSERT INTO picture (person_id, body, small, added_at) VALUES (1, x'ffd8', x'ffd8', 0);
         INSERT INTO problem_photo (report_id, body, small, added_at) SELECT id, x'ffd8', x'ffd8', 0 FROM problem_report;
         INSERT INTO intervention_photo (intervention_id, body, small, added_at) SELECT id, x'ffd8', x'ffd8', 0 FROM intervention;
         INSERT INTO machine_request (machine_id, kind, card_id, cause, state, queued_at, by_alias)
             VALUES (1, 'stop', 1, 'asked', 'sent', 0, NULL),
                    (1, 'stop', 2, 'asked', 'sent', 0, (SELECT min(id) FROM alias WHERE person_id = 1));
         INSERT INTO card_claim (unknown_card_id, person_id, claimed_at, state) SELECT id, 1, 0, 'open' FROM unknown_card;
         INSERT INTO last_use (person_id, machine_id, at) VALUES (1, 2, 0);
         INSERT INTO follow (person_id, machine_id, since) VALUES (1, 2, 0);
         INSERT INTO availability_rule (id, person_id, weekday, from_min, to_min, length, buffer) VALUES (1, 1, 0, 60, 120, 30, 0);
         INSERT INTO availability_away (person_id, first_day, last_day) VALUES (1, 9, 10);
         INSERT INTO appointment (person_id, trainer_id, type_id, starts_at, ends_at, state, asked_at, remark_id)
             SELECT 1, 2, 4, 1, 2, 'failed', 0, min(id) FROM remark WHERE about_person = 1;
         INSERT INTO checkout_wish (person_id, type_id, day, asked_at, remark_id)
             SELECT 1, 4, 1, 0, min(id) FROM remark WHERE about_person = 1;
         INSERT INTO checkout_list (id, type_id, made_at, made_by) SELECT 1, 4, 0, min(id) FROM alias WHERE person_id = 1;
         INSERT INTO checkout_step (id, list_id, position, section, body, required) VALUES (1, 1, 0, '', 'Clamp it', 1);
         INSERT INTO checkout_mark (appointment_id, step_id, mark, remark_id)
             SELECT 1, 1, 'practise', max(id) FROM remark WHERE about_person = 1;
         INSERT INTO checkout_photo (appointment_id, step_id, body, small, added_at) VALUES (1, 1, x'ffd8', x'ffd8', 0);
         INSERT INTO checkout_signature (appointment_id, side, signed_at, signed_by)
             SELECT 1, 'member', 0, min(id) FROM alias WHERE person_id = 1;
         INSERT INTO occupation (person_id, starts_at, ends_at, appointment_id) VALUES (1, 1, 2, 1);
         INSERT INTO booking (machine_id, person_id, starts_at, ends_at, state, asked_at, remark_id)
             SELECT 2, 1, 1, 2, 'rejected', 0, min(id) FROM remark WHERE about_person = 1;
         INSERT INTO waiting (machine_id, person_id, starts_at, ends_at, asked_at) VALUES (2, 1, 1, 2, 0);
         INSERT INTO closure (machine_id, kind, starts_at, ends_at, made_at, made_by)
             VALUES (2, 'closure', 1, 2, 0, (SELECT min(id) FROM alias WHERE person_id = 1));
         INSERT INTO external_calendar (machine_id, name, address, added_at, added_by)
             VALUES (2, 'Timetable', 'https://uni.example/x.ics', 0, (SELECT min(id) FROM alias WHERE person_id = 1));
         INSERT INTO webhook (id, name, address, added_at, added_by)
             VALUES (1, 'Town', 'https://hooks.example/in', 0, (SELECT min(id) FROM alias WHERE person_id = 1));
         INSERT INTO webhook_attempt (webhook_id, at, took, status, excerpt) VALUES (1, 0, 9, 200, 'ok');
         INSERT INTO training_module (id, title) VALUES (1, 'Clamping');
         INSERT INTO module_edition (id, module_id, edition, youtube, length_ms, published_at) VALUES (1, 1, 1, 'dQw4w9WgXcQ', 9000, 0);
         INSERT INTO training_progress (person_id, edition_id, seen_at) VALUES (1, 1, 0);
         INSERT INTO watch_clock (person_id, heard_at, spare_ms) VALUES (1, 0, 0);
         INSERT INTO quiz_try (person_id, edition_id, begun_at) VALUES (1, 1, 0);
         INSERT INTO remark (id, about_person, body, written_at) VALUES (90, 1, 'knows quillwork', 0), (91, 1, 'holds it like a quill', 0);
         INSERT INTO training_request (id, person_id, type_id, aim, asked_at, windows, other, remark_id)
             VALUES (1, 1, 4, 'user', 0, '18:30–22:00', 0, 90);
         INSERT INTO training_event (id, type_id, aim, title, host_id, starts_at, ends_at, capacity, minimum, deadline_at, public,
                                     made_at, made_by, changed_at)
             SELECT 1, 4, 'user', 'Lathe, first steps', 1, 2, 3, 6, 0, 1, 1, 0, min(id), 0 FROM alias WHERE person_id = 1;
         INSERT INTO event_place (event_id, person_id, request_id, state, asked_at, outcome, remark_id)
             VALUES (1, 1, 1, 'accepted', 0, 'failed', 91);
         INSERT INTO remark (id, about_person, body, written_at) VALUES (92, 1, 'the quill is stuck', 0), (93, 1, 'turn the quill', 0);
         INSERT INTO help_request (machine_id, person_id, remark_id, asked_at, expires_at, notified, inside, helper_id, answer_remark_id, answered_at)
             VALUES (1, 1, 92, 0, 9, 1, 1, 2, NULL, 1), (1, 2, NULL, 0, 9, 1, 1, 1, 93, 1);
         INSERT INTO push_subscription (person_id, device, endpoint, p256dh, auth, added_at)
             VALUES (1, 'Firefox on Quill', 'https://fcm.googleapis.com/fcm/send/quillsend', zeroblob(65), zeroblob(16), 0);
         INSERT INTO visit (person_id, entered_at, left_at, ended_by, guests, last_machine_id, last_at) VALUES (1, 0, 9, 'swipe', 2, 1, 9);
         INSERT INTO door_opening (machine_id, at, card_id, answer, by_alias)
             SELECT 1, 0, 1, 'remote', min(id) FROM alias WHERE person_id = 1;
         INSERT INTO slack_app (id, bot_token, signing_secret, team, team_name, connected_at, connected_by)
             SELECT 1, 'xoxb-feather-feather', 'feather0feather0', 'T0', 'Talvera', 0, min(id) FROM alias WHERE person_id = 1;
         INSERT INTO slack_link (person_id, slack_user, name, linked_at) VALUES (1, 'U0QUILLADA', 'quill.ada', 0);
         INSERT INTO notice_switch (person_id, kind, channel, is_on) VALUES (1, 'hold.placed', 'mail', 0);
         INSERT INTO mail_times (person_id, digest_hour) VALUES (1, 7);
         INSERT INTO bounced_address (person_id, email, since) SELECT 1, email, 0 FROM profile WHERE person_id = 1",
    )
    .await;
}
