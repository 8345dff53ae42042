//! Personal data: a complete list of tables, export, and erasure.

mod rows;

use self::rows::a_row_of_each;
use crate::lab;
use crate::lab::{
    LASER, LATHE, Lab, ada, card,
    entrance::{self, here},
    holds,
};
use domain::{
    actor::Actor,
    holds::HoldReason,
    id::{MachineId, PersonId, TypeId, UseId},
    people::{PersonStatus, StepRefusal},
    problem::Kind,
    problems::Severity,
};
use services::error::ServiceError;
use services::{
    audit::{self, Chain},
    boards::logins,
    cards, corrections, maintenance, notes,
    people::{self, PeopleError, Query},
    pictures::{self, PicturesError},
    privacy::{self, PrivacyError},
    problems::{self, ReportProblem},
    qualifications,
};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection, sqlite::SqliteConnectOptions};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use store::privacy::Erasing;
use text::Lang;

const ADA: PersonId = PersonId(1);
/// Traces of her that must be gone.
const TRACES: [&str; 23] = [
    "sub-quillton",
    "quillton.example",
    "quillsend",
    "the quill key",
    "only held a quill",
    "QLL-1815-1210",
    "Firefox on Quill",
    "Ada of the Quill",
    "Ada Lovelace-Quill",
    "ada lovelace-quill",
    "ada.quill@example.org",
    "+39 0471 777 123",
    "0000ada1",
    "0c0ffee1",
    "sings at the lathe",
    "owes the quillfeather",
    "a ban for quilling",
    "the quill plotter",
    "smells of quillwood",
    "mended with a quill",
    "oiled by quilllight",
    "knows quillwork",
    "holds it like a quill",
];

async fn raw(lab: &Lab) -> SqliteConnection {
    SqliteConnectOptions::new().filename(lab.file()).connect().await.unwrap()
}

