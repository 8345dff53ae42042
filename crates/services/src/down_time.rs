//! Notices down time: periods when the program did not run or stood still, and times that the clock skipped or
//! repeated.
//!
//! **Invariant.** No timed job judges anyone before clock changes since the last job are recorded: every run
//! begins by reading both clocks and comparing them with the previous reading. Not here: the effects of
//! down time, which each noun decides.
//!
//! Each gap is a row that the system page shows. A booking is released, not counted as missed, if its check-in
//! time lay mostly in a stop or if a clock jump left less than a minute of it. Requests and offers wait longer by
//! the length of the gap; a time that repeats after the clock was set back counts normally.

use crate::{Ctx, clock, clock::Clock};
use domain::{
    down_time::{Cause, Gap, NOTICED, Reading, between, between_processes},
    occupations::Span,
    time::{DAY, HOUR, MINUTE, Millis},
};
use std::time::Duration;
use store::{Done, SqliteConnection, StoreError, Unaudited, down_time as rows, heartbeat, waiting};
use tokio::sync::Mutex;

/// Gaps that the system page shows.
const SHOWN: u32 = 10;
/// After the clock skipped more than a day, irreversible jobs wait this long: it may have been set wrong, and be
/// corrected.
const SETTLES: Duration = HOUR;
/// No computer sleeps this long: a clock that skips as much was set wrong.
pub(crate) const FAR: Duration = DAY.saturating_mul(31);
/// Time within which every connected board has sent another message.
const HEARD_AGAIN: Duration = MINUTE.saturating_mul(3);

/// The clocks as they were read last.
pub(crate) struct Watch {
    began: Reading,
    state: Mutex<State>,
}

struct State {
    last: Reading,
    /// Not stored yet, oldest first.
    open: Vec<Gap>,
    /// Events before this process were examined.
    is_first: bool,
    /// When the clock last skipped more than a day, in steady time, and by how much.
    leapt: Option<(Millis, Duration)>,
    /// The last event in this process, in steady time.
    noticed: Option<Millis>,
    /// Until when the last gap reaches, by the clock that people read.
    until: Option<Millis>,
}

impl Watch {
    /// Starts with the current reading of `clock`.
    fn begin(clock: &dyn Clock) -> Self {
        let began = Reading { wall: clock.now(), steady: clock::steady(clock) };
        let state =
            State { last: began, open: Vec::new(), is_first: true, leapt: None, noticed: None, until: None };
        Self { began, state: Mutex::new(state) }
    }

    /// The readings since the process started.
    fn of(ctx: &Ctx) -> &Self {
        ctx.memory_or(|| Self::begin(ctx.clock()))
    }
}

/// Reads both clocks for the first time, when the process starts.
pub(crate) fn begin(ctx: &Ctx) {
    Watch::of(ctx);
}

/// Reads both clocks, and records the changes since the last reading.
pub(crate) async fn check_clocks(ctx: &Ctx) -> Result<(), StoreError> {
    note(ctx, None).await
}

/// The process stood still for `length` until now: nothing ran, although both clocks went on. Called by the owner
/// of the timers.
pub async fn stood_still(ctx: &Ctx, length: Duration) {
    if length < NOTICED {
        return;
    }
    let now = ctx.now();
    let gap = Gap { cause: Cause::Stopped, starts: now.before(length), ends: now };
    if let Err(error) = note(ctx, Some(gap)).await {
        tracing::warn!(%error, "down time could not be kept");
    }
}

async fn note(ctx: &Ctx, still: Option<Gap>) -> Result<(), StoreError> {
    let watch = Watch::of(ctx);
    let mut state = watch.state.lock().await;
    let now = Reading { wall: ctx.now(), steady: ctx.steady() };
    if state.is_first {
        let looked = heartbeat::looked(&mut *ctx.store().read().await?).await?;
        let since = watch.began.wall;
        state.open.extend(looked.and_then(|looked| between_processes(looked, since)));
        state.is_first = false;
    }
    if let Some(gap) = between(state.last, now) {
        state.open.push(gap);
        state.noticed = Some(now.steady);
        if gap.cause == Cause::Skipped && gap.length() >= DAY {
            state.leapt = Some((now.steady, gap.length()));
        }
        // It was wrong, and is right again.
        let is_undone = |leap: Duration| gap.cause == Cause::SetBack && gap.length() + NOTICED >= leap;
        if state.leapt.is_some_and(|(_, leap)| is_undone(leap)) {
            state.leapt = None;
        }
    }
    state.last = now;
    // Several timers notice the same gap.
    let is_new = |gap: &Gap| state.until.is_none_or(|until| until <= gap.starts);
    if let Some(gap) = still.filter(is_new) {
        state.open.push(gap);
        state.noticed = Some(now.steady);
    }
    if state.open.is_empty() {
        return Ok(());
    }
    let gaps = state.open.clone();
    let row = ctx.store().write::<_, StoreError, _>(async move |tx| {
        for &gap in &gaps {
            rows::add(tx, gap).await?;
            waiting::shift_offers(tx, gap).await?;
        }
        Ok(Done::unaudited((), Unaudited::SignOfLife))
    });
    row.await?;
    for gap in std::mem::take(&mut state.open) {
        state.until = Some(now.wall);
        let minutes = gap.length().as_secs() / 60;
        tracing::warn!(
            cause = gap.cause.as_str(),
            minutes,
            "down time, or a clock that was set: it counts against nobody"
        );
    }
    Ok(())
}

/// How much the clock skipped in its last leap, as long as that may still be corrected; zero afterwards.
pub(crate) async fn unsettled(ctx: &Ctx) -> Duration {
    let leapt = Watch::of(ctx).state.lock().await.leapt;
    leapt.filter(|(leapt, _)| ctx.steady().since(*leapt) < SETTLES).map_or(Duration::ZERO, |(_, length)| length)
}

/// Whether the clock or the process was disturbed so recently that boards may not have been heard since.
pub(crate) async fn is_recent(ctx: &Ctx) -> bool {
    let noticed = Watch::of(ctx).state.lock().await.noticed;
    noticed.is_some_and(|noticed| ctx.steady().since(noticed) < HEARD_AGAIN)
}

/// The gaps since `since` that count.
pub(crate) async fn since(
    conn: &mut SqliteConnection,
    since: Millis,
    now: Millis,
) -> Result<Vec<Gap>, StoreError> {
    rows::counted(conn, Span { starts: since, ends: now }).await
}

/// The newest gaps, for the system page.
pub(crate) async fn newest(conn: &mut SqliteConnection) -> Result<Vec<Gap>, StoreError> {
    rows::newest(conn, SHOWN).await
}

/// The end of the last of `gaps`.
pub(crate) fn until(gaps: &[Gap]) -> Option<Millis> {
    gaps.iter().filter(|gap| gap.cause != Cause::SetBack).map(|gap| gap.ends).max()
}
