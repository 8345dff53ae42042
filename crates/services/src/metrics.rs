//! Metrics: the work of the process since its start, in numbers, for monitoring.
//!
//! Each noun does its own counting; the numbers are gathered here. Invariant: no number is about a person, and no
//! list of numbers grows with the space but that of meters, which managers add. Not here: their format, which is `server`'s.

mod building;

use crate::{Ctx, access, boards, deliveries, logbook::Logbook, outbox, passkeys, turnover::Turnover, webhooks};
use contract::deliveries::ChannelCounts;
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    boards::{Message, Outcome},
    deliveries::Channel,
    time::Millis,
    uses::Ending,
};
use macros::ServiceError;
use std::collections::BTreeMap;
use store::{StoreError, uses};

pub use building::BuildingFigures;
pub use store::WriterFigures;

/// Why there are no metrics.
#[derive(Debug, Clone, ServiceError)]
pub enum MetricsError {
    /// From another system, and without a token.
    #[problem("metrics.token", SignIn, metrics_no_token)]
    NoToken,
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// All of it, at one moment. Counts are since the start.
#[derive(Debug, Clone)]
pub struct Metrics {
    /// The version that runs.
    pub version: &'static str,
    /// When the process started.
    pub since: Millis,
    /// Messages of boards that were understood.
    pub messages: Vec<(Message, Outcome, u64)>,
    /// Messages that were not, by why.
    pub rejected: BTreeMap<&'static str, u64>,
    /// Answers to boards that were too late to be sent.
    pub late: u64,
    /// Whether the broker is reachable.
    pub broker: bool,
    /// Passkeys that signed people in or confirmed them, and those that were refused.
    pub passkeys: (u64, u64),
    /// Cards at readers that opened something.
    pub allowed: u64,
    /// Those that did not, by the code of the first reason.
    pub denied: Vec<(&'static str, u64)>,
    pub started: u64,
    /// Uses that ended, by how.
    pub ended: Vec<(Ending, u64)>,
    /// Uses going on now.
    pub running: usize,
    /// Number of change events sent.
    pub hints: u64,
    /// Attempts to have a notice leave, by channel and how they ended.
    pub attempts: Vec<(Channel, &'static str, u64)>,
    /// Pending and abandoned notices by channel.
    pub outbox: Vec<ChannelCounts>,
    /// Meters, devices, leases and dues.
    pub building: BuildingFigures,
    /// Counters of the database writer.
    pub writer: WriterFigures,
}

/// Everything, for administrators and for a program on the server itself ([`Actor::TOOLGATE`]).
pub async fn read(ctx: &Ctx, actor: &Actor) -> Result<Metrics, MetricsError> {
    actor.require(Permission::System, Target::NONE)?;
    let mut conn = ctx.store().read().await?;
    let running = uses::going_on(&mut conn, None).await?.len();
    let outbox = deliveries::counted(&mut conn, ctx.now()).await?;
    let building = building::read(ctx, &mut conn).await?;
    drop(conn);
    let (started, ended) = ctx.memory::<Turnover>().read();
    Ok(Metrics {
        version: env!("CARGO_PKG_VERSION"),
        since: ctx.started(),
        messages: boards::memory(ctx).messages.read(),
        rejected: Logbook::of(ctx).rejections(),
        late: boards::memory(ctx).messages.late(),
        broker: boards::broker_is_there(ctx),
        passkeys: ctx.memory::<passkeys::Counts>().read(),
        allowed: ctx.memory::<access::Decided>().allowed(),
        denied: ctx.memory::<access::Decided>().denied(),
        started,
        ended,
        running,
        hints: ctx.live().sent(),
        attempts: outbox::Rest::of(ctx).attempts().into_iter().chain(webhooks::counted(ctx)).collect(),
        outbox,
        building,
        writer: ctx.store().writer(),
    })
}
