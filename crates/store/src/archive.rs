//! Putting away: what is put away leaves the lists, and stays.

/// The function that puts a row of a table away.
macro_rules! archive {
    ($name:ident, $id:ty, $table:literal $(, $where:literal)?) => {
        /// Puts it away at `at`, or takes it back, one version on.
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
