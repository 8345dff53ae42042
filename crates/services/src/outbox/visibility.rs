//! Whether the reader of a notice may still see its subject when its delivery is due.

use crate::notices::{as_actor, sees};
use domain::{
    notices::{Audience, Notice},
    qualifications::Ledger,
    time::Millis,
};
use store::{SqliteConnection, StoreError, deliveries::Due, qualifications};

/// Whether the reader may still see the subject of a notice.
pub(super) async fn may_see(
    conn: &mut SqliteConnection,
    one: &Due,
    notice: Notice,
    now: Millis,
) -> Result<bool, StoreError> {
    let goes_by_ledger = notice.kind().audience() != Audience::Themselves;
    let ledger =
        if goes_by_ledger { qualifications::of_person(conn, one.person).await? } else { Ledger(Vec::new()) };
    Ok(sees(&as_actor(one.person, one.status, ledger, now), &notice, one.kind, one.title.as_deref()))
}
