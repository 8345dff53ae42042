//! Invariants that the database enforces by itself, and the errors it reports.

use crate::lab::{ADA, LASER, LATHE, Lab, NOON, connect, entry, used};
use domain::{
    boards::MachineNumber,
    bookings::{Resource, State},
    cards::CardUid,
    id::MachineId,
    occupations::Span,
    time::Millis,
};
use sqlx::{Connection, SqliteConnection};
use store::{
    Done, Store, StoreError, Tuning, access,
    audit::{self, Verdict},
    bookings::{self, Change, Decision, NewBooking},
    machines,
};

async fn refusal(conn: &mut SqliteConnection, sql: &'static str) -> StoreError {
    sqlx::query(sql).execute(conn).await.unwrap_err().into()
}

async fn uses(lab: &Lab, count: i64) {
    for n in 0..count {
        lab.store
            .write::<_, StoreError, _>(async move |tx| {
                let rest = used(tx, n * 2).await?;
                Ok(Done::audited((), entry(format!("{n}"))).lastly(rest))
            })
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn append_only_tables_refuse_update_and_delete() {
    let lab = Lab::open().await;
    let mut raw = lab.raw().await;
    uses(&lab, 1).await;
    sqlx::raw_sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
         VALUES (1, 3, 'user', 'granted', 0, 'trainer', 0)",
    )
    .execute(&mut raw)
    .await
    .unwrap();
    for sql in [
        "UPDATE qualification SET kind = 'revoked'",
        "DELETE FROM qualification",
        "UPDATE audit SET detail = ''",
        "DELETE FROM audit",
        "UPDATE board_fact SET duration_s = 6",
        "DELETE FROM board_fact",
        "DELETE FROM equipment_type WHERE id = 1",
    ] {
        assert!(matches!(refusal(&mut raw, sql).await, StoreError::AppendOnly(_)), "{sql}");
    }
}

#[tokio::test]
async fn constraint_violations_map_to_typed_errors() {
    let lab = Lab::open().await;
    let mut raw = lab.raw().await;
    let taken = refusal(&mut raw, "INSERT INTO machine (number, type_id, name) VALUES (11, 3, 'x')").await;
    assert!(matches!(&taken, StoreError::Unique(columns) if columns == "machine.number"), "{taken:?}");
    let sql = "INSERT INTO card (person_id, uid, state, given_at) VALUES (1, '04a1b2c3', 'lost', 0)";
    let taken = refusal(&mut raw, sql).await;
    assert!(matches!(&taken, StoreError::Unique(columns) if columns == "card.uid"), "{taken:?}");
    let zero = refusal(&mut raw, "INSERT INTO machine (number, type_id, name) VALUES (0, 3, 'x')").await;
    assert!(matches!(&zero, StoreError::Refused(name) if name == "machine_number"), "{zero:?}");
    let ghost = refusal(&mut raw, "INSERT INTO machine_block (machine_id, placed_at) VALUES (999, 0)").await;
    assert!(matches!(ghost, StoreError::Dangling), "{ghost:?}");
}

#[tokio::test]
async fn deleted_ids_are_never_reused() {
    let lab = Lab::open().await;
    let mut raw = lab.raw().await;
    let remark = "INSERT INTO remark (id, about_person, body, written_at) VALUES (9, 1, 'x', 0)";
    sqlx::raw_sql(remark).execute(&mut raw).await.unwrap();
    for (table, columns, values) in [
        ("person_note", "person_id, remark_id", "1, 9"),
        ("session", "hash, person_id, created_at, seen_at, expires_at, device", "zeroblob(32), 1, 0, 0, 1, 'x'"),
        ("api_token", "hash, person_id, name, scopes, created_at", "zeroblob(32), 1, 'x', 'x', 0"),
        ("passkey", "person_id, credential_id, credential, name, created_at", "1, zeroblob(16), '{}', 'x', 0"),
        ("calendar_feed", "hash, person_id, made_at", "zeroblob(32), 1, 0"),
        ("unknown_card", "uid, machine_id, first_seen, last_seen", "'0000ffff', 1, 0, 0"),
    ] {
        let made = format!("INSERT INTO {table} ({columns}) VALUES ({values}) RETURNING id");
        let gone = format!("DELETE FROM {table}");
        let mut numbers = Vec::new();
        for _ in 0..3 {
            let made = sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(made.clone()));
            numbers.push(made.fetch_one(&mut raw).await.unwrap());
            sqlx::query(sqlx::AssertSqlSafe(gone.clone())).execute(&mut raw).await.unwrap();
        }
        assert!(numbers.is_sorted_by(|one, next| one < next), "{table}: {numbers:?}");
    }
}

