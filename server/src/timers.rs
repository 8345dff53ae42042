//! What happens by the clock. Each job asks what is due now, so it does not matter how often or how late it runs.

use services::{Ctx, boards};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How soon after its 90 s a silent board is noticed.
const SILENCE: Duration = Duration::from_secs(5);

/// Runs the jobs until `stop`.
pub async fn run(ctx: Ctx, stop: CancellationToken) {
    let mut tick = tokio::time::interval(SILENCE);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        match boards::notice_silence(&ctx).await {
            Ok(0) => {}
            Ok(machines) => tracing::debug!(machines.silent = machines, "boards fell silent"),
            Err(error) => tracing::warn!(%error, "silence could not be looked for"),
        }
    }
}