/// The lab with Eve (10) and Finn (14), administrators, and Ken (11), a manager. Ada has data in every table.
async fn lived_in() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (10, 'active', 0), (11, 'active', 0), (14, 'active', 0);
         INSERT INTO profile (person_id, name, email) VALUES (10, 'Eve', 'eve@example.org'), (11, 'Ken', NULL), (14, 'Finn', NULL);
         UPDATE profile SET name = 'Ada Lovelace-Quill', email = 'ada.quill@example.org', phone = '+39 0471 777 123',
                language = 'it', external_key = 'QLL-1815-1210' WHERE person_id = 1;
         INSERT INTO account (person_id, password, totp_secret, totp_confirmed_at) VALUES (1, '$argon2id$quill', x'0102', 1);
         INSERT INTO recovery_code (hash, person_id) VALUES (randomblob(32), 1);
         INSERT INTO known_device (person_id, hash, seen_at) VALUES (1, zeroblob(32), 0);
         INSERT INTO passkey_user (person_id, handle) VALUES (1, randomblob(16));
         INSERT INTO passkey (person_id, credential_id, credential, name, created_at)
             VALUES (1, randomblob(16), '{}', 'the quill key', 0);
         INSERT INTO passkey_ceremony (hash, purpose, person_id, session_id, state, expires_at)
             VALUES (randomblob(32), 'add', 1, 1, '{}', 9e15);
         INSERT INTO session (hash, person_id, created_at, seen_at, expires_at, device)
             VALUES (randomblob(32), 1, 0, 0, 9e15, 'Firefox on Quill');
         INSERT INTO link (hash, purpose, person_id, created_at, expires_at) VALUES (randomblob(32), 'reset', 1, 0, 9e15);
         INSERT INTO api_token (hash, person_id, name, scopes, created_at) VALUES (randomblob(32), 1, 'the quill plotter', 'read', 0);
         INSERT INTO calendar_feed (hash, person_id, made_at) VALUES (randomblob(32), 1, 0);
         INSERT INTO calendar_feed (hash, person_id, trainer_id, made_at) VALUES (randomblob(32), 11, 1, 0);
         INSERT INTO repeated_request (person_id, key_hash, salt, hash, begun_at)
             VALUES (1, randomblob(32), randomblob(16), randomblob(32), 0)",
    )
    .await;
    for (person, kind, relation) in
        [(10, 2, "owner"), (10, 1, "user"), (14, 2, "owner"), (14, 1, "user"), (11, 1, "owner")]
    {
        lab.grant(person, kind, relation).await;
    }
    let ken = lab.signed_in(11).await;
    lab.starts(LASER, &ada()).await;
    lab.stops(LASER, &ada(), 60).await;
    lab.starts(LATHE, &card("0c0ffee1")).await;
    lab.stops(LATHE, &card("0c0ffee1"), 60).await;
    let none = corrections::CorrectUse {
        who: Some(Some(PersonId(1))),
        void: true,
        reason: "only held a quill".into(),
        ..Default::default()
    };
    corrections::correct(&lab.ctx, &ken, UseId(1), 1, &none).await.unwrap();
    services::access::check(&lab.ctx, LASER, &ada()).await.unwrap();
    cards::give(&lab.ctx, &ken, ADA, "0c0ffee1").await.unwrap();
    notes::write(&lab.ctx, &ken, ADA, "sings at the lathe").await.unwrap();
    lab.grant(1, 4, "owner").await;
    let me = lab.signed_in(1).await;
    let input = ReportProblem::read(Some(Severity::Unsafe), "smells of quillwood");
    problems::report(&lab.ctx, &me, MachineId(2), input.clone()).await.unwrap();
    let input = ReportProblem::read(Some(Severity::Unsafe), "rattles");
    let mended = problems::report(&lab.ctx, &ken, MachineId(2), input).await.unwrap();
    problems::resolve(&lab.ctx, &me, mended, 1, "mended with a quill").await.unwrap();
    let done = maintenance::RegisterDone::read(Ok(Vec::new()), "oiled by quilllight");
    maintenance::register(&lab.ctx, &me, MachineId(2), done).await.unwrap();
    logins::make(&lab.ctx, &me, MachineId(2)).await.unwrap();
    let new = holds::sent(Some(HoldReason::Unpaid), "", "owes the quillfeather");
    holds::place(&lab.ctx, &ken, ADA, new).await.unwrap();
    let change = qualifications::Change {
        person: ADA,
        subject: domain::qualifications::Subject::Type(TypeId(3)),
        relation: domain::qualifications::Relation::User,
        from: None,
        until: None,
        remark: Some("a ban for quilling".into()),
    };
    qualifications::ban(&lab.ctx, &ken, change).await.unwrap();
    a_row_of_each(&lab).await;
    // Notes of boards are written by then.
    lab.reopen().await
}

// A19
#[tokio::test]
async fn every_table_about_people_is_listed() {
    let lab = Lab::open().await;
    let mut conn = raw(&lab).await;
    let tables = sqlx::query_scalar::<_, String>(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\'",
    );
    let points_to = ["person", "alias", "card", "remark", "unknown_card", "profile", "account"];
    let says = [
        "uid",
        "email",
        "phone",
        "body",
        "device",
        "note",
        "comment",
        "address_of",
        "alias",
        "alias_id",
        "person_id",
        "card_id",
        "unknown_card_id",
        "remark_id",
        "by_alias",
        "placed_by",
        "lifted_by",
        "made_by",
        "about_person",
    ];
    let mut missing = Vec::new();
    for table in tables.fetch_all(&mut conn).await.unwrap() {
        let mut found = BTreeSet::new();
        let keys = sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA foreign_key_list('{table}')")));
        for key in keys.fetch_all(&mut conn).await.unwrap() {
            if points_to.contains(&key.get::<&str, _>("table")) {
                found.insert(key.get::<String, _>("from"));
            }
        }
        let columns = sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA table_info('{table}')")));
        for column in columns.fetch_all(&mut conn).await.unwrap() {
            let name = column.get::<String, _>("name");
            if says.contains(&name.as_str()) {
                found.insert(name);
            }
        }
        let listed = store::privacy::tables().find(|known| known.name == table);
        for column in found {
            if !listed.is_some_and(|known| known.columns.contains(&column.as_str())) {
                missing.push(format!("{table}.{column}"));
            }
        }
    }
    conn.close().await.unwrap();
    assert!(
        missing.is_empty(),
        "these tell of people: say in `PERSONAL_DATA` of their noun in the store what is taken along of them and what erasing \
         does, and do it in `export` and `erase` beside it: {missing:#?}"
    );
}

