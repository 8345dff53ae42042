//! A space of ten thousand people, two hundred machines and a year of history, the same each time.

use domain::{
    access::{Decision, Level, Trace},
    id::{MachineId, PersonId},
    time::Millis,
};
use sha2::{Digest, Sha256};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::path::Path;

/// People of any status.
pub const PEOPLE: i64 = 10_000;
/// Machines, of [`TYPES`] types.
pub const MACHINES: i64 = 200;
pub const TYPES: i64 = 40;
/// Uses within the year.
pub const USES: i64 = 150_000;
/// Weekly series, each with [`DATES`] dates.
const SERIES: i64 = 131;
const DATES: i64 = 30;
/// People who send requests: each signed in with [`token`].
pub const MANAGER: i64 = 1;
pub const ADMINISTRATOR: i64 = 2;
pub const MEMBER: i64 = 3;

/// Another manager.
pub const fn manager(n: i64) -> i64 {
    assert!(n < MANAGERS, "so many are signed in");
    210 + n
}
const MANAGERS: i64 = 7;

/// Another member.
pub const fn member(n: i64) -> i64 {
    assert!(n < MEMBERS, "so many are signed in");
    5 + n
}
const MEMBERS: i64 = 2;

const FIRST: &[&str] = &[
    "Ada", "Bruno", "Carla", "Davide", "Elena", "Farid", "Giulia", "Hanna", "Ivan", "Jana", "Karim", "Lucia",
    "Marco", "Nadia", "Omar", "Paola", "Quirin", "Rosa", "Stefan", "Teresa", "Ugo", "Vera", "Walter", "Xenia",
    "Yusuf", "Zita",
];
const LAST: &[&str] = &[
    "Albers", "Bianchi", "Conti", "De Luca", "Esposito", "Ferrari", "Gruber", "Huber", "Ivanov", "Jansen",
    "Kofler", "Lombardi", "Marini", "Neri", "Okafor", "Pichler", "Quaglia", "Rossi", "Schmidt", "Tanaka", "Unger",
    "Vitale", "Weber", "Xu", "Yilmaz", "Zanella", "Maurer", "Moser", "Costa", "Greco", "Bruno",
];

/// Session token of `person`: 32 bytes of their number, as a cookie carries them.
pub fn token(person: i64) -> String {
    data_encoding::BASE64URL_NOPAD.encode(&secret(person))
}

fn secret(person: i64) -> [u8; 32] {
    [u8::try_from(person).unwrap(); 32]
}

fn words(of: &[&str]) -> String {
    serde_json::to_string(of).unwrap()
}

/// Weekly series from Monday of this week on, on Monday to Friday in turn, from six to eight o'clock.
fn series() -> String {
    format!(
        "INSERT INTO room (id, name, capacity) SELECT i, 'Seminar room ' || i, 20 FROM n WHERE i <= {SERIES};
         INSERT INTO series (id, room_id, person_id, rule, first_day, last_day, from_minute, to_minute, made_at, changed_at)
            SELECT i, i, 100 + i, 'FREQ=WEEKLY;BYDAY=' || substr('MOTUWETHFR', i % 5 * 2 + 1, 2), today - (today + 3) % 7,
                   today - (today + 3) % 7 + 7 * {DATES} - 1, 1080, 1200, 0, 0 FROM n, (SELECT unixepoch() / 86400 AS today) WHERE i <= {SERIES};
         INSERT INTO booking (room_id, person_id, starts_at, ends_at, state, asked_at, series_id, series_day)
            SELECT room_id, person_id, day * 86400000 + 64800000, day * 86400000 + 72000000, 'approved', 0, id, day
              FROM (SELECT s.id, s.room_id, s.person_id, s.first_day + s.id % 5 + 7 * (k.i - 1) AS day
                      FROM series s JOIN n k ON k.i <= {DATES});"
    )
}

fn trace(decision: Decision) -> String {
    let (person, machine) = (Some(PersonId(1)), Some(MachineId(1)));
    serde_json::to_string(&Trace { at: Millis(0), person, machine, decision, steps: Vec::new() }).unwrap()
}

