//! The connections to other systems on one page: what is connected, and whether it works.
//!
//! Each noun reports its own connections; a kind is one line of [`connections`]. Not here: how they work, and their texts.

use crate::{
    Ctx, boards, deliveries, dues, external_calendars, identity_providers, push, serve::bind, slack, spaceapi,
    user_directory, webhooks,
};
use contract::connections::{ConnectionView, ConnectionsView, ReadConnections};
use domain::{
    actor::{Actor, Forbidden},
    connections::{Connection, Kind},
    time::Millis,
};
use macros::ServiceError;
use store::{SqliteConnection, StoreError};

/// Why nothing is shown.
#[derive(Debug, Clone, ServiceError)]
pub enum ConnectionsError {
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error ConnectionsError;
    ReadConnections {}, may SeeConnections => view;
}

/// The connections of each kind, in the order of the page.
async fn connections(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    now: Millis,
) -> Result<Vec<(Kind, Vec<Connection>)>, StoreError> {
    Ok(vec![
        (Kind::Mail, deliveries::connections(ctx, conn, now).await?),
        (Kind::Push, push::connections(ctx, conn, now).await?),
        (Kind::Slack, slack::connections(ctx, conn, now).await?),
        (Kind::Webhooks, webhooks::connections(ctx, conn, now).await?),
        (Kind::SpaceApi, spaceapi::connections(ctx)),
        (Kind::Calendars, external_calendars::connections(conn, now).await?),
        (Kind::Payments, dues::connections(ctx, conn).await?),
        (Kind::Directory, user_directory::connections(ctx, conn, now).await?),
        (Kind::SignIn, identity_providers::connections(ctx, conn, now).await?),
        (Kind::Broker, boards::connections(ctx)),
    ])
}

async fn view(ctx: &Ctx, _: &Actor) -> Result<ConnectionsView, ConnectionsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let all = connections(ctx, &mut snapshot, now).await?;
    drop(snapshot);
    let not_connected = all.iter().filter(|(_, each)| each.is_empty()).map(|(kind, _)| *kind).collect();
    let views = all.into_iter().flat_map(|(kind, each)| each.into_iter().map(move |one| to_view(ctx, kind, one)));
    Ok(ConnectionsView { now: ctx.moment(now), connections: views.collect(), not_connected })
}

fn to_view(ctx: &Ctx, kind: Kind, one: Connection) -> ConnectionView {
    ConnectionView {
        kind,
        name: one.name,
        state: one.state,
        last_success: one.last_success.map(|at| ctx.moment(at)),
        last_failure: one.last_failure.map(|(at, _)| ctx.moment(at)),
        trouble: one.last_failure.map(|(_, trouble)| trouble),
        queued: one.queued,
        link: one.link,
    }
}
