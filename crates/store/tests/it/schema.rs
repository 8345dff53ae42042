//! The schema that the migrations make, of a fresh store and of an upgraded one.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
};

use crate::lab::{Lab, connect, furnish};
use sqlx::{
    AssertSqlSafe, Connection, Row, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
};
use store::{Store, Tuning, copies};

const AGREED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schema.txt");

async fn migrator() -> Migrator {
    Migrator::new(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations"))).await.unwrap()
}

/// The schema and rows of the file at `path`: a paragraph per table or view, with its indexes and triggers. Without
/// comments and line breaks.
async fn describe(path: &Path) -> String {
    let mut conn = connect(path).await;
    let objects = sqlx::query(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema
          WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*' AND name <> '_sqlx_migrations'
          ORDER BY tbl_name, type NOT IN ('table', 'view'), type, name",
    );
    let mut text = String::new();
    let mut paragraph = String::new();
    for object in objects.fetch_all(&mut conn).await.unwrap() {
        let (kind, name): (String, String) = (object.get("type"), object.get("name"));
        let sql = one_line(object.get("sql"));
        let lines = match kind.as_str() {
            "table" => {
                text += &std::mem::take(&mut paragraph);
                let (columns, options) = definitions(&sql);
                writeln!(text, "\n{}", format!("table {name} {options}").trim_end()).unwrap();
                paragraph = rows(&mut conn, &name).await;
                columns
            }
            "view" => {
                text += &std::mem::take(&mut paragraph);
                writeln!(text, "\nview {name}").unwrap();
                vec![sql]
            }
            _ => vec![sql],
        };
        for line in lines {
            writeln!(text, "    {line}").unwrap();
        }
    }
    text += &paragraph;
    text.trim_start().to_owned()
}

/// The rows of `table`, one per line.
async fn rows(conn: &mut SqliteConnection, table: &str) -> String {
    let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info(?)")
        .bind(table)
        .fetch_all(&mut *conn)
        .await
        .unwrap();
    let values = columns.iter().map(|column| format!("'{column}=' || quote(\"{column}\")")).collect::<Vec<_>>();
    let sql = format!("SELECT {} FROM {table} ORDER BY 1", values.join(" || ', ' || "));
    let found: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(conn).await.unwrap();
    found.iter().fold(String::new(), |text, row| text + "    row " + row + "\n")
}

/// A statement without comments, each white space a blank.
fn one_line(sql: &str) -> String {
    let mut line = String::new();
    let mut quote = None;
    let mut letters = sql.chars().peekable();
    while let Some(letter) = letters.next() {
        let comment = quote.is_none() && letter == '-' && letters.peek() == Some(&'-');
        if comment {
            letters.by_ref().find(|&letter| letter == '\n');
        }
        if comment || quote.is_none() && letter.is_whitespace() {
            if !line.ends_with(' ') {
                line.push(' ');
            }
            continue;
        }
        match quote {
            None if letter == '\'' || letter == '"' => quote = Some(letter),
            Some(end) if letter == end => quote = None,
            _ => {}
        }
        line.push(letter);
    }
    line.trim().to_owned()
}

/// The columns and constraints of a table, and its options.
fn definitions(sql: &str) -> (Vec<String>, &str) {
    let (mut depth, mut quoted, mut begin) = (0, false, 0);
    let mut parts = Vec::new();
    for (at, letter) in sql.char_indices() {
        quoted ^= letter == '\'';
        match letter {
            _ if quoted => {}
            '(' => {
                depth += 1;
                if depth == 1 {
                    begin = at + 1;
                }
            }
            ',' | ')' if depth == 1 => {
                parts.push(sql[begin..at].trim().to_owned());
                begin = at + 1;
                if letter == ')' {
                    break;
                }
            }
            ')' => depth -= 1,
            _ => {}
        }
    }
    (parts, sql[begin..].trim())
}

/// The lines of each paragraph.
fn paragraphs(text: &str) -> BTreeMap<&str, Vec<&str>> {
    text.split("\n\n")
        .filter_map(|paragraph| paragraph.trim_start_matches('\n').split_once('\n'))
        .map(|(head, lines)| (head, lines.lines().collect()))
        .collect()
}

/// The differences, under their tables: `-` is in the reviewed schema, `+` in that of the migrations.
fn difference(agreed: &str, made: &str) -> String {
    let (agreed, made) = (paragraphs(agreed), paragraphs(made));
    let mut text = String::new();
    for head in agreed.keys().chain(made.keys()).collect::<BTreeSet<_>>() {
        let (old, new) = (agreed.get(head), made.get(head));
        if old == new {
            continue;
        }
        let (old, new) = (old.cloned().unwrap_or_default(), new.cloned().unwrap_or_default());
        let gone = old.iter().filter(|line| !new.contains(line)).map(|line| format!("- {line}\n"));
        let come = new.iter().filter(|line| !old.contains(line)).map(|line| format!("+ {line}\n"));
        let lines: String = gone.chain(come).collect();
        writeln!(text, "{head}").unwrap();
        text += if lines.is_empty() { "  the same lines in another order\n" } else { &lines };
    }
    text
}

#[tokio::test]
async fn fresh_store_has_the_reviewed_schema() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("fresh");
    Store::open(&path, Tuning::default()).await.unwrap().close().await;
    let made = describe(&path).await;
    let agreed = fs::read_to_string(AGREED).unwrap_or_default();
    if made != agreed {
        let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schema.txt");
        fs::write(&copy, &made).unwrap();
        panic!(
            "the migrations do not make the schema in crates/store/tests/schema.txt.\n\
             Lines with - are in that file only, lines with + in what the migrations make:\n\n{}\n\
             If the change is meant, put {} in its place; the diff of that file is what to review.",
            difference(&agreed, &made),
            copy.display()
        );
    }
}