#[tokio::test]
async fn export_contains_every_table_and_no_secrets() {
    let lab = lived_in().await;
    let me = lab.signed_in(1).await;
    let all = privacy::export(&lab.ctx, &me, ADA).await.unwrap();
    let tables = all["tables"].as_object().unwrap();
    let expected: BTreeSet<_> = privacy::tables().map(ToOwned::to_owned).collect();
    assert_eq!(tables.keys().cloned().collect::<BTreeSet<_>>(), expected);
    for lang in text::Lang::ALL {
        let unnamed: Vec<_> =
            expected.iter().filter(|table| lang.data_table(table) == lang.data_other()).collect();
        assert!(unnamed.is_empty(), "every table has a name in crates/text/src/privacy.rs: {unnamed:?}");
    }
    for (name, rows) in tables {
        assert!(!rows.as_array().unwrap().is_empty(), "{name} is empty, though she has one");
        let csv = privacy::table(&lab.ctx, &me, ADA, name).await.unwrap();
        assert_eq!(csv.matches("\r\n").count(), rows.as_array().unwrap().len() + 1, "{name}: {csv}");
    }
    let text = all.to_string();
    for hers in
        ["Ada Lovelace-Quill", "ada.quill@example.org", "sings at the lathe", "Laser cutter", "Firefox on Quill"]
    {
        assert!(text.contains(hers), "{hers}");
    }
    for secret in ["0000ada1", "0c0ffee1", "argon2", "0102"] {
        assert!(!text.contains(secret), "a6: {secret}");
    }
    assert!(matches!(privacy::table(&lab.ctx, &me, ADA, "sqlite_schema").await, Err(PrivacyError::UnknownTable)));
    assert!(matches!(privacy::table(&lab.ctx, &me, ADA, "recovery_code").await, Err(PrivacyError::UnknownTable)));
    let bob = lab.signed_in(2).await;
    assert!(matches!(privacy::export(&lab.ctx, &bob, ADA).await, Err(PrivacyError::Unknown)), "a7");
    let ken = lab.signed_in(11).await;
    let handed = privacy::export(&lab.ctx, &ken, ADA).await.expect("a manager hands it over");
    let notices = handed["tables"]["audit"].as_array().unwrap();
    let of_her = tables["audit"].as_array().unwrap().iter().filter(|row| row["subject"] == "person:1").count();
    assert!(notices.iter().all(|row| row["subject"] == "person:1") && notices.len() == of_her, "{notices:?}");
    let eve = privacy::export(&lab.ctx, &ken, PersonId(10)).await;
    assert!(matches!(&eve, Err(PrivacyError::Refused(why)) if why == &[StepRefusal::Outranked]), "{eve:?}");

    let request = |all: &serde_json::Value| all["tables"]["machine_request"].as_array().unwrap().len();
    assert_eq!((request(&all), request(&handed)), (2, 1), "what she had others' machines do is not for managers");
    let eve = lab.signed_in(10).await;
    assert_eq!(
        request(&privacy::export(&lab.ctx, &eve, ADA).await.unwrap()),
        2,
        "who reads the record reads it there"
    );
}

