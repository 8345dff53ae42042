//! Query plans of statements that must stay fast in a file of a million bookings: each filter uses an index.

use crate::lab::Lab;
use sqlx::{AssertSqlSafe, Row};

/// The query plan of `sql`, one step per line.
async fn plan(sql: &str) -> Vec<String> {
    let lab = Lab::open().await;
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
async fn occupations_beside_bookings_use_their_own_index() {
    let plan = plan(
        "SELECT o.machine_id FROM occupation o LEFT JOIN closure c ON c.id = o.closure_id
          WHERE o.person_id IS NULL AND o.booking_id IS NULL AND o.starts_at < ?2 AND o.ends_at > ?1 ORDER BY o.starts_at",
    )
    .await;
    let way = "SEARCH o USING INDEX occupation_beside (starts_at<?)";
    assert!(plan.iter().any(|step| step == way), "{way} is not in {plan:#?}");
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
