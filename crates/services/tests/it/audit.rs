//! The audit chain: permissions, content, and detection of changes to the file.

use crate::lab::{LASER, Lab, NOON, ada, card, displays, rooms, seconds};
use contract::audit::{Filter, Value};
use domain::{
    actor::{Actor, Channel, Forbidden, Principal, Who},
    audit::{AuditActor, PAGE},
    id::{EntryId, PersonId, SessionId, TypeId},
    people::PersonStatus,
    problem::Kind,
    qualifications::{Entry, EntryKind, Ledger, Relation, SPACE, SYSTEM, Subject},
    time::{DAY, Millis},
};
use services::error::ServiceError;
use services::{
    audit::{self, AuditError, Chain},
    qualifications::{self, Change},
    retention,
};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{fs, path::Path};
use text::Lang;

fn somebody(relation: Relation, subject: Subject) -> Actor {
    let entry =
        Entry { id: EntryId(1), subject, relation, kind: EntryKind::Granted, from: Millis(0), until: None };
    let known = Principal {
        id: PersonId(2),
        session: SessionId(1),
        status: PersonStatus::Active,
        ledger: Ledger(vec![entry]),
        at: NOON,
        roles_asleep: false,
        public: true,
    };
    Actor { who: Who::Person(Box::new(known)), channel: Channel::Web }
}

fn auditor() -> Actor {
    somebody(Relation::User, SYSTEM)
}

async fn read(lab: &Lab, filter: Filter) -> Vec<contract::audit::Entry> {
    audit::page(&lab.ctx, &auditor(), &filter, None).await.unwrap().entries
}

// A7
#[tokio::test]
async fn only_auditors_and_administrators_read_audit() {
    let lab = Lab::open().await;
    for (actor, may) in [
        (auditor(), Ok(())),
        (somebody(Relation::Owner, SYSTEM), Ok(())),
        (somebody(Relation::Owner, SPACE), Err(Forbidden::NotAllowed)),
        (somebody(Relation::User, SPACE), Err(Forbidden::NotAllowed)),
        (Actor::anybody(true, Channel::Web), Err(Forbidden::SignIn)),
    ] {
        match (audit::page(&lab.ctx, &actor, &Filter::default(), None).await, may) {
            (Ok(_), Ok(())) => {}
            (Err(AuditError::Forbidden(why)), Err(expected)) => assert_eq!(why, expected),
            (got, _) => panic!("{actor:?}: {got:?}"),
        }
    }
}

#[tokio::test]
async fn entry_names_author_and_subject_while_known() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(60));
    lab.stops(LASER, &card("0000ffff"), 60).await;
    let made = displays::make(&lab.ctx, &Actor::TOOLGATE, "Entrance").await.unwrap();
    let entries = read(&lab, Filter::default()).await;
    assert!(entries.is_sorted_by(|newer, older| newer.seq > older.seq && newer.at >= older.at));
    let [display, .., start] = &entries[..] else { panic!("{entries:?}") };
    assert_eq!((&display.by, display.action.as_str()), (&AuditActor::Toolgate, "display.made"));
    assert_eq!(display.subject, format!("display:{}", made.id));
    assert_eq!(display.subject_name.as_deref(), Some("Entrance"));
    let hall = rooms::hall(&[]);
    rooms::add(&lab.ctx, &Actor::TOOLGATE, hall).await.unwrap();
    assert_eq!(read(&lab, Filter::default()).await[0].subject_name.as_deref(), Some("Hall"));
    assert_eq!(start.by, AuditActor::Person { id: PersonId(1), name: "Ada".into() });
    assert_eq!((start.action.as_str(), start.subject_name.as_deref()), ("use.start", Some("Laser")));
    assert!(start.detail.iter().any(|(_, value)| matches!(value, Value::Word(_))), "{start:?}");
    let change = Change::now(PersonId(2), Subject::Type(TypeId(3)), Relation::User);
    qualifications::grant(&lab.ctx, &Actor::TOOLGATE, change).await.unwrap();
    let granted = &read(&lab, Filter::default()).await[0].detail;
    let names = granted.iter().filter_map(|(_, value)| match value {
        Value::Equipment(on) => Some(on.name.as_str()),
        Value::Word(_) | Value::Moment(_) | Value::Room(..) | Value::Appointment(_) => None,
    });
    assert_eq!(names.collect::<Vec<_>>(), ["Laser cutter"], "{granted:?}");
    let by_a_board = entries.iter().find(|entry| entry.action != "use.start" && entry.by == AuditActor::Board);
    assert!(by_a_board.is_some(), "a card that nobody has claimed: {entries:?}");

    // A6: a card's number is in no entry.
    assert!(!serde_json::to_string(&entries).unwrap().contains("0000ada1"));
    lab.sql("UPDATE alias SET person_id = NULL").await;
    assert_eq!(read(&lab, Filter::default()).await.last().unwrap().by, AuditActor::Former);
}

