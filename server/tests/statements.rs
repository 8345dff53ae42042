//! How many SQL statements each page and each reading operation runs: as many in a full space as in an almost
//! empty one. A statement for each row of a list fails here.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "it/api_rows/mod.rs"]
mod api_rows;
#[expect(dead_code, reason = "what is posted is not asked here")]
#[path = "it/matrix_rows/mod.rs"]
mod matrix_rows;
#[path = "it/roles/mod.rs"]
mod roles;

use api::{operation::ROOT, operations};
use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use domain::{
    access::{Decision, Trace},
    id::{MachineId, PersonId},
    time::Millis,
};
use matrix_rows::Ask;
use roles::Space;
use std::{
    collections::BTreeMap,
    fmt::{Debug, Write},
    sync::{Mutex, PoisonError},
};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

/// Amount of everything in the small and in the large space: more than a page of a list holds.
const SIZES: [u16; 2] = [3, 60];
/// A part of a page that is loaded separately may be loaded once more during rendering. That is far from one
/// statement for each row.
const AGAIN: usize = 4;
/// No page runs more statements, however large the space.
const MOST: usize = 20;
/// The roles: a member, a trainer, a manager, an administrator.
const ROLES: [(char, i64); 4] = [('m', 3), ('t', 4), ('g', 7), ('a', 9)];

/// Statements since the last read.
static ASKED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Collects the storage's log of statements, which comes before the caller gets the last row.
struct Ear;