#[tokio::test]
async fn file_of_older_version_is_upgraded_without_losing_rows() {
    let dir = tempfile::tempdir().unwrap();
    let (fresh, older) = (dir.path().join("fresh"), dir.path().join("older"));
    Store::open(&fresh, Tuning::default()).await.unwrap().close().await;
    let migrations = migrator().await;
    let before =
        migrations.iter().map(|migration| migration.version).filter(|version| *version < 202_611_251_200).max();

    let mut raw = connect(&older).await;
    migrations.run_to(before.unwrap(), &mut raw).await.unwrap();
    furnish(&mut raw).await;
    raw.close().await.unwrap();
    let mut raw = connect(&fresh).await;
    furnish(&mut raw).await;
    // An existing space continues as before.
    let as_before =
        "INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'booking.need', 'free');
                     INSERT INTO untold_change (change) VALUES ('booking-need')";
    sqlx::raw_sql(as_before).execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
    assert_ne!(describe(&older).await, describe(&fresh).await, "or this shows nothing");
    Store::open(&older, Tuning::default()).await.unwrap().close().await;
    // Names are prepared for the search when a store is opened.
    Store::open(&fresh, Tuning::default()).await.unwrap().close().await;
    assert_eq!(difference(&describe(&fresh).await, &describe(&older).await), "");
}

#[tokio::test]
async fn upgrade_with_explicit_booking_need_preserves_it_silently() {
    let dir = tempfile::tempdir().unwrap();
    let migrations = migrator().await;
    let before =
        migrations.iter().map(|migration| migration.version).filter(|version| *version < 202_611_251_200).max();
    for (message, stored) in [("'required'", "required 0"), ("'free'", "free 0")] {
        let file = dir.path().join(message);
        let mut raw = connect(&file).await;
        migrations.run_to(before.unwrap(), &mut raw).await.unwrap();
        furnish(&mut raw).await;
        let say = format!(
            "INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'booking.need', {message})"
        );
        sqlx::raw_sql(AssertSqlSafe(say)).execute(&mut raw).await.unwrap();
        raw.close().await.unwrap();
        Store::open(&file, Tuning::default()).await.unwrap().close().await;
        let read = "SELECT (SELECT value FROM setting WHERE key = 'booking.need') || ' ' || (SELECT count(*) FROM untold_change)";
        let now: String = sqlx::query_scalar(read).fetch_one(&mut connect(&file).await).await.unwrap();
        assert_eq!(now, stored);
    }
}

