//! The export of a person's data.

use domain::id::AliasId;
use serde_json::json;
use store::{Done, StoreError, privacy};

use crate::lab::{ADA, Lab, entry, entry_about};

#[tokio::test]
async fn exported_row_has_readable_instants_and_booleans() {
    let lab = Lab::open().await;
    lab.store.write(async |_| Ok::<_, StoreError>(Done::audited((), entry("by Ada")))).await.unwrap();
    let placed = "INSERT INTO hold (person_id, reason, placed_at, until) VALUES (1, 'other', 1764000000000, NULL)";
    sqlx::raw_sql(placed).execute(&mut lab.raw().await).await.unwrap();
    let other = "INSERT INTO person (id, status, created_at) VALUES (2, 'active', 0);
                 INSERT INTO alias (id, person_id, month) VALUES (2, 2, 202701)";
    sqlx::raw_sql(other).execute(&mut lab.raw().await).await.unwrap();
    let about_ada = entry_about(AliasId(2), ADA, "about Ada");
    lab.store.write(async |_| Ok::<_, StoreError>(Done::audited((), about_ada))).await.unwrap();
    let mut conn = lab.store.snapshot().await.unwrap();
    let mut rows = async |table| privacy::export(&mut conn, ADA, true, Some(table)).await.unwrap().remove(0).1;
    let hold = json!({
        "reason": "other", "remark": null, "placed": "2025-11-24T16:00:00Z", "until": null, "lifted": null
    });
    assert_eq!(rows("hold").await, [hold]);
    let entries = rows("audit").await;
    let read: Vec<_> = entries.iter().map(|entry| [&entry["number"], &entry["by_you"], &entry["at"]]).collect();
    let noon = json!("2027-01-15T08:00:00Z");
    // A number is no instant.
    assert_eq!(read, [[&json!(1), &json!(true), &noon], [&json!(2), &json!(false), &noon]]);
}