#[tokio::test]
async fn holdings_match_export() {
    let lab = lived_in().await;
    for actor in [lab.signed_in(1).await, lab.signed_in(11).await, lab.signed_in(10).await] {
        let notices = privacy::holdings(&lab.ctx, &actor, ADA).await.unwrap();
        let all = privacy::export(&lab.ctx, &actor, ADA).await.unwrap();
        let taken = all["tables"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, rows)| (name.as_str(), rows.as_array().unwrap().len()));
        let notices: BTreeMap<_, _> =
            notices.tables.iter().map(|row| (row.table.as_str(), usize::try_from(row.rows).unwrap())).collect();
        assert_eq!(notices, taken.collect::<BTreeMap<_, _>>(), "{actor:?}");
        assert_eq!(notices.len(), privacy::tables().count(), "she has something in each");
    }
    let bob = privacy::holdings(&lab.ctx, &lab.signed_in(2).await, PersonId(2)).await.unwrap();
    assert!(bob.tables.iter().all(|row| row.rows > 0 && row.table != "hold"), "{:?}", bob.tables);
}

#[tokio::test]
async fn export_by_other_person_is_audited() {
    let lab = lived_in().await;
    let (me, ken) = (lab.signed_in(1).await, lab.signed_in(11).await);
    let taken = "SELECT count(*) FROM audit a JOIN alias l ON l.id = a.alias
                  WHERE a.action = 'person.data-taken' AND a.subject = 'person:1' AND l.person_id = 11";
    privacy::export(&lab.ctx, &ken, ADA).await.unwrap();
    privacy::table(&lab.ctx, &ken, ADA, "card").await.unwrap();
    assert_eq!(lab.number(taken).await, 2);
    assert!(privacy::table(&lab.ctx, &ken, ADA, "nothing").await.is_err());
    privacy::holdings(&lab.ctx, &ken, ADA).await.unwrap();
    privacy::export(&lab.ctx, &me, ADA).await.unwrap();
    privacy::table(&lab.ctx, &me, ADA, "card").await.unwrap();
    assert!(privacy::export(&lab.ctx, &lab.signed_in(2).await, ADA).await.is_err());
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'person.data-taken'").await, 2, "no other");
}

