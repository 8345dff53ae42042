//! Reminders: of documents to sign, also for people who became members or were qualified since, and of signatures that lapse.
//!
//! Invariant: each person is notified once of an edition, and once of each lapse.

use crate::{
    Ctx,
    document_scopes::scopes_of,
    notices::{not_notified, write},
};
use domain::{id::PersonId, notices::Notice, time::Millis};
use store::{SqliteConnection, StoreError, documents as rows};

/// Notifies people of documents that they have to sign, and of signatures that lapse within two weeks. Run by a timer; returns
/// the number of notices.
pub(crate) async fn remind(ctx: &Ctx) -> Result<usize, StoreError> {
    let now = ctx.now();
    let news = async {
        let mut snapshot = ctx.store().snapshot().await?;
        let news = due(&mut snapshot, now).await?;
        not_notified(&mut snapshot, news).await
    };
    write(ctx, news.await?, now).await
}

/// The notices that are due at `now`, whether or not they were written before.
async fn due(conn: &mut SqliteConnection, now: Millis) -> Result<Vec<(PersonId, Notice)>, StoreError> {
    let signed = rows::signed(conn, None, None).await?;
    if signed.is_empty() {
        return Ok(Vec::new());
    }
    let scopes = scopes_of(conn, &signed).await?;
    let people = rows::active(conn, None).await?;
    let mut notices = Vec::new();
    for (document, scope) in signed.iter().zip(scopes) {
        for person in people.iter().filter(|one| scope.asks(&one.ledger, now)) {
            let asked = document.of(person.id);
            let document = asked.document;
            let notice = match (asked.to_sign(now), asked.lapses_soon(now)) {
                (Some(by), _) => {
                    let kind = asked.kind;
                    asked.newest_edition().map(|edition| Notice::DocumentToSign {
                        document,
                        kind,
                        edition,
                        by,
                        withdrawn: None,
                    })
                }
                (None, Some(until)) => Some(Notice::DocumentLapsing { document, until }),
                (None, None) => None,
            };
            notices.extend(notice.map(|notice| (person.id, notice)));
        }
    }
    Ok(notices)
}