#[tokio::test]
async fn second_open_use_of_a_machine_is_refused() {
    let lab = Lab::open().await;
    let mut raw = lab.raw().await;
    let open = "INSERT INTO use_session (machine_id, card_id, started_at, last_sign_at, source, approximate,
                provisional, other_card, twin_start, twin_stop, authorised)
                VALUES (1, 1, 0, 0, 'live', 0, 0, 0, 0, 0, 1)";
    sqlx::query(open).execute(&mut raw).await.unwrap();
    let second = refusal(&mut raw, open).await;
    assert!(matches!(&second, StoreError::Unique(columns) if columns == "use_session.machine_id"), "{second:?}");
}

#[tokio::test]
async fn tampered_audit_row_breaks_the_chain() {
    let lab = Lab::open().await;
    uses(&lab, 5).await;
    let mut raw = lab.raw().await;
    let whole = audit::verify(&mut raw, None).await.unwrap();
    assert!(matches!(whole, Verdict::Whole { head, .. } if head.seq == 5));

    for (change, back) in [
        ("UPDATE audit SET alias = 2 WHERE seq = 3", "UPDATE audit SET alias = 1 WHERE seq = 3"),
        ("UPDATE audit SET door = 'web' WHERE seq = 3", "UPDATE audit SET door = 'board' WHERE seq = 3"),
        ("UPDATE audit SET at = at + 1 WHERE seq = 3", "UPDATE audit SET at = at - 1 WHERE seq = 3"),
    ] {
        sqlx::raw_sql("DROP TRIGGER IF EXISTS audit_no_update").execute(&mut raw).await.unwrap();
        sqlx::query(change).execute(&mut raw).await.unwrap();
        assert_eq!(audit::verify(&mut raw, None).await.unwrap(), Verdict::BrokenAt(3), "{change}");
        sqlx::query(back).execute(&mut raw).await.unwrap();
        assert!(matches!(audit::verify(&mut raw, None).await.unwrap(), Verdict::Whole { .. }), "{back}");
    }
    sqlx::raw_sql("DROP TRIGGER audit_no_delete; DELETE FROM audit WHERE seq = 2")
        .execute(&mut raw)
        .await
        .unwrap();
    assert_eq!(audit::verify(&mut raw, None).await.unwrap(), Verdict::BrokenAt(3));
}

#[tokio::test]
async fn unknown_card_machine_and_history_read_as_none() {
    let lab = Lab::open().await;
    let mut conn = lab.store.read().await.unwrap();
    let stranger = CardUid::from_board("ffffffff").unwrap();
    let swipe = access::swipe(&mut conn, MachineNumber(11), &stranger, NOON).await.unwrap().unwrap();
    assert_eq!((swipe.bearing.machine, swipe.bearing.card, swipe.name), (LASER, None, None));
    assert!(swipe.facts.person.is_none() && swipe.facts.card.is_none());
    assert!(access::swipe(&mut conn, MachineNumber(99), &stranger, NOON).await.unwrap().is_none());

    let ada = CardUid::from_board("04a1b2c3").unwrap();
    let swipe = access::swipe(&mut conn, MachineNumber(11), &ada, NOON).await.unwrap().unwrap();
    assert_eq!(swipe.name.as_deref(), Some("Ada"));
    assert!(swipe.facts.person.unwrap().ledger.0.is_empty());

    let floor = machines::floor(&mut conn, Some(MachineId(2)), false, NOON).await.unwrap();
    assert_eq!((floor.len(), floor[0].place.clone(), floor[0].facts.heard, floor[0].used), (1, None, None, 0));
    assert!(floor[0].blocked_because.is_none() && floor[0].facts.last_used.is_none());
}

#[tokio::test]
async fn sqlite_is_compiled_without_its_global_locks() {
    let lab = Lab::open().await;
    let mut conn = lab.store.read().await.unwrap();
    let options: Vec<String> = sqlx::query_scalar("PRAGMA compile_options").fetch_all(&mut *conn).await.unwrap();
    let has = |option: &str| options.iter().any(|set| set == option);
    assert!(has("DEFAULT_MEMSTATUS=0") && !has("ENABLE_MEMORY_MANAGEMENT"), "see .cargo/config.toml: {options:?}");
}