#[tokio::test]
async fn filter_narrows_by_day_name_code_and_subject() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    lab.pass(DAY * 2);
    let made = displays::make(&lab.ctx, &Actor::TOOLGATE, "Entrance").await.unwrap();
    displays::revoke(&lab.ctx, &Actor::TOOLGATE, made.id).await.unwrap();
    let (uses, all) = (1, 3);
    // 2027-01-15 in UTC is the day of the use.
    for (filter, expected) in [
        (Filter::default(), all),
        (Filter { from: "2027-01-16".into(), ..Filter::default() }, all - uses),
        (Filter { to: "2027-01-16".into(), ..Filter::default() }, uses),
        (Filter { from: "2027-01-15".into(), to: "2027-01-15".into(), ..Filter::default() }, uses),
        (Filter { by: "aDa".into(), ..Filter::default() }, uses),
        (Filter { by: "%".into(), ..Filter::default() }, 0),
        (Filter { action: "display.".into(), ..Filter::default() }, 2),
        (Filter { action: "display.made".into(), ..Filter::default() }, 1),
        (Filter { subject: "machine".into(), ..Filter::default() }, uses),
        (Filter { subject: "machine:1".into(), ..Filter::default() }, uses),
        (Filter { subject: "machine:".into(), ..Filter::default() }, 0),
        (Filter { subject: "entran".into(), ..Filter::default() }, 2),
        (Filter { by: "ada".into(), subject: "machine:1".into(), ..Filter::default() }, uses),
        (Filter { by: "ada".into(), subject: "machine".into(), ..Filter::default() }, uses),
        (Filter { by: "ada".into(), subject: "entran".into(), ..Filter::default() }, 0),
        (Filter { by: "bob".into(), subject: "machine:1".into(), ..Filter::default() }, 0),
        (Filter { action: "display.".into(), subject: "entran".into(), ..Filter::default() }, 2),
        (Filter { action: "use.".into(), subject: "display".into(), ..Filter::default() }, 0),
        (Filter { subject: "' OR 1=1 --".into(), ..Filter::default() }, 0),
    ] {
        assert_eq!(read(&lab, filter.clone()).await.len(), expected, "{filter:?}");
    }
}

#[tokio::test]
async fn invalid_filter_reports_its_field() {
    let lab = Lab::open().await;
    for (filter, field) in [
        (Filter { from: "yesterday".into(), ..Filter::default() }, "from"),
        (Filter { to: "2026-02-30".into(), ..Filter::default() }, "to"),
        (Filter { from: "2026-02-02".into(), to: "2026-02-01".into(), ..Filter::default() }, "to"),
        (Filter { by: "x".repeat(201), ..Filter::default() }, "by"),
        (Filter { subject: "x".repeat(100_000), ..Filter::default() }, "subject"),
    ] {
        let problem = audit::page(&lab.ctx, &auditor(), &filter, None).await.unwrap_err().problem(Lang::It);
        assert_eq!(problem.kind, Kind::Invalid);
        assert!(problem.at(field).is_some(), "{problem:?}");
    }
}

#[tokio::test]
async fn pages_are_contiguous() {
    let lab = Lab::open().await;
    for n in 0..120 {
        displays::make(&lab.ctx, &Actor::TOOLGATE, &format!("Display {n}")).await.unwrap();
    }
    let (mut before, mut seen) = (None, Vec::new());
    loop {
        let page = audit::page(&lab.ctx, &auditor(), &Filter::default(), before).await.unwrap();
        assert!(page.entries.len() <= PAGE);
        seen.extend(page.entries.iter().map(|entry| entry.seq));
        let Some(older) = page.older else { break };
        before = Some(older);
    }
    assert_eq!(seen, (1..=120).rev().collect::<Vec<_>>());
}

async fn raw(file: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(file).connect().await.unwrap()
}

/// A copy of the file without its triggers.
async fn unguarded_copy(lab: &Lab, name: &str) -> std::path::PathBuf {
    let copy = lab.file().with_file_name(name);
    let mut conn = raw(&lab.file()).await;
    let sql = format!("VACUUM INTO '{}'", copy.display());
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let mut conn = raw(&copy).await;
    let sql = "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete";
    sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    copy
}