#[tokio::test]
async fn further_migration_preserves_rows_and_locks_out_this_version() {
    let lab = Lab::open().await;
    let before = describe(&lab.file()).await;
    let sql = "ALTER TABLE place ADD COLUMN floor INTEGER CONSTRAINT place_floor CHECK (floor BETWEEN -9 AND 99);
               CREATE INDEX place_by_floor ON place (floor)";
    let further = Migration::new(
        299_901_010_000,
        "floors".into(),
        MigrationType::Simple,
        sqlx::SqlStr::from_static(sql),
        false,
    );
    let migrations = migrator().await.iter().cloned().chain([further]).collect();
    let mut raw = lab.raw().await;
    Migrator::with_migrations(migrations).run(&mut raw).await.unwrap();
    raw.close().await.unwrap();

    let changed = difference(&before, &describe(&lab.file()).await);
    assert_eq!(
        changed,
        "table place STRICT\n\
         +     floor INTEGER CONSTRAINT place_floor CHECK (floor BETWEEN -9 AND 99)\n\
         +     CREATE INDEX place_by_floor ON place (floor)\n"
    );
    let refused = Store::open(&lab.file(), Tuning::default()).await.unwrap_err().to_string();
    assert!(refused.contains("newer version of Toolgate (schema 299901010000)"), "{refused}");
}

/// A file of a version of the schema, as a copy to restore.
async fn file_of_version(folder: &Path, version: i64) -> std::path::PathBuf {
    let file = folder.join(format!("{version}.sqlite"));
    let mut conn = connect(&file).await;
    migrator().await.run_to(version, &mut conn).await.unwrap();
    conn.close().await.unwrap();
    file
}

async fn change(file: &Path, sql: &'static str) {
    let mut conn = connect(file).await;
    sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

/// The schema of a copy is accepted as that of `version`. The oldest fail the check after it: they had no audit log yet.
async fn assert_accepted(file: &Path, version: i64) {
    match copies::examine(file).await {
        Ok(found) => assert_eq!(found.schema, version),
        Err(error) => assert!(format!("{error:?}").contains("no such table: audit"), "{error}"),
    }
}

#[tokio::test]
async fn every_migrated_schema_passes_with_and_without_statistics() {
    let folder = tempfile::tempdir().unwrap();
    let versions: Vec<_> = migrator().await.iter().map(|migration| migration.version).collect();
    for &version in versions.iter().rev().step_by(6) {
        let file = file_of_version(folder.path(), version).await;
        assert_accepted(&file, version).await;
        change(&file, "ANALYZE").await;
        assert_accepted(&file, version).await;
    }
}

#[tokio::test]
async fn changed_schema_is_refused_naming_the_object() {
    let folder = tempfile::tempdir().unwrap();
    let newest = migrator().await.iter().map(|migration| migration.version).max().unwrap();
    let unchanged = file_of_version(folder.path(), newest).await;
    for (sql, says) in [
        ("CREATE VIEW extra AS SELECT 1", "the view extra is not ours"),
        ("CREATE TABLE extra (a)", "the table extra is not ours"),
        ("CREATE INDEX extra ON person (id)", "the index extra is not ours"),
        (
            "CREATE TRIGGER extra AFTER INSERT ON audit BEGIN DELETE FROM hold; END",
            "the trigger extra is not ours",
        ),
        ("DROP TRIGGER audit_no_update", "the trigger audit_no_update is missing"),
        (
            "DROP TRIGGER audit_no_update; CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT 1; END",
            "the trigger audit_no_update was changed",
        ),
        ("ALTER TABLE person ADD COLUMN extra INTEGER", "the table person was changed"),
        (
            "ALTER TABLE _sqlx_migrations RENAME TO applied; CREATE VIEW _sqlx_migrations AS SELECT * FROM applied",
            "the view _sqlx_migrations is not ours",
        ),
    ] {
        let file = folder.path().join("changed.sqlite");
        fs::copy(&unchanged, &file).unwrap();
        change(&file, sql).await;
        let why = copies::examine(&file).await.unwrap_err().to_string();
        assert!(why.ends_with(says), "{why} does not say: {says}");
    }
}
