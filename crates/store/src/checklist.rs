//! What a space has so far, and advice that is not wanted any more: rows of `dismissed`.

use domain::{
    checklist::{Checklist, Step},
    time::Millis,
};
use sqlx::SqliteConnection;

use crate::{StoreError, WriteTx};

/// Which steps are done, and whether nobody wants to see them any more.
async fn state(conn: &mut SqliteConnection) -> Result<(Checklist, bool), StoreError> {
    let row = sqlx::query!(
        r#"SELECT EXISTS (SELECT 1 FROM place) AS "places!: bool",
                  EXISTS (SELECT 1 FROM equipment_type WHERE built_in IS NULL AND archived_at IS NULL) AS "types!: bool",
                  EXISTS (SELECT 1 FROM machine WHERE archived_at IS NULL) AS "machines!: bool",
                  (SELECT count(*) FROM (SELECT 1 FROM person WHERE status = 'active' LIMIT 2)) > 1 AS "people!: bool",
                  -- Let in: a refused card is no first use. Attempts are kept for a time, uses for good.
                  EXISTS (SELECT 1 FROM attempt WHERE level > 0)
                  OR (EXISTS (SELECT 1 FROM board_fact)
                      AND EXISTS (SELECT 1 FROM use_session WHERE authorised = 1 AND card_id IS NOT NULL))
                      AS "swipe!: bool",
                  EXISTS (SELECT 1 FROM dismissed WHERE what = 'set-up') AS "dismissed!: bool""#
    )
    .fetch_one(conn)
    .await?;
    let done = |step| match step {
        Step::Places => row.places,
        Step::Types => row.types,
        Step::Machines => row.machines,
        Step::People => row.people,
        Step::Swipe => row.swipe,
    };
    let steps = Step::ALL.iter().map(|&step| (step, done(step))).collect();
    Ok((Checklist { steps }, row.dismissed))
}

/// Which steps are done; `None` when nobody wants to see them any more.
pub async fn read(conn: &mut SqliteConnection) -> Result<Option<Checklist>, StoreError> {
    let (steps, dismissed) = state(conn).await?;
    Ok((!dismissed).then_some(steps))
}

/// Whether all steps are done, shown or not.
pub async fn is_done(conn: &mut SqliteConnection) -> Result<bool, StoreError> {
    let (steps, _) = state(conn).await?;
    Ok(steps.next().is_none())
}

/// Nobody wants to see the steps any more. Answers `false` when that was so already.
pub async fn dismiss(tx: &mut WriteTx, at: Millis) -> Result<bool, StoreError> {
    let done = sqlx::query!("INSERT INTO dismissed (what, at) VALUES ('set-up', ?) ON CONFLICT DO NOTHING", at)
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// The steps are shown again. Answers `false` when they were.
pub async fn show_again(tx: &mut WriteTx) -> Result<bool, StoreError> {
    let done = sqlx::query!("DELETE FROM dismissed WHERE what = 'set-up'").execute(tx.conn()).await?;
    Ok(done.rows_affected() == 1)
}