/// Fills the file faster than a workshop does. Audit entries are not chained, because nothing here verifies them.
pub async fn furnish(file: &Path) {
    let mut conn = SqliteConnectOptions::new().filename(file).foreign_keys(false).connect().await.unwrap();
    let (first, last) = (words(FIRST), words(LAST));
    let (firsts, lasts) = (FIRST.len(), LAST.len());
    let allowed = trace(Decision::Allow { level: Level::User, until: None });
    let denied = trace(Decision::Deny(Vec::new()));
    let (first_manager, series) = (manager(0), series());
    let sql = format!(
        "PRAGMA synchronous = OFF;
         BEGIN;
         CREATE TEMP TABLE n (i INTEGER PRIMARY KEY);
         INSERT INTO n WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {USES}) SELECT i FROM n;
         CREATE TEMP TABLE t AS SELECT unixepoch() * 1000 AS now, 31536000000 AS year;
         INSERT INTO person (id, status, created_at, left_at)
            SELECT i, CASE WHEN i < 10 THEN 'active' WHEN i % 83 = 0 THEN 'applicant' WHEN i % 97 = 0 THEN 'suspended'
                           WHEN i % 11 = 0 THEN 'left' ELSE 'active' END, now - i * 3000000, iif(i % 11 = 0 AND i > 10, now, NULL)
              FROM n, t WHERE i <= {PEOPLE};
         INSERT INTO profile (person_id, name, email, phone)
            SELECT i, json_extract('{first}', '$[' || (i * 7919 % {firsts}) || ']') || ' '
                      || json_extract('{last}', '$[' || (i * 104729 % {lasts}) || ']'),
                   'person' || i || '@example.org', '+39 0471 ' || (100000 + i)
              FROM n WHERE i <= {PEOPLE} AND (i < 10 OR i % 200 <> 0);
         INSERT INTO card (id, person_id, uid, state, given_at)
            SELECT i, i, printf('%08x', i * 2654435761 & 4294967295), 'active', now - i FROM n, t WHERE i <= {PEOPLE};
         INSERT INTO card (person_id, uid, state, given_at)
            SELECT i, printf('%08x', (i + 50000) * 2654435761 & 4294967295), 'lost', now FROM n, t WHERE i <= {PEOPLE} AND i % 9 = 0;
         INSERT INTO place (id, name) SELECT i, 'Room ' || i FROM n WHERE i <= 20;
         INSERT INTO equipment_type (id, name, risk) SELECT i + 2, 'Type ' || i, 'medium' FROM n WHERE i <= {TYPES};
         INSERT INTO type_requirement SELECT i + 2, i + 3 FROM n WHERE i < {TYPES} AND i % 4 = 1;
         INSERT INTO machine (id, number, type_id, place_id, name)
            SELECT i, i, i % {TYPES} + 3, i % 20 + 1, 'Machine ' || i FROM n WHERE i <= {MACHINES};
         INSERT INTO machine_signal (machine_id, heard_at, online) SELECT i, now + 3600000, 1 FROM n, t WHERE i <= {MACHINES};
         INSERT INTO board (machine_id, serial, firmware, address, first_seen, last_seen)
            SELECT i, 's' || i, '2.1', '10.0.0.1', 0, now FROM n, t WHERE i <= {MACHINES};
         INSERT INTO opening_hours (scope, scope_id, weekday, from_min, to_min)
            SELECT 'space', 0, i - 1, 0, 1440 FROM n WHERE i <= 7;

         CREATE TEMP TABLE used AS
            SELECT i, 1 + i * 7919 % {PEOPLE} AS person, 1 + i * 104729 % {MACHINES} AS machine,
                   now - year + i * (year / {USES}) - 7200000 AS at FROM n, t;
         INSERT INTO alias (person_id, month)
            SELECT DISTINCT person, CAST(strftime('%Y%m', at / 1000, 'unixepoch') AS INTEGER) FROM used;
         INSERT INTO use_session (machine_id, alias_id, card_id, started_at, last_sign_at, ended_at, ending, source,
                approximate, provisional, other_card, twin_start, twin_stop, authorised)
            SELECT u.machine, a.id, u.person, u.at, u.at + 3600000, u.at + 3600000, 'logged-out', 'live', 0, 0, 0, 0, 0, 1
              FROM used u JOIN alias a ON a.person_id = u.person
               AND a.month = CAST(strftime('%Y%m', u.at / 1000, 'unixepoch') AS INTEGER) ORDER BY u.i;
         INSERT INTO use_session (machine_id, alias_id, card_id, started_at, last_sign_at, source, approximate, provisional,
                other_card, twin_start, twin_stop, authorised)
            SELECT i, (SELECT max(id) FROM alias WHERE person_id = 100 + i), 100 + i, now - 600000, now, 'live', 0, 0, 0, 0, 0, 1
              FROM n, t WHERE i <= 40;
         INSERT INTO board_fact (machine_id, card_id, action, duration_s, replay, arrived_at)
            SELECT machine, person, iif(k.i = 1, 'start', 'stop'), iif(k.i = 1, 0, 3600), 0, at + (k.i - 1) * 3600000
              FROM used u, n k WHERE k.i <= 2;
         INSERT INTO machine_total SELECT machine_id, count(*) * 3600000 FROM use_session GROUP BY machine_id;
         INSERT INTO attempt (machine_id, card_id, at, level, reasons, trace)
            SELECT machine, person, at, iif(i % 8, 1, 0), iif(i % 8, '', 'machine.not-qualified'), iif(i % 8, '{allowed}', '{denied}')
              FROM used, t WHERE at > now - year / 4;

         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, by_alias, recorded_at)
            SELECT p.id, iif(k.i = 1, 1, (p.id * 31 + k.i * 17) % {TYPES} + 3), 'user', 'granted', p.created_at, 'trainer',
                   (SELECT min(id) FROM alias), p.created_at
              FROM person p, n k WHERE p.status <> 'applicant' AND k.i <= 2 + p.id % 4;
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
            SELECT i, iif(i % 2, 1, i % {TYPES} + 3), iif(i % 3, 'trainer', 'owner'), 'granted', 0, 'administrator', 0
              FROM n WHERE i BETWEEN 10 AND 200;
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at) VALUES
            ({MANAGER}, 1, 'owner', 'granted', 0, 'setup', 0), ({ADMINISTRATOR}, 2, 'owner', 'granted', 0, 'setup', 0),
            (4, 2, 'user', 'granted', 0, 'setup', 0);
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
            SELECT i, 1, 'owner', 'granted', 0, 'setup', 0 FROM n WHERE i >= {first_manager} AND i < {first_manager} + {MANAGERS};
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, until, cause, recorded_at)
            SELECT i, i % {TYPES} + 3, 'user', iif(i % 500, 'granted', 'banned'), 1, now + 864000000, 'trainer', 0 FROM n, t
             WHERE i <= {PEOPLE};
         INSERT INTO remark (id, about_person, by_alias, body, written_at)
            SELECT i, i * 5, 1, 'Paid in cash, will bring the form next week.', now FROM n, t WHERE i <= 2000;
         INSERT INTO person_note (person_id, remark_id) SELECT i * 5, i FROM n WHERE i <= 1500;
         INSERT INTO hold (person_id, reason, remark_id, placed_at, placed_by, lifted_at)
            SELECT i * 5, 'unpaid', i, now - 1000000, 1, iif(i % 4, now, NULL) FROM n, t WHERE i BETWEEN 1501 AND 2000;
         INSERT INTO unknown_card (uid, machine_id, first_seen, last_seen, seen)
            SELECT printf('f%07x', i), i, now - 1000000, now - i, 3 FROM n, t WHERE i <= 60;
         INSERT INTO picture (person_id, body, small, added_at)
            SELECT i * 10, randomblob(20000), randomblob(2000), now FROM n, t WHERE i <= 200;
         INSERT INTO display (name, made_at) SELECT 'Wall ' || i, 0 FROM n WHERE i <= 3;
         {series}
         INSERT INTO audit (seq, at, alias, door, action, subject, detail, hash)
            SELECT row_number() OVER (ORDER BY at), at, alias, door, action, subject, detail, randomblob(32) FROM (
                SELECT u.started_at + (k.i - 1) * 3600000 AS at, u.alias_id AS alias, 'board' AS door,
                       iif(k.i = 1, 'use.start', 'use.stop') AS action, 'machine:' || u.machine_id AS subject,
                       '{{\"replay\":false,\"seconds\":3600}}' AS detail FROM use_session u, n k WHERE k.i <= 2 AND u.ended_at IS NOT NULL
                UNION ALL SELECT q.recorded_at, 1, 'web', 'qualification.granted', 'person:' || q.person_id,
                       '{{\"on\":\"type:' || q.type_id || '\",\"relation\":\"user\"}}' FROM qualification q
                UNION ALL SELECT c.given_at, 1, 'web', 'card.given', 'person:' || c.person_id, '{{\"card\":' || c.id || '}}' FROM card c
                UNION ALL SELECT created_at, 1, 'web', 'person.admitted', 'person:' || id, '{{}}' FROM person);
         UPDATE audit_head SET (seq, hash) = (SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1);
         INSERT INTO retention_run (at, decisions, unknown_cards, sign_ins, names) SELECT now, 0, 0, 0, 0 FROM t;
         COMMIT;"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
    sign_in(&mut conn).await;
    conn.close().await.unwrap();
}

async fn sign_in(conn: &mut SqliteConnection) {
    let more = (0..MANAGERS).map(manager).chain((0..MEMBERS).map(member));
    for person in [MANAGER, ADMINISTRATOR, MEMBER].into_iter().chain(more) {
        let session = sqlx::query(
            "INSERT INTO session (hash, person_id, created_at, seen_at, expires_at, device)
             VALUES (?, ?, unixepoch() * 1000, unixepoch() * 1000, (unixepoch() + 86400) * 1000, 'a benchmark')",
        );
        let hash: [u8; 32] = Sha256::digest(secret(person)).into();
        session.bind(hash.as_slice()).bind(person).execute(&mut *conn).await.unwrap();
    }
}
