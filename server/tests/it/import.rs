//! `toolgate import fabomatic`: what it imports of every release, its refusals, and that it imports once.

use crate::fabomatic_databases::{REVISIONS, change, make};
use crate::lab::Lab;
use domain::{access::Decision, actor::Actor, boards::MachineNumber, cards::CardUid, id::PersonId};
use services::{access, privacy};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

const NEWEST: &str = REVISIONS[8].0;

fn toolgate(arguments: &[&str], data: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_toolgate"));
    command.args(arguments).arg("--data").arg(data).output().unwrap()
}

fn import(file: &Path, data: &Path) -> Output {
    toolgate(&["import", "fabomatic", file.to_str().unwrap()], data)
}

fn dry_run(file: &Path, data: &Path) -> Output {
    toolgate(&["import", "fabomatic", file.to_str().unwrap(), "--dry-run"], data)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Standard output of a successful command.
fn well(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

async fn database(data: &Path) -> SqliteConnection {
    let file = data.join("toolgate.sqlite");
    SqliteConnectOptions::new().filename(file).read_only(true).connect().await.unwrap()
}

/// The rows of a statement, one per line.
async fn lines(data: &Path, sql: &'static str) -> Vec<String> {
    let mut conn = database(data).await;
    let rows = sqlx::query_scalar(sql).fetch_all(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    rows
}

/// Every row of every table except access times.
async fn everything(data: &Path) -> BTreeMap<String, Vec<String>> {
    let mut conn = database(data).await;
    let tables = sqlx::query_scalar::<_, String>("SELECT name FROM sqlite_schema WHERE type = 'table'");
    let mut all = BTreeMap::new();
    for table in tables.fetch_all(&mut conn).await.unwrap() {
        let columns = sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA table_info('{table}')")));
        let columns = columns.fetch_all(&mut conn).await.unwrap();
        let columns: Vec<_> =
            columns.iter().map(|row| format!("quote(\"{}\")", row.get::<&str, _>("name"))).collect();
        let rows = format!("SELECT {} FROM \"{table}\" ORDER BY 1", columns.join("||','||"));
        all.insert(table, sqlx::query_scalar(sqlx::AssertSqlSafe(rows)).fetch_all(&mut conn).await.unwrap());
    }
    conn.close().await.unwrap();
    all
}

/// Every file of a folder with its bytes.
fn all_of(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.is_file()).map(|path| (path.clone(), fs::read(&path).unwrap())).collect()
}

const PEOPLE: &str =
    "SELECT f.name || '|' || coalesce(f.email, '') || '|' || p.status || '|' || coalesce(c.uid, '')
    FROM person p JOIN profile f ON f.person_id = p.id LEFT JOIN card c ON c.person_id = p.id ORDER BY f.name";
const GRANTS: &str = "SELECT f.name || ' ' || q.relation || ' ' || coalesce(t.name, m.name) FROM qualification q
    JOIN profile f ON f.person_id = q.person_id LEFT JOIN equipment_type t ON t.id = q.type_id
    LEFT JOIN machine m ON m.id = q.machine_id WHERE q.cause = 'import' AND q.kind = 'granted' ORDER BY 1";
const MACHINES: &str = "SELECT m.number || ' ' || m.name || ' ' || t.name || ' ' || tt.used_ms || ' ' ||
    EXISTS (SELECT 1 FROM machine_block b WHERE b.machine_id = m.id AND b.lifted_at IS NULL) FROM machine m
    JOIN equipment_type t ON t.id = m.type_id JOIN machine_total tt ON tt.machine_id = m.id ORDER BY m.number";
const USES: &str = "SELECT m.number || ' ' || coalesce(f.name, '-') || ' ' || (u.ended_at - u.started_at) || ' ' || u.ending || ' '
    || u.source FROM use_session u JOIN machine m ON m.id = u.machine_id LEFT JOIN alias a ON a.id = u.alias_id
    LEFT JOIN profile f ON f.person_id = a.person_id ORDER BY m.number, u.started_at";
const SETTINGS: &str =
    "SELECT t.name || ' ' || s.key || ' ' || s.value FROM setting s JOIN equipment_type t ON t.id = s.scope_id
    WHERE s.scope = 'type' ORDER BY 1";
const PLANS: &str = "SELECT m.number || ' ' || p.words || ' ' || p.every_hours || ' ' || coalesce(nullif(p.display, ''), '-') || ' '
    || coalesce(p.manual_url, '-') || ' ' || s.at || ' ' || s.used_ms FROM maintenance_plan p JOIN machine m ON m.id = p.machine_id
    JOIN maintenance_since s ON s.plan_id = p.id AND s.machine_id = m.id ORDER BY p.id";
const DONE: &str =
    "SELECT m.number || ' ' || p.words || ' ' || coalesce(f.name, '-') || ' ' || i.at || ' ' || i.used_ms
    FROM intervention i JOIN machine m ON m.id = i.machine_id JOIN maintenance_plan p ON p.id = i.plan_id
    LEFT JOIN alias a ON a.id = i.by_alias LEFT JOIN profile f ON f.person_id = a.person_id ORDER BY i.at, i.id";
const UNKNOWN: &str = "SELECT uid || ' ' || seen FROM unknown_card";

#[tokio::test]
async fn database_revisions_are_all_imported() {
    let dir = tempfile::tempdir().unwrap();
    for (at, (revision, _)) in REVISIONS.into_iter().enumerate() {
        let (file, data) = (dir.path().join(format!("{revision}.sqldb")), dir.path().join(revision));
        make(&file, revision).await;
        let report = well(&import(&file, &data));
        assert_eq!(
            lines(&data, PEOPLE).await,
            [
                "Carla Neri|carla@fablab.example|active|aabbcc02",
                "Dora Verdi||active|0000dd03",
                "Elia Blu||active|0000ee04",
                "Fay Rosa|fay@fablab.example|suspended|0000ff05",
            ],
            "{revision}"
        );
        assert_eq!(
            lines(&data, GRANTS).await,
            [
                "Carla Neri owner Default type",
                "Carla Neri owner Printer",
                "Carla Neri owner Space",
                "Carla Neri owner System",
                "Carla Neri user Default type",
                "Carla Neri user Printer",
                "Carla Neri user Space",
                "Dora Verdi owner Default type",
                "Dora Verdi owner Printer",
                "Dora Verdi user Default type",
                "Dora Verdi user Printer",
                "Dora Verdi user Space",
                "Elia Blu user Laser",
                "Elia Blu user Space",
                "Fay Rosa user Press",
            ],
            "{revision}"
        );
        assert_eq!(
            lines(&data, MACHINES).await,
            ["7 Laser Default type 9000250 0", "9 Press Default type 0 1", "300 Printer Printer 1800000 0"],
            "{revision}"
        );
        let replayed = if at >= 7 { "replayed" } else { "live" };
        assert_eq!(
            lines(&data, USES).await,
            [
                "7 - 1800000 logged-out live".to_owned(),
                "7 Elia Blu 3600250 logged-out live".to_owned(),
                format!("7 Elia Blu 3600000 logged-out {replayed}"),
                "300 - 1800000 auto-logoff live".to_owned(),
            ],
            "{revision}"
        );
        let mut settings = vec!["Default type board.auto-stop 480", "Default type board.grace 2"];
        settings.extend(["Printer access.mode open", "Printer board.auto-stop 30", "Printer board.grace 2"]);
        settings
            .retain(|message| (at >= 1 || !message.contains("grace")) && (at >= 6 || !message.contains("open")));
        assert_eq!(lines(&data, SETTINGS).await, settings, "{revision}");
        assert_eq!(lines(&data, UNKNOWN).await, ["deadbeef 2"], "{revision}");
        let display = if at >= 4 { "Mirrors!" } else { "-" };
        let manual = if at >= 5 { "https://fablab.example/mirrors" } else { "-" };
        let plan = format!("7 Clean the mirrors 50 {display} {manual} 1700000000000 1800000");
        assert_eq!(lines(&data, PLANS).await, [plan], "{revision}");
        assert_eq!(
            lines(&data, DONE).await,
            ["7 Clean the mirrors Dora Verdi 1700000000000 1800000"],
            "{revision}"
        );
        for line in [
            "       4  people\n",
            "       1  of them manager and administrator,",
            "       3  machines, with their numbers: Laser, Press, Printer",
            "       4  uses, with their hours",
            "       1  number of a card in capitals",
            "       2  uses without a name",
            "       1  password: invite that person instead",
            "       1  user that was deleted there",
            "       1  maintenance plan; what is due keeps members from the machine, as it did there: Clean the mirrors",
            "       1  maintenance intervention\n",
            "toolgate admin create --recover",
        ] {
            assert!(report.contains(line), "{revision}: {line} is not in {report}");
        }
        assert!(!report.to_lowercase().contains("aabbcc02") && !report.contains("quill"), "no secrets: {report}");
        well(&toolgate(&["verify"], &data));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn second_import_changes_nothing_and_access_is_preserved() {
    let mut lab = Lab::start().await;
    let (file, data) = (lab.folder().join("database.sqldb"), lab.config.data.clone());
    make(&file, NEWEST).await;
    assert!(text(&import(&file, &data).stderr).contains("another Toolgate runs"), "not while a server runs");
    lab.stop().await;
    well(&import(&file, &data));
    let before = everything(&data).await;
    let again = well(&import(&file, &data));
    assert!(again.contains("4  people, imported before") && again.contains("4  uses, imported before"), "{again}");
    assert!(!again.contains("Imported:") && !again.contains("admin create"), "{again}");
    let after = everything(&data).await;
    for (table, rows) in &before {
        assert_eq!(rows, &after[table], "{table}");
    }

    lab.start_again().await;
    let ctx = lab.running().ctx.clone();
    let may = async |number: u16, uid: [u8; 4]| {
        let request = access::check(&ctx, MachineNumber(number), &CardUid::from_bytes(uid)).await.unwrap();
        matches!(request.decision, Decision::Allow { .. })
    };
    assert!(may(7, [0xaa, 0xbb, 0xcc, 2]).await && may(7, [0, 0, 0xee, 4]).await, "who could, can");
    assert!(may(300, [0, 0, 0xee, 4]).await, "an open type");
    assert!(!may(9, [0, 0, 0xdd, 3]).await, "a blocked machine");
    assert!(!may(7, [0, 0, 0xff, 5]).await && !may(11, [0, 0, 0xee, 4]).await, "who could not, cannot");

    // A person is erased here; there, the program goes on.
    let elia = "SELECT person_id FROM profile WHERE name = 'Elia Blu'";
    let elia = PersonId(lab.number(elia).await);
    privacy::erase(&ctx, &Actor::TOOLGATE, elia).await.unwrap();
    drop(ctx);
    lab.stop().await;
    change(
        &file,
        "INSERT INTO users (user_id, name, surname, role_id, card_UUID, disabled, deleted) VALUES (8, 'Hedy', 'Gris', 3, '00000808', 0, 0);
         INSERT INTO authorizations VALUES (3, 8, 7), (4, 3, 9);
         INSERT INTO uses (use_id, user_id, machine_id, start_timestamp, last_seen, end_timestamp) VALUES
             (5, 8, 7, 1700100000, 1700100060, 1700100060), (6, 4, 7, 1700200000, 1700200060, 1700200060)",
    )
    .await;
    let later = well(&import(&file, &data));
    for line in ["1  person\n", "1  person who left or was erased here", "2  uses, with", "1  use without a name"]
    {
        assert!(later.contains(line), "{line} is not in {later}");
    }
    let people = lines(&data, PEOPLE).await;
    assert!(people.iter().any(|line| line.starts_with("Hedy Gris")), "{people:?}");
    assert!(!people.iter().any(|line| line.contains("Elia")), "whoever was erased does not come back: {people:?}");
    let grants = lines(&data, GRANTS).await;
    assert!(grants.contains(&"Hedy Gris user Laser".into()) && grants.contains(&"Dora Verdi user Press".into()));
    assert_eq!(
        lab.number("SELECT used_ms FROM machine_total t JOIN machine m ON m.id = t.machine_id WHERE m.number = 7")
            .await,
        9_120_250
    );
    well(&toolgate(&["verify"], &data));

    // Another file has the same numbers for other uses.
    let other = lab.folder().join("other.sqldb");
    make(&other, NEWEST).await;
    change(&other, "UPDATE uses SET start_timestamp = start_timestamp - 777").await;
    let before = everything(&data).await;
    let refused = text(&import(&other, &data).stderr);
    assert!(refused.contains("it is another Fab-O-Matic"), "{refused}");
    assert!(everything(&data).await == before);
}

#[tokio::test]
async fn dry_run_reports_the_same_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (file, data) = (dir.path().join("database.sqldb"), dir.path().join("data"));
    make(&file, NEWEST).await;
    let notices = well(&dry_run(&file, &data));
    assert!(notices.starts_with("Nothing was changed") && notices.contains("4  people\n"), "{notices}");
    assert!(!data.exists(), "a slip makes no folder");
    let lab = Lab::start().await;
    assert!(text(&dry_run(&file, &lab.config.data).stderr).contains("another Toolgate runs"));
    let mut lab = lab;
    lab.stop().await;
    // The next start prepares names for search.
    lab.start_again().await;
    lab.stop().await;
    let before = everything(&lab.config.data).await;
    let notices = well(&dry_run(&file, &lab.config.data));
    assert!(notices.contains("3  machines, with their numbers"), "{notices}");
    assert!(everything(&lab.config.data).await == before);
    let done = well(&import(&file, &lab.config.data));
    let report =
        |text: &str| text.split_once("\n\n").unwrap().1.split("\n\nThere is no").next().unwrap().trim().to_owned();
    let done = report(&done);
    assert!(done.starts_with(&report(&notices)) || report(&notices) == done, "{notices} {done}");
}

#[tokio::test]
async fn write_ahead_log_is_read_and_source_stays_unchanged() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, data) = (dir.path().join("there"), dir.path().join("data"));
    fs::create_dir(&folder).unwrap();
    let file = folder.join("database.sqldb");
    make(&file, NEWEST).await;
    let options = SqliteConnectOptions::new().filename(&file).pragma("journal_mode", "WAL");
    let mut conn = options.connect().await.unwrap();
    sqlx::query("UPDATE users SET name = 'Zelda' WHERE user_id = 3").execute(&mut conn).await.unwrap();
    let before = all_of(&folder);
    assert!(before[&folder.join("database.sqldb-wal")].len() > 32, "or this shows nothing");
    well(&import(&file, &data));
    assert!(all_of(&folder) == before, "nothing in its folder is changed");
    conn.close().await.unwrap();
    assert!(lines(&data, PEOPLE).await.iter().any(|line| line.starts_with("Zelda")));
    let beside = all_of(&data).into_keys().filter(|path| path.to_string_lossy().contains("fabomatic"));
    assert_eq!(beside.count(), 0, "the copy goes");
}

#[tokio::test]
async fn invalid_database_is_named_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (good, data) = (dir.path().join("good"), dir.path().join("data"));
    make(&good, NEWEST).await;
    let like_good = |name: &str| {
        let file = dir.path().join(name);
        fs::copy(&good, &file).unwrap();
        file
    };
    let whole = fs::read(&good).unwrap();
    fs::write(dir.path().join("empty"), "").unwrap();
    fs::write(dir.path().join("garbage"), "a letter, longer than the head of a database".repeat(90)).unwrap();
    fs::write(dir.path().join("half"), &whole[..whole.len() / 8192 * 4096]).unwrap();
    change(&dir.path().join("letters"), "CREATE TABLE letter (body TEXT)").await;
    change(&like_good("newer"), "UPDATE alembic_version SET version_num = 'abcdef012345'").await;
    change(&like_good("column"), "ALTER TABLE users DROP COLUMN surname").await;
    for (name, says) in [
        ("nothing", "there is no file"),
        ("empty", "it is empty"),
        ("garbage", "it is not a database"),
        ("half", "it is damaged"),
        ("letters", "it is not the database of a Fab-O-Matic: there is no table machine_types"),
        ("newer", "does not know (revision abcdef012345)"),
        ("column", "its table users has no column surname"),
    ] {
        let refused = import(&dir.path().join(name), &data);
        let why = text(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{name}: {}", text(&refused.stdout));
        assert!(why.contains(says), "{name}: {why}");
        assert!(!data.exists(), "{name} made a folder");
    }
    well(&import(&good, &data));
    let own = import(&data.join("toolgate.sqlite"), &data);
    assert!(text(&own.stderr).contains("which no Fab-O-Matic has"), "{}", text(&own.stderr));
}

#[tokio::test]
async fn dangling_rows_are_reported_and_the_rest_imported() {
    let dir = tempfile::tempdir().unwrap();
    let (file, data) = (dir.path().join("database.sqldb"), dir.path().join("data"));
    make(&file, NEWEST).await;
    change(
        &file,
        "INSERT INTO uses (use_id, user_id, machine_id, start_timestamp, last_seen, end_timestamp) VALUES
             (7, 4, 88, 1700000000, 1700000060, 1700000060), (8, 88, 9, 1700000000, 1700000060, 1700000060),
             (9, 4, 9, 'yesterday', x'ff', NULL);
         INSERT INTO authorizations VALUES (9, 88, 7), (10, 4, 88);
         UPDATE users SET role_id = 88 WHERE user_id = 4; UPDATE machines SET machine_type_id = 88 WHERE machine_id = 9;
         INSERT INTO machines VALUES (70000, 'Far', NULL, -1, 0, NULL)",
    )
    .await;
    let report = well(&import(&file, &data));
    for line in [
        "1  use of a machine that is missing",
        "3  uses without a name",
        "1  use that ends before it begins",
        "2  authorisations that are duplicates",
        "1  person whose role is missing; they are a member: Elia Blu",
        "2  machines without a type; theirs is “Fab-O-Matic” now: Press, Far",
        "1  machine with an invalid number; it has none now: Far",
    ] {
        assert!(report.contains(line), "{line} is not in {report}");
    }
    let machines = lines(&data, "SELECT coalesce(number, '-') || ' ' || name FROM machine ORDER BY name").await;
    assert_eq!(machines, ["- Far", "7 Laser", "9 Press", "300 Printer"]);
    assert_eq!(lines(&data, "SELECT CAST(count(*) AS TEXT) FROM use_session").await, ["5"]);
}

#[tokio::test]
async fn maintenance_plans_and_history_are_continued() {
    let dir = tempfile::tempdir().unwrap();
    let (file, data) = (dir.path().join("database.sqldb"), dir.path().join("data"));
    make(&file, NEWEST).await;
    // A plan that was never done, with fractions of an hour; done again, by an unknown person and by Elia.
    let long = "x".repeat(65);
    change(
        &file,
        &format!(
            "INSERT INTO maintenances (maintenance_id, hours_between, description, machine_id, attachment, lcd_message) VALUES
                 (2, 12.5, 'Oil the rails', 7, 'rails.pdf', '{long}'), (3, 0.25, ' ', 300, 'http://fablab.example/x', NULL);
             INSERT INTO interventions VALUES (2, 1, 7, 4, 1700005000, 1), (3, 1, 7, 6, 1690000900, 0)"
        ),
    )
    .await;
    let report = well(&import(&file, &data));
    for line in [
        "3  maintenance plans; what is due",
        "3  maintenance interventions\n",
        "2  maintenance plans by parts of an hour",
        "1  maintenance plan whose words were missing, or too long and are cut: #3",
        "1  maintenance plan without its text for the display: too long; it says what has to be done: Oil",
        "1  maintenance plan without its instructions: not a link: Oil the rails",
        "1  maintenance intervention without a name",
    ] {
        assert!(report.contains(line), "{line} is not in {report}");
    }
    let plans = [
        "7 Clean the mirrors 50 Mirrors! https://fablab.example/mirrors 1700005000000 5400250",
        "7 Oil the rails 12 - - 1690000000000 0",
        "300 #3 1 - http://fablab.example/x 1700000000000 0",
    ];
    assert_eq!(lines(&data, PLANS).await, plans);
    let done = [
        "7 Clean the mirrors - 1690000900000 900000",
        "7 Clean the mirrors Dora Verdi 1700000000000 1800000",
        "7 Clean the mirrors Elia Blu 1700005000000 5400250",
    ];
    assert_eq!(lines(&data, DONE).await, done);

    // Changed and archived here; there, done once more and one deleted.
    let ours = SqliteConnectOptions::new().filename(data.join("toolgate.sqlite"));
    let mut conn = ours.connect().await.unwrap();
    sqlx::query("UPDATE maintenance_plan SET words = 'Polish', archived_at = 1 WHERE words = 'Clean the mirrors'")
        .execute(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
    let before = everything(&data).await;
    let again = well(&import(&file, &data));
    assert!(again.contains("3  maintenance plans, imported before"), "{again}");
    assert!(again.contains("3  maintenance interventions, imported before"), "{again}");
    assert!(!again.contains("Imported:"), "{again}");
    let after = everything(&data).await;
    for table in ["maintenance_plan", "maintenance_since", "intervention", "fabomatic_origin", "audit"] {
        assert_eq!(after[table], before[table], "{table}");
    }
    change(
        &file,
        "DELETE FROM interventions WHERE intervention_id = 3;
         INSERT INTO interventions VALUES (4, 1, 7, 3, 1700011800, 0), (5, 2, 7, 3, 1680000000, 0)",
    )
    .await;
    let later = well(&import(&file, &data));
    assert!(later.contains("2  maintenance interventions\n"), "{later}");
    let plans = [
        "7 Polish 50 Mirrors! https://fablab.example/mirrors 1700011800000 7200250",
        "7 Oil the rails 12 - - 1690000000000 0",
        "300 #3 1 - http://fablab.example/x 1700000000000 0",
    ];
    assert_eq!(lines(&data, PLANS).await, plans, "what comes later never has it count from earlier");
    assert_eq!(lines(&data, DONE).await.len(), 5);
    well(&toolgate(&["verify"], &data));
}

#[tokio::test]
async fn impossible_maintenance_is_skipped_and_reported() {
    let dir = tempfile::tempdir().unwrap();
    let (file, data) = (dir.path().join("database.sqldb"), dir.path().join("data"));
    make(&file, NEWEST).await;
    let long = "long ".repeat(60);
    change(
        &file,
        &format!(
            "CREATE TABLE loose AS SELECT * FROM maintenances; DROP TABLE maintenances; ALTER TABLE loose RENAME TO maintenances;
             INSERT INTO maintenances (maintenance_id, hours_between, description, machine_id) VALUES
                 (2, 0, 'Never', 7), (3, NULL, 'Nothing', 7), (4, -3, 'Back', 7), (5, 9e99, 'Far', 7), (6, 'often', x'ff', 7),
                 (7, 10, 'Elsewhere', 88), (8, 10, '{long}', NULL), (9, 10, '{long}', 9);
             INSERT INTO interventions VALUES (2, 2, 7, 3, 1.7e9, 0), (3, 88, 7, 3, 1.7e9, 0), (4, 1, 88, 3, 1.7e9, 0),
                 (5, 1, 7, 3, 9e12, 0), (6, 1, 7, 3, 'yesterday', 0), (7, 1, 9, 3, 1700013000, 0)"
        ),
    )
    .await;
    let report = well(&import(&file, &data));
    for line in [
        "2  maintenance plans; what is due",
        "2  maintenance interventions\n",
        "1  maintenance plan whose words were missing, or too long and are cut: long long",
        "2  maintenance plans for a machine that is missing: Elsewhere",
        "5  maintenance plans due after no hours, or after more than 100,000: Never, Nothing, Back, Far",
        "3  maintenance interventions on a machine that is missing, or by a plan",
        "2  maintenance interventions at no time, or in the future",
    ] {
        assert!(report.contains(line), "{line} is not in {report}");
    }
    let cut = "SELECT CAST(length(words) AS TEXT) FROM maintenance_plan WHERE machine_id = (SELECT id FROM machine WHERE number = 9)";
    assert_eq!(lines(&data, cut).await, ["199"]);
    // Done to another machine than the plan's: it is imported, and the plan does not count from it.
    let plans = lines(&data, PLANS).await;
    assert!(plans[0].ends_with(" 1700000000000 1800000"), "{plans:?}");
    assert!(lines(&data, DONE).await.contains(&"9 Clean the mirrors Dora Verdi 1700013000000 0".into()));
}
