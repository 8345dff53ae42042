//! Importing a Fab-O-Matic on a page at run time: previewed, applied once, and no file left behind.

use crate::fabomatic_databases::{REVISIONS, change, make};
use crate::roles::Space;
use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use std::{fs, path::Path};

const NEWEST: &str = REVISIONS[8].0;

async fn administrator() -> Space {
    let space = Space::open('a', Some(9)).await;
    space.reset().await;
    space
}

async fn text(answer: axum::response::Response) -> String {
    String::from_utf8(to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

/// Uploads a file, and returns where that redirects.
async fn bring(space: &Space, file: &[u8]) -> String {
    let head = "--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"database.sqldb\"\r\n\r\n";
    let body = [head.as_bytes(), file, b"\r\n--part--\r\n"].concat();
    let request = Request::post("/import/fabomatic/upload")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=part")
        .body(Body::from(body))
        .unwrap();
    let answer = space.send(request).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    answer.headers()[header::LOCATION].to_str().unwrap().to_owned()
}

async fn page(space: &Space, address: &str) -> String {
    let answer = space.send(Request::get(address).body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::OK, "{address}");
    text(answer).await
}

/// Presses the button of the page at `address`, as rendered in `html`.
async fn press(space: &Space, address: &str, html: &str) -> StatusCode {
    let digest = html.split_once(r#"name="digest" value=""#).unwrap().1.split('"').next().unwrap();
    let token = address.split_once("file=").unwrap().1;
    let request = Request::post("/api/imports/take-over")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("file={token}&digest={digest}")))
        .unwrap();
    space.send(request).await.status()
}

async fn number(space: &Space, sql: &'static str) -> i64 {
    let mut conn = space.raw().await;
    sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap()
}

async fn workshop(folder: &Path) -> Vec<u8> {
    let file = folder.join("database.sqldb");
    make(&file, NEWEST).await;
    fs::read(file).unwrap()
}

/// Names of temporary files beside the database.
fn left(space: &Space) -> Vec<String> {
    let beside = fs::read_dir(space.file().parent().unwrap()).unwrap();
    let names = beside.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains("fabomatic")).collect()
}

const TAKEN: &str = "SELECT count(*) FROM fabomatic_origin";
const MACHINES: &str = "SELECT count(*) FROM machine WHERE number IN (7, 9, 300)";

#[tokio::test]
async fn previewed_import_is_applied_once() {
    let dir = tempfile::tempdir().unwrap();
    let file = workshop(dir.path()).await;
    let space = administrator().await;
    let at = bring(&space, &file).await;
    assert_eq!(left(&space), [""; 0], "the file goes when it was read");
    let before = space.entries().await;
    let html = page(&space, &at).await;
    for words in ["4 people", "3 machines, with their numbers", "4 uses", "1 maintenance plan;", "1 password:"] {
        assert!(html.contains(words), "{words} is not in {html}");
    }
    assert!(!html.to_lowercase().contains("aabbcc02"), "no number of a card");
    assert_eq!((number(&space, TAKEN).await, space.entries().await), (0, before), "looking changes nothing");
    assert_eq!(press(&space, &at, &html).await, StatusCode::OK);
    assert_eq!(number(&space, MACHINES).await, 3);
    let all = number(&space, TAKEN).await;
    let hours = number(&space, "SELECT sum(used_ms) FROM machine_total").await;
    let by = "SELECT count(*) FROM audit a JOIN alias p ON p.id = a.alias WHERE p.person_id = 9 AND a.action IN
        ('import.fabomatic', 'import.history', 'import.maintenance')";
    assert_eq!(number(&space, by).await, 3, "it is on record who did it");
    let done = page(&space, &at).await;
    assert!(done.contains("Result") && done.contains("4 people"), "{done}");
    assert_eq!(press(&space, &at, &html).await, StatusCode::CONFLICT, "once");
    let laser = number(&space, "SELECT id FROM machine WHERE number = 7").await;
    for about in ["maintenance", "history"] {
        let html = page(&space, &format!("/machines/{laser}/{about}")).await;
        assert!(html.contains("by an import"), "{about}: {html}");
    }
    let again = bring(&space, &file).await;
    let nothing = page(&space, &again).await;
    assert!(nothing.contains("Nothing new to import.") && !nothing.contains("name=\"digest\""), "{nothing}");
    assert_eq!(number(&space, TAKEN).await, all);
    assert_eq!(number(&space, "SELECT sum(used_ms) FROM machine_total").await, hours);
}