impl Subscriber for Ear {
    fn enabled(&self, about: &Metadata<'_>) -> bool {
        about.target() == "sqlx::query"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut message = StatementLog::default();
        event.record(&mut message);
        let statement = if message.whole.is_empty() { message.summary } else { message.whole };
        // A read transaction begins before its statements, and ends when nobody waits for it any more.
        if !matches!(statement.as_str(), "BEGIN" | "ROLLBACK") {
            ASKED.lock().unwrap_or_else(PoisonError::into_inner).push(statement);
        }
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[derive(Default)]
struct StatementLog {
    summary: String,
    whole: String,
}

impl Visit for StatementLog {
    fn record_str(&mut self, field: &Field, value: &str) {
        let words = value.split_whitespace().collect::<Vec<_>>().join(" ");
        match field.name() {
            "summary" => self.summary = words,
            "db.statement" => self.whole = words,
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

/// `many` of everything, about person 20 and the caller.
fn more(many: u16) -> String {
    let (person, machine) = (Some(PersonId(20)), Some(MachineId(1)));
    let trace = Trace { at: Millis(0), person, machine, decision: Decision::Deny(Vec::new()), steps: Vec::new() };
    let trace = serde_json::to_string(&trace).unwrap();
    format!(
        "CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many})
            SELECT i FROM n;
         CREATE TEMP TABLE who AS SELECT id AS p FROM person WHERE id IN (3, 4, 7, 9, 20);
         CREATE TEMP TABLE now AS SELECT unixepoch() * 1000 AS at;
         INSERT INTO person (id, status, created_at) SELECT 1000 + i, 'active', 0 FROM n
            UNION ALL SELECT 2000 + i, 'applicant', 0 FROM n UNION ALL SELECT 3000 + i, 'suspended', 0 FROM n;
         INSERT INTO profile (person_id, name, email) SELECT id, 'Person ' || id, 'many-' || id || '@example.org'
            FROM person WHERE id > 1000;
         INSERT INTO card (id, person_id, uid, state, given_at) SELECT 1000 + i, 1000 + i, printf('d0%06x', i), 'active', 0 FROM n
            UNION ALL SELECT p * 1000 + i, p, printf('%02x%06x', p, i), 'lost', 0 FROM n, who;
         INSERT INTO place (id, name) SELECT 100 + i, 'Place ' || i FROM n;
         INSERT INTO room (id, name, capacity, floor) SELECT 1000 + i, 'Room ' || i, 10, 'Floor ' || i % 3 FROM n;
         INSERT INTO booking (id, room_id, person_id, starts_at, ends_at, state, asked_at)
            SELECT 1000 + i, 1000 + i, 1000 + i, now.at - 3600000, now.at + 3600000, 'approved', 0 FROM n, now;
         INSERT INTO occupation (room_id, starts_at, ends_at, booking_id) SELECT room_id, starts_at, ends_at, id FROM booking WHERE id > 1000;
         INSERT INTO equipment_type (id, name, risk) SELECT 100 + i, 'Type ' || i, 'medium' FROM n;
         INSERT INTO type_requirement SELECT 3, 100 + i FROM n;
         INSERT INTO machine (id, number, type_id, place_id, name)
            SELECT 1000 + i, 1000 + i, iif(i % 2, 3, 100 + i), 100 + i, 'Machine ' || i FROM n;
         INSERT INTO machine_signal (machine_id, heard_at, online) SELECT 1000 + i, now.at, 1 FROM n, now;
         INSERT INTO machine_block (machine_id, placed_at) SELECT 1000 + i, 0 FROM n WHERE i % 3 = 1;
         INSERT INTO remark (id, body, written_at) SELECT 900000 + i, 'words', 0 FROM n;
         INSERT INTO problem_report (id, machine_id, severity, state, reported_at, remark_id)
            SELECT 1000 + i, iif(i % 2, 1, 1000 + i), 'unsafe', 'open', 0, 900000 + i FROM n;
         INSERT INTO problem_photo (report_id, body, small, added_at) SELECT 1000 + i, x'ff', x'ff', 0 FROM n;
         INSERT INTO maintenance_plan (id, type_id, machine_id, words, every_hours, doer, blocking, begun_at)
            SELECT 1000 + i, iif(i % 2, 3, NULL), iif(i % 2, NULL, 1000 + i), 'words', 1, 'owner', i % 3 = 0, 0 FROM n;
         INSERT INTO intervention (machine_id, plan_id, at, used_ms, door, replay) SELECT 1, 1001, 0, 0, 'board', 0 FROM n;
         INSERT INTO intervention_photo (intervention_id, body, small, added_at) SELECT id, x'ff', x'ff', 0 FROM intervention WHERE plan_id = 1001;
         INSERT INTO board (machine_id, serial, firmware, address, first_seen, last_seen)
            SELECT 1, 's' || i, '1.0', '10.0.0.1', 0, now.at FROM n, now;
         INSERT INTO board_login (user, hash, machine_id, number, made_at, made_by)
            SELECT 'user ' || i, randomblob(32), 1, 11, 0, NULL FROM n;
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
            SELECT 1000 + i, t.k, r.r, 'granted', 0, 'trainer', 0 FROM n, (SELECT 1 AS k UNION SELECT 3) t,
                   (SELECT 'user' AS r UNION SELECT 'trainer') r
            UNION ALL SELECT p, 100 + i, 'trainer', 'granted', 0, 'trainer', 0 FROM n, who
            UNION ALL SELECT 20, 100 + i, 'user', 'banned', 1, 'trainer', 0 FROM n;
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, until, cause, recorded_at)
            SELECT 1000 + i, 3, 'owner', 'granted', 0, now.at + 86400000, 'trainer', 0 FROM n, now;
         INSERT INTO document (id, title, kind, type_id, made_at, draft) SELECT 1000 + i, 'Document ' || i, 'text', 3, 0, 'words' FROM n;
         INSERT INTO document_edition (document_id, edition, published_at, sign_again, from_at, body)
            SELECT 1000 + i, 1, 0, 1, 0, 'words' FROM n;
         INSERT INTO document_signature (document_id, edition, person_id, name, signed_at)
            SELECT 1000 + i, 1, p, 'Person ' || p, 0 FROM n, who UNION ALL SELECT 1001, 1, 1000 + i, 'Person', 0 FROM n;
         INSERT INTO hold (person_id, reason, placed_at, until) SELECT 1000 + i, 'safety', 0, now.at + 86400000 FROM n, now;
         INSERT INTO remark (id, about_person, body, written_at) SELECT p * 1000 + i, p, 'words', 0 FROM n, who;
         INSERT INTO person_note (person_id, remark_id) SELECT p, p * 1000 + i FROM n, who;
         INSERT INTO hold (person_id, reason, remark_id, placed_at, lifted_at)
            SELECT p, 'safety', p * 1000 + i, 0, 1 FROM n, who
            UNION ALL SELECT 20, 'unpaid', NULL, 0, NULL FROM n UNION ALL SELECT 1000 + i, 'unpaid', NULL, 0, NULL FROM n;
         INSERT INTO alias (id, person_id, month) SELECT p * 1000 + i, p, 190000 + i FROM n, who;
         INSERT INTO use_session (machine_id, alias_id, card_id, started_at, last_sign_at, ended_at, ending, source,
                approximate, provisional, other_card, twin_start, twin_stop, authorised)
            SELECT 1, p * 1000 + i, p, now.at - i * 60000, now.at, now.at, 'logged-out', 'live', 0, 0, 0, 0, 0, 1
              FROM n, who, now;
         INSERT INTO use_correction (use_id, machine_id, at, by_alias, remark_id, ended_before, ended_after, ending_before,
                ending_after, alias_before, alias_after, void_before, void_after)
            SELECT id, 1, ended_at, alias_id, 900001, ended_at, ended_at, ending, ending, alias_id, alias_id, 0, 0
              FROM use_session WHERE alias_id IS NOT NULL AND ended_at IS NOT NULL;
         UPDATE use_session SET corrected = 1 WHERE alias_id IS NOT NULL AND ended_at IS NOT NULL;
         INSERT INTO last_use (person_id, machine_id, at) SELECT p, 1000 + i, 0 FROM n, who;
         INSERT INTO attempt (machine_id, card_id, at, level, reasons, trace)
            SELECT 1, p, now.at - i, 0, 'machine.not-qualified', '{trace}' FROM n, who, now;
         INSERT INTO door (machine_id, leaves) SELECT 1000 + i, 'both' FROM n WHERE i % 3 = 2;
         INSERT INTO visit (person_id, entered_at, last_machine_id, last_at) SELECT 1000 + i, now.at, 1000 + i, now.at FROM n, now;
         INSERT INTO door_opening (machine_id, at, card_id, answer) SELECT 1002, now.at, 1000 + i, 'opened' FROM n, now;
         INSERT INTO unknown_card (uid, machine_id, first_seen, last_seen)
            SELECT printf('e0%06x', i), 1, now.at, now.at FROM n, now;
         INSERT INTO card_claim (unknown_card_id, person_id, claimed_at, state)
            SELECT k.id, p, now.at, 'open' FROM unknown_card k, who, now;
         INSERT INTO audit (seq, at, alias, door, action, subject, detail, hash)
            SELECT p * 1000 + i, 0, p * 1000 + i, 'web', iif(i % 2, 'person.suspended', 'card.given'), 'person:' || p,
                   '{{\"card\":' || p || '}}', zeroblob(32) FROM n, who;
         INSERT INTO firmware_image (name, chip, version, project, size, md5, sha256, content, added_at, by_alias)
            SELECT 'Image ' || i, 9, '1', 'p', 1, printf('%032d', i), printf('%064d', i), x'e9', 0, 20000 + i FROM n;
         INSERT INTO firmware_job (image_id, image_name, board_id, state, queued_at, ended_at, by_alias)
            SELECT i, 'Image ' || i, (SELECT min(id) FROM board), 'done', 0, 0, 20000 + i FROM n;
         INSERT INTO display (name, made_at, made_by) SELECT 'Screen ' || i, 0, 20000 + i FROM n;
         INSERT INTO machine_request (machine_id, kind, card_id, cause, state, queued_at, by_alias)
            SELECT 1, 'stop', 20, 'asked', 'expired', 0, 20000 + i FROM n;
         INSERT INTO opening_hours (scope, scope_id, weekday, from_min, to_min)
            SELECT 'space', 0, i % 7, 10 * i, 10 * i + 5 FROM n UNION ALL SELECT 'machine', 1, i % 7, 10 * i, 10 * i + 5 FROM n;
         INSERT INTO opening_exception (scope, scope_id, day) SELECT 'space', 0, unixepoch() / 86400 + i FROM n;
         INSERT INTO setting (scope, scope_id, key, value) SELECT 'machine', 1000 + i, 'board.grace', '5' FROM n;
         INSERT INTO setting_change (scope, scope_id, key, version, changed_at, changed_by)
            SELECT 'machine', 1000 + i, 'board.grace', 1, 0, 20000 + i FROM n;
         INSERT INTO picture (person_id, body, small, added_at) SELECT 1000 + i, x'ff', x'ff', 0 FROM n;
         INSERT INTO api_token (hash, person_id, name, scopes, created_at)
            SELECT randomblob(32), p, 'Program ' || i, 'people:read', 0 FROM n, who;
         INSERT INTO session (hash, person_id, created_at, seen_at, expires_at, device)
            SELECT randomblob(32), p, now.at, now.at, now.at + 3600000, 'a test' FROM n, who, now;
         INSERT INTO retention_run (at, by_alias, decisions, unknown_cards, sign_ins, names)
            SELECT i, 20000 + i, 0, 0, 0, 0 FROM n;
         INSERT INTO rejected_message (kind, seen, last_at, topic, example) SELECT 'kind ' || i, 1, 0, 'x', 'x' FROM n;"
    )
}

/// Every second machine is in use.
const BUSY: &str = "
    INSERT INTO use_session (machine_id, card_id, started_at, last_sign_at, source, approximate, provisional, other_card,
        twin_start, twin_stop, authorised)
        SELECT m.id, m.id, unixepoch() * 1000 - 60000, unixepoch() * 1000, 'live', 0, 0, 0, 0, 0, 1 FROM machine m WHERE m.id > 1000;";

/// All reading addresses: every page, and every operation of the API that changes nothing.
fn addresses() -> Vec<String> {
    let pages = matrix_rows::rows().filter_map(|(route, ask, _)| match ask {
        Ask::Get(path) => (*route != "/live").then(|| (*path).to_owned()),
        Ask::Post(_) | Ask::Send(..) => None,
    });
    let reading: Vec<_> = operations().into_iter().filter(|operation| !operation.writes()).collect();
    let programs = api_rows::ROWS.iter().filter(|(id, ..)| reading.iter().any(|operation| operation.id == *id));
    pages.chain(programs.map(|(_, path, ..)| format!("{ROOT}{path}"))).collect()
}

/// Statements of `role` at each address, in a space with `many` of everything.
async fn statements_of(role: char, person: i64, many: u16) -> Vec<(String, Vec<String>)> {
    let space = Space::open_with(role, Some(person), more(many)).await;
    let mut all = Vec::new();
    for address in addresses() {
        space.reset().await;
        sqlx::raw_sql(BUSY).execute(&mut space.raw().await).await.unwrap();
        ASKED.lock().unwrap().clear();
        let answer = space.send(Request::get(&address).body(Body::empty()).unwrap()).await;
        let status = answer.status();
        assert!(!status.is_server_error(), "{address} answers {status}");
        to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        all.push((address, std::mem::take(&mut *ASKED.lock().unwrap())));
    }
    space.ctx.close().await;
    all
}

fn how_often(statements: &[String]) -> BTreeMap<&str, usize> {
    let mut times = BTreeMap::new();
    for statement in statements {
        *times.entry(statement.as_str()).or_default() += 1;
    }
    times
}

#[tokio::test]
async fn full_space_runs_no_more_statements_than_small_one() {
    tracing::subscriber::set_global_default(Ear).unwrap();
    let mut wrong = String::new();
    let mut most = (0, String::new());
    for (role, person) in ROLES {
        let [small, large] = SIZES;
        let (small, large) = (statements_of(role, person, small).await, statements_of(role, person, large).await);
        for ((address, few), (_, many)) in small.into_iter().zip(large) {
            most = most.max((many.len(), address.clone()));
            if many.len() <= few.len() + AGAIN && many.len() <= MOST {
                continue;
            }
            // Writing to a string cannot fail.
            let _ = writeln!(wrong, "{address} as {role}: {} statements, then {}", few.len(), many.len());
            let before = how_often(&few);
            for (statement, times) in how_often(&many) {
                let was = before.get(statement).copied().unwrap_or_default();
                if times > was {
                    let _ = writeln!(wrong, "    {was} times, then {times}: {statement}");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(most.0 > 5, "nothing was heard: {most:?}");
}
