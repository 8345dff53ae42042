//! Query plans of statements that must stay fast in a file of a million bookings: each filter uses an index.

use crate::lab::Lab;
use sqlx::{AssertSqlSafe, Row};
use store::{Store, Tuning};

/// The query plan of `sql` in a new file, one step per line.
async fn plan(sql: &str) -> Vec<String> {
    plan_in(&Lab::open().await, sql).await
}

/// The same in the file of a lab, with its statistics.
async fn plan_in(lab: &Lab, sql: &str) -> Vec<String> {
    let mut conn = lab.raw().await;
    let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"))).fetch_all(&mut conn).await.unwrap();
    rows.iter().map(|row| row.get("detail")).collect()
}

#[tokio::test]
async fn booking_list_uses_an_index_for_each_filter() {
    let plan = plan(include_str!("../../src/bookings/list.sql")).await;
    for way in [
        "SEARCH booking USING INDEX booking_by_machine (machine_id=? AND starts_at>? AND starts_at<?)",
        "SEARCH booking USING INDEX booking_by_room (room_id=? AND starts_at>? AND starts_at<?)",
        "SEARCH booking USING INDEX booking_by_person (person_id=? AND starts_at>? AND starts_at<?)",
        "SEARCH booking USING INDEX booking_holding (starts_at>? AND starts_at<?)",
        "SEARCH booking USING INDEX booking_pending (starts_at>? AND starts_at<?)",
        "SEARCH booking USING INDEX booking_by_start (starts_at>? AND starts_at<?)",
        "SEARCH b USING INTEGER PRIMARY KEY (rowid=?)",
    ] {
        assert!(plan.iter().any(|step| step == way), "{way} is not in {plan:#?}");
    }
    let scans = plan.iter().filter(|step| step.starts_with("SCAN booking")).count();
    assert_eq!(scans, 0, "all bookings are read: {plan:#?}");
    // The union is sorted once more.
    let sorts = plan.iter().filter(|step| step.contains("TEMP B-TREE FOR ORDER BY")).count();
    assert!(sorts <= 2, "a way does not come in order: {plan:#?}");
}

#[tokio::test]
async fn calendar_reads_only_its_machines_and_rooms() {
    let bookings = plan(include_str!("../../src/bookings/week.sql")).await;
    let beside = plan(include_str!("../../src/occupations/beside.sql")).await;
    for (plan, way) in [
        (&bookings, "SEARCH b USING INDEX booking_by_machine (machine_id=? AND starts_at>? AND starts_at<?)"),
        (&bookings, "SEARCH b USING INDEX booking_by_room (room_id=? AND starts_at>? AND starts_at<?)"),
        (&beside, "SEARCH occupation USING INDEX occupation_beside_of_machine (machine_id=? AND starts_at<?)"),
        (&beside, "SEARCH occupation USING INDEX occupation_beside_of_room (room_id=? AND starts_at<?)"),
    ] {
        assert!(plan.iter().any(|step| step == way), "{way} is not in {plan:#?}");
        assert!(!plan.iter().any(|step| step.starts_with("SCAN b") || step.starts_with("SCAN occ")), "{plan:#?}");
    }
}

/// Statements of lists and syncs that concern many people at once; each reads a row of the person, found by its key.
const BULK: [&str; 5] = [
    "SELECT p.id, f.name, d.entry, (SELECT json_group_array(q.id) FROM qualification q WHERE q.person_id = p.id AND q.type_id <= 2)
       FROM person p LEFT JOIN profile f ON f.person_id = p.id LEFT JOIN directory_person d ON d.person_id = p.id ORDER BY p.id",
    "SELECT p.id, p.status, (SELECT json_group_array(m.group_id) FROM group_member m WHERE m.person_id = p.id),
            (SELECT json_group_array(q.id) FROM qualification q WHERE q.person_id = p.id)
       FROM person p WHERE p.id IN (SELECT value FROM json_each('[1]'))",
    "UPDATE profile SET folded = r.value ->> 1 FROM json_each('[]') r WHERE profile.person_id = r.value ->> 0",
    "UPDATE directory_person SET login = c.login FROM (SELECT value ->> 0 AS person, value ->> 3 AS login FROM json_each('[]')) c
      WHERE directory_person.person_id = c.person",
    "UPDATE group_invitation SET spent = 1 WHERE (group_id, email) IN
            (SELECT value ->> 0, p.email FROM json_each('[]') JOIN profile p ON p.person_id = value ->> 1)",
];

