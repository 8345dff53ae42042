//! How mail does, for the page of connections.

use super::counted;
use crate::{Ctx, mail, outbox::Rest};
use domain::{
    connections::{self, Connection, Kind, State},
    deliveries::{Channel, Trouble},
    time::{DAY, Millis},
};
use store::{SqliteConnection, StoreError, deliveries as rows};

/// Mail, if it can be sent from here. Its name is the host of the sender.
pub(crate) async fn connections(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    now: Millis,
) -> Result<Vec<Connection>, StoreError> {
    if !mail::can_send(ctx) {
        return Ok(Vec::new());
    }
    let sender = mail::memory(ctx).post().sender.clone();
    let host = sender.and_then(|sender| sender.rsplit_once('@').map(|(_, host)| host.to_owned()));
    let failing = Rest::of(ctx).failing();
    let last_success = rows::last_sent(conn).await?;
    let counts = counted(conn, now.before(DAY)).await?;
    let queued = counts.iter().find(|one| one.channel == Channel::Mail).map_or(0, |one| one.queued);
    Ok(vec![Connection {
        name: host,
        state: if failing.is_some() { State::Failing } else { State::of(last_success, None) },
        last_success,
        last_failure: failing.map(|(since, why)| (since, trouble(why))),
        queued,
        link: Kind::Mail.page().to_owned(),
    }])
}

const fn trouble(trouble: Trouble) -> connections::Trouble {
    match trouble {
        Trouble::Unreachable => connections::Trouble::Unreachable,
        Trouble::Silent => connections::Trouble::Slow,
        Trouble::Certificate => connections::Trouble::Certificate,
        Trouble::Login => connections::Trouble::Denied,
        Trouble::Later => connections::Trouble::Unavailable,
        Trouble::Refused => connections::Trouble::Refused,
        Trouble::Address => connections::Trouble::Missing,
        Trouble::Private => connections::Trouble::Private,
        Trouble::TooLarge => connections::Trouble::Unclear,
    }
}
