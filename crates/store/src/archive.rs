//! Archiving: an archived row leaves the lists but is not deleted.

/// Defines the function that archives a row of a table.
macro_rules! archive {
    ($name:ident, $id:ty, $table:literal $(, $where:literal)?) => {
        /// Archives it at `at`, or restores it, and increments its version.
        pub async fn $name(
            tx: &mut $crate::WriteTx,
            id: $id,
            at: Option<domain::time::Millis>,
        ) -> Result<(), $crate::StoreError> {
            let put = sqlx::query!(
                "UPDATE " + $table + " SET archived_at = ?, version = version + 1 WHERE id = ?" $(+ $where)?,
                at,
                id
            );
            put.execute(tx.conn()).await?;
            Ok(())
        }
    };
}

pub(crate) use archive;
