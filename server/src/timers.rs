//! What happens by the clock. Each job asks what is due now, so it does not matter how often or how late it runs.

use services::{Ctx, abandoned, boards, maintenance, notes, qualifications, repeats, retention};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How soon after its 90 s a silent board is noticed, and how soon what was deleted is forgotten after its minute.
const SILENCE: Duration = Duration::from_secs(5);
/// How often what is due by the day is looked for.
const HOURLY: Duration = Duration::from_hours(1);

/// Runs the jobs until `stop`.
pub async fn run(ctx: Ctx, stop: CancellationToken) {
    let mut tick = tokio::time::interval(SILENCE);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut hour = tokio::time::interval(HOURLY);
    hour.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut due_until = None;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = hour.tick() => {
                every_hour(&ctx).await;
                continue;
            }
            _ = tick.tick() => {}
        }
        notes::forget_deleted(&ctx);
        match abandoned::end(&ctx).await {
            Ok(0) => {}
            Ok(uses) => tracing::info!(uses, "uses ended of which nobody said so"),
            Err(error) => tracing::warn!(%error, "uses that are over could not be looked for"),
        }
        match boards::notice_silence(&ctx).await {
            Ok(0) => {}
            Ok(machines) => tracing::debug!(machines.silent = machines, "boards fell silent"),
            Err(error) => tracing::warn!(%error, "silence could not be looked for"),
        }
        match maintenance::notice_due(&ctx, due_until).await {
            Ok(until) => due_until = Some(until),
            Err(error) => tracing::warn!(%error, "maintenance that is due could not be looked for"),
        }
    }
}

/// What is due by the day: an hour early or late does not matter.
async fn every_hour(ctx: &Ctx) {
    if let Err(error) = repeats::forget_old(ctx).await {
        tracing::warn!(%error, "keys of old requests could not be forgotten");
    }
    match retention::due(ctx).await {
        Ok(None) => {}
        Ok(Some(cleared)) => tracing::info!(
            cleared.decisions,
            cleared.unknown_cards,
            cleared.sign_ins,
            cleared.names,
            cleared.entries,
            "what is kept for a time only was cleared away"
        ),
        Err(error) => tracing::warn!(%error, "what is kept for a time only could not be cleared away"),
    }
    match qualifications::lapse(ctx).await {
        Ok(0) => {}
        Ok(entries) => tracing::info!(entries, "qualifications ran out"),
        Err(error) => tracing::warn!(%error, "what ran out could not be written down"),
    }
}
