//! The connections to other systems on one page: what is connected, and whether it works.
//!
//! Each noun reports its own connections; a kind is one line of [`connections`]. Not here: how they work, and their texts.

use crate::{
    Ctx, boards, deliveries, dues, external_calendars, identity_providers, push, serve::bind, slack, spaceapi,
    user_directory, webhooks,
};
use contract::connections::{ConnectionAmount, ConnectionView, ConnectionsView, ReadConnections};
use domain::{
    actor::{Actor, Forbidden},
    connections::{Connection, Counted, Kind},
    time::Millis,
};
use macros::ServiceError;
use store::{SqliteConnection, StoreError, connections::Amounts};

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
    let counted = store::connections::amounts(&mut snapshot).await?;
    drop(snapshot);
    let not_connected = all.iter().filter(|(_, each)| each.is_empty()).map(|(kind, _)| *kind).collect();
    let views = all.into_iter().flat_map(|(kind, each)| {
        // Of several of one kind it is not known what uses which.
        let amounts = if each.len() == 1 { amounts(kind, counted) } else { Vec::new() };
        each.into_iter().map(move |one| to_view(ctx, kind, one, amounts.clone()))
    });
    Ok(ConnectionsView { now: ctx.moment(now), connections: views.collect(), not_connected })
}

/// What uses the connections of a kind.
fn amounts(kind: Kind, of: Amounts) -> Vec<ConnectionAmount> {
    let all: &[(Counted, u32)] = match kind {
        Kind::Push => &[(Counted::Devices, of.push_devices), (Counted::People, of.push_people)],
        Kind::Slack => &[
            (Counted::Kinds, of.slack_kinds),
            (Counted::Channels, of.slack_channels),
            (Counted::People, of.slack_people),
        ],
        Kind::Directory => &[(Counted::People, of.directory_people), (Counted::Groups, of.directory_groups)],
        Kind::Payments => &[(Counted::People, of.dues_people)],
        Kind::Mail | Kind::Webhooks | Kind::SpaceApi | Kind::Calendars | Kind::SignIn | Kind::Broker => &[],
    };
    let some = all.iter().filter(|(_, count)| *count > 0);
    some.map(|&(what, count)| ConnectionAmount { what, count }).collect()
}

fn to_view(ctx: &Ctx, kind: Kind, one: Connection, amounts: Vec<ConnectionAmount>) -> ConnectionView {
    ConnectionView {
        kind,
        name: one.name,
        state: one.state,
        last_success: one.last_success.map(|at| ctx.moment(at)),
        last_failure: one.last_failure.map(|(at, _)| ctx.moment(at)),
        trouble: one.last_failure.map(|(_, trouble)| trouble),
        queued: one.queued,
        amounts,
        link: one.link,
    }
}