/// Tables that bulk statements read whole for each row of another, or instead of a few of its rows.
async fn scanned_in_bulk(lab: &Lab) -> Vec<String> {
    let mut scanned = Vec::new();
    for sql in BULK {
        for step in plan_in(lab, sql).await {
            let is_whole = step.starts_with("SCAN") && !step.contains("json_each") && !step.contains("VIRTUAL");
            // Everybody is compared.
            let is_meant = sql.contains("ORDER BY p.id") && step.starts_with("SCAN p");
            if (is_whole && !is_meant) || step.contains("type_id<?") {
                scanned.push(step);
            }
        }
    }
    scanned
}

#[tokio::test]
async fn bulk_statements_use_keys_after_a_restart_of_a_space_with_one_person() {
    let lab = Lab::open().await;
    assert_eq!(scanned_in_bulk(&lab).await, [""; 0], "a new space");
    lab.store.close().await;
    assert_ne!(
        lab.count("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'profile'").await,
        0,
        "they are made on closing"
    );
    assert_ne!(scanned_in_bulk(&lab).await, [""; 0], "by them a profile is found by reading all");
    let reopened = Store::open(&lab.file(), Tuning::default()).await.unwrap();
    assert_eq!(lab.count("SELECT count(*) FROM sqlite_stat1").await, 0);
    assert_eq!(scanned_in_bulk(&lab).await, [""; 0]);
    reopened.close().await;
}

#[tokio::test]
async fn statistics_of_large_tables_stay() {
    let lab = Lab::open().await;
    let mut conn = lab.raw().await;
    let many = "INSERT INTO person (id, status, created_at)
                WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 1300) SELECT i, 'active', 0 FROM n";
    sqlx::raw_sql(many).execute(&mut conn).await.unwrap();
    drop(conn);
    lab.store.close().await;
    let reopened = Store::open(&lab.file(), Tuning::default()).await.unwrap();
    assert_eq!(lab.count("SELECT count(DISTINCT tbl) FROM sqlite_stat1").await, 1, "of people");
    reopened.close().await;
}

#[tokio::test]
async fn deleting_remarks_reads_no_table_whole_that_refers_to_them() {
    let plan = plan("DELETE FROM remark WHERE id IN (SELECT value FROM json_each('[1]'))").await;
    let way = "SEARCH booking USING COVERING INDEX booking_by_remark (remark_id=?)";
    assert!(plan.iter().any(|step| step == way), "{way} is not in {plan:#?}");
    let scans = plan.iter().filter(|step| step.starts_with("SCAN") && !step.contains("json_each")).count();
    assert_eq!(scans, 0, "a whole table is read for each remark: {plan:#?}");
}

#[tokio::test]
async fn access_facts_scan_no_whole_table() {
    let plan = plan(include_str!("../../src/access/facts.sql")).await;
    for way in [
        "SEARCH n USING INDEX machine_by_number (number=?)",
        "SEARCH m USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH p USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
    ] {
        assert!(plan.iter().any(|step| step == way), "{way} is not in {plan:#?}");
    }
    // The two ways to ask, the machines that a page names, and what is found of bookings and closures are small lists.
    let lists = ["SCAN asked", "SCAN json_each", "SCAN booked", "SCAN closed", "SCAN (subquery"];
    let scans: Vec<_> = plan.iter().filter(|step| step.starts_with("SCAN")).collect();
    let whole = scans.iter().filter(|step| !lists.iter().any(|list| step.starts_with(list)));
    assert_eq!(whole.count(), 0, "a whole table is read: {plan:#?}");
}

#[tokio::test]
async fn board_message_scans_no_whole_table() {
    let plan = plan(include_str!("../../src/uses/at_board.sql")).await;
    for way in [
        "SEARCH n USING INDEX machine_by_number (number=?)",
        "SEARCH use_session USING INDEX use_by_end (machine_id=? AND ended_at=?)",
        "SEARCH use_session USING INDEX use_by_end (machine_id=? AND ended_at>?)",
        "SEARCH b USING INDEX booking_by_person (person_id=? AND starts_at>?)",
    ] {
        assert!(plan.iter().any(|step| step == way), "{way} is not in {plan:#?}");
    }
    // The message itself, and its few uses.
    let lists = ["SCAN CONSTANT ROW", "SCAN said", "SCAN uses", "SCAN (subquery"];
    let scans: Vec<_> = plan.iter().filter(|step| step.starts_with("SCAN")).collect();
    let whole = scans.iter().filter(|step| !lists.iter().any(|list| step.starts_with(list)));
    assert_eq!(whole.count(), 0, "a whole table is read: {plan:#?}");
}