#[tokio::test]
async fn export_escapes_formulas_in_names() {
    let lab = Lab::open().await;
    lab.sql("UPDATE profile SET name = '=HYPERLINK(\"http://x\",\"y\")' WHERE person_id = 1").await;
    let csv = privacy::table(&lab.ctx, &lab.signed_in(1).await, ADA, "profile").await.unwrap();
    assert!(csv.contains("\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""), "{csv}");
}

/// Rows of each table, and the figures of statistics.
async fn counts(lab: &Lab) -> BTreeMap<String, i64> {
    let mut conn = raw(lab).await;
    let mut counts = BTreeMap::new();
    for table in store::privacy::tables() {
        let count = format!("SELECT count(*) FROM {}", table.name);
        let count = sqlx::query_scalar(sqlx::AssertSqlSafe(count)).fetch_one(&mut conn).await.unwrap();
        counts.insert(table.name.to_owned(), count);
    }
    for (name, sum) in [
        ("hours", "SELECT sum(used_ms) FROM machine_total"),
        (
            "people who used something",
            "SELECT count(DISTINCT c.person_id) FROM use_session u JOIN card c ON c.id = u.card_id",
        ),
        ("months of people", "SELECT count(DISTINCT person_id || '/' || month) FROM alias"),
    ] {
        counts.insert(name.into(), sqlx::query_scalar(sum).fetch_one(&mut conn).await.unwrap());
    }
    conn.close().await.unwrap();
    counts
}

/// Every value of every table, as text.
async fn everything(lab: &Lab) -> String {
    let mut conn = raw(lab).await;
    let tables = sqlx::query_scalar::<_, String>("SELECT name FROM sqlite_schema WHERE type = 'table'");
    let mut all = String::new();
    for table in tables.fetch_all(&mut conn).await.unwrap() {
        let columns = sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA table_info('{table}')")));
        let columns = columns.fetch_all(&mut conn).await.unwrap();
        for column in columns.iter().map(|column| column.get::<String, _>("name")) {
            let values =
                format!("SELECT coalesce(group_concat(CAST(\"{column}\" AS TEXT), ' '), '') FROM \"{table}\"");
            let values: Vec<u8> =
                sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT CAST(({values}) AS BLOB)")))
                    .fetch_one(&mut conn)
                    .await
                    .unwrap();
            all.push_str(&String::from_utf8_lossy(&values));
        }
    }
    conn.close().await.unwrap();
    all
}

fn bytes(lab: &Lab) -> Vec<u8> {
    let mut log = lab.file().into_os_string();
    log.push("-wal");
    let mut bytes = std::fs::read(lab.file()).unwrap();
    bytes.extend(std::fs::read(log).unwrap_or_default());
    bytes
}

fn is_in(bytes: &[u8], name: &str) -> bool {
    bytes.windows(name.len()).any(|window| window == name.as_bytes())
}

// A19
#[tokio::test]
async fn erasure_leaves_no_trace_and_statistics_unchanged() {
    let lab = lived_in().await;
    let (eve, ken) = (lab.signed_in(10).await, lab.signed_in(11).await);
    let (before, all) = (counts(&lab).await, everything(&lab).await);
    for trace in TRACES {
        assert!(all.contains(trace), "{trace} was never there: {all}");
    }
    privacy::erase(&lab.ctx, &eve, ADA).await.unwrap();
    // The bytes first: nothing after the answer has had time to tidy up.
    let left = bytes(&lab);
    let after = counts(&lab).await;
    let all = everything(&lab).await;
    for trace in TRACES {
        assert!(!all.contains(trace), "{trace} is in a table");
        assert!(!is_in(&left, trace), "{trace} is in the bytes of the file");
    }
    for table in store::privacy::tables() {
        let (had, has) = (before[table.name], after[table.name]);
        match table.erasing {
            Erasing::Deleted => assert!(has < had, "{} still has all {had}", table.name),
            // The audit of it, of her waiting entries and of her group, and the alias of the month in it.
            _ if ["audit", "alias"].contains(&table.name) => assert!(has >= had && has <= had + 3),
            Erasing::Emptied(_) | Erasing::Stays => assert_eq!(has, had, "{}", table.name),
        }
    }
    for sum in ["hours", "people who used something"] {
        assert_eq!(before[sum], after[sum], "{sum}");
    }
    let found =
        people::list(&lab.ctx, &ken, &Query { search: "quill".into(), ..Query::default() }, None).await.unwrap();
    assert!(found.people.is_empty());
    let page = people::page(&lab.ctx, &ken, ADA).await.unwrap();
    assert_eq!((page.head.name, page.head.status, page.notes), (None, PersonStatus::Left, None));
    assert!(page.head.erased.is_some() && page.steps.is_empty() && !page.may_edit && !page.may_help_in);
    assert!(matches!(audit::verify(&lab.file(), None).await.unwrap(), Chain::Whole { .. }), "the chain holds");
    let again = services::access::check(&lab.ctx, LASER, &ada()).await.unwrap();
    assert!(matches!(again.decision, domain::access::Decision::Deny(_)), "her card is anybody's");
    let login = &logins::list(&lab.ctx, &ken).await.unwrap().logins[0];
    assert_eq!((login.number, &login.by), (12, &None), "the board she made it for goes on with it");
}

// A19
#[tokio::test]
async fn erasure_overwrites_gaps_of_split_pages() {
    let lab = lived_in().await;
    lab.sql(
        "WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 2999)
         INSERT INTO person (id, status, created_at) SELECT i, 'active', 0 FROM n;
         WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1999)
         INSERT INTO profile (person_id, name, email, external_key)
         SELECT 1000 + (i * 733) % 2000, printf('Trace%05dx', (i * 733) % 2000), printf('%05d-trace@example.org', (i * 911) % 2000),
                printf('KEY%05dy', (i * 733) % 2000) FROM n",
    )
    .await;
    let eve = lab.signed_in(10).await;
    for id in (1_000..3_000).step_by(97) {
        privacy::erase(&lab.ctx, &eve, PersonId(id)).await.unwrap();
        let left = bytes(&lab);
        let number = id - 1_000;
        for name in [format!("Trace{number:05}x"), format!("trace{number:05}x"), format!("KEY{number:05}y")] {
            assert!(!is_in(&left, &name), "{name} of person {id}");
        }
    }
    assert!(is_in(&bytes(&lab), "Trace00001x"), "the others are there");
}

#[tokio::test]
async fn erasure_is_not_blocked_by_name_contained_in_others() {
    let lab = lived_in().await;
    lab.sql(
        "PRAGMA secure_delete = ON; -- as whoever writes to the file has it
         WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 2999)
         INSERT INTO person (id, status, created_at) SELECT i, 'active', 0 FROM n;
         WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1999)
         INSERT INTO profile (person_id, name, email)
         SELECT 1000 + i, printf('Trace%05d', (i * 733) % 1000) || iif(i < 1000, '', 'x'),
                iif(i < 1000, '', 'x') || printf('%05d-trace@example.org', (i * 911) % 1000) FROM n",
    )
    .await;
    // This changes only if the whole file is rewritten, which would make boards wait.
    let before = lab.number("PRAGMA schema_version").await;
    let eve = lab.signed_in(10).await;
    for id in (1_000..2_000).step_by(97) {
        privacy::erase(&lab.ctx, &eve, PersonId(id)).await.unwrap();
        assert!(
            is_in(&bytes(&lab), &format!("Trace{:05}x", (id - 1_000) * 733 % 1_000)),
            "a longer name is there"
        );
    }
    assert_eq!(lab.number("SELECT count(*) FROM profile WHERE person_id >= 1000").await, 2_000 - 11);
    assert_eq!(lab.number("PRAGMA schema_version").await, before);
}