#[tokio::test]
async fn flipped_byte_in_any_column_is_located() {
    let lab = Lab::open().await;
    for second in 0..5 {
        lab.pass(seconds(60));
        if second % 2 == 0 {
            lab.starts(LASER, &ada()).await;
        } else {
            lab.stops(LASER, &ada(), 60).await;
        }
    }
    // Of the file that a server has open.
    let Chain::Whole { first: 1, entries: 5, head } = audit::verify(&lab.file(), None).await.unwrap() else {
        panic!("not whole")
    };
    assert_eq!(head.len(), 64);
    let copy = unguarded_copy(&lab, "copy.sqlite").await;
    assert_eq!(audit::verify(&copy, None).await.unwrap(), Chain::Whole { first: 1, entries: 5, head });

    let mut conn = raw(&copy).await;
    let lax = "PRAGMA ignore_check_constraints = ON";
    for (column, flipped) in [
        ("at", "at = at + 1 - 2 * (at & 1)"),
        ("alias", "alias = alias + 1"),
        ("door", "door = 'Board'"),
        ("action", "action = 'Use.start'"),
        ("subject", "subject = 'machine:0'"),
        ("detail", "detail = CAST(X'FF' || substr(CAST(detail AS BLOB), 2) AS TEXT)"),
        ("hash", "hash = CAST(X'00' || substr(hash, 2) AS BLOB)"),
        ("hash", "hash = CAST(substr(hash, 1, 31) || X'00' AS BLOB)"),
    ] {
        let change = format!(
            "{lax}; CREATE TABLE kept AS SELECT * FROM audit WHERE seq = 3; UPDATE audit SET {flipped} WHERE seq = 3"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(change)).execute(&mut conn).await.unwrap();
        assert_eq!(audit::verify(&copy, None).await.unwrap(), Chain::BrokenAt(3), "{column}: {flipped}");
        let back = "DELETE FROM audit WHERE seq = 3; INSERT INTO audit SELECT * FROM kept; DROP TABLE kept";
        sqlx::raw_sql(back).execute(&mut conn).await.unwrap();
        assert!(matches!(audit::verify(&copy, None).await.unwrap(), Chain::Whole { .. }), "{column} put back");
    }
    // A number that is not the next one, and an entry that is gone.
    for (change, found) in [
        ("UPDATE audit SET seq = 13 WHERE seq = 5", 13),
        ("DELETE FROM audit WHERE seq = 2", 3),
        ("DELETE FROM audit WHERE seq = 1", 3),
    ] {
        sqlx::raw_sql(change).execute(&mut conn).await.unwrap();
        assert_eq!(audit::verify(&copy, None).await.unwrap(), Chain::BrokenAt(found), "{change}");
    }
}

#[tokio::test]
async fn truncated_or_emptied_chain_is_detected() {
    let lab = Lab::open().await;
    for name in ["one", "two", "three"] {
        displays::make(&lab.ctx, &Actor::TOOLGATE, name).await.unwrap();
    }
    for (name, change, entries, were) in [
        ("end", "DELETE FROM audit WHERE seq = 3", 2, Some(3)),
        ("all", "DELETE FROM audit", 0, Some(3)),
        ("row", "DROP TRIGGER audit_head_no_delete; DELETE FROM audit; DELETE FROM audit_head", 0, None),
        ("table", "DELETE FROM audit; DROP TABLE audit_head", 0, None),
    ] {
        let copy = unguarded_copy(&lab, name).await;
        sqlx::raw_sql(change).execute(&mut raw(&copy).await).await.unwrap();
        assert_eq!(audit::verify(&copy, None).await.unwrap(), Chain::Cut { entries, were }, "{change}");
    }
}

