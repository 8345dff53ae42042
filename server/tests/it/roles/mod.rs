//! A space for each role: anonymous visitors, displays, and people of every rank.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "each test program uses its part, and one that cannot go on should stop"
)]

pub mod described;

use api::{DOCUMENT, operation::ROOT};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, header},
    response::Response,
};
use domain::time::Millis;
use serde_json::Value;
use server::{
    config::{Config, Options},
    http::{Shared, router},
};
use services::{
    Ctx,
    clock::{Clock, SystemClock},
};
use sha2::{Digest, Sha256};
use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteSynchronous},
};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;
use tokio::sync::{Mutex, OnceCell};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// Content type of API refusals.
const PROBLEM: &str = "application/problem+json";
/// Content type of its other answers.
const JSON: &str = "application/json";

/// All roles: a letter in the heading of the table, and their id if they are a person.
pub const ROLES: [(char, Option<i64>); 13] = [
    ('x', None),     // nobody, where the space shows its status
    ('n', None),     // nobody, where it does not
    ('d', None),     // a wall display
    ('p', Some(2)),  // an applicant
    ('s', Some(10)), // somebody suspended
    ('m', Some(3)),  // a member
    ('t', Some(4)),  // trainer of the laser cutters
    ('o', Some(5)),  // owner of the laser cutters
    ('i', Some(6)),  // may induct members
    ('g', Some(7)),  // a manager
    ('u', Some(8)),  // an auditor
    ('a', Some(9)),  // an administrator
    ('z', Some(9)),  // an administrator who has not shown the second factor that is asked for
];

/// The people and their relations. Person 20 is another member, on the laser at the moment. Person 3 is invited to the second
/// training event, which is public.
const FIXTURE: &str = "
    INSERT INTO person (id, status, created_at) VALUES
        (2, 'applicant', 0), (3, 'active', 0), (4, 'active', 0), (5, 'active', 0), (6, 'active', 0), (7, 'active', 0),
        (8, 'active', 0), (9, 'active', 0), (10, 'suspended', 0), (20, 'active', 0), (21, 'active', 0),
        (22, 'applicant', 0), (23, 'suspended', 0), (24, 'active', 0), (25, 'applicant', 0),
        (26, 'applicant', 0);
    INSERT INTO profile (person_id, name, email) SELECT id, 'Person ' || id, 'mail-' || id || '@example.org' FROM person;
    INSERT INTO account (person_id, password) SELECT id, '$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$secret' FROM person;
    INSERT INTO card (id, person_id, uid, state, given_at)
        SELECT id, id, printf('c0ffee%02x', id), 'active', 0 FROM person WHERE id <> 24;
    INSERT INTO equipment_type (id, name, risk) VALUES (3, 'Laser cutter', 'medium'), (4, 'Lathe', 'high');
    INSERT INTO place (id, name) VALUES (1, 'Laser room');
    INSERT INTO machine (id, number, type_id, place_id, name) VALUES (1, 11, 3, 1, 'Laser'), (2, 12, 4, 1, 'Mill');
    INSERT INTO picture (machine_id, body, small, added_at) VALUES (1, x'ffd8', x'ffd8', 0);
    INSERT INTO problem_report (id, machine_id, severity, state, reported_at) VALUES (1, 1, 'note', 'open', 0), (2, 2, 'note', 'open', 0);
    INSERT INTO maintenance_plan (id, type_id, machine_id, words, every_hours, doer, blocking, begun_at) VALUES
        (1, 3, NULL, 'Clean', 100, 'trainer', 0, unixepoch() * 1000), (2, NULL, 2, 'Oil', 100, 'owner', 0, unixepoch() * 1000);
    INSERT INTO intervention (id, machine_id, plan_id, at, used_ms, door, replay) VALUES (1, 1, 1, unixepoch() * 1000, 0, 'web', 0);
    INSERT INTO intervention_photo (intervention_id, body, small, added_at) VALUES (1, x'ffd8', x'ffd8', 0);
    INSERT INTO problem_photo (report_id, body, small, added_at) VALUES (1, x'ffd8', x'ffd8', 0);
    INSERT INTO board (id, machine_id, serial, firmware, address, first_seen, last_seen) VALUES
        (1, 1, 'a1b2c3d4e5f6', '1.0', '10.0.0.1', 0, 0), (2, 2, '', '1.0', '10.0.0.2', 0, unixepoch() * 1000);
    INSERT INTO board_login (id, user, hash, machine_id, number, made_at) VALUES (1, 'm11-abcd', randomblob(32), 1, 11, 0);
    INSERT INTO machine_signal (machine_id, heard_at, online) VALUES (1, unixepoch() * 1000, 1);
    INSERT INTO use_session (id, machine_id, card_id, started_at, last_sign_at, ended_at, ending, source, approximate, provisional,
        other_card, twin_start, twin_stop, authorised) VALUES (1, 1, 20, 0, 0, 60000, 'logged-out', 'live', 0, 0, 0, 1, 1, 0);
    INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
        SELECT id, 1, 'user', 'granted', 0, 'setup', 0 FROM person WHERE status IN ('active', 'suspended');
    INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at) VALUES
        (4, 3, 'trainer', 'granted', 0, 'setup', 0), (5, 3, 'owner', 'granted', 0, 'setup', 0),
        (6, 1, 'trainer', 'granted', 0, 'setup', 0), (7, 1, 'owner', 'granted', 0, 'setup', 0),
        (8, 2, 'user', 'granted', 0, 'setup', 0), (9, 2, 'owner', 'granted', 0, 'setup', 0),
        (20, 3, 'user', 'granted', 0, 'trainer', 0);
    INSERT INTO training_event (id, type_id, aim, title, host_id, starts_at, ends_at, capacity, minimum, deadline_at, public,
        made_at, changed_at) VALUES
        (1, 3, 'user', 'Laser, first steps', 4, 4070908800000, 4070916000000, 9, 0, 4070822400000, 0, 0, 0),
        (2, 3, 'trainer', 'Laser, for trainers', 5, 4071081600000, 4071088800000, 9, 0, 4070995200000, 1, 0, 0);
    INSERT INTO event_place (id, event_id, person_id, state, asked_at, invited_at, answer_by) VALUES
        (1, 2, 3, 'sent', 0, 0, 4070995200000);
    INSERT INTO identity_provider (id, issuer, name, client_id, client_secret, scopes, groups_claim, second_factor,
        second_factor_values, admission, signs_out, active, added_at) VALUES
        (1, 'https://id.example.org', 'University', 'toolgate', 'secret-of-the-client', '', '', 'ignored', '', 'existing', 0, 1, 0);
    INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'people.shown', 'first-name');";