// A18
#[tokio::test]
async fn last_administrator_cannot_be_erased_by_any_channel() {
    let lab = lived_in().await;
    let (eve, finn, ken) = (lab.signed_in(10).await, lab.signed_in(14).await, lab.signed_in(11).await);
    let refusals = |answer: Result<(), PrivacyError>| match answer {
        Err(PrivacyError::Refused(refusals)) => refusals,
        other => panic!("{other:?}"),
    };
    assert!(
        matches!(privacy::erase(&lab.ctx, &ken, ADA).await, Err(PrivacyError::Forbidden(_))),
        "managers do not"
    );
    privacy::erase_oneself(&lab.ctx, &finn, here(1), "").await.unwrap();
    assert_eq!(
        refusals(privacy::erase_oneself(&lab.ctx, &eve, here(1), "").await),
        [StepRefusal::LastAdministrator]
    );
    let toolgate = privacy::erase(&lab.ctx, &Actor::TOOLGATE, PersonId(10)).await;
    assert_eq!(refusals(toolgate), [StepRefusal::LastAdministrator]);
    let me = lab.signed_in(1).await;
    assert!(matches!(privacy::erase(&lab.ctx, &me, PersonId(2)).await, Err(PrivacyError::Unknown)), "others");
    let without = privacy::erase(&lab.ctx, &me, ADA).await.unwrap_err().problem(Lang::En);
    assert_eq!((without.code.as_str(), without.kind), ("person.oneself", Kind::Forbidden));
    lab.sql("DELETE FROM account WHERE person_id = 1").await;
    assert_eq!(
        refusals(privacy::erase_oneself(&lab.ctx, &me, here(1), "").await),
        [StepRefusal::KeptOut],
        "on hold"
    );
    let view = privacy::holdings(&lab.ctx, &me, ADA).await.unwrap();
    assert_eq!((view.erase_refusals, view.asks_password), (vec![StepRefusal::KeptOut], false));
    lab.sql("UPDATE hold SET lifted_at = 1, lifted_by = placed_by").await;
    assert_eq!(
        refusals(privacy::erase_oneself(&lab.ctx, &me, here(1), "").await),
        [StepRefusal::KeptOut],
        "banned"
    );
    assert_eq!(
        lab.number("SELECT count(*) FROM audit WHERE action = 'person.erased' AND subject = 'person:1'").await,
        0
    );
    privacy::erase(&lab.ctx, &eve, ADA).await.unwrap();
    assert_eq!(
        lab.number("SELECT count(*) FROM audit WHERE action = 'person.erased' AND subject = 'person:1'").await,
        1
    );
}