#[tokio::test]
async fn audit_older_than_a_year_is_cut_and_rest_verifies() {
    let lab = Lab::open().await;
    for name in ["one", "two", "three"] {
        displays::make(&lab.ctx, &Actor::TOOLGATE, name).await.unwrap();
    }
    let Chain::Whole { head, .. } = audit::verify(&lab.file(), None).await.unwrap() else { panic!("not whole") };
    let last_to_go = audit::noted(&head);
    lab.pass(DAY * 200);
    displays::make(&lab.ctx, &Actor::TOOLGATE, "four").await.unwrap();
    lab.pass(DAY * 166);
    assert_eq!(retention::due(&lab.ctx).await.unwrap().unwrap().entries, 3);
    // The cut and the run were audited after the remaining entries.
    assert_eq!(read(&lab, Filter::default()).await.iter().map(|entry| entry.seq).min(), Some(4));
    let whole = audit::verify(&lab.file(), last_to_go).await.unwrap();
    assert!(matches!(whole, Chain::Whole { first: 4, entries: 6, .. }), "{whole:?}");
    lab.pass(DAY);
    assert_eq!(retention::due(&lab.ctx).await.unwrap().unwrap().entries, 0, "nothing younger goes");

    let broken = [
        ("entry", "UPDATE audit SET subject = 'display:9' WHERE seq = 5", 5),
        ("first", "UPDATE audit SET subject = 'display:9' WHERE seq = 4", 4),
        ("more", "DELETE FROM audit WHERE seq = 4", 5),
        // An attacker deletes more, and fakes the cut.
        (
            "said",
            "UPDATE audit_start SET seq = 4, hash = (SELECT hash FROM audit WHERE seq = 4);
                  DELETE FROM audit WHERE seq = 4",
            5,
        ),
        ("row", "DROP TRIGGER audit_start_no_delete; DELETE FROM audit_start", 4),
        ("table", "DROP TABLE audit_start", 4),
    ];
    for (name, change, found) in broken {
        let copy = unguarded_copy(&lab, name).await;
        sqlx::raw_sql(change).execute(&mut raw(&copy).await).await.unwrap();
        assert_eq!(audit::verify(&copy, None).await.unwrap(), Chain::BrokenAt(found), "{change}");
    }
}

#[tokio::test]
async fn triggers_allow_deleting_only_expired_rows() {
    let lab = Lab::open().await;
    lab.starts(LASER, &ada()).await;
    lab.stops(LASER, &ada(), 60).await;
    lab.pass(DAY * 431);
    lab.starts(LASER, &ada()).await;
    lab.stops(LASER, &ada(), 60).await;
    retention::due(&lab.ctx).await.unwrap().unwrap();
    let mut conn = raw(&lab.file()).await;
    for (change, guard) in [
        ("DELETE FROM audit WHERE seq = 3", "audit"),
        ("UPDATE audit SET at = 0 WHERE seq = 3", "audit"),
        ("UPDATE audit_start SET seq = 1", "audit_start"),
        ("DELETE FROM audit_start", "audit_start"),
        ("UPDATE fact_start SET fact = 1", "fact_start"),
        ("DELETE FROM fact_start", "fact_start"),
        // Not old enough; and of an old one, nothing but its card.
        ("UPDATE board_fact SET card_id = NULL, unknown_card_id = 0 WHERE id = 3", "board_fact"),
        ("UPDATE board_fact SET card_id = 1, unknown_card_id = NULL WHERE id = 1", "board_fact"),
        ("UPDATE board_fact SET duration_s = 7 WHERE id = 1", "board_fact"),
        ("DELETE FROM board_fact WHERE id = 1", "board_fact"),
    ] {
        let refused = sqlx::raw_sql(change).execute(&mut conn).await.unwrap_err().to_string();
        assert!(refused.contains(&format!("append_only:{guard}")), "{change}: {refused}");
    }
    conn.close().await.unwrap();
}

#[tokio::test]
async fn externally_noted_hash_reveals_rebuilt_chain() {
    let lab = Lab::open().await;
    displays::make(&lab.ctx, &Actor::TOOLGATE, "one").await.unwrap();
    let Chain::Whole { head, .. } = audit::verify(&lab.file(), None).await.unwrap() else { panic!("not whole") };
    let noted = audit::noted(&head.to_uppercase());
    assert!(noted.is_some() && audit::noted("7").is_none() && audit::noted(&"x".repeat(64)).is_none());
    displays::make(&lab.ctx, &Actor::TOOLGATE, "two").await.unwrap();
    assert!(matches!(audit::verify(&lab.file(), noted).await.unwrap(), Chain::Whole { entries: 2, .. }));
    let other = Lab::open().await;
    other.pass(seconds(1));
    displays::make(&other.ctx, &Actor::TOOLGATE, "another").await.unwrap();
    other.starts(LASER, &ada()).await;
    assert_eq!(audit::verify(&other.file(), noted).await.unwrap(), Chain::Elsewhere { entries: 2 });
}

#[tokio::test]
async fn foreign_file_is_reported_and_left_untouched() {
    let lab = Lab::open().await;
    let missing = lab.file().with_file_name("missing.sqlite");
    assert!(audit::verify(&missing, None).await.is_err());
    assert!(!missing.exists(), "looking makes no file");
    let other = lab.file().with_file_name("other.sqlite");
    fs::write(&other, "a letter to a friend, longer than a hundred bytes".repeat(40)).unwrap();
    assert!(audit::verify(&other, None).await.is_err());
    assert!(fs::read_to_string(&other).unwrap().starts_with("a letter"));
}