#[tokio::test]
async fn concurrent_imports_apply_once_and_only_as_previewed() {
    let dir = tempfile::tempdir().unwrap();
    let file = workshop(dir.path()).await;
    let space = administrator().await;
    let at = bring(&space, &file).await;
    let html = page(&space, &at).await;
    let add = "INSERT INTO machine (id, number, type_id, name) VALUES (70, 7, 3, 'Another')";
    let mut conn = space.raw().await;
    sqlx::query(add).execute(&mut conn).await.unwrap();
    assert_eq!(press(&space, &at, &html).await, StatusCode::CONFLICT, "one machine is there by now");
    assert_eq!(number(&space, TAKEN).await, 0);
    let html = page(&space, &at).await;
    assert!(html.contains("1 machine with the same number"), "{html}");
    let (one, other) = tokio::join!(press(&space, &at, &html), press(&space, &at, &html));
    let mut both = [one, other];
    both.sort();
    assert_eq!(both, [StatusCode::OK, StatusCode::CONFLICT]);
    assert_eq!(number(&space, MACHINES).await, 3);
    assert_eq!(number(&space, "SELECT count(*) FROM audit WHERE action = 'import.fabomatic'").await, 1);
    drop(bring(&space, &file).await);
    let answer = space.send(Request::get(&at).body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND, "the next file takes its place");
}

/// A table that never ends.
const ENDLESS: &str = "ALTER TABLE roles RENAME TO few; CREATE VIEW roles AS
    WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT 1 AS rowid, max(n) AS role_id, 'r' AS role_name,
        0 AS authorize_all, 0 AS maintenance, 0 AS backend_admin FROM c";
/// A name that needs a gigabyte.
const HUGE: &str = "ALTER TABLE machine_types RENAME TO few; CREATE VIEW machine_types AS
    SELECT 1 AS rowid, 1 AS type_id, hex(zeroblob(450000000)) AS type_name, 480 AS type_timeout_min";

#[tokio::test]
async fn foreign_upload_is_refused_with_reason_and_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let good = workshop(dir.path()).await;
    let like_good = async |sql: &str| {
        let file = dir.path().join("other");
        fs::write(&file, &good).unwrap();
        change(&file, sql).await;
        fs::read(file).unwrap()
    };
    let letters = dir.path().join("letters");
    change(&letters, "CREATE TABLE letter (body TEXT)").await;
    let space = administrator().await;
    for (file, name, says) in [
        (Vec::new(), "empty", "There is nothing in the file."),
        (b"a letter, longer than the head of a database".repeat(90), "no-database", "is not a database"),
        (good[..good.len() / 8192 * 4096].to_vec(), "damaged", "is damaged"),
        (fs::read(&letters).unwrap(), "foreign", "it has other tables"),
        (like_good("UPDATE alembic_version SET version_num = 'abcdef'").await, "newer", "Install a later version"),
        (like_good(ENDLESS).await, "active", "has views, triggers or computed columns"),
        (like_good(HUGE).await, "active", "has views, triggers or computed columns"),
        (like_good("CREATE TRIGGER t AFTER INSERT ON uses BEGIN SELECT 1; END").await, "active", "has views"),
        (vec![0; domain::imports::fabomatic::BYTES + 1], "large", "larger than 64 MB"),
    ] {
        let at = bring(&space, &file).await;
        assert_eq!(at, format!("/import/fabomatic?refused={name}"));
        let html = page(&space, &at).await;
        assert!(html.contains(says), "{says} is not in {html}");
        assert_eq!(left(&space), [""; 0], "{name}");
    }
    let orphans = like_good(
        "INSERT INTO interventions VALUES (9, 88, 7, 3, 1.7e9, 0); INSERT INTO authorizations VALUES (9, 88, 7)",
    );
    let at = bring(&space, &orphans.await).await;
    let html = page(&space, &at).await;
    assert!(html.contains("1 maintenance intervention on a machine that is missing"), "{html}");
    assert_eq!(press(&space, &at, &html).await, StatusCode::OK, "the rest is taken");
}

#[tokio::test]
async fn leftover_upload_files_are_removed_at_start() {
    let space = administrator().await;
    let folder = space.file().parent().unwrap().to_owned();
    for name in ["toolgate.fabomatic.x.sent", "toolgate.fabomatic.12.read-wal", "toolgate.other"] {
        fs::write(folder.join(name), "x").unwrap();
    }
    services::open(services::Config::new(space.file())).await.unwrap().close().await;
    assert_eq!(left(&space), [""; 0]);
    assert!(folder.join("toolgate.other").exists(), "and nothing else");
}