#[tokio::test]
async fn self_erasure_requires_password() {
    let lab = entrance::open().await;
    lab.grant(2, 2, "owner").await;
    let (_, me) = entrance::ada_is_in(&lab).await;
    assert!(privacy::holdings(&lab.ctx, &me, ADA).await.unwrap().asks_password);
    let wrong = privacy::erase_oneself(&lab.ctx, &me, here(1), "not hers").await.unwrap_err().problem(Lang::En);
    assert!(wrong.at("current_password").is_some(), "{wrong:?}");
    assert_eq!(lab.number("SELECT count(*) FROM profile WHERE person_id = 1").await, 1);
    privacy::erase_oneself(&lab.ctx, &me, here(1), entrance::PASSWORD).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM profile WHERE person_id = 1").await, 0);
}

#[tokio::test]
async fn repeated_erasure_is_reported_and_person_in_use_must_wait() {
    let lab = lived_in().await;
    let (eve, ken) = (lab.signed_in(10).await, lab.signed_in(11).await);
    lab.starts(LASER, &ada()).await;
    let running = privacy::erase(&lab.ctx, &eve, ADA).await.unwrap_err().problem(Lang::En);
    assert_eq!((running.code.as_str(), running.kind), ("person.in-use", Kind::Conflict));
    lab.pass(Duration::from_mins(1));
    lab.stops(LASER, &ada(), 60).await;
    privacy::erase(&lab.ctx, &eve, ADA).await.unwrap();
    let when = lab.number("SELECT erased_at FROM person WHERE id = 1").await;
    // A state that must never occur.
    lab.sql(
        "UPDATE card SET uid = '0badcafe', state = 'active' WHERE id = 1;
         INSERT INTO profile (person_id, name) VALUES (1, 'Quillstring');
         INSERT INTO remark (about_person, body, written_at) VALUES (1, 'came back quilling', 0)",
    )
    .await;
    lab.pass(lab::seconds(60));
    privacy::erase(&lab.ctx, &eve, ADA).await.expect("a second time, for what came since");
    let left = bytes(&lab);
    for name in ["0badcafe", "Quillstring", "came back quilling"] {
        assert!(!is_in(&left, name), "{name}");
    }
    assert_eq!(
        lab.number("SELECT erased_at FROM person WHERE id = 1").await,
        when,
        "they were erased when they were"
    );
    assert!(matches!(privacy::erase(&lab.ctx, &eve, PersonId(999)).await, Err(PrivacyError::Unknown)));
    let input = people::PersonForm { name: "Back".into(), ..people::PersonForm::default() };
    assert!(matches!(people::edit(&lab.ctx, &ken, ADA, input, 0).await, Err(PeopleError::Unknown)));
    assert!(people::readmit(&lab.ctx, &eve, ADA).await.is_err(), "there is nobody to come back");
    assert!(notes::write(&lab.ctx, &ken, ADA, "who was it?").await.is_err());
    let picture = domain::pictures::Subject::Person(ADA);
    assert!(matches!(pictures::remove(&lab.ctx, &ken, picture).await, Err(PicturesError::Unknown)));
}
