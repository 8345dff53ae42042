//! Requests for help in the inbox of those who may answer them. Not here: the answer ([`crate::help`]).

use crate::Ctx;
use contract::inbox::{Detail, Item};
use domain::{
    inbox::{Matter, SHOWN},
    time::Millis,
};
use store::{SqliteConnection, StoreError, help};

/// Open requests.
pub(super) async fn find(ctx: &Ctx, conn: &mut SqliteConnection, now: Millis) -> Result<Vec<Item>, StoreError> {
    let open = help::open(conn, None, now).await?;
    let items = open.into_iter().take(SHOWN.into()).map(|row| Item {
        matter: Matter::Help,
        id: row.id.0,
        person: None,
        name: Some(row.machine_name),
        detail: Detail::NeedsHelp {
            machine: row.machine,
            words: row.text,
            by: row.person_name,
            helper: row.helper_name,
        },
        at: ctx.moment(row.asked),
        verdicts: Vec::new(),
    });
    Ok(items.collect())
}
