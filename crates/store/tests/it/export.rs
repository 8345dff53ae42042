//! The export of a person's data.

use serde_json::json;
use store::{Done, StoreError, privacy};

use crate::lab::{ADA, Lab, entry};

#[tokio::test]
async fn exported_row_has_readable_instants_and_booleans() {
    let lab = Lab::open().await;
    lab.store.write(async |_| Ok::<_, StoreError>(Done::audited((), entry("by Ada")))).await.unwrap();
    let placed = "INSERT INTO hold (person_id, reason, placed_at, until) VALUES (1, 'other', 1764000000000, NULL)";
    sqlx::raw_sql(placed).execute(&mut lab.raw().await).await.unwrap();
    let mut conn = lab.store.snapshot().await.unwrap();
    let mut first = async |table| {
        let mut tables = privacy::export(&mut conn, ADA, true, Some(table)).await.unwrap();
        tables.remove(0).1.remove(0)
    };
    let hold = json!({
        "reason": "other", "remark": null, "placed": "2025-11-24T16:00:00Z", "until": null, "lifted": null
    });
    assert_eq!(first("hold").await, hold);
    let entry = first("audit").await;
    assert_eq!((&entry["by_you"], &entry["at"]), (&json!(true), &json!("2027-01-15T08:00:00Z")));
    // A number is no instant.
    assert_eq!(entry["number"], json!(1));
}