/// State renewed before every request: valid sessions, and a use of the laser.
const ANEW: &str = "
    DELETE FROM session WHERE id IN (1, 2);
    DELETE FROM use_session WHERE ended_at IS NULL;
    INSERT INTO use_session (machine_id, card_id, started_at, last_sign_at, source, approximate, provisional, other_card,
        twin_start, twin_stop, authorised)
        VALUES (1, 20, unixepoch() * 1000 - 60000, unixepoch() * 1000, 'live', 0, 0, 0, 0, 0, 1);";

/// The time of the system, but each look at the steady time is a minute after the last.
#[derive(Debug, Default)]
struct SlowVisitor(AtomicU64);

impl Clock for SlowVisitor {
    fn now(&self) -> Millis {
        SystemClock.now()
    }

    fn steady(&self) -> Duration {
        Duration::from_secs(60 * self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// A database file without content, to copy: migrating one takes longer than most tests.
static MIGRATED: OnceCell<Vec<u8>> = OnceCell::const_new();

async fn migrated() -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("toolgate.sqlite");
    services::open(services::Config::new(&file)).await.unwrap().close().await;
    std::fs::read(file).unwrap()
}

/// A space for one of the roles.
pub struct Space {
    pub role: char,
    pub ctx: Ctx,
    pub router: Router,
    pub stop: CancellationToken,
    file: PathBuf,
    pub cookie: Option<String>,
    session: Option<(i64, [u8; 32])>,
    /// Open as long as the space: thousands of requests are each prepared and checked.
    conn: Mutex<SqliteConnection>,
    /// Strings that no answer may contain.
    pub secrets: Vec<String>,
    _dir: TempDir,
}

impl Space {
    pub async fn open(role: char, person: Option<i64>) -> Self {
        Self::open_with(role, person, String::new()).await
    }

    /// With additional content.
    pub async fn open_with(role: char, person: Option<i64>, more: String) -> Self {
        Self::furnish(role, person, more, Arc::new(SystemClock)).await
    }

    /// For a thousand requests that are not to be limited: nothing is, as to the limits each comes a minute after the other.
    pub async fn open_unlimited(role: char, person: Option<i64>) -> Self {
        Self::furnish(role, person, String::new(), Arc::new(SlowVisitor::default())).await
    }

    async fn furnish(role: char, person: Option<i64>, more: String, clock: Arc<dyn Clock>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let file = data.join("toolgate.sqlite");
        std::fs::write(&file, MIGRATED.get_or_init(migrated).await).unwrap();
        let mut conn = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
        // Not copied: it contains the present moment.
        sqlx::raw_sql(FIXTURE).execute(&mut conn).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(more)).execute(&mut conn).await.unwrap();
        let setting = match role {
            'n' => "INSERT INTO setting VALUES ('space', 0, 'space.public-status', 'no', 1)",
            'z' => "INSERT INTO setting VALUES ('space', 0, 'accounts.second-factor', 'yes', 1)",
            _ => "",
        };
        sqlx::raw_sql(setting).execute(&mut conn).await.unwrap();
        let (token, hash) = token(role);
        if role == 'd' {
            let display = sqlx::query("INSERT INTO display (name, hash, made_at) VALUES ('Entrance', ?, 0)");
            display.bind(hash.as_slice()).execute(&mut conn).await.unwrap();
        }
        conn.close().await.unwrap();
        let config = services::Config { clock, ..services::Config::new(&file) };
        let ctx = services::open(config).await.unwrap();
        let options = Options {
            data: Some(data),
            listen: Some("127.0.0.1:0".into()),
            mqtt_listen: Some("127.0.0.1:0".into()),
            ..Options::default()
        };
        let stop = CancellationToken::new();
        let shared = Shared::new(ctx.clone(), &Config::load(options).unwrap(), stop.clone());
        let cookie = match (role, person) {
            ('d', _) => Some(format!("display={token}")),
            (_, Some(_)) => Some(format!("session={token}")),
            (_, None) => None,
        };
        let mut secrets = vec!["$argon2".to_owned(), "secret-of-the-client".to_owned(), token];
        secrets.extend((2..=24).map(|id| format!("c0ffee{id:02x}")));
        let session = person.map(|person| (person, hash));
        // Nothing survives the test, so nothing need reach the disk.
        let conn = SqliteConnectOptions::new().filename(&file).synchronous(SqliteSynchronous::Off);
        let conn = Mutex::new(conn.connect().await.unwrap());
        Self { role, ctx, router: router(shared), stop, file, cookie, session, conn, secrets, _dir: dir }
    }

    /// Path of the database.
    pub fn file(&self) -> PathBuf {
        self.file.clone()
    }

    pub async fn raw(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(&self.file).connect().await.unwrap()
    }

    pub async fn reset(&self) {
        let mut conn = self.conn.lock().await;
        let mut tx = conn.begin_with("BEGIN IMMEDIATE").await.unwrap();
        sqlx::raw_sql(ANEW).execute(&mut *tx).await.unwrap();
        if let Some((person, hash)) = self.session {
            sqlx::query(
                "INSERT INTO session (id, hash, person_id, created_at, seen_at, expires_at, device)
                 VALUES (1, ?, ?, unixepoch() * 1000, unixepoch() * 1000, (unixepoch() + 3600) * 1000, 'a test')",
            )
            .bind(hash.as_slice())
            .bind(person)
            .execute(&mut *tx)
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
    }

    pub async fn entries(&self) -> i64 {
        let mut conn = self.conn.lock().await;
        sqlx::query_scalar("SELECT count(*) FROM audit").fetch_one(&mut *conn).await.unwrap()
    }

    /// The person, if the role is one.
    pub fn person(&self) -> Option<i64> {
        self.session.map(|(person, _)| person)
    }

    /// Sends a request as this role, with additional headers.
    pub async fn send(&self, mut request: Request<Body>) -> Response {
        if let Some(cookie) = &self.cookie {
            request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
        }
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let answer = self.router.clone().oneshot(request).await.unwrap();
        look_up(&method, &path, answer).await
    }
}

/// Checks that an answer of the API is as described: the code of a refusal at its operation and status, and JSON against
/// its schema.
pub async fn look_up(method: &Method, path: &str, answer: Response) -> Response {
    let kind = answer.headers().get(header::CONTENT_TYPE);
    let is_plain = !answer.headers().contains_key(header::CONTENT_ENCODING);
    let kind = [PROBLEM, JSON].into_iter().find(|one| is_plain && kind.is_some_and(|kind| kind == one));
    let Some((operation, kind)) = operation(method, path).zip(kind) else { return answer };
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let sent: Value = serde_json::from_slice(&body).unwrap();
    let content = &described::resolved(&operation["responses"][parts.status.as_str()])["content"][kind];
    if kind == PROBLEM {
        let code = sent["code"].as_str().unwrap();
        let is_described = content["examples"][code].is_object();
        assert!(is_described, "{} {code} of {method} {path} is not described", parts.status);
    } else {
        let schema = &content["schema"];
        assert!(schema.is_object(), "{} of {method} {path} is not described", parts.status);
        let faults = described::faults(schema, &sent, "answer");
        assert!(faults.is_empty(), "{method} {path} differs from its description:\n{}", faults.join("\n"));
    }
    Response::from_parts(parts, body.into())
}

/// The description of the requested operation, if it is one.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let path = path.strip_prefix(ROOT)?;
    let fits = |described: &str| {
        described.split('/').count() == path.split('/').count()
            && described
                .split('/')
                .zip(path.split('/'))
                .all(|(part, there)| part.starts_with('{') || part == there)
    };
    let paths = DOCUMENT["paths"].as_object().unwrap().iter().filter(|(described, _)| fits(described));
    // A literal segment comes before a parameter.
    let (_, found) = paths.min_by_key(|(described, _)| described.matches('{').count())?;
    found.get(method.as_str().to_ascii_lowercase())
}

/// A token that would be random in production, as the cookie carries it, and its stored hash.
pub fn token(role: char) -> (String, [u8; 32]) {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bytes: [u8; 32] = Sha256::digest([u8::try_from(role).unwrap()]).into();
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let name = three.iter().fold(0_u32, |name, byte| name << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..=three.len() {
            text.push(LETTERS[(name >> (18 - 6 * place) & 63) as usize].into());
        }
    }
    (text, Sha256::digest(bytes).into())
}