#[tokio::test]
async fn foreign_file_is_refused_and_left_unchanged() {
    let dir = tempfile::tempdir().unwrap();
    let text =
        async |name: &str| Store::open(&dir.path().join(name), Tuning::default()).await.unwrap_err().to_string();

    std::fs::write(dir.path().join("letter"), "Dear Ada, this is not a database at all, only a letter.").unwrap();
    assert!(text("letter").await.contains("not a database"));
    assert!(std::fs::read(dir.path().join("letter")).unwrap().starts_with(b"Dear Ada"));
    assert!(text("no/such/folder").await.contains("is its folder there"));

    let other = dir.path().join("other");
    let mut raw = connect(&other).await;
    sqlx::raw_sql("CREATE TABLE recipe (name TEXT)").execute(&mut raw).await.unwrap();
    let before = std::fs::read(&other).unwrap();
    assert!(text("other").await.contains("another program"));
    assert_eq!(std::fs::read(&other).unwrap(), before, "not a byte was changed");

    // Tables with our names in a file with a foreign application id; and an otherwise empty one.
    Store::open(&dir.path().join("marked"), Tuning::default()).await.unwrap().close().await;
    for name in ["marked", "blank"] {
        let mut raw = connect(&dir.path().join(name)).await;
        sqlx::raw_sql("PRAGMA application_id = 252006674").execute(&mut raw).await.unwrap();
        raw.close().await.unwrap();
        assert!(text(name).await.contains("another program"), "{name}");
    }
}

#[tokio::test]
async fn file_header_has_application_id_and_migration_count() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ours");
    for round in ["made", "opened again"] {
        Store::open(&path, Tuning::default()).await.unwrap().close().await;
        let bytes = std::fs::read(&path).unwrap();
        // https://sqlite.org/fileformat.html#the_database_header
        assert_eq!(&bytes[68..72], b"TgDb", "{round}");
        let migrations = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations")).unwrap();
        let migrations =
            migrations.filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|end| end == "sql"));
        assert_eq!(u32::from_be_bytes(bytes[60..64].try_into().unwrap()) as usize, migrations.count(), "{round}");
        // A first start that was interrupted before that.
        let mut raw = connect(&path).await;
        sqlx::raw_sql("PRAGMA application_id = 0; PRAGMA user_version = 0").execute(&mut raw).await.unwrap();
        raw.close().await.unwrap();
    }
}

#[tokio::test]
async fn file_with_newer_schema_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("newer");
    Store::open(&path, Tuning::default()).await.unwrap().close().await;
    let mut raw = connect(&path).await;
    sqlx::raw_sql(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (299901010000, 'from the future', 1, x'00', 0)",
    )
    .execute(&mut raw)
    .await
    .unwrap();
    let message = Store::open(&path, Tuning::default()).await.unwrap_err().to_string();
    assert!(message.contains("newer version of Toolgate (schema 299901010000)"), "{message}");
}

#[tokio::test]
async fn uses_between_excludes_a_use_that_ended_at_its_start() {
    let lab = Lab::open().await;
    uses(&lab, 3).await;
    let mut conn = lab.store.read().await.unwrap();
    let today =
        machines::uses_between(&mut conn, LASER, NOON, domain::time::Millis(NOON.0 + 3_600_000)).await.unwrap();
    assert_eq!(today.len(), 2, "the first ended at noon and does not touch the afternoon");
    assert_eq!(machines::floor(&mut conn, Some(LASER), false, NOON).await.unwrap()[0].used, 180_000);
}

#[tokio::test]
async fn booking_refuses_invalid_state_transitions() {
    let lab = Lab::open().await;
    let span = Span { starts: NOON, ends: Millis(NOON.0 + 3_600_000) };
    let made =
        move |state| NewBooking { resource: Resource::Machine(LASER), holder: ADA.into(), span, state, at: NOON };
    for (&from, &to) in State::ALL.iter().flat_map(|from| State::ALL.iter().map(move |to| (from, to))) {
        let stays = from == to && from.takes_time();
        for (writes, may) in
            [(0, from.may_become(to)), (1, stays || from.may_become(to)), (2, stays || from.may_become(to))]
        {
            let written = lab.store.write::<_, StoreError, _>(async move |tx| {
                let booking = bookings::add(tx, &made(from)).await?;
                let change = Change { booking, from, to };
                match writes {
                    0 => {
                        let decision = Decision { state: to, at: NOON, by: None, remark: None, late: false };
                        bookings::decide(tx, (booking, from), &decision).await?;
                    }
                    1 => bookings::move_to(tx, change, Resource::Machine(LATHE), span, None).await?,
                    _ => bookings::hand_over(tx, change, ADA, NOON).await?,
                }
                Ok(Done::audited((), entry("booking")))
            });
            let refused = matches!(written.await, Err(StoreError::Refused(_)));
            assert_eq!(refused, !may, "{from:?} to {to:?}, write {writes}");
        }
    }
    // Nor from a stale state.
    let stale = lab.store.write::<_, StoreError, _>(async move |tx| {
        let booking = bookings::add(tx, &made(State::Cancelled)).await?;
        let decision = Decision { state: State::CheckedIn, at: NOON, by: None, remark: None, late: false };
        bookings::decide(tx, (booking, State::Approved), &decision).await?;
        Ok(Done::audited((), entry("booking")))
    });
    assert!(matches!(stale.await, Err(StoreError::Refused(_))));
}
